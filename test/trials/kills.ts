/**
 * Real kills: a session's process ends by SIGKILL at drawn points, is started again, and must have lost and doubled nothing.
 *
 * Fault model: the process ends between any two instructions that the drill's points name, or at any time. The machine goes on, so
 * what was written is in the kernel's hands; power loss is another trial's.
 */
import { runDrill } from "../../src/harness/drill/drill.ts";
import { compare } from "../../src/harness/drill/compare.ts";
import { MINUTE, type Duration } from "../../src/shared/time.ts";
import { deskOf } from "../live/session/desks.ts";
import type { Trial } from "./trial.ts";

export const kills: Trial = {
  name: "kill -9",
  holds:
    "decisions, fills, positions, books and router as in the uninterrupted session; no order lost, none sent twice",
  short: 2,
  long: 500,
  run: async (cases, seed, progress) => {
    const length = (10 * MINUTE) as Duration;
    const report = await runDrill({
      desk: deskOf(),
      // Its strategies are built-in ones.
      strategies: "",
      length,
      runs: cases,
      kills: 2,
      point: null,
      seed,
      onRun: progress,
    });
    const killed = report.runs.reduce((sum, run) => sum + run.killed, 0);
    const broken = report.runs
      .filter((run) => !run.passed)
      .map((run) => {
        const what = run.comparisons.find((one) => !one.same && one.explained === null)?.what;
        return `run ${run.number} of seed ${seed}: ${run.failure ?? what ?? "sent twice"}`;
      });
    return {
      cases: report.runs.length,
      counts: { kills: killed, decisions: report.decisions, fills: report.fills },
      broken,
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
    };
    return compare(whole, { ...whole, fills: ["f1"] }).some((one) => !one.same);
  },
};
