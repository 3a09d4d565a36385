import type { Feed, TriggerEvent } from '../shared/events';
import { at, text } from '../shared/json';
import type { ApiRequest, Field, Look, Query, Until, Values } from '../shared/operation';
import { recordsOf, tidy } from './answers';
import { site } from './fields';
import { pages, taskPages } from './pages';
import { auditEvents } from './resources/auditEvent';
import { updateShape } from './resources/update';
import { housekeeping, taskShape } from './tasks';

/** Lists are not strictly in order, and a page that shifts hides a record until the next poll. */
const overlap = 3600;

const seconds = (record: unknown, name: string): number | undefined => {
	const value = Number(text(at(record, name)));
	return Number.isFinite(value) && value > 0 ? value * 1000 : undefined;
};

const idOf = (record: unknown, name = 'id') => text(at(record, name));

/** A read with the parameters that are set. */
function withQuery(path: string, query: Record<string, unknown>): ApiRequest {
	const set = Object.entries(query).filter(([, value]) => value !== undefined);
	return { method: 'GET', path, query: Object.fromEntries(set) as Query };
}

/** How a task has ended, by the bits of its status; undefined while it has not. */
function endOf(record: unknown): 'completed' | 'warning' | 'error' | 'killed' | undefined {
	const status = Number(text(at(record, 'status')));
	if ((status & 240) === 0) return undefined;
	if ((status & 64) !== 0) return 'killed';
	if ((status & 32) !== 0) return 'error';
	return (status & 128) !== 0 ? 'warning' : 'completed';
}

const taskGroup: Field = {
	displayName: 'Group',
	name: 'taskGroup',
	type: 'string',
	default: '',
	placeholder: 'e.g. SiteArchive',
	description:
		'Tasks whose group begins with this: SiteInstall, SiteDuplicate, SiteArchive for backups, Update. Without it the housekeeping of the factory is left out.',
};

const outcome: Field = {
	displayName: 'Outcome',
	name: 'outcome',
	type: 'multiOptions',
	options: [
		{ name: 'Completed', value: 'completed' },
		{ name: 'Completed with Warnings', value: 'warning' },
		{ name: 'Error', value: 'error' },
		{ name: 'Killed', value: 'killed' },
	],
	default: [],
	description: 'How it ended; all of them when none is chosen',
};

/** Whether a task has ended, and in a way that the workflow asks for. */
function isOutcome(end: string | undefined, values: Values): boolean {
	const wanted = values['filters.outcome'];
	const isEnd = end !== undefined && end !== 'under way';
	return isEnd && (!Array.isArray(wanted) || wanted.includes(end));
}

function isWantedTask(record: unknown, values: Values): boolean {
	const name = text(at(record, 'group_name')) ?? '';
	const wantedGroup = text(values['filters.taskGroup']);
	const siteId = text(values['filters.siteId']);
	const isAsked = wantedGroup
		? name.startsWith(wantedGroup)
		: !housekeeping.has(name.split(' ')[0] ?? '');
	return (
		isAsked &&
		isOutcome(endOf(record), values) &&
		(siteId === undefined || idOf(record, 'nid') === siteId)
	);
}

/** Tasks, newest first; with a status those of this status only. */
async function readTasks(look: Look, status?: string, until?: Until): Promise<unknown[]> {
	const query = { class: look.values['filters.taskClass'], status };
	const request = withQuery('/api/v1/tasks', query);
	const records = await look.list(request, { pager: taskPages }, undefined, until);
	return records.map((record) => tidy(record, taskShape));
}

const tasks: Feed = {
	kind: 'feed',
	overlap,
	read: async (look, { until }) => await readTasks(look, undefined, until),
	key: (record) => idOf(record),
	time: (record) => seconds(record, 'added'),
	isWanted: isWantedTask,
	ending: {
		hasEnded: (record) => endOf(record) !== undefined,
		async one(key, look) {
			const path = `/api/v1/wip/task/${encodeURIComponent(key)}/status`;
			const answer = await look.send({ method: 'GET', path, accept: [404] });
			return answer.status === 404 ? undefined : tidy(at(answer.body, 'wip_task'), taskShape);
		},
		async underWay(look) {
			const statuses = ['processing', 'not-started'];
			return (
				await Promise.all(statuses.map(async (status) => await readTasks(look, status)))
			).flat();
		},
	},
};

/** All sites that are installed. */
async function readSites(look: Look): Promise<unknown[]> {
	return await look.list({ method: 'GET', path: '/api/v1/sites' }, { at: 'sites', pager: pages });
}

/** A site that the user may no longer see is not gone. */
async function isSiteGone(id: string, look: Look): Promise<boolean> {
	const path = `/api/v1/sites/${encodeURIComponent(id)}`;
	return (await look.send({ method: 'GET', path, accept: [403, 404] })).status === 404;
}

const siteName = (record: unknown) => text(at(record, 'site')) ?? '';

/** The filters of the audit list, which the factory applies itself. */
const auditFilters = (auditEvents.operations[0]?.filters ?? []).filter(
	({ name }) => name !== 'order',
);

export const events: TriggerEvent[] = [
	{
		name: 'Task Finished',
		value: 'taskFinished',
		description: 'When a background task has ended, however it ended',
		filters: [
			taskGroup,
			outcome,
			{ ...site, required: false, displayName: 'Site' },
			{
				displayName: 'Task Class',
				name: 'taskClass',
				type: 'string',
				default: '',
				placeholder: 'e.g. Acquia\\SfSite\\SiteInstall',
			},
		],
		source: tasks,
	},
	{
		name: 'Site Created',
		value: 'siteCreated',
		description: 'When a site has been installed',
		source: {
			kind: 'inventory',
			read: readSites,
			id: (record) => idOf(record),
			word: siteName,
			happened: (before, word) => before === undefined && word !== undefined,
			isGone: isSiteGone,
		},
	},
	{
		name: 'Site Deleted',
		value: 'siteDeleted',
		description: 'When a site is no longer there',
		source: {
			kind: 'inventory',
			read: readSites,
			id: (record) => idOf(record),
			word: siteName,
			happened: (_before, word) => word === undefined,
			isGone: isSiteGone,
			remains: (id, before) => ({ id: Number(id), site: before }),
		},
	},
	{
		name: 'Update Finished',
		value: 'updateFinished',
		description: 'When a deployment of code has ended for all sites of its stack',
		filters: [outcome],
		source: {
			kind: 'inventory',
			async read(look) {
				const { body } = await look.send({ method: 'GET', path: '/api/v1/update' });
				const records = recordsOf(body, 'update_id');
				if (!Array.isArray(records)) throw look.refuse('The answer holds no list of updates');
				return records.map((record) => tidy(record, updateShape));
			},
			id: (record) => idOf(record, 'update_id'),
			word: (record) => endOf(record) ?? 'under way',
			happened: (_before, word, values) => isOutcome(word, values),
		},
	},
	{
		name: 'Audit Event',
		value: 'auditEvent',
		description: 'When somebody has changed something in the factory',
		filters: auditFilters,
		source: {
			kind: 'feed',
			overlap,
			async read(look, { until }) {
				const query = Object.fromEntries(
					auditFilters.map(({ name }) => [name, look.values[`filters.${name}`]]),
				);
				const request = withQuery('/api/v1/audit', { order: 'DESC', ...query });
				return await look.list(request, { at: 'changes', pager: pages }, undefined, until);
			},
			key: (record) => idOf(record),
			time: (record) => seconds(record, 'timestamp'),
		},
	},
];
