import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INodeParameters,
	OnError,
} from 'n8n-workflow';

import { MaiaApi } from '../../credentials/MaiaApi.credentials.ts';
import { ADMIN, createMaiaSimulator } from '../../demo/simulators/maia.mts';
import type { Simulator, SimulatorOptions } from '../../demo/simulators/support.mts';
import { Maia } from '../../nodes/Maia/Maia.node.ts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import { runNode } from '../support/engine.mts';

/** Time of the engine and of the simulator; waiting moves it. */
let now = 0;
let simulator: Simulator;
let credential: ICredentialDataDecryptedObject;

async function start(options: SimulatorOptions = {}) {
	now = Date.parse('2026-06-01T12:00:00Z');
	simulator = await createMaiaSimulator({ clock: () => now, ...options });
	credential = { ...(simulator.credential as ICredentialDataDecryptedObject) };
}
beforeEach(async () => {
	forgetLogins();
	await start();
	jest.spyOn(clock, 'now').mockImplementation(() => now);
	jest.spyOn(clock, 'sleep').mockImplementation(async (milliseconds) => {
		now += milliseconds;
		await Promise.resolve();
	});
	// The engine tells failed nodes on the console
	jest.spyOn(console, 'error').mockImplementation();
});
afterEach(async () => {
	jest.restoreAllMocks();
	const { faults } = simulator;
	await simulator.close();
	expect(faults).toEqual([]);
});

async function run(
	operation: string,
	parameters: INodeParameters = {},
	more: { items?: IDataObject[]; onError?: OnError } = {},
) {
	const [resource, name] = operation.split(':');
	return await runNode({
		node: new Maia(),
		credentialType: new MaiaApi(),
		credential,
		parameters: { resource: resource ?? '', operation: name ?? '', ...parameters },
		...more,
	});
}
/** The records of a run that succeeded. */
async function records(operation: string, parameters: INodeParameters = {}) {
	const { items, error } = await run(operation, parameters);
	expect(error).toBeUndefined();
	return items.map(({ json }) => json);
}
const pick = (value: unknown) => ({ __rl: true, mode: 'list', value: value as string });
/** The first project, as the picker stores it. */
async function finance() {
	const [first] = await records('project:getAll', { limit: 1 });
	return { projectId: pick(first?.id) };
}
const sent = (operationId: string) =>
	simulator.requests.filter((request) => request.operationId === operationId);
const order = (pipelineName: string) => ({
	environmentName: pick('Production'),
	pipelineName: pick(pipelineName),
});

describe('projects and environments', () => {
	it('are listed, created and deleted', async () => {
		const all = await records('project:getAll', { returnAll: true });
		expect(all).toHaveLength(30);
		expect(all[0]).toEqual({
			id: expect.any(String) as string,
			name: 'Finance warehouse',
			description: 'Nightly finance loads',
		});
		const [made] = await records('project:create', {
			name: 'new',
			warehouse: 'REDSHIFT',
			agentDeploymentType: 'HYBRID',
			additionalFields: { description: 'x' },
		});
		expect(made).toEqual({ projectId: expect.any(String) as string });
		const projectId = pick(made?.projectId);
		expect(await records('environment:getAll', { projectId })).toEqual([]);
		expect(await records('project:delete', { projectId })).toEqual([{ deleted: true }]);
		const { error } = await run('environment:getAll', { projectId });
		expect(error?.message).toBe(`Project ${String(made?.projectId)} was not found`);
		expect(error?.description).toContain('Check project and name or ID');
		expect(simulator.tokenRequests()).toBe(1);
	});

	it('an empty list is explained beside the output', async () => {
		Object.assign(credential, { clientId: ADMIN.clientId, clientSecret: ADMIN.clientSecret });
		const { items, error, run: stored } = await run('project:getAll', {});
		expect([items, error]).toEqual([[], undefined]);
		expect(JSON.stringify(stored.data.resultData.runData)).toContain(
			'sees only projects on which it has a role',
		);
	});

	it('environments, published pipelines and runners are listed', async () => {
		const project = await finance();
		const environments = await records('environment:getAll', project);
		expect(environments.map(({ name }) => name)).toEqual([
			'Production',
			'Development',
			'Test / EU',
		]);
		const few = await records('publishedPipeline:getAll', {
			...project,
			environmentName: pick('Test / EU'),
		});
		expect(few).toHaveLength(3);
		expect((await records('runner:getAll')).map(({ name }) => name)).toEqual([
			'prod-runner',
			'dev-runner',
		]);
	});
});

