import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

import { secureUrl } from '../nodes/shared/urls';

const refused =
	'The factory refused the login. Check user name and API key; keys differ between environments.';

/**
 * Sign-in to Acquia Site Factory: HTTP Basic with user name and API key. There is no token to fetch in
 * advance, so this credential has no preAuthentication.
 */
export class SiteFactoryApi implements ICredentialType {
	name = 'siteFactoryApi';

	displayName = 'Acquia Site Factory API';

	icon: Icon = {
		light: 'file:../nodes/SiteFactory/siteFactory.svg',
		dark: 'file:../nodes/SiteFactory/siteFactory.dark.svg',
	};

	documentationUrl =
		'https://github.com/campaign-stack/n8n-nodes-campaign-stack/blob/main/docs/site-factory.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Factory URL',
			name: 'factoryUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://www.example.acsitefactory.com',
			description:
				'Address of the management console. Each environment has its own, for example https://www.dev-example.acsitefactory.com, and its own API keys.',
		},
		{
			displayName: 'User Name',
			name: 'username',
			type: 'string',
			required: true,
			default: '',
			description: 'User name in the management console',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'In the console: click the user name, then the tab “API key”',
		},
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'ignoreSslIssues',
			type: 'boolean',
			default: false,
			description:
				'Whether to connect also when the certificate of the server cannot be verified. Staging environments have no certificate of their own.',
		},
	];

	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		secureUrl(credentials.factoryUrl, 'Factory URL');
		options.auth = {
			username: String(credentials.username),
			password: String(credentials.apiKey),
		};
		if (credentials.ignoreSslIssues === true) options.skipSslCertificateValidation = true;
		return options;
	};

	/** A refused login can be a 403, or a 200 whose message is not "pong"; only a pong has `server_time`. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.factoryUrl.trim().replace(/\\/+$/, "")}}',
			url: '/api/v1/ping',
		},
		rules: [
			{ type: 'responseCode', properties: { value: 401, message: refused } },
			{ type: 'responseCode', properties: { value: 403, message: refused } },
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message: 'There is no Site Factory at this address. Check the factory URL.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'server_time',
					value: undefined,
					message: `${refused} If they are right, check the factory URL: the answer was no pong.`,
				},
			},
		] as ICredentialTestRequest['rules'],
	};
}
