import { Agent, request } from 'undici';
import { asArray, asObject, asString } from '../demo/host/json.mts';
import { fixturePackage } from './fixtures.mts';
import type { NodeDraft } from './host.mts';
import type { Started } from './server.mts';

/** A credential that n8n has stored. */
export interface Stored {
	id: string;
	name: string;
}

/** Calls with a token of their own, outside n8n. */
export interface Caller {
	authorization: string;
	/** The ids of the accounts that the service has. */
	accounts: string[];
	/**
	 * Reads one account for each of so many items.
	 * @returns milliseconds
	 */
	read(count: number, inFlight: number): Promise<number>;
	close(): Promise<void>;
}

/** Signs in to the simulator of Campaign Factory and learns which accounts it has. */
export async function openCaller({ url, credential }: Started): Promise<Caller> {
	const agent = new Agent({ connections: 10 });
	const get = async (path: string, options: Parameters<typeof request>[1] = {}) => {
		const { body, statusCode } = await request(`${url}${path}`, { dispatcher: agent, ...options });
		const answer: unknown = await body.json();
		if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
		return asObject(answer, 'the answer');
	};
	const { username, password, clientId, clientSecret, scopes } = credential;
	const { access_token: token } = await get('/oauth/token', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({
			grant_type: 'password',
			username,
			password,
			client_id: clientId,
			client_secret: clientSecret,
			scope: asArray(scopes, 'the scopes').join(' '),
		}),
	});
	const authorization = `Bearer ${asString(token, 'the token')}`;
	const headers = { authorization, accept: 'application/json' };
	const { data } = await get('/openapi/accounts?page=1&per_page=25', { headers });
	const accounts = asArray(data, 'the accounts').map((account) =>
		asString(asObject(account, 'an account').uuid, 'its id'),
	);
	return {
		authorization,
		accounts,
		async read(count, inFlight) {
			const begun = performance.now();
			let next = 0;
			const work = async () => {
				for (let item = next++; item < count; item = next++) {
					const path = `/openapi/accounts/${accounts[item % accounts.length]}`;
					asObject((await get(path, { headers })).data, 'the account');
				}
			};
			await Promise.all(Array.from({ length: inFlight }, work));
			return performance.now() - begun;
		},
		close: () => agent.close(),
	};
}

const own = 'n8n-nodes-campaign-stack.campaignFactory';
const httpRequest = 'n8n-nodes-base.httpRequest';
const idOfItem = '={{ $json.id }}';
const addressOf = (url: string) => `=${url}/openapi/accounts/{{ $json.id }}`;

/** Member of a good item: the record, or the envelope that the service puts around it. */
export const members = { record: 'uuid', envelope: 'data.uuid' };

/** This package reads the account of each item. */
export function ownNode(campaignFactoryApi: Stored): NodeDraft {
	return {
		type: own,
		typeVersion: 1,
		parameters: {
			resource: 'account',
			operation: 'get',
			accountId: { __rl: true, mode: 'id', value: idOfItem },
		},
		credentials: { campaignFactoryApi },
	};
}

/** Items that HTTP Request sends at once, and milliseconds to the next ones. */
export interface Batching {
	batchSize: number;
	batchInterval: number;
}

/** HTTP Request with a credential of a service. */
export function httpNode(
	url: string,
	type: string,
	credential: Stored,
	batch?: Batching,
): NodeDraft {
	return {
		type: httpRequest,
		typeVersion: 4.2,
		parameters: {
			url: addressOf(url),
			authentication: 'predefinedCredentialType',
			nodeCredentialType: type,
			options: batch === undefined ? {} : { batching: { batch } },
		},
		credentials: { [type]: credential },
	};
}

/** HTTP Request with a header that is stored in a generic credential. */
export function httpGenericNode(url: string, httpHeaderAuth: Stored): NodeDraft {
	return {
		type: httpRequest,
		typeVersion: 4.2,
		parameters: {
			url: addressOf(url),
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			options: {},
		},
		credentials: { httpHeaderAuth },
	};
}

/** A node in n8n's declarative style with the credential of this package. */
export function declarativeNode(
	name: 'declarative' | 'declarativeLarge',
	campaignFactoryApi: Stored,
): NodeDraft {
	return {
		type: `${fixturePackage}.${name}`,
		typeVersion: 1,
		parameters: { resource: 'accounts', operation: 'get', recordId: idOfItem },
		credentials: { campaignFactoryApi },
	};
}

/**
 * n8n's request helper and nothing else.
 * @param byExpression whether the address of each item comes from an expression, as it has to in a workflow, or is put
 * together by the node
 */
export function bareNode(
	url: string,
	authorization: string,
	inFlight: number,
	byExpression: boolean,
): NodeDraft {
	const address = byExpression ? { url: addressOf(url) } : { base: `${url}/openapi/accounts` };
	return {
		type: `${fixturePackage}.bareLoop`,
		typeVersion: 1,
		parameters: { ...address, authorization, inFlight },
	};
}
