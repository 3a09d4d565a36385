/**
 * The own code of operations with hostile values, and with answers of a service that somebody has tampered with: what it
 * sends goes where the API description says, and nowhere else. Through the whole engine, down to n8n's HTTP helper.
 */
import fc from 'fast-check';
import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { CompiledOperation } from '../../nodes/shared/properties';
import { hostileFor, runs, traps } from '../support/arbitraries.mts';
import type { Sent } from '../support/context.mts';
import { dryRun } from '../support/context.mts';
import { formAround, formOf } from '../support/forms.mts';
import { turnClock } from '../support/time.mts';
import { hasOwnCode } from './rules.mts';
import type { Described } from './sources.mts';
import { described } from './sources.mts';

/** What users have stored, by service. */
const credentials: Record<string, ICredentialDataDecryptedObject> = {
	adobeCampaignStandard: {
		apiUrl: 'https://gateway.example',
		tenant: 'geometrixx',
		clientId: 'invented',
	},
	campaignFactory: { baseUrl: 'https://factory.example/eu' },
	maia: { region: 'custom', baseUrl: 'https://maia.example/dpc' },
	siteFactory: { factoryUrl: 'https://www.example.acsitefactory.com', username: 'u', apiKey: 'k' },
	warpUrl: {
		backendUrl: 'https://backend.example/prod',
		shorteningDomain: 'go.example',
		clientId: '#clt#1',
		username: 'jane',
	},
};

/** Answers with all that own code looks for; `id` stands wherever a service names a record, `href` where it links. */
const answers: Record<string, (id: string, href: (path: string) => string) => unknown> = {
	adobeCampaignStandard: (id, href) => ({
		PKey: id,
		name: id,
		status: 'processed',
		href: href('/privacy/privacyTool/@k'),
		subscriptions: { href: href('/profileAndServices/profile/@k/subscriptions') },
		events: { href: href('/profileAndServices/history/@k/events') },
		mirrorPage: { href: href('/profileAndServices/history/@k/events/@e/mirrorPage') },
		filters: { href: href('/profileAndServices/resourceType/profile/filters') },
		privacyRequestData: { href: href('/privacy/privacyTool/@k/privacyRequestData') },
		activities: {
			activity: {
				[id]: {
					name: id,
					trigger: { href: href('/workflow/execution/W/activities/activity/s/trigger') },
				},
			},
		},
		content: [
			{
				PKey: id,
				serviceName: 'SVC1',
				href: href('/profileAndServices/profile/@k/subscriptions/@s'),
			},
		],
	}),
	campaignFactory: (id) => ({
		data: { uuid: id, name: 'n', active_at: '2026-01-01 00:00:00' },
		meta: { last_page: 1 },
	}),
	maia: (id) => ({
		id,
		status: 'SUCCESS',
		pipelineExecutionId: id,
		name: 'n',
		cronExpression: '0 0 1 ? * *',
		results: [{ id, name: 'n', childPipeline: { id }, result: { status: 'SUCCESS' } }],
		Resources: [{ id }],
		total: 1,
	}),
	siteFactory: (id) => ({
		id,
		site: 'x',
		task_id: id,
		task_ids: { a: id, b: id },
		count: 1,
		wip_task: { id, status: '16' },
		sites: [{ id, site: 'x' }],
		backups: [
			{ id, label: 'l', complete: true },
			{ id: '2', label: 'l', complete: true },
			{ id: '1', label: 'l', complete: true },
		],
		users: [{ uid: id }],
		url: 'https://files.example/backup.tar.gz?key=1',
		statuses: {},
	}),
	warpUrl: (id) => ({
		control: { ResponseCode: 2000 },
		data: {
			...{ link_id: id, short_url: id, long_url: 'https://x.example', key_id: id, tags: ['t'] },
			...{ import_id: id, import_status: 'SUCCESSFUL', total_error: 0, name: 'n', campaign_id: id },
			DbImport: { import_id: id },
			SignedPutUrl: 'https://files.example/put?key=1',
			Items: [{ link_id: id, short_url: id }],
		},
	}),
};

const file = {
	info: {
		data: '',
		mimeType: 'image/png',
		fileName: 'a.csv',
		directory: 'f',
	} satisfies IBinaryData,
	data: Buffer.from('Long URL,Name\nhttps://x.example/1,n\n'),
};

/** Paths that the description of the API knows, by method. */
function knownPaths({
	specification,
	catalog: {
		provider: { api },
	},
}: Described): Array<{ method: string; pattern: RegExp }> {
	return Object.values(specification.operations).flatMap(({ method, path, alternatePaths = [] }) =>
		[path, ...alternatePaths].map((template) => {
			const parts = template
				.split(/\{[^}]*\}/)
				.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
			// Filters of Adobe Campaign are chained behind the collection that they filter
			const chain = api === 'adobe-campaign-standard' && method === 'GET' ? '(/[A-Za-z]\\w*)*' : '';
			return { method, pattern: new RegExp(`^${parts.join('[^/]+')}${chain}$`) };
		}),
	);
}

