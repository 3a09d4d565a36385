import fc from 'fast-check';

import { extract, readList, UnreadableList } from '../../nodes/shared/lists';
import type { Answer, ApiRequest, Pager } from '../../nodes/shared/operation';
import { cursors, nextLinks, pageNumbers } from '../../nodes/shared/pagers';

const base: ApiRequest = { method: 'GET', path: '/books' };
const place = { page: 'page', limit: 'limit', size: 4, first: 1 };
const plain = pageNumbers(place);
const total = pageNumbers({ ...place, total: 'total' });
const cursor = cursors({
	place: 'query',
	cursor: 'after',
	limit: 'limit',
	size: 4,
	next: 'next',
	endsWhenEmpty: false,
});

const records = (count: number, from = 0) =>
	Array.from({ length: count }, (_, i) => ({ id: from + i }));

/** A service whose answers `respond` makes; keeps what it was asked. */
function service(respond: (request: ApiRequest, index: number) => unknown) {
	const asked: ApiRequest[] = [];
	let inFlight = 0;
	const seen = {
		asked,
		/** The numbers of the pages that were asked for, in order. */
		pages: () => asked.map(({ query }) => query?.page),
		/** Requests at the same time, at most. */
		peak: 0,
		send: async (request: ApiRequest): Promise<Answer> => {
			const index = asked.push(request) - 1;
			seen.peak = Math.max(seen.peak, ++inFlight);
			await new Promise((resolve) => setImmediate(resolve));
			try {
				return { status: 200, headers: {}, body: await respond(request, index) };
			} finally {
				inFlight--;
			}
		},
	};
	return seen;
}

/** A service that holds `all` records and gives at most `cap` a page. */
function shelf(all: unknown[], cap = Number.POSITIVE_INFINITY) {
	return service(({ query }) => {
		const size = Math.min(cap, Number(query?.limit));
		const start = (Number(query?.page) - 1) * size;
		return { books: all.slice(start, start + size), total: all.length };
	});
}

describe('taking the records out of an answer', () => {
	it.each([
		[undefined, { a: 1 }, { a: 1 }],
		['a.b', { a: { b: [1] } }, [1]],
		['a.b', { a: 1 }, undefined],
		[(body: unknown) => [body], 5, [5]],
	])('by %p', (where, body, expected) => {
		expect(extract(body, where)).toEqual(expected);
	});

	it.each([
		['books', { things: [] }, 'The answer has no list under “books”'],
		['books', { books: { a: 1 } }, 'The answer has no list under “books”'],
		['books', [], 'The answer is not a list under “books”'],
		['books', 'text', 'The answer is not a list under “books”'],
		[undefined, {}, 'The answer has no list'],
		[undefined, 'text', 'The answer is not a list'],
		[() => undefined, null, 'The answer is not a list'],
	])('says what is missing: %p in %j', async (at, body, sentence) => {
		for (const pager of [undefined, plain]) {
			const reading = readList(service(() => body).send, base, { at, pager });
			await expect(reading).rejects.toThrow(new UnreadableList(sentence));
			await expect(reading).rejects.toBeInstanceOf(UnreadableList);
		}
	});
});

describe('a list without pages', () => {
	it('is read with one request, as it is', async () => {
		const { send, asked } = service(() => records(60));
		expect(await readList(send, base, {})).toEqual(records(60));
		expect(asked).toEqual([base]);
	});

	it('is cut at the limit', async () => {
		const { send } = service(() => records(60));
		expect(await readList(send, base, {}, 7)).toEqual(records(7));
	});
});

