import type { ICredentialType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import type { Specification } from '../../demo/simulators/support.mts';
import { byId, fromList } from '../../nodes/shared/fields';
import type { Field, Mapping, Operation, Provider } from '../../nodes/shared/operation';
import { pageNumbers } from '../../nodes/shared/pagers';
import { compile } from '../../nodes/shared/properties';
import type { Exception, Exceptions } from './exceptions.mts';
import type { Findings } from './rules.mts';
import * as rules from './rules.mts';

const none: Exceptions = {
	required: [],
	wire: [],
	shared: [],
	labels: [],
	forbiddenWords: [],
	words: [],
	ownCode: [],
};

const plant: Field = {
	displayName: 'Plant',
	name: 'plantId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchPlants'), byId('e.g. 12')],
	wire: { in: 'path', as: 'plant_id' },
};

const text = (name: string, more: Partial<Field> = {}): Field => ({
	displayName: name.replace(/^./, (letter) => letter.toUpperCase()),
	name,
	type: 'string',
	default: '',
	wire: { in: 'body' },
	...more,
});

const getAll: Operation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many plants',
	description: 'List the plants of the garden',
	operationId: 'listPlants',
	request: { method: 'GET', path: '/plants' },
	output: {
		kind: 'list',
		pager: pageNumbers({ page: 'page', limit: 'limit', size: 10, first: 1 }),
	},
	filters: [
		{
			displayName: 'Colour',
			name: 'colour',
			type: 'options',
			options: [
				{ name: 'Green', value: 'green' },
				{ name: 'Red', value: 'red' },
			],
			default: 'green',
			wire: { in: 'query' },
		},
		{
			displayName: 'Height',
			name: 'height',
			type: 'number',
			typeOptions: { numberPrecision: 0 },
			default: 1,
			wire: { in: 'query' },
		},
	],
	simple: ['id', 'name'],
};

const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get plant from the Rose Garden API',
	description: 'Read one plant. Its leaves come with it.',
	operationId: 'getPlant',
	request: { method: 'GET', path: '/plants/{plant_id}' },
	output: { kind: 'item' },
	fields: [plant],
};

const create: Operation = {
	name: 'Create',
	value: 'create',
	action: 'Create plant',
	description: 'Plant one',
	operationId: 'createPlant',
	request: { method: 'POST', path: '/plants', body: { origin: 'n8n' } },
	output: { kind: 'item' },
	fields: [
		text('name', { required: true }),
		{ ...text('height'), type: 'number', default: 1, wire: { in: 'body', as: 'size.height' } },
	],
	additionalFields: [
		text('tags', { wire: { in: 'body', array: 'list' } }),
		{
			displayName: 'Colours',
			name: 'colours',
			type: 'multiOptions',
			options: [{ name: 'Green', value: 'green' }],
			default: [],
			wire: { in: 'body', array: 'list' },
		},
	],
};

/** An invented service that keeps all rules. */
const garden: Provider = {
	name: 'roseGarden',
	displayName: 'Rose Garden',
	credential: 'roseGardenApi',
	api: 'rose-garden',
	tokenProperty: 'sessionToken',
	baseUrl: () => 'https://garden.example',
	// The service wants everything in an envelope
	shape: (request) =>
		request.body === undefined ? request : { ...request, body: { data: request.body } },
	resources: [{ name: 'Plant', value: 'plant', operations: [getAll, get, create] }],
	locators: { searchPlants: { operation: 'plant:getAll', value: 'id', label: ['name'] } },
	skipped: [{ operationId: 'signIn', reason: 'Used by the credential to sign in' }],
};

const query = (name: string, schema: object, more: object = {}) => ({
	in: 'query',
	name,
	required: false,
	schema: { ...schema },
	...more,
});

/** What the invented service's description says. */
const specification: Specification = {
	service: 'rose-garden',
	server: 'https://garden.example',
	operations: {
		listPlants: {
			method: 'GET',
			path: '/plants',
			parameters: [
				query('colour', { type: 'string', enum: ['green', 'red', 'blue'] }),
				query('height', { type: 'integer' }),
				query('page', { type: 'integer' }),
				query('limit', { type: 'integer' }),
			],
			statuses: [200],
		},
		getPlant: {
			method: 'GET',
			path: '/plants/{plant_id}',
			parameters: [{ in: 'path', name: 'plant_id', required: true, schema: { type: 'integer' } }],
			statuses: [200],
		},
		createPlant: {
			method: 'POST',
			path: '/plants',
			parameters: [],
			body: {
				required: true,
				content: {
					'application/json': {
						type: 'object',
						required: ['data'],
						properties: {
							data: {
								type: 'object',
								required: ['name', 'origin', 'size'],
								properties: {
									name: { type: 'string' },
									origin: { type: 'string', enum: ['n8n', 'hand'] },
									size: {
										type: 'object',
										required: ['height'],
										properties: { height: { type: 'number' } },
									},
									tags: { type: 'array', items: { type: 'string' } },
									colours: { type: 'array', items: { type: 'string', enum: ['green', 'red'] } },
									soil: { type: 'string' },
								},
							},
						},
					},
				},
			},
			statuses: [201],
		},
		deletePlant: {
			method: 'DELETE',
			path: '/plants/{plant_id}',
			parameters: [{ in: 'path', name: 'plant_id', required: true, schema: { type: 'integer' } }],
			statuses: [204],
		},
		signIn: { method: 'POST', path: '/token', parameters: [], statuses: [200] },
	},
};

