import { at, text } from '../shared/json';
import type { Pager } from '../shared/operation';
import { cursors, withParameters } from '../shared/pagers';

/**
 * Lists go on by a page key until it is null; a short page is not the end. The documentation wants a limit below 100.
 * The parameters stand among the data, which `wrap` puts into the envelope.
 */
export const pages: Pager = cursors({
	place: 'body',
	cursor: 'PageKey',
	limit: 'Limit',
	size: 99,
	next: 'data.PageKey',
	endsWhenEmpty: false,
});

/** The steps of a calculation: the same page key, but no limit. */
export const steps: Pager = {
	size: 1,
	first: (request) => request,
	next(request, { answer }) {
		const key = text(at(answer.body, 'data.PageKey'));
		return key === undefined ? undefined : withParameters(request, 'body', { PageKey: key });
	},
};
