import type { Feed, Inventory, TriggerEvent } from '../shared/events';
import { at, text } from '../shared/json';
import type { Field, Look, Until, Values } from '../shared/operation';
import { pages, read, rootOf } from './calls';
import { extendedApi, serviceChoice } from './fields';
import { customFilterFields, filtered } from './filters';
import { readBody } from './refusals';
import { requests, stateOf } from './resources/privacyRequest';
import { owner, subscriptionsOf } from './resources/subscription';
import { workflowId } from './resources/workflow';

/** Seconds by which a record may appear late in its list: imports write many records in one go. */
const overlap = 900;

const list = { at: 'content', pager: pages };

/** Milliseconds since the epoch; the service writes a blank in place of the T. */
function timeAt(record: unknown, name: string): number | undefined {
	const time = Date.parse((text(at(record, name)) ?? '').replace(' ', 'T'));
	return Number.isNaN(time) ? undefined : time;
}

/** For lists that the service orders by the time itself: what follows an old record is older still. */
const untilLast =
	(until: Until): Until =>
	(records) =>
		until(records) || until(records.slice(-1));

/** The record's key with a time, for what can happen to it again. */
function keyWith(record: unknown, name: string): string | undefined {
	const key = text(at(record, 'PKey'));
	return key === undefined ? undefined : `${key}@${text(at(record, name)) ?? ''}`;
}

/** Whether a filter with several choices lets a value pass; none chosen stands for all. */
const isChosen = (wanted: unknown, value: string | undefined) =>
	!Array.isArray(wanted) || (value !== undefined && wanted.includes(value));

/** Profiles, those first whose time is the newest: so the list is read to the beginning of the window only. */
function profilesBy(member: 'created' | 'lastModified'): Feed {
	return {
		kind: 'feed',
		overlap,
		async read(look, { until }) {
			const all = { method: 'GET' as const, path: `${rootOf(look.values)}/profile` };
			const { request } = filtered(look, { ...all, query: { _order: `${member} desc` } }, []);
			return await look.list(request, list, undefined, untilLast(until));
		},
		key: (record) =>
			member === 'created' ? text(at(record, 'PKey')) : keyWith(record, 'lastModified'),
		time: (record) => timeAt(record, member),
		// A profile that was only created is not changed
		isWanted: (record) =>
			member === 'created' ||
			(timeAt(record, 'lastModified') ?? 0) > (timeAt(record, 'created') ?? 0),
	};
}

/** The address of the subscriptions of the chosen service, once for each poll: its key is never made up. */
const addresses = new WeakMap<Look, Promise<string>>();

async function addressOf(look: Look): Promise<string> {
	const known = addresses.get(look);
	if (known) return await known;
	const address = owner(look, 'service').then((service) => subscriptionsOf(look, service));
	addresses.set(look, address);
	return await address;
}

async function readSubscriptions(look: Look, order: string, until?: Until): Promise<unknown[]> {
	const path = await addressOf(look);
	return await look.list({ method: 'GET', path, query: { _order: order } }, list, undefined, until);
}

const subscriptionsAdded: Feed = {
	kind: 'feed',
	overlap,
	read: async (look, { until }) => await readSubscriptions(look, 'created desc', untilLast(until)),
	// Who subscribes again may get the same key
	key: (record) => keyWith(record, 'created'),
	time: (record) => timeAt(record, 'created'),
};

