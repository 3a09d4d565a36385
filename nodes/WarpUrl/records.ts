import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { at, isObject, text } from '../shared/json';
import type { Json } from '../shared/json';
import type { Call, Field, Operation, Output, Result } from '../shared/operation';

const timeNames = ['created_at', 'updated_at', 'processed_at', 'last_updated_at'];
const time = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}\.\d{3})$/;

/** Adds times in a form that n8n understands. */
export const isoTimes: Field = {
	displayName: 'Add ISO Times',
	name: 'isoTimes',
	type: 'boolean',
	default: true,
	description:
		'Whether to add the times also in ISO 8601, for example created_at_iso beside created_at, which is UTC without saying so',
};

/** Whole short addresses come by themselves when the domain is known; this turns them off. */
export const fullShortUrl: Field = {
	displayName: 'Full Short URL',
	name: 'fullShortUrl',
	type: 'boolean',
	default: true,
	description:
		'Whether to add the whole short address as full_short_url. It needs “Shortening Domain” in the credential.',
};

/**
 * Where short addresses begin, from the domain or address that was entered.
 * @returns undefined when nothing was entered
 * @throws Error in words
 */
export function shorteningBase(credentials: ICredentialDataDecryptedObject): string | undefined {
	const entered = text(credentials.shorteningDomain);
	if (entered === undefined) return undefined;
	const address = /^https?:\/\//i.test(entered) ? entered : `https://${entered}`;
	const url = URL.canParse(address) ? new URL(address) : undefined;
	if (!url || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
		throw new Error(
			'“Shortening Domain” in the credential must be a domain such as go.example.com',
		);
	}
	return url.origin;
}

/** The whole short address of a slug; undefined without the shortening domain. */
export function fullAddress(
	credentials: ICredentialDataDecryptedObject,
	slug: string,
): string | undefined {
	const base = shorteningBase(credentials);
	return base && slug.startsWith('/') ? new URL(`${base}${slug}`).href : undefined;
}

/** A record with what the options add: the whole short address, times in ISO 8601. */
export function present(call: Pick<Call, 'credentials' | 'values'>, record: Json): Json {
	const shown: Json = { ...record };
	const address = fullAddress(call.credentials, text(record.short_url) ?? '');
	if (address !== undefined && call.values['options.fullShortUrl'] !== false) {
		shown.full_short_url = address;
	}
	if (call.values['options.isoTimes'] === true) {
		for (const name of timeNames) {
			const [, day, clock] = time.exec(String(record[name])) ?? [];
			if (day && clock) shown[`${name}_iso`] = `${day}T${clock}Z`;
		}
	}
	return shown;
}

/** The record under a dot path of an answer. */
export function recordAt(call: Call, body: unknown, path = 'data'): Json {
	const record = at(body, path);
	if (isObject(record)) return record;
	throw call.refuse(
		'The answer holds no record',
		'WarpURL reported success, but did not say what was found or made.',
	);
}

/** Sends the request of an operation and shows the record in `data`. */
export async function sendForRecord(call: Call): Promise<Result> {
	const answer = await call.send(call.request);
	return present(call, recordAt(call, answer.body));
}

/** How many records were asked for; undefined for all. */
export function limitOf({ values }: Call): number | undefined {
	return values.returnAll === true || typeof values.limit !== 'number' ? undefined : values.limit;
}

/** The members of a list operation: its output, and the code that shows each record. */
export function listOf(
	output: Extract<Output, { kind: 'list' }>,
): Pick<Operation, 'kind' | 'repeatable' | 'output' | 'run'> {
	return {
		...read,
		output,
		run: async (call) => {
			const records = await call.list(call.request, output, limitOf(call));
			return records.map((record) => (isObject(record) ? present(call, record) : record));
		},
	};
}

/** Every call is a POST; these only read. */
export const read = { kind: 'read', repeatable: true } as const;
