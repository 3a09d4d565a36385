import type {
	IBinaryData,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeParameters,
	NodeParameterValueType,
} from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { Expressions } from './expressions';
import { isObject } from './json';
import { extract, UnreadableList } from './lists';
import { toLook } from './looks';
import { readMapping } from './mappings';
import type {
	Answer,
	ApiRequest,
	Call,
	Extract,
	Operation,
	Result,
	Task,
	Values,
} from './operation';
import type { Binding, Catalog, CompiledOperation } from './properties';
import { sleepStep, taskToSleepOn } from './properties';
import { buildRequest, keyOf } from './request';
import type { Sleep, Sleeper, WakeBy } from './sleeping';
import {
	beginSleep,
	fallAsleep,
	finishSleep,
	patience,
	readSleep,
	toNap,
	whyAwake,
} from './sleeping';
import type { Begun, Waiting } from './tasks';
import { Dozing, lookOnce, waitForTask, watch } from './tasks';
import type { Limits } from './transport';
import { Abandoned, defaultLimits, Session } from './transport';
import { InvalidValue, readChoice, readValue } from './values';

type NodeFailure = NodeApiError | NodeOperationError;

/** What one item asks for, checked; or why it cannot be asked for. */
type Prepared = { values: Values; request: ApiRequest } | { failure: NodeFailure };

/** A record, or bytes with the facts that n8n stores beside them. */
interface FileResult {
	bytes: Buffer;
	property: string;
	fileName?: string;
	mimeType?: string;
}

function isFileResult(value: unknown): value is FileResult {
	return isObject(value) && Buffer.isBuffer(value.bytes);
}

/** Whether a stored parameter depends on the item. */
function hasExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	if (typeof value !== 'object' || value === null) return false;
	return Object.values(value).some(hasExpression);
}

/** Marks an error with its item, in the way that n8n's editor and error output read it. */
function forItem(node: INode, thrown: unknown, item: number, several: boolean): NodeFailure {
	const failure = isNodeFailure(thrown)
		? thrown
		: new NodeOperationError(node, toMessage(thrown), {
				itemIndex: item,
				description: thrown instanceof InvalidValue ? thrown.description : undefined,
			});
	failure.context.itemIndex = item;
	const suffix = ` [Item ${item}]`;
	if (several && !failure.message.endsWith(suffix)) failure.message += suffix;
	return failure;
}

function isNodeFailure(thrown: unknown): thrown is NodeFailure {
	return thrown instanceof NodeApiError || thrown instanceof NodeOperationError;
}

function toMessage(thrown: unknown): Error | string {
	if (thrown instanceof InvalidValue || thrown instanceof UnreadableList) return thrown.message;
	return thrown instanceof Error ? thrown : String(thrown);
}

/** Whether the conditions of a field's own `displayOptions` hold for these choices. */
export function isShown({ field }: Binding, chosen: (name: string) => unknown): boolean {
	const matches = ([name, expected]: [string, unknown]) =>
		Array.isArray(expected) && expected.includes(chosen(name));
	const { show, hide } = field.displayOptions ?? {};
	return Object.entries(show ?? {}).every(matches) && !Object.entries(hide ?? {}).some(matches);
}

/** An input item and its number. */
interface Input {
	item: number;
	json: IDataObject;
}

/** Reads the node's parameters; those that hold no expression once per run. */
class Parameters {
	private readonly constants = new Map<string, unknown>();

	/** As stored; n8n copies the whole node each time it is asked for it. */
	private readonly stored: INodeParameters;

