/** The schedule's projection over drawn journals and probes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MetricsProjection } from "../../../src/console/projections/metrics.ts";
import { Precisions } from "../../../src/console/projections/precision.ts";
import { DeskProjection } from "../../../src/console/projections/desk.ts";
import { strategyLook } from "../../../src/renderer/lib/status.ts";
import { rollUp, ScheduleProjection } from "../../../src/console/projections/schedule.ts";
import { moment, SECOND } from "../../../src/shared/time.ts";
import { journals, START } from "../sim/journal.ts";
import { DESK, probe, strategyProbe } from "../sim/probe.ts";

describe("the schedule", () => {
  it("keeps the newest runs that are young enough, and those that are under way", () => {
    fc.assert(
      fc.property(
        journals(),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 300 }),
        (entries, limit, ageSeconds) => {
          const age = ageSeconds * SECOND;
          const schedule = new ScheduleProjection(DESK, { runs: limit, age });
          let model: { key: string; finished: number | null }[] = [];
          for (const entry of entries) {
            schedule.apply(entry);
            if (entry.kind === "run_started") model.push({ key: `${entry.strategy}#${entry.run}`, finished: null });
            if (entry.kind === "run_finished") {
              const run = model.find(({ key }) => key === `${entry.strategy}#${entry.run}`);
              if (run === undefined) model.push({ key: `${entry.strategy}#${entry.run}`, finished: entry.at });
              else run.finished = entry.at;
            }
            model = model.slice(-limit);
            if (entry.kind === "run_started" || entry.kind === "run_finished" || entry.kind === "missed")
              while (model[0] !== undefined && model[0].finished !== null && model[0].finished < entry.at - age)
                model.shift();
          }
          expect([...schedule.runs.entries()].map(([key, run]) => ({ key, finished: run.finished }))).toEqual(model);
        },
      ),
    );
  });

  it("rolls a strategy's state up to the worst that holds", () => {
    const flying = new Set(["alpha"]);
    const none = new Set<string>();
    expect(rollUp(strategyProbe("alpha", { state: "quarantined", overBudget: true }), flying, "running")).toBe(
      "quarantined",
    );
    expect(rollUp(strategyProbe("alpha", { state: "late", overBudget: true }), flying, "running")).toBe("over_budget");
    expect(rollUp(strategyProbe("alpha", { state: "late" }), flying, "running")).toBe("late");
    expect(rollUp(strategyProbe("alpha", { state: "running", runningSince: START }), flying, "running")).toBe(
      "in_flight",
    );
    expect(rollUp(strategyProbe("alpha", { state: "paused", runningSince: START }), none, "running")).toBe("running");
    expect(rollUp(strategyProbe("alpha", { state: "paused" }), none, "running")).toBe("paused");
    expect(rollUp(strategyProbe("alpha"), none, "running")).toBe("waiting");
    expect(rollUp(strategyProbe("alpha", { state: "late" }), none, "halted")).toBe("halted");
    expect(rollUp(strategyProbe("alpha", { state: "late" }), none, "stopped")).toBe("stopped");
    expect(rollUp(strategyProbe("alpha", { state: "quarantined" }), none, "failed")).toBe("quarantined");
  });

  it("gives the strategies of a session that has ended no next runs", () => {
    const strategies = [
      strategyProbe("alpha", {
        nextRun: START,
        next: [{ at: START, planned: START, jitter: strategyProbe("alpha").jitter }],
      }),
    ];
    const running = new ScheduleProjection(DESK).value(probe({ strategies }));
    expect(running.rows["alpha"]?.nextRun).toBe(START);
    expect(running.next["alpha"]).toHaveLength(1);
    const failed = new ScheduleProjection(DESK).value(probe({ strategies, state: "failed" }));
    expect(failed.rows["alpha"]).toMatchObject({ nextRun: null, state: "stopped" });
    expect(failed.next).toEqual({});
  });

  it("and the desk show that a strategy fails, where it would only wait", () => {
    const precisions = new Precisions(DESK);
    const strategies = [strategyProbe("alpha", { failing: true }), strategyProbe("beta")];
    const rows = new ScheduleProjection(DESK).value(probe({ strategies })).rows;
    const desk = new DeskProjection(DESK, new MetricsProjection(DESK), precisions).value(probe({ strategies }));
    for (const all of [rows, desk.strategies]) {
      const looks = Object.values(all).map((row) => [row.name, strategyLook(row).word]);
      expect(looks).toEqual([
        ["alpha", "Failing"],
        ["beta", "Waiting"],
      ]);
    }
  });

  it("and the desk have a row for each owner of a profit, so that the rows add up to the account", () => {
    const strategies = [strategyProbe("alpha"), strategyProbe("beta")];
    const bookOf = (owner: string, pnl: string) => ({ owner, pnl, realized: pnl, unrealized: "0", fees: "0" });
    const books = [bookOf("alpha", "3"), bookOf("unattributed", "-2"), bookOf("manual", "0.5")];
    const desk = new DeskProjection(DESK, new MetricsProjection(DESK), new Precisions(DESK));
    const view = desk.value(probe({ strategies, books }));
    expect(view.otherOwners).toEqual({
      unattributed: { name: "unattributed", pnl: "-2", realized: "-2" },
      manual: { name: "manual", pnl: "0.5", realized: "0.5" },
    });
    const rows = [...Object.values(view.strategies), ...Object.values(view.otherOwners)];
    expect(rows.reduce((sum, row) => sum + Number(row.pnl ?? 0), 0)).toBe(1.5);
  });

  it("draws the slots that an overrun and a gap passed over", () => {
    const schedule = new ScheduleProjection(DESK);
    const base = { seq: 1, at: START };
    schedule.apply({ ...base, kind: "run_started", strategy: "alpha", run: 1, planned: START, due: START });
    const finish = moment(START + 6 * SECOND);
    const next = moment(finish + 60 * SECOND);
    const finished = {
      kind: "run_finished",
      strategy: "alpha",
      run: 1,
      started: START,
      orders: 0,
      bar: null,
      message: null,
    } as const;
    schedule.apply({
      ...finished,
      seq: 2,
      at: finish,
      runtime: (6 * SECOND) as never,
      outcome: "overrun",
      skips: 1,
      nextRun: next,
    });
    schedule.apply({
      seq: 3,
      at: finish,
      kind: "missed",
      strategy: "beta",
      slots: 2,
      reason: "misfire",
      nextRun: next,
    });
    const { skipped } = schedule.value(probe());
    expect(Object.values(skipped)).toEqual([
      { strategy: "alpha", at: START + 30 * SECOND, reason: "overrun" },
      { strategy: "beta", at: next - 60 * SECOND, reason: "misfire" },
      { strategy: "beta", at: next - 30 * SECOND, reason: "misfire" },
    ]);
  });
});
