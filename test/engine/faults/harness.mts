/** Runs one cell of the table: an operation of a real node on n8n's engine, against a simulator behind the fault proxy. */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import type * as Common from '@n8n/backend-common';
import type * as Network from '@n8n/backend-network';
import { stringify } from 'flatted';
import type {
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';

import type { Simulator } from '../../../demo/simulators/support.mts';
import { clock } from '../../../nodes/shared/clock.ts';
import { forgetLogins } from '../../../nodes/shared/login.ts';
import type { NodeOutcome, NodeRun } from '../../support/engine.mts';
import { runNode } from '../../support/engine.mts';
import type { Aim, FaultProxy, ProxiedRequest } from '../../support/faultProxy.mts';
import { secretsIn, startFaultProxy } from '../../support/faultProxy.mts';
import type { ScriptedServer } from '../../support/server.mts';
import { startServer } from '../../support/server.mts';
import type { TurnedClock } from '../../support/time.mts';
import { turnClock } from '../../support/time.mts';
import { faults } from './faults.mts';
import type { Records, Scenario, Service } from './scenarios.mts';
import type { Outcome, Row } from './table.mts';

// n8n-core may have copies of its own of what else is installed here: its ones are watched
const fromHere = createRequire(resolve('package.json'));
const fromCore = createRequire(fromHere.resolve('n8n-core'));
const { Logger } = fromCore('@n8n/backend-common') as typeof Common;
type Requests = Network.OutboundHttp['requests'];
const { OutboundHttp } = fromCore('@n8n/backend-network') as typeof Network;

/** Real milliseconds until the request is given up that is never answered. */
const patience = 120;
/** The same for token requests that are never answered, however often they are sent. */
const patienceWithLogin = 20;
/** The same for all requests of a run in which an answer drips in: which one it will be is not known beforehand. */
const patienceWithDrip = 1500;

/** What a run that must not be known to anybody else may leak. */
const secretNames = /password|secret|key$|token|passphrase/i;

/** A simulator behind a proxy, for the tests of one file. */
export interface Bench {
	service: Service;
	simulator: Simulator;
	proxy: FaultProxy;
	/** A server that is not the service; nothing may come to it. */
	elsewhere: ScriptedServer;
	time: TurnedClock;
	/** Everything that was logged. */
	logged: string[];
	/** Time-outs of the requests that were sent, in milliseconds. */
	timeouts: Array<number | undefined>;
	credential: ICredentialDataDecryptedObject;
	/** Prepares a test. */
	reset: () => void;
	close: () => Promise<void>;
}

/** Starts simulator and proxy once; `reset` begins anew for each test. */
export async function openBench(service: Service): Promise<Bench> {
	const bench: Partial<Bench> = { service, logged: [], timeouts: [] };
	const simulator = await service.simulate({ clock: () => bench.time?.now ?? 0, jobSeconds: 60 });
	const proxy = await startFaultProxy(simulator.url);
	const elsewhere = await startServer([{ body: { token: 'none' } }]);
	return Object.assign(bench, {
		simulator,
		proxy,
		elsewhere,
		reset() {
			forgetLogins();
			bench.time = turnClock();
			simulator.reset();
			proxy.arm();
			elsewhere.forget();
			bench.logged = captureLogs();
			bench.timeouts = [];
			bench.credential = credentialOf({ simulator, proxy });
		},
		async close() {
			await proxy.close();
			await simulator.close();
			await elsewhere.close();
		},
	}) as Bench;
}

/** What is stored before anybody has signed in: the simulator's credential, with the address of the proxy. */
function credentialOf({ simulator, proxy }: Pick<Bench, 'simulator' | 'proxy'>) {
	return Object.fromEntries(
		Object.entries(simulator.credential).map(([name, value]) => [
			name,
			typeof value === 'string' ? value.replace(simulator.url, proxy.url) : value,
		]),
	) as ICredentialDataDecryptedObject;
}

/** Keeps what n8n and the nodes log, in full. */
function captureLogs(): string[] {
	const logged: string[] = [];
	const keep = (...words: unknown[]) => {
		logged.push(inspect(words, { depth: 20, showHidden: true }));
	};
	for (const level of ['error', 'warn', 'info', 'debug'] as const) {
		jest.spyOn(Logger.prototype, level).mockImplementation(keep);
		jest.spyOn(console, level).mockImplementation(keep);
	}
	jest.spyOn(console, 'log').mockImplementation(keep);
	return logged;
}

/** A request as it will come to the proxy. */
function asProxied(
	{ proxy }: Bench,
	options: Pick<IHttpRequestOptions, 'method' | 'url' | 'qs' | 'body'>,
): ProxiedRequest {
	const { method = 'GET', url, qs, body } = options;
	const query = new URLSearchParams(qs as Record<string, string> | undefined).toString();
	return {
		method,
		url: `${url.replace(proxy.url, '')}${query ? `?${query}` : ''}`,
		headers: {},
		body: typeof body === 'string' ? body : JSON.stringify(body ?? ''),
		connection: -1,
		isHit: false,
		hasArrived: false,
	};
}

/** Notes the time-outs of requests, and shortens them where an answer will not come. */
function watchTime(
	bench: Bench,
	patienceWith: (request: ProxiedRequest) => number | undefined,
): void {
	const requests: Requests = Reflect.get(OutboundHttp.prototype, 'requests');
	jest.spyOn(OutboundHttp.prototype, 'requests').mockImplementation(function (
		this: Network.OutboundHttp,
		...settings
	) {
		const real = Reflect.apply(requests, this, settings);
		return {
			...real,
			request: async (options: Parameters<typeof real.request>[0]) => {
				bench.timeouts.push(options.timeout);
				const short = patienceWith(asProxied(bench, options));
				if (options.timeout !== undefined && short !== undefined) options.timeout = short;
				return await real.request(options);
			},
		} as ReturnType<Requests>;
	});
}

async function run(
	bench: Bench,
	operation: string,
	parameters: INodeParameters,
	more: Partial<NodeRun>,
): Promise<NodeOutcome> {
	const [resource = '', name = ''] = operation.split(':');
	return await runNode({
		node: new bench.service.node(),
		credentialType: new bench.service.credentialType(),
		credential: bench.credential,
		parameters: { resource, operation: name, ...parameters },
		...more,
	});
}

/** Runs a scenario with no fault yet: signs in and makes what its items name. */
async function prepare(bench: Bench, scenario: Scenario): Promise<IDataObject[]> {
	const records: Records = async (operation, parameters = {}, items) => {
		const { items: found, error } = await run(bench, operation, parameters, items ? { items } : {});
		if (error) throw error;
		return found.map(({ json }) => json);
	};
	const items = await scenario.items(records);
	if (bench.service.tokenPath && !bench.credential.sessionToken) {
		// The items were made up: a token is there all the same
		const { error } = await run(bench, bench.service.anyRead, {}, {});
		if (error) throw error;
	}
	if (scenario.kind === 'login') {
		bench.credential = credentialOf(bench);
		forgetLogins();
	}
	return items;
}

/** What came out for each of the items, as `show` tells records apart. */
function shown(items: INodeExecutionData[], show: Scenario['show']): unknown[][] {
	const byItem: unknown[][] = [[], [], []];
	for (const { json, pairedItem } of items) {
		const index = (pairedItem as { item: number }).item;
		byItem[index]?.push(show(json));
	}
	return byItem;
}

/** Requests for a token. */
const isLogin = ({ service }: Bench, { url }: ProxiedRequest) =>
	service.tokenPath !== undefined && url.split('?')[0]?.endsWith(service.tokenPath) === true;

/** Everything secret that this run knew: the credential's settings, and the tokens that were given and used. */
function secretsOf(bench: Bench): string[] {
	const stored = Object.entries(bench.credential).filter(
		(entry): entry is [string, string] =>
			secretNames.test(entry[0]) && typeof entry[1] === 'string' && entry[1].length > 5,
	);
	return [...stored.map(([, value]) => value), ...secretsIn(bench.proxy.seen)];
}

/** Fails when a secret is in what came out, would be stored, or was logged. */
function expectNoSecrets(bench: Bench, outcome: NodeOutcome): void {
	const places: Record<string, string> = {
		'what n8n stores': stringify(outcome.run.data),
		'the run as JSON': JSON.stringify(outcome.run),
		'the run with all that hides in it': inspect(outcome.run, { depth: 20, showHidden: true }),
		'the log': bench.logged.join('\n'),
	};
	for (const secret of secretsOf(bench)) {
		for (const [place, text] of Object.entries(places)) {
			const index = text.indexOf(secret);
			const around = text.slice(Math.max(0, index - 80), index + secret.length + 20);
			if (index >= 0) throw new Error(`A secret is in ${place}: …${around}…`);
		}
	}
}

/** The request that the fault befalls, and the one at the same place of a run without faults. */
interface Baseline {
	items: unknown[][];
	/** Number of the connection of that request. */
	connection: number;
	/** All requests of the run. */
	requests: number;
}

const baselines = new Map<Scenario, Baseline>();

/** What the scenario gives without any fault. Its requests go one by one, so that connections can be counted. */
async function baselineOf(bench: Bench, scenario: Scenario): Promise<Baseline> {
	const known = baselines.get(scenario);
	if (known) return known;
	bench.reset();
	const items = await prepare(bench, scenario);
	bench.proxy.arm();
	const outcome = await run(bench, scenario.operation, oneByOne(scenario.parameters), { items });
	expect(outcome.error).toBeUndefined();
	const { seen } = bench.proxy;
	const target = seen.find((request, index) =>
		scenario.matches(request, seen.slice(0, index), items),
	);
	if (!target) throw new Error(`No request of ${scenario.operation} is the one for the fault`);
	const baseline = {
		items: shown(outcome.items, scenario.show),
		connection: target.connection,
		requests: seen.length,
	};
	for (const shownOfItem of baseline.items) {
		expect(shownOfItem).toHaveLength(scenario.records ?? 1);
		expect(new Set(shownOfItem.map((one) => JSON.stringify(one))).size).toBe(shownOfItem.length);
	}
	expect(new Set(seen.map(({ connection }) => connection)).size).toBe(seen.length);
	baselines.set(scenario, baseline);
	return baseline;
}

function oneByOne(parameters: INodeParameters): INodeParameters {
	return {
		...parameters,
		options: { ...(parameters.options as INodeParameters), requestsInFlight: 1 },
	};
}

/** Requests of the scenario that the simulator got more than once although it must not. */
function repeatedWrites(bench: Bench, since: number): string[] {
	const counts = new Map<string, number>();
	for (const { method, path, body, status, headers } of bench.simulator.requests.slice(since)) {
		if (method === 'GET' || status === 401) continue;
		if (bench.service.tokenPath && path.endsWith(bench.service.tokenPath)) continue;
		const key = `${method} ${path} ${JSON.stringify(body)} ${headers['content-type'] ?? ''}`;
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	return [...counts].filter(([, count]) => count > 1).map(([key]) => key);
}

/** Runs a cell with Continue On Fail, and once more without where it fails; checks all promises. */
export async function checkCell(
	bench: Bench,
	scenario: Scenario,
	row: Row,
	expected: Outcome,
): Promise<void> {
	const baseline = await baselineOf(bench, scenario);
	await checkRun(bench, scenario, row, expected, baseline, true);
	if (!expected.succeeds) await checkRun(bench, scenario, row, expected, baseline, false);
}

async function checkRun(
	bench: Bench,
	scenario: Scenario,
	row: Row,
	expected: Outcome,
	baseline: Baseline,
	goOn: boolean,
): Promise<void> {
	jest.restoreAllMocks();
	bench.reset();
	const { service, proxy, simulator, time } = bench;
	const items = await prepare(bench, scenario);
	const surroundings = { now: () => time.now, elsewhere: bench.elsewhere.url };
	const fault = faults[row.fault](surroundings) as Aim['fault'];
	const aim: Aim = {
		fault,
		times: row.always ? expected.sends : 1,
		matches: (request, before) => scenario.matches(request, before, items),
		connection: baseline.connection,
	};
	const loginAim: Aim[] = row.login
		? [
				{
					fault: faults[row.login](surroundings),
					matches: (request) => isLogin(bench, request),
				},
			]
		: [];
	const nothingSeen = () => proxy.seen.every(({ isHit }) => !isHit);
	watchTime(bench, (request) => {
		if (row.login === 'no answer') return isLogin(bench, request) ? patienceWithLogin : undefined;
		if (row.fault !== 'no answer' || !nothingSeen()) return undefined;
		return scenario.matches(request, proxy.seen, items) ? patience : undefined;
	});
	if (row.fault === 'slow drip') {
		const { deadline } = clock;
		jest.spyOn(clock, 'deadline').mockImplementation(() => deadline(patienceWithDrip));
	}
	proxy.arm(aim, ...loginAim);
	const since = simulator.requests.length;
	const slept = time.slept.length;
	const counted = fault.connection !== undefined || scenario.oneByOne;
	const outcome = await run(
		bench,
		scenario.operation,
		counted ? oneByOne(scenario.parameters) : scenario.parameters,
		{ items, onError: goOn ? 'continueRegularOutput' : 'stopWorkflow' },
	);

	// How often it was sent, and how often it arrived
	const sent = proxy.seen.filter((request, index) =>
		scenario.matches(request, proxy.seen.slice(0, index), items),
	);
	const broken = proxy.brokenConnections();
	const hits = proxy.seen.filter(
		(request) => request.isHit && (scenario.kind === 'login' || !isLogin(bench, request)),
	);
	expect({ hits: hits.length + broken }).toEqual({
		hits: row.always ? expected.sends : 1,
	});
	const requests = proxy.seen.filter((request) => !isLogin(bench, request)).length + broken;
	if (scenario.oneByOne && expected.succeeds) {
		expect({ requests }).toEqual({ requests: baseline.requests + expected.sends - 1 });
	} else if (!scenario.oneByOne && scenario.kind !== 'task poll') {
		expect({ sends: sent.length + broken }).toEqual({ sends: expected.sends });
	}
	const mayRepeat = ['replace (PUT)', 'delete'].includes(scenario.kind) && fault.arrives;
	const isRead = ['read one', 'list, first page', 'list, later page', 'login'].includes(
		scenario.kind,
	);
	if (!mayRepeat && !isRead) expect(repeatedWrites(bench, since)).toEqual([]);
	if (bench.service.tokenPath !== undefined) {
		const logins = proxy.seen.filter((request) => isLogin(bench, request)).length;
		expect(logins).toBeLessThanOrEqual(
			row.login ? 12 : scenario.kind === 'login' ? expected.sends : 2,
		);
	}
	expect(bench.elsewhere.received).toEqual([]);
	expect(bench.timeouts.filter((timeout) => timeout === undefined)).toEqual([]);
	if (expected.pause !== undefined) {
		const pauses = time.slept.slice(slept);
		if (expected.pause === 'growing') {
			// Tasks are waited for as well
			const small = pauses.filter((pause) => pause <= 8_000);
			expect(small.length).toBeGreaterThanOrEqual(expected.sends - 1 - (expected.succeeds ? 0 : 1));
			expect(Math.max(...pauses.slice(0, 1))).toBeLessThanOrEqual(8_000);
		} else {
			const { pause } = expected;
			expect(pauses.some((one) => one > pause - 1_000 && one <= pause)).toBe(true);
		}
	}

	// What came out
	const everyItem = scenario.kind === 'login' || row.login !== undefined;
	const name = scenario.kind === 'login' || row.login ? service.loginName : service.name;
	const inWords = (pattern: RegExp, as: string) =>
		new RegExp(pattern.source.replaceAll('<service>', as), pattern.flags);
	if (!goOn && !expected.succeeds) {
		expect(outcome.error?.message).toMatch(inWords(expected.says, name));
		expect(outcome.error?.description ?? '').toMatch(inWords(expected.advice, service.name));
		expect(outcome.items).toEqual([]);
	} else {
		expect(outcome.error).toBeUndefined();
		const order = outcome.items.map(({ pairedItem }) => (pairedItem as { item: number }).item);
		expect(order).toEqual([...order].sort((a, b) => a - b));
		const good = outcome.items.filter(({ error }) => error === undefined);
		const bad = outcome.items.filter(({ error }) => error !== undefined);
		for (const { pairedItem } of outcome.items) {
			expect(pairedItem).toEqual({ item: expect.any(Number) as number });
		}
		const got = shown(good, scenario.show);
		if (expected.succeeds) {
			expect(bad.map(({ json }) => json)).toEqual([]);
			const confirmed =
				row.fault === 'empty body' &&
				['create (POST)', 'replace (PUT)', 'update (PATCH)'].includes(scenario.kind);
			for (const index of [0, 1, 2]) {
				if (index === 1 && confirmed) {
					expect(
						good.filter(({ pairedItem }) => (pairedItem as { item: number }).item === 1),
					).toEqual([{ json: { success: true }, pairedItem: { item: 1 } }]);
				} else expect(got[index]).toEqual(baseline.items[index]);
			}
		} else {
			const failed = bad.map(({ pairedItem }) => (pairedItem as { item: number }).item);
			if (everyItem) expect(failed).toContain(1);
			else expect(failed).toEqual([1]);
			if (scenario.kind === 'login') expect(failed).toEqual([0, 1, 2]);
			for (const index of [0, 1, 2]) {
				expect(got[index]).toEqual(failed.includes(index) ? [] : baseline.items[index]);
			}
			for (const { json, error } of bad) {
				expect(json.error).toMatch(inWords(expected.says, name));
				const advice = error?.description ?? '';
				expect(advice).toMatch(inWords(expected.advice, service.name));
				expect(advice.includes('It cannot be known whether')).toBe(expected.unknown);
			}
		}
	}
	expectNoSecrets(bench, outcome);
	expect(simulator.faults).toEqual([]);
	expect(proxy.failures).toEqual([]);
}
