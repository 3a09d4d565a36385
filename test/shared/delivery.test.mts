/** What is delivered of everything that may happen while a service is polled: checked against a model of the promise. */
import fc from 'fast-check';

import { forgetLogins } from '../../nodes/shared/login';
import { runs } from '../support/arbitraries.mts';
import type { Entry } from '../support/journal.mts';
import { Journal, journalCatalog, overlap, triggerOf } from '../support/journal.mts';
import type { Active } from '../support/polling.mts';
import { activate } from '../support/polling.mts';
import { ShelfApi, shelfCredential } from '../support/provider.mts';
import type { ScriptedServer } from '../support/server.mts';
import { startServer } from '../support/server.mts';
import { storedToken } from '../support/shelf.mts';
import type { TurnedClock } from '../support/time.mts';
import { turnClock } from '../support/time.mts';

const minute = 60_000;
const hour = 60 * minute;
const node = triggerOf(journalCatalog);

let server: ScriptedServer;
let clock: TurnedClock;

beforeAll(async () => {
	server = await startServer();
});

beforeEach(() => {
	clock = turnClock();
	forgetLogins();
});

afterEach(() => {
	jest.restoreAllMocks();
	server.forget();
});

afterAll(async () => {
	await server.close();
});

/** What may happen at the service. */
type Happening =
	/** Some records appear: of an age in seconds at their appearing, and perhaps dated years ahead. */
	| { what: 'appear'; count: number; age: number; kind: string; isWrong: boolean }
	/** A record that is told, or is not to be told, is taken off its list. */
	| { what: 'vanish'; pick: number }
	/** Of a run: it ends, and perhaps some list shows it as running for longer. Of a thing: it changes. */
	| { what: 'change'; pick: number; lags: boolean };

/** What may happen to the workflow. */
type Step =
	| Happening
	| { what: 'wait'; minutes: number }
	| { what: 'poll'; how: Polling }
	| { what: 'crash'; how: Polling }
	| { what: 'edit'; kind: string | null; how: Polling };

/** What goes on during a poll. */
interface Polling {
	/** Number of the request that is refused, if there are so many. */
	refused: number | null;
	/** What happens before a request is answered. */
	during: Array<{ request: number; happening: Happening }>;
	/** A second poll begins meanwhile. */
	isDoubled: boolean;
}

const age = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: overlap }));
const appear = fc.record({
	what: fc.constant('appear' as const),
	count: fc.integer({ min: 1, max: 6 }),
	age,
	kind: fc.constantFrom('a', 'b'),
	isWrong: fc.constant(false),
});
const wrong = appear.map((one) => ({ ...one, count: 1, isWrong: true }));
const vanish = fc.record({ what: fc.constant('vanish' as const), pick: fc.nat(30) });
const change = fc.record({
	what: fc.constant('change' as const),
	pick: fc.nat(30),
	lags: fc.boolean(),
});
const happening: fc.Arbitrary<Happening> = fc.oneof(
	{ weight: 5, arbitrary: appear },
	{ weight: 1, arbitrary: wrong },
	{ weight: 2, arbitrary: vanish },
	{ weight: 4, arbitrary: change },
);
const polling: fc.Arbitrary<Polling> = fc.record({
	refused: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 4 }),
	during: fc.array(fc.record({ request: fc.integer({ min: 0, max: 6 }), happening }), {
		maxLength: 4,
	}),
	isDoubled: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 6, arbitrary: happening },
	{
		weight: 2,
		arbitrary: fc.record({
			what: fc.constant('wait' as const),
			minutes: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 3000 })),
		}),
	},
	{ weight: 6, arbitrary: fc.record({ what: fc.constant('poll' as const), how: polling }) },
	{ weight: 2, arbitrary: fc.record({ what: fc.constant('crash' as const), how: polling }) },
	{
		weight: 1,
		arbitrary: fc.record({
			what: fc.constant('edit' as const),
			kind: fc.constantFrom('a', null),
			how: polling,
		}),
	},
);

interface Setting {
	/** Hours by which the service's clock is ahead of ours. */
	ahead: number;
	isByTime: boolean;
	includeExisting: boolean;
	/** Records that are there before the activation. */
	existing: Array<{ count: number; age: number; isRunning: boolean }>;
	steps: Step[];
}

const setting: fc.Arbitrary<Setting> = fc.record({
	ahead: fc.constantFrom(0, 0, 6, -6),
	isByTime: fc.boolean(),
	includeExisting: fc.boolean(),
	existing: fc.array(
		fc.record({
			count: fc.integer({ min: 1, max: 5 }),
			age: fc.integer({ min: 0, max: 100 * overlap }),
			isRunning: fc.boolean(),
		}),
		{ maxLength: 4 },
	),
	steps: fc.array(step, { maxLength: 30, size: 'max' }),
});

