import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { asArray, asObject, isObject, parseFlatted } from '../../../demo/host/json.mts';
import type { JsonObject } from '../../../demo/host/json.mts';
import type { N8nClient } from '../../../demo/host/client.mts';
import { SCOPES } from '../../../demo/simulators/campaignFactory.mts';
import type { Simulator } from '../../../demo/simulators/support.mts';

/** Posts JSON to a simulator as a client that is signed in, and gives the JSON of the answer. */
type Send = (path: string, body: unknown) => Promise<JsonObject>;

/** A trigger node, and what makes it start a workflow. */
export interface WatchedEvent {
	/** The simulator's name. */
	service: string;
	/** The node's type without the package. */
	node: string;
	parameters: JsonObject;
	/** Makes the event happen, and gives the ID that tells it from others. */
	happen(send: Send): Promise<string>;
	/** The ID of the event in the item that the node puts out. */
	idOf(item: JsonObject): string;
}

async function request(
	url: string,
	init: { headers?: Record<string, string>; body: string | URLSearchParams },
): Promise<JsonObject> {
	const response = await fetch(url, { method: 'POST', ...init });
	const text = await response.text();
	assert.ok(response.ok, `POST ${url} answered ${response.status}: ${text}`);
	return asObject(JSON.parse(text), 'the answer');
}

async function post(
	url: string,
	body: unknown,
	headers: Record<string, string> = {},
): Promise<JsonObject> {
	return await request(url, {
		headers: { 'content-type': 'application/json', ...headers },
		body: JSON.stringify(body),
	});
}

async function sendForm(url: string, fields: Record<string, string>): Promise<JsonObject> {
	return await request(url, { body: new URLSearchParams(fields) });
}

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });

/** What goes before the paths of calls, and their headers. */
interface SignedIn {
	root: string;
	headers: Record<string, string>;
}

const signIns: Readonly<Record<string, (simulator: Simulator) => SignedIn | Promise<SignedIn>>> = {
	'site-factory': ({ url, credential }) => {
		const login = `${String(credential.username)}:${String(credential.apiKey)}`;
		const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
		return { root: `${url}/api/v1`, headers: { authorization } };
	},
	'campaign-factory': async ({ url, credential }) => {
		const answer = await post(`${url}/oauth/token`, {
			grant_type: 'password',
			username: credential.username,
			password: credential.password,
			client_id: credential.clientId,
			client_secret: credential.clientSecret,
			scope: SCOPES.join(' '),
		});
		return { root: `${url}/openapi`, headers: bearer(answer.access_token) };
	},
	maia: async ({ url, credential }) => {
		const answer = await sendForm(`${url}/oauth/dpc/token`, {
			grant_type: 'client_credentials',
			client_id: String(credential.clientId),
			client_secret: String(credential.clientSecret),
			audience: 'https://api.matillion.com',
		});
		return { root: `${url}/dpc/v1`, headers: bearer(answer.access_token) };
	},
	warpurl: async ({ url, credential }) => {
		const root = `${url}/prod`;
		const headers = { 'x-api-key': String(credential.apiKey) };
		const data = { key_id: credential.keyId, key_password: credential.keyPassword };
		const answer = await post(`${root}/access_key/get_token`, { control: {}, data }, headers);
		const token = String(asObject(answer.data, 'the data').idToken);
		return { root, headers: { ...headers, authorization: token } };
	},
	'adobe-campaign-standard': async ({ url, credential }) => {
		const answer = await sendForm(`${url}/ims/token/v3`, {
			grant_type: 'client_credentials',
			client_id: String(credential.clientId),
			client_secret: String(credential.clientSecret),
			scope: String(credential.scopes),
		});
		const headers = { ...bearer(answer.access_token), 'x-api-key': String(credential.clientId) };
		return { root: `${url}/exampletenant/campaign/profileAndServices`, headers };
	},
};

/** Signs in to a simulator with its credential. */
export async function signIn(simulator: Simulator): Promise<Send> {
	const { service } = simulator;
	const login = signIns[service] ?? assert.fail(`No login to ${service}`);
	const { root, headers } = await login(simulator);
	return async (path, body) => await post(`${root}${path}`, body, headers);
}

/** The first project of the Maia simulator. */
const maiaProject = 'c0ffee00-0000-4000-8000-000000000003';

/** The user of the WarpURL simulator's key. */
const warpUrlUser = {
	client_id: '#clt#4b7e2c10-0000-4000-8000-0a9d3e5b7f28',
	username: 'grace.admin',
};

