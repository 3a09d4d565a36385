import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeOperationError, OperationalError, sleep, UserError } from 'n8n-workflow';

import { clock } from './clock';
import type { Deadline } from './deadlines';
import { Deadlines } from './deadlines';
import type { ReadFailure } from './failures';
import { isFinal, readFailure, toHeaders, toNodeError } from './failures';
import { isObject, text } from './json';
import { endLoginWith } from './login';
import type { Answer, ApiRequest, Provider, Query, Transfer } from './operation';
import type { Lane } from './pacing';
import { Pace } from './pacing';
import { attemptLimit, isRepeatable, mayHaveBeenProcessed, retryDelay, waitAfter } from './retry';
import { isSecure } from './urls';

/** The places in n8n from which requests are sent. */
export type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** What the user may set for a whole run. */
export interface Limits {
	/** Reads at the same time. */
	reads: number;
	/** Writes at the same time. */
	writes: number;
	/** Milliseconds until a request without an answer is given up. */
	timeout: number;
}

export const defaultLimits: Limits = { reads: 10, writes: 1, timeout: 120_000 };

/** Requests in a row that may be refused for their sign-in before a run gives up. */
const mostRefusedInARow = 3;

/** n8n knows a cancelled execution by this spelling; any other makes it a failed one, which starts error workflows. */
const cancelText = 'The execution was canceled';

/** Thrown for requests that were not sent because another item had failed. */
export class Abandoned extends OperationalError {}

/** n8n's restriction of a credential to certain hosts; undefined when it is not restricted. */
function allowedDomains(credentials: ICredentialDataDecryptedObject): string | undefined {
	if (credentials.allowedHttpRequestDomains !== 'domains') return undefined;
	const domains = text(credentials.allowedDomains);
	if (domains === undefined) {
		throw new UserError('The credential is restricted to certain domains, but names none');
	}
	return domains;
}

/** The body that is sent: JSON is written here, because n8n's helper leaves out an empty object. */
function encodeBody(request: ApiRequest): Pick<IHttpRequestOptions, 'body'> {
	const { body } = request;
	if (body === undefined) return {};
	if (Buffer.isBuffer(body) || body instanceof FormData || body instanceof URLSearchParams) {
		return { body };
	}
	return { body: typeof body === 'string' ? body : JSON.stringify(body) };
}

const needsJsonType = (request: ApiRequest) =>
	request.body !== undefined &&
	!(
		Buffer.isBuffer(request.body) ||
		request.body instanceof FormData ||
		request.body instanceof URLSearchParams
	);

/**
 * Whether a record that is to be deleted is gone after an attempt whose answer did not come: that attempt, or whatever
 * else, has deleted it.
 */
const isGone = (request: ApiRequest, { status }: ReadFailure) =>
	request.method === 'DELETE' && (status === 404 || status === 410);

/**
 * Half of a surrogate pair has no encoding. n8n's writer of queries takes the letter behind it for the other half; what
 * the URL standard does is to put the replacement character in its place.
 */
const wellFormed = <T>(value: T): T | string =>
	typeof value === 'string' ? value.replace(/\p{Cs}/gu, '\ufffd') : value;

function encodeQuery(query: Query): Query {
	const entries = Object.entries(query).map(([name, value]): [string, Query[string]] => [
		String(wellFormed(name)),
		Array.isArray(value) ? value.map(wellFormed) : wellFormed(value),
	]);
	return Object.fromEntries(entries);
}