/** Whether a happening has to start the workflow; `perhaps` for what falls into a gap that the promise leaves open. */
type Promised = 'once' | 'never' | 'perhaps';

/** What the trigger promises, told apart for each happening by its name in the items. */
class Model {
	readonly promised = new Map<string, Promised>();

	/** The filter of the form. */
	kind: string | null = null;

	/** The filter of which there is a memory; undefined at first. */
	private watched: string | null | undefined = undefined;

	readonly event: string;

	readonly journal: Journal;

	readonly setting: Setting;

	private readonly isOfRuns: boolean;

	constructor(event: string, journal: Journal, setting: Setting) {
		this.event = event;
		this.journal = journal;
		this.setting = setting;
		this.isOfRuns = /run/i.test(event);
	}

	private count = 0;

	/** Runs that began so long before the activation that no list shows them, or only one that lags. */
	private readonly unfollowed = new Set<string>();

	/** Whether the poll that is at work may hide records: deleting shifts pages, and one poll has to see them unhidden. */
	deletes = 0;

	serviceNow(): number {
		return clock.now + this.setting.ahead * hour;
	}

	add(
		howMany: number,
		{
			age: seconds,
			kind = 'a',
			isWrong = false,
			isRunning = true,
		}: {
			age: number;
			kind?: string;
			isWrong?: boolean;
			isRunning?: boolean;
		},
	): void {
		for (let n = 0; n < howMany; n++) {
			const entry: Entry = {
				id: `n${this.count++}`,
				time: this.serviceNow() - seconds * 1000 + (isWrong ? 10 * 365 * 24 * hour : 0),
				kind,
				state: this.isOfRuns && isRunning ? 'running' : 'done',
			};
			this.journal.entries.push(entry);
			if (entry.state === 'done') this.expect(entry);
		}
	}

	/** Whether the first poll with these filters has succeeded. */
	private get isWatching(): boolean {
		return this.watched === this.kind;
	}

	/** A happening that has just come about. */
	private expect({ id, kind }: Entry): void {
		if (this.unfollowed.has(id)) return;
		const isWanted = this.kind === null || kind === this.kind;
		this.promised.set(id, this.isWatching ? (isWanted ? 'once' : 'never') : 'perhaps');
	}

	act(happening: Happening, told: Set<string>): void {
		const { journal } = this;
		if (happening.what === 'appear') {
			this.add(happening.count, happening);
			return;
		}
		const { entries } = journal;
		const entry = entries[happening.pick % Math.max(1, entries.length)];
		if (!entry) return;
		if (happening.what === 'vanish') {
			const isOpen = this.promised.get(entry.id) === 'once' && !told.has(entry.id);
			if (isOpen || this.deletes === 0) return;
			this.deletes--;
			journal.entries = entries.filter((one) => one !== entry);
			journal.lagging.delete(entry.id);
			return;
		}
		if (entry.state !== 'running') return;
		entry.state = 'done';
		if (happening.lags && this.event === 'anyRunEnded') journal.lagging.add(entry.id);
		this.expect(entry);
	}

	/** A poll begins; gives what to do when it has succeeded, which tells whether it was the first with its filters. */
	begin(): () => boolean {
		const { kind } = this;
		const isNew = !this.isWatching;
		const there = new Set(this.promised.keys());
		return () => {
			if (!isNew) return false;
			this.watched = kind;
			const entries = new Map(this.journal.entries.map((entry) => [entry.id, entry]));
			const listed = this.serviceNow() - overlap * 1000;
			for (const { id, time = 0, state } of this.journal.entries) {
				const isShown = this.event === 'runEnded' ? state !== 'running' : true;
				const isHidden = this.journal.lagging.has(id) || !isShown;
				if (isHidden && time < listed) this.unfollowed.add(id);
			}
			for (const id of there) {
				const entry = entries.get(id);
				const isTold = this.setting.includeExisting && (kind === null || entry?.kind === kind);
				if (!entry || this.unfollowed.has(id)) this.promised.delete(id);
				else this.promised.set(id, isTold ? 'once' : 'never');
			}
			return true;
		};
	}
}