describe('reading page after page', () => {
	it('goes on to the end', async () => {
		const { send, pages, peak } = shelf(records(10));
		expect(await readList(send, base, { at: 'books', pager: plain })).toEqual(records(10));
		expect(pages()).toEqual([1, 2, 3]);
		expect(peak).toBeLessThanOrEqual(1);
	});

	it.each([
		[0, 1],
		[3, 1],
		[4, 2],
		[8, 3],
	])('reads a list of %p records with %p requests', async (count, requests) => {
		const { send, asked } = shelf(records(count));
		expect(await readList(send, base, { at: 'books', pager: plain })).toEqual(records(count));
		expect(asked).toHaveLength(requests);
	});

	it('stops at the limit, and asks for no more a page than that', async () => {
		const few = shelf(records(20));
		expect(await readList(few.send, base, { at: 'books', pager: plain }, 3)).toEqual(records(3));
		expect(few.asked.map(({ query }) => query)).toEqual([{ page: 1, limit: 3 }]);
		const more = shelf(records(20));
		expect(await readList(more.send, base, { at: 'books', pager: plain }, 8)).toEqual(records(8));
		expect(more.pages()).toEqual([1, 2]);
		const between = shelf(records(20));
		expect(await readList(between.send, base, { at: 'books', pager: plain }, 6)).toEqual(
			records(6),
		);
		expect(between.pages()).toEqual([1, 2]);
	});

	it('cuts a page that holds more than was asked for', async () => {
		const { send, asked } = service(() => ({ books: records(9) }));
		expect(await readList(send, base, { at: 'books', pager: plain }, 2)).toEqual(records(2));
		expect(asked).toHaveLength(1);
	});

	it('asks for at least one record a page, whatever the limit', async () => {
		const { send, asked } = shelf(records(20));
		expect(await readList(send, base, { at: 'books', pager: plain }, 0)).toEqual([]);
		expect(asked.map(({ query }) => query)).toEqual([{ page: 1, limit: 1 }]);
	});

	it('follows cursors and links over pages that are empty or short', async () => {
		const sizes = [4, 0, 1];
		const { send } = service((_, index) => ({
			books: records(sizes[index] ?? 0, index * 10),
			next: index < 2 ? `c${index}` : null,
		}));
		expect(await readList(send, base, { at: 'books', pager: cursor })).toEqual([
			...records(4),
			...records(1, 20),
		]);
		const links = nextLinks({ limit: 'limit', size: 4, next: 'next' });
		const linked = service((_, index) => ({
			books: records(2, index * 10),
			next: index < 2 ? `https://shelf.example/books?page=${index}` : undefined,
		}));
		expect(await readList(linked.send, base, { at: 'books', pager: links })).toHaveLength(6);
		expect(linked.asked.map(({ path }) => path)).toEqual([
			'/books',
			'https://shelf.example/books?page=0',
			'https://shelf.example/books?page=1',
		]);
	});

	it('passes on what a page failed with', async () => {
		const failure = new Error('broken');
		const { send, asked } = service((_, index) => {
			if (index === 1) throw failure;
			return { books: records(4, index * 4) };
		});
		await expect(readList(send, base, { at: 'books', pager: plain })).rejects.toBe(failure);
		expect(asked).toHaveLength(2);
	});
});

