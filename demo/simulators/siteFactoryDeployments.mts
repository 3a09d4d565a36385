/**
 * Deployments of the simulated Site Factory: staging, updates of the code, cron jobs.
 *
 * An update takes as long as any task. One that is terminated while it runs has updated every second site. Sites whose names start with `fail` end in an error, those with `warn` in a
 * warning; the update itself completes all the same, as on a real factory.
 */
import type { Factory, Site, Task, User } from './siteFactoryParts.mts';
import { badRequest, bodyOf, notFound, refuse } from './siteFactoryParts.mts';
import type { Handler } from './support.mts';
import { answer } from './support.mts';

const ENVIRONMENTS: Record<string, string> = { dev: 'dev', test: 'test' };
const UPDATE = { name: 'Update', group: 'Update', class: 'Acquia\\SfUpdate\\UpdateDirector' };

interface CronJob {
	nid: number;
	name: string;
	command: string;
	interval: string;
	sites_affected: string;
	enabled: number;
	thread_percentage: number;
	stacks: number[];
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

/** The answers of the operations on staging, updates and cron jobs. */
export function deploymentHandlers(factory: Factory): Record<string, Handler<User>> {
	const { clock, now, startTask, statusOf } = factory;
	const updates: Array<{ task: Task; stackId: number }> = [];
	const cronJobs: CronJob[] = Array.from({ length: 25 }, (_, index) => ({
		nid: 1016 + 5 * index,
		name: index === 0 ? 'Hourly cron' : `Job ${index + 1}`,
		command: 'cron',
		interval: '0 * * * *',
		sites_affected: 'all',
		enabled: 1,
		thread_percentage: 60,
		stacks: [1],
	}));
	let cronJobId = 1016 + 5 * cronJobs.length;

	const updateOf = (id: unknown) =>
		(id === 'last' ? updates.at(-1) : updates.find(({ task }) => task.id === id)) ??
		notFound('Update');
	const cronJobOf = (id: unknown): CronJob =>
		cronJobs.find(({ nid }) => nid === id) ?? notFound('Cron job');
	const checkCronJob = (job: Omit<CronJob, 'nid'>) => {
		if (job.interval.trim().split(/\s+/).length !== 5) {
			badRequest('interval is not a valid cron expression');
		}
		for (const stack of job.stacks) factory.checkStack(stack);
	};
	/** How the command is called when it is read; whether a job is enabled cannot be read. */
	const describeCronJob = (job: CronJob) => ({
		nid: job.nid,
		name: job.name,
		stacks: job.stacks,
		sites_affected: job.sites_affected,
		interval: job.interval,
		drush_command: job.command,
		thread_percentage: job.thread_percentage,
	});
	/** The site whose name decides how a task over several sites ends. */
	const decisive = (sites: Site[]): Pick<Site, 'id' | 'name'> => ({
		id: 0,
		name: sites.find(({ name }) => /^(fail|killed|warn)/.test(name))?.name ?? '',
	});

	const progressOf = ({ task, stackId }: { task: Task; stackId: number }) => {
		const sites = factory.sites.filter((site) => site.stackId === stackId);
		const status = statusOf(task);
		const ended = status >= 16;
		const begun = !ended && status >= 4;
		const share = ended ? (task.termination ? (task.termination.status >= 4 ? 50 : 0) : 100) : 0;
		const reached = sites.slice(0, Math.floor((sites.length * share) / 100));
		const count = (start: string) => reached.filter(({ name }) => name.startsWith(start)).length;
		const error = count('fail');
		const warning = count('warn');
		const completed = reached.length - error - warning;
		return {
			statuses: {
				'not-started': begun ? 0 : sites.length - reached.length,
				'in-progress': begun ? sites.length : 0,
				completed: String(completed),
				warning,
				error,
			},
			message: !ended
				? 'Update in progress'
				: task.termination
					? 'Update terminated'
					: 'Update complete',
			percentage: begun ? 50 : share,
			start_time: seconds(task.startsAt),
			end_time: ended ? seconds(task.termination?.endsAt ?? task.job.endsAt()) : 0,
			id: task.id,
			docroot_pairs: [
				{
					environment: {
						site: factory.stacks.find(({ id }) => id === stackId)?.name,
						env: 'prod',
						tangle: `tangle00${stackId}`,
						type: 'live_env',
					},
					total: sites.length,
					error_percentage: ended ? Math.round((100 * error) / Math.max(1, sites.length)) : 0,
					completed_percentage: share,
				},
			],
		};
	};

	return {
		get_StageV2_stagingEnvironments: () => answer({ environments: ENVIRONMENTS }),
		post_StageV2_stage: (request) => {
			const body = bodyOf<{ to_env: string; sites?: number[]; wipe_stacks?: number[] }>(request);
			if (!Object.hasOwn(ENVIRONMENTS, body.to_env)) badRequest('to_env does not exist');
			const sites = (body.sites ?? []).map((id) => factory.siteOf(id));
			for (const stack of body.wipe_stacks ?? []) factory.checkStack(stack);
			const id = startTask(request, decisive(sites), {
				name: `Stage to ${body.to_env}`,
				group: 'Stage',
				class: 'Acquia\\SfStage\\Stage',
			});
			return answer({
				message: `Staging deployment has been initiated - WIP${id}.`,
				task_id: id,
			});
		},

		post_Update_update: (request) => {
			const body = bodyOf<{
				scope?: string;
				sites_ref?: string;
				stack_id?: number;
				start_time?: string;
				db_update_arguments?: string;
			}>(request);
			if ((body.scope ?? 'sites') !== 'sites') refuse(403, 'Forbidden: the scope is restricted');
			const ref = body.sites_ref ?? badRequest('sites_ref is missing');
			if (!factory.refs.includes(ref)) badRequest('sites_ref does not exist');
			if (!/^[A-Za-z0-9 ]*$/.test(body.db_update_arguments ?? '')) {
				badRequest('db_update_arguments may only contain letters, numbers and blanks');
			}
			const stackId = factory.checkStack(body.stack_id);
			const startsAt =
				factory.readTime(body.start_time ?? 'now') ?? badRequest('start_time is not a date');
			const id = startTask(
				request,
				{ id: 0, name: '' },
				UPDATE,
				() => factory.deployed.set(stackId, ref),
				Math.max(0, startsAt - clock()),
			);
			updates.push({ task: factory.taskOf(id), stackId });
			return answer({ message: 'Update initiated.', task_id: id });
		},
		get_Update_updateList: () =>
			answer(
				updates.length === 0
					? []
					: Object.fromEntries(
							updates.map(({ task }) => [
								String(task.id),
								{ added: String(seconds(task.addedAt)), status: String(statusOf(task)) },
							]),
						),
			),
		get_Update_status: (request) => answer(progressOf(updateOf(request.params.update_id))),
		post_Update_pauseUpdate: (request) => {
			const { pause } = bodyOf<{ pause: boolean }>(request);
			const running = updates.filter(({ task }) => statusOf(task) < 16);
			if (running.length === 0) notFound('Update');
			for (const { task } of running) factory.pause(task, pause);
			return answer({
				message: `Site update processing has been ${pause ? 'paused' : 'resumed'}.`,
			});
		},
		post_Update_changeUpdaterStartTime: (request) => {
			const body = bodyOf<{ updater_id: number; new_update_time: string }>(request);
			const { task } = updateOf(body.updater_id);
			const startsAt =
				factory.readTime(body.new_update_time) ?? badRequest('new_update_time is not a date');
			if (clock() >= task.startsAt || task.termination) {
				return answer({ success: 0, message: 'The updater has already started.' });
			}
			factory.postpone(task, Math.max(clock(), startsAt));
			return answer({ success: 1, message: 'The updater start time has been changed.' });
		},
		delete_Update_terminateUpdater: (request) => {
			const { task } = updateOf(request.params.update_id);
			factory.terminate(task);
			return answer({ message: `Initiated termination of task ${task.id}.` });
		},

		get_CronJobs_getCronJobs: (request) =>
			answer({
				time: now(),
				count: cronJobs.length,
				cronjobs: factory.page(request, cronJobs).map(describeCronJob),
			}),
		get_CronJobs_getCronJob: (request) => answer(describeCronJob(cronJobOf(request.params.job_id))),
		post_CronJobs_createCronJob: (request) => {
			const body = bodyOf<Omit<CronJob, 'nid'>>(request);
			checkCronJob(body);
			const job = { nid: cronJobId, ...body };
			cronJobId += 5;
			cronJobs.push(job);
			return answer({ time: now(), nid: job.nid, message: 'The cron job has been created' });
		},
		put_CronJobs_editCronJob: (request) => {
			const job = cronJobOf(request.params.job_id);
			const body = bodyOf<Omit<CronJob, 'nid'>>(request);
			checkCronJob(body);
			Object.assign(job, body);
			return answer({ time: now(), message: 'The cron job has been saved' });
		},
		delete_CronJobs_deleteCronJob: (request) => {
			cronJobs.splice(cronJobs.indexOf(cronJobOf(request.params.job_id)), 1);
			return answer({ time: now(), message: 'The cron job has been deleted' });
		},
	};
}
