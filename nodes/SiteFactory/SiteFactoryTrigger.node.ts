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
import { siteFactory } from './provider';

const catalog = compileEvents(siteFactory, events);

/** Trigger node for Acquia Site Factory. */
export class SiteFactoryTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Acquia Site Factory Trigger',
		name: 'siteFactoryTrigger',
		icon: { light: 'file:siteFactory.svg', dark: 'file:siteFactory.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{$parameter["event"]}}',
		description: 'Starts the workflow when something happens in an Acquia Site Factory',
		defaults: { name: 'Acquia Site Factory Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'siteFactoryApi', required: true }],
		properties: catalog.properties,
	};

	methods = { listSearch: listSearches(compile(siteFactory)) };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this, catalog);
	}
}
