import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** The name of the package with the nodes that measurements need; its types are called `<name>.<node>`. */
export const fixturePackage = 'n8n-nodes-bench';

/**
 * Makes a community package of bench/nodes: the nodes that begin and end a recording, and those that the package is
 * compared with.
 * @param folder an empty folder for it
 * @returns the path of the tarball
 */
export async function packFixtures(folder: string): Promise<string> {
	const sources = join(import.meta.dirname, 'nodes');
	// Classes have a capital letter, and n8n finds a class by the name of its file
	const classes = (await readdir(sources))
		.filter((file) => /^[A-Z]/.test(file))
		.map((file) => file.replace(/\.mts$/, ''));
	const target = join(folder, 'package');
	await mkdir(target, { recursive: true });
	const isCredential = (name: string) => name.endsWith('Api');
	const outputOf = (name: string) => `${name}.${isCredential(name) ? 'credentials' : 'node'}`;
	await build({
		entryPoints: classes.map((name) => ({ in: join(sources, `${name}.mts`), out: outputOf(name) })),
		outdir: target,
		bundle: true,
		format: 'cjs',
		platform: 'node',
		target: 'node24',
		external: ['n8n-workflow'],
		logLevel: 'warning',
	});
	const files = (those: string[]) => those.map((name) => `${outputOf(name)}.js`);
	const manifest = {
		name: fixturePackage,
		version: '1.0.0',
		keywords: ['n8n-community-node-package'],
		n8n: {
			n8nNodesApiVersion: 1,
			nodes: files(classes.filter((name) => !isCredential(name))),
			credentials: files(classes.filter(isCredential)),
		},
	};
	await writeFile(join(target, 'package.json'), JSON.stringify(manifest));
	const tarball = join(folder, `${fixturePackage}.tgz`);
	await execFileAsync('tar', ['-czf', tarball, '-C', folder, 'package']);
	return tarball;
}
