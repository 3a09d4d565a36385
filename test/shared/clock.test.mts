import { clock } from '../../nodes/shared/clock';

it('reads the time of this machine', () => {
	const before = Date.now();
	const read = clock.now();
	expect(read).toBeGreaterThanOrEqual(before);
	expect(read).toBeLessThanOrEqual(Date.now());
});

it('sleeps as long as asked, in slices and to the last part of one', async () => {
	const before = performance.now();
	await clock.sleep(230);
	const slept = performance.now() - before;
	expect(slept).toBeGreaterThanOrEqual(225);
	expect(slept).toBeLessThan(390);
});

it('stops sleeping within a slice when the run is cancelled', async () => {
	const controller = new AbortController();
	const before = performance.now();
	const sleeping = clock.sleep(60_000, controller.signal);
	controller.abort();
	await sleeping;
	expect(performance.now() - before).toBeLessThan(400);
});

it('does not sleep at all when the run is cancelled already, or for no time', async () => {
	const before = performance.now();
	await clock.sleep(60_000, AbortSignal.abort());
	await clock.sleep(0);
	await clock.sleep(-5);
	expect(performance.now() - before).toBeLessThan(100);
});

it('gives a signal after a time, and not before', async () => {
	const signal = clock.deadline(40);
	expect(signal.aborted).toBe(false);
	const before = performance.now();
	await new Promise((resolve) => signal.addEventListener('abort', resolve));
	expect(performance.now() - before).toBeGreaterThanOrEqual(30);
});
