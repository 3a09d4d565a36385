import type { Resource } from '../../shared/operation';

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
	],
};
