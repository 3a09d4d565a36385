/** Imports of links, and QR codes, through n8n's engine against the simulator. */
import { crc32, inflateSync } from 'node:zlib';
import type { IBinaryKeyData, IDataObject, INodeParameters } from 'n8n-workflow';
import nock from 'nock';
import { WarpUrlApi } from '../../credentials/WarpUrlApi.credentials.ts';
import type { Simulator } from '../../demo/simulators/support.mts';
import { createWarpUrlSimulator } from '../../demo/simulators/warpUrl.mts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import { WarpUrl } from '../../nodes/WarpUrl/WarpUrl.node.ts';
import type { NodeRun } from '../support/engine.mts';
import { runNode } from '../support/engine.mts';

const START = Date.UTC(2025, 2, 11, 8, 15, 42, 107);
let now = START;
let simulator: Simulator;
let credential: IDataObject;

const attempt = async (
	what: string,
	parameters: INodeParameters = {},
	more: Partial<NodeRun> = {},
) => {
	const [resource = '', operation = ''] = what.split(':');
	return await runNode({
		node: new WarpUrl(),
		credentialType: new WarpUrlApi(),
		credential: credential as NodeRun['credential'],
		parameters: { resource, operation, ...parameters },
		...more,
	});
};
const run = async (...given: Parameters<typeof attempt>): Promise<IDataObject[]> => {
	const { items, error } = await attempt(...given);
	expect(error).toBeUndefined();
	return items.map(({ json }) => json);
};
const refusalOf = async (...given: Parameters<typeof attempt>) => {
	const { error } = await attempt(...given);
	return { message: error?.message, description: error?.description };
};
const requests = () => simulator.requests.filter(({ path }) => !path.endsWith('get_token'));
const paths = () => requests().map(({ method, path }) => `${method} ${path.replace('/prod', '')}`);
const csv = (content: string | Buffer, fileName = 'spring.csv'): { files: IBinaryKeyData[] } => ({
	files: [
		{
			data: { data: Buffer.from(content).toString('base64'), mimeType: 'text/csv', fileName },
		},
	],
});
const columns = (values: Record<string, unknown>) => ({
	columns: {
		column: Object.entries(values).map(([name, value]) => ({ name, value })),
	} as INodeParameters,
});
const perItem = columns({ 'Long URL': '={{ $json.url }}', 'Short URL': '={{ $json.slug }}' });

beforeEach(async () => {
	now = START;
	forgetLogins();
	jest.spyOn(clock, 'now').mockImplementation(() => now);
	jest.spyOn(clock, 'sleep').mockImplementation(async (milliseconds) => {
		now += milliseconds;
		await Promise.resolve();
	});
	simulator = await createWarpUrlSimulator({ clock: () => now, jobSeconds: 8, links: 3 });
	credential = { ...simulator.credential } as IDataObject;
});
afterEach(async () => {
	jest.restoreAllMocks();
	expect(nock.pendingMocks()).toEqual([]);
	nock.cleanAll();
	expect(simulator.faults).toEqual([]);
	await simulator.close();
});

