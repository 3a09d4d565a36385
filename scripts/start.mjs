/**
 * `npm start`: sets everything up, builds and packs the package, and hands over to the demo. Runs on any Node from 20
 * on with nothing installed: built-ins only.
 *
 *   npm start                     the demo, until Ctrl-C
 *   npm start -- --check          runs all demo workflows, prints a table, ends
 *   npm start -- --port 6000      the port to try first (5678)
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { packProject } from './package.mjs';
import { cleanEnvironment, endChildrenOnSignals } from './processes.mjs';
import { fail, requireNode20, root, setUp } from './setup.mjs';

function readOptions() {
	try {
		const { values } = parseArgs({
			options: {
				check: { type: 'boolean', default: false },
				port: { type: 'string', default: '5678' },
			},
		});
		const port = Number(values.port);
		if (!Number.isInteger(port) || port < 1 || port > 65_535)
			throw new Error(`--port ${values.port} is no port`);
		return { check: values.check, port };
	} catch (error) {
		console.error(`${error.message}\nUsage: npm start [-- [--check] [--port <number>]]`);
		return process.exit(2);
	}
}

/**
 * Runs the demo in a process of its own with the project's Node, passes signals on to it and ends as it ends. It is
 * told through the channel between the two when this process is gone, whatever the reason.
 */
function handOver(node, args) {
	const child = spawn(node, [path.join(root, 'demo', 'start.mts'), ...args], {
		cwd: root,
		env: cleanEnvironment(),
		// a group of its own: Ctrl-C then reaches it once, through us
		detached: process.platform !== 'win32',
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	process.removeAllListeners('SIGINT');
	process.removeAllListeners('SIGTERM');
	process.removeAllListeners('SIGHUP');
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
		process.on(signal, () => child.kill(signal));
	child.once('error', (error) => fail(error));
	child.once('exit', (code, signal) => {
		if (signal !== null) console.error(`The demo was ended by ${signal}`);
		process.exit(code ?? 1);
	});
}

requireNode20();
const { check, port } = readOptions();
endChildrenOnSignals();
try {
	const { node } = await setUp({ host: true });
	const tarball = await packProject();
	handOver(node, ['--tarball', tarball, '--port', String(port), ...(check ? ['--check'] : [])]);
} catch (error) {
	fail(error);
}
