/**
 * The limits of a session from its journal, for the command line.
 *
 * 1. Reads only. They are the desk's, with every change since.
 */
import type { Desk } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import type { Moment } from "../../shared/time.ts";
import {
  changedLimits,
  limitRows,
  nodeFileSystem,
  readSessionJournal,
  storedDesk,
  type LimitRow,
  type SessionFiles,
} from "../../store/index.ts";
import type { LimitsEntry } from "../../store/journal/entries.ts";

export interface LimitsState {
  readonly limits: readonly LimitRow[];
  readonly changes: readonly (Omit<LimitsEntry, "kind"> & { readonly at: Moment })[];
}

/** Throws `io`, `schema_newer` or `journal_damaged` when the journal cannot be read. */
export function readLimits(files: SessionFiles): LimitsState {
  const journal = readSessionJournal(nodeFileSystem, files);
  try {
    let limits: Desk["limits"] | null = null;
    const changes: LimitsState["changes"][number][] = [];
    for (const entry of journal.read(1, ["session", "limits"])) {
      if (entry.kind === "session" && entry.event === "created")
        limits ??= storedDesk(entry.detail["desk"], files.journal).limits;
      if (entry.kind !== "limits" || limits === null) continue;
      const { at, limit, before, after, operator, note } = entry;
      ({ limits } = changedLimits(limits, limit, after));
      changes.push({ at, limit, before, after, operator, note });
    }
    if (limits === null)
      throw new CodedError("journal_damaged", `${files.journal} does not begin with the session's creation.`);
    return { limits: limitRows(limits), changes };
  } finally {
    journal.close();
  }
}
