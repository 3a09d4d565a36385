/**
 * The common base of the service simulators: an HTTP server on the loopback address that judges every request by the
 * service's description (test/specs/<service>.json), keeps state in memory and answers as the service would.
 *
 * Writing a simulator
 * -------------------
 * 1. Import the description and hand a `Definition` to `createSimulator`. It needs three ways of saying no, all in the
 *    service's own form: `refuse` (the request breaks the description), `problem` (any other status with a sentence) and
 *    `tooManyRequests`.
 * 2. `start(context)` makes the state and returns the behaviour: `credential`, `authenticate` and `handlers`. It runs again
 *    on every reset, so keep the state in its local variables, nowhere else.
 * 3. `authenticate(call)` runs for every request, before the judge. It returns what handlers should know about the caller
 *    (`request.session`) or throws a `Refusal`. `call.operation` is undefined for an unknown path: services that answer 404
 *    before they ask for a login return early, gateways that hide unknown paths refuse first. Token operations pass
 *    through it as well.
 * 4. `handlers` has one function per operationId. It receives a request that has already been judged: path, query and form
 *    values are of the described type, the body is what the description allows. It returns `answer(body, status, headers)`
 *    or throws `new Refusal(...)`. Handlers deal only with meaning: is the record there, is the name taken, is it allowed.
 * 5. Tokens: `context.tokens.issue(session)` and `context.tokens.find(token)`; they end by `tokenLifeSeconds`, by the clock,
 *    and by `expireTokens()`. Name the token operations in `tokenOperations`.
 * 6. Background jobs: `context.jobs.start({ finish })` gives a job with `phase()`; `finish` runs before the first request
 *    after its end. No timers: time is `context.clock()`, so that tests can move it.
 * 7. Where the server is known to be looser or stricter than the description, change the operation in `overrides`, each with
 *    its reason. Addresses outside the description (a signed upload) go into `routes`.
 * 8. Append the create function to `SIMULATORS` in index.mts.
 *
 * An operation without a handler answers 501 and is noted in `faults`, as is an exception in a handler.
 */
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** How a simulator runs. All times in the unit the name says. */
export interface SimulatorOptions {
	/** 0 or absent: any free port. */
	port?: number;
	/** Milliseconds since the epoch. Default: Date.now. */
	clock?: () => number;
	/** Real time added to every answer. Default: 0. */
	latencyMs?: number;
	/** Default: what the service documents. */
	tokenLifeSeconds?: number;
	/** Above it the simulator answers 429 in the service's form. Default: no limit. */
	requestsPerSecond?: number;
	/** How long a background job takes. Default: 2. */
	jobSeconds?: number;
}

/** One received request. `query` holds strings (arrays where a name was repeated), `path` is as sent, without the query. */
export interface RecordedRequest {
	at: number;
	method: string;
	path: string;
	query: Record<string, unknown>;
	headers: Record<string, string | undefined>;
	body: unknown;
	operationId?: string;
	/** 0 while the answer is on its way. */
	status: number;
}

/** A running simulator of one service. */
export interface Simulator {
	readonly service: string;
	/** http://127.0.0.1:<port>, without a trailing slash. */
	readonly url: string;
	/** Data of the service's n8n credential that signs in. */
	readonly credential: Record<string, unknown>;
	/** Everything received since the start or the last reset, token calls included, in order of arrival. */
	readonly requests: RecordedRequest[];
	/** What went wrong in the simulator itself: operations without a handler, exceptions in handlers. Empty in a sound test. */
	readonly faults: string[];
	/** How many of the requests asked for a token. */
	tokenRequests(): number;
	/** Refuses every token issued so far from now on. Nothing happens in a service without tokens. */
	expireTokens(): void;
	/** State and record as at the start. */
	reset(): void;
	close(): Promise<void>;
}

/** A JSON schema as in test/specs: plain data. */
export interface Schema {
	[keyword: string]: unknown;
}

/** A parameter in the path, the query string or the headers. */
export interface Parameter {
	in: string;
	name: string;
	required: boolean;
	schema: Schema;
	/** OpenAPI serialisation; only form is used. */
	style?: string;
	/** Default true: arrays repeat the name. False: one value with commas. */
	explode?: boolean;
	/** The name may stand in the query string without a value, which means true. */
	allowEmptyValue?: boolean;
}

/** One operation of a service as test/specs describes it. */
export interface Operation {
	method: string;
	path: string;
	/** Where it differs from the server of the service. */
	server?: string;
	alternatePaths?: string[];
	parameters: Parameter[];
	body?: { required: boolean; content: Record<string, Schema> };
	statuses: number[];
	/** Alternatives, each a list of schemes that are needed together. */
	security?: string[][];
	scopes?: string[];
	likelyAdditionalScopes?: string[];
	audience?: string;
	roles?: string[];
	confidence?: string;
}

