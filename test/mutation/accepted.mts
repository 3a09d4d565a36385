/** Changes to the code that no test notices, each with the reason why none needs to. `npm run mutation` reads them. */

/** One change, or several alike. */
export interface Accepted {
	/** Path of the source file from the root of the checkout. */
	file: string;
	/** What is changed: exactly this piece of code, or every one that matches. Blanks count as one. */
	code: string | RegExp;
	/** What stands there instead. Default: whatever does. */
	to?: string | RegExp;
	/** A sentence: why behaviour stays as it was, or why the difference matters to nobody. */
	reason: string;
}

/** The compiler asks for the test; at run time the value is there, or its absence gives the same. */
const typeOnly = 'For the compiler: where this does not hold, what follows gives the same.';

/** Names, descriptions, placeholders and hints: they begin with a capital letter or with an example. */
const textOfForm = /^'(e\.g\. .*|[A-Z][a-z]+( .*)?\.?)'$/;

const words = 'Words for people, who notice.';

export const accepted: Accepted[] = [
	{
		file: 'nodes/shared/apiRequest.ts',
		code: "typeof values['options.maxResults'] === 'number'",
		to: 'true',
		reason: typeOnly,
	},
	{ file: 'nodes/shared/failures.ts', code: 'code !== undefined', to: 'true', reason: typeOnly },
	{
		file: 'nodes/shared/lists.ts',
		code: '/^a /',
		to: '/a /',
		reason: 'The text always begins with it, and the first one is replaced.',
	},
	{
		file: 'nodes/shared/values.ts',
		code: 'mode?.placeholder',
		reason: 'A rule was found in the mode, so there is one.',
	},
	{
		file: 'nodes/shared/values.ts',
		code: "reading.group === 'updateFields'",
		to: 'true',
		reason: 'An empty text in another group was left out before.',
	},
	{
		file: 'credentials/AdobeCampaignStandardApi.credentials.ts',
		code: '/[\\s,]+/',
		to: '/[\\s,]/',
		reason: 'Empty names between two separators are left out afterwards.',
	},
	{
		file: 'credentials/AdobeCampaignStandardApi.credentials.ts',
		code: "''",
		to: '"Stryker was here!"',
		reason: 'Neither a token without parts nor this text holds claims in JSON.',
	},
	{
		file: 'credentials/AdobeCampaignStandardApi.credentials.ts',
		code: 'status === undefined',
		to: 'false',
		reason: 'Without an answer there is no body to read a reason from.',
	},
	{
		file: 'credentials/CampaignFactoryApi.credentials.ts',
		code: "''",
		to: '"Stryker was here!"',
		reason: 'Neither text is a date, so no end is known.',
	},
	{
		file: 'credentials/CampaignFactoryApi.credentials.ts',
		code: /^error !== undefined( && Object\.hasOwn\(advice, error\))?$/,
		reason: typeOnly,
	},
	{
		file: 'credentials/MaiaApi.credentials.ts',
		code: "typeof token === 'string'",
		to: 'true',
		reason: 'The engine refuses a login without a token that is text.',
	},
	{
		file: 'credentials/MaiaApi.credentials.ts',
		code: "{ 'Content-Type': 'application/x-www-form-urlencoded' }",
		reason: 'A form gets this type by itself.',
	},
	{
		file: 'nodes/shared/retry.ts',
		code: /^(code|failure\.code|named) !== undefined$/,
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/retry.ts',
		code: '!text',
		to: 'false',
		reason: 'No text is read as a date, and is none.',
	},
	{
		file: 'nodes/shared/retry.ts',
		code: '/^(Z_|ERR__ERROR_|ZSTD_)/',
		to: '/(Z_|ERR__ERROR_|ZSTD_)/',
		reason: 'No code of an error has these in its middle.',
	},
	{
		file: 'nodes/shared/pagers.ts',
		code: "typeof number === 'number'",
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/pagers.ts',
		code: 'total === undefined',
		to: 'false',
		reason: 'What is not there is not smaller than the number of records either, and is handed on.',
	},
	{
		file: 'nodes/shared/pagers.ts',
		code: /Math\.min\(size, total\)$/,
		reason: 'For a first page that is not short, both ways to count the pages come to the same.',
	},
	{
		file: 'nodes/shared/lists.ts',
		code: 'other === 1',
		to: 'true',
		reason: 'A later page that equals the first is as wrong as the second one.',
	},
	{
		file: 'nodes/shared/lists.ts',
		code: 'pages - 1',
		to: 'pages + 1',
		reason: 'Two more find nothing left to do.',
	},
	{
		file: 'nodes/shared/locators.ts',
		code: '[]',
		reason: 'No field has the name that is looked for then.',
	},
	{
		file: 'nodes/shared/locators.ts',
		code: 'true',
		to: 'false',
		reason: 'Lists made by `request` are GETs, which may be repeated anyway.',
	},
	{
		file: 'nodes/shared/locators.ts',
		code: "'body'",
		reason: 'Whatever is not the query means the body.',
	},
	{
		file: 'nodes/shared/login.ts',
		code: /^(\{ once: true \}|true|\(\) => signal\?\.removeEventListener\('abort', end\)|'abort')$/,
		reason: 'The listener settles what is settled already; it is taken away to save memory.',
	},
	{
		file: 'nodes/shared/login.ts',
		code: '[]',
		reason: 'A token that nobody has is replaced by no other.',
	},
	{
		file: 'nodes/shared/login.ts',
		code: /ERR_CANCELED/,
		reason:
			'What fails once the time is over was ended by that, and nothing else ends a request so.',
	},
	{
		file: 'nodes/shared/login.ts',
		code: /^typeof (before|stored) === 'string'$/,
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: '[]',
		reason: 'No field has the name that is looked for then.',
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: "''",
		reason: 'The default is for the form, which this field is not on.',
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: /^case 'boolean'/,
		reason: 'The next case differs in how dates travel only.',
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: /^'(body|json|string)'$/,
		reason: 'Values are read by `wire.type`, then by the type of the field, then as text.',
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: 'field.typeOptions?.resourceMapper?.mode',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/pacing.ts',
		code: /lane\.(again|waiting)\.length === 0$/,
		to: 'true',
		reason:
			'Where a place is free, others wait only in the moment in which they get one themselves.',
	},
	{
		file: 'nodes/shared/pacing.ts',
		code: /isFinite\(this\.perMinute\)$/,
		reason: 'Without a limit the times are not looked at; they are not kept to save memory.',
	},
	{
		file: 'nodes/shared/pacing.ts',
		code: /^(\(this\.begun\[0\] \?\? now\) <= now - minute|this\.begun\[0\] \?\? now)$/,
		reason: 'Old times do not count; they are dropped to save memory.',
	},
	{
		file: 'nodes/shared/request.ts',
		code: 'true',
		to: 'false',
		reason: 'Nobody changes or deletes the member afterwards.',
	},
	{
		file: 'nodes/shared/request.ts',
		code: "name !== '__proto__'",
		to: 'false',
		reason: 'Defining a member is right for every name; assigning it is faster.',
	},
	{
		file: 'nodes/shared/request.ts',
		code: 'end < 0',
		to: 'end <= 0',
		reason: 'No name on the wire begins with a dot.',
	},
	{ file: 'nodes/shared/request.ts', code: 'field.wire?.as', reason: typeOnly },
	{
		file: 'nodes/shared/request.ts',
		code: "field.wire?.in === 'path'",
		to: 'true',
		reason: 'A name between braces in a path is that of a field of the path.',
	},
	{
		file: 'nodes/shared/request.ts',
		code: 'accept',
		to: 'true',
		reason: 'A member without a value is none.',
	},
	{
		file: 'nodes/shared/failures.ts',
		code: '/=+$/',
		to: '/=+/',
		reason: 'Base64 has this sign at its end only.',
	},
	{
		file: 'nodes/shared/failures.ts',
		code: /value\.length < 200/,
		reason: 'Long values are left out to save time: no user name is as long.',
	},
	{ file: 'nodes/shared/failures.ts', code: 'status !== undefined', to: 'true', reason: typeOnly },
	{
		file: 'nodes/shared/values.ts',
		code: "typeof number !== 'number'",
		to: 'false',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/values.ts',
		code: /^(minValue|maxValue) !== undefined$/,
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/values.ts',
		code: 'placed.year < 0',
		to: 'placed.year <= 0',
		reason: 'Whether the year 0 exists is a question for historians.',
	},
	{ file: 'nodes/shared/values.ts', code: /^field\.wire\?\.(type|array)$/, reason: typeOnly },
	{
		file: 'nodes/shared/clock.ts',
		code: 'left > 0',
		to: 'left >= 0',
		reason: 'One more sleep of no time.',
	},
	{ file: 'nodes/shared/expressions.ts', code: 'way?.match(steps)?.map', reason: typeOnly },
	{
		file: 'nodes/shared/expressions.ts',
		code: "typeof current !== 'object'",
		to: 'false',
		reason: 'What texts have as their own, n8n gives as well.',
	},
	{
		file: 'nodes/shared/expressions.ts',
		code: 'this.agreed.get(name) === false',
		to: 'false',
		reason: 'n8n is asked a few lines further down.',
	},
	{
		file: 'nodes/shared/values.ts',
		code: 'value.trim()',
		reason: 'A text of nothing but blanks was left out before.',
	},
	{
		file: 'nodes/shared/values.ts',
		code: "field.type === 'resourceLocator'",
		to: 'true',
		reason: 'What is no locator is left as it is.',
	},
	{
		file: 'nodes/shared/mappings.ts',
		code: "typeof field.id === 'string'",
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/fields.ts',
		code: /^'(a UUID|an address)/,
		reason: words,
	},
	{ file: 'nodes/shared/apiRequest.ts', code: textOfForm, reason: words },
	{ file: 'nodes/shared/properties.ts', code: textOfForm, reason: words },
	{ file: 'nodes/shared/events.ts', code: textOfForm, reason: words },
	{
		file: 'nodes/shared/sleeping.ts',
		code: /(column|row) \* 200/,
		reason: 'Where nodes stand on a canvas that nobody sees.',
	},
	{
		file: 'nodes/shared/sleeping.ts',
		code: /^'Sleep: /,
		reason: 'Names of nodes that nobody sees; they only have to differ.',
	},
	{
		file: 'nodes/shared/sleeping.ts',
		code: /onReceived|afterTimeInterval|passthrough/,
		reason: 'Read by nodes of n8n itself, which the tests in a real n8n run (test/e2e/sleeping).',
	},
	{
		file: 'nodes/shared/sleeping.ts',
		code: /^(true|false)$/,
		reason: 'Read by n8n itself, which the tests in a real n8n run (test/e2e/sleeping).',
	},
	{
		file: 'nodes/shared/sleeping.ts',
		code: "''",
		reason: 'A workflow without an ID does not sleep.',
	},
	{
		file: 'nodes/shared/sleeping.ts',
		code: /It belongs to a run of another workflow/,
		reason: words,
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /^(\(\[a\], \[b\]\) => a\.localeCompare\(b\)|Object\.entries\(context)/,
		reason: 'n8n keeps the order of parameters; sorting them only guards against a change of that.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /slice\(0, 16\)$/,
		reason: 'The fingerprint only has to differ.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: 'value !== undefined',
		to: 'true',
		reason: 'A member without a value is none.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /^time !== undefined( && Number\.isFinite\(time\))?$/,
		reason: 'The readers of the events give a number or nothing.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /^(times\.filter\(\(time\) => time <= now\)|time <= now)$/,
		reason:
			'Differs only where a record lies in the future by more than the overlap, in a list of several pages.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: 'times.length > 0',
		reason: 'A list ends with an empty page anyway.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /mostSeen$|> mostRecords$/,
		reason: 'One record more or less at the bound.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /^(listed\.filter\(\(\{ done \}\) => done\)|\(\{ done \}\) => done|\(\{ key \}\) => key)$/,
		reason:
			'What the list shows already may be asked for once more: that changes requests, not events.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: '[]',
		reason: 'A run that nobody has started is asked for, not found and forgotten.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: 'record === undefined',
		to: 'false',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /ids\.length|^ids\.slice/,
		reason: 'Which of many are asked about in one poll is a matter of chance; each has its turn.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: 'missing.length === 0',
		to: 'false',
		reason: 'Where nothing is missing, nothing is asked about.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: 'left.length > 0',
		reason: 'One more look at the list changes nothing about the records that it shows.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: 'Object.keys(known ?? {}).filter((id) => !read.has(id))',
		reason: 'Records that are there are found again by the second look.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /^''$/,
		reason: 'There is an ID, a word and an event; the text is for the compiler.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /clockTolerance|until: \(\) => true|^\(\) => true$|^true$|\.time \?\? 0/,
		reason: 'Which record is shown while a workflow is built.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: 'late.delete(name);',
		reason: 'It is read once only; taking it away saves memory.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: 'clock.now() - began > budget',
		reason: 'A millisecond more or less.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: 'memory.told + records.length',
		reason: 'The number only has to change.',
	},
	{
		file: 'nodes/shared/watch.ts',
		code: /^(time|known) !== undefined$/,
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/watch.ts',
		code: /^floor === null|time >= floor|inWindow\.length <= mostSeen|floor \?\? -Infinity$/,
		reason: 'What is older than the window cannot come up again: it is forgotten to save memory.',
	},
	{
		file: 'nodes/shared/watch.ts',
		code: 'mark ?? now',
		reason: 'Either time lies within the window, which is all that a record without one needs.',
	},
	{
		file: 'nodes/shared/watch.ts',
		code: /< \(before\?\.floor \?\? -Infinity\)$/,
		reason: 'A millisecond more or less.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: 'body === undefined',
		to: 'false',
		reason: 'A body without a value is none.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: 'status === 404 || status === 410',
		to: 'true',
		reason: 'The tests of lost answers notice (test/engine/faults).',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: /^''$/,
		reason:
			'For the compiler, or for members that nobody reads: an ID, a message that the status and the body take the place of.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: /\[\[\{\]/,
		reason: 'Only texts that call themselves JSON get there.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: /^(true|false)$/,
		reason:
			'n8n reads the member by its name; redirects are not followed; its client reads JSON by the type of the answer too; places in a lane are given back a moment later.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: /^deadline\?\.over|ERR_CANCELED|^\(\) => false$/,
		reason:
			'What ended a request but for its time is the end of the execution, which is told before.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: 'this.stopIfCancelled();',
		reason: 'The next step looks again before it sends.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: /^shaped\.repeatable|^request\.method === 'GET'$|^'GET'$/,
		reason: 'Requests of descriptions say their kind, and whether they may be repeated.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: /^attempt > 1$|^wentThrough$/,
		reason: 'Who goes first where several wait.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: /^this\.pace\.speedUp\(lane\);$|^failure\.status === 503$|attemptLimit - 1/,
		reason:
			'How fast the others go on, not whether: npm run bench measures that (docs/benchmarks.md).',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: 'status !== undefined',
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/transport.ts',
		code: '{ status, headers, body: undefined }',
		reason: 'Of a record that is gone nothing is read.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: /^failure\.login \|\| isFinal/,
		reason:
			'A refused login is told to all that follow, and isFinal is judged by the tests of the services that have it.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: /Files are moved over https|The run ended before|The answer was cut off/,
		reason: words,
	},
	{
		file: 'nodes/shared/transport.ts',
		code: /tokenProperty/,
		reason:
			'For the compiler, or because every login of one moment gives the same token (login.ts).',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: 'this.refusedInARow >= mostRefusedInARow',
		to: 'this.refusedInARow > mostRefusedInARow',
		reason: 'Three or four.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: 'body.trim()',
		reason: 'An answer of nothing but blanks is refused in other words.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: "path.startsWith('//')",
		reason: 'It is put behind the base URL and stays on its host.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: "'repeat'",
		reason:
			'The tests of the services that have lists in their queries notice (test/engine/hostile).',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: '{ json: true }',
		reason: 'n8n reads JSON by the type of the answer too.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^(value === null|false|hasExpression\(this\.stored\[name\]\))$|^'='$/,
		reason: 'What holds no expression is worked out for each item: slower, not different.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^thrown instanceof InvalidValue/,
		reason: 'Errors of these kinds have nothing beside their words.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^(group === null( && field\.name === name)?|field\.name === name)$/,
		reason: 'No form has a field in a collection with the name of one that decides about others.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^value !== undefined$|^names\.filter/,
		reason: 'A member without a value is none.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^isObject\(collection\)/,
		reason: 'Collections are objects, and no field is called like a member that all objects have.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: 'seconds > 0',
		reason: 'The form takes a second or more.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^output\.kind === 'task'$|^gives\.kind === 'list'$|^output\[0\]\?\.length$|\?\.\[1\]\?\.split$/,
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /call\.values\.(returnAll|limit)|^typeof call\.values\.limit/,
		reason: 'With Return All there is no limit on the form.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^''$/,
		reason: 'Where it is used, only that it is there counts.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: 'start < calls.length',
		to: 'start <= calls.length',
		reason: 'A request for nobody is not sent.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^thrown instanceof NodeOperationError$|^\{ message \}$|^thrown\.httpCode/,
		reason: 'n8n takes the same words from either kind of error.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^'key' in output|^'value'$/,
		reason: 'Lists of texts are judged by the tests of the services that have them.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: '{ error: message }',
		reason: 'n8n writes the message there itself.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^'(failure|callback|time)'$|^\(settled\) => settled\.output$|A wait stays in its process|^!task|^reason === undefined$|^'outputPane'$/,
		reason:
			'How a wait sleeps is judged in a real n8n (test/e2e/sleeping) and with the services (test/engine/sleepingServices).',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^\[\.\.\.outcomes\]|a - b$/,
		reason: 'Which of several failures of one moment is told.',
	},
	{
		file: 'nodes/shared/apiRequest.ts',
		code: /^(\{ method: 'GET', path: '\/' \}|'(GET|DELETE|PATCH|POST|PUT|\/|query|body|json)'|\{ in: 'body', type: 'json' \})$/,
		reason: 'Its own code makes the request from the form; the names of methods are words.',
	},
	{
		file: 'nodes/shared/properties.ts',
		code: /^output\.kind === 'task'$/,
		to: 'true',
		reason: typeOnly,
	},
	{
		file: 'nodes/shared/properties.ts',
		code: '[]',
		reason: 'A text is no property.',
	},
	{
		file: 'nodes/shared/transport.ts',
		code: '/\\/+$/',
		reason: 'Credentials take slashes at the end away themselves.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^this\.compiled\.bindings\.filter/,
		reason: 'No form has a field in a collection with the name of one that decides about others.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: '{ return new NodeOperationError(this.node, message, words); }',
		reason: 'n8n takes the same words from either kind of error.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: 'inFlight >= 1',
		to: 'inFlight > 1',
		reason: 'Of writes, one is the default.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: '{ this.node = context.getNode(); }',
		reason: 'n8n adds the node to an error by itself.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^async \(task, started\) => await waitForTask/,
		reason: 'Own code that waits is judged by the tests of the services that have it.',
	},
	{
		file: 'nodes/shared/execute.ts',
		code: /^prepared\.every/,
		reason:
			'The items of a run share an operation; where a field decides its kind, the tests of that service notice.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /^\(known\?\.open \?\? \[\]\)/,
		reason: 'The bound keeps a poll short; those beyond have their turn later.',
	},
	{
		file: 'nodes/shared/poll.ts',
		code: /^records \.map|^\(record\) => source\.happened/,
		reason: 'Which record is shown while a workflow is built.',
	},
];
