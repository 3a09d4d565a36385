/**
 * Rules that every description of a service keeps. Each rule is a function that gives a list of findings, as
 * sentences that begin with the place; an empty list means that the rule is kept.
 */
import type { ICredentialType, INodeTypeDescription, INodeProperties } from 'n8n-workflow';

import type {
	Operation as Described,
	Parameter,
	Schema,
	Specification,
} from '../../demo/simulators/support.mts';
import { isObject } from '../../nodes/shared/json';
import type { ApiRequest, Field, Pager, Provider, Values } from '../../nodes/shared/operation';
import type { Binding, Catalog, CompiledOperation } from '../../nodes/shared/properties';
import { buildRequest, keyOf } from '../../nodes/shared/request';
import type { Exception, Exceptions } from './exceptions.mts';
import { mostOwnCode } from './exceptions.mts';

/** What a rule found; empty when it is kept. */
export type Findings = string[];

const list = <T,>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
const placeOf = ({ resource, operation }: CompiledOperation) =>
	`${resource.value}:${operation.value}`;
const compiledOf = (catalog: Catalog) => [...catalog.operations.values()];
const wireName = (field: Field) => field.wire?.as ?? field.name;

/** Whether own code decides what is sent; its requests are proven by running it. */
export const hasOwnCode = ({ operation }: CompiledOperation): boolean =>
	operation.run !== undefined || operation.batch !== undefined;

/** The operation that gives any request: nothing about it is described. */
const isApiRequest = ({ resource }: CompiledOperation) => resource.value === 'apiRequest';

/** Entries that stand in a list more than once. */
export function repeated<T>(entries: T[]): T[] {
	return [...new Set(entries.filter((entry, index) => entries.indexOf(entry) !== index))];
}

/** Takes out what is excepted; adds a finding for each exception that is not needed. */
function except(
	findings: Array<{ where: string; what: string }>,
	provider: Provider,
	known: Exception[],
): Findings {
	const own = known.filter((exception) => exception.provider === provider.name);
	const left = findings.filter(({ where }) => !own.some((exception) => exception.where === where));
	return [
		...left.map(({ where, what }) => `${where}: ${what}`),
		...own
			.filter(({ where }) => !findings.some((finding) => finding.where === where))
			.map(({ where }) => `${where}: is excepted without need`),
		...own
			.filter(({ reason }) => reason.trim() === '')
			.map(({ where }) => `${where}: is excepted without a reason`),
	];
}

/** Values and names of resources, and of the operations of a resource, are unique: workflows store them. */
export function uniqueValues({ provider }: Catalog): Findings {
	const findings: Findings = [];
	const check = (where: string, entries: Array<{ name: string; value: string }>) => {
		for (const value of repeated(entries.map((entry) => entry.value)))
			findings.push(`${where}: the value ${value} is there twice`);
		for (const name of repeated(entries.map((entry) => entry.name)))
			findings.push(`${where}: the name ${name} is there twice`);
	};
	check('resources', [...provider.resources, { name: 'API Request', value: 'apiRequest' }]);
	for (const resource of provider.resources) check(resource.value, resource.operations);
	return findings;
}

/** Whether two fields never stand on the form together. */
function excludeEachOther(a: Field, b: Field): boolean {
	const [first, second] = [a.displayOptions?.show ?? {}, b.displayOptions?.show ?? {}];
	return Object.entries(first).some(
		([name, values]) =>
			second[name] !== undefined && !values?.some((value) => second[name]?.includes(value)),
	);
}

/** A parameter name stands once in its group; another group's or n8n's own names are not taken. */
export function uniqueParameters(catalog: Catalog): Findings {
	const taken = ['resource', 'operation', 'filters', 'updateFields', 'additionalFields', 'options'];
	return compiledOf(catalog).flatMap((compiled) => {
		const findings: Findings = [];
		for (const [index, { field, group }] of compiled.bindings.entries()) {
			const where = `${placeOf(compiled)} ${field.name}`;
			if (group === null && taken.includes(field.name))
				findings.push(`${where}: has a name that the form needs itself`);
			const twin = compiled.bindings
				.slice(index + 1)
				.find((other) => other.group === group && other.field.name === field.name);
			if (twin && !excludeEachOther(field, twin.field))
				findings.push(`${where}: is there twice in ${group ?? 'the form'}`);
		}
		return findings;
	});
}

/** Whether one of these fields is on the form whatever is chosen: each choice of their selector shows one. */
function areAlwaysShown(bindings: Binding[], { bindings: all }: CompiledOperation): boolean {
	if (bindings.some(({ field }) => field.displayOptions === undefined)) return true;
	const shows = bindings.map(({ field }) => Object.entries(field.displayOptions?.show ?? {}));
	const [selector = ''] = shows[0]?.[0] ?? [];
	if (shows.some((show) => show.length !== 1 || show[0]?.[0] !== selector)) return false;
	const choice = all.find(({ field, group }) => group === null && field.name === selector)?.field;
	const choices = choice?.type === 'boolean' ? [true, false] : optionValues(choice);
	const shown: unknown[] = shows.flatMap(([entry]) => entry?.[1] ?? []);
	return choices.length > 0 && choices.every((value) => shown.includes(value));
}

