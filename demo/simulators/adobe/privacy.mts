/**
 * Privacy requests of the simulated Campaign instance (notes, section 19): they are worked off in time, and an access
 * request has a data file at the end, in the pseudo-XML of the service.
 */
import { createHash } from 'node:crypto';
import type { Answer, Handler, Job, JobQueue, SimulatedRequest } from '../support.mts';
import { answer } from '../support.mts';
import { GENERIC, notFound, refuseText } from './refusals.mts';

interface PrivacyRequest {
	values: Record<string, string>;
	created: number;
	job: Job;
}

/** Members by which each namespace finds profiles. */
const NAMESPACES: Record<string, string> = {
	defaultNamespace1: 'email',
	defaultNamespace2: 'mobilePhone',
};
const REGULATIONS = ['gdpr', 'ccpa'];

const pkey = (name: string) =>
	`@${createHash('sha512').update(`privacy ${name}`).digest('base64url')}`;
const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString().replace('T', ' ');

/** What privacy requests need of the instance. */
export interface PrivacyTools<Session> {
	clock: () => number;
	jobs: JobQueue;
	rootUrl: string;
	/** Number of profiles whose member has this value. */
	count: (member: string, value: string) => number;
	/** Deletes the profiles whose member has this value. */
	erase: (member: string, value: string) => void;
	listed: <Item>(
		request: SimulatedRequest<Session>,
		items: Item[],
		render: (item: Item) => unknown,
		stamps: (item: Item) => { created: number; modified: number },
	) => Answer;
}

/** Handlers of the privacy operations, and what makes a request without one. */
export function privacyHandlers<Session>(tools: PrivacyTools<Session>): {
	handlers: Record<string, Handler<Session>>;
	add: (values?: Record<string, string>, seconds?: number) => string;
} {
	const { clock, jobs, rootUrl, count, erase, listed } = tools;
	const requests: PrivacyRequest[] = [];
	/** Profiles are counted once, when the request is worked off: a deletion leaves none. */
	const results = new Map<PrivacyRequest, string>();
	/** When its status changed for the last time, in milliseconds. */
	const modifiedOf = ({ job, created }: PrivacyRequest): number => {
		const phase = job.phase();
		if (phase === 'waiting') return created;
		return phase === 'done' ? job.endsAt() : created + (job.endsAt() - created) / 4;
	};
	const stamps = (request: PrivacyRequest) => ({
		created: request.created,
		modified: modifiedOf(request),
	});
	const show = (request: PrivacyRequest) => {
		const { name = '', label = '' } = request.values;
		const href = `${rootUrl}/privacy/privacyTool/${pkey(name)}`;
		const phase = request.job.phase();
		return {
			PKey: pkey(name),
			audit: '',
			created: timestamp(request.created),
			desc: '',
			href,
			lastModified: timestamp(modifiedOf(request)),
			privacyRequestData: { href: `${href}/privacyRequestData/` },
			retryCount: 0,
			...request.values,
			status: results.get(request) ?? (phase === 'waiting' ? 'new' : 'processing'),
			title: `${label} (${name})`,
		};
	};
	const find = (key: string): PrivacyRequest =>
		requests.find(({ values }) => pkey(String(values.name)) === key) ??
		notFound('Privacy request', key);

	const begin = (values: Record<string, string>, member: string, seconds = 20): PrivacyRequest => {
		const request: PrivacyRequest = {
			values,
			created: clock(),
			job: jobs.start({
				seconds,
				finish: () => {
					const isKnown = count(member, values.reconciliationValue ?? '') > 0;
					results.set(request, isKnown ? 'complete' : 'errorDataNotFound');
					if (values.type === 'delete') erase(member, values.reconciliationValue ?? '');
				},
			}),
		};
		requests.push(request);
		return request;
	};
	const add = (values: Record<string, string> = {}, seconds?: number): string => {
		const name = values.name ?? `PT${10_000 + requests.length}`;
		const given = {
			namespaceName: 'defaultNamespace1',
			reconciliationValue: 'nobody@example.com',
			regulation: 'gdpr',
			type: 'access',
			label: name,
			...values,
			name,
		};
		const member = NAMESPACES[given.namespaceName];
		if (member === undefined) throw new Error(`There is no namespace ${given.namespaceName}`);
		begin(given, member, seconds);
		return name;
	};

	const handlers: Record<string, Handler<Session>> = {
		getPrivacyToolMetadata: () =>
			answer({
				PKey: pkey('resource type'),
				apiName: 'resourceType',
				content: Object.fromEntries(
					['name', 'namespaceName', 'reconciliationValue', 'label', 'type', 'regulation'].map(
						(name) => [name, { apiName: name, label: name, type: 'string', mandatory: true }],
					),
				),
				data: '/privacy/privacyTool/',
				filters: { href: `${rootUrl}/privacy/resourceType/privacyTool/filters/` },
				label: 'Privacy requests',
				name: 'privacyTool',
				schema: 'nms:gdprRequest',
				type: 'item',
			}),
		listPrivacyRequests: (request) => listed(request, requests, show, stamps),
		createPrivacyRequest: ({ body }) => {
			const values = { ...(body as Record<string, string>) };
			const { name = '', namespaceName = '', regulation = '' } = values;
			if (requests.some((other) => other.values.name === name)) {
				refuseText(500, `A 'Privacy request' with the same key '${name}' already exists.`);
			}
			const member = NAMESPACES[namespaceName];
			if (member === undefined) return notFound('Namespace', namespaceName);
			if (!REGULATIONS.includes(regulation)) {
				refuseText(
					500,
					GENERIC,
					`The value '${regulation}' is not valid for the 'nms:gdprRequest:regulation' enumeration of the '@regulation' field`,
				);
			}
			const request = begin(values, member);
			return answer(show(request), 201);
		},
		getPrivacyRequest: ({ params }) => answer(show(find(String(params.privacyRequestKey)))),
		getPrivacyRequestData: ({ params, body }) => {
			const request = find(String(params.privacyRequestKey));
			const { name } = body as { name: string };
			const { type, reconciliationValue } = request.values;
			if (name !== request.values.name) return notFound('Privacy request', name);
			if (type !== 'access' || results.get(request) !== 'complete') {
				refuseText(500, GENERIC, `There is no data for the privacy request '${name}'.`);
			}
			const data = `{data:<gdprRequestData id="1" reconciliationValue="'${String(reconciliationValue)}'">\n  <table name="nms:recipient"></table>\n</gdprRequestData>}`;
			return answer(JSON.stringify(data), 200, { 'Content-Type': 'application/json' });
		},
	};
	return { handlers, add };
}
