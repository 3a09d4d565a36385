import type { Resource } from '../../shared/operation';
import { pages, runList, runWrite } from '../calls';
import { order, orgUnit } from '../fields';

export const orgUnits: Resource = {
	name: 'Organizational Unit',
	value: 'orgUnit',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many organizational units',
			description: 'List the organizational units, which decide who sees a profile',
			operationId: 'listOrgUnits',
			request: { method: 'GET', path: '/profileAndServicesExt/orgUnitBase' },
			output: { kind: 'list', at: 'content', pager: pages },
			options: order,
			run: async (call) => await runList(call),
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get organizational unit',
			description: 'Read one organizational unit',
			operationId: 'getOrgUnit',
			request: { method: 'GET', path: '/profileAndServicesExt/orgUnitBase/{orgUnitKey}' },
			output: { kind: 'item' },
			fields: [orgUnit],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update organizational unit',
			description:
				'Change the texts of a unit. To move a profile to another unit, update the profile.',
			operationId: 'updateOrgUnit',
			request: { method: 'PATCH', path: '/profileAndServicesExt/orgUnitBase/{orgUnitKey}' },
			output: { kind: 'item' },
			fields: [orgUnit],
			updateFields: [
				{
					displayName: 'Description',
					name: 'desc',
					type: 'string',
					default: '',
					wire: { in: 'body' },
				},
				{
					displayName: 'Internal Name',
					name: 'name',
					type: 'string',
					default: '',
					wire: { in: 'body' },
				},
				{
					displayName: 'Label',
					name: 'label',
					type: 'string',
					default: '',
					wire: { in: 'body' },
				},
			],
			run: runWrite,
		},
	],
};
