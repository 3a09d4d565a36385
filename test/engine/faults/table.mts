/**
 * What must happen for every fault and every kind of operation. The tests beside this file prove each cell on n8n's
 * engine; docs/faults.md tells the same to users and is compared with it.
 */
import type { FaultName } from './faults.mts';
import { asked } from './faults.mts';

/** Operations that behave alike, and the kinds of each. */
export const groups = {
	/** Repeating them changes nothing. */
	reads: ['read one', 'list, first page', 'list, later page', 'task poll'],
	/** Repeating them brings about the same state (RFC 9110, section 9.2.2). */
	repeatable: ['replace (PUT)', 'delete'],
	/** Repeating them may do the work twice. */
	once: ['create (POST)', 'update (PATCH)', 'task start'],
	login: ['login'],
} as const;

/** A group of kinds. */
export type Group = keyof typeof groups;

/** A kind of operation. */
export type Kind = (typeof groups)[Group][number];

/** The request is sent `sends` times; the last one goes through. */
export interface Succeeds {
	succeeds: true;
	sends: number;
	/** The pause before it is sent again: milliseconds that the service asked for, or growing by itself. */
	pause?: number | 'growing';
}

/** The request is sent `sends` times; then the item fails with these words. `<service>` stands for the service's name. */
export interface Fails {
	succeeds: false;
	sends: number;
	pause?: number | 'growing';
	says: RegExp;
	/** What the user is told to do. */
	advice: RegExp;
	/** The user is told that the service may have carried it out. */
	unknown: boolean;
}

/** What must happen in one cell. */
export type Outcome = Succeeds | Fails;

/** One fault that hits a request once, or every time it is sent. */
export interface Row {
	fault: FaultName;
	/** What befalls the token request that the fault brings about. */
	login?: FaultName;
	/** Default: once. */
	always?: true;
	/** For groups, and for kinds that differ from their group; null where there is no such thing. */
	outcomes: Partial<Record<Group | Kind, Outcome | null>>;
}

/** How often the engine sends one request at most. */
const most = 5;

/** The request goes through when it is sent so often. */
export const succeeds = (sends: number, pause?: number | 'growing'): Succeeds => ({
	succeeds: true,
	sends,
	...(pause !== undefined && { pause }),
});
const atOnce = succeeds(1);
const again = (pause: number | 'growing' = 'growing') => succeeds(2, pause);

/** The item fails in words. */
export const fails = (says: RegExp, advice: RegExp, more: Partial<Fails> = {}): Fails => ({
	succeeds: false,
	sends: 1,
	says,
	advice,
	unknown: false,
	...more,
});
/** It may have been carried out: it is not sent again, and the user is told so. */
export const unknown = (says: RegExp, advice: RegExp) => fails(says, advice, { unknown: true });
const givenUp = (says: RegExp, advice: RegExp, pause: number | 'growing' = 'growing') =>
	fails(says, advice, { sends: most, pause });
const loginFails = (says: RegExp, more: Partial<Fails> = {}) =>
	fails(says, /^Check the <service> credential\.$/, more);
const loginGivenUp = (says: RegExp, pause: number | 'growing' = 'growing') =>
	loginFails(says, { sends: most, pause });

const all = (outcome: Outcome) => ({
	reads: outcome,
	repeatable: outcome,
	once: outcome,
	login: outcome,
});
/** A passing trouble: what does no harm is sent again. */
const passing = (once: Outcome, pause: number | 'growing' = 'growing') => ({
	...all(again(pause)),
	once,
});

const tryLater = /could not process the request at this time\. Try again later/;
const slower = /Lower “Requests in Flight” in the options, or try again later/;
const network = /Check the URL in the credential and the network of this n8n, or try again later/;
const patience = /Raise “Request Timeout” in the options, or try again later/;
const address = /something else than (the API|WarpURL) seems to answer/;
const nothingThere = /Nothing answers at this address/;
const signIn = /sign in again|Check (client|user name)|Check that access key/;
const lost = /^The connection to <service> was lost \((ECONNRESET|EPIPE)\)/;
const inTime = /^<service> did not answer in time/;
const cutOff = /^The answer of <service> was cut off/;
const packed = /^The answer of <service> could not be unpacked/;
const noJson = /^<service> answered with something that is not JSON: /;
const noToken = /without a token|gave no token|refused the login/;

