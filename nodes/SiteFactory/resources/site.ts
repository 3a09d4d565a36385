import { at, isObject, text } from '../../shared/json';
import type { Answer, Call, Resource } from '../../shared/operation';
import { pageNumbers } from '../../shared/pagers';
import { site } from '../fields';
import { factoryTask, madeSite } from '../tasks';

/** Larger pages exist on new releases only; 100 is understood by all. */
const pages = pageNumbers({ page: 'page', limit: 'limit', size: 100, first: 1, total: 'count' });

/** The backup that a task has made: with the label that was asked for, else the newest. */
async function madeBackup(call: Call, id: string, last: Answer): Promise<unknown> {
	const backups = await call.list(
		{ method: 'GET', path: call.request.path.replace(/\/backup$/, '/backups'), accept: [404] },
		{ at: (body) => at(body, 'backups') ?? [], pager: pages },
	);
	const label = text(call.values['additionalFields.label']);
	const candidates = backups
		.filter(isObject)
		.filter((backup) => label === undefined || text(backup.label) === label)
		.sort((a, b) => Number(b.id) - Number(a.id));
	return { ...candidates[0], task_id: Number(id), task: at(last.body, 'wip_task') };
}

export const sites: Resource = {
	name: 'Site',
	value: 'site',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many sites',
			description: 'List the sites that the account may see',
			operationId: 'get_Sites_getSites',
			request: { method: 'GET', path: '/api/v1/sites' },
			output: { kind: 'list', at: 'sites', pager: pages },
			filters: [
				{
					displayName: 'Domain Contains',
					name: 'domainContains',
					type: 'string',
					default: '',
					placeholder: 'e.g. www.example.com',
					wire: { in: 'query', as: 'domain_contains' },
				},
				{
					displayName: 'Domain Does Not Contain',
					name: 'domainNotContains',
					type: 'string',
					default: '',
					wire: { in: 'query', as: 'domain_not_contains' },
				},
				{
					displayName: 'Has Custom Domain',
					name: 'hasCustomDomain',
					type: 'boolean',
					default: true,
					description: 'Whether to return only sites with a domain of their own',
					wire: { in: 'query', as: 'has_custom_domain', map: (value) => value || undefined },
				},
				{
					displayName: 'Include Incomplete',
					name: 'showIncomplete',
					type: 'boolean',
					default: true,
					description: 'Whether to return also sites that are still being installed',
					wire: { in: 'query', as: 'show_incomplete', map: (value) => value || undefined },
				},
				{
					displayName: 'Owner IDs',
					name: 'siteOwner',
					type: 'string',
					default: '',
					placeholder: 'e.g. 146, 151',
					description: 'User IDs of the owners, separated by commas',
					check: { pattern: /^\d+$/, expects: 'user IDs separated by commas' },
					wire: { in: 'query', as: 'site_owner', array: 'comma' },
				},
				{
					displayName: 'Show Custom Domain',
					name: 'showCustomDomain',
					type: 'boolean',
					default: true,
					description: 'Whether to return the first custom domain of a site as its domain',
					wire: { in: 'query', as: 'show_custom_domain', map: (value) => value || undefined },
				},
				{
					displayName: 'Stack ID',
					name: 'stackId',
					type: 'number',
					default: 1,
					typeOptions: { minValue: 1, numberPrecision: 0 },
					wire: { in: 'query', as: 'stack_id' },
				},
			],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get site',
			description: 'Read one site with its domains and groups',
			operationId: 'get_Sites_getSite',
			request: { method: 'GET', path: '/api/v1/sites/{site_id}' },
			output: { kind: 'item' },
			fields: [site],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create site',
			description: 'Create a site and wait for its installation',
			operationId: 'post_Sites_createSite',
			request: { method: 'POST', path: '/api/v1/sites' },
			output: {
				kind: 'task',
				task: factoryTask(60, async (call, _id, _last, started) => await madeSite(call, started)),
			},
			fields: [
				{
					displayName: 'Site Name',
					name: 'siteName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. events',
					description:
						'Becomes the first label of the internal domain; lowercase letters and digits',
					check: { pattern: /^[a-z0-9]+$/, expects: 'lowercase letters and digits only' },
					wire: { in: 'body', as: 'site_name' },
				},
				{
					displayName: 'Group IDs',
					name: 'groupIds',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. 91, 96',
					description: 'Groups that the site belongs to, separated by commas',
					check: { pattern: /^[1-9]\d*$/, expects: 'group IDs separated by commas' },
					wire: { in: 'body', as: 'group_ids', array: 'list', type: 'integer' },
				},
			],
			additionalFields: [
				{
					displayName: 'Install Profile',
					name: 'installProfile',
					type: 'string',
					default: '',
					placeholder: 'e.g. standard',
					wire: { in: 'body', as: 'install_profile' },
				},
				{
					displayName: 'Stack ID',
					name: 'stackId',
					type: 'number',
					default: 1,
					typeOptions: { minValue: 1, numberPrecision: 0 },
					description: 'Needed on a factory with several stacks',
					wire: { in: 'body', as: 'stack_id' },
				},
			],
		},
		{
			name: 'Back Up',
			value: 'backUp',
			action: 'Back up site',
			description: 'Start a backup of a site and wait until it is there',
			operationId: 'post_Sites_backupSite',
			request: { method: 'POST', path: '/api/v1/sites/{site_id}/backup' },
			output: { kind: 'task', task: factoryTask(60, madeBackup) },
			fields: [site],
			additionalFields: [
				{
					displayName: 'Components',
					name: 'components',
					type: 'multiOptions',
					options: [
						{ name: 'Codebase', value: 'codebase' },
						{ name: 'Database', value: 'database' },
						{ name: 'Private Files', value: 'private files' },
						{ name: 'Public Files', value: 'public files' },
						{ name: 'Themes', value: 'themes' },
					],
					default: ['database', 'public files', 'private files', 'themes'],
					description: 'What the backup holds. Without this field it holds everything.',
					wire: { in: 'body', as: 'components' },
				},
				{
					displayName: 'Label',
					name: 'label',
					type: 'string',
					default: '',
					placeholder: 'e.g. Before the release',
					description: 'Name under which the backup appears in the console',
					wire: { in: 'body', as: 'label' },
				},
			],
		},
	],
};
