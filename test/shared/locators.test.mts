import type { ILoadOptionsFunctions, INode, INodeListSearchResult } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { listSearches } from '../../nodes/shared/locators';
import type { Provider } from '../../nodes/shared/operation';
import { compile } from '../../nodes/shared/properties';
import { shelf, shelfCatalog, shelfCredential } from '../support/provider.mts';

const node: INode = {
	id: '1',
	name: 'Shelf',
	type: 'shelf',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

interface Sent {
	method: string;
	url: string;
	qs?: Record<string, unknown>;
	body?: string;
}

/** Opens a list in the editor; the service answers with what `respond` gives. */
function editor(
	respond: (sent: Sent) => unknown,
	parameters: Record<string, unknown> = {},
	provider: Provider = shelf,
) {
	const sent: Sent[] = [];
	const context = {
		getNode: () => node,
		getTimezone: () => 'UTC',
		getCurrentNodeParameter: (name: string) => parameters[name],
		getCredentials: async () =>
			await Promise.resolve(shelfCredential('https://shelf.example', 'invented-token-1')),
		helpers: {
			httpRequestWithAuthentication: async (_type: string, options: Sent) => {
				sent.push(options);
				return await Promise.resolve({ statusCode: 200, headers: {}, body: respond(options) });
			},
		},
	} as unknown as ILoadOptionsFunctions;
	const searches = listSearches(provider === shelf ? shelfCatalog : compile(provider));
	return {
		sent,
		open: async (name: string, filter?: string, token?: string): Promise<INodeListSearchResult> => {
			const search = searches[name];
			if (!search) throw new Error(`There is no ${name}`);
			return await search.call(context, filter, token);
		},
	};
}

const books = (count: number, from = 0) =>
	Array.from({ length: count }, (_, i) => ({
		id: from + i,
		title: `Title ${from + i}`,
		author: { name: 'Herbert' },
	}));

/** A service with this many books that reads page and limit. */
const shelfOf =
	(count: number) =>
	({ qs }: Sent) => {
		const size = Number(qs?.limit);
		const start = (Number(qs?.page) - 1) * size;
		return { books: books(count).slice(start, start + size), total: count };
	};

it('makes one search for each locator of the provider, and none where it has none', () => {
	expect(Object.keys(listSearches(shelfCatalog))).toEqual(Object.keys(shelf.locators ?? {}));
	expect(listSearches(compile({ ...shelf, locators: undefined }))).toEqual({});
});

describe('entries', () => {
	it('show the first texts that are set, and store the ID as text', async () => {
		const { open, sent } = editor(() => ({
			books: [
				{ id: 1, title: 'Dune', author: { name: 'Herbert' } },
				{ id: 2, title: 'Emma' },
				{ id: 3, title: ' ', author: {} },
				{ id: '  4 ', title: 5 },
			],
			total: 4,
		}));
		expect(await open('searchBooks')).toEqual({
			results: [
				{ name: 'Dune – Herbert', value: '1' },
				{ name: 'Emma', value: '2' },
				{ name: '3', value: '3' },
				{ name: '5', value: '4' },
			],
		});
		expect(sent).toMatchObject([
			{ method: 'GET', url: 'https://shelf.example/api/books', qs: { page: 1, limit: 4 } },
		]);
	});

	it('leave out records without an ID', async () => {
		const { open } = editor(() => ({
			books: [{ title: 'Dune' }, null, [], { id: '' }, { id: 0 }],
		}));
		expect(await open('searchUnpaged')).toEqual({ results: [{ name: '0', value: '0' }] });
	});

	it('may be plain values', async () => {
		const { open } = editor(() => ({ books: ['dune', 7] }));
		expect(await open('searchUnpaged')).toEqual({
			results: [
				{ name: 'dune', value: 'dune' },
				{ name: '7', value: '7' },
			],
		});
	});
});

describe('page after page', () => {
	it('hands the next page over to n8n, to the end', async () => {
		const { open, sent } = editor(shelfOf(10));
		const names: string[] = [];
		let token: string | undefined;
		do {
			const page = await open('searchBooks', undefined, token);
			names.push(...page.results.map(({ value }) => String(value)));
			token = page.paginationToken;
		} while (token !== undefined);
		expect(names).toEqual(books(10).map(({ id }) => String(id)));
		expect(sent.map(({ qs }) => qs)).toEqual([
			{ page: 1, limit: 4 },
			{ page: 2, limit: 4 },
			{ page: 3, limit: 4 },
		]);
	});

	it('has one page where the list has no pages', async () => {
		const { open, sent } = editor(() => ({ books: books(9) }));
		const page = await open('searchUnpaged');
		expect(page.results).toHaveLength(9);
		expect(page).not.toHaveProperty('paginationToken');
		expect(sent).toHaveLength(1);
		expect(sent[0]?.qs).toBeUndefined();
	});

	it('is empty where the answer holds no list', async () => {
		const { open } = editor(() => ({ books: 'none' }));
		expect(await open('searchUnpaged')).toEqual({ results: [] });
	});
});

describe('a list that is empty for a reason', () => {
	const hint = 'Only shared books are listed.';
	const hinting: Provider = {
		...shelf,
		resources: shelf.resources.map((resource) => ({
			...resource,
			operations: resource.operations.map((operation) => ({ ...operation, emptyHint: hint })),
		})),
	};

	it('is explained', async () => {
		const { open } = editor(() => ({ books: [] }), {}, hinting);
		const opening = open('searchBooks');
		await expect(opening).rejects.toBeInstanceOf(NodeOperationError);
		await expect(opening).rejects.toThrow(hint);
	});

	it('is told from one that has records, holds none of what is sought, or ends', async () => {
		const full = editor(shelfOf(5), {}, hinting);
		expect((await full.open('searchBooks')).results).toHaveLength(4);
		const empty = editor(() => ({ books: [], next: null }), {}, hinting);
		expect(await empty.open('searchByServer', 'dune')).toEqual({ results: [] });
		expect(await empty.open('searchBooks', 'dune')).toEqual({ results: [] });
		const ending = editor(
			({ qs }) => ({ books: qs?.page === 1 ? books(4) : [], total: 8 }),
			{},
			hinting,
		);
		const { paginationToken } = await ending.open('searchBooks');
		expect(await ending.open('searchBooks', undefined, paginationToken)).toEqual({ results: [] });
	});

	it('is just empty where the description knows no reason', async () => {
		const { open } = editor(() => ({ books: [] }));
		expect(await open('searchBooks')).toEqual({ results: [] });
	});
});

describe('searching', () => {
	it('is left to a service that can', async () => {
		const { open, sent } = editor(() => ({ books: books(1), next: 'c2' }));
		const page = await open('searchByServer', 'dune');
		expect(sent).toMatchObject([{ method: 'GET', qs: { q: 'dune', limit: 4 } }]);
		expect(page.results).toHaveLength(1);
		await open('searchByServer', 'dune', page.paginationToken);
		expect(sent[1]?.qs).toEqual({ q: 'dune', limit: 4, after: 'c2' });
	});

	it('travels in the body where the list is posted', async () => {
		const { open, sent } = editor(() => ({ books: books(1) }), { term: 'all' });
		await open('searchInBody', 'dune');
		expect(sent[0]?.method).toBe('POST');
		expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
			deep: true,
			term: 'all',
			q: 'dune',
			limit: 4,
		});
	});

	it.each([undefined, ''])('is not asked for without a text: %p', async (filter) => {
		const server = editor(() => ({ books: [] }));
		await server.open('searchByServer', filter);
		expect(server.sent[0]?.qs).toEqual({ limit: 4 });
		const here = editor(shelfOf(10));
		expect(await here.open('searchBooks', filter)).toHaveProperty('paginationToken');
	});

	it('looks through the whole list where the service cannot', async () => {
		const { open, sent } = editor(shelfOf(14));
		expect(await open('searchBooks', 'TITLE 1')).toEqual({
			results: [1, 10, 11, 12, 13].map((id) => ({
				name: `Title ${id} – Herbert`,
				value: String(id),
			})),
		});
		expect(sent).toHaveLength(4);
	});

	it('finds a record by its ID', async () => {
		const { open } = editor(() => ({ books: [{ id: 'aB-1', title: 'Dune' }, { title: 'aB-1' }] }));
		expect(await open('searchUnpaged', 'aB')).toEqual({
			results: [{ name: 'Dune', value: 'aB-1' }],
		});
		expect(await open('searchUnpaged', 'emma')).toEqual({ results: [] });
	});

	it('looks through 2,000 records at most', async () => {
		const { open, sent } = editor(shelfOf(9000));
		expect((await open('searchBooks', 'title')).results).toHaveLength(2000);
		expect(sent).toHaveLength(500);
	});
});

