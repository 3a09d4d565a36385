import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INodeParameters,
	OnError,
} from 'n8n-workflow';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { SiteFactoryApi } from '../../credentials/SiteFactoryApi.credentials.ts';
import type { SiteFactoryOptions } from '../../demo/simulators/siteFactory.mts';
import {
	CONTENT_EDITOR,
	SITE_BUILDER,
	createSiteFactorySimulator,
} from '../../demo/simulators/siteFactory.mts';
import type { Simulator } from '../../demo/simulators/support.mts';
import { SiteFactory } from '../../nodes/SiteFactory/SiteFactory.node.ts';
import { siteFactory } from '../../nodes/SiteFactory/provider.ts';
import { clock } from '../../nodes/shared/clock.ts';
import { compile } from '../../nodes/shared/properties.ts';
import { runNode } from '../support/engine.mts';
import { testOnlyCertificate } from '../support/testOnlyCertificate.mts';

/** Time of the engine and of the simulator; waiting moves it, waits that overlap end together. */
let now = 0;
let slept: number[] = [];
let simulator: Simulator;
let credential: ICredentialDataDecryptedObject;
/** Operations that some test here has run. */
const ran = new Set<string>();

async function start(options: SiteFactoryOptions = {}) {
	now = Date.parse('2026-06-01T12:00:00Z');
	slept = [];
	simulator = await createSiteFactorySimulator({ clock: () => now, jobSeconds: 90, ...options });
	credential = { ...(simulator.credential as ICredentialDataDecryptedObject) };
}
async function stop() {
	const { faults } = simulator;
	await simulator.close();
	expect(faults).toEqual([]);
}
beforeEach(async () => {
	await start();
	jest.spyOn(clock, 'now').mockImplementation(() => now);
	jest.spyOn(clock, 'sleep').mockImplementation(async (milliseconds) => {
		const end = now + milliseconds;
		slept.push(milliseconds);
		await new Promise((resolve) => setImmediate(resolve));
		now = Math.max(now, end);
	});
	// The engine tells failed nodes on the console
	jest.spyOn(console, 'error').mockImplementation();
});
afterEach(async () => {
	jest.restoreAllMocks();
	await stop();
});

async function run(
	operation: string,
	parameters: INodeParameters = {},
	more: { items?: IDataObject[]; onError?: OnError } = {},
) {
	const [resource, name] = operation.split(':');
	ran.add(operation);
	return await runNode({
		node: new SiteFactory(),
		credentialType: new SiteFactoryApi(),
		credential,
		parameters: { resource, operation: name, ...parameters },
		...more,
	});
}
/** The records of a run that succeeded. */
async function records(operation: string, parameters: INodeParameters = {}, items?: IDataObject[]) {
	const outcome = await run(operation, parameters, items && { items });
	expect(outcome.error).toBeUndefined();
	return outcome.items.map(({ json }) => json);
}
/** The error of a run that failed. */
async function refusal(operation: string, parameters: INodeParameters = {}) {
	const { error } = await run(operation, parameters);
	if (!error) throw new Error(`${operation} did not fail`);
	expect(JSON.stringify(error)).not.toContain(String(credential.apiKey));
	return error;
}
const pick = (value: unknown, mode = 'list') => ({ __rl: true, mode, value: value as string });
const sent = (operationId: string) =>
	simulator.requests.filter((request) => request.operationId === operationId);
/** A new site, and the end of its installation. */
async function newSite(siteName: string) {
	const [site] = await records('site:create', {
		siteName,
		groupIds: '91',
		waitForCompletion: false,
	});
	now += 90_000;
	return Number(site?.id);
}

