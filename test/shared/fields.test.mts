import { byId, byUrl, checks, fromList } from '../../nodes/shared/fields';

describe('value rules', () => {
	it.each([
		['uuid', '3f0b5a52-8c1d-4e6f-9a7b-2d4c6e8f0a1b', true],
		['uuid', '3F0B5A52-8C1D-4E6F-9A7B-2D4C6E8F0A1B', true],
		['uuid', '3f0b5a528c1d4e6f9a7b2d4c6e8f0a1b', false],
		['uuid', 'x3f0b5a52-8c1d-4e6f-9a7b-2d4c6e8f0a1b', false],
		['uuid', '{3f0b5a52-8c1d-4e6f-9a7b-2d4c6e8f0a1b}', false],
		['uuid', '3f0b5a52-8c1d-4e6f-9a7b-2d4c6e8f0a1b\n', false],
		['uuid', 'g'.repeat(36), false],
		['positiveInteger', '1', true],
		['positiveInteger', '9007199254740991', true],
		['positiveInteger', '0', false],
		['positiveInteger', '012', false],
		['positiveInteger', '-1', false],
		['positiveInteger', '1.0', false],
		['positiveInteger', '1e3', false],
		['positiveInteger', '12345678901234567', false],
		['positiveInteger', '', false],
		['email', 'name@example.com', true],
		['email', 'first.last+tag@mail.example.co.uk', true],
		['email', 'name@example', false],
		['email', 'name', false],
		['email', '@example.com', false],
		['email', 'a b@example.com', false],
		['email', 'a@b@example.com', false],
		['email', 'name@example..com', false],
		['email', 'name@.example.com', false],
		['email', 'name@example.com.', false],
		['webUrl', 'https://example.com/a?b=c#d', true],
		['webUrl', 'HTTP://example.com', true],
		['webUrl', 'ftp://example.com', false],
		['webUrl', 'https://', false],
		['webUrl', 'https://example.com/a b', false],
		['webUrl', 'javascript:https://example.com', false],
	] as const)('%s: %p is %p', (name, value, expected) => {
		expect(checks[name].pattern.test(value)).toBe(expected);
	});

	it.each(['.', 'a.', '@', 'a', '/'])('reads 100 kB of %p in no time', (piece) => {
		const long = piece.repeat(100_000 / piece.length);
		const begin = performance.now();
		for (const { pattern } of Object.values(checks)) {
			for (const value of [long, `a@${long} x`, `https://${long} x`]) pattern.test(value);
		}
		expect(performance.now() - begin).toBeLessThan(500);
	});
});

describe('modes of a resource locator', () => {
	it('gives a list that can be searched', () => {
		expect(fromList('searchBooks')).toEqual({
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchBooks', searchable: true },
		});
	});

	it('gives a text for the ID, under the name that the service uses', () => {
		expect(byId('e.g. 12')).toEqual({
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 12',
		});
		expect(byId('e.g. news', 'By Name').displayName).toBe('By Name');
	});

	it('gives an address out of which the ID is taken', () => {
		expect(byUrl('e.g. https://shelf.example/books/12', '/books/(\\d+)')).toEqual({
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://shelf.example/books/12',
			extractValue: { type: 'regex', regex: '/books/(\\d+)' },
		});
	});
});
