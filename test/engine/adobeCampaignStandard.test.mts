import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeParameters,
	ResourceMapperValue,
} from 'n8n-workflow';

import { AdobeCampaignStandardApi } from '../../credentials/AdobeCampaignStandardApi.credentials.ts';
import { createAdobeCampaignStandardSimulator } from '../../demo/simulators/adobeCampaignStandard.mts';
import type {
	AdobeCampaignStandardOptions,
	AdobeCampaignStandardSimulator,
} from '../../demo/simulators/adobeCampaignStandard.mts';
import { AdobeCampaignStandard } from '../../nodes/AdobeCampaignStandard/AdobeCampaignStandard.node.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import { openEditor } from '../support/editor.mts';
import type { NodeOutcome, NodeRun } from '../support/engine.mts';
import { runNode } from '../support/engine.mts';
import type { TurnedClock } from '../support/time.mts';
import { turnClock } from '../support/time.mts';

let simulator: AdobeCampaignStandardSimulator;
let credential: ICredentialDataDecryptedObject;
let clock: TurnedClock;

beforeEach(() => {
	forgetLogins();
	clock = turnClock();
});
afterEach(async () => {
	jest.restoreAllMocks();
	const { faults } = simulator;
	await simulator.close();
	expect(faults).toEqual([]);
});

async function open(options: AdobeCampaignStandardOptions = {}): Promise<void> {
	simulator = await createAdobeCampaignStandardSimulator({ clock: () => clock.now, ...options });
	credential = { ...simulator.credential } as ICredentialDataDecryptedObject;
}

async function run(
	resource: string,
	operation: string,
	parameters: INodeParameters = {},
	more: Partial<NodeRun> = {},
): Promise<NodeOutcome> {
	return await runNode({
		node: new AdobeCampaignStandard(),
		credentialType: new AdobeCampaignStandardApi(),
		credential,
		parameters: { resource, operation, ...parameters },
		...more,
	});
}

const jsonOf = ({ error, items }: NodeOutcome): IDataObject[] => {
	expect(error).toBeUndefined();
	return items.map(({ json }) => json);
};
/** A record picked by its key. */
const by = (value: unknown) => ({ __rl: true, mode: 'id', value: String(value) });
/** Requests to Campaign, without those for tokens. */
const sent = () =>
	simulator.requests
		.filter(({ path }) => !path.startsWith('/ims/'))
		.map(({ method, path }) => `${method} ${path.replace('/exampletenant/campaign', '')}`);
/** What an error says, and what to do about it. */
const wordsOf = ({ error }: NodeOutcome) => `${error?.message} | ${error?.description}`;

const editor = (resource: string, operation: string, parameters: INodeParameters = {}) =>
	openEditor(new AdobeCampaignStandard(), new AdobeCampaignStandardApi(), credential, {
		resource,
		operation,
		...parameters,
	});
const forms: Record<string, string> = {
	profile: 'getProfileFields',
	service: 'getServiceFields',
	customResource: 'getCustomResourceFields',
};

/** Runs an operation whose form, loaded from the simulated metadata, was filled in with these fields. */
async function runForm(
	resource: string,
	operation: string,
	fields: ResourceMapperValue['value'],
	parameters: INodeParameters = {},
	more: Partial<NodeRun> = {},
): Promise<NodeOutcome> {
	// Signs in, as the editor does when it loads the form
	if (credential.sessionToken === '') await run('service', 'count');
	const opened = editor(resource, operation, parameters);
	const columns = await opened.fill(forms[resource] ?? '', fields);
	return await run(resource, operation, { ...parameters, columns }, more);
}

/** The key of the first profile. */
async function firstKey(extended = false): Promise<string> {
	const [profile] = jsonOf(
		await run('profile', 'getAll', { extendedApi: extended, limit: 1, simple: false }),
	);
	return String(profile?.PKey);
}