describe('environments', () => {
	it('are created with one connection override, and deleted', async () => {
		const project = await finance();
		const [runner] = await records('runner:getAll', { limit: 1 });
		const order = {
			...project,
			name: 'QA / 1',
			agentId: pick(runner?.agentId),
			defaultUserAccessLevel: 'readOnly',
			defaultConnections: '{"DWH": {"snowflake": "orders database"}}',
			connectionName: pick('orders database'),
			additionalFields: { description: 'd' },
		};
		const properties = { port: { value: '5439' } };
		expect(
			await records('environment:create', {
				...order,
				connectionProperties: JSON.stringify(properties),
			}),
		).toEqual([{ name: 'QA / 1' }]);
		expect(sent('createEnvironment').map(({ body }) => body)).toEqual([
			{
				name: 'QA / 1',
				description: 'd',
				defaultAgentId: runner?.agentId,
				defaultUserAccessLevel: 'readOnly',
				defaultConnections: { DWH: { snowflake: 'orders database' } },
				connectionOverrides: [
					{ connectionName: 'orders database', connectionProperties: properties },
				],
			},
		]);
		const about = { ...project, environmentName: pick('QA / 1') };
		expect(await records('publishedPipeline:getAll', about)).toEqual([]);
		expect(await records('environment:delete', about)).toEqual([{ deleted: true }]);
		expect(await records('environment:getAll', project)).toHaveLength(3);
		const { error } = await run('environment:create', { ...order, connectionProperties: '[]' });
		expect(error?.message).toBe('“Connection Properties (JSON)” must be a JSON object');
		expect(sent('createEnvironment')).toHaveLength(1);
	});

	it('have versions', async () => {
		const about = { ...(await finance()), environmentName: pick('Production') };
		const versions = await records('artifact:getAll', about);
		expect(versions.map(({ versionName }) => versionName)).toEqual(['1.4.0', '1.3.0']);
		const all = await records('artifact:getAll', { ...about, filters: { enabledOnly: false } });
		expect(all).toHaveLength(3);
	});
});

describe('lists', () => {
	it('in pages are read to their end, in order', async () => {
		const list = { ...(await finance()), environmentName: pick('Production'), returnAll: true };
		const all = await records('publishedPipeline:getAll', list);
		expect(all).toHaveLength(253);
		expect(all.at(-1)?.name).toBe('reports/report-240');
		expect(new Set(all.map(({ name }) => name)).size).toBe(253);
		const pages = sent('listPublishedPipelines').map(({ query }) => query.page);
		expect(pages.sort()).toEqual(['0', '1', '2']);
	});

	it('by cursor are read to their end, or to the limit', async () => {
		const all = await records('pipelineExecution:getAll', { returnAll: true });
		expect(all).toHaveLength(230);
		expect(new Set(all.map(({ pipelineExecutionId }) => pipelineExecutionId)).size).toBe(230);
		expect(sent('listPipelineExecutions')).toHaveLength(3);
		expect(await records('pipelineExecution:getAll', { limit: 120 })).toHaveLength(120);
		expect(sent('listPipelineExecutions')).toHaveLength(5);
	});

	it('of runs take all filters', async () => {
		const { projectId } = await finance();
		const found = await records('pipelineExecution:getAll', {
			filters: {
				projectId,
				environmentName: 'Production',
				pipelineName: 'FINANCE',
				startedAfter: '2026-05-31T12:00:00Z',
				startedBefore: '2026-06-01T11:30:00Z',
				status: ['FAILED', 'CANCELLED'],
			},
		});
		expect(found).toHaveLength(7);
		expect(new Set(found.map(({ status }) => status))).toEqual(new Set(['FAILED']));
		expect(sent('listPipelineExecutions')[0]?.query.status).toEqual(['FAILED', 'CANCELLED']);
	});
});

