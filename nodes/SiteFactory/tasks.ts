import { at, isObject, text } from '../shared/json';
import type { Answer, Call, Reason, Task, TaskState } from '../shared/operation';

/** Bits of a task's `status`; sent as a string. */
const done = 240;
const failed = 32;
const killed = 64;

function reasonOf(task: Record<string, unknown>, status: number): Reason {
	const words = text(task.error_message);
	if (words) return { message: words };
	return { message: (status & killed) !== 0 ? 'it was killed' : 'the factory gives no reason' };
}

/** Reads a task's bit field; its text (`status_string`) varies by release and is not relied on. */
export function readTask(answer: Answer): TaskState {
	const task = at(answer.body, 'wip_task');
	const status = isObject(task) ? Number(text(task.status)) : Number.NaN;
	if (!isObject(task) || !Number.isInteger(status)) {
		return { state: 'failed', reason: { message: 'the factory does not show its status' } };
	}
	if ((status & done) === 0) return { state: 'running' };
	if ((status & (failed | killed)) !== 0)
		return { state: 'failed', reason: reasonOf(task, status) };
	return { state: 'done', result: task };
}

/**
 * A background task of the factory.
 * @param timeoutMinutes how long such a task is waited for unless the user says otherwise
 * @param result reads what the task made
 */
export function factoryTask(timeoutMinutes: number, result?: Task['result']): Task {
	return {
		noun: 'Task',
		id: (answer) => text(at(answer.body, 'task_id')),
		poll: (id) => ({ method: 'GET', path: `/api/v1/wip/task/${encodeURIComponent(id)}/status` }),
		read: readTask,
		firstDelay: 5,
		slowest: 60,
		timeoutMinutes,
		result,
	};
}

/** The site that a task has made. */
export async function madeSite(call: Call, started: Answer): Promise<unknown> {
	const id = text(at(started.body, 'id'));
	if (id === undefined) return started.body;
	const answer = await call.send({
		method: 'GET',
		path: `/api/v1/sites/${encodeURIComponent(id)}`,
	});
	return answer.body;
}