describe('profiles', () => {
	beforeEach(async () => await open());

	it('are listed over several pages, in order and once each', async () => {
		const all = jsonOf(await run('profile', 'getAll', { returnAll: true }));
		expect(all).toHaveLength(130);
		expect(new Set(all.map(({ PKey }) => PKey)).size).toBe(130);
		expect(all[0]).toEqual({
			PKey: expect.stringMatching(/^@/) as string,
			title: 'Amy Archer (amy.archer.0001@example.com)',
			email: 'amy.archer.0001@example.com',
			firstName: 'Amy',
			lastName: 'Archer',
			mobilePhone: '',
			birthDate: '',
			blackListEmail: false,
			created: expect.any(String) as string,
			lastModified: expect.any(String) as string,
		});
		expect(sent()).toHaveLength(2);
		expect(simulator.requests[1]?.query).toEqual({ _lineCount: '100', _forcePagination: 'true' });
	});

	it('stop at the limit, with a page of that size and no wish for more', async () => {
		expect(jsonOf(await run('profile', 'getAll', { limit: 7 }))).toHaveLength(7);
		expect(simulator.requests.at(-1)?.query).toEqual({ _lineCount: '7' });
		expect(jsonOf(await run('profile', 'getAll', { limit: 120 }))).toHaveLength(120);
	});

	it('are sorted and found by their address', async () => {
		const order = { sortBy: 'email', sortDirection: 'desc' };
		const emails = jsonOf(await run('profile', 'getAll', { returnAll: true, options: order })).map(
			({ email }) => String(email),
		);
		expect(emails).toEqual([...emails].sort().reverse());
		expect(simulator.requests.at(-2)?.query._order).toBe('email desc');
		const filters = { email: emails[5] ?? '' };
		for (const extendedApi of [false, true]) {
			const found = jsonOf(await run('profile', 'getAll', { extendedApi, filters }));
			expect(found.map(({ email }) => email)).toEqual([emails[5]]);
		}
		expect(sent().slice(-2)).toEqual([
			'GET /profileAndServices/profile/byEmail',
			'GET /profileAndServicesExt/profile/byEmail',
		]);
	});

	it('are searched by a text, or by the beginning of one field', async () => {
		const some = jsonOf(await run('profile', 'search', { text: 'varney', returnAll: true }));
		expect(some.length).toBeGreaterThan(5);
		const filters = { filterType: 'lastName' };
		const none = await run('profile', 'search', { text: 'varney', filters });
		expect(jsonOf(none)).toEqual([]);
		const exact = await run('profile', 'search', { text: 'Varn', filters, returnAll: true });
		expect(jsonOf(exact)).toHaveLength(some.length);
	});

	it('are created, read, changed and deleted', async () => {
		const [made] = jsonOf(
			await runForm('profile', 'create', {
				email: 'zoe.new@example.com',
				firstName: 'Zoe',
				birthDate: '1990-02-03T00:00:00Z',
				gender: 'female',
				blackListFax: true,
				timeZone: 'Europe_Paris',
				'location.city': 'Basel',
				'location.zipCode': '4000',
			}),
		);
		expect(made).toMatchObject({ email: 'zoe.new@example.com', age: 36, gender: 'female' });
		const profileKey = by(made?.PKey);
		const fields = {
			email: '',
			// What n8n itself would refuse as an entry may come out of an item
			birthDate: "={{ '' }}",
			gender: "={{ '' }}",
			'location.countryCode': 'CH',
			blackListFax: false,
		};
		const [changed] = jsonOf(await runForm('profile', 'update', fields, { profileKey }));
		expect(changed).toEqual({ PKey: made?.PKey, href: expect.any(String) as string });
		const href = { __rl: true, mode: 'url', value: String(changed?.href) };
		const [read] = jsonOf(await run('profile', 'get', { profileKey: href, simple: false }));
		expect(read).toMatchObject({
			email: '',
			birthDate: '',
			firstName: 'Zoe',
			gender: 'female',
			blackListFax: false,
			location: { city: 'Basel', zipCode: '4000', countryCode: 'CH' },
		});
		expect(jsonOf(await run('profile', 'delete', { profileKey }))).toEqual([{ deleted: true }]);
		const gone = await run('profile', 'get', { profileKey });
		expect(wordsOf(gone)).toMatch(
			/^Unable to find document with path 'Profile'.* \| There is no such record/,
		);
	});

	it('are created or updated, by email, business key or filter', async () => {
		const items = [
			{ email: 'zoe.new@example.com', first: 'Zoe' },
			{ email: 'amy.archer.0001@example.com', first: 'Amelie' },
			{ email: 'zoe.new@example.com', first: 'Zora' },
		];
		const parameters = {
			matchBy: 'email',
			matchEmail: '={{ $json.email }}',
		};
		const fields = { firstName: '={{ $json.first }}' };
		const made = jsonOf(await runForm('profile', 'upsert', fields, parameters, { items }));
		expect(made.map(({ isNew }) => isNew)).toEqual([true, false, false]);
		const all = async () => jsonOf(await run('profile', 'count'));
		expect(await all()).toEqual([{ count: 131 }]);
		const filters = { email: 'zoe.new@example.com' };
		const [zoe] = jsonOf(await run('profile', 'getAll', { filters }));
		expect(zoe).toMatchObject({ firstName: 'Zora' });

		const byKey = { extendedApi: true, matchBy: 'businessKey', keyField: 'cusCrmId' };
		for (const [keyValue, isNew] of [
			['CRM-0001', false],
			['CRM-9999', true],
			['CRM-9999', false],
		] as const) {
			const made = await runForm('profile', 'upsert', { cusBrand: 'Z' }, { ...byKey, keyValue });
			expect(jsonOf(made)).toMatchObject([{ isNew }]);
		}
		const byFilter = {
			extendedApi: true,
			matchBy: 'customFilter',
			customFilters: 'byBrand',
			customFilterParameters: '{"brand_parameter": "Z"}',
		};
		const twice = await runForm('profile', 'upsert', { firstName: 'X' }, byFilter);
		expect(wordsOf(twice)).toMatch(/^Several records fit/);
		expect(await all()).toEqual([{ count: 132 }]);
	});

	it('have fields of the company and a unit under the extended API', async () => {
		const units = jsonOf(
			await run('apiRequest', 'send', {
				method: 'GET',
				path: '/profileAndServicesExt/orgUnitBase',
				options: { itemsAt: 'content' },
			}),
		);
		const [made] = jsonOf(
			await runForm(
				'profile',
				'create',
				{
					email: 'zoe.new@example.com',
					cusCrmId: 'CRM-9999',
					cusTier: 'gold',
					cusPoints: '12.5',
					cusVip: 'true',
					cusLastVisit: '2026-01-02T03:04:05+02:00',
				},
				{
					extendedApi: true,
					orgUnit: by(units[1]?.PKey),
					additionalFields: { moreFields: '{"cusBrand": "A"}' },
				},
			),
		);
		expect(made).toMatchObject({
			cusBrand: 'A',
			cusTier: 'gold',
			cusPoints: 12.5,
			cusVip: true,
			cusLastVisit: '2026-01-02 01:04:05.000Z',
			orgUnit: { title: 'Brand 1 (brand1)' },
		});
		const byName = { extendedApi: true, profileKey: by('CRM-9999') };
		jsonOf(await runForm('profile', 'update', { cusBrand: 'B' }, byName));
		const [read] = jsonOf(await run('profile', 'get', { ...byName, simple: false }));
		expect(read).toMatchObject({ cusBrand: 'B', email: 'zoe.new@example.com' });
		expect(jsonOf(await run('profile', 'delete', byName))).toEqual([{ deleted: true }]);
	});
});

describe('services', () => {
	beforeEach(async () => await open());

	it('are listed, and filtered by several filters at once', async () => {
		expect(jsonOf(await run('service', 'getAll')).map(({ name }) => name)).toEqual([
			'SVC1',
			'SVC2',
			'SVC3',
		]);
		for (const extendedApi of [false, true]) {
			const filters = { channel: 'email', text: 'sport' };
			const some = await run('service', 'getAll', { extendedApi, filters });
			expect(jsonOf(some).map(({ label }) => label)).toEqual(['Sport Newsletter']);
			const one = await run('service', 'getAll', { extendedApi, filters: { channel: 'sms' } });
			expect(jsonOf(one).map(({ label }) => label)).toEqual(['Flash Sales']);
		}
	});

	it('are created, read by name, changed and deleted', async () => {
		const values = { name: 'autumn', messageType: 'sms', start: '2026-09-01' };
		const [made] = jsonOf(await runForm('service', 'create', { label: 'Autumn', ...values }));
		expect(made).toMatchObject({ name: 'autumn', label: 'Autumn', start: '2026-09-01' });
		const serviceKey = by('autumn');
		const fields = { label: 'Winter', start: "={{ '' }}", validityDuration: 0 };
		jsonOf(await runForm('service', 'update', fields, { serviceKey }));
		const [read] = jsonOf(await run('service', 'get', { serviceKey, extendedApi: true }));
		expect(read).toMatchObject({ PKey: made?.PKey, label: 'Winter', start: '' });
		expect(read).not.toHaveProperty('subscriptions');
		expect(jsonOf(await run('service', 'delete', { serviceKey }))).toEqual([{ deleted: true }]);
		expect(wordsOf(await run('service', 'get', { serviceKey }))).toMatch(/There is no such record/);
	});

	it('refuse a name that is taken', async () => {
		expect(wordsOf(await runForm('service', 'create', { name: 'SVC1' }))).toMatch(
			/^A 'Service' with the same key 'SVC1' already exists\. \| Another record has this key/,
		);
	});
});

