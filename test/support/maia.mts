/** Runs operations of Maia on n8n's engine against the simulator, and tells what they send. */
import type {
	IBinaryKeyData,
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INodeParameters,
	OnError,
} from 'n8n-workflow';

import { MaiaApi } from '../../credentials/MaiaApi.credentials.ts';
import { createMaiaSimulator } from '../../demo/simulators/maia.mts';
import type { MaiaOptions, MaiaSimulator } from '../../demo/simulators/maia.mts';
import type { Simulator } from '../../demo/simulators/support.mts';
import { Maia } from '../../nodes/Maia/Maia.node.ts';
import { maia } from '../../nodes/Maia/provider.ts';
import { clock } from '../../nodes/shared/clock.ts';
import { forgetLogins } from '../../nodes/shared/login.ts';
import type { ApiRequest, Values } from '../../nodes/shared/operation.ts';
import { compile } from '../../nodes/shared/properties.ts';
import { buildRequest, keyOf } from '../../nodes/shared/request.ts';
import { readValue } from '../../nodes/shared/values.ts';
import { runNode } from './engine.mts';

/** Everything that the form of the node can do. */
export const catalog = compile(maia);

/** The value of a resource locator. */
export const pick = (value: unknown, mode = 'list') => ({
	__rl: true,
	mode,
	value: value as string,
});

/** The request that an operation describes for what the form holds. */
export function requestOf(operation: string, parameters: Record<string, unknown> = {}): ApiRequest {
	const compiled = catalog.operations.get(operation);
	if (!compiled) throw new Error(`There is no operation ${operation}`);
	const values: Values = {};
	for (const binding of compiled.bindings) {
		const { field, group } = binding;
		const collection = group === null ? parameters : (parameters[group] ?? {});
		const given = (collection as Record<string, unknown>)[field.name];
		const shown = Object.entries(field.displayOptions?.show ?? {}).every(([name, expected]) =>
			(expected as unknown[]).includes(values[name]),
		);
		if (!shown) continue;
		const raw = given === undefined && group === null ? field.default : given;
		values[keyOf(binding)] = readValue(field, raw, { timezone: 'Europe/Dublin', group });
	}
	return buildRequest(compiled.operation, compiled.bindings, values);
}

/** A simulator and a node whose time is moved by waiting. */
export interface Account {
	simulator: MaiaSimulator;
	credential: ICredentialDataDecryptedObject;
	/** Moves the time. */
	wait: (milliseconds: number) => void;
	now: () => number;
	run: (
		operation: string,
		parameters?: INodeParameters,
		more?: { items?: IDataObject[]; files?: IBinaryKeyData[]; onError?: OnError },
	) => ReturnType<typeof runNode>;
	/** The records of a run that succeeded. */
	records: (operation: string, parameters?: INodeParameters) => Promise<IDataObject[]>;
	/** Why a run did not succeed. */
	refusal: (operation: string, parameters?: INodeParameters) => Promise<string>;
	/** The requests for an operation of the API. */
	sent: (operationId: string) => Simulator['requests'];
	/** The first project, as the picker stores it. */
	finance: () => Promise<{ projectId: ReturnType<typeof pick> }>;
	/** What a list to pick from shows. */
	search: (
		name: string,
		parameters?: Record<string, unknown>,
	) => Promise<Array<{ name: string; value: unknown }>>;
	close: () => Promise<void>;
}

/** Opens an account of the simulator. Its clock starts at noon of 2026-06-01. */
export async function openAccount(options: MaiaOptions = {}): Promise<Account> {
	let time = Date.parse('2026-06-01T12:00:00Z');
	const now = () => time;
	forgetLogins();
	const simulator = await createMaiaSimulator({ clock: now, ...options });
	const credential = { ...(simulator.credential as ICredentialDataDecryptedObject) };
	jest.spyOn(clock, 'now').mockImplementation(now);
	jest.spyOn(clock, 'sleep').mockImplementation(async (milliseconds) => {
		time += milliseconds;
		await Promise.resolve();
	});
	// The engine tells failed nodes on the console
	jest.spyOn(console, 'error').mockImplementation();

	const run: Account['run'] = async (operation, parameters = {}, more = {}) => {
		const [resource = '', name = ''] = operation.split(':');
		return await runNode({
			node: new Maia(),
			credentialType: new MaiaApi(),
			credential,
			parameters: { resource, operation: name, ...parameters },
			...more,
		});
	};
	const records: Account['records'] = async (operation, parameters) => {
		const { items, error } = await run(operation, parameters);
		expect(error).toBeUndefined();
		return items.map(({ json }) => json);
	};
	return {
		simulator,
		credential,
		wait: (milliseconds) => {
			time += milliseconds;
		},
		now,
		run,
		records,
		refusal: async (operation, parameters) =>
			(await run(operation, parameters)).error?.message ?? 'It succeeded',
		sent: (operationId) =>
			simulator.requests.filter((request) => request.operationId === operationId),
		finance: async () => {
			const [first] = await records('project:getAll', { limit: 1 });
			return { projectId: pick(first?.id) };
		},
		search: async (name, parameters = {}) => {
			const method = new Maia().methods.listSearch[name];
			if (!method) throw new Error(`There is no list ${name}`);
			const { results } = await method.call(picker(credential, parameters));
			return results.map((entry) => ({ name: entry.name, value: entry.value }));
		},
		close: async () => {
			jest.restoreAllMocks();
			const { faults } = simulator;
			await simulator.close();
			expect(faults).toEqual([]);
		},
	};
}

/** n8n's context of a picker; a run before has signed in. */
function picker(
	credential: ICredentialDataDecryptedObject,
	parameters: Record<string, unknown>,
): ILoadOptionsFunctions {
	const send = async (_type: string, { method = 'GET', url, qs }: IHttpRequestOptions) => {
		const query = new URLSearchParams(qs as Record<string, string>).toString();
		const headers = { authorization: `Bearer ${String(credential.sessionToken)}` };
		const response = await fetch(`${url}?${query}`, { method, headers });
		const body = (await response.json()) as unknown;
		if (!response.ok) throw new Error(JSON.stringify(body));
		return { statusCode: response.status, headers: {}, body };
	};
	return {
		getNode: () => ({ name: 'Maia' }),
		getTimezone: () => 'UTC',
		getCredentials: async () => await Promise.resolve(credential),
		getCurrentNodeParameter: (name: string) => parameters[name],
		helpers: { httpRequestWithAuthentication: send },
	} as unknown as ILoadOptionsFunctions;
}
