/** The faults that services, gateways and networks are made to commit, as the proxy in front of a simulator makes them. */
import type { Fault, ProxiedAnswer, ProxiedRequest } from '../../support/faultProxy.mts';

/** What a fault may need to know. */
export interface Surroundings {
	/** Milliseconds since the epoch, as engine and simulator see them. */
	now: () => number;
	/** Address of a server that is not the service. */
	elsewhere: string;
}

/** Puts everything that arrived into the answer, as gateways with too much to say do. */
function echo({ method, url, headers, body }: ProxiedRequest): string {
	const sent = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
	return `${method} ${url} ${sent.join(' ')} ${body}`;
}

type Change = NonNullable<Fault['answer']>;

const page =
	(title: string): Change =>
	({ status }, request) => ({
		status,
		headers: { 'content-type': 'text/html' },
		body: Buffer.from(
			`<!doctype html><html><head><title>${title}. ${echo(request).replace(/[<>]/g, '')}</title></head></html>`,
		),
	});

/** A refusal with a page of HTML, as gateways give. */
const gateway =
	(status: number, title: string, headers: Record<string, string> = {}): Change =>
	(answer, request) => {
		const shown = page(title)(answer, request);
		return { ...shown, status, headers: { ...shown.headers, ...headers } };
	};

/** A refusal with JSON. */
const refusal =
	(status: number, message: string, headers: Record<string, string> = {}): Change =>
	(_answer, request) => ({
		status,
		headers: { 'content-type': 'application/json', ...headers },
		body: Buffer.from(JSON.stringify({ message: `${message}. ${echo(request)}` })),
	});

/** The answer with its body changed. */
const body =
	(change: (bytes: Buffer) => Buffer | string, headers: Record<string, string> = {}): Change =>
	(answer: ProxiedAnswer) => ({
		...answer,
		headers: { ...answer.headers, ...headers },
		body: Buffer.from(change(answer.body)),
	});

const tooMany = (headers: Record<string, string> = {}): Fault => ({
	arrives: false,
	answer: refusal(429, 'Too many requests', headers),
});

/** How long the waits are that services ask for, in milliseconds. */
export const asked = { seconds: 7_000, date: 20_000, absurd: 86_400_000 };

/** All faults by name. */
export const faults = {
	'status 429 with seconds': () => tooMany({ 'retry-after': String(asked.seconds / 1000) }),
	'status 429 with a date': ({ now }) => ({
		arrives: false,
		answer: (answer, request) =>
			refusal(429, 'Too many requests', {
				'retry-after': new Date(now() + asked.date).toUTCString(),
			})(answer, request),
	}),
	'status 429 with nonsense': () => tooMany({ 'retry-after': 'soon' }),
	'status 429 with a day': () => tooMany({ 'retry-after': String(asked.absurd / 1000) }),
	'status 429 without a time': () => tooMany(),
	'status 408': () => ({ arrives: false, answer: gateway(408, 'Request Timeout') }),
	'status 500': () => ({ arrives: true, answer: gateway(500, 'Internal Server Error') }),
	'status 502': () => ({ arrives: false, answer: gateway(502, 'Bad Gateway') }),
	'status 503 with seconds': () => ({
		arrives: false,
		answer: gateway(503, 'Service Unavailable', { 'retry-after': String(asked.seconds / 1000) }),
	}),
	'status 504': () => ({ arrives: true, answer: gateway(504, 'Gateway Timeout') }),
	'connection refused': () => ({ arrives: false, connection: 'refused' }),
	'reset before reading': () => ({ arrives: false, connection: 'reset' }),
	'reset after reading': () => ({ arrives: true, delivery: 'reset' }),
	'no answer': () => ({ arrives: true, delivery: 'silence' }),
	'late answer': () => ({ arrives: true, delivery: 'late', delay: 60 }),
	'slow drip': () => ({ arrives: true, delivery: 'drip', delay: 20 }),
	'body cut off': () => ({
		arrives: true,
		delivery: 'half',
		// Also a confirmation without a body has one that can be cut
		answer: body((bytes) => (bytes.length > 0 ? bytes : '{"done": true}')),
	}),
	'JSON cut off': () => ({
		arrives: true,
		answer: body(
			(bytes) => bytes.subarray(0, Math.ceil(bytes.length / 2)).toString() || '{"done": ',
			{ 'content-type': 'application/json' },
		),
	}),
	'text in place of JSON': () => ({
		arrives: true,
		answer: body(() => 'Everything is fine', { 'content-type': 'application/json' }),
	}),
	'HTML in place of JSON': () => ({ arrives: true, answer: page('Sign in to the network') }),
	'empty body': () => ({ arrives: true, answer: body(() => '') }),
	'wrong content type': () => ({
		arrives: true,
		answer: body((bytes) => bytes, { 'content-type': 'text/html; charset=utf-8' }),
	}),
	'broken gzip': () => ({
		arrives: true,
		answer: body((bytes) => `no gzip${bytes.toString()}`, { 'content-encoding': 'gzip' }),
	}),
	'redirect to another host': ({ elsewhere }) => ({
		arrives: false,
		answer: (answer) => ({ ...answer, status: 307, headers: { location: `${elsewhere}/take` } }),
	}),
	'refused sign-in': () => ({ arrives: false, answer: refusal(401, 'The token has expired') }),
	'no token': () => ({
		arrives: false,
		answer: body(() => '{}', { 'content-type': 'application/json' }),
	}),
	'unknown host': () => ({ arrives: false, connection: 'no such name' }),
	'no name service': () => ({ arrives: false, connection: 'no name service' }),
} satisfies Record<string, (surroundings: Surroundings) => Fault>;

/** Name of a fault. */
export type FaultName = keyof typeof faults;
