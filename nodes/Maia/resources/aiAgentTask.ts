import { at, isObject, text } from '../../shared/json';
import type {
	Answer,
	ApiRequest,
	Call,
	Field,
	Resource,
	Task,
	TaskState,
} from '../../shared/operation';
import { aiAgentTask, environment, project, projectFilter } from '../fields';
import { undocumented } from '../notices';
import { messageBatches, pages } from '../pages';

const list = '/v1/ai/agents/tasks';
const path = `${list}/{taskId}`;

const about = (id: string, rest = ''): ApiRequest => ({
	method: 'GET',
	path: `${list}/${encodeURIComponent(id)}${rest}`,
});

/** A task that has stopped is done, or waits for decisions, which its details tell. */
export function readAiTask(answer: Answer): TaskState {
	switch (text(at(answer.body, 'status'))?.toUpperCase()) {
		case 'STOPPED':
			return { state: 'done' };
		case 'ERRORED':
			return {
				state: 'failed',
				reason: { message: 'Maia shows the state ERRORED, and its messages tell more' },
			};
		default:
			return { state: 'running' };
	}
}

/** The details of a task that has stopped, with what the agent wrote. */
async function readEnd(call: Call, id: string, last: Answer): Promise<unknown> {
	const messages = await call.list(about(id, '/messages'), {
		at: 'results',
		pager: messageBatches,
	});
	return { taskId: id, ...(isObject(last.body) ? last.body : {}), messages };
}

/** An AI agent at work. */
export const aiTask: Task = {
	noun: 'AI agent task',
	id: (answer) => text(at(answer.body, 'taskId')),
	poll: (id) => about(id),
	read: readAiTask,
	firstDelay: 5,
	slowest: 30,
	timeoutMinutes: 60,
	graceSeconds: 30,
	result: readEnd,
};

/** Tools by their names. @throws Error that completes "“Tools” …" */
function toTools(value: unknown): Array<{ toolName: string }> {
	const names = Array.isArray(value) ? value.map(String) : [];
	if (new Set(names).size < names.length) throw new Error('must not name a tool twice');
	return names.map((toolName) => ({ toolName }));
}

const tools: Field = {
	displayName: 'Tools',
	name: 'tools',
	type: 'string',
	default: '',
	placeholder: 'e.g. execute_sql',
	description: 'Tools that the agent may use without asking, separated by commas',
	wire: { in: 'body', as: 'grantedPermissions', array: 'list', map: toTools },
};

const message: Field = {
	displayName: 'Message',
	name: 'message',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	placeholder: 'e.g. Build a pipeline that loads sales data',
	description: 'What the agent has to do',
	wire: { in: 'body' },
};

const setting = (
	displayName: string,
	name: string,
	placeholder: string,
	description: string,
): Field => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder,
	description,
	wire: { in: 'body', as: `agentConfig.${name}` },
});

/** Reads a JSON list with something in it. @throws Error that completes "“Decisions (JSON)” …" */
function toDecisions(value: unknown): unknown {
	if (Array.isArray(value) && value.length > 0 && value.every(isObject)) return value;
	throw new Error('must be a list with at least one object');
}

