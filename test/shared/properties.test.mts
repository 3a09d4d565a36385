import fc from 'fast-check';
import type { INodeParameters, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import type { Field, Operation, Provider, Resource } from '../../nodes/shared/operation';
import type { Catalog, CompiledOperation, Group } from '../../nodes/shared/properties';
import { compile } from '../../nodes/shared/properties';
import { printing, shelf, shelfCatalog } from '../support/provider.mts';

const groups: Group[] = ['filters', 'updateFields', 'additionalFields', 'options'];

/** What the editor shows under Resource and Operation, by n8n's own rules. */
function visible(
	catalog: Catalog,
	resource: string,
	operation: string,
	values: INodeParameters = {},
): INodeProperties[] {
	const given = { resource, operation, ...values };
	return catalog.properties
		.filter(({ name, type }) => name !== 'resource' && name !== 'operation' && type !== 'hidden')
		.filter((property) => NodeHelpers.displayParameter(given, property, { typeVersion: 1 }, null));
}

/** The names on the form that a description asks for, in the order of their class. */
function expectedNames({ output, simple, ...operation }: Operation): string[][] {
	const names = (fields: Field[] | undefined) => (fields ?? []).map(({ name }) => name);
	const engine = [
		...(output.kind === 'list' ? ['returnAll', 'limit'] : []),
		...(output.kind === 'file' ? ['binaryPropertyName'] : []),
		...(output.kind === 'task' ? ['waitForCompletion'] : []),
		...(output.kind === 'task' && output.callback ? ['waitBy'] : []),
		...(simple ? ['simple'] : []),
	];
	const collections = groups.filter(
		(group) => group === 'options' || (operation[group] ?? []).length > 0,
	);
	return [names(operation.fields), engine, ...collections.map((group) => [group])];
}

/** Values that show all fields of an operation. */
const showAll = { returnAll: false, mode: 'file', method: 'POST', waitForCompletion: true };

const described = [...shelfCatalog.operations].map(
	([key, compiled]): [string, CompiledOperation] => [key, compiled],
);

function find(catalog: Catalog, key: string): CompiledOperation {
	const compiled = catalog.operations.get(key);
	if (!compiled) throw new Error(`There is no ${key}`);
	return compiled;
}

function shown(key: string, name: string, values: INodeParameters = showAll): INodeProperties {
	const { resource, operation } = find(shelfCatalog, key);
	const found = visible(shelfCatalog, resource.value, operation.value, values).filter(
		(property) => property.name === name,
	);
	expect(found).toHaveLength(1);
	return found[0] as INodeProperties;
}

const members = (property: INodeProperties) => property.options as INodeProperties[];

describe('the form of an operation', () => {
	it.each(described)('%s shows what its description says, class after class', (_, compiled) => {
		const { resource, operation } = compiled;
		const names = visible(shelfCatalog, resource.value, operation.value, showAll).map(
			({ name }) => name,
		);
		const expected = expectedNames(operation);
		expect(names).toHaveLength(expected.flat().length);
		let start = 0;
		for (const part of expected) {
			expect(new Set(names.slice(start, start + part.length))).toEqual(new Set(part));
			start += part.length;
		}
	});

	it.each(described)('%s shows its fields as they are described', (_, compiled) => {
		const { resource, operation } = compiled;
		const form = visible(shelfCatalog, resource.value, operation.value, showAll);
		for (const field of operation.fields ?? []) {
			const { displayOptions, ...literal }: Partial<Field> = { ...field };
			delete literal.wire;
			delete literal.check;
			const property = form.find(({ name }) => name === field.name);
			expect(property).toMatchObject(literal);
			expect(property).not.toHaveProperty('wire');
			expect(property).not.toHaveProperty('check');
			expect(property?.displayOptions?.show).toMatchObject(displayOptions?.show ?? {});
		}
	});

	it.each(described)('%s holds its optional fields in their collections, sorted', (_, compiled) => {
		const { resource, operation } = compiled;
		const form = visible(shelfCatalog, resource.value, operation.value, showAll);
		for (const group of groups) {
			const engine =
				group === 'options'
					? [
							'Requests in Flight',
							'Request Timeout',
							...(operation.output.kind === 'task' ? ['Timeout'] : []),
						]
					: [];
			const titles = [...(operation[group] ?? []).map(({ displayName }) => displayName), ...engine];
			const collection = form.find(({ name }) => name === group);
			expect(collection ? members(collection).map(({ displayName }) => displayName) : []).toEqual(
				titles.sort((a, b) => a.localeCompare(b)),
			);
		}
	});

	it('hides fields that depend on others until they matter', () => {
		const names = (key: string, values: INodeParameters) => {
			const { resource, operation } = find(shelfCatalog, key);
			return visible(shelfCatalog, resource.value, operation.value, values).map(({ name }) => name);
		};
		expect(names('book:getAll', { returnAll: false })).toContain('limit');
		expect(names('book:getAll', { returnAll: true })).not.toContain('limit');
		expect(names('apiRequest:send', { method: 'POST' })).toContain('body');
		expect(names('apiRequest:send', { method: 'GET' })).not.toContain('body');
	});

	it('keeps what is required, also on another form than where it was described first', () => {
		expect(shown('book:create', 'title').required).toBe(true);
		expect(shown('book:get', 'bookId').required).toBe(true);
		expect(shown('book:download', 'binaryPropertyName').required).toBe(true);
		const [price, title] = members(shown('book:update', 'updateFields'));
		expect([price?.name, price?.required]).toEqual(['price', undefined]);
		expect([title?.name, title?.required]).toEqual(['title', undefined]);
	});
});

describe('what the engine adds', () => {
	it('lets the user choose how much of a list to read', () => {
		expect(shown('book:getAll', 'returnAll')).toMatchObject({
			displayName: 'Return All',
			type: 'boolean',
			default: false,
			description: 'Whether to return all results or only up to a given limit',
		});
		expect(shown('book:getAll', 'limit')).toMatchObject({
			displayName: 'Limit',
			type: 'number',
			default: 50,
			typeOptions: { minValue: 1, numberPrecision: 0 },
			description: 'Max number of results to return',
		});
	});

	it('simplifies by default', () => {
		expect(shown('book:get', 'simple')).toMatchObject({
			displayName: 'Simplify',
			type: 'boolean',
			default: true,
			description: 'Whether to return a simplified version of the response instead of the raw data',
		});
	});

	it('waits for jobs by default, for as long as each takes at most', () => {
		expect(shown('job:print', 'waitForCompletion')).toMatchObject({
			displayName: 'Wait for Completion',
			type: 'boolean',
			default: true,
		});
		const timeout = members(shown('job:print', 'options')).find(({ name }) => name === 'timeout');
		expect(timeout).toMatchObject({
			displayName: 'Timeout',
			type: 'number',
			default: printing.timeoutMinutes,
			typeOptions: { minValue: 0.1 },
		});
	});

	it('asks where to put a file', () => {
		expect(shown('book:download', 'binaryPropertyName')).toMatchObject({
			displayName: 'Put Output File in Field',
			type: 'string',
			default: 'data',
			hint: 'The name of the output binary field to put the file in',
		});
	});

	it('offers the limits of a run everywhere', () => {
		for (const [, { resource, operation }] of described) {
			const options = shown(`${resource.value}:${operation.value}`, 'options');
			expect(options).toMatchObject({
				displayName: 'Options',
				placeholder: 'Add Option',
				type: 'collection',
				default: {},
			});
			expect(members(options)).toContainEqual(
				expect.objectContaining({
					name: 'requestsInFlight',
					type: 'number',
					default: 10,
					typeOptions: { minValue: 1, maxValue: 50, numberPrecision: 0 },
				}),
			);
			expect(members(options)).toContainEqual(
				expect.objectContaining({
					name: 'requestTimeout',
					type: 'number',
					default: 120,
					typeOptions: { minValue: 1, maxValue: 3600, numberPrecision: 0 },
				}),
			);
		}
	});

	it('names the collections as n8n does', () => {
		const named = (key: string, group: string) => {
			const { displayName, placeholder } = shown(key, group);
			return [displayName, placeholder];
		};
		expect(named('book:getAll', 'filters')).toEqual(['Filters', 'Add Filter']);
		expect(named('book:update', 'updateFields')).toEqual(['Update Fields', 'Add Field']);
		expect(named('book:create', 'additionalFields')).toEqual(['Additional Fields', 'Add Field']);
	});

	it('binds every field to the place of its value', () => {
		const place = (key: string) =>
			Object.fromEntries(
				find(shelfCatalog, key).bindings.map(({ field, group }) => [field.name, group]),
			);
		expect(place('book:getAll')).toEqual({
			returnAll: null,
			limit: null,
			simple: null,
			author: 'filters',
			requestsInFlight: 'options',
			requestTimeout: 'options',
		});
		expect(place('job:print')).toEqual({
			title: null,
			waitForCompletion: null,
			requestsInFlight: 'options',
			requestTimeout: 'options',
			timeout: 'options',
		});
		expect(place('book:update')).toEqual({
			bookId: null,
			title: 'updateFields',
			price: 'updateFields',
			requestsInFlight: 'options',
			requestTimeout: 'options',
		});
		expect(place('special:everything')).toMatchObject({
			a: null,
			header: 'additionalFields',
			loud: 'options',
		});
	});
});

describe('the choice of resource and operation', () => {
	it('offers the resources by name, API Request among them, and starts with the first described', () => {
		const [resource] = shelfCatalog.properties;
		expect(resource).toMatchObject({
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			default: 'book',
		});
		const options = resource?.options as INodePropertyOptions[];
		expect(options[0]).toEqual({ name: 'API Request', value: 'apiRequest' });
		expect(options.map(({ name }) => name)).toEqual(
			['API Request', ...shelf.resources.map(({ name }) => name)].sort((a, b) =>
				a.localeCompare(b),
			),
		);
	});

	it.each(shelf.resources)('offers the operations of $name by name', (resource) => {
		const selectors = shelfCatalog.properties.filter(
			(property) =>
				property.name === 'operation' &&
				NodeHelpers.displayParameter(
					{ resource: resource.value },
					property,
					{ typeVersion: 1 },
					null,
				),
		);
		expect(selectors).toEqual([
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: [resource.value] } },
				options: resource.operations
					.map(({ name, value, action, description }) => ({ name, value, action, description }))
					.sort((a, b) => a.name.localeCompare(b.name)),
				default: resource.operations[0]?.value,
			},
		]);
	});

	it('stands before everything else', () => {
		const names = shelfCatalog.properties.map(({ name }) => name);
		expect(names.slice(0, shelf.resources.length + 2)).toEqual([
			'resource',
			...[...shelf.resources, 'API Request'].map(() => 'operation'),
		]);
		expect(names.lastIndexOf('operation')).toBe(shelf.resources.length + 1);
	});

	it('works without any resource or operation described yet', () => {
		const empty = compile({ ...shelf, resources: [] });
		expect(empty.properties[0]).toMatchObject({ name: 'resource', default: '' });
		expect([...empty.operations.keys()]).toEqual(['apiRequest:send']);
		const nothing = compile({
			...shelf,
			resources: [{ name: 'Page', value: 'page', operations: [] }],
		});
		expect(nothing.properties[1]).toMatchObject({ name: 'operation', default: '', options: [] });
	});
});

