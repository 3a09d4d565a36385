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

import { readReason, redact } from '../nodes/shared/failures';
import { at } from '../nodes/shared/json';
import { LoginError, signIn } from '../nodes/shared/login';
import type { Reason } from '../nodes/shared/operation';
import { secureUrl } from '../nodes/shared/urls';
import { readRefusal } from '../nodes/WarpUrl/answers';
import { fillIn, ownClient } from '../nodes/WarpUrl/identity';

/** These calls take the access key itself; an ID token has no business there. */
const tokenCalls = /\/access_key\/(get|refresh)_token$/;

/**
 * Words for a login that was answered with status 200 and no token: a refusal of the application, or no answer of
 * WarpURL at all.
 */
function refusedLogin(body: unknown, credentials: ICredentialDataDecryptedObject): LoginError {
	const { message, code, trace } = readRefusal({ body }) ?? readReason(body);
	const facts = [code && `code ${code}`, trace && `trace ID ${trace}`].filter(Boolean).join(', ');
	const words = message ?? 'the answer holds no ID token';
	return new LoginError(
		redact(`WarpURL refused the login: ${words}${facts ? ` (${facts})` : ''}`, credentials),
	);
}

/** What a refusal of the gateway is about, where its own words do not help. */
function reasonOf(status: number | undefined, body: unknown): Reason | undefined {
	const message = at(body, 'message');
	if (status === 403 && message === 'Forbidden') {
		return { message: 'the Backend API Key is not that of this Backend API URL' };
	}
	if (status === 403 && message === 'Missing Authentication Token') {
		return { message: 'there is no WarpURL API at this Backend API URL' };
	}
	return undefined;
}

/** A rule for an answer with status 200 and a code of the application in it. */
const onCode = (code: number, message: string) => ({
	type: 'responseSuccessBody' as const,
	properties: { key: 'control.ResponseCode', value: code, message },
});

/**
 * Sign-in to a WarpURL subscription: an access key is exchanged for an ID token, which is sent bare beside the key of the
 * subscription. A refused token is replaced by a new exchange; the refresh token is not used, because its call is
 * documented in two ways that contradict each other.
 */
export class WarpUrlApi implements ICredentialType {
	name = 'warpUrlApi';

	displayName = 'WarpURL API';

	icon: Icon = {
		light: 'file:../nodes/WarpUrl/warpUrl.svg',
		dark: 'file:../nodes/WarpUrl/warpUrl.dark.svg',
	};

	documentationUrl =
		'https://github.com/campaign-stack/n8n-nodes-campaign-stack/blob/main/docs/warpurl.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
		{
			displayName: 'Backend API URL',
			name: 'backendUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://abcde12345.execute-api.us-east-1.amazonaws.com/prod/',
			description:
				'In the WarpURL portal: Subscriptions, open the subscription. It is not the address of the portal, and not the shortening domain.',
		},
		{
			displayName: 'Backend API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Next to the Backend API URL in the portal',
		},
		{
			displayName: 'Access Key ID',
			name: 'keyId',
			type: 'string',
			required: true,
			default: '',
			description:
				'In the portal of the subscription: the profile of the user, Access Keys. A user can have two.',
		},
		{
			displayName: 'Access Key Password',
			name: 'keyPassword',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Was shown once, when the access key was created',
		},
		{
			displayName: 'Shortening Domain',
			name: 'shorteningDomain',
			type: 'string',
			default: '',
			placeholder: 'e.g. go.example.com',
			description:
				'Domain of the short addresses. With it the node returns them whole, because WarpURL itself returns only the part after the domain.',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			placeholder: 'e.g. #clt#4b7e2c10-93ad-4f5e-8c61-0a9d3e5b7f28',
			description: 'Only needed when the sign-in does not name the client',
		},
		{
			displayName: 'User Name',
			name: 'username',
			type: 'string',
			default: '',
			placeholder: 'e.g. marketing.bot',
			description:
				'Only needed to work for another user than that of the access key, which administrators may',
		},
	];

	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		const backendUrl = secureUrl(credentials.backendUrl, 'Backend API URL');
		const { apiKey, keyId, keyPassword } = credentials;
		return await signIn({
			service: 'WarpURL',
			property: 'sessionToken',
			identity: [backendUrl, apiKey, keyId, keyPassword],
			credentials,
			request: async (abortSignal) => {
				const body: unknown = await this.helpers.httpRequest({
					method: 'POST',
					url: `${backendUrl}/access_key/get_token`,
					headers: { 'x-api-key': String(apiKey).trim() },
					body: {
						control: {},
						data: { key_id: String(keyId).trim(), key_password: String(keyPassword) },
					},
					json: true,
					disableFollowRedirect: true,
					timeout: 60_000,
					abortSignal,
				});
				const token = at(body, 'data.idToken');
				if (readRefusal({ body }) || typeof token !== 'string') {
					throw refusedLogin(body, credentials);
				}
				return { sessionToken: token };
			},
			reason: ({ status, body }) => reasonOf(status, body),
		});
	}

	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		secureUrl(credentials.backendUrl, 'Backend API URL');
		options.headers = { ...options.headers, 'x-api-key': String(credentials.apiKey).trim() };
		if (!tokenCalls.test(options.url)) {
			options.headers.Authorization = String(credentials.sessionToken);
		}
		options.body = fillIn(options.body, credentials) as IHttpRequestOptions['body'];
		return options;
	};

	/** The application refuses with status 200, so the code inside is looked at. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.backendUrl.trim().replace(/\\/+$/, "")}}',
			url: '/client/find',
			method: 'POST',
			body: { control: {}, data: { client_id: ownClient } },
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'WarpURL does not take the ID token that it has just given. Check that all four values belong to the same subscription.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message: 'Check Backend API URL and Backend API Key: they do not belong together.',
				},
			},
			onCode(3001, 'The user of the access key may not read the client. Check “Client ID”.'),
			onCode(5000, 'WarpURL could not carry out the test. Try again later.'),
			onCode(5001, 'WarpURL does not know the client. Check “Client ID”.'),
			onCode(5002, 'WarpURL does not accept the client. Check “Client ID”.'),
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'control.ResponseCode',
					value: undefined,
					message: 'The answer is not from the WarpURL API. Check the Backend API URL.',
				},
			},
		] as ICredentialTestRequest['rules'],
	};
}
