import { clock } from './clock';

/** Reads and writes have a limit each, but slow down together. */
export type Lane = 'read' | 'write';

const minute = 60_000;

interface LaneState {
	most: number;
	/** Requests allowed at the same time; a fraction while it recovers. */
	allowed: number;
	running: number;
	/** Those who try again, then those who have not tried yet. */
	again: Array<() => void>;
	waiting: Array<() => void>;
}

/**
 * Limits the requests in flight of one run and adapts to the service: a 429 or 503 stops everyone for the
 * time that the service names and halves the limit, every success lets it grow again by a fraction
 * (additive increase, multiplicative decrease, as in TCP).
 */
export class Pace {
	private readonly lanes: Record<Lane, LaneState>;

	private pausedUntil = 0;

	/** When the requests of the last minute began, oldest first; kept only where the service has such a limit. */
	private readonly begun: number[] = [];

	/**
	 * @param perMinute requests that the service takes in any minute, where it says so
	 */
	constructor(
		reads: number,
		writes: number,
		private readonly signal?: AbortSignal,
		private readonly perMinute = Number.POSITIVE_INFINITY,
	) {
		const lane = (most: number): LaneState => ({
			most,
			allowed: most,
			running: 0,
			again: [],
			waiting: [],
		});
		this.lanes = { read: lane(reads), write: lane(writes) };
	}

	/** Waits for a place in the lane. Who tries again goes before who has not tried yet. */
	async enter(name: Lane, again: boolean): Promise<void> {
		const lane = this.lanes[name];
		const isFree = lane.running < Math.floor(lane.allowed);
		if (isFree && lane.again.length === 0 && (again || lane.waiting.length === 0)) {
			lane.running++;
		} else {
			await new Promise<void>((resolve) => {
				(again ? lane.again : lane.waiting).push(resolve);
			});
		}
		while (!this.signal?.aborted) {
			const left = Math.max(this.pausedUntil - clock.now(), this.untilAllowed());
			if (left <= 0) break;
			await clock.sleep(left, this.signal);
		}
		if (Number.isFinite(this.perMinute)) this.begun.push(clock.now());
	}

	/** Milliseconds until one more request stays within the limit of a minute. */
	private untilAllowed(): number {
		if (!Number.isFinite(this.perMinute)) return 0;
		const now = clock.now();
		while ((this.begun[0] ?? now) <= now - minute) this.begun.shift();
		const blocking = this.begun.at(-this.perMinute);
		return blocking === undefined ? 0 : blocking + minute - now;
	}

	/** Gives the place back. */
	leave(name: Lane): void {
		const lane = this.lanes[name];
		lane.running--;
		this.admit(lane);
	}

	/** The service asked for less: nobody sends for `delay` milliseconds, then fewer at a time. */
	slowDown(delay: number): void {
		const now = clock.now();
		// Requests that were in flight together are refused together; that counts as one sign
		if (now >= this.pausedUntil) {
			for (const lane of Object.values(this.lanes)) lane.allowed = Math.max(1, lane.allowed / 2);
		}
		this.pausedUntil = Math.max(this.pausedUntil, now + delay);
	}

	/** A request went through: a full round of these adds one to the limit. */
	speedUp(name: Lane): void {
		const lane = this.lanes[name];
		lane.allowed = Math.min(lane.most, lane.allowed + 1 / lane.allowed);
		this.admit(lane);
	}

	private admit(lane: LaneState): void {
		while (lane.running < Math.floor(lane.allowed)) {
			const next = lane.again.shift() ?? lane.waiting.shift();
			if (!next) return;
			lane.running++;
			next();
		}
	}
}
