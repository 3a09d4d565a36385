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
import { campaignFactory } from './provider';

const catalog = compile(campaignFactory);

/** Action node for Acquia Campaign Factory. */
export class CampaignFactory implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Acquia Campaign Factory',
		name: 'campaignFactory',
		icon: { light: 'file:campaignFactory.svg', dark: 'file:campaignFactory.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description:
			'Manage the instances, accounts, users, brandings and sender domains of an Acquia Campaign Factory',
		defaults: { name: 'Acquia Campaign Factory' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'campaignFactoryApi', required: true }],
		properties: catalog.properties,
	};

	methods = { listSearch: listSearches(catalog) };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, catalog, this.continueOnFail());
	}
}
