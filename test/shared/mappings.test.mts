import type {
	IDataObject,
	ILoadOptionsFunctions,
	INode,
	ResourceMapperField,
	ResourceMapperFields,
	ResourceMapperValue,
} from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { readMapping, resourceMappings } from '../../nodes/shared/mappings';
import type { Field, Look, MappedField, Provider } from '../../nodes/shared/operation';
import { compile } from '../../nodes/shared/properties';
import { buildRequest } from '../../nodes/shared/request';
import { InvalidValue } from '../../nodes/shared/values';
import { runNode } from '../support/engine.mts';
import { nodeOf, shelf, ShelfApi, shelfCredential, totalPages } from '../support/provider.mts';
import { startServer } from '../support/server.mts';

/** A resource mapper as it stands on a form. */
const mapper = (mode: 'add' | 'map'): Field => ({
	displayName: 'Fields',
	name: 'columns',
	type: 'resourceMapper',
	default: { mappingMode: 'defineBelow', value: null },
	typeOptions: { resourceMapper: { resourceMapperMethod: 'bookFields', mode } },
	wire: { in: 'body' },
});

const mapped = (id: string, more: Partial<MappedField> = {}): MappedField => ({
	id,
	displayName: id.toUpperCase(),
	defaultMatch: false,
	required: false,
	display: true,
	type: 'string',
	...more,
});

const zone = 'Europe/Zurich';
const enter = (schema: unknown, value: unknown, mode: 'add' | 'map' = 'map') =>
	readMapping(mapper(mode), { mappingMode: 'defineBelow', schema, value }, {}, zone);
const automatic = (schema: unknown, json: IDataObject, mode: 'add' | 'map' = 'map') =>
	readMapping(mapper(mode), { mappingMode: 'autoMapInputData', schema, value: null }, json, zone);

