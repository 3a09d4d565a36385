/** Forms of operations, filled in without n8n: which fields stand on them, what they hold, what request they make. */
import fc from 'fast-check';

import { readMapping } from '../../nodes/shared/mappings';
import type { ApiRequest, Field, Values } from '../../nodes/shared/operation';
import type { Binding, CompiledOperation } from '../../nodes/shared/properties';
import { buildRequest, keyOf } from '../../nodes/shared/request';
import { readValue } from '../../nodes/shared/values';
import type { Ordinary } from './arbitraries.mts';
import { mappedForm, optionValues, ordinaryFor } from './arbitraries.mts';

/** The workflow's time zone in these tests. */
export const timezone = 'Europe/Dublin';

/** What stands on a form, by binding. */
export type Filled = Map<Binding, unknown>;

/** Values of the fields that decide which others are shown, by name. */
type Choices = Record<string, unknown>;

const isOnForm = ({ group }: Binding) => group === null;

/** Whether a field stands on the form with these choices. */
export function isShown({ field }: Binding, choices: Choices): boolean {
	const { show = {}, hide = {} } = field.displayOptions ?? {};
	const matches = ([name, expected]: [string, unknown]) =>
		Array.isArray(expected) && expected.includes(choices[name]);
	return Object.entries(show).every(matches) && !Object.entries(hide).some(matches);
}

/** What the form shows at first, and what a field needs to be on it. */
export function choicesFor({ bindings }: CompiledOperation, target?: Binding): Choices {
	const choices: Choices = {};
	for (const { field } of bindings.filter(isOnForm)) choices[field.name] ??= field.default;
	const choose = (field: Field) => {
		for (const [name, expected] of Object.entries(field.displayOptions?.show ?? {})) {
			const [first] = expected ?? [];
			choices[name] = first;
			const selector = bindings.find((one) => isOnForm(one) && one.field.name === name);
			if (selector) choose(selector.field);
		}
	};
	if (target) choose(target.field);
	return choices;
}

/** Fields that decide which others are shown. */
export function selectorsOf({ bindings }: CompiledOperation): Binding[] {
	const names = new Set(
		bindings.flatMap(({ field: { displayOptions: shown = {} } }) => [
			...Object.keys(shown.show ?? {}),
			...Object.keys(shown.hide ?? {}),
		]),
	);
	return bindings.filter((one) => isOnForm(one) && names.has(one.field.name));
}

/** All choices that the selectors of a form offer. */
export function anyChoices(compiled: CompiledOperation): fc.Arbitrary<Choices> {
	const selectors = selectorsOf(compiled);
	return fc
		.tuple(
			...selectors.map(({ field }) =>
				fc.constantFrom(...(field.type === 'boolean' ? [true, false] : optionValues(field))),
			),
		)
		.map((values) => ({
			...choicesFor(compiled),
			...Object.fromEntries(selectors.map(({ field }, index) => [field.name, values[index]])),
		}));
}

const samples = new WeakMap<Field, Map<number, Ordinary>>();

/** Always the same ordinary value of a field for a seed. */
export function sampleOf(field: Field, seed = 7): Ordinary {
	const known = samples.get(field) ?? new Map<number, Ordinary>();
	samples.set(field, known);
	if (field.type === 'resourceMapper')
		return { raw: mappedForm({ name: 'x' }), value: { name: 'x' } };
	const before = known.get(seed);
	if (before) return before;
	for (const sample of fc.sample(ordinaryFor(field), { numRuns: 50, seed })) {
		try {
			readValue(field, sample.raw, { timezone, group: null });
			known.set(seed, sample);
			return sample;
		} catch {
			// Not every text that fits the pattern fits what own code wants besides; another one will
		}
	}
	throw new Error(`No ordinary value of “${field.displayName}” is known`);
}

/** Which ordinary form is wanted. */
interface Wanted {
	/** The field that is looked at: the selectors are as it needs them, and it is left out. */
	target?: Binding;
	/** Whether fields stand on it that need not. Default: only what is required. */
	full?: boolean;
	/** Another seed gives other values. */
	seed?: number;
}

/** A form with ordinary values. */
export function formOf(
	compiled: CompiledOperation,
	{ target, full = false, seed = 7 }: Wanted = {},
): Filled {
	const choices = choicesFor(compiled, target);
	const selectors = selectorsOf(compiled);
	const form: Filled = new Map();
	for (const [index, binding] of compiled.bindings.entries()) {
		const { field, group } = binding;
		if (binding === target || field.type === 'notice' || !isShown(binding, choices)) continue;
		if (target && group === null && keyOf(binding) === keyOf(target)) continue;
		if (selectors.includes(binding)) form.set(binding, choices[field.name]);
		else if (full || field.required) form.set(binding, sampleOf(field, seed + index).raw);
	}
	return form;
}

/** A form with what it must have, so that one field can be looked at. */
export function formAround(compiled: CompiledOperation, target: Binding): Filled {
	return formOf(compiled, { target });
}

/** Reads a form as the engine does. @throws InvalidValue */
export function valuesOf(form: Filled): Values {
	const values: Values = {};
	for (const [binding, raw] of form) {
		const { field, group } = binding;
		const value =
			field.type === 'resourceMapper'
				? readMapping(field, raw, {}, timezone)
				: readValue(field, raw, { timezone, group });
		if (value !== undefined) values[keyOf(binding)] = value;
	}
	return values;
}

/** The request that an operation describes for a form. @throws InvalidValue */
export function requestOf({ operation, bindings }: CompiledOperation, values: Values): ApiRequest {
	return buildRequest(operation, bindings, values);
}
