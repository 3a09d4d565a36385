/**
 * What the engine itself puts on the forms. Workflows store these names and values, so none of them may ever change; the
 * words around them may.
 */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { TriggerEvent } from '../../nodes/shared/events';
import { compileEvents } from '../../nodes/shared/events';
import type { Field, Operation, Provider, Task } from '../../nodes/shared/operation';
import { compile } from '../../nodes/shared/properties';
import { shelf } from '../support/provider.mts';

type Part = NonNullable<INodeProperties['options']>[number];

const isProperty = (one: Part): one is INodeProperties => 'type' in one;
const isOption = (one: Part): one is INodePropertyOptions => 'value' in one;

/** A property without its words. */
function stored(property: INodeProperties): unknown {
	const { name, type, default: initial, displayOptions, noDataExpression, required } = property;
	const { options = [], typeOptions } = property;
	return {
		name,
		type,
		default: initial,
		...(displayOptions?.show && { shown: displayOptions.show }),
		...(noDataExpression && { noDataExpression }),
		...(required && { required }),
		...(typeOptions && { typeOptions }),
		...(options.length > 0 && {
			options: options.map((one) =>
				isProperty(one) ? stored(one) : isOption(one) ? one.value : one.name,
			),
		}),
	};
}

const task: Task = {
	id: () => 'job',
	poll: () => ({ method: 'GET', path: '/jobs' }),
	read: () => ({ state: 'done' }),
	noun: 'Job',
	firstDelay: 1,
	slowest: 1,
	timeoutMinutes: 7,
};
const operation = (value: string, more: Partial<Operation>): Operation => ({
	name: value,
	value,
	action: value,
	description: value,
	operationId: value,
	request: { method: 'POST', path: `/${value}` },
	output: { kind: 'item' },
	...more,
});
const provider = (...operations: Operation[]): Provider => ({
	...shelf,
	resources: [{ name: 'Thing', value: 'thing', operations }],
});
const field: Field = { displayName: 'Kind', name: 'kind', type: 'string', default: '' };

/** The properties that are shown for an operation of the thing, or for none in particular. */
const formOf = (properties: INodeProperties[], value: string) =>
	properties
		.filter(({ displayOptions }) => {
			const { resource, operation: operations } = displayOptions?.show ?? {};
			return resource?.includes('thing') && (!operations || operations.includes(value));
		})
		.map(stored);

/** Options of every operation. */
const everywhere = [
	{
		name: 'requestTimeout',
		type: 'number',
		default: 120,
		typeOptions: { minValue: 1, maxValue: 3600, numberPrecision: 0 },
	},
	{
		name: 'requestsInFlight',
		type: 'number',
		default: 10,
		typeOptions: { minValue: 1, maxValue: 50, numberPrecision: 0 },
	},
];

/** The collection of options that operations of the thing share. */
const optionsOf = (operations: string[], ...more: object[]) => ({
	name: 'options',
	type: 'collection',
	default: {},
	shown: { resource: ['thing'], operation: operations },
	options: [...everywhere, ...more],
});

const { properties } = compile(
	provider(
		operation('list', { output: { kind: 'list' }, simple: ['a'] }),
		operation('start', { output: { kind: 'task', task, callback: () => ({}) } }),
		operation('file', { output: { kind: 'file' } }),
	),
);

