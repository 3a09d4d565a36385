import fc from 'fast-check';
import type { IHttpRequestMethods } from 'n8n-workflow';

import type { Failure } from '../../nodes/shared/retry';
import {
	attemptLimit,
	isRepeatable,
	longestRetryAfter,
	mayHaveBeenProcessed,
	parseRetryAfter,
	retryDelay,
	wasNotProcessed,
} from '../../nodes/shared/retry';

const now = Date.parse('2026-03-01T12:00:00Z');
const repeatable: IHttpRequestMethods[] = ['GET', 'HEAD', 'PUT', 'DELETE'];
const unrepeatable: IHttpRequestMethods[] = ['POST', 'PATCH'];

/** The wait after a failed attempt, without jitter. */
function delay(
	failure: Failure,
	method: IHttpRequestMethods = 'GET',
	attempt = 1,
	more: { repeatable?: boolean } = {},
): number | undefined {
	return retryDelay(failure, { method, ...more }, attempt, now, () => 1);
}

const neverArrived: Array<[string, Failure]> = [
	['a refusal for too many requests', { status: 429 }],
	['a refused connection', { code: 'ECONNREFUSED', syscall: 'connect' }],
	['a name server that is not reached', { code: 'EAI_AGAIN', syscall: 'getaddrinfo' }],
	['a host without a route', { code: 'EHOSTUNREACH' }],
	['a network without a route', { code: 'ENETUNREACH' }],
	['no free port on this machine', { code: 'EADDRNOTAVAIL' }],
	['a connection that was not made in time', { code: 'ETIMEDOUT', syscall: 'connect' }],
];

const unclear: Array<[string, Failure]> = [
	...[408, 500, 502, 503, 504, 507, 520, 599].map((status): [string, Failure] => [
		`status ${status}`,
		{ status },
	]),
	...[
		'ECONNRESET',
		'ECONNABORTED',
		'ETIMEDOUT',
		'EPIPE',
		'ERR_BAD_RESPONSE',
		'ERR_NETWORK',
		'ERR_STREAM_PREMATURE_CLOSE',
		'UND_ERR_SOCKET',
		// An answer that cannot be unpacked: zlib, Brotli, Zstandard
		'Z_DATA_ERROR',
		'ERR__ERROR_FORMAT_PADDING_2',
		'ZSTD_error_prefix_unknown',
		'HPE_INVALID_CONSTANT',
	].map((code): [string, Failure] => [`network code ${code}`, { code, syscall: 'read' }]),
];

const final: Array<[string, Failure]> = [
	...[200, 301, 400, 401, 403, 404, 405, 409, 410, 413, 422, 451, 499, 501, 505].map(
		(status): [string, Failure] => [`status ${status}`, { status }],
	),
	...['ENOTFOUND', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_CANCELED'].map(
		(code): [string, Failure] => [`network code ${code}`, { code }],
	),
	['a failure that nothing is known of', {}],
	['a status beside a network code', { status: 404, code: 'ERR_BAD_REQUEST' }],
];

describe('which failures are tried again', () => {
	it.each(neverArrived)('%s, with every method', (_, failure) => {
		for (const method of [...repeatable, ...unrepeatable]) {
			expect(delay(failure, method)).toBe(500);
		}
		expect(wasNotProcessed(failure)).toBe(true);
		expect(mayHaveBeenProcessed(failure)).toBe(false);
	});

	it.each(unclear)('%s, only where a second time does no harm', (_, failure) => {
		for (const method of repeatable) expect(delay(failure, method)).toBe(500);
		for (const method of unrepeatable) expect(delay(failure, method)).toBeUndefined();
		expect(wasNotProcessed(failure)).toBe(false);
		expect(mayHaveBeenProcessed(failure)).toBe(true);
	});

	it.each(final)('never %s', (_, failure) => {
		for (const method of [...repeatable, ...unrepeatable]) {
			expect(delay(failure, method, 1, { repeatable: true })).toBeUndefined();
		}
		expect(wasNotProcessed(failure)).toBe(false);
		expect(mayHaveBeenProcessed(failure)).toBe(false);
	});

	it('takes the word of the description over the method', () => {
		expect(delay({ status: 500 }, 'POST', 1, { repeatable: true })).toBe(500);
		expect(delay({ status: 500 }, 'GET', 1, { repeatable: false })).toBeUndefined();
		expect(delay({ status: 429 }, 'POST', 1, { repeatable: false })).toBe(500);
	});

	it('takes an answer with a refusal for an answer, whatever the network said then', () => {
		expect(mayHaveBeenProcessed({ status: 422, code: 'ECONNRESET' })).toBe(false);
		expect(mayHaveBeenProcessed({ status: 500, code: 'ERR_BAD_REQUEST' })).toBe(true);
	});

	it('knows the methods that may be repeated by the rules of HTTP', () => {
		expect(
			(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'POST', 'PATCH'] as const).map((method) =>
				isRepeatable(method as IHttpRequestMethods),
			),
		).toEqual([true, true, true, true, true, false, false]);
	});
});

