/**
 * A light run: a session that kept its results and nothing to resume from.
 *
 * 1. Its record says so. What needs a journal, or its venue, asks here first, and refuses with the same sentence.
 */
import { CodedError } from "../../shared/errors.ts";
import type { FileSystem } from "../../shared/ports.ts";
import { readJournal } from "../journal/journal.ts";
import type { SessionFiles } from "./folder.ts";
import { readRecord } from "./record.ts";

/** Whether a session is a light run; one whose record cannot be read is taken for an ordinary one. */
export function isLight(fs: FileSystem, { record }: Pick<SessionFiles, "record">): boolean {
  try {
    return readRecord(fs, record).light;
  } catch {
    return false;
  }
}

/** Opens a session's journal for reading. Throws `wrong_state` for a light run, else as `readJournal` does. */
export function readSessionJournal(fs: FileSystem, files: SessionFiles): ReturnType<typeof readJournal> {
  if (!fs.exists(files.journal))
    refuseLight(fs, files, "Its orders and fills are in orders.csv and fills.csv of its folder");
  return readJournal(files.journal);
}

/** Throws `wrong_state` for a light run. `doing`: what cannot be done, as "It cannot be resumed". */
export function refuseLight(fs: FileSystem, files: Pick<SessionFiles, "id" | "record">, doing: string): void {
  if (!isLight(fs, files)) return;
  throw new CodedError(
    "wrong_state",
    `${files.id} is a light run: it kept orders, fills, equity, metrics and a summary, but no journal. ${doing}. ` +
      "Run its desk again without --light for a session that can.",
    { id: files.id },
  );
}
