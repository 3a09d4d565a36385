/**
 * n8n's context of a node, reduced to what the engine uses: parameters as expressions have resolved them, and a helper
 * that answers by a script and keeps what it was asked to send. For runs by the thousand; the real one is in engine.mts.
 */
import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { execute } from '../../nodes/shared/execute';
import type { Catalog, CompiledOperation } from '../../nodes/shared/properties';
import type { Filled } from './forms.mts';
import { timezone } from './forms.mts';

/** A request as n8n's helper gets it. */
export interface Sent {
	options: IHttpRequestOptions;
	/** Whether it carries the sign-in; those to file stores do not. */
	signedIn: boolean;
}

/** What a service answers. */
export interface Reply {
	status?: number;
	headers?: Record<string, string>;
	body: unknown;
}

/** A run of one operation for several items. */
export interface Dry {
	catalog: Catalog;
	compiled: CompiledOperation;
	credentials: ICredentialDataDecryptedObject;
	/** What stands on the form, for each item. */
	forms: Filled[];
	reply: (options: IHttpRequestOptions) => Reply;
	/** The file that each item has, whatever the name of its field. */
	file?: { info: IBinaryData; data: Buffer };
}

/** What the parameters of the node hold for an item: collections together, fields without a value as they begin. */
function parametersOf({ compiled }: Dry, form: Filled): Record<string, unknown> {
	const parameters: Record<string, unknown> = {
		resource: compiled.resource.value,
		operation: compiled.operation.value,
	};
	for (const [{ field, group }, raw] of form) {
		if (group === null) parameters[field.name] = raw;
		else {
			const collection = (parameters[group] ??= {}) as Record<string, unknown>;
			collection[field.name] = raw;
		}
	}
	return parameters;
}

/** Requests after which a run gets no answer any more. */
const mostSent = 60;

/** Runs an operation with Continue On Fail; gives what was sent and what came out. */
export async function dryRun(
	dry: Dry,
): Promise<{ sent: Sent[]; items: INodeExecutionData[]; thrown?: unknown }> {
	const sent: Sent[] = [];
	const parameters = dry.forms.map((form) => parametersOf(dry, form));
	const stored = Object.fromEntries(
		parameters.flatMap((one) => Object.keys(one)).map((name) => [name, '={{ $json }}']),
	);
	const node = {
		id: '1',
		name: 'Node under test',
		type: dry.catalog.provider.name,
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: stored,
	};
	const send = async (options: IHttpRequestOptions, signedIn: boolean) => {
		// A job that never ends is waited for as long as the user says, which may be for ever
		if (sent.length >= mostSent) throw Object.assign(new Error('Enough'), { code: 'ENOTFOUND' });
		sent.push({ options, signedIn });
		const { status = 200, headers = {}, body } = dry.reply(options);
		const isBinary = options.encoding === 'arraybuffer';
		const bytes = () => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
		return await Promise.resolve({
			statusCode: status,
			headers,
			body: isBinary ? bytes() : structuredClone(body),
		});
	};
	const context = {
		getNode: () => node,
		getInputData: () => dry.forms.map(() => ({ json: {} })),
		getTimezone: () => timezone,
		getNodeParameter: (name: string, item: number, fallback: unknown) => {
			const own = parameters[item] ?? {};
			return Object.hasOwn(own, name) ? own[name] : fallback;
		},
		getCredentials: async () => await Promise.resolve({ ...dry.credentials }),
		getExecutionCancelSignal: () => undefined,
		addExecutionHints: () => undefined,
		helpers: {
			httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) =>
				await send(options, true),
			httpRequest: async (options: IHttpRequestOptions) => await send(options, false),
			assertBinaryData: (item: number, name: string) => {
				if (dry.file) return { ...dry.file.info, fileName: `${name}-${item}.csv` };
				const words = `This operation expects the node's input data to contain a binary file “${name}”`;
				throw new NodeOperationError(node, words, { itemIndex: item });
			},
			getBinaryDataBuffer: async () => await Promise.resolve(dry.file?.data ?? Buffer.alloc(0)),
			prepareBinaryData: async (_data: Buffer, fileName?: string, mimeType?: string) =>
				await Promise.resolve({ data: '', fileName, mimeType: mimeType ?? 'text/plain' }),
		},
	};
	try {
		const [items = []] = await execute(context as unknown as IExecuteFunctions, dry.catalog, true);
		return { sent, items };
	} catch (thrown) {
		return { sent, items: [], thrown };
	}
}
