import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { isObject, text } from '../shared/json';
import type { Json } from '../shared/json';
import { LoginError } from '../shared/login';

/**
 * Stand for the client and the user of the sign-in in the data of a request. Both are claims of the ID token, which need
 * not be there yet when the node builds a request; the credential puts the values in when it signs the request.
 */
export const ownClient = '@client_id';
export const ownUser = '@username';

const clientPrefix = '#clt#';
const userPrefix = '#usr#';

/** A user name: user ids are the name with a prefix, and both are used by the portal. */
export function toUsername(value: string): string {
	return value.startsWith(userPrefix) ? value.slice(userPrefix.length) : value;
}

/** The claims of a JWT, unchecked: the service checks its own tokens. Empty for what is no JWT. */
export function readClaims(token: unknown): Json {
	const payload = typeof token === 'string' ? token.split('.')[1] : undefined;
	if (!payload) return {};
	try {
		const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
		return isObject(claims) ? claims : {};
	} catch {
		// A token that cannot be read has no claims; who needs one of them says so in words
		return {};
	}
}

/**
 * The client that the credential works for: what the user entered, else the claim of the ID token. The service does not
 * name the claim, but every client id starts the same way.
 */
export function clientOf(credentials: ICredentialDataDecryptedObject): string | undefined {
	const entered = text(credentials.clientId);
	if (entered) return entered;
	const claims = readClaims(credentials.sessionToken);
	return [claims['custom:client_id'], ...Object.values(claims)].find(
		(claim): claim is string => typeof claim === 'string' && claim.startsWith(clientPrefix),
	);
}

/** The name of the user that the credential works for: what was entered, else the claim of the ID token. */
export function userOf(credentials: ICredentialDataDecryptedObject): string | undefined {
	const entered = text(credentials.username);
	if (entered) return toUsername(entered);
	const claims = readClaims(credentials.sessionToken);
	const named = text(claims['cognito:username']) ?? text(claims['custom:username']);
	const id = Object.values(claims).find(
		(claim): claim is string => typeof claim === 'string' && claim.startsWith(userPrefix),
	);
	return named ?? (id === undefined ? undefined : toUsername(id));
}

/** JSON, or undefined for other text: what another node sends with this credential is its own affair. */
function parse(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
}

function required(value: string | undefined, what: string, field: string): string {
	if (value !== undefined) return value;
	throw new LoginError(
		`The ID token of WarpURL does not name the ${what}. Enter “${field}” in the credential.`,
	);
}

/**
 * Puts client and user of the sign-in into the data of a request, where they are asked for.
 * @param body JSON as text, or the object that it stands for
 * @returns the body in the form in which it came; the same one when nothing is asked for
 * @throws LoginError when the token has no such claim and nothing was entered
 */
export function fillIn(body: unknown, credentials: ICredentialDataDecryptedObject): unknown {
	if (typeof body === 'string') {
		if (!body.includes(`"${ownClient}"`) && !body.includes(`"${ownUser}"`)) return body;
		const parsed = parse(body);
		return parsed === undefined ? body : JSON.stringify(fillIn(parsed, credentials));
	}
	if (!isObject(body) || !isObject(body.data)) return body;
	const data = { ...body.data };
	if (data.client_id === ownClient) {
		data.client_id = required(clientOf(credentials), 'client', 'Client ID');
	}
	if (data.username === ownUser) {
		data.username = required(userOf(credentials), 'user', 'User Name');
	}
	return { ...body, data };
}
