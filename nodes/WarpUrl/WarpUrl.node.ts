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
import { warpUrl } from './provider';

const catalog = compile(warpUrl);

/** Action node for WarpURL. */
export class WarpUrl implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WarpURL',
		name: 'warpUrl',
		icon: { light: 'file:warpUrl.svg', dark: 'file:warpUrl.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Shorten links, group them in campaigns and read their clicks with WarpURL',
		defaults: { name: 'WarpURL' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'warpUrlApi', required: true }],
		sensitiveOutputFields: [
			'idToken',
			'key_password',
			'refreshToken',
			'SignedFileGetUrlProcessed',
			'SignedFileGetUrlRaw',
			'SignedPutUrl',
		],
		properties: catalog.properties,
	};

	methods = { listSearch: listSearches(catalog) };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, catalog, this.continueOnFail());
	}
}
