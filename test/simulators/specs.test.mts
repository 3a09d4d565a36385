import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '..', '..');
const OPERATIONS = {
	'site-factory': 120,
	'campaign-factory': 146,
	maia: 95,
	'adobe-campaign-standard': 127,
	warpurl: 33,
};

interface Committed {
	operations: Record<string, { method: string; path: string; statuses: unknown[] }>;
}

const text = (service: string) =>
	readFileSync(path.join(root, 'test', 'specs', `${service}.json`), 'utf8');
const read = (service: string) => JSON.parse(text(service)) as Committed;

/** Keywords of sentences; a member of a body may bear the same name, it then holds a schema and no text. */
function sentences(value: unknown, trail = ''): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => {
		const here = `${trail}/${key}`;
		const isText = ['description', 'summary', 'title', 'example', 'examples'].includes(key);
		if (isText && !trail.endsWith('/properties')) return [here];
		return key.startsWith('x-') ? [here] : sentences(inner, here);
	});
}

describe.each(Object.entries(OPERATIONS))('test/specs/%s.json', (service, count) => {
	it(`has ${count} operations, each with a method of its own on its path`, () => {
		const operations = Object.values(read(service).operations);
		expect(operations).toHaveLength(count);
		expect(new Set(operations.map((one) => `${one.method} ${one.path}`)).size).toBe(count);
		for (const { statuses } of operations) {
			expect(statuses.length).toBeGreaterThan(0);
			expect(statuses.every(Number.isInteger)).toBe(true);
		}
	});

	it('holds facts only, no sentence of its source', () => {
		expect(sentences(read(service))).toEqual([]);
	});

	it('is written with sorted keys and tabs', () => {
		const sorted = (value: unknown): unknown => {
			if (Array.isArray(value)) return value.map(sorted);
			if (typeof value !== 'object' || value === null) return value;
			return Object.fromEntries(
				Object.entries(value)
					.sort(([a], [b]) => (a < b ? -1 : 1))
					.map(([key, inner]) => [key, sorted(inner)]),
			);
		};
		expect(text(service)).toBe(`${JSON.stringify(sorted(read(service)), null, '\t')}\n`);
	});
});

describe('scripts/specs.mts --check', () => {
	const run = (folder?: string) =>
		spawnSync(
			process.execPath,
			['scripts/specs.mts', '--check', ...(folder === undefined ? [] : [folder])],
			{ cwd: root, encoding: 'utf8' },
		);

	it('finds the committed files equal to what the descriptions give, where those are at hand', () => {
		const { status, stderr } = run();
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	});

	it('says so and succeeds where they are absent', () => {
		const { status, stdout } = run(path.join(root, 'test', 'absent'));
		expect(status).toBe(0);
		expect(stdout).toContain('nothing to compare with');
	});
});
