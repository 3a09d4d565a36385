import type { Resource } from '../../shared/operation';
import { task } from '../fields';

export const tasks: Resource = {
	name: 'Task',
	value: 'task',
	operations: [
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
	],
};
