import { clock } from '../../nodes/shared/clock';
import type { Lane } from '../../nodes/shared/pacing';
import { Pace } from '../../nodes/shared/pacing';
import { turnClock } from '../support/time.mts';

afterEach(() => jest.restoreAllMocks());

const settle = async () => await new Promise((resolve) => setImmediate(resolve));

/** Asks for places and keeps who got one, in order. */
function queueAt(pace: Pace) {
	const entered: string[] = [];
	return {
		entered,
		ask: (name: string, lane: Lane = 'read', again = false): void => {
			void pace.enter(lane, again).then(() => entered.push(name));
		},
	};
}

/** How many of `asked` requests get a place at the same time. */
async function roomIn(pace: Pace, lane: Lane = 'read', asked = 30): Promise<number> {
	const { entered, ask } = queueAt(pace);
	for (let i = 0; i < asked; i++) ask(String(i), lane);
	await settle();
	const most = entered.length;
	for (let i = 0; i < asked; i++) {
		pace.leave(lane);
		await settle();
	}
	expect(entered).toHaveLength(asked);
	return most;
}

describe('limits', () => {
	it('lets as many in as each lane allows, and the lanes do not take places from each other', async () => {
		const pace = new Pace(3, 1);
		const { entered, ask } = queueAt(pace);
		for (const name of ['r1', 'r2', 'r3', 'r4']) ask(name, 'read');
		for (const name of ['w1', 'w2']) ask(name, 'write');
		await settle();
		expect(entered).toEqual(['r1', 'r2', 'r3', 'w1']);
		pace.leave('write');
		await settle();
		expect(entered).toEqual(['r1', 'r2', 'r3', 'w1', 'w2']);
		pace.leave('read');
		await settle();
		expect(entered).toEqual(['r1', 'r2', 'r3', 'w1', 'w2', 'r4']);
	});

	it('lets the next one in for each that leaves, in the order in which they came', async () => {
		const pace = new Pace(1, 1);
		const { entered, ask } = queueAt(pace);
		for (const name of ['a', 'b', 'c', 'd']) ask(name);
		await settle();
		expect(entered).toEqual(['a']);
		for (const expected of ['ab', 'abc', 'abcd']) {
			pace.leave('read');
			await settle();
			expect(entered.join('')).toBe(expected);
		}
	});

	it('lets who tries again go before who has not tried yet', async () => {
		const pace = new Pace(1, 1);
		const { entered, ask } = queueAt(pace);
		ask('first');
		ask('second');
		ask('third');
		ask('again', 'read', true);
		await settle();
		expect(entered).toEqual(['first']);
		for (let i = 0; i < 3; i++) {
			pace.leave('read');
			await settle();
		}
		expect(entered).toEqual(['first', 'again', 'second', 'third']);
	});

	it('lets who tries again in at once where there is a place, but not beyond the limit', async () => {
		const pace = new Pace(2, 1);
		const { entered, ask } = queueAt(pace);
		for (const name of ['a', 'b', 'c']) ask(name, 'read', true);
		await settle();
		expect(entered).toEqual(['a', 'b']);
	});

	it('does not grow above the limit that was set', async () => {
		const pace = new Pace(3, 1);
		for (let i = 0; i < 20; i++) pace.speedUp('read');
		expect(await roomIn(pace)).toBe(3);
	});
});

describe('a limit of requests a minute', () => {
	it('lets as many begin at once and then one for each that is a minute old', async () => {
		const time = turnClock();
		const start = time.now;
		const pace = new Pace(10, 1, undefined, 3);
		const began: number[] = [];
		for (let i = 0; i < 7; i++) {
			await pace.enter('read', false);
			began.push(time.now - start);
			pace.leave('read');
			time.now += 1_000;
		}
		expect(began).toEqual([0, 1_000, 2_000, 60_000, 61_000, 62_000, 120_000]);
	});

	it('counts reads and writes together', async () => {
		const time = turnClock();
		const pace = new Pace(10, 10, undefined, 2);
		await pace.enter('read', false);
		await pace.enter('write', false);
		expect(time.slept).toEqual([]);
		await pace.enter('write', false);
		expect(time.slept).toEqual([60_000]);
	});

	it('is no limit where the service has none', async () => {
		const time = turnClock();
		const pace = new Pace(10_000, 1);
		for (let i = 0; i < 5_000; i++) await pace.enter('read', false);
		expect(time.slept).toEqual([]);
	});

	it('holds for requests that wait at the same time', async () => {
		const time = turnClock();
		const start = time.now;
		const pace = new Pace(10, 1, undefined, 4);
		const began: number[] = [];
		await Promise.all(
			Array.from({ length: 10 }, async () => {
				await pace.enter('read', false);
				began.push(time.now - start);
			}),
		);
		for (let i = 4; i < began.length; i++) {
			expect((began[i] ?? 0) - (began[i - 4] ?? 0)).toBeGreaterThanOrEqual(60_000);
		}
	});
});