describe('subscriptions', () => {
	beforeEach(async () => await open());

	it.each([false, true])('are made, listed and ended (extended: %s)', async (extendedApi) => {
		const profileKey = by(await firstKey());
		const serviceKey = by('SVC2');
		const key = { extendedApi, profileKey, serviceKey };
		const [made] = jsonOf(await run('subscription', 'subscribe', key));
		expect(made).toMatchObject({ service: { name: 'SVC2' } });
		const ofService = { extendedApi, subscriptionsOf: 'service', serviceKey };
		const subscribers = jsonOf(await run('subscription', 'getAll', ofService));
		expect(subscribers).toMatchObject([{ subscriber: { firstName: 'Amy' } }]);
		const ofProfile = { extendedApi, subscriptionsOf: 'profile', profileKey };
		const names = async () =>
			jsonOf(await run('subscription', 'getAll', ofProfile)).map(({ serviceName }) => serviceName);
		expect(await names()).toEqual(['SVC1', 'SVC2']);
		expect(jsonOf(await run('subscription', 'unsubscribe', key))).toEqual([{ deleted: true }]);
		expect(await names()).toEqual(['SVC1']);
		const root = extendedApi ? '/profileAndServicesExt' : '/profileAndServices';
		const deletions = sent().filter((request) => request.startsWith('DELETE'));
		expect(deletions).toEqual([
			expect.stringMatching(new RegExp(`^DELETE ${root}/profile/@[^/]+/subscriptions/@[^/]+$`)),
		]);
		expect(jsonOf(await run('service', 'getAll'))).toHaveLength(3);
	});

	it('are ended for a service that is named by its PKey', async () => {
		const [service] = jsonOf(await run('service', 'getAll'));
		const key = { profileKey: by(await firstKey()), serviceKey: by(service?.PKey) };
		expect(jsonOf(await run('subscription', 'unsubscribe', key))).toEqual([{ deleted: true }]);
		const again = await run('subscription', 'unsubscribe', key);
		expect(wordsOf(again)).toMatch(
			/^The profile is not subscribed to the service “SVC1” \| Nothing was changed/,
		);
	});

	it('of a service are read over several pages', async () => {
		const options = { subscriptionsOf: 'service', serviceKey: by('SVC1'), returnAll: true };
		expect(jsonOf(await run('subscription', 'getAll', options))).toHaveLength(110);
		expect(sent().filter((request) => request.includes('/subscriptions'))).toHaveLength(2);
	});

	it('that exist already, and records that do not, are told in words', async () => {
		const profileKey = by(await firstKey());
		const twice = await run('subscription', 'subscribe', { profileKey, serviceKey: by('SVC1') });
		expect(wordsOf(twice)).toMatch(/already exists\. \| Another record has this key/);
		const none = await run('subscription', 'subscribe', { profileKey, serviceKey: by('NONE') });
		expect(wordsOf(none)).toMatch(/^Unable to find document with path 'Service'/);
		simulator.requests.length = 0;
		const hostile = await run('subscription', 'subscribe', { profileKey, serviceKey: by('..') });
		expect(hostile.error?.message).toMatch(/^“Service” must be a name or an ID, but is “\.\.”/);
		expect(sent()).toEqual([]);
	});
});

describe('organizational units', () => {
	beforeEach(async () => await open());

	it('are listed, changed and read, and profiles move between them', async () => {
		const units = jsonOf(await run('orgUnit', 'getAll', { options: { sortBy: 'name' } }));
		expect(units.map(({ name }) => name)).toEqual(['all', 'brand1', 'brand2']);
		const orgUnitKey = by(units[2]?.PKey);
		jsonOf(await run('orgUnit', 'update', { orgUnitKey, updateFields: { label: 'Outdoor' } }));
		const [unit] = jsonOf(await run('orgUnit', 'get', { orgUnitKey }));
		expect(unit?.title).toBe('Outdoor (brand2)');
		const profile = { extendedApi: true, profileKey: by('CRM-0001') };
		jsonOf(await run('profile', 'update', { ...profile, orgUnit: orgUnitKey }));
		const [moved] = jsonOf(await run('profile', 'get', { ...profile, simple: false }));
		expect(moved).toMatchObject({ orgUnit: { title: 'Outdoor (brand2)' } });
	});
});

describe('filters and counts', () => {
	beforeEach(async () => await open());

	it.each<[INodeParameters, number]>([
		[{ keyEmail: 'amy.archer.0001@example.com' }, 1],
		[{ audience: 'AUD1' }, 10],
		[{ receivedDelivery: 'DM1' }, 8],
		[{ openedDelivery: 'DM1' }, 4],
		[{ clickedDelivery: 'DM1' }, 2],
		[{ subscribedService: 'SVC1' }, 110],
		[{ birthdayDay: '2026-05-14' }, 0],
	])('of profiles under both APIs: %j', async (filters, count) => {
		for (const extendedApi of [false, true]) {
			const found = await run('profile', 'getAll', { extendedApi, filters, returnAll: true });
			expect(jsonOf(found)).toHaveLength(count);
			const counted = await run('profile', 'count', { extendedApi, filters });
			expect(jsonOf(counted)).toEqual([{ count }]);
		}
	});

	it('are chained, also behind a search and with those of the company', async () => {
		const filters = { audience: 'AUD1' };
		const some = jsonOf(await run('profile', 'search', { text: 'archer', filters }));
		expect(some).toHaveLength(3);
		const custom = {
			customFilters: 'byBrand',
			customFilterParameters: '{"brand_parameter": "A"}',
		};
		const profile = { extendedApi: true, profileKey: by('CRM-0001') };
		jsonOf(await runForm('profile', 'update', { cusBrand: 'A' }, profile));
		for (const filters of [custom, { ...custom, audience: 'AUD1' }]) {
			const found = jsonOf(await run('profile', 'getAll', { extendedApi: true, filters }));
			expect(found.map(({ firstName }) => firstName)).toEqual(['Amy']);
		}
		const label = {
			customFilters: 'byLabel',
			customFilterParameters: '{"label_parameter": "Flash Sales"}',
		};
		const services = await run('service', 'getAll', { extendedApi: true, filters: label });
		expect(jsonOf(services)).toMatchObject([{ name: 'SVC3' }]);
		const period = { startDate: '2026-01-01', endDate: '2026-12-31' };
		expect(jsonOf(await run('service', 'count', { filters: period }))).toEqual([{ count: 3 }]);
		const unknown = { customFilters: 'byNothing' };
		expect(
			wordsOf(await run('profile', 'getAll', { extendedApi: true, filters: unknown })),
		).toMatch(/^Error rc=-2003 \| The instance has no such path/);
	});

	it('one field of all profiles comes as values', async () => {
		for (const extendedApi of [false, true]) {
			const values = jsonOf(
				await run('profile', 'getAll', {
					extendedApi,
					returnAll: true,
					options: { onlyField: 'email' },
				}),
			);
			expect(values).toHaveLength(130);
			expect(values[0]).toEqual({ value: 'amy.archer.0001@example.com' });
		}
	});
});

