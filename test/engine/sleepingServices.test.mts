/** Operations of real services give the same when the run sleeps meanwhile as when it stays awake. */
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';

import { MaiaApi } from '../../credentials/MaiaApi.credentials.ts';
import { SiteFactoryApi } from '../../credentials/SiteFactoryApi.credentials.ts';
import { createMaiaSimulator } from '../../demo/simulators/maia.mts';
import { createSiteFactorySimulator } from '../../demo/simulators/siteFactory.mts';
import type { Simulator, SimulatorOptions } from '../../demo/simulators/support.mts';
import { Maia } from '../../nodes/Maia/Maia.node.ts';
import { SiteFactory } from '../../nodes/SiteFactory/SiteFactory.node.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import type { NodeRun } from '../support/engine.mts';
import { runNode } from '../support/engine.mts';
import { Sleeper } from '../support/sleeping.mts';
import type { TurnedClock } from '../support/time.mts';
import { turnClock } from '../support/time.mts';

interface Service {
	simulate: (options: SimulatorOptions) => Promise<Simulator>;
	node: INodeType;
	credentialType: ICredentialType;
}

const services: Record<'siteFactory' | 'maia', Service> = {
	siteFactory: {
		simulate: createSiteFactorySimulator,
		node: new SiteFactory(),
		credentialType: new SiteFactoryApi(),
	},
	maia: { simulate: createMaiaSimulator, node: new Maia(), credentialType: new MaiaApi() },
};

const pick = (value: string, mode = 'id') => ({ __rl: true, mode, value });

let simulator: Simulator;
let time: TurnedClock;

/** Minutes that background jobs take here: longer than a run stays awake. */
const long = 10;

async function start({ simulate, node, credentialType }: Service): Promise<NodeRun> {
	forgetLogins();
	jest.restoreAllMocks();
	jest.spyOn(console, 'error').mockImplementation();
	time = turnClock();
	simulator = await simulate({ clock: () => time.now, jobSeconds: long * 60 });
	const credential = { ...(simulator.credential as ICredentialDataDecryptedObject) };
	return { node, credentialType, credential, parameters: {} };
}
afterEach(async () => {
	const { faults } = simulator;
	await simulator.close();
	jest.restoreAllMocks();
	expect(faults).toEqual([]);
});

async function projectOf(given: NodeRun) {
	const parameters = { resource: 'project', operation: 'getAll', limit: 1 };
	const { items } = await runNode({ ...given, parameters });
	return { projectId: pick(String(items[0]?.json.id)) };
}

const backup = { siteId: pick('231'), backupId: pick('4301') };
const cases: Array<[keyof typeof services, string, 'callback' | 'polling', INodeParameters]> = [
	['siteFactory', 'site:backUp', 'callback', { siteId: pick('231') }],
	['siteFactory', 'site:backUp', 'polling', { siteId: pick('231') }],
	['siteFactory', 'backup:restore', 'callback', backup],
	['siteFactory', 'backup:delete', 'callback', backup],
	['siteFactory', 'site:create', 'polling', { siteName: 'newest', groupIds: '91' }],
	['siteFactory', 'site:delete', 'polling', { siteId: pick('236') }],
	['siteFactory', 'setting:applyStandardDomains', 'polling', {}],
	[
		'maia',
		'pipelineExecution:run',
		'polling',
		{
			environmentName: pick('Production'),
			pipelineName: pick('finance/daily-load'),
			scalarVariables: { variable: [{ name: 'load_date', value: '2026-05-24' }] },
		},
	],
];

/** Requests that change something; those for a token do not. */
const changes = () =>
	simulator.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('token'))
		.length;

/** What stays the same from run to run; times depend on when somebody looked. */
const lasting = (items: Array<{ json: object; pairedItem?: unknown }>) =>
	items.map(({ json, pairedItem }) => ({
		pairedItem,
		members: Object.keys(json),
		json: JSON.stringify(json).replace(
			/"?\b(\d{10,13}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|20\d\d-[\d-]+T[\d:.]+Z?)"?/g,
			'?',
		),
	}));

it.each(cases)('%s %s gives by %s what it gives awake', async (name, key, waitBy, parameters) => {
	const service = services[name];
	const [resource, operation] = key.split(':');
	const runOf = async (): Promise<NodeRun> => {
		const given = await start(service);
		const project = name === 'maia' ? await projectOf(given) : {};
		return {
			...given,
			parameters: {
				resource,
				operation,
				...project,
				...parameters,
				waitForCompletion: true,
				waitBy,
			},
		};
	};
	const awake = await runNode({ ...(await runOf()), workflowId: '' });
	expect(awake.error).toBeUndefined();
	expect(awake.items.length).toBeGreaterThan(0);
	await simulator.close();

	const sleeping = new Sleeper(await runOf());
	const begin = time.now;
	await sleeping.run();
	expect(sleeping.outcome?.run.status).toBe('waiting');
	// A token does not live as long as a sleep
	simulator.expireTokens();
	forgetLogins();
	let outcome = undefined;
	for (let nap = 0; nap < 30 && !outcome; nap++) {
		time.now += (sleeping.nap ?? 0) * 1000;
		outcome = await sleeping.wake();
	}
	expect(outcome?.error).toBeUndefined();
	expect(lasting(outcome?.items ?? [])).toEqual(lasting(awake.items));
	expect(time.now - begin).toBeGreaterThanOrEqual(long * 60_000);
	expect(changes()).toBe(1);
});
