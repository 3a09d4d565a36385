import type { Field } from '../shared/operation';

/** A note on the form. */
export const notice = (displayName: string): Field => ({
	displayName,
	name: 'notice',
	type: 'notice',
	default: '',
});

/** For calls that no page of the vendor's reference describes. */
export const undocumented = notice(
	'The reference of the API does not describe this call; its form follows from related calls and was not tried on a live account. Try it where no harm can be done first.',
);
