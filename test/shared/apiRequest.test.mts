import { apiRequestResource } from '../../nodes/shared/apiRequest';
import type { Answer, ApiRequest, Call, Operation, Values } from '../../nodes/shared/operation';
import { kindOf } from '../../nodes/shared/request';
import { InvalidValue, readValue } from '../../nodes/shared/values';
import { shelf, totalPages } from '../support/provider.mts';

const resource = apiRequestResource(shelf);
const send = resource.operations[0] as Operation;

/** Runs the operation with these values; the service answers with `body`. */
async function run(values: Values, body: unknown = { ok: true }) {
	const sent: ApiRequest[] = [];
	const listed: unknown[][] = [];
	const call = {
		values: { method: 'GET', path: '/books', query: {}, ...values },
		send: async (request: ApiRequest): Promise<Answer> => {
			sent.push(request);
			return await Promise.resolve({ status: 204, headers: {}, body });
		},
		list: async (...given: unknown[]) => {
			listed.push(given);
			return await Promise.resolve(['listed']);
		},
	} as unknown as Call;
	return { result: await send.run?.(call), sent, listed };
}

function field(name: string) {
	const found = send.fields?.find((each) => each.name === name);
	if (!found) throw new Error(`There is no ${name}`);
	return found;
}

it('is one operation that names the service and covers no operation of its description', () => {
	expect(resource).toMatchObject({ name: 'API Request', value: 'apiRequest' });
	expect(resource.operations).toHaveLength(1);
	expect(send).toMatchObject({
		value: 'send',
		action: 'Send API request',
		description: 'Send any request to Shelf, signed in with the credential',
		operationId: [],
		output: { kind: 'item' },
	});
});

it('takes GET for a read and everything else for a write', () => {
	const kinds = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => kindOf(send, { method }));
	expect(kinds).toEqual(['read', 'write', 'write', 'write', 'write']);
});

describe('the path', () => {
	const read = (value: unknown) =>
		readValue(field('path'), value, { timezone: 'UTC', group: null });

	it.each([
		'/',
		'/books',
		'/books/12/file',
		'/books/',
		'/a.b/..c/d..',
		'/.well-known',
		'/.../x',
		'/books?author=a&x=../y',
		'/books?a=1?b',
		'/books?next=/../x/..',
		'/books/..%2',
		'/books/%2F',
		'/a:b@c/d;e,f',
		'/grün',
	])('may be %p', (path) => {
		expect(read(path)).toBe(path);
	});

	it('is cut to what is not blank', () => {
		expect(read('  /books \n')).toBe('/books');
	});

	it.each([
		'books',
		'//elsewhere.example/x',
		'https://elsewhere.example/x',
		'?a=b',
		'/..',
		'/.',
		'/../x',
		'/books/../../x',
		'/books/..',
		'/books/.?a=b',
		'/books/%2e%2e/x',
		'/books/%2E./x',
		'/books/.%2e',
		'/books/%2e%2e?a=b',
		'/books/..%2Fx',
		'/books%2f..%2fx',
		'/books/x%5C..',
		'/books%5c%2e%2e%5cx',
		'/books/a\0b',
		'/books/a\x1bb',
		'/books/a\x85b',
		'/books/\ud800',
		'/books\\..\\x',
		'/books/#part',
		'/books 12',
		'/books\n/x',
	])('is refused when it leaves its place: %j', (path) => {
		expect(() => read(path)).toThrow(
			new InvalidValue(
				`“Path” must be a path that starts with one slash, without blanks and “.” or “..” segments, but is “${path}”`,
			),
		);
	});

	it('is required', () => {
		expect(() => read('')).toThrow(new InvalidValue('“Path” is required'));
	});
});

