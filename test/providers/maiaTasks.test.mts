import { messageBatches } from '../../nodes/Maia/pages.ts';
import { readAiTask } from '../../nodes/Maia/resources/aiAgentTask.ts';
import { pick, requestOf } from '../support/maia.mts';

const id = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const about = { taskId: pick(id) };
const list = '/v1/ai/agents/tasks';

describe('requests', () => {
	it('create a task', () => {
		const order = { projectId: pick(id), message: 'Build "it"\n' };
		expect(
			requestOf('aiAgentTask:create', {
				...order,
				environmentName: pick('Test / EU'),
				additionalFields: {
					generateBranch: true,
					graphId: 'g',
					mode: 'ACT',
					sourceBranchName: 'main',
					targetBranchName: 'feature',
					tools: 'execute_sql, read_file',
					workingDirectory: '/p',
				},
			}),
		).toEqual({
			method: 'POST',
			path: list,
			kind: 'write',
			repeatable: false,
			body: {
				agentConfig: {
					projectId: id,
					environmentName: 'Test / EU',
					name: 'data_engineer_agent',
					generateBranch: true,
					graphId: 'g',
					mode: 'ACT',
					sourceBranchName: 'main',
					targetBranchName: 'feature',
					workingDirectory: '/p',
				},
				message: 'Build "it"\n',
				grantedPermissions: [{ toolName: 'execute_sql' }, { toolName: 'read_file' }],
			},
		});
		expect(requestOf('aiAgentTask:create', order).body).toEqual({
			agentConfig: { projectId: id, name: 'data_engineer_agent' },
			message: 'Build "it"\n',
		});
		expect(() =>
			requestOf('aiAgentTask:create', { ...order, additionalFields: { tools: 'a,a' } }),
		).toThrow('“Tools” must not name a tool twice');
	});

	it('list tasks and messages', () => {
		const filters = { projectId: pick(id), branchId: 'main', status: 'ERRORED' };
		expect(requestOf('aiAgentTask:getAll', { filters })).toMatchObject({
			method: 'GET',
			path: list,
			query: { projectId: id, branchId: 'main', status: 'ERRORED' },
		});
		const request = requestOf('aiAgentTask:getMessages', about);
		expect(request).toMatchObject({ method: 'GET', path: `${list}/${id}/messages` });
		expect(messageBatches.first(request, 1000).query).toEqual({ limit: 1000 });
	});

	it.each([
		['get', 'GET', '', undefined],
		['stop', 'POST', '/stop', undefined],
		['delete', 'DELETE', '', undefined],
		['setPermissions', 'PUT', '/permissions', { grantedPermissions: [] }],
	])('%s names the task', (operation, method, rest, body) => {
		const request = requestOf(`aiAgentTask:${operation}`, about);
		expect(request).toMatchObject({ method, path: `${list}/${id}${rest}` });
		expect(request.body).toEqual(body);
		expect(() => requestOf(`aiAgentTask:${operation}`, { taskId: pick('x', 'id') })).toThrow(
			'“AI Agent Task” must be a UUID',
		);
	});

	it('send messages, decisions and permissions', () => {
		const granted = { grantedPermissions: [{ toolName: 'a' }] };
		expect(
			requestOf('aiAgentTask:sendMessage', {
				...about,
				message: 'go on',
				additionalFields: { tools: 'a' },
			}),
		).toMatchObject({
			method: 'POST',
			path: `${list}/${id}/messages`,
			body: { message: 'go on', ...granted },
		});
		expect(requestOf('aiAgentTask:setPermissions', { ...about, tools: ['a'] }).body).toEqual(
			granted,
		);
		const decisions = [{ type: 'question', id: '1' }];
		expect(
			requestOf('aiAgentTask:submitDecisions', {
				...about,
				decisions: JSON.stringify(decisions),
			}),
		).toMatchObject({ method: 'POST', path: `${list}/${id}/decisions`, body: { decisions } });
		for (const wrong of ['[]', '[1]']) {
			expect(() =>
				requestOf('aiAgentTask:submitDecisions', { ...about, decisions: wrong }),
			).toThrow('“Decisions (JSON)” must be a list with at least one object');
		}
	});
});

it.each([
	['STOPPED', 'done'],
	['stopped', 'done'],
	['ERRORED', 'failed'],
	['RUNNING', 'running'],
	['STOPPING', 'running'],
	['OTHER', 'running'],
	[undefined, 'running'],
])('the state %s is %s', (status, state) => {
	expect(readAiTask({ status: 200, headers: {}, body: { status } })).toMatchObject({ state });
});
