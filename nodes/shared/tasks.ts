import { clock } from './clock';
import type { Answer, ApiRequest, Call, Task } from './operation';

/** What waiting needs from the run. */
export interface Waiting {
	/** Minutes after which waiting ends. */
	timeoutMinutes: number;
	/** Waits; throws when the execution was cancelled. */
	pause(milliseconds: number): Promise<void>;
	refuse(message: string, description?: string): Error;
}

const minutes = (count: number) => (count === 1 ? '1 minute' : `${count} minutes`);

/** The next delay: grows by half up to the task's slowest. */
export function nextDelay(task: Task, delay: number): number {
	return Math.min(task.slowest, delay * 1.5);
}

/**
 * Waits until a background job has ended.
 * @returns what the job made
 * @throws the error that `refuse` makes when the job failed or the time is over; the latter names the job,
 * which goes on
 */
export async function waitForTask(
	task: Task,
	started: Answer,
	call: Call,
	waiting: Waiting,
): Promise<unknown> {
	const id = task.id(started);
	if (id === undefined) {
		throw waiting.refuse(
			`The answer does not say which ${task.noun.toLowerCase()} was started`,
			'It was accepted, but its end cannot be waited for. Turn off “Wait for Completion” to go on without.',
		);
	}
	const begin = clock.now();
	const end = begin + waiting.timeoutMinutes * 60_000;
	let delay = task.firstDelay;
	for (;;) {
		const left = end - clock.now();
		if (left <= 0) {
			throw waiting.refuse(
				`${task.noun} ${id} has not ended after ${minutes(waiting.timeoutMinutes)}`,
				`It goes on at the service. Raise “Timeout” in the options, or look at ${task.noun.toLowerCase()} ${id} later.`,
			);
		}
		await waiting.pause(Math.min(delay * 1000, left));
		delay = nextDelay(task, delay);
		const answer = await look(task, task.poll(id, call, started), call, begin);
		if (!answer) continue;
		const state = task.read(answer);
		if (state.state === 'failed') {
			const { message, code, trace } = state.reason;
			const facts = [code && `code ${code}`, trace && `trace ID ${trace}`]
				.filter(Boolean)
				.join(', ');
			throw waiting.refuse(
				`${task.noun} ${id} did not succeed: ${message ?? 'no reason was given'}`,
				facts ? `(${facts})` : undefined,
			);
		}
		if (state.state === 'done') {
			if (task.result) return await task.result(call, id, answer, started);
			return state.result ?? answer.body;
		}
	}
}

/** Reads the job's state; undefined while a job that has just begun cannot be found yet. */
async function look(
	task: Task,
	poll: ApiRequest,
	call: Call,
	begin: number,
): Promise<Answer | undefined> {
	const isYoung = clock.now() - begin < (task.graceSeconds ?? 0) * 1000;
	const accept = [...(poll.accept ?? []), ...(isYoung ? [404] : [])];
	const answer = await call.send({ ...poll, accept });
	return answer.status === 404 && isYoung ? undefined : answer;
}