describe('a file', () => {
	const file =
		'Long URL,Short URL,Name,Tags\r\n' +
		'https://a.example/1,/one,"One, the ""first""\r\nof two",2025;Product\r\n' +
		'ftp://a.example/2,/two,,\r\n' +
		'https://a.example/3,/offer-1,Taken,\r\n' +
		'https://a.example/4,,Any slug,\r\n';

	it('is uploaded without the sign-in and waited for, and its refused rows are named', async () => {
		const [done] = await run('import:importFile', { simple: false }, csv(file));
		expect(done).toMatchObject({
			import_status: 'SUCCESSFUL',
			file_name: 'spring.csv',
			file_size: String(Buffer.byteLength(file)),
			total_rows: 4,
			total_error: 2,
			total_success: 2,
			failed_rows: [
				{
					row: 3,
					error: 'Long URL must start with http:// or https://',
					values: { 'Long URL': 'ftp://a.example/2', 'Short URL': '/two', Name: '', Tags: '' },
				},
				{
					row: 4,
					error: 'Short URL is already taken',
					values: { 'Long URL': 'https://a.example/3', 'Short URL': '/offer-1' },
				},
			],
		});
		const upload = requests().find(({ method }) => method === 'PUT');
		expect(upload?.headers).not.toHaveProperty('authorization');
		expect(upload?.headers).not.toHaveProperty('x-api-key');
		expect(upload?.headers['content-type']).toBe('text/csv');
		const fetched = requests().find(({ method }) => method === 'GET');
		expect(fetched?.path).toContain('/processed/');
		expect(fetched?.headers).not.toHaveProperty('authorization');
		expect(fetched?.headers).not.toHaveProperty('x-api-key');
		const [link] = await run('link:find', { linkId: { __rl: true, mode: 'id', value: '/one' } });
		expect(link?.name).toBe('One, the "first"\r\nof two');
	});

	it('without refused rows is not read again', async () => {
		const [done] = await run('import:importFile', {}, csv('Long URL\nhttps://a.example\n'));
		expect(done).toMatchObject({ total_rows: 1, total_error: 0, failed_rows: [] });
		expect(paths().filter((path) => path.startsWith('GET'))).toEqual([]);
	});

	it('never shows the addresses that open it', async () => {
		const { run: stored } = await attempt('import:importFile', { simple: false }, csv(file));
		expect(JSON.stringify(stored)).not.toContain('X-Amz');
		const [early] = await run(
			'import:importFile',
			{ simple: false, waitForCompletion: false },
			csv(file),
		);
		expect(JSON.stringify(early)).not.toContain('X-Amz');
		expect(early).toMatchObject({ import_status: 'QUEUED', file_name: 'spring.csv' });
	});

	it('is not waited for when that is turned off', async () => {
		await run('import:importFile', { waitForCompletion: false }, csv(file));
		expect(paths()).toEqual([
			'POST /db_import/create',
			expect.stringMatching(/^PUT \/bucket\/imports\//) as string,
		]);
	});

	it('has ISO times by option, simplified too', async () => {
		const options = { isoTimes: true };
		const [done] = await run('import:importFile', { simple: true, options }, csv(file));
		expect(Object.keys(done ?? {}).sort()).toEqual([
			'created_at',
			'created_at_iso',
			'failed_rows',
			'file_name',
			'import_id',
			'import_status',
			'processed_at',
			'processed_at_iso',
			'total_error',
			'total_rows',
		]);
		expect(done?.created_at_iso).toBe('2025-03-11T08:15:42.107Z');
		const [listed] = await run('import:getAll', { simple: true, options });
		expect(listed?.processed_at_iso).toBe(done?.processed_at_iso);
	});

	it('has the name, notes and user of the form', async () => {
		const additionalFields = { fileName: 'other.csv', notes: 'For March', username: 'editor.1' };
		await run('import:importFile', { additionalFields }, csv('Long URL\nhttps://a.example\n'));
		expect(requests()[0]?.body).toMatchObject({
			data: { file_name: 'other.csv', notes: 'For March', username: 'editor.1' },
		});
	});

	it('that WarpURL refuses whole ends in its words', async () => {
		const { message, description } = await refusalOf(
			'import:importFile',
			{},
			csv('Address\nhttps://a.example\n'),
		);
		expect(message).toMatch(
			/^Import #imp#[0-9a-f-]{36} did not succeed: The file needs the column/,
		);
		expect(description).toContain('ERROR_VALIDATION');
	});

	it('is given up after the timeout, with the ID of the import', async () => {
		const { message } = await refusalOf(
			'import:importFile',
			{ options: { timeout: 0.1 } },
			csv(file),
		);
		expect(message).toMatch(/^Import #imp#[0-9a-f-]{36} has not ended after 0.1 minutes/);
	});

	it.each([
		['', 'holds no rows below its header'],
		['Long URL\n\n', 'holds no rows below its header'],
		['Long URL\n"https://a.example\n', 'cannot be read as CSV: Quote Not Closed'],
		[`Long URL\n${'https://a.example\n'.repeat(10_001)}`, 'holds 10001 rows, more than the 10000'],
	])('is looked at before anything is sent: %#', async (content, words) => {
		const { message } = await refusalOf('import:importFile', {}, csv(content));
		expect(message).toContain(words);
		expect(simulator.requests).toEqual([]);
	});

	it('may be larger where WarpURL has raised the limit', async () => {
		const content = 'Long URL\nhttps://a.example\nhttps://b.example\n';
		const { message } = await refusalOf(
			'import:importFile',
			{ options: { maxRows: 1 } },
			csv(content),
		);
		expect(message).toContain('holds 2 rows, more than the 1');
		expect(await run('import:importFile', { options: { maxRows: 2 } }, csv(content))).toHaveLength(
			1,
		);
	});

	it('that is missing is said to be so', async () => {
		const { message } = await refusalOf(
			'import:importFile',
			{ inputBinaryField: 'other' },
			csv(''),
		);
		expect(message).toContain('other');
		expect(simulator.requests).toEqual([]);
	});
});

describe('items', () => {
	it('become links with one import, each answered for itself', async () => {
		const items = [
			{ url: 'https://a.example/1', slug: '/first' },
			{ url: 'https://a.example/2?a="b",c', slug: '/offer-2' },
			{ url: 'https://a.example/3', slug: '' },
		];
		const { items: made, failed } = await attempt('import:importItems', perItem, {
			items,
			onError: 'continueErrorOutput',
		});
		expect(made.map(({ json, pairedItem }) => [json.row, json.imported, pairedItem])).toEqual([
			[2, true, { item: 0 }],
			[4, true, { item: 2 }],
		]);
		expect(failed).toHaveLength(1);
		expect(failed[0]?.json.error).toBe('Short URL is already taken [Item 1]');
		expect(paths().filter((path) => path === 'POST /db_import/create')).toHaveLength(1);
		const uploads = requests().filter(({ method }) => method === 'PUT');
		expect(uploads).toHaveLength(1);
		expect(uploads[0]?.headers).not.toHaveProperty('authorization');
		expect(uploads[0]?.headers).not.toHaveProperty('x-api-key');
		const linkId = { __rl: true, mode: 'id', value: '/first' };
		expect(await run('link:find', { linkId })).toMatchObject([{ long_url: 'https://a.example/1' }]);
	});

	it('stop the run with the first refused row', async () => {
		const items = [
			{ url: 'https://a.example', slug: '/offer-1' },
			{ url: 'https://a.example', slug: '/b' },
		];
		const { message, description } = await refusalOf('import:importItems', perItem, { items });
		expect(message).toBe('Short URL is already taken [Item 0]');
		expect(description).toMatch(/^WarpURL refused this row of import #imp#/);
	});

	it('make a second import from 10,001 rows', async () => {
		const items = Array.from({ length: 10_001 }, (_, index) => ({
			url: `https://a.example/${index}`,
			slug: `/row-${index}`,
		}));
		const made = await run('import:importItems', perItem, { items });
		expect(made).toHaveLength(10_001);
		expect(made.every(({ imported }) => imported === true)).toBe(true);
		expect(new Set(made.map(({ import_id: id }) => id)).size).toBe(2);
		expect(made.at(-1)?.row).toBe(2);
	}, 60_000);

	it('with other columns or another job go in a file of their own', async () => {
		const items = [
			{ url: 'https://a.example/1', file: 'a.csv' },
			{ url: 'https://a.example/2', file: 'b.csv' },
			{ url: 'https://a.example/3', file: 'a.csv' },
		];
		const made = await run(
			'import:importItems',
			{ ...columns({ 'Long URL': '={{ $json.url }}' }), fileName: '={{ $json.file }}' },
			{ items },
		);
		expect(made.map(({ row }) => row)).toEqual([2, 2, 3]);
		expect(made[0]?.import_id).toBe(made[2]?.import_id);
		expect(made[0]?.import_id).not.toBe(made[1]?.import_id);
	});

	it('are not waited for when that is turned off', async () => {
		const items = [{ url: 'https://a.example/1', slug: '/a' }];
		const made = await run(
			'import:importItems',
			{ ...perItem, waitForCompletion: false },
			{ items },
		);
		expect(made).toEqual([
			{ import_id: expect.stringMatching(/^#imp#/) as string, row: 2, imported: null },
		]);
		expect(paths()).toHaveLength(2);
	});

	it('get the reason of an import that failed, each', async () => {
		const items = [{}, {}];
		const { items: output } = await attempt('import:importItems', columns({ Address: 'x' }), {
			items,
			onError: 'continueRegularOutput',
		});
		expect(output.map(({ json }) => String(json.error))).toEqual([
			expect.stringMatching(/did not succeed: The file needs.*\[Item 0\]$/) as string,
			expect.stringMatching(/did not succeed: The file needs.*\[Item 1\]$/) as string,
		]);
	});

	it.each([
		[columns({}), '“Columns” must hold a value'],
		[columns({ Tags: ' ' }), '“Columns” must hold a value'],
		[columns({ 'Long URL': '', Name: 'x' }), 'must hold in “Long URL” an address'],
		[columns({ ' ': 'x' }), '“Columns” must have a name each'],
		[columns({ constructor: '', toString: ' ' }), '“Columns” must hold a value'],
		[
			{ columns: { column: [{ name: '={{ { toString: 1 } }}', value: 'x' }] } },
			'“Columns” must have a name each',
		],
		[
			{
				columns: {
					column: [
						{ name: 'Name', value: 'x' },
						{ name: ' Name ', value: 'y' },
					],
				},
			},
			'“Columns” must differ, but “Name” is there twice',
		],
		[columns({ Tags: '={{ ["a"] }}' }), '“Columns” must hold text, but “Tags” is a list'],
		[columns({ Name: '={{ { a: 1 } }}' }), '“Columns” must hold text, but “Name” is an object'],
		[columns({ Name: 'x'.repeat(101) }), 'must hold in “Name” text of at most 100 characters'],
		[columns({ 'Long URL': 'ftp://a' }), 'must hold in “Long URL” an address'],
		[columns({ 'Short URL': '/a?b' }), 'must hold in “Short URL” at most 255 characters'],
	] as Array<[INodeParameters, string]>)(
		'are checked before anything is sent: %j',
		async (parameters, words) => {
			const { message } = await refusalOf('import:importItems', parameters);
			expect(message).toContain(words);
			expect(simulator.requests).toEqual([]);
		},
	);
});

describe('what the file store does', () => {
	const host = 'https://api.example';
	const store = 'https://files.example';
	const answer = (data: IDataObject): IDataObject => ({ control: { ResponseCode: 2000 }, data });
	const created = answer({
		DbImport: { import_id: '#imp#1', import_status: 'QUEUED' },
		SignedPutUrl: `${store}/put?X-Sig=invented`,
	});
	const items = [{ url: 'https://a.example/1' }, { url: 'https://a.example/2' }];
	const form = columns({ 'Long URL': '={{ $json.url }}' });
	const outcomes = async () => {
		const { items: output } = await attempt('import:importItems', form, {
			items,
			onError: 'continueRegularOutput',
		});
		return output.map(({ json }) => json.error ?? json.imported);
	};
	const ended = (more: IDataObject) =>
		answer({ import_id: '#imp#1', import_status: 'SUCCESSFUL', ...more });
	beforeEach(() => {
		Object.assign(credential, {
			backendUrl: `${host}/prod`,
			sessionToken: 'a.eyJjIjoiI2NsdCN4IiwidSI6IiN1c3IjeCJ9.c',
		});
	});
	const upTo = (job: IDataObject, processed?: string) => {
		nock(host).post('/prod/db_import/create').reply(200, created);
		nock(store)
			.put('/put?X-Sig=invented', 'Long URL\r\nhttps://a.example/1\r\nhttps://a.example/2\r\n')
			.reply(200);
		nock(host)
			.post('/prod/db_import/find', { control: {}, data: { import_id: '#imp#1' } })
			.reply(200, job);
		if (processed !== undefined) nock(store).get('/get?X-Sig=invented').reply(200, processed);
	};
	const withErrors = (count: number) =>
		ended({ total_error: count, SignedFileGetUrlProcessed: `${store}/get?X-Sig=invented` });

	it('may list the refused rows only', async () => {
		upTo(withErrors(1), 'Long URL,Error\nhttps://a.example/2,No such host\n');
		expect(await outcomes()).toEqual([true, 'No such host [Item 1]']);
	});

	it('may give counts as text, and successful rows without the extra column', async () => {
		upTo(
			ended({ total_error: '1', SignedFileGetUrlProcessed: `${store}/get?X-Sig=invented` }),
			'Long URL,Error\nhttps://a.example/1\nhttps://a.example/2,"No, never"\n',
		);
		expect(await outcomes()).toEqual([true, 'No, never [Item 1]']);
	});

	it('may not name all refused rows: then no row is said to be imported', async () => {
		upTo(withErrors(2), 'Long URL,Error\nhttps://a.example/1,No\nhttps://a.example/2,\n');
		expect(await outcomes()).toEqual([
			'No [Item 0]',
			'It is not known whether this row was imported [Item 1]',
		]);
	});

	it('may have no processed file', async () => {
		upTo(ended({ total_error: 1 }));
		expect(await outcomes()).toEqual([
			'WarpURL does not say which rows of the import it refused [Item 0]',
			'WarpURL does not say which rows of the import it refused [Item 1]',
		]);
	});

	it('may hold a processed file that is none', async () => {
		upTo(withErrors(1), 'Long URL\n"');
		expect((await outcomes())[0]).toContain(
			'The processed file of the import cannot be read as CSV',
		);
	});

	it('may not give the processed file: the message says what has happened', async () => {
		upTo(withErrors(1));
		nock(store).get('/get?X-Sig=invented').reply(403, '<Error>X-Sig=invented</Error>');
		const { error, run: stored } = await attempt('import:importItems', form, { items });
		expect(error?.message).toContain('(status 403)');
		expect(error?.description).toMatch(/^Import #imp#1 has ended and refused 1 rows\./);
		expect(JSON.stringify(stored)).not.toContain('X-Sig');
	});

	it('may refuse the upload: the message names the import, not the address', async () => {
		nock(host).post('/prod/db_import/create').reply(200, created);
		nock(store).put('/put?X-Sig=invented').reply(403, '<Error>X-Sig=invented</Error>');
		const { error, run: stored } = await attempt('import:importItems', form, { items });
		expect(error?.message).toBe(
			'The file store of WarpURL did not answer as it should (status 403) [Item 0]',
		);
		expect(error?.description).toContain('Import #imp#1 was created, but its file could not be');
		expect(JSON.stringify(stored)).not.toContain('X-Sig');
	});

	it('gets the file again after an answer that was lost', async () => {
		nock(store).put('/put?X-Sig=invented').reply(503);
		upTo(ended({ total_error: 0 }));
		expect(await outcomes()).toEqual([true, true]);
	});

	it('may have the file while WarpURL no longer answers: the message says that the import goes on', async () => {
		nock(host).post('/prod/db_import/create').reply(200, created);
		nock(store).put('/put?X-Sig=invented').reply(200);
		nock(host)
			.post('/prod/db_import/find')
			.reply(200, { control: { ResponseCode: 3001, TraceID: 't1' }, data: 'Not allowed' });
		const { message, description } = await refusalOf('import:importItems', form, { items });
		expect(message).toBe('Not allowed [Item 0]');
		expect(description).toMatch(/^Import #imp#1 has its file and goes on .* trace ID t1\)$/);
	});

	it('may be missing in the answer', async () => {
		nock(host)
			.post('/prod/db_import/create')
			.reply(200, answer({ DbImport: { import_id: '#imp#1' } }));
		expect((await outcomes())[0]).toBe('The answer holds no address for the file [Item 0]');
	});
});

describe('a QR code', () => {
	/** The dark pixels of a PNG file of one bit for each pixel, read without the code under test. */
	function readPng(file: Buffer): boolean[][] {
		expect(file.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
		const chunks = new Map<string, Buffer>();
		for (let at = 8; at < file.length; ) {
			const length = file.readUInt32BE(at);
			chunks.set(file.toString('latin1', at + 4, at + 8), file.subarray(at + 8, at + 8 + length));
			expect(file.readUInt32BE(at + 8 + length)).toBe(
				crc32(file.subarray(at + 4, at + 8 + length)),
			);
			at += length + 12;
		}
		expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
		const header = chunks.get('IHDR') ?? Buffer.alloc(0);
		const size = header.readUInt32BE(0);
		expect([header.readUInt32BE(4), ...header.subarray(8)]).toEqual([size, 1, 0, 0, 0, 0]);
		const pixels = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
		const stride = 1 + Math.ceil(size / 8);
		expect(pixels).toHaveLength(stride * size);
		return Array.from({ length: size }, (_, row) =>
			Array.from({ length: size }, (__, column) => {
				const byte = pixels[row * stride + 1 + (column >> 3)] ?? 0;
				return (byte & (0x80 >> (column & 7))) === 0;
			}),
		);
	}

	const masks: Array<(row: number, column: number) => boolean> = [
		(row, column) => (row + column) % 2 === 0,
		(row) => row % 2 === 0,
		(_, column) => column % 3 === 0,
		(row, column) => (row + column) % 3 === 0,
		(row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
		(row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
		(row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
		(row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
	];

	/** The text of a QR code of version 2 or 3 with one block, in bytes (ISO/IEC 18004, sections 7 and 11). */
	function decode(modules: boolean[][]): string {
		const size = modules.length;
		const dark = (row: number, column: number) => modules[row]?.[column] === true;
		expect([25, 29]).toContain(size);
		const mask = [2, 3, 4].reduce((bits, column) => bits * 2 + Number(dark(8, column)), 0) ^ 0b101;
		const isFunction = (row: number, column: number) =>
			(row < 9 && (column < 9 || column >= size - 8)) ||
			(row >= size - 8 && column < 9) ||
			row === 6 ||
			column === 6 ||
			(Math.abs(row - (size - 7)) <= 2 && Math.abs(column - (size - 7)) <= 2);
		const bits: number[] = [];
		let isUpward = true;
		for (let right = size - 1; right > 0; right -= 2) {
			if (right === 6) right = 5;
			for (let step = 0; step < size; step++) {
				const row = isUpward ? size - 1 - step : step;
				for (const column of [right, right - 1]) {
					if (isFunction(row, column)) continue;
					bits.push(Number(dark(row, column) !== masks[mask]?.(row, column)));
				}
			}
			isUpward = !isUpward;
		}
		const take = (count: number) => bits.splice(0, count).reduce((sum, bit) => sum * 2 + bit, 0);
		expect(take(4)).toBe(0b0100);
		return Buffer.from(Array.from({ length: take(8) }, () => take(8))).toString('utf8');
	}

	const code = async (slug: string, parameters: INodeParameters = {}) => {
		const linkId = { __rl: true, mode: 'id', value: slug };
		const { items, error } = await attempt('link:getQrCode', { linkId, ...parameters });
		expect(error).toBeUndefined();
		const file = items[0]?.binary?.[String(parameters.binaryPropertyName ?? 'data')];
		return { file, pixels: readPng(Buffer.from(file?.data ?? '', 'base64')) };
	};

	it('holds the whole short address', async () => {
		const { file, pixels } = await code('/offer-1', { scale: 3, binaryPropertyName: 'qr' });
		expect(file).toMatchObject({ fileName: 'offer-1.png', mimeType: 'image/png' });
		const size = pixels.length / 3 - 8;
		const modules = Array.from({ length: size }, (_, row) =>
			Array.from({ length: size }, (__, column) => {
				const square = [0, 1, 2].flatMap((down) =>
					[0, 1, 2].map((right) => pixels[(row + 4) * 3 + down]?.[(column + 4) * 3 + right]),
				);
				expect(new Set(square).size).toBe(1);
				return square[0] === true;
			}),
		);
		expect(decode(modules)).toBe('https://go.warpurl.example/offer-1');
		const border = pixels.flatMap((line, row) =>
			line.filter(
				(_, column) =>
					Math.min(row, column, pixels.length - 1 - row, pixels.length - 1 - column) < 12,
			),
		);
		expect(border).not.toContain(true);
		expect(paths()).toEqual(['POST /link/find']);
	});

	it('can have more correction and more pixels', async () => {
		const low = await code('/offer-1', { correction: 'L', scale: 1 });
		const high = await code('/offer-1', { correction: 'H', scale: 1 });
		expect(high.pixels.length).toBeGreaterThan(low.pixels.length);
		const large = await code('/offer-1', { correction: 'L', scale: 20 });
		expect(large.pixels).toHaveLength(low.pixels.length * 20);
	});

	it('has a file name that suits every system', async () => {
		const linkId = { __rl: true, mode: 'id', value: '/a b/ü:c' };
		const additionalFields = { shortUrl: '/a b/ü:c' };
		await run('link:create', { longUrl: 'https://a.example', additionalFields });
		expect((await code(linkId.value)).file?.fileName).toBe('a-b-ü-c.png');
	});

	it('needs the shortening domain, and the link', async () => {
		const linkId = { __rl: true, mode: 'id', value: '/none' };
		expect((await refusalOf('link:getQrCode', { linkId })).message).toBe('Record does not exist');
		simulator.requests.length = 0;
		credential.shorteningDomain = '';
		const { message } = await refusalOf('link:getQrCode', { linkId });
		expect(message).toBe('“Shortening Domain” in the credential is empty');
		expect(simulator.requests).toEqual([]);
	});

	it.each([{ correction: 'X' }, { scale: 0 }, { scale: 51 }])('refuses %j', async (parameters) => {
		const linkId = { __rl: true, mode: 'id', value: '/offer-1' };
		const { message } = await refusalOf('link:getQrCode', { linkId, ...parameters });
		expect(message).toMatch(/^“(Error Correction|Pixels per Module)” must be/);
		expect(simulator.requests).toEqual([]);
	});
});
