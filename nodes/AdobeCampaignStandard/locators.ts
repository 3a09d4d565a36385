import { text } from '../shared/json';
import type { Locator, Look } from '../shared/operation';
import { encodeSegment } from '../shared/request';
import { rootOf } from './calls';
import type { Filter } from './filters';
import { collections, readFilters } from './metadata';
import { byEmail, profileFilters } from './profileFilters';
import { serviceFilters } from './serviceFilters';

/** Filters that the form has fields for, or an operation of their own. */
const builtIn = (filters: Filter[]) => ['byText', ...filters.map(({ name }) => name)];

/** The filters that a company has defined for a resource, with the names of their parameters. */
async function customFilters(look: Look, path: string, known: string[] = []): Promise<unknown[]> {
	const filters = await readFilters(look, path);
	return filters
		.filter(({ name }) => !known.includes(String(name)))
		.map(({ name, label, parameters }) => ({
			name,
			label: label === name ? undefined : label,
			parameters: parameters.join(', '),
		}));
}

const filterEntry = { value: 'name', label: ['name', 'label', 'parameters'] };

/** The resources that an index of the API shows. */
async function indexOf(look: Look, path: string): Promise<Array<Record<string, unknown>>> {
	return collections((await look.send({ method: 'GET', path })).body);
}

/** What can be described under the standard root, which has no index; documented by Adobe. */
const standardResources = ['profile', 'service', 'history'].map((name) => ({ name }));

/** The lists to pick from, by the name that the fields use. */
export const locators: Record<string, Locator> = {
	searchProfiles: {
		operation: 'profile:getAll',
		value: 'PKey',
		label: ['title'],
		needs: ['extendedApi'],
		// The text is looked for in email address and last name
		request: (values, search) => ({
			method: 'GET',
			path: `${rootOf(values)}/profile${search === undefined ? '' : '/byText'}`,
			...(search !== undefined && { query: { text: search } }),
		}),
	},
	searchServices: { operation: 'service:getAll', value: 'name', label: ['label', 'name'] },
	searchSignals: {
		operation: 'workflow:getSignals',
		value: 'name',
		label: ['name'],
		needs: ['workflowId'],
	},
	searchResources: {
		operation: 'metadata:get',
		value: 'name',
		label: ['help', 'name'],
		needs: ['apiRoot'],
		read: async (look) => {
			const root = String(look.values.apiRoot);
			return root === 'profileAndServices' ? standardResources : await indexOf(look, `/${root}`);
		},
	},
	searchExtendedResources: {
		operation: 'metadata:getExtendedResources',
		value: 'name',
		label: ['help', 'name'],
		read: async (look) => {
			const found = await indexOf(look, '/profileAndServicesExt');
			// Profiles, services and units stand beside those of the company
			const custom = found.filter(({ name }) => text(name)?.startsWith('cus'));
			if (custom.length > 0) return custom;
			throw look.refuse(
				'The extended API shows no custom resources',
				'An administrator has to publish them with the extended API, or they are standalone.',
			);
		},
	},
	searchStandaloneResources: {
		operation: 'metadata:getStandaloneResources',
		value: 'name',
		label: ['help', 'name'],
	},
	searchProfileFilters: {
		operation: 'profile:getAll',
		...filterEntry,
		read: async (look) =>
			await customFilters(
				look,
				'/profileAndServicesExt/resourceType/profile',
				builtIn([byEmail, ...profileFilters]),
			),
	},
	searchServiceFilters: {
		operation: 'service:getAll',
		...filterEntry,
		read: async (look) =>
			await customFilters(
				look,
				'/profileAndServicesExt/resourceType/service',
				builtIn(serviceFilters),
			),
	},
	searchCustomResourceFilters: {
		operation: 'customResource:getAll',
		...filterEntry,
		needs: ['customApi', 'customResource'],
		read: async (look) => {
			const { customApi, customResource } = look.values;
			const name = encodeSegment({ displayName: 'Custom Resource' }, customResource);
			return await customFilters(look, `/${String(customApi)}/resourceType/${name}`);
		},
	},
	searchGeoUnits: { operation: 'geoUnit:getAll', value: 'PKey', label: ['title'] },
	searchOrgUnits: { operation: 'orgUnit:getAll', value: 'PKey', label: ['title'] },
};