describe('the factory', () => {
	it('answers a ping', async () => {
		expect(await records('factory:ping')).toEqual([
			{ message: 'pong', server_time: '2026-06-01T12:00:00+00:00' },
		]);
	});

	it('tells a refused login in words', async () => {
		credential.apiKey = 'f'.repeat(40);
		const error = await refusal('factory:ping');
		expect(error.message).toBe('Access denied');
		expect(error.description).toBe(
			'Check user name and API key in the credential. Keys differ between production and staging. (status 403)',
		);
		expect(simulator.requests).toHaveLength(1);
	});

	it('tells a role that does not suffice apart from a refused login', async () => {
		Object.assign(credential, CONTENT_EDITOR);
		expect(await records('site:get', { siteId: pick('231') })).toMatchObject([{ id: 231 }]);
		const error = await refusal('site:backUp', { siteId: pick('231') });
		expect(error.message).toBe('Forbidden: the role content editor does not allow this');
		expect(error.description).toContain('The role of the user does not allow this.');
	});

	it('has no address of its own for anything but the API', async () => {
		credential.factoryUrl = `${simulator.url}/console`;
		const error = await refusal('factory:ping');
		expect(error.message).toContain('Page not found');
		expect(error.description).toContain('Check “Factory URL” in the credential');
	});

	it('is sent no key without TLS', async () => {
		credential.factoryUrl = 'http://www.example.acsitefactory.com';
		expect((await refusal('factory:ping')).message).toBe(
			'“Factory URL” in the credential must start with https://',
		);
	});

	it('without a trusted certificate is used only with “Ignore SSL Issues”', async () => {
		const seen: unknown[] = [];
		const server = createServer(testOnlyCertificate, (request, response) => {
			seen.push(request.headers.authorization);
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify({ message: 'pong', server_time: 'x' }));
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		try {
			const { port } = server.address() as AddressInfo;
			credential.factoryUrl = `https://127.0.0.1:${port}`;
			const error = await refusal('factory:ping');
			expect(error.message).toBe(
				'The certificate of Acquia Site Factory was not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)',
			);
			expect(error.description).toContain('turn on “Ignore SSL Issues” in the credential');
			expect(seen).toEqual([]);
			credential.ignoreSslIssues = true;
			expect(await records('factory:ping')).toEqual([{ message: 'pong', server_time: 'x' }]);
			const login = `${String(credential.username)}:${String(credential.apiKey)}`;
			expect(seen).toEqual([`Basic ${Buffer.from(login).toString('base64')}`]);
		} finally {
			await new Promise((resolve) => server.close(resolve));
		}
	});
});

describe('sites', () => {
	it('are listed up to the limit', async () => {
		const some = await records('site:getAll', { limit: 3 });
		expect(some.map(({ site }) => site)).toEqual(['acacia', 'zelkova', 'yew']);
		expect(sent('get_Sites_getSites').map(({ query }) => query)).toEqual([
			{ page: '1', limit: '3' },
		]);
		expect(await records('site:getAll')).toHaveLength(27);
	});

	it('on several pages are read to the end, in order', async () => {
		await stop();
		await start({ sites: 230 });
		const all = await records('site:getAll', { returnAll: true });
		expect(all.map(({ id }) => id)).toEqual(
			Array.from({ length: 230 }, (_, index) => 231 + 5 * (229 - index)),
		);
		const pages = sent('get_Sites_getSites').map(({ query }) => query);
		expect(pages).toHaveLength(3);
		expect(pages).toEqual(
			expect.arrayContaining(['1', '2', '3'].map((page) => ({ page, limit: '100' }))),
		);
		expect(await records('site:getAll', { limit: 150 })).toHaveLength(150);
	});

	it('are filtered by the factory', async () => {
		const found = await records('site:getAll', {
			filters: { domainContains: 'example.com', hasCustomDomain: true, showCustomDomain: true },
		});
		expect(await records('site:getAll', { filters: { canary: true } })).toMatchObject([
			{ site: 'cedar' },
		]);
		expect(found).toHaveLength(9);
		expect(found.at(-1)?.domain).toBe('www.alder.example.com');
		const owned = await records('site:getAll', { filters: { siteOwner: '151, 156' } });
		expect(owned).toEqual([]);
	});

	it('are read side by side, each with its input item', async () => {
		const { items } = await run(
			'site:get',
			{ siteId: pick('={{ $json.id }}', 'id') },
			{ items: [{ id: 241 }, { id: '231' }, { id: 236 }] },
		);
		expect(items.map(({ json, pairedItem }) => [json.site, pairedItem])).toEqual([
			['cedar', { item: 0 }],
			['alder', { item: 1 }],
			['birch', { item: 2 }],
		]);
	});

	it('that are not there are told in words', async () => {
		const error = await refusal('site:get', { siteId: pick('230', 'id') });
		expect(error.message).toBe('Site not found');
		expect(error.description).toContain('Check the ID');
	});

	it('are created and given once they are installed', async () => {
		const [site] = await records('site:create', {
			siteName: 'events',
			groupIds: '91, 96',
			additionalFields: { installProfile: 'standard', stackId: 1 },
		});
		expect(site).toMatchObject({
			id: 366,
			site: 'events',
			groups: [91, 96],
			domains: ['events.examplefactory.acsitefactory.com'],
			owner: 'ada.admin',
		});
		expect(await records('site:getAll', { limit: 1 })).toMatchObject([{ site: 'events' }]);
		expect(sent('post_Sites_createSite')).toHaveLength(1);
		// 5, 7.5, … seconds: 90 seconds are over at the seventh look
		expect(slept.slice(0, 3)).toEqual([5000, 7500, 11_250]);
		expect(sent('get_WipTaskStatus_getWipTaskStatus')).toHaveLength(6);
	});

	it('are created without waiting on request', async () => {
		const [started] = await records('site:create', {
			siteName: 'events',
			groupIds: '91',
			waitForCompletion: false,
		});
		expect(started).toEqual({
			id: 366,
			site: 'events',
			domains: ['events.examplefactory.acsitefactory.com'],
			task_id: 129_001,
		});
		expect(slept).toEqual([]);
		const incomplete = { filters: { domainContains: 'events', showIncomplete: true } };
		expect(await records('site:getAll', { filters: { domainContains: 'events' } })).toEqual([]);
		expect(await records('site:getAll', incomplete)).toHaveLength(1);
	});

	it('that cannot be created are refused in the factory’s words', async () => {
		const taken = await refusal('site:create', { siteName: 'alder', groupIds: '91' });
		expect(taken.message).toBe('Unprocessable Entity: the site name is already in use');
		const missing = await refusal('site:create', { siteName: 'events', groupIds: '92' });
		expect(missing.message).toBe('Group not found');
		const failed = await refusal('site:create', { siteName: 'failing', groupIds: '91' });
		expect(failed.message).toBe(
			'Task 129001 did not succeed: Task 129001 failed on the web server.',
		);
	});

	it('need a stack where there are several', async () => {
		await stop();
		await start({ stacks: 2 });
		const site = { siteName: 'events', groupIds: '91' };
		expect((await refusal('site:create', site)).message).toBe('Bad Request: stack_id is missing');
		const [made] = await records('site:create', { ...site, additionalFields: { stackId: 2 } });
		expect(made).toMatchObject({ stack_id: 2 });
		const second = await records('site:getAll', { returnAll: true, filters: { stackId: 2 } });
		expect(second).toHaveLength(14);
	});

	it('are refused before anything is sent when a value cannot be right', async () => {
		const { error } = await run(
			'site:create',
			{ siteName: '={{ $json.name }}', groupIds: '91' },
			{ items: [{ name: 'good' }, { name: 'not good' }] },
		);
		expect(error?.message).toContain('“Site Name” must be lowercase letters and digits only');
		expect(error?.context?.itemIndex).toBe(1);
		expect(simulator.requests).toEqual([]);
	});
});

describe('a backup', () => {
	it('is waited for and given', async () => {
		const [backup] = await records('site:backUp', {
			siteId: pick('231'),
			additionalFields: { components: ['database', 'public files'], label: 'Before release' },
		});
		expect(backup).toMatchObject({
			id: 4386,
			nid: 231,
			label: 'Before release',
			componentList: ['database', 'public files'],
			task_id: 129_001,
			task: { id: 129_001, status: 16, status_string: 'Completed' },
		});
		expect(sent('post_Sites_backupSite').map(({ body }) => body)).toEqual([
			{ components: ['database', 'public files'], label: 'Before release' },
		]);
	});

	it('without a label is the newest of the site', async () => {
		const [backup] = await records('site:backUp', { siteId: pick('236') });
		expect(backup).toMatchObject({ id: 4386, nid: 236, label: '', task_id: 129_001 });
	});

	it('with a label is that one, although a newer one is there', async () => {
		const { items } = await run(
			'site:backUp',
			{ siteId: pick('231'), additionalFields: { label: '={{ $json.label }}' } },
			{ items: [{ label: 'First' }, { label: ' Second ' }, { label: 'Third' }] },
		);
		expect(items.map(({ json }) => [json.label, json.id])).toEqual([
			['First', 4386],
			[' Second ', 4391],
			['Third', 4396],
		]);
	});

	it('of several sites is started for all and waited for together', async () => {
		const began = now;
		const { items } = await run(
			'site:backUp',
			{ siteId: pick('={{ $json.id }}', 'id') },
			{ items: [{ id: 241 }, { id: 231 }, { id: 236 }] },
		);
		expect(items.map(({ json, pairedItem }) => [json.nid, pairedItem])).toEqual([
			[241, { item: 0 }],
			[231, { item: 1 }],
			[236, { item: 2 }],
		]);
		expect(new Set(items.map(({ json }) => json.id)).size).toBe(3);
		expect(now - began).toBeLessThan(2 * 90_000);
	});

	it('that fails leaves the others, with Continue On Fail', async () => {
		const failing = await newSite('failing');
		const killed = await newSite('killed');
		const items = [{ id: 231 }, { id: failing }, { id: 999 }, { id: killed }, { id: 236 }];
		const outcome = await run(
			'site:backUp',
			{ siteId: pick('={{ $json.id }}', 'id') },
			{ items, onError: 'continueErrorOutput' },
		);
		expect(outcome.error).toBeUndefined();
		expect(outcome.items.map(({ json, pairedItem }) => [json.nid, pairedItem])).toEqual([
			[231, { item: 0 }],
			[236, { item: 4 }],
		]);
		expect(outcome.failed.map(({ json }) => json.error)).toEqual([
			expect.stringMatching(/^Task \d+ did not succeed: Task \d+ failed on the web server\./),
			expect.stringContaining('Site not found'),
			expect.stringMatching(/^Task \d+ did not succeed: it was killed/),
		]);
		expect(outcome.failed.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 1 },
			{ item: 2 },
			{ item: 3 },
		]);
	});

	it('that ends with warnings has succeeded, and its task says so', async () => {
		const siteId = await newSite('warned');
		const [backup] = await records('site:backUp', { siteId: pick(siteId, 'id') });
		expect(backup).toMatchObject({ nid: siteId, task: { status: 144 } });
	});

	it('that takes longer than the timeout is named and goes on', async () => {
		const parameters = { siteId: pick('231'), options: { timeout: 0.5 } };
		const error = await refusal('site:backUp', parameters);
		expect(error.message).toBe('Task 129001 has not ended after 0.5 minutes');
		expect(error.description).toContain('look at task 129001 later');
		now += 90_000;
		expect(await records('task:getStatus', { taskId: '129001' })).toMatchObject([
			{ id: 129_001, status: 16, status_string: 'Completed', nid: 231 },
		]);
	});

	it('is only started on request', async () => {
		const parameters = { siteId: pick('231'), waitForCompletion: false };
		expect(await records('site:backUp', parameters)).toEqual([{ task_id: 129_001 }]);
		expect(await records('task:getStatus', { taskId: '129001' })).toMatchObject([
			{ status: 1, status_string: 'Not Started' },
		]);
		const raw = { taskId: '129001', options: { rawAnswer: true } };
		expect(await records('task:getStatus', raw)).toMatchObject([{ id: '129001', status: '1' }]);
	});
});

describe('a site', () => {
	it('is copied and given once it is there', async () => {
		const [copy] = await records('site:duplicate', {
			siteId: pick('231'),
			siteName: 'copy',
			additionalFields: { exactCopy: true, groupIds: '91' },
		});
		expect(copy).toMatchObject({ id: 366, site: 'copy', groups: [91] });
		expect(await records('site:getAll', { limit: 1 })).toMatchObject([{ site: 'copy' }]);
		expect(slept.length).toBeGreaterThan(3);
	});

	it('is copied also for users who do not see the tasks', async () => {
		Object.assign(credential, SITE_BUILDER);
		const parameters = { siteId: pick('231'), siteName: 'copy' };
		expect(await records('site:duplicate', parameters)).toMatchObject([{ id: 366, site: 'copy' }]);
		expect(sent('get_Task_tasks').map(({ status }) => status)).toEqual([403]);
		expect(sent('get_Sites_getSites').length).toBeGreaterThan(3);
		expect(await records('site:getAll', { limit: 1 })).toMatchObject([{ site: 'copy' }]);
	});

	it('is copied without waiting on request', async () => {
		const parameters = { siteId: pick('231'), siteName: 'copy', waitForCompletion: false };
		expect(await records('site:duplicate', parameters)).toEqual([{ id: 366, site: 'copy' }]);
		expect(slept).toEqual([]);
	});

	it('that cannot be copied says why', async () => {
		const error = await refusal('site:duplicate', { siteId: pick('231'), siteName: 'failing' });
		expect(error.message).toBe(
			'Copying to site 366 did not succeed: Task 129001 failed on the web server.',
		);
		const taken = await refusal('site:duplicate', { siteId: pick('231'), siteName: 'birch' });
		expect(taken.message).toContain('the site name is already in use');
	});

	it('is deleted and gone', async () => {
		const [deleted] = await records('site:delete', { siteId: pick('231') });
		expect(deleted).toMatchObject({
			id: 231,
			site: 'alder',
			task_id: 129_001,
			deleted: true,
			task: { status: 16 },
		});
		expect((await refusal('site:get', { siteId: pick('231') })).message).toBe('Site not found');
	});

	it('gets both caches cleared', async () => {
		const [cleared] = await records('site:clearCaches', { siteId: pick('231') });
		expect(cleared).toMatchObject({
			id: 231,
			task_ids: { drupal_cache_clear: 129_001, varnish_cache_clear: 129_006 },
			tasks: {
				drupal_cache_clear: { id: 129_001, status: 16 },
				varnish_cache_clear: { id: 129_006, status: 16 },
			},
		});
		expect(sent('post_Sites_clearCaches').map(({ body }) => body)).toEqual([{}]);
		const [started] = await records('site:clearCaches', {
			siteId: pick('231'),
			waitForCompletion: false,
		});
		expect(started).toEqual({
			id: 231,
			time: expect.any(String) as string,
			task_ids: { drupal_cache_clear: 129_011, varnish_cache_clear: 129_016 },
		});
		const failing = await newSite('failing');
		const error = await refusal('site:clearCaches', { siteId: pick(failing, 'id') });
		expect(error.message).toMatch(
			/^Task \d+ did not succeed: Task \d+ failed on the web server\.$/,
		);
	});
});

