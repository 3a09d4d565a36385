/**
 * Simulator of Adobe Campaign Standard: the token endpoints of Adobe IMS, the API gateway and one Campaign instance with
 * invented profiles, services, subscriptions, units, custom resources, workflows,
 * transactional events, marketing history and privacy requests.
 *
 * IMS and the API live on hosts of their own; here they share one, at /ims/... and /<tenant>/campaign/... . The tenant
 * `exampletenant` belongs to the technical account, `othertenant` exists and does not; every other one is unknown.
 *
 * PKeys are tokens that differ by the place they are shown in, as the service's do: those in the URL of a collection open
 * the collection only, and those of links differ from the PKey of the record.
 */
import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import specification from '../../test/specs/adobe-campaign-standard.json' with { type: 'json' };
import type {
	Answer,
	Call,
	Definition,
	Handler,
	Operation,
	SimulatedRequest,
	Simulator,
	SimulatorOptions,
	Violation,
} from './support.mts';
import { MC_TENANT, eventHandlers } from './adobe/events.mts';
import {
	checkMandatory,
	checkMembers,
	describeFields,
	emptyRecord,
	isReadOnly,
	isSortable,
} from './adobe/fields.mts';
import { GENERIC, badPath, notFound, refuseText } from './adobe/refusals.mts';
import { historyHandlers } from './adobe/history.mts';
import { privacyHandlers } from './adobe/privacy.mts';
import { workflows } from './adobe/workflows.mts';
import type { WorkflowState } from './adobe/workflows.mts';
import { Refusal, answer, bearerToken, createSimulator, unsignedJwt } from './support.mts';

/** What people and other programs do at the instance, without a request; times are those of the clock. */
export interface CampaignInstance {
	/**
	 * @param created milliseconds since the epoch, for what becomes visible late; default: now
	 * @returns the email address, made up where none is given
	 */
	addProfile(values?: Record<string, unknown>, created?: number): string;
	/** @throws when there is no profile with this address */
	changeProfile(email: string, values: Record<string, unknown>): void;
	/** @throws when there is no profile with this address */
	removeProfile(email: string): void;
	/** @throws when there is no such profile or service */
	subscribe(email: string, service: string): void;
	/** @throws when there is no such profile or service */
	unsubscribe(email: string, service: string): void;
	/** @throws when there is no such workflow */
	setWorkflow(id: string, state: WorkflowState): void;
	/**
	 * Makes a privacy request.
	 * @param seconds until it is worked off; default: 20
	 * @returns its internal name, made up where none is given
	 */
	requestPrivacy(values?: Record<string, string>, seconds?: number): string;
	/** Deploys the instance anew: PKeys of profiles, services, units and subscriptions are new, older ones unknown. */
	redeploy(): void;
}

/** Settings of this service. */
export interface AdobeCampaignStandardOptions extends SimulatorOptions {
	/** Default: 130. */
	profiles?: number;
	/** Tables with more records are paged only on request (option XtkBigTableThreshold). Default: 100,000. */
	bigTableThreshold?: number;
	/** Addresses of next pages without the host, as older instances give them. */
	relativeHrefs?: boolean;
	/** Called before a further page of a list is read, so that the list shifts meanwhile. */
	betweenPages?: (instance: CampaignInstance) => void;
}

/** A simulator with a second credential. */
export interface AdobeCampaignStandardSimulator extends Simulator {
	/** Data of an n8n credential that signs in by JWT; its key pair is new in every process. */
	readonly jwtCredential: Record<string, unknown>;
	/** What happens at the instance by itself. */
	readonly instance: CampaignInstance;
}

const TENANT = 'exampletenant';
const OTHER_TENANT = 'othertenant';
const OAUTH_CLIENT = { id: '0a'.repeat(16), secret: 'p8e-invented-oauth-secret' };
const JWT_CLIENT = { id: '0b'.repeat(16), secret: 'p8e-invented-jwt-secret' };
const ORGANIZATION_ID = '00112233445566778899AABB@AdobeOrg';
const TECHNICAL_ACCOUNT_ID = 'CCDDEEFF00112233445566AA@techacct.adobe.com';
const METASCOPES = ['ent_campaign_sdk', 'ent_adobeio_sdk'];
const SCOPES = [
	'openid',
	'AdobeID',
	'campaign_sdk',
	'additional_info.projectedProductContext',
	'campaign_config_server_general',
	'deliverability_service_general',
	'read_organizations',
	'additional_info.roles',
	'adobeio_api',
];
const DEFAULT_SCOPES = SCOPES.slice(0, 6);

/** Just under a day (notes, section 5). */
const TOKEN_LIFE_SECONDS = 86_399;
/** How far ahead a JWT may end; samples go up to a day. */
const LONGEST_JWT_SECONDS = 86_400;
const PAGE_SIZE = 25;

type Table =
	| 'profile'
	| 'service'
	| 'orgUnitBase'
	| 'geoUnitBase'
	| 'cusTransaction'
	| 'cusStaging'
	| 'subscription';
/** Tables with an address of their own. */
type Listed = Exclude<Table, 'subscription'>;
/** Resources that this instance's administrator has added. */
type Custom = 'cusTransaction' | 'cusStaging';

/** What the texts of the server call a table. */
const TABLES: Record<Table, { document: string; label: string; schema: string; unique?: string }> =
	{
		profile: {
			document: 'Profile',
			label: 'Profiles',
			schema: 'nms:recipient',
			unique: 'cusCrmId',
		},
		service: { document: 'Service', label: 'Services', schema: 'nms:service', unique: 'name' },
		orgUnitBase: {
			document: 'Organizational unit',
			label: 'Organizational units',
			schema: 'xtk:orgUnit',
		},
		geoUnitBase: {
			document: 'Geographical unit',
			label: 'Geographical units',
			schema: 'nms:geoUnit',
		},
		cusTransaction: {
			document: 'Transaction',
			label: 'Transactions',
			schema: 'cus:transaction',
			unique: 'transactionId',
		},
		cusStaging: {
			document: 'Staging',
			label: 'Staging records',
			schema: 'cus:staging',
			unique: 'emt_id',
		},
		subscription: {
			document: 'Subscription',
			label: 'Subscriptions',
			schema: 'nms:subscription',
		},
	};

/** Where each table is found. */
const ROOTS: Record<Listed, Extended[]> = {
	profile: ['profileAndServices', 'profileAndServicesExt'],
	service: ['profileAndServices', 'profileAndServicesExt'],
	orgUnitBase: ['profileAndServicesExt'],
	geoUnitBase: ['profileAndServicesExt'],
	cusTransaction: ['profileAndServicesExt'],
	cusStaging: ['customResources'],
};
const isListed = (name: string): name is Listed => Object.hasOwn(ROOTS, name);

