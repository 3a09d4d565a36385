/**
 * An invented service with a token, described for the engine: every kind of output, of pager and of field. Its
 * answers come from a scripted server (server.mts), so that tests decide what it does.
 */
import type {
	IAuthenticate,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeExecutionData,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { execute } from '../../nodes/shared/execute';
import { byId, byUrl, checks, fromList } from '../../nodes/shared/fields';
import { at, isObject, text } from '../../nodes/shared/json';
import { listSearches } from '../../nodes/shared/locators';
import { signIn } from '../../nodes/shared/login';
import type { Field, Operation, Provider, Resource, Task } from '../../nodes/shared/operation';
import { cursors, nextLinks, pageNumbers } from '../../nodes/shared/pagers';
import type { Catalog } from '../../nodes/shared/properties';
import { compile } from '../../nodes/shared/properties';
import { secureUrl } from '../../nodes/shared/urls';

/** Records per page of all lists here. */
export const pageSize = 4;

const book: Field = {
	displayName: 'Book',
	name: 'bookId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchBooks'),
		byId('e.g. 12'),
		byUrl('e.g. https://shelf.example/books/12', '/books/([^/?#]+)'),
	],
	check: { pattern: /^[\w%-]+$/, expects: 'a book ID such as 12' },
	wire: { in: 'path', as: 'book' },
};

const title: Field = {
	displayName: 'Title',
	name: 'title',
	type: 'string',
	required: true,
	default: '',
	wire: { in: 'body' },
};

const price: Field = {
	displayName: 'Price',
	name: 'price',
	type: 'number',
	default: 0,
	wire: { in: 'body', as: 'details.price' },
};

function list(name: string, value: string, path: string, more: Partial<Operation> = {}): Operation {
	return {
		name,
		value,
		action: `${name} books`,
		description: 'List books',
		operationId: `${value}Books`,
		request: { method: 'GET', path },
		output: { kind: 'list', at: 'books' },
		...more,
	};
}

/** Pages by number where the answer holds the number of all records. */
export const totalPages = pageNumbers({
	page: 'page',
	limit: 'limit',
	size: pageSize,
	first: 1,
	total: 'total',
});

const books: Resource = {
	name: 'Book',
	value: 'book',
	operations: [
		list('Get Many', 'getAll', '/books', {
			output: { kind: 'list', at: 'books', pager: totalPages },
			simple: ['id', 'title'],
			filters: [
				{
					displayName: 'Author',
					name: 'author',
					type: 'string',
					default: '',
					wire: { in: 'query' },
				},
			],
		}),
		list('List Unpaged', 'listUnpaged', '/unpaged'),
		list('List Numbered', 'listNumbered', '/numbered', {
			output: {
				kind: 'list',
				at: 'books',
				pager: pageNumbers({ page: 'page', limit: 'limit', size: pageSize, first: 0 }),
			},
		}),
		list('List to Last Page', 'listToLast', '/last', {
			output: {
				kind: 'list',
				at: 'books',
				pager: pageNumbers({
					page: 'page',
					limit: 'limit',
					size: pageSize,
					first: 1,
					lastPage: 'last',
				}),
			},
		}),
		list('List by Cursor', 'listByCursor', '/cursor', {
			output: {
				kind: 'list',
				at: (body) => at(body, 'books') ?? [],
				pager: cursors({
					place: 'query',
					cursor: 'after',
					limit: 'limit',
					size: pageSize,
					next: 'next',
					endsWhenEmpty: false,
				}),
			},
		}),
		list('Search', 'search', '/search', {
			request: { method: 'POST', path: '/search', body: { deep: true } },
			kind: 'read',
			repeatable: true,
			output: {
				kind: 'list',
				at: 'books',
				key: 'book',
				pager: cursors({
					place: 'body',
					cursor: 'after',
					limit: 'limit',
					size: pageSize,
					next: 'next',
					endsWhenEmpty: true,
				}),
			},
			fields: [
				{ displayName: 'Term', name: 'term', type: 'string', default: '', wire: { in: 'body' } },
			],
		}),
		list('List by Link', 'listByLink', '/links', {
			output: {
				kind: 'list',
				at: 'books',
				pager: nextLinks({ limit: 'limit', size: pageSize, next: 'next.href' }),
			},
		}),
		{
			name: 'Get',
			value: 'get',
			action: 'Get book',
			description: 'Read one book',
			operationId: 'getBook',
			request: { method: 'GET', path: '/books/{book}' },
			output: { kind: 'item', at: 'book' },
			fields: [book],
			simple: ['id', 'title'],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create book',
			description: 'Create a book',
			operationId: 'createBook',
			request: { method: 'POST', path: '/books' },
			output: { kind: 'item' },
			fields: [title],
			additionalFields: [price],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update book',
			description: 'Change a book',
			operationId: 'updateBook',
			request: { method: 'PATCH', path: '/books/{book}' },
			output: { kind: 'item' },
			fields: [book],
			updateFields: [{ ...title, required: undefined }, price],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete book',
			description: 'Delete a book',
			operationId: 'deleteBook',
			request: { method: 'DELETE', path: '/books/{book}' },
			output: { kind: 'deleted' },
			fields: [book],
		},
		{
			name: 'Download',
			value: 'download',
			action: 'Download book',
			description: 'Download a book as a file',
			operationId: 'downloadBook',
			request: { method: 'GET', path: '/books/{book}/file' },
			output: { kind: 'file' },
			fields: [book],
		},
	],
};

