import { NodeApiError } from 'n8n-workflow';

import { at, isObject, text } from '../shared/json';
import type { Answer, Call, Operation, Reason, Task, TaskState } from '../shared/operation';
import type { Shape } from './answers';
import { tidy } from './answers';
import { taskPages } from './pages';

/** Bits of a task's `status`; sent as a string. */
const done = 240;
const failed = 32;
const killed = 64;

/** A task as the factory describes it: everything comes as text. */
export const taskShape: Shape = {
	numbers: [
		'id',
		'parent',
		'priority',
		'object_id',
		'status',
		'wake',
		'added',
		'started',
		'completed',
		'taken',
		'lease',
		'max_run_time',
		'paused',
		'concurrency_exceeded',
		'nid',
		'uid',
	],
};

function reasonOf(task: Record<string, unknown>, status: number): Reason {
	const words = text(task.error_message);
	if (words) return { message: words };
	return { message: (status & killed) !== 0 ? 'it was killed' : 'the factory gives no reason' };
}

/**
 * Reads the bit field of a task's description; its text (`status_string`) varies by release.
 * @param failures bits that make an ended task a failed one
 */
function stateOf(task: unknown, failures = failed | killed): TaskState {
	const status = isObject(task) ? Number(text(task.status)) : Number.NaN;
	if (!isObject(task) || !Number.isInteger(status)) {
		return { state: 'failed', reason: { message: 'the factory does not show its status' } };
	}
	if ((status & done) === 0) return { state: 'running' };
	if ((status & failures) !== 0) return { state: 'failed', reason: reasonOf(task, status) };
	return { state: 'done', result: tidy(task, taskShape) };
}

/** How far a task is, in the answer to a look at it. */
export function readTask(answer: Answer): TaskState {
	return stateOf(at(answer.body, 'wip_task'));
}

/** The description of a task in the last look at it. */
export const taskIn = (last: Answer): unknown => tidy(at(last.body, 'wip_task'), taskShape);

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

/**
 * A task that was told to stop. Any end will do: it is killed, unless it came to an end of its own before that; its
 * status tells.
 * @param result reads what there is to tell, by default the ended task
 */
export function stoppedTask(timeoutMinutes: number, result?: Task['result']): Task {
	const read = (answer: Answer) => stateOf(at(answer.body, 'wip_task'), 0);
	return { ...factoryTask(timeoutMinutes, result), read };
}

/** Groups of the tasks that the factory does for itself, every few minutes. */
export const housekeeping = new Set([
	'CronController',
	'DeploySshWrapper',
	'MultisiteCron',
	'PageViewLogAnalyzer',
	'PageViewLogCollector',
	'SfLogRotate',
	'SfVersions',
	'SiteInfoGet',
]);

/** Work whose start names no task. */
export interface Unnamed {
	/** How users call the work, for messages: `Refresh of the theme of site`. */
	noun: string;
	/** What the work is done to, for messages, from the answer that began it. */
	id: (started: Answer) => string;
	/** The site whose tasks count, from the same answer; without it those of all sites and of none do. */
	site?: (started: Answer) => unknown;
	/** Seconds that such work takes at least, or needs to show up. */
	settleSeconds: number;
	timeoutMinutes: number;
	/** Reads what there is to tell. */
	result: (call: Call, started: Answer, tasks: unknown[]) => Promise<unknown>;
}

/** Seconds for which the factory may have been at a request when it gave the answer. */
const leeway = 10;

/** Seconds since the epoch, by the clock of the factory, when it began what it answers; NaN when it does not tell. */
const timeOf = (answer: Answer) =>
	Math.floor(Date.parse(text(at(answer.body, 'time')) ?? '') / 1000) - leeway;

