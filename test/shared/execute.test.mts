/** One run on a stand-in for n8n: what n8n itself and a server cannot be made to do. */
import type { IDataObject, IExecuteFunctions, IHttpRequestOptions, INode } from 'n8n-workflow';

import { execute } from '../../nodes/shared/execute';
import { shelfCatalog, shelfCredential } from '../support/provider.mts';

/** Runs an operation for one item; n8n's helper answers each request with what `respond` gives. */
async function run(parameters: IDataObject, respond: (options: IHttpRequestOptions) => unknown) {
	const sent: IHttpRequestOptions[] = [];
	const context = {
		getNode: () => ({ name: 'Shelf', type: 'shelf', typeVersion: 1, parameters }) as INode,
		getInputData: () => [{ json: {} }],
		getTimezone: () => 'UTC',
		getNodeParameter: (name: string, _item: number, fallback: unknown) =>
			parameters[name] ?? fallback,
		getCredentials: async () =>
			await Promise.resolve(shelfCredential('https://shelf.example', 'invented-token-1')),
		helpers: {
			httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) => {
				sent.push(options);
				return await Promise.resolve(respond(options));
			},
			prepareBinaryData: async (bytes: Buffer, fileName?: string, mimeType?: string) =>
				await Promise.resolve({ data: bytes.toString('base64'), fileName, mimeType }),
		},
	} as unknown as IExecuteFunctions;
	const [items] = await execute(context, shelfCatalog, false);
	return { items, sent };
}

it('makes an empty file of an answer without a body', async () => {
	const { items } = await run({ resource: 'book', operation: 'download', bookId: '1' }, () => ({
		statusCode: 200,
		headers: {},
	}));
	expect(items).toEqual([
		{
			json: {},
			binary: { data: { data: '', fileName: undefined, mimeType: undefined } },
			pairedItem: { item: 0 },
		},
	]);
});

it.each([['a text'], [['a list']], [7]])(
	'takes options for not set that are %j',
	async (options) => {
		const { items, sent } = await run(
			{ resource: 'book', operation: 'get', bookId: '1', options },
			() => ({ statusCode: 200, body: { book: { id: 1 } } }),
		);
		expect(items?.[0]?.json).toEqual({ id: 1 });
		expect(sent.map(({ timeout }) => timeout)).toEqual([120_000]);
	},
);
