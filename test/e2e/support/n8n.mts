import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { startN8n } from '../../../demo/host/n8n.mts';
import type { N8n, N8nOptions } from '../../../demo/host/n8n.mts';
import type { Login } from '../../../demo/host/client.mts';

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

/** The ids of all processes that a process has started, directly or through others, at this moment. */
export async function descendants(pid: number): Promise<number[]> {
	const { stdout } = await execFileAsync('ps', ['-A', '-o', 'pid=,ppid=']);
	const pairs = stdout
		.trim()
		.split('\n')
		.map((line) => line.trim().split(/\s+/).map(Number));
	const found = [pid];
	for (const parent of found) {
		for (const [child, itsParent] of pairs) {
			if (itsParent === parent && child !== undefined) found.push(child);
		}
	}
	return found.slice(1);
}
