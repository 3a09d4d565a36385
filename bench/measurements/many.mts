import { alternate, fewer } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { bareNode, members, openCaller, ownNode } from '../campaignFactory.mts';
import type { NodeDraft, Prepared } from '../host.mts';
import { ratioOf, spreadOf, times } from '../report.mts';
import type { Section } from '../report.mts';

const few = 100;
const many = 10_000;
/** The few are read so many times in a row, so that both take long enough to be measured. */
const repetitions = 20;

/** Measurement 6: whether the time for an item depends on how many there are. */
export async function measureMany(bench: Bench): Promise<Section> {
	const rounds = fewer(bench);
	const host = await bench.host();
	const service = await bench.services.start({ service: 'campaign-factory' });
	const caller = await openCaller(service);
	const prepared: Prepared[] = [];
	try {
		const credential = await host.credential('campaignFactoryApi', service.credential);
		const prepare = async (node: NodeDraft, member: string) => {
			const workflow = await host.prepare({ nodes: [node], ids: caller.accounts, member });
			prepared.push(workflow);
			return workflow;
		};
		const own = await prepare(ownNode(credential), members.record);
		const bare = await prepare(
			bareNode(service.url, caller.authorization, 10, true),
			members.envelope,
		);
		/** Milliseconds for an item. */
		const perItem = async (workflow: Prepared, count: number, times: number) => {
			let sum = 0;
			for (let time = 0; time < times; time++) {
				const { milliseconds, good } = await workflow.run(count);
				if (good !== count) throw new Error(`${good} of ${count} items`);
				sum += milliseconds;
			}
			await bench.services.take(service.url);
			return sum / (count * times);
		};
		const show = (milliseconds: number) => `${milliseconds.toFixed(3)} ms for an item`;
		const contenders = {
			few: { run: () => perItem(own, few, repetitions), show },
			many: { run: () => perItem(own, many, 1), show },
			bareFew: { run: () => perItem(bare, few, repetitions), show },
			bareMany: { run: () => perItem(bare, many, 1), show },
		};
		const results = await alternate(bench, contenders, {
			rounds,
			warmUp: (name) => perItem(name.startsWith('bare') ? bare : own, 1000, 1),
		});
		const row = (name: string, ofFew: readonly number[], ofMany: readonly number[]) => {
			const [less, more] = [spreadOf(ofFew), spreadOf(ofMany)];
			const cell = ({ median, min, max }: typeof less) =>
				`${median.toFixed(3)} ms (${min.toFixed(3)} to ${max.toFixed(3)})`;
			return [name, cell(less), cell(more), times(ratioOf(ofMany, ofFew))];
		};
		const ratio = ratioOf(results.many, results.few);
		return {
			rounds,
			title: '10,000 items beside 100',
			setting: `One read for each item, as in the first measurement: ${many.toLocaleString('en')} items in one run, and ${few} items in each of ${repetitions} runs.`,
			head: [
				'Who',
				`An item of ${few} (min to max)`,
				`An item of ${many.toLocaleString('en')} (min to max)`,
				'Ratio',
			],
			rows: [
				row('**This package**', results.few, results.many),
				row(
					'Bare loop over `helpers.httpRequest`, address by an expression',
					results.bareFew,
					results.bareMany,
				),
			],
			targets: [
				{
					aim: 'the time for an item stays flat (at most 1.1 times)',
					measured: times(ratio),
					reached: ratio <= 1.1,
				},
			],
		};
	} finally {
		for (const workflow of prepared) await workflow.remove();
		await caller.close();
		await bench.services.stop(service.url);
	}
}
