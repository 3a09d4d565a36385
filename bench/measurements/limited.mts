import { setTimeout as sleep } from 'node:timers/promises';
import { alternate, fewer } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { declarativeNode, httpNode, members, openCaller, ownNode } from '../campaignFactory.mts';
import type { NodeDraft, RunResult } from '../host.mts';
import { counts, seconds, spreadOf, times } from '../report.mts';
import type { Section } from '../report.mts';
import type { Received } from '../server.mts';

const count = 1000;
const perSecond = 50;

/**
 * The least time that the limit permits for the reads and one login: at most so many requests in any second, so each
 * further batch begins a second after the one before.
 */
const least = Math.floor(count / perSecond) * 1000;

interface Outcome extends Received, RunResult {}

/** Measurement 2: the same reads where the service takes 50 requests a second and there is no token yet. */
export async function measureLimited(bench: Bench): Promise<Section> {
	const rounds = fewer(bench);
	const host = await bench.host();
	const service = await bench.services.start({
		service: 'campaign-factory',
		requestsPerSecond: perSecond,
	});
	const caller = await openCaller(service);
	const { url } = service;
	await bench.services.take(url);
	const own = 'campaignFactoryApi';
	const show = ({ milliseconds, failed, tokenRequests, refused }: Outcome) =>
		`${milliseconds.toFixed(0)} ms, ${failed} failed, ${tokenRequests} logins, ${refused} refusals`;
	/** Each run has a credential of its own that has never signed in. */
	const contender = (
		type: string,
		nodeFor: (credential: { id: string; name: string }) => NodeDraft,
		member: string,
	) => ({
		show,
		async run(items = count): Promise<Outcome> {
			// The limit of the run before is forgotten, and so are tokens that the process holds in memory for a moment
			await sleep(3500, undefined, { signal: bench.signal });
			const credential = await host.credential(type, service.credential);
			const node = { ...nodeFor(credential), goesOn: true };
			const workflow = await host.prepare({ nodes: [node], ids: caller.accounts, member });
			await bench.services.take(url);
			const result = await workflow.run(items);
			const received = await bench.services.take(url);
			await workflow.remove();
			if (result.good + result.failed !== items) {
				throw new Error(`${result.good} good and ${result.failed} failed of ${items} items`);
			}
			return { ...received, ...result };
		},
	});
	try {
		const contenders = {
			own: contender(own, ownNode, members.record),
			http: contender(own, (stored) => httpNode(url, own, stored), members.envelope),
			batches: contender(
				own,
				(stored) => httpNode(url, own, stored, { batchSize: perSecond, batchInterval: 1000 }),
				members.envelope,
			),
			declarative: contender(
				own,
				(stored) => declarativeNode('declarative', stored),
				members.record,
			),
			plain: contender(
				'plainTokenApi',
				(stored) => httpNode(url, 'plainTokenApi', stored),
				members.envelope,
			),
		};
		const results = await alternate(bench, contenders, {
			rounds,
			warmUp: (name) => contenders[name].run(20),
		});
		const row = (name: string, outcomes: readonly Outcome[]) => {
			const spread = spreadOf(outcomes.map(({ milliseconds }) => milliseconds));
			const of = (key: 'failed' | 'tokenRequests' | 'refused') =>
				counts(outcomes.map((outcome) => outcome[key]));
			return [
				name,
				of('failed'),
				of('tokenRequests'),
				of('refused'),
				seconds(spread),
				of('failed') === '0' ? times(spread.median / least) : 'not all read',
			];
		};
		const mine = results.own;
		const most = (key: 'failed' | 'tokenRequests') =>
			spreadOf(mine.map((outcome) => outcome[key])).max;
		const overLeast = spreadOf(mine.map(({ milliseconds }) => milliseconds)).median / least;
		return {
			rounds,
			title: `1,000 items, a server limited to ${perSecond} requests a second`,
			setting:
				`The same reads, but Campaign Factory takes at most ${perSecond} requests in any second, the login included, and ` +
				'answers the others with 429 and `Retry-After: 1`. The credential has no token yet. All nodes go on when an item fails. ' +
				`The least time that the limit permits is ${least / 1000} s.`,
			head: [
				'Who',
				'Failed items',
				'Logins',
				'Refusals (429)',
				'Time (min to max)',
				'Beside the least',
			],
			rows: [
				row('**This package**', mine),
				row('HTTP Request, same credential', results.http),
				row(
					`HTTP Request, same credential, batches of ${perSecond} a second set by hand`,
					results.batches,
				),
				row('Declarative node, same credential', results.declarative),
				row("HTTP Request, a credential as in n8n's documentation", results.plain),
			],
			targets: [
				{
					aim: 'no failed item',
					measured: String(most('failed')),
					reached: most('failed') === 0,
				},
				{
					aim: 'one login',
					measured: String(most('tokenRequests')),
					reached: most('tokenRequests') === 1,
				},
				{
					aim: 'within 1.15 times the least time',
					measured: times(overLeast),
					reached: overLeast <= 1.15,
				},
			],
			notes: [
				'n8n asks a credential for a token once for each request that finds none. The credentials of this package make one ' +
					'login of that, for other nodes too; the last row shows what happens with one that does not.',
			],
		};
	} finally {
		await caller.close();
		await bench.services.stop(url);
	}
}
