import type { Operation, Resource } from '../../shared/operation';
import { tidied } from '../answers';
import { task } from '../fields';
import { taskPages } from '../pages';
import { factoryTask, stoppedTask, taskShape } from '../tasks';

const logShape = { numbers: ['id', 'timestamp', 'object_id', 'level', 'readable'] };

/** Pausing and going on differ in one word. */
const pausing = (name: string, value: string, paused: boolean): Operation => ({
	name,
	value,
	action: `${name} task`,
	description: paused ? 'Pause a task' : 'Let a task that was paused go on',
	operationId: 'post_Pause_pauseTask',
	request: { method: 'POST', path: '/api/v1/pause/{task_id}', body: { paused } },
	output: { kind: 'item' },
	fields: [
		task,
		{
			displayName: 'Level',
			name: 'level',
			type: 'options',
			options: [
				{ name: 'Task and Its Children', value: 'family' },
				{ name: 'Task Only', value: 'task' },
			],
			default: 'family',
			wire: { in: 'body' },
		},
	],
});

export const tasks: Resource = {
	name: 'Task',
	value: 'task',
	operations: [
		tidied(
			{
				name: 'Get Status',
				value: 'getStatus',
				action: 'Get status of task',
				description: 'Read how far a background task is',
				operationId: 'get_WipTaskStatus_getWipTaskStatus',
				request: { method: 'GET', path: '/api/v1/wip/task/{task_id}/status' },
				output: { kind: 'item', at: 'wip_task' },
				fields: [task],
			},
			taskShape,
		),
		tidied(
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many tasks',
				description: 'List background tasks',
				operationId: 'get_Task_tasks',
				request: { method: 'GET', path: '/api/v1/tasks' },
				output: { kind: 'list', pager: taskPages },
				filters: [
					{
						displayName: 'Class',
						name: 'taskClass',
						type: 'string',
						default: '',
						placeholder: 'e.g. Acquia\\SfSite\\SiteInstall',
						wire: { in: 'query', as: 'class' },
					},
					{
						displayName: 'Group',
						name: 'taskGroup',
						type: 'string',
						default: '',
						placeholder: 'e.g. SiteInstall',
						wire: { in: 'query', as: 'group' },
					},
					{
						displayName: 'Status',
						name: 'taskStatus',
						type: 'options',
						options: [
							{ name: 'Error', value: 'error' },
							{ name: 'Not Started', value: 'not-started' },
							{ name: 'Processing', value: 'processing' },
						],
						default: 'processing',
						wire: { in: 'query', as: 'status' },
					},
				],
			},
			taskShape,
		),
		{
			name: 'Wait',
			value: 'wait',
			action: 'Wait for task',
			description: 'Wait until a task that was started earlier has ended',
			operationId: 'get_WipTaskStatus_getWipTaskStatus',
			request: { method: 'GET', path: '/api/v1/wip/task/{task_id}/status' },
			output: { kind: 'task', task: factoryTask(60) },
			fields: [task],
			async run(call) {
				const found = await call.send(call.request);
				if (call.values.waitForCompletion !== true) return found.body;
				const known = { ...factoryTask(60), id: () => String(call.values.taskId) };
				return await call.wait(known, found);
			},
		},
		tidied(
			{
				name: 'Get Logs',
				value: 'getLogs',
				action: 'Get logs of task',
				description: 'List what a task has written to its log',
				operationId: 'get_Task_logs',
				request: { method: 'GET', path: '/api/v1/tasks/{task_id}/logs' },
				output: { kind: 'list' },
				fields: [task],
				filters: [
					{
						displayName: 'Include Descendants',
						name: 'descendants',
						type: 'boolean',
						default: true,
						description:
							'Whether to list also the logs of the tasks that this one has started, where deployments and staging do their work',
						wire: { in: 'query', map: (value) => value || undefined },
					},
					{
						displayName: 'Level',
						name: 'logLevel',
						type: 'options',
						options: [
							{ name: 'Alert', value: 'alert' },
							{ name: 'Debug', value: 'debug' },
							{ name: 'Error', value: 'error' },
							{ name: 'Fatal', value: 'fatal' },
							{ name: 'Flow', value: 'flow' },
							{ name: 'Info', value: 'info' },
							{ name: 'Trace', value: 'trace' },
							{ name: 'Warn', value: 'warn' },
						],
						default: 'info',
						wire: { in: 'query', as: 'level' },
					},
				],
			},
			logShape,
		),
		{
			name: 'Get Paused Classes',
			value: 'getClasses',
			action: 'Get classes of paused tasks',
			description: 'List the kinds of tasks that the factory puts off',
			operationId: 'get_Task_classes',
			request: { method: 'GET', path: '/api/v1/classes/{type}' },
			output: { kind: 'list', key: 'class' },
			fields: [
				{
					displayName: 'Type',
					name: 'classType',
					type: 'options',
					required: true,
					options: [
						{ name: 'Put Off', value: 'softpaused' },
						{ name: 'Put Off During Updates', value: 'softpause-for-update' },
					],
					default: 'softpaused',
					wire: { in: 'path', as: 'type' },
				},
			],
		},
		pausing('Pause', 'pause', true),
		pausing('Resume', 'resume', false),
		{
			name: 'Pause All',
			value: 'pauseAll',
			action: 'Pause all tasks',
			description: 'Pause all background work of the factory',
			operationId: 'post_Pause_pause',
			request: { method: 'POST', path: '/api/v1/pause', body: { paused: true } },
			output: { kind: 'item' },
			fields: [
				{
					displayName:
						'This stops backups, deployments and cron jobs of all users until “Resume All” is run',
					name: 'pauseNotice',
					type: 'notice',
					default: '',
				},
			],
			additionalFields: [
				{
					displayName: 'Reason',
					name: 'reason',
					type: 'string',
					default: '',
					placeholder: 'e.g. Storage maintenance',
					wire: { in: 'body' },
				},
			],
		},
		{
			name: 'Resume All',
			value: 'resumeAll',
			action: 'Resume all tasks',
			description: 'Let all background work of the factory go on',
			operationId: 'post_Pause_pause',
			request: { method: 'POST', path: '/api/v1/pause', body: { paused: false } },
			output: { kind: 'item' },
		},
		{
			name: 'Terminate',
			value: 'terminate',
			action: 'Terminate task',
			description:
				'Stop a task with the tasks that it has started, and wait until it has ended. What it has done so far stays done.',
			operationId: 'put_Task_terminate',
			request: { method: 'PUT', path: '/api/v1/tasks/{task_id}/terminate', body: {} },
			output: { kind: 'task', task: stoppedTask(30) },
			fields: [task],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete task',
			description: 'Take a task off the list',
			operationId: 'delete_Task_delete',
			request: { method: 'DELETE', path: '/api/v1/tasks/{task_id}' },
			output: { kind: 'deleted' },
			fields: [task],
		},
	],
};