describe('lists that do not end', () => {
	const same = 'The service gives the same page of the list again and again';

	it('are given up when a page comes twice in a row', async () => {
		const { send, asked } = service(() => ({ books: records(4) }));
		const reading = readList(send, base, { at: 'books', pager: plain });
		await expect(reading).rejects.toThrow(new UnreadableList(same));
		await expect(reading).rejects.toBeInstanceOf(UnreadableList);
		expect(asked).toHaveLength(2);
	});

	it('are given up when the second of pages that are read side by side is the first', async () => {
		const { send, asked } = service(() => ({ books: records(4), total: 400 }));
		await expect(readList(send, base, { at: 'books', pager: total }, undefined, 2)).rejects.toThrow(
			new UnreadableList(same),
		);
		expect(asked.length).toBeLessThanOrEqual(3);
	});

	it('are given up when a request comes again, before it is sent', async () => {
		const { send, asked } = service((_, index) => ({
			books: records(4, index * 4),
			next: ['a', 'b', 'a'][index] ?? 'c',
		}));
		await expect(readList(send, base, { at: 'books', pager: cursor })).rejects.toThrow(
			new UnreadableList(same),
		);
		expect(asked.map(({ query }) => query?.after)).toEqual([undefined, 'a', 'b']);
	});

	it('tells requests apart by path, query and body', async () => {
		const requests: ApiRequest[] = [
			{ method: 'GET', path: '/a' },
			{ method: 'GET', path: '/b' },
			{ method: 'GET', path: '/a', query: { x: 1 } },
			{ method: 'GET', path: '/a', body: { x: 1 } },
		];
		const pager: Pager = {
			size: 4,
			first: () => requests[0] ?? base,
			next: (_, { index }) => requests[index + 1],
		};
		const { send, asked } = service((_, index) => records(4, index * 4));
		expect(await readList(send, base, { pager })).toHaveLength(16);
		expect(asked).toEqual(requests);
	});

	it('are told from lists of plain values, which may well repeat', async () => {
		const words = Array.from({ length: 9 }, () => 'a');
		const { send } = shelf(words);
		expect(await readList(send, base, { at: 'books', pager: plain })).toEqual(words);
	});

	it('are told from lists with several empty pages', async () => {
		const { send, asked } = service((_, index) => ({
			books: index < 3 ? [] : records(1),
			next: index < 3 ? index : undefined,
		}));
		expect(await readList(send, base, { at: 'books', pager: cursor })).toEqual(records(1));
		expect(asked).toHaveLength(4);
	});

	it.each([
		[
			'another last record',
			(index: number) => [{ id: 1 }, { id: 2 }, { id: 3 }, { id: index + 9 }],
		],
		['another first record', (index: number) => [{ id: index }, { id: 7 }, { id: 8 }, { id: 9 }]],
		[
			'other records between the same ends',
			(index: number) => [{ id: 1 }, ...records(index, 5), { id: 2 }],
		],
		['fewer records', (index: number) => records(index < 2 ? 4 - index : 0)],
	])('are told from pages with %s', async (_, pageAt) => {
		const pager: Pager = {
			size: 4,
			first: () => base,
			next: (request, { index }) =>
				index < 2 ? { ...request, query: { page: index } } : undefined,
		};
		const { send, asked } = service((_request, index) => pageAt(index));
		await readList(send, base, { pager });
		expect(asked).toHaveLength(3);
	});

	it('are given up after 10,000 pages', async () => {
		let sent = 0;
		const send = async (): Promise<Answer> => {
			sent++;
			return await Promise.resolve({
				status: 200,
				headers: {},
				body: { books: [{ id: sent }], next: sent },
			});
		};
		const reading = readList(send, base, { at: 'books', pager: cursor });
		await expect(reading).rejects.toThrow(
			new UnreadableList('The list has not ended after 10000 pages'),
		);
		expect(sent).toBe(10_000);
	});

	it('are not read side by side when they have more than 10,000 pages', async () => {
		const all = 4 * 10_000 + 1;
		const { send, asked } = service(() => ({ books: records(4), total: all }));
		await expect(readList(send, base, { at: 'books', pager: total })).rejects.toThrow(
			new UnreadableList('The list has not ended after 10000 pages'),
		);
		expect(asked).toHaveLength(1);
		const limited = service(({ query }) => ({
			books: records(4, Number(query?.page) * 4),
			total: all,
		}));
		expect(await readList(limited.send, base, { at: 'books', pager: total }, 8)).toHaveLength(8);
	});

	it('may have exactly 10,000 pages', async () => {
		const send = async ({ query }: ApiRequest): Promise<Answer> =>
			await Promise.resolve({
				status: 200,
				headers: {},
				body: { books: [{ id: Number(query?.page) }], total: 10_000 },
			});
		const one = pageNumbers({ ...place, size: 1, total: 'total' });
		expect(await readList(send, base, { at: 'books', pager: one })).toHaveLength(10_000);
	});
});

