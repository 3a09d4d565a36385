import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type {
	Definition,
	SimulatedRequest,
	Simulator,
	SimulatorOptions,
	Specification,
	Violation,
} from '../../demo/simulators/support.mts';
import {
	Judge,
	JobQueue,
	Refusal,
	TokenStore,
	answer,
	basicCredentials,
	bearerToken,
	createSimulator,
	pageOf,
	unsignedJwt,
} from '../../demo/simulators/support.mts';

/** An invented service with one operation for each rule of the judge. */
const LIBRARY: Specification = {
	service: 'library',
	server: 'https://{branch}.library.example/api/{shelf}',
	operations: {
		fetchToken: {
			method: 'POST',
			path: '/token',
			server: 'https://login.library.example',
			parameters: [],
			statuses: [200],
			body: {
				required: true,
				content: {
					'application/x-www-form-urlencoded': {
						type: 'object',
						properties: { client_id: { type: 'string' }, days: { type: 'integer' } },
						required: ['client_id'],
					},
				},
			},
		},
		listBooks: {
			method: 'GET',
			path: '/books',
			statuses: [200],
			parameters: [
				{ in: 'query', name: 'limit', required: false, schema: { type: 'integer', maximum: 5 } },
				{
					in: 'query',
					name: 'new',
					required: false,
					schema: { type: 'boolean' },
					allowEmptyValue: true,
				},
				{
					in: 'query',
					name: 'ids',
					required: false,
					schema: { type: 'array', items: { type: 'integer' } },
					explode: false,
				},
				{
					in: 'query',
					name: 'status',
					required: false,
					schema: { type: 'array', items: { type: 'string', enum: ['in', 'out'] } },
				},
				{ in: 'header', name: 'X-Reader', required: true, schema: { type: 'integer' } },
			],
		},
		getBook: {
			method: 'GET',
			path: '/books/{bookId}',
			statuses: [200],
			parameters: [
				{
					in: 'path',
					name: 'bookId',
					required: true,
					schema: { oneOf: [{ type: 'integer' }, { type: 'string', enum: ['last'] }] },
				},
			],
		},
		getMetadata: { method: 'GET', path: '/{resource}/metadata', statuses: [200], parameters: [] },
		filterBooks: {
			method: 'GET',
			path: '/books/by{filter}',
			statuses: [200],
			parameters: [
				{ in: 'query', name: 'size', required: false, schema: { type: 'integer' } },
				{
					in: 'query',
					name: 'filterParameters',
					required: false,
					schema: { type: 'object', additionalProperties: { type: 'string' } },
				},
			],
		},
		addBook: {
			method: 'POST',
			path: '/books',
			alternatePaths: ['/volumes'],
			statuses: [201],
			parameters: [],
			body: {
				required: true,
				content: {
					'application/json': {
						type: 'object',
						required: ['title'],
						properties: {
							title: { type: 'string', minLength: 1 },
							pages: { type: 'integer' },
							note: { type: ['string', 'null'] },
							free: { type: 'object' },
							author: {
								type: 'object',
								required: ['name'],
								properties: { name: { type: 'string' } },
							},
							source: {
								oneOf: [
									{
										type: 'object',
										required: ['kind', 'shop'],
										properties: { kind: { enum: ['bought'] }, shop: { type: 'string' } },
									},
									{
										type: 'object',
										required: ['kind', 'giver'],
										properties: { kind: { enum: ['given'] }, giver: { type: 'string' } },
									},
								],
							},
						},
					},
				},
			},
		},
		addCover: {
			method: 'POST',
			path: '/covers',
			statuses: [200],
			parameters: [],
			body: {
				required: true,
				content: {
					'multipart/form-data': {
						type: 'object',
						required: ['image'],
						properties: {
							image: { type: 'string', format: 'binary' },
							width: { type: 'integer' },
						},
					},
				},
			},
		},
		deleteBook: {
			method: 'DELETE',
			path: '/books/{bookId}',
			statuses: [200],
			parameters: [{ in: 'path', name: 'bookId', required: true, schema: { type: 'integer' } }],
			body: {
				required: false,
				content: { 'application/json': { type: 'object', maxProperties: 0 } },
			},
		},
		bindBook: { method: 'POST', path: '/bind', statuses: [200], parameters: [] },
		neverWritten: { method: 'GET', path: '/never', statuses: [200], parameters: [] },
		broken: { method: 'GET', path: '/broken', statuses: [200], parameters: [] },
		everything: { method: 'GET', path: '/{any}', statuses: [200], parameters: [] },
	},
};

