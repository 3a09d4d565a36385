import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { NodePropertyTypes } from 'n8n-workflow';

import { byId, byUrl, checks, fromList } from '../../nodes/shared/fields';
import type { Field, Wire } from '../../nodes/shared/operation';
import type { Group } from '../../nodes/shared/properties';
import { InvalidValue, readChoice, readValue } from '../../nodes/shared/values';

/** A field named “Thing”. */
function field(type: NodePropertyTypes, wire?: Partial<Wire>, more: Partial<Field> = {}): Field {
	return {
		displayName: 'Thing',
		name: 'thing',
		type,
		default: '',
		...(wire && { wire: { in: 'body', ...wire } }),
		...more,
	};
}

function read(of: Field, value: unknown, group: Group | null = null, timezone = 'UTC'): unknown {
	return readValue(of, value, { timezone, group });
}

/** Expects a refusal whose sentence is exactly “Thing” and this. */
function expectRefusal(
	of: Field,
	value: unknown,
	sentence: string,
	group: Group | null = null,
): void {
	expect(() => read(of, value, group)).toThrow(new InvalidValue(`“Thing” ${sentence}`));
	expect(() => read(of, value, group)).toThrow(InvalidValue);
}

const string = field('string');
const number = field('number');
const integer = field('number', undefined, { typeOptions: { numberPrecision: 0 } });
const boolean = field('boolean');
const dateTime = field('dateTime');
const json = field('json');
const colours = { options: ['blue', 'red'].map((value) => ({ name: value, value })) };
const options = field('options', undefined, colours);
const multiOptions = field('multiOptions', undefined, colours);
const locator = field('resourceLocator', undefined, {
	modes: [
		fromList('searchBooks'),
		byId('e.g. 12'),
		byUrl('e.g. https://shelf.example/books/12', '/books/([^/?#]+)'),
	],
});
const groups: Array<Group | null> = [null, 'filters', 'additionalFields', 'options'];

describe('what was left empty', () => {
	it.each([
		['string', string],
		['number', number],
		['boolean', boolean],
		['dateTime', dateTime],
		['json', json],
		['options', options],
		['multiOptions', multiOptions],
		['resourceLocator', locator],
		['list', field('string', { array: 'list' })],
	])('is no value outside Update Fields: %s', (_, of) => {
		for (const group of groups) {
			for (const empty of [undefined, null, '', '  ', '\n']) {
				expect(read(of, empty, group)).toBeUndefined();
				expect(() => read({ ...of, required: true }, empty, group)).toThrow(
					new InvalidValue('“Thing” is required'),
				);
			}
		}
	});

	it.each([undefined, null])('is no value in Update Fields when it is %p', (empty) => {
		for (const each of [string, number, boolean, dateTime, json, options, multiOptions]) {
			expect(read(each, empty, 'updateFields')).toBeUndefined();
		}
	});

	it('clears a text, a date, a list and a locator in Update Fields', () => {
		expect(read(string, '', 'updateFields')).toBe('');
		expect(read(dateTime, '', 'updateFields')).toBe('');
		expect(read(locator, { mode: 'id', value: '' }, 'updateFields')).toBe('');
		expect(read(multiOptions, [], 'updateFields')).toEqual([]);
		expect(read(field('string', { array: 'list' }), '', 'updateFields')).toEqual([]);
		expect(read(field('string', { array: 'comma' }), '', 'updateFields')).toBe('');
		expect(read(field('string', { array: 'space' }), [], 'updateFields')).toBe('');
	});

	it('clears a text with a rule in Update Fields, as the rule is about what is set', () => {
		const email = field('string', undefined, { check: checks.email });
		expect(read(email, '', 'updateFields')).toBe('');
		expectRefusal(email, ' ', 'must be an email address, but is “”', 'updateFields');
	});

	it('cannot clear what has no empty value', () => {
		expectRefusal(number, '', 'must be a number, but is “”', 'updateFields');
		expectRefusal(boolean, '', 'must be true or false, but is “”', 'updateFields');
		expectRefusal(options, '', 'must be one of blue, red, but is “”', 'updateFields');
		expect(() => read(json, '', 'updateFields')).toThrow(
			/^“Thing” must be JSON, but cannot be read: /,
		);
	});

	it('is an empty list, outside Update Fields', () => {
		for (const group of groups) {
			expect(read(multiOptions, [], group)).toBeUndefined();
			expect(read(field('string', { array: 'comma' }), [], group)).toBeUndefined();
		}
		expectRefusal({ ...multiOptions, required: true }, [], 'is required');
		expect(read({ ...multiOptions, required: true }, ['red'])).toEqual(['red']);
		expectRefusal(field('string', { array: 'list' }, { required: true }), ' , \n ,', 'is required');
		expect(read(field('json', { type: 'array' }), [])).toEqual([]);
	});

	it('is not false, zero or an empty object', () => {
		expect(read({ ...boolean, required: true }, false)).toBe(false);
		expect(read({ ...number, required: true }, 0)).toBe(0);
		expect(read({ ...json, required: true }, {})).toEqual({});
	});
});

