import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { asArray, asObject, asString, isObject, parseFlatted } from './json.mts';
import type { JsonObject } from './json.mts';

/** The login of n8n's owner. */
export interface Login {
	email: string;
	password: string;
}

/** What n8n says about a credential after trying it. */
export interface CredentialTest {
	status: string;
	message: string;
}

/** One run of one node in an execution. */
export interface NodeRun {
	/** The `json` of the items of each output. */
	outputs: JsonObject[][];
	/** The error that stopped the node, in words. */
	error?: string;
}

/** A finished or running execution. */
export interface Execution {
	id: string;
	/** `manual`, `trigger`, `webhook` and others. */
	mode: string;
	/** `new`, `running`, `waiting`, `success`, `error`, `crashed`, `canceled`. */
	status: string;
	/** Milliseconds from start to end; undefined while it runs. */
	duration?: number;
	/** What each node did, by node name. */
	nodes: ReadonlyMap<string, readonly NodeRun[]>;
	/** The name of the node at which it failed. */
	failedNode?: string;
	/** The error in words. */
	error?: string;
}

/** A workflow that n8n has stored. */
export interface StoredWorkflow {
	id: string;
	versionId: string;
}

/** An answer of n8n that is no success. */
export class N8nError extends Error {
	override name = 'N8nError';
	readonly status: number;

	constructor(message: string, status: number) {
		super(message);
		this.status = status;
	}
}

/** Waits for something by asking again and again. */
export interface Patience {
	/** Milliseconds after which it is given up. */
	timeout: number;
	/** Milliseconds between two questions. */
	interval?: number;
	/** Ends the waiting with the signal's reason. */
	signal?: AbortSignal;
}

/**
 * Asks until there is an answer other than undefined.
 *
 * @param what names the thing waited for in the error
 * @throws Error when there is none in time, or the signal's reason
 */
export async function waitFor<T>(
	what: string,
	ask: () => Promise<T | undefined> | T | undefined,
	{ timeout, interval = 150, signal }: Patience,
): Promise<T> {
	const end = Date.now() + timeout;
	for (;;) {
		signal?.throwIfAborted();
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > end) throw new Error(`${what}: not after ${Math.round(timeout / 1000)} s`);
		await sleep(interval, undefined, { signal });
	}
}

function errorText(error: unknown): string {
	if (!isObject(error)) return String(error);
	const { message, description } = error;
	return [message, description === message ? undefined : description]
		.filter((text): text is string => typeof text === 'string' && text !== '')
		.join(': ');
}

function parseNodeRun(value: unknown): NodeRun {
	const run = asObject(value, 'a node run');
	const main = isObject(run.data) ? run.data.main : undefined;
	const outputs = (Array.isArray(main) ? main : []).map((output: unknown) =>
		// an output that nothing came out of is null
		(Array.isArray(output) ? output : []).map((item) =>
			asObject(asObject(item, 'an item').json, 'the json of an item'),
		),
	);
	return run.error === undefined ? { outputs } : { outputs, error: errorText(run.error) };
}

function parseExecution(value: unknown): Execution {
	const execution = asObject(value, 'the execution');
	const nodes = new Map<string, NodeRun[]>();
	const parsed: Execution = {
		id: String(execution.id),
		mode: asString(execution.mode, 'the mode'),
		status: asString(execution.status, 'the status'),
		nodes,
	};
	if (typeof execution.startedAt === 'string' && typeof execution.stoppedAt === 'string') {
		parsed.duration = Date.parse(execution.stoppedAt) - Date.parse(execution.startedAt);
	}
	if (typeof execution.data === 'string') {
		const data = parseFlatted(execution.data);
		// nothing is stored yet in the first moments
		const result = isObject(data) && isObject(data.resultData) ? data.resultData : {};
		for (const [name, runs] of Object.entries(isObject(result.runData) ? result.runData : {})) {
			nodes.set(name, asArray(runs, `the runs of ${name}`).map(parseNodeRun));
		}
		if (result.error !== undefined) {
			parsed.error = errorText(result.error);
			const node = isObject(result.error) ? result.error.node : undefined;
			if (isObject(node) && typeof node.name === 'string') parsed.failedNode = node.name;
			else if (typeof result.lastNodeExecuted === 'string') {
				parsed.failedNode = result.lastNodeExecuted;
			}
		}
	}
	return parsed;
}

