import { byId, fromList } from '../shared/fields';
import { isObject, text } from '../shared/json';
import type { ApiRequest, Field, Look } from '../shared/operation';

/** A filter of a list: a segment behind the collection, with parameters in the query. */
export interface Filter {
	/** Its name in the path. */
	name: string;
	/** Its parameters, in the Filters of the form: the filter is used when one of them is set. */
	fields: Field[];
}

/** Names of filters are literal, with `by` in front where the instance is Campaign Standard. */
const customName = /^[A-Za-z]\w*$/;

/**
 * Filters that a company has defined: several are chained.
 * @param list name of the list to pick one from
 */
export const customFilterFields = (list: string): Field[] => [
	{
		displayName: 'Custom Filter Parameters (JSON)',
		name: 'customFilterParameters',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. {"amount_parameter": 100}',
		description:
			'Parameters of the custom filters by name; the list of filters shows the names, most end in _parameter',
	},
	{
		displayName: 'Custom Filters',
		name: 'customFilters',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		modes: [fromList(list), byId('e.g. byAmount, byLabel', 'By Names')],
		description:
			'A filter that your company has defined, or the names of several with commas between: a record must pass all',
	},
];

/** Names and parameters of the custom filters that the form asks for. */
export function customFiltersOf(
	call: Look,
	group: string,
): { names: string[]; query: Record<string, string> } {
	const names = (text(call.values[`${group}customFilters`]) ?? '')
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	const wrong = names.find((name) => !customName.test(name));
	if (wrong !== undefined) {
		throw call.refuse(`“Custom Filters” must be names, but one is “${wrong}”`);
	}
	const given = call.values[`${group}customFilterParameters`];
	if (given !== undefined && !isObject(given)) {
		throw call.refuse('“Custom Filter Parameters (JSON)” must be a JSON object');
	}
	const query: Record<string, string> = {};
	for (const [name, value] of Object.entries(given ?? {})) {
		if (name.startsWith('_') || isObject(value) || Array.isArray(value) || value === null) {
			throw call.refuse(
				`“Custom Filter Parameters (JSON)” cannot hold “${name}”`,
				'Parameters of filters have plain values, and names that do not start with _.',
			);
		}
		query[name] = String(value);
	}
	if (names.length === 0 && Object.keys(query).length > 0) {
		throw call.refuse('“Custom Filter Parameters (JSON)” need a name in “Custom Filters”');
	}
	return { names, query };
}

/**
 * Puts the filters that are used behind the collection: `/service/byChannel/byText?channel=email&text=sport`. They share
 * one query, so that two with a parameter of the same name need the same value.
 * @returns the request and how many filters it has
 */
export function filtered(
	call: Look,
	request: ApiRequest,
	filters: Filter[],
): { request: ApiRequest; used: string[] } {
	const shared = new Map<string, { value: string; label: string }>();
	const used = filters.filter(({ fields }) => {
		let isUsed = false;
		for (const field of fields) {
			const value = call.values[`filters.${field.name}`];
			if (value === undefined) continue;
			isUsed = true;
			const wire = field.wire?.as ?? field.name;
			const other = shared.get(wire);
			if (other !== undefined && other.value !== String(value)) {
				throw call.refuse(
					`“${other.label}” and “${field.displayName}” cannot have different values`,
					'Their filters share one parameter of the API.',
				);
			}
			shared.set(wire, { value: String(value), label: field.displayName });
		}
		return isUsed;
	});
	const custom = customFiltersOf(call, 'filters.');
	if (custom.names.length > 0 && request.path.startsWith('/profileAndServices/')) {
		throw call.refuse(
			'Custom filters need the extended API',
			'Turn on “Extended API” to use filters that your company has defined.',
		);
	}
	const taken = Object.keys(custom.query).find((name) => shared.has(name));
	if (taken !== undefined) {
		throw call.refuse(`The parameter “${taken}” is set twice, by two filters`);
	}
	const names = [...used.map(({ name }) => name), ...custom.names];
	const query = { ...request.query, ...custom.query };
	return {
		request: {
			...request,
			path: [request.path, ...names].join('/'),
			...(Object.keys(query).length > 0 && { query }),
		},
		used: names,
	};
}
