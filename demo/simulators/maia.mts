/**
 * Simulator of Maia (Matillion Data Productivity Cloud), with invented projects, pipelines and runs.
 *
 * What follows from the name of a pipeline (the part after the last slash): `fail…` ends FAILED, `cancel…` CANCELLED,
 * `skip…` SKIPPED, `endless…` never ends; `queue…` shows the undocumented word QUEUED and `unknown…` UNKNOWN before it
 * runs; `late…` is answered with 404 in the first quarter of its time; `nested…` and `fail-nested…` run another pipeline.
 *
 * Open points of the notes and what is taken here: a second run with the tag of an active one is SKIPPED; a project
 * without a role is answered with 404; nested runs can be read by their id and are not listed; schedules do not fire.
 */
import specification from '../../test/specs/maia.json' with { type: 'json' };
import type {
	Answer,
	Definition,
	Handler,
	Job,
	Simulator,
	SimulatorOptions,
	Violation,
} from './support.mts';
import { answer, bearerToken, createSimulator } from './support.mts';
import type {
	Client,
	Connection,
	Environment,
	Ground,
	Project,
	Request,
	Role,
	Schedule,
	Session,
	Variable,
} from './maiaGround.mts';
import {
	bodyOf,
	iso,
	paged,
	problem,
	readCursor,
	refuse,
	without,
	writeCursor,
} from './maiaGround.mts';
import { artifactHandlers, seedArtifacts, sharedPipelineHandlers } from './maiaFiles.mts';
import { reportHandlers } from './maiaReports.mts';
import type { AuditEvent } from './maiaReports.mts';
import { projectHandlers } from './maiaProjects.mts';
import { streamingHandlers } from './maiaStreaming.mts';
import { directoryHandlers } from './maiaDirectory.mts';
import { qualityHandlers } from './maiaQuality.mts';
import { taskHandlers } from './maiaTasks.mts';
import { runnerHandlers, seedRunners } from './maiaRunners.mts';

const SUPER_ADMIN: Client = {
	clientId: 'invented-super-admin',
	clientSecret: 'invented-super-admin-secret',
	role: 'SUPER_ADMIN',
};
/** May create projects, but has no role on any: its list of projects is empty. */
export const ADMIN: Client = {
	clientId: 'invented-admin',
	clientSecret: 'invented-admin-secret',
	role: 'ADMIN',
};
/** May do nothing without a role on a project, and has none. */
export const MEMBER: Client = {
	clientId: 'invented-member',
	clientSecret: 'invented-member-secret',
	role: 'MEMBER',
};
const CLIENTS = [SUPER_ADMIN, ADMIN, MEMBER];

const TOKEN_SECONDS = 1800;
const HOUR = 3_600_000;
const MAY_CREATE_PROJECTS: Role[] = ['SUPER_ADMIN', 'ADMIN'];
const PIPELINES = [
	'finance/daily-load',
	'finance/weekly close',
	'finance/nested-load',
	'finance/child-load',
	'finance/late-load',
	'finance/queue-load',
	'finance/unknown-load',
	'finance/endless-load',
	'finance/skip-load',
	'finance/cancel-load',
	'finance/fail-load',
	'finance/fail-nested-load',
	'finance/fail-child-load',
];

interface Run {
	id: string;
	projectId: string;
	environmentName: string;
	pipelineName: string;
	trigger: string;
	scheduleId?: string;
	user?: string;
	tag?: string;
	startedAt: number;
	/** The word at the end. */
	outcome: string;
	/** Undefined for runs of the past. */
	job?: Job;
	/** Stopping takes time as well. */
	stopping?: Job;
	/** Id of the run that its middle step starts. */
	child?: string;
	listed: boolean;
	/** State that was set by hand, with its time; the job no longer counts. */
	set?: { status: string; at: number };
}

/** A run that somebody else has started. */
export interface StartedRun {
	/** Default: finance/daily-load. */
	pipelineName?: string;
	/** Name of the project. Default: Finance warehouse. */
	project?: string;
	/** Default: Production. */
	environmentName?: string;
	/** DESIGNER, API, SCHEDULE, SCHEDULE_RUN_NOW or UNKNOWN. Default: API. */
	trigger?: string;
	/** Default: RUNNING. */
	status?: string;
	/** Milliseconds since the epoch. Default: now. */
	startedAt?: number;
}

