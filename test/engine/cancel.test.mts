import type { IAuthenticate } from 'n8n-workflow';

import { clock } from '../../nodes/shared/clock';
import { nodeOf, shelf, ShelfApi, shelfCredential } from '../support/provider.mts';
import { compile } from '../../nodes/shared/properties';
import type { Script } from '../support/server.mts';
import {
	bookById,
	bookByNumber,
	bookOf,
	gate,
	numbered,
	turns,
	useShelf,
} from '../support/shelf.mts';
import { turnClock } from '../support/time.mts';

const test = useShelf();

/** A run that can be cancelled from a script or a sleep. */
function cancellable() {
	let cancel: (() => void) | undefined;
	let sent = -1;
	return {
		started: (control: { cancel: () => void }) => {
			cancel = control.cancel;
		},
		/** Cancels, once, and notes how many requests had arrived until then. */
		cancel: () => {
			if (sent >= 0) return;
			if (!cancel) throw new Error('The run has not begun');
			sent = test.server.received.length;
			cancel();
		},
		/** Requests that arrived after cancelling, also after the run has ended. */
		sentAfter: async () => {
			await turns();
			expect(sent).toBeGreaterThan(0);
			return test.server.received.length - sent;
		},
	};
}

/** Answers by `script` until request `from`; holds 10 from there on and cancels when all are in flight. */
function cancelInFlight(from: number, cancel: () => void, script: Script): Script {
	const cancelled = gate();
	return async (request, index) => {
		if (index === from + 9) {
			cancel();
			cancelled.open();
		}
		if (index >= from) await cancelled.opened;
		return await script(request, index);
	};
}

const books = (page: number) => [0, 1, 2, 3].map((n) => ({ id: page * 4 + n }));