const withGarden = (more: Partial<Provider>) => compile({ ...garden, ...more });

/** The garden with these operations only. */
const withOperations = (operations: Operation[], more: Partial<Provider> = {}) =>
	withGarden({ resources: [{ name: 'Plant', value: 'plant', operations }], ...more });

/** Code of an operation's own. */
const own = async () => await Promise.resolve({});

/** The garden with one operation changed or added. */
function withOperation(
	change: Partial<Operation> & { value: string },
	more: Partial<Provider> = {},
) {
	const [plants] = garden.resources;
	const operations = plants?.operations ?? [];
	const known = operations.some(({ value }) => value === change.value);
	return withOperations(
		known
			? operations.map((one) => (one.value === change.value ? { ...one, ...change } : one))
			: [...operations, { ...get, ...change }],
		more,
	);
}

const deletes: Operation = {
	...get,
	name: 'Delete',
	value: 'delete',
	action: 'Delete plant',
	operationId: 'deletePlant',
	request: { method: 'DELETE', path: '/plants/{plant_id}' },
	output: { kind: 'deleted' },
};
const excepted = (where: string, reason = 'The service wants it so'): Exception => ({
	provider: 'roseGarden',
	where,
	reason,
});

const node: INodeTypeDescription = {
	displayName: 'Rose Garden',
	name: 'roseGarden',
	group: ['transform'],
	version: 1,
	description: 'Look after roses',
	defaults: { name: 'Rose Garden' },
	inputs: [NodeConnectionTypes.Main],
	outputs: [NodeConnectionTypes.Main],
	credentials: [{ name: 'roseGardenApi', required: true }],
	properties: compile(garden).properties,
};
const credential: ICredentialType = {
	name: 'roseGardenApi',
	displayName: 'Rose Garden API',
	properties: [
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true },
			default: '',
		},
	],
};
const codex = { node: 'some-package.roseGarden', alias: ['Water Roses'] };
const sources: rules.Registered[] = [
	{
		source: 'nodes/RoseGarden/RoseGarden.node.ts',
		exported: ['RoseGarden'],
		name: 'roseGarden',
	},
	{
		source: 'nodes/RoseGarden/RoseGardenTrigger.node.ts',
		exported: ['RoseGardenTrigger'],
		name: 'roseGardenTrigger',
	},
];
const built = [
	'dist/nodes/RoseGarden/RoseGarden.node.js',
	'dist/nodes/RoseGarden/RoseGardenTrigger.node.js',
];

it('A sound description keeps all rules', () => {
	const catalog = compile(garden);
	expect(rules.uniqueValues(catalog)).toEqual([]);
	expect(rules.uniqueParameters(catalog)).toEqual([]);
	expect(rules.pathPlaceholders(catalog)).toEqual([]);
	expect(rules.locatorsWork(catalog)).toEqual([]);
	expect(rules.mappingsWork(catalog)).toEqual([]);
	expect(rules.operationsExist(catalog, specification)).toEqual([]);
	expect(rules.claimedOnce(catalog, none)).toEqual([]);
	expect(rules.skippedHasReasons(catalog, specification)).toEqual([]);
	expect(rules.wireNamesExist(catalog, specification, none)).toEqual([]);
	expect(rules.requiredIsGiven(catalog, specification, none)).toEqual([]);
	expect(rules.simpleIsShort(catalog)).toEqual([]);
	expect(rules.textsHaveCase(catalog, none)).toEqual([]);
	expect(rules.uniqueActions(catalog)).toEqual([]);
	expect(rules.descriptionsEnd(catalog)).toEqual([]);
	expect(rules.noForbiddenWords(catalog, none)).toEqual([]);
	expect(rules.littleOwnCode(catalog, none)).toEqual([]);
	expect(rules.nodeFitsProvider(catalog, node, [credential])).toEqual([]);
	expect(rules.codexFinds(catalog, codex, 'some-package', ['Water Roses'])).toEqual([]);
	expect(rules.registrationAgrees('node', sources, built)).toEqual([]);
	expect(rules.ownCode(catalog)).toEqual({ own: [], all: 3, share: 0 });
});

/** A form from metadata that has no fields. */
const noFields: Mapping = { fields: async () => await Promise.resolve([]) };
const mapper: Field = {
	displayName: 'Fields',
	name: 'columns',
	type: 'resourceMapper',
	default: { mappingMode: 'defineBelow', value: null },
	typeOptions: { resourceMapper: { resourceMapperMethod: 'getFields', mode: 'add' } },
	wire: { in: 'body' },
};
const withMapper = (
	change: Partial<Field> = {},
	mappings: Record<string, Mapping> = { getFields: noFields },
	group: 'fields' | 'additionalFields' = 'fields',
) =>
	withOperation(
		{ value: 'create', fields: [text('name')], [group]: [text('name'), { ...mapper, ...change }] },
		{ mappings },
	);

