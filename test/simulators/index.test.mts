import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SIMULATORS, startSimulators } from '../../demo/simulators/index.mts';
import type { Specification } from '../../demo/simulators/support.mts';
import { Judge } from '../../demo/simulators/support.mts';

it('starts one simulator per service, on addresses of their own', async () => {
	const simulators = await startSimulators();
	try {
		expect(simulators).toHaveLength(SIMULATORS.length);
		expect(new Set(simulators.map(({ service }) => service)).size).toBe(SIMULATORS.length);
		expect(new Set(simulators.map(({ url }) => url)).size).toBe(SIMULATORS.length);
	} finally {
		await Promise.all(simulators.map((simulator) => simulator.close()));
	}
});

it('takes the given port and closes what it started when one fails', async () => {
	const [first, ...others] = await startSimulators();
	await Promise.all(others.map((simulator) => simulator.close()));
	const port = Number(new URL(first?.url ?? '').port);
	await expect(startSimulators({ port })).rejects.toThrow('EADDRINUSE');
	await first?.close();
	const again = await startSimulators({ port });
	expect(again[0]?.url).toBe(`http://127.0.0.1:${port}`);
	await Promise.all(again.map((simulator) => simulator.close()));
});

describe.each(['adobe-campaign-standard', 'campaign-factory', 'maia', 'site-factory', 'warpurl'])(
	'the judge of %s',
	(service) => {
		it('finds every operation at its own path', () => {
			const file = path.resolve(__dirname, '..', 'specs', `${service}.json`);
			const specification = JSON.parse(readFileSync(file, 'utf8')) as Specification;
			const judge = new Judge(specification);
			const strayed = Object.entries(specification.operations).flatMap(([id, operation]) => {
				const server = operation.server ?? specification.server;
				const base = /^[a-z]+:\/\/[^/]+(.*)$/.exec(server)?.[1] ?? '';
				const sample = (base + operation.path).replace(/\{([^}]+)\}/g, '@$1');
				const found = judge.identify(operation.method, sample);
				return 'id' in found && found.id === id ? [] : [{ id, sample, found }];
			});
			expect(strayed).toEqual([]);
		});
	},
);
