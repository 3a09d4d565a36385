import type { Feed, Inventory, TriggerEvent } from '../shared/events';
import { at, text } from '../shared/json';
import type { ApiRequest, Field, Look, Query, Until, Values } from '../shared/operation';
import { brief } from '../shared/watch';
import { account, asValue, location, senderDomain } from './fields';
import { pages, readWhole, record, records, search } from './lists';
import { undocumented as undocumentedNotifications } from './resources/notification';
import {
	undocumented as undocumentedSenderDomains,
	withoutSecrets,
} from './resources/senderDomain';

/**
 * For records whose list is read whole: a user is seen when it shares an account, which may be long after it was
 * created. What was created earlier is taken for one that came back into view.
 */
const createdOverlap = 30 * 24 * 3600;

const uuidOf = (item: unknown) => text(at(item, 'uuid'));

/** Times come in two forms, of which one does not say that it is UTC. */
function timeOf(item: unknown, name: string): number | undefined {
	const written = text(at(item, name))?.replace(' ', 'T');
	if (written === undefined) return undefined;
	const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(written) ? written : `${written}Z`);
	return Number.isNaN(time) ? undefined : time;
}

function read(path: string, query: Record<string, unknown> = {}): ApiRequest {
	const set = Object.entries(query).filter(([, value]) => value !== undefined);
	return { method: 'GET', path, query: Object.fromEntries(set) as Query };
}

/** A record by its UUID; undefined when it is in the trash, gone or out of sight. */
async function find(look: Look, root: string, uuid: string): Promise<unknown> {
	const path = `/${root}/${encodeURIComponent(uuid)}`;
	const answer = await look.send({ method: 'GET', path, accept: [404] });
	return answer.status === 404 ? undefined : record(answer.body);
}

/** What the list of instances is narrowed by, and the members of an instance that show it. */
const instanceFilters: Field[] = [
	asValue(account, 'query', 'account_uuid'),
	asValue(location, 'query', 'location_uuid'),
];
const narrowing = ({ values }: Look) => ({
	account_uuid: values['filters.accountId'],
	location_uuid: values['filters.locationId'],
});

const readInstances = async (look: Look) =>
	await readWhole(look, read('/instances', narrowing(look)));

/** Also when it has left the account or the location that is watched. */
async function isInstanceGone(uuid: string, look: Look): Promise<boolean> {
	const found = await find(look, 'instances', uuid);
	if (found === undefined) return true;
	return Object.entries(narrowing(look)).some(([name, wanted]) => {
		const value = text(at(found, name));
		return wanted !== undefined && value !== undefined && value !== wanted;
	});
}

const ofInstances: Pick<Inventory, 'kind' | 'read' | 'id' | 'isGone'> = {
	kind: 'inventory',
	read: readInstances,
	id: uuidOf,
	isGone: isInstanceGone,
};

/** Members of an instance that somebody changes; answers may hold others that change by themselves. */
const instanceMembers = [
	{ name: 'Account', value: 'account_uuid' },
	{ name: 'Active Since', value: 'active_at' },
	{ name: 'Custom Domain', value: 'custom_domain' },
	{ name: 'Database Host', value: 'db_host' },
	{ name: 'Database Name', value: 'db_name' },
	{ name: 'Location', value: 'location_uuid' },
	{ name: 'Location Host Name', value: 'location_cname' },
	{ name: 'Name', value: 'name' },
	{ name: 'Plan', value: 'plan_name' },
	{ name: 'Subdomain', value: 'subdomain' },
	{ name: 'Trial Expiration', value: 'trial_expiration' },
	{ name: 'User Email', value: 'user_email' },
];

const watchedMembers: Field = {
	displayName: 'Fields to Watch',
	name: 'watchedMembers',
	type: 'multiOptions',
	options: instanceMembers,
	default: [],
	description: 'Fields of which one has to change; without a choice every change counts',
};

/** Times have whole seconds only, so two changes in one may have the same. */
function wordOfChange(instance: unknown, values: Values): string {
	const wanted = values['filters.watchedMembers'];
	const isChosen = Array.isArray(wanted);
	const members = instanceMembers
		.filter(({ value }) => !isChosen || wanted.includes(value))
		.map(({ value }) => at(instance, value) ?? null);
	const changed = isChosen ? undefined : text(at(instance, 'updated_at'));
	return `${changed ?? ''} ${brief(JSON.stringify(members), 0)}`;
}

/** An instance has no status: it is active since a time, or it is not. */
function wordOfActivity(instance: unknown): string {
	const since = text(at(instance, 'active_at'));
	return since === undefined ? 'inactive' : `active ${since}`;
}

const checks = [
	{ name: 'Bounce Domain', value: 'bounce_domain' },
	{ name: 'Sender Domain', value: 'sender_domain' },
	{ name: 'Tracking Domain', value: 'tracking_domain' },
];

const domainFilters: Field[] = [
	{
		displayName: 'Checks',
		name: 'checks',
		type: 'multiOptions',
		options: checks,
		default: [],
		description: 'Domains whose DNS check counts; all three when none is chosen',
	},
	asValue(senderDomain, 'query', 'uuid'),
];

const wanted = ({ values }: Look) => text(values['filters.senderDomainId'])?.toLowerCase();

