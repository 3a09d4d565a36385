import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { CampaignFactoryApi } from '../../credentials/CampaignFactoryApi.credentials.ts';
import { createCampaignFactorySimulator } from '../../demo/simulators/campaignFactory.mts';
import type {
	CampaignFactoryOptions,
	CampaignFactorySimulator,
	Factory,
} from '../../demo/simulators/campaignFactory.mts';
import { Refusal, answer } from '../../demo/simulators/support.mts';
import { CampaignFactoryTrigger } from '../../nodes/CampaignFactory/CampaignFactoryTrigger.node.ts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import type { Active } from '../support/polling.mts';
import { activate } from '../support/polling.mts';

const minute = 60_000;
const day = 24 * 60 * minute;
const start = Date.UTC(2025, 2, 4);

let simulator: CampaignFactorySimulator;
let factory: Factory;
let credential: ICredentialDataDecryptedObject;
let now: number;
/** Happens before a further page of a list is read. */
let betweenPages: (root: string) => void;

async function open(options: CampaignFactoryOptions = {}) {
	simulator = await createCampaignFactorySimulator({
		clock: () => now,
		jobSeconds: 30,
		betweenPages: (_factory, root) => betweenPages(root),
		...options,
	});
	({ factory } = simulator);
	credential = structuredClone(simulator.credential) as ICredentialDataDecryptedObject;
}

beforeEach(async () => {
	now = start;
	betweenPages = () => undefined;
	jest.spyOn(clock, 'now').mockImplementation(() => now);
	jest.spyOn(clock, 'sleep').mockImplementation(async (milliseconds) => {
		now += milliseconds;
		await Promise.resolve();
	});
	await open();
});

afterEach(async () => {
	expect(simulator.faults).toEqual([]);
	await simulator.close();
	forgetLogins();
	jest.restoreAllMocks();
});

async function watch(event: string, parameters: INodeParameters = {}): Promise<Active> {
	return await activate({
		node: new CampaignFactoryTrigger(),
		credentialType: new CampaignFactoryApi(),
		credential,
		parameters: { event, ...parameters },
	});
}

const filters = (members: INodeParameters) => ({ filters: members });
const includeExisting = { options: { includeExisting: true } };
const byId = (value: unknown) => ({ __rl: true, mode: 'id', value }) as unknown as INodeParameters;

/** A poll some time later; gives one member of each item. */
async function pollLater(active: Active, member = 'name', milliseconds = minute) {
	now += milliseconds;
	return (await active.poll()).map(({ json }) => json[member]);
}

/** Polls that find nothing: what was told is not told again. */
async function expectSilence(active: Active, polls = 3) {
	for (let poll = 0; poll < polls; poll++) expect(await pollLater(active)).toEqual([]);
}

const lists = (root: string) =>
	simulator.requests.filter(({ path }) => path === `/openapi/${root}`).length;
const uuidsOf = async (root: string): Promise<string[]> => {
	const token = String(credential.sessionToken);
	const response = await fetch(`${simulator.url}/openapi/${root}?per_page=100`, {
		headers: { authorization: `Bearer ${token}` },
	});
	const { data } = (await response.json()) as { data: Array<{ uuid: string }> };
	return data.map(({ uuid }) => uuid);
};

