import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { compileEvents } from '../../nodes/shared/events';
import type { Feed, Inventory, TriggerEvent } from '../../nodes/shared/events';
import { at, text } from '../../nodes/shared/json';
import { forgetLogins } from '../../nodes/shared/login';
import type { Provider } from '../../nodes/shared/operation';
import { mostOpen, mostRecords, mostSeen } from '../../nodes/shared/watch';
import { Journal, journalCatalog, overlap, triggerOf } from '../support/journal.mts';
import type { Active, Watching } from '../support/polling.mts';
import { activate } from '../support/polling.mts';
import { secrets, shelf, ShelfApi, shelfCredential } from '../support/provider.mts';
import type { Received, ScriptedServer } from '../support/server.mts';
import { startServer } from '../support/server.mts';
import { gate, signedIn, storedToken, turns } from '../support/shelf.mts';
import type { TurnedClock } from '../support/time.mts';
import { turnClock } from '../support/time.mts';

let server: ScriptedServer;
let journal: Journal;
let clock: TurnedClock;
let credential: ReturnType<typeof shelfCredential>;

beforeEach(async () => {
	clock = turnClock();
	forgetLogins();
	server = await startServer();
	journal = new Journal();
	server.answer((request) => journal.answer(request));
	credential = shelfCredential(server.url, storedToken);
});

afterEach(async () => {
	jest.restoreAllMocks();
	await server.close();
});

const journalNode = triggerOf(journalCatalog);

async function start(parameters: INodeParameters, more: Partial<Watching> = {}): Promise<Active> {
	return await activate({
		node: journalNode,
		credentialType: new ShelfApi(),
		credential,
		parameters,
		...more,
	});
}

/** A trigger of one event. */
async function startWith(
	source: Feed | Inventory,
	parameters: INodeParameters = {},
	more: Partial<TriggerEvent> = {},
	provider: Provider = shelf,
): Promise<Active> {
	const event: TriggerEvent = { name: 'One', value: 'one', description: 'When', source, ...more };
	return await start(
		{ event: 'one', ...parameters },
		{ node: triggerOf(compileEvents(provider, [event])) },
	);
}

/** Adds entries that have just appeared. */
function write(count: number, more: object = {}): void {
	for (let n = 0; n < count; n++) {
		const id = `n${journal.entries.length}`;
		journal.entries.push({ id, time: clock.now, kind: 'a', state: 'done', ...more });
	}
}

const idsOf = (items: INodeExecutionData[]) => items.map(({ json }) => json.id);
const sent = () => server.received.map(({ path, query }) => `${path}?${query.toString()}`);

/** A feed of what `read` gives. */
const feedOf = (read: Feed['read'], more: Partial<Feed> = {}): Feed => ({
	kind: 'feed',
	overlap,
	read,
	key: (record) => text(at(record, 'id')),
	time: (record) => Number(at(record, 'time')),
	...more,
});

