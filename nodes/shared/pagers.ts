import { at, isObject, text } from './json';
import type { ApiRequest, Page, Pager, Query } from './operation';

/** Where a pager's parameters travel. */
type Place = 'query' | 'body';

/** The request with parameters added in the query, or in the body at a dot path's object. */
export function withParameters(request: ApiRequest, place: Place, parameters: Query): ApiRequest {
	if (place === 'query') return { ...request, query: { ...request.query, ...parameters } };
	return { ...request, body: { ...(isObject(request.body) ? request.body : {}), ...parameters } };
}

/** A count that may come as text. */
function count(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0
		? number
		: undefined;
}

/** Settings of {@link pageNumbers}. */
export interface PageNumbers {
	/** Parameter with the number of the page. */
	page: string;
	/** Parameter with the records per page. */
	limit: string;
	size: number;
	/** Number of the first page. */
	first: number;
	/** Dot path of the number of all records in the answer. */
	total?: string;
	/** Dot path of the number of the last page in the answer. */
	lastPage?: string;
}

/**
 * Numbered pages. Ends where the service says so (total or last page), else at a page that is short or
 * empty.
 */
export function pageNumbers(settings: PageNumbers): Pager {
	const request = (base: ApiRequest, index: number, size: number) =>
		withParameters(base, 'query', {
			[settings.page]: settings.first + index,
			[settings.limit]: size,
		});
	/** Some services send a total of 0, or a count of something else, beside the records. */
	const totalOf = ({ answer, items }: Page): number | undefined => {
		const total = settings.total === undefined ? undefined : count(at(answer.body, settings.total));
		return total === undefined || total < items.length ? undefined : total;
	};
	const lastOf = ({ answer }: Page): number | undefined => {
		const last = settings.lastPage && count(at(answer.body, settings.lastPage));
		return typeof last === 'number' ? last - settings.first + 1 : undefined;
	};
	return {
		size: settings.size,
		first: (base, size) => request(base, 0, size),
		at: request,
		pages(page, size) {
			const total = totalOf(page);
			if (total === undefined) return lastOf(page);
			const { length } = page.items;
			// A first page that is short although there is more shows how many the service gives at most
			const isCapped = page.index === 0 && length > 0 && length < Math.min(size, total);
			return lastOf(page) ?? Math.ceil(total / (isCapped ? length : Math.max(size, length)));
		},
		next(base, page, size) {
			const { items, index, before = index * size } = page;
			const total = totalOf(page);
			const last = lastOf(page);
			const isLast =
				last !== undefined
					? index + 1 >= last
					: total !== undefined
						? before + items.length >= total
						: items.length < size;
			return isLast || items.length === 0 ? undefined : request(base, index + 1, size);
		},
	};
}

/** Settings of {@link cursors}. */
export interface Cursors {
	place: Place;
	/** Parameter that takes the cursor. */
	cursor: string;
	/** Parameter with the records per page. */
	limit: string;
	size: number;
	/** Dot path of the next cursor in the answer. */
	next: string;
	/** Whether an empty page is the end although a cursor came with it. */
	endsWhenEmpty: boolean;
}

/** Pages by an opaque cursor that each answer gives; ends where none comes. */
export function cursors(settings: Cursors): Pager {
	const { place } = settings;
	return {
		size: settings.size,
		first: (base, size) => withParameters(base, place, { [settings.limit]: size }),
		next(base, page, size) {
			const cursor = text(at(page.answer.body, settings.next));
			if (cursor === undefined || (settings.endsWhenEmpty && page.items.length === 0))
				return undefined;
			return withParameters(base, place, { [settings.limit]: size, [settings.cursor]: cursor });
		},
	};
}

/** Settings of {@link nextLinks}. */
export interface NextLinks {
	/** Parameter of the first request with the records per page; later pages keep it in their link. */
	limit: string;
	size: number;
	/** Dot path of the next page's address in the answer. */
	next: string;
	/** Makes an address that the engine can send from a relative one. */
	resolve?: (href: string) => string;
}

/** Pages by the address of the next one; ends where none comes or a page is empty. */
export function nextLinks(settings: NextLinks): Pager {
	return {
		size: settings.size,
		first: (base, size) => withParameters(base, 'query', { [settings.limit]: size }),
		next(base, page) {
			const href = text(at(page.answer.body, settings.next));
			if (href === undefined || page.items.length === 0) return undefined;
			return { ...base, path: settings.resolve?.(href) ?? href, query: undefined };
		},
	};
}
