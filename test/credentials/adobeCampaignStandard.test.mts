import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
} from 'n8n-workflow';
import nock from 'nock';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';

import { AdobeCampaignStandardApi } from '../../credentials/AdobeCampaignStandardApi.credentials.ts';
import { normalisePem, readPrivateKey } from '../../nodes/AdobeCampaignStandard/jwt.ts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';

const ims = 'https://ims-na1.adobelogin.com';
const type = new AdobeCampaignStandardApi();
const http = Container.get(OutboundHttp).requests();
/** n8n's own HTTP helper. Its package brings a copy of n8n-workflow, whose types differ in name only. */
const helper: IHttpRequestHelper = {
	helpers: {
		httpRequest: async (options: IHttpRequestOptions): Promise<unknown> =>
			await http.request(options as Parameters<typeof http.request>[0]),
	},
};

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const passphrase = 'invented passphrase';
const keys = {
	pkcs8: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
	pkcs1: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
	encryptedPkcs8: pair.privateKey
		.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
		.toString(),
	encryptedPkcs1: pair.privateKey
		.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase })
		.toString(),
	tripleDesPkcs1: pair.privateKey
		.export({ type: 'pkcs1', format: 'pem', cipher: 'des-ede3-cbc', passphrase })
		.toString(),
};
const isEncrypted = (name: string) => name.startsWith('encrypted') || name.startsWith('triple');

const oauth: IDataObject = {
	signInMode: 'serverToServer',
	tenant: 'geometrixx',
	clientId: 'invented-client-id',
	clientSecret: 'p8e-invented-secret',
	scopes: String(type.properties.find(({ name }) => name === 'scopes')?.default),
	imsUrl: ims,
	apiUrl: 'https://mc.adobe.io',
	sessionToken: '',
};
const jwt: IDataObject = {
	...oauth,
	signInMode: 'jwt',
	organizationId: 'INVENTED0000@AdobeOrg',
	technicalAccountId: 'INVENTED0001@techacct.adobe.com',
	privateKey: keys.pkcs8,
	passphrase: '',
	metascopes: 'ent_campaign_sdk',
};
const now = Date.UTC(2026, 0, 15, 8);

beforeEach(() => {
	forgetLogins();
	jest.spyOn(clock, 'now').mockReturnValue(now);
	jest.spyOn(clock, 'sleep').mockResolvedValue();
});
afterEach(() => {
	jest.restoreAllMocks();
	expect(nock.pendingMocks()).toEqual([]);
	nock.cleanAll();
});

const signIn = async (credentials: IDataObject) =>
	await type.preAuthentication.call(helper, credentials as ICredentialDataDecryptedObject);

/** The text of the refusal that a sign-in ends in. */
async function refusalOf(credentials: IDataObject): Promise<string> {
	const failure: unknown = await signIn(credentials).then(
		() => new Error('It signed in'),
		(error: unknown) => error,
	);
	const { message, cause, response } = failure as Error & { response?: unknown };
	// Both would hold the secrets that were sent
	expect([cause, response]).toEqual([undefined, undefined]);
	expect(message).not.toContain('p8e-invented-secret');
	expect(message).not.toContain('MII');
	return message;
}

