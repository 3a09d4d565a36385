import type { Operation, Resource } from '../../shared/operation';

/** The service answers with a bare list, or with nothing at all. */
export const connectorsOf = (body: unknown): unknown =>
	body === '' || body === undefined ? [] : body;

function list(kind: string, key: string): Operation {
	// Flex is the name of a product
	const word = kind === 'Flex' ? kind : kind.toLowerCase();
	return {
		name: `Get Many ${kind}`,
		value: `getAll${kind}`,
		action: `Get many ${word} connectors`,
		description: `List the profiles of the ${word} connectors of the account; ${key} is their key in artifacts`,
		operationId: `list${kind}Connectors`,
		request: { method: 'GET', path: `/v1/${kind.toLowerCase()}-connectors` },
		output: { kind: 'list', at: connectorsOf },
	};
}

export const connectors: Resource = {
	name: 'Connector',
	value: 'connector',
	operations: [list('Custom', 'id'), list('Flex', 'alternateId')],
};
