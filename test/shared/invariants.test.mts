/** What the pure parts of the engine promise for any input: lists, dates, addresses, retries, secrets, sign-ins. */
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { ICredentialDataDecryptedObject, INode } from 'n8n-workflow';

import { readFailure, redact, redactBody, toNodeError } from '../../nodes/shared/failures';
import { at, text } from '../../nodes/shared/json';
import { readList } from '../../nodes/shared/lists';
import { forgetLogins, signIn } from '../../nodes/shared/login';
import { readMapping } from '../../nodes/shared/mappings';
import type { Answer, ApiRequest, Field, Pager, Wire } from '../../nodes/shared/operation';
import { cursors, nextLinks, pageNumbers } from '../../nodes/shared/pagers';
import { attemptLimit, longestRetryAfter, retryDelay } from '../../nodes/shared/retry';
import { secureUrl } from '../../nodes/shared/urls';
import { InvalidValue, readValue } from '../../nodes/shared/values';
import {
	hostileFor,
	hostileJson,
	hostileText,
	hostileValue,
	runs,
} from '../support/arbitraries.mts';
import { shelf } from '../support/provider.mts';
import { turnClock } from '../support/time.mts';

beforeEach(() => forgetLogins());
afterEach(() => jest.restoreAllMocks());

describe('lists', () => {
	/** Lets between no and three other things happen first. */
	const wait = async (turns: number) => {
		for (let turn = 0; turn < turns; turn++) await new Promise((done) => setImmediate(done));
	};
	const place = { page: 'page', limit: 'limit', size: 4 };
	const places = fc.constantFrom<'query' | 'body'>('query', 'body');

	it('by cursor or link give all records once and in order, however they are split over pages', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 8 }),
				fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
				fc.boolean(),
				places,
				async (sizes, limit, byLink, where) => {
					let count = 0;
					const pages = sizes.map((size) => Array.from({ length: size }, () => ({ id: count++ })));
					let asked = 0;
					const send = async (request: ApiRequest): Promise<Answer> => {
						asked++;
						await Promise.resolve();
						const cursor = byLink
							? new URL(request.path, 'https://x.example').searchParams.get('after')
							: at(where === 'query' ? request.query : request.body, 'after');
						const index = Number(cursor ?? 0);
						const next = index + 1 < pages.length ? index + 1 : undefined;
						return {
							status: 200,
							headers: {},
							body: {
								books: pages[index] ?? [],
								next: byLink && next !== undefined ? `/books?after=${next}` : next,
							},
						};
					};
					const pager = byLink
						? nextLinks({ limit: 'limit', size: 5, next: 'next' })
						: cursors({
								...{ place: where, cursor: 'after', limit: 'limit', size: 5 },
								...{ next: 'next', endsWhenEmpty: false },
							});
					const read = await readList(
						send,
						{ method: 'GET', path: '/books' },
						{ at: 'books', pager },
						limit,
					);
					expect(read).toEqual(pages.flat().slice(0, limit));
					expect(asked).toBeLessThanOrEqual(Math.max(1, pages.length));
				},
			),
			runs(150),
		);
	});

	it('by number give all records once and in order, also when pages read side by side arrive in any order', async () => {
		const kinds: Array<[string, Pager]> = [
			['total', pageNumbers({ ...place, first: 1, total: 'total' })],
			['last', pageNumbers({ ...place, first: 0, lastPage: 'last' })],
		];
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(...kinds),
				fc.nat({ max: 60 }),
				fc.integer({ min: 1, max: 4 }),
				fc.option(fc.integer({ min: 1, max: 70 }), { nil: undefined }),
				fc.integer({ min: 1, max: 12 }),
				fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 7 }),
				fc.boolean(),
				async ([kind, pager], all, cap, limit, atATime, waits, asText) => {
					const records = Array.from({ length: all }, (_, id) => ({ id }));
					const first = kind === 'total' ? 1 : 0;
					let inFlight = 0;
					let peak = 0;
					const send = async ({ query = {} }: ApiRequest): Promise<Answer> => {
						peak = Math.max(peak, ++inFlight);
						const index = Number(query.page) - first;
						await wait(waits[index % waits.length] ?? 0);
						inFlight--;
						const size = Math.min(cap, Number(query.limit));
						const say = (value: number) => (asText ? String(value) : value);
						const body = {
							books: records.slice(index * size, (index + 1) * size),
							total: say(all),
							last: say(Math.max(0, Math.ceil(all / size) - 1)),
						};
						return { status: 200, headers: {}, body };
					};
					const read = await readList(
						send,
						{ method: 'GET', path: '/books' },
						{ at: 'books', pager },
						limit,
						atATime,
					);
					expect(read).toEqual(records.slice(0, limit));
					expect(peak).toBeLessThanOrEqual(atATime);
				},
			),
			runs(150),
		);
	});
});

