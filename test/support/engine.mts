/**
 * Runs nodes on n8n's own execution engine (n8n-core) without a server: a workflow of a manual trigger that gives the
 * items, and the node under test. Credentials behave as n8n's do: encrypted at rest is left out, but the token
 * pre-fetch, its storing and the sign-in follow n8n's CredentialsHelper.
 */
import type {
	IBinaryKeyData,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IExecuteData,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INode,
	INodeCredentialsDetails,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	INodeTypes,
	IRun,
	IRunExecutionData,
	IWorkflowExecuteAdditionalData,
	NodeApiError,
	OnError,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import {
	ICredentialsHelper,
	NodeConnectionTypes,
	NodeHelpers,
	Workflow,
	createRunExecutionData,
} from 'n8n-workflow';
import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';

/** What the engine needs to run a node. */
export interface NodeRun {
	node: INodeType;
	credentialType: ICredentialType;
	/** Data of the stored credential; written to when a token is stored. */
	credential: ICredentialDataDecryptedObject;
	parameters: INodeParameters;
	/** Input items. Default: one empty item. */
	items?: IDataObject[];
	/** Files of the input items, by index. */
	files?: IBinaryKeyData[];
	/** What happens to a failed item. Default: the run stops. */
	onError?: OnError;
	/** Called as soon as the run has begun. */
	started?: (control: { cancel: () => void }) => void;
	/** Runs sub-workflows, which are not there without it. */
	executeWorkflow?: IWorkflowExecuteAdditionalData['executeWorkflow'];
	/** How the execution was started. Default: `manual`. */
	mode?: WorkflowExecuteMode;
	/** Parameters of the node that gives the items. */
	start?: INodeParameters;
	/** ID of the workflow; empty when it is not saved. Default: `test`. */
	workflowId?: string;
}

/** What came out. */
export interface NodeOutcome {
	/** The items of the first output. */
	items: INodeExecutionData[];
	/** The items of the error output, with `onError: 'continueErrorOutput'`. */
	failed: INodeExecutionData[];
	/** Why the run stopped. */
	error?: NodeApiError;
	/** Everything that n8n would store of the execution. */
	run: IRun;
	/** Goes on with an execution that was put to sleep, as n8n has stored it by then. */
	resume: (stored: IRunExecutionData) => Promise<NodeOutcome>;
}

const nodeName = 'Node under test';
const startName = 'Start';

/** Gives the items that a test wants as input. */
class Start implements INodeType {
	description = {
		displayName: 'Start',
		name: 'start',
		group: ['trigger' as const],
		version: 1,
		description: 'Gives the input of a test',
		defaults: { name: startName },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [
			{ displayName: 'Respond', name: 'responseMode', type: 'string' as const, default: '' },
		],
	};
}

/** n8n's rules for credentials with a token (CredentialsHelper of the n8n package), on one credential in memory. */
class Credentials extends ICredentialsHelper {
	private readonly type: ICredentialType;

	private readonly stored: ICredentialDataDecryptedObject;

	constructor(type: ICredentialType, stored: ICredentialDataDecryptedObject) {
		super();
		this.type = type;
		this.stored = stored;
	}

	getParentTypes(): string[] {
		return [];
	}

	getCredentialsProperties() {
		return this.type.properties;
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async getDecrypted(): Promise<ICredentialDataDecryptedObject> {
		const defaults: ICredentialDataDecryptedObject = {};
		for (const { name, default: value } of this.type.properties) {
			defaults[name] = value as ICredentialDataDecryptedObject[string];
		}
		return await Promise.resolve({ ...defaults, ...structuredClone(this.stored) });
	}

	async getCredentials(): Promise<never> {
		return await Promise.reject(
			new Error('Encrypted credentials are not part of this test engine'),
		);
	}

	async updateCredentials(
		_details: INodeCredentialsDetails,
		_type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		Object.assign(this.stored, data);
		await Promise.resolve();
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		await Promise.resolve();
	}

	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		_type: string,
		_node: INode,
		credentialsExpired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const expirable = this.type.properties.find(
			({ type, typeOptions }) => type === 'hidden' && typeOptions?.expirable === true,
		);
		if (!expirable || !this.type.preAuthentication) return undefined;
		if (credentials[expirable.name] !== '' && !credentialsExpired) return undefined;
		const output = (await this.type.preAuthentication.call(
			helpers,
			credentials,
		)) as ICredentialDataDecryptedObject;
		if (output[expirable.name] === undefined) return undefined;
		Object.assign(this.stored, output);
		return Object.assign(credentials, output);
	}

	async runPreAuthentication(): Promise<ICredentialDataDecryptedObject | undefined> {
		return await Promise.resolve(undefined);
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_type: string,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		if (typeof this.type.authenticate !== 'function') {
			throw new Error('The credentials of this package authenticate by a function');
		}
		return await this.type.authenticate(credentials, options);
	}
}

/** Knows the node under test, a start node, and more by their types. */
export function nodeTypesFor(node: INodeType, more: Record<string, INodeType> = {}): INodeTypes {
	const known: Record<string, INodeType> = {
		...more,
		start: new Start(),
		[node.description.name]: node,
	};
	const find = (type: string): INodeType => {
		const found = known[type];
		if (!found) throw new Error(`Unknown node type ${type}`);
		return found;
	};
	return {
		getByName: find,
		getByNameAndVersion: (type) => NodeHelpers.getVersionedNodeType(find(type)),
		getKnownTypes: () => ({}),
	};
}

/** What n8n hands to every node that runs: credentials, addresses, hooks. */
export function runData(
	credentialType: ICredentialType,
	credential: ICredentialDataDecryptedObject,
	nodes: INode[],
): IWorkflowExecuteAdditionalData {
	const hooks = new ExecutionLifecycleHooks('manual', '1', {
		id: 'test',
		name: 'Test',
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(0),
		updatedAt: new Date(0),
		nodes,
		connections: {},
	});
	return {
		credentialsHelper: new Credentials(credentialType, credential),
		hooks,
		executionId: '1',
		currentNodeParameters: undefined,
		restApiUrl: '',
		instanceBaseUrl: 'http://localhost:5678',
		formWaitingBaseUrl: 'http://localhost:5678/formWaitingBaseUrl',
		webhookBaseUrl: 'http://localhost:5678/webhookBaseUrl',
		webhookWaitingBaseUrl: 'http://localhost:5678/webhookWaitingBaseUrl',
		webhookTestBaseUrl: 'http://localhost:5678/webhookTestBaseUrl',
		userId: '1',
		variables: {},
		setExecutionStatus: () => undefined,
		sendDataToUI: () => undefined,
		logAiEvent: () => undefined,
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** Runs a node on n8n's engine and gives what came out; failures of the node are part of the outcome. */
export async function runNode(given: NodeRun): Promise<NodeOutcome> {
	const node: INode = {
		id: 'b1c1d2a4-0000-4000-8000-000000000001',
		name: nodeName,
		type: given.node.description.name,
		typeVersion: 1,
		position: [200, 0],
		parameters: given.parameters,
		credentials: { [given.credentialType.name]: { id: '1', name: 'Test credential' } },
		onError: given.onError ?? 'stopWorkflow',
	};
	const start: INode = {
		id: 'b1c1d2a4-0000-4000-8000-000000000000',
		name: startName,
		type: 'start',
		typeVersion: 1,
		position: [0, 0],
		parameters: given.start ?? {},
	};
	const workflow = new Workflow({
		id: given.workflowId ?? 'test',
		nodes: [start, node],
		connections: {
			[startName]: { main: [[{ node: nodeName, type: NodeConnectionTypes.Main, index: 0 }]] },
		},
		active: false,
		nodeTypes: nodeTypesFor(given.node),
		settings: { timezone: 'UTC' },
	});
	const input = (given.items ?? [{}]).map((json, item) => ({
		json,
		...(given.files?.[item] && { binary: given.files[item] }),
		pairedItem: { item },
	}));
	const begin: IExecuteData = {
		node,
		data: { main: [input] },
		source: { main: [{ previousNode: startName }] },
	};
	const startData = {
		startTime: 0,
		executionTime: 0,
		executionIndex: 0,
		source: [],
		data: { main: [input] },
	};
	const additionalData = runData(given.credentialType, given.credential, [start, node]);
	if (given.executeWorkflow) additionalData.executeWorkflow = given.executeWorkflow;
	const data = createRunExecutionData({
		startData: {},
		resultData: { runData: { [startName]: [startData] } },
		executionData: {
			contextData: {},
			metadata: {},
			nodeExecutionStack: [begin],
			waitingExecution: {},
			waitingExecutionSource: {},
		},
	});
	const run = async (stored: IRunExecutionData): Promise<NodeOutcome> => {
		const execution = new WorkflowExecute(additionalData, given.mode ?? 'manual', stored);
		await workflow.expression.acquireIsolate();
		try {
			const running = execution.processRunExecutionData(workflow);
			given.started?.({ cancel: () => running.cancel() });
			return { ...toOutcome(await running), resume: run };
		} finally {
			await workflow.expression.releaseIsolate();
		}
	};
	return await run(data);
}

function toOutcome(run: IRun): Omit<NodeOutcome, 'resume'> {
	const { resultData } = run.data;
	const main = resultData.runData[nodeName]?.[0]?.data?.main;
	const error = resultData.error ?? resultData.runData[nodeName]?.[0]?.error;
	return {
		items: main?.[0] ?? [],
		failed: main?.[1] ?? [],
		error: error as NodeApiError | undefined,
		run,
	};
}
