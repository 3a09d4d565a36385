/**
 * The compiled catalog as JSON: what the package can do, in the form that docs, tests and outside checks read.
 * `npm run --silent catalog` prints it. Works from the sources, so that no build is needed first.
 */
import { build } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

/** Loads the node classes from their sources, without writing anything. */
async function loadNodes() {
	const entries = readdirSync(join(root, 'nodes'))
		.flatMap((folder) =>
			readdirSync(join(root, 'nodes', folder))
				.filter((file) => file.endsWith('.node.ts'))
				.map((file) => ({ folder, file })),
		)
		.sort((a, b) => a.file.localeCompare(b.file));
	const source = [
		...entries.map(({ folder, file }, i) => `import * as n${i} from './nodes/${folder}/${file}';`),
		`import { compile } from './nodes/shared/properties';`,
		`export const modules = [${entries.map((_, i) => `n${i}`).join(', ')}];`,
		...providerImports(entries),
		`export { compile };`,
	].join('\n');
	const result = await build({
		stdin: { contents: source, resolveDir: root, loader: 'ts' },
		bundle: true,
		format: 'cjs',
		platform: 'node',
		write: false,
		external: ['n8n-workflow', 'luxon'],
		logLevel: 'silent',
	});
	const module = { exports: {} };
	new Function('module', 'exports', 'require', result.outputFiles[0].text)(
		module,
		module.exports,
		require,
	);
	return { ...module.exports, entries };
}

function providerImports(entries) {
	const folders = [...new Set(entries.map(({ folder }) => folder))];
	return [
		...folders.map((folder, i) => `import * as p${i} from './nodes/${folder}/provider';`),
		`export const providers = [${folders.map((_, i) => `...Object.values(p${i})`).join(', ')}];`,
	];
}

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

function optionsOf(field) {
	if (field.type !== 'options' && field.type !== 'multiOptions') return null;
	return (field.options ?? []).map((option) => option.value);
}

function parameterOf({ field, group }) {
	// A form from metadata has the members that an instance has, none of them named like the parameter
	const wire = field.type === 'resourceMapper' ? undefined : field.wire;
	return {
		name: field.name,
		group,
		in: wire?.in ?? null,
		as: wire ? (wire.as ?? field.name) : null,
		required: field.required === true,
		type: field.type,
		default: field.default ?? null,
		options: optionsOf(field),
	};
}

/** One row for each operation of the API that an operation of the node covers; one where it covers none. */
function rowsOf({ resource, operation, bindings }) {
	const ids = list(operation.operationId);
	return (ids.length > 0 ? ids : [null]).map((operationId) => ({
		resource: resource.value,
		operation: operation.value,
		action: operation.action,
		method: operation.request.method,
		path: operation.request.path,
		operationId,
		output: operation.output.kind,
		parameters: bindings.map(parameterOf),
	}));
}

function triggersOf(modules) {
	return modules
		.flatMap((module) => Object.values(module))
		.map((Node) => new Node().description)
		.filter(({ group }) => group.includes('trigger'));
}

const eventsOf = ({ properties }) => properties.find(({ name }) => name === 'event')?.options ?? [];

/**
 * The events of all triggers with the labels of their forms:
 * `[{ node, events: [{ name, value, description, fields, filters }] }]`.
 */
export async function readEvents() {
	const { modules } = await loadNodes();
	return triggersOf(modules).map((trigger) => ({
		node: trigger.name,
		events: eventsOf(trigger).map(({ name, value, description }) => {
			const form = trigger.properties.filter(({ displayOptions, type }) => {
				const isOfEvent = displayOptions?.show?.event?.includes(value);
				return isOfEvent && type !== 'notice';
			});
			const labels = (fields) => [...new Set(fields.map(({ displayName }) => displayName))];
			const filters = form.filter((field) => field.name === 'filters');
			return {
				name,
				value,
				description,
				fields: labels(form.filter((field) => !filters.includes(field))),
				filters: labels(filters.flatMap(({ options }) => options)),
			};
		}),
	}));
}

/** The catalog of the package, in the form that DESIGN's readers expect. */
export async function readCatalog() {
	const { modules, providers, compile } = await loadNodes();
	const triggers = triggersOf(modules);
	const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	return {
		package: name,
		version,
		providers: providers
			.filter(
				(provider) => provider !== null && typeof provider === 'object' && 'resources' in provider,
			)
			.map((provider) => ({
				node: provider.name,
				trigger:
					triggers.find((trigger) => trigger.name === `${provider.name}Trigger`)?.name ?? null,
				credential: provider.credential,
				api: provider.api,
				operations: [...compile(provider).operations.values()].flatMap(rowsOf),
				skipped: provider.skipped,
			})),
		triggers: triggers.map((trigger) => ({
			node: trigger.name,
			events: eventsOf(trigger).map(({ value, description }) => ({ value, description })),
		})),
	};
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	console.log(JSON.stringify(await readCatalog(), null, '\t'));
}
