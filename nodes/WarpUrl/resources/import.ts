import { at } from '../../shared/json';
import type { Json } from '../../shared/json';
import type { Call, Field, Resource, Result } from '../../shared/operation';
import { clientId, columns, importJob, upTo, username } from '../fields';
import { ownClient, ownUser } from '../identity';
import { importFile, importItems, importTask, rowLimit } from '../importing';
import { pages } from '../pages';
import { isoTimes, listOf, present, read, recordAt } from '../records';

/** What most people want of an import. */
const simple = [
	'import_id',
	'import_status',
	'import_status_description',
	'file_name',
	'total_rows',
	'total_error',
	'created_at',
	'created_at_iso',
	'processed_at',
	'processed_at_iso',
];

const newJob = {
	method: 'POST' as const,
	path: '/db_import/create',
	body: {
		client_id: ownClient,
		username: ownUser,
		import_type: 'LINKS',
		import_format: 'LINKS_1',
	},
};

const fileName: Field = {
	displayName: 'File Name',
	name: 'fileName',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. spring-links.csv',
	description: 'Name of the file in the portal',
	wire: { in: 'body', as: 'file_name' },
};

const notes: Field = {
	displayName: 'Notes',
	name: 'notes',
	type: 'string',
	default: '',
	description: 'At most 1024 characters',
	check: upTo(1024),
	wire: { in: 'body' },
};

async function create(call: Call): Promise<Result> {
	const { body } = await call.send(call.request);
	const job = recordAt(call, body, 'data.DbImport');
	return { ...present(call, job), SignedPutUrl: at(body, 'data.SignedPutUrl') ?? null };
}

/** The addresses of the files open them for everyone, so they come only on request. */
async function find(call: Call): Promise<Result> {
	const { body } = await call.send(call.request);
	const { SignedFileGetUrlRaw, SignedFileGetUrlProcessed, ...job } = recordAt(call, body);
	const addresses: Json = { SignedFileGetUrlRaw, SignedFileGetUrlProcessed };
	const withAddresses = call.values['options.fileAddresses'] === true;
	return { ...present(call, job), ...(withAddresses && addresses) };
}

export const imports: Resource = {
	name: 'Import',
	value: 'import',
	operations: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create import',
			description: 'Create an import job for a file that is uploaded later by other means',
			operationId: 'createImport',
			request: newJob,
			output: { kind: 'item', at: 'data' },
			fields: [
				{
					displayName:
						'Upload the CSV file within 15 minutes: an HTTP Request node with method PUT, the address from SignedPutUrl and no credential. Who has the address can upload.',
					name: 'notice',
					type: 'notice',
					default: '',
				},
				fileName,
			],
			additionalFields: [notes, username, clientId],
			options: [isoTimes],
			run: create,
		},
		{
			name: 'Find',
			value: 'find',
			action: 'Find import',
			description: 'Read how far an import is, and how many rows it refused',
			operationId: 'findImport',
			request: { method: 'POST', path: '/db_import/find' },
			...read,
			output: { kind: 'item', at: 'data' },
			fields: [importJob],
			options: [
				{
					displayName: 'File Addresses',
					name: 'fileAddresses',
					type: 'boolean',
					default: true,
					description:
						'Whether to return the addresses of the uploaded and the processed file. For 15 minutes they open the files for everyone who has them.',
				},
				isoTimes,
			],
			run: find,
		},
		{
			name: 'Import File',
			value: 'importFile',
			action: 'Import links from file',
			description: 'Create links from a CSV file, and report the rows that were refused',
			operationId: [],
			request: newJob,
			output: { kind: 'task', task: importTask },
			simple: simple.map((name) => (name === 'import_status_description' ? 'failed_rows' : name)),
			fields: [
				{
					displayName: 'Input Binary Field',
					name: 'inputBinaryField',
					type: 'string',
					required: true,
					default: 'data',
					hint: 'The name of the input binary field that holds the CSV file',
				},
			],
			additionalFields: [
				{
					...fileName,
					required: false,
					description: 'Name of the file in the portal. Without it that of the binary file.',
				},
				notes,
				username,
				clientId,
			],
			options: [
				isoTimes,
				{
					displayName: 'Maximum Rows',
					name: 'maxRows',
					type: 'number',
					typeOptions: { minValue: 1, numberPrecision: 0 },
					default: rowLimit,
					description:
						'How many rows WarpURL takes in a file; larger files are refused before anything is sent',
				},
			],
			run: importFile,
		},
		{
			name: 'Import Items',
			value: 'importItems',
			action: 'Import links from items',
			description:
				'Create a link from each item, up to 10,000 with one import, each answered for itself',
			operationId: [],
			request: newJob,
			output: { kind: 'task', task: importTask },
			fields: [columns, { ...fileName, default: 'n8n.csv' }],
			additionalFields: [notes, username, clientId],
			batch: { size: rowLimit, run: importItems },
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many imports',
			description: 'List the imports of a user, newest first',
			operationId: 'paginateUserImports',
			request: { method: 'POST', path: '/db_import/paginate_user', body: { username: ownUser } },
			...listOf({ kind: 'list', at: 'data.Items', pager: pages }),
			simple,
			filters: [username],
			options: [isoTimes],
		},
	],
};
