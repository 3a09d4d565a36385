import { pick, requestOf } from '../support/maia.mts';

const project = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const about = { projectId: pick(project), environmentName: pick('Test / EU') };
const path = `/v1/projects/${project}`;

describe('requests', () => {
	it('start tests of a project, of pipelines, or some', () => {
		expect(
			requestOf('testExecution:run', {
				...about,
				additionalFields: {
					executionTag: 'nightly',
					agentId: pick('r'),
					versionName: pick('1.4.0'),
				},
			}),
		).toEqual({
			method: 'POST',
			path: `${path}/test-executions`,
			kind: 'write',
			repeatable: false,
			body: {
				environmentName: 'Test / EU',
				scope: 'PROJECT',
				executionTag: 'nightly',
				agentId: 'r',
				versionName: '1.4.0',
			},
		});
		expect(
			requestOf('testExecution:run', { ...about, scope: 'TEST', tests: '[{"name": "a"}]' }).body,
		).toEqual({ environmentName: 'Test / EU', scope: 'TEST', tests: [{ name: 'a' }] });
		for (const pipelines of ['[]', '["a"]', JSON.stringify(Array(501).fill({}))]) {
			expect(() =>
				requestOf('testExecution:run', { ...about, scope: 'PIPELINE', pipelines }),
			).toThrow('“Pipelines (JSON)” must be a list of 1 to 500 objects');
		}
	});

	it('cancel tests', () => {
		const cancel = { ...about, testExecutionId: project, forceUpdate: true };
		expect(requestOf('testExecution:cancel', cancel)).toMatchObject({
			method: 'PATCH',
			path: `${path}/test-executions/${project}`,
			body: { status: 'CANCELLED', forceUpdate: true },
		});
		expect(() => requestOf('testExecution:cancel', { ...cancel, testExecutionId: 'x' })).toThrow(
			'“Test Execution ID” must be a UUID',
		);
	});

	it('review pipelines', () => {
		expect(
			requestOf('pipelineReview:run', {
				...about,
				branchName: 'main',
				commitId: 'abc',
				runnerVersion: '9.0.0',
				additionalFields: { filePaths: 'a b.orch.yaml, c.tran.yaml' },
			}),
		).toEqual({
			method: 'POST',
			path: `${path}/reviews`,
			kind: 'read',
			repeatable: true,
			headers: { 'Agent-Version': '9.0.0' },
			body: {
				branchName: 'main',
				commitId: 'abc',
				dataWarehouseType: 'SNOWFLAKE',
				filePaths: ['a b.orch.yaml', 'c.tran.yaml'],
			},
		});
	});
});
