import { at, isObject, text } from '../shared/json';
import type { ApiRequest, Field, Look, Output } from '../shared/operation';
import { pageNumbers } from '../shared/pagers';

/**
 * Numbered pages with the number of the last one. The size is always sent, because instances come one at a time
 * otherwise; 25 is the only one that the description names, and larger ones may be refused.
 */
export const pages = pageNumbers({
	page: 'page',
	limit: 'per_page',
	size: 25,
	first: 1,
	lastPage: 'meta.last_page',
});

/** The records of a page. The description declares a single object for some lists. */
export function records(body: unknown): unknown {
	const data = at(body, 'data');
	return isObject(data) ? [data] : data;
}

/** A record, out of its envelope where there is one. */
export function record(body: unknown): unknown {
	return at(body, 'data') ?? body;
}

/** What most list operations give. */
export const list: Output = { kind: 'list', at: records, pager: pages };

/** What operations on one record give. */
export const item: Output = { kind: 'item', at: record };

/** Readings of a list at most, until one is whole. */
const mostReadings = 3;

/**
 * Reads a whole list. When a record goes while the pages are read, one that follows slips from a page that is still to
 * come onto one that was read: then fewer come than the service counts, and the list is read again.
 * @returns each record once, as it was read last
 */
export async function readWhole(look: Look, request: ApiRequest): Promise<unknown[]> {
	const found = new Map<string, unknown>();
	for (let reading = 0; reading < mostReadings; reading++) {
		let total = 0;
		const read = await look.list(request, {
			at(body) {
				total = Math.max(total, Number(at(body, 'meta.total')) || 0);
				return records(body);
			},
			pager: pages,
		});
		const uuids = new Set<string>();
		for (const one of read) {
			const uuid = text(at(one, 'uuid'));
			if (uuid === undefined) continue;
			uuids.add(uuid);
			found.set(uuid, one);
		}
		if (uuids.size >= total) break;
	}
	return [...found.values()];
}

/** Filters that most lists share. */
export const search: Field = {
	displayName: 'Search',
	name: 'search',
	type: 'string',
	default: '',
	placeholder: 'e.g. northwind',
	description: 'Text that the records contain',
	wire: { in: 'query' },
};

export const sorting: Field[] = [
	{
		displayName: 'Sort By',
		name: 'sortBy',
		type: 'string',
		default: '',
		placeholder: 'e.g. name',
		description:
			'Member of the records to sort by, as it is called in the output. The service refuses those that it cannot sort by.',
		check: { pattern: /^[a-z][a-z0-9_]*$/i, expects: 'the name of a member such as created_at' },
		wire: { in: 'query', as: 'sort_column' },
	},
	{
		displayName: 'Sort Direction',
		name: 'sortDirection',
		type: 'options',
		options: [
			{ name: 'Ascending', value: 'asc' },
			{ name: 'Descending', value: 'desc' },
		],
		default: 'asc',
		wire: { in: 'query', as: 'sort_direction' },
	},
];

export const trash: Field = {
	displayName: 'Deleted Records',
	name: 'trashed',
	type: 'options',
	options: [
		{ name: 'Include', value: 'with' },
		{ name: 'Only', value: 'only' },
	],
	default: 'with',
	description:
		'Whether to list records in the trash as well, or only those. The API does not document this filter fully: check what comes back.',
	wire: { in: 'query', as: 'trashed' },
};
