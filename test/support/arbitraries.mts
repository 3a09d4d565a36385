/**
 * Values that workflows should never hold and sometimes do: what a stranger writes into a web form, what an expression
 * gives by mistake. For property-based tests (fast-check), which print the seed and the smallest value that fails.
 */
import fc from 'fast-check';
import type { INodePropertyCollection } from 'n8n-workflow';

import { isObject } from '../../nodes/shared/json';
import type { Check, Field } from '../../nodes/shared/operation';

/** Multiplies the number of values that every property is tried with: PROPERTY_RUNS=20 npx jest … */
const factor = Number(process.env.PROPERTY_RUNS ?? 1);

/** Where the values begin; any whole number gives others, `random` a new one each time. */
const seed = process.env.PROPERTY_SEED ?? '20260301';

/** Settings of a property that is tried with so many values where nothing else is asked for. */
export function runs<T>(count: number): fc.Parameters<T> {
	return {
		numRuns: Math.max(1, Math.round(count * factor)),
		...(seed !== 'random' && { seed: Number(seed) }),
	};
}

/**
 * Tries a property and tells what it found, so that one test can tell all of its fields.
 * @param find gives what is wrong, in words; nothing when all is well
 * @returns nothing, or one line: what is wrong, with the smallest value and how to try it again
 */
export function findings<T>(
	values: fc.Arbitrary<T>,
	find: (value: T) => string[],
	count: number,
): string[] {
	let words: string[] = [];
	const property = fc.property(values, (value) => {
		const found = find(value);
		if (found.length > 0) words = found;
		return found.length === 0;
	});
	const details = fc.check(property, runs<[T]>(count));
	if (!details.failed) return [];
	const { errorInstance: thrown } = details;
	const said = words.length > 0 ? words.join('; ') : String(thrown);
	const value = fc.stringify(details.counterexample?.[0]).slice(0, 300);
	const again = `PROPERTY_SEED=${details.seed}, path ${details.counterexamplePath}`;
	return [`${said} for ${value} (${again})`];
}

/** Texts that mean something to one of the parsers on the way: path, address, header, JSON, prototype, number. */
export const traps = [
	...['', ' ', '.', '..', '...', '../x', '..\\x', 'a/../b', '/', '//', '//evil.example/x', '\\'],
	...['%2e%2e', '%2E', '%2e%2e%2f', '..%2f', '%252e%252e', '%2F', '%5C', '%00', '%0d%0a', '%'],
	...['a/b', 'a\\b', '/a', 'a/', '.;/x', '..;/', '~', '*', 'a;b=c', 'a,b', 'a|b'],
	...['?', '#', '&', '=', '?a=b', '#x', '&admin=true', 'x?y#z', '@', 'user:pass@evil.example'],
	...['https://evil.example/x', 'http:/x', 'file:///etc/passwd', 'javascript:alert(1)'],
	...['\r\nX-Injected: yes', 'a\r\n\r\nGET /x HTTP/1.1\r\nHost: y\r\n\r\n', 'a\nb', '\r', '\n'],
	...['\0', 'a\0b', '\t', '\v', '\x1b[31m', '\x7f', '\x80', '\x85', '\u2028', '\u2029', '\ufeff'],
	...['\ud800', '\udfff', 'a\ud83dz', '😀', '\u202etxt.exe', '\u200b', 'e\u0301', 'é', 'ＡＢＣ'],
	...['раураl', '．．', '／', '\uff0e\uff0e\uff0f', 'İ', 'ß', '\u0000\u0000', 'Ā\u010d\u010a'],
	...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__rl'],
	...['{"__proto__":{"polluted":true}}', '[{"constructor":{"prototype":{"polluted":1}}}]'],
	...['{', '[]', '{}', 'null', 'undefined', 'true', 'false', 'TRUE', 'yes', '"', "'", '`', '\\"'],
	...['1e3', ' 7 ', '0x10', '0b1', 'NaN', 'Infinity', '-0', '1.5', '1_000', '1,5', '٣', '１２'],
	...['9007199254740993', '1e400', '-1', '+1', '00', '0.1e1', '1n', ''.padEnd(40, '9')],
	...['2026-02-30', '0000-00-00', '+275761-01-01', '2026-13-01T25:61:61Z', 'now', '1e9'],
	...['=1+1', '{{ $json.x }}', '${x}', '{bookId}', '{a}', '$&', '$1', '%s', '<script>', "' OR 1=1"],
	...['a'.repeat(300), '\u0301'.repeat(300)],
];

