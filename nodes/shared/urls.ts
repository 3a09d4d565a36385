import { UserError } from 'n8n-workflow';

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host name stands for this machine. */
export const isLoopback = (hostname: string) => loopback.test(hostname);

/** Whether secrets may be sent to an address: https, or http on this machine for tests. */
export function isSecure(url: URL): boolean {
	return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/**
 * Reads an address that secrets are sent to: https, or http on this machine for tests.
 * @param name the field that holds it, for the message
 * @returns the address without trailing slashes, query and fragment
 * @throws UserError in words
 */
export function secureUrl(value: unknown, name: string): string {
	const words = typeof value === 'string' ? value.trim() : '';
	if (words === '') throw new UserError(`“${name}” in the credential is empty`);
	if (!URL.canParse(words)) {
		throw new UserError(
			`“${name}” in the credential is not a URL. Write it with https:// in front.`,
		);
	}
	const url = new URL(words);
	if (!isSecure(url)) {
		throw new UserError(`“${name}” in the credential must start with https://`);
	}
	if (url.username !== '' || url.password !== '') {
		throw new UserError(`“${name}” in the credential must not hold a user name or password`);
	}
	return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
