import { at } from '../../shared/json';
import type { Extract, Field, Resource } from '../../shared/operation';
import { recordsOf } from '../answers';
import { stackInQuery } from '../fields';
import { pages } from '../pages';

const month = { pattern: /^\d{4}-(0[1-9]|1[0-2])$/, expects: 'a month such as 2026-05' };

const sortOrder: Field = {
	displayName: 'Sort Order',
	name: 'sortOrder',
	type: 'options',
	options: [
		{ name: 'Ascending', value: 'asc' },
		{ name: 'Descending', value: 'desc' },
	],
	default: 'asc',
	wire: { in: 'query', as: 'sort_order' },
};

/** The numbers stand in a map whose key is the month or the domain. */
const recordsBy =
	(key: string): Extract =>
	(body) =>
		recordsOf(at(body, 'dynamic_requests'), key);

export const dynamicRequests: Resource = {
	name: 'Dynamic Request',
	value: 'dynamicRequest',
	operations: [
		{
			name: 'Get Monthly',
			value: 'getMonthly',
			action: 'Get dynamic requests by month',
			description: 'Count the requests that reached Drupal, month by month',
			operationId: 'get_PageView_getPageViewDataMonthly',
			request: { method: 'GET', path: '/api/v1/dynamic-requests/monthly' },
			output: { kind: 'list', at: recordsBy('month'), pager: pages },
			filters: [
				sortOrder,
				stackInQuery,
				{
					displayName: 'Start From',
					name: 'startFrom',
					type: 'string',
					default: '',
					placeholder: 'e.g. 2026-01',
					description: 'First month',
					check: month,
					wire: { in: 'query', as: 'start_from' },
				},
			],
		},
		{
			name: 'Get Monthly by Domain',
			value: 'getMonthlyByDomain',
			action: 'Get dynamic requests by domain',
			description: 'Count the requests of one month that reached Drupal, domain by domain',
			operationId: 'get_PageView_getPageViewDataMonthlyPerDomain',
			request: { method: 'GET', path: '/api/v1/dynamic-requests/monthly/domains' },
			output: { kind: 'list', at: recordsBy('domain'), pager: pages },
			fields: [
				{
					displayName: 'Month',
					name: 'month',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. 2026-05',
					check: month,
					wire: { in: 'query', as: 'date' },
				},
			],
			filters: [
				{
					displayName: 'Domain Starts With',
					name: 'domainStartsWith',
					type: 'string',
					default: '',
					placeholder: 'e.g. www.example.com',
					wire: { in: 'query', as: 'domain_name' },
				},
				sortOrder,
				stackInQuery,
			],
		},
	],
};
