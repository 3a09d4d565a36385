import { clock } from '../../nodes/shared/clock';
import { Deadlines } from '../../nodes/shared/deadlines';

/** Deadlines on a clock that the test turns; each made one is ended by hand. */
function made() {
	const ends: Array<{ end: () => void; milliseconds: number }> = [];
	let now = 1_000;
	jest.spyOn(clock, 'now').mockImplementation(() => now);
	jest.spyOn(clock, 'deadline').mockImplementation((milliseconds) => {
		const controller = new AbortController();
		ends.push({ milliseconds, end: () => controller.abort() });
		return controller.signal;
	});
	return { ends, deadlines: new Deadlines(), turn: (by: number) => (now += by) };
}

afterEach(() => jest.restoreAllMocks());

it('requests that begin within a hundredth of their time share a signal, which leaves each all of its time', () => {
	const { ends, deadlines, turn } = made();
	const first = deadlines.begin(60_000, undefined);
	turn(600);
	expect(deadlines.begin(60_000, undefined)).toBe(first);
	expect(ends.map(({ milliseconds }) => milliseconds)).toEqual([60_600]);
	turn(1);
	const second = deadlines.begin(60_000, undefined);
	expect(second.signal).not.toBe(first.signal);
	turn(-2);
	expect(deadlines.begin(60_000, undefined).signal).not.toBe(second.signal);
	ends[0]?.end();
	expect([first.signal.aborted, first.over.aborted]).toEqual([true, true]);
	expect([second.signal.aborted, second.over.aborted]).toEqual([false, false]);
});

it('another time, another execution or a time that is over has a signal of its own', () => {
	const { ends, deadlines } = made();
	const one = new AbortController();
	const first = deadlines.begin(1_000, one.signal);
	expect(deadlines.begin(1_000, one.signal)).toBe(first);
	expect(deadlines.begin(2_000, one.signal)).not.toBe(first);
	const other = deadlines.begin(2_000, undefined);
	expect(other.signal).toBe(other.over);
	expect(deadlines.begin(2_000, new AbortController().signal)).not.toBe(other);
	const last = deadlines.begin(1_000, one.signal);
	expect(last).not.toBe(first);
	ends.at(-1)?.end();
	expect(deadlines.begin(1_000, one.signal).signal.aborted).toBe(false);
});

it('any whole time is a whole time with what is added', () => {
	const { ends, deadlines } = made();
	for (const milliseconds of [1, 60, 199, 3_600_000]) deadlines.begin(milliseconds, undefined);
	expect(ends.map(({ milliseconds }) => milliseconds)).toEqual([2, 61, 201, 3_636_000]);
});

it('a cancelled execution ends what is under way, and its time is not over', () => {
	const { deadlines } = made();
	const cancelled = new AbortController();
	const { signal, over } = deadlines.begin(1_000, cancelled.signal);
	cancelled.abort();
	expect([signal.aborted, over.aborted]).toEqual([true, false]);
});
