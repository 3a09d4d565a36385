import { isObject, text } from '../../shared/json';
import type { Call, Field, Operation, Resource } from '../../shared/operation';
import { checks } from '../../shared/fields';
import { environment, project, runner } from '../fields';
import { pages } from '../pages';

const path = '/v1/agents/{agentId}';
const allowList = `${path}/allowlist`;
const credentials = `${path}/credentials`;

/** The runner that an operation is about. */
const chosen: Field = {
	...runner,
	required: true,
	description: 'Runner of the account. The API calls it an agent.',
	wire: { in: 'path' },
};

const name: Field = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. prod-runner',
	check: { pattern: /^.{1,30}$/su, expects: 'a name with 1 to 30 characters' },
	wire: { in: 'body' },
};

const description: Field = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	description: 'Up to 500 characters',
	check: { pattern: /^.{0,500}$/su, expects: 'a text with up to 500 characters' },
	wire: { in: 'body' },
};

const enableAutoUpdates: Field = {
	displayName: 'Enable Auto Updates',
	name: 'enableAutoUpdates',
	type: 'boolean',
	default: true,
	description: 'Whether the runner updates itself. Not for streaming and Snowflake runners.',
	wire: { in: 'body' },
};

const restrictedAccess: Field = {
	displayName: 'Restricted Access',
	name: 'restrictedAccess',
	type: 'boolean',
	default: false,
	description:
		'Whether only projects of the allow list may use the runner. While the list is empty, none may. Not for streaming runners.',
	wire: { in: 'body' },
};

const track: Field = {
	displayName: 'Track',
	name: 'trackName',
	type: 'options',
	options: [
		{ name: 'Current', value: 'current' },
		{ name: 'Stable', value: 'stable' },
	],
	default: 'current',
	description: 'Versions that the runner gets',
};

/** Creating takes the word in lower case, changing in upper case. */
const upperCase = (value: unknown) => String(value).toUpperCase();

/** A record of the allow list. */
interface Allowed {
	projectId: string;
	/** None stands for the whole project. */
	environments?: string[];
}

/**
 * The records of an allow list: one for each project.
 * @param body the map of projects, which a sample of the reference shows nested once more
 */
export function allowedOf(body: unknown): Allowed[] {
	const outer = isObject(body) && isObject(body.projects) ? body.projects : {};
	const projects = isObject(outer.projects) ? outer.projects : outer;
	return Object.entries(projects).map(([projectId, entry]) => ({
		projectId,
		...(isObject(entry) &&
			Array.isArray(entry.environments) && { environments: entry.environments.map(String) }),
	}));
}

/**
 * Reads the form of an allow list: projects with names of environments.
 * @returns the map that the service takes; an empty object stands for the whole project
 */
export function toAllowed(value: unknown): Record<string, { environments?: string[] }> {
	const rows = isObject(value) && Array.isArray(value.project) ? (value.project as unknown[]) : [];
	const projects = new Map<string, { environments?: string[] }>();
	for (const row of rows.filter(isObject)) {
		const given = isObject(row.projectId) ? row.projectId.value : row.projectId;
		const id = text(given) ?? '';
		if (!checks.uuid.pattern.test(id)) throw new Error(`needs the UUID of a project, not “${id}”`);
		if (projects.has(id)) throw new Error(`names project ${id} twice`);
		const { environments = '' } = row;
		const named: unknown[] = Array.isArray(environments)
			? environments
			: typeof environments === 'string'
				? environments.split(',')
				: [environments];
		const names = named.flatMap((entry) => {
			if (isObject(entry) || Array.isArray(entry))
				throw new Error(`needs names of environments for project ${id}, not lists or objects`);
			return text(entry) ?? [];
		});
		projects.set(id, names.length > 0 ? { environments: names } : {});
	}
	return Object.fromEntries(projects);
}

function someAllowed(value: unknown): ReturnType<typeof toAllowed> {
	const projects = toAllowed(value);
	if (Object.keys(projects).length === 0) throw new Error('needs at least one project');
	return projects;
}

const allowed: Field = {
	displayName: 'Projects',
	name: 'projects',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Project',
	default: {},
	options: [
		{
			displayName: 'Project',
			name: 'project',
			values: [
				{ ...project, wire: undefined, check: undefined } as Field,
				{
					displayName: 'Environments',
					name: 'environments',
					type: 'string',
					default: '',
					placeholder: 'e.g. Production, Development',
					description:
						'Names separated by commas. Without them the whole project may use the runner.',
				},
			],
		},
	],
};

const includeSecret: Field = {
	displayName: 'Include Secret',
	name: 'includeSecret',
	type: 'boolean',
	default: false,
	description:
		'Whether to return the client secret too. It is then stored with the execution, unless your n8n hides sensitive output.',
};

/** The answer of a credentials call; the secret only where the user wants it. */
async function readCredentials(call: Call): Promise<unknown> {
	const { body } = await call.send(call.request);
	if (!isObject(body)) throw call.refuse('The answer holds no credentials');
	if (call.values['options.includeSecret'] === true) return body;
	return Object.fromEntries(Object.entries(body).filter(([member]) => member !== 'clientSecret'));
}

/** Commands differ in one word. */
function command(title: string, word: string, what: string): Operation {
	return {
		name: title,
		value: word.toLowerCase(),
		action: `${title} runner`,
		description: what,
		operationId: 'sendAgentCommand',
		request: { method: 'POST', path: `${path}/commands`, body: { command: word } },
		output: { kind: 'item' },
		fields: [chosen],
	};
}

