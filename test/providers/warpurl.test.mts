import fc from 'fast-check';

import { createWarpUrlSimulator } from '../../demo/simulators/warpUrl.mts';
import type { Specification } from '../../demo/simulators/support.mts';
import { Judge } from '../../demo/simulators/support.mts';
import { toNodeError } from '../../nodes/shared/failures.ts';
import type { Answer, ApiRequest, Values } from '../../nodes/shared/operation.ts';
import { compile } from '../../nodes/shared/properties.ts';
import { buildRequest, keyOf } from '../../nodes/shared/request.ts';
import { readValue } from '../../nodes/shared/values.ts';
import { readRefusal } from '../../nodes/WarpUrl/answers.ts';
import { ownClient, ownUser, readClaims, toUsername } from '../../nodes/WarpUrl/identity.ts';
import { pages, steps } from '../../nodes/WarpUrl/pages.ts';
import { warpUrl, wrap } from '../../nodes/WarpUrl/provider.ts';
import { shorteningBase } from '../../nodes/WarpUrl/records.ts';
import description from '../specs/warpurl.json' with { type: 'json' };

const specification = description as unknown as Specification;
const catalog = compile(warpUrl);
const judge = new Judge(specification, { serverVariables: { stage: 'prod' } });
const client = '#clt#4b7e2c10-0000-4000-8000-0a9d3e5b7f28';
const campaign = '#cmp#2024-03-01 08:15:42.107#c2f0a8d4-6b1e-4d3a-9f57-1e8b7a6c5d40';
const pick = (value: string, mode = 'id') => ({ __rl: true, mode, value });

/** The request that an operation sends for what the form holds, before it is wrapped. */
function requestOf(operation: string, parameters: Record<string, unknown> = {}): ApiRequest {
	const compiled = catalog.operations.get(operation);
	if (!compiled) throw new Error(`There is no operation ${operation}`);
	const values: Values = {};
	for (const binding of compiled.bindings) {
		const { field, group } = binding;
		const collection = group === null ? parameters : (parameters[group] ?? {});
		const given = (collection as Record<string, unknown>)[field.name];
		const isHidden = Object.entries(field.displayOptions?.show ?? {}).some(
			([name, wanted]) => name in parameters && !wanted?.includes(parameters[name] as string),
		);
		if (isHidden) continue;
		const raw = given === undefined && group === null ? field.default : given;
		values[keyOf(binding)] = readValue(field, raw, { timezone: 'Europe/Dublin', group });
	}
	return buildRequest(compiled.operation, compiled.bindings, values);
}
/** The data that an operation sends. */
const dataOf = (operation: string, parameters: Record<string, unknown> = {}) =>
	requestOf(operation, parameters).body;

/** What the description does not allow in a request; the stand-ins are filled in as the credential does. */
function violationsOf(request: ApiRequest): string[] {
	const { method, path, body } = wrap(request);
	const found = judge.identify(method, `/prod${path}`);
	if (!('id' in found)) return [`${path} ${found.unknown}`];
	const json = JSON.stringify(body)
		.replaceAll(`"${ownClient}"`, JSON.stringify(client))
		.replaceAll(`"${ownUser}"`, '"marketing.bot"');
	const { violations } = judge.judge(
		found.id,
		{ params: found.params, query: {}, headers: {} },
		{ type: 'application/json', present: true, bytes: Buffer.from(json) },
	);
	return violations.map(({ name, message }) => `${name} ${message}`);
}

const link = pick('/spring-sale');
const linkId = '#lnk#/spring-sale';
const both = { client_id: ownClient, username: ownUser };
const others = { username: '#usr#other.user', clientId: client };
const theirs = { username: 'other.user', client_id: client };

