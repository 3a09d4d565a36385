import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import type { Feed, TriggerEvent } from '../../nodes/shared/events';
import { compileEvents } from '../../nodes/shared/events';
import { byId, fromList } from '../../nodes/shared/fields';
import type { Field, Provider } from '../../nodes/shared/operation';
import { exceptions, triggerWords } from './exceptions.mts';
import type { Findings } from './rules.mts';
import { described, describedTriggers, nodeSources, packageFile } from './sources.mts';
import * as rules from './triggerRules.mts';

it('Every trigger node is described, and no service has two', () => {
	const nodes = nodeSources
		.flatMap(({ made }) => made.map(({ description }) => description))
		.filter(({ group }) => group.includes('trigger'))
		.map(({ name }) => name);
	expect(describedTriggers.map(({ provider }) => `${provider.name}Trigger`).sort()).toEqual(
		nodes.sort(),
	);
	expect(nodes).toHaveLength(described.length);
});

describe.each(describedTriggers.map((one) => [one.provider.displayName, one] as const))(
	'The trigger of %s',
	(_, { provider, events, node, codex }) => {
		it('has unique events', () => {
			expect(rules.eventsAreUnique(events)).toEqual([]);
		});

		it('has unique fields', () => {
			expect(rules.eventFieldsAreUnique(events)).toEqual([]);
		});

		it('has locators that work', () => {
			expect(rules.eventLocatorsWork(provider, events)).toEqual([]);
		});

		it('has texts like the action node', () => {
			const forbiddenWords = [...exceptions.forbiddenWords, ...triggerWords];
			expect(rules.eventTexts(provider, events, { ...exceptions, forbiddenWords })).toEqual([]);
			// None is excepted without need
			const found = rules.eventTexts(provider, events, exceptions).join();
			for (const { provider: name, where } of triggerWords)
				expect(name !== provider.name || found.includes(`“${where}”`)).toBe(true);
		});

		it('remembers', () => {
			expect(rules.sourcesWork(events)).toEqual([]);
		});

		it('belongs to a node that is there', () => {
			expect(node).toBeDefined();
			if (node) expect(rules.triggerFits(provider, events, node)).toEqual([]);
		});

		it('is found by the names of its events', () => {
			expect(codex).toBeDefined();
			if (!codex) return;
			expect(rules.triggerCodexFinds(provider, events, codex, packageFile.name)).toEqual([]);
		});
	},
);

const plant: Field = {
	displayName: 'Plant',
	name: 'plantId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [fromList('searchPlants'), byId('e.g. 12')],
};
const bed: Field = { displayName: 'Bed', name: 'bed', type: 'string', default: '' };

const garden: Provider = {
	name: 'roseGarden',
	displayName: 'Rose Garden',
	credential: 'roseGardenApi',
	api: 'rose-garden',
	baseUrl: () => 'https://garden.example',
	resources: [],
	locators: {
		searchPlants: { operation: 'plant:getAll', value: 'id', label: ['name'], needs: ['bed'] },
	},
	skipped: [],
};

const source: Feed = {
	kind: 'feed',
	overlap: 60,
	read: async () => await Promise.resolve([]),
	key: () => undefined,
	time: () => undefined,
};

/** An invented event that keeps all rules. */
const grown: TriggerEvent = {
	name: 'Plant Grown',
	value: 'plantGrown',
	description: 'When a plant has grown',
	fields: [bed],
	filters: [plant],
	source,
};
const changed = (change: Partial<TriggerEvent>): TriggerEvent[] => [{ ...grown, ...change }];

const description: INodeTypeDescription = {
	displayName: 'Rose Garden Trigger',
	name: 'roseGardenTrigger',
	group: ['trigger'],
	version: 1,
	description: 'Starts the workflow when something happens in the garden',
	defaults: { name: 'Rose Garden Trigger' },
	polling: true,
	inputs: [],
	outputs: [NodeConnectionTypes.Main],
	credentials: [{ name: 'roseGardenApi', required: true }],
	properties: compileEvents(garden, [grown]).properties,
};
const node: INodeType = {
	description,
	methods: { listSearch: { searchPlants: async () => await Promise.resolve({ results: [] }) } },
	poll: async () => await Promise.resolve(null),
};
const fits = (change: Partial<INodeTypeDescription>, more: Partial<INodeType> = {}) =>
	rules.triggerFits(garden, [grown], {
		...node,
		...more,
		description: { ...description, ...change },
	});

const codex = { node: 'some-package.roseGardenTrigger', alias: ['Plant Grown'] };
const texts = (change: Partial<TriggerEvent>, more: Partial<typeof exceptions> = {}) =>
	rules.eventTexts(garden, changed(change), { labels: [], forbiddenWords: [], ...more });

it('The invented trigger keeps all rules', () => {
	expect([
		...rules.eventsAreUnique([grown]),
		...rules.eventFieldsAreUnique([grown]),
		...rules.eventLocatorsWork(garden, [grown]),
		...texts({}),
		...rules.sourcesWork([grown]),
		...fits({}),
		...rules.triggerCodexFinds(garden, [grown], codex, 'some-package'),
	]).toEqual([]);
});

