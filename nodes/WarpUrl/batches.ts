import { NodeApiError } from 'n8n-workflow';

import { isObject, text } from '../shared/json';
import type { ApiRequest, Call, Operation, Result } from '../shared/operation';
import { codes, isRefusedWith } from './answers';

/** A call for one link of several. */
export interface Part {
	call: Call;
	linkId: string;
}

/** Whether the application refused for a reason that may lie in one of several links. */
const isRefusal = (error: unknown) =>
	isRefusedWith(error, codes.notAuthorised, codes.handled, codes.invalid);

function toError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}

/** A refusal that concerns several items: each gets an error of its own, because errors are marked with their item. */
function forCall({ call }: Part, error: unknown): Error {
	if (!(error instanceof NodeApiError)) return toError(error);
	return call.refuse(error.message, text(error.description));
}

/** The data of a call without its link: calls that agree on it can share a request. */
function sharedData({ request }: Call): Record<string, unknown> {
	const shared = { ...(isObject(request.body) ? request.body : {}) };
	delete shared.link_id;
	return shared;
}

/**
 * Runs the calls of an operation for a link in as few requests as the service allows, and answers each for itself.
 * When the service refuses several links together, each is sent alone, so that only the one at fault is refused.
 * @param size the most links in a request
 * @param read gives the result of one link from the answer's body
 */
export function linkBatch(
	size: number,
	read: (body: unknown, part: Part) => Result,
): NonNullable<Operation['batch']> {
	const send = async (parts: Part[]): Promise<Array<Result | Error>> => {
		const [first] = parts;
		if (!first) return [];
		const link_ids = [...new Set(parts.map(({ linkId }) => linkId))];
		const request: ApiRequest = {
			...first.call.request,
			body: { ...sharedData(first.call), link_ids },
		};
		try {
			const { body } = await first.call.send(request);
			return parts.map((part) => {
				try {
					return read(body, part);
				} catch (error) {
					return toError(error);
				}
			});
		} catch (error) {
			if (link_ids.length === 1 || !isRefusal(error)) {
				return parts.map((part) => forCall(part, error));
			}
			const results: Array<Result | Error> = [];
			for (const part of parts) results.push(...(await send([part])));
			return results;
		}
	};
	return {
		size,
		run: async (calls) => {
			const groups = new Map<string, Part[]>();
			for (const call of calls) {
				const key = JSON.stringify(sharedData(call));
				const part = { call, linkId: String(call.values.linkId) };
				groups.set(key, [...(groups.get(key) ?? []), part]);
			}
			const results = new Map<Call, Result | Error>();
			for (const parts of groups.values()) {
				const answers = await send(parts);
				parts.forEach(({ call }, index) => results.set(call, answers[index]));
			}
			return calls.map((call) => results.get(call));
		},
	};
}
