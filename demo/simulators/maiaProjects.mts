/**
 * What the Maia simulator keeps beside pipelines in a project: secrets and references to them, a repository, overrides of
 * variables, warehouse connections, and the connectors of the account.
 *
 * Open points of the notes and what is taken here: an override of a variable is `{ environmentName, value }`, its
 * list stands under `environmentOverrides`; one that is there cannot be created again. There are no Flex connectors,
 * which is answered without a body.
 */
import { answer } from './support.mts';
import type { Ground, Handlers, Project, Request } from './maiaGround.mts';
import { bodyOf, iso, paged, refuse } from './maiaGround.mts';

interface Extras {
	references: Array<{ name: string; description?: string; secretReferenceType: string }>;
	secrets: Set<string>;
	repository?: string;
	/** By variable, then by environment. */
	overrides: Map<string, Map<string, unknown>>;
}

export function projectHandlers(ground: Ground): Handlers {
	const { clock, uuid, projectOf, environmentOf, variableOf } = ground;
	const kept = new Map<Project, Extras>();
	const extrasOf = (project: Project): Extras => {
		const extras = kept.get(project) ?? {
			references: [
				{ name: 'warehouse_password', description: 'Warehouse', secretReferenceType: 'PASSWORD' },
			],
			secrets: new Set<string>(),
			overrides: new Map<string, Map<string, unknown>>(),
		};
		kept.set(project, extras);
		return extras;
	};
	const overridesOf = (request: Request): Map<string, unknown> => {
		const { name } = variableOf(request);
		const { overrides } = extrasOf(projectOf(request));
		const own = overrides.get(name) ?? new Map<string, unknown>();
		overrides.set(name, own);
		return own;
	};
	const readOverride = (request: Request) => {
		const { environmentName, value, ...others } = bodyOf<Record<string, unknown>>(request);
		if (Object.keys(others).length > 0 || value === undefined) {
			refuse(400, 'The override is not valid', ['environmentName and value are needed']);
		}
		return { name: environmentOf(projectOf(request), environmentName).name, value };
	};

	return {
		listSecretReferences: (request) =>
			answer(paged(request, extrasOf(projectOf(request)).references)),
		createSecretReference: (request) => {
			const { references } = extrasOf(projectOf(request));
			const name = String(request.params.secretReferenceName);
			const order = bodyOf<Record<string, string>>(request);
			if (references.some((reference) => reference.name === name)) {
				refuse(400, `A secret reference with the name ${name} exists already`);
			}
			if (order.agentType === 'AWS' && order.secretName === undefined) {
				refuse(400, 'The secret reference is not valid', ['secretName is missing']);
			}
			references.push({
				name,
				...(order.description !== undefined && { description: order.description }),
				secretReferenceType: String(order.secretReferenceType),
			});
			return answer(undefined, 201);
		},
		createSecret: (request) => {
			const { secrets } = extrasOf(projectOf(request));
			const { name } = bodyOf<{ name: string }>(request);
			if (secrets.has(name)) refuse(400, `A secret with the name ${name} exists already`);
			secrets.add(name);
			return answer(undefined, 201);
		},
		associateRepository: (request) => {
			const extras = extrasOf(projectOf(request));
			const order = bodyOf<{
				provider: string;
				repositoryName: string;
				providerParameters: Record<string, string>;
			}>(request);
			if ((order.provider === 'github') !== 'ownerName' in order.providerParameters) {
				refuse(400, 'The repository is not valid', ['providerParameters do not fit the provider']);
			}
			if (extras.repository !== undefined) {
				refuse(400, `The project has the repository ${extras.repository}`);
			}
			extras.repository = order.repositoryName;
			return answer(undefined, 201);
		},

		listVariableOverrides: (request) => {
			const { environmentName } = request.query;
			const own = [...overridesOf(request)].map(([name, value]) => ({
				environmentName: name,
				value,
			}));
			return answer({
				...variableOf(request),
				environmentOverrides: own.filter(
					(override) =>
						environmentName === undefined || override.environmentName === environmentName,
				),
			});
		},
		createVariableOverrides: (request) => {
			const own = overridesOf(request);
			const { name, value } = readOverride(request);
			if (own.has(name)) refuse(400, `There is an override for ${name} already`);
			own.set(name, value);
			return answer(undefined, 201);
		},
		updateVariableOverrides: (request) => {
			const own = overridesOf(request);
			const { name, value } = readOverride(request);
			if (!own.has(name)) refuse(404, `There is no override for ${name}`);
			own.set(name, value);
			return answer();
		},
		deleteVariableOverrides: (request) => {
			const own = overridesOf(request);
			const { environmentName } = request.query;
			if (environmentName === undefined) own.clear();
			else if (!own.delete(String(environmentName))) {
				refuse(404, `There is no override for ${String(environmentName)}`);
			}
			return answer(undefined, 204);
		},

		createWarehouseConnection: (request) => {
			const project = projectOf(request);
			const { name, platformConnectionType, authProvider, authType } =
				bodyOf<Record<string, string>>(request);
			if ((authProvider === 'SNOWFLAKE') !== (authType === 'KEY_PAIR')) {
				refuse(400, 'The connection is not valid', ['authType does not fit authProvider']);
			}
			project.connections.push({
				id: uuid(),
				name: String(name),
				platformConnectionType: String(platformConnectionType),
				authProvider: String(authProvider),
				authType: String(authType),
				createdBy: uuid(),
				createdDate: iso(clock()),
				projectId: project.id,
				connectionDetails: {},
				overrides: new Map(),
			});
			return answer(undefined, 201);
		},

		listCustomConnectors: () => answer([{ id: 'c-1', name: 'Weather' }]),
		listFlexConnectors: () => answer(),
	};
}
