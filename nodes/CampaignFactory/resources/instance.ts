import { checks } from '../../shared/fields';
import { at, isObject, text } from '../../shared/json';
import type { Call, Field, Resource, Result, Task } from '../../shared/operation';
import { bulk } from '../bulk';
import { account, asEntry, asValue, filled, instance, location } from '../fields';
import { item, list, record, search, sorting, trash } from '../lists';

/** What stays of an instance with Simplify. */
export const simpleInstance = [
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

const ofAccount = asValue(account, 'body', 'account_uuid');
const ofLocation = asValue(location, 'body', 'location_uuid');

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

/** An instance on its way: no job stands for it, so it is read until it is active. */
const provisioning: Task = {
	noun: 'Instance',
	id: ({ body }) => text(at(record(body), 'uuid')),
	poll: (id) => ({ method: 'GET', path: `/instances/${encodeURIComponent(id)}` }),
	read({ body }) {
		const made = record(body);
		return text(at(made, 'active_at')) ? { state: 'done', result: made } : { state: 'running' };
	},
	firstDelay: 5,
	slowest: 60,
	timeoutMinutes: 30,
};

async function create(call: Call): Promise<Result> {
	const started = await call.send(call.request);
	return call.values.waitForCompletion === true
		? await call.wait(provisioning, started)
		: record(started.body);
}

/** What a change of several instances says; the API names no member of it. */
function changes(call: Call): Record<string, unknown> | Error {
	const given = call.values.changes;
	return isObject(given) && Object.keys(given).length > 0
		? given
		: call.refuse('“Changes (JSON)” must be a JSON object with at least one member');
}

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
			simple: simpleInstance,
			filters: [
				asValue(account, 'query', 'account_uuid'),
				asValue(location, 'query', 'location_uuid'),
				search,
				...sorting,
				trash,
			],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get instance',
			description: 'Read one instance. It is active when active_at holds a time.',
			operationId: 'getInstance',
			request: { method: 'GET', path: '/instances/{instanceUuid}' },
			output: item,
			simple: simpleInstance,
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
			run: create,
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
				{
					displayName: 'Wait Until Ready',
					name: 'waitForCompletion',
					type: 'boolean',
					default: false,
					description:
						'Whether to wait until the instance is active, instead of returning it as soon as it is ordered. The API shows no job: the instance is read until active_at holds a time.',
				},
			],
			additionalFields: [subdomain, ...settings],
			options: [
				{
					displayName: 'Timeout',
					name: 'timeout',
					type: 'number',
					default: 30,
					typeOptions: { minValue: 0.1 },
					description: 'Minutes to wait until the instance is ready',
				},
			],
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
		{
			name: 'Update Many',
			value: 'updateMany',
			action: 'Update many instances',
			description:
				'Send one change for the instances of all input items, such as suspending them. The members that this takes are not documented: ask Acquia Support.',
			operationId: 'batchUpdateInstances',
			request: { method: 'PATCH', path: '/instances' },
			output: { kind: 'item' },
			fields: [
				asEntry(instance, 'instance_uuids'),
				{
					displayName: 'Changes (JSON)',
					name: 'changes',
					type: 'json',
					required: true,
					default: '{}',
					description: 'Members that are sent beside the list of instances',
				},
			],
			batch: bulk('instance_uuids', { success: true }, changes),
		},
		{
			name: 'Delete Many',
			value: 'deleteMany',
			action: 'Delete many instances',
			description: 'Move the instances of all input items to the trash with one request',
			operationId: 'batchDeleteInstances',
			request: { method: 'PATCH', path: '/instances/delete' },
			output: { kind: 'deleted' },
			fields: [asEntry(instance, 'instance_uuids')],
			batch: bulk('instance_uuids', { deleted: true }),
		},
		{
			name: 'Delete Permanently',
			value: 'deletePermanently',
			action: 'Delete instance permanently',
			description: 'Remove an instance for good',
			operationId: 'forceDeleteInstance',
			request: { method: 'DELETE', path: '/instances/{instanceUuid}/force-delete' },
			output: { kind: 'deleted' },
			fields: [instance],
		},
		{
			name: 'Delete Many Permanently',
			value: 'deleteManyPermanently',
			action: 'Delete many instances permanently',
			description: 'Remove the instances of all input items for good with one request',
			operationId: 'batchForceDeleteInstances',
			request: { method: 'PATCH', path: '/instances/force-delete' },
			output: { kind: 'deleted' },
			fields: [asEntry(instance, 'instance_uuids')],
			batch: bulk('instance_uuids', { deleted: true }),
		},
	],
};
