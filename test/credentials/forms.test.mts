/** What all credentials share: what a user sees and has stored, and what n8n makes of the answer to their test. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type {
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestOptions,
	INode,
	INodeProperties,
	INodeTypes,
} from 'n8n-workflow';
import { NodeHelpers, Workflow } from 'n8n-workflow';

import { AdobeCampaignStandardApi } from '../../credentials/AdobeCampaignStandardApi.credentials.ts';
import { CampaignFactoryApi } from '../../credentials/CampaignFactoryApi.credentials.ts';
import { MaiaApi } from '../../credentials/MaiaApi.credentials.ts';
import { SiteFactoryApi } from '../../credentials/SiteFactoryApi.credentials.ts';
import { WarpUrlApi } from '../../credentials/WarpUrlApi.credentials.ts';

const root = join(__dirname, '../..');
const ordinary = ['string', 'options', 'multiOptions', 'boolean'];

/** Made by each test for itself, like n8n does for each use. */
const types: Record<string, () => ICredentialType & { test: ICredentialTestRequest }> = {
	adobeCampaignStandardApi: () => new AdobeCampaignStandardApi(),
	campaignFactoryApi: () => new CampaignFactoryApi(),
	maiaApi: () => new MaiaApi(),
	siteFactoryApi: () => new SiteFactoryApi(),
	warpUrlApi: () => new WarpUrlApi(),
};
function make(name: string) {
	const type = types[name]?.();
	if (!type) throw new Error(`There is no credential ${name}`);
	return type;
}

describe.each(Object.keys(types))('%s', (name) => {
	it('is known to n8n by this name and to users by the name of the service', () => {
		const type = make(name);
		expect(type.name).toBe(name);
		expect(type.displayName).toMatch(/^[A-Z][\w ()]+ API$/);
	});

	it('has icons for both themes and a page of documentation', () => {
		const { icon, documentationUrl } = make(name);
		if (typeof icon !== 'object') throw new Error('There is one icon for both themes');
		expect(icon.dark).not.toBe(icon.light);
		for (const file of [icon.light, icon.dark]) {
			expect(file).toMatch(/^file:\.\.\/nodes\/\w+\/\w+(\.dark)?\.svg$/);
			expect(existsSync(join(root, 'credentials', file.slice('file:'.length)))).toBe(true);
		}
		const page = /\/blob\/main\/(docs\/[\w-]+\.md)$/.exec(documentationUrl ?? '')?.[1];
		expect(page).toBeDefined();
		expect(existsSync(join(root, page ?? ''))).toBe(true);
	});

	it('says of every field what it is', () => {
		for (const property of make(name).properties) {
			const { displayName, description, placeholder, type, options = [] } = property;
			expect(displayName).toMatch(/^[A-Z]/);
			if (description !== undefined) expect(description).toMatch(/^[A-Z].*\w/s);
			if (placeholder !== undefined) expect(placeholder).toMatch(/^e\.g\. \S/);
			for (const option of options) {
				expect(option.name).toMatch(/^[A-Z]/);
				if ('description' in option) expect(option.description).toMatch(/\w/);
			}
			expect(type === 'hidden' || ordinary.includes(type)).toBe(true);
		}
	});

	it('shows no secret, neither a stored one nor while it is typed', () => {
		for (const { name: field, typeOptions } of make(name).properties) {
			// The fingerprint of a token is made from secrets
			const isSecret = /token|secret|password|passphrase|(api|private)key/i.test(field);
			expect([field, typeOptions?.password === true]).toEqual([field, isSecret]);
		}
	});

	it('lets n8n sign in anew by one field, where there is a token', () => {
		const { properties, preAuthentication } = make(name);
		const expirable = properties.filter(({ typeOptions }) => typeOptions?.expirable === true);
		expect(expirable.map((field) => [field.name, field.type])).toEqual(
			preAuthentication === undefined ? [] : [['sessionToken', 'hidden']],
		);
	});
});

