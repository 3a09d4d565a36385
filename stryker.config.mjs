import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A property is tried with few values each time: it is tried thousands of times
process.env.PROPERTY_RUNS ??= '0.5';

/**
 * `npm run mutation`: changes the engine and the credentials in thousands of places, one at a time, and looks whether
 * a test notices. See docs/mutation.md for what none notices.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
	mutate: ['nodes/shared/**/*.ts', 'credentials/**/*.ts'],
	testRunner: 'jest',
	jest: { configFile: 'test/mutation/jest.config.js', enableFindRelatedTests: true },
	coverageAnalysis: 'perTest',
	concurrency: Number(process.env.MUTATION_CONCURRENCY ?? 2),
	// The copy is outside the checkout: linters and Jest would find it there
	tempDirName: join(tmpdir(), 'n8n-nodes-campaign-stack-mutation'),
	cleanTempDir: 'always',
	ignorePatterns: ['dist', 'coverage', '.cache'],
	reporters: ['progress', 'clear-text', 'json', 'html'],
	clearTextReporter: { logTests: false, reportTests: false, reportMutants: false },
	jsonReporter: { fileName: 'node_modules/.cache/mutation/report.json' },
	htmlReporter: { fileName: 'node_modules/.cache/mutation/report.html' },
	thresholds: { high: 95, low: 90, break: 85 },
	// A busy machine is no reason to call a mutant endless
	timeoutMS: 15_000,
	// Also after a change only what it touches is tried again; delete the file to try everything
	incremental: true,
	incrementalFile: 'node_modules/.cache/mutation/incremental.json',
	// Jest keeps more memory with every run
	maxTestRunnerReuse: 40,
};
