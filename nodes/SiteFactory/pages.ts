import { pageNumbers } from '../shared/pagers';

/** Larger pages exist on new releases only; 100 is understood by all. */
export const pages = pageNumbers({
	page: 'page',
	limit: 'limit',
	size: 100,
	first: 1,
	total: 'count',
});

/** Of the bare list of tasks, which has no count: it ends at a short page. */
export const taskPages = pageNumbers({ page: 'page', limit: 'limit', size: 100, first: 1 });
