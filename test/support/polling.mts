/**
 * Activates trigger nodes on n8n-core without a server, and stores what they remember as n8n does: with the items of a
 * poll, or with the activation. After a crash the last stored memory counts.
 */
import { PollContext } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeProperties,
	INodeType,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { cronNodeOptions, Workflow } from 'n8n-workflow';

import { nodeTypesFor, runData } from './engine.mts';

/** A trigger node with its settings. */
export interface Watching {
	node: INodeType;
	credentialType: ICredentialType;
	/** Data of the stored credential; written to when a token is stored. */
	credential: ICredentialDataDecryptedObject;
	parameters: INodeParameters;
	/** Milliseconds that n8n gives a poll; null for an older n8n, which does not say. Default: n8n-core's. */
	budget?: number | null;
}

/** An active workflow of one trigger node. */
export interface Active {
	/** One poll; gives the items that started the workflow, none when it was not started. */
	poll(): Promise<INodeExecutionData[]>;
	/** A poll that n8n gives up, as after its time limit: what it gave and what it remembered is dropped. */
	pollInVain(): Promise<INodeExecutionData[] | null>;
	/** The JSON of everything that was delivered since the activation. */
	readonly delivered: IDataObject[];
	/**
	 * A poll that n8n has made ready with what the workflow remembers at this moment, and that comes later: its durable
	 * poll cursors are read before a poll, and stored after it. What it gives is dropped.
	 */
	prepare(): () => Promise<INodeExecutionData[]>;
	/** Ends n8n at once and starts it again, with what had been stored; the first poll follows. */
	crash(): Promise<void>;
	/** Changes the settings, as an edit of the workflow does. */
	edit(parameters: INodeParameters): void;
	/** What is stored for the node, as JSON. */
	stored(): string;
	/** What “Fetch test event” shows. */
	fetchTestEvent(): Promise<INodeExecutionData[]>;
}

/** The node as n8n's loader hands it out: with the times at which it polls on its form. */
function loaded(node: INodeType): INodeType {
	const pollTimes: INodeProperties = {
		displayName: 'Poll Times',
		name: 'pollTimes',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: { item: [{ mode: 'everyMinute' }] },
		options: cronNodeOptions,
	};
	const description = {
		...node.description,
		properties: [pollTimes, ...node.description.properties],
	};
	return Object.create(node, { description: { value: description } }) as INodeType;
}

/** Of the workflows; two never are the same one, although the engine is not loaded anew. */
let serial = 0;

/** Makes an active workflow; it polls when it is told to. The first poll is that of the activation. */
export async function activate(given: Watching): Promise<Active> {
	const { budget } = given;
	serial += 1;
	const id = `test-${serial}`;
	let parameters = given.parameters;
	let stored: IDataObject = {};
	const delivered: IDataObject[] = [];
	const open = (staticData: IDataObject) => {
		const node: INode = {
			id: 'b1c1d2a4-0000-4000-8000-000000000002',
			name: 'Trigger under test',
			type: given.node.description.name,
			typeVersion: 1,
			position: [0, 0],
			parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] }, ...parameters },
			credentials: { [given.credentialType.name]: { id: '1', name: 'Test credential' } },
		};
		const workflow = new Workflow({
			id,
			nodes: [node],
			connections: {},
			active: true,
			nodeTypes: nodeTypesFor(loaded(given.node)),
			settings: { timezone: 'UTC' },
			staticData,
		});
		const data = runData(given.credentialType, given.credential, [node]);
		const run = async (
			mode: WorkflowExecuteMode,
			memory?: IDataObject,
		): Promise<INodeExecutionData[] | null> => {
			const context = new PollContext(
				workflow,
				node,
				data,
				mode,
				'init',
				undefined,
				undefined,
				undefined,
				undefined,
				memory && (() => memory),
				typeof budget === 'number' ? () => budget : undefined,
			);
			if (budget === null) Object.assign(context, { getPollBudgetMs: undefined });
			await workflow.expression.acquireIsolate();
			try {
				if (!given.node.poll) throw new Error('The node under test does not poll');
				const result = await given.node.poll.call(context);
				const items = result && (result[0] ?? []);
				if (items?.length === 0) throw new Error('n8n would start the workflow with no item');
				return items;
			} finally {
				await workflow.expression.releaseIsolate();
			}
		};
		return { workflow, run, node };
	};
	let instance = open(structuredClone(stored));
	const remembered = () => JSON.parse(JSON.stringify(instance.workflow.staticData)) as IDataObject;
	const save = () => {
		stored = remembered();
	};
	const poll = async (): Promise<INodeExecutionData[]> => {
		const items = await instance.run('trigger');
		if (items === null) return [];
		save();
		// A workflow of items that cannot be written as JSON could not be stored
		delivered.push(...items.map(({ json }) => JSON.parse(JSON.stringify(json)) as IDataObject));
		return items;
	};
	const pollInVain = async (): Promise<INodeExecutionData[] | null> => {
		const { workflow, run, node } = instance;
		return await run('trigger', structuredClone({ ...workflow.getStaticData('node', node) }));
	};
	await poll();
	save();
	return {
		delivered,
		poll,
		pollInVain,
		prepare() {
			const other = open(remembered());
			return async () => (await other.run('trigger')) ?? [];
		},
		async crash() {
			instance = open(structuredClone(stored));
			await poll();
			save();
		},
		edit(changed) {
			parameters = changed;
			save();
			instance = open(structuredClone(stored));
		},
		stored: () => JSON.stringify(instance.workflow.staticData),
		fetchTestEvent: async () => (await instance.run('manual')) ?? [],
	};
}
