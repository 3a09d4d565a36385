import type { SiteFactoryOptions } from '../../demo/simulators/siteFactory.mts';
import {
	CONTENT_EDITOR,
	SITE_BUILDER,
	createSiteFactorySimulator,
} from '../../demo/simulators/siteFactory.mts';
import type { Simulator } from '../../demo/simulators/support.mts';

type Body = Record<string, unknown>;

const START = Date.UTC(2025, 2, 11, 8, 15, 42);
let now = START;
let simulator: Simulator;
let login: { username: string; apiKey: string };

const start = async (options: SiteFactoryOptions = {}) => {
	simulator = await createSiteFactorySimulator({ clock: () => now, jobSeconds: 8, ...options });
	login = simulator.credential as unknown as typeof login;
};
const send = async (method: string, path: string, body?: unknown) => {
	const basic = Buffer.from(`${login.username}:${login.apiKey}`).toString('base64');
	const response = await fetch(`${simulator.url}${path}`, {
		method,
		headers: {
			authorization: `Basic ${basic}`,
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	const text = await response.text();
	const isJson = response.headers.get('content-type')?.includes('json');
	return {
		status: response.status,
		body: (isJson ? JSON.parse(text) : text) as Body,
		link: response.headers.get('link'),
	};
};
const get = async (path: string) => (await send('GET', path)).body;
const statusPath = (id: unknown) => `/api/v1/wip/task/${String(id)}/status`;
const task = async (id: unknown) => (await get(statusPath(id))).wip_task as Body;
const statuses = async (id: unknown, moments: number[]) => {
	const began = now;
	const seen: unknown[] = [];
	for (const moment of moments) {
		now = began + moment * 1000;
		seen.push((await task(id)).status);
	}
	return seen;
};
const create = async (name: string) =>
	(await send('POST', '/api/v1/sites', { site_name: name, group_ids: [91] })).body;

beforeEach(async () => {
	now = START;
	await start();
});
afterEach(async () => {
	expect(simulator.faults).toEqual([]);
	await simulator.close();
});

describe('signing in', () => {
	it('answers a ping', async () => {
		expect(await get('/api/v1/ping')).toEqual({
			message: 'pong',
			server_time: '2025-03-11T08:15:42+00:00',
		});
		expect(await get('/api/v1/sf-info')).toEqual({
			factory_version: '2.182.0.4096',
			time: '2025-03-11T08:15:42+00:00',
		});
		expect(simulator.tokenRequests()).toBe(0);
		simulator.expireTokens();
		expect(await get('/api/v1/ping')).toMatchObject({ message: 'pong' });
	});

	it.each([
		['a wrong key', { apiKey: 'wrong' }],
		['a wrong name', { username: 'nobody' }],
		['a user without a key', { username: 'user02', apiKey: 'undefined' }],
	])('refuses %s', async (_title, wrong) => {
		login = { ...login, ...wrong };
		for (const path of ['/api/v1/ping', '/api/v1/nowhere']) {
			expect(await send('GET', path)).toMatchObject({
				status: 403,
				body: { message: 'Access denied', time: '2025-03-11T08:15:42+00:00' },
			});
		}
		expect((await fetch(`${simulator.url}/api/v1/ping`)).status).toBe(403);
	});

	it('lets a site builder manage sites without a look at the tasks', async () => {
		login = { ...SITE_BUILDER };
		expect((await create('built')).task_id).toBe(129_001);
		expect((await task(129_001)).status).toBe('1');
		expect((await send('GET', '/api/v1/users')).status).toBe(403);
		expect(await send('GET', '/api/v1/tasks')).toMatchObject({
			status: 403,
			body: { message: 'Forbidden: the role site builder does not allow this' },
		});
	});

	it('has as many sites as it is told', async () => {
		await simulator.close();
		await start({ sites: 130 });
		expect(await get('/api/v1/sites?limit=1')).toMatchObject({
			count: 130,
			sites: [{ id: 876, site: 'site130' }],
		});
		expect((await create('more')).id).toBe(881);
	});

	it('lets a content editor look and change nothing', async () => {
		login = { ...CONTENT_EDITOR };
		expect((await send('GET', '/api/v1/sites')).status).toBe(200);
		for (const [method, path] of [
			['POST', '/api/v1/sites/231/backup'],
			['GET', '/api/v1/users'],
		] as const) {
			const { status, body } = await send(method, path);
			expect(status).toBe(403);
			expect(body.message).toMatch(/^Forbidden: /);
		}
	});

	it('locks out a user who was blocked', async () => {
		await send('PUT', '/api/v1/users/151/update', { status: 0 });
		login = { ...CONTENT_EDITOR };
		expect((await send('GET', '/api/v1/ping')).status).toBe(403);
	});
});

describe('what the service refuses', () => {
	it('unknown paths, with a body that is not JSON', async () => {
		for (const [method, path] of [
			['GET', '/api/v1/site'],
			['PATCH', '/api/v1/sites'],
		] as const) {
			const { status, body } = await send(method, path);
			expect(status).toBe(404);
			expect(body).toContain('<!DOCTYPE html>');
		}
	});

	it.each([
		['GET', '/api/v1/sites?limit=1001', undefined, 'limit must be <= 1000'],
		['GET', '/api/v1/groups?limit=101', undefined, 'limit must be <= 100'],
		['GET', '/api/v1/sites?page=0', undefined, 'page must be >= 1'],
		['GET', '/api/v1/sites?sort=name', undefined, 'sort is not known'],
		['GET', '/api/v1/sites/news', undefined, 'site_id must be integer'],
		['GET', '/api/v1/vcs', undefined, 'type is missing'],
		['POST', '/api/v1/sites', { group_ids: [91] }, 'site_name is missing'],
		['POST', '/api/v1/sites', undefined, 'the body is missing'],
		[
			'POST',
			'/api/v1/sites',
			{ site_name: 'news', group_ids: ['91'] },
			'group_ids must be integer',
		],
		[
			'POST',
			'/api/v1/sites',
			{ site_name: 'news', group_ids: [91], codebase: 1 },
			'codebase is not known',
		],
		[
			'POST',
			'/api/v1/sites/231/backup',
			{ components: ['files'] },
			'components.0 must be equal to one of the allowed values',
		],
		['POST', '/api/v1/sites/231/backup', { caller_data: 'x' }, 'caller_data is not valid JSON'],
		['POST', '/api/v1/sites/231/cache-clear', { all: true }, 'the body takes no members'],
		['PUT', '/api/v1/status', {}, 'the body must NOT have fewer than 1 properties'],
		['PUT', '/api/v1/status', { all: 'later' }, 'value is not a date'],
	])('%s %s %j', async (method, path, body, message) => {
		expect(await send(method, path, body)).toMatchObject({
			status: 400,
			body: { message: `Bad Request: ${message}` },
		});
	});

	it('too many requests, when limited', async () => {
		await simulator.close();
		await start({ requestsPerSecond: 1 });
		expect((await send('GET', '/api/v1/ping')).status).toBe(200);
		expect(await send('GET', '/api/v1/ping')).toMatchObject({
			status: 429,
			body: { message: 'Too many requests' },
		});
	});
});

describe('lists', () => {
	it('have ten entries a page unless told otherwise, and a total', async () => {
		const first = await send('GET', '/api/v1/sites');
		expect(first.body.count).toBe(27);
		expect(first.body.sites).toHaveLength(10);
		expect(first.link).toBe(`<${simulator.url}/api/v1/sites?limit=10&page=2>; rel="next"`);
		const last = await send('GET', '/api/v1/sites?limit=10&page=3');
		expect(last.body.sites).toHaveLength(7);
		expect(last.link).toBeNull();
		expect((await get('/api/v1/sites?limit=1000')).sites).toHaveLength(27);
		expect((await get('/api/v1/sites?page=9')).sites).toEqual([]);
	});

	it('of sites can be filtered', async () => {
		const named = async (query: string) =>
			((await get(`/api/v1/sites?limit=100&${query}`)).sites as Body[]).map(({ site }) => site);
		expect(await named('domain_contains=www.alder')).toEqual(['alder']);
		expect(await named('canary')).toEqual(['cedar']);
		expect(await named('has_custom_domain=true')).toHaveLength(9);
		expect(await named('domain_not_contains=www.')).toHaveLength(18);
		expect(await named('site_owner=146,151')).toHaveLength(27);
		expect(await named('site_owner=151')).toEqual([]);
		const shown = await get('/api/v1/sites?domain_contains=alder&show_custom_domain=true');
		expect(shown.sites).toMatchObject([{ domain: 'www.alder.example.com' }]);
	});

	it('of backups count in strings, and of none answer 404', async () => {
		const page = await send('GET', '/api/v1/sites/231/backups?limit=10');
		expect(page.body.count).toBe('13');
		const backups = page.body.backups as Array<{ timestamp: number }>;
		expect(backups).toHaveLength(10);
		expect(backups[0]?.timestamp).toBeGreaterThan(backups[9]?.timestamp ?? 0);
		expect(page.link).toContain('rel="next"');
		expect(await send('GET', '/api/v1/sites/251/backups')).toMatchObject({
			status: 404,
			body: { message: 'No backups found' },
		});
		expect(await send('GET', '/api/v1/sites/1/backups')).toMatchObject({
			status: 404,
			body: { message: 'Site not found' },
		});
	});

	it('of users have numbers as strings, filters and chosen fields', async () => {
		const { count, users } = await get('/api/v1/users?ids=146,151');
		expect(count).toBe(2);
		expect(users).toMatchObject([
			{ uid: '146', status: 'active', roles: { '31': 'platform admin' } },
			{ uid: '151', roles: { '36': 'content editor' } },
		]);
		expect(await get('/api/v1/users?uid_min=190&order=DESC&fields=uid')).toEqual({
			count: 3,
			users: [{ uid: '201' }, { uid: '196' }, { uid: '191' }],
		});
		expect((await get('/api/v1/users?status=blocked')).count).toBe(1);
		expect((await get('/api/v1/users?role_ids=31')).count).toBe(1);
	});

	it('of stacks are maps', async () => {
		expect(await get('/api/v1/stacks')).toEqual({ stacks: { '1': 'examplefactory' } });
		await simulator.close();
		await start({ stacks: 2 });
		expect(await get('/api/v1/stacks')).toEqual({
			stacks: { '1': 'examplefactory', '2': 'examplefactory2' },
		});
		const body = { site_name: 'news', group_ids: [91] };
		expect(await send('POST', '/api/v1/sites', body)).toMatchObject({
			status: 400,
			body: { message: 'Bad Request: stack_id is missing' },
		});
		expect((await send('POST', '/api/v1/sites', { ...body, stack_id: 2 })).status).toBe(200);
		expect((await get('/api/v1/sites?stack_id=2&limit=100')).count).toBe(13);
	});

	it('of roles are empty lists beyond the end', async () => {
		expect((await get('/api/v1/roles?limit=2')).roles).toEqual({
			'11': 'administrator',
			'36': 'content editor',
		});
		expect((await get('/api/v1/roles?page=2')).roles).toEqual([]);
	});
});

describe('tasks', () => {
	it('go from not started over running to completed, in strings', async () => {
		const { id, task_id: taskId } = await create('news');
		expect(taskId).toBe(129_001);
		expect(await task(taskId)).toEqual({
			id: '129001',
			parent: '0',
			name: 'SiteInstall 366',
			group_name: 'SiteInstall',
			status: '1',
			status_string: 'Not Started',
			added: '1741680942',
			started: '0',
			completed: '0',
			paused: '0',
			error_message: '',
			nid: String(id),
			uid: '146',
		});
		expect(await statuses(taskId, [0, 1.9, 2, 7.9, 8])).toEqual(['1', '1', '4', '4', '16']);
		expect(await task(taskId)).toMatchObject({
			status_string: 'Completed',
			started: '1741680944',
			completed: '1741680950',
		});
	});

	it('end as the name of the site says', async () => {
		const failing = await create('failing');
		const killed = await create('killedsite');
		const warned = await create('warnedsite');
		now += 8_000;
		expect(await task(failing.task_id)).toMatchObject({
			status: '32',
			status_string: 'Error',
			error_message: 'Task 129001 failed on the web server.',
		});
		expect(await task(killed.task_id)).toMatchObject({ status: '64', status_string: 'Killed' });
		expect(await task(warned.task_id)).toMatchObject({ status: '144', status_string: 'Warning' });
		// only what worked has an effect
		const named = ((await get('/api/v1/sites')).sites as Body[]).map(({ site }) => site);
		expect(named).toContain('warnedsite');
		expect(named).not.toContain('failing');
	});

	it('can be listed, filtered, terminated and deleted', async () => {
		await send('POST', '/api/v1/sites/231/cache-clear', {});
		const backup = (await send('POST', '/api/v1/sites/231/backup')).body.task_id;
		const list = async (query = '') =>
			(await get(`/api/v1/tasks?limit=100${query}`)) as unknown as Body[];
		expect((await list()).map(({ id }) => id)).toEqual(['129011', '129006', '129001']);
		expect(await list('&group=SiteArchive%20examplefactory_01')).toHaveLength(1);
		expect(await list('&class=Acquia%5CSfSite%5CCacheClearD8')).toHaveLength(1);
		expect(await list('&status=not-started')).toHaveLength(3);
		expect(await list('&status=processing')).toEqual([]);
		expect((await send('PUT', `/api/v1/tasks/${String(backup)}/terminate`, {})).status).toBe(200);
		expect(await statuses(backup, [0, 3.9, 4])).toEqual(['1', '1', '64']);
		expect(await task(backup)).toMatchObject({
			status_string: 'Killed',
			started: '0',
			completed: String(START / 1000 + 4),
		});
		now += 8_000;
		expect((await task(backup)).completed).toBe(String(START / 1000 + 4));
		expect((await get('/api/v1/sites/231/backups')).count).toBe('13');
		expect((await send('DELETE', `/api/v1/tasks/${String(backup)}`)).status).toBe(200);
		expect(await send('GET', statusPath(backup))).toMatchObject({
			status: 404,
			body: { message: 'Task not found' },
		});
	});
});

describe('terminated tasks', () => {
	const backUp = async (site = 231) =>
		(await send('POST', `/api/v1/sites/${site}/backup`, {})).body.task_id;
	const terminate = async (id: unknown) =>
		await send('PUT', `/api/v1/tasks/${String(id)}/terminate`, {});

	it('are killed after a while, once, and nothing comes of them', async () => {
		const id = await backUp();
		now += 3000;
		expect((await terminate(id)).body).toEqual({
			message: `Task ${String(id)} has been queued for termination.`,
			time: '2025-03-11T08:15:45+00:00',
			task_id: id,
		});
		now += 2000;
		await terminate(id);
		expect(await statuses(id, [0, 1.9, 2, 60])).toEqual(['4', '4', '64', '64']);
		expect(await task(id)).toMatchObject({
			started: String(START / 1000 + 2),
			completed: String(START / 1000 + 7),
		});
		expect((await get('/api/v1/sites/231/backups')).count).toBe('13');
		const log = (await get(`/api/v1/tasks/${String(id)}/logs`)) as unknown as Body[];
		expect(log.map(({ message }) => message)).toContain(`Task ${String(id)} was terminated.`);
		expect((await terminate(4)).status).toBe(404);
	});

	it('that end before that end as they would have', async () => {
		const failing = (await create('failing')).id as number;
		now += 8000;
		const backup = await backUp();
		const failure = await backUp(failing);
		now += 5000;
		await terminate(backup);
		await terminate(failure);
		now += 3000;
		expect((await task(backup)).status).toBe('16');
		expect((await task(failure)).status).toBe('32');
		await terminate(backup);
		now += 8000;
		expect((await task(backup)).status).toBe('16');
		expect((await get('/api/v1/sites/231/backups')).count).toBe('14');
	});

	it('do not go on when they were paused', async () => {
		const id = await backUp();
		now += 7000;
		await send('POST', `/api/v1/pause/${String(id)}`, { paused: true, level: 'task' });
		await terminate(id);
		expect((await task(id)).status).toBe('4');
		await send('POST', '/api/v1/pause', { paused: false });
		now += 4000;
		const started = String(START / 1000 + 2);
		expect(await task(id)).toMatchObject({ status: '64', paused: '0', started });
		now += 60_000;
		expect((await task(id)).status).toBe('64');
	});
});

describe('lists that are polled', () => {
	const tasks = async (query = '') =>
		(await get(`/api/v1/tasks?limit=100${query}`)) as unknown as Body[];
	const clear = async () => await send('POST', '/api/v1/sites/231/cache-clear', {});
	const ids = (list: Body[]) => list.map(({ id }) => Number(id));

	it('of tasks have the times of their tasks, in seconds', async () => {
		await clear();
		now += 60_000;
		await clear();
		const began = START / 1000;
		const times = async () =>
			(await tasks()).map(({ added, started, completed }) => [added, started, completed]);
		const old = [String(began), String(began + 2), String(began + 8)];
		expect(await times()).toContainEqual(old);
		expect(await times()).toContainEqual([String(began + 60), '0', '0']);
		now += 2000;
		expect(await times()).toContainEqual([String(began + 60), String(began + 62), '0']);
		now += 6000;
		expect(await times()).toContainEqual([
			String(began + 60),
			String(began + 62),
			String(began + 68),
		]);
		expect(await times()).toContainEqual(old);
	});

	it('of tasks are newest first, not strictly', async () => {
		for (let count = 0; count < 4; count += 1) await clear();
		expect(ids(await tasks())).toEqual([
			129_031, 129_026, 129_036, 129_021, 129_011, 129_006, 129_016, 129_001,
		]);
		now += 2000;
		expect(await tasks('&status=processing')).toHaveLength(8);
		expect(await tasks('&status=not-started')).toEqual([]);
		const failing = (await create('failing')).task_id;
		now += 8000;
		expect(ids(await tasks('&status=error'))).toEqual([failing]);
		expect(await send('GET', '/api/v1/tasks?limit=101')).toMatchObject({ status: 400 });
		expect(await send('GET', '/api/v1/tasks?page=0')).toMatchObject({ status: 400 });
		expect(await get('/api/v1/tasks')).toHaveLength(9);
	});

	it('of tasks move on while they are read', async () => {
		for (let count = 0; count < 5; count += 1) await clear();
		const first = ids((await get('/api/v1/tasks?limit=5&page=1')) as unknown as Body[]);
		await clear();
		const second = ids((await get('/api/v1/tasks?limit=5&page=2')) as unknown as Body[]);
		expect(second.filter((id) => first.includes(id))).toHaveLength(2);
	});

	it('of a busy factory move on by themselves', async () => {
		await simulator.close();
		await start({ busy: 2 });
		for (let count = 0; count < 5; count += 1) await clear();
		const page = async (number: number) =>
			(await get(`/api/v1/tasks?limit=5&page=${number}`)) as unknown as Body[];
		const first = ids(await page(1));
		now += 1000;
		const second = ids(await page(2));
		expect(second.filter((id) => first.includes(id)).length).toBeGreaterThan(2);
		const own = (await tasks()).filter(({ nid }) => nid === '0');
		expect(own).toHaveLength(4);
		const [child, parent] = own;
		expect(child).toMatchObject({
			name: 'MultisiteCron tangle001 1',
			group_name: 'MultisiteCron',
			class: 'Acquia\\SfCron\\MultisiteCron',
			parent: parent?.id,
			added: String(START / 1000 + 1),
			uid: '0',
		});
		expect(parent).toMatchObject({ group_name: 'CronController', parent: '0' });
		const events = async (number: number) =>
			(await get(`/api/v1/audit?limit=5&page=${number}`)) as { count: number; changes: Body[] };
		const before = await events(1);
		const after = await events(2);
		expect(after.count).toBe(before.count + 2);
		expect(ids(after.changes).slice(0, 2)).toEqual(ids(before.changes).slice(3));
		expect((await events(1)).changes[0]).toMatchObject({ type: 'cron', timestamp: now / 1000 });
	});

	it('of sites hold new ones when they are installed and lose deleted ones', async () => {
		const { id } = await create('fresh');
		const all = async () => (await get('/api/v1/sites?limit=100')).sites as Body[];
		expect(ids(await all())).not.toContain(id);
		now += 8000;
		expect((await all())[0]).toMatchObject({ id, site: 'fresh', created: START / 1000 });
		await send('DELETE', `/api/v1/sites/${String(id)}`);
		expect(ids(await all())).toContain(id);
		now += 8000;
		expect(ids(await all())).not.toContain(id);
	});

	it('of updates hold when each was added and how far it is', async () => {
		const update = async () =>
			(await send('POST', '/api/v1/update', { sites_ref: 'main-build' })).body.task_id;
		const first = String(await update());
		now += 60_000;
		const second = String(await update());
		expect(await get('/api/v1/update')).toEqual({
			[first]: { added: String(START / 1000), status: '16' },
			[second]: { added: String(START / 1000 + 60), status: '1' },
		});
	});

	it('of audit events hold what was changed, by whom and when', async () => {
		const last = async (query = '') =>
			((await get(`/api/v1/audit?limit=1${query}`)) as { changes: Body[] }).changes[0];
		const before = Number((await last())?.id);
		now += 1000;
		await send('POST', '/api/v1/domains/236/add', { domain_name: 'www.example.com' });
		expect(await last()).toEqual({
			id: before + 5,
			message: 'Domain @after was added.',
			before: '',
			after: 'www.example.com',
			type: 'domain',
			scope: 'site',
			module: 'sf_domains',
			source: 'REST API',
			nid: 236,
			uid: 146,
			timestamp: START / 1000 + 1,
		});
		await send('POST', '/api/v1/domains/236/remove', { domain_name: 'www.example.com' });
		expect(await last()).toMatchObject({ id: before + 10, before: 'www.example.com', after: '' });
		await send('PUT', '/api/v1/security', { minimum_password_length: 14 });
		expect(await last('&type=minimum_password_length')).toMatchObject({
			before: '12',
			after: '14',
		});
		const guard = { message: 'Hi', username: 'preview', password: 'invented' };
		await send('PUT', '/api/v1/site-guard', guard);
		expect(await last('&scope=settings')).toMatchObject({ before: '0', after: '1', nid: 0 });
		await send('DELETE', '/api/v1/site-guard');
		expect(await last()).toMatchObject({ before: '1', after: '0' });
		login = { ...SITE_BUILDER };
		await create('fresh');
		expect(await last('&type=site')).toBeUndefined();
		now += 8000;
		expect(await last('&type=site')).toMatchObject({ after: 'fresh', uid: 156 });
		expect(await last('&order=ASC')).toMatchObject({ id: 8001 });
	});
});

describe('sites', () => {
	it('are incomplete until their task ends', async () => {
		const { id, domains } = await create('News2');
		expect(domains).toEqual(['news2.examplefactory.acsitefactory.com']);
		expect((await get('/api/v1/sites?domain_contains=news2')).count).toBe(0);
		expect((await get('/api/v1/sites?domain_contains=news2&show_incomplete=true')).count).toBe(1);
		now += 8_000;
		expect((await get('/api/v1/sites?domain_contains=news2')).count).toBe(1);
		expect(await get(`/api/v1/sites/${String(id)}`)).toMatchObject({
			id,
			site: 'news2',
			groups: [91],
		});
	});

	it.each([
		['birch', 422, 'Unprocessable Entity: the site name is already in use'],
		['a-b', 400, 'Bad Request: site_name may only contain letters and numbers'],
	])('are not created as %s', async (name, status, message) => {
		const body = { site_name: name, group_ids: 91 };
		expect(await send('POST', '/api/v1/sites', body)).toMatchObject({ status, body: { message } });
	});

	it('are not created in unknown groups or while creation is off', async () => {
		const body = { site_name: 'news', group_ids: [1] };
		expect(await send('POST', '/api/v1/sites', body)).toMatchObject({
			status: 404,
			body: { message: 'Group not found' },
		});
		expect(await send('PUT', '/api/v1/status', { site_creation: '+2 hours' })).toMatchObject({
			body: { site_creation: '2025-03-11T10:15:42+00:00', site_duplication: null },
		});
		expect((await get('/api/v1/status')).site_creation).toBe(
			'Disabled until 2025-03-11T10:15:42+00:00',
		);
		body.group_ids = [91];
		expect((await send('POST', '/api/v1/sites', body)).status).toBe(403);
		now += 2 * 3_600_000;
		expect((await get('/api/v1/status')).site_creation).toBe('Enabled');
		expect((await send('POST', '/api/v1/sites', body)).status).toBe(200);
	});

	it('are deleted once their task ends', async () => {
		const { body } = await send('DELETE', '/api/v1/sites/231');
		expect(body).toMatchObject({ id: 231, site: 'alder', task_id: 129_001 });
		expect((await send('GET', '/api/v1/sites/231')).status).toBe(200);
		now += 8_000;
		expect((await send('GET', '/api/v1/sites/231')).status).toBe(404);
		expect((await get('/api/v1/sites')).count).toBe(26);
	});

	it('are duplicated without a task id', async () => {
		const { body } = await send('POST', '/api/v1/sites/231/duplicate', { site_name: 'aldercopy' });
		expect(body).toEqual({ id: 366, site: 'aldercopy' });
		now += 8_000;
		expect((await get('/api/v1/sites?domain_contains=aldercopy')).count).toBe(1);
	});

	it('have two tasks for their caches', async () => {
		expect(await send('POST', '/api/v1/sites/231/cache-clear', {})).toMatchObject({
			body: { id: 231, task_ids: { drupal_cache_clear: 129_001, varnish_cache_clear: 129_006 } },
		});
	});

	it('have domains', async () => {
		const add = (domain: string) =>
			send('POST', '/api/v1/domains/236/add', { domain_name: domain });
		expect((await add('www.example.com/news')).body.added).toBe(true);
		expect((await add('www.example.com/news')).status).toBe(422);
		const path = '/api/v1/domains/status/www.example.com%2Fnews';
		const settles = async (word: string) => {
			expect((await get(path)).associated_status).toBe(`${word}_unstable`);
			now += 8000;
			expect((await get(path)).associated_status).toBe(word);
		};
		await settles('registered');
		expect((await get(path)).node_id).toBe(236);
		expect((await get('/api/v1/domains/236')).domains).toEqual({
			protected_domains: ['birch.examplefactory.acsitefactory.com'],
			custom_domains: ['www.example.com/news'],
		});
		expect((await get('/api/v1/domains?limit=1000')).domains).toHaveLength(37);
		const body = { domain_name: 'www.example.com/news' };
		expect((await send('POST', '/api/v1/domains/236/remove', body)).body.removed).toBe(true);
		expect((await send('POST', '/api/v1/domains/236/remove', body)).status).toBe(404);
		await settles('unregistered');
		const failing = (await create('failing')).id as number;
		await send('POST', `/api/v1/domains/${failing}/add`, body);
		now += 86_400_000;
		expect((await get(path)).associated_status).toBe('registered_unstable');
	});

	it('have variables, an empty map being a list', async () => {
		const path = '/api/v1/site-variables/231';
		expect((await get(path)).vars).toEqual([]);
		const set = (key: string) =>
			send('PUT', path, { variable_key: key, variable_value: 'blue', variable_scrub: 1 });
		expect((await set('color')).status).toBe(200);
		expect((await get(path)).vars).toEqual({
			color: {
				id: 1,
				nid: 231,
				scrub_during_stage: 1,
				variable_key: 'color',
				variable_value: 'blue',
			},
		});
		for (let index = 0; index < 9; index += 1) await set(`key${index}`);
		expect((await set('eleventh')).status).toBe(422);
		expect((await set('color')).status).toBe(200);
		expect((await set('with blank')).status).toBe(400);
		expect((await send('DELETE', `${path}/color`)).status).toBe(200);
		expect((await send('DELETE', `${path}/color`)).status).toBe(404);
		await send('DELETE', path);
		expect((await get(path)).vars).toEqual([]);
	});
});

describe('backups', () => {
	it('are there once their task ends', async () => {
		const body = { label: 'Before release', components: ['database', 'public files'] };
		const { task_id: taskId } = (await send('POST', '/api/v1/sites/251/backup', body)).body;
		expect((await send('GET', '/api/v1/sites/251/backups')).status).toBe(404);
		expect(await statuses(taskId, [0, 4, 8])).toEqual(['1', '4', '16']);
		expect(await get('/api/v1/sites/251/backups')).toMatchObject({
			count: '1',
			backups: [{ nid: 251, label: 'Before release', componentList: body.components, status: 1 }],
		});
	});

	it('are downloaded from a signed address, without the login, while it lives', async () => {
		const { id } = ((await get('/api/v1/sites/231/backups')).backups as [Body])[0];
		const { url } = await get(`/api/v1/sites/231/backups/${String(id)}/url?lifetime=120`);
		const download = (init?: RequestInit) => fetch(String(url), init);
		expect(await (await download()).text()).toBe(`backup ${String(id)} of alder\n`);
		expect((await download({ headers: { authorization: 'Basic x' } })).status).toBe(403);
		now += 121_000;
		expect((await download()).status).toBe(403);
		expect((await send('GET', '/api/v1/sites/231/backups/1/url')).status).toBe(404);
	});

	it('are deleted and restored by tasks', async () => {
		const { id } = ((await get('/api/v1/sites/231/backups')).backups as [Body])[0];
		const restore = await send('POST', '/api/v1/sites/231/restore', { backup_id: id });
		expect(restore.body.task_id).toBe(129_001);
		expect((await send('POST', '/api/v1/sites/251/restore')).status).toBe(404);
		expect((await send('POST', '/api/v1/sites/231/restore', { backup_id: 1 })).status).toBe(404);
		await send('DELETE', `/api/v1/sites/231/backups/${String(id)}`, { callback_method: 'GET' });
		expect((await get('/api/v1/sites/231/backups')).count).toBe('13');
		now += 8_000;
		expect((await get('/api/v1/sites/231/backups')).count).toBe('12');
	});

	it('expire as set', async () => {
		await send('PUT', '/api/v1/backup-expiration', { expiration_days: 30 });
		expect((await get('/api/v1/backup-expiration')).expiration_days).toBe(30);
		const tooLong = await send('PUT', '/api/v1/backup-expiration', { expiration_days: 366 });
		expect(tooLong.status).toBe(400);
	});
});

describe('groups', () => {
	it('are created, renamed, listed and deleted', async () => {
		const body = { group_name: 'Marketing EMEA', parent_id: 81 };
		const { body: created } = await send('POST', '/api/v1/groups', body);
		expect(created).toEqual({ group_id: 136, group_name: 'Marketing EMEA' });
		await send('PUT', '/api/v1/groups/136/update', { group_name: 'EMEA' });
		expect(await get('/api/v1/groups/136')).toMatchObject({
			group_name: 'EMEA',
			parent_name: 'Marketing',
			owner_id: 146,
			total_site_count: 0,
		});
		expect((await get('/api/v1/groups')).count).toBe(13);
		expect((await send('DELETE', '/api/v1/groups/136')).body.group_id).toBe(136);
		expect((await send('GET', '/api/v1/groups/136')).status).toBe(404);
		expect((await send('POST', '/api/v1/groups', { group_name: 'X', parent_id: 1 })).status).toBe(
			404,
		);
	});

	it('have members and administrators', async () => {
		const members = '/api/v1/groups/81/members';
		const admins = '/api/v1/groups/81/admins';
		expect((await send('POST', members, { uids: [151, 156, 1] })).body.uids_added).toEqual([
			151, 156,
		]);
		expect((await send('POST', admins, { uids: [151, 161] })).body.uids_promoted).toEqual([151]);
		expect((await get(members)).members).toEqual([
			{ uid: 146, 'group owner': true, 'group administrator': true },
			{ uid: 151, 'group owner': false, 'group administrator': true },
			{ uid: 156, 'group owner': false, 'group administrator': false },
		]);
		expect((await send('DELETE', admins, { uids: 151 })).body.uids_demoted).toEqual([151]);
		expect((await send('DELETE', members, { uids: [156] })).body.uids_removed).toEqual([156]);
		expect((await send('DELETE', members)).status).toBe(400);
		expect((await get(members)).count).toBe(2);
	});

	it('have sites', async () => {
		const path = '/api/v1/groups/76/sites';
		expect((await get(path)).count).toBe(3);
		const added = await send('POST', path, { site_ids: [236, 231, 1] });
		expect(added.body).toMatchObject({ site_ids_added: [236], site_ids_skipped: [231, 1] });
		expect((await get(path)).count).toBe(4);
		const removed = await send('DELETE', path, { site_ids: [236, 1] });
		expect(removed.body).toMatchObject({ site_ids_removed: [236], site_ids_skipped: [1] });
		expect((await get(path)).count).toBe(3);
	});
});

describe('users and roles', () => {
	it('users are created, changed, read and deleted', async () => {
		const body = { name: 'sam.poe', mail: 'sam.poe@example.com', roles: 'developer' };
		const created = await send('POST', '/api/v1/users', body);
		expect(created.body).toMatchObject({ user_id: 206, user_status: 'active' });
		expect(created.body).toHaveProperty('user_pass');
		expect((await send('POST', '/api/v1/users', body)).status).toBe(422);
		expect((await send('PUT', '/api/v1/users/206/update', { status: '0' })).status).toBe(400);
		await send('PUT', '/api/v1/users/206/update', { status: 0, roles: ['site builder'] });
		expect(await get('/api/v1/users/206')).toMatchObject({
			uid: '206',
			status: '0',
			roles: { '26': 'site builder' },
		});
		expect((await send('PUT', '/api/v1/users/206/update', { roles: ['king'] })).status).toBe(422);
		expect((await send('DELETE', '/api/v1/users/206')).body).toEqual({
			user_id: 206,
			deleted: true,
		});
		expect((await send('GET', '/api/v1/users/206')).status).toBe(404);
	});

	it('roles are created, renamed and deleted, and follow into the users', async () => {
		expect((await send('POST', '/api/v1/roles', { name: 'newsroom' })).body).toEqual({
			role_id: 41,
			role_name: 'newsroom',
		});
		expect((await send('POST', '/api/v1/roles', { name: 'newsroom' })).status).toBe(422);
		await send('PUT', '/api/v1/roles/21/update', { new_name: 'coder' });
		expect(await get('/api/v1/roles/21')).toEqual({ rid: 21, name: 'coder' });
		expect((await get('/api/v1/users/161')).roles).toEqual({ '21': 'coder' });
		await send('DELETE', '/api/v1/roles/21');
		expect((await get('/api/v1/users/161')).roles).toEqual([]);
		expect((await send('GET', '/api/v1/roles/21')).status).toBe(404);
	});
});

it('offers refs to deploy, those of the factory to nobody', async () => {
	expect(await get('/api/v1/vcs?type=sites')).toMatchObject({ current: 'tags/2025-03-04' });
	expect((await send('GET', '/api/v1/vcs?type=factory')).body.message).toMatch(/^Forbidden: /);
});

it('starts over on reset', async () => {
	await create('news');
	simulator.reset();
	expect(simulator.requests).toEqual([]);
	expect((await get('/api/v1/sites?show_incomplete=true')).count).toBe(27);
	expect((await create('news')).task_id).toBe(129_001);
});

describe('deployments', () => {
	const post = async (path: string, body: unknown) => await send('POST', path, body);
	const update = async (more: Body = {}) =>
		(await post('/api/v1/update', { sites_ref: 'main-build', ...more })).body;

	it('staging is started by name of the environment', async () => {
		expect(await get('/api/v2/stage')).toEqual({ environments: { dev: 'dev', test: 'test' } });
		expect((await post('/api/v2/stage', { to_env: 'test', sites: [231] })).body).toEqual({
			message: 'Staging deployment has been initiated - WIP129001.',
			task_id: 129_001,
		});
		expect((await post('/api/v2/stage', { to_env: 'toString' })).status).toBe(400);
		expect((await post('/api/v2/stage', { to_env: 'dev', sites: [1] })).status).toBe(404);
		expect((await post('/api/v2/stage', { to_env: 'dev', wipe_stacks: [9] })).status).toBe(400);
	});

	it('updates deploy a ref once they are through', async () => {
		expect(await get('/api/v1/update')).toEqual([]);
		expect((await send('GET', '/api/v1/update/last/status')).status).toBe(404);
		expect(await update()).toEqual({ message: 'Update initiated.', task_id: 129_001 });
		expect(await get('/api/v1/update/last/status')).toMatchObject({
			percentage: 0,
			statuses: { 'not-started': 27, completed: '0' },
			end_time: 0,
		});
		expect((await get('/api/v1/vcs?type=sites')).current).toBe('tags/2025-03-04');
		now += 8000;
		expect(await get('/api/v1/update/129001/status')).toMatchObject({
			percentage: 100,
			statuses: { completed: '27', error: 0 },
		});
		expect((await get('/api/v1/vcs?type=sites')).current).toBe('main-build');
		expect(await get('/api/v1/update')).toEqual({
			'129001': { added: String(START / 1000), status: '16' },
		});
	});

	it.each([
		['no ref', { sites_ref: undefined }, 400],
		['an unknown ref', { sites_ref: 'gone' }, 400],
		['the scope of the vendor', { scope: 'both' }, 403],
		['odd arguments', { db_update_arguments: 'a;b' }, 400],
		['no time', { start_time: 'soon' }, 400],
		['an unknown stack', { stack_id: 9 }, 400],
	])('updates are refused with %s', async (_title, more, status) => {
		const sent = await post('/api/v1/update', { sites_ref: 'main-build', ...more });
		expect(sent.status).toBe(status);
	});

	it('updates tell the sites that failed', async () => {
		await create('failing');
		await create('warned');
		await update();
		now += 8000;
		expect((await get('/api/v1/update/last/status')).statuses).toEqual({
			'not-started': 0,
			'in-progress': 0,
			completed: '27',
			warning: 1,
			error: 1,
		});
	});

	it('updates are planned, moved, paused and stopped', async () => {
		const id = (await update({ start_time: '+2 hours' })).task_id;
		const move = async (time: string) =>
			(await post('/api/v1/update/change_time', { updater_id: id, new_update_time: time })).body;
		now += 3_600_000;
		expect((await task(id)).status).toBe('1');
		expect(await move('+10 minutes')).toMatchObject({ success: 1 });
		expect((await move('soon')).message).toMatch(/^Bad Request: /);
		now += 602_000;
		expect((await task(id)).status).toBe('4');
		expect(await move('+1 day')).toMatchObject({ success: 0 });
		await post('/api/v1/update/pause', { pause: true });
		now += 3_600_000;
		expect(await task(id)).toMatchObject({ status: '4', paused: '1' });
		await post('/api/v1/update/pause', { pause: false });
		expect((await send('DELETE', `/api/v1/update/${String(id)}`)).status).toBe(200);
		expect((await task(id)).status).toBe('4');
		now += 4000;
		expect((await task(id)).status).toBe('64');
		expect((await post('/api/v1/update/pause', { pause: true })).status).toBe(404);
	});

	it('updates that are stopped leave sites behind', async () => {
		const stop = async (id: unknown) => await send('DELETE', `/api/v1/update/${String(id)}`);
		const { task_id: begun } = await update();
		now += 3000;
		await stop(begun);
		expect(await get('/api/v1/update/last/status')).toMatchObject({
			message: 'Update in progress',
			percentage: 50,
			statuses: { 'in-progress': 27 },
		});
		now += 4000;
		expect(await get('/api/v1/update/last/status')).toMatchObject({
			message: 'Update terminated',
			percentage: 50,
			statuses: { 'not-started': 14, 'in-progress': 0, completed: '13' },
			end_time: START / 1000 + 7,
		});
		const { task_id: planned } = await update({ start_time: '+2 hours' });
		await stop(planned);
		const move = { updater_id: planned, new_update_time: '+3 hours' };
		expect((await post('/api/v1/update/change_time', move)).body).toMatchObject({ success: 0 });
		now += 86_400_000;
		expect(await get('/api/v1/update/last/status')).toMatchObject({
			percentage: 0,
			statuses: { 'not-started': 27, completed: '0' },
		});
		expect((await get('/api/v1/vcs?type=sites')).current).toBe('tags/2025-03-04');
	});

	it('cron jobs are kept; whether they are enabled is not told', async () => {
		const job = {
			name: 'Nightly',
			command: 'cron',
			interval: '0 2 * * *',
			sites_affected: 'all',
			enabled: 0,
			thread_percentage: 10,
			stacks: [1],
		};
		expect((await post('/api/v1/cronjobs', job)).body).toMatchObject({ nid: 1141 });
		expect((await post('/api/v1/cronjobs', { ...job, interval: 'daily' })).status).toBe(400);
		expect((await send('PUT', '/api/v1/cronjobs/1141', { ...job, name: 'X' })).status).toBe(200);
		expect((await send('PUT', '/api/v1/cronjobs/1141', { name: 'X' })).status).toBe(400);
		expect(await get('/api/v1/cronjobs/1141')).toEqual({
			nid: 1141,
			name: 'X',
			stacks: [1],
			sites_affected: 'all',
			interval: '0 2 * * *',
			drush_command: 'cron',
			thread_percentage: 10,
		});
		expect((await get('/api/v1/cronjobs?limit=20&page=2')).count).toBe(26);
		expect((await send('GET', '/api/v1/cronjobs?limit=21')).status).toBe(400);
		await send('DELETE', '/api/v1/cronjobs/1141');
		expect((await send('GET', '/api/v1/cronjobs/1141')).status).toBe(404);
	});
});

describe('task control', () => {
	it('pauses tasks, which then stand still', async () => {
		const id = (await create('paused')).task_id;
		await send('POST', `/api/v1/pause/${String(id)}`, { paused: true, level: 'family' });
		now += 60_000;
		expect(await task(id)).toMatchObject({ status: '1', paused: '1', completed: '0' });
		await send('POST', `/api/v1/pause/${String(id)}`, { paused: false, level: 'family' });
		now += 8000;
		expect(await task(id)).toMatchObject({ status: '16', paused: '0' });
	});

	it('resumes tasks where they were', async () => {
		const id = (await create('paused')).task_id;
		const hold = async (paused: boolean) =>
			await send('POST', `/api/v1/pause/${String(id)}`, { paused, level: 'family' });
		now += 3000;
		await hold(true);
		now += 60_000;
		await hold(false);
		const started = String(START / 1000 + 2);
		expect(await task(id)).toMatchObject({ status: '4', started });
		expect(await statuses(id, [4.9, 5])).toEqual(['4', '16']);
		expect(await task(id)).toMatchObject({ started, completed: String(START / 1000 + 68) });
	});

	it('pauses the whole factory', async () => {
		await send('POST', '/api/v1/pause', { paused: true, reason: 'Maintenance' });
		const id = (await create('paused')).task_id;
		now += 60_000;
		expect((await task(id)).status).toBe('1');
		await send('POST', '/api/v1/pause', { paused: false });
		now += 8000;
		expect((await task(id)).status).toBe('16');
	});

	it('writes logs by level', async () => {
		const id = (await create('failing')).task_id;
		now += 8000;
		await task(id);
		const logs = async (query = '') =>
			(await send('GET', `/api/v1/tasks/${String(id)}/logs${query}`)).body;
		expect(await logs()).toMatchObject([{ level: '7' }, { level: '2' }]);
		expect(await logs('?level=error')).toMatchObject([
			{ message: 'Task 129001 has ended with status 32.' },
		]);
		expect(await logs('?level=fatal')).toEqual([]);
	});
});

describe('settings', () => {
	const put = async (path: string, body: unknown) => await send('PUT', path, body);

	it('come back as the service writes them: numbers as text, empty maps as lists', async () => {
		expect(await get('/api/v1/security')).toMatchObject({
			minimum_password_length: '12',
			two_step_verification: true,
		});
		expect((await get('/api/v1/site-update-priority')).priority).toEqual([]);
		await put('/api/v1/site-update-priority', { priority: [236, 231] });
		expect((await get('/api/v1/site-update-priority')).priority).toEqual({ '236': 1, '231': 2 });
	});

	it.each([
		['security', { sign_out_inactive_user_accounts: true }, 400],
		['security', { minimum_password_length: 30 }, 400],
		['site-guard', { message: 'x', username: 'y' }, 400],
		['site-ownership', { username: 'erin.editor' }, 403],
		['site-ownership', { username: 'nobody' }, 404],
		['site-update-priority', { priority: [1] }, 404],
		['factory-standard-domains/site_prod', { new_template: ['www.example.com'] }, 400],
		['factory-standard-domains/other', { new_template: ['[sitename].example.com'] }, 400],
		['centralized-role-management/developer', { site_role: 'x' }, 400],
		['stacks/9', { name: 'x' }, 404],
		['task-log-settings', { wip_log_level: 'loud' }, 400],
	])('%s refuse %j', async (path, body, status) => {
		expect((await put(`/api/v1/${path}`, body)).status).toBe(status);
	});

	it('replace keys, at once or by a task', async () => {
		login = { ...CONTENT_EDITOR };
		const editor = { ...login };
		login = simulator.credential as unknown as typeof login;
		const admin = { ...login };
		expect((await send('DELETE', '/api/v1/users/151/api-keys')).status).toBe(200);
		login = editor;
		expect((await send('GET', '/api/v1/ping')).status).toBe(403);
		login = admin;
		expect((await send('DELETE', '/api/v1/users/all/api-keys')).body.task_id).toBe(129_001);
		expect((await send('GET', '/api/v1/ping')).status).toBe(200);
		now += 8000;
		expect((await send('GET', '/api/v1/ping')).status).toBe(403);
	});

	it('collections switch their primary site after a while', async () => {
		const { body } = await send('POST', '/api/v1/collections', {
			name: 'news',
			site_ids: [231, 236],
			group_ids: 76,
		});
		const path = `/api/v1/collections/${String(body.id)}`;
		expect((await send('POST', `${path}/set-primary`, { site_id: 241 })).status).toBe(400);
		expect((await send('POST', `${path}/set-primary`, { site_id: 236 })).status).toBe(200);
		expect((await get(path)).primary_site).toBe(231);
		now += 8000;
		expect((await get(path)).primary_site).toBe(236);
		const again = { name: 'news', site_ids: [231], group_ids: [76] };
		expect((await send('POST', '/api/v1/collections', again)).status).toBe(422);
	});

	it('themes need a repository first, notifications what they are about', async () => {
		const theme = '/api/v1/sites/231/external-theme';
		expect((await put(theme, { vcs_path: 'main' })).status).toBe(400);
		expect((await put(theme, { vcs_path: 'main', vcs_url: 'git@example.com:a.git' })).status).toBe(
			200,
		);
		expect((await put(theme, { vcs_path: 'next' })).body.vcs_url).toBe('git@example.com:a.git');
		expect((await send('POST', `${theme}-refresh`, {})).body.accepted).toBe(true);
		expect((await send('DELETE', theme)).body.accepted).toBe(true);
		expect((await get('/api/v1/sites/231')).external_theme).toEqual({
			vcs_url: 'git@example.com:a.git',
			vcs_path: 'next',
		});
		now += 8000;
		expect(await get('/api/v1/sites/231')).not.toHaveProperty('external_theme');
		expect((await send('POST', `${theme}-refresh`, {})).body.accepted).toBe(false);
		expect((await send('DELETE', theme)).body.accepted).toBe(false);
		const notify = async (body: Body) =>
			(await send('POST', '/api/v1/theme/notification', { event: 'modify', ...body })).status;
		expect(await notify({ scope: 'site' })).toBe(400);
		expect(await notify({ scope: 'theme' })).toBe(400);
		expect(await notify({ scope: 'global' })).toBe(200);
		expect((await send('POST', '/api/v1/theme/process', { sitegroup_id: 'other' })).status).toBe(
			400,
		);
	});

	it('sites change hands after a while, twice as long where both have to confirm', async () => {
		const transfer = async (site: number, body: Body) =>
			await send('POST', `/api/v1/site-ownership/${site}`, body);
		const owner = async (site: number) => (await get(`/api/v1/sites/${site}`)).owner;
		expect(await transfer(231, {})).toMatchObject({
			status: 400,
			body: { message: 'Bad Request: username is missing' },
		});
		expect((await transfer(231, { username: 'nobody' })).status).toBe(404);
		const failing = (await create('failing')).id as number;
		const asked = await transfer(231, { username: 'user01' });
		expect(asked.body.message).toContain('the e-mail that was sent to ada.admin@example.com');
		await transfer(236, { email: 'USER01@example.com', force_transfer: true });
		await transfer(failing, { username: 'user01', force_transfer: true });
		expect(await owner(236)).toBe('ada.admin');
		now += 8000;
		expect(await owner(236)).toBe('user01');
		expect(await owner(231)).toBe('ada.admin');
		now += 8000;
		expect(await owner(231)).toBe('user01');
		expect(await owner(failing)).toBe('ada.admin');
		expect((await get('/api/v1/audit?type=site_owner')).changes).toMatchObject([
			{ nid: 231, before: 'ada.admin', after: 'user01' },
			{ nid: 236 },
		]);
	});

	it('records are counted by month, by domain and by event', async () => {
		const monthly = '/api/v1/dynamic-requests/monthly';
		expect(await get(`${monthly}?limit=1`)).toMatchObject({
			count: 30,
			dynamic_requests: { '2025-02': { '2xx_dynamic_requests': 900 } },
		});
		expect((await get(`${monthly}?page=9`)).dynamic_requests).toEqual([]);
		expect((await send('GET', `${monthly}/domains`)).status).toBe(400);
		expect((await send('GET', `${monthly}/domains?date=May`)).status).toBe(400);
		expect((await get('/api/v1/audit')).changes).toHaveLength(20);
		expect((await get('/api/v1/audit?type=domain&limit=100')).count).toBe(65);
	});
});
