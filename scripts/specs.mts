/**
 * Makes test/specs/<service>.json from the API descriptions: facts only (operation ids, methods, paths, parameter names, types,
 * required flags, enums, statuses, scopes), no sentence of the sources, with the corrections of the notes applied.
 *
 *   node scripts/specs.mts [folder]          writes the files
 *   node scripts/specs.mts --check [folder]  exits 1 when the committed files differ
 *
 * `folder` holds one folder per service; default: the environment variable API_DESCRIPTIONS, else ../shared/apis beside the
 * checkout. Where that folder is absent, --check says so and exits 0: the committed files are then all there is.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

type Json = null | boolean | number | string | Json[] | JsonObject;
interface JsonObject {
	[key: string]: Json | undefined;
}
interface Parameter {
	in: string;
	name: string;
	required: boolean;
	schema: JsonObject;
	style?: string;
	explode?: boolean;
	allowEmptyValue?: boolean;
}
interface Operation {
	method: string;
	path: string;
	server?: string;
	alternatePaths?: string[];
	parameters: Parameter[];
	body?: { required: boolean; content: Record<string, JsonObject> };
	statuses: number[];
	security?: string[][];
	scopes?: string[];
	likelyAdditionalScopes?: string[];
	audience?: string;
	roles?: string[];
	confidence?: string;
}
interface Specification {
	service: string;
	server: string;
	operations: Record<string, Operation>;
}
interface Source {
	service: string;
	file: string;
	/** Used where the description names no server. */
	server?: string;
}

const SOURCES: Source[] = [
	{ service: 'adobe-campaign-standard', file: 'openapi.json' },
	{ service: 'campaign-factory', file: 'openapi.json' },
	{ service: 'maia', file: 'openapi.json' },
	{
		service: 'site-factory',
		file: 'acsf-spec.json',
		server: 'https://www.{factory}.acsitefactory.com',
	},
	{ service: 'warpurl', file: 'openapi.json' },
];

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/** JSON schema keywords that state facts. Everything else (titles, texts, examples, x-...) is dropped. */
const SCHEMA_FACTS = new Set([
	'type',
	'format',
	'enum',
	'pattern',
	'default',
	'minimum',
	'maximum',
	'minLength',
	'maxLength',
	'minItems',
	'maxItems',
	'minProperties',
	'maxProperties',
	'required',
	'properties',
	'patternProperties',
	'additionalProperties',
	'items',
	'oneOf',
	'anyOf',
	'allOf',
	'readOnly',
	'nullable',
	'$ref',
]);

interface Correction {
	/** Operation ids it applies to, or a test on them. */
	operations: string[] | ((id: string, operation: Operation) => boolean);
	reason: string;
	/** Changes the operation in place. */
	apply: (operation: Operation, id: string) => void;
}

function object(value: Json | undefined, what: string): JsonObject {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw new Error(`${what} is no object`);
	}
	return value;
}

function jsonBody(operation: Operation): JsonObject {
	const schema = operation.body?.content['application/json'];
	if (!schema) throw new Error(`${operation.method} ${operation.path} has no JSON body`);
	return schema;
}

function properties(schema: JsonObject): JsonObject {
	return object((schema.properties ??= {}), 'properties');
}

function parameter(operation: Operation, name: string): Parameter {
	const found = operation.parameters.find((candidate) => candidate.name === name);
	if (!found) throw new Error(`${operation.method} ${operation.path} has no parameter ${name}`);
	return found;
}

const close = (operation: Operation) => {
	for (const schema of Object.values(operation.body?.content ?? {})) {
		if (schema.properties) schema.additionalProperties = false;
	}
};
const openToExtensions = (operation: Operation) => {
	const schema = jsonBody(operation);
	schema.additionalProperties = false;
	schema.patternProperties = { '^cus': {} };
};
const oneOrSeveral: JsonObject = {
	oneOf: [{ type: 'integer' }, { type: 'array', items: { type: 'integer' } }],
};

