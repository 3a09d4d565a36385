import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INodeParameters,
} from 'n8n-workflow';
import nock from 'nock';
import { WarpUrlApi } from '../../credentials/WarpUrlApi.credentials.ts';
import type { Simulator } from '../../demo/simulators/support.mts';
import type { WarpUrlOptions } from '../../demo/simulators/warpUrl.mts';
import {
	DISABLED_KEY,
	PLAIN_USER,
	createWarpUrlSimulator,
} from '../../demo/simulators/warpUrl.mts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import { WarpUrl } from '../../nodes/WarpUrl/WarpUrl.node.ts';
import type { NodeRun } from '../support/engine.mts';
import { runNode } from '../support/engine.mts';

const START = Date.UTC(2025, 2, 11, 8, 15, 42, 107);
const CLIENT = '#clt#4b7e2c10-0000-4000-8000-0a9d3e5b7f28';
const ADMIN = 'grace.admin';
let now = START;
let simulator: Simulator;
let credential: IDataObject;

const start = async (options: WarpUrlOptions = {}) => {
	simulator = await createWarpUrlSimulator({ clock: () => now, jobSeconds: 8, ...options });
	credential = { ...simulator.credential } as IDataObject;
};
const restart = async (options: WarpUrlOptions) => {
	await simulator.close();
	await start(options);
};

/** Runs the node; the parameters may be expressions on the items. */
const attempt = async (
	what: string,
	parameters: INodeParameters = {},
	more: Partial<NodeRun> = {},
) => {
	const [resource = '', operation = ''] = what.split(':');
	return await runNode({
		node: new WarpUrl(),
		credentialType: new WarpUrlApi(),
		credential: credential as NodeRun['credential'],
		parameters: { resource, operation, ...parameters },
		...more,
	});
};
const run = async (
	what: string,
	parameters: INodeParameters = {},
	more: Partial<NodeRun> = {},
): Promise<IDataObject[]> => {
	const { items, error } = await attempt(what, parameters, more);
	expect(error).toBeUndefined();
	return items.map(({ json }) => json);
};
const refusalOf = async (
	what: string,
	parameters: INodeParameters = {},
	more: Partial<NodeRun> = {},
) => {
	const { error } = await attempt(what, parameters, more);
	return { message: error?.message, description: error?.description };
};
/** Requests to the API itself, as `path data`; and the whole body of the last one. */
const calls = () => simulator.requests.filter(({ path }) => !path.endsWith('get_token'));
const paths = () => calls().map(({ path }) => path.replace('/prod', ''));
const lastBody = () => calls().at(-1)?.body as { control: IDataObject; data: IDataObject };
const link = (slug: string) => ({ __rl: true, mode: 'id', value: slug });
const campaignId = async (name = 'Spring 2025') => {
	const found = await run('campaign:getAll', { returnAll: true });
	return found.find((campaign) => campaign.name === name)?.campaign_id as string;
};
const byId = (value: string) => ({ __rl: true, mode: 'id', value });

beforeEach(async () => {
	now = START;
	forgetLogins();
	jest.spyOn(clock, 'now').mockImplementation(() => now);
	jest.spyOn(clock, 'sleep').mockImplementation(async (milliseconds) => {
		now += milliseconds;
		await Promise.resolve();
	});
	await start();
});
afterEach(async () => {
	jest.restoreAllMocks();
	expect(simulator.faults).toEqual([]);
	await simulator.close();
});

describe('access keys', () => {
	it('are created, found, updated and deleted', async () => {
		const [key] = await run('accessKey:create', { keyName: 'n8n production' });
		expect(lastBody()).toEqual({
			control: {},
			data: { client_id: CLIENT, username: ADMIN, key_name: 'n8n production' },
		});
		expect(key).toMatchObject({ key_name: 'n8n production', enabled: true });
		expect(key?.key_password).toMatch(/^invented-password/);
		const keyId = byId(String(key?.key_id));

		const found = await run('accessKey:find', { returnAll: true });
		expect(found).toHaveLength(2);
		expect(found[1]).not.toHaveProperty('key_password');
		expect(await run('accessKey:find', { filters: { keyId: keyId.value } })).toEqual([found[1]]);

		await run('accessKey:update', { keyId, updateFields: { enabled: false } });
		expect(lastBody().data).toEqual({ key_id: keyId.value, enabled: false });
		const [renamed] = await run('accessKey:update', { keyId, updateFields: { keyName: 'Spare' } });
		expect(lastBody().data).toEqual({ key_id: keyId.value, enabled: false, key_name: 'Spare' });
		expect(renamed).toMatchObject({ key_name: 'Spare', enabled: false });

		expect(await run('accessKey:delete', { keyId })).toEqual([{ deleted: true }]);
		expect(await run('accessKey:find')).toHaveLength(1);
	});

	it('are not updated with nothing', async () => {
		const { message } = await refusalOf('accessKey:update', {
			keyId: byId(String(credential.keyId)),
		});
		expect(message).toBe('There is nothing to change');
		expect(paths()).toEqual([]);
	});

	it('that do not exist are said to be so', async () => {
		const updateFields = { keyName: 'x' };
		const { message } = await refusalOf('accessKey:update', { keyId: byId('other'), updateFields });
		expect(message).toBe('The access key other was not found');
	});

	it('give tokens: that of the credential, or another one', async () => {
		const [own] = await run('accessKey:getToken');
		expect(own).toEqual({
			idToken: expect.stringMatching(/^eyJ/) as string,
			refreshToken: expect.stringMatching(/^invented-refresh/) as string,
		});
		const { keyId: accessKeyId, keyPassword: accessKeyPassword } = PLAIN_USER;
		const [other] = await run('accessKey:getToken', {
			additionalFields: { accessKeyId, accessKeyPassword },
		});
		const claims = JSON.parse(
			Buffer.from(String(other?.idToken).split('.')[1] ?? '', 'base64url').toString(),
		) as IDataObject;
		expect(claims['cognito:username']).toBe(PLAIN_USER.username);
		const sent = simulator.requests.at(-1);
		expect(sent?.headers.authorization).toBeUndefined();

		const { refreshToken } = own as { refreshToken: string };
		expect(await run('accessKey:refreshToken', { additionalFields: { refreshToken } })).toEqual([
			{ idToken: expect.stringMatching(/^eyJ/) as string },
		]);
		expect(lastBody().data).toEqual({ refreshToken, key_id: credential.keyId });
		await run('accessKey:refreshToken', { additionalFields: { accessKeyId, accessKeyPassword } });
		expect(lastBody().data).toEqual({ key_id: accessKeyId, key_password: accessKeyPassword });
	});

	it('of which only half is given are refused before anything is sent', async () => {
		for (const operation of ['getToken', 'refreshToken']) {
			const { message } = await refusalOf(`accessKey:${operation}`, {
				additionalFields: { accessKeyId: 'x' },
			});
			expect(message).toContain('belong together');
		}
		expect(simulator.requests).toEqual([]);
	});
});

