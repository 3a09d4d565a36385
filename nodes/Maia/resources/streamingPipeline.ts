import { isObject, text } from '../../shared/json';
import type { Call, Field, Operation, Resource } from '../../shared/operation';
import { checks } from '../../shared/fields';
import { project, runner, streamingPipeline } from '../fields';
import { pages } from '../pages';

const list = '/v1/projects/{projectId}/streaming-pipelines';
const path = `${list}/{streamingPipelineId}`;

const name: Field = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. orders-cdc',
	wire: { in: 'body' },
};

const streamingRunner: Field = {
	...runner,
	description: 'Streaming runner that runs the pipeline',
	check: checks.uuid,
	wire: { in: 'body' },
};

const sourceType: Field = {
	displayName: 'Source',
	name: 'sourceType',
	type: 'options',
	options: [
		{ name: 'Db2 for IBM I', value: 'db2ibmi' },
		{ name: 'MySQL', value: 'mysql' },
		{ name: 'Oracle', value: 'oracle' },
		{ name: 'PostgreSQL', value: 'postgres' },
		{ name: 'SQL Server', value: 'sqlserver' },
	],
	default: 'postgres',
	wire: { in: 'body', as: 'streamingSource.type' },
};

const sourceConnection: Field = {
	displayName: 'Source Connection (JSON)',
	name: 'sourceConnection',
	type: 'json',
	default:
		'{ "host": "", "port": 5432, "database": "", "username": "", "password": { "secretType": "AWS_SECRETS_MANAGER", "secretName": "", "secretKey": "" } }',
	description:
		'Address and user of the database; the password is the name of a secret, with secretLocation for a Key Vault. Oracle takes pdb too.',
	wire: { in: 'body', as: 'streamingSource.connection', type: 'object' },
};

/** Reads the form of tables. @throws Error that completes "“Tables” …" */
export function toTables(value: unknown): Array<{ schema: string; table: string }> {
	const rows = isObject(value) && Array.isArray(value.table) ? (value.table as unknown[]) : [];
	const tables = rows.filter(isObject).map(({ schema, table }) => ({
		schema: text(schema) ?? '',
		table: text(table) ?? '',
	}));
	if (tables.length === 0) throw new Error('needs at least one table');
	if (tables.some(({ schema, table }) => schema === '' || table === '')) {
		throw new Error('needs schema and table in each row');
	}
	return tables;
}

const tables: Field = {
	displayName: 'Tables',
	name: 'tables',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Table',
	default: {},
	description: 'Tables of the source whose changes are streamed',
	wire: { in: 'body', as: 'streamingSource.tables', map: toTables },
	options: [
		{
			displayName: 'Table',
			name: 'table',
			values: [
				{
					displayName: 'Schema',
					name: 'schema',
					type: 'string',
					default: '',
					placeholder: 'e.g. public',
				},
				{
					displayName: 'Table',
					name: 'table',
					type: 'string',
					default: '',
					placeholder: 'e.g. orders',
				},
			],
		},
	],
};

/** The kinds of target have members of their own. @throws Error that completes "“Target (JSON)” …" */
function toTarget(value: unknown): unknown {
	const kinds = ['snowflake', 's3', 'abs'];
	if (isObject(value) && kinds.some((kind) => kind === value.type)) return value;
	throw new Error(`must hold a type, one of ${kinds.join(', ')}`);
}

const target: Field = {
	displayName: 'Target (JSON)',
	name: 'target',
	type: 'json',
	default: '{ "type": "s3", "bucket": "", "prefix": "" }',
	description:
		'Where the changes go, by type: s3 with bucket and prefix; abs with container, prefix, accountName and accountKey; snowflake with connection and names',
	wire: { in: 'body', as: 'streamingTarget', type: 'object', map: toTarget },
};

const advanced: Field = {
	displayName: 'Advanced Properties (JSON)',
	name: 'advancedProperties',
	type: 'json',
	default: '{}',
	wire: { in: 'body', type: 'object' },
};

/** Members of a definition; answers hold ids beside them, which an update does not take. */
const definition = ['name', 'agentId', 'streamingSource', 'streamingTarget', 'advancedProperties'];

/** Changes a definition. The service replaces the whole, so it is read first and the changes put over it. */
async function update(call: Call): Promise<unknown> {
	const { body: present } = await call.send({ method: 'GET', path: call.request.path });
	const before = isObject(present) ? present : {};
	const changes = isObject(call.request.body) ? call.request.body : {};
	const kept = Object.fromEntries(
		definition
			.filter((member) => before[member] !== undefined && before[member] !== null)
			.map((member) => [member, before[member]]),
	);
	const source = isObject(before.streamingSource) ? before.streamingSource : {};
	const { body } = await call.send({
		...call.request,
		body: {
			...kept,
			...changes,
			streamingSource: {
				...source,
				...(isObject(changes.streamingSource) ? changes.streamingSource : {}),
			},
		},
	});
	return isObject(body) ? body : { success: true };
}

/** Starting and stopping differ in one word. */
function command(title: string, word: string, description: string): Operation {
	return {
		name: title,
		value: title.toLowerCase(),
		action: `${title} streaming pipeline`,
		description,
		operationId: 'sendStreamingPipelineCommand',
		request: { method: 'POST', path: `${path}/commands`, body: { command: word } },
		output: { kind: 'item' },
		fields: [project, streamingPipeline],
	};
}

export const streamingPipelines: Resource = {
	name: 'Streaming Pipeline',
	value: 'streamingPipeline',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many streaming pipelines',
			description: 'List the streaming pipelines of a project',
			operationId: 'listStreamingPipelines',
			request: { method: 'GET', path: list },
			output: { kind: 'list', at: 'results', pager: pages },
			fields: [project],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get streaming pipeline',
			description: 'Read the definition of a streaming pipeline',
			operationId: 'getStreamingPipeline',
			request: { method: 'GET', path },
			output: { kind: 'item' },
			fields: [project, streamingPipeline],
		},
		{
			name: 'Get Status',
			value: 'getStatus',
			action: 'Get status of streaming pipeline',
			description: 'Read whether a streaming pipeline runs',
			operationId: 'getStreamingPipelineStatus',
			request: { method: 'GET', path: `${path}/status` },
			output: { kind: 'item' },
			fields: [project, streamingPipeline],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create streaming pipeline',
			description:
				'Create a pipeline that streams the changes of a database. It has to be started.',
			operationId: 'createStreamingPipeline',
			request: { method: 'POST', path: list },
			output: { kind: 'item' },
			fields: [
				project,
				{ ...name, required: true },
				{ ...streamingRunner, required: true },
				sourceType,
				{ ...sourceConnection, required: true },
				{ ...tables, required: true },
				{ ...target, required: true },
			],
			additionalFields: [advanced],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update streaming pipeline',
			description: 'Change a streaming pipeline. What is not set here stays as it is.',
			operationId: 'replaceStreamingPipeline',
			request: { method: 'PUT', path },
			output: { kind: 'item' },
			fields: [project, streamingPipeline],
			updateFields: [advanced, name, streamingRunner, sourceConnection, tables, target],
			run: update,
		},
		command('Start', 'START', 'Start a streaming pipeline, which takes a while'),
		command('Stop', 'STOP', 'Stop a streaming pipeline, which takes a while'),
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete streaming pipeline',
			description: 'Delete a streaming pipeline',
			operationId: 'deleteStreamingPipeline',
			request: { method: 'DELETE', path },
			output: { kind: 'deleted' },
			fields: [project, streamingPipeline],
		},
	],
};