describe('the request', () => {
	it('holds method and path, and takes any text for an answer', async () => {
		const { sent, result } = await run({});
		expect(sent).toEqual([{ method: 'GET', path: '/books', text: true }]);
		expect(result).toEqual({ ok: true });
	});

	it('writes query values as plain as they can be and leaves out what is not set', async () => {
		const query = {
			number: 1,
			boolean: false,
			text: 'a b',
			empty: '',
			list: ['a', 1, true],
			object: { a: [1] },
			missing: null,
			unset: undefined,
		};
		const { sent } = await run({ query });
		expect(sent[0]?.query).toStrictEqual({
			number: 1,
			boolean: false,
			text: 'a b',
			empty: '',
			list: ['a', 1, true],
			object: '{"a":[1]}',
		});
	});

	it('takes a parameter by any name for one, also by those of JavaScript itself', async () => {
		const query = JSON.parse('{"__proto__":["x"],"constructor":"y","a":1}') as object;
		const { sent } = await run({ query });
		const given = sent[0]?.query ?? {};
		expect(JSON.stringify(given)).toBe('{"__proto__":["x"],"constructor":"y","a":1}');
		expect(Object.getPrototypeOf(given)).toBe(Object.prototype);
	});

	it.each([undefined, {}, { a: null }])('has no query for %j', async (query) => {
		expect((await run({ query })).sent[0]).not.toHaveProperty('query');
	});

	it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('carries the body with %s', async (method) => {
		const { sent } = await run({ method, body: [{ a: null }] });
		expect(sent).toEqual([{ method, path: '/books', text: true, body: [{ a: null }] }]);
	});

	it('carries no body with GET or where none was set', async () => {
		expect((await run({ body: { a: 1 } })).sent[0]).not.toHaveProperty('body');
		expect((await run({ method: 'POST' })).sent[0]).not.toHaveProperty('body');
	});
});

describe('the empty body of the form', () => {
	it.each(['POST', 'PUT', 'PATCH'])('is sent with %s', async (method) => {
		expect((await run({ method, body: {} })).sent[0]).toHaveProperty('body', {});
	});

	it('is left out with DELETE, which few services take a body with', async () => {
		expect((await run({ method: 'DELETE', body: {} })).sent[0]).not.toHaveProperty('body');
		expect((await run({ method: 'DELETE', body: [] })).sent[0]).toHaveProperty('body', []);
		expect((await run({ method: 'DELETE', body: { a: 1 } })).sent[0]).toHaveProperty('body.a', 1);
	});
});

describe('the answer', () => {
	it.each(['', undefined])('is the status where it has no body: %p', async (body) => {
		const { sent } = await run({});
		expect(sent).toHaveLength(1);
		const call = {
			values: { method: 'DELETE', path: '/books/1' },
			send: async () => await Promise.resolve({ status: 204, headers: {}, body }),
		} as unknown as Call;
		expect(await send.run?.(call)).toEqual({ status: 204 });
	});

	it.each([null, 0, false, 'text', [1], {}])('is the body where it has one: %j', async (body) => {
		expect((await run({}, body)).result).toEqual(body);
	});
});

describe('lists', () => {
	it('are read by the pager of the service, to their end or to the limit', async () => {
		const query = { author: 'x' };
		const all = await run({ query, 'options.itemsAt': 'data.books' });
		expect(all.sent).toEqual([]);
		expect(all.result).toEqual(['listed']);
		expect(all.listed).toEqual([
			[
				{ method: 'GET', path: '/books', text: true, query },
				{ at: 'data.books', pager: totalPages },
				undefined,
			],
		]);
		const some = await run({ 'options.itemsAt': 'books', 'options.maxResults': 7 });
		expect(some.listed[0]?.[2]).toBe(7);
	});

	it('are not cut without “Items At”', async () => {
		const { result, listed } = await run({ 'options.maxResults': 1 }, [1, 2]);
		expect(result).toEqual([1, 2]);
		expect(listed).toEqual([]);
	});
});

it('shows the body only for methods that carry one', () => {
	expect(field('body').displayOptions).toEqual({
		show: { method: ['DELETE', 'PATCH', 'POST', 'PUT'] },
	});
});

it('refuses a query that is no object and a body that is no JSON', () => {
	const read = (name: string, value: unknown) =>
		readValue(field(name), value, { timezone: 'UTC', group: null });
	expect(read('query', '{"a": 1}')).toEqual({ a: 1 });
	expect(() => read('query', '[1]')).toThrow(
		new InvalidValue('“Query Parameters (JSON)” must be a JSON object, but is “[1]”'),
	);
	expect(read('body', '[1]')).toEqual([1]);
	expect(() => read('body', '{')).toThrow(/^“Body \(JSON\)” must be JSON, but cannot be read: /);
});
