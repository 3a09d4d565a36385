/**
 * Child processes for the set-up scripts. Runs on any Node from 20 on with nothing installed,
 * so only Node's own modules may be imported here.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const windows = process.platform === 'win32';

/** Children that are still at work; each leads a process group of its own (except on Windows). */
const running = new Set();

/** Called whenever a child starts or ends. */
const watchers = new Set();

/**
 * Tells a listener the ids of the children at work, at every change.
 *
 * @param {(pids: number[]) => void} listener
 * @returns {() => void} ends it
 */
export function watchChildren(listener) {
	watchers.add(listener);
	return () => watchers.delete(listener);
}

function childrenChanged() {
	const pids = [...running].map(({ pid }) => pid);
	for (const listener of watchers) listener(pids);
}

/** A command that failed: what was being done, how it ended, and its last lines unless they were shown already. */
export class CommandError extends Error {
	/**
	 * @param {string} label what was being done, in words
	 * @param {string} reason how it ended
	 * @param {string} output everything the command printed
	 * @param {boolean} shown whether the user has seen the output
	 */
	constructor(label, reason, output, shown) {
		const lines = shown ? '' : output.trimEnd().split('\n').slice(-40).join('\n');
		super(`${label}: ${reason}${lines === '' ? '' : `\n\n${lines}`}`);
		this.name = 'CommandError';
		this.output = output;
	}
}

/** A length of time in words a person reads at a glance: `0.4 s`, `12 s`, `3 min 5 s`. */
export function duration(milliseconds) {
	const seconds = milliseconds / 1000;
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	if (seconds < 60) return `${Math.round(seconds)} s`;
	const whole = Math.round(seconds);
	return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Ends a child and everything it started. */
export function endGroup(child, signal = 'SIGTERM') {
	if (child.pid === undefined) return;
	try {
		if (windows) {
			spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
		} else {
			process.kill(-child.pid, signal);
		}
	} catch (error) {
		// ESRCH: it is gone already, which is what was asked for
		if (error.code !== 'ESRCH') throw error;
	}
}

/**
 * Runs one command to its end.
 *
 * @param {string} label what is being done, for the messages
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {boolean} [options.show] pass the output through as it comes (default: keep it for a failure)
 * @param {number} [options.timeout] milliseconds after which the command is ended
 * @param {boolean} [options.shell] needed for `.cmd` files on Windows
 * @returns {Promise<string>} the combined output
 * @throws {CommandError} on any other exit code than 0, a signal, or the time limit
 */
export function run(label, command, args, options = {}) {
	const { cwd, env = process.env, show = false, timeout = 20 * 60_000, shell = false } = options;
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			cwd,
			env,
			shell,
			detached: !windows,
			stdio: ['ignore', 'pipe', 'pipe'],
			windowsHide: true,
		});
		if (child.pid !== undefined) running.add(child);
		childrenChanged();
		let output = '';
		let expired = false;
		const keep = (target) => (chunk) => {
			output += chunk;
			if (show) target.write(chunk);
		};
		child.stdout.setEncoding('utf8').on('data', keep(process.stdout));
		child.stderr.setEncoding('utf8').on('data', keep(process.stderr));
		let hardEnd;
		const limit = setTimeout(() => {
			expired = true;
			endGroup(child);
			hardEnd = setTimeout(() => endGroup(child, 'SIGKILL'), 10_000);
		}, timeout);
		const settle = () => {
			clearTimeout(limit);
			clearTimeout(hardEnd);
			running.delete(child);
			childrenChanged();
		};
		child.once('error', (error) => {
			settle();
			reject(
				new CommandError(label, `${command} could not be started (${error.message})`, '', true),
			);
		});
		child.once('close', (code, signal) => {
			settle();
			if (code === 0 && !expired) return resolve(output);
			const reason = expired
				? `not finished after ${duration(timeout)}, ended`
				: signal
					? `ended by ${signal}`
					: `failed with exit code ${code}`;
			reject(new CommandError(label, reason, output, show));
		});
	});
}

/**
 * Says what is being done, and a line every 15 seconds while it is not done.
 *
 * @template T
 * @param {string} label a phrase such as `Installing n8n`
 * @param {() => Promise<T>} work
 * @param {string} [hint] how long it usually takes, in words
 * @returns {Promise<T>}
 */
export async function step(label, work, hint) {
	const start = Date.now();
	console.log(`${label} ...${hint ? ` (${hint})` : ''}`);
	const ticking = setInterval(() => {
		console.log(`  ${label}: ${duration(Date.now() - start)} so far`);
	}, 15_000);
	try {
		const result = await work();
		console.log(`  done in ${duration(Date.now() - start)}`);
		return result;
	} finally {
		clearInterval(ticking);
	}
}

