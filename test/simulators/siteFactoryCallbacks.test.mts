import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import type {
	SiteFactoryOptions,
	SiteFactorySimulator,
} from '../../demo/simulators/siteFactory.mts';
import { createSiteFactorySimulator } from '../../demo/simulators/siteFactory.mts';
import { testOnlyCertificate } from '../support/testOnlyCertificate.mts';

type Body = Record<string, unknown>;
interface Received {
	method?: string;
	url?: string;
	type?: string;
	body: string;
}

let now = 0;
let simulator: SiteFactorySimulator;
let receiver: Server;
let received: Received[];
/** Where redirects lead, by path. */
let redirects: Record<string, { status: number; location: string }>;
let callbackUrl: string;

const listen = async (server: Server, scheme: string) => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const receive = (request: IncomingMessage, answer: (status: number, location?: string) => void) => {
	void text(request).then((body) => {
		const { method, url } = request;
		const type = request.headers['content-type'];
		received.push({ method, url, ...(type && { type }), body });
		const redirect = redirects[url ?? ''];
		answer(redirect?.status ?? 204, redirect?.location);
	});
};
const start = async (options: SiteFactoryOptions = {}) => {
	simulator = await createSiteFactorySimulator({ clock: () => now, jobSeconds: 8, ...options });
};
const send = async (method: string, path: string, body?: unknown) => {
	const { username, apiKey } = simulator.credential;
	const basic = Buffer.from(`${String(username)}:${String(apiKey)}`).toString('base64');
	const response = await fetch(`${simulator.url}${path}`, {
		method,
		headers: {
			authorization: `Basic ${basic}`,
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	return { status: response.status, body: (await response.json()) as Body };
};
/** Waits until something holds, for two seconds at most. */
const until = async (holds: () => boolean) => {
	const end = Date.now() + 2000;
	while (!holds() && Date.now() < end) await new Promise((done) => setTimeout(done, 10));
	expect(holds()).toBe(true);
};
const isSettled = () =>
	simulator.callbacks.length > 0 &&
	simulator.callbacks.every(({ status, problem }) => status !== undefined || problem !== undefined);
const backUp = async (more: Body, siteId = 231) =>
	(await send('POST', `/api/v1/sites/${siteId}/backup`, more)).body.task_id;
const logOf = async (id: unknown) =>
	((await send('GET', `/api/v1/tasks/${String(id)}/logs`)).body as unknown as Body[]).map(
		({ message }) => message,
	);

beforeEach(async () => {
	now = Date.UTC(2025, 2, 11, 8, 15, 42);
	received = [];
	redirects = {};
	receiver = createServer((request, response) =>
		receive(request, (status, location) =>
			response.writeHead(status, location === undefined ? {} : { location }).end(),
		),
	);
	callbackUrl = `${await listen(receiver, 'http')}/hook?secret=EXAMPLE`;
	await start();
});
afterEach(async () => {
	expect(simulator.faults).toEqual([]);
	await simulator.close();
	receiver.closeAllConnections();
	await new Promise((done) => receiver.close(done));
});

it('is sent once the task has ended, without anybody asking', async () => {
	const id = await backUp({ callback_url: callbackUrl, caller_data: '{"run":"nightly"}' });
	await new Promise((done) => setTimeout(done, 250));
	expect(received).toEqual([]);
	now += 8000;
	await until(isSettled);
	expect(received).toEqual([
		{
			method: 'POST',
			url: '/hook?secret=EXAMPLE',
			type: 'application/json',
			body: '{"caller_data":"{\\"run\\":\\"nightly\\"}"}',
		},
	]);
	expect(simulator.callbacks).toEqual([
		{ at: now, taskId: id, method: 'POST', url: callbackUrl, status: 204 },
	]);
	expect(await logOf(id)).toContain('Callback by POST was answered with status 204.');
	expect((await send('GET', '/api/v1/sites/231/backups')).body.count).toBe('14');
	now += 60_000;
	await send('GET', '/api/v1/ping');
	expect(received).toHaveLength(1);
});

it('carries its data in the query of a GET', async () => {
	const data = { callback_method: 'GET', caller_data: '[1,"&"]' };
	await backUp({ callback_url: callbackUrl, ...data });
	now += 8000;
	await until(isSettled);
	expect(received).toEqual([
		{ method: 'GET', url: '/hook?secret=EXAMPLE&caller_data=%5B1%2C%22%26%22%5D', body: '' },
	]);
});

it('carries its data in a form where it is told so', async () => {
	await simulator.close();
	await start({ callbackFormat: 'form' });
	await backUp({ callback_url: callbackUrl, caller_data: '"a b"' });
	now += 8000;
	await until(isSettled);
	expect(received).toMatchObject([
		{ type: 'application/x-www-form-urlencoded', body: 'caller_data=%22a+b%22' },
	]);
});

it('is sent for restored and deleted backups as well', async () => {
	const callback = { callback_url: callbackUrl };
	const backup = '/api/v1/sites/231/backups/4301';
	const restored = (
		await send('POST', '/api/v1/sites/231/restore', { backup_id: 4301, ...callback })
	).body.task_id;
	const deleted = (await send('DELETE', backup, callback)).body.task_id;
	now += 8000;
	await until(() => simulator.callbacks.length === 2 && isSettled());
	expect(simulator.callbacks).toMatchObject([
		{ taskId: restored, method: 'POST', status: 204 },
		{ taskId: deleted, method: 'POST', status: 204 },
	]);
	expect(received.map(({ body }) => body)).toEqual(['{}', '{}']);
});

it('is sent whatever comes of the task', async () => {
	const create = async (name: string) => {
		const created = await send('POST', '/api/v1/sites', { site_name: name, group_ids: [91] });
		return Number(created.body.id);
	};
	const failing = await create('failing');
	const killed = await create('killed');
	await backUp({ callback_url: callbackUrl }, failing);
	await backUp({ callback_url: callbackUrl }, killed);
	const stopped = await backUp({ callback_url: callbackUrl });
	await send('PUT', `/api/v1/tasks/${String(stopped)}/terminate`, {});
	now += 4000;
	await until(isSettled);
	expect(simulator.callbacks).toMatchObject([{ taskId: stopped }]);
	now += 4000;
	await until(() => simulator.callbacks.length === 3 && isSettled());
	now += 60_000;
	await send('GET', '/api/v1/ping');
	expect(received).toHaveLength(3);
});

it('follows redirects, not for ever', async () => {
	const { origin } = new URL(callbackUrl);
	redirects = {
		'/keep': { status: 307, location: '/kept' },
		'/turn': { status: 302, location: `${origin}/turned` },
		'/round': { status: 308, location: '/round' },
		'/away': { status: 302, location: 'http://192.0.2.1/elsewhere' },
	};
	for (const path of Object.keys(redirects)) {
		await backUp({ callback_url: `${origin}${path}`, caller_data: '1' });
	}
	now += 8000;
	await until(() => simulator.callbacks.length === 4 && isSettled());
	expect(simulator.callbacks.map(({ status, problem }) => status ?? problem)).toEqual([
		204,
		204,
		'more than 5 redirects',
		'only the loopback address is called',
	]);
	expect(received.filter(({ url }) => url === '/kept')).toMatchObject([
		{ method: 'POST', body: '{"caller_data":"1"}' },
	]);
	expect(received.filter(({ url }) => url === '/turned')).toMatchObject([
		{ method: 'GET', body: '' },
	]);
	expect(received.filter(({ url }) => url === '/round')).toHaveLength(6);
});

it.each(['http://192.0.2.1/hook', 'https://hooks.example.com/', 'http://127.0.0.1.example.com/'])(
	'is never sent to %s',
	async (url) => {
		const id = await backUp({ callback_url: url });
		now += 8000;
		await until(isSettled);
		expect(simulator.callbacks).toMatchObject([{ problem: 'only the loopback address is called' }]);
		expect(await logOf(id)).toContain(
			'Callback by POST failed: only the loopback address is called.',
		);
	},
);

it('that nobody takes is not repeated', async () => {
	receiver.closeAllConnections();
	await new Promise((done) => receiver.close(done));
	await backUp({ callback_url: callbackUrl });
	now += 8000;
	await until(isSettled);
	expect(simulator.callbacks).toMatchObject([
		{ problem: expect.stringContaining('ECONNREFUSED') as string },
	]);
	receiver = createServer((request, response) => receive(request, () => response.end()));
	await new Promise<void>((done) =>
		receiver.listen(Number(new URL(callbackUrl).port), '127.0.0.1', done),
	);
	now += 60_000;
	await new Promise((done) => setTimeout(done, 250));
	expect(received).toEqual([]);
	expect(simulator.callbacks).toHaveLength(1);
});

it('reaches a receiver with TLS', async () => {
	const secure = createSecureServer(testOnlyCertificate, (request, response) =>
		receive(request, (status) => response.writeHead(status).end()),
	);
	await backUp({ callback_url: `${await listen(secure, 'https')}/hook` });
	now += 8000;
	await until(isSettled);
	secure.closeAllConnections();
	await new Promise((done) => secure.close(done));
	expect(simulator.callbacks).toMatchObject([{ status: 204 }]);
});

it('of a former state is not sent after a reset', async () => {
	await backUp({ callback_url: callbackUrl });
	simulator.reset();
	now += 8000;
	await send('GET', '/api/v1/ping');
	await new Promise((done) => setTimeout(done, 250));
	expect(received).toEqual([]);
	expect(simulator.callbacks).toEqual([]);
	await backUp({ callback_url: callbackUrl });
	now += 8000;
	await until(isSettled);
	expect(received).toHaveLength(1);
});

it.each([
	[{ callback_url: 'hook' }, 'callback_url is not a valid address'],
	[{ callback_url: 'ftp://127.0.0.1/' }, 'callback_url is not a valid address'],
	[{ callback_method: 'PUT' }, 'callback_method'],
	[{ caller_data: '{' }, 'caller_data is not valid JSON'],
])('is refused with %j', async (more, message) => {
	const sent = await send('POST', '/api/v1/sites/231/backup', {
		callback_url: callbackUrl,
		...more,
	});
	expect(sent.status).toBe(400);
	expect(sent.body.message).toContain(`Bad Request: ${message}`);
	expect((await send('GET', '/api/v1/tasks')).body).toEqual([]);
});
