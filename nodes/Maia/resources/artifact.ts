import type { Field, Resource } from '../../shared/operation';
import { environment, project, version } from '../fields';
import { existingVersion, rootFolder, upload, uploadFields } from '../files';
import { pages } from '../pages';

const path = '/v1/projects/{projectId}/artifacts';

/** Another name than that of the locator for versions, so that one form does not get the value of the other. */
const versionName: Field = {
	displayName: 'Version Name',
	name: 'newVersionName',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 1.5.0',
	description: 'Name that no version had before; it cannot be used again',
	wire: { in: 'header', as: 'versionName' },
};

const branch: Field = {
	displayName: 'Branch',
	name: 'branch',
	type: 'string',
	default: '',
	placeholder: 'e.g. main',
	description: 'Git branch that the files come from',
	wire: { in: 'header' },
};

const commitHash: Field = {
	displayName: 'Commit Hash',
	name: 'commitHash',
	type: 'string',
	default: '',
	placeholder: 'e.g. 7e3a9c4b2f1d8e6c0a5f9d2b4c7e1a3f4b6c8d0e',
	description: 'Git commit that the files come from',
	wire: { in: 'header' },
};

/** What an upload tells about itself; shared pipelines tell the same. */
export const origin = { versionName, branch, commitHash };

export const artifacts: Resource = {
	name: 'Artifact',
	value: 'artifact',
	operations: [
		{
			name: 'Publish',
			value: 'publish',
			action: 'Publish artifact',
			description: 'Publish the files of a project as a new version for an environment',
			operationId: 'createArtifact',
			request: { method: 'POST', path },
			output: { kind: 'item' },
			fields: [project, { ...environment, wire: { in: 'header' } }, versionName, ...uploadFields],
			additionalFields: [branch, commitHash, rootFolder],
			options: [existingVersion],
			batch: upload({
				request: ({ request, values }) => ({
					method: 'GET',
					path: request.path,
					query: { environmentName: String(values.environmentName), enabledOnly: false },
				}),
				where: ({ values }) => `to ${String(values.environmentName)}`,
			}),
		},
		{
			name: 'Promote',
			value: 'promote',
			action: 'Promote artifact',
			description: 'Publish a version of one environment to another one',
			operationId: 'promoteArtifact',
			request: { method: 'POST', path: `${path}/promotions` },
			output: { kind: 'item' },
			fields: [
				project,
				{
					...environment,
					displayName: 'Source Environment',
					wire: { in: 'body', as: 'sourceEnvironmentName' },
				},
				{
					...version,
					required: true,
					description: 'Version that is published to the source environment',
					wire: { in: 'body' },
				},
				{
					...environment,
					displayName: 'Target Environment',
					name: 'targetEnvironmentName',
					wire: { in: 'body' },
				},
			],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get artifact',
			description: 'Read a version with the paths of its files',
			operationId: 'getArtifactDetails',
			request: { method: 'GET', path: `${path}/details` },
			output: { kind: 'item' },
			fields: [
				project,
				{ ...environment, wire: { in: 'query' } },
				{
					...version,
					description: 'Version to read. Without it the newest one is read.',
					wire: { in: 'query' },
				},
			],
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many artifacts',
			description: 'List the versions that are published to an environment',
			operationId: 'listArtifacts',
			request: { method: 'GET', path },
			output: { kind: 'list', at: 'results', pager: pages },
			fields: [project, { ...environment, wire: { in: 'query' } }],
			filters: [
				{
					displayName: 'Enabled Only',
					name: 'enabledOnly',
					type: 'boolean',
					default: false,
					description:
						'Whether to leave out disabled versions. Without this filter the service leaves them out.',
					wire: { in: 'query' },
				},
			],
		},
	],
};
