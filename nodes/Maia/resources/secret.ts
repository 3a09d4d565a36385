import { isObject, text } from '../../shared/json';
import type { Call, Field, Resource } from '../../shared/operation';
import { project, runner } from '../fields';
import { notice, undocumented } from '../notices';
import { pages } from '../pages';

const description: Field = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	wire: { in: 'body' },
};

/** Puts further members into the body, those of the form winning. */
async function createReference(call: Call): Promise<unknown> {
	const { 'additionalFields.further': further } = call.values;
	const body = {
		...(isObject(further) ? further : {}),
		...(isObject(call.request.body) ? call.request.body : {}),
	};
	const answer = await call.send({ ...call.request, body });
	return isObject(answer.body) ? answer.body : { name: call.values.referenceName };
}

export const secretReferences: Resource = {
	name: 'Secret Reference',
	value: 'secretReference',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many secret references',
			description: 'List the secret references of a project',
			operationId: 'listSecretReferences',
			request: { method: 'GET', path: '/v1/projects/{projectId}/secret-references' },
			output: { kind: 'list', at: 'results', pager: pages },
			fields: [undocumented, project],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create secret reference',
			description: 'Create a pointer to a secret in the vault of a runner',
			operationId: 'createSecretReference',
			request: {
				method: 'POST',
				path: '/v1/projects/{projectId}/secret-references/{secretReferenceName}',
				body: { secretReferenceType: 'PASSWORD' },
			},
			output: { kind: 'item' },
			fields: [
				project,
				{
					displayName: 'Name',
					name: 'referenceName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. warehouse_password',
					check: {
						pattern: /^[\w()-]{1,128}$/,
						expects:
							'a name with up to 128 letters, digits, underscores, hyphens and round brackets',
					},
					wire: { in: 'path', as: 'secretReferenceName' },
				},
				{
					displayName: 'Vault',
					name: 'agentType',
					type: 'options',
					options: [
						{ name: 'AWS Secrets Manager', value: 'AWS' },
						{ name: 'Azure Key Vault', value: 'Azure' },
						{ name: 'Matillion Hosted', value: 'Matillion hosted' },
					],
					default: 'AWS',
					description:
						'Where the secret is. Only the members for AWS are documented; the others may need “Further Members”.',
					wire: { in: 'body' },
				},
			],
			additionalFields: [
				description,
				{
					displayName: 'Further Members (JSON)',
					name: 'further',
					type: 'json',
					default: '{}',
					description: 'Object with members that this form does not have',
				},
				{
					...runner,
					description: 'Older revisions of the API demand it, the newest does not need it',
					wire: { in: 'body' },
				},
				{
					displayName: 'Key in the Vault',
					name: 'keyInVault',
					type: 'string',
					default: '',
					placeholder: 'e.g. password',
					description: 'Key inside the secret',
					wire: { in: 'body', as: 'secretKey' },
				},
				{
					displayName: 'Name in the Vault',
					name: 'nameInVault',
					type: 'string',
					default: '',
					placeholder: 'e.g. aws-warehouse-login',
					wire: { in: 'body', as: 'secretName' },
				},
			],
			run: createReference,
		},
	],
};

/**
 * Reads the members of a secret from the form; rows without a name are left alone.
 * @throws Error in words for a content that is no text: "[object Object]" would be stored in its place
 */
export function toMembers(value: unknown): Record<string, string> {
	const rows = isObject(value) && Array.isArray(value.member) ? (value.member as unknown[]) : [];
	const members = rows.filter(isObject).flatMap((row): Array<[string, string]> => {
		const { content } = row;
		const name = text(row.name);
		if (name === undefined) return [];
		if (typeof content === 'object' && content !== null) {
			throw new Error(`“Members” must hold text, but “${name}” is a list or an object`);
		}
		return [[name, String(content ?? '')]];
	});
	return Object.fromEntries(members);
}

/** Stores a secret; what it consists of depends on its type. */
async function createSecret(call: Call): Promise<unknown> {
	const body = {
		...toMembers(call.values.members),
		...(isObject(call.request.body) ? call.request.body : {}),
	};
	const answer = await call.send({ ...call.request, body });
	return isObject(answer.body) ? answer.body : { name: call.values.name };
}

const members: Field = {
	displayName: 'Members',
	name: 'members',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Member',
	default: {},
	description: 'What the secret consists of; the names depend on its type',
	options: [
		{
			displayName: 'Member',
			name: 'member',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. username',
				},
				{
					displayName: 'Content',
					name: 'content',
					type: 'string',
					typeOptions: { password: true },
					default: '',
				},
			],
		},
	],
};

export const secrets: Resource = {
	name: 'Secret',
	value: 'secret',
	operations: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create secret',
			description: 'Store a secret in the vault that Matillion hosts (Full SaaS)',
			operationId: 'createSecret',
			request: { method: 'POST', path: '/v1/projects/{projectId}/secrets' },
			output: { kind: 'item' },
			fields: [
				notice(
					'Only name and type of a secret are documented. The address and the other members follow from them and were not tried on a live account.',
				),
				project,
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. warehouse-login',
					wire: { in: 'body' },
				},
				{
					displayName: 'Type',
					name: 'type',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. snowflake-key-pair',
					description: 'Kind of secret, which depends on the warehouse',
					wire: { in: 'body' },
				},
				// Goes into the body by the operation's own code
				members,
			],
			additionalFields: [description],
			run: createSecret,
		},
	],
};