/** Parameters of each filter; those under the extended roots only are custom ones. */
const FILTERS: Record<Listed, Record<string, { parameters: string[]; custom?: boolean }>> = {
	profile: {
		byEmail: { parameters: ['email'] },
		byText: { parameters: ['text', 'filterType'] },
		byKeysProfile: { parameters: ['email'] },
		birthday: {
			parameters: [
				'type',
				'precision',
				'operator',
				'day',
				'month',
				'includeStart',
				'endDay',
				'endMonth',
				'includeEnd',
				'relativeValue',
				'nextUnitsValue',
				'previousUnitsValue',
			],
		},
		byStaticAudience: { parameters: ['audience'] },
		hasReceivedDelivery: { parameters: ['delivery'] },
		hasOpenedDelivery: { parameters: ['delivery'] },
		hasClickedDelivery: { parameters: ['delivery'] },
		subscribers: { parameters: ['service'] },
		profile: { parameters: ['profile'] },
		byBrand: { parameters: ['brand_parameter'], custom: true },
	},
	service: {
		byText: { parameters: ['text'] },
		byChannel: { parameters: ['channel'] },
		byPlanning: { parameters: ['startDate', 'endDate'] },
		byTargetResource: { parameters: ['targetResource'] },
		byLabel: { parameters: ['label_parameter'], custom: true },
	},
	orgUnitBase: {},
	geoUnitBase: {},
	cusTransaction: {
		byAmount: { parameters: ['amount_parameter'], custom: true },
		byLabel: { parameters: ['label_parameter'], custom: true },
	},
	cusStaging: { byMail: { parameters: ['mail_parameter'], custom: true } },
};

const FIRST_NAMES = 'Amy Ben Cleo Dan Eva Finn Gia Hugo Ines Jon Kim Leo Mia Noah Olivia'.split(
	' ',
);
const LAST_NAMES = 'Archer Baker Cooper Draper Fisher Glover Hunter Mason Porter Varney'.split(' ');

interface Row {
	id: number;
	created: number;
	modified: number;
	/** Members as they travel; links hold the id of the other row or null. */
	values: Record<string, unknown>;
}

/** Who calls: nobody on the token endpoints. */
interface Session {
	clientId: string;
	scopes: string[];
}

type Request = SimulatedRequest<Session>;
type Extended = 'profileAndServices' | 'profileAndServicesExt' | 'customResources';

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const badKey = (table: Table, key: string): never => {
	const name = key.replace(/^@/, '');
	const { label, schema } = TABLES[table];
	return refuseText(
		500,
		`'${name}' attribute unknown (see definition of '${label} (${schema})' schema).`,
		`XTK-170036 Unable to parse expression '@id = @${name}'.`,
	);
};
const requestId = (seed: string) =>
	createHash('sha256').update(seed).digest('base64url').slice(0, 32);
/** A refusal of the gateway before the request reaches Campaign. */
const gateway = (code: string, message: string, headers: Record<string, string> = {}): Answer =>
	answer({ error_code: code, message }, Number(code.slice(0, 3)), {
		'X-Request-Id': requestId(code),
		...headers,
	});
const routing = (code: number): Answer =>
	answer({ code, message: 'Oops. Something went wrong. Check your URI and try again.' }, code);
const refuseIms = (status: number, error: string, description?: string): never => {
	throw new Refusal(
		answer({ error, ...(description && { error_description: description }) }, status),
	);
};

const isImsPath = (path: string) => path.startsWith('/ims/');
const tenantOf = (path: string) => /^\/([^/]+)\/campaign(?:\/|$)/.exec(path)?.[1];

/** UTC with milliseconds and a blank in place of the T. */
const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString().replace('T', ' ');

let keyPair: { publicKey: KeyObject; privateKey: string } | undefined;
/** Made when the first JWT is checked or the credential is read: it takes a moment. */
function keys() {
	if (!keyPair) {
		const made = generateKeyPairSync('rsa', { modulusLength: 2048 });
		keyPair = {
			publicKey: made.publicKey,
			privateKey: made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		};
	}
	return keyPair;
}

function decodePart(part: string | undefined): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
		return isObject(value) ? value : undefined;
	} catch {
		return undefined; // no JWT: the caller refuses it
	}
}

/** Checks the JWT as IMS does (notes, sections 5.2 and 5.3) and gives its metascopes. */
function readJwt(jwt: string, clientId: string, ims: string, now: number): string[] {
	const [head, payload, signature] = jwt.split('.');
	const header = decodePart(head);
	const claims = decodePart(payload);
	if (header?.alg !== 'RS256' || !claims || !signature || jwt.split('.').length !== 3) {
		return refuseIms(
			400,
			'invalid_token',
			'JWT token is incorrectly formatted, and can not be decoded.',
		);
	}
	const signed = verify(
		'RSA-SHA256',
		Buffer.from(`${head}.${payload}`),
		keys().publicKey,
		Buffer.from(signature, 'base64url'),
	);
	if (!signed || claims.iss !== ORGANIZATION_ID || claims.sub !== TECHNICAL_ACCOUNT_ID) {
		return refuseIms(400, 'invalid_token', 'Could not match JWT signature to any of the bindings');
	}
	if (claims.aud !== `${ims}/c/${clientId}`) return refuseIms(400, 'invalid_client');
	const { exp, jti } = claims;
	const isInteger = (value: unknown) => typeof value === 'number' && Number.isInteger(value);
	if (!isInteger(exp) || (jti !== undefined && !isInteger(jti))) {
		return refuseIms(400, 'bad_request');
	}
	const ends = Number(exp) * 1000;
	if (ends <= now) return refuseIms(400, 'invalid_token', 'JWT token has expired.');
	if (ends > now + LONGEST_JWT_SECONDS * 1000) {
		return refuseIms(400, 'bad_request', 'The exp claim is too far in the future.');
	}
	const prefix = `${ims}/s/`;
	const metascopes = Object.keys(claims)
		.filter((name) => name.startsWith(prefix) && claims[name] === true)
		.map((name) => name.slice(prefix.length));
	if (metascopes.length === 0 || metascopes.some((name) => !METASCOPES.includes(name))) {
		return refuseIms(
			400,
			'invalid_scope',
			'The metascopes in the JWT are not a subset of the metascopes in the binding.',
		);
	}
	return metascopes;
}

