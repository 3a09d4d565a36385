import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { Expressions, pathOf, resolve } from '../../nodes/shared/expressions';
import { runs } from '../support/arbitraries.mts';
import type { Answered, Asked, Engine } from '../support/n8nExpressions.mts';

describe('the path of an expression', () => {
	it.each([
		['={{ $json.id }}', ['id']],
		['={{$json.id}}', ['id']],
		['={{  $json.order.billing_id\t}}', ['order', 'billing_id']],
		['={{ $json["billing id"] }}', ['billing id']],
		['={{ $json[\'billing "id"\'] }}', ['billing "id"']],
		['={{ $json.rows[12].$id }}', ['rows', '12', '$id']],
		['={{ $json["[0]"][\'.a\'] }}', ['[0]', '.a']],
	])('%p is read', (expression, path) => {
		expect(pathOf(expression)).toEqual(path);
	});

	it.each([
		'$json.id',
		'{{ $json.id }}',
		' ={{ $json.id }}',
		'={{ $json.id }} ',
		'=a{{ $json.id }}',
		'={{ $json }}',
		'={{ json.id }}',
		'={{ $json.id.toUpperCase() }}',
		'={{ $json.id + 1 }}',
		'={{ $json.id }}{{ $json.id }}',
		'={{ $json?.id }}',
		'={{ $json.1d }}',
		'={{ $json.größe }}',
		'={{ $json["a\\n"] }}',
		"={{ $json['a\\n'] }}",
		'={{ $json["a\nb"] }}',
		"={{ $json['a\rb'] }}",
		'={{ $json["a}}"] }}',
		"={{ $json['{{a'] }}",
		'={{ $json["a\'] }}',
		'={{ $json[""] }}',
		"={{ $json[''] }}",
		'={{ $json[1234567890] }}',
		'={{ $json[-1] }}',
		'={{ $json[$itemIndex] }}',
		'={{ $json.constructor }}',
		'={{ $json["constructor"].name }}',
		"={{ $json.a['__proto__'] }}",
		'={{ $json.prototype }}',
		'={{ $json.valueOf }}',
		'={{ $json.a["toString"] }}',
		'={{ $("Webhook").item.json.id }}',
	])('%p is left to n8n', (expression) => {
		expect(pathOf(expression)).toBeUndefined();
	});
});

/** Reads parameters for some items and counts how often n8n is asked; n8n would give `evaluated`. */
function reading(parameter: unknown, evaluated: (json: IDataObject) => unknown) {
	const expressions = new Expressions({ field: parameter } as INodeParameters);
	const asked: IDataObject[] = [];
	const read = (json: IDataObject) =>
		expressions.read('field', json, () => {
			asked.push(json);
			return evaluated(json);
		});
	return { asked, read };
}

describe('a parameter that names members of the item', () => {
	it('is worked out by n8n for the first item only', () => {
		const { read, asked } = reading('={{ $json.id }}', ({ id }) => id);
		expect([1, 'two', true, false, '', 0].map((id) => read({ id }))).toEqual([
			1,
			'two',
			true,
			false,
			'',
			0,
		]);
		expect(asked).toEqual([{ id: 1 }]);
	});

	it('is read in depth, beside what holds no expression', () => {
		const stored = {
			__rl: true,
			mode: 'id',
			value: '={{ $json.id }}',
			cachedResultName: null,
			tags: ['fixed', 7, '={{ $json.tags[1] }}'],
		};
		const { read, asked } = reading(stored, ({ id, tags }) => ({
			...stored,
			value: id,
			tags: ['fixed', 7, (tags as string[])[1]],
		}));
		for (const id of [1, 2]) {
			expect(read({ id, tags: ['x', `y${id}`] })).toEqual({
				...stored,
				value: id,
				tags: ['fixed', 7, `y${id}`],
			});
		}
		expect(asked).toHaveLength(1);
		expect(Array.isArray((read({ id: 3, tags: ['', ''] }) as IDataObject).tags)).toBe(true);
	});

	it('is left to n8n for good when n8n comes to something else', () => {
		const { read, asked } = reading('={{ $json.id }}', ({ id }) => `${String(id)}!`);
		expect([1, 2, 3].map((id) => read({ id }))).toEqual(['1!', '2!', '3!']);
		expect(asked).toHaveLength(3);
	});

	it.each([
		['nothing', {}],
		['null', { id: null }],
		['an object', { id: {} }],
		['a list', { id: [1] }],
		['a date', { id: new Date(0) as unknown as IDataObject }],
		['an inherited member', Object.create({ id: 1 }) as IDataObject],
	])('is left to n8n for an item that holds %s there, and for no other', (_, json) => {
		const { read, asked } = reading('={{ $json.id }}', () => 'by n8n');
		expect(read(json)).toBe('by n8n');
		expect(read({ id: 'by n8n' })).toBe('by n8n');
		expect(read({ id: 2 })).toBe(2);
		expect(read(json)).toBe('by n8n');
		expect(asked).toHaveLength(3);
	});

	it.each([
		['one of its parts does not', { a: '={{ $json.id }}', b: '={{ $now }}' }],
		['one in a list does not', ['={{ $json.id }}', '={{ $json.id * 2 }}']],
	])('is left to n8n when %s', (_, stored) => {
		const { read, asked } = reading(stored, () => 'by n8n');
		expect([1, 2].map((id) => read({ id }))).toEqual(['by n8n', 'by n8n']);
		expect(asked).toHaveLength(2);
	});

	it('is left to n8n for an item that lacks one of its parts', () => {
		const stored = { a: '={{ $json.id }}', b: ['={{ $json.more }}'] };
		const { read, asked } = reading(stored, ({ id, more }) => ({ a: id, b: [more] }));
		const items = [{ id: 1, more: 2 }, { id: 3 }, { id: 4, more: null }, { id: 5, more: 6 }];
		expect(items.map((item) => read(item))).toEqual([
			{ a: 1, b: [2] },
			{ a: 3, b: [undefined] },
			{ a: 4, b: [null] },
			{ a: 5, b: [6] },
		]);
		expect(asked).toHaveLength(3);
	});

	it('ends where the way to it does', () => {
		const { read } = reading('={{ $json.a.length }}', ({ a }) => (a as string | unknown[]).length);
		expect([{ a: 'words' }, { a: [1, 2] }, { a: 'no' }, { a: [] }].map(read)).toEqual([5, 2, 2, 0]);
		const deep = reading('={{ $json.a.b.c }}', () => 'by n8n');
		const items = [{}, { a: null }, { a: { b: null } }, { a: { b: { c: 'by n8n' } } }];
		expect(items.map((item) => deep.read(item as IDataObject))).toEqual(items.map(() => 'by n8n'));
	});

	it('is told apart from the others by its name', () => {
		const expressions = new Expressions({ a: '={{ $json.id }}', b: '={{ $json.id }}' });
		expect(expressions.read('a', { id: 1 }, () => 1)).toBe(1);
		expect(expressions.read('b', { id: 1 }, () => 'other')).toBe('other');
		expect(expressions.read('a', { id: 2 }, () => 'asked')).toBe(2);
		expect(expressions.read('b', { id: 2 }, () => 'asked')).toBe('asked');
	});
});

