import nock from 'nock';

// n8n-core writes every failure of a node to the console, also those that a test wants
process.env.N8N_LOG_LEVEL ??= 'silent';

// Nothing in the tests may leave this machine: a forgotten mock fails instead of calling a service.
nock.disableNetConnect();
nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/);

afterAll(() => {
	nock.restore();
});
