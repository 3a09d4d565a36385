import { createHash } from 'crypto';
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

import { factoryUrl } from '../nodes/CampaignFactory/address';
import { wantedScopes } from '../nodes/CampaignFactory/scopes';
import { clock } from '../nodes/shared/clock';
import type { ReadFailure } from '../nodes/shared/failures';
import { readFailure, readReason } from '../nodes/shared/failures';
import { at, isObject, text } from '../nodes/shared/json';
import { signIn } from '../nodes/shared/login';
import { rememberLast } from '../nodes/shared/memo';
import type { Reason } from '../nodes/shared/operation';

const service = 'Acquia Campaign Factory';

/** Milliseconds until a token request is given up. */
const patience = 60_000;

/** What to do about the refusals of RFC 6749, section 5.2. */
const advice: Record<string, string> = {
	invalid_client:
		'Check client ID and client secret: Acquia Support hands them out, they are not those of Campaign Studio',
	invalid_grant: 'Check user name and password: they are those of the Campaign Factory login page',
	invalid_scope:
		'Choose fewer entries under “Scopes”, or ask Acquia Support which ones the client has',
};

/**
 * Everything that decides what a token may do and whose it is.
 *
 * Its fingerprint is stored with the token, because a token keeps user and scopes for its whole life (a year): when a
 * setting of the credential is changed, the stored token and its refresh token belong to the old settings.
 */
const toLogin = rememberLast(
	(
		baseUrl: unknown,
		username: unknown,
		password: unknown,
		clientId: unknown,
		clientSecret: unknown,
		scopes: unknown,
	) => {
		const settings = {
			url: factoryUrl({ baseUrl }),
			username: String(username ?? '').trim(),
			password: String(password ?? ''),
			clientId: String(clientId ?? '').trim(),
			clientSecret: String(clientSecret ?? '').trim(),
			scope: wantedScopes(scopes).join(' '),
		};
		const words = JSON.stringify(settings);
		return { settings, fingerprint: createHash('sha256').update(words).digest('base64url') };
	},
);

type Login = ReturnType<typeof toLogin>;

const loginOf = (of: ICredentialDataDecryptedObject): Login =>
	toLogin(of.baseUrl, of.username, of.password, of.clientId, of.clientSecret, of.scopes);

/** Whether the stored token was given for the settings as they are now and has not ended. */
function isCurrent(credentials: ICredentialDataDecryptedObject, login: Login): boolean {
	const end = Date.parse(String(credentials.expiresAt ?? ''));
	return credentials.tokenFingerprint === login.fingerprint && !(clock.now() >= end);
}

/** What is stored of an answer of the token endpoint. */
function toStored(answer: unknown, login: Login, usedRefresh = ''): IDataObject {
	const life = Number(at(answer, 'expires_in'));
	return {
		sessionToken: text(at(answer, 'access_token')) ?? '',
		// A service that gives no new refresh token lets the old one be used again (RFC 6749, section 6)
		refreshToken: text(at(answer, 'refresh_token')) ?? usedRefresh,
		expiresAt: life > 0 ? new Date(clock.now() + life * 1000).toISOString() : '',
		tokenFingerprint: login.fingerprint,
	};
}

/** The service's sentence and hint, with what to do. */
function reasonOf(failure: ReadFailure): Reason | undefined {
	if (!isObject(failure.body)) return undefined;
	const { message, code } = readReason(failure.body);
	const error = text(failure.body.error);
	const sentences = [
		message,
		text(failure.body.hint),
		error !== undefined && Object.hasOwn(advice, error) ? advice[error] : undefined,
	];
	const said = sentences.filter((words) => words !== undefined);
	return said.length === 0
		? undefined
		: { message: said.map((words) => words.replace(/[.\s]+$/, '')).join('. '), code };
}

/**
 * Sign-in to Acquia Campaign Factory: OAuth2 password grant with scopes, as a JSON body. A refresh token is used
 * where there is one; whatever the service answers to it, the password is the way back.
 * @see https://docs.acquia.com/campaign-studio/add-ons/campaign-factory/api-credentials (2024-10-25)
 */
export class CampaignFactoryApi implements ICredentialType {
	name = 'campaignFactoryApi';

	displayName = 'Acquia Campaign Factory API';

	icon: Icon = {
		light: 'file:../nodes/CampaignFactory/campaignFactory.svg',
		dark: 'file:../nodes/CampaignFactory/campaignFactory.dark.svg',
	};

	documentationUrl =
		'https://github.com/campaign-stack/n8n-nodes-campaign-stack/blob/main/docs/campaign-factory.md';

