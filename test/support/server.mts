/**
 * A scripted HTTP server on 127.0.0.1: it answers by a script, in ways that well-behaved servers do not, and keeps
 * what it was asked.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One answer of the script. */
export interface Scripted {
	/** Default 200. */
	status?: number;
	headers?: Record<string, string>;
	/** Sent as JSON with its type; text and bytes as they are. Default: nothing. */
	body?: unknown;
	/** Milliseconds before the answer, in real time. */
	delay?: number;
	/** What is done to the connection instead of an answer, or in the middle of it. */
	fault?:
		| 'reset after reading' // the request is read whole, then the connection is reset
		| 'half a body' // the first half of the body is sent, then the connection is reset
		| 'drip' // blanks without end after the headers, one every 20 ms, for two seconds
		| 'silence'; // nothing is ever sent
	/** Waits for this before answering. */
	until?: Promise<unknown>;
}

/** A request as it arrived. */
export interface Received {
	method: string;
	/** Path and query, as sent. */
	url: string;
	/** Path alone, as sent. */
	path: string;
	query: URLSearchParams;
	headers: Record<string, string>;
	/** Names and values of the headers as they were written. */
	rawHeaders: string[];
	bytes: Buffer;
	/** The body: parsed where it is JSON, else text. */
	body: unknown;
	/** Requests in flight at the moment it arrived, itself included. */
	inFlight: number;
}

/** What the server does with a request. */
export type Script = (request: Received, index: number) => Scripted | Promise<Scripted>;

/** A running server. */
export interface ScriptedServer {
	/** Base address, without a trailing slash. */
	url: string;
	/** Everything that arrived, in order. */
	received: Received[];
	/** Requests in flight at the same time, at most. */
	peak(): number;
	/** Requests in flight now: neither answered nor given up. */
	open(): number;
	/** Replaces the script. A list is played once; then the last answer is repeated. */
	answer(script: Script | Scripted[]): void;
	/** Resets the next connections before anything is read from them. */
	resetConnections(count: number): void;
	/** Connections that were reset that way. */
	resets(): number;
	/** Forgets what arrived. */
	forget(): void;
	close(): Promise<void>;
}

function parse(bytes: Buffer): unknown {
	const text = bytes.toString('utf8');
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

function toBytes(answer: Scripted): { bytes: Buffer; type?: string } {
	const { body } = answer;
	if (body === undefined) return { bytes: Buffer.alloc(0) };
	if (Buffer.isBuffer(body)) return { bytes: body, type: 'application/octet-stream' };
	if (typeof body === 'string') return { bytes: Buffer.from(body), type: 'text/plain' };
	return { bytes: Buffer.from(JSON.stringify(body)), type: 'application/json' };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

function write(response: ServerResponse, answer: Scripted): void {
	const { bytes, type } = toBytes(answer);
	const cut = answer.fault === 'half a body';
	if (answer.fault === 'drip') {
		response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
		let drops = 100;
		const drip = setInterval(() => {
			if (drops-- > 0) response.write(' ');
			else response.end('{}');
		}, 20);
		response.once('close', () => clearInterval(drip));
		return;
	}
	response.writeHead(answer.status ?? 200, {
		...(type && { 'content-type': type }),
		'content-length': String(bytes.length),
		...answer.headers,
	});
	if (!cut) {
		response.end(bytes);
		return;
	}
	response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy());
}

/** Starts a server that answers by `script`; each test closes its own. */
export async function startServer(script: Script | Scripted[] = []): Promise<ScriptedServer> {
	let play: Script = toScript(script);
	const received: Received[] = [];
	const sockets = new Set<Socket>();
	let inFlight = 0;
	let most = 0;
	let toReset = 0;
	let resets = 0;
	const failures: unknown[] = [];

	async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = request.url ?? '';
		const [path = '', search = ''] = url.split('?');
		const entry: Received = {
			method: request.method ?? '',
			url,
			path,
			query: new URLSearchParams(search),
			headers: Object.fromEntries(
				Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
			),
			rawHeaders: request.rawHeaders,
			bytes: Buffer.alloc(0),
			body: undefined,
			inFlight,
		};
		const index = received.push(entry) - 1;
		entry.bytes = await readAll(request);
		entry.body = parse(entry.bytes);
		const answer = await play(entry, index);
		await answer.until;
		if (answer.delay) await new Promise((resolve) => setTimeout(resolve, answer.delay));
		if (answer.fault === 'silence') return;
		if (answer.fault === 'reset after reading') {
			request.socket.resetAndDestroy();
			return;
		}
		write(response, answer);
	}

	const server = createServer((request, response) => {
		inFlight++;
		most = Math.max(most, inFlight);
		response.once('close', () => inFlight--);
		handle(request, response).catch((error: unknown) => {
			// A client that went away is part of many tests; a fault of a script is not
			if (!request.socket.destroyed) failures.push(error);
			response.destroy();
		});
	});
	server.on('connection', (socket: Socket) => {
		if (toReset > 0) {
			toReset--;
			resets++;
			socket.resetAndDestroy();
			return;
		}
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		received,
		peak: () => most,
		open: () => inFlight,
		answer(next) {
			play = toScript(next);
		},
		resetConnections(count) {
			toReset = count;
		},
		resets: () => resets,
		forget() {
			received.length = 0;
			most = 0;
		},
		async close() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
			if (failures.length > 0)
				throw new Error('The script of the server threw', { cause: failures[0] });
		},
	};
}

function toScript(script: Script | Scripted[]): Script {
	if (typeof script === 'function') return script;
	let next = 0;
	return () => script[Math.min(next++, script.length - 1)] ?? {};
}

/** An address on this machine at which nothing listens. */
export async function closedAddress(): Promise<string> {
	const server = await startServer();
	await server.close();
	return server.url;
}
