import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import nock from 'nock';

import { WarpUrlApi } from '../../credentials/WarpUrlApi.credentials.ts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import { WarpUrl } from '../../nodes/WarpUrl/WarpUrl.node.ts';
import { runNode } from '../support/engine.mts';

const host = 'https://abcde12345.execute-api.us-east-1.amazonaws.com';
const password = 'invented-password-0123456789';
const client = '#clt#4b7e2c10-0000-4000-8000-0a9d3e5b7f28';

/** An unsigned token with these claims. */
function tokenWith(claims: Record<string, unknown>): string {
	const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
	return `${part({ alg: 'RS256' })}.${part(claims)}.${part('signature')}`;
}
const token = tokenWith({ 'custom:client_id': client, 'cognito:username': 'marketing.bot' });
const success = (data: unknown) => ({ control: { ResponseCode: 2000 }, data });

/** A stored credential as a user saved it. */
function stored(more: Record<string, string> = {}): Record<string, string> {
	return {
		backendUrl: `${host}/prod/`,
		apiKey: 'invented-api-key',
		keyId: 'invented-key-id',
		keyPassword: password,
		...more,
	};
}

/** Reads the client with the credential through n8n's engine. */
async function readClient(credential: Record<string, string>) {
	return await runNode({
		node: new WarpUrl(),
		credentialType: new WarpUrlApi(),
		credential,
		parameters: { resource: 'client', operation: 'find' },
	});
}

/** The credential's hook on a helper that gives these answers. */
function hook(answer: () => unknown) {
	const requests: IHttpRequestOptions[] = [];
	const httpRequest = async (options: IHttpRequestOptions) => {
		requests.push(options);
		return await Promise.resolve(answer());
	};
	const credentialType = new WarpUrlApi();
	return {
		requests,
		signIn: async (credential: Record<string, string>) =>
			await credentialType.preAuthentication.call({ helpers: { httpRequest } }, credential),
	};
}

const sign = async (
	credential: ICredentialDataDecryptedObject,
	body?: unknown,
	url = `${host}/prod/x`,
) =>
	await new WarpUrlApi().authenticate(
		{ ...stored(), ...credential },
		{ url, body: body as IHttpRequestOptions['body'] },
	);

beforeEach(() => {
	forgetLogins();
	jest.spyOn(clock, 'sleep').mockResolvedValue();
});
afterEach(() => {
	jest.restoreAllMocks();
	expect(nock.pendingMocks()).toEqual([]);
	nock.cleanAll();
});

it('exchanges the access key for a token, and sends it bare beside the API key', async () => {
	nock(host, { reqheaders: { 'x-api-key': 'invented-api-key' }, badheaders: ['authorization'] })
		.post('/prod/access_key/get_token', {
			control: {},
			data: { key_id: 'invented-key-id', key_password: password },
		})
		.reply(200, success({ idToken: token, refreshToken: 'invented-refresh-token' }));
	nock(host, { reqheaders: { 'x-api-key': 'invented-api-key', authorization: token } })
		.post('/prod/client/find', { control: {}, data: { client_id: client } })
		.reply(200, success({ client_id: client, name: 'Example' }));
	const credential = stored({ keyId: ' invented-key-id\n', apiKey: 'invented-api-key ' });
	const { items, error } = await readClient(credential);
	expect(error).toBeUndefined();
	expect(items.map(({ json }) => json)).toEqual([{ client_id: client, name: 'Example' }]);
	// The refresh token is a secret that nobody needs, so it is not kept
	expect(credential).toMatchObject({ sessionToken: token });
	expect(JSON.stringify(credential)).not.toContain('invented-refresh-token');
});

it.each(['Unauthorized', 'The incoming token has expired'])(
	'asks for a new token when the stored one is refused with %s',
	async (message) => {
		const old = tokenWith({ 'custom:client_id': client, exp: 1 });
		nock(host, { reqheaders: { authorization: old } })
			.post('/prod/client/find')
			.reply(401, { message });
		nock(host)
			.post('/prod/access_key/get_token')
			.reply(200, success({ idToken: token }));
		nock(host, { reqheaders: { authorization: token } })
			.post('/prod/client/find')
			.reply(200, success({ client_id: client }));
		const credential = stored({ sessionToken: old });
		const { error } = await readClient(credential);
		expect(error).toBeUndefined();
		expect(credential).toMatchObject({ sessionToken: token });
	},
);

