import { clock } from './clock';
import type { Answer, ApiRequest, Call, Task } from './operation';

/** What waiting needs from the run. */
export interface Waiting {
	/** Minutes after which waiting ends. */
	timeoutMinutes: number;
	/** Milliseconds after which a job that goes on is not watched any more; default: until the end. */
	patience?: number;
	/** Waits; throws when the execution was cancelled. */
	pause(milliseconds: number): Promise<void>;
	refuse(message: string, description?: string): Error;
}

/** A job that has begun, as JSON: it can be looked at by another run. */
export interface Begun {
	id: string;
	/** The answer that began it; headers are left out. */
	started: Answer;
	/** Milliseconds since the epoch. */
	began: number;
}

/** Stands for the result of a job that goes on and is not watched any more. */
export class Dozing {
	constructor(readonly begun: Begun) {}
}

const minutes = (count: number) => (count === 1 ? '1 minute' : `${count} minutes`);

/** The next delay: grows by half up to the task's slowest. */
export function nextDelay(task: Task, delay: number): number {
	return Math.min(task.slowest, delay * 1.5);
}

/** The job that an answer began. @throws the error that `refuse` makes when the answer does not name it */
function begin(task: Task, started: Answer, { refuse }: Waiting): Begun {
	const id = task.id(started);
	if (id !== undefined) return { id, started: { ...started, headers: {} }, began: clock.now() };
	throw refuse(
		`The answer does not say which ${task.noun.toLowerCase()} was started`,
		'It was accepted, but its end cannot be waited for. Turn off “Wait for Completion” to go on without.',
	);
}

/**
 * Waits until a background job has ended.
 * @returns what the job made; with `patience`, {@link Dozing} for one that goes on after that
 * @throws the error that `refuse` makes when the job failed or the time is over; the latter names the job,
 * which goes on
 */
export async function waitForTask(
	task: Task,
	started: Answer,
	call: Call,
	waiting: Waiting,
): Promise<unknown> {
	return await watch(task, begin(task, started, waiting), call, waiting);
}

/** The same for a job that has begun before. */
export async function watch(
	task: Task,
	begun: Begun,
	call: Call,
	waiting: Waiting,
): Promise<unknown> {
	let delay = task.firstDelay;
	for (;;) {
		const passed = clock.now() - begun.began;
		const left = waiting.timeoutMinutes * 60_000 - passed;
		if (left <= 0) throw overdue(task, begun, waiting);
		const patience = (waiting.patience ?? Infinity) - passed;
		if (patience <= 0) return new Dozing(begun);
		const settling = (task.settleSeconds ?? 0) * 1000 - passed;
		await waiting.pause(Math.min(Math.max(delay * 1000, settling), left, patience));
		delay = nextDelay(task, delay);
		const ended = await lookAt(task, begun, call, waiting);
		if (ended) return ended.result;
	}
}

function overdue(task: Task, { id }: Begun, { timeoutMinutes, refuse }: Waiting): Error {
	return refuse(
		`${task.noun} ${id} has not ended after ${minutes(timeoutMinutes)}`,
		`It goes on at the service. Raise “Timeout” in the options, or look at ${task.noun.toLowerCase()} ${id} later.`,
	);
}

/**
 * Looks once at a job.
 * @returns what it made, or {@link Dozing} while it goes on
 * @throws as {@link waitForTask}
 */
export async function lookOnce(
	task: Task,
	begun: Begun,
	call: Call,
	waiting: Waiting,
): Promise<unknown> {
	const ended = await lookAt(task, begun, call, waiting);
	if (ended) return ended.result;
	if (clock.now() - begun.began >= waiting.timeoutMinutes * 60_000) {
		throw overdue(task, begun, waiting);
	}
	return new Dozing(begun);
}

/** Undefined while the job goes on. @throws the error that `refuse` makes when it failed */
async function lookAt(
	task: Task,
	{ id, started, began }: Begun,
	call: Call,
	{ refuse }: Waiting,
): Promise<{ result: unknown } | undefined> {
	if (clock.now() - began < (task.settleSeconds ?? 0) * 1000) return undefined;
	const answer = await readState(task, task.poll(id, call, started), call, began);
	const state = answer && task.read(answer);
	if (!state || state.state === 'running') return undefined;
	if (state.state === 'failed') {
		const { message, code, trace } = state.reason;
		const facts = [code && `code ${code}`, trace && `trace ID ${trace}`].filter(Boolean).join(', ');
		throw refuse(
			`${task.noun} ${id} did not succeed: ${message ?? 'no reason was given'}`,
			facts ? `(${facts})` : undefined,
		);
	}
	if (task.result) return { result: await task.result(call, id, answer, started) };
	return { result: state.result ?? answer.body };
}

/** Reads the job's state; undefined while a job that has just begun cannot be found yet. */
async function readState(
	task: Task,
	poll: ApiRequest | Promise<Answer>,
	call: Call,
	began: number,
): Promise<Answer | undefined> {
	if (poll instanceof Promise) return await poll;
	const isYoung = clock.now() - began < (task.graceSeconds ?? 0) * 1000;
	const accept = [...(poll.accept ?? []), ...(isYoung ? [404] : [])];
	const answer = await call.send({ ...poll, accept });
	return answer.status === 404 && isYoung ? undefined : answer;
}
