/** What is missing or of another version in a folder's node_modules, by its package-lock.json. */
export function differences(folder: string, versions: boolean): string[];
/** A Chromium or Chrome on this machine: `CHROME_PATH`, the PATH, then the usual places. */
export function findBrowser(): string | undefined;
/** The Node to run a folder's programs with: its own, or this machine's if that is new enough. */
export function findNode(folder: string): string | undefined;