/** What people and other programs do in the account, without a request; times are those of the clock. */
export interface MaiaAccount {
	/** A run that stays as it is until its state is set. @returns its id */
	startRun(run?: StartedRun): string;
	/** @throws when there is no such run */
	setRun(id: string, status: string): void;
	/** Takes a run out of the account. @throws when there is no such run */
	removeRun(id: string): void;
	/** @returns the id of the event */
	addAuditEvent(event?: Partial<AuditEvent>): string;
	/** Sets what a runner says of itself: running, stopped, pending, unknown. @throws when there is no such runner */
	setRunner(name: string, status: string): void;
	/** @throws when there is no such runner */
	removeRunner(name: string): void;
}

/** Settings of this service. */
export interface MaiaOptions extends SimulatorOptions {
	/** The order of audit events is not documented. Default: the oldest one first. */
	newestAuditEventFirst?: boolean;
	/** Called before a further page of a list is read, so that the list shifts meanwhile. */
	betweenPages?: (account: MaiaAccount) => void;
}

/** A simulator in which things happen by themselves. */
export interface MaiaSimulator extends Simulator {
	readonly account: MaiaAccount;
}
interface RunOrder {
	pipelineName: string;
	environmentName: string;
	versionName?: string;
	agentId?: string;
	executionTag?: string;
	scalarVariables?: Record<string, string>;
	gridVariables?: Record<string, string[][]>;
}
interface ScheduleOrder {
	name: string;
	cronExpression: string;
	cronTimezone?: string;
	effectiveFrom?: string;
	scheduleEnabled?: boolean;
	allowConcurrentExecutions?: boolean;
}

const oauthRefusal = (status: number, error: string, description: string): Answer =>
	answer({ error, error_description: description }, status);

const lastName = (pipelineName: string) => pipelineName.split('/').at(-1) ?? pipelineName;
const startsWith = (pipelineName: string, word: string) => lastName(pipelineName).startsWith(word);

function outcomeOf(pipelineName: string): string {
	if (startsWith(pipelineName, 'fail')) return 'FAILED';
	if (startsWith(pipelineName, 'cancel')) return 'CANCELLED';
	if (startsWith(pipelineName, 'skip')) return 'SKIPPED';
	return 'SUCCESS';
}

const FAILURES = { missing: 'Table ORDERS does not exist', nested: 'The nested pipeline failed' };

function messageOf(pipelineName: string, outcome: string): string {
	const isNested = /nested-/.test(lastName(pipelineName));
	switch (outcome) {
		case 'FAILED':
			return isNested ? `"Run Child": ${FAILURES.nested}` : `"Load Orders": ${FAILURES.missing}`;
		case 'CANCELLED':
			return 'Cancelled by user';
		case 'SKIPPED':
			return 'Skipped because an earlier run is still active';
		default:
			return '"Publish Report": Success';
	}
}

