/** Settings, profiles, collections, themes and records of what happened, of the simulated Site Factory. */
import type { Factory, Site, User } from './siteFactoryParts.mts';
import { badRequest, bodyOf, notFound, refuse, unprocessable } from './siteFactoryParts.mts';
import type { Handler, SimulatedRequest } from './support.mts';
import { answer } from './support.mts';

type Request = SimulatedRequest<User>;

interface Collection {
	id: number;
	name: string;
	prefix: string;
	created: number;
	owner: string;
	groups: number[];
	sites: number[];
	primary: number;
}
interface Profile {
	name: string;
	caption: string;
	stack_id: number;
	enabled: boolean;
	rest_api_default: boolean;
	description: string;
}

const FACTORY_ROLES = ['content editor', 'platform admin', 'site builder'];
const SAVED = 'The configuration options have been saved.';
const SECURITY = {
	minimum_password_length: 12,
	minimum_required_password_strength: 'strong',
	two_step_verification: true,
	sign_out_inactive_user_accounts: true,
	sign_out_inactivity_time: 18_000,
	automatically_disable_accounts: false,
	automatically_disable_accounts_after_days: 90,
};
const LOG_SETTINGS = { wip_log_maximum_level: 'trace', wip_log_level: 'warn' };

const asList = (value: number | number[]) => (Array.isArray(value) ? value : [value]);
const counted = (count: number, what: string) =>
	`${count === 1 ? 'One site was' : `${count} sites were`} successfully ${what} the site collection.`;

