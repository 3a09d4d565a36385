import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { projectFolder, removeFolder, temporaryFolder } from '../../demo/host/installation.mts';
import type { N8n } from '../../demo/host/n8n.mts';
import { packStandIn } from './stand-in/package.mts';
import { Canvas, missingBrowser } from './support/canvas.mts';
import { login, startTestN8n } from './support/n8n.mts';

const pictures = resolve(projectFolder, '.cache', 'screenshots');

void describe('the canvas', { timeout: 180_000, skip: missingBrowser() }, () => {
	let folder: string;
	let n8n: N8n;
	let canvas: Canvas;

	before(async () => {
		folder = await temporaryFolder('test');
		n8n = await startTestN8n({ tarballs: [await packStandIn(folder)] });
		const { id } = await n8n.client.createWorkflow({
			name: 'An empty workflow',
			nodes: [
				{
					id: 'start',
					name: 'Start',
					type: 'n8n-nodes-base.manualTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: {},
				},
			],
			connections: {},
		});
		canvas = await Canvas.open(n8n, login, id);
	});

	after(async () => {
		await canvas?.close();
		await n8n?.stop();
		await removeFolder(folder);
	});

	void it('finds a node by its name', async () => {
		assert.deepEqual(await canvas.searchNodes('Stand-In'), ['Stand-In']);
	});

	void it('finds a node by an alias of its codex, and lists its actions', async () => {
		assert.equal((await canvas.searchNodes('Lend a ladder'))[0], 'Stand-In');
		assert.deepEqual(await canvas.searchActions('Lend a ladder', 'Stand-In'), [
			'Get many things',
			'Borrow a ladder',
			'Fail on purpose',
		]);
		const file = resolve(pictures, 'stand-in-actions.png');
		await canvas.screenshot(file);
		assert.ok((await stat(file)).size > 10_000);
	});

	void it('finds nothing for what no node is called', async () => {
		assert.deepEqual(await canvas.searchNodes('Quxcraft zzyzx'), []);
	});

	void it('says what it found instead of the node that was looked for', async () => {
		await assert.rejects(
			canvas.searchActions('Lend a ladder', 'Ladder Rental'),
			/A search for "Lend a ladder" does not find Ladder Rental, but: Stand-In/,
		);
	});
});