	properties: INodeProperties[] = [
		{
			displayName: 'User Name',
			name: 'username',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. nathan@example.com',
			description: 'Email address that you sign in to Campaign Factory with',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			required: true,
			default: '',
			description: 'Acquia Support hands out client ID and client secret on a ticket',
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
			type: 'multiOptions',
			options: [
				{ name: 'API Access (Always Asked For)', value: 'api-access' },
				{ name: 'Manage Accounts', value: 'manage-accounts' },
				{ name: 'Manage Brandings', value: 'manage-brandings' },
				{ name: 'Manage Instances', value: 'manage-instances' },
				{ name: 'Manage Locations', value: 'manage-locations' },
				{ name: 'Manage Templates', value: 'manage-templates' },
				{ name: 'Manage Users', value: 'manage-users' },
				{ name: 'View IP Pools', value: 'view-ip-pools' },
				{ name: 'View Roles', value: 'view-roles' },
			],
			default: [
				'api-access',
				'manage-accounts',
				'manage-brandings',
				'manage-instances',
				'manage-locations',
				'manage-templates',
				'manage-users',
				'view-ip-pools',
				'view-roles',
			],
			description:
				'What the token may be used for. A changed choice takes effect with the next request: it signs in anew.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://maestro.mautic.com',
			placeholder: 'e.g. https://maestro.mautic.com',
			description: 'Host of Campaign Factory. All customers share the default one.',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
		{
			displayName: 'Refresh Token',
			name: 'refreshToken',
			type: 'hidden',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Expires At',
			name: 'expiresAt',
			type: 'hidden',
			default: '',
		},
		{
			displayName: 'Token Fingerprint',
			name: 'tokenFingerprint',
			type: 'hidden',
			typeOptions: { password: true },
			default: '',
		},
	];

	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		const login = loginOf(credentials);
		const { settings } = login;
		const client = { client_id: settings.clientId, client_secret: settings.clientSecret };
		const ask = async (body: IDataObject, abortSignal: AbortSignal): Promise<unknown> =>
			(await this.helpers.httpRequest({
				method: 'POST',
				url: `${settings.url}/oauth/token`,
				headers: { Accept: 'application/json' },
				body,
				json: true,
				disableFollowRedirect: true,
				timeout: patience,
				abortSignal,
			})) as unknown;

		const byPassword = async (abortSignal: AbortSignal) =>
			toStored(
				await ask(
					{
						grant_type: 'password',
						username: settings.username,
						password: settings.password,
						scope: settings.scope,
						...client,
					},
					abortSignal,
				),
				login,
			);

		/** Undefined when the service does not take the refresh token. */
		const byRefresh = async (
			refresh: string,
			abortSignal: AbortSignal,
		): Promise<IDataObject | undefined> => {
			try {
				const answer = await ask(
					{ grant_type: 'refresh_token', refresh_token: refresh, ...client },
					abortSignal,
				);
				const stored = toStored(answer, login, refresh);
				return stored.sessionToken === '' ? undefined : stored;
			} catch (error) {
				const { status } = readFailure(error);
				// No answer, or a request to wait, says nothing about the refresh token
				if (status === undefined || status === 429) throw error;
				return undefined;
			}
		};

		const refresh = text(credentials.refreshToken);
		const isOwn = credentials.tokenFingerprint === login.fingerprint;
		return await signIn({
			service,
			property: 'sessionToken',
			identity: Object.values(settings),
			credentials,
			request: async (abortSignal) =>
				(refresh !== undefined && isOwn ? await byRefresh(refresh, abortSignal) : undefined) ??
				(await byPassword(abortSignal)),
			reason: reasonOf,
		});
	}

	/** Leaves out a token of older settings: the service answers 401, and n8n signs in anew. */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const login = loginOf(credentials);
		if (isCurrent(credentials, login)) {
			options.headers = {
				...options.headers,
				Authorization: `Bearer ${String(credentials.sessionToken)}`,
			};
		}
		return options;
	};

	/** n8n signs in before it sends this. `/whoami` needs the scope that every token has. */
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{$credentials.baseUrl.trim().replace(/\\/+$/, "").replace(/\\/openapi$/, "")}}/openapi',
			url: '/whoami',
			headers: { Accept: 'application/json' },
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message: 'Campaign Factory gave a token and then refused it. Try again.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'The login works, but the user may not use the API. Ask Acquia Support to enable the scope “api-access” for the client.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message:
						'The login works, but there is no Campaign Factory API at this address. Check the base URL.',
				},
			},
			{
				// The first character of a body that is text: a web page
				type: 'responseSuccessBody',
				properties: {
					key: '0',
					value: '<',
					message: 'A web page answered in place of the API. Check the base URL.',
				},
			},
		] as ICredentialTestRequest['rules'],
	};
}
