import { byId, byUrl, checks, fromList } from '../shared/fields';
import type { Field } from '../shared/operation';

/** A site, picked from the factory's list or named by ID or console address. */
export const site: Field = {
	displayName: 'Site',
	name: 'siteId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchSites'),
		byId('e.g. 231'),
		byUrl('e.g. https://www.example.acsitefactory.com/node/231', '/node/([0-9]+)'),
	],
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'site_id' },
};

/** A background task, by the number that starting it gave. */
export const task: Field = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 129021',
	description: 'Number of the task, as the operation that started it returned it',
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'task_id' },
};
