/** Polls that begin with what was remembered before another poll told something. */
import { SiteFactoryApi } from '../../credentials/SiteFactoryApi.credentials.ts';
import { createSiteFactorySimulator } from '../../demo/simulators/siteFactory.mts';
import type { SiteFactorySimulator } from '../../demo/simulators/siteFactory.mts';
import { SiteFactoryTrigger } from '../../nodes/SiteFactory/SiteFactoryTrigger.node.ts';
import { activate } from '../support/polling.mts';
import type { TurnedClock } from '../support/time.mts';
import { turnClock } from '../support/time.mts';

let clock: TurnedClock;
let simulator: SiteFactorySimulator;

beforeEach(async () => {
	clock = turnClock();
	simulator = await createSiteFactorySimulator({ clock: () => clock.now, jobSeconds: 1 });
});

afterEach(async () => {
	jest.restoreAllMocks();
	await simulator.close();
});

async function backUp(): Promise<string> {
	const { username, apiKey } = simulator.credential;
	const login = Buffer.from(`${String(username)}:${String(apiKey)}`).toString('base64');
	const response = await fetch(`${simulator.url}/api/v1/sites/231/backup`, {
		method: 'POST',
		headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
		body: '{}',
	});
	clock.now += 2_000;
	return String(((await response.json()) as { task_id: unknown }).task_id);
}

async function watch() {
	const active = await activate({
		node: new SiteFactoryTrigger(),
		credentialType: new SiteFactoryApi(),
		credential: { ...simulator.credential } as Record<string, string>,
		parameters: { event: 'taskFinished', filters: { taskGroup: 'SiteArchive' } },
	});
	const idsOf = (items: Awaited<ReturnType<typeof active.poll>>) =>
		items.map(({ json }) => String(json.id));
	return { active, idsOf };
}

it('tells a happening once when two polls are due together', async () => {
	const { active, idsOf } = await watch();
	const second = active.prepare();
	const id = await backUp();
	expect(idsOf(await active.poll())).toEqual([id]);
	expect(idsOf(await second())).toEqual([]);
});

it('tells it once also when something was told in between', async () => {
	const { active, idsOf } = await watch();
	const third = active.prepare();
	const id = await backUp();
	expect(idsOf(await active.poll())).toEqual([id]);
	const next = await backUp();
	expect(idsOf(await active.poll())).toEqual([next]);
	expect(idsOf(await third())).toEqual([]);
});

it('tells it again when n8n has not taken it over', async () => {
	const { active, idsOf } = await watch();
	const second = active.prepare();
	const id = await backUp();
	expect(idsOf(await active.poll())).toEqual([id]);
	clock.now += 60_000;
	expect(idsOf(await second())).toEqual([id]);
});
