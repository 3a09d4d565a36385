import type { Field, Resource } from '../../shared/operation';

/** What a part of the factory may be set to. */
const state = (displayName: string, name: string, as: string): Field => ({
	displayName,
	name,
	type: 'string',
	default: 'on',
	placeholder: 'e.g. +2 hours',
	description:
		'“on”, “off”, or when it goes on again: an offset such as “+2 hours”, or a date and time, in UTC without a zone',
	wire: { in: 'body', as },
});

export const factory: Resource = {
	name: 'Factory',
	value: 'factory',
	operations: [
		{
			name: 'Ping',
			value: 'ping',
			action: 'Ping Site Factory',
			description: 'Check that the factory answers and takes the sign-in',
			operationId: 'get_Ping_ping',
			request: { method: 'GET', path: '/api/v1/ping' },
			output: { kind: 'item' },
		},
		{
			name: 'Get Version',
			value: 'getVersion',
			action: 'Get version of Site Factory',
			description: 'Read the release that the factory runs',
			operationId: 'get_SfInfo_getSfVersion',
			request: { method: 'GET', path: '/api/v1/sf-info' },
			output: { kind: 'item' },
		},
		{
			name: 'Get Service Status',
			value: 'getServiceStatus',
			action: 'Get service status of Site Factory',
			description:
				'Read whether sites can be created and duplicated, domains managed and bulk operations run',
			operationId: 'get_Status_getStatus',
			request: { method: 'GET', path: '/api/v1/status' },
			output: { kind: 'item' },
		},
		{
			name: 'Set Service Status',
			value: 'setServiceStatus',
			action: 'Set service status of Site Factory',
			description:
				'Switch parts of the factory off for all users, also for a time only, or on again',
			operationId: 'put_Status_setStatus',
			request: { method: 'PUT', path: '/api/v1/status' },
			output: { kind: 'item' },
			updateFields: [
				state('All', 'all', 'all'),
				state('Bulk Operations', 'bulkOperations', 'bulk_operations'),
				state('Domain Management', 'domainManagement', 'domain_management'),
				state('Site Creation', 'siteCreation', 'site_creation'),
				state('Site Duplication', 'siteDuplication', 'site_duplication'),
			],
		},
	],
};
