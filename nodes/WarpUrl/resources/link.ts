import { at, isObject, text } from '../../shared/json';
import type { Json } from '../../shared/json';
import type { Call, Field, Operation, Resource, Result } from '../../shared/operation';
import type { Part } from '../batches';
import { linkBatch } from '../batches';
import {
	campaignOfLink,
	channel,
	clientId,
	link,
	linkName,
	longUrl,
	months,
	periodChecks,
	slug,
	tags,
	username,
} from '../fields';
import { ownClient, ownUser } from '../identity';
import { pages } from '../pages';
import type { Correction } from '../qrCode';
import { drawQrCode } from '../qrCode';
import {
	fullAddress,
	fullShortUrl,
	isoTimes,
	listOf,
	present,
	read,
	recordAt,
	sendForRecord,
} from '../records';

const shown = [fullShortUrl, isoTimes];

/** What most people want of a link. */
const simple = [
	'link_id',
	'name',
	'short_url',
	'full_short_url',
	'long_url',
	'campaign_name',
	'clicks',
	'tags',
	'created_at',
	'created_at_iso',
];

/** The service wants a campaign beside a channel. */
function checkChannel(call: Call, campaignId: unknown, name: unknown): void {
	if (text(name) === undefined || text(campaignId) !== undefined) return;
	throw call.refuse(
		'“Campaign Channel” needs a campaign',
		'Set “Campaign” too, or leave the channel out.',
	);
}

async function create(call: Call): Promise<Result> {
	const { values } = call;
	checkChannel(
		call,
		values['additionalFields.campaignId'],
		values['additionalFields.campaignChannel'],
	);
	return await sendForRecord(call);
}

async function find(call: Call): Promise<Result> {
	const { body } = await call.send(call.request);
	const tagsOfLink = at(body, 'data.tags');
	return present(call, {
		...recordAt(call, body, 'data.link'),
		...(Array.isArray(tagsOfLink) && { tags: tagsOfLink.map(toTag) }),
	});
}

/** A tag is text; an early draft of the documentation had objects. */
function toTag(tag: unknown): unknown {
	return isObject(tag) ? (tag.tag_name ?? tag) : tag;
}

function recordsOf(body: unknown): Json[] {
	const items = at(body, 'data.Items');
	return Array.isArray(items) ? items.filter(isObject) : [];
}

function readFound(body: unknown, { call, linkId }: Part): Result {
	const record = recordsOf(body).find((candidate) => candidate.link_id === linkId);
	if (record) return present(call, record);
	throw call.refuse(
		`The link ${linkId} was not found`,
		'Check the ID: upper and lower case differ. The link may have been deleted.',
	);
}

/** A link without clicks has no history: it gets one without views, so that every item is answered. */
function readHistory(body: unknown, { call, linkId }: Part): Result {
	const record = recordsOf(body).find((candidate) => candidate.link_id === linkId);
	const { period, period_value: value } = isObject(call.request.body) ? call.request.body : {};
	return present(call, record ?? { for: period, link_id: linkId, period: value, views: {} });
}

/** What a link is replaced by: what was set, over what it is now. */
function merge(set: Json, current: Json): Json {
	const campaignId = 'campaign_id' in set ? set.campaign_id : text(current.campaign_id);
	// A channel belongs to its campaign: with another one the old channel would be added there
	const keepsCampaign = campaignId === text(current.campaign_id);
	const currentChannel = keepsCampaign ? text(current.campaign_channel) : undefined;
	// A link without a name of its own bears the long URL, which can be longer than a name may be
	const currentName = current.name === current.long_url ? undefined : text(current.name);
	return {
		link_id: set.link_id,
		long_url: set.long_url ?? current.long_url,
		name: 'name' in set ? set.name : (currentName ?? null),
		campaign_id: campaignId ?? null,
		campaign_channel: 'campaign_channel' in set ? set.campaign_channel : (currentChannel ?? null),
	};
}

/** The members that were set; leaving the campaign clears two. */
function changesOf(call: Call): Json {
	const set = isObject(call.request.body) ? call.request.body : {};
	if (call.values['updateFields.leaveCampaign'] !== true) return set;
	if (set.campaign_id !== undefined) {
		throw call.refuse(
			'“Campaign” and “Leave Campaign” exclude each other',
			'Remove one of the two under “Update Fields”.',
		);
	}
	return { ...set, campaign_id: null, campaign_channel: null };
}

