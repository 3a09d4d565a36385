import { checks } from '../../shared/fields';
import { isObject } from '../../shared/json';
import type { Call, Field, Resource } from '../../shared/operation';
import type { Shape } from '../answers';
import { tidied } from '../answers';
import { user } from '../fields';
import { pages } from '../pages';
import { taskWithout } from '../tasks';

/** The single read gives 1 and 0 where the list gives words. */
const statusWords: Record<string, string> = { '0': 'blocked', '1': 'active' };

const userShape: Shape = {
	numbers: ['uid', 'created', 'access', 'login'],
	maps: ['roles'],
	change: (record) =>
		'status' in record
			? { ...record, status: statusWords[String(record.status)] ?? record.status }
			: record,
};

const isTrue = (value: unknown) => (value === 'active' ? 1 : 0);

const roles: Field = {
	displayName: 'Roles',
	name: 'roles',
	type: 'string',
	default: '',
	placeholder: 'e.g. site builder, developer',
	description: 'Names of roles, separated by commas',
	wire: { in: 'body', array: 'list' },
};

const status: Field = {
	displayName: 'Status',
	name: 'status',
	type: 'options',
	options: [
		{ name: 'Active', value: 'active' },
		{ name: 'Blocked', value: 'blocked' },
	],
	default: 'active',
	wire: { in: 'body', map: isTrue },
};

const password: Field = {
	displayName: 'Password',
	name: 'password',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	wire: { in: 'body', as: 'pass' },
};

/** A moment in Unix seconds, as a bound of a list. */
const bound = (displayName: string, name: string, as: string): Field => ({
	displayName,
	name,
	type: 'dateTime',
	default: '',
	wire: { in: 'query', as, date: 'unix' },
});

const keyReset = taskWithout(30);

/** The reset replaces the key of the credential as well: a look that is refused afterwards means that it is done. */
async function resetAllKeys(call: Call): Promise<unknown> {
	const started = await call.send(call.request);
	if (call.values.waitForCompletion !== true) return started.body;
	const [outcome] = await Promise.allSettled([call.wait(keyReset, started)]);
	if (outcome.status === 'fulfilled') return outcome.value;
	const reason: unknown = outcome.reason;
	if (!isObject(reason) || reason.httpCode !== '403') throw reason;
	return { ...(isObject(started.body) && started.body), ownKeyReplaced: true };
}

