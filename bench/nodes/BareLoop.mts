import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

/** The least that any node can do: n8n's own request helper, some at a time, and nothing around it. */
export class BareLoop implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bare Loop',
		name: 'bareLoop',
		group: ['input'],
		version: 1,
		description: 'Calls the request helper of n8n for each item',
		defaults: { name: 'Bare Loop' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [
			{
				displayName: 'URL',
				name: 'url',
				type: 'string',
				default: '',
				description: 'Read for each item, when it is set: an expression',
			},
			{
				displayName: 'Base',
				name: 'base',
				type: 'string',
				default: '',
				description: 'Else: what stands before the id of each item',
			},
			{ displayName: 'Authorization', name: 'authorization', type: 'string', default: '' },
			{ displayName: 'In Flight', name: 'inFlight', type: 'number', default: 10 },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData();
		const base = String(this.getNodeParameter('base', 0));
		const headers = { authorization: String(this.getNodeParameter('authorization', 0)) };
		// All at once: an expression between two requests takes n8n longer
		const urls = items.map(({ json }, item) =>
			base === '' ? String(this.getNodeParameter('url', item)) : `${base}/${String(json.id)}`,
		);
		const output: INodeExecutionData[] = [];
		let next = 0;
		const work = async () => {
			for (let item = next++; item < items.length; item = next++) {
				const url = urls[item] ?? '';
				const body: unknown = await this.helpers.httpRequest({ url, headers, json: true });
				output[item] = { json: body as IDataObject, pairedItem: { item } };
			}
		};
		const inFlight = Number(this.getNodeParameter('inFlight', 0));
		await Promise.all(Array.from({ length: inFlight }, work));
		return [output];
	}
}