async function update(call: Call): Promise<Result> {
	const { request, values } = call;
	const set = changesOf(call);
	let data = set;
	if (values.updateMode === 'replace') {
		if (text(set.long_url) === undefined) {
			throw call.refuse(
				'“Long URL” is required to replace a link',
				'Add it under “Update Fields”, or choose “Keep What Is Not Set”.',
			);
		}
	} else {
		if (Object.keys(set).length < 2) {
			throw call.refuse('There is nothing to change', 'Add what changes under “Update Fields”.');
		}
		const { body } = await call.send({
			...request,
			...read,
			path: '/link/find',
			body: { link_id: set.link_id },
		});
		data = merge(set, recordAt(call, body, 'data.link'));
	}
	checkChannel(call, data.campaign_id, data.campaign_channel);
	const answer = await call.send({ ...request, body: data });
	return present(call, recordAt(call, answer.body));
}

async function suggestName(call: Call): Promise<Result> {
	const { body } = await call.send(call.request);
	return { long_url: call.values.longUrl, suggested_name: text(at(body, 'data')) ?? null };
}

async function getTags(call: Call): Promise<Result> {
	const { body } = await call.send(call.request);
	const items = at(body, 'data.Items');
	return { link_id: call.values.linkId, tags: Array.isArray(items) ? items.map(toTag) : [] };
}

/** The link is read first: a code on paper that leads nowhere is found out too late. */
async function getQrCode(call: Call): Promise<Result> {
	const { values, credentials } = call;
	if (fullAddress(credentials, '/') === undefined) {
		throw call.refuse(
			'“Shortening Domain” in the credential is empty',
			'A QR code holds the whole short address, of which WarpURL returns only the part after the domain.',
		);
	}
	const { body } = await call.send({ ...call.request, binary: false });
	const slugOfLink = text(recordAt(call, body, 'data.link').short_url) ?? '';
	const address = fullAddress(credentials, slugOfLink);
	if (address === undefined) throw call.refuse('The link has no short address');
	return {
		bytes: drawQrCode(address, values.correction as Correction, Number(values.scale)),
		property: String(values.binaryPropertyName),
		fileName: `${slugOfLink.slice(1).replace(/[^\p{L}\p{N}.-]+/gu, '-') || 'link'}.png`,
		mimeType: 'image/png',
	};
}

const sort: Field = {
	displayName: 'Sort',
	name: 'sort',
	type: 'options',
	options: [
		{ name: 'Most Clicks First', value: 'DESC' },
		{ name: 'Fewest Clicks First', value: 'ASC' },
	],
	default: 'DESC',
	wire: { in: 'body', as: 'Sort' },
};