describe('a run', () => {
	it('is waited for and gives its details', async () => {
		const [result] = await records('pipelineExecution:run', {
			...(await finance()),
			...order('finance/daily-load'),
			scalarVariables: { variable: [{ name: 'load_date', value: '2026-05-24' }] },
			additionalFields: {
				executionTag: 'nightly',
				versionName: '1.4.0',
				gridVariables: '{"tables": [["ORDERS", "daily"]]}',
			},
		});
		expect(result).toMatchObject({
			pipelineName: 'finance/daily-load',
			environmentName: 'Production',
			status: 'SUCCESS',
			message: '"Publish Report": Success',
			finishedAt: '2026-06-01T12:00:02.000Z',
		});
		expect(sent('executePipeline').map(({ body }) => body)).toEqual([
			{
				pipelineName: 'finance/daily-load',
				environmentName: 'Production',
				versionName: '1.4.0',
				executionTag: 'nightly',
				scalarVariables: { load_date: '2026-05-24' },
				gridVariables: { tables: [['ORDERS', 'daily']] },
			},
		]);
		expect(sent('getPipelineExecution')).toHaveLength(1);
		expect(sent('listPipelineExecutionSteps')).toHaveLength(0);
	});

	it('can be started only, and asked for its state', async () => {
		const project = await finance();
		const [started] = await records('pipelineExecution:run', {
			...project,
			...order('finance/daily-load'),
			waitForCompletion: false,
		});
		expect(started).toEqual({ pipelineExecutionId: expect.any(String) as string });
		const asked = { ...project, pipelineExecutionId: pick(started?.pipelineExecutionId) };
		expect(await records('pipelineExecution:getStatus', asked)).toEqual([{ status: 'RUNNING' }]);
		now += 2_000;
		expect(await records('pipelineExecution:getStatus', asked)).toEqual([{ status: 'SUCCESS' }]);
	});

	it.each(['finance/late-load', 'finance/queue-load', 'finance/unknown-load'])(
		'is waited for although it is invisible or has an unknown state at first (%s)',
		async (name) => {
			await simulator.close();
			await start({ jobSeconds: 60 });
			const [result] = await records('pipelineExecution:run', {
				...(await finance()),
				...order(name),
			});
			expect(result?.status).toBe('SUCCESS');
			expect(sent('getPipelineExecutionStatus').length).toBeGreaterThan(3);
		},
	);

	it('that is never found is told within the time of grace', async () => {
		await simulator.close();
		await start({ jobSeconds: 600 });
		const { error } = await run('pipelineExecution:run', {
			...(await finance()),
			...order('finance/late-load'),
		});
		expect(error?.message).toMatch(/^Pipeline execution .* was not found$/);
		expect(now - Date.parse('2026-06-01T12:00:00Z')).toBeLessThan(60_000);
	});

	it('that failed is an error with its message and the failed steps', async () => {
		const { error } = await run('pipelineExecution:run', {
			...(await finance()),
			...order('finance/fail-load'),
		});
		expect(error?.message).toMatch(
			/^Pipeline run [0-9a-f-]{36} failed: "Load Orders": Table ORDERS does not exist\. Failed steps: “Load Orders”: Table ORDERS does not exist\.$/,
		);
		expect(error?.description).toContain('Return Unsuccessful Runs');
	});

	it('that failed in a nested run names the step there', async () => {
		const { error } = await run('pipelineExecution:run', {
			...(await finance()),
			...order('finance/fail-nested-load'),
		});
		expect(error?.message).toContain(
			'Failed steps: “Run Child › Load Orders”: Table ORDERS does not exist.',
		);
		expect(sent('listPipelineExecutionSteps')).toHaveLength(2);
	});

	it.each([
		['finance/skip-load', 'was skipped: Skipped because an earlier run is still active.'],
		['finance/cancel-load', 'was cancelled: Cancelled by user.'],
	])('that did not succeed is an error (%s)', async (name, words) => {
		const { error } = await run('pipelineExecution:run', { ...(await finance()), ...order(name) });
		expect(error?.message).toContain(words);
	});

	it.each([
		['finance/fail-load', 'FAILED'],
		['finance/skip-load', 'SKIPPED'],
		['finance/cancel-load', 'CANCELLED'],
	])('that did not succeed is an item when the user wants that (%s)', async (name, status) => {
		const [result] = await records('pipelineExecution:run', {
			...(await finance()),
			...order(name),
			options: { returnUnsuccessful: true },
		});
		expect(result).toMatchObject({ status, pipelineName: name });
	});

	it('that takes too long is named and goes on', async () => {
		const { error } = await run('pipelineExecution:run', {
			...(await finance()),
			...order('finance/endless-load'),
			options: { timeout: 2 },
		});
		expect(error?.message).toMatch(/^Pipeline run [0-9a-f-]{36} has not ended after 2 minutes$/);
		const seconds = sent('getPipelineExecutionStatus').map(({ at }) => at / 1000);
		const gaps = seconds.slice(1).map((at, index) => at - (seconds[index] ?? 0));
		expect(gaps.slice(0, 4)).toEqual([7.5, 11.25, 16.875, 25.3125]);
		expect(sent('cancelPipelineExecution')).toHaveLength(0);
	});

	it('outlasts its token', async () => {
		await simulator.close();
		await start({ jobSeconds: 120, tokenLifeSeconds: 50 });
		const [result] = await records('pipelineExecution:run', {
			...(await finance()),
			...order('finance/daily-load'),
		});
		expect(result?.status).toBe('SUCCESS');
		expect(simulator.tokenRequests()).toBeGreaterThan(2);
		expect(sent('executePipeline')).toHaveLength(1);
	});

	it('is never started twice', async () => {
		const project = await finance();
		const { error } = await run('pipelineExecution:run', {
			...project,
			...order('finance/no such pipeline'),
		});
		expect(error?.message).toBe('Pipeline finance/no such pipeline is not published to Production');
		expect(error?.description).toContain('Only published pipelines can run');
		expect(sent('executePipeline')).toHaveLength(1);
	});

	it('of many items keeps its order and its item, and goes on when one fails', async () => {
		const items = ['daily-load', 'fail-load', 'weekly close', 'skip-load', 'nested-load'].map(
			(name) => ({ name }),
		);
		const { items: output, error } = await run(
			'pipelineExecution:run',
			{
				...(await finance()),
				environmentName: pick('Production'),
				pipelineName: { __rl: true, mode: 'id', value: '=finance/{{ $json.name }}' },
			},
			{ items, onError: 'continueRegularOutput' },
		);
		expect(error).toBeUndefined();
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
		expect(output.map(({ json }) => json.pipelineName ?? 'failed')).toEqual([
			'finance/daily-load',
			'failed',
			'finance/weekly close',
			'failed',
			'finance/nested-load',
		]);
		expect(output[1]?.json.error).toMatch(/Table ORDERS does not exist\. \[Item 1\]$/);
		expect(sent('executePipeline')).toHaveLength(5);
	});
});

