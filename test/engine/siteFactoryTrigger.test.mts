import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { SiteFactoryApi } from '../../credentials/SiteFactoryApi.credentials.ts';
import type {
	SiteFactoryOptions,
	SiteFactorySimulator,
} from '../../demo/simulators/siteFactory.mts';
import { CONTENT_EDITOR, createSiteFactorySimulator } from '../../demo/simulators/siteFactory.mts';
import { SiteFactory } from '../../nodes/SiteFactory/SiteFactory.node.ts';
import { SiteFactoryTrigger } from '../../nodes/SiteFactory/SiteFactoryTrigger.node.ts';
import { runNode } from '../support/engine.mts';
import type { Active } from '../support/polling.mts';
import { activate } from '../support/polling.mts';
import type { ScriptedServer } from '../support/server.mts';
import { startServer } from '../support/server.mts';
import type { TurnedClock } from '../support/time.mts';
import { turnClock } from '../support/time.mts';

const jobSeconds = 90;

let clock: TurnedClock;
let simulator: SiteFactorySimulator;
let credential: ICredentialDataDecryptedObject;

async function start(options: SiteFactoryOptions = {}): Promise<void> {
	simulator = await createSiteFactorySimulator({ clock: () => clock.now, jobSeconds, ...options });
	credential = { ...(simulator.credential as ICredentialDataDecryptedObject) };
}

async function stop(): Promise<void> {
	const { faults } = simulator;
	await simulator.close();
	expect(faults).toEqual([]);
}

beforeEach(async () => {
	clock = turnClock();
	await start();
});

afterEach(async () => {
	jest.restoreAllMocks();
	await stop();
});

async function watch(event: string, parameters: INodeParameters = {}): Promise<Active> {
	return await activate({
		node: new SiteFactoryTrigger(),
		credentialType: new SiteFactoryApi(),
		credential,
		parameters: { event, ...parameters },
	});
}

/** What the action node gives; nothing is waited for. */
async function act(
	operation: string,
	parameters: INodeParameters = {},
	items?: IDataObject[],
): Promise<IDataObject[]> {
	const [resource, name] = operation.split(':');
	const outcome = await runNode({
		node: new SiteFactory(),
		credentialType: new SiteFactoryApi(),
		credential: { ...(simulator.credential as ICredentialDataDecryptedObject) },
		parameters: { resource, operation: name, waitForCompletion: false, ...parameters },
		...(items && { items }),
	});
	expect(outcome.error).toBeUndefined();
	return outcome.items.map(({ json }) => json);
}

const site = (id: number) => ({ __rl: true, mode: 'id', value: String(id) });
const backUp = async (id = 231) =>
	Number((await act('site:backUp', { siteId: site(id) }))[0]?.task_id);
const create = async (siteName: string) =>
	Number((await act('site:create', { siteName, groupIds: '91' }))[0]?.id);

/** The time that every task takes goes by. */
const letEnd = () => {
	clock.now += jobSeconds * 1000;
};

const idsOf = (active: Active, name = 'id') => active.delivered.map((item) => item[name]);

/** The factory behind a door that can be shut for some requests. */
async function doorway(): Promise<{ door: ScriptedServer; shutFor: (url: RegExp) => void }> {
	let shut = /^$/;
	const door = await startServer(async ({ method, url, headers }) => {
		if (shut.test(url)) return { status: 400, body: { message: 'Bad Request: the door is shut' } };
		const authorization = headers.authorization ?? '';
		const answer = await fetch(`${simulator.url}${url}`, { method, headers: { authorization } });
		return { status: answer.status, body: await answer.json() };
	});
	credential.factoryUrl = door.url;
	return {
		door,
		shutFor(url) {
			shut = url;
		},
	};
}