async function check(event: string, given: Setting): Promise<void> {
	clock.now = Date.parse('2026-03-01T12:00:00Z');
	const journal = new Journal();
	const model = new Model(event, journal, given);
	journal.isByTime = given.isByTime;
	server.answer((request) => journal.answer(request));
	const existing = [...given.existing].sort((a, b) => b.age - a.age);
	for (const { count, ...more } of existing) model.add(count, more);
	const parameters = (kind: string | null) => ({
		event,
		...(kind !== null && { filters: { kind } }),
		options: { includeExisting: given.includeExisting },
	});
	const begun = model.begin();
	const active: Active = await activate({
		node,
		credentialType: new ShelfApi(),
		credential: shelfCredential(server.url, storedToken),
		parameters: parameters(null),
	});
	begun();
	const told = () => new Set(active.delivered.map(({ id }) => String(id)));
	/** Items of the past filters do not count for the new ones. */
	let past = 0;
	const verify = (isEnd: boolean) => {
		const counts = new Map<string, number>();
		for (const { id } of active.delivered.slice(past)) {
			counts.set(String(id), (counts.get(String(id)) ?? 0) + 1);
		}
		for (const [id, promised] of model.promised) {
			const count = counts.get(id) ?? 0;
			expect([id, promised, count]).toEqual([id, promised, Math.min(count, 1)]);
			if (promised === 'never') expect([id, promised, count]).toEqual([id, promised, 0]);
			if (promised === 'once' && isEnd) expect([id, promised, count]).toEqual([id, promised, 1]);
		}
	};
	let mayHide = true;
	let isActive = true;
	const polls = async ({ refused, during, isDoubled }: Polling, isActivation = false) => {
		let index = 0;
		model.deletes = mayHide ? 1 : 0;
		journal.onRequest = () => {
			const now = index++;
			for (const { request, happening: one } of during) if (request === now) model.act(one, told());
			return now === refused ? { status: 400, body: { fault: 'Refused' } } : undefined;
		};
		const end = model.begin();
		const before = active.delivered.length;
		// Until an activation has worked there are no polls by time
		const working = isActivation || !isActive ? active.crash() : active.poll();
		const second = isDoubled && isActive && !isActivation ? active.poll() : undefined;
		const [outcome] = await Promise.allSettled([working, second]);
		journal.onRequest = () => undefined;
		if (outcome.status === 'fulfilled') {
			// What a page that shifted has hidden is found by the poll after that
			mayHide = !mayHide || model.deletes === 1;
			isActive = true;
			if (end()) past = before;
		} else if (isActivation) isActive = false;
		model.deletes = Infinity;
	};
	model.deletes = Infinity;
	const calm: Polling = { refused: null, during: [], isDoubled: false };
	for (const one of given.steps) {
		clock.now += 1000;
		if (one.what === 'wait') clock.now += one.minutes * minute;
		else if (one.what === 'poll') await polls(one.how);
		else if (one.what === 'crash') await polls(one.how, true);
		else if (one.what === 'edit') {
			active.edit(parameters(one.kind));
			model.kind = one.kind;
			await polls(one.how, true);
		} else model.act(one, told());
		verify(false);
	}
	// A list that lags catches up in the end
	journal.lagging.clear();
	await polls(calm);
	await polls(calm);
	verify(true);
}

describe.each(['entryWritten', 'entryWrittenSince', 'runEnded', 'anyRunEnded'])(
	'Of the event %s',
	(event) => {
		it('everything is delivered once, and nothing that was there before', async () => {
			await fc.assert(
				fc.asyncProperty(setting, async (given) => await check(event, given)),
				runs(40),
			);
		}, 600_000);
	},
);

/** What may happen to things. */
type Alteration =
	| { what: 'make'; count: number }
	| { what: 'alter'; pick: number }
	| { what: 'destroy'; pick: number };

interface Handling {
	refused: number | null;
	during: Array<{ request: number; alteration: Alteration }>;
	isDoubled: boolean;
}

const alteration: fc.Arbitrary<Alteration> = fc.oneof(
	fc.record({ what: fc.constant('make' as const), count: fc.integer({ min: 1, max: 5 }) }),
	fc.record({ what: fc.constant('alter' as const), pick: fc.nat(30) }),
	fc.record({ what: fc.constant('destroy' as const), pick: fc.nat(30) }),
);
const handling: fc.Arbitrary<Handling> = fc.record({
	refused: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 4 }),
	during: fc.array(fc.record({ request: fc.integer({ min: 0, max: 6 }), alteration }), {
		maxLength: 4,
	}),
	isDoubled: fc.boolean(),
});
const doing = fc.oneof(
	{ weight: 2, arbitrary: alteration },
	{ weight: 2, arbitrary: fc.record({ what: fc.constant('poll' as const), how: handling }) },
	{ weight: 1, arbitrary: fc.record({ what: fc.constant('crash' as const), how: handling }) },
);

