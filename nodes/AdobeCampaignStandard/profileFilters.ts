import type { Field } from '../shared/operation';
import type { Filter } from './filters';
import { customFilterFields } from './filters';

/** Finds profiles by their whole email address. */
export const byEmail: Filter = {
	name: 'byEmail',
	fields: [
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
};

/** The other built-in filters of profiles. What links take for keys is not documented: the metadata of the filter tells. */
export const profileFilters: Filter[] = [
	{
		name: 'birthday',
		fields: [
			{
				displayName: 'Birthday: Day',
				name: 'birthdayDay',
				type: 'dateTime',
				default: '',
				description: 'Day from which birthdays are looked for',
				wire: { in: 'query', as: 'day', date: 'date' },
			},
			{
				displayName: 'Birthday: End Day',
				name: 'birthdayEndDay',
				type: 'dateTime',
				default: '',
				description: 'Day to which birthdays are looked for',
				wire: { in: 'query', as: 'endDay', date: 'date' },
			},
			{
				displayName: 'Birthday: Month',
				name: 'birthdayMonth',
				type: 'dateTime',
				default: '',
				description: 'Month from which birthdays are looked for, by one of its days',
				wire: { in: 'query', as: 'month', date: 'date' },
			},
			{
				displayName: 'Birthday: End Month',
				name: 'birthdayEndMonth',
				type: 'dateTime',
				default: '',
				description: 'Month to which birthdays are looked for, by one of its days',
				wire: { in: 'query', as: 'endMonth', date: 'date' },
			},
			{
				displayName: 'Birthday: Include Start',
				name: 'birthdayIncludeStart',
				type: 'boolean',
				default: true,
				description: 'Whether the first day or month belongs to the period',
				wire: { in: 'query', as: 'includeStart', type: 'string' },
			},
			{
				displayName: 'Birthday: Include End',
				name: 'birthdayIncludeEnd',
				type: 'boolean',
				default: true,
				description: 'Whether the last day or month belongs to the period',
				wire: { in: 'query', as: 'includeEnd', type: 'string' },
			},
			{
				displayName: 'Birthday: Type',
				name: 'birthdayType',
				type: 'string',
				default: '',
				description: 'Kind of condition, by its name in the metadata of the filter',
				wire: { in: 'query', as: 'type' },
			},
			{
				displayName: 'Birthday: Precision',
				name: 'birthdayPrecision',
				type: 'string',
				default: '',
				description: 'Whether days or months count, by its name in the metadata of the filter',
				wire: { in: 'query', as: 'precision' },
			},
			{
				displayName: 'Birthday: Operator',
				name: 'birthdayOperator',
				type: 'string',
				default: '',
				description: 'Comparison, by its name in the metadata of the filter',
				wire: { in: 'query', as: 'operator' },
			},
			{
				displayName: 'Birthday: Relative Value',
				name: 'birthdayRelativeValue',
				type: 'string',
				default: '',
				description: 'Relative period, by its name in the metadata of the filter',
				wire: { in: 'query', as: 'relativeValue' },
			},
			{
				displayName: 'Birthday: Following Units',
				name: 'birthdayNextUnitsValue',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 0 },
				default: 1,
				description: 'How many of the following days or months count',
				wire: { in: 'query', as: 'nextUnitsValue', type: 'string' },
			},
			{
				displayName: 'Birthday: Preceding Units',
				name: 'birthdayPreviousUnitsValue',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 0 },
				default: 1,
				description: 'How many of the preceding days or months count',
				wire: { in: 'query', as: 'previousUnitsValue', type: 'string' },
			},
		],
	},
	{
		name: 'byKeysProfile',
		fields: [
			{
				displayName: 'Email as Key',
				name: 'keyEmail',
				type: 'string',
				default: '',
				placeholder: 'e.g. name@email.com',
				description: 'Address by which Campaign reconciles profiles',
				wire: { in: 'query', as: 'email' },
			},
		],
	},
	{
		name: 'byStaticAudience',
		fields: [
			{
				displayName: 'Static Audience',
				name: 'audience',
				type: 'string',
				default: '',
				placeholder: 'e.g. AUD12',
				description: 'Key of a list audience that the profiles belong to',
				wire: { in: 'query', as: 'audience' },
			},
		],
	},
	{
		name: 'hasClickedDelivery',
		fields: [
			{
				displayName: 'Clicked Delivery',
				name: 'clickedDelivery',
				type: 'string',
				default: '',
				placeholder: 'e.g. DM12',
				description: 'Key of a delivery in which the profiles clicked',
				wire: { in: 'query', as: 'delivery' },
			},
		],
	},
	{
		name: 'hasOpenedDelivery',
		fields: [
			{
				displayName: 'Opened Delivery',
				name: 'openedDelivery',
				type: 'string',
				default: '',
				placeholder: 'e.g. DM12',
				description: 'Key of a delivery that the profiles opened',
				wire: { in: 'query', as: 'delivery' },
			},
		],
	},
	{
		name: 'hasReceivedDelivery',
		fields: [
			{
				displayName: 'Received Delivery',
				name: 'receivedDelivery',
				type: 'string',
				default: '',
				placeholder: 'e.g. DM12',
				description: 'Key of a delivery that the profiles received',
				wire: { in: 'query', as: 'delivery' },
			},
		],
	},
	{
		name: 'profile',
		fields: [
			{
				displayName: 'Profile',
				name: 'sameProfile',
				type: 'string',
				default: '',
				placeholder: 'e.g. @Vt9hQe2m',
				description: 'Key of the profile',
				wire: { in: 'query', as: 'profile' },
			},
		],
	},
	{
		name: 'subscribers',
		fields: [
			{
				displayName: 'Subscribed to Service',
				name: 'subscribedService',
				type: 'string',
				default: '',
				placeholder: 'e.g. SVC1',
				description: 'Key of a service that the profiles are subscribed to',
				wire: { in: 'query', as: 'service' },
			},
		],
	},
];

/** What the Filters of a profile list offer. */
export const profileFilterFields: Field[] = [
	...profileFilters.flatMap(({ fields }) => fields),
	...customFilterFields('searchProfileFilters'),
];
