import fc from 'fast-check';

import { readCsv, writeCsv } from '../../nodes/WarpUrl/csv.ts';
import { importTask } from '../../nodes/WarpUrl/importing.ts';
import { drawQrCode } from '../../nodes/WarpUrl/qrCode.ts';

describe('CSV', () => {
	it('that was written is read back', () => {
		const cell = fc.oneof(
			fc.string({ unit: 'grapheme' }),
			fc.stringMatching(/^[a",;\t\r\n =+-]{0,8}$/),
		);
		const rows = fc
			.integer({ min: 2, max: 4 })
			.chain((width) =>
				fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }),
			);
		fc.assert(
			fc.property(rows, (given) => {
				const table = [given[0]?.map((_, column) => `Column ${column}`) ?? [], ...given];
				expect(readCsv(writeCsv(table))).toEqual(table);
			}),
			{ numRuns: 300 },
		);
	});

	it('has one line for each row and no byte order mark', () => {
		expect(
			writeCsv([
				['a', 'b,c'],
				['', 'd"e'],
			]).toString(),
		).toBe('a,"b,c"\r\n,"d""e"\r\n');
	});

	it.each([
		['commas', 'a,b\n1,2;3\n'],
		['semicolons', 'a;b\n"1";2,3\n'],
		['tabs', 'a\tb\n1\t2,3\n'],
		['a byte order mark', '\ufeffa,b\r\n1,2\r\n'],
		['old line ends', 'a,b\r1,2\r'],
		['empty lines', '\na,b\n\n1,2\n\n'],
		['line ends that differ', 'a,b\r\n1,2\n3,4'],
	])('is read with %s', (_title, words) => {
		const [header, row] = readCsv(Buffer.from(words));
		expect(header).toEqual(['a', 'b']);
		expect(row?.[0]).toBe('1');
		expect(row).toHaveLength(2);
	});

	it('keeps line breaks in quotes and rows of other lengths', () => {
		expect(readCsv(Buffer.from('a,b\n"1\n""2""",x,y\nz\n'))).toEqual([
			['a', 'b'],
			['1\n"2"', 'x', 'y'],
			['z'],
		]);
	});

	it.each(['a,b\n"1,2\n', 'a,b\n"1"x,2\n'])('is refused where a quote is wrong: %j', (words) => {
		expect(() => readCsv(Buffer.from(words))).toThrow(/Quote/);
	});
});

describe('the state of an import', () => {
	const read = (data: unknown) => importTask.read({ status: 200, headers: {}, body: { data } });

	it.each(['QUEUED', 'PROCESSING', 'SOMETHING_NEW', undefined])('%s goes on', (status) => {
		expect(read({ import_status: status })).toEqual({ state: 'running' });
	});

	it('SUCCESSFUL is an end', () => {
		expect(read({ import_status: 'SUCCESSFUL' })).toEqual({ state: 'done' });
	});

	it.each(['ERROR_VALIDATION', 'ERROR_GENERAL'])('%s is a failure', (code) => {
		const data = { import_status: code, import_status_description: 'No such column' };
		expect(read(data)).toEqual({ state: 'failed', reason: { message: 'No such column', code } });
	});
});

it('the longest short address fits in a QR code, with the most correction', () => {
	const address = `https://${'d'.repeat(60)}.example/${'ü'.repeat(254)}`;
	expect(drawQrCode(new URL(address).href, 'L', 1).length).toBeGreaterThan(0);
	expect(drawQrCode(`https://go.example/${'x'.repeat(254)}`, 'H', 1).length).toBeGreaterThan(0);
});
