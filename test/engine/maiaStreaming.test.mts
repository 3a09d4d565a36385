import type { Account } from '../support/maia.mts';
import { openAccount, pick } from '../support/maia.mts';

let account: Account;
let project: Awaited<ReturnType<Account['finance']>>;
beforeEach(async () => {
	account = await openAccount();
	project = await account.finance();
});
afterEach(async () => await account.close());

describe('streaming pipelines', () => {
	async function first() {
		const [one] = await account.records('streamingPipeline:getAll', project);
		return { ...project, streamingPipelineId: pick(one?.streamingPipelineId) };
	}

	it('are created, read and deleted', async () => {
		const { records } = account;
		const agentId = 'c0ffee00-0000-4000-8000-000000000001';
		const order = {
			...project,
			name: 'new-cdc',
			agentId: pick(agentId),
			sourceType: 'mysql',
			sourceConnection: JSON.stringify({
				host: 'db.example.com',
				port: 3306,
				username: 'cdc',
				password: { secretType: 'AWS_SECRETS_MANAGER', secretName: 'login', secretKey: 'password' },
			}),
			tables: { table: [{ schema: 'shop', table: 'orders' }] },
			target: '{"type": "abs", "container": "c"}',
			additionalFields: { advancedProperties: '{"a": true}' },
		};
		const [made] = await records('streamingPipeline:create', order);
		const about = { ...project, streamingPipelineId: pick(made?.streamingPipelineId) };
		expect(await records('streamingPipeline:get', about)).toMatchObject([
			{
				name: 'new-cdc',
				streamingSource: { type: 'mysql', tables: [{ schema: 'shop', table: 'orders' }] },
				streamingTarget: { type: 'abs', container: 'c' },
				advancedProperties: { a: true },
			},
		]);
		expect(
			await account.refusal('streamingPipeline:create', { ...order, sourceType: 'oracle' }),
		).toBe('The streaming pipeline is not valid: database is needed for oracle');
		expect(await records('streamingPipeline:getAll', project)).toHaveLength(2);
		expect(await records('streamingPipeline:delete', about)).toEqual([{ deleted: true }]);
		expect(await account.refusal('streamingPipeline:get', about)).toContain('was not found');
	});

	it('are changed without losing what was not to be changed', async () => {
		const about = await first();
		const [before] = await account.records('streamingPipeline:get', about);
		await account.records('streamingPipeline:update', {
			...about,
			updateFields: {
				name: 'renamed',
				tables: { table: [{ schema: 'public', table: 'customers' }] },
				advancedProperties: '{"a": 1}',
			},
		});
		await account.records('streamingPipeline:update', {
			...about,
			updateFields: { target: '{"type": "s3", "bucket": "other"}' },
		});
		const { agentId, streamingSource } = before as {
			agentId: string;
			streamingSource: Record<string, unknown>;
		};
		const source = { ...streamingSource, tables: [{ schema: 'public', table: 'customers' }] };
		expect(account.sent('replaceStreamingPipeline').map(({ body }) => body)).toEqual([
			{
				name: 'renamed',
				agentId,
				streamingSource: source,
				streamingTarget: before?.streamingTarget,
				advancedProperties: { a: 1 },
			},
			{
				name: 'renamed',
				agentId,
				streamingSource: source,
				streamingTarget: { type: 's3', bucket: 'other' },
				advancedProperties: { a: 1 },
			},
		]);
	});

	it('are started and stopped', async () => {
		const { records } = account;
		const about = await first();
		const status = async () => (await records('streamingPipeline:getStatus', about))[0]?.status;
		expect(await status()).toBe('NOT_RUNNING');
		expect(await records('streamingPipeline:start', about)).toEqual([{ success: true }]);
		expect(await status()).toBe('STARTING');
		account.wait(1_000);
		expect(await status()).toBe('SNAPSHOTTING');
		account.wait(1_000);
		expect(await status()).toBe('STREAMING');
		expect(await account.refusal('streamingPipeline:delete', about)).toBe(
			'Streaming pipeline orders-cdc is STREAMING',
		);
		await records('streamingPipeline:stop', about);
		expect(await status()).toBe('STOPPING');
		account.wait(2_000);
		expect(await status()).toBe('NOT_RUNNING');
	});

	it('are picked from a list', async () => {
		const about = await first();
		expect(await account.search('searchStreamingPipelines', project)).toEqual([
			{ name: 'orders-cdc', value: about.streamingPipelineId.value },
		]);
	});
});
