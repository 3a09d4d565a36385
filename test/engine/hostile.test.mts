/**
 * Hostile values on n8n's own engine, down to the bytes of the connection: one request for each item, with the method,
 * the path and the headers that were meant, and nothing behind it.
 */
import fc from 'fast-check';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';

import type { Binding } from '../../nodes/shared/properties';
import { credentialSources, described } from '../catalog/sources.mts';
import { hostileFor, hostileJson, hostileText, runs } from '../support/arbitraries.mts';
import { runNode } from '../support/engine.mts';
import type { Filled } from '../support/forms.mts';
import { formAround, formOf } from '../support/forms.mts';
import { nodeOf, ShelfApi, shelfCatalog, shelfCredential } from '../support/provider.mts';
import type { RawRequest, RawServer } from '../support/rawServer.mts';
import { startRawServer } from '../support/rawServer.mts';

let server: RawServer;
beforeEach(async () => {
	server = await startRawServer({ control: { ResponseCode: 2000 }, data: {}, message: 'pong' });
	// The engine tells failed nodes on the console
	jest.spyOn(console, 'error').mockImplementation();
});
afterEach(async () => {
	jest.restoreAllMocks();
	await server.close();
});

const sample = <T,>(values: fc.Arbitrary<T>, count: number) => fc.sample(values, runs(count));
const nameOf = (header: string) => header.split(':')[0] ?? '';

/** What is wrong with the bytes of a request, whatever it is for. */
function judgeBytes({ line, headers, rest }: RawRequest, known: string[]): string[] {
	return [
		...(rest.length > 0 ? [`has behind it: ${JSON.stringify(rest.toString('latin1'))}`] : []),
		...(/^[A-Z]+ \/[!-~]* HTTP\/1\.1$/.test(line) ? [] : [`has the line ${JSON.stringify(line)}`]),
		...headers
			.filter((header) => !/^[\w-]+: ?[\x20-\x7e\x80-\xff]*$/.test(header))
			.map((header) => `has the header ${JSON.stringify(header)}`),
		...headers
			.map(nameOf)
			.filter((name, index, all) => !known.includes(name) || all.indexOf(name) !== index)
			.map((name) => `has a header ${name}`),
	];
}

/** Runs a node over items with Continue On Fail and gives the requests and the messages of the items that failed. */
async function runItems(
	node: INodeType,
	credentialType: ICredentialType,
	credential: ICredentialDataDecryptedObject,
	parameters: INodeParameters,
	items: IDataObject[],
) {
	server.received.length = 0;
	const outcome = await runNode({
		...{ node, credentialType, credential, parameters, items },
		onError: 'continueRegularOutput',
	});
	expect(outcome.error).toBeUndefined();
	const refused = new Set<number>();
	const messages: string[] = [];
	for (const { json, pairedItem } of outcome.items) {
		if (typeof json.error !== 'string') continue;
		refused.add((pairedItem as { item: number }).item);
		messages.push(json.error);
	}
	return { requests: [...server.received], refused, messages };
}

