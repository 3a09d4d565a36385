import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { projectFolder, removeFolder, temporaryFolder } from '../../demo/host/installation.mts';
import { difference, parseFlatted } from '../../demo/host/json.mts';
import type { JsonObject } from '../../demo/host/json.mts';
import { bindWorkflow, loadWorkflows, parseWorkflow } from '../../demo/host/workflows.mts';
import { services } from '../../demo/host/demo.mts';
import { withLock } from '../../scripts/lock.mjs';
import { differences, findBrowser, findNode } from '../../scripts/setup.mjs';

let folder: string;
before(async () => {
	folder = await temporaryFolder('test');
});
after(() => removeFolder(folder));

let serial = 0;
/** A path in the tests' folder that nothing is at. */
const fresh = (name: string) => join(folder, `${++serial}-${name}`);

void describe('flatted run data', () => {
	void it('puts the values in the places of their indexes', () => {
		const text = JSON.stringify([
			{ nodes: '1', count: 3, done: true, none: null },
			['2', '2', 7],
			{ name: '3' },
			'Report',
		]);
		const node = { name: 'Report' };
		assert.deepEqual(parseFlatted(text), {
			nodes: [node, node, 7],
			count: 3,
			done: true,
			none: null,
		});
	});

	void it('reads a text that looks like an index as a text', () => {
		assert.deepEqual(parseFlatted('[{"id":"1"},"0"]'), { id: '0' });
	});

	void it('keeps cycles', () => {
		const value = parseFlatted('[{"self":"0","list":"1"},["0"]]');
		assert.ok(typeof value === 'object' && value !== null && 'self' in value && 'list' in value);
		assert.equal(value.self, value);
		assert.ok(Array.isArray(value.list));
		assert.equal(value.list[0], value);
	});

	void it('refuses anything else', () => {
		assert.throws(() => parseFlatted('{"a":1}'), TypeError);
		assert.throws(() => parseFlatted('[{"a":'), SyntaxError);
	});
});

void describe('the difference between what came and what is expected', () => {
	const equal: Array<[unknown, unknown]> = [
		[{ a: 1, b: 2 }, { a: 1 }],
		[{ a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }] }],
		[null, null],
		[{ slug: '/spring-12' }, { slug: { $matches: '^/spring-\\d+$' } }],
	];
	for (const [actual, expected] of equal) {
		void it(`none between ${JSON.stringify(actual)} and ${JSON.stringify(expected)}`, () => {
			assert.equal(difference(actual, expected), undefined);
		});
	}
	const different: Array<[unknown, unknown, string]> = [
		[{ a: 1 }, { a: 2 }, '$.a is 1, 2 was expected'],
		[{ a: '1' }, { a: 1 }, '$.a is "1", 1 was expected'],
		[{}, { a: null }, '$.a is missing, null was expected'],
		[{ a: [1, 2] }, { a: [1] }, '$.a has 2 members, 1 were expected'],
		[{ a: [1, 2] }, { a: [1, 3] }, '$.a[1] is 2, 3 was expected'],
		[{ a: {} }, { a: [] }, '$.a is {}, a list was expected'],
		['x', { a: 1 }, '$ is "x", an object was expected'],
		[
			'/summer',
			{ $matches: '^/spring' },
			'$ is "/summer", a text that matches ^/spring was expected',
		],
		[12, { $matches: '12' }, '$ is 12, a text that matches 12 was expected'],
	];
	for (const [actual, expected, words] of different) {
		void it(`"${words}"`, () => assert.equal(difference(actual, expected), words));
	}
});

