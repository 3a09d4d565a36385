/**
 * Transactional events of the simulated Campaign instance (notes, section 17). They live under a tenant name of their
 * own, are echoed with empty values, and reach a final status after a while.
 */
import { createHash } from 'node:crypto';
import type { Handler, Job, JobQueue, SimulatedRequest } from '../support.mts';
import { answer } from '../support.mts';
import { GENERIC, badPath, notFound, refuseText } from './refusals.mts';

/** The tenant of the events, which can differ from that of the instance. */
export const MC_TENANT = 'examplemc';

type Values = Record<string, unknown>;

/** What each published event needs; one that targets profiles has its fields for reconciliation in `ctx`. */
const EVENTS: Record<string, { needs: string[]; profile?: string }> = {
	EVTcart: { needs: ['email'] },
	EVTcode: { needs: ['mobilePhone'] },
	EVTgate: { needs: ['registrationToken', 'application', 'pushPlatform'] },
	EVTbirthday: { needs: [], profile: 'email' },
};
const ADDRESSES = ['email', 'mobilePhone', 'registrationToken', 'application', 'pushPlatform'];

interface Event {
	id: number;
	type: string;
	values: Values;
	job: Job;
}

const isObject = (value: unknown): value is Values =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const pkey = (id: number) => `@${createHash('sha512').update(`event ${id}`).digest('base64url')}`;

/** Values as the service echoes them: texts are empty. */
const emptied = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(emptied);
	if (!isObject(value)) return '';
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, emptied(inner)]));
};

/** Lists a page; the caller's paging. */
type Listed<Session> = <Item>(
	request: SimulatedRequest<Session>,
	items: Item[],
	render: (item: Item) => unknown,
) => ReturnType<typeof answer>;

/**
 * Handlers of the transactional operations. Messages to example.org cannot be delivered; events for profiles need one
 * with the email address in `ctx`.
 */
export function eventHandlers<Session>(
	{ clock, jobs }: { clock: () => number; jobs: JobQueue },
	hasProfile: (email: unknown) => boolean,
	listed: Listed<Session>,
): Record<string, Handler<Session>> {
	const events: Event[] = [];
	const statusOf = ({ type, values, job }: Event): string => {
		const phase = job.phase();
		if (phase !== 'done') return phase === 'waiting' ? 'pending' : 'processing';
		const expires = Date.parse(String(values.expiration));
		if (expires < job.endsAt()) return 'tooOld';
		if (/@example\.org$/.test(String(values.email))) return 'deliveryFailed';
		const { profile } = EVENTS[type] ?? {};
		const { ctx } = values;
		if (profile && !hasProfile(isObject(ctx) ? ctx[profile] : undefined)) return 'targetingFailed';
		return 'processed';
	};
	const show = (event: Event) => ({
		PKey: pkey(event.id),
		...event.values,
		href: `mc${MC_TENANT}/${event.type}/${pkey(event.id)}`,
		serverUrl: 'https://exampletenant.campaign.adobe.com',
		status: statusOf(event),
		type: event.type,
	});
	const isPublished = ({ params }: SimulatedRequest<Session>) =>
		params.mcTenant === MC_TENANT && Object.hasOwn(EVENTS, String(params.eventId));

	return {
		sendTransactionalEvent: (request) => {
			if (!isPublished(request)) return badPath();
			const type = String(request.params.eventId);
			const values = request.body as Values;
			const { needs } = EVENTS[type] ?? { needs: [] };
			for (const name of ADDRESSES) {
				if (needs.includes(name) && !values[name]) {
					refuseText(500, GENERIC, `The '${name}' field of the event is mandatory.`);
				}
				if (!needs.includes(name) && values[name] !== undefined) {
					refuseText(500, `'${name}' property is not valid for the '${type}' resource.`);
				}
			}
			for (const name of ['scheduled', 'expiration']) {
				const value = values[name];
				if (value !== undefined && Number.isNaN(Date.parse(String(value)))) {
					refuseText(500, GENERIC, `'${String(value)}' is not a valid constant`);
				}
			}
			const starts = Math.max(clock(), Date.parse(String(values.scheduled)) || 0);
			const seconds = (starts - clock()) / 1000 + 8;
			const event = { id: events.length + 1, type, values, job: jobs.start({ seconds }) };
			events.push(event);
			const { scheduled, expiration } = values;
			return answer(
				{
					...show(event),
					...(emptied(values) as Values),
					...(scheduled !== undefined && { scheduled }),
					...(expiration !== undefined && { expiration }),
					type: '',
				},
				201,
			);
		},
		listTransactionalEvents: (request) =>
			isPublished(request)
				? listed(
						request,
						events.filter(({ type }) => type === request.params.eventId),
						show,
					)
				: badPath(),
		getTransactionalEvent: (request) => {
			if (!isPublished(request)) return badPath();
			const key = String(request.params.transactionalEventKey);
			const event = events.find(
				({ id, type }) => pkey(id) === key && type === request.params.eventId,
			);
			return event ? answer(show(event)) : notFound('Event', key);
		},
	};
}
