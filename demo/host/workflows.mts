import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asArray, asObject, asString, isObject } from './json.mts';
import type { JsonObject } from './json.mts';

/**
 * Demo workflows are ordinary n8n workflow files that can also be imported by hand, with one addition, in
 * `meta.campaignStack`:
 *
 * ```json
 * {
 *   "summary": "Backs up every site at night and reports the ones that failed",
 *   "tryFirst": "Click Execute workflow: 27 backups are made, and one failure is reported",
 *   "services": ["site-factory"],
 *   "start": "manual" | "schedule" | "webhook",
 *   "request": { "body": { "project": "Nightly" } },
 *   "expect": {
 *     "nodes": [{ "node": "Report", "items": 1, "first": { "failed": 0 } }],
 *     "response": { "status": 200, "body": { "state": "SUCCESS" } }
 *   },
 *   "timeout": 60
 * }
 * ```
 *
 * `tryFirst` is for the few workflows to begin with: what to do, and what it shows. `services` are those that must
 * receive at least one request. `request` and `response` are for webhooks. `first` and `body` name the members that must
 * be equal; others may be there, and `{ "$matches": "^\\d+$" }` stands for a text that the regular expression fits.
 * `timeout` is in seconds (120 when left out). Credentials are named by type only; their ids are filled in at import.
 */
export interface DemoWorkflow {
	/** The file's name, for messages. */
	file: string;
	name: string;
	summary: string;
	/** What to do with it and what that shows, if it is one to begin with. */
	tryFirst?: string;
	services: readonly string[];
	start: Start;
	/** The name of the node it starts from. */
	trigger: string;
	/** What is POSTed to the webhook, and where: the path parameter of the Webhook node. */
	webhook?: { path: string; body: unknown };
	expect: {
		nodes: ReadonlyArray<{ node: string; items: number; first?: JsonObject }>;
		response?: { status: number; body?: unknown };
	};
	/** Milliseconds it may take. */
	timeout: number;
	/** The workflow as it is in the file. */
	definition: JsonObject;
}

/** How a workflow is started. */
export type Start = 'manual' | 'schedule' | 'webhook';

const triggers: Readonly<Record<Start, string>> = {
	manual: 'n8n-nodes-base.manualTrigger',
	schedule: 'n8n-nodes-base.scheduleTrigger',
	webhook: 'n8n-nodes-base.webhook',
};

function isStart(value: unknown): value is Start {
	return typeof value === 'string' && Object.hasOwn(triggers, value);
}

function wholeNumber(value: unknown, what: string): number {
	if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
		throw new TypeError(`${what} is no whole number`);
	}
	return value;
}

function parseNodes(value: unknown): Array<{ name: string; type: string; node: JsonObject }> {
	const seen = new Set<string>();
	return asArray(value, 'nodes').map((member, index) => {
		const node = asObject(member, `node ${index + 1}`);
		const name = asString(node.name, `the name of node ${index + 1}`);
		for (const key of [name, `id ${asString(node.id, `the id of "${name}"`)}`]) {
			if (seen.has(key)) throw new TypeError(`two nodes share the ${key}`);
			seen.add(key);
		}
		asObject(node.parameters, `the parameters of "${name}"`);
		return { name, type: asString(node.type, `the type of "${name}"`), node };
	});
}

function checkConnections(value: unknown, names: ReadonlySet<string>): void {
	for (const [from, outputs] of Object.entries(asObject(value, 'connections'))) {
		if (!names.has(from)) throw new TypeError(`a connection starts at "${from}", which is no node`);
		for (const list of Object.values(asObject(outputs, `the connections of "${from}"`))) {
			for (const target of asArray(list, `the connections of "${from}"`).flat()) {
				const to = asObject(target, `a connection of "${from}"`).node;
				if (typeof to !== 'string' || !names.has(to)) {
					throw new TypeError(`"${from}" is connected to "${String(to)}", which is no node`);
				}
			}
		}
	}
}

