/**
 * `logos desks`: the workspace's desks, each with what it is or what is wrong with it.
 *
 * 1. It reads only, and a desk that cannot be read is listed with its error.
 */
import { shapeOf } from "../../shared/errors.ts";
import { openDesk } from "../../live/desk/index.ts";
import { deskPath, listDesks, workspaceAt } from "../../store/index.ts";
import type { AddCommand } from "../common/context.ts";

export function addDesksCommand(add: AddCommand): void {
  add(
    "desks",
    "List the workspace's desks: desk.yaml, and desks/NAME.yaml, which `logos run NAME` starts.",
    () => undefined,
    "logos desks && logos run night",
    async ({ io, output, workspace: path }) => {
      const workspace = workspaceAt(path);
      const rows = [];
      for (const desk of listDesks(workspace)) {
        try {
          const opened = await openDesk({ workspace, file: deskPath(workspace, desk), env: io.environment });
          const { name, strategies, feed } = opened.desk;
          rows.push({ desk, name, strategies: strategies.length, market: feed.kind, error: null });
        } catch (error) {
          rows.push({ desk, name: null, strategies: null, market: null, error: shapeOf(error).message });
        }
      }
      if (output.json) output.value(rows);
      else if (rows.length === 0)
        output.line("No desk yet. The console's Desk editor makes one; without one the demo runs.");
      else
        output.table(rows, [
          { title: "desk", of: (row) => row.desk },
          { title: "name", of: (row) => row.name ?? "—" },
          { title: "strategies", of: (row) => String(row.strategies ?? "—"), right: true },
          { title: "market", of: (row) => row.market ?? "—" },
          { title: "problem", of: (row) => row.error ?? "" },
        ]);
      return 0;
    },
  );
}
