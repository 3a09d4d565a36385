import { at, text } from '../../shared/json';
import { byId, byUrl, checks, fromList } from '../../shared/fields';
import type { Field, Resource } from '../../shared/operation';
import { groupIds, site, siteIds } from '../fields';
import { pages } from '../pages';
import { factoryTask, waitForChange } from '../tasks';

const collection: Field = {
	displayName: 'Site Collection',
	name: 'collectionId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchCollections'),
		byId('e.g. 196'),
		byUrl('e.g. https://www.example.acsitefactory.com/node/196', '/node/([0-9]+)'),
	],
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'collection_id' },
};

export const siteCollections: Resource = {
	name: 'Site Collection',
	value: 'siteCollection',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many site collections',
			description: 'List the site collections',
			operationId: 'get_SiteCollections_getCollections',
			request: { method: 'GET', path: '/api/v1/collections' },
			output: { kind: 'list', at: 'collections', pager: pages },
			filters: [
				{
					displayName: 'Leave Out Empty',
					name: 'removeEmpty',
					type: 'boolean',
					default: true,
					description: 'Whether to leave out collections without sites',
					wire: { in: 'query', as: 'remove_empty', map: (value) => value || undefined },
				},
			],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get site collection',
			description: 'Read one site collection with its sites and groups',
			operationId: 'get_SiteCollections_getCollection',
			request: { method: 'GET', path: '/api/v1/collections/{collection_id}' },
			output: { kind: 'item' },
			fields: [collection],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create site collection',
			description: 'Create a site collection. The first site is the primary one.',
			operationId: 'post_SiteCollections_createCollection',
			request: { method: 'POST', path: '/api/v1/collections' },
			output: { kind: 'item' },
			fields: [
				{
					displayName: 'Collection Name',
					name: 'collectionName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. campaigns',
					wire: { in: 'body', as: 'name' },
				},
				siteIds,
				{
					...groupIds,
					description: 'Groups that the collection belongs to, separated by commas',
				},
			],
			additionalFields: [
				{
					displayName: 'Internal Domain Prefix',
					name: 'internalDomainPrefix',
					type: 'string',
					default: '',
					placeholder: 'e.g. campaigns',
					description: 'First label of the internal domain. Without this field: the name.',
					wire: { in: 'body', as: 'internal_domain_prefix' },
				},
			],
		},
		{
			name: 'Add Sites',
			value: 'addSites',
			action: 'Add sites to site collection',
			description:
				'Put sites into a collection. This can take them out of groups: read “warning” in the answer.',
			operationId: 'post_SiteCollections_addSiteToCollection',
			request: { method: 'POST', path: '/api/v1/collections/{collection_id}/add' },
			output: { kind: 'item' },
			fields: [collection, siteIds],
		},
		{
			name: 'Remove Sites',
			value: 'removeSites',
			action: 'Remove sites from site collection',
			description: 'Take sites out of a collection. The sites themselves stay.',
			operationId: 'post_SiteCollections_removeSiteFromCollection',
			request: { method: 'POST', path: '/api/v1/collections/{collection_id}/remove' },
			output: { kind: 'item' },
			fields: [collection, siteIds],
		},
		{
			name: 'Set Primary Site',
			value: 'setPrimary',
			action: 'Set primary site of site collection',
			description: 'Make another site the primary one and wait until the collection has switched',
			operationId: 'post_SiteCollections_setPrimarySite',
			request: { method: 'POST', path: '/api/v1/collections/{collection_id}/set-primary' },
			output: { kind: 'task', task: factoryTask(30) },
			fields: [collection, { ...site, wire: { in: 'body', as: 'site_id', type: 'integer' } }],
			async run(call) {
				const started = await call.send(call.request);
				if (call.values.waitForCompletion !== true) return started.body;
				const wanted = String(call.values.siteId);
				return await waitForChange(call, started, {
					noun: 'Switch to site',
					id: wanted,
					path: call.request.path.replace(/\/set-primary$/, ''),
					isDone: (collection) => text(at(collection, 'primary_site')) === wanted,
					timeoutMinutes: 30,
				});
			},
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete site collection',
			description: 'Delete a site collection. Its sites stay.',
			operationId: 'delete_SiteCollections_deleteCollection',
			request: { method: 'DELETE', path: '/api/v1/collections/{collection_id}' },
			output: { kind: 'deleted' },
			fields: [collection],
		},
	],
};