/** Each placeholder of a path takes exactly one required field, and each field of the path has a placeholder. */
export function pathPlaceholders(catalog: Catalog): Findings {
	return compiledOf(catalog).flatMap((compiled) => {
		const where = placeOf(compiled);
		const holders = [...compiled.operation.request.path.matchAll(/\{([^}]*)\}/g)].map(
			([, name = '']) => name,
		);
		const fields = compiled.bindings.filter(({ field }) => field.wire?.in === 'path');
		const findings = repeated(holders).map((name) => `${where}: has {${name}} twice`);
		for (const name of new Set(holders)) {
			const taking = fields.filter(({ field }) => wireName(field) === name);
			// What no field gives is found out by own code
			if (taking.length === 0 && hasOwnCode(compiled)) continue;
			const clash = taking.some(({ field }, index) =>
				taking.slice(index + 1).some((other) => !excludeEachOther(field, other.field)),
			);
			if (taking.length === 0 || clash)
				findings.push(`${where}: ${taking.length} fields travel in {${name}}, not one`);
			for (const { field, group } of taking) {
				if (field.required !== true || group !== null)
					findings.push(`${where} ${field.name}: travels in the path, but may be left out`);
			}
			if (!clash && !hasOwnCode(compiled) && !areAlwaysShown(taking, compiled))
				findings.push(`${where}: {${name}} has no field for some choices`);
		}
		for (const { field } of fields) {
			if (!holders.includes(wireName(field)))
				findings.push(`${where} ${field.name}: the path has no {${wireName(field)}}`);
		}
		return findings;
	});
}

/** Resource locators pick "From list" first, from a registered list; each registered list is used and really is one. */
export function locatorsWork(catalog: Catalog): Findings {
	const { locators = {} } = catalog.provider;
	const findings: Findings = [];
	const used = new Set<string>();
	for (const compiled of compiledOf(catalog)) {
		for (const { field } of compiled.bindings) {
			if (field.type !== 'resourceLocator') continue;
			const where = `${placeOf(compiled)} ${field.name}`;
			const [first, ...others] = field.modes ?? [];
			const method = first?.typeOptions?.searchListMethod;
			if (first?.type !== 'list' || method === undefined)
				findings.push(`${where}: does not offer a list first`);
			else if (!locators[method]) findings.push(`${where}: the list ${method} is not registered`);
			else used.add(method);
			if (!others.some(({ name }) => name === 'id'))
				findings.push(`${where}: cannot be given by ID`);
			const start: unknown = field.default;
			if (!isObject(start) || start.mode !== 'list')
				findings.push(`${where}: does not start with the list`);
		}
	}
	for (const [name, locator] of Object.entries(locators)) {
		const target = catalog.operations.get(locator.operation);
		// Own code reads what no operation lists; then the operation only tells what the form holds
		if (!target || (target.operation.output.kind !== 'list' && !locator.read)) {
			findings.push(`${name}: ${locator.operation} is no list operation`);
			continue;
		}
		for (const need of locator.needs ?? []) {
			if (!target.bindings.some(({ field }) => field.name === need))
				findings.push(`${name}: ${locator.operation} has no parameter ${need}`);
		}
		for (const { field, group } of locator.read || locator.request ? [] : target.bindings) {
			const mustBeSet = field.required && group === null && field.type !== 'number';
			const isSearched = locator.search !== undefined && wireName(field) === locator.search;
			if (mustBeSet && !isSearched && !locator.needs?.includes(field.name))
				findings.push(`${name}: ${locator.operation} needs ${field.name}`);
		}
		if (!used.has(name)) findings.push(`${name}: no field uses this list`);
	}
	return findings;
}

/** Forms from metadata are registered and used, load again when what they need changes, and travel in the body. */
export function mappingsWork(catalog: Catalog): Findings {
	const { mappings = {} } = catalog.provider;
	const findings: Findings = [];
	const used = new Set<string>();
	for (const compiled of compiledOf(catalog)) {
		for (const { field, group } of compiled.bindings) {
			if (field.type !== 'resourceMapper') continue;
			const where = `${placeOf(compiled)} ${field.name}`;
			const { resourceMapper, loadOptionsDependsOn } = field.typeOptions ?? {};
			const method = resourceMapper?.resourceMapperMethod ?? '';
			const mapping = mappings[method];
			if (group !== null)
				findings.push(`${where}: stands in a collection, where n8n has no place for it`);
			if (field.wire?.in !== 'body') findings.push(`${where}: does not travel in the body`);
			if (!['add', 'map'].includes(resourceMapper?.mode ?? ''))
				findings.push(`${where}: asks for columns to match, which nothing reads`);
			if (!mapping) {
				findings.push(`${where}: the form ${method} is not registered`);
				continue;
			}
			used.add(method);
			for (const need of mapping.needs ?? []) {
				if (!compiled.bindings.some((other) => other.field.name === need))
					findings.push(`${where}: the form ${method} needs ${need}, which is not there`);
				const known = [loadOptionsDependsOn ?? []].flat();
				if (!known.some((name) => name === need || name === `${need}.value`))
					findings.push(`${where}: does not load again when ${need} changes`);
			}
		}
	}
	for (const name of Object.keys(mappings)) {
		if (!used.has(name)) findings.push(`${name}: no field uses this form`);
	}
	return findings;
}