describe('entered values', () => {
	it.each<[string, Partial<MappedField>, unknown, unknown]>([
		['a text', {}, 'Dune ', 'Dune '],
		['a number as text', {}, 7, '7'],
		['a field without a type', { type: undefined }, true, 'true'],
		['an address', { type: 'url' }, 'x', 'x'],
		['a number', { type: 'number' }, '2.5', 2.5],
		['a boolean', { type: 'boolean' }, 'false', false],
		['an option', { type: 'options', options: [{ name: 'Blue', value: 'blue' }] }, 'blue', 'blue'],
		['a list', { type: 'array' }, '[1]', [1]],
		['an object', { type: 'object' }, { a: 1 }, { a: 1 }],
		['a moment', { type: 'dateTime' }, '2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05.000Z'],
		[
			'a moment without a time zone',
			{ type: 'dateTime' },
			'2026-07-02 03:04',
			'2026-07-02T01:04:00.000Z',
		],
		['a day', { type: 'dateTime', date: 'date' }, '2026-01-01T23:30:00Z', '2026-01-02'],
		['seconds', { type: 'dateTime', date: 'unix' }, '1970-01-01T00:01:00Z', 60],
	])('have the type of the metadata: %s', (_what, more, value, read) => {
		expect(enter([mapped('a', more)], { a: value })).toEqual({ a: read });
	});

	it('are left out where nothing but blanks was entered for a field that has no empty text', () => {
		const schema = [mapped('a', { type: 'number' }), mapped('b', { type: 'boolean' }), mapped('c')];
		expect(enter(schema, { a: '  ', b: '\t', c: ' ' })).toEqual({ c: ' ' });
	});

	it('are read by the fields of the stored form, whatever else stands in its place', () => {
		const schema = [null, 'a', 7, {}, { id: 3 }, mapped('a')];
		expect(enter(schema, { a: 'x', 3: 'y', undefined: 'z' })).toEqual({ a: 'x' });
	});

	it('are refused with the label of the form that holds the field', () => {
		const refused = (read: () => unknown) => {
			try {
				return read();
			} catch (error) {
				return error instanceof InvalidValue ? [error.message, error.description] : error;
			}
		};
		const place = 'The field is under “Fields”.';
		expect(refused(() => enter([mapped('a')], { a: [1] }))).toEqual([
			'“A” must be text, but is a list',
			place,
		]);
		expect(refused(() => enter([mapped('a', { required: true })], {}, 'add'))).toEqual([
			'“A” is required',
			place,
		]);
	});

	it('are JSON also where no metadata is stored', () => {
		const loop: Record<string, unknown> = {};
		loop.self = loop;
		expect(enter([], { a: new Date(0), b: { c: undefined } })).toEqual({
			a: '1970-01-01T00:00:00.000Z',
			b: {},
		});
		expect(() => enter([], { a: loop })).toThrow(
			new InvalidValue('“Fields” must be JSON, but cannot be written as such'),
		);
	});

	it.each<[Partial<MappedField>, unknown, string]>([
		[{}, { x: 1 }, '“A” must be text, but is an object'],
		[{ type: 'number' }, 'many', '“A” must be a number, but is “many”'],
		[{ type: 'boolean' }, 'perhaps', '“A” must be true or false, but is “perhaps”'],
		[
			{ type: 'options', options: [{ name: 'Blue', value: 'blue' }] },
			'Blue',
			'“A” must be one of blue, but is “Blue”',
		],
		[{ type: 'dateTime' }, 'soon', '“A” must be a date and time, but is “soon”'],
		[{ type: 'array' }, '{}', '“A” must be a JSON array, but is “{}”'],
		[{ type: 'object' }, '[]', '“A” must be a JSON object, but is “[]”'],
		[{ type: 'number', displayName: undefined }, 'x', '“a” must be a number, but is “x”'],
	])('of another type are refused by name: %j %j', (more, value, words) => {
		expect(() => enter([mapped('a', more)], { a: value })).toThrow(words);
		expect(() => enter([mapped('a', more)], { a: value })).toThrow(InvalidValue);
	});

	it('are left out where nothing was entered', () => {
		const schema = [mapped('a'), mapped('b', { type: 'number' }), mapped('c')];
		expect(enter(schema, { a: null, b: undefined })).toEqual({});
		expect(enter(schema, null)).toEqual({});
		expect(enter([], { a: null, b: undefined, c: 0 })).toEqual({ c: 0 });
	});

	it.each<[MappedField['type'], boolean]>([
		['string', true],
		['dateTime', true],
		[undefined, true],
		['number', false],
		['boolean', false],
		['options', false],
		['object', false],
	])('that are an empty text clear a %s in a change: %s', (type, clears) => {
		const schema = [mapped('a', { type, options: [{ name: 'Blue', value: 'blue' }] })];
		expect(enter(schema, { a: '' })).toEqual(clears ? { a: '' } : {});
		expect(enter(schema, { a: '' }, 'add')).toEqual({});
	});

	it('are those that the form shows', () => {
		const schema = [
			mapped('a'),
			mapped('b', { removed: true }),
			mapped('c', { readOnly: true }),
			mapped('d', { display: false }),
			{ displayName: 'No ID' },
			'no field',
		];
		const value = { a: 'x', b: 'x', c: 'x', d: 'x', e: 'x' };
		expect(enter(schema, value)).toEqual({ a: 'x' });
		// Nothing that may be sent is not the same as no form
		expect(enter([mapped('c', { readOnly: true })], value)).toEqual({});
		expect(enter(undefined, { a: 5, 'b.c': [1] })).toEqual({ a: 5, 'b.c': [1] });
	});

	it('are needed where the metadata demands them of a new record, and only there', () => {
		const schema = [mapped('a', { required: true }), mapped('b')];
		for (const value of [null, {}, { a: null }, { a: '' }, { a: ' ' }]) {
			expect(() => enter(schema, value, 'add')).toThrow('“A” is required');
			expect(() => enter(schema, value, 'map')).not.toThrow();
		}
		expect(enter(schema, { a: 'x' }, 'add')).toEqual({ a: 'x' });
		const none = { ...mapper('add'), typeOptions: undefined };
		expect(readMapping(none, { schema, value: {} }, {}, zone)).toEqual({});
	});

	it.each([undefined, null, 'text', ['list']])('are not found in %j', (raw) => {
		expect(() => readMapping(mapper('map'), raw, {}, zone)).toThrow(
			'“Fields” must be mapped on the form',
		);
	});
});

