import type { IDataObject } from 'n8n-workflow';

import { isObject, text } from '../shared/json';
import { UnreadableList } from '../shared/lists';
import type { ApiRequest, Call, Look, Pager, Query, Result, Values } from '../shared/operation';
import { nextLinks } from '../shared/pagers';
import type { Filter } from './filters';
import { filtered } from './filters';

/** Records per page; the service documents no upper bound, its own default is 25. */
const pageSize = 100;

/** An address that an answer gave: absolute, or relative to the root of the instance, with or without a slash. */
export function resolveHref(href: string): string {
	return /^[a-z][a-z0-9+.-]*:/i.test(href) ? href : `/${href.replace(/^\/+/, '')}`;
}

const links = nextLinks({
	limit: '_lineCount',
	size: pageSize,
	next: 'next.href',
	resolve: resolveHref,
});

/**
 * Pages by `next.href`. Tables with very many records have further pages only when the first request asks for them;
 * an end that the server did not mean as one is reported instead of taken for the end.
 */
export const pages: Pager = {
	size: pageSize,
	first(request, size) {
		const first = links.first(request, size);
		// A smaller page is the only one that is wanted
		return size < pageSize
			? first
			: { ...first, query: { ...first.query, _forcePagination: true } };
	},
	next(request, page, size) {
		const { body } = page.answer;
		const next = links.next(request, page, size);
		const isCut = isObject(body) && body.serverSidePagination === false;
		if (next === undefined && isCut && page.items.length > 0 && size === pageSize) {
			throw new UnreadableList(
				`Adobe Campaign Standard cut the list off after page ${page.index + 1}: the table has too many records to be paged. Narrow the list down with filters.`,
			);
		}
		return next;
	},
};

/** The request on the API root that the user chose: the extended one has the same paths. */
export function rooted({ request, values }: Call): ApiRequest {
	return {
		...request,
		path: request.path.replace(/^\/profileAndServices\//, `${rootOf(values)}/`),
	};
}

/** The API root that the user chose, without a trailing slash. */
export function rootOf(values: Values): string {
	return values.extendedApi === true ? '/profileAndServicesExt' : '/profileAndServices';
}

/** Reads a list to its end or to the limit of the form. */
export async function list(call: Call, request: ApiRequest, limit?: number): Promise<unknown[]> {
	return await call.list({ ...request, kind: 'read' }, { at: 'content', pager: pages }, limit);
}

/** The limit that the user set; none with Return All. */
export function limitOf({ values }: Call): number | undefined {
	return values.returnAll !== true && typeof values.limit === 'number' ? values.limit : undefined;
}

/** As many records as the form asks for, of a list that comes whole. */
export function limited(call: Call, records: unknown[]): unknown[] {
	return records.slice(0, limitOf(call));
}

/** The request of a list with its order: the direction travels with the field. */
export function sorted(call: Call, request: ApiRequest): ApiRequest {
	const field = text(request.query?._order);
	if (field === undefined || call.values['options.sortDirection'] !== 'desc') return request;
	return { ...request, query: { ...request.query, _order: `${field} desc` } };
}

/** Own code of a list operation with the filters that the form offers. */
export async function runList(call: Call, filters: Filter[] = []): Promise<Result> {
	const { request, used } = filtered(call, sorted(call, rooted(call)), filters);
	const attribute = text(call.values['options.onlyField']);
	if (attribute === undefined) return await list(call, request, limitOf(call));
	if (used.length === 0) {
		return await list(call, { ...request, path: `${request.path}/${attribute}` }, limitOf(call));
	}
	throw call.refuse('“Only Field” cannot be used together with filters');
}

/** Own code of an operation that counts the records of a list. The API takes one filter here. */
export async function runCount(call: Call, filters: Filter[] = []): Promise<Result> {
	const counted = rooted(call);
	const collection = { ...counted, path: counted.path.replace(/\/_count$/, '') };
	const { request, used } = filtered(call, collection, filters);
	if (used.length > 1) {
		throw call.refuse(
			`Only one filter can be used to count, but there are ${used.length}: ${used.join(', ')}`,
			'To count by several filters, read the list.',
		);
	}
	return await read(call, `${request.path}/_count`, request.query);
}

/** Reads one record. @throws the call's error for an answer without one */
export async function read(
	call: Look,
	path: string,
	query?: Query,
): Promise<Record<string, unknown>> {
	const { body } = await call.send({ method: 'GET', path, ...(query && { query }) });
	if (isObject(body)) return body;
	throw call.refuse('The answer is empty', 'The service answered without a record.');
}

/** Own code of an operation that reads one record. */
export async function runGet(call: Call): Promise<Result> {
	return await read(call, rooted(call).path);
}

/** Own code of an operation that deletes one record. */
export async function runDelete(call: Call): Promise<Result> {
	await call.send(rooted(call));
	return { deleted: true };
}

/** Both together. @throws the call's error for a field that both set */
function joined(call: Call, mapped: IDataObject, more: IDataObject, path = ''): IDataObject {
	const all = { ...mapped };
	for (const [name, value] of Object.entries(more)) {
		const other = Object.hasOwn(mapped, name) ? mapped[name] : undefined;
		if (isObject(other) && isObject(value)) {
			all[name] = joined(call, other as IDataObject, value as IDataObject, `${path}${name}.`);
		} else if (other === undefined) {
			all[name] = value;
		} else {
			throw call.refuse(
				`“More Fields (JSON)” sets “${path}${name}”, which the form sets as well`,
				'Set each field in one place.',
			);
		}
	}
	return all;
}

/** What the form sets of a record: mapped fields, and what stands beside them as JSON. */
export function bodyOf(call: Call): IDataObject {
	const { request, values } = call;
	const mapped = (isObject(request.body) ? request.body : {}) as IDataObject;
	const more = values['additionalFields.moreFields'] ?? values['updateFields.moreFields'];
	if (more === undefined) return mapped;
	if (isObject(more)) return joined(call, mapped, more as IDataObject);
	throw call.refuse('“More Fields (JSON)” must be a JSON object');
}

/** Own code of an operation that creates or changes a record. */
export async function runWrite(call: Call): Promise<Result> {
	const request = rooted(call);
	const body = bodyOf(call);
	if (Object.keys(body).length === 0) {
		throw call.refuse('There is nothing to send', 'Set at least one field of the record.');
	}
	const answer = await call.send({ ...request, body });
	// Campaign v8 confirms a change without a body
	return isObject(answer.body) ? answer.body : { success: true };
}