/** What the API description says about an operation of the catalog; ids that it does not know are left out. */
function describedBy(compiled: CompiledOperation, specification: Specification): Described[] {
	return list(compiled.operation.operationId).flatMap((id) => specification.operations[id] ?? []);
}

/** The claimed operations exist; method and path are those of one of them, of all where no own code chooses. */
export function operationsExist(catalog: Catalog, specification: Specification): Findings {
	return compiledOf(catalog).flatMap((compiled) => {
		const { operationId, request } = compiled.operation;
		const where = placeOf(compiled);
		const ids = list(operationId);
		const findings = ids
			.filter((id) => !specification.operations[id])
			.map((id) => `${where}: the API has no operation ${id}`);
		const agrees = ({ method, path, alternatePaths = [] }: Described) =>
			method === request.method && [path, ...alternatePaths].includes(request.path);
		const known = ids.filter((id) => specification.operations[id]);
		const other = known.filter((id) => {
			const described = specification.operations[id];
			return described !== undefined && !agrees(described);
		});
		if (
			known.length > 0 &&
			(other.length === known.length || (other.length > 0 && !hasOwnCode(compiled)))
		)
			findings.push(
				`${where}: ${request.method} ${request.path} is not that of ${other.join(', ')}`,
			);
		if (ids.length === 0 && !isApiRequest(compiled) && !hasOwnCode(compiled))
			findings.push(`${where}: claims no operation of the API`);
		return findings;
	});
}

/** JSON types of values on the wire; undefined where they cannot be told from the description. */
export function wireTypes(field: Field): string[] | undefined {
	const { wire } = field;
	if (!wire || wire.map !== undefined || wire.type === 'json') return undefined;
	if (wire.array === 'list' || (field.type === 'multiOptions' && !wire.array)) return ['array'];
	if (wire.array !== undefined) return ['string'];
	if (wire.type === 'flag') return ['integer'];
	if (wire.type !== undefined) return [wire.type];
	switch (field.type) {
		case 'number':
			return [field.typeOptions?.numberPrecision === 0 ? 'integer' : 'number'];
		case 'boolean':
			return ['boolean'];
		case 'dateTime':
			return [wire.date === 'unix' ? 'integer' : 'string'];
		case 'options':
			return [...new Set(optionValues(field).map((value) => jsonType(value)))];
		case 'json':
		case 'collection':
		case 'fixedCollection':
			return undefined;
		default:
			return ['string'];
	}
}

function jsonType(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
	return typeof value;
}

const optionValues = (field: Field | undefined): unknown[] =>
	(field?.options ?? []).flatMap((option) => ('value' in option ? [option.value] : []));

/** The schema itself and its alternatives. */
function alternatives(schema: Schema): Schema[] {
	const inner = ['oneOf', 'anyOf', 'allOf'].flatMap((key) => {
		const entries = schema[key];
		return Array.isArray(entries) ? (entries as Schema[]).flatMap(alternatives) : [];
	});
	return [schema, ...inner];
}

const typesOf = (schema: Schema): string[] =>
	alternatives(schema).flatMap(({ type }) =>
		type === undefined ? [] : list(type as string | string[]),
	);

function fitsType(type: string, schema: Schema): boolean {
	const allowed = typesOf(schema);
	return (
		allowed.length === 0 ||
		allowed.includes(type) ||
		(type === 'integer' && allowed.includes('number'))
	);
}

/** The values that a schema allows; undefined for any. */
function enumOf(schema: Schema): unknown[] | undefined {
	const all = alternatives(schema).flatMap((one) => (Array.isArray(one.enum) ? [one.enum] : []));
	return all.length > 0 ? (all.flat() as unknown[]) : undefined;
}

/** Values on the form that the API does not take. */
function strangeOptions(field: Field, schema: Schema, asText: boolean): unknown[] {
	if (field.wire?.map !== undefined || !['options', 'multiOptions'].includes(field.type)) return [];
	const of = field.type === 'multiOptions' && isObject(schema.items) ? schema.items : schema;
	const allowed = enumOf(of);
	const same = (a: unknown, b: unknown) => (asText ? String(a) === String(b) : a === b);
	return optionValues(field).filter(
		(value) => allowed !== undefined && !allowed.some((other) => same(value, other)),
	);
}