describe('Task finished', () => {
	it('starts the workflow once, when a task has ended', async () => {
		const before = await backUp();
		letEnd();
		const active = await watch('taskFinished');
		const task = await backUp();
		expect(await active.poll()).toEqual([]);
		letEnd();
		expect((await active.poll()).map(({ json }) => json)).toEqual([
			expect.objectContaining({ id: task, nid: 231, status: 16, name: 'SiteArchive 231' }),
		]);
		await active.poll();
		await active.crash();
		expect(idsOf(active)).toEqual([task]);
		expect(idsOf(active)).not.toContain(before);
	});

	it('tells the end of tasks that were under way at a crash', async () => {
		const active = await watch('taskFinished');
		const first = await backUp();
		await active.poll();
		await active.crash();
		const second = await backUp(236);
		letEnd();
		await active.crash();
		await active.crash();
		expect(idsOf(active).sort()).toEqual([first, second]);
	});

	it('tells the end of a task that began long before the activation', async () => {
		await stop();
		await start({ jobSeconds: 10 * 3600 });
		const long = await backUp();
		clock.now += 5 * 3_600_000;
		await act('site:backUp', { siteId: site(236) });
		const active = await watch('taskFinished');
		clock.now += 5 * 3_600_000;
		await active.poll();
		expect(idsOf(active)).toEqual([long]);
	});

	it('gives up a task that was taken off the list', async () => {
		const active = await watch('taskFinished');
		const task = await backUp();
		await active.poll();
		await act('task:delete', { taskId: String(task) });
		letEnd();
		expect(await active.poll()).toEqual([]);
	});

	it('can be narrowed down to outcomes', async () => {
		for (const name of ['failing', 'killed', 'warned', 'fine']) await create(name);
		letEnd();
		const of = async (outcome: string[]) => await watch('taskFinished', { filters: { outcome } });
		const kinds = [['completed'], ['warning'], ['error'], ['killed'], ['error', 'killed'], []];
		const watching = await Promise.all(kinds.map(of));
		const statuses: unknown[] = [];
		for (const name of ['failing2', 'killed2', 'warned2', 'fine2']) await create(name);
		letEnd();
		for (const active of watching) {
			await active.poll();
			statuses.push(active.delivered.map(({ status }) => status).sort());
		}
		expect(statuses).toEqual([[16], [144], [32], [64], [32, 64], [144, 16, 32, 64]]);
	});

	it('can be narrowed down to a site, a group and a class', async () => {
		const bySite = await watch('taskFinished', {
			filters: { siteId: { __rl: true, mode: 'list', value: '236' } },
		});
		const byGroup = await watch('taskFinished', { filters: { taskGroup: 'SiteInstall' } });
		const byClass = await watch('taskFinished', {
			filters: { taskClass: 'Acquia\\SfSite\\SiteArchive' },
		});
		await backUp(231);
		const second = await backUp(236);
		const made = await create('fresh');
		letEnd();
		for (const active of [bySite, byGroup, byClass]) await active.poll();
		expect(idsOf(bySite)).toEqual([second]);
		expect(idsOf(byGroup, 'nid')).toEqual([made]);
		expect(idsOf(byClass, 'nid').sort()).toEqual([231, 236]);
		const asked = simulator.requests.filter(({ query }) => query.class !== undefined);
		expect(asked.length).toBeGreaterThan(0);
	});

	it('leaves the housekeeping of a busy factory out, unless it is asked for, and misses nothing', async () => {
		await stop();
		await start({ busy: 7 });
		// More than a page, so that pages shift
		const many = async () =>
			await act(
				'site:backUp',
				{ siteId: { __rl: true, mode: 'id', value: '={{ $json.id }}' } },
				Array.from({ length: 110 }, (_, n) => ({ id: 231 + 5 * (n % 27) })),
			);
		await many();
		letEnd();
		const active = await watch('taskFinished');
		const cron = await watch('taskFinished', { filters: { taskGroup: 'CronController' } });
		const started = (await many()).map(({ task_id: id }) => id);
		letEnd();
		await active.poll();
		await cron.poll();
		letEnd();
		for (const one of [active, cron]) {
			await one.poll();
			await one.crash();
		}
		expect(idsOf(active).sort()).toEqual(started.sort());
		expect(cron.delivered.length).toBeGreaterThan(0);
		expect(new Set(idsOf(cron)).size).toBe(cron.delivered.length);
	}, 60_000);
});

describe('Sites', () => {
	it('start the workflow once when they are installed and when they are gone', async () => {
		const created = await watch('siteCreated');
		const deleted = await watch('siteDeleted');
		const id = await create('fresh');
		expect([await created.poll(), await deleted.poll()]).toEqual([[], []]);
		letEnd();
		expect((await created.poll()).map(({ json }) => json)).toEqual([
			expect.objectContaining({ id, site: 'fresh' }),
		]);
		expect(await deleted.poll()).toEqual([]);
		await act('site:delete', { siteId: site(231) });
		await deleted.poll();
		letEnd();
		await deleted.crash();
		await created.crash();
		for (const active of [created, deleted]) {
			await active.poll();
			await active.crash();
		}
		expect(created.delivered).toHaveLength(1);
		expect(deleted.delivered).toEqual([{ id: 231, site: 'alder' }]);
	});

	it('that failed to install do not start it', async () => {
		const created = await watch('siteCreated');
		await create('failing');
		letEnd();
		expect(await created.poll()).toEqual([]);
	});

	it('are read from all pages', async () => {
		await stop();
		await start({ sites: 250 });
		const created = await watch('siteCreated', { options: { includeExisting: true } });
		expect(new Set(idsOf(created)).size).toBe(250);
		expect(created.delivered).toHaveLength(250);
	});
});

describe('Update finished', () => {
	const deploy = async () =>
		Number(
			(
				await act('update:deploy', {
					sitesRef: { __rl: true, mode: 'id', value: 'tags/2025-03-11' },
				})
			)[0]?.task_id,
		);

	it('starts the workflow once, when the deployment has ended', async () => {
		await deploy();
		letEnd();
		const active = await watch('updateFinished');
		const ends = await watch('updateFinished', { filters: { outcome: ['error'] } });
		const id = await deploy();
		expect(await active.poll()).toEqual([]);
		await active.crash();
		letEnd();
		await active.poll();
		await active.poll();
		await active.crash();
		expect(active.delivered).toEqual([
			{ update_id: id, added: expect.any(Number) as number, status: 16 },
		]);
		expect(await ends.poll()).toEqual([]);
	});
});

