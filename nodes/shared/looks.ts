import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { redact } from './failures';
import { readList } from './lists';
import type { Look, Values } from './operation';
import type { CompiledOperation } from './properties';
import { keyOf } from './request';
import type { Session } from './transport';
import { InvalidValue, readValue } from './values';

/**
 * Values of the parameters that a list or a form depends on, for example the project of an environment.
 * @returns the values, or a sentence that names the field to choose first
 */
export function findNeeds(
	context: ILoadOptionsFunctions,
	compiled: CompiledOperation,
	needs: string[],
): Values | string {
	const values: Values = {};
	for (const binding of compiled.bindings) {
		const { field, group } = binding;
		if (!needs.includes(field.name)) continue;
		try {
			// The editor does not always send what is still as the form began
			const raw: unknown = context.getCurrentNodeParameter(field.name) ?? field.default;
			const value = readValue({ ...field, required: true }, raw, {
				timezone: context.getTimezone(),
				group,
			});
			values[keyOf(binding)] = value;
		} catch (error) {
			const why = error instanceof InvalidValue ? error.message : String(error);
			return `Choose “${field.displayName}” first: ${why}`;
		}
	}
	return values;
}

/**
 * The same for a list, which has no place for the sentence but an error.
 * @throws NodeOperationError that names the field to choose first
 */
export function readNeeds(
	context: ILoadOptionsFunctions,
	compiled: CompiledOperation,
	needs: string[],
): Values {
	const values = findNeeds(context, compiled, needs);
	if (typeof values === 'string') throw new NodeOperationError(context.getNode(), values);
	return values;
}

/** Reading within a session, with the values of a form. */
export function toLook(
	context: IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions,
	session: Session,
	values: Values,
	item = 0,
): Look {
	return {
		values,
		credentials: session.credentials,
		send: async (request) => await session.send(request),
		list: async (request, list, limit, until) =>
			await readList(
				async (page) => await session.send(page),
				request,
				list,
				limit,
				session.limits.reads,
				until,
			),
		refuse: (message, description) =>
			new NodeOperationError(context.getNode(), redact(message, session.credentials), {
				itemIndex: item,
				description,
			}),
	};
}
