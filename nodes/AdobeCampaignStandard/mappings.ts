import type { FieldType, INodePropertyOptions } from 'n8n-workflow';

import { isObject, text } from '../shared/json';
import type { Field, Look, MappedField, Mapping, Values } from '../shared/operation';
import { encodeSegment } from '../shared/request';
import { rootOf } from './calls';
import { namedMembers } from './metadata';

/** What of the metadata becomes a form, and what of it is shown from the start. */
interface Shape {
	/** API root and name of the resource, as in addresses. */
	resource: (values: Values) => { root: string; name: string };
	/** Fields that people set most often; without a list all that are not on or off. */
	first?: string[];
	/** Fields that the form has elsewhere. */
	without?: string[];
}

/** Members of a postal location, which the metadata shows as one field. */
const address: Array<[string, string]> = [
	['address1', 'Address 1'],
	['address2', 'Address 2'],
	['address3', 'Address 3'],
	['address4', 'Address 4'],
	['zipCode', 'ZIP code'],
	['city', 'City'],
	['stateCode', 'State code'],
	['countryCode', 'Country code'],
];

/** The names of an enumeration, which travel, with their labels. Stored codes do not travel. */
function optionsOf(values: unknown): INodePropertyOptions[] {
	return Object.entries(isObject(values) ? values : {})
		.map(([key, entry]) => {
			const value = isObject(entry) ? (text(entry.name) ?? key) : key;
			return { name: isObject(entry) ? (text(entry.label) ?? value) : value, value };
		})
		.filter(({ value }) => value !== '__Invalid_value__');
}

/** What the metadata alone decides about a field of the form. */
type Shown = Pick<MappedField, 'id' | 'displayName' | 'type' | 'options' | 'date'>;

/** What a field of the metadata is on the form; several for a location, none for what cannot be written. */
function toForm(field: Record<string, unknown>): Shown[] {
	const id = text(field.apiName) ?? String(field.name);
	const displayName = text(field.label) ?? id;
	const type = (text(field.type) ?? '').toLowerCase();
	const kind = `${type} ${(text(field.resType) ?? '').toLowerCase()}`;
	if (field.readOnly === true || id === 'PKey' || id === 'href') return [];
	if (id === 'location') {
		return address.map(([name, label]) => ({
			id: `location.${name}`,
			displayName: label,
			type: 'string',
		}));
	}
	switch (type) {
		case 'collection':
		case 'item':
			return [];
		case 'link':
			return [{ id: `${id}.PKey`, displayName: `${displayName} (PKey)`, type: 'string' }];
		case 'enumeration': {
			const options = optionsOf(field.values);
			return options.length > 0
				? [{ id, displayName, type: 'options', options }]
				: [{ id, displayName, type: 'string' }];
		}
		case 'number':
		case 'boolean':
			return [{ id, displayName, type }];
		default: {
			const isDate = /^date/.test(type);
			const date = kind.includes('datetime') ? 'iso' : 'date';
			const shown: FieldType = isDate ? 'dateTime' : 'string';
			return [{ id, displayName, type: shown, ...(isDate && { date }) }];
		}
	}
}

/** Fields with the same label are told apart by their names. */
function named(fields: MappedField[]): MappedField[] {
	const labels = fields.map(({ displayName }) => displayName);
	return fields.map((field) => {
		const isShared = labels.filter((label) => label === field.displayName).length > 1;
		return isShared ? { ...field, displayName: `${field.displayName} (${field.id})` } : field;
	});
}

/** Reads the form of a resource from its metadata: mandatory fields first, then the usual ones, then by label. */
async function readForm(look: Look, shape: Shape): Promise<MappedField[]> {
	const { root, name } = shape.resource(look.values);
	const segment = encodeSegment({ displayName: 'Resource' }, name);
	const { body } = await look.send({ method: 'GET', path: `${root}/resourceType/${segment}` });
	const content = isObject(body) ? body.content : undefined;
	if (!isObject(content)) {
		throw look.refuse(
			'The instance did not describe the fields of the resource',
			'Fields can be given as JSON instead, in More Fields.',
		);
	}
	const { first, without = [] } = shape;
	const fields = namedMembers(content).flatMap((field) => {
		const required = field.mandatory === true;
		return toForm(field)
			.filter(({ id }) => !without.includes(id))
			.map((mapped): MappedField => {
				const isUsual = first ? first.includes(mapped.id) : mapped.type !== 'boolean';
				return {
					...mapped,
					required,
					display: true,
					defaultMatch: false,
					// Shown, an entry that is on or off is sent as well
					removed: !required && !isUsual,
				};
			});
	});
	const rank = ({ id, required }: MappedField) => {
		if (required) return -1;
		const place = first?.indexOf(id) ?? -1;
		return place < 0 ? Number.MAX_SAFE_INTEGER : place;
	};
	return named(fields).sort(
		(a, b) => rank(a) - rank(b) || a.displayName.localeCompare(b.displayName),
	);
}

/** A form from metadata that depends on these parameters. */
const formOf = (needs: string[], shape: Shape): Mapping => ({
	needs,
	fields: async (look) => await readForm(look, shape),
});

/** The forms of this node, by the name of the method that loads them. */
export const mappings: Record<string, Mapping> = {
	getProfileFields: formOf(['extendedApi'], {
		resource: (values) => ({ root: rootOf(values), name: 'profile' }),
		first: ['email', 'firstName', 'lastName'],
		without: ['orgUnit.PKey'],
	}),
	getServiceFields: formOf(['extendedApi'], {
		resource: (values) => ({ root: rootOf(values), name: 'service' }),
		first: ['label', 'name', 'messageType'],
	}),
	getCustomResourceFields: formOf(['customApi', 'customResource'], {
		resource: (values) => ({
			root: `/${String(values.customApi)}`,
			name: String(values.customResource),
		}),
	}),
};

/**
 * The fields of a record, from the metadata of the instance.
 * @param mode `add` where a new record is made, so that mandatory fields are asked for
 * @param dependsOn parameters that change the fields
 */
export function recordFields(
	method: keyof typeof mappings,
	mode: 'add' | 'map',
	dependsOn: string[],
): Field {
	return {
		displayName: 'Fields',
		name: 'columns',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'defineBelow', value: null },
		required: true,
		typeOptions: {
			loadOptionsDependsOn: dependsOn,
			resourceMapper: {
				resourceMapperMethod: method,
				mode,
				fieldWords: { singular: 'field', plural: 'fields' },
				noFieldsError: 'The fields of the instance are not known yet',
				multiKeyMatch: false,
				supportAutoMap: true,
				allowEmptyValues: mode === 'map',
			},
		},
		wire: { in: 'body' },
	};
}

/** Members beside the mapped ones: for those that the metadata does not show, or where it cannot be read. */
export const moreFields: Field = {
	displayName: 'More Fields (JSON)',
	name: 'moreFields',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. {"cusBrand": "SPRING26", "cusStore": {"PKey": "@a1"}}',
	description:
		'Further fields by their names in the API, also where the credential may not read the metadata. A link is an object with the PKey of the other record.',
};
