import { createHash } from 'crypto';
import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { clock } from './clock';
import type { Feed, Inventory, TriggerCatalog, TriggerEvent } from './events';
import { isShown, memberOf } from './execute';
import { isObject } from './json';
import { UnreadableList } from './lists';
import { toLook } from './looks';
import type { Look, Values } from './operation';
import type { Binding } from './properties';
import { keyOf } from './request';
import { defaultLimits, Session } from './transport';
import { InvalidValue, readValue } from './values';
import type { Difference, FeedMemory, InventoryMemory, Sighting } from './watch';
import { advanceFeed, advanceInventory, brief, mostRecords, mostSeen } from './watch';

/** What is kept between polls, as JSON: n8n stores it with the workflow, and text costs it least. */
interface Memory {
	/** What the memory is about: another event or other filters begin anew. */
	scope: string;
	/** When the first poll was, by this machine. */
	began: number;
	/** How many happenings were told: no two memories between which something was told are the same. */
	told: number;
	feed?: FeedMemory;
	inventory?: InventoryMemory;
}

/** What one poll found, and what is remembered after it. */
interface Found {
	records: unknown[];
	memory: Memory;
}

/** One poll at work. */
interface Poll {
	look: Look;
	before: Memory | undefined;
	replay: boolean;
	memory: Memory;
}

/** Single requests about happenings under way, or about records that were missing, for each poll. */
const mostLooks = 200;

const narrowDown = 'Narrow them down with the fields and filters of the trigger.';

/** At the first poll of a list that is narrowed by time, milliseconds that the service's clock may be behind. */
const clockTolerance = 24 * 3_600_000;

/**
 * Polls under way, by node and scope. n8n starts the next one also when the last has not ended; both would tell the
 * same.
 */
const underWay = new Set<string>();

/**
 * What polls found that took longer than n8n waits for them. Where n8n has dropped such a poll, the next one hands over
 * what it found: reading the same again would take as long again, for ever.
 */
const late = new Map<string, { stored: unknown; found: Found }>();

/**
 * What was remembered before polls that told something, by node, with their times. n8n may start a poll with a memory that
 * it read before it had stored that of the last poll; both would tell the same.
 */
const outdated = new Map<string, Map<string, number>>();

/** Milliseconds in which n8n stores what a poll remembers. After that the poll's items were not taken over. */
const storingTime = 60_000;

/** The memories of a node that a poll may not begin with at this moment. */
function outdatedOf(node: string): Map<string, number> {
	const memories = outdated.get(node) ?? new Map<string, number>();
	outdated.set(node, memories);
	for (const [memory, at] of memories) {
		if (clock.now() - at >= storingTime) memories.delete(memory);
	}
	return memories;
}

function digest(memory: unknown): string {
	return createHash('sha256').update(String(memory)).digest('base64url');
}

function readMemory(stored: unknown, scope: string): Memory | undefined {
	if (typeof stored !== 'string') return undefined;
	const memory = JSON.parse(stored) as Memory;
	return memory.scope === scope ? memory : undefined;
}

/** Stands for the event and its filters as they are stored, expressions unresolved: these may differ from poll to poll. */
function scopeOf(context: IPollFunctions, baseUrl: string): string {
	const about = Object.entries(context.getNode().parameters)
		.filter(([name]) => name !== 'pollTimes' && name !== 'options')
		.sort(([a], [b]) => a.localeCompare(b));
	const words = JSON.stringify([baseUrl, about]);
	return createHash('sha256').update(words).digest('base64url').slice(0, 16);
}

function readValues(context: IPollFunctions, bindings: Binding[]): Values {
	const values: Values = {};
	const parameter = (name: string): unknown => context.getNodeParameter(name, null);
	const timezone = context.getTimezone();
	for (const binding of bindings) {
		const { field, group } = binding;
		if (!isShown(binding, parameter)) continue;
		const raw = group === null ? parameter(field.name) : memberOf(parameter(group), field.name);
		const value = readValue(field, raw, { timezone, group });
		if (value !== undefined) values[keyOf(binding)] = value;
	}
	return values;
}

function toSighting(feed: Feed, record: unknown, values: Values): Sighting | undefined {
	const key = feed.key(record);
	if (key === undefined) return undefined;
	const time = feed.time(record);
	return {
		key,
		...(time !== undefined && Number.isFinite(time) && { time }),
		done: feed.ending?.hasEnded(record) ?? true,
		wanted: feed.isWanted?.(record, values) ?? true,
		record,
	};
}

const isSighting = (sighting: Sighting | undefined): sighting is Sighting => sighting !== undefined;

