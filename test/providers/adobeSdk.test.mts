/**
 * The requests of Adobe's own SDK (aio-lib-campaign-standard 4.x), method by method, as they arrive at a server. What the
 * SDK gets wrong is shown to be absent. Two differences are meant: collections have no slash at their end, which the
 * service does not mind, and lists always say how many records they want.
 */
import type {
	ICredentialDataDecryptedObject,
	INodeParameters,
	ResourceMapperValue,
} from 'n8n-workflow';

import { AdobeCampaignStandardApi } from '../../credentials/AdobeCampaignStandardApi.credentials.ts';
import { AdobeCampaignStandard } from '../../nodes/AdobeCampaignStandard/AdobeCampaignStandard.node.ts';
import { adobeCampaignStandard } from '../../nodes/AdobeCampaignStandard/provider.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import { runNode } from '../support/engine.mts';
import type { Received, Script, Scripted, ScriptedServer } from '../support/server.mts';
import { startServer } from '../support/server.mts';
import { turnClock } from '../support/time.mts';

/** The methods of the SDK that send a request. */
const methods = [
	'getAllProfiles',
	'getAllProfiles with filters',
	'createProfile',
	'updateProfile',
	'getProfile',
	'getAllServices',
	'createService',
	'getService',
	'getHistoryOfProfile',
	'getMetadataForResource',
	'getMetadataForResourceExt',
	'getCustomResources',
	'createGDPRRequest',
	'getGDPRRequest',
	'getGDPRDataFile',
	'sendTransactionalEvent',
	'sendTransactionalEventForMacTenantId',
	'getTransactionalEvent',
	'getTransactionalEventForMacTenantId',
	'getWorkflow',
	'triggerSignalActivity',
	'controlWorkflow',
	'getAllOrgUnits',
	'getProfileWithOrgUnit',
	'updateProfileOrgUnit',
	'updateOrgUnit',
	'getDataFromRelativeUrl',
	'getAllCustomResources',
	'getAllBasicCustomResources',
	'getAllProfileAndServicesExt',
	'createCustomResource',
	'updateCustomResource',
	'deleteCustomResource',
] as const;
type Method = (typeof methods)[number];

/** Methods without an operation of their own; API Request sends what they send. */
const exceptions: Partial<Record<Method, string>> = {
	getDataFromRelativeUrl:
		'Stands for any GET on an address out of an answer; operations follow the addresses that they know',
};

/** A request on the wire; the address is relative to the root of the instance. */
interface Wire {
	method: string;
	url: string;
	/** Absent where no byte is sent. */
	body?: unknown;
}

/** What the form holds for a method, what the service answers, and what must arrive there. */
interface Reproduction {
	/** Resource and operation. */
	does: `${string}:${string}`;
	parameters: INodeParameters;
	credential?: ICredentialDataDecryptedObject;
	answers: Script | Scripted[];
	requests: Wire[];
}

const prefix = '/geometrixx/campaign';
const chosen = (value: string) => ({ __rl: true, mode: 'id', value });
const mapped = (value: ResourceMapperValue['value']) => ({
	columns: {
		mappingMode: 'defineBelow',
		value,
		schema: [],
		matchingColumns: [],
		attemptToConvertTypes: false,
		convertFieldsToString: false,
	} satisfies ResourceMapperValue,
});
const profileKey = chosen('@pRf+1=');
const profile = '%40pRf%2B1%3D';
const email = 'name@example.com';
const list: Scripted[] = [{ body: { content: [], serverSidePagination: true } }];
const record: Scripted[] = [{ body: { PKey: '@r' } }];
const created: Scripted[] = [{ status: 201, body: { PKey: '@r' } }];

/** The absolute address of a path of the instance, on the server that was asked. */
const absolute = ({ headers }: Received, path: string) => `http://${headers.host}${prefix}${path}`;

const trigger = '/workflow/execution/@w/activities/activity/@a/trigger/';
const dataFile = '/privacy/privacyTool/@q/privacyRequestData/';
const custom = { customApi: 'profileAndServicesExt', customResource: chosen('cusTransaction') };
const event = { eventId: 'EVTcart', channel: 'email', email, eventFields: '{"firstName": "Jane"}' };
const eventBody = { email, ctx: { firstName: 'Jane' } };
const eventKey = { eventId: 'EVTcart', transactionalEventKey: '@eVt+1' };
const metadataOf = (apiRoot: string, resourceName: string): Reproduction => ({
	does: 'metadata:get',
	parameters: { apiRoot, resourceName },
	answers: [{ body: { content: {} } }],
	requests: [{ method: 'GET', url: `/${apiRoot}/resourceType/${resourceName}` }],
});

