import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { CampaignFactoryApi } from '../../credentials/CampaignFactoryApi.credentials.ts';
import { createCampaignFactorySimulator } from '../../demo/simulators/campaignFactory.mts';
import type { Simulator, SimulatorOptions } from '../../demo/simulators/support.mts';
import { CampaignFactory } from '../../nodes/CampaignFactory/CampaignFactory.node.ts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import type { NodeOutcome, NodeRun } from '../support/engine.mts';
import { runNode } from '../support/engine.mts';

let simulator: Simulator;
let credential: ICredentialDataDecryptedObject;
let now: number;

async function open(options: SimulatorOptions = {}) {
	simulator = await createCampaignFactorySimulator({ clock: () => now, ...options });
	credential = structuredClone(simulator.credential) as ICredentialDataDecryptedObject;
}

/** Time passes only where something waits. */
beforeEach(() => {
	now = Date.UTC(2025, 2, 4);
	jest.spyOn(clock, 'now').mockImplementation(() => now);
	jest.spyOn(clock, 'sleep').mockImplementation(async (milliseconds) => {
		now += milliseconds;
		await Promise.resolve();
	});
});

afterEach(async () => {
	expect(simulator.faults).toEqual([]);
	await simulator.close();
	forgetLogins();
	jest.restoreAllMocks();
});

async function run(
	resource: string,
	operation: string,
	parameters: INodeParameters = {},
	more: Partial<NodeRun> = {},
): Promise<NodeOutcome> {
	return await runNode({
		node: new CampaignFactory(),
		credentialType: new CampaignFactoryApi(),
		credential,
		parameters: { resource, operation, ...parameters },
		...more,
	});
}

/** The records of a run that must succeed. */
async function records(...given: Parameters<typeof run>): Promise<IDataObject[]> {
	const { items, error } = await run(...given);
	expect(error).toBeUndefined();
	return items.map(({ json }) => json);
}

const byId = (value: unknown) => ({ __rl: true, mode: 'id', value }) as unknown as INodeParameters;
const apiRequests = () => simulator.requests.filter(({ path }) => path.startsWith('/openapi/'));

describe('every operation', () => {
	beforeEach(async () => await open());

	it('Current User: Get', async () => {
		const [user] = await records('currentUser', 'get');
		expect(user).toMatchObject({ name: 'Ada Admin', email: 'ada.admin@example.com' });
	});

	it('Account: Get Many, over several pages side by side, in order', async () => {
		const all = await records('account', 'getAll', { returnAll: true });
		expect(all).toHaveLength(30);
		expect(apiRequests().map(({ query }) => query)).toEqual([
			{ page: '1', per_page: '25' },
			{ page: '2', per_page: '25' },
		]);
		const found = await records('account', 'getAll', {
			filters: { search: 'alder', sortBy: 'name', sortDirection: 'desc' },
		});
		expect(found.map(({ name }) => name)).toEqual([
			'Alder West',
			'Alder South',
			'Alder North',
			'Alder East',
		]);
	});

	it('Location: Get Many', async () => {
		const all = await records('location', 'getAll');
		expect(all.map(({ name }) => name)).toEqual(['US East', 'EU Central', 'Asia Pacific']);
	});

	it('Instance: Get Many', async () => {
		const all = await records('instance', 'getAll', { returnAll: true, simple: true });
		expect(all.map(({ name }) => name)).toEqual(
			Array.from({ length: 64 }, (_, index) => `Studio ${String(index + 1).padStart(2, '0')}`),
		);
		expect(Object.keys(all[0] ?? {})).toEqual([
			'uuid',
			'name',
			'subdomain',
			'custom_domain',
			'location_cname',
			'account_uuid',
			'plan_name',
			'user_email',
			'active_at',
			'trial_expiration',
		]);
		expect(apiRequests()).toHaveLength(3);
		const some = await records('instance', 'getAll', { limit: 3 });
		expect(some).toHaveLength(3);
		expect(apiRequests().at(-1)?.query).toEqual({ page: '1', per_page: '3' });
		const ofAccount = await records('instance', 'getAll', {
			filters: { accountId: byId(all[0]?.account_uuid) },
		});
		expect(ofAccount.map(({ name }) => name)).toEqual(['Studio 01', 'Studio 29', 'Studio 57']);
	});

	it('Instance: Create, Get, Update, Delete', async () => {
		const [account] = await records('account', 'getAll', { limit: 1 });
		const [location] = await records('location', 'getAll', { limit: 1 });
		const [made] = await records('instance', 'create', {
			name: 'Northwind EU',
			accountId: byId(account?.uuid),
			locationId: byId(location?.uuid),
			additionalFields: { subdomain: 'northwind-eu', trialExpiration: '2025-06-01T00:00:00' },
		});
		expect(made).toMatchObject({
			name: 'Northwind EU',
			subdomain: 'northwind-eu',
			account_uuid: account?.uuid,
			location_uuid: location?.uuid,
			location_cname: 'us.campaigns.example.net',
			trial_expiration: '2025-06-01T00:00:00Z',
			active_at: null,
		});
		const instanceId = byId(made?.uuid);
		now += 2000;
		const [ready] = await records('instance', 'get', { instanceId, simple: false });
		expect(ready).toMatchObject({ active_at: '2025-03-04T00:00:02Z', db_name: 'northwind_eu' });
		const [changed] = await records('instance', 'update', {
			instanceId,
			updateFields: { name: 'Northwind Europe', customDomain: '' },
		});
		expect(changed).toMatchObject({ name: 'Northwind Europe', custom_domain: '' });
		expect(apiRequests().at(-1)?.body).toEqual({ name: 'Northwind Europe', custom_domain: '' });
		expect(await records('instance', 'delete', { instanceId })).toEqual([{ deleted: true }]);
		const trash = await records('instance', 'getAll', { filters: { trashed: 'only' } });
		expect(trash.map(({ uuid }) => uuid)).toEqual([made?.uuid]);
	});

	it('API Request: any path, with all pages of a list', async () => {
		const all = await records('apiRequest', 'send', {
			method: 'GET',
			path: '/users',
			options: { itemsAt: 'data', maxResults: 27 },
		});
		expect(all).toHaveLength(27);
	});
});