describe('reading side by side', () => {
	it('reads the first page alone, then the others as many at a time as allowed', async () => {
		const seen = shelf(records(41));
		expect(await readList(seen.send, base, { at: 'books', pager: total }, undefined, 3)).toEqual(
			records(41),
		);
		expect(seen.pages()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
		expect(seen.peak).toBe(3);
		const alone = shelf(records(41));
		await readList(alone.send, base, { at: 'books', pager: total }, undefined, 1);
		expect(alone.peak).toBe(1);
		const usual = shelf(records(81));
		await readList(usual.send, base, { at: 'books', pager: total });
		expect(usual.peak).toBe(10);
	});

	it('delivers in order, whichever page comes first', async () => {
		const all = records(23);
		const { send } = service(async ({ query }) => {
			const number = Number(query?.page);
			for (let i = 0; i < 20 - number; i++) await new Promise((resolve) => setImmediate(resolve));
			return { books: all.slice((number - 1) * 4, number * 4), total: '23' };
		});
		expect(await readList(send, base, { at: 'books', pager: total })).toEqual(all);
	});

	it('reads no more pages than the limit needs', async () => {
		const { send, pages } = shelf(records(100));
		expect(await readList(send, base, { at: 'books', pager: total }, 10)).toEqual(records(10));
		expect(pages()).toEqual([1, 2, 3]);
	});

	it('reads as many pages as it takes where the service gives fewer records a page', async () => {
		const capped = shelf(records(9), 2);
		expect(await readList(capped.send, base, { at: 'books', pager: total })).toEqual(records(9));
		expect(capped.pages()).toEqual([1, 2, 3, 4, 5]);
		const limited = shelf(records(9), 2);
		expect(await readList(limited.send, base, { at: 'books', pager: total }, 5)).toEqual(
			records(5),
		);
		expect(limited.pages()).toEqual([1, 2, 3]);
	});

	it('ends where the first page is empty, whatever the total', async () => {
		const { send, asked } = service(() => ({ books: [], total: 100 }));
		expect(await readList(send, base, { at: 'books', pager: total })).toEqual([]);
		expect(asked).toHaveLength(1);
	});

	it('reads page after page to the total where the service gives fewer records a page', async () => {
		const without: Pager = { ...total, at: undefined };
		const seen = shelf(records(9), 2);
		expect(await readList(seen.send, base, { at: 'books', pager: without })).toEqual(records(9));
		expect(seen.pages()).toEqual([1, 2, 3, 4, 5]);
	});

	it('reads page after page where only a later page tells how many there are', async () => {
		const all = records(10);
		const seen = service(({ query }) => {
			const number = Number(query?.page);
			const books = all.slice((number - 1) * 4, number * 4);
			return number === 1 ? { books } : { books, total: 10 };
		});
		expect(await readList(seen.send, base, { at: 'books', pager: total })).toEqual(all);
		expect(seen.pages()).toEqual([1, 2, 3]);
		expect(seen.peak).toBe(1);
	});

	it('reads page after page where a pager knows the number but not the address of a page', async () => {
		const without: Pager = { ...total, at: undefined };
		const seen = shelf(records(10));
		expect(await readList(seen.send, base, { at: 'books', pager: without })).toEqual(records(10));
		expect(seen.peak).toBe(1);
	});

	it('sends nothing more when a page fails, and waits for those under way', async () => {
		const seen = service(async ({ query }) => {
			const number = Number(query?.page);
			if (number === 3) throw new Error('third');
			if (number === 4) throw new Error('fourth');
			for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
			return { books: records(4, number * 4), total: 400 };
		});
		let answered = 0;
		const send = async (request: ApiRequest) => {
			const answer = await seen.send(request);
			answered++;
			return answer;
		};
		await expect(readList(send, base, { at: 'books', pager: total }, undefined, 4)).rejects.toThrow(
			'third',
		);
		expect(seen.pages()).toEqual([1, 2, 3, 4, 5]);
		// The first page, the second and the fifth
		expect(answered).toBe(3);
		for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
		expect(seen.asked).toHaveLength(5);
	});

	it('says which page is no list', async () => {
		const { send } = service(({ query }) =>
			query?.page === 3 ? { total: 100 } : { books: records(4, Number(query?.page)), total: 100 },
		);
		await expect(readList(send, base, { at: 'books', pager: total })).rejects.toThrow(
			new UnreadableList('The answer has no list under “books”'),
		);
	});
});

it('gives the first records in order, once each, for any service that keeps its word', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.nat({ max: 50 }),
			fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
			fc.integer({ min: 1, max: 6 }),
			fc.integer({ min: 1, max: 4 }),
			fc.boolean(),
			async (all, limit, cap, atATime, saysTotal) => {
				// Without a total a short page is the end, so such a service must not give fewer than it was asked for
				const seen = shelf(records(all), saysTotal ? cap : undefined);
				const pager = saysTotal ? total : plain;
				const read = await readList(seen.send, base, { at: 'books', pager }, limit, atATime);
				expect(read).toEqual(records(all).slice(0, limit));
				expect(seen.peak).toBeLessThanOrEqual(atATime);
				const perPage = Math.min(4, limit ?? 4, saysTotal ? cap : 4);
				const needed = Math.ceil(Math.min(all, limit ?? all) / perPage);
				expect(seen.asked.length).toBeLessThanOrEqual(Math.max(1, needed + 1));
			},
		),
		{ numRuns: 200 },
	);
});
