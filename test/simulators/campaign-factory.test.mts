import { SCOPES, createCampaignFactorySimulator } from '../../demo/simulators/campaignFactory.mts';
import type {
	CampaignFactoryOptions,
	CampaignFactorySimulator,
} from '../../demo/simulators/campaignFactory.mts';
import type { Specification } from '../../demo/simulators/support.mts';
import specification from '../specs/campaign-factory.json' with { type: 'json' };

type Body = Record<string, unknown>;

interface Received {
	status: number;
	body: Body;
	headers: Headers;
}

let simulator: CampaignFactorySimulator;
let now = Date.UTC(2025, 2, 4);
const clock = () => now;

async function open(options: CampaignFactoryOptions = {}) {
	simulator = await createCampaignFactorySimulator({ clock, ...options });
}

async function send(
	method: string,
	path: string,
	body?: unknown,
	token?: string,
): Promise<Received> {
	const isForm = body instanceof FormData;
	const response = await fetch(`${simulator.url}${path}`, {
		method,
		headers: {
			...(token !== undefined && { authorization: `Bearer ${token}` }),
			...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
		},
		...(body !== undefined && {
			body: isForm || typeof body === 'string' ? body : JSON.stringify(body),
		}),
	});
	const text = await response.text();
	return {
		status: response.status,
		body: (text === '' ? {} : JSON.parse(text)) as Body,
		headers: response.headers,
	};
}

function grant(changes: Body = {}): Body {
	const { username, password, clientId, clientSecret } = simulator.credential;
	return {
		grant_type: 'password',
		username,
		password,
		client_id: clientId,
		client_secret: clientSecret,
		scope: SCOPES.join(' '),
		...changes,
	};
}

async function signIn(scope = SCOPES.join(' ')): Promise<string> {
	const { body } = await send('POST', '/oauth/token', grant({ scope }));
	return String(body.access_token);
}

const data = ({ body }: Received) => body.data as Body;
const rows = ({ body }: Received) => body.data as Body[];

afterEach(async () => {
	expect(simulator.faults).toEqual([]);
	await simulator.close();
	now = Date.UTC(2025, 2, 4);
});

describe('signing in', () => {
	it('gives a token for a year, and a refresh token that works once', async () => {
		await open();
		const first = await send('POST', '/oauth/token', grant());
		expect(first).toMatchObject({
			status: 200,
			body: { token_type: 'Bearer', expires_in: 31_536_000 },
		});
		const refresh = grant({
			grant_type: 'refresh_token',
			refresh_token: first.body.refresh_token,
		});
		for (const name of ['username', 'password', 'scope']) delete refresh[name];
		const second = await send('POST', '/oauth/token', refresh);
		expect(second.status).toBe(200);
		expect(
			(await send('GET', '/openapi/whoami', undefined, String(second.body.access_token))).status,
		).toBe(200);
		expect(await send('POST', '/oauth/token', refresh)).toMatchObject({
			status: 401,
			body: { error: 'invalid_request', message: 'The refresh token is invalid.' },
		});
		expect(simulator.tokenRequests()).toBe(3);
	});

	it.each([
		[{ password: 'Wrong(password)1' }, 400, 'invalid_grant'],
		[{ username: 'nobody@example.com' }, 400, 'invalid_grant'],
		[{ client_secret: 'wrong' }, 401, 'invalid_client'],
		[{ scope: 'api-access everything' }, 400, 'invalid_scope'],
		[{ grant_type: 'client_credentials' }, 400, 'unauthorized_client'],
		[{ grant_type: 'implicit' }, 400, 'unsupported_grant_type'],
		[{ password: undefined }, 400, 'invalid_request'],
		[{ audience: 'x' }, 400, 'invalid_request'],
	])('refuses %j', async (changes, status, error) => {
		await open();
		const body = grant(changes);
		if (body.grant_type === 'client_credentials') {
			delete body.username;
			delete body.password;
		}
		expect(await send('POST', '/oauth/token', body)).toMatchObject({ status, body: { error } });
	});

	it('ends tokens by the clock and at once', async () => {
		await open({ tokenLifeSeconds: 60 });
		const token = await signIn();
		const ask = async (given?: string) =>
			(await send('GET', '/openapi/accounts', undefined, given)).status;
		expect(await ask(token)).toBe(200);
		now += 60_000;
		expect(await ask(token)).toBe(401);
		const next = await signIn();
		simulator.expireTokens();
		expect(await ask(next)).toBe(401);
		expect(await ask('unknown')).toBe(401);
		expect(await ask()).toBe(401);
	});

	it('answers 401 with `error` for instances and with `message` elsewhere', async () => {
		await open();
		expect((await send('GET', '/openapi/instances')).body).toEqual({ error: 'Unauthenticated.' });
		expect((await send('GET', '/openapi/accounts')).body).toEqual({ message: 'Unauthenticated.' });
	});
});

