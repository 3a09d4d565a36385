import { DateTime } from 'luxon';
import type { INodePropertyOptions } from 'n8n-workflow';

import { isObject } from './json';
import type { Field, Wire } from './operation';
import { collections } from './properties';
import type { Group } from './properties';

/** Thrown for a value that cannot be sent; the message is a sentence that names the field. */
export class InvalidValue extends Error {
	/** Where the field is, if not on the form itself. */
	description?: string;
}

/** Adds the collection of its field to a refusal: the form may have a field of the same name elsewhere. */
export function inCollection(thrown: unknown, group: Group | null, place?: string): unknown {
	const name = place ?? (group === null ? undefined : collections[group].displayName);
	if (thrown instanceof InvalidValue && name !== undefined) {
		thrown.description = `The field is under “${name}”.`;
	}
	return thrown;
}

/** What reading a value needs to know about the run. */
export interface Reading {
	/** IANA name of the workflow's time zone, for dates without one. */
	timezone: string;
	group: Group | null;
	/** Label of what holds the field, where its group does not tell: a form from metadata. */
	place?: string;
}

function invalid(field: Field, what: string): InvalidValue {
	return new InvalidValue(`“${field.displayName}” ${what}`);
}

function write(value: unknown): string {
	if (typeof value === 'string') return value;
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		// What refers to itself cannot be written
		return 'an object';
	}
}

function show(field: Field, value: unknown): string {
	if (field.typeOptions?.password === true) return 'something else';
	const written = write(value);
	return `“${written.length > 60 ? `${written.slice(0, 60)}…` : written}”`;
}

function toText(field: Field, value: unknown): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	throw invalid(field, `must be text, but is ${Array.isArray(value) ? 'a list' : 'an object'}`);
}

function toNumber(field: Field, value: unknown, integer: boolean): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !Number.isFinite(number)) {
		throw invalid(field, `must be a number, but is ${show(field, value)}`);
	}
	if (integer && !Number.isSafeInteger(number)) {
		throw invalid(field, `must be a whole number, but is ${show(field, value)}`);
	}
	const { minValue, maxValue, password } = field.typeOptions ?? {};
	const shown = password === true ? '' : `, but is ${number}`;
	if (minValue !== undefined && number < minValue) {
		throw invalid(field, `must be at least ${minValue}${shown}`);
	}
	if (maxValue !== undefined && number > maxValue) {
		throw invalid(field, `must be at most ${maxValue}${shown}`);
	}
	return number;
}

function toBoolean(field: Field, value: unknown): boolean {
	if (typeof value === 'boolean') return value;
	if (value === 'true' || value === 1 || value === '1') return true;
	if (value === 'false' || value === 0 || value === '0') return false;
	throw invalid(field, `must be true or false, but is ${show(field, value)}`);
}

/**
 * What JSON makes of a value: an expression may give dates, which become texts, and what cannot be written at all.
 * @throws InvalidValue that names the field
 */
export function asJson(field: Field, value: unknown): unknown {
	let written: string | undefined;
	try {
		written = JSON.stringify(value);
	} catch {
		// It refers to itself, or holds a BigInt
	}
	if (written === undefined) throw invalid(field, 'must be JSON, but cannot be written as such');
	return JSON.parse(written) as unknown;
}

function toJson(field: Field, value: unknown, type: Wire['type']): unknown {
	let parsed = value;
	if (typeof value === 'string') {
		try {
			parsed = JSON.parse(value) as unknown;
		} catch (error) {
			const { message } = error as SyntaxError;
			const isSecret = field.typeOptions?.password === true;
			throw invalid(field, `must be JSON, but cannot be read${isSecret ? '' : `: ${message}`}`);
		}
	} else {
		parsed = asJson(field, value);
	}
	if (type === 'object' && !isObject(parsed)) {
		throw invalid(field, `must be a JSON object, but is ${show(field, parsed)}`);
	}
	if (type === 'array' && !Array.isArray(parsed)) {
		throw invalid(field, `must be a JSON array, but is ${show(field, parsed)}`);
	}
	return parsed;
}

