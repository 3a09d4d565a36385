/**
 * Artifacts and shared pipelines of the Maia simulator. Shared pipelines are for Admins and Super Admins; in an upload for them each
 * orchestration pipeline is shared under its own name. A version whose name starts with `flaky` is published and answered with 500 all the
 * same, as one public script has met it; `broken` is answered with 500 and not published.
 */
import type { UploadedFile } from './support.mts';
import { answer } from './support.mts';
import type { Artifact, Environment, Ground, Handlers, Request } from './maiaGround.mts';
import { bodyOf, iso, paged, problem, refuse, without } from './maiaGround.mts';

const HOUR = 3_600_000;
const COMMIT = '7e3a9c4b2f1d8e6c0a5f9d2b4c7e1a3f4b6c8d0e';

/** The versions that an environment has from the start; the oldest is disabled. */
export function seedArtifacts(born: number): Artifact[] {
	return ['1.4.0', '1.3.0', '1.2.0'].map((versionName, index) => ({
		versionName,
		branch: 'main',
		commitHash: COMMIT,
		createdAt: iso(born + index * HOUR),
		deployedAt: iso(born + index * HOUR + 300_000),
		enabled: index < 2,
		provider: 'github',
		assets: ['finance/daily-load.orch.yaml', 'finance/weekly close.orch.yaml'],
	}));
}

const SUPPORTED = /\.(orch|tran)\.yaml$|\.(yaml|yml|sql|py|json)$/i;
/** A part is an archive when its first bytes say so: zip or gzip. */
const isArchive = ({ content }: UploadedFile) =>
	content.subarray(0, 2).toString('latin1') === 'PK' ||
	(content[0] === 0x1f && content[1] === 0x8b);

/** Parts of an upload by path, judged: files only, no archives, text. */
export function readParts(request: Request): {
	assets: string[];
	ignoredResources: Array<{ name: string; reason: string }>;
} {
	const parts = Object.entries(bodyOf<Record<string, unknown>>(request));
	if (parts.length === 0) refuse(400, 'The artifact is not valid', ['at least one file is needed']);
	for (const [name, part] of parts) {
		if (typeof part !== 'object' || part === null || Array.isArray(part)) {
			refuse(400, 'The artifact is not valid', [`${name} must be one file`]);
		}
		if (isArchive(part as UploadedFile)) {
			refuse(400, 'The artifact is not valid', [`${name} is an archive`]);
		}
		if ((part as UploadedFile).content.includes(0)) {
			refuse(400, 'The artifact is not valid', [`${name} is not text`]);
		}
	}
	const names = parts.map(([name]) => name);
	return {
		assets: names.filter((name) => SUPPORTED.test(name)),
		ignoredResources: names
			.filter((name) => !SUPPORTED.test(name))
			.map((name) => ({ name, reason: 'Unsupported resource type' })),
	};
}

/** Makes the pipelines of an artifact runnable. */
function publish(where: Environment, artifact: Artifact, now: number): void {
	where.artifacts.unshift(artifact);
	for (const asset of artifact.assets.filter((path) => path.endsWith('.orch.yaml'))) {
		const name = asset.slice(0, -'.orch.yaml'.length);
		where.pipelines = where.pipelines.filter((pipeline) => pipeline.name !== name);
		where.pipelines.push({ name, publishedTime: iso(now) });
	}
}

const describe = (artifact: Artifact) => without(artifact, 'assets');

export function artifactHandlers({ clock, projectOf, environmentOf }: Ground): Handlers {
	const artifactOf = (where: Environment, versionName: unknown): Artifact =>
		where.artifacts.find((artifact) => artifact.versionName === versionName) ??
		refuse(404, `Version ${String(versionName)} was not found in ${where.name}`);
	return {
		listArtifacts: (request) => {
			const { artifacts } = environmentOf(projectOf(request), request.query.environmentName);
			const enabledOnly = request.query.enabledOnly ?? true;
			return answer(
				paged(request, artifacts.filter(({ enabled }) => enabled || !enabledOnly).map(describe)),
			);
		},
		getArtifactDetails: (request) => {
			const where = environmentOf(projectOf(request), request.query.environmentName);
			const { versionName } = request.query;
			const artifact =
				versionName === undefined
					? (where.artifacts.find(({ enabled }) => enabled) ??
						refuse(404, `Nothing was published to ${where.name}`))
					: artifactOf(where, versionName);
			return answer({ assets: artifact.assets, details: describe(artifact) });
		},
		createArtifact: (request) => {
			const project = projectOf(request);
			const { versionname = '', environmentname, commithash, branch } = request.headers;
			const where = environmentOf(project, environmentname);
			const { assets, ignoredResources } = readParts(request);
			if (
				project.environments.some(({ artifacts }) =>
					artifacts.some((artifact) => artifact.versionName === versionname),
				)
			) {
				refuse(400, `Version ${versionname} exists already`);
			}
			if (versionname.startsWith('broken')) return problem(500, 'The artifact was not stored');
			const now = iso(clock());
			publish(
				where,
				{
					versionName: versionname,
					branch: branch ?? '',
					commitHash: commithash ?? '',
					createdAt: now,
					deployedAt: now,
					enabled: true,
					provider: 'api',
					assets,
				},
				clock(),
			);
			if (versionname.startsWith('flaky')) return problem(500, 'Something went wrong');
			return answer({ versionName: versionname, ignoredResources }, 201);
		},
		promoteArtifact: (request) => {
			const project = projectOf(request);
			const order = bodyOf<Record<string, string>>(request);
			const { versionName = '' } = order;
			const artifact = artifactOf(environmentOf(project, order.sourceEnvironmentName), versionName);
			const target = environmentOf(project, order.targetEnvironmentName);
			if (target.artifacts.some((other) => other.versionName === versionName)) {
				refuse(400, `Version ${versionName} is in ${target.name} already`);
			}
			publish(target, { ...artifact, enabled: true, deployedAt: iso(clock()) }, clock());
			return answer({ environmentName: target.name, versionName });
		},
	};
}

