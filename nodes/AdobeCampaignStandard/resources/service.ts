import type { Field, Resource } from '../../shared/operation';
import { pages, runCount, runDelete, runGet, runList, runWrite } from '../calls';
import { extendedApi, order, service } from '../fields';
import { customFilterFields } from '../filters';
import { moreFields, recordFields } from '../mappings';
import { serviceFilters } from '../serviceFilters';

const simple = [
	'PKey',
	'name',
	'label',
	'messageType',
	'mode',
	'targetResource',
	'start',
	'end',
	'created',
	'lastModified',
];

const filterFields: Field[] = [
	...serviceFilters.flatMap(({ fields }) => fields),
	...customFilterFields('searchServiceFilters'),
];

export const services: Resource = {
	name: 'Service',
	value: 'service',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many services',
			description: 'List the services that profiles can subscribe to, such as newsletters',
			operationId: [
				'listServices',
				'listServicesExt',
				'findServicesByChannel',
				'findServicesByTargetResource',
				'searchServicesByText',
				'findServicesByPeriod',
				'filterServicesByCustomFilter',
				'filterServicesCombined',
				'filterServicesCombinedExt',
			],
			request: { method: 'GET', path: '/profileAndServices/service' },
			output: { kind: 'list', at: 'content', pager: pages },
			fields: [extendedApi],
			filters: filterFields,
			options: order,
			simple,
			run: async (call) => await runList(call, serviceFilters),
		},
		{
			name: 'Count',
			value: 'count',
			action: 'Count services',
			description: 'Count all services, or those that one filter finds',
			operationId: [
				'countServices',
				'countServicesExt',
				'countFilteredServices',
				'countFilteredServicesExt',
			],
			request: { method: 'GET', path: '/profileAndServices/service/_count' },
			output: { kind: 'item' },
			fields: [extendedApi],
			filters: filterFields,
			run: async (call) => await runCount(call, serviceFilters),
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get service',
			description: 'Read one service',
			operationId: ['getService', 'getServiceExt'],
			request: { method: 'GET', path: '/profileAndServices/service/{serviceKey}' },
			output: { kind: 'item' },
			fields: [extendedApi, service],
			simple,
			run: runGet,
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create service',
			description: 'Create a service that profiles can subscribe to',
			operationId: ['createService', 'createServiceExt'],
			request: { method: 'POST', path: '/profileAndServices/service' },
			output: { kind: 'item' },
			fields: [extendedApi, recordFields('getServiceFields', 'add', ['extendedApi'])],
			additionalFields: [moreFields],
			run: runWrite,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update service',
			description: 'Change fields of a service; the instance confirms with its PKey',
			operationId: ['updateService', 'updateServiceExt'],
			request: { method: 'PATCH', path: '/profileAndServices/service/{serviceKey}' },
			output: { kind: 'item' },
			fields: [extendedApi, service, recordFields('getServiceFields', 'map', ['extendedApi'])],
			updateFields: [moreFields],
			run: runWrite,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete service',
			description:
				'Delete a service and all its subscriptions for good. To end one subscription, use Unsubscribe instead.',
			operationId: ['deleteService', 'deleteServiceExt'],
			request: { method: 'DELETE', path: '/profileAndServices/service/{serviceKey}' },
			output: { kind: 'deleted' },
			repeatable: false,
			fields: [extendedApi, service],
			run: runDelete,
		},
	],
};
