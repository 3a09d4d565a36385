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
import { warpUrl } from './provider';

const catalog = compileEvents(warpUrl, events);

/** Trigger node for WarpURL. */
export class WarpUrlTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WarpURL Trigger',
		name: 'warpUrlTrigger',
		icon: { light: 'file:warpUrl.svg', dark: 'file:warpUrl.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{$parameter["event"]}}',
		description: 'Starts the workflow when something happens in WarpURL',
		defaults: { name: 'WarpURL Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'warpUrlApi', required: true }],
		properties: catalog.properties,
	};

	methods = { listSearch: listSearches(compile(warpUrl)) };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this, catalog);
	}
}
