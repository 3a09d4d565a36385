import { maia } from '../../nodes/Maia/provider.ts';
import { connectionsOf } from '../../nodes/Maia/resources/connection.ts';
import { toQuartz } from '../../nodes/Maia/cron.ts';
import { batches, pages } from '../../nodes/Maia/pages.ts';
import { pipelineRun, readRun, readStepTree } from '../../nodes/Maia/runs.ts';
import { toNodeError } from '../../nodes/shared/failures.ts';
import type { Answer, ApiRequest, Call, Values } from '../../nodes/shared/operation.ts';
import { compile } from '../../nodes/shared/properties.ts';
import { buildRequest, keyOf } from '../../nodes/shared/request.ts';
import { readValue } from '../../nodes/shared/values.ts';

const catalog = compile(maia);
const project = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const run = '1398aa31-af57-4a6a-9752-27c2e8556c3f';
const answer = (body: unknown, status = 200): Answer => ({ status, headers: {}, body });

/** The request that an operation sends for what the form holds. */
function requestOf(operation: string, parameters: Record<string, unknown> = {}): ApiRequest {
	const compiled = catalog.operations.get(operation);
	if (!compiled) throw new Error(`There is no operation ${operation}`);
	const values: Values = {};
	for (const binding of compiled.bindings) {
		const { field, group } = binding;
		const collection = group === null ? parameters : (parameters[group] ?? {});
		const given = (collection as Record<string, unknown>)[field.name];
		const raw = given === undefined && group === null ? field.default : given;
		values[keyOf(binding)] = readValue(field, raw, { timezone: 'Europe/Dublin', group });
	}
	return buildRequest(compiled.operation, compiled.bindings, values);
}
/** The value of a resource locator. */
const pick = (value: string, mode = 'list') => ({ __rl: true, mode, value });

