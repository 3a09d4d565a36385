/**
 * Writes the generated parts of the documentation: the table of operations between the markers
 * `<!-- operations:start -->` and `<!-- operations:end -->` of docs/<api>.md, the overview in README.md, and for services
 * with a trigger the table of its events between `<!-- events:start -->` and `<!-- events:end -->`.
 * `--check` changes nothing and fails when a file is not up to date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCatalog, readEvents } from './catalog.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');

const outputs = {
	item: 'one item',
	list: 'an item for each record',
	deleted: '`{ "deleted": true }`',
	file: 'a file',
	task: 'what the job made, or the started job',
};

/** An operation that covers several of the API's stands in one row. */
function group(operations) {
	const rows = new Map();
	for (const operation of operations) {
		const key = `${operation.resource}:${operation.operation}`;
		const row = rows.get(key) ?? { ...operation, operationIds: [] };
		if (operation.operationId) row.operationIds.push(operation.operationId);
		rows.set(key, row);
	}
	return [...rows.values()];
}

function tableOf(provider) {
	const rows = group(provider.operations).map(
		({ resource, operation, action, method, path, output }) =>
			resource === 'apiRequest'
				? `| \`${resource}\` | \`${operation}\` | ${action} | any request | its answer |`
				: `| \`${resource}\` | \`${operation}\` | ${action} | \`${method} ${path}\` | ${outputs[output]} |`,
	);
	return [
		'| Resource | Operation | Action | Request | Gives |',
		'|---|---|---|---|---|',
		...rows,
	].join('\n');
}

function eventsTableOf({ events }) {
	const rows = events.map(({ name, value, description, fields, filters }) => {
		const form = [...fields, ...filters.map((label) => `*${label}*`)].join(', ');
		return `| ${name} | \`${value}\` | ${description} | ${form} |`;
	});
	return [
		'| Event | Stored as | Starts the workflow | Form, *Filters* |',
		'|---|---|---|---|',
		...rows,
	].join('\n');
}

function overviewOf(catalog, triggers) {
	const rows = catalog.providers.map((provider) => {
		const resources = [...new Set(provider.operations.map(({ resource }) => resource))];
		const count = group(provider.operations).length;
		const { events = [] } = triggers.find(({ node }) => node === provider.trigger) ?? {};
		const cells = [
			`[${provider.node}](docs/${provider.api}.md)`,
			`\`${provider.credential}\``,
			String(count),
			resources.map((name) => `\`${name}\``).join(', '),
			events.map(({ name }) => name).join(', ') || 'none',
		];
		return `| ${cells.join(' | ')} |`;
	});
	return [
		'| Node | Credential | Operations | Resources | Events of the trigger |',
		'|---|---|---|---|---|',
		...rows,
	].join('\n');
}

/** Writes the text between the markers of a table, `operations` or `events`. */
function update(path, text, table = 'operations') {
	const start = `<!-- ${table}:start -->`;
	const end = `<!-- ${table}:end -->`;
	const file = join(root, path);
	if (!existsSync(file)) throw new Error(`${path} is missing`);
	const before = readFileSync(file, 'utf8');
	const from = before.indexOf(start);
	const to = before.indexOf(end);
	if (from < 0 || to < from) throw new Error(`${path} has no markers for its table of ${table}`);
	const after = `${before.slice(0, from + start.length)}\n\n${text}\n\n${before.slice(to)}`;
	if (after === before) return;
	if (check) throw new Error(`${path} is not up to date: run npm run build`);
	writeFileSync(file, after);
	console.log(`Wrote the table of ${table} in ${path}`);
}

const catalog = await readCatalog();
const triggers = await readEvents();
for (const provider of catalog.providers) {
	const path = `docs/${provider.api}.md`;
	update(path, tableOf(provider));
	const trigger = triggers.find(({ node }) => node === provider.trigger);
	if (trigger) update(path, eventsTableOf(trigger), 'events');
}
update('README.md', overviewOf(catalog, triggers));