describe('OAuth Server-to-Server', () => {
	it('asks with a form whose scopes have commas and no blanks', async () => {
		nock(ims, { reqheaders: { 'content-type': /^application\/x-www-form-urlencoded/ } })
			.post(
				'/ims/token/v3',
				'grant_type=client_credentials&client_id=invented-client-id&client_secret=p8e-invented-secret' +
					'&scope=openid%2CAdobeID%2Ccampaign_sdk%2Cadditional_info.projectedProductContext' +
					'%2Ccampaign_config_server_general%2Cdeliverability_service_general',
			)
			.reply(200, { access_token: 'invented-token', token_type: 'bearer', expires_in: 86_399 });
		const scopes = `${String(oauth.scopes).replaceAll(',', ', \n')},\n`;
		const credentials = { ...oauth, clientId: ' invented-client-id\n', scopes };
		expect(await signIn(credentials)).toEqual({
			sessionToken: 'invented-token',
			sessionEndsAt: '2026-01-16T07:59:59.000Z',
		});
	});

	it.each<[string, number, IDataObject, RegExp]>([
		[
			'a wrong secret',
			401,
			{ error: 'invalid_client', error_description: 'invalid client_secret parameter' },
			/^Adobe IMS refused the login: invalid client_secret parameter\. Check “Client ID” and “Client Secret”.* \(status 401, invalid_client\)$/,
		],
		[
			'an unknown client',
			400,
			{ error: 'invalid_client' },
			/: invalid_client\. Check “Client ID”.* \(status 400\)$/,
		],
		['wrong scopes', 400, { error: 'invalid_scope' }, /: invalid_scope\. Compare the scopes/],
		[
			'dots within a sentence',
			400,
			{ error: 'invalid_scope', error_description: 'No a.b of v1.' },
			/: No a\.b of v1\. Compare the scopes/,
		],
		['a new code', 400, { error: 'new_code' }, /: new_code \(status 400\)$/],
	])('says why in words: %s', async (_what, status, body, words) => {
		nock(ims).post('/ims/token/v3').reply(status, body);
		expect(await refusalOf(oauth)).toMatch(words);
	});

	it('names a page that answers in place of IMS', async () => {
		nock(ims).post('/ims/token/v3').reply(404, '<html><title>Nothing here</title></html>');
		expect(await refusalOf(oauth)).toBe(
			'Adobe IMS refused the login: an HTML page with the title “Nothing here” (status 404)',
		);
	});

	it.each([
		['clientId', 'Client ID'],
		['clientSecret', 'Client Secret'],
		['scopes', 'Scopes'],
	])('names %s when it is empty, and sends nothing', async (name, label) => {
		const words = `“${label}” in the Adobe Campaign Standard credential is empty`;
		expect(await refusalOf({ ...oauth, [name]: ' ' })).toBe(words);
	});

	it('asks at Adobe when no other address is given', async () => {
		nock(ims).post('/ims/token/v3').reply(200, { access_token: 'a', expires_in: 1 });
		expect(await signIn({ ...oauth, imsUrl: '' })).toMatchObject({ sessionToken: 'a' });
	});

	it('takes an answer without a token for a refusal, whatever its status', async () => {
		const body = { error: 'invalid_scope', error_description: 'Scope p8e-invented-secret unknown' };
		nock(ims).post('/ims/token/v3').reply(200, body);
		expect(await refusalOf(oauth)).toMatch(
			/^Adobe IMS gave no token: Scope ••• unknown\. Compare the scopes.* \(invalid_scope\)$/,
		);
		nock(ims).post('/ims/token/v3').reply(200, {});
		expect(await refusalOf(oauth)).toBe('Adobe IMS gave no token: no explanation was given');
		nock(ims).post('/ims/token/v3').reply(200, '<html><title>Portal</title></html>');
		expect(await refusalOf(oauth)).toMatch(/^Adobe IMS gave no token: an HTML page .*“Portal”/);
	});

	it('waits out a trouble that passes, and reports one that does not', async () => {
		nock(ims).post('/ims/token/v3').reply(503, 'busy');
		nock(ims).post('/ims/token/v3').reply(200, { access_token: 'later', expires_in: 60 });
		expect(await signIn(oauth)).toMatchObject({ sessionToken: 'later' });
		forgetLogins();
		nock(ims).post('/ims/token/v3').replyWithError(new Error('no such host'));
		expect(await refusalOf(oauth)).toMatch(
			/^Adobe IMS could not be reached to sign in: no such host/,
		);
	});

	it('makes one token request for many callers, and one more for a refused token', async () => {
		const reply = (token: string) =>
			nock(ims).post('/ims/token/v3').reply(200, { access_token: token, expires_in: 86_399 });
		reply('first');
		const many = await Promise.all(Array.from({ length: 20 }, () => signIn(oauth)));
		expect(new Set(many.map(({ sessionToken }) => sessionToken))).toEqual(new Set(['first']));
		reply('second');
		const expired = { ...oauth, sessionToken: 'first' };
		const again = await Promise.all(Array.from({ length: 20 }, () => signIn(expired)));
		expect(new Set(again.map(({ sessionToken }) => sessionToken))).toEqual(new Set(['second']));
	});

	it.each<[string, IDataObject, IDataObject]>([
		['another server', oauth, { imsUrl: 'https://ims.example.com' }],
		['another client', oauth, { clientId: 'invented-other-client' }],
		['another secret', oauth, { clientSecret: 'p8e-invented-other' }],
		['other scopes', oauth, { scopes: 'openid' }],
		['another organization', jwt, { organizationId: 'INVENTED0002@AdobeOrg' }],
		['another account', jwt, { technicalAccountId: 'INVENTED0003@techacct.adobe.com' }],
		['another key', jwt, { privateKey: keys.pkcs1 }],
		['another passphrase', jwt, { passphrase: 'invented other' }],
		['other metascopes', jwt, { metascopes: 'ent_other_sdk' }],
		['the other way to sign in', oauth, jwt],
	])('never takes the token of %s', async (_what, one, changes) => {
		let asked = 0;
		const httpRequest = async () => await Promise.resolve({ access_token: `token-${++asked}` });
		for (const credentials of [one, { ...one, ...changes }, one]) {
			await type.preAuthentication.call(
				{ helpers: { httpRequest } },
				credentials as ICredentialDataDecryptedObject,
			);
		}
		expect(asked).toBe(2);
	});

	it('sends secrets to secure addresses only', async () => {
		expect(await refusalOf({ ...oauth, imsUrl: 'http://ims.example.com' })).toBe(
			'“IMS URL” in the credential must start with https://',
		);
	});
});

