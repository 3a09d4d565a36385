import { alternate, fewer } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { startHost } from '../host.mts';
import type { NodeDraft, RunResult } from '../host.mts';
import { megabytes, ratioOf, seconds, spreadOf, times } from '../report.mts';
import type { Section } from '../report.mts';

const records = 20_000;
const size = 100;
const latency = 20;

const ownNode = (siteFactoryApi: { id: string; name: string }): NodeDraft => ({
	type: 'n8n-nodes-campaign-stack.siteFactory',
	typeVersion: 1,
	parameters: { resource: 'site', operation: 'getAll', returnAll: true, filters: {}, options: {} },
	credentials: { siteFactoryApi },
});

const httpNode = (url: string, siteFactoryApi: { id: string; name: string }): NodeDraft => ({
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		url: `${url}/api/v1/sites`,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'siteFactoryApi',
		sendQuery: true,
		queryParameters: { parameters: [{ name: 'limit', value: String(size) }] },
		options: {
			pagination: {
				pagination: {
					paginationMode: 'updateAParameterInEachRequest',
					parameters: {
						parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }],
					},
					paginationCompleteWhen: 'other',
					completeExpression: `={{ $response.body.sites.length < ${size} }}`,
				},
			},
		},
	},
	credentials: { siteFactoryApi },
});

const splitOut: NodeDraft = {
	type: 'n8n-nodes-base.splitOut',
	typeVersion: 1,
	parameters: { fieldToSplitOut: 'sites', options: {} },
};

interface Outcome extends RunResult {
	requests: number;
}

/** Measurement 3: a long list, each time in an n8n that was started for it. */
export async function measureList(bench: Bench): Promise<Section> {
	const rounds = fewer(bench);
	const { url, credential } = await bench.services.start({
		service: 'site-list',
		records,
		latency,
	});
	const inMegabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
	const held = ({ heapBefore, heapAfter }: RunResult) => heapAfter - heapBefore;
	const show = (outcome: Outcome) =>
		`${outcome.milliseconds.toFixed(0)} ms, ${inMegabytes(outcome.rssPeak)}, ${inMegabytes(held(outcome))} held`;
	const contender = (
		nodesFor: (stored: { id: string; name: string }) => NodeDraft[],
		member: string,
	) => ({
		show,
		async run(): Promise<Outcome> {
			// A peak belongs to a process: each run gets its own, so there is nothing to warm up but its modules
			const host = await startHost(bench.tarballs, bench.signal);
			try {
				const stored = await host.credential('siteFactoryApi', credential);
				const nodes = nodesFor(stored);
				const workflow = await host.prepare({ nodes, ids: ['0'], member });
				await bench.services.take(url);
				const result = await workflow.run(1, true);
				const { requests } = await bench.services.take(url);
				if (result.good !== records) throw new Error(`${result.good} of ${records} records`);
				return { ...result, requests };
			} finally {
				await host.stop();
			}
		},
	});
	try {
		const results = await alternate(
			bench,
			{
				own: contender((stored) => [ownNode(stored)], 'id'),
				pages: contender((stored) => [httpNode(url, stored)], 'sites'),
				split: contender((stored) => [httpNode(url, stored), splitOut], 'id'),
			},
			{ rounds, warmUp: 'none' },
		);
		const of = (outcomes: readonly Outcome[], read: (outcome: Outcome) => number) =>
			spreadOf(outcomes.map(read));
		const timesOf = (outcomes: readonly Outcome[]) =>
			outcomes.map(({ milliseconds }) => milliseconds);
		const growth = (outcomes: readonly Outcome[]) =>
			of(outcomes, ({ rssPeak, rssBefore }) => rssPeak - rssBefore);
		const besideOwn = (outcomes: readonly Outcome[]) =>
			ratioOf(timesOf(outcomes), timesOf(results.own));
		const row = (name: string, outcomes: readonly Outcome[]) => [
			name,
			String(outcomes[0]?.items),
			String(outcomes[0]?.requests),
			seconds(spreadOf(timesOf(outcomes))),
			times(besideOwn(outcomes)),
			megabytes(of(outcomes, ({ rssPeak }) => rssPeak)),
			megabytes(growth(outcomes)),
			megabytes(of(outcomes, ({ heapPeak, heapBefore }) => heapPeak - heapBefore)),
			megabytes(of(outcomes, held)),
		];
		const faster = besideOwn(results.pages);
		const peak = (outcomes: readonly Outcome[]) => growth(outcomes).median;
		const atEnd = (outcomes: readonly Outcome[]) => of(outcomes, held).median;
		const noMore = (
			aim: string,
			read: (outcomes: readonly Outcome[]) => number,
			other: readonly Outcome[],
		) => ({
			aim,
			measured: `${inMegabytes(read(results.own))} beside ${inMegabytes(read(other))}`,
			reached: read(results.own) <= read(other),
		});
		return {
			rounds,
			title: '20,000 records in pages of 100, 20 ms latency',
			setting:
				'All sites of a Site Factory with 20,000, whose answers take 20 ms and name the total. A fresh n8n for each run, so that its ' +
				'peak belongs to this list alone. Memory is that of the whole n8n process, watched every 5 ms; n8n has kept room from its start in which a list ' +
				'fits, so what the list itself holds at the end is shown too, after the garbage was collected. HTTP Request uses its ' +
				'pagination (Update a Parameter in Each Request), which gives an item for each page; Split Out makes records of them.',
			head: [
				'Who',
				'Items',
				'Requests',
				'Time (min to max)',
				'Beside this package',
				'Peak memory (RSS)',
				'Growth of RSS',
				'Growth of heap',
				'Held at the end',
			],
			rows: [
				row('**This package**', results.own),
				row('HTTP Request with pagination, then Split Out', results.split),
				row('HTTP Request with pagination alone', results.pages),
			],
			targets: [
				{
					aim: "at least 4 times as fast as HTTP Request's pagination alone",
					measured: times(faster),
					reached: faster >= 4,
				},
				noMore(
					'no more growth of the process than HTTP Request and Split Out',
					peak,
					results.split,
				),
				noMore('no more growth of the process than HTTP Request alone', peak, results.pages),
				noMore('no more held than HTTP Request and Split Out', atEnd, results.split),
				noMore('no more held than HTTP Request alone', atEnd, results.pages),
			],
		};
	} finally {
		await bench.services.stop(url);
	}
}