/** Contents of test/specs/<service>.json. */
export interface Specification {
	service: string;
	server: string;
	operations: Record<string, Operation>;
}

/** What a simulator sends. A string or bytes go out as they are, undefined as no body, everything else as JSON. */
export interface Answer {
	status: number;
	body?: unknown;
	headers?: Record<string, string>;
}

/** Makes an answer; status 200 unless told otherwise. */
export function answer(body?: unknown, status = 200, headers: Record<string, string> = {}): Answer {
	return { status, body, headers };
}

/** Thrown by `authenticate` and handlers to refuse a request. */
export class Refusal extends Error {
	readonly answer: Answer;

	constructor(refusal: Answer) {
		super(`Refused with status ${refusal.status}`);
		this.answer = refusal;
	}
}

/** What a request can break. */
export type ViolationKind =
	| 'unknown-path'
	| 'unknown-method'
	| 'unknown-parameter'
	| 'missing-parameter'
	| 'content-type'
	| 'malformed-body'
	| 'missing-body'
	| 'unexpected-body'
	| 'unknown-member'
	| 'missing-member'
	| 'wrong-type'
	| 'wrong-value';

/** One breach of the description. */
export interface Violation {
	kind: ViolationKind;
	in: 'path' | 'query' | 'header' | 'body';
	/** Parameter or member; members of members with dots (data.link_ids.0). Empty for the body as a whole. */
	name: string;
	/** A sentence part without the name and without the value: "must be integer". */
	message: string;
}

/** A request as it came in, before it is judged. */
export interface Call {
	at: number;
	method: string;
	/** As sent, without the query. */
	path: string;
	query: Record<string, unknown>;
	headers: Record<string, string | undefined>;
	operationId?: string;
	/** Undefined for a path or method that the description does not have. */
	operation?: Operation;
	/** Decoded values of the path template, strings. */
	params: Record<string, string>;
}

/** A file part of a multipart body. */
export interface UploadedFile {
	filename: string;
	type: string;
	content: Buffer;
}

/** A judged request, as handlers see it: values have the described types. */
export interface SimulatedRequest<Session> {
	at: number;
	method: string;
	path: string;
	operationId: string;
	operation: Operation;
	params: Record<string, unknown>;
	query: Record<string, unknown>;
	headers: Record<string, string | undefined>;
	/** Parsed JSON, form fields, or multipart fields with files as UploadedFile. Undefined without a body. */
	body: unknown;
	session: Session;
}

/** Behaviour of one operation. */
export type Handler<Session> = (request: SimulatedRequest<Session>) => Answer | Promise<Answer>;

/** An address outside the description, neither judged nor authenticated (signed addresses and the like). */
export interface ExtraRoute {
	reason: string;
	method: string;
	/** Template such as /files/{id}. */
	path: string;
	handle: (request: {
		params: Record<string, string>;
		query: Record<string, unknown>;
		headers: Record<string, string | undefined>;
		/** Bytes, empty without a body. */
		body: Buffer;
	}) => Answer | Promise<Answer>;
}

/** A named departure from the description. */
export interface Override {
	operations: string[];
	reason: string;
	/** Returns the operation as the server takes it; it gets a copy. */
	change: (operation: Operation) => Operation;
}

/** What `start` gets to build the behaviour from. */
export interface Context<Session> {
	/** Address of the simulator. */
	url: string;
	clock: () => number;
	/** Undefined where the service's own default applies. */
	tokenLifeSeconds: number | undefined;
	jobSeconds: number;
	tokens: TokenStore<Session>;
	jobs: JobQueue;
	/** A new UUID, the same sequence after every reset. */
	uuid: () => string;
}

/** State and behaviour from one reset to the next. */
export interface Behaviour<Session> {
	credential: Record<string, unknown>;
	/** Who is calling; throws a Refusal. */
	authenticate: (call: Call) => Session;
	handlers: Record<string, Handler<Session>>;
	routes?: ExtraRoute[];
}

/** A service to simulate. */
export interface Definition<Session> {
	specification: Specification;
	/** Values for variables in the server's path; a variable without one matches any segment and is found in `params`. */
	serverVariables?: Record<string, string>;
	/** Operations that are no routes of their own, with the reason. */
	notRoutes?: Record<string, string>;
	overrides?: Override[];
	/** Operations counted by `tokenRequests`. They are not limited when they live on another host than the API. */
	tokenOperations?: string[];
	/** Brings a path into the described form (extra slashes, suffixes). */
	normalizePath?: (path: string) => string;
	/** The service's answer to a request that breaks the description; at least one violation. */
	refuse: (violations: [Violation, ...Violation[]], call: Call) => Answer;
	/** The service's way of stating a problem. */
	problem: (status: number, message: string) => Answer;
	tooManyRequests: (retryAfterSeconds: number) => Answer;
	start: (context: Context<Session>) => Behaviour<Session>;
}

