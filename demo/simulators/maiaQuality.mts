/**
 * Test runs and pipeline reviews of the Maia simulator. How results of tests are read is not known, so they only start and stop. In a
 * review the pipelines whose name starts with `fail` break a rule, and files that are no pipelines are left out.
 */
import type { Job } from './support.mts';
import { answer } from './support.mts';
import type { Ground, Handlers } from './maiaGround.mts';
import { bodyOf, refuse } from './maiaGround.mts';

export function qualityHandlers({ jobs, uuid, projectOf, environmentOf }: Ground): Handlers {
	const running = new Map<string, { project: string; job: Job }>();
	return {
		createTestExecution: (request) => {
			const project = projectOf(request);
			const order = bodyOf<Record<string, unknown>>(request);
			const { artifacts } = environmentOf(project, order.environmentName);
			const needed = { TEST: 'tests', PIPELINE: 'pipelines' }[String(order.scope)];
			if (needed !== undefined && order[needed] === undefined) {
				refuse(400, 'The request is not valid', [`${needed} is missing`]);
			}
			const { versionName } = order;
			if (
				versionName !== undefined &&
				!artifacts.some((artifact) => artifact.versionName === versionName)
			) {
				refuse(404, `Version ${String(versionName)} was not found`);
			}
			const id = uuid();
			running.set(id, { project: project.id, job: jobs.start() });
			return answer({ testExecutionId: id }, 201);
		},
		cancelTestExecution: (request) => {
			const id = String(request.params.testExecutionId);
			const found = running.get(id);
			if (found?.project !== projectOf(request).id) {
				return refuse(404, `Test execution ${id} was not found`);
			}
			if (['done', 'cancelled'].includes(found.job.phase())) {
				refuse(400, `Test execution ${id} has already ended`);
			}
			found.job.cancel();
			return answer({ testExecutionId: id });
		},
		reviewPipelineQuality: (request) => {
			const project = projectOf(request);
			const { filePaths } = bodyOf<{ filePaths?: string[] }>(request);
			const published = project.environments[0]?.pipelines ?? [];
			const paths = filePaths ?? published.map(({ name }) => `${name}.orch.yaml`);
			const isPipeline = (path: string) => /\.(orch|tran)\.yaml$/.test(path);
			const results = paths.filter(isPipeline).map((path) => {
				const passes = !/(^|\/)fail[^/]*$/.test(path);
				const rule = { rule: 'notes-required', enforcement: 'error', passed: passes };
				return [path, [rule]] as const;
			});
			return answer({
				reviewStatus: results.every(([, [rule]]) => rule?.passed) ? 'PASSED' : 'FAILED',
				results: Object.fromEntries(results),
				excludedFiles: paths.filter((path) => !isPipeline(path)),
			});
		},
	};
}
