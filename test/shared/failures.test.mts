import fc from 'fast-check';
import type { INode } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import type { ReadFailure } from '../../nodes/shared/failures';
import {
	isCertificateFailure,
	isFinal,
	readFailure,
	readReason,
	redact,
	toHeaders,
	toNodeError,
} from '../../nodes/shared/failures';
import type { ApiRequest, Provider } from '../../nodes/shared/operation';
import { shelf } from '../support/provider.mts';

const node: INode = {
	id: '1',
	name: 'Shelf',
	type: 'shelf',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};
const now = Date.parse('2026-03-01T12:00:00Z');
const read: ApiRequest = { method: 'GET', path: '/books', repeatable: true };
const write: ApiRequest = { method: 'POST', path: '/books', repeatable: false };
const silent: Provider = { ...shelf, reason: undefined, advice: undefined };
const unclearWords =
	'It cannot be known whether the service carried this out, so it was not sent again. Look there before you repeat it.';

function failed(
	failure: Partial<ReadFailure>,
	more: { request?: ApiRequest; provider?: Provider; credentials?: Record<string, string> } = {},
): NodeApiError {
	const { request = read, provider = silent, credentials = {} } = more;
	const whole: ReadFailure = { message: '', login: false, ...failure };
	return toNodeError(node, provider, credentials, request, whole, now);
}

/** An error as the HTTP client gives it, and as n8n wraps it. */
function wrapped(inner: object): Error {
	const cause = Object.assign(new Error('Request failed'), inner);
	return Object.assign(new Error('The service refused', { cause }), { httpCode: '500' });
}

describe('taking a failed request apart', () => {
	it('finds status, headers and body wherever they are', () => {
		const response = {
			status: 503,
			headers: { 'Retry-After': 7, 'X-Trace': 'abc' },
			data: { message: 'Down' },
		};
		const expected = {
			status: 503,
			body: { message: 'Down' },
			headers: { 'retry-after': '7', 'x-trace': 'abc' },
			retryAfter: '7',
			login: false,
		};
		expect(readFailure({ response })).toMatchObject(expected);
		expect(readFailure(wrapped({ response }))).toMatchObject(expected);
	});

	it('finds the network’s code and call, the outermost first', () => {
		const inner = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
			code: 'ECONNREFUSED',
			syscall: 'connect',
		});
		expect(readFailure(wrapped({ cause: inner }))).toEqual({
			code: 'ECONNREFUSED',
			syscall: 'connect',
			message: 'connect ECONNREFUSED 127.0.0.1:1',
			login: false,
		});
		const outer = Object.assign(new Error('x', { cause: inner }), {
			code: 'OUTER',
			syscall: 'read',
		});
		expect(readFailure(outer)).toMatchObject({ code: 'OUTER', syscall: 'read' });
		expect(readFailure({ code: 5, syscall: 5 })).toEqual({ message: '', login: false });
	});

	it('takes the innermost sentence, which n8n has not replaced', () => {
		expect(readFailure(wrapped({})).message).toBe('Request failed');
		expect(readFailure(wrapped({ message: ' ' })).message).toBe('The service refused');
	});

	it('takes the first refusal that it finds', () => {
		const error = {
			response: { status: 401, data: 'outer' },
			cause: { response: { status: 500, data: 'inner' } },
		};
		expect(readFailure(error)).toMatchObject({ status: 401, body: 'outer' });
	});

	it.each([200, 204, 299])(
		'knows that %p of an answer that broke off refused nothing',
		(status) => {
			const failure = readFailure({ code: 'ERR_BAD_RESPONSE', response: { status, data: '{"a' } });
			expect(failure.status).toBeUndefined();
			expect(failure).toMatchObject({ code: 'ERR_BAD_RESPONSE', body: '{"a' });
		},
	);

	it.each([100, 199, 300, 304, 400])('takes %p for a refusal', (status) => {
		expect(readFailure({ response: { status } }).status).toBe(status);
	});

	it('does not take a text for a status', () => {
		expect(readFailure({ response: { status: '500' } }).status).toBeUndefined();
	});

	it('reads a refusal that came as bytes', () => {
		const body = (words: string | Buffer) =>
			readFailure({ response: { status: 500, data: Buffer.from(words) } }).body;
		expect(body('{"message":"No"}')).toEqual({ message: 'No' });
		expect(body('No such file')).toBe('No such file');
		expect(body(Buffer.from([0xff, 0xfe]))).toBe('��');
		expect(body('x'.repeat(100_001))).toBe('x'.repeat(100_000));
	});

	it('knows a failed login at any depth', () => {
		expect(readFailure({ cause: { loginFailed: true } }).login).toBe(true);
		expect(readFailure({ loginFailed: true, cause: { message: 'x' } }).login).toBe(true);
		expect(readFailure({ loginFailed: 'yes' }).login).toBe(false);
	});

	it('looks five causes deep, so that a circle ends', () => {
		const circle: Record<string, unknown> = { message: 'round' };
		circle.cause = circle;
		expect(readFailure(circle)).toEqual({ message: 'round', login: false });
		const deep = (depth: number): object =>
			depth === 0 ? { code: 'DEEP' } : { cause: deep(depth - 1) };
		expect(readFailure(deep(4)).code).toBe('DEEP');
		expect(readFailure(deep(5)).code).toBeUndefined();
	});

	it.each([undefined, null, 'text', 5, []])('finds nothing in %p', (thrown) => {
		expect(readFailure(thrown)).toEqual({ message: '', login: false });
	});
});