describe('links', () => {
	it('are created with everything', async () => {
		const [created] = await run('link:create', {
			longUrl: 'https://shop.example.com/spring?utm_source=newsletter',
			additionalFields: {
				shortUrl: 'spring-sale',
				name: 'Spring “sale” #1',
				tags: '2025, Product',
				campaignId: byId(await campaignId()),
				campaignChannel: 'Fax',
			},
			options: { isoTimes: true },
		});
		expect(lastBody()).toEqual({
			control: {},
			data: {
				client_id: CLIENT,
				username: ADMIN,
				long_url: 'https://shop.example.com/spring?utm_source=newsletter',
				short_url: '/spring-sale',
				name: 'Spring “sale” #1',
				tags: ['2025', 'Product'],
				campaign_id: created?.campaign_id,
				campaign_channel: 'Fax',
			},
		});
		expect(created).toMatchObject({
			link_id: '#lnk#/spring-sale',
			full_short_url: 'https://go.warpurl.example/spring-sale',
			campaign_name: 'Spring 2025',
			created_at: '2025-03-11 08:15:42.107',
			created_at_iso: '2025-03-11T08:15:42.107Z',
		});
	});

	it('have no whole short address without the domain, or when it is turned off', async () => {
		const linkId = link('/offer-1');
		const [off] = await run('link:find', {
			linkId,
			simple: false,
			options: { fullShortUrl: false },
		});
		expect(off).not.toHaveProperty('full_short_url');
		expect(off).not.toHaveProperty('created_at_iso');
		credential.shorteningDomain = '';
		const [none] = await run('link:find', { linkId, simple: false });
		expect(none).not.toHaveProperty('full_short_url');
	});

	it('are found by ID, slug and address, with tags on request', async () => {
		const found = {
			link_id: '#lnk#/offer-10',
			name: 'Offer 10',
			short_url: '/offer-10',
			full_short_url: 'https://go.warpurl.example/offer-10',
			long_url: 'https://shop.example.com/offers/10',
			campaign_name: 'Spring 2025',
			clicks: 33,
			created_at: '2025-01-20 08:25:42.107',
		};
		for (const linkId of [
			link('#lnk#/offer-10'),
			link('/offer-10'),
			{ __rl: true, mode: 'url', value: 'https://go.warpurl.example/offer-10?from=mail' },
		]) {
			expect(await run('link:find', { linkId, simple: true })).toEqual([found]);
			expect(lastBody()).toEqual({ control: {}, data: { link_id: '#lnk#/offer-10' } });
		}
		expect(
			await run('link:find', { linkId: link('/offer-10'), options: { includeTags: true } }),
		).toEqual([{ ...found, tags: ['2025', 'Product'] }]);
		expect(lastBody().control).toEqual({ Include: ['tags'] });
		expect(await run('link:getTags', { linkId: link('/offer-10') })).toEqual([
			{ link_id: '#lnk#/offer-10', tags: ['2025', 'Product'] },
		]);
	});

	it('are listed over several pages, short ones too', async () => {
		const all = await run('link:getAll', { returnAll: true });
		expect(all.map(({ name }) => name)).toEqual(
			Array.from({ length: 130 }, (_, index) => `Offer ${130 - index}`),
		);
		const bodies = calls().map(({ body }) => (body as { data: IDataObject }).data);
		expect(bodies.map(({ Limit }) => Limit)).toEqual([99, 99, 99]);
		expect(bodies[0]).toEqual({ username: ADMIN, Limit: 99 });
		expect(bodies[1]?.PageKey).toEqual(expect.any(String));
		expect(simulator.tokenRequests()).toBe(1);
	});

	it('are listed up to a limit, also those of another user', async () => {
		const three = await run('link:getAll', {
			limit: 3,
			filters: { username: '#usr#marketing.bot' },
		});
		expect(three).toHaveLength(3);
		expect(lastBody().data).toEqual({ username: 'marketing.bot', Limit: 3 });
		expect(calls()).toHaveLength(1);
	});

	it('are ordered by clicks', async () => {
		const parameters = { period: 'daily', limit: 2, filters: { sort: 'ASC' } };
		const found = await run('link:getPopular', parameters);
		expect(found.map(({ short_url: slug }) => slug)).toEqual(['/offer-1', '/offer-2']);
		expect(lastBody().data).toEqual({ username: ADMIN, period: 'daily', Sort: 'ASC', Limit: 2 });
	});

	it('keep on update what was not set', async () => {
		const linkId = link('/offer-2');
		const [before] = await run('link:find', { linkId, simple: false });
		const [after] = await run('link:update', { linkId, updateFields: { name: 'Renamed' } });
		expect(after).toEqual({ ...before, name: 'Renamed' });
		expect(lastBody().data).toEqual({
			link_id: '#lnk#/offer-2',
			long_url: 'https://shop.example.com/offers/2',
			name: 'Renamed',
			campaign_id: before?.campaign_id,
			campaign_channel: 'Email',
		});
		const [moved] = await run('link:update', {
			linkId,
			updateFields: { campaignId: byId(await campaignId('Events')) },
		});
		expect(moved).toMatchObject({ name: 'Renamed', campaign_name: 'Events' });
		expect(lastBody().data.campaign_channel).toBeNull();
		const [left] = await run('link:update', { linkId, updateFields: { leaveCampaign: true } });
		expect(left).not.toHaveProperty('campaign_id');
		expect(left).toMatchObject({ name: 'Renamed' });
	});

	it('without a name of their own get the new long URL as their name', async () => {
		const [made] = await run('link:create', { longUrl: `https://a.example/${'x'.repeat(200)}` });
		const linkId = link(String(made?.link_id));
		const updateFields = { longUrl: 'https://b.example' };
		const [after] = await run('link:update', { linkId, updateFields });
		expect(after).toMatchObject({ name: 'https://b.example', long_url: 'https://b.example' });
	});

	it('are replaced only where that is chosen', async () => {
		const parameters = { linkId: link('/offer-2'), updateMode: 'replace' };
		expect((await refusalOf('link:update', { ...parameters, updateFields: {} })).message).toContain(
			'“Long URL” is required',
		);
		const updateFields = { longUrl: 'https://b.example' };
		const [after] = await run('link:update', { ...parameters, updateFields });
		expect(lastBody().data).toEqual({ link_id: '#lnk#/offer-2', long_url: 'https://b.example' });
		expect(after).not.toHaveProperty('campaign_id');
		expect(paths()).toEqual(['/link/update']);
	});

	it('are not updated with nothing, an empty long URL, or a channel without a campaign', async () => {
		const update = async (updateFields: INodeParameters) =>
			(await refusalOf('link:update', { linkId: link('/offer-1'), updateFields })).message;
		expect(await update({})).toBe('There is nothing to change');
		expect(await update({ longUrl: '' })).toContain('“Long URL” must not be empty');
		const both = { leaveCampaign: true, campaignId: byId('#cmp#x') };
		expect(await update(both)).toContain('exclude each other');
		expect(await update({ campaignChannel: 'Email' })).toContain('needs a campaign');
		expect(paths()).toEqual(['/link/find']);
	});

	it('have their tags replaced and cleared', async () => {
		const linkId = link('/offer-1');
		await run('link:updateTags', { linkId, tags: 'a, b' });
		expect(lastBody().data).toEqual({
			client_id: CLIENT,
			link_id: '#lnk#/offer-1',
			tags: ['a', 'b'],
		});
		await run('link:updateTags', { linkId, tags: '' });
		expect(await run('link:getTags', { linkId })).toEqual([{ link_id: '#lnk#/offer-1', tags: [] }]);
	});

	it('have suggested names', async () => {
		const suggest = async (longUrl: string) => await run('link:suggestName', { longUrl });
		expect(await suggest('https://shop.example.com/a')).toEqual([
			{ long_url: 'https://shop.example.com/a', suggested_name: 'Welcome to shop.example.com' },
		]);
		expect(await suggest('https://slow.example.com')).toEqual([
			{ long_url: 'https://slow.example.com', suggested_name: null },
		]);
	});

	it('have a click history, together and of a user', async () => {
		const linkId = link('/offer-5');
		const month = { detail: 'daily', month: '2025-03' };
		expect(await run('link:getHistory', { linkId, ...month })).toMatchObject([
			{ for: 'daily', link_id: '#lnk#/offer-5', views: { 9: 7, 10: 6, 11: 5 } },
		]);
		const day = { detail: 'hourly', day: '2025-03-11', options: { isoTimes: true } };
		expect(await run('link:getHistory', { linkId, ...day })).toMatchObject([
			{ views: { 8: 5 }, last_updated_at_iso: '2025-03-11T08:15:42.107Z' },
		]);
		expect(await run('link:getHistory', { linkId: link('/bot-1'), ...month })).toEqual([
			{ for: 'daily', link_id: '#lnk#/bot-1', period: '2025-03', views: {} },
		]);
		const months = { months: '2025-02, 2025-03', returnAll: true };
		expect(await run('link:getUserHistory', months)).toMatchObject([{ period: '2025-03' }]);
		expect(lastBody().data).toEqual({
			client_id: CLIENT,
			username: ADMIN,
			period_value: ['2025-02', '2025-03'],
		});
	});
});