describe('custom resources', () => {
	beforeEach(async () => await open());

	it.each([
		['profileAndServicesExt', 'cusTransaction', 'transactionId', 'label'],
		['customResources', 'cusStaging', 'emt_id', 'email'],
	])(
		'of %s are created, read, changed, counted and deleted',
		async (customApi, name, id, field) => {
			const resource = { customApi, customResource: by(name) };
			const fields = { [id]: 'X-1', [field]: 'a@example.com' };
			const made = await runForm('customResource', 'create', fields, resource);
			expect(jsonOf(made)).toMatchObject([{ [id]: 'X-1' }]);
			const one = { ...resource, recordKey: 'X-1' };
			jsonOf(await runForm('customResource', 'update', { [field]: 'b@example.com' }, one));
			expect(jsonOf(await run('customResource', 'get', one))).toMatchObject([
				{ [field]: 'b@example.com' },
			]);
			const key = { ...resource, matchBy: 'businessKey', keyField: id };
			for (const [keyValue, isNew] of [
				['X-1', false],
				['X-2', true],
			] as const) {
				const values = { [field]: 'c@example.com' };
				const made = await runForm('customResource', 'upsert', values, { ...key, keyValue });
				expect(jsonOf(made)).toMatchObject([{ isNew }]);
			}
			expect(jsonOf(await run('customResource', 'count', resource))).toEqual([{ count: 5 }]);
			const order = { options: { sortBy: id, sortDirection: 'desc' } };
			const all = jsonOf(await run('customResource', 'getAll', { ...resource, ...order }));
			expect(all.map((record) => record[id]).slice(0, 2)).toEqual(['X-2', 'X-1']);
			expect(jsonOf(await run('customResource', 'delete', one))).toEqual([{ deleted: true }]);
			expect(wordsOf(await run('customResource', 'get', one))).toMatch(/^Unable to find document/);
		},
	);

	it('are linked to profiles, and found by filters of the company', async () => {
		const resource = { customApi: 'profileAndServicesExt', customResource: by('cusTransaction') };
		const fields = {
			transactionId: 'T-1',
			amount: '7',
			state: 'paid',
			paidAt: '2026-01-02T03:04:05Z',
			'profile.PKey': await firstKey(true),
		};
		const [made] = jsonOf(await runForm('customResource', 'create', fields, resource));
		expect(made).toMatchObject({ amount: 7, state: 'paid', paidAt: '2026-01-02 03:04:05.000Z' });
		const filters = {
			customFilters: 'byAmount',
			customFilterParameters: '{"amount_parameter": 7}',
		};
		const found = jsonOf(await run('customResource', 'getAll', { ...resource, filters }));
		const title = expect.stringContaining('Amy') as string;
		expect(found).toMatchObject([{ transactionId: 'T-1', profile: { title } }]);
	});

	it('refuse what they do not have, in words', async () => {
		const resource = { customApi: 'profileAndServicesExt', customResource: by('cusTransaction') };
		const create = (values: IDataObject) => ({
			...resource,
			additionalFields: { moreFields: JSON.stringify(values) },
		});
		for (const [parameters, words] of [
			[create({ nothing: 1 }), /^'nothing' property is not valid for the 'cusTransaction'/],
			[create({ title: 'a' }), /^Cannot update the 'title' property.* \| Leave this field out/],
			[create({ transactionId: 'T-0001' }), /already exists\. \| Another record has this key/],
			[create({ amount: 1 }), /^The 'transactionId' field is mandatory/],
			[create({}), /^There is nothing to send/],
			[
				{ ...resource, additionalFields: { moreFields: '[]' } },
				/^“More Fields \(JSON\)” must be a JSON object/,
			],
			[
				{ ...create({ a: 1 }), customApi: 'customResources', customResource: by('cusTransaction') },
				/^Error rc=-2003 \| The instance has no such path/,
			],
			[
				{ ...create({ a: 1 }), customResource: by('../profile') },
				/must be the name of one resource/,
			],
		] as Array<[INodeParameters, RegExp]>) {
			expect(wordsOf(await run('customResource', 'create', parameters))).toMatch(words);
		}
		simulator.requests.length = 0;
		const noId = { amount: 1, transactionId: '={{ $json.nothing }}' };
		const missing = await runForm('customResource', 'create', noId, resource);
		expect(wordsOf(missing)).toMatch(/^“Transaction ID” is required/);
		expect(sent()).toEqual(['GET /profileAndServicesExt/resourceType/cusTransaction']);
	});
});

describe('forms from metadata', () => {
	beforeEach(async () => {
		await open();
		// Signs in
		jsonOf(await run('service', 'count'));
	});
	const idsOf = async (extendedApi: boolean) =>
		(await editor('profile', 'create', { extendedApi }).load('getProfileFields')).fields.map(
			({ id }) => id,
		);

	it('offer what can be written of a profile, under the extended API with the fields of the company', async () => {
		const standard = await idsOf(false);
		expect(standard.slice(0, 3)).toEqual(['email', 'firstName', 'lastName']);
		expect(standard).toContain('location.city');
		for (const id of ['PKey', 'age', 'created', 'title', 'subscriptions', 'postalAddress'])
			expect(standard).not.toContain(id);
		const extended = await idsOf(true);
		expect(extended.filter((id) => !standard.includes(id)).sort()).toEqual([
			'cusBrand',
			'cusCrmId',
			'cusLastVisit',
			'cusPoints',
			'cusTier',
			'cusVip',
		]);
	});

	it('give enumerations their labels, and their names on the wire', async () => {
		const { fields } = await editor('profile', 'create', { extendedApi: true }).load(
			'getProfileFields',
		);
		expect(fields.find(({ id }) => id === 'cusTier')?.options).toEqual([
			{ name: 'No tier', value: 'none' },
			{ name: 'Silver tier', value: 'silver' },
			{ name: 'Gold tier', value: 'gold' },
		]);
		const label = await runForm(
			'profile',
			'create',
			{ cusTier: "={{ 'Gold tier' }}" },
			{ extendedApi: true },
		);
		expect(wordsOf(label)).toMatch(/^“Tier” must be one of none, silver, gold, but is “Gold tier”/);
	});

	it('describe the custom resource that was chosen, and say so when there is none', async () => {
		const customResource = { customApi: 'customResources', customResource: by('cusStaging') };
		const opened = editor('customResource', 'create', customResource);
		const { fields } = await opened.load('getCustomResourceFields');
		expect(fields.map(({ id, required }) => [id, required])).toEqual([
			['emt_id', true],
			['email', false],
			['seenOn', false],
		]);
		const none = editor('customResource', 'create', { customApi: 'customResources' });
		expect(await none.load('getCustomResourceFields')).toEqual({
			fields: [],
			emptyFieldsNotice: 'Choose “Custom Resource” first: “Custom Resource” is required',
		});
		const unknown = editor('customResource', 'create', {
			...customResource,
			customResource: by('cusNothing'),
		});
		await expect(unknown.load('getCustomResourceFields')).rejects.toThrow('Error rc=-2003');
	});

	it('map the members of items by themselves', async () => {
		const columns = await editor('profile', 'create').automatic('getProfileFields');
		const items = [
			{
				email: 'zoe.new@example.com',
				firstName: 'Zoe',
				gender: 'female',
				birthDate: '1990-02-03',
				blackList: 'true',
				location: { city: 'Basel' },
				age: 36,
				note: 'not for Campaign',
				lastName: null,
			},
		];
		const [made] = jsonOf(await run('profile', 'create', { columns }, { items }));
		expect(made).toMatchObject({ firstName: 'Zoe', gender: 'female', blackList: true });
		expect(simulator.requests.at(-1)?.body).toEqual({
			email: 'zoe.new@example.com',
			firstName: 'Zoe',
			gender: 'female',
			birthDate: '1990-02-03',
			blackList: true,
			location: { city: 'Basel' },
		});
	});

	it('take what a read gave, so that profiles can be copied', async () => {
		const [amy] = jsonOf(
			await run('profile', 'getAll', { extendedApi: true, limit: 1, simple: false }),
		);
		const opened = editor('profile', 'create', { extendedApi: true });
		const columns = await opened.automatic('getProfileFields');
		const items = [{ ...amy, cusCrmId: 'CRM-COPY' }];
		const parameters = { extendedApi: true, columns };
		const [copy] = jsonOf(await run('profile', 'create', parameters, { items }));
		expect(copy).toMatchObject({ email: amy?.email, cusCrmId: 'CRM-COPY' });
	});
});

describe('metadata', () => {
	beforeEach(async () => await open());

	it('describes resources, their fields and their filters', async () => {
		const profile = { apiRoot: 'profileAndServicesExt', resourceName: 'profile' };
		const [description] = jsonOf(await run('metadata', 'get', profile));
		expect(description).toMatchObject({ schema: 'nms:recipient', name: 'profile' });
		const fields = jsonOf(await run('metadata', 'getFields', { ...profile, returnAll: true }));
		expect(fields.find(({ name }) => name === 'gender')).toMatchObject({ type: 'enumeration' });
		expect(fields.find(({ name }) => name === 'age')).toMatchObject({ readOnly: true });
		expect(fields.map(({ name }) => name)).toContain('cusBrand');
		expect(jsonOf(await run('metadata', 'getFields', { ...profile, limit: 2 }))).toHaveLength(2);
		const filters = jsonOf(await run('metadata', 'getFilters', { ...profile, returnAll: true }));
		expect(filters.find(({ name }) => name === 'byBrand')).toMatchObject({
			parameters: ['brand_parameter'],
		});
		const standard = await run('metadata', 'getFilters', { resourceName: 'profile' });
		expect(jsonOf(standard).map(({ name }) => name)).not.toContain('byBrand');
		const custom = { apiRoot: 'customResources', resourceName: 'cusStaging' };
		expect(jsonOf(await run('metadata', 'getFilters', custom))).toMatchObject([{ name: 'byMail' }]);
		expect(wordsOf(await run('metadata', 'get', { resourceName: 'nothing' }))).toMatch(/rc=-2003/);
	});

	it('lists the resources of an instance', async () => {
		const names = async (operation: string) =>
			jsonOf(await run('metadata', operation)).map(({ name }) => name);
		expect(await names('getExtendedResources')).toEqual([
			'profile',
			'service',
			'orgUnitBase',
			'geoUnitBase',
			'cusTransaction',
		]);
		expect(await names('getStandaloneResources')).toEqual(['cusStaging']);
	});
});

