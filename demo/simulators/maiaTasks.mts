/**
 * AI agent tasks of the Maia simulator. What follows from the first message of a task: `fail…` ends ERRORED, `ask…` stops to wait for a
 * decision and goes on when it comes, everything else works for the time of a job and stops. Two projects have 15 tasks
 * each from the start; the first of them has 1,200 messages.
 */
import type { Job } from './support.mts';
import { answer } from './support.mts';
import { readCursor, writeCursor } from './maiaGround.mts';
import type { Ground, Handlers, Request } from './maiaGround.mts';
import { bodyOf, iso, paged, refuse } from './maiaGround.mts';

interface Tool {
	toolName: string;
}
interface AiTask {
	taskId: string;
	/** The word where no job tells. */
	status: string;
	job?: Job;
	stopping?: Job;
	description: string;
	agentConfig: Record<string, unknown>;
	grantedPermissions: Tool[];
	pending: Array<Record<string, unknown>>;
	createdAt: number;
	messages: Array<{ timestamp: string; groupId: string; data: unknown }>;
}

const HOUR = 3_600_000;

export function taskHandlers(
	{ clock, jobs, uuid, born, visibleProjects, projectOf, environmentOf }: Ground,
	seededProjects: Array<{ id: string }>,
): Handlers {
	const tasks: AiTask[] = seededProjects.flatMap(({ id: projectId }, index) =>
		Array.from({ length: 15 }, (_, number) => ({
			taskId: `a1${index}00000-0000-4000-8000-${String(number).padStart(12, '0')}`,
			status: ['RUNNING', 'STOPPED', 'ERRORED'][number % 3] ?? '',
			description: `Build pipeline ${number + 1}`,
			agentConfig: {
				name: 'data_engineer_agent',
				mode: 'ACT',
				projectId,
				sourceBranchName: 'main',
			},
			grantedPermissions: [],
			pending: [],
			createdAt: born + number * HOUR,
			messages: Array.from({ length: index + number === 0 ? 1200 : 1 }, (_entry, line) => ({
				timestamp: iso(born + number * HOUR + line),
				groupId: 'group-1',
				data: { text: `Line ${line + 1}` },
			})),
		})),
	);
	const statusOf = (task: AiTask): string => {
		if (task.stopping) return task.stopping.phase() === 'done' ? 'STOPPED' : 'STOPPING';
		if (!task.job) return task.status;
		if (task.job.phase() !== 'done') return 'RUNNING';
		return task.description.startsWith('fail') ? 'ERRORED' : 'STOPPED';
	};
	const mayAct = ({ agentConfig }: AiTask, request: Request) =>
		visibleProjects(request).some(({ id }) => id === agentConfig.projectId);
	const taskOf = (request: Request): AiTask => {
		const { taskId } = request.params;
		const task = tasks.find((candidate) => candidate.taskId === taskId);
		return task && mayAct(task, request)
			? task
			: refuse(404, `Task ${String(taskId)} was not found`);
	};
	const say = (task: AiTask, data: Record<string, unknown>) => {
		const groupId = `group-${task.messages.length + 1}`;
		task.messages.push({ timestamp: iso(clock()), groupId, data });
	};
	const work = (task: AiTask, asks: boolean) => {
		delete task.stopping;
		task.job = jobs.start({
			finish: () => {
				if (asks) {
					task.pending = [
						{
							type: 'question',
							id: uuid(),
							questions: [{ text: 'Overwrite?', options: ['Yes', 'No'] }],
						},
					];
				}
				say(task, { role: 'agent', text: asks ? 'Overwrite?' : 'The work has ended' });
			},
		});
	};

	return {
		listAiAgentTasks: (request) => {
			const { projectId, branchId, status } = request.query;
			const found = tasks
				.filter((task) => mayAct(task, request))
				.map((task) => ({
					taskId: task.taskId,
					status: statusOf(task),
					agentName: task.agentConfig.name,
					mode: task.agentConfig.mode,
					description: task.description,
					modifiedAt: task.messages.at(-1)?.timestamp,
					projectId: task.agentConfig.projectId,
					branchId: task.agentConfig.sourceBranchName,
				}))
				.filter((task) => !projectId || task.projectId === projectId)
				.filter((task) => !branchId || task.branchId === branchId)
				.filter((task) => !status || task.status === status);
			return answer(paged(request, found, 'tasks', 20));
		},
		createAiAgentTask: (request) => {
			const { agentConfig, message, grantedPermissions } = bodyOf<{
				agentConfig: Record<string, unknown>;
				message: string;
				grantedPermissions?: Tool[] | null;
			}>(request);
			const project = projectOf(request, agentConfig.projectId);
			if (agentConfig.environmentName !== undefined) {
				environmentOf(project, agentConfig.environmentName);
			}
			const task: AiTask = {
				taskId: uuid(),
				status: 'RUNNING',
				description: message,
				agentConfig,
				grantedPermissions: grantedPermissions ?? [],
				pending: [],
				createdAt: clock(),
				messages: [],
			};
			say(task, { role: 'user', text: message });
			work(task, message.startsWith('ask'));
			tasks.unshift(task);
			return answer(
				{
					taskId: task.taskId,
					status: 'RUNNING',
					agentName: agentConfig.name,
					createdAt: iso(task.createdAt),
				},
				201,
			);
		},
		getAiAgentTask: (request) => {
			const task = taskOf(request);
			const { taskId, description, agentConfig, grantedPermissions, pending } = task;
			return answer({
				taskId,
				status: statusOf(task),
				description,
				agentConfig,
				grantedPermissions,
				pendingDecisions: pending,
				createdAt: iso(task.createdAt),
				modifiedAt: task.messages.at(-1)?.timestamp,
			});
		},
		listAiAgentTaskMessages: (request) => {
			const { messages } = taskOf(request);
			const { limit = 25, paginationToken } = request.query as {
				limit?: number;
				paginationToken?: string;
			};
			const offset = paginationToken ? readCursor(paginationToken) : 0;
			const end = offset + limit;
			return answer({
				results: messages.slice(offset, end),
				...(end < messages.length ? { more: writeCursor(end) } : {}),
			});
		},
		sendAiAgentTaskMessage: (request) => {
			const task = taskOf(request);
			const { message, grantedPermissions } = bodyOf<{
				message: string;
				grantedPermissions?: Tool[] | null;
			}>(request);
			if (grantedPermissions) task.grantedPermissions = grantedPermissions;
			say(task, { role: 'user', text: message });
			work(task, false);
			return answer({ taskId: task.taskId });
		},
		submitAiAgentTaskDecisions: (request) => {
			const task = taskOf(request);
			const { decisions } = bodyOf<{ decisions: Array<{ id?: string }> }>(request);
			const open = task.pending.filter(({ id }) => !decisions.some((one) => one.id === id));
			if (open.length === task.pending.length) {
				refuse(400, 'The request is not valid', ['decisions answer nothing that is pending']);
			}
			task.pending = open;
			if (open.length === 0) work(task, false);
			return answer({ pendingDecisions: open });
		},
		setAiAgentTaskPermissions: (request) => {
			const task = taskOf(request);
			const { grantedPermissions } = bodyOf<{ grantedPermissions: Tool[] }>(request);
			task.grantedPermissions = grantedPermissions;
			return answer({ taskId: task.taskId, grantedPermissions });
		},
		stopAiAgentTask: (request) => {
			const task = taskOf(request);
			if (statusOf(task) !== 'RUNNING') {
				refuse(400, `Task ${task.taskId} is ${statusOf(task)}`);
			}
			task.job?.cancel();
			task.stopping = jobs.start();
			return answer(undefined, 202);
		},
		deleteAiAgentTask: (request) => {
			tasks.splice(tasks.indexOf(taskOf(request)), 1);
			return answer(undefined, 204);
		},
	};
}