describe('headers', () => {
	it('have names in lower case and values in text', () => {
		expect(toHeaders({ 'Content-Type': 'a', 'X-Count': 5, 'Set-Cookie': ['b', 'c'] })).toEqual({
			'content-type': 'a',
			'x-count': '5',
			'set-cookie': 'b,c',
		});
	});

	it.each([undefined, null, 'text', ['a']])('are none in %p', (headers) => {
		expect(toHeaders(headers)).toEqual({});
	});
});

describe('the reason in a body', () => {
	it.each([
		['bare text', 'Site not found\n', { message: 'Site not found' }],
		['text over several lines', 'One\n\n  two\tthree', { message: 'One two three' }],
		['nothing', '', {}],
		['blanks', ' \n', {}],
		['no body', undefined, {}],
		['null', null, {}],
		['a number', 5, {}],
		['an empty object', {}, {}],
		['a message', { message: 'No' }, { message: 'No' }],
		['a number for a message', { message: 42 }, { message: '42' }],
		[
			'an OAuth refusal',
			{ error: 'invalid_client', error_description: 'Unknown client' },
			{ message: 'Unknown client', code: 'invalid_client' },
		],
		['an OAuth refusal without words', { error: 'invalid_client' }, { message: 'invalid_client' }],
		[
			'a problem document',
			{ type: 'about:blank', title: 'Bad Request', detail: 'Name is taken', status: 400 },
			{ message: 'Name is taken' },
		],
		['a problem document without detail', { title: 'Bad Request' }, { message: 'Bad Request' }],
		[
			'an error in an error',
			{ error: { message: 'No', code: 'E1', trace_id: 't1' } },
			{ message: 'No', code: 'E1', trace: 't1' },
		],
		[
			'an error in an error, with a title beside it',
			{ error: { message: 'No' }, title: 'Bad Request' },
			{ message: 'No' },
		],
		[
			'a code and a trace beside the nested ones',
			{ error: { code: 'E1', trace_id: 't1' }, code: 'E2', traceId: 't2' },
			{ code: 'E2', trace: 't2' },
		],
		[
			'several messages',
			{ statusCode: 400, message: ['a is empty', 'b is long'], error: 'Bad Request' },
			{ message: 'Bad Request: a is empty; b is long' },
		],
		[
			'a list of errors',
			{
				message: 'Invalid',
				errors: [
					{ field: 'name', message: 'is empty' },
					{ name: 'id', msg: 'is no number' },
				],
			},
			{ message: 'Invalid: name: is empty; id: is no number' },
		],
		[
			'a list of errors in other words',
			{ errors: [{ description: 'A' }, { detail: 'B' }, 'C', 5, { other: 'D' }, null, ''] },
			{ message: 'A; B; C; 5' },
		],
		[
			'a map of errors',
			{
				message: 'Invalid',
				errors: { name: ['is empty', 'is short'], id: 'is no number', x: null },
			},
			{ message: 'Invalid: name: is empty; name: is short; id: is no number' },
		],
		[
			'violations',
			{
				title: 'Constraint Violation',
				violations: [{ field: 'create.name', message: 'must not be blank' }],
			},
			{ message: 'Constraint Violation: create.name: must not be blank' },
		],
		[
			'details with places',
			{ detail: [{ loc: ['body', 'x'], msg: 'field required', type: 'missing' }] },
			{ message: 'field required' },
		],
		['a map for a message', { message: { name: 'is empty' } }, { message: 'name: is empty' }],
		[
			'a detail beside a message',
			{ message: 'Conflict', detail: 'Name is taken' },
			{ message: 'Conflict: Name is taken' },
		],
		[
			'a heading that ends with a point',
			{ message: 'Invalid values.', errors: ['a', 'b'] },
			{ message: 'Invalid values: a; b' },
		],
		[
			'a heading that ends with a colon',
			{ message: 'Invalid values:', errors: ['a'] },
			{ message: 'Invalid values: a' },
		],
		['a sentence without details', { message: 'No.' }, { message: 'No.' }],
		[
			'a sentence with a point inside',
			{ message: 'Version 2.5 is wrong.', errors: ['too old'] },
			{ message: 'Version 2.5 is wrong: too old' },
		],
		['the same words twice', { message: 'No', detail: 'No', errors: ['No'] }, { message: 'No' }],
		['a list', ['A', { message: 'B' }], { message: 'A; B' }],
		['an empty list', [], {}],
		['a list of nothing readable', [{}, null], {}],
		[
			'an error code',
			{ error_code: 'A-1', code: 'B', message: 'No' },
			{ message: 'No', code: 'A-1' },
		],
		['a numeric code', { code: 1062, message: 'No' }, { message: 'No', code: '1062' }],
		['an error that is no text', { error: true, message: 'No' }, { message: 'No' }],
		[
			'an error and a message',
			{ error: 'Not Found', message: 'No site 12' },
			{ message: 'No site 12', code: 'Not Found' },
		],
		['a trace', { message: 'No', request_id: 'r1' }, { message: 'No', trace: 'r1' }],
		['a trace of several', { trace_id: 't', traceId: 'u', request_id: 'r1' }, { trace: 't' }],
	])('is read from %s', (_, body, expected) => {
		expect(readReason(body)).toEqual(expected);
	});

	it.each([
		['<!DOCTYPE html><html><head><title>502 Bad\nGateway</title></head></html>', '502 Bad Gateway'],
		['  \n<HTML lang="en"><h1 class="x">Sorry</h1>', 'Sorry'],
		['<!-- a -->\n\t <!-- b -->  <html><title>Down</title>', 'Down'],
		['<html><title lang="en"> Login </title><h1>Other</h1>', 'Login'],
		['<body><h1>Down</h1></body>', 'Down'],
		['<head><title>Down</title></head>', 'Down'],
	])('names an HTML page by its title: %s', (page, title) => {
		expect(readReason(page)).toEqual({ message: `an HTML page with the title “${title}”` });
	});

	it.each(['<html><body><p>Words</p></body></html>', '<!doctype html><title> </title>'])(
		'says no more of an HTML page without a title: %s',
		(page) => {
			expect(readReason(page)).toEqual({ message: 'an HTML page' });
		},
	);

	it('does not take other mark-up for a page', () => {
		expect(readReason('<error>No</error>')).toEqual({ message: '<error>No</error>' });
		expect(readReason('see <html>')).toEqual({ message: 'see <html>' });
		expect(readReason('<htmlish>')).toEqual({ message: '<htmlish>' });
	});

	it('shows the first 600 characters', () => {
		const most = 'x'.repeat(600);
		for (const shape of [
			(words: string) => words,
			(words: string) => ({ message: words }),
			(words: string) => [words],
		]) {
			expect(readReason(shape(most)).message).toBe(most);
			expect(readReason(shape(`${most}y`)).message).toBe(`${most}…`);
		}
		expect(readReason(`<html><title>${most}y</title>`).message).toBe(
			`an HTML page with the title “${most}…”`,
		);
	});

	it('is found or not in any JSON, without an error', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (body) => {
				const { message, code, trace } = readReason(body);
				for (const part of [message, code, trace]) {
					expect(part === undefined || (part.trim() !== '' && typeof part === 'string')).toBe(true);
				}
				expect((message ?? '').length).toBeLessThanOrEqual(601);
			}),
		);
	});
});

