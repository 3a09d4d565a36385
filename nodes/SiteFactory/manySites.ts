import { checks } from '../shared/fields';
import { at, isObject, text } from '../shared/json';
import type { Call, Field } from '../shared/operation';
import { group, siteIds } from './fields';
import { pages } from './pages';

/** A site as these jobs need it; the name is known where a list gave it. */
export interface ChosenSite {
	id: string;
	name?: string;
}

/** Which sites a job is for. Read by its own code, so that nothing of it travels. */
export const choice: Field[] = [
	{
		displayName: 'Sites',
		name: 'chosenBy',
		type: 'options',
		options: [
			{ name: 'All', value: 'all', description: 'All sites that the account may see' },
			{ name: 'Listed', value: 'list' },
			{ name: 'Those of a Group', value: 'group' },
		],
		default: 'all',
	},
	{
		...group,
		displayOptions: { show: { chosenBy: ['group'] } },
		wire: undefined,
	},
	{
		...siteIds,
		displayOptions: { show: { chosenBy: ['list'] } },
		check: undefined,
		wire: undefined,
	},
];

function listed(call: Call): ChosenSite[] {
	const ids = String(call.values.siteIds)
		.split(/[,\n]/)
		.map((id) => id.trim())
		.filter((id) => id !== '');
	const odd = ids.find((id) => !checks.positiveInteger.pattern.test(id));
	if (odd !== undefined) {
		throw call.refuse(`“Site IDs” must be site IDs separated by commas, but holds “${odd}”`);
	}
	return [...new Set(ids)].map((id) => ({ id }));
}

/** The sites that the form chooses. */
async function chosenSites(call: Call): Promise<ChosenSite[]> {
	if (call.values.chosenBy === 'list') return listed(call);
	const path =
		call.values.chosenBy === 'group'
			? `/api/v1/groups/${encodeURIComponent(String(call.values.groupId))}/sites`
			: '/api/v1/sites';
	const sites = await call.list({ method: 'GET', path }, { at: 'sites', pager: pages });
	return sites.flatMap((site): ChosenSite[] => {
		const id = text(at(site, 'id'));
		return id === undefined ? [] : [{ id, name: text(at(site, 'site')) }];
	});
}

/** What went wrong, for a report: the job goes on with the other sites. */
export function messageOf(error: unknown): string {
	return (isObject(error) ? text(error.message) : undefined) ?? String(error);
}

/**
 * Does something for each chosen site: started one after the other, waited for together.
 * @returns a report for each site, in the order of the list; what is done past a site that fails goes on
 */
export async function forEachSite(
	call: Call,
	work: (site: ChosenSite) => Promise<Record<string, unknown>>,
): Promise<unknown[]> {
	const sites = await chosenSites(call);
	return await Promise.all(
		sites.map(async (site) => {
			const who = { site_id: Number(site.id), ...(site.name !== undefined && { site: site.name }) };
			try {
				return { ...who, status: 'done', ...(await work(site)) };
			} catch (error) {
				return { ...who, status: 'failed', message: messageOf(error) };
			}
		}),
	);
}