/** In an address everything is text; what counts is that the text can be read as the type. */
function fitsParameter(field: Field, parameter: Parameter): boolean {
	const types = wireTypes(field);
	if (types === undefined || parameter.in === 'path') return true;
	const { schema, explode } = parameter;
	return types.some(
		(type) =>
			fitsType(type, schema) ||
			(type === 'string' && field.wire?.array !== undefined && explode === false) ||
			// One value is a list of one
			(type === 'string' && isObject(schema.items) && fitsType('string', schema.items)) ||
			// A checked text, for example an ID, may stand for a number
			(type === 'string' && field.check !== undefined && fitsType('integer', schema)) ||
			(type === 'string' && field.type === 'options' && enumOf(schema) !== undefined) ||
			(type === 'integer' && fitsType('boolean', schema) && field.wire?.type === 'flag'),
	);
}

/** The schema at a path of members; undefined where the API has no such member, `{}` where it takes anything. */
function memberSchema(schema: Schema, path: string[]): Schema | undefined {
	const [name, ...rest] = path;
	if (name === undefined) return schema;
	const all = alternatives(schema);
	for (const one of all) {
		const members = one.properties;
		if (isObject(members) && isObject(members[name])) {
			const found = memberSchema(members[name], rest);
			if (found) return found;
		}
	}
	for (const one of all) {
		const patterns = isObject(one.patternProperties) ? one.patternProperties : {};
		const fitting = Object.entries(patterns).find(([pattern]) => new RegExp(pattern).test(name));
		if (fitting) return memberSchema(fitting[1] as Schema, rest);
	}
	for (const { additionalProperties: more, properties, type } of all) {
		if (isObject(more)) return memberSchema(more, rest);
		if (more === true) return {};
		// An object of which nothing is known takes anything
		const isObjectType = type === undefined || list(type as string | string[]).includes('object');
		if (more === undefined && properties === undefined && isObjectType && all.length === 1)
			return {};
	}
	return undefined;
}

/** What several items give one of each becomes a list, by the plural's name, where they share a request. */
function entryOf(
	{ operation }: CompiledOperation,
	schema: Schema,
	path: string[],
): Schema | undefined {
	if (!operation.batch) return undefined;
	const of = memberSchema(
		schema,
		path.map((name, i) => (i === path.length - 1 ? `${name}s` : name)),
	);
	return isObject(of?.items) ? of.items : undefined;
}

const marker = (index: number) => `\u0001field ${index}\u0001`;

/** Where a value stands in a body, as a path of members. */
function findValue(body: unknown, value: unknown, path: string[] = []): string[] | undefined {
	if (body === value) return path;
	if (!isObject(body) && !Array.isArray(body)) return undefined;
	for (const [name, entry] of Object.entries(body)) {
		const found = findValue(entry, value, [...path, name]);
		if (found) return found;
	}
	return undefined;
}

/** The request of an operation as it is sent when these fields are set, envelope included. */
function requestWith(
	{ provider }: Catalog,
	{ operation, bindings }: CompiledOperation,
	set: Binding[],
): ApiRequest {
	const values: Values = {};
	// Two fields that exclude each other share a name; the one that is set stands for it
	const others = bindings.filter(
		(binding) => !set.some((other) => keyOf(other) === keyOf(binding)),
	);
	for (const binding of set) {
		// Which members a form from metadata has is known to the instance alone
		const isMapped = binding.field.type === 'resourceMapper';
		values[keyOf(binding)] = isMapped ? {} : marker(bindings.indexOf(binding));
	}
	// Markers are no header values and no path segments
	const sendable = [...others, ...set].filter(
		({ field }) => field.wire?.in !== 'header' && field.wire?.in !== 'path',
	);
	const request = buildRequest(operation, sendable, values);
	return provider.shape?.(request) ?? request;
}

const jsonBody = (described: Described): Schema | undefined =>
	described.body?.content['application/json'];

/** What is known about the members of a body: those of JSON, or of the form that own code makes of them. */
const bodySchema = (compiled: CompiledOperation, described: Described): Schema | undefined =>
	jsonBody(described) ??
	(hasOwnCode(compiled) ? described.body?.content['multipart/form-data'] : undefined);

/** Where each member that an operation sends stands in the body, as it is sent. */
function bodyFields(catalog: Catalog, compiled: CompiledOperation) {
	return compiled.bindings
		.filter(({ field }) => field.wire?.in === 'body' && field.type !== 'resourceMapper')
		.map((binding) => {
			const { body } = requestWith(catalog, compiled, [binding]);
			return {
				field: binding.field,
				path: findValue(body, marker(compiled.bindings.indexOf(binding))),
			};
		});
}

/** Paths of all single values of a body. */
function leaves(body: unknown, path: string[] = []): Array<{ path: string[]; value: unknown }> {
	if (!isObject(body) || Object.keys(body).length === 0) return [{ path, value: body }];
	return Object.entries(body).flatMap(([name, entry]) => leaves(entry, [...path, name]));
}

/** Parameters that a pager puts into the query of a list. */
function pagerQuery(pager: Pager | undefined): string[] {
	const request = pager?.first({ method: 'GET', path: '/' }, 1);
	return Object.keys(request?.query ?? {});
}

