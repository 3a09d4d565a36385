import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { projectFolder } from '../../demo/host/installation.mts';
import type { JsonObject } from '../../demo/host/json.mts';
import type { N8n } from '../../demo/host/n8n.mts';
import type { Execution } from '../../demo/host/client.mts';
import { services } from '../../demo/host/demo.mts';
import { SIMULATORS, startSimulators } from '../../demo/simulators/index.mts';
import type { Simulator } from '../../demo/simulators/support.mts';
import { secretsIn, startFaultProxy } from '../support/faultProxy.mts';
import { packProject } from '../../scripts/package.mjs';
import { Canvas, missingBrowser } from './support/canvas.mts';
import { login, startTestN8n } from './support/n8n.mts';

/** What a wrong value of a credential's field makes n8n say, by service. */
const refusals: Readonly<Record<string, { wrong: JsonObject; says: RegExp }>> = {
	'site-factory': {
		wrong: { apiKey: 'not-the-key-0000' },
		says: /refused the login.*user name and API key/,
	},
	'campaign-factory': {
		wrong: { password: 'not-the-password-0000' },
		says: /Campaign Factory refused the login: .*user name and password/,
	},
	maia: { wrong: { clientSecret: 'not-the-secret-0000' }, says: /Maia refused the login: / },
	warpurl: {
		wrong: { keyPassword: 'not-the-password-0000' },
		says: /WarpURL refused the login: /,
	},
	'adobe-campaign-standard': {
		wrong: { clientSecret: 'not-the-secret-0000' },
		says: /refused the login: /,
	},
};

/** A search in the node panel, the node that must come first, and an action of it that must be there. */
const searches = [
	{ words: 'Create Access Key', node: 'WarpURL', action: 'Create access key' },
	{ words: 'Ping Site Factory', node: 'Acquia Site Factory', action: 'Ping Site Factory' },
	{ words: 'List Maia Projects', node: 'Maia', action: 'Get many projects' },
	{
		words: 'Campaign Factory Instances',
		node: 'Acquia Campaign Factory',
		action: 'Get many instances',
	},
];

/** A workflow of a manual trigger, a node that makes items, and a node of the package. */
function workflowOf(items: number, node: JsonObject): JsonObject {
	return {
		name: 'A test',
		nodes: [
			{
				id: 'start',
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'items',
				name: 'Items',
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				position: [200, 0],
				parameters: {
					jsCode: `return Array.from({ length: ${items} }, (_, i) => ({ json: { i } }));`,
				},
			},
			{ id: 'node', name: 'Node', typeVersion: 1, position: [400, 0], ...node },
		],
		connections: {
			Start: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
			Items: { main: [[{ node: 'Node', type: 'main', index: 0 }]] },
		},
	};
}

/** Everything in a credential that nobody may read anywhere else. */
function secretsOf(credential: Readonly<Record<string, unknown>>): string[] {
	return Object.entries(credential)
		.filter(([name]) => /password|secret|key$|token/i.test(name))
		.map(([, value]) => String(value))
		.filter((value) => value.length > 5);
}

