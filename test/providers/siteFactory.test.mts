import { recordsOf, tidy } from '../../nodes/SiteFactory/answers.ts';
import { siteFactory } from '../../nodes/SiteFactory/provider.ts';
import { readTask } from '../../nodes/SiteFactory/tasks.ts';
import { toNodeError } from '../../nodes/shared/failures.ts';
import { readList } from '../../nodes/shared/lists.ts';
import type { Answer, ApiRequest, Values } from '../../nodes/shared/operation.ts';
import { compile } from '../../nodes/shared/properties.ts';
import { buildRequest, keyOf } from '../../nodes/shared/request.ts';
import { readValue } from '../../nodes/shared/values.ts';

const catalog = compile(siteFactory);
const answer = (body: unknown, status = 200): Answer => ({ status, headers: {}, body });

/** The request that an operation sends for what the form holds. */
function requestOf(operation: string, parameters: Record<string, unknown> = {}): ApiRequest {
	const compiled = catalog.operations.get(operation);
	if (!compiled) throw new Error(`There is no operation ${operation}`);
	const values: Values = {};
	const shown = ([name, expected]: [string, unknown]) => {
		const chosen = compiled.bindings.find(({ field }) => field.name === name)?.field.default;
		return Array.isArray(expected) && expected.includes(parameters[name] ?? chosen);
	};
	for (const binding of compiled.bindings) {
		const { field, group } = binding;
		// As in the engine, what the form does not show is not read
		if (!Object.entries(field.displayOptions?.show ?? {}).every(shown)) continue;
		const collection = group === null ? parameters : (parameters[group] ?? {});
		const given = (collection as Record<string, unknown>)[field.name];
		const raw = given === undefined && group === null ? field.default : given;
		const value = readValue(field, raw, { timezone: 'Europe/Dublin', group });
		if (value !== undefined) values[keyOf(binding)] = value;
	}
	return buildRequest(compiled.operation, compiled.bindings, values);
}
/** The value of a resource locator. */
const pick = (value: unknown, mode = 'list') => ({ __rl: true, mode, value });
const read = (path: string, query?: Record<string, unknown>) => ({
	method: 'GET',
	path,
	...(query && { query }),
	kind: 'read',
	repeatable: true,
});
const post = (path: string, body: unknown) => ({
	method: 'POST',
	path,
	body,
	kind: 'write',
	repeatable: false,
});
/** Values that would leave their place in a path if they were let through. */
const notNumbers = ['', ' ', 'abc', '0', '-1', '1.5', '..', '231/backups', '231?x=1', '1e3', '٣'];

describe('requests on the factory', () => {
	it('ping', () => {
		expect(requestOf('factory:ping')).toEqual(read('/api/v1/ping'));
	});
});

describe('requests on sites', () => {
	it('list them', () => {
		expect(requestOf('site:getAll')).toEqual(read('/api/v1/sites'));
	});

	it('list them with every filter', () => {
		const filters = {
			domainContains: 'a b&c=d/é',
			domainNotContains: 'www.',
			hasCustomDomain: true,
			showCustomDomain: true,
			showIncomplete: true,
			siteOwner: '146, 151',
			stackId: 2,
			canary: true,
		};
		expect(requestOf('site:getAll', { filters })).toEqual(
			read('/api/v1/sites', {
				domain_contains: 'a b&c=d/é',
				domain_not_contains: 'www.',
				has_custom_domain: true,
				show_custom_domain: true,
				show_incomplete: true,
				site_owner: '146,151',
				stack_id: 2,
				canary: true,
			}),
		);
	});

	it('leave out a filter that is switched off, as the factory reads its mere presence', () => {
		const off = {
			canary: false,
			hasCustomDomain: false,
			showCustomDomain: false,
			showIncomplete: false,
		};
		expect(requestOf('site:getAll', { filters: off })).toEqual(read('/api/v1/sites'));
	});

	it.each([
		[{ siteOwner: 'jane' }, '“Owner IDs” must be user IDs separated by commas, but is “jane”'],
		[{ stackId: 0 }, '“Stack” must be a whole number above 0, but is “0”'],
		[{ stackId: 1.5 }, '“Stack” must be a whole number above 0, but is “1.5”'],
	])('refuse the filters %j', (filters, message) => {
		expect(() => requestOf('site:getAll', { filters })).toThrow(message);
	});

	it.each([
		pick('231'),
		pick(231, 'id'),
		pick(' 231 ', 'id'),
		pick('https://www.example.acsitefactory.com/node/231', 'url'),
		pick('https://www.example.acsitefactory.com/node/231/edit?x=1#y', 'url'),
		231,
		'231',
	])('read the site %j', (siteId) => {
		expect(requestOf('site:get', { siteId })).toEqual(read('/api/v1/sites/231'));
	});

	it.each(notNumbers)('never take %j for a site', (id) => {
		for (const operation of ['site:get', 'site:backUp']) {
			expect(() => requestOf(operation, { siteId: pick(id, 'id') })).toThrow(
				/^“Site” (must be a whole number above 0, but is|is required)/,
			);
		}
	});

	it('refuse an address that is not one of a site', () => {
		expect(() => requestOf('site:get', { siteId: pick('https://x.example/', 'url') })).toThrow(
			'“Site” must be an address like e.g. https://www.example.acsitefactory.com/node/231',
		);
	});

	it('create a site', () => {
		expect(requestOf('site:create', { siteName: 'events', groupIds: '91' })).toEqual(
			post('/api/v1/sites', { site_name: 'events', group_ids: [91] }),
		);
		expect(
			requestOf('site:create', {
				siteName: ' events2 ',
				groupIds: [91, '96'],
				additionalFields: { installProfile: 'acquia_acms', stackId: pick('2') },
			}),
		).toEqual(
			post('/api/v1/sites', {
				site_name: 'events2',
				group_ids: [91, 96],
				install_profile: 'acquia_acms',
				stack_id: 2,
			}),
		);
	});

	it.each([
		[{ siteName: 'events' }, '“Group IDs” is required'],
		[{ groupIds: '91' }, '“Site Name” is required'],
		[{ siteName: 'my-site', groupIds: '91' }, '“Site Name” must be lowercase letters and digits'],
		[{ siteName: 'Events', groupIds: '91' }, '“Site Name” must be lowercase letters and digits'],
		[{ siteName: 'a\nb', groupIds: '91' }, '“Site Name” must be lowercase letters and digits'],
		[{ siteName: 'events', groupIds: '91, x' }, '“Group IDs” must be group IDs separated by'],
		[{ siteName: 'events', groupIds: '0' }, '“Group IDs” must be group IDs separated by'],
		[{ siteName: 'events', groupIds: '91;96' }, '“Group IDs” must be group IDs separated by'],
	])('refuse to create %j', (parameters, message) => {
		expect(() => requestOf('site:create', parameters)).toThrow(message);
	});

	it('back up a site, with an empty object when nothing is chosen', () => {
		expect(requestOf('site:backUp', { siteId: pick(231) })).toEqual(
			post('/api/v1/sites/231/backup', {}),
		);
		expect(
			requestOf('site:backUp', {
				siteId: pick(231),
				additionalFields: {
					components: ['database', 'public files'],
					label: 'Before “release” 4\n<b>',
				},
			}),
		).toEqual(
			post('/api/v1/sites/231/backup', {
				components: ['database', 'public files'],
				label: 'Before “release” 4\n<b>',
			}),
		);
		expect(() =>
			requestOf('site:backUp', { siteId: 231, additionalFields: { components: ['db'] } }),
		).toThrow('“Components” must be one of codebase, database, private files');
	});
});