const library: Definition<string | undefined> = {
	specification: LIBRARY,
	serverVariables: { shelf: 'a' },
	notRoutes: { everything: 'stands for any read' },
	tokenOperations: ['fetchToken'],
	overrides: [
		{
			operations: ['bindBook'],
			reason: 'takes a color as well',
			change: (operation) => ({
				...operation,
				parameters: [{ in: 'query', name: 'color', required: true, schema: { type: 'string' } }],
			}),
		},
	],
	normalizePath: (path) => path.replace(/\/$/, ''),
	refuse: (violations) =>
		answer({ refused: violations }, violations[0].kind === 'unknown-path' ? 404 : 422),
	problem: (status, message) => answer({ problem: message }, status),
	tooManyRequests: (seconds) => answer({ slow: true }, 429, { 'retry-after': String(seconds) }),
	start: (context) => {
		const books: Array<{ title: string; uuid: string }> = [];
		const echo = ({ params, query, body }: SimulatedRequest<string | undefined>) =>
			answer({ params, query, body });
		return {
			credential: { url: context.url, clientId: 'invented-client' },
			authenticate: (call) => {
				if (call.operationId === 'fetchToken' || !call.operation) return undefined;
				const found = context.tokens.find(bearerToken(call.headers.authorization) ?? '');
				if (found.state !== 'valid') throw new Refusal(answer({ login: found.state }, 401));
				return found.session;
			},
			handlers: {
				fetchToken: (request) => {
					const { client_id: client } = request.body as { client_id: string };
					const { token } = context.tokens.issue(client, context.tokenLifeSeconds ?? 100);
					return answer({ token, body: request.body });
				},
				listBooks: (request) => answer({ books, query: request.query, caller: request.session }),
				getBook: echo,
				getMetadata: echo,
				filterBooks: echo,
				addBook: ({ body }) => {
					const book = { ...(body as { title: string }), uuid: context.uuid() };
					context.jobs.start({ finish: () => books.push(book) });
					return answer(book, 201);
				},
				addCover: ({ body }) => {
					const { image, width } = body as { image: { content: Buffer }; width: number };
					return answer({ size: image.content.length, width });
				},
				deleteBook: () => answer(undefined, 204),
				bindBook: () => answer('bound'),
				broken: () => {
					throw new Error('the spine is broken');
				},
			},
			routes: [
				{
					reason: 'signed upload',
					method: 'PUT',
					path: '/upload/{name}',
					handle: ({ params, body }) => answer(Buffer.from(`${params.name}:${body.length}`)),
				},
			],
		};
	},
};

let now = Date.UTC(2025, 2, 11, 8, 0, 0);
let simulator: Simulator;
let token = '';

const start = async (options: SimulatorOptions = {}) => {
	simulator = await createSimulator(library, { clock: () => now, jobSeconds: 4, ...options });
	await login();
};
const login = async () => {
	const response = await fetch(`${simulator.url}/token`, {
		method: 'POST',
		body: new URLSearchParams({ client_id: 'invented-client' }),
	});
	token = ((await response.json()) as { token: string }).token;
};
const call = async (method: string, path: string, init: RequestInit = {}) => {
	const response = await fetch(`${simulator.url}/api/a${path}`, {
		method,
		...init,
		headers: { authorization: `Bearer ${token}`, 'x-reader': '7', ...init.headers },
	});
	const content = await response.text();
	const isJson = response.headers.get('content-type')?.includes('json');
	return {
		status: response.status,
		headers: response.headers,
		body: (isJson ? JSON.parse(content) : content) as Record<string, unknown>,
	};
};
const json = (body: unknown): RequestInit => ({
	body: JSON.stringify(body),
	headers: { 'content-type': 'application/json' },
});
/** Kind and name of each violation of a refused request. */
const refusals = async (method: string, path: string, init?: RequestInit) => {
	const { status, body } = await call(method, path, init);
	if (!('refused' in body)) throw new Error(`Not refused: ${status} ${JSON.stringify(body)}`);
	return (body.refused as Violation[]).map((one) => `${one.kind} ${one.in} ${one.name}`.trim());
};

