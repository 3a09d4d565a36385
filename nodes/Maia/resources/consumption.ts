import type { Field, Resource } from '../../shared/operation';

const from: Field = {
	displayName: 'From',
	name: 'consumedFrom',
	type: 'dateTime',
	required: true,
	default: '',
};

const before: Field = {
	displayName: 'Before',
	name: 'consumedBefore',
	type: 'dateTime',
	required: true,
	default: '',
};

export const consumption: Resource = {
	name: 'Consumption',
	value: 'consumption',
	operations: [
		{
			name: 'Get by Day',
			value: 'getByDay',
			action: 'Get consumption by day',
			description: 'List the credits of each day (UTC) by kind; renewed about every three hours',
			operationId: 'getConsumption',
			request: { method: 'GET', path: '/v1/consumption' },
			output: { kind: 'list', at: 'results' },
			fields: [
				{
					...from,
					description: 'First day',
					wire: { in: 'query', date: 'date' },
				},
				{
					...before,
					description: 'Day after the last one',
					wire: { in: 'query', date: 'date' },
				},
			],
		},
		{
			name: 'Get ETL Users',
			value: 'getEtlUsers',
			action: 'Get consumption of ETL users',
			description:
				'Read the credits that are charged for ETL users, who are counted once in each month of an invoice',
			operationId: 'getEtlUserConsumption',
			request: { method: 'GET', path: '/v1/consumption/etl-users' },
			output: { kind: 'item' },
			fields: [
				{ ...from, description: 'Start of a month of an invoice', wire: { in: 'query' } },
				{
					...before,
					description: 'End of that month, which does not belong to it',
					wire: { in: 'query' },
				},
			],
		},
	],
};