describe('A poll', () => {
	it('starts the workflow with what has happened since the last one', async () => {
		write(3);
		const active = await start({ event: 'entryWritten' });
		expect(active.delivered).toEqual([]);
		clock.now += 60_000;
		write(2);
		const items = (await active.poll()).map(({ json }) => json);
		expect(items).toEqual(expect.arrayContaining(journal.entries.slice(3)));
		expect(items).toHaveLength(2);
		expect(await active.poll()).toEqual([]);
		await active.crash();
		expect(active.delivered).toHaveLength(2);
	});

	it('leaves out what is no happening, and wraps what is no object', async () => {
		const records: unknown[] = [];
		const active = await startWith(
			feedOf(async () => await Promise.resolve([...records]), {
				key: (record) => (record === 'none' ? undefined : text(record)),
				time: () => undefined,
			}),
		);
		records.push('none', 'some');
		expect((await active.poll()).map(({ json }) => json)).toEqual([{ value: 'some' }]);
	});

	it('asks the service for the time from the window on, and a day further back at first', async () => {
		const since: number[] = [];
		const records = [{ id: 'a', time: clock.now - 5000 }];
		const source = feedOf(async (_, window) => {
			since.push(window.since);
			return await Promise.resolve(records);
		});
		const began = clock.now;
		const active = await startWith(source);
		clock.now += 60_000;
		await active.poll();
		expect(since).toEqual([
			began - overlap * 1000 - 86_400_000,
			began - overlap * 1000 - 86_400_000,
			began - 5000 - overlap * 1000,
		]);
		since.length = 0;
		await startWith(source, { options: { includeExisting: true } });
		expect(since).toEqual([0, 0]);
	});

	it('goes on asking from the same time while there is nothing', async () => {
		const since: number[] = [];
		const active = await startWith(
			feedOf(async (_, window) => {
				since.push(window.since);
				return await Promise.resolve([]);
			}),
			{ options: { includeExisting: true } },
		);
		const began = clock.now;
		clock.now += 86_400_000;
		await active.poll();
		expect(since.at(-1)).toBe(began - overlap * 1000 - 86_400_000);
	});

	it('reads pages until one is older than the window', async () => {
		for (let n = 0; n < 40; n++) write(1, { time: clock.now - (40 - n) * overlap * 250 });
		const active = await start({ event: 'entryWritten' });
		const pages = (from: number) => sent().slice(from);
		// The newest five are within the overlap of the newest: two pages, and one to see that
		expect(pages(0)).toHaveLength(6);
		await active.poll();
		expect(pages(6)).toHaveLength(3);
	});

	it('reads all pages for Include Existing', async () => {
		for (let n = 0; n < 10; n++) write(1, { time: clock.now - n * 10 * overlap * 1000 });
		const active = await start({
			event: 'entryWritten',
			options: { includeExisting: true },
		});
		expect(active.delivered).toHaveLength(10);
		expect(idsOf(await active.poll())).toEqual([]);
	});

	it('finds what a page that shifted has hidden, also after n8n was down for long', async () => {
		for (let n = 0; n < 3; n++) write(1);
		const active = await start({ event: 'entryWritten' });
		for (let n = 0; n < 8; n++) {
			clock.now += 10 * overlap * 1000;
			write(1);
		}
		// The first entry of the second page moves to the first page, which has been read
		let pages = 0;
		journal.onRequest = () => {
			if (pages++ === 1) journal.entries.pop();
			return undefined;
		};
		expect(idsOf(await active.poll())).not.toContain('n6');
		expect(idsOf(await active.poll())).toEqual(['n6']);
	});

	it('takes only what the filter asks for', async () => {
		const active = await start({ event: 'entryWritten', filters: { kind: 'b' } });
		write(1);
		write(1, { kind: 'b' });
		expect(idsOf(await active.poll())).toEqual(['n1']);
	});

	it('begins anew with other filters, and goes on with other poll times and options', async () => {
		const active = await start({ event: 'entryWritten' });
		write(1);
		active.edit({ event: 'entryWritten', filters: { kind: 'a' } });
		await active.crash();
		expect(active.delivered).toEqual([]);
		write(1);
		active.edit({
			event: 'entryWritten',
			filters: { kind: 'a' },
			pollTimes: { item: [{ mode: 'everyHour', minute: 0 }] },
			options: { includeExisting: true },
		});
		await active.crash();
		expect(active.delivered.map(({ id }) => id)).toEqual(['n1']);
	});

	it('begins anew at another address of the service', async () => {
		const active = await start({ event: 'entryWritten' });
		write(1);
		const other = await startServer((request) => journal.answer(request));
		credential.url = other.url;
		expect(await active.poll()).toEqual([]);
		write(1);
		expect(idsOf(await active.poll())).toEqual(['n1']);
		await other.close();
	});

	it('delivers 10,000 at once', async () => {
		const active = await startWith(feedOf(async () => await Promise.resolve(journal.entries)));
		write(10_000);
		const items = await active.poll();
		expect(new Set(idsOf(items)).size).toBe(10_000);
		expect(await active.poll()).toEqual([]);
		await active.crash();
		expect(active.delivered).toHaveLength(10_000);
		expect(active.stored().length).toBeLessThan(1_000_000);
	});

	it('remembers a bounded number of entries and runs', async () => {
		const state = { isDone: false };
		const active = await startWith(
			feedOf(async () => await Promise.resolve(journal.entries), {
				ending: {
					hasEnded: (record) => state.isDone || at(record, 'state') === 'done',
					one: async () =>
						await Promise.resolve({ id: 'other', time: clock.now, state: 'running' }),
				},
			}),
		);
		for (let minute = 0; minute < 3; minute++) {
			clock.now += 60_000;
			write(9000);
			write(3000, { state: 'running' });
			await active.poll();
		}
		const { memory } = at(JSON.parse(active.stored()), 'node:Trigger under test') as {
			memory: string;
		};
		const stored = JSON.parse(memory) as { feed: { seen: unknown[]; open: unknown[] } };
		expect(stored.feed.seen).toHaveLength(mostSeen);
		expect(stored.feed.open).toHaveLength(mostOpen);
	});

	it('refuses more records without a time than it can remember', async () => {
		write(mostSeen + 1, { time: undefined });
		const active = startWith(
			feedOf(async () => await Promise.resolve(journal.entries), { time: () => undefined }),
		);
		await expect(active).rejects.toMatchObject({
			message: `There are more than the ${mostSeen} records without a time that can be watched`,
			description: 'Narrow them down with the fields and filters of the trigger.',
		});
	});
});