describe('Instance Created', () => {
	it('tells of each new one once, however often it polls', async () => {
		const active = await watch('instanceCreated');
		await expectSilence(active);
		factory.createInstance('Studio A');
		factory.createInstance('Studio B');
		expect(await pollLater(active)).toEqual(['Studio A', 'Studio B']);
		await expectSilence(active);
		factory.createInstance('Studio C');
		expect(await pollLater(active, 'name', 40 * day)).toEqual(['Studio C']);
		factory.changeInstance('Studio C', { name: 'Studio D' });
		await expectSilence(active);
		expect(active.delivered).toHaveLength(3);
	});

	it('tells of those that are there only when asked to, and then once', async () => {
		const active = await watch('instanceCreated', includeExisting);
		expect(active.delivered).toHaveLength(64);
		await expectSilence(active);
	});

	it('a deletion is none, and what is remembered stays small', async () => {
		const active = await watch('instanceCreated');
		factory.createInstance('Studio A');
		expect(await pollLater(active)).toEqual(['Studio A']);
		factory.deleteInstance('Studio 01');
		await expectSilence(active);
		expect(active.stored().length).toBeLessThan(10_000);
	});

	it('only of an account or a location', async () => {
		const [first, second] = await (async () => {
			await watch('instanceCreated');
			return await uuidsOf('accounts');
		})();
		const active = await watch('instanceCreated', filters({ accountId: byId(second) }));
		factory.createInstance('Of the first', first);
		factory.createInstance('Of the second', second);
		expect(await pollLater(active)).toEqual(['Of the second']);
		await expectSilence(active);
		expect(simulator.requests.at(-1)?.query).toMatchObject({ account_uuid: second });
		const [location] = await uuidsOf('locations');
		await watch('instanceCreated', filters({ locationId: byId(location) }));
		expect(simulator.requests.at(-1)?.query).toMatchObject({ location_uuid: location });
	});

	it('after a crash tells of what was not delivered, and of nothing twice', async () => {
		const active = await watch('instanceCreated');
		factory.createInstance('Studio A');
		expect(await pollLater(active)).toEqual(['Studio A']);
		await expectSilence(active);
		factory.createInstance('Studio B');
		now += minute;
		await active.crash();
		await expectSilence(active);
		expect(active.delivered.map(({ name }) => name)).toEqual(['Studio A', 'Studio B']);
	});

	it('a poll that fails half-way loses nothing', async () => {
		const active = await watch('instanceCreated');
		factory.createInstance('Studio A');
		betweenPages = () => {
			throw new Refusal(answer({ message: 'Forbidden for now' }, 403));
		};
		await expect(pollLater(active)).rejects.toThrow('Forbidden for now');
		betweenPages = () => undefined;
		factory.createInstance('Studio B');
		expect(await pollLater(active)).toEqual(['Studio A', 'Studio B']);
		await expectSilence(active);
	});

	it('pages that shift while they are read hide nothing, also at the activation', async () => {
		let next = 1;
		const removeOne = () => {
			if (next < 6) factory.deleteInstance(`Studio 0${next++}`);
		};
		betweenPages = removeOne;
		factory.createInstance('Already there');
		const active = await watch('instanceCreated');
		expect(lists('instances')).toBeGreaterThan(3);
		await expectSilence(active);
		factory.createInstance('Studio A');
		next = 6;
		betweenPages = (root) => {
			if (root === 'instances' && next < 10) factory.deleteInstance(`Studio 0${next++}`);
		};
		expect(await pollLater(active)).toEqual(['Studio A']);
		await expectSilence(active);
	});

	it('two polls at a time tell once', async () => {
		const active = await watch('instanceCreated');
		factory.createInstance('Studio A');
		now += minute;
		await Promise.all([active.poll(), active.poll()]);
		expect(active.delivered).toHaveLength(1);
	});
});

