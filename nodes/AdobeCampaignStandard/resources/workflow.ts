import { byId, fromList } from '../../shared/fields';
import { at, isObject, text } from '../../shared/json';
import type { Call, Field, Operation, Resource, Result } from '../../shared/operation';
import { encodeSegment } from '../../shared/request';
import { resolveHref } from '../calls';

/** The service takes no larger signal; in bytes. */
const largestSignal = 64 * 1024;

/** A workflow by its visible ID; the API has no list to pick from. */
export const workflowId: Field = {
	displayName: 'Workflow ID',
	name: 'workflowId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. WKF23',
	description:
		'As shown at the top of the workflow in Campaign and in its properties. The API has no list of workflows.',
	check: { pattern: /^\S(.*\S)?$/, expects: 'the ID of a workflow' },
	wire: { in: 'path' },
};

/** The answer to a command is not documented: what comes is shown, unless it says nothing. */
const acknowledged = (body: unknown) =>
	isObject(body) && Object.keys(body).length > 0 ? body : undefined;

function command(method: string, name: string, description: string): Operation {
	return {
		name,
		value: method,
		action: `${name} workflow`,
		description,
		operationId: 'controlWorkflow',
		request: {
			method: 'POST',
			path: '/workflow/execution/{workflowId}/commands',
			body: { method },
		},
		output: { kind: 'item', at: acknowledged },
		fields: [workflowId],
	};
}

/** The signal activities of a workflow, each with its name and the address that triggers it. */
function signalsOf(body: unknown): Array<Record<string, unknown>> {
	const activities = at(body, 'activities.activity');
	return Object.entries(isObject(activities) ? activities : {}).flatMap(([name, activity]) =>
		isObject(activity) && isObject(activity.trigger) ? [{ name, ...activity }] : [],
	);
}

/** The parameters of the form, which travel as plain values. */
function parametersOf(call: Call): Record<string, unknown> {
	const { signalParameters: given } = call.values;
	const parameters = isObject(given) ? given : {};
	const nested = Object.keys(parameters).find(
		(name) => !['string', 'number', 'boolean'].includes(typeof parameters[name]),
	);
	if (nested === undefined) return parameters;
	throw call.refuse(
		`“Parameters (JSON)” must hold texts, numbers and true or false, but “${nested}” is something else`,
		'Types must be those that the External signal activity declares. Dates travel as text.',
	);
}

async function signal(call: Call): Promise<Result> {
	const name = String(call.values.activityName);
	const body = { source: call.values.source, parameters: parametersOf(call) };
	if (Buffer.byteLength(JSON.stringify(body)) > largestSignal) {
		throw call.refuse('The signal is too large', 'Campaign takes up to 64 KB for each signal.');
	}
	const id = encodeSegment({ displayName: 'Workflow ID' }, call.values.workflowId);
	const workflow = await call.send({ method: 'GET', path: `/workflow/execution/${id}` });
	const activity = signalsOf(workflow.body).find((one) => one.name === name);
	const href = text(at(activity, 'trigger.href'));
	if (href === undefined) {
		const names = signalsOf(workflow.body).map((one) => `“${String(one.name)}”`);
		throw call.refuse(
			`The workflow has no External signal activity “${name}”`,
			names.length > 0 ? `It has ${names.join(', ')}.` : 'Add one to the workflow in Campaign.',
		);
	}
	const answer = await call.send({ method: 'POST', path: resolveHref(href), body, text: true });
	// A signal that came too soon is answered by a sentence in place of JSON
	if (typeof answer.body === 'string' && answer.body.trim() !== '') {
		throw call.refuse(
			`The signal was not taken: ${answer.body.trim().slice(0, 600)}`,
			'An External signal activity takes one signal every 10 minutes. Send it again later.',
		);
	}
	return acknowledged(answer.body) ?? { success: true };
}

export const workflows: Resource = {
	name: 'Workflow',
	value: 'workflow',
	operations: [
		{
			name: 'Get',
			value: 'get',
			action: 'Get workflow',
			description: 'Read a workflow with its External signal activities',
			operationId: 'getWorkflow',
			request: { method: 'GET', path: '/workflow/execution/{workflowId}' },
			output: { kind: 'item' },
			fields: [workflowId],
		},
		{
			name: 'Get Signals',
			value: 'getSignals',
			action: 'Get signals of workflow',
			description: 'List the External signal activities of a workflow',
			operationId: 'getWorkflow',
			request: { method: 'GET', path: '/workflow/execution/{workflowId}' },
			output: { kind: 'list', at: signalsOf },
			fields: [workflowId],
		},
		command('start', 'Start', 'Start a workflow; the command is queued'),
		command('pause', 'Pause', 'Pause a running workflow; the command is queued'),
		command('resume', 'Resume', 'Go on with a paused workflow; the command is queued'),
		command('stop', 'Stop', 'Stop a workflow; the command is queued'),
		{
			name: 'Send Signal',
			value: 'sendSignal',
			action: 'Send signal to workflow',
			description:
				'Trigger an External signal activity of a running workflow, once every 10 minutes',
			operationId: 'triggerSignalActivity',
			request: {
				method: 'POST',
				path: '/workflow/execution/{workflowId}/activities/activity/{activityKey}/trigger',
			},
			output: { kind: 'item' },
			fields: [
				workflowId,
				{
					displayName: 'Activity',
					name: 'activityName',
					type: 'resourceLocator',
					required: true,
					default: { mode: 'list', value: '' },
					modes: [fromList('searchSignals'), byId('e.g. signal1', 'By Name')],
					description: 'The External signal activity that waits in the workflow',
				},
				{
					displayName: 'Parameters (JSON)',
					name: 'signalParameters',
					type: 'json',
					default: '{}',
					placeholder: 'e.g. {"audience": "spring", "limit": 100}',
					description: 'Names and types must be those that the activity declares',
					wire: { in: 'body', as: 'parameters', type: 'object' },
				},
				{
					displayName: 'Source',
					name: 'source',
					type: 'string',
					required: true,
					default: 'n8n',
					description: 'Text that tells Campaign who sent the signal',
					wire: { in: 'body' },
				},
			],
			run: signal,
		},
	],
};
