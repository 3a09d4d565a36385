/**
 * An invented service of which things are told: a log of entries, runs that end, and a shelf of things that come and go.
 * Its lists shift while they are read, lag, and are not strictly in order. The events of a trigger node are described on it.
 */
import type { INodeType, IPollFunctions } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import type { TriggerCatalog, TriggerEvent } from '../../nodes/shared/events';
import { compileEvents } from '../../nodes/shared/events';
import { at, text } from '../../nodes/shared/json';
import type { Field, Look } from '../../nodes/shared/operation';
import { pageNumbers } from '../../nodes/shared/pagers';
import { poll } from '../../nodes/shared/poll';
import { shelf } from './provider.mts';
import type { Received, Scripted } from './server.mts';

/** Seconds by which entries may appear late. */
export const overlap = 600;

const size = 4;
const pager = pageNumbers({ page: 'page', limit: 'limit', size, first: 1 });

const kinds: Field = {
	displayName: 'Kind',
	name: 'kind',
	type: 'string',
	default: '',
};

const idOf = (record: unknown) => text(at(record, 'id'));
const timeOf = (record: unknown) => {
	const time = at(record, 'time');
	return typeof time === 'number' ? time : undefined;
};
const isKind = (record: unknown, values: Record<string, unknown>) =>
	values['filters.kind'] === undefined || at(record, 'kind') === values['filters.kind'];
const stateOf = (record: unknown) => text(at(record, 'state')) ?? '';

async function readRun(key: string, look: Look): Promise<unknown> {
	const answer = await look.send({ method: 'GET', path: `/runs/${key}`, accept: [404] });
	return answer.status === 404 ? undefined : answer.body;
}

const runs = (isAll: boolean): TriggerEvent['source'] => ({
	kind: 'feed',
	overlap,
	read: async (look, { until }) =>
		await look.list({ method: 'GET', path: '/runs' }, { at: 'entries', pager }, undefined, until),
	key: idOf,
	time: timeOf,
	isWanted: isKind,
	ending: {
		hasEnded: (record) => stateOf(record) !== 'running',
		one: readRun,
		...(isAll && {
			underWay: async (look) =>
				await look.list({ method: 'GET', path: '/running' }, { at: 'entries', pager }),
		}),
	},
});

const readThings = async (look: Look) =>
	await look.list({ method: 'GET', path: '/things' }, { at: 'entries', pager });

const isThingGone = async (id: string, look: Look) =>
	(await look.send({ method: 'GET', path: `/things/${id}`, accept: [404] })).status === 404;

/** Every kind of event that there is. */
export const journalEvents: TriggerEvent[] = [
	{
		name: 'Entry Written',
		value: 'entryWritten',
		description: 'When an entry has been written',
		filters: [kinds],
		source: {
			kind: 'feed',
			overlap,
			read: async (look, { until }) =>
				await look.list(
					{ method: 'GET', path: '/entries' },
					{ at: 'entries', pager },
					undefined,
					until,
				),
			key: idOf,
			time: timeOf,
			isWanted: isKind,
		},
	},
	{
		name: 'Entry Written Since',
		value: 'entryWrittenSince',
		description: 'When an entry has been written, by a list that is narrowed by time',
		filters: [kinds],
		source: {
			kind: 'feed',
			overlap,
			read: async (look, { since }) =>
				await look.list(
					{ method: 'GET', path: '/entries', query: { since } },
					{ at: 'entries', pager },
				),
			key: idOf,
			time: timeOf,
			isWanted: isKind,
		},
	},
	{
		name: 'Run Ended',
		value: 'runEnded',
		description: 'When a run has ended',
		filters: [kinds],
		source: runs(false),
	},
	{
		name: 'Any Run Ended',
		value: 'anyRunEnded',
		description: 'When a run has ended, however long ago it began',
		filters: [kinds],
		source: runs(true),
	},
	{
		name: 'Thing Made',
		value: 'thingMade',
		description: 'When a thing has been made',
		source: {
			kind: 'inventory',
			read: readThings,
			id: idOf,
			word: stateOf,
			happened: (before, word) => before === undefined && word !== undefined,
		},
	},
	{
		name: 'Thing Changed or Gone',
		value: 'thingChanged',
		description: 'When a thing has another state, or is gone',
		fields: [
			{
				displayName: 'Into',
				name: 'into',
				type: 'options',
				options: [
					{ name: 'Any State', value: 'any' },
					{ name: 'One State', value: 'one' },
				],
				default: 'any',
			},
			{
				displayName: 'State',
				name: 'state',
				type: 'string',
				required: true,
				default: '',
				displayOptions: { show: { into: ['one'] } },
			},
		],
		source: {
			kind: 'inventory',
			read: readThings,
			id: idOf,
			word: stateOf,
			happened: (before, word, { state }) =>
				before !== undefined && (state === undefined || word === state),
			isGone: isThingGone,
			remains: (id, before) => ({ id, was: before }),
		},
	},
];

export const journalCatalog: TriggerCatalog = compileEvents(shelf, journalEvents);

/** Makes a trigger node's instance out of a catalog, as the nodes of the package do. */
export function triggerOf(catalog: TriggerCatalog): INodeType {
	return {
		description: {
			displayName: 'Journal Trigger',
			name: 'journalTrigger',
			group: ['trigger'],
			version: 1,
			description: 'A trigger of the tests',
			defaults: { name: 'Journal Trigger' },
			polling: true,
			inputs: [],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: shelf.credential, required: true }],
			properties: catalog.properties,
		},
		async poll(this: IPollFunctions) {
			return await poll(this, catalog);
		},
	};
}

/** Something in a list of the service. */
export interface Entry {
	id: string;
	/** By the service's clock; undefined where it gives none. */
	time?: number;
	kind: string;
	/** `running` while it is under way. */
	state: string;
}

/** The service: what is in its lists, and what happens while they are read. */
export class Journal {
	/** In the order of arrival. */
	entries: Entry[] = [];

	/** Whether lists are in the order of their times, or of arrival; newest first. */
	isByTime = true;

	/** Called before each request is answered. */
	onRequest: (request: Received) => Scripted | undefined = () => undefined;

	/** Ended runs that the list of running ones still shows. */
	readonly lagging = new Set<string>();

	private list(): Entry[] {
		const listed = [...this.entries].reverse();
		return this.isByTime ? listed.sort((a, b) => (b.time ?? 0) - (a.time ?? 0)) : listed;
	}

	private page(found: Entry[], { query }: Received): Scripted {
		const page = Number(query.get('page') ?? 1);
		return { body: { entries: found.slice((page - 1) * size, page * size) } };
	}

	/** Answers a request to the API. */
	answer(request: Received): Scripted {
		const instead = this.onRequest(request);
		if (instead) return instead;
		const [, , list, id] = request.path.split('/');
		if (id !== undefined) {
			const found = this.entries.find((entry) => entry.id === id);
			return found ? { body: found } : { status: 404, body: { fault: 'Not there' } };
		}
		if (list === 'running') {
			const isListed = ({ id: key, state }: Entry) => state === 'running' || this.lagging.has(key);
			const shown = this.list().filter(isListed);
			return this.page(
				shown.map((entry) => ({ ...entry, state: 'running' })),
				request,
			);
		}
		const since = request.query.get('since');
		const found = this.list().filter(
			({ time }) => since === null || time === undefined || time >= Number(since),
		);
		// Lists that are narrowed by time begin with the oldest
		return this.page(since === null ? found : found.reverse(), request);
	}
}
