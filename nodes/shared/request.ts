import type { IDataObject } from 'n8n-workflow';

import { isObject } from './json';
import type { ApiRequest, Field, Operation, Query, Values } from './operation';
import type { Binding } from './properties';
import { isRepeatable } from './retry';
import { inCollection, InvalidValue } from './values';

/** The key of a field's value among the values of an operation. */
export function keyOf({ field, group }: Binding): string {
	return group === null ? field.name : `${group}.${field.name}`;
}

/** The name under which a field travels. */
const wireName = (field: Field) => field.wire?.as ?? field.name;

/** Whether an operation changes something: reads may run side by side. */
export function kindOf(operation: Operation, values: Values): 'read' | 'write' {
	const { kind, request } = operation;
	if (typeof kind === 'function') return kind(values);
	return kind ?? (request.method === 'GET' ? 'read' : 'write');
}

/** Control characters have no place in an address or a header. */
const control = /\p{Cc}/u;

/**
 * Encodes a value as one path segment.
 * @throws InvalidValue for what would change the path: nothing, `.`, `..`, control characters
 */
export function encodeSegment(field: Pick<Field, 'displayName'>, value: unknown): string {
	const segment = String(value);
	if (segment === '' || segment === '.' || segment === '..') {
		throw new InvalidValue(`“${field.displayName}” must be a name or an ID, but is “${segment}”`);
	}
	if (control.test(segment)) {
		throw new InvalidValue(
			`“${field.displayName}” must not hold control characters or line breaks`,
		);
	}
	// A lone half of a surrogate pair has no encoding
	if (/\p{Cs}/u.test(segment)) {
		throw new InvalidValue(`“${field.displayName}” must be well-formed Unicode text`);
	}
	return encodeURIComponent(segment);
}

function headerValue({ field, group }: Binding, value: unknown): string {
	const words = String(value);
	// Node refuses what is outside Latin-1 with a message that names no field
	if (control.test(words) || !/^[\u0020-\u00ff]*$/.test(words)) {
		const refusal = new InvalidValue(
			`“${field.displayName}” must be text without line breaks and special characters`,
		);
		throw inCollection(refusal, group);
	}
	return words;
}

/** Makes a member an object's own: by assignment, `__proto__` would be taken for its prototype. */
function setOwn(target: IDataObject, name: string, value: unknown): void {
	if (name !== '__proto__') target[name] = value as IDataObject[string];
	else {
		const own = { value, configurable: true, enumerable: true, writable: true };
		Object.defineProperty(target, name, own);
	}
}

/** Sets a member of a body; dots in the name nest. */
function setMember(body: IDataObject, name: string, value: unknown): void {
	const end = name.lastIndexOf('.');
	let target = body;
	for (const key of end < 0 ? [] : name.slice(0, end).split('.')) {
		const known = Object.hasOwn(target, key) ? target[key] : undefined;
		const child = isObject(known) ? (known as IDataObject) : {};
		setOwn(target, key, child);
		target = child;
	}
	setOwn(target, name.slice(end + 1), value);
}

function toQuery(value: unknown): Query[string] {
	if (Array.isArray(value))
		return value.map((entry) => (typeof entry === 'number' ? entry : String(entry)));
	if (typeof value === 'number' || typeof value === 'boolean') return value;
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Builds the request of an operation from checked values; pure.
 * @throws InvalidValue that names the field, for values that would leave their place
 */
export function buildRequest(
	operation: Operation,
	bindings: Binding[],
	values: Values,
): ApiRequest {
	const { method, query, headers, body, accept } = operation.request;
	const request: ApiRequest = { method, path: operation.request.path };
	const allQuery: Query = { ...query };
	const allHeaders: Record<string, string> = { ...headers };
	const allBody = structuredClone(body ?? {});
	for (const binding of bindings) {
		const { field } = binding;
		const value = values[keyOf(binding)];
		if (!field.wire || value === undefined) continue;
		const name = wireName(field);
		if (field.wire.in === 'path') {
			request.path = request.path.replaceAll(`{${name}}`, () => encodeSegment(field, value));
		} else if (field.wire.in === 'query') allQuery[name] = toQuery(value);
		else if (field.wire.in === 'header') allHeaders[name] = headerValue(binding, value);
		else if (field.type === 'resourceMapper') {
			for (const [id, mapped] of Object.entries(value as IDataObject)) {
				setMember(allBody, id, mapped);
			}
		} else setMember(allBody, name, value);
	}
	const open = bindings.find(
		({ field }) => field.wire?.in === 'path' && request.path.includes(`{${wireName(field)}}`),
	);
	// Own code may make another path where a field is not on the form
	if (open && !operation.run && !operation.batch)
		throw new InvalidValue(`“${open.field.displayName}” is required`);
	if (Object.keys(allQuery).length > 0) request.query = allQuery;
	if (Object.keys(allHeaders).length > 0) request.headers = allHeaders;
	const sendsBody = body !== undefined || bindings.some(({ field }) => field.wire?.in === 'body');
	if (sendsBody) request.body = allBody;
	if (accept) request.accept = accept;
	request.kind = kindOf(operation, values);
	request.repeatable = operation.repeatable ?? isRepeatable(method);
	if (operation.output.kind === 'file') request.binary = true;
	return request;
}
