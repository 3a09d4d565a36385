import type { Resource } from '../../shared/operation';
import { notice } from '../fields';
import { records } from '../lists';

export const permissions: Resource = {
	name: 'Permission',
	value: 'permission',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many permissions',
			description: 'List the permissions that roles can have',
			operationId: 'listPermissions',
			request: { method: 'GET', path: '/permissions' },
			output: { kind: 'list', at: records, key: 'permission_slug' },
			fields: [
				notice(
					'Acquia documents no scope for permissions in the API: the service may refuse this call.',
				),
			],
		},
	],
};
