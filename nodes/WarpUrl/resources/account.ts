import { isObject } from '../../shared/json';
import type { Call, Resource, Result } from '../../shared/operation';
import { clientId, username } from '../fields';
import { ownClient } from '../identity';
import { pages } from '../pages';
import { isoTimes, limitOf, listOf, present, read, sendForRecord } from '../records';

/** The path of the documentation does not fit its page; this one does. */
const otherUsersPath = '/client/paginate_user';

const users = listOf({ kind: 'list', at: 'data.Items', pager: pages });

/** Whether the gateway says that it has no such path. */
function isUnknownPath(error: unknown): boolean {
	if (!isObject(error)) return false;
	if (error.httpCode === '404') return true;
	return error.httpCode === '403' && error.message === 'Missing Authentication Token';
}

async function getUsers(call: Call): Promise<Result> {
	const list = { at: 'data.Items', pager: pages };
	const limit = limitOf(call);
	const records = await call.list(call.request, list, limit).catch(async (error: unknown) => {
		if (!isUnknownPath(error)) throw error;
		return await call.list({ ...call.request, path: otherUsersPath }, list, limit);
	});
	return records.map((record) => (isObject(record) ? present(call, record) : record));
}

export const user: Resource = {
	name: 'User',
	value: 'user',
	operations: [
		{
			name: 'Find',
			value: 'find',
			action: 'Find user',
			description: 'Read the user of the access key, or another one',
			operationId: 'findUser',
			request: { method: 'POST', path: '/user/find', body: { client_id: ownClient } },
			...read,
			output: { kind: 'item', at: 'data' },
			additionalFields: [username, clientId],
			options: [isoTimes],
			run: sendForRecord,
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many users',
			description: 'List the users of the client, newest first; for administrators',
			operationId: 'paginateClientUsers',
			request: {
				method: 'POST',
				path: '/find/paginate_user',
				body: { client_id: ownClient, user_type: '' },
			},
			...users,
			filters: [
				{
					displayName: 'User Type',
					name: 'userType',
					type: 'options',
					options: [
						{ name: 'Administrators', value: 'admin' },
						{ name: 'All', value: '' },
						{ name: 'Users', value: 'user' },
					],
					default: '',
					wire: { in: 'body', as: 'user_type' },
				},
				clientId,
			],
			options: [isoTimes],
			run: getUsers,
		},
	],
};

export const client: Resource = {
	name: 'Client',
	value: 'client',
	operations: [
		{
			name: 'Find',
			value: 'find',
			action: 'Find client',
			description: 'Read the client with its totals, tags and channels',
			operationId: 'findClient',
			request: { method: 'POST', path: '/client/find', body: { client_id: ownClient } },
			...read,
			output: { kind: 'item', at: 'data' },
			additionalFields: [clientId],
			options: [isoTimes],
			run: sendForRecord,
		},
	],
};
