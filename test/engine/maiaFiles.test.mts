import type { IBinaryKeyData, INodeParameters } from 'n8n-workflow';

import type { UploadedFile } from '../../demo/simulators/support.mts';
import type { Account } from '../support/maia.mts';
import { openAccount, pick } from '../support/maia.mts';

let account: Account;
beforeEach(async () => {
	account = await openAccount();
});
afterEach(async () => await account.close());

/** A file of an input item, as n8n keeps it. */
const file = (fileName: string, content: string | Buffer, directory?: string): IBinaryKeyData => ({
	data: {
		mimeType: 'text/plain',
		fileName,
		...(directory !== undefined && { directory }),
		data: Buffer.from(content).toString('base64'),
	},
});
/** The parts of an upload: their types and contents, by name. */
const partsOf = (body: unknown) =>
	Object.fromEntries(
		Object.entries(body as Record<string, UploadedFile>).map(([name, part]) => [
			name,
			[part.type, part.content.toString('utf8')],
		]),
	);
const textFiles = (files: Record<string, unknown>): INodeParameters => ({
	filesFrom: 'text',
	files: {
		file: Object.entries(files).map(([path, content]) => ({ path, content: content as string })),
	},
});
/** Contents of a pipeline. */
const pipeline = 'type: orchestration\n';

async function about(newVersionName: string) {
	const project = await account.finance();
	return { ...project, environmentName: pick('Development'), newVersionName };
}

