/** Where the catalog departs from its rules on purpose: each entry says why, and one that is not needed is a finding. */

/** A departure of one operation. */
export interface Exception {
	/** The provider's `name`. */
	provider: string;
	/** What is excepted, as the rule's finding names it. */
	where: string;
	reason: string;
}

/** All departures, by rule. */
export interface Exceptions {
	/** Members or parameters that the API demands and that no required field or constant gives: `<resource>:<operation> <name>`. */
	required: Exception[];
	/** Names on the wire that the description lacks or gives another type: `<resource>:<operation> <name>`. */
	wire: Exception[];
	/** Operations of the API that several operations of a node use: the operationId. */
	shared: Exception[];
	/** Labels in another case because the service writes a name so: the label. */
	labels: Exception[];
	/** Texts with a forbidden word because the service calls something so: the text. */
	forbiddenWords: Exception[];
	/** Words that keep their capital inside an action: the word. */
	words: Exception[];
	/** A larger share of operations with own code than {@link mostOwnCode}, in percent: `up to <n>`. */
	ownCode: Exception[];
}

/** The share of operations with own code that a provider may have without an exception. */
export const mostOwnCode = 1 / 3;

export const exceptions: Exceptions = {
	required: [],
	wire: [],
	shared: [
		{
			provider: 'adobeCampaignStandard',
			where: 'controlWorkflow',
			reason: 'Start, Pause, Resume and Stop differ in one constant',
		},
		{
			provider: 'adobeCampaignStandard',
			where: 'getWorkflow',
			reason: 'Get Signals lists a part of what Get reads',
		},
		{
			provider: 'siteFactory',
			where: 'get_Sites_getSites',
			reason: 'Back Up Many and Clear Caches of Many read the sites that they are for',
		},
		{
			provider: 'siteFactory',
			where: 'post_Sites_backupSite',
			reason: 'Back Up Many does for many sites what Back Up does for one',
		},
		{
			provider: 'siteFactory',
			where: 'post_Sites_clearCaches',
			reason: 'Clear Caches of Many does for many sites what Clear Caches does for one',
		},
		{
			provider: 'siteFactory',
			where: 'get_Sites_getSiteBackupUrl',
			reason: 'Download fetches the archive from the address that Get Download URL returns',
		},
		{
			provider: 'siteFactory',
			where: 'get_WipTaskStatus_getWipTaskStatus',
			reason: 'Get Status looks once, Wait looks until the task has ended',
		},
		{
			provider: 'siteFactory',
			where: 'post_Pause_pause',
			reason: 'Pause All and Resume All differ in one constant',
		},
		{
			provider: 'siteFactory',
			where: 'post_Pause_pauseTask',
			reason: 'Pause and Resume differ in one constant',
		},
		{
			provider: 'siteFactory',
			where: 'post_Update_pauseUpdate',
			reason: 'Pause and Resume differ in one constant',
		},
		{
			provider: 'maia',
			where: 'updateSchedule',
			reason: 'Enable and Disable send the update of a schedule with nothing but its state changed',
		},
		{
			provider: 'maia',
			where: 'sendAgentCommand',
			reason: 'Pause, Restart and Resume differ in one constant',
		},
		{
			provider: 'maia',
			where: 'sendStreamingPipelineCommand',
			reason: 'Start and Stop differ in one constant',
		},
		{
			provider: 'maia',
			where: 'patchScimGroup',
			reason: 'Add Members and Remove Members make the operations that Update takes as JSON',
		},
	],
	labels: [
		{
			provider: 'adobeCampaignStandard',
			where: 'iOS',
			reason: 'The name of the operating system',
		},
	],
	forbiddenWords: [
		{
			provider: 'siteFactory',
			where: 'Error',
			reason: 'A state of tasks and a level of their logs, as the console calls them',
		},
		{
			provider: 'warpUrl',
			where: 'Error Correction',
			reason: 'The term of the standard for QR codes (ISO/IEC 18004)',
		},
	],
	words: [
		{ provider: 'campaignFactory', where: 'Google', reason: 'The name of the company' },
		{ provider: 'maia', where: 'Flex', reason: 'The name of a kind of connector' },
	],
	ownCode: [
		{
			provider: 'adobeCampaignStandard',
			where: 'up to 80',
			reason:
				'Every call exists under two roots of the API and may be refused with status 500; code shared by the operations chooses and reads',
		},
		{
			provider: 'warpUrl',
			where: 'up to 95',
			reason:
				'Answers hold addresses without a host and times without a zone; code shared by the operations completes them',
		},
	],
};

/** Texts of triggers with a forbidden word because the service calls something so. */
export const triggerWords: Exception[] = [
	{
		provider: 'adobeCampaignStandard',
		where: 'Error',
		reason: 'A state of privacy requests, as the API calls it',
	},
	{ provider: 'warpUrl', where: 'Error', reason: 'A state of imports, as the API calls it' },
];
