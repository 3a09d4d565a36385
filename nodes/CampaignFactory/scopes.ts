/**
 * The scope that opens each root of the API; others have none that is known.
 * @see https://docs.acquia.com/campaign-studio/add-ons/campaign-factory/api-credentials (2024-10-25)
 */
const scopeOfRoot: Record<string, string> = {
	accounts: 'manage-accounts',
	brandings: 'manage-brandings',
	instances: 'manage-instances',
	'ip-pools': 'view-ip-pools',
	locations: 'manage-locations',
	roles: 'view-roles',
	templates: 'manage-templates',
	users: 'manage-users',
	whoami: 'api-access',
};

/**
 * The scopes that a call needs: that of its root, and that of the records under it. The documentation says so for
 * `/accounts/{uuid}/instances`; the other nested paths are taken to follow.
 * @param path of a request: after the API's base path, or an address
 */
export function neededScopes(path: string): string[] {
	const { pathname } = new URL(path, 'https://unused.invalid');
	const [root, , nested] = pathname
		.replace(/^.*\/openapi\//, '/')
		.split('/')
		.filter(Boolean);
	const scopes = [root, nested].flatMap((name) => {
		const scope = name !== undefined && Object.hasOwn(scopeOfRoot, name) && scopeOfRoot[name];
		return scope ? [scope] : [];
	});
	// Nothing opens the records under a root that nobody documents
	return root !== undefined && Object.hasOwn(scopeOfRoot, root) ? scopes : [];
}

/**
 * The scopes to ask for, sorted: what was chosen, and `api-access`, which every token needs.
 * @param chosen list of the credential, or text when an expression gives it
 */
export function wantedScopes(chosen: unknown): string[] {
	const list = Array.isArray(chosen) ? chosen.map(String) : String(chosen ?? '').split(/[\s,]+/);
	return [...new Set(['api-access', ...list.filter((scope) => scope !== '')])].sort();
}
