/**
 * Deletes sessions of a workspace.
 *
 * 1. A session that any process has open is refused, and then none of the named ones is deleted.
 * 2. The note of the newest session never names one that is gone.
 */
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { deletePath, type Trash } from "../workspace/trash.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { findSession, latestSession, listSessions, nameLatest, type SessionFiles } from "./folder.ts";
import { lockHolder } from "./lock.ts";

/** The sessions by name, each once. Throws `no_session`, or `session_busy` for one that is open. */
export function deletableSessions(workspace: Workspace, ids: readonly string[]): SessionFiles[] {
  const found = [...new Map(ids.map((id) => findSession(workspace, id)).map((files) => [files.id, files])).values()];
  for (const { id, folder } of found) {
    const holder = lockHolder(workspace.fs, folder);
    if (holder !== null)
      throw new CodedError("session_busy", `Session ${id} is open. Stop it, then delete it.`, { id });
  }
  return found;
}

/** Deletes sessions and answers with their names. Throws as `deletableSessions` does, and `io`. */
export async function deleteSessions(
  workspace: Workspace,
  ids: readonly string[],
  trash: Trash | null,
): Promise<string[]> {
  const found = deletableSessions(workspace, ids);
  const latest = latestSession(workspace);
  for (const { folder } of found) await deletePath(folder, trash);
  if (found.some(({ id }) => id === latest)) {
    const [newest] = listSessions(workspace).sessions;
    if (newest !== undefined) nameLatest(workspace, newest.id);
    else forgetLatest(workspace);
  }
  return found.map(({ id }) => id);
}

function forgetLatest(workspace: Workspace): void {
  const note = join(workspace.sessions, "latest");
  if (statSync(note, { throwIfNoEntry: false })?.isFile() === true) rmSync(note, { force: true });
}