describe('many links with one request', () => {
	const slugs = Array.from({ length: 60 }, (_, index) => ({ slug: `/offer-${index + 1}` }));
	const each = { __rl: true, mode: 'id', value: '={{ $json.slug }}' };

	it('are found 25 at a time, each item answered for itself and in order', async () => {
		const items = [...slugs.slice(0, 30), { slug: '/offer-1' }];
		const { items: output } = await attempt(
			'link:findBatch',
			{ linkId: each, simple: true },
			{ items },
		);
		expect(output.map(({ json }) => json.short_url)).toEqual(items.map(({ slug }) => slug));
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
		expect(output[0]?.json.full_short_url).toBe('https://go.warpurl.example/offer-1');
		expect(paths()).toEqual(['/link/find_batch', '/link/find_batch']);
	});

	it('make 40 requests out of 1,000 items, with one token request', async () => {
		await restart({ links: 1000 });
		const items = Array.from({ length: 1000 }, (_, index) => ({ slug: `/offer-${index + 1}` }));
		const found = await run('link:findBatch', { linkId: each }, { items });
		expect(found.map(({ short_url: slug }) => slug)).toEqual(items.map(({ slug }) => slug));
		expect(paths()).toHaveLength(40);
		expect(simulator.tokenRequests()).toBe(1);
	});

	it('are asked for once, however many items name them', async () => {
		const items = [{ slug: '/offer-1' }, { slug: '/offer-2' }, { slug: '/offer-1' }];
		const found = await run('link:findBatch', { linkId: each }, { items });
		expect(found.map(({ short_url: slug }) => slug)).toEqual(items.map(({ slug }) => slug));
		expect(lastBody().data.link_ids).toEqual(['#lnk#/offer-1', '#lnk#/offer-2']);
	});

	it('name the item whose link is not there, and give the others', async () => {
		const items = [{ slug: '/offer-1' }, { slug: '/none' }, { slug: '/offer-2' }];
		const { items: output, failed } = await attempt(
			'link:findBatch',
			{ linkId: each },
			{ items, onError: 'continueErrorOutput' },
		);
		expect(output.map(({ json }) => json.short_url)).toEqual(['/offer-1', '/offer-2']);
		expect(failed).toHaveLength(1);
		expect(failed[0]?.json.error).toBe('The link #lnk#/none was not found [Item 1]');
		expect(failed[0]?.pairedItem).toEqual({ item: 1 });
	});

	it('refused together are sent alone, so that only the one at fault is refused', async () => {
		credential = { ...credential, ...PLAIN_USER, username: '' };
		const items = [{ slug: '/bot-1' }, { slug: '/offer-1' }, { slug: '/offer-2' }];
		const { items: output } = await attempt(
			'link:findBatch',
			{ linkId: each },
			{ items, onError: 'continueRegularOutput' },
		);
		expect(output.map(({ json }) => json.short_url ?? json.error)).toEqual([
			'/bot-1',
			'Not allowed to access this resource [Item 1]',
			'Not allowed to access this resource [Item 2]',
		]);
		expect(paths()).toHaveLength(4);
	});

	it('are hidden, invalidated and deleted 10 at a time', async () => {
		const items = slugs.slice(0, 12);
		const shared = { linkId: each };
		expect(await run('link:setHidden', { ...shared, hidden: true }, { items })).toEqual(
			items.map(({ slug }) => ({ link_id: `#lnk#${slug}`, hidden: true })),
		);
		expect(lastBody().data).toEqual({
			client_id: CLIENT,
			hidden: true,
			link_ids: ['#lnk#/offer-11', '#lnk#/offer-12'],
		});
		expect(await run('link:invalidate', shared, { items })).toHaveLength(12);
		expect(lastBody().data).toEqual({
			client_id: CLIENT,
			link_ids: ['#lnk#/offer-11', '#lnk#/offer-12'],
		});
		expect(await run('link:delete', shared, { items })).toEqual(
			items.map(() => ({ deleted: true })),
		);
		expect(lastBody().data).toMatchObject({ client_id: CLIENT, invalidate: false });
		expect(paths()).toHaveLength(6);
		expect(await run('link:getAll', { returnAll: true })).toHaveLength(118);
	});

	it('share a request only where they agree on the rest', async () => {
		const items = [
			{ slug: '/offer-1', hidden: true },
			{ slug: '/offer-2', hidden: false },
			{ slug: '/offer-3', hidden: true },
		];
		const parameters = { linkId: each, hidden: '={{ $json.hidden }}' };
		const output = await run('link:setHidden', parameters, { items });
		expect(output.map(({ hidden }) => hidden)).toEqual([true, false, true]);
		const sent = calls().map(({ body }) => (body as { data: IDataObject }).data);
		expect(sent.map(({ hidden, link_ids: ids }) => [hidden, ids])).toEqual([
			[true, ['#lnk#/offer-1', '#lnk#/offer-3']],
			[false, ['#lnk#/offer-2']],
		]);
	});

	it('are not found apart from the gateway refusing: each item gets that error', async () => {
		credential.apiKey = 'wrongInventedApiKey';
		const { items: output } = await attempt(
			'link:findBatch',
			{ linkId: each },
			{ items: slugs.slice(0, 2), onError: 'continueRegularOutput' },
		);
		expect(output.map(({ json }) => String(json.error))).toEqual([
			expect.stringMatching(/Backend API Key.*\[Item 0\]$/) as string,
			expect.stringMatching(/Backend API Key.*\[Item 1\]$/) as string,
		]);
	});
});

