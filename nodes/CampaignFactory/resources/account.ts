import { checks } from '../../shared/fields';
import type { Field, Resource } from '../../shared/operation';
import { bulk } from '../bulk';
import { account, asEntry, asMember, filled, user, userList } from '../fields';
import { item, list, search, sorting, trash } from '../lists';
import { mayRemoveAll, outcome, removeTogether, replaceAll } from '../members';
import { simpleInstance } from './instance';
import { simpleUser } from './user';

const name: Field = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. Northwind Brands',
	wire: { in: 'body', map: filled },
};

const customer: Field = {
	displayName: 'Customer ID',
	name: 'customerId',
	type: 'string',
	default: '',
	placeholder: 'e.g. 5f3a0009-1c2d-4e3f-8a4b-9b8c7d6e0009',
	description:
		'UUID of your organization with Acquia. Accounts that are there already show it as customer_uuid.',
	check: checks.uuid,
	wire: { in: 'body', as: 'customer_uuid', map: filled },
};

const contactLimit: Field = {
	displayName: 'Contact Limit',
	name: 'contactLimit',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0, numberPrecision: 0 },
	description:
		'Max number of contacts in all instances of the account. Anonymous contacts do not count.',
	wire: { in: 'body', as: 'contact_limit' },
};

const emailLimit: Field = {
	displayName: 'Email Limit',
	name: 'emailLimit',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0, numberPrecision: 0 },
	description:
		'Max number of emails of all instances of the account. The API calls it monthly; newer contracts count by the year.',
	wire: { in: 'body', as: 'monthly_email_limit' },
};

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
		{
			name: 'Get',
			value: 'get',
			action: 'Get account',
			description: 'Read one account with its limits',
			operationId: 'getAccount',
			request: { method: 'GET', path: '/accounts/{accountUuid}' },
			output: item,
			fields: [account],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create account',
			description: 'Create an account. The contract limits how many there may be.',
			operationId: 'createAccount',
			request: { method: 'POST', path: '/accounts' },
			output: item,
			fields: [
				{ ...name, required: true },
				{ ...customer, required: true },
				{ ...contactLimit, required: true },
				{ ...emailLimit, required: true },
			],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update account',
			description: 'Change an account. What is not chosen stays as it is.',
			operationId: 'updateAccount',
			request: { method: 'PATCH', path: '/accounts/{accountUuid}' },
			output: item,
			fields: [account],
			updateFields: [name, customer, contactLimit, emailLimit],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete account',
			description: 'Move an account without instances to the trash',
			operationId: 'deleteAccount',
			request: { method: 'DELETE', path: '/accounts/{accountUuid}' },
			output: { kind: 'deleted' },
			fields: [account],
		},
		{
			name: 'Delete Many',
			value: 'deleteMany',
			action: 'Delete many accounts',
			description: 'Move the accounts of all input items to the trash with one request',
			operationId: 'bulkDeleteAccounts',
			request: { method: 'PUT', path: '/accounts/bulk-delete' },
			output: { kind: 'deleted' },
			fields: [asEntry(account, 'account_uuids')],
			batch: bulk('account_uuids', { deleted: true }),
		},
		{
			name: 'Delete Permanently',
			value: 'deletePermanently',
			action: 'Delete accounts permanently',
			description: 'Remove the accounts of all input items for good with one request',
			operationId: 'forceDeleteAccounts',
			request: { method: 'PUT', path: '/accounts/force-delete' },
			output: { kind: 'deleted' },
			fields: [asEntry(account, 'account_uuids')],
			batch: bulk('account_uuids', { deleted: true }),
		},
		{
			name: 'Restore',
			value: 'restore',
			action: 'Restore accounts',
			description: 'Take the accounts of all input items out of the trash with one request',
			operationId: 'restoreAccounts',
			request: { method: 'PUT', path: '/accounts/restore' },
			output: { kind: 'item' },
			fields: [
				{
					...asEntry(account, 'account_uuids'),
					description:
						'An account in the trash. The list to pick from does not show those: take the ID from Get Many with the filter Deleted Records.',
				},
			],
			batch: bulk('account_uuids', { restored: true }),
		},
		{
			name: 'Get Instances',
			value: 'getInstances',
			action: 'Get instances of account',
			description:
				'List the instances of an account. Only path and scopes of this call are documented; Instance: Get Many with the filter Account gives the same.',
			operationId: 'listAccountInstances',
			request: { method: 'GET', path: '/accounts/{accountUuid}/instances' },
			output: list,
			simple: simpleInstance,
			fields: [account],
			filters: [search, ...sorting],
		},
		{
			name: 'Get Users',
			value: 'getUsers',
			action: 'Get users of account',
			description: 'List the users that may work with an account',
			operationId: 'listAccountUsers',
			request: { method: 'GET', path: '/accounts/{accountUuid}/users' },
			output: list,
			simple: simpleUser,
			fields: [account],
			filters: [search, ...sorting],
		},
		{
			name: 'Add User',
			value: 'addUser',
			action: 'Add user to account',
			description: 'Let one more user work with an account',
			operationId: 'attachAccountUser',
			request: { method: 'PATCH', path: '/accounts/{accountUuid}/users' },
			output: { kind: 'item', at: outcome },
			fields: [account, asMember(user, 'user_uuid')],
		},
		{
			name: 'Replace All Users',
			value: 'replaceUsers',
			action: 'Replace all users of account',
			description: 'Let these users work with an account and no others',
			operationId: 'syncAccountUsers',
			request: { method: 'PUT', path: '/accounts/{accountUuid}/users' },
			output: { kind: 'item', at: outcome },
			fields: [account, userList, mayRemoveAll],
			run: replaceAll('User IDs', 'user_uuids', removeTogether('user_uuids')),
		},
		{
			name: 'Remove User',
			value: 'removeUser',
			action: 'Remove user from account',
			description: 'Take an account away from one user, who stays',
			operationId: 'detachAccountUser',
			request: { method: 'DELETE', path: '/accounts/{accountUuid}/users/{userUuid}' },
			output: { kind: 'item', at: outcome },
			fields: [account, user],
		},
		{
			name: 'Remove Users',
			value: 'removeUsers',
			action: 'Remove users from account',
			description: 'Take an account away from several users, who stay',
			operationId: 'bulkDetachAccountUsers',
			request: { method: 'PUT', path: '/accounts/{accountUuid}/users/bulk-detach' },
			output: { kind: 'item', at: outcome },
			fields: [account, { ...userList, required: true }],
		},
	],
};
