import fc from 'fast-check';

import type { ApiRequest, Page, Pager } from '../../nodes/shared/operation';
import { cursors, nextLinks, pageNumbers, withParameters } from '../../nodes/shared/pagers';

const base: ApiRequest = { method: 'GET', path: '/books', query: { author: 'x' } };
const place = { page: 'page', limit: 'limit', size: 4 };

/** A page with this many records and this body. */
function page(length: number, body: unknown = {}, index = 0): Page {
	return {
		items: Array.from({ length }, (_, i) => ({ id: index * 100 + i })),
		answer: { status: 200, headers: {}, body },
		index,
	};
}

/** The query of the page after this one; undefined at the end. */
const after = (pager: Pager, given: Page, size = 4) => pager.next(base, given, size)?.query;

describe('adding parameters', () => {
	it('keeps the query and the given request', () => {
		expect(withParameters(base, 'query', { page: 2, author: 'y' })).toEqual({
			...base,
			query: { author: 'y', page: 2 },
		});
		expect(base.query).toEqual({ author: 'x' });
	});

	it('keeps a body that is an object', () => {
		const body = { deep: true };
		const post: ApiRequest = { method: 'POST', path: '/search', body };
		expect(withParameters(post, 'body', { limit: 4 }).body).toEqual({ deep: true, limit: 4 });
		expect(body).toEqual({ deep: true });
	});

	it.each([undefined, null, 'text', [1]])('makes a body where there is none: %p', (body) => {
		expect(withParameters({ ...base, body }, 'body', { limit: 4 }).body).toEqual({ limit: 4 });
	});
});

describe('numbered pages', () => {
	const plain = pageNumbers({ ...place, first: 1 });
	const total = pageNumbers({ ...place, first: 1, total: 'meta.total' });
	const last = pageNumbers({ ...place, first: 0, lastPage: 'last' });

	it('asks for the first page with its number and the records per page', () => {
		expect(plain.size).toBe(4);
		expect(plain.first(base, 3)).toEqual({ ...base, query: { author: 'x', page: 1, limit: 3 } });
		expect(last.first(base, 4).query).toEqual({ author: 'x', page: 0, limit: 4 });
	});

	it('asks for any page by its index', () => {
		expect(total.at?.(base, 7, 4).query).toEqual({ author: 'x', page: 8, limit: 4 });
		expect(last.at?.(base, 7, 4).query).toEqual({ author: 'x', page: 7, limit: 4 });
	});

	it.each(['', ' ', 'many', -1, 1.5, null])('takes %j for no number of pages', (said) => {
		expect(last.pages?.(page(4, { last: said }), 4)).toBeUndefined();
		expect(after(last, page(4, { last: said }))).toEqual({ author: 'x', page: 1, limit: 4 });
	});

	it('ends at a page that is short or empty where the service says nothing', () => {
		expect(plain.pages?.(page(4), 4)).toBeUndefined();
		expect(after(plain, page(4, {}, 2))).toEqual({ author: 'x', page: 4, limit: 4 });
		expect(after(plain, page(3))).toBeUndefined();
		expect(after(plain, page(0))).toBeUndefined();
	});

	it.each([
		[8, 2],
		['8', 2],
		[9, 3],
		[' 4 ', 1],
		[4, 1],
	])('knows from the total %p that there are %p pages', (given, expected) => {
		expect(total.pages?.(page(4, { meta: { total: given } }), 4)).toBe(expected);
	});

	it('knows from the total 0 without records that there are no pages', () => {
		expect(total.pages?.(page(0, { meta: { total: 0 } }), 4)).toBe(0);
	});

	it('distrusts a total below the records in hand', () => {
		expect(total.pages?.(page(4, { meta: { total: 0 } }), 4)).toBeUndefined();
		expect(total.pages?.(page(4, { meta: { total: 3 } }), 4)).toBeUndefined();
	});

	it.each([-1, 1.5, 'many', '', ' ', null, true, {}, undefined, 1e300])(
		'does not take %p for a total',
		(given) => {
			expect(total.pages?.(page(4, { meta: { total: given } }), 4)).toBeUndefined();
			expect(after(total, page(4, { meta: { total: given } }))).toBeDefined();
			expect(after(total, page(3, { meta: { total: given } }))).toBeUndefined();
		},
	);

	it('goes on by the length of the page where the total is below the records in hand', () => {
		for (const given of [0, 3]) {
			const body = { meta: { total: given } };
			expect(after(total, page(4, body))).toEqual({ author: 'x', page: 2, limit: 4 });
		}
		const body = { meta: { total: 0 } };
		expect(after(total, page(0, body))).toBeUndefined();
		expect(after(total, page(3, body))).toBeUndefined();
	});

	it('goes on to the last page by the total, also over a short page, but never over an empty one', () => {
		const body = { meta: { total: 12 } };
		expect(after(total, page(4, body, 1))).toEqual({ author: 'x', page: 3, limit: 4 });
		expect(after(total, page(3, body, 1))).toEqual({ author: 'x', page: 3, limit: 4 });
		expect(after(total, page(4, body, 2))).toBeUndefined();
		expect(after(total, page(0, body, 0))).toBeUndefined();
	});

	it('sees on a first page that is short how many records the service gives at most', () => {
		const pages = (records: number, all: number, index = 0) =>
			total.pages?.(page(records, { meta: { total: all } }, index), 4);
		expect(pages(2, 12)).toBe(6);
		expect(pages(3, 10)).toBe(4);
		// All there is
		expect(pages(2, 2)).toBe(1);
		// Not short: full, or the last one
		expect(pages(4, 12)).toBe(3);
		expect(pages(2, 10, 2)).toBe(3);
		// Nothing to measure
		expect(pages(0, 12)).toBe(3);
	});

	it('ends at the last page that the service names, counted from its own first number', () => {
		const fromOne = pageNumbers({ ...place, first: 1, lastPage: 'last' });
		expect(fromOne.pages?.(page(4, { last: 3 }), 4)).toBe(3);
		expect(last.pages?.(page(4, { last: 3 }), 4)).toBe(4);
		expect(last.pages?.(page(4, { last: '3' }), 4)).toBe(4);
		expect(after(last, page(2, { last: 3 }, 2))).toEqual({ author: 'x', page: 3, limit: 4 });
		expect(after(last, page(4, { last: 3 }, 3))).toBeUndefined();
		expect(last.pages?.(page(4, {}), 4)).toBeUndefined();
	});

	it('believes the last page before the total', () => {
		const both = pageNumbers({ ...place, first: 1, total: 'total', lastPage: 'last' });
		expect(both.pages?.(page(4, { total: 100, last: 3 }), 4)).toBe(3);
		expect(both.pages?.(page(4, { total: 100 }), 4)).toBe(25);
	});

	it('reads every record once, of any number, page size and total', () => {
		fc.assert(
			fc.property(
				fc.nat({ max: 60 }),
				fc.integer({ min: 1, max: 9 }),
				fc.constantFrom('total', 'last', 'nothing'),
				fc.constantFrom(0, 1),
				(all, size, says, first) => {
					const pager = pageNumbers({
						...place,
						first,
						...(says === 'total' && { total: 'total' }),
						...(says === 'last' && { lastPage: 'last' }),
					});
					const records = Array.from({ length: all }, (_, i) => i);
					const read: number[] = [];
					let request: ApiRequest | undefined = pager.first(base, size);
					for (let index = 0; request; index++) {
						expect(index).toBeLessThanOrEqual(all + 1);
						const number = Number(request.query?.page) - first;
						const items = records.slice(number * size, (number + 1) * size);
						read.push(...items);
						const body = { total: all, last: Math.ceil(all / size) - 1 + first };
						const answer = { status: 200, headers: {}, body };
						request = pager.next(base, { items, answer, index }, size);
					}
					expect(read).toEqual(records);
				},
			),
		);
	});
});

