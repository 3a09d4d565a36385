import { isObject } from '../../shared/json';
import type { Call, Field, Resource } from '../../shared/operation';
import { project, variable } from '../fields';
import { pages } from '../pages';

const list = '/v1/projects/{projectId}/variables';
const path = '/v1/projects/{projectId}/variables/{variableName}';

const type: Field = {
	displayName: 'Type',
	name: 'type',
	type: 'options',
	options: [
		{ name: 'Number', value: 'NUMBER' },
		{ name: 'Text', value: 'TEXT' },
	],
	default: 'TEXT',
};

const behaviour: Field = {
	displayName: 'Behaviour',
	name: 'behaviour',
	type: 'options',
	options: [
		{
			name: 'Copied',
			value: 'COPIED',
			description: 'Each branch of a run works with its own copy',
		},
		{
			name: 'Shared',
			value: 'SHARED',
			description: 'All branches of a run work with the same value',
		},
	],
	default: 'SHARED',
};

const description: Field = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
};

const value: Field = {
	displayName: 'Value',
	name: 'value',
	type: 'string',
	default: '',
	placeholder: 'e.g. EU',
	description: 'Value that runs get unless something overrides it. A number for the type Number.',
};

const supportsDoubleResolution: Field = {
	displayName: 'Supports Double Resolution',
	name: 'supportsDoubleResolution',
	type: 'boolean',
	default: false,
	description: 'Whether variables inside the value are resolved too',
};

/** The body with its value in the type of the variable: the service tells numbers from texts. */
function withTypedValue(call: Call, body: Record<string, unknown>): Record<string, unknown> {
	if (body.type !== 'NUMBER' || body.value === undefined) return body;
	const words = String(body.value).trim();
	const number = Number(words);
	if (words === '' || !Number.isFinite(number)) {
		throw call.refuse(
			`“Value” must be a number, because the type of the variable is Number, but is “${words}”`,
		);
	}
	return { ...body, value: number };
}

const bodyOf = (call: Call) => (isObject(call.request.body) ? call.request.body : {});

async function create(call: Call): Promise<unknown> {
	const { body } = await call.send({ ...call.request, body: withTypedValue(call, bodyOf(call)) });
	return isObject(body) ? body : { success: true };
}

/** Changes a variable. The service demands type and behaviour each time, so they are read first. */
async function update(call: Call): Promise<unknown> {
	const name = String(call.values.variableName);
	const { path: own } = call.request;
	const all = await call.list(
		{ method: 'GET', path: own.slice(0, own.lastIndexOf('/')) },
		{ at: 'results', pager: pages },
	);
	const present = all.filter(isObject).find((candidate) => candidate.name === name);
	if (!present) {
		throw call.refuse(
			`The project has no variable “${name}”`,
			'Check the project and the name; upper and lower case differ.',
		);
	}
	const kept = { type: present.type, behaviour: present.behaviour };
	const changed = withTypedValue(call, { ...kept, ...bodyOf(call) });
	const { body } = await call.send({ ...call.request, body: changed });
	return isObject(body) ? body : { success: true };
}

export const projectVariables: Resource = {
	name: 'Project Variable',
	value: 'projectVariable',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many project variables',
			description: 'List the variables of a project with their default values',
			operationId: 'listProjectVariables',
			request: { method: 'GET', path: list },
			output: { kind: 'list', at: 'results', pager: pages },
			fields: [project],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create project variable',
			description: 'Create a variable in a project',
			operationId: 'createProjectVariable',
			request: { method: 'POST', path: list },
			output: { kind: 'item' },
			fields: [
				project,
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. region',
					description: 'Cannot be changed later',
					wire: { in: 'body' },
				},
				{ ...type, wire: { in: 'body' } },
				{ ...behaviour, wire: { in: 'body' } },
			],
			additionalFields: [
				{ ...description, wire: { in: 'body' } },
				{ ...supportsDoubleResolution, wire: { in: 'body' } },
				{ ...value, wire: { in: 'body' } },
			],
			run: create,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update project variable',
			description: 'Change a variable of a project. What is not set here stays as it is.',
			operationId: 'updateProjectVariable',
			request: { method: 'PATCH', path },
			repeatable: true,
			output: { kind: 'item' },
			fields: [project, variable],
			updateFields: [
				{ ...behaviour, wire: { in: 'body' } },
				{ ...description, wire: { in: 'body' } },
				{ ...supportsDoubleResolution, wire: { in: 'body' } },
				{ ...type, wire: { in: 'body' } },
				{ ...value, wire: { in: 'body' } },
			],
			run: update,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete project variable',
			description: 'Delete a variable of a project and its overrides for environments',
			operationId: 'deleteProjectVariable',
			request: { method: 'DELETE', path },
			output: { kind: 'deleted' },
			fields: [project, variable],
		},
	],
};
