/** A number that several rounds gave. */
export interface Spread {
	median: number;
	min: number;
	max: number;
}

/** @throws Error for no values */
export function spreadOf(values: readonly number[]): Spread {
	const sorted = values.toSorted((one, other) => one - other);
	const [min] = sorted;
	const max = sorted.at(-1);
	if (min === undefined || max === undefined)
		throw new Error('There is nothing to take a median of');
	const upper = sorted[Math.floor(sorted.length / 2)] ?? max;
	const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? min;
	return { median: (lower + upper) / 2, min, max };
}

/**
 * The median of the ratios within each round: what was measured one after the other is compared, so that it matters little
 * what else the machine did in other rounds.
 */
export function ratioOf(values: readonly number[], beside: readonly number[]): number {
	return spreadOf(values.map((value, round) => value / (beside[round] ?? Number.NaN))).median;
}

/** What was to be reached, what was, and whether that is it. */
export interface Target {
	aim: string;
	measured: string;
	reached: boolean;
}

/** The outcome of one measurement. */
export interface Section {
	title: string;
	/** Rounds that counted. */
	rounds: number;
	/** What was done, in a few sentences. */
	setting: string;
	head: readonly string[];
	rows: ReadonlyArray<readonly string[]>;
	targets: readonly Target[];
	notes?: readonly string[];
}

/** `1.23 s (1.20 to 1.31)`, from milliseconds. */
export function seconds({ median, min, max }: Spread): string {
	const digits = median < 1000 ? 3 : 2;
	const text = (milliseconds: number) => (milliseconds / 1000).toFixed(digits);
	return `${text(median)} s (${text(min)} to ${text(max)})`;
}

/** `12 MB (11 to 13)`, from bytes. */
export function megabytes({ median, min, max }: Spread): string {
	const text = (bytes: number) => (bytes / 2 ** 20).toFixed(median < 100 * 2 ** 20 ? 1 : 0);
	return `${text(median)} MB (${text(min)} to ${text(max)})`;
}

/** `4.2 ×`. */
export function times(ratio: number): string {
	return `${ratio.toFixed(ratio < 10 ? 2 : 1)} ×`;
}

/** A count, or the counts of several rounds where they differ. */
export function counts(values: readonly number[]): string {
	const { median, min, max } = spreadOf(values);
	return min === max ? String(min) : `${median} (${min} to ${max})`;
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}

const verdict = ({ aim, measured, reached }: Target) =>
	`${reached ? 'Reached' : '**Not reached**'}: ${aim}. Measured: ${measured}.`;

/** A measurement as a part of docs/benchmarks.md. */
export function toMarkdown(number: number, section: Section): string {
	const { title, rounds, setting, head, rows, targets, notes = [] } = section;
	return [
		`## ${number}. ${title}`,
		'',
		`${setting} Rounds: ${rounds}.`,
		'',
		...table(head, rows),
		'',
		...targets.map((target) => `- ${verdict(target)}`),
		...(notes.length > 0 ? ['', ...notes.flatMap((note) => [note, '']).slice(0, -1)] : []),
		'',
	].join('\n');
}

/** A measurement as it is shown in a terminal. */
export function toText(number: number, section: Section): string {
	const { title, head, targets, notes = [] } = section;
	const rows = section.rows.map((row) => row.map((cell) => cell.replaceAll('**', '')));
	const widths = head.map((name, column) =>
		Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
	);
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join('  ')
			.trimEnd();
	const rule = widths.map((width) => '-'.repeat(width)).join('  ');
	return [
		`${number}. ${title}`,
		'',
		line(head),
		rule,
		...rows.map(line),
		'',
		...targets.map((target) => `  ${verdict(target).replaceAll('**', '')}`),
		...notes.map((note) => `  ${note}`),
		'',
	].join('\n');
}
