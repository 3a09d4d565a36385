import type { Resource } from '../../shared/operation';
import { pages, runList } from '../calls';
import { extendedApi, order } from '../fields';

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
				'filterServicesCombined',
				'filterServicesCombinedExt',
			],
			request: { method: 'GET', path: '/profileAndServices/service' },
			output: { kind: 'list', at: 'content', pager: pages },
			fields: [extendedApi],
			filters: [
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
				{
					displayName: 'Search Text',
					name: 'text',
					type: 'string',
					default: '',
					placeholder: 'e.g. newsletter',
					wire: { in: 'query' },
				},
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
			options: order,
			simple,
			run: async (call) =>
				await runList(call, {
					byChannel: ['channel'],
					byTargetResource: ['targetResource'],
					byText: ['text'],
				}),
		},
	],
};
