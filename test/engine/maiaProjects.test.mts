import type { Account } from '../support/maia.mts';
import { catalog, openAccount, pick } from '../support/maia.mts';

let account: Account;
let project: Awaited<ReturnType<Account['finance']>>;
beforeEach(async () => {
	account = await openAccount();
	project = await account.finance();
});
afterEach(async () => await account.close());

const bodies = (operationId: string) => account.sent(operationId).map(({ body }) => body);

describe('secrets', () => {
	it('are referred to', async () => {
		const order = {
			...project,
			referenceName: 'orders_login',
			additionalFields: {
				nameInVault: 'orders',
				keyInVault: 'password',
				further: '{"vaultName": "kv", "agentType": "never"}',
			},
		};
		expect(await account.records('secretReference:create', order)).toEqual([
			{ name: 'orders_login' },
		]);
		expect(bodies('createSecretReference')).toEqual([
			{
				vaultName: 'kv',
				secretReferenceType: 'PASSWORD',
				agentType: 'AWS',
				secretName: 'orders',
				secretKey: 'password',
			},
		]);
		const names = await account.records('secretReference:getAll', project);
		expect(names.map(({ name }) => name)).toEqual(['warehouse_password', 'orders_login']);
		expect(await account.refusal('secretReference:create', order)).toContain('exists already');
	});

	it('are stored with the members of their type, and never told', async () => {
		const order = {
			...project,
			name: 'login',
			type: 'snowflake-password',
			members: { member: [{ name: 'password', content: 'invented-password' }] },
		};
		expect(await account.records('secret:create', order)).toEqual([{ name: 'login' }]);
		expect(bodies('createSecret')).toEqual([
			{ password: 'invented-password', name: 'login', type: 'snowflake-password' },
		]);
		const { error } = await account.run('secret:create', order);
		expect(error?.message).toContain('exists already');
		expect(`${error?.message} ${error?.description}`).not.toContain('invented-password');
	});
});

it('repositories are connected once', async () => {
	const order = {
		...project,
		repositoryName: 'pipelines',
		ownerName: 'invented-owner',
		additionalFields: { gitAccessToken: 'invented-git-token' },
	};
	expect(await account.records('repository:connect', order)).toEqual([
		{ repositoryName: 'pipelines' },
	]);
	expect(account.sent('associateRepository')[0]?.headers).toMatchObject({
		'git-provider-access-token': 'invented-git-token',
	});
	const azure = { organization: 'o', repositoryId: 'i', tenantId: 't', provider: 'azure-devops' };
	expect(await account.refusal('repository:connect', { ...order, ...azure })).toBe(
		'The project has the repository pipelines',
	);
});

it('connectors are listed, also when there are none', async () => {
	expect(await account.records('connector:getAllCustom')).toEqual([{ id: 'c-1', name: 'Weather' }]);
	expect(await account.records('connector:getAllFlex')).toEqual([]);
});

it('variables are overridden in environments', async () => {
	const { records } = account;
	const about = { ...project, variableName: pick('batch/size') };
	const override = (environmentName: string, value: number) => ({
		...about,
		overrides: JSON.stringify({ environmentName, value }),
	});
	expect(await records('variableOverride:create', override('Production', 1))).toEqual([
		{ success: true },
	]);
	await records('variableOverride:create', override('Test / EU', 2));
	await records('variableOverride:update', override('Production', 3));
	expect(bodies('updateVariableOverrides')).toEqual([{ environmentName: 'Production', value: 3 }]);
	const overrides = async (more: object = {}) => {
		const [variable] = await records('variableOverride:get', { ...about, ...more });
		return variable?.environmentOverrides;
	};
	expect(await overrides()).toEqual([
		{ environmentName: 'Production', value: 3 },
		{ environmentName: 'Test / EU', value: 2 },
	]);
	const there = { environmentName: pick('Test / EU') };
	expect(await overrides(there)).toHaveLength(1);
	expect(await records('variableOverride:delete', { ...about, ...there })).toEqual([
		{ deleted: true },
	]);
	expect(await overrides()).toHaveLength(1);
	await records('variableOverride:delete', about);
	expect(await overrides()).toEqual([]);
	const { error } = await account.run('variableOverride:update', override('Production', 4));
	expect(error?.message).toBe('There is no override for Production');
});

it.each([
	['REDSHIFT', 'PASSWORD'],
	['SNOWFLAKE', 'KEY_PAIR'],
])('a connection to %s signs in by %s', async (authProvider, authType) => {
	const order = { ...project, name: 'warehouse', warehouse: authProvider };
	expect(await account.records('connection:createForWarehouse', order)).toEqual([
		{ name: 'warehouse' },
	]);
	expect(bodies('createWarehouseConnection')).toEqual([
		{ name: 'warehouse', platformConnectionType: 'DWH', authProvider, authType },
	]);
	expect(await account.records('connection:getAll', project)).toHaveLength(2);
});

it('what the reference does not describe says so on the form', () => {
	for (const key of [
		'secretReference:getAll',
		'secret:create',
		'variableOverride:create',
		'variableOverride:update',
		'variableOverride:delete',
	]) {
		const first = catalog.operations.get(key)?.bindings[0]?.field;
		expect([key, first?.type]).toEqual([key, 'notice']);
	}
});
