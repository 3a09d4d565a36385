/**
 * The fields of the simulated Campaign instance: what its metadata tells about them (notes, section 12), and what writes
 * are refused because of them (sections 6 and 9).
 */
import { GENERIC, refuseText } from './refusals.mts';

/** Tables whose records can be written. */
export type Described =
	| 'profile'
	| 'service'
	| 'orgUnitBase'
	| 'geoUnitBase'
	| 'cusTransaction'
	| 'cusStaging';

type FieldType =
	| 'string'
	| 'number'
	| 'boolean'
	| 'date'
	| 'datetime'
	| 'enumeration'
	| 'link'
	| 'collection'
	| 'item';

interface FieldFacts {
	type: FieldType;
	label: string;
	readOnly?: true;
	mandatory?: true;
	length?: number;
	/** Labels by the names that travel. */
	values?: Record<string, string>;
	/** Resource behind a link or a collection. */
	target?: string;
	dataPolicy?: string;
	/** Added by the company: under the extended root only. */
	extension?: true;
}

const text = (label: string, length: number, more: Partial<FieldFacts> = {}): FieldFacts => ({
	type: 'string',
	label,
	length,
	...more,
});
const flag = (label: string): FieldFacts => ({ type: 'boolean', label });
const day = (label: string): FieldFacts => ({ type: 'date', label });
const choice = (label: string, values: Record<string, string>): FieldFacts => ({
	type: 'enumeration',
	label,
	values,
});
const computed = (label: string, type: FieldType = 'string'): FieldFacts => ({
	type,
	label,
	readOnly: true,
});
const stamps: Record<string, FieldFacts> = {
	PKey: computed('Primary key'),
	created: computed('Creation date', 'datetime'),
	lastModified: computed('Last modified', 'datetime'),
	title: computed('Title'),
};
const unit: Record<string, FieldFacts> = {
	...stamps,
	desc: text('Description', 512),
	label: text('Label', 128),
	name: text('ID', 64),
	parentTitle: computed('Parent'),
};

/** Members of a postal location; the metadata shows the location as one item. */
export const ADDRESS = [
	'address1',
	'address2',
	'address3',
	'address4',
	'city',
	'countryCode',
	'stateCode',
	'zipCode',
];