describe('requests on tasks', () => {
	it('read a status', () => {
		expect(requestOf('task:getStatus', { taskId: '129021' })).toEqual(
			read('/api/v1/wip/task/129021/status'),
		);
		expect(requestOf('task:getStatus', { taskId: 129021 }).path).toContain('/129021/');
	});

	it.each(notNumbers)('never take %j for a task', (taskId) => {
		expect(() => requestOf('task:getStatus', { taskId })).toThrow(
			/^“Task” (must be a whole number above 0, but is|is required)/,
		);
	});
});

/** Operations with what the form holds, and what is sent: method, path, query or body. */
type Case = [string, Record<string, unknown>, string, string, object?];
const cases: Case[] = [
	['factory:getVersion', {}, 'GET', '/api/v1/sf-info'],
	['factory:getServiceStatus', {}, 'GET', '/api/v1/status'],
	[
		'factory:setServiceStatus',
		{
			updateFields: {
				all: 'on',
				bulkOperations: 'off',
				domainManagement: '+2 hours',
				siteCreation: '2026-06-01 22:00',
				siteDuplication: 'on',
			},
		},
		'PUT',
		'/api/v1/status',
		{
			all: 'on',
			bulk_operations: 'off',
			domain_management: '+2 hours',
			site_creation: '2026-06-01 22:00',
			site_duplication: 'on',
		},
	],
	[
		'site:duplicate',
		{
			siteId: pick('231'),
			siteName: 'copy',
			additionalFields: { exactCopy: false, groupIds: '91,96' },
		},
		'POST',
		'/api/v1/sites/231/duplicate',
		{ site_name: 'copy', exact_copy: false, group_ids: [91, 96] },
	],
	['site:delete', { siteId: pick('231') }, 'DELETE', '/api/v1/sites/231'],
	['site:clearCaches', { siteId: pick('231') }, 'POST', '/api/v1/sites/231/cache-clear', {}],
	// Which sites, and what to do with them, is read by the operations' own code
	[
		'site:backUpMany',
		{ chosenBy: 'list', siteIds: '231', additionalFields: { label: 'x', keepNewest: 3 } },
		'GET',
		'/api/v1/sites',
	],
	['site:clearCachesOfMany', { chosenBy: 'group', groupId: pick('91') }, 'GET', '/api/v1/sites'],
	['backup:getAll', { siteId: pick('231') }, 'GET', '/api/v1/sites/231/backups'],
	[
		'backup:getUrl',
		{ siteId: pick('231'), backupId: pick('4336'), additionalFields: { lifetime: 300 } },
		'GET',
		'/api/v1/sites/231/backups/4336/url',
		{ lifetime: 300 },
	],
	[
		'backup:download',
		{ siteId: pick('231'), backupId: pick('4336') },
		'GET',
		'/api/v1/sites/231/backups/4336/url',
	],
	[
		'backup:restore',
		{
			siteId: pick('231'),
			backupId: pick('4336'),
			additionalFields: {
				callbackMethod: 'GET',
				callbackUrl: 'https://hooks.example.com/acsf?secret=EXAMPLE&x=1',
				callerData: '{\n "run": "nightly" }',
				components: ['database', 'public files'],
				targetSiteId: pick('236'),
			},
		},
		'POST',
		'/api/v1/sites/231/restore',
		{
			backup_id: 4336,
			callback_method: 'GET',
			callback_url: 'https://hooks.example.com/acsf?secret=EXAMPLE&x=1',
			caller_data: '{"run":"nightly"}',
			components: ['database', 'public files'],
			target_site_id: 236,
		},
	],
	[
		'backup:delete',
		{ siteId: pick('231'), backupId: pick('4336') },
		'DELETE',
		'/api/v1/sites/231/backups/4336',
		{},
	],
	[
		'backup:delete',
		{
			siteId: pick('231'),
			backupId: pick('4336'),
			additionalFields: { callerData: { run: [1, 'é"'] } },
		},
		'DELETE',
		'/api/v1/sites/231/backups/4336',
		{ caller_data: '{"run":[1,"é\\""]}' },
	],
	['backup:getExpiration', {}, 'GET', '/api/v1/backup-expiration'],
	[
		'backup:setExpiration',
		{ expirationDays: 30 },
		'PUT',
		'/api/v1/backup-expiration',
		{ expiration_days: 30 },
	],
	['domain:getAll', {}, 'GET', '/api/v1/domains'],
	['domain:getForSite', { nodeId: pick('231') }, 'GET', '/api/v1/domains/231'],
	[
		'domain:getStatus',
		{ domainName: pick('www.example.com/path?c=d#é', 'id') },
		'GET',
		'/api/v1/domains/status/www.example.com%2Fpath%3Fc%3Dd%23%C3%A9',
	],
	[
		'domain:add',
		{ nodeId: pick('231'), newDomain: ' www.example.com ' },
		'POST',
		'/api/v1/domains/231/add',
		{ domain_name: 'www.example.com' },
	],
	[
		'domain:remove',
		{ nodeId: pick('231'), domainName: pick('www.example.com') },
		'POST',
		'/api/v1/domains/231/remove',
		{ domain_name: 'www.example.com' },
	],
	['group:getAll', {}, 'GET', '/api/v1/groups'],
	['group:get', { groupId: pick('91') }, 'GET', '/api/v1/groups/91'],
	[
		'group:create',
		{ groupName: 'Q&A "north"', additionalFields: { parentId: pick('91') } },
		'POST',
		'/api/v1/groups',
		{ group_name: 'Q&A "north"', parent_id: 91 },
	],
	[
		'group:rename',
		{ groupId: pick('91'), groupName: 'é' },
		'PUT',
		'/api/v1/groups/91/update',
		{ group_name: 'é' },
	],
	['group:delete', { groupId: pick('91') }, 'DELETE', '/api/v1/groups/91'],
	['group:getMembers', { groupId: pick('91') }, 'GET', '/api/v1/groups/91/members'],
	...[
		['addMembers', 'POST', 'members'],
		['removeMembers', 'DELETE', 'members'],
		['addAdmins', 'POST', 'admins'],
		['removeAdmins', 'DELETE', 'admins'],
	].map(
		([operation, method, path]): Case => [
			`group:${operation}`,
			{ groupId: pick('91'), userIds: '146, 151' },
			method ?? '',
			`/api/v1/groups/91/${path}`,
			{ uids: [146, 151] },
		],
	),
	['group:getSites', { groupId: pick('91') }, 'GET', '/api/v1/groups/91/sites'],
	[
		'group:addSites',
		{ groupId: pick('91'), siteIds: [231] },
		'POST',
		'/api/v1/groups/91/sites',
		{ site_ids: [231] },
	],
	[
		'group:removeSites',
		{ groupId: pick('91'), siteIds: '231' },
		'DELETE',
		'/api/v1/groups/91/sites',
		{ site_ids: [231] },
	],
	[
		'user:getAll',
		{
			filters: {
				createdAfter: '2025-01-01T00:00:00Z',
				createdBefore: '2025-02-01T00:00:00Z',
				fields: ['uid', 'roles'],
				ids: '146,151',
				loginAfter: '2025-01-01',
				loginBefore: '2025-07-01T00:00:00',
				order: 'DESC',
				roleIds: '31',
				status: 'blocked',
				tfaStatus: 'disabled',
			},
		},
		'GET',
		'/api/v1/users',
		{
			created_min: 1_735_689_600,
			created_max: 1_738_368_000,
			fields: 'uid,roles',
			ids: '146,151',
			login_min: 1_735_689_600,
			// Dublin is an hour ahead in summer
			login_max: 1_751_324_400,
			order: 'DESC',
			role_ids: '31',
			status: 'blocked',
			tfa_status: 'disabled',
		},
	],
	['user:get', { userId: pick('146') }, 'GET', '/api/v1/users/146'],
	[
		'user:create',
		{
			userName: 'sam "poe"',
			email: ' sam.poe@example.com ',
			additionalFields: {
				password: ' invented ',
				roles: 'site builder, developer',
				status: 'blocked',
			},
		},
		'POST',
		'/api/v1/users',
		{
			name: 'sam "poe"',
			mail: 'sam.poe@example.com',
			pass: ' invented ',
			roles: ['site builder', 'developer'],
			status: 0,
		},
	],
	[
		'user:update',
		{
			userId: pick('146'),
			updateFields: {
				email: 'sam@example.com',
				password: 'invented',
				roles: [],
				status: 'active',
				tfaStatus: 'disabled',
				userName: 'sam',
			},
		},
		'PUT',
		'/api/v1/users/146/update',
		{
			mail: 'sam@example.com',
			pass: 'invented',
			roles: [],
			status: 1,
			tfa_status: 0,
			name: 'sam',
		},
	],
	['user:update', { userId: pick('146') }, 'PUT', '/api/v1/users/146/update', {}],
	['user:delete', { userId: pick('146') }, 'DELETE', '/api/v1/users/146'],
	['role:getAll', { filters: { order: 'DESC' } }, 'GET', '/api/v1/roles', { order: 'DESC' }],
	['role:get', { roleId: pick('31') }, 'GET', '/api/v1/roles/31'],
	['role:create', { roleName: 'r & d' }, 'POST', '/api/v1/roles', { name: 'r & d' }],
	[
		'role:rename',
		{ roleId: pick('31'), roleName: 'reviewer' },
		'PUT',
		'/api/v1/roles/31/update',
		{ new_name: 'reviewer' },
	],
	['role:delete', { roleId: pick('31') }, 'DELETE', '/api/v1/roles/31'],
	['siteVariable:getAll', { siteId: pick('231') }, 'GET', '/api/v1/site-variables/231'],
	[
		'siteVariable:set',
		{
			siteId: pick('231'),
			variableName: 'crm/region',
			variableValue: ' a b ',
			additionalFields: { scrub: true },
		},
		'PUT',
		'/api/v1/site-variables/231',
		{ variable_key: 'crm/region', variable_value: ' a b ', variable_scrub: 1 },
	],
	[
		'siteVariable:delete',
		{ siteId: pick('231'), variableKey: pick('crm/region?') },
		'DELETE',
		'/api/v1/site-variables/231/crm%2Fregion%3F',
	],
	['siteVariable:deleteAll', { siteId: pick('231') }, 'DELETE', '/api/v1/site-variables/231'],
	['stack:getAll', {}, 'GET', '/api/v1/stacks'],
	['stack:getAllDetails', {}, 'GET', '/api/v1/stacks/details'],
	['stack:getRefs', {}, 'GET', '/api/v1/vcs', { type: 'sites' }],
	[
		'stack:getRefs',
		{ filters: { stackId: pick('2') } },
		'GET',
		'/api/v1/vcs',
		{ type: 'sites', stack_id: '2' },
	],
	[
		'task:getAll',
		{
			filters: {
				taskClass: 'Acquia\\SfSite\\SiteInstall',
				taskGroup: 'SiteInstall',
				taskStatus: 'not-started',
			},
		},
		'GET',
		'/api/v1/tasks',
		{ class: 'Acquia\\SfSite\\SiteInstall', group: 'SiteInstall', status: 'not-started' },
	],
	['task:wait', { taskId: pick('129021') }, 'GET', '/api/v1/wip/task/129021/status'],
	[
		'task:getLogs',
		{ taskId: pick('129021'), filters: { descendants: true, logLevel: 'warn' } },
		'GET',
		'/api/v1/tasks/129021/logs',
		{ descendants: true, level: 'warn' },
	],
	[
		'task:getLogs',
		{ taskId: pick('129021'), filters: { descendants: false } },
		'GET',
		'/api/v1/tasks/129021/logs',
	],
	['task:getClasses', {}, 'GET', '/api/v1/classes/softpaused'],
	[
		'task:getClasses',
		{ classType: 'softpause-for-update' },
		'GET',
		'/api/v1/classes/softpause-for-update',
	],
	[
		'task:pause',
		{ taskId: pick('129021') },
		'POST',
		'/api/v1/pause/129021',
		{ paused: true, level: 'family' },
	],
	[
		'task:resume',
		{ taskId: pick('129021'), level: 'task' },
		'POST',
		'/api/v1/pause/129021',
		{ paused: false, level: 'task' },
	],
	[
		'task:pauseAll',
		{ additionalFields: { reason: 'Storage "A"' } },
		'POST',
		'/api/v1/pause',
		{ paused: true, reason: 'Storage "A"' },
	],
	['task:resumeAll', {}, 'POST', '/api/v1/pause', { paused: false }],
	['stage:getEnvironments', {}, 'GET', '/api/v2/stage'],
	['stage:stageDown', { toEnvironment: pick('test') }, 'POST', '/api/v2/stage', { to_env: 'test' }],
	[
		'stage:stageDown',
		{
			toEnvironment: pick(' dev ', 'id'),
			additionalFields: {
				detailedStatus: false,
				forcePsuHook: true,
				sites: '231, 236',
				skipSiteFiles: true,
				skipSiteFilesOverwrite: 'css/*, js/a b.js',
				synchronizeAllUsers: false,
				wipeStacks: '1',
				wipeTargetEnvironment: false,
			},
		},
		'POST',
		'/api/v2/stage',
		{
			to_env: 'dev',
			detailed_status: false,
			force_psu_hook: true,
			sites: [231, 236],
			skip_site_files: true,
			skip_site_files_overwrite: ['css/*', 'js/a b.js'],
			synchronize_all_users: false,
			wipe_stacks: [1],
			wipe_target_environment: false,
		},
	],
	['update:getAll', {}, 'GET', '/api/v1/update'],
	[
		'update:deploy',
		{ sitesRef: pick('main-build') },
		'POST',
		'/api/v1/update',
		{ scope: 'sites', sites_ref: 'main-build', sites_type: 'code, db' },
	],
	[
		'update:deploy',
		{
			sitesRef: pick('tags/2025-03-11', 'id'),
			sitesType: 'code, db, registry',
			additionalFields: {
				dbUpdateArguments: 'quick 2',
				failAction: 'online',
				stackId: pick('2'),
				startTime: '2026-07-01T22:00:00',
			},
		},
		'POST',
		'/api/v1/update',
		{
			scope: 'sites',
			sites_ref: 'tags/2025-03-11',
			sites_type: 'code, db, registry',
			db_update_arguments: 'quick 2',
			site_update_fail_action: 'online',
			stack_id: 2,
			start_time: '2026-07-01T21:00:00.000Z',
		},
	],
	['update:getProgress', { updateId: pick('last', 'id') }, 'GET', '/api/v1/update/last/status'],
	['update:getProgress', { updateId: pick('4726') }, 'GET', '/api/v1/update/4726/status'],
	['update:pause', {}, 'POST', '/api/v1/update/pause', { pause: true }],
	['update:resume', {}, 'POST', '/api/v1/update/pause', { pause: false }],
	[
		'update:reschedule',
		{ updateId: pick('4726'), newStartTime: '2026-12-01T22:00:00' },
		'POST',
		'/api/v1/update/change_time',
		{ updater_id: 4726, new_update_time: '2026-12-01T22:00:00.000Z' },
	],
	['update:terminate', { updateId: pick('4726') }, 'DELETE', '/api/v1/update/4726'],
	['cronJob:getAll', {}, 'GET', '/api/v1/cronjobs'],
	['cronJob:get', { cronJobId: pick('1016') }, 'GET', '/api/v1/cronjobs/1016'],
	[
		'cronJob:create',
		{ cronJobName: 'Hourly', command: 'cron --quiet' },
		'POST',
		'/api/v1/cronjobs',
		{
			name: 'Hourly',
			command: 'cron --quiet',
			interval: '0 * * * *',
			sites_affected: 'all',
			enabled: 1,
			thread_percentage: 60,
			stacks: [1],
		},
	],
	[
		'cronJob:update',
		{
			cronJobId: pick('1016'),
			cronJobName: 'Nightly',
			command: 'cron',
			interval: '0 2 * * 1-5',
			sitesAffected: 'prod-sites',
			enabled: false,
			threadPercentage: 0,
			stackIds: '1, 2',
		},
		'PUT',
		'/api/v1/cronjobs/1016',
		{
			name: 'Nightly',
			command: 'cron',
			interval: '0 2 * * 1-5',
			sites_affected: 'prod-sites',
			enabled: 0,
			thread_percentage: 0,
			stacks: [1, 2],
		},
	],
	['cronJob:delete', { cronJobId: pick('1016') }, 'DELETE', '/api/v1/cronjobs/1016'],
	['task:terminate', { taskId: pick('129021') }, 'PUT', '/api/v1/tasks/129021/terminate', {}],
	['task:delete', { taskId: pick('129021') }, 'DELETE', '/api/v1/tasks/129021'],
	['auditEvent:getAll', {}, 'GET', '/api/v1/audit'],
	[
		'auditEvent:getAll',
		{
			filters: {
				module: 'sf_domains',
				nid: '231',
				order: 'ASC',
				scope: 'site',
				source: 'REST API',
				type: 'a&b',
				uid: 146,
			},
		},
		'GET',
		'/api/v1/audit',
		{
			module: 'sf_domains',
			nid: 231,
			order: 'ASC',
			scope: 'site',
			source: 'REST API',
			type: 'a&b',
			uid: 146,
		},
	],
	[
		'dynamicRequest:getMonthly',
		{ filters: { sortOrder: 'desc', stackId: pick('1'), startFrom: '2026-01' } },
		'GET',
		'/api/v1/dynamic-requests/monthly',
		{ sort_order: 'desc', stack_id: 1, start_from: '2026-01' },
	],
	[
		'dynamicRequest:getMonthlyByDomain',
		{
			month: '2026-05',
			filters: { sortOrder: 'asc', stackId: pick('1'), domainStartsWith: 'www.' },
		},
		'GET',
		'/api/v1/dynamic-requests/monthly/domains',
		{ date: '2026-05', sort_order: 'asc', stack_id: 1, domain_name: 'www.' },
	],
	['installProfile:getAll', {}, 'GET', '/api/v1/profiles'],
	[
		'installProfile:getAll',
		{ filters: { isEnabled: false, stackId: pick('2') } },
		'GET',
		'/api/v1/profiles',
		{ is_enabled: false, stack_id: 2 },
	],
	...['enable', 'disable', 'set_default'].map(
		(path): Case => [
			`installProfile:${path === 'set_default' ? 'setDefault' : path}`,
			{ profileName: pick('standard') },
			'POST',
			`/api/v1/profiles/standard/${path}`,
			{},
		],
	),
	['siteCollection:getAll', {}, 'GET', '/api/v1/collections'],
	[
		'siteCollection:getAll',
		{ filters: { removeEmpty: true } },
		'GET',
		'/api/v1/collections',
		{ remove_empty: true },
	],
	['siteCollection:get', { collectionId: pick('196') }, 'GET', '/api/v1/collections/196'],
	[
		'siteCollection:create',
		{
			collectionName: 'campaigns',
			siteIds: '231, 226',
			groupIds: '91',
			additionalFields: { internalDomainPrefix: 'camp' },
		},
		'POST',
		'/api/v1/collections',
		{
			name: 'campaigns',
			site_ids: [231, 226],
			group_ids: [91],
			internal_domain_prefix: 'camp',
		},
	],
	[
		'siteCollection:addSites',
		{ collectionId: pick('196'), siteIds: '231' },
		'POST',
		'/api/v1/collections/196/add',
		{ site_ids: [231] },
	],
	[
		'siteCollection:removeSites',
		{ collectionId: pick('196'), siteIds: '231' },
		'POST',
		'/api/v1/collections/196/remove',
		{ site_ids: [231] },
	],
	[
		'siteCollection:setPrimary',
		{ collectionId: pick('196'), siteId: pick('226') },
		'POST',
		'/api/v1/collections/196/set-primary',
		{ site_id: 226 },
	],
	['siteCollection:delete', { collectionId: pick('196') }, 'DELETE', '/api/v1/collections/196'],
	['user:resetApiKey', { userId: pick('146') }, 'DELETE', '/api/v1/users/146/api-keys'],
	['user:resetAllApiKeys', {}, 'DELETE', '/api/v1/users/all/api-keys'],
	['role:getMapping', {}, 'GET', '/api/v1/centralized-role-management'],
	[
		'role:setMapping',
		{ factoryRole: 'site_builder', siteRole: 'editor' },
		'PUT',
		'/api/v1/centralized-role-management/site_builder',
		{ site_role: 'editor' },
	],
	[
		'role:removeMapping',
		{ factoryRole: 'platform_admin' },
		'DELETE',
		'/api/v1/centralized-role-management/platform_admin',
	],
	['siteVariable:distribute', {}, 'POST', '/api/v1/site-variables', {}],
	[
		'stack:update',
		{
			stackId: pick('2'),
			updateFields: { tangleAlias: 't2', stackDescription: '', stackName: 'two' },
		},
		'PUT',
		'/api/v1/stacks/2',
		{ tangle_alias: 't2', description: '', name: 'two' },
	],
	[
		'site:transfer',
		{ siteId: pick('231'), ownerName: 'john.roe', additionalFields: { forceTransfer: true } },
		'POST',
		'/api/v1/site-ownership/231',
		{ username: 'john.roe', force_transfer: true },
	],
	['setting:getSecurity', {}, 'GET', '/api/v1/security'],
	[
		'setting:updateSecurity',
		{
			updateFields: {
				disableAfterDays: 30,
				disableAccounts: true,
				minimumPasswordLength: 0,
				minimumPasswordStrength: 'very strong',
				signOutAfterSeconds: 60,
				signOutInactiveUsers: true,
				twoStepVerification: false,
			},
		},
		'PUT',
		'/api/v1/security',
		{
			automatically_disable_accounts_after_days: 30,
			automatically_disable_accounts: true,
			minimum_password_length: 0,
			minimum_required_password_strength: 'very strong',
			sign_out_inactivity_time: 60,
			sign_out_inactive_user_accounts: true,
			two_step_verification: false,
		},
	],
	['setting:resetSecurity', {}, 'DELETE', '/api/v1/security'],
	['setting:getSiteGuard', {}, 'GET', '/api/v1/site-guard'],
	[
		'setting:setSiteGuard',
		{ guardMessage: 'Hello <b>', guardUser: 'preview', guardPassword: ' invented ' },
		'PUT',
		'/api/v1/site-guard',
		{ message: 'Hello <b>', username: 'preview', password: ' invented ' },
	],
	['setting:removeSiteGuard', {}, 'DELETE', '/api/v1/site-guard'],
	['setting:getSiteOwner', {}, 'GET', '/api/v1/site-ownership'],
	[
		'setting:setSiteOwner',
		{ ownerName: 'jane.doe' },
		'PUT',
		'/api/v1/site-ownership',
		{ username: 'jane.doe' },
	],
	['setting:removeSiteOwner', {}, 'DELETE', '/api/v1/site-ownership'],
	['setting:getUpdateOrder', {}, 'GET', '/api/v1/site-update-priority'],
	[
		'setting:setUpdateOrder',
		{ orderedSiteIds: '236, 231' },
		'PUT',
		'/api/v1/site-update-priority',
		{ priority: [236, 231] },
	],
	['setting:resetUpdateOrder', {}, 'DELETE', '/api/v1/site-update-priority'],
	['setting:getTaskLogLevels', {}, 'GET', '/api/v1/task-log-settings'],
	[
		'setting:updateTaskLogLevels',
		{ updateFields: { maximumLevel: 'debug', successfulLevel: 'error' } },
		'PUT',
		'/api/v1/task-log-settings',
		{ wip_log_maximum_level: 'debug', wip_log_level: 'error' },
	],
	['setting:resetTaskLogLevels', {}, 'DELETE', '/api/v1/task-log-settings'],
	['setting:getStandardDomains', {}, 'GET', '/api/v1/factory-standard-domains'],
	[
		'setting:setStandardDomains',
		{ templateName: 'site_nonprod', patterns: '[sitename]-[environment].example.com, b' },
		'PUT',
		'/api/v1/factory-standard-domains/site_nonprod',
		{ new_template: ['[sitename]-[environment].example.com', 'b'] },
	],
	[
		'setting:removeStandardDomains',
		{ templateName: 'collection_prod' },
		'DELETE',
		'/api/v1/factory-standard-domains/collection_prod',
	],
	['setting:applyStandardDomains', {}, 'POST', '/api/v1/factory-standard-domains', {}],
	[
		'theme:setRepository',
		{
			siteId: pick('231'),
			vcsPath: 'main',
			additionalFields: { vcsUrl: 'git@example.com:org/theme.git' },
		},
		'PUT',
		'/api/v1/sites/231/external-theme',
		{ vcs_path: 'main', vcs_url: 'git@example.com:org/theme.git' },
	],
	['theme:removeRepository', { siteId: pick('231') }, 'DELETE', '/api/v1/sites/231/external-theme'],
	[
		'theme:refresh',
		{ siteId: pick('231') },
		'POST',
		'/api/v1/sites/231/external-theme-refresh',
		{},
	],
	['theme:getDeployKey', {}, 'GET', '/api/v1/theme/deploy-key'],
	[
		'theme:notify',
		{
			scope: 'site',
			themeEvent: 'delete',
			nodeId: '231',
			themeName: 'x',
			additionalFields: { uid: '146' },
		},
		'POST',
		'/api/v1/theme/notification',
		{ scope: 'site', event: 'delete', nid: 231, uid: 146 },
	],
	[
		'theme:notify',
		{ scope: 'theme', themeEvent: 'modify', themeName: 'example_theme' },
		'POST',
		'/api/v1/theme/notification',
		{ scope: 'theme', event: 'modify', theme: 'example_theme' },
	],
	['theme:process', {}, 'POST', '/api/v1/theme/process', {}],
	[
		'theme:process',
		{ additionalFields: { siteGroup: 'tangle001' } },
		'POST',
		'/api/v1/theme/process',
		{ sitegroup_id: 'tangle001' },
	],
];