/** Tasks of AI agents; agents that run pipelines are called runners here. */
export const aiAgentTasks: Resource = {
	name: 'AI Agent Task',
	value: 'aiAgentTask',
	operations: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create AI agent task',
			description: 'Let an AI agent work and wait until it has stopped',
			operationId: 'createAiAgentTask',
			request: { method: 'POST', path: list },
			output: { kind: 'task', task: aiTask },
			fields: [
				{ ...project, wire: { in: 'body', as: 'agentConfig.projectId' } },
				{
					...environment,
					required: undefined,
					wire: { in: 'body', as: 'agentConfig.environmentName' },
				},
				message,
				{
					displayName: 'Agent',
					name: 'agentName',
					type: 'string',
					required: true,
					default: 'data_engineer_agent',
					placeholder: 'e.g. data_engineer_agent',
					wire: { in: 'body', as: 'agentConfig.name' },
				},
			],
			additionalFields: [
				{
					displayName: 'Create Branch',
					name: 'generateBranch',
					type: 'boolean',
					default: false,
					description: 'Whether the agent works on a new branch',
					wire: { in: 'body', as: 'agentConfig.generateBranch' },
				},
				setting('Knowledge Graph', 'graphId', 'e.g. sales-graph', 'Knowledge graph to use'),
				setting('Mode', 'mode', 'e.g. ACT', 'ACT lets the agent change things'),
				setting('Source Branch', 'sourceBranchName', 'e.g. main', 'Branch to begin from'),
				setting(
					'Target Branch',
					'targetBranchName',
					'e.g. feature/my-pipeline',
					'Branch to work on',
				),
				tools,
				setting('Working Directory', 'workingDirectory', 'e.g. /pipelines', 'Folder to work in'),
			],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get AI agent task',
			description: 'Read a task with the decisions that it waits for',
			operationId: 'getAiAgentTask',
			request: { method: 'GET', path },
			output: { kind: 'item' },
			fields: [aiAgentTask],
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many AI agent tasks',
			description: 'List AI agent tasks',
			operationId: 'listAiAgentTasks',
			request: { method: 'GET', path: list },
			output: { kind: 'list', at: 'tasks', pager: pages },
			filters: [
				{
					displayName: 'Branch ID',
					name: 'branchId',
					type: 'string',
					default: '',
					placeholder: 'e.g. main',
					wire: { in: 'query' },
				},
				projectFilter,
				{
					displayName: 'Status',
					name: 'status',
					type: 'options',
					options: [
						{ name: 'Errored', value: 'ERRORED' },
						{ name: 'Running', value: 'RUNNING' },
						{ name: 'Stopped', value: 'STOPPED' },
						{ name: 'Stopping', value: 'STOPPING' },
					],
					default: 'STOPPED',
					wire: { in: 'query' },
				},
			],
		},
		{
			name: 'Get Messages',
			value: 'getMessages',
			action: 'Get messages of AI agent task',
			description: 'List what happened in a task: messages, tool calls and questions',
			operationId: 'listAiAgentTaskMessages',
			request: { method: 'GET', path: `${path}/messages` },
			output: { kind: 'list', at: 'results', pager: messageBatches },
			fields: [aiAgentTask],
		},
		{
			name: 'Send Message',
			value: 'sendMessage',
			action: 'Send message to AI agent task',
			description: 'Let an AI agent go on with a further message; a stopped task goes on',
			operationId: 'sendAiAgentTaskMessage',
			request: { method: 'POST', path: `${path}/messages` },
			output: { kind: 'item' },
			fields: [aiAgentTask, message],
			additionalFields: [tools],
		},
		{
			name: 'Submit Decisions',
			value: 'submitDecisions',
			action: 'Submit decisions to AI agent task',
			description: 'Answer what an AI agent waits for',
			operationId: 'submitAiAgentTaskDecisions',
			request: { method: 'POST', path: `${path}/decisions` },
			output: { kind: 'item' },
			fields: [
				aiAgentTask,
				{
					displayName: 'Decisions (JSON)',
					name: 'decisions',
					type: 'json',
					required: true,
					default: '[]',
					placeholder:
						'e.g. [{ "type": "question", "answers": [{ "questionIndex": 0, "selectedOptions": ["Yes"] }] }]',
					description:
						'List with one object for each of the pendingDecisions that Get shows, with the same type and ID',
					wire: { in: 'body', type: 'array', map: toDecisions },
				},
			],
		},
		{
			name: 'Set Permissions',
			value: 'setPermissions',
			action: 'Set permissions of AI agent task',
			description: 'Replace the list of tools that an AI agent may use without asking',
			operationId: 'setAiAgentTaskPermissions',
			request: {
				method: 'PUT',
				path: `${path}/permissions`,
				body: { grantedPermissions: [] },
			},
			output: { kind: 'item' },
			fields: [
				aiAgentTask,
				{
					...tools,
					description:
						'Tools that the agent may use without asking, separated by commas. Without any it has to ask for each.',
				},
			],
		},
		{
			name: 'Stop',
			value: 'stop',
			action: 'Stop AI agent task',
			description: 'Ask an AI agent to stop; its present action ends first',
			operationId: 'stopAiAgentTask',
			request: { method: 'POST', path: `${path}/stop` },
			output: { kind: 'item' },
			fields: [aiAgentTask],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete AI agent task',
			description: 'Delete a task with its messages',
			operationId: 'deleteAiAgentTask',
			request: { method: 'DELETE', path },
			output: { kind: 'deleted' },
			fields: [undocumented, aiAgentTask],
		},
	],
};