describe('the end of a token', () => {
	const claims = (payload: unknown) =>
		`h.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.s`;

	it.each<[string, string, unknown, string]>([
		['seconds', 'opaque', 86_399, '2026-01-16T07:59:59.000Z'],
		['seconds as text', 'opaque', '86399', '2026-01-16T07:59:59.000Z'],
		['milliseconds', 'opaque', 86_399_995, '2026-01-16T07:59:59.995Z'],
		['the longest time in seconds', 'opaque', 1_000_000, '2026-01-26T21:46:40.000Z'],
		['nothing', 'opaque', undefined, ''],
		[
			'its own claims in milliseconds',
			claims({ created_at: String(now - 1000), expires_in: '86400000' }),
			60,
			'2026-01-16T07:59:59.000Z',
		],
		['claims without times', claims({ sub: 'x' }), 60, '2026-01-15T08:01:00.000Z'],
		['claims that are no object', claims([]), 60, '2026-01-15T08:01:00.000Z'],
	])('is told by %s', async (_what, token, expiresIn, ends) => {
		const body = { access_token: token, expires_in: expiresIn };
		nock(ims).post('/ims/token/v3').reply(200, JSON.stringify(body), {
			'content-type': 'application/json',
		});
		expect(await signIn(oauth)).toEqual({ sessionToken: token, sessionEndsAt: ends });
	});
});