describe('marketing history', () => {
	beforeEach(async () => await open());

	it('is listed, read and followed to the message itself', async () => {
		const filters = { email: 'amy.archer.0001@example.com' };
		const [history] = jsonOf(await run('history', 'getAll', { filters }));
		expect(history).toMatchObject({ firstName: 'Amy', countBroadLogEvents: 2 });
		expect(jsonOf(await run('history', 'getAll', { returnAll: true }))).toHaveLength(130);
		const profileKey = by(history?.PKey);
		const [one] = jsonOf(await run('history', 'get', { profileKey }));
		expect(one?.PKey).toBe(history?.PKey);
		const events = jsonOf(await run('history', 'getEvents', { profileKey }));
		expect(events.map(({ metadata }) => metadata)).toEqual(['broadLog', 'broadLog', 'subHisto']);
		const event = { profileKey, eventKey: String(events[1]?.PKey) };
		expect(jsonOf(await run('history', 'getEvent', event))).toEqual([events[1]]);
		const { items } = await run('history', 'getMirrorPage', event);
		expect(Buffer.from(items[0]?.binary?.data?.data ?? '', 'base64').toString()).toBe(
			'<html><body>Hello Amy: message 2</body></html>',
		);
		const none = { profileKey, eventKey: String(events[2]?.PKey) };
		expect(wordsOf(await run('history', 'getMirrorPage', none))).toMatch(
			/^The event has no mirror page \| Only messages/,
		);
	});
});

describe('privacy requests', () => {
	beforeEach(async () => await open());
	const ask = (name: string, type: string, value: string) => ({
		type,
		regulation: 'gdpr',
		namespaceName: 'defaultNamespace1',
		reconciliationValue: value,
		privacyRequestName: name,
	});
	const email = 'amy.archer.0001@example.com';

	it('for access end with a file', async () => {
		const [done] = jsonOf(await run('privacyRequest', 'create', ask('PT1', 'access', email)));
		expect(done).toMatchObject({ status: 'complete', name: 'PT1', label: 'PT1' });
		const privacyRequestKey = String(done?.PKey);
		expect(jsonOf(await run('privacyRequest', 'get', { privacyRequestKey }))).toEqual([done]);
		expect(jsonOf(await run('privacyRequest', 'getAll'))).toEqual([done]);
		const { items } = await run('privacyRequest', 'getData', { privacyRequestKey });
		const data = Buffer.from(items[0]?.binary?.data?.data ?? '', 'base64').toString();
		expect(data).toMatch(/^<gdprRequestData [\s\S]*<\/gdprRequestData>$/);
		expect(items[0]?.binary?.data?.fileName).toBe('PT1.txt');
	});

	it('for deletion leave nobody behind', async () => {
		jsonOf(await run('privacyRequest', 'create', ask('PT1', 'delete', email)));
		expect(jsonOf(await run('profile', 'count'))).toEqual([{ count: 129 }]);
	});

	it('that cannot be are told in words', async () => {
		const unknown = ask('PT1', 'access', 'nobody@example.com');
		expect(wordsOf(await run('privacyRequest', 'create', unknown))).toMatch(
			/^Privacy request PT1 did not succeed: Campaign found nothing.*\(code errorDataNotFound\)/,
		);
		expect(wordsOf(await run('privacyRequest', 'create', unknown))).toMatch(
			/already exists\. \| Another record has this key/,
		);
		const space = { ...ask('PT2', 'access', email), namespaceName: 'none' };
		expect(wordsOf(await run('privacyRequest', 'create', space))).toMatch(
			/^Unable to find document with path 'Namespace'/,
		);
		const started = { ...ask('PT3', 'access', email), waitForCompletion: false };
		const [made] = jsonOf(await run('privacyRequest', 'create', started));
		expect(made?.status).toBe('new');
		const early = { privacyRequestKey: String(made?.PKey) };
		expect(wordsOf(await run('privacyRequest', 'getData', early))).toMatch(
			/^There is no data for the privacy request 'PT3'/,
		);
		const tool = { resourceName: 'privacyTool' };
		expect(jsonOf(await run('metadata', 'get', tool))).toMatchObject([{ name: 'privacyTool' }]);
	});
});

describe('geographical units', () => {
	it('are listed, changed and read', async () => {
		await open();
		const units = jsonOf(await run('geoUnit', 'getAll', { options: { sortBy: 'name' } }));
		expect(units.map(({ name }) => name)).toEqual(['eu', 'us']);
		const geoUnitKey = by(units[0]?.PKey);
		jsonOf(await run('geoUnit', 'update', { geoUnitKey, updateFields: { label: 'EMEA' } }));
		const [unit] = jsonOf(await run('geoUnit', 'get', { geoUnitKey }));
		expect(unit?.title).toBe('EMEA (eu)');
	});
});

describe('workflows', () => {
	beforeEach(async () => await open());
	const minutes = (count: number) => {
		clock.now += count * 60_000;
	};

	it('are started, paused, resumed and stopped', async () => {
		const workflowId = 'WKF2';
		const state = async () => {
			minutes(1);
			const [workflow] = jsonOf(await run('workflow', 'get', { workflowId }));
			return workflow?.nextProcessingDate === '' ? 'idle' : 'running';
		};
		expect(await state()).toBe('idle');
		for (const [command, then] of [
			['start', 'running'],
			['pause', 'idle'],
			['resume', 'running'],
			['stop', 'idle'],
		]) {
			expect(jsonOf(await run('workflow', String(command), { workflowId }))).toEqual([
				{ success: true },
			]);
			expect(await state()).toBe(then);
		}
		expect(wordsOf(await run('workflow', 'start', { workflowId: 'WKF9' }))).toMatch(
			/^Unable to find document with path 'Workflow' from key 'WKF9'.* \| There is no such record/,
		);
	});

	it('take a signal with declared parameters every 10 minutes', async () => {
		const signal = { workflowId: 'WKF1', activityName: by('signal1') };
		const signals = jsonOf(await run('workflow', 'getSignals', { workflowId: 'WKF1' }));
		expect(signals.map(({ name }) => name)).toEqual(['signal1', 'signal2']);
		const signalParameters = '{"audience": "spring", "limit": 5, "urgent": true}';
		expect(jsonOf(await run('workflow', 'sendSignal', { ...signal, signalParameters }))).toEqual([
			{ success: true },
		]);
		minutes(9);
		expect(wordsOf(await run('workflow', 'sendSignal', signal))).toMatch(
			/^The signal was not taken: this is a call within restricted period \| /,
		);
		minutes(1);
		expect(jsonOf(await run('workflow', 'sendSignal', signal))).toEqual([{ success: true }]);
	});

	it('refuse unknown parameters, wrong types and unknown activities in words', async () => {
		const signal = { workflowId: 'WKF1', activityName: by('signal1') };
		const wrong = { ...signal, signalParameters: '{"contentURL": "x"}' };
		expect(wordsOf(await run('workflow', 'sendSignal', wrong))).toMatch(
			/^'contentURL' parameter isn't defined in signal activity\. \| Declare the parameter/,
		);
		const typed = { ...signal, signalParameters: '{"limit": "5"}' };
		expect(wordsOf(await run('workflow', 'sendSignal', typed))).toMatch(/not of the type 'number'/);
		const other = { ...signal, activityName: by('signal9') };
		expect(wordsOf(await run('workflow', 'sendSignal', other))).toMatch(
			/^The workflow has no External signal activity “signal9” \| It has “signal1”, “signal2”/,
		);
		const none = { ...signal, workflowId: 'WKF2' };
		expect(wordsOf(await run('workflow', 'sendSignal', none))).toMatch(/Add one to the workflow/);
	});
});

