import { at, isObject, text } from '../../nodes/shared/json';

describe('the value at a dot path', () => {
	const body = { a: { b: [{ c: 1 }], n: null, text: 'words' }, 'x.y': 2, '': 3 };

	it.each([
		['a.b', [{ c: 1 }]],
		['a.b.0.c', 1],
		['a.n', null],
		['a.b.1', undefined],
		['a.n.more', undefined],
		['a.text.length', undefined],
		['a.missing.deeper', undefined],
		['x.y', undefined],
		['', 3],
	])('finds %p', (path, expected) => {
		expect(at(body, path)).toEqual(expected);
	});

	it.each(['toString', 'constructor', '__proto__', 'a.constructor.name'])(
		'sees own members only, not %p',
		(path) => {
			expect(at(body, path)).toBeUndefined();
		},
	);

	it.each([undefined, null, 'words', 5, true])('finds nothing in %p', (value) => {
		expect(at(value, 'length')).toBeUndefined();
	});
});

it.each([
	[{}, true],
	[{ a: 1 }, true],
	[[], false],
	[null, false],
	[undefined, false],
	['words', false],
	[5, false],
])('tells whether %p is an object', (value, expected) => {
	expect(isObject(value)).toBe(expected);
});

it.each([
	['words', 'words'],
	['  words ', 'words'],
	['', undefined],
	['  ', undefined],
	[5, '5'],
	[0, '0'],
	[true, undefined],
	[null, undefined],
	[undefined, undefined],
	[{}, undefined],
	[['a'], undefined],
])('reads %p as the text %p', (value, expected) => {
	expect(text(value)).toBe(expected);
});
