import { NodeApiError } from 'n8n-workflow';

import { at, isObject, text } from '../shared/json';
import type { Answer, Reason } from '../shared/operation';

/** Codes of the application, sent with status 200. */
export const codes = {
	success: 2000,
	notAuthorised: 3001,
	unexpected: 5000,
	handled: 5001,
	invalid: 5002,
};

const unexplained: Record<number, string> = {
	[codes.notAuthorised]: 'WarpURL does not authorise this',
	[codes.unexpected]: 'WarpURL could not carry this out',
	[codes.handled]: 'WarpURL refused this without an explanation',
	[codes.invalid]: 'WarpURL did not accept a value and does not say which',
};

/** The text of a refusal: the documentation and the author's published backends put it in different places. */
function explanation(body: unknown): string | undefined {
	const data = at(body, 'data');
	const detail = at(body, 'control.data');
	return (
		(typeof data === 'string' ? text(data) : text(at(data, 'message'))) ??
		(typeof detail === 'string' ? text(detail) : text(at(detail, 'message'))) ??
		(isObject(detail) || Array.isArray(detail) ? JSON.stringify(detail) : undefined)
	);
}

/** Why an answer with status 200 is a refusal; undefined for a success and for what is not JSON at all. */
export function readRefusal({ body }: Pick<Answer, 'body'>): Reason | undefined {
	if (body === undefined || body === null || body === '') {
		return { message: 'WarpURL answered without a body' };
	}
	if (typeof body === 'string' || Buffer.isBuffer(body)) return undefined;
	const code = Number(at(body, 'control.ResponseCode'));
	if (code === codes.success) return undefined;
	if (!Number.isInteger(code)) {
		return { message: 'The answer has no control block, so it is not from the WarpURL API' };
	}
	return {
		message: explanation(body) ?? unexplained[code] ?? `WarpURL answered with code ${code}`,
		code: String(code),
		trace: text(at(body, 'control.TraceID')),
	};
}

/** Whether an error is a refusal of the application with one of these codes. */
export function isRefusedWith(error: unknown, ...wanted: number[]): boolean {
	if (!(error instanceof NodeApiError) || error.httpCode !== '200') return false;
	return wanted.some((code) => error.description?.includes(`code ${code}`));
}
