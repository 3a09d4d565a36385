import { at } from '../../shared/json';
import { checks } from '../../shared/fields';
import type { Resource } from '../../shared/operation';
import { recordsOf } from '../answers';
import { stackInBody, stackInQuery } from '../fields';

const withNumber = (records: unknown) =>
	Array.isArray(records)
		? records.map((record: { id: unknown }) => ({ ...record, id: Number(record.id) }))
		: undefined;

export const stacks: Resource = {
	name: 'Stack',
	value: 'stack',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many stacks',
			description: 'List the stacks, each with its name',
			operationId: 'get_CodeBases_getCodeBaseNames',
			request: { method: 'GET', path: '/api/v1/stacks' },
			output: { kind: 'list', at: (body) => withNumber(recordsOf(at(body, 'stacks'), 'id')) },
		},
		{
			name: 'Get Many with Details',
			value: 'getAllDetails',
			action: 'Get many stacks with details',
			description: 'List the stacks with description and alias',
			operationId: 'get_CodeBases_getCodeBaseDetails',
			request: { method: 'GET', path: '/api/v1/stacks/details' },
			output: { kind: 'list', at: (body) => withNumber(recordsOf(body, 'id')) },
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update stack',
			description: 'Change the name or description of a stack. Most accounts may not do this.',
			operationId: 'put_CodeBases_editCodebaseName',
			request: { method: 'PUT', path: '/api/v1/stacks/{codebase_id}' },
			output: { kind: 'item' },
			fields: [
				{
					...stackInBody,
					required: true,
					description: 'Stack to change',
					check: checks.positiveInteger,
					wire: { in: 'path', as: 'codebase_id' },
				},
			],
			updateFields: [
				{
					displayName: 'Alias',
					name: 'tangleAlias',
					type: 'string',
					default: '',
					wire: { in: 'body', as: 'tangle_alias' },
				},
				{
					displayName: 'Description',
					name: 'stackDescription',
					type: 'string',
					default: '',
					wire: { in: 'body', as: 'description' },
				},
				{
					displayName: 'Name',
					name: 'stackName',
					type: 'string',
					default: '',
					wire: { in: 'body', as: 'name' },
				},
			],
		},
		{
			name: 'Get Refs',
			value: 'getRefs',
			action: 'Get refs of stack',
			description: 'List the branches and tags that can be deployed, with the deployed one marked',
			operationId: 'get_Vcs_getRefs',
			request: { method: 'GET', path: '/api/v1/vcs', query: { type: 'sites' } },
			output: {
				kind: 'list',
				at(body) {
					const names = at(body, 'available');
					const current = at(body, 'current');
					if (!Array.isArray(names)) return undefined;
					return names.map((name: unknown) => ({ name, current: name === current }));
				},
			},
			filters: [
				// A text here, where all other operations take a number
				{ ...stackInQuery, wire: { in: 'query', as: 'stack_id' } },
			],
		},
	],
};
