import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { WarpUrlApi } from '../../credentials/WarpUrlApi.credentials.ts';
import { Refusal, answer } from '../../demo/simulators/support.mts';
import type {
	Subscription,
	WarpUrlOptions,
	WarpUrlSimulator,
} from '../../demo/simulators/warpUrl.mts';
import { PLAIN_USER, createWarpUrlSimulator } from '../../demo/simulators/warpUrl.mts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import { WarpUrlTrigger } from '../../nodes/WarpUrl/WarpUrlTrigger.node.ts';
import type { Active } from '../support/polling.mts';
import { activate } from '../support/polling.mts';

const START = Date.UTC(2025, 2, 11, 8, 15, 42, 107);
const CLIENT = '#clt#4b7e2c10-0000-4000-8000-0a9d3e5b7f28';
const minute = 60_000;
const day = 24 * 60 * minute;

let simulator: WarpUrlSimulator;
let subscription: Subscription;
let credential: ICredentialDataDecryptedObject;
let now: number;
let betweenPages: () => void;

const open = async (options: WarpUrlOptions = {}) => {
	simulator = await createWarpUrlSimulator({
		clock: () => now,
		jobSeconds: 90,
		betweenPages: () => betweenPages(),
		...options,
	});
	({ subscription } = simulator);
	credential = structuredClone(simulator.credential) as ICredentialDataDecryptedObject;
};

beforeEach(async () => {
	now = START;
	betweenPages = () => undefined;
	forgetLogins();
	jest.spyOn(clock, 'now').mockImplementation(() => now);
	jest.spyOn(clock, 'sleep').mockImplementation(async (milliseconds) => {
		now += milliseconds;
		await Promise.resolve();
	});
	await open();
});
afterEach(async () => {
	jest.restoreAllMocks();
	expect(simulator.faults).toEqual([]);
	await simulator.close();
});

const watch = async (event: string, parameters: INodeParameters = {}): Promise<Active> =>
	await activate({
		node: new WarpUrlTrigger(),
		credentialType: new WarpUrlApi(),
		credential,
		parameters: { event, ...parameters },
	});
const filters = (members: INodeParameters) => ({ filters: members });
const includeExisting = { options: { includeExisting: true } };
const byId = (value: unknown) => ({ __rl: true, mode: 'id', value }) as unknown as INodeParameters;

/** A poll some time later; gives one member of each item. */
const pollLater = async (active: Active, member = 'short_url', milliseconds = minute) => {
	now += milliseconds;
	return (await active.poll()).map(({ json }) => json[member]);
};
/** Polls that find nothing: what was told is not told again. */
const expectSilence = async (active: Active, polls = 3) => {
	for (let poll = 0; poll < polls; poll++) expect(await pollLater(active)).toEqual([]);
};
const failNow = () => {
	throw new Refusal(answer({ message: 'Forbidden for now' }, 403));
};
const calls = (path: string) =>
	simulator.requests.filter((request) => request.path === `/prod${path}`);

/** Sends a call beside the node; a poll has to have signed in. */
const send = async (path: string, data: IDataObject): Promise<IDataObject> => {
	const response = await fetch(`${simulator.url}/prod${path}`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			'x-api-key': String(credential.apiKey),
			authorization: String(credential.sessionToken),
		},
		body: JSON.stringify({ control: {}, data }),
	});
	const body = (await response.json()) as IDataObject;
	expect(body.control).toMatchObject({ ResponseCode: 2000 });
	return body.data as IDataObject;
};
const own = { client_id: CLIENT, username: 'grace.admin' };
const campaignId = async (name = 'Spring 2025') => {
	const { Items } = await send('/campaign/paginate_user', { username: own.username });
	return (Items as IDataObject[]).find((campaign) => campaign.name === name)?.campaign_id;
};