describe('many sites', () => {
	const report = async (operation: string, parameters: INodeParameters) =>
		await records(`site:${operation}`, parameters);

	it('are backed up together, with a report on each', async () => {
		const failing = await newSite('failing');
		const began = now;
		const parameters = {
			chosenBy: 'list',
			siteIds: `231, ${failing}, 999, 236`,
			additionalFields: { label: 'Nightly 14', components: ['database'] },
		};
		const { items, error } = await run('site:backUpMany', parameters);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toMatchObject([
			{ site_id: 231, status: 'done', backup: { nid: 231, label: 'Nightly 14' } },
			{
				site_id: failing,
				status: 'failed',
				message: expect.stringMatching(/^Task \d+ did not succeed/) as string,
			},
			{ site_id: 999, status: 'failed', message: 'Site not found' },
			{ site_id: 236, status: 'done', backup: { nid: 236, componentList: ['database'] } },
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(Array(4).fill({ item: 0 }));
		expect(now - began).toBeLessThan(2 * 90_000);
		expect(sent('delete_Sites_deleteSiteBackup')).toEqual([]);
	});

	it('keep their newest backups only', async () => {
		const kept = async (siteId: string) =>
			(await records('backup:getAll', { siteId: pick(siteId), returnAll: true })).map(
				({ label }) => label,
			);
		await records('site:backUp', {
			siteId: pick('231'),
			additionalFields: { label: 'Before release' },
		});
		const [alder, birch] = await report('backUpMany', {
			chosenBy: 'list',
			siteIds: '231\n236',
			additionalFields: { label: 'Nightly 14', keepNewest: 3, pruneLabel: 'Nightly' },
		});
		expect(alder).toMatchObject({ status: 'done', not_deleted: [] });
		expect(alder?.deleted).toHaveLength(11);
		expect(birch).toMatchObject({ status: 'done', deleted: [], not_deleted: [] });
		expect(await kept('231')).toEqual(['Nightly 14', 'Before release', 'Nightly 13', 'Nightly 12']);
		expect(await kept('236')).toEqual(['Nightly 14', 'Nightly 2', 'Nightly 1']);
	});

	it('lose no backup when the new one fails', async () => {
		const failing = await newSite('failing');
		const chosen = { chosenBy: 'list', siteIds: String(failing) };
		await report('backUpMany', { ...chosen, additionalFields: { keepNewest: 1 } });
		expect(sent('get_Sites_getSiteBackups')).toEqual([]);
		expect(sent('delete_Sites_deleteSiteBackup')).toEqual([]);
	});

	it('are all of the factory, over several pages', async () => {
		await stop();
		await start({ sites: 130 });
		const all = await report('backUpMany', { chosenBy: 'all', waitForCompletion: false });
		expect(all).toHaveLength(130);
		expect(all[0]).toMatchObject({ site: 'site130', status: 'started', task_id: 129_001 });
		expect(sent('post_Sites_backupSite')).toHaveLength(130);
	});

	it('are those of a group', async () => {
		const cleared = await report('clearCachesOfMany', { chosenBy: 'group', groupId: pick('76') });
		expect(cleared).toMatchObject(
			['alder', 'maple', 'yew'].map((site) => ({
				site,
				status: 'done',
				tasks: { drupal_cache_clear: { status: 16 }, varnish_cache_clear: { status: 16 } },
			})),
		);
		const started = await report('clearCachesOfMany', {
			chosenBy: 'list',
			siteIds: '231, 231',
			waitForCompletion: false,
		});
		expect(started).toMatchObject([{ site_id: 231, status: 'started' }]);
	});

	it('have to be chosen well', async () => {
		const odd = await refusal('site:backUpMany', { chosenBy: 'list', siteIds: '231, x' });
		expect(odd.message).toContain('but holds “x”');
		const gone = await refusal('site:backUpMany', { chosenBy: 'group', groupId: pick('77') });
		expect(gone.message).toBe('Group not found');
	});
});

describe('backups', () => {
	it('are listed; a site without any has an empty list', async () => {
		const all = await records('backup:getAll', { siteId: pick('231'), returnAll: true });
		expect(all).toHaveLength(13);
		expect(all[0]).toMatchObject({ id: 4361, label: 'Nightly 13', nid: 231 });
		expect(await records('backup:getAll', { siteId: pick('231'), limit: 2 })).toHaveLength(2);
		expect(await records('backup:getAll', { siteId: pick('246') })).toEqual([]);
	});

	it('have an address that works without signing in, for a time', async () => {
		const chosen = { siteId: pick('231'), backupId: pick('4301') };
		const [found] = await records('backup:getUrl', {
			...chosen,
			additionalFields: { lifetime: 300 },
		});
		expect(found?.lifetime).toBe(300);
		const response = await fetch(String(found?.url));
		expect(await response.text()).toBe('backup 4301 of alder\n');
		const error = await refusal('backup:getUrl', { ...chosen, backupId: pick('1') });
		expect(error.message).toBe('Backup not found');
	});

	it('are downloaded as files, without the sign-in', async () => {
		const { items, error } = await run('backup:download', {
			siteId: pick('231'),
			backupId: pick('4301'),
			binaryPropertyName: 'archive',
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		const file = items[0]?.binary?.archive;
		expect(file).toMatchObject({ fileName: '4301.tar.gz', mimeType: 'application/gzip' });
		expect(Buffer.from(String(file?.data), 'base64').toString()).toBe('backup 4301 of alder\n');
		const gone = await refusal('backup:download', { siteId: pick('231'), backupId: pick('1') });
		expect(gone.message).toBe('Backup not found');
	});

	it('are restored, also to another site', async () => {
		const chosen = { siteId: pick('231'), backupId: pick('4301') };
		expect(await records('backup:restore', chosen)).toMatchObject([
			{ id: 231, site: 'alder', task_id: 129_001, task: { status: 16 } },
		]);
		const additionalFields = {
			components: ['database'],
			targetSiteId: pick('236'),
			callerData: '{"run": 1}',
			callbackUrl: 'https://hooks.example.com/acsf',
			callbackMethod: 'GET',
		};
		expect(await records('backup:restore', { ...chosen, additionalFields })).toMatchObject([
			{ id: 236, site: 'birch' },
		]);
		expect(sent('post_Sites_restoreSite').map(({ body }) => body)).toEqual([
			{ backup_id: 4301 },
			{
				backup_id: 4301,
				components: ['database'],
				target_site_id: 236,
				caller_data: '{"run":1}',
				callback_url: 'https://hooks.example.com/acsf',
				callback_method: 'GET',
			},
		]);
	});

	it('are deleted, with the body that the callback needs', async () => {
		const chosen = { siteId: pick('231'), backupId: pick('4301') };
		const additionalFields = { callbackUrl: 'https://hooks.example.com/acsf' };
		expect(await records('backup:delete', { ...chosen, additionalFields })).toMatchObject([
			{ task_id: 129_001, deleted: true, task: { status: 16 } },
		]);
		expect(sent('delete_Sites_deleteSiteBackup').map(({ body }) => body)).toEqual([
			{ callback_url: 'https://hooks.example.com/acsf' },
		]);
		const left = await records('backup:getAll', { siteId: pick('231'), returnAll: true });
		expect(left.map(({ id }) => id)).not.toContain(4301);
		expect(left).toHaveLength(12);
	});

	it('expire after a number of days', async () => {
		expect(await records('backup:getExpiration')).toMatchObject([{ expiration_days: 90 }]);
		await records('backup:setExpiration', { expirationDays: 30 });
		expect(await records('backup:getExpiration')).toMatchObject([{ expiration_days: 30 }]);
	});
});

describe('domains', () => {
	it('are listed, of all sites and of one', async () => {
		expect(await records('domain:getAll', { returnAll: true })).toHaveLength(36);
		expect(await records('domain:getForSite', { nodeId: pick('231') })).toMatchObject([
			{
				domains: {
					protected_domains: ['alder.examplefactory.acsitefactory.com'],
					custom_domains: ['www.alder.example.com'],
				},
			},
		]);
	});

	it('are added and removed', async () => {
		const domain = 'www.example.com/press';
		const nodeId = pick('236');
		const status = async () => {
			const [found] = await records('domain:getStatus', { domainName: pick(domain, 'id') });
			return found?.associated_status;
		};
		expect(await status()).toBe('unregistered');
		expect(await records('domain:add', { nodeId, newDomain: domain })).toMatchObject([
			{ added: true, domain, associated_status: 'registered', node_id: 236 },
		]);
		expect(slept.length).toBeGreaterThan(3);
		const error = await refusal('domain:add', { nodeId: pick('241'), newDomain: domain });
		expect(error.message).toBe('Unprocessable Entity: the domain is already in use');
		expect(await records('domain:remove', { nodeId, domainName: pick(domain) })).toMatchObject([
			{
				removed: true,
				message: 'The domain was removed from "birch".',
				associated_status: 'unregistered',
			},
		]);
		expect(await status()).toBe('unregistered');
	});

	it.each(['..', 'a\ud800'])('%j cannot be looked at, so it is not added', async (newDomain) => {
		const error = await refusal('domain:add', { nodeId: pick('236'), newDomain });
		expect(error.message).toMatch(/^“Domain” must be /);
		expect(simulator.requests).toEqual([]);
	});

	it('are added and removed without waiting on request', async () => {
		const nodeId = pick('236');
		const noWait = { nodeId, waitForCompletion: false };
		const newDomain = 'www.example.com';
		const [added] = await records('domain:add', { ...noWait, newDomain });
		expect(added).toMatchObject({ added: true });
		expect(added).not.toHaveProperty('associated_status');
		const status = { domainName: pick(newDomain, 'id') };
		expect(await records('domain:getStatus', status)).toMatchObject([
			{ associated_status: 'registered_unstable' },
		]);
		const removal = { ...noWait, ...status, options: { rawAnswer: true } };
		expect(await records('domain:remove', removal)).toMatchObject([
			{ message: 'The domain was removed from &quot;birch&quot;.' },
		]);
		expect(slept).toEqual([]);
	});

	it('are not waited for where they are settled at once, nor for ever', async () => {
		await stop();
		await start({ jobSeconds: 0 });
		const newDomain = 'www.example.com';
		expect(await records('domain:add', { nodeId: pick('236'), newDomain })).toMatchObject([
			{ added: true, associated_status: 'registered' },
		]);
		expect(slept).toEqual([]);
		const nodeId = pick(await newSite('failing'), 'id');
		const error = await refusal('domain:add', { nodeId, newDomain: 'www.example.org' });
		expect(error.message).toBe('Addition of domain www.example.org has not ended after 30 minutes');
	});
});

describe('groups', () => {
	it('are created, renamed, read and deleted', async () => {
		const [made] = await records('group:create', {
			groupName: 'Campaigns',
			additionalFields: { parentId: pick('91') },
		});
		const groupId = pick(made?.group_id);
		expect(made).toEqual({ group_id: 136, group_name: 'Campaigns' });
		await records('group:rename', { groupId, groupName: 'Campaigns 2' });
		expect(await records('group:get', { groupId })).toMatchObject([
			{ group_id: 136, group_name: 'Campaigns 2', parent_id: 91 },
		]);
		expect(await records('group:getAll', { returnAll: true })).toHaveLength(13);
		expect(await records('group:delete', { groupId })).toEqual([{ deleted: true }]);
		expect((await refusal('group:get', { groupId })).message).toBe('Group not found');
	});

	it('have members and administrators', async () => {
		const groupId = pick('91');
		const change = async (operation: string) => {
			const [answer] = await records(`group:${operation}`, { groupId, userIds: '151, 156' });
			return answer;
		};
		expect(await change('addMembers')).toMatchObject({ uids_added: [151, 156] });
		expect(await change('addAdmins')).toMatchObject({ uids_promoted: [151, 156] });
		expect(await records('group:getMembers', { groupId })).toEqual(
			[146, 151, 156].map((uid) => ({
				uid,
				'group owner': uid === 146,
				'group administrator': true,
			})),
		);
		expect(await change('removeAdmins')).toMatchObject({ uids_demoted: [151, 156] });
		expect(await change('removeMembers')).toMatchObject({ uids_removed: [151, 156] });
		expect(await records('group:getMembers', { groupId })).toHaveLength(1);
	});

	it('have sites', async () => {
		const groupId = pick('136', 'id');
		await records('group:create', { groupName: 'New' });
		expect(await records('group:addSites', { groupId, siteIds: '231, 236, 999' })).toMatchObject([
			{ site_ids_added: [231, 236], site_ids_skipped: [999] },
		]);
		const own = await records('group:getSites', { groupId });
		expect(own.map(({ id }) => id)).toEqual([231, 236]);
		expect(await records('group:removeSites', { groupId, siteIds: '231' })).toMatchObject([
			{ site_ids_removed: [231], site_ids_skipped: [] },
		]);
		expect(await records('group:getSites', { groupId })).toHaveLength(1);
	});
});

describe('users', () => {
	it('are listed with numbers as numbers', async () => {
		const all = await records('user:getAll', { returnAll: true });
		expect(all).toHaveLength(12);
		expect(all[0]).toMatchObject({ uid: 146, name: 'ada.admin', status: 'active' });
		expect(typeof all[0]?.created).toBe('number');
		const raw = await records('user:getAll', { limit: 1, options: { rawAnswer: true } });
		expect(raw).toMatchObject([{ uid: '146' }]);
	});

	it('are filtered', async () => {
		const blocked = { filters: { status: 'blocked', fields: ['uid', 'name'] } };
		expect(await records('user:getAll', blocked)).toEqual([{ uid: 171, name: 'user04' }]);
		const admins = { filters: { roleIds: '31', order: 'DESC' } };
		expect(await records('user:getAll', admins)).toMatchObject([{ uid: 146 }]);
		expect(await records('user:getAll', { filters: { ids: '146, 151' } })).toHaveLength(2);
		const late = { filters: { createdAfter: '2026-06-01T00:00:00Z' } };
		expect(await records('user:getAll', late)).toEqual([]);
	});

	it('are created, changed and deleted', async () => {
		const [made] = await records('user:create', {
			userName: 'sam.poe',
			email: 'sam.poe@example.com',
			additionalFields: { roles: 'site builder, developer' },
		});
		expect(made).toMatchObject({ user_id: 206, user_status: 'active' });
		const userId = pick(made?.user_id);
		const read = async () => (await records('user:get', { userId }))[0];
		expect(await read()).toMatchObject({
			uid: 206,
			status: 'active',
			roles: { '21': 'developer', '26': 'site builder' },
		});
		const updateFields = { status: 'blocked', roles: '', tfaStatus: 'active' };
		expect(await records('user:update', { userId, updateFields })).toEqual([
			{ user_id: 206, updated: true },
		]);
		expect(await read()).toMatchObject({ status: 'blocked', roles: {}, tfa_status: 'active' });
		expect(await records('user:delete', { userId })).toEqual([{ deleted: true }]);
		expect((await refusal('user:get', { userId })).message).toBe('User not found');
	});

	it('whose name is taken are refused', async () => {
		const taken = { userName: 'ada.admin', email: 'other@example.com' };
		expect((await refusal('user:create', taken)).message).toBe(
			'Unprocessable Entity: the name or e-mail is already taken',
		);
	});
});

describe('roles', () => {
	it('are listed, created, renamed and deleted', async () => {
		expect(await records('role:getAll', { returnAll: true })).toHaveLength(6);
		expect(await records('role:getAll', { limit: 1, filters: { order: 'DESC' } })).toEqual([
			{ rid: 26, name: 'site builder' },
		]);
		expect(await records('role:create', { roleName: 'reviewer' })).toEqual([
			{ role_id: 41, role_name: 'reviewer' },
		]);
		const roleId = pick('41');
		await records('role:rename', { roleId, roleName: 'editor' });
		expect(await records('role:get', { roleId })).toEqual([{ rid: 41, name: 'editor' }]);
		expect(await records('role:delete', { roleId })).toEqual([{ deleted: true }]);
		expect((await refusal('role:get', { roleId })).message).toBe('Role not found');
	});
});

describe('site variables', () => {
	it('are set, listed and deleted', async () => {
		const siteId = pick('231');
		expect(await records('siteVariable:getAll', { siteId })).toEqual([]);
		for (const variableName of ['region', 'crm/key', 'third']) {
			const additionalFields = variableName === 'region' ? { scrub: true } : {};
			const variable = { siteId, variableName, variableValue: ' eu ', additionalFields };
			await records('siteVariable:set', variable);
		}
		expect(await records('siteVariable:getAll', { siteId, limit: 1 })).toEqual([
			{ id: 1, nid: 231, scrub_during_stage: 1, variable_key: 'region', variable_value: ' eu ' },
		]);
		const variableKey = pick('crm/key');
		expect(await records('siteVariable:delete', { siteId, variableKey })).toEqual([
			{ deleted: true },
		]);
		expect(await records('siteVariable:getAll', { siteId })).toHaveLength(2);
		await records('siteVariable:deleteAll', { siteId });
		expect(await records('siteVariable:getAll', { siteId })).toEqual([]);
	});
});

describe('stacks', () => {
	it('are listed, with what they can deploy', async () => {
		await stop();
		await start({ stacks: 2 });
		expect(await records('stack:getAll')).toEqual([
			{ id: 1, name: 'examplefactory' },
			{ id: 2, name: 'examplefactory2' },
		]);
		expect(await records('stack:getAllDetails', { limit: 1 })).toMatchObject([
			{ id: 1, description: 'Stack 1', tangle_alias: 'tangle001' },
		]);
		const refs = await records('stack:getRefs', { filters: { stackId: pick('2') } });
		expect(refs).toHaveLength(4);
		expect(refs.filter(({ current }) => current)).toEqual([
			{ name: 'tags/2025-03-04', current: true },
		]);
	});
});

describe('the factory as a whole', () => {
	it('tells its version and what is switched on', async () => {
		expect(await records('factory:getVersion')).toMatchObject([
			{ factory_version: '2.182.0.4096' },
		]);
		await records('factory:setServiceStatus', {
			updateFields: { siteCreation: 'off', siteDuplication: '+2 hours' },
		});
		expect(await records('factory:getServiceStatus')).toEqual([
			{
				site_creation: 'Disabled',
				site_duplication: 'Disabled until 2026-06-01T14:00:00+00:00',
				domain_management: 'Enabled',
				bulk_operations: 'Enabled',
			},
		]);
		const error = await refusal('site:create', { siteName: 'events', groupIds: '91' });
		expect(error.message).toBe('Forbidden: site creation is disabled');
	});
});

describe('staging', () => {
	const toEnvironment = pick('test');

	it('is started on production and waited for', async () => {
		expect(await records('stage:getEnvironments')).toEqual([
			{ environment: 'dev', label: 'dev' },
			{ environment: 'test', label: 'test' },
		]);
		const additionalFields = { sites: '231, 236', synchronizeAllUsers: false };
		expect(await records('stage:stageDown', { toEnvironment, additionalFields })).toEqual([
			{
				to_env: 'test',
				sites: [231, 236],
				message: 'Staging deployment has been initiated - WIP129001.',
				task_id: 129_001,
				task: expect.objectContaining({ status: 16 }) as unknown,
			},
		]);
	});

	it('that ends with warnings has succeeded; one that fails has not', async () => {
		const warned = await newSite('warned');
		const failing = await newSite('failing');
		const withSites = (sites: string) => ({ toEnvironment, additionalFields: { sites } });
		expect(await records('stage:stageDown', withSites(`231, ${warned}`))).toMatchObject([
			{ task: { status: 144 } },
		]);
		const error = await refusal('stage:stageDown', withSites(`231, ${failing}`));
		expect(error.message).toMatch(/^Task \d+ did not succeed/);
		const unknown = await refusal('stage:stageDown', { toEnvironment: pick('uat', 'id') });
		expect(unknown.message).toBe('Bad Request: to_env does not exist');
	});
});

describe('an update', () => {
	const deploy = { sitesRef: pick('tags/2025-03-11') };

	it('is deployed, waited for and told with its progress', async () => {
		expect(await records('update:getAll')).toEqual([]);
		const [done] = await records('update:deploy', deploy);
		expect(done).toMatchObject({
			id: 129_001,
			percentage: 100,
			statuses: { completed: 27, error: 0 },
			task_id: 129_001,
			task: { status: 16 },
		});
		const refs = await records('stack:getRefs');
		expect(refs.find(({ current }) => current)).toMatchObject({ name: 'tags/2025-03-11' });
		expect(await records('update:getAll')).toEqual([
			{ update_id: 129_001, added: expect.any(Number) as number, status: 16 },
		]);
		const raw = { updateId: pick('last', 'id'), options: { rawAnswer: true } };
		expect(await records('update:getProgress', raw)).toMatchObject([
			{ percentage: 100, statuses: { completed: '27' } },
		]);
	});

	it('that leaves sites behind has not succeeded', async () => {
		await newSite('failing');
		await newSite('failing2');
		const error = await refusal('update:deploy', deploy);
		expect(error.message).toMatch(/^Update \d+ has ended, and 2 sites were not updated$/);
		const ref = { sitesRef: pick('gone', 'id') };
		expect((await refusal('update:deploy', ref)).message).toBe(
			'Bad Request: sites_ref does not exist',
		);
	});

	it('is paused, goes on and is terminated', async () => {
		const [begun] = await records('update:deploy', { ...deploy, waitForCompletion: false });
		expect(begun).toEqual({ message: 'Update initiated.', task_id: 129_001 });
		now += 60_000;
		await records('update:pause');
		now += 600_000;
		const progress = async () =>
			(await records('update:getProgress', { updateId: pick('129001') }))[0];
		expect(await progress()).toMatchObject({ percentage: 50, statuses: { 'in-progress': 27 } });
		await records('update:resume');
		now += 25_000;
		expect(await progress()).toMatchObject({ percentage: 50 });
		const noWait = { updateId: pick('129001'), waitForCompletion: false };
		expect(await records('update:terminate', noWait)).toEqual([
			{ message: 'Initiated termination of task 129001.' },
		]);
	});

	it('that is terminated is waited for and told with what it has done', async () => {
		await records('update:deploy', { ...deploy, waitForCompletion: false });
		now += 30_000;
		const [ended] = await records('update:terminate', { updateId: pick('129001') });
		expect(ended).toMatchObject({
			percentage: 50,
			statuses: { completed: 13, 'not-started': 14 },
			task_id: 129_001,
			task: { status: 64, status_string: 'Killed' },
		});
		expect(slept.length).toBeGreaterThan(2);
		const refs = await records('stack:getRefs');
		expect(refs.find(({ current }) => current)).toMatchObject({ name: 'tags/2025-03-04' });
	});

	it('that ends before it is terminated is told as it ended', async () => {
		await records('update:deploy', { ...deploy, waitForCompletion: false });
		now += 80_000;
		expect(await records('update:terminate', { updateId: pick('129001') })).toMatchObject([
			{ percentage: 100, task: { status: 16 } },
		]);
		const error = await refusal('update:terminate', { updateId: pick('4') });
		expect(error.message).toBe('Update not found');
	});

	it('that is planned is moved, and not once it has begun', async () => {
		const additionalFields = { startTime: '2026-06-01T14:00:00Z' };
		await records('update:deploy', { ...deploy, additionalFields, waitForCompletion: false });
		const moved = { updateId: pick('129001'), newStartTime: '2026-06-01T13:00:00Z' };
		expect(await records('update:reschedule', moved)).toMatchObject([{ success: 1 }]);
		now = Date.parse('2026-06-01T12:59:00Z');
		expect(await records('task:getStatus', { taskId: '129001' })).toMatchObject([{ status: 1 }]);
		now = Date.parse('2026-06-01T13:01:00Z');
		const error = await refusal('update:reschedule', moved);
		expect(error.message).toBe('The updater has already started.');
		now = Date.parse('2026-06-01T13:02:00Z');
		expect(await records('task:getStatus', { taskId: '129001' })).toMatchObject([{ status: 16 }]);
	});
});

describe('cron jobs', () => {
	it('are listed on small pages', async () => {
		const all = await records('cronJob:getAll', { returnAll: true });
		expect(all).toHaveLength(25);
		expect(sent('get_CronJobs_getCronJobs').map(({ query }) => query)).toEqual([
			{ page: '1', limit: '20' },
			{ page: '2', limit: '20' },
		]);
	});

	it('are created, replaced and deleted', async () => {
		const job = { cronJobName: 'Nightly', command: 'cron', interval: '0 2 * * *' };
		const [made] = await records('cronJob:create', job);
		expect(made).toMatchObject({ nid: 1141, message: 'The cron job has been created' });
		const cronJobId = pick('1141');
		await records('cronJob:update', { ...job, cronJobId, enabled: false, stackIds: '1' });
		expect(sent('put_CronJobs_editCronJob')[0]?.body).toMatchObject({ enabled: 0 });
		expect(await records('cronJob:get', { cronJobId })).toMatchObject([
			{ name: 'Nightly', drush_command: 'cron' },
		]);
		expect(await records('cronJob:delete', { cronJobId })).toEqual([{ deleted: true }]);
		expect((await refusal('cronJob:get', { cronJobId })).message).toBe('Cron job not found');
		const odd = await refusal('cronJob:create', { ...job, stackIds: '7' });
		expect(odd.message).toBe('Bad Request: the stack does not exist');
	});
});

describe('a task', () => {
	it('is paused and goes on, alone or with all others', async () => {
		const taskId = pick('129001');
		const status = async () => (await records('task:getStatus', { taskId }))[0];
		await records('site:backUp', { siteId: pick('231'), waitForCompletion: false });
		now += 60_000;
		expect(await records('task:pause', { taskId, level: 'task' })).toMatchObject([
			{ task_id: 129_001, level: 'task' },
		]);
		now += 600_000;
		expect(await status()).toMatchObject({ status: 4, paused: 1 });
		await records('task:resume', { taskId });
		await records('task:pauseAll', { additionalFields: { reason: 'Maintenance' } });
		await records('site:backUp', { siteId: pick('236'), waitForCompletion: false });
		now += 600_000;
		expect(await status()).toMatchObject({ status: 4 });
		expect(await records('task:getStatus', { taskId: '129006' })).toMatchObject([
			{ status: 1, paused: 1 },
		]);
		await records('task:resumeAll');
		now += 90_000;
		expect(await status()).toMatchObject({ status: 16, paused: 0 });
		expect(await records('task:getStatus', { taskId: '129006' })).toMatchObject([{ status: 16 }]);
	});

	it('has a log', async () => {
		await records('site:backUp', { siteId: pick('231') });
		const taskId = pick('129001');
		expect(await records('task:getLogs', { taskId })).toMatchObject([
			{ id: 755_001, object_id: 129_001, level: 7, message: 'Task added for object id 129001.' },
			{ level: 6, message: 'Task 129001 has ended with status 16.' },
		]);
		const few = { taskId, filters: { logLevel: 'info', descendants: true }, limit: 5 };
		expect(await records('task:getLogs', few)).toHaveLength(1);
		expect(await records('task:getClasses')).toEqual([
			{ class: 'Acquia\\SfSite\\SiteInstall' },
			{ class: 'Acquia\\SfSite\\SiteDuplicate' },
		]);
	});

	it('that is not there is told in words', async () => {
		expect((await refusal('task:getStatus', { taskId: '5' })).message).toBe('Task not found');
		expect((await refusal('task:wait', { taskId: '5' })).message).toBe('Task not found');
	});

	it('that was started earlier is waited for', async () => {
		await records('site:backUp', { siteId: pick('231'), waitForCompletion: false });
		expect(await records('task:wait', { taskId: pick('129001') })).toMatchObject([
			{ id: 129_001, status: 16 },
		]);
		expect(slept.length).toBeGreaterThan(3);
		const failing = await newSite('failing');
		const [begun] = await records('site:backUp', {
			siteId: pick(failing, 'id'),
			waitForCompletion: false,
		});
		const error = await refusal('task:wait', { taskId: pick(begun?.task_id, 'id') });
		expect(error.message).toContain('failed on the web server');
	});

	it('is terminated, listed and deleted', async () => {
		await records('site:backUp', { siteId: pick('231'), waitForCompletion: false });
		const taskId = pick('129001');
		expect(await records('task:getAll', { filters: { taskStatus: 'not-started' } })).toMatchObject([
			{ id: 129_001, status: 1, class: 'Acquia\\SfSite\\SiteArchive', priority: 2 },
		]);
		expect(await records('task:terminate', { taskId })).toMatchObject([
			{ id: 129_001, status: 64, status_string: 'Killed' },
		]);
		expect(slept.length).toBeGreaterThan(3);
		const error = await refusal('task:wait', { taskId });
		expect(error.message).toBe('Task 129001 did not succeed: it was killed');
		expect(await records('task:delete', { taskId })).toEqual([{ deleted: true }]);
		expect(await records('task:getAll')).toEqual([]);
	});

	it('that is terminated is not waited for on request, or only for a time', async () => {
		await records('site:backUp', { siteId: pick('231'), waitForCompletion: false });
		const taskId = pick('129001');
		const error = await refusal('task:terminate', { taskId, options: { timeout: 0.1 } });
		expect(error.message).toBe('Task 129001 has not ended after 0.1 minutes');
		expect(await records('task:terminate', { taskId, waitForCompletion: false })).toMatchObject([
			{ message: 'Task 129001 has been queued for termination.', task_id: 129_001 },
		]);
		expect(await records('task:getStatus', { taskId })).toMatchObject([{ status: 1 }]);
	});

	it('that fails before it is terminated has ended all the same', async () => {
		const siteId = pick(await newSite('failing'), 'id');
		const [begun] = await records('site:backUp', { siteId, waitForCompletion: false });
		now += 80_000;
		const taskId = pick(begun?.task_id, 'id');
		expect(await records('task:terminate', { taskId })).toMatchObject([
			{ status: 32, error_message: expect.stringContaining('failed') as string },
		]);
	});

	it('of more than a page is listed to the end', async () => {
		const items = Array.from({ length: 70 }, () => ({}));
		const cleared = { siteId: pick('231'), waitForCompletion: false };
		await records('site:clearCaches', cleared, items);
		const all = await records('task:getAll', { returnAll: true });
		expect(all).toHaveLength(140);
		expect(new Set(all.map(({ id }) => id)).size).toBe(140);
		const raw = { limit: 1, options: { rawAnswer: true }, filters: { taskGroup: 'CacheClearD8' } };
		expect(await records('task:getAll', raw)).toMatchObject([{ id: '129691' }]);
	});
});

describe('site collections', () => {
	it('are created, filled, switched and deleted', async () => {
		const [made] = await records('siteCollection:create', {
			collectionName: 'campaigns',
			siteIds: '231, 236',
			groupIds: '76',
		});
		expect(made).toMatchObject({
			id: 10_001,
			internal_domain: 'campaigns.examplefactory.acsitefactory.com',
		});
		const collectionId = pick('10001');
		expect(
			await records('siteCollection:addSites', { collectionId, siteIds: '236, 241' }),
		).toMatchObject([
			{
				site_ids_added: [241],
				site_ids_skipped: [236],
				warning: ['Site cedar was removed from group 86.'],
			},
		]);
		const switched = await records('siteCollection:setPrimary', {
			collectionId,
			siteId: pick('241'),
		});
		expect(switched).toMatchObject([{ id: 10_001, primary_site: 241, sites: [231, 236, 241] }]);
		expect(slept.length).toBeGreaterThan(3);
		expect(
			await records('siteCollection:setPrimary', {
				collectionId,
				siteId: pick('231'),
				waitForCompletion: false,
			}),
		).toMatchObject([{ switched: true, primary_site_id: 231 }]);
		await records('siteCollection:removeSites', { collectionId, siteIds: '236' });
		expect(await records('siteCollection:get', { collectionId })).toMatchObject([
			{ sites: [231, 241], primary_site: 241 },
		]);
		expect(
			await records('siteCollection:getAll', { filters: { removeEmpty: true } }),
		).toMatchObject([{ id: 10_001, site_count: 2 }]);
		expect(await records('siteCollection:delete', { collectionId })).toEqual([{ deleted: true }]);
		expect(await records('siteCollection:getAll')).toEqual([]);
	});
});

describe('install profiles', () => {
	it('are listed, enabled, disabled and made the default', async () => {
		const profileName = pick('example_cms');
		const enabled = async () =>
			(await records('installProfile:getAll', { filters: { isEnabled: true } })).map(
				({ name }) => name,
			);
		expect(await enabled()).toEqual(['standard']);
		expect(await records('installProfile:enable', { profileName })).toMatchObject([
			{ updated: true, enabled: true },
		]);
		expect(await records('installProfile:setDefault', { profileName })).toMatchObject([
			{ rest_api_default: true },
		]);
		expect(await enabled()).toEqual(['standard', 'example_cms']);
		await records('installProfile:disable', { profileName: pick('standard') });
		expect(await enabled()).toEqual(['example_cms']);
		const unknown = await refusal('installProfile:enable', { profileName: pick('gone', 'id') });
		expect(unknown.message).toBe('Profile not found');
	});

	it('need a stack where there are several', async () => {
		await stop();
		await start({ stacks: 2 });
		const chosen = { profileName: pick('example_cms') };
		const error = await refusal('installProfile:enable', chosen);
		expect(error.message).toBe('Bad Request: stack_id is missing');
		const additionalFields = { stackId: pick('2') };
		expect(await records('installProfile:enable', { ...chosen, additionalFields })).toMatchObject([
			{ stack_id: 2, enabled: true },
		]);
	});
});

describe('dynamic requests', () => {
	it('are counted by month and by domain', async () => {
		const months = await records('dynamicRequest:getMonthly', { returnAll: true });
		expect(months).toHaveLength(30);
		expect(months[0]).toMatchObject({ month: '2026-05', total_dynamic_requests: 1000 });
		const filters = { startFrom: '2026-01', sortOrder: 'asc' };
		const some = await records('dynamicRequest:getMonthly', { filters });
		expect(some.map(({ month }) => month)).toEqual([
			'2026-01',
			'2026-02',
			'2026-03',
			'2026-04',
			'2026-05',
		]);
		const domains = await records('dynamicRequest:getMonthlyByDomain', { month: '2026-05' });
		expect(domains).toHaveLength(9);
		expect(domains[0]).toMatchObject({ domain: 'www.alder.example.com', date: '2026-05' });
		const none = { month: '2026-05', filters: { domainStartsWith: 'x' } };
		expect(await records('dynamicRequest:getMonthlyByDomain', none)).toEqual([]);
	});
});

describe('audit events', () => {
	it('are listed newest first, on all pages', async () => {
		const all = await records('auditEvent:getAll', { returnAll: true });
		expect(all).toHaveLength(130);
		expect(all[0]).toMatchObject({ id: 8646 });
		const filters = { nid: '231', uid: '151', order: 'ASC', scope: 'site' };
		const some = await records('auditEvent:getAll', { filters });
		expect(some).toHaveLength(13);
		expect(some[0]).toMatchObject({ id: 8026, nid: 231, uid: 151 });
	});
});

describe('settings', () => {
	it('of security', async () => {
		expect(await records('setting:getSecurity')).toMatchObject([
			{ minimum_password_length: 12, sign_out_inactivity_time: 18_000 },
		]);
		const updateFields = { minimumPasswordLength: 20, disableAccounts: true };
		const error = await refusal('setting:updateSecurity', { updateFields });
		expect(error.message).toContain('automatically_disable_accounts_after_days is missing');
		await records('setting:updateSecurity', {
			updateFields: { ...updateFields, disableAfterDays: 30 },
		});
		const raw = { options: { rawAnswer: true } };
		expect(await records('setting:getSecurity', raw)).toMatchObject([
			{ minimum_password_length: '20', automatically_disable_accounts_after_days: '30' },
		]);
		await records('setting:resetSecurity');
		expect(await records('setting:getSecurity')).toMatchObject([{ minimum_password_length: 12 }]);
	});

	it('of the site guard', async () => {
		const guard = { guardMessage: 'Hi', guardUser: 'preview', guardPassword: 'invented-guard' };
		await records('setting:setSiteGuard', guard);
		expect(await records('setting:getSiteGuard')).toMatchObject([
			{ enabled: true, message: 'Hi', username: 'preview', password: 'invented-guard' },
		]);
		await records('setting:removeSiteGuard');
		expect(await records('setting:getSiteGuard')).toMatchObject([{ enabled: false }]);
		const { sensitiveOutputFields } = new SiteFactory().description;
		expect(sensitiveOutputFields).toEqual(
			expect.arrayContaining(['password', 'user_pass', 'variable_value']),
		);
	});

	it('of who owns sites', async () => {
		expect(await records('setting:getSiteOwner')).toMatchObject([{ enabled: false }]);
		const error = await refusal('setting:setSiteOwner', { ownerName: 'erin.editor' });
		expect(error.message).toContain('Forbidden: the user has to be a platform admin');
		await records('setting:setSiteOwner', { ownerName: 'ada.admin' });
		expect(await records('setting:getSiteOwner')).toMatchObject([{ username: 'ada.admin' }]);
		await records('setting:removeSiteOwner');
		expect(await records('setting:getSiteOwner')).toMatchObject([{ enabled: false }]);
	});

	describe('of one site are replaced', () => {
		const siteId = pick('231');
		const force = { additionalFields: { forceTransfer: true } };
		const byEmail = { siteId, ownerBy: 'email', ownerEmail: 'User01@example.com' };

		it('once both have confirmed', async () => {
			const begin = now;
			expect(await records('site:transfer', { siteId, ownerName: 'user01' })).toMatchObject([
				{ id: 231, owner: 'user01' },
			]);
			expect(now - begin).toBeGreaterThanOrEqual(180_000);
		});

		it('soon when it is forced, by name or by email', async () => {
			const begin = now;
			expect(
				await records('site:transfer', { siteId, ownerName: 'user02', ...force }),
			).toMatchObject([{ owner: 'user02' }]);
			expect(await records('site:transfer', { ...byEmail, ...force })).toMatchObject([
				{ owner: 'user01' },
			]);
			expect(now - begin).toBeLessThan(300_000);
			expect(sent('get_User_getUsers')).toHaveLength(1);
		});

		it('also for a user who may not look up whose the address is', async () => {
			Object.assign(credential, SITE_BUILDER);
			const known = { ...byEmail, ownerEmail: 'user02@example.com', ...force };
			expect(await records('site:transfer', known)).toMatchObject([{ owner: 'user02' }]);
			expect(sent('get_User_getUsers')).toMatchObject([{ status: 403 }]);
		});

		it('by the one that it has already', async () => {
			const again = { siteId, ownerName: 'ada.admin', ...force };
			expect(await records('site:transfer', again)).toMatchObject([{ owner: 'ada.admin' }]);
			const address = { ...byEmail, ownerEmail: 'ada.admin@example.com', ...force };
			expect(await records('site:transfer', address)).toMatchObject([{ owner: 'ada.admin' }]);
			expect(slept).toEqual([5000, 5000]);
		});

		it('without waiting on request', async () => {
			const noWait = { siteId, ownerName: 'user01', waitForCompletion: false };
			const [asked] = await records('site:transfer', noWait);
			expect(asked?.message).toContain('the e-mail that was sent to ada.admin@example.com');
			expect(sent('get_Sites_getSite')).toEqual([]);
		});

		it('never, and after a day the wait is over', async () => {
			const own = pick(await newSite('failing'), 'id');
			const begin = now;
			const error = await refusal('site:transfer', { siteId: own, ownerName: 'user01' });
			expect(error.message).toMatch(/^Transfer of site \d+ has not ended after 1440 minutes$/);
			expect(now - begin).toBe(86_400_000);
			// Every five minutes in the end, so as not to ask a factory all day
			expect(sent('get_Sites_getSite').length).toBeLessThan(320);
			const forced = await refusal('site:transfer', { siteId: own, ownerName: 'user01', ...force });
			expect(forced.message).toContain('has not ended after 30 minutes');
			const unknown = await refusal('site:transfer', { siteId, ownerName: 'nobody', ...force });
			expect(unknown.message).toBe('User not found');
		});
	});

	it('of the order of updates', async () => {
		expect(await records('setting:getUpdateOrder')).toEqual([]);
		await records('setting:setUpdateOrder', { orderedSiteIds: '241, 231, 236' });
		expect(await records('setting:getUpdateOrder')).toEqual([
			{ site_id: 241, rank: 1 },
			{ site_id: 231, rank: 2 },
			{ site_id: 236, rank: 3 },
		]);
		await records('setting:resetUpdateOrder');
		expect(await records('setting:getUpdateOrder')).toEqual([]);
	});

	it('of task logs', async () => {
		await records('setting:updateTaskLogLevels', { updateFields: { successfulLevel: 'error' } });
		expect(await records('setting:getTaskLogLevels')).toMatchObject([
			{ wip_log_level: { value: 'error' }, wip_log_maximum_level: { value: 'trace' } },
		]);
		await records('setting:resetTaskLogLevels');
		expect(await records('setting:getTaskLogLevels')).toMatchObject([
			{ wip_log_level: { value: 'warn' } },
		]);
	});

	it('of standard domains', async () => {
		const templateName = 'collection_prod';
		await records('setting:setStandardDomains', {
			templateName,
			patterns: '[sitename].a.example, [sitename].b.example',
		});
		expect(await records('setting:getStandardDomains')).toMatchObject([
			{ collection_prod: ['[sitename].a.example', '[sitename].b.example'] },
		]);
		expect(await records('setting:applyStandardDomains')).toMatchObject([
			{ task_id: 129_001, task: { status: 16 } },
		]);
		expect(await records('setting:removeStandardDomains', { templateName })).toMatchObject([
			{ collection_prod: [] },
		]);
	});

	it('of roles and stacks', async () => {
		await records('role:setMapping', { factoryRole: 'site_builder', siteRole: 'editor' });
		expect(await records('role:getMapping')).toMatchObject([
			{ 'site builder': { enabled: true, site_roles: ['editor'] } },
		]);
		expect(await records('role:removeMapping', { factoryRole: 'site_builder' })).toMatchObject([
			{ 'site builder': { enabled: false, site_roles: [] } },
		]);
		const updateFields = { stackName: 'renamed', stackDescription: 'Corporate' };
		await records('stack:update', { stackId: pick('1'), updateFields });
		expect(await records('stack:getAllDetails')).toMatchObject([
			{ id: 1, name: 'renamed', description: 'Corporate' },
		]);
	});

	it('of variables, brought to all stacks', async () => {
		await stop();
		await start({ stacks: 2 });
		expect(await records('siteVariable:distribute')).toMatchObject([
			{
				task_ids: { 'examplefactory.01live.01update': '129001' },
				tasks: {
					'examplefactory.01live.01update': { id: 129_001, status: 16 },
					'examplefactory2.01live.01update': { id: 129_006, status: 16 },
				},
			},
		]);
	});
});

describe('themes', () => {
	it('are linked, refreshed and unlinked', async () => {
		const siteId = pick('231');
		const error = await refusal('theme:setRepository', { siteId, vcsPath: 'main' });
		expect(error.message).toBe('Bad Request: vcs_url is missing');
		for (const operation of ['theme:refresh', 'theme:removeRepository']) {
			const { message, description } = await refusal(operation, { siteId });
			expect(message).toBe('The factory did not accept the request');
			expect(description).toContain('Look whether the site has a theme repository.');
		}
		const additionalFields = { vcsUrl: 'git@example.com:org/theme.git' };
		await records('theme:setRepository', { siteId, vcsPath: 'main', additionalFields });
		expect(await records('theme:setRepository', { siteId, vcsPath: 'next' })).toMatchObject([
			{ vcs_url: 'git@example.com:org/theme.git', vcs_path: 'next' },
		]);
		const started = await records('theme:refresh', { siteId, waitForCompletion: false });
		expect(started).toMatchObject([{ id: 231, accepted: true }]);
		expect(await records('site:get', { siteId })).toMatchObject([
			{ external_theme: { vcs_path: 'next' } },
		]);
		const [site] = await records('theme:removeRepository', { siteId });
		expect(site).toMatchObject({ id: 231, site: 'alder' });
		expect(site).not.toHaveProperty('external_theme');
		expect(slept.length).toBeGreaterThan(3);
		expect((await records('theme:getDeployKey'))[0]?.deploy_key).toContain('ssh-rsa');
	});

	it('are unlinked without waiting on request, and not for ever', async () => {
		const siteId = pick(await newSite('failing'), 'id');
		const additionalFields = { vcsUrl: 'git@example.com:org/theme.git' };
		await records('theme:setRepository', { siteId, vcsPath: 'main', additionalFields });
		const noWait = { siteId, waitForCompletion: false };
		expect(await records('theme:removeRepository', noWait)).toMatchObject([{ accepted: true }]);
		const error = await refusal('theme:removeRepository', { siteId });
		expect(error.message).toMatch(
			/^Removal of the theme repository of site \d+ has not ended after 30 minutes$/,
		);
	});

	const linked = async (siteName: string) => {
		const siteId = pick(await newSite(siteName), 'id');
		const additionalFields = { vcsUrl: 'git@example.com:org/theme.git' };
		await records('theme:setRepository', { siteId, vcsPath: 'main', additionalFields });
		return siteId;
	};
	const notify = async (siteId: unknown) =>
		await records('theme:notify', {
			scope: 'site',
			themeEvent: 'modify',
			nodeId: String(siteId),
			waitForCompletion: false,
		});

	it('are fetched again within five minutes, or later while the factory works on the site', async () => {
		const siteId = await linked('quick');
		const begun = now;
		const [site] = await records('theme:refresh', { siteId });
		expect(site).toMatchObject({
			site: 'quick',
			external_theme: { vcs_path: 'main' },
			tasks: [{ name: `ThemeRefresh ${siteId.value}`, status: 16, nid: Number(siteId.value) }],
		});
		expect((now - begun) / 60_000).toBeCloseTo(5);
		await stop();
		await start({ jobSeconds: 500 });
		const slow = await linked('slow');
		now += 500_000;
		const second = now;
		expect(await records('theme:refresh', { siteId: slow })).toMatchObject([
			{ site: 'slow', tasks: [{ status: 16 }] },
		]);
		expect((now - second) / 1000).toBeGreaterThanOrEqual(500);
		expect((now - second) / 1000).toBeLessThan(560);
	});

	it('are waited for by the tasks of their site alone, without housekeeping', async () => {
		const siteId = await linked('mine');
		await records('site:backUp', { siteId: pick('231'), waitForCompletion: false });
		const [site] = await records('theme:refresh', { siteId });
		expect(site?.tasks).toMatchObject([{ name: `ThemeRefresh ${siteId.value}` }]);
		await stop();
		await start({ busy: 3 });
		const noWait = { waitForCompletion: false };
		await records('theme:process', noWait, [{}]);
		now += 11_000;
		await records(
			'theme:process',
			noWait,
			Array.from({ length: 120 }, () => ({})),
		);
		// More than a page, and the list moves on while it is read, by housekeeping
		const [processed] = await records('theme:process');
		expect(processed?.tasks).toHaveLength(121);
		expect(new Set((processed?.tasks as IDataObject[]).map(({ name }) => name))).toEqual(
			new Set(['ThemeProcess 0']),
		);
	});

	it('that fail are told with the task that failed, and with the doubt whether it is theirs', async () => {
		const siteId = await linked('failing');
		const refresh = await refusal('theme:refresh', { siteId });
		expect(refresh.message).toMatch(
			/^Refresh of the theme of site (\d+) did not succeed: task \d+ \(ThemeRefresh \1\), which was added then or since, failed: Task \d+ failed on the web server\. The factory does not tell whether that task belongs to it\.$/,
		);
		const killed = await newSite('killed');
		await notify(killed);
		const process = await refusal('theme:process');
		expect(process.message).toContain(
			`Processing of theme changes for tangle001 did not succeed: task `,
		);
		expect(process.message).toContain(`(ThemeProcess ${killed}), which was added then or since`);
		expect(process.message).toContain('it was killed');
	});

	it('are notified of and processed in the older way', async () => {
		const notice = { scope: 'site', themeEvent: 'modify', nodeId: '231' };
		const begun = now;
		expect(await records('theme:notify', notice)).toMatchObject([
			{
				message: 'The site.modify notification has been received.',
				notification: { scope: 'site', event: 'modify' },
				tasks: [{ name: 'ThemeProcess 231', status: 16 }],
			},
		]);
		// The factory began by itself just before the first look, after five minutes
		expect((now - begun) / 60_000).toBeCloseTo(7);
		expect(await notify(231)).toMatchObject([{ notification: { scope: 'site' } }]);
		const second = now;
		expect(await records('theme:process')).toMatchObject([
			{ sitegroups: ['tangle001'], tasks: [{ name: 'ThemeProcess 231', status: 16 }] },
		]);
		expect((now - second) / 1000).toBeGreaterThanOrEqual(90);
		expect((now - second) / 1000).toBeLessThan(180);
		const started = await records('theme:process', { waitForCompletion: false });
		expect(started).toMatchObject([{ sitegroups: ['tangle001'] }]);
		expect(started[0]).not.toHaveProperty('tasks');
	});

	it('cannot be waited for by users who may not see the list of tasks, which is said', async () => {
		const siteId = await linked('hidden');
		Object.assign(credential, SITE_BUILDER);
		const { message, description } = await refusal('theme:refresh', { siteId });
		expect(message).toContain('its end cannot be seen: the list of tasks is not open to the user');
		expect(description).toContain('turn off “Wait for Completion”');
		expect(sent('post_Theme_refreshSiteExternalThemes')).toHaveLength(1);
	});
});

describe('API keys', () => {
	it('of one user are replaced at once', async () => {
		expect(await records('user:resetApiKey', { userId: pick('151') })).toMatchObject([
			{ message: 'The API key for user 151 was regenerated.' },
		]);
		Object.assign(credential, CONTENT_EDITOR);
		expect((await refusal('factory:ping')).message).toBe('Access denied');
	});

	it('of all users are replaced, the own one included', async () => {
		const [done] = await records('user:resetAllApiKeys');
		expect(done).toMatchObject({ task_id: 129_001, ownKeyReplaced: true });
		expect((await refusal('factory:ping')).message).toBe('Access denied');
	});

	it('of all users: without waiting, or with a wait that is too short', async () => {
		const short = { options: { timeout: 0.5 } };
		const error = await refusal('user:resetAllApiKeys', short);
		expect(error.message).toBe('Task 129001 has not ended after 0.5 minutes');
		expect(await records('user:resetAllApiKeys', { waitForCompletion: false })).toMatchObject([
			{ task_id: 129_006 },
		]);
	});
});

describe('API Request', () => {
	it('reaches what has no operation', async () => {
		const found = await records('apiRequest:send', {
			method: 'GET',
			path: '/api/v1/roles',
			options: {},
		});
		expect(found[0]).toMatchObject({ count: 6 });
	});
});

describe('lists to pick from', () => {
	/** n8n's context of a picker, for a node with these parameters. */
	function picker(parameters: Record<string, unknown>): ILoadOptionsFunctions {
		const send = async (_type: string, { method = 'GET', url, qs }: IHttpRequestOptions) => {
			const query = new URLSearchParams(qs as Record<string, string>).toString();
			const login = `${String(credential.username)}:${String(credential.apiKey)}`;
			const headers = { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
			const response = await fetch(`${url}?${query}`, { method, headers });
			const body = (await response.json()) as unknown;
			if (!response.ok) {
				const data = { status: response.status, headers: {}, data: body };
				throw Object.assign(new Error('refused'), { response: data });
			}
			return { statusCode: response.status, headers: {}, body };
		};
		return {
			getNode: () => ({ name: 'Acquia Site Factory' }),
			getTimezone: () => 'UTC',
			getCredentials: async () => await Promise.resolve(credential),
			getCurrentNodeParameter: (name: string) => parameters[name],
			helpers: { httpRequestWithAuthentication: send },
		} as unknown as ILoadOptionsFunctions;
	}
	const { listSearch } = new SiteFactory().methods;
	async function search(
		name: string,
		{
			parameters = {},
			filter,
			token,
		}: {
			parameters?: Record<string, unknown>;
			filter?: string;
			token?: string;
		} = {},
	) {
		const method = listSearch[name];
		if (!method) throw new Error(`There is no list ${name}`);
		const { results, paginationToken } = await method.call(picker(parameters), filter, token);
		return { results, token: paginationToken };
	}

	it('show sites page by page', async () => {
		await stop();
		await start({ sites: 130 });
		const first = await search('searchSites');
		expect(first.results).toHaveLength(100);
		expect(first.results[0]).toEqual({
			name: 'site130 – site130.examplefactory.acsitefactory.com',
			value: '876',
		});
		const second = await search('searchSites', { token: first.token });
		expect(second.results).toHaveLength(30);
		expect(second.token).toBeUndefined();
	});

	it('find sites by name, domain or number on all pages', async () => {
		await stop();
		await start({ sites: 130 });
		const found = async (filter: string) =>
			(await search('searchSites', { filter })).results.map(({ value }) => value);
		expect(await found('ALDER')).toEqual(['231']);
		expect(await found('site99.')).toEqual(['721']);
		expect(await found('721')).toEqual(['721']);
		expect(await found('nothing like that')).toEqual([]);
	});

	it('show everything else that has a number', async () => {
		await records('site:clearCaches', { siteId: pick('231'), waitForCompletion: false });
		const variable = { siteId: pick('231'), variableName: 'region', variableValue: 'eu' };
		await records('siteVariable:set', variable);
		const parameters = { siteId: pick('231') };
		const first = async (name: string, filter?: string) =>
			(await search(name, { parameters, filter })).results[0];
		expect(await first('searchBackups', 'nightly 13')).toMatchObject({ value: '4361' });
		await records('siteCollection:create', { collectionName: 'c', siteIds: '231', groupIds: '76' });
		expect(await first('searchCollections')).toMatchObject({ value: '10001' });
		expect(await first('searchProfiles', 'cms')).toEqual({
			name: 'Example CMS',
			value: 'example_cms',
		});
		expect(await first('searchCronJobs', 'hourly')).toEqual({ name: 'Hourly cron', value: '1016' });
		expect(await first('searchEnvironments')).toEqual({ name: 'dev', value: 'dev' });
		expect(await first('searchRefs', 'tags')).toMatchObject({ value: 'tags/2025-03-04' });
		await records('update:deploy', { sitesRef: pick('main-build') });
		expect(await first('searchUpdates')).toEqual({ name: '129011', value: '129011' });
		expect(await first('searchDomains', 'www.alder')).toMatchObject({
			value: 'www.alder.example.com',
		});
		expect(await first('searchGroups')).toEqual({ name: 'Corporate', value: '76' });
		expect(await first('searchRoles', 'platform')).toEqual({ name: 'platform admin', value: '31' });
		expect(await first('searchStacks')).toEqual({ name: 'examplefactory', value: '1' });
		expect(await first('searchTasks', '129006')).toMatchObject({ value: '129006' });
		expect(await first('searchUsers', 'erin')).toEqual({
			name: 'erin.editor – erin.editor@example.com',
			value: '151',
		});
		expect(await first('searchVariables')).toEqual({ name: 'region', value: 'region' });
		await expect(search('searchBackups')).rejects.toThrow('Choose “Site” first');
	});

	it('tell a refused login in words', async () => {
		credential.apiKey = 'f'.repeat(40);
		await expect(search('searchSites')).rejects.toThrow('Access denied');
	});
});

it('every operation has been run', () => {
	const known = [...compile(siteFactory).operations.keys()];
	expect([...ran].sort()).toEqual(known.sort());
});