describe('slowing down', () => {
	it('stops everyone in both lanes for the time that the service named', async () => {
		const time = turnClock();
		const begin = time.now;
		const pace = new Pace(2, 2);
		pace.slowDown(3000);
		const at: number[] = [];
		await Promise.all(
			(['read', 'write'] as const).map(async (lane) => {
				await pace.enter(lane, false);
				at.push(time.now - begin);
			}),
		);
		expect(at).toEqual([3000, 3000]);
		expect(time.slept).toEqual([3000, 3000]);
	});

	it('goes on at the very moment the pause ends', async () => {
		const time = turnClock();
		const pace = new Pace(2, 2);
		pace.slowDown(3000);
		time.now += 3000;
		await pace.enter('read', false);
		expect(time.slept).toEqual([]);
	});

	it('waits on when the pause was made longer meanwhile', async () => {
		const pace = new Pace(2, 2);
		let longer = true;
		const time = turnClock(() => {
			if (longer) pace.slowDown(5000);
			longer = false;
		});
		const begin = time.now;
		pace.slowDown(1000);
		await pace.enter('read', false);
		expect(time.now - begin).toBe(5000);
		expect(time.slept).toEqual([1000, 4000]);
	});

	it('never makes a pause shorter', async () => {
		const time = turnClock();
		const begin = time.now;
		const pace = new Pace(2, 2);
		pace.slowDown(5000);
		pace.slowDown(10);
		await pace.enter('read', false);
		expect(time.now - begin).toBe(5000);
	});

	it('halves the limit of both lanes, down to one', async () => {
		const time = turnClock();
		const pace = new Pace(10, 4);
		const rooms: Array<[number, number]> = [];
		for (let i = 0; i < 6; i++) {
			pace.slowDown(1000);
			time.now += 1000;
			rooms.push([await roomIn(pace, 'read'), await roomIn(pace, 'write')]);
		}
		expect(rooms).toEqual([
			[5, 2],
			[2, 1],
			[1, 1],
			[1, 1],
			[1, 1],
			[1, 1],
		]);
	});

	it('takes refusals of requests that were in flight together for one sign', async () => {
		const time = turnClock();
		const pace = new Pace(8, 8);
		for (let i = 0; i < 8; i++) pace.slowDown(1000);
		time.now += 1000;
		expect(await roomIn(pace)).toBe(4);
	});

	it('takes a refusal after the pause for a new sign', async () => {
		const time = turnClock();
		const pace = new Pace(8, 8);
		pace.slowDown(1000);
		time.now += 1000;
		pace.slowDown(1000);
		time.now += 1000;
		expect(await roomIn(pace)).toBe(2);
	});

	it('lets nobody in for those that leave until fewer are in flight than now allowed', async () => {
		const time = turnClock();
		const pace = new Pace(4, 1);
		const { entered, ask } = queueAt(pace);
		for (let i = 0; i < 6; i++) ask(String(i));
		await settle();
		pace.slowDown(1000);
		time.now += 1000;
		pace.leave('read');
		pace.leave('read');
		await settle();
		expect(entered).toHaveLength(4);
		pace.leave('read');
		await settle();
		expect(entered).toHaveLength(5);
	});
});

describe('recovering', () => {
	it('adds one place for every full round of requests that went through', async () => {
		const time = turnClock();
		const pace = new Pace(10, 1);
		pace.slowDown(1000);
		pace.slowDown(1000);
		time.now += 1000;
		expect(await roomIn(pace)).toBe(5);
		for (let i = 0; i < 5; i++) pace.speedUp('read');
		expect(await roomIn(pace)).toBe(5);
		pace.speedUp('read');
		expect(await roomIn(pace)).toBe(6);
	});

	it('comes back to the limit that was set and stays there', async () => {
		const time = turnClock();
		const pace = new Pace(10, 1);
		for (let i = 0; i < 4; i++) {
			pace.slowDown(1000);
			time.now += 1000;
		}
		let successes = 0;
		while ((await roomIn(pace)) < 10) {
			pace.speedUp('read');
			successes++;
		}
		// 1 + 2 + … + 9, and one more for each round because of the fractions
		expect(successes).toBeGreaterThanOrEqual(45);
		expect(successes).toBeLessThanOrEqual(60);
		for (let i = 0; i < 30; i++) pace.speedUp('read');
		expect(await roomIn(pace)).toBe(10);
	});

	it('lets those in who wait as soon as there is a place again', async () => {
		const time = turnClock();
		const pace = new Pace(2, 1);
		pace.slowDown(1000);
		time.now += 1000;
		const { entered, ask } = queueAt(pace);
		ask('a');
		ask('b');
		await settle();
		expect(entered).toEqual(['a']);
		pace.speedUp('read');
		await settle();
		expect(entered).toEqual(['a', 'b']);
	});

	it('recovers lane by lane', async () => {
		const time = turnClock();
		const pace = new Pace(4, 4);
		pace.slowDown(1000);
		time.now += 1000;
		for (let i = 0; i < 30; i++) pace.speedUp('read');
		expect(await roomIn(pace, 'read')).toBe(4);
		expect(await roomIn(pace, 'write')).toBe(2);
	});
});

describe('cancelling', () => {
	it('does not wait for the end of a pause', async () => {
		const controller = new AbortController();
		jest.spyOn(clock, 'now').mockReturnValue(0);
		// Ends at once, as a cancelled sleep does, while the pause goes on
		const sleep = jest.spyOn(clock, 'sleep').mockImplementation(async () => {
			if (controller.signal.aborted) throw new Error('slept again');
			controller.abort();
			await Promise.resolve();
		});
		const pace = new Pace(1, 1, controller.signal);
		pace.slowDown(5000);
		await pace.enter('read', false);
		pace.leave('read');
		await pace.enter('read', false);
		expect(sleep).toHaveBeenCalledTimes(1);
	});

	it('tells the clock, so that a sleep under way ends too', async () => {
		const { signal } = new AbortController();
		turnClock();
		const sleep = jest.spyOn(clock, 'sleep');
		const pace = new Pace(1, 1, signal);
		pace.slowDown(5000);
		await pace.enter('read', false);
		expect(sleep).toHaveBeenCalledWith(5000, signal);
	});
});
