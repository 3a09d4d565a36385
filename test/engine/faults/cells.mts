/** The tests of one service: one for each cell of the table. */
import { checkCell, openBench } from './harness.mts';
import type { Bench } from './harness.mts';
import { services } from './scenarios.mts';
import { outcomeOf, table } from './table.mts';

/** Declares a test for every fault and every scenario of a service. */
export function testService(name: keyof typeof services): void {
	const service = services[name];
	let bench: Bench;
	beforeAll(async () => {
		bench = await openBench(service);
	});
	afterEach(() => jest.restoreAllMocks());
	afterAll(async () => await bench.close());

	for (const scenario of service.scenarios) {
		describe(`${service.name}, ${scenario.kind} (${scenario.operation})`, () => {
			for (const row of table) {
				const kind = scenario.behavesAs?.kind ?? scenario.kind;
				const expected = scenario.differs?.[row.fault]?.outcome ?? outcomeOf(row, kind);
				const hasToken = service.tokenPath !== undefined;
				if (expected === null || (row.login && !hasToken)) continue;
				const when = `${row.fault}${row.always ? ', always' : ''}${row.login ? `, then ${row.login} for the token` : ''}`;
				const then = expected.succeeds
					? `succeeds after ${expected.sends}`
					: `fails in words after ${expected.sends}`;
				it(`${when}: ${then}`, async () => {
					await checkCell(bench, scenario, row, expected);
				});
			}
		});
	}
}
