import type { IHttpRequestOptions } from 'n8n-workflow';
import nock from 'nock';

import { MaiaApi } from '../../credentials/MaiaApi.credentials.ts';
import { Maia } from '../../nodes/Maia/Maia.node.ts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import { runNode } from '../support/engine.mts';

const secret = 'invented-secret-0123456789';
const identity = 'https://id.core.matillion.com';
const token = {
	access_token: 'invented-token',
	expires_in: 1800,
	refresh_expires_in: 0,
	token_type: 'Bearer',
	scope: 'pipeline-execution',
};
const page = { results: [{ id: 'p', name: 'One' }], page: 0, size: 50, total: 1 };

beforeEach(() => {
	forgetLogins();
	jest.spyOn(clock, 'sleep').mockResolvedValue();
});
afterEach(() => {
	jest.restoreAllMocks();
	expect(nock.pendingMocks()).toEqual([]);
	nock.cleanAll();
});

/** A stored credential as a user saved it. */
function stored(more: Record<string, string> = {}) {
	return { region: 'eu1', clientId: 'invented-id', clientSecret: secret, ...more };
}

/** Lists projects with the credential through n8n's engine. */
async function list(credential: Record<string, string>) {
	return await runNode({
		node: new Maia(),
		credentialType: new MaiaApi(),
		credential,
		parameters: { resource: 'project', operation: 'getAll' },
	});
}

/** The credential's hook on a helper that gives these answers. */
function hook(answer: () => unknown) {
	const requests: IHttpRequestOptions[] = [];
	const httpRequest = async (options: IHttpRequestOptions) => {
		requests.push(options);
		return await Promise.resolve(answer());
	};
	const credentialType = new MaiaApi();
	return {
		requests,
		signIn: async (credential: Record<string, string>) =>
			await credentialType.preAuthentication.call(
				{ helpers: { httpRequest } },
				{ identityUrl: identity, ...credential },
			),
	};
}

it.each([
	['eu1', 'https://eu1.api.matillion.com'],
	['us1', 'https://us1.api.matillion.com'],
])(
	'asks for a token in a form, with the audience, and sends it as Bearer to %s',
	async (region, host) => {
		nock(identity, { reqheaders: { 'content-type': /^application\/x-www-form-urlencoded/ } })
			.post(
				'/oauth/dpc/token',
				`grant_type=client_credentials&client_id=invented-id&client_secret=${secret}&audience=https%3A%2F%2Fapi.matillion.com`,
			)
			.reply(200, token);
		nock(host, { reqheaders: { authorization: 'Bearer invented-token' } })
			.get('/dpc/v1/projects')
			.query({ page: 0, size: 50 })
			.reply(200, page);
		const credential = stored({ region, clientId: ' invented-id\n', clientSecret: `${secret}\n` });
		const { items, error } = await list(credential);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([{ id: 'p', name: 'One' }]);
		expect(credential).toMatchObject({ sessionToken: 'invented-token' });
	},
);

it('sends nothing to the identity host while the stored token is taken', async () => {
	nock('https://eu1.api.matillion.com', { reqheaders: { authorization: 'Bearer old-token' } })
		.get('/dpc/v1/projects')
		.query(true)
		.reply(200, page);
	const { error } = await list(stored({ sessionToken: 'old-token' }));
	expect(error).toBeUndefined();
});

it('asks for a new token when the stored one is refused, and stores it', async () => {
	const api = nock('https://eu1.api.matillion.com');
	api
		.get('/dpc/v1/projects')
		.query(true)
		.matchHeader('authorization', 'Bearer old-token')
		.reply(401, { title: 'Unauthorized', status: 401 });
	nock(identity).post('/oauth/dpc/token').reply(200, token);
	api
		.get('/dpc/v1/projects')
		.query(true)
		.matchHeader('authorization', 'Bearer invented-token')
		.reply(200, page);
	const credential = stored({ sessionToken: 'old-token' });
	const { items, error } = await list(credential);
	expect(error).toBeUndefined();
	expect(items).toHaveLength(1);
	expect(credential).toMatchObject({ sessionToken: 'invented-token' });
});

it('tells a refused login in the words of the service, without the secret', async () => {
	nock(identity)
		.post('/oauth/dpc/token')
		.reply(401, {
			error: 'invalid_client',
			error_description: `Invalid client credentials ${secret}`,
		});
	const { error, run } = await list(stored());
	expect(error?.message).toBe(
		'Maia refused the login: Invalid client credentials ••• (status 401, invalid_client)',
	);
	expect(error?.description).toBe('Check the Maia credential.');
	expect(JSON.stringify(run)).not.toContain(secret);
});

it('waits out a passing trouble of the identity host', async () => {
	nock(identity).post('/oauth/dpc/token').reply(503, 'busy');
	nock(identity).post('/oauth/dpc/token').reply(200, token);
	nock('https://eu1.api.matillion.com').get('/dpc/v1/projects').query(true).reply(200, page);
	const { error } = await list(stored());
	expect(error).toBeUndefined();
});

