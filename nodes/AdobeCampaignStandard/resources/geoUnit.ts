import type { Resource } from '../../shared/operation';
import { pages, runList, runWrite } from '../calls';
import { order, geoUnit } from '../fields';

export const geoUnits: Resource = {
	name: 'Geographical Unit (Deprecated)',
	value: 'geoUnit',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many geographical units',
			description:
				'List the geographical units. Adobe has deprecated them since release 18.7: use organizational units.',
			operationId: 'listGeoUnits',
			request: { method: 'GET', path: '/profileAndServicesExt/geoUnitBase' },
			output: { kind: 'list', at: 'content', pager: pages },
			options: order,
			run: async (call) => await runList(call),
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get geographical unit',
			description: 'Read one geographical unit. Adobe has deprecated them since release 18.7.',
			operationId: 'getGeoUnit',
			request: { method: 'GET', path: '/profileAndServicesExt/geoUnitBase/{geoUnitKey}' },
			output: { kind: 'item' },
			fields: [geoUnit],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update geographical unit',
			description:
				'Change the texts of a geographical unit. Adobe has deprecated them since release 18.7.',
			operationId: 'updateGeoUnit',
			request: { method: 'PATCH', path: '/profileAndServicesExt/geoUnitBase/{geoUnitKey}' },
			output: { kind: 'item' },
			fields: [geoUnit],
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
