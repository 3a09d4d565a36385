import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { compileEvents } from '../shared/events';
import { listSearches } from '../shared/locators';
import { poll } from '../shared/poll';
import { compile } from '../shared/properties';
import { events } from './events';
import { adobeCampaignStandard } from './provider';

const catalog = compileEvents(adobeCampaignStandard, events);

/** Trigger node for Adobe Campaign Standard. */
export class AdobeCampaignStandardTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Adobe Campaign Standard Trigger',
		name: 'adobeCampaignStandardTrigger',
		icon: { light: 'file:adobeCampaignStandard.svg', dark: 'file:adobeCampaignStandard.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{$parameter["event"]}}',
		description: 'Starts the workflow when something happens in Adobe Campaign Standard',
		defaults: { name: 'Adobe Campaign Standard Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'adobeCampaignStandardApi', required: true }],
		properties: catalog.properties,
	};

	methods = { listSearch: listSearches(compile(adobeCampaignStandard)) };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this, catalog);
	}
}