	private readonly expressions: Expressions;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly compiled: CompiledOperation,
	) {
		this.stored = context.getNode().parameters;
		this.expressions = new Expressions(this.stored);
	}

	private raw(name: string, input: Input, fallback: unknown): unknown {
		if (this.constants.has(name)) return this.constants.get(name);
		const evaluate = (): unknown =>
			this.context.getNodeParameter(name, input.item, fallback as NodeParameterValueType);
		if (hasExpression(this.stored[name])) {
			return this.expressions.read(name, input.json, evaluate);
		}
		const value = evaluate();
		this.constants.set(name, value);
		return value;
	}

	/** What a field of the form that decides about others stands for; null when it is not on the form itself. */
	private chosen(name: string, input: Input): unknown {
		const candidates = this.compiled.bindings.filter(
			({ field, group }) => group === null && field.name === name,
		);
		const shown = candidates.find((one) => isShown(one, (other) => this.chosen(other, input)));
		if (!shown) return null;
		return readChoice(shown.field, this.raw(name, input, shown.field.default));
	}

	/** The checked values of one item. @throws InvalidValue that names the field */
	read(input: Input): Values {
		const timezone = this.context.getTimezone();
		const values: Values = {};
		for (const binding of this.compiled.bindings) {
			const { field, group } = binding;
			if (!isShown(binding, (name) => this.chosen(name, input))) continue;
			const raw =
				group === null
					? this.raw(field.name, input, field.default ?? null)
					: memberOf(this.raw(group, input, {}), field.name);
			const value =
				field.type === 'resourceMapper'
					? readMapping(field, raw, input.json, timezone)
					: readValue(field, raw, { timezone, group });
			if (value !== undefined) values[keyOf(binding)] = value;
		}
		return values;
	}
}

/** A member of a collection; undefined where it was not added. */
export function memberOf(collection: unknown, name: string): unknown {
	return isObject(collection) && Object.hasOwn(collection, name) ? collection[name] : undefined;
}

/** What the user set for the whole run, in the options of the first item. */
function limitsOf(context: IExecuteFunctions): Limits {
	const options: unknown = context.getNodeParameter('options', 0, {});
	const { requestsInFlight, requestTimeout } = isObject(options) ? options : {};
	const inFlight = Number(requestsInFlight);
	const seconds = Number(requestTimeout);
	return {
		reads: inFlight >= 1 ? Math.floor(inFlight) : defaultLimits.reads,
		writes: inFlight >= 1 ? Math.floor(inFlight) : defaultLimits.writes,
		timeout: seconds > 0 ? seconds * 1000 : defaultLimits.timeout,
	};
}

/** Work for one item or several; gives one outcome for each item. */
type Job = { items: number[]; run: () => Promise<Array<Result | Error>> };

/** Runs jobs in order, some at a time. `onFailure` tells whether further jobs start after one that failed. */
async function runJobs(
	jobs: Job[],
	atATime: number,
	onFailure: () => boolean,
): Promise<Map<number, Result | Error>> {
	const outcomes = new Map<number, Result | Error>();
	let next = 0;
	let goOn = true;
	const work = async () => {
		for (let job = jobs[next++]; job && goOn; job = jobs[next++]) {
			const { items } = job;
			const results = await job.run().catch((error: unknown) => {
				const failure = error instanceof Error ? error : new Error(String(error));
				return items.map(() => failure);
			});
			items.forEach((item, index) => outcomes.set(item, results[index]));
			if (results.some((result) => result instanceof Error)) goOn = onFailure();
		}
	};
	await Promise.all(Array.from({ length: Math.min(atATime, jobs.length) }, work));
	return outcomes;
}

function pick(record: unknown, names: string[] | undefined): unknown {
	if (!names || !isObject(record)) return record;
	return Object.fromEntries(
		names.filter((name) => Object.hasOwn(record, name)).map((name) => [name, record[name]]),
	);
}

/** How jobs that a run starts are waited for. */
interface Manner {
	/** See {@link Waiting.patience}. */
	patience?: number;
	/** Where the service is to call once a job has ended. */
	resumeUrl?: string;
}

/** What makes the service call an address, as members of the body. */
function callbackTo({ output }: Operation, url: string): IDataObject {
	return output.kind === 'task' && output.callback ? output.callback(url) : {};
}

/** The request, with what makes the service call back. */
function withCallback(operation: Operation, request: ApiRequest, url: string): ApiRequest {
	const body = request.body as IDataObject | undefined;
	return { ...request, body: { ...body, ...callbackTo(operation, url) } };
}

