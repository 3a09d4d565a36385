import { checks } from '../../shared/fields';
import { at, isObject } from '../../shared/json';
import type { Call, Field, Resource, Result } from '../../shared/operation';
import { accountList, filled, instanceList, notice, senderDomain } from '../fields';
import { pages, record, records, search, sorting, trash } from '../lists';
import { outcome } from '../members';

/** Shown wherever sender domains are read or changed. */
export const undocumented = notice(
	'Acquia documents no scope for sender domains in the API: the service may refuse this call.',
);

/** What stays of a sender domain with Simplify. */
const simpleSenderDomain = [
	'uuid',
	'sender_domain',
	'sender_domain_validated',
	'bounce_domain',
	'bounce_domain_validated',
	'tracking_domain',
	'tracking_domain_validated',
	'default_from_name',
	'default_from_email',
	'esp',
];

/** Keys of Acquia's own that records bring along; nobody needs them in a workflow. */
const secrets = new Set(['esp_api_key', 'openid_client_secret']);

/** The same without secrets, also those of related records. */
export function withoutSecrets(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutSecrets);
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name]) => !secrets.has(name))
			.map(([name, member]) => [name, withoutSecrets(member)]),
	);
}

const item = { kind: 'item', at: (body: unknown) => withoutSecrets(record(body)) } as const;

const domainName = {
	pattern: /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i,
	expects: 'a domain such as mail.example.com',
};

const domain = (
	displayName: string,
	name: string,
	as: string,
	example: string,
	description: string,
): Field => ({
	displayName,
	name,
	type: 'string',
	required: true,
	default: '',
	placeholder: `e.g. ${example}`,
	description,
	check: domainName,
	wire: { in: 'body', as },
});

const validated = (displayName: string, name: string, as: string): Field => ({
	displayName,
	name,
	type: 'boolean',
	default: false,
	description: 'Whether the DNS records of the domain count as checked from the start',
	wire: { in: 'body', as },
});

const fromName: Field = {
	displayName: 'Default From Name',
	name: 'defaultFromName',
	type: 'string',
	default: '',
	placeholder: 'e.g. Northwind',
	description: 'Name of the sender where an email names none',
	wire: { in: 'body', as: 'default_from_name', map: filled },
};

const fromEmail: Field = {
	displayName: 'Default From Email',
	name: 'defaultFromEmail',
	type: 'string',
	default: '',
	placeholder: 'e.g. name@email.com',
	description: 'Address of the sender where an email names none',
	check: checks.email,
	wire: { in: 'body', as: 'default_from_email', map: filled },
};

/** Whether a service misses the list of instances under its usual name. */
function missesUsualName(error: unknown): boolean {
	return (
		isObject(error) &&
		String(error.httpCode) === '422' &&
		/\binstance_uuids\b/.test(String(error.message))
	);
}

/**
 * The description calls the list `instances_uuids` in this one call, which may be a slip of the description or of the
 * service. A service that misses `instance_uuids` gets that.
 */
async function removeInstances(call: Call): Promise<Result> {
	const { request } = call;
	const answer = await call.send(request).catch(async (refusal: unknown) => {
		if (!missesUsualName(refusal)) throw refusal;
		const body = { instance_uuids: at(request.body, 'instances_uuids') };
		return await call.send({ ...request, body });
	});
	return outcome(answer.body);
}

