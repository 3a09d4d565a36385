import { isObject } from '../shared/json';
import { cursors, pageNumbers } from '../shared/pagers';

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