/** @throws InvalidValue when the user names an address to call beside n8n's own */
function checkCallback({ operation, bindings }: CompiledOperation, values: Values): void {
	const members = callbackTo(operation, '');
	const second = bindings.find(
		(binding) =>
			Object.hasOwn(members, binding.field.wire?.as ?? binding.field.name) &&
			values[keyOf(binding)] !== undefined,
	);
	if (!second || !waitsByCallback(values)) return;
	throw new InvalidValue(
		`“${second.field.displayName}” cannot be set while “Wait By” is “Callback”: the node tells the service itself whom to call`,
	);
}

const waits = (values: Values) => values.waitForCompletion === true;

const waitsByCallback = (values: Values) => waits(values) && values.waitBy === 'callback';

/** The code of an operation for one item: its own, or what its description says. */
async function runOne(
	operation: Operation,
	call: Call,
	wait: (task: Task, started: Answer) => Promise<Result>,
	resumeUrl: string | undefined,
): Promise<Result> {
	if (operation.run) return await operation.run(call);
	const { output } = operation;
	if (output.kind === 'list') {
		const all = call.values.returnAll === true;
		const limit = typeof call.values.limit === 'number' && !all ? call.values.limit : undefined;
		return await call.list(call.request, output, limit);
	}
	const { request } = call;
	const answer = await call.send(
		resumeUrl === undefined ? request : withCallback(operation, request, resumeUrl),
	);
	switch (output.kind) {
		case 'deleted':
			return { deleted: true };
		case 'task':
			if (!waits(call.values)) return answer.body;
			return await wait(output.task, answer);
		case 'file':
			return toFile(answer, String(call.values.binaryPropertyName));
		default:
			return recordOf(output.at, call, answer);
	}
}

function toFile(answer: Answer, property: string): FileResult {
	const bytes = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(String(answer.body ?? ''));
	const disposition = answer.headers['content-disposition'] ?? '';
	// A folder in the name is a server's matter, not ours
	const fileName = /filename="?([^";]+)"?/i.exec(disposition)?.[1]?.split(/[/\\]/).pop();
	return { bytes, property, fileName, mimeType: answer.headers['content-type']?.split(';')[0] };
}

function recordOf(where: Extract | undefined, call: Call, answer: Answer): unknown {
	const record = extract(answer.body, where);
	if (record !== undefined && record !== null && record !== '') return record;
	// Services may confirm a change without a body; a read without one has found nothing
	if (call.request.kind === 'write') return { success: true };
	throw call.refuse(
		'The answer is empty',
		`The service answered with status ${answer.status} and no record.`,
	);
}

