/**
 * `npm run bench`: sets everything up, builds and packs the package, and hands over to the benchmarks. Runs on any Node
 * from 20 on with nothing installed: built-ins only.
 *
 *   npm run bench                                  all measurements; writes docs/benchmarks.md
 *   npm run bench -- --only 1,4 --rounds 9         some of them, more rounds; shows them only
 *   npm run bench -- --only 1 --profiles profiles  also writes a CPU profile of n8n for every run
 */
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { packProject } from './package.mjs';
import { endChildrenOnSignals, handOver } from './processes.mjs';
import { fail, requireNode20, root, setUp } from './setup.mjs';

/** The options as they were given: the benchmarks judge their values. */
function readOptions() {
	try {
		const options = {
			only: { type: 'string' },
			rounds: { type: 'string' },
			profiles: { type: 'string' },
		};
		const { values } = parseArgs({ options });
		return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
	} catch (error) {
		console.error(
			`${error.message}\nUsage: npm run bench [-- [--only <numbers>] [--rounds <number>] [--profiles <folder>]]`,
		);
		return process.exit(2);
	}
}

requireNode20();
const options = readOptions();
endChildrenOnSignals();
try {
	const { node } = await setUp({ host: true });
	const tarball = await packProject();
	const script = path.join(root, 'bench', 'main.mts');
	handOver('The benchmarks', node, [script, '--tarball', tarball, ...options], {
		cwd: root,
		onError: fail,
	});
} catch (error) {
	fail(error);
}
