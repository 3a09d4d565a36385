import { sleep } from 'n8n-workflow';

/** The longest single sleep, in milliseconds: how late a cancelled run may notice. */
const slice = 200;

/** Time as the engine sees it; tests replace its functions. */
export const clock = {
	/** Milliseconds since the epoch. */
	now: (): number => Date.now(),
	/** A signal that is given after a time. */
	deadline: (milliseconds: number): AbortSignal => AbortSignal.timeout(milliseconds),
	/** Sleeps in slices, so that a cancelled run stops waiting at once. */
	async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
		const end = Date.now() + milliseconds;
		for (let left = milliseconds; left > 0; left = end - Date.now()) {
			if (signal?.aborted) return;
			await sleep(Math.min(slice, left));
		}
	},
};
