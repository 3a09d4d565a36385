import type { ILoadOptionsFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { CampaignFactory } from '../../nodes/CampaignFactory/CampaignFactory.node.ts';
import { pages, record, records } from '../../nodes/CampaignFactory/lists.ts';
import { outcome } from '../../nodes/CampaignFactory/members.ts';
import { campaignFactory } from '../../nodes/CampaignFactory/provider.ts';
import { neededScopes, wantedScopes } from '../../nodes/CampaignFactory/scopes.ts';
import { readReason } from '../../nodes/shared/failures.ts';
import { readList } from '../../nodes/shared/lists.ts';
import type { Answer, ApiRequest, Call, Values } from '../../nodes/shared/operation.ts';
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
		const conditions = Object.entries(field.displayOptions?.show ?? {});
		if (conditions.some(([other, shown]) => !shown?.includes(values[other] as never))) continue;
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
		['branding:getAll', {}, 'GET /brandings'],
		['branding:get', { brandingId: uuid }, `GET /brandings/${uuid}`],
		['branding:create', account, 'POST /brandings', { account_uuid: uuid }],
		['branding:create', { belongsTo: 'nothing', ...account }, 'POST /brandings', {}],
		[
			'branding:create',
			{
				belongsTo: 'instance',
				instanceId: other,
				accountId: 'hidden',
				'additionalFields.appName': 'N & "W"',
				'additionalFields.auxiliaryColor': '#FFB020',
				'additionalFields.bodyFont': 'Open Sans',
				'additionalFields.favicon': 'icon',
				'additionalFields.headerColor': '#0A2540',
				'additionalFields.headingFont': 'Lato',
				'additionalFields.loginLogo': 'login',
				'additionalFields.mainLogo': 'main',
				'additionalFields.mascot': 'mascot',
				'additionalFields.primaryColor': ' #0b5 ',
				'additionalFields.secondaryColor': '#F4F6F8',
				'additionalFields.sidebarColor': '#0F1B2D',
				'additionalFields.tertiaryColor': '#112233',
			},
			'POST /brandings',
			{
				instance_uuid: other,
				app_name: 'N & "W"',
				auxilary_color: '#FFB020',
				body_font: 'Open Sans',
				branding_color: '#0F1B2D',
				favicon: 'icon',
				header_color: '#0A2540',
				heading_font: 'Lato',
				login_logo: 'login',
				main_logo: 'main',
				mascot: 'mascot',
				primary_color: '#0b5',
				secondary_color: '#F4F6F8',
				tertiary_color: '#112233',
			},
		],
		[
			'branding:update',
			{
				brandingId: uuid,
				'updateFields.accountId': other,
				'updateFields.appName': '',
				'updateFields.instanceId': uuid,
			},
			`PATCH /brandings/${uuid}`,
			{ account_uuid: other, app_name: '', instance_uuid: uuid },
		],
		['branding:delete', { brandingId: uuid }, `DELETE /brandings/${uuid}`],
		['template:getAll', {}, 'GET /templates'],
		['template:get', { templateId: uuid }, `GET /templates/${uuid}`],
		[
			'template:create',
			{ name: 'Retail', 'additionalFields.members': '{ "locked": true }' },
			'POST /templates',
			{ name: 'Retail', members: { locked: true } },
		],
		[
			'template:update',
			{ templateId: uuid, 'updateFields.name': 'Retail' },
			`PATCH /templates/${uuid}`,
			{ name: 'Retail' },
		],
		['template:delete', { templateId: uuid }, `DELETE /templates/${uuid}`],
		['ipPool:getAll', {}, 'GET /ip-pools'],
		['ipPool:get', { ipPoolId: uuid }, `GET /ip-pools/${uuid}`],
		['senderDomain:getAll', {}, 'GET /sender-domains'],
		['senderDomain:get', { senderDomainId: uuid }, `GET /sender-domains/${uuid}`],
		[
			'senderDomain:create',
			{
				senderDomainName: ' mail.example.com ',
				bounceDomain: 'bounce.mail.example.com',
				trackingDomain: 'clicks.mail.example.com',
				defaultFromName: 'Northwind',
				defaultFromEmail: 'news@mail.example.com',
				'additionalFields.bounceValidated': false,
				'additionalFields.senderValidated': true,
				'additionalFields.trackingValidated': 'false',
			},
			'POST /sender-domains',
			{
				sender_domain: 'mail.example.com',
				bounce_domain: 'bounce.mail.example.com',
				tracking_domain: 'clicks.mail.example.com',
				default_from_name: 'Northwind',
				default_from_email: 'news@mail.example.com',
				esp: 'sparkpost',
				bounce_domain_validated: false,
				sender_domain_validated: true,
				tracking_domain_validated: false,
			},
		],
		[
			'senderDomain:update',
			{
				senderDomainId: uuid,
				'updateFields.defaultFromEmail': 'post@mail.example.com',
				'updateFields.defaultFromName': 'Post',
			},
			`PATCH /sender-domains/${uuid}`,
			{ default_from_email: 'post@mail.example.com', default_from_name: 'Post' },
		],
		['senderDomain:delete', { senderDomainId: uuid }, `DELETE /sender-domains/${uuid}`],
		[
			'senderDomain:revalidate',
			{ senderDomainId: uuid },
			`POST /sender-domains/${uuid}/reattempt-validation`,
		],
		[
			'senderDomain:addAccounts',
			{ senderDomainId: uuid, accountIds: [uuid, other] },
			`PUT /sender-domains/${uuid}/accounts`,
			{ account_uuids: [uuid, other] },
		],
		[
			'senderDomain:removeAccounts',
			{ senderDomainId: uuid, accountIds: other },
			`PUT /sender-domains/${uuid}/accounts/delete`,
			{ account_uuids: [other] },
		],
		[
			'senderDomain:addInstances',
			{ senderDomainId: uuid, instanceIds: `${other}, ${uuid}` },
			`PUT /sender-domains/${uuid}/instances`,
			{ instance_uuids: [other, uuid] },
		],
		[
			'senderDomain:removeInstances',
			{ senderDomainId: uuid, instanceIds: other },
			`PUT /sender-domains/${uuid}/instances/delete`,
			{ instances_uuids: [other] },
		],
		['font:getAll', {}, 'GET /fonts'],
		['font:get', { fontId: uuid }, `GET /fonts/${uuid}`],
		[
			'font:create',
			{ name: 'Lato', cssUrl: 'https://fonts.example.com/?a=1&b=2', stack: "'Lato', serif" },
			'POST /fonts',
			{ name: 'Lato', css_url: 'https://fonts.example.com/?a=1&b=2', stack: "'Lato', serif" },
		],
		[
			'font:update',
			{ fontId: uuid, 'updateFields.stack': 'Lato' },
			`PATCH /fonts/${uuid}`,
			{ stack: 'Lato' },
		],
		['font:delete', { fontId: uuid }, `DELETE /fonts/${uuid}`],
		['font:getGoogleFonts', {}, 'GET /google-fonts'],
		['notification:getAll', {}, 'GET /notifications'],
		['notification:markAsRead', { notificationId: uuid }, `PATCH /notifications/${uuid}`],
		['notification:delete', { notificationId: uuid }, `DELETE /notifications/${uuid}`],
		['permission:getAll', {}, 'GET /permissions'],
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
		['branding:create', {}, '“Account” is required'],
		['branding:create', { belongsTo: 'instance' }, '“Instance” is required'],
		['branding:create', { belongsTo: 'customer' }, '“Belongs To” must be one of'],
		[
			'branding:create',
			{ belongsTo: 'nothing', 'additionalFields.primaryColor': 'blue' },
			'“Primary Color” must be the hex code of a color, such as #0B5FFF, but is “blue”',
		],
		[
			'branding:update',
			{ brandingId: uuid, 'updateFields.primaryColor': '' },
			'“Primary Color” must be the hex code',
		],
		[
			'branding:update',
			{ brandingId: uuid, 'updateFields.mainLogo': '' },
			'“Main Logo File” must not be empty',
		],
		['branding:get', { brandingId: '../accounts' }, '“Branding” must be a UUID'],
		['template:update', { templateId: uuid, 'updateFields.name': '' }, '“Name” must not be empty'],
		[
			'template:create',
			{ name: 'X', 'additionalFields.members': '[1]' },
			'“Other Members (JSON)” must be a JSON object',
		],
		['senderDomain:create', {}, '“Sender Domain” is required'],
		[
			'senderDomain:create',
			{ senderDomainName: 'https://mail.example.com' },
			'“Sender Domain” must be a domain such as mail.example.com',
		],
		[
			'senderDomain:update',
			{ senderDomainId: uuid, 'updateFields.defaultFromEmail': 'nobody' },
			'“Default From Email” must be an email address',
		],
		['senderDomain:addAccounts', { senderDomainId: uuid }, '“Account IDs” is required'],
		[
			'senderDomain:removeInstances',
			{ senderDomainId: uuid, instanceIds: `${uuid}, x` },
			'“Instance IDs” must be a UUID',
		],
		['font:create', { name: 'X', cssUrl: 'ftp://x', stack: 'X' }, '“Stylesheet URL” must be'],
		['font:update', { fontId: uuid, 'updateFields.cssUrl': '' }, '“Stylesheet URL” must'],
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

/** What a service would answer; an error is thrown. */
type Reply = { status?: number; body?: unknown } | Error;

/** Runs an operation's own code against replies in order; gives what it sent, forms as lists of fields. */
async function perform(key: string, entered: Values, replies: Reply[], files: object = {}) {
	const sent: unknown[] = [];
	const send = async ({ method, path, body }: ApiRequest): Promise<Answer> => {
		const form: unknown[] = [];
		if (body instanceof FormData) body.forEach((value, name) => form.push([name, value]));
		const fields = body instanceof FormData ? form : body;
		sent.push([`${method} ${path}`, ...(fields === undefined ? [] : [fields])]);
		const reply = replies.shift();
		if (reply === undefined) throw new Error(`There is no reply to ${method} ${path}`);
		if (reply instanceof Error) throw reply;
		return await Promise.resolve({ status: 200, headers: {}, body: undefined, ...reply });
	};
	const file = async (name: string) =>
		await Promise.resolve((files as Record<string, Awaited<ReturnType<Call['file']>>>)[name]);
	const refuse = (message: string, description?: string) =>
		Object.assign(new Error(message), { description });
	const call = { request: request(key, entered), send, file, refuse } as unknown as Call;
	const run = catalog.operations.get(key)?.operation.run;
	if (!run) throw new Error(`${key} has no code of its own`);
	const outcome = await run(call).then(
		(result: unknown) => ({ result }),
		(refusal: Error & { description?: string }) => ({ refusal }),
	);
	return { sent, ...outcome };
}

describe('brandings', () => {
	const path = `/brandings/${uuid}`;
	const before = { uuid, app_name: 'Old', main_logo: 'https://x/1.png?sig=1', updated_at: '1' };
	const logo = { data: Buffer.from('logo'), info: { mimeType: 'image/png', fileExtension: 'png' } };
	const update = async (entered: Values, replies: Reply[]) =>
		await perform(
			'branding:update',
			{ brandingId: uuid, ...entered },
			[{ body: { data: before } }, ...replies],
			{ logo },
		);
	const renamed = { 'updateFields.appName': 'New' };
	const same = { body: { data: { ...before, main_logo: 'https://x/1.png?sig=2' } } };
	const refusal = 'The service took the change, but the branding shows none';

	it('are changed by one form where the service reads it', async () => {
		const after = { ...before, app_name: 'New', updated_at: '2' };
		expect(await update(renamed, [{ body: { data: after } }])).toEqual({
			result: after,
			sent: [[`GET ${path}`], [`PATCH ${path}`, [['app_name', 'New']]]],
		});
	});

	it('are changed by a POST that says PATCH where the PATCH changed nothing', async () => {
		const after = { ...before, app_name: 'New', updated_at: '2' };
		const fields = [['app_name', 'New']];
		expect(await update(renamed, [same, { body: { data: after } }])).toEqual({
			result: after,
			sent: [
				[`GET ${path}`],
				[`PATCH ${path}`, fields],
				[`POST ${path}`, [...fields, ['_method', 'PATCH']]],
			],
		});
	});

	it.each([
		['refuses the POST', { status: 405, body: { message: 'Not supported.' } }],
		['does not heed it either', same],
	])('show that nothing changed where the service %s', async (_name, reply) => {
		const { refusal: error } = (await update(renamed, [same, reply])) as { refusal?: Error };
		expect(error).toMatchObject({
			message: refusal,
			description: expect.stringContaining('ask Acquia Support') as string,
		});
	});

	it.each<[string, Values, object]>([
		['the values are those that are there', { 'updateFields.appName': 'old' }, {}],
		['a cleared text was empty', { 'updateFields.headingFont': '' }, { heading_font: null }],
		[
			'the sidebar color is called otherwise in the record',
			{ 'updateFields.sidebarColor': '#AABBCC' },
			{ background_color: '#aabbcc' },
		],
	])('are left alone after one form when %s', async (_name, entered, members) => {
		const record = { ...before, ...members };
		const { sent, ...outcome } = await perform(
			'branding:update',
			{ brandingId: uuid, ...entered },
			[{ body: { data: record } }, { body: { data: record } }],
		);
		expect(outcome).toEqual({ result: record });
		expect(sent).toHaveLength(2);
	});

	it('take a picture of which the record shows nothing, because it may keep its address', async () => {
		const { sent, ...outcome } = await update({ 'updateFields.mainLogo': 'logo' }, [same, same]);
		expect(outcome).toEqual({ result: same.body.data });
		expect(sent).toHaveLength(3);
		const [, [, [[name, file]]]] = sent as [unknown, [string, [[string, File]]]];
		expect([name, file.name, file.type, await file.text()]).toEqual([
			'main_logo',
			'main_logo.png',
			'image/png',
			'logo',
		]);
	});

	it('send nothing where there is nothing to send, or no picture', async () => {
		expect(await perform('branding:update', { brandingId: uuid }, [])).toMatchObject({
			sent: [],
			refusal: new Error('Nothing is to be changed'),
		});
		expect(await perform('branding:create', { belongsTo: 'nothing' }, [])).toMatchObject({
			sent: [],
			refusal: new Error('The branding is empty'),
		});
		const text = { data: Buffer.from('x'), info: { mimeType: 'text/csv', fileName: 'x.csv' } };
		expect(
			await perform(
				'branding:create',
				{ belongsTo: 'nothing', 'additionalFields.favicon': 'list' },
				[],
				{ list: text },
			),
		).toMatchObject({
			sent: [],
			refusal: new Error('The file in the binary field “list” is not an image, but text/csv'),
		});
	});
});

describe('templates', () => {
	it('send other members beside the known ones, which come first', async () => {
		const entered = { name: 'A', 'additionalFields.members': { locked: true, name: 'B' } };
		expect(await perform('template:create', entered, [{ body: { data: { uuid } } }])).toEqual({
			sent: [['POST /templates', { locked: true, name: 'A' }]],
			result: { uuid },
		});
	});
});

describe('instances of sender domains', () => {
	const entered = { senderDomainId: uuid, instanceIds: other };
	const line = `PUT /sender-domains/${uuid}/instances/delete`;
	const refused = (httpCode: string, message: string) =>
		Object.assign(new Error(message), { httpCode });
	const done = { body: { message: 'Done.' } };

	it('are named as the description has it', async () => {
		expect(await perform('senderDomain:removeInstances', entered, [done])).toEqual({
			sent: [[line, { instances_uuids: [other] }]],
			result: { message: 'Done.' },
		});
	});

	it('are named as everywhere else where the service misses that', async () => {
		const missed = refused('422', 'instance_uuids: The instance uuids field is required.');
		expect(await perform('senderDomain:removeInstances', entered, [missed, done])).toEqual({
			sent: [
				[line, { instances_uuids: [other] }],
				[line, { instance_uuids: [other] }],
			],
			result: { message: 'Done.' },
		});
	});

	it.each([
		['422', 'instances_uuids.0: The selected instances_uuids.0 is invalid.'],
		['403', 'instance_uuids are forbidden'],
	])('are not sent again after another refusal: %s', async (status, message) => {
		const refusal = refused(status, message);
		expect(await perform('senderDomain:removeInstances', entered, [refusal])).toEqual({
			sent: [[line, { instances_uuids: [other] }]],
			refusal,
		});
	});
});

it('keys of Acquia and its partners are taken out of sender domains', () => {
	const output = catalog.operations.get('senderDomain:getAll')?.operation.output;
	const { at: read } = output as { at: (body: unknown) => unknown };
	const customer = { name: 'N', openid_client_secret: 'invented-secret-7' };
	expect(
		read({ data: [{ uuid, esp_api_key: 'invented-key-7', customer, accounts: [1] }] }),
	).toEqual([{ uuid, customer: { name: 'N' }, accounts: [1] }]);
	expect(read({ message: 'x' })).toBeUndefined();
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
		[`/brandings/${uuid}`, ['manage-brandings']],
		['/templates', ['manage-templates']],
		[`/sender-domains/${uuid}/accounts/delete`, []],
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

	/** A service that gives the same records on every page. */
	const serve = (records: object[], lastPage: number) => {
		const sent: IHttpRequestOptions[] = [];
		const context = {
			getNode: () => ({ name: 'Test' }),
			getTimezone: () => 'UTC',
			getCredentials: async () =>
				await Promise.resolve({ baseUrl: 'https://maestro.mautic.com', sessionToken: 'invented' }),
			helpers: {
				httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) => {
					sent.push(options);
					const body = { data: records, meta: { last_page: lastPage } };
					return await Promise.resolve({ statusCode: 200, headers: {}, body });
				},
			},
		} as unknown as ILoadOptionsFunctions;
		return { context, sent };
	};

	it('looks through the brandings here, because their list takes no search', async () => {
		const { context, sent } = serve(
			[
				{ uuid, app_name: 'Northwind', primary_color: '#0B5FFF' },
				{ uuid: other, app_name: 'Southwind', primary_color: null },
			],
			1,
		);
		const found = await listSearch.searchBrandings?.call(context, 'south');
		expect(found).toEqual({ results: [{ name: 'Southwind', value: other }] });
		const all = await listSearch.searchBrandings?.call(context);
		expect(all?.results[0]).toEqual({ name: 'Northwind – #0B5FFF', value: uuid });
		expect(sent.map(({ qs }) => qs as unknown)).toEqual(
			Array.from({ length: 2 }, () => ({ page: 1, per_page: 25 })),
		);
	});

	it.each([
		['searchInstances', '/instances', { name: 'Studio', subdomain: 'studio' }, 'Studio – studio'],
		['searchAccounts', '/accounts', { name: 'Alder' }, 'Alder'],
		[
			'searchLocations',
			'/locations',
			{ name: 'US', cname: 'us.example.net' },
			'US – us.example.net',
		],
		['searchTemplates', '/templates', { name: 'Retail' }, 'Retail'],
		['searchIpPools', '/ip-pools', { name: 'Tier 1', region: 'us' }, 'Tier 1 – us'],
		[
			'searchSenderDomains',
			'/sender-domains',
			{ sender_domain: 'mail.example.com' },
			'mail.example.com',
		],
		['searchFonts', '/fonts', { name: 'Lato' }, 'Lato'],
		['searchNotifications', '/notifications', { type: 'Limit', created_at: 'now' }, 'Limit – now'],
		['searchRoles', '/roles', { name: 'Viewer' }, 'Viewer'],
		['searchUsers', '/users', { name: 'Jo', email: 'jo@example.com' }, 'Jo – jo@example.com'],
	])('%s searches at the service, a page at a time', async (method, path, members, name) => {
		const { context, sent } = serve([{ uuid, ...members }], 3);
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
