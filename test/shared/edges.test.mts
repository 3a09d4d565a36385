/** Edges of the engine that its first version got wrong, across its modules. */
import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';

import { apiRequestResource } from '../../nodes/shared/apiRequest';
import { readReason, redact, toNodeError } from '../../nodes/shared/failures';
import { checks } from '../../nodes/shared/fields';
import { readList } from '../../nodes/shared/lists';
import { listSearches } from '../../nodes/shared/locators';
import { forgetLogins, signIn } from '../../nodes/shared/login';
import type { ApiRequest, Call, Field } from '../../nodes/shared/operation';
import { Pace } from '../../nodes/shared/pacing';
import { pageNumbers } from '../../nodes/shared/pagers';
import { InvalidValue, readValue } from '../../nodes/shared/values';
import { shelf, shelfCatalog, shelfCredential } from '../support/provider.mts';

const field = (more: Partial<Field>): Field => ({
	displayName: 'Thing',
	name: 'thing',
	type: 'string',
	default: '',
	...more,
});
const read = (of: Field, value: unknown) => readValue(of, value, { timezone: 'UTC', group: null });
const place = { page: 'page', limit: 'limit', size: 4 };

describe('secrets in errors', () => {
	it('a secret that begins like another one is taken out whole', () => {
		const credentials = { apiKey: 'invented-key', apiKeySecret: 'invented-key-with-more' };
		expect(redact('Bad invented-key-with-more', credentials)).toBe('Bad •••');
	});

	it('a secret is taken out before a long text is cut in the middle of it', () => {
		const error = toNodeError(
			{ id: '1', name: 'n', type: 't', typeVersion: 1, position: [0, 0], parameters: {} },
			shelf,
			{ apiKey: 'invented-key-0001' },
			{ method: 'GET', path: '/' },
			{
				status: 400,
				body: `${'x'.repeat(590)} invented-key-0001`,
				message: '',
				login: false,
			},
			0,
		);
		expect(error.message).not.toContain('invented');
	});

	it('a secret of several lines is taken out of a text that is shown on one line', () => {
		const privateKey = '-----BEGIN INVENTED-----\nabcdefgh\n-----END INVENTED-----';
		const error = toNodeError(
			{ id: '1', name: 'n', type: 't', typeVersion: 1, position: [0, 0], parameters: {} },
			shelf,
			{ privateKey },
			{ method: 'GET', path: '/' },
			{ status: 400, body: { message: `Bad key ${privateKey}` }, message: '', login: false },
			0,
		);
		expect(error.message).not.toContain('abcdefgh');
	});

	it('a secret is taken out of a refused login before its text is cut', async () => {
		const signingIn = signIn({
			service: 'Shelf',
			property: 'token',
			identity: ['cut'],
			credentials: { apiKey: 'invented-key-0001' },
			request: async () =>
				await Promise.reject(
					Object.assign(new Error('refused'), {
						response: { status: 400, data: `${'x'.repeat(590)} invented-key-0001` },
					}),
				),
		});
		await expect(signingIn).rejects.toThrow(/^(?!.*invented)Shelf refused the login/);
	});

	it('a short Basic sign-in is taken out', () => {
		const sent = Buffer.from('u:invent').toString('base64');
		expect(redact(`Basic ${sent}`, { username: 'u', password: 'invent' })).toBe('Basic •••');
	});

	it('a Basic sign-in is taken out also without the word before it', () => {
		const sent = Buffer.from('reader:invented-word').toString('base64');
		const credentials = { username: 'reader', password: 'invented-word' };
		expect(redact(`{"authorization":["${sent}"]}`, credentials)).not.toContain(sent);
	});

	it('a secret is taken out as forms encode it', () => {
		const apiKey = "invented key's (1)!";
		const sent = new URLSearchParams({ k: apiKey }).toString();
		expect(redact(sent, { apiKey })).toBe('k=•••');
	});

	it('half a character in a secret does not hide the failure', () => {
		const credentials = { apiKey: 'invented key \ud83d' };
		expect(redact('Bad request', credentials)).toBe('Bad request');
		expect(redact('Bad key invented%20key%20%EF%BF%BD', credentials)).toBe('Bad key •••');
	});
});

