import { ADMIN, MEMBER } from '../../demo/simulators/maia.mts';
import type { Client } from '../support/maiaHttp.mts';
import { openClient } from '../support/maiaHttp.mts';

let client: Client;
beforeEach(async () => {
	client = await openClient();
});
afterEach(async () => await client.close());

describe('Artifacts', () => {
	const form = (files: Record<string, string | Uint8Array<ArrayBuffer>>) => {
		const body = new FormData();
		for (const [name, content] of Object.entries(files)) {
			body.append(name, new Blob([content], { type: 'text/plain' }), 'file');
		}
		return body;
	};
	const version = (versionName: string) => ({ versionName, environmentName: 'Development' });
	const publish = async (versionName: string, files: Parameters<typeof form>[0]) =>
		await client.send('POST', `${client.project}/artifacts`, form(files), version(versionName));

	it('make their pipelines runnable and tell what they left out', async () => {
		const { send, project } = client;
		const reply = await publish('2.0.0', { 'a/b.orch.yaml': 'x', 'c.md': 'y' });
		expect(reply).toEqual({
			status: 201,
			body: {
				versionName: '2.0.0',
				ignoredResources: [{ name: 'c.md', reason: 'Unsupported resource type' }],
			},
		});
		const run = await send('POST', `${project}/pipeline-executions`, {
			pipelineName: 'a/b',
			environmentName: 'Development',
			versionName: '2.0.0',
		});
		expect(run.status).toBe(201);
		const details = await send('GET', `${project}/artifacts/details?environmentName=Development`);
		expect(details.body).toMatchObject({
			assets: ['a/b.orch.yaml'],
			details: { versionName: '2.0.0' },
		});
	});

	it('need a new version, headers and files that are text', async () => {
		expect((await publish('1.4.0', { 'a.sql': 'x' })).status).toBe(400);
		expect((await publish('2.0.0', {})).status).toBe(400);
		expect(
			(await publish('2.0.0', { 'a.zip': new Uint8Array([0x50, 0x4b, 3, 4]) })).body,
		).toMatchObject({ violations: ['a.zip is an archive'] });
		expect((await publish('2.0.0', { 'a.sql': new Uint8Array([1, 0]) })).status).toBe(400);
		const bare = await client.send('POST', `${client.project}/artifacts`, form({ 'a.sql': 'x' }));
		expect(bare.body.violations).toEqual(['versionName is missing', 'environmentName is missing']);
		const json = await client.send('POST', `${client.project}/artifacts`, {}, version('2.0.0'));
		expect(json.status).toBe(415);
	});

	it('may be stored although the answer is 500', async () => {
		const names = async () => {
			const list = await client.send(
				'GET',
				`${client.project}/artifacts?environmentName=Development`,
			);
			return list.body.results?.map(({ versionName }) => versionName);
		};
		expect((await publish('broken-1', { 'a.sql': 'x' })).status).toBe(500);
		expect(await names()).toEqual(['1.4.0', '1.3.0']);
		expect((await publish('flaky-1', { 'a.sql': 'x' })).status).toBe(500);
		expect(await names()).toEqual(['flaky-1', '1.4.0', '1.3.0']);
	});

	it('are promoted once', async () => {
		await publish('2.0.0', { 'a.sql': 'x' });
		const order = {
			versionName: '2.0.0',
			sourceEnvironmentName: 'Development',
			targetEnvironmentName: 'Production',
		};
		const path = `${client.project}/artifacts/promotions`;
		expect((await client.send('POST', path, order)).body).toEqual({
			environmentName: 'Production',
			versionName: '2.0.0',
		});
		expect((await client.send('POST', path, order)).status).toBe(400);
		const none = { ...order, versionName: 'none' };
		expect((await client.send('POST', path, none)).status).toBe(404);
	});
});

