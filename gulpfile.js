'use strict';

/** The build: `npm run build` makes dist/ from nodes/ and credentials/, and the generated parts of docs/. */
const { build: esbuild } = require('esbuild');
const { execFile } = require('node:child_process');
const { mkdir, readFile, rm, writeFile } = require('node:fs/promises');
const { join } = require('node:path');
const { promisify } = require('node:util');
const { dest, parallel, series, src } = require('gulp');

const run = promisify(execFile);
const node = process.execPath;

/** Modules that bring a library along: nothing is installed with the package on a user's machine. */
const bundled = [{ module: 'nodes/AdobeCampaignStandard/jwt', library: 'jose' }];

async function clean() {
	await rm('dist', { recursive: true, force: true });
}

/** Types and JavaScript in one go; a type error stops the build. */
async function compile() {
	try {
		await run(node, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.json']);
	} catch (error) {
		throw new Error(`The sources do not compile:\n${error.stdout}`);
	}
}

async function bundle() {
	for (const { module, library } of bundled) {
		await esbuild({
			entryPoints: [`${module}.ts`],
			outfile: `dist/${module}.js`,
			allowOverwrite: true,
			bundle: true,
			format: 'cjs',
			platform: 'node',
			target: 'node20',
			keepNames: true,
			legalComments: 'inline',
			external: ['n8n-workflow', 'luxon'],
		});
		const folder = join('node_modules', library);
		const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
		const text = await readFile(join(folder, 'LICENSE.md'), 'utf8');
		await mkdir('dist/licenses', { recursive: true });
		await writeFile(
			`dist/licenses/${library}.md`,
			`# ${library} ${version} (${license})\n\n${text}`,
		);
	}
}

const copy = (pattern) => () => src(pattern, { base: '.', encoding: false }).pipe(dest('dist'));
const icons = copy('nodes/**/*.svg');
const codex = copy('nodes/**/*.node.json');
const schemas = copy(['nodes/**/__schema__/**/*.json', '!nodes/**/*.node.json']);
icons.displayName = 'icons';
codex.displayName = 'codex';
schemas.displayName = 'schemas';

async function docs() {
	const { stdout } = await run(node, ['scripts/docs.mjs', ...(process.env.CI ? ['--check'] : [])]);
	process.stdout.write(stdout);
}

exports.clean = clean;
exports.docs = docs;
exports.build = series(clean, compile, parallel(bundle, icons, codex, schemas), docs);
exports.default = exports.build;
