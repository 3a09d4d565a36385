import type { Resource } from '../../shared/operation';
import { list, search, sorting } from '../lists';

export const locations: Resource = {
	name: 'Location',
	value: 'location',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many locations',
			description: 'List the regions that instances can be created in',
			operationId: 'listLocations',
			request: { method: 'GET', path: '/locations' },
			output: list,
			filters: [search, ...sorting],
		},
	],
};
