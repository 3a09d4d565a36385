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
import { siteFactory } from './provider';

const catalog = compile(siteFactory);

/** Action node for Acquia Site Factory. */
export class SiteFactory implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Acquia Site Factory',
		name: 'siteFactory',
		icon: { light: 'file:siteFactory.svg', dark: 'file:siteFactory.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Create, back up, deploy and stage the sites of an Acquia Site Factory',
		defaults: { name: 'Acquia Site Factory' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'siteFactoryApi', required: true }],
		// Passwords that were made or are kept, variables that may be keys, addresses that need no sign-in
		sensitiveOutputFields: ['password', 'user_pass', 'variable_value', 'url'],
		properties: catalog.properties,
	};

	methods = { listSearch: listSearches(catalog) };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, catalog, this.continueOnFail());
	}
}
