import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Received, Reply, ServerOptions, Started } from './server.mts';

/** The process with the services. */
export interface Services {
	start(options: ServerOptions): Promise<Started>;
	/** What a service has received since it was last asked. @throws Error when it had a fault of its own */
	take(url: string): Promise<Received>;
	stop(url: string): Promise<void>;
	/** Ends the process. */
	close(): void;
}

/** Who waits for the answer to an order. */
interface Waiting {
	resolve: (value: unknown) => void;
	reject: (error: Error) => void;
}

/** An order without its number. */
type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Starts the process with the services. */
export function startServices(): Services {
	const child = fork(fileURLToPath(new URL('server.mts', import.meta.url)), {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	const waiting = new Map<number, Waiting>();
	let serial = 0;
	child.on('message', ({ id, result, error }: Reply) => {
		const asked = waiting.get(id);
		waiting.delete(id);
		if (error === undefined) asked?.resolve(result);
		else asked?.reject(new Error(error));
	});
	child.on('exit', (code, signal) => {
		const error = new Error(`The process with the services has ended (${signal ?? code})`);
		for (const { reject } of waiting.values()) reject(error);
		waiting.clear();
	});
	const order = (what: Unnumbered<Order>) =>
		new Promise<unknown>((resolve, reject) => {
			const id = ++serial;
			waiting.set(id, { resolve, reject });
			child.send({ id, ...what }, (error) => {
				if (error === null) return;
				waiting.delete(id);
				reject(error);
			});
		});
	return {
		start: async (options) => (await order({ do: 'start', options })) as Started,
		async take(url) {
			const received = (await order({ do: 'take', url })) as Received;
			if (received.faults.length > 0) throw new Error(`${url}: ${received.faults.join('; ')}`);
			return received;
		},
		stop: async (url) => {
			await order({ do: 'stop', url });
		},
		close: () => {
			if (child.connected) child.disconnect();
		},
	};
}