describe('Runs', () => {
	it('are looked at one by one when they have left the list', async () => {
		write(1, { state: 'running' });
		const active = await start({ event: 'runEnded' });
		clock.now += 10 * overlap * 1000;
		write(5);
		expect(await active.poll()).toHaveLength(5);
		await active.poll();
		const run = journal.entries[0]!;
		run.state = 'done';
		expect(idsOf(await active.poll())).toEqual(['n0']);
		server.forget();
		expect(await active.poll()).toEqual([]);
		expect(sent().some((path) => path.startsWith('/api/runs/'))).toBe(false);
	});

	it('that are no longer there are given up', async () => {
		write(1, { state: 'running' });
		const active = await start({ event: 'runEnded' });
		journal.entries = [];
		expect(await active.poll()).toEqual([]);
		server.forget();
		await active.poll();
		expect(sent()).toEqual(['/api/runs?page=1&limit=4']);
	});

	it('are not looked at where a list shows them as under way', async () => {
		write(1, { state: 'running', time: clock.now - 100 * overlap * 1000 });
		write(5);
		const active = await start({ event: 'anyRunEnded' });
		server.forget();
		await active.poll();
		expect(sent().some((path) => path.startsWith('/api/runs/'))).toBe(false);
		journal.entries[0]!.state = 'done';
		expect(idsOf(await active.poll())).toEqual(['n0']);
	});
});

describe('Things', () => {
	it('that are made, changed or gone start the workflow', async () => {
		write(3, { state: 'new' });
		const made = await start({ event: 'thingMade' });
		const changed = await start({ event: 'thingChanged' });
		write(1, { state: 'new' });
		journal.entries[0]!.state = 'old';
		journal.entries.splice(1, 1);
		expect(idsOf(await made.poll())).toEqual(['n3']);
		expect((await changed.poll()).map(({ json }) => json)).toEqual([
			expect.objectContaining({ id: 'n0', state: 'old' }),
			{ id: 'n1', was: 'new' },
		]);
		expect([await made.poll(), await changed.poll()]).toEqual([[], []]);
	});

	it('are asked for by fields that are shown only with others', async () => {
		write(2, { state: 'new' });
		const active = await start({ event: 'thingChanged', into: 'one', state: 'old' });
		journal.entries[0]!.state = 'other';
		journal.entries[1]!.state = 'old';
		expect(idsOf(await active.poll())).toEqual(['n1']);
		await expect(start({ event: 'thingChanged', into: 'one' })).rejects.toThrow(
			'“State” is required',
		);
	});

	it('are gone when they are in the list no more, or when one request tells', async () => {
		const active = await startWith({
			kind: 'inventory',
			read: async () => await Promise.resolve([...journal.entries, { name: 'nameless' }]),
			id: (record) => text(at(record, 'id')),
			word: () => '',
			happened: (_, word) => word === undefined,
		});
		expect(await active.poll()).toEqual([]);
		write(2);
		await active.poll();
		journal.entries.pop();
		expect((await active.poll()).map(({ json }) => json)).toEqual([{ id: 'n1' }]);
	});

	it('that a page has hidden are not gone', async () => {
		let hidden = 0;
		write(2);
		const active = await startWith({
			kind: 'inventory',
			read: async () => await Promise.resolve(journal.entries.slice(hidden-- > 0 ? 1 : 0)),
			id: (record) => text(at(record, 'id')),
			word: () => '',
			happened: () => true,
		});
		hidden = 2;
		expect(await active.poll()).toEqual([]);
		hidden = 3;
		expect(idsOf(await active.poll())).toEqual(['n0']);
	});

	it('that are hidden by the first reading are not new', async () => {
		let hidden = 1;
		write(2);
		const active = await startWith({
			kind: 'inventory',
			read: async () => await Promise.resolve(journal.entries.slice(hidden-- > 0 ? 1 : 0)),
			id: (record) => text(at(record, 'id')),
			word: () => '',
			happened: () => true,
		});
		expect(await active.poll()).toEqual([]);
	});

	it('that are missing in great number are asked for in turn', async () => {
		write(450);
		const there = new Set(journal.entries.slice(0, 50).map(({ id }) => id));
		let asked = 0;
		const active = await startWith({
			kind: 'inventory',
			read: async () => await Promise.resolve(journal.entries),
			id: (record) => text(at(record, 'id')),
			word: () => '',
			happened: () => true,
			async isGone(id) {
				asked++;
				return await Promise.resolve(!there.has(id));
			},
		});
		journal.entries = [];
		await active.poll();
		expect(asked).toBe(200);
		for (let n = 0; n < 30; n++) await active.poll();
		expect(new Set(active.delivered.map(({ id }) => id)).size).toBe(400);
		expect(active.delivered).toHaveLength(400);
	});

	it('may be as they were before: what happens then is told at once', async () => {
		const active = await start({ event: 'thingMade' });
		for (let n = 0; n < 3; n++) {
			write(1);
			expect(await active.poll()).toHaveLength(1);
			journal.entries = [];
			await active.crash();
		}
	});

	it('may be too many', async () => {
		const active = startWith({
			kind: 'inventory',
			read: async () =>
				await Promise.resolve(Array.from({ length: mostRecords + 1 }, (_, id) => ({ id }))),
			id: (record) => text(at(record, 'id')),
			word: () => '',
			happened: () => true,
		});
		await expect(active).rejects.toThrow(
			'There are 50001 records, more than the 50000 that can be watched',
		);
	});
});