const createAndRead: Operation[] = [
	{
		name: 'Create',
		value: 'create',
		action: 'Create link',
		description: 'Shorten an address',
		operationId: 'createLink',
		request: {
			method: 'POST',
			path: '/link/create',
			body: { client_id: ownClient, username: ownUser },
		},
		output: { kind: 'item', at: 'data' },
		fields: [longUrl],
		additionalFields: [slug, linkName, tags, campaignOfLink, channel, username, clientId],
		options: shown,
		run: create,
	},
	{
		name: 'Find',
		value: 'find',
		action: 'Find link',
		description: 'Read one link',
		operationId: 'findLink',
		request: { method: 'POST', path: '/link/find' },
		...read,
		output: { kind: 'item', at: 'data.link' },
		simple,
		fields: [link],
		options: [
			{
				displayName: 'Include Tags',
				name: 'includeTags',
				type: 'boolean',
				default: true,
				description: 'Whether to return also the tags of the link',
				wire: {
					in: 'body',
					as: 'control.Include',
					map: (value) => (value === true ? ['tags'] : undefined),
				},
			},
			...shown,
		],
		run: find,
	},
	{
		name: 'Find Many by ID',
		value: 'findBatch',
		action: 'Find many links by ID',
		description: 'Read the link of each item, 25 with one request',
		operationId: 'findLinksBatch',
		request: { method: 'POST', path: '/link/find_batch' },
		...read,
		output: { kind: 'item' },
		simple,
		fields: [link],
		options: shown,
		batch: linkBatch(25, readFound),
	},
	{
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many links',
		description: 'List the links of a user, newest first',
		operationId: 'paginateUserLinks',
		request: { method: 'POST', path: '/link/paginate_user', body: { username: ownUser } },
		...listOf({ kind: 'list', at: 'data.Items', pager: pages }),
		simple,
		filters: [username],
		options: shown,
	},
	{
		name: 'Get Popular',
		value: 'getPopular',
		action: 'Get popular links',
		description: 'List the links of a user by their clicks',
		operationId: 'paginatePopularLinks',
		request: { method: 'POST', path: '/link/paginate_popular', body: { username: ownUser } },
		...listOf({ kind: 'list', at: 'data.Items', pager: pages }),
		simple: [...simple.slice(0, 7), 'clicks_day', 'clicks_month', 'clicks_unique'],
		fields: [
			{
				displayName: 'Clicks During',
				name: 'period',
				type: 'options',
				options: [
					{ name: 'All Time', value: 'alltime' },
					{ name: 'This Month (UTC)', value: 'monthly' },
					{ name: 'Today (UTC)', value: 'daily' },
				],
				default: 'alltime',
				wire: { in: 'body' },
			},
		],
		filters: [sort, username],
		options: shown,
	},
	{
		name: 'Get QR Code',
		value: 'getQrCode',
		action: 'Get QR code of link',
		description: 'Draw the whole short address as a QR code in a PNG file',
		operationId: [],
		request: { method: 'POST', path: '/link/find' },
		...read,
		output: { kind: 'file' },
		fields: [
			link,
			{
				displayName: 'Error Correction',
				name: 'correction',
				type: 'options',
				options: [
					{ name: 'High (30%)', value: 'H' },
					{ name: 'Low (7%)', value: 'L' },
					{ name: 'Medium (15%)', value: 'M' },
					{ name: 'Quartile (25%)', value: 'Q' },
				],
				default: 'M',
				description: 'How much of the code may be dirty or covered, for example by a logo',
			},
			{
				displayName: 'Pixels per Module',
				name: 'scale',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 50, numberPrecision: 0 },
				default: 10,
				description:
					'Width of the smallest square of the code. Most codes are 33 to 41 squares wide with their border.',
			},
		],
		run: getQrCode,
	},
	{
		name: 'Get Tags',
		value: 'getTags',
		action: 'Get tags of link',
		description: 'Read the tags of one link',
		operationId: 'findLinkTags',
		request: { method: 'POST', path: '/link/find_tags', body: { client_id: ownClient } },
		...read,
		output: { kind: 'item' },
		fields: [link],
		additionalFields: [clientId],
		run: getTags,
	},
	{
		name: 'Suggest Name',
		value: 'suggestName',
		action: 'Suggest name for link',
		description: 'Read the title of a page; nothing is suggested when it takes over ten seconds',
		operationId: 'getSuggestedLinkName',
		request: { method: 'POST', path: '/link/suggested_name' },
		...read,
		output: { kind: 'item' },
		fields: [longUrl],
		run: suggestName,
	},
];

const histories: Operation[] = [
	{
		name: 'Get Click History',
		value: 'getHistory',
		action: 'Get click history of links',
		description: 'Read the clicks of the link of each item in a day or month, 25 with one request',
		operationId: 'findLinkHistoryBatch',
		request: { method: 'POST', path: '/link/find_batch_history' },
		...read,
		output: { kind: 'item' },
		fields: [
			link,
			{
				displayName: 'Detail',
				name: 'detail',
				type: 'options',
				options: [
					{ name: 'Days of a Month', value: 'daily' },
					{ name: 'Hours of a Day', value: 'hourly' },
				],
				default: 'daily',
				description: 'A month comes with browsers, systems, countries and referers',
				wire: { in: 'body', as: 'period' },
			},
			{
				displayName: 'Month',
				name: 'month',
				type: 'string',
				required: true,
				default: '',
				placeholder: 'e.g. 2025-03',
				description: 'UTC month. A link without clicks gives a record without views.',
				displayOptions: { show: { detail: ['daily'] } },
				check: periodChecks.month,
				wire: { in: 'body', as: 'period_value' },
			},
			{
				displayName: 'Day',
				name: 'day',
				type: 'string',
				required: true,
				default: '',
				placeholder: 'e.g. 2025-03-11',
				description: 'UTC day. A link without clicks gives a record without views.',
				displayOptions: { show: { detail: ['hourly'] } },
				check: periodChecks.day,
				wire: { in: 'body', as: 'period_value' },
			},
		],
		options: [isoTimes],
		batch: linkBatch(25, readHistory),
	},
	{
		name: 'Get Click History of User',
		value: 'getUserHistory',
		action: 'Get click history of user',
		description: 'Read the clicks of all links of a user together, by days',
		operationId: 'findUserLinkHistory',
		request: {
			method: 'POST',
			path: '/link/find_history_user',
			body: { client_id: ownClient, username: ownUser },
		},
		...listOf({ kind: 'list', at: 'data.Items' }),
		fields: [months],
		filters: [username, clientId],
		options: [isoTimes],
	},
];

