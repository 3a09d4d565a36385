/** The table of faults as docs/faults.md shows it. */
import type { FaultName } from './faults.mts';
import { asked } from './faults.mts';
import type { Group, Kind, Outcome, Row } from './table.mts';
import { groups, outcomeOf, table } from './table.mts';

const titles: Record<FaultName, string> = {
	'status 429 with seconds': `Status 429, \`Retry-After\` of ${asked.seconds / 1000} seconds`,
	'status 429 with a date': `Status 429, \`Retry-After\` with a date ${asked.date / 1000} seconds ahead`,
	'status 429 with nonsense': 'Status 429, `Retry-After` that cannot be read',
	'status 429 with a day': 'Status 429, `Retry-After` of a day',
	'status 429 without a time': 'Status 429 without `Retry-After`',
	'status 408': 'Status 408',
	'status 500': 'Status 500',
	'status 502': 'Status 502',
	'status 503 with seconds': `Status 503, \`Retry-After\` of ${asked.seconds / 1000} seconds`,
	'status 504': 'Status 504',
	'connection refused': 'Connection refused',
	'reset before reading': 'Connection reset before the request was read',
	'reset after reading': 'Connection reset after the request was carried out',
	'no answer': 'No answer within *Request Timeout*',
	'late answer': 'A late answer, within *Request Timeout*',
	'slow drip': 'An answer that drips in without end',
	'body cut off': 'A body that is cut off',
	'JSON cut off': 'JSON that ends too early',
	'text in place of JSON': 'Text in place of JSON',
	'HTML in place of JSON': 'A web page in place of JSON',
	'empty body': 'An empty body with status 200',
	'wrong content type': 'The right body with the wrong `Content-Type`',
	'broken gzip': 'A body that cannot be unpacked',
	'redirect to another host': 'A redirect to another host',
	'refused sign-in': 'The sign-in is refused (401)',
	'no token': 'The token service answers without a token',
	'unknown host': 'The host does not exist',
	'no name service': 'The name service does not answer',
};

const ofLogin: Partial<Record<FaultName, string>> = {
	'status 503 with seconds': 'the token service answers 503',
	'late answer': 'the token comes late',
	'no answer': 'the token service does not answer',
	'no token': 'the token service gives no token',
};

function titleOf({ fault, always, login }: Row): string {
	const title = titles[fault];
	if (always) return `${title}, every time`;
	if (login) return `${title}, and ${ofLogin[login] ?? login}`;
	return title;
}

/** What happens, in a few words. */
function inWords(row: Row, outcome: Outcome | null): string {
	if (outcome === null) return '–';
	const { sends, pause } = outcome;
	const waits = typeof pause === 'number' ? `waits ${pause / 1000} s, ` : '';
	if (outcome.succeeds) {
		if (sends === 1) return 'goes through';
		if (row.fault === 'refused sign-in') return 'signs in again, goes through';
		return `${waits}sends again, goes through`;
	}
	if (outcome.unknown) return 'fails; **sent once**, may have been carried out';
	if (row.login) return 'fails with the sign-in';
	if (sends === 5) return 'fails after 5 attempts';
	return sends === 1 ? 'fails at once' : 'signs in again, fails';
}

/** One cell: what happens with a group, and with kinds of it that differ. */
function cell(row: Row, group: Group): string {
	const words = new Map<string, Kind[]>();
	for (const kind of groups[group]) {
		const said = inWords(row, outcomeOf(row, kind));
		words.set(said, [...(words.get(said) ?? []), kind]);
	}
	const [most, ...others] = [...words].sort(([, a], [, b]) => b.length - a.length);
	return [most?.[0], ...others.map(([said, kinds]) => `${kinds.join(', ')}: ${said}`)].join('; ');
}

/** The table in Markdown. */
export function documentation(): string {
	const columns: Group[] = ['reads', 'repeatable', 'once', 'login'];
	return [
		'| Fault | Reading | Replacing, deleting (PUT, DELETE) | Creating, changing, starting (POST, PATCH) | Signing in |',
		'|---|---|---|---|---|',
		...table.map(
			(row) => `| ${[titleOf(row), ...columns.map((group) => cell(row, group))].join(' | ')} |`,
		),
	].join('\n');
}