void describe('demo workflows', () => {
	const node = (name: string, type: string, more: JsonObject = {}): JsonObject => ({
		id: `id of ${name}`,
		name,
		type: `n8n-nodes-base.${type}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		...more,
	});
	interface Draft {
		name: unknown;
		nodes: JsonObject[];
		connections: JsonObject;
		meta: { campaignStack: JsonObject };
	}
	const draft = (): Draft => ({
		name: 'Things',
		nodes: [
			node('Start', 'manualTrigger'),
			node('List', 'noOp', { credentials: { thingsApi: { id: '', name: 'Things' } } }),
		],
		connections: { Start: { main: [[{ node: 'List', type: 'main', index: 0 }]] } },
		meta: {
			campaignStack: {
				summary: 'Lists the things',
				services: ['things'],
				start: 'manual',
				expect: { nodes: [{ node: 'List', items: 2, first: { id: 1 } }] },
			},
		},
	});
	const parse = (value: unknown) => parseWorkflow(JSON.stringify(value), 'things.json');
	const asWebhook = (value: Draft) => {
		value.nodes[0] = node('Start', 'webhook', { parameters: { path: 'things' } });
		const { campaignStack } = value.meta;
		campaignStack.start = 'webhook';
		campaignStack.request = { body: { a: 1 } };
		campaignStack.expect = {
			nodes: [{ node: 'List', items: 0 }],
			response: { status: 200, body: { b: 2 } },
		};
	};

	void it('are read with what is expected of them', () => {
		const { definition, ...workflow } = parse(draft());
		assert.deepEqual(definition, draft());
		assert.deepEqual(workflow, {
			file: 'things.json',
			name: 'Things',
			summary: 'Lists the things',
			services: ['things'],
			start: 'manual',
			trigger: 'Start',
			expect: { nodes: [{ node: 'List', items: 2, first: { id: 1 } }] },
			timeout: 120_000,
		});
	});

	void it('are read with their webhook', () => {
		const value = draft();
		asWebhook(value);
		Object.assign(value.meta.campaignStack, { timeout: 5, tryFirst: 'Call it' });
		const { webhook, expect, timeout, tryFirst } = parse(value);
		assert.equal(tryFirst, 'Call it');
		assert.deepEqual(webhook, { path: 'things', body: { a: 1 } });
		assert.deepEqual(expect.response, { status: 200, body: { b: 2 } });
		assert.equal(timeout, 5000);
	});

	const mistakes: Array<[words: RegExp, make: (value: Draft) => void]> = [
		[/name is no text/, (value) => (value.name = 7)],
		[/two nodes share the Start/, (value) => value.nodes.push(node('Start', 'noOp'))],
		[
			/two nodes share the id id of List/,
			(value) => value.nodes.push(node('Other', 'noOp', { id: 'id of List' })),
		],
		[
			/the parameters of "List" is no object/,
			(value) => (value.nodes[1] = node('List', 'noOp', { parameters: undefined })),
		],
		[
			/a connection starts at "Nowhere", which is no node/,
			(value) => (value.connections.Nowhere = { main: [] }),
		],
		[
			/"Start" is connected to "Nowhere", which is no node/,
			(value) => (value.connections.Start = { main: [[{ node: 'Nowhere' }]] }),
		],
		[/meta\.campaignStack is no object/, (value) => Object.assign(value, { meta: {} })],
		[
			/start is none of manual, schedule, webhook/,
			({ meta }) => (meta.campaignStack.start = 'toString'),
		],
		[
			/there are 0 nodes of type n8n-nodes-base\.scheduleTrigger instead of one/,
			({ meta }) => (meta.campaignStack.start = 'schedule'),
		],
		[
			/there are 2 nodes of type n8n-nodes-base\.manualTrigger/,
			(value) => value.nodes.push(node('Again', 'manualTrigger')),
		],
		[/tryFirst is no text/, ({ meta }) => (meta.campaignStack.tryFirst = 1)],
		[/timeout is no whole number/, ({ meta }) => (meta.campaignStack.timeout = 1.5)],
		[/services is no list/, ({ meta }) => (meta.campaignStack.services = 'things')],
		[
			/expect\.nodes is empty: nothing would be checked/,
			({ meta }) => (meta.campaignStack.expect = { nodes: [] }),
		],
		[
			/expect names "Nowhere", which is no node/,
			({ meta }) => (meta.campaignStack.expect = { nodes: [{ node: 'Nowhere', items: 1 }] }),
		],
		[
			/expect\.items of "List" is no whole number/,
			({ meta }) => (meta.campaignStack.expect = { nodes: [{ node: 'List', items: -1 }] }),
		],
		[
			/expect\.response is missing/,
			(value) => {
				asWebhook(value);
				value.meta.campaignStack.expect = { nodes: [{ node: 'List', items: 0 }] };
			},
		],
		[
			/request is no object/,
			(value) => {
				asWebhook(value);
				delete value.meta.campaignStack.request;
			},
		],
		[
			/the path of the webhook is no text/,
			(value) => {
				asWebhook(value);
				value.nodes[0] = node('Start', 'webhook');
			},
		],
	];
	for (const [words, make] of mistakes) {
		void it(`are refused: ${words.source}`, () => {
			const value = draft();
			make(value);
			assert.throws(
				() => parse(value),
				(error) => {
					assert.ok(error instanceof Error);
					assert.match(error.message, /^The demo workflow things\.json cannot be used: /);
					assert.match(error.message, words);
					return true;
				},
			);
		});
	}

	void it('get the credentials of this n8n, in a copy', () => {
		const workflow = parse(draft());
		const stored = { id: '42', name: 'Things (demo)' };
		const bound = bindWorkflow(workflow, new Map([['thingsApi', stored]]));
		assert.deepEqual(bound, {
			...draft(),
			nodes: [draft().nodes[0], { ...draft().nodes[1], credentials: { thingsApi: stored } }],
		});
		assert.deepEqual(workflow.definition, draft());
		assert.throws(
			() => bindWorkflow(workflow, new Map()),
			/things\.json: there is no credential of type thingsApi for "List"/,
		);
	});

	void it('get a quick schedule for a check only', () => {
		const value = draft();
		const parameters = { rule: { interval: [{ field: 'days' }] } };
		value.nodes = [node('Start', 'scheduleTrigger', { parameters }), node('List', 'noOp')];
		value.meta.campaignStack.start = 'schedule';
		const workflow = parse(value);
		const rule = (bound: JsonObject) => (bound.nodes as JsonObject[])[0]?.parameters;
		assert.deepEqual(rule(bindWorkflow(workflow, new Map())), parameters);
		assert.deepEqual(rule(bindWorkflow(workflow, new Map(), 3)), {
			rule: { interval: [{ field: 'seconds', secondsInterval: 3 }] },
		});
	});

	void it('are read in the order of their files; a folder without any is refused', async () => {
		const some = fresh('workflows');
		mkdirSync(some);
		await assert.rejects(loadWorkflows(some), /There are no workflows in /);
		for (const name of ['2-b', '10-d', '1-a', '3-c']) {
			writeFileSync(join(some, `${name}.json`), JSON.stringify({ ...draft(), name }));
		}
		writeFileSync(join(some, 'notes.txt'), 'no workflow');
		assert.deepEqual(
			(await loadWorkflows(some)).map(({ name }) => name),
			['1-a', '2-b', '3-c', '10-d'],
		);
	});

	void it('of this project use every service, each with names and paths of its own', async () => {
		const workflows = await loadWorkflows(join(projectFolder, 'demo', 'workflows'));
		const used = new Set(workflows.flatMap((workflow) => workflow.services));
		assert.deepEqual([...used].sort(), Object.keys(services).sort());
		const names = workflows.map(({ name }) => name);
		assert.equal(new Set(names).size, names.length);
		const paths = workflows.flatMap(({ webhook }) => webhook?.path ?? []);
		assert.equal(new Set(paths).size, paths.length);
	});
});

void describe('the lock between processes', { timeout: 60_000 }, () => {
	const alive: ChildProcess[] = [];
	afterEach(() => {
		for (const child of alive.splice(0)) child.kill('SIGKILL');
	});

	/** The id of a process that has ended. */
	const deadPid = () => {
		const { pid, status } = spawnSync(process.execPath, ['-e', '']);
		assert.equal(status, 0);
		return pid;
	};
	const livingChild = async () => {
		const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
		alive.push(child);
		await once(child, 'spawn');
		assert.ok(child.pid);
		return { pid: child.pid, child };
	};
	/** A lock as another process would have left it, last heard of so many seconds ago. */
	const leave = (owner: JsonObject | undefined, secondsAgo = 0) => {
		const lock = fresh('lock');
		mkdirSync(lock);
		if (owner !== undefined) writeFileSync(join(lock, 'owner.json'), JSON.stringify(owner));
		const then = Date.now() / 1000 - secondsAgo;
		utimesSync(lock, then, then);
		return lock;
	};
	const owner = (pid: number, children: number[] = [], machine = hostname()): JsonObject => ({
		pid,
		machine,
		since: new Date().toISOString(),
		children,
	});
	/** Whether the lock can be had within a second; the attempt goes on. */
	const attempt = (lock: string) => {
		let got = false;
		const done = withLock(lock, 'Testing', () => {
			got = true;
			return Promise.resolve('done');
		});
		return { done, got: () => got };
	};

	void it('is held while the work goes on, signed, and given back with its result', async () => {
		const lock = join(fresh('new folder'), 'lock');
		const result = await withLock(lock, 'Testing', () => {
			const signed = JSON.parse(readFileSync(join(lock, 'owner.json'), 'utf8')) as JsonObject;
			assert.equal(signed.pid, process.pid);
			assert.equal(signed.machine, hostname());
			assert.deepEqual(signed.children, []);
			return Promise.resolve(7);
		});
		assert.equal(result, 7);
		assert.equal(existsSync(lock), false);
	});

	void it('is given back when the work fails', async () => {
		const lock = fresh('lock');
		const failure = new Error('The work failed');
		await assert.rejects(
			withLock(lock, 'Testing', () => Promise.reject(failure)),
			failure,
		);
		assert.equal(existsSync(lock), false);
	});

	void it('lets one work at a time, and says that it waits', async (context) => {
		const { mock } = context.mock.method(console, 'log', () => undefined);
		const lock = fresh('lock');
		const order: string[] = [];
		const work = (name: string) =>
			withLock(lock, 'Testing', async () => {
				order.push(`${name} begins`);
				await sleep(300);
				order.push(`${name} ends`);
			});
		await Promise.all([work('one'), work('two')]);
		assert.deepEqual(order, ['one begins', 'one ends', 'two begins', 'two ends']);
		assert.match(
			String(mock.calls[0]?.arguments[0]),
			new RegExp(`^Testing: waiting for another process \\(${process.pid}\\) that is at it`),
		);
	});

	void it('is taken over from a holder that has died', async () => {
		const lock = leave(owner(deadPid()));
		assert.equal(await attempt(lock).done, 'done');
		assert.equal(existsSync(lock), false);
		assert.equal(existsSync(`${lock}.removing`), false);
	});

	void it('is not taken over while a child of a killed holder is at work', async (context) => {
		context.mock.method(console, 'log', () => undefined);
		const { pid, child } = await livingChild();
		const { done, got } = attempt(leave(owner(deadPid(), [pid])));
		await sleep(800);
		assert.equal(got(), false);
		child.kill('SIGKILL');
		assert.equal(await done, 'done');
	});

	void it('is taken over when its holder has been silent for longer than any work takes', async () => {
		const { pid } = await livingChild();
		assert.equal(await attempt(leave(owner(pid), 21 * 60)).done, 'done');
	});

	for (const [who, left] of [
		['nobody has signed yet', undefined],
		['a process of another machine has signed', owner(1, [], 'another-machine')],
	] as const) {
		void it(`that ${who} is left alone for a minute`, async (context) => {
			context.mock.method(console, 'log', () => undefined);
			const lock = leave(left, 30);
			const { done, got } = attempt(lock);
			await sleep(800);
			assert.equal(got(), false);
			const then = Date.now() / 1000 - 61;
			utimesSync(lock, then, then);
			assert.equal(await done, 'done');
		});
	}

	void it('holds between processes, also when one is killed at work', async () => {
		const lock = fresh('lock');
		const log = fresh('log');
		const module = pathToFileURL(resolve(projectFolder, 'scripts', 'lock.mjs')).href;
		const start = (name: string, milliseconds: number) => {
			const script = `
				import { appendFileSync } from 'node:fs';
				import { setTimeout as sleep } from 'node:timers/promises';
				import { withLock } from ${JSON.stringify(module)};
				const say = (word) => appendFileSync(${JSON.stringify(log)}, ${JSON.stringify(name)} + ' ' + word + '\\n');
				await withLock(${JSON.stringify(lock)}, 'Testing', async () => {
					say('begins');
					await sleep(${milliseconds});
					say('ends');
				});`;
			const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
				stdio: ['ignore', 'ignore', 'inherit'],
			});
			alive.push(child);
			return { child, ended: once(child, 'exit') };
		};
		const said = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
		const killed = start('first', 60_000);
		while (said().length === 0) await sleep(50);
		const others = ['second', 'third', 'fourth'].map((name) => start(name, 150));
		await sleep(500);
		assert.deepEqual(said(), ['first begins']);
		killed.child.kill('SIGKILL');
		for (const { ended } of others) assert.deepEqual((await ended)[0], 0);
		const [, ...rest] = said();
		assert.equal(rest.length, 6);
		for (let index = 0; index < rest.length; index += 2) {
			const [name] = (rest[index] ?? '').split(' ');
			assert.deepEqual(rest.slice(index, index + 2), [`${name} begins`, `${name} ends`]);
		}
		assert.equal(existsSync(lock), false);
	});
});

void describe('the set-up', () => {
	/** A folder with a lockfile, and with those of its packages that are named. */
	const project = (packages: Record<string, JsonObject>, installed: Record<string, string>) => {
		const made = fresh('project');
		mkdirSync(join(made, 'node_modules'), { recursive: true });
		writeFileSync(join(made, 'package-lock.json'), JSON.stringify({ packages }));
		writeFileSync(join(made, 'node_modules', '.package-lock.json'), '{}');
		for (const [location, content] of Object.entries(installed)) {
			const file = join(made, location, 'package.json');
			mkdirSync(dirname(file), { recursive: true });
			writeFileSync(file, content);
		}
		return made;
	};
	const locked = {
		'': { name: 'project' },
		'node_modules/a': { version: '1.0.0' },
		'node_modules/a/node_modules/b': { version: '2.0.0' },
		'node_modules/linked': { link: true },
		'node_modules/extra': { version: '1.0.0', optional: true },
		'node_modules/dev-extra': { version: '1.0.0', devOptional: true },
		'node_modules/for-mac': { version: '1.0.0', os: ['darwin'] },
		'node_modules/for-arm': { version: '1.0.0', cpu: ['arm64'] },
	};
	const whole = {
		'node_modules/a': '{"version":"1.0.0"}',
		'node_modules/a/node_modules/b': '{"version":"2.0.0"}',
	};

	void it('finds nothing to do when all is there, whatever is left out on this machine', () => {
		assert.deepEqual(differences(project(locked, whole), true), []);
	});

	void it('finds what is missing', () => {
		const made = project(locked, { 'node_modules/a': '{"version":"1.0.0"}' });
		assert.deepEqual(differences(made, false), ['node_modules/a/node_modules/b']);
	});

	void it('finds another version and a file that was cut off, when it looks for them', () => {
		const made = project(locked, {
			'node_modules/a': '{"version":"1.0.1"}',
			'node_modules/a/node_modules/b': '{"version":"2.0',
		});
		assert.deepEqual(differences(made, false), []);
		assert.deepEqual(differences(made, true), [
			'node_modules/a (not 1.0.0)',
			'node_modules/a/node_modules/b (not 2.0.0)',
		]);
	});

	void it('finds an installation that npm did not finish', async () => {
		const made = project(locked, whole);
		await removeFolder(join(made, 'node_modules', '.package-lock.json'));
		assert.deepEqual(differences(made, true), ['node_modules/.package-lock.json']);
	});

	void it("finds this machine's Node when the folder has none and it is new enough", () => {
		const made = fresh('needs node');
		mkdirSync(made);
		const major = Number(process.versions.node.split('.')[0]);
		const needs = (version: string) =>
			writeFileSync(
				join(made, 'package.json'),
				JSON.stringify({ devDependencies: { node: version } }),
			);
		needs(`${major}.0.0`);
		assert.equal(findNode(made), process.execPath);
		needs(`${major + 1}.0.0`);
		assert.equal(findNode(made), undefined);
	});

	void describe('looks for a browser', { skip: process.platform === 'win32' }, () => {
		const { CHROME_PATH, PATH } = process.env;
		beforeEach(() => {
			delete process.env.CHROME_PATH;
		});
		afterEach(() => {
			if (CHROME_PATH === undefined) delete process.env.CHROME_PATH;
			else process.env.CHROME_PATH = CHROME_PATH;
			process.env.PATH = PATH;
		});
		const program = (name: string, mode = 0o755) => {
			const place = fresh('programs');
			mkdirSync(place);
			const file = join(place, name);
			writeFileSync(file, '#!/bin/sh\n');
			chmodSync(file, mode);
			return { place, file };
		};

		void it('at CHROME_PATH, and nowhere else when that cannot be run', () => {
			const { file } = program('my-browser');
			process.env.CHROME_PATH = file;
			assert.equal(findBrowser(), file);
			process.env.CHROME_PATH = join(folder, 'nothing');
			assert.equal(findBrowser(), undefined);
		});

		void it('in the PATH, leaving out what cannot be run', () => {
			const missing = join(folder, 'no such folder');
			const { place: first } = program('chromium', 0o644);
			const { place: second, file } = program('google-chrome');
			process.env.PATH = [missing, first, second].join(delimiter);
			assert.equal(findBrowser(), file);
		});
	});
});
