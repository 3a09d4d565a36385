import type { INodePropertyMode } from 'n8n-workflow';

import type { Check } from './operation';

/** Value rules that several services share. */
export const checks = {
	uuid: {
		pattern: /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
		expects: 'a UUID such as 3f0b5a52-8c1d-4e6f-9a7b-2d4c6e8f0a1b',
	},
	positiveInteger: {
		pattern: /^[1-9]\d{0,15}$/,
		expects: 'a whole number above 0',
	},
	email: {
		// Each label is read in one way only: any other pattern takes seconds for 100 kB of dots
		pattern: /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/,
		expects: 'an email address',
	},
	webUrl: {
		pattern: /^https?:\/\/[^\s]+$/i,
		expects: 'an address that starts with http:// or https://',
	},
} satisfies Record<string, Check>;

/** Name and label of a mode. */
const mode = (name: string, displayName: string) => ({ displayName, name });

/** The "From List" mode of a resource locator; `method` names a locator of the provider. */
export function fromList(method: string): INodePropertyMode {
	return {
		...mode('list', 'From List'),
		type: 'list',
		typeOptions: { searchListMethod: method, searchable: true },
	};
}

/** The "By ID" mode of a resource locator. */
export function byId(placeholder: string, displayName = 'By ID'): INodePropertyMode {
	return { ...mode('id', displayName), type: 'string', placeholder };
}

/** The "By URL" mode of a resource locator; the first group of `regex` is the ID. */
export function byUrl(placeholder: string, regex: string): INodePropertyMode {
	return {
		...mode('url', 'By URL'),
		type: 'string',
		placeholder,
		extractValue: { type: 'regex', regex },
	};
}
