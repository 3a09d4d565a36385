import type { Resource } from '../../shared/operation';
import { ipPool } from '../fields';
import { item, list, search } from '../lists';

export const ipPools: Resource = {
	name: 'IP Pool',
	value: 'ipPool',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many IP pools',
			description: 'List the pools of addresses that emails are sent from, in all regions',
			operationId: 'listIpPools',
			request: { method: 'GET', path: '/ip-pools' },
			output: list,
			filters: [search],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get IP pool',
			description: 'Read one IP pool',
			operationId: 'getIpPool',
			request: { method: 'GET', path: '/ip-pools/{ipPoolUuid}' },
			output: item,
			fields: [ipPool],
		},
	],
};
