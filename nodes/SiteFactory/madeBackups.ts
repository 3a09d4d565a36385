import { at, isObject, text } from '../shared/json';
import type { Answer, Call, Extract } from '../shared/operation';
import { pages } from './pages';
import { taskIn } from './tasks';

/** A site without backups is answered with 404. */
export const backupsIn: Extract = (body) => at(body, 'backups') ?? [];

/** All backups of a site, the newest first. */
export async function backupsOf(
	call: Pick<Call, 'list'>,
	siteId: string,
): Promise<Array<Record<string, unknown>>> {
	const path = `/api/v1/sites/${encodeURIComponent(siteId)}/backups`;
	const backups = await call.list(
		{ method: 'GET', path, accept: [404] },
		{ at: backupsIn, pager: pages },
	);
	return backups.filter(isObject).sort((a, b) => Number(b.id) - Number(a.id));
}

/** The backup that a task has made: with the label that was asked for, else the newest. */
export async function madeBackup(call: Call, id: string, last: Answer): Promise<unknown> {
	const backups = await backupsOf(call, String(call.values.siteId));
	const label = text(call.values['additionalFields.label']);
	const made = backups.find((backup) => label === undefined || text(backup.label) === label);
	return { ...made, task_id: Number(id), task: taskIn(last) };
}
