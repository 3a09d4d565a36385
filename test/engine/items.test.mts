import type { IDataObject, IExecuteFunctions, INode, INodeType } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { Field, Operation, Provider } from '../../nodes/shared/operation';
import { compile } from '../../nodes/shared/properties';
import { nodeOf, pageSize, shelf, shelfCatalog, shelfCredential } from '../support/provider.mts';
import type { Received } from '../support/server.mts';
import {
	bookById,
	bookByNumber,
	bookOf,
	gate,
	numbered,
	turns,
	useShelf,
} from '../support/shelf.mts';
import { turnClock } from '../support/time.mts';

const test = useShelf();
const goOn = { onError: 'continueRegularOutput' as const };
const byTitle = { title: '={{ $json.title }}' };

const noNode = { name: 'n', type: 't', typeVersion: 1 } as INode;

/** Records and the input items they are paired with. */
const flat = (items: Array<{ json: unknown; pairedItem?: unknown }>) =>
	items.map(({ json, pairedItem }) => ({ json, pairedItem }));

const numberOf = ({ path }: Received) => Number(path.split('/').pop());

/** Answers with books, four a page, for lists that name the number of all records. */
function shelfOf(total: number, id = (n: number) => n) {
	return ({ query }: Received) => {
		const size = Number(query.get('limit'));
		const start = (Number(query.get('page')) - 1) * size;
		const books = Array.from({ length: Math.max(0, Math.min(size, total - start)) }, (_, n) => ({
			id: id(start + n),
			title: `Book ${start + n}`,
			pages: 100,
		}));
		return { body: { total, books } };
	};
}

/** The invented service with one operation changed. */
function changed(value: string, change: Partial<Operation>): Provider {
	return {
		...shelf,
		resources: shelf.resources.map((resource) => ({
			...resource,
			operations: resource.operations.map((one) =>
				one.value === value ? { ...one, ...change } : one,
			),
		})),
	};
}

