import type { Field, Operation, Resource } from '../../shared/operation';
import { byId, fromList } from '../../shared/fields';
import { stackInQuery } from '../fields';

const profile: Field = {
	displayName: 'Profile',
	name: 'profileName',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchProfiles'), byId('e.g. standard', 'By Name')],
	check: { pattern: /^\w+$/, expects: 'the machine name of a profile' },
	wire: { in: 'path', as: 'profile_name' },
};

/** The changes differ in one word. */
const change = (
	{
		name,
		value,
		action,
		description,
	}: Pick<Operation, 'name' | 'value' | 'action' | 'description'>,
	operationId: string,
	path: string,
): Operation => ({
	name,
	value,
	action,
	description,
	operationId,
	request: { method: 'POST', path: `/api/v1/profiles/{profile_name}/${path}`, body: {} },
	output: { kind: 'item' },
	fields: [profile],
	additionalFields: [stackInQuery],
});

export const installProfiles: Resource = {
	name: 'Install Profile',
	value: 'installProfile',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many install profiles',
			description: 'List the Drupal profiles that sites can be made from',
			operationId: 'get_InstallationProfiles_getInstallationProfiles',
			request: { method: 'GET', path: '/api/v1/profiles' },
			output: { kind: 'list', at: 'profiles' },
			filters: [
				{
					displayName: 'Enabled',
					name: 'isEnabled',
					type: 'boolean',
					default: true,
					description: 'Whether to return the enabled profiles, or only those that are not',
					wire: { in: 'query', as: 'is_enabled' },
				},
				{ ...stackInQuery, description: 'The stack of the profiles' },
			],
		},
		change(
			{
				name: 'Enable',
				value: 'enable',
				action: 'Enable install profile',
				description: 'Let sites be made from a profile',
			},
			'post_InstallationProfiles_enableProfile',
			'enable',
		),
		change(
			{
				name: 'Disable',
				value: 'disable',
				action: 'Disable install profile',
				description: 'Let no more sites be made from a profile',
			},
			'post_InstallationProfiles_disableProfile',
			'disable',
		),
		change(
			{
				name: 'Set Default',
				value: 'setDefault',
				action: 'Set default install profile',
				description: 'Make sites from this profile when none is named',
			},
			'post_InstallationProfiles_setDefault',
			'set_default',
		),
	],
};
