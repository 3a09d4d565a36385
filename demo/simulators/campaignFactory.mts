/**
 * Simulator of Acquia Campaign Factory, with invented accounts, instances, users, roles, brandings and sender domains.
 *
 * What the notes leave open is answered in the plainest way and said here: a call without a needed scope gets Laravel
 * Passport's words; a call that only Acquia's own staff may do (audience provider-internal) is refused for the user,
 * and one of uncertain audience is open to every token; refresh tokens are used up by their use and do not end by the
 * clock; a new instance is active when its job has ended, and a sender domain is checked when its job has ended: names
 * that start with `unset.` have no DNS records. A changed branding is taken as the description says, or, on request,
 * as a PHP server takes it, which reads no multipart body of a PATCH. Lists are in the order of creation, as a database
 * gives them without a wish; notifications begin with the newest, as Laravel has it, or not, on request. Times are whole
 * seconds. An instance that is suspended loses its `active_at`, and gets a new one when that ends.
 */
import specification from '../../test/specs/campaign-factory.json' with { type: 'json' };
import type {
	Answer,
	Call,
	Context,
	Definition,
	Handler,
	SimulatedRequest,
	Simulator,
	SimulatorOptions,
	Specification,
	UploadedFile,
	Violation,
} from './support.mts';
import { Refusal, answer, bearerToken, createSimulator, pageOf } from './support.mts';

/** All scopes that the vendor documents. */
export const SCOPES = [
	'api-access',
	'manage-accounts',
	'manage-brandings',
	'manage-instances',
	'manage-locations',
	'manage-templates',
	'manage-users',
	'view-ip-pools',
	'view-roles',
];

const CLIENT = { id: 'invented-client-7', secret: 'invented-client-secret-7' };
const PASSWORD = 'Invented(password)1';
/** One year, as documented. */
const TOKEN_LIFE_SECONDS = 31_536_000;

/** Whose token a request carries; undefined for the token call itself and for unknown addresses. */
interface Caller {
	user: Row;
	scopes: Set<string>;
}
type Session = Caller | undefined;
type Request = SimulatedRequest<Session>;

/** A record as it is stored; `deleted_at` is set while it lies in the trash. */
interface Row {
	uuid: string;
	deleted_at: string | null;
	[member: string]: unknown;
}

/** Records of one kind. */
interface Table {
	root: string;
	rows: Row[];
	/** Members that `search` looks at. */
	searched: string[];
	/** Members that are kept from answers. */
	hidden: string[];
}

type Errors = Record<string, string[]>;

const words = (name: string) => name.replace(/_/g, ' ');
const refuse = (refusal: Answer): never => {
	throw new Refusal(refusal);
};
const message = (status: number, text: string) => answer({ message: text }, status);
const notFound = () =>
	answer({ message: 'Not found.', errors: [{ code: 404, message: 'Not found.' }] }, 404);
const forbidden = (text: string) => message(403, text);
const oauth = (status: number, error: string, text: string, hint?: string) =>
	answer(
		{ error, error_description: text, ...(hint === undefined ? {} : { hint }), message: text },
		status,
	);

/** Operations whose validation message comes without a summary. */
const withoutSummary = /^(list|create|update)(Font|SenderDomain)s?$/;

/** The forms of a validation message: instances have a list, everything else a map, once of plain texts. */
function invalid(operationId: string | undefined, errors: Errors): Answer {
	if (operationId === 'createInstance' || operationId === 'updateInstance') {
		const list = Object.entries(errors).flatMap(([name, texts]) =>
			texts.map((description) => ({ name, code: 'invalid', description, in: 'body' })),
		);
		return answer({ errors: list }, 422);
	}
	if (operationId === 'updateSenderDomain') {
		const plain = Object.entries(errors).map(([name, texts]) => [name, texts.join(' ')]);
		return answer({ errors: Object.fromEntries(plain) as Record<string, string> }, 422);
	}
	if (withoutSummary.test(operationId ?? '')) return answer({ errors }, 422);
	return answer({ message: 'The given data was invalid.', errors }, 422);
}

/** Operations whose 401 bears `error` in place of `message`, by the notes. */
const errorKeyOperations =
	/^(list|create|get|update|delete|forceDelete|batch\w+)Instances?$|^(getLocation|createAccount|updateIpPool)$/;
const unauthenticated = (operationId: string | undefined) =>
	errorKeyOperations.test(operationId ?? '')
		? answer({ error: 'Unauthenticated.' }, 401)
		: message(401, 'Unauthenticated.');

/** What a breach of the description is answered with. */
function judged(violations: [Violation, ...Violation[]], call: Call): Answer {
	const [first] = violations;
	if (first.kind === 'unknown-path') return notFound();
	if (first.kind === 'unknown-method') {
		return message(405, `The ${call.method} method is not supported for this route.`);
	}
	if (call.operationId === 'issueToken') {
		if (first.kind === 'wrong-value' && first.name === 'grant_type') {
			return oauth(
				400,
				'unsupported_grant_type',
				'The authorization grant type is not supported by the authorization server.',
				'Check that all required parameters have been provided',
			);
		}
		return oauth(
			400,
			'invalid_request',
			'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.',
			`Check the \`${first.name || 'body'}\` parameter`,
		);
	}
	if (violations.some((violation) => violation.in === 'path')) return notFound();
	const errors: Errors = {};
	for (const { kind, name, message: text } of violations) {
		const key = name || 'body';
		const sentence =
			kind === 'missing-member' || kind === 'missing-parameter'
				? `The ${words(key)} field is required.`
				: `The ${words(key)} field ${text}.`;
		errors[key] = [...(errors[key] ?? []), sentence];
	}
	return invalid(call.operationId, errors);
}

const REGIONS = ['North', 'South', 'East', 'West', 'Central', 'Alpine', 'Baltic', 'Nordic'];
const BRANDS = ['Alder', 'Birch', 'Cedar', 'Dogwood', 'Elm', 'Fir', 'Ginkgo', 'Hazel'];
const PERMISSIONS = [
	'manageAccounts',
	'manageAdministrators',
	'manageInstances',
	'manageUsers',
	'viewAccounts',
	'viewInstances',
	'viewRoles',
];
const BUILT_IN_ROLES = ['Super Users', 'Administrators'];
const GOOGLE_FONTS = ['Lato', 'Merriweather', 'Open Sans', 'Roboto'];
const COLORS = [
	'primary_color',
	'secondary_color',
	'tertiary_color',
	'header_color',
	'branding_color',
	'auxilary_color',
];
const PICTURES = ['login_logo', 'main_logo', 'mascot', 'favicon'];
const DOMAINS = ['sender_domain', 'bounce_domain', 'tracking_domain'] as const;
/** The built-in delivery service does not send for these. */
const FREE_MAIL_DOMAINS = ['gmail.com', 'outlook.com', 'yahoo.com'];