/** 100 kB of one thing, as a webhook may deliver it: slow where a pattern tries every way to read it. */
export const longTraps = [
	'a',
	'1',
	' ',
	'.',
	'a.',
	'-',
	'@',
	'/',
	'../',
	'é',
	'😀',
	'\n',
	',',
	'[',
	'\\',
]
	.map((piece) => piece.repeat(Math.ceil(100_000 / piece.length)))
	.flatMap((long) => [long, `a@${long} x`, `a${long}\0`, `https://x/${long} `, `/${long} x`]);

/** Any text: a trap, a trap in the middle of ordinary text, arbitrary Unicode with lone surrogates. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
	{ arbitrary: fc.constantFrom(...traps), weight: 6 },
	{
		arbitrary: fc
			.tuple(fc.constantFrom('', 'x', '7', '@k', '/a', 'a@b.c'), fc.constantFrom(...traps))
			.chain(([a, trap]) => fc.constantFrom(`${a}${trap}`, `${trap}${a}`, `${a}${trap}${a}`)),
		weight: 4,
	},
	{ arbitrary: fc.string({ unit: 'binary' }), weight: 1 },
	{
		arbitrary: fc
			.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
			.map((units) => String.fromCharCode(...units)),
		weight: 1,
	},
);

/** Names of members that mean something to JavaScript itself. */
const memberName = fc.oneof(
	fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'toJSON'),
	fc.constantFrom('__proto__.polluted', 'constructor.prototype.polluted', 'toString.polluted'),
	fc.constantFrom('mode', 'value', '__rl', 'length', 'name', 'id', '0', '', 'then'),
	hostileText,
);

/** An object whose members are its own, `__proto__` among them, as `JSON.parse` makes it. */
function ownMembers(entries: Array<[string, unknown]>): Record<string, unknown> {
	const made: Record<string, unknown> = {};
	for (const [name, value] of entries) {
		Object.defineProperty(made, name, {
			value,
			enumerable: true,
			configurable: true,
			writable: true,
		});
	}
	return made;
}

/** JSON of any shape, a few levels deep, with names that mean something to JavaScript. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
	json: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		fc.oneof(
			hostileText,
			fc.constantFrom(null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -2147483649),
			fc.double({ noNaN: true, noDefaultInfinity: true }),
		),
		fc.array(tie('json'), { maxLength: 3 }),
		fc.array(fc.tuple(memberName, tie('json')), { maxLength: 3 }).map(ownMembers),
	),
})).json;

const strange: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
	...[null, undefined, true, false, 0, -0, 1, 1.5, -1, NaN, Infinity, -Infinity, 2 ** 53, 1e21],
	...[
		1e308,
		5e-324,
		10n,
		[],
		{},
		[[]],
		[null],
		[undefined],
		[{}],
		[''],
		[[1, [2]]],
		Buffer.from('x'),
	],
	...[new Date(NaN), new Date(0), new Date(8.64e15), new Map([['a', 1]]), new Set([1]), /x/],
	{ toString: 'not a function', valueOf: 'neither' },
	[{ toString: 'not a function' }],
	Object.create(null),
	{ mode: 'id' },
	{ mode: '__proto__', value: 'x' },
	{ __rl: true, mode: 'id', value: { toString: 1 } },
	{ __rl: true, mode: 'url', value: ['https://x.example/node/1'] },
	{ mode: ['id'], value: '..' },
	{ mode: 'list', value: '..', cachedResultName: 'x' },
	(() => {
		const loop: Record<string, unknown> = {};
		loop.self = loop;
		return loop;
	})(),
);

/** Any value at all. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
	{ arbitrary: hostileText, weight: 4 },
	{ arbitrary: strange, weight: 3 },
	{ arbitrary: hostileJson, weight: 2 },
);

/** Rows of a fixed collection whose members hold anything. */
function hostileRows(field: Field, inner: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
	const options = (field.options ?? []).filter(
		(option): option is INodePropertyCollection => 'values' in option,
	);
	const row = (option: INodePropertyCollection) =>
		fc
			.tuple(...option.values.map(({ name }) => fc.tuple(fc.constant(name), inner)))
			.map((entries) => ownMembers(entries));
	return fc
		.tuple(
			...options.map((option) =>
				fc.tuple(
					fc.constant(option.name),
					fc.oneof(fc.array(fc.oneof(row(option), hostileValue), { maxLength: 3 }), hostileValue),
				),
			),
		)
		.map((entries) => ownMembers(entries));
}

