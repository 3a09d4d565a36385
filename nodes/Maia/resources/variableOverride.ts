import { isObject } from '../../shared/json';
import type { Call, Field, Operation, Resource } from '../../shared/operation';
import { environment, project, variable } from '../fields';
import { notice, undocumented } from '../notices';

const path = '/v1/projects/{projectId}/variables/{variableName}/environment-overrides';

const overrides: Field = {
	displayName: 'Overrides (JSON)',
	name: 'overrides',
	type: 'json',
	required: true,
	default: '{}',
	placeholder: 'e.g. { "environmentName": "Production", "value": "EU" }',
	description: 'Object that is sent as it is: the names of environments and their values',
	wire: {
		in: 'body',
		type: 'object',
		map: (value) => {
			if (isObject(value) && Object.keys(value).length > 0) return value;
			throw new Error('must hold at least one member');
		},
	},
};

const unnamed =
	'The reference of the API does not name the members of an override. Read the one of a variable first and send the same form; this was not tried on a live account.';

/** The object of the form is the whole body. */
async function send(call: Call): Promise<unknown> {
	const answer = await call.send({ ...call.request, body: call.values.overrides });
	return isObject(answer.body) ? answer.body : { success: true };
}

function write(title: string, method: 'POST' | 'PATCH', description: string): Operation {
	return {
		name: title,
		value: title.toLowerCase(),
		action: `${title} variable override`,
		description,
		operationId: method === 'POST' ? 'createVariableOverrides' : 'updateVariableOverrides',
		request: { method, path },
		output: { kind: 'item' },
		fields: [notice(unnamed), project, variable, overrides],
		run: send,
	};
}

/** Not required: the whole variable is meant without it. */
const onlyIn: Field = { ...environment, required: undefined, wire: { in: 'query' } };

export const variableOverrides: Resource = {
	name: 'Variable Override',
	value: 'variableOverride',
	operations: [
		{
			name: 'Get',
			value: 'get',
			action: 'Get variable overrides',
			description: 'Read a project variable with what environments change in it',
			operationId: 'listVariableOverrides',
			request: { method: 'GET', path },
			output: { kind: 'item' },
			fields: [
				project,
				variable,
				{ ...onlyIn, description: 'Only the override of this environment' },
			],
		},
		write('Create', 'POST', 'Let environments use other values of a project variable'),
		write('Update', 'PATCH', 'Change the values that environments use of a project variable'),
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete variable overrides',
			description: 'Let an environment use a project variable as the project has it',
			operationId: 'deleteVariableOverrides',
			request: { method: 'DELETE', path },
			output: { kind: 'deleted' },
			fields: [
				undocumented,
				project,
				variable,
				{ ...onlyIn, description: 'Without it the overrides of all environments are deleted' },
			],
		},
	],
};
