import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { MaiaApi } from '../../credentials/MaiaApi.credentials.ts';
import { ADMIN, MEMBER } from '../../demo/simulators/maia.mts';
import type { MaiaAccount, MaiaOptions } from '../../demo/simulators/maia.mts';
import { problem } from '../../demo/simulators/maiaGround.mts';
import { Refusal } from '../../demo/simulators/support.mts';
import { events } from '../../nodes/Maia/events.ts';
import { MaiaTrigger } from '../../nodes/Maia/MaiaTrigger.node.ts';
import type { Look, Values } from '../../nodes/shared/operation.ts';
import type { Account } from '../support/maia.mts';
import { openAccount, pick } from '../support/maia.mts';
import { openEditor } from '../support/editor.mts';
import type { Active } from '../support/polling.mts';
import { activate } from '../support/polling.mts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let account: Account;
let betweenPages: ((instance: MaiaAccount) => void) | undefined;

beforeEach(() => {
	betweenPages = undefined;
});
afterEach(async () => await account.close());

const open = async (options: MaiaOptions = {}) => {
	account = await openAccount({ betweenPages: (instance) => betweenPages?.(instance), ...options });
};
const at = () => account.simulator.account;

async function watch(event: string, parameters: INodeParameters = {}): Promise<Active> {
	return await activate({
		node: new MaiaTrigger(),
		credentialType: new MaiaApi(),
		credential: account.credential,
		parameters: { event, ...parameters },
	});
}

const runs = async (parameters?: INodeParameters) =>
	await watch('pipelineExecutionFinished', parameters);
const ids = (delivered: IDataObject[]) =>
	delivered.map(({ pipelineExecutionId }) => pipelineExecutionId);

/** Lets a minute pass and polls. */
async function poll(active: Active): Promise<IDataObject[]> {
	account.wait(MINUTE);
	return (await active.poll()).map(({ json }) => json);
}

/** Does something once, at the next page that is read. */
function once(change: (instance: MaiaAccount) => void): void {
	betweenPages = (instance) => {
		betweenPages = undefined;
		change(instance);
	};
}

/** The service fails at the next pages, for as long as is tried. */
function breakDown(): void {
	betweenPages = () => {
		throw new Refusal(problem(503, 'Try again later'));
	};
}

async function repeat(count: number, action: () => Promise<unknown>): Promise<void> {
	for (let index = 0; index < count; index += 1) await action();
}

