import type { IDataObject, INodeExecutionData, INodeParameters, OnError } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { patience } from '../../nodes/shared/sleeping';
import type { NodeRun } from '../support/engine.mts';
import { ShelfApi } from '../support/provider.mts';
import type { Received } from '../support/server.mts';
import { useShelf } from '../support/shelf.mts';
import { Sleeper } from '../support/sleeping.mts';
import { turnClock } from '../support/time.mts';

const test = useShelf();
let time: ReturnType<typeof turnClock>;

/** Titles of the books whose printing has ended, and of those that failed. */
let ended: Set<string>;

const titleOf = ({ body }: Received) => String((body as IDataObject).title);
const starts = () => test.sent().filter(({ method }) => method === 'POST');
const looks = () => test.sent().length - starts().length;
const calledAt = ({ body }: Received) => (body as IDataObject).call_at;

const flat = (items: INodeExecutionData[]) =>
	items.map(({ json, pairedItem }) => ({ json, pairedItem }));

const later = { timeout: 60 };
const wait = (waitBy: 'callback' | 'polling'): INodeParameters => ({
	title: '={{ $json.title }}',
	waitForCompletion: true,
	waitBy,
	options: later,
});

function sleeper(
	titles: string[],
	parameters: INodeParameters,
	more: Partial<NodeRun> = {},
	operation = 'post',
): Sleeper {
	return new Sleeper({
		node: test.node,
		credentialType: new ShelfApi(),
		credential: test.credential,
		parameters: { resource: 'job', operation, ...parameters },
		items: titles.map((title) => ({ title })),
		...more,
	});
}

/** Time passes until the time wakes the execution. */
async function untilWoken(sleeping: Sleeper) {
	time.now += (sleeping.nap ?? 0) * 1000;
	return await sleeping.wake();
}

beforeEach(() => {
	time = turnClock();
	ended = new Set();
	test.server.answer((request) => {
		const { method, path } = request;
		if (method === 'POST') {
			const title = titleOf(request);
			if (title === 'refused') return { status: 409, body: { message: 'The printer is busy' } };
			return { body: { job: title } };
		}
		const title = path.split('/').at(-1) ?? '';
		if (!ended.has(title)) return { body: { state: 'running' } };
		if (title === 'torn') return { body: { state: 'failed', why: 'it was torn', code: 'P7' } };
		return { body: { state: 'done', made: { title } } };
	});
});