/** Quartz: seconds first, six or seven fields, exactly one of the two day fields is a question mark. */
function cronComplaint(expression: string): string | undefined {
	const fields = expression.trim().split(/\s+/);
	if (fields.length < 6 || fields.length > 7) return 'must have 6 or 7 fields';
	if (fields.some((field) => !/^[\dA-Z*?,/#-]+$/i.test(field))) {
		return 'holds characters that mean nothing';
	}
	const days = [fields[3], fields[5]].filter((field) => field === '?');
	return days.length === 1 ? undefined : 'needs ? in one of the two day fields';
}

function start(
	context: Parameters<Definition<Session>['start']>[0],
	options: MaiaOptions,
	expose: (account: MaiaAccount) => void,
): ReturnType<Definition<Session>['start']> {
	const { clock, jobs, jobSeconds, tokens, uuid } = context;
	const born = clock() - 90 * 24 * HOUR;

	const runners = seedRunners(uuid);
	const [prodRunner, devRunner] = runners;
	const environment = (
		name: string,
		runner = prodRunner,
		pipelines: string[] = PIPELINES,
	): Environment => ({
		name,
		defaultAgentId: runner?.agentId ?? '',
		defaultAgentName: runner?.name ?? '',
		pipelines: pipelines.map((pipeline, index) => ({
			name: pipeline,
			publishedTime: iso(born + index * 60_000),
		})),
		artifacts: seedArtifacts(born),
	});
	const reports = Array.from(
		{ length: 240 },
		(_, index) => `reports/report-${String(index + 1).padStart(3, '0')}`,
	);
	const seedProject = (name: string, description: string | undefined, own: Environment[]) => {
		const id = uuid();
		const project: Project = {
			id,
			name,
			...(description === undefined ? {} : { description }),
			environments: own,
			variables: [],
			connections: [],
			schedules: [],
		};
		return project;
	};
	const projects: Project[] = [
		seedProject('Finance warehouse', 'Nightly finance loads', [
			environment('Production', prodRunner, [...PIPELINES, ...reports]),
			environment('Development', devRunner),
			environment('Test / EU', devRunner, PIPELINES.slice(0, 3)),
		]),
		seedProject('Marketing', 'Campaign data', [environment('Production')]),
		...Array.from({ length: 28 }, (_, index) =>
			seedProject(`Sandbox ${String(index + 1).padStart(2, '0')}`, undefined, []),
		),
	];
	const finance = projects[0];
	if (finance) {
		finance.variables.push(
			{
				id: uuid(),
				name: 'region',
				type: 'TEXT',
				behaviour: 'SHARED',
				description: 'Region code',
				value: 'EU',
				supportsDoubleResolution: false,
			},
			{
				id: uuid(),
				name: 'batch/size',
				type: 'NUMBER',
				behaviour: 'COPIED',
				value: 500,
				supportsDoubleResolution: false,
			},
		);
		finance.connections.push({
			id: uuid(),
			name: 'orders database',
			platformConnectionType: 'COMPONENT_BASIC',
			authProvider: 'NONE',
			authType: 'GENERIC_SECRET',
			createdBy: uuid(),
			createdDate: iso(born),
			projectId: finance.id,
			connectionDetails: {
				description: 'Orders',
				connectionProperties: { secretName: 'orders-login', secretKey: 'password' },
			},
			overrides: new Map(),
		});
		finance.schedules.push(
			{
				scheduleId: uuid(),
				name: 'Nightly finance',
				pipelineName: 'finance/daily-load',
				environmentName: 'Production',
				versionName: '1.2.0',
				cronExpression: '0 30 1 ? * MON-FRI *',
				cronTimezone: 'Europe/Dublin',
				effectiveFrom: iso(born),
				scheduleEnabled: true,
				scalarVariables: { load_date: '2026-05-24' },
				gridVariables: {},
			},
			{
				scheduleId: uuid(),
				name: 'Every half hour',
				pipelineName: 'finance/daily-load',
				environmentName: 'Development',
				intervalExpression: { interval: 30, unit: 'MINUTES' },
				scheduleEnabled: true,
				scalarVariables: {},
				gridVariables: {},
			},
		);
	}

	const runs: Run[] = [];
	const history: Array<{ trigger: string; scheduleId?: string; user?: string }> = [
		{ trigger: 'SCHEDULE', scheduleId: finance?.schedules[0]?.scheduleId ?? '' },
		{ trigger: 'API' },
		{ trigger: 'DESIGNER', user: 'Ada Admin' },
	];
	for (let index = 0; index < 230; index += 1) {
		const pipelineName = ['finance/daily-load', 'finance/weekly close', 'finance/fail-load'][
			index % 3
		] as string;
		const outcome = outcomeOf(pipelineName);
		runs.push({
			id: uuid(),
			projectId: (index % 5 === 4 ? projects[1]?.id : finance?.id) ?? '',
			environmentName: 'Production',
			pipelineName,
			...(history[index % history.length] as { trigger: string }),
			startedAt: clock() - (index + 1) * HOUR,
			outcome,
			listed: true,
		});
	}

	const isVisible = (session: Session) => session?.role === 'SUPER_ADMIN';
	const visibleProjects = (request: Request) => (isVisible(request.session) ? projects : []);
	const projectOf = (request: Request, id: unknown = request.params.projectId): Project =>
		visibleProjects(request).find((project) => project.id === id) ??
		refuse(404, `Project ${String(id)} was not found`);
	const environmentOf = (project: Project, name: unknown): Environment =>
		project.environments.find((candidate) => candidate.name === name) ??
		refuse(404, `Environment ${String(name)} was not found`);
	const variableOf = (request: Request): Variable =>
		projectOf(request).variables.find(({ name }) => name === request.params.variableName) ??
		refuse(404, `Variable ${String(request.params.variableName)} was not found`);
	const scheduleOf = (request: Request): Schedule =>
		projectOf(request).schedules.find(
			({ scheduleId }) => scheduleId === request.params.scheduleId,
		) ?? refuse(404, `Schedule ${String(request.params.scheduleId)} was not found`);
	const connectionOf = (project: Project, given: unknown): Connection =>
		project.connections.find(({ name }) => name === given) ??
		refuse(404, `Connection ${String(given)} was not found`);

	const statusOf = (run: Run): string => {
		if (run.set) return run.set.status;
		if (run.stopping) return run.stopping.phase() === 'done' ? 'CANCELLED' : 'CANCELLING';
		const phase = run.job?.phase() ?? 'done';
		if (phase === 'done') return run.outcome;
		if (phase === 'waiting' && startsWith(run.pipelineName, 'queue')) return 'QUEUED';
		if (phase === 'waiting' && startsWith(run.pipelineName, 'unknown')) return 'UNKNOWN';
		return 'RUNNING';
	};
	const hasEnded = (run: Run) =>
		['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED'].includes(statusOf(run));
	const runOf = (request: Request): Run => {
		const project = projectOf(request);
		const id = request.params.pipelineExecutionId;
		const run = runs.find((candidate) => candidate.id === id && candidate.projectId === project.id);
		const isHidden = run && startsWith(run.pipelineName, 'late') && run.job?.phase() === 'waiting';
		return run && !isHidden ? run : refuse(404, `Pipeline execution ${String(id)} was not found`);
	};
	const describeRun = (run: Run) => {
		const finished =
			run.set?.at ?? run.stopping?.endsAt() ?? run.job?.endsAt() ?? run.startedAt + 451_000;
		const status = statusOf(run);
		return {
			pipelineExecutionId: run.id,
			pipelineName: run.pipelineName,
			pipelineType: 'ORCHESTRATION',
			projectId: run.projectId,
			environmentName: run.environmentName,
			status,
			trigger: run.trigger,
			...(run.scheduleId === undefined ? {} : { scheduleId: run.scheduleId }),
			...(run.user === undefined ? {} : { user: run.user }),
			startedAt: iso(run.startedAt),
			...(hasEnded(run)
				? { finishedAt: iso(finished), message: messageOf(run.pipelineName, status) }
				: {}),
		};
	};
	const stepsOf = (run: Run) => {
		const status = statusOf(run);
		const child = runs.find(({ id }) => id === run.child);
		const step = (number: number, name: string, state: string, message: string | null) => ({
			id: `step-${number}`,
			name,
			result: {
				status: state,
				message,
				startedAt: iso(run.startedAt + number * 1000),
				finishedAt: state === 'RUNNING' ? null : iso(run.startedAt + number * 2000),
			},
			...(child && number === 2
				? { childPipeline: { id: child.id, name: child.pipelineName } }
				: {}),
		});
		const middle = child ? 'Run Child' : 'Load Orders';
		const first = step(1, 'Check Source', 'SUCCESS', null);
		if (status === 'SKIPPED' || run.job?.phase() === 'waiting') return [];
		if (status === 'FAILED') {
			// The word for a step varies; one client was seen to get FAILURE
			const word = run.listed ? 'FAILED' : 'FAILURE';
			return [first, step(2, middle, word, child ? FAILURES.nested : FAILURES.missing)];
		}
		if (status !== 'SUCCESS') return [first, step(2, middle, 'RUNNING', null)];
		return [
			first,
			step(2, middle, 'SUCCESS', 'Loaded 1000 rows'),
			step(3, 'Publish Report', 'SUCCESS', null),
		];
	};
	const checkRunnable = (project: Project, order: RunOrder): void => {
		const where = environmentOf(project, order.environmentName);
		if (!where.pipelines.some(({ name }) => name === order.pipelineName)) {
			refuse(404, `Pipeline ${order.pipelineName} is not published to ${where.name}`);
		}
		const versions = where.artifacts.map(({ versionName }) => versionName);
		if (order.versionName !== undefined && !versions.includes(order.versionName)) {
			refuse(404, `Version ${order.versionName} was not found`);
		}
		if (order.agentId !== undefined && !runners.some(({ agentId }) => agentId === order.agentId)) {
			refuse(404, `Agent ${order.agentId} was not found`);
		}
	};
	const startRun = (project: Project, order: RunOrder, listed = true): Run => {
		const { pipelineName, environmentName, executionTag: tag } = order;
		const isDoubled =
			tag !== undefined &&
			runs.some(
				(other) =>
					other.tag === tag &&
					other.projectId === project.id &&
					other.environmentName === environmentName &&
					!hasEnded(other),
			);
		const outcome = isDoubled ? 'SKIPPED' : outcomeOf(pipelineName);
		const isAtOnce = outcome === 'SKIPPED';
		const isEndless = startsWith(pipelineName, 'endless');
		const seconds = isEndless ? 365 * 86_400 : isAtOnce ? 0 : jobSeconds;
		const nested = /^(fail-)?nested/.exec(lastName(pipelineName));
		const run: Run = {
			id: uuid(),
			projectId: project.id,
			environmentName,
			pipelineName,
			trigger: 'API',
			...(tag === undefined || isDoubled ? {} : { tag }),
			startedAt: clock(),
			outcome,
			job: jobs.start({ seconds }),
			listed,
		};
		if (nested) {
			const child = `finance/${nested[1] ?? ''}child-load`;
			run.child = startRun(project, { environmentName, pipelineName: child }, false).id;
		}
		runs.unshift(run);
		return run;
	};
	const checkCron = (expression: string) => {
		const complaint = cronComplaint(expression);
		if (complaint) refuse(400, 'The schedule is not valid', [`cronExpression ${complaint}`]);
	};
	const scheduleMembers = (order: ScheduleOrder) => ({
		name: order.name,
		cronExpression: order.cronExpression,
		...(order.cronTimezone === undefined ? {} : { cronTimezone: order.cronTimezone }),
		...(order.effectiveFrom === undefined
			? {}
			: { effectiveFrom: iso(Date.parse(order.effectiveFrom)) }),
		...(order.scheduleEnabled === undefined ? {} : { scheduleEnabled: order.scheduleEnabled }),
		...(order.allowConcurrentExecutions === undefined
			? {}
			: { allowConcurrentExecutions: order.allowConcurrentExecutions }),
	});
	/** Answers lack allowConcurrentExecutions. */
	const describeSchedule = (schedule: Schedule) => ({
		...without(schedule, 'allowConcurrentExecutions'),
		lastRunAt: null,
		nextRunAt: null,
	});
	const checkValue = (type: string, value: string | number | undefined) => {
		if (value === undefined) return;
		if (type === 'NUMBER' && !Number.isFinite(Number(value))) {
			refuse(400, 'The variable is not valid', ['value must be a number']);
		}
		if (type === 'TEXT' && typeof value !== 'string') {
			refuse(400, 'The variable is not valid', ['value must be a text']);
		}
	};
	const describeConnection = (connection: Connection) => without(connection, 'overrides');
	const describeOverride = (connection: Connection, environmentName: string) => ({
		...without(connection, 'overrides', 'connectionDetails', 'id'),
		...connection.overrides.get(environmentName),
	});

	const ground: Ground = {
		clock,
		jobs,
		jobSeconds,
		uuid,
		born,
		projectOf,
		visibleProjects,
		environmentOf,
		variableOf,
		demand: ({ session }, roles, what) => {
			if (session && roles.includes(session.role)) return;
			refuse(403, `The role of the credential does not allow to ${what}`);
		},
	};

	const reporting = reportHandlers(ground, options.newestAuditEventFirst);
	const setRun = (id: string): Run => {
		const run = runs.find((candidate) => candidate.id === id);
		if (!run) throw new Error(`There is no run ${id}`);
		return run;
	};
	const setRunner = (name: string) => {
		const runner = runners.find((candidate) => candidate.name === name);
		if (!runner) throw new Error(`There is no runner ${name}`);
		return runner;
	};
	const account: MaiaAccount = {
		startRun: (given = {}) => {
			const { project = 'Finance warehouse', startedAt = clock(), status = 'RUNNING' } = given;
			const projectId = projects.find(({ name }) => name === project)?.id;
			if (projectId === undefined) throw new Error(`There is no project ${project}`);
			const { trigger = 'API', pipelineName = 'finance/daily-load' } = given;
			const run: Run = {
				id: uuid(),
				projectId,
				environmentName: given.environmentName ?? 'Production',
				pipelineName,
				trigger,
				...(trigger === 'SCHEDULE' && { scheduleId: uuid() }),
				...(/^(DESIGNER|SCHEDULE_RUN_NOW)$/.test(trigger) && { user: 'Ada Admin' }),
				startedAt,
				outcome: outcomeOf(pipelineName),
				listed: true,
				set: { status, at: clock() },
			};
			// Newest start first
			const place = runs.findIndex((other) => other.startedAt <= startedAt);
			runs.splice(place < 0 ? runs.length : place, 0, run);
			return run.id;
		},
		setRun: (id, status) => {
			setRun(id).set = { status, at: clock() };
		},
		removeRun: (id) => {
			runs.splice(runs.indexOf(setRun(id)), 1);
		},
		addAuditEvent: reporting.add,
		setRunner: (name, status) => {
			const runner = setRunner(name);
			runner.status = status;
			delete runner.restart;
		},
		removeRunner: (name) => {
			runners.splice(runners.indexOf(setRunner(name)), 1);
		},
	};

	const handlers: Record<string, Handler<Session>> = {
		...artifactHandlers(ground),
		...sharedPipelineHandlers(ground),
		...runnerHandlers(ground, runners),
		...taskHandlers(ground, projects.slice(0, 2)),
		...qualityHandlers(ground),
		...directoryHandlers(ground),
		...streamingHandlers(ground),
		...projectHandlers(ground),
		...reporting.handlers,
		requestAccessToken: (request) => {
			const { client_id: clientId, client_secret: clientSecret } =
				bodyOf<Record<string, string>>(request);
			const client = CLIENTS.find(
				(known) => known.clientId === clientId && known.clientSecret === clientSecret,
			);
			if (!client) {
				return oauthRefusal(401, 'invalid_client', 'Invalid client or Invalid client credentials');
			}
			const life = context.tokenLifeSeconds ?? TOKEN_SECONDS;
			return answer({
				access_token: tokens.issue(client, life).token,
				expires_in: life,
				refresh_expires_in: 0,
				token_type: 'Bearer',
				'not-before-policy': 0,
				scope: 'pipeline-execution',
			});
		},

		listProjects: (request) =>
			answer(
				paged(
					request,
					visibleProjects(request).map(({ id, name, description }) => ({
						id,
						name,
						description: description ?? null,
					})),
				),
			),
		createProject: (request) => {
			if (!request.session || !MAY_CREATE_PROJECTS.includes(request.session.role)) {
				refuse(403, 'The role of the credential does not allow to create projects');
			}
			const { name, description } = bodyOf<{ name: string; description?: string }>(request);
			const project = seedProject(name, description, []);
			projects.push(project);
			return answer({ projectId: project.id }, 201);
		},
		deleteProject: (request) => {
			projects.splice(projects.indexOf(projectOf(request)), 1);
			return answer(undefined, 204);
		},

		listEnvironments: (request) =>
			answer(
				paged(
					request,
					projectOf(request).environments.map(({ name, defaultAgentId, defaultAgentName }) => ({
						name,
						defaultAgentId,
						defaultAgentName,
					})),
				),
			),
		createEnvironment: (request) => {
			const project = projectOf(request);
			const { name, defaultAgentId } = bodyOf<{ name: string; defaultAgentId: string }>(request);
			const runner =
				runners.find(({ agentId }) => agentId === defaultAgentId) ??
				refuse(404, `Agent ${defaultAgentId} was not found`);
			project.environments.push({ ...environment(name, runner, []), artifacts: [] });
			return answer(undefined, 201);
		},
		deleteEnvironment: (request) => {
			const { environments } = projectOf(request);
			const found = environmentOf(projectOf(request), request.params.environmentName);
			environments.splice(environments.indexOf(found), 1);
			return answer(undefined, 204);
		},
		listPublishedPipelines: (request) =>
			answer(
				paged(request, environmentOf(projectOf(request), request.query.environmentName).pipelines),
			),
		executePipeline: (request) => {
			const project = projectOf(request);
			const order = bodyOf<RunOrder>(request);
			checkRunnable(project, order);
			return answer({ pipelineExecutionId: startRun(project, order).id }, 201);
		},
		listPipelineExecutions: (request) => {
			const query = request.query as Record<string, string | undefined> & {
				limit?: number;
				status?: string[];
			};
			const visible = new Set(visibleProjects(request).map(({ id }) => id));
			const wanted = query.pipelineName?.toLowerCase();
			const found = runs
				.filter((run) => run.listed && visible.has(run.projectId))
				.filter((run) => !query.projectId || run.projectId === query.projectId)
				.filter((run) => !wanted || run.pipelineName.toLowerCase().includes(wanted))
				.filter((run) => !query.environmentName || run.environmentName === query.environmentName)
				.filter((run) => !query.startedAfter || run.startedAt >= Date.parse(query.startedAfter))
				.filter((run) => !query.startedBefore || run.startedAt <= Date.parse(query.startedBefore))
				.filter((run) => !query.status || query.status.includes(statusOf(run)))
				.filter((run) => !query.scheduleId || run.scheduleId === query.scheduleId);
			const offset = query.paginationToken ? readCursor(query.paginationToken) : 0;
			const limit = query.limit ?? 25;
			const end = offset + limit;
			return answer({
				results: found.slice(offset, end).map(describeRun),
				...(end < found.length ? { more: writeCursor(end) } : {}),
			});
		},
		getPipelineExecution: (request) => answer(describeRun(runOf(request))),
		getPipelineExecutionStatus: (request) => answer({ status: statusOf(runOf(request)) }),
		listPipelineExecutionSteps: (request) => answer({ results: stepsOf(runOf(request)) }),
		cancelPipelineExecution: (request) => {
			const run = runOf(request);
			if (hasEnded(run)) refuse(400, `Pipeline execution ${run.id} has already ended`);
			const { forceUpdate } = bodyOf<{ forceUpdate: boolean }>(request);
			run.job?.cancel();
			run.stopping = jobs.start({ seconds: jobSeconds / (forceUpdate ? 4 : 2) });
			return answer({ pipelineExecutionId: run.id });
		},

		listSchedules: (request) =>
			answer(paged(request, projectOf(request).schedules.map(describeSchedule))),
		getSchedule: (request) => answer(describeSchedule(scheduleOf(request))),
		createSchedule: (request) => {
			const project = projectOf(request);
			const { pipeline, schedule } = bodyOf<{ pipeline: RunOrder; schedule: ScheduleOrder }>(
				request,
			);
			checkRunnable(project, pipeline);
			checkCron(schedule.cronExpression);
			const made: Schedule = {
				scheduleId: uuid(),
				pipelineName: pipeline.pipelineName,
				environmentName: pipeline.environmentName,
				...(pipeline.versionName === undefined ? {} : { versionName: pipeline.versionName }),
				scheduleEnabled: true,
				scalarVariables: pipeline.scalarVariables ?? {},
				gridVariables: pipeline.gridVariables ?? {},
				...scheduleMembers(schedule),
			};
			project.schedules.push(made);
			return answer({ scheduleId: made.scheduleId }, 201);
		},
		updateSchedule: (request) => {
			const schedule = scheduleOf(request);
			const order = bodyOf<ScheduleOrder>(request);
			checkCron(order.cronExpression);
			delete schedule.intervalExpression;
			Object.assign(schedule, scheduleMembers(order));
			return answer(describeSchedule(schedule));
		},
		deleteSchedule: (request) => {
			const { schedules } = projectOf(request);
			schedules.splice(schedules.indexOf(scheduleOf(request)), 1);
			return answer(undefined, 204);
		},

		listProjectVariables: (request) => answer(paged(request, projectOf(request).variables)),
		createProjectVariable: (request) => {
			const { variables } = projectOf(request);
			const order = bodyOf<Omit<Variable, 'id'>>(request);
			checkValue(order.type, order.value);
			if (variables.some(({ name }) => name === order.name)) {
				refuse(400, `A variable with the name ${order.name} exists already`);
			}
			const made: Variable = {
				id: uuid(),
				...order,
				supportsDoubleResolution: order.supportsDoubleResolution ?? false,
			};
			variables.push(made);
			return answer(made, 201);
		},
		updateProjectVariable: (request) => {
			const variable = variableOf(request);
			const order = bodyOf<Partial<Variable> & { type: string }>(request);
			checkValue(order.type, order.value);
			return answer(Object.assign(variable, order));
		},
		deleteProjectVariable: (request) => {
			const { variables } = projectOf(request);
			variables.splice(variables.indexOf(variableOf(request)), 1);
			return answer(undefined, 204);
		},

		listConnections: (request) => {
			const { platformConnectionType, authProvider, connectionNames } = request.query as Record<
				string,
				string[] | undefined
			>;
			const passes = (filter: string[] | undefined, value: string) =>
				!filter || filter.includes(value);
			return answer(
				paged(
					request,
					projectOf(request)
						.connections.filter(
							(connection) =>
								passes(platformConnectionType, connection.platformConnectionType) &&
								passes(authProvider, connection.authProvider) &&
								passes(connectionNames, connection.name),
						)
						.map(describeConnection),
				),
			);
		},
		createConnection: (request) => {
			const project = projectOf(request);
			const order =
				bodyOf<
					Pick<
						Connection,
						'name' | 'platformConnectionType' | 'authProvider' | 'authType' | 'connectionDetails'
					>
				>(request);
			if (project.connections.some(({ name }) => name === order.name)) {
				refuse(400, `A connection with the name ${order.name} exists already`);
			}
			const made: Connection = {
				id: uuid(),
				...order,
				createdBy: uuid(),
				createdDate: iso(clock()),
				projectId: project.id,
				overrides: new Map(),
			};
			project.connections.push(made);
			return answer(describeConnection(made), 201);
		},
		updateConnection: (request) => {
			const connection = connectionOf(projectOf(request), request.query.connectionName);
			const order = bodyOf<Partial<Connection>>(request);
			// A full replacement: what is left out is cleared
			Object.assign(connection, { connectionDetails: {}, ...order });
			return answer(describeConnection(connection));
		},
		deleteConnection: (request) => {
			const { connections } = projectOf(request);
			const found = connectionOf(projectOf(request), request.query.connectionName);
			connections.splice(connections.indexOf(found), 1);
			return answer(undefined, 204);
		},
		listConnectionOverrides: (request) => {
			const project = projectOf(request);
			const { name } = environmentOf(project, request.query.environmentName);
			return answer(
				paged(
					request,
					project.connections
						.filter(({ overrides }) => overrides.has(name))
						.map((connection) => describeOverride(connection, name)),
				),
			);
		},
		createConnectionOverride: (request) => changeOverride(request, 'create'),
		updateConnectionOverride: (request) => changeOverride(request, 'update'),
		deleteConnectionOverrides: (request) => {
			const project = projectOf(request);
			const { name } = environmentOf(project, request.query.environmentName);
			const names = request.query.connectionNames as string[];
			const found = names.map((given) => connectionOf(project, given));
			found.forEach(({ overrides }) => overrides.delete(name));
			return answer(undefined, 204);
		},
	};

	function changeOverride(request: Request, verb: 'create' | 'update'): Answer {
		const project = projectOf(request);
		const { environmentName, connectionName, ...order } = bodyOf<{
			environmentName: string;
			connectionName: string;
			authType?: string;
			connectionOverrides: Record<string, unknown>;
		}>(request);
		const connection = connectionOf(project, connectionName);
		const { name } = environmentOf(project, environmentName);
		const isThere = connection.overrides.has(name);
		if (verb === 'create' && isThere) {
			refuse(409, `Connection ${connectionName} has an override for ${name} already`);
		}
		if (verb === 'update' && !isThere) {
			refuse(404, `Connection ${connectionName} has no override for ${name}`);
		}
		connection.overrides.set(name, order);
		return answer(describeOverride(connection, name), verb === 'create' ? 201 : 200);
	}

	expose(account);
	return {
		credential: {
			region: 'custom',
			baseUrl: `${context.url}/dpc`,
			identityUrl: context.url,
			clientId: SUPER_ADMIN.clientId,
			clientSecret: SUPER_ADMIN.clientSecret,
		},
		authenticate: (call) => {
			if (call.operationId === 'requestAccessToken') return undefined;
			const token = bearerToken(call.headers.authorization);
			const found = token === undefined ? undefined : tokens.find(token);
			if (!found) return refuse(401, 'A bearer token is required');
			if (found.state === 'valid') {
				const isFurther = Number(call.query.page ?? 0) > 0 || 'paginationToken' in call.query;
				if (isFurther) options.betweenPages?.(account);
				return found.session;
			}
			return refuse(401, found.state === 'unknown' ? 'Invalid token' : 'The token has expired');
		},
		handlers,
	};
}

function refuseRequest(
	violations: [Violation, ...Violation[]],
	operationId: string | undefined,
): Answer {
	const [{ kind }] = violations;
	if (kind === 'unknown-path') return problem(404, 'There is nothing at this path');
	if (kind === 'unknown-method') return problem(405, 'The method is not supported here');
	const sentences = violations.map(
		({ in: place, name, message }) => `${name === '' ? place : name} ${message}`,
	);
	if (operationId === 'requestAccessToken') {
		return oauthRefusal(400, 'invalid_request', sentences.join('; '));
	}
	if (kind === 'content-type') return problem(415, 'The content type is not supported', sentences);
	return problem(400, 'The request is not valid', sentences);
}

/**
 * Starts an account with 30 projects, of which the first has 253 published pipelines and most of the 230 runs of the past.
 * The credential is that of a Super Admin; {@link ADMIN} and {@link MEMBER} see no project.
 * @throws when the port is taken.
 */
export async function createMaiaSimulator(options: MaiaOptions = {}): Promise<MaiaSimulator> {
	let account: MaiaAccount | undefined;
	const simulator = await createSimulator<Session>(
		{
			specification,
			tokenOperations: ['requestAccessToken'],
			refuse: (violations, call) => refuseRequest(violations, call.operationId),
			problem: (status, message) => problem(status, message),
			tooManyRequests: (retryAfterSeconds) => {
				const { status, body, headers } = problem(429, 'Too many requests in a minute');
				return {
					status,
					body,
					headers: { ...headers, 'retry-after': String(retryAfterSeconds) },
				};
			},
			start: (context) =>
				start(context, options, (started) => {
					account = started;
				}),
		},
		options,
	);
	// Another one after each reset
	return Object.defineProperty(simulator, 'account', { get: () => account }) as MaiaSimulator;
}
