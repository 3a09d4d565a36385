import { isObject } from '../../shared/json';
import { checks } from '../../shared/fields';
import type { Field, Resource } from '../../shared/operation';
import { environment, project, runner, version } from '../fields';

const path = '/v1/projects/{projectId}/test-executions';

/** Reads a JSON list of objects. @throws Error that completes "“<Field>” …" */
function toObjects(value: unknown): unknown {
	const isGood = Array.isArray(value) && value.length > 0 && value.every(isObject);
	if (!isGood || value.length > 500) throw new Error('must be a list of 1 to 500 objects');
	return value;
}

/** What runs, where the scope is not the whole project. */
function chosen(scope: string, displayName: string, name: string): Field {
	return {
		displayName,
		name,
		type: 'json',
		required: true,
		default: '[]',
		description: 'List of objects. The reference of the API does not name their members.',
		displayOptions: { show: { scope: [scope] } },
		wire: { in: 'body', type: 'array', map: toObjects },
	};
}

export const testExecutions: Resource = {
	name: 'Test Execution',
	value: 'testExecution',
	operations: [
		{
			name: 'Run',
			value: 'run',
			action: 'Run pipeline tests',
			description: 'Start the tests of a project. The API does not tell their results.',
			operationId: 'createTestExecution',
			request: { method: 'POST', path },
			output: { kind: 'item' },
			fields: [
				project,
				{ ...environment, wire: { in: 'body' } },
				{
					displayName: 'Scope',
					name: 'scope',
					type: 'options',
					options: [
						{ name: 'Pipelines', value: 'PIPELINE' },
						{ name: 'Project', value: 'PROJECT' },
						{ name: 'Tests', value: 'TEST' },
					],
					default: 'PROJECT',
					description: 'Which tests run',
					wire: { in: 'body' },
				},
				chosen('PIPELINE', 'Pipelines (JSON)', 'pipelines'),
				chosen('TEST', 'Tests (JSON)', 'tests'),
			],
			additionalFields: [
				{
					displayName: 'Execution Tag',
					name: 'executionTag',
					type: 'string',
					default: '',
					placeholder: 'e.g. nightly',
					wire: { in: 'body' },
				},
				{ ...runner, wire: { in: 'body' } },
				{ ...version, wire: { in: 'body' } },
			],
		},
		{
			name: 'Cancel',
			value: 'cancel',
			action: 'Cancel pipeline tests',
			description: 'Ask running tests to stop',
			operationId: 'cancelTestExecution',
			request: {
				method: 'PATCH',
				path: `${path}/{testExecutionId}`,
				body: { status: 'CANCELLED' },
			},
			output: { kind: 'item' },
			fields: [
				project,
				{
					displayName: 'Test Execution ID',
					name: 'testExecutionId',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. 1398aa31-af57-4a6a-9752-27c2e8556c3f',
					description: 'From the output of Run',
					check: checks.uuid,
					wire: { in: 'path' },
				},
				{
					displayName: 'Hard Stop',
					name: 'forceUpdate',
					type: 'boolean',
					default: false,
					description: 'Whether to stop at once instead of letting the present step end',
					wire: { in: 'body' },
				},
			],
		},
	],
};
