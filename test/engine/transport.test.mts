import { clock } from '../../nodes/shared/clock';
import { isObject } from '../../nodes/shared/json';
import { forgetLogins } from '../../nodes/shared/login';
import type { Operation, Provider } from '../../nodes/shared/operation';
import { compile } from '../../nodes/shared/properties';
import { nodeOf, secrets, shelf, shelfCredential } from '../support/provider.mts';
import type { Script, Scripted } from '../support/server.mts';
import { closedAddress, startServer } from '../support/server.mts';
import {
	bookById,
	bookByNumber,
	bookOf,
	gate,
	numbered,
	signedIn,
	storedToken,
	turns,
	useShelf,
} from '../support/shelf.mts';
import { turnClock } from '../support/time.mts';

const test = useShelf();
const goOn = { onError: 'continueRegularOutput' as const };

/** Numbers of the books that came out, in order. */
const idsOf = (items: Array<{ json: { id?: unknown } }>) => items.map(({ json }) => json.id);
const upTo = (count: number) => numbered(count).map(({ n }) => n);

/** Holds all requests back until `count` are there and no further one comes; then lets everything through. */
function heldUntil(count: number, script: Script): Script {
	const all = gate();
	let there = 0;
	return async (request, index) => {
		if (++there === count) void turns().then(all.open);
		await all.opened;
		return await script(request, index);
	};
}