describe('the sign-in', () => {
	it('is made once for many items without a token', async () => {
		await open();
		const [one] = await records('instance', 'getAll', { limit: 1 });
		forgetLogins();
		simulator.reset();
		credential = structuredClone(simulator.credential) as ICredentialDataDecryptedObject;
		const items = Array.from({ length: 40 }, (_, index) => ({ index }));
		const { items: out, error } = await run(
			'instance',
			'get',
			{ instanceId: byId(one?.uuid) },
			{ items },
		);
		expect(error).toBeUndefined();
		expect(out.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
		expect(simulator.tokenRequests()).toBe(1);
	});

	it('is renewed by the refresh token when the token ends in the middle of a run', async () => {
		await open();
		const [one] = await records('instance', 'getAll', { limit: 1 });
		const refresh = credential.refreshToken;
		const end = async () => {
			while (apiRequests().length < 20) await new Promise((done) => setTimeout(done, 1));
			simulator.expireTokens();
		};
		const [outcome] = await Promise.all([
			run(
				'instance',
				'get',
				{ instanceId: byId(one?.uuid) },
				{ items: Array.from({ length: 60 }, () => ({})) },
			),
			end(),
		]);
		expect(outcome.error).toBeUndefined();
		expect(outcome.items).toHaveLength(60);
		expect(simulator.tokenRequests()).toBe(2);
		const [, renewal] = simulator.requests.filter(({ path }) => path === '/oauth/token');
		expect(renewal?.body).toMatchObject({ grant_type: 'refresh_token', refresh_token: refresh });
		expect(credential.refreshToken).not.toBe(refresh);
		expect(simulator.requests.some(({ status }) => status === 401)).toBe(true);
	});

	it('falls back to the password when the refresh token is refused', async () => {
		await open();
		await records('currentUser', 'get');
		simulator.expireTokens();
		credential.refreshToken = 'invented-refresh-unknown';
		const { error } = await run('currentUser', 'get');
		expect(error).toBeUndefined();
		expect(
			simulator.requests
				.filter(({ path }) => path === '/oauth/token')
				.map(({ body, status }) => [(body as IDataObject).grant_type, status]),
		).toEqual([
			['password', 200],
			['refresh_token', 401],
			['password', 200],
		]);
	});

	it('ends with the stored time of expiry', async () => {
		await open({ tokenLifeSeconds: 3600 });
		await records('currentUser', 'get');
		expect(credential.expiresAt).toBe('2025-03-04T01:00:00.000Z');
		now += 3_600_000;
		await records('currentUser', 'get');
		expect(simulator.tokenRequests()).toBe(2);
	});

	it('is told in words when it is refused, once for all items', async () => {
		await open();
		credential.password = 'Wrong(password)1';
		const { items, error } = await run(
			'currentUser',
			'get',
			{},
			{
				items: [{}, {}, {}],
				onError: 'continueRegularOutput',
			},
		);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.error)).toEqual(
			[0, 1, 2].map(
				(item) =>
					`Acquia Campaign Factory refused the login: The user credentials were incorrect. Check user name and password: they are those of the Campaign Factory login page (status 400, invalid_grant) [Item ${item}]`,
			),
		);
		expect(simulator.requests).toHaveLength(1);
		expect(JSON.stringify(items)).not.toContain('Wrong(password)1');
	});
});