describe('a refused login', () => {
	it.each([
		[
			'in data',
			200,
			{
				control: { ResponseCode: 3001, TraceID: 'trace-1' },
				data: `Key ${password} is not correct`,
			},
			'WarpURL refused the login: Key ••• is not correct (code 3001, trace ID trace-1)',
		],
		[
			'in control',
			200,
			{ control: { ResponseCode: 5002, data: 'key_id is missing' } },
			'WarpURL refused the login: key_id is missing (code 5002)',
		],
		[
			'without words',
			200,
			{ control: { ResponseCode: 5001 } },
			'WarpURL refused the login: WarpURL refused this without an explanation (code 5001)',
		],
		[
			'without a token',
			200,
			success({ refreshToken: 'x' }),
			'WarpURL refused the login: the answer holds no ID token',
		],
		[
			'by a page',
			200,
			'<html><title>Portal</title></html>',
			'WarpURL refused the login: an HTML page with the title “Portal”',
		],
		[
			'for the API key',
			403,
			{ message: 'Forbidden' },
			'WarpURL refused the login: the Backend API Key is not that of this Backend API URL (status 403)',
		],
		[
			'for the address',
			403,
			{ message: 'Missing Authentication Token' },
			'WarpURL refused the login: there is no WarpURL API at this Backend API URL (status 403)',
		],
		[
			'for a reason that only sounds like the API key',
			400,
			{ message: 'Forbidden' },
			'WarpURL refused the login: Forbidden (status 400)',
		],
		[
			'for a reason that only sounds like the address',
			400,
			{ message: 'Missing Authentication Token' },
			'WarpURL refused the login: Missing Authentication Token (status 400)',
		],
		[
			'with a status of the gateway, in other words',
			403,
			{ message: 'Limit Exceeded' },
			'WarpURL refused the login: Limit Exceeded (status 403)',
		],
		[
			'in another way',
			400,
			{ message: 'Bad things' },
			'WarpURL refused the login: Bad things (status 400)',
		],
	])('is told in words: %s', async (_title, status, body, words) => {
		nock(host).post('/prod/access_key/get_token').reply(status, body);
		const { error, run } = await readClient(stored());
		expect(error?.message).toBe(words);
		expect(error?.description).toBe('Check the WarpURL credential.');
		expect(JSON.stringify(run)).not.toContain(password);
	});

	it('never echoes the password, also without the node', async () => {
		const { signIn } = hook(() => ({ control: { ResponseCode: 5002 }, data: `Bad: ${password}` }));
		await expect(signIn(stored())).rejects.toThrow(
			'WarpURL refused the login: Bad: ••• (code 5002)',
		);
	});

	it('is not the end where the gateway is only busy', async () => {
		nock(host).post('/prod/access_key/get_token').reply(429, { message: 'Too Many Requests' });
		nock(host)
			.post('/prod/access_key/get_token')
			.reply(504, { message: 'Endpoint request timed out' });
		nock(host)
			.post('/prod/access_key/get_token')
			.reply(200, success({ idToken: token }));
		nock(host)
			.post('/prod/client/find')
			.reply(200, success({ client_id: client }));
		expect((await readClient(stored())).error).toBeUndefined();
	});
});

describe('tokens', () => {
	it('are asked for once by calls at the same time, and once more after a refusal', async () => {
		let count = 0;
		const { signIn, requests } = hook(() => success({ idToken: `token-${++count}` }));
		const all = await Promise.all(Array.from({ length: 10 }, async () => await signIn(stored())));
		expect(all).toEqual(Array(10).fill({ sessionToken: 'token-1' }));
		expect(requests).toHaveLength(1);
		const refused = stored({ sessionToken: 'token-1' });
		const again = await Promise.all([signIn(refused), signIn(refused)]);
		expect(again).toEqual([{ sessionToken: 'token-2' }, { sessionToken: 'token-2' }]);
		expect(requests).toHaveLength(2);
	});

	it('never come from another key or subscription', async () => {
		let count = 0;
		const { signIn, requests } = hook(() => success({ idToken: `token-${++count}` }));
		await signIn(stored());
		await signIn(stored({ keyId: 'other' }));
		await signIn(stored({ keyPassword: 'invented-other-password' }));
		await signIn(stored({ apiKey: 'invented-other-key' }));
		await signIn(stored({ backendUrl: `${host}/test` }));
		expect(requests).toHaveLength(5);
	});

	it('are asked for without the blanks that pasting brings along', async () => {
		const { signIn, requests } = hook(() => success({ idToken: 'x' }));
		await signIn(stored({ apiKey: ' invented-api-key\n' }));
		expect(requests[0]?.headers).toEqual({ 'x-api-key': 'invented-api-key' });
	});

	it('are not fetched through a redirect', async () => {
		const { signIn, requests } = hook(() => success({ idToken: 'x' }));
		await signIn(stored());
		expect(requests[0]).toMatchObject({ disableFollowRedirect: true });
	});

	it.each([
		['', 'is empty'],
		['http://example.com', 'must start with https://'],
		['prod', 'is not a URL'],
	])('are not sent to %j', async (backendUrl, words) => {
		const { signIn, requests } = hook(() => success({ idToken: 'x' }));
		await expect(signIn(stored({ backendUrl }))).rejects.toThrow(
			`“Backend API URL” in the credential ${words}`,
		);
		expect(requests).toEqual([]);
		await expect(sign({ backendUrl, sessionToken: token })).rejects.toThrow(
			`“Backend API URL” in the credential ${words}`,
		);
	});
});

