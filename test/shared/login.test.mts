import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import type { Login } from '../../nodes/shared/login';
import { clock } from '../../nodes/shared/clock';
import { endLoginWith, forgetLogins, LoginError, signIn } from '../../nodes/shared/login';
import { turnClock } from '../support/time.mts';

beforeEach(() => forgetLogins());
afterEach(() => jest.restoreAllMocks());

/** A token service that counts what it is asked. */
function tokenService(respond?: (index: number) => unknown) {
	const service = {
		asked: 0,
		async request(): Promise<IDataObject> {
			const index = ++service.asked;
			await new Promise((resolve) => setImmediate(resolve));
			const answer = await respond?.(index);
			return (answer ?? { token: `token-${index}`, other: index }) as IDataObject;
		},
	};
	return service;
}

/** Signs in with what n8n has stored. */
function login(
	service: { request: () => Promise<IDataObject> },
	stored?: unknown,
	more: Partial<Login> = {},
) {
	const credentials = {
		clientSecret: 'invented-secret-0001',
		token: stored,
	} as ICredentialDataDecryptedObject;
	return signIn({
		service: 'Shelf',
		property: 'token',
		identity: ['https://shelf.example', 'reader'],
		credentials,
		request: async () => await service.request(),
		...more,
	});
}

/** A refusal as the HTTP client gives it. */
const refusal = (status: number, data?: unknown, headers = {}) =>
	Object.assign(new Error(`Request failed with status code ${status}`), {
		response: { status, data, headers },
		config: { data: 'secret=invented-secret-0001' },
	});

async function refused(
	thrown: unknown,
	more: Partial<Login> = {},
): Promise<LoginError & Record<string, unknown>> {
	turnClock();
	const failing = tokenService(() => {
		throw thrown;
	});
	const error: unknown = await login(failing, '', more).catch((caught: unknown) => caught);
	expect(error).toBeInstanceOf(LoginError);
	return error as LoginError & Record<string, unknown>;
}

describe('one token request', () => {
	it('gives everything that is to be stored', async () => {
		expect(await login(tokenService())).toEqual({ token: 'token-1', other: 1 });
	});

	it('serves all who sign in at the same time', async () => {
		const service = tokenService();
		const tokens = await Promise.all(
			['', undefined, null, 'old', '', 'old'].map(async (stored) => await login(service, stored)),
		);
		expect(service.asked).toBe(1);
		expect(new Set(tokens.map(({ token }) => token))).toEqual(new Set(['token-1']));
	});

	it('is made for each service and each of its settings', async () => {
		const service = tokenService();
		await Promise.all([
			login(service),
			login(service, '', { service: 'Other' }),
			login(service, '', { identity: ['https://shelf.example', 'writer'] }),
			login(service, '', { identity: ['https://shelf.example', 'reader', { scope: 'a' }] }),
			login(service, '', { identity: ['https://shelf.example', 'reader', { scope: 'b' }] }),
		]);
		expect(service.asked).toBe(5);
	});

	it('that failed fails all who waited for it, and the next one asks again', async () => {
		turnClock();
		let down = true;
		const service = tokenService(() => {
			if (down) throw refusal(400, { message: 'No' });
			return undefined;
		});
		const outcomes = await Promise.allSettled([login(service), login(service), login(service)]);
		expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
		expect(service.asked).toBe(1);
		down = false;
		expect(await login(service)).toMatchObject({ token: 'token-2' });
	});

	it('is made again after the tokens were forgotten', async () => {
		const service = tokenService();
		await login(service);
		forgetLogins();
		await login(service);
		expect(service.asked).toBe(2);
	});
});

