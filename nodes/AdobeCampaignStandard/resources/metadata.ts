import { at, isObject, text } from '../../shared/json';
import type { Call, Field, Resource } from '../../shared/operation';
import { encodeSegment } from '../../shared/request';
import { limited, read, resolveHref } from '../calls';

/** Which part of the API describes the resource. */
const apiRoot: Field = {
	displayName: 'API',
	name: 'apiRoot',
	type: 'options',
	options: [
		{ name: 'Custom Resources', value: 'customResources', description: 'Without link to profiles' },
		{
			name: 'Extended',
			value: 'profileAndServicesExt',
			description: 'With the fields and resources of your company',
		},
		{ name: 'Standard', value: 'profileAndServices' },
	],
	default: 'profileAndServices',
};

const resourceName: Field = {
	displayName: 'Resource Name',
	name: 'resourceName',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. profile',
	description: 'As in addresses of the API: profile, service, history, orgUnitBase, cusTransaction',
	check: { pattern: /^[A-Za-z]\w*$/, expects: 'the name of one resource' },
	wire: { in: 'path' },
};

/** Where a resource is described. The privacy tool is a resource under a root of its own. */
function pathOf({ values }: Call): string {
	const name = String(values.resourceName);
	const root = name === 'privacyTool' ? 'privacy' : String(values.apiRoot);
	return `/${root}/resourceType/${encodeSegment(resourceName, name)}`;
}

/** Members of an object with their names, as a list. */
export function namedMembers(body: unknown): Array<Record<string, unknown>> {
	return Object.entries(isObject(body) ? body : {}).flatMap(([name, member]) =>
		isObject(member) ? [{ ...member, name }] : [],
	);
}

async function getFields(call: Call): Promise<unknown[]> {
	const { content } = await read(call, pathOf(call));
	return namedMembers(content).map(({ name, ...field }) => ({ name, ...field }));
}

/** Names of the parameters in a template such as /profileAndServices/profile/byText?text=$value. */
function parametersOf(template: string | undefined): string[] {
	const query = template?.split('?')[1] ?? '';
	return [...new URLSearchParams(query).keys()];
}

async function getFilters(call: Call): Promise<unknown[]> {
	const href = text(at(await read(call, pathOf(call)), 'filters.href'));
	if (href === undefined) {
		throw call.refuse(
			'The resource has no filters',
			'The instance did not say where the filters of this resource are.',
		);
	}
	const filters = await read(call, resolveHref(href));
	return namedMembers(filters).map(({ name, ...filter }) => ({
		name,
		parameters: parametersOf(text(filter.data)),
		...filter,
	}));
}

/** The collections in the index of an API; beside them stand plain values. */
const collections = (body: unknown) =>
	namedMembers(body).filter((member) => text(member.data) !== undefined);

export const metadata: Resource = {
	name: 'Metadata',
	value: 'metadata',
	operations: [
		{
			name: 'Get',
			value: 'get',
			action: 'Get description of resource',
			description: 'Read how the instance describes a resource: its fields, links and enumerations',
			operationId: [
				'getResourceMetadata',
				'getResourceMetadataExt',
				'getResourceMetadataStandalone',
				'getPrivacyToolMetadata',
			],
			request: { method: 'GET', path: '/profileAndServices/resourceType/{resourceName}' },
			output: { kind: 'item' },
			fields: [apiRoot, resourceName],
			run: async (call) => await read(call, pathOf(call)),
		},
		{
			name: 'Get Extended Resources',
			value: 'getExtendedResources',
			action: 'Get extended resources',
			description:
				'List what the extended API shows, also custom resources with a link to profiles',
			operationId: 'listExtendedResources',
			request: { method: 'GET', path: '/profileAndServicesExt' },
			output: { kind: 'list', at: collections },
			emptyHint:
				'The instance shows no resources here. An administrator has to publish the extended API first.',
		},
		{
			name: 'Get Fields',
			value: 'getFields',
			action: 'Get fields of resource',
			description: 'List the fields of a resource, with type, length and values of enumerations',
			operationId: [],
			request: { method: 'GET', path: '/profileAndServices/resourceType/{resourceName}' },
			output: { kind: 'list', at: 'content' },
			fields: [apiRoot, resourceName],
			simple: [
				'name',
				'label',
				'type',
				'length',
				'mandatory',
				'readOnly',
				'sortable',
				'resTarget',
				'dataPolicy',
				'values',
			],
			run: async (call) => limited(call, await getFields(call)),
		},
		{
			name: 'Get Filters',
			value: 'getFilters',
			action: 'Get filters of resource',
			description: 'List the filters of a resource with their parameters',
			operationId: [
				'listResourceFilters',
				'listResourceFiltersExt',
				'listResourceFiltersStandalone',
			],
			request: {
				method: 'GET',
				path: '/profileAndServices/resourceType/{resourceTypeKey}/filters',
			},
			output: { kind: 'list' },
			fields: [apiRoot, { ...resourceName, wire: undefined }],
			simple: ['name', 'label', 'parameters', 'data', 'metadata'],
			run: async (call) => limited(call, await getFilters(call)),
		},
		{
			name: 'Get Standalone Resources',
			value: 'getStandaloneResources',
			action: 'Get standalone resources',
			description: 'List the custom resources without a link to profiles',
			operationId: 'listStandaloneResources',
			request: { method: 'GET', path: '/customResources' },
			output: { kind: 'list', at: collections },
		},
	],
};
