import { Ajv } from 'ajv';
import { execFile } from 'node:child_process';
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';

import {
	credentialSources,
	described,
	describedTriggers,
	nodeSources,
	packageFile,
	root,
} from './sources.mts';

const run = promisify(execFile);
const script = async (folder: string, ...given: string[]) =>
	(await run(process.execPath, given, { cwd: folder, maxBuffer: 64 * 1024 * 1024 })).stdout;

const folders: string[] = [];

/** A folder that is removed after the test, in which the project's libraries are found. */
function makeFolder(): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'campaign-stack-'));
	folders.push(folder);
	symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
	return folder;
}

afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const strings = { type: 'string', minLength: 1 };
const nullable = { type: ['string', 'null'] };
const object = (properties: object) => ({
	type: 'object',
	additionalProperties: false,
	required: Object.keys(properties),
	properties,
});
const list = (items: object, more: object = {}) => ({ type: 'array', items, ...more });

/** The form that readers of the catalog expect. */
const form = object({
	package: strings,
	version: strings,
	providers: list(
		object({
			node: strings,
			trigger: nullable,
			credential: strings,
			api: strings,
			operations: list(
				object({
					resource: strings,
					operation: strings,
					action: strings,
					method: { enum: ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] },
					path: { type: 'string', pattern: '^/' },
					operationId: nullable,
					output: { enum: ['deleted', 'file', 'item', 'list', 'task'] },
					parameters: list(
						object({
							name: strings,
							group: { enum: [null, 'filters', 'updateFields', 'additionalFields', 'options'] },
							in: { enum: [null, 'path', 'query', 'body', 'header'] },
							as: nullable,
							required: { type: 'boolean' },
							type: strings,
							default: {},
							options: { anyOf: [{ type: 'null' }, list({})] },
						}),
					),
				}),
				{ minItems: 1 },
			),
			skipped: list(object({ operationId: strings, reason: strings })),
		}),
		{ minItems: 1 },
	),
	triggers: list(
		object({ node: strings, events: list(object({ value: strings, description: strings })) }),
	),
});

/** What the tests read of the printed catalog. */
interface Printed {
	package: string;
	version: string;
	providers: Array<{
		node: string;
		trigger: string | null;
		credential: string;
		operations: Array<{ resource: string; operation: string; parameters: Array<{ name: string }> }>;
	}>;
	triggers: Array<{ node: string; events: Array<{ value: string; description: string }> }>;
}

describe('The printed catalog', () => {
	it('has the form that its readers expect, and holds everything', async () => {
		const printed = JSON.parse(await script(root, 'scripts/catalog.mjs')) as Printed;
		const ajv = new Ajv({ allErrors: true, strict: false });
		const isRight = ajv.validate(form, printed);
		expect(ajv.errors ?? []).toEqual([]);
		expect(isRight).toBe(true);
		expect(printed.package).toBe(packageFile.name);
		expect(printed.version).toBe(packageFile.version);
		const shown = printed.providers.map(({ node, credential, operations }) => ({
			node,
			credential,
			operations: [...new Set(operations.map((one) => `${one.resource}:${one.operation}`))],
		}));
		const expected = described.map(({ catalog: { provider, operations } }) => ({
			node: provider.name,
			credential: provider.credential,
			operations: [...operations.keys()],
		}));
		const byNode = (a: { node: string }, b: { node: string }) => a.node.localeCompare(b.node);
		expect(shown.sort(byNode)).toEqual(expected.sort(byNode));
		const triggers = describedTriggers.map(({ provider, events }) => ({
			node: `${provider.name}Trigger`,
			events: events
				.map(({ value, description }) => ({ value, description }))
				.sort((a, b) => a.value.localeCompare(b.value)),
		}));
		for (const { events } of printed.triggers)
			events.sort((a, b) => a.value.localeCompare(b.value));
		expect(printed.triggers.sort(byNode)).toEqual(triggers.sort(byNode));
		expect(printed.providers.map(({ node, trigger }) => [node, trigger])).toEqual(
			printed.providers.map(({ node }) => [
				node,
				triggers.some((one) => one.node === `${node}Trigger`) ? `${node}Trigger` : null,
			]),
		);
	}, 30_000);
});