export const FIELDS: Record<Described, Record<string, FieldFacts>> = {
	profile: {
		...stamps,
		age: computed('Age', 'number'),
		birthDate: day('Birth date'),
		blackList: flag('No longer contact (by any channel)'),
		blackListEmail: flag('No longer contact by email'),
		blackListFax: flag('No longer contact by fax'),
		blackListMobile: flag('No longer contact by SMS'),
		blackListPhone: flag('No longer contact by phone'),
		blackListPostalMail: flag('No longer contact by direct mail'),
		blackListPushnotification: flag('No longer contact by push notification'),
		ccpaOptOut: flag('CCPA opt-out'),
		cryptedId: computed('Encrypted ID'),
		cusBrand: text('Promo code', 127, { extension: true }),
		cusCrmId: text('CRM ID', 64, { extension: true }),
		cusLastVisit: { type: 'datetime', label: 'Last visit', extension: true },
		cusPoints: { type: 'number', label: 'Points', extension: true },
		cusTier: {
			...choice('Tier', { none: 'No tier', silver: 'Silver tier', gold: 'Gold tier' }),
			extension: true,
		},
		cusVip: { ...flag('VIP'), extension: true },
		domain: computed('Email domain'),
		email: text('Email', 128, { dataPolicy: 'email' }),
		emailFormat: choice('Email format', { unknown: 'Unknown', text: 'Text', html: 'HTML' }),
		externalId: text('External ID', 100),
		fax: text('Fax', 32),
		firstName: text('First name', 30, { dataPolicy: 'smartCase' }),
		gender: choice('Gender', { unknown: 'Not specified', male: 'Male', female: 'Female' }),
		isExternal: computed('External', 'boolean'),
		lastName: text('Last name', 50),
		location: { type: 'item', label: 'Location' },
		middleName: text('Middle name', 30),
		mobilePhone: text('Mobile', 32),
		orgUnit: {
			type: 'link',
			label: 'Organizational unit',
			target: 'orgUnitBase',
			extension: true,
		},
		phone: text('Phone', 32),
		postalAddress: computed('Postal address', 'item'),
		preferredLanguage: choice('Preferred language', {
			none: 'No preference',
			de_de: 'German (Germany)',
			en_us: 'English (United States)',
			fr_fr: 'French (France)',
		}),
		salutation: text('Salutation', 20),
		subscriptions: { type: 'collection', label: 'Subscriptions', target: 'subscription' },
		thumbnail: text('Thumbnail', 255),
		timeZone: choice('Time zone', {
			none: 'Default',
			America_New_York: 'America/New_York',
			Asia_Tokyo: 'Asia/Tokyo',
			Europe_London: 'Europe/London',
			Europe_Paris: 'Europe/Paris',
			GMT: 'GMT',
		}),
	},
	service: {
		...stamps,
		builtIn: computed('Built-in', 'boolean'),
		desc: text('Description', 512),
		end: day('End'),
		isExternal: computed('External', 'boolean'),
		isTemplate: flag('Template'),
		label: text('Label', 128),
		limitedDuration: flag('Limited duration'),
		mainDate: computed('Main date', 'date'),
		messageType: choice('Channel', { email: 'Email', sms: 'Mobile (SMS)' }),
		mode: choice('Mode', { newsletter: 'Newsletter', viral: 'Viral' }),
		name: text('ID', 64),
		publicLabel: text('Public label', 128),
		start: day('Start'),
		subScenarioEventType: computed('Subscription event'),
		subscriptions: { type: 'collection', label: 'Subscriptions', target: 'subscription' },
		targetResource: text('Targeting dimension', 64),
		thumbnail: text('Thumbnail', 255),
		unsubScenarioEventType: computed('Unsubscription event'),
		validityDuration: { type: 'number', label: 'Validity duration' },
	},
	orgUnitBase: unit,
	geoUnitBase: unit,
	cusTransaction: {
		...stamps,
		amount: { type: 'number', label: 'Amount' },
		label: text('Label', 128),
		paidAt: { type: 'datetime', label: 'Paid at' },
		profile: { type: 'link', label: 'Profile', target: 'profile' },
		state: choice('State', { open: 'Not paid yet', paid: 'Paid' }),
		transactionId: text('Transaction ID', 64, { mandatory: true }),
	},
	cusStaging: {
		...stamps,
		email: text('Email', 128, { dataPolicy: 'email' }),
		emt_id: text('EMT ID', 64, { mandatory: true }),
		seenOn: day('Seen on'),
	},
};

/** Whether the resource has the field under a root of the API. */
const hasField = (table: Described, name: string, isExtended: boolean) =>
	Object.hasOwn(FIELDS[table], name) && (isExtended || !FIELDS[table][name]?.extension);

/** Whether the instance sets the field itself. */
export const isReadOnly = (table: string, name: string): boolean =>
	Object.hasOwn(FIELDS, table) && FIELDS[table as Described][name]?.readOnly === true;

/** Computed fields that the database holds, so that lists can be ordered by them. */
const STORED = ['PKey', 'created', 'lastModified'];

/** Whether lists can be ordered by the field. */
export const isSortable = (table: Described, name: string): boolean => {
	const field = Object.hasOwn(FIELDS[table], name) ? FIELDS[table][name] : undefined;
	if (!field || ['link', 'collection', 'item'].includes(field.type)) return false;
	return !field.readOnly || STORED.includes(name);
};

const TECHNICAL: Record<FieldType, string> = {
	string: 'string',
	number: 'double',
	boolean: 'byte',
	date: 'date',
	datetime: 'datetime',
	enumeration: 'byte',
	link: 'link',
	collection: 'link',
	item: 'item',
};

