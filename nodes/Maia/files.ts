import { NodeApiError } from 'n8n-workflow';

import { isObject, text } from '../shared/json';
import type { ApiRequest, Call, Field, Operation, Values } from '../shared/operation';
import { pages, resultsOrNone } from './pages';

/** A file of an upload. */
export interface ProjectFile {
	/** From the root of the project, with slashes. */
	path: string;
	content: Buffer;
}

const show = (filesFrom: string) => ({ show: { filesFrom: [filesFrom] } });

/** Where the files of an upload come from. */
export const uploadFields: Field[] = [
	{
		displayName: 'Files From',
		name: 'filesFrom',
		type: 'options',
		options: [
			{
				name: 'Binary Files',
				value: 'binary',
				description: 'Files of the input items; items for the same version go into one upload',
			},
			{ name: 'Text', value: 'text', description: 'Paths and contents that are given here' },
		],
		default: 'binary',
	},
	{
		displayName: 'Input Data Field Names',
		name: 'binaryPropertyNames',
		type: 'string',
		required: true,
		default: 'data',
		placeholder: 'e.g. data, data1',
		description: 'Input binary fields that hold the files, separated by commas',
		displayOptions: show('binary'),
	},
	{
		displayName: 'Path',
		name: 'filePath',
		type: 'string',
		default: '',
		placeholder: 'e.g. finance/daily-load.orch.yaml',
		description:
			'Path of the file from the root of the project. Without it folder and name of the binary file are used.',
		displayOptions: show('binary'),
	},
	{
		displayName: 'Files',
		name: 'files',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add File',
		default: {},
		displayOptions: show('text'),
		options: [
			{
				displayName: 'File',
				name: 'file',
				values: [
					{
						displayName: 'Path',
						name: 'path',
						type: 'string',
						default: '',
						placeholder: 'e.g. finance/daily-load.orch.yaml',
						description: 'Path from the root of the project',
					},
					{
						displayName: 'Content',
						name: 'content',
						type: 'string',
						typeOptions: { rows: 4 },
						default: '',
					},
				],
			},
		],
	},
];

/** What stands in front of the paths of files that were read from a disk. */
export const rootFolder: Field = {
	displayName: 'Root Folder',
	name: 'rootFolder',
	type: 'string',
	default: '',
	placeholder: 'e.g. /home/node/repository',
	description: 'Folder that is the root of the project: it is taken off the paths of binary files',
};

/** What happens when the version is there already. */
export const existingVersion: Field = {
	displayName: 'If Version Exists',
	name: 'existingVersion',
	type: 'options',
	options: [
		{ name: 'Refuse', value: 'refuse', description: 'End with a message' },
		{
			name: 'Return It',
			value: 'return',
			description: 'Send nothing and return the published version, for workflows that run again',
		},
	],
	default: 'refuse',
};

const segmentsOf = (path: string) =>
	path
		.replaceAll('\\', '/')
		.split('/')
		.filter((segment) => segment !== '' && segment !== '.');

/** n8n keeps the address of a file that was downloaded where other files have their folder. */
const isAddress = (path: string) => /^[a-z][\w+.-]*:\/\//i.test(path);

const isAbsolute = (path: string) => /^([/\\]|[a-z]:)/i.test(path);

/**
 * The path of a file from the root of the project. Only real folders stay: flattened paths would put pipelines in the
 * wrong folder.
 * @throws Error whose message is a sentence, for a path that leads out of the project
 */
export function projectPath(given: string, root = ''): string {
	const trimmed = given.trim();
	const parts = segmentsOf(trimmed);
	const above = segmentsOf(root);
	const isBelow =
		above.length > 0 &&
		isAbsolute(trimmed) === isAbsolute(root.trim()) &&
		above.every((segment, index) => parts[index] === segment);
	const own = isBelow ? parts.slice(above.length) : parts;
	if (!isBelow && isAbsolute(trimmed)) {
		throw new Error(
			`“${trimmed}” is not a path inside the project. Set “Root Folder” to the folder that is the root of the project, or set “Path”.`,
		);
	}
	if (own.length === 0) throw new Error('A file has no path. Set “Path”.');
	if (isAddress(trimmed))
		throw new Error('An address is not a path inside the project. Set “Path”.');
	if (own.includes('..')) throw new Error(`“${trimmed}” leads out of the project`);
	const path = own.join('/');
	if (/\p{Cc}/u.test(path)) throw new Error('A path must not hold control characters');
	return path;
}

/** Whether bytes begin as a zip or gzip archive does. */
const isArchive = (content: Buffer) =>
	content.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 3, 4])) ||
	content.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]));

function isText(content: Buffer): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(content);
		return !content.includes(0);
	} catch {
		return false;
	}
}

/** The service takes text only, and no archives. @throws Error whose message is a sentence */
function checkText({ path, content }: ProjectFile): void {
	if (isArchive(content)) {
		throw new Error(
			`“${path}” is an archive, which Maia does not take. Unpack it before, for example with the Compression node.`,
		);
	}
	if (!isText(content)) {
		throw new Error(`“${path}” is not text, and Maia takes only text files`);
	}
}