describe('a token that was refused', () => {
	it('is replaced when it is the current one', async () => {
		const service = tokenService();
		await login(service);
		expect(await login(service, 'token-1')).toMatchObject({ token: 'token-2' });
		expect(service.asked).toBe(2);
	});

	it('is replaced by the current one when it is older than that', async () => {
		const service = tokenService();
		await login(service);
		await login(service, 'token-1');
		expect(await login(service, 'token-1')).toMatchObject({ token: 'token-2' });
		expect(service.asked).toBe(2);
	});

	it('is replaced when this process has never seen it', async () => {
		const service = tokenService();
		await login(service);
		expect(await login(service, 'from elsewhere')).toMatchObject({ token: 'token-2' });
		expect(await login(service, 'from elsewhere')).toMatchObject({ token: 'token-2' });
		expect(service.asked).toBe(2);
	});

	it('is replaced by the current one also when another process has stored its own since', async () => {
		const service = tokenService();
		await login(service);
		await login(service, 'from elsewhere');
		expect(await login(service, 'token-1')).toMatchObject({ token: 'token-2' });
		expect(service.asked).toBe(2);
	});

	it('is forgotten when many others have followed', async () => {
		const service = tokenService();
		await login(service);
		for (let i = 1; i <= 10; i++) await login(service, `token-${i}`);
		expect(await login(service, 'token-1')).toMatchObject({ token: 'token-11' });
		expect(service.asked).toBe(11);
		for (let i = 11; i <= 21; i++) await login(service, `token-${i}`);
		expect(await login(service, 'token-1')).toMatchObject({ token: 'token-23' });
		expect(service.asked).toBe(23);
	});

	it('is not taken for an old one when the service gives the same token again', async () => {
		const service = tokenService(() => ({ token: 'same' }));
		await login(service);
		await login(service, 'same');
		await login(service, 'same');
		expect(service.asked).toBe(3);
	});

	it('that was no text is not remembered', async () => {
		const service = tokenService();
		await login(service, 5);
		await login(service, 5);
		expect(service.asked).toBe(2);
	});
});

describe('an empty stored token', () => {
	it('means for three seconds that n8n has not stored the new one yet', async () => {
		const time = turnClock();
		const service = tokenService();
		await login(service, '');
		time.now += 2999;
		expect(await login(service, '')).toMatchObject({ token: 'token-1' });
		time.now += 1;
		expect(await login(service, '')).toMatchObject({ token: 'token-2' });
		expect(service.asked).toBe(2);
	});

	it('does not bring a token that was refused meanwhile', async () => {
		turnClock();
		const service = tokenService();
		await login(service, '');
		await login(service, 'token-1');
		expect(await login(service, '')).toMatchObject({ token: 'token-2' });
		expect(service.asked).toBe(2);
	});

	it('says nothing before the first login', async () => {
		const time = turnClock();
		time.now = 1000;
		const service = tokenService();
		expect(await login(service, '')).toMatchObject({ token: 'token-1' });
	});
});

describe('the memory', () => {
	it('holds the 200 settings that were used last', async () => {
		const service = tokenService();
		const as = async (name: number, stored = '') =>
			await login(service, stored, { identity: [name] });
		for (let name = 0; name < 200; name++) await as(name);
		expect(service.asked).toBe(200);
		// Used again, so that another one is now the oldest
		await as(0);
		expect(service.asked).toBe(200);
		await as(200);
		expect(service.asked).toBe(201);
		await as(0);
		expect(service.asked).toBe(201);
		await as(1);
		expect(service.asked).toBe(202);
	});
});

describe('a refused login', () => {
	it('is reported in the words of the service', async () => {
		const error = await refused(
			refusal(401, { error: 'invalid_client', error_description: 'Unknown client' }),
		);
		expect(error.message).toBe(
			'Shelf refused the login: Unknown client (status 401, invalid_client)',
		);
		expect(error).toBeInstanceOf(UserError);
		expect(error.loginFailed).toBe(true);
	});

	it('is reported without words where there are none', async () => {
		expect((await refused(refusal(403, ''))).message).toBe(
			'Shelf refused the login: no explanation was given (status 403)',
		);
	});

	it('is reported in the words that the credential finds', async () => {
		const reason = jest.fn().mockReturnValue({ message: 'The key is old', code: 'K1' });
		const error = await refused(refusal(400, { fault: 'x', message: 'Other' }), { reason });
		expect(error.message).toBe('Shelf refused the login: The key is old (status 400, K1)');
		expect(reason).toHaveBeenCalledWith(
			expect.objectContaining({ status: 400, body: { fault: 'x', message: 'Other' } }),
		);
		const silent = await refused(refusal(400, { message: 'Common' }), { reason: () => undefined });
		expect(silent.message).toBe('Shelf refused the login: Common (status 400)');
	});

	it('is told from a token service that is not reached', async () => {
		const lost = Object.assign(new Error('getaddrinfo ENOTFOUND shelf.example'), {
			code: 'ENOTFOUND',
		});
		expect((await refused(lost)).message).toBe(
			'Shelf could not be reached to sign in: getaddrinfo ENOTFOUND shelf.example (ENOTFOUND)',
		);
		expect((await refused(new Error('no key'))).message).toBe(
			'Shelf could not be reached to sign in: no key',
		);
	});

	it('shows no secret that the service repeats', async () => {
		const error = await refused(refusal(400, 'Bad secret: invented-secret-0001'));
		expect(error.message).toBe('Shelf refused the login: Bad secret: ••• (status 400)');
	});

	it('has no response and no cause, which hold secrets and would make n8n log in again', async () => {
		const error = await refused(refusal(401, { message: 'No' }));
		expect(error.cause).toBeUndefined();
		expect(error.response).toBeUndefined();
		expect(error.httpCode).toBeUndefined();
		expect(JSON.stringify(Object.entries(error))).not.toContain('invented-secret');
	});

	it('stays as it is when the credential has found the words', async () => {
		const own = new LoginError('The private key cannot be read');
		expect(await refused(own)).toBe(own);
	});
});

