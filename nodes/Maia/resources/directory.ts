import { isObject, text } from '../../shared/json';
import type { Call, Field, Operation, Resource, Values } from '../../shared/operation';
import { byId, fromList } from '../../shared/fields';
import { notice } from '../notices';
import { scimPages, scimRecords } from '../pages';

const users = '/v1/directory-integration/scim/v2/Users';
const groups = '/v1/directory-integration/scim/v2/Groups';

const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';

const standard = notice(
	'The reference of the API does not describe this call; it follows the SCIM 2.0 standard and was not tried on a live account.',
);

const user: Field = {
	displayName: 'User',
	name: 'scimUserId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchScimUsers'), byId('e.g. 2819c223-7f76-453a-919d-413861904646')],
	wire: { in: 'path', as: 'id' },
};

const group: Field = {
	displayName: 'Group',
	name: 'scimGroupId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchScimGroups'), byId('e.g. e9e30dba-f08f-4109-8486-d5c6a331660a')],
	wire: { in: 'path', as: 'id' },
};

const filter = (placeholder: string): Field => ({
	displayName: 'SCIM Filter',
	name: 'filter',
	type: 'string',
	default: '',
	placeholder,
	wire: { in: 'query' },
});

const member = (displayName: string, name: string, as: string, placeholder?: string): Field => ({
	displayName,
	name,
	type: 'string',
	default: '',
	...(placeholder !== undefined && { placeholder }),
	wire: { in: 'body', as },
});

const active: Field = {
	displayName: 'Active',
	name: 'active',
	type: 'boolean',
	default: true,
	description: 'Whether the user may sign in',
	wire: { in: 'body' },
};

/** An email address as the only one of a user. */
const toEmails = (value: unknown) =>
	text(value) === undefined ? [] : [{ value: text(value), primary: true }];

const profile: Field[] = [
	active,
	member('Display Name', 'displayName', 'displayName', 'e.g. Jane Doe'),
	{
		displayName: 'Email',
		name: 'email',
		type: 'string',
		default: '',
		placeholder: 'name@email.com',
		description: 'Only email address of the user',
		wire: { in: 'body', as: 'emails', map: toEmails },
	},
	member('External ID', 'externalId', 'externalId'),
	member('Family Name', 'familyName', 'name.familyName', 'e.g. Doe'),
	member('Given Name', 'givenName', 'name.givenName', 'e.g. Jane'),
];

const operations: Field = {
	displayName: 'Operations (JSON)',
	name: 'operations',
	type: 'json',
	default: '[]',
	placeholder: 'e.g. [{ "op": "replace", "path": "title", "value": "Analyst" }]',
	description: 'List of SCIM operations: op is add, remove or replace',
	wire: { in: 'body', as: 'Operations', type: 'array' },
};

/** One change of a SCIM resource. */
interface Change {
	op: string;
	path: string;
	value?: unknown;
}

/** What can be set of a user that is there, by the paths of SCIM. */
const changeable = [
	...profile,
	member('User Name', 'userName', 'userName', 'e.g. jane@example.com'),
];

/** What the form sets of a user, as operations. */
export function toChanges(values: Values): Change[] {
	return changeable.flatMap(({ name, wire }) => {
		const value = values[`updateFields.${name}`];
		if (value === undefined) return [];
		const set = wire?.map ? wire.map(value) : value;
		return [{ op: 'replace', path: wire?.as ?? name, value: set }];
	});
}

async function patch(call: Call, changes: unknown[]): Promise<unknown> {
	if (changes.length === 0) throw call.refuse('There is nothing to change', 'Set a field.');
	const answer = await call.send({
		...call.request,
		body: { schemas: [patchSchema], Operations: changes },
	});
	return isObject(answer.body) ? answer.body : { success: true };
}

/** What the form sets becomes operations; those that are written as JSON follow. */
async function update(call: Call): Promise<unknown> {
	const own = isObject(call.request.body) ? call.request.body.Operations : undefined;
	return await patch(call, [...toChanges(call.values), ...(Array.isArray(own) ? own : [])]);
}

const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const memberIds = ({ values }: Call) => (isList(values.userIds) ? values.userIds.map(String) : []);

const members: Field = {
	displayName: 'User IDs',
	name: 'userIds',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 2819c223-7f76-453a-919d-413861904646',
	description: 'IDs of users, separated by commas',
	wire: { in: 'body', as: 'Operations', array: 'list' },
};