/** A job that is done, fails or goes on as the server says in `state`. */
export const printing: Task = {
	id: (answer) => text(at(answer.body, 'job')),
	poll: (id) => ({ method: 'GET', path: `/jobs/${encodeURIComponent(id)}` }),
	read({ body }) {
		const state = text(at(body, 'state'));
		if (state === 'failed') {
			return {
				state: 'failed',
				reason: {
					message: text(at(body, 'why')),
					code: text(at(body, 'code')),
					trace: text(at(body, 'trace')),
				},
			};
		}
		return state === 'done' ? { state: 'done', result: at(body, 'made') } : { state: 'running' };
	},
	noun: 'Print job',
	firstDelay: 2,
	slowest: 6,
	timeoutMinutes: 1,
	graceSeconds: 5,
};

const jobs: Resource = {
	name: 'Job',
	value: 'job',
	operations: [
		{
			name: 'Print',
			value: 'print',
			action: 'Print book',
			description: 'Print a book',
			operationId: 'printBook',
			request: { method: 'POST', path: '/jobs' },
			output: { kind: 'task', task: printing },
			fields: [title],
		},
		{
			name: 'Post',
			value: 'post',
			action: 'Post book',
			description: 'Print a book and call somebody when it is done',
			operationId: 'postBook',
			request: { method: 'POST', path: '/jobs' },
			output: { kind: 'task', task: printing, callback: (url) => ({ call_at: url }) },
			fields: [title],
			additionalFields: [
				{
					displayName: 'Call At',
					name: 'callAt',
					type: 'string',
					default: '',
					wire: { in: 'body', as: 'call_at' },
				},
				{
					displayName: 'Password',
					name: 'password',
					type: 'string',
					typeOptions: { password: true },
					default: '',
					wire: { in: 'body' },
				},
			],
		},
		{
			name: 'Bind',
			value: 'bind',
			action: 'Bind book',
			description: 'Bind a book',
			operationId: 'bindBook',
			request: { method: 'POST', path: '/jobs' },
			output: {
				kind: 'task',
				task: {
					...printing,
					async result(call, id, last, started) {
						const answer = await call.send({ method: 'GET', path: `/made/${id}` });
						return { id, last: last.body, started: started.body, made: answer.body };
					},
				},
			},
			fields: [title],
		},
	],
};

