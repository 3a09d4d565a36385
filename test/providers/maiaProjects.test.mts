import { connectorsOf } from '../../nodes/Maia/resources/connector.ts';
import { toMembers } from '../../nodes/Maia/resources/secret.ts';
import { pick, requestOf } from '../support/maia.mts';

const project = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const about = { projectId: pick(project) };
const path = `/v1/projects/${project}`;
const write = { kind: 'write', repeatable: false, method: 'POST' };

describe('requests', () => {
	it('create a secret reference', () => {
		expect(requestOf('secretReference:getAll', about)).toMatchObject({
			method: 'GET',
			path: `${path}/secret-references`,
		});
		expect(
			requestOf('secretReference:create', {
				...about,
				referenceName: 'a_b-(1)',
				agentType: 'Matillion hosted',
				additionalFields: {
					agentId: pick('runner'),
					description: 'd',
					keyInVault: 'password',
					nameInVault: 'login',
				},
			}),
		).toEqual({
			...write,
			path: `${path}/secret-references/a_b-(1)`,
			body: {
				secretReferenceType: 'PASSWORD',
				agentType: 'Matillion hosted',
				agentId: 'runner',
				description: 'd',
				secretKey: 'password',
				secretName: 'login',
			},
		});
		for (const referenceName of ['a b', '..', 'x'.repeat(129), 'ä']) {
			expect(() => requestOf('secretReference:create', { ...about, referenceName })).toThrow(
				'“Name” must be a name with up to 128 letters',
			);
		}
	});

	it('create a secret', () => {
		expect(
			requestOf('secret:create', {
				...about,
				name: 'n',
				type: 't',
				additionalFields: { description: 'd' },
			}),
		).toEqual({
			...write,
			path: `${path}/secrets`,
			body: { name: 'n', type: 't', description: 'd' },
		});
		expect(
			toMembers({ member: [{ name: ' a ', content: 'b' }, { name: 'c' }, { content: 'd' }] }),
		).toEqual({ a: 'b', c: '' });
		expect(toMembers({ member: [{ name: 'a', content: 5 }, { name: { toString: 1 } }] })).toEqual({
			a: '5',
		});
		expect(() => toMembers({ member: [{ name: 'a', content: { b: 1 } }] })).toThrow(
			'“Members” must hold text, but “a” is a list or an object',
		);
	});

	it('connect a repository of either provider', () => {
		expect(
			requestOf('repository:connect', {
				...about,
				provider: 'github',
				repositoryName: 'r',
				ownerName: 'o',
				additionalFields: { gitAccessToken: 'invented-git-token' },
			}),
		).toEqual({
			...write,
			path: `${path}/repositories`,
			headers: { 'Git-Provider-Access-Token': 'invented-git-token' },
			body: { provider: 'github', repositoryName: 'r', providerParameters: { ownerName: 'o' } },
		});
		const azure = { organization: 'o', repositoryId: 'i', tenantId: 't' };
		expect(
			requestOf('repository:connect', {
				...about,
				provider: 'azure-devops',
				repositoryName: 'r',
				...azure,
			}).body,
		).toEqual({ provider: 'azure-devops', repositoryName: 'r', providerParameters: azure });
	});

	it('never tell the token of a repository', () => {
		const order = {
			...about,
			repositoryName: 'r',
			ownerName: 'o',
			additionalFields: { gitAccessToken: 'invented\ntoken' },
		};
		expect(() => requestOf('repository:connect', order)).toThrow(
			/^“Git Access Token” must be text without line breaks and special characters$/,
		);
	});

	it('list connectors', () => {
		expect(requestOf('connector:getAllCustom')).toMatchObject({
			method: 'GET',
			path: '/v1/custom-connectors',
		});
		expect(requestOf('connector:getAllFlex').path).toBe('/v1/flex-connectors');
		expect(connectorsOf('')).toEqual([]);
		expect(connectorsOf([1])).toEqual([1]);
	});

	it('read and delete overrides of a variable', () => {
		const variable = { ...about, variableName: pick('batch/size') };
		const overrides = `${path}/variables/batch%2Fsize/environment-overrides`;
		expect(requestOf('variableOverride:get', variable)).toMatchObject({
			method: 'GET',
			path: overrides,
		});
		const there = { ...variable, environmentName: pick('Test / EU') };
		expect(requestOf('variableOverride:delete', there)).toMatchObject({
			method: 'DELETE',
			path: overrides,
			query: { environmentName: 'Test / EU' },
		});
		expect(
			requestOf('variableOverride:update', { ...variable, overrides: '{"a":1}' }),
		).toMatchObject({ method: 'PATCH', path: overrides });
		expect(() => requestOf('variableOverride:create', variable)).toThrow(
			'“Overrides (JSON)” must hold at least one member',
		);
	});

	it('create a warehouse connection', () => {
		expect(
			requestOf('connection:createForWarehouse', { ...about, name: 'n', warehouse: 'REDSHIFT' }),
		).toEqual({
			...write,
			path: `${path}/data-platform-connections`,
			body: { platformConnectionType: 'DWH', name: 'n', authProvider: 'REDSHIFT' },
		});
	});
});