describe('a run that was started before', () => {
	async function started(name: string) {
		const project = await finance();
		const [begun] = await records('pipelineExecution:run', {
			...project,
			...order(name),
			waitForCompletion: false,
		});
		return { ...project, pipelineExecutionId: pick(begun?.pipelineExecutionId) };
	}

	it('can be read', async () => {
		const about = await started('finance/daily-load');
		now += 2_000;
		const [details] = await records('pipelineExecution:get', about);
		expect(details).toMatchObject({
			pipelineExecutionId: about.pipelineExecutionId.value,
			status: 'SUCCESS',
			message: '"Publish Report": Success',
		});
	});

	it.each([
		[false, 15_000],
		[true, 10_000],
	])('can be cancelled, hard or not (%s), and is waited for', async (forceUpdate, seconds) => {
		await simulator.close();
		await start({ jobSeconds: 40 });
		const about = await started('finance/daily-load');
		const begin = now;
		const [ended] = await records('pipelineExecution:cancel', { ...about, forceUpdate });
		expect(ended).toMatchObject({ status: 'CANCELLED', pipelineName: 'finance/daily-load' });
		expect(now - begin).toBeGreaterThan(seconds);
		expect(sent('cancelPipelineExecution').map(({ body }) => body)).toEqual([
			{ status: 'CANCELLED', forceUpdate },
		]);
		const { error } = await run('pipelineExecution:cancel', about);
		expect(error?.message).toMatch(/has already ended$/);
	});

	it('can be cancelled without waiting', async () => {
		const about = await started('finance/endless-load');
		expect(
			await records('pipelineExecution:cancel', { ...about, waitForCompletion: false }),
		).toEqual([{ pipelineExecutionId: about.pipelineExecutionId.value }]);
		expect(await records('pipelineExecution:getStatus', about)).toEqual([{ status: 'CANCELLING' }]);
	});

	it('has steps, those of nested runs under theirs', async () => {
		const about = await started('finance/fail-nested-load');
		now += 2_000;
		const flat = await records('pipelineExecution:getSteps', about);
		expect(flat.map(({ name }) => name)).toEqual(['Check Source', 'Run Child']);
		expect(flat[1]?.childPipeline).toEqual({
			id: expect.any(String) as string,
			name: 'finance/fail-child-load',
		});
		expect(await records('pipelineExecution:getSteps', { ...about, limit: 1 })).toHaveLength(1);
		const deep = await records('pipelineExecution:getSteps', {
			...about,
			returnAll: true,
			options: { nestedLevels: 2 },
		});
		expect(deep[1]).toMatchObject({
			childPipeline: {
				name: 'finance/fail-child-load',
				steps: [{ name: 'Check Source' }, { name: 'Load Orders', result: { status: 'FAILURE' } }],
			},
		});
	});
});

