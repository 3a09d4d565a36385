/**
 * Makes a function keep its last result, for work that comes to the same in every request of a run.
 * @param work depends on nothing but the values that it is given, and its result is never changed; what it throws is not kept
 * @returns the same function; values are compared as `Object.is` does
 */
export function rememberLast<Given extends readonly unknown[], Result>(
	work: (...given: Given) => Result,
): (...given: Given) => Result {
	let last: { given: Given; result: Result } | undefined;
	return (...given) => {
		const before = last;
		if (before && given.every((value, index) => Object.is(value, before.given[index]))) {
			return before.result;
		}
		const result = work(...given);
		last = { given, result };
		return result;
	};
}
