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
import { limitOf, pages, read, resolveHref, sorted } from '../calls';
import { order, pkeyCheck } from '../fields';

const deprecated = 'Adobe recommends its Privacy Service instead since release 21.2';

const privacyRequestKey: Field = {
	displayName: 'PKey',
	name: 'privacyRequestKey',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. @Ed5rFt8gYh1uJi4kOl7pZa0sXd3cVf6bGn9mHq2w',
	description: 'As Create returns it',
	check: pkeyCheck,
	wire: { in: 'path' },
};

/** How far a request is. */
export function stateOf({ body }: Pick<Answer, 'body'>): TaskState {
	const status = text(at(body, 'status')) ?? '';
	if (status === 'complete') return { state: 'done' };
	if (!/^error/i.test(status)) return { state: 'running' };
	const message =
		status === 'errorDataNotFound'
			? 'Campaign found nothing for this value in this namespace'
			: 'Campaign could not carry it out';
	return { state: 'failed', reason: { message, code: status } };
}

/** A request until Campaign has carried it out, which takes minutes. */
const carryingOut: Task = {
	id: ({ body }) => text(at(body, 'name')) ?? text(at(body, 'PKey')),
	poll: (id, _call, started) => {
		const href = text(at(started.body, 'href'));
		return {
			method: 'GET',
			path:
				href === undefined ? `/privacy/privacyTool/${encodeURIComponent(id)}` : resolveHref(href),
		};
	},
	read: stateOf,
	noun: 'Privacy request',
	firstDelay: 10,
	slowest: 60,
	timeoutMinutes: 60,
};

async function create(call: Call): Promise<Result> {
	const body = call.request.body as IDataObject;
	const label = text(body.label) ?? text(body.name);
	const started = await call.send({ ...call.request, body: { ...body, label } });
	if (call.values.waitForCompletion !== true) return started.body;
	return await call.wait(carryingOut, started);
}

/** The data as text: a JSON string around `{data:…}`, in which stands XML that need not be well formed. */
function dataOf(bytes: Buffer): string {
	const words = bytes.toString('utf8');
	let data: unknown;
	try {
		data = JSON.parse(words);
	} catch {
		data = words; // Older instances may send the text as it is
	}
	const plain = typeof data === 'string' ? data : words;
	return /^\s*\{data:([\s\S]*)\}\s*$/.exec(plain)?.[1] ?? plain;
}

async function getData(call: Call): Promise<Result> {
	const key = encodeURIComponent(String(call.values.privacyRequestKey));
	const request = await read(call, `/privacy/privacyTool/${key}`);
	const href =
		text(at(request, 'privacyRequestData.href')) ?? text(at(request, 'gdprRequestData.href'));
	const name = text(request.name);
	if (href === undefined || name === undefined) {
		throw call.refuse(
			'The privacy request has no data',
			'Only requests for access have data, once their status is complete.',
		);
	}
	const { body } = await call.send({
		method: 'POST',
		path: resolveHref(href),
		body: { name },
		binary: true,
		kind: 'read',
		repeatable: true,
	});
	return {
		bytes: Buffer.from(dataOf(Buffer.isBuffer(body) ? body : Buffer.from(String(body ?? '')))),
		property: String(call.values.binaryPropertyName),
		fileName: `${name.replace(/[^\w.-]/g, '_')}.txt`,
		mimeType: 'text/plain',
	};
}

/** How the list of requests is read. */
export const requests = {
	// A sample of the service shows one bare request in place of a list
	at: (body: unknown) =>
		isObject(body) && text(body.PKey) !== undefined ? [body] : at(body, 'content'),
	pager: pages,
};

export const privacyRequests: Resource = {
	name: 'Privacy Request (Deprecated)',
	value: 'privacyRequest',
	operations: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create privacy request',
			description: `Ask for the data of a person, or delete them, and wait until it is done. ${deprecated}.`,
			operationId: 'createPrivacyRequest',
			request: { method: 'POST', path: '/privacy/privacyTool' },
			output: { kind: 'task', task: carryingOut },
			fields: [
				{
					displayName: 'Type',
					name: 'type',
					type: 'options',
					options: [
						{ name: 'Access', value: 'access', description: 'Collect the data of the person' },
						{ name: 'Delete', value: 'delete', description: 'Delete the data for good' },
					],
					default: 'access',
					wire: { in: 'body' },
				},
				{
					displayName: 'Regulation',
					name: 'regulation',
					type: 'options',
					options: [
						{ name: 'CCPA', value: 'ccpa' },
						{ name: 'GDPR', value: 'gdpr' },
					],
					default: 'gdpr',
					wire: { in: 'body' },
				},
				{
					displayName: 'Namespace',
					name: 'namespaceName',
					type: 'string',
					required: true,
					default: 'defaultNamespace1',
					placeholder: 'e.g. defaultNamespace1',
					description:
						'Internal name of a namespace of the instance, which decides by what persons are found; the first one is the email address',
					wire: { in: 'body' },
				},
				{
					displayName: 'Value',
					name: 'reconciliationValue',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. name@email.com',
					description: 'What the namespace finds the person by, such as the email address',
					wire: { in: 'body' },
				},
				{
					displayName: 'Internal Name',
					name: 'privacyRequestName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. PT11832',
					description: 'A new name for each request',
					wire: { in: 'body', as: 'name' },
				},
			],
			additionalFields: [
				{
					displayName: 'Label',
					name: 'label',
					type: 'string',
					default: '',
					description: 'Shown in Campaign; without it the internal name',
					wire: { in: 'body' },
				},
			],
			run: create,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get privacy request',
			description: `Read a privacy request with its status. ${deprecated}.`,
			operationId: 'getPrivacyRequest',
			request: { method: 'GET', path: '/privacy/privacyTool/{privacyRequestKey}' },
			output: { kind: 'item' },
			fields: [privacyRequestKey],
		},
		{
			name: 'Get Data',
			value: 'getData',
			action: 'Get data of privacy request',
			description: `Download what a request for access has found, as text that resembles XML. ${deprecated}.`,
			operationId: 'getPrivacyRequestData',
			request: {
				method: 'POST',
				path: '/privacy/privacyTool/{privacyRequestKey}/privacyRequestData',
			},
			kind: 'read',
			repeatable: true,
			output: { kind: 'file' },
			fields: [privacyRequestKey],
			run: getData,
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many privacy requests',
			description: `List the privacy requests of the instance. ${deprecated}.`,
			operationId: 'listPrivacyRequests',
			request: { method: 'GET', path: '/privacy/privacyTool' },
			output: { kind: 'list', ...requests },
			options: order,
			run: async (call) => await call.list(sorted(call, call.request), requests, limitOf(call)),
		},
	],
};
