/**
 * Simulator of Acquia Site Factory, with invented sites, groups and users.
 *
 * What follows from names: the tasks of a site whose name starts with `fail` end in an error, with `killed` killed, with
 * `warn` completed with warnings. Work without a task (the transfer of a site, a removed theme repository, a domain) never
 * comes to an end on a site of the first two kinds. A task that is terminated goes on for half the time of a task; if it
 * ends before that, it ends as it would have.
 *
 * The list of tasks is not strictly in the order of the ids (notes, section 7): some stand behind two older ones.
 */
import specification from '../../test/specs/site-factory.json' with { type: 'json' };
import type {
	Answer,
	Definition,
	Handler,
	SimulatedRequest,
	Simulator,
	SimulatorOptions,
} from './support.mts';
import type { Callback, CallbackFormat, Callbacks, SentCallback } from './siteFactoryCallbacks.mts';
import { createCallbacks } from './siteFactoryCallbacks.mts';
import { deploymentHandlers } from './siteFactoryDeployments.mts';
import { settingsHandlers } from './siteFactorySettings.mts';
import type { AuditEvent, Factory, Site, Task, User } from './siteFactoryParts.mts';
import {
	LOG_LEVELS,
	badRequest,
	bodyOf,
	notFound,
	refuse,
	unprocessable,
} from './siteFactoryParts.mts';
import { Refusal, answer, basicCredentials, createSimulator, pageOf } from './support.mts';

/** How large the factory is. */
export interface SiteFactoryOptions extends SimulatorOptions {
	/** Stacks; default 1. With several, creating a site needs a stack_id. */
	stacks?: number;
	/** Sites; default 27. */
	sites?: number;
	/**
	 * A busy factory: how many cron jobs of its own begin before it shows a further page of the list of tasks, and how
	 * many audit events there are more before a further page of those. What was read moves to the next page. Default 0.
	 */
	busy?: number;
	/** How callbacks by POST carry their data, which is not documented; default `json`. */
	callbackFormat?: CallbackFormat;
}

/** The simulator, with what it has sent by itself. */
export interface SiteFactorySimulator extends Simulator {
	/** Callbacks since the start or the last reset. */
	readonly callbacks: SentCallback[];
}

/** A second user, who may look at sites and change nothing; use it in place of the credential's user name and key. */
export const CONTENT_EDITOR = { username: 'erin.editor', apiKey: 'e'.repeat(40) };

/**
 * A third user, who manages sites and no users. Whether the role sees the task list, which the vendor calls internal, is
 * not documented; here it does not.
 */
export const SITE_BUILDER = { username: 'user01', apiKey: 'b'.repeat(40) };

const PLATFORM_ADMIN = { username: 'ada.admin', apiKey: 'a'.repeat(40) };

/** Marked internal in the vendor's file. */
const INTERNAL_OPERATIONS = new Set(['get_Task_tasks', 'get_Task_logs', 'get_Task_classes']);

/** All a content editor may do: the role views sites, and everyone may ping. */
const CONTENT_EDITOR_OPERATIONS = new Set([
	'get_Ping_ping',
	'get_SfInfo_getSfVersion',
	'get_Status_getStatus',
	'get_Sites_getSites',
	'get_Sites_getSite',
	'get_Groups_getGroups',
	'get_Groups_getGroupById',
	'get_CodeBases_getCodeBaseNames',
]);

const DOMAIN = 'examplefactory.acsitefactory.com';
const COMPONENTS = ['codebase', 'database', 'public files', 'private files', 'themes'];
const REFS = ['main-build', 'develop-build', 'tags/2025-03-04', 'tags/2025-03-11'];
const SERVICES = [
	'site_creation',
	'site_duplication',
	'domain_management',
	'bulk_operations',
] as const;
const SITE_NAMES =
	'alder birch cedar dogwood elm fir ginkgo hazel ivy juniper katsura larch maple nutmeg oak pine quince rowan spruce tamarind umbrella viburnum walnut xylosma yew zelkova acacia'.split(
		' ',
	);
const GROUP_NAMES = [
	'Corporate',
	'Marketing',
	'Press',
	'Events',
	'Careers',
	'Support',
	'Research',
	'Partners',
	'North',
	'South',
	'East',
	'West',
];

/** Bits of a task's status (notes, section 8). */
const STATUS = { notStarted: 1, running: 4, completed: 16, error: 32, killed: 64, warning: 144 };
const STATUS_STRING: Record<number, string> = {
	[STATUS.notStarted]: 'Not Started',
	[STATUS.running]: 'In Progress',
	[STATUS.completed]: 'Completed',
	[STATUS.error]: 'Error',
	[STATUS.killed]: 'Killed',
	[STATUS.warning]: 'Warning',
};

interface Group {
	id: number;
	name: string;
	ownerId: number;
	parentId?: number;
	created: number;
	members: number[];
	admins: number[];
}
interface Backup {
	id: number;
	siteId: number;
	siteName: string;
	uid: number;
	timestamp: number;
	label: string;
	components: string[];
}
interface Variable {
	id: number;
	key: string;
	value: string;
	scrub: number;
}

type Request = SimulatedRequest<User>;

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
const isoTime = (milliseconds: number) =>
	new Date(milliseconds).toISOString().replace(/\.\d+Z$/, '+00:00');
const asList = (value: number | number[]) => (Array.isArray(value) ? value : [value]);
const numbers = (list: unknown) =>
	typeof list === 'string' ? list.split(',').map(Number) : undefined;