const CORRECTIONS: Record<string, Correction[]> = {
	'site-factory': [
		{
			operations: ['post_Update_changeUpdaterStartTime'],
			reason: 'The file has no body; the vendor SDK sends these two members.',
			apply: (operation) => {
				operation.body = {
					required: true,
					content: {
						'application/json': {
							type: 'object',
							properties: {
								updater_id: { type: 'integer' },
								new_update_time: { type: 'string' },
							},
							required: ['new_update_time', 'updater_id'],
						},
					},
				};
			},
		},
		{
			operations: [
				'get_PageView_getPageViewDataMonthly',
				'get_PageView_getPageViewDataMonthlyPerDomain',
			],
			reason: 'stack_id can be left out on a factory with one stack.',
			apply: (operation) => {
				parameter(operation, 'stack_id').required = false;
			},
		},
		{
			operations: ['get_Sites_getSites'],
			reason: 'site_owner is one comma-separated value, not a repeated parameter.',
			apply: (operation) => {
				Object.assign(parameter(operation, 'site_owner'), { style: 'form', explode: false });
			},
		},
		{
			operations: ['get_Sites_getSites'],
			reason: 'canary is a bare flag: it may stand in the query string without a value.',
			apply: (operation) => {
				parameter(operation, 'canary').allowEmptyValue = true;
			},
		},
		{
			operations: ['post_Sites_createSite', 'post_Sites_duplicateSite'],
			reason: 'group_ids takes one id or several.',
			apply: (operation) => {
				properties(jsonBody(operation)).group_ids = structuredClone(oneOrSeveral);
			},
		},
		{
			operations: ['put_CodeBases_editCodebaseName'],
			reason:
				'description can be changed as well, although the file leaves it out; one of the three is needed.',
			apply: (operation) => {
				// Quoted: it is the name of a member here, not a text.
				properties(jsonBody(operation))['description'] = { type: 'string' };
				jsonBody(operation).minProperties = 1;
			},
		},
		{
			operations: [
				'put_Status_setStatus',
				'put_TaskLogSettings_editTaskLogSettings',
				'put_User_updateUser',
			],
			reason: 'No member is required, yet at least one is needed.',
			apply: (operation) => {
				jsonBody(operation).minProperties = 1;
			},
		},
		{
			operations: ['put_BackupExpirationManagement_setBackupExpirationSettings'],
			reason: 'The range is stated in prose only.',
			apply: (operation) => {
				properties(jsonBody(operation)).expiration_days = {
					type: 'integer',
					minimum: 1,
					maximum: 365,
				};
			},
		},
		{
			operations: ['post_CronJobs_createCronJob', 'put_CronJobs_editCronJob'],
			reason: 'thread_percentage is a percentage without bounds in the file.',
			apply: (operation) => {
				properties(jsonBody(operation)).thread_percentage = {
					type: 'integer',
					minimum: 0,
					maximum: 100,
				};
			},
		},
		{
			operations: ['put_SiteVariables_changeSiteVariables'],
			reason:
				'A key has up to 25 characters without blanks, a value up to 50 (vendor documentation).',
			apply: (operation) => {
				const members = properties(jsonBody(operation));
				members.variable_key = { type: 'string', maxLength: 25, pattern: '^\\S+$' };
				members.variable_value = { type: 'string', maxLength: 50 };
			},
		},
		{
			operations: ['post_TransferSiteOwnership_transferSiteOwner'],
			reason: 'Exactly one of username and email is needed; the file marks neither.',
			apply: (operation) => {
				jsonBody(operation).oneOf = [{ required: ['username'] }, { required: ['email'] }];
			},
		},
		{
			operations: ['get_Update_status'],
			reason: 'update_id is a number or the word last.',
			apply: (operation) => {
				parameter(operation, 'update_id').schema = {
					oneOf: [{ type: 'integer' }, { type: 'string', enum: ['last'] }],
				};
			},
		},
		{
			operations: (_id, operation) => ['POST', 'PUT'].includes(operation.method) && !operation.body,
			reason:
				'Without members of their own these take an empty object, which the vendor SDK sends.',
			apply: (operation) => {
				operation.body = {
					required: false,
					content: { 'application/json': { type: 'object', maxProperties: 0 } },
				};
			},
		},
		{
			operations: (_id, operation) =>
				operation.body?.required === false && Array.isArray(jsonBody(operation).required),
			reason: 'requestBody.required is never set in the file, even where members are required.',
			apply: (operation) => {
				if (operation.body) operation.body.required = true;
			},
		},
	],
	'campaign-factory': [
		{
			operations: (id, operation) =>
				Object.values(operation.body?.content ?? {}).some((schema) => schema.properties) &&
				!['batchUpdateInstances', 'createTemplate', 'updateTemplate'].includes(id),
			reason:
				'additionalProperties comes from the generated client, which keeps unknown members of answers; a request with a member ' +
				'nobody knows is a mistake. Open: the call with an unknown member (suspend) and templates, whose members are a guess.',
			apply: close,
		},
		{
			operations: ['batchDeleteInstances', 'batchForceDeleteInstances'],
			reason: 'Declared 204, but with a body, which HTTP allows with 200 only.',
			apply: (operation) => {
				operation.statuses = [200, ...operation.statuses];
			},
		},
	],
	maia: [
		{
			operations: ['requestAccessToken'],
			reason: 'audience is missing in one of two vendor samples; it is always sent.',
			apply: (operation) => {
				const schema = operation.body?.content['application/x-www-form-urlencoded'];
				schema!.required = ['audience', 'client_id', 'client_secret', 'grant_type'];
			},
		},
	],
	'adobe-campaign-standard': [
		{
			operations: ['createProfile', 'updateProfile', 'createService', 'updateService'],
			reason:
				'Extension fields (cus...) exist on the Ext root only; other names are not valid for the resource.',
			apply: close,
		},
		{
			operations: [
				'createProfileExt',
				'updateProfileExt',
				'createServiceExt',
				'updateServiceExt',
				'updateOrgUnit',
				'updateGeoUnit',
			],
			reason: 'On the Ext root the names beyond the standard ones start with cus.',
			apply: openToExtensions,
		},
		{
			operations: ['createPrivacyRequest', 'sendTransactionalEvent'],
			reason: 'The notes list every member; what is free goes into ctx.',
			apply: close,
		},
		{
			operations: ['sendTransactionalEvent'],
			reason: 'Campaign v8 takes wishedChannel as well (notes, section 17).',
			apply: (operation) => {
				properties(jsonBody(operation)).wishedChannel = { type: 'string' };
			},
		},
	],
	warpurl: [
		{
			operations: ['getToken', 'refreshToken'],
			reason:
				'x-api-key is sent on the token calls as well: the general page asks for it on every request.',
			apply: (operation) => {
				operation.security = [['ApiKeyAuth']];
			},
		},
		{
			operations: ['findUserLinkHistory'],
			reason: 'period_value in the sample, period_values in the text: the sample is followed.',
			apply: (operation) => {
				delete properties(object(properties(jsonBody(operation)).data, 'data')).period_values;
			},
		},
		{
			operations: ['invalidateLinks'],
			reason: 'hidden is left over from another call in the sample; it is left out.',
			apply: (operation) => {
				delete properties(object(properties(jsonBody(operation)).data, 'data')).hidden;
			},
		},
	],
};