describe('pipeline execution finished', () => {
	it('starts the workflow once, with the run', async () => {
		await open();
		const active = await runs();
		expect(active.delivered).toEqual([]);
		const id = at().startRun();
		expect(await poll(active)).toEqual([]);
		at().setRun(id, 'SUCCESS');
		expect(await poll(active)).toEqual([
			{
				pipelineExecutionId: id,
				pipelineName: 'finance/daily-load',
				pipelineType: 'ORCHESTRATION',
				projectId: expect.any(String) as string,
				environmentName: 'Production',
				status: 'SUCCESS',
				trigger: 'API',
				startedAt: '2026-06-01T12:00:00.000Z',
				finishedAt: '2026-06-01T12:01:00.000Z',
				message: '"Publish Report": Success',
			},
		]);
		await repeat(90, async () => await poll(active));
		await active.crash();
		expect(ids(active.delivered)).toEqual([id]);
	});

	it('tells a run that began and ended between two polls', async () => {
		await open();
		const active = await runs();
		const id = at().startRun({ status: 'FAILED', pipelineName: 'finance/fail-load' });
		expect(await poll(active)).toMatchObject([{ pipelineExecutionId: id, status: 'FAILED' }]);
	});

	it('tells runs that began long before the activation, and reads no list from far back', async () => {
		await open();
		const old = at().startRun({ startedAt: account.now() - 40 * DAY });
		const stopping = at().startRun({ startedAt: account.now() - 3 * DAY, status: 'CANCELLING' });
		const active = await runs();
		await repeat(5, async () => await poll(active));
		expect(active.delivered).toEqual([]);
		at().setRun(old, 'SUCCESS');
		at().setRun(stopping, 'CANCELLED');
		await poll(active);
		await repeat(5, async () => await poll(active));
		expect(ids(active.delivered).sort()).toEqual([old, stopping].sort());
		for (const { query } of account.sent('listPipelineExecutions')) {
			const isBounded =
				Date.parse(String(query.startedAfter)) >= account.now() - 26 * HOUR ||
				query.status !== undefined;
			expect(isBounded).toBe(true);
		}
	});

	it('waits while the state is UNKNOWN, or a word that nobody has described', async () => {
		await open();
		const active = await runs();
		const id = at().startRun();
		for (const word of ['RUNNING', 'UNKNOWN', 'QUEUED', 'RUNNING', 'CANCELLING']) {
			at().setRun(id, word);
			account.wait(2 * HOUR);
			expect(await poll(active)).toEqual([]);
		}
		at().setRun(id, 'CANCELLED');
		expect(await poll(active)).toMatchObject([{ pipelineExecutionId: id, status: 'CANCELLED' }]);
		expect(await poll(active)).toEqual([]);
	});

	it('gives up a run that is no longer there', async () => {
		await open();
		const active = await runs();
		const id = at().startRun();
		await poll(active);
		account.wait(3 * HOUR);
		await poll(active);
		at().removeRun(id);
		expect(await poll(active)).toEqual([]);
		account.simulator.requests.length = 0;
		expect(await poll(active)).toEqual([]);
		expect(account.sent('getPipelineExecution')).toHaveLength(0);
	});

	it('asks for the project, when the service does not say of which one a run is', async () => {
		await open();
		const source = events.find(({ value }) => value === 'pipelineExecutionFinished')?.source;
		if (source?.kind !== 'feed' || !source.ending) throw new Error('It is no feed of runs');
		const id = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
		const key = source.key({ pipelineExecutionId: id, status: 'RUNNING' }) ?? '';
		const asked: unknown[] = [];
		const look = (values: Values) =>
			({
				values,
				send: async (request: unknown) => {
					asked.push(request);
					return await Promise.resolve({ status: 200, headers: {}, body: { status: 'SUCCESS' } });
				},
				refuse: (message: string) => new Error(message),
			}) as unknown as Look;
		await expect(source.ending.one(key, look({}))).rejects.toThrow(
			`Maia did not say of which project run ${id} is`,
		);
		expect(await source.ending.one(key, look({ projectId: 'p' }))).toEqual({ status: 'SUCCESS' });
		expect(asked).toMatchObject([{ path: `/v1/projects/p/pipeline-executions/${id}` }]);
		expect(source.key({ status: 'RUNNING' })).toBeUndefined();
	});

	it('reads the last day where everything is asked for', async () => {
		await open();
		const asked: Array<{ query: Record<string, string> }> = [];
		const look = {
			values: {},
			list: async (request: { query: Record<string, string> }) => {
				asked.push(request);
				return await Promise.resolve([]);
			},
		} as unknown as Look;
		for (const { source } of events) {
			if (source.kind === 'feed') await source.read(look, { since: 0, until: () => false });
		}
		const beginning = '2026-05-31T11:00:00.000Z';
		expect(asked.map(({ query }) => query)).toEqual([
			{ startedAfter: beginning },
			{ from: beginning, to: '2026-06-01T12:00:00.000Z' },
		]);
	});

	it('heeds project, environment and the whole name of the pipeline', async () => {
		await open();
		const { projectId } = await account.finance();
		const active = await runs({
			projectId,
			environmentName: pick('Production'),
			pipelineName: pick('finance/daily-load.orch.yaml', 'id'),
		});
		const wanted = at().startRun();
		const others = [
			at().startRun({ project: 'Marketing' }),
			at().startRun({ environmentName: 'Development' }),
			at().startRun({ pipelineName: 'finance/daily-load-2' }),
			at().startRun({ pipelineName: 'finance/weekly close' }),
		];
		await poll(active);
		for (const id of [wanted, ...others]) at().setRun(id, 'SUCCESS');
		await repeat(3, async () => await poll(active));
		expect(ids(active.delivered)).toEqual([wanted]);
	});

	it.each([
		[{ state: ['FAILED', 'SKIPPED'] }, ['FAILED', 'SKIPPED']],
		[{ state: [] }, ['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED']],
		[{ state: ['SUCCESS'], startedBy: ['SCHEDULE'] }, []],
	])('heeds the states of %j', async (filters, states) => {
		await open();
		const active = await runs({ filters });
		for (const status of ['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED']) at().startRun({ status });
		await repeat(3, async () => await poll(active));
		expect(active.delivered.map(({ status }) => status).sort()).toEqual([...states].sort());
	});

	it('heeds what started the run', async () => {
		await open();
		const active = await runs({ filters: { startedBy: ['DESIGNER', 'SCHEDULE'] } });
		for (const trigger of ['API', 'DESIGNER', 'SCHEDULE', 'SCHEDULE_RUN_NOW', 'UNKNOWN']) {
			at().startRun({ trigger, status: 'SUCCESS' });
		}
		await poll(active);
		expect(active.delivered.map(({ trigger }) => trigger).sort()).toEqual(['DESIGNER', 'SCHEDULE']);
	});

	it('tells a run that appears late in the list', async () => {
		await open();
		const active = await runs();
		at().startRun({ status: 'SUCCESS' });
		account.wait(40 * MINUTE);
		at().startRun({ status: 'SUCCESS' });
		await poll(active);
		const late = at().startRun({ status: 'SUCCESS', startedAt: account.now() - 30 * MINUTE });
		expect(ids(await poll(active))).toEqual([late]);
		expect(await poll(active)).toEqual([]);
	});

	it('tells what happened while n8n was down, and nothing twice after a crash', async () => {
		await open();
		const active = await runs();
		const before = at().startRun();
		const during = at().startRun();
		at().setRun(before, 'SUCCESS');
		await poll(active);
		account.wait(5 * HOUR);
		at().setRun(during, 'FAILED');
		const fresh = at().startRun({ status: 'SUCCESS' });
		await active.crash();
		await repeat(3, async () => await poll(active));
		await active.crash();
		expect(ids(active.delivered).sort()).toEqual([before, during, fresh].sort());
	});

	it('loses nothing when a poll fails half-way', async () => {
		await open();
		const active = await runs();
		const made = Array.from({ length: 250 }, () => at().startRun({ status: 'SUCCESS' }));
		breakDown();
		await expect(poll(active)).rejects.toThrow('Try again later');
		expect(active.delivered).toEqual([]);
		betweenPages = undefined;
		await poll(active);
		await repeat(3, async () => await poll(active));
		expect(ids(active.delivered).sort()).toEqual(made.sort());
	});

	it('tells each run once while the lists shift', async () => {
		await open();
		const active = await runs();
		const made = Array.from({ length: 320 }, () => at().startRun());
		const ended = new Set<string>();
		await poll(active);
		betweenPages = (instance) => {
			// New runs push the others down; runs that end leave the list of those under way
			if (made.length < 400) made.push(instance.startRun());
			for (const id of made.filter((one) => !ended.has(one)).slice(0, 25)) {
				instance.setRun(id, 'SUCCESS');
				ended.add(id);
			}
		};
		await repeat(12, async () => await poll(active));
		betweenPages = undefined;
		for (const id of made) at().setRun(id, 'SUCCESS');
		await repeat(4, async () => await poll(active));
		expect(ids(active.delivered).sort()).toEqual([...made].sort());
	});

	it('tells the runs of the last day at the activation, if asked to', async () => {
		await open();
		const active = await runs({ options: { includeExisting: true } });
		const begun = active.delivered.map(({ startedAt }) => Date.parse(String(startedAt)));
		// One each hour
		expect(begun).toHaveLength(25);
		expect(begun).toEqual([...begun].sort());
		await active.crash();
		await poll(active);
		expect(active.delivered).toHaveLength(25);
	});

	it('shows the newest run that has ended as a test event', async () => {
		await open();
		const active = await runs({ filters: { state: ['FAILED'] } });
		at().startRun();
		const shown = (await active.fetchTestEvent()).map(({ json }) => json);
		expect(shown).toMatchObject([{ pipelineName: 'finance/fail-load', status: 'FAILED' }]);
		expect(await poll(active)).toEqual([]);
	});
});