/** How this simulator runs, beside what all have. */
export interface CampaignFactoryOptions extends SimulatorOptions {
	/**
	 * Behaves like PHP behind a framework: a multipart body of a PATCH is not read, so that nothing changes; a POST
	 * with the field `_method` stands for the PATCH.
	 */
	ignoresPatchForms?: boolean;
	/** Notifications in the order of their creation; the order is not documented. Default: the newest first. */
	oldNotificationsFirst?: boolean;
	/** Called before a further page of a list is read, so that the list shifts meanwhile. `root` is that of the list. */
	betweenPages?: (factory: Factory, root: string) => void;
}

/** What happens in a factory by itself, or by other users; names are those of the records. */
export interface Factory {
	/** A new instance, active when its job has ended; without an account it gets the first one. */
	createInstance(name: string, accountUuid?: string): string;
	changeInstance(name: string, members: Record<string, unknown>): void;
	suspendInstance(name: string): void;
	unsuspendInstance(name: string): void;
	/** To the trash. */
	deleteInstance(name: string): void;
	/** Makes a user, seen by this one from now on; gives its UUID. */
	createUser(name: string, createdAt?: number): string;
	deleteUser(name: string): void;
	/** What the next check finds for a domain and its subdomains: the DNS records, or what is wrong with them. */
	setDns(domain: string, found: true | string): void;
	/** Checks the DNS records of a sender domain, as from time to time. */
	validate(domain: string): void;
	/** Notifies the user of the credential; gives the UUID. */
	notify(text: string, type?: string): string;
	deleteNotification(uuid: string): void;
}

/** The simulator, with what happens there by itself. */
export interface CampaignFactorySimulator extends Simulator {
	readonly factory: Factory;
}

/** The operation behind that POST. */
const POSTED_PATCH = 'updateBrandingByPost';

/** The description with the POST that stands for a PATCH. */
function withPostedPatch(described: Specification): Specification {
	const { updateBranding } = described.operations;
	const form = updateBranding?.body?.content['multipart/form-data'];
	if (!updateBranding || !form) throw new Error('The description has no form to update brandings');
	const method = { _method: { type: 'string', enum: ['PATCH'] } };
	const schema = {
		...form,
		properties: { ...(form.properties as object), ...method },
		required: ['_method'],
	};
	const posted = {
		...updateBranding,
		method: 'POST',
		body: { required: true, content: { 'multipart/form-data': schema } },
	};
	return { ...described, operations: { ...described.operations, [POSTED_PATCH]: posted } };
}

const isPicture = (value: unknown): value is UploadedFile =>
	typeof value === 'object' &&
	value !== null &&
	'type' in value &&
	String(value.type).startsWith('image/');