/**
 * Talks to n8n the way its editor does: the internal REST interface with the session cookie. Every call has a time
 * limit of one minute.
 */
export class N8nClient {
	readonly #url: string;
	readonly #agent = new Agent({
		headersTimeout: 60_000,
		bodyTimeout: 60_000,
		connectTimeout: 10_000,
	});
	#cookie = '';

	/** @param url n8n's address without a slash at the end */
	constructor(url: string) {
		this.#url = url;
	}

	/** Closes the connections. */
	async close(): Promise<void> {
		await this.#agent.destroy();
	}

	/**
	 * One call of the REST interface.
	 *
	 * @param path from `/rest` on
	 * @returns the member `data` of the answer
	 * @throws N8nError with n8n's words when it refuses
	 */
	async call(
		method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
		path: string,
		body?: unknown,
	): Promise<unknown> {
		const response = await request(`${this.#url}${path}`, {
			method,
			dispatcher: this.#agent,
			headers: {
				accept: 'application/json',
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...(this.#cookie === '' ? {} : { cookie: this.#cookie }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		for (const cookie of [response.headers['set-cookie'] ?? []].flat()) {
			if (cookie.startsWith('n8n-auth=')) this.#cookie = cookie.split(';')[0] ?? '';
		}
		const text = await response.body.text();
		let answer: unknown;
		try {
			answer = JSON.parse(text);
		} catch {
			throw new N8nError(
				`${method} ${path} answered ${response.statusCode}, no JSON: ${text.slice(0, 200)}`,
				response.statusCode,
			);
		}
		if (response.statusCode >= 400) {
			const words = isObject(answer) && typeof answer.message === 'string' ? answer.message : text;
			throw new N8nError(
				`${method} ${path} answered ${response.statusCode}: ${words}`,
				response.statusCode,
			);
		}
		return isObject(answer) && 'data' in answer ? answer.data : answer;
	}

	/** Makes the first user of a fresh n8n; this client is logged in as that user then. */
	async setUpOwner({ email, password }: Login): Promise<void> {
		await this.call('POST', '/rest/owner/setup', {
			email,
			password,
			firstName: 'Campaign',
			lastName: 'Demo',
		});
	}

	/** Logs in as a user that exists. */
	async login({ email, password }: Login): Promise<void> {
		await this.call('POST', '/rest/login', { emailOrLdapLoginId: email, password });
	}

	/** The session cookie as a browser would hold it: `name=value`. */
	get cookie(): string {
		return this.#cookie;
	}

	/** The names of all node types that n8n has loaded, such as `n8n-nodes-base.webhook`. */
	async nodeTypes(): Promise<string[]> {
		const types = asArray(await this.call('GET', '/types/nodes.json'), 'the node types');
		return types.map((type) => asString(asObject(type, 'a node type').name, 'its name'));
	}

	/** Stores a credential and returns its id. */
	async createCredential(name: string, type: string, data: JsonObject): Promise<string> {
		const stored = asObject(
			await this.call('POST', '/rest/credentials', { name, type, data }),
			'the credential',
		);
		return asString(stored.id, 'the id of the credential');
	}

	/**
	 * Tries a credential, as the editor does after saving one: by id and data when it is stored, by its data when
	 * it is not.
	 */
	async testCredential(
		credential: Readonly<{ name: string; type: string; data?: JsonObject; id?: string }>,
	): Promise<CredentialTest> {
		const result = asObject(
			await this.call('POST', '/rest/credentials/test', { credentials: { id: '', ...credential } }),
			'the result of the test',
		);
		return {
			status: asString(result.status, 'the status'),
			message: asString(result.message, 'the message'),
		};
	}

	/** Stores a workflow. */
	async createWorkflow(workflow: JsonObject): Promise<StoredWorkflow> {
		const stored = asObject(await this.call('POST', '/rest/workflows', workflow), 'the workflow');
		return {
			id: asString(stored.id, 'the id of the workflow'),
			versionId: asString(stored.versionId, 'the version of the workflow'),
		};
	}

	/**
	 * Runs a workflow as the editor's "Execute workflow" button does.
	 *
	 * @param trigger the name of the node to start from
	 * @returns the id of the execution, which goes on
	 */
	async runWorkflow(id: string, trigger: string): Promise<string> {
		const answer = asObject(
			await this.call('POST', `/rest/workflows/${id}/run`, {
				triggerToStartFrom: { name: trigger },
			}),
			'the answer',
		);
		return asString(answer.executionId, 'the id of the execution');
	}

	/**
	 * Activates a workflow and waits until its triggers are at work: n8n registers schedules and webhooks a moment
	 * after it answers.
	 */
	async activate(
		{ id, versionId }: StoredWorkflow,
		patience: Patience = { timeout: 30_000 },
	): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/activate`, { versionId });
		await waitFor(
			'The activation of the workflow',
			async () => {
				const publication = await this.#publication(id);
				if (publication.status === 'failed' || publication.status === 'partial') {
					const reasons = asArray(publication.triggers, 'the triggers')
						.map((trigger) => asObject(trigger, 'a trigger').errorMessage)
						.filter(Boolean);
					throw new Error(`n8n could not activate the workflow: ${reasons.join('; ')}`);
				}
				return publication.status === 'published' ? true : undefined;
			},
			patience,
		);
	}

	/** Deactivates a workflow: no schedule, no webhook any more when this returns. Executions that run go on. */
	async deactivate(id: string, patience: Patience = { timeout: 30_000 }): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/deactivate`, {});
		await waitFor(
			'The deactivation of the workflow',
			async () => ((await this.#publication(id)).status === 'not_published' ? true : undefined),
			patience,
		);
	}

	async #publication(id: string): Promise<JsonObject> {
		return asObject(
			await this.call('GET', `/rest/workflows/${id}/publication-status`),
			'the publication',
		);
	}

	/** The ids of a workflow's executions, newest first. */
	async executionIds(workflowId: string): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const list = asObject(
			await this.call('GET', `/rest/executions?limit=50&filter=${filter}`),
			'the executions',
		);
		return asArray(list.results, 'the executions').map((entry) =>
			String(asObject(entry, 'an execution').id),
		);
	}

	/** An execution with what every node did. */
	async execution(id: string): Promise<Execution> {
		return parseExecution(await this.call('GET', `/rest/executions/${id}`));
	}

	/** Waits for an execution's end and returns it. */
	async finished(id: string, patience: Patience): Promise<Execution> {
		return await waitFor(
			'The end of the execution',
			async () => {
				const execution = await this.execution(id);
				return ['new', 'running', 'waiting'].includes(execution.status) ? undefined : execution;
			},
			patience,
		);
	}

	/** Cancels an execution that runs. */
	async stopExecution(id: string): Promise<void> {
		await this.call('POST', `/rest/executions/${id}/stop`, {});
	}

	/**
	 * Sends JSON to a production webhook.
	 *
	 * @param path the path parameter of the Webhook node
	 */
	async postToWebhook(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
		const response = await request(`${this.#url}/webhook/${path}`, {
			method: 'POST',
			dispatcher: this.#agent,
			headersTimeout: 180_000,
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		const text = await response.body.text();
		let parsed: unknown = text;
		if (String(response.headers['content-type']).includes('json') && text !== '') {
			parsed = JSON.parse(text);
		}
		return { status: response.statusCode, body: parsed };
	}
}
