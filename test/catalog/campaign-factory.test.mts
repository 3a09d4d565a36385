import { campaignFactory } from '../../nodes/CampaignFactory/provider.ts';
import { compile } from '../../nodes/shared/properties.ts';
import type { Specification } from '../../demo/simulators/support.mts';
import specification from '../specs/campaign-factory.json' with { type: 'json' };

const described = (specification as unknown as Specification).operations;

/** Rows of the catalog, one for each operation of the API that is covered. */
const covered = [...compile(campaignFactory).operations.values()].flatMap((compiled) =>
	[compiled.operation.operationId].flat().map((id) => {
		const operation = described[id];
		if (!operation) throw new Error(`The API has no operation ${id}`);
		return { id, described: operation, ...compiled };
	}),
);
const skipped = campaignFactory.skipped.map(({ operationId }) => operationId);

it('covers or skips every operation of the API, once', () => {
	const named = [...covered.map(({ id }) => id), ...skipped];
	expect([...named].sort()).toEqual(Object.keys(described).sort());
	expect(covered).toHaveLength(78);
});

it('skips the sign-in and what is internal to the provider, with a reason for each', () => {
	const internal = Object.entries(described)
		.filter(([, { audience }]) => audience === 'provider-internal')
		.map(([id]) => id);
	expect([...skipped].sort()).toEqual(['issueToken', ...internal].sort());
	for (const { operationId, reason } of campaignFactory.skipped) {
		expect({ operationId, reason }).toEqual({
			operationId,
			reason: expect.stringMatching(
				operationId === 'issueToken'
					? /^Used by the credential/
					: /^For Acquia's own staff: .+\. API Request sends it/,
			) as string,
		});
	}
});

/** Operations of documented roots that say in their description what is not documented. */
const inDescription = [
	'createRole',
	'deleteRole',
	'getCurrentUser',
	'listAccountInstances',
	'listLocationInstances',
	'updateRole',
];

/** Parameters of a list that the engine itself sends. */
const pagerParameters = ['page', 'per_page', 'limit'];

describe.each(covered)('$id', ({ id, described: api, operation, bindings }) => {
	const fields = bindings.map(({ field }) => field);
	const sent = (place: string) =>
		fields
			.filter(({ wire }) => wire?.in === place)
			.map(({ wire, name }) => wire?.as ?? name)
			.sort();

	it('offers every parameter and member that the API describes', () => {
		const parameters = api.parameters
			.filter((parameter) => parameter.in === 'query' && !pagerParameters.includes(parameter.name))
			.map(({ name }) => name);
		expect(sent('query')).toEqual(parameters.sort());
		const [schema] = Object.values(api.body?.content ?? {});
		const members = Object.keys((schema?.properties as object | undefined) ?? {});
		expect(sent('body')).toEqual(expect.arrayContaining(members));
	});

	it('says on the form when nobody documents it', () => {
		if (api.confidence !== 'inferred' && api.audience !== 'uncertain') return;
		const notices = fields.filter(({ type }) => type === 'notice');
		const texts = inDescription.includes(id)
			? [operation.description]
			: notices.map(({ displayName }) => displayName);
		expect(texts).toEqual([expect.stringMatching(/document/)]);
	});
});
