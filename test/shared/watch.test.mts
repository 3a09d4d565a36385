import fc from 'fast-check';

import type { FeedMemory, InventoryMemory, Sighting } from '../../nodes/shared/watch';
import { advanceFeed, advanceInventory, brief, mostOpen, mostSeen } from '../../nodes/shared/watch';

const now = Date.parse('2026-03-01T12:00:00Z');
const overlap = 60_000;

const sighting = (key: string, time?: number, more: Partial<Sighting> = {}): Sighting => ({
	key,
	...(time !== undefined && { time }),
	done: true,
	wanted: true,
	record: { key },
	...more,
});

interface Given {
	before?: FeedMemory;
	looked?: Array<[string, Sighting | null]>;
	at?: number;
	replay?: boolean;
}

function advance(listed: Sighting[], { before, looked = [], at = now, replay }: Given = {}) {
	const { told, after } = advanceFeed(
		before,
		{ listed, looked: new Map(looked) },
		{ overlap, now: at, replay },
	);
	return { told: told.map(({ key }) => key), after };
}

describe('A short name', () => {
	it('is the word itself, or of one length', () => {
		expect(brief('short')).toBe('short');
		expect(brief('x'.repeat(24))).toBe('x'.repeat(24));
		const long = brief('x'.repeat(25));
		expect(long).toMatch(/^[\w-]{16}$/);
		expect(brief('x'.repeat(26))).not.toBe(long);
		expect(brief('x'.repeat(25), 30)).toBe('x'.repeat(25));
	});
});

