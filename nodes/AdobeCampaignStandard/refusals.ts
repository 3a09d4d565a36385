import { readReason } from '../shared/failures';
import { isObject, text } from '../shared/json';
import type { Provider, Reason } from '../shared/operation';

/** The longest text that is shown. */
const longestText = 600;

/** What Campaign puts before almost every refusal, and what says nothing. */
const generic = /RST-360011\s+An error has occurred - please contact your administrator\.?/g;

/** A code of the Campaign server: RST-360012, XTK-170036, PGS-220000. */
const coded = /^([A-Z]{3}-\d{6})\s+([\s\S]*)$/;

/** Lines that tell how the server failed inside, beside a line that tells why. */
const technical = /^(PGS-\d{6}|XTK-17\d{4}|RST-360000|Error rc=)/;

/** How the gateway refuses addresses that lead nowhere. */
const misrouted = /^Oops\. Something went wrong/;

/** Whether a body is a refusal in Campaign's own form: bare text, not an object and not a page of a proxy. */
export function isCampaignText(body: unknown): body is string {
	return typeof body === 'string' && body.trim() !== '' && !body.trim().startsWith('<');
}

/**
 * Reads the bare text of the Campaign server: several lines, or several codes on one line. The lines that say why are
 * shown, in their order; the general first one and the expression that could not be computed are left out.
 * @returns undefined for other bodies
 */
export function readCampaignText(body: unknown): Reason | undefined {
	if (!isCampaignText(body)) return undefined;
	const lines = body
		.replace(generic, '\n')
		.replace(/\s(?=[A-Z]{3}-\d{6}\s)/g, '\n')
		.split(/[\r\n]+/)
		.map((line) => line.trim())
		.filter((line) => line !== '');
	const plain = lines.filter((line) => !technical.test(line));
	const shown = plain.length > 0 ? plain : lines;
	const words = shown.map((line) => coded.exec(line)?.[2] ?? line).join(' ');
	const code = [...shown, ...lines, body.trim()]
		.map((line) => coded.exec(line)?.[1])
		.find((found) => found !== undefined);
	const message = words || body.trim().replace(coded, '$2');
	return {
		message: message.length > longestText ? `${message.slice(0, longestText)}…` : message,
		...(code !== undefined && { code }),
	};
}

/** What the common reader does not see: Campaign's text, and the id that the gateway gives every request. */
export function readRefusal(body: unknown, headers: Record<string, string>): Reason {
	const trace = text(headers['x-request-id']);
	return { ...readCampaignText(body), ...(trace !== undefined && { trace }) };
}

/** The reason in a body of any of the four shapes: gateway, routing, Campaign's text, IMS. */
export function readBody(body: unknown, headers: Record<string, string> = {}): Reason {
	return { ...readReason(body), ...readRefusal(body, headers) };
}

/**
 * Whether a 500 refuses the request itself: Campaign's bare text about its values, or an address that leads nowhere. A
 * page of a proxy, or nothing at all, may pass by itself.
 */
export function isRefusal({ status, body }: { status: number; body: unknown }): boolean {
	if (status !== 500) return false;
	return isCampaignText(body) || (isObject(body) && misrouted.test(text(body.message) ?? ''));
}

const byGatewayCode: Record<string, string> = {
	'401013':
		'Adobe does not take the token, not even a fresh one. Check that the client ID in the credential belongs to the project that signs in.',
	'403000': 'No API key came along. Fill in “Client ID” in the credential.',
	'403003':
		'Adobe does not know this API key for Campaign. Check “Client ID” in the credential, and that its project in the Developer Console has the Adobe Campaign API.',
	'403010': 'No token came along. Save the credential again, so that it signs in.',
	'403011':
		'The token lacks a scope. Compare “Scopes” (or “Metascopes”) in the credential with the Developer Console.',
	'403012': 'Adobe does not take requests from the address of this n8n. Ask for it to be allowed.',
	'403013': 'Adobe does not take requests from the address of this n8n. Ask for it to be allowed.',
	'403020': 'Adobe misses a valid token. Save the credential again, so that it signs in.',
	'403023':
		'The technical account has no access to this instance. Check “Tenant” in the credential, that the project in the Developer Console has a product profile of this instance, and that the scopes hold additional_info.projectedProductContext.',
	'403024':
		'Adobe could not read the rights of the technical account. Ask the administrator of your organization to check its product profiles.',
	'429001': 'The usage limit of the service is reached. Try again later.',
	'429002': 'The usage limit of this client ID is reached. Try again later.',
};
// Seen in place of 403023
byGatewayCode['403025'] = byGatewayCode['403023'] ?? '';

/** What to do, by what Campaign says. The first that fits counts. */
const byText: Array<[RegExp, string]> = [
	[
		/attribute unknown \(see definition/,
		'The PKey is not one of this instance. PKeys change when an instance is deployed anew and must not be stored: read the record again.',
	],
	[/Unable to decrypt PKey/, 'The PKey is not one of this instance: read the record again.'],
	[
		/Unable to find document/,
		'There is no such record, or the product profiles of the credential do not show it. Business keys of profiles need “Extended API”.',
	],
	[
		/Error rc=-2003/,
		'The instance has no such path. Check the names in it; the extended API is there only after an administrator has published it.',
	],
	[/Cannot update key/, 'A key cannot be changed while it names the record: use the PKey instead.'],
	[
		/already exists|unique constraint/,
		'Another record has this key. Update that one, or choose another key.',
	],
	[/enumeration/, 'Use one of the names that the enumeration has in the API, not its label.'],
	[/read-only/, 'Leave this field out: the service sets it.'],
	[
		/property is not valid for the/,
		'The resource has no such field here. Fields of your company start with cus and need “Extended API”.',
	],
	[
		/parameter isn't defined in signal activity/,
		'Declare the parameter in the External signal activity of the workflow, or leave it out. Its type must be the declared one.',
	],
	[
		/restricted period/,
		'An External signal activity takes one signal every 10 minutes. Send it again later.',
	],
	[/data policy/, 'Correct the value: the instance checks this field.'],
];

/** What the user can do about a refusal of the gateway, its routing or Campaign. */
export const advise: NonNullable<Provider['advice']> = ({ status, reason, request }) => {
	const { message = '', code } = reason;
	if (/Error rc=-2003/.test(message) && /^\/mc/.test(request.path)) {
		return 'The instance has no such event. Check “Event ID”, and that the event and its message are published; compare “Transactional Tenant” in the credential with the API preview of the event.';
	}
	const known = code === undefined ? undefined : byGatewayCode[code];
	if (known !== undefined) return known;
	if (misrouted.test(message)) {
		return status === 502
			? 'The gateway does not reach the instance. Try again later; if it lasts, ask Adobe whether the instance runs.'
			: 'Adobe knows no such tenant or path. Check “Tenant” in the credential: it is the name of the instance, not the organization ID.';
	}
	const advice = byText.find(([pattern]) => pattern.test(message))?.[1];
	if (advice !== undefined) return advice;
	// Campaign refuses values with this status; a page of a proxy is another matter
	if (status === 500 && message !== '' && !message.startsWith('an HTML page')) {
		return 'Campaign refused the request. Correct the values of this item: unchanged it will be refused again.';
	}
	return text(code)?.startsWith('503')
		? 'Adobe could not check the key or the token at this time. Try again later.'
		: undefined;
};
