/** Talks to the Maia simulator as any HTTP client does. */
import { createMaiaSimulator } from '../../demo/simulators/maia.mts';
import type { MaiaOptions, MaiaSimulator } from '../../demo/simulators/maia.mts';

/** An answer; a list under `results` where there is one. */
export interface Reply {
	status: number;
	body: Record<string, unknown> & { results?: Array<Record<string, unknown>> };
}

/** A signed-in client. */
export interface Client {
	simulator: MaiaSimulator;
	/** Path of the first project. */
	project: string;
	send: (
		method: string,
		path: string,
		body?: unknown,
		headers?: Record<string, string>,
	) => Promise<Reply>;
	/** The same for another credential of the account. */
	as: (credential: { clientId: string; clientSecret: string }) => Promise<Client['send']>;
	wait: (milliseconds: number) => void;
	close: () => Promise<void>;
}

/** Starts a simulator at noon of 2026-06-01 and signs in as Super Admin. */
export async function openClient(options: MaiaOptions = {}): Promise<Client> {
	let now = Date.parse('2026-06-01T12:00:00Z');
	const simulator = await createMaiaSimulator({ clock: () => now, ...options });
	const request = async (url: string, init: RequestInit): Promise<Reply> => {
		const response = await fetch(`${simulator.url}${url}`, init);
		const text = await response.text();
		return {
			status: response.status,
			body: (text === '' ? {} : JSON.parse(text)) as Reply['body'],
		};
	};
	const as: Client['as'] = async ({ clientId, clientSecret }) => {
		const login = await request('/oauth/dpc/token', {
			method: 'POST',
			body: new URLSearchParams({
				grant_type: 'client_credentials',
				client_id: clientId,
				client_secret: clientSecret,
				audience: 'https://api.matillion.com',
			}),
		});
		const authorization = `Bearer ${String(login.body.access_token)}`;
		return async (method, path, body, headers = {}) => {
			const isForm = body instanceof FormData;
			return await request(`/dpc${path}`, {
				method,
				headers: {
					authorization,
					...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
					...headers,
				},
				...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
			});
		};
	};
	const { clientId, clientSecret } = simulator.credential;
	const send = await as({ clientId: String(clientId), clientSecret: String(clientSecret) });
	const { body } = await send('GET', '/v1/projects');
	return {
		simulator,
		project: `/v1/projects/${String(body.results?.[0]?.id)}`,
		send,
		as,
		wait: (milliseconds) => {
			now += milliseconds;
		},
		close: async () => {
			const { faults } = simulator;
			await simulator.close();
			expect(faults).toEqual([]);
		},
	};
}