it('keeps forms from metadata and lists of own code that are as they should be', () => {
	expect(rules.mappingsWork(withMapper())).toEqual([]);
	const needs = { getFields: { ...noFields, needs: ['name'] } };
	for (const name of ['name', 'name.value']) {
		const typeOptions = { ...mapper.typeOptions, loadOptionsDependsOn: ['other', name] };
		expect(rules.mappingsWork(withMapper({ typeOptions }, needs))).toEqual([]);
	}
	const own = { value: 'id', label: [], operation: 'plant:get', needs: ['plantId'] };
	const read = async () => await Promise.resolve([]);
	expect(rules.locatorsWork(withGarden({ locators: { searchPlants: { ...own, read } } }))).toEqual(
		[],
	);
});

/** What is wrong, what the rule finds, and the finding. */
type Wrong = [what: string, find: () => Findings, finding: string];

const exists = (value: string, change: Partial<Operation>) =>
	rules.operationsExist(withOperation({ value, ...change }), specification);
const sends = (value: string, change: Partial<Operation>, exceptions = none) =>
	rules.wireNamesExist(withOperation({ value, ...change }), specification, exceptions);
const demands = (value: string, change: Partial<Operation>, exceptions = none) =>
	rules.requiredIsGiven(withOperation({ value, ...change }), specification, exceptions);
const filter = (more: Partial<Field>): Partial<Operation> => ({
	filters: [text('colour', { wire: { in: 'query' }, ...more })],
});
const member = (more: Partial<Field>): Partial<Operation> => ({
	additionalFields: [text('tags', more)],
});

