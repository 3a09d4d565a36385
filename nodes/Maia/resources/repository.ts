import { isObject } from '../../shared/json';
import type { Call, Field, Resource } from '../../shared/operation';
import { project } from '../fields';

/** A field of one of the providers. */
function parameter(
	provider: string,
	name: string,
	displayName: string,
	placeholder: string,
): Field {
	return {
		displayName,
		name,
		type: 'string',
		required: true,
		default: '',
		placeholder,
		displayOptions: { show: { provider: [provider] } },
		wire: { in: 'body', as: `providerParameters.${name}` },
	};
}

/** The answer to this is empty. */
async function connect(call: Call): Promise<unknown> {
	const { body } = await call.send(call.request);
	return isObject(body) ? body : { repositoryName: call.values.repositoryName };
}

export const repositories: Resource = {
	name: 'Repository',
	value: 'repository',
	operations: [
		{
			name: 'Connect',
			value: 'connect',
			action: 'Connect repository',
			description: 'Connect a Git repository to a project that has none',
			operationId: 'associateRepository',
			request: { method: 'POST', path: '/v1/projects/{projectId}/repositories' },
			output: { kind: 'item' },
			fields: [
				project,
				{
					displayName: 'Git Provider',
					name: 'provider',
					type: 'options',
					options: [
						{ name: 'Azure DevOps', value: 'azure-devops' },
						{ name: 'GitHub', value: 'github' },
					],
					default: 'github',
					wire: { in: 'body' },
				},
				{
					displayName: 'Repository Name',
					name: 'repositoryName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. finance-pipelines',
					check: { pattern: /^.{1,255}$/su, expects: 'a name with 1 to 255 characters' },
					wire: { in: 'body' },
				},
				parameter('github', 'ownerName', 'Owner', 'e.g. my-organisation'),
				parameter('azure-devops', 'organization', 'Organization', 'e.g. my-organisation'),
				parameter('azure-devops', 'repositoryId', 'Repository ID', 'e.g. 5d6898bb-4d1c-4b4c-8c1e'),
				parameter('azure-devops', 'tenantId', 'Tenant ID', 'e.g. 72f988bf-86f1-41af-91ab'),
			],
			additionalFields: [
				{
					displayName: 'Git Access Token',
					name: 'gitAccessToken',
					type: 'string',
					typeOptions: { password: true },
					default: '',
					description:
						'Token of the Git provider, where it asks for one. Take it from a credential or a variable by an expression.',
					wire: { in: 'header', as: 'Git-Provider-Access-Token' },
				},
			],
			run: connect,
		},
	],
};
