/** How the Campaign server says no: bare text, often behind a general first line (notes, section 6). */
import type { Answer } from '../support.mts';
import { Refusal, answer } from '../support.mts';

export const GENERIC = 'RST-360011 An error has occurred - please contact your administrator.';

/** A refusal of the Campaign server. */
export const refuseText = (status: number, ...lines: string[]): never => {
	throw new Refusal(answer(lines.join('\n'), status));
};

/** No record has this key. `document` is what the server calls the resource. */
export const notFound = (document: string, key: string): never =>
	refuseText(
		404,
		GENERIC,
		`Unable to find document with path '${document}' from key '${key}' (document with schema '${document.toLowerCase()}' and name '${key}')`,
	);

/** The server has no such path. */
export const badPath = (): Answer => answer(`${GENERIC}\nError rc=-2003`, 404);
