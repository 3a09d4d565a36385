import { ADMIN } from '../../demo/simulators/maia.mts';
import type { Account } from '../support/maia.mts';
import { openAccount } from '../support/maia.mts';

let account: Account;
beforeEach(async () => {
	account = await openAccount();
});
afterEach(async () => await account.close());

describe('audit events', () => {
	const period = { from: '2026-01-01T00:00:00Z', to: '2026-06-01T00:00:00Z' };

	it('of a period are read to their end', async () => {
		const all = await account.records('auditEvent:getAll', { ...period, returnAll: true });
		expect(all).toHaveLength(359);
		expect(all[0]).toMatchObject({ eventName: expect.any(String) as string });
		expect(account.sent('listAuditEvents')).toHaveLength(4);
		expect(await account.records('auditEvent:getAll', period)).toHaveLength(50);
	});

	it('are not for everybody', async () => {
		Object.assign(account.credential, {
			clientId: ADMIN.clientId,
			clientSecret: ADMIN.clientSecret,
		});
		const { error } = await account.run('auditEvent:getAll', period);
		expect(error?.message).toBe('The role of the credential does not allow to view audit events');
	});
});

describe('consumption', () => {
	it('is read by day', async () => {
		const days = await account.records('consumption:getByDay', {
			consumedFrom: '2026-05-01',
			consumedBefore: '2026-05-04',
			returnAll: true,
		});
		expect(days.map(({ consumedFrom }) => consumedFrom)).toEqual([
			'2026-05-01T00:00:00.000Z',
			'2026-05-02T00:00:00.000Z',
			'2026-05-03T00:00:00.000Z',
		]);
	});

	it('of ETL users is one record', async () => {
		expect(
			await account.records('consumption:getEtlUsers', {
				consumedFrom: '2026-05-01T00:00:00Z',
				consumedBefore: '2026-06-01T00:00:00Z',
			}),
		).toMatchObject([{ credits: 100, chargedUsers: [{ username: 'Ada Admin' }] }]);
	});

	it('of a period that ends before it begins is refused in the words of the service', async () => {
		const words = await account.refusal('consumption:getByDay', {
			consumedFrom: '2026-05-04',
			consumedBefore: '2026-05-01',
		});
		expect(words).toBe('The request is not valid: consumedBefore must be after consumedFrom');
	});
});

describe('lineage', () => {
	const period = { generatedFrom: '2026-02-21T12:00:00Z', generatedBefore: '2026-06-01T12:00:00Z' };

	it('of more than 31 days is read in windows, also where nothing ran', async () => {
		const events = await account.records('lineageEvent:getAll', { ...period, returnAll: true });
		expect(events).toHaveLength(325);
		const times = events.map(({ event }) => String((event as { eventTime: string }).eventTime));
		expect(times).toEqual([...times].sort());
		expect(new Set(events.map(({ id }) => id)).size).toBe(325);
		expect(events[0]?.event).toMatchObject({ inputs: [{ name: 'ORDERS', facets: {} }] });
		const windows = new Set(
			account.sent('listLineageEvents').map(({ query }) => query.generatedFrom),
		);
		expect([...windows]).toEqual([
			'2026-02-21T12:00:00.000Z',
			'2026-03-24T12:00:00.000Z',
			'2026-04-24T12:00:00.000Z',
			'2026-05-25T12:00:00.000Z',
		]);
	});

	it('is read no further than the limit', async () => {
		expect(await account.records('lineageEvent:getAll', { ...period, limit: 120 })).toHaveLength(
			120,
		);
		expect(account.sent('listLineageEvents').map(({ query }) => query.generatedFrom)).toEqual([
			'2026-02-21T12:00:00.000Z',
			'2026-02-21T12:00:00.000Z',
		]);
	});

	it('of an empty period is nothing, and a period has to have a length', async () => {
		const empty = {
			generatedFrom: '2026-04-01T00:00:00Z',
			generatedBefore: '2026-04-02T00:00:00Z',
		};
		expect(await account.records('lineageEvent:getAll', empty)).toEqual([]);
		expect(
			await account.refusal('lineageEvent:getAll', {
				...empty,
				generatedBefore: empty.generatedFrom,
			}),
		).toBe('“Before” must be later than “From”');
	});
});
