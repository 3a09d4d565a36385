import { runDemo } from './demo.mts';
import type { DemoOptions } from './demo.mts';
import type { N8n } from './n8n.mts';

/** Signals that end the demo, and the exit code a shell gives for them. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Two signals this close together are one Ctrl-C that reached us twice: from the terminal and through npm. */
const sameKeystroke = 1000;

/**
 * Runs the demo as a program of its own and ends the process with its exit code. Ends in order on Ctrl-C, SIGTERM,
 * and when the program that started it is gone; by force on a second Ctrl-C.
 */
export async function main(
	options: Omit<DemoOptions, 'signal' | 'say' | 'started'>,
): Promise<never> {
	const end = new AbortController();
	let n8n: N8n | undefined;
	let interruption: { code: number; at: number } | undefined;
	const interrupt = (name: keyof typeof signals) => {
		const now = Date.now();
		if (interruption === undefined) {
			interruption = { code: signals[name], at: now };
			end.abort(new Error(`Ended by ${name}`));
		} else if (now - interruption.at > sameKeystroke) {
			console.log('Ending n8n by force ...');
			n8n?.kill();
		}
	};
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.on(name, () => interrupt(name));
	process.on('disconnect', () => interrupt('SIGTERM'));
	// the terminal may be gone before us; what is said then goes nowhere
	for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
	let code: number;
	try {
		code = await runDemo({
			...options,
			signal: end.signal,
			say: (line) => console.log(line),
			started: (running) => {
				n8n = running;
			},
		});
	} catch (error) {
		code = 1;
		if (interruption === undefined) {
			console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		}
	}
	// a demo is meant to be ended by Ctrl-C; a check that was ended has not succeeded
	if (interruption !== undefined) code = options.check ? interruption.code : 0;
	process.exit(code);
}