describe('Runners', () => {
	const order = {
		name: 'new',
		agentType: 'data_productivity_cloud',
		cloudProvider: 'aws',
		deployment: 'eks',
	};

	it('take the track in lower case when they are created, in upper case when they are changed', async () => {
		const { send } = client;
		const wrong = await send('POST', '/v1/agents', { ...order, trackName: 'STABLE' });
		expect(wrong.status).toBe(400);
		const { body } = await send('POST', '/v1/agents', { ...order, trackName: 'stable' });
		const path = `/v1/agents/${String(body.agentId)}`;
		expect((await send('PATCH', path, { trackName: 'current' })).status).toBe(400);
		expect((await send('PATCH', path, { enableAutoUpdates: 'true' })).status).toBe(400);
		expect((await send('PATCH', path, { trackName: 'CURRENT' })).status).toBe(202);
		expect((await send('GET', path)).body).toMatchObject({
			versionDetails: { trackName: 'current' },
		});
	});

	it('refuse what does not fit together, a name that is taken, and callers without the role', async () => {
		const { send } = client;
		const misfit = await send('POST', '/v1/agents', { ...order, deployment: 'gke' });
		expect(misfit.body.violations).toEqual([
			'deployment does not fit data_productivity_cloud on aws',
		]);
		expect((await send('POST', '/v1/agents', { ...order, name: 'prod-runner' })).status).toBe(400);
		const member = await client.as(MEMBER);
		expect((await member('POST', '/v1/agents', order)).status).toBe(403);
	});

	it('restart for a while, and are deleted only then', async () => {
		const { send } = client;
		const { body } = await send('GET', '/v1/agents');
		const path = `/v1/agents/${String(body.results?.[0]?.agentId)}`;
		expect((await send('DELETE', path)).status).toBe(400);
		await send('POST', `${path}/commands`, { command: 'RESTART' });
		expect((await send('GET', path)).body.agentStatus).toBe('pending');
		client.wait(2_000);
		expect((await send('GET', path)).body.agentStatus).toBe('running');
		await send('POST', `${path}/commands`, { command: 'RESTART' });
		expect((await send('DELETE', path)).status).toBe(202);
		expect((await send('GET', path)).status).toBe(404);
	});

	it('never add nothing to an allow list', async () => {
		const { send } = client;
		const { body } = await send('GET', '/v1/agents');
		const path = `/v1/agents/${String(body.results?.[0]?.agentId)}/allowlist`;
		expect((await send('PATCH', path, { projects: {} })).status).toBe(400);
		expect((await send('PUT', path, { projects: {} })).status).toBe(200);
		const id = client.project.split('/').pop();
		expect((await send('DELETE', `${path}?projectId=${String(id)}`)).status).toBe(404);
	});
});

describe('Reports', () => {
	it('keep audit events for 90 days', async () => {
		const path = '/v1/events?from=2020-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&size=1';
		const { body } = await client.send('GET', path);
		expect(body).toMatchObject({ total: 360 });
	});

	it('of lineage take 31 days at once and answer an empty window with 404', async () => {
		const read = async (from: string, before: string) =>
			await client.send(
				'GET',
				`/v1/lineage/events?generatedFrom=${from}T12:00:00Z&generatedBefore=${before}T12:00:00Z`,
			);
		expect((await read('2026-03-01', '2026-04-01')).status).toBe(200);
		expect((await read('2026-03-01', '2026-04-02')).body.violations).toEqual([
			'the period is longer than 31 days',
		]);
		expect((await read('2026-04-01', '2026-04-02')).status).toBe(404);
		expect((await read('2026-04-02', '2026-04-01')).status).toBe(400);
	});

	it('are for Super Admins', async () => {
		const send = await client.as(ADMIN);
		const period = (from: string, before: string, time = 'T00:00:00Z') =>
			`${from}=2026-05-01${time}&${before}=2026-05-02${time}`;
		const paths = [
			`events?${period('from', 'to')}`,
			`consumption?${period('consumedFrom', 'consumedBefore', '')}`,
			`consumption/etl-users?${period('consumedFrom', 'consumedBefore')}`,
			`lineage/events?${period('generatedFrom', 'generatedBefore')}`,
		];
		for (const path of paths) expect((await send('GET', `/v1/${path}`)).status).toBe(403);
	});
});

