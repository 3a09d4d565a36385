import type { Resource } from '../../shared/operation';
import { notice, notification } from '../fields';
import { item, list, search } from '../lists';

/** Shown wherever notifications are read or changed. */
export const undocumented = notice(
	'Acquia documents no scope for notifications in the API: the service may refuse this call.',
);

export const notifications: Resource = {
	name: 'Notification',
	value: 'notification',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many notifications',
			description: 'List the notifications of the user. Those that are unread have no read_at.',
			operationId: 'listNotifications',
			request: { method: 'GET', path: '/notifications' },
			output: list,
			fields: [undocumented],
			filters: [search],
		},
		{
			name: 'Mark as Read',
			value: 'markAsRead',
			action: 'Mark notification as read',
			description: 'Set the time at which a notification was read, if it has none',
			operationId: 'markNotificationRead',
			request: { method: 'PATCH', path: '/notifications/{notificationUuid}' },
			output: item,
			fields: [undocumented, notification],
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete notification',
			description: 'Delete a notification',
			operationId: 'deleteNotification',
			request: { method: 'DELETE', path: '/notifications/{notificationUuid}' },
			output: { kind: 'deleted' },
			fields: [undocumented, notification],
		},
	],
};