/** One trigger of each service. */
export const watchedEvents: readonly WatchedEvent[] = [
	{
		service: 'site-factory',
		node: 'siteFactoryTrigger',
		parameters: { event: 'taskFinished', filters: { taskGroup: 'SiteArchive' } },
		happen: async (send) =>
			String((await send('/sites/231/backup', { label: 'Before a test' })).task_id),
		idOf: ({ id }) => String(id),
	},
	{
		service: 'campaign-factory',
		node: 'campaignFactoryTrigger',
		parameters: { event: 'userCreated' },
		async happen(send) {
			const email = `${randomUUID()}@example.com`;
			const made = await send('/users', { name: 'Jo', email, password: 'Invented(password)2' });
			return String(asObject(made.data, 'the user').uuid);
		},
		idOf: ({ uuid }) => String(uuid),
	},
	{
		service: 'maia',
		node: 'maiaTrigger',
		parameters: { event: 'pipelineExecutionFinished' },
		async happen(send) {
			const started = await send(`/projects/${maiaProject}/pipeline-executions`, {
				pipelineName: 'finance/daily-load',
				environmentName: 'Production',
			});
			return String(started.pipelineExecutionId);
		},
		idOf: ({ pipelineExecutionId }) => String(pipelineExecutionId),
	},
	{
		service: 'warpurl',
		node: 'warpUrlTrigger',
		parameters: { event: 'linkCreated' },
		async happen(send) {
			const data = { ...warpUrlUser, long_url: `https://shop.example.com/${randomUUID()}` };
			const made = await send('/link/create', { control: {}, data });
			return String(asObject(made.data, 'the link').link_id);
		},
		idOf: ({ link_id: id }) => String(id),
	},
	{
		service: 'adobe-campaign-standard',
		node: 'adobeCampaignStandardTrigger',
		parameters: { event: 'profileCreated' },
		happen: async (send) =>
			String((await send('/profile', { email: `${randomUUID()}@example.com` })).email),
		idOf: ({ email }) => String(email),
	},
];

/** An execution that a trigger has started. */
export interface Started {
	/** `success`, `crashed` and others. */
	status: string;
	/** What the trigger put out. */
	items: JsonObject[];
}

function itemsOf(output: unknown): JsonObject[] {
	return asArray(output ?? [], 'an output').map((item) =>
		asObject(asObject(item, 'an item').json, 'the json of an item'),
	);
}

/**
 * What the trigger of a stored execution had put out. n8n stores it with the execution before that starts; when it was
 * killed before the end, it is still among what is to be done.
 */
function startedBy(execution: JsonObject, trigger: string): Started {
	const data = asObject(parseFlatted(String(execution.data)), 'the data of the execution');
	const result = isObject(data.resultData) ? data.resultData : {};
	const runs = isObject(result.runData) ? result.runData[trigger] : undefined;
	const work = isObject(data.executionData) ? data.executionData : {};
	const status = String(execution.status);
	const outputs = asArray(runs ?? [], 'the runs').map((run) => asObject(run, 'a run').data);
	const inputs = asArray(work.nodeExecutionStack ?? [], 'what is to be done')
		.map((entry) => asObject(entry, 'what is to be done'))
		.filter(({ node }) => isObject(node) && node.name === trigger)
		.map((entry) => entry.data);
	const items = [...outputs, ...inputs].flatMap((at) =>
		isObject(at) && Array.isArray(at.main) ? itemsOf(at.main[0]) : [],
	);
	return { status, items };
}

/** All executions that the trigger of an active workflow has started, oldest first, with what it put out. */
export async function executionsOf(
	client: N8nClient,
	workflowId: string,
	trigger: string,
): Promise<Started[]> {
	const ids = await client.executionIds(workflowId);
	const executions = await Promise.all(
		ids
			.toReversed()
			.map(async (id) =>
				asObject(await client.call('GET', `/rest/executions/${id}`), 'the execution'),
			),
	);
	return executions
		.filter(({ mode }) => mode === 'trigger')
		.map((execution) => startedBy(execution, trigger));
}

/** Poll times at every fifth second: n8n takes several that are a minute each, and adds a first one by itself. */
export const everyFiveSeconds: JsonObject = {
	item: Array.from({ length: 12 }, (_, index) => ({
		mode: 'custom',
		cronExpression: `${5 * index} * * * * *`,
	})),
};