describe('Projects', () => {
	it('refuse references and secrets whose name is taken, or that lack a member', async () => {
		const { send, project } = client;
		const aws = { agentType: 'AWS', secretReferenceType: 'PASSWORD' };
		const path = `${project}/secret-references`;
		expect((await send('POST', `${path}/a b`, aws)).status).toBe(400);
		expect((await send('POST', `${path}/a`, aws)).body.violations).toEqual([
			'secretName is missing',
		]);
		expect((await send('POST', `${path}/a`, { ...aws, secretName: 's' })).status).toBe(201);
		expect((await send('POST', `${path}/a`, { ...aws, secretName: 's' })).status).toBe(400);
		const secret = { name: 'n', type: 't', password: 'invented' };
		expect((await send('POST', `${project}/secrets`, secret)).status).toBe(201);
		expect((await send('POST', `${project}/secrets`, secret)).status).toBe(400);
	});

	it('have one repository, whose parameters fit its provider', async () => {
		const { send, project } = client;
		const connect = async (provider: string) =>
			await send('POST', `${project}/repositories`, {
				provider,
				repositoryName: 'r',
				providerParameters: { ownerName: 'o' },
			});
		expect((await connect('azure-devops')).status).toBe(400);
		expect((await connect('github')).status).toBe(201);
		expect((await connect('github')).body.detail).toBe('The project has the repository r');
	});

	it('override a variable once in an environment', async () => {
		const { send, project } = client;
		const path = `${project}/variables/region/environment-overrides`;
		const order = { environmentName: 'Production', value: 'US' };
		expect((await send('PATCH', path, order)).status).toBe(404);
		expect((await send('POST', path, { value: 'US' })).status).toBe(404);
		expect((await send('POST', path, order)).status).toBe(201);
		expect((await send('POST', path, order)).status).toBe(400);
		expect((await send('GET', path)).body).toMatchObject({
			name: 'region',
			environmentOverrides: [order],
		});
		expect((await send('DELETE', `${path}?environmentName=Development`)).status).toBe(404);
	});

	it('take warehouse connections whose sign-in fits', async () => {
		const connect = async (authType: string) =>
			await client.send('POST', `${client.project}/data-platform-connections`, {
				name: 'w',
				platformConnectionType: 'DWH',
				authProvider: 'SNOWFLAKE',
				authType,
			});
		expect((await connect('PASSWORD')).status).toBe(400);
		expect((await connect('KEY_PAIR')).status).toBe(201);
	});
});

describe('Streaming pipelines', () => {
	it('start and stop in time, and only when that makes sense', async () => {
		const { send, project } = client;
		const list = await send('GET', `${project}/streaming-pipelines`);
		const path = `${project}/streaming-pipelines/${String(list.body.results?.[0]?.streamingPipelineId)}`;
		const command = async (word: string) =>
			await send('POST', `${path}/commands`, { command: word });
		expect((await command('STOP')).status).toBe(400);
		expect((await command('PAUSE')).status).toBe(400);
		expect((await command('START')).status).toBe(200);
		client.wait(2_000);
		expect((await command('START')).body.detail).toBe('Streaming pipeline orders-cdc is STREAMING');
		expect((await send('GET', `${path}/status`)).body).toEqual({ status: 'STREAMING' });
		expect((await send('DELETE', path)).status).toBe(400);
	});

	it('are replaced as a whole', async () => {
		const { send, project } = client;
		const list = await send('GET', `${project}/streaming-pipelines`);
		const { streamingPipelineId, projectId, ...definition } = list.body.results?.[0] ?? {};
		expect(project).toContain(String(projectId));
		const path = `${project}/streaming-pipelines/${String(streamingPipelineId)}`;
		const more = { ...definition, advancedProperties: { a: 1 } };
		expect((await send('PUT', path, more)).body).toMatchObject(more);
		expect((await send('PUT', path, definition)).body.advancedProperties).toBeUndefined();
		expect((await send('PUT', path, { name: 'only' })).status).toBe(400);
	});
});

