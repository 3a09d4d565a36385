/** All simulators, for the demo and the end-to-end tests. */
import { createAdobeCampaignStandardSimulator } from './adobeCampaignStandard.mts';
import { createCampaignFactorySimulator } from './campaignFactory.mts';
import { createMaiaSimulator } from './maia.mts';
import { createSiteFactorySimulator } from './siteFactory.mts';
import type { Simulator, SimulatorOptions } from './support.mts';
import { createWarpUrlSimulator } from './warpUrl.mts';

/** One create function per service. */
export const SIMULATORS: Array<(options: SimulatorOptions) => Promise<Simulator>> = [
	createCampaignFactorySimulator,
	createMaiaSimulator,
	createSiteFactorySimulator,
	createWarpUrlSimulator,
	createAdobeCampaignStandardSimulator,
];

/**
 * Starts every simulator. With a port they take that one and the following; without, any free ports.
 * @throws what the first failing one throws, after those already started were closed.
 */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulator[]> {
	const started: Simulator[] = [];
	try {
		for (const [index, create] of SIMULATORS.entries()) {
			const port = options.port ? options.port + index : 0;
			started.push(await create({ ...options, port }));
		}
	} catch (error) {
		await Promise.all(started.map((simulator) => simulator.close()));
		throw error;
	}
	return started;
}
