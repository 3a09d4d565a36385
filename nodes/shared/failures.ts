import type { ICredentialDataDecryptedObject, INode, JsonObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { isObject, text } from './json';
import type { ApiRequest, Provider, Reason } from './operation';
import type { Failure } from './retry';
import { isUnpackFailure, mayHaveBeenProcessed, parseRetryAfter } from './retry';

/** A failed request as n8n's HTTP helper reports it, taken apart. */
export interface ReadFailure extends Failure {
	body?: unknown;
	headers?: Record<string, string>;
	/** The reason, where it has been read already. */
	reason?: Reason;
	/** What to do, where it is known already. */
	advice?: string;
	/** A 2xx answer that is not what the API gives. */
	unreadable?: boolean;
	/** The network layer's or the login's own sentence. */
	message: string;
	/** Signing in did not work; nothing was sent to the API itself. */
	login: boolean;
}

/** The longest piece of a service's text that is shown. */
const longestText = 600;

const certificateCodes = new Set([
	'CERT_HAS_EXPIRED',
	'CERT_UNTRUSTED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Headers with names in lower case, from whatever the HTTP client gives. */
export function toHeaders(headers: unknown): Record<string, string> {
	if (!isObject(headers)) return {};
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}

/** Whether the server's certificate was refused. */
export function isCertificateFailure(code: string | undefined): boolean {
	return code !== undefined && certificateCodes.has(code);
}

/**
 * Finds status, headers, body and network code in what n8n's helper throws: an error that wraps the HTTP
 * client's one. Read by shape, not by class, because two copies of n8n-workflow may be loaded.
 */
export function readFailure(error: unknown): ReadFailure {
	const failure: ReadFailure = { message: '', login: false };
	let current: unknown = error;
	for (let depth = 0; depth < 5 && isObject(current); depth++) {
		const { response, code, syscall, loginFailed, message, cause } = current;
		if (loginFailed === true) failure.login = true;
		if (isObject(response) && failure.status === undefined) {
			// The HTTP client reports a 2xx answer that broke off with its status; that status refused nothing
			const { status } = response;
			if (typeof status === 'number' && (status < 200 || status > 299)) failure.status = status;
			failure.body = fromBytes(response.data);
			failure.headers = toHeaders(response.headers);
			failure.retryAfter = text(failure.headers['retry-after']);
		}
		failure.code ??= typeof code === 'string' ? code : undefined;
		failure.syscall ??= typeof syscall === 'string' ? syscall : undefined;
		// The innermost sentence is the one that n8n has not replaced by a general one
		failure.message = text(message) ?? failure.message;
		current = cause;
	}
	return failure;
}

/** A refusal of a binary request comes as bytes, whatever it holds. */
function fromBytes(body: unknown): unknown {
	if (!Buffer.isBuffer(body)) return body;
	const words = body.toString('utf8', 0, 100_000);
	try {
		return JSON.parse(words) as unknown;
	} catch {
		return words;
	}
}

function shorten(words: string): string {
	const line = words.replace(/\s+/g, ' ').trim();
	return line.length > longestText ? `${line.slice(0, longestText)}…` : line;
}

/** Names a page by its title: its mark-up helps nobody. */
function readHtml(page: string): string {
	const title = text(
		/<title[^>]*>([^<]*)<\/title>/i.exec(page)?.[1] ?? /<h1[^>]*>([^<]*)<\/h1>/i.exec(page)?.[1],
	);
	return title ? `an HTML page with the title “${shorten(title)}”` : 'an HTML page';
}

const looksLikeHtml = (body: string) =>
	/^\s*(<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*)*<(!doctype html|html|head|body)\b/i.test(body);

/** Details of a refusal: a list of texts or objects, or a map from field to one text or several. */
function readDetails(details: unknown): string[] {
	const words = text(details);
	if (words !== undefined) return [words];
	if (Array.isArray(details)) {
		return details.flatMap((entry) => {
			if (!isObject(entry)) return readDetails(entry);
			const words =
				text(entry.message) ?? text(entry.description) ?? text(entry.detail) ?? text(entry.msg);
			const field = text(entry.field) ?? text(entry.name);
			return words ? [field ? `${field}: ${words}` : words] : [];
		});
	}
	if (!isObject(details)) return [];
	return Object.entries(details).flatMap(([field, value]) =>
		readDetails(value).map((words) => `${field}: ${words}`),
	);
}

/**
 * Reads the reason out of a body in the shapes that HTTP services use: plain text, an HTML page, a problem
 * document (RFC 9457), an OAuth refusal (RFC 6749, section 5.2), or `message`, `error`, `errors`.
 */
export function readReason(body: unknown): Reason {
	if (typeof body === 'string') {
		if (looksLikeHtml(body)) return { message: readHtml(body) };
		return { message: text(body) ? shorten(body) : undefined };
	}
	if (Array.isArray(body)) return { message: shorten(readDetails(body).join('; ')) || undefined };
	if (!isObject(body)) return {};
	const nested = isObject(body.error) ? readReason(body.error) : {};
	const main =
		text(body.message) ??
		text(body.error_description) ??
		text(body.detail) ??
		nested.message ??
		text(body.title) ??
		text(body.error);
	const lists = [body.errors, body.violations, body.message, body.detail];
	const details = lists.flatMap(readDetails).filter((words) => words !== main);
	const heading = details.length > 0 ? main?.replace(/[.:]$/, '') : main;
	const message = [heading, details.join('; ')].filter(Boolean).join(': ');
	return {
		message: message ? shorten(message) : undefined,
		code:
			text(body.error_code) ??
			text(body.code) ??
			(main === text(body.error) ? undefined : text(body.error)) ??
			nested.code,
		trace: text(body.trace_id) ?? text(body.traceId) ?? text(body.request_id) ?? nested.trace,
	};
}

/** The inside of a text in JSON as JavaScript writes it, and with slashes and other letters escaped as PHP does. */
function jsonFormsOf(words: string): string[] {
	const json = JSON.stringify(words).slice(1, -1);
	const ascii = json.replace(
		/[^ -~]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
	return [json, ascii].flatMap((form) => [form, form.replaceAll('/', '\\/')]);
}

function htmlFormsOf(words: string): string[] {
	const html = words
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
	return ["'", '&#39;', '&#039;'].map((apostrophe) => html.replaceAll("'", apostrophe));
}

function base64FormsOf(words: string): string[] {
	const bytes = Buffer.from(words);
	const base64 = bytes.toString('base64');
	return [base64, base64.replace(/=+$/, ''), bytes.toString('base64url')];
}

/** Percent-encoding; the letters of the codes are written in either case. */
const inEitherCase = (form: string) => [
	form,
	form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
];

/** Every way in which a secret may be written: plain, in an address, a form, JSON, HTML, base64, a Basic sign-in. */
function formsOf(secret: string, others: string[]): string[] {
	const wellFormed = secret.replace(/\p{Cs}/gu, '\ufffd');
	const json = jsonFormsOf(secret);
	const all = [
		secret,
		...inEitherCase(encodeURIComponent(wellFormed)),
		...inEitherCase(new URLSearchParams({ s: secret }).toString().slice(2)),
		...json,
		// A text in JSON that is a text in JSON again
		...json.flatMap(jsonFormsOf),
		...htmlFormsOf(secret),
		...base64FormsOf(secret),
		...others.flatMap((user) => base64FormsOf(`${user}:${secret}`)),
	];
	return [...new Set(all)];
}

/** The written forms of all secrets of a credential, longest first. */
function secretsOf(credentials: ICredentialDataDecryptedObject): string[] {
	const entries = Object.entries(credentials).filter(
		(entry): entry is [string, string] => typeof entry[1] === 'string',
	);
	const users = entries.map(([, value]) => value).filter((value) => value.length < 200);
	return (
		entries
			.filter(
				([name, value]) => value.length >= 6 && /password|secret|token|key|passphrase/i.test(name),
			)
			.flatMap(([, value]) => formsOf(value, users))
			// A secret that begins like another one would leave the other's end
			.sort((a, b) => b.length - a.length)
	);
}

function takeOut(words: string, secrets: string[]): string {
	let clean = words;
	for (const secret of secrets) clean = clean.replaceAll(secret, '•••');
	return (
		clean
			.replace(/\b(Basic|Bearer) [\w.~+/=-]{16,}/gi, '$1 •••')
			// A JSON web token, also one that the credential no longer holds
			.replace(/\beyJ[\w-]{8,}\.[\w.-]{8,}/g, '•••')
	);
}

/** Takes the credential's secrets out of a text that a service may have echoed. */
export function redact(words: string, credentials: ICredentialDataDecryptedObject): string {
	return takeOut(words, secretsOf(credentials));
}

/** The same for every text of a body and every name in it, before they are shortened or joined. */
export function redactBody(body: unknown, credentials: ICredentialDataDecryptedObject): unknown {
	const secrets = secretsOf(credentials);
	const clean = (value: unknown): unknown => {
		if (typeof value === 'string') return takeOut(value, secrets);
		if (Array.isArray(value)) return value.map(clean);
		if (!isObject(value)) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, member]) => [takeOut(name, secrets), clean(member)]),
		);
	};
	if (typeof body === 'string') return takeOut(body, secrets);
	if (!isObject(body) && !Array.isArray(body)) return body;
	return clean(JSON.parse(JSON.stringify(body)));
}