describe('A run that is cancelled', () => {
	it('stops in the middle of a list that is read page by page', async () => {
		const control = cancellable();
		test.server.answer(({ query }) => {
			const page = Number(query.get('page'));
			if (page === 5) control.cancel();
			return { body: { books: books(page) } };
		});
		const { run, items } = await test.run('book', 'listNumbered', { returnAll: true }, control);
		expect(run.status).toBe('canceled');
		expect(items).toEqual([]);
		expect(await control.sentAfter()).toBe(0);
	});

	it('stops in the middle of a list that is read side by side', async () => {
		const control = cancellable();
		test.server.answer(
			cancelInFlight(20, control.cancel, ({ query }) => ({
				body: { total: 4000, books: books(Number(query.get('page'))) },
			})),
		);
		const { run } = await test.run('book', 'getAll', { returnAll: true }, control);
		expect(run.status).toBe('canceled');
		expect(await control.sentAfter()).toBe(0);
	});

	it.each(['get', 'update', 'download'])(
		'gives up a request whose answer does not come: %s',
		async (operation) => {
			const control = cancellable();
			test.server.answer(() => {
				control.cancel();
				return { fault: 'silence' };
			});
			const { run, items } = await test.run('book', operation, bookById('1'), control);
			expect(run.status).toBe('canceled');
			expect(items).toEqual([]);
			expect(await control.sentAfter()).toBe(0);
			// Long before its time is over
			for (let wait = 0; wait < 500 && test.server.open() > 0; wait++) await turns(10);
			expect(test.server.open()).toBe(0);
		},
	);

	it('stops in the middle of waiting for jobs', async () => {
		const control = cancellable();
		const time = turnClock(() => {
			if (time.slept.length === 6) control.cancel();
		});
		test.server.answer(({ method }) => ({
			body: method === 'POST' ? { job: 'J-1' } : { state: 'running' },
		}));
		const { run } = await test.run(
			'job',
			'print',
			{ title: 'A', waitForCompletion: true },
			{ ...control, items: [{}, {}] },
		);
		expect(run.status).toBe('canceled');
		expect(await control.sentAfter()).toBeLessThanOrEqual(1);
	});

	it('does not wait for the end of a pause that a service asked for', async () => {
		const control = cancellable();
		const sleep = jest.spyOn(clock, 'sleep');
		test.server.answer(() => {
			setImmediate(() => {
				const wait = setInterval(() => {
					if (sleep.mock.calls.length === 0) return;
					clearInterval(wait);
					control.cancel();
				}, 1);
			});
			return { status: 429, headers: { 'retry-after': '60' }, body: {} };
		});
		const begin = performance.now();
		const { run } = await test.run('book', 'get', bookById('1'), control);
		expect(performance.now() - begin).toBeLessThan(5_000);
		expect(sleep).toHaveBeenCalledWith(expect.any(Number), expect.anything());
		expect(sleep.mock.calls[0]?.[0]).toBe(60_000);
		expect(run.status).toBe('canceled');
		expect(await control.sentAfter()).toBe(0);
	});

	it('does not wait for the end of a pause that the token service asked for', async () => {
		const control = cancellable();
		test.credential = shelfCredential(test.server.url);
		test.server.answer(() => {
			setTimeout(control.cancel, 50);
			return { status: 503, headers: { 'retry-after': '60' }, body: {} };
		});
		const begin = performance.now();
		const { run } = await test.run('book', 'get', bookByNumber, {
			...control,
			items: numbered(20),
			onError: 'continueRegularOutput',
		});
		expect(performance.now() - begin).toBeLessThan(5_000);
		expect(run.status).toBe('canceled');
		expect(await control.sentAfter()).toBe(0);
		expect(test.logins()).toHaveLength(1);
	});

	it('stops in the middle of 1,000 reads', async () => {
		const control = cancellable();
		test.server.answer(cancelInFlight(100, control.cancel, bookOf));
		const { run, items } = await test.run('book', 'get', bookByNumber, {
			...control,
			items: numbered(1000),
		});
		expect(run.status).toBe('canceled');
		expect(items).toEqual([]);
		expect(await control.sentAfter()).toBe(0);
	});

	it('stops in the middle of 1,000 writes', async () => {
		const control = cancellable();
		test.server.answer((_, index) => {
			if (index === 100) control.cancel();
			return { body: { id: index } };
		});
		const { run, items } = await test.run(
			'book',
			'create',
			{ title: 'A' },
			{ ...control, items: numbered(1000) },
		);
		expect(run.status).toBe('canceled');
		expect(items).toEqual([]);
		expect(await control.sentAfter()).toBe(0);
	});

	it('stops with Continue On Fail as well, instead of trying item by item', async () => {
		const control = cancellable();
		// n8n lets no request of a cancelled execution out; the engine does not even ask for one
		let asked = 0;
		const authenticate: IAuthenticate = async (_, options) => {
			asked++;
			return await Promise.resolve(options);
		};
		const credentialType = Object.assign(new ShelfApi(), { authenticate });
		test.server.answer(cancelInFlight(20, control.cancel, bookOf));
		const { run } = await test.run('book', 'get', bookByNumber, {
			...control,
			credentialType,
			items: numbered(200),
			onError: 'continueRegularOutput',
		});
		expect(run.status).toBe('canceled');
		expect(await control.sentAfter()).toBe(0);
		expect(asked).toBe(30);
	});

	it('stops in the middle of retries', async () => {
		const control = cancellable();
		const time = turnClock(() => {
			if (time.slept.length === 2) control.cancel();
		});
		test.server.answer([{ status: 500, body: { message: 'Busy' } }]);
		const { run } = await test.run('book', 'get', bookById('1'), control);
		expect(run.status).toBe('canceled');
		expect(test.sent()).toHaveLength(2);
		expect(await control.sentAfter()).toBe(0);
	});

	it('stops in the middle of own code', async () => {
		const control = cancellable();
		let own = 0;
		test.node = nodeOf(
			compile({
				...shelf,
				resources: shelf.resources.map((resource) => ({
					...resource,
					operations: resource.operations.map((operation) =>
						operation.value !== 'count'
							? operation
							: {
									...operation,
									run: async (call) => {
										for (own = 0; own < 10; own++) await call.send(call.request);
										return own;
									},
								},
					),
				})),
			}),
		);
		test.server.answer((_, index) => {
			if (index === 2) control.cancel();
			return { body: { count: 1 } };
		});
		const { run } = await test.run('special', 'count', {}, control);
		expect(run.status).toBe('canceled');
		expect(await control.sentAfter()).toBe(0);
		expect(own).toBeLessThan(4);
	});
});
