/**
 * Marketing history of the simulated Campaign instance (notes, section 15): what was sent to a profile, and when it
 * subscribed. Events and mirror pages are at the addresses that the records give.
 */
import { createHash } from 'node:crypto';
import type { Answer, Handler, SimulatedRequest } from '../support.mts';
import { answer } from '../support.mts';
import { notFound } from './refusals.mts';

interface Profile {
	id: number;
	created: number;
	values: Record<string, unknown>;
}

/** What the history needs of the instance. */
export interface HistoryTools<Session> {
	rootUrl: string;
	profiles: () => Profile[];
	/** The profile of a key, by the place that the key is for; refuses keys of another place. */
	find: (key: string, place: 'record' | 'collection') => Profile;
	pkey: (profile: Profile, place: 'record' | 'collection') => string;
	listed: <Item>(
		request: SimulatedRequest<Session>,
		items: Item[],
		render: (item: Item) => unknown,
	) => Answer;
	matches: (request: SimulatedRequest<Session>, filter: string) => (profile: Profile) => boolean;
}

const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString().replace('T', ' ');

/** Handlers of the history operations. Every profile has got two messages and made one subscription. */
export function historyHandlers<Session>(
	tools: HistoryTools<Session>,
): Record<string, Handler<Session>> {
	const { rootUrl, profiles, find, pkey, listed, matches } = tools;
	const root = `${rootUrl}/profileAndServices/history`;
	const eventsOf = (profile: Profile) =>
		[1, 2, 3].map((number) => ({
			number,
			profile,
			key: `@${createHash('sha512').update(`history ${profile.id}/${number}`).digest('base64url')}`,
		}));
	type Event = ReturnType<typeof eventsOf>[number];

	const show = (profile: Profile) => {
		const { birthDate, email, firstName, gender, lastName } = profile.values;
		return {
			PKey: pkey(profile, 'record'),
			href: `${root}/${pkey(profile, 'record')}`,
			birthDate,
			email,
			firstName,
			gender,
			lastName,
			countBroadLogEvents: 2,
			countSubHistoEvents: 1,
			minBroadLogEvents: timestamp(profile.created + 86_400_000),
			minSubHistoEvents: timestamp(profile.created + 3 * 86_400_000),
			countryIsoA2: '',
			kpisAndChart: { href: `${root}/${pkey(profile, 'record')}/kpisAndChart/` },
			events: { href: `${root}/${pkey(profile, 'collection')}/events/`, metadata: 'subHisto' },
		};
	};
	const showEvent = ({ number, profile, key }: Event) => {
		const href = `${root}/${pkey(profile, 'collection')}/events/${key}`;
		const isMessage = number < 3;
		return {
			PKey: key,
			category: 'email',
			date: timestamp(profile.created + number * 86_400_000),
			href,
			label: isMessage ? `Message ${number}` : 'Subscription to a service',
			metadata: isMessage ? 'broadLog' : 'subHisto',
			...(isMessage && { mirrorPage: { href: `${href}/mirrorPage/` } }),
			type: isMessage ? 'outbound' : 'inbound',
		};
	};
	const eventOf = ({ params }: SimulatedRequest<Session>): Event => {
		const profile = find(String(params.profileKey), 'collection');
		const key = String(params.eventKey);
		return eventsOf(profile).find((event) => event.key === key) ?? notFound('Event', key);
	};
	const list =
		(filter?: string): Handler<Session> =>
		(request) => {
			const isMatch = filter === undefined ? () => true : matches(request, filter);
			return listed(request, profiles().filter(isMatch), show);
		};

	return {
		listProfileHistories: list(),
		findProfileHistoriesByEmail: list('byEmail'),
		searchProfileHistoriesByText: list('byText'),
		getProfileHistory: ({ params }) => answer(show(find(String(params.profileKey), 'record'))),
		listProfileHistoryEvents: (request) =>
			listed(request, eventsOf(find(String(request.params.profileKey), 'collection')), showEvent),
		getProfileHistoryEvent: (request) => answer(showEvent(eventOf(request))),
		getMirrorPage: (request) => {
			const event = eventOf(request);
			if (event.number === 3) return notFound('Mirror page', event.key);
			const name = String(event.profile.values.firstName);
			return answer(`<html><body>Hello ${name}: message ${event.number}</body></html>`, 200, {
				'Content-Type': 'text/html; charset=utf-8',
			});
		},
	};
}
