import nock from 'nock';

// Nothing in the tests may leave this machine: a forgotten mock fails instead of calling a service.
nock.disableNetConnect();
nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/);

afterAll(() => {
	nock.restore();
});
