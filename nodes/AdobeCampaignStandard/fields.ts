import { byId, byUrl, fromList } from '../shared/fields';
import type { Check, Field } from '../shared/operation';

/** PKeys are tokens of the service; only the sign in front is certain. */
const pkey: Check = {
	pattern: /^@[^\s/?#]+$/,
	expects: 'a PKey, which starts with @; business keys need “Extended API”',
};

/** A PKey where no other key is taken. */
export const pkeyCheck: Check = { pattern: pkey.pattern, expects: 'a PKey, which starts with @' };

/** A PKey or a business key. What stands in a path has no blanks at its ends. */
export const anyKey: Check = { pattern: /^\S(.*\S)?$/, expects: 'a PKey or a business key' };

/** Chooses between the two roots of the API, which have the same paths. */
export const extendedApi: Field = {
	displayName: 'Extended API',
	name: 'extendedApi',
	type: 'boolean',
	default: false,
	description:
		'Whether to use the extended API, which adds the fields of your company and organizational units. It is there once an administrator has published it.',
};

/** A profile where only its PKey is taken. */
export const profileByPKey: Field = {
	displayName: 'Profile',
	name: 'profileKey',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchProfiles'),
		byId('e.g. @Vt9hQe2mXw4uLr7cJzN0aKpYfD3sBg6iTq1oRx8v', 'By PKey'),
		byUrl(
			'e.g. https://mc.adobe.io/geometrixx/campaign/profileAndServices/profile/@Vt9hQe2m',
			'/(?:profile|history)/([^/?#]+)',
		),
	],
	check: pkeyCheck,
	wire: { in: 'path' },
};

/** A profile, by the key that the chosen root of the API takes. */
export const profile: Field[] = [
	{
		displayName: 'Profile',
		name: 'profileKey',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		modes: [
			fromList('searchProfiles'),
			byId('e.g. @Vt9hQe2mXw4uLr7cJzN0aKpYfD3sBg6iTq1oRx8v', 'By PKey'),
			byUrl(
				'e.g. https://mc.adobe.io/geometrixx/campaign/profileAndServices/profile/@Vt9hQe2m',
				'/profile/([^/?#]+)',
			),
		],
		displayOptions: { show: { extendedApi: [false] } },
		check: pkey,
		wire: { in: 'path' },
	},
	{
		displayName: 'Profile',
		name: 'profileKey',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		modes: [
			fromList('searchProfiles'),
			byId('e.g. CRM-0001', 'By PKey or Business Key'),
			byUrl(
				'e.g. https://mc.adobe.io/geometrixx/campaign/profileAndServicesExt/profile/@Vt9hQe2m',
				'/profile/([^/?#]+)',
			),
		],
		displayOptions: { show: { extendedApi: [true] } },
		check: anyKey,
		wire: { in: 'path' },
	},
];

/** A service, by its internal name, which unlike its PKey stays the same, or by PKey; for an operation's own code. */
export const serviceChoice: Field = {
	displayName: 'Service',
	name: 'serviceKey',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchServices'),
		byId('e.g. SVC1', 'By Internal Name or PKey'),
		byUrl(
			'e.g. https://mc.adobe.io/geometrixx/campaign/profileAndServices/service/@Nb6sTq0f',
			'/service/([^/?#]+)',
		),
	],
	check: anyKey,
};

/** A service that stands in the path. */
export const service: Field = { ...serviceChoice, wire: { in: 'path' } };

/** An organizational unit; the extended API alone has them. */
export const orgUnit: Field = {
	displayName: 'Organizational Unit',
	name: 'orgUnitKey',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchOrgUnits'),
		byId('e.g. @Qw8eRt5yUi2oPa9sDf6gHj3kLz0xCv7bNm4qWe1r', 'By PKey'),
		byUrl(
			'e.g. https://mc.adobe.io/geometrixx/campaign/profileAndServicesExt/orgUnitBase/@Qw8eRt5y',
			'/orgUnitBase/([^/?#]+)',
		),
	],
	check: pkeyCheck,
	wire: { in: 'path' },
};

/** A geographical unit; the extended API alone has them, and Adobe has deprecated them. */
export const geoUnit: Field = {
	displayName: 'Geographical Unit',
	name: 'geoUnitKey',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchGeoUnits'),
		byId('e.g. @Zx5cVb2nMa9sDf6gHj3kLq0wEr7tYu4iOp1pAs8d', 'By PKey'),
		byUrl(
			'e.g. https://mc.adobe.io/geometrixx/campaign/profileAndServicesExt/geoUnitBase/@Zx5cVb2n',
			'/geoUnitBase/([^/?#]+)',
		),
	],
	check: pkeyCheck,
	wire: { in: 'path' },
};

/** The unit that a profile belongs to; the extended API alone has it. */
export const profileUnit: Field = {
	...orgUnit,
	name: 'orgUnit',
	required: undefined,
	description: 'Without one a profile can be invisible in the user interface of Campaign',
	displayOptions: { show: { extendedApi: [true] } },
	wire: { in: 'body', as: 'orgUnit.PKey' },
};

/** The order of a list. */
export const order: Field[] = [
	{
		displayName: 'Sort By',
		name: 'sortBy',
		type: 'string',
		default: '',
		placeholder: 'e.g. lastModified',
		description:
			'Name of a field in the API; the metadata of the resource tells which can be sorted',
		check: { pattern: /^[A-Za-z]\w*$/, expects: 'the name of one field' },
		wire: { in: 'query', as: '_order' },
	},
	{
		displayName: 'Sort Direction',
		name: 'sortDirection',
		type: 'options',
		options: [
			{ name: 'Ascending', value: 'asc' },
			{ name: 'Descending', value: 'desc' },
		],
		default: 'asc',
	},
];
