import { allowedOf, toAllowed } from '../../nodes/Maia/resources/runner.ts';
import { pick, requestOf } from '../support/maia.mts';

const runner = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const project = '1398aa31-af57-4a6a-9752-27c2e8556c3f';
const about = { agentId: pick(runner) };
const write = { kind: 'write', repeatable: false };

describe('requests', () => {
	it('create a runner, with the track in lower case', () => {
		expect(
			requestOf('runner:create', {
				name: 'prod',
				agentType: 'streaming',
				cloudProvider: 'gcp',
				deployment: 'gke',
				additionalFields: {
					description: 'd',
					enableAutoUpdates: false,
					restrictedAccess: true,
					trackName: 'stable',
				},
			}),
		).toEqual({
			...write,
			method: 'POST',
			path: '/v1/agents',
			body: {
				name: 'prod',
				agentType: 'streaming',
				cloudProvider: 'gcp',
				deployment: 'gke',
				description: 'd',
				enableAutoUpdates: false,
				restrictedAccess: true,
				trackName: 'stable',
			},
		});
		expect(() => requestOf('runner:create', { name: 'x'.repeat(31) })).toThrow(
			'“Name” must be a name with 1 to 30 characters',
		);
	});

	it('change a runner, with the track in upper case and flags as booleans', () => {
		expect(
			requestOf('runner:update', {
				...about,
				updateFields: {
					name: 'new',
					description: '',
					enableAutoUpdates: 'true',
					restrictedAccess: false,
					trackName: 'current',
				},
			}),
		).toEqual({
			kind: 'write',
			repeatable: true,
			method: 'PATCH',
			path: `/v1/agents/${runner}`,
			body: {
				name: 'new',
				description: '',
				enableAutoUpdates: true,
				restrictedAccess: false,
				trackName: 'CURRENT',
			},
		});
	});

	it.each([
		['get', 'GET', '', undefined],
		['delete', 'DELETE', '', undefined],
		['pause', 'POST', '/commands', { command: 'PAUSE' }],
		['restart', 'POST', '/commands', { command: 'RESTART' }],
		['resume', 'POST', '/commands', { command: 'RESUME' }],
		['getAllowList', 'GET', '/allowlist', undefined],
		['getCredentials', 'GET', '/credentials', undefined],
		['renewCredentials', 'POST', '/credentials', { action: 'SECRET_REFRESH' }],
	])('%s names the runner in the path', (operation, method, rest, body) => {
		const request = requestOf(`runner:${operation}`, { agentId: pick('a/b ?', 'id') });
		expect(request).toMatchObject({ method, path: `/v1/agents/a%2Fb%20%3F${rest}` });
		expect(request.body).toEqual(body);
		expect(() => requestOf(`runner:${operation}`)).toThrow('“Runner” is required');
	});

	it('set, extend and shorten the allow list', () => {
		const projects = {
			project: [{ projectId: pick(project), environments: 'Production, Test / EU' }],
		};
		const body = { projects: { [project]: { environments: ['Production', 'Test / EU'] } } };
		expect(requestOf('runner:setAllowList', { ...about, projects })).toMatchObject({
			method: 'PUT',
			path: `/v1/agents/${runner}/allowlist`,
			body,
		});
		expect(requestOf('runner:setAllowList', about).body).toEqual({ projects: {} });
		expect(requestOf('runner:addToAllowList', { ...about, projects })).toMatchObject({
			method: 'PATCH',
			body,
		});
		expect(() => requestOf('runner:addToAllowList', about)).toThrow(
			'“Projects” needs at least one project',
		);
		const gone = { ...about, projectId: pick(project) };
		expect(requestOf('runner:removeFromAllowList', gone)).toMatchObject({
			method: 'DELETE',
			path: `/v1/agents/${runner}/allowlist`,
			query: { projectId: project },
		});
		expect(
			requestOf('runner:removeFromAllowList', { ...gone, environmentName: pick('Test / EU') })
				.query,
		).toEqual({ projectId: project, environmentName: 'Test / EU' });
	});
});

describe('allow lists', () => {
	it('are read in both forms', () => {
		const projects = { [project]: { environments: ['A'] }, other: {} };
		const expected = [{ projectId: project, environments: ['A'] }, { projectId: 'other' }];
		expect(allowedOf({ projects })).toEqual(expected);
		expect(allowedOf({ projects: { projects } })).toEqual(expected);
		expect(allowedOf('')).toEqual([]);
	});

	it('name the whole project where no environment is named', () => {
		expect(toAllowed({ project: [{ projectId: project }] })).toEqual({ [project]: {} });
	});

	it.each(['A, B ,', ['A', ' B ', '']])(
		'take the names of environments from %j',
		(environments) => {
			expect(toAllowed({ project: [{ projectId: project, environments }] })).toEqual({
				[project]: { environments: ['A', 'B'] },
			});
		},
	);

	it.each([
		[[{ projectId: 'finance' }], 'needs the UUID of a project, not “finance”'],
		[[{ projectId: project }, { projectId: pick(project) }], `names project ${project} twice`],
		[
			[{ projectId: project, environments: { toString: 1 } }],
			`needs names of environments for project ${project}, not lists or objects`,
		],
		[
			[{ projectId: project, environments: ['A', ['B']] }],
			`needs names of environments for project ${project}, not lists or objects`,
		],
	])('refuse rows such as %j', (rows, words) => {
		expect(() => toAllowed({ project: rows })).toThrow(words);
	});
});