/** Follows a local reference such as #/components/schemas/Name. */
function resolve(document: JsonObject, reference: string): JsonObject {
	let value: Json | undefined = document;
	for (const part of reference.replace(/^#\//, '').split('/')) {
		value = object(value, reference)[part.replace(/~1/g, '/').replace(/~0/g, '~')];
	}
	return object(value, reference);
}

function dereference(document: JsonObject, value: Json | undefined, what: string): JsonObject {
	const found = object(value, what);
	return typeof found.$ref === 'string' ? resolve(document, found.$ref) : found;
}

function strings(value: Json | undefined): string[] {
	if (!Array.isArray(value)) return [];
	return value.map((entry) => String(entry));
}

/** Joins the branches of allOf into one object schema, so that it can be closed to unknown members. */
function merge(branches: JsonObject[]): JsonObject {
	const result: JsonObject = {};
	for (const branch of branches) {
		for (const [key, value] of Object.entries(branch)) {
			if (key === 'properties') {
				result.properties = { ...object(result.properties ?? {}, key), ...object(value, key) };
			} else if (key === 'required') {
				result.required = [...new Set([...strings(result.required), ...strings(value)])].sort();
			} else {
				result[key] = value;
			}
		}
	}
	return result;
}

/** The facts of an OpenAPI 3.0 schema as JSON Schema: references inlined, nullable as a type. */
function facts(document: JsonObject, source: JsonObject, trail: string[] = []): JsonObject {
	if (typeof source.$ref === 'string') {
		if (trail.includes(source.$ref)) throw new Error(`${source.$ref} refers to itself`);
		return facts(document, resolve(document, source.$ref), [...trail, source.$ref]);
	}
	const nested = (value: Json | undefined) => facts(document, object(value, 'schema'), trail);
	const result: JsonObject = {};
	for (const [key, value] of Object.entries(source)) {
		if (!SCHEMA_FACTS.has(key) || key === 'nullable' || key === 'allOf') continue;
		if (key === 'properties' || key === 'patternProperties') {
			result[key] = Object.fromEntries(
				Object.entries(object(value, key)).map(([name, schema]) => [name, nested(schema)]),
			);
		} else if (key === 'items' || (key === 'additionalProperties' && typeof value === 'object')) {
			result[key] = nested(value);
		} else if (key === 'oneOf' || key === 'anyOf') {
			result[key] = (value as Json[]).map(nested);
		} else if (key === 'required') {
			result[key] = strings(value).sort();
		} else {
			result[key] = value;
		}
	}
	const merged = Array.isArray(source.allOf)
		? merge([...source.allOf.map(nested), result])
		: result;
	if (source.nullable === true) {
		if (typeof merged.type === 'string') merged.type = [merged.type, 'null'];
		if (Array.isArray(merged.enum) && !merged.enum.includes(null)) merged.enum.push(null);
	}
	return merged;
}

function serverOf(holder: JsonObject): string | undefined {
	const [first] = Array.isArray(holder.servers) ? holder.servers : [];
	return first === undefined ? undefined : String(object(first, 'server').url);
}

function readParameter(document: JsonObject, source: Json): Parameter {
	const described = dereference(document, source, 'parameter');
	const result: Parameter = {
		in: String(described.in),
		name: String(described.name),
		required: described.required === true,
		schema: facts(document, object(described.schema, 'schema')),
	};
	if (typeof described.style === 'string') result.style = described.style;
	if (typeof described.explode === 'boolean') result.explode = described.explode;
	return result;
}

function readOperation(
	document: JsonObject,
	server: string,
	route: string,
	item: JsonObject,
	method: string,
): Operation {
	const source = object(item[method], `${method} ${route}`);
	const listed = [item.parameters, source.parameters].flatMap((list) =>
		Array.isArray(list) ? list : [],
	);
	const operation: Operation = {
		method: method.toUpperCase(),
		path: route,
		parameters: listed.map((entry) => readParameter(document, entry)),
		statuses: Object.keys(object(source.responses, 'responses'))
			.map(Number)
			.filter(Number.isInteger) // leaves out "default"
			.sort((a, b) => a - b),
	};
	const ownServer = serverOf(source) ?? serverOf(item);
	if (ownServer !== undefined && ownServer !== server) operation.server = ownServer;
	if (source.requestBody) {
		const body = dereference(document, source.requestBody, 'requestBody');
		operation.body = {
			required: body.required === true,
			content: Object.fromEntries(
				Object.entries(object(body.content, 'content')).map(([type, media]) => [
					type,
					facts(document, object(object(media, type).schema, 'schema')),
				]),
			),
		};
	}
	const security = source.security ?? document.security;
	if (Array.isArray(security)) {
		operation.security = security.map((entry) => Object.keys(object(entry, 'security')).sort());
	}
	if (source['x-required-scopes']) operation.scopes = strings(source['x-required-scopes']);
	if (source['x-likely-additional-scopes']) {
		operation.likelyAdditionalScopes = strings(source['x-likely-additional-scopes']);
	}
	if (source['x-required-roles']) operation.roles = strings(source['x-required-roles']);
	if (source['x-alternate-paths']) {
		operation.alternatePaths = strings(source['x-alternate-paths']);
	}
	if (typeof source['x-audience'] === 'string') operation.audience = source['x-audience'];
	if (typeof source['x-confidence'] === 'string') operation.confidence = source['x-confidence'];
	return operation;
}

/**
 * What supplement.json states about one Site Factory operation: the enums that the description gives in prose, and the
 * confidence. Enums of answers, which share the list, have no parameter or member of that name and are left out.
 */
function applySupplement(operation: Operation, supplement: JsonObject): void {
	if (typeof supplement.confidence === 'string') operation.confidence = supplement.confidence;
	for (const [name, values] of Object.entries(object(supplement.enums ?? {}, 'enums'))) {
		if (!Array.isArray(values)) continue;
		const members = operation.body?.content['application/json']?.properties;
		const schema =
			operation.parameters.find((candidate) => candidate.name === name)?.schema ??
			(members && object(members, 'properties')[name]);
		if (!schema) continue;
		const target = object(schema, name);
		const holder = target.items ? object(target.items, 'items') : target;
		holder.enum = values;
		delete holder.pattern;
	}
}

function sorted(value: Json | undefined): Json | undefined {
	if (Array.isArray(value)) return value.map((entry) => sorted(entry) ?? null);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.keys(value)
			.sort()
			.map((key) => [key, sorted(value[key])]),
	);
}

