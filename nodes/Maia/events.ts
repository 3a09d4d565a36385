import type { Feed, Inventory, TriggerEvent } from '../shared/events';
import { clock } from '../shared/clock';
import { at, text } from '../shared/json';
import type { ApiRequest, Field, Look, Query, Values } from '../shared/operation';
import { environment, pipeline, project, projectFilter, runner, withoutSuffix } from './fields';
import { batches, pages } from './pages';
import { about, endOf } from './runs';

/** Seconds by which a run or an audit event may be late in its list; nothing is documented. */
const overlap = 3600;

/** Milliseconds that are read where everything is asked for: a day, and what may be late. */
const lastDay = 24 * 3_600_000 + overlap * 1000;

/** States of a run under way. Runs that are UNKNOWN may stay so for ever: those that are followed are looked at. */
const underWay = ['RUNNING', 'CANCELLING'];

const timeAt = (record: unknown, name: string): number | undefined => {
	const time = Date.parse(text(at(record, name)) ?? '');
	return Number.isNaN(time) ? undefined : time;
};

/**
 * Where a list begins, which the service is slow to look through.
 * @param since 0 stands for everything, of which the last day is read
 */
const beginningOf = (since: number) =>
	new Date(since > 0 ? since : clock.now() - lastDay).toISOString();

/** A read with the parameters that are set. */
function withQuery(path: string, query: Record<string, unknown>): ApiRequest {
	const set = Object.entries(query).filter(([, value]) => value !== undefined);
	return { method: 'GET', path, query: Object.fromEntries(set) as Query };
}

/** Whether a filter with several choices lets a value pass; none chosen stands for all. */
const isChosen = (wanted: unknown, value: string | undefined) =>
	!Array.isArray(wanted) || (value !== undefined && wanted.includes(value));

/** Whether a filter with one value lets a value pass; empty stands for all. */
const isSame = (wanted: unknown, value: unknown) =>
	wanted === undefined || String(wanted) === text(value);

/** The list of runs, newest start first, narrowed by what the form holds. */
async function readRuns(
	look: Look,
	query: Record<string, unknown>,
	until?: (records: unknown[]) => boolean,
): Promise<unknown[]> {
	const { projectId, environmentName, pipelineName } = look.values;
	const request = withQuery('/v1/pipeline-executions', {
		projectId,
		environmentName,
		// The service looks for a part of the name; the whole one is compared afterwards
		pipelineName: withoutSuffix(pipelineName),
		...query,
	});
	return await look.list(request, { at: 'results', pager: batches }, undefined, until);
}

function isWantedRun(run: unknown, values: Values): boolean {
	return (
		isSame(withoutSuffix(values.pipelineName), withoutSuffix(at(run, 'pipelineName'))) &&
		isChosen(values['filters.state'], endOf(run)) &&
		isChosen(values['filters.startedBy'], text(at(run, 'trigger')))
	);
}

/** A run is read by its project and its ID: `<project>/<run>`. */
function keyOfRun(run: unknown): string | undefined {
	const id = text(at(run, 'pipelineExecutionId'));
	return id === undefined ? undefined : `${text(at(run, 'projectId')) ?? ''}/${id}`;
}

const runs: Feed = {
	kind: 'feed',
	overlap,
	read: async (look, { since, until }) =>
		await readRuns(look, { startedAfter: beginningOf(since) }, until),
	key: keyOfRun,
	time: (run) => timeAt(run, 'startedAt'),
	isWanted: isWantedRun,
	ending: {
		hasEnded: (run) => endOf(run) !== undefined,
		async one(key, look) {
			const [of, id = ''] = key.split('/');
			const projectId = of || look.values.projectId;
			if (projectId === undefined) {
				throw look.refuse(
					`Maia did not say of which project run ${id} is`,
					'Choose a project in the trigger.',
				);
			}
			const answer = await look.send({ ...about(projectId, id), accept: [404] });
			return answer.status === 404 ? undefined : answer.body;
		},
		async underWay(look) {
			// One state for each request: that the service takes several was never seen
			const found: unknown[] = [];
			for (const status of underWay) found.push(...(await readRuns(look, { status })));
			return found;
		},
	},
};