describe('requests of the other operations', () => {
	it.each(cases)('%s with %j', (...[operation, parameters, method, path, sent]: Case) => {
		const { query, body, ...request } = requestOf(operation, parameters);
		expect(request).toMatchObject({ method, path });
		expect({ query, body }).toEqual(
			method === 'GET' ? { query: sent, body: undefined } : { query: undefined, body: sent },
		);
	});

	it('is tested for every operation', () => {
		const own = ['factory:ping', 'site:getAll', 'site:get', 'site:create', 'site:backUp'];
		const tested = new Set([...own, 'task:getStatus', ...cases.map(([operation]) => operation)]);
		const known = [...catalog.operations.keys()].filter((key) => !key.startsWith('apiRequest:'));
		expect([...tested].sort()).toEqual(known.sort());
	});

	it.each([
		['domain:add', { nodeId: 231, newDomain: 'https://www.example.com' }, '“Domain” must be'],
		['domain:add', { nodeId: 231, newDomain: 'a b' }, '“Domain” must be a domain name'],
		['domain:add', { nodeId: 231 }, '“Domain” is required'],
		['domain:getStatus', { domainName: '..' }, '“Domain” must be a name or an ID'],
		['domain:getStatus', { domainName: 'www.example.com/a b' }, '“Domain” must be a domain name'],
		['backup:setExpiration', { expirationDays: 0 }, '“Days” must be at least 1'],
		['backup:setExpiration', { expirationDays: 366 }, '“Days” must be at most 365'],
		['backup:delete', { siteId: 231 }, '“Backup” is required'],
		[
			'backup:delete',
			{ siteId: 231, backupId: 1, additionalFields: { callbackUrl: 'hooks' } },
			'“Callback URL” must be an address',
		],
		[
			'backup:restore',
			{ siteId: 231, backupId: 1, additionalFields: { components: ['codebase'] } },
			'“Components” must be one of database, private files, public files, themes',
		],
		[
			'backup:restore',
			{ siteId: 231, backupId: 1, additionalFields: { callerData: '{' } },
			'“Callback Data (JSON)” must be JSON',
		],
		['group:addSites', { groupId: 91, siteIds: 'all' }, '“Site IDs” must be site IDs separated'],
		['group:addMembers', { groupId: 91, userIds: '' }, '“User IDs” is required'],
		['user:create', { userName: 'sam', email: 'sam' }, '“Email” must be an email address'],
		['user:update', { userId: 1, updateFields: { status: 2 } }, '“Status” must be one of active'],
		[
			'siteVariable:set',
			{ siteId: 231, variableName: 'a b', variableValue: 'x' },
			'“Name” must be',
		],
		[
			'siteVariable:set',
			{ siteId: 231, variableName: 'a', variableValue: 'x'.repeat(51) },
			'“Value” must have up to 50 characters, but has 51',
		],
		[
			'siteVariable:delete',
			{ siteId: 231, variableKey: '.' },
			'“Variable” must be a name or an ID',
		],
	])('%s refuses %j', (operation, parameters, message) => {
		expect(() => requestOf(operation, parameters)).toThrow(message);
	});

	it.each(notNumbers)('never take %j for an ID in a path', (id) => {
		const inPath: Array<[string, string]> = [
			['site:delete', 'siteId'],
			['backup:getAll', 'siteId'],
			['domain:getForSite', 'nodeId'],
			['group:delete', 'groupId'],
			['user:delete', 'userId'],
			['role:delete', 'roleId'],
			['siteVariable:deleteAll', 'siteId'],
			['task:delete', 'taskId'],
		];
		for (const [operation, name] of inPath) {
			expect(() => requestOf(operation, { [name]: pick(id, 'id') })).toThrow(
				/must be a whole number above 0|is required/,
			);
		}
	});

	it('start what cannot be undone once only', () => {
		expect(requestOf('site:delete', { siteId: 231 }).repeatable).toBe(false);
		expect(requestOf('backup:delete', { siteId: 231, backupId: 1 }).repeatable).toBe(false);
	});
});

