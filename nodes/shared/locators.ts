import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { at, isObject, text } from './json';
import { extract, readList } from './lists';
import type { ApiRequest, Locator, Values } from './operation';
import { withParameters } from './pagers';
import type { Catalog, CompiledOperation } from './properties';
import { buildRequest, keyOf } from './request';
import { Session } from './transport';
import { InvalidValue, readValue } from './values';

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

/** Values of the parameters that the list depends on, for example the project of an environment. */
function readNeeds(
	context: ILoadOptionsFunctions,
	compiled: CompiledOperation,
	locator: Locator,
): Values {
	const values: Values = {};
	for (const binding of compiled.bindings) {
		const { field, group } = binding;
		if (!locator.needs?.includes(field.name)) continue;
		try {
			const raw: unknown = context.getCurrentNodeParameter(field.name);
			const value = readValue({ ...field, required: true }, raw, {
				timezone: context.getTimezone(),
				group,
			});
			values[keyOf(binding)] = value;
		} catch (error) {
			const why = error instanceof InvalidValue ? error.message : String(error);
			throw new NodeOperationError(
				context.getNode(),
				`Choose “${field.displayName}” first: ${why}`,
			);
		}
	}
	return values;
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
	if (!compiled || compiled.operation.output.kind !== 'list') {
		throw new NodeOperationError(
			context.getNode(),
			`There is no list operation ${locator.operation}`,
		);
	}
	const { operation, bindings } = compiled;
	const output = compiled.operation.output;
	const values = readNeeds(context, compiled, locator);
	const session = await Session.open(context, catalog.provider);
	let base: ApiRequest = buildRequest(operation, bindings, values);
	const send = async (request: ApiRequest) => await session.send(request);
	if (filter && !locator.search) {
		const records = await readList(send, base, output, mostFiltered);
		const wanted = filter.toLowerCase();
		const entries = records.map((record) => toEntry(locator, record));
		return {
			results: entries.filter(
				(entry): entry is INodeListSearchItems =>
					entry !== undefined &&
					(entry.name.toLowerCase().includes(wanted) || String(entry.value).includes(filter)),
			),
		};
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