describe('A feed', () => {
	it('tells nothing at the first reading, unless it is asked to', () => {
		const listed = [sighting('b', now - 1), sighting('a', now - 2)];
		expect(advance(listed).told).toEqual([]);
		expect(advance(listed, { replay: true }).told).toEqual(['a', 'b']);
	});

	it('tells what is new, oldest first and once, however often it is read', () => {
		const { after } = advance([sighting('a', now - 10)]);
		const listed = [
			sighting('c', now - 1),
			sighting('b', now - 2),
			sighting('c', now - 1),
			sighting('a', now - 10),
		];
		const next = advance(listed, { before: after });
		expect(next.told).toEqual(['b', 'c']);
		expect(advance(listed, { before: next.after }).told).toEqual([]);
	});

	it('tells those of equal time in the order of the list, which begins with the newest or the oldest', () => {
		const { after } = advance([]);
		const [a, b, c] = [sighting('a', now - 5), sighting('b', now), sighting('c', now)];
		expect(advance([c, b, a], { before: after }).told).toEqual(['a', 'b', 'c']);
		expect(advance([a, b, c], { before: after }).told).toEqual(['a', 'b', 'c']);
	});

	it('tells happenings of equal time apart, and those without a time', () => {
		const { after } = advance([sighting('a', now), sighting('x')]);
		const next = advance([sighting('a', now), sighting('b', now), sighting('x'), sighting('y')], {
			before: after,
		});
		expect(next.told.sort()).toEqual(['b', 'y']);
	});

	it('knows happenings without a time for as long as they are listed', () => {
		let memory = advance([sighting('x'), sighting('a', now)]).after;
		for (let hour = 1; hour < 5; hour++) {
			const at = now + hour * 3_600_000;
			const next = advance([sighting('x'), sighting(`a${hour}`, at)], { before: memory, at });
			expect(next.told).toEqual([`a${hour}`]);
			memory = next.after;
		}
	});

	it('tells those without a time where nothing has one', () => {
		const { after } = advance([sighting('x')]);
		expect(after).toMatchObject({ mark: null, floor: null });
		expect(advance([sighting('x'), sighting('y')], { before: after }).told).toEqual(['y']);
	});

	it('tells once what is listed twice and too old to be remembered', () => {
		const old = sighting('old', now - 2 * overlap);
		const { told, after } = advance([old, sighting('a', now), sighting('x'), old], {
			replay: true,
		});
		expect(told).toEqual(['old', 'x', 'a']);
		expect(after.seen.map(([key]) => key)).toEqual(['a', 'x']);
		expect(advance([sighting('y'), sighting('b', now)], { before: after }).told).toEqual([
			'b',
			'y',
		]);
	});

	it('does not tell what the workflow does not ask for, and remembers it', () => {
		const { after } = advance([sighting('a', now)]);
		const listed = [sighting('b', now, { wanted: false })];
		const next = advance(listed, { before: after });
		expect(next.told).toEqual([]);
		expect(next.after.seen.map(([key]) => key)).toContain('b');
	});

	it('begins its window with the newest of the reading before', () => {
		let { after } = advance([sighting('a', now)]);
		expect(after).toMatchObject({ mark: now, floor: now - overlap });
		const later = now + 10 * overlap;
		({ after } = advance([sighting('b', later)], { before: after, at: later }));
		expect(after).toMatchObject({ mark: later, floor: now - overlap });
		// Hidden by a page that shifted
		const hidden = sighting('hidden', now + overlap);
		const next = advance([hidden, sighting('b', later)], { before: after, at: later });
		expect(next.told).toEqual(['hidden']);
		expect(next.after.floor).toBe(later - overlap);
		expect(advance([hidden], { before: next.after, at: later }).told).toEqual([]);
	});

	it('is not moved by a date in the future', () => {
		const wrong = sighting('wrong', now + 1e11);
		const { after } = advance([wrong, sighting('a', now - 10)]);
		expect(after).toMatchObject({ mark: now - 10, floor: now - 10 - overlap });
		const next = advance([wrong, sighting('b', now - 5)], { before: after });
		expect(next.told).toEqual(['b']);
		expect(advance([wrong], { before: next.after }).told).toEqual([]);
	});

	it('works with a clock that is ahead of ours', () => {
		const ahead = now + 5 * 3_600_000;
		const { after } = advance([sighting('a', ahead)]);
		expect(after.mark).toBeNull();
		const next = advance([sighting('a', ahead), sighting('b', ahead + 1)], { before: after });
		expect(next.told).toEqual(['b']);
		expect(next.after.floor).toBeNull();
		const at = ahead + overlap;
		const last = advance([sighting('a', ahead), sighting('b', ahead + 1), sighting('c', at)], {
			before: next.after,
			at,
		});
		expect(last.told).toEqual(['c']);
	});

	it('forgets the oldest when there is too much, and does not tell it again', () => {
		const first = advance([sighting('zero', now - overlap)]).after;
		const listed = Array.from({ length: mostSeen + 10 }, (_, n) => sighting(`n${n}`, now - n));
		const { told, after } = advance(listed, { before: first });
		expect(told).toHaveLength(mostSeen + 10);
		expect(after.seen).toHaveLength(mostSeen);
		expect(after.floor).toBe(now - mostSeen + 1);
		const next = advance([...listed, sighting('new', now)], { before: after });
		expect(next.told).toEqual(['new']);
	});

	it('forgets the oldest also of a list that has had no window', () => {
		const listed = Array.from({ length: mostSeen + 1 }, (_, n) => sighting(`n${n}`, now + 1 + n));
		const { after } = advance(listed);
		expect(after).toMatchObject({ mark: null, floor: now + 2 });
		expect(advance(listed, { before: after }).told).toEqual([]);
	});
});

