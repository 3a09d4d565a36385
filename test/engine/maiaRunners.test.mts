import { MEMBER } from '../../demo/simulators/maia.mts';
import { Maia } from '../../nodes/Maia/Maia.node.ts';
import type { Account } from '../support/maia.mts';
import { openAccount, pick } from '../support/maia.mts';

let account: Account;
beforeEach(async () => {
	account = await openAccount();
});
afterEach(async () => await account.close());

async function first() {
	const [runner] = await account.records('runner:getAll', { limit: 1 });
	return { agentId: pick(runner?.agentId) };
}

describe('runners', () => {
	it('are created, read, changed and deleted', async () => {
		const { records } = account;
		const [made] = await records('runner:create', {
			name: 'new',
			agentType: 'data_productivity_cloud',
			cloudProvider: 'azure',
			deployment: 'container app',
			additionalFields: { trackName: 'stable', description: 'd' },
		});
		expect(made).toMatchObject({
			name: 'new',
			agentStatus: 'pending',
			deployment: 'container app',
		});
		const about = { agentId: pick(made?.agentId) };
		const change = { trackName: 'current', enableAutoUpdates: true, description: '' };
		expect(await records('runner:update', { ...about, updateFields: change })).toEqual([
			{ success: true },
		]);
		expect(await records('runner:get', about)).toMatchObject([
			{
				name: 'new',
				description: '',
				enableAutoUpdates: true,
				versionDetails: { trackName: 'current' },
			},
		]);
		expect(await records('runner:delete', about)).toEqual([{ deleted: true }]);
		expect(await account.refusal('runner:get', about)).toBe(
			`Agent ${String(made?.agentId)} was not found`,
		);
	});

	it('are told what does not fit, and why they cannot be deleted', async () => {
		expect(
			await account.refusal('runner:create', {
				name: 'new',
				agentType: 'streaming',
				cloudProvider: 'aws',
				deployment: 'fargate',
				additionalFields: { restrictedAccess: true },
			}),
		).toBe('The agent is not valid: restrictedAccess is not for streaming agents');
		const { error } = await account.run('runner:delete', await first());
		expect(error?.message).toBe('Agent prod-runner is running');
		expect(error?.description).toContain('Only a runner that is stopped can be deleted');
	});

	it('take commands', async () => {
		const about = await first();
		for (const [command, shown] of [
			['pause', { pausedUntil: '2026-06-01T13:00:00.000Z' }],
			['resume', { pausedUntil: null }],
			['restart', { agentStatus: 'pending' }],
		] as const) {
			expect(await account.records(`runner:${command}`, about)).toEqual([{ success: true }]);
			expect(await account.records('runner:get', about)).toMatchObject([shown]);
		}
	});

	it('have an allow list', async () => {
		const { records } = account;
		const about = await first();
		const { projectId } = await account.finance();
		const list = async () => await records('runner:getAllowList', about);
		const projects = (environments: string) => ({ project: [{ projectId, environments }] });
		await records('runner:setAllowList', { ...about, projects: projects('Production') });
		await records('runner:addToAllowList', { ...about, projects: projects('Test / EU') });
		expect(await list()).toEqual([
			{ projectId: projectId.value, environments: ['Production', 'Test / EU'] },
		]);
		const gone = { ...about, projectId };
		await records('runner:removeFromAllowList', { ...gone, environmentName: pick('Production') });
		expect(await list()).toEqual([{ projectId: projectId.value, environments: ['Test / EU'] }]);
		expect(await records('runner:removeFromAllowList', gone)).toEqual([{ deleted: true }]);
		expect(await list()).toEqual([]);
		expect(
			await account.refusal('runner:setAllowList', { ...about, projects: projects('none') }),
		).toBe('Environment none was not found');
	});

	it('show their secret only to those who ask for it', async () => {
		const about = await first();
		const clientId = `client-of-${String(about.agentId.value)}`;
		expect(await account.records('runner:getCredentials', about)).toEqual([{ clientId }]);
		expect(await account.records('runner:renewCredentials', about)).toEqual([{ clientId }]);
		const wanted = { ...about, options: { includeSecret: true } };
		expect(await account.records('runner:getCredentials', wanted)).toEqual([
			{ clientId, clientSecret: 'invented-secret-2' },
		]);
		expect(await account.records('runner:renewCredentials', wanted)).toEqual([
			{ clientId, clientSecret: 'invented-secret-3' },
		]);
		expect(new Maia().description.sensitiveOutputFields).toContain('clientSecret');
	});

	it('are not for members', async () => {
		Object.assign(account.credential, {
			clientId: MEMBER.clientId,
			clientSecret: MEMBER.clientSecret,
		});
		const { error } = await account.run('runner:getAll');
		expect(error?.message).toBe('The role of the credential does not allow to manage agents');
		expect(error?.description).toContain('The role of the API credential does not allow this');
	});
});
