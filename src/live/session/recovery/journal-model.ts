/**
 * What a session's journal adds up to, without opening the session.
 *
 * 1. It is the checkpoint's read model and the entries since, so its cost does not grow with the session's length.
 * 2. A look changes nothing, and what cannot be read is absent.
 */
import type { JournalReader, SessionFiles } from "../../../store/index.ts";
import { readSessionHeader } from "./assemble.ts";
import { savedModel } from "./checkpoint.ts";
import { ReadModel } from "../state/read-model.ts";
import { restoreModel } from "./model-state.ts";

/** The read model of a journal; null where it cannot be read. */
export function readModelOf(journal: JournalReader, files: SessionFiles): ReadModel | null {
  try {
    const model = new ReadModel(readSessionHeader(journal, files).desk);
    const saved = savedModel(journal);
    if (saved !== null) restoreModel(model, saved.state);
    for (const entry of journal.read((saved?.seq ?? 0) + 1)) model.apply(entry);
    return model;
  } catch {
    return null;
  }
}