/** For each operation that sends what its form holds: a form, and the exact data. */
const requests: Array<[string, Record<string, unknown>, unknown]> = [
	['accessKey:create', { keyName: 'n8n "1"' }, { ...both, key_name: 'n8n "1"' }],
	[
		'accessKey:create',
		{ keyName: 'é\nb', additionalFields: others },
		{ ...theirs, key_name: 'é\nb' },
	],
	['accessKey:find', {}, both],
	['accessKey:find', { filters: { ...others, keyId: ' abc ' } }, { ...theirs, key_id: 'abc' }],
	['accessKey:delete', { keyId: pick(' abc') }, { key_id: 'abc' }],
	[
		'accessKey:update',
		{ keyId: pick('abc'), updateFields: { enabled: 'false', keyName: '' } },
		{ key_id: 'abc', enabled: false, key_name: '' },
	],
	['link:create', { longUrl: 'https://a.example' }, { ...both, long_url: 'https://a.example' }],
	[
		'link:create',
		{
			longUrl: ' https://a.example/ü?b=c&d=“e”#f ',
			additionalFields: {
				...others,
				shortUrl: 'a b/ü:c',
				name: '<b>"x"</b>',
				tags: ['a', 'b,c'],
				campaignId: pick(campaign),
				campaignChannel: 'Email',
			},
		},
		{
			...theirs,
			long_url: 'https://a.example/ü?b=c&d=“e”#f',
			short_url: '/a b/ü:c',
			name: '<b>"x"</b>',
			tags: ['a', 'b,c'],
			campaign_id: campaign,
			campaign_channel: 'Email',
		},
	],
	[
		'link:create',
		{
			longUrl: 'https://a.example',
			additionalFields: { campaignId: pick(''), tags: '', name: ' ' },
		},
		{ ...both, long_url: 'https://a.example' },
	],
	['link:find', { linkId: link }, { link_id: linkId }],
	[
		'link:find',
		{ linkId: pick('https://go.example/caf%C3%A9/x?utm=1#top', 'url') },
		{ link_id: '#lnk#/café/x' },
	],
	[
		'link:find',
		{ linkId: pick(linkId, 'list'), options: { includeTags: true } },
		{ link_id: linkId, control: { Include: ['tags'] } },
	],
	['link:find', { linkId: link, options: { includeTags: false } }, { link_id: linkId }],
	['link:getAll', { filters: { username: 'a' } }, { username: 'a' }],
	[
		'link:getPopular',
		{ period: 'monthly', filters: { sort: 'ASC' } },
		{ username: ownUser, period: 'monthly', Sort: 'ASC' },
	],
	[
		'link:getTags',
		{ linkId: link, additionalFields: { clientId: client } },
		{ link_id: linkId, client_id: client },
	],
	['link:suggestName', { longUrl: 'http://a' }, { long_url: 'http://a' }],
	[
		'link:getUserHistory',
		{ months: '2025-02,\n2025-03', filters: others },
		{ ...theirs, period_value: ['2025-02', '2025-03'] },
	],
	[
		'link:update',
		{
			linkId: link,
			updateFields: { longUrl: 'https://a.example', name: '', campaignChannel: '' },
		},
		{ link_id: linkId, long_url: 'https://a.example', name: null, campaign_channel: null },
	],
	[
		'link:updateTags',
		{ linkId: link, tags: ' a , b ' },
		{ link_id: linkId, client_id: ownClient, tags: ['a', 'b'] },
	],
	['link:updateTags', { linkId: link }, { link_id: linkId, client_id: ownClient, tags: [] }],
	[
		'campaign:create',
		{
			campaignName: 'Spring',
			additionalFields: { ...others, description: 'x', channels: 'a, b' },
		},
		{ ...theirs, name: 'Spring', description: 'x', channels: ['a', 'b'] },
	],
	[
		'campaign:delete',
		{ campaignId: pick(campaign), additionalFields: { username: 'a' } },
		{ campaign_id: campaign, username: 'a' },
	],
	[
		'campaign:find',
		{ campaignId: pick(campaign, 'list') },
		{ campaign_id: campaign, username: ownUser },
	],
	['campaign:getAll', {}, { username: ownUser }],
	['campaign:getStatistics', { campaignId: pick(campaign) }, { campaign_id: campaign }],
	[
		'campaign:search',
		{ text: 'Spring', filters: { sort: 'DESC', username: 'a' } },
		{ text: 'Spring', Sort: 'DESC', username: 'a' },
	],
	[
		'campaign:update',
		{
			campaignId: pick(campaign),
			updateFields: { campaignName: 'x', description: '', channels: '' },
			additionalFields: { username: 'a' },
		},
		{ campaign_id: campaign, username: 'a', name: 'x', description: null, channels: [] },
	],
	[
		'import:create',
		{ fileName: 'a.csv', additionalFields: { ...others, notes: 'n' } },
		{
			...theirs,
			import_type: 'LINKS',
			import_format: 'LINKS_1',
			file_name: 'a.csv',
			notes: 'n',
		},
	],
	[
		'import:importFile',
		{ additionalFields: { ...others, fileName: 'a.csv', notes: 'n' } },
		{
			...theirs,
			import_type: 'LINKS',
			import_format: 'LINKS_1',
			file_name: 'a.csv',
			notes: 'n',
		},
	],
	['link:getQrCode', { linkId: link }, { link_id: linkId }],
	['import:find', { importId: pick('#imp#1') }, { import_id: '#imp#1' }],
	['import:getAll', {}, { username: ownUser }],
	['user:find', { additionalFields: others }, theirs],
	['user:find', {}, { client_id: ownClient }],
	['user:getAll', {}, { client_id: ownClient, user_type: '' }],
	['user:getAll', { filters: { userType: 'user' } }, { client_id: ownClient, user_type: 'user' }],
	['client:find', {}, { client_id: ownClient }],
];