beforeEach(async () => {
	now = Date.UTC(2025, 2, 11, 8, 0, 0);
	jest.spyOn(console, 'error').mockImplementation(() => {});
	await start();
});
afterEach(async () => {
	await simulator.close();
	jest.restoreAllMocks();
});

describe('the judge', () => {
	it('refuses unknown paths and methods', async () => {
		expect(await refusals('GET', '/nothing/here')).toEqual([
			'unknown-path path /api/a/nothing/here',
		]);
		expect(await refusals('GET', '/../a/%zz')).toEqual(['unknown-path path /api/a/%zz']);
		expect(await refusals('PUT', '/books')).toEqual(['unknown-method path /api/a/books']);
		expect((await fetch(`${simulator.url}/api/b/books`)).status).toBe(404);
		// of the operation that is no route
		expect(await refusals('GET', '/word')).toEqual(['unknown-path path /api/a/word']);
	});

	it('prefers the literal segment that comes later', async () => {
		expect((await call('GET', '/books/metadata')).body.params).toEqual({ resource: 'books' });
		expect((await call('GET', '/books/byAmount')).body.params).toEqual({ filter: 'Amount' });
		expect((await call('GET', '/books/7')).body.params).toEqual({ bookId: 7 });
	});

	it('decodes placeholders after matching, so that an encoded slash stays in its segment', async () => {
		expect((await call('GET', '/a%2Fb%20c/metadata')).body.params).toEqual({ resource: 'a/b c' });
		expect(simulator.requests.at(-1)?.path).toBe('/api/a/a%2Fb%20c/metadata');
	});

	it('reads path values as the described type', async () => {
		expect((await call('GET', '/books/last')).body.params).toEqual({ bookId: 'last' });
		expect(await refusals('GET', '/books/first')).toEqual(['wrong-value path bookId']);
		expect(await refusals('DELETE', '/books/seven')).toEqual(['wrong-type path bookId']);
	});

	it('reads query values as a server does', async () => {
		const { body } = await call('GET', '/books?limit=3&new&ids=1,2&status=in&status=out');
		expect(body.query).toEqual({ limit: 3, new: true, ids: [1, 2], status: ['in', 'out'] });
	});

	it.each([
		['limit=6', 'wrong-value query limit'],
		['limit=three', 'wrong-type query limit'],
		['limit=', 'wrong-type query limit'],
		['limit=1&limit=2', 'wrong-type query limit'],
		['new=maybe', 'wrong-type query new'],
		['ids=1,x', 'wrong-type query ids.1'],
		['status=lost', 'wrong-value query status.0'],
		['offset=1', 'unknown-parameter query offset'],
	])('refuses the query %s', async (query, expected) => {
		expect(await refusals('GET', `/books?${query}`)).toEqual([expected]);
	});

	it('refuses missing and ill-typed headers and missing query values', async () => {
		const wrong = await refusals('GET', '/books', { headers: { 'x-reader': 'me' } });
		expect(wrong).toEqual(['wrong-type header X-Reader']);
		const response = await fetch(`${simulator.url}/api/a/books`, {
			headers: { authorization: `Bearer ${token}` },
		});
		expect(await response.json()).toMatchObject({
			refused: [{ kind: 'missing-parameter', in: 'header', name: 'X-Reader' }],
		});
		expect(await refusals('POST', '/bind')).toEqual(['missing-parameter query color']);
	});

	it('takes free query names where the description has an exploded object', async () => {
		const { body } = await call('GET', '/books/byAmount?size=2&amount_parameter=100');
		expect(body.query).toEqual({ size: 2, amount_parameter: '100' });
		expect(await refusals('GET', '/books/byAmount?amount=1&amount=2')).toEqual([
			'wrong-type query amount',
		]);
	});

	it.each([
		[{}, ['missing-member body title']],
		[{ title: 'A', shelf: 1 }, ['unknown-member body shelf']],
		[{ title: 'A', author: { name: 'B', age: 3 } }, ['unknown-member body author.age']],
		[{ title: 'A', author: {} }, ['missing-member body author.name']],
		[{ title: 5 }, ['wrong-type body title']],
		[{ title: 'A', pages: '5' }, ['wrong-type body pages']],
		[{ title: 'A', pages: null }, ['wrong-type body pages']],
		[{ title: '' }, ['wrong-value body title']],
		[['A'], ['wrong-type body']],
		// of two alternatives the one that was meant is explained
		[{ title: 'A', source: { kind: 'given' } }, ['missing-member body source.giver']],
		[
			{ title: 'A', source: { kind: 'bought', shop: 'B', giver: 'C' } },
			['unknown-member body source.giver'],
		],
	])('refuses the body %j', async (body, expected) => {
		expect(await refusals('POST', '/books', json(body))).toEqual(expected);
	});

	it('takes what is allowed, null and free objects included', async () => {
		const body = { title: 'A', pages: 5, note: null, free: { any: 'thing' } };
		expect((await call('POST', '/books', json(body))).body).toMatchObject(body);
		expect((await call('POST', '/volumes', json(body))).status).toBe(201);
		expect((await call('POST', '/books/', json(body))).status).toBe(201);
	});

	it('refuses bodies that are missing, unexpected, malformed or of another type', async () => {
		expect(await refusals('POST', '/books')).toEqual(['missing-body body']);
		expect(await refusals('POST', '/bind?color=red', json({}))).toEqual(['unexpected-body body']);
		expect(await refusals('POST', '/books', { ...json({}), body: '{"title":' })).toEqual([
			'malformed-body body',
		]);
		expect(await refusals('POST', '/books', { body: new URLSearchParams({ title: 'A' }) })).toEqual(
			['content-type body'],
		);
		expect(await refusals('POST', '/books', { body: '{"title":"A"}' })).toEqual([
			'content-type body',
		]);
		expect((await call('DELETE', '/books/1')).status).toBe(204);
		expect((await call('DELETE', '/books/1', json({}))).status).toBe(204);
		expect(await refusals('DELETE', '/books/1', json({ force: true }))).toEqual([
			'unknown-member body',
		]);
	});

	it('refuses a body on GET', async () => {
		// neither fetch nor a mocked http client sends one
		const { hostname, port } = new URL(simulator.url);
		const socket = connect(Number(port), hostname);
		socket.end(
			[
				'GET /api/a/books/7 HTTP/1.1',
				`Host: ${hostname}`,
				`Authorization: Bearer ${token}`,
				'Content-Length: 2',
				'Connection: close',
				'',
				'{}',
			].join('\r\n'),
		);
		const response = await text(socket);
		expect(response).toMatch(/^HTTP\/1\.1 422 /);
		expect(response).toContain('"unexpected-body"');
	});

	it('reads forms and multipart bodies with the described types', async () => {
		const form = (fields: Record<string, string>) =>
			fetch(`${simulator.url}/token`, { method: 'POST', body: new URLSearchParams(fields) });
		expect(await (await form({ client_id: '5', days: '5' })).json()).toMatchObject({
			body: { client_id: '5', days: 5 },
		});
		expect(await (await form({ client_id: '5', days: 'x' })).json()).toMatchObject({
			refused: [{ kind: 'wrong-type', name: 'days' }],
		});
		const cover = new FormData();
		cover.set('image', new Blob(['12345'], { type: 'image/png' }), 'cover.png');
		cover.set('width', '10');
		expect((await call('POST', '/covers', { body: cover })).body).toEqual({ size: 5, width: 10 });
		cover.set('width', new Blob(['10']), 'width.txt');
		expect(await refusals('POST', '/covers', { body: cover })).toEqual(['wrong-type body width']);
		cover.delete('image');
		cover.set('width', '10');
		expect(await refusals('POST', '/covers', { body: cover })).toEqual([
			'missing-member body image',
		]);
	});

	it('refuses settings that name operations which are not there', () => {
		expect(() => new Judge(LIBRARY, { notRoutes: { lost: 'gone' } })).toThrow('lost');
		expect(
			() =>
				new Judge(LIBRARY, {
					overrides: [{ operations: ['lost'], reason: 'gone', change: (one) => one }],
				}),
		).toThrow('gone');
	});
});

