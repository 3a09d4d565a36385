import { randomUUID } from 'crypto';
import type {
	IConnections,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeParameters,
	IWorkflowBase,
	IWorkflowSettings,
} from 'n8n-workflow';
import { NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';

import { clock } from './clock';
import { isObject } from './json';
import type { Values } from './operation';
import { sleepStep } from './properties';
import type { Begun } from './tasks';
import type { Limits } from './transport';
import { isLoopback } from './urls';

/**
 * Waiting that outlives the process and keeps no worker busy.
 *
 * n8n can put a node to sleep, but never runs its code again afterwards: it passes on what stands as the node's input.
 * It does so with the output of a sub-workflow that the node called and that went to sleep itself, also after a restart.
 * So a node that is to wait for long calls a sub-workflow made for it: a Wait node, and the node's own type again as the
 * steps around it, with the same parameters and credentials and the hidden parameter `sleepStep`.
 */

/** Milliseconds for which a job is watched by a run that stays awake. */
export const patience = 120_000;

/** Seconds; n8n's Wait node stays awake for less. */
const shortestNap = 65;

/** What ends a nap: the service's call at n8n's resume address or, failing that, the time; or the time alone. */
export type WakeBy = 'callback' | 'time';

/** What a step of the sub-workflow does; empty on a node that a user has placed. */
export type SleepStep = '' | 'begin' | 'look' | 'finish';

/** An item whose job is under way. */
export interface Sleeper {
	item: number;
	values: Values;
	begun: Begun;
}

/** What a sleeping run has to remember, as JSON. */
export interface Sleep {
	by: WakeBy;
	/** Whether failed items become output items, and whether those go to the error output. */
	goOn: boolean;
	toErrorOutput: boolean;
	/** Whether there is more than one item: messages then name theirs. */
	several: boolean;
	limits: Limits;
	sleepers: Sleeper[];
	/** Output of items that had ended before the sleep. */
	settled: Array<{ item: number; output: INodeExecutionData[] }>;
}

/**
 * Seconds until the next look. Looks become rarer the longer a job takes; while a call is expected they are only there
 * for a call that does not come, so they are rarer still.
 * @param slept milliseconds since the first job began
 * @param left milliseconds until the first time limit
 */
export function napSeconds(by: WakeBy, slept: number, left: number): number {
	const [shortest, share, longest] = by === 'callback' ? [120, 2, 900] : [shortestNap, 4, 300];
	const nap = Math.min(longest, Math.max(shortest, slept / 1000 / share));
	return Math.ceil(Math.max(1, Math.min(nap, left / 1000)));
}

/** What the branch of the sub-workflow reads: whether jobs are under way, and when to look at them. */
export function toNap(
	sleep: Sleep,
	running: Array<Sleeper & { timeoutMinutes: number }>,
): IDataObject {
	if (running.length === 0) return { waiting: false };
	const now = clock.now();
	const first = Math.min(...running.map(({ begun }) => begun.began));
	const end = Math.min(
		...running.map(({ begun, timeoutMinutes }) => begun.began + timeoutMinutes * 60_000),
	);
	const ids = running.map(({ begun }) => begun.id).join(', ');
	return {
		waiting: true,
		seconds: napSeconds(sleep.by, now - first, end - now),
		// Seen when n8n ends in the middle of a look: it may wake the node with this in place of the result
		message: `The wait was interrupted while it looked at ${ids}. The work goes on at the service; this is not its result.`,
	};
}

const names = {
	start: 'Sleep: start',
	begin: 'Sleep: begin',
	wait: 'Sleep: wait',
	branch: 'Sleep: still running?',
	finish: 'Sleep: finish',
};

/** The sub-workflow. The step that looks has the name of the node that sleeps, so that errors name that one. */
export function sleepWorkflow(
	node: INode,
	workflow: { id: string; settings: IWorkflowSettings },
	by: WakeBy,
): IWorkflowBase {
	const base = (
		name: string,
		type: string,
		typeVersion: number,
		column: number,
		parameters: INodeParameters,
	): INode => ({
		id: randomUUID(),
		name,
		type: `n8n-nodes-base.${type}`,
		typeVersion,
		position: [column * 200, 0],
		parameters,
	});
	const own = (name: string, step: SleepStep, column: number, row = 0): INode => ({
		id: randomUUID(),
		name,
		type: node.type,
		typeVersion: node.typeVersion,
		position: [column * 200, row * 200],
		parameters: { ...node.parameters, [sleepStep]: step },
		...(node.credentials && { credentials: node.credentials }),
	});
	const wait: INodeParameters =
		by === 'callback'
			? {
					resume: 'webhook',
					httpMethod: 'POST',
					responseMode: 'onReceived',
					limitWaitTime: true,
					limitType: 'afterTimeInterval',
					resumeAmount: '={{ $json.seconds }}',
					resumeUnit: 'seconds',
					options: {},
				}
			: { resume: 'timeInterval', amount: '={{ $json.seconds }}', unit: 'seconds' };
	const to = (...targets: string[]): IConnections[string] => ({
		main: targets.map((name) => [{ node: name, type: NodeConnectionTypes.Main, index: 0 }]),
	});
	const now = new Date(clock.now());
	return {
		id: workflow.id,
		name: `Waiting of ${node.name}`,
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: now,
		updatedAt: now,
		settings: {
			...workflow.settings,
			executionOrder: 'v1',
			// Only the node calls it; whether the workflow itself may be called is another matter
			callerPolicy: 'any',
			// A failure is reported once, by the workflow that sleeps
			errorWorkflow: undefined,
		},
		nodes: [
			base(names.start, 'executeWorkflowTrigger', 1.1, 0, { inputSource: 'passthrough' }),
			own(names.begin, 'begin', 1),
			base(names.branch, 'if', 1, 2, {
				conditions: { boolean: [{ value1: '={{ $json.waiting }}', value2: true }] },
			}),
			{ ...base(names.wait, 'wait', 1.1, 3, wait), webhookId: randomUUID() },
			own(node.name, 'look', 4),
			own(names.finish, 'finish', 3, 1),
		],
		connections: {
			[names.start]: to(names.begin),
			[names.begin]: to(names.branch),
			[names.branch]: to(names.wait, names.finish),
			[names.wait]: to(node.name),
			[node.name]: to(names.branch),
		},
	};
}

/** The steps of this process that are still to begin, by the token that the sub-workflow gets. */
const takeOffs = new Map<string, (resumeUrl: string) => Promise<IDataObject>>();

/**
 * Puts the run to sleep.
 * @param takeOff called with the address that wakes it; gives what the first step hands on
 * @returns the output of the node, which n8n replaces later when the run sleeps; or why n8n would not have it
 */
export async function fallAsleep(
	context: IExecuteFunctions,
	by: WakeBy,
	takeOff: (resumeUrl: string) => Promise<IDataObject>,
): Promise<{ output: INodeExecutionData[][] } | { problem: string }> {
	const { id = '' } = context.getWorkflow();
	const token = randomUUID();
	takeOffs.set(token, takeOff);
	try {
		const code = sleepWorkflow(
			context.getNode(),
			{ id, settings: context.getWorkflowSettings() },
			by,
		);
		const { data, waitTill } = await context.executeWorkflow(
			{ code },
			[{ json: { token } }],
			undefined,
			{
				parentExecution: {
					executionId: context.getExecutionId(),
					workflowId: id,
					shouldResume: true,
				},
				executionMode: context.getMode(),
			},
		);
		return { output: waitTill ? [context.getInputData()] : [data[0] ?? []] };
	} catch (problem) {
		return { problem: problem instanceof Error ? problem.message : String(problem) };
	} finally {
		takeOffs.delete(token);
	}
}

/** The first step: what has to be done within the run that goes to sleep. */
export async function beginSleep(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const token = String(context.getInputData()[0]?.json.token);
	const takeOff = takeOffs.get(token);
	if (!takeOff) {
		throw new NodeOperationError(context.getNode(), 'This wait is over and cannot be begun again', {
			description: 'It belongs to a run of another workflow. Run that workflow instead.',
		});
	}
	return [[{ json: await takeOff(resumeUrlOf(context)) }]];
}

/** What the first step has handed on; undefined where there was none. */
export function readSleep(context: IExecuteFunctions): Sleep | undefined {
	const stored: unknown = context.evaluateExpression(
		`{{ $('${names.begin}').first().json.sleep }}`,
		0,
	);
	const isSleep = isObject(stored) && Array.isArray(stored.sleepers);
	return isSleep ? (stored as unknown as Sleep) : undefined;
}

/** The last step: the node's output. */
export function finishSleep(context: IExecuteFunctions): INodeExecutionData[][] {
	const output: unknown = context.getInputData()[0]?.json.output;
	return [Array.isArray(output) ? (output as INodeExecutionData[]) : []];
}

const resumeUrlOf = (context: IExecuteFunctions) =>
	String(context.evaluateExpression('{{ $execution.resumeUrl }}', 0));

/** Whether a node before this one makes its caller wait for the last node, whom a sleep would answer too early. */
const answersAtTheEnd = (context: IExecuteFunctions) =>
	context
		.getParentNodes(context.getNode().name, { includeNodeParameters: true })
		.some(({ parameters }) => parameters?.responseMode === 'lastNode');

/**
 * Why a run has to stay awake, to complete a sentence; undefined when it may sleep.
 * @param baseUrl the service, which has to reach n8n for a callback
 */
export function whyAwake(
	context: IExecuteFunctions,
	by: WakeBy,
	baseUrl: string,
): string | undefined {
	if (context.isToolExecution?.()) return 'the node is used as a tool';
	if (!context.getWorkflow().id) return 'the workflow is not saved';
	if (context.getMode() === 'cli') return 'the workflow was started on the command line';
	if (answersAtTheEnd(context))
		return 'the workflow answers its caller when its last node finishes';
	if (by === 'time') return undefined;
	const url = resumeUrlOf(context);
	const isHere = URL.canParse(url) && isLoopback(new URL(url).hostname);
	if (!isHere || isLoopback(new URL(baseUrl).hostname)) return undefined;
	return 'n8n only knows an address for itself that no other machine can reach (WEBHOOK_URL)';
}