/** One run of a node: from input items to output items. */
class Run {
	private readonly node: INode;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly compiled: CompiledOperation,
		/** Whether there is more than one item: messages then name theirs. */
		private readonly several: boolean,
	) {
		this.node = context.getNode();
	}

	/** Reads and checks all items before the first request, so that bad input leaves nothing half done. */
	prepare(items: INodeExecutionData[]): Prepared[] {
		const parameters = new Parameters(this.context, this.compiled);
		return items.map(({ json }, item) => {
			try {
				const values = parameters.read({ item, json });
				checkCallback(this.compiled, values);
				return this.prepared(values);
			} catch (error) {
				return { failure: forItem(this.node, error, item, this.several) };
			}
		});
	}

	private prepared(values: Values): { values: Values; request: ApiRequest } {
		const { operation, bindings } = this.compiled;
		return { values, request: buildRequest(operation, bindings, values) };
	}

	private waiting(session: Session, call: Call, task: Task, patience?: number): Waiting {
		return {
			timeoutMinutes: timeoutOf(task, call.values),
			patience,
			pause: async (milliseconds) => await session.pause(milliseconds),
			refuse: call.refuse,
		};
	}

	call(session: Session, item: number, prepared: { values: Values; request: ApiRequest }): Call {
		const look = toLook(this.context, session, prepared.values, item);
		const call: Call = {
			...look,
			item,
			request: prepared.request,
			transfer: async (transfer) => await session.transfer(transfer),
			wait: async (task, started) =>
				await waitForTask(task, started, call, this.waiting(session, call, task)),
			file: async (property) => ({
				info: this.context.helpers.assertBinaryData(item, property),
				data: await this.context.helpers.getBinaryDataBuffer(item, property),
			}),
		};
		return call;
	}

	/** What is done about jobs that have begun, each with its own call. */
	sleeperJobs(
		session: Session,
		task: Task,
		sleepers: Sleeper[],
		act: (task: Task, begun: Begun, call: Call, waiting: Waiting) => Promise<Result>,
	): Job[] {
		return sleepers.map(({ item, values, begun }) => {
			const call = this.call(session, item, this.prepared(values));
			return {
				items: [item],
				run: async () => [await act(task, begun, call, this.waiting(session, call, task))],
			};
		});
	}

	jobs(session: Session, prepared: Prepared[], { patience, resumeUrl }: Manner): Job[] {
		const { operation } = this.compiled;
		const calls = prepared.flatMap((entry, item) =>
			'failure' in entry ? [] : [this.call(session, item, entry)],
		);
		const { batch } = operation;
		if (!batch) {
			return calls.map((call) => ({
				items: [call.item],
				run: async () => {
					const wait = async (task: Task, started: Answer) =>
						await waitForTask(task, started, call, this.waiting(session, call, task, patience));
					return [await runOne(operation, call, wait, resumeUrl)];
				},
			}));
		}
		const jobs: Job[] = [];
		for (let start = 0; start < calls.length; start += batch.size) {
			const part = calls.slice(start, start + batch.size);
			jobs.push({
				items: part.map(({ item }) => item),
				run: async () => await this.batch(batch, part),
			});
		}
		return jobs;
	}

	/** One request for several items: each gets a result or an error of its own. */
	private async batch(
		batch: NonNullable<Operation['batch']>,
		calls: Call[],
	): Promise<Array<Result | Error>> {
		try {
			const results = await batch.run(calls);
			return calls.map((call, index) =>
				index < results.length
					? results[index]
					: call.refuse('The answer holds no result for this item'),
			);
		} catch (error) {
			return calls.map(() => this.copyOf(error));
		}
	}

	/** Errors are marked with their item, so several items cannot share one. */
	private copyOf(thrown: unknown): Error {
		if (!isNodeFailure(thrown)) return thrown instanceof Error ? thrown : new Error(String(thrown));
		const { message, description } = thrown;
		const words = { message, description: description ?? undefined };
		if (thrown instanceof NodeOperationError) {
			return new NodeOperationError(this.node, message, words);
		}
		const copy = new NodeApiError(
			this.node,
			{ message },
			{ ...words, httpCode: thrown.httpCode ?? undefined },
		);
		copy.message = message;
		return copy;
	}

	/** The output items of one outcome, each paired with its input item. */
	async toItems(item: number, result: Result, values: Values): Promise<INodeExecutionData[]> {
		const { operation } = this.compiled;
		const { output, simple } = operation;
		const key = 'key' in output && output.key ? output.key : 'value';
		const names = values.simple === true ? simple : undefined;
		const records: unknown[] = Array.isArray(result) ? result : [result];
		const pairedItem = { item };
		return await Promise.all(
			records.map(async (record): Promise<INodeExecutionData> => {
				if (isFileResult(record))
					return { json: {}, binary: await this.binary(record), pairedItem };
				const json = isObject(record) ? pick(record, names) : { [key]: record ?? null };
				return { json: json as IDataObject, pairedItem };
			}),
		);
	}

	private async binary(file: FileResult): Promise<Record<string, IBinaryData>> {
		const data = await this.context.helpers.prepareBinaryData(
			file.bytes,
			file.fileName,
			file.mimeType,
		);
		return { [file.property]: data };
	}

	/** The output items of one outcome, also of a failed one. */
	async toOutput(
		item: number,
		outcome: Result | Error,
		values: Values,
		toErrorOutput: boolean,
	): Promise<INodeExecutionData[]> {
		if (!(outcome instanceof Error)) return await this.toItems(item, outcome, values);
		return [toErrorItem(this.failure(item, outcome), item, toErrorOutput)];
	}

	failure(item: number, error: unknown): NodeFailure {
		return forItem(this.node, error, item, this.several);
	}
}

