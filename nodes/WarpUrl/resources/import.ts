import { at } from '../../shared/json';
import type { Json } from '../../shared/json';
import type { Call, Resource, Result } from '../../shared/operation';
import { clientId, importJob, upTo, username } from '../fields';
import { ownClient, ownUser } from '../identity';
import { pages } from '../pages';
import { isoTimes, listOf, present, read, recordAt } from '../records';

/** What most people want of an import. */
const simple = [
	'import_id',
	'import_status',
	'import_status_description',
	'file_name',
	'total_rows',
	'total_success',
	'total_error',
	'notes',
	'created_at',
	'processed_at',
];

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
			description: 'Create an import of links; it starts when its file is uploaded',
			operationId: 'createImport',
			request: {
				method: 'POST',
				path: '/db_import/create',
				body: {
					client_id: ownClient,
					username: ownUser,
					import_type: 'LINKS',
					import_format: 'LINKS_1',
				},
			},
			output: { kind: 'item', at: 'data' },
			fields: [
				{
					displayName:
						'Upload the CSV file within 15 minutes: an HTTP Request node with method PUT, the address from SignedPutUrl and no credential. Who has the address can upload.',
					name: 'notice',
					type: 'notice',
					default: '',
				},
				{
					displayName: 'File Name',
					name: 'fileName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. spring-links.csv',
					description: 'Name of the file in the portal',
					wire: { in: 'body', as: 'file_name' },
				},
			],
			additionalFields: [
				{
					displayName: 'Notes',
					name: 'notes',
					type: 'string',
					default: '',
					description: 'At most 1024 characters',
					check: upTo(1024),
					wire: { in: 'body' },
				},
				username,
				clientId,
			],
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