/** What n8n stores of a form that was made from metadata, before the metadata was loaded. */
export const mappedForm = (value: Record<string, unknown>) => ({
	mappingMode: 'defineBelow',
	value,
	schema: [],
});

/** Hostile values in the shape that a field of the form has, and in every other shape. */
export function hostileFor(field: Field): fc.Arbitrary<unknown> {
	const shaped: Array<fc.Arbitrary<unknown>> = [hostileValue];
	const anyText = fc.oneof(hostileText, hostileJson);
	if (field.type === 'resourceLocator') {
		const modes = [...(field.modes ?? []).map(({ name }) => name), 'unknown', '__proto__'];
		shaped.push(
			fc.record({ __rl: fc.constant(true), mode: fc.constantFrom(...modes), value: hostileText }),
			fc.record({ __rl: fc.boolean(), mode: hostileValue, value: hostileValue }),
			fc.record({
				__rl: fc.constant(true),
				mode: fc.constant('url'),
				value: fc
					.tuple(
						fc.constantFrom('node', 'user', 'profile', 'service', 'orgUnitBase', 'books', ''),
						hostileText,
					)
					.map(([kind, id]) => `https://x.example/${kind}/${id}`),
			}),
		);
	}
	if (field.type === 'fixedCollection') shaped.push(hostileRows(field, anyText));
	if (field.type === 'json' || ['json', 'object', 'array'].includes(field.wire?.type ?? '')) {
		shaped.push(
			hostileJson.map((value) => JSON.stringify(value)),
			hostileJson,
		);
	}
	if (field.wire?.array !== undefined || field.type === 'multiOptions') {
		shaped.push(
			fc.array(hostileValue, { maxLength: 3 }),
			fc.array(hostileText, { maxLength: 3 }).map((entries) => entries.join(',')),
		);
	}
	if (field.type === 'resourceMapper') {
		const members = fc.array(fc.tuple(memberName, fc.oneof(hostileJson, strange)), {
			maxLength: 3,
		});
		shaped.push(members.map((entries) => mappedForm(ownMembers(entries))));
	}
	const values = optionValues(field);
	if (values.length > 0) {
		const choice = fc.constantFrom(...values);
		shaped.push(
			choice,
			choice.map((value) => [value]),
			choice.map((value) => `${String(value)} `),
			choice.map((value) => ({ value })),
		);
	}
	// As expressions give them
	if (field.type === 'boolean')
		shaped.push(fc.constantFrom('true', 'false', 1, 0, '1', '0', '', null));
	const { check } = field;
	if (check) {
		const fitting = matching(check);
		shaped.push(
			fitting,
			fc.tuple(fitting, fc.constantFrom(...traps)).map(([text, trap]) => `${text}${trap}`),
			fc.tuple(fitting, fc.constantFrom(...traps)).map(([text, trap]) => `${trap}${text}`),
		);
	}
	return fc.oneof(...shaped);
}

/** What a field offers to choose from. */
export function optionValues(field: Field): unknown[] {
	return (field.options ?? []).flatMap((option) => ('value' in option ? [option.value] : []));
}

/** Texts that fit some check or other, for patterns that cannot be turned into texts. */
const fitting = [
	...['7', 'name', 'a@b.example', 'https://x.example/a', '3f0b5a52-8c1d-4e6f-9a7b-2d4c6e8f0a1b'],
	...['#clt#x', '#cmp#x', '#imp#x', '#lnk#/x', '/slug', '@key', 'EVTx', '2025-03', '2025-03-11'],
	...['#0B5FFF', 'mail.example.com', '0 5 * * *', 'Abcdefgh1234!', 'last', 'jane.doe', '/items/12'],
];