describe('text', () => {
	it.each([
		['words', 'words'],
		[' words \n', ' words \n'],
		[5, '5'],
		[0, '0'],
		[1.5, '1.5'],
		[true, 'true'],
		[false, 'false'],
	])('reads %p as %p', (value, expected) => {
		expect(read(string, value)).toBe(expected);
	});

	it('refuses what has no one way to be written', () => {
		expectRefusal(string, ['a'], 'must be text, but is a list');
		expectRefusal(string, { a: 1 }, 'must be text, but is an object');
		expectRefusal(string, new Date(0), 'must be text, but is an object');
	});

	it('cuts blanks around an ID or another value with a rule', () => {
		const id = field('string', undefined, { check: checks.positiveInteger });
		expect(read(id, ' 12\n')).toBe('12');
		expect(read(id, 12)).toBe('12');
		expect(read(locator, ' 12 ')).toBe('12');
	});

	it('refuses a value against its rule in the words of the rule', () => {
		const id = field('string', undefined, { check: checks.positiveInteger });
		expectRefusal(id, '0', 'must be a whole number above 0, but is “0”');
		expectRefusal(id, ' x y ', 'must be a whole number above 0, but is “x y”');
		expectRefusal(id, true, 'must be a whole number above 0, but is “true”');
	});

	it('shows the first 60 characters of a long value', () => {
		const id = field('string', undefined, { check: checks.positiveInteger });
		expectRefusal(id, 'x'.repeat(60), `must be a whole number above 0, but is “${'x'.repeat(60)}”`);
		expectRefusal(
			id,
			'x'.repeat(61),
			`must be a whole number above 0, but is “${'x'.repeat(60)}…”`,
		);
	});
});

describe('numbers', () => {
	it.each([
		[5, 5],
		[0, 0],
		[-1.5, -1.5],
		['5', 5],
		[' 1.5 ', 1.5],
		['-3', -3],
		['1e3', 1000],
	])('reads %p as %p', (value, expected) => {
		expect(read(number, value)).toBe(expected);
		expect(read(field('string', { type: 'number' }), value)).toBe(expected);
	});

	it.each([
		['five', 'must be a number, but is “five”'],
		['5 apples', 'must be a number, but is “5 apples”'],
		[true, 'must be a number, but is “true”'],
		[Number.NaN, 'must be a number, but is “null”'],
		[Number.POSITIVE_INFINITY, 'must be a number, but is “null”'],
		['Infinity', 'must be a number, but is “Infinity”'],
		[[5], 'must be a number, but is “[5]”'],
		[{ a: 1 }, 'must be a number, but is “{"a":1}”'],
		[Symbol('five'), 'must be a number, but is “Symbol(five)”'],
	])('refuses %p', (value, sentence) => {
		expectRefusal(number, value, sentence);
	});

	it('takes whole numbers only where the description says so', () => {
		const integers = [
			integer,
			field('string', { type: 'integer' }),
			field('number', { type: 'integer' }),
		];
		for (const each of integers) {
			expect(read(each, '12')).toBe(12);
			expect(read(each, -12)).toBe(-12);
			expectRefusal(each, 1.5, 'must be a whole number, but is “1.5”');
			expectRefusal(each, '9007199254740993', 'must be a whole number, but is “9007199254740993”');
		}
		const precise = field('number', undefined, { typeOptions: { numberPrecision: 2 } });
		expect(read(precise, 1.5)).toBe(1.5);
		expect(read(field('number', { type: 'number' }), 1.5)).toBe(1.5);
	});

	it('keeps to the least and the greatest value', () => {
		const limited = field('number', undefined, { typeOptions: { minValue: 1, maxValue: 5 } });
		expect(read(limited, 1)).toBe(1);
		expect(read(limited, 5)).toBe(5);
		expectRefusal(limited, 0.9, 'must be at least 1, but is 0.9');
		expectRefusal(limited, '6', 'must be at most 5, but is 6');
		const fromZero = field('number', undefined, { typeOptions: { minValue: 0, maxValue: 0 } });
		expectRefusal(fromZero, -1, 'must be at least 0, but is -1');
		expectRefusal(fromZero, 1, 'must be at most 0, but is 1');
	});

	it('checks the rule of a text that travels as a number', () => {
		const id = field('string', { type: 'integer' }, { check: checks.positiveInteger });
		expect(read(id, ' 12 ')).toBe(12);
		expectRefusal(id, '1e3', 'must be a whole number above 0, but is “1e3”');
		expectRefusal(id, [12], 'must be text, but is a list');
	});
});

