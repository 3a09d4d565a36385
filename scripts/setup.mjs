/**
 * Sets up what the project's commands need, and nothing that is there already: the project's packages
 * with the Node version they run on, and on request n8n beside the project and a browser.
 * Runs on any Node from 20 on with nothing installed: built-ins only.
 *
 *   node scripts/setup.mjs [--host] [--browser]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	accessSync,
	constants,
	copyFileSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { CommandError, duration, endChildrenOnSignals, npm, run, step } from './processes.mjs';

const windows = process.platform === 'win32';

/** The project's folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Where n8n is installed: beside the project, or where `CAMPAIGN_STACK_HOST` says. */
export const host = path.resolve(
	process.env.CAMPAIGN_STACK_HOST || path.join(root, 'demo', 'host'),
);

/** A failure whose message says everything there is to say; no stack needed. */
export class SetupError extends Error {}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** The Node binary that the npm package `node` puts into a folder. */
function ownNode(folder) {
	return path.join(folder, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
}

/** `v24.21.0`, or undefined when the binary does not run. */
function nodeVersion(binary) {
	if (!existsSync(binary)) return undefined;
	const { status, stdout } = spawnSync(binary, ['--version'], {
		encoding: 'utf8',
		timeout: 30_000,
	});
	return status === 0 ? stdout.trim() : undefined;
}

function wantedNode(folder) {
	const { dependencies, devDependencies } = readJson(path.join(folder, 'package.json'));
	return dependencies?.node ?? devDependencies.node;
}

/**
 * The Node to run a folder's programs with: its own, or this machine's if that is new enough.
 *
 * @returns {string | undefined} the path of the binary
 */
export function findNode(folder) {
	const binary = ownNode(folder);
	if (nodeVersion(binary) === `v${wantedNode(folder)}`) return binary;
	const major = Number(wantedNode(folder).split('.')[0]);
	return Number(process.versions.node.split('.')[0]) >= major ? process.execPath : undefined;
}

function lockHash(folder) {
	return createHash('sha256')
		.update(readFileSync(path.join(folder, 'package-lock.json')))
		.update(`${process.platform} ${process.arch}`)
		.digest('hex');
}

const stampFile = (folder) => path.join(folder, 'node_modules', '.campaign-stack.json');

function readStamp(folder) {
	const file = stampFile(folder);
	if (!existsSync(file)) return undefined;
	try {
		return readJson(file);
	} catch (error) {
		// half-written: the install before it did not end in order
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

/** The version in a package.json; undefined when the file was cut off. */
function readVersion(file) {
	try {
		return readJson(file).version;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

/**
 * Compares node_modules with package-lock.json.
 *
 * @param {string} folder
 * @param {boolean} versions also read every package's version (without: only that it is there)
 * @returns {string[]} what is missing or of another version
 */
export function differences(folder, versions) {
	const { packages } = readJson(path.join(folder, 'package-lock.json'));
	const found = [];
	// npm writes this one last: without it files of any package may be missing or cut off
	if (versions && !existsSync(path.join(folder, 'node_modules', '.package-lock.json'))) {
		found.push('node_modules/.package-lock.json');
	}
	for (const [location, entry] of Object.entries(packages)) {
		// not there on every machine: optional packages, and those for one operating system
		if (entry.optional || entry.devOptional || entry.extraneous || entry.os || entry.cpu) continue;
		if (location === '' || entry.link) continue;
		const file = path.join(folder, location, 'package.json');
		if (!existsSync(file)) found.push(location);
		else if (versions && readVersion(file) !== entry.version) {
			found.push(`${location} (not ${entry.version})`);
		}
	}
	return found;
}

/** What a folder has besides packages: a Node that runs, and for n8n the compiled SQLite. */
function missingParts(folder, parts) {
	return parts.filter((part) => !part.check(folder));
}

const nodePart = {
	name: 'node',
	label: 'Putting Node beside the packages',
	hint: 'a few seconds',
	check: (folder) =>
		findNode(folder) !== undefined &&
		(windows ||
			!existsSync(ownNode(folder)) ||
			existsSync(path.join(folder, 'node_modules', '.bin', 'node'))),
	words: (folder) =>
		`Node ${wantedNode(folder)}, which n8n needs, could not be put beside the project for ` +
		`${process.platform}-${process.arch} (the npm package "node" brings it). ` +
		'If the registry cannot be reached, try again later; otherwise install Node 24 or newer yourself and run this again with it.',
};

const sqlitePart = {
	name: 'sqlite3',
	label: "Preparing n8n's database (SQLite)",
	hint: 'a prebuilt binary is downloaded, or it is compiled in one to three minutes',
	check: (folder) => {
		const node = findNode(folder);
		if (node === undefined) return false;
		const script =
			"new (require('sqlite3').Database)(':memory:').get('select 1', (e) => process.exit(e ? 1 : 0))";
		return spawnSync(node, ['-e', script], { cwd: folder, timeout: 60_000 }).status === 0;
	},
	words: () =>
		'The SQLite binary that n8n needs could neither be downloaded nor compiled. Compiling needs Python 3, make and a ' +
		'C++ compiler (on Debian and Ubuntu: apt-get install -y python3 make g++; on macOS: xcode-select --install).',
};

/**
 * Makes one folder's node_modules complete. Does nothing, quickly, when it is.
 *
 * @param {{ folder: string, name: string, hint: string, parts: object[], finalCheck?: (folder: string) => Promise<void> }} target
 */
async function install(target) {
	const { folder, name, hint, parts } = target;
	const complete = () =>
		readStamp(folder)?.lock === lockHash(folder) &&
		differences(folder, false).length === 0 &&
		missingParts(folder, [nodePart]).length === 0;
	if (complete()) return;
	await withLock(path.join(folder, '.cache', 'setup.lock'), `Installing ${name}`, async () => {
		if (complete()) return; // another process did it while we waited
		const modules = path.join(folder, 'node_modules');
		const there = existsSync(modules);
		const different = there ? differences(folder, true) : [];
		if (!there || different.length > 0) {
			if (there && lstatSync(modules).isSymbolicLink()) {
				throw new SetupError(
					`${modules} is a link, and what it points to does not match package-lock.json (${different.slice(0, 3).join(', ')}). ` +
						'Install the packages in the folder it points to, or remove the link.',
				);
			}
			if (there) {
				console.log(
					`What is installed is not complete or of other versions (${different[0]}${different.length > 1 ? ` and ${different.length - 1} more` : ''}); installing afresh`,
				);
			}
			await step(
				`Installing ${name}`,
				() =>
					npm(
						`Installing ${name}`,
						['ci', '--include=dev', '--no-audit', '--no-fund', '--no-progress'],
						{ cwd: folder },
					),
				hint,
			);
		}
		for (const part of parts) {
			if (part.check(folder)) continue;
			try {
				await step(
					part.label,
					() => npm(part.label, ['rebuild', part.name, '--ignore-scripts=false'], { cwd: folder }),
					part.hint,
				);
			} catch (error) {
				if (!(error instanceof CommandError)) throw error;
				if (!part.check(folder)) throw new SetupError(`${part.words(folder)}\n\n${error.message}`);
			}
			if (!part.check(folder)) throw new SetupError(part.words(folder));
		}
		await target.finalCheck?.(folder);
		writeFileSync(
			stampFile(folder),
			JSON.stringify({ lock: lockHash(folder), at: new Date().toISOString() }),
		);
	});
}

/** A shared installation is a folder of its own that gets the project's package.json and lockfile. */
function prepareSharedHost() {
	const source = path.join(root, 'demo', 'host');
	if (host === source) return;
	const own = path.join(host, 'package-lock.json');
	if (!existsSync(own)) {
		if (existsSync(path.join(host, 'package.json'))) {
			throw new SetupError(
				`CAMPAIGN_STACK_HOST names ${host}, which is some other project. Name an empty folder, or one an earlier set-up made.`,
			);
		}
		mkdirSync(host, { recursive: true });
		for (const file of ['package.json', '.npmrc', 'package-lock.json']) {
			copyFileSync(path.join(source, file), path.join(host, file));
		}
	} else if (lockHash(host) !== lockHash(source)) {
		throw new SetupError(
			`CAMPAIGN_STACK_HOST names ${host}, which holds other versions than this project's demo/host/package-lock.json. Name another folder, or delete that one.`,
		);
	}
}

async function checkN8n(folder) {
	const wanted = readJson(path.join(folder, 'package.json')).dependencies.n8n;
	const output = await run(
		'Asking n8n for its version',
		findNode(folder),
		[path.join('node_modules', 'n8n', 'bin', 'n8n'), '--version'],
		{
			cwd: folder,
			timeout: 120_000,
		},
	);
	if (output.trim() !== wanted) {
		throw new SetupError(
			`n8n ${wanted} was installed, but it answers "${output.trim()}" when asked for its version.`,
		);
	}
}

function executable(file) {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false; // absent or not executable: both mean no browser here
	}
}

/**
 * A Chromium or Chrome on this machine: `CHROME_PATH`, the PATH, then the usual places.
 *
 * @returns {string | undefined}
 */
export function findBrowser() {
	if (process.env.CHROME_PATH)
		return executable(process.env.CHROME_PATH) ? process.env.CHROME_PATH : undefined;
	const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
	const onPath = (process.env.PATH ?? '')
		.split(path.delimiter)
		.flatMap((folder) => names.map((name) => path.join(folder, windows ? `${name}.exe` : name)));
	const usual = windows
		? [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
				.filter(Boolean)
				.flatMap((base) => [
					path.join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
					path.join(base, 'Chromium', 'Application', 'chrome.exe'),
					path.join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
				])
		: process.platform === 'darwin'
			? ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
					(name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
				)
			: [
					'/usr/bin/chromium',
					'/usr/lib/chromium/chromium',
					'/opt/google/chrome/chrome',
					'/snap/bin/chromium',
				];
	return [...onPath, ...usual].find(executable);
}

/** Debian packages can be installed here without asking anyone. */
function canInstallDebianPackages() {
	if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
	if (!executable('/usr/bin/apt-get') || !existsSync('/etc/os-release')) return false;
	// Ubuntu's chromium package is only a pointer to a snap
	return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/**
 * Finds a browser for the canvas test, installing Debian's Chromium where that is possible.
 *
 * @returns {Promise<{ path?: string, reason?: string }>} the browser, or why there is none
 */
export async function setUpBrowser() {
	const there = findBrowser();
	if (there !== undefined) return { path: there };
	if (process.env.CHROME_PATH)
		return { reason: `CHROME_PATH names ${process.env.CHROME_PATH}, which cannot be run` };
	if (!canInstallDebianPackages()) {
		return { reason: 'no Chromium or Chrome found; install one, or name it in CHROME_PATH' };
	}
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	try {
		await step(
			'Installing Chromium (apt-get)',
			async () => {
				await run('apt-get update', 'apt-get', ['update'], { env });
				await run(
					'apt-get install',
					'apt-get',
					['install', '-y', '--no-install-recommends', 'chromium'],
					{ env },
				);
			},
			'about a minute',
		);
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		return { reason: `Chromium could not be installed: ${error.message}` };
	}
	const installed = findBrowser();
	return installed ? { path: installed } : { reason: 'Chromium was installed but cannot be found' };
}

/**
 * Makes everything ready that was asked for.
 *
 * @param {{ host?: boolean, browser?: boolean }} [options]
 * @returns {Promise<{ node: string, browser?: { path?: string, reason?: string } }>} the Node to run the project with
 * @throws {SetupError | CommandError} with a message to show as it is
 */
export async function setUp(options = {}) {
	const start = Date.now();
	await install({
		folder: root,
		name: "the project's packages",
		hint: 'about a minute',
		parts: [nodePart],
	});
	if (options.host) {
		prepareSharedHost();
		await install({
			folder: host,
			name: 'n8n',
			hint: 'about 3 GB, one to five minutes',
			parts: [nodePart, sqlitePart],
			finalCheck: checkN8n,
		});
	}
	const browser = options.browser ? await setUpBrowser() : undefined;
	if (browser?.reason)
		console.log(`No browser: ${browser.reason}. The canvas test will be skipped.`);
	console.log(`Set-up is complete (${duration(Date.now() - start)})`);
	return { node: findNode(root), browser };
}

/** Refuses a Node that is too old for these scripts, in words. */
export function requireNode20() {
	if (Number(process.versions.node.split('.')[0]) < 20) {
		console.error(
			`Node 20 or newer is needed to set this project up; this is Node ${process.versions.node}.`,
		);
		process.exit(1);
	}
}

/** Prints a failure the way a person wants to read it, and ends with exit code 1. */
export function fail(error) {
	const expected = error instanceof SetupError || error instanceof CommandError;
	console.error(`\n${expected ? error.message : (error.stack ?? error)}`);
	process.exit(1);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
	requireNode20();
	endChildrenOnSignals();
	const unknown = process.argv
		.slice(2)
		.filter((argument) => !['--host', '--browser'].includes(argument));
	if (unknown.length > 0) {
		console.error(
			`Unknown option ${unknown[0]}. Usage: node scripts/setup.mjs [--host] [--browser]`,
		);
		process.exit(2);
	}
	setUp({
		host: process.argv.includes('--host'),
		browser: process.argv.includes('--browser'),
	}).catch(fail);
}