describe('the server', () => {
	it('listens on the loopback address, and tells a taken port', async () => {
		const { hostname, port } = new URL(simulator.url);
		expect(hostname).toBe('127.0.0.1');
		await expect(createSimulator(library, { port: Number(port) })).rejects.toThrow('EADDRINUSE');
	});

	it('records what it received', async () => {
		await call('POST', '/books?x=1&x=2', json({ title: 'A' }));
		expect(simulator.requests).toHaveLength(2);
		expect(simulator.requests[1]).toMatchObject({
			at: now,
			method: 'POST',
			path: '/api/a/books',
			query: { x: ['1', '2'] },
			headers: { 'x-reader': '7' },
			body: { title: 'A' },
			operationId: 'addBook',
			status: 422,
		});
		expect(simulator.tokenRequests()).toBe(1);
	});

	it('ends tokens by the clock and on demand', async () => {
		expect((await call('GET', '/books')).body.caller).toBe('invented-client');
		now += 100_000;
		expect(await call('GET', '/books')).toMatchObject({ status: 401, body: { login: 'expired' } });
		await login();
		expect((await call('GET', '/books')).status).toBe(200);
		simulator.expireTokens();
		expect(await call('GET', '/books')).toMatchObject({ status: 401, body: { login: 'revoked' } });
		token = 'never-issued';
		expect(await call('GET', '/books')).toMatchObject({ status: 401, body: { login: 'unknown' } });
	});

	it('takes the life of tokens from the options', async () => {
		await simulator.close();
		await start({ tokenLifeSeconds: 5 });
		now += 4_999;
		expect((await call('GET', '/books')).status).toBe(200);
		now += 1;
		expect((await call('GET', '/books')).status).toBe(401);
	});

	it('lets jobs take their time', async () => {
		await call('POST', '/books', json({ title: 'A' }));
		now += 3_999;
		expect((await call('GET', '/books')).body.books).toEqual([]);
		now += 1;
		expect((await call('GET', '/books')).body.books).toMatchObject([{ title: 'A' }]);
	});

	it('limits requests per second, except tokens of another host', async () => {
		await simulator.close();
		await start({ requestsPerSecond: 2 });
		const statuses = async () => [
			(await call('GET', '/books')).status,
			(await call('GET', '/books')).status,
			(await call('GET', '/books')).status,
		];
		expect(await statuses()).toEqual([200, 200, 429]);
		const refused = await call('GET', '/books');
		expect(refused.headers.get('retry-after')).toBe('1');
		await login();
		now += 1_000;
		expect(await statuses()).toEqual([200, 200, 429]);
	});

	it('adds latency', async () => {
		await simulator.close();
		await start({ latencyMs: 30 });
		const before = performance.now();
		await call('GET', '/books');
		expect(performance.now() - before).toBeGreaterThanOrEqual(25);
	});

	it('starts over on reset', async () => {
		await call('POST', '/books', json({ title: 'A' }));
		now += 4_000;
		const { requests } = simulator;
		simulator.reset();
		expect(simulator.requests).toBe(requests);
		expect(requests).toEqual([]);
		expect(simulator.tokenRequests()).toBe(0);
		expect((await call('GET', '/books')).status).toBe(401);
		await login();
		expect((await call('GET', '/books')).body.books).toEqual([]);
		const first = (await call('POST', '/books', json({ title: 'B' }))).body.uuid;
		expect(first).toBe('c0ffee00-0000-4000-8000-000000000001');
	});

	it('fails loudly where it has no behaviour or breaks', async () => {
		expect(await call('GET', '/never')).toMatchObject({
			status: 501,
			body: { problem: 'neverWritten has no behaviour' },
		});
		expect(await call('GET', '/broken')).toMatchObject({
			status: 500,
			body: { problem: 'the spine is broken' },
		});
		expect(simulator.faults).toEqual(['neverWritten has no behaviour', 'the spine is broken']);
		expect(console.error).toHaveBeenCalledTimes(2);
		simulator.reset();
		expect(simulator.faults).toEqual([]);
	});

	it('refuses broken and oversized bodies without calling it a fault', async () => {
		const headers = { 'content-type': 'multipart/form-data' };
		expect(await refusals('POST', '/covers', { body: 'x', headers })).toEqual([
			'malformed-body body',
		]);
		const large = await call('POST', '/books', json({ title: 'A'.repeat(21 * 1024 * 1024) }));
		expect(large.status).toBe(413);
		expect(simulator.faults).toEqual([]);
	});

	it('serves extra routes without sign-in, as bytes', async () => {
		const response = await fetch(`${simulator.url}/upload/rows`, { method: 'PUT', body: 'a,b' });
		expect(await response.text()).toBe('rows:3');
	});

	it('refuses definitions that name operations which are not there', async () => {
		const { start: begin } = library;
		await expect(createSimulator({ ...library, tokenOperations: ['lost'] })).rejects.toThrow(
			'lost',
		);
		await expect(
			createSimulator<string | undefined>({
				...library,
				start: (context) => ({ ...begin(context), handlers: { lost: () => answer() } }),
			}),
		).rejects.toThrow('lost');
	});
});

