import { at, isObject, text } from '../../shared/json';
import type { Json } from '../../shared/json';
import type { Call, Field, Resource, Result } from '../../shared/operation';
import { accessKey, clientId, keyName, username } from '../fields';
import { ownClient, ownUser } from '../identity';
import { isoTimes, listOf, present, read, recordAt, sendForRecord } from '../records';

const own = { client_id: ownClient, username: ownUser };

/** The keys in an answer: the documentation shows one, and means all of a user. */
function readKeys(body: unknown): unknown {
	const data = at(body, 'data');
	if (Array.isArray(data)) return data;
	if (!isObject(data)) return [];
	return Array.isArray(data.Items) ? data.Items : [data];
}

/** A key as it is now: an update without its state would have an effect that nobody documents. */
async function findKey(call: Call, keyId: string): Promise<Json> {
	const { body } = await call.send({
		...call.request,
		...read,
		path: '/access_key/find_user_keys',
		body: { ...own, key_id: keyId },
	});
	const keys = readKeys(body);
	const found = Array.isArray(keys) ? keys.find((key) => at(key, 'key_id') === keyId) : undefined;
	if (isObject(found)) return found;
	throw call.refuse(
		`The access key ${keyId} was not found`,
		'Pick the key from the list, or set “Enabled” to change a key of another user.',
	);
}

/** Changes what was set and keeps the rest. */
async function update(call: Call): Promise<Result> {
	const { values, request } = call;
	const keyId = String(values.keyId);
	const name = text(values['updateFields.keyName']);
	const enabled = values['updateFields.enabled'];
	if (name === undefined && enabled === undefined) {
		throw call.refuse(
			'There is nothing to change',
			'Add “Enabled” or “Key Name” under “Update Fields”.',
		);
	}
	const state = enabled ?? (await findKey(call, keyId)).enabled;
	if (typeof state !== 'boolean') {
		throw call.refuse(
			`WarpURL does not say whether the access key ${keyId} is enabled`,
			'Set “Enabled” under “Update Fields”.',
		);
	}
	const body = { ...(isObject(request.body) ? request.body : {}), enabled: state };
	const answer = await call.send({ ...request, body });
	return present(call, recordAt(call, answer.body));
}

const notice = (displayName: string): Field => ({
	displayName,
	name: 'notice',
	type: 'notice',
	default: '',
});

/** The key of which tokens are asked for: that of the form, else that of the credential. */
function keyPair({ values, credentials }: Call): Json {
	const id = text(values['additionalFields.accessKeyId']);
	const password = text(values['additionalFields.accessKeyPassword']);
	if (id !== undefined && password !== undefined) return { key_id: id, key_password: password };
	return { key_id: text(credentials.keyId), key_password: credentials.keyPassword };
}

function checkPair(call: Call): void {
	const id = text(call.values['additionalFields.accessKeyId']);
	const password = text(call.values['additionalFields.accessKeyPassword']);
	if ((id === undefined) === (password === undefined)) return;
	throw call.refuse(
		'“Access Key ID” and “Access Key Password” belong together',
		'Set both, or neither to use the access key of the credential.',
	);
}

async function getToken(call: Call): Promise<Result> {
	checkPair(call);
	const { body } = await call.send({ ...call.request, body: keyPair(call) });
	return recordAt(call, body);
}

/** The body is documented in two ways: with a refresh token in the text, with the key in the sample. */
async function refreshToken(call: Call): Promise<Result> {
	const token = text(call.values['additionalFields.refreshToken']);
	const id = text(call.values['additionalFields.accessKeyId']);
	if (token === undefined) checkPair(call);
	const data =
		token === undefined
			? keyPair(call)
			: { refreshToken: token, key_id: id ?? text(call.credentials.keyId) };
	const { body } = await call.send({ ...call.request, body: data });
	return recordAt(call, body);
}

