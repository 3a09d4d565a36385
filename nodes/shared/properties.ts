import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { apiRequestResource } from './apiRequest';
import type { Field, Operation, Provider, Resource, Task } from './operation';

/** The collections that hold what the user may leave out. */
export type Group = 'filters' | 'updateFields' | 'additionalFields' | 'options';

/** A field of a compiled operation and where its value stands in the node's parameters. */
export interface Binding {
	field: Field;
	group: Group | null;
}

/** An operation with everything that the engine adds to its form. */
export interface CompiledOperation {
	resource: Resource;
	operation: Operation;
	bindings: Binding[];
}

/** A provider's descriptions, made ready for n8n and for the engine. */
export interface Catalog {
	provider: Provider;
	properties: INodeProperties[];
	/** By `<resource>:<operation>`. */
	operations: Map<string, CompiledOperation>;
}

/** The collections as the form shows them. */
export const collections: Record<Group, { displayName: string; placeholder: string }> = {
	filters: { displayName: 'Filters', placeholder: 'Add Filter' },
	updateFields: { displayName: 'Update Fields', placeholder: 'Add Field' },
	additionalFields: { displayName: 'Additional Fields', placeholder: 'Add Field' },
	options: { displayName: 'Options', placeholder: 'Add Option' },
};
const groups: Group[] = ['filters', 'updateFields', 'additionalFields', 'options'];

const listFields: Field[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		default: 50,
		typeOptions: { minValue: 1, numberPrecision: 0 },
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
];

const simplify: Field = {
	displayName: 'Simplify',
	name: 'simple',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

const waitForCompletion: Field = {
	displayName: 'Wait for Completion',
	name: 'waitForCompletion',
	type: 'boolean',
	default: true,
	description:
		'Whether to wait until the job has ended and to return what it made, instead of returning as soon as it has started',
};

const fileField: Field = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	required: true,
	hint: 'The name of the output binary field to put the file in',
};

const requestsInFlight: Field = {
	displayName: 'Requests in Flight',
	name: 'requestsInFlight',
	type: 'number',
	default: 10,
	typeOptions: { minValue: 1, maxValue: 50, numberPrecision: 0 },
	description:
		'How many requests may run at the same time. Without this option reads run 10 at a time and writes one after the other.',
};

const requestTimeout: Field = {
	displayName: 'Request Timeout',
	name: 'requestTimeout',
	type: 'number',
	default: 120,
	typeOptions: { minValue: 1, maxValue: 3600, numberPrecision: 0 },
	description: 'Seconds after which a request without an answer is given up',
};

const waitBy: Field = {
	displayName: 'Wait By',
	name: 'waitBy',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Callback',
			value: 'callback',
			description:
				'The execution sleeps until the service calls n8n, which it must be able to reach. A time limit stands in for a call that does not come.',
		},
		{
			name: 'Polling',
			value: 'polling',
			description: 'The state is asked for again and again',
		},
	],
	default: 'polling',
	displayOptions: { show: { waitForCompletion: [true] } },
	description: 'How the node learns that the work is done',
};

/** The hidden parameter that says what a node of the sub-workflow does in which a run sleeps. */
export const sleepStep = 'sleepStep';

/** Set by the engine only, on the nodes of the sub-workflow in which a run sleeps. */
const step: INodeProperties = {
	displayName: 'Step of a Sleep',
	name: sleepStep,
	type: 'hidden',
	default: '',
};

const waitTimeout = (minutes: number): Field => ({
	displayName: 'Timeout',
	name: 'timeout',
	type: 'number',
	default: minutes,
	typeOptions: { minValue: 0.1 },
	description: 'Minutes to wait for completion. The job itself goes on when the time is over.',
});

/** The part of the form that the engine adds, by what an operation gives back. */
function engineFields(operation: Operation): { form: Field[]; options: Field[] } {
	const form: Field[] = [];
	const options: Field[] = [requestsInFlight, requestTimeout];
	if (operation.output.kind === 'list') form.push(...listFields);
	if (operation.output.kind === 'file') form.push(fileField);
	if (operation.output.kind === 'task') {
		form.push(waitForCompletion);
		if (operation.output.callback) form.push(waitBy);
		options.push(waitTimeout(operation.output.task.timeoutMinutes));
	}
	if (operation.simple) form.push(simplify);
	return { form, options };
}

/** The job that an operation starts, where waiting for it is the engine's matter: then a run can sleep meanwhile. */
export const taskToSleepOn = ({ output, run, batch }: Operation): Task | undefined =>
	output.kind === 'task' && !run && !batch ? output.task : undefined;

const engineNames = new Set(
	[...listFields, fileField, waitForCompletion, waitBy, simplify].map(({ name }) => name),
);

