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

export const accepted: Accepted[] = [];
