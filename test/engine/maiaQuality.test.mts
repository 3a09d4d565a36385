import type { Account } from '../support/maia.mts';
import { openAccount, pick } from '../support/maia.mts';

let account: Account;
let project: Awaited<ReturnType<Account['finance']>>;
beforeEach(async () => {
	account = await openAccount();
	project = await account.finance();
});
afterEach(async () => await account.close());

describe('tests', () => {
	it('are started and cancelled', async () => {
		const order = { ...project, environmentName: pick('Production') };
		const [started] = await account.records('testExecution:run', order);
		const about = { ...project, testExecutionId: started?.testExecutionId as string };
		expect(await account.records('testExecution:cancel', { ...about, forceUpdate: true })).toEqual([
			started,
		]);
		expect(account.sent('cancelTestExecution').map(({ body }) => body)).toEqual([
			{ status: 'CANCELLED', forceUpdate: true },
		]);
		expect(await account.refusal('testExecution:cancel', about)).toContain('has already ended');
	});

	it('may be some of a project', async () => {
		const order = { ...project, environmentName: pick('Production'), scope: 'PIPELINE' };
		await account.records('testExecution:run', { ...order, pipelines: '[{"name": "a"}]' });
		expect(account.sent('createTestExecution').map(({ body }) => body)).toEqual([
			{ environmentName: 'Production', scope: 'PIPELINE', pipelines: [{ name: 'a' }] },
		]);
		const version = { additionalFields: { versionName: pick('none') }, scope: 'PROJECT' };
		expect(await account.refusal('testExecution:run', { ...order, ...version })).toBe(
			'Version none was not found',
		);
	});
});

describe('reviews', () => {
	const order = { branchName: 'main', commitId: 'abc', runnerVersion: '10.1232.0' };

	it('tell what breaks a rule', async () => {
		const files = 'finance/daily-load.orch.yaml,finance/fail-load.orch.yaml,readme.md';
		const [review] = await account.records('pipelineReview:run', {
			...project,
			...order,
			additionalFields: { filePaths: files },
		});
		expect(review).toMatchObject({ reviewStatus: 'FAILED', excludedFiles: ['readme.md'] });
		expect(Object.keys(review?.results as object)).toHaveLength(2);
		const [request] = account.sent('reviewPipelineQuality');
		expect(request?.headers['agent-version']).toBe('10.1232.0');
	});

	it('pass without one', async () => {
		const one = { additionalFields: { filePaths: 'a.tran.yaml' } };
		expect(
			await account.records('pipelineReview:run', { ...project, ...order, ...one }),
		).toMatchObject([{ reviewStatus: 'PASSED', excludedFiles: [] }]);
	});
});
