import { byId, checks, fromList } from '../shared/fields';
import type { Field } from '../shared/operation';

const example = 'e.g. 5f3a0002-1c2d-4e3f-8a4b-9b8c7d6e0002';

/** In updates an empty field means "clear it", which cannot be done to what every record has. */
export function filled(value: unknown): unknown {
	if (value === '') throw new Error('must not be empty');
	return value;
}

/** An account in the path, picked from the list or named by its UUID. */
export const account: Field = {
	displayName: 'Account',
	name: 'accountId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchAccounts'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'accountUuid' },
};

/** An instance in the path. */
export const instance: Field = {
	displayName: 'Instance',
	name: 'instanceId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchInstances'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'instanceUuid' },
};

/** A location in the path. */
export const location: Field = {
	displayName: 'Location',
	name: 'locationId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchLocations'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'locationUuid' },
};

/** A user in the path. */
export const user: Field = {
	displayName: 'User',
	name: 'userId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchUsers'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'userUuid' },
};

/** A role in the path. */
export const role: Field = {
	displayName: 'Role',
	name: 'roleId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchRoles'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'roleUuid' },
};

/** A branding in the path. */
export const branding: Field = {
	displayName: 'Branding',
	name: 'brandingId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchBrandings'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'brandingUuid' },
};

/** A template in the path. */
export const template: Field = {
	displayName: 'Template',
	name: 'templateId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchTemplates'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'templateUuid' },
};

/** An IP pool in the path. */
export const ipPool: Field = {
	displayName: 'IP Pool',
	name: 'ipPoolId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchIpPools'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'ipPoolUuid' },
};

/** A sender domain in the path. */
export const senderDomain: Field = {
	displayName: 'Sender Domain',
	name: 'senderDomainId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchSenderDomains'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'senderDomainUuid' },
};

/** A font in the path. */
export const font: Field = {
	displayName: 'Font',
	name: 'fontId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchFonts'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'fontUuid' },
};

/** A notification in the path. */
export const notification: Field = {
	displayName: 'Notification',
	name: 'notificationId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchNotifications'), byId(example)],
	check: checks.uuid,
	wire: { in: 'path', as: 'notificationUuid' },
};

/** The record as a member of a body, or as a filter; may be left out. */
export function asValue(field: Field, place: 'body' | 'query', name: string): Field {
	const copy: Field = { ...field, wire: { in: place, as: name, map: filled } };
	delete copy.required;
	return copy;
}

/** The record as a member of a body that must be there. */
export function asMember(field: Field, name: string): Field {
	return { ...field, wire: { in: 'body', as: name } };
}

/** The record as the one entry of a body's list, which takes those of several items. */
export function asEntry(field: Field, name: string): Field {
	return { ...field, wire: { in: 'body', as: name, array: 'list' } };
}

/** Several users in a body. */
export const userList: Field = {
	displayName: 'User IDs',
	name: 'userIds',
	type: 'string',
	default: '',
	placeholder: example,
	description: 'UUIDs of the users, separated by commas, or a list from an expression',
	check: checks.uuid,
	wire: { in: 'body', as: 'user_uuids', array: 'list' },
};

/** Several accounts in a body. */
export const accountList: Field = {
	displayName: 'Account IDs',
	name: 'accountIds',
	type: 'string',
	default: '',
	placeholder: example,
	description: 'UUIDs of the accounts, separated by commas, or a list from an expression',
	check: checks.uuid,
	wire: { in: 'body', as: 'account_uuids', array: 'list' },
};

/** Several roles in a body. */
export const roleList: Field = {
	displayName: 'Role IDs',
	name: 'roleIds',
	type: 'string',
	default: '',
	placeholder: example,
	description: 'UUIDs of the roles, separated by commas, or a list from an expression',
	check: checks.uuid,
	wire: { in: 'body', as: 'role_uuids', array: 'list' },
};

/** Several instances in a body. */
export const instanceList: Field = {
	displayName: 'Instance IDs',
	name: 'instanceIds',
	type: 'string',
	default: '',
	placeholder: example,
	description: 'UUIDs of the instances, separated by commas, or a list from an expression',
	check: checks.uuid,
	wire: { in: 'body', as: 'instance_uuids', array: 'list' },
};

/** What users should know before they run an operation. */
export function notice(displayName: string): Field {
	return { displayName, name: 'notice', type: 'notice', default: '' };
}
