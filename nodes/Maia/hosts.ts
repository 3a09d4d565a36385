import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { secureUrl } from '../shared/urls';

/** Regions that the vendor documents; others are reached by a custom base URL. */
const regions = new Set(['eu1', 'us1']);

/** Where paths of the API are appended. @throws UserError in words for a malformed custom base URL */
export function maiaBaseUrl({ region, baseUrl }: ICredentialDataDecryptedObject): string {
	if (typeof region === 'string' && regions.has(region)) {
		return `https://${region}.api.matillion.com/dpc`;
	}
	return secureUrl(baseUrl, 'Base URL');
}

/** Where tokens come from. @throws UserError in words for a malformed address */
export function maiaIdentityUrl({ identityUrl }: ICredentialDataDecryptedObject): string {
	return secureUrl(identityUrl, 'Identity Host');
}
