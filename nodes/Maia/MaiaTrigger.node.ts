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
import { maia } from './provider';

const catalog = compileEvents(maia, events);

/** Trigger node for Maia (Matillion). */
export class MaiaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Maia Trigger',
		name: 'maiaTrigger',
		icon: { light: 'file:maia.svg', dark: 'file:maia.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{$parameter["event"]}}',
		description: 'Starts the workflow when something happens in Maia (Matillion)',
		defaults: { name: 'Maia Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'maiaApi', required: true }],
		properties: catalog.properties,
	};

	methods = { listSearch: listSearches(compile(maia)) };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this, catalog);
	}
}
