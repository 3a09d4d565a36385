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
];
