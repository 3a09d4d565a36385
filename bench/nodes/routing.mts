import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';

/** The routing of one operation that reads one record, as n8n's documentation shows it. */
const read = (collection: string) => ({
	request: { method: 'GET' as const, url: `=/${collection}/{{$parameter.recordId}}` },
	output: { postReceive: [{ type: 'rootProperty' as const, properties: { property: 'data' } }] },
});

const readMany = (collection: string) => ({
	request: { method: 'GET' as const, url: `/${collection}` },
	output: { postReceive: [{ type: 'rootProperty' as const, properties: { property: 'data' } }] },
});

/**
 * A node in n8n's declarative style: resource, operation, the id of the record, a filter.
 * @param resources names of the resources, which are also the names of the collections in the API
 * @param operations how many each resource has, at least two; Get Many and several that read one record
 */
export function describeDeclarative(
	name: string,
	resources: readonly string[],
	operations: number,
): INodeTypeDescription {
	const properties: INodeProperties[] = [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.map((value) => ({ name: value, value })),
			default: resources[0] ?? '',
		},
	];
	for (const resource of resources) {
		const reads = Array.from({ length: operations - 1 }, (_, index) =>
			index === 0 ? 'get' : `get${index + 1}`,
		);
		properties.push(
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: [resource] } },
				options: [
					...reads.map((value) => ({
						name: value,
						value,
						action: `Read one of ${resource}`,
						routing: read(resource),
					})),
					{
						name: 'Get Many',
						value: 'getAll',
						action: `Read many ${resource}`,
						routing: readMany(resource),
					},
				],
				default: 'get',
			},
			{
				displayName: 'Record ID',
				name: 'recordId',
				type: 'string',
				required: true,
				displayOptions: { show: { resource: [resource], operation: reads } },
				default: '',
			},
			{
				displayName: 'Search',
				name: 'search',
				type: 'string',
				displayOptions: { show: { resource: [resource], operation: ['getAll'] } },
				routing: { send: { type: 'query', property: 'search' } },
				default: '',
			},
		);
	}
	return {
		displayName: name,
		name,
		group: ['input'],
		version: 1,
		description: 'Reads records in the declarative style',
		defaults: { name },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'campaignFactoryApi', required: true }],
		requestDefaults: {
			baseURL: '={{$credentials.baseUrl}}/openapi',
			headers: { Accept: 'application/json' },
		},
		properties,
	};
}
