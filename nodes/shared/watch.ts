/**
 * Pure: what a polling trigger remembers, and which happenings are new. A happening is told once, however often, in
 * whatever order and on however many pages it is read; what is remembered is bounded.
 */
import { createHash } from 'crypto';

/** Something that was read: a record that stands for one happening. Times are those of the service's clock. */
export interface Sighting {
	/** Tells the happening from all others; of one that can be under way, the ID that shows it later. */
	key: string;
	/** Milliseconds since the epoch; undefined where the service gives none. */
	time?: number;
	/** False while it is under way, as with a run that has not ended. */
	done: boolean;
	/** Whether the workflow asks for it. */
	wanted: boolean;
	record: unknown;
}

/** Memory of a feed: the happenings of a window that ends with the newest one that was seen. */
export interface FeedMemory {
	/** Time of the newest happening that was seen, not in the future; null when there was none. */
	mark: number | null;
	/** Happenings before this time are known or too late, unless they were under way. */
	floor: number | null;
	/** Happenings of the window: told, not asked for, or there before the trigger was. */
	seen: Array<[key: string, time: number]>;
	/** Happenings under way, those that were looked at longest ago first. */
	open: string[];
}

/** The most that is remembered of a feed; beyond it the window gets smaller. */
export const mostSeen = 20_000;

/** The most happenings under way that are followed; beyond it the oldest are given up. */
export const mostOpen = 5_000;

/** What one poll of a feed brought. */
export interface FeedReading {
	/** What the lists gave, in whatever order, also twice. */
	listed: Sighting[];
	/** Happenings under way that were looked at one by one, by key; null: no longer there. */
	looked: Map<string, Sighting | null>;
}

/** A short name of a long word, so that what is remembered stays small. */
export function brief(word: string, longest = 24): string {
	if (word.length <= longest) return word;
	return createHash('sha256').update(word).digest('base64url').slice(0, 16);
}

/**
 * The newest time that is not in the future. One wrong date must not move the window away from what happens; where the
 * service's clock is ahead of ours, the window is longer by that much.
 */
function newest(mark: number | null, listed: Sighting[], now: number): number | null {
	let last = mark;
	for (const { time } of listed) {
		if (time !== undefined && time <= now) last = Math.max(last ?? time, time);
	}
	return last;
}

/**
 * Where the window begins: not with the newest happening of this reading, but with that of the reading before, so that
 * everything is read twice at least. A page that shifted while it was read has hidden a record once only.
 */
function beginning(before: FeedMemory | undefined, mark: number | null, overlap: number) {
	const end = before ? before.mark : mark;
	if (end === null) return before?.floor ?? null;
	return Math.max(end - overlap, before?.floor ?? -Infinity);
}

/** What still fits into the memory, and the floor that goes with it. */
function bound(
	seen: Map<string, number>,
	floor: number | null,
): Pick<FeedMemory, 'seen' | 'floor'> {
	const inWindow = [...seen].filter(([, time]) => floor === null || time >= floor);
	if (inWindow.length <= mostSeen) return { seen: inWindow, floor };
	inWindow.sort(([, a], [, b]) => b - a);
	// What is forgotten must not be told again: the window now begins after it
	const begins = inWindow
		.slice(mostSeen)
		.reduce((latest, [, time]) => Math.max(latest, time + 1), floor ?? -Infinity);
	return { seen: inWindow.slice(0, mostSeen), floor: begins };
}

/**
 * Takes a reading of a feed into its memory.
 * @param before undefined at the first reading: then only `replay` tells what is there already
 * @param overlap milliseconds by which a happening may appear late in the list
 * @param now this machine's time, in milliseconds since the epoch
 * @returns the new happenings, oldest first, and the memory that goes with them
 */