describe('an answer without a token', () => {
	it.each([{}, { token: '' }, { token: null }, { token: 5 }, { other: 'x' }])(
		'is a failed login: %j',
		async (answer) => {
			const service = tokenService(() => answer);
			const outcome = login(service);
			await expect(outcome).rejects.toThrow(
				new LoginError('Shelf answered the login without a token'),
			);
			await expect(outcome).rejects.toBeInstanceOf(LoginError);
			expect(service.asked).toBe(1);
		},
	);

	it('leaves the token before it as it was', async () => {
		let broken = false;
		const service = tokenService((index) => (broken ? {} : { token: `token-${index}` }));
		await login(service);
		broken = true;
		await expect(login(service, 'token-1')).rejects.toBeInstanceOf(LoginError);
		broken = false;
		expect(await login(service, 'token-1')).toMatchObject({ token: 'token-3' });
	});
});

describe('a token service in trouble', () => {
	it('is asked again after the time that it names, or after growing times', async () => {
		const time = turnClock();
		jest.spyOn(Math, 'random').mockReturnValue(1);
		const failures = [
			refusal(429, 'Slow down', { 'Retry-After': '7' }),
			refusal(503, 'Down'),
			Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
		];
		const service = tokenService((index) => {
			const failure = failures[index - 1];
			if (failure) throw failure;
			return undefined;
		});
		expect(await login(service)).toMatchObject({ token: 'token-4' });
		expect(time.slept).toEqual([7000, 1000, 2000]);
	});

	it('is given up after the fifth attempt, in words', async () => {
		const time = turnClock();
		const service = tokenService(() => {
			throw refusal(503, 'Down for repair');
		});
		await expect(login(service)).rejects.toThrow(
			new LoginError('Shelf refused the login: Down for repair (status 503)'),
		);
		expect(service.asked).toBe(5);
		expect(time.slept).toHaveLength(4);
	});

	it.each([400, 401, 403])('is not asked again after status %p', async (status) => {
		const time = turnClock();
		const service = tokenService(() => {
			throw refusal(status);
		});
		await expect(login(service)).rejects.toBeInstanceOf(LoginError);
		expect(service.asked).toBe(1);
		expect(time.slept).toEqual([]);
	});
});