const wrong: Record<string, Wrong[]> = {
	'Unique resources and operations': [
		[
			'two operations with one value',
			() => rules.uniqueValues(withOperations([get, { ...deletes, value: 'get' }])),
			'plant: the value get is there twice',
		],
		[
			'two operations with one name',
			() => rules.uniqueValues(withOperation({ ...deletes, name: 'Get' })),
			'plant: the name Get is there twice',
		],
		[
			'a resource called as API Request',
			() =>
				rules.uniqueValues(
					withGarden({ resources: [{ name: 'Own', value: 'apiRequest', operations: [get] }] }),
				),
			'resources: the value apiRequest is there twice',
		],
	],
	'Unique parameters': [
		[
			'two parameters with one name',
			() =>
				rules.uniqueParameters(
					withOperation({ value: 'create', fields: [text('name'), text('name')] }),
				),
			'plant:create name: is there twice in the form',
		],
		[
			'two parameters with one name in a collection',
			() =>
				rules.uniqueParameters(
					withOperation({ value: 'create', additionalFields: [text('soil'), text('soil')] }),
				),
			'plant:create soil: is there twice in additionalFields',
		],
		[
			'a parameter of the form called as a collection',
			() => rules.uniqueParameters(withOperation({ value: 'create', fields: [text('options')] })),
			'plant:create options: has a name that the form needs itself',
		],
		[
			'two parameters with one name that may stand there together',
			() =>
				rules.uniqueParameters(
					withOperation({
						value: 'create',
						fields: [
							text('name', { displayOptions: { show: { kind: ['a', 'b'] } } }),
							text('name', { displayOptions: { show: { kind: ['b', 'c'] } } }),
						],
					}),
				),
			'plant:create name: is there twice in the form',
		],
	],
	'Placeholders of paths': [
		[
			'a placeholder without a field',
			() => rules.pathPlaceholders(withOperation({ value: 'get', fields: [] })),
			'plant:get: 0 fields travel in {plant_id}, not one',
		],
		[
			'a placeholder with two fields',
			() =>
				rules.pathPlaceholders(
					withOperation({ value: 'get', fields: [plant, { ...plant, name: 'other' }] }),
				),
			'plant:get: 2 fields travel in {plant_id}, not one',
		],
		[
			'a field that may be left out',
			() =>
				rules.pathPlaceholders(
					withOperation({ value: 'get', fields: [{ ...plant, required: false }] }),
				),
			'plant:get plantId: travels in the path, but may be left out',
		],
		[
			'a field in a collection',
			() => rules.pathPlaceholders(withOperation({ value: 'get', fields: [], filters: [plant] })),
			'plant:get plantId: travels in the path, but may be left out',
		],
		[
			'a field that is not always on the form',
			() =>
				rules.pathPlaceholders(
					withOperation({
						value: 'get',
						fields: [
							{ ...text('by'), type: 'boolean', default: true },
							{ ...plant, displayOptions: { show: { by: [true] } } },
						],
					}),
				),
			'plant:get: {plant_id} has no field for some choices',
		],
		[
			'a field without a placeholder',
			() => rules.pathPlaceholders(withOperation({ value: 'getAll', fields: [plant] })),
			'plant:getAll plantId: the path has no {plant_id}',
		],
		[
			'a placeholder that stands there twice',
			() =>
				rules.pathPlaceholders(
					withOperation({
						value: 'get',
						request: { method: 'GET', path: '/plants/{plant_id}/of/{plant_id}' },
					}),
				),
			'plant:get: has {plant_id} twice',
		],
	],
	'Forms from metadata': [
		[
			'a form that is not registered',
			() => rules.mappingsWork(withMapper({}, {})),
			'plant:create columns: the form getFields is not registered',
		],
		[
			'a form that nothing uses',
			() => rules.mappingsWork(withMapper({}, { getFields: noFields, getMore: noFields })),
			'getMore: no field uses this form',
		],
		[
			'a form that needs what its operation does not have',
			() => rules.mappingsWork(withMapper({}, { getFields: { ...noFields, needs: ['bed'] } })),
			'plant:create columns: the form getFields needs bed, which is not there',
		],
		[
			'a form that does not load again',
			() => rules.mappingsWork(withMapper({}, { getFields: { ...noFields, needs: ['name'] } })),
			'plant:create columns: does not load again when name changes',
		],
		[
			'a form that travels elsewhere',
			() => rules.mappingsWork(withMapper({ wire: { in: 'query' } })),
			'plant:create columns: does not travel in the body',
		],
		[
			'a form that asks for columns to match',
			() =>
				rules.mappingsWork(
					withMapper({
						typeOptions: { resourceMapper: { resourceMapperMethod: 'getFields', mode: 'upsert' } },
					}),
				),
			'plant:create columns: asks for columns to match, which nothing reads',
		],
		[
			'a form in a collection',
			() => rules.mappingsWork(withMapper({}, undefined, 'additionalFields')),
			'plant:create columns: stands in a collection, where n8n has no place for it',
		],
	],
	Locators: [
		[
			'own code for an operation that is not there',
			() =>
				rules.locatorsWork(
					withGarden({
						locators: {
							searchPlants: {
								operation: 'plant:nothing',
								value: 'id',
								label: [],
								read: async () => await Promise.resolve([]),
							},
						},
					}),
				),
			'searchPlants: plant:nothing is no list operation',
		],
		[
			'a list that is not registered',
			() => rules.locatorsWork(withGarden({ locators: {} })),
			'plant:get plantId: the list searchPlants is not registered',
		],
		[
			'a list of something that is no list',
			() =>
				rules.locatorsWork(
					withGarden({
						locators: { searchPlants: { operation: 'plant:get', value: 'id', label: [] } },
					}),
				),
			'searchPlants: plant:get is no list operation',
		],
		[
			'a list that needs what its operation does not have',
			() =>
				rules.locatorsWork(
					withGarden({
						locators: {
							searchPlants: { operation: 'plant:getAll', value: 'id', label: [], needs: ['bed'] },
						},
					}),
				),
			'searchPlants: plant:getAll has no parameter bed',
		],
		[
			'a list whose operation needs more',
			() =>
				rules.locatorsWork(
					withOperation({
						value: 'getAll',
						fields: [text('bed', { required: true, wire: { in: 'query' } })],
					}),
				),
			'searchPlants: plant:getAll needs bed',
		],
		[
			'a list that nothing uses',
			() =>
				rules.locatorsWork(
					withGarden({
						locators: {
							...garden.locators,
							searchMore: { operation: 'plant:getAll', value: 'id', label: [] },
						},
					}),
				),
			'searchMore: no field uses this list',
		],
		[
			'a field that starts with the ID',
			() =>
				rules.locatorsWork(
					withOperation({
						value: 'get',
						fields: [{ ...plant, modes: [byId('e.g. 12'), fromList('searchPlants')] }],
					}),
				),
			'plant:get plantId: does not offer a list first',
		],
		[
			'a field that takes no ID',
			() =>
				rules.locatorsWork(
					withOperation({
						value: 'get',
						fields: [{ ...plant, modes: [fromList('searchPlants')] }],
					}),
				),
			'plant:get plantId: cannot be given by ID',
		],
		[
			'a field whose default is the ID',
			() =>
				rules.locatorsWork(
					withOperation({
						value: 'get',
						fields: [{ ...plant, default: { mode: 'id', value: '' } }],
					}),
				),
			'plant:get plantId: does not start with the list',
		],
	],
	'Operations of the API': [
		[
			'an operation that the API lacks',
			() => exists('get', { operationId: 'waterPlant' }),
			'plant:get: the API has no operation waterPlant',
		],
		[
			'another method',
			() => exists('get', { request: { method: 'POST', path: '/plants/{plant_id}' } }),
			'plant:get: POST /plants/{plant_id} is not that of getPlant',
		],
		[
			'another path',
			() => exists('get', { request: { method: 'GET', path: '/plant/{plant_id}' } }),
			'plant:get: GET /plant/{plant_id} is not that of getPlant',
		],
		[
			'another placeholder',
			() => exists('get', { request: { method: 'GET', path: '/plants/{id}' } }),
			'plant:get: GET /plants/{id} is not that of getPlant',
		],
		[
			'several operations without code that chooses',
			() => exists('get', { operationId: ['getPlant', 'deletePlant'] }),
			'plant:get: GET /plants/{plant_id} is not that of deletePlant',
		],
		[
			'no operation and no code',
			() => exists('get', { operationId: [] }),
			'plant:get: claims no operation of the API',
		],
	],
	Claims: [
		[
			'an operation that is claimed twice',
			() => rules.claimedOnce(withOperation({ ...deletes, operationId: 'getPlant' }), none),
			'getPlant: is claimed by plant:get and plant:delete',
		],
		[
			'an exception without need',
			() => rules.claimedOnce(compile(garden), { shared: [excepted('getPlant')] }),
			'getPlant: is excepted without need',
		],
		[
			'an exception without a reason',
			() =>
				rules.claimedOnce(withOperation({ ...deletes, operationId: 'getPlant' }), {
					shared: [excepted('getPlant', ' ')],
				}),
			'getPlant: is excepted without a reason',
		],
	],
	'What is skipped': [
		[
			'what the API lacks',
			() =>
				rules.skippedHasReasons(
					withGarden({ skipped: [{ operationId: 'waterPlant', reason: 'Rain does it' }] }),
					specification,
				),
			'waterPlant: is skipped, but the API has no such operation',
		],
		[
			'no reason',
			() =>
				rules.skippedHasReasons(
					withGarden({ skipped: [{ operationId: 'signIn', reason: '' }] }),
					specification,
				),
			'signIn: is skipped without a reason',
		],
		[
			'what is claimed',
			() =>
				rules.skippedHasReasons(
					withGarden({ skipped: [{ operationId: 'getPlant', reason: 'Nobody reads' }] }),
					specification,
				),
			'getPlant: is skipped and claimed',
		],
		[
			'twice',
			() =>
				rules.skippedHasReasons(
					withGarden({ skipped: [...garden.skipped, ...garden.skipped] }),
					specification,
				),
			'signIn: is skipped twice',
		],
	],
	'What is sent': [
		[
			'an unknown query parameter',
			() => sends('getAll', filter({ name: 'shade' })),
			'plant:getAll shade: the API has no such query parameter',
		],
		[
			'an unknown header',
			() => sends('getAll', filter({ name: 'shade', wire: { in: 'header', as: 'X-Shade' } })),
			'plant:getAll X-Shade: the API has no such header parameter',
		],
		[
			'a text for a number',
			() => sends('getAll', filter({ name: 'height' })),
			'plant:getAll height: is sent as string, not integer',
		],
		[
			'a fraction for a whole number',
			() => sends('getAll', filter({ name: 'height', type: 'number', default: 1 })),
			'plant:getAll height: is sent as number, not integer',
		],
		[
			'a choice that the API lacks',
			() =>
				sends('getAll', filter({ type: 'options', options: [{ name: 'Pink', value: 'pink' }] })),
			'plant:getAll colour: the API has no pink',
		],
		[
			'a constant that the API lacks',
			() => sends('getAll', { request: { method: 'GET', path: '/plants', query: { deep: true } } }),
			'plant:getAll deep: the API has no such query parameter',
		],
		[
			'a pager whose parameter the API lacks',
			() =>
				sends('getAll', {
					output: {
						kind: 'list',
						pager: pageNumbers({ page: 'page', limit: 'count', size: 5, first: 1 }),
					},
				}),
			'plant:getAll count: the API has no such query parameter',
		],
		[
			'an unknown member',
			() => sends('create', member({ name: 'shade' })),
			'plant:create data.shade: the API has no such member',
		],
		[
			'an unknown member of a member',
			() => sends('create', member({ wire: { in: 'body', as: 'size.depth' } })),
			'plant:create data.size.depth: the API has no such member',
		],
		[
			'a text for a list',
			() => sends('create', member({})),
			'plant:create data.tags: is sent as string, not array',
		],
		[
			'a choice of a list that the API lacks',
			() =>
				sends(
					'create',
					member({
						name: 'colours',
						type: 'multiOptions',
						options: [
							{ name: 'Green', value: 'green' },
							{ name: 'Blue', value: 'blue' },
						],
						wire: { in: 'body', array: 'list' },
					}),
				),
			'plant:create data.colours: the API has no blue',
		],
		[
			'a constant member that the API lacks',
			() =>
				sends('create', {
					request: { method: 'POST', path: '/plants', body: { origin: 'n8n', fast: true } },
				}),
			'plant:create data.fast: the API has no such member',
		],
		[
			'a constant that the API does not take',
			() =>
				sends('create', { request: { method: 'POST', path: '/plants', body: { origin: 'moon' } } }),
			'plant:create data.origin: the API does not take "moon"',
		],
		[
			'a field that the envelope loses',
			() =>
				rules.wireNamesExist(
					withGarden({ shape: (request) => ({ ...request, body: { data: { origin: 'n8n' } } }) }),
					specification,
					none,
				),
			'plant:create name: does not reach the body',
		],
		[
			'an exception without need',
			() => sends('get', {}, { ...none, wire: [excepted('plant:get shade')] }),
			'plant:get shade: is excepted without need',
		],
	],
	'What the API demands': [
		[
			'a member that may be left out',
			() => demands('create', { fields: [text('name')] }),
			'plant:create data.name: the API demands it in the body',
		],
		[
			'a member in a collection only',
			() => demands('create', { fields: [], additionalFields: [text('name', { required: true })] }),
			'plant:create data.name: the API demands it in the body',
		],
		[
			'a missing constant',
			() => demands('create', { request: { method: 'POST', path: '/plants' } }),
			'plant:create data.origin: the API demands it in the body',
		],
		[
			'a missing member of a member',
			() =>
				demands('create', {
					request: { method: 'POST', path: '/plants', body: { origin: 'n8n', size: {} } },
					fields: [text('name', { required: true })],
				}),
			'plant:create data.size.height: the API demands it in the body',
		],
		[
			'no body',
			() => demands('get', { operationId: 'createPlant' }),
			'plant:get body: the API demands one',
		],
		[
			'a parameter that may be left out',
			() =>
				rules.requiredIsGiven(
					compile(garden),
					{
						...specification,
						operations: {
							...specification.operations,
							getPlant: {
								method: 'GET',
								path: '/plants/{plant_id}',
								parameters: [query('bed', { type: 'string' }, { required: true })],
								statuses: [200],
							},
						},
					},
					none,
				),
			'plant:get bed: the API demands it in the query',
		],
		[
			'an exception without need',
			() => demands('get', {}, { ...none, required: [excepted('plant:get bed')] }),
			'plant:get bed: is excepted without need',
		],
	],
	Simplify: [
		[
			'eleven members',
			() => rules.simpleIsShort(withOperation({ value: 'getAll', simple: [...'abcdefghijk'] })),
			'plant:getAll: Simplify keeps 11 members, not 1 to 10',
		],
		[
			'no member',
			() => rules.simpleIsShort(withOperation({ value: 'getAll', simple: [] })),
			'plant:getAll: Simplify keeps 0 members, not 1 to 10',
		],
		[
			'a member twice',
			() => rules.simpleIsShort(withOperation({ value: 'getAll', simple: ['id', 'id'] })),
			'plant:getAll: Simplify keeps id twice',
		],
		[
			'nothing to simplify',
			() => rules.simpleIsShort(withOperation({ ...deletes, simple: ['id'] })),
			'plant:delete: gives no record to simplify',
		],
	],
	Case: [
		[
			'a label in sentence case',
			() =>
				rules.textsHaveCase(
					withOperation({ value: 'create', fields: [text('name', { displayName: 'Plant name' })] }),
					none,
				),
			'Plant name: is not in title case (plant:create name)',
		],
		[
			'an option in small letters',
			() =>
				rules.textsHaveCase(
					withOperation({
						value: 'getAll',
						...filter({ type: 'options', options: [{ name: 'dark green', value: 'green' }] }),
					}),
					none,
				),
			'dark green: is not in title case (plant:getAll colour)',
		],
		[
			'an operation in small letters',
			() => rules.textsHaveCase(withOperation({ value: 'get', name: 'get' }), none),
			'get: is not in title case (plant:get)',
		],
		[
			'an action in title case',
			() => rules.textsHaveCase(withOperation({ value: 'get', action: 'Get Plant' }), none),
			'plant:get: “Get Plant” is not in sentence case',
		],
		[
			'an action that starts small',
			() => rules.textsHaveCase(withOperation({ value: 'get', action: 'get plant' }), none),
			'plant:get: “get plant” is not in sentence case',
		],
		[
			'an excepted label without need',
			() => rules.textsHaveCase(compile(garden), { ...none, labels: [excepted('iPlant')] }),
			'iPlant: is excepted without need',
		],
		[
			'an excepted word without need',
			() => rules.textsHaveCase(compile(garden), { ...none, words: [excepted('Tulip')] }),
			'Tulip: is excepted without need',
		],
	],
	Actions: [
		[
			'one action for two operations',
			() => rules.uniqueActions(withOperation({ ...deletes, action: 'Create Plant' })),
			'“create plant”: is the action of two operations',
		],
	],
	'Ends of descriptions': [
		[
			'one sentence with a period',
			() => rules.descriptionsEnd(withOperation({ value: 'get', description: 'Read one plant.' })),
			'plant:get: “Read one plant.” is one sentence with a final period',
		],
		[
			'two sentences without a period',
			() =>
				rules.descriptionsEnd(
					withOperation({
						value: 'create',
						fields: [text('name', { description: 'Its name. Latin is fine' })],
					}),
				),
			'plant:create name: “Its name. Latin is fine” lacks the final period',
		],
	],
	Words: [
		[
			'a forbidden word in a description',
			() =>
				rules.noForbiddenWords(
					withOperation({ value: 'get', description: 'Read a plant with Problems' }),
					none,
				),
			'Read a plant with Problems: is shown at plant:get',
		],
		[
			'a forbidden word in a hint of a collection',
			() =>
				rules.noForbiddenWords(
					withOperation({ value: 'create', ...member({ hint: 'No error is too small' }) }),
					none,
				),
			'No error is too small: is shown at plant:create tags',
		],
		[
			'a forbidden word in a notice for empty lists',
			() =>
				rules.noForbiddenWords(withOperation({ value: 'getAll', emptyHint: 'A failure' }), none),
			'A failure: is shown at plant:getAll',
		],
		[
			'an exception without need',
			() => rules.noForbiddenWords(compile(garden), { forbiddenWords: [excepted('Error')] }),
			'Error: is excepted without need',
		],
	],
	'Own code': [
		[
			'more than a third',
			() =>
				rules.littleOwnCode(
					withOperations([
						{ ...get, run: own },
						{ ...create, batch: { size: 2, run: async () => await Promise.resolve([]) } },
						getAll,
					]),
					none,
				),
			'roseGarden: 2 of 3 operations (67 %) have code of their own',
		],
		[
			'more than is excepted',
			() =>
				rules.littleOwnCode(withOperations([{ ...get, run: own }, getAll]), {
					ownCode: [excepted('up to 40')],
				}),
			'roseGarden: 1 of 2 operations (50 %) have code of their own',
		],
		[
			'an exception without need',
			() => rules.littleOwnCode(compile(garden), { ownCode: [excepted('up to 50')] }),
			'roseGarden: is excepted without need',
		],
	],
	'Node and provider': [
		[
			'another name',
			() => rules.nodeFitsProvider(compile(garden), { ...node, name: 'rose' }, [credential]),
			'roseGarden: the node is called rose',
		],
		[
			'another title',
			() =>
				rules.nodeFitsProvider(compile(garden), { ...node, displayName: 'Roses' }, [credential]),
			'roseGarden: the node is shown as Roses',
		],
		[
			'another name of new nodes',
			() =>
				rules.nodeFitsProvider(compile(garden), { ...node, defaults: { name: 'R' } }, [credential]),
			'roseGarden: a new node is called R',
		],
		[
			'another form',
			() => rules.nodeFitsProvider(compile(garden), { ...node, properties: [] }, [credential]),
			'roseGarden: the form of the node is not that of the descriptions',
		],
		[
			'no credential',
			() => rules.nodeFitsProvider(compile(garden), { ...node, credentials: [] }, [credential]),
			'roseGarden: the node does not use the credential roseGardenApi',
		],
		[
			'a credential that is not there',
			() => rules.nodeFitsProvider(compile(garden), node, []),
			'roseGarden: there is no credential roseGardenApi',
		],
		[
			'a token in another place',
			() => rules.nodeFitsProvider(withGarden({ tokenProperty: 'token' }), node, [credential]),
			'roseGarden: the credential keeps its token in sessionToken, not in token',
		],
	],
	Codex: [
		[
			'that of another node',
			() => rules.codexFinds(compile(garden), { ...codex, node: 'x.tulip' }, 'some-package', []),
			'roseGarden: the codex is that of x.tulip',
		],
		[
			'a missing phrase',
			() => rules.codexFinds(compile(garden), codex, 'some-package', ['Prune Roses']),
			'roseGarden: the codex does not hold “Prune Roses”',
		],
		[
			'a phrase twice',
			() =>
				rules.codexFinds(
					compile(garden),
					{ ...codex, alias: ['Rose', 'Rose'] },
					'some-package',
					[],
				),
			'roseGarden: the codex holds “Rose” twice',
		],
	],
	Registration: [
		[
			'a class of another name',
			() => rules.registrationAgrees('node', [{ ...sources[0]!, exported: ['Rose'] }], built),
			'nodes/RoseGarden/RoseGarden.node.ts: does not export RoseGarden',
		],
		[
			'another name of the node',
			() => rules.registrationAgrees('node', [{ ...sources[0]!, name: 'rosegarden' }], built),
			'nodes/RoseGarden/RoseGarden.node.ts: is called rosegarden, not roseGarden',
		],
		[
			'another folder',
			() =>
				rules.registrationAgrees(
					'node',
					[{ ...sources[0]!, source: 'nodes/Garden/RoseGarden.node.ts' }],
					built,
				),
			'nodes/Garden/RoseGarden.node.ts: does not stand in the folder of its service',
		],
		[
			'a node that is not registered',
			() => rules.registrationAgrees('node', sources, built.slice(0, 1)),
			'nodes/RoseGarden/RoseGardenTrigger.node.ts: is not registered in package.json',
		],
		[
			'a node without a source',
			() => rules.registrationAgrees('node', sources.slice(0, 1), built),
			'dist/nodes/RoseGarden/RoseGardenTrigger.node.js: is registered in package.json, but has no source',
		],
		[
			'a node registered twice',
			() => rules.registrationAgrees('node', sources, [...built, ...built.slice(0, 1)]),
			'dist/nodes/RoseGarden/RoseGarden.node.js: is registered twice',
		],
	],
};

