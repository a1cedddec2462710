/** What can be done with market data: keep it, delete it, run the built-in strategies on it. */
import type { DataOptions, DataSource } from "../../shared/contract/contract-data.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import type { SessionListing } from "../../shared/contract/views.ts";
import { closeData, openData, refreshData, useData } from "../stores/data.ts";
import { ask } from "../stores/live.ts";
import { goUnlessLeft, notify, question, succeeded } from "../stores/ui.ts";
import { formatBytes, formatCount, plural } from "../lib/format.ts";
import { errorOf } from "./session-actions.ts";

const fileNameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

async function kept(source: DataSource, options: DataOptions, overwrite: boolean): Promise<ErrorShape | null> {
  const answer = await ask("data.keep", { source, options, overwrite });
  if (!answer.ok) return answer.error;
  const { kept: names, bars } = answer.value;
  notify(`Kept ${formatCount(bars)} bars in ${names.slice(0, 3).join(", ")}${names.length > 3 ? " and others" : ""}.`);
  closeData();
  await refreshData();
  const [first] = names;
  if (first !== undefined && useData.getState().detail.kind === "none") openData(first);
  return null;
}

/** Keeps a previewed file; where its symbols are kept already, it asks first. */
export async function keepData(source: DataSource, options: DataOptions): Promise<void> {
  const error = await kept(source, options, false);
  if (error === null) return;
  const there =
    error.detail?.["rule"] === "exists" ? (error.detail["files"] as readonly string[]).map(fileNameOf) : null;
  if (there === null) return notify(error.message, "problem");
  question({
    title: `Overwrite ${plural(there.length, "file")}?`,
    text: "These symbols already have bars. Overwriting replaces them; sessions that ran on them cannot be continued.",
    evidence: { columns: ["File"], rows: there.slice(0, 12).map((name) => [name]) },
    verb: `Overwrite ${plural(there.length, "file")}`,
    cancel: "Keep the old bars",
    danger: true,
    note: "none",
    run: () => kept(source, options, true),
  });
}

const gone = (trash: boolean): string => (trash ? "Deleted files go to the system's trash." : "This cannot be undone.");

/** Asks before files of the workspace are deleted. */
export function askDeleteData(names: readonly string[]): void {
  const { list } = useData.getState();
  const files = (list?.files ?? []).filter(({ name }) => names.includes(name));
  if (files.length === 0 || list === null) return;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  question({
    title: `Delete ${plural(files.length, "file")}, ${formatBytes(bytes)}?`,
    text: `Sessions that ran on ${files.length === 1 ? "it" : "them"} cannot be continued. ${gone(list.trash)}`,
    evidence: {
      columns: ["File", "Size"],
      rows: files.slice(0, 12).map((file) => [file.name, formatBytes(file.bytes)]),
    },
    verb: `Delete ${plural(files.length, "file")}`,
    cancel: "Cancel",
    danger: true,
    note: "none",
    run: async () => {
      const answer = await ask("data.delete", { names: files.map(({ name }) => name) });
      if (!answer.ok) return answer.error;
      useData.setState({ detail: { kind: "none" } });
      notify(`${plural(files.length, "file")} ${answer.value.trashed ? "moved to the trash" : "deleted"}.`);
      await refreshData();
      return null;
    },
  });
}

/** Asks before sessions are deleted. */
export async function askDeleteSessions(rows: readonly SessionListing[]): Promise<void> {
  const listed = await ask("data.list", {});
  const bytes = rows.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
  question({
    title: `Delete ${plural(rows.length, "session")}, ${formatBytes(bytes)}?`,
    text:
      "This deletes the journal with all orders, fills, halts and reviews, the reports and the session's files. " +
      gone(listed.ok && listed.value.trash),
    evidence: {
      columns: ["Session", "Orders", "Fills", "Size"],
      rows: rows
        .slice(0, 12)
        .map((row) => [row.id, formatCount(row.orders), formatCount(row.fills), formatBytes(row.bytes)]),
    },
    verb: `Delete ${plural(rows.length, "session")}`,
    cancel: "Cancel",
    danger: true,
    note: "none",
    run: async () => errorOf(await ask("sessions.delete", { ids: rows.map(({ id }) => id) })),
  });
}

/** Starts the built-in strategies on a file of the workspace. */
export async function runOnData(name: string): Promise<void> {
  const toDesk = goUnlessLeft("desk");
  if (succeeded(await ask("session.start", { bars: [name], speed: "max" }))) toDesk();
}
