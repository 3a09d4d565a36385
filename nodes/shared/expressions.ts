import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Json } from './json';

/** `.name`, `["any name"]`, `['any name']` or `[0]`; nothing that JavaScript or n8n could read in another way. */
const step = String.raw`\.[A-Za-z_$][\w$]*|\["[^"\\{}\r\n]+"\]|\['[^'\\{}\r\n]+'\]|\[\d{1,9}\]`;

const member = new RegExp(String.raw`^=\{\{\s*\$json((?:${step})+)\s*\}\}$`);

const steps = new RegExp(step, 'g');

/** Names that n8n refuses, and those that every object has: in n8n's sandbox they stand for its own member. */
const isRefused = (name: string) => name === 'prototype' || name in {};

/**
 * The names along the way to a member of the input item, where that is all that an expression asks for:
 * `={{ $json.order["billing id"] }}` is `['order', 'billing id']`. That is what dragging a value onto a field writes.
 */
export function pathOf(expression: string): string[] | undefined {
	const way = member.exec(expression)?.[1];
	const path = way?.match(steps)?.map((one) => one.replace(/^\.|^\[["']?|["']?\]$/g, ''));
	return path?.some(isRefused) ? undefined : path;
}

/** A text, a number or a switch, own members only; undefined for anything that n8n's sandbox could show differently. */
function plainAt(item: unknown, path: string[]): string | number | boolean | undefined {
	let current = item;
	for (const name of path) {
		if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) {
			return undefined;
		}
		current = (current as Json)[name];
	}
	if (typeof current === 'string' || typeof current === 'boolean') return current;
	return typeof current === 'number' ? current : undefined;
}

/**
 * What a stored parameter holds for an input item, as far as its expressions only name members of the item.
 * @returns undefined when n8n has to work it out
 */
export function resolve(stored: unknown, item: unknown): unknown {
	if (typeof stored === 'string' && stored.startsWith('=')) {
		const path = pathOf(stored);
		return path && plainAt(item, path);
	}
	if (typeof stored !== 'object' || stored === null) return stored;
	const members = Object.entries(stored).map(([name, value]) => [name, resolve(value, item)]);
	if (members.some(([, value]) => value === undefined)) return undefined;
	return Array.isArray(stored) ? members.map(([, value]) => value) : Object.fromEntries(members);
}

/**
 * Works out parameters without n8n's evaluator where they only name members of the input item.
 *
 * n8n evaluates each expression of each item in an isolated virtual machine, which takes longer than to send the
 * request (docs/benchmarks.md). n8n has the say: it works out each parameter for the first item that this class could do
 * too, and only where both come to the same does the class do the rest of the run.
 */
export class Expressions {
	/** By name of the parameter: whether n8n came to the same value. */
	private readonly agreed = new Map<string, boolean>();

	/** @param stored the parameters of the node as they are stored */
	constructor(private readonly stored: INodeParameters) {}

	/**
	 * @param json the input item
	 * @param evaluate n8n's evaluator for this parameter and this item
	 */
	read(name: string, json: IDataObject, evaluate: () => unknown): unknown {
		if (this.agreed.get(name) === false) return evaluate();
		const own = resolve(this.stored[name], json);
		if (own === undefined) return evaluate();
		if (this.agreed.get(name)) return own;
		const value = evaluate();
		this.agreed.set(name, JSON.stringify(value) === JSON.stringify(own));
		return value;
	}
}