describe('requests', () => {
	it('list projects', () => {
		expect(requestOf('project:getAll')).toEqual({
			method: 'GET',
			path: '/v1/projects',
			kind: 'read',
			repeatable: true,
		});
	});

	it('create a project', () => {
		expect(
			requestOf('project:create', {
				name: 'Finance "1"',
				warehouse: 'REDSHIFT',
				agentDeploymentType: 'HYBRID',
				additionalFields: { description: 'é\n' },
			}),
		).toEqual({
			method: 'POST',
			path: '/v1/projects',
			body: {
				name: 'Finance "1"',
				warehouse: 'REDSHIFT',
				agentDeploymentType: 'HYBRID',
				description: 'é\n',
			},
			kind: 'write',
			repeatable: false,
		});
		expect(() => requestOf('project:create', {})).toThrow('“Name” is required');
		expect(() => requestOf('project:create', { name: 'x', warehouse: 'ORACLE' })).toThrow(
			'“Warehouse” must be one of REDSHIFT, SNOWFLAKE, but is “ORACLE”',
		);
	});

	it('delete a project', () => {
		expect(requestOf('project:delete', { projectId: pick(project) })).toMatchObject({
			method: 'DELETE',
			path: `/v1/projects/${project}`,
		});
	});

	it.each(['', 'finance', '..', `${project}/environments`, `${project}?x=1`])(
		'never take %j for a project',
		(id) => {
			expect(() => requestOf('project:delete', { projectId: pick(id, 'id') })).toThrow(
				/^“Project” (must be a UUID|is required)/,
			);
		},
	);

	it('list environments and published pipelines', () => {
		expect(requestOf('environment:getAll', { projectId: project })).toMatchObject({
			method: 'GET',
			path: `/v1/projects/${project}/environments`,
		});
		expect(
			requestOf('publishedPipeline:getAll', {
				projectId: pick(project),
				environmentName: pick('Test / EU & more'),
			}),
		).toMatchObject({
			method: 'GET',
			path: `/v1/projects/${project}/published-pipelines`,
			query: { environmentName: 'Test / EU & more' },
		});
		expect(requestOf('runner:getAll')).toMatchObject({ method: 'GET', path: '/v1/agents' });
	});

	it('delete an environment by its encoded name', () => {
		const about = { projectId: project, environmentName: pick('Test / EU') };
		expect(requestOf('environment:delete', about)).toMatchObject({
			method: 'DELETE',
			path: `/v1/projects/${project}/environments/Test%20%2F%20EU`,
		});
		expect(() =>
			requestOf('environment:delete', { ...about, environmentName: pick('..', 'id') }),
		).toThrow('“Environment” must be a name or an ID');
	});

	it('list versions', () => {
		const about = { projectId: project, environmentName: pick('Production') };
		expect(
			requestOf('artifact:getAll', { ...about, filters: { enabledOnly: false } }),
		).toMatchObject({
			method: 'GET',
			path: `/v1/projects/${project}/artifacts`,
			query: { environmentName: 'Production', enabledOnly: false },
		});
		expect(requestOf('artifact:getAll', about).query).toEqual({ environmentName: 'Production' });
	});

	it('run a pipeline with as little as possible', () => {
		expect(
			requestOf('pipelineExecution:run', {
				projectId: pick(project),
				environmentName: pick('Production'),
				pipelineName: pick('finance/daily-load'),
			}),
		).toEqual({
			method: 'POST',
			path: `/v1/projects/${project}/pipeline-executions`,
			body: { pipelineName: 'finance/daily-load', environmentName: 'Production' },
			kind: 'write',
			repeatable: false,
		});
	});

	it('run a pipeline with everything', () => {
		expect(
			requestOf('pipelineExecution:run', {
				projectId: pick(project, 'id'),
				environmentName: pick('Pre/Prod', 'id'),
				pipelineName: pick(' finance/daily load.orch.yaml', 'id'),
				scalarVariables: {
					variable: [
						{ name: 'load_date', value: '2026-05-24' },
						{ name: ' rows ', value: 5 },
						{ name: 'full', value: false },
						{ name: 'none' },
						{ name: '__proto__', value: 'x' },
					],
				},
				additionalFields: {
					agentId: pick('runner 1'),
					executionTag: 'nightly',
					versionName: pick('1.4.0'),
					gridVariables: '{"tables": [["ORDERS", 1, true], []]}',
				},
			}).body,
		).toEqual({
			environmentName: 'Pre/Prod',
			pipelineName: 'finance/daily load',
			scalarVariables: Object.fromEntries([
				['load_date', '2026-05-24'],
				['rows', '5'],
				['full', 'false'],
				['none', ''],
				['__proto__', 'x'],
			]),
			gridVariables: { tables: [['ORDERS', '1', 'true'], []] },
			agentId: 'runner 1',
			executionTag: 'nightly',
			versionName: '1.4.0',
		});
	});

	it.each([
		[[{ name: '', value: 'x' }], '“Scalar Variables” needs a name in each row'],
		[
			[{ name: 'a', value: ['x'] }],
			'“Scalar Variables” takes text for “a”, not a list or an object',
		],
		[
			[
				{ name: 'a', value: '1' },
				{ name: 'a ', value: '2' },
			],
			'“Scalar Variables” names “a” twice',
		],
	])('refuse scalar variables such as %j', (variable, message) => {
		const parameters = {
			projectId: project,
			environmentName: 'e',
			pipelineName: 'p',
			scalarVariables: { variable },
		};
		expect(() => requestOf('pipelineExecution:run', parameters)).toThrow(message);
	});

	it.each([
		['{"a": [1]}', /^“Grid Variables \(JSON\)” must hold a list of rows for “a”/],
		['{"a": "x"}', /^“Grid Variables \(JSON\)” must hold a list of rows for “a”/],
		['{"a": [[null]]}', /^“Grid Variables \(JSON\)” must hold a list of rows for “a”/],
		['[]', /^“Grid Variables \(JSON\)” must be a JSON object/],
		['{"a"', /^“Grid Variables \(JSON\)” must be JSON, but cannot be read/],
	])('refuse grid variables such as %s', (gridVariables, message) => {
		const parameters = {
			projectId: project,
			environmentName: 'e',
			pipelineName: 'p',
			additionalFields: { gridVariables },
		};
		expect(() => requestOf('pipelineExecution:run', parameters)).toThrow(message);
	});

	it('send no empty variables', () => {
		const parameters = {
			projectId: project,
			environmentName: 'e',
			pipelineName: 'p',
			scalarVariables: { variable: [] },
			additionalFields: { gridVariables: '{}', versionName: '' },
		};
		expect(requestOf('pipelineExecution:run', parameters).body).toEqual({
			environmentName: 'e',
			pipelineName: 'p',
		});
	});

	it('read the state of a run', () => {
		expect(
			requestOf('pipelineExecution:getStatus', { projectId: project, pipelineExecutionId: run }),
		).toMatchObject({
			method: 'GET',
			path: `/v1/projects/${project}/pipeline-executions/${run}/status`,
		});
		expect(() =>
			requestOf('pipelineExecution:getStatus', { projectId: project, pipelineExecutionId: 'x' }),
		).toThrow('“Pipeline Execution” must be a UUID');
	});

	it('cancel a run, softly unless told otherwise', () => {
		const about = { projectId: project, pipelineExecutionId: run };
		expect(requestOf('pipelineExecution:cancel', about)).toEqual({
			method: 'PATCH',
			path: `/v1/projects/${project}/pipeline-executions/${run}`,
			body: { status: 'CANCELLED', forceUpdate: false },
			kind: 'write',
			repeatable: false,
		});
		expect(requestOf('pipelineExecution:cancel', { ...about, forceUpdate: true }).body).toEqual({
			status: 'CANCELLED',
			forceUpdate: true,
		});
	});

	it('create a schedule', () => {
		expect(
			requestOf('schedule:create', {
				projectId: pick(project),
				environmentName: pick('Production'),
				pipelineName: pick('finance/daily-load.orch.yaml', 'id'),
				name: 'Nightly',
				cronExpression: ' 0 30 1 ?  * MON-FRI * ',
				scalarVariables: { variable: [{ name: 'a', value: 1 }] },
				additionalFields: {
					allowConcurrentExecutions: false,
					cronTimezone: 'Europe/Dublin',
					effectiveFrom: '2026-06-01T00:00:00',
					scheduleEnabled: false,
					gridVariables: '{"g": [["x"]]}',
					agentId: pick('runner'),
					versionName: '1.4.0',
				},
			}),
		).toEqual({
			method: 'POST',
			path: `/v1/projects/${project}/schedules`,
			body: {
				pipeline: {
					environmentName: 'Production',
					pipelineName: 'finance/daily-load',
					scalarVariables: { a: '1' },
					gridVariables: { g: [['x']] },
					agentId: 'runner',
					versionName: '1.4.0',
				},
				schedule: {
					name: 'Nightly',
					cronExpression: '0 30 1 ? * MON-FRI *',
					allowConcurrentExecutions: false,
					cronTimezone: 'Europe/Dublin',
					effectiveFrom: '2026-05-31T23:00:00.000Z',
					scheduleEnabled: false,
				},
			},
			kind: 'write',
			repeatable: false,
		});
	});

	it.each([
		['30 1 * * 1-5', 'is a Unix cron', '0 30 1 ? * MON-FRI'],
		['*/15 * * * *', 'is a Unix cron', '0 */15 * * * ?'],
		['0 6 1 * *', 'is a Unix cron', '0 0 6 1 * ?'],
		['0 6 * * 0,6', 'is a Unix cron', '0 0 6 ? * SUN,SAT'],
		['0 6 * * 1-7/2', 'is a Unix cron', '0 0 6 ? * MON-SUN/2'],
		['0 0 2 * * *', 'needs ? in exactly one', '0 0 2 * * ?'],
		['0 0 2 ? * ? 2027', 'needs ? in exactly one', '0 0 2 * * ? 2027'],
		['0 0 2 * * MON', 'needs ? in exactly one', '0 0 2 ? * MON'],
	])('refuse the cron %s and propose another', (cron, words, proposal) => {
		expect(() => toQuartz(cron)).toThrow(words);
		expect(() => toQuartz(cron)).toThrow(`Write “${proposal}”`);
		expect(toQuartz(proposal)).toBe(proposal);
	});

	it.each([
		['0 6 1 * 1', 'is a Unix cron, but Maia takes Quartz, which begins with seconds and cannot'],
		['0 0 6 1 * MON', 'needs ? in exactly one of its day fields, the fourth and the sixth'],
		['@daily', 'must be a Quartz cron with six or seven fields'],
		['', 'must be a Quartz cron with six or seven fields'],
	])('refuse the cron “%s” without a proposal', (cron, words) => {
		expect(() => toQuartz(cron)).toThrow(words);
		expect(() => toQuartz(cron)).not.toThrow('Write “');
	});

	it('name the field of a wrong cron, also when it is to be cleared', () => {
		const about = { projectId: project, scheduleId: run };
		expect(() =>
			requestOf('schedule:update', { ...about, updateFields: { cronExpression: '' } }),
		).toThrow('“Cron Expression” must be a Quartz cron');
	});

	it.each([
		['batch/size', 'batch%2Fsize'],
		['a b?c#d', 'a%20b%3Fc%23d'],
		['ä%2F', '%C3%A4%252F'],
	])('encode the name %s of a variable', (name, encoded) => {
		const about = { projectId: project, variableName: pick(name) };
		for (const operation of ['update', 'delete']) {
			expect(requestOf(`projectVariable:${operation}`, about).path).toBe(
				`/v1/projects/${project}/variables/${encoded}`,
			);
		}
	});

	it.each(['.', '..', 'a\nb'])('never take %j for the name of a variable', (name) => {
		const about = { projectId: project, variableName: pick(name, 'id') };
		expect(() => requestOf('projectVariable:delete', about)).toThrow(/^“Variable” must/);
	});

	it('list connections by several values in one parameter', () => {
		const { query } = requestOf('connection:getAll', {
			projectId: project,
			filters: {
				connectionNames: 'Salesforce, Orders & more',
				platformConnectionType: ['DWH', 'COMPONENT_BASIC'],
				authProvider: 'aws',
			},
		});
		expect(query).toEqual({
			connectionNames: 'Salesforce,Orders & more',
			platformConnectionType: 'DWH,COMPONENT_BASIC',
			authProvider: 'aws',
		});
	});

	it('create a connection', () => {
		const order = {
			projectId: project,
			name: 'Orders',
			connectionProperties: '{"secretName": "s"}',
		};
		expect(requestOf('connection:create', order)).toMatchObject({
			method: 'POST',
			path: `/v1/projects/${project}/connections`,
			body: {
				name: 'Orders',
				platformConnectionType: 'COMPONENT_BASIC',
				authProvider: 'NONE',
				authType: 'GENERIC_SECRET',
				connectionDetails: { connectionProperties: { secretName: 's' } },
			},
		});
		const more = {
			description: 'd',
			secretsLocation: '{"type": "AWS_SECRET_MANAGER", "region": "us-east-1"}',
		};
		expect(requestOf('connection:create', { ...order, additionalFields: more }).body).toMatchObject(
			{
				connectionDetails: {
					connectionProperties: { secretName: 's' },
					description: 'd',
					secretsLocation: { type: 'AWS_SECRET_MANAGER', region: 'us-east-1' },
				},
			},
		);
		expect(
			requestOf('connection:create', { ...order, additionalFields: { secretsLocation: '{}' } })
				.body,
		).not.toHaveProperty('connectionDetails.secretsLocation');
	});

	it('delete connections and overrides by their names', () => {
		const about = { projectId: project, connectionName: pick('a & b') };
		expect(requestOf('connection:delete', about)).toMatchObject({
			method: 'DELETE',
			path: `/v1/projects/${project}/connections`,
			query: { connectionName: 'a & b' },
		});
		const there = { ...about, environmentName: pick('Production') };
		expect(requestOf('connectionOverride:delete', there)).toMatchObject({
			method: 'DELETE',
			path: `/v1/projects/${project}/connections/environment-overrides`,
			query: { connectionNames: 'a & b', environmentName: 'Production' },
		});
		expect(() =>
			requestOf('connectionOverride:delete', { ...there, connectionName: pick('a,b', 'id') }),
		).toThrow('“Connection” must be a name without commas');
	});

	it('list runs with all filters; several states repeat the parameter', () => {
		expect(
			requestOf('pipelineExecution:getAll', {
				filters: {
					environmentName: 'Production',
					pipelineName: 'daily',
					projectId: pick(project),
					scheduleId: 'a2239897-51f8-4c09-83ab-0b2c28bd5a37',
					startedAfter: '2026-06-01T02:00:00',
					startedBefore: '2026-06-02T00:00:00Z',
					status: ['FAILED', 'CANCELLED'],
				},
			}),
		).toEqual({
			method: 'GET',
			path: '/v1/pipeline-executions',
			query: {
				environmentName: 'Production',
				pipelineName: 'daily',
				projectId: project,
				scheduleId: 'a2239897-51f8-4c09-83ab-0b2c28bd5a37',
				startedAfter: '2026-06-01T01:00:00.000Z',
				startedBefore: '2026-06-02T00:00:00.000Z',
				status: ['FAILED', 'CANCELLED'],
			},
			kind: 'read',
			repeatable: true,
		});
		expect(requestOf('pipelineExecution:getAll').query).toBeUndefined();
		expect(requestOf('pipelineExecution:getAll', { filters: { projectId: pick('') } }).query).toBe(
			undefined,
		);
		expect(() =>
			requestOf('pipelineExecution:getAll', { filters: { status: ['QUEUED'] } }),
		).toThrow('“Status” must be one of');
	});
});

