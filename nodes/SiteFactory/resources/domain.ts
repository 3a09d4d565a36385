import { byId, checks, fromList } from '../../shared/fields';
import { at, isObject, text } from '../../shared/json';
import type { Call, Field, Resource } from '../../shared/operation';
import { encodeSegment } from '../../shared/request';
import { tidied } from '../answers';
import { site } from '../fields';
import { pages } from '../pages';
import { factoryTask, waitForChange } from '../tasks';

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

/** Whether a domain belongs to the site or collection, once its status is no longer `…_unstable`. */
function belongsTo(node: string, status: unknown): boolean | undefined {
	const word = text(at(status, 'associated_status'));
	if (word === 'unregistered') return false;
	if (word !== 'registered') return undefined;
	const owner = text(at(status, 'node_id'));
	return owner === undefined || owner === node;
}

/**
 * Adds or removes a domain and waits until the platform has carried it out, which the status of the domain shows.
 * @param wanted whether the domain belongs to the site in the end
 * @returns the answer, with the members of the domain's status
 */
async function settle(call: Call, domain: string, wanted: boolean): Promise<unknown> {
	// What cannot stand in an address is refused before anything is changed
	const path = `/api/v1/domains/status/${encodeSegment(newDomain, domain)}`;
	const started = await call.send(call.request);
	if (call.values.waitForCompletion !== true) return started.body;
	const node = String(call.values.nodeId);
	const isDone = (status: unknown) => belongsTo(node, status) === wanted;
	const now = (await call.send({ method: 'GET', path })).body;
	const status = isDone(now)
		? now
		: await waitForChange(call, started, {
				noun: wanted ? 'Addition of domain' : 'Removal of domain',
				id: domain,
				path,
				isDone,
				timeoutMinutes: 30,
			});
	return { ...(isObject(started.body) && started.body), ...(isObject(status) && status) };
}

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
			description: 'Give a domain to a site or site collection and wait until it is registered',
			operationId: 'post_Domains_addDomain',
			request: { method: 'POST', path: '/api/v1/domains/{node_id}/add' },
			output: { kind: 'task', task: factoryTask(30) },
			fields: [node, newDomain],
			run: async (call) => await settle(call, String(call.values.newDomain), true),
		},
		tidied(
			{
				name: 'Remove',
				value: 'remove',
				action: 'Remove domain from site',
				description:
					'Take a custom domain away from a site or site collection and wait until it is free',
				operationId: 'post_Domains_removeDomain',
				request: { method: 'POST', path: '/api/v1/domains/{node_id}/remove' },
				output: { kind: 'task', task: factoryTask(30) },
				fields: [node, knownDomain],
				run: async (call) => await settle(call, String(call.values.domainName), false),
			},
			confirmation,
		),
	],
};
