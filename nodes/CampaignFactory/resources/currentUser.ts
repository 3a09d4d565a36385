import type { Resource } from '../../shared/operation';
import { item } from '../lists';

export const currentUser: Resource = {
	name: 'Current User',
	value: 'currentUser',
	operations: [
		{
			name: 'Get',
			value: 'get',
			action: 'Get current user',
			description:
				'Read who the credential signs in as. Which members that shows is not documented.',
			operationId: 'getCurrentUser',
			request: { method: 'GET', path: '/whoami' },
			output: item,
		},
	],
};