const auditEvents: Feed = {
	kind: 'feed',
	overlap,
	async read(look, { since, until }) {
		const to = Math.max(clock.now(), since + 60_000);
		const period = { from: beginningOf(since), to: new Date(to).toISOString() };
		const request = withQuery('/v1/events', period);
		return await look.list(request, { at: 'results', pager: pages }, undefined, until);
	},
	key: (event) => text(at(event, 'eventId')),
	time: (event) => timeAt(event, 'eventTimestamp'),
	isWanted: (event, values) =>
		isSame(values['filters.eventType'], at(event, 'eventType')) &&
		isSame(values['filters.eventName'], at(event, 'eventName')) &&
		isSame(values['filters.actorEmail'], at(event, 'actorEmail')) &&
		isSame(values['filters.projectId'], at(event, 'eventProjectId')),
};

const online = 'online';

const runners: Inventory = {
	kind: 'inventory',
	async read(look) {
		const request: ApiRequest = { method: 'GET', path: '/v1/agents' };
		const records = await look.list(request, { at: 'results', pager: pages });
		const { agentId } = look.values;
		return records.filter((record) => isSame(agentId, at(record, 'agentId')));
	},
	id: (record) => text(at(record, 'agentId')),
	word(record) {
		const connected = at(record, 'connected');
		if (typeof connected === 'boolean') return connected ? online : 'offline';
		return text(at(record, 'agentStatus'))?.toLowerCase() === 'running' ? online : 'offline';
	},
	happened: (before, word) => before === online && word === 'offline',
	async isGone(id, look) {
		const path = `/v1/agents/${encodeURIComponent(id)}`;
		return (await look.send({ method: 'GET', path, accept: [404] })).status === 404;
	},
};

const state: Field = {
	displayName: 'State',
	name: 'state',
	type: 'multiOptions',
	options: [
		{ name: 'Cancelled', value: 'CANCELLED' },
		{ name: 'Failed', value: 'FAILED' },
		{ name: 'Skipped', value: 'SKIPPED' },
		{ name: 'Success', value: 'SUCCESS' },
	],
	default: [],
	description: 'How the run ended; all of them when none is chosen',
};

const startedBy: Field = {
	displayName: 'Started By',
	name: 'startedBy',
	type: 'multiOptions',
	options: [
		{ name: 'API', value: 'API' },
		{ name: 'Designer', value: 'DESIGNER' },
		{ name: 'Schedule', value: 'SCHEDULE' },
		{ name: 'Schedule, Run Now', value: 'SCHEDULE_RUN_NOW' },
		{ name: 'Unknown', value: 'UNKNOWN' },
	],
	default: [],
	description: 'What started the run; all of them when none is chosen',
};

export const events: TriggerEvent[] = [
	{
		name: 'Pipeline Execution Finished',
		value: 'pipelineExecutionFinished',
		description: 'When a run of a pipeline has succeeded, failed, or was cancelled or skipped',
		fields: [
			{
				...project,
				required: undefined,
				description: 'Without it runs of all projects start the workflow',
			},
			{
				...environment,
				required: undefined,
				description: 'Without it runs in all environments start the workflow',
			},
			{
				...pipeline,
				required: undefined,
				description:
					'With its folder path. Without it runs of all pipelines start the workflow. The list needs project and environment.',
			},
		],
		filters: [state, startedBy],
		source: runs,
	},
	{
		name: 'Audit Event',
		value: 'auditEvent',
		description: 'When somebody has done something that Maia writes down',
		filters: [
			{
				displayName: 'Actor Email',
				name: 'actorEmail',
				type: 'string',
				default: '',
				placeholder: 'e.g. name@email.com',
				description: 'Who did it',
			},
			{
				displayName: 'Event Name',
				name: 'eventName',
				type: 'string',
				default: '',
				placeholder: 'e.g. hub_user_login',
			},
			{
				displayName: 'Event Type',
				name: 'eventType',
				type: 'string',
				default: '',
				placeholder: 'e.g. LOGIN',
			},
			projectFilter,
		],
		source: auditEvents,
	},
	{
		name: 'Runner Went Offline',
		value: 'runnerOffline',
		description: 'When a runner was connected at one poll and is not at the next',
		fields: [{ ...runner, description: 'Without it every runner of the account is watched' }],
		source: runners,
	},
];