function toDate(field: Field, value: unknown, format: Wire['date'], timezone: string): unknown {
	const date =
		value instanceof Date
			? DateTime.fromJSDate(value)
			: DateTime.isDateTime(value)
				? value
				: parseDate(toText(field, value).trim(), timezone);
	const placed = format === 'date' ? date.setZone(timezone) : date.toUTC();
	// Services read years of four digits; the last day that JavaScript knows does not exist in every zone
	if (!placed.isValid || placed.year < 0 || placed.year > 9999) {
		throw invalid(field, `must be a date and time, but is ${show(field, value)}`);
	}
	if (format === 'unix') return Math.floor(placed.toSeconds());
	return format === 'date' ? placed.toISODate() : placed.toISO();
}

function parseDate(value: string, zone: string): DateTime {
	const iso = DateTime.fromISO(value, { zone });
	return iso.isValid ? iso : DateTime.fromSQL(value, { zone });
}

/** Choices that a message names. */
const mostChoices = 12;

/** The choice as it is described: an expression may give the text of a number. */
function checkChoice(field: Field, value: unknown): unknown {
	if (field.typeOptions?.loadOptionsMethod !== undefined) return value;
	const options = (field.options ?? []).filter(
		(option): option is INodePropertyOptions => 'value' in option,
	);
	if (options.length === 0) return value;
	const chosen =
		typeof value === 'object'
			? undefined
			: options.find((option) => String(option.value) === String(value));
	if (chosen) return chosen.value;
	const choices = options.map((option) => String(option.value));
	const more = choices.length - mostChoices;
	const shown = choices.slice(0, more > 1 ? mostChoices : undefined).join(', ');
	throw invalid(
		field,
		`must be one of ${shown}${more > 1 ? ` and ${more} others` : ''}, but is ${show(field, value)}`,
	);
}

function applyCheck(field: Field, value: string): string {
	const { check } = field;
	if (check && !check.pattern.test(value)) {
		throw invalid(field, `must be ${check.expects}, but is ${show(field, value)}`);
	}
	return value;
}

/** Entries of a list that may come as an array, or as text with commas or line breaks. */
function toList(field: Field, value: unknown): unknown[] {
	if (Array.isArray(value)) {
		return value.filter(
			(entry) =>
				entry !== null &&
				entry !== undefined &&
				!(typeof entry === 'string' && entry.trim() === ''),
		);
	}
	return toText(field, value)
		.split(/[,\n]/)
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
}

function toEntry(field: Field, value: unknown): unknown {
	const entry = applyCheck(field, toText(field, value).trim());
	if (field.type === 'multiOptions') return checkChoice(field, entry);
	const type = field.wire?.type;
	if (type === 'integer' || type === 'number') return toNumber(field, entry, type === 'integer');
	if (field.wire?.array === 'comma' && entry.includes(',')) {
		throw invalid(field, `must not hold commas inside an entry, but one is ${show(field, entry)}`);
	}
	if (field.wire?.array === 'space' && /\s/.test(entry)) {
		throw invalid(field, `must not hold blanks inside an entry, but one is ${show(field, entry)}`);
	}
	return entry;
}

function toScalar(field: Field, value: unknown): unknown {
	const type = field.wire?.type;
	if (field.type === 'options') return checkChoice(field, value);
	if (type === 'flag') return toBoolean(field, value) ? 1 : 0;
	if (type === 'boolean' || field.type === 'boolean') return toBoolean(field, value);
	if (type === 'integer' || type === 'number') {
		return toNumber(field, applyCheck(field, toText(field, value).trim()), type === 'integer');
	}
	if (field.type === 'number') {
		const number = toNumber(field, value, field.typeOptions?.numberPrecision === 0);
		applyCheck(field, String(number));
		return number;
	}
	const isId = field.check !== undefined || field.type === 'resourceLocator';
	const words = toText(field, value);
	return applyCheck(field, isId ? words.trim() : words);
}

