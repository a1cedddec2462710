/**
 * `logos compact`: a long session's journal drops runs, equity and metrics that no start needs; their files get as short.
 *
 * 1. Only of a session that is not running; orders, fills, halts and what operators did stay for ever.
 */
import { compactSession } from "../../live/session/recovery/compact.ts";
import { durationText } from "../../shared/time.ts";
import { workspaceAt } from "../../store/index.ts";
import { sizeOf } from "../common/figures.ts";
import { addSessionOption, durationOf, sessionOf, type SessionOption } from "../common/options.ts";
import type { AddCommand } from "../common/context.ts";

export function addCompactCommand(add: AddCommand): void {
  add(
    "compact [session]",
    "Drop old runs, equity and metrics from a stopped session's journal and files; orders, fills and what operators did stay.",
    (command) =>
      addSessionOption(command).option(
        "--keep <duration>",
        "session time up to its end of which everything stays",
        "24h",
      ),
    "logos compact latest --keep 7d",
    async ({ output, workspace }, options: SessionOption & { readonly keep: string }, words) => {
      const keep = durationOf("--keep", options.keep);
      const done = await compactSession(workspaceAt(workspace), sessionOf(options, words[0]), keep);
      if (output.json) output.value(done);
      else if (done.dropped === 0)
        output.line(`${done.id}: nothing to drop; everything older than the last ${durationText(keep)} is compact.`);
      else
        output.line(
          `${done.id}: ${done.dropped} entries of runs, equity and metrics were dropped, ${done.entries} were kept; ` +
            `the journal has ${sizeOf(done.bytesAfter)} now, and had ${sizeOf(done.bytesBefore)}.`,
        );
      return 0;
    },
  );
}