describe('artifacts', () => {
	it('are published from the files of many items, promoted, read and run', async () => {
		const { run, records, sent } = account;
		const order = await about('2.0.0');
		const files = [
			file('new-load.orch.yaml', pipeline, '/data/repository/finance'),
			file('größe.sql', 'select 1', '/data/repository/sql scripts'),
			file('readme.md', '# Notes', '/data/repository/.'),
		];
		const { items, error } = await run(
			'artifact:publish',
			{
				...order,
				additionalFields: {
					branch: 'main',
					commitHash: 'abc123',
					rootFolder: '/data/repository/',
				},
			},
			{ items: files.map((_, number) => ({ number })), files },
		);
		expect(error).toBeUndefined();
		expect(items).toEqual([
			{
				json: {
					versionName: '2.0.0',
					ignoredResources: [{ name: 'readme.md', reason: 'Unsupported resource type' }],
				},
				pairedItem: { item: 0 },
			},
		]);
		const [publish, ...others] = sent('createArtifact');
		expect(others).toEqual([]);
		expect(publish?.headers).toMatchObject({
			versionname: '2.0.0',
			environmentname: 'Development',
			branch: 'main',
			commithash: 'abc123',
			'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/) as string,
		});
		expect(partsOf(publish?.body)).toEqual({
			'finance/new-load.orch.yaml': ['text/plain', pipeline],
			'sql scripts/größe.sql': ['text/plain', 'select 1'],
			'readme.md': ['text/plain', '# Notes'],
		});

		expect(
			await records('artifact:promote', {
				...order,
				versionName: pick('2.0.0'),
				targetEnvironmentName: pick('Production'),
			}),
		).toEqual([{ environmentName: 'Production', versionName: '2.0.0' }]);
		expect(sent('promoteArtifact').map(({ body }) => body)).toEqual([
			{
				versionName: '2.0.0',
				sourceEnvironmentName: 'Development',
				targetEnvironmentName: 'Production',
			},
		]);
		const there = { ...order, environmentName: pick('Production') };
		expect(await records('artifact:get', { ...there, versionName: pick('2.0.0') })).toMatchObject([
			{
				assets: ['finance/new-load.orch.yaml', 'sql scripts/größe.sql'],
				details: { versionName: '2.0.0', branch: 'main', commitHash: 'abc123' },
			},
		]);
		const [result] = await records('pipelineExecution:run', {
			...there,
			pipelineName: pick('finance/new-load'),
			additionalFields: { versionName: pick('2.0.0') },
		});
		expect(result?.status).toBe('SUCCESS');
	});

	it('are published from texts, and from several files of one item', async () => {
		const { run, records, sent } = account;
		await records('artifact:publish', {
			...(await about('text')),
			...textFiles({
				'a/b.orch.yaml': pipeline,
				'c.json': { a: 1 },
				'connector-profile:custom-1.json': '{}',
			}),
		});
		const named = {
			one: file('one.sql', 'select 1', 'x').data,
			two: file('two.sql', 'select 2', './x').data,
		};
		const { error } = await run(
			'artifact:publish',
			{ ...(await about('binary')), binaryPropertyNames: 'one, two' },
			{ files: [named as IBinaryKeyData] },
		);
		expect(error).toBeUndefined();
		expect(sent('createArtifact').map(({ body }) => partsOf(body))).toEqual([
			{
				'a/b.orch.yaml': ['text/plain', pipeline],
				'c.json': ['text/plain', '{"a":1}'],
				'connector-profile:custom-1.json': [
					'application/vnd.matillion.connector-profile+json',
					'{}',
				],
			},
			{ 'x/one.sql': ['text/plain', 'select 1'], 'x/two.sql': ['text/plain', 'select 2'] },
		]);
	});

	it('of different versions are published one by one; one that fails leaves the others', async () => {
		const items = ['3.0.0', '1.4.0', '3.0.0', '3.1.0'].map((version, number) => ({
			version,
			number,
		}));
		const { items: output, error } = await account.run(
			'artifact:publish',
			{
				...(await about('={{ $json.version }}')),
				environmentName: pick('Production'),
				filePath: '=f/{{ $json.number }}.sql',
			},
			{ items, files: items.map(() => file('x', 'select 1')), onError: 'continueRegularOutput' },
		);
		expect(error).toBeUndefined();
		expect(
			output.map(({ json, pairedItem }) => [json.versionName ?? json.error, pairedItem]),
		).toEqual([
			['3.0.0', { item: 0 }],
			['Version 1.4.0 is published to Production already [Item 1]', { item: 1 }],
			['3.1.0', { item: 3 }],
		]);
		expect(account.sent('createArtifact').map(({ body }) => Object.keys(body as object))).toEqual([
			['f/0.sql', 'f/2.sql'],
			['f/3.sql'],
		]);
	});

	it('that are there already are refused, or returned without sending anything', async () => {
		const order = {
			...(await about('1.2.0')),
			environmentName: pick('Production'),
			...textFiles({ 'a.sql': 'select 1' }),
		};
		const { error } = await account.run('artifact:publish', order);
		expect(error?.message).toBe('Version 1.2.0 is published to Production already');
		expect(error?.description).toContain('If Version Exists');
		expect(
			await account.records('artifact:publish', {
				...order,
				options: { existingVersion: 'return' },
			}),
		).toMatchObject([{ versionName: '1.2.0', enabled: false }]);
		expect(account.sent('createArtifact')).toEqual([]);
	});

	it('that were stored although the service answered with 500 are found', async () => {
		const files = textFiles({ 'a.sql': 'select 1' });
		expect(
			await account.records('artifact:publish', { ...(await about('flaky-1')), ...files }),
		).toMatchObject([{ versionName: 'flaky-1', enabled: true }]);
		const { error } = await account.run('artifact:publish', {
			...(await about('broken-1')),
			...files,
		});
		expect(error?.message).toBe('The artifact was not stored');
		expect(error?.description).toContain('It cannot be known whether');
		expect(account.sent('createArtifact')).toHaveLength(2);
	});

	it.each([
		[{ '../x.sql': 'a' }, '“../x.sql” leads out of the project'],
		[{ '/etc/x.sql': 'a' }, '“/etc/x.sql” is not a path inside the project'],
		[{ 'a.sql': 'a', './a.sql': 'b' }, 'Two files have the path “a.sql”'],
		[{ ' ': 'a' }, 'A file has no path'],
		[{}, 'There is no file to publish'],
		[{ 'a.sql': 'a\u0000b' }, '“a.sql” is not text'],
		[{ '={{ { toString: 1 } }}': 'a' }, 'A file has no path'],
	])('with files such as %j are refused before anything is sent', async (files, words) => {
		const order = { ...(await about('4.0.0')), ...textFiles(files) };
		const before = account.simulator.requests.length;
		const { error } = await account.run('artifact:publish', order);
		expect(error?.message).toContain(words);
		expect(account.simulator.requests).toHaveLength(before);
	});

	it.each([
		['a.zip', Buffer.from([0x50, 0x4b, 3, 4, 0]), '“a.zip” is an archive'],
		['a.gz', Buffer.from([0x1f, 0x8b, 8]), '“a.gz” is an archive'],
		['a.sql', Buffer.from([0x61, 0xff, 0xfe]), '“a.sql” is not text'],
	])('never hold what is no text (%s)', async (name, content, words) => {
		const { error } = await account.run('artifact:publish', await about('4.0.0'), {
			files: [file(name, content)],
		});
		expect(error?.message).toContain(words);
		expect(account.sent('createArtifact')).toEqual([]);
	});

	it('with one path for several files, or without the file, are refused', async () => {
		const order = await about('4.0.0');
		const two = { ...order, binaryPropertyNames: 'a,b', filePath: 'x.sql' };
		expect(await account.refusal('artifact:publish', two)).toBe(
			'“Path” is for one file, but several binary fields are named',
		);
		expect(await account.refusal('artifact:publish', order)).toContain('data');
		expect(account.sent('createArtifact')).toEqual([]);
	});

	it('of files that were downloaded need their paths', async () => {
		const order = await about('5.0.0');
		const files = [file('a.sql', 'select 1', 'https://git.example.com/raw/a.sql')];
		const { error } = await account.run('artifact:publish', order, { files });
		expect(error?.message).toBe(
			'“a.sql” was downloaded and has no folder. Set “Path” to its path inside the project.',
		);
		expect(account.sent('createArtifact')).toEqual([]);
		await account.run('artifact:publish', { ...order, filePath: 'sql/a.sql' }, { files });
		expect(account.sent('createArtifact').map(({ body }) => Object.keys(body as object))).toEqual([
			['sql/a.sql'],
		]);
	});

	it('of an environment without any are told as such', async () => {
		const project = await account.finance();
		const { error } = await account.run('artifact:get', {
			...project,
			environmentName: pick('Production'),
			versionName: pick('none'),
		});
		expect(error?.message).toBe('Version none was not found in Production');
		expect(error?.description).toContain('nothing was ever published');
	});
});

