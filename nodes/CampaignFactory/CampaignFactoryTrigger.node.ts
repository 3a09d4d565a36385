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
import { campaignFactory } from './provider';

const catalog = compileEvents(campaignFactory, events);

/** Trigger node for Acquia Campaign Factory. */
export class CampaignFactoryTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Acquia Campaign Factory Trigger',
		name: 'campaignFactoryTrigger',
		icon: { light: 'file:campaignFactory.svg', dark: 'file:campaignFactory.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{$parameter["event"]}}',
		description: 'Starts the workflow when something happens in an Acquia Campaign Factory',
		defaults: { name: 'Acquia Campaign Factory Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'campaignFactoryApi', required: true }],
		properties: catalog.properties,
	};

	methods = { listSearch: listSearches(compile(campaignFactory)) };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this, catalog);
	}
}
