import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
} from 'n8n-workflow';
import nock from 'nock';

import { CampaignFactoryApi } from '../../credentials/CampaignFactoryApi.credentials.ts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';

const host = 'https://maestro.mautic.com';
const type = new CampaignFactoryApi();
const http = Container.get(OutboundHttp).requests();
/** n8n's own HTTP helper. Its package brings a copy of n8n-workflow, whose types differ in name only. */
const helper = {
	helpers: {
		httpRequest: async (options: IHttpRequestOptions): Promise<unknown> =>
			await http.request(options as Parameters<typeof http.request>[0]),
	},
};

const fields = {
	baseUrl: host,
	username: 'ada.admin@example.com',
	password: 'Invented(password)1',
	clientId: 'invented-client-7',
	clientSecret: 'invented-client-secret-7',
	scopes: ['manage-accounts', 'manage-instances'],
};
const passwordBody = {
	grant_type: 'password',
	username: 'ada.admin@example.com',
	password: 'Invented(password)1',
	scope: 'api-access manage-accounts manage-instances',
	client_id: 'invented-client-7',
	client_secret: 'invented-client-secret-7',
};
const refreshBody = {
	grant_type: 'refresh_token',
	refresh_token: 'invented-refresh-1',
	client_id: 'invented-client-7',
	client_secret: 'invented-client-secret-7',
};
const issued = (serial: number) => ({
	token_type: 'Bearer',
	expires_in: 31_536_000,
	access_token: `invented-access-${serial}`,
	refresh_token: `invented-refresh-${serial}`,
});
const refusedRefresh = {
	error: 'invalid_request',
	error_description: 'The refresh token is invalid.',
	hint: 'Token has been revoked',
	message: 'The refresh token is invalid.',
};

/** The credential with the defaults of its fields, as n8n hands it over. */
function credential(changes: IDataObject = {}): ICredentialDataDecryptedObject {
	const defaults = Object.fromEntries(
		type.properties.map(({ name, default: value }) => [name, value]),
	);
	return { ...defaults, ...fields, ...changes };
}

async function login(credentials: ICredentialDataDecryptedObject): Promise<IDataObject> {
	return await type.preAuthentication.call(helper, credentials);
}

/** The Authorization header of a request that is signed in with this credential. */
async function header(credentials: ICredentialDataDecryptedObject): Promise<unknown> {
	const options = await type.authenticate(credentials, { url: `${host}/openapi/whoami` });
	return options.headers?.Authorization;
}

/** What n8n has stored after a first login. */
async function signedIn(changes: IDataObject = {}): Promise<ICredentialDataDecryptedObject> {
	nock(host).post('/oauth/token').reply(200, issued(1));
	const before = credential(changes);
	const after = { ...before, ...(await login(before)) } as ICredentialDataDecryptedObject;
	forgetLogins();
	return after;
}

const now = Date.UTC(2025, 2, 4);
const waits: number[] = [];

beforeEach(() => {
	jest.spyOn(clock, 'now').mockReturnValue(now);
	waits.length = 0;
	jest.spyOn(clock, 'sleep').mockImplementation(async (milliseconds) => {
		waits.push(milliseconds);
		await Promise.resolve();
	});
});

afterEach(() => {
	expect(nock.pendingMocks()).toEqual([]);
	nock.cleanAll();
	forgetLogins();
	jest.restoreAllMocks();
});

describe('the form', () => {
	it('offers the nine documented scopes and chooses all of them', () => {
		const scopes = type.properties.find(({ name }) => name === 'scopes');
		const values = scopes?.options?.map((option) => 'value' in option && option.value);
		expect(values).toEqual([
			'api-access',
			'manage-accounts',
			'manage-brandings',
			'manage-instances',
			'manage-locations',
			'manage-templates',
			'manage-users',
			'view-ip-pools',
			'view-roles',
		]);
		expect(scopes?.default).toEqual(values);
	});

	it('hides and protects what the login stores', () => {
		const hidden = type.properties.filter(({ type: kind }) => kind === 'hidden');
		expect(hidden.map(({ name, typeOptions }) => [name, typeOptions?.password])).toEqual([
			['sessionToken', true],
			['refreshToken', true],
			['expiresAt', undefined],
			['tokenFingerprint', true],
		]);
		expect(hidden.filter(({ typeOptions }) => typeOptions?.expirable)).toHaveLength(1);
	});
});

