/** A Chromium or Chrome on this machine: `CHROME_PATH`, the PATH, then the usual places. */
export function findBrowser(): string | undefined;