describe('transactional events', () => {
	beforeEach(async () => await open());
	const cart = (email: string) => ({ eventId: 'EVTcart', channel: 'email', email });

	it('are sent and waited for', async () => {
		const eventFields = '{"firstName": "Jane", "products": [{"name": "Shirt"}]}';
		const event = { ...cart('jane@example.com'), eventFields };
		const [done] = jsonOf(await run('transactionalEvent', 'send', event));
		expect(done).toMatchObject({ status: 'processed', email: 'jane@example.com' });
		expect(sent()[0]).toBe('POST /mcexamplemc/EVTcart');
		const get = { eventId: 'EVTcart', transactionalEventKey: String(done?.PKey) };
		expect(jsonOf(await run('transactionalEvent', 'get', get))).toEqual([done]);
		const list = await run('transactionalEvent', 'getAll', { eventId: 'EVTcart', limit: 5 });
		expect(jsonOf(list)).toEqual([done]);
	});

	it.each<[string, INodeParameters]>([
		['EVTcode', { channel: 'sms', mobilePhone: '+41790000000' }],
		['EVTgate', { channel: 'push', registrationToken: 'A', application: 'B', pushPlatform: 'gcm' }],
		[
			'EVTbirthday',
			{ channel: 'profile', eventFields: '{"email": "amy.archer.0001@example.com"}' },
		],
	])('go by every channel: %s', async (eventId, parameters) => {
		const outcome = await run('transactionalEvent', 'send', { eventId, ...parameters });
		expect(jsonOf(outcome)).toMatchObject([{ status: 'processed' }]);
	});

	it('that are not waited for come back with the values that the service echoes', async () => {
		const event = { ...cart('jane@example.com'), waitForCompletion: false };
		expect(jsonOf(await run('transactionalEvent', 'send', event))).toMatchObject([
			{ status: 'pending', email: '' },
		]);
	});

	it('that do not succeed, and those that are not published, are told in words', async () => {
		const failed = await run('transactionalEvent', 'send', cart('jane@example.org'));
		expect(wordsOf(failed)).toMatch(
			/^Event @\S+ did not succeed: the message could not be delivered \| \(code deliveryFailed\)/,
		);
		const unknown = await run('transactionalEvent', 'send', {
			...cart('jane@example.com'),
			eventId: 'EVTother',
		});
		expect(wordsOf(unknown)).toMatch(
			/^Error rc=-2003 \| .*the event and its message are published/,
		);
		const channel = { ...cart('jane@example.com'), eventId: 'EVTcode' };
		expect(wordsOf(await run('transactionalEvent', 'send', channel))).toMatch(
			/'mobilePhone'|'email'/,
		);
	});

	it('wait no longer than the timeout', async () => {
		const additionalFields = { scheduled: new Date(clock.now + 3_600_000).toISOString() };
		const event = { ...cart('jane@example.com'), additionalFields, options: { timeout: 2 } };
		expect(wordsOf(await run('transactionalEvent', 'send', event))).toMatch(
			/^Event @\S+ has not ended after 2 minutes \| It goes on/,
		);
	});
});

describe('lists', () => {
	it('follow relative addresses below the tenant', async () => {
		await open({ relativeHrefs: true });
		expect(jsonOf(await run('profile', 'getAll', { returnAll: true }))).toHaveLength(130);
	});

	it('of big tables are read to their end', async () => {
		await open({ bigTableThreshold: 10 });
		expect(jsonOf(await run('profile', 'getAll', { returnAll: true }))).toHaveLength(130);
		expect(jsonOf(await run('profile', 'getAll', { limit: 3 }))).toHaveLength(3);
	});
});

describe('lists to pick from', () => {
	const search = async (
		name: string,
		filter?: string,
		token?: string,
		parameters: INodeParameters = {},
	) => await editor('', '', parameters).search(name, filter, token);

	beforeEach(async () => {
		await open();
		// Signs in
		jsonOf(await run('service', 'getAll'));
	});

	it('show profiles page by page, and search by text', async () => {
		const { results, paginationToken } = await search('searchProfiles');
		expect(results).toHaveLength(100);
		expect(results[0]).toEqual({
			name: 'Amy Archer (amy.archer.0001@example.com)',
			value: expect.stringMatching(/^@/) as string,
		});
		const rest = await search('searchProfiles', undefined, String(paginationToken));
		expect(rest.results).toHaveLength(30);
		expect(rest.paginationToken).toBeUndefined();
		const found = await search('searchProfiles', 'amy.archer.0001');
		expect(found.results).toHaveLength(1);
		const get = { profileKey: by(found.results[0]?.value) };
		expect(jsonOf(await run('profile', 'get', get))).toMatchObject([{ lastName: 'Archer' }]);
		expect(sent().slice(-4, -1)).toEqual([
			'GET /profileAndServices/profile',
			'GET /profileAndServices/profile/',
			'GET /profileAndServices/profile/byText',
		]);
	});

	it('search profiles by last name too, under the API that was chosen', async () => {
		const extended = { extendedApi: true };
		const found = await search('searchProfiles', 'Varney', undefined, extended);
		expect(found.results.length).toBeGreaterThan(5);
		expect(found.results.every(({ name }) => name.includes('Varney'))).toBe(true);
		expect(sent().at(-1)).toBe('GET /profileAndServicesExt/profile/byText');
		await search('searchProfiles', '', undefined, extended);
		expect(sent().at(-1)).toBe('GET /profileAndServicesExt/profile');
	});

	it('show the filters of the company with their parameters, and those only', async () => {
		expect((await search('searchProfileFilters')).results).toEqual([
			{ name: 'byBrand – brand_parameter', value: 'byBrand' },
		]);
		expect((await search('searchServiceFilters')).results).toEqual([
			{ name: 'byLabel – label_parameter', value: 'byLabel' },
		]);
		const resource = { customApi: 'customResources', customResource: by('cusStaging') };
		const ofResource = async (parameters: INodeParameters) =>
			await search('searchCustomResourceFilters', undefined, undefined, parameters);
		expect((await ofResource(resource)).results).toEqual([
			{ name: 'byMail – mail_parameter', value: 'byMail' },
		]);
		const linked = { customResource: by('cusTransaction') };
		expect((await ofResource(linked)).results.map(({ value }) => value)).toEqual([
			'byAmount',
			'byLabel',
		]);
		await expect(ofResource({})).rejects.toThrow('Choose “Custom Resource” first');
		const picked = { customFilters: { __rl: true, mode: 'list', value: 'byAmount' } };
		const filters = { ...picked, customFilterParameters: '{"amount_parameter": 100}' };
		const some = await run('customResource', 'getAll', { ...linked, filters });
		expect(jsonOf(some)).toMatchObject([{ transactionId: 'T-0001' }]);
	});

	it('show the resources that can be described', async () => {
		const described = async (parameters: INodeParameters) =>
			(await search('searchResources', undefined, undefined, parameters)).results.map(
				({ value }) => value,
			);
		expect(await described({})).toEqual(['profile', 'service', 'history']);
		expect(await described({ apiRoot: 'profileAndServicesExt' })).toContain('cusTransaction');
		expect(await described({ apiRoot: 'customResources' })).toEqual(['cusStaging']);
	});

	it('show the signals of the workflow, which is named first', async () => {
		const signals = await search('searchSignals', undefined, undefined, { workflowId: 'WKF1' });
		expect(signals.results.map(({ value }) => value)).toEqual(['signal1', 'signal2']);
		await expect(search('searchSignals')).rejects.toThrow('Choose “Workflow ID” first');
	});

	it('tell the refusals of Campaign at once', async () => {
		simulator.requests.length = 0;
		const wrong = search('searchSignals', undefined, undefined, { workflowId: 'WKF9' });
		await expect(wrong).rejects.toThrow(/^Unable to find document with path 'Workflow'/);
		expect(sent()).toHaveLength(1);
	});

	it('show services by their lasting names, and units', async () => {
		expect((await search('searchServices')).results).toEqual([
			{ name: 'Sport Newsletter – SVC1', value: 'SVC1' },
			{ name: 'Product News – SVC2', value: 'SVC2' },
			{ name: 'Flash Sales – SVC3', value: 'SVC3' },
		]);
		expect((await search('searchServices', 'sport')).results).toHaveLength(1);
		expect((await search('searchExtendedResources')).results).toEqual([
			{ name: 'Transactions – cusTransaction', value: 'cusTransaction' },
		]);
		expect((await search('searchStandaloneResources')).results).toEqual([
			{ name: 'Staging records – cusStaging', value: 'cusStaging' },
		]);
		expect((await search('searchOrgUnits')).results.map(({ name }) => name)).toEqual([
			'All (all)',
			'Brand 1 (brand1)',
			'Brand 2 (brand2)',
		]);
	});
});