const pairFields: Field[] = [
	{
		displayName: 'Access Key ID',
		name: 'accessKeyId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 7Qd3VxPb91mTzKc5RwYhL',
		description: 'Without it the access key of the credential is used',
		wire: { in: 'body', as: 'key_id' },
	},
	{
		displayName: 'Access Key Password',
		name: 'accessKeyPassword',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		description: 'Belongs to “Access Key ID”',
		wire: { in: 'body', as: 'key_password' },
	},
];

export const accessKeys: Resource = {
	name: 'Access Key',
	value: 'accessKey',
	operations: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create access key',
			description: 'Issue a key ID and a password for a user',
			operationId: 'createAccessKey',
			request: { method: 'POST', path: '/access_key/create', body: own },
			output: { kind: 'item', at: 'data' },
			fields: [
				notice(
					'The password of the key is in key_password of the output. WarpURL shows it this once: let the next node store it. A user can have two keys, disabled ones included.',
				),
				{ ...keyName, required: true },
			],
			additionalFields: [username, clientId],
			options: [isoTimes],
			run: sendForRecord,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete access key',
			description: 'Remove an access key for good',
			operationId: 'deleteAccessKey',
			request: { method: 'POST', path: '/access_key/delete' },
			output: { kind: 'deleted' },
			fields: [accessKey],
		},
		{
			name: 'Find',
			value: 'find',
			action: 'Find access keys',
			description: 'List the access keys of a user, without passwords',
			operationId: 'findUserAccessKeys',
			request: { method: 'POST', path: '/access_key/find_user_keys', body: own },
			...listOf({ kind: 'list', at: readKeys }),
			filters: [
				{
					displayName: 'Key ID',
					name: 'keyId',
					type: 'string',
					default: '',
					placeholder: 'e.g. 7Qd3VxPb91mTzKc5RwYhL',
					check: accessKey.check,
					wire: { in: 'body', as: 'key_id' },
				},
				username,
				clientId,
			],
			options: [isoTimes],
		},
		{
			name: 'Get Token',
			value: 'getToken',
			action: 'Get token of access key',
			description: 'Exchange an access key for an ID token and a refresh token',
			operationId: 'getToken',
			request: { method: 'POST', path: '/access_key/get_token' },
			...read,
			output: { kind: 'item', at: 'data' },
			fields: [
				notice(
					'The output holds secrets: who has the tokens can act as the user. The node itself does not need this, it signs in with the credential.',
				),
			],
			additionalFields: pairFields,
			run: getToken,
		},
		{
			name: 'Refresh Token',
			value: 'refreshToken',
			action: 'Refresh token of access key',
			description: 'Get a new ID token from a refresh token, or from an access key',
			operationId: 'refreshToken',
			request: { method: 'POST', path: '/access_key/refresh_token' },
			...read,
			output: { kind: 'item', at: 'data' },
			fields: [
				notice(
					'The output holds a secret. WarpURL documents this call in two ways that contradict each other; Get Token gives the same and is the safer choice.',
				),
			],
			additionalFields: [
				...pairFields,
				{
					displayName: 'Refresh Token',
					name: 'refreshToken',
					type: 'string',
					typeOptions: { password: true },
					default: '',
					description:
						'As Get Token returned it. Without it the ID and password of the access key are sent.',
					wire: { in: 'body' },
				},
			],
			run: refreshToken,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update access key',
			description: 'Rename, enable or disable an access key; what is not set stays as it is',
			operationId: 'updateAccessKey',
			request: { method: 'POST', path: '/access_key/update' },
			output: { kind: 'item', at: 'data' },
			fields: [accessKey],
			updateFields: [
				{
					displayName: 'Enabled',
					name: 'enabled',
					type: 'boolean',
					default: true,
					description: 'Whether the key can be used to sign in',
					wire: { in: 'body' },
				},
				keyName,
			],
			options: [isoTimes],
			run: update,
		},
	],
};
