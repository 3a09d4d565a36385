import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { N8nClient } from './client.mts';
import {
	findInstallation,
	installPackage,
	n8nEnvironment,
	projectFolder,
	removeFolder,
	temporaryFolder,
} from './installation.mts';
import { isErrno, startProcess } from './processes.mts';
import type { Exit, ManagedProcess } from './processes.mts';
import { freePort } from './ports.mts';

/** How to start an n8n. */
export interface N8nOptions {
	/** Packed packages to install in it. */
	tarballs: readonly string[];
	/** The port to try first (then the following ones); any free one when left out. */
	port?: number;
	/** More environment variables for n8n. */
	settings?: Readonly<Record<string, string>>;
	/** Gets a line in words when something takes long or turns out otherwise than asked for. */
	say?: (line: string) => void;
	/** Stops the start; what was started is ended. */
	signal?: AbortSignal;
	/** Milliseconds that n8n may take until it answers; three minutes when left out. */
	timeout?: number;
}

/** An n8n that was started here. */
export interface N8n {
	/** Its address, such as `http://127.0.0.1:5678`. */
	readonly url: string;
	readonly port: number;
	/** Of the process that runs now, or ran last. */
	readonly pid: number;
	/** The temporary folder with its database, key and packages; removed by `stop`. */
	readonly userFolder: string;
	/** What n8n prints. Kept after the end. */
	readonly logFile: string;
	/** Names of the installed packages, in the order of the tarballs. */
	readonly packages: readonly string[];
	/** A client that is not logged in yet. */
	readonly client: N8nClient;
	/** How n8n ended, or undefined while it runs. */
	exit(): Exit | undefined;
	/** Settles when the process that runs now has ended, whether it was stopped or crashed. */
	readonly exited: Promise<Exit>;
	/**
	 * Starts it again after its end, at the same address and with all that it had stored; the client stays logged in. What
	 * is left of the ended process is ended first.
	 *
	 * @throws Error with the last lines of n8n's log when it does not start
	 */
	restart(): Promise<void>;
	/** Ends n8n and everything it started, and removes its folder. Can be called again. */
	stop(): Promise<void>;
	/** Ends it by force, at once; `stop` still has to be awaited. */
	kill(): void;
}

const logFolder = join(projectFolder, '.cache', 'logs');

/** Opens a new log file's name, keeping the twenty newest of the earlier ones. */
async function newLogFile(): Promise<string> {
	await mkdir(logFolder, { recursive: true });
	const names = (await readdir(logFolder)).filter((name) => name.startsWith('n8n-')).sort();
	for (const name of names.slice(0, Math.max(0, names.length - 20))) {
		await rm(join(logFolder, name), { force: true });
	}
	const time = new Date().toISOString().replace(/[:.]/g, '-');
	return join(logFolder, `n8n-${time}-${process.pid}.log`);
}

/** The last lines of a log, for a message about what went wrong. */
export async function logTail(logFile: string, lines = 30): Promise<string> {
	try {
		const text = await readFile(logFile, 'utf8');
		return text
			.trimEnd()
			.split('\n')
			.filter((line) => !/(Starting|Finished) migration/.test(line))
			.slice(-lines)
			.join('\n');
	} catch (error) {
		if (isErrno(error) && error.code === 'ENOENT') return '';
		throw error;
	}
}

async function isReady(url: string): Promise<boolean> {
	try {
		const { statusCode, body } = await request(`${url}/healthz/readiness`, {
			headersTimeout: 5000,
			bodyTimeout: 5000,
		});
		await body.dump();
		return statusCode === 200;
	} catch {
		// not listening yet; whether it still runs is looked at by the caller
		return false;
	}
}