describe('schedules', () => {
	async function named(name: string) {
		const project = await finance();
		const all = await records('schedule:getAll', project);
		return { ...project, scheduleId: pick(all.find((one) => one.name === name)?.scheduleId) };
	}
	const bodies = () => sent('updateSchedule').map(({ body }) => body);

	it('are created, read and deleted', async () => {
		const project = await finance();
		const [made] = await records('schedule:create', {
			...project,
			...order('finance/daily-load'),
			name: 'Each hour',
			cronExpression: '0 0 * * * ?',
			scalarVariables: { variable: [{ name: 'a', value: 'b' }] },
			additionalFields: { cronTimezone: 'Europe/Dublin', scheduleEnabled: false },
		});
		const about = { ...project, scheduleId: pick(made?.scheduleId) };
		expect(await records('schedule:get', about)).toMatchObject([
			{ name: 'Each hour', cronExpression: '0 0 * * * ?', scheduleEnabled: false },
		]);
		expect(await records('schedule:getAll', project)).toHaveLength(3);
		expect(await records('schedule:delete', about)).toEqual([{ deleted: true }]);
		const { error } = await run('schedule:get', about);
		expect(error?.message).toBe(`Schedule ${String(made?.scheduleId)} was not found`);
	});

	it('are changed without losing what was not to be changed', async () => {
		const about = await named('Nightly finance');
		const [changed] = await records('schedule:update', {
			...about,
			updateFields: { cronExpression: '0 0 2 * * ?', allowConcurrentExecutions: true },
		});
		expect(changed).toMatchObject({ name: 'Nightly finance', cronExpression: '0 0 2 * * ?' });
		const known = {
			name: 'Nightly finance',
			cronExpression: '0 0 2 * * ?',
			cronTimezone: 'Europe/Dublin',
			effectiveFrom: '2026-03-03T12:00:00.000Z',
		};
		expect(bodies()).toEqual([
			{ ...known, scheduleEnabled: true, allowConcurrentExecutions: true },
		]);
		expect(await records('schedule:disable', about)).toMatchObject([{ scheduleEnabled: false }]);
		await records('schedule:update', { ...about, updateFields: { name: 'Renamed' } });
		expect(await records('schedule:enable', about)).toMatchObject([{ scheduleEnabled: true }]);
		expect(bodies().slice(1)).toEqual([
			{ ...known, scheduleEnabled: false },
			{ ...known, name: 'Renamed', scheduleEnabled: false },
			{ ...known, name: 'Renamed', scheduleEnabled: true },
		]);
	});

	it('that repeat by an interval are never broken silently', async () => {
		const about = await named('Every half hour');
		const { error } = await run('schedule:disable', about);
		expect(error?.message).toBe(
			'Schedule “Every half hour” repeats by an interval (30 MINUTES), which an update through the API cannot keep',
		);
		expect(error?.description).toContain('Change it in Maia');
		expect(bodies()).toEqual([]);
		await records('schedule:update', {
			...about,
			updateFields: { cronExpression: '0 */30 * * * ?' },
		});
		expect(bodies()).toEqual([
			{ name: 'Every half hour', cronExpression: '0 */30 * * * ?', scheduleEnabled: true },
		]);
	});

	it('with a Unix cron are refused before anything is sent', async () => {
		const about = await named('Nightly finance');
		const before = simulator.requests.length;
		const { error } = await run('schedule:update', {
			...about,
			updateFields: { cronExpression: '30 1 * * 1-5' },
		});
		expect(error?.message).toBe(
			'“Cron Expression” is a Unix cron, but Maia takes Quartz, which begins with seconds. Write “0 30 1 ? * MON-FRI”',
		);
		expect(simulator.requests).toHaveLength(before);
	});
});

