/**
 * `logos config`: every value of the desk with where it came from.
 *
 * 1. It reads and starts nothing.
 */
import { isDemo, openDesk } from "../../live/desk/index.ts";
import { workspaceAt } from "../../store/index.ts";
import type { AddCommand } from "../program.ts";

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
          { title: "where", of: (row) => row.where },
        ]);
      for (const note of notes) output.message(note);
      const speed = origins.find(({ name }) => name === "speed");
      if (speed?.from === "file" && isDemo(desk))
        output.message(
          `The demo's speed, ${speed.value}, is the console's; logos run takes max unless --speed or ` +
            `${speed.environment ?? ""} says otherwise.`,
        );
      return 0;
    },
  );
}