describe('Instance Changed', () => {
	it('tells of each change, but of no new instance', async () => {
		const active = await watch('instanceChanged');
		factory.createInstance('Studio A');
		expect(await pollLater(active, 'name', 10_000)).toEqual([]);
		// It became active
		expect(await pollLater(active)).toEqual(['Studio A']);
		await expectSilence(active);
		factory.changeInstance('Studio 02', { plan_name: 'large' });
		factory.changeInstance('Studio 63', { plan_name: 'large' });
		expect(await pollLater(active)).toEqual(['Studio 02', 'Studio 63']);
		await expectSilence(active);
		factory.changeInstance('Studio 02', { tags: ['unknown to the description'] });
		expect(await pollLater(active)).toEqual(['Studio 02']);
		factory.deleteInstance('Studio 02');
		await expectSilence(active);
	});

	it('tells two changes of the same second apart', async () => {
		const active = await watch('instanceChanged');
		factory.changeInstance('Studio 02', { plan_name: 'large' });
		expect(await pollLater(active, 'plan_name', 0)).toEqual(['large']);
		factory.changeInstance('Studio 02', { plan_name: 'huge' });
		expect(await pollLater(active, 'plan_name', 0)).toEqual(['huge']);
		await expectSilence(active);
	});

	it('only of chosen fields', async () => {
		const active = await watch(
			'instanceChanged',
			filters({ watchedMembers: ['plan_name', 'trial_expiration'] }),
		);
		factory.changeInstance('Studio 02', { name: 'Studio X' });
		expect(await pollLater(active)).toEqual([]);
		factory.changeInstance('Studio X', { plan_name: 'large' });
		expect(await pollLater(active)).toEqual(['Studio X']);
		await expectSilence(active);
	});

	it('an instance that is hidden by a page that shifts is neither gone nor changed', async () => {
		const active = await watch('instanceChanged');
		// One goes at each reading, so that no reading is whole
		let next = 1;
		betweenPages = () => factory.deleteInstance(`Studio ${String(next++).padStart(2, '0')}`);
		for (let poll = 0; poll < 3; poll++) expect(await pollLater(active)).toEqual([]);
		betweenPages = () => undefined;
		factory.changeInstance('Studio 30', { plan_name: 'large' });
		expect(await pollLater(active)).toEqual(['Studio 30']);
		await expectSilence(active);
	});

	it('forgets what was deleted or has left the account', async () => {
		await watch('instanceChanged');
		const [first, second] = await uuidsOf('accounts');
		const active = await watch('instanceChanged', filters({ accountId: byId(first) }));
		factory.changeInstance('Studio 01', { account_uuid: second });
		factory.deleteInstance('Studio 29');
		await expectSilence(active);
		const asked = simulator.requests.length;
		await expectSilence(active, 1);
		// Only the list: nobody asks for those two any more
		expect(simulator.requests.slice(asked).map(({ path }) => path)).toEqual(['/openapi/instances']);
	});

	it('crash and failing poll: told once each', async () => {
		const active = await watch('instanceChanged');
		factory.changeInstance('Studio 02', { plan_name: 'large' });
		betweenPages = () => {
			throw new Refusal(answer({ message: 'Forbidden for now' }, 403));
		};
		await expect(pollLater(active)).rejects.toThrow('Forbidden for now');
		betweenPages = () => undefined;
		await active.crash();
		expect(active.delivered.map(({ name }) => name)).toEqual(['Studio 02']);
		await active.crash();
		await expectSilence(active);
		expect(active.delivered).toHaveLength(1);
	});
});

describe('Instance Suspended', () => {
	it('tells when active_at is gone, once for each time', async () => {
		const active = await watch('instanceSuspended');
		factory.suspendInstance('Studio 02');
		expect(await pollLater(active)).toEqual(['Studio 02']);
		expect(active.delivered).toMatchObject([{ active_at: null }]);
		factory.changeInstance('Studio 02', { plan_name: 'large' });
		await expectSilence(active);
		factory.unsuspendInstance('Studio 02');
		await expectSilence(active);
		factory.suspendInstance('Studio 02');
		expect(await pollLater(active)).toEqual(['Studio 02']);
		await expectSilence(active);
	});

	it('does not take one that is being made for suspended', async () => {
		const active = await watch('instanceSuspended');
		factory.createInstance('Studio A');
		expect(await pollLater(active, 'name', 10_000)).toEqual([]);
		await expectSilence(active);
		factory.suspendInstance('Studio A');
		expect(await pollLater(active)).toEqual(['Studio A']);
	});

	it('notices what was suspended and is active again between two polls', async () => {
		const active = await watch('instanceSuspended');
		factory.suspendInstance('Studio 02');
		now += 10_000;
		factory.unsuspendInstance('Studio 02');
		expect(await pollLater(active)).toEqual(['Studio 02']);
		await expectSilence(active);
	});
});