/** JavaScript of the sources under `dist`, as the build makes it but without the check of types. */
function buildInto(folder: string): void {
	const compile = (from: string) => {
		for (const entry of readdirSync(path.join(root, from), { withFileTypes: true })) {
			const file = path.join(from, entry.name);
			if (entry.isDirectory()) compile(file);
			if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
			const { outputText } = ts.transpileModule(readFileSync(path.join(root, file), 'utf8'), {
				compilerOptions: {
					module: ts.ModuleKind.CommonJS,
					target: ts.ScriptTarget.ES2021,
					esModuleInterop: true,
				},
			});
			const built = path.join(folder, 'dist', file.replace(/\.ts$/, '.js'));
			mkdirSync(path.dirname(built), { recursive: true });
			writeFileSync(built, outputText);
		}
	};
	compile('nodes');
	compile('credentials');
	for (const file of ['index.js', 'package.json'])
		cpSync(path.join(root, file), path.join(folder, file));
}

describe('The entry for programs', () => {
	it('exports the class of every node and credential', async () => {
		const folder = makeFolder();
		buildInto(folder);
		const printed = await script(
			folder,
			'-e',
			`const all = require('./index.js');
			console.log(JSON.stringify(Object.entries(all).map(([name, Class]) => [name, Class.name, new Class().description?.name ?? new Class().name])));`,
		);
		const expected = [...nodeSources, ...credentialSources].flatMap(({ exported, made }) =>
			made.map((one, index) => {
				const name = Object.keys(exported)[index];
				return [name, name, 'description' in one ? one.description.name : one.name];
			}),
		);
		expect((JSON.parse(printed) as string[][]).sort()).toEqual(expected.sort());
		expect(expected.length).toBe(packageFile.n8n.nodes.length + packageFile.n8n.credentials.length);
	}, 60_000);
});

describe('The tables of the documentation', () => {
	const copy = () => {
		const folder = makeFolder();
		for (const entry of ['nodes', 'credentials', 'docs', 'scripts', 'README.md', 'package.json']) {
			cpSync(path.join(root, entry), path.join(folder, entry), { recursive: true });
		}
		return folder;
	};
	const check = async (folder: string) => await script(folder, 'scripts/docs.mjs', '--check');

	it('are those of the catalog', async () => {
		await expect(check(root)).resolves.toBe('');
	}, 30_000);

	it('are found to be out of date, and are written again', async () => {
		const folder = copy();
		const readme = path.join(folder, 'README.md');
		const before = readFileSync(readme, 'utf8');
		writeFileSync(readme, before.replace('`siteFactoryApi`', '`otherApi`'));
		await expect(check(folder)).rejects.toThrow('README.md is not up to date');
		expect(await script(folder, 'scripts/docs.mjs')).toBe(
			'Wrote the table of operations in README.md\n',
		);
		expect(readFileSync(readme, 'utf8')).toBe(before);
		await expect(check(folder)).resolves.toBe('');
	}, 60_000);

	it('hold the events of the triggers', async () => {
		const folder = copy();
		const page = path.join(folder, 'docs', 'site-factory.md');
		const before = readFileSync(page, 'utf8');
		expect(before).toContain(
			'| Task Finished | `taskFinished` | When a background task has ended, however it ended | *Group*, *Outcome*, *Site*, *Task Class* |',
		);
		writeFileSync(page, before.replace('| `taskFinished` |', '| `taskEnded` |'));
		await expect(check(folder)).rejects.toThrow('docs/site-factory.md is not up to date');
		expect(await script(folder, 'scripts/docs.mjs')).toBe(
			'Wrote the table of events in docs/site-factory.md\n',
		);
		expect(readFileSync(page, 'utf8')).toBe(before);
		writeFileSync(page, before.replace('<!-- events:end -->', ''));
		await expect(check(folder)).rejects.toThrow(
			'docs/site-factory.md has no markers for its table of events',
		);
	}, 60_000);
});