describe('Map Automatically', () => {
	it('takes the members of the item that the service knows and takes', () => {
		const schema = [
			mapped('a'),
			// What the form does not show is mapped all the same: there is no form in this mode
			mapped('b', { removed: true, type: 'number' }),
			mapped('c', { readOnly: true }),
			mapped('d', { display: false }),
			mapped('f'),
		];
		const json = { a: 'x', b: '2', c: 'x', d: 'x', e: 'x', f: null };
		expect(automatic(schema, json)).toEqual({ a: 'x', b: 2 });
		expect(json).toEqual({ a: 'x', b: '2', c: 'x', d: 'x', e: 'x', f: null });
	});

	it('finds what lies deeper, and prefers the very name', () => {
		const schema = [mapped('home.city')];
		expect(automatic(schema, { home: { city: 'Basel' } })).toEqual({ 'home.city': 'Basel' });
		expect(automatic(schema, { 'home.city': 'Bern', home: { city: 'Basel' } })).toEqual({
			'home.city': 'Bern',
		});
		expect(automatic([mapped('toString')], {})).toEqual({});
	});

	it('names what is missing and what is wrong', () => {
		const schema = [mapped('a', { required: true }), mapped('b', { type: 'number' })];
		expect(() => automatic(schema, { b: 1 }, 'add')).toThrow('“A” is required');
		expect(automatic(schema, { b: 1 })).toEqual({ b: 1 });
		expect(() => automatic(schema, { a: 'x', b: 'x' })).toThrow('“B” must be a number');
	});

	it.each([undefined, null, []])('needs to know the fields: %j', (schema) => {
		expect(() => automatic(schema, { a: 'x' })).toThrow(
			'“Fields” does not know the fields of the service yet: open the node, so that it loads them',
		);
	});
});

/** The shelf with a form from metadata. */
const fields = async (look: Look): Promise<MappedField[]> => {
	const { values } = look;
	if (values.shelfName === 'none')
		throw look.refuse('There is no such shelf', 'Choose another one.');
	if (values.shelfName === 'lost') await look.send({ method: 'GET', path: '/lost' });
	const found = await look.list(
		{ method: 'GET', path: `/shelves/${String(values.shelfName)}/fields` },
		{ at: 'books', pager: totalPages },
	);
	return found.map((name) => mapped(String(name)));
};
const library: Provider = {
	...shelf,
	resources: [
		{
			name: 'Book',
			value: 'book',
			operations: [
				{
					name: 'Create',
					value: 'create',
					action: 'Create book',
					description: 'Create a book',
					operationId: 'createBook',
					request: { method: 'POST', path: '/books', body: { kept: { is: 1 } } },
					output: { kind: 'item' },
					fields: [
						{ displayName: 'Shelf', name: 'shelfName', type: 'string', default: '' },
						{ displayName: 'Loud', name: 'loud', type: 'boolean', default: false },
						mapper('add'),
					],
				},
			],
		},
	],
	locators: {},
	mappings: {
		bookFields: { needs: ['shelfName', 'loud'], fields },
		allFields: {
			fields: async ({ values }) => await Promise.resolve([mapped(`${typeof values}`)]),
		},
	},
};
const catalog = compile(library);

