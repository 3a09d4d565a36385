import { byId, fromList } from '../../shared/fields';
import { isObject } from '../../shared/json';
import type { ApiRequest, Call, Check, Field, Resource, Result } from '../../shared/operation';
import { bodyOf, limitOf, list, pages, read, sorted } from '../calls';
import { anyKey, order } from '../fields';
import { customFilterFields, filtered } from '../filters';
import { moreFields, recordFields } from '../mappings';
import { matchFields, upsert } from '../upsert';

const customName: Check = {
	pattern: /^[A-Za-z]\w*$/,
	expects: 'the name of one resource, such as cusTransaction',
};

const isLinked = { show: { customApi: ['profileAndServicesExt'] } };
const isStandalone = { show: { customApi: ['customResources'] } };

/** A custom resource, by the part of the API that shows it. */
const customResource: Field[] = [
	{
		displayName: 'Kind',
		name: 'customApi',
		type: 'options',
		options: [
			{
				name: 'Linked to Profiles or Services',
				value: 'profileAndServicesExt',
				description: 'Directly or through another table',
			},
			{ name: 'Standalone', value: 'customResources' },
		],
		default: 'profileAndServicesExt',
		description: 'The API shows custom resources in two places',
	},
	{
		displayName: 'Custom Resource',
		name: 'customResource',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		modes: [fromList('searchExtendedResources'), byId('e.g. cusTransaction', 'By Name')],
		displayOptions: isLinked,
		check: customName,
		wire: { in: 'path' },
	},
	{
		displayName: 'Custom Resource',
		name: 'customResource',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		modes: [fromList('searchStandaloneResources'), byId('e.g. cusStaging', 'By Name')],
		displayOptions: isStandalone,
		check: customName,
		wire: { in: 'path' },
	},
];

const recordKey: Field = {
	displayName: 'Record Key',
	name: 'recordKey',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. T-10023',
	description: 'PKey or business key of the record',
	check: anyKey,
	wire: { in: 'path' },
};

/** The fields of the chosen resource, from its metadata. */
const fieldsOf = (mode: 'add' | 'map') =>
	recordFields('getCustomResourceFields', mode, ['customApi', 'customResource.value']);

/** The request on the part of the API that shows the resource. */
function placed({ request, values }: Call): ApiRequest {
	const root = values.customApi === 'customResources' ? 'customResources' : 'profileAndServicesExt';
	return { ...request, path: request.path.replace(/^\/profileAndServicesExt\//, `/${root}/`) };
}

async function write(call: Call): Promise<Result> {
	const body = bodyOf(call);
	if (Object.keys(body).length === 0) {
		throw call.refuse('There is nothing to send', 'Set at least one field of the record.');
	}
	const answer = await call.send({ ...placed(call), body });
	return isObject(answer.body) ? answer.body : { success: true };
}

export const customResources: Resource = {
	name: 'Custom Resource',
	value: 'customResource',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many records of custom resource',
			description: 'List the records of a custom resource, all or those that custom filters find',
			operationId: [
				'listCustomRecords',
				'listStandaloneCustomRecords',
				'filterCustomRecords',
				'filterStandaloneCustomRecords',
			],
			request: { method: 'GET', path: '/profileAndServicesExt/{customResource}' },
			output: { kind: 'list', at: 'content', pager: pages },
			fields: customResource,
			filters: customFilterFields('searchCustomResourceFilters'),
			options: order,
			run: async (call) =>
				await list(call, filtered(call, sorted(call, placed(call)), []).request, limitOf(call)),
		},
		{
			name: 'Count',
			value: 'count',
			action: 'Count records of custom resource',
			description: 'Count the records of a custom resource',
			operationId: ['countCustomRecords', 'countStandaloneCustomRecords'],
			request: { method: 'GET', path: '/profileAndServicesExt/{customResource}/_count' },
			output: { kind: 'item' },
			fields: customResource,
			run: async (call) => await read(call, placed(call).path),
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get record of custom resource',
			description: 'Read one record of a custom resource',
			operationId: ['getCustomRecord', 'getStandaloneCustomRecord'],
			request: { method: 'GET', path: '/profileAndServicesExt/{customResource}/{recordKey}' },
			output: { kind: 'item' },
			fields: [...customResource, recordKey],
			run: async (call) => await read(call, placed(call).path),
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create record of custom resource',
			description: 'Create a record of a custom resource',
			operationId: ['createCustomRecord', 'createStandaloneCustomRecord'],
			request: { method: 'POST', path: '/profileAndServicesExt/{customResource}' },
			output: { kind: 'item' },
			fields: [...customResource, fieldsOf('add')],
			additionalFields: [moreFields],
			run: write,
		},
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Create or update record of custom resource',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
			operationId: [],
			request: { method: 'POST', path: '/profileAndServicesExt/{customResource}' },
			output: { kind: 'item' },
			fields: [
				...customResource,
				{
					displayName: 'Match By',
					name: 'matchBy',
					type: 'options',
					options: [
						{ name: 'Business Key', value: 'businessKey' },
						{ name: 'Custom Filter', value: 'customFilter' },
					],
					default: 'businessKey',
					description: 'How to find the record that may be there already',
				},
				...matchFields('searchCustomResourceFilters'),
				fieldsOf('map'),
			],
			updateFields: [moreFields],
			run: async (call) => await upsert(call, placed(call).path, bodyOf(call)),
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update record of custom resource',
			description: 'Change fields of a record; the service confirms with its PKey',
			operationId: ['updateCustomRecord', 'updateStandaloneCustomRecord'],
			request: { method: 'PATCH', path: '/profileAndServicesExt/{customResource}/{recordKey}' },
			output: { kind: 'item' },
			fields: [...customResource, recordKey, fieldsOf('map')],
			updateFields: [moreFields],
			run: write,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete record of custom resource',
			description: 'Delete a record of a custom resource for good',
			operationId: ['deleteCustomRecord', 'deleteStandaloneCustomRecord'],
			request: { method: 'DELETE', path: '/profileAndServicesExt/{customResource}/{recordKey}' },
			output: { kind: 'deleted' },
			repeatable: false,
			fields: [...customResource, recordKey],
			run: async (call) => {
				await call.send(placed(call));
				return { deleted: true };
			},
		},
	],
};
