import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { startN8n } from '../../../demo/host/n8n.mts';
import type { N8n, N8nOptions } from '../../../demo/host/n8n.mts';
import type { Login } from '../../../demo/host/client.mts';
import { isErrno } from '../../../demo/host/processes.mts';

const execFileAsync = promisify(execFile);

/** The invented login of the tests' n8n. */
export const login: Login = { email: 'owner@example.com', password: 'Invented-Pass-1' };

/**
 * Starts an n8n with the given packages, on any free port, and logs its client in as the owner.
 *
 * @throws Error with the last lines of n8n's log when it does not start
 */
export async function startTestN8n(options: N8nOptions): Promise<N8n> {
	const n8n = await startN8n(options);
	try {
		await n8n.client.setUpOwner(login);
		return n8n;
	} catch (error) {
		await n8n.stop();
		throw error;
	}
}

/** Whether something listens on an address. */
export function isListening(port: number, host = '127.0.0.1'): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ port, host });
		const done = (answer: boolean) => {
			socket.destroy();
			resolve(answer);
		};
		socket.setTimeout(2000, () => done(false));
		socket.once('connect', () => done(true));
		socket.once('error', () => done(false));
	});
}

/** All processes of this machine as pairs of their own and their parent's id. */
async function processTable(): Promise<Array<readonly [pid: number, parent: number]>> {
	if (process.platform !== 'linux') {
		const { stdout } = await execFileAsync('ps', ['-A', '-o', 'pid=,ppid=']);
		return stdout
			.trim()
			.split('\n')
			.map((line) => {
				const [pid, parent] = line.trim().split(/\s+/);
				return [Number(pid), Number(parent)] as const;
			});
	}
	// small Debian machines have no ps
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
	const pairs = await Promise.all(
		pids.map(async (pid) => {
			try {
				const status = await readFile(`/proc/${pid}/status`, 'utf8');
				return [Number(pid), Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1])] as const;
			} catch (error) {
				// ended since the folder was read
				if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ESRCH')) return undefined;
				throw error;
			}
		}),
	);
	return pairs.filter((pair) => pair !== undefined);
}

/** The ids of all processes that a process has started, directly or through others, at this moment. */
export async function descendants(pid: number): Promise<number[]> {
	const table = await processTable();
	const found = [pid];
	for (const parent of found) {
		for (const [child, itsParent] of table) if (itsParent === parent) found.push(child);
	}
	return found.slice(1);
}