export const users: Resource = {
	name: 'User',
	value: 'user',
	operations: [
		tidied(
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many users',
				description: 'List the users of the console',
				operationId: 'get_User_getUsers',
				request: { method: 'GET', path: '/api/v1/users' },
				output: { kind: 'list', at: 'users', pager: pages },
				filters: [
					bound('Created After', 'createdAfter', 'created_min'),
					bound('Created Before', 'createdBefore', 'created_max'),
					{
						displayName: 'Fields',
						name: 'fields',
						type: 'multiOptions',
						options: [
							{ name: 'Access', value: 'access' },
							{ name: 'Created', value: 'created' },
							{ name: 'Mail', value: 'mail' },
							{ name: 'Name', value: 'name' },
							{ name: 'Roles', value: 'roles' },
							{ name: 'Status', value: 'status' },
							{ name: 'TFA Status', value: 'tfa_status' },
							{ name: 'UID', value: 'uid' },
						],
						default: ['uid', 'name'],
						description: 'What to return of each user',
						wire: { in: 'query', array: 'comma' },
					},
					{
						displayName: 'IDs',
						name: 'ids',
						type: 'string',
						default: '',
						placeholder: 'e.g. 146, 151',
						check: { pattern: /^[1-9]\d*$/, expects: 'user IDs separated by commas' },
						wire: { in: 'query', array: 'comma' },
					},
					bound('Last Login After', 'loginAfter', 'login_min'),
					bound('Last Login Before', 'loginBefore', 'login_max'),
					{
						displayName: 'Order',
						name: 'order',
						type: 'options',
						options: [
							{ name: 'Ascending', value: 'ASC' },
							{ name: 'Descending', value: 'DESC' },
						],
						default: 'ASC',
						wire: { in: 'query' },
					},
					{
						displayName: 'Role IDs',
						name: 'roleIds',
						type: 'string',
						default: '',
						placeholder: 'e.g. 31, 36',
						check: { pattern: /^[1-9]\d*$/, expects: 'role IDs separated by commas' },
						wire: { in: 'query', as: 'role_ids', array: 'comma' },
					},
					{ ...status, wire: { in: 'query' } },
					{
						displayName: 'Two-Step Verification',
						name: 'tfaStatus',
						type: 'options',
						options: [
							{ name: 'Active', value: 'active' },
							{ name: 'Disabled', value: 'disabled' },
						],
						default: 'active',
						wire: { in: 'query', as: 'tfa_status' },
					},
				],
			},
			userShape,
		),
		tidied(
			{
				name: 'Get',
				value: 'get',
				action: 'Get user',
				description: 'Read one user with their roles',
				operationId: 'get_User_getUser',
				request: { method: 'GET', path: '/api/v1/users/{user_id}' },
				output: { kind: 'item' },
				fields: [user],
			},
			userShape,
		),
		{
			name: 'Create',
			value: 'create',
			action: 'Create user',
			description:
				'Create a user. Without a password of yours the factory makes one and returns it.',
			operationId: 'post_User_createUser',
			request: { method: 'POST', path: '/api/v1/users' },
			output: { kind: 'item' },
			fields: [
				{
					displayName: 'User Name',
					name: 'userName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. sam.poe',
					wire: { in: 'body', as: 'name' },
				},
				{
					displayName: 'Email',
					name: 'email',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. sam.poe@example.com',
					check: checks.email,
					wire: { in: 'body', as: 'mail' },
				},
			],
			additionalFields: [password, roles, status],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update user',
			description: 'Change a user, for example block them',
			operationId: 'put_User_updateUser',
			request: { method: 'PUT', path: '/api/v1/users/{user_id}/update' },
			output: { kind: 'item' },
			fields: [user],
			updateFields: [
				{
					displayName: 'Email',
					name: 'email',
					type: 'string',
					default: '',
					placeholder: 'e.g. sam.poe@example.com',
					check: checks.email,
					wire: { in: 'body', as: 'mail' },
				},
				password,
				{
					...roles,
					description: 'Names of roles, separated by commas. They replace the roles of the user.',
				},
				status,
				{
					displayName: 'Two-Step Verification',
					name: 'tfaStatus',
					type: 'options',
					options: [
						{ name: 'Active', value: 'active' },
						{ name: 'Disabled', value: 'disabled' },
					],
					default: 'active',
					wire: { in: 'body', as: 'tfa_status', map: isTrue },
				},
				{
					displayName: 'User Name',
					name: 'userName',
					type: 'string',
					default: '',
					wire: { in: 'body', as: 'name' },
				},
			],
		},
		{
			name: 'Reset API Key',
			value: 'resetApiKey',
			action: 'Reset API key of user',
			description: 'Replace the API key of a user at once. They read the new one in the console.',
			operationId: 'delete_ApiKey_resetUserKeys',
			request: { method: 'DELETE', path: '/api/v1/users/{user_id}/api-keys' },
			repeatable: false,
			output: { kind: 'item' },
			fields: [
				{
					displayName:
						'The new key is not in the answer. If this is the user of the credential, the credential stops working.',
					name: 'keyNotice',
					type: 'notice',
					default: '',
				},
				user,
			],
		},
		{
			name: 'Reset All API Keys',
			value: 'resetAllApiKeys',
			action: 'Reset API keys of all users',
			description: 'Replace the API keys of all users and wait for it',
			operationId: 'delete_ApiKey_resetKeys',
			request: { method: 'DELETE', path: '/api/v1/users/all/api-keys' },
			repeatable: false,
			output: { kind: 'task', task: keyReset },
			fields: [
				{
					displayName:
						'Every credential and script that uses this factory stops working, this one included, until it gets its new key from the console',
					name: 'allKeysNotice',
					type: 'notice',
					default: '',
				},
			],
			run: resetAllKeys,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete user',
			description: 'Delete a user of the console',
			operationId: 'delete_User_deleteUser',
			request: { method: 'DELETE', path: '/api/v1/users/{user_id}' },
			output: { kind: 'deleted' },
			fields: [user],
		},
	],
};