/**
 * A failed item, in the shape that n8n understands. On the error output n8n adds the input's data to an item that
 * holds nothing but these members; to one that carries the error itself it does not.
 */
function toErrorItem(
	failure: NodeFailure,
	item: number,
	toErrorOutput: boolean,
): INodeExecutionData {
	const { message, description } = failure;
	const pairedItem = { item };
	if (!toErrorOutput) return { json: { error: message }, error: failure, pairedItem };
	const details = description ? { message, details: description } : {};
	return { json: { error: message, ...details }, pairedItem };
}

/** Whether an outcome is a failure of its own, not one that another item's failure brought about. */
function isCause(outcome: Result | Error): boolean {
	return outcome instanceof Error && !(outcome instanceof Abandoned);
}

function find(context: IExecuteFunctions, catalog: Catalog): CompiledOperation {
	const resource = String(context.getNodeParameter('resource', 0));
	// n8n drops the operation of a resource that is not on the form
	const operation = String(context.getNodeParameter('operation', 0, ''));
	const compiled = catalog.operations.get(`${resource}:${operation}`);
	if (compiled) return compiled;
	throw new NodeOperationError(
		context.getNode(),
		operation === ''
			? `${catalog.provider.displayName} has no resource “${resource}”`
			: `${catalog.provider.displayName} has no operation “${operation}” for the resource “${resource}”`,
		{
			itemIndex: 0,
			description:
				'Choose “Resource” and “Operation” again. A newer version of the package may have it.',
		},
	);
}

/** Minutes that a job is waited for. */
function timeoutOf(task: Task, values: Values): number {
	const set = values['options.timeout'];
	return typeof set === 'number' ? set : task.timeoutMinutes;
}

/** What passwords stand in is not needed any more once a job has begun, and is not stored. */
function withoutPasswords({ bindings }: CompiledOperation, values: Values): Values {
	const kept = { ...values };
	for (const binding of bindings) {
		if (binding.field.typeOptions?.password) delete kept[keyOf(binding)];
	}
	return kept;
}

/** One execution of a node that a user has placed. */
class Execution {
	private readonly run: Run;

	private readonly toErrorOutput: boolean;

