import { createHash } from 'crypto';
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { readFailure, readReason, redact, redactBody } from './failures';
import { clock } from './clock';
import type { ReadFailure } from './failures';
import type { Reason } from './operation';
import { retryDelay } from './retry';

/** How a credential signs in. */
export interface Login {
	/** The service, as messages name it. */
	service: string;
	/** The hidden expirable property that holds the token. */
	property: string;
	/** Everything that decides which token comes back: hosts, ids, secrets, scopes. */
	identity: unknown[];
	credentials: ICredentialDataDecryptedObject;
	/** Asks for a token; gives the properties to store, the token among them. To be given up with the signal. */
	request(abortSignal: AbortSignal): Promise<IDataObject>;
	/** Reads a refusal, where the common reader falls short. */
	reason?(failure: ReadFailure): Reason | undefined;
}

interface Memory {
	/** The token that the last login gave, and what was stored with it. */
	issued?: IDataObject;
	issuedAt: number;
	/** Tokens that a later login replaced, newest last. */
	replaced: string[];
	pending?: Promise<IDataObject>;
}

/**
 * n8n calls preAuthentication once for every request that finds no token or a refused one, also when many
 * run at the same time. This memory of the process makes one token request out of them. The key is a hash of
 * all settings, so a changed credential never meets an old token.
 */
const memory = new Map<string, Memory>();
const mostIdentities = 200;
const mostReplaced = 20;

/**
 * How long an empty stored token may mean "another request has just signed in and n8n has not stored it
 * yet", in milliseconds.
 */
const storingTime = 3_000;

/** Milliseconds until a token request is given up, however much of an answer has come. */
const patience = 60_000;

/**
 * Not among what n8n stores of a credential, which is JSON. A WeakMap would do as well, but one that holds the data of
 * thousands of requests makes each garbage collection longer (docs/benchmarks.md, measurement 1).
 */
const endOfRun = Symbol('end of the execution');

/** Data of a credential, as an execution hands them to the sign-in. */
type HandedOver = ICredentialDataDecryptedObject & { [endOfRun]?: AbortSignal };

/**
 * Lets a login that is made for these data of a credential, or for a copy of them, end with `signal`: n8n hands the
 * object that a request was sent with to the sign-in, and nothing else of the execution.
 */
export function endLoginWith(credentials: HandedOver, signal: AbortSignal): void {
	credentials[endOfRun] = signal;
}

/** Marks an error of the login, so that the engine knows it from a refusal by the API. */
export class LoginError extends UserError {
	readonly loginFailed = true;
}

/** The execution for which a login was made has ended; others that wait for it make one of their own. */
class CancelledLogin extends LoginError {}

function stopIfCancelled(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw new CancelledLogin('The login was cancelled');
}

/**
 * Waits for a login under way; no longer than one's own execution runs.
 * @returns undefined when that login was cancelled
 */
async function waitFor(
	pending: Promise<IDataObject>,
	signal: AbortSignal | undefined,
): Promise<IDataObject | undefined> {
	stopIfCancelled(signal);
	return await new Promise((resolve, reject) => {
		const end = () => reject(new CancelledLogin('The login was cancelled'));
		signal?.addEventListener('abort', end, { once: true });
		void pending
			.then(resolve, (error: unknown) => {
				if (error instanceof CancelledLogin) resolve(undefined);
				else reject(error);
			})
			.finally(() => signal?.removeEventListener('abort', end));
	});
}

function remember(identity: unknown[]): Memory {
	const key = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
	const entry = memory.get(key) ?? { issuedAt: 0, replaced: [] };
	memory.delete(key);
	memory.set(key, entry);
	const oldest = memory.keys().next();
	if (memory.size > mostIdentities && !oldest.done) memory.delete(oldest.value);
	return entry;
}

/**
 * Words for a refused login. The error has no response and no cause: n8n would take a 401 in it for an
 * expired token and log in again, and both hold the secrets that were sent.
 */
function refused(login: Login, error: unknown): LoginError {
	if (error instanceof LoginError) return error;
	const failure = readFailure(error);
	const body = redactBody(failure.body, login.credentials);
	const { message, code } = { ...readReason(body), ...login.reason?.({ ...failure, body }) };
	const status = failure.status === undefined ? failure.code : `status ${failure.status}`;
	const facts = [status, code].filter(Boolean).join(', ');
	const words =
		message ?? (failure.status === undefined ? failure.message : 'no explanation was given');
	const said =
		failure.status === undefined ? 'could not be reached to sign in' : 'refused the login';
	return new LoginError(
		redact(`${login.service} ${said}: ${words}${facts ? ` (${facts})` : ''}`, login.credentials),
	);
}

/** Asking for a token changes nothing, so a passing trouble of the token service is waited out. */
async function requestToken(login: Login, signal?: AbortSignal): Promise<IDataObject> {
	for (let attempt = 1; ; attempt++) {
		stopIfCancelled(signal);
		const deadline = clock.deadline(patience);
		try {
			return await login.request(signal ? AbortSignal.any([signal, deadline]) : deadline);
		} catch (thrown) {
			stopIfCancelled(signal);
			const isTimeOver = deadline.aborted && readFailure(thrown).code === 'ERR_CANCELED';
			const error = isTimeOver ? { code: 'ETIMEDOUT', message: 'no answer in time' } : thrown;
			const request = { method: 'POST', repeatable: true } as const;
			const delay = retryDelay(readFailure(error), request, attempt, clock.now(), Math.random);
			if (delay === undefined) throw refused(login, error);
			await clock.sleep(delay, signal);
		}
	}
}

async function ask(login: Login, entry: Memory, signal?: AbortSignal): Promise<IDataObject> {
	try {
		const issued = await requestToken(login, signal);
		const token = issued[login.property];
		if (typeof token !== 'string' || token === '') {
			throw new LoginError(`${login.service} answered the login without a token`);
		}
		const old = [entry.issued?.[login.property], login.credentials[login.property]].filter(
			(before): before is string => typeof before === 'string' && before !== '' && before !== token,
		);
		entry.replaced = [...new Set([...entry.replaced, ...old])].slice(-mostReplaced);
		entry.issued = issued;
		entry.issuedAt = clock.now();
		return issued;
	} finally {
		entry.pending = undefined;
	}
}

/**
 * Signs in, or hands over the token of a login that ran at the same time or has just ended.
 *
 * The stored token tells what the caller knew when it sent its request: a token that this process has
 * replaced since was refused because it was old, so the current one is handed over; the current one was
 * refused for itself, so a new one is asked for.
 * @returns the properties to store with the credential
 * @throws LoginError in words, without secrets; also when the execution ends meanwhile (`endLoginWith`)
 */
export async function signIn(login: Login): Promise<IDataObject> {
	const entry = remember([login.service, ...login.identity]);
	const { [endOfRun]: signal }: HandedOver = login.credentials;
	while (entry.pending) {
		const issued = await waitFor(entry.pending, signal);
		if (issued) return issued;
	}
	const stored = login.credentials[login.property];
	const isOld = typeof stored === 'string' && entry.replaced.includes(stored);
	const isNotStoredYet = !stored && clock.now() - entry.issuedAt < storingTime;
	if (entry.issued && (isOld || isNotStoredYet)) return entry.issued;
	entry.pending = ask(login, entry, signal);
	return await entry.pending;
}

/** Forgets all tokens; for tests. */
export function forgetLogins(): void {
	memory.clear();
}