function changeMembers(
	title: string,
	value: string,
	description: string,
	changes: (ids: string[]) => Change[],
): Operation {
	return {
		name: title,
		value,
		action: `${title.replace('Members', 'members')} of SCIM group`,
		description,
		operationId: 'patchScimGroup',
		request: { method: 'PATCH', path: `${groups}/{id}` },
		repeatable: true,
		output: { kind: 'item' },
		fields: [group, members],
		run: async (call) => await patch(call, changes(memberIds(call))),
	};
}

/** A user ID inside a SCIM path expression. */
const quoted = (id: string) => JSON.stringify(id);

/** Puts further members into the body, those of the form winning. */
async function create(call: Call): Promise<unknown> {
	const { 'additionalFields.further': further } = call.values;
	const body = {
		...(isObject(further) ? further : {}),
		...(isObject(call.request.body) ? call.request.body : {}),
	};
	const answer = await call.send({ ...call.request, body });
	return isObject(answer.body) ? answer.body : { success: true };
}

export const scimUsers: Resource = {
	name: 'SCIM User',
	value: 'scimUser',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many SCIM users',
			description: 'List the users of the directory integration',
			operationId: 'listScimUsers',
			request: { method: 'GET', path: users },
			output: { kind: 'list', at: scimRecords, pager: scimPages },
			fields: [standard],
			filters: [filter('e.g. userName eq "jane@example.com"')],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get SCIM user',
			description: 'Read a user of the directory integration',
			operationId: 'getScimUser',
			request: { method: 'GET', path: `${users}/{id}` },
			output: { kind: 'item' },
			fields: [user],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create SCIM user',
			description: 'Create a user of the directory integration',
			operationId: 'createScimUser',
			request: { method: 'POST', path: users, body: { schemas: [userSchema] } },
			output: { kind: 'item' },
			fields: [
				{
					...member('User Name', 'userName', 'userName', 'e.g. jane@example.com'),
					required: true,
				},
			],
			additionalFields: [
				...profile,
				{
					displayName: 'Further Members (JSON)',
					name: 'further',
					type: 'json',
					default: '{}',
					description: 'Object with SCIM members that this form does not have',
				},
			],
			run: create,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update SCIM user',
			description: 'Change a user. What is not set here stays as it is.',
			operationId: 'patchScimUser',
			request: { method: 'PATCH', path: `${users}/{id}` },
			output: { kind: 'item' },
			fields: [standard, user],
			// Travel inside operations, which own code makes
			updateFields: [...changeable.map((field) => ({ ...field, wire: undefined })), operations],
			run: update,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete SCIM user',
			description: 'Delete a user of the directory integration',
			operationId: 'deleteScimUser',
			request: { method: 'DELETE', path: `${users}/{id}` },
			output: { kind: 'deleted' },
			fields: [standard, user],
		},
	],
};

export const scimGroups: Resource = {
	name: 'SCIM Group',
	value: 'scimGroup',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many SCIM groups',
			description: 'List the groups of the directory integration',
			operationId: 'listScimGroups',
			request: { method: 'GET', path: groups },
			output: { kind: 'list', at: scimRecords, pager: scimPages },
			fields: [standard],
			filters: [filter('e.g. displayName eq "finance-admins"')],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get SCIM group',
			description: 'Read a group with its members and its role',
			operationId: 'getScimGroup',
			request: { method: 'GET', path: `${groups}/{id}` },
			output: { kind: 'item' },
			fields: [group],
		},
		changeMembers('Add Members', 'addMembers', 'Put users into a group', (ids) => [
			{ op: 'add', path: 'members', value: ids.map((value) => ({ value })) },
		]),
		changeMembers('Remove Members', 'removeMembers', 'Take users out of a group', (ids) =>
			ids.map((id) => ({ op: 'remove', path: `members[value eq ${quoted(id)}]` })),
		),
		{
			name: 'Update',
			value: 'update',
			action: 'Update SCIM group',
			description: 'Change a group by SCIM operations',
			operationId: 'patchScimGroup',
			request: { method: 'PATCH', path: `${groups}/{id}` },
			output: { kind: 'item' },
			fields: [group, { ...operations, required: true }],
			run: update,
		},
	],
};
