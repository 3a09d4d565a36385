import { readTask } from '../../nodes/SiteFactory/tasks.ts';
import { siteFactory } from '../../nodes/SiteFactory/provider.ts';
import { toNodeError } from '../../nodes/shared/failures.ts';
import { readList } from '../../nodes/shared/lists.ts';
import type { Answer, ApiRequest, Values } from '../../nodes/shared/operation.ts';
import { compile } from '../../nodes/shared/properties.ts';
import { buildRequest, keyOf } from '../../nodes/shared/request.ts';
import { readValue } from '../../nodes/shared/values.ts';

const catalog = compile(siteFactory);
const answer = (body: unknown, status = 200): Answer => ({ status, headers: {}, body });

/** The request that an operation sends for what the form holds. */
function requestOf(operation: string, parameters: Record<string, unknown> = {}): ApiRequest {
	const compiled = catalog.operations.get(operation);
	if (!compiled) throw new Error(`There is no operation ${operation}`);
	const values: Values = {};
	for (const binding of compiled.bindings) {
		const { field, group } = binding;
		const collection = group === null ? parameters : (parameters[group] ?? {});
		const given = (collection as Record<string, unknown>)[field.name];
		const raw = given === undefined && group === null ? field.default : given;
		const value = readValue(field, raw, { timezone: 'Europe/Dublin', group });
		if (value !== undefined) values[keyOf(binding)] = value;
	}
	return buildRequest(compiled.operation, compiled.bindings, values);
}
/** The value of a resource locator. */
const pick = (value: unknown, mode = 'list') => ({ __rl: true, mode, value });
const read = (path: string, query?: Record<string, unknown>) => ({
	method: 'GET',
	path,
	...(query && { query }),
	kind: 'read',
	repeatable: true,
});
const post = (path: string, body: unknown) => ({
	method: 'POST',
	path,
	body,
	kind: 'write',
	repeatable: false,
});
/** Values that would leave their place in a path if they were let through. */
const notNumbers = ['', ' ', 'abc', '0', '-1', '1.5', '..', '231/backups', '231?x=1', '1e3', '٣'];

describe('requests on the factory', () => {
	it('ping', () => {
		expect(requestOf('factory:ping')).toEqual(read('/api/v1/ping'));
	});
});

