import { secureUrl } from '../shared/urls';

/**
 * The host of the credential: the API lies under `/openapi` there, the sign-in under `/oauth/token`. The
 * address of the API itself is taken as well, because the documentation names both.
 * @throws UserError in words
 */
export function factoryUrl({ baseUrl }: { baseUrl?: unknown }): string {
	return secureUrl(baseUrl, 'Base URL').replace(/\/openapi$/, '');
}