describe.each(Object.entries(wrong))('%s', (_, cases) => {
	it.each(cases)('finds %s', (_what, find, finding) => {
		expect(find()).toContain(finding);
	});
});

describe('What is allowed', () => {
	it('includes what is excepted with a reason', () => {
		const shared = withOperation({ ...deletes, operationId: 'getPlant' });
		expect(rules.claimedOnce(shared, { shared: [excepted('getPlant')] })).toEqual([]);
		const label = withOperation({ value: 'get', name: 'iPlant' });
		expect(rules.textsHaveCase(label, { ...none, labels: [excepted('iPlant')] })).toEqual([]);
		const word = withOperation({ value: 'get', action: 'Get Tulip' });
		expect(rules.textsHaveCase(word, { ...none, words: [excepted('Tulip')] })).toEqual([]);
		const state = withOperation({ value: 'get', description: 'Read its errors' });
		const forbiddenWords = [excepted('Read its errors')];
		expect(rules.noForbiddenWords(state, { forbiddenWords })).toEqual([]);
		const wire = [excepted('plant:create data.shade')];
		expect(sends('create', member({ name: 'shade' }), { ...none, wire })).toEqual([]);
		const required = [excepted('plant:create data.name')];
		const nameless = {
			fields: [
				{
					...text('height'),
					type: 'number' as const,
					default: 1,
					wire: { in: 'body' as const, as: 'size.height' },
				},
			],
		};
		expect(demands('create', nameless, { ...none, required })).toEqual([]);
		const half = withOperations([{ ...get, run: own }, getAll]);
		expect(rules.littleOwnCode(half, { ownCode: [excepted('up to 50')] })).toEqual([]);
	});

	it('includes two fields of a path that exclude each other', () => {
		const fields: Field[] = [
			{ ...text('wild', { wire: undefined }), type: 'boolean', default: false },
			{ ...plant, displayOptions: { show: { wild: [true] } } },
			{ ...plant, displayOptions: { show: { wild: [false] } } },
		];
		const catalog = withOperation({ value: 'get', fields });
		expect(rules.pathPlaceholders(catalog)).toEqual([]);
		expect(rules.uniqueParameters(catalog)).toEqual([]);
	});

	it('includes what own code makes of the form', () => {
		const chosen = withOperation({
			value: 'create',
			operationId: ['createPlant', 'listPlants'],
			fields: [],
			request: { method: 'POST', path: '/plants' },
			run: own,
		});
		expect(rules.requiredIsGiven(chosen, specification, none)).toEqual([]);
		expect(rules.operationsExist(chosen, specification)).toEqual([]);
	});

	it('includes members of a form, where own code makes it', () => {
		const { createPlant } = specification.operations;
		if (!createPlant) throw new Error('There is an operation that creates');
		const [schema = {}] = Object.values(createPlant.body?.content ?? {});
		const body = { required: true, content: { 'multipart/form-data': schema } };
		const operations = { ...specification.operations, createPlant: { ...createPlant, body } };
		const find = (change: Partial<Operation>) =>
			rules.wireNamesExist(
				withOperation({ value: 'create', ...change }),
				{ ...specification, operations },
				none,
			);
		expect(find({ run: own })).toEqual([]);
		expect(find({})).toContain('plant:create data.name: the API has no such member');
		expect(find({ run: own, ...member({ name: 'shade' }) })).toEqual([
			'plant:create data.shade: the API has no such member',
		]);
	});

	it('includes a list of one, an address in another text and a list joined by commas', () => {
		const asked = (schema: object, more: object = {}): Specification => ({
			...specification,
			operations: {
				...specification.operations,
				listPlants: {
					method: 'GET',
					path: '/plants',
					parameters: [
						query('colour', schema, more),
						query('page', { type: 'integer' }),
						query('limit', { type: 'integer' }),
					],
					statuses: [200],
				},
			},
		});
		const strings = { type: 'array', items: { type: 'string' } };
		const find = (field: Partial<Field>, described: Specification) =>
			rules.wireNamesExist(withOperation({ value: 'getAll', ...filter(field) }), described, none);
		const checked = { check: { pattern: /^\d+$/, expects: 'a number' } };
		const list = { wire: { in: 'query' as const, array: 'list' as const } };
		const joined = { wire: { in: 'query' as const, array: 'comma' as const } };
		expect(find({}, asked(strings))).toEqual([]);
		expect(find(list, asked(strings))).toEqual([]);
		expect(find(checked, asked({ type: 'integer' }))).toEqual([]);
		expect(find(joined, asked(strings, { explode: false }))).toEqual([]);
		expect(find(joined, asked({ type: 'string' }))).toEqual([]);
		expect(find(list, asked({ type: 'string' }))).not.toEqual([]);
		expect(find(joined, asked({ type: 'array', items: { type: 'integer' } }))).not.toEqual([]);
	});
});

describe('Case of texts', () => {
	it.each(['Get Many', 'ID', 'Back Up', 'Extra (JSON)', 'Sign In to the Site', '2FA', 'Time-Out'])(
		'takes “%s” for title case',
		(label) => expect(rules.isTitleCase(label)).toBe(true),
	);
	it.each(['Get many', 'get Many', 'the Site', 'Sent to', 'Extra (json)', 'Time-out'])(
		'does not take “%s” for title case',
		(label) => expect(rules.isTitleCase(label)).toBe(false),
	);
	it.each([
		'Get many sites',
		'Send API request',
		'Set IDs',
		'Ping Rose Garden',
		'Read “Rose” list',
	])('takes “%s” for sentence case', (action) =>
		expect(rules.isSentenceCase(action, ['Rose', 'Garden'])).toBe(true),
	);
	it.each(['Get Many sites', 'get sites', 'Get sites.', 'Ping Tulip'])(
		'does not take “%s” for sentence case',
		(action) => expect(rules.isSentenceCase(action, ['Rose', 'Garden'])).toBe(false),
	);
});
