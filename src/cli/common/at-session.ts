/**
 * Commands on a session, whether a process runs it or not.
 *
 * 1. Where a process has the session, it is asked through the control folder, and its answer is the command's.
 * 2. Where none has, the session is opened, the command is done and journaled, and the session is closed again; its clock
 *    does not run meanwhile.
 */
import type { OperatorCommand } from "../../shared/contract/operator-commands.ts";
import { perform, reopenSession } from "../../live/session/index.ts";
import {
  findSession,
  lockHolder,
  nodeFileSystem,
  requestControl,
  type SessionFiles,
  workspaceAt,
} from "../../store/index.ts";
import type { Context } from "./context.ts";
import { version } from "./version.ts";

/** Does a command on a session; answers which one it was, whether a process ran it, and what the command answered. */
export async function atSession(
  context: Context,
  id: string,
  command: OperatorCommand,
): Promise<{ readonly files: SessionFiles; readonly live: boolean; readonly value: unknown }> {
  const workspace = workspaceAt(context.workspace);
  const files = findSession(workspace, id);
  if (lockHolder(nodeFileSystem, files.folder) !== null) {
    const value = await requestControl(nodeFileSystem, files.folder, command);
    return { files, live: true, value };
  }
  const session = await reopenSession({ workspace, id: files.id, code: "no runs", ports: { version } });
  try {
    return { files, live: false, value: await perform(session, command) };
  } finally {
    await session.stop("operator");
  }
}
