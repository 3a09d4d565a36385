import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestMethods,
	INodeProperties,
	ResourceMapperField,
} from 'n8n-workflow';

/** A value rule that is checked before anything is sent. */
export interface Check {
	/** What the whole trimmed value must match. */
	pattern: RegExp;
	/** Completes the sentence "<Field> must be …", for example `a UUID`. */
	expects: string;
}

/** Where and how the value of a field travels. Fields without it are read by the operation's own code. */
export interface Wire {
	in: 'path' | 'query' | 'body' | 'header';
	/** Name on the wire; dots nest in a body (`schedule.name`). Default: the field's name. */
	as?: string;
	/**
	 * The value is a list: sent as a JSON array or a repeated parameter (`list`),
	 * or joined to one string by a comma or a blank. Text is split at commas and line breaks.
	 */
	array?: 'list' | 'comma' | 'space';
	/** Type on the wire where it differs from the field's type; `flag` is 0 or 1. */
	type?: 'string' | 'integer' | 'number' | 'boolean' | 'flag' | 'object' | 'array' | 'json';
	/** How a date is written. Default `iso`: UTC with milliseconds and Z. */
	date?: 'iso' | 'date' | 'unix';
	/** Converts the checked value; throws an `Error` whose message completes "<Field> …". */
	map?: (value: unknown) => unknown;
}

/** A form field: an ordinary n8n property, plus how its value travels. */
export type Field = INodeProperties & { wire?: Wire; check?: Check };

/** Query values; arrays are repeated parameters. */
export type Query = Record<string, string | number | boolean | Array<string | number | boolean>>;

/** One request to a service, before sign-in. */
export interface ApiRequest {
	method: IHttpRequestMethods;
	/** Encoded path that starts with a slash and is appended to the base URL, or an absolute URL on the base URL's origin. */
	path: string;
	query?: Query;
	headers?: Record<string, string>;
	/** Sent as JSON; `Buffer`, `FormData` and `URLSearchParams` as they are. */
	body?: unknown;
	/** The answer may be text that is not JSON. */
	text?: boolean;
	/** Read the answer as bytes instead of JSON. */
	binary?: boolean;
	/** Reads run side by side, writes one at a time. Default: GET reads, the rest writes. */
	kind?: 'read' | 'write';
	/** Whether a repeated request does no harm. Default: by method; a POST that only reads says true. */
	repeatable?: boolean;
	/** Statuses of refusals that are handed over as answers. */
	accept?: number[];
	/** Milliseconds until the request is given up. Default: the run's Timeout option. */
	timeout?: number;
}

/** What came back. `body` is parsed JSON, text that is not JSON, or a `Buffer` for binary requests. */
export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: unknown;
}

/** A request to an address that a service handed out, such as a signed upload: sent without the sign-in. */
export interface Transfer {
	method: 'GET' | 'PUT';
	/** Absolute address; its query may be a secret. */
	url: string;
	headers?: Record<string, string>;
	body?: Buffer;
}

/** Why a service refused, in its own words. */
export interface Reason {
	message?: string;
	/** The service's code, not the HTTP status. */
	code?: string;
	/** Id that the service's support asks for. */
	trace?: string;
}

/** One page of a list. */
export interface Page {
	items: unknown[];
	answer: Answer;
	/** Number of this page, counted from 0. */
	index: number;
	/** Records of the pages before this one. Default: full pages. */
	before?: number;
}

/**
 * How a list goes on; pure.
 * @see pagers.ts for the kinds that services use
 */
export interface Pager {
	/** Records per page when the user did not choose. */
	size: number;
	/** The request for the first page. */
	first(request: ApiRequest, size: number): ApiRequest;
	/** The request for the page after this one, or undefined at the end. */
	next(request: ApiRequest, page: Page, size: number): ApiRequest | undefined;
	/** Number of pages, where the service says so: these are read side by side through `at`. */
	pages?(page: Page, size: number): number | undefined;
	/** The request for page `index`, counted from 0. */
	at?(request: ApiRequest, index: number, size: number): ApiRequest;
}

/** State of a background job after one look at it. */
export type TaskState =
	| { state: 'running' }
	| { state: 'done'; result?: unknown }
	| { state: 'failed'; reason: Reason };

