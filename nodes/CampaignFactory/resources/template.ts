import { isObject } from '../../shared/json';
import type { Call, Field, Resource, Result } from '../../shared/operation';
import { filled, notice, template } from '../fields';
import { item, list, record, search, sorting } from '../lists';

const inferred = notice(
	'Acquia documents only that templates lie under /templates. How this call looks is inferred from the other ones and may differ.',
);

const name: Field = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. Retail starter',
	wire: { in: 'body', map: filled },
};

const members: Field = {
	displayName: 'Other Members (JSON)',
	name: 'members',
	type: 'json',
	default: '{}',
	description: 'Members that are sent as they are. Templates that are there already show some.',
	wire: { in: 'body', type: 'object' },
};

/** The members of the JSON field stand beside the others. */
async function sendMembers(call: Call): Promise<Result> {
	const { members: others, ...known } = isObject(call.request.body) ? call.request.body : {};
	const body = { ...(isObject(others) ? others : {}), ...known };
	return record((await call.send({ ...call.request, body })).body);
}

export const templates: Resource = {
	name: 'Template',
	value: 'template',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many templates',
			description: 'List the templates that instances can be based on',
			operationId: 'listTemplates',
			request: { method: 'GET', path: '/templates' },
			output: list,
			fields: [inferred],
			filters: [search, ...sorting],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get template',
			description: 'Read one template',
			operationId: 'getTemplate',
			request: { method: 'GET', path: '/templates/{templateUuid}' },
			output: item,
			fields: [inferred, template],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create template',
			description: 'Create a template for instances',
			operationId: 'createTemplate',
			request: { method: 'POST', path: '/templates' },
			output: item,
			run: sendMembers,
			fields: [inferred, { ...name, required: true }],
			additionalFields: [members],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update template',
			description: 'Change a template. What is not chosen stays as it is.',
			operationId: 'updateTemplate',
			request: { method: 'PATCH', path: '/templates/{templateUuid}' },
			output: item,
			run: sendMembers,
			fields: [inferred, template],
			updateFields: [name, members],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete template',
			description: 'Delete a template. Whether that can be undone is not documented.',
			operationId: 'deleteTemplate',
			request: { method: 'DELETE', path: '/templates/{templateUuid}' },
			output: { kind: 'deleted' },
			fields: [inferred, template],
		},
	],
};