/** A version of a group of shared pipelines. */
interface SharedVersion {
	sharedPipelineIdPrefix: string;
	versionName: string;
	branch: string | null;
	commitHash: string | null;
	createdAt: string;
	enabled: boolean;
	provider: string;
	pipelines: Array<{
		sharedPipelineId: string;
		description: string | null;
		sourcePipeline: string;
	}>;
}

export function sharedPipelineHandlers({ clock, demand, born }: Ground): Handlers {
	const seed = (group: string, versionName: string, names: string[]): SharedVersion => ({
		sharedPipelineIdPrefix: group,
		versionName,
		branch: 'main',
		commitHash: COMMIT,
		createdAt: iso(born),
		enabled: true,
		provider: 'matillion',
		pipelines: names.map((name) => ({
			sharedPipelineId: name,
			description: null,
			sourcePipeline: `pipelines/${name}`,
		})),
	});
	const versions = [
		seed('etl-core', '2.1.0', ['load-customers', 'load-orders']),
		seed('etl-core', '2.0.0', ['load-customers']),
		seed('reports', '1.0.0', ['monthly']),
	];
	const groupOf = (name: unknown): SharedVersion[] => {
		const own = versions.filter(({ sharedPipelineIdPrefix }) => sharedPipelineIdPrefix === name);
		return own.length > 0 ? own : refuse(404, `Group ${String(name)} was not found`);
	};
	const mayManage = (request: Request) =>
		demand(request, ['SUPER_ADMIN', 'ADMIN'], 'manage shared pipelines');
	const describeVersion = (version: SharedVersion) => without(version, 'pipelines');

	return {
		listSharedPipelines: (request) => {
			mayManage(request);
			const newest = new Map<string, SharedVersion>();
			for (const version of [...versions].reverse()) {
				newest.set(version.sharedPipelineIdPrefix, version);
			}
			const all = [...newest.values()].flatMap(({ sharedPipelineIdPrefix, pipelines }) =>
				pipelines.map(({ sharedPipelineId }) => ({ sharedPipelineIdPrefix, sharedPipelineId })),
			);
			return answer(paged(request, all));
		},
		listSharedPipelineArtifacts: (request) => {
			mayManage(request);
			const { sharedPipelineIdPrefix: group } = request.query;
			const found = versions.filter(
				(version) => group === undefined || version.sharedPipelineIdPrefix === group,
			);
			return answer(paged(request, found.map(describeVersion)));
		},
		getSharedPipelineArtifactDetails: (request) => {
			mayManage(request);
			const own = groupOf(request.query.sharedPipelineIdPrefix);
			const { versionName = own[0]?.versionName } = request.query;
			const version =
				own.find((candidate) => candidate.versionName === versionName) ??
				refuse(404, `Version ${String(versionName)} was not found`);
			return answer({
				artifactDetails: describeVersion(version),
				sharedPipelines: version.pipelines,
			});
		},
		updateSharedPipelineArtifact: (request) => {
			mayManage(request);
			// Already judged: two texts and a boolean
			const { sharedPipelineIdPrefix, versionName, enabled } = request.body as SharedVersion;
			const version =
				groupOf(sharedPipelineIdPrefix).find((own) => own.versionName === versionName) ??
				refuse(404, `Version ${versionName} was not found`);
			version.enabled = enabled;
			return answer(describeVersion(version));
		},
		publishSharedPipelineArtifact: (request) => {
			mayManage(request);
			const { versionname = '', sharedpipelineidprefix = '', branch, commithash } = request.headers;
			const { assets, ignoredResources } = readParts(request);
			const isThere = versions.some(
				({ sharedPipelineIdPrefix, versionName }) =>
					sharedPipelineIdPrefix === sharedpipelineidprefix && versionName === versionname,
			);
			if (isThere) refuse(400, `Version ${versionname} exists already`);
			const shared = assets.filter((asset) => asset.endsWith('.orch.yaml'));
			versions.unshift({
				...seed(sharedpipelineidprefix, versionname, []),
				branch: branch ?? null,
				commitHash: commithash ?? null,
				createdAt: iso(clock()),
				pipelines: shared.map((asset) => ({
					sharedPipelineId: (asset.split('/').pop() ?? '').slice(0, -'.orch.yaml'.length),
					description: null,
					sourcePipeline: asset.slice(0, -'.orch.yaml'.length),
				})),
			});
			return answer({ versionName: versionname, ignoredResources }, 201);
		},
	};
}
