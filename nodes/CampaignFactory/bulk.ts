import { isObject } from '../shared/json';
import type { Call, Operation, Result } from '../shared/operation';

/** Items for one call. No limit is documented; this one keeps a refused call readable. */
const size = 100;

/** Answers to a call for several records that tell that one of them cannot be dealt with. */
const refusals = new Set(['404', '412', '422']);

function isRefusal(error: unknown): boolean {
	return isObject(error) && refusals.has(String(error.httpCode));
}

/** What a body holds beside the list of records. */
type Rest = Record<string, unknown>;

/** Reads that for one item, or says why it cannot be sent. */
export type Beside = (call: Call) => Rest | Error;

/** How calls are put together. */
interface Bulk {
	/** Member of the body that lists the records. */
	member: string;
	/** What each item gives. */
	done: Result;
	rest: Rest;
}

function listed(call: Call, member: string): unknown[] {
	const { body } = call.request;
	const list = isObject(body) ? body[member] : undefined;
	return Array.isArray(list) ? list : [];
}

/** Sends the calls as one. All say the same beside the list. */
async function together(calls: Call[], { member, rest }: Bulk): Promise<void> {
	const [first] = calls;
	if (!first) return;
	const all = new Set(calls.flatMap((call) => listed(call, member)));
	await first.send({ ...first.request, body: { ...rest, [member]: [...all] } });
}

/** An outcome for each call. */
type Outcomes = Array<Result | Error>;

const toError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

async function runGroup(calls: Call[], how: Bulk): Promise<Outcomes> {
	const failure = await together(calls, how).then(() => undefined, toError);
	if (!failure) return calls.map(() => how.done);
	// One record that is not there stops the call for all: then each is asked for by itself
	if (calls.length > 1 && isRefusal(failure)) return await runEach(calls, how);
	return calls.map(() => failure);
}

async function runEach(calls: Call[], how: Bulk): Promise<Outcomes> {
	const outcomes: Outcomes = [];
	for (const call of calls) outcomes.push(...(await runGroup([call], how)));
	return outcomes;
}

/**
 * Makes one call out of many input items.
 * @param member of the body that lists the records; the operation's field fills it with one for each item
 * @param done what each item gives
 * @param beside what else the body holds; items that differ in it are not put together
 */
export function bulk(
	member: string,
	done: Result,
	beside: Beside = () => ({}),
): Operation['batch'] {
	return {
		size,
		async run(calls) {
			const outcomes = new Map<number, Result | Error>();
			const groups = new Map<string, { calls: Call[]; rest: Rest }>();
			for (const call of calls) {
				const rest = beside(call);
				if (rest instanceof Error) {
					outcomes.set(call.item, rest);
					continue;
				}
				const key = JSON.stringify(rest);
				const group = groups.get(key) ?? { calls: [], rest };
				group.calls.push(call);
				groups.set(key, group);
			}
			for (const group of groups.values()) {
				const results = await runGroup(group.calls, { member, done, rest: group.rest });
				group.calls.forEach(({ item }, index) => outcomes.set(item, results[index]));
			}
			return calls.map(({ item }) => outcomes.get(item));
		},
	};
}