export function advanceFeed(
	before: FeedMemory | undefined,
	{ listed, looked }: FeedReading,
	{ overlap, now, replay = false }: { overlap: number; now: number; replay?: boolean },
): { told: Sighting[]; after: FeedMemory } {
	const seen = new Map(before?.seen);
	const open = new Set(before?.open);
	const mark = newest(before?.mark ?? null, listed, now);
	const floor = beginning(before, mark, overlap);
	/** Stands for the time of what has none, or is too old to be remembered by its own. */
	const present = mark ?? now;
	const told: Sighting[] = [];
	/** A reading may show a happening twice that is too old to be remembered. */
	const settled = new Set<string>();

	const settle = (sighting: Sighting, isFollowed: boolean) => {
		open.delete(sighting.key);
		settled.add(sighting.key);
		const time = sighting.time ?? present;
		// A run that began long ago stays known for a window as well: lists may show it as under way for a while
		if (time >= (floor ?? time)) seen.set(brief(sighting.key), time);
		else if (isFollowed) seen.set(brief(sighting.key), present);
		if (sighting.wanted && (before !== undefined || replay)) told.push(sighting);
	};
	const sight = (sighting: Sighting, isFollowed: boolean) => {
		const key = brief(sighting.key);
		if (seen.has(key) || settled.has(sighting.key)) {
			// Without a time, or shown as under way by a list that lags, it would leave the window while it is still listed
			const isLasting = sighting.time === undefined || !sighting.done;
			if (isLasting) seen.set(key, Math.max(seen.get(key) ?? present, present));
			return;
		}
		const isOld = (sighting.time ?? Infinity) < (before?.floor ?? -Infinity);
		if (isOld && !isFollowed) return;
		if (sighting.done) settle(sighting, isFollowed);
		else open.add(sighting.key);
	};

	for (const [key, sighting] of looked) {
		// Back in at the end: those that were looked at longest ago come first
		open.delete(key);
		if (sighting) sight(sighting, true);
	}
	const lookedAt = told.splice(0);
	for (const sighting of listed) sight(sighting, !sighting.done || open.has(sighting.key));
	// Of equal times, those come first that stand last in a list that begins with the newest, as most do
	const isNewestFirst = (listed[0]?.time ?? now) >= (listed.at(-1)?.time ?? now);
	if (isNewestFirst) told.reverse();
	told.unshift(...lookedAt);
	told.sort((a, b) => (a.time ?? present) - (b.time ?? present));
	return { told, after: { mark, ...bound(seen, floor), open: [...open].slice(-mostOpen) } };
}

/** Memory of an inventory: a short word about each record that is there, by ID. */
export type InventoryMemory = Record<string, string>;

/** The most records of which words are remembered. */
export const mostRecords = 50_000;

/** A difference between two readings of an inventory. */
export interface Difference {
	id: string;
	/** The word from before; undefined for a new record. */
	before?: string;
	/** Undefined for a record that is gone. */
	word?: string;
	record?: unknown;
}

/**
 * Takes a reading of an inventory into its memory. A record that was not read and is not known to be gone stays as it
 * was: pages shift while they are read.
 * @param before undefined at the first reading: then only `replay` tells what is there already
 * @param gone IDs of records that are certain to be gone
 * @param happened whether a difference is what the workflow asks for
 */
export function advanceInventory(
	before: InventoryMemory | undefined,
	read: Map<string, { word: string; record: unknown }>,
	gone: Set<string>,
	happened: (before: string | undefined, word: string | undefined) => boolean,
	replay = false,
): { told: Difference[]; after: InventoryMemory } {
	const words = new Map(Object.entries(before ?? {}));
	const told: Difference[] = [];
	for (const [id, { word, record }] of read) {
		const known = words.get(id);
		const isTold = (before !== undefined || replay) && known !== word && happened(known, word);
		if (isTold) told.push({ id, ...(known !== undefined && { before: known }), word, record });
		words.set(id, word);
	}
	for (const id of gone) {
		const known = words.get(id);
		if (known === undefined || read.has(id)) continue;
		if (happened(known, undefined)) told.push({ id, before: known });
		words.delete(id);
	}
	return { told, after: Object.fromEntries(words) };
}
