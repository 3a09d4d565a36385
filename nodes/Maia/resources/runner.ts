import type { Resource } from '../../shared/operation';
import { pages } from '../pages';

/** The API calls runners agents; AI agents are something else. */
export const runners: Resource = {
	name: 'Runner',
	value: 'runner',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many runners',
			description: 'List the runners of the account with their state',
			operationId: 'listAgents',
			request: { method: 'GET', path: '/v1/agents' },
			output: { kind: 'list', at: 'results', pager: pages },
		},
	],
};
