import { at, isObject } from '../../shared/json';
import type { Call, Field, Resource, Result } from '../../shared/operation';
import { account, asMember, asValue, branding, filled, instance } from '../fields';
import { item, list, record } from '../lists';

/** What stays of a branding with Simplify. */
const simpleBranding = [
	'uuid',
	'app_name',
	'account_uuid',
	'instance_uuid',
	'primary_color',
	'main_logo',
	'login_logo',
	'favicon',
	'created_at',
	'updated_at',
];

const color = (displayName: string, name: string, as: string, description?: string): Field => ({
	displayName,
	name,
	type: 'color',
	default: '',
	...(description !== undefined && { description }),
	check: {
		pattern: /^#([0-9a-f]{3}|[0-9a-f]{6})$/i,
		expects: 'the hex code of a color, such as #0B5FFF',
	},
	wire: { in: 'body', as },
});

/** A picture: the form names the binary field of the item, the file itself travels. */
const picture = (displayName: string, name: string, as: string, what: string): Field => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder: 'e.g. data',
	description: `Name of the input binary field with ${what}`,
	wire: { in: 'body', as, map: filled },
});

/** Members of the body that are pictures. */
const pictures = new Set(['favicon', 'login_logo', 'main_logo', 'mascot']);

const settings: Field[] = [
	{
		displayName: 'Application Name',
		name: 'appName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Northwind Marketing',
		description: 'Shown to users, and the signature in emails',
		wire: { in: 'body', as: 'app_name' },
	},
	color('Auxiliary Color', 'auxiliaryColor', 'auxilary_color'),
	{
		displayName: 'Body Font',
		name: 'bodyFont',
		type: 'string',
		default: '',
		placeholder: 'e.g. Open Sans',
		wire: { in: 'body', as: 'body_font' },
	},
	picture('Favicon File', 'favicon', 'favicon', 'the icon for browser tabs'),
	color('Header Color', 'headerColor', 'header_color', 'Color of the head of the sidebar'),
	{
		displayName: 'Heading Font',
		name: 'headingFont',
		type: 'string',
		default: '',
		placeholder: 'e.g. Lato',
		wire: { in: 'body', as: 'heading_font' },
	},
	picture('Login Logo File', 'loginLogo', 'login_logo', 'the logo of the login page'),
	picture('Main Logo File', 'mainLogo', 'main_logo', 'the logo at the head of the pages'),
	picture('Mascot File', 'mascot', 'mascot', 'the picture of the mascot'),
	color('Primary Color', 'primaryColor', 'primary_color'),
	color('Secondary Color', 'secondaryColor', 'secondary_color'),
	color(
		'Sidebar Color',
		'sidebarColor',
		'branding_color',
		'Background of the sidebar. Records show it as background_color.',
	),
	color('Tertiary Color', 'tertiaryColor', 'tertiary_color'),
];

/** A field of the form that is sent: a text, or a file with its name. */
type Part = { name: string; value: string } | { name: string; value: Blob; fileName: string };

/** The body as form fields, pictures as files. */
async function toParts(call: Call): Promise<Part[]> {
	const { body } = call.request;
	const parts: Part[] = [];
	for (const [name, value] of Object.entries(isObject(body) ? body : {})) {
		if (!pictures.has(name)) {
			parts.push({ name, value: String(value) });
			continue;
		}
		const { data, info } = await call.file(String(value));
		if (!info.mimeType.startsWith('image/')) {
			throw call.refuse(
				`The file in the binary field “${String(value)}” is not an image, but ${info.mimeType}`,
			);
		}
		parts.push({
			name,
			value: new Blob([new Uint8Array(data)], { type: info.mimeType }),
			fileName: info.fileName ?? `${name}.${info.fileExtension ?? 'png'}`,
		});
	}
	return parts;
}

function toForm(parts: Part[]): FormData {
	const form = new FormData();
	for (const part of parts) {
		if ('fileName' in part) form.append(part.name, part.value, part.fileName);
		else form.append(part.name, part.value);
	}
	return form;
}

async function create(call: Call): Promise<Result> {
	const parts = await toParts(call);
	if (parts.length === 0) {
		throw call.refuse(
			'The branding is empty',
			'Choose what it belongs to, or add a field under “Additional Fields”.',
		);
	}
	return record((await call.send({ ...call.request, body: toForm(parts) })).body);
}

