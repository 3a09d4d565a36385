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

import {
	apiUrl,
	defaultApiUrl,
	defaultImsUrl,
	imsUrl,
} from '../nodes/AdobeCampaignStandard/addresses';
import { signJwt } from '../nodes/AdobeCampaignStandard/jwt';
import { clock } from '../nodes/shared/clock';
import { readReason, redact } from '../nodes/shared/failures';
import { isObject, text } from '../nodes/shared/json';
import { LoginError, signIn } from '../nodes/shared/login';
import type { Reason } from '../nodes/shared/operation';

const service = 'Adobe IMS';

/** The scopes that public integrations of Campaign agree on; a project may show others. */
const defaultScopes =
	'openid,AdobeID,campaign_sdk,additional_info.projectedProductContext,campaign_config_server_general,deliverability_service_general';

/** Above it a lifetime is in milliseconds: the JWT exchange gives these, the OAuth endpoint seconds. */
const longestSeconds = 1_000_000;

/** What to do, by the code of IMS. */
const advice: Record<string, string> = {
	invalid_client:
		'Check “Client ID” and “Client Secret”, and that the credential in the Developer Console is of the chosen type',
	invalid_scope:
		'Compare the scopes (or metascopes) with those that the Developer Console shows for the credential',
	invalid_token:
		'Check “Organization ID”, “Technical Account ID” and that “Private Key” belongs to a certificate that has not ended',
	invalid_signature: 'Check that “Private Key” belongs to a certificate of this credential',
	bad_request: 'Check “Organization ID” and “Technical Account ID”',
};

/** A setting without the blanks and line breaks that pasting brings along. */
const setting = (credentials: ICredentialDataDecryptedObject, name: string) =>
	text(credentials[name]) ?? '';

/** Names in a list that may hold commas, blanks and line breaks. */
const names = (list: string) => list.split(/[\s,]+/).filter((name) => name !== '');

/** The service's words and what to do about them. */
function withAdvice(body: unknown): Reason {
	const reason = readReason(body);
	const todo = isObject(body) ? advice[String(body.error)] : undefined;
	if (todo === undefined) return reason;
	return { ...reason, message: `${String(reason.message).replace(/\.$/, '')}. ${todo}` };
}

/** The claims of a token; its signature is the business of the API. */
function payloadOf(jwt: string): Record<string, unknown> {
	try {
		const payload: unknown = JSON.parse(
			Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'),
		);
		return isObject(payload) ? payload : {};
	} catch {
		return {}; // Tokens are opaque to clients: one that cannot be read is used all the same
	}
}

/**
 * When a token ends, in milliseconds since the epoch. The token's own claims are milliseconds in both modes; the
 * answer's `expires_in` is seconds or milliseconds by endpoint, and told apart by its size.
 */
function expiryOf(issued: string, expiresIn: unknown): number | undefined {
	const { created_at: created, expires_in: life } = payloadOf(issued);
	const ends = Number(text(created)) + Number(text(life));
	if (Number.isFinite(ends)) return ends;
	const given = Number(text(expiresIn));
	if (!Number.isFinite(given)) return undefined;
	return clock.now() + (given > longestSeconds ? given : given * 1000);
}

/** What each way of signing in needs, with its label on the form. */
const needed = {
	serverToServer: { clientId: 'Client ID', clientSecret: 'Client Secret', scopes: 'Scopes' },
	jwt: {
		clientId: 'Client ID',
		clientSecret: 'Client Secret',
		organizationId: 'Organization ID',
		technicalAccountId: 'Technical Account ID',
		privateKey: 'Private Key',
		metascopes: 'Metascopes',
	},
};

/** @throws LoginError that names the setting which is missing */
function checkSettings(
	credentials: ICredentialDataDecryptedObject,
	mode: keyof typeof needed,
): void {
	for (const [name, label] of Object.entries(needed[mode])) {
		if (setting(credentials, name) === '') {
			throw new LoginError(`“${label}” in the Adobe Campaign Standard credential is empty`);
		}
	}
}