describe('the form', () => {
	it('has lists to pick a project, an environment, a pipeline and a runner from', async () => {
		await open();
		const { projectId } = await account.finance();
		const node = new MaiaTrigger();
		const shown = node.description.properties
			.filter(({ type }) => type === 'resourceLocator')
			.map(({ name }) => name);
		expect(shown).toEqual(['projectId', 'environmentName', 'pipelineName', 'agentId']);
		const parameters: INodeParameters = {};
		const search = async (name: string) => {
			const editor = openEditor(node, new MaiaApi(), account.credential, parameters);
			const { results } = await editor.search(name);
			return results.map((entry) => entry.name);
		};
		await expect(search('searchEnvironments')).rejects.toThrow('Choose “Project” first');
		expect(await search('searchProjects')).toContain('Finance warehouse');
		parameters.projectId = projectId;
		expect(await search('searchEnvironments')).toContain('Production');
		await expect(search('searchPipelines')).rejects.toThrow('Choose “Environment” first');
		parameters.environmentName = pick('Production');
		expect(await search('searchPipelines')).toContain('finance/daily-load');
		expect(await search('searchRunners')).toEqual(['prod-runner', 'dev-runner']);
	});
});

describe('audit event', () => {
	it.each([false, true])('starts the workflow once (newest first: %s)', async (newest) => {
		await open({ newestAuditEventFirst: newest });
		const active = await watch('auditEvent');
		expect(active.delivered).toEqual([]);
		const made: string[] = [];
		await repeat(4, async () => {
			// Several at the same time
			for (let index = 0; index < 60; index += 1) made.push(at().addAuditEvent());
			await poll(active);
		});
		await active.crash();
		await repeat(70, async () => await poll(active));
		expect(active.delivered.map(({ eventId }) => eventId).sort()).toEqual(made.sort());
	});

	it.each([false, true])(
		'loses nothing while the list shifts (newest first: %s)',
		async (newest) => {
			await open({ newestAuditEventFirst: newest });
			const active = await watch('auditEvent');
			const made = Array.from({ length: 350 }, () => at().addAuditEvent());
			account.wait(10 * MINUTE);
			betweenPages = (instance) => {
				const eventTimestamp = new Date(account.now() - 5 * MINUTE).toISOString();
				if (made.length < 400) made.push(instance.addAuditEvent({ eventTimestamp }));
			};
			await repeat(6, async () => await poll(active));
			betweenPages = undefined;
			await poll(active);
			expect(active.delivered.map(({ eventId }) => eventId).sort()).toEqual(made.sort());
		},
	);

	it('loses nothing when a poll fails half-way', async () => {
		await open();
		const active = await watch('auditEvent');
		const made = Array.from({ length: 250 }, () => at().addAuditEvent());
		breakDown();
		await expect(poll(active)).rejects.toThrow('Try again later');
		betweenPages = undefined;
		await repeat(3, async () => await poll(active));
		expect(active.delivered.map(({ eventId }) => eventId).sort()).toEqual(made.sort());
	});

	it('heeds the filters', async () => {
		await open();
		const { projectId } = await account.finance();
		const filters = {
			eventName: 'project_changed',
			eventType: 'UPDATE',
			actorEmail: 'eve@example.com',
			projectId,
		};
		const event = {
			eventName: 'project_changed',
			eventType: 'UPDATE',
			actorEmail: 'eve@example.com',
			eventProjectId: String(projectId.value),
		};
		const active = await watch('auditEvent', { filters });
		const wanted = at().addAuditEvent(event);
		at().addAuditEvent({ ...event, eventName: 'project_created' });
		at().addAuditEvent({ ...event, eventType: 'CREATE' });
		at().addAuditEvent({ ...event, actorEmail: 'ada@example.com' });
		at().addAuditEvent({ ...event, eventProjectId: 'another' });
		expect((await poll(active)).map(({ eventId }) => eventId)).toEqual([wanted]);
	});

	it('tells what is there at the activation, if asked to, and shows a test event', async () => {
		await open();
		const made = [at().addAuditEvent(), at().addAuditEvent()];
		const active = await watch('auditEvent', { options: { includeExisting: true } });
		const told = active.delivered.map(({ eventId }) => eventId);
		expect(told).toEqual(expect.arrayContaining(made));
		// Four a day stand in the simulator
		expect(told.length).toBeLessThan(8);
		const [shown] = await active.fetchTestEvent();
		expect(shown?.json).toMatchObject({ eventTimestamp: expect.any(String) as string });
	});

	it('goes on when the clock of this machine is set back', async () => {
		await open();
		const active = await watch('auditEvent');
		at().addAuditEvent();
		await poll(active);
		account.wait(-3 * HOUR);
		expect(await poll(active)).toEqual([]);
		account.wait(3 * HOUR);
		const made = at().addAuditEvent();
		expect((await poll(active)).map(({ eventId }) => eventId)).toEqual([made]);
	});

	it('needs a permission', async () => {
		await open();
		Object.assign(account.credential, {
			clientId: ADMIN.clientId,
			clientSecret: ADMIN.clientSecret,
		});
		await expect(watch('auditEvent')).rejects.toThrow(
			'The role of the credential does not allow to view audit events',
		);
	});
});

