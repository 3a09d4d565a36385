/** The nodes and credentials of the package as they stand in the sources: found by looking, so that new ones are judged as well. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ICredentialType, INodeType } from 'n8n-workflow';

import type { Specification } from '../../demo/simulators/support.mts';
import type { TriggerEvent } from '../../nodes/shared/events';
import { isObject } from '../../nodes/shared/json';
import type { Provider } from '../../nodes/shared/operation';
import type { Catalog } from '../../nodes/shared/properties';
import { compile } from '../../nodes/shared/properties';
import type { Codex } from './rules.mts';

/** The project's folder. */
export const root = path.join(__dirname, '..', '..');

/** Reads a JSON file of the project. */
export function readJson(file: string): unknown {
	return JSON.parse(readFileSync(path.join(root, file), 'utf8')) as unknown;
}

/** What the tests need of package.json. */
export interface PackageFile {
	name: string;
	version: string;
	n8n: { nodes: string[]; credentials: string[] };
}

export const packageFile = readJson('package.json') as PackageFile;

/** A module of the sources and what it exports. */
export interface Source {
	/** Path from the project's root. */
	file: string;
	exported: Record<string, unknown>;
}

function load(file: string): Source {
	return { file, exported: jest.requireActual<Record<string, unknown>>(path.join(root, file)) };
}

/** Folders of services; one whose node is still to come has its icons only. */
export const foldersOfNodes = readdirSync(path.join(root, 'nodes'), { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);

/** Files in a folder of the project whose names end so. */
function filesIn(folder: string, end: string): string[] {
	return readdirSync(path.join(root, folder))
		.filter((name) => name.endsWith(end))
		.map((name) => `${folder}/${name}`);
}

const makeAll = <T,>({ exported }: Source): T[] =>
	Object.values(exported).flatMap((Class) =>
		typeof Class === 'function' ? [new (Class as new () => T)()] : [],
	);

/** All node modules, triggers among them, with an instance of each class. */
export const nodeSources = foldersOfNodes
	.flatMap((folder) => filesIn(`nodes/${folder}`, '.node.ts'))
	.map(load)
	.map((source) => ({ ...source, made: makeAll<INodeType>(source) }));

/** All credential modules, with an instance of each class. */
export const credentialSources = filesIn('credentials', '.credentials.ts')
	.map(load)
	.map((source) => ({ ...source, made: makeAll<ICredentialType>(source) }));

const isProvider = (value: unknown): value is Provider =>
	isObject(value) && Array.isArray(value.resources) && typeof value.baseUrl === 'function';

/** A service's trigger with everything that its rules look at. */
export interface DescribedTrigger {
	folder: string;
	provider: Provider;
	events: TriggerEvent[];
	node: INodeType | undefined;
	codex: Codex | undefined;
}

/** A service with everything that its rules look at. */
export interface Described {
	folder: string;
	catalog: Catalog;
	specification: Specification;
	node: INodeType | undefined;
	codex: Codex | undefined;
}

/** The services that nodes/<folder>/provider.ts describe. */
export const described: Described[] = foldersOfNodes
	.filter((folder) => existsSync(path.join(root, 'nodes', folder, 'provider.ts')))
	.flatMap((folder) =>
		Object.values(load(`nodes/${folder}/provider.ts`).exported)
			.filter(isProvider)
			.map((provider) => {
				const codex = `nodes/${folder}/${folder}.node.json`;
				return {
					folder,
					catalog: compile(provider),
					specification: readJson(`test/specs/${provider.api}.json`) as Specification,
					node: nodeSources
						.flatMap(({ made }) => made)
						.find(({ description }) => description.name === provider.name),
					codex: existsSync(path.join(root, codex)) ? (readJson(codex) as Codex) : undefined,
				};
			}),
	);

const isEvents = (value: unknown): value is TriggerEvent[] =>
	Array.isArray(value) && value.every((one) => isObject(one) && isObject(one.source));

/** The triggers that nodes/<folder>/events.ts describe. */
export const describedTriggers: DescribedTrigger[] = described
	.filter(({ folder }) => existsSync(path.join(root, 'nodes', folder, 'events.ts')))
	.flatMap(({ folder, catalog: { provider } }) => {
		const codex = `nodes/${folder}/${folder}Trigger.node.json`;
		return Object.values(load(`nodes/${folder}/events.ts`).exported)
			.filter(isEvents)
			.map((events) => ({
				folder,
				provider,
				events,
				node: nodeSources
					.flatMap(({ made }) => made)
					.find(({ description }) => description.name === `${provider.name}Trigger`),
				codex: existsSync(path.join(root, codex)) ? (readJson(codex) as Codex) : undefined,
			}));
	});