describe('requests', () => {
	it.each(requests)('%s %j', (operation, parameters, data) => {
		const request = requestOf(operation, parameters);
		expect(request.body).toEqual(data);
		expect(request.method).toBe('POST');
		expect(violationsOf(request)).toEqual([]);
	});

	it('of batches carry one link and what is shared', () => {
		expect(dataOf('link:findBatch', { linkId: link })).toEqual({ link_id: linkId });
		expect(
			dataOf('link:getHistory', { linkId: link, detail: 'hourly', day: '2025-03-11' }),
		).toEqual({ link_id: linkId, period: 'hourly', period_value: '2025-03-11' });
		expect(dataOf('link:delete', { linkId: link })).toEqual({
			link_id: linkId,
			client_id: ownClient,
			invalidate: false,
		});
		expect(
			dataOf('link:setHidden', {
				linkId: link,
				hidden: false,
				additionalFields: { clientId: client },
			}),
		).toEqual({ link_id: linkId, client_id: client, hidden: false });
		expect(dataOf('link:invalidate', { linkId: link })).toEqual({
			link_id: linkId,
			client_id: ownClient,
		});
	});

	it('read side by side and again, or write once', () => {
		const reading = /^(find|get|search|suggest|refreshToken)/;
		for (const [name, { operation }] of catalog.operations) {
			if (name.startsWith('apiRequest')) continue;
			const isRead = reading.test(operation.value);
			expect([name, operation.kind ?? 'write']).toEqual([name, isRead ? 'read' : 'write']);
			expect([name, operation.repeatable ?? false]).toEqual([name, isRead]);
		}
	});

	it('cover every operation of the description, each at its path', () => {
		const claimed = [...catalog.operations.values()].flatMap(({ operation }) =>
			[operation.operationId].flat().map((id) => [id, operation.request.path]),
		);
		const described = Object.entries(specification.operations).map(([id, { path }]) => [id, path]);
		expect(claimed.sort()).toEqual(described.sort());
		expect(warpUrl.skipped).toEqual([]);
	});

	it('need nothing else of the API for what the node adds to it', () => {
		const own = [...catalog.operations].filter(
			([name, { operation }]) =>
				!name.startsWith('apiRequest') && [operation.operationId].flat().length === 0,
		);
		expect(own.map(([name, { operation }]) => [name, operation.request.path])).toEqual([
			['link:getQrCode', '/link/find'],
			['import:importFile', '/db_import/create'],
			['import:importItems', '/db_import/create'],
		]);
	});

	it('that WarpURL bills come with a notice', () => {
		const billed = ['link:update', 'link:invalidate', 'link:delete'];
		for (const name of billed) {
			const fields = catalog.operations.get(name)?.operation.fields ?? [];
			const notice = fields.find(({ type }) => type === 'notice');
			expect([name, notice?.displayName]).toEqual([
				name,
				expect.stringContaining('WarpURL bills') as string,
			]);
		}
	});

	it('of links are never such that the service has to refuse them', () => {
		fc.assert(
			fc.property(
				fc.record({
					longUrl: fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()),
					additionalFields: fc.record(
						{
							shortUrl: fc.string({ unit: 'grapheme', maxLength: 300 }),
							name: fc.string({ maxLength: 120 }),
							tags: fc.oneof(fc.string(), fc.array(fc.string({ maxLength: 25 }))),
							campaignChannel: fc.string({ maxLength: 30 }),
							clientId: fc.oneof(fc.string(), fc.constant(client)),
							username: fc.string(),
						},
						{ requiredKeys: [] },
					),
				}),
				(parameters) => {
					let request: ApiRequest;
					try {
						request = requestOf('link:create', parameters);
					} catch (error) {
						expect(String(error)).toMatch(/^Error: “[A-Z][A-Za-z ]+” (must|is required)/);
						return;
					}
					expect(violationsOf(request)).toEqual([]);
				},
			),
			{ numRuns: 500 },
		);
	});

	it('never name another link than the one that was given', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (words) => {
				let data: unknown;
				try {
					data = dataOf('link:find', { linkId: pick(words) });
				} catch (error) {
					expect(String(error)).toContain('“Link”');
					return;
				}
				const id = words.trim().startsWith('#lnk#') ? words.trim() : `#lnk#${words.trim()}`;
				expect(data).toEqual({ link_id: id });
			}),
		);
		expect(() => dataOf('link:find', { linkId: pick('https://go.example/%zz', 'url') })).toThrow(
			'“Link” must be an address',
		);
		expect(() => dataOf('link:find', { linkId: pick('https://go.example', 'url') })).toThrow(
			'“Link” must be an address like',
		);
	});
});

