/**
 * `logos sessions`: the sessions of the workspace, newest first, and their deletion.
 *
 * 1. Listing reads only, and a session that cannot be read is listed with its reason.
 * 2. A session that any process has open is never deleted.
 */
import { CodedError } from "../../shared/errors.ts";
import {
  deletableSessions,
  deleteSessions,
  listSessions,
  sessionBytes,
  workspaceAt,
  type SessionFound,
} from "../../store/index.ts";
import { deleteNamed } from "../common/deleting.ts";
import { money } from "../common/figures.ts";
import type { AddCommand, Context } from "../common/context.ts";

const stateOf = ({ record, writer, problem }: SessionFound): string => {
  if (record === null) return problem === null ? "unreadable" : `unreadable: ${problem}`;
  const light = record.light ? " (light run)" : "";
  if (writer !== null) return `${record.state}${light}`;
  return `${record.state === "stopped" || record.state === "failed" ? record.state : "interrupted"}${light}`;
};

async function remove(context: Context, ids: readonly string[], yes: boolean): Promise<number> {
  const workspace = workspaceAt(context.workspace);
  if (ids.length === 0) throw new CodedError("usage", "Name the sessions: logos sessions delete ID");
  const found = deletableSessions(workspace, ids);
  return deleteNamed(context, {
    what: found.map((files) => ({ name: files.id, bytes: sessionBytes(files) })),
    consequence: "Their journals, with all orders, fills and reviews, go with them.",
    yes,
    run: (trash) => deleteSessions(workspace, ids, trash),
  });
}

export function addSessionsCommand(add: AddCommand): void {
  add<{ readonly yes?: boolean }>(
    "sessions [what] [ids...]",
    "List the sessions of the workspace, newest first (list), or delete some (delete ID).",
    (command) => {
      command.option("--yes", "delete what is named; without it the command only says what would go");
    },
    "logos sessions && logos sessions delete 2026-01-05-ACME --yes",
    (context, { yes = false }, [what = "list", ...ids]) => {
      if (what === "delete") return remove(context, ids, yes);
      if (what !== "list")
        throw new CodedError("usage", `logos sessions list or delete, and not ${JSON.stringify(what)}.`);
      const { output, workspace: path } = context;
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