/** One deliberately wrong description for each thing that a rule looks at. */
const wrong: Array<[string, () => Findings, string]> = [
	[
		'an event twice',
		() => rules.eventsAreUnique([grown, { ...grown, name: 'Other' }]),
		'plantGrown: is there twice',
	],
	[
		'a name twice',
		() => rules.eventsAreUnique([grown, { ...grown, value: 'other' }]),
		'Plant Grown: is shown twice',
	],
	[
		'a value that is not in camel case',
		() => rules.eventsAreUnique(changed({ value: 'plant_grown' })),
		'plant_grown: is not in camel case',
	],
	[
		'a field twice',
		() => rules.eventFieldsAreUnique(changed({ fields: [bed, bed] })),
		'plantGrown bed: is there twice',
	],
	[
		'a filter twice',
		() => rules.eventFieldsAreUnique(changed({ filters: [bed, bed] })),
		'plantGrown bed: is there twice in filters',
	],
	[
		'a field with a name of the form',
		() => rules.eventFieldsAreUnique(changed({ fields: [{ ...bed, name: 'pollTimes' }] })),
		'plantGrown pollTimes: has a name that the form needs itself',
	],
	[
		'a locator without a list',
		() =>
			rules.eventLocatorsWork(garden, changed({ filters: [{ ...plant, modes: [byId('12')] }] })),
		'plantGrown plantId: does not offer a list first',
	],
	[
		'a list that is not registered',
		() => rules.eventLocatorsWork({ ...garden, locators: {} }, [grown]),
		'plantGrown plantId: the list searchPlants is not registered',
	],
	[
		'a list that needs what is not on the form',
		() => rules.eventLocatorsWork(garden, changed({ fields: [] })),
		'plantGrown plantId: the list searchPlants needs bed, which is not on the form',
	],
	[
		'a description that does not tell when',
		() => texts({ description: 'A plant has grown' }),
		'plantGrown: the description does not tell when the workflow starts',
	],
	[
		'a name in sentence case',
		() => texts({ name: 'Plant grown' }),
		'plantGrown: “Plant grown” is not in title case',
	],
	[
		'a label in sentence case',
		() => texts({ filters: [{ ...plant, displayName: 'a plant' }] }),
		'plantGrown plantId: “a plant” is not in title case',
	],
	[
		'a sentence with a period',
		() => texts({ description: 'When a plant has grown.' }),
		'plantGrown: “When a plant has grown.” is one sentence with a final period',
	],
	[
		'a word that frightens',
		() => texts({ fields: [{ ...bed, description: 'Where an error grows' }] }),
		'plantGrown bed: “Where an error grows” holds a word that frightens users',
	],
	[
		'a feed without an overlap',
		() => rules.sourcesWork(changed({ source: { ...source, overlap: 0 } })),
		'plantGrown: has no time by which a record may appear late',
	],
	['another name', () => fits({ name: 'rose' }), 'rose: is not called after the provider'],
	['another title', () => fits({ displayName: 'Rose' }), 'roseGardenTrigger: is shown as Rose'],
	[
		'another name of new nodes',
		() => fits({ defaults: { name: 'R' } }),
		'roseGardenTrigger: is R when new',
	],
	[
		'a node that does not poll',
		() => fits({}, { poll: undefined }),
		'roseGardenTrigger: does not poll',
	],
	[
		'another group',
		() => fits({ group: ['transform'] }),
		'roseGardenTrigger: is not in the group of triggers',
	],
	[
		'an input',
		() => fits({ inputs: [NodeConnectionTypes.Main] }),
		'roseGardenTrigger: has an input',
	],
	['a tool', () => fits({ usableAsTool: true }), 'roseGardenTrigger: cannot be a tool'],
	[
		'a credential that may be left out',
		() => fits({ credentials: [{ name: 'roseGardenApi' }] }),
		'roseGardenTrigger: does not demand the credential roseGardenApi',
	],
	[
		'another form',
		() => fits({ properties: [] }),
		'roseGardenTrigger: has another form than that of the events',
	],
	[
		'a node without the lists',
		() => fits({}, { methods: {} }),
		'roseGardenTrigger: does not offer the list searchPlants',
	],
	[
		'the codex of another node',
		() => rules.triggerCodexFinds(garden, [grown], { ...codex, node: 'x.y' }, 'some-package'),
		'roseGardenTrigger: the codex is that of x.y',
	],
	[
		'a codex without an event',
		() => rules.triggerCodexFinds(garden, [grown], { ...codex, alias: [] }, 'some-package'),
		'roseGardenTrigger: the codex does not hold “Plant Grown”',
	],
	[
		'a codex with a word twice',
		() =>
			rules.triggerCodexFinds(
				garden,
				[grown],
				{ ...codex, alias: ['Plant Grown', 'Plant Grown'] },
				'some-package',
			),
		'roseGardenTrigger: the codex holds “Plant Grown” twice',
	],
];

it.each(wrong)('The rules find %s', (_, find, finding) => {
	expect(find()).toEqual([finding]);
});

it('The rules allow what is excepted with a reason', () => {
	const excepted = (where: string) => [{ provider: 'roseGarden', where, reason: 'So it is' }];
	expect(texts({ name: 'iPlant' }, { labels: excepted('iPlant') })).toEqual([]);
	const description = 'When a plant is in error';
	expect(texts({ description }, { forbiddenWords: excepted(description) })).toEqual([]);
});
