import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { asObject, asString } from './json.mts';
import type { JsonObject } from './json.mts';
import { isAlive, isErrno } from './processes.mts';

const execFileAsync = promisify(execFile);

/** The project's folder. */
export const projectFolder = resolve(import.meta.dirname, '..', '..');

/** Where scripts/setup.mjs put n8n. */
export interface Installation {
	/** The folder that holds n8n's node_modules. */
	folder: string;
	/** The Node binary that n8n runs on. */
	node: string;
	/** n8n's command-line program. */
	n8n: string;
}

/**
 * Finds n8n beside the project, or in the folder that `CAMPAIGN_STACK_HOST` names.
 *
 * @throws Error that says what to run when it is not installed
 */
export function findInstallation(): Installation {
	const folder = resolve(process.env.CAMPAIGN_STACK_HOST || join(projectFolder, 'demo', 'host'));
	const own = join(
		folder,
		'node_modules',
		'node',
		'bin',
		process.platform === 'win32' ? 'node.exe' : 'node',
	);
	const n8n = join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
	if (!existsSync(n8n)) {
		throw new Error(`n8n is not installed in ${folder}. Run: node scripts/setup.mjs --host`);
	}
	return { folder, node: existsSync(own) ? own : process.execPath, n8n };
}

const prefix = 'campaign-stack-';

/**
 * Makes a temporary folder that belongs to this process. Folders that earlier processes could not remove (they
 * were killed) are removed on this occasion.
 */
export async function temporaryFolder(purpose: string): Promise<string> {
	for (const name of await readdir(tmpdir())) {
		const owner = name.startsWith(prefix) ? /-(\d+)-[^-]+$/.exec(name)?.[1] : undefined;
		if (owner === undefined || isAlive(Number(owner))) continue;
		await removeFolder(join(tmpdir(), name));
	}
	return await mkdtemp(join(tmpdir(), `${prefix}${purpose}-${process.pid}-`));
}

/** Removes a folder with all it holds; one that is gone already is fine. */
export async function removeFolder(folder: string): Promise<void> {
	try {
		// Windows keeps files of a process that has just ended busy for a moment
		await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
	} catch (error) {
		// somebody else's leftovers, which this user may not remove
		if (!isErrno(error) || (error.code !== 'EACCES' && error.code !== 'EPERM')) throw error;
	}
}

/**
 * Unpacks a packed package the way n8n's own installer lays it out for community packages: in
 * `<user folder>/.n8n/nodes/node_modules/<name>`, development and peer dependencies removed from its package.json,
 * the package named in the ledger `<user folder>/.n8n/nodes/package.json`. Its node types are then called
 * `<name>.<node>`, as for every user. (n8n 2.41: modules/community-packages/community-packages.service.js; the
 * table installed_packages serves only the settings page and updates, nodes load without a row in it.)
 *
 * @param tarball what `npm pack` wrote
 * @returns the package's name
 */
export async function installPackage(tarball: string, userFolder: string): Promise<string> {
	const nodes = join(userFolder, '.n8n', 'nodes');
	const unpacked = join(nodes, `unpacked-${process.pid}`);
	await mkdir(unpacked, { recursive: true });
	await execFileAsync('tar', ['-xzf', resolve(tarball), '-C', unpacked, '--strip-components=1']);
	const manifestFile = join(unpacked, 'package.json');
	const left = new Set(['devDependencies', 'peerDependencies', 'optionalDependencies']);
	const manifest: JsonObject = Object.fromEntries(
		Object.entries(asObject(JSON.parse(await readFile(manifestFile, 'utf8')), manifestFile)).filter(
			([key]) => !left.has(key),
		),
	);
	if (Object.keys(asObject(manifest.dependencies ?? {}, 'dependencies')).length > 0) {
		throw new Error(`${tarball} has runtime dependencies, which n8n would have to download`);
	}
	const name = asString(manifest.name, `the name in ${manifestFile}`);
	await writeFile(manifestFile, JSON.stringify(manifest, null, 2));
	const target = join(nodes, 'node_modules', name);
	await mkdir(dirname(target), { recursive: true });
	await rm(target, { recursive: true, force: true });
	await rename(unpacked, target);
	const ledgerFile = join(nodes, 'package.json');
	const ledger = existsSync(ledgerFile)
		? asObject(JSON.parse(await readFile(ledgerFile, 'utf8')), ledgerFile)
		: { name: 'installed-nodes', private: true, dependencies: {} };
	const dependencies = {
		...asObject(ledger.dependencies, 'dependencies'),
		[name]: manifest.version,
	};
	await writeFile(ledgerFile, JSON.stringify({ ...ledger, dependencies }, null, 2));
	return name;
}

/**
 * The environment that n8n runs in: this process's, without anything that would configure n8n, npm or a test
 * runner, with the settings of a quiet n8n on loopback.
 *
 * @param settings more variables, the last word
 */
export function n8nEnvironment(
	installation: Installation,
	userFolder: string,
	ports: { editor: number; broker: number },
	settings: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
	const foreign =
		/^(N8N|DB|EXECUTIONS|QUEUE|CREDENTIALS|NODES|WORKFLOWS|WEBHOOK|GENERIC|EXTERNAL|JEST|NPM)_|^(NODE_ENV|NODE_OPTIONS|NODE_PATH|NODE_TEST_CONTEXT|NODE_CHANNEL_FD|NODE_UNIQUE_ID|ENVIRONMENT|INIT_CWD)$/i;
	const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
	const env: NodeJS.ProcessEnv = Object.fromEntries(kept);
	const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
	const noProxy = [env.NO_PROXY ?? env.no_proxy, '127.0.0.1', 'localhost']
		.filter(Boolean)
		.join(',');
	return {
		...env,
		NODE_ENV: 'production',
		// n8n starts its task runner as plain `node`
		[path]: [dirname(installation.node), env[path]].filter(Boolean).join(delimiter),
		// the simulators are on loopback, also where everything else goes through a proxy
		NO_PROXY: noProxy,
		no_proxy: noProxy,
		CAMPAIGN_STACK_GUARD: String(process.pid),
		GENERIC_TIMEZONE: 'UTC',
		N8N_USER_FOLDER: userFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(ports.editor),
		N8N_SECURE_COOKIE: 'false',
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(ports.broker),
		N8N_RUNNERS_TASK_TIMEOUT: '60',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '5',
		N8N_LOG_LEVEL: 'info',
		N8N_LOG_OUTPUT: 'console',
		NO_COLOR: '1',
		// nothing is sent to or fetched from anywhere
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		// without the assistant one lands on the list of workflows after the login
		N8N_DISABLED_MODULES: 'mcp-registry,instance-reporting,instance-ai,agents',
		...settings,
	};
}
