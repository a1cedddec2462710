/**
 * `logos sessions`: the sessions of the workspace, newest first.
 *
 * 1. It reads only, and a session that cannot be read is listed with its reason.
 */
import { listSessions, workspaceAt, type SessionFound } from "../../store/index.ts";
import { money } from "../figures.ts";
import type { AddCommand } from "../program.ts";

const stateOf = ({ record, writer, problem }: SessionFound): string => {
  if (record === null) return problem === null ? "unreadable" : `unreadable: ${problem}`;
  if (writer !== null) return record.state;
  return record.state === "stopped" || record.state === "failed" ? record.state : "interrupted";
};

export function addSessionsCommand(add: AddCommand): void {
  add(
    "sessions",
    "List the sessions of the workspace, newest first.",
    () => undefined,
    "logos sessions",
    ({ output, workspace: path }) => {
      const { sessions, total } = listSessions(workspaceAt(path));
      if (output.json) {
        output.value({
          total,
          sessions: sessions.map((found) => ({
            id: found.id,
            state: stateOf(found),
            folder: found.files.folder,
            open: found.writer !== null,
            record: found.record,
          })),
        });
        return 0;
      }
      if (sessions.length === 0) {
        output.line("No session yet. `logos run` starts one.");
        return 0;
      }
      output.table(sessions, [
        { title: "session", of: (found) => found.id },
        { title: "state", of: stateOf },
        { title: "desk", of: ({ record }) => record?.desk ?? "—" },
        { title: "seed", of: ({ record }) => record?.seed ?? "—" },
        { title: "runs", of: ({ record }) => String(record?.runs ?? "—"), right: true },
        { title: "orders", of: ({ record }) => String(record?.orders ?? "—"), right: true },
        { title: "fills", of: ({ record }) => String(record?.fills ?? "—"), right: true },
        { title: "profit and loss", of: ({ record }) => money(record?.pnl ?? null), right: true },
        { title: "drift", of: ({ record }) => String(record?.driftOpen ?? "—"), right: true },
      ]);
      if (total > sessions.length) output.message(`${total - sessions.length} older ones are not listed.`);
      return 0;
    },
  );
}