describe('Link Created', () => {
	it('tells of each once, with its address and ISO times', async () => {
		const active = await watch('linkCreated');
		await expectSilence(active);
		subscription.createLink('/one');
		now += 1;
		subscription.createLink('/two');
		expect(await pollLater(active)).toEqual(['/one', '/two']);
		expect(active.delivered[0]).toMatchObject({
			link_id: '#lnk#/one',
			full_short_url: 'https://go.warpurl.example/one',
			created_at: '2025-03-11 08:18:42.107',
			created_at_iso: '2025-03-11T08:18:42.107Z',
		});
		await expectSilence(active);
		subscription.createLink('/three');
		expect(await pollLater(active, 'short_url', 3 * day)).toEqual(['/three']);
		await expectSilence(active);
		expect(active.delivered).toHaveLength(3);
	});

	it('reads one page when nothing has happened, of a thousand links', async () => {
		await simulator.close();
		await open({ links: 1000 });
		const active = await watch('linkCreated');
		const before = calls('/link/paginate_user').length;
		await expectSilence(active, 4);
		expect(calls('/link/paginate_user').length - before).toBeLessThanOrEqual(4);
	});

	it('tells of existing ones only when asked to', async () => {
		const active = await watch('linkCreated', includeExisting);
		expect(active.delivered).toHaveLength(130);
		expect(active.delivered[0]).toMatchObject({ short_url: '/offer-1' });
		await expectSilence(active);
	});

	it('hundreds at once with equal times, on pages that shift, come once each', async () => {
		const active = await watch('linkCreated');
		for (let index = 0; index < 300; index++) subscription.createLink(`/many-${index}`);
		let during = 0;
		betweenPages = () => {
			during++;
			subscription.createLink(`/during-${during}`);
			if (during < 4) subscription.deleteLink(`/many-${during * 60 - 1}`);
			else betweenPages = () => undefined;
		};
		for (let poll = 0; poll < 4; poll++) await pollLater(active);
		const told = active.delivered.map((link) => String(link.short_url));
		expect(new Set(told).size).toBe(told.length);
		const gone = ['/many-59', '/many-119', '/many-179'];
		const expected = [
			...Array.from({ length: 300 }, (_, index) => `/many-${index}`),
			...Array.from({ length: 4 }, (_, index) => `/during-${index + 1}`),
		].filter((slug) => !gone.includes(slug));
		expect(told).toEqual(expect.arrayContaining(expected));
		expect(active.delivered.length).toBeLessThanOrEqual(304);
		await expectSilence(active);
	});

	it('tells of one that the list shows late, after newer ones', async () => {
		const active = await watch('linkCreated');
		subscription.createLink('/new');
		expect(await pollLater(active)).toEqual(['/new']);
		await expectSilence(active);
		subscription.createLink('/late', { created: now - 10 * minute });
		expect(await pollLater(active)).toEqual(['/late']);
		await expectSilence(active);
	});

	it('a slug that is used again is a new link', async () => {
		const active = await watch('linkCreated');
		subscription.createLink('/again');
		expect(await pollLater(active)).toEqual(['/again']);
		subscription.deleteLink('/again');
		await expectSilence(active, 1);
		subscription.createLink('/again');
		expect(await pollLater(active)).toEqual(['/again']);
		await expectSilence(active);
	});

	it('only of a campaign, or of another user', async () => {
		await watch('linkCreated');
		const campaign = byId(await campaignId());
		const inCampaign = await watch('linkCreated', filters({ campaignId: campaign }));
		const ofBot = await watch('linkCreated', filters({ username: PLAIN_USER.username }));
		subscription.createLink('/plain');
		subscription.createLink('/spring', { campaign: 'Spring 2025' });
		subscription.createLink('/news', { campaign: 'Newsletter' });
		subscription.createLink('/bot', { username: PLAIN_USER.username });
		expect(await pollLater(inCampaign)).toEqual(['/spring']);
		expect(await pollLater(ofBot)).toEqual(['/bot']);
		await expectSilence(inCampaign);
		await expectSilence(ofBot);
	});

	it('after a crash and after a poll that fails half-way nothing is lost or told twice', async () => {
		const active = await watch('linkCreated');
		for (let index = 0; index < 100; index++) subscription.createLink(`/a-${index}`);
		betweenPages = failNow;
		await expect(pollLater(active)).rejects.toThrow('Forbidden');
		betweenPages = () => undefined;
		expect(await pollLater(active)).toHaveLength(100);
		await expectSilence(active);
		subscription.createLink('/b');
		now += minute;
		await active.crash();
		await active.crash();
		await expectSilence(active);
		expect(active.delivered.map(({ short_url: slug }) => slug).slice(100)).toEqual(['/b']);
	});
});

