import { clock } from '../../nodes/shared/clock';

/** Time that tests turn: sleeping moves it on at once. */
export interface TurnedClock {
	/** Milliseconds since the epoch, as the engine sees them. */
	now: number;
	/** Every sleep that was asked for, in milliseconds. */
	slept: number[];
}

/**
 * Replaces the engine's clock until Jest restores mocks. A sleep lets everything else go on for a moment, then the
 * time is what it would be after it; sleeps that overlap end together.
 * @param onSleep called with each sleep, for what has to happen while the engine waits
 */
export function turnClock(onSleep?: (milliseconds: number) => void | Promise<void>): TurnedClock {
	const turned: TurnedClock = { now: Date.parse('2026-03-01T12:00:00Z'), slept: [] };
	jest.spyOn(clock, 'now').mockImplementation(() => turned.now);
	jest.spyOn(clock, 'sleep').mockImplementation(async (milliseconds) => {
		const end = turned.now + milliseconds;
		turned.slept.push(milliseconds);
		await onSleep?.(milliseconds);
		await new Promise((resolve) => setImmediate(resolve));
		turned.now = Math.max(turned.now, end);
	});
	return turned;
}
