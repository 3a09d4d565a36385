import { checks } from '../../shared/fields';
import type { Field, Resource } from '../../shared/operation';
import { bulk } from '../bulk';
import { accountList, asEntry, asMember, filled, role, roleList, user } from '../fields';
import { item, list, search, sorting, trash } from '../lists';
import { mayRemoveAll, outcome, removeEach, removeTogether, replaceAll } from '../members';

/** What stays of a user with Simplify. */
export const simpleUser = [
	'uuid',
	'name',
	'email',
	'all_accounts',
	'super',
	'notify_limit_violation',
	'email_verified_at',
	'last_login',
	'created_at',
	'updated_at',
];

const name: Field = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. Nathan Smith',
	wire: { in: 'body', map: filled },
};

const email: Field = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	default: '',
	placeholder: 'e.g. nathan@example.com',
	description: 'Also the name to sign in with',
	check: checks.email,
	wire: { in: 'body', map: filled },
};

const settings: Field[] = [
	{
		displayName: 'Notify About Limits',
		name: 'notifyLimitViolation',
		type: 'boolean',
		default: true,
		description: 'Whether the user is told when a limit is passed',
		wire: { in: 'body', as: 'notify_limit_violation' },
	},
	{
		displayName: 'Password',
		name: 'password',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		description:
			'At least 12 characters with upper case, lower case, a digit and one of !@$&*()-_+=,./ – a new user without a password gets a link to set one',
		check: {
			pattern: /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[!@$&*()\-_+=,./]).{12,}$/,
			expects:
				'at least 12 characters with upper case, lower case, a digit and a special character',
		},
		wire: { in: 'body', map: filled },
	},
	{
		displayName: 'Super User',
		name: 'super',
		type: 'boolean',
		default: false,
		description: 'Whether the user may do everything',
		wire: { in: 'body' },
	},
];

export const users: Resource = {
	name: 'User',
	value: 'user',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many users',
			description: 'List the users who share an account with yours',
			operationId: 'listUsers',
			request: { method: 'GET', path: '/users' },
			output: list,
			simple: simpleUser,
			filters: [search, ...sorting],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get user',
			description: 'Read one user',
			operationId: 'getUser',
			request: { method: 'GET', path: '/users/{userUuid}' },
			output: item,
			simple: simpleUser,
			fields: [user],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create user',
			description: 'Create a user. Accounts and roles are added by operations of their own.',
			operationId: 'createUser',
			request: { method: 'POST', path: '/users' },
			output: item,
			fields: [
				{ ...name, required: true },
				{ ...email, required: true },
			],
			additionalFields: settings,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update user',
			description: 'Change a user. What is not chosen stays as it is.',
			operationId: 'updateUser',
			request: { method: 'PATCH', path: '/users/{userUuid}' },
			output: item,
			fields: [user],
			updateFields: [name, email, ...settings],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete user',
			description: 'Delete a user. Whether that can be undone is not documented.',
			operationId: 'deleteUser',
			request: { method: 'DELETE', path: '/users/{userUuid}' },
			output: { kind: 'deleted' },
			fields: [user],
		},
		{
			name: 'Delete Many',
			value: 'deleteMany',
			action: 'Delete many users',
			description: 'Delete the users of all input items with one request',
			operationId: 'bulkDeleteUsers',
			request: { method: 'PUT', path: '/users/bulk-delete' },
			output: { kind: 'deleted' },
			fields: [asEntry(user, 'user_uuids')],
			batch: bulk('user_uuids', { deleted: true }),
		},
		{
			name: 'Get Accounts',
			value: 'getAccounts',
			action: 'Get accounts of user',
			description: 'List the accounts that a user may work with',
			operationId: 'listUserAccounts',
			request: { method: 'GET', path: '/users/{userUuid}/accounts' },
			output: list,
			fields: [user],
			filters: [search, ...sorting, trash],
		},
		{
			name: 'Replace All Accounts',
			value: 'replaceAccounts',
			action: 'Replace all accounts of user',
			description:
				'Let a user work with these accounts and no others. To add one, use Account: Add User.',
			operationId: 'syncUserAccounts',
			request: { method: 'PUT', path: '/users/{userUuid}/accounts' },
			output: { kind: 'item', at: outcome },
			fields: [user, accountList, mayRemoveAll],
			run: replaceAll('Account IDs', 'account_uuids', removeTogether('account_uuids')),
		},
		{
			name: 'Remove Accounts',
			value: 'removeAccounts',
			action: 'Remove accounts from user',
			description: 'Take several accounts away from a user',
			operationId: 'bulkDetachUserAccounts',
			request: { method: 'PUT', path: '/users/{userUuid}/accounts/bulk-detach' },
			output: { kind: 'item', at: outcome },
			fields: [user, { ...accountList, required: true }],
		},
		{
			name: 'Get Roles',
			value: 'getRoles',
			action: 'Get roles of user',
			description: 'List the roles that a user has',
			operationId: 'listUserRoles',
			request: { method: 'GET', path: '/users/{userUuid}/roles' },
			output: list,
			fields: [user],
			filters: [search, ...sorting],
		},
		{
			name: 'Add Role',
			value: 'addRole',
			action: 'Add role to user',
			description: 'Give a user one more role',
			operationId: 'attachUserRole',
			request: { method: 'PATCH', path: '/users/{userUuid}/roles' },
			output: { kind: 'item', at: outcome },
			fields: [user, asMember(role, 'role_uuid')],
		},
		{
			name: 'Replace All Roles',
			value: 'replaceRoles',
			action: 'Replace all roles of user',
			description: 'Give a user these roles and no others',
			operationId: 'syncUserRoles',
			request: { method: 'PUT', path: '/users/{userUuid}/roles' },
			output: { kind: 'item', at: outcome },
			fields: [user, roleList, mayRemoveAll],
			run: replaceAll('Role IDs', 'role_uuids', removeEach),
		},
		{
			name: 'Remove Role',
			value: 'removeRole',
			action: 'Remove role from user',
			description: 'Take one role away from a user',
			operationId: 'detachUserRole',
			request: { method: 'DELETE', path: '/users/{userUuid}/roles/{roleUuid}' },
			output: { kind: 'item', at: outcome },
			fields: [user, role],
		},
	],
};
