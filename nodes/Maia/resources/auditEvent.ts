import type { Resource } from '../../shared/operation';
import { pages } from '../pages';

export const auditEvents: Resource = {
	name: 'Audit Event',
	value: 'auditEvent',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many audit events',
			description: 'List what users and credentials did in a period; Maia keeps 90 days',
			operationId: 'listAuditEvents',
			request: { method: 'GET', path: '/v1/events' },
			output: { kind: 'list', at: 'results', pager: pages },
			fields: [
				{
					displayName: 'From',
					name: 'from',
					type: 'dateTime',
					required: true,
					default: '',
					description: 'Start of the period',
					wire: { in: 'query' },
				},
				{
					displayName: 'To',
					name: 'to',
					type: 'dateTime',
					required: true,
					default: '',
					description: 'End of the period',
					wire: { in: 'query' },
				},
			],
		},
	],
};
