import { byId, byUrl, fromList } from '../shared/fields';
import { at, isObject, text } from '../shared/json';
import type { Check, Field } from '../shared/operation';
import { toUsername } from './identity';

const linkPrefix = '#lnk#';

/** Text with at most so many characters, line breaks included. */
export function upTo(characters: number): Check {
	return {
		pattern: new RegExp(`^[^]{0,${characters}}$`),
		expects: `text of at most ${characters} characters`,
	};
}

/** A list with at most so many entries. */
const atMost = (count: number, what: string) => (value: unknown) => {
	if (Array.isArray(value) && value.length > count) {
		throw new Error(`must hold at most ${count} ${what}, but holds ${value.length}`);
	}
	return value;
};

/** An empty text clears a member; the service wants null for it. */
const orNull = (value: unknown) => (value === '' ? null : value);

/** For members that cannot be cleared. */
const notEmpty = (value: unknown) => {
	if (value === '') throw new Error('must not be empty');
	return value;
};

const clientCheck: Check = {
	pattern: /^#clt#.+$/,
	expects: 'a client ID that starts with #clt#',
};

const webAddress: Check = {
	pattern: /^(?=[^]{1,1024}$)https?:\/\/[^\s]+$/,
	expects: 'an address of at most 1024 characters that starts with http:// or https://',
};

/** A link, picked from the user's links or named by ID, slug or short address. */
export const link: Field = {
	displayName: 'Link',
	name: 'linkId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'Upper and lower case differ in short addresses',
	modes: [
		fromList('searchLinks'),
		byId('e.g. #lnk#/spring-sale or /spring-sale', 'By ID or Slug'),
		byUrl('e.g. https://go.example.com/spring-sale', '^https?://[^/?#]+(/[^?#]*)'),
	],
	check: {
		pattern: /^(#lnk#)?\/[^?#]{0,254}$/,
		expects: 'a link ID such as #lnk#/spring-sale or a slug such as /spring-sale',
	},
	wire: {
		in: 'body',
		as: 'link_id',
		map: (value) => {
			const id = String(value);
			return id.startsWith(linkPrefix) ? id : `${linkPrefix}${id}`;
		},
	},
};

const campaignModes = [
	fromList('searchCampaigns'),
	byId('e.g. #cmp#2024-03-01 08:15:42.107#c2f0a8d4-6b1e-4d3a-9f57-1e8b7a6c5d40'),
];
const campaignCheck: Check = {
	pattern: /^#cmp#.+$/,
	expects: 'a campaign ID that starts with #cmp#',
};

/** A campaign, picked from the user's campaigns or named by ID. */
export const campaign: Field = {
	displayName: 'Campaign',
	name: 'campaignId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: campaignModes,
	check: campaignCheck,
	wire: { in: 'body', as: 'campaign_id' },
};

/** The campaign that a link belongs to. */
export const campaignOfLink: Field = {
	displayName: 'Campaign',
	name: 'campaignId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'Campaign that the link belongs to',
	modes: campaignModes,
	check: campaignCheck,
	wire: { in: 'body', as: 'campaign_id' },
};

/** Where the link stands in its campaign. */
export const channel: Field = {
	displayName: 'Campaign Channel',
	name: 'campaignChannel',
	type: 'string',
	default: '',
	placeholder: 'e.g. Email',
	description:
		'Channel of the campaign, at most 25 characters. A channel that the campaign does not have is added to it. Needs a campaign.',
	check: upTo(25),
	wire: { in: 'body', as: 'campaign_channel', map: orNull },
};

/** An access key, picked from those of the user or named by ID. */
export const accessKey: Field = {
	displayName: 'Access Key',
	name: 'keyId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchAccessKeys'), byId('e.g. 7Qd3VxPb91mTzKc5RwYhL')],
	check: { pattern: /^[^\s]+$/, expects: 'a key ID without blanks' },
	wire: { in: 'body', as: 'key_id' },
};

