import type { INodeProperties } from 'n8n-workflow';

import { clock } from '../shared/clock';
import type { Inventory, TriggerEvent } from '../shared/events';
import { at, isObject, text } from '../shared/json';
import type { Json } from '../shared/json';
import type { ApiRequest, Field, Look, Until, Values } from '../shared/operation';
import { toProperty } from '../shared/properties';
import { readValue } from '../shared/values';
import { codes, isRefusedWith } from './answers';
import { campaign, campaignOfLink, link, username } from './fields';
import { ownUser } from './identity';
import { toRecord } from './importing';
import { pages } from './pages';
import { present, read } from './records';
import { addUp } from './resources/campaign';

/** Lists begin with the newest, but a page that shifts hides a record until the next poll. */
const overlap = 900;

/** Links that one request can name. */
const mostInBatch = 25;

/** An import whose file has not come after so many milliseconds never begins: the address for it holds for minutes. */
const longestWait = 3 * 24 * 3_600_000;

const call = (path: string, body: Json): ApiRequest => ({ method: 'POST', path, body, ...read });

/** As the action node shows records, with the times in ISO 8601 beside them. */
const shownBy = ({ credentials }: Look) => ({ credentials, values: { 'options.isoTimes': true } });

/** The service writes UTC without saying so. */
function timeOf(record: unknown): number | undefined {
	const time = Date.parse(`${text(at(record, 'created_at'))?.replace(' ', 'T')}Z`);
	return Number.isNaN(time) ? undefined : time;
}

const userOf = ({ values }: Look) => text(values['filters.username']) ?? ownUser;

/** Reads a list of a user, the newest first, as far as it has to be read. */
async function readNewest(look: Look, path: string, until: Until): Promise<Json[]> {
	const request = call(path, { username: userOf(look) });
	const list = { at: 'data.Items', pager: pages };
	// What follows a record that is too old is older
	const untilLast: Until = (page) => until(page) || until(page.slice(-1));
	return (await look.list(request, list, undefined, untilLast)).filter(isObject);
}

/** How an import has ended; undefined while it has not. */
function endOf(record: unknown): string | undefined {
	const status = text(at(record, 'import_status'));
	if (status === 'SUCCESSFUL') {
		return Number(at(record, 'total_error')) > 0 ? 'partly' : 'successful';
	}
	if (status === 'ERROR_VALIDATION') return 'invalid';
	return status?.startsWith('ERROR') ? 'failed' : undefined;
}

function importKey(record: unknown): string | undefined {
	const began = timeOf(record) ?? Infinity;
	const isWaiting = text(at(record, 'import_status')) === 'QUEUED';
	const isGivenUp = isWaiting && clock.now() - began > longestWait;
	return isGivenUp ? undefined : text(at(record, 'import_id'));
}

const watched: Field = {
	displayName: 'Watch',
	name: 'watch',
	type: 'options',
	options: [
		{
			name: 'All Links',
			value: 'allLinks',
			description: 'Each link of the user, by its own clicks',
		},
		{
			name: 'Campaign as a Whole',
			value: 'campaign',
			description: 'The clicks of all links of a campaign together',
		},
		{ name: 'Chosen Links', value: 'links', description: 'Each of these links, by its own clicks' },
		{
			name: 'Links of a Campaign',
			value: 'campaignLinks',
			description: 'Each link of a campaign, by its own clicks',
		},
	],
	default: 'allLinks',
};

const campaignField: Field = {
	...campaign,
	displayOptions: { show: { watch: ['campaign', 'campaignLinks'] } },
};

const linkList: Field = {
	displayName: 'Links',
	name: 'links',
	type: 'fixedCollection',
	required: true,
	typeOptions: { multipleValues: true },
	placeholder: 'Add Link',
	default: { link: [{ linkId: link.default }] },
	displayOptions: { show: { watch: ['links'] } },
	options: [
		{ displayName: 'Link', name: 'link', values: [toProperty(link) satisfies INodeProperties] },
	],
};

const threshold: Field = {
	displayName: 'Threshold',
	name: 'threshold',
	type: 'number',
	required: true,
	typeOptions: { minValue: 1, numberPrecision: 0 },
	default: 1000,
	description:
		'Number of clicks since the link was created; the workflow starts when it is reached',
};

const counted: Field = {
	displayName: 'Clicks Counted',
	name: 'counted',
	type: 'options',
	options: [
		{ name: 'All', value: 'clicks' },
		{
			name: 'Unique',
			value: 'clicks_unique',
			description: 'WarpURL tells visitors apart by the query of the short address',
		},
	],
	default: 'clicks',
};

const clicksOf = (record: unknown, values: Values) =>
	Number(at(record, String(values.counted ?? counted.default)) ?? 0);

const hasPassed = (record: unknown, values: Values) =>
	clicksOf(record, values) >= Number(values.threshold);

/** The chosen links, each once. @throws InvalidValue for what is no link */
function chosenLinks(look: Look): string[] {
	const rows = at(look.values.links, 'link');
	const ids = (Array.isArray(rows) ? rows : []).map((row) =>
		String(readValue(link, at(row, link.name), { timezone: 'UTC', group: null })),
	);
	if (ids.length > 0) return [...new Set(ids)];
	throw look.refuse('“Links” is required', 'Add the links whose clicks are watched.');
}

