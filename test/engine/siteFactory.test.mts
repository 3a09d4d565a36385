import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SiteFactoryApi } from '../../credentials/SiteFactoryApi.credentials.ts';
import { SiteFactory } from '../../nodes/SiteFactory/SiteFactory.node.ts';
import { runNode } from '../support/engine.mts';

it('runs', async () => {
	const server = createServer((_request, response) => {
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({ message: 'pong', server_time: 'x' }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const outcome = await runNode({
		node: new SiteFactory(),
		credentialType: new SiteFactoryApi(),
		credential: {
			factoryUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
			username: 'u',
			apiKey: 'invented-key',
		},
		parameters: { resource: 'factory', operation: 'ping' },
		items: [{ a: 1 }, { a: 2 }],
	});
	server.close();
	expect(outcome.error).toBeUndefined();
	expect(outcome.items).toHaveLength(2);
});
