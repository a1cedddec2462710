/**
 * Reads a journal from end to end without holding the event loop.
 *
 * 1. No reader stays open over a turn of the loop: a chunk is read, the reader is closed, the next one starts where it ended.
 *    (An open reader would keep the session from writing.)
 * 2. Entries come in order, each once.
 * 3. A reader of a running session reads up to where it was when it was asked: a session that writes faster would never let it end.
 */
import type { JournalEntry } from "../../store/journal/entries.ts";

/** The entries of a journal from a number on. */
export type EntrySource = (from: number) => Iterable<JournalEntry>;
/** Lets the event loop run. */
export type Turn = () => Promise<void>;

export const SCAN_CHUNK = 400;

/** The entries up to a number, however many there are meanwhile. */
export function upTo(source: EntrySource, end: number): EntrySource {
  return function* (from) {
    for (const entry of source(from)) {
      if (entry.seq > end) return;
      yield entry;
    }
  };
}

/** Shows every entry from `from` on to `visit`, until it answers true or there are no more. */
export async function scan(
  source: EntrySource,
  visit: (entry: JournalEntry) => boolean | undefined,
  turn: Turn,
  from = 1,
): Promise<void> {
  let next = from;
  for (;;) {
    let count = 0;
    for (const entry of source(next)) {
      next = entry.seq + 1;
      count += 1;
      if (visit(entry) === true) return;
      if (count >= SCAN_CHUNK) break;
    }
    if (count < SCAN_CHUNK) return;
    await turn();
  }
}