describe('the parts', () => {
	it('TokenStore gives a token the form it is told', () => {
		const store = new TokenStore<string>(() => 1_000);
		const { token: issued, expiresAt } = store.issue(
			'me',
			5,
			(serial, ends) => `${serial}-${ends}`,
		);
		expect({ issued, expiresAt }).toEqual({ issued: '1-6000', expiresAt: 6_000 });
		expect(store.find(issued)).toEqual({ state: 'valid', session: 'me' });
	});

	it('JobQueue moves through the phases and can cancel', () => {
		let time = 0;
		const done: string[] = [];
		const queue = new JobQueue(() => time, 8);
		const slow = queue.start({ finish: () => done.push('slow') });
		queue.start({ finish: () => done.push('quick'), seconds: 1 });
		const stopped = queue.start({ finish: () => done.push('stopped') });
		const phases = [0, 1_999, 2_000, 7_999, 8_000].map((at) => {
			time = at;
			return slow.phase();
		});
		expect(phases).toEqual(['waiting', 'waiting', 'running', 'running', 'done']);
		time = 3_000;
		stopped.cancel();
		expect([stopped.phase(), stopped.endsAt()]).toEqual(['cancelled', 3_000]);
		time = 9_000;
		slow.cancel();
		expect([slow.phase(), slow.endsAt()]).toEqual(['done', 8_000]);
		queue.settle();
		queue.settle();
		expect(done).toEqual(['quick', 'slow']);
	});

	it('reads sign-in headers', () => {
		const basic = `Basic ${Buffer.from('jo:a:b').toString('base64')}`;
		expect(basicCredentials(basic)).toEqual({ username: 'jo', password: 'a:b' });
		expect(basicCredentials('Basic bm8=')).toBeUndefined();
		expect(basicCredentials('Bearer x')).toBeUndefined();
		expect(basicCredentials(undefined)).toBeUndefined();
		expect(bearerToken('Bearer x.y')).toBe('x.y');
		expect(bearerToken('x.y')).toBeUndefined();
	});

	it('pages and makes readable JWTs', () => {
		expect(pageOf([1, 2, 3, 4, 5], 2, 2)).toEqual([3, 4]);
		const claims = unsignedJwt({ exp: 5 }).split('.')[1] ?? '';
		expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({ exp: 5 });
	});
});
