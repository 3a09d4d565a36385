import type {
	ICredentialDataDecryptedObject,
	INodeParameters,
	ResourceMapperField,
	ResourceMapperValue,
} from 'n8n-workflow';

import { AdobeCampaignStandardApi } from '../../credentials/AdobeCampaignStandardApi.credentials.ts';
import { campaignUrl, transactionalTenantOf } from '../../nodes/AdobeCampaignStandard/addresses.ts';
import { AdobeCampaignStandard } from '../../nodes/AdobeCampaignStandard/AdobeCampaignStandard.node.ts';
import { pages, resolveHref } from '../../nodes/AdobeCampaignStandard/calls.ts';
import specification from '../specs/adobe-campaign-standard.json' with { type: 'json' };
import { adobeCampaignStandard } from '../../nodes/AdobeCampaignStandard/provider.ts';
import {
	advise,
	isCampaignText,
	readBody,
	readCampaignText,
} from '../../nodes/AdobeCampaignStandard/refusals.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import type { ApiRequest, MappedField, Reason } from '../../nodes/shared/operation.ts';
import { openEditor } from '../support/editor.mts';
import { runNode } from '../support/engine.mts';
import type { Scripted, ScriptedServer } from '../support/server.mts';
import { startServer } from '../support/server.mts';
import { turnClock } from '../support/time.mts';

const generic = 'RST-360011 An error has occurred - please contact your administrator.';

describe('texts of Campaign', () => {
	it.each<[string, string, Reason]>([
		[
			'the line that is not the general one',
			`${generic}\nThe value 'x' is not valid for the 'nms:recipient:gender' enumeration of the '@gender' field`,
			{
				message:
					"The value 'x' is not valid for the 'nms:recipient:gender' enumeration of the '@gender' field",
				code: 'RST-360011',
			},
		],
		[
			'a line with a code of its own',
			`${generic}\r\nRST-360012 Inconsistent operation on resource 'service' - Cannot update key 'SVC3' to 'SVC4'.`,
			{
				message:
					"Inconsistent operation on resource 'service' - Cannot update key 'SVC3' to 'SVC4'.",
				code: 'RST-360012',
			},
		],
		[
			'the line before what the database says',
			"A 'Service' with the same key 'SVC4' already exists.\nPGS-220000 PostgreSQL error: ERROR: duplicate key value violates unique constraint \"nmsservice_name\"",
			{ message: "A 'Service' with the same key 'SVC4' already exists.", code: 'PGS-220000' },
		],
		[
			'the line before the expression that could not be computed',
			"'O5iRp40EGA' attribute unknown (see definition of 'Profiles (nms:recipient)' schema).\nXTK-170036 Unable to parse expression '@id = @O5iRp40EGA'.",
			{
				message:
					"'O5iRp40EGA' attribute unknown (see definition of 'Profiles (nms:recipient)' schema).",
				code: 'XTK-170036',
			},
		],
		[
			'one line among several technical ones',
			`${generic}\n'contentURL' parameter isn't defined in signal activity.\nXTK-170006 Unable to parse expression 'HandleTrigger(@name)'.\nRST-360000 Error while assessing 'HandleTrigger(@name)' expression`,
			{
				message: "'contentURL' parameter isn't defined in signal activity.",
				code: 'XTK-170006',
			},
		],
		[
			'two lines that both tell',
			"Cannot update the 'age' property that is read-only\n'age' property is not valid for the 'profile' resource.",
			{
				message:
					"Cannot update the 'age' property that is read-only 'age' property is not valid for the 'profile' resource.",
			},
		],
		[
			'everything on one line',
			`${generic} RST-360012 Cannot update key 'A' to 'B'. PGS-220000 PostgreSQL error`,
			{ message: "Cannot update key 'A' to 'B'.", code: 'RST-360012' },
		],
		[
			'a technical line without another',
			`${generic}\nError rc=-2003`,
			{ message: 'Error rc=-2003', code: 'RST-360011' },
		],
		[
			'the general line alone',
			generic,
			{
				message: 'An error has occurred - please contact your administrator.',
				code: 'RST-360011',
			},
		],
		[
			'a text without any code',
			"'@gibberish' is not a valid constant",
			{ message: "'@gibberish' is not a valid constant" },
		],
	])('show %s', (_what, body, reason) => {
		expect(readCampaignText(body)).toEqual(reason);
	});

	it('are cut when they are very long', () => {
		expect(readCampaignText('x'.repeat(5000))?.message).toBe(`${'x'.repeat(600)}…`);
	});

	it.each([[{ code: 500 }], ['<html></html>'], [''], [' \n'], [undefined], [null], [['a']]])(
		'are not seen in %j',
		(body) => {
			expect(isCampaignText(body)).toBe(false);
			expect(readCampaignText(body)).toBeUndefined();
		},
	);
});

describe('reasons', () => {
	it.each<[string, unknown, Reason]>([
		[
			'the gateway',
			{ error_code: '403023', message: 'Profile is not valid' },
			{ message: 'Profile is not valid', code: '403023' },
		],
		['its routing', { code: 500, message: 'Oops.' }, { message: 'Oops.', code: '500' }],
		[
			'IMS',
			{ error: 'invalid_client', error_description: 'invalid client_secret parameter' },
			{ message: 'invalid client_secret parameter', code: 'invalid_client' },
		],
	])('of %s are read', (_what, body, reason) => {
		expect(readBody(body)).toMatchObject(reason);
	});

	const request: ApiRequest = { method: 'GET', path: '/' };
	const adviceFor = (status: number, reason: Reason) => advise({ status, reason, request });

	it.each<[number, Reason, RegExp]>([
		[401, { code: '401013', message: 'Oauth token is not valid' }, /client ID in the credential/],
		[403, { code: '403000', message: 'Api Key is required' }, /Fill in “Client ID”/],
		[403, { code: '403003', message: 'Api Key is invalid' }, /has the Adobe Campaign API/],
		[403, { code: '403010', message: 'Oauth token is missing.' }, /signs in/],
		[403, { code: '403011', message: 'Scope mismatch' }, /“Scopes” \(or “Metascopes”\)/],
		[403, { code: '403012', message: 'IP' }, /address of this n8n/],
		[403, { code: '403013', message: 'IP' }, /address of this n8n/],
		[403, { code: '403020', message: 'Oauth token missing or invalid' }, /signs in/],
		[403, { code: '403023', message: 'Profile is not valid' }, /product profile of this instance/],
		[403, { code: '403025', message: 'Profile is not valid' }, /product profile of this instance/],
		[403, { code: '403024', message: 'Not allowed to read the profile' }, /rights/],
		[429, { code: '429001', message: 'Service usage limit reached' }, /usage limit/],
		[503, { code: '503010', message: 'Could not validate the oauth token' }, /Try again later/],
		[400, { code: '400', message: 'Oops. Something went wrong. Check your URI' }, /“Tenant”/],
		[500, { code: '500', message: 'Oops. Something went wrong. Check your URI' }, /“Tenant”/],
		[
			502,
			{ code: '502', message: 'Oops. Something went wrong. Check' },
			/does not reach the instance/,
		],
		[404, { message: 'Unable to decrypt PKey. (PKey=@x)' }, /read the record again/],
		[404, { message: 'Error rc=-2003' }, /has no such path/],
		[500, { message: "The value 'x' is not valid for the enumeration" }, /not its label/],
		[500, { message: "Cannot update the 'age' property that is read-only" }, /sets it/],
		[
			500,
			{ message: "'cusA' property is not valid for the 'profile' resource." },
			/“Extended API”/,
		],
		[500, { message: 'Something of its own' }, /unchanged it will be refused again/],
	])('of status %d lead to advice (%j)', (status, reason, words) => {
		expect(adviceFor(status, reason)).toMatch(words);
	});

	it('that the engine explains as well are left to it', () => {
		expect(adviceFor(500, { message: 'an HTML page with the title “Error”' })).toBeUndefined();
		expect(adviceFor(429, { code: '429050', message: 'Too many requests' })).toBeUndefined();
		expect(adviceFor(418, {})).toBeUndefined();
	});
});