function start(
	context: Parameters<Definition<User>['start']>[0],
	{ stacks: stackCount = 1, sites: siteCount = SITE_NAMES.length, busy = 0 }: SiteFactoryOptions,
	callbacks: Callbacks,
): ReturnType<Definition<User>['start']> {
	const { clock, jobs } = context;
	const born = seconds(clock()) - 90 * 86_400;
	const now = () => isoTime(clock());

	const stacks = Array.from({ length: stackCount }, (_, index) => ({
		id: index + 1,
		name: index === 0 ? 'examplefactory' : `examplefactory${index + 1}`,
	}));
	const roles = new Map([
		[11, 'administrator'],
		[16, 'release engineer'],
		[21, 'developer'],
		[26, 'site builder'],
		[31, 'platform admin'],
		[36, 'content editor'],
	]);
	const users: User[] = [
		{ ...PLATFORM_ADMIN, role: 'platform admin' },
		{ ...CONTENT_EDITOR, role: 'content editor' },
		...Array.from({ length: 10 }, (_, index) => ({
			username: `user${String(index + 1).padStart(2, '0')}`,
			apiKey: index === 0 ? SITE_BUILDER.apiKey : undefined,
			role: index % 2 ? 'developer' : 'site builder',
		})),
	].map(({ username, apiKey, role }, index) => ({
		uid: 146 + 5 * index,
		name: username,
		mail: `${username}@example.com`,
		...(apiKey === undefined ? {} : { apiKey }),
		created: born + index,
		access: born + 86_400 + index,
		active: index !== 5,
		tfa: index % 3 === 0,
		roles: [role],
	}));
	const ownerId = users[0]?.uid ?? 0;
	const groups: Group[] = GROUP_NAMES.map((name, index) => ({
		id: 76 + 5 * index,
		name,
		ownerId,
		...(index === 0 ? {} : { parentId: 76 }),
		created: born + index,
		members: [ownerId, ...(index === 0 ? users.slice(1, 4).map(({ uid }) => uid) : [])],
		admins: [ownerId],
	}));
	const siteNames = Array.from(
		{ length: siteCount },
		(_, index) => SITE_NAMES[index] ?? `site${index + 1}`,
	);
	const sites: Site[] = siteNames.map((name, index) => ({
		id: 231 + 5 * index,
		name,
		created: born + 60 * index,
		ownerId,
		stackId: stacks[index % stackCount]?.id ?? 1,
		groups: [76 + 5 * (index % GROUP_NAMES.length)],
		customDomains: index % 3 === 0 ? [`www.${name}.example.com`] : [],
		canary: index === 2,
		complete: true,
	}));
	const backups: Backup[] = [];
	const tasks: Task[] = [];
	const variables = new Map<number, Variable[]>();
	const serviceStates: Record<(typeof SERVICES)[number], 'on' | 'off' | number> = {
		site_creation: 'on',
		site_duplication: 'on',
		domain_management: 'on',
		bulk_operations: 'on',
	};
	const audit: AuditEvent[] = Array.from({ length: 130 }, (_, index) => ({
		id: 8001 + 5 * index,
		message: index % 2 ? 'Domain @after was added.' : 'Site guard changed from @before to @after.',
		before: '',
		after: index % 2 ? `www${index}.example.com` : '1',
		type: index % 2 ? 'domain' : 'site_guard_enabled',
		scope: index % 2 ? 'site' : 'settings',
		module: index % 2 ? 'sf_domains' : 'sf_siteguard',
		source: index % 3 ? 'Factory UI' : 'REST API',
		nid: index % 2 ? 231 : 0,
		uid: index % 5 ? 146 : 151,
		timestamp: born + 600 * index,
	}));
	/** Until when the status of a domain is `…_unstable`. */
	const unstableUntil = new Map<string, number>();
	let expirationDays = 90;
	const deployed = new Map(stacks.map(({ id }): [number, string] => [id, 'tags/2025-03-04']));

	/** Ids rise in steps of 5 in every table (notes, section 8). */
	const counters = { site: 231 + 5 * siteCount, group: 136, user: 206, backup: 4301 };
	const nextId = (table: keyof typeof counters) => {
		const id = counters[table];
		counters[table] += 5;
		return id;
	};
	const firstTaskId = 129_001;
	let taskId = firstTaskId;
	let roleId = 41;
	let variableId = 1;

	const addBackup = (
		site: Site,
		uid: number,
		timestamp: number,
		label: string,
		components: string[],
	) =>
		backups.push({
			id: nextId('backup'),
			siteId: site.id,
			siteName: site.name,
			uid,
			timestamp,
			label,
			components,
		});
	sites.slice(0, 3).forEach((site, index) => {
		for (let count = 0; count < (index === 0 ? 13 : 2); count += 1) {
			addBackup(site, ownerId, born + 86_400 * (count + 1), `Nightly ${count + 1}`, COMPONENTS);
		}
	});

	const siteOf = (id: unknown): Site => sites.find((site) => site.id === id) ?? notFound('Site');
	const groupOf = (id: unknown): Group =>
		groups.find((group) => group.id === id) ?? notFound('Group');
	const userOf = (id: unknown): User => users.find((user) => user.uid === id) ?? notFound('User');
	const taskOf = (id: unknown): Task => tasks.find((task) => task.id === id) ?? notFound('Task');
	const internalDomain = (site: Site) => `${site.name}.${DOMAIN}`;
	const ownerName = (uid: number) => users.find((user) => user.uid === uid)?.name ?? '';
	const hasCollidingDomain = (domain: string) =>
		sites.some((site) => internalDomain(site) === domain || site.customDomains.includes(domain));

	const outcomeOf = (siteName: string) => {
		if (siteName.startsWith('fail')) return STATUS.error;
		if (siteName.startsWith('killed')) return STATUS.killed;
		if (siteName.startsWith('warn')) return STATUS.warning;
		return STATUS.completed;
	};
	let pausesAll = false;
	let logId = 755_001;
	const writeLog = (task: Task, at: number, level: string, message: string) => {
		task.log.push({ id: logId, at, level: LOG_LEVELS.indexOf(level) + 1, message });
		logId += 5;
	};
	const hasSuccess = (siteName: string) =>
		[STATUS.completed, STATUS.warning].includes(outcomeOf(siteName));
	const record: Factory['record'] = ({ session }, event) =>
		void audit.push({
			id: 8001 + 5 * audit.length,
			before: '',
			after: '',
			source: 'REST API',
			nid: 0,
			uid: session.uid,
			timestamp: seconds(clock()),
			...event,
		});
	const domainChanged = (request: Request, site: Site, domain: string, isAdded: boolean) => {
		unstableUntil.set(
			domain,
			hasSuccess(site.name) ? clock() + context.jobSeconds * 1000 : Infinity,
		);
		record(request, {
			message: isAdded ? 'Domain @after was added.' : 'Domain @before was removed.',
			...(isAdded ? { after: domain } : { before: domain }),
			type: 'domain',
			scope: 'site',
			module: 'sf_domains',
			nid: site.id,
		});
	};
	const siteChanged = (request: Request, site: Site, isNew: boolean) =>
		record(request, {
			message: isNew ? 'Site @after was created.' : 'Site @before was deleted.',
			...(isNew ? { after: site.name } : { before: site.name }),
			type: 'site',
			scope: 'site',
			module: 'sf_site',
			nid: site.id,
		});
	/** When a task begins: in the first quarter of its time it waits. */
	const beginningOf = ({ begunAt, startsAt, job }: Task) =>
		begunAt ?? Math.max(startsAt, job.startedAt + (job.endsAt() - job.startedAt) / 4);
	const keepBeginning = (task: Task) => {
		if (statusOf(task) === STATUS.running) task.begunAt = beginningOf(task);
	};
	const pause = (task: Task, paused: boolean) => {
		if (paused && task.left === undefined && ['waiting', 'running'].includes(task.job.phase())) {
			keepBeginning(task);
			task.left = task.job.endsAt() - clock();
			task.job.cancel();
		} else if (!paused && task.left !== undefined) {
			task.job = jobs.start({ finish: task.finish, seconds: task.left / 1000 });
			delete task.left;
		}
	};
	const postpone = (task: Task, startsAt: number) => {
		task.job.cancel();
		task.startsAt = startsAt;
		const seconds = (startsAt - clock()) / 1000 + context.jobSeconds;
		task.job = jobs.start({ finish: task.finish, seconds });
	};
	const terminate = (task: Task) => {
		if (task.termination || statusOf(task) >= STATUS.completed) return;
		const seconds = context.jobSeconds / 2;
		const endsAt = clock() + 1000 * seconds;
		if (task.left === undefined && task.job.endsAt() <= endsAt) return;
		keepBeginning(task);
		task.termination = { endsAt, status: statusOf(task) };
		delete task.left;
		task.job.cancel();
		const finish = () => {
			writeLog(task, endsAt, 'error', `Task ${task.id} was terminated.`);
			task.callBack?.();
		};
		jobs.start({ finish, seconds });
	};
	const addTask = (
		more: Pick<Task, 'siteId' | 'uid' | 'outcome' | 'name' | 'group' | 'class'> & Partial<Task>,
		finish = () => {},
		delay = 0,
	): Task => {
		const task: Task = {
			id: taskId,
			parent: 0,
			addedAt: clock(),
			startsAt: clock() + delay,
			finish: () => {
				const succeeds = task.outcome === STATUS.completed || task.outcome === STATUS.warning;
				if (succeeds) finish();
				const level = succeeds ? 'info' : 'error';
				writeLog(task, clock(), level, `Task ${task.id} has ended with status ${task.outcome}.`);
				task.callBack?.();
			},
			job: jobs.start({ seconds: 0 }),
			log: [],
			...more,
		};
		task.job = jobs.start({
			finish: () => task.finish(),
			seconds: delay / 1000 + context.jobSeconds,
		});
		writeLog(task, clock(), 'debug', `Task added for object id ${task.id}.`);
		taskId += 5;
		tasks.push(task);
		if (pausesAll) pause(task, true);
		return task;
	};
	const startTask: Factory['startTask'] = (request, site, kind, finish, delay) =>
		addTask(
			{ ...kind, siteId: site.id, uid: request.session.uid, outcome: outcomeOf(site.name) },
			finish,
			delay,
		).id;
	/** Cron jobs are started by the factory itself, for no site: one task, which has a child. */
	const startCron = () => {
		const own = { siteId: 0, uid: 0, outcome: STATUS.completed };
		const cron = (name: string) => ({ group: name, class: `Acquia\\SfCron\\${name}` });
		const parent = addTask({ ...own, ...cron('CronController'), name: 'CronController 151' });
		const child = { ...cron('MultisiteCron'), name: 'MultisiteCron tangle001 1' };
		addTask({ ...own, ...child, parent: parent.id });
	};
	const keepBusy: Factory['keepBusy'] = (request, act) => {
		if (Number(request.query.page ?? 1) === 1) return;
		for (let count = 0; count < busy; count += 1) act();
	};
	const statusOf = ({ job, outcome, startsAt, begunAt, left, termination }: Task): number => {
		if (termination) return clock() < termination.endsAt ? termination.status : STATUS.killed;
		if (left !== undefined) return begunAt === undefined ? STATUS.notStarted : STATUS.running;
		const phase = job.phase();
		if (phase === 'done') return outcome;
		const isWaiting = begunAt === undefined && (phase === 'waiting' || clock() < startsAt);
		return isWaiting ? STATUS.notStarted : STATUS.running;
	};
	/** Every value is a string, numbers included. */
	const describeTask = (task: Task) => {
		const status = statusOf(task);
		const ended = status >= STATUS.completed;
		const wasStopped = task.termination !== undefined && task.begunAt === undefined;
		const hasBegun = status !== STATUS.notStarted && !wasStopped;
		return {
			id: String(task.id),
			parent: String(task.parent),
			name: task.name,
			group_name: task.group,
			status: String(status),
			added: String(seconds(task.addedAt)),
			started: hasBegun ? String(seconds(beginningOf(task))) : '0',
			completed: ended ? String(seconds(task.termination?.endsAt ?? task.job.endsAt())) : '0',
			paused: task.left === undefined ? '0' : '1',
			error_message: status === STATUS.error ? `Task ${task.id} failed on the web server.` : '',
			nid: String(task.siteId),
			uid: String(task.uid),
		};
	};

	const isOn = (service: (typeof SERVICES)[number]) => {
		const state = serviceStates[service];
		return state === 'on' || (typeof state === 'number' && state <= clock());
	};
	/** What PHP's strtotime makes of the forms people use: ISO times, offsets such as "+2 hours", and "now". */
	const readTime = (text: string): number | undefined => {
		if (text === 'now') return clock();
		const offset = /^\+(\d+) (minute|hour|day)s?$/.exec(text);
		const unit = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
		if (offset?.[1] && offset[2]) {
			return clock() + Number(offset[1]) * unit[offset[2] as keyof typeof unit];
		}
		// Without a zone it is UTC
		const hasZone = /(Z|UTC|[+-]\d\d:?\d\d)$/.test(text);
		const time = Date.parse(hasZone ? text : `${text} UTC`);
		return Number.isNaN(time) ? undefined : time;
	};
	const readState = (text: string): 'on' | 'off' | number =>
		text === 'on' || text === 'off' ? text : (readTime(text) ?? badRequest('value is not a date'));
	const stateTexts = () =>
		Object.fromEntries(
			SERVICES.map((service) => {
				const state = serviceStates[service];
				if (isOn(service)) return [service, 'Enabled'];
				return [service, state === 'off' ? 'Disabled' : `Disabled until ${isoTime(Number(state))}`];
			}),
		);

	/** One page of a list with its total; the Link header is sent for sites and backups only. */
	const paged = <Item,>(request: Request, items: Item[], fallback = 10) => {
		const { limit = fallback, page = 1 } = request.query as { limit?: number; page?: number };
		const next = new URLSearchParams({
			...(request.query as Record<string, string>),
			limit: String(limit),
			page: String(page + 1),
		});
		const link = `<${context.url}${request.path}?${next.toString()}>; rel="next"`;
		return {
			items: pageOf(items, page, limit),
			headers: (page * limit < items.length ? { link } : {}) as Record<string, string>,
		};
	};

	/** A site as the list of a group shows it. */
	const memberSite = (site: Site, showCustomDomain = false) => ({
		id: site.id,
		site: site.name,
		db_name: `exampledb${site.id}`,
		stack_id: site.stackId,
		domain: (showCustomDomain ? site.customDomains[0] : undefined) ?? internalDomain(site),
		groups: site.groups,
		site_collection: false,
		is_primary: true,
	});
	const listedSite = (site: Site, showCustomDomain: boolean) => ({
		...memberSite(site, showCustomDomain),
		created: site.created,
		owner: ownerName(site.ownerId),
	});
	const describeGroup = (group: Group) => {
		const own = sites.filter(({ groups: ids }) => ids.includes(group.id));
		const parent = groups.find(({ id }) => id === group.parentId);
		return {
			group_id: group.id,
			group_name: group.name,
			owner: ownerName(group.ownerId),
			owner_id: group.ownerId,
			...(parent ? { parent_name: parent.name, parent_id: parent.id } : {}),
			status: 1,
			created: group.created,
			live_site_count: own.filter(({ customDomains }) => customDomains.length > 0).length,
			total_site_count: own.length,
		};
	};
	/** A map of role ids to names; PHP turns an empty map into an empty list. */
	const roleMap = (names: string[]) => {
		const entries = [...roles].filter(([, name]) => names.includes(name));
		return entries.length === 0
			? []
			: Object.fromEntries(entries.map(([id, name]) => [String(id), name]));
	};
	const checkRoles = (value: string | string[] | undefined): string[] | undefined => {
		if (value === undefined) return undefined;
		const names = Array.isArray(value) ? value : [value];
		const known = [...roles.values()];
		const unknown = names.find((name) => !known.includes(name));
		return unknown === undefined ? names : unprocessable('a role does not exist');
	};
	const checkNewUser = (name: string | undefined, mail: string | undefined, self?: User) => {
		const taken = users.some((user) => user !== self && (user.name === name || user.mail === mail));
		if (taken) unprocessable('the name or e-mail is already taken');
	};
	const checkNewSite = (name: string, groupIds: number[]) => {
		if (!/^[a-z0-9]+$/i.test(name)) badRequest('site_name may only contain letters and numbers');
		if (sites.some((site) => site.name === name.toLowerCase())) {
			unprocessable('the site name is already in use');
		}
		groupIds.forEach((id) => groupOf(id));
	};
	const checkStack = (stackId: number | undefined): number => {
		if (stackId === undefined) {
			return stacks.length > 1 ? badRequest('stack_id is missing') : (stacks[0]?.id ?? 1);
		}
		return stacks.find(({ id }) => id === stackId)?.id ?? badRequest('the stack does not exist');
	};
	/** What the caller wants to be called with at the end of the task; undefined for nothing. */
	const callbackIn = (request: Request): Callback | undefined => {
		const body = bodyOf<{
			callback_url?: string;
			callback_method?: Callback['method'];
			caller_data?: string;
		}>(request);
		if (body.caller_data !== undefined) {
			try {
				JSON.parse(body.caller_data);
			} catch {
				badRequest('caller_data is not valid JSON');
			}
		}
		if (body.callback_url === undefined || body.callback_url === '') return undefined;
		const isAddress =
			URL.canParse(body.callback_url) && /^https?:$/.test(new URL(body.callback_url).protocol);
		if (!isAddress) badRequest('callback_url is not a valid address');
		return {
			url: new URL(body.callback_url),
			method: body.callback_method ?? 'POST',
			...(body.caller_data === undefined ? {} : { callerData: body.caller_data }),
		};
	};
	const callBackAfter = (id: number, callback: Callback | undefined): number => {
		if (!callback) return id;
		const task = taskOf(id);
		task.callBack = callbacks.plan(callback, id, ({ at, method, status, problem }) => {
			const outcome = problem ? `failed: ${problem}` : `was answered with status ${status}`;
			writeLog(task, at, problem ? 'error' : 'info', `Callback by ${method} ${outcome}.`);
		});
		return id;
	};
	const addSite = (request: Request, name: string, stackId: number, groupIds: number[]): Site => {
		const site: Site = {
			id: nextId('site'),
			name: name.toLowerCase(),
			created: seconds(clock()),
			ownerId: request.session.uid,
			stackId,
			groups: groupIds,
			customDomains: [],
			canary: false,
			complete: false,
		};
		sites.push(site);
		return site;
	};
	const siteBackups = (siteId: number) =>
		backups
			.filter((backup) => backup.siteId === siteId)
			.sort((a, b) => b.timestamp - a.timestamp || b.id - a.id);
	const backupOf = (siteId: number, id: unknown): Backup =>
		siteBackups(siteId).find((backup) => backup.id === id) ?? notFound('Backup');
	const archive = (site: Site) => ({
		name: `SiteArchive ${site.id}`,
		group: `SiteArchive ${stacks.find(({ id }) => id === site.stackId)?.name ?? ''}_01`,
		class: 'Acquia\\SfSite\\SiteArchive',
	});
	const siteKind = (name: string, site: Site) => ({
		name: `${name} ${site.id}`,
		group: name,
		class: `Acquia\\SfSite\\${name}`,
	});

	const shared: Factory = {
		clock,
		now,
		sites,
		users,
		tasks,
		stacks,
		siteOf,
		taskOf,
		groupOf,
		later: (site, finish, times = 1) => {
			if (hasSuccess(site.name)) jobs.start({ finish, seconds: times * context.jobSeconds });
		},
		audit,
		record,
		keepBusy,
		checkStack,
		page: (request, items, fallback) => paged(request, items, fallback).items,
		startTask,
		statusOf,
		pause,
		terminate,
		postpone,
		readTime,
		deployed,
		refs: REFS,
	};

	const handlers: Record<string, Handler<User>> = {
		...deploymentHandlers(shared),
		...settingsHandlers(shared),
		get_Ping_ping: () => answer({ message: 'pong', server_time: now() }),
		get_SfInfo_getSfVersion: () => answer({ factory_version: '2.182.0.4096', time: now() }),
		get_Status_getStatus: () => answer(stateTexts()),
		put_Status_setStatus: (request) => {
			const body = bodyOf<Record<string, string>>(request);
			const changes = Object.entries(body).map(([name, text]) => [name, readState(text)] as const);
			for (const [name, state] of changes) {
				for (const service of SERVICES) {
					if (name === 'all' || name === service) serviceStates[service] = state;
				}
			}
			return answer(
				Object.fromEntries(
					SERVICES.map((service) => {
						const state = serviceStates[service];
						return [
							service,
							typeof state === 'number' ? isoTime(state) : state === 'on' ? null : '',
						];
					}),
				),
			);
		},
		get_Vcs_getRefs: (request) => {
			if (request.query.type === 'factory') refuse(403, 'Forbidden: type factory is restricted');
			const stackId = request.query.stack_id as string | undefined;
			const stack = checkStack(stackId === undefined ? undefined : Number(stackId));
			return answer({ available: REFS, current: deployed.get(stack) });
		},
		get_CodeBases_getCodeBaseNames: () =>
			answer({ stacks: Object.fromEntries(stacks.map(({ id, name }) => [String(id), name])) }),
		get_BackupExpirationManagement_getBackupExpirationSettings: () =>
			answer({ expiration_days: expirationDays, time: now() }),
		put_BackupExpirationManagement_setBackupExpirationSettings: (request) => {
			expirationDays = bodyOf<{ expiration_days: number }>(request).expiration_days;
			return answer({ message: 'The configuration options have been saved.', time: now() });
		},

		get_Sites_getSites: (request) => {
			const query = request.query as {
				canary?: boolean;
				show_incomplete?: boolean;
				stack_id?: number;
				domain_contains?: string;
				domain_not_contains?: string;
				has_custom_domain?: boolean;
				site_owner?: number[];
				show_custom_domain?: boolean;
			};
			const domains = (site: Site) => [internalDomain(site), ...site.customDomains];
			const { domain_contains: wanted, domain_not_contains: unwanted } = query;
			const found = sites
				.filter((site) => site.complete || query.show_incomplete)
				.filter((site) => site.canary || !query.canary)
				.filter((site) => query.stack_id === undefined || site.stackId === query.stack_id)
				.filter((site) => !query.site_owner || query.site_owner.includes(site.ownerId))
				.filter(
					(site) =>
						query.has_custom_domain === undefined ||
						query.has_custom_domain === site.customDomains.length > 0,
				)
				.filter((site) => !wanted || domains(site).some((domain) => domain.includes(wanted)))
				.filter((site) => !unwanted || !domains(site).some((domain) => domain.includes(unwanted)))
				.sort((a, b) => b.id - a.id);
			const { items, headers } = paged(request, found);
			return answer(
				{
					count: found.length,
					sites: items.map((site) => listedSite(site, query.show_custom_domain === true)),
				},
				200,
				headers,
			);
		},
		get_Sites_getSite: (request) => {
			const site = siteOf(request.params.site_id);
			return answer({
				id: site.id,
				created: site.created,
				owner: ownerName(site.ownerId),
				site: site.name,
				stack_id: site.stackId,
				db_name: `exampledb${site.id}`,
				domains: [internalDomain(site), ...site.customDomains],
				groups: site.groups,
				part_of_collection: false,
				is_primary: true,
				...(site.theme ? { external_theme: site.theme } : {}),
			});
		},
		post_Sites_createSite: (request) => {
			const body = bodyOf<{
				site_name: string;
				group_ids: number | number[];
				install_profile?: string;
				stack_id?: number;
			}>(request);
			if (!isOn('site_creation')) refuse(403, 'Forbidden: site creation is disabled');
			const groupIds = asList(body.group_ids);
			checkNewSite(body.site_name, groupIds);
			const site = addSite(request, body.site_name, checkStack(body.stack_id), groupIds);
			const task = startTask(request, site, siteKind('SiteInstall', site), () => {
				site.complete = true;
				siteChanged(request, site, true);
			});
			return answer({
				id: site.id,
				site: site.name,
				domains: [internalDomain(site)],
				task_id: task,
			});
		},
		post_Sites_duplicateSite: (request) => {
			const original = siteOf(request.params.site_id);
			const body = bodyOf<{ site_name: string; group_ids?: number | number[] }>(request);
			if (!isOn('site_duplication')) refuse(403, 'Forbidden: site duplication is disabled');
			const groupIds = body.group_ids === undefined ? [...original.groups] : asList(body.group_ids);
			checkNewSite(body.site_name, groupIds);
			const site = addSite(request, body.site_name, original.stackId, groupIds);
			startTask(request, site, siteKind('SiteDuplicate', site), () => {
				site.complete = true;
				siteChanged(request, site, true);
			});
			return answer({ id: site.id, site: site.name });
		},
		delete_Sites_deleteSite: (request) => {
			const site = siteOf(request.params.site_id);
			const task = startTask(request, site, siteKind('SiteDelete', site), () => {
				const index = sites.indexOf(site);
				if (index >= 0) sites.splice(index, 1);
				variables.delete(site.id);
				siteChanged(request, site, false);
			});
			return answer({
				id: site.id,
				owner: ownerName(site.ownerId),
				site: site.name,
				time: now(),
				task_id: task,
			});
		},
		post_Sites_backupSite: (request) => {
			const site = siteOf(request.params.site_id);
			const body = bodyOf<{ label?: string; components?: string[] }>(request);
			const callback = callbackIn(request);
			const { uid } = request.session;
			const started = seconds(clock());
			const task = startTask(request, site, archive(site), () => {
				addBackup(site, uid, started, body.label ?? '', body.components ?? COMPONENTS);
			});
			return answer({ task_id: callBackAfter(task, callback) });
		},
		get_Sites_getSiteBackups: (request) => {
			const found = siteBackups(siteOf(request.params.site_id).id);
			if (found.length === 0) refuse(404, 'No backups found');
			const { items, headers } = paged(request, found);
			return answer(
				{
					backups: items.map((backup) => ({
						id: backup.id,
						nid: backup.siteId,
						status: 1,
						uid: backup.uid,
						timestamp: backup.timestamp,
						bucket: 'examplebackups',
						directory: 'examplefactory',
						file: `${backup.siteName}_${backup.siteId}_${backup.timestamp}.tar.gz`,
						label: backup.label,
						componentList: backup.components,
						complete: true,
					})),
					count: String(found.length),
				},
				200,
				headers,
			);
		},
		get_Sites_getSiteBackupUrl: (request) => {
			const backup = backupOf(siteOf(request.params.site_id).id, request.params.backup_id);
			const lifetime = Number(request.query.lifetime ?? 60);
			const expires = seconds(clock()) + lifetime;
			return answer({
				url: `${context.url}/examplebackups/${backup.id}.tar.gz?Expires=${expires}&Signature=INVENTED`,
				lifetime,
			});
		},
		delete_Sites_deleteSiteBackup: (request) => {
			const site = siteOf(request.params.site_id);
			const backup = backupOf(site.id, request.params.backup_id);
			const callback = callbackIn(request);
			const task = startTask(request, site, siteKind('SiteBackupDelete', site), () => {
				const index = backups.indexOf(backup);
				if (index >= 0) backups.splice(index, 1);
			});
			return answer({ task_id: callBackAfter(task, callback) });
		},
		post_Sites_restoreSite: (request) => {
			const site = siteOf(request.params.site_id);
			const body = bodyOf<{
				target_site_id?: number;
				backup_id?: number;
			}>(request);
			const callback = callbackIn(request);
			if (body.backup_id !== undefined) backupOf(site.id, body.backup_id);
			else if (siteBackups(site.id).length === 0) notFound('Backup');
			const target = body.target_site_id === undefined ? site : siteOf(body.target_site_id);
			const task = startTask(request, target, siteKind('SiteRestore', target));
			return answer({ task_id: callBackAfter(task, callback) });
		},
		post_Sites_clearCaches: (request) => {
			const site = siteOf(request.params.site_id);
			return answer({
				id: site.id,
				time: now(),
				task_ids: {
					drupal_cache_clear: startTask(request, site, siteKind('CacheClearD8', site)),
					varnish_cache_clear: startTask(request, site, siteKind('FlushDomainsFromVarnish', site)),
				},
			});
		},

		get_Domains_getAllDomains: (request) => {
			const all = sites.flatMap((site) => [
				{ nid: site.id, domain: internalDomain(site), type: 'simple', readonly: true },
				...site.customDomains.map((domain) => ({
					nid: site.id,
					domain,
					type: 'simple',
					readonly: false,
				})),
			]);
			return answer({ count: all.length, domains: paged(request, all).items });
		},
		get_Domains_getDomains: (request) => {
			const site = sites.find(({ id }) => id === request.params.node_id) ?? notFound('Node');
			return answer({
				node_id: site.id,
				node_type: 'site',
				time: now(),
				domains: {
					protected_domains: [internalDomain(site)],
					custom_domains: site.customDomains,
				},
			});
		},
		get_Domains_getDomainStatus: (request) => {
			const domain = String(request.params.domain_name);
			const site = sites.find(
				(candidate) =>
					internalDomain(candidate) === domain || candidate.customDomains.includes(domain),
			);
			const isUnstable = (unstableUntil.get(domain) ?? 0) > clock();
			return answer({
				domain_name: domain,
				associated_status: `${site ? 'registered' : 'unregistered'}${isUnstable ? '_unstable' : ''}`,
				...(site ? { node_id: site.id, node_type: 'site', stack_id: site.stackId } : {}),
				time: now(),
			});
		},
		post_Domains_addDomain: (request) => {
			const site = sites.find(({ id }) => id === request.params.node_id) ?? notFound('Node');
			const { domain_name: domain } = bodyOf<{ domain_name: string }>(request);
			if (hasCollidingDomain(domain)) unprocessable('the domain is already in use');
			site.customDomains.push(domain);
			domainChanged(request, site, domain, true);
			return answer({
				node_id: site.id,
				node_type: 'site',
				domain,
				time: now(),
				added: true,
				messages: ['The domain was added to the site.'],
			});
		},
		post_Domains_removeDomain: (request) => {
			const site = sites.find(({ id }) => id === request.params.node_id) ?? notFound('Node');
			const { domain_name: domain } = bodyOf<{ domain_name: string }>(request);
			const index = site.customDomains.indexOf(domain);
			if (index < 0) refuse(404, 'The domain is not assigned to this node');
			site.customDomains.splice(index, 1);
			domainChanged(request, site, domain, false);
			return answer({
				node_id: site.id,
				node_type: 'site',
				domain,
				time: now(),
				removed: true,
				message: `The domain was removed from &quot;${site.name}&quot;.`,
			});
		},

		get_Groups_getGroups: (request) =>
			answer({
				count: groups.length,
				groups: paged(request, groups).items.map(describeGroup),
			}),
		get_Groups_getGroupById: (request) => answer(describeGroup(groupOf(request.params.group_id))),
		post_Groups_createGroup: (request) => {
			const body = bodyOf<{ group_name: string; parent_id?: number }>(request);
			const { uid } = request.session;
			const group: Group = {
				id: nextId('group'),
				name: body.group_name,
				ownerId: uid,
				...(body.parent_id === undefined ? {} : { parentId: groupOf(body.parent_id).id }),
				created: seconds(clock()),
				members: [uid],
				admins: [uid],
			};
			groups.push(group);
			return answer({ group_id: group.id, group_name: group.name });
		},
		put_Groups_editGroup: (request) => {
			const group = groupOf(request.params.group_id);
			group.name = bodyOf<{ group_name: string }>(request).group_name;
			return answer({ time: now(), group_id: group.id });
		},
		delete_Groups_deleteGroup: (request) => {
			const group = groupOf(request.params.group_id);
			groups.splice(groups.indexOf(group), 1);
			for (const site of sites) site.groups = site.groups.filter((id) => id !== group.id);
			for (const child of groups) if (child.parentId === group.id) delete child.parentId;
			return answer({ time: now(), group_id: group.id });
		},
		get_Groups_getMembers: (request) => {
			const group = groupOf(request.params.group_id);
			return answer({
				time: now(),
				group_id: group.id,
				count: group.members.length,
				members: paged(request, group.members).items.map((uid) => ({
					uid,
					'group owner': uid === group.ownerId,
					'group administrator': group.admins.includes(uid),
				})),
			});
		},
		post_Groups_addMembers: (request) => {
			const group = groupOf(request.params.group_id);
			const added = asList(bodyOf<{ uids: number | number[] }>(request).uids).filter(
				(uid) => users.some((user) => user.uid === uid) && !group.members.includes(uid),
			);
			group.members.push(...added);
			return answer({ time: now(), group_id: group.id, uids_added: added });
		},
		delete_Groups_removeMembers: (request) => {
			const group = groupOf(request.params.group_id);
			const removed = asList(bodyOf<{ uids: number | number[] }>(request).uids).filter((uid) =>
				group.members.includes(uid),
			);
			group.members = group.members.filter((uid) => !removed.includes(uid));
			group.admins = group.admins.filter((uid) => !removed.includes(uid));
			return answer({ time: now(), group_id: group.id, uids_removed: removed });
		},
		post_Groups_addAdmins: (request) => {
			const group = groupOf(request.params.group_id);
			const promoted = asList(bodyOf<{ uids: number | number[] }>(request).uids).filter(
				(uid) => group.members.includes(uid) && !group.admins.includes(uid),
			);
			group.admins.push(...promoted);
			return answer({ time: now(), group_id: group.id, uids_promoted: promoted });
		},
		delete_Groups_removeAdmins: (request) => {
			const group = groupOf(request.params.group_id);
			const demoted = asList(bodyOf<{ uids: number | number[] }>(request).uids).filter((uid) =>
				group.admins.includes(uid),
			);
			group.admins = group.admins.filter((uid) => !demoted.includes(uid));
			return answer({ time: now(), group_id: group.id, uids_demoted: demoted });
		},
		get_Groups_getSites: (request) => {
			const group = groupOf(request.params.group_id);
			const own = sites.filter((site) => site.groups.includes(group.id));
			return answer({
				time: now(),
				group_id: group.id,
				count: own.length,
				sites: paged(request, own).items.map((site) => memberSite(site)),
			});
		},
		post_Groups_addSites: (request) => {
			const group = groupOf(request.params.group_id);
			const ids = asList(bodyOf<{ site_ids: number | number[] }>(request).site_ids);
			const added = ids.filter((id) => {
				const site = sites.find((candidate) => candidate.id === id);
				if (!site || site.groups.includes(group.id)) return false;
				site.groups.push(group.id);
				return true;
			});
			return answer({
				group_id: group.id,
				name: group.name,
				time: now(),
				site_ids_added: added,
				message: `${added.length} of ${ids.length} sites were added.`,
				site_ids_skipped: ids.filter((id) => !added.includes(id)),
			});
		},
		delete_Groups_removeSites: (request) => {
			const group = groupOf(request.params.group_id);
			const ids = asList(bodyOf<{ site_ids: number | number[] }>(request).site_ids);
			const removed = ids.filter((id) => {
				const site = sites.find((candidate) => candidate.id === id);
				if (!site?.groups.includes(group.id)) return false;
				site.groups = site.groups.filter((other) => other !== group.id);
				return true;
			});
			return answer({
				group_id: group.id,
				name: group.name,
				time: now(),
				site_ids_removed: removed,
				message: `${removed.length} of ${ids.length} sites were removed.`,
				site_ids_skipped: ids.filter((id) => !removed.includes(id)),
			});
		},

		get_User_getUsers: (request) => {
			const query = request.query as Record<string, number | string | undefined>;
			const within = (value: number, field: string) =>
				value >= Number(query[`${field}_min`] ?? -Infinity) &&
				value <= Number(query[`${field}_max`] ?? Infinity);
			const ids = numbers(query.ids);
			const roleIds = numbers(query.role_ids);
			const fields = typeof query.fields === 'string' ? query.fields.split(',') : undefined;
			const found = users
				.filter((user) => !ids || ids.includes(user.uid))
				.filter(
					(user) => !roleIds || roleIds.some((id) => user.roles.includes(roles.get(id) ?? '')),
				)
				.filter((user) => !query.status || (query.status === 'active') === user.active)
				.filter((user) => !query.tfa_status || (query.tfa_status === 'active') === user.tfa)
				.filter((user) => within(user.uid, 'uid') && within(user.created, 'created'))
				.filter((user) => within(user.access, 'login'))
				.sort((a, b) => (query.order === 'DESC' ? b.uid - a.uid : a.uid - b.uid));
			return answer({
				count: found.length,
				users: paged(request, found).items.map((user) => {
					const all = {
						uid: String(user.uid),
						name: user.name,
						mail: user.mail,
						created: String(user.created),
						access: String(user.access),
						status: user.active ? 'active' : 'blocked',
						tfa_status: user.tfa ? 'active' : 'disabled',
						roles: roleMap(user.roles),
					};
					return fields
						? Object.fromEntries(Object.entries(all).filter(([name]) => fields.includes(name)))
						: all;
				}),
			});
		},
		get_User_getUser: (request) => {
			const user = userOf(request.params.user_id);
			return answer({
				uid: String(user.uid),
				name: user.name,
				mail: user.mail,
				created: String(user.created),
				login: String(user.access),
				status: user.active ? '1' : '0',
				roles: roleMap(user.roles),
				tfa_status: user.tfa ? 'active' : 'disabled',
			});
		},
		post_User_createUser: (request) => {
			const body = bodyOf<{
				name: string;
				mail: string;
				pass?: string;
				status?: number;
				roles?: string | string[];
			}>(request);
			checkNewUser(body.name, body.mail);
			const user: User = {
				uid: nextId('user'),
				name: body.name,
				mail: body.mail,
				created: seconds(clock()),
				access: 0,
				active: body.status !== 0,
				tfa: false,
				roles: checkRoles(body.roles) ?? [],
			};
			users.push(user);
			return answer({
				user_id: user.uid,
				user_name: user.name,
				user_mail: user.mail,
				user_status: user.active ? 'active' : 'blocked',
				...(body.pass === undefined ? { user_pass: 'invented-password' } : {}),
			});
		},
		put_User_updateUser: (request) => {
			const user = userOf(request.params.user_id);
			const body = bodyOf<{
				name?: string;
				mail?: string;
				status?: number;
				roles?: string | string[];
				tfa_status?: number;
			}>(request);
			checkNewUser(body.name, body.mail, user);
			const names = checkRoles(body.roles);
			Object.assign(user, {
				...(body.name === undefined ? {} : { name: body.name }),
				...(body.mail === undefined ? {} : { mail: body.mail }),
				...(body.status === undefined ? {} : { active: body.status === 1 }),
				...(body.tfa_status === undefined ? {} : { tfa: body.tfa_status === 1 }),
				...(names === undefined ? {} : { roles: names }),
			});
			return answer({ user_id: user.uid, updated: true });
		},
		delete_User_deleteUser: (request) => {
			const user = userOf(request.params.user_id);
			users.splice(users.indexOf(user), 1);
			return answer({ user_id: user.uid, deleted: true });
		},

		get_Role_getRoles: (request) => {
			const sorted = [...roles].sort(([, a], [, b]) =>
				request.query.order === 'DESC' ? b.localeCompare(a) : a.localeCompare(b),
			);
			const { items } = paged(request, sorted);
			return answer({
				count: sorted.length,
				roles: items.length === 0 ? [] : Object.fromEntries(items),
			});
		},
		get_Role_getRole: (request) => {
			const id = Number(request.params.role_id);
			return answer({ rid: id, name: roles.get(id) ?? notFound('Role') });
		},
		post_Role_createRole: (request) => {
			const { name } = bodyOf<{ name: string }>(request);
			if ([...roles.values()].includes(name)) unprocessable('the role exists already');
			const id = roleId;
			roleId += 5;
			roles.set(id, name);
			return answer({ role_id: id, role_name: name });
		},
		put_Role_updateRole: (request) => {
			const id = Number(request.params.role_id);
			const before = roles.get(id) ?? notFound('Role');
			const { new_name: name } = bodyOf<{ new_name: string }>(request);
			roles.set(id, name);
			for (const user of users) {
				user.roles = user.roles.map((role) => (role === before ? name : role));
			}
			return answer({ role_id: id, updated: true });
		},
		delete_Role_deleteRole: (request) => {
			const id = Number(request.params.role_id);
			const before = roles.get(id) ?? notFound('Role');
			roles.delete(id);
			for (const user of users) user.roles = user.roles.filter((role) => role !== before);
			return answer({ role_id: id, deleted: true });
		},

		get_SiteVariables_getSiteVariables: (request) => {
			const site = siteOf(request.params.site_id);
			const own = variables.get(site.id) ?? [];
			return answer({
				time: now(),
				vars:
					own.length === 0
						? []
						: Object.fromEntries(
								own.map(({ id, key, value, scrub }) => [
									key,
									{
										id,
										nid: site.id,
										scrub_during_stage: scrub,
										variable_key: key,
										variable_value: value,
									},
								]),
							),
			});
		},
		put_SiteVariables_changeSiteVariables: (request) => {
			const site = siteOf(request.params.site_id);
			const body = bodyOf<{
				variable_key: string;
				variable_value: string;
				variable_scrub?: number;
			}>(request);
			const own = variables.get(site.id) ?? [];
			const before = own.find(({ key }) => key === body.variable_key);
			if (!before && own.length >= 10) unprocessable('a site has up to 10 variables');
			const changed: Variable = {
				id: before?.id ?? variableId,
				key: body.variable_key,
				value: body.variable_value,
				scrub: body.variable_scrub ?? 0,
			};
			if (!before) variableId += 10;
			variables.set(site.id, [...own.filter((variable) => variable !== before), changed]);
			return answer({ message: 'The configuration options have been saved.', time: now() });
		},
		delete_SiteVariables_removeSiteVariables: (request) => {
			variables.delete(siteOf(request.params.site_id).id);
			return answer({ message: 'The configuration options have been saved.', time: now() });
		},
		delete_SiteVariables_removeSiteVariable: (request) => {
			const site = siteOf(request.params.site_id);
			const own = variables.get(site.id) ?? [];
			const rest = own.filter(({ key }) => key !== request.params.variable_key);
			if (rest.length === own.length) notFound('Variable');
			variables.set(site.id, rest);
			return answer({ message: 'The configuration options have been saved.', time: now() });
		},

		get_WipTaskStatus_getWipTaskStatus: (request) => {
			const task = taskOf(request.params.task_id);
			const described = describeTask(task);
			return answer({
				wip_task: { ...described, status_string: STATUS_STRING[Number(described.status)] ?? '' },
				time: now(),
			});
		},
		get_Task_tasks: (request) => {
			const query = request.query as { status?: string; class?: string; group?: string };
			const accepts: Record<string, number[]> = {
				processing: [STATUS.running],
				error: [STATUS.error],
				'not-started': [STATUS.notStarted],
			};
			const statuses = query.status === undefined ? undefined : accepts[query.status];
			keepBusy(request, startCron);
			/** Every fourth task stands behind two older ones. */
			const rank = ({ id }: Task) => {
				const count = (id - firstTaskId) / 5;
				return count % 4 === 3 ? count - 2.5 : count;
			};
			const found = tasks
				.filter((task) => !statuses || statuses.includes(statusOf(task)))
				.filter((task) => query.class === undefined || task.class === query.class)
				.filter((task) => query.group === undefined || task.group === query.group)
				.sort((a, b) => rank(b) - rank(a));
			return answer(
				paged(request, found).items.map((task) => ({
					...describeTask(task),
					priority: '2',
					object_id: String(task.id),
					wake: '0',
					taken: '0',
					lease: '180',
					max_run_time: '300',
					concurrency_exceeded: '0',
					class: task.class,
				})),
			);
		},
		get_Task_logs: (request) => {
			const task = taskOf(request.params.task_id);
			const { level = 'trace' } = request.query as { level?: string };
			const most = LOG_LEVELS.indexOf(level) + 1;
			return answer(
				task.log
					.filter((entry) => entry.level <= most)
					.map((entry) => ({
						id: String(entry.id),
						timestamp: String(seconds(entry.at)),
						object_id: String(task.id),
						action: '',
						level: String(entry.level),
						message: entry.message,
						readable: '0',
					})),
			);
		},
		get_Task_classes: () =>
			answer(['Acquia\\SfSite\\SiteInstall', 'Acquia\\SfSite\\SiteDuplicate']),
		post_Pause_pause: (request) => {
			const { paused } = bodyOf<{ paused: boolean; reason?: string }>(request);
			pausesAll = paused;
			for (const task of tasks) pause(task, paused);
			return answer({ message: `Task processing has been ${paused ? 'paused' : 'resumed'}.` });
		},
		post_Pause_pauseTask: (request) => {
			const task = taskOf(request.params.task_id);
			const { paused, level } = bodyOf<{ paused: boolean; level: string }>(request);
			pause(task, paused);
			return answer({
				message: `Task processing has been ${paused ? 'paused' : 'resumed'}.`,
				task_id: task.id,
				level,
			});
		},
		put_Task_terminate: (request) => {
			const task = taskOf(request.params.task_id);
			terminate(task);
			return answer({
				message: `Task ${task.id} has been queued for termination.`,
				time: now(),
				task_id: task.id,
			});
		},
		delete_Task_delete: (request) => {
			const task = taskOf(request.params.task_id);
			tasks.splice(tasks.indexOf(task), 1);
			return answer({
				message: `Task ${task.id} has been deleted.`,
				time: now(),
				task_id: task.id,
			});
		},
	};

	return {
		credential: { factoryUrl: context.url, ...PLATFORM_ADMIN, ignoreSslIssues: false },
		authenticate: (call) => {
			const given = basicCredentials(call.headers.authorization);
			const user = users.find(
				({ name, apiKey, active }) =>
					active && apiKey !== undefined && name === given?.username && apiKey === given.password,
			);
			if (!user) {
				throw new Refusal(answer({ message: 'Access denied', time: now() }, 403));
			}
			const isEditor = user.roles.every((role) => role === 'content editor');
			if (call.operationId && isEditor && !CONTENT_EDITOR_OPERATIONS.has(call.operationId)) {
				refuse(403, `Forbidden: the role content editor does not allow this`);
			}
			const isBuilder = user.roles.every((role) => role === 'site builder');
			const isOutOfReach =
				call.operationId !== undefined &&
				(INTERNAL_OPERATIONS.has(call.operationId) || call.operationId.includes('_User_'));
			if (isBuilder && isOutOfReach) {
				refuse(403, `Forbidden: the role site builder does not allow this`);
			}
			return user;
		},
		handlers,
		routes: [
			{
				reason:
					'the signed address of a backup lies outside the API and refuses an Authorization header',
				method: 'GET',
				path: '/examplebackups/{file}',
				handle: ({ params, query, headers }): Answer => {
					const error = (code: string) =>
						answer(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`, 403, {
							'content-type': 'application/xml',
						});
					if (headers.authorization !== undefined) return error('InvalidArgument');
					if (Number(query.Expires) < seconds(clock())) return error('AccessDenied');
					const backup = backups.find(({ id }) => params.file === `${id}.tar.gz`);
					if (!backup || query.Signature !== 'INVENTED') return error('AccessDenied');
					return answer(Buffer.from(`backup ${backup.id} of ${backup.siteName}\n`), 200, {
						'content-type': 'application/gzip',
					});
				},
			},
		],
	};
}

/**
 * Starts a factory with 12 groups and 12 users. The credential is that of a platform admin.
 * @throws when the port is taken.
 */
export async function createSiteFactorySimulator(
	options: SiteFactoryOptions = {},
): Promise<SiteFactorySimulator> {
	let callbacks: Callbacks | undefined;
	const simulator: Simulator = await createSimulator<User>(
		{
			specification,
			refuse: ([{ kind, in: place, name, message }]) => {
				if (kind === 'unknown-path' || kind === 'unknown-method') {
					return answer('<!DOCTYPE html><title>Page not found</title>', 404, {
						'content-type': 'text/html; charset=utf-8',
					});
				}
				const subject = name === '' && place === 'body' ? 'the body' : name;
				return answer({ message: `Bad Request: ${subject} ${message}` }, 400);
			},
			problem: (status, message) => answer({ message }, status),
			// The notes know of no limit and no Retry-After; this is what the proxy in front would send.
			tooManyRequests: () => answer({ message: 'Too many requests' }, 429),
			start: (context) => {
				callbacks?.stop();
				callbacks = createCallbacks({
					clock: context.clock,
					look: () => context.jobs.settle(),
					fault: (message) => void simulator.faults.push(message),
					...(options.callbackFormat && { format: options.callbackFormat }),
				});
				return start(context, options, callbacks);
			},
		},
		options,
	);
	return {
		...simulator,
		get credential() {
			return simulator.credential;
		},
		get callbacks() {
			return callbacks?.sent ?? [];
		},
		close: async () => {
			callbacks?.stop();
			await simulator.close();
		},
	};
}