describe('values', () => {
	it('a blank entry of a list is left out, as it is in text', () => {
		const list = field({ wire: { in: 'body', array: 'list' } });
		expect(read(list, ['a', ' '])).toEqual(['a']);
	});

	it('a list of blanks is no value for a required field', () => {
		const list = field({ wire: { in: 'body', array: 'list' }, required: true });
		expect(() => read(list, [' '])).toThrow(InvalidValue);
	});

	it('a list inside a list is refused, also when it is empty', () => {
		const list = field({ wire: { in: 'body', array: 'list' } });
		expect(() => read(list, ['a', []])).toThrow('“Thing” must be text, but is a list');
	});

	it('an entry that cannot become text is refused with the name of the field', () => {
		const list = field({ wire: { in: 'body', array: 'list' } });
		expect(() => read(list, JSON.parse('[{"toString": 1, "valueOf": 1}]'))).toThrow(/^“Thing” /);
	});

	it('a value that JSON cannot write is refused with the name of the field', () => {
		const circular: Record<string, unknown> = {};
		circular.self = circular;
		expect(() => read(field({ type: 'number' }), circular)).toThrow(
			new InvalidValue('“Thing” must be a number, but is “an object”'),
		);
	});

	it('an object that cannot become text is refused with the name of the field', () => {
		const options = field({ type: 'options', options: [{ name: 'A', value: 'a' }] });
		expect(() => read(options, JSON.parse('{"toString": 1, "valueOf": 1}'))).toThrow(/^“Thing” /);
	});

	it('a secret number outside its limits is not shown', () => {
		const pin = field({ type: 'number', typeOptions: { password: true, maxValue: 9999 } });
		expect(() => read(pin, 123456)).toThrow(new InvalidValue('“Thing” must be at most 9999'));
	});

	it('secret JSON that cannot be read is not shown', () => {
		const secret = field({ type: 'json', typeOptions: { password: true } });
		expect(() => read(secret, 'invented-secret')).toThrow(
			new InvalidValue('“Thing” must be JSON, but cannot be read'),
		);
	});

	it('the rule of a number field is checked', () => {
		const id = field({ type: 'number', check: checks.positiveInteger });
		expect(() => read(id, -1)).toThrow(/^“Thing” must be a whole number above 0/);
	});
});

describe('lists', () => {
	it('a last page with the number 0 is the end', () => {
		const pager = pageNumbers({ ...place, first: 0, lastPage: 'last' });
		const answer = { status: 200, headers: {}, body: { last: 0 } };
		const items = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }];
		expect(
			pager.next({ method: 'GET', path: '/' }, { items, answer, index: 0 }, 4),
		).toBeUndefined();
	});

	it('a service that gives more records a page than asked is read to its end', async () => {
		const all = Array.from({ length: 10 }, (_, id) => ({ id }));
		const asked: ApiRequest[] = [];
		const send = async (request: ApiRequest) => {
			asked.push(request);
			return await Promise.resolve({ status: 200, headers: {}, body: { all, total: 10 } });
		};
		const pager = pageNumbers({ ...place, first: 1, total: 'total' });
		expect(await readList(send, { method: 'GET', path: '/' }, { at: 'all', pager })).toEqual(all);
		expect(asked).toHaveLength(1);
	});

	it('a list to pick from is whole where the service gives fewer records a page', async () => {
		const all = Array.from({ length: 10 }, (_, id) => ({ id }));
		const context = {
			getTimezone: () => 'UTC',
			getCredentials: async () =>
				await Promise.resolve(shelfCredential('https://shelf.example', 'invented-token-1')),
			helpers: {
				httpRequestWithAuthentication: async (_: string, { qs }: { qs: IDataObject }) => {
					const size = Math.min(2, Number(qs.limit));
					const start = (Number(qs.page) - 1) * size;
					const books = all.slice(start, start + size);
					return await Promise.resolve({
						statusCode: 200,
						headers: {},
						body: { books, total: 10 },
					});
				},
			},
		} as unknown as ILoadOptionsFunctions;
		const open = listSearches(shelfCatalog).searchBooks;
		const values: unknown[] = [];
		let token: string | undefined;
		do {
			const page = await open?.call(context, undefined, token);
			values.push(...(page?.results ?? []).map(({ value }) => value));
			token = page?.paginationToken;
		} while (token !== undefined);
		expect(values).toEqual(all.map(({ id }) => String(id)));
	});
});

describe('the rest', () => {
	it('a token is known as an old one after 19 others', async () => {
		forgetLogins();
		let asked = 0;
		const login = async (token: string) =>
			await signIn({
				service: 'Shelf',
				property: 'token',
				identity: [],
				credentials: { token },
				request: async () => await Promise.resolve({ token: `token-${++asked}` }),
			});
		await login('');
		for (let i = 1; i <= 20; i++) await login(`token-${i}`);
		expect(await login('token-1')).toEqual({ token: 'token-21' });
	});

	it('those who try again keep their order among themselves', async () => {
		const pace = new Pace(1, 1);
		await pace.enter('read', false);
		const entered: string[] = [];
		for (const name of ['a', 'b', 'c']) {
			void pace.enter('read', true).then(() => entered.push(name));
		}
		for (let i = 0; i < 3; i++) {
			pace.leave('read');
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect(entered).toEqual(['a', 'b', 'c']);
	});

	it('a list of objects in a query is written as JSON, like an object is', async () => {
		const send = jest.fn().mockResolvedValue({ status: 200, headers: {}, body: {} });
		const values = { method: 'GET', path: '/', query: { filter: [{ a: 1 }] } };
		const [operation] = apiRequestResource(shelf).operations;
		await operation?.run?.({ values, send } as unknown as Call);
		expect(send).toHaveBeenCalledWith(expect.objectContaining({ query: { filter: ['{"a":1}'] } }));
	});

	it('an HTML page that begins as XML or with a comment is named by its title', () => {
		for (const start of [
			'<?xml version="1.0"?>\n<!DOCTYPE html>',
			'<?xml version="1.0"?><html>',
			'<!-- x -->\n<html>',
		]) {
			expect(readReason(`${start}<head><title>Bad Gateway</title></head>`)).toEqual({
				message: 'an HTML page with the title “Bad Gateway”',
			});
		}
	});
});