describe('Clicks Passed Threshold', () => {
	// Offer 1 has 6 clicks, offer 130 has 393; of these 130 are unique
	it('tells once when a link reaches it, five minutes after the visits', async () => {
		const active = await watch('clicksPassed', { threshold: 390 });
		await expectSilence(active);
		subscription.visit('/offer-1', 383);
		expect(await pollLater(active, 'short_url', 6 * minute)).toEqual([]);
		subscription.visit('/offer-1', 1);
		expect(await pollLater(active)).toEqual([]);
		expect(await pollLater(active, 'short_url', 5 * minute)).toEqual(['/offer-1']);
		expect(active.delivered).toMatchObject([
			{
				link_id: '#lnk#/offer-1',
				full_short_url: 'https://go.warpurl.example/offer-1',
				clicks: 390,
				threshold: 390,
				passed: true,
			},
		]);
		subscription.visit('/offer-1', 500);
		await expectSilence(active, 7);
		expect(active.delivered).toHaveLength(1);
	});

	it('again after the clicks were reset, or the slug was used again', async () => {
		const active = await watch('clicksPassed', { threshold: 390 });
		subscription.resetClicks('/offer-130');
		await expectSilence(active);
		subscription.visit('/offer-130', 400);
		expect(await pollLater(active, 'short_url', 6 * minute)).toEqual(['/offer-130']);
		await expectSilence(active);
		subscription.deleteLink('/offer-130');
		subscription.createLink('/offer-130');
		subscription.visit('/offer-130', 400);
		expect(await pollLater(active, 'short_url', 6 * minute)).toEqual(['/offer-130']);
		await expectSilence(active);
	});

	it('of unique clicks', async () => {
		const active = await watch('clicksPassed', { threshold: 130, counted: 'clicks_unique' });
		subscription.visit('/offer-1', 1000, 128);
		expect(await pollLater(active, 'short_url', 6 * minute)).toEqual([]);
		subscription.visit('/offer-1', 10, 1);
		expect(await pollLater(active, 'short_url', 6 * minute)).toEqual(['/offer-1']);
		await expectSilence(active);
		// Also behind a page of links with more clicks by fewer visitors
		for (let index = 2; index < 72; index++) subscription.visit(`/offer-${index}`, 1000, 0);
		subscription.visit('/offer-129', 1);
		expect(await pollLater(active, 'short_url', 6 * minute)).toEqual(['/offer-129']);
		await expectSilence(active);
	});

	it('of chosen links, by ID, slug or address, 25 with a request', async () => {
		const link = [
			{ linkId: { __rl: true, mode: 'id', value: '/offer-1' } },
			{ linkId: { __rl: true, mode: 'id', value: '#lnk#/offer-2' } },
			{ linkId: { __rl: true, mode: 'url', value: 'https://go.warpurl.example/offer-3?x=1' } },
			...Array.from({ length: 27 }, (_, index) => ({ linkId: byId(`/offer-${index + 4}`) })),
			{ linkId: byId('/offer-30') },
		];
		const links = { link } as unknown as INodeParameters;
		const active = await watch('clicksPassed', { watch: 'links', links, threshold: 1000 });
		const batches = calls('/link/find_batch').slice(0, 2);
		expect(
			batches.map(({ body }) => (body as { data: { link_ids: string[] } }).data.link_ids.length),
		).toEqual([25, 5]);
		for (const slug of ['/offer-1', '/offer-2', '/offer-3', '/offer-30', '/offer-31']) {
			subscription.visit(slug, 1000);
		}
		const told = await pollLater(active, 'short_url', 6 * minute);
		expect(told.sort()).toEqual(['/offer-1', '/offer-2', '/offer-3', '/offer-30']);
		subscription.deleteLink('/offer-1');
		await expectSilence(active);
	});

	it('of the links of a campaign, and of a campaign as a whole', async () => {
		await watch('clicksPassed', { threshold: 1000 });
		const campaign = byId(await campaignId());
		const each = await watch('clicksPassed', {
			watch: 'campaignLinks',
			campaignId: campaign,
			threshold: 1000,
		});
		// 65 links with 3 n + 3 clicks each, n from 2 to 130
		const whole = await watch('clicksPassed', {
			watch: 'campaign',
			campaignId: campaign,
			threshold: 14_000,
		});
		expect(whole.delivered).toEqual([]);
		subscription.visit('/offer-1', 1000);
		subscription.visit('/offer-2', 1000);
		expect(await pollLater(each, 'short_url', 6 * minute)).toEqual(['/offer-2']);
		await pollLater(whole);
		expect(whole.delivered).toEqual([
			{
				campaign_id: campaign.value,
				links: 65,
				clicks: 14_065,
				clicks_month: expect.any(Number) as number,
				clicks_day: expect.any(Number) as number,
				clicks_unique: expect.any(Number) as number,
				threshold: 14_000,
				passed: true,
			},
		]);
		await expectSilence(each);
		await expectSilence(whole);
		// It falls when links leave, and may pass again
		subscription.deleteLink('/offer-2');
		await expectSilence(whole);
		subscription.visit('/offer-4', 1000);
		expect(await pollLater(whole, 'links', 6 * minute)).toEqual([64]);
		await expectSilence(whole);
		expect(await pollLater(each)).toEqual(['/offer-4']);
		subscription.leaveCampaign('/offer-4');
		await expectSilence(each);
		const asked = calls('/link/find_batch').length;
		await expectSilence(each);
		expect(calls('/link/find_batch')).toHaveLength(asked);
	});

	it('tells of those that have passed already only when asked to', async () => {
		const active = await watch('clicksPassed', { threshold: 300, ...includeExisting });
		expect(active.delivered).toHaveLength(32);
		await expectSilence(active);
	});

	it('links that overtake each other while pages are read are told once', async () => {
		const active = await watch('clicksPassed', { threshold: 3 });
		const overtake = async (first: number) => {
			// The first links of a page to come move to the front, one before each page
			for (let next = 0; next < 8; next++) {
				subscription.visit(`/offer-${first - next}`, 1000);
				now += 1000;
			}
			betweenPages = () => {
				now += 1000;
			};
			return await pollLater(active, 'short_url', 5 * minute - 8500);
		};
		expect(await overtake(70)).toEqual([]);
		expect(await overtake(50)).toEqual([]);
		subscription.createLink('/new');
		subscription.visit('/new', 5);
		now += 1000;
		const told = [...(await overtake(40)), ...(await pollLater(active))];
		expect(told).toEqual(['/new']);
		await expectSilence(active);
	});

	it('a link that is hidden at the activation is not told later', async () => {
		for (let next = 0; next < 8; next++) {
			subscription.visit(`/offer-${70 - next}`, 1000);
			now += 1000;
		}
		betweenPages = () => {
			now += 1000;
		};
		now += 5 * minute - 8500;
		const active = await watch('clicksPassed', { threshold: 3 });
		betweenPages = () => undefined;
		await expectSilence(active);
	});

	it('reads one page when few have passed, and remembers only those', async () => {
		const active = await watch('clicksPassed', { threshold: 390 });
		const before = simulator.requests.length;
		await expectSilence(active, 1);
		expect(simulator.requests).toHaveLength(before + 1);
		expect(active.stored().length).toBeLessThan(500);
	});

	it('a crash and a poll that fails tell nothing twice', async () => {
		const active = await watch('clicksPassed', { threshold: 30 });
		subscription.visit('/offer-1', 100);
		now += 6 * minute;
		betweenPages = failNow;
		await expect(active.poll()).rejects.toThrow('Forbidden');
		betweenPages = () => undefined;
		await active.crash();
		await active.crash();
		await expectSilence(active);
		expect(active.delivered.map(({ short_url: slug }) => slug)).toEqual(['/offer-1']);
	});

	it.each([
		[{ watch: 'campaign' }, '“Campaign” is required'],
		[{ watch: 'campaignLinks' }, '“Campaign” is required'],
		[{ watch: 'links', links: {} }, '“Links” is required'],
		[{ watch: 'links', links: { link: [{}] } }, '“Link” is required'],
		[
			{ watch: 'links', links: { link: [{ linkId: byId('no slug') }] } },
			'“Link” must be a link ID',
		],
		[{ threshold: 0 }, '“Threshold” must be at least 1'],
	])('%j is refused in words', async (parameters, message) => {
		const given = { threshold: 10, ...parameters } as unknown as INodeParameters;
		await expect(watch('clicksPassed', given)).rejects.toThrow(message);
	});
});

