import { at, isObject } from '../../shared/json';
import { byId, fromList } from '../../shared/fields';
import type { Resource } from '../../shared/operation';
import { recordsOf } from '../answers';
import { taskWithout } from '../tasks';

const siteList = { pattern: /^[1-9]\d*$/, expects: 'site IDs separated by commas' };

/** Hours, in minutes: sites are copied with their files. */
const staging = taskWithout(480);

export const stages: Resource = {
	name: 'Staging',
	value: 'stage',
	operations: [
		{
			name: 'Get Environments',
			value: 'getEnvironments',
			action: 'Get staging environments',
			description: 'List the environments that production can be staged to',
			operationId: 'get_StageV2_stagingEnvironments',
			request: { method: 'GET', path: '/api/v2/stage' },
			output: {
				kind: 'list',
				at(body) {
					const records = recordsOf(at(body, 'environments'), 'environment');
					if (!Array.isArray(records)) return undefined;
					return records.map((record: unknown) => ({
						environment: at(record, 'environment'),
						label: at(record, 'name'),
					}));
				},
			},
		},
		{
			name: 'Stage Down',
			value: 'stageDown',
			action: 'Stage sites down',
			description:
				'Copy sites from production to another environment and wait until they are there',
			operationId: 'post_StageV2_stage',
			request: { method: 'POST', path: '/api/v2/stage' },
			output: {
				kind: 'task',
				task: {
					...staging,
					async result(call, id, last, started) {
						const ended = await staging.result?.(call, id, last, started);
						const { toEnvironment } = call.values;
						return {
							to_env: toEnvironment,
							sites: call.values['additionalFields.sites'] ?? [],
							...(isObject(ended) && ended),
						};
					},
				},
			},
			fields: [
				{
					displayName:
						'Use the credential of production. What is staged overwrites the same sites on the target, and custom domains that were added there are removed.',
					name: 'stageNotice',
					type: 'notice',
					default: '',
				},
				{
					displayName: 'To Environment',
					name: 'toEnvironment',
					type: 'resourceLocator',
					required: true,
					default: { mode: 'list', value: '' },
					modes: [fromList('searchEnvironments'), byId('e.g. test', 'By Name')],
					check: { pattern: /^\S+$/, expects: 'the name of an environment' },
					wire: { in: 'body', as: 'to_env' },
				},
			],
			additionalFields: [
				{
					displayName: 'Detailed Status',
					name: 'detailedStatus',
					type: 'boolean',
					default: true,
					description: 'Whether to send an email for each site that is done',
					wire: { in: 'body', as: 'detailed_status' },
				},
				{
					displayName: 'Force Post-Staging-Update Hook',
					name: 'forcePsuHook',
					type: 'boolean',
					default: true,
					description:
						'Whether to run the hook also when both environments are on the same branch or tag',
					wire: { in: 'body', as: 'force_psu_hook' },
				},
				{
					displayName: 'Skip File Patterns',
					name: 'skipSiteFilesOverwrite',
					type: 'string',
					default: '',
					placeholder: 'e.g. css/*, js/*',
					description:
						'Patterns of the files that are not copied, separated by commas. Ignored without “Skip Site Files”.',
					wire: { in: 'body', as: 'skip_site_files_overwrite', array: 'list' },
				},
				{
					displayName: 'Site IDs',
					name: 'sites',
					type: 'string',
					default: '',
					placeholder: 'e.g. 231, 236',
					description: 'Sites, separated by commas. Without this field only users are staged.',
					check: siteList,
					wire: { in: 'body', array: 'list', type: 'integer' },
				},
				{
					displayName: 'Skip Site Files',
					name: 'skipSiteFiles',
					type: 'boolean',
					default: true,
					description: 'Whether to stage without the files of the sites',
					wire: { in: 'body', as: 'skip_site_files' },
				},
				{
					displayName: 'Stage All Users',
					name: 'synchronizeAllUsers',
					type: 'boolean',
					default: true,
					description:
						'Whether to stage all users of the console, instead of only those that the chosen sites need',
					wire: { in: 'body', as: 'synchronize_all_users' },
				},
				{
					displayName: 'Wipe Stack IDs',
					name: 'wipeStacks',
					type: 'string',
					default: '',
					placeholder: 'e.g. 1, 2',
					description: 'Stacks whose sites on the target are deleted first, separated by commas',
					check: { pattern: /^[1-9]\d*$/, expects: 'stack IDs separated by commas' },
					wire: { in: 'body', as: 'wipe_stacks', array: 'list', type: 'integer' },
				},
				{
					displayName: 'Wipe Target Environment',
					name: 'wipeTargetEnvironment',
					type: 'boolean',
					default: true,
					description:
						'Whether to delete everything on the target first, its sites, variables and settings included',
					wire: { in: 'body', as: 'wipe_target_environment' },
				},
			],
		},
	],
};