function start(
	context: Parameters<Definition<Session>['start']>[0],
	options: AdobeCampaignStandardOptions,
	expose: (instance: CampaignInstance) => void,
): ReturnType<Definition<Session>['start']> {
	const { clock, tokens } = context;
	const threshold = options.bigTableThreshold ?? 100_000;
	const born = clock() - 90 * 86_400_000;
	const warmTenants = new Set<string>();
	const rootUrl = `${context.url}/${TENANT}/campaign`;

	const rows: Record<Table, Row[]> = {
		profile: [],
		service: [],
		orgUnitBase: [],
		geoUnitBase: [],
		cusTransaction: [],
		cusStaging: [],
		subscription: [],
	};
	/** Tokens by their text; the same record has one for each place. */
	const known = new Map<string, { table: Table; id: number; place: string }>();
	let deployment = '';
	const pkey = (table: Table, id: number, place = 'record'): string => {
		const name = `${deployment}${table}/${id}/${place}`;
		const digest = createHash('sha512').update(name).digest('base64url');
		const token = `@${digest}`;
		known.set(token, { table, id, place });
		return token;
	};
	let serial = 0;
	const insert = (table: Table, values: Record<string, unknown>, at = clock()): Row => {
		serial += 1;
		const row = { id: 1000 + 7 * serial, created: at, modified: at, values };
		rows[table].push(row);
		pkey(table, row.id);
		return row;
	};

	/** The row of a PKey or, where the resource has one, of a business key. */
	const rowOf = (table: Table, key: string, businessKeys = false): Row => {
		if (!key.startsWith('@')) {
			const { unique, document } = TABLES[table];
			const row =
				businessKeys && unique
					? rows[table].find(({ values }) => values[unique] === key)
					: undefined;
			return row ?? notFound(document, key);
		}
		const entry = known.get(key);
		if (!entry || entry.table !== table) return badKey(table, key);
		return rows[table].find(({ id }) => id === entry.id) ?? notFound(TABLES[table].document, key);
	};
	/** The owner of a collection: only the token of the collection's own address opens it. */
	const ownerOf = (table: Table, key: string): Row => {
		const row = rowOf(table, key);
		return known.get(key)?.place === 'collection' ? row : badKey(table, key);
	};
	const collectionUrl = (root: Extended, table: Table, id: number) =>
		`${rootUrl}/${root}/${table}/${pkey(table, id, 'collection')}/subscriptions/`;

	const newProfile = (values: Record<string, unknown>) => {
		const empty = emptyRecord('profile');
		return {
			...empty,
			isExternal: false,
			thumbnail: '/nl/img/thumbnails/defaultProfil.png',
			...values,
			location: {
				...(empty.location as object),
				...(isObject(values.location) ? values.location : {}),
			},
		};
	};
	let serviceNumber = 0;
	const newService = (values: Record<string, unknown>) => {
		serviceNumber += 1;
		return {
			...emptyRecord('service'),
			builtIn: false,
			isExternal: false,
			name: `SVC${serviceNumber}`,
			subScenarioEventType: '',
			targetResource: 'profile',
			unsubScenarioEventType: '',
			...values,
		};
	};

	for (const [name, label] of [
		['all', 'All'],
		['brand1', 'Brand 1'],
		['brand2', 'Brand 2'],
	]) {
		insert('orgUnitBase', { name, label, desc: '' }, born);
	}
	for (const [name, label] of [
		['eu', 'Europe'],
		['us', 'America'],
	]) {
		insert('geoUnitBase', { name, label, desc: '' }, born);
	}
	for (const [label, messageType] of [
		['Sport Newsletter', 'email'],
		['Product News', 'email'],
		['Flash Sales', 'sms'],
	]) {
		insert('service', newService({ label, messageType }), born);
	}
	for (let index = 0; index < (options.profiles ?? 130); index += 1) {
		const firstName = FIRST_NAMES[index % FIRST_NAMES.length] ?? '';
		const lastName = LAST_NAMES[Math.floor(index / 3) % LAST_NAMES.length] ?? '';
		const number = String(index + 1).padStart(4, '0');
		const values = newProfile({
			firstName,
			lastName,
			email: `${firstName}.${lastName}.${number}@example.com`.toLowerCase(),
			cusCrmId: `CRM-${number}`,
			orgUnit: rows.orgUnitBase[index % 3]?.id ?? null,
		});
		insert('profile', values, born + index * 60_000);
	}
	for (let index = 0; index < 3; index += 1) {
		insert(
			'cusTransaction',
			{
				...emptyRecord('cusTransaction'),
				transactionId: `T-000${index + 1}`,
				amount: 100 * (index + 1),
				label: `Order ${index + 1}`,
				profile: rows.profile[index]?.id ?? null,
			},
			born,
		);
		const email = `staging.${index + 1}@example.com`;
		insert('cusStaging', { ...emptyRecord('cusStaging'), emt_id: `EMT-${index + 1}`, email }, born);
	}
	const subscribe = (profile: Row, service: Row, at?: number) =>
		insert('subscription', { profile: profile.id, service: service.id }, at);
	const [firstService] = rows.service;
	for (const profile of rows.profile.slice(0, 110)) {
		if (firstService) subscribe(profile, firstService, born + 86_400_000);
	}

	const titleOf = (table: Table, { values }: Row): string => {
		if (table === 'profile') {
			return `${[values.firstName, values.lastName].filter(Boolean).join(' ')} (${String(values.email)})`;
		}
		const { unique } = TABLES[table];
		if (table.startsWith('cus')) return String(values[unique ?? '']);
		return `${String(values.label)} (${String(values.name)})`;
	};
	const link = (root: Extended, table: Table, row: Row, from: string) => {
		const key = pkey(table, row.id, from);
		return {
			PKey: key,
			href: `${rootUrl}/${root}/${table}/${key}`,
			...(table !== 'profile' && { label: row.values.label, name: row.values.name }),
			title: titleOf(table, row),
		};
	};
	const stamps = (row: Row) => ({
		created: timestamp(row.created),
		lastModified: timestamp(row.modified),
	});
	const ageOf = (birthDate: unknown) =>
		typeof birthDate === 'string' && birthDate !== ''
			? Math.floor((clock() - Date.parse(birthDate)) / (365.25 * 86_400_000))
			: 0;

	/** A profile as the API shows it: extension fields and units only under the extended root. */
	const showProfile = (root: Extended, row: Row): Record<string, unknown> => {
		const { orgUnit, ...values } = row.values;
		const unit = rows.orgUnitBase.find(({ id }) => id === orgUnit);
		const shown = Object.entries(values).filter(
			([name]) => root === 'profileAndServicesExt' || !name.startsWith('cus'),
		);
		const line1 = `${String(values.firstName)} ${String(values.lastName).toUpperCase()}`;
		return {
			PKey: pkey('profile', row.id),
			age: ageOf(values.birthDate),
			...Object.fromEntries(shown),
			...stamps(row),
			cryptedId: requestId(`crypted ${row.id}`),
			domain: String(values.email).split('@')[1] ?? '',
			postalAddress: { addrDefined: false, line1, serialized: `${line1}\n\n\n\n\n` },
			subscriptions: { href: collectionUrl(root, 'profile', row.id) },
			title: titleOf('profile', row),
			...(root === 'profileAndServicesExt' &&
				unit && { orgUnit: link(root, 'orgUnitBase', unit, 'profile') }),
		};
	};
	const showService = (root: Extended, row: Row): Record<string, unknown> => ({
		PKey: pkey('service', row.id),
		...row.values,
		...stamps(row),
		mainDate: row.values.start,
		subscriptions: { href: collectionUrl(root, 'service', row.id) },
		title: titleOf('service', row),
	});
	const showUnit =
		(table: 'orgUnitBase' | 'geoUnitBase') =>
		(_root: Extended, row: Row): Record<string, unknown> => ({
			PKey: pkey(table, row.id),
			...row.values,
			...stamps(row),
			parentTitle: row.values.name === 'all' ? '' : 'All (all)',
			title: titleOf(table, row),
		});
	const showCustom =
		(table: Custom) =>
		(root: Extended, row: Row): Record<string, unknown> => {
			const { profile, ...values } = row.values;
			const linked = rows.profile.find(({ id }) => id === profile);
			return {
				PKey: pkey(table, row.id),
				...values,
				...stamps(row),
				title: titleOf(table, row),
				...(linked && { profile: link(root, 'profile', linked, table) }),
			};
		};
	const show = {
		profile: showProfile,
		service: showService,
		orgUnitBase: showUnit('orgUnitBase'),
		geoUnitBase: showUnit('geoUnitBase'),
		cusTransaction: showCustom('cusTransaction'),
		cusStaging: showCustom('cusStaging'),
	};
	/** `from` is the owner whose collection shows it. */
	const showSubscription = (root: Extended, row: Row, from: 'profile' | 'service') => {
		const profile = rows.profile.find(({ id }) => id === row.values.profile);
		const service = rows.service.find(({ id }) => id === row.values.service);
		const owner = from === 'profile' ? profile : service;
		return {
			PKey: pkey('subscription', row.id),
			created: timestamp(row.created),
			email: '',
			expirationDate: '',
			href: `${collectionUrl(root, from, owner?.id ?? 0)}${pkey('subscription', row.id)}`,
			metadata: 'subscriptionRcp',
			...(service && {
				service: link(root, 'service', service, 'subscription'),
				serviceName: service.values.name,
			}),
			...(profile && {
				subscriber: {
					...link(root, 'profile', profile, 'subscription'),
					email: profile.values.email,
					firstName: profile.values.firstName,
					lastName: profile.values.lastName,
				},
			}),
		};
	};

	const rootOf = (request: Request): Extended => {
		if (request.path.includes('/campaign/customResources')) return 'customResources';
		return request.path.includes('/profileAndServicesExt')
			? 'profileAndServicesExt'
			: 'profileAndServices';
	};
	const keyOf = (request: Request, name: string) => String(request.params[name]);

	/** Where a record stands in a list; it may move while the list is read. */
	interface Place {
		id: number;
		value: string | number;
	}
	/** Cursors by their text: where the page that gave them ended, and for which request. */
	const cursors = new Map<string, { request: string; after: Place }>();
	const byPlace = (isDescending: boolean) => (a: Place, b: Place) => {
		if (a.value === b.value) return a.id - b.id;
		return a.value < b.value === isDescending ? 1 : -1;
	};
	const valueOf = (row: Row, column: string): string | number => {
		if (column === 'PKey' || column === '') return 0;
		if (column === 'created') return row.created;
		if (column === 'lastModified') return row.modified;
		const value = row.values[column];
		return typeof value === 'number' ? value : String(value);
	};

	/** One page of a list (notes, section 10). `all` is the size of the table, `found` what the filters leave. */
	const listed = (
		request: Request,
		table: { found: Row[]; all: number; isSortable: (column: string) => boolean },
		render: (row: Row) => unknown,
	): Answer => {
		const {
			_lineCount = PAGE_SIZE,
			_lineStart,
			_order,
			_forcePagination,
		} = request.query as {
			_lineCount?: number;
			_lineStart?: string;
			_order?: string;
			_forcePagination?: boolean;
		};
		const query = Object.entries(request.query).filter(([name]) => name !== '_lineStart');
		const path = request.path.replace(/\/+$/, '');
		const mark = JSON.stringify([path, query.sort()]);
		const cursor = _lineStart === undefined ? undefined : cursors.get(_lineStart);
		if (_lineStart !== undefined && cursor?.request !== mark) {
			refuseText(500, GENERIC, `Invalid value '${_lineStart}' for the '_lineStart' parameter.`);
		}
		const [column = '', direction = ''] = (_order ?? '').split(' ');
		if (_order !== undefined && !(table.isSortable(column) && /^(asc|desc)?$/.test(direction))) {
			refuseText(500, `XTK-170036 Unable to parse expression '@${column}'.`);
		}
		const compare = byPlace(direction === 'desc');
		// The cursor is the place where the page ended, whatever has become of the record since
		const sorted = table.found
			.map((row) => ({ row, id: row.id, value: valueOf(row, column) }))
			.filter((place) => !cursor || compare(place, cursor.after) > 0)
			.sort(compare);
		const page = sorted.slice(0, _lineCount);
		const last = page.at(-1);
		const isBig = table.all > threshold && _forcePagination !== true;
		const next = last && sorted.length > page.length && !isBig;
		const cursorOf = ({ id, value }: Place) => {
			const text = `@${createHash('sha256').update(`${mark}/${id}/${value}`).digest('base64url')}`;
			cursors.set(text, { request: mark, after: { id, value } });
			return text;
		};
		const [, below = ''] = path.split('/campaign/');
		const parameters = query.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
		const address = (start: string) =>
			`${options.relativeHrefs ? '' : `${rootUrl}/`}${below}/?${[...parameters, `_lineStart=${start}`].join('&')}`;
		return answer({
			content: page.map(({ row }) => render(row)),
			count: {
				href: `${rootUrl}/${below}//_count?${last ? `_lineStart=${cursorOf(last)}` : ''}`,
				...(table.found.length <= _lineCount && { value: table.found.length }),
			},
			...(next && { next: { href: address(cursorOf(last)) } }),
			serverSidePagination: !isBig,
		});
	};

	/** A page of things that are not kept in a table; `items` are in the order of their making. */
	const listedItems = <Item,>(
		request: Request,
		items: Item[],
		render: (item: Item) => unknown,
		stamps?: (item: Item) => { created: number; modified: number },
	): Answer => {
		const found = items.map((item, id) => ({
			id,
			values: {},
			...(stamps?.(item) ?? { created: 0, modified: 0 }),
		}));
		const isSortable = (column: string) =>
			column === 'PKey' || (stamps !== undefined && ['created', 'lastModified'].includes(column));
		const table = { found, all: items.length, isSortable };
		return listed(request, table, ({ id }) => render(items[id] as Item));
	};

	/** Built-in filters by resource; each takes its parameters from the shared query. */
	const contains = (value: unknown, text: unknown) =>
		String(value).toLowerCase().includes(String(text).toLowerCase());
	const parameter = (request: Request, name: string): string => {
		const value = request.query[name];
		return typeof value === 'string'
			? value
			: refuseText(500, GENERIC, `The '${name}' parameter of the filter is missing.`);
	};
	/** The delivery or audience of this name; every other one is unknown. */
	const member = (request: Request, name: string, known: string, count: number) => {
		const value = parameter(request, name);
		if (value !== known) notFound(name === 'audience' ? 'Audience' : 'Delivery', value);
		const ids = rows.profile.slice(0, count).map(({ id }) => id);
		return ({ id }: Row) => ids.includes(id);
	};
	const equals = (name: string, column: string) => (request: Request) => {
		const value = parameter(request, name);
		return ({ values }: Row) => String(values[column]) === value;
	};
	const filters: Record<Listed, Record<string, (request: Request) => (row: Row) => boolean>> = {
		profile: {
			byKeysProfile: equals('email', 'email'),
			byBrand: equals('brand_parameter', 'cusBrand'),
			birthday: (request) => {
				const day = parameter(request, 'day').slice(5);
				return ({ values }) => day !== '' && String(values.birthDate).slice(5) === day;
			},
			byStaticAudience: (request) => member(request, 'audience', 'AUD1', 10),
			hasReceivedDelivery: (request) => member(request, 'delivery', 'DM1', 8),
			hasOpenedDelivery: (request) => member(request, 'delivery', 'DM1', 4),
			hasClickedDelivery: (request) => member(request, 'delivery', 'DM1', 2),
			profile: (request) => {
				const { id } = rowOf('profile', parameter(request, 'profile'), true);
				return (row) => row.id === id;
			},
			byEmail: (request) => {
				const email = parameter(request, 'email').toLowerCase();
				return ({ values }) => String(values.email).toLowerCase() === email;
			},
			byText: (request) => {
				const { text = '', filterType } = request.query as { text?: string; filterType?: string };
				if (filterType === undefined) {
					return ({ values }) => contains(values.email, text) || contains(values.lastName, text);
				}
				if (!['email', 'firstName', 'lastName'].includes(filterType)) {
					refuseText(500, GENERIC, `'${filterType}' is not a field of the advanced filter.`);
				}
				// One field: case sensitive, prefix only
				return ({ values }) => String(values[filterType]).startsWith(text);
			},
			subscribers: (request) => {
				const service = rowOf('service', parameter(request, 'service'), true);
				const ids = rows.subscription
					.filter(({ values }) => values.service === service.id)
					.map(({ values }) => values.profile);
				return ({ id }) => ids.includes(id);
			},
		},
		service: {
			byText: (request) => {
				const text = parameter(request, 'text');
				return ({ values }) => contains(values.label, text) || contains(values.name, text);
			},
			byLabel: equals('label_parameter', 'label'),
			byPlanning: (request) => {
				const [from, to] = ['startDate', 'endDate'].map((name) => parameter(request, name));
				return ({ values: { start: begins, end } }) =>
					(begins === '' || String(begins) <= String(to)) &&
					(end === '' || String(end) >= String(from));
			},
			byChannel: (request) => {
				const channel = parameter(request, 'channel');
				return ({ values }) => values.messageType === channel;
			},
			byTargetResource: (request) => {
				const target = parameter(request, 'targetResource');
				return ({ values }) => values.targetResource === target;
			},
		},
		orgUnitBase: {},
		geoUnitBase: {},
		cusTransaction: {
			byAmount: equals('amount_parameter', 'amount'),
			byLabel: equals('label_parameter', 'label'),
		},
		cusStaging: { byMail: equals('mail_parameter', 'email') },
	};
	/** The tests that the path names; those of a company under the extended roots only. Undefined for unknown ones. */
	const testsOf = (table: Listed, names: string[], request: Request) => {
		const { filterName, secondFilterName, customFilterName } = request.params;
		const byName = customFilterName === undefined ? undefined : `by${String(customFilterName)}`;
		const given = [filterName, secondFilterName, byName].filter(
			(name): name is string => typeof name === 'string',
		);
		const isStandard = rootOf(request) === 'profileAndServices';
		return [...names, ...given].map((name) =>
			isStandard && FILTERS[table][name]?.custom ? undefined : filters[table][name]?.(request),
		);
	};
	const tableOf = (table: Listed, found: Row[]) => ({
		found,
		all: rows[table].length,
		isSortable: (column: string) => isSortable(table, column),
	});
	/** Handles a list with the filters whose names are given. */
	const list =
		(table: Listed, ...names: string[]): Handler<Session> =>
		(request) => {
			const root = rootOf(request);
			const tests = testsOf(table, names, request);
			if (tests.includes(undefined)) return badPath();
			const found = rows[table].filter((row) => tests.every((test) => test?.(row)));
			return listed(request, tableOf(table, found), (row) => {
				const record = show[table](root, row);
				return { ...record, href: `${rootUrl}/${root}/${table}/${String(record.PKey)}` };
			});
		};
	const project =
		(table: Listed, name: string): Handler<Session> =>
		(request) =>
			listed(request, tableOf(table, rows[table]), (row) =>
				name === 'PKey' ? pkey(table, row.id) : row.values[name],
			);
	const count =
		(table: Listed): Handler<Session> =>
		(request) => {
			const tests = testsOf(table, [], request);
			if (tests.includes(undefined)) return badPath();
			const found = rows[table].filter((row) => tests.every((test) => test?.(row)));
			return answer({ count: found.length });
		};

	/** Checks what the description cannot say, and gives the values to store. */
	const readValues = (table: Listed, root: Extended, body: unknown): Record<string, unknown> => {
		const given = isObject(body) ? body : {};
		checkMembers(table, TABLES[table].schema, root !== 'profileAndServices', given);
		const { orgUnit, profile, ...values } = given;
		for (const name of ['cusLastVisit', 'paidAt']) {
			const moment = values[name];
			if (typeof moment === 'string' && moment !== '') values[name] = timestamp(Date.parse(moment));
		}
		// A link without a PKey is stored empty
		const linked = (to: Table, link: unknown) =>
			isObject(link) && typeof link.PKey === 'string' ? rowOf(to, link.PKey).id : null;
		return {
			...values,
			...(orgUnit !== undefined && { orgUnit: linked('orgUnitBase', orgUnit) }),
			...(profile !== undefined && { profile: linked('profile', profile) }),
		};
	};
	const checkUnique = (table: Table, values: Record<string, unknown>, self?: Row) => {
		const { unique, document, schema } = TABLES[table];
		const key = unique && values[unique];
		if (typeof key !== 'string' || key === '') return;
		if (rows[table].every((row) => row === self || row.values[unique ?? ''] !== key)) return;
		refuseText(
			500,
			`A '${document}' with the same key '${key}' already exists.`,
			`PGS-220000 PostgreSQL error: ERROR: duplicate key value violates unique constraint "${schema.replace(':', '')}_${unique}"`,
		);
	};
	const create =
		(table: 'profile' | 'service' | Custom): Handler<Session> =>
		(request) => {
			const root = rootOf(request);
			const given = readValues(table, root, request.body);
			checkMandatory(table, given);
			const fresh = {
				profile: newProfile,
				service: newService,
				cusTransaction: (values: Record<string, unknown>) => ({
					...emptyRecord('cusTransaction'),
					...values,
				}),
				cusStaging: (values: Record<string, unknown>) => ({
					...emptyRecord('cusStaging'),
					...values,
				}),
			};
			const values: Record<string, unknown> = fresh[table](given);
			checkUnique(table, values);
			const record = show[table](root, insert(table, values));
			return answer({ ...record, href: `${rootUrl}/${root}/${table}/${String(record.PKey)}` }, 201);
		};
	/** Business keys open profiles under the extended root, and services under both. */
	const takesNames = (table: Listed, root: Extended) =>
		table === 'service' || root !== 'profileAndServices';
	const read =
		(table: Listed, name: string): Handler<Session> =>
		(request) => {
			const root = rootOf(request);
			const key = keyOf(request, name);
			// What stands behind a collection may be a filter or an attribute as well (notes, section 10)
			if (Object.hasOwn(FILTERS[table], key)) return list(table, key)(request);
			if (table === 'profile' && (key === 'email' || key === 'PKey')) {
				return project(table, key)(request);
			}
			return answer(show[table](root, rowOf(table, key, takesNames(table, root))));
		};
	const update =
		(table: Listed, name: string): Handler<Session> =>
		(request) => {
			const root = rootOf(request);
			const key = keyOf(request, name);
			const row = rowOf(table, key, takesNames(table, root));
			const values = readValues(table, root, request.body);
			const { unique } = TABLES[table];
			const renamed = unique === undefined ? undefined : values[unique];
			if (!key.startsWith('@') && renamed !== undefined && renamed !== key) {
				refuseText(
					500,
					GENERIC,
					`RST-360012 Inconsistent operation on resource '${table}' - Cannot update key '${key}' to '${String(renamed)}'.`,
				);
			}
			checkUnique(table, values, row);
			changeRow(row, values);
			const PKey = pkey(table, row.id);
			return answer({ PKey, href: `${rootUrl}/${root}/${table}/${PKey}` });
		};
	const remove =
		(table: 'profile' | 'service' | Custom, name: string): Handler<Session> =>
		(request) => {
			const row = rowOf(table, keyOf(request, name), takesNames(table, rootOf(request)));
			removeRow(table, row);
			return answer(undefined, 200);
		};

	const subscriptionsOf = (owner: 'profile' | 'service', row: Row) =>
		rows.subscription.filter(({ values }) => values[owner] === row.id);
	const listSubscriptions =
		(owner: 'profile' | 'service'): Handler<Session> =>
		(request) => {
			const root = rootOf(request);
			const found = subscriptionsOf(owner, ownerOf(owner, keyOf(request, `${owner}Key`)));
			const table = {
				found,
				all: rows.subscription.length,
				isSortable: (column: string) => ['PKey', 'created'].includes(column),
			};
			return listed(request, table, (row) => showSubscription(root, row, owner));
		};
	const addSubscription =
		(owner: 'profile' | 'service'): Handler<Session> =>
		(request) => {
			const root = rootOf(request);
			const row = ownerOf(owner, keyOf(request, `${owner}Key`));
			const body = request.body as Record<string, { PKey: string }>;
			const other = owner === 'profile' ? 'service' : 'profile';
			const key = body[other === 'service' ? 'service' : 'subscriber']?.PKey ?? '';
			const linked = rowOf(other, key);
			const [profile, service] = owner === 'profile' ? [row, linked] : [linked, row];
			if (subscriptionsOf(owner, row).some(({ values }) => values[other] === linked.id)) {
				const name = String(service.values.name);
				refuseText(
					500,
					`A 'Subscription' with the same key '${name}' already exists.`,
					'PGS-220000 PostgreSQL error: ERROR: duplicate key value violates unique constraint "nmssubscription_id"',
				);
			}
			const made = subscribe(profile, service);
			return answer(
				{
					PKey: pkey('subscription', made.id),
					service: link(root, 'service', service, 'subscription'),
					serviceName: '',
					subscriber: link(root, 'profile', profile, 'subscription'),
				},
				201,
			);
		};
	const subscriptionOf = (owner: 'profile' | 'service', request: Request): Row => {
		const row = ownerOf(owner, keyOf(request, `${owner}Key`));
		const key = keyOf(request, 'subscriptionKey');
		const found = rowOf('subscription', key);
		return found.values[owner] === row.id ? found : notFound('Subscription', key);
	};
	const readSubscription =
		(owner: 'profile' | 'service'): Handler<Session> =>
		(request) =>
			answer(showSubscription(rootOf(request), subscriptionOf(owner, request), owner));
	const removeSubscription =
		(owner: 'profile' | 'service'): Handler<Session> =>
		(request) => {
			const row = subscriptionOf(owner, request);
			rows.subscription = rows.subscription.filter((other) => other !== row);
			return answer(undefined, 204);
		};

	const typeKey = (name: string) => requestId(`resource type ${name}`);
	const listFilters: Handler<Session> = (request) => {
		const root = rootOf(request);
		const key = keyOf(request, 'resourceTypeKey');
		const name = Object.keys(ROOTS).find((one) => typeKey(one) === key);
		if (name === undefined || !isListed(name) || !ROOTS[name].includes(root)) return badPath();
		const shown = Object.entries(FILTERS[name]).filter(
			([, { custom }]) => !custom || root !== 'profileAndServices',
		);
		return answer(
			Object.fromEntries(
				shown.map(([filter, { parameters }]) => [
					filter,
					{
						PKey: `@${requestId(`filter ${name} ${filter}`)}`,
						category: '99_none',
						condition: {},
						data: `/${root}/${name}/${filter}?${parameters.map((one) => `${one}=$value`).join('&')}`,
						formType: 'none',
						fragmentName: '',
						label: filter,
						metadata: {},
						resName: filter,
						webPage: '',
						webPageName: '',
					},
				]),
			),
		);
	};
	/** The collections under a root. */
	const index =
		(root: Extended): Handler<Session> =>
		() =>
			answer({
				apiName: 'resourceType',
				...Object.fromEntries(
					Object.keys(ROOTS)
						.filter(isListed)
						.filter((name) => ROOTS[name].includes(root))
						.map((name) => [
							name,
							{
								content: {},
								data: `/${root}/${name}/`,
								help: TABLES[name].label,
								href: `${rootUrl}/${root}/${name}/metadata`,
								name,
								type: 'collection',
							},
						]),
				),
			});
	/** Behaviour of a custom resource, which the path names. */
	const custom =
		(behaviour: (table: Custom) => Handler<Session>): Handler<Session> =>
		(request) => {
			const name = keyOf(request, 'customResource');
			const isKnown = name === 'cusTransaction' || name === 'cusStaging';
			return isKnown && ROOTS[name].includes(rootOf(request))
				? behaviour(name)(request)
				: badPath();
		};

	/** The description of a resource: what its fields are called and take. */
	const metadata: Handler<Session> = (request) => {
		const root = rootOf(request);
		const name = keyOf(request, 'resourceName');
		if (!isListed(name) || !ROOTS[name].includes(root)) return badPath();
		const key = typeKey(name);
		return answer({
			PKey: key,
			apiName: 'resourceType',
			content: describeFields(name, root !== 'profileAndServices'),
			data: `/${root}/${name}/`,
			filters: { href: `${rootUrl}/${root}/resourceType/${key}/filters/` },
			help: TABLES[name].label,
			href: `${rootUrl}/${root}/${name}/metadata`,
			label: TABLES[name].label,
			mandatory: false,
			name,
			readOnly: false,
			schema: TABLES[name].schema,
			type: 'item',
		});
	};

	const issue = (session: Session, seconds: number) => {
		const created = clock();
		return tokens.issue(session, seconds, (number) =>
			unsignedJwt({
				id: `invented-${number}`,
				type: 'access_token',
				client_id: session.clientId,
				scope: session.scopes.join(','),
				// Milliseconds as text, in both ways of signing in
				created_at: String(created),
				expires_in: String(seconds * 1000),
			}),
		).token;
	};
	const life = context.tokenLifeSeconds ?? TOKEN_LIFE_SECONDS;

	const flows = workflows<Session>(context, rootUrl);
	const profileOf = (email: string): Row => {
		const row = rows.profile.find(({ values }) => values.email === email);
		if (!row) throw new Error(`There is no profile ${email}`);
		return row;
	};
	const serviceOf = (name: string): Row => {
		const row = rows.service.find(({ values }) => values.name === name);
		if (!row) throw new Error(`There is no service ${name}`);
		return row;
	};
	const removeRow = (table: 'profile' | 'service' | Custom, row: Row) => {
		rows[table] = rows[table].filter((other) => other !== row);
		rows.subscription = rows.subscription.filter(({ values }) => values[table] !== row.id);
	};
	const changeRow = (row: Row, { location, ...others }: Record<string, unknown>) => {
		Object.assign(row.values, others);
		if (isObject(location)) {
			row.values.location = { ...(row.values.location as object), ...location };
		}
		row.modified = clock();
	};
	const instance: CampaignInstance = {
		addProfile: (values = {}, created = clock()) => {
			const email = `person.${rows.profile.length + 1}.${serial}@example.com`;
			return String(insert('profile', newProfile({ email, ...values }), created).values.email);
		},
		changeProfile: (email, values) => changeRow(profileOf(email), values),
		removeProfile: (email) => removeRow('profile', profileOf(email)),
		subscribe: (email, service) => {
			subscribe(profileOf(email), serviceOf(service));
		},
		unsubscribe: (email, service) => {
			const [profile, of] = [profileOf(email).id, serviceOf(service).id];
			rows.subscription = rows.subscription.filter(
				({ values }) => values.profile !== profile || values.service !== of,
			);
		},
		setWorkflow: (id, state) => flows.set(id, state),
		requestPrivacy: (values, seconds) => privacy.add(values, seconds),
		redeploy: () => {
			deployment += 'anew ';
			known.clear();
		},
	};
	const privacy = privacyHandlers<Session>({
		...context,
		rootUrl,
		count: (member, value) => rows.profile.filter(({ values }) => values[member] === value).length,
		erase: (member, value) => {
			rows.profile = rows.profile.filter(({ values }) => values[member] !== value);
		},
		listed: listedItems,
	});

	const handlers: Record<string, Handler<Session>> = {
		imsFetchClientCredentialsToken: ({ body }) => {
			const { client_id: id, client_secret: secret, scope } = body as Record<string, string>;
			if (id !== OAUTH_CLIENT.id && id !== JWT_CLIENT.id) return refuseIms(400, 'invalid_client');
			if (id !== OAUTH_CLIENT.id || secret !== OAUTH_CLIENT.secret) {
				return refuseIms(401, 'invalid_client', 'invalid client_secret parameter');
			}
			const scopes = (scope ?? '').split(',').map((name) => name.trim());
			if (scopes.some((name) => !SCOPES.includes(name))) return refuseIms(400, 'invalid_scope');
			return answer({
				access_token: issue({ clientId: id, scopes }, life),
				token_type: 'bearer',
				expires_in: life,
			});
		},
		imsExchangeJwt: ({ body }) => {
			const form = body as Record<string, string>;
			const { client_id: id = '', client_secret: secret, jwt_token: jwt = '' } = form;
			if (id !== OAUTH_CLIENT.id && id !== JWT_CLIENT.id) return refuseIms(400, 'invalid_client');
			if (id !== JWT_CLIENT.id || secret !== JWT_CLIENT.secret) {
				return refuseIms(401, 'invalid_client', 'invalid client_secret parameter');
			}
			const scopes = readJwt(jwt, id, context.url, clock());
			return answer({
				token_type: 'bearer',
				access_token: issue({ clientId: id, scopes }, life),
				expires_in: life * 1000,
			});
		},

		listProfiles: list('profile'),
		searchProfilesByText: list('profile', 'byText'),
		findProfilesByEmail: list('profile', 'byEmail'),
		findProfilesSubscribedToService: list('profile', 'subscribers'),
		filterProfilesCombined: list('profile'),
		listProfileEmails: project('profile', 'email'),
		listProfilePKeys: project('profile', 'PKey'),
		findProfilesByKeys: list('profile', 'byKeysProfile'),
		findProfilesByBirthday: list('profile', 'birthday'),
		findProfilesByStaticAudience: list('profile', 'byStaticAudience'),
		findProfilesThatReceivedDelivery: list('profile', 'hasReceivedDelivery'),
		findProfilesThatOpenedDelivery: list('profile', 'hasOpenedDelivery'),
		findProfilesThatClickedDelivery: list('profile', 'hasClickedDelivery'),
		findProfileByLink: list('profile', 'profile'),
		// Under the extended root the built-in filters stand beside those that a company has defined
		filterProfilesByCustomFilter: list('profile'),
		countProfiles: count('profile'),
		countFilteredProfiles: count('profile'),
		createProfile: create('profile'),
		getProfile: read('profile', 'profileKey'),
		updateProfile: update('profile', 'profileKey'),
		deleteProfile: remove('profile', 'profileKey'),

		listServices: list('service'),
		searchServicesByText: list('service', 'byText'),
		findServicesByChannel: list('service', 'byChannel'),
		findServicesByTargetResource: list('service', 'byTargetResource'),
		filterServicesCombined: list('service'),
		filterServicesByCustomFilter: list('service'),
		countServices: count('service'),
		countFilteredServices: count('service'),
		findServicesByPeriod: list('service', 'byPlanning'),
		createService: create('service'),
		getService: read('service', 'serviceKey'),
		updateService: update('service', 'serviceKey'),
		deleteService: remove('service', 'serviceKey'),

		listProfileSubscriptions: listSubscriptions('profile'),
		subscribeProfileToService: addSubscription('profile'),
		getProfileSubscription: readSubscription('profile'),
		deleteProfileSubscription: removeSubscription('profile'),
		listServiceSubscriptions: listSubscriptions('service'),
		addSubscriberToService: addSubscription('service'),
		getServiceSubscription: readSubscription('service'),
		deleteServiceSubscription: removeSubscription('service'),

		listOrgUnits: list('orgUnitBase'),
		getOrgUnit: read('orgUnitBase', 'orgUnitKey'),
		updateOrgUnit: update('orgUnitBase', 'orgUnitKey'),

		...flows.handlers,
		...historyHandlers<Session>({
			rootUrl,
			profiles: () => rows.profile,
			find: (key, place) =>
				place === 'collection' ? ownerOf('profile', key) : rowOf('profile', key),
			pkey: ({ id }, place) => pkey('profile', id, place),
			listed: listedItems,
			matches: (request, filter) => {
				const test = filters.profile[filter]?.(request);
				return (profile) =>
					rows.profile.some((row) => row.id === profile.id && test?.(row) === true);
			},
		}),
		...privacy.handlers,
		...eventHandlers(
			context,
			(email) => rows.profile.some(({ values }) => values.email === email),
			listedItems,
		),

		getResourceMetadata: metadata,
		getResourceMetadataByHref: metadata,
		listResourceFilters: listFilters,
		listResourceFiltersStandalone: listFilters,
		getResourceMetadataStandalone: metadata,
		getResourceMetadataByHrefStandalone: metadata,
		listExtendedResources: index('profileAndServicesExt'),
		listStandaloneResources: index('customResources'),

		listGeoUnits: list('geoUnitBase'),
		getGeoUnit: read('geoUnitBase', 'geoUnitKey'),
		updateGeoUnit: update('geoUnitBase', 'geoUnitKey'),
	};
	for (const kind of ['', 'Standalone']) {
		Object.assign(handlers, {
			[`list${kind}CustomRecords`]: custom((table) => list(table)),
			[`filter${kind}CustomRecords`]: custom((table) => list(table)),
			[`count${kind}CustomRecords`]: custom(count),
			[`create${kind}CustomRecord`]: custom(create),
			[`get${kind}CustomRecord`]: custom((table) => read(table, 'recordKey')),
			[`update${kind}CustomRecord`]: custom((table) => update(table, 'recordKey')),
			[`delete${kind}CustomRecord`]: custom((table) => remove(table, 'recordKey')),
		} satisfies Record<string, Handler<Session>>);
	}
	// The same behaviour under the extended root
	const operations = specification.operations as Record<string, unknown>;
	for (const [id, handler] of Object.entries(handlers)) {
		if (Object.hasOwn(operations, `${id}Ext`)) handlers[`${id}Ext`] = handler;
	}
	/** What the gateway asks before anything else (notes, section 6). */
	const passGateway = (call: Call): Session => {
		const apiKey = call.headers['x-api-key'];
		if (!apiKey) throw new Refusal(gateway('403000', 'Api Key is required'));
		if (apiKey !== OAUTH_CLIENT.id && apiKey !== JWT_CLIENT.id) {
			throw new Refusal(gateway('403003', 'Api Key is invalid'));
		}
		const token = bearerToken(call.headers.authorization);
		if (token === undefined) throw new Refusal(gateway('403010', 'Oauth token is missing'));
		const found = tokens.find(token);
		if (found.state !== 'valid' || found.session.clientId !== apiKey) {
			throw new Refusal(gateway('401013', 'Oauth token is not valid'));
		}
		const { scopes } = found.session;
		const isJwt = scopes.includes('ent_campaign_sdk');
		if (!isJwt && !scopes.includes('campaign_sdk')) {
			throw new Refusal(gateway('403011', 'Scope mismatch'));
		}
		const tenant = tenantOf(call.path);
		if (tenant !== TENANT && tenant !== OTHER_TENANT) {
			const name = String(tenant);
			const isCold = !warmTenants.has(name);
			warmTenants.add(name);
			throw new Refusal(routing(isCold ? 400 : 500));
		}
		const hasContext = isJwt || scopes.includes('additional_info.projectedProductContext');
		if (tenant !== TENANT || !hasContext) {
			throw new Refusal(gateway('403023', 'Profile is not valid'));
		}
		if (call.query._lineStart !== undefined) options.betweenPages?.(instance);
		return found.session;
	};

	expose(instance);
	return {
		credential: {
			signInMode: 'serverToServer',
			tenant: TENANT,
			transactionalTenant: MC_TENANT,
			clientId: OAUTH_CLIENT.id,
			clientSecret: OAUTH_CLIENT.secret,
			scopes: DEFAULT_SCOPES.join(','),
			imsUrl: context.url,
			apiUrl: context.url,
			sessionToken: '',
		},
		authenticate: (call) =>
			isImsPath(call.path) ? { clientId: '', scopes: [] } : passGateway(call),
		handlers,
	};
}