describe('Service Account (JWT)', () => {
	/** Answers one exchange and gives the claims, after checking the signature. */
	async function claimsOf(credentials: IDataObject): Promise<IDataObject> {
		let form: Record<string, string> = {};
		nock(new URL(String(credentials.imsUrl)).origin)
			.post('/ims/exchange/jwt', (body: Record<string, string>) => {
				form = body;
				return true;
			})
			.reply(200, { token_type: 'bearer', access_token: 'by-jwt', expires_in: 86_399_000 });
		expect(await signIn(credentials)).toEqual({
			sessionToken: 'by-jwt',
			sessionEndsAt: '2026-01-16T07:59:59.000Z',
		});
		expect(Object.keys(form).sort()).toEqual(['client_id', 'client_secret', 'jwt_token']);
		const [head = '', payload = '', signature = ''] = (form.jwt_token ?? '').split('.');
		const read = (part: string) =>
			JSON.parse(Buffer.from(part, 'base64url').toString()) as IDataObject;
		expect(read(head)).toEqual({ alg: 'RS256' });
		const signed = Buffer.from(`${head}.${payload}`);
		const bytes = Buffer.from(signature, 'base64url');
		expect(verify('RSA-SHA256', signed, pair.publicKey, bytes)).toBe(true);
		return read(payload);
	}

	it('signs the claims that Adobe documents', async () => {
		expect(await claimsOf(jwt)).toEqual({
			iss: 'INVENTED0000@AdobeOrg',
			sub: 'INVENTED0001@techacct.adobe.com',
			aud: `${ims}/c/invented-client-id`,
			exp: now / 1000 + 300,
			[`${ims}/s/ent_campaign_sdk`]: true,
		});
	});

	it('needs no passphrase to be stored', async () => {
		expect(await claimsOf({ ...jwt, passphrase: undefined })).toMatchObject({
			iss: 'INVENTED0000@AdobeOrg',
		});
	});

	it('takes several metascopes, also as whole claim names, and another IMS', async () => {
		const other = 'https://ims.example.com';
		const metascopes = `ent_campaign_sdk, ${other}/s/ent_adobeio_sdk`;
		const claims = await claimsOf({ ...jwt, imsUrl: `${other}/`, metascopes });
		expect(claims).toMatchObject({
			aud: `${other}/c/invented-client-id`,
			[`${other}/s/ent_campaign_sdk`]: true,
			[`${other}/s/ent_adobeio_sdk`]: true,
		});
	});

	const shapes: Array<[string, (pem: string) => string]> = [
		['as it is', (pem) => pem],
		['with Windows line breaks', (pem) => pem.replaceAll('\n', '\r\n')],
		['with literal \\n', (pem) => pem.replaceAll('\n', '\\n')],
		['with literal \\r\\n', (pem) => pem.replaceAll('\n', '\\r\\n')],
		['with twice escaped line breaks', (pem) => pem.replaceAll('\n', '\\\\n')],
		['as a JSON array of lines', (pem) => JSON.stringify(pem.split('\n'))],
		['as a JSON string', (pem) => JSON.stringify(pem)],
		['with blanks in place of line breaks', (pem) => pem.replaceAll('\n', ' ')],
		['without any line break', (pem) => pem.replaceAll('\n', '')],
		['among other text', (pem) => `Bag Attributes\n friendlyName: x\n${pem}\nmore text`],
		['with blanks around', (pem) => `\n\n  ${pem}  \n`],
	];
	for (const [name, pem] of Object.entries(keys)) {
		it.each(shapes)(`reads a ${name} key %s`, (_shape, write) => {
			const key = readPrivateKey(write(pem), isEncrypted(name) ? passphrase : '');
			expect(createPublicKey(key).equals(pair.publicKey)).toBe(true);
		});
	}

	it('ignores a passphrase that the key does not need', () => {
		expect(readPrivateKey(keys.pkcs8, 'needless').asymmetricKeyType).toBe('rsa');
	});

	it('writes PEM with lines of 64 characters', () => {
		expect(normalisePem(keys.pkcs8.replaceAll('\n', ''))).toBe(keys.pkcs8);
	});

	const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
	const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
	const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })
		.privateKey.export({ type: 'pkcs8', format: 'pem' })
		.toString();
	const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
		.privateKey.export({ type: 'pkcs8', format: 'pem' })
		.toString();
	it.each<[string, IDataObject, RegExp]>([
		['no key', { privateKey: 'gibberish' }, /“Private Key” is no private key\. Paste the whole/],
		['broken JSON', { privateKey: '["-----BEGIN' }, /“Private Key” is no private key/],
		['a certificate', { privateKey: certificate }, /holds a certificate\. Paste the private key/],
		['a public key', { privateKey: publicKey }, /holds a public key\. Paste the private key/],
		['half a key', { privateKey: keys.pkcs8.slice(0, 300) }, /“Private Key” is cut off/],
		[
			'a damaged key',
			{ privateKey: keys.pkcs8.replace(/\n[^-\n]{64}\n/, '\n') },
			/“Private Key” cannot be read\. It is damaged/,
		],
		[
			'no passphrase',
			{ privateKey: keys.encryptedPkcs8 },
			/is encrypted\. Fill in “Passphrase”\.$/,
		],
		[
			'a passphrase that an old credential lacks',
			{ privateKey: keys.encryptedPkcs8, passphrase: undefined },
			/is encrypted\. Fill in “Passphrase”\.$/,
		],
		[
			'a wrong passphrase',
			{ privateKey: keys.encryptedPkcs1, passphrase: 'wrong' },
			/cannot be opened with this passphrase\. Check “Passphrase”/,
		],
		['an elliptic key', { privateKey: elliptic }, /is of the type ec, but Adobe takes RSA keys/],
		['a key that is too short', { privateKey: small }, /2048 bits or larger/],
		['an empty key', { privateKey: ' ' }, /^“Private Key” in the .* credential is empty$/],
		['no client', { clientId: '' }, /^“Client ID” in the .* is empty$/],
		['no secret', { clientSecret: '' }, /^“Client Secret” in the .* is empty$/],
		['no organization', { organizationId: '' }, /^“Organization ID” in the .* is empty$/],
		['no metascope', { metascopes: '' }, /^“Metascopes” in the .* credential is empty$/],
		['no account', { technicalAccountId: '' }, /^“Technical Account ID” in the .* is empty$/],
	])('says what to do about %s, and sends nothing', async (_what, changes, words) => {
		expect(await refusalOf({ ...jwt, ...changes })).toMatch(words);
	});

	it.each([
		[
			'invalid_token',
			'Could not match JWT signature to any of the bindings',
			/bindings\. Check “Organization ID”/,
		],
		[
			'invalid_scope',
			'The metascopes are not a subset.',
			/subset\. Compare the scopes \(or metascopes\)/,
		],
		['invalid_signature', undefined, /invalid_signature\. Check that “Private Key” belongs to/],
		['bad_request', undefined, /bad_request\. Check “Organization ID” and/],
	])('explains the refusal %s', async (error, description, words) => {
		const body = { error, ...(description && { error_description: description }) };
		nock(ims).post('/ims/exchange/jwt').reply(400, body);
		expect(await refusalOf(jwt)).toMatch(words);
	});

	it('does not show the passphrase or the secret that IMS echoes', async () => {
		const credentials = { ...jwt, privateKey: keys.encryptedPkcs8, passphrase };
		const echo = `refused ${passphrase} and p8e-invented-secret`;
		nock(ims).post('/ims/exchange/jwt').reply(400, { error: 'x', error_description: echo });
		expect(await refusalOf(credentials)).toContain('refused ••• and •••');
	});
});

