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

/** A backup of the site that is chosen beside it. */
export const backup: Field = {
	displayName: 'Backup',
	name: 'backupId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchBackups'), byId('e.g. 4336')],
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'backup_id' },
};

/** A site group. */
export const group: Field = {
	displayName: 'Group',
	name: 'groupId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchGroups'),
		byId('e.g. 91'),
		byUrl('e.g. https://www.example.acsitefactory.com/node/91', '/node/([0-9]+)'),
	],
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'group_id' },
};

/** A user of the factory's console. */
export const user: Field = {
	displayName: 'User',
	name: 'userId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchUsers'),
		byId('e.g. 146'),
		byUrl('e.g. https://www.example.acsitefactory.com/user/146', '/user/([0-9]+)'),
	],
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'user_id' },
};

/** A role of the factory's console. */
export const role: Field = {
	displayName: 'Role',
	name: 'roleId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchRoles'), byId('e.g. 31')],
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'role_id' },
};

/** A background task, by the number that starting it gave or from the latest ones. */
export const task: Field = {
	displayName: 'Task',
	name: 'taskId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchTasks'), byId('e.g. 129021')],
	description: 'Number of the task, as the operation that started it returned it',
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'task_id' },
};

/** What the stack field of several operations has in common; factories with one stack need none. */
const stack: Field = {
	displayName: 'Stack',
	name: 'stackId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [fromList('searchStacks'), byId('e.g. 1')],
	description: 'Needed on a factory with several stacks',
	check: checks.positiveInteger,
};

/** The stack to create or deploy in. */
export const stackInBody: Field = {
	...stack,
	wire: { in: 'body', as: 'stack_id', type: 'integer' },
};

/** The stack to read from. */
export const stackInQuery: Field = {
	...stack,
	wire: { in: 'query', as: 'stack_id', type: 'integer' },
};

/** Name of a new site. */
export const siteName: Field = {
	displayName: 'Site Name',
	name: 'siteName',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. events',
	description: 'Becomes the first label of the internal domain; lowercase letters and digits',
	check: { pattern: /^[a-z0-9]+$/, expects: 'lowercase letters and digits only' },
	wire: { in: 'body', as: 'site_name' },
};

/** Groups by their numbers. */
export const groupIds: Field = {
	displayName: 'Group IDs',
	name: 'groupIds',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 91, 96',
	description: 'Groups that the site belongs to, separated by commas',
	check: { pattern: /^[1-9]\d*$/, expects: 'group IDs separated by commas' },
	wire: { in: 'body', as: 'group_ids', array: 'list', type: 'integer' },
};

/** Sites by their numbers. */
export const siteIds: Field = {
	displayName: 'Site IDs',
	name: 'siteIds',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 231, 236',
	description: 'Sites, separated by commas',
	check: { pattern: /^[1-9]\d*$/, expects: 'site IDs separated by commas' },
	wire: { in: 'body', as: 'site_ids', array: 'list', type: 'integer' },
};

/** Users by their numbers. */
export const userIds: Field = {
	displayName: 'User IDs',
	name: 'userIds',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 146, 151',
	description: 'Users, separated by commas',
	check: { pattern: /^[1-9]\d*$/, expects: 'user IDs separated by commas' },
	wire: { in: 'body', as: 'uids', array: 'list', type: 'integer' },
};

/** JSON travels as text here; what the user typed is checked and sent without its line breaks. */
const asJsonText = (value: unknown) => JSON.stringify(value);

/** Fields of the operations that can call back when their task has ended. */
export const callback: Field[] = [
	{
		displayName: 'Callback Data (JSON)',
		name: 'callerData',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. { "run": "nightly" }',
		description: 'Sent along to the callback URL',
		wire: { in: 'body', as: 'caller_data', map: asJsonText },
	},
	{
		displayName: 'Callback Method',
		name: 'callbackMethod',
		type: 'options',
		options: [
			{ name: 'GET', value: 'GET' },
			{ name: 'POST', value: 'POST' },
		],
		default: 'POST',
		wire: { in: 'body', as: 'callback_method' },
	},
	{
		displayName: 'Callback URL',
		name: 'callbackUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $execution.resumeUrl }}',
		description:
			'Address that the factory calls once the task has ended, whatever came of it. It is not signed: use one that nobody can guess.',
		check: checks.webUrl,
		wire: { in: 'body', as: 'callback_url' },
	},
];

/** The same members, set by the engine for “Wait By: Callback”. */
export const callBack = (url: string) => ({ callback_url: url, callback_method: 'POST' });