function readJson(file: string): JsonObject {
	return object(JSON.parse(readFileSync(file, 'utf8')) as Json, file);
}

function build(folder: string, source: Source): string {
	const document = readJson(path.join(folder, source.service, source.file));
	const server = serverOf(document) ?? source.server;
	if (server === undefined) throw new Error(`${source.service} names no server`);
	const specification: Specification = { service: source.service, server, operations: {} };
	for (const [route, value] of Object.entries(object(document.paths, 'paths'))) {
		const item = object(value, route);
		for (const method of METHODS.filter((candidate) => item[candidate] !== undefined)) {
			const id = String(object(item[method], route).operationId);
			if (specification.operations[id]) throw new Error(`${id} is there twice`);
			specification.operations[id] = readOperation(document, server, route, item, method);
		}
	}
	const supplementFile = path.join(folder, source.service, 'supplement.json');
	if (existsSync(supplementFile)) {
		const supplement = readJson(supplementFile);
		for (const [id, operation] of Object.entries(specification.operations)) {
			applySupplement(operation, object(supplement[id], `supplement of ${id}`));
		}
	}
	for (const correction of CORRECTIONS[source.service] ?? []) {
		const { operations } = correction;
		const ids = Array.isArray(operations)
			? operations
			: Object.entries(specification.operations)
					.filter(([id, operation]) => operations(id, operation))
					.map(([id]) => id);
		if (ids.length === 0) throw new Error(`Nothing is left to correct: ${correction.reason}`);
		for (const id of ids) {
			const operation = specification.operations[id];
			if (!operation) throw new Error(`A correction names ${id}, which is not there`);
			const before = JSON.stringify(operation);
			correction.apply(operation, id);
			if (JSON.stringify(operation) === before) {
				throw new Error(`${id} needs no correction any more: ${correction.reason}`);
			}
		}
	}
	return `${JSON.stringify(sorted(specification as unknown as Json), null, '\t')}\n`;
}

const root = path.resolve(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const given = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const folder = path.resolve(
	given ?? process.env.API_DESCRIPTIONS ?? path.join(root, '..', 'shared', 'apis'),
);
const target = path.join(root, 'test', 'specs');

if (!existsSync(folder)) {
	console.log(`No API descriptions in ${folder}: nothing to compare with.`);
	process.exitCode = check ? 0 : 1;
} else {
	mkdirSync(target, { recursive: true });
	for (const source of SOURCES) {
		const file = path.join(target, `${source.service}.json`);
		const text = build(folder, source);
		if (!check) {
			writeFileSync(file, text);
			console.log(`Wrote ${path.relative(root, file)}`);
		} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
			console.error(`${path.relative(root, file)} differs: run node scripts/specs.mts`);
			process.exitCode = 1;
		} else {
			console.log(`${path.relative(root, file)} is up to date`);
		}
	}
}
