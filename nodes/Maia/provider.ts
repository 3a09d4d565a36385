import type { Provider } from '../shared/operation';
import { maiaBaseUrl } from './hosts';
import { pages } from './pages';
import { aiAgentTasks } from './resources/aiAgentTask';
import { artifacts } from './resources/artifact';
import { auditEvents } from './resources/auditEvent';
import { connectionOverrides, connections } from './resources/connection';
import { connectors } from './resources/connector';
import { consumption } from './resources/consumption';
import { scimUsers, scimGroups } from './resources/directory';
import { environments } from './resources/environment';
import { lineageEvents } from './resources/lineageEvent';
import { pipelineExecutions } from './resources/pipelineExecution';
import { pipelineReviews } from './resources/pipelineReview';
import { projects } from './resources/project';
import { projectVariables } from './resources/projectVariable';
import { publishedPipelines } from './resources/publishedPipeline';
import { repositories } from './resources/repository';
import { runners } from './resources/runner';
import { schedules } from './resources/schedule';
import { secretReferences, secrets } from './resources/secret';
import { sharedPipelines } from './resources/sharedPipeline';
import { streamingPipelines } from './resources/streamingPipeline';
import { testExecutions } from './resources/testExecution';
import { variableOverrides } from './resources/variableOverride';

const roles =
	'An API credential that is not Super Admin also needs a role on the project and on the environment.';

export const maia: Provider = {
	name: 'maia',
	displayName: 'Maia',
	credential: 'maiaApi',
	api: 'maia',
	tokenProperty: 'sessionToken',
	requestsPerMinute: 1000,
	baseUrl: maiaBaseUrl,
	advice({ status, request }) {
		if (status === 401) {
			return 'Check client ID, client secret and region in the Maia credential: an account lives in one region only.';
		}
		if (status === 403) return `The role of the API credential does not allow this. ${roles}`;
		if (status === 404 && request.method === 'POST' && request.path.endsWith('-executions')) {
			return 'Only published pipelines can run. Check environment, version and runner, and the name of the pipeline: with its folder path, without .orch.yaml.';
		}
		if (request.method === 'DELETE' && /^\/v1\/agents\/[^/]+$/.test(request.path)) {
			return 'Only a runner that is stopped can be deleted. Stop it in your cloud account first.';
		}
		if (status === 404 && request.path.endsWith('/artifacts/details')) {
			return 'Check environment and version: an environment to which nothing was ever published has no artifact.';
		}
		if (status === 404) return `Check project and name or ID of this item. ${roles}`;
		return undefined;
	},
	resources: [
		pipelineExecutions,
		projects,
		environments,
		publishedPipelines,
		artifacts,
		schedules,
		projectVariables,
		connections,
		connectionOverrides,
		runners,
		auditEvents,
		consumption,
		lineageEvents,
		secretReferences,
		secrets,
		repositories,
		connectors,
		variableOverrides,
		streamingPipelines,
		sharedPipelines,
		scimUsers,
		scimGroups,
		testExecutions,
		pipelineReviews,
		aiAgentTasks,
	],
	locators: {
		searchAiAgentTasks: {
			operation: 'aiAgentTask:getAll',
			value: 'taskId',
			label: ['description', 'status', 'modifiedAt'],
		},
		searchProjects: { operation: 'project:getAll', value: 'id', label: ['name'] },
		searchEnvironments: {
			operation: 'environment:getAll',
			value: 'name',
			label: ['name'],
			needs: ['projectId'],
		},
		searchPipelines: {
			operation: 'publishedPipeline:getAll',
			value: 'name',
			label: ['name'],
			needs: ['projectId', 'environmentName'],
		},
		searchExecutions: {
			operation: 'pipelineExecution:getAll',
			value: 'pipelineExecutionId',
			label: ['pipelineName', 'environmentName', 'status', 'startedAt'],
			needs: ['projectId'],
		},
		searchSchedules: {
			operation: 'schedule:getAll',
			value: 'scheduleId',
			label: ['name', 'pipelineName'],
			needs: ['projectId'],
		},
		searchVariables: {
			operation: 'projectVariable:getAll',
			value: 'name',
			label: ['name'],
			needs: ['projectId'],
		},
		searchConnections: {
			operation: 'connection:getAll',
			value: 'name',
			label: ['name', 'authProvider'],
			needs: ['projectId'],
		},
		searchVersions: {
			operation: 'artifact:getAll',
			value: 'versionName',
			label: ['versionName'],
			needs: ['projectId', 'environmentName'],
		},
		searchSharedPipelineGroups: {
			operation: 'sharedPipeline:getAll',
			value: 'sharedPipelineIdPrefix',
			label: ['sharedPipelineIdPrefix', 'sharedPipelineId'],
		},
		searchSharedVersions: {
			operation: 'sharedPipeline:getVersions',
			value: 'versionName',
			label: ['versionName'],
			needs: ['sharedPipelineIdPrefix'],
		},
		searchScimUsers: {
			operation: 'scimUser:getAll',
			value: 'id',
			label: ['displayName', 'userName'],
		},
		searchScimGroups: { operation: 'scimGroup:getAll', value: 'id', label: ['displayName'] },
		searchStreamingPipelines: {
			operation: 'streamingPipeline:getAll',
			value: 'streamingPipelineId',
			label: ['name'],
			needs: ['projectId'],
		},
		searchRunners: { operation: 'runner:getAll', value: 'agentId', label: ['name'] },
	},
	pager: pages,
	skipped: [
		{ operationId: 'requestAccessToken', reason: 'Used by the credential to sign in.' },
		{
			operationId: 'updateArtifact',
			reason:
				'The guide names disabling of versions; its method, path and body are not documented and need a check on a live account.',
		},
	],
};
