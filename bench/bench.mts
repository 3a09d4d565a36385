import type { Host } from './host.mts';
import type { Services } from './services.mts';

/** What measurements work with. */
export interface Bench {
	/** An n8n that several measurements share. */
	host(): Promise<Host>;
	services: Services;
	/** The package and the fixtures, as n8n installs them. */
	tarballs: readonly string[];
	/** Rounds that count; a warm-up comes before them. Measurements that take long make do with half of them. */
	rounds: number;
	/** Ends everything. */
	signal: AbortSignal;
	say(line: string): void;
}

/** What is compared: runs once and gives what it measured, and how to show that in a line. */
export interface Measured<T> {
	run: () => Promise<T>;
	show: (result: T) => string;
}

/** How contenders take turns. */
export interface Turns<Name extends string> {
	/** Rounds that count; as many as were asked for when left out. */
	rounds?: number;
	/**
	 * How to run a contender in the first round, which does not count: the same way when left out, and not at all for those
	 * whose runs each start afresh.
	 */
	warmUp?: ((name: Name) => Promise<unknown>) | 'none';
}

/** Rounds for measurements that take long. */
export const fewer = ({ rounds }: Bench) => Math.ceil(rounds / 2);

/**
 * The order of a round. Whoever runs after a contender that leaves much garbage pays for it, so each round has another
 * order: in as many rounds as there are contenders, if their number is even, each comes after each other one once
 * (a Latin square as E. J. Williams, 1949, builds it).
 * @param round from 0
 */
function inTurn<T>(contenders: readonly T[], round: number): T[] {
	const { length } = contenders;
	return contenders.map((contender, place) => {
		// 0, 1, -1, 2, -2, ... from the one whose turn it is to begin
		const step = place % 2 === 1 ? (place + 1) / 2 : length - place / 2;
		return contenders[(round + step) % length] ?? contender;
	});
}

/**
 * Runs all contenders one after the other, and again, as often as rounds are wanted; so whatever the machine does
 * meanwhile hits all of them.
 * @returns what the counted rounds gave, by contender
 */
export async function alternate<Name extends string, T>(
	bench: Bench,
	contenders: Readonly<Record<Name, Measured<T>>>,
	turns: Turns<Name> = {},
): Promise<Record<Name, T[]>> {
	const { rounds = bench.rounds, warmUp = (name: Name) => contenders[name].run() } = turns;
	const names = Object.keys(contenders) as Name[];
	const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>;
	if (warmUp !== 'none') {
		for (const name of names) {
			bench.signal.throwIfAborted();
			bench.say(`  warm-up: ${name}`);
			await warmUp(name);
		}
	}
	for (let round = 1; round <= rounds; round++) {
		for (const name of inTurn(names, round - 1)) {
			bench.signal.throwIfAborted();
			const result = await contenders[name].run();
			results[name].push(result);
			bench.say(`  round ${round} of ${rounds}: ${name}: ${contenders[name].show(result)}`);
		}
	}
	return results;
}
