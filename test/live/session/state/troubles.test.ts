/** Which strategies a session reports as failing, and what a read model of an older version can still say of its counts. */
import { describe, expect, it } from "vitest";
import { ReadModel } from "../../../../src/live/session/state/read-model.ts";
import { restoreModel, modelState, type ModelState } from "../../../../src/live/session/recovery/model-state.ts";
import { troublesIn } from "../../../../src/live/session/state/troubles.ts";
import { orderId } from "../../../../src/shared/ids.ts";
import { SECOND } from "../../../../src/shared/time.ts";
import {
  troubleLines,
  troublesOf,
  troubleSummary,
  TROUBLES_MAX,
  type Trouble,
} from "../../../../src/shared/trouble.ts";
import type { EntryBody, RunFinishedEntry } from "../../../../src/store/journal/entries.ts";
import { at, order } from "../../../store/journal/entries.ts";
import { deskOf, strategyOf } from "../desks.ts";

const NAMES = ["alpha", "beta", "gamma"] as const;

class Fold {
  readonly model = new ReadModel(deskOf({ strategies: NAMES.map((name) => strategyOf(name, "momentum", ["AAA"])) }));
  #seq = 0;
  readonly #runs = new Map<string, number>();

  add(body: EntryBody): void {
    this.#seq += 1;
    this.model.apply({ ...body, seq: this.#seq, at: at(this.#seq) });
  }

  run(strategy: string, outcome: RunFinishedEntry["outcome"], message: string | null = null): void {
    const run = (this.#runs.get(strategy) ?? 0) + 1;
    this.#runs.set(strategy, run);
    const [started, runtime] = [at(this.#seq), SECOND];
    this.add({ kind: "run_started", strategy, run, planned: started, due: started });
    const reported = {
      strategy,
      run,
      outcome,
      message,
      started,
      runtime,
      orders: 0,
      bar: null,
      skips: 0,
      nextRun: started,
    };
    this.add({ kind: "run_finished", ...reported });
  }

  get reported(): readonly (readonly [string, string, string | null])[] {
    return troublesIn(this.model).list.map(({ name, kind, runs, failures, reason }) => [
      name,
      `${kind} ${failures}/${runs}`,
      reason,
    ]);
  }
}

describe("a strategy", () => {
  it("fails while its last run did, or most of them; one that works again comes after those that do not", () => {
    const fold = new Fold();
    expect(fold.reported).toEqual([]);
    fold.run("alpha", "threw", "no luck");
    expect(fold.reported).toEqual([["alpha", "failing 1/1", "no luck"]]);
    fold.run("alpha", "ok", "fine");
    expect(fold.reported).toEqual([["alpha", "failed_before 1/2", "no luck"]]);
    for (const outcome of ["bad_result", "timed_out"] as const) fold.run("alpha", outcome, outcome);
    fold.run("alpha", "overrun");
    expect(fold.reported).toEqual([["alpha", "failing 3/5", "timed_out"]]);
    fold.run("alpha", "ok");
    expect(fold.reported).toEqual([["alpha", "failed_before 3/6", "timed_out"]]);
    fold.run("beta", "threw", "late");
    fold.add({ kind: "strategy", strategy: "gamma", event: "not_loaded", reason: "no onTick", operator: null });
    expect(fold.reported.map(([name]) => name)).toEqual(["gamma", "beta", "alpha"]);
    expect(troubleSummary(troublesIn(fold.model))).toBe("2 of 3 fail, 1 more had failed runs");
    expect(troubleLines(troublesIn(fold.model))).toEqual([
      "gamma does not load: no onTick",
      "beta: 1 of 1 run failed; the newest reason: late",
    ]);
  });

  it("that works again after a run that failed is counted among others, and not when it is the only one", () => {
    const once: Trouble = { name: "alpha", kind: "failed_before", runs: 2, failures: 1, reason: "no luck" };
    expect(troubleSummary(troublesOf(3, [once]))).toBe("all 3 are healthy now, 1 of them after failed runs");
    expect(troubleSummary(troublesOf(1, [once]))).toBe("the only one is healthy now, after failed runs");
  });

  it("is not said to fail for a run that was given up, nor to be well again", () => {
    const fold = new Fold();
    fold.run("alpha", "ok");
    fold.run("alpha", "ok");
    fold.run("alpha", "abandoned", "held up");
    expect(fold.reported).toEqual([["alpha", "failed_before 1/3", "held up"]]);
    fold.run("alpha", "threw", "no luck");
    fold.run("alpha", "abandoned", "held up");
    expect(fold.reported[0]?.[1]).toBe("failing 3/5");
    for (let run = 0; run < 5; run += 1) fold.run("alpha", "ok");
    fold.run("alpha", "ended", "gone");
    fold.run("alpha", "abandoned", "held up");
    expect(fold.reported[0]?.[1]).toBe("failing 5/12");
  });

  it("whose run is under way is judged by those that have ended", () => {
    const fold = new Fold();
    fold.run("alpha", "threw", "no luck");
    fold.add({ kind: "run_started", strategy: "alpha", run: 2, planned: at(9), due: at(9) });
    expect(fold.reported).toEqual([["alpha", "failing 1/1", "no luck"]]);
  });
});

it("are named up to a number, described up to another, with short reasons, and all counted", () => {
  const all = Array.from({ length: TROUBLES_MAX + 7 }, (_, index): Trouble => ({
    name: `s${index}`,
    kind: "failing",
    runs: 9,
    failures: 9,
    reason: "x".repeat(5_000),
  }));
  const troubles = troublesOf(500, all);
  expect([troubles.list.length, troubles.more, troubles.failing]).toEqual([TROUBLES_MAX, 7, TROUBLES_MAX + 7]);
  expect(troubles.list[0]?.reason).toHaveLength(301);
  const lines = troubleLines(troubles);
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe(`and ${TROUBLES_MAX - 3} more`);
  expect(troubleSummary(troubles)).toBe(`${TROUBLES_MAX + 7} of 500 fail`);
});

it("a read model of a version that did not count what the broker refused says so again, and continues", () => {
  const fold = new Fold();
  fold.add(order(1));
  const outcome = { outcome: "refused", reason: "min_requirements" } as const;
  const { refusals, ...older } = modelState(fold.model);
  expect(refusals).toEqual({});
  const again = new Fold();
  restoreModel(again.model, JSON.parse(JSON.stringify(older)) as ModelState);
  expect(modelState(again.model)).toEqual(older);
  for (const one of [fold, again]) one.add({ kind: "ack", orderId: orderId("ROUTER-00000001"), venueId: "v", outcome });
  expect(again.model.refusals).toEqual({ min_requirements: 1 });
  expect("refusals" in modelState(again.model)).toBe(false);
  expect(modelState(fold.model).refusals).toEqual({ min_requirements: 1 });
});
