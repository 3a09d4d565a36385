/** What is done with each service while a fault befalls the second of three items, or the login. */
import type { ICredentialType, IDataObject, INodeParameters, INodeType } from 'n8n-workflow';

import { AdobeCampaignStandardApi } from '../../../credentials/AdobeCampaignStandardApi.credentials.ts';
import { CampaignFactoryApi } from '../../../credentials/CampaignFactoryApi.credentials.ts';
import { MaiaApi } from '../../../credentials/MaiaApi.credentials.ts';
import { SiteFactoryApi } from '../../../credentials/SiteFactoryApi.credentials.ts';
import { WarpUrlApi } from '../../../credentials/WarpUrlApi.credentials.ts';
import { createAdobeCampaignStandardSimulator } from '../../../demo/simulators/adobeCampaignStandard.mts';
import { createCampaignFactorySimulator } from '../../../demo/simulators/campaignFactory.mts';
import { createMaiaSimulator } from '../../../demo/simulators/maia.mts';
import { createSiteFactorySimulator } from '../../../demo/simulators/siteFactory.mts';
import type { Simulator, SimulatorOptions } from '../../../demo/simulators/support.mts';
import { createWarpUrlSimulator } from '../../../demo/simulators/warpUrl.mts';
import { AdobeCampaignStandard } from '../../../nodes/AdobeCampaignStandard/AdobeCampaignStandard.node.ts';
import { CampaignFactory } from '../../../nodes/CampaignFactory/CampaignFactory.node.ts';
import { Maia } from '../../../nodes/Maia/Maia.node.ts';
import { SiteFactory } from '../../../nodes/SiteFactory/SiteFactory.node.ts';
import { at } from '../../../nodes/shared/json.ts';
import { WarpUrl } from '../../../nodes/WarpUrl/WarpUrl.node.ts';
import type { ProxiedRequest } from '../../support/faultProxy.mts';
import { fails, succeeds, unknown } from './table.mts';
import type { Kind, Outcome } from './table.mts';
import type { FaultName } from './faults.mts';

/** Reads records of a service before the faults begin. */
export type Records = (
	operation: string,
	parameters?: INodeParameters,
	items?: IDataObject[],
) => Promise<IDataObject[]>;

/** One operation of a service, and the request of it that the fault befalls. */
export interface Scenario {
	kind: Kind;
	/** `<resource>:<operation>` */
	operation: string;
	parameters: INodeParameters;
	/** Three items, each asking for something else. */
	items: (records: Records) => Promise<IDataObject[]>;
	/** Whether a request is the one of the second item that the fault befalls; `before` came earlier. */
	matches: (request: ProxiedRequest, before: ProxiedRequest[], items: IDataObject[]) => boolean;
	/** What tells an output item from others; the same in every run. */
	show: (json: IDataObject) => unknown;
	/** Records that each item gives. Default: 1. */
	records?: number;
	/** The requests of the items look alike: they are sent one after the other and told apart by their order. */
	oneByOne?: true;
	/** Another kind, whose outcomes hold for this operation, with the reason. */
	behavesAs?: { kind: Kind; why: string };
	/** Where this service differs from the table, by fault, with the reason. */
	differs?: Partial<Record<FaultName, { why: string; outcome: Outcome }>>;
}

/** A service and what is done with it. */
export interface Service {
	/** As messages of the node call it. */
	name: string;
	/** As messages of the login call it. */
	loginName: string;
	simulate: (options: SimulatorOptions) => Promise<Simulator>;
	node: new () => INodeType;
	credentialType: new () => ICredentialType;
	/** The path of the token request; none where there is no token. */
	tokenPath?: string;
	/** An operation that reads something and needs no parameters. */
	anyRead: string;
	scenarios: Scenario[];
}

/** A record named by the item. */
const byId = (value: string): INodeParameters => ({ __rl: true, mode: 'id', value });
/** An empty answer of WarpURL says the same of every request. */
const withoutBody = (outcome: typeof fails): Scenario['differs'] => ({
	'empty body': {
		why: 'Every answer of WarpURL has a body, a confirmation too',
		outcome: outcome(/^<service> answered without a body/, /Check “Backend API URL”/),
	},
});
const given =
	(...items: IDataObject[]) =>
	async () =>
		await Promise.resolve(items);
const names = given({ name: 'First' }, { name: 'Second' }, { name: 'Third' });
const pathOf = ({ url }: ProxiedRequest) => url.split('?')[0] ?? '';
const bodyHas = (text: string) => (request: ProxiedRequest) => request.body.includes(text);

