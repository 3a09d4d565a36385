import { at } from '../../shared/json';
import type { Field, Resource } from '../../shared/operation';
import { recordsOf } from '../answers';
import { role } from '../fields';
import { pages } from '../pages';

/** Roles come as a map from ID to name. */
const rolesIn = (body: unknown) => {
	const records = recordsOf(at(body, 'roles'), 'rid');
	return Array.isArray(records)
		? records.map(({ rid, name }: { rid: string; name: unknown }) => ({ rid: Number(rid), name }))
		: undefined;
};

const roleName: Field = {
	displayName: 'Role Name',
	name: 'roleName',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. reviewer',
	wire: { in: 'body', as: 'name' },
};

const factoryRole: Field = {
	displayName: 'Factory Role',
	name: 'factoryRole',
	type: 'options',
	required: true,
	options: [
		{ name: 'Content Editor', value: 'content_editor' },
		{ name: 'Platform Admin', value: 'platform_admin' },
		{ name: 'Site Builder', value: 'site_builder' },
	],
	default: 'content_editor',
	wire: { in: 'path', as: 'factory_role' },
};

export const roles: Resource = {
	name: 'Role',
	value: 'role',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many roles',
			description: 'List the roles of the console',
			operationId: 'get_Role_getRoles',
			request: { method: 'GET', path: '/api/v1/roles' },
			output: { kind: 'list', at: rolesIn, pager: pages },
			filters: [
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
			],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get role',
			description: 'Read the name of one role',
			operationId: 'get_Role_getRole',
			request: { method: 'GET', path: '/api/v1/roles/{role_id}' },
			output: { kind: 'item' },
			fields: [role],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create role',
			description: 'Create a role. What it permits is set in the console.',
			operationId: 'post_Role_createRole',
			request: { method: 'POST', path: '/api/v1/roles' },
			output: { kind: 'item' },
			fields: [roleName],
		},
		{
			name: 'Rename',
			value: 'rename',
			action: 'Rename role',
			description: 'Give a role another name',
			operationId: 'put_Role_updateRole',
			request: { method: 'PUT', path: '/api/v1/roles/{role_id}/update' },
			output: { kind: 'item' },
			fields: [role, { ...roleName, wire: { in: 'body', as: 'new_name' } }],
		},
		{
			name: 'Get Mapping',
			value: 'getMapping',
			action: 'Get mapping of roles',
			description: 'Read which roles users of the console get on the sites',
			operationId: 'get_CentralizedRoleManagement_executeGetActions',
			request: { method: 'GET', path: '/api/v1/centralized-role-management' },
			output: { kind: 'item' },
		},
		{
			name: 'Set Mapping',
			value: 'setMapping',
			action: 'Set mapping of role',
			description: 'Give users with a role in the console a role on the sites',
			operationId: 'put_CentralizedRoleManagement_executePutActions',
			request: { method: 'PUT', path: '/api/v1/centralized-role-management/{factory_role}' },
			output: { kind: 'item' },
			fields: [
				factoryRole,
				{
					displayName: 'Site Role',
					name: 'siteRole',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. editor',
					wire: { in: 'body', as: 'site_role' },
				},
			],
		},
		{
			name: 'Remove Mapping',
			value: 'removeMapping',
			action: 'Remove mapping of role',
			description: 'Give users with a role in the console no role on the sites any more',
			operationId: 'delete_CentralizedRoleManagement_executeDeleteActions',
			request: { method: 'DELETE', path: '/api/v1/centralized-role-management/{factory_role}' },
			output: { kind: 'item' },
			fields: [factoryRole],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete role',
			description: 'Delete a role. Its users keep their other roles.',
			operationId: 'delete_Role_deleteRole',
			request: { method: 'DELETE', path: '/api/v1/roles/{role_id}' },
			output: { kind: 'deleted' },
			fields: [role],
		},
	],
};
