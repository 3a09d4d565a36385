/**
 * n8n's scanner for community packages, offline: the rules that n8n applies to the sources and to the packed files
 * before it verifies a package. Its provenance check needs a published package and is left to the release.
 * The scanner's own command ends with 0 also when it finds something; this one does not.
 */
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
if (!existsSync(join(root, 'dist')))
	throw new Error('There is no dist/ yet: run npm run build first');

// ESLint looks at files below its working directory only, and never below node_modules
const folder = mkdtempSync(join(tmpdir(), 'campaign-stack-scan-'));
try {
	execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
		cwd: root,
		shell: process.platform === 'win32',
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
	execFileSync('tar', ['-xzf', tarball], { cwd: folder });
	const legs = [
		['sources', await analyzePackage(root, SOURCE_FILE_PATTERNS)],
		['packed files', await analyzePackage(join(folder, 'package'), ['**/*.js', 'package.json'])],
	];
	for (const [name, result] of legs) {
		console.log(
			`${name}: ${result.passed ? 'nothing found' : `${result.message}\n${result.details}`}`,
		);
	}
	if (!legs.every(([, result]) => result.passed)) process.exitCode = 1;
} finally {
	rmSync(folder, { recursive: true, force: true });
}