describe('Runs', () => {
	const run = (key: string, time: number, more: Partial<Sighting> = {}) =>
		sighting(key, time, { done: false, ...more });

	it('are told when they have ended, as the list or a look at one shows', () => {
		const { after } = advance([run('a', now), run('b', now)]);
		expect(after.open).toEqual(['a', 'b']);
		const next = advance([sighting('a', now), run('b', now)], {
			before: after,
			looked: [['b', sighting('b', now)]],
		});
		expect(next.told).toEqual(['b', 'a']);
		expect(next.after.open).toEqual([]);
		expect(advance([run('b', now), sighting('a', now)], { before: next.after }).told).toEqual([]);
	});

	it('are followed however long ago they began', () => {
		const old = now - 100 * overlap;
		const { after } = advance([run('old', old), sighting('done', old), sighting('a', now)]);
		expect(after.open).toEqual(['old']);
		const next = advance([sighting('done', old)], {
			before: after,
			looked: [['old', sighting('old', old)]],
		});
		expect(next.told).toEqual(['old']);
		expect(next.after.seen).toContainEqual(['old', now]);
	});

	it('that began long ago are told once where nothing else was ever seen', () => {
		const old = sighting('old');
		const { after } = advance([run('old', Number.NaN, { time: undefined })]);
		const next = advance([old], { before: after });
		expect(next.told).toEqual(['old']);
		expect(advance([old], { before: next.after }).told).toEqual([]);
	});

	it('that a lagging list shows as under way stay known', () => {
		const old = now - 100 * overlap;
		let memory = advance([run('old', old), sighting('a', now)]).after;
		let told = advance([run('old', old)], {
			before: memory,
			looked: [['old', sighting('old', old)]],
		});
		expect(told.told).toEqual(['old']);
		for (let day = 1; day < 4; day++) {
			memory = told.after;
			const at = now + day * 86_400_000;
			told = advance([run('old', old), sighting(`a${day}`, at)], { before: memory, at });
			expect([told.told, told.after.open]).toEqual([[`a${day}`], []]);
		}
	});

	it('that a lagging list shows as under way at first are not taken for new', () => {
		const old = now - 100 * overlap;
		const first = advance([sighting('old', old), run('old', old), sighting('a', now)]).after;
		expect(first.open).toEqual([]);
		const next = advance([run('old', old), sighting('a', now)], { before: first });
		expect([next.told, next.after.open]).toEqual([[], []]);
	});

	it('by a clock that is ahead of ours are not forgotten because a list lags', () => {
		const ahead = now + 5 * 3_600_000;
		const { after } = advance([run('a', ahead)]);
		const ended = advance([run('a', ahead)], {
			before: after,
			looked: [['a', sighting('a', ahead)]],
		});
		expect([ended.told, ended.after.seen]).toEqual([['a'], [['a', ahead]]]);
	});

	it('that were looked at are told in the order in which they have been followed', () => {
		const { after } = advance([run('a', now), run('b', now)]);
		const looked: Array<[string, Sighting]> = [
			['a', sighting('a', now)],
			['b', sighting('b', now)],
		];
		expect(advance([], { before: after, looked }).told).toEqual(['a', 'b']);
	});

	it('that vanished are given up', () => {
		const { after } = advance([run('a', now)]);
		const next = advance([], { before: after, looked: [['a', null]] });
		expect([next.told, next.after.open]).toEqual([[], []]);
	});

	it('that were looked at take their place behind the others', () => {
		const { after } = advance([run('a', now), run('b', now), run('c', now)]);
		const next = advance([], { before: after, looked: [['a', run('a', now)]] });
		expect(next.after.open).toEqual(['b', 'c', 'a']);
	});

	it('are too many: those that were looked at longest ago are given up', () => {
		const { after } = advance(Array.from({ length: mostOpen + 2 }, (_, n) => run(`n${n}`, now)));
		expect(after.open).toHaveLength(mostOpen);
		expect(after.open[0]).toBe('n2');
	});
});

