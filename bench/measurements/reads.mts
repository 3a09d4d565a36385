import { alternate } from '../bench.mts';
import type { Bench, Measured } from '../bench.mts';
import {
	bareNode,
	declarativeNode,
	httpGenericNode,
	httpNode,
	members,
	openCaller,
	ownNode,
} from '../campaignFactory.mts';
import type { NodeDraft, Prepared } from '../host.mts';
import { ratioOf, seconds, spreadOf, times } from '../report.mts';
import type { Section } from '../report.mts';

const count = 1000;
const inFlight = 10;

/** Measurement 1: one read for each of 1,000 items, by everything that could do it. */
export async function measureReads(bench: Bench): Promise<Section> {
	const host = await bench.host();
	const service = await bench.services.start({ service: 'campaign-factory' });
	const caller = await openCaller(service);
	const prepared: Prepared[] = [];
	try {
		const { url } = service;
		const { authorization } = caller;
		const credential = await host.credential('campaignFactoryApi', service.credential);
		const header = await host.credential('httpHeaderAuth', {
			name: 'Authorization',
			value: authorization,
		});
		const show = (milliseconds: number) => `${milliseconds.toFixed(0)} ms`;
		const inN8n = async (node: NodeDraft, member: string): Promise<Measured<number>> => {
			const workflow = await host.prepare({ nodes: [node], ids: caller.accounts, member });
			prepared.push(workflow);
			const run = async () => {
				const { milliseconds, good, failed } = await workflow.run(count);
				if (good !== count) throw new Error(`${good} of ${count} items, ${failed} failed`);
				return milliseconds;
			};
			return { run, show };
		};
		const contenders = {
			own: await inN8n(ownNode(credential), members.record),
			byExpression: await inN8n(bareNode(url, authorization, inFlight, true), members.envelope),
			floor: await inN8n(bareNode(url, authorization, inFlight, false), members.envelope),
			raw: { run: () => caller.read(count, inFlight), show },
			http: await inN8n(httpNode(url, 'campaignFactoryApi', credential), members.envelope),
			generic: await inN8n(httpGenericNode(url, header), members.envelope),
			declarative: await inN8n(declarativeNode('declarative', credential), members.record),
			large: await inN8n(declarativeNode('declarativeLarge', credential), members.record),
		};
		// So many that each runs after each other one once
		const rounds = Math.max(bench.rounds, Object.keys(contenders).length);
		const results = await alternate(bench, contenders, { rounds });
		const row = (name: string, values: readonly number[]) => {
			const spread = spreadOf(values);
			const perSecond = Math.round((count * 1000) / spread.median);
			return [name, seconds(spread), String(perSecond), times(ratioOf(values, results.own))];
		};
		const overHttp = ratioOf(results.http, results.own);
		const overFloor = ratioOf(results.own, results.floor);
		return {
			rounds,
			title: '1,000 items, one read each',
			setting:
				'Each of 1,000 items names an account of Campaign Factory that is read with a GET; the token is there already. ' +
				`This package, the bare loop and undici keep ${inFlight} requests in flight; HTTP Request and declarative nodes send all at once, which is what they do.`,
			head: ['Who', 'Time (min to max)', 'Items per second', 'Time beside this package'],
			rows: [
				row('**This package**', results.own),
				row('HTTP Request, same credential', results.http),
				row('HTTP Request, generic credential (header)', results.generic),
				row('Declarative node, 2 operations, same credential', results.declarative),
				row('Declarative node, 78 operations, same credential', results.large),
				row("Bare loop over `helpers.httpRequest` (n8n's floor)", results.floor),
				row('The same loop, its address by an expression', results.byExpression),
				row("undici pool without n8n (the machine's floor)", results.raw),
			],
			targets: [
				{
					aim: 'at least 3 times as fast as HTTP Request with the same credential',
					measured: times(overHttp),
					reached: overHttp >= 3,
				},
				{
					aim: "within 1.2 times n8n's floor",
					measured: times(overFloor),
					reached: overFloor <= 1.2,
				},
			],
			notes: [
				'n8n evaluates each expression in an isolated virtual machine. The two bare loops differ in that alone: the ' +
					'first takes the id of each item from its JSON in code and signs nothing in, the second reads an address with ' +
					'an expression, as HTTP Request does. This package leaves expressions to n8n too, but for those that only name ' +
					'a member of the item (`{{ $json.id }}`): n8n evaluates the first of a run, and the rest is read from the items.',
			],
		};
	} finally {
		for (const workflow of prepared) await workflow.remove();
		await caller.close();
		await bench.services.stop(service.url);
	}
}
