import nock from 'nock';

// Nothing in the tests may leave this machine: a forgotten mock fails instead of calling a service.
nock.disableNetConnect();
nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/);

// Importing nock puts it between Node and the network for the whole process. A file none of whose tests runs would never
// take it out again, and later files of the same process would meet a network that knows none of their mocks.
nock.restore();
beforeAll(() => nock.activate());
afterAll(() => nock.restore());
