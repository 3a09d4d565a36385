import type { INodeProperties } from 'n8n-workflow';

import type { Field, Look, Provider, Until, Values } from './operation';
import type { Binding, Group } from './properties';
import { firstValue, toProperty } from './properties';

/** What a feed has to be read from. */
export interface Window {
	/** Milliseconds since the epoch, 0 for everything; for lists that the service narrows by time. */
	since: number;
	/** For lists that begin with the newest: whether what follows a page is too old. */
	until: Until;
}

/** A list of happenings with ids and times, such as tasks or audit events. */
export interface Feed {
	kind: 'feed';
	/** Reads the list back to the window's beginning; records from before it do no harm. */
	read(look: Look, window: Window): Promise<unknown[]>;
	/**
	 * Tells a happening from all others: the record's ID, with the time where a record can happen again
	 * (`<id>@<lastModified>`). Undefined for a record that is none.
	 */
	key(record: unknown): string | undefined;
	/** Milliseconds since the epoch, by the service's clock: when it appeared in the list. */
	time(record: unknown): number | undefined;
	/** Seconds by which a record may appear late in the list, or be missed because pages shift. */
	overlap: number;
	/** For runs and jobs, whose end is the happening. */
	ending?: {
		hasEnded(record: unknown): boolean;
		/** Reads one of them by its key; undefined when it is no longer there. */
		one(key: string, look: Look): Promise<unknown>;
		/** Those under way at this moment, also the ones that began long ago; where the service can tell. */
		underWay?(look: Look): Promise<unknown[]>;
	};
	/** Whether the workflow asks for this one, by what stands on the form. */
	isWanted?(record: unknown, values: Values): boolean;
}

/** A list of what is there, of which differences are the happenings. */
export interface Inventory {
	kind: 'inventory';
	/** Reads the whole list. */
	read(look: Look): Promise<unknown[]>;
	id(record: unknown): string | undefined;
	/**
	 * What is remembered of a record, short: a state, a time of change, a name. With a state goes the time of its change
	 * where the service gives one (`suspended@2026-03-01`), so that two changes between polls are noticed.
	 */
	word(record: unknown, values: Values): string;
	/** Whether a difference is the happening. No `before`: the record is new. No `word`: it is gone. */
	happened(before: string | undefined, word: string | undefined, values: Values): boolean;
	/** Whether a record that was not read is really gone, where one request can tell; otherwise the list is read again. */
	isGone?(id: string, look: Look): Promise<boolean>;
	/** The item for a record that is gone. Default: its `id`. */
	remains?(id: string, before: string): Record<string, unknown>;
}

/** Something that starts a workflow. */
export interface TriggerEvent {
	/** As shown in the list, in title case. */
	name: string;
	/** Stored in workflows; never changes. */
	value: string;
	/** When the workflow starts, in one sentence. */
	description: string;
	/** On the form. */
	fields?: Field[];
	/** In the Filters collection. */
	filters?: Field[];
	source: Feed | Inventory;
}

/** A provider's events, made ready for n8n and for the engine. */
export interface TriggerCatalog {
	provider: Provider;
	properties: INodeProperties[];
	events: Map<string, { event: TriggerEvent; bindings: Binding[] }>;
}

const includeExisting: Field = {
	displayName: 'Include Existing',
	name: 'includeExisting',
	type: 'boolean',
	default: false,
	description:
		'Whether the first poll after activation also starts the workflow for what is there already, instead of only for what happens from then on',
};

function shownFor(property: INodeProperties, values: string[]): INodeProperties {
	const { displayOptions } = property;
	return {
		...property,
		displayOptions: { ...displayOptions, show: { event: values, ...displayOptions?.show } },
	};
}

/** The forms of all events; what several share is one property. */
function formsOf(events: TriggerEvent[]): INodeProperties[] {
	const shown = new Map<string, { property: INodeProperties; values: string[] }>();
	for (const { value, fields = [], filters = [] } of events) {
		const form = fields.map(toProperty);
		if (filters.length > 0) {
			form.push({
				displayName: 'Filters',
				name: 'filters',
				type: 'collection',
				placeholder: 'Add Filter',
				default: {},
				options: filters.map(toProperty).sort((a, b) => a.displayName.localeCompare(b.displayName)),
			});
		}
		for (const property of form) {
			const key = JSON.stringify(property);
			const entry = shown.get(key) ?? { property, values: [] };
			entry.values.push(value);
			shown.set(key, entry);
		}
	}
	return [...shown.values()].map(({ property, values }) => shownFor(property, values));
}

/** Compiles the events of a provider to the form of its trigger node. */
export function compileEvents(provider: Provider, events: TriggerEvent[]): TriggerCatalog {
	const bind = (fields: Field[] | undefined, group: Group | null): Binding[] =>
		(fields ?? []).map((field) => ({ field, group }));
	return {
		provider,
		events: new Map(
			events.map((event) => [
				event.value,
				{ event, bindings: [...bind(event.fields, null), ...bind(event.filters, 'filters')] },
			]),
		),
		properties: [
			{
				displayName: 'Event',
				name: 'event',
				type: 'options',
				noDataExpression: true,
				required: true,
				options: events
					.map(({ name, value, description }) => ({ name, value, description }))
					.sort((a, b) => a.name.localeCompare(b.name)),
				default: firstValue(events),
			},
			...formsOf(events),
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [toProperty(includeExisting)],
			},
		],
	};
}
