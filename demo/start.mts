/**
 * The demo as a program: `node demo/start.mts --tarball <file> [--port <number>] [--check]`. `npm start` calls it when
 * everything is set up.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main } from './host/main.mts';
import { startSimulators } from './simulators/index.mts';

const { values } = parseArgs({
	options: {
		tarball: { type: 'string' },
		port: { type: 'string', default: '5678' },
		check: { type: 'boolean', default: false },
	},
});
if (values.tarball === undefined) {
	console.error('Which package? --tarball names what npm pack wrote. Or simply: npm start');
	process.exit(2);
}
await main({
	tarball: values.tarball,
	workflows: join(import.meta.dirname, 'workflows'),
	startSimulators: () => startSimulators(),
	check: values.check,
	port: Number(values.port),
});
