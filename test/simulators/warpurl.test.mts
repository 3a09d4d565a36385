import type { WarpUrlOptions, WarpUrlSimulator } from '../../demo/simulators/warpUrl.mts';
import {
	DISABLED_KEY,
	PLAIN_USER,
	createWarpUrlSimulator,
} from '../../demo/simulators/warpUrl.mts';

type Data = Record<string, unknown>;
interface Envelope {
	control: { ResponseCode: number; TraceID: string };
	data: Data;
	message?: string;
}

const START = Date.UTC(2025, 2, 11, 8, 15, 42, 107);
const CLIENT = '#clt#4b7e2c10-0000-4000-8000-0a9d3e5b7f28';
const ADMIN = 'grace.admin';
let now = START;
let simulator: WarpUrlSimulator;
let token = '';

const setting = (name: string) => String(simulator.credential[name]);
const raw = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
	const response = await fetch(`${simulator.url}/prod${path}`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			'x-api-key': setting('apiKey'),
			authorization: token,
			...headers,
		},
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
	return { status: response.status, body: (await response.json()) as Envelope };
};
const call = async (path: string, data: Data, control: Data = {}) =>
	(await raw(path, { control, data })).body;
const ok = async (path: string, data: Data, control: Data = {}) => {
	const answer = await call(path, data, control);
	expect(answer.control).toMatchObject({ ResponseCode: 2000 });
	return answer.data;
};
const signIn = async (keyId = setting('keyId'), keyPassword = setting('keyPassword')) => {
	const data = await ok('/access_key/get_token', { key_id: keyId, key_password: keyPassword });
	token = String(data.idToken);
	return data;
};
const begin = async (options: WarpUrlOptions = {}) => {
	simulator = await createWarpUrlSimulator({ clock: () => now, jobSeconds: 8, ...options });
	await signIn();
};
const restart = async (options: WarpUrlOptions) => {
	await simulator.close();
	await begin(options);
};
const items = (data: Data) => data.Items as Data[];
const own = { client_id: CLIENT, username: ADMIN };

beforeEach(async () => {
	now = START;
	await begin();
});
afterEach(async () => {
	expect(simulator.faults).toEqual([]);
	await simulator.close();
});

describe('signing in', () => {
	it('gives an ID token with the claims of the user', async () => {
		const { refreshToken } = await signIn();
		const claims = JSON.parse(
			Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
		) as Data;
		expect(claims).toMatchObject({
			'custom:client_id': CLIENT,
			'cognito:username': ADMIN,
			aud: 'inventedappclient',
			exp: START / 1000 - 0.107 + 3600,
		});
		expect(refreshToken).toMatch(/^invented-refresh-token-/);
		expect(simulator.tokenRequests()).toBe(2);
	});

	it.each([
		['a wrong password', 'inventedKeyOfGrace021', 'wrong', 3001],
		['an unknown key', 'inventedKeyUnknown021', 'wrong', 3001],
		['a disabled key', DISABLED_KEY.keyId, DISABLED_KEY.keyPassword, 5001],
	])('refuses %s with 200', async (_title, id, password, code) => {
		const { status, body } = await raw('/access_key/get_token', {
			control: {},
			data: { key_id: id, key_password: password },
		});
		expect(status).toBe(200);
		expect(body.control.ResponseCode).toBe(code);
		expect(typeof body.data).toBe('string');
	});

	it('ends tokens by the clock and on request', async () => {
		const find = () => raw('/client/find', { control: {}, data: { client_id: CLIENT } });
		now += 3_599_000;
		expect((await find()).status).toBe(200);
		now += 2_000;
		const expired = { status: 401, body: { message: 'The incoming token has expired' } };
		expect(await find()).toEqual(expired);
		await signIn();
		expect((await find()).status).toBe(200);
		simulator.expireTokens();
		expect(await find()).toEqual(expired);
		await restart({ tokenLifeSeconds: 5 });
		now += 6_000;
		expect((await find()).status).toBe(401);
	});

	it('refreshes by refresh token, and by the key pair of the documentation', async () => {
		const { refreshToken } = await signIn();
		const pair = { key_id: setting('keyId'), key_password: setting('keyPassword') };
		for (const data of [
			{ refreshToken },
			{ refreshToken, key_id: setting('keyId') },
			pair,
		] as Data[]) {
			const answer = await ok('/access_key/refresh_token', data);
			expect(Object.keys(answer)).toEqual(['idToken']);
			token = String(answer.idToken);
			await ok('/client/find', { client_id: CLIENT });
		}
		for (const data of [{ refreshToken: 'other' }, { refreshToken, key_id: PLAIN_USER.keyId }]) {
			expect((await call('/access_key/refresh_token', data)).control.ResponseCode).toBe(3001);
		}
	});
});

