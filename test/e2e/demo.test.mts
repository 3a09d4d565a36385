import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../../demo/host/client.mts';
import { removeFolder, temporaryFolder } from '../../demo/host/installation.mts';
import { isAlive } from '../../demo/host/processes.mts';
import { packStandIn } from './stand-in/package.mts';
import { descendants, isListening } from './support/n8n.mts';

const program = resolve(import.meta.dirname, 'stand-in', 'demo.mts');

interface Demo {
	child: ChildProcess;
	pid: number;
	output: () => string;
	/** The exit code; the signal's name when a signal ended it. */
	ended: Promise<number | string | null>;
}

void describe('the demo as a program', { timeout: 300_000 }, () => {
	let folder: string;
	let tarball: string;
	const workflows = resolve(import.meta.dirname, 'stand-in', 'workflows');
	const children: ChildProcess[] = [];

	before(async () => {
		folder = await temporaryFolder('test');
		tarball = await packStandIn(folder);
	});

	after(async () => {
		for (const child of children) child.kill('SIGKILL');
		await removeFolder(folder);
	});

	const start = (workflowFolder: string, ...options: string[]): Demo => {
		const child = spawn(process.execPath, [program, tarball, workflowFolder, '0', ...options], {
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		});
		children.push(child);
		let output = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding('utf8').on('data', (chunk: string) => {
				output += chunk;
			});
		}
		assert.ok(child.pid);
		return {
			child,
			pid: child.pid,
			output: () => output,
			ended: new Promise((settle) => {
				child.once('exit', (code, signal) => {
					// 'close', when all output is there, does not come once the channel has been closed
					setTimeout(() => settle(signal ?? code), 200);
				});
			}),
		};
	};

	/** Waits until the demo is up, and returns the ids of everything it has started. */
	const ready = async (demo: Demo) => {
		await waitFor(
			'The demo',
			() => {
				if (demo.child.exitCode !== null) throw new Error(`The demo has ended:\n${demo.output()}`);
				return demo.output().includes('Ctrl-C ends everything') ? true : undefined;
			},
			{ timeout: 60_000 },
		);
		const port = Number(/n8n is ready: {2}http:\/\/127\.0\.0\.1:(\d+)/.exec(demo.output())?.[1]);
		return { processes: await descendants(demo.pid), port };
	};

	const foldersOf = async (pid: number) =>
		(await readdir(tmpdir())).filter((name) => name.startsWith(`campaign-stack-n8n-${pid}-`));

	const assertNothingLeft = async (processes: number[], port: number) => {
		assert.ok(processes.length >= 2, 'n8n and its task runner were there');
		await waitFor(
			`The end of ${processes.join(', ')}`,
			() => (processes.some(isAlive) ? undefined : true),
			{ timeout: 20_000 },
		);
		assert.equal(await isListening(port), false);
	};

	void it('checks all workflows, prints a table and ends with 0', async () => {
		const demo = start(workflows, '--check');
		assert.equal(await demo.ended, 0, demo.output());
		assert.match(demo.output(), /Things by hand +manual +3 +1 +\d+\.\d +ok/);
		assert.match(demo.output(), /Things at night +schedule +3 +1 +\d+\.\d +ok/);
		assert.match(demo.output(), /Things on call +webhook +3 +1 +\d+\.\d +ok/);
		assert.match(demo.output(), /Workflows: 3 passed, 0 failed/);
		assert.deepEqual(await foldersOf(demo.pid), []);
	});

	void it('ends with 1 and names the failing node when a workflow fails', async () => {
		const copy = join(folder, 'failing');
		await cp(workflows, copy, { recursive: true });
		const file = join(copy, '1-manual.json');
		const text = await readFile(file, 'utf8');
		await writeFile(file, text.replace('"operation": "getAll"', '"operation": "fail"'));
		const demo = start(copy, '--check');
		assert.equal(await demo.ended, 1, demo.output());
		assert.match(demo.output(), /Things by hand +manual +0 +1 +\d+\.\d +FAILED/);
		assert.match(demo.output(), /Things by hand: "List": The thing is missing/);
		assert.match(demo.output(), /Workflows: 2 passed, 1 failed/);
	});

	void it('refuses a broken workflow file before it starts anything', async () => {
		const copy = join(folder, 'broken');
		await cp(workflows, copy, { recursive: true });
		await writeFile(join(copy, '4-broken.json'), '{"nodes": [');
		const demo = start(copy, '--check');
		assert.equal(await demo.ended, 1);
		assert.match(demo.output(), /The demo workflow 4-broken\.json cannot be used/);
		assert.doesNotMatch(demo.output(), /Starting/);
	});

	void it('prints address, login and workflows, and ends in order on Ctrl-C', async () => {
		const demo = start(workflows);
		const { processes, port } = await ready(demo);
		for (const text of [
			'demo@example.com',
			'Campaign-Demo-1',
			'Things at night',
			'/webhook/things',
		]) {
			assert.ok(demo.output().includes(text), text);
		}
		const hook = await fetch(`http://127.0.0.1:${port}/webhook/things`, { method: 'POST' });
		assert.equal(hook.status, 200);
		demo.child.kill('SIGINT');
		// twice at once: from the terminal and through npm
		demo.child.kill('SIGINT');
		assert.equal(await demo.ended, 0, demo.output());
		await assertNothingLeft(processes, port);
		assert.deepEqual(await foldersOf(demo.pid), []);
	});

	void it('ends in order on Ctrl-C while n8n is starting', async () => {
		const demo = start(workflows, '--check');
		const processes = await waitFor(
			'n8n',
			async () => {
				const found = await descendants(demo.pid);
				return found.length > 0 ? found : undefined;
			},
			{ timeout: 20_000, interval: 20 },
		);
		demo.child.kill('SIGINT');
		assert.equal(await demo.ended, 130, demo.output());
		assert.deepEqual(processes.filter(isAlive), []);
		assert.deepEqual(await foldersOf(demo.pid), []);
	});

	void it('ends in order when the program that started it is gone', async () => {
		const demo = start(workflows);
		const { processes, port } = await ready(demo);
		demo.child.disconnect();
		assert.equal(await demo.ended, 0, demo.output());
		await assertNothingLeft(processes, port);
	});

	void it('leaves no n8n behind when it is killed without warning', async () => {
		const demo = start(workflows);
		const { processes, port } = await ready(demo);
		demo.child.kill('SIGKILL');
		assert.equal(await demo.ended, 'SIGKILL');
		await assertNothingLeft(processes, port);
		// the folder of a killed demo is removed by the next one
		assert.equal((await foldersOf(demo.pid)).length, 1);
		await removeFolder(await temporaryFolder('test'));
		assert.deepEqual(await foldersOf(demo.pid), []);
	});

	void it('ends with 1 and shows the log when n8n crashes', async () => {
		const demo = start(workflows);
		const { processes, port } = await ready(demo);
		const [n8n] = processes;
		assert.ok(n8n);
		process.kill(n8n, 'SIGKILL');
		assert.equal(await demo.ended, 1);
		assert.match(
			demo.output(),
			/n8n has ended unexpectedly\. Its log: .*\n\n.*Editor is now accessible/s,
		);
		await assertNothingLeft(processes, port);
	});
});