describe('scopes', () => {
	it.each([
		['/openapi/accounts', 'manage-accounts'],
		['/openapi/instances', 'manage-instances'],
		['/openapi/locations', 'manage-locations'],
		['/openapi/users', 'manage-users'],
		['/openapi/roles', 'view-roles'],
		['/openapi/brandings', 'manage-brandings'],
		['/openapi/templates', 'manage-templates'],
		['/openapi/ip-pools', 'view-ip-pools'],
		['/openapi/whoami', 'api-access'],
	])('opens %s to %s only', async (path, scope) => {
		await open();
		const without = SCOPES.filter((one) => one !== scope).join(' ');
		expect((await send('GET', path, undefined, await signIn(scope))).status).toBe(200);
		expect(await send('GET', path, undefined, await signIn(without))).toMatchObject({
			status: 403,
			body: { message: 'Invalid scope(s) provided.' },
		});
	});

	it('wants both scopes for the instances of an account', async () => {
		await open();
		const [account] = rows(await send('GET', '/openapi/accounts', undefined, await signIn()));
		const path = `/openapi/accounts/${String(account?.uuid)}/instances`;
		expect((await send('GET', path, undefined, await signIn('manage-accounts'))).status).toBe(403);
		const both = await signIn('manage-accounts manage-instances');
		expect((await send('GET', path, undefined, both)).status).toBe(200);
	});

	it.each([
		['GET', '/openapi/customers'],
		['GET', '/openapi/db-servers'],
		['DELETE', '/openapi/ip-pools/5f3a0005-1c2d-4e3f-8a4b-9b8c7d6e0005'],
	])('keeps what is internal to the provider from everyone: %s %s', async (method, path) => {
		await open();
		expect(await send(method, path, undefined, await signIn())).toMatchObject({
			status: 403,
			body: { message: 'This action is unauthorized.' },
		});
	});

	it.each(['sender-domains', 'fonts', 'google-fonts', 'notifications', 'permissions'])(
		'opens /%s, whose scope nobody documents, to every token',
		async (root) => {
			await open();
			const token = await signIn('api-access');
			expect((await send('GET', `/openapi/${root}`, undefined, token)).status).toBe(200);
			expect(await send('GET', `/openapi/${root}`)).toMatchObject({
				status: 401,
				body: { message: 'Unauthenticated.' },
			});
		},
	);
});

describe('lists', () => {
	it('pages, with one instance to a page unless told otherwise', async () => {
		await open();
		const token = await signIn();
		const bare = await send('GET', '/openapi/instances', undefined, token);
		expect(rows(bare)).toHaveLength(1);
		expect(bare.body.meta).toMatchObject({ per_page: 1, last_page: 64, total: 64 });
		const third = await send('GET', '/openapi/instances?per_page=25&page=3', undefined, token);
		expect(rows(third)).toHaveLength(14);
		expect(third.body).toMatchObject({
			meta: { current_page: 3, from: 51, to: 64, last_page: 3 },
			links: { next: null, prev: `${simulator.url}/openapi/instances?page=2` },
		});
		expect((await send('GET', '/openapi/accounts', undefined, token)).body.meta).toMatchObject({
			per_page: 25,
		});
	});

	it('searches, sorts, filters and shows the trash', async () => {
		await open();
		const token = await signIn();
		const get = async (query: string) =>
			await send('GET', `/openapi/instances?per_page=100&${query}`, undefined, token);
		expect(rows(await get('search=STUDIO%2007')).map(({ name }) => name)).toEqual(['Studio 07']);
		const sorted = rows(await get('sort_column=name&sort_direction=desc'));
		expect([sorted[0]?.name, sorted[63]?.name]).toEqual(['Studio 64', 'Studio 01']);
		const [first] = rows(await get(''));
		const account = String(first?.account_uuid);
		expect(rows(await get(`account_uuid=${account}`)).map(({ name }) => name)).toEqual([
			'Studio 01',
			'Studio 29',
			'Studio 57',
		]);
		await send('DELETE', `/openapi/instances/${String(first?.uuid)}`, undefined, token);
		expect(rows(await get('trashed=only')).map(({ uuid }) => uuid)).toEqual([first?.uuid]);
		expect(rows(await get('trashed=with'))).toHaveLength(64);
		expect(rows(await get(''))).toHaveLength(63);
	});

	it.each([
		'per_page=0',
		'per_page=x',
		'sort_column=password',
		'sort_direction=up',
		'trashed=yes',
		'limit=5',
	])('refuses %s with 422', async (query) => {
		await open();
		const answer = await send('GET', `/openapi/instances?${query}`, undefined, await signIn());
		expect(answer.status).toBe(422);
		expect(Object.keys(answer.body.errors as Body)).toEqual([query.split('=')[0]]);
	});
});

