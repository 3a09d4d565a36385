import { at, isObject, text } from '../shared/json';
import type { Look } from '../shared/operation';
import { resolveHref } from './calls';

/** Members of an object with their names, as a list. */
export function namedMembers(body: unknown): Array<Record<string, unknown>> {
	return Object.entries(isObject(body) ? body : {}).flatMap(([name, member]) =>
		isObject(member) ? [{ ...member, name }] : [],
	);
}

/** The collections in the index of an API; beside them stand plain values. */
export const collections = (body: unknown) =>
	namedMembers(body).filter((member) => text(member.data) !== undefined);

/** Names of the parameters in a template such as /profileAndServices/profile/byText?text=$value. */
function parametersOf(template: string | undefined): string[] {
	const query = template?.split('?')[1] ?? '';
	return [...new URLSearchParams(query).keys()];
}

/**
 * The filters of a resource, where its description says, each with its name and the names of its parameters.
 * @param path of the description
 */
export async function readFilters(
	look: Look,
	path: string,
): Promise<Array<Record<string, unknown> & { parameters: string[] }>> {
	const { body } = await look.send({ method: 'GET', path });
	const href = text(at(body, 'filters.href'));
	if (href === undefined) {
		throw look.refuse(
			'The resource has no filters',
			'The instance did not say where the filters of this resource are.',
		);
	}
	const filters = await look.send({ method: 'GET', path: resolveHref(href) });
	return namedMembers(filters.body).map(({ name, ...filter }) => ({
		name,
		parameters: parametersOf(text(filter.data)),
		...filter,
	}));
}