describe('records', () => {
	it('get numbers, maps and plain text', () => {
		const shape = { numbers: ['a', 'b', 'c', 'd', 'e'], maps: ['m', 'n'], texts: ['t', 'u'] };
		const given = {
			a: '12',
			b: '',
			c: 'x',
			d: null,
			e: 5,
			m: [],
			n: { '2': 'x' },
			t: '&quot;A&quot; &amp;amp; &lt;b&gt; &#039;c&#39; &copy;',
			u: 3,
			other: '12',
		};
		expect(tidy(given, shape)).toEqual({
			a: 12,
			b: '',
			c: 'x',
			d: null,
			e: 5,
			m: {},
			n: { '2': 'x' },
			t: '"A" &amp; <b> \'c\' &copy;',
			u: 3,
			other: '12',
		});
		expect(tidy('text', shape)).toBe('text');
		expect(tidy({ a: '9007199254740993' }, shape)).toEqual({ a: '9007199254740993' });
	});

	it('are made of maps', () => {
		expect(recordsOf({ '1': 'one', '2': { name: 'two' } }, 'id')).toEqual([
			{ id: '1', name: 'one' },
			{ id: '2', name: 'two' },
		]);
		expect(recordsOf([], 'id')).toEqual([]);
		expect(recordsOf(undefined, 'id')).toBeUndefined();
		expect(recordsOf(['one'], 'id')).toBeUndefined();
	});
});