/** Requests to paths that end so, from the `index`-th on, counted from 0. */
const fromOrder = (path: string, index: number): Scenario['matches'] => {
	const isOne = (request: ProxiedRequest) => pathOf(request).endsWith(path);
	return (request, before) =>
		isOne(request) && before.filter((one) => isOne(one) && !one.isHit).length === index;
};

/** The id that the start of the second item's task was answered with. */
const idAnswered = (
	before: ProxiedRequest[],
	isStart: (request: ProxiedRequest) => boolean,
	where: string,
): string => {
	const start = before.find((request) => isStart(request) && request.answer !== undefined);
	if (!start?.answer) return 'not started';
	return String(at(JSON.parse(start.answer.body.toString()) as unknown, where));
};

const campaignFactory: Service = {
	name: 'Acquia Campaign Factory',
	loginName: 'Acquia Campaign Factory',
	simulate: createCampaignFactorySimulator,
	node: CampaignFactory,
	credentialType: CampaignFactoryApi,
	tokenPath: '/oauth/token',
	anyRead: 'currentUser:get',
	scenarios: (() => {
		const accounts = async (records: Records) =>
			(await records('account:getAll', { limit: 3 })).map(({ uuid, name }) => ({ uuid, name }));
		const fresh = async (records: Records) => {
			const [first] = await records('account:getAll', { limit: 1 });
			return await records(
				'account:create',
				{ ...account, customerId: String(first?.customer_uuid) },
				await names(),
			);
		};
		const account = { name: '={{ $json.name }}', contactLimit: 10, emailLimit: 20 };
		const accountId = byId('={{ $json.uuid }}');
		const isSecond: Scenario['matches'] = ({ url }, _before, items) =>
			url.includes(String(items[1]?.uuid));
		const list = {
			operation: 'instance:getAll',
			parameters: { returnAll: true, filters: { sortBy: '={{ $json.by }}' } },
			items: given({ by: 'name' }, { by: 'subdomain' }, { by: 'created_at' }),
			show: ({ name }: IDataObject) => name,
			records: 64,
		};
		return [
			{
				kind: 'read one',
				operation: 'account:get',
				parameters: { accountId },
				items: accounts,
				matches: isSecond,
				show: ({ uuid }) => uuid,
			},
			{
				kind: 'list, first page',
				...list,
				matches: ({ url }) => /[?&]page=1&.*sort_column=subdomain|subdomain.*&page=1&/.test(url),
			},
			{
				kind: 'list, later page',
				...list,
				matches: ({ url }) => /[?&]page=2&.*sort_column=subdomain|subdomain.*&page=2&/.test(url),
			},
			{
				kind: 'create (POST)',
				operation: 'account:create',
				parameters: { ...account, customerId: '={{ $json.customer }}' },
				items: async (records) => {
					const [first] = await records('account:getAll', { limit: 1 });
					return (await names()).map((item) => ({ ...item, customer: first?.customer_uuid }));
				},
				matches: bodyHas('Second'),
				show: ({ name }) => name ?? null,
			},
			{
				kind: 'update (PATCH)',
				operation: 'account:update',
				parameters: { accountId, updateFields: { name: '={{ $json.name + " changed" }}' } },
				items: accounts,
				matches: isSecond,
				show: ({ uuid, name }) => [uuid, name],
			},
			{
				kind: 'delete',
				operation: 'account:delete',
				parameters: { accountId },
				items: fresh,
				matches: isSecond,
				show: ({ deleted }) => deleted,
			},
			{
				kind: 'login',
				operation: 'account:get',
				parameters: { accountId },
				items: accounts,
				matches: ({ url }) => url === '/oauth/token',
				show: ({ uuid }) => uuid,
			},
		] satisfies Scenario[];
	})(),
};

