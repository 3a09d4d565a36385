import { isCertificateFailure } from '../shared/failures';
import { isObject, text } from '../shared/json';
import type { Provider } from '../shared/operation';
import { secureUrl } from '../shared/urls';
import { pages } from './pages';
import { auditEvents } from './resources/auditEvent';
import { backups } from './resources/backup';
import { cronJobs } from './resources/cronJob';
import { domains } from './resources/domain';
import { dynamicRequests } from './resources/dynamicRequest';
import { factory } from './resources/factory';
import { groups } from './resources/group';
import { installProfiles } from './resources/installProfile';
import { roles } from './resources/role';
import { settings } from './resources/setting';
import { sites } from './resources/site';
import { siteCollections } from './resources/siteCollection';
import { siteVariables } from './resources/siteVariable';
import { stacks } from './resources/stack';
import { stages } from './resources/stage';
import { tasks } from './resources/task';
import { themes } from './resources/theme';
import { updates } from './resources/update';
import { users } from './resources/user';

/** How the factory starts the text of a refusal, whatever the status. */
const refusals = /^(Access denied|Forbidden: |Bad Request: |Unprocess[ia]ble Entity: )/;

const notAccepted = 'The factory did not accept the request';

export const siteFactory: Provider = {
	name: 'siteFactory',
	displayName: 'Acquia Site Factory',
	credential: 'siteFactoryApi',
	api: 'site-factory',
	baseUrl: (credentials) => secureUrl(credentials.factoryUrl, 'Factory URL'),
	refusal({ body }) {
		if (!isObject(body)) return undefined;
		// Answered with 200; of requests about the theme of a site
		if (body.accepted === false) return { message: notAccepted };
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
		if (reason.message === notAccepted) return 'Look whether the site has a theme repository.';
		if (status === 403) {
			return 'The role of the user does not allow this. Sites and users, and deployments, need different roles.';
		}
		// Of an address that it does not know the factory says nothing, or shows a page
		if (status === 404 && (reason.message?.startsWith('an HTML page') ?? true)) {
			return 'Check “Factory URL” in the credential; this release of the factory may also lack the call.';
		}
		return undefined;
	},
	resources: [
		factory,
		sites,
		siteCollections,
		backups,
		domains,
		groups,
		users,
		roles,
		siteVariables,
		installProfiles,
		stacks,
		updates,
		stages,
		themes,
		cronJobs,
		dynamicRequests,
		auditEvents,
		settings,
		tasks,
	],
	locators: {
		searchBackups: {
			operation: 'backup:getAll',
			value: 'id',
			label: ['label', 'file'],
			needs: ['siteId'],
		},
		searchCollections: {
			operation: 'siteCollection:getAll',
			value: 'id',
			label: ['name', 'internal_domain'],
		},
		searchCronJobs: { operation: 'cronJob:getAll', value: 'nid', label: ['name'] },
		searchDomains: { operation: 'domain:getAll', value: 'domain', label: ['domain'] },
		searchEnvironments: {
			operation: 'stage:getEnvironments',
			value: 'environment',
			label: ['label'],
		},
		searchGroups: { operation: 'group:getAll', value: 'group_id', label: ['group_name'] },
		searchProfiles: { operation: 'installProfile:getAll', value: 'name', label: ['caption'] },
		searchRefs: { operation: 'stack:getRefs', value: 'name', label: ['name'] },
		searchRoles: { operation: 'role:getAll', value: 'rid', label: ['name'] },
		searchSites: { operation: 'site:getAll', value: 'id', label: ['site', 'domain'] },
		searchStacks: { operation: 'stack:getAll', value: 'id', label: ['name'] },
		searchTasks: { operation: 'task:getAll', value: 'id', label: ['name', 'id'] },
		searchUpdates: { operation: 'update:getAll', value: 'update_id', label: ['update_id'] },
		searchUsers: { operation: 'user:getAll', value: 'uid', label: ['name', 'mail'] },
		searchVariables: {
			operation: 'siteVariable:getAll',
			value: 'variable_key',
			label: ['variable_key'],
			needs: ['siteId'],
		},
	},
	pager: pages,
	skipped: [],
};
