import { readReason } from '../shared/failures';
import { at, text } from '../shared/json';
import type { ApiRequest, Provider, Reason } from '../shared/operation';
import { factoryUrl } from './address';
import { pages } from './lists';
import { accounts } from './resources/account';
import { brandings } from './resources/branding';
import { currentUser } from './resources/currentUser';
import { fonts } from './resources/font';
import { instances } from './resources/instance';
import { ipPools } from './resources/ipPool';
import { locations } from './resources/location';
import { notifications } from './resources/notification';
import { permissions } from './resources/permission';
import { roles } from './resources/role';
import { senderDomains } from './resources/senderDomain';
import { templates } from './resources/template';
import { users } from './resources/user';
import { neededScopes } from './scopes';
import { skipped } from './skipped';

/** Which scope opens a call, and where it is set. */
function scopeAdvice(request: ApiRequest, reason: Reason): string {
	const scopes = neededScopes(request.path);
	if (scopes.length === 0) {
		return 'No scope is documented for this call. It may be open to Acquia only: ask Acquia Support.';
	}
	const names = scopes.map((scope) => `“${scope}”`).join(' and ');
	const needs = `This call needs the ${scopes.length > 1 ? 'scopes' : 'scope'} ${names}, to be chosen under “Scopes” in the Acquia Campaign Factory credential.`;
	return /scope/i.test(reason.message ?? '')
		? `${needs} If it is chosen there, ask Acquia Support to enable it for the client.`
		: `The role of the user may not allow this. ${needs}`;
}

export const campaignFactory: Provider = {
	name: 'campaignFactory',
	displayName: 'Acquia Campaign Factory',
	credential: 'campaignFactoryApi',
	api: 'campaign-factory',
	tokenProperty: 'sessionToken',
	baseUrl: (credentials) => `${factoryUrl(credentials)}/openapi`,
	/** Some answers misspell `message`, and some have it inside `data`. */
	reason(body) {
		const main =
			text(at(body, 'messgae')) ?? text(at(body, 'data.message')) ?? text(at(body, 'data.messgae'));
		if (main === undefined || text(at(body, 'message')) !== undefined) return undefined;
		const { message: details } = readReason(body);
		return { message: details ? `${main.replace(/[.:]$/, '')}: ${details}` : main };
	},
	advice({ status, reason, request }) {
		if (status === 403) return scopeAdvice(request, reason);
		if (status === 412) {
			return 'Other records stand in the way. An account, for example, has to be without instances before it is deleted.';
		}
		if (status === 422 && request.method === 'PATCH') {
			return 'Check the values of this item. The service may also want fields that are not to be changed: add those that it names.';
		}
		return undefined;
	},
	resources: [
		instances,
		accounts,
		users,
		roles,
		brandings,
		senderDomains,
		templates,
		ipPools,
		locations,
		fonts,
		permissions,
		notifications,
		currentUser,
	],
	locators: {
		searchAccounts: {
			operation: 'account:getAll',
			value: 'uuid',
			label: ['name'],
			search: 'search',
		},
		searchBrandings: {
			operation: 'branding:getAll',
			value: 'uuid',
			label: ['app_name', 'primary_color'],
		},
		searchFonts: { operation: 'font:getAll', value: 'uuid', label: ['name'], search: 'search' },
		searchInstances: {
			operation: 'instance:getAll',
			value: 'uuid',
			label: ['name', 'subdomain'],
			search: 'search',
		},
		searchIpPools: {
			operation: 'ipPool:getAll',
			value: 'uuid',
			label: ['name', 'region'],
			search: 'search',
		},
		searchLocations: {
			operation: 'location:getAll',
			value: 'uuid',
			label: ['name', 'cname'],
			search: 'search',
		},
		searchNotifications: {
			operation: 'notification:getAll',
			value: 'uuid',
			label: ['type', 'created_at'],
			search: 'search',
		},
		searchRoles: { operation: 'role:getAll', value: 'uuid', label: ['name'], search: 'search' },
		searchSenderDomains: {
			operation: 'senderDomain:getAll',
			value: 'uuid',
			label: ['sender_domain'],
			search: 'search',
		},
		searchTemplates: {
			operation: 'template:getAll',
			value: 'uuid',
			label: ['name'],
			search: 'search',
		},
		searchUsers: {
			operation: 'user:getAll',
			value: 'uuid',
			label: ['name', 'email'],
			search: 'search',
		},
	},
	pager: pages,
	skipped,
};