/** The JWT for the exchange. @throws LoginError in words for an unusable key */
async function makeJwt(credentials: ICredentialDataDecryptedObject): Promise<string> {
	try {
		return await signJwt({
			ims: imsUrl(credentials),
			clientId: setting(credentials, 'clientId'),
			organizationId: setting(credentials, 'organizationId'),
			technicalAccountId: setting(credentials, 'technicalAccountId'),
			metascopes: names(setting(credentials, 'metascopes')),
			privateKey: setting(credentials, 'privateKey'),
			// Blanks may belong to it
			passphrase: String(credentials.passphrase ?? ''),
			now: clock.now(),
		});
	} catch (error) {
		throw new LoginError(`The login could not be prepared: ${(error as Error).message}`);
	}
}

/** Where and with what a token is asked for. */
async function tokenRequest(
	credentials: ICredentialDataDecryptedObject,
): Promise<IHttpRequestOptions> {
	const isJwt = credentials.signInMode === 'jwt';
	checkSettings(credentials, isJwt ? 'jwt' : 'serverToServer');
	const client = {
		client_id: setting(credentials, 'clientId'),
		client_secret: setting(credentials, 'clientSecret'),
	};
	const form = isJwt
		? { ...client, jwt_token: await makeJwt(credentials) }
		: {
				grant_type: 'client_credentials',
				...client,
				scope: names(setting(credentials, 'scopes')).join(','),
			};
	return {
		method: 'POST',
		url: `${imsUrl(credentials)}${isJwt ? '/ims/exchange/jwt' : '/ims/token/v3'}`,
		body: new URLSearchParams(form),
		json: true,
		disableFollowRedirect: true,
		timeout: 60_000,
	};
}

/**
 * Sign-in to Adobe Campaign Standard: a bearer token of Adobe IMS, by OAuth Server-to-Server or by a signed JWT,
 * with the client ID as API key beside it.
 */
export class AdobeCampaignStandardApi implements ICredentialType {
	name = 'adobeCampaignStandardApi';

	displayName = 'Adobe Campaign Standard API';

	icon: Icon = {
		light: 'file:../nodes/AdobeCampaignStandard/adobeCampaignStandard.svg',
		dark: 'file:../nodes/AdobeCampaignStandard/adobeCampaignStandard.dark.svg',
	};