describe('the first login', () => {
	it('sends the documented JSON body outside the base path of the API', async () => {
		const bodies: unknown[] = [];
		nock(host, { reqheaders: { 'content-type': 'application/json', accept: 'application/json' } })
			.post('/oauth/token', (body) => {
				bodies.push(body);
				return true;
			})
			.reply(200, issued(1));
		expect(await login(credential())).toEqual({
			sessionToken: 'invented-access-1',
			refreshToken: 'invented-refresh-1',
			expiresAt: '2026-03-04T00:00:00.000Z',
			tokenFingerprint: expect.stringMatching(/^[\w-]{43}$/) as string,
		});
		expect(bodies).toEqual([passwordBody]);
	});

	it.each([
		['none', [], 'api-access'],
		['api-access alone', ['api-access'], 'api-access'],
		[
			'in any order',
			['view-roles', 'api-access', 'manage-users'],
			'api-access manage-users view-roles',
		],
		['text from an expression', 'manage-users, view-roles', 'api-access manage-users view-roles'],
		['nothing', null, 'api-access'],
	])('always asks for api-access: %s', async (_name, scopes, scope) => {
		nock(host)
			.post('/oauth/token', { ...passwordBody, scope })
			.reply(200, issued(1));
		await login(credential({ scopes }));
	});

	it.each([`${host}/`, `${host}/openapi`, `  ${host}/openapi/ `])(
		'takes %j as base URL',
		async (baseUrl) => {
			nock(host).post('/oauth/token').reply(200, issued(1));
			await login(credential({ baseUrl }));
		},
	);

	it.each([
		['', '“Base URL” in the credential is empty'],
		[
			'maestro.mautic.com',
			'“Base URL” in the credential is not a URL. Write it with https:// in front.',
		],
		['http://maestro.mautic.com', '“Base URL” in the credential must start with https://'],
	])('refuses %j as base URL before anything is sent', async (baseUrl, message) => {
		await expect(login(credential({ baseUrl }))).rejects.toThrow(message);
		await expect(header(credential({ baseUrl }))).rejects.toThrow(message);
	});

	it('is made once for many requests at the same time', async () => {
		nock(host).post('/oauth/token').delay(20).reply(200, issued(1));
		const all = await Promise.all(
			Array.from({ length: 20 }, async () => await login(credential())),
		);
		expect(new Set(all.map(({ sessionToken }) => sessionToken))).toEqual(
			new Set(['invented-access-1']),
		);
	});

	it('is made for each choice of scopes', async () => {
		nock(host).post('/oauth/token').reply(200, issued(1));
		nock(host).post('/oauth/token').reply(200, issued(2));
		const one = await login(credential());
		const two = await login(credential({ scopes: ['manage-accounts'] }));
		expect([one.sessionToken, two.sessionToken]).toEqual([
			'invented-access-1',
			'invented-access-2',
		]);
	});

	it('is tried again when the service has to be waited for', async () => {
		nock(host)
			.post('/oauth/token')
			.reply(429, { error: 'Too many requests.' }, { 'Retry-After': '3' });
		nock(host).post('/oauth/token').reply(502, '<html></html>');
		nock(host).post('/oauth/token').reply(200, issued(1));
		expect((await login(credential())).sessionToken).toBe('invented-access-1');
		expect(waits).toEqual([3000, expect.any(Number)]);
	});

	it('leaves out the blanks that pasting brings along, but not those of a password', async () => {
		nock(host)
			.post('/oauth/token', { ...passwordBody, password: ' Invented password ' })
			.reply(200, issued(1));
		await login(
			credential({
				username: ' ada.admin@example.com\n',
				password: ' Invented password ',
				clientId: '\tinvented-client-7',
				clientSecret: 'invented-client-secret-7 ',
			}),
		);
	});

	it('takes a life of no seconds for an end that is not known', async () => {
		nock(host)
			.post('/oauth/token')
			.reply(200, { ...issued(1), expires_in: 0 });
		expect((await login(credential())).expiresAt).toBe('');
	});

	it('does without expiry and refresh token', async () => {
		nock(host)
			.post('/oauth/token')
			.reply(200, { token_type: 'Bearer', access_token: 'invented-access-9' });
		const stored = credential(await login(credential()));
		expect(stored).toMatchObject({ refreshToken: '', expiresAt: '' });
		expect(await header(stored)).toBe('Bearer invented-access-9');
	});
});