describe('pages', () => {
	const base: ApiRequest = { method: 'GET', path: '/x' };
	const at = (index: number, size: number, body: unknown) => ({
		index,
		answer: answer(body),
		items: Array.from({ length: size }),
	});

	it('are counted from 0 and known by the total', () => {
		expect(pages.first(base, 100).query).toEqual({ page: 0, size: 100 });
		const page = at(0, 100, { total: 230 });
		expect(pages.pages?.(page, 100)).toBe(3);
		expect(pages.next(base, page, 100)?.query).toEqual({ page: 1, size: 100 });
		expect(pages.next(base, at(2, 30, { total: 230 }), 100)).toBeUndefined();
		expect(pages.next(base, at(0, 0, { total: 230 }), 100)).toBeUndefined();
	});

	it('of runs follow the token until none comes or a page is empty', () => {
		expect(batches.first(base, 100).query).toEqual({ limit: 100 });
		expect(batches.next(base, at(0, 100, { more: 'abc=' }), 100)?.query).toEqual({
			limit: 100,
			paginationToken: 'abc=',
		});
		for (const more of [undefined, null, '']) {
			expect(batches.next(base, at(0, 100, { more }), 100)).toBeUndefined();
		}
		expect(batches.next(base, at(1, 0, { more: 'abc=' }), 100)).toBeUndefined();
	});
});

