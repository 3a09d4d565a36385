import { isObject, text } from '../shared/json';
import { extract } from '../shared/lists';
import type { Call, Field, Operation } from '../shared/operation';

/** What of a record the factory sends in a form that is hard to work with. */
export interface Shape {
	/** Numbers that come as text. */
	numbers?: string[];
	/** Maps, of which an empty one comes as an empty list. */
	maps?: string[];
	/** Texts that hold HTML entities. */
	texts?: string[];
	/** Whatever else has to be put right. */
	change?: (record: Record<string, unknown>) => Record<string, unknown>;
}

const entities: Record<string, string> = {
	'&amp;': '&',
	'&gt;': '>',
	'&lt;': '<',
	'&quot;': '"',
	'&#039;': "'",
	'&#39;': "'",
};

/** Text without the entities that PHP's `htmlspecialchars` makes. */
function plainText(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	return value.replace(/&(amp|gt|lt|quot|#0?39);/g, (entity) => entities[entity] ?? entity);
}

function toNumber(value: unknown): unknown {
	const number = typeof value === 'string' && text(value) ? Number(value) : Number.NaN;
	return Number.isSafeInteger(number) ? number : value;
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

/** A record with numbers as numbers and maps as maps; pure. */
export function tidy(record: unknown, shape: Shape): unknown {
	if (!isObject(record)) return record;
	const tidied = Object.entries(record).map(([name, value]): [string, unknown] => {
		if (shape.numbers?.includes(name)) return [name, toNumber(value)];
		if (shape.maps?.includes(name) && isEmptyList(value)) return [name, {}];
		if (shape.texts?.includes(name)) return [name, plainText(value)];
		return [name, value];
	});
	const changed = Object.fromEntries(tidied);
	return shape.change?.(changed) ?? changed;
}

/** The records of a map, each with its key; an empty map comes as an empty list. */
export function recordsOf(map: unknown, key: string): unknown {
	if (!isObject(map)) return isEmptyList(map) ? [] : undefined;
	return Object.entries(map).map(([name, value]) =>
		isObject(value) ? { [key]: name, ...value } : { [key]: name, name: value },
	);
}

const rawAnswer: Field = {
	displayName: 'Raw Answer',
	name: 'rawAnswer',
	type: 'boolean',
	default: true,
	description: 'Whether to return records as the factory sends them, with numbers as text',
};

/** What the operation gives without what `tidied` adds: by its own code or by its description. */
async function read(operation: Operation, call: Call): Promise<unknown> {
	const { output } = operation;
	if (operation.run) return await operation.run(call);
	if (output.kind !== 'list') {
		const { body } = await call.send(call.request);
		return extract(body, output.kind === 'item' ? output.at : undefined);
	}
	const { returnAll, limit } = call.values;
	return await call.list(call.request, output, returnAll === true ? undefined : Number(limit));
}

/** The operation, with records that are put right unless the user asks for the raw answer. */
export function tidied(operation: Operation, shape: Shape): Operation {
	return {
		...operation,
		options: [...(operation.options ?? []), rawAnswer],
		async run(call) {
			const result = await read(operation, call);
			if (result === undefined || result === null || result === '') {
				throw call.refuse('The answer is empty', 'The factory answered without a record.');
			}
			if (call.values['options.rawAnswer'] === true) return result;
			return Array.isArray(result)
				? result.map((record) => tidy(record, shape))
				: tidy(result, shape);
		},
	};
}
