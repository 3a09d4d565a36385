/**
 * Runners of the Maia simulator. Admins and Super Admins manage them. A runner that was just created is pending; one that
 * is restarted stops for the time of a job. Combinations that the notes name are refused.
 */
import type { Job } from './support.mts';
import { answer } from './support.mts';
import type { Ground, Handlers, Request, Role } from './maiaGround.mts';
import { bodyOf, iso, paged, refuse, without } from './maiaGround.mts';

/** A runner with what the account knows of it. */
export interface Runner {
	agentId: string;
	name: string;
	description: string;
	agentType: string;
	cloudProvider: string;
	deployment: string;
	status: string;
	enableAutoUpdates: boolean;
	restrictedAccess: boolean;
	trackName: string;
	pausedUntil?: string;
	restart?: Job;
	allowed: Record<string, { environments?: string[] }>;
	secretNumber: number;
}

const MANAGERS: Role[] = ['SUPER_ADMIN', 'ADMIN'];
const DEPLOYMENTS: Record<string, string[]> = {
	'data_productivity_cloud aws': ['fargate', 'eks'],
	'data_productivity_cloud azure': ['container app', 'aks', 'aci'],
	'data_productivity_cloud snowflake': ['native app'],
	'streaming aws': ['fargate', 'eks'],
	'streaming azure': ['aci', 'aks'],
	'streaming gcp': ['gke', 'gce'],
};

/** The runners of a new account. */
export function seedRunners(uuid: () => string): Runner[] {
	return ['prod-runner', 'dev-runner'].map((name) => ({
		agentId: uuid(),
		name,
		description: '',
		agentType: 'data_productivity_cloud',
		cloudProvider: 'aws',
		deployment: 'fargate',
		status: 'running',
		enableAutoUpdates: true,
		restrictedAccess: false,
		trackName: 'current',
		allowed: {},
		secretNumber: 1,
	}));
}

type Order = Partial<Runner>;