/** Whether the service says that its refusal will not change. */
export function isFinal({ status, body }: ReadFailure, provider: Provider): boolean {
	return status !== undefined && provider.isFinal?.({ status, body }) === true;
}

/** What to do, for failures that mean the same with every service. */
function commonAdvice(failure: ReadFailure, provider: Provider): string {
	const { status, code } = failure;
	if (failure.unreadable) {
		return 'Check the URL in the credential: something else than the API seems to answer there.';
	}
	if (status === 401) return `Check the ${provider.displayName} credential and sign in again.`;
	if (status === 403) {
		return 'The account of the credential may not do this. Check its roles and permissions.';
	}
	if (status === 404)
		return 'Check the ID: nothing was found under it, or the account may not see it.';
	if (status === 429) {
		return 'The service limits how many requests it takes. Lower “Requests in Flight” in the options, or try again later.';
	}
	if (status !== undefined && status >= 300 && status < 400) {
		return 'The service points to another address, which is not followed so that the sign-in stays where it belongs. Check the URL in the credential.';
	}
	if (status !== undefined && status >= 500) {
		return 'The service could not process the request at this time. Try again later.';
	}
	if (status !== undefined) return 'Check the values of this item.';
	if (code === 'ENOTFOUND') return 'There is no such host. Check the URL in the credential.';
	if (code === 'ECONNREFUSED')
		return 'Nothing answers at this address. Check the URL in the credential, or try again later.';
	if (isCertificateFailure(code)) {
		return 'The certificate of the server is not trusted. Check the URL in the credential.';
	}
	if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') {
		return 'Raise “Request Timeout” in the options, or try again later.';
	}
	return 'Check the URL in the credential and the network of this n8n, or try again later.';
}

