import type { Resource } from '../../shared/operation';
import { project } from '../fields';
import { pages } from '../pages';

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
	],
};