describe('instances', () => {
	it('become active some time after they were created', async () => {
		await open({ jobSeconds: 30 });
		const token = await signIn();
		const made = await send('POST', '/openapi/instances', { name: 'New Studio' }, token);
		expect(made.status).toBe(201);
		expect(data(made)).toMatchObject({
			name: 'New Studio',
			subdomain: 'new-studio',
			active_at: null,
		});
		const path = `/openapi/instances/${String(data(made).uuid)}`;
		expect(data(await send('GET', path, undefined, token)).active_at).toBeNull();
		now += 30_000;
		expect(data(await send('GET', path, undefined, token)).active_at).toBe('2025-03-04T00:00:30Z');
	});

	it.each([
		[{}, 'name', 'The name field is required.'],
		[{ name: '' }, 'name', 'The name field is required.'],
		[{ name: 5 }, 'name', 'The name field must be string.'],
		[{ name: 'X', subdomain: 'studio-01' }, 'subdomain', 'The subdomain has already been taken.'],
		[{ name: 'X', colour: 'red' }, 'colour', 'The colour field is not known.'],
		[
			{ name: 'X', account_uuid: '00000000-0000-4000-8000-000000000000' },
			'account_uuid',
			'The selected account uuid is invalid.',
		],
		['{"name"', 'body', 'The body field is not valid JSON.'],
	])('are not made of %j', async (body, name, description) => {
		await open();
		expect(await send('POST', '/openapi/instances', body, await signIn())).toMatchObject({
			status: 422,
			body: { errors: [{ name, description, in: 'body' }] },
		});
	});

	it('take a change for many without a known effect', async () => {
		await open();
		const token = await signIn();
		const [row] = rows(await send('GET', '/openapi/instances', undefined, token));
		const ask = async (uuid: unknown) =>
			await send('PATCH', '/openapi/instances', { instance_uuids: [uuid], suspended: true }, token);
		expect((await ask(row?.uuid)).status).toBe(200);
		expect((await ask('00000000-0000-4000-8000-000000000000')).status).toBe(404);
	});

	it('change, go to the trash, and go for good', async () => {
		await open();
		const token = await signIn();
		const [first, second] = rows(
			await send('GET', '/openapi/instances?per_page=2', undefined, token),
		).map(({ uuid }) => `/openapi/instances/${String(uuid)}`);
		if (!first || !second) throw new Error('There are instances');
		const changed = await send('PATCH', first, { name: 'Renamed' }, token);
		expect(data(changed)).toMatchObject({ name: 'Renamed', subdomain: 'studio-01' });
		expect((await send('DELETE', first, undefined, token)).status).toBe(200);
		expect(await send('GET', first, undefined, token)).toMatchObject({
			status: 404,
			body: { message: 'Not found.', errors: [{ code: 404 }] },
		});
		expect((await send('DELETE', `${first}/force-delete`, undefined, token)).status).toBe(200);
		expect((await send('DELETE', `${first}/force-delete`, undefined, token)).status).toBe(404);
		const batch = { instance_uuids: [second.split('/').pop()] };
		expect((await send('PATCH', '/openapi/instances/delete', batch, token)).status).toBe(204);
		expect((await send('PATCH', '/openapi/instances/delete', batch, token)).status).toBe(404);
		expect((await send('GET', '/openapi/instances/7', undefined, token)).status).toBe(404);
	});
});

describe('accounts', () => {
	it('are kept while they have instances, else trashed, restored and removed', async () => {
		await open();
		const token = await signIn();
		const all = rows(await send('GET', '/openapi/accounts?per_page=100', undefined, token));
		const [used, empty] = [all[0], all[29]].map((row) => String(row?.uuid));
		expect(await send('DELETE', `/openapi/accounts/${used}`, undefined, token)).toMatchObject({
			status: 412,
			body: { message: 'The account still has instances.' },
		});
		expect((await send('DELETE', `/openapi/accounts/${empty}`, undefined, token)).status).toBe(200);
		expect((await send('GET', `/openapi/accounts/${empty}`, undefined, token)).status).toBe(404);
		const body = { account_uuids: [empty] };
		expect((await send('PUT', '/openapi/accounts/restore', body, token)).status).toBe(200);
		expect(await send('PUT', '/openapi/accounts/restore', body, token)).toMatchObject({
			status: 422,
			body: { errors: { 'account_uuids.0': ['The selected account_uuids.0 is invalid.'] } },
		});
		expect((await send('PUT', '/openapi/accounts/bulk-delete', body, token)).status).toBe(200);
		expect((await send('PUT', '/openapi/accounts/force-delete', body, token)).status).toBe(200);
		expect((await send('PUT', '/openapi/accounts/restore', body, token)).status).toBe(422);
		expect(
			(await send('PUT', '/openapi/accounts/bulk-delete', { account_uuids: [used] }, token)).status,
		).toBe(422);
		expect(
			(await send('PUT', '/openapi/accounts/force-delete', { account_uuids: [used] }, token))
				.status,
		).toBe(412);
	});

	it('need all their fields', async () => {
		await open();
		const token = await signIn();
		const refused = await send('POST', '/openapi/accounts', { name: 'X' }, token);
		expect(refused).toMatchObject({
			status: 422,
			body: { message: 'The given data was invalid.' },
		});
		expect(Object.keys(refused.body.errors as Body).sort()).toEqual([
			'contact_limit',
			'customer_uuid',
			'monthly_email_limit',
		]);
		const [account] = rows(await send('GET', '/openapi/accounts', undefined, token));
		const made = await send(
			'POST',
			'/openapi/accounts',
			{
				name: 'X',
				contact_limit: 10,
				monthly_email_limit: 50,
				customer_uuid: account?.customer_uuid,
			},
			token,
		);
		expect(made.status).toBe(201);
		const path = `/openapi/accounts/${String(data(made).uuid)}`;
		expect((await send('PATCH', path, { contact_limit: -1 }, token)).status).toBe(422);
		expect(data(await send('PATCH', path, { contact_limit: 11 }, token))).toMatchObject({
			name: 'X',
			contact_limit: 11,
		});
	});

	it('have users that are attached, replaced and detached', async () => {
		await open();
		const token = await signIn();
		const [account] = rows(await send('GET', '/openapi/accounts', undefined, token));
		const people = rows(await send('GET', '/openapi/users?per_page=4', undefined, token)).map(
			({ uuid }) => String(uuid),
		);
		const path = `/openapi/accounts/${String(account?.uuid)}/users`;
		const members = async () =>
			rows(await send('GET', path, undefined, token)).map(({ uuid }) => uuid);
		expect(await members()).toEqual([people[0]]);
		await send('PATCH', path, { user_uuid: people[1] }, token);
		expect(await members()).toEqual(people.slice(0, 2));
		await send('PUT', path, { user_uuids: [people[2], people[3]] }, token);
		expect(await members()).toEqual(people.slice(2));
		await send('PUT', `${path}/bulk-detach`, { user_uuids: [people[2]] }, token);
		expect(await members()).toEqual([people[3]]);
		expect((await send('DELETE', `${path}/${people[3]}`, undefined, token)).status).toBe(200);
		expect((await send('DELETE', `${path}/${people[3]}`, undefined, token)).status).toBe(404);
		expect(await members()).toEqual([]);
	});
});