describe('lists', () => {
	const pager = siteFactory.pager;

	it.each([250, '250'])('are read to a count of %j', async (count) => {
		const asked: unknown[] = [];
		const all = await readList(
			async ({ query }) => {
				asked.push(query);
				const page = Number(query?.page);
				const length = Math.min(100, 250 - (page - 1) * 100);
				const sites = Array.from({ length }, (_, index) => (page - 1) * 100 + index);
				return await Promise.resolve(answer({ count, sites }));
			},
			{ method: 'GET', path: '/api/v1/sites', query: { stack_id: 1 } },
			{ at: 'sites', pager },
		);
		expect(all).toEqual(Array.from({ length: 250 }, (_, index) => index));
		expect(asked).toEqual([1, 2, 3].map((page) => ({ stack_id: 1, page, limit: 100 })));
	});

	it('without a count end at a short page', async () => {
		let calls = 0;
		const all = await readList(
			async () => {
				calls += 1;
				const sites = Array.from({ length: calls === 2 ? 7 : 100 }, () => ({}));
				return await Promise.resolve(answer({ sites }));
			},
			{ method: 'GET', path: '/api/v1/sites' },
			{ at: 'sites', pager },
		);
		expect([all.length, calls]).toEqual([107, 2]);
	});
});

describe('the status of a task', () => {
	const status = (value: unknown, more: object = {}) =>
		readTask(answer({ wip_task: { id: '129021', status: value, ...more } }));

	it.each([1, 2, 4, 8, '1', '2', '4', '8', '0'])('%j runs', (value) => {
		expect(status(value)).toEqual({ state: 'running' });
	});

	it.each([16, 144, '16', '144'])('%j is done', (value) => {
		expect(status(value)).toEqual({
			state: 'done',
			result: { id: 129_021, status: Number(value) },
		});
	});

	it('is read from its bits, not from its text', () => {
		expect(status('16', { status_string: 'Error' })).toMatchObject({ state: 'done' });
		expect(status('32', { status_string: 'Completed' })).toMatchObject({ state: 'failed' });
		expect(status('4', { completed: '1741681010' })).toEqual({ state: 'running' });
	});

	it.each([
		['32', { error_message: 'Disk full' }, 'Disk full'],
		['32', { error_message: '' }, 'the factory gives no reason'],
		['32', {}, 'the factory gives no reason'],
		['64', { error_message: '' }, 'it was killed'],
		['64', { error_message: 'Killed by ada' }, 'Killed by ada'],
		['160', {}, 'the factory gives no reason'],
		['96', {}, 'it was killed'],
	])('%j with %j has failed: %s', (value, more, message) => {
		expect(status(value, more)).toEqual({ state: 'failed', reason: { message } });
	});

	it.each([
		[{}],
		[{ wip_task: [] }],
		[{ wip_task: { id: '1' } }],
		[{ wip_task: { status: 'Completed' } }],
		[{ wip_task: { status: null } }],
		['<html>'],
		[undefined],
	])('that cannot be read (%j) ends the wait', (body) => {
		expect(readTask(answer(body)).state).toBe('failed');
	});
});