/** What is sent under a name exists in the API description, with a fitting type, and choices are among its own. */
export function wireNamesExist(
	catalog: Catalog,
	specification: Specification,
	{ wire }: Pick<Exceptions, 'wire'>,
): Findings {
	const findings: Array<{ where: string; what: string }> = [];
	for (const compiled of compiledOf(catalog)) {
		const all = describedBy(compiled, specification);
		if (all.length === 0) continue;
		const place = placeOf(compiled);
		const add = (name: string, what: string) => findings.push({ where: `${place} ${name}`, what });
		const parameter = (where: string, name: string) =>
			all
				.flatMap(({ parameters }) => parameters)
				.find(
					(one) =>
						one.in === where &&
						(where === 'header'
							? one.name.toLowerCase() === name.toLowerCase()
							: one.name === name),
				);
		// An object in form style, exploded, takes the parameters that other operations of the API have (filters in a path)
		const takesOthers = all
			.flatMap(({ parameters }) => parameters)
			.some(
				({ in: where, explode, schema }) =>
					where === 'query' && explode && schema.type === 'object',
			);
		const others = Object.values(specification.operations).flatMap(({ parameters }) => parameters);
		const isTaken = (where: string, name: string) =>
			where === 'query' &&
			takesOthers &&
			others.some((one) => one.in === 'query' && one.name === name);
		for (const { field } of compiled.bindings) {
			const { wire: way } = field;
			if (!way || way.in === 'body') continue;
			const found = parameter(way.in, wireName(field));
			if (!found) {
				if (isTaken(way.in, wireName(field))) continue;
				add(wireName(field), `the API has no such ${way.in} parameter`);
			} else if (!fitsParameter(field, found))
				add(
					wireName(field),
					`is sent as ${wireTypes(field)?.join()}, not ${typesOf(found.schema).join()}`,
				);
			else {
				const strange = strangeOptions(field, found.schema, true);
				if (strange.length > 0) add(wireName(field), `the API has no ${strange.join(', ')}`);
			}
		}
		const { request, output } = compiled.operation;
		const pager = output.kind === 'list' ? output.pager : undefined;
		const constants = [
			...Object.keys(request.query ?? {}),
			...(request.method === 'GET' ? pagerQuery(pager) : []),
		];
		for (const name of constants) {
			if (!parameter('query', name)) add(name, 'the API has no such query parameter');
		}
		const schemas = all
			.map((described) => bodySchema(compiled, described))
			.filter((schema) => schema !== undefined);
		const member = (path: string[]) =>
			schemas
				.map((schema) => memberSchema(schema, path) ?? entryOf(compiled, schema, path))
				.filter((schema) => schema !== undefined);
		for (const { field, path } of bodyFields(catalog, compiled)) {
			const name = path?.join('.') ?? wireName(field);
			const found = path && member(path);
			if (!found) add(name, 'does not reach the body');
			else if (found.length === 0) add(name, 'the API has no such member');
			else if (
				!found.some((schema) => wireTypes(field)?.some((type) => fitsType(type, schema)) ?? true)
			)
				add(name, `is sent as ${wireTypes(field)?.join()}, not ${found.flatMap(typesOf).join()}`);
			else {
				const strange = found.map((schema) => strangeOptions(field, schema, false));
				const fewest = strange.sort((a, b) => a.length - b.length)[0] ?? [];
				if (fewest.length > 0) add(name, `the API has no ${fewest.join(', ')}`);
			}
		}
		if (!isObject(request.body)) continue;
		for (const { path, value } of leaves(requestWith(catalog, compiled, []).body)) {
			const found = member(path);
			if (path.length > 0 && found.length === 0) add(path.join('.'), 'the API has no such member');
			else if (typeof value !== 'object' && !found.some((one) => takesConstant(value, one)))
				add(path.join('.'), `the API does not take ${JSON.stringify(value)}`);
		}
	}
	return except(findings, catalog.provider, wire);
}

function takesConstant(value: unknown, schema: Schema): boolean {
	return fitsType(jsonType(value), schema) && (enumOf(schema)?.includes(value) ?? true);
}

/** Whether a field gives a value always: it is required, or of a kind that is never empty. */
function isAlwaysSet({ field, group }: Binding): boolean {
	if (group !== null || field.displayOptions) return false;
	return (
		field.required === true ||
		((field.type === 'number' || field.type === 'boolean' || field.type === 'options') &&
			field.default !== '' &&
			field.default !== null)
	);
}

/** Members that a schema demands and a body lacks; a marker stands for whatever its field gives. */
function missingMembers(body: unknown, schema: Schema, path: string[] = []): string[] {
	if (!isObject(body)) return [];
	const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
	const members = isObject(schema.properties) ? schema.properties : {};
	const missing = required
		.filter((name) => !Object.hasOwn(body, name))
		.map((name) => [...path, name].join('.'));
	const deeper = Object.entries(members).flatMap(([name, member]) =>
		Object.hasOwn(body, name) ? missingMembers(body[name], member as Schema, [...path, name]) : [],
	);
	const choices = ['oneOf', 'anyOf'].flatMap((key) => {
		const entries = schema[key];
		if (!Array.isArray(entries)) return [];
		const lacking = (entries as Schema[]).map((one) => missingMembers(body, one, path));
		return lacking.some((one) => one.length === 0)
			? []
			: [lacking.map((one) => one.join(' and ')).join(' or ')];
	});
	return [...missing, ...deeper, ...choices];
}