describe('runner went offline', () => {
	it('starts the workflow each time a connected runner is not connected any more', async () => {
		await open();
		const active = await watch('runnerOffline', { options: { includeExisting: true } });
		expect(active.delivered).toEqual([]);
		for (const status of ['stopped', 'pending', 'unknown', 'running', 'unknown']) {
			at().setRunner('prod-runner', status);
			await poll(active);
			await active.crash();
			await poll(active);
		}
		expect(active.delivered.map(({ name, agentStatus }) => [name, agentStatus])).toEqual([
			['prod-runner', 'stopped'],
			['prod-runner', 'unknown'],
		]);
	});

	it('leaves out other runners than the chosen one, new ones, and those that were deleted', async () => {
		await open();
		const [, dev] = await account.records('runner:getAll');
		const one = await watch('runnerOffline', { agentId: pick(dev?.agentId) });
		const all = await watch('runnerOffline');
		const both = async () => {
			await poll(one);
			await poll(all);
		};
		await account.records('runner:create', { name: 'new-runner', description: '' });
		at().setRunner('prod-runner', 'stopped');
		await both();
		at().removeRunner('dev-runner');
		await both();
		await both();
		expect(one.delivered).toEqual([]);
		expect(all.delivered.map(({ name }) => name)).toEqual(['prod-runner']);
	});

	it('shows a runner as a test event, and tells who may not see them', async () => {
		await open();
		const active = await watch('runnerOffline');
		expect((await active.fetchTestEvent())[0]?.json).toMatchObject({ name: 'prod-runner' });
		Object.assign(account.credential, {
			clientId: MEMBER.clientId,
			clientSecret: MEMBER.clientSecret,
			sessionToken: '',
		});
		await expect(poll(active)).rejects.toThrow(
			'The role of the credential does not allow to manage agents',
		);
	});
});

describe('signing in', () => {
	it('says in words that it was refused', async () => {
		await open();
		account.credential.clientSecret = 'invented-wrong-secret';
		await expect(runs()).rejects.toThrow('Invalid client or Invalid client credentials');
		expect(account.simulator.tokenRequests()).toBe(1);
	});

	it('takes one login when the token ends during a poll', async () => {
		await open();
		const active = await runs();
		const made = Array.from({ length: 250 }, () => at().startRun({ status: 'SUCCESS' }));
		const before = account.simulator.tokenRequests();
		once(() => account.simulator.expireTokens());
		await poll(active);
		expect(ids(active.delivered).sort()).toEqual(made.sort());
		expect(account.simulator.tokenRequests() - before).toBe(1);
		// And a new one when half an hour has passed
		account.wait(HOUR);
		await poll(active);
		expect(account.simulator.tokenRequests() - before).toBe(2);
	});
});