describe('requests on sites', () => {
	it('list them', () => {
		expect(requestOf('site:getAll')).toEqual(read('/api/v1/sites'));
	});

	it('list them with every filter', () => {
		const filters = {
			domainContains: 'a b&c=d/é',
			domainNotContains: 'www.',
			hasCustomDomain: true,
			showCustomDomain: true,
			showIncomplete: true,
			siteOwner: '146, 151',
			stackId: 2,
		};
		expect(requestOf('site:getAll', { filters })).toEqual(
			read('/api/v1/sites', {
				domain_contains: 'a b&c=d/é',
				domain_not_contains: 'www.',
				has_custom_domain: true,
				show_custom_domain: true,
				show_incomplete: true,
				site_owner: '146,151',
				stack_id: 2,
			}),
		);
	});

	it('leave out a filter that is switched off, as the factory reads its mere presence', () => {
		const off = { hasCustomDomain: false, showCustomDomain: false, showIncomplete: false };
		expect(requestOf('site:getAll', { filters: off })).toEqual(read('/api/v1/sites'));
	});

	it.each([
		[{ siteOwner: 'jane' }, '“Owner IDs” must be user IDs separated by commas, but is “jane”'],
		[{ stackId: 0 }, '“Stack ID” must be at least 1, but is 0'],
		[{ stackId: 1.5 }, '“Stack ID” must be a whole number, but is “1.5”'],
	])('refuse the filters %j', (filters, message) => {
		expect(() => requestOf('site:getAll', { filters })).toThrow(message);
	});

	it.each([
		pick('231'),
		pick(231, 'id'),
		pick(' 231 ', 'id'),
		pick('https://www.example.acsitefactory.com/node/231', 'url'),
		pick('https://www.example.acsitefactory.com/node/231/edit?x=1#y', 'url'),
		231,
		'231',
	])('read the site %j', (siteId) => {
		expect(requestOf('site:get', { siteId })).toEqual(read('/api/v1/sites/231'));
	});

	it.each(notNumbers)('never take %j for a site', (id) => {
		for (const operation of ['site:get', 'site:backUp']) {
			expect(() => requestOf(operation, { siteId: pick(id, 'id') })).toThrow(
				/^“Site” (must be a whole number above 0, but is|is required)/,
			);
		}
	});

	it('refuse an address that is not one of a site', () => {
		expect(() => requestOf('site:get', { siteId: pick('https://x.example/', 'url') })).toThrow(
			'“Site” must be an address like e.g. https://www.example.acsitefactory.com/node/231',
		);
	});

	it('create a site', () => {
		expect(requestOf('site:create', { siteName: 'events', groupIds: '91' })).toEqual(
			post('/api/v1/sites', { site_name: 'events', group_ids: [91] }),
		);
		expect(
			requestOf('site:create', {
				siteName: ' events2 ',
				groupIds: [91, '96'],
				additionalFields: { installProfile: 'acquia_acms', stackId: 2 },
			}),
		).toEqual(
			post('/api/v1/sites', {
				site_name: 'events2',
				group_ids: [91, 96],
				install_profile: 'acquia_acms',
				stack_id: 2,
			}),
		);
	});

	it.each([
		[{ siteName: 'events' }, '“Group IDs” is required'],
		[{ groupIds: '91' }, '“Site Name” is required'],
		[{ siteName: 'my-site', groupIds: '91' }, '“Site Name” must be lowercase letters and digits'],
		[{ siteName: 'Events', groupIds: '91' }, '“Site Name” must be lowercase letters and digits'],
		[{ siteName: 'a\nb', groupIds: '91' }, '“Site Name” must be lowercase letters and digits'],
		[{ siteName: 'events', groupIds: '91, x' }, '“Group IDs” must be group IDs separated by'],
		[{ siteName: 'events', groupIds: '0' }, '“Group IDs” must be group IDs separated by'],
		[{ siteName: 'events', groupIds: '91;96' }, '“Group IDs” must be group IDs separated by'],
	])('refuse to create %j', (parameters, message) => {
		expect(() => requestOf('site:create', parameters)).toThrow(message);
	});

	it('back up a site, with an empty object when nothing is chosen', () => {
		expect(requestOf('site:backUp', { siteId: pick(231) })).toEqual(
			post('/api/v1/sites/231/backup', {}),
		);
		expect(
			requestOf('site:backUp', {
				siteId: pick(231),
				additionalFields: {
					components: ['database', 'public files'],
					label: 'Before “release” 4\n<b>',
				},
			}),
		).toEqual(
			post('/api/v1/sites/231/backup', {
				components: ['database', 'public files'],
				label: 'Before “release” 4\n<b>',
			}),
		);
		expect(() =>
			requestOf('site:backUp', { siteId: 231, additionalFields: { components: ['db'] } }),
		).toThrow('“Components” must be one of codebase, database, private files');
	});
});

describe('requests on tasks', () => {
	it('read a status', () => {
		expect(requestOf('task:getStatus', { taskId: '129021' })).toEqual(
			read('/api/v1/wip/task/129021/status'),
		);
		expect(requestOf('task:getStatus', { taskId: 129021 }).path).toContain('/129021/');
	});

	it.each(notNumbers)('never take %j for a task', (taskId) => {
		expect(() => requestOf('task:getStatus', { taskId })).toThrow(
			/^“Task ID” (must be a whole number above 0, but is|is required)/,
		);
	});
});

describe('lists', () => {
	const pager = siteFactory.pager;

	it.each([250, '250'])('are read to a count of %j', async (count) => {
		const asked: unknown[] = [];
		const all = await readList(
			async ({ query }) => {
				asked.push(query);
				const page = Number(query?.page);
				const length = Math.min(100, 250 - (page - 1) * 100);
				const sites = Array.from({ length }, (_, index) => (page - 1) * 100 + index);
				return await Promise.resolve(answer({ count, sites }));
			},
			{ method: 'GET', path: '/api/v1/sites', query: { stack_id: 1 } },
			{ at: 'sites', pager },
		);
		expect(all).toEqual(Array.from({ length: 250 }, (_, index) => index));
		expect(asked).toEqual([1, 2, 3].map((page) => ({ stack_id: 1, page, limit: 100 })));
	});

	it('without a count end at a short page', async () => {
		let calls = 0;
		const all = await readList(
			async () => {
				calls += 1;
				const sites = Array.from({ length: calls === 2 ? 7 : 100 }, () => ({}));
				return await Promise.resolve(answer({ sites }));
			},
			{ method: 'GET', path: '/api/v1/sites' },
			{ at: 'sites', pager },
		);
		expect([all.length, calls]).toEqual([107, 2]);
	});
});

