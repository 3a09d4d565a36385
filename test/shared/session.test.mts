/** One session on a stand-in for n8n's helpers: what a server cannot be made to do. */
import type { IDataObject, IExecuteFunctions, IHttpRequestOptions, INode } from 'n8n-workflow';

import type { Provider } from '../../nodes/shared/operation';
import { Session } from '../../nodes/shared/transport';
import { shelf, shelfCredential } from '../support/provider.mts';

const node: INode = {
	id: '1',
	name: 'Shelf',
	type: 'shelf',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/** What n8n's helper was called with. */
interface Sent {
	options: IHttpRequestOptions;
	/** The token that the credential held at that time. */
	token: unknown;
}

/** Opens a session whose requests n8n's helpers answer with what `respond` gives. */
async function open(
	respond: (sent: Sent) => unknown,
	credential: IDataObject = shelfCredential('https://shelf.example', 'invented-token-1'),
	provider: Provider = shelf,
) {
	const sent: Sent[] = [];
	const answer = async (options: IHttpRequestOptions, token?: unknown) => {
		const one = { options, token };
		sent.push(one);
		return await Promise.resolve(respond(one));
	};
	const context = {
		getNode: () => node,
		getCredentials: async () => await Promise.resolve(credential),
		helpers: {
			httpRequest: answer,
			httpRequestWithAuthentication: async (
				_type: string,
				options: IHttpRequestOptions,
				{ credentialsDecrypted: { data } }: { credentialsDecrypted: { data: IDataObject } },
			) => await answer(options, data.sessionToken),
		},
	} as unknown as IExecuteFunctions;
	return { sent, session: await Session.open(context, provider) };
}

const read = { method: 'GET', path: '/x' } as const;

it.each([
	['nothing', undefined],
	['a text', 'text'],
	['a list', ['a']],
	['an object without parts', {}],
])('takes %s in place of an answer for an empty one', async (_, response) => {
	const { session } = await open(() => response);
	expect(await session.send(read)).toEqual({ status: 0, headers: {}, body: undefined });
	expect(await session.transfer({ method: 'GET', url: 'https://files.example/' })).toEqual({
		status: NaN,
		headers: {},
		body: undefined,
	});
});

it('takes text that begins like JSON for text where it is not called JSON', async () => {
	const { session } = await open(() => ({ statusCode: 200, body: '{"cut' }));
	expect(await session.send({ ...read, text: true })).toEqual({
		status: 200,
		headers: {},
		body: '{"cut',
	});
});

it('lets n8n sign in when the stored credential has no token at all', async () => {
	const { url, clientId, clientSecret } = shelfCredential('https://shelf.example');
	const { session, sent } = await open(() => ({ statusCode: 200 }), {
		url,
		clientId,
		clientSecret,
	});
	await session.send(read);
	// n8n fetches a token for an empty one only
	expect(sent.map(({ token }) => token)).toEqual(['']);
});
