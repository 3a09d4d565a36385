const { join } = require('node:path');
const { projects } = require('../../jest.config.js');

/** The tests that judge the engine and the credentials, as one project: those of single services are about the services. */
module.exports = {
	...projects[0],
	displayName: 'mutation',
	testMatch: [
		'shared/*',
		'credentials/*',
		'engine/items',
		'engine/cancel',
		'engine/overlappingPolls',
		'engine/sleeping',
		'engine/transfer',
		'engine/transport',
	].map((files) => `<rootDir>/test/${files}.test.mts`),
	runner: '<rootDir>/test/mutation/runner.js',
	// Stryker does not know <rootDir> here
	testEnvironment: join(__dirname, 'environment.js'),
};
