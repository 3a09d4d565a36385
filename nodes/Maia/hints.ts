import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

/** What an empty list of projects means, which people take for a broken sign-in. */
export const emptyProjects =
	'Maia accepted the sign-in and shows no project. API credentials see only projects on which they have a role, unless their account role is Super Admin. Give the credential a role on the projects and their environments in Maia.';

/** Explains an empty list of projects beside the output. */
export function explainEmptyProjects(
	context: IExecuteFunctions,
	output: INodeExecutionData[][],
): void {
	const isProjectList =
		context.getNodeParameter('resource', 0) === 'project' &&
		context.getNodeParameter('operation', 0) === 'getAll';
	if (!isProjectList || output.some((items) => items.length > 0)) return;
	context.addExecutionHints({ message: emptyProjects, type: 'warning', location: 'outputPane' });
}