describe('Polls that meet trouble', () => {
	it('tell in words what the service refused, and lose nothing', async () => {
		const active = await start({ event: 'entryWritten' });
		write(6);
		journal.onRequest = ({ query }: Received) =>
			query.get('page') === '2' ? { status: 400, body: { fault: 'Page is out' } } : undefined;
		const error: unknown = await active.poll().catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error).toMatchObject({ message: 'Page is out' });
		journal.onRequest = () => undefined;
		expect(await active.poll()).toHaveLength(6);
	});

	it('are retried where the trouble passes', async () => {
		const active = await start({ event: 'entryWritten' });
		write(1);
		let failures = 2;
		journal.onRequest = () => (failures-- > 0 ? { status: 503 } : undefined);
		expect(await active.poll()).toHaveLength(1);
		expect(clock.slept.length).toBeGreaterThan(0);
	});

	it('tell in words of lists that cannot be read', async () => {
		const active = await start({ event: 'entryWritten' });
		journal.onRequest = () => ({ body: { something: 'else' } });
		const error: unknown = await active.poll().catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error).toMatchObject({ message: 'The answer has no list under “entries”' });
	});

	it('tell of an event that is not known', async () => {
		await expect(start({ event: 'somethingElse' })).rejects.toMatchObject({
			message: 'Shelf has no event “somethingElse”',
			description: 'Choose “Event” again. A newer version of the package may have it.',
		});
	});

	it('renew a token that has expired', async () => {
		server.answer(signedIn((request) => journal.answer(request)));
		const active = await start({ event: 'entryWritten' });
		write(1);
		expect(await active.poll()).toHaveLength(1);
		expect(credential.sessionToken).toBe(`${secrets.token}1`);
	});

	it('keep each other out', async () => {
		const active = await start({ event: 'entryWritten' });
		write(2);
		const { open, opened } = gate();
		journal.onRequest = () => ({ until: opened, body: { entries: journal.entries } });
		const first = active.poll();
		await turns();
		expect(await active.poll()).toEqual([]);
		open();
		expect(await first).toHaveLength(2);
	});

	it('are kept out by those with the same settings only', async () => {
		const active = await start({ event: 'entryWritten' });
		const { open, opened } = gate();
		journal.onRequest = ({ path }) =>
			path === '/api/entries' ? { until: opened, body: { entries: [] } } : undefined;
		const first = active.poll();
		await turns();
		active.edit({ event: 'thingMade' });
		await active.poll();
		write(1);
		expect(await active.poll()).toHaveLength(1);
		open();
		await first;
	});
});

