import type {
	IDataObject,
	ILoadOptionsFunctions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';
import { NodeOperationError, validateFieldType } from 'n8n-workflow';
import { DateTime } from 'luxon';

import { isObject } from './json';
import { readNeeds, toLook } from './looks';
import type { Field } from './operation';
import type { Catalog } from './properties';
import { Session } from './transport';
import { InvalidValue } from './values';

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
				const values = readNeeds(this, compiled, mapping.needs ?? []);
				const session = await Session.open(this, catalog.provider);
				return { fields: await mapping.fields(toLook(this, session, values)) };
			};
			return [name, method];
		}),
	);
}

/** A field of the form as n8n stores it with the workflow. */
function isMapped(field: unknown): field is ResourceMapperField {
	return (
		isObject(field) && typeof field.id === 'string' && !field.removed && field.readOnly !== true
	);
}

/** A value in the type that the metadata gives; dates as UTC with milliseconds and Z. */
function convert(field: Field, mapped: ResourceMapperField, value: unknown): unknown {
	if (mapped.type === undefined || value === '') return value;
	const result = validateFieldType(mapped.displayName, value, mapped.type, {
		valueOptions: mapped.options,
	});
	if (!result.valid) {
		throw new InvalidValue(`“${field.displayName}”: ${result.errorMessage}`);
	}
	const converted: unknown = result.newValue ?? value;
	return DateTime.isDateTime(converted) ? converted.toUTC().toISO() : converted;
}

/**
 * What a resource mapper maps: the entered values, or with “Map Automatically” the members of the item that the
 * service knows and takes. Entries that were left empty are left out.
 * @param raw the parameter as n8n resolved it
 * @param json the input item
 * @throws InvalidValue that names the field, for mandatory ones that are missing and values of the wrong type
 */
export function readMapping(field: Field, raw: unknown, json: IDataObject): IDataObject {
	if (!isObject(raw)) throw new InvalidValue(`“${field.displayName}” must be mapped on the form`);
	const automatic = raw.mappingMode === 'autoMapInputData';
	const schema = (Array.isArray(raw.schema) ? raw.schema : []).filter(isMapped);
	if (automatic && schema.length === 0) {
		throw new InvalidValue(
			`“${field.displayName}” does not know the fields of the service yet: open the node, so that it loads them`,
		);
	}
	const source = automatic ? json : isObject(raw.value) ? raw.value : {};
	const known = new Map(schema.map((mapped) => [mapped.id, mapped]));
	const entries: Array<[string, unknown]> = [];
	for (const [id, value] of Object.entries(source)) {
		const mapped = known.get(id);
		// An entered value counts as long as the form shows it; without a stored form all of them do
		if (value === undefined || value === null || (!mapped && schema.length > 0)) continue;
		entries.push([id, mapped ? convert(field, mapped, value) : value]);
	}
	const missing = schema.find(
		({ id, required }) => required && !entries.some(([name, value]) => name === id && value !== ''),
	);
	if (missing) {
		throw new InvalidValue(`“${field.displayName}”: “${missing.displayName}” is required`);
	}
	return Object.fromEntries(entries) as IDataObject;
}