async function waitUntilReady(
	child: ManagedProcess,
	url: string,
	logFile: string,
	options: Readonly<{ say: (line: string) => void; timeout: number; signal?: AbortSignal }>,
): Promise<'ready' | 'port taken'> {
	const { say, timeout, signal } = options;
	const start = Date.now();
	let next = 15_000;
	while (!(await isReady(url))) {
		const exit = child.exit();
		const passed = Date.now() - start;
		if (exit !== undefined) {
			const tail = await logTail(logFile);
			if (/port \d+ is already in use/.test(tail)) return 'port taken';
			const how = exit.signal === null ? `exit code ${exit.code}` : exit.signal;
			throw new Error(`n8n ended while it was starting (${how}). Its log: ${logFile}\n\n${tail}`);
		}
		if (passed > timeout) {
			throw new Error(
				`n8n does not answer after ${Math.round(timeout / 1000)} s. Its log: ${logFile}\n\n${await logTail(logFile)}`,
			);
		}
		if (passed > next) {
			say(`  n8n is starting: ${Math.round(passed / 1000)} s so far`);
			next += 15_000;
		}
		await sleep(100, undefined, { signal });
	}
	return 'ready';
}

/**
 * Starts a real n8n on loopback with a fresh database in a temporary folder, with the given packages installed from
 * their tarballs, and waits until it answers.
 *
 * @throws Error with the last lines of n8n's log when it does not start; nothing is left behind then
 */
export async function startN8n(options: N8nOptions): Promise<N8n> {
	const {
		tarballs,
		port: preferred = 0,
		settings,
		signal,
		say = () => undefined,
		timeout = 180_000,
	} = options;
	const installation = findInstallation();
	const userFolder = await temporaryFolder('n8n');
	let child: ManagedProcess | undefined;
	try {
		const packages: string[] = [];
		for (const tarball of tarballs) packages.push(await installPackage(tarball, userFolder));
		const logFile = await newLogFile();
		/** One start; undefined when somebody else took the port between the look and n8n's start. */
		const launch = async (port: number): Promise<ManagedProcess | undefined> => {
			const started = await startProcess(
				installation.node,
				['--import', new URL('guard.mjs', import.meta.url).href, installation.n8n, 'start'],
				{
					// n8n reads a file .env in its working folder
					cwd: userFolder,
					env: n8nEnvironment(
						installation,
						userFolder,
						{ editor: port, broker: await freePort() },
						settings,
					),
					logFile,
				},
			);
			child = started;
			const url = `http://127.0.0.1:${port}`;
			const outcome = await waitUntilReady(started, url, logFile, { say, timeout, signal });
			if (outcome === 'ready') return started;
			await started.stop();
			return undefined;
		};
		for (let attempt = 1; attempt <= 5; attempt++) {
			const port = await freePort(preferred);
			if (preferred !== 0 && port !== preferred) {
				say(`Port ${preferred} is taken, using ${port} instead`);
			}
			const started = await launch(port);
			if (started === undefined) continue;
			let running = started;
			let stopping: Promise<void> | undefined;
			const url = `http://127.0.0.1:${port}`;
			const client = new N8nClient(url);
			return {
				url,
				port,
				userFolder,
				logFile,
				packages,
				client,
				get pid() {
					return running.pid;
				},
				get exited() {
					return running.exited;
				},
				exit: () => running.exit(),
				kill: () => running.kill(),
				async restart() {
					if (running.exit() === undefined) throw new Error('n8n is still running');
					// also one that did not come up
					await (child ?? running).stop();
					// n8n would wait for ten seconds, so as not to crash over and over
					await rm(join(userFolder, '.n8n', 'crash.journal'), { force: true });
					const next = await launch(port);
					if (next === undefined) throw new Error(`Port ${port} was taken while n8n was down`);
					running = next;
				},
				stop: () =>
					(stopping ??= (async () => {
						await client.close();
						await (child ?? running).stop(15_000);
						await removeFolder(userFolder);
					})()),
			};
		}
		throw new Error(`Ports are taken over and over. Log: ${logFile}`);
	} catch (error) {
		await child?.stop();
		await removeFolder(userFolder);
		throw error;
	}
}