/** The answers of these operations. */
export function settingsHandlers(factory: Factory): Record<string, Handler<User>> {
	const { clock, now, siteOf, startTask, page } = factory;
	const saved = () => answer({ message: SAVED, time: now() });
	const whole = { id: 0, name: '' };
	/** Theme changes that the factory was told of and has not handled, by what they are about. */
	const themeChanges: Array<Pick<Site, 'id' | 'name'>> = [];
	/** How such tasks are called is not documented: the names are invented, and nothing may depend on them. */
	const themeTask = (name: string) => ({
		name,
		group: `${name.split(' ')[0]} examplefactory_01`,
		class: `Acquia\\SfTheme\\${name.split(' ')[0]}`,
	});
	const processThemes = (request: Request) => {
		const changes = themeChanges.length > 0 ? themeChanges.splice(0) : [whole];
		for (const site of changes) startTask(request, site, themeTask(`ThemeProcess ${site.id}`));
	};

	let security = { ...SECURITY };
	let guard: { enabled: boolean; message: string; username: string; password: string } | undefined;
	let owner: User | undefined;
	let priority: number[] = [];
	let logSettings = { ...LOG_SETTINGS };
	const standardDomains: Record<string, string[]> = {
		site_prod: ['[sitename].example.com'],
		site_nonprod: ['[sitename]-[environment].example.com'],
		collection_prod: [],
		collection_nonprod: [],
	};
	const roleMap = new Map<string, string[]>([['platform admin', ['site maintainer']]]);
	const stackDetails = new Map<number, { description?: string; tangle_alias?: string }>();
	const profiles: Profile[] = factory.stacks.flatMap(({ id }) => [
		{
			name: 'standard',
			caption: 'Standard',
			stack_id: id,
			enabled: true,
			rest_api_default: true,
			description: 'Everyday features',
		},
		{
			name: 'example_cms',
			caption: 'Example CMS',
			stack_id: id,
			enabled: false,
			rest_api_default: false,
			description: 'An invented starter',
		},
	]);
	const collections: Collection[] = [];
	let collectionId = 10_001;
	const requestsOf = (date: string, stackId: number, weight: number) => ({
		date,
		stack_id: stackId,
		total_dynamic_requests: 1000 * weight,
		'2xx_dynamic_requests': 900 * weight,
		'3xx_dynamic_requests': 60 * weight,
		'4xx_dynamic_requests': 39 * weight,
		'5xx_dynamic_requests': weight,
		total_runtime: 320.5 * weight,
		'2xx_runtime': 300.5 * weight,
		'3xx_runtime': 10 * weight,
		'4xx_runtime': 9 * weight,
		'5xx_runtime': weight,
	});
	const months = Array.from({ length: 30 }, (_, index) => {
		const date = new Date(clock());
		date.setUTCDate(1);
		date.setUTCMonth(date.getUTCMonth() - index - 1);
		return date.toISOString().slice(0, 7);
	});

	const guardChanged = (request: Request, isOn: boolean) =>
		factory.record(request, {
			message: 'Site guard changed from @before to @after.',
			before: guard ? '1' : '0',
			after: isOn ? '1' : '0',
			type: 'site_guard_enabled',
			scope: 'settings',
			module: 'sf_siteguard',
		});

	const collectionOf = (id: unknown): Collection =>
		collections.find((collection) => collection.id === id) ?? notFound('Site collection');
	const internalDomain = ({ prefix }: Collection) => `${prefix}.examplefactory.acsitefactory.com`;
	const profileOf = (request: Request): Profile => {
		const stack = factory.checkStack(request.query.stack_id as number | undefined);
		const { profile_name: name } = request.params;
		return (
			profiles.find((profile) => profile.name === name && profile.stack_id === stack) ??
			notFound('Profile')
		);
	};
	const describeProfile = (profile: Profile, what: string) =>
		answer({
			updated: true,
			message: `Profile ${what} successfully.`,
			profile_name: profile.name,
			stack_id: profile.stack_id,
			enabled: profile.enabled,
			rest_api_default: profile.rest_api_default,
			time: now(),
		});
	const describeRoles = () =>
		answer({
			...Object.fromEntries(
				FACTORY_ROLES.map((role) => [
					role,
					{ enabled: roleMap.has(role), site_roles: roleMap.get(role) ?? [] },
				]),
			),
			time: now(),
		});
	const roleIn = (request: Request) => String(request.params.factory_role).replaceAll('_', ' ');
	const namedUser = (found: User | undefined): User => found ?? notFound('User');
	/** A map page by page; PHP turns an empty one into a list. */
	const mapPage = (request: Request, entries: Array<[string, unknown]>, fallback: number) => {
		const items = page(request, entries, fallback);
		return items.length === 0 ? [] : Object.fromEntries(items);
	};
	const mostRecent = () => new Date(clock() - 86_400_000).toISOString().slice(0, 10);

	return {
		delete_ApiKey_resetUserKeys: (request) => {
			const user = namedUser(factory.users.find(({ uid }) => uid === request.params.user_id));
			if (user.apiKey !== undefined) user.apiKey = `replaced-${user.apiKey}`;
			return answer({
				message: `The API key for user ${user.uid} was regenerated.`,
				server_time: now(),
			});
		},
		delete_ApiKey_resetKeys: (request) =>
			answer({
				message: 'API keys will be regenerated in a few minutes',
				server_time: now(),
				task_id: startTask(
					request,
					whole,
					{ name: 'Key reset', group: 'KeyReset', class: 'Acquia\\SfUser\\KeyReset' },
					() => {
						for (const user of factory.users) {
							if (user.apiKey !== undefined) user.apiKey = `replaced-${user.apiKey}`;
						}
					},
				),
			}),

		get_AuditEvent_getAuditEvents: (request) => {
			const query = request.query as Record<string, string | number | undefined>;
			const fields = ['source', 'module', 'scope', 'type', 'nid', 'uid'] as const;
			factory.keepBusy(request, () =>
				factory.record(request, {
					message: 'Cron ran at @after.',
					after: now(),
					type: 'cron',
					scope: 'settings',
					module: 'sf_cron',
				}),
			);
			const found = factory.audit
				.filter((event) =>
					fields.every((name) => query[name] === undefined || event[name] === query[name]),
				)
				.sort((a, b) => (query.order === 'ASC' ? a.id - b.id : b.id - a.id));
			return answer({ count: found.length, changes: page(request, found, 20) });
		},

		get_CentralizedRoleManagement_executeGetActions: describeRoles,
		put_CentralizedRoleManagement_executePutActions: (request) => {
			const { site_role: role } = bodyOf<{ site_role: string }>(request);
			roleMap.set(roleIn(request), [role]);
			return describeRoles();
		},
		delete_CentralizedRoleManagement_executeDeleteActions: (request) => {
			roleMap.delete(roleIn(request));
			return describeRoles();
		},

		put_CodeBases_editCodebaseName: (request) => {
			const stack =
				factory.stacks.find(({ id }) => id === request.params.codebase_id) ?? notFound('Stack');
			const { name, ...details } = bodyOf<{
				name?: string;
				description?: string;
				tangle_alias?: string;
			}>(request);
			if (name !== undefined) stack.name = name;
			stackDetails.set(stack.id, { ...stackDetails.get(stack.id), ...details });
			return answer({ message: 'Stack details are updated successfully.' });
		},
		get_CodeBases_getCodeBaseDetails: () =>
			answer(
				Object.fromEntries(
					factory.stacks.map(({ id, name }) => [
						String(id),
						{
							id,
							name,
							description: `Stack ${id}`,
							tangle_alias: `tangle00${id}`,
							...stackDetails.get(id),
						},
					]),
				),
			),

		get_FactoryStandardDomains_getFactoryStandardDomains: () =>
			answer({ ...standardDomains, time: now() }),
		put_FactoryStandardDomains_setFactoryStandardDomains: (request) => {
			const { new_template: patterns } = bodyOf<{ new_template: string[] }>(request);
			if (patterns.some((pattern) => !pattern.includes('[sitename]'))) {
				badRequest('new_template lacks [sitename]');
			}
			standardDomains[String(request.params.template_name)] = patterns;
			return answer({ ...standardDomains, time: now() });
		},
		delete_FactoryStandardDomains_removeFactoryStandardDomains: (request) => {
			standardDomains[String(request.params.template_name)] = [];
			return answer({ ...standardDomains, time: now() });
		},
		post_FactoryStandardDomains_backfillFactoryStandardDomains: (request) =>
			answer({
				task_id: startTask(request, whole, {
					name: 'Standard domains',
					group: 'StandardDomains',
					class: 'Acquia\\SfDomain\\Backfill',
				}),
				message: 'Task has been queued.',
				time: now(),
			}),

		get_InstallationProfiles_getInstallationProfiles: (request) => {
			const { stack_id: stack, is_enabled: enabled } = request.query;
			const found = profiles
				.filter((profile) => stack === undefined || profile.stack_id === stack)
				.filter((profile) => enabled === undefined || profile.enabled === enabled);
			return answer({ profiles: found, count: found.length, time: now() });
		},
		post_InstallationProfiles_enableProfile: (request) => {
			const profile = profileOf(request);
			profile.enabled = true;
			return describeProfile(profile, 'enabled');
		},
		post_InstallationProfiles_disableProfile: (request) => {
			const profile = profileOf(request);
			profile.enabled = false;
			return describeProfile(profile, 'disabled');
		},
		post_InstallationProfiles_setDefault: (request) => {
			const chosen = profileOf(request);
			for (const profile of profiles) {
				if (profile.stack_id === chosen.stack_id) profile.rest_api_default = profile === chosen;
			}
			return describeProfile(chosen, 'set as default');
		},

		get_PageView_getPageViewDataMonthly: (request) => {
			const query = request.query as {
				stack_id?: number;
				start_from?: string;
				sort_order?: string;
			};
			const stack = factory.checkStack(query.stack_id);
			const found = months
				.filter((month) => query.start_from === undefined || month >= query.start_from)
				.sort((a, b) => (query.sort_order === 'asc' ? a.localeCompare(b) : b.localeCompare(a)));
			const entries = found.map((month, index): [string, unknown] => [
				month,
				requestsOf(month, stack, index + 1),
			]);
			return answer({
				count: found.length,
				time: now(),
				most_recent_data: mostRecent(),
				dynamic_requests: mapPage(request, entries, 12),
			});
		},
		get_PageView_getPageViewDataMonthlyPerDomain: (request) => {
			const query = request.query as {
				stack_id?: number;
				date: string;
				domain_name?: string;
				sort_order?: string;
			};
			if (!/^\d{4}-\d\d$/.test(query.date)) badRequest('date is not a month');
			const stack = factory.checkStack(query.stack_id);
			const found = factory.sites
				.filter(({ stackId }) => stackId === stack)
				.flatMap(({ customDomains }) => customDomains)
				.filter((domain) => domain.startsWith(query.domain_name ?? ''))
				.sort((a, b) => (query.sort_order === 'desc' ? b.localeCompare(a) : a.localeCompare(b)));
			const entries = found.map((domain, index): [string, unknown] => [
				domain,
				requestsOf(query.date, stack, index + 1),
			]);
			return answer({
				count: found.length,
				time: now(),
				most_recent_data: mostRecent(),
				dynamic_requests: mapPage(request, entries, 10),
			});
		},

		get_Security_getSecuritySettings: () =>
			answer(
				Object.fromEntries(
					Object.entries(security).map(([name, value]) => [
						name,
						typeof value === 'number' ? String(value) : value,
					]),
				),
			),
		put_Security_updateSecuritySettings: (request) => {
			const body = bodyOf<Partial<typeof SECURITY>>(request);
			const needs = (flag: boolean | undefined, value: number | undefined, name: string) =>
				flag === true && value === undefined && badRequest(`${name} is missing`);
			needs(
				body.sign_out_inactive_user_accounts,
				body.sign_out_inactivity_time,
				'sign_out_inactivity_time',
			);
			needs(
				body.automatically_disable_accounts,
				body.automatically_disable_accounts_after_days,
				'automatically_disable_accounts_after_days',
			);
			for (const [name, value] of Object.entries(body)) {
				factory.record(request, {
					message: 'Security setting changed from @before to @after.',
					before: String(security[name as keyof typeof SECURITY]),
					after: String(value),
					type: name,
					scope: 'settings',
					module: 'sf_security',
				});
			}
			security = { ...security, ...body };
			return answer({ message: 'Security settings have been saved.', time: now() });
		},
		delete_Security_resetSecuritySettings: () => {
			security = { ...SECURITY };
			return answer({
				message: 'Security settings have been reset to their default values.',
				time: now(),
			});
		},

		get_SiteCollections_getCollections: (request) => {
			const found = collections.filter(
				({ sites }) => request.query.remove_empty !== true || sites.length > 0,
			);
			return answer({
				count: found.length,
				time: now(),
				collections: page(request, found).map((collection) => ({
					id: collection.id,
					name: collection.name,
					internal_domain: internalDomain(collection),
					primary_site: collection.primary,
					site_count: collection.sites.length,
					groups: collection.groups,
					customer_standard_domains: [],
					external_domains: [],
				})),
			});
		},
		get_SiteCollections_getCollection: (request) => {
			const collection = collectionOf(request.params.collection_id);
			return answer({
				id: collection.id,
				time: now(),
				created: collection.created,
				owner: collection.owner,
				name: collection.name,
				internal_domain: internalDomain(collection),
				external_domains: [],
				groups: collection.groups,
				sites: collection.sites,
				primary_site: collection.primary,
			});
		},
		post_SiteCollections_createCollection: (request) => {
			const body = bodyOf<{
				name: string;
				site_ids: number | number[];
				group_ids: number | number[];
				internal_domain_prefix?: string;
			}>(request);
			const sites = asList(body.site_ids).map((id) => siteOf(id).id);
			const groups = asList(body.group_ids).map((id) => factory.groupOf(id).id);
			if (collections.some(({ name }) => name === body.name)) {
				unprocessable('the name is already in use');
			}
			const collection: Collection = {
				id: collectionId,
				name: body.name,
				prefix: body.internal_domain_prefix ?? body.name,
				created: Math.floor(clock() / 1000),
				owner: request.session.name,
				groups,
				sites,
				primary: sites[0] ?? 0,
			};
			collectionId += 5;
			collections.push(collection);
			return answer({
				id: collection.id,
				name: collection.name,
				time: now(),
				internal_domain: internalDomain(collection),
			});
		},
		delete_SiteCollections_deleteCollection: (request) => {
			const collection = collectionOf(request.params.collection_id);
			collections.splice(collections.indexOf(collection), 1);
			return answer({
				id: collection.id,
				time: now(),
				deleted: true,
				message: 'Your site collection was successfully deleted.',
			});
		},
		post_SiteCollections_addSiteToCollection: (request) => {
			const collection = collectionOf(request.params.collection_id);
			const ids = asList(bodyOf<{ site_ids: number | number[] }>(request).site_ids);
			const added = ids.filter((id) => siteOf(id) && !collection.sites.includes(id));
			collection.sites.push(...added);
			const warning = added.flatMap((id) => {
				const site = siteOf(id);
				const lost = site.groups.filter((group) => !collection.groups.includes(group));
				site.groups = site.groups.filter((group) => collection.groups.includes(group));
				return lost.map((group) => `Site ${site.name} was removed from group ${group}.`);
			});
			return answer({
				id: collection.id,
				name: collection.name,
				time: now(),
				site_ids_added: added,
				added: added.length > 0,
				message: counted(added.length, 'added to'),
				...(warning.length > 0 ? { warning } : {}),
				site_ids_skipped: ids.filter((id) => !added.includes(id)),
			});
		},
		post_SiteCollections_removeSiteFromCollection: (request) => {
			const collection = collectionOf(request.params.collection_id);
			const ids = asList(bodyOf<{ site_ids: number | number[] }>(request).site_ids);
			const removed = ids.filter((id) => collection.sites.includes(id));
			collection.sites = collection.sites.filter((id) => !removed.includes(id));
			return answer({
				id: collection.id,
				name: collection.name,
				time: now(),
				site_ids_removed: removed,
				removed: removed.length > 0,
				message: counted(removed.length, 'removed from'),
			});
		},
		post_SiteCollections_setPrimarySite: (request) => {
			const collection = collectionOf(request.params.collection_id);
			const { site_id: id } = bodyOf<{ site_id: number }>(request);
			if (!collection.sites.includes(id)) badRequest('the site is not part of the collection');
			factory.later(siteOf(id), () => {
				collection.primary = id;
			});
			return answer({
				id: collection.id,
				name: collection.name,
				time: now(),
				primary_site_id: id,
				switched: true,
				message: 'It can take a few minutes to switch over to the new primary site.',
			});
		},

		get_SiteGuardConfig_getSiteGuardConfig: () =>
			answer({
				enabled: guard !== undefined,
				message: guard?.message ?? '',
				password: guard?.password ?? '',
				time: now(),
				username: guard?.username ?? '',
			}),
		put_SiteGuardConfig_setSiteGuardConfig: (request) => {
			guardChanged(request, true);
			guard = {
				...bodyOf<{ message: string; username: string; password: string }>(request),
				enabled: true,
			};
			return saved();
		},
		delete_SiteGuardConfig_removeSiteGuardConfig: (request) => {
			guardChanged(request, false);
			guard = undefined;
			return saved();
		},

		get_SiteOwnership_executeGetActions: () =>
			answer({
				enabled: owner !== undefined,
				...(owner ? { uid: owner.uid, username: owner.name } : {}),
				time: now(),
			}),
		put_SiteOwnership_executePutActions: (request) => {
			const { username } = bodyOf<{ username: string }>(request);
			const found = namedUser(factory.users.find(({ name }) => name === username));
			if (!found.roles.includes('platform admin')) {
				refuse(403, 'Forbidden: the user has to be a platform admin');
			}
			owner = found;
			return saved();
		},
		delete_SiteOwnership_executeDeleteActions: () => {
			owner = undefined;
			return answer({
				message: 'Site ownership assignment feature has been disabled.',
				time: now(),
			});
		},
		post_TransferSiteOwnership_transferSiteOwner: (request) => {
			const site = siteOf(request.params.site_id);
			const body = bodyOf<{ username?: string; email?: string; force_transfer?: boolean }>(request);
			const email = body.email?.toLowerCase();
			const user = namedUser(
				factory.users.find(({ name, mail }) => name === body.username || mail === email),
			);
			const current = factory.users.find(({ uid }) => uid === site.ownerId);
			const isForced = body.force_transfer === true;
			// Both take as long as a task to answer their mail
			factory.later(
				site,
				() => {
					site.ownerId = user.uid;
					factory.record(request, {
						message: 'Site owner changed from @before to @after.',
						before: current?.name ?? '',
						after: user.name,
						type: 'site_owner',
						scope: 'site',
						module: 'sf_site_ownership',
						nid: site.id,
					});
				},
				isForced ? 1 : 2,
			);
			return answer({
				message: isForced
					? `The site is being transferred to ${user.name}.`
					: `To transfer your site, please follow the instructions in the e-mail that was sent to ${current?.mail ?? ''}`,
			});
		},

		get_SiteUpdatePriority_getSiteUpdatePriority: () =>
			answer({
				priority:
					priority.length === 0
						? []
						: Object.fromEntries(priority.map((id, index) => [String(id), index + 1])),
				time: now(),
			}),
		put_SiteUpdatePriority_setSiteUpdatePriority: (request) => {
			const body = bodyOf<{ priority: number[] }>(request);
			priority = body.priority.map((id) => siteOf(id).id);
			return saved();
		},
		delete_SiteUpdatePriority_resetSiteUpdatePriority: () => {
			priority = [];
			return answer({ message: 'Site update priority has been removed.', time: now() });
		},

		post_SiteVariables_triggerSiteVariablesDistribution: (request) =>
			answer({
				task_ids: Object.fromEntries(
					factory.stacks.map(({ name }) => [
						`${name}.01live.01update`,
						String(
							startTask(request, whole, {
								name: 'Distribute variables',
								group: 'SiteVariables',
								class: 'Acquia\\SfSite\\DistributeVariables',
							}),
						),
					]),
				),
				time: now(),
			}),

		get_TaskLogSettings_getTaskLogSettings: () =>
			answer({
				wip_log_maximum_level: {
					name: 'Overall tasks logging level',
					value: logSettings.wip_log_maximum_level,
				},
				wip_log_level: {
					name: 'Successful tasks logging level',
					value: logSettings.wip_log_level,
				},
			}),
		put_TaskLogSettings_editTaskLogSettings: (request) => {
			logSettings = { ...logSettings, ...bodyOf<Partial<typeof LOG_SETTINGS>>(request) };
			return saved();
		},
		delete_TaskLogSettings_resetTaskLogSettings: () => {
			logSettings = { ...LOG_SETTINGS };
			return saved();
		},

		get_Theme_getThemePublicKey: () =>
			answer({ deploy_key: 'ssh-rsa INVENTED== id_rsa_external_theme', time: now() }),
		post_Theme_processThemes: (request) => {
			const { sitegroup_id: id } = bodyOf<{ sitegroup_id?: string }>(request);
			const all = factory.stacks.map((stack) => `tangle00${stack.id}`);
			if (id !== undefined && !all.includes(id)) badRequest('sitegroup_id does not exist');
			processThemes(request);
			return answer({
				message: 'The request to process theme notification has been accepted.',
				sitegroups: id === undefined ? all : [id],
				time: now(),
			});
		},
		post_ThemeNotification_handleNotification: (request) => {
			const body = bodyOf<{ scope: string; event: string; nid?: number; theme?: string }>(request);
			if (['site', 'group'].includes(body.scope) && body.nid === undefined) {
				badRequest('nid is missing');
			}
			if (body.scope === 'theme' && body.theme === undefined) badRequest('theme is missing');
			themeChanges.push(body.scope === 'site' ? siteOf(body.nid) : whole);
			factory.later(whole, () => {
				if (themeChanges.length > 0) processThemes(request);
			});
			return answer({
				message: `The ${body.scope}.${body.event} notification has been received.`,
				time: now(),
				notification: body,
			});
		},
		// When `accepted` is false is not documented; a site without a repository is the case that suggests itself
		post_Theme_refreshSiteExternalThemes: (request) => {
			const site = siteOf(request.params.site_id);
			const accepted = site.theme !== undefined;
			if (accepted) startTask(request, site, themeTask(`ThemeRefresh ${site.id}`));
			return answer({ id: site.id, accepted, time: now() });
		},
		put_Theme_setSiteExternalTheme: (request) => {
			const site = siteOf(request.params.site_id);
			const body = bodyOf<{ vcs_path: string; vcs_url?: string }>(request);
			const url = body.vcs_url ?? site.theme?.vcs_url ?? badRequest('vcs_url is missing');
			site.theme = { vcs_url: url, vcs_path: body.vcs_path };
			return answer({ id: site.id, ...site.theme, time: now() });
		},
		delete_Theme_deleteSiteExternalTheme: (request) => {
			const site = siteOf(request.params.site_id);
			const accepted = site.theme !== undefined;
			factory.later(site, () => {
				delete site.theme;
			});
			return answer({ id: site.id, accepted, time: now() });
		},
	};
}
