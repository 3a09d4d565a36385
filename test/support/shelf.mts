/** The invented service (provider.mts) on a scripted server of its own for each test, run on n8n's engine. */
import { inspect } from 'node:util';
import type { INodeParameters, INodeType } from 'n8n-workflow';
import { forgetLogins } from '../../nodes/shared/login';
import type { NodeOutcome, NodeRun } from './engine.mts';
import { runNode } from './engine.mts';
import { nodeOf, secrets, ShelfApi, shelfCatalog, shelfCredential } from './provider.mts';
import type { Received, Script, Scripted, ScriptedServer } from './server.mts';
import { startServer } from './server.mts';

/** The token that is stored before a run, unless a test says otherwise. */
export const storedToken = `${secrets.token}stored`;

/** A server and runs of the node against it. */
export interface ShelfTest {
	server: ScriptedServer;
	/** The node under test. Default: the one of the invented service. */
	node: INodeType;
	/** The stored credential; the server's address and a token. */
	credential: ReturnType<typeof shelfCredential>;
	run(
		resource: string,
		operation: string,
		parameters?: INodeParameters,
		more?: Partial<NodeRun>,
	): Promise<NodeOutcome>;
	/** Requests to the API, those for a token left out. */
	sent(): Received[];
	/** Requests for a token. */
	logins(): Received[];
}

const shelfNode = nodeOf(shelfCatalog);

/**
 * Gives each test of a file a server, a stored credential and an empty memory of logins. After each test everything
 * that n8n would have stored of its runs is searched for secrets.
 */
export function useShelf(): ShelfTest {
	const outcomes: NodeOutcome[] = [];
	const shelf: Partial<ShelfTest> = {};
	const test = Object.assign(shelf, {
		async run(resource, operation, parameters = {}, more = {}) {
			const outcome = await runNode({
				node: test.node,
				credentialType: new ShelfApi(),
				credential: test.credential,
				parameters: { resource, operation, ...parameters },
				...more,
			});
			outcomes.push(outcome);
			return outcome;
		},
		sent: () => test.server.received.filter(({ path }) => path !== '/token'),
		logins: () => test.server.received.filter(({ path }) => path === '/token'),
	} satisfies Partial<ShelfTest>) as ShelfTest;
	beforeEach(async () => {
		forgetLogins();
		outcomes.length = 0;
		test.server = await startServer();
		test.node = shelfNode;
		test.credential = shelfCredential(test.server.url, storedToken);
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await test.server.close();
		for (const { run } of outcomes) {
			for (const written of [JSON.stringify(run), inspect(run, { depth: 20, showHidden: true })]) {
				expect(written).not.toContain(secrets.clientSecret);
				expect(written).not.toContain(secrets.token);
			}
		}
	});
	return test;
}

/** The parameter that names a book by its ID. */
export const bookById = (id: string): INodeParameters => ({
	bookId: { __rl: true, mode: 'id', value: id },
});

/** Items with a running number under `n`. */
export const numbered = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

/** Names the book of each item by its number. */
export const bookByNumber = bookById('={{ $json.n }}');

/** Answers for a book with its ID from the path. */
export const bookOf = ({ path }: Received): Scripted => ({
	body: { book: { id: Number(path.split('/').pop()) } },
});

/**
 * Issues tokens `…1`, `…2`, … and takes only the newest, or what `takes` says; `script` answers who is signed in.
 */
export function signedIn(
	script: Script,
	takes = (token: string, newest: string) => token === newest,
): Script {
	let issued = 0;
	return (request, index) => {
		if (request.path === '/token') {
			issued++;
			return { body: { access_token: `${secrets.token}${issued}` } };
		}
		const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
		if (!takes(token, `${secrets.token}${issued}`)) {
			return { status: 401, body: { message: 'The token is not valid' } };
		}
		return script(request, index);
	};
}

/** A promise that somebody else fulfils. */
export interface Gate {
	open: () => void;
	opened: Promise<void>;
}

/** Makes a closed gate. */
export function gate(): Gate {
	let open = () => {};
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { open, opened };
}

/** Lets the event loop turn, so that what is under way with this machine's own servers goes on. */
export async function turns(count = 100): Promise<void> {
	for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