describe('users and roles', () => {
	it('checks a new user and never shows the password', async () => {
		await open();
		const token = await signIn();
		const create = async (body: unknown) => await send('POST', '/openapi/users', body, token);
		expect((await create({ name: 'Jo' })).status).toBe(422);
		expect((await create({ name: 'Jo', email: 'user2@example.com' })).status).toBe(422);
		expect((await create({ name: 'Jo', email: 'jo@example.com', password: 'short' })).status).toBe(
			422,
		);
		const made = await create({
			name: 'Jo',
			email: 'jo@example.com',
			password: 'Invented(password)2',
		});
		expect(made.status).toBe(201);
		expect(data(made)).not.toHaveProperty('password');
		const path = `/openapi/users/${String(data(made).uuid)}`;
		expect(data(await send('PATCH', path, { name: 'Joe' }, token)).name).toBe('Joe');
		expect((await send('DELETE', path, undefined, token)).status).toBe(200);
		expect((await send('GET', path, undefined, token)).status).toBe(404);
	});

	it('gives and takes roles and accounts', async () => {
		await open();
		const token = await signIn();
		const get = async (path: string) => rows(await send('GET', path, undefined, token));
		const [, user] = await get('/openapi/users');
		const roles = (await get('/openapi/roles')).map(({ uuid }) => uuid);
		const accounts = (await get('/openapi/accounts')).map(({ uuid }) => uuid);
		const path = `/openapi/users/${String(user?.uuid)}`;
		const held = async (kind: string) => (await get(`${path}/${kind}`)).map(({ uuid }) => uuid);
		expect(await send('PATCH', `${path}/roles`, { role_uuid: roles[2] }, token)).toMatchObject({
			body: { data: { message: 'Role attached successfully.' } },
		});
		expect(await held('roles')).toEqual([roles[2], roles[3]]);
		await send('PUT', `${path}/roles`, { role_uuids: [roles[0]] }, token);
		expect(await held('roles')).toEqual([roles[0]]);
		await send('DELETE', `${path}/roles/${String(roles[0])}`, undefined, token);
		expect(await held('roles')).toEqual([]);
		await send('PUT', `${path}/accounts`, { account_uuids: accounts.slice(0, 2) }, token);
		expect(await held('accounts')).toEqual(accounts.slice(0, 2));
		await send('PUT', `${path}/accounts/bulk-detach`, { account_uuids: [accounts[0]] }, token);
		expect(await held('accounts')).toEqual([accounts[1]]);
		expect(
			(await send('PUT', '/openapi/users/bulk-delete', { user_uuids: [user?.uuid] }, token)).status,
		).toBe(200);
	});

	it('keeps built-in roles and takes permissions as slugs', async () => {
		await open();
		const token = await signIn();
		const [builtIn] = rows(await send('GET', '/openapi/roles', undefined, token));
		const fixed = `/openapi/roles/${String(builtIn?.uuid)}`;
		expect((await send('PATCH', fixed, { name: 'X' }, token)).status).toBe(403);
		expect((await send('DELETE', fixed, undefined, token)).status).toBe(403);
		const create = async (permissions: string[]) =>
			await send('POST', '/openapi/roles', { name: 'X', slug: 'x', permissions }, token);
		expect((await create(['fly'])).status).toBe(422);
		const made = await create(['viewAccounts']);
		expect(data(made).permissions).toMatchObject([{ permission_slug: 'viewAccounts' }]);
		const path = `/openapi/roles/${String(data(made).uuid)}`;
		expect((await create(['viewAccounts'])).status).toBe(422);
		expect(data(await send('PATCH', path, { name: 'Y' }, token)).name).toBe('Y');
		expect(data(await send('GET', path, undefined, token)).name).toBe('Y');
		expect((await send('DELETE', path, undefined, token)).status).toBe(200);
	});

	it('leaves out `meta` where the description has none', async () => {
		await open();
		const token = await signIn();
		const [, , , viewer] = rows(await send('GET', '/openapi/roles', undefined, token));
		const users = await send(
			'GET',
			`/openapi/roles/${String(viewer?.uuid)}/users?per_page=20`,
			undefined,
			token,
		);
		expect(rows(users)).toHaveLength(20);
		expect(users.body).not.toHaveProperty('meta');
		const [location] = rows(await send('GET', '/openapi/locations', undefined, token));
		const path = `/openapi/locations/${String(location?.uuid)}`;
		expect(data(await send('GET', path, undefined, token)).name).toBe('US East');
		const instances = await send('GET', `${path}/instances?limit=5`, undefined, token);
		expect(rows(instances)).toHaveLength(5);
		expect(instances.body).not.toHaveProperty('meta');
	});
});

