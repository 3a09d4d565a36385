import type { Resource } from '../../shared/operation';
import { list, search, sorting, trash } from '../lists';

export const accounts: Resource = {
	name: 'Account',
	value: 'account',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many accounts',
			description: 'List the accounts that the user may see, with their limits',
			operationId: 'listAccounts',
			request: { method: 'GET', path: '/accounts' },
			output: list,
			filters: [search, ...sorting, trash],
		},
	],
};