describe('dates', () => {
	const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'), 'UTC');
	const field = (date: Wire['date']): Field => ({
		displayName: 'Day',
		name: 'day',
		type: 'dateTime',
		default: '',
		wire: { in: 'body', date },
	});
	const read = (value: unknown, timezone: string, date?: Wire['date']) =>
		readValue(field(date), value, { timezone, group: null });
	const moments = fc.date({
		min: new Date('0001-01-02T00:00:00Z'),
		max: new Date('9999-12-30T00:00:00Z'),
		noInvalidDate: true,
	});

	it('name the same moment in every zone, written with its offset, as a Date, or as a time of that zone', () => {
		fc.assert(
			fc.property(moments, zones, fc.integer({ min: -720, max: 840 }), (moment, zone, minutes) => {
				const iso = moment.toISOString();
				expect(read(iso, zone)).toBe(iso);
				expect(read(moment, zone)).toBe(iso);
				const sign = minutes < 0 ? '-' : '+';
				const two = (number: number) => String(number).padStart(2, '0');
				const size = Math.abs(minutes);
				const offset = `${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
				const local = new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, -1);
				if (/^\d{4}-/.test(local)) expect(read(`${local}${offset}`, zone)).toBe(iso);
				expect(read(iso, zone, 'unix')).toBe(Math.floor(moment.getTime() / 1000));
			}),
			runs(200),
		);
	});

	it('are read back as the day that they were written as', () => {
		fc.assert(
			fc.property(moments, zones, (moment, zone) => {
				const day = read(moment, zone, 'date');
				expect(day).toMatch(/^\d{4}-\d{2}-\d{2}$/);
				const start = new Date(String(read(day, zone)));
				// Where clocks went forward at midnight the day begins an hour later
				const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, day: '2-digit' });
				expect(parts.format(start)).toBe(String(day).slice(-2));
			}),
			runs(200),
		);
	});
});

describe('addresses and members', () => {
	it('of a credential are safe or refused in words, whatever stands there', () => {
		const anything = fc.oneof(
			hostileValue,
			fc.webUrl({ withFragments: true, withQueryParameters: true }),
			fc
				.tuple(fc.constantFrom('http://', 'https://', 'HTTPS://', 'ftp://', ''), hostileText)
				.map(([scheme, rest]) => `${scheme}${rest}`),
		);
		fc.assert(
			fc.property(anything, (value) => {
				let read: string;
				try {
					read = secureUrl(value, 'URL');
				} catch (error) {
					expect((error as Error).message).toMatch(/^“URL” in the credential /);
					return;
				}
				const url = new URL(read);
				expect(url.protocol === 'https:' || url.hostname === 'localhost').toBe(true);
				expect([url.username, url.password, url.search, url.hash]).toEqual(['', '', '', '']);
				expect(read).not.toMatch(/\/$|[\p{Cc}\s\\]/u);
				expect(new URL(`${read}/x`).href).toBe(`${read}/x`);
			}),
			runs(500),
		);
	});

	it('of a body are its own, never those of JavaScript', () => {
		fc.assert(
			fc.property(hostileJson, fc.array(hostileText, { maxLength: 4 }), (body, names) => {
				const found = at(body, names.join('.'));
				const inside = JSON.stringify(body) ?? '';
				if (found !== undefined) expect(inside).toContain(JSON.stringify(found));
				expect(typeof found).not.toBe('function');
				expect(typeof (text(found) ?? '')).toBe('string');
			}),
			runs(300),
		);
	});
});

it('a form from metadata gives JSON, or is refused by its name', () => {
	const field: Field = {
		displayName: 'Record',
		name: 'record',
		type: 'resourceMapper',
		default: {},
	};
	fc.assert(
		fc.property(fc.oneof(hostileValue, hostileFor(field)), (raw) => {
			try {
				const read = readMapping(field, raw, {}, 'UTC');
				expect(JSON.parse(JSON.stringify(read))).toEqual(read);
			} catch (error) {
				expect(error).toBeInstanceOf(InvalidValue);
				expect((error as Error).message).toMatch(/^“Record”/);
			}
		}),
		runs(500),
	);
});

describe('retries', () => {
	const failures = fc.record(
		{
			status: fc.constantFrom(400, 401, 404, 408, 409, 429, 500, 501, 502, 503, 504, 505, 599),
			code: fc.constantFrom('ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'HPE_X', 'X'),
			syscall: fc.constantFrom('connect', 'read'),
			retryAfter: fc.oneof(hostileText, fc.double().map(String), fc.date().map(String)),
		},
		{ requiredKeys: [] },
	);
	const methods = fc.constantFrom(...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const));

	it('wait for a bounded time, and never repeat what may have been done and must not be repeated', () => {
		fc.assert(
			fc.property(
				failures,
				methods,
				fc.option(fc.boolean(), { nil: undefined }),
				fc.integer({ min: 1, max: 8 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(failure, method, repeatable, attempt, random) => {
					const delay = retryDelay(failure, { method, repeatable }, attempt, 0, () => random);
					if (attempt >= attemptLimit) expect(delay).toBeUndefined();
					if (delay === undefined) return;
					expect(Number.isFinite(delay) && delay > 0 && delay <= longestRetryAfter).toBe(true);
					const mayRepeat = repeatable ?? !['POST', 'PATCH'].includes(method);
					const neverSeen =
						failure.status === 429 ||
						failure.code === 'ECONNREFUSED' ||
						(failure.code === 'ETIMEDOUT' && failure.syscall === 'connect');
					expect(mayRepeat || neverSeen).toBe(true);
				},
			),
			runs(1000),
		);
	});
});

describe('secrets', () => {
	const node = { name: 'N', type: 'n', typeVersion: 1, position: [0, 0], parameters: {} };
	const secret = fc
		.oneof(
			fc.string({ minLength: 6, maxLength: 40 }),
			fc.string({ unit: 'grapheme', minLength: 6, maxLength: 20 }),
			fc.base64String({ minLength: 12, maxLength: 60 }),
			fc.constantFrom('a/b+c=d&e f"g\\h', 'pass%2Fword', 'schlüssel-日本語', "it's <b>&amp;"),
		)
		.filter((words) => words.trim().length >= 6 && !/\p{Cs}/u.test(words))
		// What stands in our own sentences as well cannot be told apart
		.map((words) => `~${words}~7`);
	/** Ways in which services, proxies and clients write a text that they repeat. */
	const encoders: Array<(secret: string, user: string) => string> = [
		(words) => words,
		encodeURIComponent,
		(words) => encodeURIComponent(words).replace(/%../g, (code) => code.toLowerCase()),
		(words) => new URLSearchParams({ q: words }).toString().slice(2),
		(words) => JSON.stringify(words).slice(1, -1),
		(words) => JSON.stringify(JSON.stringify(words)).slice(3, -3),
		(words) => JSON.stringify(words).slice(1, -1).replaceAll('/', '\\/'),
		(words) =>
			JSON.stringify(words)
				.slice(1, -1)
				.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
		(words) =>
			words
				.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
				.replaceAll('&#38;', '&amp;')
				.replaceAll('&#60;', '&lt;')
				.replaceAll('&#62;', '&gt;')
				.replaceAll('&#34;', '&quot;'),
		(words) => Buffer.from(words).toString('base64'),
		(words) => Buffer.from(words).toString('base64').replace(/=+$/, ''),
		(words) => Buffer.from(words).toString('base64url'),
		(words, user) => Buffer.from(`${user}:${words}`).toString('base64'),
	];
	const user = 'jane.doe@example.com';
	const credentialsOf = (words: string): ICredentialDataDecryptedObject => ({
		username: user,
		apiKey: words,
		url: 'https://service.example',
	});
	const bodies: Array<(echo: string) => unknown> = [
		(echo) => echo,
		(echo) => `<html><head><title>Denied ${echo}</title></head></html>`,
		(echo) => ({ message: `Bad key ${echo}, sorry` }),
		(echo) => ({ error: { message: `Bad key ${echo}`, code: echo } }),
		(echo) => ({ error: echo, error_description: `x ${echo}`, trace_id: echo }),
		(echo) => ({ errors: { [echo]: ['is unknown'], key: [`${echo} is unknown`] } }),
		(echo) => ({
			detail: [
				{ field: echo, msg: 'is wrong' },
				{ name: 'a', detail: echo },
			],
		}),
		(echo) => [`${'x '.repeat(296)}${echo}`],
		(echo) => `${'word '.repeat(118)}${echo} and more`,
		(echo) => ({ errors: { [`${'long '.repeat(117)}${echo}`]: 'is unknown' } }),
		(echo) => Buffer.from(JSON.stringify({ message: echo })),
	];

	it('never appear in what users see of a failure, wherever a service repeats them and however it writes them', () => {
		fc.assert(
			fc.property(
				secret,
				fc.constantFrom(...encoders),
				fc.constantFrom(...bodies),
				fc.constantFrom(400, 401, 429, 500, undefined),
				(words, encode, bodyOf, status) => {
					const credentials = credentialsOf(words);
					const echo = encode(words, user);
					const thrown = Object.assign(new Error(`Failed: https://service.example/?key=${echo}`), {
						config: { headers: { Authorization: words }, data: words },
						...(status === undefined
							? { code: 'ECONNRESET' }
							: { response: { status, data: bodyOf(echo), headers: { 'x-request-id': echo } } }),
					});
					const failure = readFailure(Object.assign(new Error('wrapped'), { cause: thrown }));
					const request = {
						method: 'POST',
						path: `/x?key=${words}`,
						body: { key: words },
					} as const;
					const provider = {
						...shelf,
						reason: (_: unknown, headers: Record<string, string>) => ({
							trace: headers['x-request-id'],
						}),
					};
					const error = toNodeError(
						node as unknown as INode,
						provider,
						credentials,
						request,
						failure,
						0,
					);
					const shown = [
						error.message,
						error.description ?? '',
						JSON.stringify(error),
						inspect(error, { depth: 10, showHidden: true }),
					];
					for (const output of shown) {
						for (const one of encoders) expect(output).not.toContain(one(words, user));
						// Not the most of it either, where a long text was cut
						expect(output).not.toContain(echo.slice(0, Math.max(8, echo.length - 4)));
					}
				},
			),
			runs(1500),
		);
	});

	it('are taken out of any text and body, and nothing else is', () => {
		fc.assert(
			fc.property(secret, hostileJson, fc.constantFrom(...encoders), (words, body, encode) => {
				const credentials = credentialsOf(words);
				const echo = encode(words, user);
				expect(redact(`<${echo}>`, credentials)).toBe('<•••>');
				const plain = JSON.parse(JSON.stringify(body)) as unknown;
				if (!JSON.stringify(plain)?.includes('~')) {
					expect(JSON.stringify(redactBody(plain, credentials))).toBe(JSON.stringify(plain));
				}
				const holding = { deep: [{ [echo]: 1, at: { [`x${echo}`]: [echo] } }] };
				expect(JSON.stringify(redactBody(holding, credentials))).toBe(
					'{"deep":[{"•••":1,"at":{"x•••":["•••"]}}]}',
				);
			}),
			runs(500),
		);
	});
});