describe('fields that decide about others', () => {
	it.each([
		[options, 'red', 'red'],
		[boolean, true, true],
		[boolean, 'false', false],
		[boolean, 0, false],
		[string, 'any', 'any'],
		[string, '', ''],
		[number, 7, 7],
	])('%#: stand for what an expression gives', (of, given, expected) => {
		expect(readChoice(of, given)).toBe(expected);
	});

	it.each([
		[options, 'green', '“Thing” must be one of blue, red, but is “green”'],
		[options, '', '“Thing” must be one of blue, red, but is “”'],
		[options, null, '“Thing” must be one of blue, red, but is “”'],
		[boolean, '', '“Thing” is required'],
		[boolean, undefined, '“Thing” is required'],
	])('%#: are refused with their name: %p', (of, given, message) => {
		expect(() => readChoice(of, given)).toThrow(new InvalidValue(message));
	});
});

describe('a refusal', () => {
	const descriptionOf = (of: Field, reading: { group: Group | null; place?: string }) => {
		try {
			readValue(of, {}, { timezone: 'UTC', ...reading });
			return 'no refusal';
		} catch (error) {
			return (error as InvalidValue).description;
		}
	};

	it('says under which collection or form the field is, if it is not on the form itself', () => {
		expect(descriptionOf(string, { group: null })).toBeUndefined();
		expect(descriptionOf(string, { group: 'filters' })).toBe('The field is under “Filters”.');
		expect(descriptionOf(string, { group: null, place: 'Columns' })).toBe(
			'The field is under “Columns”.',
		);
	});

	it('leaves other errors alone', () => {
		const thrown = new Error('broken');
		const pattern = /x/;
		pattern.test = () => {
			throw thrown;
		};
		const broken = field('string', undefined, { check: { pattern, expects: 'an x' } });
		const reading = () => readValue(broken, 'x', { timezone: 'UTC', group: 'filters' });
		expect(reading).toThrow(thrown);
		expect(Object.keys(thrown)).toEqual([]);
	});
});

describe('booleans and flags', () => {
	it.each([
		[true, true],
		['true', true],
		[1, true],
		['1', true],
		[false, false],
		['false', false],
		[0, false],
		['0', false],
	])('reads %p as %p', (value, expected) => {
		expect(read(boolean, value)).toBe(expected);
		expect(read(field('string', { type: 'boolean' }), value)).toBe(expected);
		expect(read(field('boolean', { type: 'flag' }), value)).toBe(expected ? 1 : 0);
	});

	it.each(['yes', 'TRUE', 2, -1, [], {}])('refuses %p', (value) => {
		const sentence = `must be true or false, but is “${typeof value === 'string' ? value : JSON.stringify(value)}”`;
		expectRefusal(boolean, value, sentence);
		expectRefusal(field('boolean', { type: 'flag' }), value, sentence);
	});
});

