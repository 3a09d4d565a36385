import { at, isObject, text } from '../../shared/json';
import type { Call, Look, Resource, Result } from '../../shared/operation';
import { encodeSegment } from '../../shared/request';
import { limitOf, list, pages, read, resolveHref, rootOf, sorted } from '../calls';
import { extendedApi, order, profile, serviceChoice } from '../fields';

/** The record that the form names. */
export async function owner(
	call: Look,
	kind: 'profile' | 'service',
): Promise<Record<string, unknown>> {
	const label = { profile: 'Profile', service: 'Service' };
	const key = encodeSegment({ displayName: label[kind] }, call.values[`${kind}Key`]);
	return await read(call, `${rootOf(call.values)}/${kind}/${key}`);
}

/**
 * Where the subscriptions of a record are. The key in this address differs from the record's own, so the address is never
 * made up.
 */
export function subscriptionsOf(call: Look, record: Record<string, unknown>): string {
	const href = text(at(record, 'subscriptions.href'));
	if (href !== undefined) return resolveHref(href);
	throw call.refuse(
		'The record has no subscriptions',
		'The instance did not say where the subscriptions of this record are.',
	);
}

async function getAll(call: Call): Promise<Result> {
	const kind = call.values.subscriptionsOf === 'service' ? 'service' : 'profile';
	const path = subscriptionsOf(call, await owner(call, kind));
	return await list(call, { ...sorted(call, call.request), path }, limitOf(call));
}

async function subscribe(call: Call): Promise<Result> {
	const service = await owner(call, 'service');
	const path = subscriptionsOf(call, await owner(call, 'profile'));
	const body = { service: { PKey: service.PKey } };
	const answer = await call.send({ ...call.request, path, body });
	return isObject(answer.body) ? answer.body : { success: true };
}

/** Internal name of the service: the PKeys that links show differ from the record's own. */
async function serviceName(call: Call): Promise<string> {
	const key = String(call.values.serviceKey);
	if (!key.startsWith('@')) return key;
	return text((await owner(call, 'service')).name) ?? key;
}

/** Deletes the subscription's own record. The address of the service beside it would delete the service. */
async function unsubscribe(call: Call): Promise<Result> {
	const name = await serviceName(call);
	const path = subscriptionsOf(call, await owner(call, 'profile'));
	const records = await list(call, { method: 'GET', path });
	const subscription = records.find(
		(record) => at(record, 'service.name') === name || at(record, 'serviceName') === name,
	);
	if (subscription === undefined) {
		throw call.refuse(
			`The profile is not subscribed to the service “${name}”`,
			'Nothing was changed. Check the profile and the service of this item.',
		);
	}
	const href = text(at(subscription, 'href'));
	if (href === undefined || !/\/subscriptions\/+[^/]+$/.test(href)) {
		throw call.refuse(
			'The instance did not say where this subscription is',
			'Nothing was changed: only the address of a subscription itself is deleted.',
		);
	}
	await call.send({ ...call.request, path: resolveHref(href) });
	return { deleted: true };
}

export const subscriptions: Resource = {
	name: 'Subscription',
	value: 'subscription',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many subscriptions',
			description: 'List the services of a profile, or the subscribers of a service',
			operationId: [
				'listProfileSubscriptions',
				'listProfileSubscriptionsExt',
				'listServiceSubscriptions',
				'listServiceSubscriptionsExt',
			],
			request: { method: 'GET', path: '/profileAndServices/profile/{profileKey}/subscriptions' },
			output: { kind: 'list', at: 'content', pager: pages },
			fields: [
				extendedApi,
				{
					displayName: 'Of',
					name: 'subscriptionsOf',
					type: 'options',
					options: [
						{ name: 'Profile', value: 'profile' },
						{ name: 'Service', value: 'service' },
					],
					default: 'profile',
					description: 'Whose subscriptions to list',
				},
				...profile.map((field) => ({
					...field,
					displayOptions: {
						show: { ...field.displayOptions?.show, subscriptionsOf: ['profile'] },
					},
				})),
				{ ...serviceChoice, displayOptions: { show: { subscriptionsOf: ['service'] } } },
			],
			options: order,
			run: getAll,
		},
		{
			name: 'Subscribe',
			value: 'subscribe',
			action: 'Subscribe profile to service',
			description: 'Subscribe a profile to a service',
			operationId: ['subscribeProfileToService', 'subscribeProfileToServiceExt'],
			request: { method: 'POST', path: '/profileAndServices/profile/{profileKey}/subscriptions' },
			output: { kind: 'item' },
			fields: [extendedApi, ...profile, serviceChoice],
			run: subscribe,
		},
		{
			name: 'Unsubscribe',
			value: 'unsubscribe',
			action: 'Unsubscribe profile from service',
			description: 'End the subscription of a profile; the service and the profile stay',
			operationId: ['deleteProfileSubscription', 'deleteProfileSubscriptionExt'],
			request: {
				method: 'DELETE',
				path: '/profileAndServices/profile/{profileKey}/subscriptions/{subscriptionKey}',
			},
			output: { kind: 'deleted' },
			repeatable: false,
			fields: [extendedApi, ...profile, serviceChoice],
			run: unsubscribe,
		},
	],
};