	documentationUrl =
		'https://github.com/campaign-stack/n8n-nodes-campaign-stack/blob/main/docs/adobe-campaign-standard.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Sign-In',
			name: 'signInMode',
			type: 'options',
			options: [
				{
					name: 'OAuth Server-to-Server',
					value: 'serverToServer',
					description: 'The type of credential that Adobe gives out today',
				},
				{
					name: 'Service Account (JWT, Deprecated)',
					value: 'jwt',
					description: 'Adobe has ended this type; for servers that still take it',
				},
			],
			default: 'serverToServer',
		},
		{
			displayName: 'Tenant',
			name: 'tenant',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. geometrixx',
			description:
				'Name of the instance, usually the first part of its address; stage instances end in -mkt-stage and a number. It is not the organization ID.',
		},
		{
			displayName: 'Transactional Tenant',
			name: 'transactionalTenant',
			type: 'string',
			default: '',
			placeholder: 'e.g. geometrixx',
			description:
				'Only where the API preview of a published event shows another name behind mc than the tenant',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			required: true,
			default: '',
			description:
				'In the Adobe Developer Console: the project, then its credential. Sent as API key as well.',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		{
			displayName: 'Scopes',
			name: 'scopes',
			type: 'string',
			default: defaultScopes,
			description:
				'Separated by commas, as the Developer Console shows them for the credential. additional_info.projectedProductContext ties the token to the instance.',
			displayOptions: { show: { signInMode: ['serverToServer'] } },
		},
		{
			displayName: 'Organization ID',
			name: 'organizationId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 0123456789ABCDEF01234567@AdobeOrg',
			displayOptions: { show: { signInMode: ['jwt'] } },
		},
		{
			displayName: 'Technical Account ID',
			name: 'technicalAccountId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 0123456789ABCDEF01234567@techacct.adobe.com',
			displayOptions: { show: { signInMode: ['jwt'] } },
		},
		{
			displayName: 'Private Key',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'The whole file private.key. Line breaks may be real, written as \\n, or lost; PKCS#1 and PKCS#8 are taken.',
			displayOptions: { show: { signInMode: ['jwt'] } },
		},
		{
			displayName: 'Passphrase',
			name: 'passphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Only for an encrypted private key',
			displayOptions: { show: { signInMode: ['jwt'] } },
		},
		{
			displayName: 'Metascopes',
			name: 'metascopes',
			type: 'string',
			default: 'ent_campaign_sdk',
			description: 'Separated by commas; only those that are bound to the credential',
			displayOptions: { show: { signInMode: ['jwt'] } },
		},
		{
			displayName: 'IMS URL',
			name: 'imsUrl',
			type: 'string',
			default: defaultImsUrl,
			description: 'Where tokens come from. Change it only for a test server.',
		},
		{
			displayName: 'API URL',
			name: 'apiUrl',
			type: 'string',
			default: defaultApiUrl,
			description: 'Address of the API gateway. Change it only for a test server.',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
		{
			displayName: 'Session Ends At',
			name: 'sessionEndsAt',
			type: 'hidden',
			default: '',
			description: 'When the token ends, as an ISO date',
		},
	];

	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		const { signInMode, clientId, clientSecret, scopes, metascopes } = credentials;
		const { organizationId, technicalAccountId, privateKey, passphrase } = credentials;
		return await signIn({
			service,
			property: 'sessionToken',
			identity: [
				imsUrl(credentials),
				signInMode,
				clientId,
				clientSecret,
				...(signInMode === 'jwt'
					? [organizationId, technicalAccountId, privateKey, passphrase, metascopes]
					: [scopes]),
			],
			credentials,
			request: async (abortSignal) => {
				const answer: unknown = await this.helpers.httpRequest({
					...(await tokenRequest(credentials)),
					abortSignal,
				});
				const body = isObject(answer) ? answer : {};
				const issued = text(body.access_token);
				if (issued === undefined) {
					// IMS has been seen to refuse with status 200
					const { message = 'no explanation was given', code } = withAdvice(answer);
					const fact = code === undefined ? '' : ` (${code})`;
					throw new LoginError(redact(`${service} gave no token: ${message}${fact}`, credentials));
				}
				const ends = expiryOf(issued, body.expires_in);
				return {
					sessionToken: issued,
					sessionEndsAt: ends === undefined ? '' : new Date(ends).toISOString(),
				};
			},
			reason: ({ status, body }) => (status === undefined ? undefined : withAdvice(body)),
		});
	}

	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		apiUrl(credentials);
		options.headers = {
			...options.headers,
			Authorization: `Bearer ${String(credentials.sessionToken)}`,
			'X-Api-Key': setting(credentials, 'clientId'),
			'Cache-Control': 'no-cache',
		};
		return options;
	};

	/** Describes the profile resource: needs no right to read profiles and shows none. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.apiUrl.trim().replace(/\\/+$/, "")}}',
			url: '=/{{$credentials.tenant.trim()}}/campaign/profileAndServices/resourceType/profile',
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 400,
					message: 'Adobe knows no such tenant. Check “Tenant”: it is the name of the instance.',
				},
			},
			{
				type: 'responseCode',
				properties: { value: 401, message: 'Adobe did not take the token. Check the settings.' },
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'The login worked, but not for this instance. Check that the project in the Developer Console has the Adobe Campaign API and a product profile of this tenant, and that the scopes are those of the credential.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message: 'There is no Campaign API at this address. Check “API URL” and “Tenant”.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 500,
					message: 'Adobe knows no such tenant. Check “Tenant”: it is the name of the instance.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'content',
					value: undefined,
					message: 'Something else than the Campaign API answers. Check “API URL”.',
				},
			},
		] as ICredentialTestRequest['rules'],
	};
}