describe('loading the fields of a form', () => {
	const node: INode = {
		id: '1',
		name: 'Shelf',
		type: 'shelf',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};

	/** What the editor gets; the service answers every request with `body`. */
	function editor(parameters: Record<string, unknown>, body: unknown = { books: ['a', 'b'] }) {
		const urls: string[] = [];
		const context = {
			getNode: () => node,
			getTimezone: () => 'UTC',
			getCurrentNodeParameter: (name: string) => parameters[name],
			getCredentials: async () =>
				await Promise.resolve(shelfCredential('https://shelf.example', 'invented-token-1')),
			helpers: {
				httpRequestWithAuthentication: async (_type: string, { url }: { url: string }) => {
					urls.push(url);
					return await Promise.resolve({ statusCode: 200, headers: {}, body });
				},
			},
		} as unknown as ILoadOptionsFunctions;
		const load = async (name = 'bookFields'): Promise<ResourceMapperFields> => {
			const method = resourceMappings(catalog)[name];
			if (!method) throw new Error(`There is no ${name}`);
			return await method.call(context);
		};
		return { load, urls };
	}
	const create = { resource: 'book', operation: 'create' };

	it('has a method for each form of the provider, and none where it has none', () => {
		expect(Object.keys(resourceMappings(catalog))).toEqual(['bookFields', 'allFields']);
		expect(resourceMappings(compile(shelf))).toEqual({});
	});

	it('asks the service, with what the form holds', async () => {
		const { load, urls } = editor({ ...create, shelfName: 'new' });
		expect(await load()).toEqual({ fields: [mapped('a'), mapped('b')] });
		expect(urls).toEqual(['https://shelf.example/api/shelves/new/fields']);
		const { load: all, urls: none } = editor(create);
		expect(await all('allFields')).toEqual({ fields: [mapped('object')] });
		expect(none).toEqual([]);
	});

	it.each([undefined, '', ' '])('says what to choose first: %j', async (shelfName) => {
		const { load, urls } = editor({ ...create, shelfName });
		expect(await load()).toEqual({
			fields: [],
			emptyFieldsNotice: 'Choose “Shelf” first: “Shelf” is required',
		});
		expect(urls).toEqual([]);
	});

	it('says what n8n cannot read', async () => {
		const { load } = editor({
			...create,
			get shelfName(): string {
				throw new RangeError('no such parameter');
			},
		});
		expect(await load()).toEqual({
			fields: [],
			emptyFieldsNotice: 'Choose “Shelf” first: RangeError: no such parameter',
		});
	});

	it('needs a resource and an operation', async () => {
		for (const parameters of [{}, { resource: 'book' }, { ...create, operation: 'other' }]) {
			const loading = editor({ shelfName: 'new', ...parameters }).load();
			await expect(loading).rejects.toThrow('Choose “Resource” and “Operation” first');
			await expect(loading).rejects.toBeInstanceOf(NodeOperationError);
		}
	});

	it('passes on what the service and the description refuse', async () => {
		const own = editor({ ...create, shelfName: 'none' }).load();
		await expect(own).rejects.toThrow('There is no such shelf');
		await expect(own).rejects.toMatchObject({ description: 'Choose another one.' });
		const lost = editor({ ...create, shelfName: 'lost' }, { ok: false, why: 'Burnt down' }).load();
		await expect(lost).rejects.toThrow('Burnt down');
		await expect(lost).rejects.toBeInstanceOf(NodeApiError);
	});
});

describe('what was mapped', () => {
	const compiled = catalog.operations.get('book:create');
	const bodyOf = (columns: IDataObject) => {
		if (!compiled) throw new Error('There is no operation');
		return buildRequest(compiled.operation, compiled.bindings, { columns }).body;
	};

	it('becomes members of the body beside the others; dots nest', () => {
		const body = { kept: { is: 1, as: 2 }, a: { b: 1, c: { d: 2 } }, e: 3 };
		expect(bodyOf({ 'a.b': 1, 'a.c.d': 2, e: 3, 'kept.as': 2 })).toEqual(body);
		expect(bodyOf({})).toEqual({ kept: { is: 1 } });
	});

	it('never reaches what all objects share', () => {
		bodyOf({ '__proto__.spoilt': 1, 'constructor.prototype.spoilt': 1 });
		// Bodies are clones, whose prototype need not be that of this test
		const prototype: unknown = Object.getPrototypeOf(bodyOf({}));
		expect(Object.hasOwn(Object(prototype) as object, 'spoilt')).toBe(false);
	});

	it('travels for each item of a run, in the time zone of the workflow', async () => {
		const server = await startServer(() => ({ body: { id: 1 } }));
		try {
			const schema = [mapped('title', { required: true }), mapped('day', { type: 'dateTime' })];
			const { items, error } = await runNode({
				node: nodeOf(catalog),
				credentialType: new ShelfApi(),
				credential: shelfCredential(server.url, 'invented-token-1'),
				parameters: {
					resource: 'book',
					operation: 'create',
					shelfName: 'new',
					columns: {
						mappingMode: 'defineBelow',
						// As n8n stores it; its own type knows no further members
						schema: schema as ResourceMapperField[],
						value: { title: '={{ $json.name }}', day: '={{ $json.day }}' },
						matchingColumns: [],
						attemptToConvertTypes: false,
						convertFieldsToString: false,
					} satisfies ResourceMapperValue,
				},
				items: [{ name: 'Dune', day: '2026-01-01T00:00:00Z' }, { name: '' }],
				onError: 'continueRegularOutput',
			});
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json)).toEqual([
				{ id: 1 },
				{ error: '“TITLE” is required [Item 1]' },
			]);
			expect(server.received.map(({ body }) => body)).toEqual([
				{ kept: { is: 1 }, title: 'Dune', day: '2026-01-01T00:00:00.000Z' },
			]);
		} finally {
			await server.close();
		}
	});
});
