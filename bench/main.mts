/**
 * The benchmarks as a program: `node bench/main.mts --tarball <file> [--only 1,4] [--rounds 5] [--profiles <folder>]`. `npm run bench` calls it
 * when everything is set up.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectFolder, removeFolder, temporaryFolder } from '../demo/host/installation.mts';
import { asObject } from '../demo/host/json.mts';
import type { Bench } from './bench.mts';
import { packFixtures } from './fixtures.mts';
import { startHost } from './host.mts';
import type { Host } from './host.mts';
import { measureBulk } from './measurements/bulk.mts';
import { measureLimited } from './measurements/limited.mts';
import { measureList } from './measurements/list.mts';
import { measureLoading } from './measurements/loading.mts';
import { measureMany } from './measurements/many.mts';
import { measureReads } from './measurements/reads.mts';
import { toMarkdown, toText } from './report.mts';
import type { Section } from './report.mts';
import { startServices } from './services.mts';

const measurements: ReadonlyArray<(bench: Bench) => Promise<Section>> = [
	measureReads,
	measureLimited,
	measureList,
	measureBulk,
	measureLoading,
	measureMany,
];

/** Milliseconds after which the whole thing is given up. */
const patience = 40 * 60_000;

function readOptions() {
	const { values } = parseArgs({
		options: {
			tarball: { type: 'string' },
			only: { type: 'string' },
			rounds: { type: 'string', default: '5' },
			profiles: { type: 'string' },
		},
	});
	const { tarball } = values;
	const rounds = Number(values.rounds);
	const all = measurements.map((_, index) => index + 1);
	const only = values.only?.split(',').map(Number) ?? all;
	if (tarball === undefined) throw new Error('Which package? Simply: npm run bench');
	if (!Number.isInteger(rounds) || rounds < 1 || rounds > 50) {
		throw new Error('--rounds is a number from 1 to 50');
	}
	if (!only.every((number) => all.includes(number))) {
		throw new Error(`--only takes numbers from 1 to ${all.length}, separated by commas`);
	}
	return { tarball, rounds, only, profiles: values.profiles };
}

function machine(): string {
	const manifest = join(projectFolder, 'demo', 'host', 'package.json');
	const { dependencies } = asObject(JSON.parse(readFileSync(manifest, 'utf8')), manifest);
	const { n8n } = asObject(dependencies, 'dependencies');
	const memory = Math.round(totalmem() / 2 ** 30);
	const load = loadavg()[0]?.toFixed(1);
	return (
		`n8n ${String(n8n)} on Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} CPUs, ` +
		`${memory} GB of memory; load average ${load} before the start.`
	);
}

const intro = `# Benchmarks

What this package costs beside other ways to call the same services from n8n. Written by the command itself:

\`\`\`sh
npm run bench                                  # all, in about ten minutes; writes this page
npm run bench -- --only 1,4 --rounds 9         # some, shows them only
npm run bench -- --only 1 --profiles profiles  # with a CPU profile of n8n for every run
\`\`\`

Everything runs on one machine: a real n8n with the packed package in one process, the services in another, both on
loopback. A workflow is started through its webhook; the time runs from the moment the input items are there until
the results of all of them are. Contenders take turns (A B C, A B C, …); the first round warms up and does not count. Shown are the
median and, in brackets, the smallest and the largest value; a ratio is the median of the ratios within each round. Machines are
noisy: read the ratios.
`;

function writeDocs(facts: string, sections: readonly string[]): void {
	const date = new Date().toISOString().slice(0, 10);
	const text = [intro, `Measured on ${date}. ${facts}`, '', ...sections];
	writeFileSync(join(projectFolder, 'docs', 'benchmarks.md'), text.join('\n'));
	console.log('Wrote docs/benchmarks.md');
}

async function main(signal: AbortSignal): Promise<void> {
	const { tarball, rounds, only, profiles } = readOptions();
	// Read by the fixtures in n8n, which inherits it
	if (profiles !== undefined) process.env.CAMPAIGN_STACK_PROFILES = resolve(profiles);
	const facts = machine();
	console.log(facts);
	const folder = await temporaryFolder('bench');
	const services = startServices();
	let host: Promise<Host> | undefined;
	try {
		const tarballs = [tarball, await packFixtures(folder)];
		const bench: Bench = {
			host: () => (host ??= startHost(tarballs, signal)),
			services,
			tarballs,
			rounds,
			signal,
			say: (line) => console.log(line),
		};
		const sections: string[] = [];
		for (const number of only) {
			const measure = measurements[number - 1];
			if (measure === undefined) throw new Error(`There is no measurement ${number}`);
			console.log(`Measurement ${number} ...`);
			const section = await measure(bench);
			console.log(`\n${toText(number, section)}`);
			sections.push(toMarkdown(number, section));
		}
		if (only.length === measurements.length) writeDocs(facts, sections);
		else console.log('docs/benchmarks.md is written by a run of all measurements only');
	} finally {
		services.close();
		const running = await host?.catch(() => undefined);
		await running?.stop();
		await removeFolder(folder);
	}
}

const end = new AbortController();
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
for (const [name, code] of Object.entries(codes)) {
	process.on(name, () => {
		process.exitCode = code;
		end.abort(new Error(`Ended by ${name}`));
	});
}
process.on('disconnect', () => end.abort(new Error('The program that started this is gone')));
const signal = AbortSignal.any([end.signal, AbortSignal.timeout(patience)]);
try {
	await main(signal);
} catch (thrown) {
	process.exitCode ||= 1;
	// What fails after the end was asked for fails because of it
	const error: unknown = signal.aborted ? signal.reason : thrown;
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
}
process.exit();
