/**
 * What n8n does with a node that calls a sub-workflow which goes to sleep, after its WaitTracker and its rules for
 * sub-executions: both executions are stored as text, and their memory is gone. n8n's own nodes are stood in for by small
 * ones; the real ones are part of the end-to-end test.
 */
import type {
	ExecuteWorkflowData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
	IRun,
	IRunExecutionData,
	IWorkflowBase,
} from 'n8n-workflow';
import { NodeConnectionTypes, Workflow, createRunExecutionData } from 'n8n-workflow';
import { WorkflowExecute } from 'n8n-core';

import { clock } from '../../nodes/shared/clock';
import type { NodeOutcome, NodeRun } from './engine.mts';
import { nodeTypesFor, runData, runNode } from './engine.mts';

const childId = '2';

function standIn(
	name: string,
	outputs: number,
	properties: string[],
	execute: (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>,
): INodeType {
	const description: INodeTypeDescription = {
		displayName: name,
		name,
		group: ['transform'],
		version: [1, 1.1],
		description: 'Stands in for a node of n8n',
		defaults: { name },
		inputs: [NodeConnectionTypes.Main],
		outputs: Array.from({ length: outputs }, () => NodeConnectionTypes.Main),
		properties: properties.map(
			(property): INodeProperties => ({
				displayName: property,
				name: property,
				type: 'json',
				default: '',
			}),
		),
	};
	return { description, execute };
}

const standIns: Record<string, INodeType> = {
	'n8n-nodes-base.executeWorkflowTrigger': standIn('trigger', 1, [], async function () {
		return await Promise.resolve([this.getInputData()]);
	}),
	'n8n-nodes-base.if': standIn('if', 2, ['conditions'], async function () {
		const value = this.getNodeParameter('conditions.boolean[0].value1', 0) === true;
		return await Promise.resolve(value ? [this.getInputData(), []] : [[], this.getInputData()]);
	}),
	'n8n-nodes-base.wait': standIn(
		'wait',
		1,
		['resume', 'resumeAmount', 'amount', 'fails'],
		async function () {
			const fails = String(this.getNodeParameter('fails', 0));
			if (fails !== '') throw new Error(fails);
			const isTime = this.getNodeParameter('resume', 0) === 'timeInterval';
			const seconds = Number(this.getNodeParameter(isTime ? 'amount' : 'resumeAmount', 0));
			if (isTime && seconds < 65) await clock.sleep(seconds * 1000);
			else await this.putExecutionToWait(new Date(clock.now() + seconds * 1000));
			return [this.getInputData()];
		},
	),
};

/** As the database gives it back. */
const stored = (data: IRunExecutionData) => JSON.parse(JSON.stringify(data)) as IRunExecutionData;

/** A node whose execution can go to sleep. */
export class Sleeper {
	/** The sub-workflows that were called. */
	readonly called: IWorkflowBase[] = [];

	/** What stands in the database of the execution that sleeps, and of the sub-execution. */
	outcome?: NodeOutcome;

	child?: IRun;

	/** Why the Wait node cannot work; undefined when it can. */
	failWait?: string;

	private readonly given: NodeRun;

	constructor(given: NodeRun) {
		this.given = given;
	}

	/** Runs the node until it has ended or sleeps. */
	async run(): Promise<NodeOutcome> {
		this.outcome = await runNode({
			executeWorkflow: async (info, _data, options) =>
				await this.call(info.code as IWorkflowBase, options.inputData ?? []),
			...this.given,
		});
		return this.outcome;
	}

	/** Seconds until the time wakes the execution; undefined when it is awake. */
	get nap(): number | undefined {
		const until = this.child?.waitTill;
		return until ? (until.getTime() - clock.now()) / 1000 : undefined;
	}

	/**
	 * Wakes the sub-execution, by a call with a body or because the time has come, and when it ends the execution.
	 * @returns the outcome of the execution once it has ended
	 */
	async wake(body?: IDataObject): Promise<NodeOutcome | undefined> {
		if (!this.child?.waitTill || !this.outcome) throw new Error('Nothing sleeps');
		const data = stored(this.child.data);
		const [entry] = data.executionData?.nodeExecutionStack ?? [];
		if (!entry) throw new Error('Nothing is left to run');
		if (body) entry.data = { main: [[{ json: { body, query: { signature: 'x' } } }]] };
		this.child = await this.execute(this.called.at(-1) as IWorkflowBase, data);
		if (this.child.waitTill) return undefined;
		const parent = stored(this.outcome.run.data);
		const [sleeping] = parent.executionData?.nodeExecutionStack ?? [];
		if (!sleeping) throw new Error('The execution has nothing to go on with');
		const { error, runData: runs, lastNodeExecuted = '' } = this.child.data.resultData;
		if (error) {
			sleeping.metadata = {
				...sleeping.metadata,
				resumeError: JSON.parse(JSON.stringify(error)) as typeof error,
			};
		} else {
			sleeping.data = stored(this.child.data).resultData.runData[lastNodeExecuted]?.at(-1)
				?.data ?? {
				main: [],
			};
			if (!runs[lastNodeExecuted]) throw new Error('The sub-execution gives nothing');
		}
		this.outcome = await this.outcome.resume(parent);
		return this.outcome;
	}

	private async call(
		code: IWorkflowBase,
		input: INodeExecutionData[],
	): Promise<ExecuteWorkflowData> {
		this.called.push(code);
		if (this.failWait !== undefined) {
			for (const node of code.nodes) {
				if (node.type.endsWith('.wait')) node.parameters.fails = this.failWait;
			}
		}
		const [start] = code.nodes;
		if (!start) throw new Error('The sub-workflow is empty');
		this.child = await this.execute(
			code,
			createRunExecutionData({
				executionData: {
					nodeExecutionStack: [{ node: start, data: { main: [input] }, source: null }],
				},
			}),
		);
		const { error, runData: runs, lastNodeExecuted = '' } = this.child.data.resultData;
		if (error) throw new Error(error.message);
		const data = runs[lastNodeExecuted]?.at(-1)?.data?.main ?? [];
		return { executionId: childId, data, waitTill: this.child.waitTill };
	}

	private async execute(code: IWorkflowBase, data: IRunExecutionData): Promise<IRun> {
		const { credentialType, credential, node } = this.given;
		const workflow = new Workflow({
			...structuredClone({ nodes: code.nodes, connections: code.connections }),
			id: code.id,
			active: false,
			nodeTypes: nodeTypesFor(node, standIns),
			settings: code.settings,
		});
		const additionalData = runData(credentialType, credential, code.nodes);
		additionalData.executionId = childId;
		await workflow.expression.acquireIsolate();
		try {
			return await new WorkflowExecute(additionalData, 'integrated', data).processRunExecutionData(
				workflow,
			);
		} finally {
			await workflow.expression.releaseIsolate();
		}
	}
}