function start(
	context: Context<Session>,
	{
		ignoresPatchForms = false,
		oldNotificationsFirst = false,
		betweenPages,
	}: CampaignFactoryOptions,
	expose: (factory: Factory) => void,
): ReturnType<Definition<Session>['start']> {
	const { clock, jobs, tokens, url } = context;
	const born = clock() - 90 * 86_400_000;
	const time = (milliseconds: number) =>
		new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
	const now = () => time(clock());
	const customer = context.uuid();

	const table = (root: string, searched: string[], hidden: string[] = []): Table => ({
		root,
		rows: [],
		searched,
		hidden,
	});
	const accounts = table('accounts', ['name']);
	const instances = table('instances', ['name', 'subdomain', 'custom_domain'], ['deleted_at']);
	const users = table('users', ['name', 'email'], ['password', 'deleted_at']);
	const roles = table('roles', ['name', 'slug'], ['deleted_at']);
	const locations = table('locations', ['name', 'cname', 'ips'], ['deleted_at']);
	const brandings = table('brandings', [], ['deleted_at']);
	const templates = table('templates', ['name'], ['deleted_at']);
	const ipPools = table('ip-pools', ['name', 'alias'], ['deleted_at']);
	const senderDomains = table('sender-domains', [...DOMAINS]);
	const fonts = table('fonts', ['name'], ['deleted_at']);
	const notifications = table('notifications', ['type', 'data'], ['deleted_at']);
	/** User and account, user and role, sender domain and account, sender domain and instance. */
	const memberships = {
		accounts: new Set<string>(),
		roles: new Set<string>(),
		domainAccounts: new Set<string>(),
		domainInstances: new Set<string>(),
	};
	const pair = (one: string, other: string) => `${one} ${other}`;

	const add = (into: Table, members: Record<string, unknown>, at = now()): Row => {
		const row: Row = {
			uuid: context.uuid(),
			...members,
			created_at: at,
			updated_at: at,
			deleted_at: null,
		};
		into.rows.push(row);
		return row;
	};
	const shown = (from: Table, row: Row): Record<string, unknown> => ({
		...Object.fromEntries(Object.entries(row).filter(([name]) => !from.hidden.includes(name))),
		_links: [{ rel: 'self', href: `${url}/openapi/${from.root}/${row.uuid}` }],
	});

	const notify = (text: string, type: string, at = now()): Row =>
		add(
			notifications,
			{
				type,
				notifiable_type: 'App\\Models\\User',
				notifiable_id: 42,
				data: JSON.stringify({ message: text }),
				read_at: null,
			},
			at,
		);

	const missingRecord = 'The CNAME record was not found.';
	const emptyBranding = Object.fromEntries(
		[
			...COLORS.map((member) => (member === 'branding_color' ? 'background_color' : member)),
			'heading_font',
			'body_font',
			...PICTURES,
			'app_name',
			'account_uuid',
			'instance_uuid',
		].map((member) => [member, null]),
	);

	const seed = () => {
		for (const [name, cname] of [
			['US East', 'us.campaigns.example.net'],
			['EU Central', 'eu.campaigns.example.net'],
			['Asia Pacific', 'apj.campaigns.example.net'],
		] as const) {
			add(locations, { name, cname, ips: '198.51.100.42,198.51.100.43' }, time(born));
		}
		for (let index = 0; index < 30; index++) {
			const name = `${BRANDS[index % BRANDS.length]} ${REGIONS[Math.floor(index / BRANDS.length)]}`;
			const limits = { monthly_email_limit: 50_000 + 1000 * index, contact_limit: 10_000 };
			add(accounts, { name, ...limits, customer_uuid: customer }, time(born + index * 60_000));
		}
		for (let index = 0; index < 64; index++) {
			// The last two accounts have no instances
			const account = accounts.rows[index % 28];
			const location = locations.rows[index % locations.rows.length];
			const at = time(born + index * 3_600_000);
			const subdomain = `studio-${String(index + 1).padStart(2, '0')}`;
			add(
				instances,
				{
					active_at: index % 16 === 15 ? null : at,
					name: `Studio ${String(index + 1).padStart(2, '0')}`,
					subdomain,
					custom_domain: index % 9 === 0 ? `mail${index}.example.com` : null,
					location_cname: location?.cname,
					db_name: subdomain.replace('-', '_'),
					db_host: 'db1.example.net',
					plan_name: 'standard',
					trial_expiration: index % 11 === 10 ? time(born + 30 * 86_400_000) : null,
					user_email: 'owner@example.com',
					location_uuid: location?.uuid,
					account_uuid: account?.uuid,
				},
				at,
			);
		}
		for (const name of [...BUILT_IN_ROLES, 'Account Manager', 'Viewer']) {
			const permissions = name === 'Viewer' ? ['viewAccounts', 'viewInstances'] : PERMISSIONS;
			const at = time(born);
			add(
				roles,
				{
					name,
					slug: name.toLowerCase().replace(/ /g, '-'),
					customer_uuid: BUILT_IN_ROLES.includes(name) ? null : customer,
					visible_in_maestro: true,
					permissions: permissions.map((slug, index) => ({
						role_id: index + 1,
						permission_slug: slug,
						created_at: at,
						updated_at: at,
					})),
				},
				at,
			);
		}
		for (let index = 0; index < 28; index++) {
			const first = index === 0;
			const user = add(
				users,
				{
					name: first ? 'Ada Admin' : `User ${String(index + 1).padStart(2, '0')}`,
					email: first ? 'ada.admin@example.com' : `user${index + 1}@example.com`,
					password: PASSWORD,
					email_verified_at: time(born),
					all_accounts: first,
					last_login: first ? now() : null,
					super: false,
					notify_limit_violation: first,
				},
				time(born + index * 1000),
			);
			const account = accounts.rows[index % accounts.rows.length];
			const role = roles.rows[first ? 1 : 3];
			if (account) memberships.accounts.add(pair(user.uuid, account.uuid));
			if (role) memberships.roles.add(pair(user.uuid, role.uuid));
		}
		for (let index = 0; index < 28; index++) {
			add(
				brandings,
				{
					...emptyBranding,
					app_name: `${BRANDS[index % BRANDS.length]} Studio ${index + 1}`,
					primary_color: '#0b5fff',
					account_uuid: accounts.rows[index]?.uuid,
				},
				time(born + index * 1000),
			);
		}
		for (const name of ['Retail starter', 'Newsletter starter', 'Events starter']) {
			add(templates, { name }, time(born));
		}
		for (const region of ['us', 'eu', 'apj']) {
			const name = `Tier 1 ${region.toUpperCase()}`;
			add(ipPools, { name, alias: `tier1-${region}`, region }, time(born));
		}
		for (const name of ['mail.example.com', 'news.example.com', 'unset.example.org']) {
			const isSet = !name.startsWith('unset.');
			const domain = add(
				senderDomains,
				{
					sender_domain: name,
					bounce_domain: `bounce.${name}`,
					tracking_domain: `clicks.${name}`,
					customer_id: 7,
					sender_domain_validated: isSet,
					sender_domain_details: isSet ? null : missingRecord,
					bounce_domain_validated: true,
					bounce_domain_details: null,
					tracking_domain_validated: true,
					tracking_domain_details: null,
					default_from_name: 'Example News',
					default_from_email: `news@${name}`,
					esp_account_id: null,
					esp_api_key: 'invented-esp-key-7',
					esp: 'sparkpost',
				},
				time(born),
			);
			const [account] = accounts.rows;
			const [instance] = instances.rows;
			if (account) memberships.domainAccounts.add(pair(domain.uuid, account.uuid));
			if (instance) memberships.domainInstances.add(pair(domain.uuid, instance.uuid));
		}
		for (const name of ['Lato', 'Northwind Sans']) {
			const css = `https://fonts.example.com/${name.toLowerCase().replace(' ', '-')}.css`;
			const stack = `"${name}", sans-serif`;
			add(fonts, { name, css_url: css, stack, customer_uuid: customer }, time(born));
		}
		for (let index = 0; index < 3; index++) {
			const text = `Contact limit of account ${index + 1} reached`;
			notify(text, 'App\\Notifications\\LimitReached', time(born + index * 1000));
		}
	};
	seed();

	const live = (from: Table) => from.rows.filter(({ deleted_at: deleted }) => deleted === null);
	const find = (from: Table, uuid: unknown): Row =>
		live(from).find((row) => row.uuid === String(uuid).toLowerCase()) ?? refuse(notFound());

	/** A page of rows in the service's envelope, after trash, search and sorting. */
	const list = (
		request: Request,
		from: Table,
		isListed: (row: Row) => boolean = () => true,
		{ withMeta = true, size: sizeName = 'per_page' } = {},
	): Answer => {
		const { query } = request;
		const page = Number(query.page ?? 1);
		if (page > 1) betweenPages?.(factory, from.root);
		const { search, sort_column: column, sort_direction: direction, trashed } = query;
		if (trashed !== undefined && !['with', 'only'].includes(String(trashed))) {
			refuse(invalid(request.operationId, { trashed: ['The selected trashed value is invalid.'] }));
		}
		const rows = from.rows.filter(isListed);
		if (from === notifications && !oldNotificationsFirst) rows.reverse();
		const kept = rows
			.filter(({ deleted_at: deleted }) =>
				trashed === 'with' ? true : trashed === 'only' ? deleted !== null : deleted === null,
			)
			.filter(
				(row) =>
					search === undefined ||
					from.searched.some((member) =>
						String(row[member] ?? '')
							.toLowerCase()
							.includes(String(search).toLowerCase()),
					),
			);
		if (column !== undefined) {
			const sample = from.rows[0] ?? {};
			if (!Object.hasOwn(sample, String(column)) || from.hidden.includes(String(column))) {
				refuse(
					invalid(request.operationId, { sort_column: ['The selected sort column is invalid.'] }),
				);
			}
			const key = (row: Row) => row[String(column)] as string | number;
			kept.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
		}
		if (direction === 'desc') kept.reverse();
		const parameter = request.operation.parameters.find(({ name }) => name === sizeName);
		const size = Number(query[sizeName] ?? parameter?.schema.default ?? 25);
		const last = Math.max(1, Math.ceil(kept.length / size));
		const data = pageOf(kept, page, size).map((row) => shown(from, row));
		const first = (page - 1) * size + 1;
		const path = `${url}${request.path}`;
		return answer({
			data,
			links: {
				first: `${path}?page=1`,
				last: `${path}?page=${last}`,
				prev: page > 1 ? `${path}?page=${page - 1}` : null,
				next: page < last ? `${path}?page=${page + 1}` : null,
			},
			...(withMeta && {
				meta: {
					current_page: page,
					from: data.length > 0 ? first : null,
					last_page: last,
					path,
					per_page: size,
					to: data.length > 0 ? first + data.length - 1 : null,
					total: kept.length,
				},
			}),
		});
	};

	/** The judge has made sure of the shape. */
	const bodyOf = (request: Request) => (request.body ?? {}) as Record<string, unknown>;
	const uuids = (request: Request, member: string) =>
		(bodyOf(request)[member] as string[]).map((uuid) => uuid.toLowerCase());
	/** The rows that a body names; 422 for one that is not among them. */
	const named = (request: Request, member: string, rows: Row[]): Row[] =>
		uuids(request, member).map((uuid, index) => {
			const found = rows.find((row) => row.uuid === uuid);
			const key = `${member}.${index}`;
			return (
				found ??
				refuse(invalid(request.operationId, { [key]: [`The selected ${key} is invalid.`] }))
			);
		});
	const mustExist = (request: Request, member: string, rows: Row[]) => {
		const given = bodyOf(request)[member];
		if (given === undefined) return undefined;
		const found = rows.find(({ uuid }) => uuid === String(given).toLowerCase());
		return (
			found ??
			refuse(
				invalid(request.operationId, {
					[member]: [`The selected ${words(member)} is invalid.`],
				}),
			)
		);
	};
	const mustBeUnique = (request: Request, from: Table, member: string, except?: Row) => {
		const given = bodyOf(request)[member];
		if (given === undefined) return;
		if (live(from).some((row) => row !== except && row[member] === given)) {
			refuse(
				invalid(request.operationId, {
					[member]: [`The ${words(member)} has already been taken.`],
				}),
			);
		}
	};
	const mustBeFilled = (request: Request, members: string[]) => {
		const body = bodyOf(request);
		const empty = members.filter((member) => body[member] === '');
		if (empty.length === 0) return;
		refuse(
			invalid(
				request.operationId,
				Object.fromEntries(
					empty.map((member) => [member, [`The ${words(member)} field is required.`]]),
				),
			),
		);
	};
	const change = (row: Row, members: Record<string, unknown>, at = now()) =>
		Object.assign(row, members, { updated_at: at });
	const trash = (row: Row) => Object.assign(row, { deleted_at: now() });
	const remove = (from: Table, gone: Row[]) => {
		from.rows = from.rows.filter((row) => !gone.includes(row));
	};
	const isInUse = (account: Row) =>
		live(instances).some(({ account_uuid: owner }) => owner === account.uuid);

	const checkLimits = (request: Request) => {
		const errors: Errors = {};
		for (const member of ['monthly_email_limit', 'contact_limit']) {
			const given = bodyOf(request)[member];
			if (typeof given === 'number' && given < 0) {
				errors[member] = [`The ${words(member)} must be at least 0.`];
			}
		}
		const owner = bodyOf(request).customer_uuid;
		if (owner !== undefined && owner !== customer) {
			errors.customer_uuid = ['The selected customer uuid is invalid.'];
		}
		if (Object.keys(errors).length > 0) refuse(invalid(request.operationId, errors));
		mustBeFilled(request, ['name']);
	};
	const checkInstance = (request: Request, row?: Row) => {
		mustBeFilled(request, ['name', 'subdomain']);
		mustExist(request, 'account_uuid', live(accounts));
		mustBeUnique(request, instances, 'subdomain', row);
		mustBeUnique(request, instances, 'custom_domain', row);
		return mustExist(request, 'location_uuid', locations.rows);
	};
	const checkUser = (request: Request, row?: Row) => {
		const { password } = bodyOf(request);
		mustBeFilled(request, ['name', 'email']);
		mustBeUnique(request, users, 'email', row);
		const rules = [/.{12}/, /[A-Z]/, /[a-z]/, /\d/, /[!@$&*()\-_+=,./]/];
		if (typeof password === 'string' && !rules.every((rule) => rule.test(password))) {
			refuse(invalid(request.operationId, { password: ['The password format is invalid.'] }));
		}
	};
	const rolePermissions = (request: Request) => {
		const { permissions } = bodyOf(request);
		if (!Array.isArray(permissions)) return {};
		const unknown = permissions.findIndex((slug) => !PERMISSIONS.includes(String(slug)));
		if (unknown >= 0) {
			const key = `permissions.${unknown}`;
			refuse(invalid(request.operationId, { [key]: [`The selected ${key} is invalid.`] }));
		}
		return {
			permissions: permissions.map((slug: unknown, index) => ({
				role_id: index + 1,
				permission_slug: slug,
				created_at: now(),
				updated_at: now(),
			})),
		};
	};
	const changeableRole = (uuid: unknown): Row => {
		const role = find(roles, uuid);
		return BUILT_IN_ROLES.includes(String(role.name))
			? refuse(forbidden('This action is unauthorized.'))
			: role;
	};
	const one = (from: Table, row: Row, status = 200) => answer({ data: shown(from, row) }, status);
	const done = (text: string) => answer({ message: text });
	/** Makes each of the pairs a membership, or none. */
	const member = (
		kind: keyof typeof memberships,
		pairs: Array<[one: string, other: string]>,
		how: 'attach' | 'detach',
	) => {
		for (const [one, other] of pairs) {
			if (how === 'attach') memberships[kind].add(pair(one, other));
			else memberships[kind].delete(pair(one, other));
		}
	};
	const of = (kind: keyof typeof memberships, one: string, other: string) =>
		memberships[kind].has(pair(one, other));

	let pictureSerial = 0;
	/** The members of a branding that a form sets. */
	const brandingMembers = (request: Request, row: Row): Record<string, unknown> =>
		Object.fromEntries(
			Object.entries(bodyOf(request))
				.filter(([name]) => name !== '_method')
				.map(([name, value]) => {
					if (isPicture(value)) {
						pictureSerial += 1;
						const ending = value.filename.split('.').pop() ?? 'png';
						const file = `${row.uuid}/${name}-${pictureSerial}.${ending}`;
						return [name, `${url}/storage/brandings/${file}`];
					}
					const readAs = name === 'branding_color' ? 'background_color' : name;
					// The framework makes null of empty texts
					return [readAs, value === '' ? null : value];
				}),
		);
	const checkBranding = (request: Request) => {
		const body = bodyOf(request);
		const errors: Errors = {};
		for (const member of COLORS) {
			const color = body[member];
			if (typeof color === 'string' && !/^(#([0-9a-f]{3}|[0-9a-f]{6}))?$/i.test(color)) {
				errors[member] = [`The ${words(member)} format is invalid.`];
			}
		}
		for (const member of PICTURES) {
			if (body[member] !== undefined && !isPicture(body[member])) {
				errors[member] = [`The ${words(member)} must be an image.`];
			}
		}
		if (Object.keys(errors).length > 0) refuse(invalid(request.operationId, errors));
		mustExist(request, 'account_uuid', live(accounts));
		mustExist(request, 'instance_uuid', live(instances));
	};
	const checkSenderDomain = (request: Request) => {
		const body = bodyOf(request);
		mustBeFilled(request, [...DOMAINS, 'default_from_name', 'default_from_email', 'esp']);
		const errors: Errors = {};
		for (const member of DOMAINS) {
			const name = body[member];
			if (typeof name !== 'string') continue;
			if (!/^([a-z0-9-]+\.)+[a-z]{2,}$/i.test(name)) {
				errors[member] = [`The ${words(member)} format is invalid.`];
			} else if (FREE_MAIL_DOMAINS.includes(name)) {
				errors[member] = [`The ${words(member)} must not be a free mail domain.`];
			}
		}
		if (Object.keys(errors).length > 0) refuse(invalid(request.operationId, errors));
		mustBeUnique(request, senderDomains, 'sender_domain');
	};
	/** Domains that differ from what their names say. */
	const dns = new Map<string, true | string>();
	const lookUp = (domain: string): true | string =>
		[...dns].findLast(([name]) => domain === name || domain.endsWith(`.${name}`))?.[1] ??
		(domain.startsWith('unset.') ? missingRecord : true);
	/** Looks for the DNS records in the background. */
	const validate = (row: Row) => {
		const job = jobs.start({
			finish: () => {
				for (const member of DOMAINS) {
					const found = lookUp(String(row[member]));
					const outcome = {
						[`${member}_validated`]: found === true,
						[`${member}_details`]: found === true ? null : found,
					};
					change(row, outcome, time(job.endsAt()));
				}
			},
		});
	};
	/** Sender domains with what `with` names. */
	const withRelated = (request: Request, listed: Answer): Answer => {
		const names = request.query.with === undefined ? [] : String(request.query.with).split(',');
		if (names.some((name) => !['accounts', 'instances'].includes(name))) {
			return invalid(request.operationId, { with: ['The selected with is invalid.'] });
		}
		const body = listed.body as { data: Row[] };
		const data = body.data.map((row) => ({
			...row,
			...(names.includes('accounts') && {
				accounts: live(accounts)
					.filter(({ uuid }) => of('domainAccounts', row.uuid, uuid))
					.map((account) => shown(accounts, account)),
			}),
			...(names.includes('instances') && {
				instances: live(instances)
					.filter(({ uuid }) => of('domainInstances', row.uuid, uuid))
					.map((instance) => shown(instances, instance)),
			}),
		}));
		return { ...listed, body: { ...body, data } };
	};
	const connect = (
		request: Request,
		kind: 'domainAccounts' | 'domainInstances',
		key: string,
		how: 'attach' | 'detach',
	): Answer => {
		const domain = find(senderDomains, request.params.senderDomainUuid);
		const among = live(kind === 'domainAccounts' ? accounts : instances);
		const chosen = named(request, key, among);
		member(
			kind,
			chosen.map(({ uuid }) => [domain.uuid, uuid]),
			how,
		);
		return done(`The sender domain was ${how}ed.`);
	};
	const checkFont = (request: Request, row?: Row) => {
		mustBeFilled(request, ['name', 'css_url', 'stack']);
		mustBeUnique(request, fonts, 'name', row);
	};
	const updateBranding: Handler<Session> = (request) => {
		const row = find(brandings, request.params.brandingUuid);
		checkBranding(request);
		return one(brandings, change(row, brandingMembers(request, row)));
	};

	const refreshTokens = new Map<string, Caller>();
	let refreshSerial = 0;
	const issue = (caller: Caller): Answer => {
		const seconds = context.tokenLifeSeconds ?? TOKEN_LIFE_SECONDS;
		const { token } = tokens.issue(caller, seconds);
		refreshSerial += 1;
		const refresh = `invented-refresh-${String(refreshSerial).padStart(4, '0')}`;
		refreshTokens.set(refresh, caller);
		return answer({
			token_type: 'Bearer',
			expires_in: seconds,
			access_token: token,
			refresh_token: refresh,
		});
	};
	const scopesOf = (text: unknown): Set<string> => {
		const scopes = String(text ?? '')
			.split(' ')
			.filter(Boolean);
		const unknown = scopes.find((scope) => !SCOPES.includes(scope));
		if (unknown !== undefined) {
			refuse(
				oauth(
					400,
					'invalid_scope',
					'The requested scope is invalid, unknown, or malformed',
					`Check the \`${unknown}\` scope`,
				),
			);
		}
		return new Set(scopes);
	};
	const issueToken: Handler<Session> = (request) => {
		const body = bodyOf(request);
		if (body.client_id !== CLIENT.id || body.client_secret !== CLIENT.secret) {
			return oauth(401, 'invalid_client', 'Client authentication failed');
		}
		if (body.grant_type === 'client_credentials') {
			return oauth(
				400,
				'unauthorized_client',
				'The authenticated client is not authorized to use this authorization grant type.',
			);
		}
		if (body.grant_type === 'refresh_token') {
			const given = String(body.refresh_token);
			const caller = refreshTokens.get(given);
			if (!caller) {
				return oauth(
					401,
					'invalid_request',
					'The refresh token is invalid.',
					'Token has been revoked',
				);
			}
			const scopes = body.scope === undefined ? caller.scopes : scopesOf(body.scope);
			if ([...scopes].some((scope) => !caller.scopes.has(scope))) {
				return oauth(400, 'invalid_scope', 'The requested scope is invalid, unknown, or malformed');
			}
			refreshTokens.delete(given);
			return issue({ ...caller, scopes });
		}
		const user = live(users).find(({ email }) => email === body.username);
		if (!user || user.password !== body.password) {
			return oauth(400, 'invalid_grant', 'The user credentials were incorrect.');
		}
		return issue({ user, scopes: scopesOf(body.scope) });
	};

	const byName = (from: Table, name: string, member = 'name'): Row => {
		const found = live(from).find((row) => row[member] === name);
		if (!found) throw new Error(`There is no ${name} among the ${from.root}`);
		return found;
	};
	const activate = (row: Row, at = now()) => change(row, { active_at: at }, at);
	const order = (members: Record<string, unknown>): Row => {
		const subdomain =
			members.subdomain ??
			String(members.name)
				.toLowerCase()
				.replace(/[^a-z0-9]+/g, '-');
		const row = add(instances, {
			active_at: null,
			subdomain,
			custom_domain: null,
			location_cname: null,
			db_name: String(subdomain).replace(/-/g, '_'),
			db_host: 'db1.example.net',
			plan_name: 'standard',
			trial_expiration: null,
			user_email: null,
			location_uuid: null,
			account_uuid: null,
			...members,
		});
		const job = jobs.start({ finish: () => activate(row, time(job.endsAt())) });
		return row;
	};
	const newUser = {
		email_verified_at: null,
		all_accounts: false,
		last_login: null,
		super: false,
		notify_limit_violation: false,
	};
	const factory: Factory = {
		createInstance: (name, accountUuid = accounts.rows[0]?.uuid) =>
			order({ name, account_uuid: accountUuid }).uuid,
		changeInstance: (name, members) => {
			change(byName(instances, name), members);
		},
		suspendInstance: (name) => {
			change(byName(instances, name), { active_at: null });
		},
		unsuspendInstance: (name) => {
			activate(byName(instances, name));
		},
		deleteInstance: (name) => {
			trash(byName(instances, name));
		},
		createUser: (name, createdAt = clock()) => {
			const email = `${name.toLowerCase().replace(/ /g, '.')}@example.com`;
			return add(users, { name, email, password: PASSWORD, ...newUser }, time(createdAt)).uuid;
		},
		deleteUser: (name) => {
			remove(users, [byName(users, name)]);
		},
		setDns: (domain, found) => {
			dns.delete(domain);
			dns.set(domain, found);
		},
		validate: (domain) => {
			validate(byName(senderDomains, domain, 'sender_domain'));
		},
		notify: (text, type = 'App\\Notifications\\LimitReached') => notify(text, type).uuid,
		deleteNotification: (uuid) => {
			remove(notifications, [find(notifications, uuid)]);
		},
	};
	expose(factory);

	const handlers: Record<string, Handler<Session>> = {
		issueToken,
		getCurrentUser: ({ session }) =>
			session ? one(users, session.user) : unauthenticated('getCurrentUser'),

		listAccounts: (request) => list(request, accounts),
		createAccount: (request) => {
			checkLimits(request);
			return one(accounts, add(accounts, bodyOf(request)), 201);
		},
		getAccount: ({ params }) => one(accounts, find(accounts, params.accountUuid)),
		updateAccount: (request) => {
			const account = find(accounts, request.params.accountUuid);
			checkLimits(request);
			return one(accounts, change(account, bodyOf(request)));
		},
		deleteAccount: ({ params }) => {
			const account = find(accounts, params.accountUuid);
			if (isInUse(account)) return message(412, 'The account still has instances.');
			trash(account);
			return done('Account deleted successfully.');
		},
		bulkDeleteAccounts: (request) => {
			const chosen = named(request, 'account_uuids', live(accounts));
			const used = chosen.findIndex(isInUse);
			if (used >= 0) {
				return invalid(request.operationId, {
					[`account_uuids.${used}`]: ['The account still has instances.'],
				});
			}
			chosen.forEach(trash);
			return done('Accounts deleted successfully.');
		},
		forceDeleteAccounts: (request) => {
			const chosen = named(request, 'account_uuids', accounts.rows);
			if (chosen.some(isInUse)) return message(412, 'The account still has instances.');
			remove(accounts, chosen);
			return done('Accounts permanently deleted.');
		},
		restoreAccounts: (request) => {
			const inTrash = accounts.rows.filter(({ deleted_at: deleted }) => deleted !== null);
			for (const row of named(request, 'account_uuids', inTrash)) row.deleted_at = null;
			return done('Accounts restored successfully.');
		},
		listAccountInstances: (request) => {
			const { uuid } = find(accounts, request.params.accountUuid);
			return list(request, instances, ({ account_uuid: owner }) => owner === uuid);
		},
		listAccountUsers: (request) => {
			const { uuid } = find(accounts, request.params.accountUuid);
			return list(request, users, (user) => of('accounts', user.uuid, uuid));
		},
		attachAccountUser: (request) => {
			const account = find(accounts, request.params.accountUuid);
			const user = mustExist(request, 'user_uuid', live(users));
			if (user) member('accounts', [[user.uuid, account.uuid]], 'attach');
			return done('User attached successfully.');
		},
		syncAccountUsers: (request) => {
			const account = find(accounts, request.params.accountUuid);
			const chosen = named(request, 'user_uuids', live(users));
			member(
				'accounts',
				users.rows.map(({ uuid }) => [uuid, account.uuid]),
				'detach',
			);
			member(
				'accounts',
				chosen.map(({ uuid }) => [uuid, account.uuid]),
				'attach',
			);
			return done('Users synced successfully.');
		},
		bulkDetachAccountUsers: (request) => {
			const account = find(accounts, request.params.accountUuid);
			const chosen = named(request, 'user_uuids', live(users));
			member(
				'accounts',
				chosen.map(({ uuid }) => [uuid, account.uuid]),
				'detach',
			);
			return done('Users detached successfully.');
		},
		detachAccountUser: ({ params }) => {
			const account = find(accounts, params.accountUuid);
			const user = find(users, params.userUuid);
			if (!of('accounts', user.uuid, account.uuid)) return notFound();
			member('accounts', [[user.uuid, account.uuid]], 'detach');
			return done('User detached successfully.');
		},

		listInstances: (request) => {
			const { account_uuid: account, location_uuid: location } = request.query;
			return list(
				request,
				instances,
				(row) =>
					(account === undefined || row.account_uuid === account) &&
					(location === undefined || row.location_uuid === location),
			);
		},
		createInstance: (request) => {
			const location = checkInstance(request);
			const row = order({ location_cname: location?.cname ?? null, ...bodyOf(request) });
			return one(instances, row, 201);
		},
		getInstance: ({ params }) => one(instances, find(instances, params.instanceUuid)),
		updateInstance: (request) => {
			const row = find(instances, request.params.instanceUuid);
			const location = checkInstance(request, row);
			return one(
				instances,
				change(row, { ...bodyOf(request), ...(location && { location_cname: location.cname }) }),
			);
		},
		deleteInstance: ({ params }) => {
			trash(find(instances, params.instanceUuid));
			return done('Instance deleted successfully.');
		},
		forceDeleteInstance: ({ params }) => {
			const row = instances.rows.find(({ uuid }) => uuid === String(params.instanceUuid));
			if (!row) return notFound();
			remove(instances, [row]);
			return done('Instance permanently deleted.');
		},
		// What suspends an instance is not documented, so nothing changes
		batchUpdateInstances: (request) => {
			for (const uuid of uuids(request, 'instance_uuids')) find(instances, uuid);
			return done('Instances updated successfully.');
		},
		batchDeleteInstances: (request) => {
			uuids(request, 'instance_uuids')
				.map((uuid) => find(instances, uuid))
				.forEach(trash);
			return answer(undefined, 204);
		},
		batchForceDeleteInstances: (request) => {
			const chosen = uuids(request, 'instance_uuids').map(
				(uuid) => instances.rows.find((row) => row.uuid === uuid) ?? refuse(notFound()),
			);
			remove(instances, chosen);
			return answer(undefined, 204);
		},

		listUsers: (request) => list(request, users),
		createUser: (request) => {
			const missing = ['name', 'email'].filter((name) => bodyOf(request)[name] === undefined);
			if (missing.length > 0) {
				return invalid(
					request.operationId,
					Object.fromEntries(missing.map((name) => [name, [`The ${name} field is required.`]])),
				);
			}
			checkUser(request);
			const row = add(users, { ...newUser, ...bodyOf(request) });
			return one(users, row, 201);
		},
		getUser: ({ params }) => one(users, find(users, params.userUuid)),
		updateUser: (request) => {
			const row = find(users, request.params.userUuid);
			checkUser(request, row);
			return one(users, change(row, bodyOf(request)));
		},
		deleteUser: ({ params }) => {
			remove(users, [find(users, params.userUuid)]);
			return done('User deleted successfully.');
		},
		bulkDeleteUsers: (request) => {
			remove(users, named(request, 'user_uuids', live(users)));
			return done('Users deleted successfully.');
		},
		listUserAccounts: (request) => {
			const { uuid } = find(users, request.params.userUuid);
			return list(request, accounts, (account) => of('accounts', uuid, account.uuid));
		},
		syncUserAccounts: (request) => {
			const user = find(users, request.params.userUuid);
			const chosen = named(request, 'account_uuids', live(accounts));
			member(
				'accounts',
				accounts.rows.map(({ uuid }) => [user.uuid, uuid]),
				'detach',
			);
			member(
				'accounts',
				chosen.map(({ uuid }) => [user.uuid, uuid]),
				'attach',
			);
			return done('Accounts synced successfully.');
		},
		bulkDetachUserAccounts: (request) => {
			const user = find(users, request.params.userUuid);
			const chosen = named(request, 'account_uuids', live(accounts));
			member(
				'accounts',
				chosen.map(({ uuid }) => [user.uuid, uuid]),
				'detach',
			);
			return done('Accounts detached successfully.');
		},
		listUserRoles: (request) => {
			const { uuid } = find(users, request.params.userUuid);
			return list(request, roles, (role) => of('roles', uuid, role.uuid));
		},
		attachUserRole: (request) => {
			const user = find(users, request.params.userUuid);
			const role = mustExist(request, 'role_uuid', roles.rows);
			if (role) member('roles', [[user.uuid, role.uuid]], 'attach');
			return answer({ data: { message: 'Role attached successfully.' } });
		},
		syncUserRoles: (request) => {
			const user = find(users, request.params.userUuid);
			const chosen = named(request, 'role_uuids', roles.rows);
			member(
				'roles',
				roles.rows.map(({ uuid }) => [user.uuid, uuid]),
				'detach',
			);
			member(
				'roles',
				chosen.map(({ uuid }) => [user.uuid, uuid]),
				'attach',
			);
			return answer({ data: { message: 'Roles synced successfully.' } });
		},
		detachUserRole: ({ params }) => {
			const user = find(users, params.userUuid);
			const role = find(roles, params.roleUuid);
			if (!of('roles', user.uuid, role.uuid)) return notFound();
			member('roles', [[user.uuid, role.uuid]], 'detach');
			return done('Role detached successfully.');
		},

		listRoles: (request) => list(request, roles),
		createRole: (request) => {
			mustBeUnique(request, roles, 'slug');
			const row = add(roles, {
				visible_in_maestro: false,
				customer_uuid: customer,
				permissions: [],
				...bodyOf(request),
				...rolePermissions(request),
			});
			return one(roles, row, 201);
		},
		getRole: ({ params }) => one(roles, find(roles, params.roleUuid)),
		updateRole: (request) => {
			const role = changeableRole(request.params.roleUuid);
			mustBeUnique(request, roles, 'slug', role);
			return one(roles, change(role, { ...bodyOf(request), ...rolePermissions(request) }));
		},
		deleteRole: ({ params }) => {
			remove(roles, [changeableRole(params.roleUuid)]);
			return done('Role deleted successfully.');
		},
		// The description gives no `meta` here
		listRoleUsers: (request) => {
			const { uuid } = find(roles, request.params.roleUuid);
			return list(request, users, (user) => of('roles', user.uuid, uuid), { withMeta: false });
		},

		listLocations: (request) => list(request, locations),
		getLocation: ({ params }) => one(locations, find(locations, params.locationUuid)),
		// Nor here, and the page size has another name
		listLocationInstances: (request) => {
			const { uuid } = find(locations, request.params.locationUuid);
			return list(request, instances, ({ location_uuid: location }) => location === uuid, {
				withMeta: false,
				size: 'limit',
			});
		},

		listBrandings: (request) => list(request, brandings),
		createBranding: (request) => {
			checkBranding(request);
			const row = add(brandings, emptyBranding);
			return one(brandings, Object.assign(row, brandingMembers(request, row)), 201);
		},
		getBranding: ({ params }) => one(brandings, find(brandings, params.brandingUuid)),
		updateBranding: ignoresPatchForms
			? ({ params }) => one(brandings, find(brandings, params.brandingUuid))
			: updateBranding,
		deleteBranding: ({ params }) => {
			remove(brandings, [find(brandings, params.brandingUuid)]);
			return done('Branding deleted successfully.');
		},

		listTemplates: (request) => list(request, templates),
		createTemplate: (request) => {
			if (bodyOf(request).name === undefined) {
				return invalid(request.operationId, { name: ['The name field is required.'] });
			}
			mustBeFilled(request, ['name']);
			mustBeUnique(request, templates, 'name');
			return one(templates, add(templates, bodyOf(request)), 201);
		},
		getTemplate: ({ params }) => one(templates, find(templates, params.templateUuid)),
		updateTemplate: (request) => {
			const row = find(templates, request.params.templateUuid);
			mustBeFilled(request, ['name']);
			mustBeUnique(request, templates, 'name', row);
			return one(templates, change(row, bodyOf(request)));
		},
		deleteTemplate: ({ params }) => {
			remove(templates, [find(templates, params.templateUuid)]);
			return done('Template deleted successfully.');
		},

		listIpPools: (request) => list(request, ipPools),
		getIpPool: ({ params }) => one(ipPools, find(ipPools, params.ipPoolUuid)),

		listSenderDomains: (request) => withRelated(request, list(request, senderDomains)),
		createSenderDomain: (request) => {
			const missing = [...DOMAINS, 'default_from_name', 'default_from_email', 'esp'].filter(
				(name) => bodyOf(request)[name] === undefined,
			);
			if (missing.length > 0) {
				return invalid(
					request.operationId,
					Object.fromEntries(
						missing.map((name) => [name, [`The ${words(name)} field is required.`]]),
					),
				);
			}
			checkSenderDomain(request);
			const row = add(senderDomains, {
				...Object.fromEntries(
					DOMAINS.flatMap((name) => [
						[`${name}_validated`, false],
						[`${name}_details`, null],
					]),
				),
				customer_id: 7,
				esp_account_id: null,
				esp_api_key: 'invented-esp-key-7',
				...bodyOf(request),
			});
			validate(row);
			return one(senderDomains, row, 201);
		},
		getSenderDomain: ({ params }) =>
			one(senderDomains, find(senderDomains, params.senderDomainUuid)),
		updateSenderDomain: (request) => {
			const row = find(senderDomains, request.params.senderDomainUuid);
			mustBeFilled(request, ['default_from_name', 'default_from_email']);
			return one(senderDomains, change(row, bodyOf(request)));
		},
		deleteSenderDomain: ({ params }) => {
			trash(find(senderDomains, params.senderDomainUuid));
			return done('Sender domain deleted successfully.');
		},
		attachSenderDomainAccounts: (request) =>
			connect(request, 'domainAccounts', 'account_uuids', 'attach'),
		detachSenderDomainAccounts: (request) =>
			connect(request, 'domainAccounts', 'account_uuids', 'detach'),
		attachSenderDomainInstances: (request) =>
			connect(request, 'domainInstances', 'instance_uuids', 'attach'),
		// The extra letter is the description's
		detachSenderDomainInstances: (request) =>
			connect(request, 'domainInstances', 'instances_uuids', 'detach'),
		revalidateSenderDomain: ({ params }) => {
			validate(find(senderDomains, params.senderDomainUuid));
			return done('The validation was started.');
		},

		listFonts: (request) => list(request, fonts),
		createFont: (request) => {
			checkFont(request);
			return one(fonts, add(fonts, { customer_uuid: customer, ...bodyOf(request) }), 201);
		},
		getFont: ({ params }) => one(fonts, find(fonts, params.fontUuid)),
		updateFont: (request) => {
			const row = find(fonts, request.params.fontUuid);
			checkFont(request, row);
			return one(fonts, change(row, bodyOf(request)));
		},
		deleteFont: ({ params }) => {
			remove(fonts, [find(fonts, params.fontUuid)]);
			return done('Font deleted successfully.');
		},
		listGoogleFonts: () => answer({ data: GOOGLE_FONTS }),

		listNotifications: (request) => list(request, notifications),
		markNotificationRead: ({ params }) => {
			const row = find(notifications, params.notificationUuid);
			return one(notifications, row.read_at === null ? change(row, { read_at: now() }) : row);
		},
		deleteNotification: ({ params }) => {
			remove(notifications, [find(notifications, params.notificationUuid)]);
			return done('Notification deleted successfully.');
		},

		listPermissions: () => answer({ data: PERMISSIONS }),
	};
	if (ignoresPatchForms) handlers[POSTED_PATCH] = updateBranding;

	return {
		credential: {
			baseUrl: url,
			username: users.rows[0]?.email,
			password: PASSWORD,
			clientId: CLIENT.id,
			clientSecret: CLIENT.secret,
			scopes: SCOPES,
		},
		authenticate: ({ operation, operationId, headers }) => {
			// The router answers before anyone asks for a token
			if (!operation || operationId === 'issueToken') return undefined;
			const found = tokens.find(bearerToken(headers.authorization) ?? '');
			if (found.state !== 'valid' || !found.session) {
				return refuse(unauthenticated(operationId));
			}
			const { scopes } = found.session;
			const needed = [...(operation.scopes ?? []), ...(operation.likelyAdditionalScopes ?? [])];
			if (needed.some((scope) => !scopes.has(scope))) {
				refuse(forbidden('Invalid scope(s) provided.'));
			}
			if (operation.audience === 'provider-internal') {
				refuse(forbidden('This action is unauthorized.'));
			}
			return found.session;
		},
		handlers,
	};
}

/**
 * Starts a Campaign Factory with 30 accounts, 64 instances, 28 users, 28 brandings, 4 roles, and 2 or 3 of everything
 * else. The credential is that of a user with all nine scopes; ask for fewer to meet refusals.
 * @throws when the port is taken.
 */
export async function createCampaignFactorySimulator(
	options: CampaignFactoryOptions = {},
): Promise<CampaignFactorySimulator> {
	const { ignoresPatchForms = false } = options;
	let factory: Factory | undefined;
	const simulator = await createSimulator<Session>(
		{
			specification: ignoresPatchForms ? withPostedPatch(specification) : specification,
			tokenOperations: ['issueToken'],
			refuse: judged,
			problem: (status, text) => message(status, text),
			// Undocumented; Laravel's own limiter sends the header
			tooManyRequests: (seconds) =>
				answer({ error: 'Too many requests.' }, 429, { 'retry-after': String(seconds) }),
			start: (context) =>
				start(context, options, (made) => {
					factory = made;
				}),
		},
		options,
	);
	return Object.defineProperties(simulator, {
		// Another one after each reset
		factory: { get: () => factory },
	}) as CampaignFactorySimulator;
}
