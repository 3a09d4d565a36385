import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { describeDeclarative } from './routing.mts';

const resources = ['accounts', ...Array.from({ length: 12 }, (_, index) => `others${index + 1}`)];

/** A declarative node with as many operations as the package's node for the same service: 13 resources, 78 of them. */
export class DeclarativeLarge implements INodeType {
	description: INodeTypeDescription = describeDeclarative('declarativeLarge', resources, 6);
}