	/** Starts are writes, one at a time; waiting for what they began overlaps. */
	private readonly atATime: number;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly compiled: CompiledOperation,
		private readonly session: Session,
		private readonly prepared: Prepared[],
		private readonly goOn: boolean,
	) {
		this.run = new Run(context, compiled, prepared.length > 1);
		this.toErrorOutput = context.getNode().onError === 'continueErrorOutput';
		const overlaps = prepared.every(
			(entry) => 'failure' in entry || entry.request.kind === 'read' || waits(entry.values),
		);
		this.atATime = overlaps ? session.limits.reads : session.limits.writes;
	}

	/** Does the work of all items, and as far as `manner` says waits for it. @throws the first failure that ends the run */
	private async work(manner: Manner): Promise<Map<number, Result | Error>> {
		return await this.through(this.run.jobs(this.session, this.prepared, manner));
	}

	private async through(jobs: Job[]): Promise<Map<number, Result | Error>> {
		return await runThrough(this.run, this.session, jobs, this.atATime, this.goOn);
	}

	private async toOutput(outcomes: Map<number, Result | Error>): Promise<INodeExecutionData[]> {
		return (await this.outputs(outcomes)).flatMap(({ output }) => output);
	}

	private async outputs(
		outcomes: Map<number, Result | Error>,
	): Promise<Array<{ item: number; output: INodeExecutionData[] }>> {
		const made: Array<{ item: number; output: INodeExecutionData[] }> = [];
		for (const [item, entry] of this.prepared.entries()) {
			const [outcome, values] =
				'failure' in entry ? [entry.failure, {}] : [outcomes.get(item), entry.values];
			if (outcome instanceof Dozing) continue;
			const output = await this.run.toOutput(item, outcome, values, this.toErrorOutput);
			made.push({ item, output });
		}
		return made;
	}

	private sleepersIn(outcomes: Map<number, Result | Error>): Sleeper[] {
		return this.prepared.flatMap((entry, item) => {
			const outcome = outcomes.get(item);
			if ('failure' in entry || !(outcome instanceof Dozing)) return [];
			const values = withoutPasswords(this.compiled, entry.values);
			return [{ item, values, begun: outcome.begun }];
		});
	}

	/** What the sub-workflow gets to know. */
	private async toSleep(
		task: Task,
		outcomes: Map<number, Result | Error>,
		by: WakeBy,
	): Promise<IDataObject> {
		const sleep: Sleep = {
			by,
			goOn: this.goOn,
			toErrorOutput: this.toErrorOutput,
			several: this.prepared.length > 1,
			limits: this.session.limits,
			sleepers: this.sleepersIn(outcomes),
			settled: await this.outputs(outcomes),
		};
		const output = sleep.settled.flatMap((settled) => settled.output);
		return asJson({ ...napOf(task, sleep, sleep.sleepers), sleep, output });
	}

	/** Watches on what could not be slept through. */
	private async stayAwake(
		task: Task,
		outcomes: Map<number, Result | Error>,
	): Promise<INodeExecutionData[]> {
		const jobs = this.run.sleeperJobs(this.session, task, this.sleepersIn(outcomes), watch);
		return await this.toOutput(new Map([...outcomes, ...(await this.through(jobs))]));
	}

	/** Everything within this run. */
	private async awake(): Promise<INodeExecutionData[]> {
		return await this.toOutput(await this.work({}));
	}

	/** Starts the work so that the service calls when it has ended, and sleeps until then. */
	private async untilCalled(task: Task): Promise<INodeExecutionData[][]> {
		const reason = whyAwake(this.context, 'callback', this.session.baseUrl);
		if (reason !== undefined) return await this.withoutCallback(reason);
		const begun: { work?: Promise<Map<number, Result | Error>> } = {};
		const slept = await fallAsleep(this.context, 'callback', async (resumeUrl) => {
			begun.work = this.work({ patience: 0, resumeUrl });
			return await this.toSleep(task, await begun.work, 'callback');
		});
		if ('output' in slept) return slept.output;
		// What was started is not started again
		if (begun.work) return [await this.stayAwake(task, await begun.work)];
		return await this.withoutCallback(`n8n does not allow it: ${slept.problem}`);
	}

	private async withoutCallback(reason: string): Promise<INodeExecutionData[][]> {
		this.context.addExecutionHints({
			message: `“Wait By” could not be “Callback”, because ${reason}. The node asked for the state of the work again and again instead.`,
			location: 'outputPane',
		});
		return [await this.awake()];
	}

	/** Watches the work for some time, then sleeps between looks. */
	private async untilLooked(task: Task): Promise<INodeExecutionData[][]> {
		const outcomes = await this.work({ patience });
		if (this.sleepersIn(outcomes).length === 0) return [await this.toOutput(outcomes)];
		const slept = await fallAsleep(
			this.context,
			'time',
			async () => await this.toSleep(task, outcomes, 'time'),
		);
		if ('output' in slept) return slept.output;
		this.context.logger.warn(
			`A wait stays in its process, because n8n does not let it sleep: ${slept.problem}`,
		);
		return [await this.stayAwake(task, outcomes)];
	}

	async toEnd(): Promise<INodeExecutionData[][]> {
		const some = (rule: (values: Values) => boolean) =>
			this.prepared.some((entry) => 'values' in entry && rule(entry.values));
		const task = taskToSleepOn(this.compiled.operation);
		if (!task || !some(waits)) return [await this.awake()];
		if (some(waitsByCallback)) return await this.untilCalled(task);
		const reason = whyAwake(this.context, 'time', this.session.baseUrl);
		return reason === undefined ? await this.untilLooked(task) : [await this.awake()];
	}
}

