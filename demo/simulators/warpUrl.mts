/**
 * Simulator of a WarpURL subscription, with an invented client, users, links and campaigns.
 *
 * It answers like the gateway (401, 403, 429 with a `message`) and like the application (200 with a `control` block). The
 * texts of refusals are invented: the service publishes none.
 *
 * What is not documented and decided here: a page holds at most 60 records whatever the limit, and a full page always has a
 * PageKey, so that short pages and an empty last page occur; batches answer in an order of their own and leave out what is
 * not there; the columns of an import file are Long URL, Short URL, Name and Tags, and a file without the first is refused;
 * a destination whose address contains `slow` has no suggested name. Visitors of the shortening domain are served under
 * /go; their clicks show after five minutes.
 */
import { createHmac } from 'node:crypto';
import specification from '../../test/specs/warpurl.json' with { type: 'json' };
import type {
	Answer,
	Behaviour,
	Call,
	Context,
	ExtraRoute,
	Handler,
	SimulatedRequest,
	Simulator,
	SimulatorOptions,
} from './support.mts';
import { Refusal, answer, createSimulator } from './support.mts';

/** Choices of a subscription. */
export interface WarpUrlOptions extends SimulatorOptions {
	/** Links of the admin at the start. Default: 130, which is more than two pages. */
	links?: number;
	/** Where the list of users is. The documented path does not fit its page, so it may be the other one. */
	usersPath?: '/find/paginate_user' | '/client/paginate_user';
	/** Called before a further page of a list is read, so that the list shifts meanwhile. */
	betweenPages?: (subscription: Subscription) => void;
}

/** What visitors and other users do in a subscription. */
export interface Subscription {
	/** A new link of the admin, or of another user; in a campaign by its name. */
	createLink(
		slug: string,
		more?: {
			campaign?: string;
			username?: string;
			/** Milliseconds since the epoch, for one that lists show late. Default: now. */
			created?: number;
		},
	): void;
	/** The link leaves its campaign. */
	leaveCampaign(slug: string): void;
	deleteLink(slug: string): void;
	/** Visits to a short address, of which some are unique; they show after five minutes, as all clicks. */
	visit(slug: string, times: number, unique?: number): void;
	/** All clicks of a link are gone. */
	resetClicks(slug: string): void;
	/** Imports whose file is uploaded from now on end in a fault of the service (or no longer). */
	breakImports(isBroken: boolean): void;
	/** An import is no longer known. */
	forgetImport(fileName: string): void;
}

/** The simulator, with what others do there. */
export interface WarpUrlSimulator extends Simulator {
	readonly subscription: Subscription;
}

/** Access key of a plain user, who sees own data only; use it in place of the credential's key. */
export const PLAIN_USER = {
	username: 'marketing.bot',
	keyId: 'inventedKeyOfTheBot21',
	keyPassword: 'invented-password-of-the-bot',
};

/** A key that was switched off. */
export const DISABLED_KEY = {
	keyId: 'inventedKeyDisabled21',
	keyPassword: 'invented-password-disabled',
};

const ADMIN = {
	username: 'grace.admin',
	keyId: 'inventedKeyOfGrace021',
	keyPassword: 'invented-password-of-grace',
};
const API_KEY = 'inventedBackendApiKey0000000000000000000';
const CLIENT_ID = '#clt#4b7e2c10-0000-4000-8000-0a9d3e5b7f28';
const SHORTENING_DOMAIN = 'go.warpurl.example';
const MOST_PER_PAGE = 60;
const TOKEN_SECONDS = 3600;
const SIGNED_SECONDS = 900;
const CLICK_LAG_SECONDS = 300;
const SLUG_ALPHABET = '123456789abcdfghijkmnpqrstvwxyzABCDFGHJKLMNPQRSTVWXYZ';
const COLUMNS = ['Long URL', 'Short URL', 'Name', 'Tags'];

type Data = Record<string, unknown>;
/** The members of every list call. */
interface Paging {
	Limit?: number;
	PageKey?: string | null;
}
type Request = SimulatedRequest<User>;

interface User {
	username: string;
	name: string;
	type: 'root' | 'admin' | 'user';
	created: number;
}
interface AccessKey {
	id: string;
	password: string;
	username: string;
	name: string;
	enabled: boolean;
	created: number;
}
interface Link {
	slug: string;
	longUrl: string;
	name: string;
	username: string;
	campaignId?: string;
	channel?: string;
	tags: string[];
	hidden: boolean;
	created: number;
	/** Clicks by UTC hour (`2025-03-11 08`). */
	clicks: Map<string, number>;
	unique: number;
}
interface Campaign {
	id: string;
	username: string;
	name: string;
	description: string | null;
	channels: string[];
	created: number;
}
interface Import {
	id: string;
	username: string;
	fileName: string;
	notes: string | null;
	created: number;
	file?: Buffer;
	processed?: string;
	isBroken?: boolean;
	startsAt?: number;
	endsAt?: number;
	outcome: 'SUCCESSFUL' | 'ERROR_VALIDATION' | 'ERROR_GENERAL';
	total: number;
	failed: number;
}

/** `YYYY-MM-DD HH:mm:ss.SSS`, UTC. */
const stamp = (milliseconds: number) =>
	new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, next) => total + next, 0);