describe('campaigns', () => {
	it('are created, found, searched, updated and deleted', async () => {
		const [made] = await run('campaign:create', {
			campaignName: 'Autumn',
			additionalFields: { description: 'All of it', channels: 'Email, SMS' },
		});
		expect(lastBody().data).toEqual({
			client_id: CLIENT,
			username: ADMIN,
			name: 'Autumn',
			description: 'All of it',
			channels: ['Email', 'SMS'],
		});
		const parameters = { campaignId: byId(String(made?.campaign_id)) };
		expect(await run('campaign:find', parameters)).toEqual([made]);
		expect(await run('campaign:search', { text: 'tum', filters: { sort: 'ASC' } })).toEqual([made]);
		const updateFields = { campaignName: 'Autumn 2' };
		expect(await run('campaign:update', { ...parameters, updateFields })).toEqual([
			{ ...made, name: 'Autumn 2' },
		]);
		expect(await run('campaign:update', { ...parameters, updateFields: { channels: '' } })).toEqual(
			[{ ...made, name: 'Autumn 2', channels: [] }],
		);
		const replace = { ...parameters, updateMode: 'replace' };
		expect(await run('campaign:update', { ...replace, updateFields })).toEqual([
			{ ...made, name: 'Autumn 2', channels: [], description: null },
		]);
		expect(
			(await refusalOf('campaign:update', { ...replace, updateFields: { channels: 'a' } })).message,
		).toContain('“Name” is required');
		expect((await refusalOf('campaign:update', parameters)).message).toBe(
			'There is nothing to change',
		);
		expect(await run('campaign:delete', parameters)).toEqual([{ deleted: true }]);
		expect(await run('campaign:getAll', { returnAll: true })).toHaveLength(3);
	});

	it('have statistics also where all steps count the same', async () => {
		const id = await campaignId('Events');
		const parameters = {
			longUrl: 'https://a.example',
			additionalFields: { campaignId: byId(id) },
		};
		await run('link:create', parameters, { items: Array.from({ length: 75 }, () => ({})) });
		expect(await run('campaign:getStatistics', { campaignId: byId(id) })).toMatchObject([
			{ links: 75, clicks: 0 },
		]);
	});

	it('have statistics, added over all steps', async () => {
		const id = await campaignId();
		const [statistics] = await run('campaign:getStatistics', { campaignId: byId(id) });
		const all = await run('link:getAll', { returnAll: true, simple: false });
		const own = all.filter((record) => record.campaign_id === id);
		const total = (name: string) => own.reduce((sum, record) => sum + Number(record[name]), 0);
		expect(statistics).toEqual({
			campaign_id: id,
			links: 65,
			clicks: total('clicks'),
			clicks_day: total('clicks_day'),
			clicks_month: total('clicks_month'),
			clicks_unique: total('clicks_unique'),
		});
		expect(paths().filter((path) => path === '/link/paginate_campaign_stats')).toHaveLength(3);
	});
});

