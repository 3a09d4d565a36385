/**
 * SCIM users and groups of the Maia simulator (RFC 7643 and 7644): pages by index of at most 100, filters of the form
 * `member eq "value"`, and operations on members, on members of members, and on values of a list by their id. A list without
 * records has no `Resources`.
 */
import { answer } from './support.mts';
import type { Ground, Handlers, Request } from './maiaGround.mts';
import { bodyOf, iso, refuse } from './maiaGround.mts';

type Entry = Record<string, unknown> & { id: string };
interface Operation {
	op: string;
	path?: string;
	value?: unknown;
}

const MOST = 100;
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function change(entry: Entry, { op, path, value }: Operation): void {
	if (path === undefined) {
		if (!isObject(value)) return refuse(400, 'The operation is not valid', ['value is no object']);
		Object.assign(entry, value);
		return;
	}
	const selected = /^(\w+)\[value eq "([^"]*)"\]$/.exec(path);
	if (selected) {
		const [, name = '', id] = selected;
		const list = (entry[name] ?? []) as Array<{ value: string }>;
		if (op !== 'remove') refuse(400, 'The operation is not valid', [`${op} cannot select`]);
		entry[name] = list.filter((item) => item.value !== id);
		return;
	}
	const keys = path.split('.');
	const last = keys.pop() ?? '';
	let target: Record<string, unknown> = entry;
	for (const key of keys) {
		const child = isObject(target[key]) ? target[key] : {};
		target[key] = child;
		target = child;
	}
	if (!/^\w+$/.test(last)) refuse(400, 'The operation is not valid', ['path is not valid']);
	if (op === 'remove') delete target[last];
	else if (op === 'add' && Array.isArray(value)) {
		const present = (target[last] ?? []) as Array<{ value?: unknown }>;
		const added = (value as Array<{ value?: unknown }>).filter(
			(item) => !present.some((other) => other.value === item.value),
		);
		target[last] = [...present, ...added];
	} else target[last] = value;
}

export function directoryHandlers({ clock, uuid, demand, born }: Ground): Handlers {
	const meta = (resourceType: string) => ({ created: iso(born), resourceType });
	const users: Entry[] = Array.from({ length: 230 }, (_, index) => ({
		schemas: [USER],
		id: uuid(),
		userName: `user-${index + 1}@example.com`,
		displayName: `User ${index + 1}`,
		active: true,
		meta: meta('User'),
	}));
	const groups: Entry[] = ['finance-admins', 'viewers'].map((displayName) => ({
		schemas: [GROUP],
		id: uuid(),
		displayName,
		members: [],
		role: 'Admin',
		meta: meta('Group'),
	}));
	const mayManage = (request: Request) =>
		demand(request, ['SUPER_ADMIN'], 'manage the directory integration');
	const list = (request: Request, all: Entry[]) => {
		mayManage(request);
		const {
			filter,
			startIndex = 1,
			count = MOST,
		} = request.query as Record<string, number> & {
			filter?: string;
		};
		let found = all;
		if (filter !== undefined) {
			const [, name = '', value] = /^(\w+) eq "([^"]*)"$/.exec(filter) ?? [];
			if (value === undefined) refuse(400, 'The request is not valid', ['filter is not valid']);
			found = all.filter((entry) => entry[name] === value);
		}
		const page = found.slice(startIndex - 1, startIndex - 1 + Math.min(count, MOST));
		return answer({
			schemas: [LIST],
			totalResults: found.length,
			startIndex,
			itemsPerPage: page.length,
			...(found.length > 0 && { Resources: page }),
		});
	};
	const entryOf = (request: Request, all: Entry[]): Entry => {
		mayManage(request);
		const { id } = request.params;
		return all.find((entry) => entry.id === id) ?? refuse(404, `${String(id)} was not found`);
	};
	const patch = (request: Request, all: Entry[]) => {
		const entry = entryOf(request, all);
		const { schemas = [], Operations } = bodyOf<{ schemas?: string[]; Operations: Operation[] }>(
			request,
		);
		if (!schemas.includes(PATCH)) refuse(400, 'The request is not valid', ['schemas is wrong']);
		Operations.forEach((operation) => change(entry, operation));
		return answer(entry);
	};

	return {
		listScimUsers: (request) => list(request, users),
		getScimUser: (request) => answer(entryOf(request, users)),
		createScimUser: (request) => {
			mayManage(request);
			const order = bodyOf<Record<string, unknown>>(request);
			if (typeof order.userName !== 'string') {
				refuse(400, 'The user is not valid', ['userName is missing']);
			}
			if (users.some(({ userName }) => userName === order.userName)) {
				refuse(400, `A user with the name ${String(order.userName)} exists already`);
			}
			const made = {
				active: true,
				...order,
				id: uuid(),
				meta: { created: iso(clock()), resourceType: 'User' },
			};
			users.push(made);
			return answer(made, 201);
		},
		patchScimUser: (request) => patch(request, users),
		deleteScimUser: (request) => {
			users.splice(users.indexOf(entryOf(request, users)), 1);
			return answer(undefined, 204);
		},
		listScimGroups: (request) => list(request, groups),
		getScimGroup: (request) => answer(entryOf(request, groups)),
		patchScimGroup: (request) => patch(request, groups),
	};
}
