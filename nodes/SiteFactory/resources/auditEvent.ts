import { checks } from '../../shared/fields';
import type { Field, Resource } from '../../shared/operation';
import { pages } from '../pages';

/** The names vary by factory, so that there is nothing to choose from. */
const named = (displayName: string, name: string, placeholder: string): Field => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder,
	wire: { in: 'query' },
});

export const auditEvents: Resource = {
	name: 'Audit Event',
	value: 'auditEvent',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many audit events',
			description: 'List what was changed in the factory, when and by whom',
			operationId: 'get_AuditEvent_getAuditEvents',
			request: { method: 'GET', path: '/api/v1/audit' },
			output: { kind: 'list', at: 'changes', pager: pages },
			filters: [
				named('Module', 'module', 'e.g. sf_domains'),
				{
					displayName: 'Node ID',
					name: 'nid',
					type: 'string',
					default: '',
					placeholder: 'e.g. 231',
					description: 'Site, group or collection that was changed',
					check: checks.positiveInteger,
					wire: { in: 'query', type: 'integer' },
				},
				{
					displayName: 'Order',
					name: 'order',
					type: 'options',
					options: [
						{ name: 'Newest First', value: 'DESC' },
						{ name: 'Oldest First', value: 'ASC' },
					],
					default: 'DESC',
					wire: { in: 'query' },
				},
				named('Scope', 'scope', 'e.g. site'),
				named('Source', 'source', 'e.g. REST API'),
				named('Type', 'type', 'e.g. domain'),
				{
					displayName: 'User ID',
					name: 'uid',
					type: 'string',
					default: '',
					placeholder: 'e.g. 146',
					description: 'User who made the change',
					check: checks.positiveInteger,
					wire: { in: 'query', type: 'integer' },
				},
			],
		},
	],
};