describe('imports, users, client', () => {
	it('are created and found', async () => {
		const [job] = await run('import:create', {
			fileName: 'links.csv',
			additionalFields: { notes: 'For March' },
		});
		expect(lastBody().data).toEqual({
			client_id: CLIENT,
			username: ADMIN,
			import_type: 'LINKS',
			import_format: 'LINKS_1',
			file_name: 'links.csv',
			notes: 'For March',
		});
		expect(job).toMatchObject({ import_status: 'QUEUED', notes: 'For March' });
		await fetch(String(job?.SignedPutUrl), {
			method: 'PUT',
			body: 'Long URL\nhttps://a.example\n',
		});
		now += 9_000;
		const importId = byId(String(job?.import_id));
		const [done] = await run('import:find', { importId });
		expect(done).toMatchObject({ import_status: 'SUCCESSFUL', total_success: 1 });
		expect(done).not.toHaveProperty('SignedFileGetUrlRaw');
		const [open] = await run('import:find', { importId, options: { fileAddresses: true } });
		expect(open?.SignedFileGetUrlRaw).toMatch(/^http/);
		expect(await run('import:getAll', { simple: true })).toMatchObject([
			{ import_id: importId.value, import_status: 'SUCCESSFUL' },
		]);
	});

	it('are read', async () => {
		expect(await run('user:find')).toMatchObject([{ username: ADMIN }]);
		expect(lastBody().data).toEqual({ client_id: CLIENT });
		const other = { additionalFields: { username: 'marketing.bot' } };
		expect(await run('user:find', other)).toMatchObject([{ username: 'marketing.bot' }]);
		expect(await run('user:getAll', { returnAll: true })).toHaveLength(5);
		const filters = { userType: 'admin' };
		expect(await run('user:getAll', { filters })).toMatchObject([{ username: ADMIN }]);
		expect(await run('client:find')).toMatchObject([{ client_id: CLIENT, links: 133 }]);
	});

	it('lists users also where the service has the other path', async () => {
		await restart({ usersPath: '/client/paginate_user' });
		expect(await run('user:getAll', { returnAll: true })).toHaveLength(5);
		expect(paths()).toEqual(['/find/paginate_user', '/client/paginate_user']);
	});

	it('looks for users elsewhere only where the path is unknown', async () => {
		await run('client:find');
		credential.apiKey = 'wrongInventedApiKey';
		expect((await refusalOf('user:getAll')).message).toBe('Forbidden');
		expect(paths()).toEqual(['/client/find', '/find/paginate_user']);
	});

	it('refuses the list of users to a plain user, in words', async () => {
		credential = { ...credential, ...PLAIN_USER, username: '' };
		expect(await refusalOf('user:getAll')).toEqual({
			message: 'Not allowed to access this resource',
			description: expect.stringMatching(
				/^The user of the access key may not do this\..* \(status 200, code 3001, trace ID [0-9a-f-]{36}\)$/,
			) as string,
		});
		expect(paths()).toEqual(['/find/paginate_user']);
	});
});

describe('API Request', () => {
	const send = { method: 'POST', path: '/link/paginate_user' };

	it('wraps the data, fills in the user and pages', async () => {
		const body = JSON.stringify({ username: '@username' });
		const found = await run('apiRequest:send', {
			...send,
			body,
			options: { itemsAt: 'data.Items', maxResults: 70 },
		});
		expect(found).toHaveLength(70);
		expect(lastBody()).toEqual({
			control: {},
			data: { username: ADMIN, Limit: 70, PageKey: expect.any(String) as string },
		});
	});

	it('takes a whole envelope as well', async () => {
		const body = JSON.stringify({
			control: { Include: ['tags'] },
			data: { link_id: '#lnk#/bot-1' },
		});
		const [answer] = await run('apiRequest:send', { ...send, path: '/link/find', body });
		expect(answer).toMatchObject({ data: { tags: [] }, control: { ResponseCode: 2000 } });
	});

	it('says what is wrong with a path', async () => {
		const refusal = await refusalOf('apiRequest:send', { ...send, path: '/nowhere' });
		expect(refusal.message).toBe('Missing Authentication Token');
		expect(refusal.description).toContain('There is nothing at this address');
	});
});