describe('project variables', () => {
	it('are created with a value of their type, and deleted', async () => {
		const project = await finance();
		const [number] = await records('projectVariable:create', {
			...project,
			name: 'rows',
			type: 'NUMBER',
			behaviour: 'COPIED',
			additionalFields: { value: ' 12.5 ', description: 'd', supportsDoubleResolution: true },
		});
		expect(number).toMatchObject({ name: 'rows', value: 12.5, supportsDoubleResolution: true });
		const words = { ...project, name: 'zip', additionalFields: { value: '01234' } };
		expect(await records('projectVariable:create', words)).toMatchObject([
			{ type: 'TEXT', behaviour: 'SHARED', value: '01234' },
		]);
		const about = { ...project, variableName: pick('rows') };
		expect(await records('projectVariable:delete', about)).toEqual([{ deleted: true }]);
		const names = (await records('projectVariable:getAll', project)).map(({ name }) => name);
		expect(names).toEqual(['region', 'batch/size', 'zip']);
	});

	it('keep their type and behaviour when they are changed', async () => {
		const about = { ...(await finance()), variableName: pick('batch/size') };
		const [changed] = await records('projectVariable:update', {
			...about,
			updateFields: { value: '700' },
		});
		expect(changed).toMatchObject({ name: 'batch/size', type: 'NUMBER', value: 700 });
		expect(sent('updateProjectVariable').map(({ body, path }) => ({ body, path }))).toEqual([
			{
				body: { type: 'NUMBER', behaviour: 'COPIED', value: 700 },
				path: expect.stringMatching(/\/variables\/batch%2Fsize$/) as string,
			},
		]);
		const { error } = await run('projectVariable:update', {
			...about,
			updateFields: { value: 'many' },
		});
		expect(error?.message).toContain('“Value” must be a number');
		expect(sent('updateProjectVariable')).toHaveLength(1);
	});

	it('that are not there are told by name', async () => {
		const about = { ...(await finance()), variableName: pick('Region') };
		const { error } = await run('projectVariable:update', {
			...about,
			updateFields: { value: 'x' },
		});
		expect(error?.message).toBe('The project has no variable “Region”');
	});
});

