/** The demo as a program, with the stand-in instead of the real package: `demo.mts <tarball> <workflows> <port> [--check]`. */
import { main } from '../../../demo/host/main.mts';
import { standInServices, startStandInService } from './package.mts';

const [tarball = '', workflows = '', port = '0', mode] = process.argv.slice(2);
await main({
	tarball,
	workflows,
	port: Number(port),
	check: mode === '--check',
	services: standInServices,
	startSimulators: async () => [await startStandInService()],
});
