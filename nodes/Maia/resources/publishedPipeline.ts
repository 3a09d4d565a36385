import type { Resource } from '../../shared/operation';
import { environment, project } from '../fields';
import { pages } from '../pages';

export const publishedPipelines: Resource = {
	name: 'Published Pipeline',
	value: 'publishedPipeline',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many published pipelines',
			description: 'List the pipelines that are published to an environment and can be run',
			operationId: 'listPublishedPipelines',
			request: { method: 'GET', path: '/v1/projects/{projectId}/published-pipelines' },
			output: { kind: 'list', at: 'results', pager: pages },
			fields: [project, { ...environment, wire: { in: 'query' } }],
		},
	],
};