describe('connections', () => {
	const properties = (secretName: string) => JSON.stringify({ secretName });

	it('are created, changed without losing the rest, and deleted', async () => {
		const project = await finance();
		const [made] = await records('connection:create', {
			...project,
			name: 'Salesforce, EU',
			authProvider: 'salesforce',
			authType: 'OAUTH_USER_TOKENS',
			connectionProperties: properties('one'),
			additionalFields: { description: 'd' },
		});
		expect(made).toMatchObject({ name: 'Salesforce, EU', authType: 'OAUTH_USER_TOKENS' });
		const about = { ...project, connectionName: pick('Salesforce, EU') };
		const [changed] = await records('connection:update', {
			...about,
			updateFields: { connectionProperties: properties('two') },
		});
		expect(changed).toMatchObject({
			authProvider: 'salesforce',
			authType: 'OAUTH_USER_TOKENS',
			connectionDetails: { description: 'd', connectionProperties: { secretName: 'two' } },
		});
		const filters = { authProvider: 'salesforce', platformConnectionType: ['COMPONENT_BASIC'] };
		expect(await records('connection:getAll', { ...project, filters })).toHaveLength(1);
		expect(await records('connection:delete', about)).toEqual([{ deleted: true }]);
		const { error } = await run('connection:update', about);
		expect(error?.message).toBe('The project has no connection “Salesforce, EU”');
	});

	it('are overridden in an environment, whether an override is there or not', async () => {
		const about = {
			...(await finance()),
			environmentName: pick('Production'),
			connectionName: pick('orders database'),
		};
		for (const name of ['first', 'second']) {
			const [override] = await records('connectionOverride:upsert', {
				...about,
				connectionProperties: properties(name),
				additionalFields: { authType: 'GENERIC_SECRET' },
			});
			expect(override).toMatchObject({
				name: 'orders database',
				connectionOverrides: { connectionProperties: { secretName: name } },
			});
		}
		expect(sent('createConnectionOverride').map(({ status }) => status)).toEqual([201, 409]);
		expect(sent('updateConnectionOverride').map(({ status }) => status)).toEqual([200]);
		expect(await records('connectionOverride:getAll', about)).toHaveLength(1);
		expect(await records('connectionOverride:delete', about)).toEqual([{ deleted: true }]);
		expect(await records('connectionOverride:getAll', about)).toEqual([]);
	});
});

describe('sign-in', () => {
	it('is renewed in the middle of a run without losing an item', async () => {
		await simulator.close();
		// Every look at the clock takes a while, so tokens end while others are on their way
		await start({ clock: () => (now += 50), tokenLifeSeconds: 3 });
		const items = Array.from({ length: 60 }, (_, number) => ({ number }));
		const { items: output, error } = await run('project:getAll', { limit: 1 }, { items });
		expect(error).toBeUndefined();
		expect(output).toHaveLength(60);
		expect(sent('listProjects').some(({ status }) => status === 401)).toBe(true);
		expect(simulator.tokenRequests()).toBeGreaterThan(1);
		expect(simulator.tokenRequests()).toBeLessThan(10);
	});

	it('of many items at the same time is one token request', async () => {
		const items = Array.from({ length: 40 }, (_, number) => ({ number }));
		const { items: output } = await run('project:getAll', { limit: 1 }, { items });
		expect(output).toHaveLength(40);
		expect(simulator.tokenRequests()).toBe(1);
	});

	it('that is refused is told once, in words', async () => {
		credential.clientSecret = 'invented-but-wrong';
		const items = Array.from({ length: 5 }, (_, number) => ({ number }));
		const { items: output } = await run(
			'project:getAll',
			{},
			{ items, onError: 'continueRegularOutput' },
		);
		expect(output).toHaveLength(5);
		expect(output[0]?.json.error).toContain(
			'Maia refused the login: Invalid client or Invalid client credentials (status 401, invalid_client)',
		);
		expect(simulator.tokenRequests()).toBe(1);
		expect(JSON.stringify(output)).not.toContain('invented-but-wrong');
	});
});

describe('trouble', () => {
	it('is waited out when the service takes fewer requests', async () => {
		await simulator.close();
		await start({ requestsPerSecond: 3 });
		const items = Array.from({ length: 20 }, (_, number) => ({ number }));
		const { items: output, error } = await run('project:getAll', { limit: 1 }, { items });
		expect(error).toBeUndefined();
		expect(output).toHaveLength(20);
	});

	it('of the form stops the run before anything is sent', async () => {
		const { error } = await run('environment:getAll', { projectId: pick('finance') });
		expect(error?.message).toMatch(/^“Project” must be a UUID/);
		expect(simulator.requests).toEqual([]);
	});

	it('is told in the words of the service, violations included', async () => {
		const { error } = await run('apiRequest:send', { method: 'GET', path: '/v1/projects?size=0' });
		expect(error?.message).toBe('The request is not valid: size must be >= 1');
	});
});

