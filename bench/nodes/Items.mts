import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { begin } from './probe.mts';

/** Makes the input items of a measurement, each with an id, and begins to record. */
export class Items implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Items',
		name: 'items',
		group: ['input'],
		version: 1,
		description: 'Makes input items and begins to record',
		defaults: { name: 'Items' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [
			{ displayName: 'Count', name: 'count', type: 'number', default: 1 },
			{
				displayName: 'Ids',
				name: 'ids',
				type: 'string',
				default: '',
				description: 'Separated by commas; given out in turn',
			},
			{ displayName: 'Memory', name: 'memory', type: 'boolean', default: false },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const count = Number(this.getNodeParameter('count', 0));
		const ids = String(this.getNodeParameter('ids', 0)).split(',');
		const items = Array.from({ length: count }, (_, index) => ({
			json: { id: ids[index % ids.length] },
			pairedItem: { item: 0 },
		}));
		await begin(this.getNodeParameter('memory', 0) === true);
		return [items];
	}
}
