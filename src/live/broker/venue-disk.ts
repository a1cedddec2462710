/**
 * The paper venue's disk as a session sees it.
 *
 * 1. What cannot be settled ends the venue's answers: memory and disk no longer agree.
 * 2. What is redone is in memory, too.
 */
import type { VenueDisk } from "../../shared/ports.ts";

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** `broke` gets the error of a `settle` that failed; `redone` is called once the disk has more than memory. */
export function venueDiskOf(store: VenueDisk, broke: (error: Error) => void, redone: () => void): VenueDisk {
  return {
    defer: (deferred) => store.defer(deferred),
    changes: () => store.changes(),
    settle: () => {
      try {
        store.settle();
      } catch (error) {
        broke(asError(error));
        throw error;
      }
    },
    redo: (changes) => {
      store.redo(changes);
      redone();
    },
  };
}
