import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { SiteFactoryApi } from '../../credentials/SiteFactoryApi.credentials.ts';
import { at } from '../../nodes/shared/json.ts';

const apiKey = 'invented-key-0123456789';
const stored = (more: ICredentialDataDecryptedObject = {}): ICredentialDataDecryptedObject => ({
	factoryUrl: 'https://www.example.acsitefactory.com',
	username: 'jane.doe',
	apiKey,
	ignoreSslIssues: false,
	...more,
});
const options = (): IHttpRequestOptions => ({
	method: 'GET',
	url: 'https://www.example.acsitefactory.com/api/v1/ping',
	headers: { 'X-Other': 'stays' },
});
const signIn = async (more?: ICredentialDataDecryptedObject) =>
	await new SiteFactoryApi().authenticate(stored(more), options());

describe('signing in', () => {
	it('adds user name and key, and nothing else', async () => {
		expect(await signIn()).toEqual({
			...options(),
			auth: { username: 'jane.doe', password: apiKey },
		});
	});

	it('passes odd names and keys on as they are', async () => {
		const odd = { username: 'jané "doe"', apiKey: ' with:colon and blank ' };
		expect((await signIn(odd)).auth).toEqual({ username: odd.username, password: odd.apiKey });
	});

	it('skips the check of the certificate only when asked', async () => {
		expect(await signIn({ ignoreSslIssues: true })).toMatchObject({
			skipSslCertificateValidation: true,
		});
		for (const ignoreSslIssues of [false, 'true', 1, undefined] as never[]) {
			expect(await signIn({ ignoreSslIssues })).not.toHaveProperty('skipSslCertificateValidation');
		}
	});

	it.each([
		'https://www.example.acsitefactory.com/',
		'  https://www.example.acsitefactory.com/sub/  ',
		'http://127.0.0.1:4010',
		'http://localhost:4010',
		'http://[::1]:4010',
	])('takes the address %j', async (factoryUrl) => {
		expect((await signIn({ factoryUrl })).auth).toBeDefined();
	});

	it.each([
		['http://www.example.acsitefactory.com', 'must start with https://'],
		['http://127.0.0.1.example.com', 'must start with https://'],
		['ftp://www.example.acsitefactory.com', 'must start with https://'],
		['www.example.acsitefactory.com', 'is not a URL'],
		['https://jane:secret@www.example.acsitefactory.com', 'must not hold a user name'],
		['', 'is empty'],
		[undefined, 'is empty'],
	])('sends no key to %j', async (factoryUrl, message) => {
		const refused = signIn({ factoryUrl } as ICredentialDataDecryptedObject);
		await expect(refused).rejects.toThrow(`“Factory URL” in the credential ${message}`);
		await expect(refused).rejects.not.toThrow(apiKey);
	});

	it('needs no token: every request carries the key', () => {
		const type = new SiteFactoryApi();
		expect(type).not.toHaveProperty('preAuthentication');
		expect(type.properties.filter(({ typeOptions }) => typeOptions?.expirable)).toEqual([]);
	});

	it('hides the key in the form and in exports', () => {
		const key = new SiteFactoryApi().properties.find(({ name }) => name === 'apiKey');
		expect(key?.typeOptions?.password).toBe(true);
	});
});

describe('the test of the credential', () => {
	const { request, rules = [] } = new SiteFactoryApi().test;

	/**
	 * What n8n shows for an answer: the rules in their order, as its credential tester applies them
	 * (credentials-tester.service.js of n8n 2.41); undefined when the credential works.
	 */
	function verdict(status: number, body: unknown): string | undefined {
		if (status >= 400) {
			return (
				rules.find(({ type, properties }) => {
					return type === 'responseCode' && 'value' in properties && properties.value === status;
				})?.properties.message ?? `status ${status}`
			);
		}
		return rules.find(({ type, properties }) => {
			if (type !== 'responseSuccessBody' || !('key' in properties)) return false;
			return at(body, properties.key) === properties.value;
		})?.properties.message;
	}
	/** The address that n8n makes of the expression. */
	function addressOf(factoryUrl: string): string {
		const expression = /^=\{\{(.*)\}\}$/.exec(String(request.baseURL))?.[1] ?? '';
		expect(expression).toBe('$credentials.factoryUrl.trim().replace(/\\/+$/, "")');
		return factoryUrl.trim().replace(/\/+$/, '') + String(request.url);
	}

	it('pings the address of the credential', () => {
		expect(request.method ?? 'GET').toBe('GET');
		expect(addressOf(' https://www.example.acsitefactory.com// ')).toBe(
			'https://www.example.acsitefactory.com/api/v1/ping',
		);
	});

	it('takes a pong', () => {
		const pong = { message: 'pong', server_time: '2025-03-11T08:15:42+00:00' };
		expect(verdict(200, pong)).toBeUndefined();
	});

	it.each([
		['a refused login', 403, { message: 'Access denied' }, 'refused the login'],
		['a refused login of a proxy', 401, '', 'refused the login'],
		[
			'a refused login with status 200',
			200,
			{ message: 'Access denied', time: '2025-03-11T08:15:42+00:00' },
			'refused the login',
		],
		['a page of another site', 200, '<html><body>Hello</body></html>', 'the answer was no pong'],
		['an empty answer', 200, undefined, 'the answer was no pong'],
		['another address', 404, '<html></html>', 'There is no Site Factory at this address'],
	])('refuses %s in words', (_title, status, body, words) => {
		expect(verdict(status, body)).toContain(words);
	});
});