/**
 * When this process is told to end, ends its children first. Exit codes as a shell gives them:
 * 130 for Ctrl-C, 143 for SIGTERM.
 */
export function endChildrenOnSignals() {
	whenNpmIsGone(() => process.emit('SIGTERM'));
	const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
	for (const [signal, code] of Object.entries(codes)) {
		process.on(signal, () => {
			for (const child of running) endGroup(child);
			if (running.size === 0) process.exit(code);
			console.error(`\nStopping (${signal}) ...`);
			setTimeout(() => {
				for (const child of running) endGroup(child, 'SIGKILL');
				process.exit(code);
			}, 5000);
			const waiting = setInterval(() => {
				if (running.size > 0) return;
				clearInterval(waiting);
				process.exit(code);
			}, 50);
		});
	}
}

/** The parent of a process and how that process was started; undefined when it is gone or cannot be looked up. */
function lookUp(pid) {
	const { status, stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], {
		encoding: 'utf8',
	});
	if (status === 0) {
		const [, parent, args] = /^\s*(\d+)\s+(.*)$/m.exec(stdout) ?? [];
		return parent && { parent: Number(parent), args };
	}
	try {
		// small Debian machines have no ps
		const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
		const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
		return { parent: Number(parent), args };
	} catch (error) {
		if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
		throw error;
	}
}

/**
 * Calls back when the npm that runs this script is gone. npm passes SIGTERM on, but one that is killed outright leaves
 * its script running, which nobody would notice. Without npm (or on Windows) it never calls back.
 */
export function whenNpmIsGone(callback) {
	if (windows || process.env.npm_lifecycle_event === undefined) return;
	// npm starts scripts through a shell, which some shells replace by the script and others stay around for
	const shell = lookUp(process.ppid);
	const script = path.basename(process.argv[1] ?? '');
	const npmProcess = shell?.args.includes(script) ? shell.parent : process.ppid;
	const watching = setInterval(() => {
		try {
			process.kill(npmProcess, 0);
		} catch (error) {
			if (error.code !== 'ESRCH') return;
			clearInterval(watching);
			callback();
		}
	}, 1000);
	watching.unref();
}

/**
 * How to start npm: the npm that started us when there is one, else the one beside this Node,
 * else whatever `npm` the PATH holds.
 *
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npmCommand() {
	// npm_node_execpath is the Node that npm itself runs on. Ours may be the one in node_modules,
	// which npm is about to replace.
	const node = process.env.npm_node_execpath ?? process.execPath;
	const beside = path.dirname(node);
	const candidates = [
		process.env.npm_execpath,
		path.join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
		path.join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
	];
	for (const file of candidates) {
		if (file?.endsWith('npm-cli.js') && existsSync(file)) {
			return { command: node, args: [file], shell: false };
		}
	}
	return { command: windows ? 'npm.cmd' : 'npm', args: [], shell: windows };
}

/**
 * The environment for a command of its own: without what npm passed down to us (its notion of the
 * project folder and of which scripts to ignore), keeping what the user set (registry, proxy, cache).
 *
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function cleanEnvironment(extra = {}) {
	const inherited =
		/^(npm_(package|lifecycle)_|npm_(command|execpath|node_execpath)$|npm_config_(local_prefix|global_prefix|prefix|ignore_scripts|omit|include|production|dry_run|loglevel|workspace|workspaces|global|save|package_lock)$|INIT_CWD$|NODE_ENV$)/i;
	const env = {};
	for (const [name, value] of Object.entries(process.env)) {
		if (!inherited.test(name)) env[name] = value;
	}
	return { ...env, ...extra };
}

/**
 * Runs npm in a folder.
 *
 * @param {string} label
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, show?: boolean, timeout?: number }} options
 */
export function npm(label, args, options) {
	const { command, args: before, shell } = npmCommand();
	return run(label, command, [...before, ...args], {
		...options,
		env: cleanEnvironment(options.env),
		shell,
	});
}

/**
 * Runs a program of the project in a process of its own, passes signals on to it and ends as it ends. It is told through
 * the channel between the two when this process is gone, whatever the reason.
 *
 * @param {string} name for the message when a signal ended it: `The demo`
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, onError: (error: Error) => void }} options
 */
export function handOver(name, command, args, { cwd, onError }) {
	const child = spawn(command, args, {
		cwd,
		env: cleanEnvironment(),
		// a group of its own: Ctrl-C then reaches it once, through us
		detached: !windows,
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.removeAllListeners(signal);
		process.on(signal, () => child.kill(signal));
	}
	child.once('error', onError);
	child.once('exit', (code, signal) => {
		if (signal !== null) console.error(`${name} was ended by ${signal}`);
		process.exit(code ?? 1);
	});
}
