import type { Resource } from '../../shared/operation';
import { pageNumbers } from '../../shared/pagers';
import { location } from '../fields';
import { item, list, records, search, sorting } from '../lists';
import { simpleInstance } from './instance';

/** The one list that calls its page size `limit`; the description gives it no count of pages. */
const limited = pageNumbers({
	page: 'page',
	limit: 'limit',
	size: 25,
	first: 1,
	lastPage: 'meta.last_page',
});

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
		{
			name: 'Get',
			value: 'get',
			action: 'Get location',
			description: 'Read one location',
			operationId: 'getLocation',
			request: { method: 'GET', path: '/locations/{locationUuid}' },
			output: item,
			fields: [location],
		},
		{
			name: 'Get Instances',
			value: 'getInstances',
			action: 'Get instances of location',
			description:
				'List the instances in a location. Whether this list is open to customers is not documented.',
			operationId: 'listLocationInstances',
			request: { method: 'GET', path: '/locations/{locationUuid}/instances' },
			output: { kind: 'list', at: records, pager: limited },
			simple: simpleInstance,
			fields: [location],
			filters: [search, ...sorting],
		},
	],
};