describe('connections', () => {
	it('are read from a page, and from a single record', () => {
		expect(connectionsOf({ results: [{ name: 'a' }] })).toEqual([{ name: 'a' }]);
		expect(connectionsOf({ name: 'a' })).toEqual([{ name: 'a' }]);
		expect(connectionsOf('none')).toBe('none');
	});
});

describe('states of a run', () => {
	it.each(['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED', 'Success'])('%s is final', (status) => {
		expect(readRun(answer({ status }))).toEqual({ state: 'done' });
	});

	it.each(['RUNNING', 'CANCELLING', 'UNKNOWN', 'QUEUED', 'FAILURE', '', null, undefined, 7])(
		'%j is not',
		(status) => {
			expect(readRun(answer({ status }))).toEqual({ state: 'running' });
		},
	);

	it('needs a body', () => {
		expect(readRun(answer(''))).toEqual({ state: 'running' });
	});
});

describe('steps', () => {
	/** A call whose service answers by path. */
	function callOn(answers: (path: string) => unknown): Call & { paths: string[] } {
		const paths: string[] = [];
		const send = async ({ path }: ApiRequest) => {
			paths.push(path);
			const body = await Promise.resolve(answers(path));
			if (body instanceof Error) throw body;
			return answer(body);
		};
		return {
			item: 0,
			values: { projectId: project },
			credentials: {},
			request: { method: 'GET', path: '/' },
			paths,
			send,
			list: async (request) => ((await send(request)).body as { results: unknown[] }).results,
			transfer: async () => await Promise.reject(new Error('There are no transfers')),
			wait: async () => await Promise.resolve(undefined),
			file: async () => await Promise.reject(new Error('There are no files')),
			refuse: (message, description) => Object.assign(new Error(message), { description }),
		};
	}
	const parent = (id: string, status = 'SUCCESS') => ({
		results: [{ name: 'Again', result: { status }, childPipeline: { id } }],
	});

	it('of a pipeline that runs itself are read once', async () => {
		const call = callOn((path) => parent(path.includes('/b/') ? 'a' : 'b'));
		const tree = await readStepTree(call, 'a', 10);
		expect(call.paths).toHaveLength(2);
		expect(tree).toMatchObject([{ childPipeline: { id: 'b', steps: [{ name: 'Again' }] } }]);
	});

	it('are read down to the depth that is wanted', async () => {
		let id = 0;
		const call = callOn(() => parent(`child-${++id}`));
		await readStepTree(call, 'a', 3);
		expect(call.paths).toHaveLength(4);
	});

	it('that cannot be read do not hide why the run failed', async () => {
		const call = callOn((path) =>
			path.endsWith('/steps') ? new Error('Forbidden') : { status: 'FAILED', message: 'No rows' },
		);
		await expect(
			pipelineRun.result?.(call, 'a', answer({ status: 'FAILED' }), answer({})),
		).rejects.toThrow('Pipeline run a failed: No rows. Its steps could not be read: Forbidden.');
	});

	it('may be missing, and the message as well', async () => {
		const call = callOn((path) => (path.endsWith('/steps') ? { results: [] } : ''));
		await expect(
			pipelineRun.result?.(call, 'a', answer({ status: 'FAILED' }), answer({})),
		).rejects.toThrow(/^Pipeline run a failed\.$/);
	});
});

