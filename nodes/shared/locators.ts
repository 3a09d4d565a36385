import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { at, isObject, text } from './json';
import { extract, readList } from './lists';
import { readNeeds, toLook } from './looks';
import type { ApiRequest, Locator } from './operation';
import { withParameters } from './pagers';
import type { Catalog } from './properties';
import { buildRequest } from './request';
import { Session } from './transport';

/** Records that are looked through when a service cannot search. */
const mostFiltered = 2_000;

/** n8n's list search method. */
export type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

function toEntry(locator: Locator, record: unknown): INodeListSearchItems | undefined {
	const value = isObject(record) ? text(at(record, locator.value)) : text(record);
	if (value === undefined) return undefined;
	const names = locator.label.map((path) => text(at(record, path))).filter(Boolean);
	return { name: names.join(' – ') || value, value };
}

const noSuchList = (context: ILoadOptionsFunctions, { operation }: Locator) =>
	new NodeOperationError(context.getNode(), `There is no list operation ${operation}`);

/** The entries that hold what the user types, for services that cannot search. */
function filtered(
	locator: Locator,
	records: unknown[],
	filter: string | undefined,
): INodeListSearchResult {
	const wanted = filter?.toLowerCase() ?? '';
	return {
		results: records
			.map((record) => toEntry(locator, record))
			.filter(
				(entry): entry is INodeListSearchItems =>
					entry !== undefined &&
					(entry.name.toLowerCase().includes(wanted) ||
						String(entry.value).toLowerCase().includes(wanted)),
			),
	};
}

/** One look at the list: a page at a time, or everything where only we can search. */
async function search(
	context: ILoadOptionsFunctions,
	catalog: Catalog,
	locator: Locator,
	filter: string | undefined,
	paginationToken: string | undefined,
): Promise<INodeListSearchResult> {
	const compiled = catalog.operations.get(locator.operation);
	if (!compiled) throw noSuchList(context, locator);
	const values = readNeeds(context, compiled, locator.needs ?? []);
	const session = await Session.open(context, catalog.provider);
	if (locator.read) {
		return filtered(locator, await locator.read(toLook(context, session, values)), filter);
	}
	const { operation, bindings } = compiled;
	const { output } = operation;
	if (output.kind !== 'list') throw noSuchList(context, locator);
	let base: ApiRequest = locator.request
		? { kind: 'read', repeatable: true, ...locator.request(values, filter || undefined) }
		: buildRequest(operation, bindings, values);
	const send = async (request: ApiRequest) => await session.send(request);
	if (filter && !locator.search && !locator.request) {
		return filtered(locator, await readList(send, base, output, mostFiltered), filter);
	}
	if (filter && locator.search) {
		const place = operation.request.method === 'GET' ? 'query' : 'body';
		base = withParameters(base, place, { [locator.search]: filter });
	}
	const { pager } = output;
	const size = pager?.size ?? 0;
	const [index, before, request]: [number, number, ApiRequest] = paginationToken
		? (JSON.parse(paginationToken) as [number, number, ApiRequest])
		: [0, 0, pager ? pager.first(base, size) : base];
	const answer = await session.send(request);
	const records = extract(answer.body, output.at);
	const items: unknown[] = Array.isArray(records) ? records : [];
	if (items.length === 0 && index === 0 && !filter && operation.emptyHint) {
		throw new NodeOperationError(context.getNode(), operation.emptyHint);
	}
	const next = pager?.next(base, { items, answer, index, before }, size);
	return {
		results: items
			.map((record) => toEntry(locator, record))
			.filter((entry): entry is INodeListSearchItems => entry !== undefined),
		...(next && { paginationToken: JSON.stringify([index + 1, before + items.length, next]) }),
	};
}

/** The list searches of a provider, by the name that its locator fields use. */
export function listSearches(catalog: Catalog): Record<string, ListSearch> {
	return Object.fromEntries(
		Object.entries(catalog.provider.locators ?? {}).map(([name, locator]) => {
			const method: ListSearch = async function (filter, paginationToken) {
				return await search(this, catalog, locator, filter, paginationToken);
			};
			return [name, method];
		}),
	);
}