const changes: Operation[] = [
	{
		name: 'Delete',
		value: 'delete',
		action: 'Delete links',
		description: 'Delete the link of each item, 10 with one request',
		operationId: 'deleteLinks',
		request: {
			method: 'POST',
			path: '/link/delete',
			body: { client_id: ownClient, invalidate: false },
		},
		output: { kind: 'deleted' },
		fields: [
			{
				displayName:
					'WarpURL bills deleting with “Invalidate at Once”. Without it a deleted link stops working within a day.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			link,
		],
		additionalFields: [
			{
				displayName: 'Invalidate at Once (Billed)',
				name: 'invalidate',
				type: 'boolean',
				default: false,
				description:
					'Whether to clear the edge caches, so that the link stops working at once. WarpURL bills this. Without it the link stops working within a day.',
				wire: { in: 'body' },
			},
			clientId,
		],
		batch: linkBatch(10, () => ({ deleted: true })),
	},
	{
		name: 'Hide or Show',
		value: 'setHidden',
		action: 'Hide or show links',
		description: 'Hide the link of each item in the portal, or show it again, 10 with one request',
		operationId: 'updateLinksHidden',
		request: { method: 'POST', path: '/link/update_hidden', body: { client_id: ownClient } },
		output: { kind: 'item' },
		fields: [
			link,
			{
				displayName: 'Hidden',
				name: 'hidden',
				type: 'boolean',
				required: true,
				default: true,
				description: 'Whether the portal leaves the link out of its lists',
				wire: { in: 'body' },
			},
		],
		additionalFields: [clientId],
		batch: linkBatch(10, (_body, { call, linkId }) => ({
			link_id: linkId,
			hidden: call.values.hidden,
		})),
	},
	{
		name: 'Invalidate',
		value: 'invalidate',
		action: 'Invalidate links',
		description: 'Refresh the link of each item in the edge caches, 10 with one request',
		operationId: 'invalidateLinks',
		request: { method: 'POST', path: '/link/invalidate', body: { client_id: ownClient } },
		output: { kind: 'item' },
		fields: [
			{
				displayName:
					'WarpURL bills invalidations. They are seldom needed, because a changed long URL is spread anyway. It takes ten seconds to some minutes.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			link,
		],
		additionalFields: [clientId],
		batch: linkBatch(10, (_body, { linkId }) => ({ link_id: linkId, invalidated: true })),
	},
	{
		name: 'Update',
		value: 'update',
		action: 'Update link',
		description: 'Change the long URL, name or campaign of a link',
		operationId: 'updateLink',
		request: { method: 'POST', path: '/link/update' },
		output: { kind: 'item', at: 'data' },
		fields: [
			{
				displayName:
					'WarpURL bills a changed long URL as an invalidation. The slug of a link cannot be changed.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			link,
			{
				displayName: 'Update Mode',
				name: 'updateMode',
				type: 'options',
				options: [
					{
						name: 'Keep What Is Not Set',
						value: 'merge',
						description: 'The link is read first. An empty field under Update Fields clears.',
					},
					{
						name: 'Replace Everything',
						value: 'replace',
						description: 'Name and campaign are cleared unless they are set',
					},
				],
				default: 'merge',
			},
		],
		updateFields: [
			{ ...longUrl, required: false },
			linkName,
			campaignOfLink,
			channel,
			{
				displayName: 'Leave Campaign',
				name: 'leaveCampaign',
				type: 'boolean',
				default: true,
				description: 'Whether the link leaves its campaign',
			},
		],
		options: shown,
		run: update,
	},
	{
		name: 'Update Tags',
		value: 'updateTags',
		action: 'Update tags of link',
		description: 'Replace all tags of a link; without tags they are cleared',
		operationId: 'updateLinkTags',
		request: {
			method: 'POST',
			path: '/link/update_tags',
			body: { client_id: ownClient, tags: [] },
		},
		output: { kind: 'item', at: 'data' },
		fields: [link, tags],
		additionalFields: [clientId],
		options: shown,
		run: sendForRecord,
	},
];

export const links: Resource = {
	name: 'Link',
	value: 'link',
	operations: [...createAndRead, ...histories, ...changes],
};