describe('how long it waits', () => {
	it('gives up after the fifth attempt', () => {
		expect(attemptLimit).toBe(5);
		expect([1, 2, 3, 4, 5, 6].map((attempt) => delay({ status: 429 }, 'GET', attempt))).toEqual([
			500,
			1000,
			2000,
			4000,
			undefined,
			undefined,
		]);
	});

	it('gives up after the fifth attempt also when the service names a time', () => {
		expect(delay({ status: 429, retryAfter: '1' }, 'GET', 5)).toBeUndefined();
	});

	it('spreads the waits over the upper quarter, so that clients do not come back together', () => {
		const failure = { status: 503 };
		const wait = (random: number) =>
			retryDelay(failure, { method: 'GET' }, 2, now, () => random) ?? 0;
		expect(wait(0)).toBe(750);
		expect(wait(0.5)).toBe(875);
		expect(wait(1)).toBe(1000);
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: attemptLimit - 1 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(attempt, random) => {
					const most = 500 * 2 ** (attempt - 1);
					const given = retryDelay(failure, { method: 'GET' }, attempt, now, () => random);
					expect(given).toBeGreaterThanOrEqual(0.75 * most);
					expect(given).toBeLessThanOrEqual(most);
					expect(Number.isInteger(given)).toBe(true);
				},
			),
		);
	});

	it.each([
		['seconds', '7', 7000],
		['seconds with blanks around', ' 7 ', 7000],
		['a fraction of a second, rounded up', '0.0001', 1],
		['the longest time that is honoured', '60', 60_000],
		['a date', 'Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
		['the older way to write a date', 'Sunday, 01-Mar-26 12:00:30 GMT', 30_000],
	])('does what Retry-After says: %s', (_, retryAfter, expected) => {
		expect(delay({ status: 429, retryAfter })).toBe(expected);
		expect(delay({ status: 503, retryAfter }, 'PUT', 3)).toBe(expected);
	});

	it.each([
		['more than a minute', '61'],
		['days', '86400'],
		['more than any number', '9'.repeat(400)],
		['a date far ahead', 'Sun, 01 Mar 2099 12:00:00 GMT'],
		['a date just over a minute ahead', 'Sun, 01 Mar 2026 12:01:01 GMT'],
		['no time at all', '0'],
		['a date that is over', 'Sun, 01 Mar 2026 11:59:59 GMT'],
		['a negative number', '-5'],
		['words', 'soon'],
		['a number with a unit', '5s'],
		['a number with an exponent', '1e3'],
		['two numbers', '1, 2'],
		['nothing', ''],
		['blanks', '   '],
	])('waits as without Retry-After when it says %s', (_, retryAfter) => {
		expect(delay({ status: 429, retryAfter }, 'POST', 3)).toBe(2000);
	});

	it('does not retry because of Retry-After alone', () => {
		expect(delay({ status: 400, retryAfter: '1' })).toBeUndefined();
		expect(delay({ status: 503, retryAfter: '1' }, 'POST')).toBeUndefined();
	});
});

describe('reading Retry-After', () => {
	it.each([
		[undefined, undefined],
		['', undefined],
		['soon', undefined],
		['-5', undefined],
		['+5', undefined],
		['0x10', undefined],
		['2026', 2_026_000],
		['2026-03-01', undefined],
		['0', 0],
		['1.2345', 1235],
		['Sun, 01 Mar 2026 12:00:01 GMT', 1000],
		['Sun, 01 Mar 2026 11:00:00 GMT', 0],
	])('reads %p as %p milliseconds', (header, expected) => {
		expect(parseRetryAfter(header, now)).toBe(expected);
	});

	it('gives a time that is not negative or nothing, for any text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.nat(), (header, from) => {
				const given = parseRetryAfter(header, from);
				expect(given === undefined || given >= 0).toBe(true);
			}),
		);
	});

	it('reads every whole number of seconds and every date', () => {
		fc.assert(
			fc.property(fc.nat({ max: 10_000_000 }), (seconds) => {
				expect(parseRetryAfter(String(seconds), now)).toBe(seconds * 1000);
				const date = new Date(now + seconds * 1000).toUTCString();
				expect(parseRetryAfter(date, now)).toBe(seconds * 1000);
			}),
		);
	});

	it('honours at most a minute', () => {
		expect(longestRetryAfter).toBe(60_000);
	});
});
