import type { Resource } from '../../shared/operation';
import { pages, runDelete, runGet, runList, runWrite } from '../calls';
import { extendedApi, extension, order, profile } from '../fields';
import { profileFields } from '../profileFields';

/** What a profile has on every instance and people look for first. */
const simple = [
	'PKey',
	'title',
	'email',
	'firstName',
	'lastName',
	'mobilePhone',
	'birthDate',
	'blackListEmail',
	'created',
	'lastModified',
];

export const profiles: Resource = {
	name: 'Profile',
	value: 'profile',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many profiles',
			description: 'List profiles, all or those with an email address',
			operationId: [
				'listProfiles',
				'listProfilesExt',
				'findProfilesByEmail',
				'findProfilesByEmailExt',
			],
			request: { method: 'GET', path: '/profileAndServices/profile' },
			output: { kind: 'list', at: 'content', pager: pages },
			fields: [extendedApi],
			filters: [
				{
					displayName: 'Email',
					name: 'email',
					type: 'string',
					default: '',
					placeholder: 'e.g. name@email.com',
					description: 'The whole address. Several profiles may have the same one.',
					wire: { in: 'query' },
				},
			],
			options: order,
			simple,
			emptyHint:
				'No profile was found. The product profiles of the credential decide which organizational units it sees.',
			run: async (call) => await runList(call, { byEmail: ['email'] }),
		},
		{
			name: 'Search',
			value: 'search',
			action: 'Search profiles',
			description: 'Find profiles by a text in their email address or last name',
			operationId: ['searchProfilesByText', 'searchProfilesByTextExt'],
			request: { method: 'GET', path: '/profileAndServices/profile/byText' },
			output: { kind: 'list', at: 'content', pager: pages },
			fields: [
				extendedApi,
				{
					displayName: 'Search Text',
					name: 'text',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. varney',
					wire: { in: 'query' },
				},
			],
			filters: [
				{
					displayName: 'Search Only In',
					name: 'filterType',
					type: 'options',
					options: [
						{ name: 'Email', value: 'email' },
						{ name: 'First Name', value: 'firstName' },
						{ name: 'Last Name', value: 'lastName' },
					],
					default: 'lastName',
					description:
						'One field, of which the text must be the beginning, in the same upper and lower case',
					wire: { in: 'query' },
				},
			],
			options: order,
			simple,
			run: async (call) => await runList(call),
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get profile',
			description: 'Read one profile',
			operationId: ['getProfile', 'getProfileExt'],
			request: { method: 'GET', path: '/profileAndServices/profile/{profileKey}' },
			output: { kind: 'item' },
			fields: [extendedApi, ...profile],
			simple,
			run: runGet,
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create profile',
			description: 'Create a profile, also when another one has the same email address',
			operationId: ['createProfile', 'createProfileExt'],
			request: { method: 'POST', path: '/profileAndServices/profile' },
			output: { kind: 'item' },
			fields: [
				extendedApi,
				{
					displayName: 'Email',
					name: 'email',
					type: 'string',
					default: '',
					placeholder: 'e.g. name@email.com',
					wire: { in: 'body' },
				},
				...extension,
			],
			additionalFields: profileFields,
			run: runWrite,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update profile',
			description: 'Change fields of a profile; the service confirms with its PKey',
			operationId: ['updateProfile', 'updateProfileExt'],
			request: { method: 'PATCH', path: '/profileAndServices/profile/{profileKey}' },
			output: { kind: 'item' },
			fields: [extendedApi, ...profile, ...extension],
			updateFields: [
				{
					displayName: 'Email',
					name: 'email',
					type: 'string',
					default: '',
					placeholder: 'e.g. name@email.com',
					wire: { in: 'body' },
				},
				...profileFields,
			],
			run: runWrite,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete profile',
			description: 'Delete a profile and its subscriptions for good',
			operationId: ['deleteProfile', 'deleteProfileExt'],
			request: { method: 'DELETE', path: '/profileAndServices/profile/{profileKey}' },
			output: { kind: 'deleted' },
			fields: [extendedApi, ...profile],
			run: runDelete,
		},
	],
};