/** Reads page after page until one is wholly older than the window; at first the newest record decides where that is. */
function untilOld(feed: Feed, memory: FeedMemory | undefined, readsAll: boolean) {
	let floor = memory?.floor ?? -Infinity;
	const now = clock.now();
	return (page: unknown[]): boolean => {
		const times = page.map((record) => feed.time(record) ?? Infinity);
		if (!memory && !readsAll) {
			const past = times.filter((time) => time <= now);
			floor = past.reduce((latest, time) => Math.max(latest, time - feed.overlap * 1000), floor);
		}
		return times.length > 0 && times.every((time) => time < floor);
	};
}

/** Reads a list. The first time it is read twice: what a page that shifts has hidden would be taken for new later. */
async function readWell(read: () => Promise<unknown[]>, isFirst: boolean): Promise<unknown[]> {
	const records = await read();
	return isFirst ? records.concat(await read()) : records;
}

async function pollFeed(feed: Feed, { look, before, replay, memory }: Poll): Promise<Found> {
	const { values } = look;
	const overlap = feed.overlap * 1000;
	const known = before?.feed;
	const since = known?.floor ?? (replay ? 0 : memory.began - overlap - clockTolerance);
	const read = async (): Promise<unknown[]> =>
		await feed.read(look, { since, until: untilOld(feed, known, replay) });
	const [recent, running] = await Promise.all([
		readWell(read, !known),
		feed.ending?.underWay?.(look) ?? [],
	]);
	const toSightings = (records: unknown[]) =>
		records.map((record) => toSighting(feed, record, values)).filter(isSighting);
	const runs = toSightings(running);
	// The list is the newer one of two answers about the same run only by chance: an end counts
	const listed = [...toSightings(recent), ...runs];
	if (listed.filter(({ time }) => time === undefined).length > mostSeen) {
		throw look.refuse(
			`There are more than the ${mostSeen} records without a time that can be watched`,
			narrowDown,
		);
	}
	const looked = new Map<string, Sighting | null>();
	if (feed.ending) {
		const { one } = feed.ending;
		const answered = new Set(listed.filter(({ done }) => done).map(({ key }) => key));
		const stillRunning = new Set(feed.ending.underWay ? runs.map(({ key }) => key) : []);
		const toLookAt = (known?.open ?? [])
			.filter((key) => !answered.has(key) && !stillRunning.has(key))
			.slice(0, mostLooks);
		await Promise.all(
			toLookAt.map(async (key) => {
				const record = await one(key, look);
				const sighting = record === undefined ? undefined : toSighting(feed, record, values);
				looked.set(key, sighting ? { ...sighting, key } : null);
			}),
		);
	}
	const { told, after } = advanceFeed(
		known,
		{ listed, looked },
		{ overlap, now: clock.now(), replay },
	);
	return { records: told.map(({ record }) => record), memory: { ...memory, feed: after } };
}

/** Some of them, by chance, where one poll cannot ask about all: each will have its turn. */
function someOf(ids: string[]): string[] {
	if (ids.length <= mostLooks) return ids;
	const first = Math.floor(Math.random() * ids.length);
	return [...ids.slice(first), ...ids.slice(0, first)].slice(0, mostLooks);
}

/** Which of the records that were not read are really gone. */
async function findGone(inventory: Inventory, look: Look, missing: string[]): Promise<Set<string>> {
	if (missing.length === 0) return new Set();
	const { isGone } = inventory;
	if (isGone) {
		const asked = someOf(missing);
		const answers = await Promise.all(asked.map(async (id) => await isGone(id, look)));
		return new Set(asked.filter((_, index) => answers[index]));
	}
	// A page that shifts while the list is read hides a record; it will hardly hide the same one again
	let left = missing;
	for (let again = 0; again < 2 && left.length > 0; again++) {
		const ids = new Set((await inventory.read(look)).map((record) => inventory.id(record)));
		left = left.filter((id) => !ids.has(id));
	}
	return new Set(left);
}

async function pollInventory(
	inventory: Inventory,
	{ look, before, replay, memory }: Poll,
): Promise<Found> {
	const { values } = look;
	const known = before?.inventory;
	const read = new Map<string, { word: string; record: unknown }>();
	for (const record of await readWell(async () => await inventory.read(look), !known)) {
		const id = inventory.id(record);
		if (id === undefined) continue;
		read.set(id, { word: brief(inventory.word(record, values), 100), record });
	}
	const missing = Object.keys(known ?? {}).filter((id) => !read.has(id));
	const gone = await findGone(inventory, look, missing);
	const { told, after } = advanceInventory(
		known,
		read,
		gone,
		(was, word) => inventory.happened(was, word, values),
		replay,
	);
	const size = Object.keys(after).length;
	if (size > mostRecords) {
		throw look.refuse(
			`There are ${size} records, more than the ${mostRecords} that can be watched`,
			narrowDown,
		);
	}
	return {
		records: told.map((difference) => toRecord(inventory, difference)),
		memory: { ...memory, inventory: after },
	};
}

function toRecord(inventory: Inventory, { id, before = '', record }: Difference): unknown {
	return record ?? inventory.remains?.(id, before) ?? { id };
}