describe('the envelope', () => {
	const request: ApiRequest = { method: 'POST', path: '/x' };

	it.each([
		[undefined, { control: {}, data: {} }],
		[{ a: 1 }, { control: {}, data: { a: 1 } }],
		[
			{ a: 1, control: { Include: ['tags'] } },
			{ control: { Include: ['tags'] }, data: { a: 1 } },
		],
		[
			{ control: {}, data: { a: 1 } },
			{ control: {}, data: { a: 1 } },
		],
		[
			{ data: { a: 1 }, Limit: 5 },
			{ control: {}, data: { a: 1, Limit: 5 } },
		],
	])('of %j', (body, sent) => {
		expect(wrap({ ...request, body }).body).toEqual(sent);
	});

	it('is put around data only', () => {
		expect(wrap({ ...request, body: [1] }).body).toEqual([1]);
		expect(wrap({ method: 'GET', path: '/x' })).toEqual({ method: 'GET', path: '/x' });
	});
});

describe('pages', () => {
	const base: ApiRequest = { method: 'POST', path: '/x', body: { username: 'a' } };
	const page = (PageKey: unknown, items: unknown[] = []) => ({
		index: 0,
		items,
		answer: { status: 200, headers: {}, body: { data: { PageKey } } },
	});

	it('go on to the null key, with empty ones in between', () => {
		expect(pages.first(base, 99).body).toEqual({ username: 'a', Limit: 99 });
		expect(pages.next(base, page('k1'), 99)?.body).toEqual({
			username: 'a',
			Limit: 99,
			PageKey: 'k1',
		});
		for (const end of [null, undefined, '']) {
			expect(pages.next(base, page(end, [1]), 99)).toBeUndefined();
		}
		expect(pages.size).toBe(99);
	});

	it('of a calculation have no limit', () => {
		expect(steps.first(base, 1)).toBe(base);
		expect(steps.next(base, page('k1'), 1)?.body).toEqual({ username: 'a', PageKey: 'k1' });
		expect(steps.next(base, page(null), 1)).toBeUndefined();
	});
});