describe('signing in', () => {
	it('by JWT opens the same API', async () => {
		await open();
		credential = { ...simulator.jwtCredential } as ICredentialDataDecryptedObject;
		expect(jsonOf(await run('service', 'getAll'))).toHaveLength(3);
		expect(simulator.requests.map(({ path }) => path)).toContain('/ims/exchange/jwt');
		expect(credential.sessionEndsAt).toBe(new Date(clock.now + 86_399_000).toISOString());
	});

	it('makes one token request for many items, and stores the token', async () => {
		await open();
		const profileKey = by(await firstKey());
		simulator.reset();
		forgetLogins();
		credential.sessionToken = '';
		const items = Array.from({ length: 50 }, (_, index) => ({ index }));
		const outcome = await run('profile', 'get', { profileKey }, { items });
		expect(jsonOf(outcome)).toHaveLength(50);
		expect(simulator.tokenRequests()).toBe(1);
		expect(credential.sessionToken).toEqual(expect.stringMatching(/^eyJ/));
	});

	it('costs one more token request when the token ends in the middle of a run', async () => {
		await open({ profiles: 30 });
		const profileKey = by(await firstKey());
		expect(simulator.tokenRequests()).toBe(1);
		simulator.expireTokens();
		const items = Array.from({ length: 40 }, (_, index) => ({ index }));
		const outcome = await run('profile', 'get', { profileKey }, { items });
		expect(jsonOf(outcome)).toHaveLength(40);
		expect(outcome.items.map(({ pairedItem }) => pairedItem)).toEqual(
			items.map((_, item) => ({ item })),
		);
		expect(simulator.tokenRequests()).toBe(2);
	});

	it('that is refused is reported once, in words', async () => {
		await open();
		credential.clientSecret = 'p8e-invented-wrong-secret';
		const items = Array.from({ length: 20 }, (_, index) => ({ index }));
		const outcome = await run('service', 'getAll', {}, { items });
		expect(wordsOf(outcome)).toMatch(
			/^Adobe IMS refused the login: invalid client_secret parameter\. Check “Client ID” and “Client Secret”/,
		);
		expect(JSON.stringify(outcome.run)).not.toContain('p8e-invented-wrong-secret');
		expect(simulator.tokenRequests()).toBe(1);
		expect(sent()).toEqual([]);
	});

	it('with a bad key says what to do, and sends nothing', async () => {
		await open();
		credential = {
			...simulator.jwtCredential,
			privateKey: '-----BEGIN CERTIFICATE-----',
		};
		expect(wordsOf(await run('service', 'getAll'))).toMatch(
			/“Private Key” holds a certificate\. Paste the private key/,
		);
		expect(simulator.requests).toEqual([]);
	});
});