describe('signing in', () => {
	it('makes one token request for many items', async () => {
		const items = Array.from({ length: 120 }, (_, index) => ({ slug: `/offer-${index + 1}` }));
		const linkId = { __rl: true, mode: 'id', value: '={{ $json.slug }}' };
		const found = await run('link:find', { linkId }, { items });
		expect(found.map(({ short_url: slug }) => slug)).toEqual(items.map(({ slug }) => slug));
		expect(simulator.tokenRequests()).toBe(1);
		expect(credential.sessionToken).toMatch(/^eyJ/);
	});

	it('renews a token that expires in the middle of a run, without losing an item', async () => {
		await restart({ clock: () => (now += 20), tokenLifeSeconds: 6 });
		const items = Array.from({ length: 80 }, (_, index) => ({ index }));
		const parameters = {
			longUrl: '=https://shop.example.com/{{ $json.index }}',
			additionalFields: { shortUrl: '=/new-{{ $json.index }}' },
		};
		const made = await run('link:create', parameters, { items });
		expect(made.map(({ short_url: slug }) => slug)).toEqual(
			items.map(({ index }) => `/new-${index}`),
		);
		expect(simulator.tokenRequests()).toBeGreaterThan(1);
		const refused = simulator.requests.filter(({ status }) => status === 401);
		expect(refused).toHaveLength(simulator.tokenRequests() - 1);
	});

	it('sends the bare token and the API key, and takes client and user from the token', async () => {
		await run('link:create', { longUrl: 'https://a.example' });
		const [login, call] = simulator.requests;
		expect(login?.path).toBe('/prod/access_key/get_token');
		expect(login?.body).toEqual({
			control: {},
			data: { key_id: credential.keyId, key_password: credential.keyPassword },
		});
		expect(call?.headers).toMatchObject({
			authorization: credential.sessionToken,
			'x-api-key': credential.apiKey,
			'content-type': 'application/json',
		});
		expect(call?.body).toMatchObject({ data: { client_id: CLIENT, username: ADMIN } });
	});

	it('prefers what the credential says', async () => {
		credential.username = '#usr#marketing.bot';
		credential.clientId = '#clt#other';
		await refusalOf('link:create', { longUrl: 'https://a.example' });
		expect(lastBody().data).toMatchObject({ client_id: '#clt#other', username: 'marketing.bot' });
	});

	it.each([
		[
			'a wrong password',
			{ keyPassword: 'wrong-invented' },
			'Access key or password is not correct',
		],
		[
			'a disabled key',
			{ keyId: DISABLED_KEY.keyId, keyPassword: DISABLED_KEY.keyPassword },
			'Access key is disabled',
		],
		['a wrong API key', { apiKey: 'wrong-invented' }, 'Backend API Key is not that of this'],
		['a wrong address', { backendUrl: '/nowhere' }, 'no WarpURL API at this Backend API URL'],
	])('says in words that the login was refused: %s', async (_title, wrong, words) => {
		Object.assign(credential, wrong);
		if (credential.backendUrl === '/nowhere') credential.backendUrl = `${simulator.url}/nowhere`;
		const items = Array.from({ length: 20 }, () => ({}));
		const { error } = await attempt('link:find', { linkId: link('/offer-1') }, { items });
		expect(error?.message).toContain(`WarpURL refused the login: `);
		expect(error?.message).toContain(words);
		expect(error?.description).toBe('Check the WarpURL credential.');
		expect(JSON.stringify(error)).not.toContain('wrong-invented');
		expect(simulator.requests).toHaveLength(1);
	});

	it.each([
		[{ backendUrl: 'http://example.com' }, 'must start with https://'],
		[{ backendUrl: '' }, '“Backend API URL” in the credential is empty'],
		[{ shorteningDomain: 'go.example.com/x' }, '“Shortening Domain” in the credential'],
	])('refuses a malformed setting before anything is sent: %j', async (wrong, words) => {
		Object.assign(credential, wrong);
		const { message } = await refusalOf('link:find', { linkId: link('/offer-1') });
		expect(message).toContain(words);
		expect(simulator.requests).toEqual([]);
	});
});

