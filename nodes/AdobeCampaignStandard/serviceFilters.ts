import type { Filter } from './filters';

/** Built-in filters. Those of a company come from the form as they are. */
export const serviceFilters: Filter[] = [
	{
		name: 'byChannel',
		fields: [
			{
				displayName: 'Channel',
				name: 'channel',
				type: 'options',
				options: [
					{ name: 'Email', value: 'email' },
					{ name: 'SMS', value: 'sms' },
				],
				default: 'email',
				wire: { in: 'query' },
			},
		],
	},
	{
		name: 'byPlanning',
		fields: [
			{
				displayName: 'Planned Until',
				name: 'endDate',
				type: 'dateTime',
				default: '',
				description: 'Last day of the period in which the service is planned',
				wire: { in: 'query', date: 'date' },
			},
			{
				displayName: 'Planned From',
				name: 'startDate',
				type: 'dateTime',
				default: '',
				description: 'First day of the period in which the service is planned',
				wire: { in: 'query', date: 'date' },
			},
		],
	},
	{
		name: 'byTargetResource',
		fields: [
			{
				displayName: 'Targeting Dimension',
				name: 'targetResource',
				type: 'string',
				default: '',
				placeholder: 'e.g. profile',
				description: 'Resource whose records the service is for',
				wire: { in: 'query' },
			},
		],
	},
	{
		name: 'byText',
		fields: [
			{
				displayName: 'Search Text',
				name: 'text',
				type: 'string',
				default: '',
				placeholder: 'e.g. newsletter',
				wire: { in: 'query' },
			},
		],
	},
];