/** Rows of comma-separated values (RFC 4180); quotes double inside quotes, which may hold line breaks. */
function readCsv(text: string): string[][] {
	const rows: string[][] = [];
	let row: string[] = [];
	let cell = '';
	let quoted = false;
	const endCell = () => {
		row.push(cell.trim());
		cell = '';
	};
	const endRow = () => {
		endCell();
		if (row.some((value) => value !== '') || row.length > 1) rows.push(row);
		row = [];
	};
	for (let index = 0; index < text.length; index++) {
		const sign = text[index] ?? '';
		if (quoted) {
			if (sign !== '"') cell += sign;
			else if (text[index + 1] === '"') cell += text[(index += 1)];
			else quoted = false;
		} else if (sign === '"') quoted = true;
		else if (sign === ',') endCell();
		else if (sign === '\n') endRow();
		else if (sign !== '\r') cell += sign;
	}
	if (cell !== '' || row.length > 0) endRow();
	return rows;
}

const writeCsv = (rows: string[][]) =>
	rows
		.map((row) =>
			row
				.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
				.join(','),
		)
		.join('\n');

const xmlError = (status: number, code: string, message: string) =>
	answer(
		`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
		status,
		{ 'content-type': 'application/xml' },
	);

/** A trace id that differs from answer to answer. */
const envelope = (trace: string, code: number, data: unknown): Answer =>
	answer({ control: { ResponseCode: code, TraceID: trace, Build: 'a91c3d7' }, data });

const gateway = (status: number, message: string): Answer => answer({ message }, status);

function start(
	context: Context<User>,
	{ links: linksAtStart = 130, usersPath = '/find/paginate_user', betweenPages }: WarpUrlOptions,
	expose: (subscription: Subscription) => void,
): Behaviour<User> {
	const { clock, uuid, tokens, jobs } = context;
	const began = clock();
	const day = 86_400_000;

	const ok = (data: unknown) => envelope(uuid(), 2000, data);
	const refuse = (code: 3001 | 5001 | 5002, text: string): never => {
		throw new Refusal(envelope(uuid(), code, text));
	};
	const missing = (): never => refuse(5001, 'Record does not exist');
	const forbidden = (): never => refuse(3001, 'Not allowed to access this resource');

	const users: User[] = [
		{ username: 'ada.root', name: 'Ada Root', type: 'root', created: began - 400 * day },
		{ username: ADMIN.username, name: 'Grace Admin', type: 'admin', created: began - 390 * day },
		{
			username: PLAIN_USER.username,
			name: 'Marketing Bot',
			type: 'user',
			created: began - 300 * day,
		},
		...Array.from({ length: 3 }, (_, index): User => {
			const number = index + 1;
			return {
				username: `editor.${number}`,
				name: `Editor ${number}`,
				type: 'user',
				created: began - (200 - number) * day,
			};
		}),
	];
	const keys: AccessKey[] = [ADMIN, PLAIN_USER].map(({ username, keyId, keyPassword }, index) => ({
		id: keyId,
		password: keyPassword,
		username,
		name: `n8n of ${username}`,
		enabled: true,
		created: began - (100 - index) * day,
	}));
	keys.push({
		id: DISABLED_KEY.keyId,
		password: DISABLED_KEY.keyPassword,
		username: 'ada.root',
		name: 'Old laptop',
		enabled: false,
		created: began - 350 * day,
	});
	const refreshTokens = new Map<string, AccessKey>();
	const campaigns: Campaign[] = ['Spring 2025', 'Newsletter', 'Events'].map((name, index) => {
		const created = began - (60 - index) * day;
		return {
			id: `#cmp#${stamp(created)}#${uuid()}`,
			username: ADMIN.username,
			name,
			description: index === 2 ? null : `Links for ${name}`,
			channels: ['Email', 'SMS'],
			created,
		};
	});
	const links = new Map<string, Link>();
	const imports: Import[] = [];
	let busyUntil = 0;
	let areImportsBroken = false;
	let serial = 0;

	const hourOf = (milliseconds: number) => stamp(milliseconds).slice(0, 13);
	const addLink = (link: Omit<Link, 'hidden' | 'clicks' | 'unique'>): Link => {
		const added: Link = { ...link, hidden: false, clicks: new Map(), unique: 0 };
		links.set(link.slug, added);
		return added;
	};
	for (let index = 1; index <= linksAtStart; index++) {
		const inCampaign = index % 2 === 0;
		const created = began - 50 * day + index * 60_000;
		const link = addLink({
			slug: `/offer-${index}`,
			longUrl: `https://shop.example.com/offers/${index}`,
			name: `Offer ${index}`,
			username: ADMIN.username,
			campaignId: inCampaign ? campaigns[0]?.id : undefined,
			channel: inCampaign ? 'Email' : undefined,
			tags: index % 10 === 0 ? ['2025', 'Product'] : [],
			created,
		});
		for (let back = 0; back < 3; back++) link.clicks.set(hourOf(began - back * day), index + back);
		link.unique = index;
	}
	for (let index = 1; index <= 3; index++) {
		addLink({
			slug: `/bot-${index}`,
			longUrl: `https://blog.example.com/posts/${index}`,
			name: `Post ${index}`,
			username: PLAIN_USER.username,
			tags: [],
			created: began - index * day,
		});
	}

	const clicksIn = (link: Link, prefix: string) =>
		sum([...link.clicks].filter(([hour]) => hour.startsWith(prefix)).map(([, count]) => count));
	const campaignOf = (id: string | undefined) => campaigns.find((campaign) => campaign.id === id);
	const owner = (username: string) => ({ client_id: CLIENT_ID, user_id: `#usr#${username}` });
	const showLink = (link: Link): Data => ({
		link_id: `#lnk#${link.slug}`,
		name: link.name,
		short_url: link.slug,
		long_url: link.longUrl,
		enabled: true,
		hidden: link.hidden,
		...owner(link.username),
		...(link.campaignId !== undefined && {
			campaign_id: link.campaignId,
			campaign_name: campaignOf(link.campaignId)?.name ?? null,
			campaign_channel: link.channel ?? null,
		}),
		clicks: clicksIn(link, ''),
		clicks_day: clicksIn(link, stamp(clock()).slice(0, 10)),
		clicks_month: clicksIn(link, stamp(clock()).slice(0, 7)),
		clicks_unique: link.unique,
		created_at: stamp(link.created),
	});
	const showKey = (key: AccessKey): Data => ({
		key_id: key.id,
		...owner(key.username),
		key_name: key.name,
		enabled: key.enabled,
		created_at: stamp(key.created),
	});
	const showCampaign = (campaign: Campaign): Data => ({
		campaign_id: campaign.id,
		...owner(campaign.username),
		name: campaign.name,
		description: campaign.description,
		channels: campaign.channels,
		created_at: stamp(campaign.created),
	});
	const linksOf = (username: string) =>
		[...links.values()].filter((link) => link.username === username);
	const showUser = (user: User): Data => {
		const own = linksOf(user.username);
		const now = stamp(clock());
		return {
			client_id: CLIENT_ID,
			username: user.username,
			name: user.name,
			email: `${user.username}@example.com`,
			user_type: user.type,
			clicks: sum(own.map((link) => clicksIn(link, ''))),
			clicks_day: sum(own.map((link) => clicksIn(link, now.slice(0, 10)))),
			clicks_month: sum(own.map((link) => clicksIn(link, now.slice(0, 7)))),
			enabled: true,
			share_can_assume: [],
			created_at: stamp(user.created),
			updated_at: stamp(began),
		};
	};
	const phaseOf = (job: Import): [string, string] => {
		const now = clock();
		if (job.startsAt === undefined || job.endsAt === undefined) {
			return ['QUEUED', 'Waiting for file'];
		}
		if (now < job.startsAt) return ['QUEUED', 'Waiting for another import'];
		if (now < job.endsAt) return ['PROCESSING', 'Importing'];
		if (job.outcome === 'SUCCESSFUL') return ['SUCCESSFUL', 'Imported 100%'];
		return job.outcome === 'ERROR_GENERAL'
			? ['ERROR_GENERAL', 'The import could not be carried out']
			: ['ERROR_VALIDATION', `The file needs the column ${COLUMNS[0]} and at most 10000 rows`];
	};
	const showImport = (job: Import): Data => {
		const [status, description] = phaseOf(job);
		const ended = job.endsAt !== undefined && clock() >= job.endsAt;
		return {
			import_id: job.id,
			import_type: 'LINKS',
			import_format: 'LINKS_1',
			import_status: status,
			import_status_description: description,
			line_validation_ignore_error: true,
			file_name: job.fileName,
			file_size: String(job.file?.length ?? 0),
			...owner(job.username),
			created_at: stamp(job.created),
			notes: job.notes,
			total_rows: ended ? job.total : 0,
			total_error: ended ? job.failed : 0,
			total_ignored: 0,
			total_success: ended ? job.total - job.failed : 0,
			...(ended && { processed_at: stamp(job.endsAt ?? 0) }),
		};
	};

	const dataOf = <Shape = Data,>(request: Request) => (request.body as { data: Shape }).data;
	/** The user that a call is about. Plain users see own data only; the others may name any user. */
	const userOf = ({ session }: Request, username: string): User => {
		const user = users.find((candidate) => candidate.username === username);
		if (session.type === 'user' && username !== session.username) return forbidden();
		return user ?? refuse(5001, 'User does not exist');
	};
	const checkClient = (clientId: string) => {
		if (clientId !== CLIENT_ID) forbidden();
	};
	const readable = <Thing extends { username: string }>(
		{ session }: Request,
		thing: Thing | undefined,
	): Thing => {
		if (!thing) return missing();
		if (session.type === 'user' && thing.username !== session.username) return forbidden();
		return thing;
	};
	const linkOf = (request: Request, id: string) =>
		readable(request, links.get(id.slice('#lnk#'.length)));
	const keyOf = (request: Request, id: string) =>
		readable(
			request,
			keys.find((key) => key.id === id),
		);

	/** The record that ended a page, and its place in case it is deleted before the next page is read. */
	interface Mark {
		after: string;
		index: number;
	}
	const encodeKey = (mark: Mark) => Buffer.from(JSON.stringify(mark)).toString('base64url');
	const decodeKey = (pageKey: string): Mark => {
		try {
			const mark = JSON.parse(Buffer.from(pageKey, 'base64url').toString()) as Partial<Mark> | null;
			const { after, index } = mark ?? {};
			if (typeof after === 'string' && typeof index === 'number') return { after, index };
		} catch {
			// What cannot be read is no page key: refused below
		}
		return refuse(5002, 'Field: PageKey is not valid');
	};
	/** A page of a sorted list. `idOf` names the record after which the next page begins. */
	const page = <Entry,>(
		list: () => Entry[],
		{ Limit, PageKey }: Paging,
		idOf: (record: Entry) => string,
	): { records: Entry[]; PageKey: string | null } => {
		const mark = PageKey ? decodeKey(PageKey) : undefined;
		if (mark) betweenPages?.(subscription);
		const records = list();
		const found = records.findIndex((record) => idOf(record) === mark?.after);
		const begin = found >= 0 ? found + 1 : (mark?.index ?? 0);
		const part = records.slice(begin, begin + Math.min(Limit ?? 25, MOST_PER_PAGE));
		const last = part.at(-1);
		const isFull = last !== undefined && part.length === Math.min(Limit ?? 25, MOST_PER_PAGE);
		const next = isFull ? encodeKey({ after: idOf(last), index: begin + part.length }) : null;
		return { records: part, PageKey: next };
	};
	const newestFirst = <Thing extends { created: number }>(things: Thing[]) =>
		[...things].sort((a, b) => b.created - a.created);
	const listed = <Entry,>(
		list: () => Entry[],
		data: Paging,
		idOf: (record: Entry) => string,
		show: (record: Entry) => Data,
	) => {
		const { records: part, PageKey } = page(list, data, idOf);
		return ok({ Items: part.map(show), PageKey });
	};

	const randomSlug = (): string => {
		serial += 1;
		let rest = serial * 7_919_317;
		let slug = '/';
		for (let index = 0; index < 6; index++) {
			slug += SLUG_ALPHABET[rest % SLUG_ALPHABET.length];
			rest = Math.floor(rest / SLUG_ALPHABET.length) + index + serial;
		}
		return links.has(slug) ? randomSlug() : slug;
	};
	/** Campaign and channel of a link; a new channel is added to the campaign. */
	const attach = (
		request: Request,
		campaignId: string | null | undefined,
		channel: string | null | undefined,
	) => {
		if (channel && !campaignId)
			refuse(5002, 'Field: campaign_id is required with campaign_channel');
		if (!campaignId) return {};
		const campaign = readable(request, campaignOf(campaignId));
		if (channel && !campaign.channels.includes(channel)) {
			if (campaign.channels.length >= 100) refuse(5001, 'Campaign can not have more channels');
			campaign.channels.push(channel);
		}
		return { campaignId, channel: channel || undefined };
	};
	const checkDestination = (longUrl: string) => {
		if (!URL.canParse(longUrl)) refuse(5002, 'Field: long_url is not a valid URL');
	};
	const newLink = (
		username: string,
		values: { short_url?: string; long_url: string; name?: string | null; tags?: string[] },
		campaign: { campaignId?: string; channel?: string } = {},
	): Link => {
		const slug = values.short_url || randomSlug();
		if (links.has(slug)) refuse(5001, 'Short URL is already taken');
		return addLink({
			slug,
			longUrl: values.long_url,
			name: values.name || values.long_url,
			username,
			...campaign,
			tags: values.tags ?? [],
			created: clock(),
		});
	};

	const sign = (key: AccessKey): string => {
		const user = users.find(({ username }) => username === key.username);
		if (!user) throw new Error(`The key ${key.id} has no user`);
		return tokens.issue(user, context.tokenLifeSeconds ?? TOKEN_SECONDS, (number, expiresAt) => {
			const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
			const signed = `${part({ alg: 'HS256', typ: 'JWT', kid: 'invented' })}.${part({
				sub: `c0ffee00-0000-4000-9000-${String(users.indexOf(user)).padStart(12, '0')}`,
				aud: 'inventedappclient',
				iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Invented',
				token_use: 'id',
				'cognito:username': user.username,
				'custom:client_id': CLIENT_ID,
				jti: String(number),
				iat: Math.floor(clock() / 1000),
				exp: Math.floor(expiresAt / 1000),
			})}`;
			return `${signed}.${createHmac('sha256', 'invented').update(signed).digest('base64url')}`;
		}).token;
	};
	const keyBy = (id: string | undefined, password: string | undefined): AccessKey => {
		const key = keys.find((candidate) => candidate.id === id);
		if (!key || key.password !== password)
			return refuse(3001, 'Access key or password is not correct');
		if (!key.enabled) refuse(5001, 'Access key is disabled');
		return key;
	};

	const history = (link: Link, period: 'hourly' | 'daily', value: string): Data | undefined => {
		const hours = [...link.clicks].filter(([hour]) => hour.startsWith(value));
		if (hours.length === 0) return undefined;
		const views: Record<string, number> = {};
		for (const [hour, count] of hours) {
			const key = String(Number(period === 'hourly' ? hour.slice(11, 13) : hour.slice(8, 10)));
			views[key] = (views[key] ?? 0) + count;
		}
		const total = sum(Object.values(views));
		return {
			for: period,
			link_id: `#lnk#${link.slug}`,
			...owner(link.username),
			period: value,
			views,
			...(period === 'daily' && {
				os: { Windows: total },
				browser: { Chrome: total },
				country: { JNB: total },
				referer: { 'newsletter.example.com': total },
				bots: 0,
			}),
			last_updated_at: stamp(clock()),
		};
	};

	const signedUrl = (kind: 'imports' | 'processed', job: Import, now: number) => {
		const query = new URLSearchParams({
			'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
			'X-Amz-Date': String(now),
			'X-Amz-Expires': String(SIGNED_SECONDS),
			'X-Amz-Signature': 'invented',
		});
		return `${context.url}/bucket/${kind}/${job.id.slice('#imp#'.length)}.csv?${query}`;
	};
	/** The import behind a signed address, or how the bucket refuses. */
	const openSigned = (
		file: string | undefined,
		query: Data,
		headers: Record<string, string | undefined>,
	): Import | Answer => {
		if (headers.authorization !== undefined) {
			return xmlError(400, 'InvalidArgument', 'Only one auth mechanism allowed');
		}
		if (query['X-Amz-Signature'] !== 'invented') {
			return xmlError(403, 'SignatureDoesNotMatch', 'The request signature does not match');
		}
		if (clock() > Number(query['X-Amz-Date']) + SIGNED_SECONDS * 1000) {
			return xmlError(403, 'AccessDenied', 'Request has expired');
		}
		const job = imports.find(({ id }) => file === `${id.slice('#imp#'.length)}.csv`);
		return job ?? xmlError(404, 'NoSuchKey', 'The specified key does not exist.');
	};
	/** Imports the rows of a file; a row that cannot be imported gets its reason in an extra last column. */
	const importRows = (job: Import) => {
		const [header, ...rows] = readCsv(job.file?.toString('utf8') ?? '');
		const at = COLUMNS.map((column) => header?.indexOf(column) ?? -1);
		const [longAt = -1, shortAt = -1, nameAt = -1, tagsAt = -1] = at;
		job.total = rows.length;
		if (job.isBroken) {
			job.outcome = 'ERROR_GENERAL';
			job.failed = rows.length;
			return;
		}
		if (!header || longAt < 0 || rows.length > 10_000) {
			job.outcome = 'ERROR_VALIDATION';
			job.failed = rows.length;
			return;
		}
		const results = rows.map((row) => {
			const slug = row[shortAt] ?? '';
			const longUrl = row[longAt] ?? '';
			const tags = (row[tagsAt] ?? '').split(';').filter((tag) => tag !== '');
			const error = !/^https?:\/\//.test(longUrl)
				? 'Long URL must start with http:// or https://'
				: slug !== '' && !/^\/[^?#]*$/.test(slug)
					? 'Short URL is not valid'
					: links.has(slug)
						? 'Short URL is already taken'
						: tags.length > 5
							? 'A link can have 5 tags'
							: '';
			if (error === '') {
				newLink(job.username, { short_url: slug, long_url: longUrl, name: row[nameAt], tags });
			} else job.failed++;
			return [...row, error];
		});
		job.processed = writeCsv([[...header, 'Error'], ...results]);
	};

	const count = (link: Link, times: number, unique: number) => {
		const hour = hourOf(clock());
		jobs.start({
			finish: () => {
				link.clicks.set(hour, (link.clicks.get(hour) ?? 0) + times);
				link.unique += unique;
			},
			seconds: CLICK_LAG_SECONDS,
		});
	};
	const bySlug = (slug: string): Link => {
		const link = links.get(slug);
		if (!link) throw new Error(`There is no link ${slug}`);
		return link;
	};
	const subscription: Subscription = {
		createLink: (slug, { campaign, username = ADMIN.username, created = clock() } = {}) => {
			const values = { short_url: slug, long_url: `https://shop.example.com${slug}` };
			const found = campaigns.find(({ name }) => name === campaign);
			if (campaign !== undefined && !found) throw new Error(`There is no campaign ${campaign}`);
			newLink(username, values, found && { campaignId: found.id }).created = created;
		},
		leaveCampaign: (slug) => {
			Object.assign(bySlug(slug), { campaignId: undefined, channel: undefined });
		},
		deleteLink: (slug) => {
			links.delete(bySlug(slug).slug);
		},
		visit: (slug, times, unique = times) => count(bySlug(slug), times, unique),
		resetClicks: (slug) => {
			const link = bySlug(slug);
			link.clicks.clear();
			link.unique = 0;
		},
		breakImports: (isBroken) => {
			areImportsBroken = isBroken;
		},
		forgetImport: (fileName) => {
			const index = imports.findIndex((job) => job.fileName === fileName);
			if (index < 0) throw new Error(`There is no import of ${fileName}`);
			imports.splice(index, 1);
		},
	};
	expose(subscription);

	const handlers: Record<string, Handler<User>> = {
		getToken: (request) => {
			const { key_id: id, key_password: password } = dataOf<Record<string, string>>(request);
			const key = keyBy(id, password);
			const refreshToken = `invented-refresh-token-${uuid()}`;
			refreshTokens.set(refreshToken, key);
			return ok({ idToken: sign(key), refreshToken });
		},
		refreshToken: (request) => {
			const data = dataOf<Record<string, string | undefined>>(request);
			if (data.refreshToken === undefined) {
				return ok({ idToken: sign(keyBy(data.key_id, data.key_password)) });
			}
			const key = refreshTokens.get(data.refreshToken);
			if (!key || (data.key_id !== undefined && data.key_id !== key.id)) {
				return refuse(3001, 'Refresh token is not valid');
			}
			return ok({ idToken: sign(key) });
		},
		createAccessKey: (request) => {
			const data = dataOf<{ client_id: string; username: string; key_name: string }>(request);
			checkClient(data.client_id);
			const { username } = userOf(request, data.username);
			if (keys.filter((key) => key.username === username).length >= 2) {
				refuse(5001, 'A user can have two access keys');
			}
			serial += 1;
			const key: AccessKey = {
				id: `inventedKey${String(serial).padStart(10, '0')}`,
				password: `invented-password-${serial}`,
				username,
				name: data.key_name,
				enabled: true,
				created: clock(),
			};
			keys.push(key);
			return ok({ ...showKey(key), key_password: key.password });
		},
		updateAccessKey: (request) => {
			const data = dataOf<{ key_id: string; key_name?: string; enabled: boolean }>(request);
			const key = keyOf(request, data.key_id);
			if (data.key_name) key.name = data.key_name;
			key.enabled = data.enabled;
			return ok(showKey(key));
		},
		findUserAccessKeys: (request) => {
			const data = dataOf<{ key_id?: string; client_id?: string; username?: string }>(request);
			if (data.client_id !== undefined) checkClient(data.client_id);
			if (data.username !== undefined) {
				const { username } = userOf(request, data.username);
				const own = keys.filter((key) => key.username === username);
				return ok(
					own.filter((key) => data.key_id === undefined || key.id === data.key_id).map(showKey),
				);
			}
			if (data.key_id === undefined) return refuse(5002, 'Field: username is required');
			return ok(showKey(keyOf(request, data.key_id)));
		},
		deleteAccessKey: (request) => {
			const data = dataOf<{ key_id: string }>(request);
			keys.splice(keys.indexOf(keyOf(request, data.key_id)), 1);
			return ok(data);
		},

		getSuggestedLinkName: (request) => {
			const { long_url: longUrl } = dataOf<{ long_url: string }>(request);
			checkDestination(longUrl);
			const { hostname } = new URL(longUrl);
			return ok(longUrl.includes('slow') ? null : `Welcome to ${hostname}`);
		},
		createLink: (request) => {
			const data = dataOf<{
				client_id: string;
				username: string;
				long_url: string;
				short_url?: string;
				name?: string | null;
				tags?: string[];
				campaign_id?: string | null;
				campaign_channel?: string | null;
			}>(request);
			checkClient(data.client_id);
			const { username } = userOf(request, data.username);
			checkDestination(data.long_url);
			const campaign = attach(request, data.campaign_id, data.campaign_channel);
			return ok(showLink(newLink(username, data, campaign)));
		},
		updateLink: (request) => {
			const data = dataOf<{
				link_id: string;
				long_url: string;
				name?: string | null;
				campaign_id?: string | null;
				campaign_channel?: string | null;
			}>(request);
			const link = linkOf(request, data.link_id);
			checkDestination(data.long_url);
			const { campaignId, channel } = attach(request, data.campaign_id, data.campaign_channel);
			Object.assign(link, {
				longUrl: data.long_url,
				name: data.name || data.long_url,
				campaignId,
				channel,
			});
			return ok(showLink(link));
		},
		updateLinkTags: (request) => {
			const data = dataOf<{ link_id: string; client_id: string; tags?: string[] | null }>(request);
			checkClient(data.client_id);
			const link = linkOf(request, data.link_id);
			link.tags = data.tags ?? [];
			return ok(showLink(link));
		},
		updateLinksHidden: (request) => {
			const data = dataOf<{ link_ids: string[]; client_id: string; hidden: boolean }>(request);
			checkClient(data.client_id);
			for (const link of data.link_ids.map((id) => linkOf(request, id))) link.hidden = data.hidden;
			return ok(data);
		},
		invalidateLinks: (request) => {
			const data = dataOf<{ link_ids: string[]; client_id: string }>(request);
			checkClient(data.client_id);
			for (const id of data.link_ids) linkOf(request, id);
			return ok(true);
		},
		findLink: (request) => {
			const { control, data } = request.body as {
				control: { Include?: string[] };
				data: { link_id: string };
			};
			const link = linkOf(request, data.link_id);
			const withTags = control.Include?.includes('tags') === true;
			return ok({ link: showLink(link), ...(withTags && { tags: link.tags }) });
		},
		findLinkTags: (request) => {
			const data = dataOf<{ link_id: string; client_id: string }>(request);
			checkClient(data.client_id);
			return ok({ Items: linkOf(request, data.link_id).tags });
		},
		paginateUserLinks: (request) => {
			const data = dataOf<Paging & { username: string }>(request);
			const { username } = userOf(request, data.username);
			return listed(
				() => newestFirst(linksOf(username)),
				data,
				({ slug }) => slug,
				showLink,
			);
		},
		paginatePopularLinks: (request) => {
			const data = dataOf<Paging & { username: string; period: string; Sort?: string }>(request);
			const { username } = userOf(request, data.username);
			const prefix = { alltime: 0, monthly: 7, daily: 10 }[data.period] ?? 0;
			const during = stamp(clock()).slice(0, prefix);
			const direction = data.Sort === 'ASC' ? 1 : -1;
			const sorted = () =>
				linksOf(username).sort((a, b) => direction * (clicksIn(a, during) - clicksIn(b, during)));
			return listed(sorted, data, ({ slug }) => slug, showLink);
		},
		paginateCampaignStats: (request) => {
			const data = dataOf<Paging & { campaign_id: string }>(request);
			const campaign = readable(request, campaignOf(data.campaign_id));
			const own = () => [...links.values()].filter(({ campaignId }) => campaignId === campaign.id);
			const { records, PageKey } = page(own, data, ({ slug }) => slug);
			const shown = records.map(showLink);
			const total = (name: string) => sum(shown.map((link) => Number(link[name])));
			return ok({
				Stat: {
					links: records.length,
					clicks: total('clicks'),
					clicks_month: total('clicks_month'),
					clicks_day: total('clicks_day'),
					clicks_unique: total('clicks_unique'),
				},
				PageKey,
			});
		},
		findLinksBatch: (request) => {
			const ids = new Set(dataOf<{ link_ids: string[] }>(request).link_ids);
			const found = [...ids]
				.map((id) => links.get(id.slice('#lnk#'.length)))
				.filter((link) => link !== undefined)
				.map((link) => readable(request, link));
			return ok({ Items: found.map(showLink).reverse(), PageKey: null });
		},
		findLinkHistoryBatch: (request) => {
			const data = dataOf<{
				link_ids: string[];
				period: 'hourly' | 'daily';
				period_value: string;
			}>(request);
			const length = data.period === 'hourly' ? 10 : 7;
			if (data.period_value.length !== length) {
				refuse(5002, `Field: period_value does not fit the period ${data.period}`);
			}
			const found = [...new Set(data.link_ids)]
				.map((id) => links.get(id.slice('#lnk#'.length)))
				.filter((link) => link !== undefined)
				.map((link) => history(readable(request, link), data.period, data.period_value))
				.filter((record) => record !== undefined);
			return ok({ Items: found.reverse(), PageKey: null });
		},
		findUserLinkHistory: (request) => {
			const data = dataOf<{ client_id: string; username: string; period_value: string[] }>(request);
			checkClient(data.client_id);
			const { username } = userOf(request, data.username);
			const records = data.period_value.flatMap((month) => {
				const clicks = new Map<string, number>();
				for (const link of linksOf(username)) {
					for (const [hour, count] of link.clicks) {
						clicks.set(hour, (clicks.get(hour) ?? 0) + count);
					}
				}
				const total: Link = {
					slug: '',
					longUrl: '',
					name: '',
					username,
					tags: [],
					hidden: false,
					created: 0,
					clicks,
					unique: 0,
				};
				const record = history(total, 'daily', month);
				return record ? [{ ...record, link_id: null }] : [];
			});
			return ok({ Items: records, PageKey: null });
		},
		deleteLinks: (request) => {
			const data = dataOf<{ client_id: string; link_ids: string[] }>(request);
			checkClient(data.client_id);
			for (const link of data.link_ids.map((id) => linkOf(request, id))) links.delete(link.slug);
			return ok(data);
		},

		createCampaign: (request) => {
			const data = dataOf<{
				client_id: string;
				username: string;
				name: string;
				description?: string | null;
				channels?: string[] | null;
			}>(request);
			checkClient(data.client_id);
			const { username } = userOf(request, data.username);
			const created = clock();
			const campaign: Campaign = {
				id: `#cmp#${stamp(created)}#${uuid()}`,
				username,
				name: data.name,
				description: data.description ?? null,
				channels: data.channels ?? [],
				created,
			};
			campaigns.push(campaign);
			return ok(showCampaign(campaign));
		},
		updateCampaign: (request) => {
			const data = dataOf<{
				campaign_id: string;
				username: string;
				name: string;
				description?: string | null;
				channels?: string[] | null;
			}>(request);
			userOf(request, data.username);
			const campaign = readable(request, campaignOf(data.campaign_id));
			campaign.name = data.name;
			campaign.description = data.description ?? null;
			campaign.channels = data.channels ?? [];
			return ok(showCampaign(campaign));
		},
		findCampaign: (request) => {
			const data = dataOf<{ campaign_id: string; username: string }>(request);
			const { username } = userOf(request, data.username);
			const campaign = campaignOf(data.campaign_id);
			return ok(showCampaign(campaign?.username === username ? campaign : missing()));
		},
		paginateUserCampaigns: (request) => {
			const data = dataOf<Paging & { username: string }>(request);
			const { username } = userOf(request, data.username);
			const own = () => campaigns.filter((campaign) => campaign.username === username);
			return listed(
				() => newestFirst(own()),
				data,
				({ id }) => id,
				showCampaign,
			);
		},
		searchCampaigns: (request) => {
			const data = dataOf<Paging & { username: string; text: string; Sort?: string }>(request);
			const { username } = userOf(request, data.username);
			const found = newestFirst(
				campaigns.filter(
					(campaign) => campaign.username === username && campaign.name.includes(data.text),
				),
			);
			if (data.Sort === 'ASC') found.reverse();
			return listed(
				() => found,
				data,
				({ id }) => id,
				showCampaign,
			);
		},
		deleteCampaign: (request) => {
			const data = dataOf<{ campaign_id: string; username: string }>(request);
			userOf(request, data.username);
			const campaign = readable(request, campaignOf(data.campaign_id));
			campaigns.splice(campaigns.indexOf(campaign), 1);
			return ok(data);
		},

		createImport: (request) => {
			const data = dataOf<{
				client_id: string;
				username: string;
				file_name: string;
				notes?: string | null;
			}>(request);
			checkClient(data.client_id);
			const { username } = userOf(request, data.username);
			const created = clock();
			const job: Import = {
				id: `#imp#${uuid()}`,
				username,
				fileName: data.file_name,
				notes: data.notes ?? null,
				created,
				outcome: 'SUCCESSFUL',
				total: 0,
				failed: 0,
			};
			imports.push(job);
			return ok({
				DbImport: showImport(job),
				SignedPutUrl: signedUrl('imports', job, created),
			});
		},
		findImport: (request) => {
			const data = dataOf<{ import_id: string }>(request);
			const job = readable(
				request,
				imports.find(({ id }) => id === data.import_id),
			);
			return ok({
				...showImport(job),
				SignedFileGetUrlRaw: job.file ? signedUrl('imports', job, clock()) : null,
				SignedFileGetUrlProcessed:
					job.processed !== undefined ? signedUrl('processed', job, clock()) : null,
			});
		},
		paginateUserImports: (request) => {
			const data = dataOf<Paging & { username: string }>(request);
			const { username } = userOf(request, data.username);
			const own = () => imports.filter((job) => job.username === username);
			return listed(
				() => newestFirst(own()),
				data,
				({ id }) => id,
				showImport,
			);
		},

		findUser: (request) => {
			const data = dataOf<{ client_id: string; username?: string }>(request);
			checkClient(data.client_id);
			return ok(showUser(userOf(request, data.username ?? request.session.username)));
		},
		findClient: (request) => {
			checkClient(dataOf<{ client_id: string }>(request).client_id);
			const all = [...links.values()];
			const now = stamp(clock());
			return ok({
				client_id: CLIENT_ID,
				name: 'Example Shop',
				link_tags: ['2025', 'Blog', 'Product'],
				campaign_channels: ['SMS', 'Email', 'LinkedIn'],
				clicks: sum(all.map((link) => clicksIn(link, ''))),
				clicks_day: sum(all.map((link) => clicksIn(link, now.slice(0, 10)))),
				clicks_month: sum(all.map((link) => clicksIn(link, now.slice(0, 7)))),
				clicks_month_unique: sum(all.map((link) => link.unique)),
				links: all.length,
				created_at: stamp(began - 400 * day),
				updated_at: stamp(began),
			});
		},
		paginateClientUsers: (request) => {
			if (request.session.type === 'user') forbidden();
			const data = dataOf<Paging & { client_id: string; user_type: string }>(request);
			checkClient(data.client_id);
			const found = users.filter(({ type }) =>
				data.user_type === '' ? type !== 'root' : type === data.user_type,
			);
			return listed(
				() => newestFirst(found),
				data,
				({ username }) => username,
				showUser,
			);
		},
	};

	/** The gateway: the route first, then the sign-in, then the key of the subscription. */
	const authenticate = (call: Call): User => {
		const isOtherUsersPath =
			call.operationId === 'paginateClientUsers' && !call.path.endsWith(usersPath);
		if (!call.operation || isOtherUsersPath) {
			throw new Refusal(gateway(403, 'Missing Authentication Token'));
		}
		const needsToken = call.operation.security?.[0]?.includes('IdTokenAuth') === true;
		const found = tokens.find(call.headers.authorization ?? '');
		if (needsToken && found.state === 'unknown') throw new Refusal(gateway(401, 'Unauthorized'));
		if (needsToken && found.state !== 'valid') {
			throw new Refusal(gateway(401, 'The incoming token has expired'));
		}
		if (call.headers['x-api-key'] !== API_KEY) throw new Refusal(gateway(403, 'Forbidden'));
		const [nobody] = users;
		const session = 'session' in found ? found.session : nobody;
		if (!session) throw new Error('There is no user');
		return session;
	};

	return {
		credential: {
			backendUrl: `${context.url}/prod/`,
			apiKey: API_KEY,
			keyId: ADMIN.keyId,
			keyPassword: ADMIN.keyPassword,
			shorteningDomain: SHORTENING_DOMAIN,
		},
		authenticate,
		handlers,
		routes: [
			{
				reason: 'import files go straight to the storage bucket, by a signed address',
				method: 'PUT',
				path: '/bucket/imports/{file}',
				handle: ({ params, query, headers, body }): Answer => {
					const job = openSigned(params.file, query, headers);
					if ('status' in job) return job;
					job.file = body;
					job.isBroken = areImportsBroken;
					job.startsAt = Math.max(clock(), busyUntil);
					job.endsAt = job.startsAt + context.jobSeconds * 1000;
					busyUntil = job.endsAt;
					jobs.start({
						finish: () => importRows(job),
						seconds: (job.endsAt - clock()) / 1000,
					});
					return answer(undefined, 200, { etag: '"invented"' });
				},
			},
			...(['imports', 'processed'] as const).map((kind) => ({
				reason: 'files of imports come straight from the storage bucket, by a signed address',
				method: 'GET',
				path: `/bucket/${kind}/{file}`,
				handle: ({ params, query, headers }: Parameters<ExtraRoute['handle']>[0]): Answer => {
					const job = openSigned(params.file, query, headers);
					if ('status' in job) return job;
					const content = kind === 'imports' ? job.file : job.processed;
					if (content === undefined) {
						return xmlError(404, 'NoSuchKey', 'The specified key does not exist.');
					}
					return answer(content, 200, { 'content-type': 'text/csv' });
				},
			})),
			{
				reason: 'visitors of short addresses use the shortening domain, not the API',
				method: 'GET',
				path: '/go/{slug}',
				handle: ({ params }): Answer => {
					const link = links.get(`/${params.slug}`);
					if (!link) return answer('Not found', 404);
					count(link, 1, 1);
					return answer(undefined, 302, { location: link.longUrl });
				},
			},
		],
	};
}