/** A background job that an operation starts. */
export interface Task {
	/** The job's id in the answer that started it. */
	id(answer: Answer): string | undefined;
	/**
	 * The request that shows the job's state, or, where no single one does, an answer made of several. `started` is the
	 * answer that began it.
	 */
	poll(id: string, call: Call, started: Answer): ApiRequest | Promise<Answer>;
	read(answer: Answer): TaskState;
	/** How users call such a job, for messages: `Task`, `Pipeline run`. */
	noun: string;
	/** Seconds before the first look; grows by half each time up to `slowest`. */
	firstDelay: number;
	slowest: number;
	/** Seconds after the start before which no look can tell that the job has ended; none is made. */
	settleSeconds?: number;
	/** Default of the Timeout option, in minutes. */
	timeoutMinutes: number;
	/** How long after the start a 404 still means "not yet visible", in seconds. */
	graceSeconds?: number;
	/** Reads what the job made, once it is done. Default: the last answer. */
	result?(call: Call, id: string, last: Answer, started: Answer): Promise<unknown>;
}

/** Whether the records of a page end the reading of a list. */
export type Until = (records: unknown[]) => boolean;

/** Gets the records out of a body: a dot path, or a function where the shape varies. */
export type Extract = string | ((body: unknown) => unknown);

/** What an operation gives back. */
export type Output =
	| { kind: 'item'; at?: Extract; key?: string }
	| { kind: 'list'; at?: Extract; key?: string; pager?: Pager }
	| { kind: 'deleted' }
	| { kind: 'file'; property?: string }
	| {
			kind: 'task';
			task: Task;
			/** Members of the body that make the service call an address by POST once the task has ended. */
			callback?: (url: string) => IDataObject;
	  };

/** Checked values by parameter name; those of collections by `<collection>.<name>`. */
export type Values = Record<string, unknown>;

/** Reading from a service with the values of a form: what lists to pick from and forms from metadata get. */
export interface Look {
	/** Checked values of the form. */
	readonly values: Values;
	readonly credentials: ICredentialDataDecryptedObject;
	/** Sends one request with sign-in, pace, retry and readable failures. */
	send(request: ApiRequest): Promise<Answer>;
	/** Reads a list to its end, to `limit` records, or to the first page for which `until` holds. */
	list(
		request: ApiRequest,
		list: { at?: Extract; pager?: Pager },
		limit?: number,
		until?: Until,
	): Promise<unknown[]>;
	/** An error for the user; `description` tells what to do. */
	refuse(message: string, description?: string): Error;
}

/** One item at work: what the own code of an operation gets. */
export interface Call extends Look {
	/** Index of the input item. */
	readonly item: number;
	/** The request that the description gives for these values. */
	readonly request: ApiRequest;
	/** Fetches bytes from, or puts bytes to, an address that the service handed out. */
	transfer(transfer: Transfer): Promise<Answer>;
	/** Waits for a job that `started` began, and gives its result. */
	wait(task: Task, started: Answer): Promise<unknown>;
	/** A file of the input item, by the name of its binary property. */
	file(property: string): Promise<{ data: Buffer; info: IBinaryData }>;
}

/** What the own code of an operation returns: a record, several, or records with files. */
export type Result = unknown;