/** What is wrong with a request that was handed to n8n's HTTP helper. */
function judgeSent(
	{ catalog: { provider } }: Described,
	{ operation, bindings }: CompiledOperation,
	{ options, signedIn }: Sent,
): string[] {
	const { url, headers = {}, qs = {}, body } = options;
	const found: string[] = [];
	const declared = [
		...['content-type', 'accept'],
		...Object.keys(operation.request.headers ?? {}),
		...bindings.flatMap(({ field }) =>
			field.wire?.in === 'header' ? [field.wire.as ?? field.name] : [],
		),
	].map((name) => name.toLowerCase());
	for (const [name, value] of Object.entries(headers)) {
		if (!declared.includes(name.toLowerCase())) found.push(`sends a header ${name}`);
		if (typeof value !== 'string' || /[^\x20-\x7e\x80-\xff]/.test(value))
			found.push(`sends the header ${name} with ${JSON.stringify(value)}`);
	}
	if (options.disableFollowRedirect !== true) found.push('follows redirects');
	if (!signedIn) {
		if (!url.startsWith('https://files.example/')) found.push(`moves a file at ${url}`);
		return found;
	}
	const base = new URL(provider.baseUrl(credentials[provider.name] ?? {}));
	const target = new URL(url);
	const root = base.pathname.replace(/\/$/, '');
	if (target.origin !== base.origin || target.username !== '' || target.password !== '')
		return [...found, `goes to ${target.origin}`];
	const [raw = ''] = url.split('?');
	const segments = raw.replace(/^[a-z]+:\/\/[^/]*/, '').split('/');
	if (target.pathname.split('/').length !== segments.length || /[\\#\p{Cc}]/u.test(url))
		found.push(`goes to ${url}, which is ${target.pathname}`);
	if (!target.pathname.startsWith(`${root}/`)) found.push(`leaves ${root}: ${target.pathname}`);
	if (Object.getPrototypeOf(qs) !== Object.prototype) found.push('has a query with a prototype');
	for (const [name, value] of Object.entries(qs)) {
		const all: unknown[] = Array.isArray(value) ? value : [value];
		if (!all.every((one) => ['string', 'number', 'boolean'].includes(typeof one)))
			found.push(`has the parameter ${name} with ${JSON.stringify(value)}`);
	}
	const isSendable =
		body === undefined ||
		typeof body === 'string' ||
		Buffer.isBuffer(body) ||
		body instanceof FormData ||
		body instanceof URLSearchParams;
	if (!isSendable) found.push(`has a body of type ${typeof body}`);
	return found;
}

/** What is wrong with a request's place in the API. */
function judgePlace(
	one: Described,
	known: ReturnType<typeof knownPaths>,
	{ options, signedIn }: Sent,
): string[] {
	if (!signedIn) return [];
	if (/[{}]/.test(options.url)) return [`has a hole in its path: ${options.url}`];
	const { provider } = one.catalog;
	const base = new URL(provider.baseUrl(credentials[provider.name] ?? {}));
	const path = new URL(options.url).pathname.slice(base.pathname.replace(/\/$/, '').length);
	const plain = path
		.split('/')
		.map((segment) => decodeURIComponent(segment).replaceAll('/', '\u2215'))
		.join('/');
	// PHP reads no form of a PATCH, so that a form which changed nothing goes by POST as well
	const spoofs = options.body instanceof FormData && options.body.get('_method') === 'PATCH';
	const method = spoofs ? 'PATCH' : (options.method ?? 'GET');
	return known.some((path) => path.method === method && path.pattern.test(plain))
		? []
		: [`sends ${method} ${path}, which the API does not have`];
}

/** Words of JavaScript itself, which help nobody. */
const inner =
	/is not a function|is not iterable|cannot read prop|cannot convert|\bundefined\b|\[object|is not defined|circular|BigInt|Invalid time value|URI malformed|\bNaN\b|Invalid URL/i;

/** What is wrong with the failure of an item. */
function judgeFailure(error: unknown, given: string): string[] {
	if (error === undefined) return [];
	if (!(error instanceof NodeOperationError) && !(error instanceof NodeApiError))
		return [`fails with ${String(error)}`];
	const words = error.message.replace(/“[^]*”|"[^]*"/g, '');
	const [foreign] = inner.exec(words) ?? [];
	return [
		// An ID that is called like that is another matter
		...(foreign !== undefined && !given.includes(foreign)
			? [`speaks of JavaScript: ${error.message}`]
			: []),
		...(error.message.length > 1000 ? [`fails with ${error.message.length} characters`] : []),
	];
}

const untouched = Object.getOwnPropertyNames(Object.prototype).sort().join();

/** Ids and links of a service that somebody has tampered with. */
const strangeIds = [
	...['..', '.', '../x', '/', 'a/b', '\r\nX: y', '?x=1', '#x', '\\', '__proto__', '\0'],
	...['%2e%2e', 'https://evil.example/', '//evil.example'],
];
/** JSON out of a service holds no half characters. */
const wellFormed = traps.filter((text) => !/\p{Cs}/u.test(text));
const strangeLinks = [
	...['https://evil.example/x', '//evil.example/x', 'http://gateway.example/x', '../../x'],
	...['/../../x', '/%2e%2e/x', 'javascript:x', '/\\evil.example', '', '/x\r\nX: y', '/x#y', '/.'],
	...['https://gateway.example@evil.example/', 'https://user:pass@gateway.example/x', 'data:,x'],
];

describe.each(described.map((one) => [one.catalog.provider.displayName, one] as const))(
	'%s',
	(_, one) => {
		const { catalog } = one;
		const { name } = catalog.provider;
		const stored = credentials[name];
		const answer = answers[name];
		if (!stored || !answer) throw new Error(`Say what is stored for ${name}, and what it answers`);
		const known = knownPaths(one);
		const isFree = (place: string) => place.startsWith('apiRequest:');
		const withCode = [...catalog.operations].filter(([, compiled]) => hasOwnCode(compiled));
		const own = withCode.filter(([place]) => !isFree(place));
		const begins = `https://gateway.example/geometrixx/campaign`;
		const reply = (id: string, link?: string) => () => ({
			headers: { 'content-type': 'application/json' },
			body: answer(id, (path) => link ?? `${begins}${path}`),
		});
		const run = async (
			compiled: CompiledOperation,
			forms: Parameters<typeof dryRun>[0]['forms'],
			by: (options: IHttpRequestOptions) => { body: unknown },
		) =>
			await dryRun({
				...{ catalog, compiled, forms, file, reply: by },
				credentials: { sessionToken: 'invented-token', ...stored },
			});
		const judgeAll = (
			compiled: CompiledOperation,
			{ sent, items, thrown }: Awaited<ReturnType<typeof run>>,
			given: string,
		) => [
			...sent.flatMap((request) => judgeSent(one, compiled, request)),
			...items.flatMap(({ error }) => judgeFailure(error, given)),
			...judgeFailure(thrown, given),
			...(Object.getOwnPropertyNames(Object.prototype).sort().join() === untouched
				? []
				: ['has changed the prototype of all objects']),
		];
		beforeEach(() => void turnClock());
		afterEach(() => jest.restoreAllMocks());

		it('with ordinary values sends requests that the API has', async () => {
			const found: string[] = [];
			for (const [place, compiled] of own) {
				const whys = new Set<string>();
				let requests = 0;
				// Some fields exclude each other, and some operations need one that is not required
				for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
					const form = formOf(compiled, { seed, full: seed % 2 === 0 });
					const outcome = await run(compiled, [form, form], reply('12'));
					requests += outcome.sent.length;
					for (const { error } of outcome.items) if (error) whys.add(error.message);
					for (const words of [
						...judgeAll(compiled, outcome, ''),
						...outcome.sent.flatMap((request) => judgePlace(one, known, request)),
					])
						found.push(`${place} ${words}`);
				}
				if (requests === 0) found.push(`${place} sends nothing: ${[...whys].join('; ')}`);
			}
			expect(found).toEqual([]);
		}, 60_000);

		it('with hostile values sends nothing that it should not', async () => {
			const found: string[] = [];
			for (const [place, compiled] of withCode) {
				for (const target of compiled.bindings) {
					const around = formAround(compiled, target);
					const values = fc.sample(hostileFor(target.field), runs(6));
					for (const raw of values) {
						const hostile = new Map([...around, [target, raw]]);
						const outcome = await run(compiled, [around, hostile, formOf(compiled)], reply('12'));
						const places = isFree(place)
							? []
							: outcome.sent.flatMap((sent) => judgePlace(one, known, sent));
						for (const words of [...judgeAll(compiled, outcome, fc.stringify(raw)), ...places])
							found.push(`${place} ${target.field.name} ${words} for ${fc.stringify(raw)}`);
					}
				}
			}
			expect(found.slice(0, 40)).toEqual([]);
		}, 120_000);

		it('is not led astray by what a service answers', async () => {
			const found: string[] = [];
			for (const [place, compiled] of own) {
				for (const id of [...strangeIds, ...fc.sample(fc.constantFrom(...wellFormed), runs(3))]) {
					const outcome = await run(compiled, [formOf(compiled)], reply(id));
					for (const words of judgeAll(compiled, outcome, id))
						found.push(`${place} ${words} for the ID ${JSON.stringify(id)}`);
				}
				for (const link of strangeLinks) {
					const outcome = await run(compiled, [formOf(compiled)], reply('12', link));
					for (const words of judgeAll(compiled, outcome, link))
						found.push(`${place} ${words} for the link ${JSON.stringify(link)}`);
				}
			}
			expect(found.slice(0, 40)).toEqual([]);
		}, 120_000);
	},
);
