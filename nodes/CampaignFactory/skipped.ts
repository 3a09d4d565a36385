import type { Provider } from '../shared/operation';

const internal = (what: string) =>
	`For Acquia's own staff: ${what}. API Request sends it where a token may use it.`;

/** Why operations are left out, and which. */
const reasons: Array<[reason: string, operationIds: string[]]> = [
	['Used by the credential to sign in', ['issueToken']],
	[
		internal('customers are managed by Acquia'),
		[
			'listCustomers',
			'createCustomer',
			'getCustomer',
			'updateCustomer',
			'deleteCustomer',
			'listCustomerFeatures',
			'syncCustomerFeatures',
			'addCustomerFeature',
			'bulkDetachCustomerFeatures',
			'detachCustomerFeature',
			'listCustomerLocations',
			'syncCustomerLocations',
			'addCustomerLocation',
			'bulkDetachCustomerLocations',
			'detachCustomerLocation',
			'listCustomerUsers',
			'syncCustomerUsers',
			'attachCustomerUser',
			'bulkDetachCustomerUsers',
			'detachCustomerUser',
		],
	],
	[
		internal('plans are part of the contract'),
		[
			'listPlans',
			'createPlan',
			'bulkDeletePlans',
			'getPlan',
			'updatePlan',
			'deletePlan',
			'listPlanFeatures',
			'syncPlanFeatures',
			'attachPlanFeature',
			'bulkDetachPlanFeatures',
			'detachPlanFeature',
		],
	],
	[
		internal('features are part of the contract'),
		[
			'listFeatures',
			'createFeature',
			'bulkDeleteFeatures',
			'forceDeleteFeatures',
			'restoreFeatures',
			'getFeature',
			'updateFeature',
			'deleteFeature',
		],
	],
	[
		internal('database servers are part of the hosting'),
		[
			'listDatabaseServers',
			'createDatabaseServer',
			'getDatabaseServer',
			'updateDatabaseServer',
			'deleteDatabaseServer',
			'listLocationDatabaseServers',
		],
	],
	[
		internal('locations are documented as to be viewed only'),
		['createLocation', 'updateLocation', 'deleteLocation'],
	],
	[
		internal('IP pools are documented as to be viewed only'),
		['createIpPool', 'bulkDeleteIpPools', 'updateIpPool', 'deleteIpPool'],
	],
	[
		internal('rate limits protect the hosting'),
		['listRateLimits', 'createRateLimit', 'getRateLimit', 'updateRateLimit', 'deleteRateLimit'],
	],
	[
		internal('release paths decide which version an instance runs'),
		[
			'listReleasePaths',
			'createReleasePath',
			'getReleasePath',
			'updateReleasePath',
			'deleteReleasePath',
		],
	],
	[
		internal('these are the mails that Campaign Factory itself sends'),
		['listMailTemplates', 'getMailTemplate', 'updateMailTemplate'],
	],
	[internal('the audit log is kept by Acquia'), ['listAuditLogs', 'restoreAuditLog']],
];

/** Operations of the API description that the node leaves out on purpose. */
export const skipped: Provider['skipped'] = reasons.flatMap(([reason, operationIds]) =>
	operationIds.map((operationId) => ({ operationId, reason })),
);
