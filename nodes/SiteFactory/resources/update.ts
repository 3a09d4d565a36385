import { at, isObject } from '../../shared/json';
import { byId, checks, fromList } from '../../shared/fields';
import type { Answer, Call, Field, Operation, Resource } from '../../shared/operation';
import { recordsOf, tidied, tidy } from '../answers';
import { stackInBody } from '../fields';
import { factoryTask, stoppedTask, taskIn } from '../tasks';

const update: Field = {
	displayName: 'Update',
	name: 'updateId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchUpdates'), byId('e.g. 4726')],
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'update_id' },
};

/** Numbers of the list of updates that come as text. */
export const updateShape = { numbers: ['update_id', 'added', 'status'] };

/** Counts of sites come as numbers and as text, side by side. */
const progressShape = {
	change: (record: Record<string, unknown>) => ({
		...record,
		statuses: tidy(record.statuses, {
			numbers: ['not-started', 'in-progress', 'completed', 'warning', 'error'],
		}),
	}),
};

/** How far an update has come, with its task. */
async function progressOf(call: Call, id: string, last: Answer): Promise<Record<string, unknown>> {
	const answer = await call.send({
		method: 'GET',
		path: `/api/v1/update/${encodeURIComponent(id)}/status`,
		accept: [404],
	});
	const progress = answer.status === 404 ? {} : tidy(answer.body, progressShape);
	return { ...(isObject(progress) && progress), task_id: Number(id), task: taskIn(last) };
}

/** What came of an update: its progress, unless sites are left behind. */
async function deployed(call: Call, id: string, last: Answer): Promise<unknown> {
	const progress = await progressOf(call, id, last);
	const left = Number(at(progress, 'statuses.error'));
	if (left > 0) {
		throw call.refuse(
			`Update ${id} has ended, and ${left} ${left === 1 ? 'site was' : 'sites were'} not updated`,
			'Open the update in the console, or read the logs of its task with descendants, to see which.',
		);
	}
	return progress;
}

const stopping = stoppedTask(60, progressOf);

/** Pausing and going on differ in one word. */
const pausing = (name: string, value: string, pause: boolean): Operation => ({
	name,
	value,
	action: `${name} update`,
	description: pause ? 'Pause the update that is running' : 'Let the update that was paused go on',
	operationId: 'post_Update_pauseUpdate',
	request: { method: 'POST', path: '/api/v1/update/pause', body: { pause } },
	output: { kind: 'item' },
});

export const updates: Resource = {
	name: 'Update',
	value: 'update',
	operations: [
		tidied(
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many updates',
				description: 'List the updates of the code with their start and status',
				operationId: 'get_Update_updateList',
				request: { method: 'GET', path: '/api/v1/update' },
				output: { kind: 'list', at: (body) => recordsOf(body, 'update_id') },
			},
			updateShape,
		),
		{
			name: 'Deploy',
			value: 'deploy',
			action: 'Deploy code to stack',
			description: 'Deploy a branch or tag to the sites of a stack and wait until all are updated',
			operationId: 'post_Update_update',
			request: { method: 'POST', path: '/api/v1/update', body: { scope: 'sites' } },
			output: { kind: 'task', task: factoryTask(480, deployed) },
			fields: [
				{
					displayName: 'Ref',
					name: 'sitesRef',
					type: 'resourceLocator',
					required: true,
					default: { mode: 'list', value: '' },
					modes: [fromList('searchRefs'), byId('e.g. tags/2025-03-11', 'By Name')],
					description: 'Branch, or tag with “tags/” in front',
					check: { pattern: /^\S+$/, expects: 'a branch or tag' },
					wire: { in: 'body', as: 'sites_ref' },
				},
				{
					displayName: 'What to Update',
					name: 'sitesType',
					type: 'options',
					options: [
						{ name: 'Code', value: 'code' },
						{ name: 'Code and Database', value: 'code, db' },
						{ name: 'Code, Database and Registry', value: 'code, db, registry' },
					],
					default: 'code, db',
					wire: { in: 'body', as: 'sites_type' },
				},
			],
			additionalFields: [
				{
					displayName: 'Database Update Arguments',
					name: 'dbUpdateArguments',
					type: 'string',
					default: '',
					description: 'Handed to the database update script; letters, digits and blanks',
					check: { pattern: /^[A-Za-z0-9 ]*$/, expects: 'letters, digits and blanks only' },
					wire: { in: 'body', as: 'db_update_arguments' },
				},
				{
					displayName: 'Site After Unsuccessful Update',
					name: 'failAction',
					type: 'options',
					options: [
						{ name: 'Offline', value: 'offline' },
						{ name: 'Online', value: 'online' },
					],
					default: 'offline',
					wire: { in: 'body', as: 'site_update_fail_action' },
				},
				stackInBody,
				{
					displayName: 'Start Time',
					name: 'startTime',
					type: 'dateTime',
					default: '',
					description: 'When to begin. Without this field: at once.',
					wire: { in: 'body', as: 'start_time' },
				},
			],
		},
		tidied(
			{
				name: 'Get Progress',
				value: 'getProgress',
				action: 'Get progress of update',
				description: 'Read how many sites an update has done',
				operationId: 'get_Update_status',
				request: { method: 'GET', path: '/api/v1/update/{update_id}/status' },
				output: { kind: 'item' },
				fields: [
					{
						...update,
						description: 'Update, or “last” by ID for the latest one',
						check: {
							pattern: /^([1-9]\d{0,15}|last)$/,
							expects: 'the number of an update, or last',
						},
					},
				],
			},
			progressShape,
		),
		pausing('Pause', 'pause', true),
		pausing('Resume', 'resume', false),
		{
			name: 'Reschedule',
			value: 'reschedule',
			action: 'Reschedule update',
			description: 'Move the start of an update that has not begun',
			operationId: 'post_Update_changeUpdaterStartTime',
			request: { method: 'POST', path: '/api/v1/update/change_time' },
			output: { kind: 'item' },
			fields: [
				{ ...update, wire: { in: 'body', as: 'updater_id', type: 'integer' } },
				{
					displayName: 'New Start Time',
					name: 'newStartTime',
					type: 'dateTime',
					required: true,
					default: '',
					wire: { in: 'body', as: 'new_update_time' },
				},
			],
			async run(call) {
				const { body } = await call.send(call.request);
				// Answered with 200 also when the time was not changed
				if (Number(at(body, 'success')) === 1) return body;
				throw call.refuse(
					String(at(body, 'message') ?? 'The start of the update was not changed'),
					'Only an update that has not begun can be moved.',
				);
			},
		},
		{
			name: 'Terminate',
			value: 'terminate',
			action: 'Terminate update',
			description:
				'Stop an update and wait until it has ended. Sites that are updated already stay updated.',
			operationId: 'delete_Update_terminateUpdater',
			request: { method: 'DELETE', path: '/api/v1/update/{update_id}' },
			output: { kind: 'task', task: stopping },
			fields: [update],
			async run(call) {
				const started = await call.send(call.request);
				if (call.values.waitForCompletion !== true) return started.body;
				// The answer names no task; an update is its task, by the same number
				return await call.wait({ ...stopping, id: () => String(call.values.updateId) }, started);
			},
		},
	],
};
