/**
 * What a session's journal adds up to, without opening the session.
 *
 * 1. It is the checkpoint's tally and the entries since, so its cost does not grow with the session's length.
 * 2. A look changes nothing, and what cannot be read is absent.
 */
import type { JournalReader, SessionFiles } from "../../../store/index.ts";
import { readSessionHeader } from "./assemble.ts";
import { savedTally } from "./checkpoint.ts";
import { Tally } from "../state/tally.ts";
import { restoreTally } from "./tally-state.ts";

/** The tally of a journal; null where it cannot be read. */
export function tallyOf(journal: JournalReader, files: SessionFiles): Tally | null {
  try {
    const tally = new Tally(readSessionHeader(journal, files).desk);
    const saved = savedTally(journal);
    if (saved !== null) restoreTally(tally, saved.state);
    for (const entry of journal.read((saved?.seq ?? 0) + 1)) tally.apply(entry);
    return tally;
  } catch {
    return null;
  }
}