/** What hinders a look at the list of tasks, in words where the user may not see it. */
function unseen(call: Call, thrown: unknown): unknown {
	const isHidden =
		thrown instanceof NodeApiError && ['403', '404'].includes(String(thrown.httpCode));
	if (!isHidden) return thrown;
	return call.refuse(
		'The factory has begun the work, but its end cannot be seen: the list of tasks is not open to the user of the credential',
		'Use the API key of a platform administrator, or turn off “Wait for Completion”. The request was accepted, so do not send it again for this.',
	);
}

/**
 * Reads the tasks that were added since the factory gave an answer, without its housekeeping. The list begins with the
 * newest, more or less, so it is read up to a page of nothing but older ones.
 */
async function tasksSince(call: Call, started: Answer, site: unknown): Promise<unknown[]> {
	const isRecent = (task: unknown) => Number(at(task, 'added')) >= timeOf(started);
	const isOfIt = (task: unknown) =>
		!housekeeping.has(text(at(task, 'group_name'))?.split(' ')[0] ?? '') &&
		(site === undefined || text(at(task, 'nid')) === text(site));
	try {
		const tasks = await call.list(
			{ method: 'GET', path: '/api/v1/tasks' },
			{ pager: taskPages },
			undefined,
			(page) => !page.some(isRecent),
		);
		// What is added while the list is read moves others to the next page, where they stand a second time
		const byId = new Map(tasks.map((task) => [text(at(task, 'id')), task]));
		return [...byId.values()].filter((task) => isRecent(task) && isOfIt(task));
	} catch (error) {
		throw unseen(call, error);
	}
}

/**
 * Watches work without a task of its own in the list of tasks. Which of them belong to it is not documented, so all that
 * were added since count, and one that fails is told by its name.
 */
export function unnamedTask({ site, id, result, ...of }: Unnamed): Task {
	return {
		...of,
		id: (answer) => (Number.isNaN(timeOf(answer)) ? undefined : id(answer)),
		async poll(_id, call, started) {
			const body = await tasksSince(call, started, site?.(started));
			return { status: 200, headers: {}, body };
		},
		read({ body }) {
			const tasks = Array.isArray(body) ? body : [];
			const states = tasks.map((task) => ({ task: task as unknown, ...stateOf(task) }));
			if (states.some(({ state }) => state === 'running')) return { state: 'running' };
			const failure = states.find((one) => one.state === 'failed');
			if (failure?.state !== 'failed') return { state: 'done' };
			const task = `task ${String(at(failure.task, 'id'))} (${String(at(failure.task, 'name'))})`;
			const why = failure.reason.message?.replace(/[.\s]+$/, '');
			const message = `${task}, which was added then or since, failed: ${why}. The factory does not tell whether that task belongs to it.`;
			return { state: 'failed', reason: { message } };
		},
		firstDelay: 60,
		slowest: 60,
		async result(call, _id, { body }, started) {
			const tasks = Array.isArray(body) ? body : [];
			return await result(
				call,
				started,
				tasks.map((task) => tidy(task, taskShape)),
			);
		},
	};
}

/** A record that shows when work is done which has no task. */
export interface Watched {
	/** How users call the work, for messages: `Transfer of site`. */
	noun: string;
	/** What the work is done to, for messages. */
	id: string;
	/** Encoded path of the record. */
	path: string;
	/** Whether the record shows that the work is done. */
	isDone(record: unknown): boolean;
	timeoutMinutes: number;
	/** Seconds between looks in the end; default 60. */
	slowest?: number;
}

/**
 * Waits for work that has no task, by looking at the record that it changes. Work that fails leaves the record as it
 * is and cannot be told from work that takes long: it ends in the timeout.
 * @returns the changed record
 */
export async function waitForChange(
	call: Call,
	started: Answer,
	{ path, isDone, id, ...watched }: Watched,
): Promise<unknown> {
	const task: Task = {
		...factoryTask(watched.timeoutMinutes),
		...watched,
		id: () => id,
		poll: () => ({ method: 'GET', path }),
		read: ({ body }) => (isDone(body) ? { state: 'done', result: body } : { state: 'running' }),
	};
	return await call.wait(task, started);
}

