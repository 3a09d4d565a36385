import type { Account } from '../support/maia.mts';
import { openAccount, pick } from '../support/maia.mts';

let account: Account;
let project: Awaited<ReturnType<Account['finance']>>;
beforeEach(async () => {
	account = await openAccount();
	project = await account.finance();
});
afterEach(async () => await account.close());

const order = (message: string) => ({ ...project, message, environmentName: pick('Production') });

describe('AI agent tasks', () => {
	it('are waited for and give what the agent wrote', async () => {
		const [task] = await account.records('aiAgentTask:create', {
			...order('build a pipeline'),
			additionalFields: { tools: 'execute_sql', mode: 'ACT' },
		});
		expect(task).toMatchObject({
			status: 'STOPPED',
			description: 'build a pipeline',
			grantedPermissions: [{ toolName: 'execute_sql' }],
			pendingDecisions: [],
			messages: [{ data: { text: 'build a pipeline' } }, { data: { text: 'The work has ended' } }],
		});
		expect(account.sent('createAiAgentTask')).toHaveLength(1);
	});

	it('that end in an error are errors', async () => {
		const { error } = await account.run('aiAgentTask:create', order('fail at it'));
		expect(error?.message).toMatch(/^AI agent task [0-9a-f-]{36} did not succeed: .* ERRORED/);
	});

	it('wait for decisions, which are answered', async () => {
		const { records } = account;
		const [task] = await records('aiAgentTask:create', order('ask me'));
		const about = { taskId: pick(task?.taskId) };
		const [pending] = task?.pendingDecisions as Array<{ type: string; id: string }>;
		const decisions = [
			{
				type: pending?.type,
				id: pending?.id,
				answers: [{ questionIndex: 0, selectedOptions: ['Yes'] }],
			},
		];
		expect(
			await records('aiAgentTask:submitDecisions', {
				...about,
				decisions: JSON.stringify(decisions),
			}),
		).toEqual([{ pendingDecisions: [] }]);
		expect(account.sent('submitAiAgentTaskDecisions').map(({ body }) => body)).toEqual([
			{ decisions },
		]);
		expect(await records('aiAgentTask:get', about)).toMatchObject([{ status: 'RUNNING' }]);
	});

	it('are started only, stopped, woken, allowed tools and deleted', async () => {
		const { records } = account;
		const [started] = await records('aiAgentTask:create', {
			...order('build it'),
			waitForCompletion: false,
		});
		const about = { taskId: pick(started?.taskId) };
		expect(await records('aiAgentTask:stop', about)).toEqual([{ success: true }]);
		account.wait(2_000);
		expect(await records('aiAgentTask:get', about)).toMatchObject([{ status: 'STOPPED' }]);
		await records('aiAgentTask:sendMessage', { ...about, message: 'go on' });
		expect(await records('aiAgentTask:get', about)).toMatchObject([{ status: 'RUNNING' }]);
		for (const [tools, grantedPermissions] of [
			['a, b', [{ toolName: 'a' }, { toolName: 'b' }]],
			['', []],
		] as const) {
			expect(await records('aiAgentTask:setPermissions', { ...about, tools })).toMatchObject([
				{ grantedPermissions },
			]);
		}
		expect(await records('aiAgentTask:delete', about)).toEqual([{ deleted: true }]);
		expect(await account.refusal('aiAgentTask:get', about)).toBe(
			`Task ${String(started?.taskId)} was not found`,
		);
	});

	it('are listed by page, their messages by cursor', async () => {
		const all = await account.records('aiAgentTask:getAll', { returnAll: true });
		expect(all).toHaveLength(30);
		const filters = { projectId: project.projectId, status: 'STOPPED' };
		expect(await account.records('aiAgentTask:getAll', { filters })).toHaveLength(5);
		const about = { taskId: pick(all[0]?.taskId) };
		const messages = await account.records('aiAgentTask:getMessages', {
			...about,
			returnAll: true,
		});
		expect(messages).toHaveLength(1200);
		expect(messages[1199]?.data).toEqual({ text: 'Line 1200' });
		expect(account.sent('listAiAgentTaskMessages').map(({ query }) => query.limit)).toEqual([
			'1000',
			'1000',
		]);
	});

	it('are picked from a list', async () => {
		await account.records('aiAgentTask:getAll', { limit: 1 });
		const [task] = await account.search('searchAiAgentTasks');
		expect(task).toEqual({
			name: expect.stringMatching(/^Build pipeline 1 – RUNNING – 2026/) as string,
			value: 'a1000000-0000-4000-8000-000000000000',
		});
	});
});