describe('Whatever is read in whatever order', () => {
	/** Readings of happenings with equal and unequal times within the overlap, in portions that overlap. */
	const readings = fc.array(
		fc.array(fc.record({ id: fc.nat(40), isDone: fc.boolean() }), { maxLength: 20 }),
		{ minLength: 1, maxLength: 12 },
	);

	it('each happening is told once, when it has been seen as done', () => {
		fc.assert(
			fc.property(
				readings,
				fc.array(fc.integer({ min: 0, max: overlap / 2 }), { minLength: 41, maxLength: 41 }),
				fc.boolean(),
				(given, ages, replay) => {
					const told: string[] = [];
					const firstDone = new Map<string, number>();
					let before: FeedMemory | undefined;
					given.forEach((reading, index) => {
						const listed = reading.map(({ id, isDone }) => {
							if (isDone && !firstDone.has(`n${id}`)) firstDone.set(`n${id}`, index);
							return sighting(`n${id}`, now - Math.floor((ages[id] ?? 0) / 10_000) * 10_000, {
								done: isDone,
							});
						});
						const next = advance(listed, { before, replay, at: now });
						told.push(...next.told);
						before = JSON.parse(JSON.stringify(next.after)) as FeedMemory;
						expect(before.open.filter((key) => told.includes(key))).toEqual([]);
					});
					const expected = [...firstDone].filter(([, index]) => replay || index > 0);
					expect(told.sort()).toEqual(expected.map(([key]) => key).sort());
				},
			),
		);
	});
});

describe('An inventory', () => {
	const read = (words: Record<string, string>) =>
		new Map(Object.entries(words).map(([id, word]) => [id, { word, record: { id } }]));
	const all = () => true;

	it('tells differences of every kind', () => {
		const { told, after } = advanceInventory(
			{ a: '1', b: '1', c: '1', d: '1' },
			read({ a: '1', b: '2', e: '1' }),
			new Set(['c', 'unknown']),
			all,
		);
		expect(told).toEqual([
			{ id: 'b', before: '1', word: '2', record: { id: 'b' } },
			{ id: 'e', word: '1', record: { id: 'e' } },
			{ id: 'c', before: '1' },
		]);
		// What was not read and is not known to be gone stays
		expect(after).toEqual({ a: '1', b: '2', d: '1', e: '1' });
	});

	it('tells nothing at the first reading, unless it is asked to', () => {
		expect(advanceInventory(undefined, read({ a: '1' }), new Set(), all).told).toEqual([]);
		expect(advanceInventory(undefined, read({ a: '1' }), new Set(), all, true).told).toHaveLength(
			1,
		);
	});

	it('tells only what the workflow asks for, and remembers the rest', () => {
		const { told, after } = advanceInventory(
			{ a: '1', b: '1' },
			read({ a: '2' }),
			new Set(['b']),
			(_, word) => word === '3',
		);
		expect([told, after]).toEqual([[], { a: '2' }]);
	});

	it('does not take for gone what was read', () => {
		const { told } = advanceInventory({ a: '1' }, read({ a: '1' }), new Set(['a']), all);
		expect(told).toEqual([]);
	});

	it('remembers names that objects have of their own', () => {
		const { after } = advanceInventory(
			undefined,
			read(JSON.parse('{"__proto__":"1"}') as Record<string, string>),
			new Set(),
			all,
		);
		const stored = JSON.parse(JSON.stringify(after)) as InventoryMemory;
		expect(Object.entries(stored)).toEqual([['__proto__', '1']]);
		const again = read(JSON.parse('{"__proto__":"1"}') as Record<string, string>);
		expect(advanceInventory(stored, again, new Set(), all).told).toEqual([]);
	});

	it('tells each state of each thing once, whatever parts of it are read', () => {
		const reading = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(3).map(String));
		fc.assert(
			fc.property(fc.array(reading, { minLength: 1, maxLength: 10 }), (given) => {
				let before: InventoryMemory | undefined;
				const known = new Map<string, string>();
				given.forEach((words, index) => {
					const { told, after } = advanceInventory(before, read(words), new Set(), all);
					const different = Object.entries(words).filter(([id, word]) => known.get(id) !== word);
					expect(told.map(({ id }) => id).sort()).toEqual(
						index === 0 ? [] : different.map(([id]) => id).sort(),
					);
					for (const [id, word] of Object.entries(words)) known.set(id, word);
					expect(after).toEqual(Object.fromEntries(known));
					before = after;
				});
			}),
		);
	});
});
