import { setTimeout as sleep } from 'node:timers/promises';
import { checkWorkflow, formatResult, formatResults } from './check.mts';
import type { CheckResult } from './check.mts';
import type { Login } from './client.mts';
import type { JsonObject } from './json.mts';
import { logTail, startN8n } from './n8n.mts';
import type { N8n } from './n8n.mts';
import { bindWorkflow, loadWorkflows } from './workflows.mts';
import type { StoredCredential } from './workflows.mts';

/** What the demo needs to know of a simulator; those in demo/simulators have more. */
export interface DemoSimulator {
	/** The service's folder name, such as `site-factory`. */
	readonly service: string;
	readonly url: string;
	/** The data of a credential that signs in to it. */
	readonly credential: object;
	/** Every request it has received. */
	readonly requests: readonly unknown[];
	/** What went wrong in the simulator itself. */
	readonly faults: readonly string[];
	close(): Promise<void>;
}

/** How a service is called and which credential type signs in to it. */
export interface Service {
	title: string;
	credential: string;
}

/** The five services by folder name. */
export const services: Readonly<Record<string, Service>> = {
	'campaign-factory': { title: 'Acquia Campaign Factory', credential: 'campaignFactoryApi' },
	'site-factory': { title: 'Acquia Site Factory', credential: 'siteFactoryApi' },
	'adobe-campaign-standard': {
		title: 'Adobe Campaign Standard',
		credential: 'adobeCampaignStandardApi',
	},
	maia: { title: 'Maia', credential: 'maiaApi' },
	warpurl: { title: 'WarpURL', credential: 'warpUrlApi' },
};

/** The invented login of the demo. It is no secret: n8n listens on 127.0.0.1 only, and holds invented data. */
export const demoLogin: Login = { email: 'demo@example.com', password: 'Campaign-Demo-1' };

/** What to demonstrate. */
export interface DemoOptions {
	/** The packed package. */
	tarball: string;
	/** Folder of the demo workflows. */
	workflows: string;
	startSimulators: () => Promise<readonly DemoSimulator[]>;
	services?: Readonly<Record<string, Service>>;
	/** Run all workflows and end, instead of waiting for the user. */
	check: boolean;
	/** The port to try first. */
	port: number;
	/** Ends the demo. */
	signal: AbortSignal;
	say: (line: string) => void;
	/** Gets n8n as soon as it runs, for ending it by force. */
	started?: (n8n: N8n) => void;
}

async function storeCredentials(
	n8n: N8n,
	simulators: readonly DemoSimulator[],
	known: Readonly<Record<string, Service>>,
): Promise<Map<string, StoredCredential>> {
	const credentials = new Map<string, StoredCredential>();
	for (const { service, credential } of simulators) {
		const described = known[service];
		if (described === undefined)
			throw new Error(`There is a simulator of "${service}", which is no service`);
		const name = `${described.title} (demo)`;
		const data: JsonObject = { ...credential };
		const id = await n8n.client.createCredential(name, described.credential, data);
		credentials.set(described.credential, { id, name });
	}
	return credentials;
}

async function runChecks(
	options: DemoOptions,
	n8n: N8n,
	simulators: readonly DemoSimulator[],
): Promise<CheckResult[]> {
	const { signal, say } = options;
	const workflows = await loadWorkflows(options.workflows);
	const credentials = await storeCredentials(n8n, simulators, options.services ?? services);
	const results: CheckResult[] = [];
	for (const [index, workflow] of workflows.entries()) {
		say(`Running ${index + 1} of ${workflows.length}: ${workflow.name} (${workflow.start}) ...`);
		const result = await checkWorkflow(workflow, {
			client: n8n.client,
			credentials,
			simulators,
			signal,
		});
		results.push(result);
		say(formatResult(result));
		// without n8n the others cannot succeed either
		if (n8n.exit() !== undefined) break;
	}
	return results;
}

