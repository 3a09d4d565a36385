import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { AdobeCampaignStandardApi } from '../../credentials/AdobeCampaignStandardApi.credentials.ts';
import { createAdobeCampaignStandardSimulator } from '../../demo/simulators/adobeCampaignStandard.mts';
import type {
	AdobeCampaignStandardOptions,
	AdobeCampaignStandardSimulator,
	CampaignInstance,
} from '../../demo/simulators/adobeCampaignStandard.mts';
import { Refusal, answer } from '../../demo/simulators/support.mts';
import { AdobeCampaignStandardTrigger } from '../../nodes/AdobeCampaignStandard/AdobeCampaignStandardTrigger.node.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import { openEditor } from '../support/editor.mts';
import type { Active } from '../support/polling.mts';
import { activate } from '../support/polling.mts';
import type { TurnedClock } from '../support/time.mts';
import { turnClock } from '../support/time.mts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let simulator: AdobeCampaignStandardSimulator;
let credential: ICredentialDataDecryptedObject;
let clock: TurnedClock;
let betweenPages: ((instance: CampaignInstance) => void) | undefined;

beforeEach(() => {
	forgetLogins();
	betweenPages = undefined;
	clock = turnClock();
});
afterEach(async () => {
	jest.restoreAllMocks();
	const { faults } = simulator;
	await simulator.close();
	expect(faults).toEqual([]);
});

async function open(options: AdobeCampaignStandardOptions = {}): Promise<void> {
	simulator = await createAdobeCampaignStandardSimulator({
		clock: () => clock.now,
		betweenPages: (instance) => betweenPages?.(instance),
		...options,
	});
	credential = { ...simulator.credential } as ICredentialDataDecryptedObject;
}

async function watch(event: string, parameters: INodeParameters = {}): Promise<Active> {
	return await activate({
		node: new AdobeCampaignStandardTrigger(),
		credentialType: new AdobeCampaignStandardApi(),
		credential,
		parameters: { event, ...parameters },
	});
}

/** Lets a minute pass and polls. */
async function poll(active: Active): Promise<IDataObject[]> {
	clock.now += MINUTE;
	return (await active.poll()).map(({ json }) => json);
}

async function repeat(count: number, action: () => Promise<unknown>): Promise<void> {
	for (let index = 0; index < count; index += 1) await action();
}

/** The gateway fails at the next pages, for as long as is tried. */
function breakDown(): void {
	betweenPages = () => {
		throw new Refusal(answer({ error_code: '503010', message: 'Try again later' }, 503));
	};
}

const by = (value: string) => ({ __rl: true, mode: 'id', value });
const emails = (records: IDataObject[]) => records.map(({ email }) => String(email)).sort();
const subscribers = (records: IDataObject[]) =>
	records.map(({ subscriber }) => (subscriber as IDataObject).email).sort();
const sent = (operationId: string) =>
	simulator.requests.filter((request) => request.operationId === operationId);
const amy = 'amy.archer.0001@example.com';
const ben = 'ben.archer.0002@example.com';
const nobody = 'olivia.varney.0120@example.com';