void describe('the package in a real n8n', { timeout: 600_000 }, () => {
	let n8n: N8n;
	let simulators: Simulator[];

	const simulatorOf = (service: string): Simulator => {
		const found = simulators.find((simulator) => simulator.service === service);
		assert.ok(found, `There is no simulator of ${service}`);
		return found;
	};

	/** Stores a fresh credential of a service, which has no token yet. */
	const storeCredential = async (service: string, values: JsonObject = {}): Promise<string> => {
		const { credential } = services[service] ?? assert.fail(`Unknown service ${service}`);
		const data = { ...simulatorOf(service).credential, ...values };
		return await n8n.client.createCredential(`${service} ${Date.now()}`, credential, data);
	};

	/** A login of the last seconds is shared with requests that find no token; this waits until there is none. */
	const freshMaia = async (): Promise<Simulator> => {
		await new Promise((resume) => setTimeout(resume, 3_200));
		const simulator = simulatorOf('maia');
		simulator.reset();
		return simulator;
	};

	const runOnce = async (
		service: string,
		items: number,
		node: JsonObject,
		credentialId: string,
	): Promise<Execution> => {
		const { credential } = services[service] ?? assert.fail(`Unknown service ${service}`);
		const { id } = await n8n.client.createWorkflow(
			workflowOf(items, {
				...node,
				credentials: { [credential]: { id: credentialId, name: service } },
			}),
		);
		const execution = await n8n.client.runWorkflow(id, 'Start');
		return await n8n.client.finished(execution, { timeout: 120_000 });
	};

	before(async () => {
		simulators = await startSimulators();
		n8n = await startTestN8n({
			tarballs: [await packProject()],
			// as much as n8n can be made to say
			settings: { N8N_LOG_LEVEL: 'debug' },
		});
	});

	after(async () => {
		await n8n?.stop();
		await Promise.all((simulators ?? []).map(async (simulator) => await simulator.close()));
	});

	void it('has all its nodes loaded', async () => {
		const manifest = JSON.parse(await readFile(resolve(projectFolder, 'package.json'), 'utf8')) as {
			n8n: { nodes: string[] };
		};
		const loaded = await n8n.client.nodeTypes();
		const own = loaded.filter((name) => name.startsWith('n8n-nodes-campaign-stack.'));
		// every node is also there as a tool of AI agents
		assert.equal(
			own.filter((name) => !name.endsWith('Tool')).length,
			manifest.n8n.nodes.length,
			own.join(', '),
		);
	});

	void it('has a simulator and a refusal for each service', () => {
		assert.deepEqual(Object.keys(refusals).sort(), Object.keys(services).sort());
		assert.equal(SIMULATORS.length, Object.keys(services).length);
	});

	for (const [service, { wrong, says }] of Object.entries(refusals)) {
		const type = services[service]?.credential ?? '';

		void it(`${service}: the credential test signs in and reads`, async () => {
			const simulator = simulatorOf(service);
			simulator.reset();
			const id = await storeCredential(service);
			const data = { ...simulator.credential };
			const { status, message } = await n8n.client.testCredential({
				id,
				name: service,
				type,
				data,
			});
			assert.equal(`${status}: ${message}`, 'OK: Connection successful!');
			assert.ok(simulator.requests.length > simulator.tokenRequests());
			assert.deepEqual(simulator.faults, []);
		});

		void it(`${service}: the credential test says why a login is refused`, async () => {
			const simulator = simulatorOf(service);
			const data = { ...simulator.credential, ...wrong };
			const id = await storeCredential(service, wrong);
			const { status, message } = await n8n.client.testCredential({
				id,
				name: service,
				type,
				data,
			});
			assert.equal(status, 'Error');
			assert.match(message, says);
			for (const secret of secretsOf(data)) assert.ok(!message.includes(secret));
		});

		void it(`${service}: a refused login stops a workflow in words and is stored without secrets`, async () => {
			const id = await storeCredential(service, wrong);
			const simulator = simulatorOf(service);
			simulator.reset();
			const execution = await runOnce(
				service,
				20,
				{
					type: `n8n-nodes-campaign-stack.${typeNames[service]}`,
					parameters: {
						resource: 'apiRequest',
						operation: 'send',
						method: 'GET',
						path: probes[service],
						query: '{}',
						options: {},
					},
				},
				id,
			);
			assert.equal(execution.status, 'error');
			assert.ok(simulator.tokenRequests() <= 1, `${simulator.tokenRequests()} token requests`);
			const stored = await n8n.client.call('GET', `/rest/executions/${execution.id}`);
			const written = JSON.stringify(stored);
			for (const secret of secretsOf({ ...simulator.credential, ...wrong })) {
				assert.ok(!written.includes(secret), 'a secret is stored with the execution');
			}
		});
	}

	for (const service of Object.keys(services)) {
		void it(`${service}: a service that repeats what it was sent leaves no secret in n8n`, async () => {
			const simulator = simulatorOf(service);
			simulator.reset();
			const proxy = await startFaultProxy(simulator.url);
			try {
				const url = proxy.url.replace('localhost', '127.0.0.1');
				const values: JsonObject = Object.fromEntries(
					Object.entries(simulator.credential).map(([name, value]) => [
						name,
						typeof value === 'string' ? value.replace(simulator.url, url) : value,
					]),
				);
				// The sign-in goes through; everything else is shown back by a gateway that cannot reach the service
				proxy.arm({
					matches: ({ url }) => !/token/.test(url),
					fault: {
						arrives: false,
						answer: (_answer, { method, url, headers, body }) => ({
							status: 502,
							headers: { 'content-type': 'text/html' },
							body: Buffer.from(
								`<html><title>Cannot ${method} ${url} ${JSON.stringify(headers)} ${body}</title></html>`,
							),
						}),
					},
				});
				const id = await storeCredential(service, values);
				const node = {
					type: `n8n-nodes-campaign-stack.${typeNames[service]}`,
					parameters: {
						resource: 'apiRequest',
						operation: 'send',
						method: 'POST',
						path: probes[service],
						body: '{"note": "{{ $json.i }}"}',
						options: {},
					},
				};
				const goesOn = await runOnce(service, 3, { ...node, onError: 'continueRegularOutput' }, id);
				assert.equal(goesOn.status, 'success');
				const output = goesOn.nodes.get('Node')?.[0]?.outputs[0] ?? [];
				assert.equal(output.length, 3);
				assert.match(JSON.stringify(output), /Cannot POST .*authorization[^,]*•••/);
				const stops = await runOnce(service, 3, node, id);
				assert.equal(stops.status, 'error');
				assert.match(stops.error ?? '', /Cannot POST/);

				const secrets = [...secretsOf(values), ...secretsIn(proxy.seen)];
				assert.ok(secretsIn(proxy.seen).length > 0);
				const places = {
					log: await readFile(n8n.logFile, 'utf8'),
					'first execution': JSON.stringify(
						await n8n.client.call('GET', `/rest/executions/${goesOn.id}`),
					),
					'second execution': JSON.stringify(
						await n8n.client.call('GET', `/rest/executions/${stops.id}`),
					),
				};
				for (const [place, written] of Object.entries(places)) {
					assert.ok(written.length > 500, `There is nothing in the ${place}`);
					for (const secret of secrets) {
						assert.ok(!written.includes(secret), `A secret is in the ${place}`);
					}
				}
			} finally {
				await proxy.close();
			}
		});
	}

	for (const [what, contentType, body] of [
		['a refusal with status 200', 'application/json', '{"message":"Access denied","time":"x"}'],
		['a page of another server', 'text/html', '<html><title>Welcome</title></html>'],
	] as const) {
		void it(`site-factory: the credential test takes ${what} for no pong`, async () => {
			const server = createServer((_request, response) => {
				response.setHeader('content-type', contentType);
				response.end(body);
			});
			await new Promise<void>((resume) => server.listen(0, '127.0.0.1', resume));
			try {
				const { port } = server.address() as AddressInfo;
				const values = { factoryUrl: `http://127.0.0.1:${port}` };
				const { status, message } = await n8n.client.testCredential({
					id: await storeCredential('site-factory', values),
					name: 'site-factory',
					type: 'siteFactoryApi',
					data: { ...simulatorOf('site-factory').credential, ...values },
				});
				assert.equal(status, 'Error');
				assert.match(message, /refused the login.*the answer was no pong/);
			} finally {
				server.close();
			}
		});
	}

	void it('makes one token request for 1,000 items that find no token', async () => {
		const simulator = await freshMaia();
		const execution = await runOnce(
			'maia',
			1000,
			{ type: 'n8n-nodes-campaign-stack.maia', parameters: maiaRead },
			await storeCredential('maia'),
		);
		assert.equal(execution.error, undefined);
		assert.equal(execution.nodes.get('Node')?.[0]?.outputs[0]?.length, 1000);
		assert.equal(simulator.tokenRequests(), 1);
		const answers = simulator.requests.map(({ path, status }) => `${status} ${path}`);
		assert.equal(answers.length, 1001, [...new Set(answers)].join(', '));
	});

	void it('makes one more for a token that is refused in the middle, and loses no item', async () => {
		const simulator = await freshMaia();
		const id = await storeCredential('maia');
		const running = runOnce(
			'maia',
			1000,
			{ type: 'n8n-nodes-campaign-stack.maia', parameters: maiaRead },
			id,
		);
		const deadline = Date.now() + 60_000;
		while (simulator.requests.length < 300 && Date.now() < deadline) {
			await new Promise((resume) => setTimeout(resume, 5));
		}
		simulator.expireTokens();
		const execution = await running;
		assert.equal(execution.error, undefined);
		assert.equal(execution.nodes.get('Node')?.[0]?.outputs[0]?.length, 1000);
		assert.equal(simulator.tokenRequests(), 2);
		const refused = simulator.requests.filter(({ status }) => status === 401).length;
		assert.ok(refused >= 1 && refused <= 10, `${refused} requests were refused`);
	});

	void describe('on the canvas', { skip: missingBrowser() }, () => {
		let canvas: Canvas;

		before(async () => {
			const { id } = await n8n.client.createWorkflow(workflowOf(1, { ...pingNode }));
			canvas = await Canvas.open(n8n, login, id);
		});

		after(async () => {
			await canvas?.close();
		});

		for (const { words, node, action } of searches) {
			void it(`finds “${action}” by searching for “${words}”`, async () => {
				assert.equal((await canvas.searchNodes(words))[0], node);
				const actions = await canvas.searchActions(words, node);
				assert.ok(actions.includes(action), actions.join(', '));
				await canvas.screenshot(
					resolve(projectFolder, '.cache', 'screenshots', `${node.replaceAll(' ', '-')}.png`),
				);
			});
		}
	});
});

const typeNames: Readonly<Record<string, string>> = {
	'site-factory': 'siteFactory',
	'campaign-factory': 'campaignFactory',
	maia: 'maia',
	warpurl: 'warpUrl',
	'adobe-campaign-standard': 'adobeCampaignStandard',
};

/** A cheap address of each service. */
const probes: Readonly<Record<string, string>> = {
	'site-factory': '/api/v1/ping',
	'campaign-factory': '/whoami',
	maia: '/v1/projects',
	warpurl: '/client/find',
	'adobe-campaign-standard': '/profileAndServices/profile',
};

const maiaRead = {
	resource: 'project',
	operation: 'getAll',
	returnAll: false,
	limit: 1,
	options: {},
};

const pingNode = {
	type: 'n8n-nodes-campaign-stack.siteFactory',
	parameters: { resource: 'factory', operation: 'ping', options: {} },
};