describe('the gateway', () => {
	const find = { control: {}, data: { client_id: CLIENT } };

	it.each([
		['an unknown path', '/links/find', {}, 403, 'Missing Authentication Token'],
		['no token', '/client/find', { authorization: '' }, 401, 'Unauthorized'],
		['a strange token', '/client/find', { authorization: 'a.b.c' }, 401, 'Unauthorized'],
		['a wrong API key', '/client/find', { 'x-api-key': 'wrong' }, 403, 'Forbidden'],
		[
			'both wrong',
			'/client/find',
			{ 'x-api-key': 'wrong', authorization: 'a.b.c' },
			401,
			'Unauthorized',
		],
	])('refuses %s', async (_title, path, headers, status, message) => {
		expect(await raw(path, find, headers)).toEqual({ status, body: { message } });
	});

	it('wants the bare token, and the API key on the token calls', async () => {
		expect((await raw('/client/find', find, { authorization: `Bearer ${token}` })).status).toBe(
			401,
		);
		const pair = { key_id: setting('keyId'), key_password: setting('keyPassword') };
		const body = { control: {}, data: pair };
		expect((await raw('/access_key/get_token', body, { 'x-api-key': '' })).status).toBe(403);
		expect((await raw('/access_key/get_token', body, { authorization: '' })).status).toBe(200);
	});

	it('answers other methods like unknown paths', async () => {
		const response = await fetch(`${simulator.url}/prod/client/find`);
		expect(response.status).toBe(403);
		expect(await response.json()).toEqual({ message: 'Missing Authentication Token' });
	});

	it('limits requests without a Retry-After', async () => {
		await restart({ requestsPerSecond: 3 });
		const answers = await Promise.all([1, 2, 3].map(() => raw('/client/find', find)));
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
		expect(answers.find(({ status }) => status === 429)?.body).toEqual({
			message: 'Too Many Requests',
		});
		now += 1_100;
		expect((await raw('/client/find', find)).status).toBe(200);
	});
});

describe('what the application refuses, with status 200', () => {
	it.each([
		['no control', '/client/find', { data: { client_id: CLIENT } }, 5001, 'Control'],
		['no data', '/client/find', { control: {} }, 5002, 'Field: data'],
		['a body that is not JSON', '/client/find', '{', 5002, 'body'],
		['a missing member', '/link/create', { control: {}, data: own }, 5002, 'Field: long_url'],
		[
			'an unknown member',
			'/client/find',
			{ control: {}, data: { client_id: CLIENT, more: 1 } },
			5002,
			'Field: more',
		],
		[
			'a wrong type',
			'/access_key/update',
			{ control: {}, data: { key_id: 'a', enabled: 'yes' } },
			5002,
			'Field: enabled',
		],
		[
			'a limit of 100',
			'/link/paginate_user',
			{ control: {}, data: { username: ADMIN, Limit: 100 } },
			5002,
			'Field: Limit',
		],
		[
			'26 links at once',
			'/link/find_batch',
			{
				control: {},
				data: { link_ids: Array.from({ length: 26 }, (_, i) => `#lnk#/offer-${i + 1}`) },
			},
			5002,
			'Field: link_ids',
		],
		[
			'a page key of its own making',
			'/link/paginate_user',
			{ control: {}, data: { username: ADMIN, PageKey: '2' } },
			5002,
			'Field: PageKey',
		],
		[
			'a link that is not there',
			'/link/find',
			{ control: {}, data: { link_id: '#lnk#/none' } },
			5001,
			'Record does not exist',
		],
		[
			'another client',
			'/client/find',
			{ control: {}, data: { client_id: '#clt#other' } },
			3001,
			'Not allowed',
		],
	])('%s', async (_title, path, body, code, text) => {
		const answer = await raw(path, body);
		expect(answer.status).toBe(200);
		expect(answer.body.control.ResponseCode).toBe(code);
		expect(answer.body.control.TraceID).toMatch(/^[0-9a-f-]{36}$/);
		expect(answer.body.data).toContain(text);
	});

	it('what is not a plain user’s own', async () => {
		await signIn(PLAIN_USER.keyId, PLAIN_USER.keyPassword);
		await ok('/link/find', { link_id: '#lnk#/bot-1' });
		for (const [path, data] of [
			['/link/find', { link_id: '#lnk#/offer-1' }],
			['/link/find_batch', { link_ids: ['#lnk#/bot-1', '#lnk#/offer-1'] }],
			['/link/paginate_user', { username: ADMIN }],
			['/user/find', { client_id: CLIENT, username: ADMIN }],
			['/find/paginate_user', { client_id: CLIENT, user_type: '' }],
		] as Array<[string, Data]>) {
			expect((await call(path, data)).control.ResponseCode).toBe(3001);
		}
	});
});