describe('User Created', () => {
	it('tells of new users, also of one who is seen days later', async () => {
		const active = await watch('userCreated');
		factory.createUser('Uma New');
		expect(await pollLater(active)).toEqual(['Uma New']);
		await expectSilence(active);
		factory.createUser('Late Lou', now - 7 * day);
		factory.createUser('Old Otto', now - 60 * day);
		expect(await pollLater(active)).toEqual(['Late Lou']);
		await expectSilence(active);
		expect(active.delivered[0]).not.toHaveProperty('password');
	});

	it('tells of users that go and come while pages are read', async () => {
		const active = await watch('userCreated');
		let next = 2;
		betweenPages = () => {
			if (next > 4) return;
			factory.deleteUser(`User 0${next++}`);
			factory.createUser(`New ${next}`);
		};
		const told: unknown[] = [];
		for (let poll = 0; poll < 4; poll++) told.push(...(await pollLater(active)));
		expect(told).toEqual(['New 3', 'New 4', 'New 5']);
		await expectSilence(active);
	});

	it('only of an account', async () => {
		await watch('userCreated');
		const [first] = await uuidsOf('accounts');
		const active = await watch('userCreated', filters({ accountId: byId(first) }));
		expect(simulator.requests.at(-1)?.path).toBe(`/openapi/accounts/${first}/users`);
		const uuid = factory.createUser('Uma New');
		await expectSilence(active);
		await fetch(`${simulator.url}/openapi/accounts/${first}/users`, {
			method: 'PATCH',
			headers: {
				authorization: `Bearer ${String(credential.sessionToken)}`,
				'content-type': 'application/json',
			},
			body: JSON.stringify({ user_uuid: uuid }),
		});
		expect(await pollLater(active)).toEqual(['Uma New']);
		await expectSilence(active);
	});
});

describe('Sender Domain Validated, Sender Domain Failed', () => {
	const unset = 'unset.example.org';
	const name = 'sender_domain';

	it('tell once how a check has ended, and again when that changes', async () => {
		const validated = await watch('senderDomainValidated');
		const failed = await watch('senderDomainFailed');
		const both = async () => [await pollLater(validated, name), await pollLater(failed, name, 0)];
		expect(await both()).toEqual([[], []]);
		factory.setDns(unset, true);
		expect(await both()).toEqual([[], []]);
		factory.validate(unset);
		expect(await both()).toEqual([[unset], []]);
		factory.validate(unset);
		expect(await both()).toEqual([[], []]);
		factory.setDns(unset, 'The CNAME record was not found.');
		factory.validate(unset);
		expect(await both()).toEqual([[], [unset]]);
		factory.validate(unset);
		expect(await both()).toEqual([[], []]);
		factory.setDns(unset, 'The CNAME record leads elsewhere.');
		factory.validate(unset);
		expect(await both()).toEqual([[], [unset]]);
		factory.setDns(`bounce.${unset}`, true);
		factory.validate(unset);
		// One of three is valid now: no failure that was not told
		expect(await both()).toEqual([[], []]);
		factory.setDns(unset, true);
		factory.validate(unset);
		expect(await both()).toEqual([[unset], []]);
		expect(await both()).toEqual([[], []]);
	});

	it('tell of a new one whose check has ended already, and not before', async () => {
		const validated = await watch('senderDomainValidated');
		const failed = await watch('senderDomainFailed');
		for (const domain of ['new.example.com', 'unset.example.com']) {
			const { status } = await fetch(`${simulator.url}/openapi/sender-domains`, {
				method: 'POST',
				headers: {
					authorization: `Bearer ${String(credential.sessionToken)}`,
					'content-type': 'application/json',
				},
				body: JSON.stringify({
					sender_domain: domain,
					bounce_domain: `bounce.${domain}`,
					tracking_domain: `clicks.${domain}`,
					default_from_name: 'News',
					default_from_email: `news@${domain}`,
					esp: 'sparkpost',
				}),
			});
			expect(status).toBe(201);
		}
		expect(await pollLater(validated, name, 10_000)).toEqual([]);
		expect(await pollLater(failed, name, 0)).toEqual([]);
		expect(await pollLater(validated, name)).toEqual(['new.example.com']);
		expect(await pollLater(failed, name, 0)).toEqual(['unset.example.com']);
		await expectSilence(validated);
		await expectSilence(failed);
	});

	it('only of chosen checks, only of one domain; existing ones when asked to; no keys', async () => {
		const some = await watch('senderDomainFailed', {
			...includeExisting,
			...filters({ checks: ['bounce_domain', 'tracking_domain'] }),
		});
		expect(some.delivered).toEqual([]);
		const all = await watch('senderDomainFailed', includeExisting);
		expect(all.delivered).toMatchObject([
			{ sender_domain: unset, sender_domain_details: 'The CNAME record was not found.' },
		]);
		const valid = await watch('senderDomainValidated', includeExisting);
		expect(valid.delivered.map((domain) => domain[name])).toEqual([
			'mail.example.com',
			'news.example.com',
		]);
		const one = await watch('senderDomainValidated', {
			...includeExisting,
			...filters({ senderDomainId: byId(valid.delivered[1]?.uuid) }),
		});
		expect(one.delivered.map((domain) => domain[name])).toEqual(['news.example.com']);
		const written = JSON.stringify([all.delivered, valid.delivered, await valid.fetchTestEvent()]);
		expect(written).not.toContain('esp_api_key');
		expect(written).not.toContain('invented-esp-key');
	});
});