/** A task after which nothing is there to be read: gives what its start answered, and the ended task. */
export function taskWithout(timeoutMinutes: number, more: Record<string, unknown> = {}): Task {
	return factoryTask(timeoutMinutes, async (_call, _id, last, started) => {
		const answered = isObject(started.body) ? started.body : {};
		return await Promise.resolve({ ...answered, ...more, task: taskIn(last) });
	});
}

/**
 * Waits for several tasks of one start side by side.
 * @param ids task ids by name
 * @returns the ended tasks by name
 * @throws the first failure, once all have ended
 */
export async function waitForAll(
	call: Call,
	started: Answer,
	timeoutMinutes: number,
	ids: Record<string, unknown>,
): Promise<Record<string, unknown>> {
	const wanted = Object.entries(ids).flatMap(([name, value]): Array<[string, string]> => {
		const id = text(value);
		return id === undefined ? [] : [[name, id]];
	});
	const waits = wanted.map(async ([name, id]): Promise<[string, unknown]> => {
		const task: Task = { ...factoryTask(timeoutMinutes), id: () => id };
		return [name, await call.wait(task, started)];
	});
	const outcomes = await Promise.allSettled(waits);
	return Object.fromEntries(
		outcomes.map((outcome) => {
			if (outcome.status === 'rejected') throw outcome.reason;
			return outcome.value;
		}),
	);
}

/**
 * The operation, waiting for all tasks that the answer's `task_ids` names; gives the answer with the ended
 * tasks.
 */
export function withSeveralTasks(operation: Operation, timeoutMinutes: number): Operation {
	return {
		...operation,
		async run(call) {
			const started = await call.send(call.request);
			const ids = at(started.body, 'task_ids');
			if (call.values.waitForCompletion !== true || !isObject(ids)) return started.body;
			const tasks = await waitForAll(call, started, timeoutMinutes, ids);
			return { ...(isObject(started.body) ? started.body : {}), tasks };
		},
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

/** PHP class of the task that copies a site. */
const duplication = 'Acquia\\SfSite\\SiteDuplicate';

/**
 * Watches the copying of a site, which gives no task number: in the list of tasks, which also tells why it
 * failed, or, where the user may not see that, in the list of sites, where only installed sites stand.
 */
export async function waitForCopy(
	call: Call,
	started: Answer,
	timeoutMinutes: number,
): Promise<unknown> {
	const base = factoryTask(
		timeoutMinutes,
		async (_call, _id, _last, first) => await madeSite(call, first),
	);
	if (base.id(started) !== undefined) return await call.wait(base, started);
	const siteId = text(at(started.body, 'id'));
	const tasks = {
		method: 'GET' as const,
		path: '/api/v1/tasks',
		query: { class: duplication, limit: 100, page: 1 },
	};
	const seesTasks = (await call.send({ ...tasks, accept: [403, 404] })).status < 400;
	const copy = { ...base, noun: 'Copying to site', id: () => siteId };
	if (seesTasks) {
		const read = (answer: Answer): TaskState => {
			const all: unknown[] = Array.isArray(answer.body) ? answer.body : [];
			const own = all.find((task) => isObject(task) && text(task.nid) === siteId);
			return own === undefined ? { state: 'running' } : stateOf(own);
		};
		return await call.wait({ ...copy, poll: () => tasks, read }, started);
	}
	const query = {
		domain_contains: `${text(at(started.body, 'site')) ?? ''}.`,
		limit: 100,
		page: 1,
	};
	const read = ({ body }: Answer): TaskState => {
		const sites = at(body, 'sites');
		const isThere = Array.isArray(sites) && sites.some((site) => text(at(site, 'id')) === siteId);
		return { state: isThere ? 'done' : 'running' };
	};
	const poll = () => ({ method: 'GET' as const, path: '/api/v1/sites', query });
	return await call.wait({ ...copy, poll, read }, started);
}
