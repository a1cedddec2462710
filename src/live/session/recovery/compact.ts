/**
 * Compacts a session that is not open: what a start does not need is dropped from its journal.
 *
 * 1. The session's lock is held meanwhile, so that nothing writes beside it.
 * 2. The equity and metrics files hold what the journal holds afterwards.
 * 3. Nothing goes without a checkpoint from which a start can resume; what stays is described in `store/journal/compaction.ts`.
 */
import { CodedError } from "../../../shared/errors.ts";
import type { Duration, Moment } from "../../../shared/time.ts";
import {
  acquireLock,
  findSession,
  openJournal,
  refuseLight,
  trimArtifacts,
  type Journal,
  type Workspace,
} from "../../../store/index.ts";
import { savedFiles } from "./checkpoint.ts";
import { PORTS, type SessionPorts } from "./assemble.ts";
import { wallText } from "../snapshots/files.ts";

/** Entries that are looked at in one transaction. */
const STEP_ENTRIES = 5_000;

export interface Compacted {
  readonly id: string;
  readonly folder: string;
  /** Entries that went just now, and all that ever went. */
  readonly dropped: number;
  readonly droppedBefore: number;
  /** Entries that the journal holds. */
  readonly entries: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * `keep`: session time before its last checkpoint of which everything stays.
 * Throws `no_session`, `session_busy`, `wrong_state`, `journal_damaged`, `io`.
 */
export async function compactSession(
  workspace: Workspace,
  id: string,
  keep: Duration,
  ports: Pick<SessionPorts, "fs" | "wallMs" | "turn"> = PORTS,
): Promise<Compacted> {
  const files = findSession(workspace, id);
  refuseLight(ports.fs, files, "There is nothing to compact");
  if (!ports.fs.exists(files.journal))
    throw new CodedError("no_session", `${files.folder} has no journal, so there is nothing to compact.`);
  const lock = acquireLock(ports.fs, files.folder, wallText(ports.wallMs()));
  try {
    const bytesBefore = ports.fs.size(files.journal) ?? 0;
    const journal = openJournal(files.journal);
    try {
      const counts = await compactJournal(journal, files.id, keep, ports.turn);
      journal.shrink();
      trimArtifacts(ports.fs, files.folder, journal, savedFiles(journal));
      return {
        id: files.id,
        folder: files.folder,
        ...counts,
        bytesBefore,
        bytesAfter: ports.fs.size(files.journal) ?? 0,
      };
    } finally {
      journal.close();
    }
  } finally {
    lock.release();
  }
}

async function compactJournal(
  journal: Journal,
  id: string,
  keep: Duration,
  turn: SessionPorts["turn"],
): Promise<Pick<Compacted, "dropped" | "droppedBefore" | "entries">> {
  const saved = journal.checkpoint();
  if (saved === null || "fault" in saved)
    throw new CodedError(
      "wrong_state",
      saved === null
        ? `${id} has no checkpoint yet, so every entry is still needed. Open it again and stop it, then compact it.`
        : `${id} is not compacted, because ${saved.fault}. Open it again and stop it: that makes a new one.`,
    );
  const { dropped: droppedBefore } = journal.compaction();
  const before = (saved.at - keep) as Moment;
  // Everything else in this process has its turn between two steps.
  while (journal.compact(before, STEP_ENTRIES) > 0) await turn();
  const { dropped } = journal.compaction();
  return { dropped: dropped - droppedBefore, droppedBefore, entries: journal.position - dropped };
}