describe('Import Finished', () => {
	const csv = (rows: number, prefix: string) =>
		[
			'Long URL,Short URL',
			...Array.from({ length: rows }, (_, row) => `https://x.example.com/${row},/${prefix}-${row}`),
		].join('\n');
	const begin = async (name: string) =>
		await send('/db_import/create', {
			...own,
			import_type: 'LINKS',
			import_format: 'LINKS_1',
			file_name: name,
		});
	const upload = async (started: IDataObject, content: string) => {
		const { status } = await fetch(String(started.SignedPutUrl), { method: 'PUT', body: content });
		expect(status).toBe(200);
	};
	const name = 'file_name';

	it('tells of each when it has ended, also of one that was long in the queue', async () => {
		const active = await watch('importFinished');
		await upload(await begin('quick.csv'), csv(3, 'quick'));
		expect(await pollLater(active)).toEqual([]);
		expect(await pollLater(active, name)).toEqual(['quick.csv']);
		expect(active.delivered[0]).toMatchObject({
			import_status: 'SUCCESSFUL',
			total_rows: 3,
			processed_at_iso: '2025-03-11T08:17:12.107Z',
		});
		// Forty imports of 90 seconds get their file earlier
		const slow = await begin('slow.csv');
		now += 1000;
		for (let index = 0; index < 40; index++) {
			await upload(await begin(`front-${index}.csv`), csv(1, `front-${index}`));
		}
		await upload(slow, csv(2, 'slow'));
		expect(await pollLater(active)).toEqual([]);
		expect(await pollLater(active, name, 30 * minute)).toHaveLength(20);
		// Far outside of the window in which the list is read
		for (let index = 0; index < 170; index++) await begin(`other-${index}.csv`);
		await pollLater(active);
		await pollLater(active);
		const before = calls('/db_import/find').length;
		expect(await pollLater(active, name, 40 * minute)).toContain('slow.csv');
		const asked = calls('/db_import/find').slice(before);
		const { import_id: id } = slow.DbImport as IDataObject;
		expect(asked.map(({ body }) => (body as { data: IDataObject }).data.import_id)).toContain(id);
		await expectSilence(active);
		expect(active.delivered.filter((job) => job[name] === 'slow.csv')).toHaveLength(1);
		expect(active.delivered).toHaveLength(42);
		expect(JSON.stringify(active.delivered)).not.toContain('X-Amz-Signature');
	});

	it('by outcome', async () => {
		const all = await watch('importFinished');
		const bad = await watch(
			'importFinished',
			filters({ outcome: ['partly', 'invalid', 'failed'] }),
		);
		await upload(await begin('good.csv'), csv(2, 'good'));
		await upload(await begin('partly.csv'), 'Long URL\nhttps://x.example.com\nno address');
		await upload(await begin('invalid.csv'), 'Address\nhttps://x.example.com');
		now += 10 * minute;
		subscription.breakImports(true);
		await upload(await begin('failed.csv'), csv(2, 'failed'));
		now += 10 * minute;
		// Those of the same moment come in the order of the list
		expect((await pollLater(bad, name)).sort()).toEqual([
			'failed.csv',
			'invalid.csv',
			'partly.csv',
		]);
		expect(await pollLater(all, name)).toHaveLength(4);
		await expectSilence(bad);
		await expectSilence(all);
		now += 5 * day;
		for (const [outcome, file] of [
			['successful', 'good.csv'],
			['partly', 'partly.csv'],
			['invalid', 'invalid.csv'],
			['failed', 'failed.csv'],
		]) {
			const one = await watch('importFinished', {
				...includeExisting,
				...filters({ outcome: [String(outcome)] }),
			});
			expect(one.delivered.map((job) => job[name])).toEqual([file]);
		}
	});

	it('begins with those under way, not with those that have ended', async () => {
		await watch('importFinished');
		await upload(await begin('before.csv'), csv(1, 'before'));
		now += 10 * minute;
		await upload(await begin('running.csv'), csv(1, 'running'));
		const active = await watch('importFinished');
		expect(active.delivered).toEqual([]);
		expect(await pollLater(active, name, 2 * minute)).toEqual(['running.csv']);
		await expectSilence(active);
	});

	it('asks no more about a file that never came, nor about an import that is not known', async () => {
		const active = await watch('importFinished');
		await begin('never.csv');
		await begin('forgotten.csv');
		await expectSilence(active, 1);
		subscription.forgetImport('forgotten.csv');
		await expectSilence(active, 2);
		const asked = calls('/db_import/find').length;
		expect(asked).toBeGreaterThan(0);
		await expectSilence(active, 1);
		expect(calls('/db_import/find').length).toBeGreaterThan(asked);
		now += 4 * day;
		await expectSilence(active, 1);
		const later = calls('/db_import/find').length;
		await expectSilence(active);
		expect(calls('/db_import/find')).toHaveLength(later);
	});

	it('crash, failing poll and shifting pages: told once each', async () => {
		const active = await watch('importFinished');
		const jobs: IDataObject[] = [];
		for (let index = 0; index < 70; index++) {
			jobs.push(await begin(`import-${index}.csv`));
			now += 1000;
		}
		await expectSilence(active, 1);
		for (const [index, job] of jobs.entries()) {
			if (index % 10 === 0) await upload(job, csv(1, `import-${index}`));
		}
		betweenPages = failNow;
		now += 20 * minute;
		await expect(active.poll()).rejects.toThrow('Forbidden');
		betweenPages = () => {
			subscription.forgetImport('import-69.csv');
			betweenPages = () => undefined;
		};
		await active.crash();
		await active.crash();
		await expectSilence(active);
		expect(active.delivered.map((job) => job[name]).sort()).toEqual(
			[0, 10, 20, 30, 40, 50, 60].map((index) => `import-${index}.csv`),
		);
	});

	it('another refusal than an unknown import fails the poll', async () => {
		const active = await watch('importFinished');
		await begin('waiting.csv');
		await expectSilence(active, 1);
		credential.keyId = PLAIN_USER.keyId;
		credential.keyPassword = PLAIN_USER.keyPassword;
		credential.sessionToken = '';
		await expect(active.poll()).rejects.toThrow('Not allowed');
	});
});