/** Where the server is looser than the description: it refuses such values itself, in words that name them. */
function withoutEnumerations(operation: Operation): Operation {
	for (const schema of Object.values(operation.body?.content ?? {})) {
		const members = isObject(schema.properties) ? schema.properties : {};
		for (const member of Object.values(members)) if (isObject(member)) delete member.enum;
	}
	return operation;
}

/** The table that a path is about, as the texts call it. */
const resourceOf = (path: string): Table => {
	if (path.includes('/subscriptions')) return 'subscription';
	if (path.includes('/service')) return 'service';
	const names = Object.keys(ROOTS).filter(isListed);
	return names.find((name) => path.includes(`/${name}`)) ?? 'profile';
};

function refuse([first]: [Violation, ...Violation[]], call: Call): Answer {
	const { kind, in: place, name, message } = first;
	if (isImsPath(call.path)) {
		if (kind === 'unknown-path' || kind === 'unknown-method') return answer(undefined, 404);
		return answer({ error: 'bad_request', error_description: `${name} ${message}`.trim() }, 400);
	}
	const text = (status: number, ...lines: string[]) => answer(lines.join('\n'), status);
	const resource = resourceOf(call.path);
	switch (kind) {
		case 'unknown-path':
		case 'unknown-method':
			return badPath();
		case 'unknown-member': {
			const notValid = `'${name}' property is not valid for the '${resource}' resource.`;
			return isReadOnly(resource, name)
				? text(500, `Cannot update the '${name}' property that is read-only`, notValid)
				: text(500, notValid);
		}
		case 'malformed-body':
			return text(500, GENERIC, "'@gibberish' is not a valid constant");
		default:
			return text(
				500,
				GENERIC,
				`The ${place} of the request is not valid: ${name ? `'${name}'` : 'it'} ${message}.`,
			);
	}
}

