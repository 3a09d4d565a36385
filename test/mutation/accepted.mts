/** Changes to the code that no test notices, each with the reason why none needs to. `npm run mutation` reads them. */

/** One change, or several alike. */
export interface Accepted {
	/** Path of the source file from the root of the checkout. */
	file: string;
	/** What is changed: exactly this piece of code, or every one that matches. Blanks count as one. */
	code: string | RegExp;
	/** What stands there instead. Default: whatever does. */
	to?: string | RegExp;
	/** A sentence: why behaviour stays as it was, or why the difference matters to nobody. */
	reason: string;
}

/** The compiler asks for the test; at run time the value is there, or its absence gives the same. */
const typeOnly = 'For the compiler: where this does not hold, what follows gives the same.';

/** Names, descriptions, placeholders and hints: they begin with a capital letter or with an example. */
const textOfForm = /^'(e\.g\. .*|[A-Z][a-z]+( .*)?\.?)'$/;

const words = 'Words for people, who notice.';

export const accepted: Accepted[] = [
	{
		file: 'nodes/shared/apiRequest.ts',
		code: "typeof values['options.maxResults'] === 'number'",
		to: 'true',
		reason: typeOnly,
	},
	{ file: 'nodes/shared/failures.ts', code: 'code !== undefined', to: 'true', reason: typeOnly },
	{
		file: 'nodes/shared/lists.ts',
		code: '/^a /',
		to: '/a /',
		reason: 'The text always begins with it, and the first one is replaced.',
	},
	{
		file: 'nodes/shared/values.ts',
		code: 'mode?.placeholder',
		reason: 'A rule was found in the mode, so there is one.',
	},
	{
		file: 'nodes/shared/values.ts',
		code: "reading.group === 'updateFields'",
		to: 'true',
		reason: 'An empty text in another group was left out before.',
	},
	{
		file: 'credentials/AdobeCampaignStandardApi.credentials.ts',
		code: '/[\\s,]+/',
		to: '/[\\s,]/',
		reason: 'Empty names between two separators are left out afterwards.',
	},
	{
		file: 'credentials/AdobeCampaignStandardApi.credentials.ts',
		code: "''",
		to: '"Stryker was here!"',
		reason: 'Neither a token without parts nor this text holds claims in JSON.',
	},
	{
		file: 'credentials/AdobeCampaignStandardApi.credentials.ts',
		code: 'status === undefined',
		to: 'false',
		reason: 'Without an answer there is no body to read a reason from.',
	},
	{
		file: 'credentials/CampaignFactoryApi.credentials.ts',
		code: "''",
		to: '"Stryker was here!"',
		reason: 'Neither text is a date, so no end is known.',
	},
	{
		file: 'credentials/CampaignFactoryApi.credentials.ts',
		code: /^error !== undefined( && Object\.hasOwn\(advice, error\))?$/,
		reason: typeOnly,
	},
	{
		file: 'credentials/MaiaApi.credentials.ts',
		code: "typeof token === 'string'",
		to: 'true',
		reason: 'The engine refuses a login without a token that is text.',
	},
	{
		file: 'credentials/MaiaApi.credentials.ts',
		code: "{ 'Content-Type': 'application/x-www-form-urlencoded' }",
		reason: 'A form gets this type by itself.',
	},
	{
		file: 'nodes/shared/retry.ts',
		code: /^(code|failure\.code|named) !== undefined$/,
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/retry.ts',
		code: '!text',
		to: 'false',
		reason: 'No text is read as a date, and is none.',
	},
	{
		file: 'nodes/shared/retry.ts',
		code: '/^(Z_|ERR__ERROR_|ZSTD_)/',
		to: '/(Z_|ERR__ERROR_|ZSTD_)/',
		reason: 'No code of an error has these in its middle.',
	},
	{
		file: 'nodes/shared/pagers.ts',
		code: "typeof number === 'number'",
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/pagers.ts',
		code: 'total === undefined',
		to: 'false',
		reason: 'What is not there is not smaller than the number of records either, and is handed on.',
	},
	{
		file: 'nodes/shared/pagers.ts',
		code: /Math\.min\(size, total\)$/,
		reason: 'For a first page that is not short, both ways to count the pages come to the same.',
	},
	{
		file: 'nodes/shared/lists.ts',
		code: 'other === 1',
		to: 'true',
		reason: 'A later page that equals the first is as wrong as the second one.',
	},
	{
		file: 'nodes/shared/lists.ts',
		code: 'pages - 1',
		to: 'pages + 1',
		reason: 'Two more find nothing left to do.',
	},
	{
		file: 'nodes/shared/locators.ts',
		code: '[]',
		reason: 'No field has the name that is looked for then.',
	},
	{
		file: 'nodes/shared/locators.ts',
		code: 'true',
		to: 'false',
		reason: 'Lists made by `request` are GETs, which may be repeated anyway.',
	},
	{
		file: 'nodes/shared/locators.ts',
		code: "'body'",
		reason: 'Whatever is not the query means the body.',
	},
	{
		file: 'nodes/shared/login.ts',
		code: /^(\{ once: true \}|true|\(\) => signal\?\.removeEventListener\('abort', end\)|'abort')$/,
		reason: 'The listener settles what is settled already; it is taken away to save memory.',
	},
	{
		file: 'nodes/shared/login.ts',
		code: '[]',
		reason: 'A token that nobody has is replaced by no other.',
	},
	{
		file: 'nodes/shared/login.ts',
		code: /ERR_CANCELED/,
		reason:
			'What fails once the time is over was ended by that, and nothing else ends a request so.',
	},
	{
		file: 'nodes/shared/login.ts',
		code: /^typeof (before|stored) === 'string'$/,
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: '[]',
		reason: 'No field has the name that is looked for then.',
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: "''",
		reason: 'The default is for the form, which this field is not on.',
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: /^case 'boolean'/,
		reason: 'The next case differs in how dates travel only.',
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: /^'(body|json|string)'$/,
		reason: 'Values are read by `wire.type`, then by the type of the field, then as text.',
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: 'field.typeOptions?.resourceMapper?.mode',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/pacing.ts',
		code: /lane\.(again|waiting)\.length === 0$/,
		to: 'true',
		reason:
			'Where a place is free, others wait only in the moment in which they get one themselves.',
	},
	{
		file: 'nodes/shared/pacing.ts',
		code: /isFinite\(this\.perMinute\)$/,
		reason: 'Without a limit the times are not looked at; they are not kept to save memory.',
	},
	{
		file: 'nodes/shared/pacing.ts',
		code: /^(\(this\.begun\[0\] \?\? now\) <= now - minute|this\.begun\[0\] \?\? now)$/,
		reason: 'Old times do not count; they are dropped to save memory.',
	},
	{
		file: 'nodes/shared/request.ts',
		code: 'true',
		to: 'false',
		reason: 'Nobody changes or deletes the member afterwards.',
	},
	{
		file: 'nodes/shared/request.ts',
		code: "name !== '__proto__'",
		to: 'false',
		reason: 'Defining a member is right for every name; assigning it is faster.',
	},
	{
		file: 'nodes/shared/request.ts',
		code: 'end < 0',
		to: 'end <= 0',
		reason: 'No name on the wire begins with a dot.',
	},
	{ file: 'nodes/shared/request.ts', code: 'field.wire?.as', reason: typeOnly },
	{
		file: 'nodes/shared/request.ts',
		code: "field.wire?.in === 'path'",
		to: 'true',
		reason: 'A name between braces in a path is that of a field of the path.',
	},
	{
		file: 'nodes/shared/request.ts',
		code: 'accept',
		to: 'true',
		reason: 'A member without a value is none.',
	},
	{
		file: 'nodes/shared/failures.ts',
		code: '/=+$/',
		to: '/=+/',
		reason: 'Base64 has this sign at its end only.',
	},
	{
		file: 'nodes/shared/failures.ts',
		code: /value\.length < 200/,
		reason: 'Long values are left out to save time: no user name is as long.',
	},
	{ file: 'nodes/shared/failures.ts', code: 'status !== undefined', to: 'true', reason: typeOnly },
	{
		file: 'nodes/shared/values.ts',
		code: "typeof number !== 'number'",
		to: 'false',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/values.ts',
		code: /^(minValue|maxValue) !== undefined$/,
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/values.ts',
		code: 'placed.year < 0',
		to: 'placed.year <= 0',
		reason: 'Whether the year 0 exists is a question for historians.',
	},
	{ file: 'nodes/shared/values.ts', code: /^field\.wire\?\.(type|array)$/, reason: typeOnly },
	{
		file: 'nodes/shared/clock.ts',
		code: 'left > 0',
		to: 'left >= 0',
		reason: 'One more sleep of no time.',
	},
	{ file: 'nodes/shared/expressions.ts', code: 'way?.match(steps)?.map', reason: typeOnly },
	{
		file: 'nodes/shared/expressions.ts',
		code: "typeof current !== 'object'",
		to: 'false',
		reason: 'What texts have as their own, n8n gives as well.',
	},
	{
		file: 'nodes/shared/expressions.ts',
		code: 'this.agreed.get(name) === false',
		to: 'false',
		reason: 'n8n is asked a few lines further down.',
	},
	{
		file: 'nodes/shared/values.ts',
		code: 'value.trim()',
		reason: 'A text of nothing but blanks was left out before.',
	},
	{
		file: 'nodes/shared/values.ts',
		code: "field.type === 'resourceLocator'",
		to: 'true',
		reason: 'What is no locator is left as it is.',
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: "typeof field.id === 'string'",
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/fields.ts',
		code: /^'(a UUID|an address)/,
		reason: words,
	},
	{ file: 'nodes/shared/apiRequest.ts', code: textOfForm, reason: words },
	{ file: 'nodes/shared/properties.ts', code: textOfForm, reason: words },
	{ file: 'nodes/shared/events.ts', code: textOfForm, reason: words },
	{
		file: 'nodes/shared/sleeping.ts',
		code: /(column|row) \* 200/,
		reason: 'Where nodes stand on a canvas that nobody sees.',
	},
	{
		file: 'nodes/shared/sleeping.ts',
		code: /^'Sleep: /,
		reason: 'Names of nodes that nobody sees; they only have to differ.',
	},
	{
		file: 'nodes/shared/sleeping.ts',
		code: /onReceived|afterTimeInterval|passthrough/,
		reason: 'Read by nodes of n8n itself, which the tests in a real n8n run (test/e2e/sleeping).',
	},
	{
		file: 'nodes/shared/sleeping.ts',
		code: /^(true|false)$/,
		reason: 'Read by n8n itself, which the tests in a real n8n run (test/e2e/sleeping).',
	},
	{
		file: 'nodes/shared/sleeping.ts',
		code: "''",
		reason: 'A workflow without an ID does not sleep.',
	},
	{
		file: 'nodes/shared/sleeping.ts',
		code: /It belongs to a run of another workflow/,
		reason: words,
	},
];
