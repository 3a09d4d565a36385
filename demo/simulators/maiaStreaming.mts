/**
 * Streaming pipelines of the Maia simulator. A start takes the time of a job: STARTING, then SNAPSHOTTING, then STREAMING; so
 * does a stop. A pipeline whose name starts with `unknown` shows UNKNOWN. Only one that does not run can be deleted.
 */
import type { Job } from './support.mts';
import { answer } from './support.mts';
import type { Ground, Handlers, Request } from './maiaGround.mts';
import { bodyOf, paged, refuse, without } from './maiaGround.mts';

interface Definition {
	name: string;
	agentId: string;
	streamingSource: { type: string; connection: Record<string, unknown>; tables: unknown[] };
	streamingTarget: Record<string, unknown>;
	advancedProperties?: Record<string, unknown>;
}
interface Streaming extends Definition {
	streamingPipelineId: string;
	projectId: string;
	/** The last command and how long it takes. */
	command?: { word: string; job: Job };
}

export function streamingHandlers({ jobs, uuid, projectOf }: Ground): Handlers {
	const pipelines: Streaming[] = [];
	/** A project has one from the start; they are made when it is first looked at. */
	const seeded = new Set<string>();
	const ownOf = (request: Request): Streaming[] => {
		const { id } = projectOf(request);
		if (!seeded.has(id)) {
			seeded.add(id);
			pipelines.push({
				streamingPipelineId: uuid(),
				projectId: id,
				name: 'orders-cdc',
				agentId: uuid(),
				streamingSource: {
					type: 'postgres',
					connection: {
						host: 'db.example.com',
						port: 5432,
						database: 'orders',
						username: 'cdc_user',
						password: { secretType: 'AWS_SECRETS_MANAGER', secretName: 'orders-login' },
					},
					tables: [{ schema: 'public', table: 'orders' }],
				},
				streamingTarget: { type: 's3', bucket: 'invented-bucket', prefix: 'orders' },
			});
		}
		return pipelines.filter(({ projectId }) => projectId === id);
	};
	const pipelineOf = (request: Request): Streaming =>
		ownOf(request).find(
			({ streamingPipelineId }) => streamingPipelineId === request.params.streamingPipelineId,
		) ??
		refuse(404, `Streaming pipeline ${String(request.params.streamingPipelineId)} was not found`);
	const statusOf = ({ name, command }: Streaming): string => {
		if (name.startsWith('unknown')) return 'UNKNOWN';
		if (!command) return 'NOT_RUNNING';
		const phase = command.job.phase();
		if (command.word === 'STOP') return phase === 'done' ? 'NOT_RUNNING' : 'STOPPING';
		if (phase === 'done') return 'STREAMING';
		return phase === 'waiting' ? 'STARTING' : 'SNAPSHOTTING';
	};
	const describe = (pipeline: Streaming) => without(pipeline, 'command');
	const check = ({ streamingSource: { type, connection } }: Definition) => {
		const needsDatabase = ['postgres', 'sqlserver', 'oracle'].includes(type);
		if (needsDatabase && !connection.database) {
			refuse(400, 'The streaming pipeline is not valid', [`database is needed for ${type}`]);
		}
	};

	return {
		listStreamingPipelines: (request) => answer(paged(request, ownOf(request).map(describe))),
		getStreamingPipeline: (request) => answer(describe(pipelineOf(request))),
		getStreamingPipelineStatus: (request) => answer({ status: statusOf(pipelineOf(request)) }),
		createStreamingPipeline: (request) => {
			const own = ownOf(request);
			const order = bodyOf<Definition>(request);
			check(order);
			if (own.some(({ name }) => name === order.name)) {
				refuse(400, `A streaming pipeline with the name ${order.name} exists already`);
			}
			const made = { ...order, streamingPipelineId: uuid(), projectId: projectOf(request).id };
			pipelines.push(made);
			return answer(made, 201);
		},
		replaceStreamingPipeline: (request) => {
			const pipeline = pipelineOf(request);
			const order = bodyOf<Definition>(request);
			check(order);
			// A full replacement: what is left out is cleared
			delete pipeline.advancedProperties;
			return answer(describe(Object.assign(pipeline, order)));
		},
		sendStreamingPipelineCommand: (request) => {
			const pipeline = pipelineOf(request);
			const { command } = bodyOf<{ command: string }>(request);
			const runs = ['STARTING', 'SNAPSHOTTING', 'STREAMING'].includes(statusOf(pipeline));
			if (runs === (command === 'START')) {
				refuse(400, `Streaming pipeline ${pipeline.name} is ${statusOf(pipeline)}`);
			}
			pipeline.command = { word: command, job: jobs.start() };
			return answer();
		},
		deleteStreamingPipeline: (request) => {
			const pipeline = pipelineOf(request);
			if (statusOf(pipeline) !== 'NOT_RUNNING') {
				refuse(400, `Streaming pipeline ${pipeline.name} is ${statusOf(pipeline)}`);
			}
			pipelines.splice(pipelines.indexOf(pipeline), 1);
			return answer(undefined, 204);
		},
	};
}
