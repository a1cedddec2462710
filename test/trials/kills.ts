/**
 * Real kills: a session's process ends by SIGKILL at drawn points, is started again, and must have lost and doubled nothing.
 *
 * Fault model: the process ends between any two instructions that the drill's points name, or at any time. The machine keeps running, so
 * what was written is in the kernel's hands; power loss is another trial's.
 */
import { join } from "node:path";
import { runDrill, type DrillOptions, type DrillReport } from "../../src/harness/drill/drill.ts";
import { compare } from "../../src/harness/drill/compare.ts";
import { openDesk } from "../../src/live/desk/index.ts";
import { MINUTE, type Duration } from "../../src/shared/time.ts";
import { workspaceAt } from "../../src/store/index.ts";
import { FIXTURES_FOLDER } from "../harness/regress/bars.ts";
import { deskOf } from "../live/session/desks.ts";
import type { Trial } from "./trial.ts";

const DESKS = 3;

/** Market and limit orders; quotes that are canceled and replaced; brackets whose children are set to work. */
async function desks(): Promise<Pick<DrillOptions, "desk" | "strategies" | "length">[]> {
  const shipped = async (name: string) => {
    const folder = join(FIXTURES_FOLDER, name);
    const workspace = workspaceAt(folder);
    const { desk } = await openDesk({ workspace, file: join(folder, "desk.yaml"), env: {} });
    return { desk, strategies: workspace.strategies, length: (30 * MINUTE) as Duration };
  };
  // The strategies of the first are built-in ones.
  const plain = { desk: deskOf(), strategies: "", length: (10 * MINUTE) as Duration };
  return [plain, await shipped("quoting"), await shipped("brackets")];
}

function brokenIn({ runs, desk, drillSeed }: DrillReport): string[] {
  return runs
    .filter((run) => !run.passed)
    .map((run) => {
      const what = run.comparisons.find((one) => !one.same && one.explained === null)?.what;
      return `run ${run.number} of ${desk}, seed ${drillSeed}: ${run.failure ?? what ?? "sent twice"}`;
    });
}

export const kills: Trial = {
  name: "kill -9",
  holds:
    "decisions, fills, positions, books and router as in the uninterrupted session; no order lost, none sent twice",
  short: 3,
  // Each has up to two kills: more than 500 in all.
  long: 320,
  run: async (cases, seed, progress) => {
    const reports: DrillReport[] = [];
    for (const [index, desk] of (await desks()).entries()) {
      const runs = Math.floor((cases + index) / DESKS);
      const done = reports.reduce((sum, report) => sum + report.runs.length, 0);
      if (runs === 0) continue;
      const asked = { kills: 2, point: null, seed: `${seed}-${desk.desk.name}` };
      reports.push(await runDrill({ ...desk, ...asked, runs, onRun: (here) => progress(done + here) }));
    }
    const sum = (of: (report: DrillReport) => number): number => reports.reduce((total, one) => total + of(one), 0);
    return {
      cases: sum(({ runs }) => runs.length),
      counts: {
        kills: sum(({ runs }) => runs.reduce((total, run) => total + run.killed, 0)),
        decisions: sum(({ decisions }) => decisions),
        fills: sum(({ fills }) => fills),
      },
      broken: reports.flatMap((report) => brokenIn(report)),
    };
  },
  // A lost fill is what the comparison is there for: taking one away must show.
  canary: async () => {
    const whole = {
      decisions: ["a"],
      fills: ["f1", "f2"],
      positions: [],
      equity: [],
      router: [],
      sentTwice: 0,
      parting: null,
      happened: { cancel: 0, replace: 0, child: 0 },
    };
    return compare(whole, { ...whole, fills: ["f1"] }).some((one) => !one.same);
  },
};