describe('brandings', () => {
	const picture = () => new Blob([Buffer.from('89504e470d0a1a0a', 'hex')], { type: 'image/png' });
	const form = (members: Record<string, string | Blob>) => {
		const data = new FormData();
		for (const [name, value] of Object.entries(members)) {
			if (typeof value === 'string') data.append(name, value);
			else data.append(name, value, 'logo.png');
		}
		return data;
	};

	it('are made of a form with pictures, which the record shows as addresses', async () => {
		await open();
		const token = await signIn();
		const [account] = rows(await send('GET', '/openapi/accounts', undefined, token));
		const made = await send(
			'POST',
			'/openapi/brandings',
			form({
				app_name: 'Northwind',
				branding_color: '#0F1B2D',
				account_uuid: String(account?.uuid),
				main_logo: picture(),
			}),
			token,
		);
		expect(made.status).toBe(201);
		const path = `/openapi/brandings/${String(data(made).uuid)}`;
		expect(data(made)).toMatchObject({
			app_name: 'Northwind',
			background_color: '#0F1B2D',
			primary_color: null,
			account_uuid: account?.uuid,
			main_logo: `${simulator.url}/storage/brandings/${String(data(made).uuid)}/main_logo-1.png`,
		});
		const changed = await send('PATCH', path, form({ app_name: '', mascot: picture() }), token);
		expect(data(changed)).toMatchObject({ app_name: null, background_color: '#0F1B2D' });
		expect(data(changed).mascot).toContain('mascot-2.png');
		expect(data(await send('GET', path, undefined, token))).toEqual(data(changed));
		expect((await send('DELETE', path, undefined, token)).status).toBe(200);
		expect((await send('GET', path, undefined, token)).status).toBe(404);
		expect((await send('PATCH', path, form({ app_name: 'X' }), token)).status).toBe(404);
	});

	it.each([
		[{ primary_color: 'blue' }, 'primary_color', 'The primary color format is invalid.'],
		[{ login_logo: 'logo.png' }, 'login_logo', 'The login logo must be an image.'],
		[
			{ favicon: new Blob(['x'], { type: 'text/plain' }) },
			'favicon',
			'The favicon must be an image.',
		],
		[{ app_name: new Blob(['x']) }, 'app_name', 'The app name field must be string.'],
		[{ background_color: '#fff' }, 'background_color', 'The background color field is not known.'],
		[{ _method: 'PATCH' }, '_method', 'The  method field is not known.'],
		[{ account_uuid: '7' }, 'account_uuid', 'The account uuid field must match format "uuid".'],
		[
			{ instance_uuid: '00000000-0000-4000-8000-000000000000' },
			'instance_uuid',
			'The selected instance uuid is invalid.',
		],
	])('are not made of %j', async (members: Record<string, string | Blob>, name, text) => {
		await open();
		expect(await send('POST', '/openapi/brandings', form(members), await signIn())).toMatchObject({
			status: 422,
			body: { message: 'The given data was invalid.', errors: { [name]: [text] } },
		});
	});

	it('are not made of JSON', async () => {
		await open();
		const answer = await send('POST', '/openapi/brandings', { app_name: 'X' }, await signIn());
		expect(answer.body.errors).toEqual({ body: ['The body field must be multipart/form-data.'] });
	});

	it('are not found by a POST, which the description does not have', async () => {
		await open();
		const token = await signIn();
		const [row] = rows(await send('GET', '/openapi/brandings', undefined, token));
		const path = `/openapi/brandings/${String(row?.uuid)}`;
		const posted = form({ app_name: 'X', _method: 'PATCH' });
		expect((await send('POST', path, posted, token)).status).toBe(405);
	});

	it('stay as they are where a PATCH is not read, and change by a POST that says PATCH', async () => {
		await open({ ignoresPatchForms: true });
		const token = await signIn();
		const [row] = rows(await send('GET', '/openapi/brandings', undefined, token));
		const path = `/openapi/brandings/${String(row?.uuid)}`;
		const patched = await send('PATCH', path, form({ app_name: 'X' }), token);
		expect([patched.status, data(patched)]).toEqual([200, row]);
		expect((await send('POST', path, form({ app_name: 'X' }), token)).status).toBe(422);
		const posted = await send('POST', path, form({ app_name: 'X', _method: 'PATCH' }), token);
		expect(data(posted)).toEqual({ ...row, app_name: 'X', updated_at: '2025-03-04T00:00:00Z' });
	});
});

