/** Rules that every trigger keeps; as in rules.mts, each gives a list of findings that begin with the place. */
import type { INodeType } from 'n8n-workflow';

import type { TriggerEvent } from '../../nodes/shared/events';
import { compileEvents } from '../../nodes/shared/events';
import type { Field, Provider } from '../../nodes/shared/operation';
import type { Exceptions } from './exceptions.mts';
import type { Codex, Findings, Shown } from './rules.mts';
import { forbidden, isTitleCase, repeated, textsEnd, textsOfProperty } from './rules.mts';

/** Parameters that every trigger has. */
const taken = ['event', 'filters', 'options', 'pollTimes', 'includeExisting'];

const fieldsOf = ({ fields = [], filters = [] }: TriggerEvent): Field[] => [...fields, ...filters];

/** Values and names of events are unique, and the values are what workflows can store for good. */
export function eventsAreUnique(events: TriggerEvent[]): Findings {
	return [
		...repeated(events.map(({ value }) => value)).map((value) => `${value}: is there twice`),
		...repeated(events.map(({ name }) => name)).map((name) => `${name}: is shown twice`),
		...events
			.filter(({ value }) => !/^[a-z][A-Za-z0-9]*$/.test(value))
			.map(({ value }) => `${value}: is not in camel case`),
	];
}

/** A field's name is there once in each group of an event, and is none that the form needs itself. */
export function eventFieldsAreUnique(events: TriggerEvent[]): Findings {
	return events.flatMap((event) => {
		const names = (fields: Field[] = []) => fields.map(({ name }) => name);
		return [
			...repeated(names(event.fields)).map((name) => `${event.value} ${name}: is there twice`),
			...repeated(names(event.filters)).map(
				(name) => `${event.value} ${name}: is there twice in filters`,
			),
			...names(event.fields)
				.filter((name) => taken.includes(name))
				.map((name) => `${event.value} ${name}: has a name that the form needs itself`),
		];
	});
}

/** Resource locators and their needs: the list is registered, and what it depends on is on the form of the event. */
export function eventLocatorsWork({ locators = {} }: Provider, events: TriggerEvent[]): Findings {
	return events.flatMap((event) =>
		fieldsOf(event)
			.filter(({ type }) => type === 'resourceLocator')
			.flatMap(({ name, modes = [] }) => {
				const where = `${event.value} ${name}`;
				const method = modes[0]?.typeOptions?.searchListMethod;
				if (modes[0]?.type !== 'list' || method === undefined)
					return [`${where}: does not offer a list first`];
				const locator = locators[method];
				if (!locator) return [`${where}: the list ${method} is not registered`];
				const form = (event.fields ?? []).map((field) => field.name);
				return (locator.needs ?? [])
					.filter((need) => !form.includes(need))
					.map((need) => `${where}: the list ${method} needs ${need}, which is not on the form`);
			}),
	);
}

const textsOf = (events: TriggerEvent[]): Shown[] =>
	events.flatMap((event) => [
		{ where: event.value, kind: 'label', text: event.name },
		{ where: event.value, kind: 'description', text: event.description },
		...fieldsOf(event).flatMap((field) => textsOfProperty(`${event.value} ${field.name}`, field)),
	]);

/** Texts of events are like those of operations, and a description tells when the workflow starts. */
export function eventTexts(
	{ name: provider }: Provider,
	events: TriggerEvent[],
	{ labels, forbiddenWords }: Pick<Exceptions, 'labels' | 'forbiddenWords'>,
): Findings {
	const shown = textsOf(events);
	const isExcepted = (text: string, known: Exceptions['labels']) =>
		known.some((exception) => exception.provider === provider && exception.where === text);
	return [
		...events
			.filter(({ description }) => !description.startsWith('When '))
			.map(({ value }) => `${value}: the description does not tell when the workflow starts`),
		...shown
			.filter(({ kind, text }) => kind === 'label' && !isTitleCase(text))
			.filter(({ text }) => !isExcepted(text, labels))
			.map(({ where, text }) => `${where}: “${text}” is not in title case`),
		...textsEnd(shown),
		...shown
			.filter(({ text }) => forbidden.test(text) && !isExcepted(text, forbiddenWords))
			.map(({ where, text }) => `${where}: “${text}” holds a word that frightens users`),
	];
}

/** Happenings are remembered for a time, and one that is long is a short word. */
export function sourcesWork(events: TriggerEvent[]): Findings {
	return events.flatMap(({ value, source }) =>
		source.kind === 'feed' && !(source.overlap > 0 && Number.isFinite(source.overlap))
			? [`${value}: has no time by which a record may appear late`]
			: [],
	);
}

/** The node is a polling trigger of the provider, with the form of the events and the lists of the provider. */
export function triggerFits(provider: Provider, events: TriggerEvent[], node: INodeType): Findings {
	const { description, methods } = node;
	const findings: Findings = [];
	const where = description.name;
	const wrong = (isWrong: boolean, what: string) => {
		if (isWrong) findings.push(`${where}: ${what}`);
	};
	wrong(where !== `${provider.name}Trigger`, 'is not called after the provider');
	const title = `${provider.displayName} Trigger`;
	wrong(description.displayName !== title, `is shown as ${description.displayName}`);
	wrong(description.defaults.name !== title, `is ${String(description.defaults.name)} when new`);
	wrong(!description.polling || !node.poll, 'does not poll');
	wrong(description.group.join() !== 'trigger', 'is not in the group of triggers');
	wrong(description.inputs.length > 0, 'has an input');
	wrong(description.usableAsTool !== undefined, 'cannot be a tool');
	const credentials = description.credentials?.map(({ name, required }) => [name, required]);
	wrong(
		JSON.stringify(credentials) !== JSON.stringify([[provider.credential, true]]),
		`does not demand the credential ${provider.credential}`,
	);
	wrong(
		JSON.stringify(description.properties) !==
			JSON.stringify(compileEvents(provider, events).properties),
		'has another form than that of the events',
	);
	for (const name of Object.keys(provider.locators ?? {}))
		wrong(!methods?.listSearch?.[name], `does not offer the list ${name}`);
	return findings;
}

/** The codex is the trigger's own and finds each event by its name, without what stands in brackets. */
export function triggerCodexFinds(
	{ name }: Provider,
	events: TriggerEvent[],
	{ node, alias = [] }: Codex,
	packageName: string,
): Findings {
	const where = `${name}Trigger`;
	return [
		...(node === `${packageName}.${where}` ? [] : [`${where}: the codex is that of ${node}`]),
		...repeated(alias).map((word) => `${where}: the codex holds “${word}” twice`),
		...events
			.map((event) => event.name.replace(/ \(.*\)$/, ''))
			.filter((title) => !alias.includes(title))
			.map((title) => `${where}: the codex does not hold “${title}”`),
	];
}