describe('Shared pipelines', () => {
	it('are for Admins, in groups with versions that are published once', async () => {
		const member = await client.as(MEMBER);
		expect((await member('GET', '/v1/shared-pipelines')).status).toBe(403);
		const send = await client.as(ADMIN);
		const publish = async () => {
			const form = new FormData();
			form.append('a/b.orch.yaml', new Blob(['x']), 'b.orch.yaml');
			const headers = { sharedPipelineIdPrefix: 'reports', versionName: '2.0.0' };
			return await send('POST', '/v1/shared-pipelines/artifacts', form, headers);
		};
		expect((await publish()).status).toBe(201);
		expect((await publish()).body.detail).toBe('Version 2.0.0 exists already');
		const path = '/v1/shared-pipelines/artifacts/details?sharedPipelineIdPrefix';
		expect((await send('GET', `${path}=reports`)).body).toMatchObject({
			artifactDetails: { versionName: '2.0.0' },
			sharedPipelines: [{ sharedPipelineId: 'b', sourcePipeline: 'a/b' }],
		});
		expect((await send('GET', `${path}=none`)).status).toBe(404);
	});
});

describe('Directory', () => {
	const users = '/v1/directory-integration/scim/v2/Users';
	const groups = '/v1/directory-integration/scim/v2/Groups';

	it('lists by index and filter, without a member for nothing', async () => {
		const { body } = await client.send('GET', `${users}?startIndex=201&count=500`);
		expect(body).toMatchObject({ totalResults: 230, startIndex: 201, itemsPerPage: 30 });
		const one = await client.send('GET', `${users}?filter=userName eq "user-7@example.com"`);
		expect(one.body.Resources).toMatchObject([{ displayName: 'User 7' }]);
		const none = await client.send('GET', `${users}?filter=userName eq "nobody"`);
		expect(none.body).toMatchObject({ totalResults: 0 });
		expect(none.body).not.toHaveProperty('Resources');
		expect((await client.send('GET', `${users}?filter=nonsense`)).status).toBe(400);
		expect((await (await client.as(ADMIN))('GET', users)).status).toBe(403);
	});

	it('is changed by operations', async () => {
		const { send } = client;
		const list = await send('GET', groups);
		const [group] = list.body.Resources as Array<{ id: string }>;
		const patch = async (...Operations: object[]) =>
			await send('PATCH', `${groups}/${String(group?.id)}`, {
				schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
				Operations,
			});
		const add = { op: 'add', path: 'members', value: [{ value: 'a' }, { value: 'b' }] };
		expect((await patch(add, add)).body.members).toEqual([{ value: 'a' }, { value: 'b' }]);
		const remove = { op: 'remove', path: 'members[value eq "a"]' };
		expect((await patch(remove)).body.members).toEqual([{ value: 'b' }]);
		expect((await patch({ op: 'replace', value: { displayName: 'x' } })).body.displayName).toBe(
			'x',
		);
		expect((await patch({ op: 'replace', path: 'a b', value: 1 })).status).toBe(400);
		expect((await patch({ op: 'move' })).status).toBe(400);
		const bare = await send('PATCH', `${groups}/${String(group?.id)}`, { Operations: [] });
		expect(bare.status).toBe(400);
	});

	it('needs a new user name', async () => {
		const create = async (userName?: string) => await client.send('POST', users, { userName });
		expect((await create()).body.violations).toEqual(['userName is missing']);
		expect((await create('user-1@example.com')).status).toBe(400);
		expect((await create('new@example.com')).status).toBe(201);
	});
});

