import { byId, fromList } from '../../shared/fields';
import type { Call, Field, Resource } from '../../shared/operation';
import { encodeSegment } from '../../shared/request';
import { limited, read } from '../calls';
import { collections, namedMembers, readFilters } from '../metadata';

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
	displayName: 'Described Resource',
	name: 'resourceName',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchResources'), byId('e.g. profile', 'By Name')],
	description: 'By name as in addresses of the API: profile, orgUnitBase, cusTransaction',
	check: { pattern: /^[A-Za-z]\w*$/, expects: 'the name of one resource' },
	wire: { in: 'path' },
};

/** Where a resource is described. The privacy tool is a resource under a root of its own. */
function pathOf({ values }: Call): string {
	const name = String(values.resourceName);
	const root = name === 'privacyTool' ? 'privacy' : String(values.apiRoot);
	return `/${root}/resourceType/${encodeSegment(resourceName, name)}`;
}

async function getFields(call: Call): Promise<unknown[]> {
	const { content } = await read(call, pathOf(call));
	return namedMembers(content).map(({ name, ...field }) => ({ name, ...field }));
}

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
			run: async (call) => limited(call, await readFilters(call, pathOf(call))),
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