/** What Campaign says of a key that is none of its own: keys are new after an instance was deployed anew. */
const isForeignKey = (body: unknown) =>
	/attribute unknown \(see definition|Unable to decrypt PKey/.test(readBody(body).message ?? '');

/** Polls that met keys from before the instance was deployed anew: what is missing then was not removed. */
const deployedAnew = new WeakSet<Values>();

/** What a poll has asked about subscriptions that it did not read. */
const inquiries = new WeakMap<Look, Array<Promise<Missing>>>();

type Missing = 'there' | 'gone' | 'foreign';

/** Asks about one subscription that was not read. */
async function inquire(look: Look, id: string): Promise<Missing> {
	const address = (await addressOf(look)).replace(/\/+$/, '');
	const path = `${address}/${encodeURIComponent(id)}`;
	const { status, body } = await look.send({ method: 'GET', path, accept: [404, 500] });
	if (status !== 404 && status !== 500) return 'there';
	if (isForeignKey(body)) return 'foreign';
	if (status === 404) return 'gone';
	throw look.refuse(
		readBody(body).message ?? 'Campaign did not tell whether a subscription is still there',
	);
}

/** A subscriber in a word: the email address or, without one, the name. */
const subscriberOf = (record: unknown) =>
	text(at(record, 'subscriber.email')) ??
	[at(record, 'subscriber.firstName'), at(record, 'subscriber.lastName')]
		.map(text)
		.join(' ')
		.trim();

const subscriptionsRemoved: Inventory = {
	kind: 'inventory',
	read: async (look) => await readSubscriptions(look, 'created'),
	id: (record) => text(at(record, 'PKey')),
	word: subscriberOf,
	happened: (_before, word, values) => word === undefined && !deployedAnew.has(values),
	async isGone(id, look) {
		const all = inquiries.get(look) ?? [];
		inquiries.set(look, all);
		const inquiry = inquire(look, id);
		all.push(inquiry);
		const missing = await inquiry;
		// The engine asks about all before the first answer is there
		if ((await Promise.all(all)).includes('foreign')) {
			// Foreign keys are forgotten in silence; what has really gone is told by the next poll
			deployedAnew.add(look.values);
			return missing === 'foreign';
		}
		return missing === 'gone';
	},
	remains: (PKey, before) => ({
		PKey,
		subscriber: before.includes('@') ? { email: before } : { title: before },
	}),
};

/** The chosen workflow. The only thing that its record tells is when it is processed next. */
function workflow(happened: (before: string, now: string) => boolean): Inventory {
	return {
		kind: 'inventory',
		async read(look) {
			const id = encodeURIComponent(String(look.values.workflowId));
			const record = await read(look, `/workflow/execution/${id}`);
			if (typeof record.nextProcessingDate === 'string') return [record];
			throw look.refuse(
				'The instance does not tell when the workflow is processed next',
				'Without “nextProcessingDate” in its record a workflow cannot be watched.',
			);
		},
		id: () => 'workflow',
		word: (record) => text(at(record, 'nextProcessingDate')) ?? '',
		// Without a date before there was nothing to come to an end
		happened: (before = '', now = '') => before !== '' && happened(before, now),
	};
}

const newestRequestFirst = {
	method: 'GET' as const,
	path: '/privacy/privacyTool',
	query: { _order: 'created desc' },
};

const privacyRequests: Feed = {
	kind: 'feed',
	overlap,
	read: async (look, { until }) =>
		await look.list(newestRequestFirst, requests, undefined, untilLast(until)),
	// Unique, and unlike the PKey it stays
	key: (record) => text(at(record, 'name')),
	time: (record) => timeAt(record, 'created'),
	isWanted: (record, values) =>
		isChosen(values['filters.outcome'], stateOf({ body: record }).state) &&
		isChosen(values['filters.requestType'], text(at(record, 'type'))),
	ending: {
		hasEnded: (record) => stateOf({ body: record }).state !== 'running',
		async one(key, look) {
			const isIt = (record: unknown) => text(at(record, 'name')) === key;
			const found: Until = (records) => records.some(isIt);
			return (await look.list(newestRequestFirst, requests, undefined, found)).find(isIt);
		},
	},
};

const outcome: Field = {
	displayName: 'Outcome',
	name: 'outcome',
	type: 'multiOptions',
	options: [
		{ name: 'Complete', value: 'done' },
		{ name: 'Error', value: 'failed', description: 'Also when nothing was found for the value' },
	],
	default: [],
	description: 'How it ended; both when none is chosen',
};

const requestType: Field = {
	displayName: 'Type',
	name: 'requestType',
	type: 'multiOptions',
	options: [
		{ name: 'Access', value: 'access' },
		{ name: 'Delete', value: 'delete' },
	],
	default: [],
	description: 'What was asked for; both when none is chosen',
};

const profileForm = {
	fields: [extendedApi],
	filters: customFilterFields('searchProfileFilters'),
};

export const events: TriggerEvent[] = [
	{
		name: 'Profile Created',
		value: 'profileCreated',
		description: 'When a profile has been created',
		...profileForm,
		source: profilesBy('created'),
	},
	{
		name: 'Profile Changed',
		value: 'profileChanged',
		description: 'When a profile has been changed after it was created',
		...profileForm,
		source: profilesBy('lastModified'),
	},
	{
		name: 'Subscription Added',
		value: 'subscriptionAdded',
		description: 'When a profile has subscribed to a service',
		fields: [serviceChoice],
		source: subscriptionsAdded,
	},
	{
		name: 'Subscription Removed',
		value: 'subscriptionRemoved',
		description: 'When the subscription of a profile to a service is no longer there',
		fields: [serviceChoice],
		source: subscriptionsRemoved,
	},
	{
		name: 'Workflow Ended',
		value: 'workflowEnded',
		description:
			'When no further processing of a workflow is planned: it has finished or failed, or was stopped or paused; the API does not tell which',
		fields: [workflowId],
		source: workflow((_before, now) => now === ''),
	},
	{
		name: 'Workflow Processed',
		value: 'workflowProcessed',
		description: 'When a workflow has been processed at its time, and the next time is planned',
		fields: [workflowId],
		source: workflow((before, now) => now > before),
	},
	{
		name: 'Privacy Request Done (Deprecated)',
		value: 'privacyRequestDone',
		description:
			'When a privacy request is complete or has failed. Adobe recommends its Privacy Service instead since release 21.2.',
		filters: [outcome, requestType],
		source: privacyRequests,
	},
];
