/**
 * Loads a package the way n8n does, in a process of its own, and prints what that took as JSON on one line.
 *
 *   node --expose-gc bench/load.mts <folder of n8n> <folder of the unpacked package> load|editor
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { INodeParameters, INodeProperties, INodeTypeDescription } from 'n8n-workflow';

/** What loading took. */
export interface Loaded {
	/** With n8n's own loader: nodes, credentials, search terms, icons. */
	milliseconds: number;
	/** Bytes of the heap that stay taken after a garbage collection. */
	heap: number;
}

/** What a node type costs the editor. */
export interface NodeCost {
	node: string;
	/** None in a trigger. */
	operations: number;
	properties: number;
	/** Of the description as JSON, which is what the editor downloads. */
	bytes: number;
	/** Milliseconds of one `getNodeParameters`, on average over the operations; for the form as it opens in a trigger. */
	parameters: number;
}

/** The same for the largest node with only some of its resources. */
export interface Part {
	operations: number;
	bytes: number;
	parameters: number;
}

/** What the package costs the editor. */
export interface Editor {
	nodes: NodeCost[];
	/** The display name of the node with the most properties. */
	largest: string;
	parts: Part[];
}

interface Loader {
	loadAll(): Promise<void>;
	types: { nodes: INodeTypeDescription[] };
}
interface Core {
	PackageDirectoryLoader: new (directory: string) => Loader;
}

const [hostFolder = '', packageFolder = '', what] = process.argv.slice(2);
const requireHost = createRequire(join(hostFolder, 'package.json'));
const collect: unknown = Reflect.get(globalThis, 'gc');

function heap(): number {
	if (typeof collect !== 'function') throw new Error('Start this with --expose-gc');
	Reflect.apply(collect, undefined, []);
	return process.memoryUsage().heapUsed;
}

const isIn = (value: unknown, among: ReadonlySet<string>) =>
	typeof value === 'string' && among.has(value);

const optionsOf = ({ options = [] }: INodeProperties) =>
	options.flatMap((option) => ('value' in option ? [String(option.value)] : []));

/** Every resource with its operations. */
function operationsOf({ properties }: INodeTypeDescription): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const property of properties) {
		if (property.name !== 'operation') continue;
		for (const resource of property.displayOptions?.show?.resource ?? []) {
			found.set(String(resource), optionsOf(property));
		}
	}
	return found;
}

/** The description with only some of the resources. */
function restrict(
	description: INodeTypeDescription,
	resources: ReadonlySet<string>,
): INodeTypeDescription {
	const properties = description.properties.flatMap((property): INodeProperties[] => {
		if (property.name === 'resource') {
			const options = property.options?.filter(
				(option) => 'value' in option && isIn(option.value, resources),
			);
			return [{ ...property, options }];
		}
		const shown = property.displayOptions?.show?.resource;
		return shown === undefined || shown.some((value) => isIn(value, resources)) ? [property] : [];
	});
	return { ...description, properties };
}

type Helpers = typeof import('n8n-workflow').NodeHelpers;

/**
 * Milliseconds of one call, on average over all operations (for the form as it opens where there are none); the best of
 * several rounds, which noise does not make better.
 */
function timeParameters(helpers: Helpers, description: INodeTypeDescription): number {
	const pairs = [...operationsOf(description)].flatMap(([resource, operations]) =>
		operations.map((operation): INodeParameters => ({ resource, operation })),
	);
	const forms = pairs.length > 0 ? pairs : [{}];
	const round = () => {
		const begun = performance.now();
		for (const values of forms) {
			helpers.getNodeParameters(
				description.properties,
				values,
				true,
				false,
				{ typeVersion: 1 },
				description,
			);
		}
		return (performance.now() - begun) / forms.length;
	};
	round();
	return Math.min(...Array.from({ length: 7 }, round));
}

const count = (operations: ReadonlyMap<string, string[]>) =>
	[...operations.values()].reduce((sum, { length }) => sum + length, 0);

async function main(): Promise<Loaded | Editor> {
	// n8n has these in memory when it begins to load packages
	const { PackageDirectoryLoader } = requireHost('n8n-core') as Core;
	const { NodeHelpers } = requireHost('n8n-workflow') as { NodeHelpers: Helpers };
	requireHost('luxon');
	const before = heap();
	const begun = performance.now();
	const loader = new PackageDirectoryLoader(packageFolder);
	await loader.loadAll();
	const milliseconds = performance.now() - begun;
	if (what === 'load') return { milliseconds, heap: heap() - before };

	const nodes = loader.types.nodes.map((description): NodeCost => {
		const operations = count(operationsOf(description));
		return {
			node: description.displayName,
			operations,
			properties: description.properties.length,
			bytes: Buffer.byteLength(JSON.stringify(description)),
			parameters: timeParameters(NodeHelpers, description),
		};
	});
	const [largest] = loader.types.nodes.toSorted(
		(one, other) => other.properties.length - one.properties.length,
	);
	if (largest === undefined) throw new Error('The package has no nodes');
	const all = [...operationsOf(largest)];
	const parts: Part[] = [0.25, 0.5, 0.75, 1].map((share) => {
		const wanted = share * count(new Map(all));
		const chosen = new Set<string>();
		let operations = 0;
		for (const [resource, its] of all) {
			if (operations >= wanted) break;
			chosen.add(resource);
			operations += its.length;
		}
		const part = restrict(largest, chosen);
		return {
			operations,
			bytes: Buffer.byteLength(JSON.stringify(part)),
			parameters: timeParameters(NodeHelpers, part),
		};
	});
	return { nodes, largest: largest.displayName, parts };
}

console.log(JSON.stringify(await main()));
