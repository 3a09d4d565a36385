import { scimPages, scimRecords } from '../../nodes/Maia/pages.ts';
import { toChanges } from '../../nodes/Maia/resources/directory.ts';
import type { ApiRequest } from '../../nodes/shared/operation.ts';
import { pick, requestOf } from '../support/maia.mts';

const users = '/v1/directory-integration/scim/v2/Users';
const groups = '/v1/directory-integration/scim/v2/Groups';

describe('requests', () => {
	it('list users and groups', () => {
		const filter = 'userName eq "a & b"';
		expect(requestOf('scimUser:getAll', { filters: { filter } })).toEqual({
			method: 'GET',
			path: users,
			query: { filter },
			kind: 'read',
			repeatable: true,
		});
		expect(requestOf('scimGroup:getAll').path).toBe(groups);
	});

	it('create a user', () => {
		expect(
			requestOf('scimUser:create', {
				userName: 'jane@example.com',
				additionalFields: {
					active: false,
					displayName: 'Jane',
					email: ' jane@example.com ',
					externalId: '1',
					familyName: 'Doe',
					givenName: 'Jane',
				},
			}),
		).toEqual({
			method: 'POST',
			path: users,
			kind: 'write',
			repeatable: false,
			body: {
				schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
				userName: 'jane@example.com',
				active: false,
				displayName: 'Jane',
				emails: [{ value: 'jane@example.com', primary: true }],
				externalId: '1',
				name: { familyName: 'Doe', givenName: 'Jane' },
			},
		});
	});

	it.each([
		['scimUser:get', 'GET', users],
		['scimUser:update', 'PATCH', users],
		['scimUser:delete', 'DELETE', users],
		['scimGroup:get', 'GET', groups],
		['scimGroup:update', 'PATCH', groups],
		['scimGroup:addMembers', 'PATCH', groups],
		['scimGroup:removeMembers', 'PATCH', groups],
	])('%s encodes the ID', (operation, method, path) => {
		const id = pick('a/b', 'id');
		const request = requestOf(operation, { scimUserId: id, scimGroupId: id, userIds: 'x' });
		expect(request).toMatchObject({ method, path: `${path}/a%2Fb` });
		expect(() => requestOf(operation, { userIds: 'x' })).toThrow('is required');
	});

	it('make operations of what is set', () => {
		const values = {
			'updateFields.active': false,
			'updateFields.givenName': 'J',
			'updateFields.email': 'a',
			'updateFields.displayName': '',
			scimUserId: 'x',
		};
		expect(toChanges(values)).toEqual([
			{ op: 'replace', path: 'active', value: false },
			{ op: 'replace', path: 'displayName', value: '' },
			{ op: 'replace', path: 'emails', value: [{ value: 'a', primary: true }] },
			{ op: 'replace', path: 'name.givenName', value: 'J' },
		]);
		expect(toChanges({ 'updateFields.email': '' })).toEqual([
			{ op: 'replace', path: 'emails', value: [] },
		]);
		expect(toChanges({})).toEqual([]);
	});
});

describe('pages', () => {
	const base: ApiRequest = { method: 'GET', path: users };
	const next = (count: number, body: unknown, index = 0) =>
		scimPages.next(
			base,
			{ index, items: Array.from({ length: count }), answer: { status: 200, headers: {}, body } },
			100,
		)?.query;

	it('go on behind the last record, also when the service gives fewer than asked for', () => {
		expect(scimPages.first(base, 100).query).toEqual({ startIndex: 1, count: 100 });
		expect(next(50, { startIndex: 1, totalResults: 120 })).toEqual({ startIndex: 51, count: 100 });
		expect(next(100, { totalResults: 230 }, 1)).toEqual({ startIndex: 201, count: 100 });
		expect(next(20, { startIndex: 101, totalResults: 120 })).toBeUndefined();
		expect(next(0, { startIndex: 1, totalResults: 5 })).toBeUndefined();
		expect(next(30, {})).toBeUndefined();
		expect(next(100, {})).toEqual({ startIndex: 101, count: 100 });
	});

	it('without records have no member for them', () => {
		expect(scimRecords({ totalResults: 0 })).toEqual([]);
		expect(scimRecords({ Resources: [1] })).toEqual([1]);
		expect(scimRecords({ totalResults: 1 })).toBeUndefined();
		expect(scimRecords('x')).toBe('x');
	});
});
