/**
 * Callbacks of the simulated Site Factory: the requests that it sends when a backup, a restore or the deletion of a
 * backup has ended.
 *
 * What a real factory sends is not documented, but for `caller_data`, which is part of it: here it is all of it. A POST
 * carries it in a JSON body, or in a form where the simulator is told so; a GET in the query. A callback is sent once,
 * as no repetition is documented; redirects are followed. Only the loopback address is ever called.
 */
import { Agent, request } from 'undici';

/** What a caller asked for when the task was started. */
export interface Callback {
	url: URL;
	method: 'GET' | 'POST';
	/** JSON in a text, as it was given. */
	callerData?: string;
}

/** A callback that was sent, or that could not be. */
export interface SentCallback {
	/** When the task ended as far as the simulator has seen, in milliseconds. */
	at: number;
	taskId: number;
	method: 'GET' | 'POST';
	/** As the caller gave it. */
	url: string;
	/** Status of the last answer; absent while there is none. */
	status?: number;
	/** Why there is no answer. */
	problem?: string;
}

/** How a POST carries its data. */
export type CallbackFormat = 'json' | 'form';

/** Callbacks from one reset of the simulator to the next. */
export interface Callbacks {
	/** In the order of the ends of the tasks. */
	readonly sent: SentCallback[];
	/**
	 * Takes a callback down.
	 * @param settled is told once what came of it
	 * @returns what sends it, to be called once, when the task has ended; does not wait for the answer
	 */
	plan(callback: Callback, taskId: number, settled: (sent: SentCallback) => void): () => void;
	/** Sends no more, and cuts off what is under way. */
	stop(): void;
}

const MOST_REDIRECTS = 5;
/** Milliseconds for each request. */
const PATIENCE = 5000;
/** Milliseconds between looks at the clock while a callback is due. */
const LOOK = 100;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** With these the method and the body stay. */
const REPEATING_REDIRECTS = new Set([307, 308]);

const isLoopback = ({ protocol, hostname }: URL) =>
	['http:', 'https:'].includes(protocol) &&
	(hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname));

interface Outgoing {
	method: 'GET' | 'POST';
	url: URL;
	type?: string;
	body?: string;
}

function firstRequest({ url, method, callerData }: Callback, format: CallbackFormat): Outgoing {
	const data: Record<string, string> = callerData === undefined ? {} : { caller_data: callerData };
	if (method === 'GET') {
		const target = new URL(url);
		for (const [name, value] of Object.entries(data)) target.searchParams.set(name, value);
		return { method, url: target };
	}
	return format === 'json'
		? { method, url, type: 'application/json', body: JSON.stringify(data) }
		: {
				method,
				url,
				type: 'application/x-www-form-urlencoded',
				body: new URLSearchParams(data).toString(),
			};
}

/**
 * Keeps the callbacks of a simulator.
 * @param look runs what the clock has brought about; called while callbacks are due, as nobody else may ask
 * @param fault takes what went wrong in `look`
 */
export function createCallbacks(options: {
	clock: () => number;
	look: () => void;
	fault: (message: string) => void;
	format?: CallbackFormat;
}): Callbacks {
	const { clock, look, fault, format = 'json' } = options;
	const sent: SentCallback[] = [];
	const stopped = new AbortController();
	// What listens on the loopback address has no certificate that anybody could check
	const agent = new Agent({ connect: { rejectUnauthorized: false } });
	let due = 0;
	let timer: NodeJS.Timeout | undefined;

	const tick = () => {
		try {
			look();
		} catch (error) {
			fault(String(error));
		}
		if (due > 0) return;
		clearInterval(timer);
		timer = undefined;
	};
	const deliver = async (first: Outgoing): Promise<number> => {
		let outgoing = first;
		for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
			const { method, url, type, body } = outgoing;
			if (!isLoopback(url)) throw new Error('only the loopback address is called');
			const answer = await request(url, {
				dispatcher: agent,
				method,
				headers: type === undefined ? {} : { 'content-type': type },
				body: body ?? null,
				signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(PATIENCE)]),
			});
			await answer.body.dump();
			const { location } = answer.headers;
			if (!REDIRECTS.has(answer.statusCode) || typeof location !== 'string') {
				return answer.statusCode;
			}
			const next = new URL(location, url);
			outgoing = REPEATING_REDIRECTS.has(answer.statusCode)
				? { ...outgoing, url: next }
				: { method: 'GET', url: next };
		}
		throw new Error(`more than ${MOST_REDIRECTS} redirects`);
	};

	return {
		sent,
		plan: (callback, taskId, settled) => {
			due += 1;
			timer ??= setInterval(tick, LOOK).unref();
			return () => {
				due -= 1;
				if (stopped.signal.aborted) return;
				const { method, url } = callback;
				const entry: SentCallback = { at: clock(), taskId, method, url: url.href };
				sent.push(entry);
				deliver(firstRequest(callback, format)).then(
					(status) => {
						entry.status = status;
						settled(entry);
					},
					(error: unknown) => {
						entry.problem = error instanceof Error ? error.message : String(error);
						settled(entry);
					},
				);
			};
		},
		stop: () => {
			clearInterval(timer);
			timer = undefined;
			stopped.abort();
			void agent.destroy();
		},
	};
}
