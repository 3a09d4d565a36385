import type { Resource } from '../../shared/operation';
import { project } from '../fields';
import { pages } from '../pages';

export const projects: Resource = {
	name: 'Project',
	value: 'project',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many projects',
			description: 'List the projects on which the API credential has a role',
			operationId: 'listProjects',
			request: { method: 'GET', path: '/v1/projects' },
			output: { kind: 'list', at: 'results', pager: pages },
			emptyHint:
				'Maia accepted the sign-in and shows no project. An API credential sees only projects on which it has a role, unless its account role is Super Admin. Give it a role on the projects and on their environments in Maia.',
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create project',
			description:
				'Create a project. It can be used once it has a connection, an environment and a repository.',
			operationId: 'createProject',
			request: { method: 'POST', path: '/v1/projects' },
			output: { kind: 'item' },
			fields: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. finance-warehouse',
					wire: { in: 'body' },
				},
				{
					displayName: 'Warehouse',
					name: 'warehouse',
					type: 'options',
					options: [
						{ name: 'Redshift', value: 'REDSHIFT' },
						{ name: 'Snowflake', value: 'SNOWFLAKE' },
					],
					default: 'SNOWFLAKE',
					description: 'Where the data lives',
					wire: { in: 'body' },
				},
				{
					displayName: 'Runner Deployment',
					name: 'agentDeploymentType',
					type: 'options',
					options: [
						{
							name: 'Full SaaS',
							value: 'FULL_SAAS',
							description: 'Matillion hosts the runner',
						},
						{
							name: 'Hybrid',
							value: 'HYBRID',
							description: 'The runner is hosted in your own cloud account',
						},
					],
					default: 'FULL_SAAS',
					wire: { in: 'body' },
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
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete project',
			description:
				'Delete a project with everything in it. The reference of the API does not list this call; clients use it.',
			operationId: 'deleteProject',
			request: { method: 'DELETE', path: '/v1/projects/{projectId}' },
			output: { kind: 'deleted' },
			fields: [project],
		},
	],
};
