/** A server on 127.0.0.1 that looks at bytes: what stands on a connection, not what an HTTP library makes of it. */
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';

/** A connection with its first request, taken apart by hand. */
export interface RawRequest {
	/** The request line. */
	line: string;
	/** The header lines as they came, in Latin-1. */
	headers: string[];
	body: Buffer;
	/** Whatever came behind the first request: a second one that somebody smuggled in. */
	rest: Buffer;
}

/** A running server. */
export interface RawServer {
	url: string;
	/** One for each connection. */
	received: RawRequest[];
	close(): Promise<void>;
}

const endOfHead = Buffer.from('\r\n\r\n');

/** The length of a chunked body at the start of the bytes; undefined while it is not all there. */
function chunkedLength(bytes: Buffer): number | undefined {
	for (let at = 0; ; ) {
		const end = bytes.indexOf('\r\n', at);
		if (end < 0) return undefined;
		const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
		at = end + 2 + size + 2;
		if (at > bytes.length) return undefined;
		if (size === 0) return at;
	}
}

/** The first request of a connection; undefined while it is not all there. */
function firstOf(bytes: Buffer): RawRequest | undefined {
	const end = bytes.indexOf(endOfHead);
	if (end < 0) return undefined;
	const [line = '', ...headers] = bytes.toString('latin1', 0, end).split('\r\n');
	const valueOf = (name: string) =>
		headers.find((header) => header.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1);
	const after = bytes.subarray(end + endOfHead.length);
	const length = valueOf('transfer-encoding')?.includes('chunked')
		? chunkedLength(after)
		: Number(valueOf('content-length') ?? 0);
	if (length === undefined || after.length < length) return undefined;
	return { line, headers, body: after.subarray(0, length), rest: after.subarray(length) };
}

/** Starts a server that answers each connection once, with JSON; each test closes its own. */
export async function startRawServer(answer: unknown): Promise<RawServer> {
	const received: RawRequest[] = [];
	const sockets = new Set<Socket>();
	const body = JSON.stringify(answer);
	const server = createServer((socket) => {
		sockets.add(socket);
		let bytes: Buffer = Buffer.alloc(0);
		let place = -1;
		socket.on('close', () => sockets.delete(socket));
		// The client goes away when it has its answer
		socket.on('error', () => socket.destroy());
		socket.on('data', (chunk: Buffer) => {
			bytes = Buffer.concat([bytes, chunk]);
			const request = firstOf(bytes);
			if (!request) return;
			if (place < 0) place = received.length;
			received[place] = request;
			socket.end(
				`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
			);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		received,
		async close() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