/** What other nodes get is what n8n would have stored. */
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value)) as IDataObject;

function napOf(task: Task, sleep: Sleep, running: Sleeper[]): IDataObject {
	return toNap(
		sleep,
		running.map((sleeper) => ({ ...sleeper, timeoutMinutes: timeoutOf(task, sleeper.values) })),
	);
}

/** @throws the first failure, unless failed items become output items */
async function runThrough(
	run: Run,
	session: Session,
	jobs: Job[],
	atATime: number,
	goOn: boolean,
): Promise<Map<number, Result | Error>> {
	const outcomes = await runJobs(jobs, atATime, () => {
		if (!goOn) session.abandon();
		return goOn;
	});
	if (goOn) return outcomes;
	const failed = [...outcomes].sort(([a], [b]) => a - b).find(([, outcome]) => isCause(outcome));
	if (failed) throw run.failure(failed[0], failed[1]);
	return outcomes;
}

/** The step of a sleep that looks at what is under way. */
async function lookAgain(
	context: IExecuteFunctions,
	catalog: Catalog,
): Promise<INodeExecutionData[][]> {
	const compiled = find(context, catalog);
	const task = taskToSleepOn(compiled.operation);
	const sleep = task && readSleep(context);
	if (!sleep) {
		throw new NodeOperationError(context.getNode(), 'There is nothing here to wait for');
	}
	const session = await Session.open(context, catalog.provider, sleep.limits);
	const run = new Run(context, compiled, sleep.several);
	const jobs = run.sleeperJobs(session, task, sleep.sleepers, lookOnce);
	const outcomes = await runThrough(run, session, jobs, sleep.limits.reads, sleep.goOn);
	const running = sleep.sleepers.filter(({ item }) => outcomes.get(item) instanceof Dozing);
	const nap = napOf(task, sleep, running);
	if (running.length > 0) return [[{ json: nap }]];
	const looked = await Promise.all(
		sleep.sleepers.map(async ({ item, values }) => ({
			item,
			output: await run.toOutput(item, outcomes.get(item), values, sleep.toErrorOutput),
		})),
	);
	const output = [...sleep.settled, ...looked]
		.sort((a, b) => a.item - b.item)
		.flatMap((settled) => settled.output);
	return [[{ json: asJson({ ...nap, output }) }]];
}

/**
 * Runs a node: input items in, output items out, in input order and paired. All items are checked first;
 * then reads run side by side and writes one at a time.
 * @param goOn whether failed items become output items instead of ending the run (Continue On Fail)
 */
export async function execute(
	context: IExecuteFunctions,
	catalog: Catalog,
	goOn: boolean,
): Promise<INodeExecutionData[][]> {
	switch (context.getNodeParameter(sleepStep, 0, '')) {
		case 'begin':
			return await beginSleep(context);
		case 'look':
			return await lookAgain(context, catalog);
		case 'finish':
			return finishSleep(context);
	}
	const compiled = find(context, catalog);
	const items = context.getInputData();
	const prepared = new Run(context, compiled, items.length > 1).prepare(items);
	const broken = prepared.find((entry) => 'failure' in entry);
	if (broken && 'failure' in broken && !goOn) throw broken.failure;

	const session = await Session.open(context, catalog.provider, limitsOf(context));
	const output = await new Execution(context, compiled, session, prepared, goOn).toEnd();
	const { emptyHint, output: gives } = compiled.operation;
	if (emptyHint && gives.kind === 'list' && output[0]?.length === 0) {
		context.addExecutionHints({ message: emptyHint, location: 'outputPane' });
	}
	return output;
}
