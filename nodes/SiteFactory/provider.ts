import { isCertificateFailure } from '../shared/failures';
import { isObject, text } from '../shared/json';
import type { Provider } from '../shared/operation';
import { pageNumbers } from '../shared/pagers';
import { secureUrl } from '../shared/urls';
import { factory } from './resources/factory';
import { sites } from './resources/site';
import { tasks } from './resources/task';

/** How the factory starts the text of a refusal, whatever the status. */
const refusals = /^(Access denied|Forbidden: |Bad Request: |Unprocess[ia]ble Entity: )/;

export const siteFactory: Provider = {
	name: 'siteFactory',
	displayName: 'Acquia Site Factory',
	credential: 'siteFactoryApi',
	api: 'site-factory',
	baseUrl: (credentials) => secureUrl(credentials.factoryUrl, 'Factory URL'),
	refusal({ body }) {
		if (!isObject(body)) return undefined;
		const message = text(body.message);
		const isRefusal =
			message !== undefined && (refusals.test(message) || text(body.error) !== undefined);
		return isRefusal ? { message } : undefined;
	},
	advice({ status, code, reason }) {
		if (isCertificateFailure(code)) {
			return 'Staging factories have no certificate of their own: turn on “Ignore SSL Issues” in the credential if this is one.';
		}
		if (reason.message?.startsWith('Access denied')) {
			return 'Check user name and API key in the credential. Keys differ between production and staging.';
		}
		if (status === 403) {
			return 'The role of the user does not allow this. Sites and users, and deployments, need different roles.';
		}
		// Of an address that it does not know the factory says nothing, or shows a page
		if (status === 404 && (reason.message?.startsWith('an HTML page') ?? true)) {
			return 'Check “Factory URL” in the credential; this release of the factory may also lack the call.';
		}
		return undefined;
	},
	resources: [factory, sites, tasks],
	locators: {
		searchSites: { operation: 'site:getAll', value: 'id', label: ['site', 'domain'] },
	},
	pager: pageNumbers({ page: 'page', limit: 'limit', size: 100, first: 1, total: 'count' }),
	skipped: [],
};
