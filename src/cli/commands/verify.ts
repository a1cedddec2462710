/**
 * `logos verify`: whether a session's folder is what it says. Reads only.
 *
 * 1. Exit 0 when everything holds, 1 with the first fault named, 2 when there is no such session.
 */
import { verifySession } from "../../harness/verify.ts";
import { workspaceAt } from "../../store/index.ts";
import type { AddCommand } from "../common/context.ts";
import { addSessionOption, sessionOf, type SessionOption } from "../common/options.ts";

export function addVerifyCommand(add: AddCommand): void {
  add<SessionOption>(
    "verify [session]",
    "Check a session's journal, orders, fills, books and snapshot against each other. Reads only; safe beside it.",
    (command) => {
      addSessionOption(command);
    },
    "logos verify latest",
    async ({ output, workspace }, options, words) => {
      const verdict = await verifySession(workspaceAt(workspace), sessionOf(options, words[0]));
      if (output.json) output.value(verdict);
      else {
        output.line(output.style("bold", `${verdict.id}: ${verdict.ok ? "holds" : "DOES NOT HOLD"}`));
        output.table(verdict.checks, [
          { title: "check", of: (check) => check.name },
          { title: "state", of: (check) => check.state },
          { title: "entry", of: (check) => (check.seq === null ? "" : String(check.seq)), right: true },
          { title: "found", of: (check) => check.text },
        ]);
      }
      return verdict.ok ? 0 : 1;
    },
  );
}
