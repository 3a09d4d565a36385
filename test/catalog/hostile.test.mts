/**
 * Every field of every operation with values that no workflow should hold: either the value is refused in words that
 * name the field, or the request is the one that the description says, with nothing beside it.
 */
import fc from 'fast-check';

import { isObject } from '../../nodes/shared/json';
import type { ApiRequest, Field, Values } from '../../nodes/shared/operation';
import type { Binding, CompiledOperation } from '../../nodes/shared/properties';
import { keyOf } from '../../nodes/shared/request';
import { InvalidValue, readValue } from '../../nodes/shared/values';
import { findings, hostileFor, longTraps, ordinaryFor, runs } from '../support/arbitraries.mts';
import type { Filled } from '../support/forms.mts';
import {
	anyChoices,
	formAround,
	isShown,
	requestOf,
	selectorsOf,
	timezone,
	valuesOf,
} from '../support/forms.mts';
import { wireTypes } from './rules.mts';
import { described } from './sources.mts';

const collections: Record<string, string> = {
	filters: 'Filters',
	updateFields: 'Update Fields',
	additionalFields: 'Additional Fields',
	options: 'Options',
};

const wireName = (field: Field) => field.wire?.as ?? field.name;

/** Words of JavaScript itself, which help nobody. */
const inner =
	/is not a function|is not iterable|cannot read prop|cannot convert|undefined|\[object|not defined|circular|BigInt|Invalid time value|URI malformed|NaN/i;

/** What is wrong with a refusal. */
function judgeRefusal({ field, group }: Binding, error: unknown): string[] {
	if (!(error instanceof InvalidValue)) return [`throws ${String(error)}`];
	const { message, description = '' } = error;
	const name = `“${field.displayName}”`;
	const where = group === null ? '' : `The field is under “${collections[group]}”.`;
	const [, rest = ''] = message.split(name);
	// What the user gave is quoted; the words around it are ours
	const words = rest.replace(/“[^]*”|"[^]*"/g, '');
	return [
		...(message.startsWith(name) ? [] : [`does not name the field: ${message}`]),
		...(description === where ? [] : [`does not name the collection: ${description}`]),
		...(inner.test(words) ? [`speaks of JavaScript: ${message}`] : []),
		...(message.length > 500 ? [`is ${message.length} characters long`] : []),
	];
}

const base = new URL('https://service.example/root/v1');

/** What is wrong with the address of a request. */
function judgePath(compiled: CompiledOperation, values: Values, request: ApiRequest): string[] {
	const { path: template } = compiled.operation.request;
	const inPath = new Map(
		compiled.bindings
			.filter((binding) => binding.field.wire?.in === 'path' && keyOf(binding) in values)
			.map((binding) => [wireName(binding.field), String(values[keyOf(binding)])]),
	);
	const url = new URL(`${base.href}${request.path}`);
	if (url.origin !== base.origin) return [`goes to ${url.origin}`];
	if (!url.pathname.startsWith(`${base.pathname}/`)) return [`leaves the root: ${url.href}`];
	if (url.search !== '' || url.hash !== '') return [`has more than a path: ${url.href}`];
	const given = url.pathname.slice(base.pathname.length).split('/');
	const wanted = template
		.split('/')
		.map((segment) =>
			segment.replace(/\{([^}]*)\}/g, (whole, name: string) => inPath.get(name) ?? whole),
		);
	if (/\p{Cc}/u.test(decodeURIComponent(url.pathname)))
		return [`has control characters in its path: ${url.pathname}`];
	if (given.length !== wanted.length) return [`has ${given.length} segments: ${url.pathname}`];
	return given.flatMap((segment, index) =>
		decodeURIComponent(segment) === wanted[index]
			? []
			: [`has “${segment}” in place of “${wanted[index]}”`],
	);
}

/** What is wrong with the headers and the query of a request. */
function judgeAddenda({ operation, bindings }: CompiledOperation, request: ApiRequest): string[] {
	const declared = (place: string) =>
		bindings.filter(({ field }) => field.wire?.in === place).map(({ field }) => wireName(field));
	const { headers = {}, query = {} } = request;
	const knownHeaders = [...Object.keys(operation.request.headers ?? {}), ...declared('header')];
	const knownQuery = [...Object.keys(operation.request.query ?? {}), ...declared('query')];
	const isSingle = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
	return [
		...Object.getOwnPropertyNames(headers)
			.filter((name) => !knownHeaders.includes(name))
			.map((name) => `has a header ${name}`),
		...Object.entries(headers)
			.filter(([, value]) => typeof value !== 'string' || /[^\x20-\x7e\x80-\xff]/.test(value))
			.map(([name, value]) => `has the header ${name} with ${JSON.stringify(value)}`),
		...Object.getOwnPropertyNames(query)
			.filter((name) => !knownQuery.includes(name))
			.map((name) => `has a parameter ${name}`),
		...Object.entries(query)
			.filter(([, value]) => !(Array.isArray(value) ? value.every(isSingle) : isSingle(value)))
			.map(([name, value]) => `has the parameter ${name} with ${JSON.stringify(value)}`),
		...[headers, query]
			.filter((map) => Object.getPrototypeOf(map) !== Object.prototype)
			.map(() => 'has a map with a prototype that somebody gave it'),
	];
}

function typeOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

/** What is wrong with the body of a request: other members than declared, other types than declared. */
function judgeBody({ operation, bindings }: CompiledOperation, request: ApiRequest): string[] {
	if (request.body === undefined) return [];
	// As it is sent
	const body = JSON.parse(JSON.stringify(request.body)) as unknown;
	const findings: string[] = [];
	const declared = bindings
		.filter(({ field }) => field.wire?.in === 'body')
		.map(({ field }) => ({ field, path: wireName(field).split('.') }));
	const constants = operation.request.body ?? {};
	const isMapped = bindings.some(({ field }) => field.type === 'resourceMapper');
	const look = (value: unknown, path: string[], known: unknown) => {
		const name = path.join('.');
		const fields = declared.filter((one) => one.path.join('.') === name).map(({ field }) => field);
		if (fields.length > 0) {
			const types = fields.map((field) => wireTypes(field));
			const type = typeOf(value);
			const fits = types.some(
				(all) =>
					all === undefined ||
					all.includes(type) ||
					(type === 'integer' && all.includes('number')) ||
					// Inside Update Fields an empty text clears
					(value === '' && operation.updateFields !== undefined),
			);
			if (!fits) findings.push(`holds ${type} in ${name}, not ${types.flat().join(' or ')}`);
			return;
		}
		const isOnTheWay = declared.some((one) => path.every((key, index) => one.path[index] === key));
		if (isOnTheWay && isObject(value)) {
			for (const key of Object.getOwnPropertyNames(value)) {
				const member = isObject(known) && Object.hasOwn(known, key) ? known[key] : undefined;
				look(value[key], [...path, key], member);
			}
		} else if (path.length === 1 && isMapped) {
			// A form from metadata has whatever members the service describes
		} else if (JSON.stringify(value) !== JSON.stringify(known)) {
			findings.push(`holds ${JSON.stringify(value)} in ${name}`);
		}
	};
	look(body, [], constants);
	return findings;
}

const untouched = Object.getOwnPropertyNames(Object.prototype).sort().join();

/** Whether something was written into the prototype that all objects share. */
const isPolluted = () =>
	Object.getOwnPropertyNames(Object.prototype).sort().join() !== untouched ||
	'polluted' in {} ||
	Object.getOwnPropertyNames(Array.prototype).includes('polluted');

/** The findings for one value of one field. */
function judge(compiled: CompiledOperation, target: Binding, form: Filled, raw: unknown): string[] {
	const findings: string[] = [];
	try {
		const values = valuesOf(new Map([...form, [target, raw]]));
		const request = requestOf(compiled, values);
		findings.push(
			...judgePath(compiled, values, request),
			...judgeAddenda(compiled, request),
			...judgeBody(compiled, request),
		);
	} catch (error) {
		findings.push(...judgeRefusal(target, error));
	}
	if (isPolluted()) findings.push('has changed the prototype of all objects');
	return findings;
}

/** What a form asks for, told apart from what the description of the operation makes of it. */
function expectedOf(field: Field, value: unknown): unknown {
	const { wire } = field;
	const plain = () => {
		if (wire?.array === 'comma') return (value as unknown[]).join(',');
		if (wire?.array === 'space') return (value as unknown[]).join(' ');
		if (!(value instanceof Date)) return value;
		if (wire?.date === 'unix') return Math.floor(value.getTime() / 1000);
		if (wire?.date !== 'date') return value.toISOString();
		const parts = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' });
		return parts.format(value);
	};
	return wire?.map ? wire.map(plain()) : plain();
}

/** The value at a path of members, own ones only. */
function memberAt(body: unknown, path: string[]): unknown {
	let current = body;
	for (const key of path) {
		if (!isObject(current) || !Object.hasOwn(current, key)) return undefined;
		current = current[key];
	}
	return current;
}

/** What arrives in the place of a field, read back as a server reads it. */
function arrivedAt(compiled: CompiledOperation, field: Field, request: ApiRequest): unknown {
	const name = wireName(field);
	switch (field.wire?.in) {
		case 'path': {
			const index = compiled.operation.request.path.split('/').indexOf(`{${name}}`);
			return decodeURIComponent(request.path.split('/')[index] ?? '');
		}
		case 'query':
			return request.query?.[name];
		case 'header':
			return request.headers?.[name];
		default:
			return memberAt(request.body, name.split('.'));
	}
}

const asArrived = (field: Field, value: unknown): unknown => {
	if (value === undefined) return undefined;
	const place = field.wire?.in;
	if (place === 'path' || place === 'header') return String(value);
	if (place !== 'query') return value;
	if (Array.isArray(value))
		return value.map((one) => (typeof one === 'number' ? one : String(one)));
	return isObject(value) ? JSON.stringify(value) : value;
};