describe('access keys', () => {
	it('come with their password once, two for each user', async () => {
		const key = await ok('/access_key/create', { ...own, key_name: 'n8n' });
		expect(key).toMatchObject({
			client_id: CLIENT,
			user_id: `#usr#${ADMIN}`,
			key_name: 'n8n',
			enabled: true,
			created_at: '2025-03-11 08:15:42.107',
		});
		const { key_password: password, ...shown } = key;
		expect(await ok('/access_key/find_user_keys', own)).toEqual([
			expect.objectContaining({ key_id: setting('keyId') }),
			shown,
		]);
		expect(await call('/access_key/create', { ...own, key_name: 'third' })).toMatchObject({
			control: { ResponseCode: 5001 },
		});
		await signIn(String(key.key_id), String(password));
		expect(await ok('/access_key/delete', { key_id: setting('keyId') })).toEqual({
			key_id: setting('keyId'),
		});
		await ok('/access_key/create', { ...own, key_name: 'third' });
	});

	it('keep their label when it is left out or empty', async () => {
		const id = setting('keyId');
		await ok('/access_key/update', { key_id: id, key_name: 'Renamed', enabled: true });
		for (const name of [{}, { key_name: '' }]) {
			const key = await ok('/access_key/update', { key_id: id, enabled: false, ...name });
			expect(key).toMatchObject({ key_name: 'Renamed', enabled: false });
		}
		expect(await ok('/access_key/find_user_keys', { key_id: id })).toMatchObject({ key_id: id });
	});
});