/** The API calls runners agents; AI agents are something else. */
export const runners: Resource = {
	name: 'Runner',
	value: 'runner',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many runners',
			description: 'List the runners of the account with their state',
			operationId: 'listAgents',
			request: { method: 'GET', path: '/v1/agents' },
			output: { kind: 'list', at: 'results', pager: pages },
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get runner',
			description: 'Read a runner with its state and version',
			operationId: 'getAgent',
			request: { method: 'GET', path },
			output: { kind: 'item' },
			fields: [chosen],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create runner',
			description: 'Create the definition of a runner. It has to be installed afterwards.',
			operationId: 'createAgent',
			request: { method: 'POST', path: '/v1/agents' },
			output: { kind: 'item' },
			fields: [
				{ ...name, required: true },
				{
					displayName: 'Runner Type',
					name: 'agentType',
					type: 'options',
					options: [
						{ name: 'Pipeline Runner', value: 'data_productivity_cloud' },
						{ name: 'Streaming Runner', value: 'streaming' },
					],
					default: 'data_productivity_cloud',
					wire: { in: 'body' },
				},
				{
					displayName: 'Cloud Provider',
					name: 'cloudProvider',
					type: 'options',
					options: [
						{ name: 'AWS', value: 'aws' },
						{ name: 'Azure', value: 'azure' },
						{ name: 'Google Cloud', value: 'gcp', description: 'For streaming runners only' },
						{ name: 'Snowflake', value: 'snowflake', description: 'For pipeline runners only' },
					],
					default: 'aws',
					wire: { in: 'body' },
				},
				{
					displayName: 'Deployment',
					name: 'deployment',
					type: 'options',
					options: [
						{ name: 'Azure Container App', value: 'container app' },
						{ name: 'Azure Container Instances', value: 'aci' },
						{ name: 'Azure Kubernetes Service', value: 'aks' },
						{ name: 'EKS', value: 'eks' },
						{ name: 'Fargate', value: 'fargate' },
						{ name: 'Google Compute Engine', value: 'gce' },
						{ name: 'Google Kubernetes Engine', value: 'gke' },
						{ name: 'Snowflake Native App', value: 'native app' },
					],
					default: 'fargate',
					description: 'Has to fit the runner type and the cloud provider',
					wire: { in: 'body' },
				},
			],
			additionalFields: [
				description,
				enableAutoUpdates,
				restrictedAccess,
				{ ...track, wire: { in: 'body' } },
			],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update runner',
			description: 'Change a runner. What is not set here stays as it is.',
			operationId: 'updateAgent',
			request: { method: 'PATCH', path },
			repeatable: true,
			output: { kind: 'item' },
			fields: [chosen],
			updateFields: [
				name,
				description,
				enableAutoUpdates,
				restrictedAccess,
				{ ...track, wire: { in: 'body', map: upperCase } },
			],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete runner',
			description: 'Delete a runner that does not run',
			operationId: 'deleteAgent',
			request: { method: 'DELETE', path },
			output: { kind: 'deleted' },
			fields: [chosen],
		},
		command('Pause', 'PAUSE', 'Keep a runner from starting pipelines'),
		command('Restart', 'RESTART', 'Restart a runner'),
		command('Resume', 'RESUME', 'Let a paused runner start pipelines again'),
		{
			name: 'Get Allow List',
			value: 'getAllowList',
			action: 'Get allow list of runner',
			description: 'List the projects that may use a runner with restricted access',
			operationId: 'getAgentAllowlist',
			request: { method: 'GET', path: allowList },
			output: { kind: 'list', at: allowedOf },
			fields: [chosen],
		},
		{
			name: 'Set Allow List',
			value: 'setAllowList',
			action: 'Set allow list of runner',
			description:
				'Replace the list of projects that may use a runner. An empty list locks all projects out of a runner with restricted access.',
			operationId: 'setAgentAllowlist',
			request: { method: 'PUT', path: allowList, body: { projects: {} } },
			output: { kind: 'item' },
			fields: [chosen, { ...allowed, wire: { in: 'body', map: toAllowed } }],
		},
		{
			name: 'Add to Allow List',
			value: 'addToAllowList',
			action: 'Add to allow list of runner',
			description: 'Let further projects or environments use a runner',
			operationId: 'addAgentAllowlistEntries',
			request: { method: 'PATCH', path: allowList },
			repeatable: true,
			output: { kind: 'item' },
			fields: [chosen, { ...allowed, required: true, wire: { in: 'body', map: someAllowed } }],
		},
		{
			name: 'Remove From Allow List',
			value: 'removeFromAllowList',
			action: 'Remove from allow list of runner',
			description: 'Take a project, or one environment of it, off the allow list of a runner',
			operationId: 'removeAgentAllowlistEntry',
			request: { method: 'DELETE', path: allowList },
			output: { kind: 'deleted' },
			fields: [
				chosen,
				{ ...project, wire: { in: 'query' } },
				{
					...environment,
					required: undefined,
					description: 'Without it the whole project is taken off',
					wire: { in: 'query' },
				},
			],
		},
		{
			name: 'Get Credentials',
			value: 'getCredentials',
			action: 'Get credentials of runner',
			description: 'Read the client ID of a runner and, if wanted, its secret',
			operationId: 'getAgentCredentials',
			request: { method: 'GET', path: credentials },
			output: { kind: 'item' },
			fields: [chosen],
			options: [includeSecret],
			run: readCredentials,
		},
		{
			name: 'Renew Credentials',
			value: 'renewCredentials',
			action: 'Renew credentials of runner',
			description:
				'Make a new client secret for a runner. The runner has to be given the new secret.',
			operationId: 'refreshAgentCredentials',
			request: { method: 'POST', path: credentials, body: { action: 'SECRET_REFRESH' } },
			output: { kind: 'item' },
			fields: [chosen],
			options: [includeSecret],
			run: readCredentials,
		},
	],
};
