import { checks } from '../../shared/fields';
import { at, isObject, text } from '../../shared/json';
import type { Call, Field, Resource } from '../../shared/operation';
import { callBack, callback, groupIds, site, siteName, stackInBody, stackInQuery } from '../fields';
import type { ChosenSite } from '../manySites';
import { choice, forEachSite, messageOf } from '../manySites';
import { backupsOf, madeBackup } from '../madeBackups';
import { pages } from '../pages';
import {
	factoryTask,
	madeSite,
	taskWithout,
	waitForAll,
	waitForChange,
	waitForCopy,
	withSeveralTasks,
} from '../tasks';

const components: Field = {
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
};

const label: Field = {
	displayName: 'Label',
	name: 'label',
	type: 'string',
	default: '',
	placeholder: 'e.g. Before the release',
	description: 'Name under which the backup appears in the console',
	wire: { in: 'body', as: 'label' },
};

/** Deletes what is older than the newest `keep` backups of a site; gives what it deleted and what it could not. */
async function prune(call: Call, siteId: string, keep: number): Promise<Record<string, unknown>> {
	const prefix = text(call.values['additionalFields.pruneLabel']) ?? '';
	// One that is still being written must not push out one that is whole
	const mine = (await backupsOf(call, siteId)).filter(
		({ complete, label: name }) => complete !== false && String(name ?? '').startsWith(prefix),
	);
	const outcomes = await Promise.all(
		mine.slice(keep).map(async ({ id }) => {
			try {
				const path = `/api/v1/sites/${siteId}/backups/${encodeURIComponent(String(id))}`;
				const started = await call.send({ method: 'DELETE', path, body: {}, repeatable: false });
				await call.wait(taskWithout(30), started);
				return { id };
			} catch (error) {
				return { id, message: messageOf(error) };
			}
		}),
	);
	return {
		deleted: outcomes.filter((outcome) => !('message' in outcome)).map(({ id }) => id),
		not_deleted: outcomes.filter((outcome) => 'message' in outcome),
	};
}

/** Backs up one of many sites, and deletes its older backups when the new one is there. */
async function backUpOne(call: Call, { id }: ChosenSite): Promise<Record<string, unknown>> {
	const { values } = call;
	const body = {
		...(values['additionalFields.label'] !== undefined && {
			label: values['additionalFields.label'],
		}),
		...(values['additionalFields.components'] !== undefined && {
			components: values['additionalFields.components'],
		}),
	};
	const started = await call.send({
		method: 'POST',
		path: `/api/v1/sites/${encodeURIComponent(id)}/backup`,
		body,
	});
	const taskId = { task_id: at(started.body, 'task_id') };
	if (values.waitForCompletion !== true) return { status: 'started', ...taskId };
	const task = factoryTask(240, async (_call, made, last) => {
		return await madeBackup({ ...call, values: { ...values, siteId: id } }, made, last);
	});
	const backup = await call.wait(task, started);
	const keep = values['additionalFields.keepNewest'];
	return {
		...taskId,
		backup,
		...(typeof keep === 'number' && (await prune(call, id, keep))),
	};
}

/** Clears the caches of one of many sites. */
async function clearOne(call: Call, { id }: ChosenSite): Promise<Record<string, unknown>> {
	const path = `/api/v1/sites/${encodeURIComponent(id)}/cache-clear`;
	const started = await call.send({ method: 'POST', path, body: {} });
	const ids = at(started.body, 'task_ids');
	if (call.values.waitForCompletion !== true) return { status: 'started', task_ids: ids };
	return { task_ids: ids, tasks: await waitForAll(call, started, 60, isObject(ids) ? ids : {}) };
}

/** Minutes: people read their mail and confirm within a day. */
const confirmedTransfer = 24 * 60;
const forcedTransfer = 30;