describe('secrets', () => {
	const credentials = {
		username: 'reader',
		apiKey: 'invented-key-0001',
		clientSecret: 'inv/ent ed"secret\n0001',
		sessionToken: 'invented.token.0001',
		password: 'invented-word',
		passphrase: 'invented-phrase',
		url: 'https://shelf.example',
		scopes: ['a', 'b'],
		shortKey: '12345',
	};

	it.each([
		['as they are', 'The key invented-key-0001 is wrong', 'The key ••• is wrong'],
		['more than once', 'invented-word invented-word', '••• •••'],
		['URL-encoded', 'token?s=inv%2Fent%20ed%22secret%0A0001&x', 'token?s=•••&x'],
		['in JSON', '{"s":"inv/ent ed\\"secret\\n0001"}', '{"s":"•••"}'],
		['tokens', 'Bad token: invented.token.0001.', 'Bad token: •••.'],
		['passphrases', 'Cannot decrypt with invented-phrase', 'Cannot decrypt with •••'],
		[
			'in a Basic header',
			`Authorization: Basic ${Buffer.from('reader:invented-word').toString('base64')}`,
			'Authorization: Basic •••',
		],
		['in a Bearer header', 'bearer eyJh.eyJz-_~+/.c2ln== refused', 'bearer ••• refused'],
	])('are taken out %s', (_, words, expected) => {
		expect(redact(words, credentials)).toBe(expected);
	});

	it('are taken out as tokens that the credential no longer holds', () => {
		// Sent by a request that was under way when another one signed in anew; some services take them bare
		const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
		const old = `${part({ alg: 'RS256' })}.${part({ sub: 'invented' })}.c2lnbmVk`;
		for (const words of [
			`authorization: ${old} refused`,
			`authorization: ${old.slice(0, 70)} refused`,
		]) {
			expect(redact(words, credentials)).toBe('authorization: ••• refused');
		}
		expect(redact('eyJ is how they begin; a.b.c', credentials)).toBe(
			'eyJ is how they begin; a.b.c',
		);
	});

	it('are told from settings, short values and plain words', () => {
		const words =
			'reader at https://shelf.example 12345 uses Basic auth or a Bearer token, Bearer 123456789012345';
		expect(redact(words, credentials)).toBe(words);
	});

	it('are texts: other members of a credential are left alone', () => {
		const others = {
			tokenCount: 123456,
			keyData: { length: 6 },
			secrets: ['a', 'b', 'c', 'd', 'e', 'f'],
			passwordSet: true,
		};
		expect(redact('123456 a,b,c,d,e,f true', others)).toBe('123456 a,b,c,d,e,f true');
	});

	it('are taken out of every text of a body before it is cut', () => {
		const credentials = { apiKey: 'invented-key-0001' };
		const long = `${'x'.repeat(590)} invented-key-0001`;
		for (const body of [long, [long], { message: long }, { errors: [{ message: long }] }]) {
			const error = failed({ status: 400, body }, { credentials });
			expect(error.message).toBe(`${'x'.repeat(590)} •••`);
		}
	});

	it('may be as short as six characters', () => {
		expect(redact('a 123456 b', { apiKey: '123456' })).toBe('a ••• b');
		expect(redact('a 12345 b', { apiKey: '12345' })).toBe('a 12345 b');
	});

	it.each([
		'Password',
		'client_secret',
		'accessToken',
		'apiKey',
		'keyId',
		'passphrase',
		'private_key',
	])('are known by the name of the property: %s', (name) => {
		expect(redact('an invented-value', { [name]: 'invented-value' })).toBe('an •••');
		expect(redact('an invented-value', { name: 'invented-value' })).toBe('an invented-value');
	});

	it.each([
		['base64', 'fmEvYitjPWQmZSBm'],
		['base64 of an address', 'fmEvYitjPWQmZSBm'],
		['percent codes in small letters', '~a%2fb%2bc%3dd%26e%20f'],
		['a form', '%7Ea%2Fb%2Bc%3Dd%26e+f'],
		['JSON of PHP', '~a\\/b+c=d&e f'],
		['JSON in JSON', '~a\\\\/b+c=d&e f'],
		['HTML', '~a/b+c=d&amp;e f'],
		['a sign-in', Buffer.from('jane:~a/b+c=d&e f').toString('base64')],
	])('are known in %s', (_, form) => {
		const credentials = { apiKey: '~a/b+c=d&e f', user: 'jane' };
		expect(redact(`key=${form}, yes`, credentials)).toBe('key=•••, yes');
	});

	it.each(["a&amp;b'c-12", 'a&amp;b&#39;c-12', 'a&amp;b&#039;c-12'])(
		'are known in HTML, however it writes the apostrophe: %s',
		(form) => {
			expect(redact(`key=${form}, yes`, { apiKey: "a&b'c-12" })).toBe('key=•••, yes');
		},
	);

	it('are taken out of the names in a body too', () => {
		const credentials = { apiKey: 'invented-key-0001' };
		const long = `${'x'.repeat(590)} invented-key-0001`;
		const error = failed(
			{ status: 400, body: { errors: { [long]: 'is wrong' } } },
			{ credentials },
		);
		expect(error.message).toBe(`${'x'.repeat(590)} •••: is w…`);
	});

	it('are not read as patterns', () => {
		expect(redact('aaaaaaaaa $&$&$&', { apiKey: '$&$&$&' })).toBe('aaaaaaaaa •••');
		expect(redact('abcdefgh', { apiKey: '......' })).toBe('abcdefgh');
	});

	it('never come through, in any form that a service may echo', () => {
		// Without the letters of the words around it, so that only the secret itself can be found
		const secret = fc.string({ unit: 'grapheme', minLength: 6, maxLength: 30 });
		fc.assert(
			fc.property(secret, fc.lorem(), (value, around) => {
				fc.pre(!'•••'.includes(value) && value.length >= 6);
				const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
				for (const form of forms) {
					const clean = redact(`<${form}> ${around} “${form}”`, { clientSecret: value });
					expect(clean).toContain(around.includes(form) ? '•••' : around);
					expect(clean.split('•••').some((part) => part.includes(form))).toBe(false);
				}
			}),
		);
	});
});