const siteFactory: Service = {
	name: 'Acquia Site Factory',
	loginName: 'Acquia Site Factory',
	simulate: createSiteFactorySimulator,
	node: SiteFactory,
	credentialType: SiteFactoryApi,
	anyRead: 'factory:ping',
	scenarios: (() => {
		const sites = given({ id: 231 }, { id: 236 }, { id: 241 });
		const groups = async (records: Records) => {
			const made = await records('group:create', { groupName: '={{ $json.name }}' }, await names());
			return made.map(({ group_id: id, group_name: name }) => ({ id, name }));
		};
		const ofSecond: Scenario['matches'] = (request, _before, items) =>
			new RegExp(`/${String(items[1]?.id)}(/update)?$`).test(pathOf(request));
		const backup = {
			operation: 'site:backUp',
			parameters: { siteId: byId('={{ $json.id }}') },
			items: sites,
			show: ({ nid }: IDataObject) => nid,
		};
		const isStart = (request: ProxiedRequest) => pathOf(request).endsWith('/236/backup');
		return [
			{
				kind: 'read one',
				operation: 'site:get',
				parameters: { siteId: byId('={{ $json.id }}') },
				items: sites,
				matches: ofSecond,
				show: ({ id }) => id,
			},
			{
				kind: 'replace (PUT)',
				operation: 'group:rename',
				parameters: { groupId: byId('={{ $json.id }}'), groupName: '={{ $json.name + " new" }}' },
				items: groups,
				matches: ofSecond,
				show: (json) => json.group_name ?? json.success ?? null,
			},
			{
				kind: 'delete',
				operation: 'group:delete',
				parameters: { groupId: byId('={{ $json.id }}') },
				items: groups,
				matches: ofSecond,
				show: ({ deleted }) => deleted,
			},
			{ kind: 'task start', ...backup, matches: isStart },
			{
				kind: 'task poll',
				...backup,
				matches: ({ url }, before) =>
					url.includes(`/wip/task/${idAnswered(before, isStart, 'task_id')}/`),
			},
		] satisfies Scenario[];
	})(),
};

const maia: Service = {
	name: 'Maia',
	loginName: 'Maia',
	simulate: createMaiaSimulator,
	node: Maia,
	credentialType: MaiaApi,
	tokenPath: '/oauth/dpc/token',
	anyRead: 'project:getAll',
	scenarios: (() => {
		const pipelines = {
			operation: 'publishedPipeline:getAll',
			parameters: {
				projectId: byId('={{ $json.project }}'),
				environmentName: byId('={{ $json.environment }}'),
				limit: 3,
			},
			items: async (records: Records) => {
				const [first] = await records('project:getAll', { limit: 1 });
				const environments = ['Production', 'Development', 'Test / EU'];
				return environments.map((environment) => ({ environment, project: first?.id }));
			},
			show: ({ name }: IDataObject) => name,
			records: 3,
		};
		const run = {
			operation: 'pipelineExecution:run',
			parameters: {
				projectId: byId('={{ $json.project }}'),
				environmentName: byId('Production'),
				pipelineName: byId('finance/daily-load'),
				additionalFields: { executionTag: '={{ $json.tag }}' },
			},
			items: async (records: Records) => {
				const [first] = await records('project:getAll', { limit: 1 });
				return ['one', 'two', 'three'].map((tag) => ({ tag, project: first?.id }));
			},
			show: ({ status }: IDataObject) => status,
		};
		const isStart = (request: ProxiedRequest) =>
			request.method === 'POST' && request.body.includes('"two"');
		return [
			{
				kind: 'list, first page',
				...pipelines,
				matches: ({ url }) => url.includes('Development'),
			},
			{
				kind: 'create (POST)',
				operation: 'project:create',
				parameters: {
					name: '={{ $json.name }}',
					warehouse: 'SNOWFLAKE',
					agentDeploymentType: 'HYBRID',
				},
				items: names,
				matches: bodyHas('Second'),
				show: ({ projectId, success }) => typeof projectId === 'string' || success,
			},
			{ kind: 'task start', ...run, matches: isStart },
			{
				kind: 'task poll',
				...run,
				matches: ({ url }, before) =>
					url.includes(idAnswered(before, isStart, 'pipelineExecutionId')),
				differs: {
					'empty body': {
						why: 'A status that is not shown is one more reason to go on looking',
						outcome: succeeds(1),
					},
				},
			},
			{ kind: 'login', ...pipelines, matches: ({ url }) => url === '/oauth/dpc/token' },
		] satisfies Scenario[];
	})(),
};

