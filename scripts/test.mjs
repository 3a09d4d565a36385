/**
 * `npm test`: sets everything up and runs every check there is, from fast to real; stops at the first that fails. Runs
 * on any Node from 20 on with nothing installed: built-ins only.
 */
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { CommandError, duration, endChildrenOnSignals, npm } from './processes.mjs';
import { fail, requireNode20, root, setUp } from './setup.mjs';

/** Reads a number that stands beside a word in a line; 0 when it is not there. */
const beside = (line, pattern) => Number(pattern.exec(line)?.[1] ?? 0);

/** The counts at the end of Jest's output: `Tests: 2 skipped, 40 passed, 42 total`. */
function readJest(output) {
	const line = /^Tests: .*$/m.exec(output)?.[0];
	if (line === undefined) return undefined;
	return {
		passed: beside(line, /(\d+) passed/),
		failed: beside(line, /(\d+) failed/),
		skipped: beside(line, /(\d+) skipped/) + beside(line, /(\d+) todo/),
	};
}

/** The counts at the end of the output of Node's test runner: lines such as `ℹ pass 40`. */
function readNode(output) {
	if (!/^ℹ tests \d+$/m.test(output)) return undefined;
	return {
		passed: beside(output, /^ℹ pass (\d+)$/m),
		failed: beside(output, /^ℹ fail (\d+)$/m) + beside(output, /^ℹ cancelled (\d+)$/m),
		skipped: beside(output, /^ℹ skipped (\d+)$/m) + beside(output, /^ℹ todo (\d+)$/m),
	};
}

/** The counts at the end of `npm start -- --check`. */
function readDemo(output) {
	const line = /^Workflows: \d+ passed, \d+ failed$/m.exec(output)?.[0];
	if (line === undefined) return undefined;
	return { passed: beside(line, /(\d+) passed/), failed: beside(line, /(\d+) failed/), skipped: 0 };
}

/** What is run, in order. A step without a reader counts as one test. */
const steps = [
	{ name: 'Lint', script: ['lint'] },
	{ name: 'Types', script: ['typecheck'] },
	{ name: 'Build', script: ['build'] },
	{ name: 'Unit, catalog and engine tests', script: ['test:unit'], read: readJest },
	{ name: "Package scan by n8n's rules", script: ['scan'] },
	{ name: 'End-to-end tests in a real n8n', script: ['test:e2e'], read: readNode },
	{ name: 'Demo workflows in a real n8n', script: ['start', '--', '--check'], read: readDemo },
];

/**
 * Runs one step, its output passed through.
 *
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>} with `failed` above 0 when it failed in any way
 */
async function runStep({ name, script, read }, env) {
	let output;
	let broken = false;
	try {
		output = await npm(name, ['run', ...script], {
			cwd: root,
			env,
			show: true,
			timeout: 45 * 60_000,
		});
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		console.log(`\n${error.message}`);
		output = error.output;
		broken = true;
	}
	const counts = read?.(stripVTControlCharacters(output));
	if (read === undefined) return { passed: broken ? 0 : 1, failed: broken ? 1 : 0, skipped: 0 };
	if (counts === undefined) {
		if (!broken) console.log(`\n${name}: no summary, so nothing is known about its tests`);
		return { passed: 0, failed: 1, skipped: 0 };
	}
	return broken ? { ...counts, failed: Math.max(1, counts.failed) } : counts;
}

async function main() {
	const start = Date.now();
	const { browser } = await setUp({ host: true, browser: true });
	const env = browser?.path === undefined ? {} : { CHROME_PATH: browser.path };
	const total = { passed: 0, failed: 0, skipped: 0 };
	for (const [index, step] of steps.entries()) {
		console.log(
			`\n=== ${index + 1} of ${steps.length}: ${step.name} (npm run ${step.script.join(' ')})\n`,
		);
		const begin = Date.now();
		const counts = await runStep(step, env);
		for (const key of Object.keys(total)) total[key] += counts[key];
		const outcome = counts.failed === 0 ? 'passed' : 'FAILED';
		console.log(`\n=== ${step.name}: ${outcome} in ${duration(Date.now() - begin)}`);
		if (counts.failed > 0) break;
	}
	const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
	console.log(`\nAll in ${duration(Date.now() - start)}`);
	console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
	process.exitCode = total.failed === 0 ? 0 : 1;
}

requireNode20();
endChildrenOnSignals();
main().catch(fail);