describe('sign-in', () => {
	it('is renewed once when the token ends between and during polls', async () => {
		const active = await watch('linkCreated');
		expect(simulator.tokenRequests()).toBe(1);
		subscription.createLink('/one');
		expect(await pollLater(active, 'short_url', 2 * 60 * minute)).toEqual(['/one']);
		expect(simulator.tokenRequests()).toBe(2);
		for (let index = 0; index < 100; index++) subscription.createLink(`/a-${index}`);
		betweenPages = () => {
			simulator.expireTokens();
			betweenPages = () => undefined;
		};
		expect(await pollLater(active)).toHaveLength(100);
		await expectSilence(active);
		expect(simulator.tokenRequests()).toBe(3);
	});

	it('is refused in words, without the password', async () => {
		credential.keyPassword = 'invented-wrong-password';
		const refusal = await watch('linkCreated').catch((error: unknown) => error);
		expect(refusal).toMatchObject({
			message: expect.stringContaining('Access key or password is not correct') as string,
		});
		expect(JSON.stringify(refusal)).not.toContain('invented-wrong-password');
	});

	it('another user is only for administrators', async () => {
		credential.keyId = PLAIN_USER.keyId;
		credential.keyPassword = PLAIN_USER.keyPassword;
		await expect(watch('linkCreated', filters({ username: 'grace.admin' }))).rejects.toThrow(
			'Not allowed',
		);
		const active = await watch('linkCreated');
		subscription.createLink('/bot', { username: PLAIN_USER.username });
		expect(await pollLater(active)).toEqual(['/bot']);
	});
});

describe('Fetch Test Event', () => {
	it('gives a real record, and changes nothing', async () => {
		const created = await watch('linkCreated');
		expect((await created.fetchTestEvent())[0]?.json).toMatchObject({ short_url: '/offer-130' });
		await expectSilence(created);
		const some = await watch('clicksPassed', { threshold: 390 });
		const before = some.stored();
		expect(await some.fetchTestEvent()).toHaveLength(1);
		expect((await some.fetchTestEvent())[0]?.json).toMatchObject({
			short_url: '/offer-130',
			passed: true,
		});
		expect(some.stored()).toBe(before);
		const none = await watch('clicksPassed', { threshold: 1000 });
		expect((await none.fetchTestEvent())[0]?.json).toMatchObject({
			short_url: '/offer-130',
			threshold: 1000,
			passed: false,
		});
		await expectSilence(none);
	});

	it('says so when there is no import yet', async () => {
		const active = await watch('importFinished');
		await expect(active.fetchTestEvent()).rejects.toThrow(
			'There is nothing yet that could be shown for “Import Finished”',
		);
	});
});
