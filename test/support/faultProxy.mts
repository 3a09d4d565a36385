/**
 * A proxy on 127.0.0.1 in front of a simulator. It passes requests on, records them, and makes one kind of fault of
 * those that it is told to. It is addressed by name, so that names can be found or not, and gives every request a
 * connection of its own, so that connections can be refused one by one.
 *
 * It is bounded: after `mostRequests` or `mostSeconds` it answers nothing any more, and `close` says so.
 */
import dns from 'node:dns';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as openRequest } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** An answer on its way through the proxy. */
export interface ProxiedAnswer {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
}

/** What happens to a request, or to the connection for it. */
export interface Fault {
	/** Whether the service gets the request, and acts on it, although its answer does not come through as it is. */
	arrives: boolean;
	/** The connection does not come about; nothing is sent. */
	connection?:
		| 'refused'
		| 'reset' // accepted, and reset before anything is read
		| 'no such name' // ENOTFOUND
		| 'no name service'; // EAI_AGAIN
	/** Makes another answer. Where nothing arrives at the service it gets an empty one with status 200. */
	answer?: (answer: ProxiedAnswer, request: ProxiedRequest) => ProxiedAnswer;
	/** How the answer is sent. Default: whole. */
	delivery?:
		| 'late' // after `delay`
		| 'reset' // nothing, and the connection is reset
		| 'silence' // nothing, ever
		| 'half' // the first half of the body, then the connection is closed
		| 'drip'; // one byte of the body each `delay`, and blanks in front of it without end
	/** Milliseconds; for `late` and `drip`. */
	delay?: number;
}

/** A request as it came to the proxy. */
export interface ProxiedRequest {
	method: string;
	/** Path and query, as sent. */
	url: string;
	headers: IncomingHttpHeaders;
	body: string;
	/** Number of the connection that it came on, counted from 0 since the proxy was armed. */
	connection: number;
	/** Whether a fault was made of it. */
	isHit: boolean;
	/** Whether the service got it. */
	hasArrived: boolean;
	/** What the service answered. */
	answer?: ProxiedAnswer;
}

/** Which requests a fault is made of. */
export interface Aim {
	fault: Fault;
	/** Of those that match, so many are hit, from the first on. Default: all. */
	times?: number;
	/** Whether a request is one of those; `before` are the requests since the proxy was armed. */
	matches: (request: ProxiedRequest, before: ProxiedRequest[]) => boolean;
	/** For faults of the connection, which is there before the request: the first that is hit. */
	connection?: number;
}

/** A running proxy. */
export interface FaultProxy {
	/** Address by name, without a trailing slash. */
	url: string;
	/** Requests since the proxy was armed, in order; without those whose connection did not come about. */
	seen: ProxiedRequest[];
	/** What went wrong in the proxy itself, in words. Empty in a sound test. */
	failures: string[];
	/** Connections that a fault kept from coming about since the proxy was armed. */
	brokenConnections(): number;
	/** Begins a new record and makes these faults from now on. The first aim that a request meets counts. */
	arm(...aims: Aim[]): void;
	/** @throws Error when the proxy met its bounds, or something in it went wrong */
	close(): Promise<void>;
}

/** The sign-ins that requests carried, and the tokens that answers gave: what nobody else may read. */
export function secretsIn(requests: ProxiedRequest[]): string[] {
	const found = requests.flatMap(({ headers, answer }) => {
		const sent = headers.authorization?.replace(/^(Basic|Bearer) /, '');
		const given = [...(answer?.body.toString() ?? '').matchAll(/"[a-z_]*token"\s*:\s*"([^"]+)"/gi)];
		return [sent, ...given.map(([, token]) => token)];
	});
	return [...new Set(found)].filter(
		(secret) => secret !== undefined && secret.length > 5,
	) as string[];
}

/** Requests and real seconds after which the proxy stops. */
const mostRequests = 20_000;
const mostSeconds = 300;
/** Real milliseconds after which an answer that drips is cut off. */
const longestDrip = 2_000;