describe('profile created', () => {
	it('starts the workflow once, with the profile', async () => {
		await open();
		const active = await watch('profileCreated');
		expect(active.delivered).toEqual([]);
		const email = simulator.instance.addProfile({ lastName: 'Zeller' });
		expect(await poll(active)).toMatchObject([
			{ email, lastName: 'Zeller', PKey: expect.stringMatching(/^@/) as string },
		]);
		simulator.instance.changeProfile(email, { lastName: 'Zellweger' });
		simulator.instance.changeProfile(amy, { lastName: 'Archer-Zellweger' });
		await repeat(20, async () => await poll(active));
		await active.crash();
		expect(emails(active.delivered)).toEqual([email]);
	});

	it('reads no further back than a quarter of an hour, also in a very large table', async () => {
		await open({ profiles: 1000, bigTableThreshold: 100 });
		simulator.instance.addProfile();
		const active = await watch('profileCreated');
		simulator.requests.length = 0;
		simulator.instance.addProfile();
		await poll(active);
		expect(active.delivered).toHaveLength(1);
		expect(sent('listProfiles')).toHaveLength(1);
		expect(sent('listProfiles')[0]?.query).toEqual({
			_order: 'created desc',
			_lineCount: '100',
			_forcePagination: 'true',
		});
	});

	it('tells each profile once while the list shifts', async () => {
		await open({ profiles: 20 });
		const active = await watch('profileCreated');
		const made: string[] = [];
		for (let index = 0; index < 330; index += 1) made.push(simulator.instance.addProfile());
		betweenPages = (instance) => {
			clock.now += 1;
			made.push(instance.addProfile());
		};
		await repeat(3, async () => await poll(active));
		betweenPages = undefined;
		await repeat(3, async () => await poll(active));
		expect(emails(active.delivered)).toEqual(made.sort());
	});

	it('tells a profile that becomes visible late', async () => {
		await open();
		const active = await watch('profileCreated');
		const first = simulator.instance.addProfile();
		await poll(active);
		clock.now += 10 * MINUTE;
		const late = simulator.instance.addProfile({}, clock.now - 14 * MINUTE);
		await repeat(3, async () => await poll(active));
		expect(emails(active.delivered)).toEqual([first, late].sort());
	});

	it('loses nothing when a poll fails half-way, nor while n8n is down', async () => {
		await open({ profiles: 20 });
		const active = await watch('profileCreated');
		const made = Array.from({ length: 250 }, () => simulator.instance.addProfile());
		breakDown();
		await expect(poll(active)).rejects.toThrow('Try again later');
		expect(active.delivered).toEqual([]);
		betweenPages = undefined;
		await poll(active);
		await poll(active);
		clock.now += 3 * DAY;
		made.push(simulator.instance.addProfile());
		clock.now += 3 * DAY;
		made.push(simulator.instance.addProfile());
		await active.crash();
		await poll(active);
		expect(emails(active.delivered)).toEqual(made.sort());
	});

	it('tells all profiles at the activation, if asked to, and shows the newest as a test event', async () => {
		await open();
		const active = await watch('profileCreated', { options: { includeExisting: true } });
		expect(active.delivered).toHaveLength(130);
		await active.crash();
		expect(active.delivered).toHaveLength(130);
		const email = simulator.instance.addProfile();
		expect((await active.fetchTestEvent()).map(({ json }) => json.email)).toEqual([email]);
		expect(emails(await poll(active))).toEqual([email]);
	});

	it('watches the profiles of a filter in the extended API', async () => {
		await open();
		const filters = {
			customFilters: by('byBrand'),
			customFilterParameters: '{"brand_parameter": "SPRING"}',
		};
		const active = await watch('profileCreated', { extendedApi: true, filters });
		simulator.instance.addProfile();
		const email = simulator.instance.addProfile({ cusBrand: 'SPRING' });
		expect(await poll(active)).toMatchObject([{ email, cusBrand: 'SPRING' }]);
		await expect(watch('profileCreated', { filters })).rejects.toThrow(
			'Custom filters need the extended API',
		);
	});
});

describe('profile changed', () => {
	it('starts the workflow for each change, and not for a new profile', async () => {
		await open();
		const active = await watch('profileChanged');
		simulator.instance.addProfile();
		clock.now += 1000;
		simulator.instance.changeProfile(amy, { firstName: 'Amelie' });
		simulator.instance.changeProfile(ben, { firstName: 'Benno' });
		expect((await poll(active)).map(({ firstName }) => firstName).sort()).toEqual([
			'Amelie',
			'Benno',
		]);
		simulator.instance.changeProfile(amy, { firstName: 'Amy' });
		expect(await poll(active)).toMatchObject([{ firstName: 'Amy' }]);
		await repeat(20, async () => await poll(active));
		await active.crash();
		expect(active.delivered).toHaveLength(3);
		expect((await active.fetchTestEvent())[0]?.json).toMatchObject({ firstName: 'Amy' });
	});

	it('tells each change once while profiles move to the front of the list', async () => {
		await open({ profiles: 0 });
		const made = Array.from({ length: 340 }, () => simulator.instance.addProfile());
		clock.now += HOUR;
		const active = await watch('profileChanged');
		const changes: string[] = [];
		const change = (instance: CampaignInstance, email: string) => {
			clock.now += 1;
			instance.changeProfile(email, { firstName: `Change ${changes.length}` });
			changes.push(`Change ${changes.length}`);
		};
		for (const email of made) change(simulator.instance, email);
		// What stands behind is changed while it is read: its first change is no longer there to be read
		let moved = 0;
		betweenPages = (instance) => change(instance, made[moved++] ?? '');
		await poll(active);
		betweenPages = undefined;
		await repeat(3, async () => await poll(active));
		const told = active.delivered.map(({ firstName }) => String(firstName));
		expect(new Set(told).size).toBe(told.length);
		const overtaken = Array.from({ length: moved }, (_, index) => `Change ${index}`);
		expect(changes.filter((one) => !told.includes(one))).toEqual(overtaken);
	});
});

