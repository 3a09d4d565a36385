import description from '../specs/maia.json' with { type: 'json' };
import { maia } from '../../nodes/Maia/provider.ts';
import { catalog } from '../support/maia.mts';

const claims = [...catalog.operations.values()].flatMap(({ resource, operation, bindings }) =>
	[operation.operationId].flat().map((id) => ({
		id,
		key: `${resource.value}:${operation.value}`,
		operation,
		bindings,
	})),
);
const skipped = maia.skipped.map(({ operationId }) => operationId);
const described: Record<
	string,
	{ method: string; path: string; parameters: Array<{ in: string; name: string }> } | undefined
> = description.operations;

it('every operation of the API is covered, or skipped with a reason', () => {
	const covered = new Set([...claims.map(({ id }) => id), ...skipped]);
	expect([...covered].sort()).toEqual(Object.keys(described).sort());
	expect(skipped.filter((id) => claims.some((claim) => claim.id === id))).toEqual([]);
	expect(skipped.sort()).toEqual(['requestAccessToken', 'updateArtifact']);
	for (const { reason } of maia.skipped) expect(reason).toMatch(/^[A-Z].{10,}\.$/);
});

it.each(claims)('$key sends what the description of $id has', ({ id, operation, bindings }) => {
	const api = described[id];
	expect(operation.request.path).toBe(api?.path);
	// One operation creates or replaces, another one is sent by its own code
	if (typeof operation.operationId === 'string') {
		expect(operation.request.method).toBe(api?.method);
	}
	for (const { field } of bindings) {
		if (!field.wire || field.wire.in === 'body') continue;
		const name = field.wire.as ?? field.name;
		const known = api?.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
		expect(known).toContain(`${field.wire.in} ${name}`);
	}
	const filled = bindings.filter(({ field }) => field.wire?.in === 'path');
	const names = filled.map(({ field }) => field.wire?.as ?? field.name);
	const wanted = [...(api?.path ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
	expect(names.sort()).toEqual(wanted.sort());
});