describe('Requests in flight', () => {
	it('sends 1,000 reads 10 at a time and makes one token request for an empty token', async () => {
		test.credential = shelfCredential(test.server.url);
		const second = heldUntil(10, bookOf);
		let first = true;
		let besideTheFirst = -1;
		test.server.answer(
			signedIn(async (request, index) => {
				if (!first) return await second(request, index);
				first = false;
				// The first one goes alone: it brings the token for all
				await turns();
				besideTheFirst = test.sent().length - 1;
				return bookOf(request);
			}),
		);
		const { items, error } = await test.run('book', 'get', bookByNumber, { items: numbered(1000) });
		expect(error).toBeUndefined();
		expect(idsOf(items)).toEqual(upTo(1000));
		expect(besideTheFirst).toBe(0);
		expect(test.logins()).toHaveLength(1);
		expect(test.sent()).toHaveLength(1000);
		expect(test.server.peak()).toBe(10);
		expect(test.credential.sessionToken).toBe(`${secrets.token}1`);
	}, 60_000);

	it('sends writes one at a time, in the order of the items', async () => {
		test.server.answer(async ({ body }) => {
			await turns(10);
			return { body };
		});
		const { items } = await test.run(
			'book',
			'create',
			{ title: '={{ "Volume " + $json.n }}' },
			{ items: numbered(30) },
		);
		expect(items).toHaveLength(30);
		expect(test.sent().map(({ body }) => body)).toEqual(
			upTo(30).map((n) => ({ title: `Volume ${n}` })),
		);
		expect(test.server.peak()).toBe(1);
	});

	it('takes “Requests in Flight” for reads and for writes', async () => {
		for (const requestsInFlight of [1, 3, 20]) {
			test.server.forget();
			test.server.answer(heldUntil(requestsInFlight, bookOf));
			const options = { requestsInFlight };
			await test.run('book', 'get', { ...bookByNumber, options }, { items: numbered(40) });
			expect(test.server.peak()).toBe(requestsInFlight);

			test.server.forget();
			test.server.answer(heldUntil(requestsInFlight, ({ body }) => ({ body })));
			const { items } = await test.run(
				'book',
				'create',
				{ title: '={{ "Volume " + $json.n }}', options },
				{ items: numbered(40) },
			);
			expect(test.server.peak()).toBe(requestsInFlight);
			expect(items.map(({ json }) => json.title)).toEqual(upTo(40).map((n) => `Volume ${n}`));
		}
	});

	it('reads one after the other when that is asked for', async () => {
		test.server.answer(async (request) => {
			await turns();
			return bookOf(request);
		});
		const options = { requestsInFlight: 1 };
		await test.run('book', 'get', { ...bookByNumber, options }, { items: numbered(5) });
		expect(test.server.peak()).toBe(1);
	});

	it('goes on for the others when one record is refused, with 401 or within a good answer', async () => {
		test.node = nodeOf(
			compile({
				...shelf,
				refusal: ({ body }) =>
					isObject(body) && body.refused === true ? { message: 'Locked away' } : undefined,
			}),
		);
		test.server.answer(
			signedIn((request) => {
				if (request.path.endsWith('/2')) return { status: 401, body: { message: 'Not yours' } };
				return request.path.endsWith('/5') ? { body: { refused: true } } : bookOf(request);
			}),
		);
		const one = { ...bookByNumber, options: { requestsInFlight: 1 } };
		const { items } = await test.run('book', 'get', one, { items: numbered(8), ...goOn });
		expect(items.map(({ json }) => json.error ?? json.id)).toEqual([
			0,
			1,
			'Not yours [Item 2]',
			3,
			4,
			'Locked away [Item 5]',
			6,
			7,
		]);
	});

	it('pauses everyone for as long as a 429 asks, and nothing fails', async () => {
		const refused = gate();
		const settled = gate();
		let asleep = 0;
		const time = turnClock(async () => {
			refused.open();
			// Time goes on when another request waits as well, or was sent although it should have waited
			if (++asleep === 2) settled.open();
			await settled.opened;
		});
		const begin = time.now;
		const late: number[] = [];
		const held = heldUntil(10, async (request, index) => {
			if (index === 4) return { status: 429, headers: { 'retry-after': '7' }, body: {} };
			await refused.opened;
			if (index >= 10) {
				settled.open();
				late.push(time.now - begin);
			}
			return bookOf(request);
		});
		test.server.answer(held);
		const { items, error } = await test.run('book', 'get', bookByNumber, { items: numbered(60) });
		expect(error).toBeUndefined();
		expect(idsOf(items)).toEqual(upTo(60));
		expect(test.sent()).toHaveLength(61);
		expect(late).toHaveLength(51);
		expect(Math.min(...late)).toBeGreaterThanOrEqual(7000);
	});

	it('has half as many requests in flight after a 429', async () => {
		const paused = gate();
		let asleep = 0;
		turnClock(async () => {
			if (++asleep === 10) paused.open();
			await paused.opened;
		});
		let together = 0;
		const counted = gate();
		test.server.answer(async (request, index) => {
			// All that were in flight are refused, which counts once
			if (index < 10) return { status: 429, headers: { 'retry-after': '3' }, body: {} };
			if (++together === 1) void turns().then(counted.open);
			await counted.opened;
			return bookOf(request);
		});
		let most = 0;
		void counted.opened.then(() => {
			most = together;
		});
		const { items } = await test.run('book', 'get', bookByNumber, { items: numbered(20) });
		expect(idsOf(items)).toEqual(upTo(20));
		expect(most).toBe(5);
	});
});

