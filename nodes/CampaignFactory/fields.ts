import { byId, checks, fromList } from '../shared/fields';
import type { Field } from '../shared/operation';

const example = 'e.g. 5f3a0002-1c2d-4e3f-8a4b-9b8c7d6e0002';

/** In updates an empty field means "clear it", which cannot be done to what every record has. */
export function filled(value: unknown): unknown {
	if (value === '') throw new Error('must not be empty');
	return value;
}

/** An instance in the path, picked from the list or named by its UUID. */
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

/** An account as a value: in a body or a filter. */
export const ofAccount: Field = {
	displayName: 'Account',
	name: 'accountId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [fromList('searchAccounts'), byId(example)],
	check: checks.uuid,
	wire: { in: 'body', as: 'account_uuid', map: filled },
};

/** A location as a value: in a body or a filter. */
export const ofLocation: Field = {
	displayName: 'Location',
	name: 'locationId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [fromList('searchLocations'), byId(example)],
	check: checks.uuid,
	wire: { in: 'body', as: 'location_uuid', map: filled },
};
