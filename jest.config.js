// n8n-core logs every refused item; tests assert on errors instead
process.env.N8N_LOG_LEVEL = 'silent';

/** Unit, catalog and engine tests run in Jest; the real n8n is driven by test/e2e (see package.json). */
const swc = {
	jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
	module: { type: 'commonjs' },
	sourceMaps: 'inline',
};
const project = (name) => ({
	displayName: name,
	rootDir: __dirname,
	roots: ['<rootDir>/nodes', '<rootDir>/credentials', '<rootDir>/test', '<rootDir>/demo'],
	testMatch: [`<rootDir>/test/${name}/**/*.test.mts`],
	testEnvironment: 'node',
	moduleFileExtensions: ['ts', 'mts', 'js', 'mjs', 'json', 'node'],
	modulePathIgnorePatterns: ['<rootDir>/demo/host/', '<rootDir>/dist/'],
	transform: { '\\.m?[tj]s$': ['@swc/jest', swc] },
	// These ship ES modules only
	transformIgnorePatterns: [
		'/node_modules/(?!(jose|nock|@mswjs|@open-draft|outvariant|strict-event-emitter|is-node-process|rettime|until-async)/)',
	],
	setupFilesAfterEnv: ['<rootDir>/test/support/setup.mts'],
});
module.exports = {
	// A busy machine is no fault of the code; what never ends is noticed all the same
	testTimeout: 30_000,
	projects: ['shared', 'catalog', 'credentials', 'providers', 'simulators', 'engine'].map(project),
	// What all services stand on; of the services themselves every operation is run, which says more
	collectCoverageFrom: ['nodes/shared/**/*.ts', 'credentials/**/*.ts'],
	coverageThreshold: {
		'./nodes/shared/': { lines: 100, branches: 100 },
		'./credentials/': { lines: 100, branches: 100 },
	},
	coverageReporters: [['text', { skipFull: true }], 'html'],
	// Where n8n's linter does not look
	coverageDirectory: 'node_modules/.cache/coverage',
};