describe('Every kind of field', () => {
	it('brings hostile values to the other side as they were, or refuses them', async () => {
		const items = sample(
			fc.record({
				a: hostileText,
				b: hostileText,
				tags: fc.array(hostileText, { maxLength: 3 }),
				header: hostileText,
				extra: fc.dictionary(hostileText, hostileJson, { maxKeys: 3 }),
			}),
			150,
		).map((item, n) => ({
			...item,
			// Most values are refused as parts of an address, so that few would try the rest
			a: n % 3 === 0 ? item.a : `a${n}`,
			b: n % 3 === 1 ? item.b : `b${n}`,
			header: n % 3 === 2 ? item.header : `h${n}`,
			n,
		}));
		const { requests, refused, messages } = await runItems(
			nodeOf(shelfCatalog),
			new ShelfApi(),
			shelfCredential(server.url, 'invented-token-stored'),
			{
				resource: 'special',
				operation: 'everything',
				a: '={{ $json.a }}',
				b: '={{ $json.b }}',
				filters: { tags: '={{ $json.tags }}' },
				additionalFields: {
					header: '={{ $json.header }}',
					extra: '={{ $json.extra }}',
					counts: '={{ [$json.n] }}',
				},
			},
			items,
		);
		expect(requests).toHaveLength(items.length - refused.size);
		expect(requests.length).toBeGreaterThan(50);
		expect(refused.size).toBeGreaterThan(10);
		expect(messages.filter((words) => !/^“(A|B|Header|Tags)” /.test(words))).toEqual([]);
		const known = [
			...[
				'Accept',
				'Content-Type',
				'X-Fixed',
				'X-Given',
				'X-Shaped',
				'Authorization',
				'User-Agent',
			],
			...['Content-Length', 'Accept-Encoding', 'Host', 'Connection'],
		];
		for (const request of requests) {
			const body = JSON.parse(request.body.toString('utf8')) as {
				deep: { er: { counts: number[] } };
				extra?: unknown;
			};
			const item = items[body.deep.er.counts[0] ?? -1];
			if (!item) throw new Error(`No item made ${request.line}`);
			expect(judgeBytes(request, known)).toEqual([]);
			const [method, target = ''] = request.line.split(' ');
			const url = new URL(target, 'https://x.example');
			const [, api, everything, a = '', of, b = '', ...more] = url.pathname.split('/');
			expect([method, api, everything, of, more]).toEqual(['PUT', 'api', 'everything', 'of', []]);
			expect([decodeURIComponent(a), decodeURIComponent(b)]).toEqual([item.a, item.b]);
			expect([...new Set(url.searchParams.keys())].sort()).toEqual(
				item.tags.some((tag) => tag.trim() !== '') ? ['fixed', 'tags'] : ['fixed'],
			);
			expect(body.extra).toEqual(JSON.parse(JSON.stringify(item.extra)));
			const given = request.headers.find((header) => nameOf(header) === 'X-Given');
			expect(given?.replace(/^X-Given: */, '').trim() ?? '').toBe(item.header.trim());
		}
	});
});

describe('Files', () => {
	/** The parts of a form: their header lines. */
	function partsOf({ headers, body }: RawRequest): string[][] {
		const type = headers.find((header) => /^content-type:/i.test(header)) ?? '';
		const boundary = /boundary="?([^";]+)/.exec(type)?.[1] ?? 'none';
		const parts = body.toString('latin1').split(`--${boundary}`);
		expect(parts.pop()).toMatch(/^--(\r\n)?$/);
		return parts
			.slice(1)
			.map((part) => part.replace(/^\r\n/, '').split('\r\n\r\n')[0] ?? '')
			.map((head) => head.split('\r\n'));
	}

	it('with hostile names and types are parts of a form with their two headers each', async () => {
		const factory = described.find(({ catalog }) => catalog.provider.name === 'campaignFactory');
		const credentialType = credentialSources
			.flatMap(({ made }) => made)
			.find(({ name }) => name === 'campaignFactoryApi');
		if (!factory?.node || !credentialType) throw new Error('There is no such node');
		const names = sample(hostileText, 60);
		const { error } = await runNode({
			node: factory.node,
			credentialType,
			credential: { baseUrl: server.url, sessionToken: 'invented-token' },
			parameters: {
				...{ resource: 'branding', operation: 'create', belongsTo: 'nothing' },
				additionalFields: { appName: '={{ $json.name }}', mainLogo: 'data' },
			},
			items: names.map((name) => ({ name: `x${name}` })),
			files: names.map((fileName) => ({
				data: { data: 'AAAA', mimeType: `image/${fileName}`, fileName },
			})),
			onError: 'continueRegularOutput',
		});
		expect(error).toBeUndefined();
		expect(server.received).toHaveLength(names.length);
		for (const request of server.received) {
			expect(request.rest).toHaveLength(0);
			const parts = partsOf(request);
			expect(parts.map(([first = '']) => /; name="(\w+)"/.exec(first)?.[1])).toEqual([
				'app_name',
				'main_logo',
			]);
			for (const [disposition = '', type, ...more] of parts) {
				expect(disposition).toMatch(
					/^Content-Disposition: form-data; name="\w+"(; filename="[^"\r\n]*")?$/,
				);
				expect(type ?? 'Content-Type: x').toMatch(/^Content-Type: [\x20-\x7e]*$/);
				expect(more).toEqual([]);
			}
		}
	});
});

