import type { IDataObject } from 'n8n-workflow';

import { at, isObject, text } from '../shared/json';
import type { ApiRequest, Call, Field, Result } from '../shared/operation';
import { encodeSegment } from '../shared/request';
import { list } from './calls';
import { customFilterFields, customFiltersOf } from './filters';

/**
 * How the record that may be there already is found; which of them exist depends on the resource.
 * @param list name of the list of custom filters
 */
export const matchFields = (list: string): Field[] => [
	{
		displayName: 'Key Field',
		name: 'keyField',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. cusCrmId',
		description: 'Field that your company has defined as business key of the resource',
		displayOptions: { show: { matchBy: ['businessKey'] } },
		check: { pattern: /^[A-Za-z]\w*$/, expects: 'the name of one field' },
	},
	{
		displayName: 'Key',
		name: 'keyValue',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. CRM-0001',
		description: 'Value of the business key; a new record gets it',
		displayOptions: { show: { matchBy: ['businessKey'] } },
		check: { pattern: /^(?!@)\S(.*\S)?$/, expects: 'a business key, not a PKey' },
	},
	...customFilterFields(list).map((field) => ({
		...field,
		displayOptions: { show: { matchBy: ['customFilter'] } },
	})),
];

/** What is known about the record before it is written. */
interface Found {
	/** Key of the record that is there, as it stands in the path. */
	key?: string;
	/** Members that a new record gets beside those of the form. */
	forNew: IDataObject;
}

/** The one record that a list gives. @throws the call's error for several: it is not known which one is meant */
async function onlyOne(call: Call, request: ApiRequest, forNew: IDataObject = {}): Promise<Found> {
	const records = await list(call, request, 2);
	if (records.length > 1) {
		throw call.refuse(
			'Several records fit, so that it is not clear which one to update',
			'Nothing was changed. Match by something that is unique, such as a business key.',
		);
	}
	const key = text(at(records[0], 'PKey'));
	if (records.length === 1 && key === undefined) {
		throw call.refuse('The record that was found has no PKey', 'Nothing was changed.');
	}
	return { ...(key !== undefined && { key }), forNew };
}

/** Looks a record up by its business key. */
async function byBusinessKey(call: Call, collection: string): Promise<Found> {
	const { keyField, keyValue } = call.values;
	const key = String(keyValue);
	const request: ApiRequest = {
		method: 'GET',
		path: `${collection}/${encodeSegment({ displayName: 'Key' }, key)}`,
	};
	const answer = await call.send({ ...request, accept: [404] });
	if (answer.status !== 404) {
		if (text(at(answer.body, 'PKey')) !== undefined) return { key, forNew: {} };
		throw call.refuse(
			`“${key}” does not name one record`,
			'Nothing was changed. Keys that are called like a filter or a field cannot be used in addresses.',
		);
	}
	// The collection itself may be missing as well: that refusal is reported
	if (!/Unable to find document/.test(String(answer.body))) await call.send(request);
	return { forNew: { [String(keyField)]: key } };
}

/** Looks for the record in the way that the form says. */
async function find(call: Call, collection: string): Promise<Found> {
	const { matchBy, matchEmail } = call.values;
	if (matchBy === 'businessKey') return await byBusinessKey(call, collection);
	if (matchBy === 'email') {
		const email = String(matchEmail);
		const path = `${collection}/byEmail`;
		return await onlyOne(call, { method: 'GET', path, query: { email } }, { email });
	}
	const { names, query } = customFiltersOf(call, '');
	if (names.length === 0) throw call.refuse('“Custom Filters” is required');
	const path = [collection, ...names].join('/');
	return await onlyOne(call, { method: 'GET', path, query });
}

/**
 * Updates the record that fits, or creates it. The API has no such call: between looking and creating another client may
 * create the same record.
 * @param collection path of the collection
 * @param body members to write
 * @returns the service's answer with `isNew`
 */
export async function upsert(call: Call, collection: string, body: IDataObject): Promise<Result> {
	const { key, forNew } = await find(call, collection);
	if (key !== undefined && Object.keys(body).length === 0) {
		throw call.refuse('There is nothing to send', 'Set at least one field of the record.');
	}
	const answer = await call.send(
		key === undefined
			? { method: 'POST', path: collection, body: { ...forNew, ...body } }
			: { method: 'PATCH', path: `${collection}/${encodeURIComponent(key)}`, body },
	);
	return { ...(isObject(answer.body) ? answer.body : { success: true }), isNew: key === undefined };
}
