import { checks } from '../../shared/fields';
import type { Field, Resource } from '../../shared/operation';
import { filled, instance, ofAccount, ofLocation } from '../fields';
import { item, list, search, sorting, trash } from '../lists';

const simple = [
	'uuid',
	'name',
	'subdomain',
	'custom_domain',
	'location_cname',
	'account_uuid',
	'plan_name',
	'user_email',
	'active_at',
	'trial_expiration',
];

const inFilter = (field: Field): Field => ({
	...field,
	wire: { in: 'query', as: field.wire?.as },
});

const name: Field = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. Northwind EU',
	wire: { in: 'body', map: filled },
};

const subdomain: Field = {
	displayName: 'Subdomain',
	name: 'subdomain',
	type: 'string',
	default: '',
	placeholder: 'e.g. northwind-eu',
	description: 'First label of the default host name, in front of that of the location',
	check: {
		pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i,
		expects: 'one label of a host name: letters, digits and hyphens',
	},
	wire: { in: 'body', map: filled },
};

/** Times go without milliseconds, as the vendor's client writes them. */
const withoutMilliseconds = (value: unknown) =>
	typeof value === 'string' ? value.replace(/\.\d+Z$/, 'Z') : value;

/** What can be left out on creation and changed later. */
const settings: Field[] = [
	{
		displayName: 'Custom Domain',
		name: 'customDomain',
		type: 'string',
		default: '',
		placeholder: 'e.g. marketing.example.com',
		wire: { in: 'body', as: 'custom_domain' },
	},
	{
		displayName: 'Database Host',
		name: 'dbHost',
		type: 'string',
		default: '',
		description: 'Set by the service unless Acquia asks for it',
		wire: { in: 'body', as: 'db_host' },
	},
	{
		displayName: 'Database Name',
		name: 'dbName',
		type: 'string',
		default: '',
		description: 'Set by the service unless Acquia asks for it',
		wire: { in: 'body', as: 'db_name' },
	},
	{
		displayName: 'Location Host Name',
		name: 'locationCname',
		type: 'string',
		default: '',
		description: 'Base host name of the location. Set by the service unless Acquia asks for it.',
		wire: { in: 'body', as: 'location_cname' },
	},
	{
		displayName: 'Plan Name',
		name: 'planName',
		type: 'string',
		default: '',
		placeholder: 'e.g. standard',
		wire: { in: 'body', as: 'plan_name' },
	},
	{
		displayName: 'Trial Expiration',
		name: 'trialExpiration',
		type: 'dateTime',
		default: '',
		description: 'End of the trial, where the instance is one',
		wire: { in: 'body', as: 'trial_expiration', map: withoutMilliseconds },
	},
	{
		displayName: 'User Email',
		name: 'userEmail',
		type: 'string',
		default: '',
		placeholder: 'e.g. name@email.com',
		description: 'Email address of the first user',
		check: checks.email,
		wire: { in: 'body', as: 'user_email' },
	},
];

export const instances: Resource = {
	name: 'Instance',
	value: 'instance',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many instances',
			description: 'List the Campaign Studio instances that the user may see',
			operationId: 'listInstances',
			request: { method: 'GET', path: '/instances' },
			output: list,
			simple,
			filters: [inFilter(ofAccount), inFilter(ofLocation), search, ...sorting, trash],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get instance',
			description: 'Read one instance. It is active when active_at holds a time.',
			operationId: 'getInstance',
			request: { method: 'GET', path: '/instances/{instanceUuid}' },
			output: item,
			simple,
			fields: [instance],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create instance',
			description: 'Create an instance. It is ready some time later, when active_at holds a time.',
			operationId: 'createInstance',
			request: { method: 'POST', path: '/instances' },
			output: item,
			fields: [
				{ ...name, required: true },
				{
					...ofAccount,
					description:
						'Account that the instance belongs to. The API describes the name alone as mandatory, but every instance belongs to an account.',
				},
				{
					...ofLocation,
					description:
						'Region that the instance runs in. The list needs the scope manage-locations.',
				},
			],
			additionalFields: [subdomain, ...settings],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update instance',
			description: 'Change an instance. What is not chosen stays as it is.',
			operationId: 'updateInstance',
			request: { method: 'PATCH', path: '/instances/{instanceUuid}' },
			output: item,
			fields: [instance],
			updateFields: [name, ofAccount, ofLocation, subdomain, ...settings],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete instance',
			description: 'Move an instance to the trash',
			operationId: 'deleteInstance',
			request: { method: 'DELETE', path: '/instances/{instanceUuid}' },
			output: { kind: 'deleted' },
			fields: [instance],
		},
	],
};
