import type { Resource } from '../../shared/operation';
import { project } from '../fields';

export const pipelineReviews: Resource = {
	name: 'Pipeline Review',
	value: 'pipelineReview',
	operations: [
		{
			name: 'Run',
			value: 'run',
			action: 'Run pipeline review',
			description: 'Check pipelines of a commit against the quality rules of a branch',
			operationId: 'reviewPipelineQuality',
			request: { method: 'POST', path: '/v1/projects/{projectId}/reviews' },
			// Nothing changes by it
			kind: 'read',
			repeatable: true,
			output: { kind: 'item' },
			fields: [
				project,
				{
					displayName: 'Branch',
					name: 'branchName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. main',
					description: 'Branch that holds the rules. It has to be pushed.',
					wire: { in: 'body' },
				},
				{
					displayName: 'Commit ID',
					name: 'commitId',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. 7e3a9c4b2f1d8e6c0a5f9d2b4c7e1a3f4b6c8d0e',
					description: 'Commit that holds the pipelines. It has to be pushed.',
					wire: { in: 'body' },
				},
				{
					displayName: 'Warehouse',
					name: 'dataWarehouseType',
					type: 'string',
					required: true,
					default: 'SNOWFLAKE',
					placeholder: 'e.g. SNOWFLAKE',
					wire: { in: 'body' },
				},
				{
					displayName: 'Runner Version',
					name: 'runnerVersion',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. 10.1232.0',
					description:
						'Version of the runner that the pipelines are checked for; Get of Runner tells it',
					wire: { in: 'header', as: 'Agent-Version' },
				},
			],
			additionalFields: [
				{
					displayName: 'File Paths',
					name: 'filePaths',
					type: 'string',
					default: '',
					placeholder: 'e.g. finance/daily-load.orch.yaml',
					description:
						'Files to check, separated by commas. Without them all pipelines are checked.',
					wire: { in: 'body', array: 'list' },
				},
			],
		},
	],
};
