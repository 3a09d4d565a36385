/**
 * Has n8n work out expressions: a program of its own, because n8n loads the engine that it uses by default in a way that
 * Jest cannot follow.
 *
 *   node n8nExpressions.mts <engine>    standard input: a JSON list of Asked; standard output: one of Answered
 */
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

import type { IDataObject, INodeTypes, NodeParameterValueType } from 'n8n-workflow';

// Its modules for `import` name files without their endings, which only bundlers find
const { Expression, Workflow } = createRequire(import.meta.url)(
	'n8n-workflow',
) as typeof import('n8n-workflow');

/** n8n's ways to evaluate: in its own process as before version 2, and in an isolated virtual machine. */
export type Engine = 'legacy' | 'vm';

/** A parameter as it is stored, and the input item. */
export interface Asked {
	value: unknown;
	json: IDataObject;
}

/** What n8n makes of it. */
export interface Answered {
	value?: unknown;
	error?: string;
}

if (import.meta.main) {
	const engine = process.argv[2] as Engine;
	const workflow = new Workflow({
		nodes: [{ id: '1', name: 'N', type: 'n', typeVersion: 1, position: [0, 0], parameters: {} }],
		connections: {},
		active: false,
		nodeTypes: { getByNameAndVersion: () => undefined } as unknown as INodeTypes,
	});
	await Expression.initExpressionEngine({
		engine,
		poolSize: 1,
		maxCodeCacheSize: 1024,
		bridgeTimeout: 5000,
		bridgeMemoryLimit: 128,
	});
	await workflow.expression.acquireIsolate();
	const answered = (JSON.parse(await text(process.stdin)) as Asked[]).map(
		({ value, json }): Answered => {
			try {
				return {
					value: workflow.expression.getParameterValue(
						value as NodeParameterValueType,
						null,
						0,
						0,
						'N',
						[{ json }],
						'manual',
						{},
					),
				};
			} catch (error) {
				return { error: String(error) };
			}
		},
	);
	await workflow.expression.releaseIsolate();
	await Expression.disposeExpressionEngine();
	process.stdout.write(JSON.stringify(answered));
}