describe('what goes wrong', () => {
	it('is told with the words, code and trace of the service', async () => {
		const { message, description } = await refusalOf('link:find', { linkId: link('/none') });
		expect(message).toBe('Record does not exist');
		expect(description).toMatch(
			/^Check the values of this item: .* \(status 200, code 5001, trace ID [0-9a-f-]{36}\)$/,
		);
	});

	it('concerns one item and leaves the others', async () => {
		const items = [{ slug: '/a' }, { slug: '/offer-1' }, { slug: '/b' }];
		const parameters = {
			longUrl: 'https://a.example',
			additionalFields: { shortUrl: '={{ $json.slug }}' },
		};
		const { items: made, failed } = await attempt('link:create', parameters, {
			items,
			onError: 'continueErrorOutput',
		});
		expect(made.map(({ json }) => json.short_url)).toEqual(['/a', '/b']);
		expect(failed).toMatchObject([
			{ json: { error: 'Short URL is already taken [Item 1]' }, pairedItem: { item: 1 } },
		]);
	});

	it.each([
		['link:find', { linkId: link('offer') }, '“Link” must be a link ID'],
		['link:find', { linkId: link('={{ "" }}') }, '“Link” is required'],
		['link:create', { longUrl: 'ftp://a' }, '“Long URL” must be an address'],
		['link:create', { longUrl: `https://a/${'x'.repeat(1015)}` }, 'at most 1024 characters'],
		['link:create', { additionalFields: { shortUrl: '/a?b' } }, '“Slug” must be a slug'],
		['link:create', { additionalFields: { shortUrl: `/${'x'.repeat(255)}` } }, '“Slug” must be'],
		['link:create', { additionalFields: { tags: 'a,b,c,d,e,f' } }, '“Tags” must hold at most 5'],
		['link:create', { additionalFields: { tags: 'x'.repeat(21) } }, '“Tags” must be tags of'],
		['link:create', { additionalFields: { name: 'x'.repeat(101) } }, '“Name” must be text of'],
		['link:create', { additionalFields: { campaignChannel: 'Email' } }, 'needs a campaign'],
		['link:create', { additionalFields: { clientId: 'x' } }, '“Client ID” must be'],
		['accessKey:create', { keyName: '={{ "" }}' }, '“Key Name” is required'],
		['campaign:create', { campaignName: 'x'.repeat(51) }, '“Name” must be text of at most 50'],
		[
			'campaign:create',
			{ additionalFields: { description: 'x'.repeat(1025) } },
			'“Description” must be text of at most 1024',
		],
		[
			'campaign:create',
			{ additionalFields: { channels: 'x'.repeat(26) } },
			'“Channels” must be channels of at most 25',
		],
		[
			'campaign:create',
			{ additionalFields: { channels: Array.from({ length: 101 }, (_, n) => n).join(',') } },
			'“Channels” must hold at most 100 channels, but holds 101',
		],
		['accessKey:create', { keyName: 'x'.repeat(101) }, '“Key Name” must be text of at most 100'],
		[
			'import:create',
			{ fileName: 'a', additionalFields: { notes: 'x'.repeat(1025) } },
			'“Notes” must be text of at most 1024',
		],
		[
			'link:create',
			{ additionalFields: { campaignChannel: 'x'.repeat(26) } },
			'“Campaign Channel” must be text of at most 25',
		],
		['campaign:find', { campaignId: byId('x') }, '“Campaign” must be a campaign ID'],
		['link:getHistory', { detail: 'hourly', day: '2025-03' }, '“Day” must be a UTC day'],
		['link:getUserHistory', { months: '2025-13' }, '“Months” must be a UTC month'],
		[
			'link:getUserHistory',
			{ months: Array.from({ length: 14 }, () => '2025-01').join(',') },
			'“Months” must hold at most 13',
		],
		['import:find', { importId: byId('x') }, '“Import” must be an import ID'],
	] as Array<[string, INodeParameters, string]>)(
		'is seen before anything is sent: %s %j',
		async (what, parameters, words) => {
			const valid = {
				longUrl: 'https://a.example',
				linkId: link('/offer-1'),
				campaignName: 'x',
			};
			const { message } = await refusalOf(what, { ...valid, ...parameters });
			expect(message).toContain(words);
			expect(simulator.requests).toEqual([]);
		},
	);

	it('waits when the subscription limits requests, and loses nothing', async () => {
		await restart({ requestsPerSecond: 5 });
		const items = Array.from({ length: 30 }, (_, index) => ({ slug: `/offer-${index + 1}` }));
		const linkId = { __rl: true, mode: 'id', value: '={{ $json.slug }}' };
		expect(await run('link:find', { linkId }, { items })).toHaveLength(30);
		expect(simulator.requests.some(({ status }) => status === 429)).toBe(true);
		expect(simulator.tokenRequests()).toBe(1);
	});
});