describe('Sign-in', () => {
	it('makes one more token request for a token that expires in the middle of a run', async () => {
		test.credential = shelfCredential(test.server.url);
		let served = 0;
		const expires = `${secrets.token}1`;
		test.server.answer(
			signedIn(
				(request) => {
					served++;
					return bookOf(request);
				},
				(token, newest) => token === newest && !(token === expires && served >= 150),
			),
		);
		const { items, error } = await test.run('book', 'get', bookByNumber, { items: numbered(300) });
		expect(error).toBeUndefined();
		expect(idsOf(items)).toEqual(upTo(300));
		expect(test.logins()).toHaveLength(2);
		expect(test.credential.sessionToken).toBe(`${secrets.token}2`);
	}, 60_000);

	it('does the same with a stored token that an earlier process had asked for', async () => {
		let served = 0;
		test.credential = shelfCredential(test.server.url);
		test.server.answer(
			signedIn(
				(request) => {
					served++;
					return bookOf(request);
				},
				(token, newest) => token === newest && !(token === `${secrets.token}1` && served >= 40),
			),
		);
		await test.run('book', 'get', bookByNumber, { items: numbered(10) });
		expect(test.logins()).toHaveLength(1);
		forgetLogins();
		const { items, error } = await test.run('book', 'get', bookByNumber, { items: numbered(100) });
		expect(error).toBeUndefined();
		expect(idsOf(items)).toEqual(upTo(100));
		expect(test.logins()).toHaveLength(2);
	});

	it('makes one token request when the stored token had expired before the run', async () => {
		test.server.answer(signedIn(heldUntil(10, bookOf)));
		const { items } = await test.run('book', 'get', bookByNumber, { items: numbered(50) });
		expect(idsOf(items)).toEqual(upTo(50));
		expect(test.logins()).toHaveLength(1);
		expect(test.sent().length).toBeLessThanOrEqual(60);
	});

	it('hands the new token to a request whose refusal comes after the others have signed in', async () => {
		const renewed = gate();
		let refused = 0;
		test.server.answer(
			late(
				signedIn((request) => {
					renewed.open();
					return bookOf(request);
				}),
			),
		);
		/** Holds the tenth refusal back until somebody was let in. */
		function late(script: Script): Script {
			const held = heldUntil(10, script);
			return async (request, index) => {
				const old = request.headers.authorization?.endsWith(storedToken) ?? false;
				const answer = await (old ? held : script)(request, index);
				if (old && ++refused === 10) await renewed.opened;
				return answer;
			};
		}
		const { items } = await test.run('book', 'get', bookByNumber, { items: numbered(30) });
		expect(idsOf(items)).toEqual(upTo(30));
		expect(refused).toBe(10);
		expect(test.logins()).toHaveLength(1);
	});

	it('sends a write again that was refused for its token only', async () => {
		test.server.answer(signedIn(({ body }) => ({ body })));
		const { items } = await test.run('book', 'create', { title: 'Once' });
		expect(items.map(({ json }) => json)).toEqual([{ title: 'Once' }]);
		expect(test.sent()).toHaveLength(2);
	});

	it('gives up after few logins when every token is refused', async () => {
		test.server.answer(signedIn(bookOf, () => false));
		const { items } = await test.run('book', 'get', bookByNumber, { items: numbered(60), ...goOn });
		expect(items).toHaveLength(60);
		for (const { json, error } of items) {
			expect(json.error).toMatch(/^The token is not valid/);
			expect(error?.description).toContain('Check the Shelf credential and sign in again.');
		}
		expect(test.logins().length).toBeLessThanOrEqual(4);
	});

	it('asks once when the login is refused, and says so for every item', async () => {
		test.credential = shelfCredential(test.server.url);
		test.server.answer([
			{
				status: 401,
				body: { error: 'invalid_client', error_description: 'The client was locked on Monday' },
			},
		]);
		const { items } = await test.run('book', 'get', bookByNumber, { items: numbered(60), ...goOn });
		expect(items).toHaveLength(60);
		for (const [index, { json, error, pairedItem }] of items.entries()) {
			expect(json.error).toBe(
				`Shelf refused the login: The client was locked on Monday (status 401, invalid_client) [Item ${index}]`,
			);
			expect(error?.description).toBe('Check the Shelf credential.');
			expect(pairedItem).toEqual({ item: index });
		}
		expect(test.logins()).toHaveLength(1);
		expect(test.sent()).toHaveLength(0);
	});

	it('asks once when the login is refused in the middle of a run', async () => {
		test.server.answer((request) =>
			request.path === '/token'
				? { status: 400, body: { error: 'invalid_grant' } }
				: { status: 401, body: {} },
		);
		const { items } = await test.run('book', 'get', bookByNumber, { items: numbered(60), ...goOn });
		expect(items).toHaveLength(60);
		for (const { json } of items) expect(json.error).toMatch(/^Shelf refused the login: invalid_/);
		expect(test.logins()).toHaveLength(1);
	});

	it('waits when the token service is busy for a moment', async () => {
		const time = turnClock();
		test.credential = shelfCredential(test.server.url);
		let asked = 0;
		const normal = signedIn(bookOf);
		test.server.answer((request, index) =>
			request.path === '/token' && ++asked < 3
				? { status: 503, headers: { 'retry-after': String(asked * 2) }, body: 'busy' }
				: normal(request, index),
		);
		const { items, error } = await test.run('book', 'get', bookByNumber, { items: numbered(20) });
		expect(error).toBeUndefined();
		expect(idsOf(items)).toEqual(upTo(20));
		expect(test.logins()).toHaveLength(3);
		expect(time.slept).toEqual([2000, 4000]);
	});

	it('says in words that the token service does not answer', async () => {
		turnClock();
		test.credential = shelfCredential(await closedAddress());
		const { error } = await test.run('book', 'get', bookById('1'));
		expect(error?.message).toContain('Shelf could not be reached to sign in');
		expect(error?.message).toContain('ECONNREFUSED');
	});
});