describe('changed scopes', () => {
	it('take effect with the next run, although the stored token has not ended', async () => {
		await open();
		credential.scopes = ['manage-accounts'];
		await records('account', 'getAll');
		const refused = await run('instance', 'getAll');
		expect(refused.error?.message).toBe('Invalid scope(s) provided.');
		expect(refused.error?.description).toBe(
			'This call needs the scope “manage-instances”, to be chosen under “Scopes” in the Acquia Campaign Factory credential. If it is chosen there, ask Acquia Support to enable it for the client. (status 403)',
		);
		expect(simulator.tokenRequests()).toBe(1);

		// What n8n does when the user saves the credential: hidden fields stay
		credential.scopes = ['manage-accounts', 'manage-instances'];
		forgetLogins();
		expect(await records('instance', 'getAll', { limit: 5 })).toHaveLength(5);
		const tokens = simulator.requests.filter(({ path }) => path === '/oauth/token');
		expect(tokens.map(({ body }) => (body as IDataObject).scope)).toEqual([
			'api-access manage-accounts',
			'api-access manage-accounts manage-instances',
		]);
		await records('account', 'getAll');
		expect(simulator.tokenRequests()).toBe(2);
	});

	it('cost one token request for many items in flight', async () => {
		await open();
		await records('currentUser', 'get');
		credential.scopes = ['manage-instances'];
		const { error, items } = await run(
			'currentUser',
			'get',
			{},
			{
				items: Array.from({ length: 30 }, () => ({})),
			},
		);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(30);
		expect(simulator.tokenRequests()).toBe(2);
	});
});

describe('what goes wrong', () => {
	const nowhere = '00000000-0000-4000-8000-000000000000';

	it('names an ID that does not exist, and goes on with the others', async () => {
		await open();
		const [one] = await records('instance', 'getAll', { limit: 1 });
		const ids = [one?.uuid, nowhere, one?.uuid];
		const { items, error } = await run(
			'instance',
			'get',
			{ instanceId: byId('={{ $json.id }}'), simple: true },
			{ items: ids.map((id) => ({ id })), onError: 'continueRegularOutput' },
		);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.name ?? json.error)).toEqual([
			'Studio 01',
			'Not found. [Item 1]',
			'Studio 01',
		]);
		expect(items[1]?.error?.description).toBe(
			'Check the ID: nothing was found under it, or the account may not see it. (status 404)',
		);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
	});

	it('refuses an ID of another shape before anything is sent', async () => {
		await open();
		const { error } = await run('instance', 'delete', { instanceId: byId('force-delete') });
		expect(error?.message).toBe(
			'“Instance” must be a UUID such as 3f0b5a52-8c1d-4e6f-9a7b-2d4c6e8f0a1b, but is “force-delete”',
		);
		expect(simulator.requests).toEqual([]);
	});

	it('shows the text of a refused value', async () => {
		await open();
		const { error } = await run('instance', 'create', {
			name: 'Twin',
			additionalFields: { subdomain: 'studio-01' },
		});
		expect(error?.message).toBe('subdomain: The subdomain has already been taken.');
		expect(error?.description).toBe('Check the values of this item. (status 422)');
	});

	it('says on an update that more fields may be wanted', async () => {
		await open();
		const [one] = await records('instance', 'getAll', { limit: 1 });
		const { error } = await run('instance', 'update', {
			instanceId: byId(one?.uuid),
			updateFields: { accountId: byId(nowhere) },
		});
		expect(error?.message).toBe('account_uuid: The selected account uuid is invalid.');
		expect(error?.description).toContain('The service may also want fields');
	});

	it.each([
		['name', 'Name'],
		['accountId', 'Account'],
		['subdomain', 'Subdomain'],
	])('does not clear what every instance has: %s', async (name, label) => {
		await open();
		const { error } = await run('instance', 'update', {
			instanceId: byId(nowhere),
			updateFields: { [name]: name === 'accountId' ? byId('') : '' },
		});
		expect(error?.message).toContain(`“${label}” must`);
		expect(simulator.requests).toEqual([]);
	});

	it('waits where the service limits requests, and loses nothing', async () => {
		await open({ requestsPerSecond: 5 });
		const [one] = await records('instance', 'getAll', { limit: 1 });
		const { items, error } = await run(
			'instance',
			'get',
			{ instanceId: byId(one?.uuid) },
			{
				items: Array.from({ length: 30 }, () => ({})),
			},
		);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(30);
		expect(simulator.requests.some(({ status }) => status === 429)).toBe(true);
	});

	it('creates nothing twice', async () => {
		await open();
		const { items, error } = await run(
			'instance',
			'create',
			{ name: '={{ $json.name }}' },
			{
				items: [{ name: 'One' }, { name: 'One' }, { name: 'Two' }],
				onError: 'continueRegularOutput',
			},
		);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.name ?? json.error)).toEqual(['One', 'One', 'Two']);
		expect(apiRequests().map(({ method, status }) => [method, status])).toEqual(
			Array.from({ length: 3 }, () => ['POST', 201]),
		);
	});
});