describe('lists to pick from', () => {
	/** What n8n gives a list search, with requests signed by the credential. */
	async function search(name: string, filter?: string, paginationToken?: string) {
		const type = new WarpUrlApi();
		const httpRequest = async ({ url, body, headers }: IHttpRequestOptions) => {
			const sent = new Headers(headers as Record<string, string>);
			sent.set('content-type', 'application/json');
			const response = await fetch(url, {
				method: 'POST',
				headers: sent,
				body: typeof body === 'string' ? body : JSON.stringify(body),
			});
			expect(response.status).toBe(200);
			return { statusCode: 200, headers: {}, body: (await response.json()) as unknown };
		};
		const data = { ...credential, sessionToken: '' } as ICredentialDataDecryptedObject;
		const helpers = {
			httpRequest: async (options: IHttpRequestOptions) => (await httpRequest(options)).body,
		};
		Object.assign(data, await type.preAuthentication.call({ helpers }, data));
		const context = {
			getNode: () => ({ name: 'WarpURL' }),
			getTimezone: () => 'UTC',
			getCredentials: async () => await Promise.resolve(data),
			helpers: {
				httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) =>
					await httpRequest(await type.authenticate(data, options)),
			},
		} as unknown as ILoadOptionsFunctions;
		const method = new WarpUrl().methods.listSearch[name];
		if (!method) throw new Error(`There is no list ${name}`);
		return await method.call(context, filter, paginationToken);
	}

	it('shows links page by page', async () => {
		const first = await search('searchLinks');
		expect(first.results).toHaveLength(60);
		expect(first.results[0]).toEqual({
			name: '/offer-130 – Offer 130',
			value: '#lnk#/offer-130',
		});
		const second = await search('searchLinks', undefined, first.paginationToken);
		expect(second.results[0]?.value).toBe('#lnk#/offer-70');
		const last = await search('searchLinks', undefined, second.paginationToken);
		expect(last.results).toHaveLength(10);
		expect(last.paginationToken).toBeUndefined();
	});

	it('finds links on every page', async () => {
		const { results } = await search('searchLinks', 'OFFER 12');
		expect(results.map(({ value }) => value)).toEqual([
			...[9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((digit) => `#lnk#/offer-12${digit}`),
			'#lnk#/offer-12',
		]);
	});

	it('shows access keys, campaigns and imports', async () => {
		await run('import:create', { fileName: 'links.csv' });
		expect((await search('searchAccessKeys')).results).toEqual([
			{ name: `n8n of ${ADMIN} – ${String(credential.keyId)}`, value: credential.keyId },
		]);
		expect((await search('searchCampaigns', 'spring')).results).toEqual([
			{ name: 'Spring 2025', value: expect.stringMatching(/^#cmp#/) as string },
		]);
		expect((await search('searchImports')).results).toEqual([
			{
				name: 'links.csv – 2025-03-11 08:15:42.107',
				value: expect.stringMatching(/^#imp#/) as string,
			},
		]);
	});
});

describe('an answer that is lost or different', () => {
	const host = 'https://lost.example';
	const signedIn = () => ({
		...credential,
		backendUrl: `${host}/prod`,
		sessionToken: 'a.eyJjIjoiI2NsdCN4IiwidSI6IiN1c3IjeCJ9.c',
	});
	afterEach(() => {
		expect(nock.pendingMocks()).toEqual([]);
		nock.cleanAll();
	});

	it('is not asked for again after a create', async () => {
		nock(host)
			.post('/prod/link/create', { control: {}, data: /./ })
			.replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
		credential = signedIn();
		const { message, description } = await refusalOf('link:create', {
			longUrl: 'https://a.example',
		});
		expect(message).toBe('The connection to WarpURL was lost (ECONNRESET)');
		expect(description).toContain('It cannot be known whether the service carried this out');
	});

	it('is asked for again after a read', async () => {
		const found = { control: { ResponseCode: 2000 }, data: { link: { link_id: '#lnk#/a' } } };
		const api = nock(host);
		api.post('/prod/link/find').reply(504, { message: 'Endpoint request timed out' });
		api
			.post('/prod/link/find')
			.replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
		api.post('/prod/link/find', { control: {}, data: { link_id: '#lnk#/a' } }).reply(200, found);
		credential = signedIn();
		expect(await run('link:find', { linkId: link('/a') })).toEqual([{ link_id: '#lnk#/a' }]);
	});

	it('with 404 to the list of users means the other path', async () => {
		const found = { control: { ResponseCode: 2000 }, data: { Items: [{ username: 'a' }] } };
		nock(host).post('/prod/find/paginate_user').reply(404, { message: 'Not Found' });
		nock(host).post('/prod/client/paginate_user').reply(200, found);
		credential = signedIn();
		expect(await run('user:getAll')).toEqual([{ username: 'a' }]);
	});

	it('may hold tags as objects, as a draft of the documentation had them', async () => {
		const Items = [{ tag_id: '1', tag_name: 'a' }, 'b'];
		nock(host)
			.post('/prod/link/find_tags')
			.reply(200, { control: { ResponseCode: 2000 }, data: { Items } });
		credential = signedIn();
		expect(await run('link:getTags', { linkId: link('/a') })).toEqual([
			{ link_id: '#lnk#/a', tags: ['a', 'b'] },
		]);
	});

	it.each([
		[{ key_id: 'k' }, [{ key_id: 'k' }]],
		[{ Items: [{ key_id: 'k' }], PageKey: null }, [{ key_id: 'k' }]],
		[[{ key_id: 'k' }], [{ key_id: 'k' }]],
		[null, []],
	])('may hold access keys as %j', async (data, keys) => {
		nock(host)
			.post('/prod/access_key/find_user_keys')
			.reply(200, { control: { ResponseCode: 2000 }, data });
		credential = signedIn();
		expect(await run('accessKey:find')).toEqual(keys);
	});

	it.each([
		['<html><title>Portal</title></html>', 'text/html', 'an HTML page with the title “Portal”'],
		['{"control":{"Resp', 'application/json', 'cut off'],
		['', 'application/json', 'WarpURL answered without a body'],
		['{"data":{}}', 'application/json', 'The answer has no control block'],
		['{"control":{"ResponseCode":2000},"data":null}', 'application/json', 'holds no record'],
	])('is told in words: %j', async (body, type, words) => {
		nock(host).post('/prod/link/create').reply(200, body, { 'content-type': type });
		credential = signedIn();
		const { message } = await refusalOf('link:create', { longUrl: 'https://a.example' });
		expect(message).toContain(words);
	});
});

describe('what people build', () => {
	const fromItem = (name: string) => ({ __rl: true, mode: 'id', value: `={{ $json.${name} }}` });

	it('a campaign with links from a table', async () => {
		const [made] = await run('campaign:create', { campaignName: 'Launch' });
		const rows = [
			{ campaign_id: made?.campaign_id, url: 'https://a.example/1', slug: 'one', channel: 'Email' },
			{ campaign_id: made?.campaign_id, url: 'https://a.example/2', slug: 'two', channel: 'SMS' },
		] as IDataObject[];
		const links = await run(
			'link:create',
			{
				longUrl: '={{ $json.url }}',
				additionalFields: {
					shortUrl: '={{ $json.slug }}',
					campaignId: fromItem('campaign_id'),
					campaignChannel: '={{ $json.channel }}',
				},
			},
			{ items: rows },
		);
		expect(links.map(({ full_short_url: address }) => address)).toEqual([
			'https://go.warpurl.example/one',
			'https://go.warpurl.example/two',
		]);
		const campaign = { campaignId: fromItem('campaign_id') };
		const [statistics] = await run('campaign:getStatistics', campaign, { items: [made ?? {}] });
		expect(statistics).toMatchObject({ links: 2 });
		const [after] = await run('campaign:find', campaign, { items: [made ?? {}] });
		expect(after?.channels).toEqual(['Email', 'SMS']);
	});

	it('a click report', async () => {
		const popular = await run('link:getPopular', { period: 'monthly', limit: 30 });
		const history = await run(
			'link:getHistory',
			{ linkId: fromItem('link_id'), detail: 'daily', month: '2025-03' },
			{ items: popular },
		);
		expect(history.map(({ link_id: id }) => id)).toEqual(popular.map(({ link_id: id }) => id));
		expect(paths()).toEqual([
			'/link/paginate_popular',
			'/link/find_batch_history',
			'/link/find_batch_history',
		]);
	});

	it('the rotation of an access key', async () => {
		const [key] = await run('accessKey:create', { keyName: 'Next' });
		const additionalFields = {
			accessKeyId: '={{ $json.key_id }}',
			accessKeyPassword: '={{ $json.key_password }}',
		};
		const items = [key ?? {}];
		expect(await run('accessKey:getToken', { additionalFields }, { items })).toHaveLength(1);
		const old = String(credential.keyId);
		Object.assign(credential, {
			keyId: key?.key_id,
			keyPassword: key?.key_password,
			sessionToken: '',
		});
		forgetLogins();
		expect(await run('accessKey:delete', { keyId: byId(old) })).toEqual([{ deleted: true }]);
		expect(await run('accessKey:find')).toMatchObject([{ key_id: key?.key_id }]);
	});
});
