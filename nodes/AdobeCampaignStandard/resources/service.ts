import type { Field, Resource } from '../../shared/operation';
import { pages, runCount, runDelete, runGet, runList, runWrite } from '../calls';
import { customFields, extendedApi, order, service } from '../fields';
import type { Filter } from '../filters';
import { customFilterFields } from '../filters';

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

/** What can be written of a service, its label aside. Without a value the instance's default is taken. */
const serviceFields: Field[] = [
	{
		displayName: 'Channel',
		name: 'messageType',
		type: 'options',
		options: [
			{ name: 'Email', value: 'email' },
			{ name: 'SMS', value: 'sms' },
		],
		default: 'email',
		wire: { in: 'body' },
	},
	{
		displayName: 'Description',
		name: 'desc',
		type: 'string',
		default: '',
		wire: { in: 'body' },
	},
	{
		displayName: 'End',
		name: 'end',
		type: 'dateTime',
		default: '',
		description: 'Last day of the service',
		wire: { in: 'body', date: 'date' },
	},
	{
		displayName: 'Internal Name',
		name: 'name',
		type: 'string',
		default: '',
		placeholder: 'e.g. email_newsletter',
		description: 'Unique key of the service. Without it the instance makes one, such as SVC4.',
		wire: { in: 'body' },
	},
	{
		displayName: 'Is Template',
		name: 'isTemplate',
		type: 'boolean',
		default: false,
		description: 'Whether other services are made from this one',
		wire: { in: 'body' },
	},
	{
		displayName: 'Limited Duration',
		name: 'limitedDuration',
		type: 'boolean',
		default: false,
		description: 'Whether subscriptions end by themselves after the validity duration',
		wire: { in: 'body' },
	},
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		options: [
			{ name: 'Newsletter', value: 'newsletter' },
			{ name: 'Viral', value: 'viral' },
		],
		default: 'newsletter',
		wire: { in: 'body' },
	},
	{
		displayName: 'Public Label',
		name: 'publicLabel',
		type: 'string',
		default: '',
		description: 'What subscribers see',
		wire: { in: 'body' },
	},
	{
		displayName: 'Start',
		name: 'start',
		type: 'dateTime',
		default: '',
		description: 'First day of the service',
		wire: { in: 'body', date: 'date' },
	},
	{
		displayName: 'Targeting Dimension',
		name: 'targetResource',
		type: 'string',
		default: '',
		placeholder: 'e.g. profile',
		description: 'Resource whose records the service is for',
		wire: { in: 'body' },
	},
	{
		displayName: 'Thumbnail',
		name: 'thumbnail',
		type: 'string',
		default: '',
		description: 'Path of a picture on the instance',
		wire: { in: 'body' },
	},
	{
		displayName: 'Validity Duration',
		name: 'validityDuration',
		type: 'number',
		default: 0,
		typeOptions: { minValue: 0 },
		description:
			'How long a subscription lasts when the duration is limited, in the unit of the API',
		wire: { in: 'body' },
	},
];

/** Built-in filters. Those of a company come from the form as they are. */
const filters: Filter[] = [
	{
		name: 'byChannel',
		fields: [
			{
				displayName: 'Channel',
				name: 'channel',
				type: 'options',
				options: [
					{ name: 'Email', value: 'email' },
					{ name: 'SMS', value: 'sms' },
				],
				default: 'email',
				wire: { in: 'query' },
			},
		],
	},
	{
		name: 'byPlanning',
		fields: [
			{
				displayName: 'Planned Until',
				name: 'endDate',
				type: 'dateTime',
				default: '',
				description: 'Last day of the period in which the service is planned',
				wire: { in: 'query', date: 'date' },
			},
			{
				displayName: 'Planned From',
				name: 'startDate',
				type: 'dateTime',
				default: '',
				description: 'First day of the period in which the service is planned',
				wire: { in: 'query', date: 'date' },
			},
		],
	},
	{
		name: 'byTargetResource',
		fields: [
			{
				displayName: 'Targeting Dimension',
				name: 'targetResource',
				type: 'string',
				default: '',
				placeholder: 'e.g. profile',
				description: 'Resource whose records the service is for',
				wire: { in: 'query' },
			},
		],
	},
	{
		name: 'byText',
		fields: [
			{
				displayName: 'Search Text',
				name: 'text',
				type: 'string',
				default: '',
				placeholder: 'e.g. newsletter',
				wire: { in: 'query' },
			},
		],
	},
];
const filterFields: Field[] = [...filters.flatMap(({ fields }) => fields), ...customFilterFields];

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
			run: async (call) => await runList(call, filters),
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
			run: async (call) => await runCount(call, filters),
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
			fields: [
				extendedApi,
				{
					displayName: 'Label',
					name: 'label',
					type: 'string',
					default: '',
					placeholder: 'e.g. Sport Newsletter',
					wire: { in: 'body' },
				},
				customFields,
			],
			additionalFields: serviceFields,
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
			fields: [extendedApi, service, customFields],
			updateFields: [
				{
					displayName: 'Label',
					name: 'label',
					type: 'string',
					default: '',
					placeholder: 'e.g. Sport Newsletter',
					wire: { in: 'body' },
				},
				...serviceFields,
			],
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
			fields: [extendedApi, service],
			run: runDelete,
		},
	],
};
