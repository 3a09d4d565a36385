import { randomUUID } from 'node:crypto';
import { asObject } from '../demo/host/json.mts';
import type { JsonObject } from '../demo/host/json.mts';
import { startN8n } from '../demo/host/n8n.mts';
import type { N8n } from '../demo/host/n8n.mts';
import { fixturePackage } from './fixtures.mts';

/** The invented login of the benchmarks' n8n. */
const login = { email: 'owner@example.com', password: 'Invented-Pass-1' };

/** Nothing is stored but what is measured: the cost of n8n's own records would hide the cost of the nodes. */
const settings = {
	EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none',
	EXECUTIONS_DATA_SAVE_ON_ERROR: 'none',
	N8N_LOG_LEVEL: 'warn',
};

/** What a run gave. Memory in bytes, 0 unless it was asked for; see the fixtures' `Recorded`. */
export interface RunResult {
	/** From the moment the items were there until all results were. */
	milliseconds: number;
	/** Output items. */
	items: number;
	/** Records in them. */
	good: number;
	/** Items that bear an error. */
	failed: number;
	rssBefore: number;
	rssPeak: number;
	heapBefore: number;
	heapPeak: number;
	heapAfter: number;
}

/** A node in a workflow, without what all nodes have. */
export interface NodeDraft {
	type: string;
	typeVersion: number;
	parameters: JsonObject;
	credentials?: Readonly<Record<string, { id: string; name: string }>>;
	/** Goes on with the others when an item fails. */
	goesOn?: boolean;
}

/** What to measure: the nodes between the two that record. */
export interface Contender {
	nodes: readonly NodeDraft[];
	/** Ids that the input items get in turn. */
	ids: readonly string[];
	/** Dot path of what a good output item has; a list counts as that many. */
	member: string;
}

/** A workflow that n8n has ready. */
export interface Prepared {
	/**
	 * @param memory whether to watch the memory of n8n meanwhile
	 * @throws Error when the workflow fails
	 */
	run(count: number, memory?: boolean): Promise<RunResult>;
	remove(): Promise<void>;
}

/** An n8n for measurements. */
export interface Host {
	readonly n8n: N8n;
	/** Stores a credential; gives what a node has to name. */
	credential(type: string, data: JsonObject): Promise<{ id: string; name: string }>;
	prepare(contender: Contender): Promise<Prepared>;
	stop(): Promise<void>;
}

/** The workflow: a webhook, the items, what is measured, and the node that answers with the result. */
function workflowOf({ nodes, ids, member }: Contender, path: string): JsonObject {
	const drafts: Array<NodeDraft & { name: string }> = [
		{
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
		},
		{
			name: 'Items',
			type: `${fixturePackage}.items`,
			typeVersion: 1,
			parameters: {
				count: '={{ $json.body.count }}',
				ids: ids.join(','),
				memory: '={{ $json.body.memory }}',
			},
		},
		...nodes.map((node, index) => ({ ...node, name: `Node ${index + 1}` })),
		{
			name: 'Measured',
			type: `${fixturePackage}.measured`,
			typeVersion: 1,
			parameters: { member },
		},
	];
	const next = (index: number) => drafts[index + 1]?.name;
	return {
		name: `Benchmark ${path}`,
		active: false,
		settings: { executionOrder: 'v1' },
		nodes: drafts.map(({ name, goesOn, ...draft }, index) => ({
			id: randomUUID(),
			name,
			position: [index * 200, 0],
			...draft,
			...(name === 'Webhook' && { webhookId: randomUUID() }),
			...(goesOn && { onError: 'continueRegularOutput' }),
		})),
		connections: Object.fromEntries(
			drafts
				.slice(0, -1)
				.map(({ name }, index) => [
					name,
					{ main: [[{ node: next(index), type: 'main', index: 0 }]] },
				]),
		),
	};
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

function parseResult(value: unknown): RunResult {
	const { milliseconds, items, good, failed, ...memory } = asObject(value, 'what was measured');
	const numbers = [milliseconds, items, good, failed];
	if (!numbers.every(isNumber)) {
		throw new Error(`The workflow gave no measurement: ${JSON.stringify(value).slice(0, 300)}`);
	}
	const [spent = 0, all = 0, well = 0, badly = 0] = numbers;
	const bytes = (name: string) => (isNumber(memory[name]) ? memory[name] : 0);
	return {
		milliseconds: spent,
		items: all,
		good: well,
		failed: badly,
		rssBefore: bytes('rssBefore'),
		rssPeak: bytes('rssPeak'),
		heapBefore: bytes('heapBefore'),
		heapPeak: bytes('heapPeak'),
		heapAfter: bytes('heapAfter'),
	};
}

/**
 * Starts a real n8n with the packages.
 * @param more environment variables for n8n
 */
export async function startHost(
	tarballs: readonly string[],
	signal: AbortSignal,
	more: Readonly<Record<string, string>> = {},
): Promise<Host> {
	const n8n = await startN8n({ tarballs, signal, settings: { ...settings, ...more } });
	const { client } = n8n;
	// A run is waited for; it ends at once when n8n does
	signal.addEventListener('abort', () => n8n.kill(), { once: true });
	try {
		await client.setUpOwner(login);
	} catch (error) {
		await n8n.stop();
		throw error;
	}
	return {
		n8n,
		async credential(type, data) {
			const name = `${type} ${randomUUID().slice(0, 8)}`;
			return { id: await client.createCredential(name, type, data), name };
		},
		async prepare(contender) {
			const path = randomUUID();
			const stored = await client.createWorkflow(workflowOf(contender, path));
			await client.activate(stored, { timeout: 30_000, interval: 50, signal });
			return {
				async run(count, memory = false) {
					signal.throwIfAborted();
					const { status, body } = await client.postToWebhook(path, { count, memory });
					if (status !== 200) {
						throw new Error(
							`The workflow failed (${status}: ${JSON.stringify(body)}). n8n's log: ${n8n.logFile}`,
						);
					}
					return parseResult(body);
				},
				remove: () => client.deactivate(stored.id),
			};
		},
		stop: () => n8n.stop(),
	};
}