/** What makes a path another one when it is read as an address: steps up or to the same place, `\\`, `#`, line breaks. */
const detour = /^[^?]*\/(\.|%2e){1,2}([/?]|$)|[\\#\p{Cc}]/iu;

/** Whether a text was meant to be JSON: then it was cut off on its way. */
const isBrokenJson = (headers: Record<string, string>, body: string) =>
	/json/i.test(headers['content-type'] ?? '') && /^\s*[[{]/.test(body);

/**
 * Puts a limit on the whole of a request. n8n's helper knows the silence between two pieces of an answer only, so an
 * answer that drips in would never end. The time begins when the HTTP client asks for the signal, which is after the
 * sign-in, and anew when n8n sends the request again with a new token.
 * @returns whether the time was over
 */
function limitTime(
	options: IHttpRequestOptions,
	milliseconds: number,
	deadlines: Deadlines,
): () => boolean {
	let cancelled: AbortSignal | undefined;
	let deadline: Deadline | undefined;
	Object.defineProperty(options, 'abortSignal', {
		enumerable: true,
		configurable: true,
		// n8n puts the execution's own signal here
		set(signal: AbortSignal | undefined) {
			cancelled = signal;
		},
		get() {
			deadline = deadlines.begin(milliseconds, cancelled);
			return deadline.signal;
		},
	});
	return () => deadline?.over.aborted === true;
}

/** The sign-in, the pace and the rules of repeating that all requests of one run share. */
export class Session {
	private readonly pace: Pace;

	private readonly base: URL;

	/** Where paths are appended, without a trailing slash. */
	readonly baseUrl: string;

	/** The first request of a run without a token; the others wait for its login. */
	private firstLogin?: Promise<void>;

	/** A login that did not work is not tried again in this run. */
	private refusal?: ReadFailure;

	private refusedInARow = 0;

	private readonly deadlines = new Deadlines();

	private readonly end = new AbortController();

	/** Ends waiting: the execution was cancelled, or another item has ended the run. */
	private readonly signal: AbortSignal;

	private constructor(
		private readonly context: Context,
		readonly provider: Provider,
		/** Read once per run; a renewed token is written into it. */
		readonly credentials: ICredentialDataDecryptedObject,
		readonly limits: Limits,
		private readonly cancelled: AbortSignal | undefined,
	) {
		const ends = [this.end.signal, cancelled].filter((signal) => signal !== undefined);
		this.signal = AbortSignal.any(ends);
		endLoginWith(credentials, this.signal);
		this.pace = new Pace(limits.reads, limits.writes, this.signal, provider.requestsPerMinute);
		try {
			this.baseUrl = provider.baseUrl(credentials).replace(/\/+$/, '');
			this.base = new URL(this.baseUrl);
		} catch (error) {
			throw new NodeOperationError(
				context.getNode(),
				error instanceof TypeError || !(error instanceof Error)
					? `The URL in the ${provider.displayName} credential is not a URL`
					: error.message,
				{ description: `Open the ${provider.displayName} credential and correct its URL.` },
			);
		}
	}

	/** Reads the credential and prepares the run. */
	static async open(
		context: Context,
		provider: Provider,
		limits: Limits = defaultLimits,
	): Promise<Session> {
		const credentials = await context.getCredentials(provider.credential);
		const signal =
			'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
		const { tokenProperty } = provider;
		// n8n fetches a token for an empty one only, not for one that a stored credential lacks
		const token = tokenProperty && { [tokenProperty]: credentials[tokenProperty] ?? '' };
		return new Session(context, provider, { ...credentials, ...token }, limits, signal);
	}

	/** Waits; ends at once when the execution is cancelled. */
	async pause(milliseconds: number): Promise<void> {
		await clock.sleep(milliseconds, this.signal);
		this.stopIfCancelled();
	}

	/**
	 * Sends one request.
	 * @throws NodeApiError in words; NodeOperationError when the execution was cancelled
	 */
	async send(given: ApiRequest): Promise<Answer> {
		const shaped = this.provider.shape?.(given) ?? given;
		const request = { ...shaped, repeatable: shaped.repeatable ?? isRepeatable(shaped.method) };
		const lane: Lane = request.kind ?? (request.method === 'GET' ? 'read' : 'write');
		let mayBeDone = false;
		for (let attempt = 1; ; attempt++) {
			let failure: ReadFailure;
			let wentThrough = false;
			await this.pace.enter(lane, attempt > 1);
			try {
				this.stopIfCancelled();
				const outcome = await this.attempt(request);
				if (!('message' in outcome)) {
					this.pace.speedUp(lane);
					wentThrough = true;
					return outcome;
				}
				failure = outcome;
				if (failure.status === 429 || failure.status === 503) {
					// Also when this request itself is not sent again, the others heed what the service asked for
					const counted = Math.min(attempt, attemptLimit - 1);
					this.pace.slowDown(waitAfter(failure, counted, clock.now(), Math.random));
				}
			} finally {
				// Whoever ends the run because of a failure does so before the next in line may send
				if (wentThrough) this.pace.leave(lane);
				else void sleep(0).then(() => this.pace.leave(lane));
			}
			this.stopIfCancelled();
			const { status, headers = {}, body } = failure;
			if (status !== undefined && request.accept?.includes(status))
				return { status, headers, body };
			if (status !== undefined && mayBeDone && isGone(request, failure)) {
				return { status, headers, body: undefined };
			}
			mayBeDone ||= mayHaveBeenProcessed(failure);
			const isLast = failure.login || isFinal(failure, this.provider);
			const delay = isLast ? undefined : this.delayFor(failure, request, attempt);
			if (delay === undefined) {
				throw toNodeError(
					this.context.getNode(),
					this.provider,
					this.credentials,
					request,
					failure,
					clock.now(),
				);
			}
			await this.pause(delay);
		}
	}

	/**
	 * Sends a request without the sign-in to an address that the service handed out. What such a file store says is
	 * not shown: it may repeat the address, whose query is a key.
	 * @throws NodeApiError in words; NodeOperationError for an address that is not secure
	 */
	async transfer({ method, url, headers, body }: Transfer): Promise<Answer> {
		if (!URL.canParse(url) || !isSecure(new URL(url))) {
			throw new NodeOperationError(
				this.context.getNode(),
				`${this.provider.displayName} handed out an address that is not secure`,
				{ description: 'Files are moved over https only.' },
			);
		}
		for (let attempt = 1; ; attempt++) {
			this.stopIfCancelled();
			const outcome = await this.transferOnce({ method, url, headers, body });
			if (!('message' in outcome)) return outcome;
			const request = { method, path: '', repeatable: true };
			const delay = this.delayFor(outcome, request, attempt);
			if (delay === undefined) {
				const node = this.context.getNode();
				throw toNodeError(node, this.provider, this.credentials, request, outcome, clock.now());
			}
			await this.pause(delay);
		}
	}

	private async transferOnce({
		method,
		url,
		headers,
		body,
	}: Transfer): Promise<Answer | ReadFailure> {
		try {
			const response: unknown = await this.context.helpers.httpRequest({
				method,
				url,
				headers,
				body,
				encoding: 'arraybuffer',
				returnFullResponse: true,
				disableFollowRedirect: true,
				timeout: this.limits.timeout,
				abortSignal: this.signal,
			});
			const full = isObject(response) ? response : {};
			return {
				status: Number(full.statusCode),
				headers: toHeaders(full.headers),
				body: full.body,
			};
		} catch (error) {
			const { status, code, syscall, retryAfter } = readFailure(error);
			const message = `The file store of ${this.provider.displayName} did not answer as it should`;
			const reason =
				status === undefined ? undefined : { message: `${message} (status ${status})` };
			return {
				status,
				code,
				syscall,
				retryAfter,
				reason,
				message,
				login: false,
				advice:
					'Such addresses hold for a short time only. Run the operation again to get a fresh one; if that does not help, check that this n8n may reach the file store.',
			};
		}
	}

	private delayFor(failure: ReadFailure, request: ApiRequest, attempt: number): number | undefined {
		return retryDelay(failure, request, attempt, clock.now(), Math.random);
	}

	/** Another item has ended the run: nothing more is sent. */
	abandon(): void {
		this.end.abort();
	}

	private stopIfCancelled(): void {
		if (this.cancelled?.aborted) throw new NodeOperationError(this.context.getNode(), cancelText);
		if (this.end.signal.aborted) throw new Abandoned('The run ended before this was sent');
	}

	/** Lets the first request of a run without a token go alone, so that it signs in for all. */
	private async attempt(request: ApiRequest): Promise<Answer | ReadFailure> {
		const { tokenProperty } = this.provider;
		while (this.firstLogin) await this.firstLogin;
		if (this.refusal) return this.refusal;
		if (tokenProperty === undefined || this.credentials[tokenProperty]) {
			return await this.sendOnce(request);
		}
		const outcome = this.sendOnce(request);
		this.firstLogin = outcome.then(
			() => undefined,
			() => undefined,
		);
		try {
			return await outcome;
		} finally {
			this.firstLogin = undefined;
		}
	}

	private async sendOnce(request: ApiRequest): Promise<Answer | ReadFailure> {
		const options = this.toOptions(request);
		// A file may take its time as long as it comes
		const isTimeOver = request.binary
			? () => false
			: limitTime(options, request.timeout ?? this.limits.timeout, this.deadlines);
		// Each request gets its own copy: the login sees the token that this request was sent with
		const data = { ...this.credentials };
		const sentWith = data[this.provider.tokenProperty ?? ''];
		try {
			const response: unknown = await this.context.helpers.httpRequestWithAuthentication.call(
				this.context,
				this.provider.credential,
				options,
				{ credentialsDecrypted: { id: '', name: '', type: this.provider.credential, data } },
			);
			this.refusedInARow = 0;
			return this.judge(request, response);
		} catch (error) {
			const failure = readFailure(error);
			// Also a refusal is none before it has come whole
			if (failure.code === 'ERR_CANCELED' && isTimeOver()) {
				return { code: 'ETIMEDOUT', message: failure.message, login: false };
			}
			this.countRefusal(failure);
			return failure;
		} finally {
			this.adopt(sentWith, data);
		}
	}

	/** Takes over a token that was renewed while a request ran, unless another request was faster. */
	private adopt(sentWith: unknown, data: ICredentialDataDecryptedObject): void {
		const { tokenProperty } = this.provider;
		if (tokenProperty === undefined || this.credentials[tokenProperty] !== sentWith) return;
		if (data[tokenProperty] !== sentWith) Object.assign(this.credentials, data);
	}

	/** Stops asking when the service refuses every fresh sign-in, instead of one login for each item. */
	private countRefusal(failure: ReadFailure): void {
		if (failure.login) this.refusal = failure;
		if (failure.status !== 401) return;
		this.refusedInARow++;
		if (this.refusedInARow >= mostRefusedInARow) this.refusal = failure;
	}

	private judge(request: ApiRequest, response: unknown): Answer | ReadFailure {
		const full = isObject(response) ? response : {};
		const answer: Answer = {
			status: typeof full.statusCode === 'number' ? full.statusCode : 0,
			headers: toHeaders(full.headers),
			body: full.body,
		};
		const refusal = this.provider.refusal?.(answer);
		if (refusal) {
			return { status: answer.status, reason: refusal, message: '', login: false };
		}
		const { status, headers, body } = answer;
		if (request.binary || typeof body !== 'string' || body.trim() === '') return answer;
		if (isBrokenJson(headers, body)) {
			return { code: 'ERR_BAD_RESPONSE', message: 'The answer was cut off', login: false };
		}
		if (!request.text) return { status, body, unreadable: true, message: '', login: false };
		return answer;
	}

	/**
	 * Joins path and base URL. An absolute address must be on the base URL's origin: the sign-in goes there only. A path
	 * must lead where it says: ids and links of an answer are in it as well, which nobody has checked.
	 */
	private address(path: string): string {
		if (path.startsWith('/') && !path.startsWith('//')) {
			if (!detour.test(path)) return `${this.baseUrl}${path}`;
			throw new NodeOperationError(
				this.context.getNode(),
				'An address that leads elsewhere than it says was not followed',
				{ description: 'There is “..” or “.”, a backslash, a # or a line break in it.' },
			);
		}
		const target = URL.canParse(path) ? new URL(path) : undefined;
		if (target?.origin === this.base.origin && target.username + target.password === '') {
			return target.href;
		}
		throw new NodeOperationError(
			this.context.getNode(),
			`An address of another host was not followed: ${target?.origin ?? 'not a URL'}`,
			{ description: `Requests go to ${this.base.origin} only, the host of the credential.` },
		);
	}

	private toOptions(request: ApiRequest): IHttpRequestOptions {
		return {
			method: request.method,
			url: this.address(request.path),
			headers: {
				...(needsJsonType(request) && { 'Content-Type': 'application/json' }),
				...(Buffer.isBuffer(request.body) && { 'Content-Type': 'application/octet-stream' }),
				...request.headers,
			},
			...(request.query && { qs: encodeQuery(request.query), arrayFormat: 'repeat' }),
			...encodeBody(request),
			...(request.binary ? { encoding: 'arraybuffer' } : { json: true }),
			returnFullResponse: true,
			timeout: request.timeout ?? this.limits.timeout,
			// None of the services redirects; a redirect would carry the sign-in elsewhere or turn POST into GET
			disableFollowRedirect: true,
			sendCredentialsOnCrossOriginRedirect: false,
			allowedDomains: allowedDomains(this.credentials),
		};
	}
}
