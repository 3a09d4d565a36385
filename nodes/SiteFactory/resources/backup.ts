import { at, isObject, text } from '../../shared/json';
import type { Resource } from '../../shared/operation';
import { backup, callBack, callback, site } from '../fields';
import { backupsIn } from '../madeBackups';
import { pages } from '../pages';
import { factoryTask, taskIn, taskWithout } from '../tasks';

export const backups: Resource = {
	name: 'Backup',
	value: 'backup',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many backups',
			description: 'List the backups of a site',
			operationId: 'get_Sites_getSiteBackups',
			// A site without backups answers 404
			request: { method: 'GET', path: '/api/v1/sites/{site_id}/backups', accept: [404] },
			output: { kind: 'list', at: backupsIn, pager: pages },
			fields: [site],
		},
		{
			name: 'Get Download URL',
			value: 'getUrl',
			action: 'Get download URL of backup',
			description:
				'Get an address under which the archive can be fetched without signing in, for a limited time',
			operationId: 'get_Sites_getSiteBackupUrl',
			request: { method: 'GET', path: '/api/v1/sites/{site_id}/backups/{backup_id}/url' },
			output: { kind: 'item' },
			fields: [site, backup],
			additionalFields: [
				{
					displayName: 'Lifetime',
					name: 'lifetime',
					type: 'number',
					default: 60,
					typeOptions: { minValue: 1, numberPrecision: 0 },
					description: 'Seconds for which the address works',
					wire: { in: 'query' },
				},
			],
		},
		{
			name: 'Download',
			value: 'download',
			action: 'Download backup',
			description: 'Fetch the archive of a backup as a file',
			operationId: 'get_Sites_getSiteBackupUrl',
			request: { method: 'GET', path: '/api/v1/sites/{site_id}/backups/{backup_id}/url' },
			output: { kind: 'file' },
			fields: [site, backup],
			async run(call) {
				const { body } = await call.send({ ...call.request, binary: false });
				const url = text(at(body, 'url'));
				if (url === undefined) {
					throw call.refuse('The factory gives no address for this backup');
				}
				const archive = await call.transfer({ method: 'GET', url });
				return {
					bytes: archive.body,
					property: call.values.binaryPropertyName,
					fileName: decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? ''),
					mimeType: archive.headers['content-type'],
				};
			},
		},
		{
			name: 'Restore',
			value: 'restore',
			action: 'Restore backup',
			description: 'Put a backup back, on its site or on another one, and wait until it is done',
			operationId: 'post_Sites_restoreSite',
			request: { method: 'POST', path: '/api/v1/sites/{site_id}/restore' },
			output: {
				kind: 'task',
				task: factoryTask(60, async (call, id, last) => {
					const target = call.values['additionalFields.targetSiteId'] ?? call.values.siteId;
					const answer = await call.send({
						method: 'GET',
						path: `/api/v1/sites/${encodeURIComponent(String(target))}`,
					});
					return {
						...(isObject(answer.body) && answer.body),
						task_id: Number(id),
						task: taskIn(last),
					};
				}),
				callback: callBack,
			},
			fields: [
				{
					displayName: 'This overwrites the content and files of the site that it is restored to',
					name: 'restoreNotice',
					type: 'notice',
					default: '',
				},
				site,
				{ ...backup, wire: { in: 'body', as: 'backup_id', type: 'integer' } },
			],
			additionalFields: [
				...callback,
				{
					displayName: 'Components',
					name: 'components',
					type: 'multiOptions',
					options: [
						{ name: 'Database', value: 'database' },
						{ name: 'Private Files', value: 'private files' },
						{ name: 'Public Files', value: 'public files' },
						{ name: 'Themes', value: 'themes' },
					],
					default: ['database'],
					description: 'What to put back. Without this field: everything that the backup holds.',
					wire: { in: 'body', as: 'components' },
				},
				{
					...site,
					displayName: 'Target Site',
					name: 'targetSiteId',
					required: false,
					description: 'Site to restore to. Without this field: the site of the backup.',
					wire: { in: 'body', as: 'target_site_id', type: 'integer' },
				},
			],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete backup',
			description: 'Delete a backup and wait until it is gone',
			operationId: 'delete_Sites_deleteSiteBackup',
			request: { method: 'DELETE', path: '/api/v1/sites/{site_id}/backups/{backup_id}' },
			repeatable: false,
			output: { kind: 'task', task: taskWithout(10, { deleted: true }), callback: callBack },
			fields: [site, backup],
			additionalFields: [...callback],
		},
		{
			name: 'Get Expiration',
			value: 'getExpiration',
			action: 'Get expiration of backups',
			description: 'Read after how many days the factory deletes backups',
			operationId: 'get_BackupExpirationManagement_getBackupExpirationSettings',
			request: { method: 'GET', path: '/api/v1/backup-expiration' },
			output: { kind: 'item' },
		},
		{
			name: 'Set Expiration',
			value: 'setExpiration',
			action: 'Set expiration of backups',
			description: 'Set after how many days the factory deletes backups, those of all sites',
			operationId: 'put_BackupExpirationManagement_setBackupExpirationSettings',
			request: { method: 'PUT', path: '/api/v1/backup-expiration' },
			output: { kind: 'item' },
			fields: [
				{
					displayName: 'Days',
					name: 'expirationDays',
					type: 'number',
					required: true,
					default: 90,
					typeOptions: { minValue: 1, maxValue: 365, numberPrecision: 0 },
					wire: { in: 'body', as: 'expiration_days' },
				},
			],
		},
	],
};