/**
 * Starts IMS, the gateway and an instance with 130 profiles, 3 services and 3 organizational units. The credential signs
 * in by OAuth Server-to-Server, `jwtCredential` by JWT.
 * @throws when the port is taken.
 */
export async function createAdobeCampaignStandardSimulator(
	options: AdobeCampaignStandardOptions = {},
): Promise<AdobeCampaignStandardSimulator> {
	let instance: CampaignInstance | undefined;
	const simulator = await createSimulator<Session>(
		{
			specification,
			notRoutes: {
				followRelativeUrl: 'stands for any GET on an address that an answer gave',
				imsFetchClientCredentialsTokenV2: 'the older token endpoint, which nothing here uses',
				imsGetProfile: 'not part of Campaign',
				imsInvalidateToken: 'not part of Campaign',
				imsValidateToken: 'not part of Campaign',
				getTransactionalEventSdkVariant: 'a mistake of the vendor library (notes, section 17)',
			},
			overrides: [
				{
					operations: ['getProfileExt'],
					reason: 'what stands behind the collection may be a filter, with its parameters',
					change: (operation) => ({
						...operation,
						parameters: [
							...operation.parameters,
							...specification.operations.filterProfilesByCustomFilter.parameters.filter(
								({ in: place }) => place === 'query',
							),
						],
					}),
				},
				{
					operations: ['Profile', 'ProfileExt', 'Service', 'ServiceExt'].flatMap((name) => [
						`create${name}`,
						`update${name}`,
					]),
					reason: 'the text that refuses a value of an enumeration names the value',
					change: withoutEnumerations,
				},
			],
			tokenOperations: ['imsFetchClientCredentialsToken', 'imsExchangeJwt'],
			// Trailing slashes, the double one of count.href and the suffix .json make no difference
			normalizePath: (path) =>
				path
					.replace(/\/{2,}/g, '/')
					.replace(/\/$/, '')
					.replace(/\.json$/, ''),
			refuse,
			problem: (status, message) => answer(`${GENERIC}\n${message}`, status),
			tooManyRequests: (seconds) =>
				gateway('429050', 'Too many requests', { 'Retry-After': String(seconds) }),
			start: (context) =>
				start(context, options, (started) => {
					instance = started;
				}),
		},
		options,
	);
	const { url } = simulator;
	return Object.defineProperties(simulator, {
		// Another one after each reset
		instance: { get: () => instance },
		jwtCredential: {
			get: () => ({
				signInMode: 'jwt',
				tenant: TENANT,
				transactionalTenant: MC_TENANT,
				clientId: JWT_CLIENT.id,
				clientSecret: JWT_CLIENT.secret,
				organizationId: ORGANIZATION_ID,
				technicalAccountId: TECHNICAL_ACCOUNT_ID,
				privateKey: keys().privateKey,
				passphrase: '',
				metascopes: 'ent_campaign_sdk',
				imsUrl: url,
				apiUrl: url,
				sessionToken: '',
			}),
		},
	}) as AdobeCampaignStandardSimulator;
}
