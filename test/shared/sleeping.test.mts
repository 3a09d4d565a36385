import type { IExecuteFunctions, INode } from 'n8n-workflow';
import { clock } from '../../nodes/shared/clock';
import type { Sleep, Sleeper } from '../../nodes/shared/sleeping';
import {
	beginSleep,
	fallAsleep,
	finishSleep,
	napSeconds,
	readSleep,
	sleepWorkflow,
	toNap,
	whyAwake,
} from '../../nodes/shared/sleeping';
import type { Begun } from '../../nodes/shared/tasks';

afterEach(() => jest.restoreAllMocks());

const minute = 60_000;
const node: INode = {
	id: 'n',
	name: 'Back up',
	type: 'package.service',
	typeVersion: 1,
	position: [0, 0],
	parameters: { resource: 'site', siteId: '={{ $json.id }}' },
};

/** What a step sees of n8n. */
function contextOf(more: Partial<Record<keyof IExecuteFunctions, unknown>> = {}) {
	return {
		getNode: () => node,
		getWorkflow: () => ({ id: 'w', active: true }),
		getWorkflowSettings: () => ({ timezone: 'Europe/Rome' }),
		getExecutionId: () => '7',
		getMode: () => 'trigger',
		getParentNodes: () => [],
		getInputData: () => [{ json: { own: 1 } }],
		evaluateExpression: () => 'https://n8n.example.com/webhook-waiting/7?signature=s',
		...more,
	} as unknown as IExecuteFunctions;
}

describe('the time until the next look', () => {
	it.each([
		// [by, minutes slept, minutes left, seconds]
		['time', 2, 60, 65],
		['time', 10, 60, 150],
		['time', 60, 600, 300],
		['time', 10, 2, 120],
		['callback', 0, 60, 120],
		['callback', 8, 60, 240],
		['callback', 600, 600, 900],
		['callback', 8, 1.501, 91],
		['callback', 8, 0, 1],
		['time', 8, -3, 1],
	] as const)('by %s after %d minutes, %d before the end: %d seconds', (by, slept, left, nap) => {
		expect(napSeconds(by, slept * minute, left * minute)).toBe(nap);
	});

	it('heeds the oldest job and the first time limit', () => {
		jest.spyOn(clock, 'now').mockReturnValue(100 * minute);
		const job = (began: number, timeoutMinutes: number) => ({
			item: 0,
			values: {},
			begun: { id: `job ${began}`, started: {}, began: began * minute } as unknown as Begun,
			timeoutMinutes,
		});
		const sleep = { by: 'time' } as Sleep;
		expect(toNap(sleep, [])).toEqual({ waiting: false });
		expect(toNap(sleep, [job(98, 600), job(90, 600)])).toEqual({
			waiting: true,
			seconds: 150,
			message:
				'The wait was interrupted while it looked at job 98, job 90. The work goes on at the service; this is not its result.',
		});
		expect(toNap(sleep, [job(90, 600), job(98, 3)])).toMatchObject({ seconds: 60 });
	});
});

describe('the sub-workflow', () => {
	const workflow = (by: 'callback' | 'time', given: INode = node) =>
		sleepWorkflow(given, { id: 'w', settings: { errorWorkflow: 'e', timezone: 'UTC' } }, by);
	const waitOf = (by: 'callback' | 'time') =>
		workflow(by).nodes.find(({ type }) => type === 'n8n-nodes-base.wait');

	it('belongs to the workflow, may be called by it, and reports no failure of its own', () => {
		const { id, settings, active } = workflow('time');
		expect({ id, active }).toEqual({ id: 'w', active: false });
		expect(settings).toEqual({
			timezone: 'UTC',
			executionOrder: 'v1',
			callerPolicy: 'any',
			errorWorkflow: undefined,
		});
	});

	it('waits for a call, with a limit, or for the time', () => {
		expect(waitOf('callback')?.parameters).toMatchObject({
			resume: 'webhook',
			httpMethod: 'POST',
			limitWaitTime: true,
			resumeAmount: '={{ $json.seconds }}',
			resumeUnit: 'seconds',
		});
		expect(waitOf('callback')?.webhookId).toMatch(/^[\da-f-]{36}$/);
		expect(waitOf('time')?.parameters).toEqual({
			resume: 'timeInterval',
			amount: '={{ $json.seconds }}',
			unit: 'seconds',
		});
	});

	it('works with the parameters and the credentials of the node', () => {
		const own = (given: INode) =>
			workflow('time', given).nodes.filter(({ type }) => type === node.type);
		expect(own(node).map(({ parameters }) => parameters)).toEqual(
			['begin', 'look', 'finish'].map((sleepStep) => ({ ...node.parameters, sleepStep })),
		);
		expect(own(node).every((step) => !('credentials' in step))).toBe(true);
		const credentials = { serviceApi: { id: '1', name: 'Mine' } };
		expect(own({ ...node, credentials }).map((step) => step.credentials)).toEqual(
			Array.from({ length: 3 }, () => credentials),
		);
	});

	it('goes round until nothing is under way', () => {
		const { connections, nodes } = workflow('time');
		const next = (name: string) => connections[name]?.main?.map((to) => to?.[0]?.node);
		const [start, begin, branch, wait, look, finish] = nodes.map(({ name }) => name);
		expect(look).toBe('Back up');
		expect([start, begin, branch, wait, look].map((name) => next(String(name)))).toEqual([
			[begin],
			[branch],
			[wait, finish],
			[look],
			[branch],
		]);
	});
});

