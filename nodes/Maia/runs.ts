import { at, isObject, text } from '../shared/json';
import type { Answer, ApiRequest, Call, Task, TaskState } from '../shared/operation';

/** States that do not change any more. UNKNOWN and words that the API does not document are not among them. */
const final = new Set(['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED']);

/** Words for a step that failed; the API does not document them, both were seen. */
const failed = new Set(['FAILED', 'FAILURE']);

/** How deep nested runs are followed. */
export const deepest = 5;

/** A request about one run. */
export function about(projectId: unknown, id: string, rest = ''): ApiRequest {
	const project = encodeURIComponent(String(projectId));
	const path = `/v1/projects/${project}/pipeline-executions/${encodeURIComponent(id)}${rest}`;
	return { method: 'GET', path };
}

const statusOf = (answer: Answer) => text(at(answer.body, 'status'))?.toUpperCase();

/** How a run has ended, as its record says; undefined while it has not. */
export function endOf(run: unknown): string | undefined {
	const status = text(at(run, 'status'))?.toUpperCase();
	return status !== undefined && final.has(status) ? status : undefined;
}

/** Reads the light status call: it ends with a final state, whatever that is. */
export function readRun(answer: Answer): TaskState {
	return endOf(answer.body) === undefined ? { state: 'running' } : { state: 'done' };
}

/** A record of the steps call; `childPipeline` where the step runs another pipeline. */
export type Step = Record<string, unknown>;

/** The steps of one run. */
export async function readSteps(call: Call, id: string): Promise<Step[]> {
	const steps = await call.list(about(call.values.projectId, id, '/steps'), { at: 'results' });
	return steps.filter(isObject);
}

const childOf = (step: Step) => text(at(step, 'childPipeline.id'));

/**
 * The steps of a run with those of nested runs under `childPipeline.steps`.
 * @param depth how many levels of nested runs are read
 */
export async function readStepTree(
	call: Call,
	id: string,
	depth: number,
	above: string[] = [],
): Promise<Step[]> {
	const line = [...above, id];
	const steps = await readSteps(call, id);
	return await Promise.all(
		steps.map(async (step) => {
			const child = childOf(step);
			if (depth < 1 || child === undefined || line.includes(child)) return step;
			const childPipeline = isObject(step.childPipeline) ? step.childPipeline : {};
			const nested = await readStepTree(call, child, depth - 1, line);
			return { ...step, childPipeline: { ...childPipeline, steps: nested } };
		}),
	);
}

/** Failed steps in words; a step that failed because of its nested run is told by the steps of that run. */
function tellFailures(steps: unknown, path: string[] = []): string[] {
	return (Array.isArray(steps) ? steps : []).flatMap((step: unknown) => {
		if (!failed.has(text(at(step, 'result.status'))?.toUpperCase() ?? '')) return [];
		const own = [...path, text(at(step, 'name')) ?? 'step without a name'];
		const inner = tellFailures(at(step, 'childPipeline.steps'), own);
		if (inner.length > 0) return inner;
		const why = text(at(step, 'result.message'));
		return [`“${own.join(' › ')}”${why ? `: ${why}` : ''}`];
	});
}

/** What is known of the failed steps. That they cannot be read must not hide why the run failed. */
async function failedSteps(call: Call, id: string): Promise<string> {
	try {
		const told = tellFailures(await readStepTree(call, id, deepest));
		return told.length > 0 ? ` Failed steps: ${told.join('; ')}.` : '';
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		return ` Its steps could not be read: ${why}.`;
	}
}

const outcomes: Record<string, string> = {
	FAILED: 'failed',
	CANCELLED: 'was cancelled',
	SKIPPED: 'was skipped',
};

const advice: Record<string, string> = {
	SKIPPED:
		'Maia skips a run while another one with the same execution tag is active, or as its settings say.',
	CANCELLED: 'Somebody or another workflow stopped it before its end.',
	FAILED: 'Correct the pipeline or its variables in Maia and run it again.',
};

const ending =
	'To go on with such runs as ordinary items, turn on “Return Unsuccessful Runs” in the options.';

/** Words end with a full stop, whether the service sent one or not. */
const sentence = (words: string) => (/[.!?]$/.test(words) ? words : `${words}.`);

/** The details of a run that has ended; its state is the one that ended the waiting. */
async function readEnd(call: Call, id: string, last: Answer): Promise<Record<string, unknown>> {
	const { body } = await call.send(about(call.values.projectId, id));
	const details = isObject(body) ? body : {};
	return { pipelineExecutionId: id, ...details, status: statusOf(last) };
}

/** What a run gives at its end: its details, or an error that tells why it did not succeed. */
async function endOfRun(call: Call, id: string, last: Answer): Promise<unknown> {
	const run = await readEnd(call, id, last);
	const status = String(run.status);
	if (status === 'SUCCESS' || call.values['options.returnUnsuccessful'] === true) return run;
	const why = text(run.message);
	const steps = status === 'FAILED' ? await failedSteps(call, id) : '';
	throw call.refuse(
		`Pipeline run ${id} ${outcomes[status] ?? `ended as ${status}`}${why ? `: ${sentence(why)}` : '.'}${steps}`,
		`${advice[status] ?? ''} ${ending}`.trim(),
	);
}

const waiting = {
	noun: 'Pipeline run',
	id: (answer: Answer) => text(at(answer.body, 'pipelineExecutionId')),
	poll: (id: string, { values }: Call) => about(values.projectId, id, '/status'),
	read: readRun,
	firstDelay: 5,
	slowest: 30,
	// A run is not always visible in the moment it was started
	graceSeconds: 30,
};

/** A run that is waited for to its end; other ends than success are errors unless the user wants them as items. */
export const pipelineRun: Task = { ...waiting, timeoutMinutes: 120, result: endOfRun };

/** A run that is being stopped. It may have ended otherwise before that; the state in the result tells. */
export const stoppedRun: Task = { ...waiting, timeoutMinutes: 30, result: readEnd };