/**
 * Starts a subscription with 133 links, 3 campaigns and 6 users. The credential is that of an admin with one access key.
 * @throws when the port is taken.
 */
export async function createWarpUrlSimulator(
	options: WarpUrlOptions = {},
): Promise<WarpUrlSimulator> {
	let subscription: Subscription | undefined;
	const trace = '5d1f6c2e-0000-4000-8000-c6e2f8d01b95';
	const simulator = await createSimulator<User>(
		{
			specification,
			serverVariables: { stage: 'prod' },
			tokenOperations: ['getToken', 'refreshToken'],
			refuse: ([{ kind, name, message }]) => {
				if (kind === 'unknown-path' || kind === 'unknown-method') {
					return gateway(403, 'Missing Authentication Token');
				}
				// The author's published backends answer a missing control block as a handled error
				if (name === 'control') return envelope(trace, 5001, 'Control object is required');
				return envelope(trace, 5002, `Field: ${name.replace(/^data\./, '') || 'body'} ${message}`);
			},
			problem: (status, message) => gateway(status, message),
			tooManyRequests: () => gateway(429, 'Too Many Requests'),
			start: (context) =>
				start(context, options, (made) => {
					subscription = made;
				}),
		},
		options,
	);
	return Object.defineProperties(simulator, {
		// Another one after each reset
		subscription: { get: () => subscription },
	}) as WarpUrlSimulator;
}
