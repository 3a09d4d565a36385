/**
 * Workflows of the simulated Campaign instance (notes, section 18): commands take effect after a while, signals need a
 * running workflow and declared parameters, and each activity takes one in ten minutes.
 */
import { createHash } from 'node:crypto';
import type { Handler, JobQueue } from '../support.mts';
import { answer } from '../support.mts';
import { GENERIC, notFound, refuseText } from './refusals.mts';

const RESTRICTED_MILLISECONDS = 10 * 60_000;
const LARGEST_SIGNAL = 64 * 1024;

/** What a workflow does; the record tells it by the date of its next run only. */
export type WorkflowState = 'stopped' | 'started' | 'paused';

/** A started workflow runs once an hour. */
const PERIOD_MILLISECONDS = 3_600_000;

interface Activity {
	name: string;
	/** Types of the declared parameters, by name. */
	parameters: Record<string, 'string' | 'number' | 'boolean'>;
	lastSignal?: number;
}

interface Workflow {
	id: string;
	state: WorkflowState;
	/** When it was started, in milliseconds. */
	since: number;
	activities: Activity[];
}

/** What a command makes of each state; commands that do not fit are dropped. */
const COMMANDS: Record<string, Partial<Record<WorkflowState, WorkflowState>>> = {
	start: { stopped: 'started' },
	pause: { started: 'paused' },
	resume: { paused: 'started' },
	stop: { started: 'stopped', paused: 'stopped' },
};

const pkey = (name: string) => `@${createHash('sha512').update(name).digest('base64url')}`;

/** Workflows with the handlers of their operations. `WKF1` waits for signals, `WKF2` is stopped and has none. */
export function workflows<Session>(
	{ clock, jobs }: { clock: () => number; jobs: JobQueue },
	rootUrl: string,
): { handlers: Record<string, Handler<Session>>; set: (id: string, state: WorkflowState) => void } {
	const all: Workflow[] = [
		{
			id: 'WKF1',
			state: 'started',
			since: clock(),
			activities: [
				{ name: 'signal1', parameters: { audience: 'string', limit: 'number', urgent: 'boolean' } },
				{ name: 'signal2', parameters: {} },
			],
		},
		{ id: 'WKF2', state: 'stopped', since: 0, activities: [] },
	];
	const find = (key: string): Workflow =>
		all.find(({ id }) => id === key || pkey(id) === key) ?? notFound('Workflow', key);
	const change = (workflow: Workflow, state: WorkflowState) => {
		if (workflow.state === state) return;
		workflow.state = state;
		workflow.since = clock();
	};
	const nextRun = ({ state, since }: Workflow): string => {
		if (state !== 'started') return '';
		const runs = Math.floor((clock() - since) / PERIOD_MILLISECONDS) + 1;
		return new Date(since + runs * PERIOD_MILLISECONDS).toISOString().replace('T', ' ');
	};
	const activityKey = (workflow: Workflow, { name }: Activity) => pkey(`${workflow.id}/${name}`);

	const handlers: Record<string, Handler<Session>> = {
		getWorkflow: ({ params }) => {
			const workflow = find(String(params.workflowId));
			const address = `${rootUrl}/workflow/execution/${pkey(workflow.id)}`;
			return answer({
				PKey: pkey(workflow.id),
				activities: {
					activity: Object.fromEntries(
						workflow.activities.map((activity) => {
							const key = activityKey(workflow, activity);
							const href = `${address}/activities/activity/${key}/trigger/`;
							return [activity.name, { PKey: key, trigger: { href } }];
						}),
					),
				},
				nextProcessingDate: nextRun(workflow),
			});
		},
		controlWorkflow: ({ params, body }) => {
			const workflow = find(String(params.workflowId));
			const { method } = body as { method: string };
			jobs.start({
				finish: () => {
					change(workflow, COMMANDS[method]?.[workflow.state] ?? workflow.state);
				},
			});
			return answer({});
		},
		triggerSignalActivity: ({ params, body }) => {
			const workflow = find(String(params.workflowId));
			const key = String(params.activityKey);
			const activity = workflow.activities.find((one) => activityKey(workflow, one) === key);
			if (!activity) return notFound('Activity', key);
			if (JSON.stringify(body).length > LARGEST_SIGNAL) {
				refuseText(500, GENERIC, 'The payload of the signal is larger than 64 KB.');
			}
			if (workflow.state !== 'started') {
				refuseText(500, GENERIC, `The workflow '${workflow.id}' is not running.`);
			}
			const { parameters = {} } = body as { parameters?: Record<string, unknown> };
			for (const [name, value] of Object.entries(parameters)) {
				const type = activity.parameters[name];
				const cause = ["XTK-170006 Unable to parse expression 'HandleTrigger(@name)'."];
				if (type === undefined) {
					refuseText(
						500,
						GENERIC,
						`'${name}' parameter isn't defined in signal activity.`,
						...cause,
					);
				}
				if (typeof value !== type) {
					refuseText(500, GENERIC, `'${name}' parameter is not of the type '${type}'.`, ...cause);
				}
			}
			const { lastSignal } = activity;
			if (lastSignal !== undefined && clock() - lastSignal < RESTRICTED_MILLISECONDS) {
				// Text in place of JSON (notes, section 18)
				return answer('this is a call within restricted period');
			}
			activity.lastSignal = clock();
			return answer({});
		},
	};
	return {
		handlers,
		set: (id, state) => {
			const workflow = all.find((one) => one.id === id);
			if (!workflow) throw new Error(`There is no workflow ${id}`);
			change(workflow, state);
		},
	};
}