describe('requests', () => {
	const sign = async (credentials: IDataObject, options: Partial<IHttpRequestOptions> = {}) =>
		await type.authenticate(credentials as ICredentialDataDecryptedObject, {
			url: 'https://mc.adobe.io/geometrixx/campaign/profileAndServices/profile',
			...options,
		});

	it('carry the token, the client ID as API key, and no-cache', async () => {
		const headers = { 'Content-Type': 'application/json' };
		expect(await sign({ ...oauth, sessionToken: 'invented-token' }, { headers })).toMatchObject({
			headers: {
				Authorization: 'Bearer invented-token',
				'X-Api-Key': 'invented-client-id',
				'Cache-Control': 'no-cache',
				'Content-Type': 'application/json',
			},
		});
	});

	it('go to secure addresses only', async () => {
		await expect(sign({ ...oauth, apiUrl: 'http://mc.example.com' })).rejects.toThrow(
			'“API URL” in the credential must start with https://',
		);
	});

	it('test the credential by a read that shows no profile', () => {
		expect(type.test.request).toEqual({
			baseURL: '={{$credentials.apiUrl.trim().replace(/\\/+$/, "")}}',
			url: '=/{{$credentials.tenant.trim()}}/campaign/profileAndServices/resourceType/profile',
		});
	});
});

it('keeps every secret out of sight on the form', () => {
	const secrets = ['clientSecret', 'privateKey', 'passphrase', 'sessionToken'];
	for (const property of type.properties) {
		expect([property.name, property.typeOptions?.password === true]).toEqual([
			property.name,
			secrets.includes(property.name),
		]);
	}
});