describe('a login whose execution ends', () => {
	/** What n8n hands from a request to the sign-in: a copy, as each request has its own. */
	function execution() {
		const controller = new AbortController();
		const data: ICredentialDataDecryptedObject = { clientSecret: 'invented-secret-0001' };
		endLoginWith(data, controller.signal);
		return { credentials: { ...data }, cancel: () => controller.abort() };
	}
	const busy = () => refusal(503, 'Busy', { 'retry-after': '60' });
	/** Lets a login under way go as far as it can. */
	const turns = async () => {
		for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
	};

	it('leaves nothing in what n8n stores and shows of a credential', () => {
		const { credentials } = execution();
		expect(JSON.stringify(credentials)).toBe('{"clientSecret":"invented-secret-0001"}');
		expect(Object.keys(credentials)).toEqual(['clientSecret']);
	});

	it('does not wait for the end of a pause, and asks no more', async () => {
		const service = tokenService(() => {
			throw busy();
		});
		const { credentials, cancel } = execution();
		const before = performance.now();
		const ended = login(service, undefined, { credentials });
		await turns();
		cancel();
		await expect(ended).rejects.toThrow(LoginError);
		expect(performance.now() - before).toBeLessThan(5_000);
		expect(service.asked).toBe(1);
	});

	it('is not begun', async () => {
		const service = tokenService();
		const { credentials, cancel } = execution();
		cancel();
		await expect(login(service, undefined, { credentials })).rejects.toThrow('was cancelled');
		expect(service.asked).toBe(0);
	});

	it('does not wait for a login of another execution, which goes on', async () => {
		let finish = () => {};
		const service = tokenService();
		const slow = login(service, undefined, {
			credentials: execution().credentials,
			request: async () => {
				await new Promise<void>((resolve) => (finish = resolve));
				return await service.request();
			},
		});
		const { credentials, cancel } = execution();
		cancel();
		await expect(login(service, undefined, { credentials })).rejects.toThrow('was cancelled');
		finish();
		expect(await slow).toBeDefined();
		expect(service.asked).toBe(1);
	});

	it('gives the token request up', async () => {
		const { credentials, cancel } = execution();
		let given: AbortSignal | undefined;
		const ended = login({ request: async () => await Promise.resolve({}) }, undefined, {
			credentials,
			request: async (abortSignal) => {
				given = abortSignal;
				return await new Promise((_, reject) => {
					abortSignal.addEventListener('abort', () => reject(new Error('canceled')));
				});
			},
		});
		await turns();
		expect(given?.aborted).toBe(false);
		cancel();
		await expect(ended).rejects.toThrow('was cancelled');
		expect(given?.aborted).toBe(true);
	});

	it('leaves those that waited for it to make one of their own, together', async () => {
		const first = execution();
		const others = [execution(), execution()];
		const service = tokenService(async (index) => {
			if (index > 1) return undefined;
			await new Promise((resolve) => setImmediate(resolve));
			throw busy();
		});
		const ended = login(service, undefined, { credentials: first.credentials });
		const waiting = others.map(
			async ({ credentials }) => await login(service, undefined, { credentials }),
		);
		await turns();
		first.cancel();
		await expect(ended).rejects.toThrow('was cancelled');
		expect(await Promise.all(waiting)).toEqual([
			{ token: 'token-2', other: 2 },
			{ token: 'token-2', other: 2 },
		]);
		expect(service.asked).toBe(2);
	});

	it('ends for one that waits, and goes on for the others', async () => {
		const [first, second] = [execution(), execution()];
		let give: (token: IDataObject) => void = () => {};
		const request = async () =>
			await new Promise<IDataObject>((resolve) => {
				give = resolve;
			});
		const running = login({ request }, undefined, { credentials: first.credentials });
		const waiting = login({ request }, undefined, { credentials: second.credentials });
		await turns();
		second.cancel();
		await expect(waiting).rejects.toThrow('was cancelled');
		give({ token: 'late' });
		expect(await running).toEqual({ token: 'late' });
	});
});

it('gives a token request up that drips in, and tries again', async () => {
	turnClock();
	const over = new AbortController();
	jest
		.spyOn(clock, 'deadline')
		.mockImplementationOnce(() => over.signal)
		.mockImplementation(() => new AbortController().signal);
	let asked = 0;
	const issued = await login({ request: async () => await Promise.resolve({}) }, '', {
		request: async (abortSignal) => {
			if (++asked > 1) return { token: 'second' };
			over.abort();
			expect(abortSignal.aborted).toBe(true);
			return await Promise.reject(Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' }));
		},
	});
	expect(issued).toEqual({ token: 'second' });
	expect(clock.deadline).toHaveBeenCalledWith(60_000);
});

it('says that no answer came in time when every token request drips in', async () => {
	turnClock();
	jest.spyOn(clock, 'deadline').mockImplementation(() => AbortSignal.abort());
	const drips = () => {
		throw Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' });
	};
	const service = tokenService(drips);
	await expect(login(service)).rejects.toThrow(
		'Shelf could not be reached to sign in: no answer in time (ETIMEDOUT)',
	);
	expect(service.asked).toBe(5);
});