describe('subscription added', () => {
	const service = { serviceKey: by('SVC1') };

	it('starts the workflow once for each subscription to the chosen service', async () => {
		await open();
		const active = await watch('subscriptionAdded', service);
		expect(active.delivered).toEqual([]);
		simulator.instance.subscribe(nobody, 'SVC1');
		simulator.instance.subscribe(nobody, 'SVC2');
		expect(await poll(active)).toMatchObject([
			{ serviceName: 'SVC1', subscriber: { email: nobody } },
		]);
		simulator.instance.unsubscribe(nobody, 'SVC1');
		await poll(active);
		simulator.instance.subscribe(nobody, 'SVC1');
		await poll(active);
		await repeat(20, async () => await poll(active));
		await active.crash();
		expect(subscribers(active.delivered)).toEqual([nobody, nobody]);
		// The list of 110, which were all made in one go, is read to its end while these are the newest
		const polls = sent('getService').length;
		expect(sent('listServiceSubscriptions').length).toBeLessThan(polls + 6);
	});

	it('takes a PKey for the service, and shows the newest one as a test event', async () => {
		await open();
		const active = await watch('subscriptionAdded', { serviceKey: by('SVC2') });
		await expect(active.fetchTestEvent()).rejects.toThrow(
			'There is nothing yet that could be shown for “Subscription Added”',
		);
		simulator.instance.subscribe(amy, 'SVC2');
		const [shown] = await active.fetchTestEvent();
		const key = ((shown?.json.service ?? {}) as IDataObject).PKey;
		const byKey = await watch('subscriptionAdded', { serviceKey: by(String(key)) });
		simulator.instance.subscribe(ben, 'SVC2');
		expect(subscribers(await poll(byKey))).toEqual([ben]);
	});

	it('loses nothing when a poll fails half-way, or the list shifts', async () => {
		await open({ profiles: 400 });
		const active = await watch('subscriptionAdded', { serviceKey: by('SVC3') });
		const made = Array.from({ length: 250 }, () => {
			const email = simulator.instance.addProfile();
			simulator.instance.subscribe(email, 'SVC3');
			return email;
		});
		breakDown();
		await expect(poll(active)).rejects.toThrow('Try again later');
		betweenPages = (instance) => {
			clock.now += 1;
			const email = instance.addProfile();
			instance.subscribe(email, 'SVC3');
			made.push(email);
		};
		await repeat(3, async () => await poll(active));
		betweenPages = undefined;
		await repeat(3, async () => await poll(active));
		expect(subscribers(active.delivered)).toEqual(made.sort());
	});

	it('says what is wrong with the service', async () => {
		await open();
		await expect(watch('subscriptionAdded', { serviceKey: by('') })).rejects.toThrow(
			'“Service” is required',
		);
		await expect(watch('subscriptionAdded', { serviceKey: by('SVC99') })).rejects.toThrow(
			"Unable to find document with path 'Service' from key 'SVC99'",
		);
	});
});