const reproductions: Record<Method, Reproduction[]> = {
	getAllProfiles: [
		{
			does: 'profile:getAll',
			parameters: { limit: 25 },
			answers: list,
			requests: [{ method: 'GET', url: '/profileAndServices/profile?_lineCount=25' }],
		},
	],
	'getAllProfiles with filters': [
		{
			does: 'profile:getAll',
			parameters: {
				extendedApi: true,
				limit: 10,
				filters: {
					email,
					customFilters: 'byText',
					customFilterParameters: '{"text": "Jane Doe"}',
				},
				options: { sortBy: 'email', sortDirection: 'desc' },
			},
			answers: list,
			requests: [
				{
					method: 'GET',
					url: '/profileAndServicesExt/profile/byEmail/byText?email=name%40example.com&_order=email%20desc&text=Jane%20Doe&_lineCount=10',
				},
			],
		},
	],
	createProfile: [
		{
			does: 'profile:create',
			parameters: mapped({ email, firstName: 'Jane' }),
			answers: created,
			requests: [
				{ method: 'POST', url: '/profileAndServices/profile', body: { email, firstName: 'Jane' } },
			],
		},
	],
	updateProfile: [
		{
			does: 'profile:update',
			parameters: { profileKey, ...mapped({ firstName: 'Jane' }) },
			answers: record,
			requests: [
				{
					method: 'PATCH',
					url: `/profileAndServices/profile/${profile}`,
					body: { firstName: 'Jane' },
				},
			],
		},
	],
	getProfile: [
		{
			does: 'profile:get',
			parameters: { profileKey },
			answers: record,
			requests: [{ method: 'GET', url: `/profileAndServices/profile/${profile}` }],
		},
	],
	getAllServices: [
		{
			does: 'service:getAll',
			parameters: { limit: 25 },
			answers: list,
			requests: [{ method: 'GET', url: '/profileAndServices/service?_lineCount=25' }],
		},
		{
			does: 'service:getAll',
			parameters: {
				limit: 10,
				filters: { channel: 'email', text: 'sport' },
				options: { sortBy: 'label', sortDirection: 'desc' },
			},
			answers: list,
			requests: [
				{
					method: 'GET',
					url: '/profileAndServices/service/byChannel/byText?channel=email&text=sport&_order=label%20desc&_lineCount=10',
				},
			],
		},
	],
	createService: [
		{
			does: 'service:create',
			parameters: mapped({ label: 'Sport', messageType: 'email' }),
			answers: created,
			requests: [
				{
					method: 'POST',
					url: '/profileAndServices/service',
					body: { label: 'Sport', messageType: 'email' },
				},
			],
		},
	],
	getService: [
		{
			does: 'service:get',
			parameters: { serviceKey: chosen('@sVc+1') },
			answers: record,
			requests: [{ method: 'GET', url: '/profileAndServices/service/%40sVc%2B1' }],
		},
	],
	getHistoryOfProfile: [
		{
			does: 'history:get',
			parameters: { profileKey },
			answers: record,
			requests: [{ method: 'GET', url: `/profileAndServices/history/${profile}` }],
		},
	],
	// The SDK takes three names; the service has no such bound
	getMetadataForResource: ['profile', 'service', 'history', 'orgUnitBase'].map((name) =>
		metadataOf('profileAndServices', name),
	),
	getMetadataForResourceExt: ['profile', 'cusTransaction'].map((name) =>
		metadataOf('profileAndServicesExt', name),
	),
	getCustomResources: [
		{
			does: 'metadata:getExtendedResources',
			parameters: {},
			answers: [{ body: { cusTransaction: { data: '/profileAndServicesExt/cusTransaction/' } } }],
			requests: [{ method: 'GET', url: '/profileAndServicesExt' }],
		},
	],
	createGDPRRequest: [
		{
			does: 'privacyRequest:create',
			parameters: {
				type: 'access',
				regulation: 'gdpr',
				namespaceName: 'defaultNamespace1',
				reconciliationValue: email,
				privacyRequestName: 'PT1',
				additionalFields: { label: 'Jane' },
				waitForCompletion: false,
			},
			answers: created,
			requests: [
				{
					method: 'POST',
					url: '/privacy/privacyTool',
					body: {
						type: 'access',
						regulation: 'gdpr',
						namespaceName: 'defaultNamespace1',
						reconciliationValue: email,
						name: 'PT1',
						label: 'Jane',
					},
				},
			],
		},
	],
	// In spite of its name the list
	getGDPRRequest: [
		{
			does: 'privacyRequest:getAll',
			parameters: { limit: 25 },
			answers: list,
			requests: [{ method: 'GET', url: '/privacy/privacyTool?_lineCount=25' }],
		},
	],
	getGDPRDataFile: [
		{
			does: 'privacyRequest:getData',
			parameters: { privacyRequestKey: '@q' },
			answers: (request, index) =>
				index === 0
					? { body: { name: 'PT1', privacyRequestData: { href: absolute(request, dataFile) } } }
					: { body: '{data:<a/>}' },
			requests: [
				{ method: 'GET', url: '/privacy/privacyTool/%40q' },
				{ method: 'POST', url: dataFile, body: { name: 'PT1' } },
			],
		},
	],
	sendTransactionalEvent: [
		{
			does: 'transactionalEvent:send',
			parameters: { ...event, waitForCompletion: false },
			answers: record,
			requests: [{ method: 'POST', url: '/mcgeometrixx/EVTcart', body: eventBody }],
		},
	],
	sendTransactionalEventForMacTenantId: [
		{
			does: 'transactionalEvent:send',
			parameters: { ...event, waitForCompletion: false },
			credential: { transactionalTenant: 'other' },
			answers: record,
			requests: [{ method: 'POST', url: '/mcother/EVTcart', body: eventBody }],
		},
	],
	getTransactionalEvent: [
		{
			does: 'transactionalEvent:get',
			parameters: eventKey,
			answers: record,
			requests: [{ method: 'GET', url: '/mcgeometrixx/EVTcart/%40eVt%2B1' }],
		},
	],
	getTransactionalEventForMacTenantId: [
		{
			does: 'transactionalEvent:get',
			parameters: eventKey,
			credential: { transactionalTenant: 'other' },
			answers: record,
			requests: [{ method: 'GET', url: '/mcother/EVTcart/%40eVt%2B1' }],
		},
	],
	getWorkflow: [
		{
			does: 'workflow:get',
			parameters: { workflowId: 'WKF23' },
			answers: record,
			requests: [{ method: 'GET', url: '/workflow/execution/WKF23' }],
		},
	],
	triggerSignalActivity: [
		{
			does: 'workflow:sendSignal',
			parameters: {
				workflowId: 'WKF23',
				activityName: chosen('signal1'),
				source: 'API',
				signalParameters: '{"audience": "spring", "limit": 100}',
			},
			answers: (request, index) => {
				const signal1 = { trigger: { href: absolute(request, trigger) } };
				return { body: index === 0 ? { activities: { activity: { signal1 } } } : {} };
			},
			requests: [
				{ method: 'GET', url: '/workflow/execution/WKF23' },
				{
					method: 'POST',
					url: trigger,
					body: { source: 'API', parameters: { audience: 'spring', limit: 100 } },
				},
			],
		},
	],
	controlWorkflow: ['start', 'pause', 'resume', 'stop'].map((method) => ({
		does: `workflow:${method}`,
		parameters: { workflowId: 'WKF23' },
		answers: [{ body: {} }],
		requests: [{ method: 'POST', url: '/workflow/execution/WKF23/commands', body: { method } }],
	})),
	getAllOrgUnits: [
		{
			does: 'orgUnit:getAll',
			parameters: { limit: 10, options: { sortBy: 'name', sortDirection: 'desc' } },
			answers: list,
			requests: [
				{
					method: 'GET',
					url: '/profileAndServicesExt/orgUnitBase?_order=name%20desc&_lineCount=10',
				},
			],
		},
	],
	getProfileWithOrgUnit: [
		{
			does: 'profile:get',
			parameters: { extendedApi: true, profileKey },
			answers: record,
			requests: [{ method: 'GET', url: `/profileAndServicesExt/profile/${profile}` }],
		},
	],
	updateProfileOrgUnit: [
		{
			does: 'profile:update',
			parameters: { extendedApi: true, profileKey, orgUnit: chosen('@unit') },
			answers: record,
			requests: [
				{
					method: 'PATCH',
					url: `/profileAndServicesExt/profile/${profile}`,
					body: { orgUnit: { PKey: '@unit' } },
				},
			],
		},
	],
	updateOrgUnit: [
		{
			does: 'orgUnit:update',
			parameters: { orgUnitKey: chosen('@unit'), updateFields: { label: 'North' } },
			answers: record,
			requests: [
				{
					method: 'PATCH',
					url: '/profileAndServicesExt/orgUnitBase/%40unit',
					body: { label: 'North' },
				},
			],
		},
	],
	getDataFromRelativeUrl: [
		{
			does: 'apiRequest:send',
			parameters: { method: 'GET', path: '/profileAndServices/profile/@p/subscriptions/' },
			answers: list,
			requests: [{ method: 'GET', url: '/profileAndServices/profile/@p/subscriptions/' }],
		},
	],
	getAllCustomResources: [
		{
			does: 'customResource:getAll',
			parameters: {
				...custom,
				limit: 10,
				filters: { customFilters: 'byAmount', customFilterParameters: '{"amount_parameter": 5}' },
				options: { sortBy: 'amount', sortDirection: 'desc' },
			},
			answers: list,
			requests: [
				{
					method: 'GET',
					url: '/profileAndServicesExt/cusTransaction/byAmount?_order=amount%20desc&amount_parameter=5&_lineCount=10',
				},
			],
		},
	],
	getAllBasicCustomResources: [
		{
			does: 'customResource:getAll',
			parameters: {
				customApi: 'customResources',
				customResource: chosen('cusStaging'),
				limit: 25,
			},
			answers: list,
			requests: [{ method: 'GET', url: '/customResources/cusStaging?_lineCount=25' }],
		},
	],
	getAllProfileAndServicesExt: [
		{
			does: 'customResource:getAll',
			parameters: { ...custom, limit: 25 },
			answers: list,
			requests: [{ method: 'GET', url: '/profileAndServicesExt/cusTransaction?_lineCount=25' }],
		},
	],
	createCustomResource: [
		{
			does: 'customResource:create',
			parameters: { ...custom, ...mapped({ amount: 5 }) },
			answers: created,
			requests: [
				{ method: 'POST', url: '/profileAndServicesExt/cusTransaction', body: { amount: 5 } },
			],
		},
	],
	updateCustomResource: [
		{
			does: 'customResource:update',
			parameters: { ...custom, recordKey: '@c+1', ...mapped({ amount: 6 }) },
			answers: record,
			requests: [
				{
					method: 'PATCH',
					url: '/profileAndServicesExt/cusTransaction/%40c%2B1',
					body: { amount: 6 },
				},
			],
		},
	],
	deleteCustomResource: [
		{
			does: 'customResource:delete',
			parameters: { ...custom, recordKey: '@c+1' },
			answers: [{ status: 204 }],
			requests: [{ method: 'DELETE', url: '/profileAndServicesExt/cusTransaction/%40c%2B1' }],
		},
	],
};

