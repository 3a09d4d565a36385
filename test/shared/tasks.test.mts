import type { Answer, ApiRequest, Call, Task, TaskState } from '../../nodes/shared/operation';
import { Dozing, lookOnce, nextDelay, waitForTask } from '../../nodes/shared/tasks';
import { clock } from '../../nodes/shared/clock';
import { turnClock } from '../support/time.mts';

afterEach(() => jest.restoreAllMocks());

const task: Task = {
	id: ({ body }) => (body as { job?: string }).job,
	poll: (id, call, { body }) => ({
		method: 'GET',
		path: `/jobs/${id}`,
		query: { of: String(call.values.of), since: String((body as { since?: string }).since) },
	}),
	read: ({ body }) => body as TaskState,
	noun: 'Print job',
	firstDelay: 2,
	slowest: 6,
	timeoutMinutes: 1,
	graceSeconds: 5,
};

const started: Answer = { status: 202, headers: {}, body: { job: 'j1', since: 't0' } };
const running: TaskState = { state: 'running' };

/** How an error of the item reads. */
class Refusal extends Error {
	readonly description?: string;

	constructor(message: string, description?: string) {
		super(message);
		this.description = description;
	}
}

/** Waits for a job that gives these states, the last one again and again; numbers are statuses. */
async function wait(
	states: Array<TaskState | number>,
	more: { task?: Partial<Task>; timeoutMinutes?: number; started?: Answer } = {},
) {
	const asked: ApiRequest[] = [];
	const paused: number[] = [];
	turnClock();
	const call = {
		values: { of: 'x' },
		send: async (request: ApiRequest): Promise<Answer> => {
			const state = states[Math.min(asked.push(request), states.length) - 1];
			const status = typeof state === 'number' ? state : 200;
			if (status !== 200 && !request.accept?.includes(status)) throw new Error(`status ${status}`);
			return await Promise.resolve({ status, headers: {}, body: state });
		},
	} as unknown as Call;
	const outcome = await waitForTask({ ...task, ...more.task }, more.started ?? started, call, {
		timeoutMinutes: more.timeoutMinutes ?? 1,
		async pause(milliseconds) {
			paused.push(milliseconds);
			await clock.sleep(milliseconds);
		},
		refuse: (message, description) => new Refusal(message, description),
	}).then(
		(result) => ({ result, error: undefined }),
		(error: unknown) => ({ result: undefined, error: error as Refusal }),
	);
	return { ...outcome, asked, paused };
}

it('looks after growing intervals, up to the slowest', async () => {
	expect([2, 3, 4, 4.5, 6].map((delay) => nextDelay(task, delay))).toEqual([3, 4.5, 6, 6, 6]);
	const { paused, asked, result } = await wait([
		running,
		running,
		running,
		running,
		running,
		{ state: 'done', result: 'book' },
	]);
	expect(paused).toEqual([2000, 3000, 4500, 6000, 6000, 6000]);
	expect(asked[0]).toMatchObject({
		method: 'GET',
		path: '/jobs/j1',
		query: { of: 'x', since: 't0' },
	});
	expect(result).toBe('book');
});

describe('the end of a job', () => {
	it('gives what the job made, or the last answer', async () => {
		expect((await wait([{ state: 'done', result: { id: 1 } }])).result).toEqual({ id: 1 });
		expect((await wait([{ state: 'done' }])).result).toEqual({ state: 'done' });
		expect((await wait([{ state: 'done', result: '' }])).result).toBe('');
	});

	it('lets the operation read what the job made', async () => {
		const result = jest.fn().mockResolvedValue('read');
		const done: TaskState = { state: 'done', result: 'ignored' };
		expect((await wait([running, done], { task: { result } })).result).toBe('read');
		expect(result).toHaveBeenCalledTimes(1);
		expect(result).toHaveBeenCalledWith(
			expect.objectContaining({ values: { of: 'x' } }),
			'j1',
			{ status: 200, headers: {}, body: done },
			started,
		);
	});

	it('passes on what reading the result failed with', async () => {
		const failure = new Error('gone');
		const result = jest.fn().mockRejectedValue(failure);
		expect((await wait([{ state: 'done' }], { task: { result } })).error).toBe(failure);
	});

	it('is an error with the reason and the facts of the service when the job failed', async () => {
		const { error, paused } = await wait([
			{ state: 'failed', reason: { message: 'Out of paper', code: 'P7', trace: 't-1' } },
		]);
		expect(error).toBeInstanceOf(Refusal);
		expect(error?.message).toBe('Print job j1 did not succeed: Out of paper');
		expect(error?.description).toBe('(code P7, trace ID t-1)');
		expect(paused).toEqual([2000]);
	});

	it.each([
		[{}, undefined],
		[{ code: 'P7' }, '(code P7)'],
		[{ trace: 't-1' }, '(trace ID t-1)'],
	])('is an error also without a reason, with what is known: %j', async (reason, description) => {
		const { error } = await wait([{ state: 'failed', reason }]);
		expect(error?.message).toBe('Print job j1 did not succeed: no reason was given');
		expect(error?.description).toBe(description);
	});
});