describe('refusals', () => {
	beforeEach(async () => await open());

	it.each<[string, IDataObject, RegExp]>([
		[
			'API key',
			{ clientId: 'unknown' },
			/^Api Key is invalid \| Adobe does not know this API key.*status 403, code 403003, trace ID \S+\)/,
		],
		[
			'tenant of others',
			{ tenant: 'othertenant' },
			/^Profile is not valid \| The technical account has no access to this instance\. Check “Tenant”.*code 403023/,
		],
		[
			'unknown tenant',
			{ tenant: 'nobody' },
			/^Oops\. Something went wrong.* \| Adobe knows no such tenant or path\. Check “Tenant”/,
		],
	])('of the gateway are explained: %s', async (_what, changes, words) => {
		await run('service', 'getAll');
		Object.assign(credential, changes);
		expect(wordsOf(await run('service', 'getAll'))).toMatch(words);
	});

	it('say what scopes are missing', async () => {
		credential.scopes = 'openid,AdobeID,additional_info.projectedProductContext';
		expect(wordsOf(await run('service', 'getAll'))).toMatch(
			/^Scope mismatch \| The token lacks a scope.*code 403011/,
		);
	});

	it.each([
		['', '“Tenant” in the credential is empty'],
		['INVENTED@AdobeOrg', '“Tenant” in the credential is the organization ID.'],
		['https://x.campaign.adobe.com', '“Tenant” in the credential must be the name of the instance'],
	])('of the tenant “%s” send nothing', async (tenant, words) => {
		credential.tenant = tenant;
		expect((await run('service', 'getAll')).error?.message).toContain(words);
		expect(simulator.requests).toEqual([]);
	});

	it.each<[string, string, INodeParameters, RegExp]>([
		[
			'an unknown PKey',
			'get',
			{ profileKey: by('@O5iRp40EGA') },
			/^'O5iRp40EGA' attribute unknown.* \| The PKey is not one of this instance.*status 500, code XTK-170036/,
		],
		[
			'an unknown PKey to delete',
			'delete',
			{ profileKey: by('@O5iRp40EGA') },
			/^'O5iRp40EGA' attribute unknown.* \| The PKey is not one of this instance/,
		],
		[
			'an unknown business key',
			'get',
			{ extendedApi: true, profileKey: by('NONE') },
			/^Unable to find document with path 'Profile' from key 'NONE'.* \| There is no such record.*status 404, code RST-360011/,
		],
		[
			'a changed business key',
			'update',
			{
				extendedApi: true,
				profileKey: by('CRM-0001'),
				updateFields: { moreFields: '{"cusCrmId": "CRM-B"}' },
			},
			/^Inconsistent operation on resource 'profile' - Cannot update key 'CRM-0001' to 'CRM-B'\. \| A key cannot be changed.*code RST-360012/,
		],
		[
			'a taken business key',
			'create',
			{ extendedApi: true, additionalFields: { moreFields: '{"cusCrmId": "CRM-0001"}' } },
			/^A 'Profile' with the same key 'CRM-0001' already exists\. \| Another record has this key\. Update that one/,
		],
		[
			'a value against the data policy',
			'create',
			{ additionalFields: { moreFields: '{"email": "not an address"}' } },
			/^The value 'not an address' is not valid for the 'email' data policy\. \| Correct the value/,
		],
		[
			'a field that is not there',
			'create',
			{ extendedApi: true, additionalFields: { moreFields: '{"cusNothing": 1}' } },
			/^'cusNothing' property is not valid for the 'profile' resource\. \| The resource has no such field/,
		],
		[
			'a field of the company under the standard API',
			'create',
			{ additionalFields: { moreFields: '{"cusBrand": "A"}' } },
			/^'cusBrand' property is not valid for the 'profile' resource\. \| .* need “Extended API”/,
		],
		[
			'a field that the instance sets',
			'create',
			{ additionalFields: { moreFields: '{"age": 7}' } },
			/^Cannot update the 'age' property that is read-only .* \| Leave this field out/,
		],
	])('of Campaign show its words: %s', async (_what, operation, parameters, words) => {
		const outcome = await run('profile', operation, parameters);
		expect(wordsOf(outcome)).toMatch(words);
		expect(wordsOf(outcome)).not.toMatch(/try again later|cannot be known/i);
		// A refusal of the values is final, though it has status 500
		expect(sent()).toHaveLength(1);
	});

	it('of an order that cannot be are shown at once as well', async () => {
		const outcome = await run('profile', 'getAll', { options: { sortBy: 'nothing' } });
		expect(wordsOf(outcome)).toMatch(
			/^Unable to parse expression '@nothing'\. \| Campaign refused/,
		);
		expect(sent()).toHaveLength(1);
	});

	it('of values that are no values send nothing', async () => {
		const wrong: Array<[string, INodeParameters, RegExp]> = [
			['get', { profileKey: by('CRM-0001') }, /^“Profile” must be a PKey, which starts with @/],
			['get', { profileKey: by('@a/b') }, /^“Profile” must be a PKey/],
			['get', { extendedApi: true, profileKey: by('..') }, /^“Profile” must be a name or an ID/],
			['update', { profileKey: by('@a') }, /^There is nothing to send/],
			['create', {}, /^There is nothing to send/],
			[
				'create',
				{ additionalFields: { moreFields: '[]' } },
				/^“More Fields \(JSON\)” must be a JSON object/,
			],
			[
				'create',
				{ additionalFields: { moreFields: '{' } },
				/^“More Fields \(JSON\)” must be JSON, but cannot be read/,
			],
			['getAll', { options: { sortBy: 'a b' } }, /^“Sort By” must be the name of one field/],
			['search', { text: '=' }, /^“Search Text” is required/],
		];
		for (const [operation, parameters, words] of wrong) {
			const { error } = await run('profile', operation, parameters);
			expect(error?.message).toMatch(words);
		}
		expect(sent()).toEqual([]);
	});
});

it('keeps what the other items gave with Continue On Fail', async () => {
	await open();
	const key = await firstKey();
	const items = [{ key }, { key: '@bad' }, { key: 'no key' }, { key }];
	const parameters = { profileKey: { __rl: true, mode: 'id', value: '={{ $json.key }}' } };
	const { items: out, error } = await run('profile', 'get', parameters, {
		items,
		onError: 'continueRegularOutput',
	});
	expect(error).toBeUndefined();
	expect(out.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
	expect(out.map(({ json }) => json.PKey ?? json.error)).toEqual([
		key,
		expect.stringMatching(/^'bad' attribute unknown.* \[Item 1\]$/),
		expect.stringMatching(/^“Profile” must be a PKey.* \[Item 2\]$/),
		key,
	]);
});

it('keeps to the pace of a limited gateway and loses no item', async () => {
	await open({ requestsPerSecond: 5 });
	const key = await firstKey();
	const items = Array.from({ length: 30 }, (_, index) => ({ index }));
	const outcome = await run('profile', 'get', { profileKey: by(key) }, { items });
	expect(jsonOf(outcome)).toHaveLength(30);
	expect(simulator.requests.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
});

it('chains: contacts become profiles and subscribers, and are read back', async () => {
	await open();
	const items = [
		{ email: 'ines.keller@example.com', first: 'Ines', last: 'Keller' },
		{ email: 'jon.moser@example.com', first: 'Jon', last: 'Moser' },
	];
	const made = await runForm(
		'profile',
		'create',
		{
			email: '={{ $json.email }}',
			firstName: '={{ $json.first }}',
			lastName: '={{ $json.last }}',
		},
		{},
		{ items },
	);
	const subscribed = await run(
		'subscription',
		'subscribe',
		{
			profileKey: { __rl: true, mode: 'id', value: '={{ $json.PKey }}' },
			serviceKey: { __rl: true, mode: 'id', value: 'SVC2' },
		},
		{ items: jsonOf(made) },
	);
	const read = await run(
		'profile',
		'get',
		{ profileKey: { __rl: true, mode: 'id', value: '={{ $json.subscriber.PKey }}' } },
		{ items: jsonOf(subscribed) },
	);
	expect(jsonOf(read).map(({ email }) => email)).toEqual(items.map(({ email }) => email));
	const subscribers = jsonOf(
		await run('subscription', 'getAll', {
			subscriptionsOf: 'service',
			serviceKey: { __rl: true, mode: 'id', value: 'SVC2' },
			returnAll: true,
		}),
	);
	expect(subscribers.map(({ subscriber }) => (subscriber as IDataObject).email)).toEqual(
		items.map(({ email }) => email),
	);
});

it('chains: contacts of a table are synchronized, subscribed and greeted', async () => {
	await open();
	const items = [
		{ email: 'amy.archer.0001@example.com', first: 'Amelie' },
		{ email: 'jon.moser@example.com', first: 'Jon' },
	];
	const parameters = {
		matchBy: 'email',
		matchEmail: '={{ $json.email }}',
	};
	const fields = { firstName: '={{ $json.first }}' };
	const synchronized = jsonOf(await runForm('profile', 'upsert', fields, parameters, { items }));
	expect(synchronized.map(({ isNew }) => isNew)).toEqual([false, true]);
	const subscribed = await run(
		'subscription',
		'subscribe',
		{
			profileKey: { __rl: true, mode: 'id', value: '={{ $json.PKey }}' },
			serviceKey: { __rl: true, mode: 'id', value: 'SVC2' },
		},
		{ items: synchronized },
	);
	const profiles = await run(
		'profile',
		'get',
		{ profileKey: { __rl: true, mode: 'id', value: '={{ $json.subscriber.PKey }}' } },
		{ items: jsonOf(subscribed) },
	);
	const greeted = await run(
		'transactionalEvent',
		'send',
		{
			eventId: 'EVTcart',
			channel: 'email',
			email: '={{ $json.email }}',
			eventFields: '={{ { firstName: $json.firstName } }}',
		},
		{ items: jsonOf(profiles) },
	);
	expect(jsonOf(greeted)).toMatchObject([
		{ status: 'processed', email: items[0]?.email, ctx: { firstName: 'Amelie' } },
		{ status: 'processed', email: items[1]?.email, ctx: { firstName: 'Jon' } },
	]);
	expect(greeted.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
});
