import { isObject } from '../shared/json';
import type { Pager } from '../shared/operation';
import { cursors, pageNumbers, withParameters } from '../shared/pagers';

/** Most lists: numbered pages from 0 with a total. */
export const pages = pageNumbers({
	page: 'page',
	limit: 'size',
	size: 100,
	first: 0,
	total: 'total',
});

/** Runs: a token that each answer gives; it may come with an empty page, which is the end. */
export const batches = cursors({
	place: 'query',
	cursor: 'paginationToken',
	limit: 'limit',
	size: 100,
	next: 'more',
	endsWhenEmpty: true,
});

/**
 * Records of a page where 404 means that there is nothing: read with `accept: [404]`, whose answer is a problem
 * document, or empty.
 */
export function resultsOrNone(body: unknown): unknown {
	return isObject(body) && body.status !== 404 ? body.results : [];
}

/** A number in an answer, or undefined. */
const numberAt = (body: unknown, name: string) => {
	const value = isObject(body) ? body[name] : undefined;
	return typeof value === 'number' ? value : undefined;
};

/** SCIM lists (RFC 7644, section 3.4.2.4): by the index of the first record, counted from 1. */
export const scimPages: Pager = {
	size: 100,
	first: (base, size) => withParameters(base, 'query', { startIndex: 1, count: size }),
	next(base, { items, answer: { body }, index }, size) {
		const start = numberAt(body, 'startIndex') ?? index * size + 1;
		const total = numberAt(body, 'totalResults');
		const next = start + items.length;
		const isLast = items.length === 0 || (total === undefined ? items.length < size : next > total);
		if (isLast) return undefined;
		return withParameters(base, 'query', { startIndex: next, count: size });
	},
};

/** The records of a SCIM list, which leaves the member out when there are none. */
export function scimRecords(body: unknown): unknown {
	if (!isObject(body)) return body;
	return body.Resources ?? (body.totalResults === 0 ? [] : undefined);
}

/** Messages of AI agent tasks: as runs, in larger batches. */
export const messageBatches = cursors({
	place: 'query',
	cursor: 'paginationToken',
	limit: 'limit',
	size: 1000,
	next: 'more',
	endsWhenEmpty: true,
});
