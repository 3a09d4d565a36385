import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { end } from './probe.mts';

function at(value: unknown, path: string): unknown {
	let found = value;
	for (const name of path.split('.')) {
		found =
			typeof found === 'object' && found !== null
				? (found as Record<string, unknown>)[name]
				: undefined;
	}
	return found;
}

/** Ends the recording and counts what came out of the node before it. */
export class Measured implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Measured',
		name: 'measured',
		group: ['output'],
		version: 1,
		description: 'Ends the recording and counts',
		defaults: { name: 'Measured' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [
			{
				displayName: 'Member',
				name: 'member',
				type: 'string',
				default: 'id',
				description: 'Dot path of what a good item has; a list counts as that many',
			},
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const recorded = await end();
		const member = String(this.getNodeParameter('member', 0));
		const items = this.getInputData();
		let good = 0;
		let failed = 0;
		for (const { json, error } of items) {
			const found = at(json, member);
			if (error !== undefined || json.error !== undefined) failed++;
			else if (Array.isArray(found)) good += found.length;
			else if (found !== undefined && found !== null) good++;
		}
		return [
			[{ json: { ...recorded, items: items.length, good, failed }, pairedItem: { item: 0 } }],
		];
	}
}
