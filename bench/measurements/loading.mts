import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
	findInstallation,
	installPackage,
	removeFolder,
	temporaryFolder,
} from '../../demo/host/installation.mts';
import { alternate } from '../bench.mts';
import type { Bench } from '../bench.mts';
import type { Editor, Loaded, Part } from '../load.mts';
import { megabytes, spreadOf } from '../report.mts';
import type { Section } from '../report.mts';

const execFileAsync = promisify(execFile);

/** Loads the unpacked package in a process of its own. */
async function load<T>(folder: string, what: 'load' | 'editor', signal: AbortSignal): Promise<T> {
	const { node, folder: host } = findInstallation();
	const script = fileURLToPath(new URL('../load.mts', import.meta.url));
	const { stdout } = await execFileAsync(node, ['--expose-gc', script, host, folder, what], {
		// n8n lets packages find its own modules this way
		env: { ...process.env, NODE_ENV: 'production', NODE_PATH: join(host, 'node_modules') },
		timeout: 120_000,
		signal,
	});
	return JSON.parse(stdout) as T;
}

/**
 * The exponent of growth: 1 for what grows as the operations do, 2 for their square. The slope of a straight line through
 * the logarithms, by least squares.
 */
function exponentOf(points: ReadonlyArray<readonly [operations: number, cost: number]>): number {
	const logs = points.map(([operations, cost]) => [Math.log(operations), Math.log(cost)] as const);
	const mean = (values: readonly number[]) =>
		values.reduce((sum, value) => sum + value, 0) / values.length;
	const [x, y] = [mean(logs.map(([log]) => log)), mean(logs.map(([, log]) => log))];
	const above = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
	const below = logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
	return above / below;
}

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(0)} kB`;

/** Measurement 5: what the package costs n8n at its start and in the editor. */
export async function measureLoading(bench: Bench): Promise<Section> {
	const [tarball = ''] = bench.tarballs;
	const userFolder = await temporaryFolder('load');
	try {
		const name = await installPackage(tarball, userFolder);
		const folder = join(userFolder, '.n8n', 'nodes', 'node_modules', name);
		const results = await alternate(bench, {
			both: {
				run: async () => ({
					loaded: await load<Loaded>(folder, 'load', bench.signal),
					editor: await load<Editor>(folder, 'editor', bench.signal),
				}),
				show: ({ loaded, editor }: { loaded: Loaded; editor: Editor }) =>
					`${loaded.milliseconds.toFixed(0)} ms, ${editor.parts.at(-1)?.parameters.toFixed(3)} ms for the parameters`,
			},
		});
		const time = spreadOf(results.both.map(({ loaded }) => loaded.milliseconds));
		const heap = spreadOf(results.both.map(({ loaded }) => loaded.heap));
		const editors = results.both.map(({ editor }) => editor);
		const [first] = editors;
		if (first === undefined) throw new Error('Nothing was loaded');
		const parameters = (read: (editor: Editor) => number | undefined) => {
			const { median, min, max } = spreadOf(editors.map((editor) => read(editor) ?? 0));
			return { median, text: `${median.toFixed(3)} ms (${min.toFixed(3)} to ${max.toFixed(3)})` };
		};
		const nodeRows = first.nodes.map(({ node, operations, properties, bytes }, index) => [
			node,
			operations > 0 ? String(operations) : '',
			String(properties),
			kilobytes(bytes),
			operations > 0 ? `${Math.round(bytes / operations)} B` : '',
			parameters(({ nodes }) => nodes[index]?.parameters).text,
		]);
		const partRows = first.parts.map(({ operations, bytes }, index) => [
			index === first.parts.length - 1
				? `${first.largest}, all of it`
				: `${first.largest}, a part of its resources`,
			String(operations),
			'',
			kilobytes(bytes),
			`${Math.round(bytes / operations)} B`,
			parameters(({ parts }) => parts[index]?.parameters).text,
		]);
		const growth = (read: (part: Part, index: number) => number) =>
			exponentOf(first.parts.map((part, index) => [part.operations, read(part, index)] as const));
		const growthOfTime = growth(
			(_, index) => parameters(({ parts }) => parts[index]?.parameters).median,
		);
		const growthOfSize = growth(({ bytes }) => bytes);
		const all = first.nodes.reduce((sum, { bytes }) => sum + bytes, 0);
		const words = `${time.median.toFixed(0)} ms (${time.min.toFixed(0)} to ${time.max.toFixed(0)})`;
		return {
			rounds: bench.rounds,
			title: 'Loading, and the editor',
			setting:
				"The unpacked package is loaded by n8n's own loader (all nodes and credentials) in a fresh process that holds n8n's core already: " +
				`**${words}, ${megabytes(heap)} of heap**. The ${first.nodes.length} node types are ${kilobytes(all)} of JSON for the editor, uncompressed. ` +
				'`getNodeParameters` is what the editor calls for the form at every change; shown is one call, on average over all operations; for a trigger, the form as it opens.',
			head: [
				'Node',
				'Operations',
				'Properties',
				'Size in the editor',
				'For an operation',
				'`getNodeParameters` (min to max)',
			],
			rows: [...nodeRows, ...partRows],
			targets: [
				{ aim: 'loaded within 100 ms', measured: words, reached: time.median <= 100 },
				{ aim: 'within 20 MB', measured: megabytes(heap), reached: heap.median <= 20 * 2 ** 20 },
				{
					aim: 'time in the editor no worse than linear in the operations (exponent of growth at most 1)',
					measured: growthOfTime.toFixed(2),
					reached: growthOfTime <= 1,
				},
				{
					aim: 'size in the editor no worse than linear in the operations (exponent of growth at most 1)',
					measured: growthOfSize.toFixed(2),
					reached: growthOfSize <= 1,
				},
			],
		};
	} finally {
		await removeFolder(userFolder);
	}
}
