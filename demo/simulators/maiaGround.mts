/** What the parts of the Maia simulator share: who is calling, what a project holds, and how the service answers. */
import type { Answer, Handler, JobQueue, SimulatedRequest } from './support.mts';
import { Refusal, answer, pageOf } from './support.mts';

/** Account roles (notes, section 3); only the first sees projects without a role on them. */
export type Role = 'SUPER_ADMIN' | 'ADMIN' | 'MEMBER';
export interface Client {
	clientId: string;
	clientSecret: string;
	role: Role;
}
/** Who is calling; nobody on the way to a token. */
export type Session = Client | undefined;
export type Request = SimulatedRequest<Session>;

export interface Environment {
	name: string;
	defaultAgentId: string;
	defaultAgentName: string;
	pipelines: Array<{ name: string; publishedTime: string }>;
	artifacts: Artifact[];
}
/** A version that was published to an environment. */
export interface Artifact {
	versionName: string;
	branch: string;
	commitHash: string;
	createdAt: string;
	deployedAt: string;
	enabled: boolean;
	provider: string;
	assets: string[];
}
export interface Project {
	id: string;
	name: string;
	description?: string;
	environments: Environment[];
	variables: Variable[];
	connections: Connection[];
	schedules: Schedule[];
}
export interface Variable {
	id: string;
	name: string;
	type: string;
	behaviour: string;
	description?: string;
	value?: string | number;
	supportsDoubleResolution: boolean;
}
export interface Connection {
	id: string;
	name: string;
	platformConnectionType: string;
	authProvider: string;
	authType: string;
	createdBy: string;
	createdDate: string;
	projectId: string;
	connectionDetails: Record<string, unknown>;
	/** By environment. */
	overrides: Map<string, { authType?: string; connectionOverrides: Record<string, unknown> }>;
}
export interface Schedule {
	scheduleId: string;
	name: string;
	pipelineName: string;
	environmentName: string;
	versionName?: string;
	cronExpression?: string;
	intervalExpression?: { interval: number; unit: string };
	cronTimezone?: string;
	effectiveFrom?: string;
	scheduleEnabled: boolean;
	allowConcurrentExecutions?: boolean;
	scalarVariables: Record<string, string>;
	gridVariables: Record<string, string[][]>;
}
const TITLES: Record<number, string> = {
	400: 'Bad Request',
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'Not Found',
	405: 'Method Not Allowed',
	409: 'Conflict',
	415: 'Unsupported Media Type',
	429: 'Too Many Requests',
	501: 'Not Implemented',
};
export const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

/** A problem document as in RFC 7807. */
export function problem(status: number, detail: string, violations: string[] = []): Answer {
	return answer(
		{
			type: 'about:blank',
			title: TITLES[status] ?? 'Internal Server Error',
			status,
			detail,
			...(violations.length > 0 ? { violations } : {}),
		},
		status,
		{ 'content-type': 'application/problem+json' },
	);
}
export const refuse = (status: number, detail: string, violations?: string[]): never => {
	throw new Refusal(problem(status, detail, violations));
};
/** The judge has made sure of the shape. */
export const bodyOf = <Body,>(request: Request): Body => (request.body ?? {}) as Body;
export const without = <Item extends object, Key extends keyof Item>(item: Item, ...names: Key[]) =>
	Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name as Key))) as Omit<
		Item,
		Key
	>;
/** A page of the kind that most lists have, counted from 0. */
export function paged<Item>(
	request: Request,
	items: Item[],
	member = 'results',
	fallback = 25,
): Record<string, unknown> {
	const { page = 0, size = fallback } = request.query as { page?: number; size?: number };
	return { [member]: pageOf(items, page + 1, size), page, size, total: items.length };
}

/** A token of a list by cursor. */
export const writeCursor = (offset: number) =>
	Buffer.from(JSON.stringify({ offset })).toString('base64');

/** The offset in a token; refused when it is none of ours. */
export function readCursor(token: string): number {
	try {
		const { offset } = JSON.parse(Buffer.from(token, 'base64').toString('utf8')) as {
			offset: unknown;
		};
		if (typeof offset === 'number') return offset;
	} catch {
		// said below
	}
	return refuse(400, 'The request is not valid', ['paginationToken is not valid']);
}

/** The account as the handlers of one area see it. */
export interface Ground {
	clock: () => number;
	jobs: JobQueue;
	jobSeconds: number;
	uuid: () => string;
	/** When the account was made, in milliseconds. */
	born: number;
	/** The project of the request's path, or the one with this id; refused when the caller has no role on it. */
	projectOf: (request: Request, id?: unknown) => Project;
	visibleProjects: (request: Request) => Project[];
	environmentOf: (project: Project, name: unknown) => Environment;
	variableOf: (request: Request) => Variable;
	/** Refuses with 403 unless the caller has one of these roles. */
	demand: (request: Request, roles: Role[], what: string) => void;
}

/** The behaviour of one area, by operation. */
export type Handlers = Record<string, Handler<Session>>;