describe('what a list needs first', () => {
	it('is sent as the operation sends it', async () => {
		const { open, sent } = editor(() => ({ books: books(1) }), {
			term: 'space',
			title: 'unrelated',
		});
		await open('searchInBody');
		expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ deep: true, term: 'space', limit: 4 });
	});

	it.each([undefined, null, '', ' '])('is asked for where it is %p', async (term) => {
		const { open, sent } = editor(() => ({ books: [] }), { term });
		const opening = open('searchInBody');
		await expect(opening).rejects.toThrow('Choose “Term” first: “Term” is required');
		await expect(opening).rejects.toBeInstanceOf(NodeOperationError);
		expect(sent).toEqual([]);
	});

	it('is asked for in the words of n8n where n8n cannot read it', async () => {
		const { open, sent } = editor(() => ({ books: [] }), {
			get term() {
				throw new RangeError('no such parameter');
			},
		});
		await expect(open('searchInBody')).rejects.toThrow(
			'Choose “Term” first: RangeError: no such parameter',
		);
		expect(sent).toEqual([]);
	});
});

it.each(['notAList', 'unknown'])('says that %s names no list', async (name) => {
	const { open, sent } = editor(() => ({}));
	const opening = open(name);
	await expect(opening).rejects.toBeInstanceOf(NodeOperationError);
	await expect(opening).rejects.toThrow(
		`There is no list operation ${shelf.locators?.[name]?.operation}`,
	);
	expect(sent).toEqual([]);
});

