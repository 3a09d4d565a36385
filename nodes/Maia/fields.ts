import { isObject } from '../shared/json';
import { byId, checks, fromList } from '../shared/fields';
import type { Field } from '../shared/operation';

/** A project, picked from the list or named by its UUID. */
export const project: Field = {
	displayName: 'Project',
	name: 'projectId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchProjects'), byId('e.g. 3fa85f64-5717-4562-b3fc-2c963f66afa6')],
	check: checks.uuid,
	wire: { in: 'path' },
};

/** The same project as a filter. */
export const projectFilter: Field = {
	displayName: 'Project',
	name: 'projectId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [fromList('searchProjects'), byId('e.g. 3fa85f64-5717-4562-b3fc-2c963f66afa6')],
	check: checks.uuid,
	wire: { in: 'query' },
};

/** An environment of the chosen project; its name is its only key. */
export const environment: Field = {
	displayName: 'Environment',
	name: 'environmentName',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchEnvironments'), byId('e.g. Production', 'By Name')],
};

/** A pipeline that is published to the chosen environment. Lineage names carry a suffix that runs do not take. */
export const pipeline: Field = {
	displayName: 'Pipeline',
	name: 'pipelineName',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchPipelines'), byId('e.g. finance/daily-load', 'By Name')],
	description: 'Published pipeline with its folder path',
};

/** A run of the chosen project. */
export const execution: Field = {
	displayName: 'Pipeline Execution',
	name: 'pipelineExecutionId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchExecutions'), byId('e.g. 1398aa31-af57-4a6a-9752-27c2e8556c3f')],
	check: checks.uuid,
	wire: { in: 'path' },
};

/** A schedule of the chosen project. */
export const schedule: Field = {
	displayName: 'Schedule',
	name: 'scheduleId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchSchedules'), byId('e.g. a2239897-51f8-4c09-83ab-0b2c28bd5a37')],
	check: checks.uuid,
	wire: { in: 'path' },
};

/** A variable of the chosen project; its name is its only key. */
export const variable: Field = {
	displayName: 'Variable',
	name: 'variableName',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchVariables'), byId('e.g. region', 'By Name')],
	wire: { in: 'path' },
};

/** A connection of the chosen project; its name is its only key. */
export const connection: Field = {
	displayName: 'Connection',
	name: 'connectionName',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchConnections'), byId('e.g. Salesforce', 'By Name')],
};

/** Takes the file suffix off a pipeline name, which lineage reports and runs do not take. */
export function withoutSuffix(name: unknown): unknown {
	return typeof name === 'string' ? name.trim().replace(/\.orch\.yaml$/i, '') : name;
}

const isScalar = (value: unknown): value is string | number | boolean =>
	['string', 'number', 'boolean'].includes(typeof value);

/**
 * Reads the form of scalar variables: names with texts. Numbers and booleans are written out, because the
 * service takes texts.
 * @returns undefined when there are none
 */
export function toScalarVariables(value: unknown): Record<string, string> | undefined {
	const rows =
		isObject(value) && Array.isArray(value.variable) ? (value.variable as unknown[]) : [];
	const variables = new Map<string, string>();
	for (const row of rows) {
		const { name, value: given = '' } = isObject(row) ? row : {};
		if (typeof name !== 'string' || name.trim() === '') throw new Error('needs a name in each row');
		if (!isScalar(given)) {
			throw new Error(`takes text for “${name}”, not a list or an object`);
		}
		if (variables.has(name.trim())) throw new Error(`names “${name.trim()}” twice`);
		variables.set(name.trim(), String(given));
	}
	return variables.size > 0 ? Object.fromEntries(variables) : undefined;
}

/**
 * Reads grid variables: a JSON object of names with rows, each row a list of cells.
 * @returns cells as texts, because the service takes texts; undefined when there are none
 */
export function toGridVariables(value: unknown): Record<string, string[][]> | undefined {
	const entries = Object.entries(isObject(value) ? value : {}).map(([name, rows]) => {
		const isGrid =
			Array.isArray(rows) && rows.every((row) => Array.isArray(row) && row.every(isScalar));
		if (!isGrid) {
			throw new Error(
				`must hold a list of rows for “${name}”, each row a list of texts, such as [["ORDERS", "daily"]]`,
			);
		}
		return [name, (rows as unknown[][]).map((row) => row.map(String))] as const;
	});
	return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Values for scalar variables of the pipeline. */
export const scalarVariables: Field = {
	displayName: 'Scalar Variables',
	name: 'scalarVariables',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Variable',
	default: {},
	description: 'Values that replace the defaults of public pipeline variables',
	options: [
		{
			displayName: 'Variable',
			name: 'variable',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. load_date',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. 2026-05-24',
				},
			],
		},
	],
};

/** Rows for grid variables of the pipeline. */
export const gridVariables: Field = {
	displayName: 'Grid Variables (JSON)',
	name: 'gridVariables',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. { "tables": [["ORDERS", "daily"]] }',
	description: 'Object of variable names, each with a list of rows',
};

/** A runner other than the one of the environment. The API calls it an agent. */
export const runner: Field = {
	displayName: 'Runner',
	name: 'agentId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [fromList('searchRunners'), byId('e.g. 3fa85f64-5717-4562-b3fc-2c963f66afa6')],
	description: 'Runs the pipeline instead of the default runner of the environment',
};

/** A version that is published to the chosen environment; without it the newest enabled one runs. */
export const version: Field = {
	displayName: 'Version',
	name: 'versionName',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [fromList('searchVersions'), byId('e.g. 1.4.0', 'By Name')],
	description: 'Published version to run. Without it the newest enabled one runs.',
};

/** A streaming pipeline of the chosen project. */
export const streamingPipeline: Field = {
	displayName: 'Streaming Pipeline',
	name: 'streamingPipelineId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchStreamingPipelines'), byId('e.g. 12345678-1234-1234-1234-123456789012')],
	check: checks.uuid,
	wire: { in: 'path' },
};

/** A task of an AI agent. */
export const aiAgentTask: Field = {
	displayName: 'AI Agent Task',
	name: 'taskId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchAiAgentTasks'), byId('e.g. 550e8400-e29b-41d4-a716-446655440000')],
	check: checks.uuid,
	wire: { in: 'path' },
};
