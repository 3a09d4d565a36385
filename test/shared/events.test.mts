import type { INodeProperties } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import type { Feed, TriggerEvent } from '../../nodes/shared/events';
import { compileEvents } from '../../nodes/shared/events';
import type { Field } from '../../nodes/shared/operation';
import { journalCatalog, triggerOf } from '../support/journal.mts';
import { shelf } from '../support/provider.mts';

const source: Feed = {
	kind: 'feed',
	overlap: 0,
	read: async () => await Promise.resolve([]),
	key: () => undefined,
	time: () => undefined,
};
const field = (name: string, more: Partial<Field> = {}): Field => ({
	displayName: name.toUpperCase(),
	name,
	type: 'string',
	default: '',
	wire: { in: 'query' },
	...more,
});
const event = (value: string, more: Partial<TriggerEvent> = {}): TriggerEvent => ({
	name: `The ${value}`,
	value,
	description: `When ${value}`,
	source,
	...more,
});

const { properties, events, provider } = compileEvents(shelf, [
	event('second', { fields: [field('shared'), field('own')], filters: [field('b'), field('a')] }),
	event('first', {
		fields: [field('shared'), field('shown', { displayOptions: { show: { shared: ['x'] } } })],
		filters: [field('b'), field('a')],
	}),
	event('third', { filters: [field('c')] }),
]);

const shown = (value: string) =>
	properties
		.filter((property) =>
			NodeHelpers.displayParameter(
				{ event: value, shared: 'x' },
				property,
				{ typeVersion: 1 },
				triggerOf(journalCatalog).description,
			),
		)
		.map(({ name }) => name);

describe('The form of a trigger', () => {
	it('begins with the events, in the order of their names; the first that is described is chosen', () => {
		expect(properties[0]).toMatchObject({
			name: 'event',
			noDataExpression: true,
			default: 'second',
			options: [
				{ name: 'The first', value: 'first', description: 'When first' },
				{ name: 'The second', value: 'second', description: 'When second' },
				{ name: 'The third', value: 'third', description: 'When third' },
			],
		});
	});

	it('shows what belongs to the event', () => {
		expect(shown('first')).toEqual(['event', 'shared', 'filters', 'shown', 'options']);
		expect(shown('second')).toEqual(['event', 'shared', 'own', 'filters', 'options']);
		expect(shown('third')).toEqual(['event', 'filters', 'options']);
	});

	it('holds once what several events share, and nothing that n8n does not know', () => {
		const filters = properties.filter(({ name }) => name === 'filters');
		expect(
			filters.map(({ options, displayOptions }) => [
				(options as INodeProperties[]).map(({ name }) => name),
				displayOptions?.show?.event,
			]),
		).toEqual([
			[
				['a', 'b'],
				['second', 'first'],
			],
			[['c'], ['third']],
		]);
		expect(JSON.stringify(properties)).not.toContain('wire');
	});

	it('can include what is there already', () => {
		expect(properties.at(-1)).toMatchObject({
			name: 'options',
			options: [{ name: 'includeExisting', type: 'boolean', default: false }],
		});
	});
});

describe('A compiled trigger', () => {
	it('knows its events with their fields', () => {
		expect(provider).toBe(shelf);
		expect([...events.keys()]).toEqual(['second', 'first', 'third']);
		expect(
			events.get('first')?.bindings.map(({ field: { name }, group }) => [name, group]),
		).toEqual([
			['shared', null],
			['shown', null],
			['b', 'filters'],
			['a', 'filters'],
		]);
	});
});