/** Tokens that end by the clock or by `revokeAll`. */
export class TokenStore<Session> {
	readonly #clock: () => number;
	readonly #issued = new Map<string, { session: Session; expiresAt: number; revoked: boolean }>();
	#serial = 0;

	constructor(clock: () => number) {
		this.#clock = clock;
	}

	/** `make` gives the token its form (a JWT, for instance); times in milliseconds. */
	issue(
		session: Session,
		seconds: number,
		make: (serial: number, expiresAt: number) => string = (serial) =>
			`invented-token-${String(serial).padStart(4, '0')}`,
	): { token: string; expiresAt: number } {
		this.#serial += 1;
		const expiresAt = this.#clock() + seconds * 1000;
		const token = make(this.#serial, expiresAt);
		this.#issued.set(token, { session, expiresAt, revoked: false });
		return { token, expiresAt };
	}

	find(
		token: string,
	): { state: 'valid' | 'expired' | 'revoked'; session: Session } | { state: 'unknown' } {
		const found = this.#issued.get(token);
		if (!found) return { state: 'unknown' };
		if (found.revoked) return { state: 'revoked', session: found.session };
		const state = found.expiresAt <= this.#clock() ? 'expired' : 'valid';
		return { state, session: found.session };
	}

	revokeAll(): void {
		for (const entry of this.#issued.values()) entry.revoked = true;
	}
}

/** A background job. */
export interface Job {
	readonly startedAt: number;
	/** waiting for the first quarter of its time, then running, then done. */
	phase(): 'waiting' | 'running' | 'done' | 'cancelled';
	/** When it ends or was cancelled, in milliseconds. */
	endsAt(): number;
	/** Stops it; `finish` does not run. Without effect on a job that is done. */
	cancel(): void;
}

/** Jobs that take time by the clock. */
export class JobQueue {
	readonly #clock: () => number;
	readonly #seconds: number;
	#open: Array<{ job: Job; finish: () => void }> = [];

	constructor(clock: () => number, seconds: number) {
		this.#clock = clock;
		this.#seconds = seconds;
	}

	/** Starts a job; `finish` does what the job brings about. */
	start(options: { finish?: () => void; seconds?: number } = {}): Job {
		const { finish = () => {}, seconds = this.#seconds } = options;
		const clock = this.#clock;
		const startedAt = clock();
		let endsAt = startedAt + seconds * 1000;
		let cancelled = false;
		const job: Job = {
			startedAt,
			phase: () => {
				if (cancelled) return 'cancelled';
				const now = clock();
				if (now >= endsAt) return 'done';
				return now - startedAt < (seconds * 1000) / 4 ? 'waiting' : 'running';
			},
			endsAt: () => endsAt,
			cancel: () => {
				if (job.phase() === 'done') return;
				cancelled = true;
				endsAt = clock();
			},
		};
		this.#open.push({ job, finish });
		return job;
	}

	/** Runs what the jobs that ended meanwhile bring about, in the order of their ends. */
	settle(): void {
		const ended = this.#open.filter(({ job }) => ['done', 'cancelled'].includes(job.phase()));
		this.#open = this.#open.filter((entry) => !ended.includes(entry));
		for (const { job, finish } of ended.sort((a, b) => a.job.endsAt() - b.job.endsAt())) {
			if (job.phase() === 'done') finish();
		}
	}
}

/** A page of a list, counted from 1. */
export function pageOf<Item>(items: Item[], page: number, size: number): Item[] {
	return items.slice((page - 1) * size, page * size);
}

/** A JSON web token without a real signature, as good as any to a client that only reads the claims. */
export function unsignedJwt(claims: Record<string, unknown>): string {
	const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
	return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${Buffer.from('invented').toString('base64url')}`;
}

/** User name and password of an HTTP Basic header; undefined when it is none. */
export function basicCredentials(
	header: string | undefined,
): { username: string; password: string } | undefined {
	const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(header ?? '')?.[1];
	if (encoded === undefined) return undefined;
	const text = Buffer.from(encoded, 'base64').toString('utf8');
	const colon = text.indexOf(':');
	if (colon < 0) return undefined;
	return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The token of a Bearer header; undefined when it is none. */
export function bearerToken(header: string | undefined): string | undefined {
	return /^Bearer (\S+)$/i.exec(header ?? '')?.[1];
}

/** An Ajv with the formats of the descriptions; it never changes the data it checks. */
function createAjv(): Ajv {
	const ajv = new Ajv({ allErrors: true, strict: false });
	addFormats(ajv);
	return ajv;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Closes every object with named members to other members, unless it says that it takes others. */
function closed(schema: Schema): Schema {
	const result: Schema = { ...schema };
	for (const key of ['properties', 'patternProperties']) {
		const members = result[key];
		if (!isObject(members)) continue;
		result[key] = Object.fromEntries(
			Object.entries(members).map(([name, member]) => [
				name,
				isObject(member) ? closed(member) : member,
			]),
		);
	}
	for (const key of ['oneOf', 'anyOf']) {
		const branches = result[key];
		if (Array.isArray(branches)) {
			result[key] = branches.map((branch: unknown) => (isObject(branch) ? closed(branch) : branch));
		}
	}
	for (const key of ['items', 'additionalProperties']) {
		const inner = result[key];
		if (isObject(inner)) result[key] = closed(inner);
	}
	if (isObject(result.properties) && result.additionalProperties === undefined) {
		result.additionalProperties = false;
	}
	return result;
}

/** How strongly a complaint speaks against a branch being the one that was meant. */
const WEIGHT: Record<string, number> = { type: 2, enum: 1, const: 1 };

/** Of the complaints about alternatives only those of the branch that comes closest: the others would only confuse. */
function nearestBranch(errors: ErrorObject[]): ErrorObject[] {
	const choice = /^(.*?\/(?:oneOf|anyOf))\/(\d+)\//;
	const groups = new Map<string, Map<string, ErrorObject[]>>();
	const plain: ErrorObject[] = [];
	for (const error of errors) {
		const match = choice.exec(error.schemaPath);
		if (!match?.[1] || !match[2]) {
			plain.push(error);
			continue;
		}
		const branches = groups.get(match[1]) ?? new Map<string, ErrorObject[]>();
		groups.set(match[1], branches);
		branches.set(match[2], [...(branches.get(match[2]) ?? []), error]);
	}
	if (groups.size === 0) return plain;
	const rest = plain.filter(
		(error) => !['oneOf', 'anyOf'].includes(error.keyword) || error.params.passingSchemas,
	);
	for (const branches of groups.values()) {
		const distance = (list: ErrorObject[]) =>
			list.reduce((sum, { keyword }) => sum + (WEIGHT[keyword] ?? 0), 0);
		const [nearest] = [...branches.values()].sort(
			(a, b) => distance(a) - distance(b) || a.length - b.length,
		);
		rest.push(...(nearest ?? []));
	}
	return rest;
}

function violationsOf(errors: ErrorObject[], place: Violation['in'], prefix: string): Violation[] {
	return nearestBranch(errors).map((error) => {
		const base = [prefix, ...error.instancePath.split('/').slice(1)]
			.filter((part) => part !== '')
			.map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
			.join('.');
		const member = (name: unknown) => (base === '' ? String(name) : `${base}.${String(name)}`);
		switch (error.keyword) {
			case 'additionalProperties':
				return {
					kind: 'unknown-member',
					in: place,
					name: member(error.params.additionalProperty),
					message: 'is not known',
				};
			case 'required':
				return {
					kind: 'missing-member',
					in: place,
					name: member(error.params.missingProperty),
					message: 'is missing',
				};
			case 'maxProperties':
				return { kind: 'unknown-member', in: place, name: base, message: 'takes no members' };
			case 'type':
				return {
					kind: 'wrong-type',
					in: place,
					name: base,
					message: error.message ?? 'has the wrong type',
				};
			default:
				return {
					kind: 'wrong-value',
					in: place,
					name: base,
					message: error.message ?? 'is not valid',
				};
		}
	});
}

/** A text from a URL, header or form as the described type, as a server reads it; unchanged when it does not fit. */
function coerce(raw: string, schema: Schema): unknown {
	for (const key of ['oneOf', 'anyOf']) {
		const branches = schema[key];
		if (!Array.isArray(branches)) continue;
		for (const branch of branches) {
			const value = isObject(branch) ? coerce(raw, branch) : raw;
			if (value !== raw) return value;
		}
	}
	const types = Array.isArray(schema.type) ? schema.type : [schema.type];
	if (types.includes('integer') && /^-?\d{1,15}$/.test(raw)) return Number(raw);
	if (types.includes('number') && /^-?\d+(\.\d+)?$/.test(raw)) return Number(raw);
	if (types.includes('boolean')) {
		if (raw === 'true' || raw === '1') return true;
		if (raw === 'false' || raw === '0') return false;
	}
	return raw;
}

/** Matches paths with one template; a placeholder stands for one segment or a part of one. */
interface PathTemplate {
	pattern: RegExp;
	names: string[];
	/** Per segment from the last to the first: 0 literal, 1 partly literal, 2 placeholder. Lower wins. */
	rank: number[];
}

function compileTemplate(template: string): PathTemplate {
	const names: string[] = [];
	const segments = template.split('/');
	const source = segments
		.map((segment) =>
			segment
				.split(/(\{[^}]+\})/)
				.map((part) => {
					if (!/^\{.+\}$/.test(part)) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
					names.push(part.slice(1, -1));
					return '([^/]+)';
				})
				.join(''),
		)
		.join('/');
	const rank = segments
		.map((segment) => (/^\{[^}]+\}$/.test(segment) ? 2 : segment.includes('{') ? 1 : 0))
		.reverse();
	return { pattern: new RegExp(`^${source}$`), names, rank };
}

/** Values of the placeholders, decoded; undefined when the path does not fit or is not decodable. */
function matchTemplate(template: PathTemplate, path: string): Record<string, string> | undefined {
	const match = template.pattern.exec(path);
	if (!match) return undefined;
	try {
		return Object.fromEntries(
			template.names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]),
		);
	} catch {
		return undefined; // a stray percent sign: no server finds a route for it
	}
}

/** A later literal segment beats an earlier one: /profile/metadata is the metadata, not a profile with that key. */
function compareRank(a: number[], b: number[]): number {
	const index = a.findIndex((value, position) => value !== b[position]);
	return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

interface CompiledParameter {
	parameter: Parameter;
	validate: ValidateFunction;
}
interface CompiledOperation {
	id: string;
	operation: Operation;
	templates: PathTemplate[];
	parameters: CompiledParameter[];
	bodies: Map<string, { schema: Schema; validate: ValidateFunction }>;
}

/** A body as it came in. */
interface IncomingBody {
	/** Media type without parameters, in lower case; empty when there is no header. */
	type: string;
	/** Whether there are any bytes. */
	present: boolean;
	bytes: Buffer;
	/** Fields of a form or a multipart body. */
	fields?: Record<string, unknown>;
	/** The parts of a multipart body could not be told apart. */
	malformed?: boolean;
}

/**
 * The strict validator made of a description: which operation a request is, and what in it the description does not allow.
 * Types in JSON bodies are taken as they are; texts in URLs, headers and forms are read as a server reads them.
 */
export class Judge {
	readonly #operations: CompiledOperation[];

	constructor(
		specification: Specification,
		settings: Pick<
			Definition<unknown>,
			'serverVariables' | 'notRoutes' | 'overrides' | 'normalizePath'
		> = {},
	) {
		const ajv = createAjv();
		const operations = { ...specification.operations };
		for (const { operations: ids, change, reason } of settings.overrides ?? []) {
			for (const id of ids) {
				const operation = operations[id];
				if (!operation) throw new Error(`An override names ${id}, which is not there: ${reason}`);
				operations[id] = change(structuredClone(operation));
			}
		}
		for (const id of Object.keys(settings.notRoutes ?? {})) {
			if (!operations[id]) throw new Error(`notRoutes names ${id}, which is not there`);
			delete operations[id];
		}
		this.#operations = Object.entries(operations).map(([id, operation]) => {
			const base = basePath(operation.server ?? specification.server, settings.serverVariables);
			return {
				id,
				operation,
				templates: [operation.path, ...(operation.alternatePaths ?? [])].map((path) =>
					compileTemplate(base + path),
				),
				parameters: operation.parameters.map((parameter) => ({
					parameter,
					validate: ajv.compile(parameter.schema),
				})),
				bodies: new Map(
					Object.entries(operation.body?.content ?? {}).map(([type, content]) => {
						const schema = closed(content);
						return [type, { schema, validate: ajv.compile(schema) }];
					}),
				),
			};
		});
	}

	/** The operation of a method and path, with the placeholders' values; or which of the two is unknown. */
	identify(
		method: string,
		path: string,
	):
		| { id: string; operation: Operation; params: Record<string, string> }
		| { unknown: 'unknown-path' | 'unknown-method' } {
		let pathKnown = false;
		const found: Array<{
			compiled: CompiledOperation;
			rank: number[];
			params: Record<string, string>;
		}> = [];
		for (const compiled of this.#operations) {
			for (const template of compiled.templates) {
				const params = matchTemplate(template, path);
				if (!params) continue;
				pathKnown = true;
				if (compiled.operation.method === method) {
					found.push({ compiled, rank: template.rank, params });
				}
			}
		}
		const [best] = found.sort((a, b) => compareRank(a.rank, b.rank));
		if (!best) return { unknown: pathKnown ? 'unknown-method' : 'unknown-path' };
		return { id: best.compiled.id, operation: best.compiled.operation, params: best.params };
	}

	/** Judges the request of an identified operation; values come back with the described types. */
	judge(
		id: string,
		request: Pick<Call, 'params' | 'query' | 'headers'>,
		body: IncomingBody,
	): {
		violations: Violation[];
		params: Record<string, unknown>;
		query: Record<string, unknown>;
		body: unknown;
	} {
		const compiled = this.#operations.find((candidate) => candidate.id === id);
		if (!compiled) throw new Error(`No operation ${id}`);
		const violations: Violation[] = [];
		const params: Record<string, unknown> = { ...request.params };
		const query: Record<string, unknown> = {};
		const known = new Set<string>();
		for (const { parameter, validate } of compiled.parameters) {
			const place = parameter.in as Violation['in'];
			if (place === 'query' && parameter.schema.type === 'object') {
				// form style, exploded: every name that is no parameter of its own belongs to this one
				const own = new Set(
					compiled.parameters
						.filter((other) => other.parameter.in === 'query' && other.parameter !== parameter)
						.map((other) => other.parameter.name),
				);
				const members = Object.fromEntries(
					Object.entries(request.query).filter(([name]) => !own.has(name)),
				);
				Object.keys(members).forEach((name) => known.add(name));
				Object.assign(query, members);
				if (!validate(members)) violations.push(...violationsOf(validate.errors ?? [], place, ''));
				continue;
			}
			if (place === 'query') known.add(parameter.name);
			const raw =
				place === 'path'
					? request.params[parameter.name]
					: place === 'header'
						? request.headers[parameter.name.toLowerCase()]
						: request.query[parameter.name];
			if (raw === undefined) {
				if (parameter.required) {
					violations.push({
						kind: 'missing-parameter',
						in: place,
						name: parameter.name,
						message: 'is missing',
					});
				}
				continue;
			}
			const value = readParameter(parameter, raw);
			if (!validate(value)) {
				violations.push(...violationsOf(validate.errors ?? [], place, parameter.name));
			}
			if (place === 'path') params[parameter.name] = value;
			if (place === 'query') query[parameter.name] = value;
		}
		for (const name of Object.keys(request.query)) {
			if (known.has(name)) continue;
			violations.push({ kind: 'unknown-parameter', in: 'query', name, message: 'is not known' });
		}
		const judged = this.#judgeBody(compiled, body);
		return { violations: [...violations, ...judged.violations], params, query, body: judged.value };
	}

	#judgeBody(
		compiled: CompiledOperation,
		body: IncomingBody,
	): { violations: Violation[]; value: unknown } {
		const complaint = (kind: ViolationKind, message: string) => ({
			violations: [{ kind, in: 'body' as const, name: '', message }],
			value: undefined,
		});
		if (!compiled.operation.body) {
			if (!body.present) return { violations: [], value: undefined };
			return complaint('unexpected-body', 'is not expected here');
		}
		if (!body.present) {
			if (!compiled.operation.body.required) return { violations: [], value: undefined };
			return complaint('missing-body', 'is missing');
		}
		const accepted = compiled.bodies.get(body.type);
		if (!accepted) {
			return complaint('content-type', `must be ${[...compiled.bodies.keys()].join(' or ')}`);
		}
		if (body.malformed) return complaint('malformed-body', 'cannot be read');
		let value: unknown;
		if (body.fields) {
			value = readFields(body.fields, accepted.schema);
		} else {
			try {
				value = JSON.parse(body.bytes.toString('utf8'));
			} catch {
				return complaint('malformed-body', 'is not valid JSON');
			}
		}
		const subject = body.fields && isObject(value) ? filesAsText(value, accepted.schema) : value;
		if (accepted.validate(subject)) return { violations: [], value };
		return { violations: violationsOf(accepted.validate.errors ?? [], 'body', ''), value };
	}
}

function basePath(server: string, variables: Record<string, string> = {}): string {
	const path = /^[a-z]+:\/\/[^/]+(\/.*)?$/.exec(server)?.[1] ?? '';
	return path
		.replace(/\{([^}]+)\}/g, (whole, name: string) => variables[name] ?? whole)
		.replace(/\/$/, '');
}

function readParameter(parameter: Parameter, raw: unknown): unknown {
	const { schema } = parameter;
	if (schema.type === 'array') {
		const items = isObject(schema.items) ? schema.items : {};
		const texts = Array.isArray(raw) ? raw.map(String) : [String(raw)];
		const parts = parameter.explode === false ? texts.flatMap((text) => text.split(',')) : texts;
		return parts.map((part) => coerce(part, items));
	}
	// A repeated name stays an array, which fails as the wrong type.
	if (typeof raw !== 'string') return raw;
	if (raw === '' && parameter.allowEmptyValue && schema.type === 'boolean') return true;
	return coerce(raw, schema);
}

function memberSchema(schema: Schema, name: string): Schema {
	const members = isObject(schema.properties) ? schema.properties : {};
	const member = members[name] ?? schema.additionalProperties;
	return isObject(member) ? member : {};
}

function readFields(fields: Record<string, unknown>, schema: Schema): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).map(([name, value]) => [
			name,
			typeof value === 'string' ? coerce(value, memberSchema(schema, name)) : value,
		]),
	);
}

/** Files count as texts where the description wants binary data, and stay what they are elsewhere, which is refused. */
function filesAsText(fields: Record<string, unknown>, schema: Schema): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).map(([name, value]) => [
			name,
			isObject(value) && memberSchema(schema, name).format === 'binary' ? '' : value,
		]),
	);
}

function parseQuery(text: string): Record<string, unknown> {
	const result: Record<string, unknown> = {};
	for (const [name, value] of new URLSearchParams(text)) {
		const before = result[name];
		result[name] = before === undefined ? value : [before, value].flat();
	}
	return result;
}

function headersOf(request: FastifyRequest): Record<string, string | undefined> {
	return Object.fromEntries(
		Object.entries(request.headers).map(([name, value]) => [
			name,
			Array.isArray(value) ? value.join(', ') : value,
		]),
	);
}

async function readParts(request: FastifyRequest): Promise<Record<string, unknown>> {
	const fields: Record<string, unknown> = {};
	for await (const part of request.parts()) {
		const value: unknown =
			part.type === 'file'
				? ({
						filename: part.filename,
						type: part.mimetype,
						content: await part.toBuffer(),
					} satisfies UploadedFile)
				: part.value;
		const before = fields[part.fieldname];
		fields[part.fieldname] = before === undefined ? value : [before, value].flat();
	}
	return fields;
}

async function readBody(request: FastifyRequest): Promise<IncomingBody> {
	const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
	if (request.isMultipart()) {
		const bytes = Buffer.alloc(0);
		try {
			return { type, present: true, bytes, fields: await readParts(request) };
		} catch (error) {
			// the framework marks what it refuses (too large) with a status; the rest comes from the parser
			if (error instanceof Error && !('statusCode' in error)) {
				return { type, present: true, bytes, malformed: true };
			}
			throw error;
		}
	}
	if (Buffer.isBuffer(request.body)) {
		return { type, present: request.body.length > 0, bytes: request.body };
	}
	if (isObject(request.body)) {
		const present = Object.keys(request.body).length > 0;
		return { type, present, bytes: Buffer.alloc(0), fields: { ...request.body } };
	}
	// The framework does not read the body of a GET. Read to the end, else the client is cut off instead of answered.
	const bytes = await buffer(request.raw);
	return { type, present: bytes.length > 0, bytes };
}

function recordedBody(body: IncomingBody): unknown {
	if (!body.present || body.malformed) return undefined;
	if (body.fields) return body.fields;
	const text = body.bytes.toString('utf8');
	if (body.type !== 'application/json') return text;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

function send(reply: FastifyReply, { status, body, headers = {} }: Answer): FastifyReply {
	reply.code(status).headers(headers);
	if (body === undefined) return reply.send();
	const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
	if (typeof body === 'string' || Buffer.isBuffer(body)) {
		if (!hasType) reply.header('content-type', 'text/plain; charset=utf-8');
		return reply.send(body);
	}
	if (!hasType) reply.header('content-type', 'application/json; charset=utf-8');
	return reply.send(JSON.stringify(body));
}

/** Counts requests per second, over a sliding window. */
class RateLimiter {
	readonly #clock: () => number;
	readonly #limit: number;
	#accepted: number[] = [];

	constructor(clock: () => number, limit: number) {
		this.#clock = clock;
		this.#limit = limit;
	}

	/** Undefined when the request may pass, else the whole seconds to wait. */
	check(): number | undefined {
		const now = this.#clock();
		this.#accepted = this.#accepted.filter((at) => at > now - 1000);
		if (this.#accepted.length < this.#limit) {
			this.#accepted.push(now);
			return undefined;
		}
		const oldest = this.#accepted[0] ?? now;
		return Math.max(1, Math.ceil((oldest + 1000 - now) / 1000));
	}
}

function uuidSequence(): () => string {
	let serial = 0;
	return () => {
		serial += 1;
		return `c0ffee00-0000-4000-8000-${String(serial).padStart(12, '0')}`;
	};
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Bytes; enough for every upload of the services, and a bound for a test gone wrong. */
const BODY_LIMIT = 20 * 1024 * 1024;

/**
 * Starts the simulator of a service on the loopback address.
 * @throws when the port is taken or the definition names operations that the description does not have.
 */
export async function createSimulator<Session>(
	definition: Definition<Session>,
	options: SimulatorOptions = {},
): Promise<Simulator> {
	const { specification } = definition;
	const { clock = Date.now, latencyMs = 0, jobSeconds = 2 } = options;
	const judge = new Judge(specification, definition);
	const requests: RecordedRequest[] = [];
	const faults: string[] = [];
	const tokenOperations = new Set(definition.tokenOperations ?? []);
	for (const id of tokenOperations) {
		if (!specification.operations[id]) throw new Error(`tokenOperations names ${id}`);
	}
	const hostOf = (server: string) => /^[a-z]+:\/\/([^/]+)/.exec(server)?.[1];
	const isLimited = (id: string | undefined) =>
		id === undefined ||
		!tokenOperations.has(id) ||
		hostOf(specification.operations[id]?.server ?? specification.server) ===
			hostOf(specification.server);

	let url = '';
	const begin = () => {
		const tokens = new TokenStore<Session>(clock);
		const jobs = new JobQueue(clock, jobSeconds);
		const behaviour = definition.start({
			url,
			clock,
			tokenLifeSeconds: options.tokenLifeSeconds,
			jobSeconds,
			tokens,
			jobs,
			uuid: uuidSequence(),
		});
		for (const id of Object.keys(behaviour.handlers)) {
			if (!specification.operations[id]) throw new Error(`There is no operation ${id} to handle`);
		}
		const limiter =
			options.requestsPerSecond === undefined
				? undefined
				: new RateLimiter(clock, options.requestsPerSecond);
		const routes = (behaviour.routes ?? []).map((route) => ({
			...route,
			template: compileTemplate(route.path),
		}));
		return { tokens, jobs, behaviour, limiter, routes };
	};
	let state: ReturnType<typeof begin>;

	const fault = (message: string, status: number): Answer => {
		faults.push(message);
		console.error(`${specification.service} simulator: ${message}`);
		return definition.problem(status, message);
	};

	/** What the HTTP framework refuses (an oversized or broken body) is the caller's fault, everything else is ours. */
	const failed = (error: unknown): Answer => {
		const { statusCode = 500, message = String(error) } = error as {
			statusCode?: number;
			message?: string;
		};
		return statusCode < 500 ? definition.problem(statusCode, message) : fault(message, statusCode);
	};

	const respond = async (
		request: FastifyRequest,
		record: RecordedRequest,
		body: IncomingBody,
	): Promise<Answer> => {
		const { jobs, behaviour, limiter, routes } = state;
		jobs.settle();
		const path = definition.normalizePath?.(record.path) ?? record.path;
		for (const route of routes) {
			const params = route.method === record.method && matchTemplate(route.template, path);
			if (!params) continue;
			return await route.handle({
				params,
				query: record.query,
				headers: record.headers,
				body: body.bytes,
			});
		}
		const found = judge.identify(record.method, path);
		const call: Call = {
			at: record.at,
			method: request.method,
			path: record.path,
			query: record.query,
			headers: record.headers,
			params: 'params' in found ? found.params : {},
		};
		if ('id' in found) {
			record.operationId = found.id;
			call.operationId = found.id;
			call.operation = found.operation;
		}
		const session = behaviour.authenticate(call);
		const wait = isLimited(call.operationId) ? limiter?.check() : undefined;
		if (wait !== undefined) return definition.tooManyRequests(wait);
		if ('unknown' in found) {
			return definition.refuse(
				[{ kind: found.unknown, in: 'path', name: path, message: 'is not known' }],
				call,
			);
		}
		const judged = judge.judge(found.id, call, body);
		const [first, ...others] = judged.violations;
		if (first) return definition.refuse([first, ...others], call);
		const handler = behaviour.handlers[found.id];
		if (!handler) return fault(`${found.id} has no behaviour`, 501);
		return await handler({
			at: record.at,
			method: record.method,
			path: record.path,
			operationId: found.id,
			operation: found.operation,
			params: judged.params,
			query: judged.query,
			headers: record.headers,
			body: judged.body,
			session,
		});
	};

	const app: FastifyInstance = fastify({
		bodyLimit: BODY_LIMIT,
		forceCloseConnections: true,
		// One route takes everything: finding the operation is the judge's work.
		rewriteUrl: () => '/',
	});
	app.removeAllContentTypeParsers();
	await app.register(formbody, { bodyLimit: BODY_LIMIT });
	await app.register(multipart, { limits: { fileSize: BODY_LIMIT } });
	app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => {
		done(null, bytes);
	});
	app.setErrorHandler((error, _request, reply) => send(reply, failed(error)));
	app.route({
		method: METHODS,
		url: '/',
		handler: async (request, reply) => {
			const [path = '/', ...query] = request.originalUrl.split('?');
			const record: RecordedRequest = {
				at: clock(),
				method: request.method,
				path,
				query: parseQuery(query.join('?')),
				headers: headersOf(request),
				body: undefined,
				status: 0,
			};
			requests.push(record);
			let result: Answer;
			try {
				const body = await readBody(request);
				record.body = recordedBody(body);
				if (latencyMs > 0) await new Promise((done) => setTimeout(done, latencyMs));
				result = await respond(request, record, body);
			} catch (error) {
				result = error instanceof Refusal ? error.answer : failed(error);
			}
			record.status = result.status;
			return send(reply, result);
		},
	});

	await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
	url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
	try {
		state = begin();
	} catch (error) {
		await app.close();
		throw error;
	}

	return {
		service: specification.service,
		url,
		get credential() {
			return state.behaviour.credential;
		},
		requests,
		faults,
		tokenRequests: () =>
			requests.filter(({ operationId }) => operationId && tokenOperations.has(operationId)).length,
		expireTokens: () => state.tokens.revokeAll(),
		reset: () => {
			requests.length = 0;
			faults.length = 0;
			state = begin();
		},
		close: async () => {
			await app.close();
		},
	};
}