const warpUrl: Service = {
	name: 'WarpURL',
	loginName: 'WarpURL',
	simulate: createWarpUrlSimulator,
	node: WarpUrl,
	credentialType: WarpUrlApi,
	tokenPath: '/access_key/get_token',
	anyRead: 'campaign:getAll',
	scenarios: (() => {
		const campaigns = async (records: Records) => await records('campaign:getAll', { limit: 3 });
		const find = {
			operation: 'campaign:find',
			parameters: { campaignId: byId('={{ $json.campaign_id }}') },
			items: campaigns,
			show: ({ name }: IDataObject) => name,
		};
		const list = {
			operation: 'link:getAll',
			parameters: { returnAll: true },
			items: names,
			show: ({ link_id: id }: IDataObject) => id,
			records: 130,
			oneByOne: true as const,
			differs: withoutBody(fails),
		};
		return [
			{
				kind: 'read one',
				...find,
				matches: (request, _before, items) => request.body.includes(String(items[1]?.campaign_id)),
				differs: withoutBody(fails),
			},
			{ kind: 'list, first page', ...list, matches: fromOrder('/link/paginate_user', 3) },
			{ kind: 'list, later page', ...list, matches: fromOrder('/link/paginate_user', 4) },
			{
				kind: 'create (POST)',
				operation: 'campaign:create',
				parameters: { campaignName: '={{ $json.name }}' },
				items: names,
				matches: bodyHas('Second'),
				show: ({ name, success }) => name ?? success,
				differs: withoutBody(unknown),
			},
			{ kind: 'login', ...find, matches: ({ url }) => url.endsWith('/access_key/get_token') },
		] satisfies Scenario[];
	})(),
};

/** A form from metadata that has not been loaded: what was entered is sent as it is. */
const entered = (value: Record<string, string>) => ({
	mappingMode: 'defineBelow',
	value,
	schema: [],
	matchingColumns: [],
	attemptToConvertTypes: false,
	convertFieldsToString: false,
});

const adobeCampaignStandard: Service = {
	name: 'Adobe Campaign Standard',
	loginName: 'Adobe IMS',
	simulate: createAdobeCampaignStandardSimulator,
	node: AdobeCampaignStandard,
	credentialType: AdobeCampaignStandardApi,
	tokenPath: '/ims/token/v3',
	anyRead: 'service:getAll',
	scenarios: (() => {
		const profileKey = byId('={{ $json.PKey }}');
		const profiles = async (records: Records) => await records('profile:getAll', { limit: 3 });
		const ofSecond: Scenario['matches'] = ({ url }, _before, items) =>
			decodeURIComponent(url).includes(String(items[1]?.PKey));
		const list = {
			operation: 'profile:getAll',
			parameters: { returnAll: true, options: { sortBy: '={{ $json.by }}' } },
			items: given({ by: 'email' }, { by: 'lastName' }, { by: 'firstName' }),
			show: ({ email }: IDataObject) => email,
			records: 130,
		};
		return [
			{
				kind: 'read one',
				operation: 'profile:get',
				parameters: { profileKey },
				items: profiles,
				matches: ofSecond,
				show: ({ email }) => email,
			},
			{
				kind: 'list, first page',
				...list,
				matches: ({ url }) => url.includes('lastName') && !url.includes('_lineStart'),
			},
			{
				kind: 'list, later page',
				...list,
				matches: ({ url }) => url.includes('lastName') && url.includes('_lineStart'),
			},
			{
				kind: 'create (POST)',
				operation: 'profile:create',
				parameters: {
					columns: entered({ email: '={{ $json.name.toLowerCase() + ".new@example.com" }}' }),
				},
				items: names,
				matches: bodyHas('second.new'),
				show: ({ email, success }) => email ?? success,
			},
			{
				kind: 'update (PATCH)',
				operation: 'profile:update',
				parameters: { profileKey, columns: entered({ lastName: 'Changed' }) },
				items: profiles,
				matches: ofSecond,
				show: ({ PKey, success }) => PKey ?? success,
			},
			{
				kind: 'delete',
				operation: 'profile:delete',
				parameters: { profileKey },
				items: profiles,
				matches: ofSecond,
				show: ({ deleted }) => deleted,
				behavesAs: {
					kind: 'create (POST)',
					why: 'Adobe answers 500 to keys that it does not know, those of deleted profiles among them: a second deletion would be misunderstood',
				},
			},
			{
				kind: 'login',
				operation: 'profile:get',
				parameters: { profileKey },
				items: profiles,
				matches: ({ url }) => url.startsWith('/ims/token/v3'),
				show: ({ email }) => email,
			},
		] satisfies Scenario[];
	})(),
};

/** All services, by the name of their simulator. */
export const services = {
	'campaign-factory': campaignFactory,
	'site-factory': siteFactory,
	maia,
	warpurl: warpUrl,
	'adobe-campaign-standard': adobeCampaignStandard,
};
