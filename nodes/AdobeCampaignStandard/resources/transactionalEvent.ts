import type { IDataObject } from 'n8n-workflow';

import { at, isObject, text } from '../../shared/json';
import type {
	Answer,
	Call,
	Field,
	Resource,
	Result,
	Task,
	TaskState,
} from '../../shared/operation';
import { encodeSegment } from '../../shared/request';
import { transactionalTenantOf } from '../addresses';
import { limitOf, list, pages, resolveHref, sorted } from '../calls';
import { order, pkeyCheck } from '../fields';

const eventId: Field = {
	displayName: 'Event ID',
	name: 'eventId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. EVTcartAbandonment',
	description:
		'As the API preview of the published event shows it, in Campaign under Event configuration. The API has no list of events.',
	check: { pattern: /^EVT\w{1,61}$/, expects: 'the ID of an event, which starts with EVT' },
	wire: { in: 'path' },
};

/** Final states in which no message went out, in words. */
const failures: Record<string, string> = {
	ignored: 'Campaign ignored the event',
	deliveryFailed: 'the message could not be delivered',
	routingFailed: 'Campaign found no channel for the message',
	tooOld: 'the event had expired before it was processed',
	targetingFailed:
		'no profile fits the event: check the fields by which Campaign looks the profile up',
};

function stateOf({ body }: Answer): TaskState {
	const status = text(at(body, 'status'));
	if (status === 'processed') return { state: 'done' };
	const message = status === undefined ? undefined : failures[status];
	return message === undefined
		? { state: 'running' }
		: { state: 'failed', reason: { message, code: status } };
}

/** An event until its final status. Where to look is in the answer that stored it. */
const processing: Task = {
	id: ({ body }) => text(at(body, 'PKey')),
	poll: (id, call, started) => {
		const href = text(at(started.body, 'href'));
		return {
			method: 'GET',
			path: href === undefined ? `${pathOf(call)}/${encodeURIComponent(id)}` : resolveHref(href),
		};
	},
	read: stateOf,
	noun: 'Event',
	firstDelay: 3,
	slowest: 30,
	timeoutMinutes: 10,
};

/** The path of the operation with the tenant of the credential in it. */
function pathOf({ request, credentials }: Call): string {
	return request.path.replace('{mcTenant}', () =>
		encodeSegment({ displayName: 'Transactional Tenant' }, transactionalTenantOf(credentials)),
	);
}

/** The event's own fields, with the language of the message among them. */
function contextOf(call: Call): IDataObject {
	const { eventFields } = call.values;
	const language = text(call.values['additionalFields.language']);
	return {
		...((isObject(eventFields) ? eventFields : {}) as IDataObject),
		...(language !== undefined && { AC_language: language }),
	};
}

async function send(call: Call): Promise<Result> {
	const path = pathOf(call);
	const body = { ...(call.request.body as IDataObject), ctx: contextOf(call) };
	const started = await call.send({ ...call.request, path, body });
	if (call.values.waitForCompletion !== true) return started.body;
	return await call.wait(processing, started);
}

export const transactionalEvents: Resource = {
	name: 'Transactional Event',
	value: 'transactionalEvent',
	operations: [
		{
			name: 'Send',
			value: 'send',
			action: 'Send transactional event',
			description:
				'Send an event, for which Campaign sends its message at once. Event and message must both be published.',
			operationId: 'sendTransactionalEvent',
			request: { method: 'POST', path: '/mc{mcTenant}/{eventId}' },
			output: { kind: 'task', task: processing },
			fields: [
				eventId,
				{
					displayName: 'Channel',
					name: 'channel',
					type: 'options',
					options: [
						{ name: 'Email', value: 'email' },
						{
							name: 'Profile',
							value: 'profile',
							description: 'The event targets a profile, which its fields identify',
						},
						{ name: 'Push Notification', value: 'push' },
						{ name: 'SMS', value: 'sms' },
					],
					default: 'email',
					description: 'As the event is configured in Campaign',
				},
				{
					displayName: 'Email',
					name: 'email',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. name@email.com',
					displayOptions: { show: { channel: ['email'] } },
					wire: { in: 'body' },
				},
				{
					displayName: 'Mobile Phone',
					name: 'mobilePhone',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. +41790000000',
					displayOptions: { show: { channel: ['sms'] } },
					wire: { in: 'body' },
				},
				{
					displayName: 'Registration Token',
					name: 'registrationToken',
					type: 'string',
					typeOptions: { password: true },
					required: true,
					default: '',
					description: 'Of the app on the device',
					displayOptions: { show: { channel: ['push'] } },
					wire: { in: 'body' },
				},
				{
					displayName: 'Application',
					name: 'application',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. WeFlight',
					description: 'Name of the mobile application in Campaign',
					displayOptions: { show: { channel: ['push'] } },
					wire: { in: 'body' },
				},
				{
					displayName: 'Platform',
					name: 'pushPlatform',
					type: 'options',
					options: [
						{ name: 'Android', value: 'gcm' },
						{ name: 'iOS', value: 'apns' },
					],
					default: 'gcm',
					displayOptions: { show: { channel: ['push'] } },
					wire: { in: 'body' },
				},
				{
					displayName: 'Event Fields (JSON)',
					name: 'eventFields',
					type: 'json',
					default: '{}',
					placeholder: 'e.g. {"firstName": "Jane", "products": [{"name": "Shirt"}]}',
					description: 'Fields and collections that the event is configured with',
					wire: { in: 'body', as: 'ctx', type: 'object' },
				},
			],
			additionalFields: [
				{
					displayName: 'Expiration',
					name: 'expiration',
					type: 'dateTime',
					default: '',
					description: 'When the event is dropped if it was not processed',
					wire: { in: 'body' },
				},
				{
					displayName: 'Language',
					name: 'language',
					type: 'string',
					default: '',
					placeholder: 'e.g. en_us',
					description: 'Language of a message with several ones',
				},
				{
					displayName: 'Scheduled',
					name: 'scheduled',
					type: 'dateTime',
					default: '',
					description: 'When the event is processed at the earliest',
					wire: { in: 'body' },
				},
			],
			run: send,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get transactional event',
			description: 'Read an event with its status',
			operationId: 'getTransactionalEvent',
			request: { method: 'GET', path: '/mc{mcTenant}/{eventId}/{transactionalEventKey}' },
			output: { kind: 'item' },
			fields: [
				eventId,
				{
					displayName: 'PKey',
					name: 'transactionalEventKey',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. @Tg7yHu4jKi1oLp8mNb5vCx2zAs9dQw6eRf3tGz0h',
					description: 'As Send returns it',
					check: pkeyCheck,
					wire: { in: 'path' },
				},
			],
			run: async (call) => (await call.send({ ...call.request, path: pathOf(call) })).body,
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many transactional events',
			description: 'List the events with one ID that were sent',
			operationId: 'listTransactionalEvents',
			request: { method: 'GET', path: '/mc{mcTenant}/{eventId}' },
			output: { kind: 'list', at: 'content', pager: pages },
			fields: [eventId],
			options: order,
			run: async (call) =>
				await list(call, { ...sorted(call, call.request), path: pathOf(call) }, limitOf(call)),
		},
	],
};