describe('signing a request', () => {
	it('leaves out the blanks that pasting brings along', async () => {
		const { headers } = await sign({ apiKey: ' invented-api-key\n', sessionToken: token });
		expect(headers).toEqual({ 'x-api-key': 'invented-api-key', Authorization: token });
	});

	it('keeps what is there', async () => {
		const { authenticate } = new WarpUrlApi();
		const body = '{"control":{},"data":{"username":"other","note":"@username"}}';
		const signed = await authenticate(
			{ ...stored(), sessionToken: token },
			{ url: `${host}/prod/x`, headers: { accept: 'text/csv' }, body },
		);
		expect(signed).toEqual({
			url: `${host}/prod/x`,
			headers: { accept: 'text/csv', 'x-api-key': 'invented-api-key', Authorization: token },
			body,
		});
	});

	it('sends the token to what is only named like a call for one', async () => {
		const url = `${host}/prod/access_key/get_token/log`;
		expect((await sign({ sessionToken: token }, {}, url)).headers).toHaveProperty('Authorization');
	});

	it.each(['/access_key/get_token', '/access_key/refresh_token'])(
		'sends no token to %s',
		async (path) => {
			const { headers } = await sign({ sessionToken: token }, undefined, `${host}/prod${path}`);
			expect(headers).toEqual({ 'x-api-key': 'invented-api-key' });
		},
	);

	const asked = { control: {}, data: { client_id: '@client_id', username: '@username', a: 1 } };
	it.each([
		['a text', JSON.stringify(asked)],
		['an object', asked],
	])('puts client and user of the token into %s', async (_title, body) => {
		const signed = await sign({ sessionToken: token }, body);
		const sent: unknown = typeof body === 'string' ? JSON.parse(String(signed.body)) : signed.body;
		expect(sent).toEqual({
			control: {},
			data: { client_id: client, username: 'marketing.bot', a: 1 },
		});
		expect(asked.data.client_id).toBe('@client_id');
	});

	it('prefers what was entered', async () => {
		const entered = { clientId: ' #clt#other ', username: '#usr#other.user' };
		const { body } = await sign({ sessionToken: token, ...entered }, asked);
		expect(body).toMatchObject({ data: { client_id: '#clt#other', username: 'other.user' } });
	});

	it.each([
		['another claim', { sub: 'x', tenant: client, 'cognito:username': 'a' }, client, 'a'],
		['the user ID', { 'custom:client_id': client, user: '#usr#b' }, client, 'b'],
		['not the app client', { aud: 'app', c: client, 'custom:username': 'c' }, client, 'c'],
	])('finds them in %s', async (_title, claims, clientId, username) => {
		const { body } = await sign({ sessionToken: tokenWith(claims) }, asked);
		expect(body).toMatchObject({ data: { client_id: clientId, username } });
	});

	it.each([
		['no claims', tokenWith({ aud: 'app' }), 'does not name the client. Enter “Client ID”'],
		['no user', tokenWith({ a: client }), 'does not name the user. Enter “User Name”'],
		['claims that are a list', tokenWith([] as never), 'does not name the client'],
		['no JSON', 'a.b.c', 'does not name the client'],
		['no parts', 'abc', 'does not name the client'],
	])('says what to enter for a token with %s', async (_title, sessionToken, words) => {
		await expect(sign({ sessionToken }, asked)).rejects.toThrow(words);
	});

	it.each([
		'text with "@username" in it',
		'"@username"',
		'["@client_id"]',
		'{"data":["@username"]}',
	])('leaves other bodies alone: %s', async (body) => {
		expect((await sign({ sessionToken: token }, body)).body).toBe(body);
	});

	it('tells in the node what to enter, once for all items', async () => {
		nock(host)
			.post('/prod/access_key/get_token')
			.reply(200, success({ idToken: tokenWith({ aud: 'app' }) }));
		const { error } = await runNode({
			node: new WarpUrl(),
			credentialType: new WarpUrlApi(),
			credential: stored(),
			parameters: { resource: 'client', operation: 'find' },
			items: [{}, {}, {}],
		});
		expect(error?.message).toContain('Enter “Client ID” in the credential');
		expect(error?.description).toBe('Check the WarpURL credential.');
	});
});

describe('the form', () => {
	const { properties, test } = new WarpUrlApi();
	const named = new Map(properties.map((property) => [property.name, property]));

	it('keeps the token hidden and expirable, and the secrets unreadable', () => {
		expect(named.get('sessionToken')).toMatchObject({
			type: 'hidden',
			default: '',
			typeOptions: { expirable: true, password: true },
		});
		for (const name of ['apiKey', 'keyPassword']) {
			expect(named.get(name)?.typeOptions).toEqual({ password: true });
		}
	});

	it('asks only for what every subscription has', () => {
		const required = properties.filter((property) => property.required);
		expect(required.map(({ name }) => name)).toEqual([
			'backendUrl',
			'apiKey',
			'keyId',
			'keyPassword',
		]);
	});

	it('is tested by a cheap read whose code is looked at', () => {
		expect(test.request).toMatchObject({
			url: '/client/find',
			method: 'POST',
			body: { control: {}, data: { client_id: '@client_id' } },
		});
		const values = test.rules?.map(({ properties: { value } }) => value as unknown);
		expect(values).toEqual([401, 403, 3001, 5000, 5001, 5002, undefined]);
	});
});