describe('refusals', () => {
	const control = (ResponseCode: unknown, more = {}) => ({ ResponseCode, TraceID: 't1', ...more });

	it.each([
		['a text in data', { control: control(5001), data: ' Taken ' }, 'Taken', '5001'],
		['a message in data', { control: control(5002), data: { message: 'Bad' } }, 'Bad', '5002'],
		['a text in control', { control: control(3001, { data: 'No' }) }, 'No', '3001'],
		[
			'a message in control',
			{ control: control(5002, { data: { message: 'No' } }), data: null },
			'No',
			'5002',
		],
		[
			'an object in control',
			{ control: control(5002, { data: { long_url: 'bad' } }) },
			'{"long_url":"bad"}',
			'5002',
		],
		['nothing', { control: control(5000) }, 'WarpURL could not carry this out', '5000'],
		[
			'an unknown code',
			{ control: control(4711), data: {} },
			'WarpURL answered with code 4711',
			'4711',
		],
	])('with %s', (_title, body, message, code) => {
		expect(readRefusal({ body })).toEqual({ message, code, trace: 't1' });
	});

	it.each([
		['no control', { data: {} }, 'no control block'],
		['another body', [], 'no control block'],
		['a strange code', { control: { ResponseCode: 'x' } }, 'no control block'],
		['nothing at all', '', 'without a body'],
		['null', null, 'without a body'],
	])('are seen behind status 200: %s', (_title, body, words) => {
		expect(readRefusal({ body })?.message).toContain(words);
	});

	it.each([
		['a success', { control: { ResponseCode: 2000 }, data: null }],
		['a success with a code as text', { control: { ResponseCode: '2000' } }],
		['a page, which the engine judges', '<html>'],
		['bytes', Buffer.from('x')],
	])('are not %s', (_title, body) => {
		expect(readRefusal({ body })).toBeUndefined();
	});

	const write: ApiRequest = { method: 'POST', path: '/link/create', repeatable: false };
	const read: ApiRequest = { method: 'POST', path: '/link/find', repeatable: true };
	const errorOf = (request: ApiRequest, { status, body }: Pick<Answer, 'status' | 'body'>) =>
		toNodeError(
			{ id: '1', name: 'n', type: 'warpUrl', typeVersion: 1, position: [0, 0], parameters: {} },
			warpUrl,
			{},
			request,
			{
				status,
				body,
				message: '',
				login: false,
				reason: status === 200 ? readRefusal({ body }) : undefined,
			},
			0,
		);

	it.each([
		[read, 200, { control: control(3001) }, 'The user of the access key may not do this'],
		[read, 200, { control: control(5001) }, 'a slug may be taken'],
		[read, 200, { control: control(5002) }, 'Correct the value that the message names'],
		[read, 200, { control: control(5000) }, 'Try again later. The support of WarpURL'],
		[
			write,
			200,
			{ control: control(5000) },
			'It cannot be known how much of this WarpURL has done',
		],
		[read, 200, {}, 'Check “Backend API URL”'],
		[read, 403, { message: 'Forbidden' }, 'Check “Backend API Key”'],
		[read, 403, { message: 'Missing Authentication Token' }, 'There is nothing at this address'],
		[read, 401, { message: 'Unauthorized' }, 'belong to the same subscription'],
		[read, 429, { message: 'Too Many Requests' }, 'Lower “Requests in Flight”'],
		[write, 504, { message: 'Endpoint request timed out' }, 'It cannot be known whether'],
	])('come with advice: %j %i %j', (request, status, body, words) => {
		expect(errorOf(request, { status, body }).description).toContain(words);
	});
});

describe('settings', () => {
	it.each([
		['go.example.com', 'https://go.example.com'],
		[' https://go.example.com/ ', 'https://go.example.com'],
		['http://localhost:8080', 'http://localhost:8080'],
		['', undefined],
	])('take %j as a shortening domain', (shorteningDomain, base) => {
		expect(shorteningBase({ shorteningDomain })).toBe(base);
	});

	it.each(['go.example.com/x', 'https://a?b', 'https://a#b', 'a b', 'https://'])(
		'refuse %j',
		(shorteningDomain) => {
			expect(() => shorteningBase({ shorteningDomain })).toThrow('“Shortening Domain”');
		},
	);

	it('give the address where paths are appended', () => {
		expect(warpUrl.baseUrl({ backendUrl: 'https://a.example/prod//' })).toBe(
			'https://a.example/prod',
		);
	});

	it('read user names with and without the prefix', () => {
		expect([toUsername('#usr#a'), toUsername('a')]).toEqual(['a', 'a']);
		expect(readClaims(undefined)).toEqual({});
	});
});

it('has lists to pick from for every locator', () => {
	const methods = new Set<unknown>();
	const collect = (value: unknown): void => {
		if (typeof value !== 'object' || value === null) return;
		if ('searchListMethod' in value) methods.add(value.searchListMethod);
		Object.values(value).forEach(collect);
	};
	collect(catalog.properties);
	expect([...methods].sort()).toEqual(Object.keys(warpUrl.locators ?? {}).sort());
});

it('names its simulator’s credential like its own', async () => {
	const simulator = await createWarpUrlSimulator();
	expect(warpUrl.baseUrl(simulator.credential as never)).toBe(`${simulator.url}/prod`);
	await simulator.close();
});
