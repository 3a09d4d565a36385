import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';
import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialType,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeParameters,
	INodeType,
	ResourceMapperFields,
	ResourceMapperValue,
} from 'n8n-workflow';

/** A node that is open in the editor, with n8n's own HTTP helper behind it. */
export interface Editor {
	/** What a list to pick from shows. */
	search(name: string, filter?: string, token?: string): Promise<INodeListSearchResult>;
	/** The fields of a form from metadata. */
	load(name: string): Promise<ResourceMapperFields>;
	/** A form as the editor stores it once these values were entered: their fields are shown. */
	fill(name: string, value: ResourceMapperValue['value']): Promise<ResourceMapperValue>;
	/** The same with “Map Automatically”. */
	automatic(name: string): Promise<ResourceMapperValue>;
}

/**
 * Opens a node in the editor.
 * @param parameters of the form, as the editor sends them
 */
export function openEditor(
	node: INodeType,
	type: ICredentialType,
	credential: ICredentialDataDecryptedObject,
	parameters: INodeParameters,
): Editor {
	const http = Container.get(OutboundHttp).requests();
	const { authenticate } = type;
	if (typeof authenticate !== 'function') throw new Error('The credential signs in by itself');
	const context = {
		getCredentials: async () => await Promise.resolve(credential),
		getNode: () => ({ name: 'Node under test', parameters: {} }),
		getTimezone: () => 'UTC',
		getCurrentNodeParameter: (parameter: string) => parameters[parameter],
		helpers: {
			httpRequestWithAuthentication: async (
				_type: string,
				options: IHttpRequestOptions,
				{ credentialsDecrypted }: { credentialsDecrypted: ICredentialsDecrypted },
			) =>
				await http.request(
					(await authenticate(credentialsDecrypted.data ?? {}, options)) as Parameters<
						typeof http.request
					>[0],
				),
		},
	} as unknown as ILoadOptionsFunctions;
	const load = async (name: string) => {
		const method = node.methods?.resourceMapping?.[name];
		if (!method) throw new Error(`There is no form ${name}`);
		return await method.call(context);
	};
	const stored = (
		mappingMode: string,
		value: ResourceMapperValue['value'],
		schema: ResourceMapperValue['schema'],
	): ResourceMapperValue => ({
		mappingMode,
		value,
		schema,
		matchingColumns: [],
		attemptToConvertTypes: false,
		convertFieldsToString: false,
	});
	return {
		search: async (name, filter, token) => {
			const method = node.methods?.listSearch?.[name];
			if (!method) throw new Error(`There is no list ${name}`);
			return await method.call(context, filter, token);
		},
		load,
		fill: async (name, value) => {
			const { fields } = await load(name);
			const unknown = Object.keys(value ?? {}).find((id) => !fields.some((one) => one.id === id));
			if (unknown !== undefined) throw new Error(`The form has no field ${unknown}`);
			return stored(
				'defineBelow',
				value,
				fields.map((one) => ({
					...one,
					removed: one.removed === true && !Object.hasOwn(value ?? {}, one.id),
				})),
			);
		},
		automatic: async (name) => stored('autoMapInputData', null, (await load(name)).fields),
	};
}