describe('names and values that the engine adds to the form', () => {
	it('of a list', () => {
		expect(formOf(properties, 'list')).toEqual([
			{
				name: 'operation',
				type: 'options',
				default: 'list',
				shown: { resource: ['thing'] },
				noDataExpression: true,
				options: ['file', 'list', 'start'],
			},
			{
				name: 'returnAll',
				type: 'boolean',
				default: false,
				shown: { resource: ['thing'], operation: ['list'] },
			},
			{
				name: 'limit',
				type: 'number',
				default: 50,
				shown: { resource: ['thing'], operation: ['list'], returnAll: [false] },
				typeOptions: { minValue: 1, numberPrecision: 0 },
			},
			{
				name: 'simple',
				type: 'boolean',
				default: true,
				shown: { resource: ['thing'], operation: ['list'] },
			},
			optionsOf(['list', 'file']),
		]);
	});

	it('of a background job', () => {
		expect(formOf(properties, 'start').slice(1)).toEqual([
			{
				name: 'waitForCompletion',
				type: 'boolean',
				default: true,
				shown: { resource: ['thing'], operation: ['start'] },
			},
			{
				name: 'waitBy',
				type: 'options',
				default: 'polling',
				shown: { resource: ['thing'], operation: ['start'], waitForCompletion: [true] },
				noDataExpression: true,
				options: ['callback', 'polling'],
			},
			optionsOf(['start'], {
				name: 'timeout',
				type: 'number',
				default: 7,
				typeOptions: { minValue: 0.1 },
			}),
		]);
	});

	it('of a file', () => {
		expect(formOf(properties, 'file').slice(1)).toEqual([
			{
				name: 'binaryPropertyName',
				type: 'string',
				default: 'data',
				shown: { resource: ['thing'], operation: ['file'] },
				required: true,
			},
			optionsOf(['list', 'file']),
		]);
	});

	it('of every service: API Request, and the hidden step of a sleep', () => {
		const common = properties.filter(
			({ displayOptions }) => !displayOptions?.show?.resource?.includes('thing'),
		);
		expect(common.map(stored)).toEqual([
			{
				name: 'resource',
				type: 'options',
				default: 'thing',
				noDataExpression: true,
				options: ['apiRequest', 'thing'],
			},
			{
				name: 'operation',
				type: 'options',
				default: 'send',
				shown: { resource: ['apiRequest'] },
				noDataExpression: true,
				options: ['send'],
			},
			{
				name: 'method',
				type: 'options',
				default: 'GET',
				shown: { resource: ['apiRequest'], operation: ['send'] },
				options: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
			},
			{
				name: 'path',
				type: 'string',
				default: '',
				shown: { resource: ['apiRequest'], operation: ['send'] },
				required: true,
			},
			{
				name: 'query',
				type: 'json',
				default: '{}',
				shown: { resource: ['apiRequest'], operation: ['send'] },
			},
			{
				name: 'body',
				type: 'json',
				default: '{}',
				shown: {
					resource: ['apiRequest'],
					operation: ['send'],
					method: ['DELETE', 'PATCH', 'POST', 'PUT'],
				},
			},
			{
				name: 'options',
				type: 'collection',
				default: {},
				shown: { resource: ['apiRequest'], operation: ['send'] },
				options: [
					{ name: 'itemsAt', type: 'string', default: '' },
					{
						name: 'maxResults',
						type: 'number',
						default: 50,
						typeOptions: { minValue: 1, numberPrecision: 0 },
					},
					...everywhere,
				],
			},
			{ name: 'sleepStep', type: 'hidden', default: '' },
		]);
	});

	it('of a trigger', () => {
		const source = {} as TriggerEvent['source'];
		const events = [
			{ name: 'A', value: 'a', description: 'A', filters: [field], source },
			{ name: 'B', value: 'b', description: 'B', fields: [field], source },
		];
		expect(compileEvents(shelf, events).properties.map(stored)).toEqual([
			{
				name: 'event',
				type: 'options',
				default: 'a',
				noDataExpression: true,
				required: true,
				options: ['a', 'b'],
			},
			{
				name: 'filters',
				type: 'collection',
				default: {},
				shown: { event: ['a'] },
				options: [{ name: 'kind', type: 'string', default: '' }],
			},
			{ name: 'kind', type: 'string', default: '', shown: { event: ['b'] } },
			{
				name: 'options',
				type: 'collection',
				default: {},
				options: [{ name: 'includeExisting', type: 'boolean', default: false }],
			},
		]);
	});
});

it('the step of a sleep is there only where a wait can sleep', () => {
	const hasStep = (more: Partial<Operation>) =>
		compile(provider(operation('one', more))).properties.some(({ name }) => name === 'sleepStep');
	const output = { kind: 'task' as const, task };
	expect(hasStep({ output })).toBe(true);
	expect(hasStep({})).toBe(false);
	expect(hasStep({ output, run: async () => await Promise.resolve([]) })).toBe(false);
	const batch = { size: 2, run: async () => await Promise.resolve([]) };
	expect(hasStep({ output, batch })).toBe(false);
});
