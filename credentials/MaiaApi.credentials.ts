import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

import { maiaBaseUrl, maiaIdentityUrl } from '../nodes/Maia/hosts';
import { isObject } from '../nodes/shared/json';
import { signIn } from '../nodes/shared/login';

/** The same for all accounts and regions; tokens without it may be for another API. */
const audience = 'https://api.matillion.com';

/** Pasted ids and secrets often bring a line break along. */
const pasted = (value: unknown) => (typeof value === 'string' ? value.trim() : '');

/**
 * Sign-in to Maia: OAuth client credentials in the form body, with an audience. Tokens last 30 minutes and
 * there is no refresh token; n8n asks for a new one when a request is answered with 401.
 */
export class MaiaApi implements ICredentialType {
	name = 'maiaApi';

	displayName = 'Maia (Matillion) API';

	icon: Icon = {
		light: 'file:../nodes/Maia/maia.svg',
		dark: 'file:../nodes/Maia/maia.dark.svg',
	};

	documentationUrl =
		'https://github.com/campaign-stack/n8n-nodes-campaign-stack/blob/main/docs/maia.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{ name: 'EU', value: 'eu1', description: 'https://eu1.api.matillion.com' },
				{ name: 'US', value: 'us1', description: 'https://us1.api.matillion.com' },
				{ name: 'Custom Base URL', value: 'custom', description: 'Any other host of the API' },
			],
			default: 'eu1',
			description: 'Where the account lives',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			displayOptions: { show: { region: ['custom'] } },
			required: true,
			default: '',
			placeholder: 'e.g. https://au1.api.matillion.com/dpc',
			description: 'Address in front of /v1, with /dpc at its end',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			required: true,
			default: '',
			description: 'In Maia: Profile and Account, then API credentials',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Shown once, when the API credential is created',
		},
		{
			displayName: 'Identity Host',
			name: 'identityUrl',
			type: 'string',
			default: 'https://id.core.matillion.com',
			description: 'Where tokens come from. All regions share one; change it only when told to.',
		},
	];

	/** Asks for a token; many requests at the same time make one. */
	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		const identityUrl = maiaIdentityUrl(credentials);
		const clientId = pasted(credentials.clientId);
		const clientSecret = pasted(credentials.clientSecret);
		return await signIn({
			service: 'Maia',
			property: 'sessionToken',
			identity: [identityUrl, clientId, clientSecret],
			credentials,
			request: async (abortSignal) => {
				const answer: unknown = await this.helpers.httpRequest({
					method: 'POST',
					url: `${identityUrl}/oauth/dpc/token`,
					headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
					body: new URLSearchParams({
						grant_type: 'client_credentials',
						client_id: clientId,
						client_secret: clientSecret,
						audience,
					}),
					json: true,
					timeout: 60_000,
					disableFollowRedirect: true,
					abortSignal,
				});
				const token = isObject(answer) ? answer.access_token : undefined;
				return { sessionToken: typeof token === 'string' ? token : '' };
			},
		});
	}

	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		maiaBaseUrl(credentials);
		options.headers = {
			...options.headers,
			Authorization: `Bearer ${String(credentials.sessionToken)}`,
		};
		return options;
	};

	/** The cheapest read. An empty list is valid too: the credential may have no role on any project yet. */
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{$credentials.region === "custom" ? $credentials.baseUrl.trim().replace(/\\/+$/, "") : "https://" + $credentials.region + ".api.matillion.com/dpc"}}',
			url: '/v1/projects',
			qs: { page: 0, size: 1 },
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'Maia did not accept the token of this credential. Check the region: the account lives in one of them only.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'The sign-in works, but the role of the API credential does not allow to list projects.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message: 'There is no Maia API at this address. A custom base URL ends with /dpc.',
				},
			},
		],
	};
}
