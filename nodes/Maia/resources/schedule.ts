import { isObject, text } from '../../shared/json';
import type { Call, Field, Operation, Resource } from '../../shared/operation';
import { toQuartz } from '../cron';
import {
	environment,
	gridVariables,
	pipeline,
	project,
	runner,
	scalarVariables,
	schedule,
	toGridVariables,
	toScalarVariables,
	version,
	withoutSuffix,
} from '../fields';
import { pages } from '../pages';

const path = '/v1/projects/{projectId}/schedules/{scheduleId}';

const cronExpression: Field = {
	displayName: 'Cron Expression',
	name: 'cronExpression',
	type: 'string',
	default: '',
	placeholder: 'e.g. 0 30 1 ? * MON-FRI *',
	description:
		'Quartz cron: seconds, minutes, hours, day of month, month, day of week and, if wanted, year; one of the day fields is a question mark',
};

const allowConcurrentExecutions: Field = {
	displayName: 'Allow Concurrent Executions',
	name: 'allowConcurrentExecutions',
	type: 'boolean',
	default: false,
	description: 'Whether to start a run also while an earlier one is still active',
};

const cronTimezone: Field = {
	displayName: 'Time Zone',
	name: 'cronTimezone',
	type: 'string',
	default: '',
	placeholder: 'e.g. Europe/Dublin',
	description: 'IANA name of the time zone in which the cron expression is read',
};

const effectiveFrom: Field = {
	displayName: 'Effective From',
	name: 'effectiveFrom',
	type: 'dateTime',
	default: '',
	description: 'No run starts before this time',
};

const scheduleEnabled: Field = {
	displayName: 'Enabled',
	name: 'scheduleEnabled',
	type: 'boolean',
	default: true,
	description: 'Whether the schedule starts runs',
};

/** Members of an answer that an update takes too; the service demands the first two. */
const kept = ['name', 'cronExpression', 'cronTimezone', 'effectiveFrom', 'scheduleEnabled'];

/**
 * Changes a schedule: reads it, puts the changes over it and sends everything that is known, because the service
 * demands name and cron each time and does not say what happens to the rest.
 */
async function change(call: Call, changes: Record<string, unknown>): Promise<unknown> {
	const { body } = await call.send({ method: 'GET', path: call.request.path });
	const present = isObject(body) ? body : {};
	const merged: Record<string, unknown> = { ...changes };
	for (const name of kept) {
		if (merged[name] === undefined && present[name] !== null) merged[name] = present[name];
	}
	if (text(merged.cronExpression) === undefined) {
		const { interval, unit } = isObject(present.intervalExpression)
			? present.intervalExpression
			: {};
		const every = interval === undefined ? '' : ` (${String(interval)} ${String(unit)})`;
		throw call.refuse(
			`Schedule “${String(present.name)}” repeats by an interval${every}, which an update through the API cannot keep`,
			'Change it in Maia, or set “Cron Expression” under “Update Fields” to replace the interval.',
		);
	}
	const answer = await call.send({ ...call.request, body: merged });
	return isObject(answer.body) ? answer.body : { success: true };
}

/** Enabling and disabling differ in one flag. */
function toggle(name: string, value: string, scheduleIsEnabled: boolean): Operation {
	return {
		name,
		value,
		action: `${name} schedule`,
		description: scheduleIsEnabled
			? 'Let a schedule start runs again'
			: 'Keep a schedule without starting runs',
		operationId: 'updateSchedule',
		request: { method: 'PATCH', path },
		repeatable: true,
		output: { kind: 'item' },
		fields: [project, schedule],
		run: async (call) => await change(call, { scheduleEnabled: scheduleIsEnabled }),
	};
}

export const schedules: Resource = {
	name: 'Schedule',
	value: 'schedule',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many schedules',
			description: 'List the schedules of a project with their next runs',
			operationId: 'listSchedules',
			request: { method: 'GET', path: '/v1/projects/{projectId}/schedules' },
			output: { kind: 'list', at: 'results', pager: pages },
			fields: [project],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get schedule',
			description: 'Read a schedule with its variables',
			operationId: 'getSchedule',
			request: { method: 'GET', path },
			output: { kind: 'item' },
			fields: [project, schedule],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create schedule',
			description: 'Create a schedule that runs a published pipeline by a cron expression',
			operationId: 'createSchedule',
			request: { method: 'POST', path: '/v1/projects/{projectId}/schedules' },
			output: { kind: 'item' },
			fields: [
				project,
				{ ...environment, wire: { in: 'body', as: 'pipeline.environmentName' } },
				{ ...pipeline, wire: { in: 'body', as: 'pipeline.pipelineName', map: withoutSuffix } },
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. Nightly finance',
					wire: { in: 'body', as: 'schedule.name' },
				},
				{
					...cronExpression,
					required: true,
					wire: { in: 'body', as: 'schedule.cronExpression', map: toQuartz },
				},
				{
					...scalarVariables,
					wire: { in: 'body', as: 'pipeline.scalarVariables', map: toScalarVariables },
				},
			],
			additionalFields: [
				{
					...allowConcurrentExecutions,
					wire: { in: 'body', as: 'schedule.allowConcurrentExecutions' },
				},
				{ ...cronTimezone, wire: { in: 'body', as: 'schedule.cronTimezone' } },
				{ ...effectiveFrom, wire: { in: 'body', as: 'schedule.effectiveFrom' } },
				{ ...scheduleEnabled, wire: { in: 'body', as: 'schedule.scheduleEnabled' } },
				{
					...gridVariables,
					wire: {
						in: 'body',
						as: 'pipeline.gridVariables',
						type: 'object',
						map: toGridVariables,
					},
				},
				{ ...runner, wire: { in: 'body', as: 'pipeline.agentId' } },
				{ ...version, wire: { in: 'body', as: 'pipeline.versionName' } },
			],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update schedule',
			description: 'Change a schedule. What is not set here stays as it is.',
			operationId: 'updateSchedule',
			request: { method: 'PATCH', path },
			repeatable: true,
			output: { kind: 'item' },
			fields: [project, schedule],
			updateFields: [
				{ ...allowConcurrentExecutions, wire: { in: 'body' } },
				{ ...cronExpression, wire: { in: 'body', map: toQuartz } },
				{ ...cronTimezone, wire: { in: 'body' } },
				{ ...effectiveFrom, wire: { in: 'body' } },
				{ ...scheduleEnabled, wire: { in: 'body' } },
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					wire: { in: 'body' },
				},
			],
			run: async (call) => await change(call, isObject(call.request.body) ? call.request.body : {}),
		},
		toggle('Enable', 'enable', true),
		toggle('Disable', 'disable', false),
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete schedule',
			description:
				'Delete a schedule. The reference of the API does not list this call; clients use it.',
			operationId: 'deleteSchedule',
			request: { method: 'DELETE', path },
			output: { kind: 'deleted' },
			fields: [project, schedule],
		},
	],
};