it('sends any request', async () => {
	const all = await records('apiRequest:send', {
		method: 'GET',
		path: '/v1/projects',
		options: { itemsAt: 'results', maxResults: 2 },
	});
	expect(all).toHaveLength(2);
});

describe('lists to pick from', () => {
	/** n8n's context of a picker, for a node with these parameters. */
	function picker(parameters: Record<string, unknown>): ILoadOptionsFunctions {
		const send = async (_type: string, { method = 'GET', url, qs }: IHttpRequestOptions) => {
			const query = new URLSearchParams(qs as Record<string, string>).toString();
			// The runs before have signed in
			const headers = { authorization: `Bearer ${String(credential.sessionToken)}` };
			const response = await fetch(`${url}?${query}`, { method, headers });
			const body = (await response.json()) as unknown;
			if (!response.ok) throw new Error(JSON.stringify(body));
			return { statusCode: response.status, headers: {}, body };
		};
		return {
			getNode: () => ({ name: 'Maia' }),
			getTimezone: () => 'UTC',
			getCredentials: async () => await Promise.resolve(credential),
			getCurrentNodeParameter: (name: string) => parameters[name],
			helpers: { httpRequestWithAuthentication: send },
		} as unknown as ILoadOptionsFunctions;
	}
	const { listSearch } = new Maia().methods;
	async function search(
		name: string,
		parameters: Record<string, unknown> = {},
		filter?: string,
		paginationToken?: string,
	) {
		const method = listSearch[name];
		if (!method) throw new Error(`There is no list ${name}`);
		return await method.call(picker(parameters), filter, paginationToken);
	}

	it('depend on each other: project, environment, pipeline', async () => {
		await finance();
		const projects = await search('searchProjects', {}, 'finance');
		expect(projects.results.map(({ name }) => name)).toEqual(['Finance warehouse']);
		const projectId = pick(projects.results[0]?.value);
		const environments = await search('searchEnvironments', { projectId });
		expect(environments.results.map(({ value }) => value)).toEqual([
			'Production',
			'Development',
			'Test / EU',
		]);
		const environmentName = pick('Production');
		const first = await search('searchPipelines', { projectId, environmentName });
		expect(first.results).toHaveLength(100);
		const token = String(first.paginationToken);
		const second = await search(
			'searchPipelines',
			{ projectId, environmentName },
			undefined,
			token,
		);
		expect(second.results).toHaveLength(100);
		const versions = await search('searchVersions', { projectId, environmentName });
		expect(versions.results.map(({ value }) => value)).toEqual(['1.4.0', '1.3.0']);
		const found = await search('searchPipelines', { projectId, environmentName }, 'REPORT-24');
		expect(found.results.map(({ name }) => name)).toEqual(['reports/report-240']);
	});

	it('say what has to be chosen first', async () => {
		await expect(search('searchEnvironments', { projectId: pick('') })).rejects.toThrow(
			'Choose “Project” first',
		);
		const { projectId } = await finance();
		await expect(
			search('searchPipelines', { projectId, environmentName: pick('') }),
		).rejects.toThrow('Choose “Environment” first');
	});

	it('show what tells the records apart', async () => {
		const schedules = await search('searchSchedules', await finance());
		expect(schedules.results.map(({ name }) => name)).toEqual([
			'Nightly finance – finance/daily-load',
			'Every half hour – finance/daily-load',
		]);
		const runs = await search('searchExecutions', await finance());
		expect(runs.results[0]).toEqual({
			name: 'finance/daily-load – Production – SUCCESS – 2026-06-01T11:00:00.000Z',
			value: expect.any(String) as string,
		});
		const variables = await search('searchVariables', await finance());
		expect(variables.results.map(({ value }) => value)).toEqual(['region', 'batch/size']);
		const connections = await search('searchConnections', await finance());
		expect(connections.results).toEqual([
			{ name: 'orders database – NONE', value: 'orders database' },
		]);
		expect((await search('searchRunners')).results.map(({ name }) => name)).toEqual([
			'prod-runner',
			'dev-runner',
		]);
	});
});
