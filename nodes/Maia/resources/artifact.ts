import type { Resource } from '../../shared/operation';
import { environment, project } from '../fields';
import { pages } from '../pages';

export const artifacts: Resource = {
	name: 'Artifact',
	value: 'artifact',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many artifacts',
			description: 'List the versions that are published to an environment',
			operationId: 'listArtifacts',
			request: { method: 'GET', path: '/v1/projects/{projectId}/artifacts' },
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
