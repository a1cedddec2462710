/**
 * Notices a `router_state.json` that this program did not write last.
 *
 * 1. A file is ours if the journal's newest snapshot names it, or if it was there before that snapshot: a crash or a full
 *    disk may come between the entry and the file, start after start.
 * 2. Any other file was put there by hand: the session does not start until it is said which of the two holds.
 * 3. A missing file is no disagreement: the journal has everything.
 */
import { basename } from "node:path";
import { orderIdOf, OrderRouter, type RouterSnapshot } from "../../../orchestrator/index.ts";
import { CodedError } from "../../../shared/errors.ts";
import type { FileSystem } from "../../../shared/ports.ts";
import {
  checkRouterState,
  lyingRouterFile,
  ownDigests,
  type Journal,
  type SessionFiles,
} from "../../../store/index.ts";
import type { RestoreRequest } from "../state/api.ts";

export type Holds = "journal" | "file";

/** Who says that the file holds, and why. */
export interface PrecedenceApproval {
  readonly operator: string;
  readonly note: string;
}

export interface Agreed {
  /** The file as a restore, when the operator says that it holds; null when the journal holds. */
  readonly copiedIn: RestoreRequest | null;
  /** The digest of the file that lies there; null when there is none, or when it was not read. */
  readonly found: string | null;
}

/** Throws `session_conflict` when file and journal disagree and it is not said which of them holds. */
export function agreeOnRouterFile(
  fs: FileSystem,
  files: SessionFiles,
  journal: Journal,
  holds: Holds | undefined,
  word: PrecedenceApproval | undefined,
): Agreed {
  if (!fs.exists(files.routerState) || holds === "journal") return { copiedIn: null, found: null };
  const lying = lyingRouterFile(fs, files.routerState);
  const { sha256 } = lying;
  // What the journal vouches for need not be read again: there may be a key for each of a million orders in it.
  if (ownDigests(journal).has(sha256)) return { copiedIn: null, found: sha256 };
  const text = lying.text();
  const state = load(text, files, holds);
  if (holds === "file") {
    const [operator, note] = [word?.operator.trim() ?? "", word?.note.trim() ?? ""];
    if (operator === "" || note === "")
      throw new CodedError(
        "invalid_input",
        "That the file holds is a restore: say who says so, and why. Both are kept in the journal.",
      );
    const copiedIn = { source: "router_state.json", text, operator, note, useSnapshotLimits: true };
    return { copiedIn, found: sha256 };
  }
  const last = journal.lastOf("snapshot");
  const newest = last?.kind === "snapshot" ? last.nextSequence : 0;
  throw new CodedError(
    "session_conflict",
    `${files.routerState} is not the one that this session wrote last: ${difference(state, newest)}. Say which one holds: ` +
      "`--holds journal` resumes from the journal and rewrites the file, `--holds file`, with --operator and --note, restores the file.",
    { path: files.routerState, sha256 },
  );
}

/** The file, read; one that is no router state is not ours, and only an operator can say that it does not hold. */
function load(text: string, files: SessionFiles, holds: Holds | undefined): RouterSnapshot {
  try {
    return checkRouterState(text, basename(files.routerState)).state;
  } catch (error) {
    if (holds === "file" || !(error instanceof CodedError) || error.code !== "snapshot_invalid") throw error;
    throw new CodedError(
      "session_conflict",
      `${files.routerState} is not one that this session wrote: ${error.message} ` +
        "`--holds journal` resumes from the journal and rewrites the file.",
      { path: files.routerState },
      { cause: error },
    );
  }
}

function difference(state: RouterSnapshot, nextInJournal: number): string {
  const router = OrderRouter.restore(state);
  return (
    `the file's next order is ${orderIdOf(router.nextSequence)} with ${router.inflightCount} in flight` +
    `${router.halted ? ", halted" : ""}; by the journal's last snapshot the next is ${orderIdOf(Math.max(1, nextInJournal))}`
  );
}
