import { ADMIN, MEMBER, createMaiaSimulator } from '../../demo/simulators/maia.mts';
import type { Simulator, SimulatorOptions } from '../../demo/simulators/support.mts';

interface Document {
	[name: string]: unknown;
	results?: Array<Record<string, unknown>>;
}
interface Reply {
	status: number;
	headers: Headers;
	body: Document;
}

const START = Date.parse('2026-06-01T12:00:00Z');
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
let now = START;
let simulator: Simulator;

async function start(options: SimulatorOptions = {}) {
	now = START;
	simulator = await createMaiaSimulator({ clock: () => now, ...options });
}
beforeEach(async () => await start());
afterEach(async () => {
	const { faults } = simulator;
	await simulator.close();
	expect(faults).toEqual([]);
});

async function read(response: Response): Promise<Reply> {
	const text = await response.text();
	const body = text === '' ? {} : (JSON.parse(text) as Document);
	return { status: response.status, headers: response.headers, body };
}
async function login(form: Record<string, string> = {}): Promise<Reply> {
	const { clientId, clientSecret } = simulator.credential;
	return await read(
		await fetch(`${simulator.url}/oauth/dpc/token`, {
			method: 'POST',
			body: new URLSearchParams({
				grant_type: 'client_credentials',
				client_id: String(clientId),
				client_secret: String(clientSecret),
				audience: 'https://api.matillion.com',
				...form,
			}),
		}),
	);
}
const tokenOf = ({ body }: Reply) => String(body.access_token);
async function call(
	token: string,
	method: string,
	path: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<Reply> {
	return await read(
		await fetch(`${simulator.url}/dpc${path}`, {
			method,
			headers: {
				authorization: `Bearer ${token}`,
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...headers,
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		}),
	);
}
/** Signed in as Super Admin, with the first project. */
async function ready() {
	const token = tokenOf(await login());
	const send = async (method: string, path: string, body?: unknown) =>
		await call(token, method, path, body);
	const { body } = await send('GET', '/v1/projects');
	const project = `/v1/projects/${String(body.results?.[0]?.id)}`;
	const run = async (pipelineName: string, more: object = {}) => {
		const started = await send('POST', `${project}/pipeline-executions`, {
			pipelineName,
			environmentName: 'Production',
			...more,
		});
		expect(started.status).toBe(201);
		return `${project}/pipeline-executions/${String(started.body.pipelineExecutionId)}`;
	};
	return { token, send, project, projectId: String(body.results?.[0]?.id), run };
}
const names = ({ body }: Reply) => body.results?.map(({ name }) => name);

describe('Signing in', () => {
	it('gives a token for client credentials', async () => {
		const reply = await login();
		expect(reply.status).toBe(200);
		expect(reply.body).toEqual({
			access_token: 'invented-token-0001',
			expires_in: 1800,
			refresh_expires_in: 0,
			token_type: 'Bearer',
			'not-before-policy': 0,
			scope: 'pipeline-execution',
		});
		expect(simulator.tokenRequests()).toBe(1);
	});

	it('refuses a wrong secret and a broken form as OAuth does', async () => {
		const wrong = await login({ client_secret: 'invented-but-wrong' });
		expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
		const audience = await login({ audience: 'https://example.com' });
		expect([audience.status, audience.body.error]).toEqual([400, 'invalid_request']);
		expect((await login({ scope: 'all' })).body.error).toBe('invalid_request');
	});

	it('lets tokens end by the clock, and on request', async () => {
		const token = tokenOf(await login());
		now += 1_799_000;
		expect((await call(token, 'GET', '/v1/projects')).status).toBe(200);
		now += 1_000;
		const late = await call(token, 'GET', '/v1/projects');
		expect(late.status).toBe(401);
		expect(late.headers.get('content-type')).toMatch('application/problem+json');
		expect(late.body).toMatchObject({ status: 401, detail: 'The token has expired' });
		const next = tokenOf(await login());
		simulator.expireTokens();
		expect((await call(next, 'GET', '/v1/projects')).status).toBe(401);
		expect((await call('no-such-token', 'GET', '/v1/projects')).status).toBe(401);
	});

	it('shows projects to Super Admins only', async () => {
		for (const { clientId, clientSecret, role } of [ADMIN, MEMBER]) {
			const token = tokenOf(await login({ client_id: clientId, client_secret: clientSecret }));
			const list = await call(token, 'GET', '/v1/projects?page=0&size=1');
			expect(list.status).toBe(200);
			expect(list.body).toEqual({ results: [], page: 0, size: 1, total: 0 });
			const created = await call(token, 'POST', '/v1/projects', {
				name: 'new',
				warehouse: 'SNOWFLAKE',
				agentDeploymentType: 'HYBRID',
			});
			expect(created.status).toBe(role === 'ADMIN' ? 201 : 403);
			expect((await call(token, 'GET', '/v1/agents')).status).toBe(role === 'ADMIN' ? 200 : 403);
		}
	});
});

describe('Refusals', () => {
	it('are problem documents with violations', async () => {
		const { send, project } = await ready();
		const reply = await send('POST', '/v1/projects', { name: '', warehouse: 'ORACLE', extra: 1 });
		expect(reply.status).toBe(400);
		expect(reply.headers.get('content-type')).toMatch('application/problem+json');
		expect(reply.body).toMatchObject({
			title: 'Bad Request',
			status: 400,
			detail: 'The request is not valid',
		});
		expect(reply.body.violations).toEqual(
			expect.arrayContaining([
				'agentDeploymentType is missing',
				'extra is not known',
				'name must NOT have fewer than 1 characters',
				'warehouse must be equal to one of the allowed values',
			]),
		);
		expect((await send('GET', '/v1/projects?size=101')).status).toBe(400);
		expect((await send('GET', `${project}/environments?pageSize=3`)).status).toBe(400);
		expect((await send('GET', '/v1/projects/no-uuid/environments')).status).toBe(400);
		expect((await send('GET', '/v2/projects')).status).toBe(404);
		expect((await send('PUT', '/v1/projects')).status).toBe(405);
		expect((await send('GET', '/v1/pipeline-executions?paginationToken=abc')).status).toBe(400);
	});

	it('names the seconds to wait when there were too many requests', async () => {
		await simulator.close();
		await start({ requestsPerSecond: 1 });
		const token = tokenOf(await login());
		expect((await call(token, 'GET', '/v1/projects')).status).toBe(200);
		const reply = await call(token, 'GET', '/v1/projects');
		expect(reply.status).toBe(429);
		expect(reply.headers.get('retry-after')).toBe('1');
		expect(reply.body).toMatchObject({ status: 429, title: 'Too Many Requests' });
	});
});

describe('Lists', () => {
	it('come in pages counted from 0 with a total', async () => {
		const { send, project } = await ready();
		const path = `${project}/published-pipelines?environmentName=Production`;
		const first = await send('GET', path);
		expect(first.body).toMatchObject({ page: 0, size: 25, total: 253 });
		expect(first.body.results).toHaveLength(25);
		const last = await send('GET', `${path}&page=2&size=100`);
		expect(last.body).toMatchObject({ page: 2, size: 100, total: 253 });
		expect(last.body.results).toHaveLength(53);
		expect((await send('GET', `${path}&page=3&size=100`)).body.results).toEqual([]);
		expect((await send('GET', `${project}/published-pipelines`)).status).toBe(400);
	});

	it('of runs come by cursor, newest first, with all filters', async () => {
		const { send, projectId } = await ready();
		const ids: unknown[] = [];
		let more: unknown = '';
		const sizes: number[] = [];
		while (more !== undefined) {
			const token = more === '' ? '' : `&paginationToken=${encodeURIComponent(String(more))}`;
			const { body } = await send('GET', `/v1/pipeline-executions?limit=100${token}`);
			sizes.push(body.results?.length ?? 0);
			ids.push(...(body.results ?? []).map(({ pipelineExecutionId }) => pipelineExecutionId));
			more = body.more;
		}
		expect(sizes).toEqual([100, 100, 30]);
		expect(new Set(ids).size).toBe(230);
		const count = async (query: string) => {
			const { body } = await send('GET', `/v1/pipeline-executions?limit=100&${query}`);
			return body.results?.length;
		};
		expect(await count('startedAfter=2026-06-01T07:00:00Z')).toBe(5);
		expect(
			await count('startedAfter=2026-06-01T07:00:00Z&startedBefore=2026-06-01T09:00:00Z'),
		).toBe(3);
		expect(await count(`startedAfter=2026-06-01T07:00:00Z&projectId=${projectId}`)).toBe(4);
		expect(await count('status=FAILED&status=CANCELLED')).toBe(76);
		expect(await count('pipelineName=WEEKLY')).toBe(77);
		expect(await count('environmentName=Development')).toBe(0);
		expect((await send('GET', '/v1/pipeline-executions?status=QUEUED')).status).toBe(400);
	});

	it('of AI tasks have their own member', async () => {
		const { send } = await ready();
		const { body } = await send('GET', '/v1/ai/agents/tasks');
		expect(body).toMatchObject({ page: 0, size: 20, total: 30 });
		expect(body.tasks).toHaveLength(20);
	});
});

describe('Projects and environments', () => {
	it('are created and deleted', async () => {
		const { send } = await ready();
		const made = await send('POST', '/v1/projects', {
			name: 'new',
			warehouse: 'SNOWFLAKE',
			agentDeploymentType: 'HYBRID',
		});
		expect(made.status).toBe(201);
		const path = `/v1/projects/${String(made.body.projectId)}`;
		const runners = await send('GET', '/v1/agents');
		const environment = {
			name: 'a / b',
			defaultAgentId: runners.body.results?.[0]?.agentId,
			defaultUserAccessLevel: 'admin',
			defaultConnections: { DWH: { snowflake: 'x' } },
			connectionOverrides: [{ connectionName: 'x', connectionProperties: {} }],
		};
		expect((await send('POST', `${path}/environments`, environment)).status).toBe(201);
		const broken = { ...environment, defaultAgentId: 'nobody' };
		expect((await send('POST', `${path}/environments`, broken)).status).toBe(404);
		expect(names(await send('GET', `${path}/environments`))).toEqual(['a / b']);
		expect((await send('DELETE', `${path}/environments/a%20%2F%20b`)).status).toBe(204);
		expect((await send('DELETE', `${path}/environments/a%20%2F%20b`)).status).toBe(404);
		expect((await send('DELETE', path)).status).toBe(204);
		expect((await send('GET', `${path}/environments`)).status).toBe(404);
	});

	it('have versions, of which only enabled ones are listed unless asked', async () => {
		const { send, project } = await ready();
		const path = `${project}/artifacts?environmentName=Production`;
		expect((await send('GET', path)).body.total).toBe(2);
		expect((await send('GET', `${path}&enabledOnly=false`)).body.total).toBe(3);
	});
});

describe('Runs', () => {
	const statusOf = async (send: (m: string, p: string) => Promise<Reply>, path: string) =>
		(await send('GET', `${path}/status`)).body.status;

	it.each([
		['finance/daily-load', 'RUNNING', 'SUCCESS', '"Publish Report": Success'],
		['finance/fail-load', 'RUNNING', 'FAILED', '"Load Orders": Table ORDERS does not exist'],
		['finance/cancel-load', 'RUNNING', 'CANCELLED', 'Cancelled by user'],
		['finance/queue-load', 'QUEUED', 'SUCCESS', '"Publish Report": Success'],
		['finance/unknown-load', 'UNKNOWN', 'SUCCESS', '"Publish Report": Success'],
	])('%s shows %s and ends %s', async (name, begin, end, message) => {
		const { send, run } = await ready();
		const path = await run(name);
		expect(await statusOf(send, path)).toBe(begin);
		expect((await send('GET', path)).body.finishedAt).toBeUndefined();
		now += 1_000;
		expect(await statusOf(send, path)).toBe('RUNNING');
		now += 1_000;
		expect(await statusOf(send, path)).toBe(end);
		expect((await send('GET', path)).body).toMatchObject({
			status: end,
			message,
			trigger: 'API',
			startedAt: '2026-06-01T12:00:00.000Z',
			finishedAt: '2026-06-01T12:00:02.000Z',
		});
	});

	it('may be invisible at first, never end, or be skipped at once', async () => {
		const { send, run } = await ready();
		const late = await run('finance/late-load');
		expect((await send('GET', `${late}/status`)).status).toBe(404);
		const endless = await run('finance/endless-load');
		const skipped = await run('finance/skip-load');
		expect(await statusOf(send, skipped)).toBe('SKIPPED');
		now += 600_000;
		expect(await statusOf(send, late)).toBe('SUCCESS');
		expect(await statusOf(send, endless)).toBe('RUNNING');
	});

	it('with the tag of an active run are skipped', async () => {
		const { send, run } = await ready();
		await run('finance/daily-load', { executionTag: 'nightly' });
		const second = await run('finance/daily-load', { executionTag: 'nightly' });
		expect(await statusOf(send, second)).toBe('SKIPPED');
		now += 2_000;
		const third = await run('finance/daily-load', { executionTag: 'nightly' });
		expect(await statusOf(send, third)).toBe('RUNNING');
	});

	it('need a published pipeline, and a known version and runner', async () => {
		const { send, project } = await ready();
		const order = { pipelineName: 'finance/daily-load', environmentName: 'Production' };
		for (const wrong of [
			{ pipelineName: 'finance/daily-load.orch.yaml' },
			{ environmentName: 'Nowhere' },
			{ versionName: '9.9.9' },
			{ agentId: UNKNOWN_ID },
		]) {
			const reply = await send('POST', `${project}/pipeline-executions`, { ...order, ...wrong });
			expect(reply.status).toBe(404);
		}
		const numbers = { ...order, scalarVariables: { a: 1 } };
		expect((await send('POST', `${project}/pipeline-executions`, numbers)).status).toBe(400);
		expect((await send('GET', `${project}/pipeline-executions/${UNKNOWN_ID}`)).status).toBe(404);
	});

	it('stop after a while when they are cancelled', async () => {
		const { send, run } = await ready();
		const path = await run('finance/daily-load');
		expect((await send('PATCH', path, { status: 'CANCELLED' })).status).toBe(400);
		const stop = { status: 'CANCELLED', forceUpdate: false };
		expect((await send('PATCH', path, stop)).status).toBe(200);
		expect(await statusOf(send, path)).toBe('CANCELLING');
		now += 1_000;
		expect(await statusOf(send, path)).toBe('CANCELLED');
		expect((await send('PATCH', path, stop)).status).toBe(400);
		const hard = await run('finance/daily-load');
		await send('PATCH', hard, { status: 'CANCELLED', forceUpdate: true });
		now += 500;
		expect(await statusOf(send, hard)).toBe('CANCELLED');
	});

	it('have steps, of which one may run another pipeline', async () => {
		const { send, run, project } = await ready();
		const path = await run('finance/fail-nested-load');
		expect((await send('GET', `${path}/steps`)).body.results).toEqual([]);
		now += 1_000;
		expect((await send('GET', `${path}/steps`)).body.results?.[1]).toMatchObject({
			result: { status: 'RUNNING' },
		});
		now += 1_000;
		const { body } = await send('GET', `${path}/steps`);
		expect(body.results).toHaveLength(2);
		const step = body.results?.[1] as { childPipeline: { id: string }; result: object };
		expect(step).toMatchObject({
			name: 'Run Child',
			result: { status: 'FAILED', message: 'The nested pipeline failed' },
			childPipeline: { name: 'finance/fail-child-load' },
		});
		const child = `${project}/pipeline-executions/${step.childPipeline.id}`;
		expect((await send('GET', `${child}/steps`)).body.results?.[1]).toMatchObject({
			name: 'Load Orders',
			result: { status: 'FAILURE', message: 'Table ORDERS does not exist' },
		});
		const fine = await run('finance/daily-load');
		now += 2_000;
		expect(names(await send('GET', `${fine}/steps`))).toEqual([
			'Check Source',
			'Load Orders',
			'Publish Report',
		]);
	});
});

describe('Schedules', () => {
	it('are created with a Quartz cron only', async () => {
		const { send, project } = await ready();
		const pipeline = { pipelineName: 'finance/daily-load', environmentName: 'Production' };
		for (const cronExpression of ['30 1 * * *', '0 30 1 * * *', '0 30 1 ? * ?', '0 30 1 ? * §']) {
			const reply = await send('POST', `${project}/schedules`, {
				pipeline,
				schedule: { name: 'x', cronExpression },
			});
			expect(reply.status).toBe(400);
			expect(reply.body.violations).toEqual([expect.stringMatching(/^cronExpression /)]);
		}
		const made = await send('POST', `${project}/schedules`, {
			pipeline,
			schedule: {
				name: 'x',
				cronExpression: '0 30 1 ? * MON-FRI *',
				effectiveFrom: '2026-06-01T02:00:00+02:00',
			},
		});
		expect(made.status).toBe(201);
		const path = `${project}/schedules/${String(made.body.scheduleId)}`;
		expect((await send('GET', path)).body).toMatchObject({
			scheduleEnabled: true,
			effectiveFrom: '2026-06-01T00:00:00.000Z',
		});
		expect((await send('PATCH', path, { scheduleEnabled: false })).status).toBe(400);
		const changed = await send('PATCH', path, {
			name: 'y',
			cronExpression: '0 0 2 * * ?',
			scheduleEnabled: false,
			allowConcurrentExecutions: true,
		});
		expect(changed.body).toMatchObject({ name: 'y', scheduleEnabled: false });
		expect(changed.body).not.toHaveProperty('allowConcurrentExecutions');
		expect((await send('DELETE', path)).status).toBe(204);
		expect((await send('GET', path)).status).toBe(404);
	});

	it('may repeat by interval, which an update replaces', async () => {
		const { send, project } = await ready();
		const { body } = await send('GET', `${project}/schedules`);
		const interval = body.results?.find((schedule) => 'intervalExpression' in schedule);
		expect(interval).toMatchObject({ intervalExpression: { interval: 30, unit: 'MINUTES' } });
		const path = `${project}/schedules/${String(interval?.scheduleId)}`;
		await send('PATCH', path, { name: 'z', cronExpression: '0 0 2 * * ?' });
		expect((await send('GET', path)).body).not.toHaveProperty('intervalExpression');
	});
});

describe('Variables and connections', () => {
	it('keep variables by name', async () => {
		const { send, project } = await ready();
		expect(names(await send('GET', `${project}/variables`))).toEqual(['region', 'batch/size']);
		const variable = { name: 'x', type: 'NUMBER', behaviour: 'SHARED', value: 'abc' };
		expect((await send('POST', `${project}/variables`, variable)).status).toBe(400);
		expect((await send('POST', `${project}/variables`, { ...variable, value: 7 })).status).toBe(
			201,
		);
		expect((await send('POST', `${project}/variables`, { ...variable, value: 7 })).status).toBe(
			400,
		);
		const text = { name: 'y', type: 'TEXT', behaviour: 'SHARED', value: 7 };
		expect((await send('POST', `${project}/variables`, text)).status).toBe(400);
		const path = `${project}/variables/batch%2Fsize`;
		expect((await send('PATCH', path, { value: 9 })).status).toBe(400);
		const changed = await send('PATCH', path, { type: 'NUMBER', behaviour: 'COPIED', value: 9 });
		expect(changed.body).toMatchObject({ name: 'batch/size', value: 9 });
		expect((await send('DELETE', path)).status).toBe(204);
		expect((await send('DELETE', path)).status).toBe(404);
	});

	it('replace connections whole and override them per environment', async () => {
		const { send, project } = await ready();
		const connection = {
			name: 'new one',
			platformConnectionType: 'COMPONENT_BASIC',
			authProvider: 'salesforce',
			authType: 'GENERIC_SECRET',
			connectionDetails: { description: 'd', connectionProperties: { secretName: 's' } },
		};
		expect((await send('POST', `${project}/connections`, connection)).status).toBe(201);
		expect((await send('POST', `${project}/connections`, connection)).status).toBe(400);
		const list = await send('GET', `${project}/connections?authProvider=salesforce,aws`);
		expect(names(list)).toEqual(['new one']);
		const path = `${project}/connections?connectionName=new%20one`;
		const replaced = await send('PUT', path, { platformConnectionType: 'COMPONENT_BASIC' });
		expect(replaced.body.connectionDetails).toEqual({});
		const overrides = `${project}/connections/environment-overrides`;
		const override = {
			environmentName: 'Production',
			connectionName: 'new one',
			connectionOverrides: { connectionProperties: { secretName: 'other' } },
		};
		expect((await send('PUT', overrides, override)).status).toBe(404);
		expect((await send('POST', overrides, override)).status).toBe(201);
		expect((await send('POST', overrides, override)).status).toBe(409);
		expect((await send('PUT', overrides, override)).status).toBe(200);
		const query = `${overrides}?environmentName=Production`;
		expect(names(await send('GET', query))).toEqual(['new one']);
		expect((await send('DELETE', `${query}&connectionNames=new%20one`)).status).toBe(204);
		expect(names(await send('GET', query))).toEqual([]);
		expect((await send('DELETE', path)).status).toBe(204);
		expect((await send('DELETE', path)).status).toBe(404);
	});
});

it('starts anew on a reset', async () => {
	const { send, project, run } = await ready();
	await run('finance/daily-load');
	await send('DELETE', project);
	simulator.reset();
	expect(simulator.requests).toEqual([]);
	const again = await ready();
	expect(again.project).toBe(project);
	expect((await again.send('GET', '/v1/projects')).body.total).toBe(30);
});
