/**
 * What a test or a file has opened and must close: hosts, sockets, processes, folders.
 *
 * 1. `setup.ts` closes them, the newest first, because it runs for every file. A worker keeps its modules from file to file, so hooks that
 *    a helper registers as it is imported would be those of the worker's first file alone.
 */
export type Closers = (() => Promise<void> | void)[];

/** Closed after the test that runs. */
export const afterTest: Closers = [];
/** Closed after the file's last test. */
export const afterFile: Closers = [];

/** Closes all of them, the newest first. */
export async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}