describe('a wait for a call', () => {
	it('starts everything, sleeps without a look, and ends with the look after the call', async () => {
		const sleeping = sleeper(['A', 'B'], wait('callback'));
		const asleep = await sleeping.run();
		expect(asleep.run.status).toBe('waiting');
		expect(asleep.run.waitTill).toBeDefined();
		expect(starts().map(titleOf)).toEqual(['A', 'B']);
		expect(new Set(starts().map(calledAt))).toEqual(
			new Set([expect.stringMatching(/\/webhookWaitingBaseUrl\/2\?signature=\w{64}$/)]),
		);
		expect(looks()).toBe(0);
		ended = new Set(['A', 'B']);
		const outcome = await sleeping.wake({});
		expect(outcome?.error).toBeUndefined();
		expect(flat(outcome?.items ?? [])).toEqual([
			{ json: { title: 'A' }, pairedItem: { item: 0 } },
			{ json: { title: 'B' }, pairedItem: { item: 1 } },
		]);
		expect(outcome?.run.status).toBe('success');
		expect(starts()).toHaveLength(2);
		expect(looks()).toBe(2);
	});

	it('believes what the service shows, not the call', async () => {
		const sleeping = sleeper(['A', 'B'], wait('callback'));
		await sleeping.run();
		expect(await sleeping.wake({ state: 'done', waiting: false })).toBeUndefined();
		ended.add('A');
		expect(await sleeping.wake({})).toBeUndefined();
		expect(sleeping.nap).toBe(120);
		const [look] = sleeping.child?.data.resultData.runData['Node under test']?.slice(-1) ?? [];
		expect(look?.data?.main?.[0]?.map(({ json }) => json)).toEqual([
			{ waiting: true, seconds: 120, message: expect.stringContaining('looked at ') as string },
		]);
		ended.add('B');
		const outcome = await sleeping.wake({});
		expect(outcome?.items.map(({ json }) => json.title)).toEqual(['A', 'B']);
		expect(starts()).toHaveLength(2);
	});

	it('looks by itself, ever more rarely, when no call comes', async () => {
		const sleeping = sleeper(['A'], { ...wait('callback'), options: { timeout: 24 * 60 } });
		await sleeping.run();
		const naps: Array<number | undefined> = [];
		for (let nap = 0; nap < 10; nap++) {
			naps.push(sleeping.nap);
			expect(await untilWoken(sleeping)).toBeUndefined();
		}
		expect(naps).toEqual([120, 120, 120, 180, 270, 405, 608, 900, 900, 900]);
		ended.add('A');
		expect((await untilWoken(sleeping))?.items[0]?.json).toEqual({ title: 'A' });
	});

	it('ends at the Timeout, with the words of a wait that is awake', async () => {
		const sleeping = sleeper(['A'], { ...wait('callback'), options: { timeout: 3 } });
		await sleeping.run();
		expect(await untilWoken(sleeping)).toBeUndefined();
		expect(sleeping.nap).toBe(60);
		const outcome = await untilWoken(sleeping);
		expect(outcome?.error?.message).toBe('Print job A has not ended after 3 minutes');
		expect(outcome?.error?.description).toContain('It goes on at the service.');
	});

	it('ends in the first failure', async () => {
		const sleeping = sleeper(['A', 'torn'], wait('callback'));
		await sleeping.run();
		ended.add('torn');
		const outcome = await sleeping.wake({});
		expect(outcome?.error?.message).toBe('Print job torn did not succeed: it was torn [Item 1]');
		expect(outcome?.error?.description).toBe('(code P7)');
		expect(outcome?.run.status).toBe('error');
	});

	const goesOn: OnError[] = ['continueRegularOutput', 'continueErrorOutput'];
	it.each(goesOn)('gives every item its own outcome (%s)', async (onError) => {
		const titles = ['A', 'refused', 'torn', '', 'B'];
		const sleeping = sleeper(titles, wait('callback'), { onError });
		await sleeping.run();
		expect(sleeping.nap).toBe(120);
		ended = new Set(['A', 'B', 'torn']);
		const { items = [], failed = [] } = (await sleeping.wake({})) ?? {};
		const pairs = (of: typeof items) =>
			of.map(({ json, pairedItem }) => [json.title ?? json.error, pairedItem]);
		const errors = [
			['The printer is busy [Item 1]', { item: 1 }],
			['Print job torn did not succeed: it was torn [Item 2]', { item: 2 }],
			[expect.stringMatching(/“Title”.* \[Item 3\]$/), { item: 3 }],
		];
		const good = [
			['A', { item: 0 }],
			['B', { item: 4 }],
		];
		if (onError === 'continueErrorOutput') {
			expect(pairs(items)).toEqual(good);
			expect(failed.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual(errors);
			expect(failed.map(({ json }) => json.title)).toEqual(['refused', 'torn', '']);
		} else {
			expect(pairs(items)).toEqual([good[0], ...errors, good[1]]);
		}
		expect(starts()).toHaveLength(4);
	});

	it('does not sleep when nothing was started', async () => {
		const sleeping = sleeper(['refused'], wait('callback'), { onError: 'continueRegularOutput' });
		const { items, run } = await sleeping.run();
		expect(run.waitTill).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([{ error: 'The printer is busy' }]);
	});

	it('ends at once when a start is refused, in the words of the service', async () => {
		const { error, run } = await sleeper(['A', 'refused', 'B'], wait('callback')).run();
		expect(error?.message).toBe('The printer is busy [Item 1]');
		expect(run.waitTill).toBeUndefined();
		expect(starts().map(titleOf)).toEqual(['A', 'refused']);
	});

	it('refuses a second address to call before anything is sent', async () => {
		const own = { additionalFields: { callAt: 'https://example.com/hook' } };
		const { error } = await sleeper(['A'], { ...wait('callback'), ...own }).run();
		expect(error?.message).toBe(
			'“Call At” cannot be set while “Wait By” is “Callback”: the node tells the service itself whom to call',
		);
		expect(test.sent()).toEqual([]);
		ended.add('A');
		const polling = await sleeper(['A'], { ...wait('polling'), ...own }).run();
		expect(polling.error).toBeUndefined();
		expect(starts().map(calledAt)).toEqual(['https://example.com/hook']);
	});

	it('is none where nothing is waited for', async () => {
		const off = { ...wait('callback'), waitForCompletion: false };
		const { items } = await sleeper(['A'], off).run();
		expect(items.map(({ json }) => json)).toEqual([{ job: 'A' }]);
		expect(starts().map(calledAt)).toEqual([undefined]);
	});
});

describe('a wait by polling', () => {
	it('stays awake for short work', async () => {
		const sleeping = sleeper(['A'], wait('polling'));
		test.server.answer(({ method }) => {
			if (method === 'POST') return { body: { job: 'A' } };
			return looks() > 5
				? { body: { state: 'done', made: { title: 'A' } } }
				: { body: { state: 'running' } };
		});
		const { items, run } = await sleeping.run();
		expect(run.waitTill).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([{ title: 'A' }]);
		expect(sleeping.called).toEqual([]);
	});

	it('goes to sleep with what is still under way', async () => {
		const begin = time.now;
		ended.add('B');
		const sleeping = sleeper(['A', 'B', 'C'], wait('polling'));
		const { run } = await sleeping.run();
		expect(run.status).toBe('waiting');
		// Jobs that began a moment later are watched for as long
		expect(time.now - begin).toBeGreaterThanOrEqual(patience);
		expect(time.now - begin).toBeLessThan(patience + 10_000);
		expect(sleeping.nap).toBe(65);
		expect(sleeping.called).toHaveLength(1);
		const before = looks();
		expect(await untilWoken(sleeping)).toBeUndefined();
		expect(looks() - before).toBe(2);
		ended = new Set(['A', 'C']);
		const outcome = await untilWoken(sleeping);
		expect(flat(outcome?.items ?? [])).toEqual(
			['A', 'B', 'C'].map((title, item) => ({ json: { title }, pairedItem: { item } })),
		);
		expect(starts().map(titleOf)).toEqual(['A', 'B', 'C']);
		expect(starts().map(calledAt)).toEqual([undefined, undefined, undefined]);
	});

	it('keeps the last moments before the Timeout awake, as n8n does', async () => {
		const sleeping = sleeper(['A'], { ...wait('polling'), options: { timeout: 2.5 } });
		const { error, run } = await sleeping.run();
		expect(run.waitTill).toBeUndefined();
		expect(error?.message).toBe('Print job A has not ended after 2.5 minutes');
	});
});

describe('what n8n stores of a sleep', () => {
	it('is a workflow of its own that n8n accepts, under the settings of the workflow', async () => {
		const sleeping = sleeper(['A'], wait('callback'));
		await sleeping.run();
		const [workflow] = sleeping.called;
		expect(workflow?.name).toBe('Waiting of Node under test');
		expect(workflow?.settings).toMatchObject({
			timezone: 'UTC',
			executionOrder: 'v1',
			callerPolicy: 'any',
		});
		const names = workflow?.nodes.map(({ name }) => name);
		expect(names).toContain('Node under test');
		expect(new Set(names).size).toBe(names?.length);
		for (const node of workflow?.nodes.filter(({ type }) => !type.startsWith('n8n-')) ?? []) {
			const { description } = test.node;
			const issues = NodeHelpers.getNodeParametersIssues(description.properties, node, description);
			expect(issues).toBeNull();
		}
	});

	it('holds no password, and no headers of answers', async () => {
		const sleeping = sleeper(['A'], {
			...wait('callback'),
			additionalFields: { password: 'invented-password-1' },
		});
		await sleeping.run();
		expect(starts().map(({ body }) => (body as IDataObject).password)).toEqual([
			'invented-password-1',
		]);
		const stored = JSON.stringify(sleeping.child);
		expect(stored).not.toContain('invented-password-1');
		expect(stored).not.toContain('content-type');
		ended.add('A');
		expect((await sleeping.wake({}))?.items).toHaveLength(1);
	});
});

describe('where n8n does not let a run sleep', () => {
	const reasons: Array<[string, Partial<NodeRun>]> = [
		['the workflow is not saved', { workflowId: '' }],
		['the workflow was started on the command line', { mode: 'cli' }],
		[
			'the workflow answers its caller when its last node finishes',
			{ start: { responseMode: 'lastNode' } },
		],
		['n8n does not allow it: no sub-workflows here', {}],
	];
	const refuseSleep = async () => await Promise.reject(new Error('no sub-workflows here'));

	it.each(reasons)('a wait for a call looks by itself, and says so: %s', async (reason, more) => {
		ended.add('A');
		const { items, run } = await sleeper(['A'], wait('callback'), {
			executeWorkflow: refuseSleep,
			...more,
		}).run();
		expect(items.map(({ json }) => json)).toEqual([{ title: 'A' }]);
		expect(starts().map(calledAt)).toEqual([undefined]);
		const hints = run.data.resultData.runData['Node under test']?.[0]?.hints ?? [];
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringContaining(`because ${reason}.`),
		]);
	});

	it.each(reasons)('a long wait by polling goes on: %s', async (_, more) => {
		const begin = time.now;
		test.server.answer(({ method }) => {
			if (method === 'POST') return { body: { job: 'A' } };
			return time.now - begin > 600_000
				? { body: { state: 'done', made: { title: 'A' } } }
				: { body: { state: 'running' } };
		});
		const { items, run } = await sleeper(['A'], wait('polling'), {
			executeWorkflow: refuseSleep,
			...more,
		}).run();
		expect(run.waitTill).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([{ title: 'A' }]);
		expect(starts()).toHaveLength(1);
	});

	it('what a wait for a call has started is not started again', async () => {
		const sleeping = sleeper(['A', 'B'], wait('callback'));
		const call = sleeping.run.bind(sleeping);
		ended = new Set(['A', 'B']);
		sleeping.failWait = 'There is no Wait node';
		const { items, run } = await call();
		expect(run.waitTill).toBeUndefined();
		expect(items.map(({ json }) => json.title)).toEqual(['A', 'B']);
		expect(starts()).toHaveLength(2);
	});
});

it('a step of a sleep that is run by itself says why it cannot', async () => {
	for (const [step, words] of [
		['begin', 'This wait is over and cannot be begun again'],
		['look', /Referenced node|nothing here to wait for/],
	] as const) {
		const { error } = await sleeper(['A'], { ...wait('callback'), sleepStep: step }).run();
		expect(error?.message).toMatch(words);
	}
	const other = { resource: 'book', operation: 'getAll', sleepStep: 'look' };
	const { error } = await sleeper(['A'], other).run();
	expect(error?.message).toBe('There is nothing here to wait for');
	const { items } = await sleeper(['A'], { ...wait('callback'), sleepStep: 'finish' }).run();
	expect(items).toEqual([]);
	expect(test.sent()).toEqual([]);
});
