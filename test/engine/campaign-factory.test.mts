import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { CampaignFactoryApi } from '../../credentials/CampaignFactoryApi.credentials.ts';
import { createCampaignFactorySimulator } from '../../demo/simulators/campaignFactory.mts';
import type { CampaignFactoryOptions } from '../../demo/simulators/campaignFactory.mts';
import type { Simulator, UploadedFile } from '../../demo/simulators/support.mts';
import { CampaignFactory } from '../../nodes/CampaignFactory/CampaignFactory.node.ts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import type { NodeOutcome, NodeRun } from '../support/engine.mts';
import { runNode } from '../support/engine.mts';

let simulator: Simulator;
let credential: ICredentialDataDecryptedObject;
let now: number;

async function open(options: CampaignFactoryOptions = {}) {
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
/** A file as n8n holds it. */
const png = (fileName: string, content: string) => ({
	data: Buffer.from(content).toString('base64'),
	mimeType: 'image/png',
	fileName,
});
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

	it('Instance: Delete Many, Delete Permanently, Delete Many Permanently, Update Many', async () => {
		const ids = (await records('instance', 'getAll', { limit: 5 })).map(({ uuid }) => uuid);
		const chosen = { instanceId: byId('={{ $json.id }}') };
		const items = ids.map((id) => ({ id })) as IDataObject[];
		const last = () => {
			const { method, path, body } = apiRequests().at(-1) ?? {};
			return { method, path, body };
		};
		const all = async (operation: string, given: IDataObject[], more: INodeParameters = {}) =>
			await records('instance', operation, { ...chosen, ...more }, { items: given });
		expect(await all('updateMany', items, { changes: '{ "suspended": true }' })).toEqual(
			items.map(() => ({ success: true })),
		);
		expect(last()).toEqual({
			method: 'PATCH',
			path: '/openapi/instances',
			body: { suspended: true, instance_uuids: ids },
		});
		expect(await all('deleteMany', items.slice(0, 3))).toEqual(Array(3).fill({ deleted: true }));
		expect(last()).toEqual({
			method: 'PATCH',
			path: '/openapi/instances/delete',
			body: { instance_uuids: ids.slice(0, 3) },
		});
		expect(await all('deleteManyPermanently', items.slice(0, 2))).toHaveLength(2);
		expect(last().path).toBe('/openapi/instances/force-delete');
		expect(await all('deletePermanently', items.slice(2, 3))).toEqual([{ deleted: true }]);
		expect(last()).toMatchObject({
			method: 'DELETE',
			path: `/openapi/instances/${String(ids[2])}/force-delete`,
		});
		expect(await records('instance', 'getAll', { filters: { trashed: 'only' } })).toEqual([]);
	});

	it('Account: Create, Get, Update, Delete, Restore, Delete Many, Delete Permanently', async () => {
		const [first] = await records('account', 'getAll', { limit: 1 });
		const [made] = await records('account', 'create', {
			name: 'Northwind Brands',
			customerId: String(first?.customer_uuid),
			contactLimit: 10000,
			emailLimit: 50000,
		});
		expect(made).toMatchObject({ contact_limit: 10_000, monthly_email_limit: 50_000 });
		const accountId = byId(made?.uuid);
		expect(await records('account', 'get', { accountId })).toEqual([made]);
		const [changed] = await records('account', 'update', {
			accountId,
			updateFields: { contactLimit: 0, name: 'Northwind' },
		});
		expect(changed).toMatchObject({
			contact_limit: 0,
			monthly_email_limit: 50_000,
			name: 'Northwind',
		});
		expect(await records('account', 'delete', { accountId })).toEqual([{ deleted: true }]);
		expect(await records('account', 'restore', { accountId })).toEqual([{ restored: true }]);
		expect((await records('account', 'get', { accountId }))[0]).toMatchObject({ deleted_at: null });
		expect(await records('account', 'deleteMany', { accountId })).toEqual([{ deleted: true }]);
		expect(await records('account', 'deletePermanently', { accountId })).toEqual([
			{ deleted: true },
		]);
		expect(await records('account', 'getAll', { filters: { trashed: 'only' } })).toEqual([]);
	});

	it('Account: Get Instances, Get Users, Add User, Remove User, Remove Users, Replace All Users', async () => {
		const [account] = await records('account', 'getAll', { limit: 1 });
		const people = (await records('user', 'getAll', { limit: 4 })).map(({ uuid }) => String(uuid));
		const accountId = byId(account?.uuid);
		const instances = await records('account', 'getInstances', { accountId, returnAll: true });
		expect(instances.map(({ name }) => name)).toEqual(['Studio 01', 'Studio 29', 'Studio 57']);
		const members = async () =>
			(await records('account', 'getUsers', { accountId })).map(({ uuid }) => uuid);
		expect(await records('account', 'addUser', { accountId, userId: byId(people[1]) })).toEqual([
			{ message: 'User attached successfully.' },
		]);
		expect(await members()).toEqual(people.slice(0, 2));
		await records('account', 'removeUser', { accountId, userId: byId(people[0]) });
		expect(await members()).toEqual([people[1]]);
		await records('account', 'replaceUsers', { accountId, userIds: `${people[2]}, ${people[3]}` });
		expect(await members()).toEqual(people.slice(2));
		await records('account', 'removeUsers', { accountId, userIds: people[2] ?? '' });
		expect(await members()).toEqual([people[3]]);
	});

	it('User: Create, Get Many, Get, Update, Delete, Delete Many', async () => {
		const [made] = await records('user', 'create', {
			name: 'Jo Sample',
			email: 'jo@example.com',
			additionalFields: { password: 'Invented(password)2', super: false },
		});
		expect(made).toMatchObject({ name: 'Jo Sample', email: 'jo@example.com', super: false });
		const userId = byId(made?.uuid);
		const [found] = await records('user', 'getAll', { filters: { search: 'jo@' }, simple: true });
		expect(await records('user', 'get', { userId, simple: true })).toEqual([found]);
		expect(Object.keys(found ?? {})).toHaveLength(10);
		const [changed] = await records('user', 'update', {
			userId,
			updateFields: { name: 'Joe Sample', notifyLimitViolation: true },
		});
		expect(changed).toMatchObject({ name: 'Joe Sample', notify_limit_violation: true });
		expect(await records('user', 'delete', { userId })).toEqual([{ deleted: true }]);
		const some = (await records('user', 'getAll', { limit: 3 })).slice(1);
		await records('user', 'deleteMany', { userId: byId('={{ $json.uuid }}') }, { items: some });
		expect(apiRequests().at(-1)?.body).toEqual({ user_uuids: some.map(({ uuid }) => uuid) });
	});

	it('User: Get Accounts, Replace All Accounts, Remove Accounts, Get Roles, Add Role, Replace All Roles, Remove Role', async () => {
		const [, user] = await records('user', 'getAll', { limit: 2 });
		const accounts = (await records('account', 'getAll', { limit: 3 })).map(({ uuid }) => uuid);
		const roles = (await records('role', 'getAll')).map(({ uuid }) => uuid);
		const userId = byId(user?.uuid);
		const held = async (operation: string) =>
			(await records('user', operation, { userId })).map(({ uuid }) => uuid);
		await records('user', 'replaceAccounts', { userId, accountIds: accounts.join('\n') });
		expect(await held('getAccounts')).toEqual(accounts);
		await records('user', 'removeAccounts', { userId, accountIds: String(accounts[0]) });
		expect(await held('getAccounts')).toEqual(accounts.slice(1));
		expect(await records('user', 'addRole', { userId, roleId: byId(roles[0]) })).toEqual([
			{ message: 'Role attached successfully.' },
		]);
		expect(await held('getRoles')).toEqual([roles[0], roles[3]]);
		await records('user', 'removeRole', { userId, roleId: byId(roles[0]) });
		await records('user', 'replaceRoles', {
			userId,
			roleIds: `${String(roles[1])},${String(roles[2])}`,
		});
		expect(await held('getRoles')).toEqual([roles[1], roles[2]]);
	});

	it('Role: Create, Get Many, Get, Update, Delete, Get Users', async () => {
		const [made] = await records('role', 'create', {
			name: 'Reader',
			additionalFields: { slug: 'reader', permissions: 'viewAccounts, viewRoles', visible: false },
		});
		expect(made).toMatchObject({
			name: 'Reader',
			visible_in_maestro: false,
			permissions: [{ permission_slug: 'viewAccounts' }, { permission_slug: 'viewRoles' }],
		});
		const roleId = byId(made?.uuid);
		const [changed] = await records('role', 'update', {
			roleId,
			updateFields: { permissions: 'viewRoles' },
		});
		expect(changed).toMatchObject({ permissions: [{ permission_slug: 'viewRoles' }] });
		expect(await records('role', 'get', { roleId })).toEqual([changed]);
		expect(await records('role', 'delete', { roleId })).toEqual([{ deleted: true }]);
		const [, , , viewer] = await records('role', 'getAll');
		const users = await records('role', 'getUsers', {
			roleId: byId(viewer?.uuid),
			returnAll: true,
		});
		expect(users).toHaveLength(27);
	});

	it('Location: Get, Get Instances, without a count of pages', async () => {
		const [one] = await records('location', 'getAll', { limit: 1 });
		const locationId = byId(one?.uuid);
		expect(await records('location', 'get', { locationId })).toEqual([one]);
		const { length } = await records('location', 'getInstances', { locationId, returnAll: true });
		expect(length).toBe(22);
		expect(apiRequests().at(-1)?.query).toEqual({ page: '1', limit: '25' });
	});

	it('Branding: Create, Get Many, Get, Update, Delete', async () => {
		const [account] = await records('account', 'getAll', { limit: 1 });
		const [made] = await records(
			'branding',
			'create',
			{
				belongsTo: 'account',
				accountId: byId(account?.uuid),
				additionalFields: { appName: 'Northwind', sidebarColor: '#0F1B2D', mainLogo: 'logo' },
			},
			{ files: [{ logo: png('logo.png', 'picture') }] },
		);
		expect(made).toMatchObject({
			app_name: 'Northwind',
			background_color: '#0F1B2D',
			account_uuid: account?.uuid,
			main_logo: expect.stringContaining('main_logo-1.png') as string,
		});
		const { headers, body } = apiRequests().at(-1) ?? {};
		expect(headers?.['content-type']).toMatch(/^multipart\/form-data; boundary=/);
		expect(body).toEqual({
			account_uuid: account?.uuid,
			app_name: 'Northwind',
			branding_color: '#0F1B2D',
			main_logo: { filename: 'logo.png', type: 'image/png', content: Buffer.from('picture') },
		});
		const brandingId = byId(made?.uuid);
		const all = await records('branding', 'getAll', { returnAll: true, simple: true });
		expect(all).toHaveLength(29);
		const [found] = await records('branding', 'get', { brandingId, simple: true });
		expect(found).toEqual(all.at(-1));
		expect(Object.keys(found ?? {})).toHaveLength(10);
		const [changed] = await records(
			'branding',
			'update',
			{ brandingId, updateFields: { appName: '', favicon: 'icon', primaryColor: '#abc' } },
			{ files: [{ icon: png('icon.ico', 'icon') }] },
		);
		expect(changed).toMatchObject({
			app_name: null,
			background_color: '#0F1B2D',
			favicon: expect.stringContaining('favicon-2.ico') as string,
			primary_color: '#abc',
		});
		expect(await records('branding', 'get', { brandingId, simple: false })).toEqual([changed]);
		expect(await records('branding', 'delete', { brandingId })).toEqual([{ deleted: true }]);
		expect(await records('branding', 'getAll', { returnAll: true })).toHaveLength(28);
	});

	it('Sender Domain: Create, Get Many, Get, Update, Validate Again, Delete', async () => {
		const [made] = await records('senderDomain', 'create', {
			senderDomainName: 'post.example.com',
			bounceDomain: 'bounce.post.example.com',
			trackingDomain: 'unset.post.example.com',
			defaultFromName: 'Northwind',
			defaultFromEmail: 'news@post.example.com',
			additionalFields: { senderValidated: true },
		});
		expect(made).toMatchObject({
			sender_domain: 'post.example.com',
			sender_domain_validated: true,
			bounce_domain_validated: false,
			esp: 'sparkpost',
		});
		const senderDomainId = byId(made?.uuid);
		now += 2000;
		const [found] = await records('senderDomain', 'get', { senderDomainId, simple: true });
		expect(found).toMatchObject({
			bounce_domain_validated: true,
			tracking_domain_validated: false,
		});
		expect(Object.keys(found ?? {})).toHaveLength(10);
		expect(
			await records('senderDomain', 'getAll', { filters: { search: 'post' }, simple: true }),
		).toEqual([found]);
		const [changed] = await records('senderDomain', 'update', {
			senderDomainId,
			updateFields: { defaultFromName: 'Post' },
		});
		expect(changed).toMatchObject({
			default_from_name: 'Post',
			tracking_domain_details: 'The CNAME record was not found.',
		});
		expect(await records('senderDomain', 'revalidate', { senderDomainId })).toEqual([
			{ message: 'The validation was started.' },
		]);
		expect(await records('senderDomain', 'delete', { senderDomainId })).toEqual([
			{ deleted: true },
		]);
		const trash = await records('senderDomain', 'getAll', { filters: { trashed: 'only' } });
		expect(trash.map(({ uuid }) => uuid)).toEqual([made?.uuid]);
		// The service shows a key of the delivery service in each record
		expect(JSON.stringify([made, found, changed, trash])).not.toContain('esp_api_key');
	});

	it('Sender Domain: Add Accounts, Remove Accounts, Add Instances, Remove Instances', async () => {
		const [domain] = await records('senderDomain', 'getAll', { limit: 1 });
		const senderDomainId = byId(domain?.uuid);
		const some = async (resource: string) =>
			(await records(resource, 'getAll', { limit: 3 })).map(({ uuid }) => String(uuid));
		const accounts = await some('account');
		const instances = await some('instance');
		const related = async () => {
			const [row] = await records('senderDomain', 'getAll', {
				limit: 1,
				filters: { with: 'accounts,instances' },
				simple: false,
			});
			const ids = (name: string) => (row?.[name] as IDataObject[]).map(({ uuid }) => uuid);
			return [ids('accounts'), ids('instances')];
		};
		expect(
			await records('senderDomain', 'addAccounts', {
				senderDomainId,
				accountIds: accounts.slice(1).join(', '),
			}),
		).toEqual([{ message: 'The sender domain was attached.' }]);
		await records('senderDomain', 'addInstances', {
			senderDomainId,
			instanceIds: instances.slice(1).join('\n'),
		});
		expect(await related()).toEqual([accounts, instances]);
		await records('senderDomain', 'removeAccounts', { senderDomainId, accountIds: accounts[0] });
		await records('senderDomain', 'removeInstances', {
			senderDomainId,
			instanceIds: instances.slice(0, 2).join(','),
		});
		expect(await related()).toEqual([accounts.slice(1), instances.slice(2)]);
	});

	it('Template: Create, Get Many, Get, Update, Delete', async () => {
		const [made] = await records('template', 'create', {
			name: 'Shop',
			additionalFields: { members: '{ "locked": true }' },
		});
		expect(made).toMatchObject({ name: 'Shop', locked: true });
		const templateId = byId(made?.uuid);
		const [changed] = await records('template', 'update', {
			templateId,
			updateFields: { name: 'Shops', members: '={{ ({ locked: false }) }}' },
		});
		expect(changed).toMatchObject({ name: 'Shops', locked: false });
		expect(await records('template', 'get', { templateId })).toEqual([changed]);
		expect(await records('template', 'getAll', { filters: { search: 'shop' } })).toEqual([changed]);
		expect(await records('template', 'delete', { templateId })).toEqual([{ deleted: true }]);
		expect(await records('template', 'getAll')).toHaveLength(3);
	});

	it('IP Pool: Get Many, Get', async () => {
		const [pool] = await records('ipPool', 'getAll', { filters: { search: 'apj' } });
		expect(pool).toMatchObject({ name: 'Tier 1 APJ', region: 'apj' });
		expect(await records('ipPool', 'get', { ipPoolId: byId(pool?.uuid) })).toEqual([pool]);
	});

	it('Font: Create, Get Many, Get, Update, Delete, Get Google Fonts', async () => {
		const [made] = await records('font', 'create', {
			name: 'Shop',
			cssUrl: 'https://fonts.example.com/shop.css',
			stack: 'Shop, serif',
		});
		const fontId = byId(made?.uuid);
		const [changed] = await records('font', 'update', {
			fontId,
			updateFields: { stack: 'Shop, sans-serif' },
		});
		expect(changed).toMatchObject({ name: 'Shop', stack: 'Shop, sans-serif' });
		expect(await records('font', 'get', { fontId })).toEqual([changed]);
		const sorted = await records('font', 'getAll', {
			filters: { sortBy: 'name', sortDirection: 'desc' },
		});
		expect(sorted.map(({ name }) => name)).toEqual(['Shop', 'Northwind Sans', 'Lato']);
		expect(await records('font', 'delete', { fontId })).toEqual([{ deleted: true }]);
		expect(await records('font', 'getGoogleFonts', { limit: 2 })).toEqual([
			{ name: 'Lato' },
			{ name: 'Merriweather' },
		]);
	});

	it('Notification: Get Many, Mark as Read, Delete', async () => {
		const [first] = await records('notification', 'getAll');
		expect(first).toMatchObject({ read_at: null });
		const notificationId = byId(first?.uuid);
		const [read] = await records('notification', 'markAsRead', { notificationId });
		expect(read).toMatchObject({ uuid: first?.uuid, read_at: '2025-03-04T00:00:00Z' });
		expect(await records('notification', 'delete', { notificationId })).toEqual([
			{ deleted: true },
		]);
		expect(await records('notification', 'getAll')).toHaveLength(2);
	});

	it('Permission: Get Many', async () => {
		const all = await records('permission', 'getAll', { returnAll: true });
		expect(all).toHaveLength(7);
		expect(all[0]).toEqual({ permission_slug: 'manageAccounts' });
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

describe('brandings', () => {
	const ids = async (count: number) =>
		(await records('branding', 'getAll', { limit: count })).map(({ uuid }) => ({ uuid }));

	it('change where a PATCH is not read as well, by a POST', async () => {
		await open({ ignoresPatchForms: true });
		const [one] = await ids(1);
		const [changed] = await records(
			'branding',
			'update',
			{
				brandingId: byId(one?.uuid),
				updateFields: { appName: 'New', loginLogo: 'data' },
			},
			{ files: [{ data: png('new.png', 'new') }] },
		);
		expect(changed).toMatchObject({
			app_name: 'New',
			login_logo: expect.stringContaining('login_logo-1.png') as string,
		});
		expect(
			apiRequests()
				.slice(1)
				.map(({ method }) => method),
		).toEqual(['GET', 'PATCH', 'POST']);
		const brandingId = byId(one?.uuid);
		expect(await records('branding', 'get', { brandingId, simple: false })).toEqual([changed]);
	});

	it('take the file of each item, and tell which item has none', async () => {
		await open();
		const items = await ids(3);
		const { items: out, error } = await run(
			'branding',
			'update',
			{ brandingId: byId('={{ $json.uuid }}'), updateFields: { mascot: 'data' } },
			{
				items,
				files: [{ data: png('a.png', 'a') }, {}, { data: png('c.gif', 'c') }],
				onError: 'continueRegularOutput',
			},
		);
		expect(error).toBeUndefined();
		expect(out.map(({ json, pairedItem }) => [json.mascot ?? json.error, pairedItem])).toEqual([
			[expect.stringContaining('mascot-1.png'), { item: 0 }],
			[expect.stringContaining('no binary field'), { item: 1 }],
			[expect.stringContaining('mascot-2.gif'), { item: 2 }],
		]);
		const sent = apiRequests().flatMap(({ method, body }) =>
			method === 'PATCH' ? [(body as { mascot: UploadedFile }).mascot.content.toString()] : [],
		);
		expect(sent).toEqual(['a', 'c']);
	});

	it('are sent whole again after the token has ended', async () => {
		await open();
		await records('currentUser', 'get');
		simulator.expireTokens();
		const [made] = await records(
			'branding',
			'create',
			{ belongsTo: 'nothing', additionalFields: { favicon: 'data' } },
			{ files: [{ data: png('icon.png', 'icon') }] },
		);
		expect(made?.favicon).toContain('favicon-1.png');
		expect(apiRequests().map(({ method, status }) => [method, status])).toEqual([
			['GET', 200],
			['POST', 401],
			['POST', 201],
		]);
		const [, first, second] = apiRequests();
		expect(second?.body).toEqual(first?.body);
	});
});

describe('Wait Until Ready', () => {
	it('looks until the instances are active', async () => {
		await open({ jobSeconds: 60 });
		const made = await records(
			'instance',
			'create',
			{ name: '={{ $json.name }}', waitForCompletion: true },
			{ items: [{ name: 'One' }, { name: 'Two' }] },
		);
		expect(made.map(({ name, active_at: active }) => [name, active])).toEqual([
			['One', expect.stringMatching(/^2025-03-04T/) as string],
			['Two', expect.stringMatching(/^2025-03-04T/) as string],
		]);
		const methods = apiRequests().map(({ method }) => method);
		expect(methods.filter((method) => method === 'POST')).toHaveLength(2);
		expect(methods.filter((method) => method === 'GET').length).toBeGreaterThan(2);
	});

	it('ends after the timeout and names the instance, which goes on', async () => {
		await open({ jobSeconds: 3600 });
		const { error } = await run('instance', 'create', {
			name: 'Slow',
			waitForCompletion: true,
			options: { timeout: 2 },
		});
		const [slow] = await records('instance', 'getAll', { filters: { search: 'Slow' } });
		expect(error?.message).toBe(`Instance ${String(slow?.uuid)} has not ended after 2 minutes`);
	});
});

describe('a chain', () => {
	it('tells of each account which of its instances are not active', async () => {
		await open();
		const accounts = await records('account', 'getAll', {
			returnAll: true,
			filters: { sortBy: 'name', sortDirection: 'asc' },
		});
		const { items, error } = await run(
			'instance',
			'getAll',
			{
				returnAll: true,
				simple: true,
				filters: { accountId: byId('={{ $json.uuid }}') },
			},
			{ items: accounts },
		);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(64);
		const inactive = items.filter(({ json }) => json.active_at === null);
		expect(inactive.map(({ json }) => json.name).sort()).toEqual([
			'Studio 16',
			'Studio 32',
			'Studio 48',
			'Studio 64',
		]);
		for (const { json, pairedItem } of items) {
			const { item } = pairedItem as { item: number };
			expect(json.account_uuid).toBe(accounts[item]?.uuid);
		}
	});

	it('makes an account with an instance, a user and a branding of each row of a table', async () => {
		await open({ jobSeconds: 60 });
		const [known] = await records('account', 'getAll', { limit: 1 });
		const [location] = await records('location', 'getAll', { limit: 1 });
		const rows = [
			{ name: 'Northwind', email: 'jo@example.com', color: '#0B5FFF' },
			{ name: 'Southwind', email: 'al@example.com', color: '#ffb020' },
		];
		const accounts = await records(
			'account',
			'create',
			{
				name: '={{ $json.name }}',
				customerId: String(known?.customer_uuid),
				contactLimit: 10000,
				emailLimit: 50000,
			},
			{ items: rows },
		);
		const instances = await records(
			'instance',
			'create',
			{
				name: '={{ $json.name }}',
				accountId: byId('={{ $json.uuid }}'),
				locationId: byId(location?.uuid),
				waitForCompletion: true,
			},
			{ items: accounts },
		);
		expect(instances.every(({ active_at: active }) => active !== null)).toBe(true);
		const users = await records(
			'user',
			'create',
			{ name: '={{ $json.name }}', email: '={{ $json.email }}' },
			{ items: rows },
		);
		await records(
			'account',
			'addUser',
			{ accountId: byId('={{ $json.account }}'), userId: byId('={{ $json.user }}') },
			{ items: users.map(({ uuid }, row) => ({ user: uuid, account: accounts[row]?.uuid })) },
		);
		const brandings = await records(
			'branding',
			'create',
			{
				belongsTo: 'account',
				accountId: byId('={{ $json.account }}'),
				additionalFields: {
					appName: '={{ $json.name }}',
					primaryColor: '={{ $json.color }}',
					mainLogo: 'logo',
				},
			},
			{
				items: rows.map((row, index) => ({ ...row, account: accounts[index]?.uuid })),
				files: rows.map(({ name }) => ({ logo: png(`${name}.png`, name) })),
			},
		);
		const seen = await Promise.all(
			accounts.map(async ({ uuid }) => {
				const accountId = byId(uuid);
				const [[instance], [user]] = await Promise.all([
					records('account', 'getInstances', { accountId }),
					records('account', 'getUsers', { accountId }),
				]);
				const branding = brandings.find(({ account_uuid: owner }) => owner === uuid);
				return [instance?.name, user?.email, branding?.primary_color];
			}),
		);
		expect(seen).toEqual(rows.map(({ name, email, color }) => [name, email, color]));
	});
});

describe('Replace All', () => {
	it('refuses an empty list, unless everything shall be taken away', async () => {
		await open();
		const [account] = await records('account', 'getAll', { limit: 1 });
		const people = await records('user', 'getAll', { limit: 3 });
		const accountId = byId(account?.uuid);
		const userIds = people.map(({ uuid }) => uuid).join(',');
		await records('account', 'replaceUsers', { accountId, userIds });
		const { error } = await run('account', 'replaceUsers', { accountId, userIds: '' });
		expect(error?.message).toBe('“User IDs” is empty: that would take away everything');
		expect(await records('account', 'getUsers', { accountId })).toHaveLength(3);
		const emptied = { accountId, userIds: '={{ [] }}', removeAll: true };
		expect(await records('account', 'replaceUsers', emptied)).toEqual([
			{ message: 'Took away all 3' },
		]);
		expect(await records('account', 'getUsers', { accountId })).toEqual([]);
		expect(await records('account', 'replaceUsers', emptied)).toEqual([
			{ message: 'There was nothing to take away' },
		]);
	});

	it('takes roles away one by one, for which there is no other call', async () => {
		await open();
		const [user] = await records('user', 'getAll', { limit: 1 });
		const roles = (await records('role', 'getAll')).map(({ uuid }) => uuid);
		const userId = byId(user?.uuid);
		await records('user', 'replaceRoles', { userId, roleIds: roles.slice(0, 3).join(',') });
		expect(await records('user', 'replaceRoles', { userId, roleIds: '', removeAll: true })).toEqual(
			[{ message: 'Took away all 3' }],
		);
		expect(await records('user', 'getRoles', { userId })).toEqual([]);
	});
});

describe('calls for many items', () => {
	const nowhere = '00000000-0000-4000-8000-000000000000';

	it('answer each item by itself when one of them stops the call', async () => {
		await open();
		const [one, two] = await records('instance', 'getAll', { limit: 2 });
		const { items, error } = await run(
			'instance',
			'deleteMany',
			{ instanceId: byId('={{ $json.id }}') },
			{
				items: [one?.uuid, nowhere, two?.uuid].map((id) => ({ id })),
				onError: 'continueRegularOutput',
			},
		);
		expect(error).toBeUndefined();
		expect(items.map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
			[{ deleted: true }, { item: 0 }],
			[{ error: 'Not found. [Item 1]' }, { item: 1 }],
			[{ deleted: true }, { item: 2 }],
		]);
		expect(
			apiRequests()
				.slice(1)
				.map(({ status }) => status),
		).toEqual([404, 204, 404, 204]);
	});

	it('are made once for each hundred items', async () => {
		await open();
		const items = Array.from({ length: 250 }, (_, index) => ({
			id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
		}));
		credential.scopes = ['manage-accounts'];
		const { error } = await run(
			'instance',
			'deleteMany',
			{ instanceId: byId('={{ $json.id }}') },
			{ items },
		);
		expect(error?.message).toContain('Invalid scope(s) provided.');
		expect(apiRequests()).toHaveLength(1);
		expect((apiRequests()[0]?.body as { instance_uuids: string[] }).instance_uuids).toHaveLength(
			100,
		);
	});

	it('put together only what says the same', async () => {
		await open();
		const [one, two, three] = (await records('instance', 'getAll', { limit: 3 })).map(
			({ uuid }) => uuid,
		);
		const { items } = await run(
			'instance',
			'updateMany',
			{ instanceId: byId('={{ $json.id }}'), changes: '={{ $json.changes }}' },
			{
				items: [
					{ id: one, changes: { suspended: true } },
					{ id: two, changes: {} },
					{ id: three, changes: { suspended: false } },
				] as IDataObject[],
				onError: 'continueRegularOutput',
			},
		);
		expect(items.map(({ json }) => json)).toEqual([
			{ success: true },
			{ error: '“Changes (JSON)” must be a JSON object with at least one member [Item 1]' },
			{ success: true },
		]);
		expect(
			apiRequests()
				.slice(1)
				.map(({ body }) => body),
		).toEqual([
			{ suspended: true, instance_uuids: [one] },
			{ suspended: false, instance_uuids: [three] },
		]);
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

describe('every shape of a refusal', () => {
	const nowhere = '00000000-0000-4000-8000-000000000000';
	const free = { senderDomainName: 'gmail.com', bounceDomain: 'a b', trackingDomain: 'x.example' };
	const from = { defaultFromName: 'N', defaultFromEmail: 'n@gmail.com' };

	/** Name, how the simulator runs, what is asked for, the body of the refusal, what the user reads. */
	it.each<[string, CampaignFactoryOptions, () => Promise<Parameters<typeof run>>, unknown, string]>(
		[
			[
				'message (401)',
				{ tokenLifeSeconds: 0 },
				async () => await Promise.resolve(['account', 'getAll']),
				{ message: 'Unauthenticated.' },
				'Unauthenticated.',
			],
			[
				'error (401)',
				{ tokenLifeSeconds: 0 },
				async () => await Promise.resolve(['instance', 'getAll']),
				{ error: 'Unauthenticated.' },
				'Unauthenticated.',
			],
			[
				'message (403)',
				{},
				async () =>
					await Promise.resolve(['apiRequest', 'send', { method: 'GET', path: '/customers' }]),
				{ message: 'This action is unauthorized.' },
				'This action is unauthorized.',
			],
			[
				'message and errors as a list of objects (404)',
				{},
				async () => await Promise.resolve(['branding', 'get', { brandingId: byId(nowhere) }]),
				{ message: 'Not found.', errors: [{ code: 404, message: 'Not found.' }] },
				'Not found.',
			],
			[
				'message (412)',
				{},
				async () => {
					const [used] = await records('account', 'getAll', { limit: 1 });
					return ['account', 'delete', { accountId: byId(used?.uuid) }];
				},
				{ message: 'The account still has instances.' },
				'The account still has instances.',
			],
			[
				'message and errors as a map of lists (422)',
				{},
				async () =>
					await Promise.resolve(['user', 'create', { name: 'Jo', email: 'user2@example.com' }]),
				{
					message: 'The given data was invalid.',
					errors: { email: ['The email has already been taken.'] },
				},
				'The given data was invalid: email: The email has already been taken.',
			],
			[
				'errors as a map of lists alone (422)',
				{},
				async () => {
					const [font] = await records('font', 'getAll', { limit: 1 });
					const again = { name: String(font?.name), cssUrl: 'https://x.example/x.css', stack: 'X' };
					return ['font', 'create', again];
				},
				{ errors: { name: ['The name has already been taken.'] } },
				'name: The name has already been taken.',
			],
			[
				'errors as a map of texts (422)',
				{},
				async () => {
					const [domain] = await records('senderDomain', 'getAll', { limit: 1 });
					// The form does not clear a name, so the service is asked without it
					const path = `/sender-domains/${String(domain?.uuid)}`;
					const body = '{ "default_from_name": "" }';
					return ['apiRequest', 'send', { method: 'PATCH', path, body }];
				},
				{ errors: { default_from_name: 'The default from name field is required.' } },
				'default_from_name: The default from name field is required.',
			],
			[
				'errors as a list of fields (422)',
				{},
				async () =>
					await Promise.resolve([
						'instance',
						'create',
						{ name: 'Twin', additionalFields: { subdomain: 'studio-01' } },
					]),
				{
					errors: [
						{
							name: 'subdomain',
							code: 'invalid',
							description: 'The subdomain has already been taken.',
							in: 'body',
						},
					],
				},
				'subdomain: The subdomain has already been taken.',
			],
		],
	)('is read: %s', async (_name, options, ask, body, message) => {
		await open(options);
		const { error } = await run(...(await ask()));
		expect(error?.message).toBe(message);
		const refused = apiRequests().at(-1);
		expect(error?.description).toContain(`(status ${refused?.status})`);
		// What the service says is seen once more without the node
		const { authorization = '' } = refused?.headers ?? {};
		const answer = await fetch(`${simulator.url}${refused?.path}`, {
			method: refused?.method,
			headers: { authorization, 'content-type': 'application/json' },
			...(refused?.body !== undefined && { body: JSON.stringify(refused.body) }),
		});
		expect([answer.status, await answer.json()]).toEqual([refused?.status, body]);
	});

	it('is read: error (429), where the service never has time', async () => {
		const frozen = now;
		// The sign-in takes the one request that the service has time for
		await open({ requestsPerSecond: 1, clock: () => frozen });
		const { error } = await run('currentUser', 'get');
		expect(error?.message).toBe('Too many requests.');
		expect(error?.description).toContain('(status 429, retry after 1 seconds)');
		expect(apiRequests().map(({ status }) => status)).toEqual(Array(5).fill(429));
	});

	it('is read for several fields at once', async () => {
		await open();
		const { error } = await run('senderDomain', 'create', { ...free, ...from, esp: 'sparkpost' });
		expect(error?.message).toContain('“Bounce Domain” must be a domain');
		const sent = await run('senderDomain', 'create', {
			...free,
			bounceDomain: 'outlook.com',
			...from,
		});
		expect(sent.error?.message).toBe(
			'sender_domain: The sender domain must not be a free mail domain.; bounce_domain: The bounce domain must not be a free mail domain.',
		);
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