describe('Tests and reviews', () => {
	it('need what their scope asks for, and end by themselves', async () => {
		const { send, project } = client;
		const run = async (scope: string, more: object = {}) =>
			await send('POST', `${project}/test-executions`, {
				scope,
				environmentName: 'Production',
				...more,
			});
		expect((await run('TEST')).body.violations).toEqual(['tests is missing']);
		expect((await run('PIPELINE', { pipelines: [{}] })).status).toBe(201);
		expect((await run('ALL')).status).toBe(400);
		const { body } = await run('PROJECT');
		const path = `${project}/test-executions/${String(body.testExecutionId)}`;
		const cancel = { status: 'CANCELLED', forceUpdate: false };
		client.wait(2_000);
		expect((await send('PATCH', path, cancel)).body.detail).toMatch(/has already ended$/);
		const other = path.replace(/.$/, 'f');
		expect((await send('PATCH', other, cancel)).status).toBe(404);
	});

	it('of pipelines need the version of a runner', async () => {
		const order = { branchName: 'main', commitId: 'abc', dataWarehouseType: 'SNOWFLAKE' };
		const path = `${client.project}/reviews`;
		const bare = await client.send('POST', path, order);
		expect(bare.body.violations).toEqual(['Agent-Version is missing']);
		const reply = await client.send('POST', path, order, { 'Agent-Version': '9.0.0' });
		expect(reply.body.reviewStatus).toBe('FAILED');
	});
});

describe('AI agent tasks', () => {
	const path = '/v1/ai/agents/tasks';
	const create = async (message: string) => {
		const projectId = client.project.split('/').pop();
		const order = { agentConfig: { name: 'a', projectId }, message };
		const { body } = await client.send('POST', path, order);
		return `${path}/${String(body.taskId)}`;
	};
	const status = async (task: string) => (await client.send('GET', task)).body.status;

	it('work for a while and end by their first message', async () => {
		for (const [message, end] of [
			['build it', 'STOPPED'],
			['fail at it', 'ERRORED'],
		] as const) {
			const task = await create(message);
			expect(await status(task)).toBe('RUNNING');
			client.wait(2_000);
			expect(await status(task)).toBe(end);
		}
	});

	it('wait for decisions and go on with them', async () => {
		const task = await create('ask me');
		client.wait(2_000);
		const { body } = await client.send('GET', task);
		const [pending] = body.pendingDecisions as Array<{ id: string }>;
		const decide = async (id = '') =>
			await client.send('POST', `${task}/decisions`, { decisions: [{ type: 'question', id }] });
		expect((await decide('other')).status).toBe(400);
		expect((await decide(pending?.id)).body).toEqual({ pendingDecisions: [] });
		expect(await status(task)).toBe('RUNNING');
	});

	it('stop after their present action, and wake by a message', async () => {
		const task = await create('build it');
		expect((await client.send('POST', `${task}/stop`)).status).toBe(202);
		expect(await status(task)).toBe('STOPPING');
		expect((await client.send('POST', `${task}/stop`)).status).toBe(400);
		client.wait(2_000);
		expect(await status(task)).toBe('STOPPED');
		await client.send('POST', `${task}/messages`, { message: 'go on' });
		expect(await status(task)).toBe('RUNNING');
	});

	it('of other projects are not there', async () => {
		const task = await create('build it');
		const send = await client.as(ADMIN);
		expect((await send('GET', task)).status).toBe(404);
		expect((await send('GET', path)).body).toMatchObject({ tasks: [], total: 0 });
		expect((await client.send('GET', `${task}/messages?paginationToken=x`)).status).toBe(400);
	});
});

