import { pageNumbers } from '../../shared/pagers';
import type { Resource } from '../../shared/operation';
import { tidied } from '../answers';
import { task } from '../fields';
import { factoryTask, taskShape } from '../tasks';

/** A bare list without a count: it ends at a short page. */
const pages = pageNumbers({ page: 'page', limit: 'limit', size: 100, first: 1 });

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
				output: { kind: 'list', pager: pages },
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
		{
			name: 'Terminate',
			value: 'terminate',
			action: 'Terminate task',
			description: 'Stop a task. What it has done so far stays done.',
			operationId: 'put_Task_terminate',
			request: { method: 'PUT', path: '/api/v1/tasks/{task_id}/terminate', body: {} },
			output: { kind: 'item' },
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
