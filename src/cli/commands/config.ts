/**
 * `logos config`: every value of the desk with where it came from.
 *
 * 1. It reads and starts nothing.
 */
import { isDemo, openDesk } from "../../live/desk/index.ts";
import type { Desk } from "../../shared/desk.ts";
import { workspaceAt, type ConfigRow } from "../../store/index.ts";
import type { AddCommand } from "../common/context.ts";

/** The speed of a demo desk's file, which `run` does not take. */
const isConsoles = (desk: Desk, { name, from }: ConfigRow): boolean =>
  isDemo(desk) && name === "speed" && from === "file";

export function addConfigCommand(add: AddCommand): void {
  add<{ readonly seed?: string }>(
    "config [desk]",
    "Print each value of the desk with where it came from: flag, environment, file or default.",
    (command) => {
      command.option("--seed <seed>", "as for run");
    },
    "logos config desk.yaml",
    async ({ io, output, workspace: path }, { seed }, words) => {
      const workspace = workspaceAt(path);
      const flags = seed === undefined ? {} : { flags: { seed } };
      const { desk, origins, notes } = await openDesk({
        workspace,
        file: words[0],
        env: io.environment,
        folder: io.folder,
        ...flags,
      });
      if (output.json) output.value(origins);
      else
        output.table(origins, [
          { title: "setting", of: (row) => row.name },
          { title: "value", of: (row) => row.value },
          { title: "from", of: (row) => row.from },
          {
            title: "where",
            of: (row) => (isConsoles(desk, row) ? `${row.where}, for the console; run takes max` : row.where),
          },
          { title: "means", of: (row) => row.means },
        ]);
      for (const note of notes) output.message(note);
      return 0;
    },
  );
}
