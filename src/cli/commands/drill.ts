/**
 * `logos drill`: kill a session without warning, open it again, and see whether anything differs.
 *
 * 1. Exit 0 when every run came out the same as the uninterrupted one, 1 when one did not, nothing was decided or no kill happened.
 * 2. The workspace's own sessions are not touched.
 */
import { join, resolve } from "node:path";
import { DRILL_RUNS_MAX, runDrill } from "../../harness/drill/drill.ts";
import { pointOf } from "../../harness/drill/point.ts";
import { drillMarkdown } from "../../harness/drill/report.ts";
import { openDesk } from "../../live/desk/index.ts";
import { nodeFileSystem, openWorkspace, writeTextAtomic } from "../../store/index.ts";
import { durationOf, wholeNumber } from "../common/options.ts";
import type { AddCommand, Context } from "../common/context.ts";

interface Options {
  readonly bars?: readonly string[];
  readonly runs: string;
  readonly kills: string;
  readonly at?: string;
  readonly for: string;
  readonly seed: string;
  readonly report?: string;
}

async function drill(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const { io, output } = context;
  const workspace = openWorkspace(context.workspace);
  const { desk } = await openDesk({
    workspace,
    file: words[0],
    bars: options.bars,
    env: io.environment,
    folder: io.folder,
  });
  const report = await runDrill({
    desk,
    strategies: workspace.strategies,
    length: durationOf("--for", options.for),
    runs: wholeNumber("--runs", options.runs, 1, DRILL_RUNS_MAX),
    kills: wholeNumber("--kills", options.kills, 1, 20),
    point: options.at === undefined ? null : pointOf(options.at),
    seed: options.seed,
    onRun: (done, runs) => output.progress(`Drill: ${done} of ${runs}`),
  });
  if (options.report !== undefined) {
    const folder = resolve(io.folder, options.report);
    nodeFileSystem.makeFolder(folder);
    writeTextAtomic(nodeFileSystem, join(folder, "drill.md"), drillMarkdown(report));
    writeTextAtomic(nodeFileSystem, join(folder, "drill.json"), `${JSON.stringify(report, null, 2)}\n`);
  }
  if (output.json) output.value(report);
  else {
    output.line(
      `${report.decisions} decisions and ${report.fills} fills without a kill; desk ${report.desk}, seed ${report.deskSeed}`,
    );
    output.table(report.runs, [
      { title: "run", of: (run) => String(run.number), right: true },
      { title: "verdict", of: (run) => (run.passed ? "same" : "DIFFERS") },
      { title: "kills", of: (run) => String(run.killed), right: true },
      { title: "killed", of: (run) => run.points.slice(0, Math.max(1, run.killed)).join("; ") },
    ]);
    for (const run of report.runs)
      for (const one of run.comparisons)
        if (one.explained !== null) output.line(`run ${run.number}, ${one.what}: ${one.explained}`);
        else if (one.difference !== null) {
          output.line(`run ${run.number}, ${one.what}:`);
          output.line(`  uninterrupted: ${one.difference.uninterrupted}`);
          output.line(`  restarted:     ${one.difference.restarted}`);
        }
    for (const run of report.runs)
      if (run.failure !== null) output.line(`run ${run.number} could not continue: ${run.failure}`);
  }
  if (report.empty !== null && !output.json) output.line(report.empty);
  return report.passed ? 0 : 1;
}

export function addDrillCommand(add: AddCommand): void {
  add<Options>(
    "drill [desk]",
    "Kill a session without warning, open it again, and compare it with one that was not killed.",
    (command) => {
      command
        .option("--bars <file...>", "on recorded bars instead of the desk's own market")
        .option("--runs <n>", "how many sessions are killed", "3")
        .option("--kills <n>", "how often each of them", "1")
        .option("--at <point>", "commit, send, fill, cancel, replace or child:N, or time:MS; drawn when absent")
        .option("--for <duration>", "session time", "15m")
        .option("--seed <seed>", "draws the points", "1")
        .option("--report <dir>", "writes drill.md and drill.json there");
    },
    "logos drill --runs 5 --report drill",
    drill,
  );
}