/** The `content` of a resource's description. Stored codes of enumerations are shown beside the names that travel. */
export function describeFields(table: Described, isExtended: boolean): Record<string, unknown> {
	const shown = Object.entries(FIELDS[table]).filter(([name]) => hasField(table, name, isExtended));
	return Object.fromEntries(
		shown.map(([name, { type, label, length, values, target, ...facts }]) => [
			name,
			{
				apiName: name,
				category: '99_none',
				dataPolicy: facts.dataPolicy ?? '',
				desc: '',
				displayFormat: '',
				help: '',
				label,
				lazyLoaded: false,
				length: length === undefined ? '' : String(length),
				mandatory: facts.mandatory ?? false,
				metadata: 'attribute',
				queryable: true,
				readOnly: facts.readOnly ?? false,
				resName: '',
				...(target !== undefined && { resTarget: target }),
				resType: TECHNICAL[type],
				sortable: isSortable(table, name),
				type,
				...(values && {
					values: Object.fromEntries(
						Object.entries(values).map(([value, shownAs], code) => [
							value,
							{ label: shownAs, name: value, value: String(code) },
						]),
					),
				}),
			},
		]),
	);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value has the type of its field; nothing is converted. */
function fits({ type }: FieldFacts, value: unknown): boolean {
	switch (type) {
		case 'number':
		case 'boolean':
			return typeof value === type;
		case 'date':
			return typeof value === 'string' && /^(\d{4}-\d{2}-\d{2})?$/.test(value);
		case 'datetime':
			return typeof value === 'string' && (value === '' || !Number.isNaN(Date.parse(value)));
		case 'link':
			return isObject(value);
		case 'item':
			return (
				isObject(value) &&
				Object.entries(value).every(
					([name, member]) => ADDRESS.includes(name) && typeof member === 'string',
				)
			);
		default:
			return typeof value === 'string';
	}
}

/**
 * Refuses what a record cannot hold: unknown and read-only members, values of another type, not of the enumeration or
 * against the data policy.
 * @param schema name in the texts about enumerations
 */
export function checkMembers(
	table: Described,
	schema: string,
	isExtended: boolean,
	body: Record<string, unknown>,
): void {
	for (const [name, value] of Object.entries(body)) {
		const field = FIELDS[table][name];
		const notValid = `'${name}' property is not valid for the '${table}' resource.`;
		if (!field || !hasField(table, name, isExtended)) refuseText(500, notValid);
		else if (field.readOnly || field.type === 'collection') {
			refuseText(500, `Cannot update the '${name}' property that is read-only`, notValid);
		} else if (!fits(field, value)) {
			refuseText(500, GENERIC, `'${String(value)}' is not a valid constant`);
		} else if (field.values && !Object.hasOwn(field.values, String(value))) {
			refuseText(
				500,
				GENERIC,
				`The value '${String(value)}' is not valid for the '${schema}:${name}' enumeration of the '@${name}' field`,
			);
		} else if (
			field.dataPolicy === 'email' &&
			!/^([^\s@]+@[^\s@]+\.[^\s@]+)?$/.test(String(value))
		) {
			refuseText(
				500,
				GENERIC,
				`The value '${String(value)}' is not valid for the 'email' data policy.`,
			);
		}
	}
}

/** Refuses a new record without what is mandatory. The words of the server are not recorded. */
export function checkMandatory(table: Described, values: Record<string, unknown>): void {
	const missing = Object.entries(FIELDS[table]).find(
		([name, { mandatory }]) => mandatory && (values[name] ?? '') === '',
	);
	if (missing) refuseText(500, GENERIC, `The '${missing[0]}' field is mandatory.`);
}

/** A record without a value: texts and dates are empty, numbers 0, enumerations at their first value. */
export function emptyRecord(table: Described): Record<string, unknown> {
	const writable = Object.entries(FIELDS[table]).filter(
		([, { readOnly, type }]) => !readOnly && type !== 'collection',
	);
	return Object.fromEntries(
		writable.map(([name, { type, values }]): [string, unknown] => {
			if (values) return [name, Object.keys(values)[0]];
			if (type === 'link') return [name, null];
			if (type === 'item') return [name, Object.fromEntries(ADDRESS.map((part) => [part, '']))];
			return [name, type === 'number' ? 0 : type === 'boolean' ? false : ''];
		}),
	);
}
