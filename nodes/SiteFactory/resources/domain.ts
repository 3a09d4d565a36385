import { byId, checks, fromList } from '../../shared/fields';
import type { Field, Resource } from '../../shared/operation';
import { tidied } from '../answers';
import { site } from '../fields';
import { pages } from '../pages';

/** A site or a site collection; both have domains. */
const node: Field = {
	displayName: 'Site',
	name: 'nodeId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [...(site.modes ?? [])],
	description: 'Site, or the ID of a site collection',
	check: checks.positiveInteger,
	wire: { in: 'path', as: 'node_id' },
};

/** A new domain name; path-based ones hold a slash. */
const newDomain: Field = {
	displayName: 'Domain',
	name: 'newDomain',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. www.example.com',
	check: { pattern: /^[^\s:]+$/, expects: 'a domain name without https:// in front' },
	wire: { in: 'body', as: 'domain_name' },
};

/** A domain that the factory knows. */
const knownDomain: Field = {
	...newDomain,
	name: 'domainName',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	placeholder: undefined,
	modes: [fromList('searchDomains'), byId('e.g. www.example.com', 'By Name')],
};

/** Added and removed domains are confirmed with text for a page. */
const confirmation = { texts: ['message'] };

export const domains: Resource = {
	name: 'Domain',
	value: 'domain',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many domains',
			description: 'List the domains of all sites and site collections',
			operationId: 'get_Domains_getAllDomains',
			request: { method: 'GET', path: '/api/v1/domains' },
			output: { kind: 'list', at: 'domains', pager: pages },
		},
		{
			name: 'Get of Site',
			value: 'getForSite',
			action: 'Get domains of site',
			description: 'Read the internal and the custom domains of a site or site collection',
			operationId: 'get_Domains_getDomains',
			request: { method: 'GET', path: '/api/v1/domains/{node_id}' },
			output: { kind: 'item' },
			fields: [node],
		},
		{
			name: 'Get Status',
			value: 'getStatus',
			action: 'Get status of domain',
			description: 'Read whether a domain is registered, and for which site',
			operationId: 'get_Domains_getDomainStatus',
			request: { method: 'GET', path: '/api/v1/domains/status/{domain_name}' },
			output: { kind: 'item' },
			fields: [{ ...knownDomain, wire: { in: 'path', as: 'domain_name' } }],
		},
		{
			name: 'Add',
			value: 'add',
			action: 'Add domain to site',
			description: 'Give a domain to a site or site collection',
			operationId: 'post_Domains_addDomain',
			request: { method: 'POST', path: '/api/v1/domains/{node_id}/add' },
			output: { kind: 'item' },
			fields: [node, newDomain],
		},
		tidied(
			{
				name: 'Remove',
				value: 'remove',
				action: 'Remove domain from site',
				description: 'Take a custom domain away from a site or site collection',
				operationId: 'post_Domains_removeDomain',
				request: { method: 'POST', path: '/api/v1/domains/{node_id}/remove' },
				output: { kind: 'item' },
				fields: [node, knownDomain],
			},
			confirmation,
		),
	],
};