export function runnerHandlers(
	{ clock, jobs, uuid, demand, projectOf, environmentOf }: Ground,
	runners: Runner[],
): Handlers {
	const manage = (request: Request) => demand(request, MANAGERS, 'manage agents');
	const runnerOf = (request: Request): Runner => {
		manage(request);
		const { agentId } = request.params;
		return (
			runners.find((runner) => runner.agentId === agentId) ??
			refuse(404, `Agent ${String(agentId)} was not found`)
		);
	};
	const statusOf = ({ status, restart }: Runner) =>
		restart && restart.phase() !== 'done' ? 'pending' : status;
	const describe = (runner: Runner) => {
		const hidden = ['allowed', 'secretNumber', 'restart', 'status', 'trackName'] as const;
		const shown = without(runner, ...hidden);
		const { trackName, pausedUntil } = runner;
		return {
			...shown,
			agentStatus: statusOf(runner),
			connected: statusOf(runner) === 'running',
			pausedUntil: pausedUntil ?? null,
			versionDetails: { agentVersion: '10.1232.0', trackName, support: 'SUPPORTED' },
		};
	};
	const check = (order: Order) => {
		const violations: string[] = [];
		const { agentType, cloudProvider, deployment } = order;
		const fitting = DEPLOYMENTS[`${String(agentType)} ${String(cloudProvider)}`] ?? [];
		if (!fitting.includes(deployment ?? '')) {
			violations.push(`deployment does not fit ${String(agentType)} on ${String(cloudProvider)}`);
		}
		if (agentType === 'streaming' && order.enableAutoUpdates) {
			violations.push('enableAutoUpdates is not for streaming agents');
		}
		if (agentType === 'streaming' && order.restrictedAccess) {
			violations.push('restrictedAccess is not for streaming agents');
		}
		if (violations.length > 0) refuse(400, 'The agent is not valid', violations);
	};
	const checkAllowed = (request: Request): Runner['allowed'] => {
		const { projects } = bodyOf<{ projects: Runner['allowed'] }>(request);
		for (const [id, { environments = [] }] of Object.entries(projects)) {
			environments.forEach((name) => environmentOf(projectOf(request, id), name));
		}
		return structuredClone(projects);
	};
	const describeCredentials = ({ agentId, secretNumber }: Runner) => ({
		clientId: `client-of-${agentId}`,
		clientSecret: `invented-secret-${secretNumber}`,
	});

	return {
		listAgents: (request) => {
			manage(request);
			return answer(paged(request, runners.map(describe)));
		},
		getAgent: (request) => answer(describe(runnerOf(request))),
		createAgent: (request) => {
			manage(request);
			const order = bodyOf<Order & Pick<Runner, 'name'>>(request);
			check(order);
			if (runners.some(({ name }) => name === order.name)) {
				refuse(400, `An agent with the name ${order.name} exists already`);
			}
			const made: Runner = {
				description: '',
				agentType: '',
				cloudProvider: '',
				deployment: '',
				enableAutoUpdates: false,
				restrictedAccess: false,
				trackName: 'current',
				...order,
				agentId: uuid(),
				status: 'pending',
				allowed: {},
				secretNumber: 1,
			};
			runners.push(made);
			return answer(describe(made), 201);
		},
		updateAgent: (request) => {
			const runner = runnerOf(request);
			const { trackName, ...order } = bodyOf<Order>(request);
			if (trackName !== undefined && runner.cloudProvider === 'snowflake') {
				refuse(400, 'The agent is not valid', ['trackName is not for Snowflake agents']);
			}
			const next = { ...runner, ...order };
			check(next);
			Object.assign(runner, order, trackName && { trackName: trackName.toLowerCase() });
			return answer(undefined, 202);
		},
		deleteAgent: (request) => {
			const runner = runnerOf(request);
			if (!['stopped', 'pending', 'unknown'].includes(statusOf(runner))) {
				refuse(400, `Agent ${runner.name} is ${statusOf(runner)}`);
			}
			runners.splice(runners.indexOf(runner), 1);
			return answer(undefined, 202);
		},
		sendAgentCommand: (request) => {
			const runner = runnerOf(request);
			const { command } = bodyOf<{ command: string }>(request);
			if (command === 'RESTART') runner.restart = jobs.start();
			if (command === 'PAUSE') runner.pausedUntil = iso(clock() + 3_600_000);
			if (command === 'RESUME') delete runner.pausedUntil;
			return answer(undefined, 202);
		},
		// The sample of the reference nests the map once more
		getAgentAllowlist: (request) =>
			answer({ projects: { projects: runnerOf(request).allowed } as Record<string, unknown> }),
		setAgentAllowlist: (request) => {
			runnerOf(request).allowed = checkAllowed(request);
			return answer();
		},
		addAgentAllowlistEntries: (request) => {
			const runner = runnerOf(request);
			const entries = Object.entries(checkAllowed(request));
			if (entries.length === 0) refuse(400, 'The request is not valid', ['projects is empty']);
			for (const [id, { environments }] of entries) {
				const before = runner.allowed[id]?.environments ?? [];
				runner.allowed[id] = environments
					? { environments: [...new Set([...before, ...environments])] }
					: {};
			}
			return answer();
		},
		removeAgentAllowlistEntry: (request) => {
			const { allowed } = runnerOf(request);
			const { projectId, environmentName } = request.query as Record<string, string>;
			const entry = allowed[projectId ?? ''];
			if (!entry) return refuse(404, `Project ${String(projectId)} is not on the allow list`);
			const rest = entry.environments?.filter((name) => name !== environmentName) ?? [];
			if (environmentName === undefined || rest.length === 0) delete allowed[projectId ?? ''];
			else entry.environments = rest;
			return answer(undefined, 204);
		},
		getAgentCredentials: (request) => answer(describeCredentials(runnerOf(request))),
		refreshAgentCredentials: (request) => {
			const runner = runnerOf(request);
			runner.secretNumber += 1;
			return answer(describeCredentials(runner));
		},
	};
}