const special: Resource = {
	name: 'Special',
	value: 'special',
	operations: [
		{
			name: 'Count',
			value: 'count',
			action: 'Count books',
			description: 'Answer with what own code makes of several requests',
			operationId: [],
			request: { method: 'GET', path: '/count' },
			output: { kind: 'item', key: 'count' },
			fields: [
				{ displayName: 'Mode', name: 'mode', type: 'string', default: 'number' },
				{
					displayName: 'Input Data Field Name',
					name: 'inputField',
					type: 'string',
					default: 'data',
					displayOptions: { show: { mode: ['file'] } },
				},
			],
			async run(call) {
				const { mode } = call.values;
				if (mode === 'refuse') throw call.refuse('The count was refused', 'Count again.');
				if (mode === 'throw') throw new Error('Own code broke');
				if (mode === 'throw a text') {
					const thrown: unknown = 'not an error object';
					throw thrown;
				}
				if (mode === 'nothing') return undefined;
				if (mode === 'list') return [1, { two: 2 }, null];
				if (mode === 'send file') {
					const { data, info } = await call.file('data');
					const form = new FormData();
					form.set('name', info.fileName ?? '');
					form.set('file', new Blob([Uint8Array.from(data)], { type: info.mimeType }), 'x.txt');
					const answer = await call.send({ method: 'POST', path: '/upload', body: form });
					return answer.body;
				}
				if (mode === 'send form') {
					const body = new URLSearchParams({ a: '1', b: 'ü&' });
					return (await call.send({ method: 'POST', path: '/form', body })).body;
				}
				if (mode === 'send bytes') {
					const body = Buffer.from([0, 255, 10]);
					return (await call.send({ method: 'PUT', path: '/bytes', body })).body;
				}
				if (mode === 'send text') {
					return (await call.send({ method: 'PUT', path: '/text', body: '"quoted"' })).body;
				}
				if (mode === 'accept 404') {
					const answer = await call.send({ ...call.request, accept: [404] });
					return { status: answer.status, body: answer.body };
				}
				if (mode === 'elsewhere') {
					return (await call.send({ method: 'GET', path: 'https://elsewhere.example/x' })).body;
				}
				if (mode === 'nowhere') return (await call.send({ method: 'GET', path: 'x y' })).body;
				const answer = await call.send(call.request);
				return at(answer.body, 'count');
			},
		},
		{
			name: 'Tag Many',
			value: 'tagMany',
			action: 'Tag many books',
			description: 'Tag up to three books with one request',
			operationId: 'tagBooks',
			request: { method: 'POST', path: '/tags' },
			output: { kind: 'item' },
			fields: [{ ...title, displayName: 'Tag', name: 'tag', wire: undefined }],
			batch: {
				size: 3,
				async run(calls) {
					const [first] = calls;
					if (!first) return [];
					const answer = await first.send({
						method: 'POST',
						path: '/tags',
						body: { tags: calls.map(({ values }) => values.tag) },
					});
					const results = at(answer.body, 'results');
					const list: unknown[] = Array.isArray(results) ? results : [];
					return list.map((result, index) =>
						isObject(result) && text(result.why)
							? (calls[index]?.refuse(String(result.why)) ?? new Error('too many'))
							: result,
					);
				},
			},
		},
		{
			name: 'Send Everything',
			value: 'everything',
			action: 'Send everything',
			description: 'Use every kind of field and every place of a value',
			operationId: [],
			request: {
				method: 'PUT',
				path: '/everything/{a}/of/{b}',
				query: { fixed: 1 },
				headers: { 'X-Fixed': 'yes' },
				body: { template: { kept: true } },
			},
			output: { kind: 'item' },
			fields: [
				{ ...title, displayName: 'A', name: 'a', wire: { in: 'path' } },
				{ ...title, displayName: 'B', name: 'b', wire: { in: 'path' } },
			],
			filters: [
				{
					displayName: 'Tags',
					name: 'tags',
					type: 'string',
					default: '',
					wire: { in: 'query', array: 'list' },
				},
				{
					displayName: 'Tags by Comma',
					name: 'tagsByComma',
					type: 'string',
					default: '',
					wire: { in: 'query', as: 'comma', array: 'comma' },
				},
				{
					displayName: 'Tags by Blank',
					name: 'tagsByBlank',
					type: 'string',
					default: '',
					wire: { in: 'query', as: 'space', array: 'space' },
				},
				{
					displayName: 'Since',
					name: 'since',
					type: 'dateTime',
					default: '',
					wire: { in: 'query', date: 'date' },
				},
			],
			additionalFields: [
				{
					displayName: 'Header',
					name: 'header',
					type: 'string',
					default: '',
					wire: { in: 'header', as: 'X-Given' },
				},
				{
					displayName: 'Active',
					name: 'active',
					type: 'boolean',
					default: true,
					wire: { in: 'body', as: 'template.active', type: 'flag' },
				},
				{
					displayName: 'Counts',
					name: 'counts',
					type: 'string',
					default: '',
					wire: { in: 'body', as: 'deep.er.counts', array: 'list', type: 'integer' },
				},
				{
					displayName: 'Colour',
					name: 'colour',
					type: 'options',
					options: [
						{ name: 'Blue', value: 'blue' },
						{ name: 'Red', value: 'red' },
					],
					default: 'blue',
					wire: { in: 'body' },
				},
				{
					displayName: 'Day',
					name: 'day',
					type: 'dateTime',
					default: '',
					wire: { in: 'body', date: 'unix' },
				},
				{
					displayName: 'Extra (JSON)',
					name: 'extra',
					type: 'json',
					default: '{}',
					wire: { in: 'body', type: 'object' },
				},
				{
					displayName: 'Owner Email',
					name: 'owner',
					type: 'string',
					default: '',
					placeholder: 'name@example.com',
					check: checks.email,
					wire: { in: 'body' },
				},
			],
			options: [
				{
					displayName: 'Loud',
					name: 'loud',
					type: 'boolean',
					default: false,
					wire: { in: 'query', map: (value) => value || undefined },
				},
			],
		},
	],
};

