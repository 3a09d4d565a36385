const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { default: TestRunner } = require('jest-runner');

/** Full names of the tests of each file. The first run, with no mutant, meets all; each process reads them once. */
let namesOf;

/**
 * Jest's runner, in a hurry. Stryker wants to know whether a mutant is noticed, and gives the names of the tests that
 * reach it, but it cannot keep Jest from loading files without such a test, nor from going on after a failure.
 */
module.exports = class HastyRunner extends TestRunner {
	async runTests(tests, watcher, options) {
		const { testNamePattern, nonFlagArgs } = this._globalConfig;
		const wanted = testNamePattern && new RegExp(testNamePattern, 'i');
		const store = join(this._globalConfig.rootDir, 'node_modules/.cache/mutation/tests.json');
		namesOf ??= wanted && existsSync(store) ? JSON.parse(readFileSync(store, 'utf8')) : {};
		let failed = false;
		const unsubscribe = this.on('test-file-success', ([test, { testResults, ...result }]) => {
			namesOf[test.path] = testResults.map(({ fullName }) => fullName);
			failed ||= result.numFailingTests > 0 || result.testExecError !== undefined;
		});
		const subjects = nonFlagArgs.map(moduleOf);
		// Those of the mutated module, then other fast ones
		const rank = ({ path }) => (subjects.includes(moduleOf(path)) ? 0 : slowOne(path) ? 2 : 1);
		for (const test of [...tests].sort((a, b) => rank(a) - rank(b))) {
			if (failed) break;
			if (!subjects.some((subject) => isJudgedBy(subject, test.path))) continue;
			const names = namesOf[test.path];
			if (wanted && names && !names.some((name) => wanted.test(name))) continue;
			await super.runTests([test], watcher, options);
		}
		unsubscribe();
		if (wanted || failed) return;
		mkdirSync(dirname(store), { recursive: true });
		writeFileSync(store, JSON.stringify(namesOf));
	}
};

/** Modules that nearly all tests pass through, and the tests that judge them. */
const judges = {
	execute: ['execute', 'items', 'sleeping', 'transport'],
	transport: ['session', 'transport', 'edges', 'transfer', 'cancel', 'items'],
};

/** The slow tests, and the modules that they are needed for. */
const slow = [
	{ of: 'test/engine/sleeping', judges: ['execute', 'properties', 'sleeping', 'tasks'] },
	{ of: 'test/engine/overlappingPolls', judges: ['poll'] },
	{ of: 'test/shared/delivery', judges: ['poll', 'watch'] },
	{ of: 'test/shared/expressions', judges: ['expressions'] },
	{
		of: 'test/engine/',
		judges: ['apiRequest', 'deadlines', 'execute', 'locators', 'looks', 'tasks', 'transport'],
	},
];
const slowOne = (path) => slow.find(({ of }) => path.includes(of));

/**
 * Whether a test is one of those that judge a module. What the others would notice beyond that counts as not noticed:
 * they take long and find little.
 */
function isJudgedBy(subject, test) {
	// Credentials have their own
	if (subject.endsWith('Api')) return test.includes('/test/credentials/');
	if (Object.hasOwn(judges, subject)) return judges[subject].includes(moduleOf(test));
	return slowOne(test)?.judges.includes(subject) !== false;
}

/** `values` for nodes/shared/values.ts and for test/shared/values.test.mts */
const moduleOf = (path) => basename(path).split('.')[0];