describe('sender domains', () => {
	const members = {
		sender_domain: 'post.example.com',
		bounce_domain: 'bounce.post.example.com',
		tracking_domain: 'unset.post.example.com',
		default_from_name: 'Northwind',
		default_from_email: 'news@post.example.com',
		esp: 'sparkpost',
	};

	it('are checked some time after they were created, and again on request', async () => {
		await open({ jobSeconds: 30 });
		const token = await signIn();
		const made = await send('POST', '/openapi/sender-domains', members, token);
		expect(made.status).toBe(201);
		expect(data(made)).toMatchObject({ sender_domain_validated: false });
		const path = `/openapi/sender-domains/${String(data(made).uuid)}`;
		now += 30_000;
		const checked = data(await send('GET', path, undefined, token));
		expect(checked).toMatchObject({
			sender_domain_validated: true,
			tracking_domain_validated: false,
			tracking_domain_details: 'The CNAME record was not found.',
		});
		now += 1000;
		const again = await send('POST', `${path}/reattempt-validation`, undefined, token);
		expect(again).toMatchObject({ status: 200, body: { message: 'The validation was started.' } });
		expect(data(await send('GET', path, undefined, token)).updated_at).toBe(checked.updated_at);
		now += 30_000;
		expect(data(await send('GET', path, undefined, token)).updated_at).toBe('2025-03-04T00:01:01Z');
	});

	it.each([
		[{ sender_domain: undefined }, 'sender_domain', 'The sender domain field is required.'],
		[{ sender_domain: 'a domain' }, 'sender_domain', 'The sender domain format is invalid.'],
		[
			{ sender_domain: 'gmail.com' },
			'sender_domain',
			'The sender domain must not be a free mail domain.',
		],
		[
			{ sender_domain: 'mail.example.com' },
			'sender_domain',
			'The sender domain has already been taken.',
		],
		[{ default_from_email: 'x' }, 'default_from_email', 'must match format "email"'],
		[{ tls: true }, 'tls', 'The tls field is not known.'],
	])('are not made with %j', async (changes, name, text) => {
		await open();
		const body = { ...members, ...changes };
		const answer = await send('POST', '/openapi/sender-domains', body, await signIn());
		expect(answer.status).toBe(422);
		expect(Object.keys(answer.body)).toEqual(['errors']);
		expect(JSON.stringify((answer.body.errors as Body)[name])).toContain(
			JSON.stringify(text).slice(1, -1),
		);
	});

	it('refuse a change in plain texts, and go to the trash', async () => {
		await open();
		const token = await signIn();
		const [row] = rows(await send('GET', '/openapi/sender-domains', undefined, token));
		const path = `/openapi/sender-domains/${String(row?.uuid)}`;
		expect(await send('PATCH', path, { default_from_name: '' }, token)).toMatchObject({
			status: 422,
			body: { errors: { default_from_name: 'The default from name field is required.' } },
		});
		expect((await send('PATCH', path, { sender_domain: 'x.example.com' }, token)).status).toBe(422);
		const changed = await send('PATCH', path, { default_from_name: 'Post' }, token);
		expect(data(changed).default_from_name).toBe('Post');
		expect((await send('DELETE', path, undefined, token)).status).toBe(200);
		expect((await send('GET', path, undefined, token)).status).toBe(404);
		const trash = await send('GET', '/openapi/sender-domains?trashed=only', undefined, token);
		expect(rows(trash).map(({ uuid }) => uuid)).toEqual([row?.uuid]);
	});

	it.each([
		['accounts', 'account_uuids', 'account_uuids'],
		['instances', 'instance_uuids', 'instances_uuids'],
	])('are given to %s and taken away', async (kind, added, removed) => {
		await open();
		const token = await signIn();
		const [domain] = rows(await send('GET', '/openapi/sender-domains', undefined, token));
		const path = `/openapi/sender-domains/${String(domain?.uuid)}/${kind}`;
		const all = rows(await send('GET', `/openapi/${kind}?per_page=3`, undefined, token));
		const [first, second, third] = all.map(({ uuid }) => uuid);
		const members = async () => {
			const list = `/openapi/sender-domains?with=${kind}`;
			const [row] = rows(await send('GET', list, undefined, token));
			return (row?.[kind] as Body[]).map(({ uuid }) => uuid);
		};
		expect(await members()).toEqual([first]);
		expect((await send('PUT', path, { [added]: [second, third] }, token)).status).toBe(200);
		expect(await members()).toEqual([first, second, third]);
		expect((await send('PUT', `${path}/delete`, { [removed]: [first] }, token)).status).toBe(200);
		expect(await members()).toEqual([second, third]);
		for (const [address, body] of [
			[path, { [added]: [] }],
			[path, { [added]: ['00000000-0000-4000-8000-000000000000'] }],
			[`${path}/delete`, { uuids: [second] }],
		] as const) {
			expect((await send('PUT', address, body, token)).status).toBe(422);
		}
		const nowhere = path.replace(String(domain?.uuid), '00000000-0000-4000-8000-000000000000');
		expect((await send('PUT', nowhere, { [added]: [second] }, token)).status).toBe(404);
	});

	it('load only the records that they have', async () => {
		await open();
		const answer = await send('GET', '/openapi/sender-domains?with=x', undefined, await signIn());
		expect(answer).toMatchObject({ status: 422, body: { errors: { with: [expect.anything()] } } });
	});
});