describe('a job that takes too long', () => {
	it('is an error that names the job, which goes on', async () => {
		const { error, paused } = await wait([running], { timeoutMinutes: 0.25 });
		expect(error?.message).toBe('Print job j1 has not ended after 0.25 minutes');
		expect(error?.description).toBe(
			'It goes on at the service. Raise “Timeout” in the options, or look at print job j1 later.',
		);
		// The last wait ends with the time, and one last look follows
		expect(paused).toEqual([2000, 3000, 4500, 5500]);
	});

	it('is looked at once more when the time is over', async () => {
		const { result, asked } = await wait([running, { state: 'done', result: 'late' }], {
			timeoutMinutes: 0.05,
		});
		expect(asked).toHaveLength(2);
		expect(result).toBe('late');
	});

	it('says a single minute in the singular', async () => {
		const { error } = await wait(
			Array.from({ length: 40 }, () => running),
			{ timeoutMinutes: 1 },
		);
		expect(error?.message).toBe('Print job j1 has not ended after 1 minute');
	});

	it('is not waited for at all when there is no time', async () => {
		const { error, asked } = await wait([running], { timeoutMinutes: 0 });
		expect(error?.message).toBe('Print job j1 has not ended after 0 minutes');
		expect(asked).toEqual([]);
	});
});

describe('a job that cannot be found yet', () => {
	it('is waited for while it is young', async () => {
		const { result, asked } = await wait([404, 404, { state: 'done', result: 'book' }], {
			task: { graceSeconds: 6 },
		});
		expect(asked.map(({ accept }) => accept)).toEqual([[404], [404], []]);
		expect(result).toBe('book');
	});

	it('is a failure from the very end of that time on', async () => {
		const { error, asked } = await wait([404], { task: { graceSeconds: 5 } });
		expect(asked.map(({ accept }) => accept)).toEqual([[404], []]);
		expect(error?.message).toBe('status 404');
	});

	it('is a failure at once where services show their jobs at once', async () => {
		const { error, asked } = await wait([404], { task: { graceSeconds: undefined } });
		expect(asked.map(({ accept }) => accept)).toEqual([[]]);
		expect(error?.message).toBe('status 404');
	});

	it('leaves alone what the service itself takes for an answer', async () => {
		const poll = () => ({ method: 'GET' as const, path: '/jobs/7', accept: [410] });
		const { asked } = await wait([{ state: 'done', result: 'book' }], {
			task: { poll, graceSeconds: 6 },
		});
		expect(asked.map(({ accept }) => accept)).toEqual([[410, 404]]);
	});

	it('is told from other refusals', async () => {
		const { error } = await wait([500]);
		expect(error?.message).toBe('status 500');
	});
});

describe('a job whose end cannot be told before some time has passed', () => {
	it('is first looked at then, and again after the usual times', async () => {
		const { paused, asked, result } = await wait([running, { state: 'done', result: 'book' }], {
			task: { settleSeconds: 20 },
		});
		expect(paused).toEqual([20_000, 3000]);
		expect(asked).toHaveLength(2);
		expect(result).toBe('book');
	});

	it('is not looked at sooner by a run that stops watching, nor by one that was woken', async () => {
		const asked: unknown[] = [];
		turnClock();
		const call = { values: {}, send: (request: unknown) => asked.push(request) } as unknown as Call;
		const settling = { ...task, settleSeconds: 20 };
		const pause = async (milliseconds: number) => await clock.sleep(milliseconds);
		const refuse = (message: string) => new Refusal(message);
		const waiting = { timeoutMinutes: 1, patience: 5000, pause, refuse };
		const dozing = await waitForTask(settling, started, call, waiting);
		expect(dozing).toBeInstanceOf(Dozing);
		const { begun } = dozing as Dozing;
		expect(clock.now() - begun.began).toBe(5000);
		expect(await lookOnce(settling, begun, call, waiting)).toEqual(new Dozing(begun));
		expect(asked).toEqual([]);
	});

	it('ends with its time limit also when that is shorter', async () => {
		const { paused, asked, error } = await wait([{ state: 'done' }], {
			task: { settleSeconds: 90 },
		});
		expect(paused).toEqual([60_000]);
		expect(asked).toEqual([]);
		expect(error?.message).toBe('Print job j1 has not ended after 1 minute');
	});
});

it('takes the state from several requests where no single one shows it', async () => {
	const { asked, result } = await wait(
		[1, 2, 3].map((part) => ({ state: 'done', result: part })),
		{
			task: {
				async poll(id, call, answer) {
					const request = { method: 'GET' as const, path: `/${id}` };
					const parts = [await call.send(request), await call.send(request)];
					return { ...answer, body: parts.map(({ body }) => body) };
				},
				read: ({ body }) => ({ state: 'done', result: body }),
			},
		},
	);
	expect(asked).toHaveLength(2);
	expect(result).toMatchObject([{ result: 1 }, { result: 2 }]);
});

it('says that there is nothing to wait for when the answer names no job', async () => {
	const { error, asked, paused } = await wait([running], {
		started: { status: 202, headers: {}, body: {} },
	});
	expect(error?.message).toBe('The answer does not say which print job was started');
	expect(error?.description).toBe(
		'It was accepted, but its end cannot be waited for. Turn off “Wait for Completion” to go on without.',
	);
	expect([asked, paused]).toEqual([[], []]);
});

it('stops where waiting was cancelled', async () => {
	turnClock();
	const cancelled = new Error('The execution was canceled');
	const send = jest.fn();
	const waiting = waitForTask(task, started, { values: {}, send } as unknown as Call, {
		timeoutMinutes: 1,
		pause: async () => await Promise.reject(cancelled),
		refuse: (message) => new Refusal(message),
	});
	await expect(waiting).rejects.toBe(cancelled);
	expect(send).not.toHaveBeenCalled();
});
