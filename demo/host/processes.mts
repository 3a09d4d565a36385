import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const windows = process.platform === 'win32';

/** How a process ended. */
export interface Exit {
	code: number | null;
	signal: NodeJS.Signals | null;
}

/** A program that was started here and is ended here, with everything it started itself. */
export interface ManagedProcess {
	readonly pid: number;
	/** Settles when the process has ended, however it ended. Never rejects. */
	readonly exited: Promise<Exit>;
	/** How it ended, or undefined while it runs. */
	exit(): Exit | undefined;
	/**
	 * Ends it politely, and by force when it has not ended after `grace` milliseconds. Then ends what is left
	 * of its process group. Returns when nothing is left.
	 */
	stop(grace?: number): Promise<void>;
	/** Ends it by force at once. */
	kill(): void;
}

/** What to run and how. */
export interface ProcessOptions {
	cwd: string;
	env: NodeJS.ProcessEnv;
	/** File that gets standard output and standard error, appended. */
	logFile: string;
}

function endGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		if (windows) {
			spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true });
		} else {
			process.kill(-pid, signal);
		}
	} catch (error) {
		// no such group: all of it has ended, which is what was asked for
		if (!isErrno(error) || error.code !== 'ESRCH') throw error;
	}
}

/** True for the errors that Node's own functions throw, with a code such as `ENOENT`. */
export function isErrno(error: unknown): error is NodeJS.ErrnoException {
	return error instanceof Error && 'code' in error;
}

/**
 * Starts a program in a process group of its own, so that Ctrl-C in the terminal reaches only the program that is
 * in charge, and so that all of its children can be ended.
 *
 * @throws Error when the program cannot be started
 */
export async function startProcess(
	command: string,
	args: readonly string[],
	options: ProcessOptions,
): Promise<ManagedProcess> {
	const log = openSync(options.logFile, 'a');
	let child: ChildProcess;
	try {
		child = spawn(command, [...args], {
			cwd: options.cwd,
			env: options.env,
			detached: !windows,
			// standard input stays open for as long as this program lives: see guard.mjs
			stdio: ['pipe', log, log],
			windowsHide: true,
		});
		await new Promise<void>((resolve, reject) => {
			child.once('spawn', resolve);
			child.once('error', reject);
		});
	} finally {
		closeSync(log);
	}
	const { pid } = child;
	if (pid === undefined) throw new Error(`${command} was started without a process id`);
	child.on('error', () => child.kill('SIGKILL'));
	// closed by the child's end: nothing is ever written to it
	child.stdin?.on('error', () => undefined);
	let ended: Exit | undefined;
	const exited = new Promise<Exit>((resolve) => {
		child.once('exit', (code, signal) => {
			ended = { code, signal };
			resolve(ended);
		});
	});
	return {
		pid,
		exited,
		exit: () => ended,
		kill: () => endGroup(pid, 'SIGKILL'),
		async stop(grace = 10_000) {
			if (ended === undefined) {
				if (windows) child.stdin?.end();
				else child.kill('SIGTERM');
				await Promise.race([exited, sleep(grace, undefined, { ref: false })]);
			}
			endGroup(pid, 'SIGKILL');
			await exited;
		},
	};
}

/** True while a process with this id exists on this machine. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: it exists and belongs to somebody else
		return isErrno(error) && error.code === 'EPERM';
	}
}