/** The name of the user with this address; undefined where the credential's user may not see users. */
async function nameByEmail(call: Call, email: string): Promise<string | undefined> {
	const users = await call.list(
		{ method: 'GET', path: '/api/v1/users', accept: [403] },
		{ at: (body) => at(body, 'users') ?? [], pager: pages },
	);
	const user = users.find((one) => text(at(one, 'mail'))?.toLowerCase() === email.toLowerCase());
	return text(at(user, 'name'));
}

/**
 * Asks for a transfer and waits until the site shows its new owner; gives the site. Whether the owner of a site is told
 * by user name or by full name differs, so that any other owner than before counts as well.
 */
async function transfer(call: Call): Promise<unknown> {
	const { values, request } = call;
	if (values.waitForCompletion !== true) return (await call.send(request)).body;
	const id = String(values.siteId);
	const path = `/api/v1/sites/${encodeURIComponent(id)}`;
	const ownerOf = (site: unknown) => text(at(site, 'owner'))?.toLowerCase();
	const before = ownerOf((await call.send({ method: 'GET', path })).body);
	const email = text(values.ownerEmail);
	const name = email === undefined ? text(values.ownerName) : await nameByEmail(call, email);
	const started = await call.send(request);
	const isForced = values['additionalFields.forceTransfer'] === true;
	return await waitForChange(call, started, {
		noun: 'Transfer of site',
		id,
		path,
		isDone(site) {
			const owner = ownerOf(site);
			return owner !== undefined && (owner !== before || owner === name?.toLowerCase());
		},
		...(isForced
			? { timeoutMinutes: forcedTransfer }
			: { timeoutMinutes: confirmedTransfer, slowest: 300 }),
	});
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
				{ ...stackInQuery, description: 'The stack that the sites run on' },
				{
					displayName: 'Canary Only',
					name: 'canary',
					type: 'boolean',
					default: true,
					description: 'Whether to return only the sites that updates are tried on first',
					wire: { in: 'query', map: (value) => value || undefined },
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
			fields: [siteName, groupIds],
			additionalFields: [
				{
					displayName: 'Install Profile',
					name: 'installProfile',
					type: 'string',
					default: '',
					placeholder: 'e.g. standard',
					wire: { in: 'body', as: 'install_profile' },
				},
				stackInBody,
			],
		},
		{
			name: 'Duplicate',
			value: 'duplicate',
			action: 'Duplicate site',
			description: 'Copy a site and wait until the copy is there. Site variables are not copied.',
			operationId: 'post_Sites_duplicateSite',
			request: { method: 'POST', path: '/api/v1/sites/{site_id}/duplicate' },
			output: { kind: 'task', task: factoryTask(60) },
			fields: [site, siteName],
			additionalFields: [
				{
					displayName: 'Exact Copy',
					name: 'exactCopy',
					type: 'boolean',
					default: true,
					description: 'Whether to copy users and settings as they are instead of scrubbing them',
					wire: { in: 'body', as: 'exact_copy' },
				},
				{
					...groupIds,
					required: false,
					description:
						'Groups that the copy belongs to, separated by commas. Without this field: those of the site.',
				},
			],
			async run(call) {
				const started = await call.send(call.request);
				if (call.values.waitForCompletion !== true) return started.body;
				return await waitForCopy(call, started, 60);
			},
		},
		{
			name: 'Transfer',
			value: 'transfer',
			action: 'Transfer site',
			description:
				'Give a site another owner and wait until it has changed. Both owners confirm by email first, which may take a day, unless it is forced.',
			operationId: 'post_TransferSiteOwnership_transferSiteOwner',
			request: { method: 'POST', path: '/api/v1/site-ownership/{site_id}' },
			output: { kind: 'task', task: factoryTask(confirmedTransfer) },
			run: transfer,
			fields: [
				site,
				{
					displayName: 'New Owner By',
					name: 'ownerBy',
					type: 'options',
					options: [
						{ name: 'Email', value: 'email' },
						{ name: 'User Name', value: 'username' },
					],
					default: 'username',
				},
				{
					displayName: 'User Name',
					name: 'ownerName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. john.roe',
					displayOptions: { show: { ownerBy: ['username'] } },
					wire: { in: 'body', as: 'username' },
				},
				{
					displayName: 'Email',
					name: 'ownerEmail',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. john.roe@example.com',
					displayOptions: { show: { ownerBy: ['email'] } },
					check: checks.email,
					wire: { in: 'body', as: 'email' },
				},
			],
			additionalFields: [
				{
					displayName: 'Force',
					name: 'forceTransfer',
					type: 'boolean',
					default: true,
					description: 'Whether to transfer at once, without confirmation by email',
					wire: { in: 'body', as: 'force_transfer' },
				},
			],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete site',
			description: 'Delete a site for good and wait until it is gone. Its backups stay.',
			operationId: 'delete_Sites_deleteSite',
			request: { method: 'DELETE', path: '/api/v1/sites/{site_id}' },
			repeatable: false,
			output: { kind: 'task', task: taskWithout(60, { deleted: true }) },
			fields: [
				{
					displayName:
						'This deletes the site with its content and files. Only a backup brings them back, on another site.',
					name: 'deleteNotice',
					type: 'notice',
					default: '',
				},
				site,
			],
		},
		withSeveralTasks(
			{
				name: 'Clear Caches',
				value: 'clearCaches',
				action: 'Clear caches of site',
				description: 'Clear the Drupal and Varnish caches of a site and wait until both are done',
				operationId: 'post_Sites_clearCaches',
				request: { method: 'POST', path: '/api/v1/sites/{site_id}/cache-clear', body: {} },
				output: { kind: 'task', task: factoryTask(10) },
				fields: [site],
			},
			10,
		),
		{
			name: 'Back Up',
			value: 'backUp',
			action: 'Back up site',
			description: 'Start a backup of a site and wait until it is there',
			operationId: 'post_Sites_backupSite',
			request: { method: 'POST', path: '/api/v1/sites/{site_id}/backup' },
			output: { kind: 'task', task: factoryTask(60, madeBackup), callback: callBack },
			fields: [site],
			additionalFields: [...callback, components, label],
		},
		{
			name: 'Back Up Many',
			value: 'backUpMany',
			action: 'Back up many sites',
			description:
				'Back up all sites, those of a group or listed ones, and delete older backups. Reports on each site and goes on past one that fails.',
			operationId: ['get_Sites_getSites', 'post_Sites_backupSite'],
			request: { method: 'GET', path: '/api/v1/sites' },
			kind: 'write',
			output: { kind: 'task', task: factoryTask(240) },
			fields: [...choice],
			additionalFields: [
				{ ...components, wire: undefined },
				{
					displayName: 'Keep Newest',
					name: 'keepNewest',
					type: 'number',
					default: 7,
					typeOptions: { minValue: 1, numberPrecision: 0 },
					description:
						'How many backups of a site to keep, the new one included. Older ones are deleted once the new one is there, also those that somebody else made.',
				},
				{ ...label, wire: undefined },
				{
					displayName: 'Prune Label',
					name: 'pruneLabel',
					type: 'string',
					default: '',
					placeholder: 'e.g. Nightly',
					description:
						'What the labels of backups start with that “Keep Newest” counts and deletes. Without this field: all backups.',
				},
			],
			run: async (call) => await forEachSite(call, async (one) => await backUpOne(call, one)),
		},
		{
			name: 'Clear Caches of Many',
			value: 'clearCachesOfMany',
			action: 'Clear caches of many sites',
			description:
				'Clear the caches of all sites, those of a group or listed ones. Reports on each site and goes on past one that fails.',
			operationId: ['get_Sites_getSites', 'post_Sites_clearCaches'],
			request: { method: 'GET', path: '/api/v1/sites' },
			kind: 'write',
			output: { kind: 'task', task: factoryTask(60) },
			fields: [...choice],
			run: async (call) => await forEachSite(call, async (one) => await clearOne(call, one)),
		},
	],
};