describe('subscription removed', () => {
	const service = { serviceKey: by('SVC1') };

	it('starts the workflow once, with what was known of the subscriber', async () => {
		await open();
		const active = await watch('subscriptionRemoved', service);
		simulator.instance.unsubscribe(amy, 'SVC1');
		// A subscription goes with its profile
		simulator.instance.removeProfile(ben);
		simulator.instance.subscribe(nobody, 'SVC1');
		expect(subscribers(await poll(active))).toEqual([amy, ben]);
		expect(active.delivered[0]?.PKey).toMatch(/^@/);
		simulator.instance.subscribe(amy, 'SVC1');
		await repeat(3, async () => await poll(active));
		simulator.instance.unsubscribe(amy, 'SVC1');
		await poll(active);
		// While n8n is down
		simulator.instance.unsubscribe(nobody, 'SVC1');
		await active.crash();
		await repeat(3, async () => await poll(active));
		expect(subscribers(active.delivered)).toEqual([amy, amy, ben, nobody]);
	});

	it('tells the name of a subscriber without an address', async () => {
		await open();
		simulator.instance.changeProfile(amy, { email: '' });
		const active = await watch('subscriptionRemoved', service);
		simulator.instance.unsubscribe('', 'SVC1');
		expect(await poll(active)).toMatchObject([{ subscriber: { title: 'Amy Archer' } }]);
	});

	it('tells nobody who only has another address now', async () => {
		await open();
		const active = await watch('subscriptionRemoved', service);
		simulator.instance.changeProfile(amy, { email: 'amy@example.com' });
		expect(await poll(active)).toEqual([]);
		simulator.instance.unsubscribe('amy@example.com', 'SVC1');
		expect(subscribers(await poll(active))).toEqual(['amy@example.com']);
	});

	it('loses nothing when a poll fails half-way, and tells once what goes while it reads', async () => {
		await open({ profiles: 400 });
		const gone = ['cleo.archer.0003@example.com', 'dan.baker.0004@example.com'];
		const active = await watch('subscriptionRemoved', service);
		simulator.instance.unsubscribe(amy, 'SVC1');
		breakDown();
		await expect(poll(active)).rejects.toThrow('Try again later');
		betweenPages = (instance) => {
			const email = gone.pop();
			if (email) instance.unsubscribe(email, 'SVC1');
		};
		await repeat(4, async () => await poll(active));
		expect(subscribers(active.delivered)).toEqual([
			amy,
			'cleo.archer.0003@example.com',
			'dan.baker.0004@example.com',
		]);
	});

	it('tells nothing when the instance was deployed anew, and goes on', async () => {
		await open();
		const active = await watch('subscriptionRemoved', service);
		simulator.instance.redeploy();
		await repeat(3, async () => await poll(active));
		expect(active.delivered).toEqual([]);
		simulator.instance.unsubscribe(amy, 'SVC1');
		expect(subscribers(await poll(active))).toEqual([amy]);
	});

	it('tells later who left while keys of before the new deployment are still being forgotten', async () => {
		await open({ profiles: 400 });
		for (let index = 0; index < 130; index += 1) {
			simulator.instance.subscribe(simulator.instance.addProfile(), 'SVC1');
		}
		const active = await watch('subscriptionRemoved', service);
		simulator.instance.redeploy();
		// 240 old keys, of which a poll asks about 200: 40 are left, beside the one who goes
		await poll(active);
		simulator.instance.unsubscribe(amy, 'SVC1');
		expect(await poll(active)).toEqual([]);
		expect(subscribers(await poll(active))).toEqual([amy]);
		expect(await poll(active)).toEqual([]);
	});

	it('shows what it gives as a test event', async () => {
		await open();
		const active = await watch('subscriptionRemoved', service);
		expect((await active.fetchTestEvent()).map(({ json }) => json)).toEqual([
			{
				PKey: expect.stringMatching(/^@/) as string,
				subscriber: { email: expect.stringMatching(/@example\.com$/) as string },
			},
		]);
	});
});

describe('workflows', () => {
	it('start the workflow when no further processing is planned', async () => {
		await open();
		const active = await watch('workflowEnded', { workflowId: 'WKF1' });
		const other = await watch('workflowEnded', { workflowId: 'WKF2' });
		clock.now += 5 * HOUR;
		expect(await poll(active)).toEqual([]);
		simulator.instance.setWorkflow('WKF1', 'stopped');
		expect(await poll(active)).toMatchObject([{ nextProcessingDate: '' }]);
		await repeat(3, async () => await poll(active));
		await active.crash();
		simulator.instance.setWorkflow('WKF1', 'started');
		await poll(active);
		simulator.instance.setWorkflow('WKF1', 'paused');
		await poll(active);
		await poll(other);
		expect(active.delivered).toHaveLength(2);
		expect(other.delivered).toEqual([]);
	});

	it('start the workflow each time they were processed', async () => {
		await open();
		const active = await watch('workflowProcessed', { workflowId: 'WKF1' });
		await repeat(190, async () => await poll(active));
		// It runs once an hour
		expect(active.delivered).toHaveLength(3);
		await active.crash();
		simulator.instance.setWorkflow('WKF1', 'stopped');
		await repeat(3, async () => await poll(active));
		simulator.instance.setWorkflow('WKF1', 'started');
		await repeat(3, async () => await poll(active));
		expect(active.delivered).toHaveLength(3);
		expect((await active.fetchTestEvent())[0]?.json).toHaveProperty('nextProcessingDate');
	});

	it('are refused in words when there is no such one', async () => {
		await open();
		await expect(watch('workflowEnded', { workflowId: 'WKF99' })).rejects.toThrow(
			"Unable to find document with path 'Workflow' from key 'WKF99'",
		);
	});
});

