import { at, isObject } from './json';
import type { Answer, ApiRequest, Extract, Page, Pager } from './operation';

/** Sends a request; as the session does. */
type Send = (request: ApiRequest) => Promise<Answer>;

/** Pages after which a list is taken for endless. */
const mostPages = 10_000;

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

/** Tells a page that was delivered before: the walk would go on for ever. */
function fingerprint(request: ApiRequest): string {
	return JSON.stringify([request.path, request.query, request.body]);
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
 * Reads a list until it ends or `limit` records are there. Where the service says how many pages there are,
 * these are read side by side (the session decides how many at a time) and delivered in order.
 * @throws UnreadableList when the service keeps giving the same page, or never ends
 */
export async function readList(
	send: Send,
	base: ApiRequest,
	list: { at?: Extract; pager?: Pager },
	limit = Number.POSITIVE_INFINITY,
): Promise<unknown[]> {
	const { pager } = list;
	if (!pager) return (await readPage(send, base, list.at, 0)).items.slice(0, limit);
	const size = Math.max(1, Math.min(pager.size, limit));
	let request: ApiRequest | undefined = pager.first(base, size);
	const seen = new Set<string>();
	const records: unknown[] = [];
	for (let index = 0; request !== undefined; index++) {
		const mark = fingerprint(request);
		if (seen.has(mark)) {
			throw new UnreadableList('The service gives the same page of the list again and again');
		}
		if (index >= mostPages) {
			throw new UnreadableList(`The list has not ended after ${mostPages} pages`);
		}
		seen.add(mark);
		const page: Page = await readPage(send, request, list.at, index);
		for (const record of page.items) records.push(record);
		if (records.length >= limit) break;
		const pages = index === 0 ? pager.pages?.(page, size) : undefined;
		if (pages !== undefined && pager.at && page.items.length > 0) {
			await readSideBySide(send, base, list, records, { pages, size, limit });
			break;
		}
		request = pager.next(base, page, size);
	}
	return records.slice(0, limit);
}

/** Reads pages 1 to the last one and appends their records in order. */
async function readSideBySide(
	send: Send,
	base: ApiRequest,
	list: { at?: Extract; pager?: Pager },
	records: unknown[],
	{ pages, size, limit }: { pages: number; size: number; limit: number },
): Promise<void> {
	const needed = Math.min(pages, mostPages, Math.ceil(limit / size));
	let stopped = false;
	const reads: Array<Promise<Page | undefined>> = [];
	for (let index = 1; index < needed; index++) {
		reads.push(readOne(index));
	}
	async function readOne(index: number): Promise<Page | undefined> {
		const request = list.pager?.at?.(base, index, size);
		if (!request) return undefined;
		return await readPage(
			async (given) => {
				if (stopped) throw new UnreadableList('The list was given up');
				return await send(given);
			},
			request,
			list.at,
			index,
		);
	}
	try {
		for (const page of await Promise.all(reads))
			for (const record of page?.items ?? []) records.push(record);
	} finally {
		stopped = true;
	}
}
