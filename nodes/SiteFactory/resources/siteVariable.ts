import { at } from '../../shared/json';
import { byId, fromList } from '../../shared/fields';
import type { Field, Resource } from '../../shared/operation';
import { recordsOf } from '../answers';
import { site } from '../fields';
import { factoryTask, withSeveralTasks } from '../tasks';

const key = { pattern: /^\S{1,25}$/, expects: 'up to 25 characters without blanks' };

const mostCharacters = 50;

/** Outer blanks belong to a value, so that it is not checked by a pattern, which trims. */
function shortValue(value: unknown): unknown {
	const { length } = String(value);
	if (length > mostCharacters) {
		throw new Error(`must have up to ${mostCharacters} characters, but has ${length}`);
	}
	return value;
}

const knownKey: Field = {
	displayName: 'Variable',
	name: 'variableKey',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchVariables'), byId('e.g. crm_region', 'By Name')],
	check: key,
	wire: { in: 'path', as: 'variable_key' },
};

/*
 * A change is kept by the factory at once and reaches the site later. What is read back is what the factory keeps, so
 * that Set and the two Deletes have nothing to watch. Distribute brings all changes to all sites now, by tasks; it is
 * no part of each change, as ten changes would start it ten times for the whole factory.
 */
export const siteVariables: Resource = {
	name: 'Site Variable',
	value: 'siteVariable',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many site variables',
			description: 'List the variables of a site. Their values may be secrets.',
			operationId: 'get_SiteVariables_getSiteVariables',
			request: { method: 'GET', path: '/api/v1/site-variables/{site_id}' },
			output: { kind: 'list', at: (body) => recordsOf(at(body, 'vars'), 'variable_key') },
			fields: [site],
		},
		{
			name: 'Set',
			value: 'set',
			action: 'Set site variable',
			description:
				'Create or change a variable of a site. It takes a few minutes to reach the site, and nothing shows when it has: run “Distribute” to wait for it.',
			operationId: 'put_SiteVariables_changeSiteVariables',
			request: { method: 'PUT', path: '/api/v1/site-variables/{site_id}' },
			output: { kind: 'item' },
			fields: [
				site,
				{
					displayName: 'Name',
					name: 'variableName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. crm_region',
					description: 'Up to 25 characters without blanks',
					check: key,
					wire: { in: 'body', as: 'variable_key' },
				},
				{
					displayName: 'Value',
					name: 'variableValue',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. eu',
					description: 'Up to 50 characters',
					wire: { in: 'body', as: 'variable_value', map: shortValue },
				},
			],
			additionalFields: [
				{
					displayName: 'Scrub During Staging',
					name: 'scrub',
					type: 'boolean',
					default: true,
					description: 'Whether the variable is left out when the site is staged',
					wire: { in: 'body', as: 'variable_scrub', type: 'flag' },
				},
			],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete site variable',
			description:
				'Delete one variable of a site. It takes a few minutes to be gone there; run “Distribute” to wait for it.',
			operationId: 'delete_SiteVariables_removeSiteVariable',
			request: { method: 'DELETE', path: '/api/v1/site-variables/{site_id}/{variable_key}' },
			output: { kind: 'deleted' },
			fields: [site, knownKey],
		},
		withSeveralTasks(
			{
				name: 'Distribute',
				value: 'distribute',
				action: 'Distribute site variables',
				description: 'Bring changed variables to the sites of all stacks now and wait for it',
				operationId: 'post_SiteVariables_triggerSiteVariablesDistribution',
				request: { method: 'POST', path: '/api/v1/site-variables', body: {} },
				output: { kind: 'task', task: factoryTask(30) },
			},
			30,
		),
		{
			name: 'Delete All',
			value: 'deleteAll',
			action: 'Delete all variables of site',
			description:
				'Delete every variable of a site. It takes a few minutes until they are gone there; run “Distribute” to wait for it.',
			operationId: 'delete_SiteVariables_removeSiteVariables',
			request: { method: 'DELETE', path: '/api/v1/site-variables/{site_id}' },
			output: { kind: 'deleted' },
			fields: [site],
		},
	],
};
