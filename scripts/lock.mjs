/**
 * A lock between processes: only one set-up or build at a time works on a folder. Built-ins only.
 */
import {
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { duration, watchChildren } from './processes.mjs';

const HEARTBEAT = 5_000;
/** A holder that has not been heard of for this long is dead, or asleep together with us. */
const SILENCE = 60_000;
/** What a killed holder has started may still be at work for this long. */
const LONG_SILENCE = 20 * 60_000;

function readOwner(folder) {
	try {
		return JSON.parse(readFileSync(path.join(folder, 'owner.json'), 'utf8'));
	} catch {
		// not written yet, or gone in this moment: judged by the folder's age alone
		return undefined;
	}
}

function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: it exists and belongs to somebody else
		return error.code === 'EPERM';
	}
}

/** Whether nobody works under this lock any more: neither its holder nor a child that outlived a killed holder. */
function isStale(folder) {
	let changed;
	try {
		changed = statSync(folder).mtimeMs;
	} catch (error) {
		if (error.code === 'ENOENT') return false;
		throw error;
	}
	const silent = Date.now() - changed;
	const owner = readOwner(folder);
	if (owner === undefined || owner.machine !== os.hostname()) return silent > SILENCE;
	// after a restart of the machine the ids belong to others
	if (silent > LONG_SILENCE) return true;
	return ![owner.pid, ...owner.children].some(isAlive);
}

function tryMkdir(folder) {
	try {
		mkdirSync(folder);
		return true;
	} catch (error) {
		if (error.code === 'EEXIST') return false;
		throw error;
	}
}

/**
 * Removes a dead holder's lock. A second lock guards the removal: without it, two waiters could both
 * see the dead lock and the slower one would remove the quicker one's new lock.
 */
function removeStale(folder) {
	const guard = `${folder}.removing`;
	if (!tryMkdir(guard)) {
		if (isStale(guard)) rmSync(guard, { recursive: true, force: true });
		return;
	}
	try {
		if (isStale(folder)) {
			const aside = `${folder}.${process.pid}`;
			renameSync(folder, aside);
			rmSync(aside, { recursive: true, force: true });
		}
	} finally {
		rmSync(guard, { recursive: true, force: true });
	}
}

/**
 * Does some work while holding the lock; waits for another process that holds it, up to 40 minutes.
 *
 * @template T
 * @param {string} folder the lock's own folder; its parent is created
 * @param {string} what what the other process is doing, for the message while waiting
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, what, work) {
	mkdirSync(path.dirname(folder), { recursive: true });
	const start = Date.now();
	let said = 0;
	while (!tryMkdir(folder)) {
		if (isStale(folder)) {
			removeStale(folder);
			continue;
		}
		const waited = Date.now() - start;
		if (waited > 40 * 60_000) {
			throw new Error(
				`${what} in another process has not ended for 40 minutes. If there is none, delete ${folder}`,
			);
		}
		if (waited >= said) {
			const pid = readOwner(folder)?.pid;
			console.log(
				`${what}: waiting for another process${pid ? ` (${pid})` : ''} that is at it (${duration(waited)} so far)`,
			);
			said = waited + 15_000;
		}
		await sleep(250);
	}
	const since = new Date().toISOString();
	const sign = (children) => {
		const file = path.join(folder, 'owner.json');
		const owner = { pid: process.pid, machine: os.hostname(), since, children };
		writeFileSync(`${file}.new`, JSON.stringify(owner));
		renameSync(`${file}.new`, file);
	};
	sign([]);
	const unwatch = watchChildren(sign);
	const heartbeat = setInterval(() => {
		const now = new Date();
		try {
			utimesSync(folder, now, now);
		} catch (error) {
			// taken from us (this machine slept for long): the work at hand still has to end in order
			if (error.code !== 'ENOENT') throw error;
		}
	}, HEARTBEAT);
	const release = () => {
		const owner = readOwner(folder);
		if (owner?.pid === process.pid && owner.machine === os.hostname()) {
			rmSync(folder, { recursive: true, force: true });
		}
	};
	process.once('exit', release);
	try {
		return await work();
	} finally {
		clearInterval(heartbeat);
		unwatch();
		process.removeListener('exit', release);
		release();
	}
}