/** One thing a user can do. The single source of its form, its request, its docs and its tests. */
export interface Operation {
	/** As shown in the list, in title case. */
	name: string;
	/** Stored in workflows; never changes. */
	value: string;
	/** Shown on the canvas and searched in the node panel, in sentence case. */
	action: string;
	description: string;
	/** The operation of the API description that this one covers; several where one form offers variants. */
	operationId: string | string[];
	request: {
		method: IHttpRequestMethods;
		/** Placeholders in braces take the fields that travel in the path. */
		path: string;
		query?: Query;
		headers?: Record<string, string>;
		body?: IDataObject;
		/** See {@link ApiRequest.accept}. */
		accept?: number[];
	};
	/** Reads run side by side, writes one at a time. Default: by method. */
	kind?: 'read' | 'write' | ((values: Values) => 'read' | 'write');
	/** See {@link ApiRequest.repeatable}. */
	repeatable?: boolean;
	output: Output;
	/** Always on the form. */
	fields?: Field[];
	/** In the Filters collection of a read. */
	filters?: Field[];
	/** In the Update Fields collection: what is set there is sent, also when it is empty. */
	updateFields?: Field[];
	/** In the Additional Fields collection. */
	additionalFields?: Field[];
	/** In the Options collection, beside the engine's own. */
	options?: Field[];
	/** Up to ten members of a record that stay when Simplify is on. */
	simple?: string[];
	/** Shown when a list is empty for a reason that users do not expect. */
	emptyHint?: string;
	/** Own code instead of "send the request, read the output"; for one item. */
	run?: (call: Call) => Promise<Result>;
	/** Own code for up to `size` items with one request; gives one result or error for each call. */
	batch?: { size: number; run: (calls: Call[]) => Promise<Array<Result | Error>> };
}

/** A group of operations on one kind of thing. */
export interface Resource {
	name: string;
	value: string;
	operations: Operation[];
}

/** A list to pick from, made from a list operation or read by own code. */
export interface Locator {
	/** `<resource>:<operation>` of a list operation; with own code, the operation whose fields `needs` names. */
	operation: string;
	/** Own code that gives the records, for lists that no operation gives; they are searched here. */
	read?: (look: Look) => Promise<unknown[]>;
	/** Members of a record, first that is set: the id that is stored and the text that is shown. */
	value: string;
	label: string[];
	/** Query parameter or body member (by the list's method) that searches; without it the list is filtered here. */
	search?: string;
	/** The first request of the list, where the form or the text that is searched for decides the address; pure. */
	request?: (values: Values, search: string | undefined) => ApiRequest;
	/** Parameters of the node whose values the list operation needs first. */
	needs?: string[];
}

/** A field of a resource mapper. n8n stores all its members with the workflow; dots in its id nest in a body. */
export interface MappedField extends ResourceMapperField {
	/** How a date is written, as in {@link Wire.date}. */
	date?: Wire['date'];
}

/** The fields of a resource mapper, as the service describes them at this moment. */
export interface Mapping {
	/** Parameters of the operation on the form whose values are needed first. */
	needs?: string[];
	fields: (look: Look) => Promise<MappedField[]>;
}

/** Everything the engine needs to know about a service. */
export interface Provider {
	/** The node's `name`. */
	name: string;
	displayName: string;
	/** The credential's `name`. */
	credential: string;
	/** Folder under `apis/` that describes the API. */
	api: string;
	/** The hidden expirable property of the credential; none where every request carries the secret itself. */
	tokenProperty?: string;
	/** Requests that the service takes in a minute, where it documents a limit: a run stays within it by itself. */
	requestsPerMinute?: number;
	/** Where paths are appended, without a trailing slash. Throws an `Error` in words for a malformed setting. */
	baseUrl(credentials: ICredentialDataDecryptedObject): string;
	/** Last change to every request, for envelopes. */
	shape?(request: ApiRequest): ApiRequest;
	/** What is wrong with a 2xx answer, for services that refuse with 200. */
	refusal?(answer: Answer): Reason | undefined;
	/** Reads a body of a refusal, where the common reader falls short. Header names are in lower case. */
	reason?(body: unknown, headers: Record<string, string>): Reason | undefined;
	/**
	 * Whether a refusal with a 5xx status is the service's last word, for services that answer a wrong value so:
	 * it is not repeated, and nothing was carried out.
	 */
	isFinal?(refusal: { status: number; body: unknown }): boolean;
	/** What the user can do about a failure; undefined leaves it to the common advice. */
	advice?(failure: {
		status?: number;
		code?: string;
		reason: Reason;
		request: ApiRequest;
	}): string | undefined;
	resources: Resource[];
	locators?: Record<string, Locator>;
	/** Forms from metadata, by the name that their `resourceMapperMethod` gives. */
	mappings?: Record<string, Mapping>;
	/** The pager of most lists, for API Request. */
	pager?: Pager;
	/** Operations of the API description that are left out on purpose. */
	skipped: Array<{ operationId: string; reason: string }>;
}