it.each([
	['an HTML page', '<html><title>Sign in</title></html>'],
	['an answer without a token', { token_type: 'Bearer' }],
	['a token that is no text', { access_token: 7 }],
])('takes %s for a refused login', async (_what, body) => {
	const { signIn } = hook(() => body);
	await expect(signIn(stored())).rejects.toThrow('Maia answered the login without a token');
});

it('makes one token request for calls at the same time, and one more after a refusal', async () => {
	let count = 0;
	const { signIn, requests } = hook(() => ({ access_token: `token-${++count}` }));
	const all = await Promise.all(Array.from({ length: 10 }, async () => await signIn(stored())));
	expect(all).toEqual(Array(10).fill({ sessionToken: 'token-1' }));
	expect(requests).toHaveLength(1);
	const refused = stored({ sessionToken: 'token-1' });
	const again = await Promise.all([signIn(refused), signIn(refused)]);
	expect(again).toEqual([{ sessionToken: 'token-2' }, { sessionToken: 'token-2' }]);
	expect(requests).toHaveLength(2);
});

it('never gives the token of another client', async () => {
	let count = 0;
	const { signIn, requests } = hook(() => ({ access_token: `token-${++count}` }));
	await signIn(stored());
	await signIn(stored({ clientId: 'other' }));
	await signIn(stored({ clientSecret: 'invented-other-secret' }));
	await signIn(stored({ identityUrl: 'https://id.example.com' }));
	expect(requests).toHaveLength(4);
});

it('sends empty texts for what was never entered, which the service then refuses in words', async () => {
	const { signIn, requests } = hook(() => token);
	await signIn({});
	expect(String(requests[0]?.body)).toBe(
		'grant_type=client_credentials&client_id=&client_secret=&audience=https%3A%2F%2Fapi.matillion.com',
	);
});

it('does not follow the identity host elsewhere with the secret', async () => {
	const { signIn, requests } = hook(() => token);
	await signIn(stored());
	expect(requests[0]).toMatchObject({ disableFollowRedirect: true });
});

describe('addresses', () => {
	it.each([
		['Identity Host', { identityUrl: 'http://id.example.com' }],
		['Identity Host', { identityUrl: '' }],
	])('refuses a login over %s %j', async (name, more) => {
		const { signIn, requests } = hook(() => token);
		await expect(signIn(stored(more))).rejects.toThrow(`“${name}” in the credential`);
		expect(requests).toEqual([]);
	});

	it.each([
		[{ region: 'custom', baseUrl: '' }, '“Base URL” in the credential is empty'],
		[
			{ region: 'custom', baseUrl: 'http://au1.api.matillion.com/dpc' },
			'“Base URL” in the credential must start with https://',
		],
	])('sends no token to %j', async (more, message) => {
		const { error } = await list(stored({ sessionToken: 'invented-token', ...more }));
		expect(error?.message).toBe(message);
		const { authenticate } = new MaiaApi();
		await expect(authenticate({ ...stored(more), sessionToken: 'x' }, { url: '' })).rejects.toThrow(
			message,
		);
	});

	it('takes a custom base URL with or without a slash at its end', async () => {
		nock('https://au1.api.matillion.com').get('/dpc/v1/projects').query(true).reply(200, page);
		const { error } = await list(
			stored({
				region: 'custom',
				baseUrl: 'https://au1.api.matillion.com/dpc/',
				sessionToken: 'invented-token',
			}),
		);
		expect(error).toBeUndefined();
	});
});

describe('the form', () => {
	const properties = new Map(new MaiaApi().properties.map((property) => [property.name, property]));

	it('shows the base URL for a custom region only', () => {
		expect(properties.get('baseUrl')?.displayOptions).toEqual({ show: { region: ['custom'] } });
	});

	it('keeps the token hidden and expirable, and the secret unreadable', () => {
		expect(properties.get('sessionToken')).toMatchObject({
			type: 'hidden',
			default: '',
			typeOptions: { expirable: true, password: true },
		});
		expect(properties.get('clientSecret')?.typeOptions).toEqual({ password: true });
		expect(properties.get('identityUrl')?.default).toBe(identity);
	});

	it('is tested by a cheap read in the chosen region', () => {
		const { request, rules } = new MaiaApi().test;
		expect(request).toMatchObject({ url: '/v1/projects', qs: { page: 0, size: 1 } });
		// n8n resolves the expression; here its two answers are read from it
		expect(request.baseURL).toContain('$credentials.region === "custom" ?');
		expect(request.baseURL).toContain(
			': "https://" + $credentials.region + ".api.matillion.com/dpc"',
		);
		expect(rules?.map(({ properties: { value } }) => value as unknown)).toEqual([401, 403, 404]);
	});
});