/** A record that shows what the event gives, for building the workflow: the newest one that fits, or any. */
async function sample({ source }: TriggerEvent, look: Look): Promise<unknown> {
	const { values } = look;
	if (source.kind === 'feed') {
		const records = await source.read(look, {
			since: clock.now() - 30 * clockTolerance,
			until: () => true,
		});
		const sightings = records
			.map((record) => toSighting(source, record, values))
			.filter(isSighting)
			.sort((a, b) => (b.time ?? 0) - (a.time ?? 0));
		const ended = sightings.filter(({ done }) => done);
		return (ended.find(({ wanted }) => wanted) ?? ended[0] ?? sightings[0])?.record;
	}
	const records = await source.read(look);
	const fitting = records.find((record) =>
		source.happened(undefined, source.word(record, values), values),
	);
	const record = fitting ?? records[0];
	if (record === undefined) return undefined;
	const id = source.id(record) ?? '';
	const word = source.word(record, values);
	const isAboutGone = !fitting && source.happened(word, undefined, values);
	return isAboutGone ? toRecord(source, { id, before: word }) : record;
}

function toItem(record: unknown): INodeExecutionData {
	return { json: (isObject(record) ? record : { value: record }) as IDataObject };
}

async function showSample(event: TriggerEvent, look: Look): Promise<INodeExecutionData[][]> {
	const record = await sample(event, look);
	if (record !== undefined) return [[toItem(record)]];
	throw look.refuse(
		`There is nothing yet that could be shown for “${event.name}”`,
		'Make it happen once at the service, or activate the workflow and wait.',
	);
}

async function watch(
	context: IPollFunctions,
	source: Feed | Inventory,
	look: Look,
	{ scope, stored }: { scope: string; stored: unknown },
): Promise<Found> {
	const before = readMemory(stored, scope);
	const options: unknown = context.getNodeParameter('options', {});
	const poll: Poll = {
		look,
		before,
		replay: !before && memberOf(options, 'includeExisting') === true,
		memory: before ?? { scope, began: clock.now(), told: 0 },
	};
	return await (source.kind === 'feed' ? pollFeed(source, poll) : pollInventory(source, poll));
}

async function pollOnce(
	context: IPollFunctions,
	catalog: TriggerCatalog,
): Promise<INodeExecutionData[][] | null> {
	const value = String(context.getNodeParameter('event', ''));
	const found = catalog.events.get(value);
	if (!found) {
		throw new NodeOperationError(
			context.getNode(),
			`${catalog.provider.displayName} has no event “${value}”`,
			{ description: 'Choose “Event” again. A newer version of the package may have it.' },
		);
	}
	const { event, bindings } = found;
	const values = readValues(context, bindings);
	const budget = context.getPollBudgetMs?.() ?? Infinity;
	const session = await Session.open(context, catalog.provider, {
		...defaultLimits,
		timeout: Math.min(defaultLimits.timeout, budget),
	});
	const look = toLook(context, session, values);
	if (context.getMode() === 'manual') return await showSample(event, look);

	const scope = scopeOf(context, catalog.provider.baseUrl(session.credentials));
	const name = `${context.getWorkflow().id}:${context.getNode().id}:${scope}`;
	if (underWay.has(name)) return null;
	underWay.add(name);
	try {
		const began = clock.now();
		const data = context.getWorkflowStaticData('node');
		const stored: unknown = data.memory;
		if (outdatedOf(name).has(digest(stored))) return null;
		const held = late.get(name);
		late.delete(name);
		const found =
			held && held.stored === stored
				? held.found
				: await watch(context, event.source, look, { scope, stored });
		const { records, memory } = found;
		if (clock.now() - began > budget) late.set(name, { stored, found });
		else if (records.length > 0) outdatedOf(name).set(digest(stored), clock.now());
		// Only now, and without a pause before n8n takes the items over: a poll that fails half-way changes nothing
		data.memory = JSON.stringify({ ...memory, told: memory.told + records.length });
		return records.length > 0 ? [records.map(toItem)] : null;
	} finally {
		underWay.delete(name);
	}
}

function inWords(context: IPollFunctions, thrown: unknown): unknown {
	const isSentence = thrown instanceof InvalidValue || thrown instanceof UnreadableList;
	return isSentence ? new NodeOperationError(context.getNode(), thrown.message) : thrown;
}

/**
 * Polls a service once for a trigger node: every happening starts the workflow once, from the first poll after
 * activation on.
 * @returns null when nothing happened
 * @throws NodeApiError or NodeOperationError in words; then nothing is remembered, and the next poll reads the same again
 */
export async function poll(
	context: IPollFunctions,
	catalog: TriggerCatalog,
): Promise<INodeExecutionData[][] | null> {
	try {
		return await pollOnce(context, catalog);
	} catch (error) {
		throw inWords(context, error);
	}
}