/** Texts that fit a check and are not changed by trimming. */
export function matching(check: Check): fc.Arbitrary<string> {
	const { source, flags } = check.pattern;
	const isWhole = (text: string) => text.trim() === text && text !== '' && check.pattern.test(text);
	const known = fitting.filter(isWhole);
	const made = fromPattern(new RegExp(withoutLookahead(source), flags.replace('i', '')));
	if (made === undefined && known.length === 0) {
		throw new Error(`No text is known that fits ${String(check.pattern)}: add one`);
	}
	const all = [
		...(made ? [made.filter(isWhole)] : []),
		...(known.length > 0 ? [fc.constantFrom(...known)] : []),
	];
	return fc.oneof(...all);
}

function withoutLookahead(source: string): string {
	return source.replace(/\(\?[=!](?:[^()[\]]|\[(?:\\.|[^\]\\])*\]|\([^()]*\))*\)/g, '');
}

function fromPattern(pattern: RegExp): fc.Arbitrary<string> | undefined {
	try {
		const made = fc.stringMatching(pattern, { size: '-1' });
		fc.sample(made, { numRuns: 1, seed: 1 });
		return made;
	} catch {
		// Not every pattern can be turned round; a text that fits is among those known
		return undefined;
	}
}

/** An ordinary value of a field, and what must arrive on the wire. */
export interface Ordinary {
	/** As the form or an expression gives it. */
	raw: unknown;
	/** Before the field's own conversion (`wire.map`); the list, where entries travel joined. */
	value: unknown;
}

const same = (value: unknown): Ordinary => ({ raw: value, value });

/** Text as people enter it, without what is refused in paths and headers. */
const plainText = fc
	.oneof(
		fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
		fc.constantFrom(
			'a/b',
			'%2e%2e',
			'..x',
			'é',
			'ü&=?#',
			'a b',
			'50%',
			'"quoted"',
			'日本語',
			'😀',
			'+',
		),
	)
	.filter((text) => text.trim() !== '' && !/\p{Cs}/u.test(text) && !/\p{Cc}/u.test(text));

const headerText = fc
	.string({ minLength: 1, maxLength: 20 })
	.filter((text) => text.trim() !== '' && /^[ -~]*$/.test(text));

function numberFor(field: Field, integer: boolean): fc.Arbitrary<number> {
	const { minValue: min, maxValue: max } = field.typeOptions ?? {};
	if (integer) {
		return fc.integer({
			min: min === undefined ? -1_000_000 : Math.ceil(min),
			max: max === undefined ? 1_000_000_000 : Math.floor(max),
		});
	}
	const bounds = { min: min ?? -1e6, max: max ?? 1e6, noNaN: true };
	// JSON has no negative zero
	return fc.double(bounds).map((number) => (number === 0 ? Math.max(0, bounds.min) : number));
}

function entryFor(field: Field): fc.Arbitrary<unknown> {
	const values = optionValues(field);
	if (field.type === 'multiOptions' && values.length > 0) return fc.constantFrom(...values);
	const type = field.wire?.type;
	const text = field.check ? matching(field.check) : plainText.map((entry) => entry.trim());
	if (type === 'integer' || type === 'number') {
		if (!field.check) return numberFor(field, type === 'integer');
		return text.map(Number).filter(Number.isSafeInteger);
	}
	const separator = field.wire?.array === 'space' ? /\s/ : /[,\n]/;
	return text.filter((entry) => !separator.test(entry));
}

/** What the form shows as an example, in a field or in the modes of a locator without a value. */
function exampleOf({
	placeholder = '',
	modes = [],
}: Pick<Field, 'placeholder' | 'modes'>): string | undefined {
	const shown = [placeholder, ...modes.map((mode) => mode.placeholder ?? '')];
	return shown
		.map((words) => /^e\.g\. (.+)$/.exec(words)?.[1])
		.find((words) => words !== undefined);
}

/** A fixed collection with one row of examples. */
function exampleRows(field: Field): unknown {
	const rows = (field.options ?? []).flatMap((option): Array<[string, unknown]> => {
		if (!('values' in option)) return [];
		const row = option.values.map((member) => [member.name, exampleOf(member) ?? 'x'] as const);
		return [[option.name, [Object.fromEntries(row)]]];
	});
	return Object.fromEntries(rows);
}

