import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { at, isObject, text } from '../shared/json';
import type { Json } from '../shared/json';
import type { Answer, Call, Result, Task } from '../shared/operation';
import { readCsv, writeCsv } from './csv';
import type { Column } from './fields';
import { present, read, recordAt } from './records';

/** Rows that WarpURL takes in a file, unless its support has raised the limit. */
export const rowLimit = 10_000;

/** A row that was refused, by its place among the rows that were sent, where that can be told. */
interface Refused {
	index?: number;
	error: string;
	cells: string[];
}

/** An import runs once its file is there, one at a time. */
export const importTask: Task = {
	noun: 'Import',
	id: ({ body }) => text(at(body, 'data.DbImport.import_id')),
	poll: (id) => ({
		method: 'POST',
		path: '/db_import/find',
		body: { import_id: id },
		...read,
	}),
	read({ body }) {
		const status = text(at(body, 'data.import_status'));
		if (status === 'SUCCESSFUL') return { state: 'done' };
		if (!status?.startsWith('ERROR')) return { state: 'running' };
		const message = text(at(body, 'data.import_status_description'));
		return { state: 'failed', reason: { message, code: status } };
	},
	firstDelay: 2,
	slowest: 15,
	timeoutMinutes: 60,
};

/** A file that is not what it should be cannot be read; the library says where. */
function parse(call: Call, file: Buffer, what: string, advice: string): string[][] {
	try {
		return readCsv(file);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw call.refuse(`${what} cannot be read as CSV: ${why}`, advice);
	}
}

/** Creates the job and puts the file where it belongs. */
async function start(call: Call, body: Json, file: Buffer): Promise<Answer> {
	const started = await call.send({ ...call.request, body });
	const id = importTask.id(started);
	const url = text(at(started.body, 'data.SignedPutUrl'));
	if (id === undefined || url === undefined) {
		throw call.refuse(
			'The answer holds no address for the file',
			'WarpURL reported success, but did not say where the file goes. Nothing was imported.',
		);
	}
	const headers = { 'Content-Type': 'text/csv' };
	await call.transfer({ method: 'PUT', url, headers, body: file }).catch((error: unknown) => {
		if (!(error instanceof NodeApiError)) throw error;
		throw call.refuse(
			error.message,
			`Import ${id} was created, but its file could not be uploaded, so nothing was imported.`,
		);
	});
	return started;
}

/** Waits for the end of a started import; a failure on the way says that it goes on. */
async function waitForEnd(call: Call, started: Answer): Promise<Json> {
	const ended = await call.wait(importTask, started).catch((error: unknown) => {
		if (!(error instanceof NodeApiError)) throw error;
		const words = `Import ${importTask.id(started)} has its file and goes on without being waited for.`;
		throw call.refuse(error.message, [words, text(error.description)].filter(Boolean).join(' '));
	});
	return recordAt(call, ended);
}

/**
 * The rows that the service refused: they carry their reason in an extra last column of the processed file.
 * @param job the ended job, with the address of that file
 * @param sent the rows that were uploaded, the header first
 */
async function refusedRows(call: Call, job: Json, sent: string[][]): Promise<Refused[]> {
	const count = Number(job.total_error);
	if (!(count > 0)) return [];
	const id = text(job.import_id);
	const advice = `Import ${id} has ended and refused ${count} rows. Look at its processed file in the WarpURL portal.`;
	const url = text(job.SignedFileGetUrlProcessed);
	if (url === undefined) {
		throw call.refuse('WarpURL does not say which rows of the import it refused', advice);
	}
	const { body } = await call.transfer({ method: 'GET', url }).catch((error: unknown) => {
		if (!(error instanceof NodeApiError)) throw error;
		throw call.refuse(error.message, advice);
	});
	const bytes = Buffer.isBuffer(body) ? body : Buffer.from('');
	const [, ...rows] = parse(call, bytes, 'The processed file of the import', advice);
	const [header = [], ...given] = sent;
	// Whether the file holds all rows or the refused ones only is not documented
	const isWhole = rows.length === given.length;
	const places = new Map<string, number[]>();
	given.forEach((cells, index) => {
		const key = JSON.stringify(cells);
		places.set(key, [...(places.get(key) ?? []), index]);
	});
	return rows.flatMap((cells, row): Refused[] => {
		const width = Math.max(header.length, isWhole ? (given[row]?.length ?? 0) : 0);
		const error = cells.length > width ? text(cells.at(-1)) : undefined;
		if (error === undefined) return [];
		const own = cells.slice(0, width);
		const index = isWhole ? row : places.get(JSON.stringify(own))?.shift();
		return [{ index, error, cells: own }];
	});
}

