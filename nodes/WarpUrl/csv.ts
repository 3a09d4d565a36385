/** The only module that needs csv-parse and csv-stringify, so that the build bundles them here; imports nothing of the package. */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** Field separators that spreadsheets write; a tab, because some save that as CSV. */
const separators = [',', ';', '\t'];

/** The separator that a file uses: the one that splits its first line into most cells. */
function separatorOf(file: Buffer): string {
	const counts = separators.map((delimiter) => {
		const [header = []] = parse(file, {
			bom: true,
			delimiter,
			relaxColumnCount: true,
			relaxQuotes: true,
			skipEmptyLines: true,
			to: 1,
		});
		return header.length;
	});
	return separators[counts.indexOf(Math.max(...counts))] ?? ',';
}

/**
 * Reads comma-separated values (RFC 4180): quotes, line breaks in quotes, any line ending, a byte order mark. Rows may
 * differ in length; empty lines are left out.
 * @param file UTF-8
 * @throws Error in words for a quote that is not closed or stands where none may be
 */
export function readCsv(file: Buffer): string[][] {
	return parse(file, {
		bom: true,
		delimiter: separatorOf(file),
		recordDelimiter: ['\r\n', '\n', '\r'],
		relaxColumnCount: true,
		skipEmptyLines: true,
	});
}

/** Writes comma-separated values (RFC 4180) as UTF-8 without a byte order mark. */
export function writeCsv(rows: string[][]): Buffer {
	// Left to itself the library quotes line breaks of its own kind only
	return Buffer.from(stringify(rows, { record_delimiter: 'windows', quoted_match: /[\r\n]/ }));
}
