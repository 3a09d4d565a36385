/** Days of the week by Unix number; 0 and 7 are Sunday. Quartz counts differently, names mean the same in both. */
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

const isEvery = (field: string) => field === '*' || field === '?';

/** A Unix day-of-week field with names instead of numbers; the step after a slash stays. */
function withDayNames(field: string): string {
	return field
		.split(',')
		.map((part) => {
			const [range = '', ...step] = part.split('/');
			return [range.replace(/\d+/g, (number) => days[Number(number)] ?? number), ...step].join('/');
		})
		.join(',');
}

/** The day fields as Quartz wants them, one of them a question mark; undefined where both restrict. */
function toQuartzDays(dayOfMonth: string, dayOfWeek: string): [string, string] | undefined {
	if (isEvery(dayOfWeek)) return [dayOfMonth === '?' ? '*' : dayOfMonth, '?'];
	return isEvery(dayOfMonth) ? ['?', dayOfWeek] : undefined;
}

/** The Quartz form of a Unix cron with five fields; undefined where one expression cannot say it. */
function fromUnix(fields: string[]): string | undefined {
	const [minute, hour, dayOfMonth = '', month, dayOfWeek = ''] = fields;
	const both = toQuartzDays(dayOfMonth, withDayNames(dayOfWeek));
	return both && ['0', minute, hour, both[0], month, both[1]].join(' ');
}

/** The same expression with a question mark in one day field; undefined where both restrict. */
function withQuestionMark(fields: string[]): string | undefined {
	const [second, minute, hour, dayOfMonth = '', month, dayOfWeek = '', ...year] = fields;
	const both = toQuartzDays(dayOfMonth, dayOfWeek);
	return both && [second, minute, hour, both[0], month, both[1], ...year].join(' ');
}

/**
 * Checks a Quartz cron expression: seconds first, six or seven fields, `?` in exactly one of the two day fields.
 * @returns the expression with single blanks
 * @throws Error whose message completes "“Cron Expression” …" and proposes the Quartz form of a Unix cron
 * @see https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html
 */
export function toQuartz(value: unknown): string {
	const fields = String(value).trim().split(/\s+/);
	if (fields.length === 5) {
		const proposal = fromUnix(fields);
		throw new Error(
			`is a Unix cron, but Maia takes Quartz, which begins with seconds${
				proposal ? `. Write “${proposal}”` : ' and cannot restrict both day fields'
			}`,
		);
	}
	if (fields.length !== 6 && fields.length !== 7) {
		throw new Error(
			'must be a Quartz cron with six or seven fields, such as “0 30 1 ? * MON-FRI *”',
		);
	}
	if ([fields[3], fields[5]].filter((field) => field === '?').length !== 1) {
		const proposal = withQuestionMark(fields);
		throw new Error(
			`needs ? in exactly one of its day fields, the fourth and the sixth${
				proposal ? `. Write “${proposal}”` : ''
			}`,
		);
	}
	return fields.join(' ');
}