describe('refusals', () => {
	const node = {
		id: '1',
		name: 'Maia',
		type: 'maia',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const errorOf = (request: ApiRequest, status: number, body: unknown) =>
		toNodeError(
			{ ...node, position: [0, 0] },
			maia,
			{},
			request,
			{ status, body, message: '', login: false },
			0,
		);
	const read: ApiRequest = { method: 'GET', path: '/v1/projects', repeatable: true };
	const start: ApiRequest = {
		method: 'POST',
		path: `/v1/projects/${project}/pipeline-executions`,
		repeatable: false,
	};

	it('join detail and violations of a problem document', () => {
		const error = errorOf(start, 400, {
			type: 'about:blank',
			title: 'Bad Request',
			status: 400,
			detail: 'The request is not valid',
			violations: ['pipelineName must not be blank', 'environmentName is missing'],
		});
		expect(error.message).toBe(
			'The request is not valid: pipelineName must not be blank; environmentName is missing',
		);
		expect(error.description).toBe('Check the values of this item. (status 400)');
	});

	it.each([
		[read, 401, 'an account lives in one region only'],
		[read, 403, 'The role of the API credential does not allow this'],
		[read, 404, 'Check project and name or ID'],
		[start, 404, 'Only published pipelines can run'],
		[start, 500, 'It cannot be known whether the service carried this out'],
	])('%j with status %i are explained', (request, status, words) => {
		expect(errorOf(request, status, { title: 'No' }).description).toContain(words);
	});

	it('without words or as plain text are told as well', () => {
		expect(errorOf(read, 403, '').message).toBe('Maia answered with status 403 and no explanation');
		expect(errorOf(read, 502, 'upstream connect error').message).toBe('upstream connect error');
	});
});

it('has lists to pick from for every locator, with what they need first', () => {
	const methods = new Set<unknown>();
	const collect = (value: unknown): void => {
		if (typeof value !== 'object' || value === null) return;
		if ('searchListMethod' in value) methods.add(value.searchListMethod);
		Object.values(value).forEach(collect);
	};
	collect(catalog.properties);
	expect([...methods].sort()).toEqual(Object.keys(maia.locators ?? {}).sort());
	for (const { operation, needs = [] } of Object.values(maia.locators ?? {})) {
		const names = catalog.operations.get(operation)?.bindings.map(({ field }) => field.name);
		expect(names).toEqual(expect.arrayContaining(needs));
	}
});
