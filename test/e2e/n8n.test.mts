import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkWorkflow } from '../../demo/host/check.mts';
import type { DemoSimulator } from '../../demo/host/demo.mts';
import { removeFolder, temporaryFolder } from '../../demo/host/installation.mts';
import { asArray, asObject } from '../../demo/host/json.mts';
import type { JsonObject } from '../../demo/host/json.mts';
import type { N8n } from '../../demo/host/n8n.mts';
import { isAlive } from '../../demo/host/processes.mts';
import { bindWorkflow, loadWorkflows } from '../../demo/host/workflows.mts';
import type { DemoWorkflow, StoredCredential } from '../../demo/host/workflows.mts';
import { packStandIn, startStandInService } from './stand-in/package.mts';
import { descendants, isListening, startTestN8n } from './support/n8n.mts';

const workflowFolder = resolve(import.meta.dirname, 'stand-in', 'workflows');

void describe('a real n8n with a package from its tarball', { timeout: 300_000 }, () => {
	let folder: string;
	let tarball: string;
	let service: DemoSimulator;
	let n8n: N8n;
	let manual: DemoWorkflow;
	let workflows: DemoWorkflow[];
	const credentials = new Map<string, StoredCredential>();

	before(async () => {
		folder = await temporaryFolder('test');
		tarball = await packStandIn(folder);
		service = await startStandInService();
		n8n = await startTestN8n({ tarballs: [tarball] });
		const id = await n8n.client.createCredential('Stand-In', 'standInApi', {
			...service.credential,
		});
		credentials.set('standInApi', { id, name: 'Stand-In' });
		workflows = await loadWorkflows(workflowFolder);
		const first = workflows.find(({ start }) => start === 'manual');
		assert.ok(first);
		manual = first;
	});

	after(async () => {
		await n8n?.stop();
		await service?.close();
		await removeFolder(folder);
	});

	/** The manual workflow with other parameters for its node. */
	const withParameters = (parameters: JsonObject): DemoWorkflow => {
		const definition = structuredClone(manual.definition);
		asObject(asArray(definition.nodes, 'nodes')[1], 'the node').parameters = parameters;
		return { ...manual, name: 'Things otherwise', definition };
	};

	const context = () => ({ client: n8n.client, credentials, simulators: [service] });

	void it('loads the nodes under the names that users see', async () => {
		const types = await n8n.client.nodeTypes();
		assert.ok(types.includes('n8n-nodes-stand-in.standIn'));
		assert.ok(types.includes('n8n-nodes-stand-in.standInTool'), 'usable as a tool');
		assert.ok(types.includes('n8n-nodes-base.webhook'));
	});

	void it('lays the package out as the installer of n8n does', async () => {
		const nodes = join(n8n.userFolder, '.n8n', 'nodes');
		const read = async (...names: string[]) =>
			asObject(JSON.parse(await readFile(join(nodes, ...names, 'package.json'), 'utf8')), 'it');
		const ledger = await read();
		assert.deepEqual(ledger.dependencies, { 'n8n-nodes-stand-in': '1.0.0' });
		const manifest = await read('node_modules', 'n8n-nodes-stand-in');
		assert.equal(manifest.name, 'n8n-nodes-stand-in');
		assert.equal(manifest.devDependencies, undefined);
		assert.equal(manifest.peerDependencies, undefined);
	});

	void it('tests a credential as the editor does', async () => {
		const data = { ...service.credential };
		const right = await n8n.client.testCredential({ name: 'Right', type: 'standInApi', data });
		assert.equal(right.status, 'OK');
		const wrong = await n8n.client.testCredential({
			name: 'Wrong',
			type: 'standInApi',
			data: { ...data, key: 'another-invented-key' },
		});
		assert.equal(wrong.status, 'Error');
	});

	for (const start of ['manual', 'schedule', 'webhook'] as const) {
		void it(`runs a workflow started by ${start}`, async () => {
			const workflow = workflows.find((candidate) => candidate.start === start);
			assert.ok(workflow);
			const result = await checkWorkflow(workflow, context());
			assert.equal(result.failure, undefined);
			assert.equal(result.items, 3);
			assert.equal(result.requests, 1);
		});
	}

	void it('shows what a node put out', async () => {
		const stored = await n8n.client.createWorkflow(bindWorkflow(manual, credentials));
		const id = await n8n.client.runWorkflow(stored.id, 'Start');
		const execution = await n8n.client.finished(id, { timeout: 30_000 });
		assert.equal(execution.mode, 'manual');
		assert.deepEqual(execution.nodes.get('List'), [
			{ outputs: [[{ id: 1, name: 'ladder' }, { id: 2 }, { id: 3 }]] },
		]);
	});

	void it('names the node that failed and says why', async () => {
		const result = await checkWorkflow(withParameters({ operation: 'fail' }), context());
		assert.match(result.failure ?? '', /^"List": The thing is missing: /);
	});

	void it('notices items that are other than expected', async () => {
		const fewer = { ...manual, expect: { nodes: [{ node: 'List', items: 2 }] } };
		assert.equal(
			(await checkWorkflow(fewer, context())).failure,
			'"List" put out 3 items instead of 2',
		);
		const other = { ...manual, expect: { nodes: [{ node: 'List', items: 3, first: { id: 7 } }] } };
		assert.equal((await checkWorkflow(other, context())).failure, '"List".id is 1, 7 was expected');
	});

	void it('notices a service that was not asked', async () => {
		const definition = structuredClone(manual.definition);
		definition.connections = {};
		const idle = { ...manual, definition, expect: { nodes: [{ node: 'Start', items: 1 }] } };
		assert.equal((await checkWorkflow(idle, context())).failure, 'stand-in received no request');
	});

	void it('can be reached from this machine only', async (test) => {
		const outside = Object.values(networkInterfaces())
			.flatMap((addresses) => addresses ?? [])
			.find(({ internal, family }) => !internal && family === 'IPv4');
		if (outside === undefined) return test.skip('this machine has no address but loopback');
		assert.equal(await isListening(n8n.port), true);
		assert.equal(await isListening(n8n.port, outside.address), false);
	});

	void it('takes the next port when the wanted one is taken, and leaves nothing behind', async () => {
		const taken = createServer().listen(0, '127.0.0.1');
		await new Promise((resolve) => taken.once('listening', resolve));
		const { port } = taken.address() as AddressInfo;
		const said: string[] = [];
		const second = await startTestN8n({
			tarballs: [tarball],
			port,
			say: (line) => said.push(line),
		});
		const processes = [second.pid, ...(await descendants(second.pid))];
		assert.ok(processes.length > 1, 'n8n has started its task runner');
		await second.stop();
		await new Promise((resolve) => taken.close(resolve));
		assert.ok(second.port > port);
		assert.deepEqual(said, [`Port ${port} is taken, using ${second.port} instead`]);
		assert.deepEqual(processes.filter(isAlive), []);
		assert.equal(existsSync(second.userFolder), false);
		assert.equal(await isListening(second.port), false);
		assert.ok(existsSync(second.logFile), 'the log is kept');
	});

	void it('says why n8n does not start, and leaves nothing behind', async () => {
		const before = await descendants(process.pid);
		await assert.rejects(
			startTestN8n({
				tarballs: [tarball],
				settings: {
					DB_TYPE: 'postgresdb',
					DB_POSTGRESDB_PORT: '1',
					DB_STARTUP_CONNECT_MAX_RETRIES: '0',
				},
			}),
			/n8n ended while it was starting \(exit code 1\)\. Its log: .*\n\n.*/s,
		);
		const left = (await descendants(process.pid)).filter((pid) => !before.includes(pid));
		assert.deepEqual(left.filter(isAlive), []);
	});
});