describe('addresses', () => {
	it('are made of gateway and tenant', () => {
		const credential = { apiUrl: ' https://mc.adobe.io/ ', tenant: ' geometrixx-mkt-stage1 ' };
		expect(campaignUrl(credential)).toBe('https://mc.adobe.io/geometrixx-mkt-stage1/campaign');
		expect(campaignUrl({ tenant: 'name-123456.campaign-demo.adobe.com' })).toBe(
			'https://mc.adobe.io/name-123456.campaign-demo.adobe.com/campaign',
		);
	});

	it('of transactional events have a tenant of their own', () => {
		expect(transactionalTenantOf({ tenant: 'a', transactionalTenant: ' ' })).toBe('a');
		expect(transactionalTenantOf({ tenant: 'a', transactionalTenant: 'mcb' })).toBe('b');
		expect(transactionalTenantOf({ tenant: 'a', transactionalTenant: ' b-1.c ' })).toBe('b-1.c');
		expect(() => transactionalTenantOf({ tenant: 'a', transactionalTenant: 'b/c' })).toThrow(
			/“Transactional Tenant” in the credential must be the name/,
		);
	});

	it.each([
		[
			'https://mc.adobe.io/t/campaign/a//_count?x=1',
			'https://mc.adobe.io/t/campaign/a//_count?x=1',
		],
		['profileAndServices/profile/?_lineStart=@a', '/profileAndServices/profile/?_lineStart=@a'],
		['/profileAndServicesExt/cusA/', '/profileAndServicesExt/cusA/'],
		['//evil.example.com/a', '/evil.example.com/a'],
	])('of next pages stay or become a path: %s', (href, path) => {
		expect(resolveHref(href)).toBe(path);
	});
});

describe('paging', () => {
	const request: ApiRequest = { method: 'GET', path: '/profileAndServices/profile' };
	const page = (body: Record<string, unknown>) => ({
		items: body.content as unknown[],
		answer: { status: 200, headers: {}, body },
		index: 0,
	});

	it('asks for further pages only where it may want them', () => {
		expect(pages.first(request, 100).query).toEqual({ _lineCount: 100, _forcePagination: true });
		expect(pages.first(request, 20).query).toEqual({ _lineCount: 20 });
	});

	it('ends where no address comes, or with an empty page', () => {
		expect(pages.next(request, page({ content: [1] }), 100)).toBeUndefined();
		const empty = { content: [], next: { href: 'profileAndServices/profile/' } };
		expect(pages.next(request, page(empty), 100)).toBeUndefined();
		const none = { content: [], serverSidePagination: false };
		expect(pages.next(request, page(none), 100)).toBeUndefined();
	});

	it('does not take a cut list for the whole', () => {
		const cut = page({ content: [1], serverSidePagination: false });
		expect(() => pages.next(request, cut, 100)).toThrow(/cut the list off after page 1/);
		// One page was asked for, so that nothing is missing
		expect(pages.next(request, cut, 20)).toBeUndefined();
	});
});

/** Fields as a form or a program stores them. */
const mapped = (value: ResourceMapperValue['value'], schema: ResourceMapperField[] = []) => ({
	columns: {
		mappingMode: 'defineBelow',
		value,
		schema,
		matchingColumns: [],
		attemptToConvertTypes: false,
		convertFieldsToString: false,
	} satisfies ResourceMapperValue,
});