/** What is wrong with requests of the SDK and its samples, with one that has it. */
const mistakes: Array<{
	what: string;
	of: Method;
	isMade: (request: Wire) => boolean;
	sample: Wire;
}> = [
	{
		what: 'the slash between two filters escaped',
		of: 'getAllProfiles with filters',
		isMade: ({ url }) => /byEmail%2FbyText/i.test(url),
		sample: { method: 'GET', url: '/profileAndServicesExt/profile/byEmail%2FbyText?_lineCount=10' },
	},
	{
		what: 'the order encoded twice',
		of: 'getAllProfiles with filters',
		isMade: ({ url }) => url.includes('%2520'),
		sample: { method: 'GET', url: '/profileAndServicesExt/profile/?_order=email%2520desc' },
	},
	{
		what: 'the list of records in place of their description',
		of: 'getMetadataForResourceExt',
		isMade: ({ url }) => !url.startsWith('/profileAndServicesExt/resourceType/'),
		sample: { method: 'GET', url: '/profileAndServicesExt/cusTransaction' },
	},
	...(['getTransactionalEvent', 'getTransactionalEventForMacTenantId'] as const).map((of) => ({
		what: 'POST for the status of an event',
		of,
		isMade: ({ method }: Wire) => method === 'POST',
		sample: { method: 'POST', url: '/mcgeometrixx/EVTcart/%40eVt%2B1' },
	})),
	{
		what: 'a relative address escaped',
		of: 'getDataFromRelativeUrl',
		isMade: ({ url }) => /%2F/i.test(url),
		sample: { method: 'GET', url: '/%2FprofileAndServices%2Fprofile' },
	},
	{
		what: 'the member “source:”',
		of: 'triggerSignalActivity',
		isMade: ({ body }) => JSON.stringify(body ?? {}).includes('"source:"'),
		sample: { method: 'POST', url: trigger, body: { 'source:': 'API', parameters: {} } },
	},
	{
		what: 'a body for a deletion',
		of: 'deleteCustomResource',
		isMade: ({ body }) => body !== undefined,
		sample: { method: 'DELETE', url: '/profileAndServicesExt/cusTransaction/%40c', body: {} },
	},
	{
		what: 'the member “namespace”, which the service calls namespaceName',
		of: 'createGDPRRequest',
		isMade: ({ body }) => JSON.stringify(body ?? {}).includes('"namespace":'),
		sample: { method: 'POST', url: '/privacy/privacyTool', body: { namespace: 'a' } },
	},
];

