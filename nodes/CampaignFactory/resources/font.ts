import { checks } from '../../shared/fields';
import type { Field, Resource } from '../../shared/operation';
import { filled, font, notice } from '../fields';
import { item, list, records, search, sorting } from '../lists';

const undocumented = notice(
	'Acquia documents no scope for fonts in the API: the service may refuse this call.',
);

const members: Field[] = [
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		placeholder: 'e.g. Lato',
		wire: { in: 'body', map: filled },
	},
	{
		displayName: 'Stylesheet URL',
		name: 'cssUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://fonts.googleapis.com/css2?family=Lato',
		description: 'Address of the stylesheet that defines the font',
		check: checks.webUrl,
		wire: { in: 'body', as: 'css_url', map: filled },
	},
	{
		displayName: 'Font Stack',
		name: 'stack',
		type: 'string',
		default: '',
		placeholder: 'e.g. Lato, sans-serif',
		description: 'The font and those that stand in for it, as CSS lists them',
		wire: { in: 'body', map: filled },
	},
];

export const fonts: Resource = {
	name: 'Font',
	value: 'font',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many fonts',
			description: 'List the fonts that brandings can use',
			operationId: 'listFonts',
			request: { method: 'GET', path: '/fonts' },
			output: list,
			fields: [undocumented],
			filters: [search, ...sorting],
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get font',
			description: 'Read one font',
			operationId: 'getFont',
			request: { method: 'GET', path: '/fonts/{fontUuid}' },
			output: item,
			fields: [undocumented, font],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create font',
			description: 'Register a font for brandings by the address of its stylesheet',
			operationId: 'createFont',
			request: { method: 'POST', path: '/fonts' },
			output: item,
			fields: [undocumented, ...members.map((field) => ({ ...field, required: true }))],
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update font',
			description: 'Change a font. What is not chosen stays as it is.',
			operationId: 'updateFont',
			request: { method: 'PATCH', path: '/fonts/{fontUuid}' },
			output: item,
			fields: [undocumented, font],
			updateFields: members,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete font',
			description: 'Delete a font. Whether that can be undone is not documented.',
			operationId: 'deleteFont',
			request: { method: 'DELETE', path: '/fonts/{fontUuid}' },
			output: { kind: 'deleted' },
			fields: [undocumented, font],
		},
		{
			name: 'Get Google Fonts',
			value: 'getGoogleFonts',
			action: 'Get Google fonts',
			description: 'List the names of the Google Fonts that can be chosen',
			operationId: 'listGoogleFonts',
			request: { method: 'GET', path: '/google-fonts' },
			output: { kind: 'list', at: records, key: 'name' },
			fields: [undocumented],
		},
	],
};
