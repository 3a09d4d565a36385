import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { execute } from '../shared/execute';
import { listSearches } from '../shared/locators';
import { resourceMappings } from '../shared/mappings';
import { compile } from '../shared/properties';
import { adobeCampaignStandard } from './provider';

const catalog = compile(adobeCampaignStandard);

/** Action node for Adobe Campaign Standard. */
export class AdobeCampaignStandard implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Adobe Campaign Standard',
		name: 'adobeCampaignStandard',
		icon: {
			light: 'file:adobeCampaignStandard.svg',
			dark: 'file:adobeCampaignStandard.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Work with profiles, services, messages and workflows of Adobe Campaign Standard',
		defaults: { name: 'Adobe Campaign Standard' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'adobeCampaignStandardApi', required: true }],
		properties: catalog.properties,
	};

	methods = { listSearch: listSearches(catalog), resourceMapping: resourceMappings(catalog) };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, catalog, this.continueOnFail());
	}
}
