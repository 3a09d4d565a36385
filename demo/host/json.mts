/** A JSON object whose members have not been looked at yet. */
export type JsonObject = Record<string, unknown>;

/** True for anything with members: neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value as an object.
 *
 * @param what names the value in the error
 * @throws TypeError when it is anything else
 */
export function asObject(value: unknown, what: string): JsonObject {
	if (!isObject(value)) throw new TypeError(`${what} is no object`);
	return value;
}

/**
 * The value as a list.
 *
 * @param what names the value in the error
 * @throws TypeError when it is anything else
 */
export function asArray(value: unknown, what: string): unknown[] {
	if (!Array.isArray(value)) throw new TypeError(`${what} is no list`);
	return value;
}

/**
 * The value as a text.
 *
 * @param what names the value in the error
 * @throws TypeError when it is anything else
 */
export function asString(value: unknown, what: string): string {
	if (typeof value !== 'string') throw new TypeError(`${what} is no text`);
	return value;
}

/**
 * Reads the "flatted" form in which n8n stores run data: a list of values in which every string inside an
 * object or list is the index of the value it stands for. See https://github.com/WebReflection/flatted
 *
 * @throws TypeError when the text is of another form, SyntaxError when it is no JSON
 */
export function parseFlatted(text: string): unknown {
	const values = asArray(JSON.parse(text), 'flatted data');
	const revived = new Map<number, unknown>();
	const at = (index: number): unknown => {
		if (revived.has(index)) return revived.get(index);
		const value = values[index];
		if (Array.isArray(value)) {
			const list: unknown[] = [];
			revived.set(index, list);
			for (const member of value) list.push(resolve(member));
			return list;
		}
		if (isObject(value)) {
			const object: JsonObject = {};
			revived.set(index, object);
			for (const [key, member] of Object.entries(value)) object[key] = resolve(member);
			return object;
		}
		return value;
	};
	const resolve = (member: unknown) => (typeof member === 'string' ? at(Number(member)) : member);
	return at(0);
}

/**
 * Whether a value has everything that is expected of it: objects may hold more members than expected,
 * lists and plain values must be equal, and `{ "$matches": "^a regular expression$" }` stands for a text that it fits.
 *
 * @returns undefined when it has, else the first difference in words
 */
export function difference(actual: unknown, expected: unknown, path = '$'): string | undefined {
	if (isObject(expected)) {
		const { $matches: pattern } = expected;
		if (typeof pattern === 'string') {
			return typeof actual === 'string' && new RegExp(pattern).test(actual)
				? undefined
				: `${path} is ${show(actual)}, a text that matches ${pattern} was expected`;
		}
		if (!isObject(actual)) return `${path} is ${show(actual)}, an object was expected`;
		for (const [key, value] of Object.entries(expected)) {
			const found = difference(actual[key], value, `${path}.${key}`);
			if (found !== undefined) return found;
		}
		return undefined;
	}
	if (Array.isArray(expected)) {
		if (!Array.isArray(actual)) return `${path} is ${show(actual)}, a list was expected`;
		if (actual.length !== expected.length) {
			return `${path} has ${actual.length} members, ${expected.length} were expected`;
		}
		for (const [index, value] of expected.entries()) {
			const found = difference(actual[index], value, `${path}[${index}]`);
			if (found !== undefined) return found;
		}
		return undefined;
	}
	return Object.is(actual, expected)
		? undefined
		: `${path} is ${show(actual)}, ${show(expected)} was expected`;
}

function show(value: unknown): string {
	const text = JSON.stringify(value) ?? 'missing';
	return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
