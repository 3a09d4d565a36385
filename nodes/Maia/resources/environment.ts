import { isObject } from '../../shared/json';
import type { Call, Resource } from '../../shared/operation';
import { connection, environment, project, runner } from '../fields';
import { pages } from '../pages';

/** Creates an environment. The service demands a list of overrides with exactly one entry. */
async function create(call: Call): Promise<unknown> {
	const { connectionName, connectionProperties = {}, name } = call.values;
	if (!isObject(connectionProperties)) {
		throw call.refuse('“Connection Properties (JSON)” must be a JSON object');
	}
	const order = isObject(call.request.body) ? call.request.body : {};
	const { body } = await call.send({
		...call.request,
		body: { ...order, connectionOverrides: [{ connectionName, connectionProperties }] },
	});
	return isObject(body) ? body : { name };
}

export const environments: Resource = {
	name: 'Environment',
	value: 'environment',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many environments',
			description: 'List the environments of a project with their default runners',
			operationId: 'listEnvironments',
			request: { method: 'GET', path: '/v1/projects/{projectId}/environments' },
			output: { kind: 'list', at: 'results', pager: pages },
			fields: [project],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create environment',
			description: 'Create an environment with its default connection and access',
			operationId: 'createEnvironment',
			request: { method: 'POST', path: '/v1/projects/{projectId}/environments' },
			output: { kind: 'item' },
			fields: [
				project,
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. Production',
					wire: { in: 'body' },
				},
				{
					...runner,
					required: true,
					description: 'Runs the pipelines of the environment unless a run names another one',
					wire: { in: 'body', as: 'defaultAgentId' },
				},
				{
					displayName: 'Default Access',
					name: 'defaultUserAccessLevel',
					type: 'options',
					options: [
						{ name: 'Admin', value: 'admin' },
						{ name: 'Default', value: 'default' },
						{ name: 'No Access', value: 'noAccess' },
						{ name: 'Read Only', value: 'readOnly' },
						{ name: 'Runner', value: 'runner' },
					],
					default: 'noAccess',
					description: 'Role in the environment that the users of the project get',
					wire: { in: 'body' },
				},
				{
					displayName: 'Default Connections (JSON)',
					name: 'defaultConnections',
					type: 'json',
					required: true,
					default: '{ "DWH": { "snowflake": "" } }',
					placeholder: 'e.g. { "DWH": { "snowflake": "my-warehouse" } }',
					description: 'Names of connections by connection type and provider',
					wire: { in: 'body', type: 'object' },
				},
				connection,
				{
					displayName: 'Connection Properties (JSON)',
					name: 'connectionProperties',
					type: 'json',
					default: '{}',
					placeholder: 'e.g. { "port": { "value": "5439" } }',
					description:
						'What the environment changes in the connection: properties, each with a value, or with secretName and secretKey',
				},
			],
			additionalFields: [
				{
					displayName: 'Description',
					name: 'description',
					type: 'string',
					default: '',
					wire: { in: 'body' },
				},
			],
			run: create,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete environment',
			description:
				'Delete an environment. The reference of the API does not list this call; clients use it.',
			operationId: 'deleteEnvironment',
			request: {
				method: 'DELETE',
				path: '/v1/projects/{projectId}/environments/{environmentName}',
			},
			output: { kind: 'deleted' },
			fields: [project, { ...environment, wire: { in: 'path' } }],
		},
	],
};
