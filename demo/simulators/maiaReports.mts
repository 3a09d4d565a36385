/**
 * Audit events, consumption and lineage of the Maia simulator: of the 100 days before the start. Events of the audit are
 * kept for 90 days. Lineage takes windows of at most 31 days and answers an empty one with 404, as a public client
 * has met it; between the 40th and the 75th day before the start nothing ran.
 */
import { answer } from './support.mts';
import type { Ground, Handlers, Request } from './maiaGround.mts';
import { iso, paged, refuse } from './maiaGround.mts';

const DAY = 86_400_000;
const MOST_DAYS = 31;
const KEPT_DAYS = 90;

/** Reads the two ends of a period. */
function periodOf(request: Request, from: string, before: string): [number, number] {
	const start = Date.parse(String(request.query[from]));
	const end = Date.parse(String(request.query[before]));
	if (end <= start) refuse(400, 'The request is not valid', [`${before} must be after ${from}`]);
	return [start, end];
}

/** What users and credentials did. */
export interface AuditEvent {
	eventId: string;
	eventName: string;
	eventType: string;
	eventTimestamp: string;
	eventProjectId?: string;
	actorEmail: string;
	additionalInfo: { ip: string } | null;
}

/**
 * Handlers of the reports.
 * @param isNewestFirst the order of audit events
 */
export function reportHandlers(
	{ clock, uuid, demand }: Ground,
	isNewestFirst = false,
): { handlers: Handlers; add: (event?: Partial<AuditEvent>) => string } {
	const begun = clock();
	const events: AuditEvent[] = Array.from({ length: 400 }, (_, index) => ({
		eventId: uuid(),
		eventName: index % 2 === 0 ? 'hub_user_login' : 'secret_reference_created',
		eventType: index % 2 === 0 ? 'LOGIN' : 'CREATE',
		eventTimestamp: iso(begun - 100 * DAY + index * (DAY / 4)),
		actorEmail: 'ada@example.com',
		additionalInfo: index % 3 === 0 ? { ip: '203.0.113.7' } : null,
	}));
	const lineage = Array.from({ length: 500 }, (_, index) => {
		const at = begun - 100 * DAY + index * (DAY / 5);
		return {
			at,
			id: uuid(),
			event: {
				eventType: 'COMPLETE',
				eventTime: iso(at),
				job: { namespace: 'matillion://invented', name: 'finance/daily-load.orch.yaml' },
				run: {
					runId: uuid(),
					facets: { parent: null, nominalTime: { nominalStartTime: iso(at) } },
				},
				inputs: [{ name: 'ORDERS', facets: { schema: null, columnLineage: null } }],
				outputs: [],
			},
		};
	}).filter(({ at }) => at < begun - 75 * DAY || at >= begun - 40 * DAY);

	const add = (event: Partial<AuditEvent> = {}): string => {
		const eventId = uuid();
		events.push({
			eventId,
			eventName: 'hub_user_login',
			eventType: 'LOGIN',
			eventTimestamp: iso(clock()),
			actorEmail: 'ada@example.com',
			additionalInfo: null,
			...event,
		});
		return eventId;
	};
	const order = (a: AuditEvent, b: AuditEvent) =>
		(Date.parse(a.eventTimestamp) - Date.parse(b.eventTimestamp)) * (isNewestFirst ? -1 : 1);

	const handlers: Handlers = {
		listAuditEvents: (request) => {
			demand(request, ['SUPER_ADMIN'], 'view audit events');
			const [from, to] = periodOf(request, 'from', 'to');
			const oldest = Math.max(from, clock() - KEPT_DAYS * DAY);
			const isIn = ({ eventTimestamp }: { eventTimestamp: string }) =>
				Date.parse(eventTimestamp) >= oldest && Date.parse(eventTimestamp) <= to;
			return answer(paged(request, events.filter(isIn).sort(order)));
		},
		getConsumption: (request) => {
			demand(request, ['SUPER_ADMIN'], 'see billing');
			const [from, before] = periodOf(request, 'consumedFrom', 'consumedBefore');
			const days = Array.from({ length: (before - from) / DAY }, (_, index) => from + index * DAY);
			return answer({
				results: days.map((day) => ({
					consumedFrom: iso(day),
					consumedBefore: iso(day + DAY),
					consumption: [
						{
							consumptionType: 'orchestration',
							dimensions: { pipelineName: 'finance/daily-load', environment: 'Production' },
							credits: 16.2,
						},
					],
				})),
			});
		},
		getEtlUserConsumption: (request) => {
			demand(request, ['SUPER_ADMIN'], 'see billing');
			const [from, before] = periodOf(request, 'consumedFrom', 'consumedBefore');
			return answer({
				consumedFrom: iso(from),
				consumedBefore: iso(before),
				credits: 100,
				chargedUsers: [{ username: 'Ada Admin' }],
			});
		},
		listLineageEvents: (request) => {
			demand(request, ['SUPER_ADMIN'], 'export lineage');
			const [from, before] = periodOf(request, 'generatedFrom', 'generatedBefore');
			if (before - from > MOST_DAYS * DAY) {
				refuse(400, 'The request is not valid', [`the period is longer than ${MOST_DAYS} days`]);
			}
			const found = lineage.filter(({ at }) => at >= from && at < before);
			if (found.length === 0) refuse(404, 'No lineage was found');
			return answer(
				paged(
					request,
					found.map(({ id, event }) => ({ id, event })),
					'results',
					100,
				),
			);
		},
	};
	return { handlers, add };
}