async function binaryFiles(call: Call): Promise<ProjectFile[]> {
	const { values } = call;
	const names = String(values.binaryPropertyNames)
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	const path = text(values.filePath);
	if (path !== undefined && names.length > 1) {
		throw new Error('“Path” is for one file, but several binary fields are named');
	}
	const files: ProjectFile[] = [];
	for (const name of names) {
		const { data, info } = await call.file(name);
		if (path === undefined && isAddress(info.directory ?? '')) {
			throw new Error(
				`“${info.fileName ?? name}” was downloaded and has no folder. Set “Path” to its path inside the project.`,
			);
		}
		const own = [info.directory, info.fileName].filter(Boolean).join('/');
		files.push({
			path: projectPath(path ?? own, text(values['additionalFields.rootFolder'])),
			content: data,
		});
	}
	return files;
}

function textFiles({ files }: Values): ProjectFile[] {
	const rows = isObject(files) && Array.isArray(files.file) ? (files.file as unknown[]) : [];
	return rows.filter(isObject).map(({ path, content }) => ({
		path: projectPath(text(path) ?? ''),
		content: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content ?? '')),
	}));
}

/**
 * The files of all items of one upload.
 * @throws Error whose message is a sentence: nothing there, a path twice, not text
 */
async function readFiles(calls: Call[]): Promise<ProjectFile[]> {
	const files: ProjectFile[] = [];
	for (const call of calls) {
		files.push(
			...(call.values.filesFrom === 'text' ? textFiles(call.values) : await binaryFiles(call)),
		);
	}
	if (files.length === 0) throw new Error('There is no file to publish');
	const seen = new Set<string>();
	for (const file of files) {
		if (seen.has(file.path)) throw new Error(`Two files have the path “${file.path}”`);
		seen.add(file.path);
		checkText(file);
	}
	return files;
}

/** Connector profiles have a type of their own; everything else is plain text. */
const typeOf = (path: string) =>
	path.startsWith('connector-profile:')
		? 'application/vnd.matillion.connector-profile+json'
		: 'text/plain';

/** One part for each file; the name of the part is the path. */
export function toForm(files: ProjectFile[]): FormData {
	const form = new FormData();
	for (const { path, content } of files) {
		const blob = new Blob([Uint8Array.from(content)], { type: typeOf(path) });
		form.append(path, blob, path.split('/').pop());
	}
	return form;
}

/** A list of versions in which an upload shows when it was done. */
export interface Versions {
	/** The request for the list that would hold the version of this call. */
	request: (call: Call) => ApiRequest;
	/** Completes “Version 1.4.0 is published …”. */
	where: (call: Call) => string;
}

async function findVersion(call: Call, versions: Versions): Promise<unknown> {
	// Nothing was ever published there: then there may be no list either
	const request = { ...versions.request(call), accept: [404] };
	const all = await call.list(request, { at: resultsOrNone, pager: pages });
	return all.filter(isObject).find((one) => one.versionName === text(call.values.newVersionName));
}

/** Whether an upload that was answered like this may have been carried out. */
const mayBeDone = (error: Error) =>
	error instanceof NodeApiError && !/^[1-4]\d\d$/.test(error.httpCode ?? '');

/**
 * Publishes the files of some items as one version. A version cannot be published twice, so it is looked for before;
 * and after an answer that leaves open whether the upload was done.
 */
async function publish(calls: [Call, ...Call[]], versions: Versions): Promise<unknown> {
	const [first] = calls;
	let files: ProjectFile[];
	try {
		files = await readFiles(calls);
	} catch (error) {
		throw first.refuse(error instanceof Error ? error.message : String(error));
	}
	const present = await findVersion(first, versions);
	if (present !== undefined) {
		if (first.values['options.existingVersion'] === 'return') return present;
		throw first.refuse(
			`Version ${String(first.values.newVersionName)} is published ${versions.where(first)} already`,
			'A version cannot be published twice. Choose another “Version Name”, or set “If Version Exists” in the options.',
		);
	}
	const outcome = await first
		.send({ ...first.request, body: toForm(files) })
		.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
	if (!(outcome instanceof Error)) {
		return isObject(outcome.body) ? outcome.body : { versionName: first.values.newVersionName };
	}
	const published = mayBeDone(outcome) ? await findVersion(first, versions) : undefined;
	if (published !== undefined) return published;
	throw outcome;
}

/** Items that ask for the same version of the same place make one upload. */
const uploadOf = ({ request: { path, headers } }: Call) => JSON.stringify([path, headers]);

/** Publishes what the items ask for, one upload for each version; the first item of each gives the result. */
export function upload(versions: Versions): NonNullable<Operation['batch']> {
	return {
		size: Number.MAX_SAFE_INTEGER,
		run: async (calls) => {
			const uploads = new Map<string, [Call, ...Call[]]>();
			for (const call of calls) {
				const others = uploads.get(uploadOf(call));
				if (others) others.push(call);
				else uploads.set(uploadOf(call), [call]);
			}
			const results = new Map<Call, unknown>();
			for (const members of uploads.values()) {
				const [first, ...others] = members;
				try {
					results.set(first, await publish(members, versions));
					others.forEach((call) => results.set(call, []));
				} catch (error) {
					const cause = error instanceof Error ? error : new Error(String(error));
					results.set(first, cause);
					others.forEach((call) => results.set(call, call.refuse(cause.message)));
				}
			}
			return calls.map((call) => results.get(call));
		},
	};
}
