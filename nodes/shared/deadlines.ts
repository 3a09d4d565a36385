import { clock } from './clock';

/** The part of a time limit within which requests that begin after each other share one signal. */
const sharedPart = 0.01;

/** What ends a request that takes too long, or whose execution was cancelled. */
export interface Deadline {
	/** Given when the time is over or the execution was cancelled. */
	signal: AbortSignal;
	/** Given when the time is over. */
	over: AbortSignal;
}

interface Shared extends Deadline {
	milliseconds: number;
	cancelled: AbortSignal | undefined;
	/** When a request may begin under it and still has all of its time; in milliseconds since the epoch. */
	from: number;
	until: number;
}

/**
 * The time limits of a run's requests. Making a signal takes longer than most of what a request costs, so requests that
 * begin at nearly the same time share theirs: each has all of its time, and up to a hundredth more.
 */
export class Deadlines {
	private last?: Shared;

	/** @param milliseconds that a request has from now on */
	begin(milliseconds: number, cancelled: AbortSignal | undefined): Deadline {
		const now = clock.now();
		const { last } = this;
		if (
			last?.milliseconds === milliseconds &&
			last.cancelled === cancelled &&
			// A clock may be set back
			now >= last.from &&
			now <= last.until &&
			!last.over.aborted
		) {
			return last;
		}
		const more = Math.ceil(milliseconds * sharedPart);
		const over = clock.deadline(milliseconds + more);
		const signal = cancelled ? AbortSignal.any([cancelled, over]) : over;
		this.last = { signal, over, milliseconds, cancelled, from: now, until: now + more };
		return this.last;
	}
}