describe('What happens in the account by itself', () => {
	const list = async (query = '') =>
		(await client.send('GET', `/v1/pipeline-executions?limit=100${query}`)).body.results ?? [];
	const idsOf = (records: Array<Record<string, unknown>>) =>
		records.map(({ pipelineExecutionId }) => pipelineExecutionId);

	it('runs stand at the place of their start, and stay as they are until somebody says otherwise', async () => {
		const { account } = client.simulator;
		const noon = Date.parse('2026-06-01T12:00:00Z');
		const old = account.startRun({ startedAt: noon - 90 * 60_000, trigger: 'SCHEDULE' });
		const fresh = account.startRun({ pipelineName: 'a/b', trigger: 'DESIGNER' });
		client.wait(1_200_000);
		const shown = await list();
		expect(idsOf(shown).slice(0, 3)).toEqual([fresh, expect.any(String), old]);
		expect(shown[0]).toMatchObject({ status: 'RUNNING', user: 'Ada Admin' });
		expect(shown[0]).not.toHaveProperty('finishedAt');
		expect(shown[2]).toMatchObject({ scheduleId: expect.any(String) as string });
		account.setRun(fresh, 'CANCELLING');
		expect(idsOf(await list('&status=CANCELLING'))).toEqual([fresh]);
		expect(idsOf(await list('&status=RUNNING'))).toEqual([old]);
		account.setRun(fresh, 'FAILED');
		const address = `${client.project}/pipeline-executions/${fresh}`;
		expect((await client.send('GET', address)).body).toMatchObject({
			status: 'FAILED',
			finishedAt: '2026-06-01T12:20:00.000Z',
		});
		account.removeRun(fresh);
		expect((await client.send('GET', address)).status).toBe(404);
	});

	it('audit events are written down, and shown in one order or the other', async () => {
		const events = async ({ send }: Client) =>
			(await send('GET', '/v1/events?from=2026-06-01T11:00:00Z&to=2026-06-02T11:00:00Z')).body
				.results ?? [];
		client.simulator.account.addAuditEvent();
		client.wait(1000);
		client.simulator.account.addAuditEvent({ eventName: 'last' });
		expect((await events(client)).at(-1)).toMatchObject({ eventName: 'last' });
		const other = await openClient({ newestAuditEventFirst: true });
		other.simulator.account.addAuditEvent();
		other.wait(1000);
		other.simulator.account.addAuditEvent({ eventName: 'last' });
		expect((await events(other))[0]).toMatchObject({ eventName: 'last' });
		await other.close();
	});

	it('runners stop, come back and go', async () => {
		const { account } = client.simulator;
		const states = async () =>
			(await client.send('GET', '/v1/agents')).body.results?.map(({ agentStatus, connected }) => [
				agentStatus,
				connected,
			]);
		account.setRunner('prod-runner', 'stopped');
		account.removeRunner('dev-runner');
		expect(await states()).toEqual([['stopped', false]]);
		account.setRunner('prod-runner', 'running');
		expect(await states()).toEqual([['running', true]]);
	});

	it('lists shift between two pages', async () => {
		const shifting = await openClient({ betweenPages: (account) => account.startRun() });
		const first = await shifting.send('GET', '/v1/pipeline-executions?limit=2');
		const second = await shifting.send(
			'GET',
			`/v1/pipeline-executions?limit=2&paginationToken=${String(first.body.more)}`,
		);
		// The last one of the first page was pushed to the second
		expect(idsOf(second.body.results ?? [])[0]).toBe(idsOf(first.body.results ?? [])[1]);
		await shifting.close();
	});

	it('nothing happens to what is not there', () => {
		const { account } = client.simulator;
		expect(() => account.setRun('none', 'FAILED')).toThrow('There is no run none');
		expect(() => account.removeRun('none')).toThrow('There is no run none');
		expect(() => account.setRunner('none', 'running')).toThrow('There is no runner none');
		expect(() => account.removeRunner('none')).toThrow('There is no runner none');
		expect(() => account.startRun({ project: 'none' })).toThrow('There is no project none');
	});
});
