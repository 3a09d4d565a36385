import { isObject } from '../../shared/json';
import type { Call, Field, Resource } from '../../shared/operation';
import { connection, environment, project } from '../fields';
import { pages } from '../pages';

const path = '/v1/projects/{projectId}/connections';
const overridePath = '/v1/projects/{projectId}/connections/environment-overrides';

/** Records of a page. The reference shows a single record where its text says page; both are read. */
export function connectionsOf(body: unknown): unknown {
	return isObject(body) && body.results === undefined && body.name !== undefined
		? [body]
		: isObject(body)
			? body.results
			: body;
}

const connectionType: Field = {
	displayName: 'Connection Type',
	name: 'platformConnectionType',
	type: 'options',
	options: [
		{ name: 'Cloud Platform Credentials', value: 'CLOUD_PLATFORM_CREDENTIALS' },
		{ name: 'Component', value: 'COMPONENT_BASIC' },
		{ name: 'Warehouse', value: 'DWH' },
	],
	default: 'COMPONENT_BASIC',
};

const authType: Field = {
	displayName: 'Authentication Type',
	name: 'authType',
	type: 'options',
	options: [
		{ name: 'Cloud Provider Secret', value: 'CLOUD_PROVIDER_SECRET' },
		{ name: 'Composite Token', value: 'COMPOSITE_TOKEN' },
		{ name: 'Generic Secret', value: 'GENERIC_SECRET' },
		{ name: 'OAuth 1.0 Ads', value: 'OAUTH_1_0_X_ADS' },
		{ name: 'OAuth Authorization Code', value: 'OAUTH_AUTHORIZATION_CODE' },
		{ name: 'OAuth Client Credentials', value: 'OAUTH_CLIENT_CRED' },
		{ name: 'OAuth User Tokens', value: 'OAUTH_USER_TOKENS' },
	],
	default: 'GENERIC_SECRET',
	description: 'Kind of secret. It has to fit the connection type and the provider.',
};

const properties: Field = {
	displayName: 'Connection Properties (JSON)',
	name: 'connectionProperties',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. { "secretName": "db-credentials", "secretKey": "password" }',
	description:
		'Names of secrets and other settings: secretName and secretKey for components, credentialSecretName for cloud credentials. Secrets themselves are never sent.',
};

const secretsLocation: Field = {
	displayName: 'Secrets Location (JSON)',
	name: 'secretsLocation',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. { "type": "AWS_SECRET_MANAGER", "region": "us-east-1" }',
	description: 'Where the secrets are. Without it the vault of the runner is used.',
};

const isEmpty = (value: unknown) => isObject(value) && Object.keys(value).length === 0;
/** An empty object means that the field was left alone. */
const orNothing = (value: unknown) => (isEmpty(value) ? undefined : value);

/** Changes a connection. The service replaces the whole, so it is read first and the changes put over it. */
async function update(call: Call): Promise<unknown> {
	const name = String(call.values.connectionName);
	const { path: own } = call.request;
	const all = await call.list({ method: 'GET', path: own }, { at: connectionsOf, pager: pages });
	const present = all.filter(isObject).find((candidate) => candidate.name === name);
	if (!present) {
		throw call.refuse(
			`The project has no connection “${name}”`,
			'Check the project and the name; upper and lower case differ.',
		);
	}
	const changes = isObject(call.request.body) ? call.request.body : {};
	const details = isObject(present.connectionDetails) ? present.connectionDetails : {};
	const changed = isObject(changes.connectionDetails) ? changes.connectionDetails : {};
	const { body } = await call.send({
		...call.request,
		body: {
			platformConnectionType: present.platformConnectionType,
			...(present.authType !== undefined && { authType: present.authType }),
			...changes,
			connectionDetails: { ...details, ...changed },
		},
	});
	return isObject(body) ? body : { success: true };
}

/** The kind of sign-in follows from the warehouse. */
async function createForWarehouse(call: Call): Promise<unknown> {
	const { warehouse, name } = call.values;
	const order = isObject(call.request.body) ? call.request.body : {};
	const authType = warehouse === 'REDSHIFT' ? 'PASSWORD' : 'KEY_PAIR';
	const { body } = await call.send({ ...call.request, body: { ...order, authType } });
	return isObject(body) ? body : { name };
}

/** Creates an override, or changes the one that is there. Works also where a create replaces by itself. */
async function upsertOverride(call: Call): Promise<unknown> {
	const created = await call.send({ ...call.request, accept: [409] });
	const { body } =
		created.status === 409
			? await call.send({ ...call.request, method: 'PUT', repeatable: true })
			: created;
	return isObject(body) ? body : { success: true };
}

