import { readFile } from 'node:fs/promises';

import { documentation } from './documentation.mts';
import { faults } from './faults.mts';
import { services } from './scenarios.mts';
import { groups, outcomeOf, table } from './table.mts';

it('is what docs/faults.md shows', async () => {
	const page = await readFile('docs/faults.md', 'utf8');
	const shown = /<!-- faults:start -->\n\n([\s\S]*?)\n\n<!-- faults:end -->/.exec(page)?.[1];
	expect(shown).toBe(documentation());
});

it('has an outcome for every fault and kind, and no row twice', () => {
	const rows = table.map(({ fault, always, login }) => JSON.stringify([fault, always, login]));
	expect(new Set(rows).size).toBe(rows.length);
	for (const row of table) {
		for (const kind of Object.values(groups).flat()) {
			expect(() => outcomeOf(row, kind)).not.toThrow();
		}
	}
});

it('is proven for every kind, and with every service', () => {
	const kinds = Object.values(services).flatMap(({ scenarios }) =>
		scenarios.map(({ kind }) => kind),
	);
	expect([...new Set(kinds)].sort()).toEqual(Object.values(groups).flat().sort());
	for (const { scenarios } of Object.values(services)) {
		expect(scenarios.length).toBeGreaterThanOrEqual(5);
	}
});

it('lets nothing be sent again that may have done its work and would do it twice', () => {
	let count = 0;
	for (const row of table) {
		const { arrives } = faults[row.fault]({ now: Date.now, elsewhere: '' });
		if (!arrives) continue;
		for (const kind of groups.once) {
			count++;
			expect(outcomeOf(row, kind)).toMatchObject({ sends: 1 });
		}
	}
	expect(count).toBeGreaterThan(30);
});