describe('shared pipelines', () => {
	it('are listed with their versions, and read', async () => {
		const { records } = account;
		expect(await records('sharedPipeline:getAll')).toHaveLength(3);
		expect(await records('sharedPipeline:getVersions')).toHaveLength(3);
		const group = { sharedPipelineIdPrefix: pick('etl-core') };
		const versions = await records('sharedPipeline:getVersions', group);
		expect(versions.map(({ versionName }) => versionName)).toEqual(['2.1.0', '2.0.0']);
		expect(
			await records('sharedPipeline:getVersion', { ...group, versionName: pick('2.0.0') }),
		).toMatchObject([{ sharedPipelines: [{ sharedPipelineId: 'load-customers' }] }]);
		expect(await records('sharedPipeline:getVersion', group)).toMatchObject([
			{ artifactDetails: { versionName: '2.1.0' } },
		]);
	});

	it('are enabled and disabled by version', async () => {
		const of = { sharedPipelineIdPrefix: pick('etl-core'), versionName: pick('2.0.0') };
		const set = async (enabled: boolean) =>
			await account.records('sharedPipeline:setVersionEnabled', { ...of, enabled });
		expect(await set(false)).toMatchObject([{ versionName: '2.0.0', enabled: false }]);
		expect(await account.records('sharedPipeline:getVersion', of)).toMatchObject([
			{ artifactDetails: { enabled: false } },
		]);
		expect(await set(true)).toMatchObject([{ enabled: true }]);
		expect(
			await account.refusal('sharedPipeline:setVersionEnabled', {
				...of,
				versionName: pick('9.9.9'),
				enabled: true,
			}),
		).toBe('Version 9.9.9 was not found');
	});

	it('are published once for each version', async () => {
		const order = {
			sharedPipelineIdPrefix: pick('new group', 'id'),
			newVersionName: '1.0.0',
			additionalFields: { branch: 'main' },
			...textFiles({ 'shared/load.orch.yaml': pipeline }),
		};
		expect(await account.records('sharedPipeline:publish', order)).toEqual([
			{ versionName: '1.0.0', ignoredResources: [] },
		]);
		const [publish] = account.sent('publishSharedPipelineArtifact');
		expect(publish?.headers).toMatchObject({
			sharedpipelineidprefix: 'new group',
			versionname: '1.0.0',
			branch: 'main',
		});
		expect(partsOf(publish?.body)).toEqual({ 'shared/load.orch.yaml': ['text/plain', pipeline] });
		expect(await account.refusal('sharedPipeline:publish', order)).toBe(
			'Version 1.0.0 is published in new group already',
		);
		expect(account.sent('publishSharedPipelineArtifact')).toHaveLength(1);
	});

	it('are picked by group and version', async () => {
		await account.records('sharedPipeline:getAll', { limit: 1 });
		const groups = await account.search('searchSharedPipelineGroups');
		expect(groups).toContainEqual({ name: 'reports – monthly', value: 'reports' });
		const group = { sharedPipelineIdPrefix: pick('reports') };
		expect(await account.search('searchSharedVersions', group)).toEqual([
			{ name: '1.0.0', value: '1.0.0' },
		]);
	});
});