describe('merging', () => {
	const text = (name: string, more: Partial<Field> = {}): Field => ({
		displayName: name,
		name,
		type: 'string',
		default: '',
		...more,
	});
	const pool: Field[] = [
		text('a'),
		text('a', { required: true }),
		text('a', { wire: { in: 'query' } }),
		text('b'),
		text('b', { default: 'x', displayOptions: { show: { a: ['1'] } } }),
		text('c', { displayOptions: { hide: { b: ['1'] } } }),
		text('d', { type: 'number', default: 0 }),
	];
	const operation = (value: string, fields: Field[], more: Partial<Operation> = {}): Operation => ({
		name: value,
		value,
		action: value,
		description: value,
		operationId: value,
		request: { method: 'GET', path: '/' },
		output: { kind: 'item' },
		fields,
		...more,
	});
	const resource = (value: string, operations: Operation[]): Resource => ({
		name: value,
		value,
		operations,
	});
	const propertiesOf = (resources: Resource[], name: string) =>
		compile({ ...shelf, resources }).properties.filter((property) => property.name === name);

	it('makes one property of equal ones', () => {
		const first = text('x', { wire: { in: 'query' }, check: { pattern: /x/, expects: 'x' } });
		const resources = [
			resource('r1', [operation('get', [first]), operation('put', [text('x')])]),
			resource('r2', [operation('get', [text('x')]), operation('put', [text('x')])]),
		];
		expect(propertiesOf(resources, 'x')).toEqual([
			{
				...text('x'),
				displayOptions: { show: { resource: ['r1', 'r2'], operation: ['get', 'put'] } },
			},
		]);
	});

	it('keeps properties apart that differ in anything that shows', () => {
		const resources = [
			resource('r1', [
				operation('get', [text('x')]),
				operation('put', [text('x', { description: 'Other' })]),
				operation('post', [text('x', { required: true })]),
			]),
		];
		expect(
			propertiesOf(resources, 'x').map(({ displayOptions }) => displayOptions?.show?.operation),
		).toEqual([['get'], ['put'], ['post']]);
	});

	it('does not show a property where only its resource and its operation exist, but not together', () => {
		const resources = [
			resource('r1', [operation('get', [text('x')]), operation('put', [])]),
			resource('r2', [operation('get', []), operation('put', [text('x')])]),
		];
		expect(propertiesOf(resources, 'x').map(({ displayOptions }) => displayOptions?.show)).toEqual([
			{ resource: ['r1'], operation: ['get'] },
			{ resource: ['r2'], operation: ['put'] },
		]);
	});

	it('keeps the conditions of a field', () => {
		const conditional = text('x', {
			displayOptions: { show: { kind: ['a'] }, hide: { other: [true] } },
		});
		expect(propertiesOf([resource('r1', [operation('get', [conditional])])], 'x')[0]).toEqual({
			...text('x'),
			displayOptions: {
				show: { resource: ['r1'], operation: ['get'], kind: ['a'] },
				hide: { other: [true] },
			},
		});
	});

	it('puts fields of later operations before what the engine adds and before collections', () => {
		const resources = [
			resource('r1', [
				operation('list', [text('x')], {
					output: { kind: 'list' },
					simple: ['id'],
					filters: [text('f')],
					additionalFields: [text('g')],
				}),
				operation('make', [text('y')], { updateFields: [text('u')], options: [text('o')] }),
			]),
		];
		const names = compile({ ...shelf, resources })
			.properties.map(({ name }) => name)
			.filter((name) => name !== 'resource' && name !== 'operation');
		expect(names.slice(0, 2)).toEqual(['x', 'y']);
		const inOrder = [
			'y',
			'returnAll',
			'limit',
			'simple',
			'filters',
			'updateFields',
			'additionalFields',
		];
		expect(names.filter((name) => inOrder.includes(name))).toEqual(inOrder);
		expect(names.indexOf('options')).toBeGreaterThan(names.indexOf('additionalFields'));
	});

	it('shows for any descriptions exactly what each of them says', () => {
		const fields = fc.uniqueArray(fc.constantFrom(...pool), {
			maxLength: 4,
			selector: ({ name }) => name,
		});
		const operations = fc
			.uniqueArray(fc.tuple(fc.constantFrom('get', 'put', 'list'), fields, fields), {
				minLength: 1,
				selector: ([value]) => value,
			})
			.map((all) =>
				all.map(([value, form, additionalFields]) =>
					operation(value, form, {
						additionalFields,
						output: { kind: value === 'list' ? 'list' : 'item' },
					}),
				),
			);
		const resources = fc
			.uniqueArray(fc.tuple(fc.constantFrom('r1', 'r2', 'r3'), operations), {
				minLength: 1,
				selector: ([value]) => value,
			})
			.map((all) => all.map(([value, ops]) => resource(value, ops)));
		const raw = { a: '1', b: '2', returnAll: false };
		fc.assert(
			fc.property(resources, (all) => {
				const provider: Provider = { ...shelf, resources: all };
				const catalog = compile(provider);
				for (const { value, operations: ops } of all) {
					for (const each of ops) {
						const form = visible(catalog, value, each.value, raw);
						expect(form.map(({ name }) => name).sort()).toEqual(expectedNames(each).flat().sort());
						for (const field of each.fields ?? []) {
							const property = form.find(({ name }) => name === field.name);
							expect([property?.required, property?.default]).toEqual([
								field.required,
								field.default,
							]);
						}
						const optional = form.find(({ name }) => name === 'additionalFields');
						expect(optional ? members(optional).map(({ name }) => name) : []).toEqual(
							(each.additionalFields ?? []).map(({ name }) => name).sort(),
						);
					}
				}
			}),
			{ numRuns: 300 },
		);
	});
});

it('gives n8n plain data without functions', () => {
	expect(structuredClone(shelfCatalog.properties)).toEqual(shelfCatalog.properties);
	expect(JSON.stringify(shelfCatalog.properties)).not.toMatch(/"(wire|check)"/);
});

it('does not change the descriptions', () => {
	const field: Field = {
		displayName: 'X',
		name: 'x',
		type: 'string',
		default: '',
		wire: { in: 'query' },
		check: { pattern: /x/, expects: 'x' },
	};
	const operation: Operation = {
		name: 'Get',
		value: 'get',
		action: 'Get',
		description: 'Get',
		operationId: 'get',
		request: { method: 'GET', path: '/' },
		output: { kind: 'item' },
		fields: [field],
		filters: [field],
	};
	const before = structuredClone({ field, operation });
	const resources = [{ name: 'R', value: 'r', operations: [operation] }];
	const { operations } = compile({ ...shelf, resources });
	expect({ field, operation }).toEqual(before);
	expect(operations.get('r:get')?.bindings[0]?.field).toBe(field);
});
