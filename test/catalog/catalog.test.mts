import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Exception } from './exceptions.mts';
import { exceptions } from './exceptions.mts';
import * as rules from './rules.mts';
import {
	credentialSources,
	described,
	foldersOfNodes,
	nodeSources,
	packageFile,
	root,
} from './sources.mts';

/** What people type to find a service's node. */
const phrases: Record<string, string[]> = {
	campaignFactory: ['Campaign Factory Instances'],
	maia: ['List Maia Projects'],
	siteFactory: ['Ping Site Factory'],
	warpUrl: ['Create Access Key'],
};

const toRegistered =
	(name: (made: object) => string) =>
	(source: (typeof nodeSources)[number] | (typeof credentialSources)[number]) => ({
		source: source.file,
		exported: Object.keys(source.exported),
		name: source.made.map(name).join(),
	});

it('There are services to judge', () => {
	expect(described.length).toBeGreaterThan(0);
	expect(described.map(({ folder }) => folder)).toContain('SiteFactory');
});

describe.each(described.map((one) => [one.catalog.provider.displayName, one] as const))(
	'The description of %s',
	(_, { catalog, specification, node, codex }) => {
		const { provider } = catalog;
		const credentials = credentialSources.flatMap(({ made }) => made);

		it('has unique resources and operations', () => {
			expect(rules.uniqueValues(catalog)).toEqual([]);
		});

		it('has unique parameters in each group of an operation', () => {
			expect(rules.uniqueParameters(catalog)).toEqual([]);
		});

		it('fills each placeholder of a path by one required field', () => {
			expect(rules.pathPlaceholders(catalog)).toEqual([]);
		});

		it('has locators that point to list operations', () => {
			expect(rules.locatorsWork(catalog)).toEqual([]);
		});

		it('has forms from metadata that load what they need', () => {
			expect(rules.mappingsWork(catalog)).toEqual([]);
		});

		it('claims operations that the API has, by their method and path', () => {
			expect(rules.operationsExist(catalog, specification)).toEqual([]);
		});

		it('claims no operation of the API twice', () => {
			expect(rules.claimedOnce(catalog, exceptions)).toEqual([]);
		});

		it('skips only operations that the API has, each with a reason', () => {
			expect(rules.skippedHasReasons(catalog, specification)).toEqual([]);
		});

		it('sends only what the API knows, with its types and choices', () => {
			expect(rules.wireNamesExist(catalog, specification, exceptions)).toEqual([]);
		});

		it('gives everything that the API demands', () => {
			expect(rules.requiredIsGiven(catalog, specification, exceptions)).toEqual([]);
		});

		it('simplifies to ten members at most', () => {
			expect(rules.simpleIsShort(catalog)).toEqual([]);
		});

		it('writes labels in title case and actions in sentence case', () => {
			expect(rules.textsHaveCase(catalog, exceptions)).toEqual([]);
		});

		it('has an action of its own for each operation', () => {
			expect(rules.uniqueActions(catalog)).toEqual([]);
		});

		it('ends descriptions of one sentence without a period', () => {
			expect(rules.descriptionsEnd(catalog)).toEqual([]);
		});

		it('does not frighten users with words', () => {
			expect(rules.noForbiddenWords(catalog, exceptions)).toEqual([]);
		});

		it('has little code of its own', () => {
			const { own, all, share } = rules.ownCode(catalog);
			console.info(
				`${provider.displayName}: ${own.length} of ${all} operations (${Math.round(share * 100)} %) have own code${own.map((place) => `\n  ${place}`).join('')}`,
			);
			expect(rules.littleOwnCode(catalog, exceptions)).toEqual([]);
		});

		it('belongs to a node and a credential that are there', () => {
			expect(node).toBeDefined();
			if (node) expect(rules.nodeFitsProvider(catalog, node.description, credentials)).toEqual([]);
		});

		it('is found by what people type into the node panel', () => {
			expect(codex).toBeDefined();
			if (!codex) return;
			const wanted = phrases[provider.name] ?? [];
			expect(rules.codexFinds(catalog, codex, packageFile.name, wanted)).toEqual([]);
		});
	},
);

describe('The package', () => {
	const nameOfNode = (made: object) =>
		'description' in made ? (made.description as { name: string }).name : '';
	const nameOfCredential = (made: object) => ('name' in made ? String(made.name) : '');

	it('registers every node under its class and file name', () => {
		const found = nodeSources.map(toRegistered(nameOfNode));
		expect(rules.registrationAgrees('node', found, packageFile.n8n.nodes)).toEqual([]);
	});

	it('registers every credential under its class and file name', () => {
		const found = credentialSources.map(toRegistered(nameOfCredential));
		expect(rules.registrationAgrees('credentials', found, packageFile.n8n.credentials)).toEqual([]);
	});

	it('describes every node that it registers', () => {
		const names = described.map(({ catalog }) => catalog.provider.name);
		const nodes = nodeSources.flatMap(({ made }) => made.map(({ description }) => description));
		const actions = nodes.filter(({ group }) => !group.includes('trigger'));
		expect(actions.map(({ name }) => name).sort()).toEqual([...names].sort());
	});

	it('has the icons that its nodes and credentials name', () => {
		const missing = [
			...nodeSources.flatMap(({ file, made }) =>
				made.map(({ description }) => ({ file, icon: description.icon })),
			),
			...credentialSources.flatMap(({ file, made }) => made.map(({ icon }) => ({ file, icon }))),
		].flatMap(({ file, icon }) => {
			const icons: string[] =
				typeof icon === 'object' ? [icon.light, icon.dark] : [String(icon ?? 'none')];
			return icons.filter(
				(one) => !existsSync(path.join(root, path.dirname(file), one.replace(/^file:/, ''))),
			);
		});
		expect(missing).toEqual([]);
	});

	it('makes exceptions only for services that it has', () => {
		const folders = foldersOfNodes.map((folder) => folder.toLowerCase());
		const strange = Object.values<Exception[]>({ ...exceptions })
			.flat()
			.filter(({ provider }) => !folders.includes(provider.toLowerCase()));
		expect(strange).toEqual([]);
	});
});
