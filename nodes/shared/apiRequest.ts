import type { IHttpRequestMethods } from 'n8n-workflow';

import { isObject } from './json';
import type { Call, Provider, Query, Resource, Result } from './operation';
import { withParameters } from './pagers';

const methodsWithBody = ['DELETE', 'PATCH', 'POST', 'PUT'];

/**
 * Paths are joined to the base URL as they are, so what would leave it is refused: also with encoded slashes, which
 * some servers read as such before they take “..” for a step up.
 */
const apiPath = {
	pattern: /^(?![^?]*(\/|%2f|%5c)(\.|%2e){1,2}([/?]|%2f|%5c|$))\/(?!\/)[^\s\\#\p{Cc}\p{Cs}]*$/iu,
	expects: 'a path that starts with one slash, without blanks and “.” or “..” segments',
};

const toParameter = (value: unknown) =>
	typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
		? value
		: JSON.stringify(value);

function toQuery(value: unknown): Query {
	const given = Object.entries(isObject(value) ? value : {}).filter(
		([, entry]) => entry !== null && entry !== undefined,
	);
	// Not by assignment: a parameter called __proto__ would be taken for the prototype of the others
	return Object.fromEntries(
		given.map(([name, entry]) => [
			name,
			Array.isArray(entry) ? entry.map(toParameter) : toParameter(entry),
		]),
	);
}

async function run(call: Call, provider: Provider): Promise<Result> {
	const { values } = call;
	const path = String(values.path);
	const query = toQuery(values.query);
	const isEmpty = isObject(values.body) && Object.keys(values.body).length === 0;
	// The empty object of the form is a body for a POST, but few services want one with a DELETE
	const leavesOut = values.method === 'DELETE' && isEmpty;
	const hasBody = methodsWithBody.includes(String(values.method)) && !leavesOut;
	const body = hasBody ? values.body : undefined;
	const base = {
		method: values.method as IHttpRequestMethods,
		path,
		text: true,
		...(body !== undefined && { body }),
	};
	const request = Object.keys(query).length > 0 ? withParameters(base, 'query', query) : base;
	const items = values['options.itemsAt'];
	if (typeof items === 'string') {
		const limit =
			typeof values['options.maxResults'] === 'number' ? values['options.maxResults'] : undefined;
		return await call.list(request, { at: items, pager: provider.pager }, limit);
	}
	const answer = await call.send(request);
	return answer.body === '' || answer.body === undefined ? { status: answer.status } : answer.body;
}

/** The resource that every provider has, for whatever its descriptions lack: a request to the service, with its sign-in, pace and pairing. */
export function apiRequestResource(provider: Provider): Resource {
	return {
		name: 'API Request',
		value: 'apiRequest',
		operations: [
			{
				name: 'Send',
				value: 'send',
				action: 'Send API request',
				description: `Send any request to ${provider.displayName}, signed in with the credential`,
				operationId: [],
				request: { method: 'GET', path: '/' },
				kind: (values) => (values.method === 'GET' ? 'read' : 'write'),
				output: { kind: 'item' },
				fields: [
					{
						displayName: 'Method',
						name: 'method',
						type: 'options',
						options: [
							{ name: 'DELETE', value: 'DELETE' },
							{ name: 'GET', value: 'GET' },
							{ name: 'PATCH', value: 'PATCH' },
							{ name: 'POST', value: 'POST' },
							{ name: 'PUT', value: 'PUT' },
						],
						default: 'GET',
					},
					{
						displayName: 'Path',
						name: 'path',
						type: 'string',
						required: true,
						default: '',
						placeholder: 'e.g. /items/12',
						description: 'Path after the base URL of the credential',
						check: apiPath,
					},
					{
						displayName: 'Query Parameters (JSON)',
						name: 'query',
						type: 'json',
						default: '{}',
						wire: { in: 'query', type: 'object' },
					},
					{
						displayName: 'Body (JSON)',
						name: 'body',
						type: 'json',
						default: '{}',
						displayOptions: { show: { method: methodsWithBody } },
						wire: { in: 'body', type: 'json' },
					},
				],
				options: [
					{
						displayName: 'Items At',
						name: 'itemsAt',
						type: 'string',
						default: '',
						placeholder: 'e.g. results',
						description:
							'Name of the list in the answer. With it every record becomes an item, and all pages are read.',
					},
					{
						displayName: 'Max Results',
						name: 'maxResults',
						type: 'number',
						typeOptions: { minValue: 1, numberPrecision: 0 },
						default: 50,
						description: 'Max number of results to return when the answer is a list',
					},
				],
				run: async (call) => await run(call, provider),
			},
		],
	};
}
