import { UserError } from 'n8n-workflow';

import { isSecure, secureUrl } from '../../nodes/shared/urls';

const read = (value: unknown) => secureUrl(value, 'Factory URL');

it.each([
	['https://www.example.com', 'https://www.example.com'],
	['https://www.example.com/', 'https://www.example.com'],
	['  https://www.example.com/api/v1//  ', 'https://www.example.com/api/v1'],
	['https://www.example.com:8443/api?x=1#part', 'https://www.example.com:8443/api'],
	['HTTPS://WWW.Example.COM/Path', 'https://www.example.com/Path'],
	['https://www.example.com:443', 'https://www.example.com'],
	['http://localhost:8080/', 'http://localhost:8080'],
	['http://127.0.0.1:8080/api', 'http://127.0.0.1:8080/api'],
	['http://127.1.2.3', 'http://127.1.2.3'],
	['http://127.10.200.30', 'http://127.10.200.30'],
	['http://[::1]:8080', 'http://[::1]:8080'],
])('reads %p as %p', (given, expected) => {
	expect(read(given)).toBe(expected);
});

it.each(['', '   ', undefined, null, 5, {}])('says that %p is empty', (given) => {
	expect(() => read(given)).toThrow(new UserError('“Factory URL” in the credential is empty'));
});

it.each([
	'www.example.com',
	'https://',
	'https://exa mple.com',
	'http://[::1',
	'//www.example.com',
])('says that %p is not a URL', (given) => {
	expect(() => read(given)).toThrow(
		new UserError('“Factory URL” in the credential is not a URL. Write it with https:// in front.'),
	);
});

it.each([
	'http://www.example.com',
	'http://127.0.0.1.example.com',
	'http://localhost.example.com',
	'http://xlocalhost',
	'http://128.0.0.1',
	'http://0.0.0.0',
	'http://[::2]',
	'http://user@www.example.com',
	'ftp://localhost',
	'file:///etc/hosts',
	'ws://localhost',
	'localhost:8080',
	'javascript:alert(1)',
])('refuses %p, over which secrets would travel in the open', (given) => {
	expect(() => read(given)).toThrow(
		new UserError('“Factory URL” in the credential must start with https://'),
	);
});

it.each([
	'https://user@www.example.com',
	'https://user:word@www.example.com',
	'https://:word@www.example.com',
	'http://user:word@localhost',
])('refuses %p: a sign-in has fields of its own', (given) => {
	expect(() => read(given)).toThrow(
		new UserError('“Factory URL” in the credential must not hold a user name or password'),
	);
});

it.each([
	['https://www.example.com/upload?signature=x', true],
	['http://localhost:8080/upload', true],
	['http://127.0.0.1:8080/upload', true],
	['http://[::1]:8080/upload', true],
	['http://www.example.com/upload', false],
	['http://127.0.0.1.example.com', false],
	['ftp://localhost', false],
])('tells whether secrets may go to %p', (url, expected) => {
	expect(isSecure(new URL(url))).toBe(expected);
});

it('throws errors that n8n shows as the user’s to correct', () => {
	expect(() => read('')).toThrow(UserError);
});