/** Ordinary values of a field, as the form gives them and as expressions do. */
export function ordinaryFor(field: Field): fc.Arbitrary<Ordinary> {
	const { wire, type } = field;
	if (wire?.array !== undefined || type === 'multiOptions') {
		return fc.uniqueArray(entryFor(field), { minLength: 1, maxLength: 4 }).chain((value) => {
			const raws: Ordinary[] = [{ raw: value, value }];
			const isText = value.every((entry) => !/[,\n]/.test(String(entry)));
			if (isText && type !== 'multiOptions') raws.push({ raw: value.join(', '), value });
			return fc.constantFrom(...raws);
		});
	}
	if (type === 'dateTime') {
		const noon = fc.date({
			min: new Date('1970-01-02T00:00:00Z'),
			max: new Date('2199-12-30T00:00:00Z'),
			noInvalidDate: true,
		});
		return noon.map((date) => ({ raw: date.toISOString(), value: date }));
	}
	if (type === 'json' || ['json', 'object', 'array'].includes(wire?.type ?? '')) {
		const wanted = hostileJson.filter(
			(json) =>
				(wire?.type !== 'object' || isObject(json)) &&
				(wire?.type !== 'array' || Array.isArray(json)) &&
				json !== null &&
				typeof json !== 'string',
		);
		const given =
			wire?.type === 'array'
				? fc.oneof(fc.array(hostileJson, { maxLength: 3 }), wanted)
				: wire?.type === 'object'
					? fc.oneof(
							fc.dictionary(fc.string({ minLength: 1 }), hostileJson, { maxKeys: 3 }),
							wanted,
						)
					: wanted;
		const examples = [exampleOf(field), field.default].flatMap((text): unknown[] => {
			const value: unknown = typeof text === 'string' && text !== '' ? JSON.parse(text) : undefined;
			return typeof value === 'object' && Object.keys(value ?? {}).length > 0 ? [value] : [];
		});
		const all = examples.length > 0 ? fc.oneof(fc.constantFrom(...examples), given) : given;
		return all.chain((value) => {
			// Negative zero is no JSON
			const json = JSON.parse(JSON.stringify(value)) as unknown;
			return fc.constantFrom(
				{ raw: json, value: json },
				{ raw: JSON.stringify(json), value: json },
			);
		});
	}
	if (type === 'fixedCollection' || type === 'collection')
		return fc.constant(same(exampleRows(field)));
	if (type === 'resourceMapper') {
		const members = { name: 'x' };
		return fc.constant({ raw: mappedForm(members), value: members });
	}
	const values = optionValues(field);
	if (type === 'options' && values.length > 0) {
		return fc
			.constantFrom(...values)
			.chain((value) => fc.constantFrom(same(value), { raw: String(value), value }));
	}
	if (wire?.type === 'flag') {
		return fc
			.boolean()
			.chain((on) =>
				fc.constantFrom({ raw: on, value: Number(on) }, { raw: String(on), value: Number(on) }),
			);
	}
	if (wire?.type === 'boolean' || type === 'boolean') {
		return fc.boolean().chain((on) => fc.constantFrom(same(on), { raw: String(on), value: on }));
	}
	const locate = (text: fc.Arbitrary<string>) =>
		type === 'resourceLocator'
			? text.chain((value) =>
					fc.constantFrom(
						{ raw: { __rl: true, mode: 'id', value }, value },
						{ raw: { __rl: true, mode: 'list', value, cachedResultName: '..' }, value },
						{ raw: value, value },
					),
				)
			: text.map((value) => same(value));
	if (wire?.type === 'integer' || wire?.type === 'number') {
		const text = field.check
			? matching(field.check).filter((words) => Number.isSafeInteger(Number(words)))
			: numberFor(field, wire.type === 'integer').map(String);
		return locate(text).map(({ raw, value }) => ({ raw, value: Number(value) }));
	}
	if (type === 'number') {
		return numberFor(field, field.typeOptions?.numberPrecision === 0)
			.filter((number) => field.check?.pattern.test(String(number)) ?? true)
			.chain((value) => fc.constantFrom(same(value), { raw: String(value), value }));
	}
	const given = field.check
		? matching(field.check)
		: wire?.in === 'header'
			? headerText.map((words) => (type === 'resourceLocator' ? words.trim() : words))
			: type === 'resourceLocator' || wire?.in === 'path'
				? plainText.map((words) => words.trim())
				: plainText;
	const example = exampleOf(field) ?? '';
	const fits = example !== '' && (field.check?.pattern.test(example) ?? true);
	const text = fits ? fc.oneof(given, fc.constant(example)) : given;
	return locate(text.filter((words) => words !== '.' && words !== '..'));
}