describe('a refused login', () => {
	it.each([
		[
			400,
			{
				error: 'invalid_grant',
				error_description: 'The user credentials were incorrect.',
				message: 'The user credentials were incorrect.',
			},
			'Acquia Campaign Factory refused the login: The user credentials were incorrect. Check user name and password: they are those of the Campaign Factory login page (status 400, invalid_grant)',
		],
		[
			401,
			{ error: 'invalid_client', error_description: 'Client authentication failed' },
			'Acquia Campaign Factory refused the login: Client authentication failed. Check client ID and client secret: Acquia Support hands them out, they are not those of Campaign Studio (status 401, invalid_client)',
		],
		[
			400,
			{
				error: 'invalid_scope',
				error_description: 'The requested scope is invalid, unknown, or malformed',
				hint: 'Check the `manage-users` scope',
				message: 'The requested scope is invalid, unknown, or malformed',
			},
			'Acquia Campaign Factory refused the login: The requested scope is invalid, unknown, or malformed. Check the `manage-users` scope. Choose fewer entries under “Scopes”, or ask Acquia Support which ones the client has (status 400, invalid_scope)',
		],
		[
			404,
			'<!DOCTYPE html><title>Not Found</title>',
			'Acquia Campaign Factory refused the login: an HTML page with the title “Not Found” (status 404)',
		],
		[
			200,
			'<!DOCTYPE html><title>Login</title>',
			'Acquia Campaign Factory answered the login without a token',
		],
	])('is told in the words of the service: %i %j', async (status, body, message) => {
		nock(host).post('/oauth/token').reply(status, body);
		await expect(login(credential())).rejects.toThrow(new Error(message));
	});

	it('is told also when nobody answers', async () => {
		nock(host).post('/oauth/token').replyWithError(new Error('no such host'));
		await expect(login(credential())).rejects.toThrow(
			new Error('Acquia Campaign Factory could not be reached to sign in: no such host'),
		);
	});

	it.each([
		['a dot too many', { message: 'No...' }, 'No (status 400)'],
		['a code that JavaScript knows', { error: 'constructor' }, 'constructor (status 400)'],
	])('is told as it came with %s', async (_name, body, words) => {
		nock(host).post('/oauth/token').reply(400, body);
		await expect(login(credential())).rejects.toThrow(
			new Error(`Acquia Campaign Factory refused the login: ${words}`),
		);
	});

	it('is told without words where the service gives none', async () => {
		nock(host).post('/oauth/token').reply(400, { error: '' });
		await expect(login(credential())).rejects.toThrow(
			new Error('Acquia Campaign Factory refused the login: no explanation was given (status 400)'),
		);
	});

	it('sends nothing for what an old credential lacks', async () => {
		const sent = { username: '', password: '', client_id: '', client_secret: '' };
		nock(host)
			.post('/oauth/token', { ...passwordBody, ...sent })
			.reply(400, { message: 'Incomplete' });
		const { username, password, clientId, clientSecret, ...rest } = credential();
		expect([username, password, clientId, clientSecret]).not.toContain(undefined);
		await expect(login(rest)).rejects.toThrow('Incomplete');
	});

	it('tells nothing secret, even where the service repeats it', async () => {
		const text = `No: ${fields.password} ${fields.clientSecret}`;
		nock(host).post('/oauth/token').reply(400, { message: text });
		const error = await login(credential()).catch((thrown: unknown) => thrown);
		expect(String(error)).toContain('No: ••• •••');
		expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(
			/Invented\(password\)1|client-secret-7/,
		);
		expect((error as Error).cause).toBeUndefined();
	});
});

