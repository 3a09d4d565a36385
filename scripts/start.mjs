/**
 * `npm start`: sets everything up, builds and packs the package, and hands over to the demo. Runs on any Node from 20
 * on with nothing installed: built-ins only.
 *
 *   npm start                     the demo, until Ctrl-C
 *   npm start -- --check          runs all demo workflows, prints a table, ends
 *   npm start -- --port 6000      the port to try first (5678)
 */
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { packProject } from './package.mjs';
import { endChildrenOnSignals, handOver } from './processes.mjs';
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

requireNode20();
const { check, port } = readOptions();
endChildrenOnSignals();
try {
	const { node } = await setUp({ host: true });
	const tarball = await packProject();
	const script = path.join(root, 'demo', 'start.mts');
	const options = ['--tarball', tarball, '--port', String(port), ...(check ? ['--check'] : [])];
	handOver('The demo', node, [script, ...options], { cwd: root, onError: fail });
} catch (error) {
	fail(error);
}
