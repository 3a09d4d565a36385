import type { Field, Resource } from '../../shared/operation';
import { filled, role } from '../fields';
import { item, list, search, sorting } from '../lists';
import { simpleUser } from './user';

const members: Field[] = [
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		placeholder: 'e.g. Account Manager',
		wire: { in: 'body', map: filled },
	},
	{
		displayName: 'Permissions',
		name: 'permissions',
		type: 'string',
		default: '',
		placeholder: 'e.g. viewAccounts, viewInstances',
		description:
			'Permissions of the role, separated by commas. Permission: Get Many lists them, and other roles show theirs as permission_slug.',
		check: { pattern: /^\w+$/, expects: 'names such as viewAccounts, separated by commas' },
		wire: { in: 'body', array: 'list' },
	},
	{
		displayName: 'Slug',
		name: 'slug',
		type: 'string',
		default: '',
		placeholder: 'e.g. account-manager',
		description: 'Name of the role for machines',
		wire: { in: 'body', map: filled },
	},
	{
		displayName: 'Visible',
		name: 'visible',
		type: 'boolean',
		default: true,
		description: 'Whether the role can be picked in Campaign Factory',
		wire: { in: 'body', as: 'visible_in_maestro' },
	},
];
const [name, ...others] = members;

export const roles: Resource = {
	name: 'Role',
	value: 'role',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many roles',
			description: 'List the roles with their permissions',
			operationId: 'listRoles',
			request: { method: 'GET', path: '/roles' },
			output: list,
			filters: [search, ...sorting],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get role',
			description: 'Read one role with its permissions',
			operationId: 'getRole',
			request: { method: 'GET', path: '/roles/{roleUuid}' },
			output: item,
			fields: [role],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create role',
			description:
				'Create a role. Acquia documents that roles are viewed only, so this may be refused.',
			operationId: 'createRole',
			request: { method: 'POST', path: '/roles' },
			output: item,
			fields: name && [{ ...name, required: true }],
			additionalFields: others,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update role',
			description:
				'Change a role. Built-in roles cannot be changed, and Acquia documents that roles are viewed only.',
			operationId: 'updateRole',
			request: { method: 'PATCH', path: '/roles/{roleUuid}' },
			output: item,
			fields: [role],
			updateFields: members,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete role',
			description:
				'Delete a role. Built-in roles cannot be deleted, and Acquia documents that roles are viewed only.',
			operationId: 'deleteRole',
			request: { method: 'DELETE', path: '/roles/{roleUuid}' },
			output: { kind: 'deleted' },
			fields: [role],
		},
		{
			name: 'Get Users',
			value: 'getUsers',
			action: 'Get users of role',
			description: 'List the users who have a role',
			operationId: 'listRoleUsers',
			request: { method: 'GET', path: '/roles/{roleUuid}/users' },
			output: list,
			simple: simpleUser,
			fields: [role],
			filters: [search, ...sorting],
		},
	],
};
