import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';
import type { Execution } from '../../demo/host/client.mts';
import { waitFor } from '../../demo/host/client.mts';
import { services } from '../../demo/host/demo.mts';
import { asArray, asObject } from '../../demo/host/json.mts';
import type { JsonObject } from '../../demo/host/json.mts';
import type { N8n } from '../../demo/host/n8n.mts';
import type { SiteFactorySimulator } from '../../demo/simulators/siteFactory.mts';
import { createSiteFactorySimulator } from '../../demo/simulators/siteFactory.mts';
import { packProject } from '../../scripts/package.mjs';
import { startTestN8n } from './support/n8n.mts';

/** A factory whose time stands still until the test moves it. */
async function startFactory() {
	let now = Date.now();
	const simulator = await createSiteFactorySimulator({ clock: () => now, jobSeconds: 60 });
	const { username, apiKey } = simulator.credential;
	const authorization = `Basic ${Buffer.from(`${String(username)}:${String(apiKey)}`).toString('base64')}`;
	const call = async (method: 'GET' | 'POST', path: string, body?: JsonObject) => {
		const answer = await request(`${simulator.url}/api/v1${path}`, {
			method,
			headers: { authorization, 'content-type': 'application/json' },
			body: body && JSON.stringify(body),
		});
		return asObject(await answer.body.json(), 'the answer');
	};
	return {
		simulator,
		/** All that is under way has ended then. */
		moveOn: () => (now += 61_000),
		async newSite(name: string): Promise<number> {
			const { id } = await call('POST', '/sites', { site_name: name, group_ids: [91] });
			now += 61_000;
			await call('GET', '/sites');
			return Number(id);
		},
	};
}

type FactoryOfTest = Awaited<ReturnType<typeof startFactory>>;

type Start = 'manual' | 'webhook' | 'asked' | 'called';

/** Starts of backups that a factory has received. */
const startsAt = ({ requests }: SiteFactorySimulator) =>
	requests.filter(({ operationId }) => operationId === 'post_Sites_backupSite');

const addressIn = (body: unknown) => String(asObject(body, 'the body').callback_url);

/** Sends what the factory would send. */
async function callBack(url: string): Promise<number> {
	const { statusCode, body } = await request(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ caller_data: '{}' }),
	});
	await body.dump();
	return statusCode;
}

const webhookOf = (name: string, responseMode: string): JsonObject => ({
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	webhookId: name,
	parameters: { path: name, httpMethod: 'POST', responseMode },
});