function bindingsOf(operation: Operation): Binding[] {
	const added = engineFields(operation);
	const bind = (fields: Field[] | undefined, group: Group | null): Binding[] =>
		(fields ?? []).map((field) => ({ field, group }));
	return [
		...bind(operation.fields, null),
		...bind(added.form, null),
		...bind(operation.filters, 'filters'),
		...bind(operation.updateFields, 'updateFields'),
		...bind(operation.additionalFields, 'additionalFields'),
		...bind([...(operation.options ?? []), ...added.options], 'options'),
	];
}

/** n8n's lint wants collections sorted from five entries on; people find things sorted always. */
const byName = (a: { displayName: string }, b: { displayName: string }) =>
	a.displayName.localeCompare(b.displayName);

/** A field as n8n knows it, without what only the engine reads. */
export function toProperty(field: Field): INodeProperties {
	const property: INodeProperties & Partial<Field> = { ...field };
	delete property.wire;
	delete property.check;
	return property;
}

/** What an operation shows: its fields, then one collection for each group. */
function formOf(compiled: CompiledOperation): INodeProperties[] {
	const form = compiled.bindings
		.filter(({ group }) => group === null)
		.map(({ field }) => toProperty(field));
	for (const group of groups) {
		const members = compiled.bindings.filter((binding) => binding.group === group);
		if (members.length === 0) continue;
		form.push({
			...collections[group],
			name: group,
			type: 'collection',
			default: {},
			options: members.map(({ field }) => toProperty(field)).sort(byName),
		});
	}
	return form;
}

/** The operation's own fields come first, then what the engine adds, then the collections. */
function rankOf({ name, type }: INodeProperties): number {
	if (type === 'collection') return 2 + groups.findIndex((group) => group === name);
	return engineNames.has(name) ? 1 : 0;
}

interface Shown {
	property: INodeProperties;
	/** Operation values by resource value. */
	on: Map<string, string[]>;
}

/**
 * Merges equal properties of several operations into one that is shown for all of them: the editor's
 * cost grows with the number of properties. Only exact combinations are merged, so that nothing shows
 * where it does not belong.
 */
function merge(all: CompiledOperation[]): INodeProperties[] {
	const shown = new Map<string, Shown>();
	for (const compiled of all) {
		for (const property of formOf(compiled)) {
			const key = JSON.stringify(property);
			const entry = shown.get(key) ?? { property, on: new Map<string, string[]>() };
			const operations = entry.on.get(compiled.resource.value) ?? [];
			operations.push(compiled.operation.value);
			entry.on.set(compiled.resource.value, operations);
			shown.set(key, entry);
		}
	}
	// The first operation that has a property decides where it stands; its place must suit the others as well
	const inOrder = [...shown.values()].sort((a, b) => rankOf(a.property) - rankOf(b.property));
	return inOrder.flatMap(({ property, on }) => {
		const resourcesByOperations = new Map<string, string[]>();
		for (const [resource, operations] of on) {
			const key = JSON.stringify(operations);
			resourcesByOperations.set(key, [...(resourcesByOperations.get(key) ?? []), resource]);
		}
		return [...resourcesByOperations].map(([operations, resources]) => ({
			...property,
			displayOptions: {
				...property.displayOptions,
				show: {
					resource: resources,
					operation: JSON.parse(operations) as string[],
					...property.displayOptions?.show,
				},
			},
		}));
	});
}

/** What a new node shows: the first that the descriptions name. */
export const firstValue = (entries: Array<{ value: string }>) => entries[0]?.value ?? '';

function selector(resource: Resource): INodeProperties {
	const options: INodePropertyOptions[] = resource.operations
		.map(({ name, value, action, description }) => ({ name, value, action, description }))
		.sort((a, b) => a.name.localeCompare(b.name));
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource.value] } },
		options,
		default: firstValue(resource.operations),
	};
}

/**
 * Compiles a provider's descriptions to n8n properties and to the table that the engine works from.
 * Every provider gets the API Request resource for what its descriptions lack.
 */
export function compile(provider: Provider): Catalog {
	const resources = [...provider.resources, apiRequestResource(provider)];
	const all = resources.flatMap((resource) =>
		resource.operations.map((operation) => ({
			resource,
			operation,
			bindings: bindingsOf(operation),
		})),
	);
	return {
		provider,
		operations: new Map(
			all.map((compiled) => [`${compiled.resource.value}:${compiled.operation.value}`, compiled]),
		),
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: resources
					.map(({ name, value }) => ({ name, value }))
					.sort((a, b) => a.name.localeCompare(b.name)),
				default: firstValue(provider.resources),
			},
			...resources.map(selector),
			...merge(all),
			...(all.some(({ operation }) => taskToSleepOn(operation)) ? [step] : []),
		],
	};
}
