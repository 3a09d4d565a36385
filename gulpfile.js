'use strict';

/** The build: `npm run build` makes dist/ from nodes/ and credentials/, and the generated parts of docs/. */
const { build: esbuild } = require('esbuild');
const { execFile } = require('node:child_process');
const { mkdir, readFile, readdir, rm, writeFile } = require('node:fs/promises');
const { join } = require('node:path');
const { promisify } = require('node:util');
const { dest, parallel, series, src } = require('gulp');

const run = promisify(execFile);
const node = process.execPath;

/** Modules that bring their libraries along: nothing is installed with the package on a user's machine. */
const bundled = ['nodes/AdobeCampaignStandard/jwt', 'nodes/WarpUrl/csv', 'nodes/WarpUrl/qrCode'];

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

/** The folder of the package that a bundled file comes from; undefined for our own. */
const packageOf = (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];

/** Ships the licence text of a library whose code is in a bundle. */
async function copyLicense(folder) {
	const { name, version, license } = JSON.parse(
		await readFile(join(folder, 'package.json'), 'utf8'),
	);
	const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
	if (!file) throw new Error(`${name} comes without a licence text, so it cannot be bundled`);
	const text = await readFile(join(folder, file), 'utf8');
	await mkdir('dist/licenses', { recursive: true });
	await writeFile(
		`dist/licenses/${name.replace('/', '__')}.md`,
		`# ${name} ${version} (${license})\n\n${text}`,
	);
}

async function bundle() {
	const libraries = new Set();
	for (const module of bundled) {
		const { metafile } = await esbuild({
			entryPoints: [`${module}.ts`],
			outfile: `dist/${module}.js`,
			allowOverwrite: true,
			bundle: true,
			format: 'cjs',
			// The entries of libraries for Node need modules of Node that n8n does not allow
			platform: 'neutral',
			mainFields: ['module', 'main'],
			target: 'node20',
			keepNames: true,
			legalComments: 'inline',
			metafile: true,
			external: ['n8n-workflow', 'luxon', 'crypto'],
		});
		for (const { inputs } of Object.values(metafile.outputs)) {
			for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
				if (bytesInOutput > 0) libraries.add(packageOf(file));
			}
		}
	}
	libraries.delete(undefined);
	await Promise.all([...libraries].map(copyLicense));
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
