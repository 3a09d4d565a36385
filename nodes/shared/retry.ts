import type { IHttpRequestMethods } from 'n8n-workflow';

/** What is known about a request that got no usable answer. */
export interface Failure {
	/** HTTP status, when an answer came. */
	status?: number;
	/** Code of the network layer: `ECONNRESET`, `ECONNABORTED`. */
	code?: string;
	/** System call of the network layer: `connect`, `getaddrinfo`, `read`. */
	syscall?: string;
	/** The `Retry-After` header: seconds or an HTTP date. */
	retryAfter?: string;
}

/** Attempts at one request, the first included. */
export const attemptLimit = 5;
/** The longest `Retry-After` that is taken at its word, in milliseconds. */
export const longestRetryAfter = 60_000;

const repeatableMethods = new Set<string>(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
/** Refusals that say nothing about the request itself. 501 and 505 mean that it will never be understood. */
const isPassing = (status: number) =>
	status === 408 || (status >= 500 && status !== 501 && status !== 505);
/** A name that does not exist (ENOTFOUND) or a refused certificate will not change within seconds. */
const neverArrived = new Set([
	'ECONNREFUSED',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EADDRNOTAVAIL',
]);
const mayHaveArrived = new Set([
	'ECONNRESET',
	'ECONNABORTED',
	'ETIMEDOUT',
	'EPIPE',
	'ERR_BAD_RESPONSE',
	'ERR_NETWORK',
	'ERR_STREAM_PREMATURE_CLOSE',
	'UND_ERR_SOCKET',
]);

/** Codes of zlib, Brotli and Zstandard for an answer that is not what its `Content-Encoding` says. */
const unpacking = /^(Z_|ERR__ERROR_|ZSTD_)/;

/** Whether an answer came that cannot be unpacked. */
export function isUnpackFailure(code: string | undefined): boolean {
	return code !== undefined && unpacking.test(code);
}

/** Whether repeating this method does no harm by HTTP's own rules (RFC 9110, section 9.2.2). */
export function isRepeatable(method: IHttpRequestMethods): boolean {
	return repeatableMethods.has(method);
}

/** Whether the service certainly did nothing: it never saw the request, or put it off. */
export function wasNotProcessed(failure: Failure): boolean {
	return (
		failure.status === 429 ||
		(failure.code !== undefined && neverArrived.has(failure.code)) ||
		(failure.code === 'ETIMEDOUT' && failure.syscall === 'connect')
	);
}

/** Whether it is unknown if the service acted: an answer was due and did not come, or the service broke off. */
export function mayHaveBeenProcessed(failure: Failure): boolean {
	if (wasNotProcessed(failure)) return false;
	if (failure.status !== undefined) return isPassing(failure.status);
	// HPE: the HTTP parser could not read what came back
	const { code } = failure;
	return (
		isUnpackFailure(code) ||
		(code !== undefined && (mayHaveArrived.has(code) || code.startsWith('HPE_')))
	);
}

/**
 * Reads a `Retry-After` header.
 * @returns milliseconds from `now`, never negative; undefined for a missing or malformed header
 * @see RFC 9110, section 10.2.3
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
	const text = header?.trim();
	if (!text) return undefined;
	if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
	// An HTTP date has letters; Date.parse would take "-5" for a year
	const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * How long the service wants to be left alone: what it names within reason, else twice as long after each attempt.
 * @param attempt number of the attempt that failed, from 1
 * @param random gives the jitter, from 0 to 1
 * @returns milliseconds
 */
export function waitAfter(
	failure: Failure,
	attempt: number,
	now: number,
	random: () => number,
): number {
	const named = parseRetryAfter(failure.retryAfter, now);
	// Nothing, or a date that this machine's clock has passed, is no time to wait: five attempts would be gone at once
	if (named !== undefined && named > 0 && named <= longestRetryAfter) return named;
	return Math.round(500 * 2 ** (attempt - 1) * (0.75 + 0.25 * random()));
}

/**
 * Decides whether and when a request is sent again.
 * @param attempt number of the attempt that failed, from 1
 * @param random gives the jitter, from 0 to 1
 * @returns milliseconds to wait, or undefined to give up
 */
export function retryDelay(
	failure: Failure,
	request: { method: IHttpRequestMethods; repeatable?: boolean },
	attempt: number,
	now: number,
	random: () => number,
): number | undefined {
	if (attempt >= attemptLimit) return undefined;
	const repeatable = request.repeatable ?? isRepeatable(request.method);
	if (!wasNotProcessed(failure) && !(repeatable && mayHaveBeenProcessed(failure))) return undefined;
	return waitAfter(failure, attempt, now, random);
}
