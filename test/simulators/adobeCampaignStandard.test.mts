import { createSign, generateKeyPairSync } from 'node:crypto';
import { createAdobeCampaignStandardSimulator } from '../../demo/simulators/adobeCampaignStandard.mts';
import type {
	AdobeCampaignStandardOptions,
	AdobeCampaignStandardSimulator,
} from '../../demo/simulators/adobeCampaignStandard.mts';

type Json = Record<string, unknown>;

let simulator: AdobeCampaignStandardSimulator;
let now = Date.UTC(2026, 0, 15, 8);

async function open(options: AdobeCampaignStandardOptions = {}): Promise<void> {
	simulator = await createAdobeCampaignStandardSimulator({ clock: () => now, ...options });
}

afterEach(async () => {
	expect(simulator.faults).toEqual([]);
	await simulator.close();
});

const text = (value: unknown) => String(value);

async function send(
	method: string,
	path: string,
	{ headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
) {
	const response = await fetch(path.startsWith('http') ? path : `${simulator.url}${path}`, {
		method,
		headers,
		...(body !== undefined && { body }),
	});
	const words = await response.text();
	let json: Json = {};
	try {
		json = JSON.parse(words) as Json;
	} catch {
		// Campaign's own refusals are bare text
	}
	return { status: response.status, headers: response.headers, text: words, json };
}

async function form(path: string, fields: Record<string, string>) {
	return await send('POST', path, {
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams(fields).toString(),
	});
}

async function oauth(changes: Record<string, string> = {}) {
	const { clientId, clientSecret, scopes } = simulator.credential;
	return await form('/ims/token/v3', {
		grant_type: 'client_credentials',
		client_id: text(clientId),
		client_secret: text(clientSecret),
		scope: text(scopes),
		...changes,
	});
}

/** Headers of a signed-in call. */
async function signIn(scopes?: string): Promise<Record<string, string>> {
	const { json } = await oauth(scopes === undefined ? {} : { scope: scopes });
	return {
		authorization: `Bearer ${text(json.access_token)}`,
		'x-api-key': text(simulator.credential.clientId),
	};
}

const root = '/exampletenant/campaign/profileAndServices';

async function call(method: string, path: string, body?: unknown) {
	const headers = await signIn();
	return await send(method, path, {
		headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
		...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
	});
}

const contentOf = (json: Json) => json.content as Json[];
const hrefOf = (value: unknown) => text((value as Json).href);

/** The first profile of the list. */
async function firstProfile(extended = ''): Promise<Json> {
	const { json } = await call('GET', `${root}${extended}/profile?_lineCount=1`);
	return contentOf(json)[0] ?? {};
}

describe('IMS by OAuth Server-to-Server', () => {
	beforeEach(async () => await open());

	it('gives a token whose expiry is in seconds', async () => {
		const { status, json } = await oauth();
		expect(status).toBe(200);
		expect(json).toMatchObject({ token_type: 'bearer', expires_in: 86_399 });
		const payload = JSON.parse(
			Buffer.from(text(json.access_token).split('.')[1] ?? '', 'base64url').toString(),
		) as Json;
		expect(payload).toMatchObject({ created_at: String(now), expires_in: '86399000' });
	});

	it('takes a blank after each comma of the scopes', async () => {
		expect((await oauth({ scope: 'openid, AdobeID, campaign_sdk' })).status).toBe(200);
	});

	it.each([
		['client_id', 'unknown', 400, { error: 'invalid_client' }],
		[
			'client_secret',
			'wrong',
			401,
			{ error: 'invalid_client', error_description: 'invalid client_secret parameter' },
		],
		['scope', 'openid,unknown', 400, { error: 'invalid_scope' }],
	])('refuses a wrong %s', async (name, value, status, body) => {
		const answer = await oauth({ [name]: value });
		expect(answer.status).toBe(status);
		expect(answer.json).toEqual(body);
	});

	it('refuses a form that lacks a field, in its own words', async () => {
		const { status, json } = await form('/ims/token/v3', { grant_type: 'client_credentials' });
		expect(status).toBe(400);
		expect(json.error).toBe('bad_request');
	});
});

describe('IMS by JWT', () => {
	beforeEach(async () => await open());

	function jwt(changes: Json = {}, privateKey = text(simulator.jwtCredential.privateKey)): string {
		const { clientId, organizationId, technicalAccountId } = simulator.jwtCredential;
		const claims = {
			iss: organizationId,
			sub: technicalAccountId,
			aud: `${simulator.url}/c/${text(clientId)}`,
			exp: Math.floor(now / 1000) + 300,
			[`${simulator.url}/s/ent_campaign_sdk`]: true,
			...changes,
		};
		const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
		const signed = `${part({ alg: 'RS256' })}.${part(claims)}`;
		const signature = createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url');
		return `${signed}.${signature}`;
	}

	async function exchange(token: string, changes: Record<string, string> = {}) {
		const { clientId, clientSecret } = simulator.jwtCredential;
		return await form('/ims/exchange/jwt/', {
			client_id: text(clientId),
			client_secret: text(clientSecret),
			jwt_token: token,
			...changes,
		});
	}

	it('gives a token whose expiry is in milliseconds and that opens the API', async () => {
		const { status, json } = await exchange(jwt());
		expect(status).toBe(200);
		expect(json.expires_in).toBe(86_399_000);
		const headers = {
			authorization: `Bearer ${text(json.access_token)}`,
			'x-api-key': text(simulator.jwtCredential.clientId),
		};
		expect((await send('GET', `${root}/profile`, { headers })).status).toBe(200);
	});

	it.each<[string, Json, number, Json]>([
		['audience', { aud: 'https://ims.example.com/c/other' }, 400, { error: 'invalid_client' }],
		[
			'issuer',
			{ iss: 'other@AdobeOrg' },
			400,
			{
				error: 'invalid_token',
				error_description: 'Could not match JWT signature to any of the bindings',
			},
		],
		[
			'expiry in the past',
			{ exp: 1_000_000 },
			400,
			{ error: 'invalid_token', error_description: 'JWT token has expired.' },
		],
		['expiry as text', { exp: 'tomorrow' }, 400, { error: 'bad_request' }],
		['jti as text', { jti: 'one' }, 400, { error: 'bad_request' }],
	])('refuses a JWT with a wrong %s', async (_what, changes, status, body) => {
		const answer = await exchange(jwt(changes));
		expect(answer.status).toBe(status);
		expect(answer.json).toEqual(body);
	});

	it('refuses metascopes that the binding lacks, and a JWT without any', async () => {
		const other = { [`${simulator.url}/s/ent_other_sdk`]: true };
		expect((await exchange(jwt(other))).json.error).toBe('invalid_scope');
		const none = { [`${simulator.url}/s/ent_campaign_sdk`]: false };
		expect((await exchange(jwt(none))).json.error).toBe('invalid_scope');
	});

	it('refuses a signature by another key and what is no JWT', async () => {
		const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
		const foreign = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
		expect((await exchange(jwt({}, foreign))).json).toMatchObject({
			error: 'invalid_token',
			error_description: 'Could not match JWT signature to any of the bindings',
		});
		expect((await exchange('gibberish')).json.error_description).toMatch(/incorrectly formatted/);
	});

	it('refuses clients that may not use it', async () => {
		const { clientId, clientSecret } = simulator.credential;
		const oauthClient = { client_id: text(clientId), client_secret: text(clientSecret) };
		expect((await exchange(jwt(), oauthClient)).status).toBe(401);
		expect((await exchange(jwt(), { client_id: 'unknown' })).status).toBe(400);
	});
});

describe('the gateway', () => {
	beforeEach(async () => await open());

	async function refused(headers: Record<string, string>, path = `${root}/profile`) {
		const { status, json, headers: sent } = await send('GET', path, { headers });
		return { status, json, requestId: sent.get('x-request-id') };
	}

	it('wants a known API key and a token', async () => {
		const headers = await signIn();
		expect(await refused({})).toMatchObject({ status: 403, json: { error_code: '403000' } });
		expect(await refused({ ...headers, 'x-api-key': 'other' })).toMatchObject({
			status: 403,
			json: { error_code: '403003', message: 'Api Key is invalid' },
		});
		const withoutSignIn = { 'x-api-key': headers['x-api-key'] ?? '' };
		const missing = await refused(withoutSignIn);
		expect(missing).toMatchObject({ status: 403, json: { error_code: '403010' } });
		expect(missing.requestId).toEqual(expect.any(String));
	});

	it('refuses tokens that are unknown, ended by the clock, revoked or of another client', async () => {
		const headers = await signIn();
		const notValid = { status: 401, json: { error_code: '401013' } };
		expect(await refused({ ...headers, authorization: 'Bearer other' })).toMatchObject(notValid);
		const ofOther = { ...headers, 'x-api-key': text(simulator.jwtCredential.clientId) };
		expect(await refused(ofOther)).toMatchObject(notValid);
		expect((await refused(headers)).status).toBe(200);
		now += 86_400_000;
		expect(await refused(headers)).toMatchObject(notValid);
		const fresh = await signIn();
		expect((await refused(fresh)).status).toBe(200);
		simulator.expireTokens();
		expect(await refused(fresh)).toMatchObject(notValid);
	});

	it('wants the scopes of Campaign and of the product context', async () => {
		const scopes = text(simulator.credential.scopes);
		const noCampaign = scopes.replace('campaign_sdk,', '');
		expect((await refused(await signIn(noCampaign))).json.error_code).toBe('403011');
		const noContext = scopes.replace('additional_info.projectedProductContext,', '');
		expect((await refused(await signIn(noContext))).json.error_code).toBe('403023');
	});

	it('tells a tenant of others from an unknown one', async () => {
		const headers = await signIn();
		const other = await refused(headers, '/othertenant/campaign/profileAndServices/profile');
		expect(other).toMatchObject({ status: 403, json: { error_code: '403023' } });
		const unknown = '/unknown/campaign/profileAndServices/profile';
		const message = 'Oops. Something went wrong. Check your URI and try again.';
		expect(await refused(headers, unknown)).toMatchObject({ json: { code: 400, message } });
		expect(await refused(headers, unknown)).toMatchObject({ json: { code: 500, message } });
	});
});

it('answers 429 with Retry-After above the limit, and never for tokens', async () => {
	await open({ requestsPerSecond: 2 });
	const headers = await signIn();
	const get = async () => await send('GET', `${root}/service`, { headers });
	expect([(await get()).status, (await get()).status]).toEqual([200, 200]);
	const refused = await get();
	expect(refused.status).toBe(429);
	expect(refused.json).toEqual({ error_code: '429050', message: 'Too many requests' });
	expect(refused.headers.get('retry-after')).toBe('1');
	expect((await oauth()).status).toBe(200);
	now += 1000;
	expect((await get()).status).toBe(200);
});

describe('lists', () => {
	it('give 25 records and the address of the next ones', async () => {
		await open({ profiles: 60 });
		const seen: unknown[] = [];
		let next: string | undefined = `${root}/profile`;
		for (let pages = 0; next !== undefined && pages < 5; pages++) {
			const { json } = await call('GET', next);
			seen.push(...contentOf(json).map(({ PKey }) => PKey));
			next = json.next === undefined ? undefined : hrefOf(json.next);
			if (next) expect(next.startsWith(simulator.url)).toBe(true);
			expect(json.serverSidePagination).toBe(true);
		}
		expect(seen).toHaveLength(60);
		expect(new Set(seen).size).toBe(60);
	});

	it('go on below the campaign root when addresses are relative', async () => {
		await open({ profiles: 30, relativeHrefs: true });
		const { json } = await call('GET', `${root}/profile`);
		expect(hrefOf(json.next)).toMatch(/^profileAndServices\/profile\/\?_lineStart=@/);
		const rest = await call('GET', `/exampletenant/campaign/${hrefOf(json.next)}`);
		expect(contentOf(rest.json)).toHaveLength(5);
	});

	it('take a cursor only in the address that it came in', async () => {
		await open({ profiles: 30 });
		const { json } = await call('GET', `${root}/profile`);
		const changed = `${hrefOf(json.next)}&_lineCount=10`;
		const { status, text: words } = await call('GET', changed);
		expect(status).toBe(500);
		expect(words).toContain('_lineStart');
	});

	it('of big tables end early unless paging is forced', async () => {
		await open({ profiles: 40, bigTableThreshold: 39 });
		const cut = await call('GET', `${root}/profile`);
		expect(cut.json).toMatchObject({ serverSidePagination: false });
		expect(cut.json.next).toBeUndefined();
		const forced = await call('GET', `${root}/profile?_forcePagination=true`);
		expect(forced.json.serverSidePagination).toBe(true);
		expect(contentOf((await call('GET', hrefOf(forced.json.next))).json)).toHaveLength(15);
	});

	it('are sorted in both directions', async () => {
		await open({ profiles: 40 });
		const emails = async (order: string) =>
			contentOf((await call('GET', `${root}/profile?_lineCount=40&_order=${order}`)).json).map(
				({ email }) => email,
			);
		const up = await emails('email');
		expect(up).toEqual([...up].sort());
		expect(await emails('email%20desc')).toEqual([...up].reverse());
		const unknown = await call('GET', `${root}/profile?_order=nothing`);
		expect(unknown).toMatchObject({ status: 500 });
		expect(unknown.text).toContain('XTK-170036');
	});

	it('are filtered, also by two filters', async () => {
		await open();
		const { email, lastName } = await firstProfile();
		const one = await call('GET', `${root}/profile/byEmail?email=${text(email)}`);
		expect(contentOf(one.json)).toHaveLength(1);
		expect(one.json.count).toMatchObject({ value: 1 });
		const many = await call('GET', `${root}/profile/byText?text=${text(lastName).toLowerCase()}`);
		expect(contentOf(many.json).length).toBeGreaterThan(1);
		const prefix = `${root}/profile/byText?filterType=lastName&text=`;
		const lower = await call('GET', prefix + text(lastName).toLowerCase());
		expect(contentOf(lower.json)).toHaveLength(0);
		const both = await call(
			'GET',
			`${root}/profile/byEmail/byText?email=${text(email)}&text=${text(lastName)}`,
		);
		expect(contentOf(both.json)).toHaveLength(1);
		const unknown = await call('GET', `${root}/profile/byNothing/byText?text=a`);
		expect(unknown).toMatchObject({ status: 404 });
	});

	it('can be projected on one attribute and counted', async () => {
		await open({ profiles: 3 });
		const emails = await call('GET', `${root}/profile/email`);
		expect(contentOf(emails.json).map((email) => text(email))).toHaveLength(3);
		const keys = await call('GET', `${root}/profile/PKey?_lineCount=1`);
		expect(text(contentOf(keys.json)[0])).toMatch(/^@/);
		expect(hrefOf(keys.json.count)).toContain('//_count?');
		const { json } = await call('GET', `${root}/profile//_count`);
		expect(json).toEqual({ count: 3 });
	});
});

describe('profiles', () => {
	beforeEach(async () => await open());

	it('are created, read, changed and deleted', async () => {
		const made = await call('POST', `${root}/profile`, {
			email: 'zoe.new@example.com',
			location: { city: 'Basel' },
		});
		expect(made.status).toBe(201);
		expect(made.json).toMatchObject({ gender: 'unknown', domain: 'example.com' });
		const path = `${root}/profile/${encodeURIComponent(text(made.json.PKey))}`;
		const changed = await call('PATCH', path, { lastName: 'New', location: { zipCode: '4000' } });
		expect(changed.status).toBe(200);
		expect(Object.keys(changed.json)).toEqual(['PKey', 'href']);
		const read = await call('GET', path);
		expect(read.json).toMatchObject({
			lastName: 'New',
			location: { city: 'Basel', zipCode: '4000' },
			created: '2026-01-16 08:00:01.000Z',
		});
		expect(read.json).not.toHaveProperty('href');
		const deleted = await call('DELETE', path);
		expect(deleted).toMatchObject({ status: 200, text: '' });
		expect(await call('GET', path)).toMatchObject({ status: 404 });
		expect(await call('DELETE', path)).toMatchObject({ status: 404 });
	});

	it('show extension fields, units and business keys under the extended root only', async () => {
		expect(await firstProfile()).not.toHaveProperty('cusCrmId');
		const extended = await firstProfile('Ext');
		expect(extended).toMatchObject({ cusCrmId: 'CRM-0001', orgUnit: { title: 'All (all)' } });
		const byKey = await call('GET', `${root}Ext/profile/CRM-0001`);
		expect(byKey.json.email).toBe(extended.email);
		expect(await call('GET', `${root}/profile/CRM-0001`)).toMatchObject({ status: 404 });
		const field = await call('PATCH', `${root}/profile/${text(extended.PKey)}`, { cusBrand: 'A' });
		expect(field).toMatchObject({
			status: 500,
			text: "'cusBrand' property is not valid for the 'profile' resource.",
		});
		const set = await call('PATCH', `${root}Ext/profile/CRM-0001`, { cusBrand: 'A' });
		expect(set.status).toBe(200);
	});

	it.each<[string, string, unknown, number, RegExp]>([
		[
			'a bad key',
			'/profile/@bad',
			{ lastName: 'X' },
			500,
			/^'bad' attribute unknown .*\nXTK-170036/,
		],
		['a business key', 'Ext/profile/NONE', { lastName: 'X' }, 404, /Unable to find document/],
		['a changed key', 'Ext/profile/CRM-0001', { cusCrmId: 'B' }, 500, /RST-360012 Inconsistent/],
		['a taken key', 'Ext/profile/CRM-0001', { cusCrmId: 'CRM-0001' }, 200, /PKey/],
		[
			'an enumeration',
			'Ext/profile/CRM-0001',
			{ gender: 'x' },
			500,
			/'x' is not valid for the 'nms:recipient:gender'/,
		],
		[
			'a read-only field',
			'Ext/profile/CRM-0001',
			{ age: 3 },
			500,
			/^Cannot update the 'age' property that is read-only\n/,
		],
		[
			'a wrong type',
			'Ext/profile/CRM-0001',
			{ blackList: 'yes' },
			500,
			/'blackList' must be boolean/,
		],
		['an address', 'Ext/profile/CRM-0001', { email: 'nobody' }, 500, /'email' data policy/],
		['a body that is no JSON', 'Ext/profile/CRM-0001', '{', 500, /is not a valid constant/],
		['a unit', 'Ext/profile/CRM-0001', { orgUnit: { PKey: '@bad' } }, 500, /xtk:orgUnit/],
	])('are changed by %s as documented', async (_what, path, body, status, words) => {
		const answer = await call('PATCH', `${root}${path}`, body);
		expect(answer.status).toBe(status);
		expect(answer.text).toMatch(words);
	});

	it('have unique business keys', async () => {
		const { status, text: words } = await call('POST', `${root}Ext/profile`, {
			cusCrmId: 'CRM-0001',
		});
		expect(status).toBe(500);
		expect(words).toMatch(/^A 'Profile' with the same key 'CRM-0001' already exists\.\nPGS-220000/);
	});
});

describe('services and subscriptions', () => {
	beforeEach(async () => await open());

	it('are created with a name of the server, read by name, changed and deleted', async () => {
		const made = await call('POST', `${root}/service`, { label: 'Autumn' });
		expect(made).toMatchObject({ status: 201, json: { name: 'SVC4', messageType: 'email' } });
		const path = `${root}/service/SVC4`;
		expect((await call('PATCH', path, { label: 'Winter' })).status).toBe(200);
		expect((await call('GET', path)).json.label).toBe('Winter');
		expect((await call('PATCH', path, { name: 'SVC9' })).text).toContain(
			"Cannot update key 'SVC4' to 'SVC9'",
		);
		expect((await call('POST', `${root}/service`, { name: 'SVC4' })).text).toContain(
			"A 'Service' with the same key 'SVC4' already exists.",
		);
		expect((await call('DELETE', path)).status).toBe(200);
		expect((await call('GET', path)).status).toBe(404);
	});

	it('are filtered by channel and text together', async () => {
		const path = `${root}/service/byChannel/byText?channel=email&text=sport`;
		expect(contentOf((await call('GET', path)).json)).toHaveLength(1);
	});

	it('open their subscriptions by the address that they show, not by their PKey', async () => {
		const { json: service } = await call('GET', `${root}/service/SVC2`);
		const profile = await firstProfile();
		const collection = hrefOf(service.subscriptions);
		expect(collection).not.toContain(text(service.PKey));
		const byHand = `${root}/service/${text(service.PKey)}/subscriptions`;
		expect(await call('GET', byHand)).toMatchObject({ status: 500 });
		const body = { subscriber: { PKey: profile.PKey } };
		const made = await call('POST', collection, body);
		expect(made).toMatchObject({ status: 201, json: { service: { name: 'SVC2' } } });
		expect((await call('POST', collection, body)).text).toContain('already exists');
		const { json } = await call('GET', collection);
		const [subscription] = contentOf(json);
		expect(subscription).toMatchObject({ subscriber: { email: profile.email } });
		expect((subscription?.subscriber as Json).PKey).not.toBe(profile.PKey);
		expect((await call('DELETE', hrefOf(subscription))).status).toBe(204);
		expect(contentOf((await call('GET', collection)).json)).toHaveLength(0);
		expect((await call('GET', `${root}/service/SVC2`)).status).toBe(200);
	});

	it('are made from the side of the profile as well', async () => {
		const { json: service } = await call('GET', `${root}/service/SVC3`);
		const collection = hrefOf((await firstProfile()).subscriptions);
		const before = contentOf((await call('GET', collection)).json).length;
		const made = await call('POST', collection, { service: { PKey: service.PKey } });
		expect(made.status).toBe(201);
		const after = contentOf((await call('GET', collection)).json);
		expect(after).toHaveLength(before + 1);
		const last = after.find(({ serviceName }) => serviceName === 'SVC3');
		expect((await call('GET', hrefOf(last))).json.serviceName).toBe('SVC3');
	});
});

describe('units, descriptions and unknown paths', () => {
	beforeEach(async () => await open());

	it('lists and changes organizational units', async () => {
		const { json } = await call('GET', `${root}Ext/orgUnitBase`);
		const [unit] = contentOf(json);
		const path = `${root}Ext/orgUnitBase/${text(unit?.PKey)}`;
		expect((await call('PATCH', path, { label: 'Everyone' })).status).toBe(200);
		expect((await call('GET', path)).json.title).toBe('Everyone (all)');
	});

	it('describes a resource and lists the extended ones', async () => {
		const { json } = await call('GET', `${root}/resourceType/profile`);
		expect(json.content).toMatchObject({
			gender: { type: 'enumeration', values: { male: { name: 'male' } } },
			age: { readOnly: true },
		});
		expect((await call('GET', `${root}Ext`)).json).toMatchObject({ orgUnitBase: {} });
		expect((await call('GET', `${root}/resourceType/orgUnitBase`)).status).toBe(404);
	});

	it.each([`${root}/nothing`, `${root}Ext/cusNothing`, `${root}Ext/profile/byNothing`])(
		'does not know %s',
		async (path) => {
			const { status, text: words } = await call('GET', path);
			expect(status).toBe(404);
			expect(words).toMatch(/Error rc=-2003|Unable to find document/);
		},
	);

	it('refuses parameters that are not described', async () => {
		const { status, text: words } = await call('GET', `${root}/profile?limit=5`);
		expect(status).toBe(500);
		expect(words).toContain("'limit' is not known");
	});
});

it('forgets everything on reset', async () => {
	await open();
	await call('DELETE', `${root}/service/SVC1`);
	simulator.reset();
	expect((await call('GET', `${root}/service/SVC1`)).status).toBe(200);
	expect(simulator.tokenRequests()).toBe(1);
});

describe('workflows', () => {
	const execution = '/exampletenant/campaign/workflow/execution';
	beforeEach(async () => await open());

	const triggerOf = async (name: string) => {
		const { json } = await call('GET', `${execution}/WKF1`);
		const { activity } = json.activities as { activity: Record<string, { trigger: Json }> };
		return hrefOf(activity[name]?.trigger);
	};

	it('know the four commands in lower case', async () => {
		expect((await call('POST', `${execution}/WKF1/commands`, { method: 'pause' })).status).toBe(
			200,
		);
		expect((await call('POST', `${execution}/WKF1/commands`, { method: 'Pause' })).status).toBe(
			500,
		);
	});

	it('take no signal while they do not run, nor without a source', async () => {
		const href = await triggerOf('signal2');
		expect((await call('POST', href, {})).status).toBe(500);
		await call('POST', `${execution}/WKF1/commands`, { method: 'stop' });
		now += 5_000;
		expect((await call('POST', href, { source: 'API' })).text).toMatch(/is not running/);
	});

	it('answer a second signal within ten minutes by a text', async () => {
		const href = await triggerOf('signal1');
		expect((await call('POST', href, { source: 'API' })).json).toEqual({});
		const soon = await call('POST', href, { source: 'API' });
		expect(soon).toMatchObject({ status: 200, text: 'this is a call within restricted period' });
	});
});

describe('transactional events', () => {
	const campaign = '/exampletenant/campaign';
	beforeEach(async () => await open());

	it('are echoed with empty values, and get their status with time', async () => {
		const body = { email: 'a@example.com', ctx: { a: 'x', list: [{ b: 'y' }] } };
		const sent = await call('POST', `${campaign}/mcexamplemc/EVTcart`, body);
		expect(sent).toMatchObject({
			status: 201,
			json: { email: '', ctx: { a: '', list: [{ b: '' }] }, status: 'pending', type: '' },
		});
		const statusOf = async () =>
			(await call('GET', `${campaign}/${text(sent.json.href)}`)).json.status;
		now += 4_000;
		expect(await statusOf()).toBe('processing');
		now += 5_000;
		expect(await statusOf()).toBe('processed');
	});

	it('end too old when they expire, and without a target when no profile fits', async () => {
		const old = { email: 'a@example.com', expiration: '2020-01-01 08:00:00.000Z' };
		const first = await call('POST', `${campaign}/mcexamplemc/EVTcart`, old);
		const none = { ctx: { email: 'nobody@example.com' } };
		const second = await call('POST', `${campaign}/mcexamplemc/EVTbirthday`, none);
		now += 10_000;
		const statusOf = async ({ json }: { json: Json }) =>
			(await call('GET', `${campaign}/${text(json.href)}`)).json.status;
		expect(await statusOf(first)).toBe('tooOld');
		expect(await statusOf(second)).toBe('targetingFailed');
	});

	it.each<[string, unknown, number, RegExp]>([
		['mcexampletenant/EVTcart', { email: 'a@example.com' }, 404, /rc=-2003/],
		['mcexamplemc/EVTother', { email: 'a@example.com' }, 404, /rc=-2003/],
		['mcexamplemc/EVTcart', { ctx: {} }, 500, /The 'email' field of the event is mandatory/],
		['mcexamplemc/EVTcart', { email: 'a', mobilePhone: '1' }, 500, /'mobilePhone' property is not/],
		['mcexamplemc/EVTcart', { email: 'a', other: '1' }, 500, /'other' property is not valid/],
		['mcexamplemc/EVTcart', { email: 'a', scheduled: 'soon' }, 500, /not a valid constant/],
	])('are refused at %s with %j', async (path, body, status, words) => {
		const refused = await call('POST', `${campaign}/${path}`, body);
		expect(refused.status).toBe(status);
		expect(refused.text).toMatch(words);
	});
});

describe('custom resources and filters', () => {
	const campaign = '/exampletenant/campaign';
	beforeEach(async () => await open());

	it.each<[string, number]>([
		['profileAndServicesExt/cusTransaction', 200],
		['customResources/cusStaging', 200],
		['customResources/cusTransaction', 404],
		['profileAndServicesExt/cusStaging', 404],
		['profileAndServicesExt/cusTransaction/byAmount?amount_parameter=100', 200],
		['profileAndServicesExt/cusTransaction/byNothing', 404],
		['profileAndServicesExt/profile/byBrand?brand_parameter=A', 200],
		['profileAndServices/profile/byBrand/byText?brand_parameter=A&text=a', 404],
		['profileAndServicesExt/profile/birthday?day=2026-01-01', 200],
		['profileAndServicesExt/profile/byStaticAudience/_count?audience=AUD1', 200],
		['profileAndServicesExt/profile/byStaticAudience/_count?audience=AUD9', 404],
		['profileAndServices/service/byPlanning?startDate=2026-01-01', 500],
	])('are found where they are published: %s', async (path, status) => {
		expect((await call('GET', `${campaign}/${path}`)).status).toBe(status);
	});

	it('list the filters of a resource behind its description', async () => {
		const { json } = await call('GET', `${root}Ext/resourceType/profile`);
		const { status, json: filters } = await call('GET', hrefOf(json.filters));
		expect(status).toBe(200);
		expect(filters.byBrand).toMatchObject({
			data: '/profileAndServicesExt/profile/byBrand?brand_parameter=$value',
		});
	});

	it('refuse members of the wrong type', async () => {
		const path = `${root}Ext/cusTransaction`;
		expect((await call('POST', path, { amount: '7' })).text).toMatch(/'7' is not a valid constant/);
		expect((await call('POST', path, { PKey: '@a' })).text).toMatch(/read-only/);
	});
});

describe('marketing history', () => {
	beforeEach(async () => await open());

	it('opens events at their own address only', async () => {
		const { json } = await call('GET', `${root}/history/byEmail?email=amy.archer.0001@example.com`);
		const [history] = contentOf(json);
		const events = await call('GET', hrefOf(history?.events));
		expect(events.status).toBe(200);
		const made = await call('GET', `${root}/history/${text(history?.PKey)}/events`);
		expect(made).toMatchObject({
			status: 500,
			text: expect.stringContaining('XTK-170036') as string,
		});
		const [message, , subscription] = contentOf(events.json);
		const page = await call('GET', hrefOf(message?.mirrorPage));
		expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
		expect(subscription).not.toHaveProperty('mirrorPage');
		const none = await call('GET', `${hrefOf(subscription)}/mirrorPage`);
		expect(none.status).toBe(404);
	});
});

describe('privacy requests', () => {
	const tool = '/exampletenant/campaign/privacy/privacyTool';
	const request = {
		name: 'PT1',
		namespaceName: 'defaultNamespace1',
		reconciliationValue: 'amy.archer.0001@example.com',
		label: 'Access',
		type: 'access',
		regulation: 'gdpr',
	};
	beforeEach(async () => await open());

	it('take their time, and give their data afterwards to who knows the name', async () => {
		const { status, json } = await call('POST', tool, request);
		expect(status).toBe(201);
		const data = hrefOf(json.privacyRequestData);
		expect((await call('POST', data, { name: 'PT1' })).text).toMatch(/There is no data/);
		now += 61_000;
		expect((await call('GET', hrefOf(json))).json.status).toBe('complete');
		expect((await call('POST', data, { name: 'PT2' })).status).toBe(404);
		const { text: answer } = await call('POST', data, { name: 'PT1' });
		expect(JSON.parse(answer)).toMatch(/^\{data:<gdprRequestData /);
	});

	it.each<[Json, number, RegExp]>([
		[{ regulation: 'GDPR' }, 500, /is not valid for the 'nms:gdprRequest:regulation' enumeration/],
		[{ namespaceName: 'none' }, 404, /Unable to find document with path 'Namespace'/],
		[{ type: 'forget' }, 500, /type/],
		[{ namespace: 'a' }, 500, /'namespace' property is not valid/],
	])('are refused with %j', async (changes, status, words) => {
		const refused = await call('POST', tool, { ...request, ...changes });
		expect(refused.status).toBe(status);
		expect(refused.text).toMatch(words);
	});
});

describe('fields', () => {
	beforeEach(async () => await open());
	const ext = '/exampletenant/campaign/profileAndServicesExt';
	const fieldsOf = async (path: string) => {
		const { json } = await call('GET', path);
		return json.content as Record<string, Json>;
	};

	it('are described with type, label and what may be written', async () => {
		const fields = await fieldsOf(`${ext}/resourceType/profile`);
		expect(fields.email).toMatchObject({
			apiName: 'email',
			type: 'string',
			label: 'Email',
			length: '128',
			dataPolicy: 'email',
			mandatory: false,
			readOnly: false,
			sortable: true,
		});
		expect(fields.age).toMatchObject({ type: 'number', readOnly: true, sortable: false });
		expect(fields.birthDate).toMatchObject({ type: 'date', resType: 'date' });
		expect(fields.cusLastVisit).toMatchObject({ type: 'datetime', resType: 'datetime' });
		expect(fields.cusVip).toMatchObject({ type: 'boolean', sortable: true });
		expect(fields.cusPoints).toMatchObject({ type: 'number' });
		expect(fields.cusTier).toMatchObject({
			type: 'enumeration',
			values: { gold: { label: 'Gold tier', name: 'gold', value: '2' } },
		});
		expect(fields.orgUnit).toMatchObject({ type: 'link', resTarget: 'orgUnitBase' });
		expect(fields.subscriptions).toMatchObject({ type: 'collection', sortable: false });
		expect(fields.location).toMatchObject({ type: 'item', readOnly: false });
		expect(fields.lastModified).toMatchObject({ readOnly: true, sortable: true });
		const custom = await fieldsOf(`${ext}/resourceType/cusTransaction`);
		expect(custom.transactionId).toMatchObject({ mandatory: true });
	});

	it('of the company are described under the extended root only', async () => {
		const standard = Object.keys(await fieldsOf(`${root}/resourceType/profile`));
		const extended = Object.keys(await fieldsOf(`${ext}/resourceType/profile`));
		expect(extended.filter((name) => !standard.includes(name))).toEqual([
			'cusBrand',
			'cusCrmId',
			'cusLastVisit',
			'cusPoints',
			'cusTier',
			'cusVip',
			'orgUnit',
		]);
		expect(standard).toHaveLength(extended.length - 7);
	});

	it('are those that records show', async () => {
		for (const [path, name] of [
			[ext, 'profile'],
			[ext, 'service'],
			[ext, 'cusTransaction'],
			['/exampletenant/campaign/customResources', 'cusStaging'],
		]) {
			const { json } = await call('GET', `${path}/${name}?_lineCount=1`);
			const shown = Object.keys(contentOf(json)[0] ?? {}).filter((field) => field !== 'href');
			const described = Object.keys(await fieldsOf(`${path}/resourceType/${name}`));
			expect(shown.sort()).toEqual(described.sort());
		}
	});

	it.each<[string, Json, string]>([
		['profile', { cusPoints: '7' }, "'7' is not a valid constant"],
		['profile', { cusVip: 'yes' }, "'yes' is not a valid constant"],
		['profile', { cusBrand: 7 }, "'7' is not a valid constant"],
		['profile', { cusLastVisit: 'soon' }, "'soon' is not a valid constant"],
		['profile', { cusTier: 'Gold tier' }, "The value 'Gold tier' is not valid for the"],
		['profile', { cusTier: '2' }, "'nms:recipient:cusTier' enumeration of the '@cusTier' field"],
		[
			'profile',
			{ cusNothing: 1 },
			"'cusNothing' property is not valid for the 'profile' resource.",
		],
		['profile', { preferredLanguage: 'xx' }, "enumeration of the '@preferredLanguage' field"],
		['profile', { title: 'a' }, "Cannot update the 'title' property that is read-only"],
		['profile', { subscriptions: {} }, "'subscriptions' property is not valid for the 'profile'"],
		['service', { builtIn: true }, "Cannot update the 'builtIn' property that is read-only"],
		['service', { nothing: true }, "'nothing' property is not valid for the 'service' resource."],
		['service', { start: '2026-09-01T00:00:00Z' }, "The body of the request is not valid: 'start'"],
		['cusTransaction', { transactionId: 'A', profile: 'x' }, "'x' is not a valid constant"],
		['cusTransaction', { transactionId: 'A', state: 'Paid' }, 'enumeration'],
		['cusTransaction', { transactionId: 'A', lastModified: '' }, 'read-only'],
		['cusTransaction', { amount: 1 }, "The 'transactionId' field is mandatory."],
		['cusTransaction', { transactionId: '' }, "The 'transactionId' field is mandatory."],
	])('refuse what they cannot hold: %s %j', async (table, body, words) => {
		const refused = await call('POST', `${ext}/${table}`, body);
		expect(refused.status).toBe(500);
		expect(refused.text).toContain(words);
	});

	it('take what they can hold, and give moments back in UTC', async () => {
		const values = {
			cusPoints: 7.5,
			cusVip: true,
			cusTier: 'gold',
			cusLastVisit: '2026-01-02T03:04:05+02:00',
			location: { city: 'Basel' },
		};
		const { status, json } = await call('POST', `${ext}/profile`, values);
		expect(status).toBe(201);
		expect(json).toMatchObject({
			...values,
			cusLastVisit: '2026-01-02 01:04:05.000Z',
			location: { city: 'Basel', zipCode: '' },
		});
		const change = await call('PATCH', `${ext}/profile/${text(json.PKey)}`, { cusLastVisit: '' });
		expect(change.status).toBe(200);
		const other = await call('PATCH', `${ext}/cusTransaction/T-0001`, { amount: 1 });
		expect(other.status).toBe(200);
	});
});

describe('lists that shift while they are read', () => {
	const order = (by: string) => `?_lineCount=3&_order=${encodeURIComponent(by)}`;
	const read = async (path: string) => {
		const emails: string[] = [];
		let next: string | undefined = path;
		while (next !== undefined) {
			const { json } = await call('GET', next);
			emails.push(...contentOf(json).map(({ email }) => text(email).split('@')[0] ?? ''));
			next = json.next === undefined ? undefined : hrefOf(json.next);
		}
		return emails;
	};
	/** Calls it once, before the second page. */
	const once = (change: (instance: AdobeCampaignStandardSimulator['instance']) => void) => {
		let isDone = false;
		return (instance: AdobeCampaignStandardSimulator['instance']) => {
			if (!isDone) change(instance);
			isDone = true;
		};
	};
	const fresh = async (betweenPages?: AdobeCampaignStandardOptions['betweenPages']) => {
		await open({ profiles: 0, betweenPages });
		for (const name of ['a', 'b', 'c', 'd', 'e']) {
			now += 1000;
			simulator.instance.addProfile({ email: `${name}@example.com` });
		}
		now += 1000;
	};

	it('are ordered by the last change, or by the creation', async () => {
		await fresh();
		simulator.instance.changeProfile('b@example.com', { firstName: 'Bea' });
		expect(await read(`${root}/profile${order('lastModified')}`)).toEqual([
			'a',
			'c',
			'd',
			'e',
			'b',
		]);
		const path = `${root}/profile${order('lastModified desc')}`;
		expect(await read(path)).toEqual(['b', 'e', 'd', 'c', 'a']);
		expect(await read(`${root}/profile${order('created desc')}`)).toEqual([
			'e',
			'd',
			'c',
			'b',
			'a',
		]);
	});

	it('show a record twice that moves behind the page', async () => {
		await fresh(once((instance) => instance.changeProfile('b@example.com', {})));
		const path = `${root}/profile${order('lastModified')}`;
		expect(await read(path)).toEqual(['a', 'b', 'c', 'd', 'e', 'b']);
	});

	it('miss one that moves before the page', async () => {
		await fresh(once((instance) => instance.changeProfile('b@example.com', {})));
		const path = `${root}/profile${order('lastModified desc')}`;
		expect(await read(path)).toEqual(['e', 'd', 'c', 'a']);
	});

	it('go on where the page ended, though its last record has gone or changed', async () => {
		await fresh(once((instance) => instance.removeProfile('c@example.com')));
		expect(await read(`${root}/profile?_lineCount=3`)).toEqual(['a', 'b', 'c', 'd', 'e']);
		await simulator.close();
		await fresh(
			once((instance) => instance.changeProfile('c@example.com', { email: 'z@x.example' })),
		);
		expect(await read(`${root}/profile${order('email')}`)).toEqual(['a', 'b', 'c', 'd', 'e', 'z']);
	});

	it('show what is added at the end', async () => {
		await fresh(once((instance) => instance.addProfile({ email: 'f@example.com' })));
		expect(await read(`${root}/profile?_lineCount=3`)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
	});

	it.each(['age', 'title', 'location', 'subscriptions', 'nothing', 'cusNothing'])(
		'cannot be ordered by %s',
		async (field) => {
			await fresh();
			const { status, text: words } = await call('GET', `${root}/profile${order(field)}`);
			expect(status).toBe(500);
			expect(words).toContain(`Unable to parse expression '@${field}'`);
		},
	);

	it('order numbers by their size', async () => {
		await open();
		const ext = '/exampletenant/campaign/profileAndServicesExt';
		await call('PATCH', `${ext}/cusTransaction/T-0003`, { amount: 20 });
		const { json } = await call('GET', `${ext}/cusTransaction?_order=amount`);
		expect(contentOf(json).map(({ amount }) => amount)).toEqual([20, 100, 200]);
	});
});

describe('what happens at the instance by itself', () => {
	beforeEach(async () => await open());
	const amy = 'amy.archer.0001@example.com';

	it('is seen through the API, with the times of the clock', async () => {
		const { instance } = simulator;
		now += 60_000;
		const email = instance.addProfile({ lastName: 'Zeller' });
		expect(instance.addProfile()).not.toBe(email);
		const find = async (address: string) => {
			const { json } = await call('GET', `${root}/profile/byEmail?email=${address}`);
			return contentOf(json)[0];
		};
		const at = new Date(now).toISOString().replace('T', ' ');
		expect(await find(email)).toMatchObject({ lastName: 'Zeller', created: at, lastModified: at });
		now += 60_000;
		instance.changeProfile(email, { lastName: 'Zellweger', location: { city: 'Bern' } });
		const changed = await find(email);
		expect(changed).toMatchObject({
			lastName: 'Zellweger',
			location: { city: 'Bern' },
			created: at,
		});
		expect(changed?.lastModified).not.toBe(at);
		instance.removeProfile(email);
		expect(await find(email)).toBeUndefined();
	});

	it('begins and ends subscriptions', async () => {
		const services = async () => {
			const { json } = await call('GET', `${root}/profile/byEmail?email=${amy}`);
			const [profile] = contentOf(json);
			const list = await call('GET', `${hrefOf(profile?.subscriptions)}?_order=created%20desc`);
			return contentOf(list.json);
		};
		now += 60_000;
		simulator.instance.subscribe(amy, 'SVC3');
		expect(await services()).toMatchObject([
			{ serviceName: 'SVC3', created: new Date(now).toISOString().replace('T', ' ') },
			{ serviceName: 'SVC1' },
		]);
		simulator.instance.unsubscribe(amy, 'SVC1');
		expect((await services()).map(({ serviceName }) => serviceName)).toEqual(['SVC3']);
		const { json } = await call('GET', `${root}/profile/byEmail?email=${amy}`);
		const path = hrefOf(contentOf(json)[0]?.subscriptions);
		expect((await call('GET', `${path}?_order=lastModified`)).status).toBe(500);
	});

	it('starts and stops workflows, which have a date for their next run while they are started', async () => {
		const next = async (id: string) => {
			const { json } = await call('GET', `/exampletenant/campaign/workflow/execution/${id}`);
			return text(json.nextProcessingDate);
		};
		expect(await next('WKF2')).toBe('');
		simulator.instance.setWorkflow('WKF2', 'started');
		const first = await next('WKF2');
		expect(Date.parse(first)).toBe(now + 3_600_000);
		now += 1_800_000;
		expect(await next('WKF2')).toBe(first);
		now += 1_800_000;
		expect(Date.parse(await next('WKF2'))).toBe(now + 3_600_000);
		simulator.instance.setWorkflow('WKF2', 'paused');
		expect(await next('WKF2')).toBe('');
	});

	it('makes privacy requests, which take their time', async () => {
		const states = async () =>
			contentOf((await call('GET', '/exampletenant/campaign/privacy/privacyTool')).json).map(
				({ name, status }) => [name, status],
			);
		const { instance } = simulator;
		const made = instance.requestPrivacy({ reconciliationValue: amy }, 3600);
		instance.requestPrivacy({ name: 'PT1' });
		now += 20_000;
		expect(await states()).toEqual([
			[made, 'new'],
			['PT1', 'errorDataNotFound'],
		]);
		now += 3_580_000;
		expect(await states()).toEqual([
			[made, 'complete'],
			['PT1', 'errorDataNotFound'],
		]);
	});

	it('shows a profile late that was created long ago', async () => {
		simulator.instance.addProfile({ email: 'late@example.com' }, now - 600_000);
		const { json } = await call('GET', `${root}/profile/byEmail?email=late@example.com`);
		const created = new Date(now - 600_000).toISOString().replace('T', ' ');
		expect(contentOf(json)).toMatchObject([{ created }]);
	});

	it('gives new keys when the instance is deployed anew', async () => {
		const first = async () => contentOf((await call('GET', `${root}/profile`)).json)[0];
		const before = await first();
		simulator.instance.redeploy();
		const after = await first();
		expect(after?.email).toBe(before?.email);
		expect(after?.PKey).not.toBe(before?.PKey);
		const old = await call('GET', `${root}/profile/${text(before?.PKey)}`);
		expect([old.status, old.text]).toEqual([500, expect.stringContaining('attribute unknown')]);
		expect((await call('GET', `${root}/profile/${text(after?.PKey)}`)).status).toBe(200);
	});

	it('is refused for what is not there', () => {
		const { instance } = simulator;
		expect(() => instance.requestPrivacy({ namespaceName: 'none' })).toThrow(
			'There is no namespace none',
		);
		expect(() => instance.changeProfile('none', {})).toThrow('There is no profile none');
		expect(() => instance.removeProfile('none')).toThrow('There is no profile none');
		expect(() => instance.subscribe(amy, 'none')).toThrow('There is no service none');
		expect(() => instance.unsubscribe('none', 'SVC1')).toThrow('There is no profile none');
		expect(() => instance.setWorkflow('none', 'stopped')).toThrow('There is no workflow none');
	});

	it('is forgotten by a reset', async () => {
		const email = simulator.instance.addProfile();
		simulator.reset();
		expect(() => simulator.instance.removeProfile(email)).toThrow('There is no profile');
		simulator.instance.removeProfile(amy);
		const { json } = await call('GET', `${root}/profile/_count`);
		expect(json).toEqual({ count: 129 });
	});
});

describe('the status of privacy requests', () => {
	beforeEach(async () => await open());

	it('changes with time, and the last change with it', async () => {
		const path = '/exampletenant/campaign/privacy/privacyTool';
		const ask = async (name: string, reconciliationValue: string) =>
			await call('POST', path, {
				name,
				label: name,
				type: 'access',
				regulation: 'gdpr',
				namespaceName: 'defaultNamespace1',
				reconciliationValue,
			});
		const since = now;
		await ask('PT1', 'amy.archer.0001@example.com');
		now += 1000;
		await ask('PT2', 'nobody@example.com');
		const states = async () => {
			const { json } = await call('GET', `${path}?_order=lastModified%20desc`);
			return contentOf(json).map(({ name, status, lastModified }) => [
				name,
				status,
				Date.parse(text(lastModified)) - since,
			]);
		};
		expect(await states()).toEqual([
			['PT2', 'new', 1000],
			['PT1', 'new', 0],
		]);
		now = since + 5500;
		expect(await states()).toEqual([
			['PT1', 'processing', 5000],
			['PT2', 'new', 1000],
		]);
		now = since + 60_000;
		expect(await states()).toEqual([
			['PT2', 'errorDataNotFound', 21_000],
			['PT1', 'complete', 20_000],
		]);
		expect((await call('GET', `${path}?_order=status`)).status).toBe(500);
	});
});
