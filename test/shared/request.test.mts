import fc from 'fast-check';

import type { ApiRequest, Operation, Values } from '../../nodes/shared/operation';
import type { Binding } from '../../nodes/shared/properties';
import { buildRequest, encodeSegment, keyOf, kindOf } from '../../nodes/shared/request';
import { InvalidValue, readValue } from '../../nodes/shared/values';
import { shelfCatalog } from '../support/provider.mts';

const id = { displayName: 'Book' };

/** Reads raw values as the engine does and builds the request of an operation of the invented service. */
function request(operation: string, given: Record<string, unknown>): ApiRequest {
	const compiled = shelfCatalog.operations.get(operation);
	if (!compiled) throw new Error(`There is no ${operation}`);
	const values: Values = {};
	for (const binding of compiled.bindings) {
		const raw =
			given[keyOf(binding)] ?? (binding.group === null ? binding.field.default : undefined);
		const value = readValue(binding.field, raw, {
			timezone: 'Europe/Berlin',
			group: binding.group,
		});
		if (value !== undefined) values[keyOf(binding)] = value;
	}
	return buildRequest(compiled.operation, compiled.bindings, values);
}

const everything = (given: Record<string, unknown> = {}) =>
	request('special:everything', { a: 'a', b: 'b', ...given });

describe('values in a path', () => {
	it.each([
		['12', '12'],
		[12, '12'],
		['a b', 'a%20b'],
		['a/b', 'a%2Fb'],
		['a\\b', 'a%5Cb'],
		['../..', '..%2F..'],
		['...', '...'],
		['%2e%2e', '%252e%252e'],
		['?a=b&c#d', '%3Fa%3Db%26c%23d'],
		['{b}', '%7Bb%7D'],
		[';:@+$,', '%3B%3A%40%2B%24%2C'],
		['grün 書 🙂', 'gr%C3%BCn%20%E6%9B%B8%20%F0%9F%99%82'],
		[' ', '%20'],
	])('encodes %p as %p', (value, expected) => {
		expect(encodeSegment(id, value)).toBe(expected);
	});

	it.each(['', '.', '..'])('refuses %p, which would change the path', (value) => {
		expect(() => encodeSegment(id, value)).toThrow(
			new InvalidValue(`“Book” must be a name or an ID, but is “${value}”`),
		);
		expect(() => encodeSegment(id, value)).toThrow(InvalidValue);
	});

	it.each(['a\nb', 'a\r', '\tb', 'a\u0000', '\u001f', '\u007f', '\u0085', '\u009f'])(
		'refuses the control character in %j',
		(value) => {
			expect(() => encodeSegment(id, value)).toThrow(
				new InvalidValue('“Book” must not hold control characters or line breaks'),
			);
		},
	);

	it.each(['\ud83d', '\ude42', 'a\ude42\ud83db'])(
		'refuses half a character, as in %j, which has no encoding',
		(value) => {
			expect(() => encodeSegment(id, value)).toThrow(
				new InvalidValue('“Book” must be well-formed Unicode text'),
			);
		},
	);

	it('keeps any text in one segment, from which it can be read back, or refuses it', () => {
		const hostile = fc.array(
			fc.constantFrom(
				'.',
				'..',
				'/',
				'%',
				'%2e',
				'%2F',
				'\\',
				'?',
				'#',
				';',
				' ',
				'{b}',
				'\n',
				'\ud83d',
			),
		);
		const any = fc.oneof(
			fc.string({ unit: 'binary' }),
			hostile.map((parts) => parts.join('')),
		);
		fc.assert(
			fc.property(any, (value) => {
				let segment: string;
				try {
					segment = encodeSegment(id, value);
				} catch (error) {
					expect(error).toBeInstanceOf(InvalidValue);
					expect(/^\.{0,2}$|\p{Cc}|\p{Cs}/u.test(value)).toBe(true);
					return;
				}
				expect(segment).toMatch(/^[\w.~!*'()%-]+$/);
				expect(decodeURIComponent(segment)).toBe(value);
				const url = new URL(`https://shelf.example/books/${segment}/file`);
				expect(url.pathname).toBe(`/books/${segment}/file`);
				expect(url.search + url.hash).toBe('');
			}),
			{ numRuns: 1000 },
		);
	});

	it('go to their own placeholders, whatever they look like', () => {
		expect(everything({ a: '{b}', b: '$&$1' }).path).toBe('/everything/%7Bb%7D/of/%24%26%241');
		expect(request('book:get', { bookId: { mode: 'id', value: '12' } }).path).toBe('/books/12');
	});

	it('fill every place of the same name', () => {
		const operation = {
			request: { method: 'GET', path: '/{a}/copies/{a}' },
			output: { kind: 'item' },
		} as unknown as Operation;
		const bindings = [
			{
				field: {
					displayName: 'A',
					name: 'a',
					type: 'string' as const,
					default: '',
					wire: { in: 'path' as const },
				},
				group: null,
			},
		];
		expect(buildRequest(operation, bindings, { a: '$& x' }).path).toBe(
			'/%24%26%20x/copies/%24%26%20x',
		);
	});

	it('are refused with the name of their field', () => {
		expect(() => everything({ b: '..' })).toThrow(
			new InvalidValue('“B” must be a name or an ID, but is “..”'),
		);
	});
});

it('keeps members of a mapped form its own, whatever the service calls them', () => {
	const compiled = shelfCatalog.operations.get('book:create');
	if (!compiled) throw new Error('There is no such operation');
	const mapped: Binding = {
		field: {
			displayName: 'Fields',
			name: 'fields',
			type: 'resourceMapper',
			default: {},
			wire: { in: 'body' },
		},
		group: null,
	};
	const names = ['__proto__.polluted', 'a.__proto__.b', 'constructor.prototype.c', 'toString.d'];
	const values = { fields: Object.fromEntries(names.map((name) => [name, 1])) };
	const { body } = buildRequest(compiled.operation, [mapped], values);
	expect(JSON.stringify(body)).toBe(
		'{"__proto__":{"polluted":1},"a":{"__proto__":{"b":1}},"constructor":{"prototype":{"c":1}},"toString":{"d":1}}',
	);
	expect('polluted' in {} || 'b' in {} || 'c' in {} || 'd' in {}).toBe(false);
});

it('is never made with a hole in its path', () => {
	const compiled = shelfCatalog.operations.get('book:get');
	if (!compiled) throw new Error('There is no such operation');
	const { operation, bindings } = compiled;
	const build = (given: Operation) => buildRequest(given, bindings, {});
	expect(() => build(operation)).toThrow(new InvalidValue('“Book” is required'));
	// Own code may make another path
	const own = build({ ...operation, run: async () => await Promise.resolve({}) });
	expect(own.path).toBe('/books/{book}');
});

describe('values in headers', () => {
	it.each([
		['plain', 'plain'],
		['a: b; c="d"', 'a: b; c="d"'],
		['grün', 'grün'],
		[5, '5'],
	])('sends %p', (value, expected) => {
		expect(everything({ 'additionalFields.header': value }).headers).toEqual({
			'X-Fixed': 'yes',
			'X-Given': expected,
		});
	});

	it.each(['a\r\nX-Evil: 1', 'a\nb', 'a\rb', 'a\u0000b', 'a\u007f', 'a\u0085b', '書', 'a\u0100'])(
		'refuses %j, which Node would refuse without a name or which adds headers',
		(value) => {
			expect(() => everything({ 'additionalFields.header': value })).toThrow(
				new InvalidValue('“Header” must be text without line breaks and special characters'),
			);
		},
	);

	it('never lets a line break pass', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (value) => {
				try {
					const { headers } = everything({ 'additionalFields.header': value });
					expect(headers?.['X-Given'] ?? '').toMatch(/^[\u0020-\u007e\u00a0-\u00ff]*$/);
				} catch (error) {
					expect(error).toBeInstanceOf(InvalidValue);
				}
			}),
		);
	});
});