describe("the requests of Adobe's SDK", () => {
	const servers: ScriptedServer[] = [];

	beforeEach(() => {
		forgetLogins();
		turnClock();
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await Promise.all(servers.splice(0).map(async (server) => await server.close()));
	});

	/** Runs the operation on n8n's engine against a server of its own. */
	async function reproduce({ does, parameters, credential, answers }: Reproduction) {
		const server = await startServer(answers);
		servers.push(server);
		const [resource, operation] = does.split(':');
		const { error } = await runNode({
			node: new AdobeCampaignStandard(),
			credentialType: new AdobeCampaignStandardApi(),
			credential: {
				tenant: 'geometrixx',
				clientId: 'invented-client-id',
				apiUrl: server.url,
				sessionToken: 'invented-token',
				...credential,
			},
			parameters: { resource, operation, ...parameters },
		});
		expect(error).toBeUndefined();
		const requests = server.received.map(({ method, url, body, bytes }): Wire => {
			expect(url.slice(0, prefix.length)).toBe(prefix);
			return { method, url: url.slice(prefix.length), ...(bytes.length > 0 && { body }) };
		});
		return { requests, received: server.received };
	}

	it.each(methods)('%s', async (method) => {
		expect(reproductions[method].length).toBeGreaterThan(0);
		for (const reproduction of reproductions[method]) {
			const { requests, received } = await reproduce(reproduction);
			expect(requests).toEqual(reproduction.requests);
			for (const { headers, bytes } of received) {
				expect(headers).toMatchObject({
					authorization: 'Bearer invented-token',
					'x-api-key': 'invented-client-id',
					'cache-control': 'no-cache',
				});
				if (bytes.length > 0) {
					expect(headers['content-type']).toMatch(/^application\/json(; ?charset=utf-8)?$/i);
				}
			}
		}
	});

	it.each(mistakes)('$of: not $what', async ({ of, isMade, sample }) => {
		expect(isMade(sample)).toBe(true);
		for (const reproduction of reproductions[of]) {
			const { requests } = await reproduce(reproduction);
			expect(requests).not.toHaveLength(0);
			expect(requests.filter(isMade)).toEqual([]);
		}
	});

	it('have operations of their own, but for the exceptions that API Request sends', () => {
		const byApiRequest = methods.filter((method) =>
			reproductions[method].some(({ does }) => does === 'apiRequest:send'),
		);
		expect(byApiRequest).toEqual(Object.keys(exceptions));
		expect(Object.values(exceptions).every((reason) => reason.length > 20)).toBe(true);
		expect(Object.keys(reproductions).sort()).toEqual([...methods].sort());
	});

	it('of controlWorkflow give no other command than the four of the service', () => {
		const { operations = [] } =
			adobeCampaignStandard.resources.find(({ value }) => value === 'workflow') ?? {};
		const commands = operations
			.filter(({ request }) => request.path.endsWith('/commands'))
			.map(({ request }) => request.body);
		expect(commands).toEqual(['start', 'pause', 'resume', 'stop'].map((method) => ({ method })));
	});
});
