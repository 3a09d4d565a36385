import { projectPath, toForm } from '../../nodes/Maia/files.ts';
import { pick, requestOf } from '../support/maia.mts';

const project = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const about = { projectId: pick(project), environmentName: pick('Test / EU') };

describe('paths of files', () => {
	it.each([
		['finance/daily-load.orch.yaml', '', 'finance/daily-load.orch.yaml'],
		['./a//b.sql', '', 'a/b.sql'],
		['a\\b.sql', '', 'a/b.sql'],
		['/data/repo/a/b.sql', '/data/repo', 'a/b.sql'],
		['/data/repo/a/b.sql', '/data/repo/', 'a/b.sql'],
		['C:\\repo\\a\\b.sql', 'C:\\repo', 'a/b.sql'],
		['repo-main/a/b.sql', 'repo-main', 'a/b.sql'],
		['repo-main-2/b.sql', 'repo-main', 'repo-main-2/b.sql'],
		['..a/b..sql', '', '..a/b..sql'],
	])('%s below “%s” is %s', (given, root, expected) => {
		expect(projectPath(given, root)).toBe(expected);
	});

	it.each([
		['/data/other/b.sql', '/data/repo', 'is not a path inside the project'],
		['/data/repo/b.sql', 'data/repo', 'is not a path inside the project'],
		['a/../../b.sql', '', 'leads out of the project'],
		['/data/repo', '/data/repo', 'A file has no path'],
		['a\nb.sql', '', 'control characters'],
		['https://git.example.com/a.sql', '', 'An address is not a path inside the project'],
	])('%j below “%s” is refused', (given, root, words) => {
		expect(() => projectPath(given, root)).toThrow(words);
	});

	it('are the names of the parts, folders included', () => {
		const form = toForm([{ path: 'a/b c.sql', content: Buffer.from('ü') }]);
		const part = form.get('a/b c.sql');
		expect(part).toMatchObject({ name: 'b c.sql', size: 2, type: 'text/plain' });
	});
});

describe('requests', () => {
	it('publish a version: its data travels in headers', () => {
		expect(
			requestOf('artifact:publish', {
				...about,
				newVersionName: '1.5.0',
				additionalFields: { branch: 'main', commitHash: 'abc' },
			}),
		).toEqual({
			method: 'POST',
			path: `/v1/projects/${project}/artifacts`,
			headers: {
				environmentName: 'Test / EU',
				versionName: '1.5.0',
				branch: 'main',
				commitHash: 'abc',
			},
			kind: 'write',
			repeatable: false,
		});
		for (const newVersionName of ['1\n2', '日本']) {
			expect(() => requestOf('artifact:publish', { ...about, newVersionName })).toThrow(
				'“Version Name” must be text without line breaks and special characters',
			);
		}
	});

	it('promote a version', () => {
		expect(
			requestOf('artifact:promote', {
				...about,
				versionName: pick('1.5.0'),
				targetEnvironmentName: pick('Production'),
			}),
		).toEqual({
			method: 'POST',
			path: `/v1/projects/${project}/artifacts/promotions`,
			body: {
				versionName: '1.5.0',
				sourceEnvironmentName: 'Test / EU',
				targetEnvironmentName: 'Production',
			},
			kind: 'write',
			repeatable: false,
		});
		expect(() => requestOf('artifact:promote', about)).toThrow('“Version” is required');
	});

	it('read a version, or the newest', () => {
		expect(requestOf('artifact:get', { ...about, versionName: pick('1 & 2') })).toEqual({
			method: 'GET',
			path: `/v1/projects/${project}/artifacts/details`,
			query: { environmentName: 'Test / EU', versionName: '1 & 2' },
			kind: 'read',
			repeatable: true,
		});
		expect(requestOf('artifact:get', about).query).toEqual({ environmentName: 'Test / EU' });
	});

	it('read and publish shared pipelines', () => {
		const group = { sharedPipelineIdPrefix: pick('a & b') };
		const path = '/v1/shared-pipelines/artifacts';
		expect(requestOf('sharedPipeline:getAll').path).toBe('/v1/shared-pipelines');
		expect(requestOf('sharedPipeline:getVersions')).toMatchObject({ method: 'GET', path });
		expect(requestOf('sharedPipeline:getVersions', group).query).toEqual({
			sharedPipelineIdPrefix: 'a & b',
		});
		expect(
			requestOf('sharedPipeline:getVersion', { ...group, versionName: pick('1') }),
		).toMatchObject({
			method: 'GET',
			path: `${path}/details`,
			query: { sharedPipelineIdPrefix: 'a & b', versionName: '1' },
		});
		expect(
			requestOf('sharedPipeline:setVersionEnabled', {
				...group,
				versionName: pick('1'),
				enabled: false,
			}),
		).toEqual({
			method: 'PATCH',
			path,
			body: { sharedPipelineIdPrefix: 'a & b', versionName: '1', enabled: false },
			kind: 'write',
			repeatable: false,
		});
		expect(requestOf('sharedPipeline:publish', { ...group, newVersionName: '1' })).toEqual({
			method: 'POST',
			path,
			headers: { sharedPipelineIdPrefix: 'a & b', versionName: '1' },
			kind: 'write',
			repeatable: false,
		});
	});
});