describe('A request without a usable answer', () => {
	const unknown = 'It cannot be known whether the service carried this out';

	it('is not sent again when it may have changed something, and the message says so', async () => {
		turnClock();
		test.server.answer([{ fault: 'reset after reading' }]);
		const { error } = await test.run('book', 'create', { title: 'Once' });
		expect(test.sent()).toHaveLength(1);
		expect(error?.message).toBe('The connection to Shelf was lost (ECONNRESET)');
		expect(error?.description).toContain(unknown);
		expect(error?.context.itemIndex).toBe(0);
	});

	it('is not sent again after half an answer when it may have changed something', async () => {
		turnClock();
		test.server.answer([{ fault: 'half a body', body: { id: 1, title: 'x'.repeat(2000) } }]);
		const { error } = await test.run('book', 'create', { title: 'Once' });
		expect(test.sent()).toHaveLength(1);
		expect(error?.message).toBe('The answer of Shelf was cut off');
		expect(error?.description).toContain(unknown);
	});

	it('is sent again when it only reads', async () => {
		turnClock();
		test.server.answer([{ fault: 'reset after reading' }, { body: { book: { id: 1 } } }]);
		const { items } = await test.run('book', 'get', bookById('1'));
		expect(idsOf(items)).toEqual([1]);
		expect(test.sent()).toHaveLength(2);
	});

	describe('of a deletion', () => {
		const gone = { status: 404, body: { message: 'There is no such book' } };

		it.each<Scripted>([
			{ fault: 'reset after reading' },
			{ fault: 'half a body', body: { id: 1, title: 'x'.repeat(2000) } },
			{ status: 504, body: '<html></html>' },
		])('has deleted the record when that is gone then (%j)', async (answer) => {
			turnClock();
			for (const status of [404, 410]) {
				test.server.answer([answer, { ...gone, status }]);
				const { items, error } = await test.run('book', 'delete', bookById('1'));
				expect(error).toBeUndefined();
				expect(items.map(({ json }) => json)).toEqual([{ deleted: true }]);
			}
			expect(test.sent()).toHaveLength(4);
		});

		it('is a refusal when the record was not there from the beginning', async () => {
			turnClock();
			test.server.answer([gone]);
			const { error } = await test.run('book', 'delete', bookById('1'));
			expect(error?.message).toBe('There is no such book');
			expect(test.sent()).toHaveLength(1);
		});

		it('is a refusal when the request before did not arrive', async () => {
			turnClock();
			test.server.answer([{ status: 429, body: {} }, gone]);
			const { error } = await test.run('book', 'delete', bookById('1'));
			expect(error?.message).toBe('There is no such book');
			expect(test.sent()).toHaveLength(2);
		});

		it('does not make a record of other requests that is gone', async () => {
			turnClock();
			test.server.answer([{ fault: 'reset after reading' }, gone]);
			const { error } = await test.run('book', 'get', bookById('1'));
			expect(error?.message).toBe('There is no such book');
		});
	});

	it('is sent again when it never reached the service', async () => {
		turnClock();
		test.server.answer([{ status: 429, body: {} }, { status: 429, body: {} }, { body: { id: 5 } }]);
		const { items } = await test.run('book', 'create', { title: 'At last' });
		expect(idsOf(items)).toEqual([5]);
		expect(test.sent()).toHaveLength(3);
	});

	it('is sent five times at most', async () => {
		const time = turnClock();
		test.server.answer([{ status: 502, body: 'Bad gateway' }]);
		const { error } = await test.run('book', 'get', bookById('1'));
		expect(error?.message).toBe('Bad gateway');
		expect(error?.description).toContain('(status 502)');
		expect(test.sent()).toHaveLength(5);
		expect(time.slept).toHaveLength(4);
	});

	it('is told in words with the item when half the body came', async () => {
		turnClock();
		test.server.answer(({ path }) =>
			path.endsWith('/1')
				? { fault: 'half a body', body: { book: { id: 1, title: 'x'.repeat(2000) } } }
				: { body: { book: { id: 0 } } },
		);
		const { error } = await test.run('book', 'get', bookByNumber, { items: numbered(2) });
		expect(error?.message).toBe('The answer of Shelf was cut off [Item 1]');
		expect(error?.context.itemIndex).toBe(1);
	});

	it('is told in words when JSON ends too early', async () => {
		turnClock();
		test.server.answer([
			{ body: '{"book": {"id": 1, "ti', headers: { 'content-type': 'application/json' } },
		]);
		const { error } = await test.run('book', 'get', bookById('1'));
		expect(error?.message).toBe('The answer of Shelf was cut off');
		expect(test.sent()).toHaveLength(5);
	});

	it.each(['get', 'getAll'])(
		'is told in words when it is a page of HTML (%s)',
		async (operation) => {
			test.server.answer([
				{
					body: '<!doctype html><html><head><title>Sign in here</title></head></html>',
					headers: { 'content-type': 'text/html' },
				},
			]);
			const { error } = await test.run('book', operation, bookById('1'));
			expect(error?.message).toBe(
				'Shelf answered with something that is not JSON: an HTML page with the title “Sign in here”',
			);
			expect(error?.description).toContain('Check the URL in the credential');
			expect(error?.context.itemIndex).toBe(0);
			expect(test.sent()).toHaveLength(1);
		},
	);

	it('is told in words when it is an HTML page of a gateway', async () => {
		turnClock();
		test.server.answer([
			{ status: 504, body: '<html><head><title>Gateway timed out</title></head></html>' },
		]);
		const { error } = await test.run('book', 'get', bookById('1'));
		expect(error?.message).toBe('an HTML page with the title “Gateway timed out”');
	});

	it('is told in words when the body is empty', async () => {
		test.server.answer([{}]);
		const one = await test.run('book', 'get', bookById('1'));
		expect(one.error?.message).toBe('The answer is empty');
		expect(one.error?.context.itemIndex).toBe(0);
		test.server.answer([{ body: { book: null } }]);
		const none = await test.run('book', 'get', bookById('1'));
		expect(none.error?.message).toBe('The answer is empty');
		expect(none.error?.description).toContain('answered with status 200 and no record');
		test.server.answer([{}]);
		const list = await test.run('book', 'getAll');
		expect(list.error?.message).toBe('The answer is not a list under “books”');
		const change = await test.run('book', 'update', bookById('1'));
		expect(change.items.map(({ json }) => json)).toEqual([{ success: true }]);
	});

	it('is told in words when the connection is refused', async () => {
		turnClock();
		test.credential = shelfCredential(await closedAddress(), storedToken);
		const { error } = await test.run('book', 'get', bookByNumber, { items: numbered(3) });
		expect(error?.message).toBe('Shelf refused the connection [Item 0]');
		expect(error?.description).toContain('Nothing answers at this address');
	});

	it('is told in words after “Request Timeout”, and a write is not repeated', async () => {
		turnClock();
		test.server.answer([{ fault: 'silence' }]);
		const { error } = await test.run('book', 'create', {
			title: 'Never',
			options: { requestTimeout: 1 },
		});
		expect(error?.message).toBe('Shelf did not answer in time');
		expect(error?.description).toContain('Raise “Request Timeout” in the options');
		expect(error?.description).toContain(unknown);
		expect(test.sent()).toHaveLength(1);
	});

	it.each([200, 500])(
		'is told in words after “Request Timeout” also when it drips in (status %i)',
		async (status) => {
			turnClock();
			jest.spyOn(clock, 'deadline').mockImplementation(() => AbortSignal.timeout(400));
			test.server.answer([{ status, fault: 'drip' }]);
			const { error } = await test.run('book', 'create', { title: 'Never' });
			expect(error?.message).toBe('Shelf did not answer in time');
			expect(error?.description).toContain('Raise “Request Timeout” in the options');
			expect(error?.description).toContain(unknown);
			expect(clock.deadline).toHaveBeenCalledWith(121_200);
			expect(test.sent()).toHaveLength(1);
		},
	);

	it('is repeated when it drips in and only reads', async () => {
		turnClock();
		jest.spyOn(clock, 'deadline').mockImplementation(() => AbortSignal.timeout(400));
		test.server.answer([{ fault: 'drip' }, { body: { book: { id: 3 } } }]);
		const { items } = await test.run('book', 'get', bookById('3'));
		expect(idsOf(items)).toEqual([3]);
		expect(test.sent()).toHaveLength(2);
	});

	it('may drip in as long as it comes when it is a file', async () => {
		jest.spyOn(clock, 'deadline').mockImplementation(() => AbortSignal.abort());
		const file = operation({
			run: async (call) => {
				const { body } = await call.send({ ...call.request, binary: true });
				return { id: Buffer.isBuffer(body) ? body.length : -1 };
			},
		});
		test.node = nodeOf(compile(file));
		test.server.answer([{ fault: 'drip' }]);
		const { items, error } = await test.run('book', 'get', bookById('3'));
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([{ id: 102 }]);
	});

	it('has a time of its own after a new login', async () => {
		turnClock();
		// The first deadline is over when the login is through
		const first = new AbortController();
		let given = 0;
		jest
			.spyOn(clock, 'deadline')
			.mockImplementation(() => (++given <= 2 ? first.signal : new AbortController().signal));
		const signIn = signedIn(({ body }) => ({ body }));
		test.server.answer((request, index) => {
			if (request.path === '/token') first.abort();
			return signIn(request, index);
		});
		const { items } = await test.run('book', 'create', { title: 'Once' });
		expect(items.map(({ json }) => json)).toEqual([{ title: 'Once' }]);
		expect(test.logins()).toHaveLength(1);
	});

	it('is repeated after a time-out when it only reads', async () => {
		turnClock();
		const impatient = operation({
			run: async (call) => (await call.send({ ...call.request, timeout: 300 })).body,
		});
		test.node = nodeOf(compile(impatient));
		test.server.answer([{ fault: 'silence' }, { fault: 'silence' }, { body: { id: 3 } }]);
		const { items } = await test.run('book', 'get', bookById('3'));
		expect(idsOf(items)).toEqual([3]);
		expect(test.sent()).toHaveLength(3);
	});
});