/** Another user than that of the sign-in. */
export const username: Field = {
	displayName: 'User Name',
	name: 'username',
	type: 'string',
	default: '',
	placeholder: 'e.g. marketing.bot',
	description:
		'User whose data this is about. Without it that of the access key. Only administrators may name another.',
	check: { pattern: /^(?!#usr#$)[^\s]+$/, expects: 'a user name without blanks' },
	wire: { in: 'body', map: (value) => toUsername(String(value)) },
};

/** Another client than that of the sign-in. */
export const clientId: Field = {
	displayName: 'Client ID',
	name: 'clientId',
	type: 'string',
	default: '',
	placeholder: 'e.g. #clt#4b7e2c10-93ad-4f5e-8c61-0a9d3e5b7f28',
	description: 'Without it the client of the access key. A subscription has one.',
	check: clientCheck,
	wire: { in: 'body', as: 'client_id' },
};

/** Where a link leads. */
export const longUrl: Field = {
	displayName: 'Long URL',
	name: 'longUrl',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. https://shop.example.com/spring?utm_source=newsletter',
	description: 'Address that the short address leads to, at most 1024 characters',
	check: webAddress,
	wire: { in: 'body', as: 'long_url', map: notEmpty },
};

/** The part of a short address after the domain. */
export const slug: Field = {
	displayName: 'Slug',
	name: 'shortUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. /spring-sale',
	description:
		'What follows the domain in the short address, without ? and #. Without it WarpURL takes six random characters. It cannot be changed later.',
	check: {
		pattern: /^(\/[^?#]{0,254}|[^/?#][^?#]{0,253})$/,
		expects: 'a slug of at most 255 characters without ? and #, such as /spring-sale',
	},
	wire: {
		in: 'body',
		as: 'short_url',
		map: (value) => (String(value).startsWith('/') ? value : `/${String(value)}`),
	},
};

/** How a link is called in the portal. */
export const linkName: Field = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. Spring sale landing page',
	description: 'Name in the portal, at most 100 characters. Without it the long URL is the name.',
	check: upTo(100),
	wire: { in: 'body', map: orNull },
};

/** Tags of a link. */
export const tags: Field = {
	displayName: 'Tags',
	name: 'tags',
	type: 'string',
	default: '',
	placeholder: 'e.g. 2025, Product',
	description: 'At most 5 tags of at most 20 characters each, separated by commas',
	check: { pattern: /^[^]{1,20}$/, expects: 'tags of at most 20 characters each' },
	wire: { in: 'body', array: 'list', map: atMost(5, 'tags') },
};

/** Channels of a campaign. */
export const channels: Field = {
	displayName: 'Channels',
	name: 'channels',
	type: 'string',
	default: '',
	placeholder: 'e.g. Email, SMS',
	description: 'At most 100 channels of at most 25 characters each, separated by commas',
	check: { pattern: /^[^]{1,25}$/, expects: 'channels of at most 25 characters each' },
	wire: { in: 'body', array: 'list', map: atMost(100, 'channels') },
};

/** How a campaign is described. */
export const campaignDescription: Field = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	description: 'At most 1024 characters',
	check: upTo(1024),
	wire: { in: 'body', map: orNull },
};

/** How a campaign is called. */
export const campaignName: Field = {
	displayName: 'Name',
	name: 'campaignName',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. Spring 2025',
	description: 'At most 50 characters',
	check: { pattern: /^[^]{1,50}$/, expects: 'text of at most 50 characters' },
	wire: { in: 'body', as: 'name', map: notEmpty },
};

/** How an access key is labelled. */
export const keyName: Field = {
	displayName: 'Key Name',
	name: 'keyName',
	type: 'string',
	default: '',
	placeholder: 'e.g. n8n production',
	description: 'Label in the portal, at most 100 characters',
	check: upTo(100),
	wire: { in: 'body', as: 'key_name' },
};

/** An import job. */
export const importJob: Field = {
	displayName: 'Import',
	name: 'importId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [fromList('searchImports'), byId('e.g. #imp#e91d7c35-2f48-4a06-b7de-58c3f1a0926b')],
	check: { pattern: /^#imp#.+$/, expects: 'an import ID that starts with #imp#' },
	wire: { in: 'body', as: 'import_id' },
};

/** A cell of a row to import, under the heading of its column. */
export interface Column {
	name: string;
	value: string;
}

/** The columns whose headings tell what is in them; WarpURL documents no more of its template. */
const columnChecks = new Map<string, Check>(
	Object.entries({
		'long url': webAddress,
		'short url': { pattern: /^[^?#]{0,255}$/, expects: 'at most 255 characters without ? and #' },
		name: upTo(100),
	}),
);

function toCell(name: string, value: unknown): string {
	if (value === null || value === undefined) return '';
	if (typeof value === 'object') {
		throw new Error(
			`must hold text, but “${name}” is ${Array.isArray(value) ? 'a list' : 'an object'}`,
		);
	}
	const cell = String(value).trim();
	const check = columnChecks.get(name.toLowerCase());
	if (check && !check.pattern.test(cell)) {
		throw new Error(`must hold in “${name}” ${check.expects}`);
	}
	return cell;
}

/** The columns of a row as the form holds them. @throws Error that completes "“Columns” …" */
function toColumns(value: unknown): Column[] {
	const rows = at(value, 'column');
	const columns = (Array.isArray(rows) ? rows : []).filter(isObject).map((row): Column => {
		const name = text(row.name);
		if (name === undefined) throw new Error('must have a name each');
		return { name, value: toCell(name, row.value) };
	});
	const names = columns.map(({ name }) => name);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) throw new Error(`must differ, but “${twice}” is there twice`);
	if (!columns.some((column) => column.value !== '')) throw new Error('must hold a value');
	return columns;
}

/** What a row of an import file holds. */
export const columns: Field = {
	displayName: 'Columns',
	name: 'columns',
	type: 'fixedCollection',
	required: true,
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add Column',
	default: {
		column: [
			{ name: 'Long URL', value: '' },
			{ name: 'Short URL', value: '' },
		],
	},
	description:
		'Headings as in the import template (warpurl.com/cdn/files/import_templates/links/warpurl.csv), each with the value of the item',
	options: [
		{
			displayName: 'Column',
			name: 'column',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. Long URL',
					description: 'Heading of the column in the template',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://shop.example.com/spring',
				},
			],
		},
	],
	wire: { in: 'body', map: toColumns },
};

/** A UTC day or month, checked in its form only. */
export const periodChecks = {
	day: {
		pattern: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
		expects: 'a UTC day such as 2025-03-11',
	},
	month: { pattern: /^\d{4}-(0[1-9]|1[0-2])$/, expects: 'a UTC month such as 2025-03' },
} satisfies Record<string, Check>;

/** Months of a report. */
export const months: Field = {
	displayName: 'Months',
	name: 'months',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 2025-02, 2025-03',
	description: 'At most 13 UTC months, separated by commas',
	check: periodChecks.month,
	wire: { in: 'body', as: 'period_value', array: 'list', map: atMost(13, 'months') },
};