interface Stock {
	existing: number;
	includeExisting: boolean;
	steps: Array<Alteration | { what: 'poll'; how: Handling } | { what: 'crash'; how: Handling }>;
}

const stock: fc.Arbitrary<Stock> = fc.record({
	existing: fc.nat(14),
	includeExisting: fc.boolean(),
	steps: fc.array(doing, { maxLength: 25, size: 'max' }),
});

/** Plays a story of things; gives what was delivered, what was there at first and what is there in the end. */
async function play(event: string, { existing, includeExisting, steps }: Stock) {
	const journal = new Journal();
	server.answer((request) => journal.answer(request));
	let count = 0;
	/** One thing may be destroyed while a poll reads: more could hide the same thing again and again. */
	let destroys = Infinity;
	const alter = (one: Alteration) => {
		if (one.what === 'make') {
			for (let n = 0; n < one.count; n++) {
				journal.entries.push({ id: `t${count}`, kind: 'a', state: `s${count++}` });
			}
			return;
		}
		const { entries } = journal;
		const entry = entries[one.pick % Math.max(1, entries.length)];
		if (!entry) return;
		if (one.what === 'alter') entry.state = `s${count++}`;
		else if (destroys-- > 0) journal.entries = entries.filter((other) => other !== entry);
	};
	if (existing > 0) alter({ what: 'make', count: existing });
	const first = structuredClone(journal.entries);
	const active = await activate({
		node,
		credentialType: new ShelfApi(),
		credential: shelfCredential(server.url, storedToken),
		parameters: { event, options: { includeExisting } },
	});
	for (const one of steps) {
		if (one.what !== 'poll' && one.what !== 'crash') {
			alter(one);
			continue;
		}
		const { refused, during, isDoubled } = one.how;
		let index = 0;
		destroys = 1;
		journal.onRequest = () => {
			const now = index++;
			for (const { request, alteration: change } of during) if (request === now) alter(change);
			return now === refused ? { status: 400, body: { fault: 'Refused' } } : undefined;
		};
		const isCrash = one.what === 'crash';
		const working = isCrash ? active.crash() : active.poll();
		await Promise.allSettled([working, isDoubled && !isCrash ? active.poll() : undefined]);
		journal.onRequest = () => undefined;
		destroys = Infinity;
	}
	await active.poll();
	await active.poll();
	return { first, last: journal.entries, delivered: active.delivered };
}

/** The items of each thing, by its ID. */
function byThing(delivered: Array<Record<string, unknown>>) {
	const things = new Map<string, Array<Record<string, unknown>>>();
	for (const item of delivered) {
		things.set(String(item.id), [...(things.get(String(item.id)) ?? []), item]);
	}
	return things;
}

describe('Of things', () => {
	it('each one that is made is delivered once', async () => {
		await fc.assert(
			fc.asyncProperty(stock, async (given) => {
				const { first, last, delivered } = await play('thingMade', given);
				const told = byThing(delivered);
				const before = new Set(first.map(({ id }) => id));
				for (const id of before) {
					expect([id, told.get(id)?.length ?? 0]).toEqual([id, given.includeExisting ? 1 : 0]);
				}
				for (const [id, items] of told) expect([id, items.length]).toEqual([id, 1]);
				for (const { id } of last) {
					if (!before.has(id)) expect([id, told.get(id)?.length]).toEqual([id, 1]);
				}
			}),
			runs(40),
		);
	}, 600_000);

	it('each state that they come to, and each end, is delivered once', async () => {
		await fc.assert(
			fc.asyncProperty(stock, async (given) => {
				const { first, last, delivered } = await play('thingChanged', given);
				const told = byThing(delivered);
				const now = new Map(last.map(({ id, state }) => [id, state]));
				for (const [id, items] of told) {
					const words = items.map(({ state }) => state);
					// States are never the same again, so none comes twice; an end, which has none, comes last
					expect([id, new Set(words).size]).toEqual([id, words.length]);
					expect([id, words.indexOf(undefined)]).toEqual([id, now.has(id) ? -1 : words.length - 1]);
					const begun = first.find((one) => one.id === id);
					if (begun) expect([id, words[0]]).not.toEqual([id, begun.state]);
				}
				for (const { id, state } of first) {
					const items = told.get(id) ?? [];
					const isChanged = now.get(id) !== state;
					expect([id, items.at(-1)?.state]).toEqual([id, isChanged ? now.get(id) : undefined]);
					expect([id, items.length > 0]).toEqual([id, isChanged]);
				}
			}),
			runs(40),
		);
	}, 600_000);
});