describe('Items', () => {
	it('come out in the order of the input also when the answers arrive in reverse', async () => {
		const gates = Array.from({ length: 11 }, gate);
		const answered: number[] = [];
		gates[10]?.open();
		test.server.answer(async (request) => {
			const n = numberOf(request);
			// Each answer waits for the one after it
			await gates[n + 1]?.opened;
			answered.push(n);
			gates[n]?.open();
			return bookOf(request);
		});
		const { items } = await test.run('book', 'get', bookByNumber, { items: numbered(10) });
		expect(answered).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
		expect(flat(items)).toEqual(
			numbered(10).map(({ n }) => ({ json: { id: n }, pairedItem: { item: n } })),
		);
	});

	it('are paired with their input item when one makes several and another none', async () => {
		test.server.answer((request) => {
			const author = Number(request.query.get('author'));
			return shelfOf([6, 0, 1][author] ?? 0, (n) => author * 100 + n)(request);
		});
		const { items } = await test.run(
			'book',
			'getAll',
			{ returnAll: true, simple: false, filters: { author: '={{ $json.author }}' } },
			{ items: [{ author: '0' }, { author: '1' }, { author: '2' }] },
		);
		expect(items.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual([
			...[0, 1, 2, 3, 4, 5].map((id) => [id, { item: 0 }]),
			[200, { item: 2 }],
		]);
	});

	it('come out in order when there are 10,000 of them', async () => {
		test.server.answer(bookOf);
		const { items, error } = await test.run('book', 'get', bookByNumber, {
			items: numbered(10_000),
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(10_000);
		const misplaced = items.filter(
			({ json, pairedItem }, index) =>
				json.id !== index || (pairedItem as { item: number }).item !== index,
		);
		expect(misplaced).toEqual([]);
	}, 240_000);

	it('leave the input as it was', async () => {
		const parameters = {
			a: '={{ $json.deep.a }}',
			b: '2',
			filters: { tags: '={{ $json.deep.tags }}' },
			additionalFields: { extra: '={{ $json.deep }}', counts: '={{ $json.counts }}' },
		};
		const item = () => ({ deep: { a: 'x', tags: ['one', 'two'], more: { n: 1 } }, counts: [1, 2] });
		const items = [item(), item()];
		test.server.answer(({ body }) => ({ body }));
		const { items: made, run } = await test.run('special', 'everything', parameters, { items });
		expect(made).toHaveLength(2);
		expect(items).toEqual([item(), item()]);
		expect(run.data.resultData.runData.Start?.[0]?.data?.main).toEqual([
			[
				{ json: item(), pairedItem: { item: 0 } },
				{ json: item(), pairedItem: { item: 1 } },
			],
		]);
	});

	it('are given to own code, whose records come out paired', async () => {
		const { items } = await test.run('special', 'count', { mode: 'list' }, { items: [{}, {}] });
		expect(flat(items)).toEqual(
			[0, 1].flatMap((item) => [
				{ json: { count: 1 }, pairedItem: { item } },
				{ json: { two: 2 }, pairedItem: { item } },
				{ json: { count: null }, pairedItem: { item } },
			]),
		);
	});
});

describe('A failed item', () => {
	const odd = (request: Received) =>
		numberOf(request) % 2 === 1
			? { status: 404, body: { message: `No book ${numberOf(request)}`, code: 'B404' } }
			: bookOf(request);

	it('ends the run without Continue On Fail, and nothing more is sent', async () => {
		test.server.answer(({ body }) =>
			(body as IDataObject).title === 'C'
				? { status: 422, body: { message: 'No C here' } }
				: { body },
		);
		const { error, items, run } = await test.run('book', 'create', byTitle, {
			items: ['A', 'B', 'C', 'D', 'E'].map((title) => ({ title })),
		});
		expect(items).toEqual([]);
		expect(run.status).not.toBe('success');
		expect(error?.message).toBe('No C here [Item 2]');
		expect(error?.description).toBe('Check the values of this item. (status 422)');
		expect(error?.context.itemIndex).toBe(2);
		expect(test.sent()).toHaveLength(3);
	});

	it('is told by what ended the run, not by an item that was under way then', async () => {
		const all = gate();
		let there = 0;
		const second = gate();
		test.server.answer(async (request) => {
			if (++there === 4) all.open();
			await all.opened;
			// Item 3 fails before item 1 does
			if (numberOf(request) === 1) await second.opened;
			if (numberOf(request) === 3) setImmediate(second.open);
			return odd(request);
		});
		const { error } = await test.run('book', 'get', bookByNumber, { items: numbered(4) });
		expect(error?.message).toBe('No book 3 [Item 3]');
	});

	it('becomes an output item with Continue On Fail, and only that one', async () => {
		test.server.answer(odd);
		const { items, error } = await test.run('book', 'get', bookByNumber, {
			items: numbered(6),
			...goOn,
		});
		expect(error).toBeUndefined();
		for (const [index, item] of items.entries()) {
			if (index % 2 === 0) {
				expect(item).toEqual({ json: { id: index }, pairedItem: { item: index } });
				continue;
			}
			const message = `No book ${index} [Item ${index}]`;
			expect(Object.keys(item).sort()).toEqual(['error', 'json', 'pairedItem']);
			expect(item.json).toEqual({ error: message });
			expect(item.pairedItem).toEqual({ item: index });
			expect(item.error?.message).toBe(message);
			expect(item.error?.description).toContain('(status 404, code B404)');
			expect(item.error?.context.itemIndex).toBe(index);
		}
		expect(items).toHaveLength(6);
	});

	it('goes to the error output, and the others to the first', async () => {
		test.server.answer(odd);
		const { items, failed } = await test.run('book', 'get', bookByNumber, {
			items: numbered(5),
			onError: 'continueErrorOutput',
		});
		expect(flat(items)).toEqual(
			[0, 2, 4].map((item) => ({ json: { id: item }, pairedItem: { item } })),
		);
		// n8n adds the input's data; it would not do so for items that carry the error itself
		expect(flat(failed)).toEqual(
			[1, 3].map((item) => ({
				json: {
					n: item,
					error: `No book ${item} [Item ${item}]`,
					message: `No book ${item} [Item ${item}]`,
					details: expect.stringContaining('Check the ID') as string,
				},
				pairedItem: { item },
			})),
		);
	});

	it('keeps what the others made also when own code throws anything', async () => {
		test.server.answer([{ body: { count: 7 } }]);
		const modes = ['number', 'refuse', 'throw', 'throw a text', 'number'];
		const { items } = await test.run(
			'special',
			'count',
			{ mode: '={{ $json.mode }}' },
			{ items: modes.map((mode) => ({ mode })), ...goOn },
		);
		expect(items.map(({ json }) => json)).toEqual([
			{ count: 7 },
			{ error: 'The count was refused [Item 1]' },
			{ error: 'Own code broke [Item 2]' },
			{ error: 'not an error object [Item 3]' },
			{ count: 7 },
		]);
		expect(items[1]?.error?.description).toBe('Count again.');
	});
});

describe('Bad input', () => {
	const books = [{ n: '0' }, { n: '1' }, { n: 'no id!' }, { n: '3' }];

	it('of one item is told before anything is sent', async () => {
		test.server.answer(bookOf);
		const { error } = await test.run('book', 'get', bookByNumber, { items: books });
		expect(error?.message).toBe('“Book” must be a book ID such as 12, but is “no id!” [Item 2]');
		expect(error?.context.itemIndex).toBe(2);
		expect(test.server.received).toEqual([]);
	});

	it('of one item is that item’s alone with Continue On Fail', async () => {
		test.server.answer(bookOf);
		const { items } = await test.run('book', 'get', bookByNumber, { items: books, ...goOn });
		expect(flat(items)).toEqual([
			{ json: { id: 0 }, pairedItem: { item: 0 } },
			{ json: { id: 1 }, pairedItem: { item: 1 } },
			{
				json: { error: '“Book” must be a book ID such as 12, but is “no id!” [Item 2]' },
				pairedItem: { item: 2 },
			},
			{ json: { id: 3 }, pairedItem: { item: 3 } },
		]);
		expect(items[2]?.error).toBeDefined();
		expect(test.sent()).toHaveLength(3);
	});

	it.each([
		['a required text that is empty', 'book', 'create', { title: ' ' }, '“Title” is required'],
		['an ID that is missing', 'book', 'get', bookById('={{ $json.none }}'), '“Book” is required'],
		[
			'a path segment that leaves the path',
			'special',
			'everything',
			{ a: '..', b: '1' },
			'“A” must be',
		],
		[
			'JSON that does not parse',
			'special',
			'everything',
			{ a: '1', b: '1', additionalFields: { extra: '{"a": ' } },
			'“Extra (JSON)” must be JSON, but cannot be read',
		],
		[
			'a header with a line break',
			'special',
			'everything',
			{ a: '1', b: '1', additionalFields: { header: 'x\r\nAuthorization: y' } },
			'“Header” must be text without line breaks',
		],
		[
			'a choice that is none',
			'special',
			'everything',
			{ a: '1', b: '1', additionalFields: { colour: 'green' } },
			'“Colour” must be one of blue, red',
		],
		['a limit below one', 'book', 'getAll', { limit: 0 }, '“Limit” must be at least 1'],
		[
			'an option out of range',
			'book',
			'getAll',
			{ options: { requestsInFlight: 51 } },
			'“Requests in Flight” must be at most 50',
		],
	])(
		'is told with the name of the field: %s',
		async (_, resource, operation, parameters, words) => {
			const { error } = await test.run(resource, operation, parameters);
			expect(error?.message).toContain(words);
			expect(error?.context.itemIndex).toBe(0);
			expect(test.server.received).toEqual([]);
		},
	);

	it('is told with the collection that the field is in, if it is in one', async () => {
		const within = { a: '1', b: '1', additionalFields: { header: 'x\ny' } };
		const { error } = await test.run('special', 'everything', within);
		expect(error?.description).toBe('The field is under “Additional Fields”.');
		const option = await test.run('book', 'getAll', { options: { requestsInFlight: 51 } });
		expect(option.error?.description).toBe('The field is under “Options”.');
		const form = await test.run('book', 'getAll', { limit: 0 });
		expect(form.error?.message).toBe('“Limit” must be at least 1, but is 0');
		expect(form.error?.description ?? '').toBe('');
		const { failed } = await test.run('special', 'everything', within, {
			onError: 'continueErrorOutput',
		});
		expect(failed.map(({ json }) => json.details)).toEqual([
			'The field is under “Additional Fields”.',
		]);
	});

	describe('of a field that decides which others are on the form', () => {
		const extended: Field = {
			displayName: 'Extended',
			name: 'extended',
			type: 'boolean',
			default: false,
		};
		const key = (displayName: string, on: boolean): Field => ({
			displayName,
			name: 'key',
			type: 'string',
			required: true,
			default: '',
			displayOptions: { show: { extended: [on] } },
			wire: { in: 'path', as: 'book' },
		});
		const fields = [extended, key('Number', false), key('Name', true)];
		const run = async (value: unknown, more: IDataObject = {}) => {
			test.node = nodeOf(compile(changed('get', { fields })));
			test.server.answer(bookOf);
			return await test.run(
				'book',
				'get',
				{ extended: '={{ $json.extended }}', key: '={{ $json.key }}' },
				{ items: [{ extended: value, key: 'x', ...more } as IDataObject] },
			);
		};

		it.each([true, 'true', 1, false, 'false', 0])('takes %p for what it says', async (value) => {
			const { error } = await run(value);
			expect(error).toBeUndefined();
			expect(test.sent().map(({ path }) => path)).toEqual(['/api/books/x']);
			const isExtended = ['true', '1'].includes(String(value));
			expect((await run(value, { key: '' })).error?.message).toBe(
				`“${isExtended ? 'Name' : 'Number'}” is required`,
			);
		});

		it.each([
			['yes', 'must be true or false, but is “yes”'],
			[2, 'must be true or false, but is “2”'],
			[[true], 'must be true or false, but is “[true]”'],
			['', 'is required'],
			[null, 'is required'],
			[undefined, 'is required'],
		])('refuses %p, with which no field would be shown', async (value, words) => {
			const { error } = await run(value);
			expect(error?.message).toBe(`“Extended” ${words}`);
			expect(test.server.received).toEqual([]);
		});

		it('hides what a field decides about that is itself not on the form', async () => {
			const deep: Field = {
				...extended,
				displayName: 'Deep',
				name: 'deep',
				displayOptions: { show: { extended: [true] } },
			};
			const note: Field = {
				displayName: 'Note',
				name: 'note',
				type: 'string',
				required: true,
				default: '',
				displayOptions: { show: { deep: [true] } },
				wire: { in: 'query' },
			};
			test.node = nodeOf(compile(changed('get', { fields: [...fields, deep, note] })));
			test.server.answer(bookOf);
			const parameters = { key: 'x', deep: true, note: 'n' };
			await test.run('book', 'get', { ...parameters, extended: false });
			await test.run('book', 'get', { ...parameters, extended: true });
			expect(test.sent().map(({ query }) => query.get('note'))).toEqual([null, 'n']);
		});

		it('heeds the limit also when an expression gives a text for “Return All”', async () => {
			test.server.answer(shelfOf(9));
			const { items } = await test.run(
				'book',
				'getAll',
				{ returnAll: '={{ $json.all }}', limit: 2 },
				{ items: [{ all: 'false' }] },
			);
			expect(items).toHaveLength(2);
		});
	});

	it('names an unknown operation', async () => {
		const { error } = await test.run('book', 'burn');
		expect(error?.message).toBe('Shelf has no operation “burn” for the resource “book”');
		expect(error?.description).toContain('Choose “Resource” and “Operation” again.');
		expect(error?.context.itemIndex).toBe(0);
		expect(test.server.received).toEqual([]);
	});

	it('stops at an unknown resource', async () => {
		const { error } = await test.run('cellar', 'get');
		expect(error?.message).toBe('Shelf has no resource “cellar”');
		expect(error?.context.itemIndex).toBe(0);
		expect(test.server.received).toEqual([]);
	});
});

/** The node with a record of the parameters that it read, one entry for each time. */
function watched(node: INodeType): { node: INodeType; reads: string[] } {
	const reads: string[] = [];
	return {
		reads,
		node: {
			...node,
			async execute(this: IExecuteFunctions, ...rest) {
				const read = this.getNodeParameter.bind(this) as (...given: unknown[]) => unknown;
				this.getNodeParameter = ((...given: unknown[]) => {
					reads.push(String(given[0]));
					return read(...given);
				}) as typeof this.getNodeParameter;
				return (await node.execute?.call(this, ...rest)) ?? null;
			},
		},
	};
}

describe('Parameters', () => {
	it('are read once per run, those with expressions that compute something once per item', async () => {
		const { node, reads } = watched(nodeOf(shelfCatalog));
		test.node = node;
		test.server.answer(bookOf);
		await test.run(
			'book',
			'get',
			{ ...bookByNumber, simple: true, options: { requestTimeout: 30 } },
			{ items: numbered(25) },
		);
		const times = (name: string) => reads.filter((read) => read === name).length;
		// n8n's evaluator is asked for the first item, and for each where the expression is more than a member's name
		expect(times('bookId')).toBe(1);
		expect(test.sent().map(({ url }) => url)).toEqual(
			numbered(25).map(({ n }) => `/api/books/${n}`),
		);
		reads.length = 0;
		await test.run('book', 'get', bookById('={{ $json.n + 1 }}'), { items: numbered(25) });
		expect(times('bookId')).toBe(25);
		expect(times('simple')).toBe(1);
		expect(times('resource')).toBe(1);
		expect(times('operation')).toBe(1);
		// Once for the limits of the run, once for the values of the items
		expect(times('options')).toBeLessThanOrEqual(2);
	});

	it('without a default are left out when they are not stored', async () => {
		test.server.answer(bookOf);
		const fields = shelf.resources[0]?.operations.find(({ value }) => value === 'get')?.fields;
		const extra = { displayName: 'Extra', name: 'extra', type: 'string' as const };
		test.node = nodeOf(
			compile(
				changed('get', {
					fields: [...(fields ?? []), { ...extra, default: undefined, wire: { in: 'query' } }],
				}),
			),
		);
		const { items, error } = await test.run('book', 'get', bookById('1'));
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([{ id: 1 }]);
		expect(test.sent().map(({ url }) => url)).toEqual(['/api/books/1']);
	});

	it('whose own code throws anything fail before anything is sent', async () => {
		const thrown: unknown = 'no kind';
		const kind = () => {
			throw thrown;
		};
		test.node = nodeOf(compile(changed('get', { kind })));
		const { error } = await test.run('book', 'get', bookById('1'));
		expect(error?.message).toBe('no kind');
		expect(error?.context.itemIndex).toBe(0);
		expect(test.server.received).toEqual([]);
	});

	it('may hold null where nothing was entered', async () => {
		test.server.answer(({ body }) => ({ body: { ...(body as object) } }));
		const { error } = await test.run('special', 'everything', {
			a: '1',
			b: '2',
			additionalFields: { extra: null },
		});
		expect(error).toBeUndefined();
	});

	it('are looked at in depth for expressions', async () => {
		test.server.answer(({ body, query }) => ({
			body: { ...(body as object), tags: query.get('comma') },
		}));
		const { items } = await test.run(
			'special',
			'everything',
			{
				a: '1',
				b: '2',
				filters: { tagsByComma: 'x, y' },
				additionalFields: { extra: '={{ ({ n: $json.n }) }}', active: false },
			},
			{ items: numbered(2) },
		);
		expect(items.map(({ json }) => json)).toEqual(
			[0, 1].map((n) => ({ template: { kept: true, active: 0 }, extra: { n }, tags: 'x,y' })),
		);
	});
});

describe('Simplify, Limit and Return All', () => {
	beforeEach(() => test.server.answer(shelfOf(30)));

	it('keeps only the members that matter, unless it is off', async () => {
		const simple = await test.run('book', 'getAll', { limit: 1, simple: true });
		expect(simple.items.map(({ json }) => json)).toEqual([{ id: 0, title: 'Book 0' }]);
		const whole = await test.run('book', 'getAll', { limit: 1, simple: false });
		expect(whole.items.map(({ json }) => json)).toEqual([{ id: 0, title: 'Book 0', pages: 100 }]);
	});

	it('stops at the limit, on the first page when it is enough', async () => {
		const one = await test.run('book', 'getAll', { returnAll: false, limit: 3 });
		expect(one.items.map(({ json }) => json.id)).toEqual([0, 1, 2]);
		expect(test.sent().map(({ url }) => url)).toEqual(['/api/books?page=1&limit=3']);
		test.server.forget();
		const more = await test.run('book', 'getAll', { returnAll: false, limit: 10 });
		expect(more.items.map(({ json }) => json.id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
		expect(test.sent()).toHaveLength(3);
	});

	it('reads everything with Return All, whatever the limit', async () => {
		const { items } = await test.run('book', 'getAll', { returnAll: true, limit: 3 });
		expect(items.map(({ json }) => json.id)).toEqual(numbered(30).map(({ n }) => n));
		expect(test.sent()).toHaveLength(Math.ceil(30 / pageSize));
	});

	it('returns up to 50 records when nothing is set', async () => {
		test.server.answer(shelfOf(70));
		const { items } = await test.run('book', 'getAll');
		expect(items).toHaveLength(50);
	});

	it('tells why a list may be empty, where it is', async () => {
		const emptyHint = 'Books on loan are not shown.';
		test.node = nodeOf(compile(changed('getAll', { emptyHint })));
		const hintsOf = async () => {
			const { run } = await test.run('book', 'getAll');
			return run.data.resultData.runData['Node under test']?.[0]?.hints ?? [];
		};
		expect(await hintsOf()).toEqual([]);
		test.server.answer(shelfOf(0));
		expect(await hintsOf()).toEqual([{ message: emptyHint, location: 'outputPane' }]);
		test.node = nodeOf(compile(changed('getAll', {})));
		expect(await hintsOf()).toEqual([]);
	});

	it('asks for no further page after one that was refused', async () => {
		test.server.answer((request) =>
			request.query.get('page') === '3'
				? { status: 404, body: { message: 'No third page' } }
				: shelfOf(400)(request),
		);
		const { items } = await test.run('book', 'getAll', { returnAll: true }, goOn);
		expect(items.map(({ json }) => json)).toEqual([{ error: 'No third page' }]);
		await turns();
		expect(test.sent().length).toBeLessThan(30);
	});

	it('delivers pages that are read side by side in order', async () => {
		const gates = Array.from({ length: 10 }, gate);
		gates[9]?.open();
		test.server.answer(async (request) => {
			const page = Number(request.query.get('page'));
			if (page > 1) await gates[page + 1]?.opened;
			gates[page]?.open();
			return shelfOf(30)(request);
		});
		const { items } = await test.run('book', 'getAll', { returnAll: true });
		expect(items.map(({ json }) => json.id)).toEqual(numbered(30).map(({ n }) => n));
	});
});

describe('Items that share a request', () => {
	const tags = changed('tagMany', {});
	const [tagMany] = tags.resources
		.flatMap(({ operations }) => operations)
		.filter(({ value }) => value === 'tagMany');
	const byTag = { tag: '={{ "tag " + $json.n }}' };
	const tagsOf = ({ body }: Received) => (body as { tags: string[] }).tags;
	/** Takes all tags, but refuses those that `why` gives a reason for. */
	const tagging =
		(why: (tag: string) => string | undefined = () => undefined) =>
		(request: Received) => ({
			body: {
				results: tagsOf(request).map((tag) => (why(tag) ? { why: why(tag) } : { tagged: tag })),
			},
		});

	beforeEach(() => {
		if (!tagMany?.batch) throw new Error('The invented service has no batch operation');
		const { run } = tagMany.batch;
		test.node = nodeOf(compile(changed('tagMany', { batch: { size: 25, run } })));
	});

	it('are 60 items in three requests of up to 25, each with its own answer', async () => {
		test.server.answer(tagging());
		const { items } = await test.run('special', 'tagMany', byTag, { items: numbered(60) });
		expect(test.sent().map((request) => tagsOf(request).length)).toEqual([25, 25, 10]);
		expect(flat(items)).toEqual(
			numbered(60).map(({ n }) => ({ json: { tagged: `tag ${n}` }, pairedItem: { item: n } })),
		);
	});

	it('make no request for nobody', async () => {
		test.server.answer(tagging());
		const { items } = await test.run('special', 'tagMany', byTag, { items: numbered(50) });
		expect(items).toHaveLength(50);
		expect(test.sent()).toHaveLength(2);
		test.server.forget();
		const nobody = { tag: '={{ "" }}' };
		const none = await test.run('special', 'tagMany', nobody, { items: numbered(2), ...goOn });
		expect(none.items).toHaveLength(2);
		expect(test.sent()).toEqual([]);
	});

	it('fail alone when one of them is refused', async () => {
		test.server.answer(tagging((tag) => (tag === 'tag 37' ? 'The tag is taken' : undefined)));
		const { items } = await test.run('special', 'tagMany', byTag, {
			items: numbered(60),
			...goOn,
		});
		expect(items).toHaveLength(60);
		expect(test.sent()).toHaveLength(3);
		expect(flat(items).filter((_, index) => index !== 37)).toEqual(
			numbered(60)
				.filter(({ n }) => n !== 37)
				.map(({ n }) => ({ json: { tagged: `tag ${n}` }, pairedItem: { item: n } })),
		);
		expect(items[37]?.json).toEqual({ error: 'The tag is taken [Item 37]' });
		expect(items[37]?.error?.context.itemIndex).toBe(37);
		const stopped = await test.run('special', 'tagMany', byTag, { items: numbered(60) });
		expect(stopped.error?.message).toBe('The tag is taken [Item 37]');
		expect(test.sent()).toHaveLength(3 + 2);
	});

	it('leave out those with bad input', async () => {
		test.server.answer(tagging());
		const { items } = await test.run(
			'special',
			'tagMany',
			{ tag: '={{ $json.n === 1 ? "" : "tag " + $json.n }}' },
			{ items: numbered(3), ...goOn },
		);
		expect(items.map(({ json }) => json)).toEqual([
			{ tagged: 'tag 0' },
			{ error: '“Tag” is required [Item 1]' },
			{ tagged: 'tag 2' },
		]);
		expect(test.sent().map(tagsOf)).toEqual([['tag 0', 'tag 2']]);
	});

	it('get an error of their own each when their request fails', async () => {
		test.server.answer((request) =>
			tagsOf(request).includes('tag 30')
				? { status: 400, body: { message: 'Too many tags', code: 'T1' } }
				: tagging()(request),
		);
		const { items } = await test.run('special', 'tagMany', byTag, {
			items: numbered(60),
			...goOn,
		});
		const failed = items.filter(({ error }) => error);
		expect(failed).toHaveLength(25);
		expect(failed.map(({ json }) => json.error)).toEqual(
			failed.map((_, index) => `Too many tags [Item ${25 + index}]`),
		);
		expect(failed.map(({ error }) => error?.context.itemIndex)).toEqual(
			failed.map((_, index) => 25 + index),
		);
		for (const { error } of failed) expect(error?.description).toContain('(status 400, code T1)');
		expect(new Set(failed.map(({ error }) => error)).size).toBe(25);
	});

	it.each([
		['a refusal of own code', new NodeOperationError(noNode, 'No tags today'), 'No tags today'],
		['an error of own code', new TypeError('Own code broke'), 'Own code broke'],
		['anything else', 'not an error object', 'not an error object'],
	])('get an error of their own each when their code ends with %s', async (_, thrown, message) => {
		const run = jest.fn().mockRejectedValue(thrown);
		test.node = nodeOf(compile(changed('tagMany', { batch: { size: 25, run } })));
		const { items } = await test.run('special', 'tagMany', byTag, {
			items: numbered(2),
			...goOn,
		});
		expect(items.map(({ json }) => json)).toEqual([
			{ error: `${message} [Item 0]` },
			{ error: `${message} [Item 1]` },
		]);
		expect(items.map(({ error }) => error?.context.itemIndex)).toEqual([0, 1]);
	});

	it('get an error of their own each when the sign-in is refused', async () => {
		test.credential = shelfCredential(test.server.url);
		test.server.answer([{ body: {} }]);
		const { items } = await test.run('special', 'tagMany', byTag, {
			items: numbered(2),
			...goOn,
		});
		expect(items.map(({ json }) => json)).toEqual([
			{ error: 'Shelf answered the login without a token [Item 0]' },
			{ error: 'Shelf answered the login without a token [Item 1]' },
		]);
		expect(items.map(({ error }) => error?.description)).toEqual([
			'Check the Shelf credential.',
			'Check the Shelf credential.',
		]);
	});

	it('are told when the answer holds no result for them', async () => {
		test.server.answer([{ body: { results: [{ tagged: 'tag 0' }] } }]);
		const { items } = await test.run('special', 'tagMany', byTag, {
			items: numbered(2),
			...goOn,
		});
		expect(items.map(({ json }) => json)).toEqual([
			{ tagged: 'tag 0' },
			{ error: 'The answer holds no result for this item [Item 1]' },
		]);
	});
});

describe('Wait for Completion', () => {
	const titles = ['A', 'B', 'C', 'D', 'E'];
	const items = titles.map((title) => ({ title }));
	const wait = { ...byTitle, waitForCompletion: true };
	const titleOf = ({ body }: Received) => String((body as IDataObject).title);
	const starts = () => test.sent().filter(({ method }) => method === 'POST');

	it('starts jobs one at a time in order and waits for all of them at once', async () => {
		turnClock();
		test.server.answer((request) => {
			if (request.method === 'POST') return { body: { job: titleOf(request) } };
			// None is done before all have been started
			return starts().length < titles.length
				? { body: { state: 'running' } }
				: { body: { state: 'done', made: { title: request.path.split('/').pop() } } };
		});
		const { items: made, error } = await test.run('job', 'print', wait, { items });
		expect(error).toBeUndefined();
		expect(flat(made)).toEqual(
			titles.map((title, item) => ({ json: { title }, pairedItem: { item } })),
		);
		expect(starts().map(titleOf)).toEqual(titles);
	});

	it('sends no start before the answer to the one before', async () => {
		turnClock();
		let running = 0;
		let most = 0;
		test.server.answer(async (request) => {
			if (request.method !== 'POST') return { body: { state: 'done', made: {} } };
			most = Math.max(most, ++running);
			await new Promise((resolve) => setTimeout(resolve, 5));
			running--;
			return { body: { job: titleOf(request) } };
		});
		const { items: made } = await test.run('job', 'print', wait, { items });
		expect(made).toHaveLength(5);
		expect(most).toBe(1);
	});

	it('returns the started jobs at once when it is off', async () => {
		const time = turnClock();
		test.server.answer((request) => ({ body: { job: titleOf(request) } }));
		const { items: made } = await test.run(
			'job',
			'print',
			{ ...byTitle, waitForCompletion: false },
			{ items },
		);
		expect(made.map(({ json }) => json)).toEqual(titles.map((job) => ({ job })));
		expect(test.sent()).toHaveLength(5);
		expect(time.slept).toEqual([]);
	});

	it('stops the others at once when a start is refused', async () => {
		const refused = gate();
		// Job A is asleep until the start of B has been refused
		turnClock(async () => {
			await refused.opened;
			await turns();
		});
		test.server.answer((request) => {
			if (request.method !== 'POST') return { body: { state: 'running' } };
			if (titleOf(request) !== 'B') return { body: { job: titleOf(request) } };
			refused.open();
			return { status: 409, body: { message: 'The printer is busy' } };
		});
		const { error } = await test.run('job', 'print', wait, { items });
		expect(error?.message).toBe('The printer is busy [Item 1]');
		await turns();
		expect(test.sent().map(({ method, body }) => [method, body])).toEqual([
			['POST', { title: 'A' }],
			['POST', { title: 'B' }],
		]);
	});

	it('goes on with the others with Continue On Fail', async () => {
		turnClock();
		test.server.answer((request) => {
			if (request.method !== 'POST') {
				return request.path.endsWith('/D')
					? { body: { state: 'failed', why: 'paper jam', code: 'P7', trace: 'trace-7' } }
					: { body: { state: 'done', made: { title: request.path.split('/').pop() } } };
			}
			return titleOf(request) === 'B'
				? { status: 409, body: { message: 'The printer is busy' } }
				: { body: { job: titleOf(request) } };
		});
		const { items: made } = await test.run('job', 'print', wait, { items, ...goOn });
		expect(made.map(({ json }) => json)).toEqual([
			{ title: 'A' },
			{ error: 'The printer is busy [Item 1]' },
			{ title: 'C' },
			{ error: 'Print job D did not succeed: paper jam [Item 3]' },
			{ title: 'E' },
		]);
		expect(made[3]?.error?.description).toBe('(code P7, trace ID trace-7)');
	});

	it('names the job that has not ended in time, which goes on', async () => {
		const time = turnClock();
		const begin = time.now;
		test.server.answer(({ method }) => ({
			body: method === 'POST' ? { job: 'J-1' } : { state: 'running' },
		}));
		const { error } = await test.run('job', 'print', {
			title: 'A',
			waitForCompletion: true,
			options: { timeout: 0.5 },
		});
		expect(error?.message).toBe('Print job J-1 has not ended after 0.5 minutes');
		expect(error?.description).toContain('It goes on at the service.');
		expect(time.now - begin).toBe(30_000);
		// Growing by half from 2 to 6 seconds
		expect(time.slept).toEqual([2000, 3000, 4500, 6000, 6000, 6000, 2500]);
	});

	it('reads what the job made where the operation says how', async () => {
		turnClock();
		test.server.answer(({ path }) => {
			if (path === '/api/jobs') return { body: { job: 'J-2' } };
			return { body: path === '/api/made/J-2' ? { cover: 'red' } : { state: 'done' } };
		});
		const { items: made } = await test.run('job', 'bind', { title: 'A', waitForCompletion: true });
		expect(made.map(({ json }) => json)).toEqual([
			{
				id: 'J-2',
				started: { job: 'J-2' },
				last: { state: 'done' },
				made: { cover: 'red' },
			},
		]);
	});
});

describe('Files', () => {
	const bytes = Buffer.from([0, 1, 2, 253, 254, 255, 13, 10]);

	it('are downloaded byte by byte, with name and type', async () => {
		test.server.answer(({ path }) => ({
			body: Buffer.concat([bytes, Buffer.from(path.split('/')[3] ?? '')]),
			headers: {
				'content-type': 'application/pdf; charset=binary',
				'content-disposition': 'attachment; filename="../secret/volume 1.pdf"',
			},
		}));
		const { items } = await test.run(
			'book',
			'download',
			{ ...bookByNumber, binaryPropertyName: 'book' },
			{ items: numbered(2) },
		);
		for (const [index, { json, binary, pairedItem }] of items.entries()) {
			expect(json).toEqual({});
			expect(pairedItem).toEqual({ item: index });
			expect(Buffer.from(binary?.book?.data ?? '', 'base64')).toEqual(
				Buffer.concat([bytes, Buffer.from(String(index))]),
			);
			expect(binary?.book).toMatchObject({
				fileName: 'volume 1.pdf',
				mimeType: 'application/pdf',
			});
		}
		expect(items).toHaveLength(2);
	});

	it.each([
		['attachment; filename=volume2.pdf', 'volume2.pdf'],
		['attachment; filename="volume 3.pdf"; size=8', 'volume 3.pdf'],
		['inline', undefined],
		[undefined, undefined],
	])('have the name that the service gives them: %s', async (disposition, fileName) => {
		test.server.answer(() => ({
			body: bytes,
			headers: {
				'content-type': 'application/pdf',
				...(disposition !== undefined && { 'content-disposition': disposition }),
			},
		}));
		const { items } = await test.run('book', 'download', bookById('1'));
		expect(items[0]?.binary?.data?.fileName).toBe(fileName);
	});

	it('are uploaded byte by byte', async () => {
		const file = (data: Buffer) => ({
			data: {
				data: data.toString('base64'),
				mimeType: 'application/x-invented',
				fileName: 'volume.bin',
			},
		});
		test.server.answer((request) => ({ body: { type: request.headers['content-type'] } }));
		const { items } = await test.run(
			'special',
			'count',
			{ mode: 'send file' },
			{ items: [{}, {}], files: [file(bytes), file(Buffer.from('second'))] },
		);
		expect(items).toHaveLength(2);
		const [first, second] = test.sent();
		expect(first?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
		expect(first?.bytes.includes(bytes)).toBe(true);
		expect(first?.bytes.toString('latin1')).toContain('Content-Type: application/x-invented');
		expect(first?.bytes.toString('latin1')).toContain('volume.bin');
		expect(second?.bytes.includes(Buffer.from('second'))).toBe(true);
	});

	it('have no name where the service gives none', async () => {
		test.server.answer([{ body: bytes, headers: { 'content-type': 'application/pdf' } }]);
		const { items } = await test.run('book', 'download', bookById('1'));
		expect(items[0]?.binary?.data).toMatchObject({ mimeType: 'application/pdf' });
		expect(items[0]?.binary?.data).not.toHaveProperty('fileName');
	});

	it('hold the text of a refusal that the operation takes for an answer', async () => {
		const request = { method: 'GET' as const, path: '/books/{book}/file', accept: [410] };
		test.node = nodeOf(compile(changed('download', { request })));
		test.server.answer([{ status: 410, body: 'out of print' }]);
		const { items } = await test.run('book', 'download', bookById('1'));
		const data = items[0]?.binary?.data?.data ?? '';
		expect(Buffer.from(data, 'base64').toString()).toBe('out of print');
	});

	it('that are missing are named', async () => {
		const { error } = await test.run('special', 'count', { mode: 'send file' });
		expect(error?.message).toContain('data');
		expect(error?.context.itemIndex).toBe(0);
		expect(test.server.received).toEqual([]);
	});

	it('that are refused are told in the words of the service', async () => {
		test.server.answer([{ status: 404, body: { message: 'The file is gone' } }]);
		const { error } = await test.run('book', 'download', bookById('1'));
		expect(error?.message).toBe('The file is gone');
	});
});
