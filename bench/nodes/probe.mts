import { Session } from 'node:inspector/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';

/** What a run between the nodes Items and Measured took. Memory in bytes, and only where it was asked for. */
export interface Recorded {
	milliseconds: number;
	/** Resident memory of the n8n process before the first request, after a garbage collection. */
	rssBefore?: number;
	/** The most of it until the last record was there. */
	rssPeak?: number;
	/** The JavaScript heap with the buffers beside it; garbage included at its peak, but not before and after. */
	heapBefore?: number;
	heapPeak?: number;
	heapAfter?: number;
}

/** A recording under way. */
interface Recording {
	begun: number;
	/** Takes a CPU profile, where a folder for such is named. */
	profile?: Session;
	memory?: { stop(): Promise<Omit<Recorded, 'milliseconds'>> };
}

/** Each fixture node is a bundle of its own: what they share hangs on the process. */
const place = Symbol.for('campaign-stack-bench');
const shared = globalThis as unknown as Record<symbol, Recording | undefined>;

const millisecondsBetween = 5;

/** Watches from a thread of its own, so that it also sees peaks while n8n's thread is busy. */
const watcher = `
	const { parentPort, workerData } = require('node:worker_threads');
	const peak = new Float64Array(workerData);
	const look = () => { peak[0] = Math.max(peak[0], process.memoryUsage.rss()); };
	setInterval(look, ${millisecondsBetween});
	look();
	parentPort.postMessage('ready');
`;

/** @throws Error where V8 does not hand out its garbage collection */
function garbageCollector(): () => void {
	setFlagsFromString('--expose-gc');
	const collect: unknown = runInNewContext('gc');
	if (typeof collect !== 'function') throw new Error('This Node has no garbage collection to call');
	return () => {
		Reflect.apply(collect, undefined, []);
	};
}

/** Bytes of the JavaScript heap and the buffers beside it. */
function heap(): number {
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/** The heap without garbage. n8n lets go of much only some time after its start, so this looks until little changes. */
async function settledHeap(): Promise<number> {
	const collect = garbageCollector();
	let before = Number.POSITIVE_INFINITY;
	for (let look = 0; look < 40; look++) {
		collect();
		const now = heap();
		if (Math.abs(before - now) < 2 ** 17) return now;
		before = now;
		await sleep(250);
	}
	return before;
}

async function watchMemory(): Promise<NonNullable<Recording['memory']>> {
	const buffer = new SharedArrayBuffer(8);
	const peak = new Float64Array(buffer);
	const worker = new Worker(watcher, { eval: true, workerData: buffer });
	await new Promise((resolve, reject) => {
		worker.once('message', resolve);
		worker.once('error', reject);
	});
	const heapBefore = await settledHeap();
	const rssBefore = process.memoryUsage.rss();
	peak[0] = rssBefore;
	let heapPeak = heapBefore;
	const look = () => {
		heapPeak = Math.max(heapPeak, heap());
	};
	const looking = setInterval(look, millisecondsBetween);
	return {
		async stop() {
			look();
			clearInterval(looking);
			await worker.terminate();
			const rssPeak = Math.max(peak[0] ?? 0, process.memoryUsage.rss());
			return { rssBefore, rssPeak, heapBefore, heapPeak, heapAfter: await settledHeap() };
		},
	};
}

/** Folder that gets a CPU profile of every run, to be opened in a browser's developer tools. */
const profiles = process.env.CAMPAIGN_STACK_PROFILES;

async function startProfile(): Promise<Session> {
	const session = new Session();
	session.connect();
	await session.post('Profiler.enable');
	await session.post('Profiler.setSamplingInterval', { interval: 200 });
	await session.post('Profiler.start');
	return session;
}

async function writeProfile(session: Session, folder: string): Promise<void> {
	const { profile } = await session.post('Profiler.stop');
	session.disconnect();
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, `${Date.now()}.cpuprofile`), JSON.stringify(profile));
}

/** Begins to record; the time runs from the end of this call. */
export async function begin(withMemory: boolean): Promise<void> {
	const memory = withMemory ? await watchMemory() : undefined;
	const profile = profiles ? await startProfile() : undefined;
	shared[place] = { memory, profile, begun: performance.now() };
}

/** Ends the recording. @throws Error when none has begun */
export async function end(): Promise<Recorded> {
	const now = performance.now();
	const recording = shared[place];
	if (recording === undefined)
		throw new Error('Nothing is being recorded: the node Items is missing');
	shared[place] = undefined;
	if (recording.profile && profiles) await writeProfile(recording.profile, profiles);
	return { milliseconds: now - recording.begun, ...(await recording.memory?.stop()) };
}