/** How each check stands, in a fixed order: `valid`, `open`, or `failed` with a trace of the reason. */
function wordOfChecks(domain: unknown, values: Values): string {
	const chosen = values['filters.checks'];
	return checks
		.filter(({ value }) => !Array.isArray(chosen) || chosen.includes(value))
		.map(({ value }) => {
			if (at(domain, `${value}_validated`) === true) return 'valid';
			const details = text(at(domain, `${value}_details`));
			return details === undefined ? 'open' : `failed:${brief(details, 0)}`;
		})
		.join(' ');
}

const areValid = (word: string | undefined) =>
	word !== undefined && word.split(' ').every((check) => check === 'valid');

const senderDomains = (happened: Inventory['happened']): Inventory => ({
	kind: 'inventory',
	async read(look) {
		const all = await readWhole(look, read('/sender-domains'));
		const uuid = wanted(look);
		return all
			.filter((domain) => uuid === undefined || uuidOf(domain)?.toLowerCase() === uuid)
			.map(withoutSecrets);
	},
	id: uuidOf,
	word: wordOfChecks,
	happened,
	isGone: async (uuid, look) => (await find(look, 'sender-domains', uuid)) === undefined,
});

/**
 * Ends a list early where its pages turn out to begin with the newest, which is likely but not documented. In any other
 * order it is read to its end.
 */
function whereDescending(until: Until, timeOfItem: Feed['time']): Until {
	let last = Infinity;
	let descends = true;
	let hasDescended = false;
	return (page) => {
		for (const item of page) {
			const time = timeOfItem(item) ?? NaN;
			hasDescended ||= time < last && last !== Infinity;
			descends &&= time <= last;
			last = time;
		}
		const isOld = until(page);
		return descends && hasDescended && (isOld || until(page.slice(-1)));
	};
}

const created: Feed['time'] = (item) => timeOf(item, 'created_at');

/** A list of which the records that were created are told. */
const newIn = (readList: Feed['read']): Feed => ({
	kind: 'feed',
	read: readList,
	key: uuidOf,
	time: created,
	overlap: createdOverlap,
});

export const events: TriggerEvent[] = [
	{
		name: 'Instance Created',
		value: 'instanceCreated',
		description: 'When a new instance has come into the list; active_at is empty until it is ready',
		filters: instanceFilters,
		source: newIn(readInstances),
	},
	{
		name: 'Instance Changed',
		value: 'instanceChanged',
		description:
			'When updated_at of an instance has changed, or one of its fields; a new instance is no change',
		filters: [...instanceFilters, watchedMembers],
		source: {
			...ofInstances,
			word: wordOfChange,
			happened: (before, word) => before !== undefined && word !== undefined,
		},
	},
	{
		name: 'Instance Suspended',
		value: 'instanceSuspended',
		description:
			'When active_at of an instance was set and is empty now, or is later than before: the API shows no status',
		filters: instanceFilters,
		source: {
			...ofInstances,
			word: wordOfActivity,
			happened: (before, word) =>
				before?.startsWith('active ') === true &&
				word !== undefined &&
				(word === 'inactive' || word > before),
		},
	},
	{
		name: 'User Created',
		value: 'userCreated',
		description: 'When a user has come into the list who was created in the last 30 days',
		filters: [asValue(account, 'query', 'account_uuid')],
		source: newIn(async (look) => {
			const uuid = text(look.values['filters.accountId']);
			const path = uuid === undefined ? '/users' : `/accounts/${encodeURIComponent(uuid)}/users`;
			return await readWhole(look, read(path));
		}),
	},
	{
		name: 'Sender Domain Validated',
		value: 'senderDomainValidated',
		description: 'When all DNS checks of a sender domain have become valid',
		fields: [undocumentedSenderDomains],
		filters: domainFilters,
		source: senderDomains((_before, word) => areValid(word)),
	},
	{
		name: 'Sender Domain Failed',
		value: 'senderDomainFailed',
		description:
			'When a DNS check of a sender domain is not valid and says why, or says something else than before',
		fields: [undocumentedSenderDomains],
		filters: domainFilters,
		source: senderDomains((before, word) => {
			const known = before?.split(' ') ?? [];
			const now = word?.split(' ') ?? [];
			return now.some((check, index) => check.startsWith('failed') && check !== known[index]);
		}),
	},
	{
		name: 'Notification Received',
		value: 'notificationReceived',
		description: 'When the user of the credential has a new notification',
		fields: [undocumentedNotifications],
		filters: [
			search,
			{
				displayName: 'Type',
				name: 'notificationType',
				type: 'string',
				default: '',
				placeholder: 'e.g. LimitReached',
				description: 'Text that the class in the type of a notification contains',
			},
			{
				displayName: 'Unread Only',
				name: 'unreadOnly',
				type: 'boolean',
				default: true,
				description: 'Whether to leave out what was read before the poll',
			},
		],
		source: {
			kind: 'feed',
			async read(look, { until }) {
				const request = read('/notifications', { search: look.values['filters.search'] });
				const list = { at: records, pager: pages };
				return await look.list(request, list, undefined, whereDescending(until, created));
			},
			key: uuidOf,
			time: created,
			overlap: 3600,
			isWanted(item, values) {
				const part = text(values['filters.notificationType'])?.toLowerCase() ?? '';
				const isRead = text(at(item, 'read_at')) !== undefined;
				const type = text(at(item, 'type'))?.toLowerCase() ?? '';
				return type.includes(part) && !(isRead && values['filters.unreadOnly'] === true);
			},
		},
	},
];