describe('the error that users see', () => {
	it('says what happened in the service’s words, what to do, and the facts', () => {
		const error = failed({
			status: 400,
			body: { message: 'Name is taken', code: 'E1', trace_id: 't1' },
		});
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error.message).toBe('Name is taken');
		expect(error.description).toBe(
			'Check the values of this item. (status 400, code E1, trace ID t1)',
		);
		expect(error.httpCode).toBe('400');
		expect(error.node).toBe(node);
	});

	it('does not repeat the status as a code', () => {
		expect(failed({ status: 400, body: { message: 'No', code: 400 } }).description).toBe(
			'Check the values of this item. (status 400)',
		);
	});

	it('prefers the provider’s own reading, and a reason that was read already', () => {
		const body = { message: 'Common', fault: 'Special', code: 'E1' };
		expect(failed({ status: 400, body }).message).toBe('Common');
		const own = failed({ status: 400, body }, { provider: shelf });
		expect(own.message).toBe('Special');
		expect(own.description).toContain('code E1');
		const known = failed({ status: 200, body, reason: { message: 'Known', trace: 't9' } });
		expect(known.message).toBe('Known');
		expect(known.description).toBe('Check the values of this item. (status 200, trace ID t9)');
	});

	it('prefers the provider’s own advice, which may leave it to the common one', () => {
		expect(failed({ status: 418 }, { provider: shelf }).description).toBe(
			'Drink the tea. (status 418)',
		);
		expect(failed({ status: 404 }, { provider: shelf }).description).toBe(
			'Check the ID: nothing was found under it, or the account may not see it. (status 404)',
		);
	});

	it('lets the provider read headers as well', () => {
		const reason = jest.fn().mockReturnValue({ trace: 't5' });
		const headers = { 'x-trace': 't5' };
		const error = failed(
			{ status: 400, body: { message: 'No' }, headers },
			{ provider: { ...silent, reason } },
		);
		expect(reason).toHaveBeenCalledWith({ message: 'No' }, headers);
		expect(error.description).toBe('Check the values of this item. (status 400, trace ID t5)');
		failed({ status: 400 }, { provider: { ...silent, reason } });
		expect(reason).toHaveBeenLastCalledWith(undefined, {});
	});

	it('is sure that a write was not carried out when the service’s word is its last', () => {
		const final = jest.fn().mockReturnValue(true);
		const error = failed(
			{ status: 500, body: { message: 'Wrong value' } },
			{ request: write, provider: { ...silent, isFinal: final } },
		);
		expect(error.description).not.toContain(unclearWords);
		expect(final).toHaveBeenCalledWith({ status: 500, body: { message: 'Wrong value' } });
		final.mockReturnValue(false);
		expect(
			failed({ status: 500 }, { request: write, provider: { ...silent, isFinal: final } })
				.description,
		).toContain(unclearWords);
	});

	it('gives the provider everything to base its advice on', () => {
		const advice = jest.fn();
		failed(
			{ status: 400, code: 'X', body: { message: 'No' } },
			{ provider: { ...silent, advice } },
		);
		expect(advice).toHaveBeenCalledWith({
			status: 400,
			code: 'X',
			reason: expect.objectContaining({ message: 'No' }) as unknown,
			request: read,
		});
	});

	it.each<[Partial<ReadFailure>, string, string]>([
		[
			{ status: 401 },
			'Shelf answered with status 401 and no explanation',
			'Check the Shelf credential and sign in again.',
		],
		[
			{ status: 403 },
			'Shelf answered with status 403 and no explanation',
			'The account of the credential may not do this. Check its roles and permissions.',
		],
		[
			{ status: 404, body: '' },
			'Shelf answered with status 404 and no explanation',
			'Check the ID: nothing was found under it, or the account may not see it.',
		],
		[
			{ status: 422 },
			'Shelf answered with status 422 and no explanation',
			'Check the values of this item.',
		],
		[
			{ status: 429 },
			'Shelf answered with status 429 and no explanation',
			'The service limits how many requests it takes. Lower “Requests in Flight” in the options, or try again later.',
		],
		[
			{ status: 500 },
			'Shelf answered with status 500 and no explanation',
			'The service could not process the request at this time. Try again later.',
		],
		[
			{ status: 300 },
			'Shelf answered with a redirect (status 300)',
			'The service points to another address, which is not followed so that the sign-in stays where it belongs. Check the URL in the credential.',
		],
		[
			{ status: 399 },
			'Shelf answered with a redirect (status 399)',
			'The service points to another address, which is not followed so that the sign-in stays where it belongs. Check the URL in the credential.',
		],
		[
			{ status: 299 },
			'Shelf answered with status 299 and no explanation',
			'Check the values of this item.',
		],
		[
			{ status: 400 },
			'Shelf answered with status 400 and no explanation',
			'Check the values of this item.',
		],
	])('has advice for %j', (failure, message, advice) => {
		const error = failed(failure);
		expect(error.message).toBe(message);
		expect(error.description).toBe(`${advice} (status ${failure.status})`);
		expect(error.httpCode).toBe(String(failure.status));
	});

	it.each<[Partial<ReadFailure>, string, string]>([
		[
			{ code: 'ENOTFOUND' },
			'The host of Shelf was not found',
			'There is no such host. Check the URL in the credential.',
		],
		[
			{ code: 'ECONNREFUSED' },
			'Shelf refused the connection',
			'Nothing answers at this address. Check the URL in the credential, or try again later.',
		],
		[
			{ code: 'CERT_HAS_EXPIRED' },
			'The certificate of Shelf was not accepted (CERT_HAS_EXPIRED)',
			'The certificate of the server is not trusted. Check the URL in the credential.',
		],
		[
			{ code: 'ECONNABORTED' },
			'Shelf did not answer in time',
			'Raise “Request Timeout” in the options, or try again later.',
		],
		[
			{ code: 'ETIMEDOUT' },
			'Shelf did not answer in time',
			'Raise “Request Timeout” in the options, or try again later.',
		],
		[
			{ code: 'ERR_BAD_RESPONSE' },
			'The answer of Shelf was cut off',
			'Check the URL in the credential and the network of this n8n, or try again later.',
		],
		[
			{ code: 'Z_DATA_ERROR' },
			'The answer of Shelf could not be unpacked (Z_DATA_ERROR)',
			'Check the URL in the credential and the network of this n8n, or try again later.',
		],
		[
			{ code: 'ECONNRESET' },
			'The connection to Shelf was lost (ECONNRESET)',
			'Check the URL in the credential and the network of this n8n, or try again later.',
		],
		[
			{ message: 'Something of the network' },
			'Something of the network',
			'Check the URL in the credential and the network of this n8n, or try again later.',
		],
		[
			{},
			'Shelf could not be reached',
			'Check the URL in the credential and the network of this n8n, or try again later.',
		],
	])('has words for %j', (failure, message, advice) => {
		const error = failed(failure);
		expect(error.message).toBe(message);
		expect(error.description).toBe(advice);
		expect(error.httpCode).toBe(failure.code ?? null);
	});

	it('says what answers instead of the API', () => {
		const error = failed({
			status: 200,
			unreadable: true,
			body: '<html><title>Sign in</title></html>',
		});
		expect(error.message).toBe(
			'Shelf answered with something that is not JSON: an HTML page with the title “Sign in”',
		);
		expect(error.description).toBe(
			'Check the URL in the credential: something else than the API seems to answer there. (status 200)',
		);
		expect(failed({ status: 200, unreadable: true }).message).toBe(
			'Shelf answered with something that is not JSON: nothing',
		);
	});

	it('names the time after which a refused request may come again', () => {
		expect(failed({ status: 429, retryAfter: '1.2' }).description).toMatch(
			/ \(status 429, retry after 2 seconds\)$/,
		);
		expect(
			failed({ status: 429, retryAfter: 'Sun, 01 Mar 2026 12:05:00 GMT' }).description,
		).toMatch(/retry after 300 seconds/);
		expect(failed({ status: 429, retryAfter: 'soon' }).description).toMatch(/ \(status 429\)$/);
		expect(failed({ status: 503, retryAfter: '5' }).description).toMatch(/ \(status 503\)$/);
	});

	it.each<[string, Partial<ReadFailure>]>([
		['a broken connection', { code: 'ECONNRESET' }],
		['no answer in time', { code: 'ECONNABORTED' }],
		['a passing trouble', { status: 502 }],
		['an answer that is not the API’s', { status: 200, unreadable: true, body: 'Hello' }],
	])('warns that a write may have been carried out after %s', (_, failure) => {
		expect(failed(failure, { request: write }).description).toMatch(
			new RegExp(`^${unclearWords} .`),
		);
		const unsaid: ApiRequest = { method: 'POST', path: '/books' };
		expect(failed(failure, { request: unsaid }).description).toContain(unclearWords);
		expect(failed(failure, { request: read }).description).not.toContain(unclearWords);
	});

	it.each<[string, Partial<ReadFailure>]>([
		['a refusal', { status: 400 }],
		['a refusal in a good answer', { status: 200, reason: { message: 'No' } }],
		['a refused connection', { code: 'ECONNREFUSED' }],
		['a failed login', { login: true, message: 'Shelf refused the login', code: 'ECONNRESET' }],
		['a failed login that was cut off', { login: true, message: 'x', unreadable: true }],
	])('is sure that a write was not carried out after %s', (_, failure) => {
		expect(failed(failure, { request: write }).description).not.toContain(unclearWords);
	});

	it('reports a failed login in its own words, without facts that are not the API’s', () => {
		const error = failed({
			login: true,
			message: 'Shelf refused the login: Unknown client (status 401)',
			status: 401,
			body: { message: 'Other' },
		});
		expect(error.message).toBe('Shelf refused the login: Unknown client (status 401)');
		expect(error.description).toBe('Check the Shelf credential.');
	});

	it('keeps words that n8n takes for the name of a network failure', () => {
		const message = 'No such permission: EPERM, ECONNREFUSED, ENOTFOUND';
		expect(failed({ status: 400, body: { message } }).message).toBe(message);
	});

	it('shows no secret that the service or the advice repeats', () => {
		const credentials = { apiKey: 'invented-key-0001' };
		const error = failed(
			{ status: 400, body: { message: 'Bad invented-key-0001', code: 'invented-key-0001' } },
			{ credentials, provider: { ...silent, advice: () => 'Replace invented-key-0001.' } },
		);
		expect(error.message).toBe('Bad •••');
		expect(error.description).toBe('Replace •••. (status 400, code •••)');
		expect(JSON.stringify(error)).not.toContain('invented-key');
	});

	it('carries no request, no headers and no cause, which hold the sign-in', () => {
		const secret = 'Bearer-invented-0001';
		const error = failed(
			{
				status: 500,
				headers: { 'x-echo': secret },
				body: { message: 'No', sent: secret },
			},
			{ request: { ...write, headers: { 'X-Key': secret }, body: { secret }, query: { secret } } },
		);
		const whole = JSON.stringify({
			...error,
			...Object.fromEntries(
				Object.getOwnPropertyNames(error).map((name) => [
					name,
					Reflect.get(error, name) as unknown,
				]),
			),
		});
		expect(whole).not.toContain(secret);
		expect(error.cause).toBeUndefined();
		expect(error.errorResponse).toEqual({ message: 'No' });
		expect(error.context).not.toHaveProperty('request');
	});
});