/** The setting has one name in requests and another in records. */
const inRecord = (name: string) => (name === 'branding_color' ? 'background_color' : name);

/** Colors come back in other cases, cleared texts as null, and addresses of pictures may be signed anew. */
const plain = (value: unknown) =>
	String(value ?? '')
		.replace(/\?.*$/, '')
		.toLowerCase();

/** Whether a record that was to change is as it was before. */
function isAsBefore(before: unknown, after: unknown, parts: Part[]): boolean {
	const isSame = (name: string) => plain(at(before, name)) === plain(at(after, name));
	const wanted = parts.some(
		({ name, value }) =>
			typeof value !== 'string' || plain(at(before, inRecord(name))) !== plain(value),
	);
	return wanted && isSame('updated_at') && parts.every(({ name }) => isSame(inRecord(name)));
}

/**
 * The description sends a form by PATCH. PHP reads no form of a PATCH: it answers as if all were well and changes
 * nothing. Where the record shows that, the form goes by POST with the field that PHP frameworks take for the method.
 * @see https://laravel.com/docs/routing#form-method-spoofing
 */
async function update(call: Call): Promise<Result> {
	const { request } = call;
	const parts = await toParts(call);
	if (parts.length === 0) {
		throw call.refuse('Nothing is to be changed', 'Add a field under “Update Fields”.');
	}
	const before = record((await call.send({ method: 'GET', path: request.path })).body);
	const patched = record((await call.send({ ...request, body: toForm(parts) })).body);
	if (!isAsBefore(before, patched, parts)) return patched;
	const body = toForm(parts);
	body.append('_method', 'PATCH');
	const answer = await call.send({ ...request, method: 'POST', body, accept: [404, 405] });
	const posted = record(answer.body);
	// A replaced picture may keep its address, so only texts tell
	const texts = parts.filter(({ value }) => typeof value === 'string');
	if (answer.status < 300 && !isAsBefore(before, posted, texts)) return posted;
	throw call.refuse(
		'The service took the change, but the branding shows none',
		'It was sent by PATCH and by POST. Look at the branding in Campaign Factory: a replaced picture may keep its address. If it is as before, ask Acquia Support how brandings are changed.',
	);
}

export const brandings: Resource = {
	name: 'Branding',
	value: 'branding',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many brandings',
			description: 'List the looks of accounts and instances: colors, fonts, logos',
			operationId: 'listBrandings',
			request: { method: 'GET', path: '/brandings' },
			output: list,
			simple: simpleBranding,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get branding',
			description: 'Read one branding',
			operationId: 'getBranding',
			request: { method: 'GET', path: '/brandings/{brandingUuid}' },
			output: item,
			simple: simpleBranding,
			fields: [branding],
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create branding',
			description: 'Create a branding for an account or an instance, with logo files of the item',
			operationId: 'createBranding',
			request: { method: 'POST', path: '/brandings' },
			output: item,
			run: create,
			fields: [
				{
					displayName: 'Belongs To',
					name: 'belongsTo',
					type: 'options',
					options: [
						{ name: 'Account', value: 'account' },
						{ name: 'Instance', value: 'instance' },
						{ name: 'Nothing', value: 'nothing' },
					],
					default: 'account',
				},
				{
					...asMember(account, 'account_uuid'),
					displayOptions: { show: { belongsTo: ['account'] } },
				},
				{
					...asMember(instance, 'instance_uuid'),
					displayOptions: { show: { belongsTo: ['instance'] } },
				},
			],
			additionalFields: settings,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update branding',
			description: 'Change a branding. What is not chosen stays as it is.',
			operationId: 'updateBranding',
			request: { method: 'PATCH', path: '/brandings/{brandingUuid}' },
			output: item,
			run: update,
			fields: [branding],
			updateFields: [
				asValue(account, 'body', 'account_uuid'),
				asValue(instance, 'body', 'instance_uuid'),
				...settings,
			],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete branding',
			description: 'Delete a branding. Whether that can be undone is not documented.',
			operationId: 'deleteBranding',
			request: { method: 'DELETE', path: '/brandings/{brandingUuid}' },
			output: { kind: 'deleted' },
			fields: [branding],
		},
	],
};