/** The job without what opens its files for everyone. */
export function toRecord(call: Pick<Call, 'credentials' | 'values'>, found: Json): Json {
	const job = { ...found };
	delete job.SignedFileGetUrlRaw;
	delete job.SignedFileGetUrlProcessed;
	return present(call, job);
}

/** Imports the CSV file of an item, and gives the job with the rows that were refused. */
export async function importFile(call: Call): Promise<Result> {
	const { data: file, info } = await call.file(String(call.values.inputBinaryField));
	const advice = 'Export the table as CSV in UTF-8, with the columns of the template of WarpURL.';
	const sent = parse(call, file, 'The file', advice);
	const [header = [], ...rows] = sent;
	if (rows.length === 0) throw call.refuse('The file holds no rows below its header', advice);
	const most = Number(call.values['options.maxRows'] ?? rowLimit);
	if (rows.length > most) {
		throw call.refuse(
			`The file holds ${rows.length} rows, more than the ${most} that WarpURL takes`,
			'Split the file. If WarpURL has raised the limit of your subscription, set “Maximum Rows” in the options.',
		);
	}
	const body = isObject(call.request.body) ? call.request.body : {};
	const name = text(body.file_name) ?? text(info.fileName) ?? 'links.csv';
	const started = await start(call, { ...body, file_name: name }, file);
	if (call.values.waitForCompletion !== true) {
		return toRecord(call, recordAt(call, started.body, 'data.DbImport'));
	}
	const job = await waitForEnd(call, started);
	const refused = await refusedRows(call, job, sent);
	return {
		...toRecord(call, job),
		failed_rows: refused.map(({ index, error, cells }) => ({
			// As a spreadsheet counts, the header being row 1
			row: index === undefined ? null : index + 2,
			error,
			values: Object.fromEntries(header.map((column, place) => [column, cells[place] ?? ''])),
		})),
	};
}

/** The columns of an item, as its form gave them. */
const columnsOf = ({ values }: Call) => values.columns as Column[];

/** The job that an item wants: items that agree on it share one. */
function jobOf({ request }: Call): Json {
	const job: Json = { ...(isObject(request.body) ? request.body : {}) };
	delete job.columns;
	return job;
}

/** Imports the rows of items with one file, and answers each for itself. */
async function importTogether(calls: Call[]): Promise<Array<Result | Error>> {
	const [first] = calls;
	if (!first) return [];
	const header = columnsOf(first).map(({ name }) => name);
	const sent = [header, ...calls.map((call) => columnsOf(call).map(({ value }) => value))];
	const started = await start(first, jobOf(first), writeCsv(sent));
	const id = importTask.id(started);
	const rowOf = (index: number) => ({ import_id: id, row: index + 2 });
	if (first.values.waitForCompletion !== true) {
		return calls.map((_, index) => ({ ...rowOf(index), imported: null }));
	}
	const job = await waitForEnd(first, started);
	const refused = await refusedRows(first, job, sent);
	const errors = new Map(refused.map(({ index, error }) => [index, error]));
	errors.delete(undefined);
	const isClear = errors.size >= Number(job.total_error);
	return calls.map((call, index) => {
		const error = errors.get(index);
		if (error !== undefined) {
			return call.refuse(
				error,
				`WarpURL refused this row of import ${id}. Rows of the other items are not affected.`,
			);
		}
		if (isClear) return { ...rowOf(index), imported: true };
		return call.refuse(
			'It is not known whether this row was imported',
			`Import ${id} refused ${String(job.total_error)} rows, but its processed file does not name them all.`,
		);
	});
}

/** Errors are marked with their item, so several items cannot share one. */
function errorFor(call: Call, error: unknown): Error {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		return call.refuse(error.message, text(error.description));
	}
	return error instanceof Error ? error : new Error(String(error));
}

/** Imports items: those with the same columns and the same job go in one file. */
export async function importItems(calls: Call[]): Promise<Array<Result | Error>> {
	const groups = new Map<string, Call[]>();
	for (const call of calls) {
		const names = columnsOf(call).map(({ name }) => name);
		const key = JSON.stringify([jobOf(call), names, call.values.waitForCompletion]);
		groups.set(key, [...(groups.get(key) ?? []), call]);
	}
	if (groups.size === 1) return await importTogether(calls);
	const outcomes = new Map<Call, Result | Error>();
	for (const group of groups.values()) {
		const results = await importTogether(group).catch((error: unknown) =>
			group.map((call) => errorFor(call, error)),
		);
		group.forEach((call, index) => outcomes.set(call, results[index]));
	}
	return calls.map((call) => outcomes.get(call));
}