describe('the last word of a service', () => {
	const failure = { message: '', login: false };

	it('is what the provider says about an answer', () => {
		const provider: Provider = {
			...silent,
			isFinal: ({ status, body }) => status === 500 && body === 'wrong value',
		};
		expect(isFinal({ ...failure, status: 500, body: 'wrong value' }, provider)).toBe(true);
		expect(isFinal({ ...failure, status: 500, body: 'trouble' }, provider)).toBe(false);
		expect(isFinal({ ...failure, status: 502, body: 'wrong value' }, provider)).toBe(false);
	});

	it('is unknown without an answer, or without a word of the provider', () => {
		const always: Provider = { ...silent, isFinal: () => true };
		expect(isFinal({ ...failure, code: 'ECONNRESET' }, always)).toBe(false);
		expect(isFinal({ ...failure, status: 500 }, silent)).toBe(false);
	});
});

it('knows the refusals of a certificate', () => {
	expect(
		[
			'CERT_HAS_EXPIRED',
			'CERT_UNTRUSTED',
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'ERR_TLS_CERT_ALTNAME_INVALID',
			'SELF_SIGNED_CERT_IN_CHAIN',
			'UNABLE_TO_GET_ISSUER_CERT',
			'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		].every(isCertificateFailure),
	).toBe(true);
	expect([undefined, '', 'ECONNRESET', 'EPROTO'].some(isCertificateFailure)).toBe(false);
});
