/** What the parts of the Site Factory simulator share: records, state and refusals. */
import type { Job, SimulatedRequest } from './support.mts';
import { Refusal, answer } from './support.mts';

/** A user of the console. */
export interface User {
	uid: number;
	name: string;
	mail: string;
	apiKey?: string;
	created: number;
	access: number;
	active: boolean;
	tfa: boolean;
	roles: string[];
}
/** A site. */
export interface Site {
	id: number;
	name: string;
	created: number;
	ownerId: number;
	stackId: number;
	groups: number[];
	customDomains: string[];
	canary: boolean;
	/** False while it is being installed. */
	complete: boolean;
	/** The repository with its theme, where one is linked. */
	theme?: { vcs_url: string; vcs_path: string };
}
/** A background task. */
export interface Task {
	id: number;
	/** The task that started it; 0 for none. */
	parent: number;
	name: string;
	group: string;
	class: string;
	siteId: number;
	uid: number;
	outcome: number;
	job: Job;
	addedAt: number;
	/** When it may begin, for what is planned. */
	startsAt: number;
	/** When it began, once it was stopped in its course; else that follows from its job. */
	begunAt?: number;
	/** What it brings about when it succeeds. */
	finish: () => void;
	/** Milliseconds of work that are left, while it is paused. */
	left?: number;
	/** It was told to stop: until then it has this status, from then on it is killed. */
	termination?: { endsAt: number; status: number };
	/** Sends the callback that was asked for, if any, whatever came of the task. */
	callBack?: () => void;
	log: Array<{ id: number; at: number; level: number; message: string }>;
}

/** Something that somebody changed, as the list of audit events shows it. */
export interface AuditEvent {
	id: number;
	message: string;
	before: string;
	after: string;
	type: string;
	scope: string;
	module: string;
	source: string;
	nid: number;
	uid: number;
	timestamp: number;
}

/** What the parts of the simulator share. */
export interface Factory {
	clock: () => number;
	now: () => string;
	sites: Site[];
	users: User[];
	tasks: Task[];
	stacks: Array<{ id: number; name: string }>;
	siteOf: (id: unknown) => Site;
	taskOf: (id: unknown) => Task;
	groupOf: (id: unknown) => { id: number };
	/**
	 * Does something after the time of a task, or of several, without a task that is seen. Of a site whose tasks fail or
	 * are killed nothing comes.
	 */
	later: (site: Pick<Site, 'name'>, finish: () => void, times?: number) => void;
	/** In the order in which they came. */
	audit: AuditEvent[];
	/** Writes down what the caller has changed. */
	record: (
		request: Pick<SimulatedRequest<User>, 'session'>,
		event: Pick<AuditEvent, 'message' | 'type' | 'scope' | 'module'> & Partial<AuditEvent>,
	) => void;
	/** Lets the factory do something of its own before it shows a further page of a list, if it is a busy one. */
	keepBusy: (request: SimulatedRequest<User>, act: () => void) => void;
	checkStack: (id: number | undefined) => number;
	/** One page of a list. */
	page: <Item>(request: SimulatedRequest<User>, items: Item[], fallback?: number) => Item[];
	startTask: (
		request: SimulatedRequest<User>,
		site: Pick<Site, 'id' | 'name'>,
		kind: { name: string; group: string; class: string },
		finish?: () => void,
		delay?: number,
	) => number;
	statusOf: (task: Task) => number;
	/** Stops the time of a task, or lets it go on. */
	pause: (task: Task, paused: boolean) => void;
	/** Stops a task after a while; one that ends before that ends as it would have. */
	terminate: (task: Task) => void;
	/** Moves the beginning of a task that has not begun. */
	postpone: (task: Task, startsAt: number) => void;
	/** Reads a time as PHP's strtotime does; undefined for what is none. */
	readTime: (text: string) => number | undefined;
	/** The deployed ref of each stack. */
	deployed: Map<number, string>;
	refs: string[];
}

/** Refuses with the service's form of a problem. */
export const refuse = (status: number, message: string): never => {
	throw new Refusal(answer({ message }, status));
};
export const notFound = (what: string): never => refuse(404, `${what} not found`);
export const unprocessable = (message: string): never =>
	refuse(422, `Unprocessable Entity: ${message}`);
export const badRequest = (message: string): never => refuse(400, `Bad Request: ${message}`);

/** Numbers of the log levels in the answers. */
export const LOG_LEVELS = ['fatal', 'error', 'alert', 'flow', 'warn', 'info', 'debug', 'trace'];

/** The judge has made sure of the shape. */
export const bodyOf = <Body,>(request: SimulatedRequest<User>): Body =>
	(request.body ?? {}) as Body;
