/** Which waits sleep stands in docs/waiting.md: here it is held against the catalog. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { taskToSleepOn } from '../../nodes/shared/properties';
import { described, root } from './sources.mts';

const rows = described.flatMap(({ catalog }) => {
	const waiting = [...catalog.operations.values()].filter(({ bindings }) =>
		bindings.some(({ field }) => field.name === 'waitForCompletion'),
	);
	const namesOf = (rule: (compiled: (typeof waiting)[number]) => boolean) =>
		waiting
			.filter(rule)
			.map(({ resource, operation }) => `${resource.name} → ${operation.name}`)
			.sort();
	if (waiting.length === 0) return [];
	return [
		{
			service: catalog.provider.displayName,
			byCallback: namesOf(
				({ operation: { output } }) => output.kind === 'task' && output.callback !== undefined,
			),
			sleeps: namesOf(({ operation }) => taskToSleepOn(operation) !== undefined),
			staysAwake: namesOf(({ operation }) => taskToSleepOn(operation) === undefined),
		},
	];
});

const cell = (names: string[]) => (names.length === 0 ? 'none' : names.join('; '));

it('docs/waiting.md says of every operation which way its wait goes', () => {
	const documentation = readFileSync(path.join(root, 'docs', 'waiting.md'), 'utf8');
	const written = documentation
		.split('\n')
		.filter((line) => line.startsWith('|'))
		.slice(2);
	expect(written).toEqual(
		rows.map(
			({ service, byCallback, sleeps, staysAwake }) =>
				`| ${service} | ${cell(byCallback)} | ${cell(sleeps)} | ${cell(staysAwake)} |`,
		),
	);
	expect(rows.flatMap(({ sleeps }) => sleeps)).toContain('Site → Back Up');
});
