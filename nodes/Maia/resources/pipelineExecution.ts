import type { Call, Field, Resource } from '../../shared/operation';
import {
	environment,
	execution,
	gridVariables,
	pipeline,
	project,
	projectFilter,
	runner,
	scalarVariables,
	toGridVariables,
	toScalarVariables,
	version,
	withoutSuffix,
} from '../fields';
import { batches } from '../pages';
import { deepest, pipelineRun, readStepTree, stoppedRun } from '../runs';

const filters: Field[] = [
	{
		displayName: 'Environment Name',
		name: 'environmentName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Production',
		wire: { in: 'query' },
	},
	{
		displayName: 'Pipeline Name Contains',
		name: 'pipelineName',
		type: 'string',
		default: '',
		placeholder: 'e.g. daily-load',
		description: 'Part of the name; upper and lower case are the same',
		wire: { in: 'query' },
	},
	projectFilter,
	{
		displayName: 'Schedule ID',
		name: 'scheduleId',
		type: 'string',
		default: '',
		placeholder: 'e.g. a2239897-51f8-4c09-83ab-0b2c28bd5a37',
		description: 'Only runs that this schedule started',
		wire: { in: 'query' },
	},
	{
		displayName: 'Started After',
		name: 'startedAfter',
		type: 'dateTime',
		default: '',
		description:
			'Only runs that started at this time or later. Without it the service looks through all runs, which is slow.',
		wire: { in: 'query' },
	},
	{
		displayName: 'Started Before',
		name: 'startedBefore',
		type: 'dateTime',
		default: '',
		description: 'Only runs that started at this time or earlier',
		wire: { in: 'query' },
	},
	{
		displayName: 'Status',
		name: 'status',
		type: 'multiOptions',
		options: [
			{ name: 'Cancelled', value: 'CANCELLED' },
			{ name: 'Cancelling', value: 'CANCELLING' },
			{ name: 'Failed', value: 'FAILED' },
			{ name: 'Running', value: 'RUNNING' },
			{ name: 'Skipped', value: 'SKIPPED' },
			{ name: 'Success', value: 'SUCCESS' },
			{ name: 'Unknown', value: 'UNKNOWN' },
		],
		default: [],
		wire: { in: 'query', array: 'list' },
	},
];

/** Stops a run; the answer to this may be empty. */
async function cancel(call: Call): Promise<unknown> {
	const pipelineExecutionId = String(call.values.pipelineExecutionId);
	const answer = await call.send(call.request);
	if (call.values.waitForCompletion !== true) return { pipelineExecutionId };
	return await call.wait(stoppedRun, { ...answer, body: { pipelineExecutionId } });
}

/** The steps of a run, with those of nested runs where the user wants them. */
async function getSteps(call: Call): Promise<unknown> {
	const { values } = call;
	const levels = Number(values['options.nestedLevels'] ?? 0);
	const steps = await readStepTree(call, String(values.pipelineExecutionId), levels);
	return values.returnAll === true ? steps : steps.slice(0, Number(values.limit));
}

export const pipelineExecutions: Resource = {
	name: 'Pipeline Execution',
	value: 'pipelineExecution',
	operations: [
		{
			name: 'Run',
			value: 'run',
			action: 'Run pipeline',
			description: 'Run a published pipeline and wait for its end',
			operationId: 'executePipeline',
			request: { method: 'POST', path: '/v1/projects/{projectId}/pipeline-executions' },
			output: { kind: 'task', task: pipelineRun },
			fields: [
				project,
				{ ...environment, wire: { in: 'body' } },
				{ ...pipeline, wire: { in: 'body', map: withoutSuffix } },
				{ ...scalarVariables, wire: { in: 'body', map: toScalarVariables } },
			],
			additionalFields: [
				{
					displayName: 'Execution Tag',
					name: 'executionTag',
					type: 'string',
					default: '',
					placeholder: 'e.g. nightly-finance',
					description: 'Only one run with this tag can be active in an environment at a time',
					wire: { in: 'body' },
				},
				{ ...gridVariables, wire: { in: 'body', type: 'object', map: toGridVariables } },
				{ ...runner, wire: { in: 'body' } },
				{ ...version, wire: { in: 'body' } },
			],
			options: [
				{
					displayName: 'Return Unsuccessful Runs',
					name: 'returnUnsuccessful',
					type: 'boolean',
					default: false,
					description:
						'Whether a run that failed, was cancelled or was skipped becomes an ordinary item with its status, instead of ending the execution',
				},
			],
		},
		{
			name: 'Cancel',
			value: 'cancel',
			action: 'Cancel pipeline execution',
			description: 'Stop a run and wait until it has stopped',
			operationId: 'cancelPipelineExecution',
			request: {
				method: 'PATCH',
				path: '/v1/projects/{projectId}/pipeline-executions/{pipelineExecutionId}',
				body: { status: 'CANCELLED' },
			},
			output: { kind: 'task', task: stoppedRun },
			fields: [
				project,
				execution,
				{
					displayName: 'Hard Stop',
					name: 'forceUpdate',
					type: 'boolean',
					default: false,
					description: 'Whether to stop the run at once instead of letting the present step end',
					wire: { in: 'body' },
				},
			],
			run: cancel,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get pipeline execution',
			description: 'Read the details of a run with its message',
			operationId: 'getPipelineExecution',
			request: {
				method: 'GET',
				path: '/v1/projects/{projectId}/pipeline-executions/{pipelineExecutionId}',
			},
			output: { kind: 'item' },
			fields: [project, execution],
		},
		{
			name: 'Get Steps',
			value: 'getSteps',
			action: 'Get steps of pipeline execution',
			description: 'List the steps of a run with their results',
			operationId: 'listPipelineExecutionSteps',
			request: {
				method: 'GET',
				path: '/v1/projects/{projectId}/pipeline-executions/{pipelineExecutionId}/steps',
			},
			output: { kind: 'list', at: 'results' },
			fields: [project, execution],
			options: [
				{
					displayName: 'Nested Levels',
					name: 'nestedLevels',
					type: 'number',
					default: deepest,
					typeOptions: { minValue: 0, maxValue: 10, numberPrecision: 0 },
					description:
						'How many levels of nested pipelines to read. Their steps stand in childPipeline.steps.',
				},
			],
			run: getSteps,
		},
		{
			name: 'Get Status',
			value: 'getStatus',
			action: 'Get status of pipeline execution',
			description: 'Read only the state of a run',
			operationId: 'getPipelineExecutionStatus',
			request: {
				method: 'GET',
				path: '/v1/projects/{projectId}/pipeline-executions/{pipelineExecutionId}/status',
			},
			output: { kind: 'item' },
			fields: [project, execution],
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many pipeline executions',
			description: 'List runs of all projects or one, newest first',
			operationId: 'listPipelineExecutions',
			request: { method: 'GET', path: '/v1/pipeline-executions' },
			output: { kind: 'list', at: 'results', pager: batches },
			filters,
		},
	],
};