describe('Audit event', () => {
	const change = async (id = 231) =>
		await act('domain:add', {
			nodeId: site(id),
			newDomain: `www.new${simulator.requests.length}.example.com`,
		});

	it('starts the workflow once for each change', async () => {
		const active = await watch('auditEvent');
		await change();
		await change();
		expect(await active.poll()).toHaveLength(2);
		await active.crash();
		expect(await active.poll()).toEqual([]);
		expect(active.delivered).toEqual([
			expect.objectContaining({ type: 'domain', scope: 'site', nid: 231, id: 8651 }),
			expect.objectContaining({ id: 8656 }),
		]);
	});

	it('is narrowed down by the factory itself', async () => {
		const active = await watch('auditEvent', { filters: { nid: '236', type: 'domain' } });
		await change(231);
		await change(236);
		await active.poll();
		expect(idsOf(active, 'nid')).toEqual([236]);
		expect(simulator.requests.at(-1)?.query).toMatchObject({ nid: '236', order: 'DESC' });
	});

	it('is told once each of a busy factory, whose list shifts while it is read', async () => {
		await stop();
		await start({ busy: 3 });
		const active = await watch('auditEvent', { options: { includeExisting: true } });
		for (let n = 0; n < 5; n++) {
			clock.now += 60_000;
			await change();
			await active.poll();
		}
		await active.crash();
		const ids = idsOf(active).map(Number);
		const last = Math.max(...ids);
		expect(ids.length).toBe((last - 8001) / 5 + 1);
		expect(new Set(ids).size).toBe(ids.length);
	});
});

describe('A poll that the factory refuses half-way', () => {
	it('says why, and nothing is lost', async () => {
		const { door, shutFor } = await doorway();
		const active = await watch('taskFinished');
		const tasks = [await backUp(), await backUp(236)];
		letEnd();
		for (const url of [/tasks\?(?!.*status)/, /status=processing/, /status=not-started/]) {
			shutFor(url);
			await expect(active.poll()).rejects.toThrow('Bad Request: the door is shut');
		}
		shutFor(/^$/);
		await active.poll();
		await door.close();
		expect(idsOf(active).sort()).toEqual(tasks);
	});
});

describe('Fetch test event', () => {
	it('shows a real record of every event', async () => {
		await create('fresh');
		await act('update:deploy', { sitesRef: { __rl: true, mode: 'id', value: 'develop-build' } });
		letEnd();
		const shown = async (event: string) => {
			const [item, ...more] = await (await watch(event)).fetchTestEvent();
			expect(more).toEqual([]);
			return item?.json;
		};
		expect(await shown('taskFinished')).toMatchObject({
			status: 16,
			id: expect.any(Number) as unknown,
		});
		expect(await shown('siteCreated')).toMatchObject({ id: 366, site: 'fresh' });
		expect(await shown('siteDeleted')).toEqual({ id: 366, site: 'fresh' });
		expect(await shown('updateFinished')).toMatchObject({ status: 16 });
		expect(await shown('auditEvent')).toMatchObject({ id: 8651 });
	});

	it('says when there is none yet', async () => {
		const active = await watch('updateFinished');
		await expect(active.fetchTestEvent()).rejects.toThrow(
			'There is nothing yet that could be shown for “Update Finished”',
		);
	});
});

describe('A trigger that cannot work', () => {
	it('says so in words', async () => {
		await expect(watch('siteRenamed')).rejects.toMatchObject({
			message: 'Acquia Site Factory has no event “siteRenamed”',
		});
		await expect(watch('auditEvent', { filters: { nid: 'alder' } })).rejects.toThrow(
			'“Node ID” must be',
		);
		const role = { ...credential, ...CONTENT_EDITOR };
		Object.assign(credential, role);
		await expect(watch('taskFinished')).rejects.toMatchObject({
			message: 'Forbidden: the role content editor does not allow this',
		});
		credential.apiKey = 'f'.repeat(40);
		const error = (await watch('siteCreated').catch((thrown: unknown) => thrown)) as Error;
		expect(error).toMatchObject({
			message: 'Access denied',
			description: expect.stringContaining(
				'Check user name and API key in the credential.',
			) as unknown,
		});
		expect(JSON.stringify(error)).not.toContain('f'.repeat(40));
	});

	it('does not take a site that the user may no longer see for deleted', async () => {
		const { door } = await doorway();
		const active = await watch('siteDeleted');
		door.answer(({ path }) =>
			/\/sites\/\d+$/.test(path)
				? { status: 403, body: { message: 'Forbidden: not your site' } }
				: { body: { count: 0, sites: [] } },
		);
		expect(await active.poll()).toEqual([]);
		door.answer(({ path }) =>
			/\/sites\/\d+$/.test(path)
				? { status: 404, body: { message: 'Site not found' } }
				: { body: { count: 0, sites: [] } },
		);
		expect(await active.poll()).toHaveLength(27);
		await door.close();
	});
});

describe('The node', () => {
	it('offers the lists of the action node', () => {
		expect(Object.keys(new SiteFactoryTrigger().methods.listSearch)).toContain('searchSites');
	});
});