describe('cursors', () => {
	const settings = {
		place: 'query' as const,
		cursor: 'after',
		limit: 'limit',
		size: 4,
		next: 'meta.next',
		endsWhenEmpty: false,
	};
	const pager = cursors(settings);

	it('asks for the first page without a cursor', () => {
		expect(pager.size).toBe(4);
		expect(pager.first(base, 3).query).toEqual({ author: 'x', limit: 3 });
		expect(pager).not.toHaveProperty('pages');
	});

	it('asks for the page after with the cursor of the answer', () => {
		expect(after(pager, page(4, { meta: { next: 'c2' } }), 3)).toEqual({
			author: 'x',
			limit: 3,
			after: 'c2',
		});
		expect(after(pager, page(4, { meta: { next: 7 } }))).toMatchObject({ after: '7' });
	});

	it('ends where no cursor comes', () => {
		for (const body of [{}, { meta: {} }, { meta: { next: null } }, { meta: { next: '' } }]) {
			expect(after(pager, page(4, body))).toBeUndefined();
		}
	});

	it('ends at an empty page only where the service gives a cursor for ever', () => {
		const body = { meta: { next: 'c2' } };
		const ending = cursors({ ...settings, endsWhenEmpty: true });
		expect(after(pager, page(0, body))).toBeDefined();
		expect(after(ending, page(0, body))).toBeUndefined();
		expect(after(ending, page(1, body))).toBeDefined();
	});

	it('travels in the body where searches are posted', () => {
		const post: ApiRequest = { method: 'POST', path: '/search', body: { deep: true } };
		const inBody = cursors({ ...settings, place: 'body' });
		expect(inBody.first(post, 4)).toEqual({ ...post, body: { deep: true, limit: 4 } });
		expect(inBody.next(post, page(4, { meta: { next: 'c2' } }), 4)).toEqual({
			...post,
			body: { deep: true, limit: 4, after: 'c2' },
		});
	});
});

describe('next links', () => {
	const settings = { limit: 'limit', size: 4, next: 'next.href' };
	const pager = nextLinks(settings);

	it('asks for the first page with the records per page', () => {
		expect(pager.size).toBe(4);
		expect(pager.first(base, 3).query).toEqual({ author: 'x', limit: 3 });
	});

	it('follows the address of the answer, which holds the whole query', () => {
		const href = 'https://shelf.example/books?page=2';
		expect(pager.next(base, page(1, { next: { href } }), 4)).toEqual({
			...base,
			path: href,
			query: undefined,
		});
	});

	it('makes a relative address one that can be sent', () => {
		const resolving = nextLinks({ ...settings, resolve: (href) => `/api${href}` });
		expect(resolving.next(base, page(1, { next: { href: '/books?page=2' } }), 4)?.path).toBe(
			'/api/books?page=2',
		);
	});

	it('ends where no address comes, or at an empty page', () => {
		const body = { next: { href: 'https://shelf.example/books?page=2' } };
		expect(pager.next(base, page(4, {}), 4)).toBeUndefined();
		expect(pager.next(base, page(4, { next: { href: '' } }), 4)).toBeUndefined();
		expect(pager.next(base, page(0, body), 4)).toBeUndefined();
	});
});