/** The value of a resource locator: an ID as it is, or the ID inside an address. */
function fromLocator(field: Field, value: unknown): unknown {
	if (!isObject(value) || value.mode === undefined) return value;
	const inner = value.value ?? '';
	const mode = field.modes?.find(({ name }) => name === value.mode);
	const rule = mode?.extractValue;
	if (rule?.type !== 'regex' || typeof rule.regex !== 'string') return inner;
	const words = toText(field, inner).trim();
	if (words === '') return words;
	const found = new RegExp(rule.regex).exec(words)?.[1];
	if (found === undefined) {
		throw invalid(
			field,
			`must be an address like ${mode?.placeholder ?? ''}, but is ${show(field, words)}`,
		);
	}
	try {
		return decodeURIComponent(found);
	} catch {
		throw invalid(
			field,
			`must be an address that is encoded rightly, but is ${show(field, words)}`,
		);
	}
}

/** Whether the user left the field empty. Inside Update Fields an empty text is a value: it clears. */
function isLeftOut(field: Field, value: unknown, group: Group | null): boolean {
	if (value === undefined || value === null) return true;
	if (group === 'updateFields') return false;
	if (typeof value === 'string') return value.trim() === '';
	const isList = field.wire?.array !== undefined || field.type === 'multiOptions';
	return isList && Array.isArray(value) && value.length === 0;
}

function convert(field: Field, value: unknown, reading: Reading): unknown {
	const { wire } = field;
	if (wire?.array !== undefined || field.type === 'multiOptions') {
		const list = toList(field, value).map((entry) => toEntry(field, entry));
		if (field.required && list.length === 0) throw invalid(field, 'is required');
		if (wire?.array === 'comma') return list.join(',');
		return wire?.array === 'space' ? list.join(' ') : list;
	}
	if (field.type === 'dateTime') {
		return value === '' ? '' : toDate(field, value, wire?.date, reading.timezone);
	}
	if (
		field.type === 'json' ||
		wire?.type === 'json' ||
		wire?.type === 'object' ||
		wire?.type === 'array'
	) {
		return toJson(field, value, wire?.type);
	}
	if (field.type === 'fixedCollection' || field.type === 'collection') return value;
	const clears = value === '' && reading.group === 'updateFields' && field.type === 'string';
	return clears ? '' : toScalar(field, value);
}

function read(field: Field, given: unknown, reading: Reading): unknown {
	const value = field.type === 'resourceLocator' ? fromLocator(field, given) : given;
	if (isLeftOut(field, value, reading.group)) {
		if (field.required) throw invalid(field, 'is required');
		return undefined;
	}
	const converted = convert(field, value, reading);
	if (!field.wire?.map) return converted;
	try {
		return field.wire.map(converted);
	} catch (error) {
		throw invalid(field, error instanceof Error ? error.message : String(error));
	}
}

/**
 * What a field that decides about others stands for: an expression may give the text of a boolean or a number.
 * @throws InvalidValue that names the field
 */
export function readChoice(field: Field, given: unknown): unknown {
	const value = given ?? '';
	if (field.type === 'options') return checkChoice(field, value);
	if (field.type !== 'boolean') return given;
	if (value === '') throw invalid(field, 'is required');
	return toBoolean(field, value);
}

/**
 * Checks a value of the form and gives it the type that travels.
 * @param given what n8n resolved, of whatever type an expression gave
 * @returns undefined when the field was left empty and may be
 * @throws InvalidValue that names the field and, in its description, the collection
 */
export function readValue(field: Field, given: unknown, reading: Reading): unknown {
	try {
		return read(field, given, reading);
	} catch (error) {
		throw inCollection(error, reading.group, reading.place);
	}
}
