import { at, text } from '../../shared/json';
import type { Call, Field, Resource, Result } from '../../shared/operation';
import { encodeSegment } from '../../shared/request';
import { limitOf, list, pages, read, resolveHref, runList, sorted } from '../calls';
import { order, pkeyCheck, profileByPKey } from '../fields';
import type { Filter } from '../filters';
import { byEmail } from '../profileFilters';

/** The history takes one filter; beside them there are no custom ones. */
const filters: Filter[] = [
	byEmail,
	{
		name: 'byText',
		fields: [
			{
				displayName: 'Search Text',
				name: 'text',
				type: 'string',
				default: '',
				placeholder: 'e.g. varney',
				description: 'Part of the email address or the last name',
				wire: { in: 'query' },
			},
		],
	},
];

const eventKey: Field = {
	displayName: 'Event PKey',
	name: 'eventKey',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. @Mn3bVc6xZl9kJh2gFd5sAp8oIu1yTr4eWq7wQa0z',
	description: 'As Get Events returns it',
	check: pkeyCheck,
	wire: { in: 'path' },
};

const historyPath = (call: Call) =>
	`/profileAndServices/history/${encodeSegment({ displayName: 'Profile' }, call.values.profileKey)}`;

/** Where the events of a profile are: the history tells, because its key differs in this address. */
async function eventsPath(call: Call): Promise<string> {
	const href = text(at(await read(call, historyPath(call)), 'events.href'));
	if (href !== undefined) return resolveHref(href);
	throw call.refuse(
		'The profile has no events',
		'The instance did not say where the events of this profile are.',
	);
}

/** One event; its own address is the list's with the key behind. */
async function readEvent(call: Call): Promise<Record<string, unknown>> {
	const path = (await eventsPath(call)).replace(/\/+$/, '');
	return await read(call, `${path}/${encodeURIComponent(String(call.values.eventKey))}`);
}

async function readMirrorPage(call: Call): Promise<Result> {
	const event = await readEvent(call);
	const href = text(at(event, 'mirrorPage.href'));
	if (href === undefined) {
		throw call.refuse(
			'The event has no mirror page',
			'Only messages that were sent have one; their type is outbound.',
		);
	}
	const { body, headers } = await call.send({
		method: 'GET',
		path: resolveHref(href),
		binary: true,
	});
	const mimeType = headers['content-type']?.split(';')[0] ?? 'text/html';
	return {
		bytes: Buffer.isBuffer(body) ? body : Buffer.from(String(body ?? '')),
		property: String(call.values.binaryPropertyName),
		fileName: `mirror-page.${mimeType === 'application/json' ? 'json' : 'html'}`,
		mimeType,
	};
}

export const histories: Resource = {
	name: 'Marketing History',
	value: 'history',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many marketing histories',
			description: 'List profiles with what was sent to them, in numbers',
			operationId: [
				'listProfileHistories',
				'findProfileHistoriesByEmail',
				'searchProfileHistoriesByText',
			],
			request: { method: 'GET', path: '/profileAndServices/history' },
			output: { kind: 'list', at: 'content', pager: pages },
			filters: filters.flatMap(({ fields }) => fields),
			options: order,
			run: async (call) => {
				const { 'filters.email': email, 'filters.text': words } = call.values;
				if (email !== undefined && words !== undefined) {
					throw call.refuse('Only one filter can be used for the marketing history');
				}
				return await runList(call, filters);
			},
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get marketing history',
			description: 'Read how many messages a profile has got, and where its events are',
			operationId: 'getProfileHistory',
			request: { method: 'GET', path: '/profileAndServices/history/{profileKey}' },
			output: { kind: 'item' },
			fields: [profileByPKey],
		},
		{
			name: 'Get Event',
			value: 'getEvent',
			action: 'Get event of marketing history',
			description: 'Read one message or subscription of a profile',
			operationId: 'getProfileHistoryEvent',
			request: {
				method: 'GET',
				path: '/profileAndServices/history/{profileKey}/events/{eventKey}',
			},
			output: { kind: 'item' },
			fields: [profileByPKey, eventKey],
			run: readEvent,
		},
		{
			name: 'Get Events',
			value: 'getEvents',
			action: 'Get events of marketing history',
			description: 'List the messages that a profile has got and its subscriptions',
			operationId: 'listProfileHistoryEvents',
			request: { method: 'GET', path: '/profileAndServices/history/{profileKey}/events' },
			output: { kind: 'list', at: 'content', pager: pages },
			fields: [profileByPKey],
			options: order,
			run: async (call) => {
				const path = await eventsPath(call);
				return await list(call, { ...sorted(call, call.request), path }, limitOf(call));
			},
		},
		{
			name: 'Get Mirror Page',
			value: 'getMirrorPage',
			action: 'Get mirror page of message',
			description: 'Download a message as the profile has got it',
			operationId: 'getMirrorPage',
			request: {
				method: 'GET',
				path: '/profileAndServices/history/{profileKey}/events/{eventKey}/mirrorPage',
			},
			output: { kind: 'file' },
			fields: [profileByPKey, eventKey],
			run: readMirrorPage,
		},
	],
};
