/** Does some work while holding the lock; waits for another process that holds it. */
export function withLock<T>(folder: string, what: string, work: () => Promise<T>): Promise<T>;