describe('Notification Received', () => {
	const read = (items: IDataObject[]) =>
		items.map(({ data }) => (JSON.parse(String(data)) as { message: string }).message);

	it.each([false, true])('tells of each once, oldest first: %s', async (oldNotificationsFirst) => {
		await simulator.close();
		await open({ oldNotificationsFirst });
		for (let index = 0; index < 60; index++) {
			factory.notify(`Old ${index}`);
			now += 10 * minute;
		}
		const active = await watch('notificationReceived');
		await expectSilence(active);
		for (let index = 0; index < 60; index++) {
			factory.notify(`Note ${index}`);
			now += index % 3 === 0 ? 0 : 1000;
		}
		await pollLater(active);
		expect(read(active.delivered).sort()).toEqual(
			Array.from({ length: 60 }, (_, index) => `Note ${index}`).sort(),
		);
		await expectSilence(active);
		factory.notify('Late', 'App\\Notifications\\TrialEnds');
		await pollLater(active, 'data', 3 * day);
		expect(read(active.delivered).at(-1)).toBe('Late');
		await expectSilence(active);
	});

	it('reads no further than it has to, where the newest come first', async () => {
		for (let index = 0; index < 200; index++) {
			factory.notify(`Note ${index}`);
			now += 10 * minute;
		}
		const active = await watch('notificationReceived');
		const before = lists('notifications');
		await expectSilence(active, 1);
		expect(lists('notifications') - before).toBeLessThanOrEqual(2);
	});

	it('pages that shift hide nothing', async () => {
		for (let index = 0; index < 60; index++) factory.notify(`Note ${index}`);
		const active = await watch('notificationReceived');
		const uuids: string[] = [];
		for (let index = 0; index < 40; index++) {
			uuids.push(factory.notify(`New ${index}`));
			now += 1000;
		}
		let next = 0;
		betweenPages = () => {
			if (next === 3) return;
			// What was read goes, so that others slip onto the page that was read; and one comes
			for (const uuid of uuids.splice(-2 - next)) factory.deleteNotification(uuid);
			factory.notify(`During ${++next}`);
		};
		for (let poll = 0; poll < 4; poll++) await pollLater(active);
		const told = read(active.delivered);
		expect(new Set(told).size).toBe(told.length);
		expect(told.filter((text) => text.startsWith('During'))).toHaveLength(3);
		const left = new Set(await uuidsOf('notifications'));
		const toldUuids = new Set(active.delivered.map(({ uuid }) => uuid));
		const missed = uuids.filter((uuid) => !left.has(uuid) || !toldUuids.has(uuid));
		expect(missed).toEqual([]);
	});

	it('only of a type, only unread, only with a text', async () => {
		const ofType = await watch(
			'notificationReceived',
			filters({ notificationType: 'limitreached', unreadOnly: true }),
		);
		const ofText = await watch('notificationReceived', filters({ search: 'second' }));
		const first = factory.notify('The first');
		factory.notify('The second');
		factory.notify('The third', 'App\\Notifications\\TrialEnds');
		await fetch(`${simulator.url}/openapi/notifications/${first}`, {
			method: 'PATCH',
			headers: { authorization: `Bearer ${String(credential.sessionToken)}` },
		});
		await pollLater(ofType);
		await pollLater(ofText);
		expect(read(ofType.delivered)).toEqual(['The second']);
		expect(read(ofText.delivered)).toEqual(['The second']);
		await expectSilence(ofType);
	});

	it('begins where nothing is there yet', async () => {
		const active = await watch('notificationReceived', filters({ search: 'trial' }));
		factory.notify('The trial ends');
		await pollLater(active);
		expect(read(active.delivered)).toEqual(['The trial ends']);
		await expectSilence(active);
	});
});