describe('on the wire', () => {
	let server: ScriptedServer;
	let slept: number[];

	beforeEach(() => {
		forgetLogins();
		({ slept } = turnClock());
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await server.close();
	});

	async function run(
		operation: string,
		parameters: INodeParameters,
		script: Scripted[],
		resource = 'profile',
	) {
		server = await startServer(script);
		const credential: ICredentialDataDecryptedObject = {
			tenant: 'geometrixx',
			clientId: 'invented-client-id',
			apiUrl: server.url,
			sessionToken: 'invented-token',
		};
		const outcome = await runNode({
			node: new AdobeCampaignStandard(),
			credentialType: new AdobeCampaignStandardApi(),
			credential,
			parameters: { resource, operation, ...parameters },
		});
		const prefix = '/geometrixx/campaign';
		const requests = server.received.map(({ method, url, body }) => ({
			method,
			url: url.startsWith(prefix) ? url.slice(prefix.length) : url,
			...(body !== '' && { body }),
		}));
		return {
			...outcome,
			requests,
			words: `${outcome.error?.message} | ${outcome.error?.description}`,
		};
	}

	const key = '@Vt9h+Qe2/x='.replace('/', '');
	const profileKey = { __rl: true, mode: 'id', value: key };
	const encoded = '%40Vt9h%2BQe2x%3D';
	const empty: Scripted = { body: { content: [], serverSidePagination: true } };
	const record: Scripted = { body: { PKey: key } };
	const root = '/profileAndServices';

	it('every request has the token, the key of the client and no-cache', async () => {
		await run('get', { profileKey }, [record]);
		expect(server.received[0]?.headers).toMatchObject({
			authorization: 'Bearer invented-token',
			'x-api-key': 'invented-client-id',
			'cache-control': 'no-cache',
		});
	});

	it.each<[string, string, string, INodeParameters, Scripted, unknown]>([
		[
			'profile',
			'getAll',
			'its list',
			{ limit: 5 },
			empty,
			{ method: 'GET', url: `${root}/profile?_lineCount=5` },
		],
		[
			'profile',
			'getAll',
			'everything of the extended API',
			{ extendedApi: true, returnAll: true },
			empty,
			{ method: 'GET', url: `${root}Ext/profile?_lineCount=100&_forcePagination=true` },
		],
		[
			'profile',
			'getAll',
			'an address and an order, encoded once',
			{
				limit: 5,
				filters: { email: 'a+b&c@example.com' },
				options: { sortBy: 'email', sortDirection: 'desc' },
			},
			empty,
			{
				method: 'GET',
				url: `${root}/profile/byEmail?email=a%2Bb%26c%40example.com&_order=email%20desc&_lineCount=5`,
			},
		],
		[
			'profile',
			'search',
			'a text and a field',
			{ text: 'Müller & co', limit: 5, filters: { filterType: 'lastName' } },
			empty,
			{
				method: 'GET',
				url: `${root}/profile/byText?text=M%C3%BCller%20%26%20co&filterType=lastName&_lineCount=5`,
			},
		],
		[
			'profile',
			'get',
			'a PKey',
			{ profileKey },
			record,
			{ method: 'GET', url: `${root}/profile/${encoded}` },
		],
		[
			'profile',
			'get',
			'a hostile business key',
			{ extendedApi: true, profileKey: { __rl: true, mode: 'id', value: 'a/../b?c#d é' } },
			record,
			{ method: 'GET', url: `${root}Ext/profile/a%2F..%2Fb%3Fc%23d%20%C3%A9` },
		],
		[
			'profile',
			'create',
			'fields of all kinds',
			mapped({
				email: 'a@example.com',
				'location.city': 'Basel',
				'location.zipCode': '4000',
				birthDate: '1990-02-03',
				blackList: true,
			}),
			record,
			{
				method: 'POST',
				url: `${root}/profile`,
				body: {
					email: 'a@example.com',
					location: { city: 'Basel', zipCode: '4000' },
					birthDate: '1990-02-03',
					blackList: true,
				},
			},
		],
		[
			'profile',
			'create',
			'fields of the company and a unit',
			{
				extendedApi: true,
				...mapped({ cusBrand: 'A', 'cusLink.PKey': '@a' }),
				orgUnit: { __rl: true, mode: 'id', value: '@unit' },
			},
			record,
			{
				method: 'POST',
				url: `${root}Ext/profile`,
				body: { orgUnit: { PKey: '@unit' }, cusBrand: 'A', cusLink: { PKey: '@a' } },
			},
		],
		[
			'profile',
			'update',
			'what is set, also when it is empty',
			{ profileKey, ...mapped({ lastName: '', birthDate: '', gender: 'unknown' }) },
			record,
			{
				method: 'PATCH',
				url: `${root}/profile/${encoded}`,
				body: { lastName: '', birthDate: '', gender: 'unknown' },
			},
		],
		[
			'profile',
			'delete',
			'a PKey and no body',
			{ profileKey },
			{ status: 204 },
			{ method: 'DELETE', url: `${root}/profile/${encoded}` },
		],
		[
			'service',
			'getAll',
			'its list by two filters',
			{ extendedApi: true, limit: 5, filters: { channel: 'sms', text: 'a' } },
			empty,
			{
				method: 'GET',
				url: `${root}Ext/service/byChannel/byText?channel=sms&text=a&_lineCount=5`,
			},
		],
		[
			'profile',
			'getAll',
			'a birthday, with all that the filter takes',
			{
				limit: 5,
				filters: {
					birthdayDay: '2026-05-14',
					birthdayMonth: '2026-05-01',
					birthdayEndDay: '2026-05-20',
					birthdayEndMonth: '2026-06-01',
					birthdayIncludeStart: true,
					birthdayIncludeEnd: false,
					birthdayType: 'a',
					birthdayPrecision: 'b',
					birthdayOperator: 'c',
					birthdayRelativeValue: 'd',
					birthdayNextUnitsValue: 7,
					birthdayPreviousUnitsValue: 0,
				},
			},
			empty,
			{
				method: 'GET',
				url: `${root}/profile/birthday?day=2026-05-14&endDay=2026-05-20&month=2026-05-01&endMonth=2026-06-01&includeStart=true&includeEnd=false&type=a&precision=b&operator=c&relativeValue=d&nextUnitsValue=7&previousUnitsValue=0&_lineCount=5`,
			},
		],
		...(
			[
				['keyEmail', 'byKeysProfile', 'email'],
				['audience', 'byStaticAudience', 'audience'],
				['receivedDelivery', 'hasReceivedDelivery', 'delivery'],
				['openedDelivery', 'hasOpenedDelivery', 'delivery'],
				['clickedDelivery', 'hasClickedDelivery', 'delivery'],
				['sameProfile', 'profile', 'profile'],
				['subscribedService', 'subscribers', 'service'],
			] as const
		).map(
			([name, filter, parameter]): [string, string, string, INodeParameters, Scripted, unknown] => [
				'profile',
				'getAll',
				`the filter ${filter}`,
				{ limit: 5, filters: { [name]: 'A&b' } },
				empty,
				{ method: 'GET', url: `${root}/profile/${filter}?${parameter}=A%26b&_lineCount=5` },
			],
		),
		[
			'profile',
			'search',
			'a text behind which filters are chained',
			{
				extendedApi: true,
				text: 'a',
				limit: 5,
				filters: {
					openedDelivery: 'DM1',
					clickedDelivery: 'DM1',
					customFilters: 'byBrand, byAge',
					customFilterParameters: '{"brand_parameter": "A b", "age_parameter": 30}',
				},
			},
			empty,
			{
				method: 'GET',
				url: `${root}Ext/profile/byText/hasClickedDelivery/hasOpenedDelivery/byBrand/byAge?text=a&delivery=DM1&brand_parameter=A%20b&age_parameter=30&_lineCount=5`,
			},
		],
		[
			'profile',
			'getAll',
			'one field only',
			{ limit: 5, options: { onlyField: 'PKey' } },
			empty,
			{ method: 'GET', url: `${root}/profile/PKey?_lineCount=5` },
		],
		[
			'profile',
			'count',
			'a count by a filter',
			{ filters: { email: 'a@example.com' } },
			{ body: { count: 3 } },
			{ method: 'GET', url: `${root}/profile/byEmail/_count?email=a%40example.com` },
		],
		[
			'service',
			'count',
			'a count of all',
			{ extendedApi: true },
			{ body: { count: 3 } },
			{ method: 'GET', url: `${root}Ext/service/_count` },
		],
		[
			'service',
			'getAll',
			'a period',
			{ limit: 5, filters: { startDate: '2026-01-01', endDate: '2026-12-31' } },
			empty,
			{
				method: 'GET',
				url: `${root}/service/byPlanning?endDate=2026-12-31&startDate=2026-01-01&_lineCount=5`,
			},
		],
		[
			'privacyRequest',
			'getAll',
			'an order',
			{ limit: 5, options: { sortBy: 'created', sortDirection: 'desc' } },
			empty,
			{ method: 'GET', url: '/privacy/privacyTool?_order=created%20desc&_lineCount=5' },
		],
		[
			'transactionalEvent',
			'getAll',
			'an order',
			{ eventId: 'EVTcart', limit: 5, options: { sortBy: 'created', sortDirection: 'desc' } },
			empty,
			{ method: 'GET', url: '/mcgeometrixx/EVTcart?_order=created%20desc&_lineCount=5' },
		],
		[
			'metadata',
			'get',
			'a resource and its API',
			{ apiRoot: 'customResources', resourceName: 'cusStaging' },
			record,
			{ method: 'GET', url: '/customResources/resourceType/cusStaging' },
		],
		[
			'metadata',
			'get',
			'the privacy tool, whatever the API',
			{ resourceName: 'privacyTool' },
			record,
			{ method: 'GET', url: '/privacy/resourceType/privacyTool' },
		],
		...(['profileAndServicesExt', 'customResources'] as const).flatMap(
			(customApi): Array<[string, string, string, INodeParameters, Scripted, unknown]> => {
				const resource = { customApi, customResource: { __rl: true, mode: 'id', value: 'cusA' } };
				const path = `/${customApi}/cusA`;
				const fields = mapped({ id: 'T/1', 'link.PKey': '@a', amount: 7 });
				const more = { moreFields: '{"other": {"PKey": "@b"}}' };
				const body = { id: 'T/1', link: { PKey: '@a' }, amount: 7, other: { PKey: '@b' } };
				const recordKey = 'T/1 é';
				const one = `${path}/T%2F1%20%C3%A9`;
				return [
					[
						'customResource',
						'getAll',
						'filters and an order',
						{
							...resource,
							limit: 5,
							filters: { customFilters: 'byB', customFilterParameters: '{"b_parameter": 1}' },
							options: { sortBy: 'id', sortDirection: 'desc' },
						},
						empty,
						{
							method: 'GET',
							url: `${path}/byB?_order=id%20desc&b_parameter=1&_lineCount=5`,
						},
					],
					[
						'customResource',
						'count',
						'a count',
						resource,
						{ body: { count: 1 } },
						{ method: 'GET', url: `${path}/_count` },
					],
					[
						'customResource',
						'get',
						'a key',
						{ ...resource, recordKey },
						record,
						{ method: 'GET', url: one },
					],
					[
						'customResource',
						'create',
						'fields and links',
						{ ...resource, ...fields, additionalFields: more },
						record,
						{ method: 'POST', url: path, body },
					],
					[
						'customResource',
						'update',
						'fields and links',
						{ ...resource, recordKey, ...fields, updateFields: more },
						record,
						{ method: 'PATCH', url: one, body },
					],
					[
						'customResource',
						'delete',
						'a key and no body',
						{ ...resource, recordKey },
						{ status: 204 },
						{ method: 'DELETE', url: one },
					],
				];
			},
		),
	])('%s %s sends %s', async (resource, operation, _what, parameters, answer, request) => {
		const { requests, error } = await run(operation, parameters, [answer], resource);
		expect(error).toBeUndefined();
		expect(requests).toEqual([request]);
	});

	it('a change without a body in its answer is confirmed', async () => {
		const change = { profileKey, ...mapped({ lastName: 'A' }) };
		const { items } = await run('update', change, [{ status: 204 }]);
		expect(items.map(({ json }) => json)).toEqual([{ success: true }]);
	});

	it('a read without a record is told from one with it', async () => {
		expect((await run('get', { profileKey }, [{ status: 204 }])).words).toMatch(
			/^The answer is empty \| The service answered without a record/,
		);
	});

	const text: Scripted = { status: 500, body: `${generic}\nSomething of its own` };
	const page: Scripted = { status: 500, body: '<html><title>Proxy</title></html>' };

	it.each(['update', 'delete', 'create'])('a refused %s is sent once', async (operation) => {
		const values = { profileKey, ...mapped({ email: 'a@example.com', lastName: 'A' }) };
		const { requests, words } = await run(operation, values, [text]);
		expect(requests).toHaveLength(1);
		expect(words).toBe(
			'Something of its own | Campaign refused the request. Correct the values of this item: unchanged it will be refused again. (status 500, code RST-360011)',
		);
	});

	it.each(['update', 'delete', 'create'])(
		'a %s that may have been done is sent once',
		async (operation) => {
			const values = { profileKey, ...mapped({ email: 'a@example.com', lastName: 'A' }) };
			const { requests, words } = await run(operation, values, [page]);
			expect(requests).toHaveLength(1);
			expect(words).toMatch(/title “Proxy” \| It cannot be known whether/);
		},
	);

	it('a 500 without a word is told as well', async () => {
		const { words, requests } = await run('delete', { profileKey }, [{ status: 500 }]);
		expect(words).toMatch(/^Adobe Campaign Standard answered with status 500/);
		expect(words).toMatch(/ \| It cannot be known whether .* Look there before you repeat it/);
		expect(requests).toHaveLength(1);
	});

	it('a write to a wrong tenant was certainly not carried out', async () => {
		const message = 'Oops. Something went wrong. Check your URI and try again.';
		const { words } = await run('delete', { profileKey }, [
			{ status: 500, body: { code: 500, message } },
		]);
		expect(words).toMatch(/^Oops.* \| Adobe knows no such tenant or path/);
	});

	it('reads are repeated for what passes by itself, deletions where nothing can have happened', async () => {
		const busy: Scripted = { status: 503, body: { error_code: '503010', message: 'Could not' } };
		const read = await run('get', { profileKey }, [page, busy, record]);
		expect(read.error).toBeUndefined();
		await server.close();
		const full: Scripted = { status: 429, body: { error_code: '429050', message: 'Too many' } };
		const deleted = await run('delete', { profileKey }, [full, { status: 204 }]);
		expect(deleted.error).toBeUndefined();
		expect(deleted.requests).toHaveLength(2);
		expect(slept.length).toBeGreaterThan(0);
	});

	it.each<[string, string, INodeParameters]>([
		['profile', 'delete', {}],
		['service', 'delete', { serviceKey: { __rl: true, mode: 'id', value: 'SVC1' } }],
		[
			'customResource',
			'delete',
			{ customResource: { __rl: true, mode: 'id', value: 'cusA' }, recordKey: 'T-1' },
		],
	])('a broken off deletion is not repeated: %s %s', async (resource, operation, parameters) => {
		const { requests, words } = await run(
			operation,
			{ profileKey, ...parameters },
			[{ fault: 'reset after reading' }],
			resource,
		);
		expect(requests).toHaveLength(1);
		expect(words).toMatch(/ \| It cannot be known whether the service carried this out/);
	});

	it('a subscription whose deletion broke off is not deleted twice', async () => {
		const collection = 'profileAndServices/profile/@other/subscriptions/';
		const { requests, words } = await run(
			'unsubscribe',
			{ profileKey, serviceKey: { __rl: true, mode: 'id', value: 'SVC1' } },
			[
				{ body: { PKey: key, subscriptions: { href: collection } } },
				{ body: { content: [{ href: `${collection}@s`, service: { name: 'SVC1' } }] } },
				page,
			],
			'subscription',
		);
		expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'DELETE']);
		expect(words).toMatch(/ \| It cannot be known whether the service carried this out/);
	});

	describe('more fields', () => {
		const create = async (fields: ResourceMapperValue['value'], moreFields: string) =>
			await run(
				'create',
				{
					extendedApi: true,
					...mapped(fields),
					orgUnit: { __rl: true, mode: 'id', value: '@unit' },
					additionalFields: { moreFields },
				},
				[record],
			);

		it('stand beside those of the form, also inside one', async () => {
			const more = '{"location": {"zipCode": "4000"}, "cusBrand": "A"}';
			const { requests } = await create({ 'location.city': 'Basel' }, more);
			expect(requests).toEqual([
				{
					method: 'POST',
					url: `${root}Ext/profile`,
					body: {
						location: { city: 'Basel', zipCode: '4000' },
						orgUnit: { PKey: '@unit' },
						cusBrand: 'A',
					},
				},
			]);
		});

		it('need no form', async () => {
			const parameters = { updateFields: { moreFields: '{"email": ""}' } };
			const { requests } = await run('update', { profileKey, ...parameters }, [record]);
			expect(requests).toEqual([
				{ method: 'PATCH', url: `${root}/profile/${encoded}`, body: { email: '' } },
			]);
		});

		it.each<[string, string]>([
			['{"email": "b"}', '“More Fields (JSON)” sets “email”, which the form sets as well'],
			['{"location": {"city": "b"}}', '“More Fields (JSON)” sets “location.city”, which'],
			['{"location": 1}', '“More Fields (JSON)” sets “location”, which'],
			['{"orgUnit": {"PKey": "@a"}}', '“More Fields (JSON)” sets “orgUnit.PKey”, which'],
			['[]', '“More Fields (JSON)” must be a JSON object'],
			['{', '“More Fields (JSON)” must be JSON, but cannot be read'],
		])('are refused where they do not fit: %s', async (more, words) => {
			const outcome = await create({ email: 'a', 'location.city': 'a' }, more);
			expect(outcome.words).toContain(words);
			expect(outcome.requests).toEqual([]);
		});

		it('that are none leave nothing to send', async () => {
			const { words } = await run('update', { profileKey, updateFields: { moreFields: '{}' } }, []);
			expect(words).toMatch(/^There is nothing to send \| Set at least one field/);
		});
	});

	describe('forms from metadata', () => {
		async function load(
			content: unknown,
			name = 'getProfileFields',
			parameters: INodeParameters = { resource: 'profile', operation: 'create' },
		) {
			server = await startServer([{ body: { content } }]);
			const credential = {
				tenant: 'geometrixx',
				clientId: 'invented-client-id',
				apiUrl: server.url,
				sessionToken: 'invented-token',
			};
			const type = new AdobeCampaignStandardApi();
			return await openEditor(new AdobeCampaignStandard(), type, credential, parameters).load(name);
		}
		const shown = { required: false, display: true, defaultMatch: false };

		it.each<[string, Record<string, unknown>, Array<Partial<MappedField>>]>([
			['a text', { type: 'string' }, [{ id: 'cusA', displayName: 'A', type: 'string' }]],
			['a type of its own', { type: 'memo' }, [{ id: 'cusA', displayName: 'A', type: 'string' }]],
			['a field without a type', {}, [{ id: 'cusA', displayName: 'A', type: 'string' }]],
			['a number', { type: 'Number' }, [{ id: 'cusA', displayName: 'A', type: 'number' }]],
			['a boolean', { type: 'boolean' }, [{ id: 'cusA', displayName: 'A', type: 'boolean' }]],
			[
				'a day',
				{ type: 'date', resType: 'date' },
				[{ id: 'cusA', displayName: 'A', type: 'dateTime', date: 'date' }],
			],
			[
				'a moment',
				{ type: 'datetime' },
				[{ id: 'cusA', displayName: 'A', type: 'dateTime', date: 'iso' }],
			],
			[
				'a moment by its technical type',
				{ type: 'date', resType: 'datetimetz' },
				[{ id: 'cusA', displayName: 'A', type: 'dateTime', date: 'iso' }],
			],
			[
				'an enumeration',
				{
					type: 'enumeration',
					values: {
						__Invalid_value__: {},
						a: { label: 'First', name: 'a', value: '1' },
						b: { name: 'B' },
						c: {},
						d: 'text',
					},
				},
				[
					{
						id: 'cusA',
						displayName: 'A',
						type: 'options',
						options: [
							{ name: 'First', value: 'a' },
							{ name: 'B', value: 'B' },
							{ name: 'c', value: 'c' },
							{ name: 'd', value: 'd' },
						],
					},
				],
			],
			[
				'an enumeration without values',
				{ type: 'enumeration' },
				[{ id: 'cusA', displayName: 'A', type: 'string' }],
			],
			[
				'a link',
				{ type: 'link', resTarget: 'cusStore' },
				[{ id: 'cusA.PKey', displayName: 'A (PKey)', type: 'string' }],
			],
			['a collection', { type: 'collection' }, []],
			['an item', { type: 'item' }, []],
			['a field that the instance sets', { type: 'string', readOnly: true }, []],
			['a key', { apiName: 'PKey', type: 'string' }, []],
			['an address of the record', { apiName: 'href', type: 'string' }, []],
			[
				'another name in the API',
				{ apiName: 'cusB', type: 'string' },
				[{ id: 'cusB', displayName: 'A', type: 'string' }],
			],
			[
				'no label',
				{ label: ' ', type: 'string' },
				[{ id: 'cusA', displayName: 'cusA', type: 'string' }],
			],
		])('show %s', async (_what, field, fields) => {
			const loaded = await load({ cusA: { label: 'A', ...field }, broken: 'text' });
			expect(loaded).toEqual({
				fields: fields.map((one) => ({ ...shown, removed: true, ...one })),
			});
		});

		it('show a postal location by its parts, but not the computed address and the unit', async () => {
			const { fields } = await load({
				location: { type: 'item', label: 'Location' },
				postalAddress: { type: 'item', readOnly: true },
				orgUnit: { type: 'link', label: 'Unit' },
			});
			expect(fields.map(({ id }) => id).sort()).toEqual([
				'location.address1',
				'location.address2',
				'location.address3',
				'location.address4',
				'location.city',
				'location.countryCode',
				'location.stateCode',
				'location.zipCode',
			]);
		});

		it('put mandatory fields first, then the usual ones, then the others by their labels', async () => {
			const { fields } = await load({
				cusB: { type: 'string', label: 'Beta' },
				lastName: { type: 'string', label: 'Last name' },
				cusA: { type: 'string', label: 'Alpha' },
				email: { type: 'string', label: 'Email' },
				cusM: { type: 'boolean', label: 'Must', mandatory: true },
			});
			expect(fields.map(({ id, required, removed }) => [id, required, removed])).toEqual([
				['cusM', true, false],
				['email', false, false],
				['lastName', false, false],
				['cusA', false, true],
				['cusB', false, true],
			]);
		});

		it('show all of a custom resource but what is on or off, and tell equal labels apart', async () => {
			const parameters = {
				resource: 'customResource',
				operation: 'update',
				customApi: 'customResources',
				customResource: { __rl: true, mode: 'list', value: 'cusStaging' },
			};
			const { fields } = await load(
				{
					a: { type: 'string', label: 'Name' },
					b: { type: 'boolean', label: 'Name' },
					c: { type: 'string', label: 'City' },
				},
				'getCustomResourceFields',
				parameters,
			);
			expect(server.received[0]?.url).toBe(
				'/geometrixx/campaign/customResources/resourceType/cusStaging',
			);
			expect(fields.map(({ displayName, removed }) => [displayName, removed])).toEqual([
				['City', false],
				['Name (a)', false],
				['Name (b)', true],
			]);
		});

		it.each([undefined, null, 'text'])('say what to do when there is none: %j', async (content) => {
			await expect(load(content)).rejects.toMatchObject({
				message: 'The instance did not describe the fields of the resource',
				description: 'Fields can be given as JSON instead, in More Fields.',
			});
		});
	});

	it('a refused read is final', async () => {
		const { requests } = await run('getAll', { limit: 5 }, [text]);
		expect(requests).toHaveLength(1);
	});

	it.each(['GET', 'PUT'])('a refused %s of API Request is final and clear', async (method) => {
		const parameters = { method, path: '/profileAndServices/profile/@a' };
		const { requests, words } = await run('send', parameters, [text], 'apiRequest');
		expect(requests).toHaveLength(1);
		expect(words).toMatch(/^Something of its own \| Campaign refused the request/);
	});

	it('the id of the request is told to those who ask Adobe', async () => {
		const traced = { ...text, headers: { 'X-Request-Id': 'invented-id-1' } };
		for (const operation of ['get', 'delete']) {
			expect((await run(operation, { profileKey }, [traced])).words).toMatch(
				/\(status 500, code RST-360011, trace ID invented-id-1\)$/,
			);
			await server.close();
		}
	});

	it('a list that the server cut off is no whole list', async () => {
		const cut: Scripted = { body: { content: [{ PKey: '@a' }], serverSidePagination: false } };
		const { error, items } = await run('getAll', { returnAll: true }, [cut]);
		expect(error?.message).toMatch(/cut the list off after page 1: the table has too many records/);
		expect(items).toEqual([]);
	});

	it('next pages are followed as they are given, and on this host only', async () => {
		const first: Scripted = {
			body: {
				content: [{ PKey: '@a' }],
				next: { href: 'profileAndServices/profile//?_lineStart=@x' },
			},
		};
		const relative = await run('getAll', { returnAll: true }, [
			first,
			{ body: { content: [{ PKey: '@b' }] } },
		]);
		expect(relative.requests.map(({ url }) => url)).toEqual([
			`${root}/profile?_lineCount=100&_forcePagination=true`,
			`${root}/profile//?_lineStart=@x`,
		]);
		expect(relative.items.map(({ json }) => json.PKey)).toEqual(['@a', '@b']);
		await server.close();
		const foreign = { content: [{ PKey: '@a' }], next: { href: 'https://evil.example.com/a' } };
		const refused = await run('getAll', { returnAll: true }, [{ body: foreign }]);
		expect(refused.error?.message).toMatch(/address of another host was not followed/);
		expect(refused.requests).toHaveLength(1);
	});

	describe('unsubscribing', () => {
		const collection = 'profileAndServices/profile/@other/subscriptions/';
		const keys = { profileKey, serviceKey: { __rl: true, mode: 'id', value: 'SVC1' } };
		const owner: Scripted = { body: { PKey: key, subscriptions: { href: collection } } };
		const listed = (href: string): Scripted => ({
			body: { content: [{ PKey: '@s', href, service: { name: 'SVC1', href: 'x/service/@svc' } }] },
		});

		it('deletes the record of the subscription', async () => {
			const { requests, items } = await run(
				'unsubscribe',
				keys,
				[owner, listed(`${collection}@s`), { status: 204 }],
				'subscription',
			);
			expect(items.map(({ json }) => json)).toEqual([{ deleted: true }]);
			expect(requests).toEqual([
				{ method: 'GET', url: `${root}/profile/${encoded}` },
				{ method: 'GET', url: `/${collection}?_lineCount=100&_forcePagination=true` },
				{ method: 'DELETE', url: `/${collection}@s` },
			]);
		});

		it.each(['profileAndServices/service/@svc', `${collection}`, ''])(
			'never deletes anything else: %s',
			async (href) => {
				const { requests, words } = await run(
					'unsubscribe',
					keys,
					[owner, listed(href), { status: 204 }],
					'subscription',
				);
				expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
				expect(words).toMatch(
					/^The instance did not say where this subscription is \| Nothing was/,
				);
			},
		);

		it('lists them in the order that is wished, where they are', async () => {
			const order = { limit: 5, options: { sortBy: 'created', sortDirection: 'desc' } };
			const ofProfile = { profileKey, ...order };
			const { requests } = await run('getAll', ofProfile, [owner, empty], 'subscription');
			expect(requests.map(({ url }) => url)).toEqual([
				`${root}/profile/${encoded}`,
				`/${collection}?_order=created%20desc&_lineCount=5`,
			]);
		});

		it('needs to be told where the subscriptions are', async () => {
			const { words } = await run('unsubscribe', keys, [record], 'subscription');
			expect(words).toMatch(/^The record has no subscriptions/);
		});
	});

	it.each<[string, INodeParameters, RegExp]>([
		[
			'getAll',
			{ filters: { openedDelivery: 'DM1', clickedDelivery: 'DM2' } },
			/^“Clicked Delivery” and “Opened Delivery” cannot have different values/,
		],
		['getAll', { filters: { email: 'a', keyEmail: 'b' } }, /cannot have different values/],
		['getAll', { filters: { customFilters: 'byBrand' } }, /^Custom filters need the extended API/],
		[
			'getAll',
			{ extendedApi: true, filters: { customFilters: 'byBrand,../service' } },
			/^“Custom Filters” must be names, but one is “..\/service”/,
		],
		[
			'getAll',
			{ extendedApi: true, filters: { customFilterParameters: '{"a": 1}' } },
			/need a name in “Custom Filters”/,
		],
		[
			'getAll',
			{
				extendedApi: true,
				filters: { customFilters: 'byA', customFilterParameters: '{"_lineCount": 1}' },
			},
			/cannot hold “_lineCount”/,
		],
		[
			'getAll',
			{ extendedApi: true, filters: { customFilters: 'byA', customFilterParameters: '[]' } },
			/must be a JSON object/,
		],
		[
			'getAll',
			{
				extendedApi: true,
				filters: {
					email: 'a@example.com',
					customFilters: 'byA',
					customFilterParameters: '{"email": "b"}',
				},
			},
			/^The parameter “email” is set twice/,
		],
		[
			'getAll',
			{ filters: { email: 'a@example.com' }, options: { onlyField: 'email' } },
			/^“Only Field” cannot be used together with filters/,
		],
		[
			'count',
			{ filters: { email: 'a@example.com', audience: 'b' } },
			/^Only one filter can be used to count, but there are 2: byEmail, byStaticAudience/,
		],
	])('%s with filters that do not fit sends nothing: %j', async (operation, parameters, words) => {
		const outcome = await run(operation, parameters, []);
		expect(outcome.words).toMatch(words);
		expect(outcome.requests).toEqual([]);
	});

	it('the filters of a resource are read where it says, with their parameters', async () => {
		const script = [
			{ body: { filters: { href: 'profileAndServices/resourceType/x/filters/' } } },
			{ body: { byText: { data: '/profileAndServices/profile/byText?text=$value&a=$value' } } },
		];
		const { requests, items } = await run(
			'getFilters',
			{ resourceName: 'profile', simple: false },
			script,
			'metadata',
		);
		expect(requests.map(({ url }) => url)).toEqual([
			`${root}/resourceType/profile`,
			`${root}/resourceType/x/filters/`,
		]);
		expect(items.map(({ json }) => json)).toEqual([
			{
				name: 'byText',
				parameters: ['text', 'a'],
				data: '/profileAndServices/profile/byText?text=$value&a=$value',
			},
		]);
		await server.close();
		const none = await run('getFilters', { resourceName: 'profile' }, [{ body: {} }], 'metadata');
		expect(none.words).toMatch(/^The resource has no filters/);
	});

	describe('creating or updating a profile', () => {
		const match = { matchBy: 'email', matchEmail: 'a+b@example.com' };
		const fields = mapped({ firstName: 'A' });
		const lookup = {
			method: 'GET',
			url: `${root}/profile/byEmail?email=a%2Bb%40example.com&_lineCount=2`,
		};

		it('creates what is not there, with its address', async () => {
			const script = [empty, { status: 201, body: { PKey: '@new' } }];
			const { requests, items } = await run('upsert', { ...match, ...fields }, script);
			expect(requests).toEqual([
				lookup,
				{
					method: 'POST',
					url: `${root}/profile`,
					body: { email: 'a+b@example.com', firstName: 'A' },
				},
			]);
			expect(items.map(({ json }) => json)).toEqual([{ PKey: '@new', isNew: true }]);
		});

		it('updates what is there', async () => {
			const script = [{ body: { content: [{ PKey: key }] } }, { status: 204 }];
			const { requests, items } = await run('upsert', { ...match, ...fields }, script);
			expect(requests).toEqual([
				lookup,
				{ method: 'PATCH', url: `${root}/profile/${encoded}`, body: { firstName: 'A' } },
			]);
			expect(items.map(({ json }) => json)).toEqual([{ success: true, isNew: false }]);
		});

		it('changes nothing when several fit', async () => {
			const script = [{ body: { content: [{ PKey: '@a' }, { PKey: '@b' }] } }];
			const { requests, words } = await run('upsert', { ...match, ...fields }, script);
			expect(requests).toEqual([lookup]);
			expect(words).toMatch(/^Several records fit.* \| Nothing was changed/);
		});

		it('goes by business keys, which a new profile gets', async () => {
			const values = {
				extendedApi: true,
				matchBy: 'businessKey',
				keyField: 'cusCrmId',
				keyValue: 'CRM/1',
				...fields,
			};
			const missing = { status: 404, body: `${generic}\nUnable to find document with path 'P'` };
			const { requests } = await run('upsert', values, [missing, record]);
			expect(requests).toEqual([
				{ method: 'GET', url: `${root}Ext/profile/CRM%2F1` },
				{
					method: 'POST',
					url: `${root}Ext/profile`,
					body: { cusCrmId: 'CRM/1', firstName: 'A' },
				},
			]);
			await server.close();
			const there = await run('upsert', values, [record, record]);
			expect(there.requests[1]).toEqual({
				method: 'PATCH',
				url: `${root}Ext/profile/CRM%2F1`,
				body: { firstName: 'A' },
			});
			await server.close();
			const filter = await run('upsert', { ...values, keyValue: 'birthday' }, [empty]);
			expect(filter.words).toMatch(/^“birthday” does not name one record \| Nothing was changed/);
			expect(filter.requests).toHaveLength(1);
			await server.close();
			const noApi = { status: 404, body: `${generic}\nError rc=-2003` };
			const refused = await run('upsert', values, [noApi, noApi]);
			expect(refused.words).toMatch(/^Error rc=-2003 \| The instance has no such path/);
			expect(refused.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
		});

		it('goes by custom filters', async () => {
			const values = {
				extendedApi: true,
				matchBy: 'customFilter',
				customFilters: 'byBrand',
				customFilterParameters: '{"brand_parameter": "A"}',
				...fields,
			};
			const { requests } = await run('upsert', values, [empty, record]);
			expect(requests).toEqual([
				{ method: 'GET', url: `${root}Ext/profile/byBrand?brand_parameter=A&_lineCount=2` },
				{ method: 'POST', url: `${root}Ext/profile`, body: { firstName: 'A' } },
			]);
		});

		it.each<[INodeParameters, RegExp]>([
			[{ matchBy: 'email', matchEmail: 'a' }, /^“Email” must be an email address/],
			[{ matchBy: 'email', matchEmail: '={{ "" }}' }, /^“Email” is required/],
			[
				{ matchBy: 'businessKey', keyField: 'cusA', keyValue: 'x' },
				/need the extended API \| Turn on “Extended API”/,
			],
			[
				{ extendedApi: true, matchBy: 'businessKey', keyField: 'cusA', keyValue: '@x' },
				/^“Key” must be a business key, not a PKey/,
			],
			[
				{ extendedApi: true, matchBy: 'businessKey', keyField: 'cusA', keyValue: '..' },
				/^“Key” must be a name or an ID/,
			],
			[{ extendedApi: true, matchBy: 'customFilter' }, /^“Custom Filters” is required/],
		])('sends nothing for %j', async (parameters, words) => {
			const outcome = await run('upsert', parameters, []);
			expect(outcome.words).toMatch(words);
			expect(outcome.requests).toEqual([]);
		});

		it('needs something to update', async () => {
			const script = [{ body: { content: [{ PKey: '@a' }] } }];
			const { words, requests } = await run('upsert', match, script);
			expect(words).toMatch(/^There is nothing to send/);
			expect(requests).toEqual([lookup]);
		});
	});

	describe('marketing history', () => {
		const history: Scripted = {
			body: { PKey: key, events: { href: 'profileAndServices/history/@other/events/' } },
		};
		const events = `${root}/history/@other/events`;
		const mirror = 'profileAndServices/history/@other/events/@e/mirrorPage/';

		it('is listed by one filter', async () => {
			const filters = { email: 'a@example.com' };
			const one = await run('getAll', { limit: 5, filters }, [empty], 'history');
			expect(one.requests.map(({ url }) => url)).toEqual([
				`${root}/history/byEmail?email=a%40example.com&_lineCount=5`,
			]);
			await server.close();
			const two = await run('getAll', { filters: { ...filters, text: 'a' } }, [], 'history');
			expect(two.words).toMatch(/^Only one filter can be used/);
			expect(two.requests).toEqual([]);
		});

		it('has its events where it says', async () => {
			const { requests } = await run(
				'getEvents',
				{ profileKey, limit: 5 },
				[history, empty],
				'history',
			);
			expect(requests.map(({ url }) => url)).toEqual([
				`${root}/history/${encoded}`,
				`${events}/?_lineCount=5`,
			]);
			await server.close();
			const order = { options: { sortBy: 'created' } };
			const sorted = await run(
				'getEvents',
				{ profileKey, limit: 5, ...order },
				[history, empty],
				'history',
			);
			expect(sorted.requests[1]?.url).toBe(`${events}/?_order=created&_lineCount=5`);
			await server.close();
			const none = await run('getEvents', { profileKey }, [record], 'history');
			expect(none.words).toMatch(/^The profile has no events/);
		});

		it('gives mirror pages as files, as they are', async () => {
			const script: Scripted[] = [
				history,
				{ body: { PKey: '@e', mirrorPage: { href: mirror } } },
				{ headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<p>Grüezi</p>' },
			];
			const parameters = { profileKey, eventKey: '@e' };
			const { requests, items } = await run('getMirrorPage', parameters, script, 'history');
			expect(requests.map(({ url }) => url)).toEqual([
				`${root}/history/${encoded}`,
				`${events}/%40e`,
				`/${mirror}`,
			]);
			expect(items[0]?.binary?.data).toMatchObject({
				mimeType: 'text/html',
				fileName: 'mirror-page.html',
				data: Buffer.from('<p>Grüezi</p>').toString('base64'),
			});
			await server.close();
			const bare = await run('getMirrorPage', parameters, [history, record], 'history');
			expect(bare.words).toMatch(/^The event has no mirror page/);
		});
	});

	describe('privacy requests', () => {
		const values = {
			type: 'delete',
			regulation: 'ccpa',
			namespaceName: 'AMCDS2',
			reconciliationValue: 'a+b@example.com',
			privacyRequestName: 'PT 1',
		};
		const body = {
			type: 'delete',
			regulation: 'ccpa',
			namespaceName: 'AMCDS2',
			reconciliationValue: 'a+b@example.com',
			name: 'PT 1',
			label: 'PT 1',
		};
		const made = { PKey: '@p', name: 'PT 1', status: 'new', href: 'privacy/privacyTool/@p' };
		const path = '/privacy/privacyTool';

		it('are created and waited for where they say', async () => {
			const done = { ...made, status: 'complete' };
			const script = [
				{ body: made },
				{ body: { ...made, status: 'retryPending' } },
				{ body: done },
			];
			const { requests, items } = await run('create', values, script, 'privacyRequest');
			expect(requests).toEqual([
				{ method: 'POST', url: path, body },
				{ method: 'GET', url: `${path}/@p` },
				{ method: 'GET', url: `${path}/@p` },
			]);
			expect(items.map(({ json }) => json)).toEqual([done]);
		});

		it.each([
			['errorDataNotFound', 'Campaign found nothing for this value'],
			['error', 'Campaign could not carry it out'],
		])('that end as %s are told', async (status, why) => {
			const script = [{ body: made }, { body: { ...made, status } }];
			const { words } = await run('create', values, script, 'privacyRequest');
			expect(words).toContain(`Privacy request PT 1 did not succeed: ${why}`);
		});

		it('need not be waited for', async () => {
			const parameters = {
				...values,
				waitForCompletion: false,
				additionalFields: { label: 'Erase' },
			};
			const { requests } = await run('create', parameters, [{ body: made }], 'privacyRequest');
			expect(requests).toEqual([{ method: 'POST', url: path, body: { ...body, label: 'Erase' } }]);
		});

		it.each([
			['privacyRequestData', JSON.stringify('{data:<a>ü</a>}'), '<a>ü</a>'],
			['gdprRequestData', '{data:<a>\n</a>}', '<a>\n</a>'],
			['gdprRequestData', '<a/>', '<a/>'],
			['gdprRequestData', '{"a":1}', '{"a":1}'],
		])('have their data as a file, by %s: %s', async (node, answer, data) => {
			const href = `privacy/privacyTool/@q/${node}/`;
			const script: Scripted[] = [
				{ body: { name: 'PT/1', [node]: { href } } },
				{ headers: { 'content-type': 'application/json' }, body: answer },
			];
			const parameters = { privacyRequestKey: '@p+' };
			const { requests, items } = await run('getData', parameters, script, 'privacyRequest');
			expect(requests).toEqual([
				{ method: 'GET', url: `${path}/%40p%2B` },
				{ method: 'POST', url: `/${href}`, body: { name: 'PT/1' } },
			]);
			expect(items[0]?.binary?.data).toMatchObject({
				mimeType: 'text/plain',
				fileName: 'PT_1.txt',
				data: Buffer.from(data).toString('base64'),
			});
		});

		it('without data are told from those with it', async () => {
			const parameters = { privacyRequestKey: '@p' };
			const { words } = await run('getData', parameters, [record], 'privacyRequest');
			expect(words).toMatch(/^The privacy request has no data \| Only requests for access/);
		});

		it('are listed, also where one comes bare', async () => {
			const list = await run(
				'getAll',
				{ limit: 5 },
				[{ body: { content: [{ PKey: '@p' }] } }],
				'privacyRequest',
			);
			expect(list.requests).toEqual([{ method: 'GET', url: `${path}?_lineCount=5` }]);
			await server.close();
			const bare = await run('getAll', { limit: 5 }, [{ body: { PKey: '@p' } }], 'privacyRequest');
			expect(bare.items.map(({ json }) => json)).toEqual([{ PKey: '@p' }]);
		});
	});

	describe('workflows', () => {
		const trigger = 'workflow/execution/@w/activities/activity/@a/trigger/';
		const workflow: Scripted = {
			body: { PKey: '@w', activities: { activity: { signal1: { trigger: { href: trigger } } } } },
		};
		const workflowId = 'WKF 1/é';
		const path = '/workflow/execution/WKF%201%2F%C3%A9';

		it.each(['start', 'pause', 'resume', 'stop'])('are told to %s', async (method) => {
			const { requests, items } = await run(method, { workflowId }, [{ body: {} }], 'workflow');
			expect(requests).toEqual([{ method: 'POST', url: `${path}/commands`, body: { method } }]);
			expect(items.map(({ json }) => json)).toEqual([{ success: true }]);
		});

		it('get signals at the address that they give', async () => {
			const parameters = {
				workflowId,
				activityName: { __rl: true, mode: 'id', value: 'signal1' },
				signalParameters: '{"a": "x", "n": 1.5, "b": false}',
			};
			const { requests } = await run(
				'sendSignal',
				parameters,
				[workflow, { body: {} }],
				'workflow',
			);
			expect(requests).toEqual([
				{ method: 'GET', url: path },
				{
					method: 'POST',
					url: `/${trigger}`,
					body: { source: 'n8n', parameters: { a: 'x', n: 1.5, b: false } },
				},
			]);
		});

		it.each<[Scripted, RegExp]>([
			[
				{ body: 'this is a call within restricted period' },
				/^The signal was not taken: this is a call within.* \| .*every 10 minutes/,
			],
			[
				{ status: 500, body: 'this is a call within restricted period' },
				/^this is a call within restricted period \| .*every 10 minutes/,
			],
		])('refuse signals that come too soon, whatever the status: %j', async (answer, words) => {
			const parameters = {
				workflowId,
				activityName: { __rl: true, mode: 'id', value: 'signal1' },
			};
			const outcome = await run('sendSignal', parameters, [workflow, answer], 'workflow');
			expect(outcome.words).toMatch(words);
			expect(outcome.requests).toHaveLength(2);
		});

		it.each<[INodeParameters, RegExp]>([
			[{ signalParameters: '{"a": {"b": 1}}' }, /but “a” is something else/],
			[{ signalParameters: '[]' }, /must be a JSON object/],
			[{ signalParameters: JSON.stringify({ a: 'é'.repeat(33_000) }) }, /The signal is too large/],
		])('send nothing for values that cannot be', async (more, words) => {
			const activityName = { __rl: true, mode: 'id', value: 'signal1' };
			const parameters = { workflowId, activityName, ...more };
			const outcome = await run('sendSignal', parameters, [], 'workflow');
			expect(outcome.words).toMatch(words);
			expect(outcome.requests).toEqual([]);
		});
	});

	describe('transactional events', () => {
		const at = '/mcgeometrixx/EVTcart';
		const sent = { href: 'mcgeometrixx/EVTcart/@e', PKey: '@e', status: 'pending' };
		const at2026 = '2026-01-02T03:04:05.000Z';

		it.each<[string, INodeParameters, unknown]>([
			['email', { email: 'a@example.com' }, { email: 'a@example.com', ctx: {} }],
			['sms', { mobilePhone: '+41790000000' }, { mobilePhone: '+41790000000', ctx: {} }],
			[
				'push',
				{ registrationToken: 'ABC', application: 'WeFlight', pushPlatform: 'apns' },
				{ registrationToken: 'ABC', application: 'WeFlight', pushPlatform: 'apns', ctx: {} },
			],
			[
				'profile',
				{
					email: 'hidden@example.com',
					eventFields: '{"email": "a@example.com", "list": [{"a": 1}]}',
				},
				{ ctx: { email: 'a@example.com', list: [{ a: 1 }] } },
			],
			[
				'email',
				{
					email: 'a@example.com',
					eventFields: '{"a": "1"}',
					additionalFields: { language: 'fr_fr', scheduled: at2026, expiration: at2026 },
				},
				{
					email: 'a@example.com',
					scheduled: at2026,
					expiration: at2026,
					ctx: { a: '1', AC_language: 'fr_fr' },
				},
			],
		])('by %s carry what this channel needs: %j', async (channel, parameters, body) => {
			const values = { eventId: 'EVTcart', channel, waitForCompletion: false, ...parameters };
			const { requests, items } = await run('send', values, [{ body: sent }], 'transactionalEvent');
			expect(requests).toEqual([{ method: 'POST', url: at, body }]);
			expect(items.map(({ json }) => json)).toEqual([sent]);
		});

		it('are waited for by GET, at the address that the service gave', async () => {
			const values = { eventId: 'EVTcart', channel: 'profile' };
			const done = { ...sent, status: 'processed' };
			const script = [{ body: sent }, { body: { ...sent, status: 'paused' } }, { body: done }];
			const { requests, items } = await run('send', values, script, 'transactionalEvent');
			expect(requests.slice(1)).toEqual([
				{ method: 'GET', url: `${at}/@e` },
				{ method: 'GET', url: `${at}/@e` },
			]);
			expect(items.map(({ json }) => json)).toEqual([done]);
			await server.close();
			const bare = [{ body: { PKey: '@e+' } }, { body: done }];
			const made = await run('send', values, bare, 'transactionalEvent');
			expect(made.requests[1]).toEqual({ method: 'GET', url: `${at}/%40e%2B` });
		});

		it.each(['ignored', 'deliveryFailed', 'routingFailed', 'tooOld', 'targetingFailed'])(
			'that end as %s are told',
			async (status) => {
				const values = { eventId: 'EVTcart', channel: 'profile' };
				const script = [{ body: sent }, { body: { ...sent, status } }];
				const { words } = await run('send', values, script, 'transactionalEvent');
				expect(words).toMatch(/^Event @e did not succeed: /);
				expect(words).toMatch(new RegExp(`\\(code ${status}\\)$`));
			},
		);

		it.each(['cart', 'EVT', 'EVT/../x', `EVT${'x'.repeat(62)}`])(
			'have IDs that start with EVT: %s',
			async (eventId) => {
				const { words, requests } = await run('getAll', { eventId }, [], 'transactionalEvent');
				expect(words).toMatch(/^“Event ID” must be the ID of an event/);
				expect(requests).toEqual([]);
			},
		);

		it('do not change the item that their fields came from', async () => {
			const fields = { a: '1' };
			server = await startServer([{ body: sent }]);
			const { error } = await runNode({
				node: new AdobeCampaignStandard(),
				credentialType: new AdobeCampaignStandardApi(),
				credential: {
					tenant: 'geometrixx',
					transactionalTenant: 'mcother',
					clientId: 'invented-client-id',
					apiUrl: server.url,
					sessionToken: 'invented-token',
				},
				parameters: {
					resource: 'transactionalEvent',
					operation: 'send',
					eventId: 'EVTcart',
					channel: 'profile',
					eventFields: '={{ $json.fields }}',
					additionalFields: { language: 'fr_fr' },
					waitForCompletion: false,
				},
				items: [{ fields }],
			});
			expect(error).toBeUndefined();
			expect(fields).toEqual({ a: '1' });
			expect(server.received[0]?.url).toBe('/geometrixx/campaign/mcother/EVTcart');
		});
	});

	it('an answer that is no list is told', async () => {
		const { error } = await run('getAll', { limit: 5 }, [{ body: { PKey: '@a' } }]);
		expect(error?.message).toBe('The answer has no list under “content”');
	});
});

it('claims or skips every operation of the description, with a reason', () => {
	const claimed = new Set(
		adobeCampaignStandard.resources.flatMap(({ operations }) =>
			operations.flatMap(({ operationId }) => operationId),
		),
	);
	const skipped = adobeCampaignStandard.skipped.map(({ operationId }) => operationId);
	expect([...claimed, ...skipped].sort()).toEqual(Object.keys(specification.operations).sort());
	expect(adobeCampaignStandard.skipped.every(({ reason }) => reason.length > 20)).toBe(true);
});