/** Parameters that n8n's HTTP client (axios) leaves out of any query. */
const dropped = new Set(['__proto__', 'constructor', 'prototype']);

/** What users have stored, on this machine. */
const credentials: Record<string, (url: string) => ICredentialDataDecryptedObject> = {
	adobeCampaignStandard: (url) => ({ apiUrl: url, tenant: 'geometrixx', clientId: 'invented' }),
	campaignFactory: (url) => ({ baseUrl: url }),
	maia: (url) => ({ region: 'custom', baseUrl: `${url}/dpc` }),
	siteFactory: (url) => ({ factoryUrl: url, username: 'jane', apiKey: 'invented-key' }),
	warpUrl: (url) => ({
		...{ backendUrl: `${url}/prod`, backendApiKey: 'invented-key', clientId: '#clt#1' },
		username: 'jane',
	}),
};

describe.each(described.map((one) => [one.catalog.provider.displayName, one] as const))(
	'%s',
	(_, { catalog, node }) => {
		const { provider } = catalog;
		const credentialType = credentialSources
			.flatMap(({ made }) => made)
			.find(({ name }) => name === provider.credential);
		const run = async (parameters: INodeParameters, items: unknown[]) => {
			const stored = credentials[provider.name]?.(server.url);
			if (!node || !credentialType || !stored)
				throw new Error(`Say what is stored for ${provider.name}`);
			const credential = { ...stored, sessionToken: 'invented-token' };
			const base = provider.baseUrl(credential);
			const outcome = await runItems(
				...[node, credentialType, credential, parameters, items as IDataObject[]],
			);
			return { ...outcome, base: new URL(base).pathname.replace(/\/$/, '') };
		};
		const free = (method: string): INodeParameters => ({
			resource: 'apiRequest',
			operation: 'send',
			method,
			path: '={{ $json.path }}',
			query: '={{ $json.query }}',
			...(method === 'POST' && { body: '={{ $json.body }}' }),
		});

		it.each(['GET', 'POST'])('sends an API Request by %s as it was written', async (method) => {
			const ordinary = await run(free(method), [{ path: '/x', query: { a: 1 }, body: { b: 1 } }]);
			const known = ordinary.requests[0]?.headers.map(nameOf) ?? [];
			expect(known).toContain('Host');
			const items = sample(
				fc.record({
					path: fc.oneof(
						hostileText,
						hostileText.map((text) => `/${text}`),
						fc.tuple(hostileText, hostileText).map(([a, b]) => `/a${a}/${b}c?d=e`),
					),
					query: fc.dictionary(hostileText, fc.oneof(hostileText, hostileJson), { maxKeys: 3 }),
					body: hostileJson,
				}),
				60,
				// Half letters in two names make the same name of them
			).filter(({ query }) => {
				const names = Object.keys(query).map((name) => name.replace(/\p{Cs}/gu, '\ufffd'));
				return new Set(names).size === names.length;
			});
			const { requests, refused, messages, base } = await run(free(method), items);
			expect(requests).toHaveLength(items.length - refused.size);
			expect(requests.length).toBeGreaterThan(10);
			expect(messages.filter((words) => !/^“(Path|Body \(JSON\))” /.test(words))).toEqual([]);
			const wanted = items.flatMap(({ path, query }, index) => {
				if (refused.has(index)) return [];
				const url = new URL(`https://x.example${base}${path.trim()}`);
				const names = Object.entries(query).flatMap(([name, value]) => {
					const list = Array.isArray(value) ? value : [value];
					return value === null || dropped.has(name)
						? []
						: list.map(() => name.replace(/\p{Cs}/gu, '\ufffd'));
				});
				return [`${url.pathname} ${[...url.searchParams.keys(), ...names].sort().join('&')}`];
			});
			const arrived = requests.map(({ line }) => {
				const url = new URL(line.split(' ')[1] ?? '', 'https://x.example');
				return `${url.pathname} ${[...url.searchParams.keys()].sort().join('&')}`;
			});
			for (const request of requests) {
				expect(judgeBytes(request, known)).toEqual([]);
				expect(request.line.startsWith(`${method} ${base}/`)).toBe(true);
			}
			expect(arrived.sort()).toEqual(wanted.sort());
		});

		it('sends one request for each item of described operations', async () => {
			const all = [...catalog.operations.values()].filter(
				({ operation: { output, run: own, batch, request }, bindings }) =>
					!own &&
					!batch &&
					output.kind !== 'task' &&
					request.path !== '/' &&
					!bindings.some(({ field }) => field.required && field.displayOptions),
			);
			/** As one node hands it to the next. */
			const toJson = (value: unknown): unknown => {
				try {
					return JSON.parse(JSON.stringify(value ?? null));
				} catch {
					// What refers to itself, or is a BigInt, cannot be part of an item
					return '\0';
				}
			};
			const parametersOf = (bindings: Binding[]) => {
				const parameters: INodeParameters = {};
				for (const { field, group } of bindings) {
					const given = `={{ $json.values["${group ?? ''}.${field.name}"] }}`;
					if (group === null) parameters[field.name] = given;
					else parameters[group] = { ...(parameters[group] as object), [field.name]: given };
				}
				return parameters;
			};
			// Those with the most places for a value
			const places = ({ bindings }: (typeof all)[number]) =>
				new Set(bindings.flatMap(({ field }) => field.wire?.in ?? [])).size;
			const chosen = all.sort((a, b) => places(b) - places(a)).slice(0, 6);
			expect(chosen.length).toBeGreaterThan(provider.name === 'warpUrl' ? 1 : 4);
			for (const compiled of chosen) {
				const { resource, operation, bindings } = compiled;
				const fields = bindings.filter(
					({ field, group }) =>
						field.wire && (group === null || field.wire.in !== 'body') && !field.displayOptions,
				);
				const toItem = (form: Filled) => {
					const values = [...form].map(([{ field, group }, value]) => [
						`${group ?? ''}.${field.name}`,
						toJson(value),
					]);
					return { values: Object.fromEntries(values) as unknown };
				};
				const items = fields.flatMap((target) =>
					sample(hostileFor(target.field), 4).map((raw) =>
						toItem(new Map([...formAround(compiled, target), [target, raw]])),
					),
				);
				const parameters = {
					...{ resource: resource.value, operation: operation.value, ...parametersOf(fields) },
					...(operation.output.kind === 'list' && { returnAll: false, limit: 1 }),
				};
				const ordinary = await run(parameters, [toItem(formOf(compiled))]);
				const known = [
					...(ordinary.requests[0]?.headers.map(nameOf) ?? []),
					...fields.flatMap(({ field: { name, wire } }) =>
						wire?.in === 'header' ? [wire.as ?? name] : [],
					),
				];
				expect(known).toContain('Host');
				const { requests, refused, base } = await run(parameters, items);
				const template = operation.request.path.replace(/\{[^}]*\}/g, '[^/?]+');
				const pattern = new RegExp(
					`^${operation.request.method} ${base}${template}(\\?[^ ]*)? HTTP`,
				);
				for (const request of requests) {
					expect(judgeBytes(request, known)).toEqual([]);
					expect(request.line).toMatch(pattern);
				}
				// An answer that is not what the operation expects is a failure as well, of an item that was sent
				expect(requests.length).toBeLessThanOrEqual(items.length);
				expect(requests.length).toBeGreaterThanOrEqual(items.length - refused.size);
			}
		});
	},
);