/** The invented service. */
export const shelf: Provider = {
	name: 'shelf',
	displayName: 'Shelf',
	credential: 'shelfApi',
	api: 'shelf',
	tokenProperty: 'sessionToken',
	baseUrl: (credentials) => `${secureUrl(credentials.url, 'URL')}/api/`,
	shape: (request) => ({ ...request, headers: { ...request.headers, 'X-Shaped': 'yes' } }),
	refusal({ body }) {
		return at(body, 'ok') === false
			? { message: text(at(body, 'why')), code: text(at(body, 'code')), trace: 'trace-of-200' }
			: undefined;
	},
	reason: (body) => (text(at(body, 'fault')) ? { message: text(at(body, 'fault')) } : undefined),
	advice: ({ status }) => (status === 418 ? 'Drink the tea.' : undefined),
	resources: [books, jobs, special],
	locators: {
		searchBooks: { operation: 'book:getAll', value: 'id', label: ['title', 'author.name'] },
		searchByServer: {
			operation: 'book:listByCursor',
			value: 'id',
			label: ['title'],
			search: 'q',
		},
		searchInBody: {
			operation: 'book:search',
			value: 'id',
			label: [],
			search: 'q',
			needs: ['term'],
		},
		searchUnpaged: { operation: 'book:listUnpaged', value: 'id', label: ['title'] },
		notAList: { operation: 'book:get', value: 'id', label: [] },
		unknown: { operation: 'book:nothing', value: 'id', label: [] },
	},
	pager: totalPages,
	skipped: [],
};

/** The invented service, compiled. */
export const shelfCatalog: Catalog = compile(shelf);

/** Makes a node class's instance out of a catalog, as the nodes of the package do. */
export function nodeOf(catalog: Catalog): INodeType {
	const { provider } = catalog;
	const description: INodeTypeDescription = {
		displayName: provider.displayName,
		name: provider.name,
		group: ['transform'],
		version: 1,
		description: 'A service of the tests',
		defaults: { name: provider.displayName },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: provider.credential, required: true }],
		properties: catalog.properties,
	};
	return {
		description,
		methods: { listSearch: listSearches(catalog) },
		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			return await execute(this, catalog, this.continueOnFail());
		},
	};
}

/** The secrets of a stored credential; obviously invented. */
export const secrets = {
	clientSecret: 'invented-client-secret-0001',
	token: 'invented-token-',
};

/** Credential with a token that is fetched in advance. */
export class ShelfApi implements ICredentialType {
	name = 'shelfApi';

	displayName = 'Shelf API';

	properties: INodeProperties[] = [
		{ displayName: 'URL', name: 'url', type: 'string', default: '' },
		{ displayName: 'Client ID', name: 'clientId', type: 'string', default: '' },
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
	];

	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		return await signIn({
			service: 'Shelf',
			property: 'sessionToken',
			identity: [credentials.url, credentials.clientId, credentials.clientSecret],
			credentials,
			request: async () => {
				const answer: unknown = await this.helpers.httpRequest({
					method: 'POST',
					url: `${String(credentials.url)}/token`,
					body: { id: credentials.clientId, secret: credentials.clientSecret },
					json: true,
				});
				return { sessionToken: String(at(answer, 'access_token') ?? '') };
			},
		});
	}

	authenticate: IAuthenticate = async (
		credentials: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		options.headers = {
			...options.headers,
			Authorization: `Bearer ${String(credentials.sessionToken)}`,
		};
		return await Promise.resolve(options);
	};
}

/** What a user has stored for the service at `url`. */
export function shelfCredential(url: string, token = ''): ICredentialDataDecryptedObject {
	return {
		url,
		clientId: 'invented-client',
		clientSecret: secrets.clientSecret,
		sessionToken: token,
	};
}
