import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

function canListen(port: number): Promise<number | undefined> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
			else reject(error);
		});
		server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
			const address = server.address();
			server.close(() => {
				resolve(typeof address === 'object' && address !== null ? address.port : undefined);
			});
		});
	});
}

/** macOS lets one program listen on 127.0.0.1 where another listens on all addresses: ask, too. */
function somebodyAnswers(port: number, host: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ port, host });
		const done = (answer: boolean) => {
			socket.destroy();
			resolve(answer);
		};
		socket.setTimeout(1000, () => done(false));
		socket.once('connect', () => done(true));
		// refused, or no such address (no IPv6): nobody there
		socket.once('error', () => done(false));
	});
}

/**
 * A port on 127.0.0.1 that nothing listens on at this moment.
 *
 * @param preferred the first to try, then the following ones; 0 for any, below those that systems give out by themselves:
 * another program would get one of these while n8n takes seconds to start
 * @throws Error when a hundred ports in a row are taken
 */
export async function freePort(preferred = 0): Promise<number> {
	if (preferred === 0) {
		for (let attempt = 0; attempt < 100; attempt++) {
			const port = randomInt(20_000, 30_000);
			if ((await canListen(port)) !== undefined) return port;
		}
		throw new Error('A hundred ports are taken');
	}
	for (let port = preferred; port < Math.min(preferred + 100, 65_536); port++) {
		if ((await canListen(port)) === undefined) continue;
		if (await somebodyAnswers(port, '127.0.0.1')) continue;
		if (await somebodyAnswers(port, '::1')) continue;
		return port;
	}
	throw new Error(`No free port from ${preferred} to ${preferred + 99}`);
}
