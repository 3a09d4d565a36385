import type { IDataObject, ILoadOptionsFunctions, ResourceMapperFields } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { at, isObject } from './json';
import { findNeeds, toLook } from './looks';
import type { Field, MappedField } from './operation';
import type { Catalog } from './properties';
import { Session } from './transport';
import { asJson, inCollection, InvalidValue, readValue } from './values';

/** n8n's method that loads the fields of a resource mapper. */
export type MappingMethod = (this: ILoadOptionsFunctions) => Promise<ResourceMapperFields>;

/** The loaders of a provider's forms from metadata, by the name that its fields use. */
export function resourceMappings(catalog: Catalog): Record<string, MappingMethod> {
	return Object.fromEntries(
		Object.entries(catalog.provider.mappings ?? {}).map(([name, mapping]) => {
			const method: MappingMethod = async function () {
				const resource = String(this.getCurrentNodeParameter('resource'));
				const operation = String(this.getCurrentNodeParameter('operation'));
				const compiled = catalog.operations.get(`${resource}:${operation}`);
				if (!compiled) {
					throw new NodeOperationError(this.getNode(), 'Choose “Resource” and “Operation” first');
				}
				const values = findNeeds(this, compiled, mapping.needs ?? []);
				// The editor shows this in place of the fields; of an error it shows nothing
				if (typeof values === 'string') return { fields: [], emptyFieldsNotice: values };
				const session = await Session.open(this, catalog.provider);
				return { fields: await mapping.fields(toLook(this, session, values)) };
			};
			return [name, method];
		}),
	);
}

/** A field of the form as n8n stores it with the workflow, if its value may be sent. */
function isMapped(field: unknown): field is MappedField {
	return (
		isObject(field) &&
		typeof field.id === 'string' &&
		field.display !== false &&
		field.readOnly !== true
	);
}

/** The form field that a mapped one amounts to, so that values are read as everywhere. */
function toField(mapped: MappedField): Field {
	const { id, displayName = id, type, options, date } = mapped;
	const field = { displayName, name: id, default: '' };
	switch (type) {
		case 'number':
		case 'boolean':
			return { ...field, type };
		case 'dateTime':
			return { ...field, type, wire: { in: 'body', date } };
		case 'options':
			return { ...field, type, options };
		case 'array':
		case 'object':
			return { ...field, type: 'json', wire: { in: 'body', type } };
		default:
			return { ...field, type: 'string' };
	}
}

/** Types whose empty text is a value: in an update it clears the field. */
const clearable = new Set<unknown>([undefined, 'string', 'dateTime']);

/**
 * What a resource mapper maps: the entered values, or with “Map Automatically” the members of the item that the
 * service knows and takes, in the types that the metadata gives. Entries that were left empty are left out; an empty
 * text or date is sent where a record is changed, so that it clears.
 * @param raw the parameter as n8n resolved it
 * @param json the input item
 * @param timezone IANA name of the workflow's time zone, for dates without one
 * @throws InvalidValue that names the field, for mandatory ones that are missing and values of the wrong type
 */
export function readMapping(
	field: Field,
	raw: unknown,
	json: IDataObject,
	timezone: string,
): IDataObject {
	if (!isObject(raw)) throw new InvalidValue(`“${field.displayName}” must be mapped on the form`);
	const stored: unknown[] = Array.isArray(raw.schema) ? raw.schema : [];
	const schema = stored.filter(isMapped);
	const isNew = field.typeOptions?.resourceMapper?.mode === 'add';
	const read = (mapped: MappedField, value: unknown): unknown => {
		const isEmpty = typeof value === 'string' && value.trim() === '';
		if (isEmpty && !clearable.has(mapped.type)) return undefined;
		const group = isNew ? null : 'updateFields';
		return readValue(toField(mapped), value, { timezone, group, place: field.displayName });
	};
	const entries: Array<[string, unknown]> = [];
	if (raw.mappingMode === 'autoMapInputData') {
		if (stored.length === 0) {
			throw new InvalidValue(
				`“${field.displayName}” does not know the fields of the service yet: open the node, so that it loads them`,
			);
		}
		for (const mapped of schema) {
			const { id } = mapped;
			entries.push([id, read(mapped, Object.hasOwn(json, id) ? json[id] : at(json, id))]);
		}
	} else {
		const known = new Map(schema.map((mapped) => [mapped.id, mapped]));
		for (const [id, value] of Object.entries(isObject(raw.value) ? raw.value : {})) {
			const mapped = known.get(id);
			// An entered value counts as long as the form shows it; without a stored form all of them do
			if (mapped?.removed === true || (!mapped && stored.length > 0)) continue;
			entries.push([id, mapped ? read(mapped, value) : (value ?? undefined)]);
		}
	}
	const sent = entries.filter(([, value]) => value !== undefined);
	const missing = isNew
		? schema.find(({ id, required }) => required && !sent.some(([name]) => name === id))
		: undefined;
	if (missing) {
		const refusal = new InvalidValue(`“${missing.displayName}” is required`);
		throw inCollection(refusal, null, field.displayName);
	}
	return asJson(field, Object.fromEntries(sent)) as IDataObject;
}