describe('templates, IP pools, fonts, notifications, permissions', () => {
	it('keeps templates, with whatever members they have', async () => {
		await open();
		const token = await signIn();
		const root = '/openapi/templates';
		expect((await send('POST', root, {}, token)).status).toBe(422);
		expect((await send('POST', root, { name: 'Retail starter' }, token)).status).toBe(422);
		const made = await send('POST', root, { name: 'Shop', locked: true }, token);
		expect(made).toMatchObject({ status: 201, body: { data: { name: 'Shop', locked: true } } });
		const path = `${root}/${String(data(made).uuid)}`;
		expect((await send('PATCH', path, { name: '' }, token)).status).toBe(422);
		expect(data(await send('PATCH', path, { name: 'Shops' }, token)).name).toBe('Shops');
		expect(data(await send('GET', path, undefined, token)).name).toBe('Shops');
		expect((await send('DELETE', path, undefined, token)).status).toBe(200);
		expect(rows(await send('GET', root, undefined, token))).toHaveLength(3);
	});

	it('shows IP pools', async () => {
		await open();
		const token = await signIn();
		const pools = rows(await send('GET', '/openapi/ip-pools?search=EU', undefined, token));
		expect(pools).toMatchObject([{ name: 'Tier 1 EU', alias: 'tier1-eu', region: 'eu' }]);
		const path = `/openapi/ip-pools/${String(pools[0]?.uuid)}`;
		expect(data(await send('GET', path, undefined, token))).toEqual(pools[0]);
		const sorted = await send('GET', '/openapi/ip-pools?sort_column=name', undefined, token);
		expect(sorted.status).toBe(422);
	});

	it('keeps fonts', async () => {
		await open();
		const token = await signIn();
		const font = { name: 'Shop', css_url: 'https://fonts.example.com/shop.css', stack: 'Shop' };
		const create = async (body: Body) => await send('POST', '/openapi/fonts', body, token);
		expect(await create({ ...font, name: 'Lato' })).toEqual(
			expect.objectContaining({
				status: 422,
				body: { errors: { name: ['The name has already been taken.'] } },
			}),
		);
		expect((await create({ ...font, css_url: 'here' })).status).toBe(422);
		expect((await create({ name: 'Shop' })).status).toBe(422);
		const made = await create(font);
		const path = `/openapi/fonts/${String(data(made).uuid)}`;
		expect(data(await send('PATCH', path, { name: 'Shop', stack: 'Shop, serif' }, token))).toEqual(
			expect.objectContaining({ name: 'Shop', stack: 'Shop, serif' }),
		);
		expect(data(await send('GET', path, undefined, token)).stack).toBe('Shop, serif');
		expect((await send('DELETE', path, undefined, token)).status).toBe(200);
		expect(rows(await send('GET', '/openapi/fonts', undefined, token))).toHaveLength(2);
		expect((await send('GET', '/openapi/google-fonts', undefined, token)).body).toEqual({
			data: ['Lato', 'Merriweather', 'Open Sans', 'Roboto'],
		});
	});

	it('marks notifications as read, once', async () => {
		await open();
		const token = await signIn();
		const [first] = rows(await send('GET', '/openapi/notifications', undefined, token));
		const path = `/openapi/notifications/${String(first?.uuid)}`;
		expect((await send('PATCH', path, { read: true }, token)).status).toBe(422);
		expect(data(await send('PATCH', path, undefined, token)).read_at).toBe('2025-03-04T00:00:00Z');
		now += 1000;
		expect(data(await send('PATCH', path, undefined, token)).read_at).toBe('2025-03-04T00:00:00Z');
		expect((await send('DELETE', path, undefined, token)).status).toBe(200);
		expect((await send('PATCH', path, undefined, token)).status).toBe(404);
	});

	it('lists the permissions that roles take', async () => {
		await open();
		const token = await signIn();
		const slugs = (await send('GET', '/openapi/permissions', undefined, token)).body.data;
		expect(slugs).toContain('viewAccounts');
		const role = { name: 'All', permissions: slugs };
		expect((await send('POST', '/openapi/roles', role, token)).status).toBe(201);
	});
});

describe('everything else', () => {
	it('has a behaviour for every operation without a body that is open to customers', async () => {
		await open();
		const token = await signIn();
		const { operations } = specification as unknown as Specification;
		for (const { method, path, audience, body } of Object.values(operations)) {
			if (body || audience === 'provider-internal') continue;
			const address = path.replace(/\{\w+\}/g, '5f3a0005-1c2d-4e3f-8a4b-9b8c7d6e0005');
			const { status } = await send(method, `/openapi${address}`, undefined, token);
			expect({ method, path, status }).not.toMatchObject({ status: 501 });
		}
	});

	it('answers 404 and 405 before it asks for a token', async () => {
		await open();
		expect((await send('GET', '/openapi/nothing')).status).toBe(404);
		expect((await send('POST', '/openapi/whoami')).status).toBe(405);
	});

	it('limits requests in its own form', async () => {
		await open({ requestsPerSecond: 2 });
		const token = await signIn();
		expect((await send('GET', '/openapi/whoami', undefined, token)).status).toBe(200);
		const limited = await send('GET', '/openapi/whoami', undefined, token);
		expect(limited).toMatchObject({ status: 429, body: { error: 'Too many requests.' } });
		expect(limited.headers.get('retry-after')).toBe('1');
		now += 1000;
		expect((await send('GET', '/openapi/whoami', undefined, token)).status).toBe(200);
	});

	it('starts again from the beginning', async () => {
		await open();
		const token = await signIn();
		const [row] = rows(await send('GET', '/openapi/instances', undefined, token));
		await send('DELETE', `/openapi/instances/${String(row?.uuid)}`, undefined, token);
		simulator.reset();
		expect(simulator.requests).toEqual([]);
		expect((await send('GET', '/openapi/whoami', undefined, token)).status).toBe(401);
		const again = await send('GET', '/openapi/instances', undefined, await signIn());
		expect(rows(again)[0]?.uuid).toBe(row?.uuid);
	});
});

