import { at, isObject, text } from '../../shared/json';
import type { Json } from '../../shared/json';
import type { ApiRequest, Call, Look, Resource, Result } from '../../shared/operation';
import {
	campaign,
	campaignDescription,
	campaignName,
	channels,
	clientId,
	username,
} from '../fields';
import { ownClient, ownUser } from '../identity';
import { pages, steps } from '../pages';
import { isoTimes, listOf, present, read, recordAt, sendForRecord } from '../records';

/** Changes what was set and keeps the rest, or replaces everything. */
async function update(call: Call): Promise<Result> {
	const { request, values } = call;
	const set: Json = isObject(request.body) ? request.body : {};
	const { campaign_id: campaignId, username: user, ...changes } = set;
	let data = set;
	if (values.updateMode === 'replace') {
		if (text(set.name) === undefined) {
			throw call.refuse(
				'“Name” is required to replace a campaign',
				'Add it under “Update Fields”, or choose “Keep What Is Not Set”.',
			);
		}
	} else {
		if (Object.keys(changes).length === 0) {
			throw call.refuse('There is nothing to change', 'Add what changes under “Update Fields”.');
		}
		const { body } = await call.send({
			...request,
			...read,
			path: '/campaign/find',
			body: { campaign_id: campaignId, username: user },
		});
		const { name, description, channels: current } = recordAt(call, body);
		data = { name, description: description ?? null, channels: current ?? null, ...set };
	}
	const answer = await call.send({ ...request, body: data });
	return present(call, recordAt(call, answer.body));
}

/** The service counts a campaign in steps; the numbers of all steps are added. */
export async function addUp(look: Look, request: ApiRequest): Promise<Record<string, number>> {
	const parts = await look.list(request, {
		// Two steps may well count the same, so a step is not given as a record that cannot come twice
		at: (body) => [[at(body, 'data.Stat')]],
		pager: steps,
	});
	const total: Record<string, number> = {};
	for (const part of parts.flat()) {
		for (const [name, value] of Object.entries(isObject(part) ? part : {})) {
			if (typeof value === 'number') total[name] = (total[name] ?? 0) + value;
		}
	}
	return total;
}

async function getStatistics(call: Call): Promise<Result> {
	return { campaign_id: call.values.campaignId, ...(await addUp(call, call.request)) };
}

export const campaigns: Resource = {
	name: 'Campaign',
	value: 'campaign',
	operations: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create campaign',
			description: 'Create a group for links',
			operationId: 'createCampaign',
			request: {
				method: 'POST',
				path: '/campaign/create',
				body: { client_id: ownClient, username: ownUser },
			},
			output: { kind: 'item', at: 'data' },
			fields: [campaignName],
			additionalFields: [campaignDescription, channels, username, clientId],
			options: [isoTimes],
			run: sendForRecord,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete campaign',
			description: 'Delete a campaign; what becomes of its links is not documented',
			operationId: 'deleteCampaign',
			request: { method: 'POST', path: '/campaign/delete', body: { username: ownUser } },
			output: { kind: 'deleted' },
			fields: [campaign],
			additionalFields: [username],
		},
		{
			name: 'Find',
			value: 'find',
			action: 'Find campaign',
			description: 'Read one campaign',
			operationId: 'findCampaign',
			request: { method: 'POST', path: '/campaign/find', body: { username: ownUser } },
			...read,
			output: { kind: 'item', at: 'data' },
			fields: [campaign],
			additionalFields: [username],
			options: [isoTimes],
			run: sendForRecord,
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many campaigns',
			description: 'List the campaigns of a user, newest first',
			operationId: 'paginateUserCampaigns',
			request: { method: 'POST', path: '/campaign/paginate_user', body: { username: ownUser } },
			...listOf({ kind: 'list', at: 'data.Items', pager: pages }),
			filters: [username],
			options: [isoTimes],
		},
		{
			name: 'Get Statistics',
			value: 'getStatistics',
			action: 'Get statistics of campaign',
			description: 'Add up links and clicks of a campaign',
			operationId: 'paginateCampaignStats',
			request: { method: 'POST', path: '/link/paginate_campaign_stats' },
			...read,
			output: { kind: 'item' },
			fields: [campaign],
			run: getStatistics,
		},
		{
			name: 'Search',
			value: 'search',
			action: 'Search campaigns',
			description: 'Find campaigns by a part of their name; upper and lower case differ',
			operationId: 'searchCampaigns',
			request: { method: 'POST', path: '/campaign/search', body: { username: ownUser } },
			...listOf({ kind: 'list', at: 'data.Items', pager: pages }),
			fields: [
				{
					displayName: 'Text',
					name: 'text',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. Spring',
					wire: { in: 'body' },
				},
			],
			filters: [
				{
					displayName: 'Sort',
					name: 'sort',
					type: 'options',
					options: [
						{ name: 'Ascending', value: 'ASC' },
						{ name: 'Descending', value: 'DESC' },
					],
					default: 'DESC',
					description: 'WarpURL does not say by what it sorts',
					wire: { in: 'body', as: 'Sort' },
				},
				username,
			],
			options: [isoTimes],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update campaign',
			description: 'Change name, description or channels of a campaign',
			operationId: 'updateCampaign',
			request: { method: 'POST', path: '/campaign/update', body: { username: ownUser } },
			output: { kind: 'item', at: 'data' },
			fields: [
				campaign,
				{
					displayName: 'Update Mode',
					name: 'updateMode',
					type: 'options',
					options: [
						{
							name: 'Keep What Is Not Set',
							value: 'merge',
							description: 'The campaign is read first. An empty field under Update Fields clears.',
						},
						{
							name: 'Replace Everything',
							value: 'replace',
							description: 'Description and channels are cleared unless they are set',
						},
					],
					default: 'merge',
				},
			],
			updateFields: [{ ...campaignName, required: false }, campaignDescription, channels],
			additionalFields: [username],
			options: [isoTimes],
			run: update,
		},
	],
};
