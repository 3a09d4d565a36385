/**
 * Reads what Stryker found (`npm run mutation`): prints the changes to the code that no test noticed and that nobody has
 * accepted, and writes docs/mutation.md. Exits 1 when there are some, or when an accepted one is not there any more.
 *
 *   node scripts/mutation.mts [--print]    --print leaves docs/mutation.md alone, for a run over a part of the files
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';

import { accepted } from '../test/mutation/accepted.mts';
import type { Accepted } from '../test/mutation/accepted.mts';

/** The members of Stryker's report that are read here (mutation-testing-report-schema). */
interface Report {
	files: Record<string, { source: string; mutants: ReportedMutant[] }>;
}
interface Position {
	/** From 1. */
	line: number;
	/** From 1. */
	column: number;
}
interface ReportedMutant {
	mutatorName: string;
	replacement?: string;
	status: string;
	location: { start: Position; end: Position };
}
interface Mutant {
	file: string;
	line: number;
	column: number;
	status: string;
	/** What is changed, and into what. */
	code: string;
	to: string;
}

const killed = ['Killed', 'Timeout'];
const survived = ['Survived', 'NoCoverage'];
const judged = [...killed, ...survived];

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/mutation.md');
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

function cut(source: string, { start, end }: ReportedMutant['location']): string {
	const lines = source.split('\n').slice(start.line - 1, end.line);
	const last = lines.length - 1;
	lines[last] = (lines[last] ?? '').slice(0, end.column - 1);
	lines[0] = (lines[0] ?? '').slice(start.column - 1);
	return lines.join('\n');
}

/** In the order of the code, because that of the report changes from run to run. */
const inOrder = (one: Mutant, other: Mutant) =>
	one.file.localeCompare(other.file) ||
	one.line - other.line ||
	one.column - other.column ||
	one.code.localeCompare(other.code) ||
	one.to.localeCompare(other.to);

/** Reads what was judged: a change with which the code cannot be loaded says nothing about the tests. */
function readReport(): Mutant[] {
	const path = join(root, 'node_modules/.cache/mutation/report.json');
	const { files } = JSON.parse(readFileSync(path, 'utf8')) as Report;
	const all = Object.entries(files).flatMap(([file, { source, mutants }]) =>
		mutants.map(({ location, replacement = '', status }) => ({
			file,
			...location.start,
			status,
			code: oneLine(cut(source, location)),
			to: oneLine(replacement),
		})),
	);
	return all.filter(({ status }) => judged.includes(status)).sort(inOrder);
}

const fits = (pattern: string | RegExp | undefined, text: string) =>
	typeof pattern === 'string' ? pattern === text : (pattern?.test(text) ?? true);
const isAbout = ({ file, code, to }: Accepted, mutant: Mutant) =>
	file === mutant.file && fits(code, mutant.code) && fits(to, mutant.to);

const percent = (part: number, whole: number) =>
	whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`;
const cell = (text: string) => `\`${(text || ' ').replaceAll('|', '\\|').replaceAll('`', '´')}\``;
const short = (text: string) => (text.length > 90 ? `${text.slice(0, 90)}…` : text);

function scores(mutants: Mutant[]): string[] {
	const row = (name: string, all: Mutant[]) => {
		const [dead, alive] = [killed, survived].map(
			(statuses) => all.filter(({ status }) => statuses.includes(status)).length,
		) as [number, number];
		return `| ${name} | ${dead + alive} | ${dead} | ${alive} | ${percent(dead, dead + alive)} |`;
	};
	const files = [...new Set(mutants.map(({ file }) => file))].sort();
	return [
		'| File | Changes | Noticed | Not noticed | Score |',
		'|---|---|---|---|---|',
		...files.map((file) =>
			row(
				basename(file),
				mutants.filter((mutant) => mutant.file === file),
			),
		),
		row('**Together**', mutants),
	];
}

function write(mutants: Mutant[], alive: Mutant[]): void {
	const rows = accepted.flatMap((entry) => {
		const [first, ...others] = alive.filter((mutant) => isAbout(entry, mutant));
		if (!first) return [];
		const more = others.length > 0 ? ` and ${others.length} more` : '';
		const change = `${cell(short(first.code))} → ${cell(short(first.to))}${more}`;
		return [`| ${basename(entry.file)} | ${change} | ${entry.reason} |`];
	});
	const lines = [
		'# What the tests notice',
		'',
		'`npm run mutation` changes the engine (`nodes/shared`) and the credentials in thousands of places, one at a time, and',
		'looks whether a test fails ([Stryker](https://stryker-mutator.io)). This page is written by it.',
		'',
		...scores(mutants),
		'',
		'## What they do not notice, and why they need not',
		'',
		'| File | Change | Reason |',
		'|---|---|---|',
		...rows,
		'',
	];
	writeFileSync(page, lines.join('\n'));
}

const mutants = readReport();
const alive = mutants.filter(({ status }) => survived.includes(status));
const open = alive.filter((mutant) => !accepted.some((entry) => isAbout(entry, mutant)));
for (const { file, line, code, to } of open) {
	console.log(`Not noticed: ${file}:${line}\n  ${short(code)}\n  ${short(to)}`);
}
// One that ran into the time limit may well survive on a faster machine
const notKilled = mutants.filter(({ status }) => status !== 'Killed');
const files = new Set(mutants.map(({ file }) => file));
const stale = accepted.filter(
	(entry) => files.has(entry.file) && !notKilled.some((mutant) => isAbout(entry, mutant)),
);
for (const { file, code } of stale) {
	console.log(`Accepted, but noticed by a test or gone: ${file}\n  ${String(code)}`);
}
if (!process.argv.includes('--print')) write(mutants, alive);
console.log(
	`${alive.length} of ${mutants.length} changes not noticed, ${open.length} of them not accepted`,
);
process.exitCode = open.length + stale.length > 0 ? 1 : 0;