async function presentDemo(
	options: DemoOptions,
	n8n: N8n,
	simulators: readonly DemoSimulator[],
): Promise<void> {
	const { say } = options;
	const workflows = await loadWorkflows(options.workflows);
	const credentials = await storeCredentials(n8n, simulators, options.services ?? services);
	const list: string[] = [];
	const first: string[] = [];
	// n8n lists the newest first: made in this order, they stand in the order of their files
	for (const workflow of workflows.toReversed()) {
		const { name, summary, tryFirst, webhook } = workflow;
		const stored = await n8n.client.createWorkflow(bindWorkflow(workflow, credentials));
		const lines = [`  ${name}`, `    ${n8n.url}/workflow/${stored.id}`];
		const call: string[] = [];
		if (webhook !== undefined) {
			await n8n.client.activate(stored);
			const body = JSON.stringify(webhook.body);
			call.push(
				`    curl -X POST ${n8n.url}/webhook/${webhook.path} -H 'content-type: application/json' -d '${body}'`,
			);
		}
		list.unshift(...lines, `    ${summary}`, ...call);
		if (tryFirst !== undefined) first.unshift(...lines, `    ${tryFirst}`, ...call);
	}
	say(
		[
			'',
			'Workflows:',
			...list,
			'',
			'The services are simulated on this machine, and nothing leaves it:',
			...simulators.map(({ service, url }) => `  ${service}: ${url}`),
			'',
			`n8n is ready:  ${n8n.url}`,
			`  log in with  ${demoLogin.email}`,
			`  password     ${demoLogin.password}`,
			'',
			...(first.length === 0 ? [] : ['What to try first:', ...first, '']),
			'Ctrl-C ends everything.',
		].join('\n'),
	);
}

/** Closes a simulator, but does not wait for one that does not close. */
async function close(simulator: DemoSimulator): Promise<void> {
	await Promise.race([simulator.close(), sleep(5000, undefined, { ref: false })]);
}

/**
 * Runs the demo: simulators, n8n, credentials, workflows; then either checks all workflows or waits until it is told
 * to end. Whatever happens, nothing that it started is left when it returns.
 *
 * @returns the exit code: 0 when all went well, 1 when a workflow failed or n8n crashed
 * @throws Error when something could not be started, or the signal's reason when a check was ended early
 */
export async function runDemo(options: DemoOptions): Promise<number> {
	const { check, signal, say } = options;
	// a mistake in a file is found before anything is started
	await loadWorkflows(options.workflows);
	say('Starting the simulators of the services ...');
	const simulators = await options.startSimulators();
	let n8n: N8n | undefined;
	try {
		signal.throwIfAborted();
		say('Starting n8n ...');
		n8n = await startN8n({ tarballs: [options.tarball], port: options.port, say, signal });
		const running = n8n;
		options.started?.(running);
		await running.client.setUpOwner(demoLogin);
		if (check) {
			const results = await runChecks(options, running, simulators);
			say(`\n${formatResults(results)}\n`);
			const failed = results.filter((result) => result.failure !== undefined).length;
			if (failed > 0) say(`n8n's log: ${running.logFile}`);
			say(`Workflows: ${results.length - failed} passed, ${failed} failed`);
			return failed === 0 ? 0 : 1;
		}
		await presentDemo(options, running, simulators);
		await Promise.race([
			running.exited,
			new Promise<void>((resolve) => {
				if (signal.aborted) resolve();
				else signal.addEventListener('abort', () => resolve(), { once: true });
			}),
		]);
		if (signal.aborted) return 0;
		say(
			`\nn8n has ended unexpectedly. Its log: ${running.logFile}\n\n${await logTail(running.logFile)}`,
		);
		return 1;
	} finally {
		if (n8n !== undefined) {
			if (signal.aborted) say('Stopping n8n ...');
			await n8n.stop();
		}
		await Promise.all(simulators.map(close));
	}
}