describe('privacy request done', () => {
	it('starts the workflow once, however long it takes', async () => {
		await open();
		const { instance } = simulator;
		const running = instance.requestPrivacy({ reconciliationValue: amy }, 170 * 60);
		const active = await watch('privacyRequestDone');
		const missing = instance.requestPrivacy();
		expect(await poll(active)).toMatchObject([{ name: missing, status: 'errorDataNotFound' }]);
		await repeat(10, async () => await poll(active));
		clock.now += HOUR;
		// Newer ones push the other far down
		const others = Array.from({ length: 150 }, () => instance.requestPrivacy());
		await repeat(3, async () => await poll(active));
		await active.crash();
		clock.now += HOUR;
		others.push(instance.requestPrivacy());
		expect(await poll(active)).toMatchObject([{ name: others.at(-1) }]);
		clock.now += HOUR;
		expect(await poll(active)).toMatchObject([{ name: running, status: 'complete' }]);
		await active.crash();
		await repeat(20, async () => await poll(active));
		expect(active.delivered.map(({ name }) => name).sort()).toEqual(
			[running, missing, ...others].sort(),
		);
	});

	it.each([
		[{ outcome: ['done'] }, ['A1', 'D1']],
		[{ outcome: ['failed'], requestType: ['access'] }, ['A2']],
		[{ requestType: ['delete'] }, ['D1', 'D2']],
	])('heeds %j', async (filters, names) => {
		await open();
		const active = await watch('privacyRequestDone', { filters });
		const { instance } = simulator;
		instance.requestPrivacy({ name: 'A1', reconciliationValue: amy });
		instance.requestPrivacy({ name: 'A2' });
		instance.requestPrivacy({ name: 'D1', type: 'delete', reconciliationValue: ben });
		instance.requestPrivacy({ name: 'D2', type: 'delete' });
		await repeat(2, async () => await poll(active));
		expect(active.delivered.map(({ name }) => String(name)).sort()).toEqual(names);
	});

	it('tells those of before, if asked to, and shows one as a test event', async () => {
		await open();
		const name = simulator.instance.requestPrivacy();
		clock.now += 3 * DAY;
		const active = await watch('privacyRequestDone', { options: { includeExisting: true } });
		expect(active.delivered).toMatchObject([{ name }]);
		expect((await active.fetchTestEvent())[0]?.json).toMatchObject({ name });
	});
});

describe('the form', () => {
	it('has lists to pick a service and custom filters from', async () => {
		await open();
		await watch('profileCreated');
		const editor = openEditor(
			new AdobeCampaignStandardTrigger(),
			new AdobeCampaignStandardApi(),
			credential,
			{ extendedApi: true },
		);
		const names = async (list: string) =>
			(await editor.search(list)).results.map(({ value }) => value);
		expect(await names('searchServices')).toEqual(['SVC1', 'SVC2', 'SVC3']);
		expect(await names('searchProfileFilters')).toEqual(['byBrand']);
	});
});

describe('signing in', () => {
	it('says in words that it was refused', async () => {
		await open();
		credential.clientSecret = 'p8e-invented-wrong';
		await expect(watch('profileCreated')).rejects.toThrow('invalid client_secret parameter');
		expect(simulator.tokenRequests()).toBe(1);
	});

	it('takes one login when the token ends during a poll', async () => {
		await open({ profiles: 0 });
		const active = await watch('profileCreated');
		const made = Array.from({ length: 250 }, () => simulator.instance.addProfile());
		betweenPages = () => {
			betweenPages = undefined;
			simulator.expireTokens();
		};
		const before = simulator.tokenRequests();
		expect(emails(await poll(active))).toEqual(made.sort());
		expect(simulator.tokenRequests() - before).toBe(1);
	});
});