export const table: Row[] = [
	{ fault: 'status 429 with seconds', outcomes: all(again(asked.seconds)) },
	{ fault: 'status 429 with a date', outcomes: all(again(asked.date)) },
	{ fault: 'status 429 with nonsense', outcomes: all(again()) },
	// Longer than a minute is not waited; the engine's own pauses are tried instead
	{ fault: 'status 429 with a day', outcomes: all(again()) },
	{ fault: 'status 429 without a time', outcomes: all(again()) },
	{
		fault: 'status 429 with seconds',
		always: true,
		outcomes: {
			...all(givenUp(/^Too many requests/, slower, asked.seconds)),
			login: loginGivenUp(/refused the login: .*\(status 429/, asked.seconds),
		},
	},
	{
		fault: 'status 429 with a day',
		always: true,
		outcomes: {
			...all(givenUp(/^Too many requests/, /retry after 86400 seconds/)),
			login: loginGivenUp(/refused the login: .*\(status 429/),
		},
	},
	{
		fault: 'status 408',
		outcomes: passing(unknown(/“Request Timeout\b/, /\(status 408\)/)),
	},
	{
		fault: 'status 500',
		outcomes: passing(unknown(/“Internal Server Error\b/, tryLater)),
	},
	{
		fault: 'status 500',
		always: true,
		outcomes: {
			...all(givenUp(/“Internal Server Error\b/, tryLater)),
			once: unknown(/“Internal Server Error\b/, tryLater),
			login: loginGivenUp(/refused the login: .*\(status 500/),
		},
	},
	{
		fault: 'status 502',
		outcomes: passing(unknown(/“Bad Gateway\b/, tryLater)),
	},
	{
		fault: 'status 503 with seconds',
		outcomes: passing(unknown(/“Service Unavailable\b/, tryLater), asked.seconds),
	},
	{
		fault: 'status 504',
		outcomes: passing(unknown(/“Gateway Timeout\b/, tryLater)),
	},
	{ fault: 'connection refused', outcomes: all(again()) },
	{
		fault: 'connection refused',
		always: true,
		outcomes: {
			...all(givenUp(/^<service> refused the connection/, nothingThere)),
			login: loginGivenUp(/could not be reached to sign in: .*ECONNREFUSED/),
		},
	},
	{ fault: 'reset before reading', outcomes: passing(unknown(lost, network)) },
	{ fault: 'reset after reading', outcomes: passing(unknown(lost, network)) },
	{
		fault: 'reset after reading',
		always: true,
		outcomes: {
			...all(givenUp(lost, network)),
			once: unknown(lost, network),
			login: loginGivenUp(/could not be reached to sign in: /),
		},
	},
	{ fault: 'no answer', outcomes: passing(unknown(inTime, patience)) },
	{ fault: 'late answer', outcomes: all(atOnce) },
	{ fault: 'slow drip', outcomes: passing(unknown(inTime, patience)) },
	{ fault: 'body cut off', outcomes: passing(unknown(cutOff, network)) },
	{
		fault: 'JSON cut off',
		outcomes: { ...passing(unknown(cutOff, network)), login: loginFails(noToken) },
	},
	{
		fault: 'text in place of JSON',
		outcomes: {
			reads: fails(noJson, address),
			repeatable: fails(noJson, address),
			once: unknown(noJson, address),
			login: loginFails(noToken),
		},
	},
	{
		fault: 'HTML in place of JSON',
		outcomes: {
			reads: fails(/an HTML page with the title “Sign in to the network/, address),
			repeatable: fails(/an HTML page with the title “Sign in to the network/, address),
			once: unknown(/an HTML page with the title “Sign in to the network/, address),
			login: loginFails(noToken),
		},
	},
	{
		fault: 'empty body',
		outcomes: {
			'read one': fails(/^The answer is empty/, /(with status 200 and no|without a) record/),
			'list, first page': fails(/^The answer is not a list/, /^$/),
			'list, later page': fails(/^The answer is not a list/, /^$/),
			'task poll': fails(/does not show its status/, /^$/),
			// Some services confirm a change so
			repeatable: atOnce,
			once: atOnce,
			'task start': fails(
				/^The answer does not say which (task|pipeline run) was started/,
				/It was accepted/,
			),
			login: loginFails(noToken),
		},
	},
	{ fault: 'wrong content type', outcomes: all(atOnce) },
	{ fault: 'broken gzip', outcomes: passing(unknown(packed, network)) },
	{
		fault: 'redirect to another host',
		outcomes: {
			...all(fails(/^<service> answered with a redirect \(status 307\)/, /which is not followed/)),
			login: loginFails(/refused the login: .*\(status 307\)/),
		},
	},
	{ fault: 'refused sign-in', outcomes: { ...all(succeeds(2)), login: null } },
	{
		fault: 'refused sign-in',
		always: true,
		outcomes: {
			...all(fails(/^The token has expired/, signIn, { sends: 2 })),
			login: loginFails(/refused the login: The token has expired.*\(status 401/),
		},
	},
	{
		fault: 'refused sign-in',
		login: 'status 503 with seconds',
		outcomes: { ...all(loginFails(/refused the login: .*\(status 503/)), login: null },
	},
	{
		fault: 'refused sign-in',
		login: 'late answer',
		outcomes: { ...all(succeeds(2)), login: null },
	},
	{
		fault: 'refused sign-in',
		login: 'no answer',
		outcomes: { ...all(loginFails(/could not be reached to sign in: /)), login: null },
	},
	{
		fault: 'refused sign-in',
		login: 'no token',
		outcomes: { ...all(loginFails(noToken)), login: null },
	},
	{
		fault: 'no token',
		outcomes: { reads: null, repeatable: null, once: null, login: loginFails(noToken) },
	},
	{
		fault: 'unknown host',
		outcomes: {
			...all(fails(/^The host of <service> was not found/, /There is no such host/)),
			login: loginFails(/could not be reached to sign in: .*ENOTFOUND/),
		},
	},
	{ fault: 'no name service', outcomes: all(again()) },
];

/** The outcome of a row for a kind: its own, or that of its group. */
export function outcomeOf(row: Row, kind: Kind): Outcome | null {
	const own = row.outcomes[kind];
	if (own !== undefined) return own;
	const group = Object.entries(groups).find(([, kinds]) =>
		(kinds as readonly string[]).includes(kind),
	)?.[0] as Group;
	const outcome = row.outcomes[group];
	if (outcome === undefined) throw new Error(`${row.fault} has no outcome for ${kind}`);
	return outcome;
}