/** What the API demands is given by required fields or constants. Own code is exempt: see {@link ownCode}. */
export function requiredIsGiven(
	catalog: Catalog,
	specification: Specification,
	{ required }: Pick<Exceptions, 'required'>,
): Findings {
	const findings: Array<{ where: string; what: string }> = [];
	for (const compiled of compiledOf(catalog)) {
		if (hasOwnCode(compiled)) continue;
		const place = placeOf(compiled);
		const always = compiled.bindings.filter(isAlwaysSet);
		const request = requestWith(catalog, compiled, always);
		for (const described of describedBy(compiled, specification)) {
			for (const { in: where, name, required: demanded } of described.parameters) {
				const given =
					where === 'query'
						? Object.hasOwn(request.query ?? {}, name)
						: Object.keys(compiled.operation.request.headers ?? {}).includes(name) ||
							always.some(({ field }) => field.wire?.in === where && wireName(field) === name);
				if (demanded && !given && where !== 'path')
					findings.push({ where: `${place} ${name}`, what: `the API demands it in the ${where}` });
			}
			const schema = jsonBody(described);
			if (!schema) {
				if (described.body?.required)
					findings.push({ where: `${place} body`, what: 'the API demands one that is not JSON' });
				continue;
			}
			if (request.body === undefined) {
				if (described.body?.required)
					findings.push({ where: `${place} body`, what: 'the API demands one' });
				continue;
			}
			for (const name of missingMembers(request.body, schema))
				findings.push({ where: `${place} ${name}`, what: 'the API demands it in the body' });
		}
	}
	return except(findings, catalog.provider, required);
}

/** An operation of the API is claimed by one operation of the node. */
export function claimedOnce(catalog: Catalog, { shared }: Pick<Exceptions, 'shared'>): Findings {
	const claims = compiledOf(catalog).flatMap((compiled) =>
		list(compiled.operation.operationId).map((id) => ({ id, place: placeOf(compiled) })),
	);
	const findings = repeated(claims.map(({ id }) => id)).map((id) => ({
		where: id,
		what: `is claimed by ${claims
			.filter((claim) => claim.id === id)
			.map(({ place }) => place)
			.join(' and ')}`,
	}));
	return except(findings, catalog.provider, shared);
}

/** What is left out exists, is left out once, is not claimed, and has a reason. */
export function skippedHasReasons(catalog: Catalog, specification: Specification): Findings {
	const { skipped } = catalog.provider;
	const ids = skipped.map(({ operationId }) => operationId);
	const claimed = compiledOf(catalog).flatMap(({ operation }) => list(operation.operationId));
	return [
		...repeated(ids).map((id) => `${id}: is skipped twice`),
		...ids
			.filter((id) => !specification.operations[id])
			.map((id) => `${id}: is skipped, but the API has no such operation`),
		...ids.filter((id) => claimed.includes(id)).map((id) => `${id}: is skipped and claimed`),
		...skipped
			.filter(({ reason }) => reason.trim() === '')
			.map(({ operationId }) => `${operationId}: is skipped without a reason`),
	];
}

/** Simplify keeps one to ten members, each once. */
export function simpleIsShort(catalog: Catalog): Findings {
	return compiledOf(catalog).flatMap((compiled) => {
		const { simple, output } = compiled.operation;
		const where = placeOf(compiled);
		if (simple === undefined) return [];
		return [
			...(simple.length === 0 || simple.length > 10
				? [`${where}: Simplify keeps ${simple.length} members, not 1 to 10`]
				: []),
			...repeated(simple).map((name) => `${where}: Simplify keeps ${name} twice`),
			...(output.kind === 'deleted' || output.kind === 'file'
				? [`${where}: gives no record to simplify`]
				: []),
		];
	});
}

/** A text that users see. */
export interface Shown {
	where: string;
	kind: 'label' | 'description' | 'action' | 'other';
	text: string;
}

/** Every text of a field that users see. */
export const textsOfProperty = (where: string, property: INodeProperties): Shown[] => {
	const kind = property.type === 'notice' ? 'other' : 'label';
	const shown: Shown[] = [{ where, kind, text: property.displayName }];
	if (property.description) shown.push({ where, kind: 'description', text: property.description });
	for (const text of [property.placeholder, property.hint]) {
		if (text) shown.push({ where, kind: 'other', text });
	}
	for (const mode of property.modes ?? []) {
		shown.push({ where: `${where} ${mode.name}`, kind: 'label', text: mode.displayName });
		for (const text of [mode.placeholder, mode.hint]) {
			if (text) shown.push({ where: `${where} ${mode.name}`, kind: 'other', text });
		}
	}
	for (const option of property.options ?? []) {
		if ('type' in option) shown.push(...textsOfProperty(`${where} ${option.name}`, option));
		else if ('values' in option) {
			shown.push({ where, kind: 'label', text: option.displayName });
			shown.push(
				...option.values.flatMap((value) => textsOfProperty(`${where} ${value.name}`, value)),
			);
		} else {
			shown.push({ where, kind: 'label', text: option.name });
			if (option.description) shown.push({ where, kind: 'description', text: option.description });
		}
	}
	return shown;
};