describe('values in the query', () => {
	it('adds to what is always sent', () => {
		expect(everything().query).toEqual({ fixed: 1 });
		expect(everything({ 'options.loud': true }).query).toEqual({ fixed: 1, loud: true });
		expect(everything({ 'options.loud': false }).query).toEqual({ fixed: 1 });
	});

	it('repeats a parameter, or joins its values', () => {
		expect(
			everything({
				'filters.tags': 'a, b&c',
				'filters.tagsByComma': ['a', 'b'],
				'filters.tagsByBlank': 'a\nb',
			}).query,
		).toEqual({ fixed: 1, tags: ['a', 'b&c'], comma: 'a,b', space: 'a b' });
	});

	it('writes dates in the time zone of the workflow', () => {
		expect(everything({ 'filters.since': '2026-03-01T23:30:00Z' }).query).toEqual({
			fixed: 1,
			since: '2026-03-02',
		});
	});

	it('writes each value as plain as it can be', () => {
		const operation = {
			request: { method: 'GET', path: '/' },
			output: { kind: 'item' },
		} as unknown as Operation;
		const bindings = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
			field: {
				displayName: name,
				name,
				type: 'json' as const,
				default: '',
				wire: { in: 'query' as const },
			},
			group: null,
		}));
		const values = { a: 1, b: false, c: 'x', d: { y: [1] }, e: [1, true, 'z'] };
		expect(buildRequest(operation, bindings, values).query).toEqual({
			a: 1,
			b: false,
			c: 'x',
			d: '{"y":[1]}',
			e: [1, 'true', 'z'],
		});
	});
});