function whatHappened(failure: ReadFailure, reason: Reason, provider: Provider): string {
	const service = provider.displayName;
	if (failure.unreadable) {
		return `${service} answered with something that is not JSON: ${reason.message ?? 'nothing'}`;
	}
	if (reason.message) return reason.message;
	if (failure.status !== undefined) {
		return failure.status >= 300 && failure.status < 400
			? `${service} answered with a redirect (status ${failure.status})`
			: `${service} answered with status ${failure.status} and no explanation`;
	}
	if (failure.code === 'ENOTFOUND') return `The host of ${service} was not found`;
	if (failure.code === 'ECONNREFUSED') return `${service} refused the connection`;
	if (isCertificateFailure(failure.code))
		return `The certificate of ${service} was not accepted (${failure.code})`;
	if (failure.code === 'ECONNABORTED' || failure.code === 'ETIMEDOUT') {
		return `${service} did not answer in time`;
	}
	if (failure.code === 'ERR_BAD_RESPONSE') return `The answer of ${service} was cut off`;
	if (isUnpackFailure(failure.code)) {
		return `The answer of ${service} could not be unpacked (${failure.code})`;
	}
	if (failure.code) return `The connection to ${service} was lost (${failure.code})`;
	return failure.message || `${service} could not be reached`;
}

/**
 * Turns a failed request into the error that users see: what happened in the service's words, what to do,
 * and the facts that the service's support asks for. It carries no request, no headers and no cause, because
 * n8n stores errors with the execution and those hold the sign-in.
 */
export function toNodeError(
	node: INode,
	provider: Provider,
	credentials: ICredentialDataDecryptedObject,
	request: ApiRequest,
	failure: ReadFailure,
	now: number,
): NodeApiError {
	const body = redactBody(failure.body, credentials);
	const reason: Reason = failure.login
		? { message: failure.message }
		: (failure.reason ?? {
				...readReason(body),
				...provider.reason?.(body, failure.headers ?? {}),
			});
	const message = redact(whatHappened(failure, reason, provider), credentials);
	const { status, code } = failure;
	const unclear =
		!failure.login &&
		request.repeatable !== true &&
		!isFinal(failure, provider) &&
		(failure.unreadable === true || mayHaveBeenProcessed(failure));
	const wait = parseRetryAfter(failure.retryAfter, now);
	const facts = [
		status === undefined ? undefined : `status ${status}`,
		reason.code && reason.code !== String(status) ? `code ${reason.code}` : undefined,
		reason.trace && `trace ID ${reason.trace}`,
		status === 429 && wait !== undefined
			? `retry after ${Math.ceil(wait / 1000)} seconds`
			: undefined,
	].filter(Boolean);
	const description = [
		unclear &&
			'It cannot be known whether the service carried this out, so it was not sent again. Look there before you repeat it.',
		failure.login
			? `Check the ${provider.displayName} credential.`
			: (failure.advice ??
				provider.advice?.({ status, code, reason, request }) ??
				commonAdvice(failure, provider)),
		facts.length > 0 && !failure.login && `(${facts.join(', ')})`,
	]
		.filter(Boolean)
		.join(' ');
	const response: JsonObject = { message };
	const error = new NodeApiError(node, response, {
		message,
		description: redact(description, credentials),
		httpCode: status === undefined ? (code ?? undefined) : String(status),
	});
	// n8n replaces texts that contain certain letters, "eperm" among them, by its own
	error.message = message;
	return error;
}
