const { TestEnvironment } = require('jest-environment-node');

/** Tests of thousands of items take seconds and notice nothing that those of a few do not. */
const ofScale = /\b10,000 of them$/;

/** Skips what comes after the first failed test of a file: one is enough to know that a mutant was noticed. */
module.exports = class HastyEnvironment extends TestEnvironment {
	failed = false;

	async handleTestEvent({ name, test }) {
		if (name === 'test_done' && test.errors.length > 0) this.failed = true;
		if (name === 'test_start' && (this.failed || ofScale.test(test.name))) test.mode = 'skip';
	}
};