describe('values in the body', () => {
	it('nests by dots and keeps what is always sent', () => {
		expect(
			everything({
				'additionalFields.active': 'true',
				'additionalFields.counts': '1, 2',
				'additionalFields.colour': 'red',
				'additionalFields.day': '1970-01-02T01:00:00+01:00',
				'additionalFields.extra': '{"x": null}',
				'additionalFields.owner': 'name@example.com',
			}).body,
		).toEqual({
			template: { kept: true, active: 1 },
			deep: { er: { counts: [1, 2] } },
			colour: 'red',
			day: 86_400,
			extra: { x: null },
			owner: 'name@example.com',
		});
	});

	it('never changes the description', () => {
		const first = everything({ 'additionalFields.active': true });
		expect(everything().body).toEqual({ template: { kept: true } });
		expect(first.body).toEqual({ template: { kept: true, active: 1 } });
		const { operation } = shelfCatalog.operations.get('special:everything') ?? {};
		expect(operation?.request).toEqual({
			method: 'PUT',
			path: '/everything/{a}/of/{b}',
			query: { fixed: 1 },
			headers: { 'X-Fixed': 'yes' },
			body: { template: { kept: true } },
		});
	});

	it('makes an object where a plain value stands in the way', () => {
		const operation = {
			request: { method: 'POST', path: '/', body: { a: 1, list: [1] } },
			output: { kind: 'item' },
		} as unknown as Operation;
		const bindings = ['a.b', 'list.b'].map((name) => ({
			field: {
				displayName: name,
				name,
				type: 'string' as const,
				default: '',
				wire: { in: 'body' as const },
			},
			group: null,
		}));
		const values = { 'a.b': 2, 'list.b': 3 };
		expect(buildRequest(operation, bindings, values).body).toEqual({ a: { b: 2 }, list: { b: 3 } });
	});

	it('is an empty object where nothing was set, and nothing where the operation sends none', () => {
		expect(request('book:update', { bookId: '12' }).body).toEqual({});
		expect(request('book:get', { bookId: '12' })).not.toHaveProperty('body');
	});
});

describe('the rest of the request', () => {
	it('has the fixed members of the body also where no field travels in it', () => {
		const fixed = { name: 'Fixed', value: 'fixed', action: 'Fixed', description: 'x' };
		const ping: Operation = {
			...fixed,
			operationId: 'ping',
			request: { method: 'POST', path: '/ping', body: { loud: true } },
			output: { kind: 'item' },
		};
		expect(buildRequest(ping, [], {})).toMatchObject({ body: { loud: true } });
		const silent: Operation = { ...ping, request: { method: 'POST', path: '/ping' } };
		expect(buildRequest(silent, [], {})).not.toHaveProperty('body');
	});

	it('takes refusals that the description takes for answers', () => {
		const compiled = shelfCatalog.operations.get('book:get');
		if (!compiled) throw new Error('The shelf has no book:get');
		const described = {
			...compiled.operation,
			request: { ...compiled.operation.request, accept: [404] },
		};
		const build = (operation: Operation) =>
			buildRequest(operation, compiled.bindings, { bookId: '12' });
		expect(build(described).accept).toEqual([404]);
		expect(build(compiled.operation).accept).toBeUndefined();
	});

	it('holds nothing that is not needed', () => {
		expect(request('book:delete', { bookId: '12' })).toEqual({
			method: 'DELETE',
			path: '/books/12',
			kind: 'write',
			repeatable: true,
		});
	});

	it('sends what is set in a form by its name, its name on the wire, or not at all', () => {
		expect(request('book:create', { title: 'Dune', 'additionalFields.price': 9.5 })).toMatchObject({
			body: { title: 'Dune', details: { price: 9.5 } },
		});
		expect(request('special:tagMany', { tag: 'x' })).not.toHaveProperty('body');
	});

	it('reads files as bytes and nothing else', () => {
		expect(request('book:download', { bookId: '12' }).binary).toBe(true);
		expect(request('book:get', { bookId: '12' })).not.toHaveProperty('binary');
	});

	it('repeats by the method or by the description', () => {
		expect(request('book:create', { title: 'x' }).repeatable).toBe(false);
		expect(request('book:update', { bookId: '12' }).repeatable).toBe(false);
		expect(everything().repeatable).toBe(true);
		expect(request('book:search', {}).repeatable).toBe(true);
	});

	it('takes a GET for a read and the rest for writes, unless the description says otherwise', () => {
		expect(request('book:get', { bookId: '12' }).kind).toBe('read');
		expect(request('book:create', { title: 'x' }).kind).toBe('write');
		expect(request('book:search', {}).kind).toBe('read');
		const byValues = {
			request: { method: 'GET', path: '/' },
			kind: (values: Values) => (values.dry === true ? 'read' : 'write'),
		} as unknown as Operation;
		expect(kindOf(byValues, { dry: true })).toBe('read');
		expect(kindOf(byValues, {})).toBe('write');
		expect(kindOf({ ...byValues, kind: 'write' }, {})).toBe('write');
	});

	it('keeps the values of the form and of collections apart', () => {
		const of = { displayName: 'X', name: 'x', type: 'string' as const, default: '' };
		expect(keyOf({ field: of, group: null })).toBe('x');
		expect(keyOf({ field: of, group: 'filters' })).toBe('filters.x');
	});
});