describe('A poll that takes longer than n8n waits', () => {
	/** Reading takes two minutes; n8n waits for one. */
	const slowly = async () => {
		const active = await start({ event: 'entryWritten' }, { budget: 60_000 });
		journal.onRequest = () => {
			clock.now += 120_000;
			return undefined;
		};
		return active;
	};

	it('hands what it found over to the next one, once', async () => {
		const active = await slowly();
		write(3);
		expect(await active.pollInVain()).toHaveLength(3);
		server.forget();
		expect(await active.poll()).toHaveLength(3);
		expect(sent()).toEqual([]);
		expect(await active.poll()).toEqual([]);
		await active.crash();
		expect(active.delivered).toHaveLength(3);
	});

	it('counts when n8n has taken it after all', async () => {
		const active = await slowly();
		write(3);
		expect(await active.poll()).toHaveLength(3);
		write(1);
		expect(await active.poll()).toHaveLength(1);
		expect(active.delivered).toHaveLength(4);
	});

	it('is of no use to one with other settings, or after a poll in time', async () => {
		const active = await slowly();
		write(3);
		await active.pollInVain();
		active.edit({ event: 'entryWritten', filters: { kind: 'a' } });
		expect(await active.poll()).toEqual([]);
		journal.onRequest = () => undefined;
		write(1);
		expect(await active.pollInVain()).toHaveLength(1);
		clock.now += 60_000;
		server.forget();
		expect(await active.poll()).toHaveLength(1);
		expect(sent()).not.toEqual([]);
	});

	it('is none where n8n does not say how long', async () => {
		const active = await start({ event: 'entryWritten' }, { budget: null });
		clock.now += 1000;
		write(1);
		journal.onRequest = () => {
			clock.now += 86_400_000;
			return undefined;
		};
		expect(await active.pollInVain()).toHaveLength(1);
		clock.now += 60_000;
		server.forget();
		expect(await active.poll()).toHaveLength(1);
		expect(sent()).not.toEqual([]);
	});

	it('gives no request more time than that', async () => {
		await start({ event: 'entryWritten' }, { budget: 60 });
		journal.onRequest = () => ({ fault: 'silence' });
		const error: unknown = await start({ event: 'entryWritten' }, { budget: 60 }).catch(
			(thrown: unknown) => thrown,
		);
		expect(error).toBeInstanceOf(NodeApiError);
	});
});

describe('Fetch test event', () => {
	it('shows the newest record that the workflow asks for, and starts nothing', async () => {
		for (const [kind, state] of [
			['a', 'done'],
			['b', 'done'],
			['a', 'done'],
			['a', 'running'],
		]) {
			clock.now += 1000;
			write(1, { kind, state });
		}
		const fetch = async (parameters: INodeParameters) =>
			idsOf(await (await start(parameters)).fetchTestEvent());
		expect(await fetch({ event: 'runEnded' })).toEqual(['n2']);
		expect(await fetch({ event: 'runEnded', filters: { kind: 'b' } })).toEqual(['n1']);
		// One that has ended, though of another kind, shows more than one under way
		expect(await fetch({ event: 'runEnded', filters: { kind: 'c' } })).toEqual(['n2']);
		expect(await fetch({ event: 'thingMade' })).toEqual(['n3']);
		journal.entries = journal.entries.slice(3);
		expect(await fetch({ event: 'runEnded' })).toEqual(['n3']);
		const active = await start({ event: 'runEnded' });
		const before = active.stored();
		await active.fetchTestEvent();
		expect(active.stored()).toBe(before);
	});

	it('shows records without a time', async () => {
		write(2, { time: undefined });
		const active = await start({ event: 'entryWritten' });
		expect(idsOf(await active.fetchTestEvent())).toEqual(['n1']);
	});

	it('shows what a thing that is gone would leave', async () => {
		write(1, { state: 'new' });
		const active = await startWith({
			kind: 'inventory',
			read: async () => await Promise.resolve(journal.entries),
			id: (record) => text(at(record, 'id')),
			word: (record) => text(at(record, 'state')) ?? '',
			happened: (_, word) => word === undefined,
			remains: (id, was) => ({ id, was }),
		});
		expect((await active.fetchTestEvent()).map(({ json }) => json)).toEqual([
			{ id: 'n0', was: 'new' },
		]);
	});

	it('shows a record as it is where nothing fits, also without an ID', async () => {
		write(1);
		const source: Inventory = {
			kind: 'inventory',
			read: async () => await Promise.resolve(journal.entries),
			id: () => undefined,
			word: () => '',
			happened: () => false,
		};
		const active = await startWith(source);
		expect(idsOf(await active.fetchTestEvent())).toEqual(['n0']);
	});

	it('tells when there is nothing', async () => {
		for (const event of ['entryWritten', 'thingMade']) {
			const active = await start({ event });
			await expect(active.fetchTestEvent()).rejects.toMatchObject({
				message: expect.stringMatching(
					/^There is nothing yet that could be shown for “/,
				) as unknown,
				description: 'Make it happen once at the service, or activate the workflow and wait.',
			});
		}
	});
});
