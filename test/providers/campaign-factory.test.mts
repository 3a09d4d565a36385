import type { ILoadOptionsFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { CampaignFactory } from '../../nodes/CampaignFactory/CampaignFactory.node.ts';
import { pages, record, records } from '../../nodes/CampaignFactory/lists.ts';
import { outcome } from '../../nodes/CampaignFactory/members.ts';
import { campaignFactory } from '../../nodes/CampaignFactory/provider.ts';
import { neededScopes, wantedScopes } from '../../nodes/CampaignFactory/scopes.ts';
import { readReason } from '../../nodes/shared/failures.ts';
import { readList } from '../../nodes/shared/lists.ts';
import type { Answer, ApiRequest, Values } from '../../nodes/shared/operation.ts';
import { compile } from '../../nodes/shared/properties.ts';
import { buildRequest, keyOf } from '../../nodes/shared/request.ts';
import { readValue } from '../../nodes/shared/values.ts';

const catalog = compile(campaignFactory);
const uuid = '5f3a0002-1c2d-4e3f-8a4b-9b8c7d6e0002';
const other = '5f3a0006-1c2d-4e3f-8a4b-9b8c7d6e0006';

const tried = new Set<string>();

/** The request that the form makes of what the user entered, by `<collection>.<name>`. */
function request(key: string, entered: Values = {}): ApiRequest {
	tried.add(key);
	const compiled = catalog.operations.get(key);
	if (!compiled) throw new Error(`There is no operation ${key}`);
	const values: Values = {};
	for (const binding of compiled.bindings) {
		const name = keyOf(binding);
		const { field, group } = binding;
		const given = Object.hasOwn(entered, name) ? entered[name] : group ? undefined : field.default;
		const value = readValue(field, given, { timezone: 'UTC', group });
		if (value !== undefined) values[name] = value;
	}
	return buildRequest(compiled.operation, compiled.bindings, values);
}

const read = { kind: 'read', repeatable: true };
const write = (repeatable: boolean) => ({ kind: 'write', repeatable });

describe('requests', () => {
	it.each<[string, Values, object]>([
		['currentUser:get', {}, { method: 'GET', path: '/whoami', ...read }],
		['account:getAll', {}, { method: 'GET', path: '/accounts', ...read }],
		[
			'account:getAll',
			{
				'filters.search': 'A & B=C #1',
				'filters.sortBy': 'name',
				'filters.sortDirection': 'desc',
				'filters.trashed': 'only',
			},
			{
				method: 'GET',
				path: '/accounts',
				query: {
					search: 'A & B=C #1',
					sort_column: 'name',
					sort_direction: 'desc',
					trashed: 'only',
				},
				...read,
			},
		],
		['location:getAll', {}, { method: 'GET', path: '/locations', ...read }],
		[
			'instance:getAll',
			{ 'filters.accountId': { mode: 'id', value: uuid }, 'filters.locationId': other },
			{
				method: 'GET',
				path: '/instances',
				query: { account_uuid: uuid, location_uuid: other },
				...read,
			},
		],
		[
			'instance:get',
			{ instanceId: { mode: 'list', value: ` ${uuid} ` } },
			{ method: 'GET', path: `/instances/${uuid}`, ...read },
		],
		[
			'instance:create',
			{ name: 'Only a "name" \u00fc \u{1f4e7}' },
			{
				method: 'POST',
				path: '/instances',
				body: { name: 'Only a "name" \u00fc \u{1f4e7}' },
				...write(false),
			},
		],
		[
			'instance:create',
			{
				name: 'Northwind EU',
				accountId: { mode: 'id', value: uuid },
				locationId: { mode: 'id', value: other },
				'additionalFields.customDomain': 'marketing.example.com',
				'additionalFields.dbHost': 'db1.example.net',
				'additionalFields.dbName': 'northwind',
				'additionalFields.locationCname': 'eu.example.net',
				'additionalFields.planName': 'standard',
				'additionalFields.subdomain': 'northwind-eu',
				'additionalFields.trialExpiration': '2025-06-01T12:00:00.000+02:00',
				'additionalFields.userEmail': 'owner@example.com',
			},
			{
				method: 'POST',
				path: '/instances',
				body: {
					name: 'Northwind EU',
					account_uuid: uuid,
					location_uuid: other,
					custom_domain: 'marketing.example.com',
					db_host: 'db1.example.net',
					db_name: 'northwind',
					location_cname: 'eu.example.net',
					plan_name: 'standard',
					subdomain: 'northwind-eu',
					trial_expiration: '2025-06-01T10:00:00Z',
					user_email: 'owner@example.com',
				},
				...write(false),
			},
		],
		[
			'instance:update',
			{ instanceId: uuid, 'updateFields.customDomain': '', 'updateFields.planName': 'plus' },
			{
				method: 'PATCH',
				path: `/instances/${uuid}`,
				body: { custom_domain: '', plan_name: 'plus' },
				...write(false),
			},
		],
		[
			'instance:delete',
			{ instanceId: uuid },
			{ method: 'DELETE', path: `/instances/${uuid}`, ...write(true) },
		],
	])('%s %j', (key, entered, expected) => {
		expect(request(key, entered)).toEqual(expected);
	});

	const account = { accountId: { mode: 'id', value: uuid } };
	const user = { userId: uuid };
	const limits = { contactLimit: 1, emailLimit: '5', customerId: other };

	/** Operation, what is entered, request line, body. */
	const others: Array<[string, Values, string, unknown?]> = [
		['account:get', account, `GET /accounts/${uuid}`],
		[
			'account:create',
			{ name: 'A', ...limits },
			'POST /accounts',
			{ name: 'A', contact_limit: 1, monthly_email_limit: 5, customer_uuid: other },
		],
		[
			'account:update',
			{ ...account, 'updateFields.contactLimit': 0 },
			`PATCH /accounts/${uuid}`,
			{ contact_limit: 0 },
		],
		['account:delete', account, `DELETE /accounts/${uuid}`],
		['account:deleteMany', account, 'PUT /accounts/bulk-delete', { account_uuids: [uuid] }],
		['account:deletePermanently', account, 'PUT /accounts/force-delete', { account_uuids: [uuid] }],
		['account:restore', account, 'PUT /accounts/restore', { account_uuids: [uuid] }],
		['account:getInstances', account, `GET /accounts/${uuid}/instances`],
		['account:getUsers', account, `GET /accounts/${uuid}/users`],
		[
			'account:addUser',
			{ ...account, userId: other },
			`PATCH /accounts/${uuid}/users`,
			{ user_uuid: other },
		],
		[
			'account:replaceUsers',
			{ ...account, userIds: [uuid, other] },
			`PUT /accounts/${uuid}/users`,
			{ user_uuids: [uuid, other] },
		],
		[
			'account:removeUser',
			{ ...account, userId: other },
			`DELETE /accounts/${uuid}/users/${other}`,
		],
		[
			'account:removeUsers',
			{ ...account, userIds: `${uuid},\n${other},` },
			`PUT /accounts/${uuid}/users/bulk-detach`,
			{ user_uuids: [uuid, other] },
		],
		[
			'instance:deleteMany',
			{ instanceId: uuid },
			'PATCH /instances/delete',
			{ instance_uuids: [uuid] },
		],
		['instance:deletePermanently', { instanceId: uuid }, `DELETE /instances/${uuid}/force-delete`],
		[
			'instance:deleteManyPermanently',
			{ instanceId: uuid },
			'PATCH /instances/force-delete',
			{ instance_uuids: [uuid] },
		],
		[
			'instance:updateMany',
			{ instanceId: uuid, changes: '{}' },
			'PATCH /instances',
			{ instance_uuids: [uuid] },
		],
		['user:getAll', {}, 'GET /users'],
		['user:get', user, `GET /users/${uuid}`],
		[
			'user:create',
			{
				name: 'Jo',
				email: ' jo@example.com ',
				'additionalFields.notifyLimitViolation': false,
				'additionalFields.password': 'Invented(password)2',
				'additionalFields.super': 'true',
			},
			'POST /users',
			{
				name: 'Jo',
				email: 'jo@example.com',
				notify_limit_violation: false,
				password: 'Invented(password)2',
				super: true,
			},
		],
		[
			'user:update',
			{ ...user, 'updateFields.email': 'jo@example.com' },
			`PATCH /users/${uuid}`,
			{ email: 'jo@example.com' },
		],
		['user:delete', user, `DELETE /users/${uuid}`],
		['user:deleteMany', user, 'PUT /users/bulk-delete', { user_uuids: [uuid] }],
		['user:getAccounts', user, `GET /users/${uuid}/accounts`],
		[
			'user:replaceAccounts',
			{ ...user, accountIds: other },
			`PUT /users/${uuid}/accounts`,
			{ account_uuids: [other] },
		],
		[
			'user:removeAccounts',
			{ ...user, accountIds: other },
			`PUT /users/${uuid}/accounts/bulk-detach`,
			{ account_uuids: [other] },
		],
		['user:getRoles', user, `GET /users/${uuid}/roles`],
		[
			'user:addRole',
			{ ...user, roleId: other },
			`PATCH /users/${uuid}/roles`,
			{ role_uuid: other },
		],
		[
			'user:replaceRoles',
			{ ...user, roleIds: other },
			`PUT /users/${uuid}/roles`,
			{ role_uuids: [other] },
		],
		['user:removeRole', { ...user, roleId: other }, `DELETE /users/${uuid}/roles/${other}`],
		['role:getAll', {}, 'GET /roles'],
		['role:get', { roleId: uuid }, `GET /roles/${uuid}`],
		[
			'role:create',
			{
				name: 'R',
				'additionalFields.permissions': 'viewAccounts, viewRoles',
				'additionalFields.slug': 'r',
				'additionalFields.visible': true,
			},
			'POST /roles',
			{
				name: 'R',
				permissions: ['viewAccounts', 'viewRoles'],
				slug: 'r',
				visible_in_maestro: true,
			},
		],
		[
			'role:update',
			{ roleId: uuid, 'updateFields.permissions': '' },
			`PATCH /roles/${uuid}`,
			{ permissions: [] },
		],
		['role:delete', { roleId: uuid }, `DELETE /roles/${uuid}`],
		['role:getUsers', { roleId: uuid }, `GET /roles/${uuid}/users`],
		['location:get', { locationId: uuid }, `GET /locations/${uuid}`],
		['location:getInstances', { locationId: uuid }, `GET /locations/${uuid}/instances`],
	];
	it.each(others.map(([key, entered, line, body]) => ({ key, entered, line, body })))(
		'$key $entered: $line',
		({ key, entered, line, body }) => {
			const { method, path, body: sent, query } = request(key, entered);
			expect({ line: `${method} ${path}`, body: sent, query }).toEqual({
				line,
				body,
				query: undefined,
			});
		},
	);

	it.each<[string, Values, string]>([
		['instance:get', {}, '“Instance” is required'],
		['instance:get', { instanceId: 'force-delete' }, '“Instance” must be a UUID'],
		['instance:delete', { instanceId: `${uuid}/force-delete` }, '“Instance” must be a UUID'],
		['instance:update', { instanceId: '..' }, '“Instance” must be a UUID'],
		['instance:create', { name: ' ' }, '“Name” is required'],
		['instance:create', { name: 'X', accountId: '7' }, '“Account” must be a UUID'],
		[
			'instance:create',
			{ name: 'X', 'additionalFields.subdomain': 'a.b' },
			'“Subdomain” must be one label of a host name',
		],
		[
			'instance:create',
			{ name: 'X', 'additionalFields.userEmail': 'nobody' },
			'“User Email” must be an email address',
		],
		[
			'instance:create',
			{ name: 'X', 'additionalFields.trialExpiration': 'soon' },
			'“Trial Expiration” must be a date and time',
		],
		['instance:update', { instanceId: uuid, 'updateFields.name': '' }, '“Name” must not be empty'],
		[
			'account:getAll',
			{ 'filters.sortBy': 'name; drop' },
			'“Sort By” must be the name of a member',
		],
		['account:getAll', { 'filters.trashed': 'all' }, '“Deleted Records” must be one of with, only'],
	])('are not made of %s %j', (key, entered, message) => {
		expect(() => request(key, entered)).toThrow(message);
	});
});

it('the whole table is tried above', () => {
	const operations = campaignFactory.resources.flatMap((resource) =>
		resource.operations.map(({ value }) => `${resource.value}:${value}`),
	);
	expect(operations.filter((key) => !tried.has(key))).toEqual([]);
});

describe('lists', () => {
	const names = Array.from({ length: 60 }, (_, index) => ({ name: `${index}` }));
	/** A service with 60 records. */
	const serve = (meta: boolean) => {
		const sent: unknown[] = [];
		const send = async ({ query }: ApiRequest): Promise<Answer> => {
			sent.push(query);
			const page = Number(query?.page);
			const size = Number(query?.per_page);
			const data = names.slice((page - 1) * size, page * size);
			const body = meta ? { data, meta: { last_page: Math.ceil(60 / size) } } : { data };
			return await Promise.resolve({ status: 200, headers: {}, body });
		};
		return { sent, send };
	};
	const base: ApiRequest = { method: 'GET', path: '/instances', query: { search: 'x' } };

	it.each([
		['the number of pages', true],
		['short pages, where the service does not count them', false],
	])('end by %s', async (_name, meta) => {
		const { sent, send } = serve(meta);
		expect(await readList(send, base, { at: records, pager: pages })).toEqual(names);
		expect(sent).toEqual([1, 2, 3].map((page) => ({ search: 'x', page, per_page: 25 })));
	});

	it('stop at the limit', async () => {
		const { sent, send } = serve(true);
		expect(await readList(send, base, { at: records, pager: pages }, 30)).toHaveLength(30);
		expect(sent).toHaveLength(2);
	});

	it('take a single object for a list of one', () => {
		expect(records({ data: { uuid } })).toEqual([{ uuid }]);
		expect(records({ data: [] })).toEqual([]);
		expect(records({ message: 'x' })).toBeUndefined();
	});

	it.each([
		[{ message: 'Done.' }, { message: 'Done.' }],
		[{ data: { message: 'Done.' } }, { message: 'Done.' }],
		[{ data: { messgae: 'Done.', more: 1 } }, { message: 'Done.', more: 1 }],
		['', ''],
	])('take the outcome of a change out of %j', (body, expected) => {
		expect(outcome(body)).toEqual(expected);
	});

	it('take a record with and without its envelope', () => {
		expect(record({ data: { uuid } })).toEqual({ uuid });
		expect(record({ uuid })).toEqual({ uuid });
	});
});

describe('refusals', () => {
	it.each([
		[{ message: 'Unauthenticated.' }, 'Unauthenticated.'],
		[{ error: 'Too many requests.' }, 'Too many requests.'],
		[{ messgae: 'Not now.' }, 'Not now.'],
		[{ data: { messgae: 'Not now.' } }, 'Not now.'],
		[{ message: 'Not found.', errors: [{ code: 0, message: 'Not found.' }] }, 'Not found.'],
		[
			{ message: 'Not found.', errors: [{ code: 0, message: 'No such account.' }] },
			'Not found: No such account.',
		],
		[
			{ errors: { name: ['Is required.', 'Is short.'], email: 'Is taken.' } },
			'name: Is required.; name: Is short.; email: Is taken.',
		],
		[{ message: 'Invalid.', errors: { name: ['Is required.'] } }, 'Invalid: name: Is required.'],
		[{ messgae: 'Invalid.', errors: { name: ['Is required.'] } }, 'Invalid: name: Is required.'],
		[
			{ errors: [{ name: 'name', code: 'required', description: 'Is required.', in: 'body' }] },
			'name: Is required.',
		],
	])('are read out of %j', (body, message) => {
		expect({ ...readReason(body), ...campaignFactory.reason?.(body, {}) }.message).toBe(message);
	});

	const advice = (status: number, path: string, message = '', method: 'GET' | 'PATCH' = 'GET') =>
		campaignFactory.advice?.({ status, reason: { message }, request: { method, path } });

	it('name the scope that a call needs, and where to choose it', () => {
		expect(advice(403, `/users/${uuid}`, 'Invalid scope(s) provided.')).toBe(
			'This call needs the scope “manage-users”, to be chosen under “Scopes” in the Acquia Campaign Factory credential. If it is chosen there, ask Acquia Support to enable it for the client.',
		);
		expect(advice(403, `/accounts/${uuid}/instances`, 'This action is unauthorized.')).toBe(
			'The role of the user may not allow this. This call needs the scopes “manage-accounts” and “manage-instances”, to be chosen under “Scopes” in the Acquia Campaign Factory credential.',
		);
		expect(advice(403, '/customers')).toContain('No scope is documented');
	});

	it('leave to the common advice what is common', () => {
		expect(advice(412, `/accounts/${uuid}`)).toContain('stand in the way');
		expect(advice(422, `/instances/${uuid}`, '', 'PATCH')).toContain('may also want fields');
		expect(advice(422, '/instances')).toBeUndefined();
		expect(advice(404, '/instances')).toBeUndefined();
	});
});

describe('scopes', () => {
	it.each([
		['/whoami', ['api-access']],
		['/instances?per_page=1', ['manage-instances']],
		[`/instances/${uuid}/force-delete`, ['manage-instances']],
		['/accounts/bulk-delete', ['manage-accounts']],
		[`/users/${uuid}/roles/${other}`, ['manage-users', 'view-roles']],
		['https://maestro.mautic.com/openapi/ip-pools?page=2', ['view-ip-pools']],
		['/constructor/x/toString', []],
		['/', []],
	])('of %s', (path, scopes) => {
		expect(neededScopes(path)).toEqual(scopes);
	});

	it('are sorted and hold api-access', () => {
		expect(wantedScopes(['view-roles', 'manage-users', 'view-roles'])).toEqual([
			'api-access',
			'manage-users',
			'view-roles',
		]);
		expect(wantedScopes(undefined)).toEqual(['api-access']);
	});
});

describe('lists to pick from', () => {
	const { listSearch } = new CampaignFactory().methods;

	it.each([
		['searchInstances', '/instances', { name: 'Studio', subdomain: 'studio' }, 'Studio – studio'],
		['searchAccounts', '/accounts', { name: 'Alder' }, 'Alder'],
		[
			'searchLocations',
			'/locations',
			{ name: 'US', cname: 'us.example.net' },
			'US – us.example.net',
		],
	])('%s searches at the service, a page at a time', async (method, path, members, name) => {
		const sent: IHttpRequestOptions[] = [];
		const context = {
			getNode: () => ({ name: 'Test' }),
			getTimezone: () => 'UTC',
			getCredentials: async () =>
				await Promise.resolve({ baseUrl: 'https://maestro.mautic.com', sessionToken: 'invented' }),
			helpers: {
				httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) => {
					sent.push(options);
					const body = { data: [{ uuid, ...members }], meta: { last_page: 3 } };
					return await Promise.resolve({ statusCode: 200, headers: {}, body });
				},
			},
		} as unknown as ILoadOptionsFunctions;
		const first = await listSearch[method]?.call(context, 'stu');
		expect(first?.results).toEqual([{ name, value: uuid }]);
		await listSearch[method]?.call(context, 'stu', String(first?.paginationToken));
		expect(sent.map(({ url, qs }) => [url, qs as unknown])).toEqual(
			[1, 2].map((page) => [
				`https://maestro.mautic.com/openapi${path}`,
				{ search: 'stu', page, per_page: 25 },
			]),
		);
	});
});
