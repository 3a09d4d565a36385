import { at, isObject, text } from '../shared/json';
import type { ApiRequest, Call, Field, Operation, Result } from '../shared/operation';
import { pages, record, records } from './lists';

/** Set on the form of Replace All, for lists that may end up empty. */
export const mayRemoveAll: Field = {
	displayName: 'Remove All if Empty',
	name: 'removeAll',
	type: 'boolean',
	default: false,
	description:
		'Whether an empty list takes away everything. Without this switch an empty list is refused, because it usually comes from an expression that found nothing.',
};

/** The answer to a change of members: a sentence, in several shapes. */
export function outcome(body: unknown): unknown {
	const answer = record(body);
	if (!isObject(answer)) return answer;
	const { messgae, ...members } = answer;
	return messgae === undefined ? members : { message: messgae, ...members };
}

/** How all members are taken away, one request or several. */
export type Removal = (call: Call, uuids: string[]) => ApiRequest[];

/** One request that takes away the listed ones. */
export const removeTogether =
	(member: string): Removal =>
	({ request }, uuids) => [
		{
			method: 'PUT',
			path: `${request.path}/bulk-detach`,
			body: { [member]: uuids },
			kind: 'write',
		},
	];

/** A request for each. */
export const removeEach: Removal = ({ request }, uuids) =>
	uuids.map((uuid) => ({
		method: 'DELETE',
		path: `${request.path}/${encodeURIComponent(uuid)}`,
		kind: 'write',
	}));

/**
 * Code of a Replace All operation: the service does not take an empty list, so what is there is read and removed.
 * @param field the list's label on the form
 * @param member of the body that holds the list
 */
export function replaceAll(field: string, member: string, remove: Removal): Operation['run'] {
	return async (call): Promise<Result> => {
		const chosen = at(call.request.body, member);
		if (Array.isArray(chosen) && chosen.length > 0) {
			return outcome((await call.send(call.request)).body);
		}
		if (call.values.removeAll !== true) {
			throw call.refuse(
				`“${field}” is empty: that would take away everything`,
				'Fill it, or turn on “Remove All if Empty” if that is meant.',
			);
		}
		const present = await call.list(
			{ method: 'GET', path: call.request.path },
			{ at: records, pager: pages },
		);
		const uuids = present.flatMap((one) => text(at(one, 'uuid')) ?? []);
		if (uuids.length === 0) return { message: 'There was nothing to take away' };
		for (const request of remove(call, uuids)) await call.send(request);
		return { message: `Took away all ${uuids.length}` };
	};
}
