/**
 * The services that the benchmarks talk to, in a process of their own so that they do not share an event loop with
 * anything that is measured. Takes orders from the process that forked it, and ends with it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCampaignFactorySimulator } from '../demo/simulators/campaignFactory.mts';
import { createWarpUrlSimulator } from '../demo/simulators/warpUrl.mts';

/** What can be started. */
export interface ServerOptions {
	/** The strict simulators, or a plain server that only has the list of sites of a Site Factory. */
	service: 'campaign-factory' | 'warpurl' | 'site-list';
	requestsPerSecond?: number;
	/** Milliseconds that every answer takes; the list only. */
	latency?: number;
	/** Records in the list. */
	records?: number;
}

/** A service that runs. */
export interface Started {
	url: string;
	/** Data of the n8n credential that signs in to it. */
	credential: Record<string, unknown>;
}

/** What a service has received since it was last asked. */
export interface Received {
	requests: number;
	tokenRequests: number;
	/** Answers with status 429. */
	refused: number;
	/** What went wrong in the service itself. */
	faults: string[];
	/** Milliseconds from the first to the last accepted request. */
	span: number;
}

/** An order and its answer. */
export type Order = { id: number } & (
	| { do: 'start'; options: ServerOptions }
	| { do: 'take'; url: string }
	| { do: 'stop'; url: string }
);
export type Reply = { id: number; result?: unknown; error?: string };

interface Service extends Started {
	/** Gives what came in since the last time. */
	take(): Received;
	close(): Promise<void>;
}

async function simulate(options: ServerOptions): Promise<Service> {
	const create =
		options.service === 'warpurl' ? createWarpUrlSimulator : createCampaignFactorySimulator;
	const simulator = await create({ requestsPerSecond: options.requestsPerSecond });
	return {
		url: simulator.url,
		credential: simulator.credential,
		take() {
			const { requests } = simulator;
			const accepted = requests.filter(({ status }) => status !== 429);
			const received = {
				requests: requests.length,
				tokenRequests: simulator.tokenRequests(),
				refused: requests.length - accepted.length,
				faults: [...simulator.faults],
				span: (accepted.at(-1)?.at ?? 0) - (accepted[0]?.at ?? 0),
			};
			requests.length = 0;
			return received;
		},
		close: () => simulator.close(),
	};
}

/** A record of the list, in the shape of the factory's own. */
function site(index: number): Record<string, unknown> {
	const id = index + 1;
	const name = `northwind${id}`;
	return {
		id,
		site: name,
		stack_id: 1,
		domain: `${name}.example.acsitefactory.com`,
		groups: [91, 96],
		site_collection: 241,
		is_primary: true,
		db_name: `db${id}`,
		created: 1_760_000_000 + id,
		owner: 'invented.owner',
		labels: ['production', 'reviewed'],
	};
}

/**
 * The list of sites as a Site Factory gives it, without checks: building and judging 20,000 records in the strict
 * simulator would take longer than what is to be measured.
 */
async function listSites({ records = 0, latency = 0 }: ServerOptions): Promise<Service> {
	const received: number[] = [];
	const server = createServer((request, response) => {
		void (async () => {
			received.push(performance.now());
			const { searchParams, pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
			const page = Number(searchParams.get('page') ?? 1);
			const size = Math.min(100, Number(searchParams.get('limit') ?? 10));
			const from = (page - 1) * size;
			const length = Math.max(0, Math.min(size, records - from));
			const sites = Array.from({ length }, (_, index) => site(from + index));
			await sleep(latency);
			const isList = pathname === '/api/v1/sites';
			response.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' });
			response.end(JSON.stringify(isList ? { count: records, sites } : { message: 'Not found' }));
		})();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url,
		credential: { factoryUrl: url, username: 'invented.user', apiKey: 'invented-api-key' },
		take() {
			const times = received.splice(0);
			return {
				requests: times.length,
				tokenRequests: 0,
				refused: 0,
				faults: [],
				span: (times.at(-1) ?? 0) - (times[0] ?? 0),
			};
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

const services = new Map<string, Service>();

function running(url: string): Service {
	const service = services.get(url);
	if (service === undefined) throw new Error(`No service runs at ${url}`);
	return service;
}

async function carryOut(order: Order): Promise<unknown> {
	switch (order.do) {
		case 'start': {
			const make = order.options.service === 'site-list' ? listSites : simulate;
			const service = await make(order.options);
			services.set(service.url, service);
			return { url: service.url, credential: service.credential };
		}
		case 'take':
			return running(order.url).take();
		case 'stop':
			await running(order.url).close();
			services.delete(order.url);
			return undefined;
	}
}

process.on('message', (order: Order) => {
	const reply = (rest: Omit<Reply, 'id'>) => process.send?.({ id: order.id, ...rest });
	carryOut(order).then(
		(result) => reply({ result }),
		(error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }),
	);
});
// Ctrl-C reaches the whole group of the terminal; this process ends with the one that forked it
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
