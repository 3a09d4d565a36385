import type { Account } from '../support/maia.mts';
import { openAccount, pick } from '../support/maia.mts';

let account: Account;
beforeEach(async () => {
	account = await openAccount();
});
afterEach(async () => await account.close());

const operations = (operationId: string) =>
	account.sent(operationId).map(({ body }) => (body as { Operations: unknown }).Operations);

describe('SCIM users', () => {
	it('are listed to the end, and found by a filter', async () => {
		const all = await account.records('scimUser:getAll', { returnAll: true });
		expect(all).toHaveLength(230);
		expect(new Set(all.map(({ id }) => id)).size).toBe(230);
		expect(account.sent('listScimUsers').map(({ query }) => query.startIndex)).toEqual([
			'1',
			'101',
			'201',
		]);
		const found = await account.records('scimUser:getAll', {
			filters: { filter: 'userName eq "user-5@example.com"' },
		});
		expect(found).toMatchObject([{ displayName: 'User 5' }]);
		const none = { filters: { filter: 'userName eq "nobody"' } };
		expect(await account.records('scimUser:getAll', none)).toEqual([]);
	});

	it('are created, changed and deleted', async () => {
		const { records } = account;
		const [made] = await records('scimUser:create', {
			userName: 'jane@example.com',
			additionalFields: { givenName: 'Jane', further: '{"title": "Analyst", "userName": "x"}' },
		});
		expect(made).toMatchObject({
			userName: 'jane@example.com',
			title: 'Analyst',
			name: { givenName: 'Jane' },
			active: true,
		});
		const about = { scimUserId: pick(made?.id) };
		await records('scimUser:update', {
			...about,
			updateFields: {
				active: false,
				familyName: 'Doe',
				email: 'jane@example.com',
				operations: '[{ "op": "remove", "path": "title" }]',
			},
		});
		expect(operations('patchScimUser')).toEqual([
			[
				{ op: 'replace', path: 'active', value: false },
				{ op: 'replace', path: 'emails', value: [{ value: 'jane@example.com', primary: true }] },
				{ op: 'replace', path: 'name.familyName', value: 'Doe' },
				{ op: 'remove', path: 'title' },
			],
		]);
		const [now] = await records('scimUser:get', about);
		expect(now).toMatchObject({ active: false, name: { givenName: 'Jane', familyName: 'Doe' } });
		expect(now).not.toHaveProperty('title');
		expect(await account.refusal('scimUser:update', about)).toBe('There is nothing to change');
		expect(await records('scimUser:delete', about)).toEqual([{ deleted: true }]);
		expect(await account.refusal('scimUser:get', about)).toBe(`${String(made?.id)} was not found`);
	});
});

describe('SCIM groups', () => {
	it('get and lose members, and are changed', async () => {
		const { records } = account;
		const [first] = await records('scimGroup:getAll');
		const about = { scimGroupId: pick(first?.id) };
		await records('scimGroup:addMembers', { ...about, userIds: 'a"b, c' });
		const [left] = await records('scimGroup:removeMembers', { ...about, userIds: ['c'] });
		expect(left?.members).toEqual([{ value: 'a"b' }]);
		await records('scimGroup:update', {
			...about,
			operations: '[{ "op": "replace", "path": "displayName", "value": "renamed" }]',
		});
		expect(operations('patchScimGroup')).toEqual([
			[{ op: 'add', path: 'members', value: [{ value: 'a"b' }, { value: 'c' }] }],
			[{ op: 'remove', path: 'members[value eq "c"]' }],
			[{ op: 'replace', path: 'displayName', value: 'renamed' }],
		]);
		expect(await records('scimGroup:get', about)).toMatchObject([{ displayName: 'renamed' }]);
	});

	it('and users are picked from lists', async () => {
		await account.records('scimGroup:getAll');
		const groups = await account.search('searchScimGroups');
		expect(groups.map(({ name }) => name)).toEqual(['finance-admins', 'viewers']);
		const [user] = await account.search('searchScimUsers');
		expect(user?.name).toBe('User 1 – user-1@example.com');
	});
});