/** The ways in which a required field may be empty. */
const nothing = [undefined, null, '', '  ', '\n', '\t '];

describe.each(described.map((one) => [one.catalog.provider.displayName, one] as const))(
	'%s',
	(_, { catalog }) => {
		const all = [...catalog.operations].flatMap(([place, compiled]) =>
			compiled.bindings.map((target) => ({ place, compiled, target })),
		);
		const label = ({ place, target: { field, group } }: (typeof all)[number]) =>
			`${place} ${group === null ? '' : `${group}.`}${field.name}`;

		it('sends what is given in its place, or refuses it by the name of its field', () => {
			expect(all.length).toBeGreaterThan(100);
			const found = all.flatMap((one) => {
				const form = formAround(one.compiled, one.target);
				const look = (raw: unknown) => judge(one.compiled, one.target, form, raw);
				return findings(hostileFor(one.target.field), look, 20).map(
					(words) => `${label(one)} ${words}`,
				);
			});
			expect(found).toEqual([]);
		}, 60_000);

		it('is not slowed down by 100 kB in a field', () => {
			const slow: string[] = [];
			const tried = new Set<string>();
			for (const one of all) {
				const form = formAround(one.compiled, one.target);
				const { type, modes = [], check, wire } = one.target.field;
				const kind = JSON.stringify([type, modes, check?.pattern.source, wire, String(wire?.map)]);
				if (tried.has(kind)) continue;
				tried.add(kind);
				for (const text of longTraps) {
					const located = modes.map(({ name }) => ({ __rl: true, mode: name, value: text }));
					for (const raw of type === 'resourceLocator' ? located : [text]) {
						let found: string[] = [];
						const measure = () => {
							const begin = performance.now();
							found = judge(one.compiled, one.target, form, raw);
							return performance.now() - begin;
						};
						// The machine may have been busy with something else: what is slow is slow again
						const took = measure() > 250 ? Math.min(measure(), measure()) : 0;
						const what = JSON.stringify(`${text.slice(0, 20)}…${text.slice(-5)}`);
						if (took > 250) slow.push(`${label(one)} ${Math.round(took)} ms for ${what}`);
						slow.push(...found.map((finding) => `${label(one)} ${finding.slice(0, 200)}`));
					}
				}
			}
			expect(slow).toEqual([]);
		}, 60_000);

		it('says that a required field is empty', () => {
			for (const one of all) {
				const { field, group } = one.target;
				const isText = ['string', 'resourceLocator', 'json', 'dateTime'].includes(field.type);
				if (!field.required || !isText) continue;
				const form = formAround(one.compiled, one.target);
				for (const empty of nothing) {
					const located = { __rl: true, mode: 'list', value: empty };
					for (const raw of field.type === 'resourceLocator' ? [empty, located] : [empty]) {
						const read = () => valuesOf(new Map([...form, [one.target, raw]]));
						expect(read).toThrow(InvalidValue);
						expect(read).toThrow(
							group === 'updateFields'
								? `“${field.displayName}”`
								: `“${field.displayName}” is required`,
						);
					}
				}
			}
		});

		it('brings ordinary values to the other side as they were', () => {
			for (const [place, compiled] of catalog.operations) {
				const selectors = selectorsOf(compiled);
				const others = compiled.bindings.filter((binding) => !selectors.includes(binding));
				const anyForm = fc.tuple(
					anyChoices(compiled),
					fc.tuple(
						...others.map(({ field }) =>
							field.required
								? ordinaryFor(field)
								: fc.option(ordinaryFor(field), { nil: undefined, freq: 2 }),
						),
					),
				);
				fc.assert(
					fc.property(anyForm, ([choices, ordinary]) => {
						const form: Filled = new Map(
							selectors
								.filter((binding) => isShown(binding, choices))
								.map((binding) => [binding, choices[binding.field.name]]),
						);
						const expected: Array<[Binding, unknown]> = [];
						const places = new Set<string>();
						for (const [index, binding] of others.entries()) {
							const given = ordinary[index];
							if (given === undefined || !isShown(binding, choices)) continue;
							// Fields that share a parameter are not filled in together
							const goesTo = `${binding.field.wire?.in} ${wireName(binding.field)}`;
							if (binding.field.wire && places.has(goesTo)) continue;
							places.add(goesTo);
							try {
								expected.push([binding, expectedOf(binding.field, given.value)]);
								form.set(binding, given.raw);
							} catch {
								// The field's own conversion refuses the value, so the engine must as well
								const read = () =>
									readValue(binding.field, given.raw, { timezone, group: binding.group });
								expect(read).toThrow(InvalidValue);
								if (binding.field.required) return;
							}
						}
						const request = requestOf(compiled, valuesOf(form));
						for (const [{ field }, value] of expected) {
							// A form from metadata is spread over the body
							if (!field.wire || field.type === 'resourceMapper') continue;
							expect([place, field.name, arrivedAt(compiled, field, request)]).toEqual([
								place,
								field.name,
								asArrived(field, value),
							]);
						}
					}),
					runs(8),
				);
			}
		});
	},
);
