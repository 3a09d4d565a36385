import { performance } from 'node:perf_hooks';
import { waitFor } from './client.mts';
import type { Execution, N8nClient } from './client.mts';
import { difference } from './json.mts';
import type { JsonObject } from './json.mts';
import type { DemoSimulator } from './demo.mts';
import { bindWorkflow } from './workflows.mts';
import type { DemoWorkflow, Start, StoredCredential } from './workflows.mts';

/** What became of one workflow: a row of the table. */
export interface CheckResult {
	workflow: string;
	start: Start;
	/** Items that came out of the nodes that are checked. */
	items: number;
	/** Requests that the simulators received meanwhile. */
	requests: number;
	seconds: number;
	/** What went wrong, in words; undefined when all is as expected. */
	failure?: string;
}

/** What a check needs. */
export interface CheckContext {
	client: N8nClient;
	credentials: ReadonlyMap<string, StoredCredential>;
	simulators: readonly DemoSimulator[];
	signal?: AbortSignal;
}

const modes: Readonly<Record<Start, string>> = {
	manual: 'manual',
	schedule: 'trigger',
	webhook: 'webhook',
};

/** Seconds between two runs of a scheduled workflow while it is being checked. */
const scheduleInterval = 3;

interface Run {
	execution: Execution;
	response?: { status: number; body: unknown };
}

/** Starts the workflow in the way it is meant to be started, and waits for its end. */
async function start(workflow: DemoWorkflow, context: CheckContext): Promise<Run> {
	const { client, credentials, signal } = context;
	const patience = { timeout: workflow.timeout, signal };
	const stored = await client.createWorkflow(
		bindWorkflow(
			workflow,
			credentials,
			workflow.start === 'schedule' ? scheduleInterval : undefined,
		),
	);
	if (workflow.start === 'manual') {
		const id = await client.runWorkflow(stored.id, workflow.trigger);
		return { execution: await client.finished(id, patience) };
	}
	await client.activate(stored, { timeout: 30_000, signal });
	let response: Run['response'];
	if (workflow.webhook !== undefined) {
		response = await client.postToWebhook(workflow.webhook.path, workflow.webhook.body);
	}
	const id = await waitFor(
		`An execution that the ${workflow.start} starts`,
		async () => (await client.executionIds(stored.id)).at(-1),
		{ timeout: 30_000, interval: 100, signal },
	);
	// first of all, so that the schedule does not start a second run
	await client.deactivate(stored.id);
	return { execution: await client.finished(id, patience), response };
}

/** All items that a node put out, in whatever run and through whatever output. */
function outputOf(execution: Execution, node: string): JsonObject[] {
	return execution.nodes.get(node)?.flatMap((run) => run.outputs.flat()) ?? [];
}

function judge(workflow: DemoWorkflow, { execution, response }: Run): string | undefined {
	if (execution.status !== 'success') {
		const where = execution.failedNode === undefined ? '' : `"${execution.failedNode}": `;
		return `${where}${execution.error ?? `the execution ended as ${execution.status}`}`;
	}
	if (execution.mode !== modes[workflow.start]) {
		return `the execution has mode ${execution.mode} instead of ${modes[workflow.start]}`;
	}
	for (const { node, items, first } of workflow.expect.nodes) {
		const output = outputOf(execution, node);
		if (output.length !== items)
			return `"${node}" put out ${output.length} items instead of ${items}`;
		const found = difference(output[0], first ?? {}, `"${node}"`);
		if (found !== undefined && items > 0) return found;
	}
	const { response: expected } = workflow.expect;
	if (expected !== undefined) {
		if (response?.status !== expected.status) {
			return `the webhook answered ${response?.status} instead of ${expected.status}`;
		}
		if (expected.body !== undefined) return difference(response.body, expected.body, 'the answer');
	}
	return undefined;
}

/**
 * Runs one workflow in the running n8n and compares what came out with what the workflow's file expects. Never throws
 * for what the workflow does.
 */
export async function checkWorkflow(
	workflow: DemoWorkflow,
	context: CheckContext,
): Promise<CheckResult> {
	const before = new Map(
		context.simulators.map(({ service, requests, faults }) => [
			service,
			{ requests: requests.length, faults: faults.length },
		]),
	);
	const received = ({ service, requests }: DemoSimulator) =>
		requests.length - (before.get(service)?.requests ?? 0);
	const begin = performance.now();
	const result: CheckResult = {
		workflow: workflow.name,
		start: workflow.start,
		items: 0,
		requests: 0,
		seconds: 0,
	};
	try {
		const run = await start(workflow, context);
		const { execution } = run;
		for (const { node } of workflow.expect.nodes) result.items += outputOf(execution, node).length;
		if (execution.duration !== undefined) result.seconds = execution.duration / 1000;
		const failure = judge(workflow, run);
		if (failure !== undefined) result.failure = failure;
	} catch (error) {
		context.signal?.throwIfAborted();
		result.failure = error instanceof Error ? error.message : String(error);
		result.seconds = (performance.now() - begin) / 1000;
	}
	result.requests = context.simulators.reduce((sum, simulator) => sum + received(simulator), 0);
	for (const service of workflow.services) {
		const simulator = context.simulators.find((candidate) => candidate.service === service);
		if (simulator === undefined) result.failure ??= `there is no simulator of ${service}`;
		else if (received(simulator) === 0) result.failure ??= `${service} received no request`;
	}
	for (const { service, faults } of context.simulators) {
		for (const fault of faults.slice(before.get(service)?.faults))
			result.failure ??= `the simulator of ${service}: ${fault}`;
	}
	return result;
}

/** One result in a line, to be said as soon as it is there. */
export function formatResult({ seconds, requests, failure }: CheckResult): string {
	const spent = `${seconds.toFixed(1)} s, ${requests} ${requests === 1 ? 'request' : 'requests'}`;
	return failure === undefined ? `  ok: ${spent}` : `  FAILED: ${spent}: ${failure}`;
}

/** The results as a table for a terminal, with the failures in full below it. */
export function formatResults(results: readonly CheckResult[]): string {
	const head = ['Workflow', 'Started by', 'Items', 'Requests', 'Seconds', 'Result'];
	const rows = results.map((result) => [
		result.workflow,
		result.start,
		String(result.items),
		String(result.requests),
		result.seconds.toFixed(1),
		result.failure === undefined ? 'ok' : 'FAILED',
	]);
	const widths = head.map((title, column) =>
		Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
	);
	const numeric = new Set([2, 3, 4]);
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, column) => {
				const width = widths[column] ?? 0;
				return numeric.has(column) ? cell.padStart(width) : cell.padEnd(width);
			})
			.join('  ')
			.trimEnd();
	const failures = results
		.filter((result) => result.failure !== undefined)
		.map(({ workflow, failure }) => `${workflow}: ${failure}`);
	return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)]
		.concat(failures.length === 0 ? [] : ['', ...failures])
		.join('\n');
}
