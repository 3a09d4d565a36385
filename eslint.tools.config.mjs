/**
 * Rules for everything that is not shipped: tests, demo, benchmarks, scripts. The shipped sources follow n8n's own
 * configuration (eslint.config.mjs), which does not look at these files.
 */
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{
		ignores: [
			'dist',
			'coverage',
			'node_modules',
			'demo/host/node_modules',
			'nodes',
			'credentials',
			'.cache',
		],
	},
	js.configs.recommended,
	{
		files: ['**/*.mts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { project: './tsconfig.tools.json' } },
		rules: {
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-floating-promises': [
				'error',
				{
					allowForKnownSafeCalls: [
						{ from: 'package', package: 'node:test', name: ['describe', 'it'] },
					],
				},
			],
			// Texts are made from values that were parsed a line before
			'@typescript-eslint/no-base-to-string': 'off',
		},
	},
	{
		files: ['**/*.{js,mjs}'],
		languageOptions: {
			globals: {
				console: 'readonly',
				process: 'readonly',
				require: 'readonly',
				module: 'writable',
				exports: 'writable',
				__dirname: 'readonly',
				setTimeout: 'readonly',
				clearTimeout: 'readonly',
				setInterval: 'readonly',
				clearInterval: 'readonly',
				AbortController: 'readonly',
				AbortSignal: 'readonly',
				Buffer: 'readonly',
				URL: 'readonly',
				fetch: 'readonly',
			},
		},
		rules: { 'no-new-func': 'off' },
	},
);