/** The invented service with its operation `book:get` changed. */
function operation(change: Partial<Operation>): Provider {
	return {
		...shelf,
		resources: shelf.resources.map((resource) => ({
			...resource,
			operations: resource.operations.map((one) =>
				one.value === 'get' ? { ...one, ...change } : one,
			),
		})),
	};
}

describe('A body', () => {
	const echo: Script = ({ bytes, headers }) => ({
		body: { count: { sent: bytes.toString('latin1'), type: headers['content-type'] } },
	});

	it.each([
		['a text as it is', 'send text', '"quoted"', 'application/json'],
		[
			'a form in its own encoding',
			'send form',
			'a=1&b=%C3%BC%26',
			'application/x-www-form-urlencoded',
		],
		['bytes as they are', 'send bytes', '\u0000\u00ff\n', 'application/octet-stream'],
	])('is sent: %s', async (_, mode, sent, type) => {
		test.server.answer(echo);
		const { items } = await test.run('special', 'count', { mode });
		expect(items[0]?.json).toEqual({
			count: { sent, type: expect.stringMatching(new RegExp(`^${type}(;|$)`)) as string },
		});
	});

	it('is sent as JSON also when it is an empty object', async () => {
		test.server.answer(({ bytes, headers }) => ({
			body: { sent: bytes.toString(), type: headers['content-type'] },
		}));
		const { items } = await test.run('book', 'update', bookById('1'));
		expect(items[0]?.json).toEqual({ sent: '{}', type: 'application/json' });
	});

	it('is not there, nor its type, where an operation has none', async () => {
		test.server.answer(({ bytes, headers }) => ({
			body: { book: { id: bytes.length, title: headers['content-type'] ?? 'none' } },
		}));
		const { items } = await test.run('book', 'get', bookById('1'));
		expect(items[0]?.json).toEqual({ id: 0, title: 'none' });
	});
});