export const connections: Resource = {
	name: 'Connection',
	value: 'connection',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many connections',
			description: 'List the connections of a project',
			operationId: 'listConnections',
			request: { method: 'GET', path },
			output: { kind: 'list', at: connectionsOf, pager: pages },
			fields: [project],
			filters: [
				{
					displayName: 'Connection Names',
					name: 'connectionNames',
					type: 'string',
					default: '',
					placeholder: 'e.g. Salesforce, Orders',
					description: 'Only these connections, separated by commas',
					wire: { in: 'query', array: 'comma' },
				},
				{
					displayName: 'Connection Types',
					name: 'platformConnectionType',
					type: 'multiOptions',
					options: connectionType.options,
					default: [],
					wire: { in: 'query', array: 'comma' },
				},
				{
					displayName: 'Providers',
					name: 'authProvider',
					type: 'string',
					default: '',
					placeholder: 'e.g. salesforce, aws',
					description: 'Only connections to these providers, separated by commas',
					wire: { in: 'query', array: 'comma' },
				},
			],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create connection',
			description: 'Create a connection in a project',
			operationId: 'createConnection',
			request: { method: 'POST', path, body: { connectionDetails: {} } },
			output: { kind: 'item' },
			fields: [
				project,
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. Salesforce',
					wire: { in: 'body' },
				},
				{ ...connectionType, wire: { in: 'body' } },
				{
					displayName: 'Provider',
					name: 'authProvider',
					type: 'string',
					required: true,
					default: 'NONE',
					placeholder: 'e.g. salesforce',
					description: 'NONE, the name of a connector or that of a cloud such as aws',
					wire: { in: 'body' },
				},
				{ ...authType, wire: { in: 'body' } },
				{
					...properties,
					wire: { in: 'body', as: 'connectionDetails.connectionProperties', type: 'object' },
				},
			],
			additionalFields: [
				{
					displayName: 'Description',
					name: 'description',
					type: 'string',
					default: '',
					wire: { in: 'body', as: 'connectionDetails.description' },
				},
				{
					...secretsLocation,
					wire: {
						in: 'body',
						as: 'connectionDetails.secretsLocation',
						type: 'object',
						map: orNothing,
					},
				},
			],
		},
		{
			name: 'Create for Warehouse',
			value: 'createForWarehouse',
			action: 'Create warehouse connection',
			description: 'Create the default connection to the warehouse of a project',
			operationId: 'createWarehouseConnection',
			request: {
				method: 'POST',
				path: '/v1/projects/{projectId}/data-platform-connections',
				body: { platformConnectionType: 'DWH' },
			},
			output: { kind: 'item' },
			fields: [
				project,
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. my-warehouse',
					wire: { in: 'body' },
				},
				{
					displayName: 'Warehouse',
					name: 'warehouse',
					type: 'options',
					options: [
						{ name: 'Redshift', value: 'REDSHIFT', description: 'Signs in with a password' },
						{ name: 'Snowflake', value: 'SNOWFLAKE', description: 'Signs in with a key pair' },
					],
					default: 'SNOWFLAKE',
					wire: { in: 'body', as: 'authProvider' },
				},
			],
			run: createForWarehouse,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update connection',
			description: 'Change a connection. What is not set here stays as it is.',
			operationId: 'updateConnection',
			request: { method: 'PUT', path },
			output: { kind: 'item' },
			fields: [project, { ...connection, wire: { in: 'query' } }],
			updateFields: [
				{ ...authType, wire: { in: 'body' } },
				{
					...properties,
					wire: { in: 'body', as: 'connectionDetails.connectionProperties', type: 'object' },
				},
				{
					displayName: 'Description',
					name: 'description',
					type: 'string',
					default: '',
					wire: { in: 'body', as: 'connectionDetails.description' },
				},
				{
					...secretsLocation,
					wire: { in: 'body', as: 'connectionDetails.secretsLocation', type: 'object' },
				},
			],
			run: update,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete connection',
			description: 'Delete a connection of a project',
			operationId: 'deleteConnection',
			request: { method: 'DELETE', path },
			output: { kind: 'deleted' },
			fields: [project, { ...connection, wire: { in: 'query' } }],
		},
	],
};

export const connectionOverrides: Resource = {
	name: 'Connection Override',
	value: 'connectionOverride',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many connection overrides',
			description: 'List what an environment changes in the connections of its project',
			operationId: 'listConnectionOverrides',
			request: { method: 'GET', path: overridePath },
			output: { kind: 'list', at: connectionsOf, pager: pages },
			fields: [project, { ...environment, wire: { in: 'query' } }],
		},
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Create or update connection override',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
			operationId: ['createConnectionOverride', 'updateConnectionOverride'],
			request: { method: 'POST', path: overridePath, body: { connectionOverrides: {} } },
			output: { kind: 'item' },
			fields: [
				project,
				{ ...environment, wire: { in: 'body' } },
				{ ...connection, wire: { in: 'body' } },
				{
					...properties,
					wire: { in: 'body', as: 'connectionOverrides.connectionProperties', type: 'object' },
				},
			],
			additionalFields: [
				{ ...authType, wire: { in: 'body' } },
				{
					...secretsLocation,
					wire: {
						in: 'body',
						as: 'connectionOverrides.secretsLocation',
						type: 'object',
						map: orNothing,
					},
				},
			],
			run: upsertOverride,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete connection override',
			description: 'Let an environment use a connection as the project has it',
			operationId: 'deleteConnectionOverrides',
			request: { method: 'DELETE', path: overridePath },
			output: { kind: 'deleted' },
			fields: [
				project,
				{ ...environment, wire: { in: 'query' } },
				{
					...connection,
					check: {
						pattern: /^[^,]+$/,
						expects: 'a name without commas, which separate names here',
					},
					wire: { in: 'query', as: 'connectionNames' },
				},
			],
		},
	],
};
