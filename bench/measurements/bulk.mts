import { Agent, request } from 'undici';
import { asObject, asString } from '../../demo/host/json.mts';
import type { JsonObject } from '../../demo/host/json.mts';
import { alternate } from '../bench.mts';
import type { Bench } from '../bench.mts';
import type { NodeDraft, Prepared } from '../host.mts';
import { counts, ratioOf, seconds, spreadOf, times } from '../report.mts';
import type { Section } from '../report.mts';
import type { Started } from '../server.mts';

const count = 1000;

/** Makes links in the simulator, the way any client would. @returns their ids */
async function makeLinks({ credential }: Started): Promise<string[]> {
	const agent = new Agent({ connections: 10 });
	const base = asString(credential.backendUrl, 'the address').replace(/\/$/, '');
	const call = async (path: string, data: JsonObject, token?: string) => {
		const { body } = await request(`${base}${path}`, {
			method: 'POST',
			dispatcher: agent,
			headers: {
				'content-type': 'application/json',
				'x-api-key': asString(credential.apiKey, 'the key'),
				...(token !== undefined && { authorization: token }),
			},
			body: JSON.stringify({ control: {}, data }),
		});
		const answer = asObject(await body.json(), 'the answer');
		return asObject(answer.data, `the data of ${path}: ${JSON.stringify(answer)}`);
	};
	try {
		const { keyId, keyPassword } = credential;
		const { idToken } = await call('/access_key/get_token', {
			key_id: keyId,
			key_password: keyPassword,
		});
		const token = asString(idToken, 'the token');
		const claims = asObject(
			JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()),
			'the claims',
		);
		const ids: string[] = [];
		let next = 0;
		const work = async () => {
			for (let link = next++; link < count; link = next++) {
				const made = await call(
					'/link/create',
					{
						client_id: claims['custom:client_id'],
						username: claims['cognito:username'],
						long_url: `https://www.example.com/offers/${link}`,
						name: `Offer ${link}`,
					},
					token,
				);
				ids[link] = asString(made.link_id, 'the id of a link');
			}
		};
		await Promise.all(Array.from({ length: 10 }, work));
		return ids;
	} finally {
		await agent.close();
	}
}

const ownNode = (
	operation: 'findBatch' | 'find',
	warpUrlApi: { id: string; name: string },
): NodeDraft => ({
	type: 'n8n-nodes-campaign-stack.warpUrl',
	typeVersion: 1,
	parameters: {
		resource: 'link',
		operation,
		linkId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
		options: {},
	},
	credentials: { warpUrlApi },
});

const httpNode = (url: string, warpUrlApi: { id: string; name: string }): NodeDraft => ({
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		method: 'POST',
		url: `${url.replace(/\/$/, '')}/link/find`,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'warpUrlApi',
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ { control: {}, data: { link_id: $json.id } } }}',
		options: {},
	},
	credentials: { warpUrlApi },
});

interface Outcome {
	milliseconds: number;
	requests: number;
}

/** Measurement 4: links by id, 25 with one request. */
export async function measureBulk(bench: Bench): Promise<Section> {
	const host = await bench.host();
	const service = await bench.services.start({ service: 'warpurl' });
	const prepared: Prepared[] = [];
	try {
		const ids = await makeLinks(service);
		const stored = await host.credential('warpUrlApi', service.credential);
		const contender = async (node: NodeDraft, member: string) => {
			const workflow = await host.prepare({ nodes: [node], ids, member });
			prepared.push(workflow);
			return {
				show: ({ milliseconds, requests }: Outcome) =>
					`${milliseconds.toFixed(0)} ms, ${requests} requests`,
				async run(): Promise<Outcome> {
					await bench.services.take(service.url);
					const { milliseconds, good, failed } = await workflow.run(count);
					const { requests, tokenRequests } = await bench.services.take(service.url);
					if (good !== count) throw new Error(`${good} of ${count} links, ${failed} failed`);
					return { milliseconds, requests: requests - tokenRequests };
				},
			};
		};
		const backend = asString(service.credential.backendUrl, 'the address');
		const results = await alternate(bench, {
			bulk: await contender(ownNode('findBatch', stored), 'link_id'),
			single: await contender(ownNode('find', stored), 'link_id'),
			http: await contender(httpNode(backend, stored), 'data.link.link_id'),
		});
		const timesOf = (outcomes: readonly Outcome[]) =>
			outcomes.map(({ milliseconds }) => milliseconds);
		const row = (name: string, outcomes: readonly Outcome[]) => {
			return [
				name,
				counts(outcomes.map(({ requests }) => requests)),
				seconds(spreadOf(timesOf(outcomes))),
				times(ratioOf(timesOf(outcomes), timesOf(results.bulk))),
			];
		};
		const { min, max } = spreadOf(results.bulk.map(({ requests }) => requests));
		return {
			rounds: bench.rounds,
			title: '1,000 WarpURL links by id',
			setting:
				'Each of 1,000 items names a link. WarpURL has a call for 25 links at once, which Find Many by ID uses; each item still gets its own link.',
			head: ['Who', 'Requests', 'Time (min to max)', 'Beside this package'],
			rows: [
				row('**This package, Find Many by ID**', results.bulk),
				row('This package, Get (one request for each link)', results.single),
				row('HTTP Request, same credential, one request for each link', results.http),
			],
			targets: [
				{
					aim: '40 requests',
					measured: max === min ? String(max) : `${min} to ${max}`,
					reached: max === 40 && min === 40,
				},
			],
		};
	} finally {
		for (const workflow of prepared) await workflow.remove();
		await bench.services.stop(service.url);
	}
}