describe('sign-in', () => {
	it('is renewed once when the token ends between and during polls', async () => {
		const active = await watch('instanceCreated');
		expect(simulator.tokenRequests()).toBe(1);
		simulator.expireTokens();
		factory.createInstance('Studio A');
		expect(await pollLater(active)).toEqual(['Studio A']);
		expect(simulator.tokenRequests()).toBe(2);
		let isFirst = true;
		betweenPages = () => {
			if (isFirst) simulator.expireTokens();
			isFirst = false;
		};
		factory.createInstance('Studio B');
		expect(await pollLater(active)).toEqual(['Studio B']);
		await expectSilence(active);
		expect(simulator.tokenRequests()).toBe(3);
	});

	it('is refused in words, without the password', async () => {
		credential.password = 'invented-wrong-password';
		const refusal = await watch('userCreated').catch((error: unknown) => error);
		expect(refusal).toMatchObject({
			message: expect.stringContaining('user credentials were incorrect') as string,
		});
		expect(JSON.stringify(refusal)).not.toContain('invented-wrong-password');
	});

	it('a scope that lacks is named', async () => {
		credential.scopes = ['manage-instances'];
		await watch('instanceSuspended');
		await expect(watch('userCreated')).rejects.toMatchObject({
			description: expect.stringContaining('manage-users') as string,
		});
	});
});

describe('Fetch Test Event', () => {
	it.each([
		['instanceCreated', { name: 'Studio 64' }],
		['instanceChanged', { name: 'Studio 01' }],
		['instanceSuspended', { name: 'Studio 01' }],
		['userCreated', { name: 'User 28' }],
		['senderDomainValidated', { sender_domain: 'mail.example.com' }],
		['senderDomainFailed', { sender_domain: 'unset.example.org' }],
		['notificationReceived', { data: '{"message":"Contact limit of account 3 reached"}' }],
	])('gives a real record of %s, and changes nothing', async (event, expected) => {
		const active = await watch(event);
		const before = active.stored();
		const items = await active.fetchTestEvent();
		expect(items).toHaveLength(1);
		expect(items[0]?.json).toMatchObject(expected);
		expect(items[0]?.json.uuid).toEqual(expect.any(String));
		expect(active.stored()).toBe(before);
		await expectSilence(active);
	});
});
