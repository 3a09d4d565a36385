import { pick, requestOf } from '../support/maia.mts';

const id = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const about = { projectId: pick(id), streamingPipelineId: pick(id) };
const list = `/v1/projects/${id}/streaming-pipelines`;
const connection = {
	host: 'db.example.com',
	port: 1433,
	database: 'd',
	username: 'u',
	password: { secretType: 'AWS_SECRETS_MANAGER', secretName: 's' },
};
const order = {
	projectId: pick(id),
	name: 'n',
	agentId: pick(id),
	sourceType: 'sqlserver',
	sourceConnection: JSON.stringify(connection),
	tables: { table: [{ schema: ' dbo ', table: 'orders' }] },
	target: '{"type": "s3", "bucket": "b"}',
};

describe('requests', () => {
	it('create a streaming pipeline', () => {
		expect(
			requestOf('streamingPipeline:create', {
				...order,
				additionalFields: { advancedProperties: '{"a": 1}' },
			}),
		).toEqual({
			method: 'POST',
			path: list,
			kind: 'write',
			repeatable: false,
			body: {
				name: 'n',
				agentId: id,
				streamingSource: {
					type: 'sqlserver',
					connection,
					tables: [{ schema: 'dbo', table: 'orders' }],
				},
				streamingTarget: { type: 's3', bucket: 'b' },
				advancedProperties: { a: 1 },
			},
		});
	});

	it.each([
		[{ tables: {} }, '“Tables” needs at least one table'],
		[{ tables: { table: [{ schema: 'a' }] } }, '“Tables” needs schema and table in each row'],
		[
			{ tables: { table: [{ schema: { toString: 1 }, table: 'b' }] } },
			'“Tables” needs schema and table in each row',
		],
		[
			{ target: '{"type": {"toString": 1}}' },
			'“Target (JSON)” must hold a type, one of snowflake, s3, abs',
		],
		[{ target: '{}' }, '“Target (JSON)” must hold a type, one of snowflake, s3, abs'],
		[{ sourceConnection: '[]' }, '“Source Connection (JSON)” must be a JSON object'],
		[{ agentId: pick('x') }, '“Runner” must be a UUID'],
	])('refuse %j', (wrong, words) => {
		expect(() => requestOf('streamingPipeline:create', { ...order, ...wrong })).toThrow(words);
	});

	it.each([
		['getAll', 'GET', '', undefined],
		['get', 'GET', `/${id}`, undefined],
		['getStatus', 'GET', `/${id}/status`, undefined],
		['start', 'POST', `/${id}/commands`, { command: 'START' }],
		['stop', 'POST', `/${id}/commands`, { command: 'STOP' }],
		['update', 'PUT', `/${id}`, {}],
		['delete', 'DELETE', `/${id}`, undefined],
	])('%s', (operation, method, rest, body) => {
		const request = requestOf(`streamingPipeline:${operation}`, about);
		expect(request).toMatchObject({ method, path: `${list}${rest}` });
		expect(request.body).toEqual(body);
	});
});