/** Every text of a node that users see, except the names of the things of the service itself. */
export function shownTexts(catalog: Catalog): Shown[] {
	const texts: Shown[] = [];
	for (const resource of catalog.provider.resources)
		texts.push({ where: resource.value, kind: 'label', text: resource.name });
	for (const compiled of compiledOf(catalog)) {
		const where = placeOf(compiled);
		const { name, action, description, emptyHint } = compiled.operation;
		texts.push(
			{ where, kind: 'label', text: name },
			{ where, kind: 'action', text: action },
			{ where, kind: 'description', text: description },
			...(emptyHint ? [{ where, kind: 'other' as const, text: emptyHint }] : []),
			...compiled.bindings.flatMap(({ field }) => textsOfProperty(`${where} ${field.name}`, field)),
		);
	}
	const known = new Set<string>();
	return texts.filter(({ kind, text }) => {
		const key = `${kind} ${text}`;
		return !known.has(key) && known.add(key);
	});
}

const smallWords = new Set(
	'a an and as at but by for from if in into nor of off on onto or out over per than the to up via vs with'.split(
		' ',
	),
);
const startsLow = (word: string) => /^[a-z]/.test(word.replace(/^[^\p{L}\p{N}]+/u, ''));

/** Whether a label is in title case: capitals, but for small words in the middle. */
export function isTitleCase(label: string): boolean {
	const words = label.split(/[\s/–—-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
	return words.every(
		(word, index) =>
			!startsLow(word) ||
			(index > 0 && index < words.length - 1 && smallWords.has(word.toLowerCase())),
	);
}

/**
 * Whether an action is in sentence case: a capital first, then none but those of acronyms (API, IDs) and of the given
 * names.
 */
export function isSentenceCase(action: string, names: string[]): boolean {
	const [first = '', ...rest] = action.split(/\s+/);
	return (
		!startsLow(first) &&
		!action.endsWith('.') &&
		rest.every((word) => {
			const bare = word.replace(/[^\p{L}\p{N}]+/gu, '');
			return !/^\p{Lu}/u.test(bare) || /^.\p{Lu}/u.test(bare) || names.includes(bare);
		})
	);
}

/** Labels are in title case, actions in sentence case. */
export function textsHaveCase(
	catalog: Catalog,
	{ labels, words }: Pick<Exceptions, 'labels' | 'words'>,
): Findings {
	const { provider } = catalog;
	const own = words.filter((word) => word.provider === provider.name).map(({ where }) => where);
	const names = [...provider.displayName.split(' '), ...own];
	const shown = shownTexts(catalog);
	const of = (kind: Shown['kind']) => shown.filter((one) => one.kind === kind);
	const wrongLabels = of('label')
		.filter(({ text }) => !isTitleCase(text))
		.map(({ where, text }) => ({ where: text, what: `is not in title case (${where})` }));
	const actions = of('action');
	return [
		...except(wrongLabels, provider, labels),
		...actions
			.filter(({ text }) => !isSentenceCase(text, names))
			.map(({ where, text }) => `${where}: “${text}” is not in sentence case`),
		...own
			.filter((word) => !actions.some(({ text }) => text.split(/\W+/).includes(word)))
			.map((word) => `${word}: is excepted without need`),
	];
}

/** An action names one operation: it is the node's name on the canvas and the tool's description. */
export function uniqueActions(catalog: Catalog): Findings {
	const actions = compiledOf(catalog).map(({ operation }) => operation.action.toLowerCase());
	return repeated(actions).map((action) => `“${action}”: is the action of two operations`);
}

/** One sentence has no final period; several have one. */
export function descriptionsEnd(catalog: Catalog): Findings {
	return textsEnd(shownTexts(catalog));
}

/** The same for any texts: only those of descriptions are looked at. */
export function textsEnd(shown: Shown[]): Findings {
	return shown
		.filter(({ kind }) => kind === 'description')
		.flatMap(({ where, text }) => {
			const several = /[.?!]\s+\p{Lu}/u.test(text);
			const ends = /[.?!]$/.test(text);
			if (several && !ends) return [`${where}: “${text}” lacks the final period`];
			return !several && ends ? [`${where}: “${text}” is one sentence with a final period`] : [];
		});
}

/** Words that frighten users. */
export const forbidden = /\b(errors?|problems?|failures?|mistakes?)\b/i;

/** Texts do not speak of errors, problems, failures and mistakes (n8n's guideline), but where the service does. */
export function noForbiddenWords(
	catalog: Catalog,
	{ forbiddenWords }: Pick<Exceptions, 'forbiddenWords'>,
): Findings {
	const findings = shownTexts(catalog)
		.filter(({ text }) => forbidden.test(text))
		.map(({ where, text }) => ({ where: text, what: `is shown at ${where}` }));
	return except(findings, catalog.provider, forbiddenWords);
}

/** Operations with code of their own, and how many there are in all; API Request, which every node has, left out. */
export function ownCode(catalog: Catalog): { own: string[]; all: number; share: number } {
	const all = compiledOf(catalog).filter((compiled) => !isApiRequest(compiled));
	const own = all.filter(hasOwnCode).map(placeOf);
	return { own, all: all.length, share: all.length === 0 ? 0 : own.length / all.length };
}

/** Most operations are described, not programmed. */
export function littleOwnCode(
	catalog: Catalog,
	{ ownCode: known }: Pick<Exceptions, 'ownCode'>,
): Findings {
	const { own, all, share } = ownCode(catalog);
	const { name } = catalog.provider;
	const exception = known.find(({ provider }) => provider === name);
	const most = exception ? Number(/^up to (\d+)$/.exec(exception.where)?.[1]) / 100 : mostOwnCode;
	const percent = Math.round(share * 100);
	if (share > most || Number.isNaN(most))
		return [`${name}: ${own.length} of ${all} operations (${percent} %) have code of their own`];
	return exception && share <= mostOwnCode ? [`${name}: is excepted without need`] : [];
}

/** A node or credential as package.json and the files have it. */
export interface Registered {
	/** Path of the source, from the project's root. */
	source: string;
	/** Names of what the module exports. */
	exported: string[];
	/** `name` of the description. */
	name: string;
}

const lowerFirst = (word: string) => word.charAt(0).toLowerCase() + word.slice(1);

/** A file holds the class of its name, whose `name` is the same with a small letter, and is registered once. */
export function registrationAgrees(
	kind: 'node' | 'credentials',
	found: Registered[],
	registered: string[],
): Findings {
	const findings: Findings = [];
	const built = (source: string) => `dist/${source.replace(/\.ts$/, '.js')}`;
	for (const { source, exported, name } of found) {
		const file = source.split('/').pop() ?? '';
		const expected = file.replace(`.${kind}.ts`, '');
		if (!exported.includes(expected)) findings.push(`${source}: does not export ${expected}`);
		if (name !== lowerFirst(expected))
			findings.push(`${source}: is called ${name}, not ${lowerFirst(expected)}`);
		if (kind === 'node' && source.split('/')[1] !== expected.replace(/Trigger$/, ''))
			findings.push(`${source}: does not stand in the folder of its service`);
		if (!registered.includes(built(source)))
			findings.push(`${source}: is not registered in package.json`);
	}
	for (const path of registered) {
		if (!found.some(({ source }) => built(source) === path))
			findings.push(`${path}: is registered in package.json, but has no source`);
	}
	findings.push(...repeated(registered).map((path) => `${path}: is registered twice`));
	return findings;
}

/** Node and provider name the same things; the credential is there and holds the token where the provider says. */
export function nodeFitsProvider(
	{ provider, properties }: Catalog,
	description: INodeTypeDescription,
	credentials: ICredentialType[],
): Findings {
	const findings: Findings = [];
	const where = provider.name;
	if (description.name !== provider.name)
		findings.push(`${where}: the node is called ${description.name}`);
	if (description.displayName !== provider.displayName)
		findings.push(`${where}: the node is shown as ${description.displayName}`);
	if (description.defaults.name !== provider.displayName)
		findings.push(`${where}: a new node is called ${String(description.defaults.name)}`);
	if (JSON.stringify(description.properties) !== JSON.stringify(properties))
		findings.push(`${where}: the form of the node is not that of the descriptions`);
	if (!description.credentials?.some(({ name }) => name === provider.credential))
		findings.push(`${where}: the node does not use the credential ${provider.credential}`);
	const credential = credentials.find(({ name }) => name === provider.credential);
	if (!credential) {
		findings.push(`${where}: there is no credential ${provider.credential}`);
		return findings;
	}
	const expirable = credential.properties
		.filter(({ type, typeOptions }) => type === 'hidden' && typeOptions?.expirable === true)
		.map(({ name }) => name);
	if (expirable.join() !== (provider.tokenProperty ?? ''))
		findings.push(
			`${where}: the credential keeps its token in ${expirable.join() || 'nothing'}, not in ${provider.tokenProperty ?? 'nothing'}`,
		);
	return findings;
}

/** What people type into the node panel to find a node. */
export interface Codex {
	node: string;
	alias?: string[];
}

/** The codex belongs to the node and holds the phrases that people search for. */
export function codexFinds(
	{ provider }: Catalog,
	codex: Codex,
	packageName: string,
	phrases: string[],
): Findings {
	const alias = codex.alias ?? [];
	return [
		...(codex.node === `${packageName}.${provider.name}`
			? []
			: [`${provider.name}: the codex is that of ${codex.node}`]),
		...phrases
			.filter((phrase) => !alias.includes(phrase))
			.map((phrase) => `${provider.name}: the codex does not hold “${phrase}”`),
		...repeated(alias).map((word) => `${provider.name}: the codex holds “${word}” twice`),
	];
}