/** Names stand in stored credentials and never change; with the value of a new credential. */
const stored: Record<string, IDataObject> = {
	adobeCampaignStandardApi: {
		signInMode: 'serverToServer',
		tenant: '',
		transactionalTenant: '',
		clientId: '',
		clientSecret: '',
		scopes:
			'openid,AdobeID,campaign_sdk,additional_info.projectedProductContext,campaign_config_server_general,deliverability_service_general',
		organizationId: '',
		technicalAccountId: '',
		privateKey: '',
		passphrase: '',
		metascopes: 'ent_campaign_sdk',
		imsUrl: 'https://ims-na1.adobelogin.com',
		apiUrl: 'https://mc.adobe.io',
		sessionToken: '',
		sessionEndsAt: '',
	},
	campaignFactoryApi: {
		username: '',
		password: '',
		clientId: '',
		clientSecret: '',
		scopes: [
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
		baseUrl: 'https://maestro.mautic.com',
		sessionToken: '',
		refreshToken: '',
		expiresAt: '',
		tokenFingerprint: '',
	},
	maiaApi: {
		sessionToken: '',
		region: 'eu1',
		baseUrl: '',
		clientId: '',
		clientSecret: '',
		identityUrl: 'https://id.core.matillion.com',
	},
	siteFactoryApi: { factoryUrl: '', username: '', apiKey: '', ignoreSslIssues: false },
	warpUrlApi: {
		sessionToken: '',
		backendUrl: '',
		apiKey: '',
		keyId: '',
		keyPassword: '',
		shorteningDomain: '',
		clientId: '',
		username: '',
	},
};

it.each(Object.entries(stored))('a new %s holds these names and values', (name, values) => {
	expect(
		Object.fromEntries(make(name).properties.map((field) => [field.name, field.default])),
	).toEqual(values);
});

/** What a user sees with these values; those that have to be filled in with a star. */
function formOf(name: string, values: IDataObject): string[] {
	const all = { ...stored[name], ...values };
	const isShown = (field: INodeProperties) =>
		field.type !== 'hidden' && NodeHelpers.displayParameter(all as never, field, null, null);
	return make(name)
		.properties.filter(isShown)
		.map((field) => `${field.displayName}${field.required ? '*' : ''}`);
}

it.each<[string, IDataObject, string[]]>([
	[
		'adobeCampaignStandardApi',
		{ signInMode: 'serverToServer' },
		[
			'Sign-In',
			'Tenant*',
			'Transactional Tenant',
			'Client ID*',
			'Client Secret*',
			'Scopes',
			'IMS URL',
			'API URL',
		],
	],
	[
		'adobeCampaignStandardApi',
		{ signInMode: 'jwt' },
		[
			'Sign-In',
			'Tenant*',
			'Transactional Tenant',
			'Client ID*',
			'Client Secret*',
			'Organization ID*',
			'Technical Account ID*',
			'Private Key*',
			'Passphrase',
			'Metascopes',
			'IMS URL',
			'API URL',
		],
	],
	[
		'campaignFactoryApi',
		{},
		['User Name*', 'Password*', 'Client ID*', 'Client Secret*', 'Scopes', 'Base URL*'],
	],
	['maiaApi', { region: 'us1' }, ['Region', 'Client ID*', 'Client Secret*', 'Identity Host']],
	[
		'maiaApi',
		{ region: 'custom' },
		['Region', 'Base URL*', 'Client ID*', 'Client Secret*', 'Identity Host'],
	],
	[
		'siteFactoryApi',
		{},
		['Factory URL*', 'User Name*', 'API Key*', 'Ignore SSL Issues (Insecure)'],
	],
	[
		'warpUrlApi',
		{},
		[
			'Backend API URL*',
			'Backend API Key*',
			'Access Key ID*',
			'Access Key Password*',
			'Shortening Domain',
			'Client ID',
			'User Name',
		],
	],
])('the form of %s with %j asks for what is needed', (name, values, expected) => {
	expect(formOf(name, values)).toEqual(expected);
});

it.each([
	['adobeCampaignStandardApi', 'signInMode', 'options', ['serverToServer', 'jwt']],
	['maiaApi', 'region', 'options', ['eu1', 'us1', 'custom']],
	['campaignFactoryApi', 'scopes', 'multiOptions', stored.campaignFactoryApi?.scopes],
	['siteFactoryApi', 'ignoreSslIssues', 'boolean', []],
])('the field of %s that is chosen, %s, keeps its values', (name, field, type, values) => {
	const chosen = make(name).properties.find((property) => property.name === field);
	expect(chosen?.type).toBe(type);
	expect((chosen?.options ?? []).map((option) => 'value' in option && option.value)).toEqual(
		values,
	);
});

it.each(['adobeCampaignStandardApi', 'campaignFactoryApi', 'maiaApi', 'warpUrlApi'])(
	'the login of %s asks for JSON, and takes its secrets to no other address',
	async (name) => {
		const sent: IHttpRequestOptions[] = [];
		const httpRequest = async (options: IHttpRequestOptions) => {
			sent.push(options);
			return await Promise.resolve({
				access_token: 'invented',
				control: { ResponseCode: 2000 },
				data: { idToken: 'invented' },
			});
		};
		const filled = {
			clientId: 'invented',
			clientSecret: 'invented',
			backendUrl: 'https://a.example',
		};
		await make(name).preAuthentication?.call(
			{ helpers: { httpRequest } },
			{
				...stored[name],
				...filled,
			},
		);
		expect(sent).toHaveLength(1);
		expect(sent[0]).toMatchObject({ method: 'POST', json: true, disableFollowRedirect: true });
	},
);

describe('the test of the credential', () => {
	/** The address and the rest of the request, with the expressions resolved by n8n. */
	async function requestOf(name: string, values: IDataObject) {
		const { baseURL, url, ...rest } = make(name).test.request;
		const node: INode = {
			id: '1',
			name: 'n',
			type: 'n',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		};
		const known = { getByNameAndVersion: () => undefined } as unknown as INodeTypes;
		const workflow = new Workflow({
			nodes: [node],
			connections: {},
			active: false,
			nodeTypes: known,
		});
		await workflow.expression.acquireIsolate();
		try {
			const resolve = (text: unknown) =>
				workflow.expression.getSimpleParameterValue(node, String(text), 'internal', {
					$credentials: { ...stored[name], ...values },
				});
			return { address: `${String(resolve(baseURL))}${String(resolve(url))}`, ...rest };
		} finally {
			await workflow.expression.releaseIsolate();
		}
	}

	it.each<[string, IDataObject, Record<string, unknown>]>([
		[
			'adobeCampaignStandardApi',
			{ apiUrl: ' https://mc.example.com// ', tenant: ' geometrixx ' },
			{
				address:
					'https://mc.example.com/geometrixx/campaign/profileAndServices/resourceType/profile',
			},
		],
		[
			'campaignFactoryApi',
			{ baseUrl: ' https://factory.example.com/openapi/ ' },
			{
				address: 'https://factory.example.com/openapi/whoami',
				headers: { Accept: 'application/json' },
			},
		],
		[
			'maiaApi',
			{ region: 'us1' },
			{ address: 'https://us1.api.matillion.com/dpc/v1/projects', qs: { page: 0, size: 1 } },
		],
		[
			'maiaApi',
			{ region: 'custom', baseUrl: ' https://au1.example.com/dpc/ ' },
			{ address: 'https://au1.example.com/dpc/v1/projects', qs: { page: 0, size: 1 } },
		],
		[
			'siteFactoryApi',
			{ factoryUrl: ' https://www.example.acsitefactory.com// ' },
			{ address: 'https://www.example.acsitefactory.com/api/v1/ping' },
		],
		[
			'warpUrlApi',
			{ backendUrl: ' https://gateway.example.com/prod/ ' },
			{
				address: 'https://gateway.example.com/prod/client/find',
				method: 'POST',
				body: { control: {}, data: { client_id: '@client_id' } },
			},
		],
	])('of %s with %j changes nothing at the service', async (name, values, request) => {
		expect(await requestOf(name, values)).toEqual(request);
	});

	/** The value at a path, of texts too, as lodash's `get` finds it. */
	const member = (value: unknown, path: string) =>
		path
			.split('.')
			.reduce<unknown>((given, key) => (Object(given) as Record<string, unknown>)[key], value);

	/**
	 * What n8n shows for an answer: the rules in their order, as its credential tester applies them
	 * (credentials-tester.service.js of n8n 2.41); undefined when the credential works.
	 */
	function verdict(name: string, status: number, body: unknown): string | undefined {
		const { rules = [] } = make(name).test;
		const wanted = status >= 400 ? 'responseCode' : 'responseSuccessBody';
		return rules.find(({ type, properties }) => {
			if (type !== wanted) return false;
			return 'key' in properties
				? member(body, properties.key) === properties.value
				: properties.value === status;
		})?.properties.message;
	}

	it.each<[string, unknown]>([
		['adobeCampaignStandardApi', { content: {} }],
		['campaignFactoryApi', { user: { email: 'ada.admin@example.com' } }],
		['maiaApi', { results: [] }],
		['siteFactoryApi', { message: 'pong', server_time: '2025-03-11T08:15:42+00:00' }],
		['warpUrlApi', { control: { ResponseCode: 2000 }, data: {} }],
	])('of %s takes what the service answers to who is signed in', (name, body) => {
		expect(verdict(name, 200, body)).toBeUndefined();
	});

	const page = '<html><body>Hello</body></html>';
	const code = (ResponseCode: number) => ({ control: { ResponseCode } });
	it.each<[string, number, unknown, string]>([
		['adobeCampaignStandardApi', 400, {}, 'Check “Tenant”'],
		['adobeCampaignStandardApi', 500, {}, 'Check “Tenant”'],
		['adobeCampaignStandardApi', 401, {}, 'Adobe did not take the token'],
		['adobeCampaignStandardApi', 403, {}, 'The login worked, but not for this instance'],
		['adobeCampaignStandardApi', 404, page, 'Check “API URL” and “Tenant”'],
		['adobeCampaignStandardApi', 200, page, 'Check “API URL”'],
		['campaignFactoryApi', 401, {}, 'gave a token and then refused it'],
		['campaignFactoryApi', 403, {}, 'enable the scope “api-access”'],
		['campaignFactoryApi', 404, page, 'Check the base URL'],
		['campaignFactoryApi', 200, page, 'Check the base URL'],
		['maiaApi', 401, {}, 'Check the region'],
		['maiaApi', 403, {}, 'the role of the API credential'],
		['maiaApi', 404, page, 'A custom base URL ends with /dpc'],
		['siteFactoryApi', 401, '', 'Check user name and API key'],
		['siteFactoryApi', 403, {}, 'Check user name and API key'],
		['siteFactoryApi', 404, page, 'Check the factory URL'],
		['siteFactoryApi', 200, { message: 'Access denied' }, 'the answer was no pong'],
		['warpUrlApi', 401, {}, 'belong to the same subscription'],
		['warpUrlApi', 403, {}, 'Check Backend API URL and Backend API Key'],
		['warpUrlApi', 200, code(3001), 'may not read the client'],
		['warpUrlApi', 200, code(5000), 'Try again later'],
		['warpUrlApi', 200, code(5001), 'does not know the client'],
		['warpUrlApi', 200, code(5002), 'does not accept the client'],
		['warpUrlApi', 200, page, 'Check the Backend API URL'],
	])('of %s says what to do about status %i with %j', (name, status, body, words) => {
		expect(verdict(name, status, body)).toContain(words);
	});
});