describe('refusals', () => {
	it.each([
		[{ message: 'Access denied', time: '2025-03-11T08:15:42+00:00' }, 'Access denied'],
		[{ message: 'Forbidden: no role' }, 'Forbidden: no role'],
		[{ message: 'Bad Request: no name' }, 'Bad Request: no name'],
		[{ message: 'Unprocessible Entity: taken' }, 'Unprocessible Entity: taken'],
		[{ message: 'Unprocessable Entity: taken' }, 'Unprocessable Entity: taken'],
		[{ message: 'It broke', error: 'E1' }, 'It broke'],
	])('with status 200 are found in %j', (body, message) => {
		expect(siteFactory.refusal?.(answer(body))).toEqual({ message });
	});

	it.each([
		[{ message: 'pong', server_time: 'x' }],
		[{ message: 'The configuration options have been saved.', time: 'x' }],
		[{ message: 'The phrase Bad Request: stands inside' }],
		[{ error: 'only' }],
		[{ message: 'fine', error: '' }],
		[{ sites: [], count: 0 }],
		[[]],
		['text'],
		[undefined],
		[Buffer.from('Access denied')],
	])('are not seen in %j', (body) => {
		expect(siteFactory.refusal?.(answer(body))).toBeUndefined();
	});

	const node = {
		id: '1',
		name: 'Acquia Site Factory',
		type: 'siteFactory',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: {},
	};
	const failed = (failure: { status?: number; code?: string; body?: unknown }) =>
		toNodeError(
			node,
			siteFactory,
			{ apiKey: 'invented-key-0123456789' },
			{ method: 'GET', path: '/api/v1/sites', repeatable: true },
			{ message: '', login: false, ...failure },
			0,
		);

	it.each([
		[{ status: 403, body: { message: 'Access denied' } }, 'Access denied', 'user name and API key'],
		[
			{ status: 403, body: { message: 'Forbidden: you may not create sites' } },
			'Forbidden: you may not create sites',
			'The role of the user does not allow this',
		],
		[
			{ status: 404, body: '<html><title>Not found</title></html>' },
			'Not found',
			'Check “Factory URL” in the credential',
		],
		[{ status: 404, body: { message: 'Site not found' } }, 'Site not found', 'Check the ID'],
		[{ status: 404 }, 'status 404', 'Check “Factory URL” in the credential'],
		[
			{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
			'The certificate of Acquia Site Factory was not accepted',
			'“Ignore SSL Issues”',
		],
		[
			{ status: 422, body: { message: 'Unprocessable Entity: the name is taken' } },
			'Unprocessable Entity: the name is taken',
			'Check the values of this item',
		],
		[
			{ status: 400, body: { message: 'Bad Request: invented-key-0123456789 is odd' } },
			'Bad Request: ••• is odd',
			'',
		],
	])('are told with advice: %j', (failure, message, advice) => {
		const error = failed(failure);
		expect(error.message).toContain(message);
		expect(error.description).toContain(advice);
		expect(JSON.stringify(error)).not.toContain('invented-key');
	});
});