function parseExpectation(value: unknown, names: ReadonlySet<string>): DemoWorkflow['expect'] {
	const expect = asObject(value, 'expect');
	const nodes = asArray(expect.nodes, 'expect.nodes').map((member) => {
		const entry = asObject(member, 'a member of expect.nodes');
		const node = asString(entry.node, 'a node in expect.nodes');
		if (!names.has(node)) throw new TypeError(`expect names "${node}", which is no node`);
		const items = wholeNumber(entry.items, `expect.items of "${node}"`);
		if (entry.first === undefined) return { node, items };
		return { node, items, first: asObject(entry.first, `expect.first of "${node}"`) };
	});
	if (nodes.length === 0) throw new TypeError('expect.nodes is empty: nothing would be checked');
	if (expect.response === undefined) return { nodes };
	const response = asObject(expect.response, 'expect.response');
	const status = wholeNumber(response.status, 'expect.response.status');
	return { nodes, response: { status, body: response.body } };
}

/**
 * Reads and checks one demo workflow.
 *
 * @param file the file's name, for messages
 * @throws Error that names the file and what is wrong with it
 */
export function parseWorkflow(text: string, file: string): DemoWorkflow {
	try {
		const definition = asObject(JSON.parse(text), 'the file');
		const nodes = parseNodes(definition.nodes);
		const names = new Set(nodes.map(({ name }) => name));
		checkConnections(definition.connections, names);
		const meta = asObject(asObject(definition.meta, 'meta').campaignStack, 'meta.campaignStack');
		const { start, timeout = 120 } = meta;
		if (!isStart(start)) throw new TypeError('start is none of manual, schedule, webhook');
		const starting = nodes.filter(({ type }) => type === triggers[start]);
		const [trigger] = starting;
		if (trigger === undefined || starting.length > 1) {
			throw new TypeError(
				`there are ${starting.length} nodes of type ${triggers[start]} instead of one`,
			);
		}
		const workflow: DemoWorkflow = {
			file,
			name: asString(definition.name, 'name'),
			summary: asString(meta.summary, 'summary'),
			services: asArray(meta.services, 'services').map((service) => asString(service, 'a service')),
			start,
			trigger: trigger.name,
			expect: parseExpectation(meta.expect, names),
			timeout: wholeNumber(timeout, 'timeout') * 1000,
			definition,
		};
		if (meta.tryFirst !== undefined) workflow.tryFirst = asString(meta.tryFirst, 'tryFirst');
		if (start === 'webhook') {
			const parameters = asObject(trigger.node.parameters, 'the parameters of the webhook');
			workflow.webhook = {
				path: asString(parameters.path, 'the path of the webhook'),
				body: asObject(meta.request, 'request').body,
			};
			if (workflow.expect.response === undefined) throw new TypeError('expect.response is missing');
		}
		return workflow;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(`The demo workflow ${file} cannot be used: ${reason}`, { cause: error });
	}
}

/** Names with numbers in their natural order: 2 before 10. */
const byNumber = new Intl.Collator('en', { numeric: true });

/** Reads every `*.json` of a folder, in the order of the numbers that their names begin with. */
export async function loadWorkflows(folder: string): Promise<DemoWorkflow[]> {
	const files = (await readdir(folder))
		.filter((name) => name.endsWith('.json'))
		.sort((one, other) => byNumber.compare(one, other));
	if (files.length === 0) throw new Error(`There are no workflows in ${folder}`);
	return await Promise.all(
		files.map(async (file) => parseWorkflow(await readFile(join(folder, file), 'utf8'), file)),
	);
}

/** A credential that n8n has stored. */
export interface StoredCredential {
	id: string;
	name: string;
}

/**
 * The workflow in the form that n8n stores: with the ids of this n8n's credentials, and optionally a schedule that
 * fires every few seconds instead of the one in the file.
 *
 * @param credentials by type
 * @param everySeconds 1 to 59
 * @throws Error when a node asks for a credential that is not there
 */
export function bindWorkflow(
	workflow: DemoWorkflow,
	credentials: ReadonlyMap<string, StoredCredential>,
	everySeconds?: number,
): JsonObject {
	const definition = structuredClone(workflow.definition);
	for (const node of asArray(definition.nodes, 'nodes').map((member) =>
		asObject(member, 'a node'),
	)) {
		if (isObject(node.credentials)) {
			for (const type of Object.keys(node.credentials)) {
				const stored = credentials.get(type);
				if (stored === undefined) {
					throw new Error(
						`${workflow.file}: there is no credential of type ${type} for "${String(node.name)}"`,
					);
				}
				node.credentials[type] = { ...stored };
			}
		}
		if (everySeconds !== undefined && node.type === triggers.schedule) {
			node.parameters = {
				rule: { interval: [{ field: 'seconds', secondsInterval: everySeconds }] },
			};
		}
	}
	return definition;
}