async function findLinks(look: Look, ids: string[]): Promise<Json[]> {
	const found: Json[] = [];
	for (let from = 0; from < ids.length; from += mostInBatch) {
		const body = { link_ids: ids.slice(from, from + mostInBatch) };
		const records = await look.list(call('/link/find_batch', body), { at: 'data.Items' });
		found.push(...records.filter(isObject));
	}
	return found;
}

/**
 * The links with the most clicks, down to those that have not reached the threshold. One that is overtaken while pages
 * are read may be missed until the next poll.
 */
async function readPopular(look: Look): Promise<Json[]> {
	const request = call('/link/paginate_popular', {
		username: userOf(look),
		period: 'alltime',
		Sort: 'DESC',
	});
	const list = { at: 'data.Items', pager: pages };
	// Links come in the order of all clicks, of which the unique ones are a part
	const until: Until = (page) =>
		page.some((record) => Number(at(record, 'clicks')) < Number(look.values.threshold));
	return (await look.list(request, list, undefined, until)).filter(isObject);
}

async function readCounted(look: Look): Promise<Json[]> {
	switch (look.values.watch) {
		case 'campaign': {
			const id = look.values.campaignId;
			const request = call('/link/paginate_campaign_stats', { campaign_id: id });
			return [{ campaign_id: id, ...(await addUp(look, request)) }];
		}
		case 'campaignLinks': {
			const id = look.values.campaignId;
			return (await readPopular(look)).filter((record) => record.campaign_id === id);
		}
		case 'links':
			return await findLinks(look, chosenLinks(look));
		default:
			return await readPopular(look);
	}
}

/** Those that have passed the threshold; others are read only to show what the event gives. */
const passed: Inventory = {
	kind: 'inventory',
	async read(look) {
		const { values } = look;
		const records = await readCounted(look);
		return records.map((record) => ({
			...present(shownBy(look), record),
			threshold: values.threshold,
			passed: hasPassed(record, values),
		}));
	},
	id(record) {
		const id = text(at(record, 'link_id')) ?? text(at(record, 'campaign_id'));
		return at(record, 'passed') === true ? id : undefined;
	},
	/** Of a link that was deleted and made again the clicks begin anew. */
	word: (record) => text(at(record, 'created_at')) ?? 'passed',
	happened: (_before, word) => word !== undefined,
	async isGone(id, look) {
		const { values } = look;
		// What is read anew at each poll is missing only when it is below the threshold
		if (values.watch === 'campaign') return true;
		const found = await findLinks(look, [id]).catch((error: unknown) => {
			if (isRefusedWith(error, codes.notAuthorised, codes.handled)) return [];
			throw error;
		});
		const [record] = found;
		if (!record || !hasPassed(record, values)) return true;
		return values.watch === 'campaignLinks' && record.campaign_id !== values.campaignId;
	},
};

export const events: TriggerEvent[] = [
	{
		name: 'Link Created',
		value: 'linkCreated',
		description: 'When a link has been created in the portal, by an import or by another program',
		filters: [{ ...campaignOfLink, description: 'Campaign that a link was created in' }, username],
		source: {
			kind: 'feed',
			async read(look, { until }) {
				const records = await readNewest(look, '/link/paginate_user', until);
				return records.map((record) => present(shownBy(look), record));
			},
			/** A slug can be used again when its link was deleted. */
			key(record) {
				const id = text(at(record, 'link_id'));
				return id && `${id}@${text(at(record, 'created_at')) ?? ''}`;
			},
			time: timeOf,
			overlap,
			isWanted(record, values) {
				const wanted = values['filters.campaignId'];
				return wanted === undefined || at(record, 'campaign_id') === wanted;
			},
		},
	},
	{
		name: 'Clicks Passed Threshold',
		value: 'clicksPassed',
		description: 'When a link or a campaign has reached a number of clicks',
		fields: [watched, campaignField, linkList, threshold, counted],
		filters: [username],
		source: passed,
	},
	{
		name: 'Import Finished',
		value: 'importFinished',
		description: 'When an import of links has ended, however it ended',
		filters: [
			{
				displayName: 'Outcome',
				name: 'outcome',
				type: 'multiOptions',
				options: [
					{ name: 'Error', value: 'failed', description: 'WarpURL could not carry it out' },
					{ name: 'File Not Valid', value: 'invalid', description: 'WarpURL refused the file' },
					{ name: 'Rows Refused', value: 'partly', description: 'Successful but for some rows' },
					{ name: 'Successful', value: 'successful', description: 'Every row was imported' },
				],
				default: [],
				description: 'How it ended; all of them when none is chosen',
			},
			username,
		],
		source: {
			kind: 'feed',
			async read(look, { until }) {
				const records = await readNewest(look, '/db_import/paginate_user', until);
				return records.map((record) => toRecord(shownBy(look), record));
			},
			key: importKey,
			time: timeOf,
			overlap,
			isWanted(record, values) {
				const wanted = values['filters.outcome'];
				return !Array.isArray(wanted) || wanted.includes(endOf(record));
			},
			ending: {
				hasEnded: (record) => endOf(record) !== undefined,
				async one(id, look) {
					const record = await look.send(call('/db_import/find', { import_id: id })).then(
						({ body }) => at(body, 'data'),
						(error: unknown) => {
							if (!isRefusedWith(error, codes.handled)) throw error;
						},
					);
					return isObject(record) ? toRecord(shownBy(look), record) : undefined;
				},
			},
		},
	},
];
