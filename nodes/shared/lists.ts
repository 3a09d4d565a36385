import { at, isObject } from './json';
import type { Answer, ApiRequest, Extract, Page, Pager, Until } from './operation';

/** Sends a request; as the session does. */
type Send = (request: ApiRequest) => Promise<Answer>;

/** Pages after which a list is taken for endless. */
const mostPages = 10_000;

const samePage = 'The service gives the same page of the list again and again';
const endless = `The list has not ended after ${mostPages} pages`;

/** Thrown for a list that cannot be read to its end; the message is a sentence. */
export class UnreadableList extends Error {}

/** Takes what the operation is about out of a body. */
export function extract(body: unknown, where: Extract | undefined): unknown {
	if (where === undefined) return body;
	return typeof where === 'function' ? where(body) : at(body, where);
}

function recordsOf(answer: Answer, where: Extract | undefined): unknown[] {
	const records = extract(answer.body, where);
	if (Array.isArray(records)) return records;
	const expected = typeof where === 'string' ? `a list under “${where}”` : 'a list';
	throw new UnreadableList(
		isObject(answer.body)
			? `The answer has no ${expected.replace(/^a /, '')}`
			: `The answer is not ${expected}`,
	);
}

/** Tells a page that was asked for before: the walk would go on for ever. */
function fingerprint(request: ApiRequest): string {
	return JSON.stringify([request.path, request.query, request.body]);
}

/** Whether two neighbouring pages are the same one; plain values may well repeat, records do not. */
function isSamePage(before: unknown[] | undefined, items: unknown[]): boolean {
	if (before?.length !== items.length || !isObject(items[0])) return false;
	const ends = (page: unknown[]) => JSON.stringify([page[0], page.at(-1)]);
	return ends(before) === ends(items);
}

async function readPage(
	send: Send,
	request: ApiRequest,
	where: Extract | undefined,
	index: number,
): Promise<Page> {
	const answer = await send(request);
	return { items: recordsOf(answer, where), answer, index };
}

/**
 * Reads a list until it ends, `limit` records are there, or `until` holds for a page. Where the service says how many pages there are,
 * these are read side by side (the session decides how many at a time) and delivered in order.
 * @throws UnreadableList when the service keeps giving the same page, or never ends
 */
export async function readList(
	send: Send,
	base: ApiRequest,
	list: { at?: Extract; pager?: Pager },
	limit = Number.POSITIVE_INFINITY,
	atATime = 10,
	until?: Until,
): Promise<unknown[]> {
	const { pager } = list;
	if (!pager) return (await readPage(send, base, list.at, 0)).items.slice(0, limit);
	const size = Math.max(1, Math.min(pager.size, limit));
	let request: ApiRequest | undefined = pager.first(base, size);
	const seen = new Set<string>();
	const records: unknown[] = [];
	let previous: unknown[] | undefined;
	for (let index = 0; request !== undefined; index++) {
		const mark = fingerprint(request);
		if (seen.has(mark)) {
			throw new UnreadableList(samePage);
		}
		if (index >= mostPages) {
			throw new UnreadableList(endless);
		}
		seen.add(mark);
		const page: Page = {
			...(await readPage(send, request, list.at, index)),
			before: records.length,
		};
		if (isSamePage(previous, page.items)) throw new UnreadableList(samePage);
		previous = page.items;
		for (const record of page.items) records.push(record);
		if (records.length >= limit || until?.(page.items)) break;
		const pages = index === 0 && !until ? pager.pages?.(page, size) : undefined;
		if (pages !== undefined && pager.at && page.items.length > 0) {
			// A service may give fewer records a page than it was asked for
			const needed = Math.min(pages, Math.ceil(limit / Math.min(size, page.items.length)));
			const { at } = pager;
			const rest = await readSideBySide(needed, atATime, async (other) => {
				const { items } = await readPage(send, at(base, other, size), list.at, other);
				if (other === 1 && isSamePage(page.items, items)) throw new UnreadableList(samePage);
				return items;
			});
			for (const items of rest) for (const record of items) records.push(record);
			break;
		}
		request = pager.next(base, page, size);
	}
	return records.slice(0, limit);
}

/**
 * Reads pages 1 to the last one; gives their records in order. When one fails, those under way are waited for and
 * no further one is asked for: nothing is sent after the list was given up.
 */
async function readSideBySide(
	pages: number,
	atATime: number,
	read: (index: number) => Promise<unknown[]>,
): Promise<unknown[][]> {
	if (pages > mostPages) throw new UnreadableList(endless);
	const delivered: unknown[][] = [];
	let next = 1;
	let failure: unknown;
	const work = async () => {
		while (next < pages && failure === undefined) {
			const index = next++;
			try {
				delivered[index - 1] = await read(index);
			} catch (error) {
				failure ??= error;
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(atATime, pages - 1) }, work));
	if (failure !== undefined) throw failure;
	return delivered;
}
