import { resultsOrNone } from '../../nodes/Maia/pages.ts';
import { windowsOf, withoutUnusedFacets } from '../../nodes/Maia/resources/lineageEvent.ts';
import { requestOf } from '../support/maia.mts';

const read = { kind: 'read', repeatable: true, method: 'GET' };

describe('requests', () => {
	it('list audit events', () => {
		expect(
			requestOf('auditEvent:getAll', { from: '2026-06-01T02:00:00', to: '2026-06-02T00:00:00Z' }),
		).toEqual({
			...read,
			path: '/v1/events',
			query: { from: '2026-06-01T01:00:00.000Z', to: '2026-06-02T00:00:00.000Z' },
		});
		expect(() => requestOf('auditEvent:getAll', { to: '2026-06-02' })).toThrow(
			'“From” is required',
		);
	});

	it('read the consumption of days by dates, that of users by times', () => {
		const period = { consumedFrom: '2026-05-01', consumedBefore: '2026-06-01T00:00:00' };
		expect(requestOf('consumption:getByDay', period)).toEqual({
			...read,
			path: '/v1/consumption',
			query: { consumedFrom: '2026-05-01', consumedBefore: '2026-06-01' },
		});
		expect(requestOf('consumption:getEtlUsers', period)).toEqual({
			...read,
			path: '/v1/consumption/etl-users',
			query: {
				consumedFrom: '2026-04-30T23:00:00.000Z',
				consumedBefore: '2026-05-31T23:00:00.000Z',
			},
		});
		expect(() =>
			requestOf('consumption:getByDay', { ...period, consumedFrom: 'yesterday' }),
		).toThrow('“From” must be a date and time');
	});

	it('list lineage', () => {
		const period = {
			generatedFrom: '2026-05-01T00:00:00Z',
			generatedBefore: '2026-05-02T00:00:00Z',
		};
		expect(requestOf('lineageEvent:getAll', period)).toMatchObject({
			...read,
			path: '/v1/lineage/events',
		});
	});
});

describe('windows', () => {
	it.each([
		['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', 1],
		['2026-01-01T00:00:00Z', '2026-02-01T00:00:00.001Z', 2],
		['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z', 12],
		['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 0],
		['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', 0],
	])('from %s to %s are %i, without a gap', (from, before, count) => {
		const windows = windowsOf(from, before);
		expect(windows).toHaveLength(count);
		windows.forEach(([start, stop], index) => {
			expect(Date.parse(stop) - Date.parse(start)).toBeLessThanOrEqual(31 * 86_400_000);
			expect(start).toBe(index === 0 ? new Date(from).toISOString() : windows[index - 1]?.[1]);
		});
		if (count > 0) expect(windows.at(-1)?.[1]).toBe(new Date(before).toISOString());
	});
});

describe('events', () => {
	it('lose the facets that are null, and nothing else', () => {
		expect(
			withoutUnusedFacets({
				job: null,
				run: { facets: { parent: null, time: { zone: null } } },
				inputs: [{ name: null, inputFacets: { a: null, b: 1 }, facets: null }],
			}),
		).toEqual({
			job: null,
			run: { facets: { time: { zone: null } } },
			inputs: [{ name: null, inputFacets: { b: 1 }, facets: null }],
		});
	});

	it('are none where 404 says so; anything else without a list is not taken for an empty one', () => {
		expect(resultsOrNone({ status: 404, title: 'Not Found' })).toEqual([]);
		expect(resultsOrNone('')).toEqual([]);
		expect(resultsOrNone({ results: [1] })).toEqual([1]);
		expect(resultsOrNone({ other: [] })).toBeUndefined();
	});
});