const triggerOf = (start: Start, name: string): JsonObject =>
	({
		manual: { type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		called: {
			type: 'n8n-nodes-base.executeWorkflowTrigger',
			typeVersion: 1.1,
			parameters: { inputSource: 'passthrough' },
		},
		webhook: webhookOf(name, 'onReceived'),
		asked: webhookOf(name, 'lastNode'),
	})[start];

/** A backup for each site ID, and a node after it that needs the pairing. */
function workflowOf(
	start: Start,
	name: string,
	siteIds: unknown[],
	node: JsonObject,
	credential: JsonObject,
	parameters: JsonObject,
	settings: JsonObject = {},
): JsonObject {
	const expression = "={{ { site: $('Items').item.json.site, id: $json.id, error: $json.error } }}";
	return {
		name,
		settings: { executionOrder: 'v1', ...settings },
		nodes: [
			{ id: 'start', name: 'Start', position: [0, 0], ...triggerOf(start, name) },
			{
				id: 'items',
				name: 'Items',
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				position: [200, 0],
				parameters: {
					jsCode: `return ${JSON.stringify(siteIds)}.map((site) => ({ json: { site } }));`,
				},
			},
			{
				id: 'node',
				name: 'Back up',
				type: 'n8n-nodes-campaign-stack.siteFactory',
				typeVersion: 1,
				position: [400, 0],
				parameters: {
					resource: 'site',
					operation: 'backUp',
					siteId: { __rl: true, mode: 'id', value: '={{ $json.site }}' },
					...parameters,
				},
				credentials: { siteFactoryApi: credential },
				...node,
			},
			...['Then', 'Failed'].map((after) => ({
				id: after,
				name: after,
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				position: [600, 0],
				parameters: { mode: 'raw', jsonOutput: expression },
			})),
		],
		connections: {
			Start: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
			Items: { main: [[{ node: 'Back up', type: 'main', index: 0 }]] },
			'Back up': {
				main: [
					[{ node: 'Then', type: 'main', index: 0 }],
					[{ node: 'Failed', type: 'main', index: 0 }],
				],
			},
		},
	};
}

/** Runs when another workflow has failed. */
const errorWorkflow: JsonObject = {
	name: 'errors',
	nodes: [
		{
			id: 'start',
			name: 'Back up has failed',
			type: 'n8n-nodes-base.errorTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
	],
	connections: {},
};

/** Calls a workflow and waits for it. */
const callerOf = (workflow: string): JsonObject => ({
	name: 'outer',
	nodes: [
		{ id: 'start', name: 'Start', position: [0, 0], ...triggerOf('manual', '') },
		{
			id: 'call',
			name: 'Call Back up',
			type: 'n8n-nodes-base.executeWorkflow',
			typeVersion: 1.2,
			position: [200, 0],
			parameters: { workflowId: { __rl: true, mode: 'id', value: workflow }, options: {} },
		},
	],
	connections: { Start: { main: [[{ node: 'Call Back up', type: 'main', index: 0 }]] } },
});

const output = (execution: Execution, node: string, index = 0): JsonObject[] =>
	execution.nodes.get(node)?.at(-1)?.outputs[index] ?? [];

void describe('waits that sleep in a real n8n', { timeout: 420_000 }, () => {
	let n8n: N8n;
	/** Its callbacks find n8n at home. */
	let prompt: FactoryOfTest;
	/** Its work ends while n8n is down: nobody hears its callbacks. */
	let unheard: FactoryOfTest;
	let failing: number;
	const credentials = new Map<FactoryOfTest, JsonObject>();
	const stored = new Map<string, string>();
	const running = new Map<string, string>();

	/** Starts a workflow; its execution is known by the name then. */
	const start = async (
		by: Start,
		name: string,
		factory: FactoryOfTest,
		sites: unknown[],
		parameters: JsonObject,
		node: JsonObject = {},
		settings: JsonObject = {},
	): Promise<void> => {
		const credential = credentials.get(factory) ?? assert.fail('There is no credential');
		const workflow = await n8n.client.createWorkflow(
			workflowOf(by, name, sites, node, credential, parameters, settings),
		);
		stored.set(name, workflow.id);
		if (by === 'called') return;
		if (by === 'manual') {
			running.set(name, await n8n.client.runWorkflow(workflow.id, 'Start'));
			return;
		}
		await n8n.client.activate(workflow);
		if (by === 'asked') return;
		await n8n.client.postToWebhook(name, {});
		const ids = await waitFor(
			`The execution of ${name}`,
			async () => {
				const found = await n8n.client.executionIds(workflow.id);
				return found.length > 0 ? found : undefined;
			},
			{ timeout: 20_000 },
		);
		running.set(name, ids.at(-1) ?? assert.fail());
	};
	const executionOf = async (name: string) =>
		await n8n.client.execution(running.get(name) ?? assert.fail(`${name} was not started`));
	const asleep = async (name: string, timeout = 30_000) => {
		await waitFor(
			`The sleep of ${name}`,
			async () => ((await executionOf(name)).status === 'waiting' ? true : undefined),
			{ timeout },
		);
	};
	const finished = async (name: string, timeout = 30_000) =>
		await n8n.client.finished(running.get(name) ?? assert.fail(`${name} was not started`), {
			timeout,
		});
	/** The execution in which a workflow sleeps, as the editor lists it. */
	const sleepOf = async (name: string) => {
		const ids = await n8n.client.executionIds(stored.get(name) ?? assert.fail());
		const [own] = ids.filter((id) => id !== running.get(name));
		return await n8n.client.execution(own ?? assert.fail(`${name} has no sub-execution`));
	};
	const looks = async (name: string) => (await sleepOf(name)).nodes.get('Back up')?.length ?? 0;

	const byCallback = { waitBy: 'callback' };
	const goOn = (onError: string) => ({ onError });

	before(async () => {
		[prompt, unheard] = [await startFactory(), await startFactory()];
		failing = await prompt.newSite('failing');
		n8n = await startTestN8n({ tarballs: [await packProject()] });
		for (const factory of [prompt, unheard]) {
			const type = services['site-factory']?.credential ?? '';
			const name = `Factory ${credentials.size}`;
			const id = await n8n.client.createCredential(name, type, { ...factory.simulator.credential });
			credentials.set(factory, { id, name });
		}
	});

	after(async () => {
		await n8n?.stop();
		await prompt?.simulator.close();
		await unheard?.simulator.close();
	});

	// First, so that n8n is killed below long before one of the sleeping executions wakes to look for itself
	void it('put a long wait by polling to sleep, after a while awake', async () => {
		await start('webhook', 'polling', unheard, [241], {});
		await waitFor('The start of the backup', () => startsAt(unheard.simulator).at(0), {
			timeout: 20_000,
		});
		assert.equal((await executionOf('polling')).status, 'running', 'short waits stay awake');
		await asleep('polling', 150_000);
		assert.equal((await sleepOf('polling')).status, 'waiting');
	});

	void it('put the execution to sleep and free the worker', async () => {
		const sites = [231, failing, 999_999, 236];
		await start('webhook', 'lost-call', unheard, [231], byCallback);
		await start('webhook', 'one', prompt, [231], byCallback);
		await start('manual', 'manual', prompt, [231], byCallback);
		await start('webhook', 'going-on', prompt, sites, byCallback, goOn('continueRegularOutput'));
		await start('webhook', 'error-output', prompt, sites, byCallback, goOn('continueErrorOutput'));
		const errors = await n8n.client.createWorkflow(errorWorkflow);
		await n8n.client.activate(errors);
		stored.set('errors', errors.id);
		const settings = { errorWorkflow: errors.id };
		await start('webhook', 'stopping', prompt, [failing], byCallback, {}, settings);
		await start('called', 'inner', prompt, [231], byCallback);
		const outer = await n8n.client.createWorkflow(callerOf(stored.get('inner') ?? assert.fail()));
		stored.set('outer', outer.id);
		running.set('outer', await n8n.client.runWorkflow(outer.id, 'Start'));
		for (const name of running.keys()) await asleep(name);
		assert.equal((await sleepOf('one')).status, 'waiting');
	});

	void it('tell the factory whom to call, at an address that nobody can guess', () => {
		const [first] = startsAt(prompt.simulator);
		assert.equal(asObject(first?.body, 'the body').callback_method, 'POST');
		assert.match(addressIn(first?.body), /\/webhook-waiting\/\d+\?signature=[0-9a-f]{64}$/);
	});

	void it('outlive the sudden end of n8n', async () => {
		n8n.kill();
		await n8n.exited;
		unheard.moveOn();
		const calls = await waitFor(
			'The call that nobody hears',
			() => unheard.simulator.callbacks.find(({ problem }) => problem !== undefined),
			{ timeout: 20_000 },
		);
		assert.match(calls.problem ?? '', /ECONNREFUSED/);
		await n8n.restart();
		for (const name of ['one', 'manual', 'going-on', 'error-output', 'stopping', 'outer']) {
			assert.equal((await executionOf(name)).status, 'waiting', name);
		}
	});

	void it('do not believe a call that is not signed, nor one that comes too early', async () => {
		const [first] = startsAt(prompt.simulator);
		const address = addressIn(first?.body);
		const before = await looks('one');
		assert.equal(await callBack(address.replace(/signature=.*/, '')), 401);
		assert.equal(await callBack(address.replace(/.{8}$/, '00000000')), 401);
		assert.equal(await looks('one'), before);
		assert.equal((await sleepOf('one')).status, 'waiting');
		assert.equal(await callBack(address), 200);
		await waitFor(
			'The look after the early call',
			async () => {
				const { status, nodes } = await sleepOf('one');
				return status === 'waiting' && nodes.get('Back up')?.length === before + 1
					? true
					: undefined;
			},
			{ timeout: 20_000 },
		);
		assert.equal((await executionOf('one')).status, 'waiting');
	});

	void it('end when the factory calls', async () => {
		prompt.moveOn();
		for (const name of ['one', 'manual']) {
			const execution = await finished(name);
			assert.equal(execution.status, 'success', execution.error);
			const [backup] = output(execution, 'Back up');
			assert.equal(backup?.nid, 231);
			assert.equal(asObject(backup?.task, 'the task').status, 16);
			assert.equal(output(execution, 'Then')[0]?.site, 231);
		}
		assert.ok(prompt.simulator.callbacks.some(({ status }) => status === 200));
	});

	void it('keep each item with its own, also those that failed', async () => {
		const words = [/^Task \d+ did not succeed: .*\[Item 1\]$/, /999999|not found|no site/i];
		const regular = await finished('going-on');
		assert.equal(regular.status, 'success', regular.error);
		const then = output(regular, 'Then');
		const ran = [...regular.nodes].map(([node, runs]) => {
			const counts = runs.map(({ outputs }) => outputs.map((items) => items.length).join('+'));
			return `${node}: ${counts.join(', ')}`;
		});
		assert.ok(then.length > 0, `The last node got nothing. Items of each run: ${ran.join('; ')}`);
		assert.deepEqual(
			then.map(({ site, id, error }) => [site, typeof id, typeof error]),
			[
				[231, 'number', 'undefined'],
				[failing, 'undefined', 'string'],
				[999_999, 'undefined', 'string'],
				[236, 'number', 'undefined'],
			],
		);
		assert.match(String(then[1]?.error), words[0] ?? /^$/);
		assert.match(String(then[2]?.error), words[1] ?? /^$/);
		const split = await finished('error-output');
		assert.equal(split.status, 'success', split.error);
		assert.deepEqual(
			output(split, 'Then').map(({ site }) => site),
			[231, 236],
		);
		assert.deepEqual(
			output(split, 'Failed').map(({ site }) => site),
			[failing, 999_999],
		);
	});

	void it('end in the error of the task', async () => {
		const execution = await finished('stopping');
		assert.equal(execution.status, 'error');
		assert.match(execution.error ?? '', /^Task \d+ did not succeed: /);
		assert.equal(execution.failedNode, 'Back up');
		const told = await waitFor(
			'The error workflow',
			async () => {
				const ids = await n8n.client.executionIds(stored.get('errors') ?? assert.fail());
				return ids.length > 0 ? ids : undefined;
			},
			{ timeout: 20_000 },
		);
		// It is listed from its beginning on
		const report = await n8n.client.finished(told[0] ?? '', { timeout: 20_000 });
		const [failure] = output(report, 'Back up has failed');
		assert.equal(asObject(failure?.workflow, 'the workflow').name, 'stopping');
		assert.equal(asObject(failure?.execution, 'the execution').id, execution.id);
	});

	void it('let a workflow that called the sleeping one sleep as well', async () => {
		const execution = await finished('outer', 90_000);
		assert.equal(execution.status, 'success', execution.error);
		assert.equal(output(execution, 'Call Back up')[0]?.site, 231);
	});

	void it('are not changed by a repeated call', async () => {
		const [first] = startsAt(prompt.simulator);
		const before = await executionOf('one');
		assert.equal(await callBack(addressIn(first?.body)), 409);
		assert.deepEqual(await executionOf('one'), before);
	});

	void it('find work whose call was lost, by the time limit', async () => {
		const execution = await finished('lost-call', 150_000);
		assert.equal(execution.status, 'success', execution.error);
		assert.equal(output(execution, 'Back up')[0]?.nid, 231);
	});

	void it('find the end of a long wait by polling', async () => {
		const execution = await finished('polling', 120_000);
		assert.equal(execution.status, 'success', execution.error);
		assert.equal(output(execution, 'Back up')[0]?.nid, 241);
		assert.equal(output(execution, 'Then')[0]?.site, 241);
	});

	void it('start everything exactly once', () => {
		const startsOf = ({ simulator }: FactoryOfTest) =>
			startsAt(simulator)
				.map(({ path }) => path.split('/').at(-2))
				.sort();
		const site = String(failing);
		const several = ['231', site, '999999', '236'];
		assert.deepEqual(startsOf(prompt), ['231', '231', '231', ...several, ...several, site].sort());
		assert.deepEqual(startsOf(unheard), ['231', '241']);

		assert.deepEqual([...prompt.simulator.faults, ...unheard.simulator.faults], []);
	});

	void it('stay awake where somebody waits for the last node', async () => {
		const before = startsAt(prompt.simulator).length;
		await start('asked', 'asked', prompt, [236], byCallback);
		const asked = n8n.client.postToWebhook('asked', {});
		const begun = await waitFor(
			'The start of the backup',
			() => startsAt(prompt.simulator).at(before),
			{ timeout: 20_000 },
		);
		assert.equal(asObject(begun.body, 'the body').callback_url, undefined);
		prompt.moveOn();
		const { status, body } = await asked;
		assert.equal(status, 200);
		assert.equal(asObject(body, 'the answer').site, 236);
		const ids = await n8n.client.executionIds(stored.get('asked') ?? assert.fail());
		assert.equal(ids.length, 1, 'there is no execution to sleep in');
	});

	void it('report a failure once', async () => {
		const ids = await n8n.client.executionIds(stored.get('errors') ?? assert.fail());
		assert.equal(ids.length, 1);
	});

	void it('leave no secret behind', async () => {
		const secrets = [prompt, unheard].map(({ simulator }) => String(simulator.credential.apiKey));
		for (const [name, workflow] of stored) {
			for (const id of await n8n.client.executionIds(workflow)) {
				const all = JSON.stringify(await n8n.client.call('GET', `/rest/executions/${id}`));
				assert.ok(all.includes('Back up'), name);
				for (const secret of secrets) assert.ok(!all.includes(secret), name);
			}
		}
		assert.ok(asArray([...stored], 'the workflows').length > 0);
	});
});