describe('links', () => {
	it('get a slug, a name and their campaign', async () => {
		const { Items } = await ok('/campaign/paginate_user', { username: ADMIN });
		const [{ campaign_id: campaign } = {}] = Items as Data[];
		const link = await ok('/link/create', {
			...own,
			long_url: 'https://shop.example.com/a',
			tags: ['x'],
			campaign_id: campaign,
			campaign_channel: 'Fax',
		});
		expect(link.short_url).toMatch(/^\/[1-9a-zA-Z]{6}$/);
		expect(link).toMatchObject({
			link_id: `#lnk#${String(link.short_url)}`,
			name: 'https://shop.example.com/a',
			campaign_name: 'Events',
			campaign_channel: 'Fax',
			clicks: 0,
		});
		expect(link).not.toHaveProperty('tags');
		expect(await ok('/campaign/find', { username: ADMIN, campaign_id: campaign })).toMatchObject({
			channels: ['Email', 'SMS', 'Fax'],
		});
		expect(await ok('/link/find', { link_id: link.link_id })).toEqual({ link });
		expect(await ok('/link/find', { link_id: link.link_id }, { Include: ['tags'] })).toEqual({
			link,
			tags: ['x'],
		});
		expect(await ok('/link/find_tags', { link_id: link.link_id, client_id: CLIENT })).toEqual({
			Items: ['x'],
		});
	});

	it('refuse a taken slug and a channel without a campaign', async () => {
		const create = async (more: Data) =>
			(await call('/link/create', { ...own, long_url: 'https://a.example', ...more })).control
				.ResponseCode;
		expect(await create({ short_url: '/new' })).toBe(2000);
		expect(await create({ short_url: '/new' })).toBe(5001);
		expect(await create({ short_url: '/New' })).toBe(2000);
		expect(await create({ campaign_channel: 'Email' })).toBe(5002);
		expect(await create({ campaign_id: '#cmp#none' })).toBe(5001);
		expect(await create({ username: 'nobody' })).toBe(5001);
	});

	it('are replaced as a whole by an update', async () => {
		const link = await ok('/link/update', {
			link_id: '#lnk#/offer-2',
			long_url: 'https://shop.example.com/b',
		});
		expect(link).toMatchObject({ name: 'https://shop.example.com/b', short_url: '/offer-2' });
		expect(link).not.toHaveProperty('campaign_id');
	});

	it('change tags, visibility and cache, and go', async () => {
		const id = '#lnk#/offer-10';
		await ok('/link/update_tags', { link_id: id, client_id: CLIENT, tags: null });
		expect((await ok('/link/find', { link_id: id }, { Include: ['tags'] })).tags).toEqual([]);
		const many = { client_id: CLIENT, link_ids: [id, '#lnk#/offer-11'] };
		expect(await ok('/link/update_hidden', { ...many, hidden: true })).toEqual({
			...many,
			hidden: true,
		});
		expect((await ok('/link/find', { link_id: id })).link).toMatchObject({ hidden: true });
		expect(await ok('/link/invalidate', many)).toBe(true);
		expect(await ok('/link/delete', { ...many, invalidate: false })).toEqual({
			...many,
			invalidate: false,
		});
		expect((await call('/link/find', { link_id: id })).control.ResponseCode).toBe(5001);
	});

	it('come newest first, in pages that may be short, to a null page key', async () => {
		const sizes: number[] = [];
		const seen: unknown[] = [];
		let key: unknown = null;
		do {
			const data = await ok('/link/paginate_user', { username: ADMIN, Limit: 99, PageKey: key });
			sizes.push(items(data).length);
			seen.push(...items(data).map(({ short_url: slug }) => slug));
			if (sizes.length === 1) {
				// The record that ended the page may go before the next page is read
				await ok('/link/delete', {
					client_id: CLIENT,
					link_ids: [items(data).at(-1)?.link_id],
					invalidate: false,
				});
				await ok('/link/create', { ...own, long_url: 'https://a.example', short_url: '/late' });
			}
			key = data.PageKey;
		} while (key !== null);
		expect(sizes).toEqual([60, 60, 10]);
		expect(seen[0]).toBe('/offer-130');
		expect(seen).not.toContain('/late');
	});

	it('end with an empty page where the last one was full', async () => {
		const first = await ok('/campaign/paginate_user', { username: ADMIN, Limit: 3 });
		expect(items(first)).toHaveLength(3);
		expect(
			await ok('/campaign/paginate_user', { username: ADMIN, Limit: 3, PageKey: first.PageKey }),
		).toEqual({ Items: [], PageKey: null });
	});

	it('are found in batches, in any order, without those that are not there', async () => {
		const ids = ['#lnk#/offer-1', '#lnk#/none', '#lnk#/offer-2', '#lnk#/offer-1'];
		const data = await ok('/link/find_batch', { link_ids: ids });
		expect(items(data).map(({ link_id: id }) => id)).toEqual(['#lnk#/offer-2', '#lnk#/offer-1']);
		expect(data.PageKey).toBeNull();
	});

	it('count clicks, five minutes late', async () => {
		const link = async () => (await ok('/link/find', { link_id: '#lnk#/bot-1' })).link as Data;
		const visit = await fetch(`${simulator.url}/go/bot-1`, { redirect: 'manual' });
		expect(visit.status).toBe(302);
		expect(visit.headers.get('location')).toBe('https://blog.example.com/posts/1');
		expect((await fetch(`${simulator.url}/go/nowhere`)).status).toBe(404);
		expect((await link()).clicks).toBe(0);
		now += 301_000;
		expect(await link()).toMatchObject({ clicks: 1, clicks_day: 1, clicks_month: 1 });
		const links = ['#lnk#/bot-1', '#lnk#/bot-2'];
		const batch = async (period: string, value: string) =>
			items(await ok('/link/find_batch_history', { link_ids: links, period, period_value: value }));
		expect(await batch('hourly', '2025-03-11')).toMatchObject([
			{ for: 'hourly', link_id: '#lnk#/bot-1', views: { 8: 1 } },
		]);
		expect(await batch('daily', '2025-03')).toMatchObject([{ views: { 11: 1 }, os: {} }]);
		const wrong = { link_ids: links, period: 'daily', period_value: '2025-03-11' };
		expect((await call('/link/find_batch_history', wrong)).control.ResponseCode).toBe(5002);
		const months = { ...own, username: PLAIN_USER.username, period_value: ['2025-02', '2025-03'] };
		expect(items(await ok('/link/find_history_user', months))).toMatchObject([
			{ link_id: null, period: '2025-03', views: { 11: 1 } },
		]);
	});

	it('are ordered by clicks of a period', async () => {
		const slugs = async (more: Data) =>
			items(
				await ok('/link/paginate_popular', { username: ADMIN, period: 'daily', Limit: 2, ...more }),
			).map(({ short_url: slug }) => slug);
		expect(await slugs({})).toEqual(['/offer-130', '/offer-129']);
		expect(await slugs({ Sort: 'ASC' })).toEqual(['/offer-1', '/offer-2']);
	});

	it('have a suggested name, unless the destination is slow', async () => {
		const suggest = (url: string) => ok('/link/suggested_name', { long_url: url });
		expect(await suggest('https://shop.example.com/a')).toBe('Welcome to shop.example.com');
		expect(await suggest('https://slow.example.com')).toBeNull();
	});
});