describe('sign-ins', () => {
	it('ask once for each expiry, whatever tokens are stored and however many requests find them refused', async () => {
		turnClock();
		const round = fc.record({
			/** Which token each request was sent with: none, or the one so many logins ago. */
			calls: fc.array(fc.option(fc.nat({ max: 3 }), { nil: undefined }), {
				minLength: 1,
				maxLength: 8,
			}),
			delays: fc.array(fc.nat({ max: 4 }), { minLength: 8, maxLength: 8 }),
			refuses: fc.boolean(),
		});
		await fc.assert(
			fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 6 }), async (rounds) => {
				forgetLogins();
				const issued: string[] = [];
				let asked = 0;
				let valid = '';
				let refuses = false;
				const login = async (token: string) =>
					await signIn({
						service: 'Shelf',
						property: 'token',
						identity: ['https://shelf.example'],
						credentials: { token },
						async request() {
							asked++;
							await new Promise((done) => setImmediate(done));
							if (refuses)
								throw Object.assign(new Error('no'), { response: { status: 400, data: 'no' } });
							valid = `token-${asked}`;
							issued.push(valid);
							return { token: valid };
						},
					});
				for (const { calls, delays, refuses: refused } of rounds) {
					// The token expires
					valid = '';
					asked = issued.length;
					const before = asked;
					refuses = refused;
					const known = [...issued].reverse();
					const outcomes = await Promise.allSettled(
						calls.map(async (ago, index) => {
							let token = ago === undefined ? '' : (known[ago] ?? '');
							for (let turn = 0; !refused && turn < (delays[index] ?? 0); turn++)
								await new Promise((done) => setImmediate(done));
							// A request is refused with an old token, and again with the one that has just expired
							for (let attempt = 0; attempt < 4; attempt++) {
								if (token !== '' && token === valid) return token;
								token = String((await login(token)).token);
							}
							throw new Error('was never signed in');
						}),
					);
					if (refused) {
						const reasons = outcomes.map((one) =>
							one.status === 'rejected' ? String(one.reason) : '',
						);
						for (const reason of reasons) expect(reason).toContain('refused the login');
						continue;
					}
					expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
					expect(asked - before).toBe(1);
				}
			}),
			runs(150),
		);
	});
});