describe('falling asleep', () => {
	/** Runs the first step as n8n would, then answers. */
	const n8n =
		(answer: object) =>
		async (_info: unknown, [item]: Array<{ json: object }>) => {
			const [output] = await beginSleep(contextOf({ getInputData: () => [item] }));
			return await Promise.resolve({ executionId: '8', data: [output], ...answer });
		};

	it('hands the address that wakes it to what has to be done, once', async () => {
		const urls: string[] = [];
		let step: unknown;
		const context = contextOf({
			async executeWorkflow(info: unknown, items: Array<{ json: object }>) {
				step = items[0];
				return await n8n({ waitTill: new Date() })(info, items);
			},
		});
		const slept = await fallAsleep(context, 'callback', async (url) => {
			urls.push(url);
			return await Promise.resolve({ made: true });
		});
		expect(urls).toEqual(['https://n8n.example.com/webhook-waiting/7?signature=s']);
		expect(slept).toEqual({ output: [[{ json: { own: 1 } }]] });
		await expect(beginSleep(contextOf({ getInputData: () => [step] }))).rejects.toThrow(
			'This wait is over and cannot be begun again',
		);
		await expect(beginSleep(contextOf({ getInputData: () => [] }))).rejects.toThrow('is over');
	});

	it('gives the output when there was nothing to sleep for', async () => {
		const made = { json: { made: true } };
		const takeOff = async () => await Promise.resolve(made.json);
		const context = contextOf({ executeWorkflow: n8n({}) });
		expect(await fallAsleep(context, 'time', takeOff)).toEqual({ output: [[made]] });
		const empty = contextOf({ executeWorkflow: n8n({ data: [null] }) });
		expect(await fallAsleep(empty, 'time', takeOff)).toEqual({ output: [[]] });
	});

	it('tells n8n which execution is to be woken', async () => {
		const executeWorkflow = jest.fn(n8n({}));
		const takeOff = async () => await Promise.resolve({});
		await fallAsleep(contextOf({ executeWorkflow }), 'time', takeOff);
		expect(executeWorkflow).toHaveBeenCalledWith(
			expect.objectContaining({ code: expect.objectContaining({ id: 'w' }) as unknown }),
			expect.anything(),
			undefined,
			{
				parentExecution: { executionId: '7', workflowId: 'w', shouldResume: true },
				executionMode: 'trigger',
			},
		);
	});

	it('says why n8n would not have it', async () => {
		const refusing = (problem: unknown) => ({
			executeWorkflow: () => {
				throw problem;
			},
		});
		const takeOff = jest.fn();
		for (const problem of [new Error('not here'), 'not here']) {
			const context = contextOf(refusing(problem));
			expect(await fallAsleep(context, 'time', takeOff)).toEqual({ problem: 'not here' });
		}
		const unsaved = contextOf({ getWorkflow: () => ({ active: false }) });
		expect(await fallAsleep(unsaved, 'time', takeOff)).toEqual({
			problem: 'context.executeWorkflow is not a function',
		});
		expect(takeOff).not.toHaveBeenCalled();
	});
});

describe('the steps after a nap', () => {
	it('read what the first one has handed on', () => {
		const sleepers: Sleeper[] = [];
		const given = (value: unknown) => contextOf({ evaluateExpression: () => value });
		expect(readSleep(given({ sleepers }))).toEqual({ sleepers });
		expect(readSleep(given({}))).toBeUndefined();
		expect(readSleep(given(undefined))).toBeUndefined();
	});

	it('give the output of the node', () => {
		const output = [{ json: { a: 1 }, pairedItem: { item: 0 } }];
		const given = (items: unknown) => contextOf({ getInputData: () => items });
		expect(finishSleep(given([{ json: { output } }]))).toEqual([output]);
		expect(finishSleep(given([{ json: {} }]))).toEqual([[]]);
		expect(finishSleep(given([]))).toEqual([[]]);
	});
});

describe('why a run has to stay awake', () => {
	const remote = 'https://factory.example.com';
	const local = { evaluateExpression: () => 'http://localhost:5678/webhook-waiting/7' };
	const parents = (responseMode?: string) => ({
		getParentNodes: () => [{ name: 'a' }, { name: 'b', parameters: { responseMode } }],
	});

	it.each([
		['the node is used as a tool', { isToolExecution: () => true }],
		['the workflow is not saved', { getWorkflow: () => ({ active: false }) }],
		['the workflow was started on the command line', { getMode: () => 'cli' }],
		['the workflow answers its caller when its last node finishes', parents('lastNode')],
	])('%s', (reason, more) => {
		expect(whyAwake(contextOf(more), 'time', remote)).toBe(reason);
		expect(whyAwake(contextOf(more), 'callback', remote)).toBe(reason);
	});

	it('n8n has an address that only its own machine knows, and the service is elsewhere', () => {
		expect(whyAwake(contextOf(local), 'callback', remote)).toBe(
			'n8n only knows an address for itself that no other machine can reach (WEBHOOK_URL)',
		);
		expect(whyAwake(contextOf(local), 'callback', 'http://127.0.0.1:80')).toBeUndefined();
		expect(whyAwake(contextOf(local), 'time', remote)).toBeUndefined();
	});

	it('none', () => {
		for (const more of [{}, parents('onReceived'), parents(), { isToolExecution: () => false }]) {
			expect(whyAwake(contextOf(more), 'callback', remote)).toBeUndefined();
		}
		const unknown = contextOf({ evaluateExpression: () => undefined });
		expect(whyAwake(unknown, 'callback', remote)).toBeUndefined();
	});
});