it('passes on what the service refused', async () => {
	const { open } = editor(() => ({ ok: false, why: 'Closed on Sundays' }));
	await expect(open('searchBooks')).rejects.toThrow('Closed on Sundays');
	await expect(open('searchBooks', 'x')).rejects.toThrow('Closed on Sundays');
});

describe('a list read by own code', () => {
	const provider: Provider = {
		...shelf,
		locators: {
			searchChapters: {
				operation: 'book:get',
				value: 'id',
				label: ['title'],
				needs: ['bookId'],
				read: async (look) => {
					const { values } = look;
					if (values.bookId === '0')
						throw look.refuse('There is no such book', 'Choose another one.');
					const first = await look.send({ method: 'GET', path: `/books/${String(values.bookId)}` });
					const rest = await look.list(
						{ method: 'GET', path: `/books/${String(values.bookId)}/chapters` },
						{ at: 'books' },
						2,
					);
					return [first.body, ...rest];
				},
			},
		},
	};
	const chapters = ({ url }: Sent) =>
		url.endsWith('/chapters') ? { books: books(3) } : { id: 'b', title: 'Title of all' };

	it('gets what the form holds, and is searched here', async () => {
		const { open, sent } = editor(chapters, { bookId: { mode: 'id', value: '7' } }, provider);
		expect(await open('searchChapters')).toEqual({
			results: [
				{ name: 'Title of all', value: 'b' },
				{ name: 'Title 0', value: '0' },
				{ name: 'Title 1', value: '1' },
			],
		});
		expect(sent.map(({ url }) => url)).toEqual([
			'https://shelf.example/api/books/7',
			'https://shelf.example/api/books/7/chapters',
		]);
		expect((await open('searchChapters', 'OF ALL')).results).toEqual([
			{ name: 'Title of all', value: 'b' },
		]);
	});

	it('says what to choose first, and what it refuses', async () => {
		const { open, sent } = editor(chapters, {}, provider);
		await expect(open('searchChapters')).rejects.toThrow('Choose “Book” first');
		const none = editor(chapters, { bookId: '0' }, provider);
		await expect(none.open('searchChapters')).rejects.toThrow('There is no such book');
		expect([...sent, ...none.sent]).toEqual([]);
	});
});

describe('a list whose address depends on what is sought', () => {
	const provider: Provider = {
		...shelf,
		locators: {
			searchTitles: {
				operation: 'book:getAll',
				value: 'id',
				label: ['title'],
				request: (_values, search) => ({
					method: 'GET',
					path: search === undefined ? '/books' : '/books/byTitle',
					...(search !== undefined && { query: { title: search } }),
				}),
			},
		},
	};

	it('is asked for there, page after page', async () => {
		const { open, sent } = editor(shelfOf(6), {}, provider);
		for (const filter of [undefined, '', 'dune']) {
			const { results, paginationToken } = await open('searchTitles', filter);
			expect(results).toHaveLength(4);
			const rest = await open('searchTitles', filter, paginationToken);
			expect(rest.results).toHaveLength(2);
			expect(rest.paginationToken).toBeUndefined();
		}
		expect(sent.map(({ url, qs }) => [url.replace('https://shelf.example/api', ''), qs])).toEqual([
			['/books', { page: 1, limit: 4 }],
			['/books', { page: 2, limit: 4 }],
			['/books', { page: 1, limit: 4 }],
			['/books', { page: 2, limit: 4 }],
			['/books/byTitle', { title: 'dune', page: 1, limit: 4 }],
			['/books/byTitle', { title: 'dune', page: 2, limit: 4 }],
		]);
	});
});

it('takes what the form began with for what the editor does not send', async () => {
	const provider: Provider = {
		...shelf,
		resources: shelf.resources.map((resource) => ({
			...resource,
			operations: resource.operations.map((operation) => ({
				...operation,
				fields: operation.fields?.map((field) =>
					field.name === 'term' ? { ...field, default: 'everything' } : field,
				),
			})),
		})),
	};
	const { open, sent } = editor(() => ({ books: [] }), {}, provider);
	await open('searchInBody');
	expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ term: 'everything' });
});
