import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { text } from '../shared/json';
import { secureUrl } from '../shared/urls';

export const defaultImsUrl = 'https://ims-na1.adobelogin.com';
export const defaultApiUrl = 'https://mc.adobe.io';

/** Address of Adobe's token service, without a trailing slash. */
export function imsUrl(credentials: ICredentialDataDecryptedObject): string {
	return secureUrl(text(credentials.imsUrl) ?? defaultImsUrl, 'IMS URL');
}

/** Address of Adobe's API gateway, without a trailing slash. */
export function apiUrl(credentials: ICredentialDataDecryptedObject): string {
	return secureUrl(text(credentials.apiUrl) ?? defaultApiUrl, 'API URL');
}

/**
 * The tenant of an instance, as it stands in paths.
 * @throws UserError in words for what users mistake for it
 */
export function tenantOf(credentials: ICredentialDataDecryptedObject): string {
	const tenant = text(credentials.tenant);
	if (tenant === undefined) throw new UserError('“Tenant” in the credential is empty');
	if (/@AdobeOrg$/i.test(tenant)) {
		throw new UserError(
			'“Tenant” in the credential is the organization ID. The tenant is the name of the instance, usually the first part of its address.',
		);
	}
	// Old demo instances have dots in it
	if (!/^[a-z0-9][a-z0-9._-]*$/i.test(tenant)) {
		throw new UserError(
			'“Tenant” in the credential must be the name of the instance only, such as geometrixx or geometrixx-mkt-stage1',
		);
	}
	return tenant;
}

/**
 * The name under which transactional events live, behind `mc`; most often that of the instance.
 * @throws UserError in words
 */
export function transactionalTenantOf(credentials: ICredentialDataDecryptedObject): string {
	const tenant = text(credentials.transactionalTenant)?.replace(/^mc(?=.)/, '');
	if (tenant === undefined) return tenantOf(credentials);
	if (/^[a-z0-9][a-z0-9._-]*$/i.test(tenant)) return tenant;
	throw new UserError(
		'“Transactional Tenant” in the credential must be the name that stands behind mc in the API preview of an event',
	);
}

/** The root of all paths of an instance. */
export function campaignUrl(credentials: ICredentialDataDecryptedObject): string {
	return `${apiUrl(credentials)}/${tenantOf(credentials)}/campaign`;
}