describe('campaigns', () => {
	it('are made, replaced, searched and deleted', async () => {
		const created = await ok('/campaign/create', { ...own, name: 'Autumn', channels: ['Email'] });
		expect(created).toMatchObject({ name: 'Autumn', description: null, channels: ['Email'] });
		expect(created.campaign_id).toMatch(/^#cmp#2025-03-11 08:15:42\.107#[0-9a-f-]{36}$/);
		const one = { campaign_id: created.campaign_id, username: ADMIN };
		expect(await ok('/campaign/update', { ...one, name: 'Autumn 2' })).toMatchObject({
			name: 'Autumn 2',
			channels: [],
		});
		const search = async (text: string) =>
			items(await ok('/campaign/search', { username: ADMIN, text })).map(({ name }) => name);
		expect(await search('Autumn')).toEqual(['Autumn 2']);
		expect(await search('autumn')).toEqual([]);
		expect(await ok('/campaign/delete', one)).toEqual(one);
		expect((await call('/campaign/find', one)).control.ResponseCode).toBe(5001);
	});

	it('add up their links in steps', async () => {
		const [, , spring] = items(await ok('/campaign/paginate_user', { username: ADMIN }));
		const campaign = { campaign_id: spring?.campaign_id };
		for (const name of Array.from({ length: 61 }, (_, index) => `/extra-${index}`)) {
			await ok('/link/create', {
				...own,
				...campaign,
				long_url: 'https://a.example',
				short_url: name,
			});
		}
		const counts: unknown[] = [];
		let key: unknown = null;
		do {
			const data = await ok('/link/paginate_campaign_stats', { ...campaign, PageKey: key });
			counts.push((data.Stat as Data).links);
			key = data.PageKey;
		} while (key !== null);
		expect(counts).toEqual([25, 25, 25, 25, 25, 1]);
	});
});

describe('imports', () => {
	const CSV = 'Long URL,Short URL,Name,Tags\nhttps://a.example,/a,"One, two",x;y\nftp://b,,,\n';
	const create = () =>
		ok('/db_import/create', {
			...own,
			import_type: 'LINKS',
			import_format: 'LINKS_1',
			file_name: 'links.csv',
		});
	const upload = (url: unknown, body: string, headers: Record<string, string> = {}) =>
		fetch(String(url), { method: 'PUT', body, headers });
	const idOf = (data: Data) => (data.DbImport as Data).import_id;
	const find = (id: unknown) => ok('/db_import/find', { import_id: id });

	it('start with the upload, run one at a time and report rows that failed', async () => {
		const [first, second] = [await create(), await create()];
		expect(first.DbImport).toMatchObject({
			import_status: 'QUEUED',
			import_status_description: 'Waiting for file',
		});
		expect((await upload(first.SignedPutUrl, CSV)).status).toBe(200);
		await upload(second.SignedPutUrl, 'Name\nx\n');
		expect(await find(idOf(first))).toMatchObject({ import_status: 'PROCESSING' });
		expect(await find(idOf(second))).toMatchObject({ import_status: 'QUEUED' });
		now += 9_000;
		const done = await find(idOf(first));
		expect(done).toMatchObject({
			import_status: 'SUCCESSFUL',
			total_rows: 2,
			total_error: 1,
			total_success: 1,
			file_size: String(CSV.length),
		});
		expect(await (await fetch(String(done.SignedFileGetUrlRaw))).text()).toBe(CSV);
		expect(
			(await (await fetch(String(done.SignedFileGetUrlProcessed))).text()).split('\n'),
		).toEqual([
			'Long URL,Short URL,Name,Tags,Error',
			'https://a.example,/a,"One, two",x;y,',
			'ftp://b,,,,Long URL must start with http:// or https://',
		]);
		expect((await ok('/link/find', { link_id: '#lnk#/a' })).link).toMatchObject({
			name: 'One, two',
		});
		now += 8_000;
		expect(await find(idOf(second))).toMatchObject({ import_status: 'ERROR_VALIDATION' });
		const listed = items(await ok('/db_import/paginate_user', { username: ADMIN }));
		expect(listed).toHaveLength(2);
		expect(listed[0]).not.toHaveProperty('SignedFileGetUrlRaw');
	});

	it('take a file at their signed address only, without API headers, for 15 minutes', async () => {
		const { SignedPutUrl: address } = await create();
		const refused = await upload(address, CSV, { authorization: token });
		expect(refused.status).toBe(400);
		expect(await refused.text()).toContain('Only one auth mechanism allowed');
		expect((await upload(String(address).replace('=invented', '=x'), CSV)).status).toBe(403);
		now += 901_000;
		expect((await upload(address, CSV)).status).toBe(403);
	});
});

describe('users and the client', () => {
	it('are shown', async () => {
		expect(await ok('/user/find', { client_id: CLIENT })).toMatchObject({
			username: ADMIN,
			user_type: 'admin',
		});
		expect(
			await ok('/user/find', { client_id: CLIENT, username: PLAIN_USER.username }),
		).toMatchObject({ user_type: 'user' });
		expect(await ok('/client/find', { client_id: CLIENT })).toMatchObject({ links: 133 });
		const users = async (type: string) =>
			items(await ok('/find/paginate_user', { client_id: CLIENT, user_type: type })).length;
		expect([await users(''), await users('admin'), await users('user')]).toEqual([5, 1, 4]);
	});

	it('are listed at the other path only, where the service has it there', async () => {
		await restart({ usersPath: '/client/paginate_user' });
		const body = { control: {}, data: { client_id: CLIENT, user_type: '' } };
		expect(await raw('/find/paginate_user', body)).toEqual({
			status: 403,
			body: { message: 'Missing Authentication Token' },
		});
		expect((await raw('/client/paginate_user', body)).status).toBe(200);
	});
});

describe('what others do', () => {
	const link = async (slug: string) =>
		(await ok('/link/find', { link_id: `#lnk#${slug}` })).link as Data;
	const listed = async (path: string) => items(await ok(path, { username: ADMIN, Limit: 60 }));

	it('links come, leave their campaign, and go', async () => {
		const { subscription } = simulator;
		subscription.createLink('/spring', { campaign: 'Spring 2025' });
		now += 1;
		subscription.createLink('/bot', { username: PLAIN_USER.username });
		const [first] = await listed('/link/paginate_user');
		expect(first).toMatchObject({
			short_url: '/spring',
			long_url: 'https://shop.example.com/spring',
			campaign_name: 'Spring 2025',
			created_at: '2025-03-11 08:15:42.107',
			clicks: 0,
		});
		expect(await link('/bot')).toMatchObject({ user_id: `#usr#${PLAIN_USER.username}` });
		subscription.createLink('/late', { created: START - 1000 });
		expect((await listed('/link/paginate_user')).map(({ short_url: slug }) => slug)).toEqual(
			expect.arrayContaining(['/spring', '/late']),
		);
		expect((await link('/late')).created_at).toBe('2025-03-11 08:15:41.107');
		subscription.leaveCampaign('/spring');
		expect(await link('/spring')).not.toHaveProperty('campaign_id');
		subscription.deleteLink('/spring');
		expect((await call('/link/find', { link_id: '#lnk#/spring' })).control.ResponseCode).toBe(5001);
		expect(() => subscription.deleteLink('/spring')).toThrow('There is no link /spring');
		expect(() => subscription.createLink('/x', { campaign: 'None' })).toThrow('no campaign None');
	});

	it('visits show after five minutes, as many as there were; a reset takes them away', async () => {
		const { subscription } = simulator;
		subscription.visit('/bot-1', 40, 3);
		now += 299_000;
		subscription.visit('/bot-1', 2);
		expect(await link('/bot-1')).toMatchObject({ clicks: 0, clicks_unique: 0 });
		now += 1_000;
		expect(await link('/bot-1')).toMatchObject({ clicks: 40, clicks_unique: 3, clicks_day: 40 });
		now += 299_000;
		expect(await link('/bot-1')).toMatchObject({ clicks: 42, clicks_unique: 5 });
		subscription.resetClicks('/bot-1');
		expect(await link('/bot-1')).toMatchObject({ clicks: 0, clicks_month: 0, clicks_unique: 0 });
	});

	it('imports whose file came while the service is broken end in a fault; some are lost', async () => {
		const { subscription } = simulator;
		const begin = async (name: string) => {
			const { SignedPutUrl: address } = await ok('/db_import/create', {
				...own,
				import_type: 'LINKS',
				import_format: 'LINKS_1',
				file_name: name,
			});
			await fetch(String(address), { method: 'PUT', body: `Long URL\nhttps://${name}.example` });
		};
		await begin('before');
		subscription.breakImports(true);
		await begin('broken');
		subscription.breakImports(false);
		await begin('after');
		now += 60_000;
		const jobs = async () =>
			(await listed('/db_import/paginate_user')).map((job) => [job.file_name, job.import_status]);
		expect((await jobs()).sort()).toEqual([
			['after', 'SUCCESSFUL'],
			['before', 'SUCCESSFUL'],
			['broken', 'ERROR_GENERAL'],
		]);
		subscription.forgetImport('broken');
		expect(await jobs()).toHaveLength(2);
		expect(() => subscription.forgetImport('broken')).toThrow('no import of broken');
	});

	it('lists shift before a further page is read, on request', async () => {
		let pages = 0;
		await restart({
			betweenPages: (subscription) => {
				pages++;
				subscription.deleteLink('/offer-71');
				subscription.createLink('/during');
			},
		});
		const first = await ok('/link/paginate_user', { username: ADMIN, Limit: 99 });
		expect(items(first).at(-1)?.short_url).toBe('/offer-71');
		const { PageKey } = first;
		const second = await ok('/link/paginate_user', { username: ADMIN, Limit: 99, PageKey });
		// The record that ended the page is gone, so the place counts, and there one has come in
		expect(items(second)[0]?.short_url).toBe('/offer-70');
		expect(pages).toBe(1);
		expect((await listed('/link/paginate_user'))[0]?.short_url).toBe('/during');
		const before = simulator.subscription;
		simulator.reset();
		expect(simulator.subscription).not.toBe(before);
	});
});

it('starts over on reset', async () => {
	await ok('/link/create', { ...own, long_url: 'https://a.example', short_url: '/x' });
	simulator.reset();
	await signIn();
	expect((await call('/link/find', { link_id: '#lnk#/x' })).control.ResponseCode).toBe(5001);
});
