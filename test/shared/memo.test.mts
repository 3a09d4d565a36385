import { rememberLast } from '../../nodes/shared/memo';

it('works once for the same values in a row, and again for any other', () => {
	const work = jest.fn((one: unknown, two: unknown) => ({ sum: `${String(one)}${String(two)}` }));
	const kept = rememberLast(work);
	const list = ['x'];
	expect(kept('a', list)).toEqual({ sum: 'ax' });
	expect(kept('a', list)).toBe(kept('a', list));
	expect(work).toHaveBeenCalledTimes(1);
	expect(kept('a', ['x'])).toEqual({ sum: 'ax' });
	expect(work).toHaveBeenCalledTimes(2);
	expect(kept('b', list)).toEqual({ sum: 'bx' });
	expect(kept('a', list)).toEqual({ sum: 'ax' });
	expect(work).toHaveBeenCalledTimes(4);
	expect(kept(Number.NaN, 0)).toBe(kept(Number.NaN, 0));
	expect(work).toHaveBeenCalledTimes(5);
});

it('keeps nothing of a failure', () => {
	const results = [() => 1, () => 2];
	const kept = rememberLast((name: string) => {
		const next = results.shift();
		if (name === 'bad' || !next) throw new Error('No');
		return next();
	});
	expect(kept('good')).toBe(1);
	results.unshift(() => 0);
	expect(() => kept('bad')).toThrow('No');
	expect(() => kept('bad')).toThrow('No');
	expect(kept('good')).toBe(1);
});
