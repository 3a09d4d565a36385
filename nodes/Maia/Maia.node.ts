import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { execute } from '../shared/execute';
import { listSearches } from '../shared/locators';
import { compile } from '../shared/properties';
import { maia } from './provider';

const catalog = compile(maia);

/** Action node for Maia, Matillion's Data Productivity Cloud. */
export class Maia implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Maia',
		name: 'maia',
		icon: { light: 'file:maia.svg', dark: 'file:maia.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Run and watch data pipelines of Maia (Matillion Data Productivity Cloud)',
		defaults: { name: 'Maia' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'maiaApi', required: true }],
		// Secrets of runners, which are returned only where the user asks for them
		sensitiveOutputFields: ['clientSecret'],
		properties: catalog.properties,
	};

	methods = { listSearch: listSearches(catalog) };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, catalog, this.continueOnFail());
	}
}