describe('Where the sign-in goes', () => {
	it.each([
		['elsewhere', 'https://elsewhere.example'],
		['nowhere', 'not a URL'],
	])('does not go to an address that is not of the service: %s', async (mode, named) => {
		// Without a token, so that the first request of the run is the one that goes astray
		test.credential = shelfCredential(test.server.url);
		const { error } = await test.run('special', 'count', { mode });
		expect(error?.message).toBe(`An address of another host was not followed: ${named}`);
		expect(error?.description).toBe(
			`Requests go to ${test.server.url} only, the host of the credential.`,
		);
		expect(test.server.received).toEqual([]);
	});

	it('is told in words that the URL of the credential is none', async () => {
		const words = 'The URL in the Shelf credential is not a URL';
		const advice = 'Open the Shelf credential and correct its URL.';
		for (const [baseUrl, message] of [
			[() => 'shelf', words],
			[() => String(new URL('shelf')), words],
			[
				() => {
					throw new Error('“URL” is empty');
				},
				'“URL” is empty',
			],
		] as const) {
			test.node = nodeOf(compile({ ...shelf, baseUrl }));
			const { error } = await test.run('book', 'get', bookById('1'));
			expect(error?.message).toBe(message);
			expect(error?.description).toBe(advice);
		}
		expect(test.server.received).toEqual([]);
	});

	it('does not go where a redirect points to', async () => {
		const other = await startServer([{ body: { book: { id: 666 } } }]);
		try {
			for (const status of [301, 302, 303, 307, 308]) {
				test.server.answer([
					{ status, headers: { location: `${other.url}/stolen` }, body: '<html>Moved</html>' },
				]);
				const { error, items } = await test.run('book', 'get', bookById('1'));
				expect(items).toEqual([]);
				expect(error?.description).toContain(`(status ${status})`);
				expect(error?.description).toContain('which is not followed');
			}
			expect(test.sent()).toHaveLength(5);
			expect(other.received).toEqual([]);
		} finally {
			await other.close();
		}
	});

	it('does not go where the next link of a list points to', async () => {
		const other = await startServer([{ body: { books: [{ id: 666 }] } }]);
		try {
			test.server.answer([
				{ body: { books: [{ id: 1 }], next: { href: `${other.url}/api/links?page=2` } } },
			]);
			const { error } = await test.run('book', 'listByLink', { returnAll: true });
			expect(error?.message).toContain('An address of another host was not followed');
			expect(other.received).toEqual([]);
		} finally {
			await other.close();
		}
	});

	it.each(['/../token', '/x/%2E%2e/y', '/.', '/x/..?a=b', '/x\\y', '/x#y', '/x\r\nX: y', '/x\0'])(
		'does not follow the link %j, which leads elsewhere than it says',
		async (href) => {
			test.server.answer([{ body: { books: [{ id: 1 }], next: { href } } }]);
			const { error } = await test.run('book', 'listByLink', { returnAll: true });
			expect(error?.message).toBe('An address that leads elsewhere than it says was not followed');
			expect(error?.description).toContain('a backslash, a # or a line break');
			expect(test.server.received).toHaveLength(1);
		},
	);

	it.each(['/links/..x/.y/a..b?next=../..', '/links/a%2F..%2Fb'])(
		'follows the link %j',
		async (href) => {
			test.server.answer([
				{ body: { books: [{ id: 1 }], next: { href } } },
				{ body: { books: [] } },
			]);
			const { error } = await test.run('book', 'listByLink', { returnAll: true });
			expect(error).toBeUndefined();
			expect(test.server.received[1]?.url).toBe(`/api${href}`);
		},
	);

	it('takes half a letter for a letter that is unknown, and leaves the one behind it alone', async () => {
		test.server.answer([{ body: { books: [] } }]);
		const author = '={{ String.fromCharCode(0xd83d) + "&x" }}';
		const { error } = await test.run('book', 'getAll', { filters: { author } });
		expect(error).toBeUndefined();
		const [{ query } = { query: new URLSearchParams() }] = test.server.received;
		expect(query.get('author')).toBe('\ufffd&x');
		expect([...query.keys()].sort()).toEqual(['author', 'limit', 'page']);
	});

	it('does not follow a link with a sign-in of its own', async () => {
		const href = `${test.server.url.replace('//', '//user:invented@')}/api/links?page=2`;
		test.server.answer([{ body: { books: [{ id: 1 }], next: { href } } }]);
		const { error } = await test.run('book', 'listByLink', { returnAll: true });
		expect(error?.message).toContain('An address of another host was not followed');
		expect(test.server.received).toHaveLength(1);
	});

	it('does not go to a host that the credential does not allow', async () => {
		test.credential.allowedHttpRequestDomains = 'domains';
		test.credential.allowedDomains = 'shelf.example';
		const { error } = await test.run('book', 'get', bookById('1'));
		expect(error?.message).toMatch(/domain/i);
		expect(test.server.received).toEqual([]);
	});

	it('goes to a host that the credential allows', async () => {
		test.credential.allowedHttpRequestDomains = 'domains';
		test.credential.allowedDomains = new URL(test.server.url).hostname;
		test.server.answer(bookOf);
		const { items } = await test.run('book', 'get', bookById('1'));
		expect(items.map(({ json }) => json.id)).toEqual([1]);
	});

	it('follows an address of the service itself', async () => {
		test.server.answer(bookOf);
		const absolute = operation({
			run: async (call) => {
				const path = `${test.server.url}/api/books/9?shelf=2`;
				return (await call.send({ ...call.request, path })).body;
			},
		});
		test.node = nodeOf(compile(absolute));
		const { items, error } = await test.run('book', 'get', bookById('1'));
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(test.sent().map(({ url }) => url)).toEqual(['/api/books/9?shelf=2']);
	});

	it('goes nowhere while the credential is restricted to hosts and names none', async () => {
		test.credential.allowedHttpRequestDomains = 'domains';
		test.credential.allowedDomains = ' ';
		const { error } = await test.run('book', 'get', bookById('1'));
		expect(error?.message).toBe('The credential is restricted to certain domains, but names none');
		expect(test.server.received).toEqual([]);
	});

	it('is not shown when the service repeats it in a refusal', async () => {
		test.server.answer(({ headers }) => ({
			status: 400,
			body: {
				message: `Do not understand ${headers.authorization}`,
				errors: [{ field: 'secret', message: secrets.clientSecret }],
			},
		}));
		for (const more of [{}, goOn, { onError: 'continueErrorOutput' as const }]) {
			const { run } = await test.run('book', 'get', bookByNumber, { items: numbered(2), ...more });
			expect(JSON.stringify(run)).toContain('Do not understand Bearer •••');
		}
	});

	it('is not shown when the token service repeats it in a refusal', async () => {
		test.credential = shelfCredential(test.server.url);
		test.server.answer(({ body }) => ({
			status: 400,
			body: { message: `Refused ${JSON.stringify(body)}` },
		}));
		const { error } = await test.run('book', 'get', bookById('1'));
		expect(error?.message).toContain('Refused {"id":"invented-client","secret":"•••"}');
	});
});
