import { byId, checks, fromList } from '../../shared/fields';
import type { Field, Resource } from '../../shared/operation';
import { pageNumbers } from '../../shared/pagers';

/** The smallest pages of the whole API. */
const pages = pageNumbers({ page: 'page', limit: 'limit', size: 20, first: 1, total: 'count' });

const cronJob: Field = {
	displayName: 'Cron Job',
	name: 'cronJobId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchCronJobs'), byId('e.g. 1016')],
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'job_id' },
};

/** A change replaces the whole job, so that both forms ask for everything. */
const whole: Field[] = [
	{
		displayName: 'Name',
		name: 'cronJobName',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. Hourly cron',
		wire: { in: 'body', as: 'name' },
	},
	{
		displayName: 'Command',
		name: 'command',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. cron',
		description: 'Drush command without “drush” in front',
		wire: { in: 'body' },
	},
	{
		displayName: 'Interval',
		name: 'interval',
		type: 'string',
		required: true,
		default: '0 * * * *',
		placeholder: 'e.g. 0 * * * *',
		description: 'Minute, hour, day of month, month and day of week, as in a crontab',
		check: {
			pattern: /^\S+( +\S+){4}$/,
			expects: 'five parts separated by blanks, as in a crontab',
		},
		wire: { in: 'body' },
	},
	{
		displayName: 'Sites',
		name: 'sitesAffected',
		type: 'options',
		options: [
			{ name: 'All', value: 'all' },
			{ name: 'Development Sites', value: 'dev-sites' },
			{ name: 'Production Sites', value: 'prod-sites' },
		],
		default: 'all',
		description: 'Production sites are those with a custom domain',
		wire: { in: 'body', as: 'sites_affected' },
	},
	{
		displayName: 'Enabled',
		name: 'enabled',
		type: 'boolean',
		default: true,
		description: 'Whether the job runs',
		wire: { in: 'body', type: 'flag' },
	},
	{
		displayName: 'Thread Percentage',
		name: 'threadPercentage',
		type: 'number',
		default: 60,
		typeOptions: { minValue: 0, maxValue: 100, numberPrecision: 0 },
		description: 'How much of the threads for cron jobs this one may use',
		wire: { in: 'body', as: 'thread_percentage' },
	},
	{
		displayName: 'Stack IDs',
		name: 'stackIds',
		type: 'string',
		required: true,
		default: '1',
		placeholder: 'e.g. 1, 2',
		check: { pattern: /^[1-9]\d*$/, expects: 'stack IDs separated by commas' },
		wire: { in: 'body', as: 'stacks', array: 'list', type: 'integer' },
	},
];

export const cronJobs: Resource = {
	name: 'Cron Job',
	value: 'cronJob',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many cron jobs',
			description: 'List the scheduled Drush commands',
			operationId: 'get_CronJobs_getCronJobs',
			request: { method: 'GET', path: '/api/v1/cronjobs' },
			output: { kind: 'list', at: 'cronjobs', pager: pages },
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get cron job',
			description:
				'Read one scheduled Drush command. The factory does not tell whether it is enabled.',
			operationId: 'get_CronJobs_getCronJob',
			request: { method: 'GET', path: '/api/v1/cronjobs/{job_id}' },
			output: { kind: 'item' },
			fields: [cronJob],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create cron job',
			description: 'Run a Drush command on the sites of a stack at regular times',
			operationId: 'post_CronJobs_createCronJob',
			request: { method: 'POST', path: '/api/v1/cronjobs' },
			output: { kind: 'item' },
			fields: [...whole],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update cron job',
			description: 'Replace a scheduled Drush command',
			operationId: 'put_CronJobs_editCronJob',
			request: { method: 'PUT', path: '/api/v1/cronjobs/{job_id}' },
			output: { kind: 'item' },
			fields: [cronJob, ...whole],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete cron job',
			description: 'Delete a scheduled Drush command',
			operationId: 'delete_CronJobs_deleteCronJob',
			request: { method: 'DELETE', path: '/api/v1/cronjobs/{job_id}' },
			output: { kind: 'deleted' },
			fields: [cronJob],
		},
	],
};