export const senderDomains: Resource = {
	name: 'Sender Domain',
	value: 'senderDomain',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many sender domains',
			description: 'List the domains that emails are sent from, and whether their DNS is valid',
			operationId: 'listSenderDomains',
			request: { method: 'GET', path: '/sender-domains' },
			output: {
				kind: 'list',
				at: (body) => withoutSecrets(records(body)),
				pager: pages,
			},
			simple: simpleSenderDomain,
			fields: [undocumented],
			filters: [
				{
					displayName: 'Load Along',
					name: 'with',
					type: 'string',
					default: '',
					placeholder: 'e.g. accounts,instances',
					description:
						'Related records to load with each one; turn Simplify off to see them. The API does not document the names.',
					wire: { in: 'query' },
				},
				search,
				...sorting,
				trash,
			],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get sender domain',
			description: 'Read one sender domain with the state of its DNS records',
			operationId: 'getSenderDomain',
			request: { method: 'GET', path: '/sender-domains/{senderDomainUuid}' },
			output: item,
			simple: simpleSenderDomain,
			fields: [undocumented, senderDomain],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create sender domain',
			description:
				'Register a domain to send emails from. Its DNS records are checked some time later.',
			operationId: 'createSenderDomain',
			request: { method: 'POST', path: '/sender-domains' },
			output: item,
			fields: [
				undocumented,
				domain(
					'Sender Domain',
					'senderDomainName',
					'sender_domain',
					'mail.example.com',
					'Domain of the addresses that emails come from. Free mail domains are refused by the built-in delivery service.',
				),
				domain(
					'Bounce Domain',
					'bounceDomain',
					'bounce_domain',
					'bounce.mail.example.com',
					'Domain that returned emails go to',
				),
				domain(
					'Tracking Domain',
					'trackingDomain',
					'tracking_domain',
					'clicks.mail.example.com',
					'Domain of the links that count opens and clicks',
				),
				{ ...fromName, required: true },
				{ ...fromEmail, required: true },
				{
					displayName: 'Email Service Provider',
					name: 'esp',
					type: 'string',
					required: true,
					default: 'sparkpost',
					description: 'Service that delivers the emails, as it is called in other sender domains',
					wire: { in: 'body' },
				},
			],
			additionalFields: [
				validated('Bounce Domain Validated', 'bounceValidated', 'bounce_domain_validated'),
				validated('Sender Domain Validated', 'senderValidated', 'sender_domain_validated'),
				validated('Tracking Domain Validated', 'trackingValidated', 'tracking_domain_validated'),
			],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update sender domain',
			description: 'Change the default sender. The domains themselves stay as they are.',
			operationId: 'updateSenderDomain',
			request: { method: 'PATCH', path: '/sender-domains/{senderDomainUuid}' },
			output: item,
			fields: [undocumented, senderDomain],
			updateFields: [fromName, fromEmail],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete sender domain',
			description: 'Move a sender domain to the trash. There is no call to take it out again.',
			operationId: 'deleteSenderDomain',
			request: { method: 'DELETE', path: '/sender-domains/{senderDomainUuid}' },
			output: { kind: 'deleted' },
			fields: [undocumented, senderDomain],
		},
		{
			name: 'Validate Again',
			value: 'revalidate',
			action: 'Validate sender domain again',
			description:
				'Check the DNS records once more. Get shows the outcome some time later in the members that end with validated and details.',
			operationId: 'revalidateSenderDomain',
			request: {
				method: 'POST',
				path: '/sender-domains/{senderDomainUuid}/reattempt-validation',
			},
			output: { kind: 'item', at: outcome },
			fields: [undocumented, senderDomain],
		},
		{
			name: 'Add Accounts',
			value: 'addAccounts',
			action: 'Add accounts to sender domain',
			description:
				'Let more accounts send from a domain. Whether those that are there stay is not documented, but likely.',
			operationId: 'attachSenderDomainAccounts',
			request: { method: 'PUT', path: '/sender-domains/{senderDomainUuid}/accounts' },
			output: { kind: 'item', at: outcome },
			fields: [undocumented, senderDomain, { ...accountList, required: true }],
		},
		{
			name: 'Remove Accounts',
			value: 'removeAccounts',
			action: 'Remove accounts from sender domain',
			description: 'Take a domain away from several accounts',
			operationId: 'detachSenderDomainAccounts',
			request: { method: 'PUT', path: '/sender-domains/{senderDomainUuid}/accounts/delete' },
			output: { kind: 'item', at: outcome },
			fields: [undocumented, senderDomain, { ...accountList, required: true }],
		},
		{
			name: 'Add Instances',
			value: 'addInstances',
			action: 'Add instances to sender domain',
			description:
				'Let more instances send from a domain. Whether those that are there stay is not documented, but likely.',
			operationId: 'attachSenderDomainInstances',
			request: { method: 'PUT', path: '/sender-domains/{senderDomainUuid}/instances' },
			output: { kind: 'item', at: outcome },
			fields: [undocumented, senderDomain, { ...instanceList, required: true }],
		},
		{
			name: 'Remove Instances',
			value: 'removeInstances',
			action: 'Remove instances from sender domain',
			description: 'Take a domain away from several instances',
			operationId: 'detachSenderDomainInstances',
			request: { method: 'PUT', path: '/sender-domains/{senderDomainUuid}/instances/delete' },
			output: { kind: 'item', at: outcome },
			run: removeInstances,
			fields: [
				undocumented,
				senderDomain,
				{
					...instanceList,
					required: true,
					wire: { in: 'body', as: 'instances_uuids', array: 'list' },
				},
			],
		},
	],
};