describe('what happens by itself', () => {
	const read = async (path: string, token: string) =>
		rows(await send('GET', `/openapi/${path}`, undefined, token));

	it('instances are made, changed, suspended, and go; the times tell when', async () => {
		await open({ jobSeconds: 30 });
		const token = await signIn();
		const { factory } = simulator;
		const uuid = factory.createInstance('Studio A');
		const find = async () =>
			(await read('instances?per_page=100', token)).find((row) => row.uuid === uuid);
		const created = '2025-03-04T00:00:00Z';
		expect(await find()).toMatchObject({
			name: 'Studio A',
			subdomain: 'studio-a',
			active_at: null,
			created_at: created,
			updated_at: created,
		});
		now += 60_000;
		const active = '2025-03-04T00:00:30Z';
		expect(await find()).toMatchObject({ active_at: active, updated_at: active });
		factory.changeInstance('Studio A', { plan_name: 'large' });
		const later = '2025-03-04T00:01:00Z';
		expect(await find()).toMatchObject({
			plan_name: 'large',
			active_at: active,
			created_at: created,
			updated_at: later,
		});
		factory.suspendInstance('Studio A');
		expect(await find()).toMatchObject({ active_at: null, updated_at: later });
		now += 60_000;
		factory.unsuspendInstance('Studio A');
		expect(await find()).toMatchObject({ active_at: '2025-03-04T00:02:00Z' });
		factory.deleteInstance('Studio A');
		expect(await find()).toBeUndefined();
		expect(() => factory.deleteInstance('Studio A')).toThrow('There is no Studio A');
	});

	it('users come, also with an earlier time, and go', async () => {
		await open();
		const token = await signIn();
		simulator.factory.createUser('Late Lou', Date.UTC(2025, 1, 4));
		expect((await read('users?search=lou', token))[0]).toMatchObject({
			email: 'late.lou@example.com',
			created_at: '2025-02-04T00:00:00Z',
		});
		simulator.factory.deleteUser('Late Lou');
		expect(await read('users?search=lou', token)).toEqual([]);
	});

	it('checks of sender domains find what the DNS holds, some time later', async () => {
		await open({ jobSeconds: 30 });
		const token = await signIn();
		const { factory } = simulator;
		const find = async () =>
			(await read('sender-domains', token)).find((row) => row.sender_domain === 'mail.example.com');
		factory.setDns('bounce.mail.example.com', 'The CNAME record leads elsewhere.');
		factory.validate('mail.example.com');
		expect(await find()).toMatchObject({ bounce_domain_validated: true });
		now += 60_000;
		expect(await find()).toMatchObject({
			sender_domain_validated: true,
			bounce_domain_validated: false,
			bounce_domain_details: 'The CNAME record leads elsewhere.',
			updated_at: '2025-03-04T00:00:30Z',
		});
		factory.setDns('mail.example.com', true);
		factory.validate('mail.example.com');
		now += 60_000;
		expect(await find()).toMatchObject({
			bounce_domain_validated: true,
			bounce_domain_details: null,
		});
	});

	it.each([
		[false, ['B', 'A', 'Contact limit of account 3 reached']],
		[true, ['Contact limit of account 3 reached', 'A', 'B']],
	])('notifications come; the old ones first: %s', async (oldNotificationsFirst, expected) => {
		await open({ oldNotificationsFirst });
		const token = await signIn();
		const { factory } = simulator;
		const texts = async () =>
			(await read('notifications', token)).map(
				(row) => (JSON.parse(String(row.data)) as Body).message,
			);
		factory.notify('A');
		const uuid = factory.notify('B', 'App\\Notifications\\TrialEnds');
		const all = await texts();
		expect(all).toHaveLength(5);
		expect(all.filter((text) => expected.includes(String(text)))).toEqual(expected);
		expect(await read('notifications?search=trialends', token)).toMatchObject([
			{ uuid, read_at: null, created_at: '2025-03-04T00:00:00Z' },
		]);
		factory.deleteNotification(uuid);
		expect(await texts()).not.toContain('B');
	});

	it('lists shift before a further page is read, on request; a reset begins anew', async () => {
		const roots: string[] = [];
		await open({
			betweenPages: (factory, root) => {
				roots.push(root);
				factory.deleteInstance('Studio 01');
			},
		});
		const token = await signIn();
		const pageOne = await read('instances?per_page=25', token);
		expect(pageOne[0]?.name).toBe('Studio 01');
		const pageTwo = await send('GET', '/openapi/instances?per_page=25&page=2', undefined, token);
		// Studio 26 slipped onto the page that was read
		expect(rows(pageTwo)[0]?.name).toBe('Studio 27');
		expect(pageTwo.body.meta).toMatchObject({ total: 63 });
		expect(roots).toEqual(['instances']);
		const before = simulator.factory;
		simulator.reset();
		expect(simulator.factory).not.toBe(before);
		expect((await read('instances?per_page=25', await signIn()))[0]?.name).toBe('Studio 01');
	});
});