const name = fc.oneof(
	fc.constantFrom('id', 'a', 'length', 'name', 'toString', 'valueOf', '0', 'isEmpty', 'json'),
	fc.string({ unit: 'binary', maxLength: 8 }),
);
const plain = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 20 }),
	fc.constantFrom('2026-01-01T00:00:00Z', '={{ $json.id }}', '{{ 1 }}', 'null', '\u0000', '\ud800'),
	fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
	fc.integer(),
	fc.boolean(),
);
const { item } = fc.letrec((tie) => ({
	value: fc.oneof({ depthSize: 'small' }, plain, fc.constant(null), tie('list'), tie('item')),
	list: fc.array(tie('value'), { maxLength: 3 }),
	item: fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 4 }),
}));

/** Ways that lead to something in the item, and some that do not. */
function wayIn(value: unknown): fc.Arbitrary<string> {
	if (typeof value !== 'object' || value === null) {
		return fc.oneof({ weight: 9, arbitrary: fc.constant('') }, fc.constantFrom('.length', '[0]'));
	}
	const names = Object.keys(value);
	const key = names.length > 0 ? [{ weight: 9, arbitrary: fc.constantFrom(...names) }] : [];
	return fc.tuple(fc.oneof(...key, name), fc.nat(3)).chain(([key, style]) => {
		const steps = [`.${key}`, `["${key}"]`, `['${key}']`, `[${key}]`];
		return wayIn((value as IDataObject)[key]).map((rest) => `${steps[style]}${rest}`);
	});
}

const asked = (item as fc.Arbitrary<IDataObject>).chain((json) =>
	wayIn(json).map((way): Asked => ({ json, value: `={{ $json${way} }}` })),
);

describe.each<Engine>(['legacy', 'vm'])('beside n8n (engine %s)', (engine) => {
	it('what is worked out here is what n8n gives', () => {
		const sample = fc.sample(asked, runs(4000));
		const ours = sample
			.map((one) => ({ ...one, own: resolve(one.value, one.json) }))
			.filter(({ own }) => own !== undefined);
		const program = join(import.meta.dirname, '../support/n8nExpressions.mts');
		const printed = execFileSync(process.execPath, [program, engine], {
			input: JSON.stringify(ours),
			encoding: 'utf8',
			maxBuffer: 64 * 1024 * 1024,
		});
		const answered = JSON.parse(printed) as Answered[];
		const others = ours.flatMap(({ value, json, own }, index) => {
			const [here, there] = [{ value: own }, answered[index]].map((one) => JSON.stringify(one));
			// Names that n8n refuses, whatever the item: it never comes to a value that could be agreed on
			if (there?.includes('due to security concerns')) return [];
			return here === there ? [] : [{ value, here, there, json: JSON.stringify(json) }];
		});
		expect(others).toEqual([]);
		expect(ours.length).toBeGreaterThan(sample.length / 10);
	});
});
