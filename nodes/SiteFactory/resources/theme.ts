import { at, isObject, text } from '../../shared/json';
import { checks } from '../../shared/fields';
import type { Answer, Call, Resource } from '../../shared/operation';
import { site } from '../fields';
import { factoryTask, madeSite, unnamedTask, waitForChange } from '../tasks';

/*
 * Refresh, Notify and Process start work in the background. Their answers name no task, and how theirs are called in the
 * list of tasks is not documented: so Wait for Completion lets the time pass that such work takes at least, and watches
 * what was added to the list since.
 */

/** The answer that began the work, with the tasks that were added since. */
const answerWith = async (_call: Call, { body }: Answer, tasks: unknown[]) =>
	await Promise.resolve({ ...(isObject(body) ? body : {}), tasks });

/** Scripts of Acquia's customers wait about five minutes for a refresh, and then clear the caches of the site. */
const refreshed = unnamedTask({
	noun: 'Refresh of the theme of site',
	id: ({ body }) => text(at(body, 'id')) ?? '',
	site: ({ body }) => at(body, 'id'),
	settleSeconds: 300,
	timeoutMinutes: 30,
	async result(call, started, tasks) {
		const site = await madeSite(call, started);
		return { ...(isObject(site) ? site : {}), tasks };
	},
});

/** What is accepted stands in the queue: its tasks are there soon. */
const processed = unnamedTask({
	noun: 'Processing of theme changes for',
	id: ({ body }) => [at(body, 'sitegroups') ?? 'all stacks'].flat().map(String).join(', '),
	settleSeconds: 60,
	timeoutMinutes: 60,
	result: answerWith,
});

/** When the factory handles a notification by itself is not documented. */
const handled = unnamedTask({
	noun: 'Handling of the notification',
	id: ({ body }) =>
		`${String(at(body, 'notification.scope'))}.${String(at(body, 'notification.event'))}`,
	settleSeconds: 300,
	timeoutMinutes: 60,
	result: answerWith,
});

/** PHP writes an empty map as an empty list. */
function hasRepository(record: unknown): boolean {
	const theme = at(record, 'external_theme');
	return isObject(theme) && Object.keys(theme).length > 0;
}

/** Sends the request and waits until the site shows no repository any more; gives the site. */
async function removeRepository(call: Call): Promise<unknown> {
	const started = await call.send(call.request);
	if (call.values.waitForCompletion !== true) return started.body;
	return await waitForChange(call, started, {
		noun: 'Removal of the theme repository of site',
		id: String(call.values.siteId),
		path: call.request.path.replace(/\/external-theme$/, ''),
		isDone: (record) => isObject(record) && !hasRepository(record),
		timeoutMinutes: 30,
	});
}

export const themes: Resource = {
	name: 'Theme',
	value: 'theme',
	operations: [
		{
			name: 'Set Repository',
			value: 'setRepository',
			action: 'Set theme repository of site',
			description:
				'Link a site to a Git repository with its theme. Add the deploy key there first.',
			operationId: 'put_Theme_setSiteExternalTheme',
			request: { method: 'PUT', path: '/api/v1/sites/{site_id}/external-theme' },
			output: { kind: 'item' },
			fields: [
				site,
				{
					displayName: 'Branch or Tag',
					name: 'vcsPath',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. main',
					wire: { in: 'body', as: 'vcs_path' },
				},
			],
			additionalFields: [
				{
					displayName: 'Repository',
					name: 'vcsUrl',
					type: 'string',
					default: '',
					placeholder: 'e.g. git@example.com:org/theme.git',
					description: 'Needed the first time; kept when only the branch or tag changes',
					wire: { in: 'body', as: 'vcs_url' },
				},
			],
		},
		{
			name: 'Remove Repository',
			value: 'removeRepository',
			action: 'Remove theme repository of site',
			description: 'Unlink a site from the repository with its theme and wait until it is unlinked',
			operationId: 'delete_Theme_deleteSiteExternalTheme',
			request: { method: 'DELETE', path: '/api/v1/sites/{site_id}/external-theme' },
			output: { kind: 'task', task: factoryTask(30) },
			fields: [site],
			run: removeRepository,
		},
		{
			name: 'Refresh',
			value: 'refresh',
			action: 'Refresh theme of site',
			description:
				'Fetch the theme of a site from its repository and wait: five minutes, and longer while the factory works on the site. Clear the caches of the site afterwards.',
			operationId: 'post_Theme_refreshSiteExternalThemes',
			request: { method: 'POST', path: '/api/v1/sites/{site_id}/external-theme-refresh', body: {} },
			output: { kind: 'task', task: refreshed },
			fields: [site],
		},
		{
			name: 'Get Deploy Key',
			value: 'getDeployKey',
			action: 'Get deploy key of themes',
			description: 'Read the public key that theme repositories have to let in',
			operationId: 'get_Theme_getThemePublicKey',
			request: { method: 'GET', path: '/api/v1/theme/deploy-key' },
			output: { kind: 'item' },
		},
		{
			name: 'Notify',
			value: 'notify',
			action: 'Notify of theme change',
			description:
				'Tell the factory that a theme has changed, in its older way of handling themes. It takes note at once and handles the change later, or when “Process” is run. Waits five minutes, and longer while the factory works.',
			operationId: 'post_ThemeNotification_handleNotification',
			request: { method: 'POST', path: '/api/v1/theme/notification' },
			output: { kind: 'task', task: handled },
			fields: [
				{
					displayName: 'Scope',
					name: 'scope',
					type: 'options',
					options: [
						{ name: 'Global', value: 'global' },
						{ name: 'Group', value: 'group' },
						{ name: 'Site', value: 'site' },
						{ name: 'Theme', value: 'theme' },
					],
					default: 'site',
					wire: { in: 'body' },
				},
				{
					displayName: 'Event',
					name: 'themeEvent',
					type: 'options',
					options: [
						{ name: 'Create', value: 'create' },
						{ name: 'Delete', value: 'delete' },
						{ name: 'Modify', value: 'modify' },
					],
					default: 'modify',
					wire: { in: 'body', as: 'event' },
				},
				{
					displayName: 'Site or Group ID',
					name: 'nodeId',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. 231',
					displayOptions: { show: { scope: ['group', 'site'] } },
					check: checks.positiveInteger,
					wire: { in: 'body', as: 'nid', type: 'integer' },
				},
				{
					displayName: 'Theme Name',
					name: 'themeName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. example_theme',
					displayOptions: { show: { scope: ['theme'] } },
					wire: { in: 'body', as: 'theme' },
				},
			],
			additionalFields: [
				{
					displayName: 'User ID',
					name: 'uid',
					type: 'string',
					default: '',
					placeholder: 'e.g. 146',
					check: checks.positiveInteger,
					wire: { in: 'body', type: 'integer' },
				},
			],
		},
		{
			name: 'Process',
			value: 'process',
			action: 'Process theme changes',
			description:
				'Let the factory handle the theme changes that it was notified of, and wait until nothing that was queued since is under way',
			operationId: 'post_Theme_processThemes',
			request: { method: 'POST', path: '/api/v1/theme/process' },
			output: { kind: 'task', task: processed },
			additionalFields: [
				{
					displayName: 'Site Group',
					name: 'siteGroup',
					type: 'string',
					default: '',
					placeholder: 'e.g. tangle001',
					description: 'Alias of a stack. Without this field: all.',
					wire: { in: 'body', as: 'sitegroup_id' },
				},
			],
		},
	],
};
