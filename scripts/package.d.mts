/** The path of the package's tarball, built and packed if the sources have changed. */
export function packProject(): Promise<string>;