describe('JSON', () => {
	it('reads text and takes what an expression gave as it is', () => {
		expect(read(json, '{"a": [1, null]}')).toEqual({ a: [1, null] });
		expect(read(json, '[1]')).toEqual([1]);
		expect(read(json, ' "words" ')).toBe('words');
		expect(read(json, 'null')).toBeNull();
		expect(read(json, { a: 1 })).toEqual({ a: 1 });
		expect(read(json, 5)).toBe(5);
		expect(read(field('string', { type: 'json' }), '{"a":1}')).toEqual({ a: 1 });
	});

	it('says why a text cannot be read', () => {
		expect(() => read(json, '{"a": }')).toThrow(InvalidValue);
		expect(() => read(json, '{"a": }')).toThrow(
			/^“Thing” must be JSON, but cannot be read: .*JSON/,
		);
	});

	it('is what will be sent, also when an expression gave it', () => {
		const given = { day: new Date('2026-03-01T12:00:00Z'), none: undefined, of: [NaN] };
		expect(read(json, given)).toEqual({ day: '2026-03-01T12:00:00.000Z', of: [null] });
		const nested = { a: { b: [1] } };
		expect(read(json, nested)).toEqual(nested);
		expect(read(json, nested)).not.toBe(nested);
		const own = JSON.parse('{"__proto__":{"polluted":true}}') as object;
		expect(JSON.stringify(read(json, own))).toBe('{"__proto__":{"polluted":true}}');
		expect('polluted' in {}).toBe(false);
	});

	it('says when what an expression gave cannot be written', () => {
		const loop: Record<string, unknown> = {};
		loop.self = loop;
		for (const value of [loop, [1n], () => 1, { toJSON: () => undefined }])
			expectRefusal(json, value, 'must be JSON, but cannot be written as such');
	});

	it('takes an object or a list where the description says which', () => {
		const object = field('string', { type: 'object' });
		const array = field('json', { type: 'array' });
		expect(read(object, '{"a":1}')).toEqual({ a: 1 });
		expectRefusal(object, '[1]', 'must be a JSON object, but is “[1]”');
		expectRefusal(object, 'null', 'must be a JSON object, but is “null”');
		expectRefusal(object, '"x"', 'must be a JSON object, but is “x”');
		expectRefusal(object, 5, 'must be a JSON object, but is “5”');
		expect(read(array, '[1]')).toEqual([1]);
		expect(read(field('string', { type: 'array' }), '[]')).toEqual([]);
		expectRefusal(array, '{}', 'must be a JSON array, but is “{}”');
	});
});

