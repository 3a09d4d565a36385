/**
 * Loaded into n8n before its own code (node --import). n8n must not outlive the program that started it, even when
 * that one is killed without a chance to clean up: its end closes this process's standard input.
 */
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.env.CAMPAIGN_STACK_GUARD === String(process.ppid)) {
	process.stdin.on('close', () => {
		// the same as a SIGTERM from outside, and on Windows the only polite way there is
		process.emit('SIGTERM', 'SIGTERM');
		setTimeout(() => process.exit(1), 15_000).unref();
	});
	process.stdin.resume();
	process.stdin.unref();
}
