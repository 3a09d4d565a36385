/** Files that are moved to and from addresses which a service hands out, where the sign-in has no business. */
import { inspect } from 'node:util';
import type { Transfer } from '../../nodes/shared/operation';
import { compile } from '../../nodes/shared/properties';
import { nodeOf, shelf } from '../support/provider.mts';
import { closedAddress } from '../support/server.mts';
import { useShelf } from '../support/shelf.mts';
import { turnClock } from '../support/time.mts';

const test = useShelf();
const signature = 'X-Signature=inventedSignature';

/** Runs a node whose one operation makes this transfer and gives what came back. */
async function move(transfer: Transfer) {
	const catalog = compile({
		...shelf,
		locators: {},
		resources: [
			{
				name: 'File',
				value: 'file',
				operations: [
					{
						name: 'Move',
						value: 'move',
						action: 'Move file',
						description: 'Move a file',
						operationId: [],
						request: { method: 'GET', path: '/none' },
						output: { kind: 'item' },
						run: async (call) => {
							const { status, headers, body } = await call.transfer(transfer);
							const isBytes = Buffer.isBuffer(body);
							return { status, type: headers['content-type'], isBytes, text: String(body) };
						},
					},
				],
			},
		],
	});
	test.node = nodeOf(catalog);
	return await test.run('file', 'move');
}
const address = (path = '/bucket/a.csv') => `${test.server.url}${path}?${signature}`;

it('fetches bytes without the sign-in', async () => {
	test.server.answer([{ body: Buffer.from('a,b\n') }]);
	const { items, error } = await move({ method: 'GET', url: address() });
	expect(error).toBeUndefined();
	expect(items[0]?.json).toEqual({
		status: 200,
		type: 'application/octet-stream',
		isBytes: true,
		text: 'a,b\n',
	});
	const [request] = test.server.received;
	expect(request).toMatchObject({ method: 'GET', url: `/bucket/a.csv?${signature}` });
	expect(request?.headers).not.toHaveProperty('authorization');
	expect(request?.headers).not.toHaveProperty('x-shaped');
	expect(test.logins()).toEqual([]);
});

it('puts bytes as they are, with the headers that were given', async () => {
	const body = Buffer.from([0, 255, 10, 13, 0xc3, 0x28]);
	const headers = { 'Content-Type': 'text/csv' };
	const { error } = await move({ method: 'PUT', url: address(), headers, body });
	expect(error).toBeUndefined();
	const [request] = test.server.received;
	expect(request?.method).toBe('PUT');
	expect(request?.bytes.equals(body)).toBe(true);
	expect(request?.headers).toMatchObject({ 'content-type': 'text/csv', 'content-length': '6' });
	expect(request?.headers).not.toHaveProperty('authorization');
});

it.each([
	['a passing refusal', { status: 503 }, 2],
	['a limit', { status: 429, headers: { 'Retry-After': '3' } }, 2],
	['a lost answer', { fault: 'reset after reading' as const }, 2],
])('tries again after %s', async (_title, first, requests) => {
	const turned = turnClock();
	test.server.answer([first, { status: 200, body: 'done' }]);
	const body = Buffer.from('a');
	const { items, error } = await move({ method: 'PUT', url: address(), body });
	expect(error).toBeUndefined();
	expect(items[0]?.json.text).toBe('done');
	expect(test.server.received).toHaveLength(requests);
	expect(test.server.received.every(({ bytes }) => bytes.equals(body))).toBe(true);
	expect(turned.slept).toHaveLength(1);
});

it('gives up after some attempts, and tells nothing of the address', async () => {
	turnClock();
	test.server.answer([{ status: 503, body: `<Error>${signature}</Error>` }]);
	const { run, error } = await move({ method: 'PUT', url: address(), body: Buffer.from('a') });
	expect(test.server.received).toHaveLength(5);
	expect(error?.message).toBe('The file store of Shelf did not answer as it should (status 503)');
	for (const written of [JSON.stringify(run), inspect(run, { depth: 20, showHidden: true })]) {
		expect(written).not.toContain('inventedSignature');
		expect(written).not.toContain('/bucket/');
	}
});

it.each([400, 403, 404, 302])('does not repeat a refusal with %i, nor shows it', async (status) => {
	const slept = turnClock().slept;
	const headers = status === 302 ? { Location: address('/elsewhere') } : undefined;
	test.server.answer([{ status, headers, body: `Denied: ${signature}` }]);
	const { run, error } = await move({ method: 'GET', url: address() });
	expect(test.server.received).toHaveLength(1);
	expect(slept).toEqual([]);
	expect(error?.message).toContain(`(status ${status})`);
	// Not what would help with the API itself: roles, values, credential
	expect(error?.description).toMatch(
		/^Such addresses hold for a short time only\. Run the operation again/,
	);
	expect(inspect(run, { depth: 20, showHidden: true })).not.toContain('inventedSignature');
});

it('says in words that nobody answers', async () => {
	turnClock();
	const url = `${await closedAddress()}/bucket?${signature}`;
	const { run, error } = await move({ method: 'GET', url });
	expect(error?.message).toBe('Shelf refused the connection');
	expect(inspect(run, { depth: 20, showHidden: true })).not.toContain('inventedSignature');
});

it.each(['http://files.example/a', 'ftp://files.example/a', 'files', ''])(
	'refuses an address that is not secure: %j',
	async (base) => {
		const { error } = await move({ method: 'GET', url: base && `${base}?${signature}` });
		expect(error?.message).toBe('Shelf handed out an address that is not secure');
		expect(JSON.stringify(error)).not.toContain('inventedSignature');
		expect(test.server.received).toEqual([]);
	},
);
