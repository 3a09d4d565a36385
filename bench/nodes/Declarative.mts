import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { describeDeclarative } from './routing.mts';

/** A declarative node as small as they come: one resource with two operations. */
export class Declarative implements INodeType {
	description: INodeTypeDescription = describeDeclarative('declarative', ['accounts'], 2);
}