describe('a later login', () => {
	it('uses the refresh token and stores the new one', async () => {
		const stored = await signedIn();
		nock(host).post('/oauth/token', refreshBody).reply(200, issued(2));
		expect(await login(stored)).toMatchObject({
			sessionToken: 'invented-access-2',
			refreshToken: 'invented-refresh-2',
		});
	});

	it('keeps a refresh token that was not replaced', async () => {
		const stored = await signedIn();
		nock(host)
			.post('/oauth/token', refreshBody)
			.reply(200, { ...issued(2), refresh_token: undefined });
		expect((await login(stored)).refreshToken).toBe('invented-refresh-1');
	});

	it.each([
		['refused as revoked', 401, refusedRefresh],
		['refused as a grant', 400, { error: 'invalid_grant' }],
		['not known', 404, '<html></html>'],
		['broken', 500, { message: 'Server Error' }],
		['answered without a token', 200, {}],
	])(
		'takes the password within the same login when the refresh is %s',
		async (_name, status, body) => {
			const stored = await signedIn();
			nock(host).post('/oauth/token', refreshBody).reply(status, body);
			nock(host).post('/oauth/token', passwordBody).reply(200, issued(3));
			expect(await login(stored)).toMatchObject({
				sessionToken: 'invented-access-3',
				refreshToken: 'invented-refresh-3',
			});
		},
	);

	it('waits for the refresh when the service asks for patience', async () => {
		const stored = await signedIn();
		nock(host).post('/oauth/token', refreshBody).reply(429, { error: 'Too many requests.' });
		nock(host).post('/oauth/token', refreshBody).reply(200, issued(2));
		expect((await login(stored)).sessionToken).toBe('invented-access-2');
	});

	it('waits for the refresh when nobody answers', async () => {
		const stored = await signedIn();
		nock(host)
			.post('/oauth/token', refreshBody)
			.replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
		nock(host).post('/oauth/token', refreshBody).reply(200, issued(2));
		expect((await login(stored)).sessionToken).toBe('invented-access-2');
	});

	it('takes the password at once where no refresh token was given', async () => {
		const { refreshToken, ...stored } = await signedIn();
		expect(refreshToken).toBe('invented-refresh-1');
		const bodies: unknown[] = [];
		nock(host)
			.post('/oauth/token', (sent) => {
				bodies.push(sent);
				return true;
			})
			.reply(200, issued(2));
		expect((await login(stored)).sessionToken).toBe('invented-access-2');
		expect(bodies).toEqual([passwordBody]);
	});

	it('tells why the password was refused, when both ways end', async () => {
		const stored = await signedIn();
		nock(host).post('/oauth/token', refreshBody).reply(401, refusedRefresh);
		nock(host)
			.post('/oauth/token', passwordBody)
			.reply(400, { error: 'invalid_grant', message: 'The user credentials were incorrect.' });
		await expect(login(stored)).rejects.toThrow('The user credentials were incorrect');
	});

	it('is made once for many requests that were refused at the same time', async () => {
		const stored = await signedIn();
		nock(host).post('/oauth/token', refreshBody).delay(20).reply(200, issued(2));
		const all = await Promise.all(
			Array.from({ length: 10 }, async () => await login({ ...stored })),
		);
		expect(new Set(all.map(({ sessionToken }) => sessionToken)).size).toBe(1);
	});

	it.each([
		['scopes', { scopes: ['manage-accounts'] }, { scope: 'api-access manage-accounts' }],
		['password', { password: 'Invented(password)2' }, { password: 'Invented(password)2' }],
		['user', { username: 'jo@example.com' }, { username: 'jo@example.com' }],
		['client', { clientId: 'invented-client-8' }, { client_id: 'invented-client-8' }],
	])('leaves the refresh token of other settings alone: %s', async (_name, changes, body) => {
		const stored = { ...(await signedIn()), ...changes };
		const bodies: unknown[] = [];
		nock(host)
			.post('/oauth/token', (sent) => {
				bodies.push(sent);
				return true;
			})
			.reply(200, issued(4));
		expect((await login(stored)).sessionToken).toBe('invented-access-4');
		expect(bodies).toEqual([{ ...passwordBody, ...body }]);
	});
});

describe('a request', () => {
	it('carries the token', async () => {
		expect(await header(await signedIn())).toBe('Bearer invented-access-1');
	});

	it('keeps its other headers', async () => {
		const options = await type.authenticate(await signedIn(), {
			url: `${host}/openapi/whoami`,
			headers: { Accept: 'application/json' },
		});
		expect(options.headers).toEqual({
			Accept: 'application/json',
			Authorization: 'Bearer invented-access-1',
		});
	});

	it.each([
		['scopes', { scopes: ['manage-accounts'] }],
		['user', { username: 'jo@example.com' }],
		['password', { password: 'Invented(password)2' }],
		['client', { clientSecret: 'invented-client-secret-8' }],
		['host', { baseUrl: 'https://other.example.com' }],
	])(
		'goes without the token of older settings, so that n8n signs in anew: %s',
		async (_name, changes) => {
			const stored = await signedIn();
			expect(await header({ ...stored, ...changes })).toBeUndefined();
			expect(await header(stored)).toBe('Bearer invented-access-1');
		},
	);

	it('takes the same scopes in another order for the same', async () => {
		const stored = await signedIn();
		const scopes = ['manage-instances', 'api-access', 'manage-accounts'];
		expect(await header({ ...stored, scopes })).toBe('Bearer invented-access-1');
	});

	it('carries a token that was stored without its end', async () => {
		const { expiresAt, ...stored } = await signedIn();
		expect(expiresAt).toBe('2026-03-04T00:00:00.000Z');
		expect(await header(stored)).toBe('Bearer invented-access-1');
	});

	it('goes without a token that has ended', async () => {
		const stored = await signedIn();
		const end = Date.parse('2026-03-04T00:00:00.000Z');
		jest.mocked(clock.now).mockReturnValue(end - 1);
		expect(await header(stored)).toBe('Bearer invented-access-1');
		jest.mocked(clock.now).mockReturnValue(end);
		expect(await header(stored)).toBeUndefined();
	});
});
