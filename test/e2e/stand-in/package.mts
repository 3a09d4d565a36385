import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DemoSimulator, Service } from '../../../demo/host/demo.mts';

/**
 * A package of one node and one credential, so that what is tested here is n8n, its installation and the demo around
 * it, whatever the state of the real nodes.
 */
const manifest = {
	name: 'n8n-nodes-stand-in',
	version: '1.0.0',
	description: 'One node for the tests of the demo',
	license: 'MIT',
	author: { name: 'Nobody', email: 'nobody@example.com' },
	files: ['dist'],
	n8n: {
		n8nNodesApiVersion: 1,
		credentials: ['dist/StandInApi.credentials.js'],
		nodes: ['dist/StandIn.node.js'],
	},
	devDependencies: { 'left-behind': '1.0.0' },
	peerDependencies: { 'n8n-workflow': '*' },
};

const credential = `
class StandInApi {
	constructor() {
		this.name = 'standInApi';
		this.displayName = 'Stand-In API';
		this.properties = [
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Key', name: 'key', type: 'string', typeOptions: { password: true }, default: '' },
		];
		this.authenticate = { type: 'generic', properties: { headers: { Authorization: '=Bearer {{$credentials.key}}' } } };
		this.test = { request: { baseURL: '={{$credentials.url}}', url: '/things' } };
	}
}
exports.StandInApi = StandInApi;
`;

const node = `
const { NodeOperationError } = require('n8n-workflow');
class StandIn {
	constructor() {
		this.description = {
			displayName: 'Stand-In', name: 'standIn', group: ['input'], version: 1, description: 'Lists things',
			defaults: { name: 'Stand-In' }, inputs: ['main'], outputs: ['main'], usableAsTool: true,
			credentials: [{ name: 'standInApi', required: true }],
			properties: [{
				displayName: 'Operation', name: 'operation', type: 'options', noDataExpression: true, default: 'getAll',
				options: [
					{ name: 'Get Many', value: 'getAll', action: 'Get many things' },
					{ name: 'Borrow', value: 'borrow', action: 'Borrow a ladder' },
					{ name: 'Fail', value: 'fail', action: 'Fail on purpose' },
				],
			}],
		};
	}
	async execute() {
		const { url } = await this.getCredentials('standInApi');
		const path = this.getNodeParameter('operation', 0) === 'fail' ? '/missing' : '/things';
		const things = await this.helpers.httpRequestWithAuthentication
			.call(this, 'standInApi', { url: url + path, json: true })
			.catch((error) => {
				throw new NodeOperationError(this.getNode(), 'The thing is missing: ' + error.message, { itemIndex: 0 });
			});
		return [things.map((json) => ({ json, pairedItem: { item: 0 } }))];
	}
}
exports.StandIn = StandIn;
`;

const codex = {
	node: 'n8n-nodes-stand-in.standIn',
	codexVersion: '1.0',
	categories: ['Utility'],
	alias: ['Lend a ladder'],
	// without it n8n drops the whole file, and says so only in its debug log
	resources: {},
};

/**
 * Packs the stand-in package as `npm pack` would.
 *
 * @returns the tarball's path in the folder
 */
export async function packStandIn(folder: string): Promise<string> {
	const dist = join(folder, 'package', 'dist');
	await mkdir(dist, { recursive: true });
	await writeFile(join(folder, 'package', 'package.json'), JSON.stringify(manifest));
	await writeFile(join(dist, 'StandInApi.credentials.js'), credential);
	await writeFile(join(dist, 'StandIn.node.js'), node);
	await writeFile(join(dist, 'StandIn.node.json'), JSON.stringify(codex));
	const tarball = join(folder, 'n8n-nodes-stand-in-1.0.0.tgz');
	await promisify(execFile)('tar', ['-czf', tarball, '-C', folder, 'package']);
	return tarball;
}

/** How the stand-in service is called in the demo. */
export const standInServices: Readonly<Record<string, Service>> = {
	'stand-in': { title: 'Stand-In', credential: 'standInApi' },
};

/** A service on loopback that lists three things to those who know the key. */
export async function startStandInService(): Promise<DemoSimulator> {
	const requests: string[] = [];
	const server = createServer((request, response) => {
		requests.push(`${request.method} ${request.url}`);
		const answer = (status: number, body: unknown) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(body));
		};
		if (request.headers.authorization !== 'Bearer invented-key') {
			answer(401, { message: 'This key opens nothing' });
		} else if (request.url === '/things') {
			answer(200, [{ id: 1, name: 'ladder' }, { id: 2 }, { id: 3 }]);
		} else {
			answer(404, { message: 'No such thing' });
		}
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const address = server.address();
	if (typeof address !== 'object' || address === null) throw new Error('The service has no port');
	const url = `http://127.0.0.1:${address.port}`;
	return {
		service: 'stand-in',
		url,
		credential: { url, key: 'invented-key' },
		requests,
		faults: [],
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
