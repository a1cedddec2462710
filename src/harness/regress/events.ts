/**
 * A journal's entries as the events that two runs are compared by.
 *
 * 1. An event is one line of JSON: the entry without its number, `at` first. Numbers stay exactly as they were written.
 * 2. Left out are the entries about the session's process and its files: `session` and `snapshot`. What a session
 *    decided is in the others.
 * 3. A venue's ids lose the session's name, which is the one thing in an event that a folder decides.
 * 4. Lines come in blocks, each line with its end, so that equal stretches are compared at once and memory does not grow with
 *    the journal. How they are cut means nothing.
 */
import { readJournal, type EntryKind } from "../../store/index.ts";

export const BLOCK_LINES = 10_000;

/** Blocks of lines; every call begins at the start. */
export type EventLog = () => Iterable<string>;

/** Entries that are no events. */
const SILENT: readonly EntryKind[] = ["session", "snapshot"];

/** Puts lines, each with its end, together in blocks. */
export function* blocksOf(lines: Iterable<string>): Generator<string> {
  let block: string[] = [];
  for (const line of lines) {
    block.push(line);
    if (block.length < BLOCK_LINES) continue;
    yield block.join("");
    block = [];
  }
  if (block.length > 0) yield block.join("");
}

function* blocksIn(path: string, session: string): Generator<string> {
  const journal = readJournal(path);
  const prefix = `${session}-ROUTER-`;
  try {
    for (const block of journal.lines(SILENT))
      yield block.includes(prefix) ? block.replaceAll(prefix, "ROUTER-") : block;
  } finally {
    journal.close();
  }
}

/** The events of a session's journal. */
export function journalEvents(path: string, session: string): EventLog {
  return () => blocksIn(path, session);
}

/** How many events there are. */
export function countEvents(log: EventLog): number {
  let count = 0;
  for (const block of log())
    for (let end = block.indexOf("\n"); end >= 0; end = block.indexOf("\n", end + 1)) count += 1;
  return count;
}
