import { isObject } from '../shared/json';
import type { ApiRequest, Provider } from '../shared/operation';
import { secureUrl } from '../shared/urls';
import { codes, readRefusal } from './answers';
import { pages } from './pages';
import { shorteningBase } from './records';
import { accessKeys } from './resources/accessKey';
import { client, user } from './resources/account';
import { campaigns } from './resources/campaign';
import { imports } from './resources/import';
import { links } from './resources/link';

/**
 * Puts the data of a call into the envelope that the service wants; `control` in it stands beside the data. An envelope
 * that is there already (API Request) stays, with the parameters of a pager put among its data.
 */
export function wrap(request: ApiRequest): ApiRequest {
	const { body = {} } = request;
	if (request.method !== 'POST' || !isObject(body)) return request;
	const { control, data, ...rest } = body;
	const inner = isObject(data) ? { ...data, ...rest } : rest;
	return { ...request, body: { control: isObject(control) ? control : {}, data: inner } };
}

const adviceByCode: Record<string, string> = {
	[codes.notAuthorised]:
		'The user of the access key may not do this. Users see their own data only; administrators may name another user.',
	[codes.handled]:
		'Check the values of this item: a record may not exist, a slug may be taken, or a limit may be reached.',
	[codes.invalid]: 'Correct the value that the message names.',
};

export const warpUrl: Provider = {
	name: 'warpUrl',
	displayName: 'WarpURL',
	credential: 'warpUrlApi',
	api: 'warpurl',
	tokenProperty: 'sessionToken',
	baseUrl(credentials) {
		shorteningBase(credentials);
		return secureUrl(credentials.backendUrl, 'Backend API URL');
	},
	shape: wrap,
	refusal: readRefusal,
	advice({ status, reason, request }) {
		if (status === 200 && reason.code === undefined) {
			const look =
				'Check “Backend API URL” in the credential: something else than WarpURL seems to answer there.';
			return request.repeatable
				? look
				: `It cannot be known whether WarpURL carried this out, so it was not sent again. Look there before you repeat it. ${look}`;
		}
		if (reason.code === String(codes.unexpected)) {
			return request.repeatable
				? 'Try again later. The support of WarpURL asks for the trace ID.'
				: 'It cannot be known how much of this WarpURL has done. Look there before you repeat it; its support asks for the trace ID.';
		}
		if (reason.code !== undefined && adviceByCode[reason.code]) return adviceByCode[reason.code];
		if (status === 403 && reason.message === 'Forbidden') {
			return 'Check “Backend API Key” in the credential: it is not that of this Backend API URL.';
		}
		if (status === 403 && reason.message === 'Missing Authentication Token') {
			return 'There is nothing at this address. Check “Backend API URL” in the credential, and the path and method of an API request.';
		}
		if (status === 401) {
			return 'WarpURL refuses its own ID token. Check that access key and Backend API URL in the credential belong to the same subscription.';
		}
		return undefined;
	},
	resources: [links, accessKeys, campaigns, client, imports, user],
	locators: {
		searchAccessKeys: {
			operation: 'accessKey:find',
			value: 'key_id',
			label: ['key_name', 'key_id'],
		},
		searchCampaigns: { operation: 'campaign:getAll', value: 'campaign_id', label: ['name'] },
		searchImports: {
			operation: 'import:getAll',
			value: 'import_id',
			label: ['file_name', 'created_at'],
		},
		searchLinks: { operation: 'link:getAll', value: 'link_id', label: ['short_url', 'name'] },
	},
	pager: pages,
	skipped: [],
};
