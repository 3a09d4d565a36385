/**
 * Builds and packs the project, unless the packed file is newer than everything it is made from. Built-ins only.
 */
import { createHash } from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { npm, step } from './processes.mjs';
import { root } from './setup.mjs';

const folder = path.join(root, '.cache', 'package');
const stamp = path.join(folder, 'sources.json');

/** Folders that do not go into the package. */
const apart = new Set([
	'node_modules',
	'dist',
	'coverage',
	'test',
	'demo',
	'bench',
	'docs',
	'.git',
	'.cache',
	'.ci',
	'.github',
]);

function* files(directory) {
	const entries = readdirSync(directory, { withFileTypes: true });
	for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
		const file = path.join(directory, entry.name);
		if (entry.isDirectory()) {
			if (directory !== root || !apart.has(entry.name)) yield* files(file);
		} else if (entry.isFile() && !entry.name.endsWith('.tgz')) {
			yield file;
		}
	}
}

function sourcesHash() {
	const hash = createHash('sha256');
	for (const file of files(root)) {
		hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
	}
	return hash.digest('hex');
}

function packed(sources) {
	if (!existsSync(stamp)) return undefined;
	try {
		const made = JSON.parse(readFileSync(stamp, 'utf8'));
		const tarball = path.join(folder, String(made.tarball));
		return made.sources === sources && existsSync(tarball) ? tarball : undefined;
	} catch (error) {
		// a stamp that was cut off: pack again
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

/**
 * The package as `npm pack` makes it for users.
 *
 * @returns {Promise<string>} the tarball's path
 */
export async function packProject() {
	const sources = sourcesHash();
	const there = packed(sources);
	if (there !== undefined) return there;
	return await withLock(
		path.join(root, '.cache', 'package.lock'),
		'Building the package',
		async () => {
			const madeMeanwhile = packed(sources);
			if (madeMeanwhile !== undefined) return madeMeanwhile;
			await step('Building the package', () =>
				npm('Building the package', ['run', 'build'], { cwd: root, timeout: 10 * 60_000 }),
			);
			mkdirSync(folder, { recursive: true });
			const fresh = path.join(folder, 'packing');
			rmSync(fresh, { recursive: true, force: true });
			mkdirSync(fresh);
			await npm('Packing the package', ['pack', '--pack-destination', fresh], {
				cwd: root,
				timeout: 5 * 60_000,
			});
			const name = readdirSync(fresh).find((file) => file.endsWith('.tgz'));
			if (name === undefined) throw new Error('npm pack has written no file');
			// another process may be unpacking the file of an earlier build: never write into that one
			const unique = name.replace(/\.tgz$/, `-${sources.slice(0, 12)}.tgz`);
			for (const old of readdirSync(folder)) {
				if (old.endsWith('.tgz')) rmSync(path.join(folder, old));
			}
			renameSync(path.join(fresh, name), path.join(folder, unique));
			rmSync(fresh, { recursive: true });
			writeFileSync(stamp, JSON.stringify({ sources, tarball: unique }));
			return path.join(folder, unique);
		},
	);
}