describe('dates', () => {
	const as = (date: Wire['date']) => field('dateTime', { date });

	it.each([
		['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
		['2026-03-01T12:00:00.5+02:00', '2026-03-01T10:00:00.500Z'],
		[' 2026-03-01T12:00:00Z ', '2026-03-01T12:00:00.000Z'],
		['2026-03-01', '2026-02-28T23:00:00.000Z'],
		['2026-03-01T12:00', '2026-03-01T11:00:00.000Z'],
		['2026-03-01 12:00:00', '2026-03-01T11:00:00.000Z'],
		['2026-07-01T12:00', '2026-07-01T10:00:00.000Z'],
		[new Date('2026-03-01T12:00:00Z'), '2026-03-01T12:00:00.000Z'],
		[DateTime.fromISO('2026-03-01T12:00', { zone: 'Asia/Tokyo' }), '2026-03-01T03:00:00.000Z'],
	])('reads %p in the time zone of the workflow and writes it in UTC', (value, expected) => {
		expect(read(dateTime, value, null, 'Europe/Berlin')).toBe(expected);
		expect(read(as('iso'), value, null, 'Europe/Berlin')).toBe(expected);
	});

	it('writes the day that it is in the time zone of the workflow', () => {
		const late = '2026-03-01T23:30:00Z';
		expect(read(as('date'), late, null, 'UTC')).toBe('2026-03-01');
		expect(read(as('date'), late, null, 'Europe/Berlin')).toBe('2026-03-02');
		expect(read(as('date'), new Date(late), null, 'Europe/Berlin')).toBe('2026-03-02');
		expect(read(as('date'), '2026-03-01', null, 'America/New_York')).toBe('2026-03-01');
		expect(read(as('date'), DateTime.fromISO(late), null, 'Asia/Tokyo')).toBe('2026-03-02');
	});

	it('writes whole seconds since 1970', () => {
		expect(read(as('unix'), '1970-01-01T00:01:00.999Z')).toBe(60);
		expect(read(as('unix'), '1970-01-01T00:01', null, 'Europe/Berlin')).toBe(-3540);
	});

	it.each(['soon', '2026-02-30', '01.03.2026', '1772366400'])('refuses %p', (value) => {
		expectRefusal(dateTime, value, `must be a date and time, but is “${value}”`);
	});

	it.each([new Date(8.64e15), new Date(-8.64e15), '+010000-01-01T00:00:00Z', '-000001-01-01'])(
		'refuses %p: services read years of four digits',
		(value) => {
			for (const format of ['iso', 'date', 'unix'] as const)
				expect(() => read(as(format), value, null, 'Europe/Berlin')).toThrow(
					/^“Thing” must be a date and time, but is “/,
				);
		},
	);

	it('refuses what is no date at all', () => {
		expectRefusal(dateTime, new Date(Number.NaN), 'must be a date and time, but is “null”');
		expectRefusal(dateTime, 1_772_366_400_000, 'must be a date and time, but is “1772366400000”');
		expectRefusal(dateTime, { year: 2026 }, 'must be text, but is an object');
		expectRefusal(dateTime, '  ', 'must be a date and time, but is “  ”', 'updateFields');
	});
});

describe('choices', () => {
	const levels = field('options', undefined, {
		options: [1, 2].map((value) => ({ name: `Level ${value}`, value })),
	});

	it('gives the value as it is described, also for the text of a number', () => {
		expect(read(options, 'red')).toBe('red');
		expect(read(levels, 2)).toBe(2);
		expect(read(levels, '2')).toBe(2);
	});

	it('refuses what is no choice and names the choices', () => {
		expectRefusal(options, 'green', 'must be one of blue, red, but is “green”');
		expectRefusal(options, 'Red', 'must be one of blue, red, but is “Red”');
		const named = Array.from({ length: 40 }, (_, n) => ({ name: `${n}`, value: `c${n}` }));
		const choices = 'c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11';
		const of = (count: number) => ({ ...options, options: named.slice(0, count) });
		expectRefusal(of(40), 'x', `must be one of ${choices} and 28 others, but is “x”`);
		expectRefusal(of(14), 'x', `must be one of ${choices} and 2 others, but is “x”`);
		expectRefusal(of(13), 'x', `must be one of ${choices}, c12, but is “x”`);
		expectRefusal(levels, 3, 'must be one of 1, 2, but is “3”');
		expectRefusal(levels, { a: 1 }, 'must be one of 1, 2, but is “{"a":1}”');
	});

	it('takes anything where the choices are loaded or not described', () => {
		const loaded = { ...options, typeOptions: { loadOptionsMethod: 'getColours' } };
		expect(read(loaded, 'green')).toBe('green');
		expect(read(field('options'), 'green')).toBe('green');
		const nested = field('options', undefined, {
			options: [{ displayName: 'Inner', name: 'inner', type: 'string', default: '' }],
		});
		expect(read(nested, 'green')).toBe('green');
	});

	it('reads several choices, from a list or from text', () => {
		expect(read(multiOptions, ['red', 'blue'])).toEqual(['red', 'blue']);
		expect(read(multiOptions, 'red, blue')).toEqual(['red', 'blue']);
		expect(read({ ...levels, type: 'multiOptions' }, ['2', 1])).toEqual([2, 1]);
		expectRefusal(multiOptions, ['red', 'green'], 'must be one of blue, red, but is “green”');
		expect(read({ ...multiOptions, wire: { in: 'query', array: 'space' } }, ['red', 'blue'])).toBe(
			'red blue',
		);
	});
});

describe('lists', () => {
	const list = field('string', { array: 'list' });
	const comma = field('string', { array: 'comma' });
	const space = field('string', { array: 'space' });

	it('splits text at commas and line breaks', () => {
		expect(read(list, ' a, b c\nd ,, \r\n ')).toEqual(['a', 'b c', 'd']);
		expect(read(comma, 'a, b\nc')).toBe('a,b,c');
		expect(read(space, 'a, b\nc')).toBe('a b c');
	});

	it('takes the entries of a list, without those that are empty', () => {
		expect(read(list, ['a', ' b ', '', null, undefined, 3, false])).toEqual([
			'a',
			'b',
			'3',
			'false',
		]);
		expect(read(comma, ['a', 'b'])).toBe('a,b');
		expect(read(list, 5)).toEqual(['5']);
	});

	it('refuses entries that hold what separates them on the wire', () => {
		expectRefusal(comma, ['a,b'], 'must not hold commas inside an entry, but one is “a,b”');
		expectRefusal(space, ['a b'], 'must not hold blanks inside an entry, but one is “a b”');
		expect(read(list, ['a, b c'])).toEqual(['a, b c']);
	});

	it('refuses entries that are no text, and a list that is an object', () => {
		expectRefusal(list, [{ a: 1 }], 'must be text, but is an object');
		expectRefusal(list, [['a']], 'must be text, but is a list');
		expectRefusal(list, { a: 1 }, 'must be text, but is an object');
	});

	it('checks every entry', () => {
		const emails = field('string', { array: 'list' }, { check: checks.email });
		expect(read(emails, 'a@example.com, b@example.com')).toEqual([
			'a@example.com',
			'b@example.com',
		]);
		expectRefusal(emails, 'a@example.com, b', 'must be an email address, but is “b”');
	});

	it('gives entries their type', () => {
		expect(read(field('string', { array: 'list', type: 'integer' }), '1, 2')).toEqual([1, 2]);
		expect(read(field('string', { array: 'list', type: 'number' }), '1.5')).toEqual([1.5]);
		expectRefusal(
			field('string', { array: 'list', type: 'integer' }),
			'1, 1.5',
			'must be a whole number, but is “1.5”',
		);
		expectRefusal(
			field('string', { array: 'list', type: 'number' }),
			['x'],
			'must be a number, but is “x”',
		);
	});

	it('refuses an entry that a comma would tear apart', () => {
		expectRefusal(comma, ['a,b'], 'must not hold commas inside an entry, but one is “a,b”');
		expect(read(list, ['a,b'])).toEqual(['a,b']);
	});
});

describe('resource locators', () => {
	const located = (mode: string, value: unknown) => ({ __rl: true, mode, value });

	it('takes the ID of a list, a text or a number as it is', () => {
		expect(read(locator, located('list', '12'))).toBe('12');
		expect(read(locator, located('id', ' 12 '))).toBe('12');
		expect(read(locator, located('id', 12))).toBe('12');
		expect(read(locator, '12')).toBe('12');
		expect(read(locator, located('unheard of', '12'))).toBe('12');
	});

	it('takes the ID out of an address', () => {
		const url = 'https://shelf.example/books/my%20book?tab=1';
		expect(read(locator, located('url', url))).toBe('my book');
		expect(read(locator, located('url', ` ${url} `))).toBe('my book');
	});

	it('refuses an address without an ID in it', () => {
		expectRefusal(
			locator,
			located('url', 'https://shelf.example/pages/12'),
			'must be an address like e.g. https://shelf.example/books/12, but is “https://shelf.example/pages/12”',
		);
		expectRefusal(
			locator,
			located('url', 'https://shelf.example/books/%E0%A4%A'),
			'must be an address that is encoded rightly, but is “https://shelf.example/books/%E0%A4%A”',
		);
		const plain = field('resourceLocator', undefined, {
			modes: [{ ...byUrl('', 'x(y)'), placeholder: undefined }],
		});
		expectRefusal(plain, located('url', 'z'), 'must be an address like , but is “z”');
	});

	it('reads the ID as it is in modes without a pattern, or with a rule of another kind', () => {
		const other = field('resourceLocator', undefined, {
			modes: [
				{ ...byUrl('', 'x'), extractValue: { type: 'regex', regex: /x/ as unknown as string } },
				{ ...byId(''), extractValue: { type: 'other' as 'regex', regex: 'x(y)' } },
			],
		});
		expect(read(other, located('url', '12'))).toBe('12');
		expect(read(other, located('id', '12'))).toBe('12');
		expect(read(field('resourceLocator'), located('url', '12'))).toBe('12');
	});

	it('is empty when its value is', () => {
		for (const mode of ['list', 'id', 'url']) {
			for (const empty of ['', '  ', null, undefined]) {
				expect(read(locator, located(mode, empty))).toBeUndefined();
				expectRefusal({ ...locator, required: true }, located(mode, empty), 'is required');
			}
		}
	});

	it('refuses an object that is no locator', () => {
		expectRefusal(locator, { id: 12 }, 'must be text, but is an object');
		expectRefusal(locator, located('id', { a: 1 }), 'must be text, but is an object');
		expectRefusal(locator, located('url', ['12']), 'must be text, but is a list');
	});

	it('checks the ID, wherever it comes from', () => {
		const checked = { ...locator, check: checks.positiveInteger };
		expect(read(checked, located('url', 'https://shelf.example/books/12'))).toBe('12');
		expectRefusal(
			checked,
			located('url', 'https://shelf.example/books/x'),
			'must be a whole number above 0, but is “x”',
		);
		expectRefusal(checked, located('list', 'x'), 'must be a whole number above 0, but is “x”');
	});
});

describe('values for the operation’s own code', () => {
	it.each(['fixedCollection', 'collection'] as const)('hands over a %s as it is', (type) => {
		const value = { entries: [{ a: 1 }] };
		expect(read(field(type), value)).toBe(value);
	});

	it('converts the checked value by the description', () => {
		const doubled = field('number', { map: (value) => Number(value) * 2 });
		expect(read(doubled, '4')).toBe(8);
		expect(read(field('boolean', { map: (value) => value || undefined }), false)).toBeUndefined();
	});

	it('does not convert what was left empty', () => {
		const map = jest.fn();
		expect(read(field('string', { map }), '')).toBeUndefined();
		expect(map).not.toHaveBeenCalled();
	});

	it('puts the name of the field before what the conversion has to say', () => {
		const fails = (thrown: unknown) =>
			field('string', {
				map() {
					throw thrown;
				},
			});
		expectRefusal(fails(new Error('must not be Monday')), 'x', 'must not be Monday');
		expectRefusal(fails('must not be Tuesday'), 'x', 'must not be Tuesday');
	});
});

describe('secret values', () => {
	const secret = 'invented-secret-0001';
	const hidden = (of: Field): Field => ({
		...of,
		typeOptions: { ...of.typeOptions, password: true },
	});

	it.each([
		['against a rule', field('string', undefined, { check: checks.email })],
		['no number', number],
		['no whole number', field('string', { type: 'integer' })],
		['no boolean', boolean],
		['no date', dateTime],
		['no choice', options],
		['an entry with a rule', field('string', { array: 'list' }, { check: checks.email })],
		['no address', { ...locator, name: 'locator' }],
	])('are never shown: %s', (_, of) => {
		const value = of.type === 'resourceLocator' ? { mode: 'url', value: secret } : secret;
		expect(() => read(hidden(of), value)).toThrow(/^“Thing” must be .*but is something else$/);
	});

	it('are never shown inside an entry or as JSON of another kind', () => {
		expectRefusal(
			hidden(field('string', { array: 'comma' })),
			[`${secret},`],
			'must not hold commas inside an entry, but one is something else',
		);
		expectRefusal(
			hidden(field('json', { type: 'object' })),
			`["${secret}"]`,
			'must be a JSON object, but is something else',
		);
	});
});

describe('any value at all', () => {
	const every: Field[] = [
		string,
		number,
		integer,
		boolean,
		dateTime,
		json,
		multiOptions,
		locator,
		field('string', { array: 'list' }),
		field('string', { array: 'comma', type: 'integer' }),
		field('json', { type: 'object' }),
		field('string', { type: 'flag' }),
		field('string', undefined, { check: checks.uuid }),
	];
	const group = fc.constantFrom<Group | null>(...groups, 'updateFields');

	it('is read or refused with the name of the field', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...every),
				fc.oneof(fc.jsonValue(), fc.anything()),
				group,
				(of, value, where) => {
					try {
						read(of, value, where);
					} catch (error) {
						expect(error).toBeInstanceOf(InvalidValue);
						expect((error as Error).message).toMatch(/^“Thing” /);
					}
				},
			),
			{ numRuns: 2000 },
		);
	});

	it('comes out of a text field as it went in, unless it is empty', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (value) => {
				expect(read(string, value)).toBe(value.trim() === '' ? undefined : value);
				expect(read(string, value, 'updateFields')).toBe(value);
			}),
		);
	});

	it('comes out of a number field as it went in, as a number or as text', () => {
		fc.assert(
			fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
				expect(read(number, value)).toBe(value);
				expect(read(number, String(value))).toBe(Number(String(value)));
			}),
		);
	});

	it('is the same list as an array and as text', () => {
		const word = fc.stringMatching(/^[\w.-]+( [\w.-]+)?$/);
		fc.assert(
			fc.property(
				fc.array(word, { minLength: 1 }),
				fc.constantFrom(',', ', ', '\n'),
				(list, by) => {
					const of = field('string', { array: 'list' });
					expect(read(of, list)).toEqual(list);
					expect(read(of, list.join(by))).toEqual(list);
				},
			),
		);
	});

	it('is the same moment in every time zone when it names its own', () => {
		fc.assert(
			fc.property(
				fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
				fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/New_York'),
				(date, zone) => {
					expect(read(dateTime, date.toISOString(), null, zone)).toBe(date.toISOString());
					const local = DateTime.fromJSDate(date, { zone });
					expect(read(field('dateTime', { date: 'date' }), date, null, zone)).toBe(
						local.toISODate(),
					);
				},
			),
		);
	});
});
