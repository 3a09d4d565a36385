import type { Provider } from '../shared/operation';
import { campaignUrl } from './addresses';
import { pages } from './calls';
import { locators } from './locators';
import { mappings } from './mappings';
import { advise, isRefusal, readRefusal } from './refusals';
import { profiles } from './resources/profile';
import { customResources } from './resources/customResource';
import { geoUnits } from './resources/geoUnit';
import { histories } from './resources/history';
import { metadata } from './resources/metadata';
import { orgUnits } from './resources/orgUnit';
import { privacyRequests } from './resources/privacyRequest';
import { services } from './resources/service';
import { subscriptions } from './resources/subscription';
import { transactionalEvents } from './resources/transactionalEvent';
import { workflows } from './resources/workflow';

export const adobeCampaignStandard: Provider = {
	name: 'adobeCampaignStandard',
	displayName: 'Adobe Campaign Standard',
	credential: 'adobeCampaignStandardApi',
	api: 'adobe-campaign-standard',
	tokenProperty: 'sessionToken',
	baseUrl: campaignUrl,
	reason: readRefusal,
	isFinal: isRefusal,
	advice: advise,
	resources: [
		profiles,
		services,
		subscriptions,
		orgUnits,
		workflows,
		transactionalEvents,
		metadata,
		customResources,
		histories,
		privacyRequests,
		geoUnits,
	],
	locators,
	mappings,
	pager: pages,
	skipped: [
		{
			operationId: 'getProfileSubscription',
			reason: 'Subscription → Get Many gives the same record',
		},
		{
			operationId: 'getProfileSubscriptionExt',
			reason: 'Subscription → Get Many gives the same record',
		},
		{
			operationId: 'getServiceSubscription',
			reason: 'Subscription → Get Many gives the same record',
		},
		{
			operationId: 'getServiceSubscriptionExt',
			reason: 'Subscription → Get Many gives the same record',
		},
		{
			operationId: 'startXdmIngestion',
			reason:
				'Beta connector for the Experience Platform, whose status request is not documented; API Request sends it',
		},
		{
			operationId: 'getXdmIngestion',
			reason:
				'Beta connector for the Experience Platform, whose status request is not documented; API Request sends it',
		},
		{
			operationId: 'getResourceMetadataByHref',
			reason: 'Gives the same description as Metadata → Get at another address',
		},
		{
			operationId: 'getResourceMetadataByHrefExt',
			reason: 'Gives the same description as Metadata → Get at another address',
		},
		{
			operationId: 'getResourceMetadataByHrefStandalone',
			reason: 'Gives the same description as Metadata → Get at another address',
		},
		{
			operationId: 'imsFetchClientCredentialsToken',
			reason: 'Used by the credential to sign in',
		},
		{ operationId: 'imsExchangeJwt', reason: 'Used by the credential to sign in' },
		{
			operationId: 'imsFetchClientCredentialsTokenV2',
			reason: 'Older form of the token request that the credential makes',
		},
		{
			operationId: 'imsGetProfile',
			reason: 'Tells about the technical account, not about Campaign',
		},
		{ operationId: 'imsValidateToken', reason: 'Tokens are renewed when the API refuses them' },
		{
			operationId: 'imsInvalidateToken',
			reason: 'Would end a session that other workflows use as well',
		},
		{
			operationId: 'addSubscriberToService',
			reason: 'Makes the same subscription as Subscribe does from the side of the profile',
		},
		{
			operationId: 'addSubscriberToServiceExt',
			reason: 'Makes the same subscription as Subscribe does from the side of the profile',
		},
		{
			operationId: 'deleteServiceSubscription',
			reason: 'Ends the same subscription as Unsubscribe does from the side of the profile',
		},
		{
			operationId: 'deleteServiceSubscriptionExt',
			reason: 'Ends the same subscription as Unsubscribe does from the side of the profile',
		},
		{
			operationId: 'followRelativeUrl',
			reason: 'Stands for any GET on an address out of an answer; API Request sends those',
		},
		{
			operationId: 'getTransactionalEventSdkVariant',
			reason: 'A mistake of a vendor library: the status of an event is read by GET',
		},
	],
};