const name = 'localhost';
const address = '127.0.0.1';
/** Meant for one connection only. */
const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host'];

function withoutHopByHop(headers: IncomingHttpHeaders): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).flatMap(([header, value]) =>
			value === undefined || hopByHop.includes(header) ? [] : [[header, String(value)]],
		),
	);
}

function failureOfName(code: string): NodeJS.ErrnoException {
	return Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code, syscall: 'getaddrinfo' });
}

/** Starts a proxy in front of `target`, the address of a simulator. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
	const seen: ProxiedRequest[] = [];
	const sockets = new Map<Socket, number>();
	const failures: string[] = [];
	const upstream = new URL(target);
	let aims: Array<{ aim: Aim; hits: number }> = [];
	let connections = 0;
	let broken = 0;
	let resetNext = false;
	let requests = 0;
	let isOver = false;

	/** The fault of the first aim that is met and not used up; counts as a hit. */
	function hit(isMet: (aim: Aim) => boolean): Fault | undefined {
		const found = aims.find(
			({ aim, hits }) => hits < (aim.times ?? Number.POSITIVE_INFINITY) && isMet(aim),
		);
		if (found) found.hits++;
		return found?.aim.fault;
	}

	async function forward(request: ProxiedRequest): Promise<ProxiedAnswer> {
		request.hasArrived = true;
		const answer = await new Promise<ProxiedAnswer>((resolve, reject) => {
			const sent = openRequest(
				{
					host: upstream.hostname,
					port: upstream.port,
					method: request.method,
					path: request.url,
					headers: {
						...withoutHopByHop(request.headers),
						'content-length': Buffer.byteLength(request.body, 'latin1'),
						connection: 'close',
					},
					agent: false,
					timeout: 10_000,
				},
				(response) => {
					buffer(response).then((body) => {
						const headers = withoutHopByHop(response.headers);
						resolve({ status: response.statusCode ?? 0, headers, body });
					}, reject);
				},
			);
			sent.once('timeout', () => sent.destroy(new Error('The simulator does not answer')));
			sent.once('error', reject);
			sent.end(Buffer.from(request.body, 'latin1'));
		});
		// Services name themselves in links; behind a proxy they have another name
		const text = answer.body.toString('utf8');
		const body = text.includes(target) ? Buffer.from(text.replaceAll(target, url)) : answer.body;
		request.answer = { ...answer, body };
		return request.answer;
	}

	function write(response: ServerResponse, answer: ProxiedAnswer, fault?: Fault): void {
		const { socket } = response;
		switch (fault?.delivery) {
			case 'reset':
				socket?.resetAndDestroy();
				return;
			case 'silence':
				return;
			case 'half':
				response.writeHead(answer.status, {
					...answer.headers,
					'content-length': String(answer.body.length),
				});
				response.write(answer.body.subarray(0, Math.ceil(answer.body.length / 2)), () =>
					response.destroy(),
				);
				return;
			case 'drip': {
				response.writeHead(answer.status, answer.headers);
				const begin = Date.now();
				const drip = setInterval(() => {
					if (Date.now() - begin > longestDrip) {
						failures.push('An answer dripped on until the proxy cut it off');
						response.destroy();
					} else if (!response.destroyed) response.write(' ');
				}, fault.delay ?? 20);
				response.once('close', () => clearInterval(drip));
				return;
			}
			default:
				response.writeHead(answer.status, {
					...answer.headers,
					'content-length': String(answer.body.length),
					connection: 'close',
				});
				response.end(answer.body);
		}
	}

	async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		if (isOver || ++requests > mostRequests) {
			isOver = true;
			response.destroy();
			return;
		}
		const body = await buffer(incoming);
		const request: ProxiedRequest = {
			method: incoming.method ?? '',
			url: incoming.url ?? '',
			headers: incoming.headers,
			// One character for each byte, so that nothing is lost on the way
			body: body.toString('latin1'),
			connection: sockets.get(incoming.socket) ?? -1,
			isHit: false,
			hasArrived: false,
		};
		const before = seen.slice();
		seen.push(request);
		const fault = hit((aim) => !aim.fault.connection && aim.matches(request, before));
		request.isHit = fault !== undefined;
		const answer =
			fault?.arrives === false
				? { status: 200, headers: {}, body: Buffer.alloc(0) }
				: await forward(request);
		if (fault?.delivery === 'late') {
			await new Promise((resolve) => setTimeout(resolve, fault.delay ?? 20));
		}
		write(response, fault?.answer?.(answer, request) ?? answer, fault);
	}

	const server = createServer((incoming, response) => {
		handle(incoming, response).catch((error: unknown) => {
			if (!incoming.socket.destroyed) failures.push(String(error));
			response.destroy();
		});
	});
	server.on('connection', (socket: Socket) => {
		if (resetNext) {
			resetNext = false;
			socket.resetAndDestroy();
			return;
		}
		sockets.set(socket, connections - 1);
		socket.once('close', () => sockets.delete(socket));
	});
	const listen = async (port: number) => {
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(port, address, () => {
				server.off('error', reject);
				resolve();
			});
		});
		return (server.address() as AddressInfo).port;
	};
	const port = await listen(0);
	const url = `http://${name}:${port}`;
	const deadline = setTimeout(() => {
		isOver = true;
	}, mostSeconds * 1000);
	deadline.unref();

	/** Prepares the next connection. @returns the failure of a name that is not found */
	async function prepareConnection(): Promise<NodeJS.ErrnoException | undefined> {
		const index = connections++;
		if (!server.listening) await listen(port);
		const kind = hit(
			({ fault, connection = 0 }) => fault.connection !== undefined && index >= connection,
		)?.connection;
		if (kind === undefined) return undefined;
		broken++;
		if (kind === 'no such name') return failureOfName('ENOTFOUND');
		if (kind === 'no name service') return failureOfName('EAI_AGAIN');
		if (kind === 'reset') resetNext = true;
		// Nothing listens until the next connection: the machine itself refuses this one
		if (kind === 'refused') {
			server.close();
			await new Promise((resolve) => setImmediate(resolve));
		}
		return undefined;
	}

	// The name of this machine is found here and nowhere else; all others are left to Node
	const lookUp = dns.lookup;
	const found = ((host: string, options: unknown, done?: unknown) => {
		const call = (typeof options === 'function' ? options : done) as (
			error: Error | null,
			...found: unknown[]
		) => void;
		if (host !== name) {
			Reflect.apply(lookUp, dns, [host, options, done]);
			return;
		}
		const isAll =
			typeof options === 'object' && options !== null && 'all' in options && options.all;
		prepareConnection().then(
			(failure) => {
				if (failure) call(failure);
				else if (isAll === true) call(null, [{ address, family: 4 }]);
				else call(null, address, 4);
			},
			(error: unknown) => call(error instanceof Error ? error : new Error(String(error))),
		);
	}) as typeof dns.lookup;
	dns.lookup = found;

	return {
		url,
		seen,
		failures,
		brokenConnections: () => broken,
		arm(...next) {
			aims = next.map((aim) => ({ aim, hits: 0 }));
			connections = 0;
			broken = 0;
			resetNext = false;
			seen.length = 0;
		},
		async close() {
			if (dns.lookup === found) dns.lookup = lookUp;
			else failures.push('Proxies have to be closed in the reverse order of their start');
			clearTimeout(deadline);
			for (const socket of sockets.keys()) socket.destroy();
			if (server.listening) await new Promise((resolve) => server.close(resolve));
			if (isOver) failures.push(`The proxy stopped after ${requests} requests`);
			if (failures.length > 0) throw new Error(failures.join('; '));
		},
	};
}
