import { isObject } from '../../shared/json';
import type { Call, Resource } from '../../shared/operation';
import { pages, resultsOrNone } from '../pages';

/** The service reads at most 31 days with one request. */
const longest = 31 * 24 * 60 * 60 * 1000;

/**
 * Splits a period into windows of at most 31 days, in order.
 * @param from ISO time, included
 * @param before ISO time, excluded
 */
export function windowsOf(from: string, before: string): Array<[string, string]> {
	const end = Date.parse(before);
	const windows: Array<[string, string]> = [];
	for (let start = Date.parse(from); start < end; start += longest) {
		const stop = Math.min(start + longest, end);
		windows.push([new Date(start).toISOString(), new Date(stop).toISOString()]);
	}
	return windows;
}

/** An OpenLineage event without the facets that were not used, which the service sends as null. */
export function withoutUnusedFacets(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutUnusedFacets);
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, member]) => {
			const isFacets = /facets$/i.test(name) && isObject(member);
			const used = isFacets
				? Object.fromEntries(Object.entries(member).filter(([, facet]) => facet !== null))
				: member;
			return [name, withoutUnusedFacets(used)];
		}),
	);
}

/** Reads the windows one after the other; one with nothing in it is answered with 404. */
async function getAll(call: Call): Promise<unknown> {
	const { returnAll, limit, generatedFrom, generatedBefore } = call.values;
	const windows = windowsOf(String(generatedFrom), String(generatedBefore));
	if (windows.length === 0) throw call.refuse('“Before” must be later than “From”');
	const most = returnAll === true ? Number.POSITIVE_INFINITY : Number(limit);
	const events: unknown[] = [];
	for (const [from, before] of windows) {
		const request = {
			...call.request,
			query: { ...call.request.query, generatedFrom: from, generatedBefore: before },
			accept: [404],
		};
		const left = most - events.length;
		if (left <= 0) break;
		events.push(...(await call.list(request, { at: resultsOrNone, pager: pages }, left)));
	}
	return events.map(withoutUnusedFacets);
}

export const lineageEvents: Resource = {
	name: 'Lineage Event',
	value: 'lineageEvent',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many lineage events',
			description: 'List the OpenLineage events of a period of any length, oldest first',
			operationId: 'listLineageEvents',
			request: { method: 'GET', path: '/v1/lineage/events' },
			output: { kind: 'list', at: 'results', pager: pages },
			fields: [
				{
					displayName: 'From',
					name: 'generatedFrom',
					type: 'dateTime',
					required: true,
					default: '',
					description: 'Start of the period',
					wire: { in: 'query' },
				},
				{
					displayName: 'Before',
					name: 'generatedBefore',
					type: 'dateTime',
					required: true,
					default: '',
					description: 'End of the period, which does not belong to it',
					wire: { in: 'query' },
				},
			],
			run: getAll,
		},
	],
};
