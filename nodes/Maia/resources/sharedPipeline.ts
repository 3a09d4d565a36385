import type { Field, Resource } from '../../shared/operation';
import { existingVersion, rootFolder, upload, uploadFields } from '../files';
import { byId, fromList } from '../../shared/fields';
import { notice } from '../notices';
import { pages } from '../pages';
import { origin } from './artifact';

const artifacts = '/v1/shared-pipelines/artifacts';

/** A group of shared pipelines; the name of the project when it was published in the product. */
const group: Field = {
	displayName: 'Group',
	name: 'sharedPipelineIdPrefix',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchSharedPipelineGroups'), byId('e.g. etl-core', 'By Name')],
	description: 'Group of shared pipelines, which are published together',
};

const version: Field = {
	displayName: 'Version',
	name: 'versionName',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [fromList('searchSharedVersions'), byId('e.g. 2.1.0', 'By Name')],
	description: 'Version to read. Without it the newest one is read.',
	wire: { in: 'query' },
};

export const sharedPipelines: Resource = {
	name: 'Shared Pipeline',
	value: 'sharedPipeline',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many shared pipelines',
			description: 'List the shared pipelines of the account',
			operationId: 'listSharedPipelines',
			request: { method: 'GET', path: '/v1/shared-pipelines' },
			output: { kind: 'list', at: 'results', pager: pages },
		},
		{
			name: 'Get Many Versions',
			value: 'getVersions',
			action: 'Get many versions of shared pipelines',
			description: 'List the published versions of all groups or one',
			operationId: 'listSharedPipelineArtifacts',
			request: { method: 'GET', path: artifacts },
			output: { kind: 'list', at: 'results', pager: pages },
			fields: [
				{
					...group,
					required: undefined,
					description: 'Only versions of this group',
					wire: { in: 'query' },
				},
			],
		},
		{
			name: 'Get Version',
			value: 'getVersion',
			action: 'Get version of shared pipelines',
			description: 'Read a version with its pipelines',
			operationId: 'getSharedPipelineArtifactDetails',
			request: { method: 'GET', path: `${artifacts}/details` },
			output: { kind: 'item' },
			fields: [{ ...group, wire: { in: 'query' } }, version],
		},
		{
			name: 'Enable or Disable Version',
			value: 'setVersionEnabled',
			action: 'Enable or disable version of shared pipelines',
			description: 'Say whether pipelines may use a version',
			operationId: 'updateSharedPipelineArtifact',
			request: { method: 'PATCH', path: artifacts },
			output: { kind: 'item' },
			fields: [
				notice(
					'The reference of the API names this call without its form, which is taken from artifacts and was not tried on a live account. Only Admins and Super Admins may use it.',
				),
				{ ...group, wire: { in: 'body' } },
				{
					...version,
					required: true,
					description: 'Version to enable or disable',
					wire: { in: 'body' },
				},
				{
					displayName: 'Enabled',
					name: 'enabled',
					type: 'boolean',
					default: true,
					description: 'Whether pipelines may use the version',
					wire: { in: 'body' },
				},
			],
		},
		{
			name: 'Publish',
			value: 'publish',
			action: 'Publish shared pipelines',
			description: 'Publish files as a new version of a group of shared pipelines',
			operationId: 'publishSharedPipelineArtifact',
			request: { method: 'POST', path: artifacts },
			output: { kind: 'item' },
			fields: [
				notice(
					'The reference of the API names this call without its form, which is taken from publishing artifacts and was not tried on a live account. Only Admins and Super Admins may use it.',
				),
				{ ...group, wire: { in: 'header' } },
				origin.versionName,
				...uploadFields,
			],
			additionalFields: [origin.branch, origin.commitHash, rootFolder],
			options: [existingVersion],
			batch: upload({
				request: ({ values }) => ({
					method: 'GET',
					path: artifacts,
					query: { sharedPipelineIdPrefix: String(values.sharedPipelineIdPrefix) },
				}),
				where: ({ values }) => `in ${String(values.sharedPipelineIdPrefix)}`,
			}),
		},
	],
};