describe('the status of a task', () => {
	const status = (value: unknown, more: object = {}) =>
		readTask(answer({ wip_task: { id: '129021', status: value, ...more } }));

	it.each([1, 2, 4, 8, '1', '2', '4', '8', '0'])('%j runs', (value) => {
		expect(status(value)).toEqual({ state: 'running' });
	});

	it.each([16, 144, '16', '144'])('%j is done', (value) => {
		expect(status(value)).toEqual({ state: 'done', result: { id: '129021', status: value } });
	});

	it('is read from its bits, not from its text', () => {
		expect(status('16', { status_string: 'Error' })).toMatchObject({ state: 'done' });
		expect(status('32', { status_string: 'Completed' })).toMatchObject({ state: 'failed' });
		expect(status('4', { completed: '1741681010' })).toEqual({ state: 'running' });
	});

	it.each([
		['32', { error_message: 'Disk full' }, 'Disk full'],
		['32', { error_message: '' }, 'the factory gives no reason'],
		['32', {}, 'the factory gives no reason'],
		['64', { error_message: '' }, 'it was killed'],
		['64', { error_message: 'Killed by ada' }, 'Killed by ada'],
		['160', {}, 'the factory gives no reason'],
		['96', {}, 'it was killed'],
	])('%j with %j has failed: %s', (value, more, message) => {
		expect(status(value, more)).toEqual({ state: 'failed', reason: { message } });
	});

	it.each([
		[{}],
		[{ wip_task: [] }],
		[{ wip_task: { id: '1' } }],
		[{ wip_task: { status: 'Completed' } }],
		[{ wip_task: { status: null } }],
		['<html>'],
		[undefined],
	])('that cannot be read (%j) ends the wait', (body) => {
		expect(readTask(answer(body)).state).toBe('failed');
	});
});

describe('refusals', () => {
	it.each([
		[{ message: 'Access denied', time: '2025-03-11T08:15:42+00:00' }, 'Access denied'],
		[{ message: 'Forbidden: no role' }, 'Forbidden: no role'],
		[{ message: 'Bad Request: no name' }, 'Bad Request: no name'],
		[{ message: 'Unprocessible Entity: taken' }, 'Unprocessible Entity: taken'],
		[{ message: 'Unprocessable Entity: taken' }, 'Unprocessable Entity: taken'],
		[{ message: 'It broke', error: 'E1' }, 'It broke'],
	])('with status 200 are found in %j', (body, message) => {
		expect(siteFactory.refusal?.(answer(body))).toEqual({ message });
	});

	it.each([
		[{ message: 'pong', server_time: 'x' }],
		[{ message: 'The configuration options have been saved.', time: 'x' }],
		[{ message: 'The phrase Bad Request: stands inside' }],
		[{ error: 'only' }],
		[{ message: 'fine', error: '' }],
		[{ sites: [], count: 0 }],
		[[]],
		['text'],
		[undefined],
		[Buffer.from('Access denied')],
	])('are not seen in %j', (body) => {
		expect(siteFactory.refusal?.(answer(body))).toBeUndefined();
	});

	const node = {
		id: '1',
		name: 'Acquia Site Factory',
		type: 'siteFactory',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: {},
	};
	const failed = (failure: { status?: number; code?: string; body?: unknown }) =>
		toNodeError(
			node,
			siteFactory,
			{ apiKey: 'invented-key-0123456789' },
			{ method: 'GET', path: '/api/v1/sites', repeatable: true },
			{ message: '', login: false, ...failure },
			0,
		);

	it.each([
		[{ status: 403, body: { message: 'Access denied' } }, 'Access denied', 'user name and API key'],
		[
			{ status: 403, body: { message: 'Forbidden: you may not create sites' } },
			'Forbidden: you may not create sites',
			'The role of the user does not allow this',
		],
		[
			{ status: 404, body: '<html><title>Not found</title></html>' },
			'Not found',
			'Check “Factory URL” in the credential',
		],
		[{ status: 404, body: { message: 'Site not found' } }, 'Site not found', 'Check the ID'],
		[{ status: 404 }, 'status 404', 'Check “Factory URL” in the credential'],
		[
			{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
			'The certificate of Acquia Site Factory was not accepted',
			'“Ignore SSL Issues”',
		],
		[
			{ status: 422, body: { message: 'Unprocessable Entity: the name is taken' } },
			'Unprocessable Entity: the name is taken',
			'Check the values of this item',
		],
		[
			{ status: 400, body: { message: 'Bad Request: invented-key-0123456789 is odd' } },
			'Bad Request: ••• is odd',
			'',
		],
	])('are told with advice: %j', (failure, message, advice) => {
		const error = failed(failure);
		expect(error.message).toContain(message);
		expect(error.description).toContain(advice);
		expect(JSON.stringify(error)).not.toContain('invented-key');
	});
});
