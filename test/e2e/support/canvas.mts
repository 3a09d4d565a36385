import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { chromium } from 'playwright-core';
import type { Locator, Page } from 'playwright-core';
import { waitFor } from '../../../demo/host/client.mts';
import type { Login } from '../../../demo/host/client.mts';
import type { N8n } from '../../../demo/host/n8n.mts';
// the set-up's own search, so that what it finds or installs is what is used
import { findBrowser } from '../../../scripts/setup.mjs';

/** Why there can be no canvas test on this machine; undefined when there can be. */
export function missingBrowser(): string | undefined {
	const browser = findBrowser();
	if (browser !== undefined && existsSync(browser)) return undefined;
	return 'no Chromium or Chrome on this machine (node scripts/setup.mjs --browser, or name one in CHROME_PATH)';
}

/** n8n marks the parts of its editor for tests. */
const part = (within: Page | Locator, name: string) => within.locator(`[data-test-id="${name}"]`);

/** n8n's editor in a browser, logged in, with a workflow open. */
export class Canvas {
	readonly page: Page;
	/** Addresses outside this machine that the editor wanted to load. None was let through. */
	readonly outside: ReadonlySet<string>;
	readonly #close: () => Promise<void>;

	private constructor(page: Page, outside: ReadonlySet<string>, close: () => Promise<void>) {
		this.page = page;
		this.outside = outside;
		this.#close = close;
	}

	/**
	 * Opens the editor: logs in through the form, then opens a workflow.
	 *
	 * @throws Error when there is no browser, or the editor does not come up within 30 seconds
	 */
	static async open(n8n: N8n, login: Login, workflowId: string): Promise<Canvas> {
		const browser = await chromium.launch({
			executablePath: findBrowser(),
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
				// Docker's /dev/shm is too small for Chromium
				'--disable-dev-shm-usage',
			],
		});
		try {
			const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
			page.setDefaultTimeout(30_000);
			const outside = new Set<string>();
			await page.route('**/*', async (route) => {
				const { hostname, protocol, href } = new URL(route.request().url());
				if (protocol.startsWith('http') && hostname !== '127.0.0.1') {
					outside.add(href);
					await route.abort();
				} else {
					await route.continue();
				}
			});
			await page.goto(`${n8n.url}/signin`);
			await page.locator('input[name="emailOrLdapLoginId"]').fill(login.email);
			await page.locator('input[name="password"]').fill(login.password);
			await page.getByRole('button', { name: 'Sign in' }).click();
			await page.waitForURL('**/home/**');
			await page.goto(`${n8n.url}/workflow/${workflowId}`);
			await part(page, 'canvas-node').first().waitFor();
			return new Canvas(page, outside, () => browser.close());
		} catch (error) {
			await browser.close();
			throw error;
		}
	}

	/** Opens the node panel anew and searches it. */
	async #search(text: string): Promise<Locator> {
		const panel = part(this.page, 'node-creator');
		if (await panel.isVisible()) {
			await this.page.reload();
			await part(this.page, 'canvas-node').first().waitFor();
		}
		// the keys of the canvas work while the canvas has the focus
		await this.page.locator('.vue-flow__pane').click({ position: { x: 100, y: 100 } });
		await this.page.keyboard.press('n');
		const results = part(panel, 'node-creator-item-name');
		await results.first().waitFor();
		const unsearched = (await results.allTextContents()).join();
		await part(panel, 'node-creator-search-bar').fill(text);
		// the search starts a moment after the last letter
		await waitFor(
			`The results for "${text}"`,
			async () => {
				const found = (await results.allTextContents()).join();
				if (found === '') return (await panel.getByText('No results for').isVisible()) || undefined;
				return found === unsearched ? undefined : true;
			},
			{ timeout: 10_000, interval: 50 },
		);
		return results;
	}

	/** The names of the nodes that the node panel shows for a search, best first. */
	async searchNodes(text: string): Promise<string[]> {
		return await (await this.#search(text)).allTextContents();
	}

	/**
	 * The actions that the node panel lists after a search for the text and a click on one of the nodes found.
	 *
	 * @throws Error when the search does not find the node
	 */
	async searchActions(text: string, node: string): Promise<string[]> {
		const results = await this.#search(text);
		const item = results.getByText(node, { exact: true });
		if ((await item.count()) === 0) {
			throw new Error(
				`A search for "${text}" does not find ${node}, but: ${(await results.allTextContents()).join(', ')}`,
			);
		}
		await item.first().click();
		const panel = part(this.page, 'node-creator');
		// the node found stays for a moment beside the actions
		const actions = panel.locator('[data-keyboard-nav-type="action"]');
		await actions.first().waitFor();
		// the panel renders a long list little by little while one scrolls
		const names = part(actions, 'node-creator-item-name');
		for (let before = -1, count = await names.count(); count > before; ) {
			before = count;
			await actions.last().scrollIntoViewIfNeeded();
			await this.page.waitForTimeout(200);
			count = await names.count();
		}
		return await names.allTextContents();
	}

	/**
	 * Opens a trigger node, clicks “Fetch Test Event” and gives the text of what it then puts out.
	 *
	 * @throws Error when nothing has come out within 30 seconds
	 */
	async fetchTestEvent(node: string): Promise<string> {
		const found = part(this.page, 'canvas-node').filter({ hasText: node });
		await found.first().dblclick();
		await this.page.getByRole('button', { name: 'Fetch Test Event' }).first().click();
		const output = part(this.page, 'output-panel');
		await part(output, 'ndv-items-count').first().waitFor();
		return (await output.allTextContents()).join();
	}

	/** Takes a picture of the browser's window. */
	async screenshot(file: string): Promise<void> {
		await mkdir(dirname(file), { recursive: true });
		await this.page.screenshot({ path: file });
	}

	/** Closes the browser. */
	async close(): Promise<void> {
		await this.#close();
	}
}
