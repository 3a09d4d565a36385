import { checks } from '../../shared/fields';
import type { Resource } from '../../shared/operation';
import { bodyOf, pages, rooted, runCount, runDelete, runGet, runList, runWrite } from '../calls';
import { extendedApi, order, profile, profileUnit } from '../fields';
import { moreFields, recordFields } from '../mappings';
import { byEmail, profileFilterFields, profileFilters } from '../profileFilters';
import { matchFields, upsert } from '../upsert';

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

const allFilters = [byEmail, ...profileFilters];

export const profiles: Resource = {
	name: 'Profile',
	value: 'profile',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many profiles',
			description: 'List profiles, all or those that filters find',
			operationId: [
				'listProfiles',
				'listProfilesExt',
				'findProfilesByEmail',
				'findProfilesByEmailExt',
				'findProfilesByKeys',
				'findProfilesByBirthday',
				'findProfilesByStaticAudience',
				'findProfilesThatReceivedDelivery',
				'findProfilesThatOpenedDelivery',
				'findProfilesThatClickedDelivery',
				'findProfilesSubscribedToService',
				'findProfileByLink',
				'listProfileEmails',
				'listProfilePKeys',
				'filterProfilesByCustomFilter',
				'filterProfilesCombined',
				'filterProfilesCombinedExt',
			],
			request: { method: 'GET', path: '/profileAndServices/profile' },
			output: { kind: 'list', at: 'content', pager: pages },
			fields: [extendedApi],
			filters: [...byEmail.fields, ...profileFilterFields],
			options: [
				{
					displayName: 'Only Field',
					name: 'onlyField',
					type: 'options',
					options: [
						{ name: 'Email', value: 'email' },
						{ name: 'PKey', value: 'PKey' },
					],
					default: 'email',
					description: 'Returns this field alone, as value; much faster for long lists',
				},
				...order,
			],
			simple,
			emptyHint:
				'No profile was found. The product profiles of the credential decide which organizational units it sees.',
			run: async (call) => await runList(call, allFilters),
		},
		{
			name: 'Count',
			value: 'count',
			action: 'Count profiles',
			description: 'Count all profiles, or those that one filter finds',
			operationId: [
				'countProfiles',
				'countProfilesExt',
				'countFilteredProfiles',
				'countFilteredProfilesExt',
			],
			request: { method: 'GET', path: '/profileAndServices/profile/_count' },
			output: { kind: 'item' },
			fields: [extendedApi],
			filters: [...byEmail.fields, ...profileFilterFields],
			run: async (call) => await runCount(call, allFilters),
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
				...profileFilterFields,
			],
			options: order,
			simple,
			run: async (call) => await runList(call, profileFilters),
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
			fields: [extendedApi, recordFields('getProfileFields', 'add', ['extendedApi']), profileUnit],
			additionalFields: [moreFields],
			run: runWrite,
		},
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Create or update profile',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
			operationId: [],
			request: { method: 'POST', path: '/profileAndServices/profile' },
			output: { kind: 'item' },
			fields: [
				extendedApi,
				{
					displayName: 'Match By',
					name: 'matchBy',
					type: 'options',
					options: [
						{
							name: 'Business Key',
							value: 'businessKey',
							description: 'Field of your company that names one profile; extended API',
						},
						{
							name: 'Custom Filter',
							value: 'customFilter',
							description: 'Filter of your company; extended API',
						},
						{ name: 'Email', value: 'email' },
					],
					default: 'email',
					description: 'How to find the profile that may be there already',
				},
				{
					displayName: 'Email',
					name: 'matchEmail',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. name@email.com',
					description: 'Address to look for; a new profile gets it',
					displayOptions: { show: { matchBy: ['email'] } },
					check: checks.email,
				},
				...matchFields('searchProfileFilters'),
				recordFields('getProfileFields', 'map', ['extendedApi']),
				profileUnit,
			],
			updateFields: [moreFields],
			run: async (call) => {
				if (call.values.matchBy !== 'email' && call.values.extendedApi !== true) {
					throw call.refuse(
						'Business keys and custom filters need the extended API',
						'Turn on “Extended API”, or match by email.',
					);
				}
				return await upsert(call, rooted(call).path, bodyOf(call));
			},
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update profile',
			description: 'Change fields of a profile; the service confirms with its PKey',
			operationId: ['updateProfile', 'updateProfileExt'],
			request: { method: 'PATCH', path: '/profileAndServices/profile/{profileKey}' },
			output: { kind: 'item' },
			fields: [
				extendedApi,
				...profile,
				recordFields('getProfileFields', 'map', ['extendedApi']),
				profileUnit,
			],
			updateFields: [moreFields],
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
			repeatable: false,
			fields: [extendedApi, ...profile],
			run: runDelete,
		},
	],
};
