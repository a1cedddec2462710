/**
 * The scheduler's rules, one by one, in the order of the rules of the orchestrator. It has over 400 lines because the rules are many and
 * are read in their order.
 */
import { describe, expect, it } from "vitest";
import { PLANNED_RUNS_MAX, Scheduler } from "../../src/orchestrator/index.ts";
import type { ScheduleSpec } from "../../src/orchestrator/index.ts";

const T = 1_704_101_580_000_000;
const spec = (name: string, more: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  name,
  cadence: 100,
  timeBudget: 50,
  ...more,
});
const made = (...specs: ScheduleSpec[]): Scheduler => {
  const scheduler = new Scheduler({ now: T, seed: 1 });
  for (const one of specs) scheduler.register(one);
  return scheduler;
};
const run = (scheduler: Scheduler, name: string, from: number, to: number) => {
  scheduler.markStart(name, T + from);
  const result = scheduler.markFinish(name, T + to);
  return { ...result, nextRun: result.nextRun - T };
};

describe("first run", () => {
  it("is startAt, else the scheduler's now", () => {
    const scheduler = made(spec("a"));
    expect(scheduler.nextRun("a")).toBe(T);
    expect(scheduler.register(spec("b"), { startAt: T + 70 })).toBe(T + 70);
    expect(scheduler.nextRun("b")).toBe(T + 70);
  });

  it("is never before the scheduler's now, whatever startAt and the jitter say", () => {
    const scheduler = made();
    for (let index = 0; index < 200; index += 1) {
      const at = scheduler.register(spec(`s${index}`, { jitter: 100 }), { startAt: T - 100 });
      expect(at, `startAt + jitter lies at or before now`).toBe(T);
    }
  });

  it("has jitter to both sides of startAt", () => {
    const scheduler = made();
    const times = Array.from({ length: 200 }, (_, index) =>
      scheduler.register(spec(`s${index}`, { jitter: 10 }), { startAt: T + 50 }),
    );
    expect(new Set(times)).toEqual(new Set(Array.from({ length: 21 }, (_, step) => T + 40 + step)));
  });
});

describe("due", () => {
  it("is ordered by next run, ties by registration, and holds the moment itself", () => {
    const scheduler = made();
    scheduler.register(spec("late"), { startAt: T + 5 });
    scheduler.register(spec("tie-1"), { startAt: T + 3 });
    scheduler.register(spec("tie-2"), { startAt: T + 3 });
    scheduler.register(spec("first"), { startAt: T + 1 });
    expect(scheduler.due(T)).toEqual([]);
    expect(scheduler.due(T + 4)).toEqual(["first", "tie-1", "tie-2"]);
    expect(scheduler.due(T + 5)).toEqual(["first", "tie-1", "tie-2", "late"]);
  });

  it("leaves out what runs and what is paused", () => {
    const scheduler = made(spec("a"), spec("b"), spec("c"));
    scheduler.markStart("a", T);
    scheduler.pause("b");
    expect(scheduler.due(T + 1_000)).toEqual(["c"]);
  });

  it("asked again answers the same, for thousands", () => {
    const scheduler = made();
    for (let index = 0; index < 3_000; index += 1)
      scheduler.register(spec(`s${index}`), { startAt: T + ((index * 7_919) % 997) });
    const due = scheduler.due(T + 500);
    const expected = Array.from({ length: 3_000 }, (_, index) => ({ index, at: (index * 7_919) % 997 }))
      .filter(({ at }) => at <= 500)
      .toSorted((a, b) => a.at - b.at || a.index - b.index);
    expect(due).toEqual(expected.map(({ index }) => `s${index}`));
    expect(scheduler.due(T + 500)).toEqual(due);
  });
});

describe("finish, anchor finish", () => {
  it("plans from the finish", () => {
    expect(run(made(spec("a")), "a", 10, 30)).toEqual({ nextRun: 130, runtime: 20, overrun: false, skips: 0 });
  });

  it("is an overrun only above the budget, which skips one slot", () => {
    expect(run(made(spec("a")), "a", 0, 50)).toMatchObject({ nextRun: 150, overrun: false, skips: 0 });
    const scheduler = made(spec("a"));
    expect(run(scheduler, "a", 0, 51)).toEqual({ nextRun: 251, runtime: 51, overrun: true, skips: 1 });
    expect(scheduler.stats()["a"]).toMatchObject({ executions: 1, overruns: 1, skips: 1, averageRuntime: 51 });
  });

  it("takes a finish before its start as no time at all", () => {
    expect(run(made(spec("a")), "a", 40, 30)).toEqual({ nextRun: 130, runtime: 0, overrun: false, skips: 0 });
  });
});

describe("finish, anchor slot", () => {
  const slot = (more: Partial<ScheduleSpec> = {}) => spec("a", { anchor: "slot", ...more });

  it("keeps to the grid however late runs start: it does not drift", () => {
    const scheduler = made(slot());
    for (let index = 0; index < 50; index += 1) {
      expect(run(scheduler, "a", index * 100 + 30, index * 100 + 60)).toMatchObject({
        nextRun: (index + 1) * 100,
        skips: 0,
      });
    }
  });

  it("takes the slot strictly after the finish", () => {
    expect(run(made(slot({ timeBudget: 500 })), "a", 0, 99)).toMatchObject({ nextRun: 100, skips: 0 });
    expect(run(made(slot({ timeBudget: 500 })), "a", 0, 100)).toMatchObject({ nextRun: 200, skips: 1 });
  });

  it("counts the slots that passed while it ran, and one more after an overrun", () => {
    expect(run(made(slot({ timeBudget: 500 })), "a", 0, 350)).toMatchObject({ nextRun: 400, overrun: false, skips: 3 });
    expect(run(made(slot()), "a", 0, 350)).toMatchObject({ nextRun: 500, overrun: true, skips: 4 });
    expect(run(made(slot()), "a", 0, 60)).toMatchObject({ nextRun: 200, overrun: true, skips: 1 });
  });

  it("has its grid at the first run, which jitter does not move", () => {
    const scheduler = new Scheduler({ now: T, seed: 5 });
    scheduler.register(slot({ jitter: 40 }), { startAt: T + 7 });
    const seen = new Set<number>();
    for (let index = 1; index < 100; index += 1) {
      const at = scheduler.nextRun("a");
      scheduler.markStart("a", at);
      scheduler.markFinish("a", at);
      expect(scheduler.plannedOf("a")).toBe(T + 7 + index * 100);
      seen.add(scheduler.nextRun("a") - scheduler.plannedOf("a"));
    }
    expect(seen.size).toBeGreaterThan(20);
    expect(Math.max(...[...seen].map(Math.abs))).toBeLessThanOrEqual(40);
  });
});

describe("jitter", () => {
  const timesOf = (scheduler: Scheduler, name: string): number[] => scheduler.nextRuns(name, 50).map(({ at }) => at);
  const shaky = (name: string) => spec(name, { jitter: 30 });

  it("of a strategy is the same whatever else is registered, in any order", () => {
    const alone = timesOf(made(shaky("a")), "a");
    expect(timesOf(made(shaky("b"), shaky("a"), shaky("c")), "a")).toEqual(alone);
    expect(timesOf(made(shaky("b"), shaky("a"), shaky("c")), "b")).not.toEqual(alone);
    const busy = made(shaky("a"), shaky("b"));
    for (let at = 0; at < 10; at += 1) run(busy, "b", at * 500, at * 500 + 1);
    expect(timesOf(busy, "a")).toEqual(alone);
  });

  it("depends on the seed, and 1 and '1' are one seed", () => {
    const times = (seed: number | string) => {
      const scheduler = new Scheduler({ now: T, seed });
      scheduler.register(shaky("a"));
      return timesOf(scheduler, "a");
    };
    expect(times(1)).toEqual(times("1"));
    expect(times(1)).not.toEqual(times(2));
    // Seed and name never run into one another.
    const joined = new Scheduler({ now: T, seed: "12" });
    joined.register(shaky("a"));
    const apart = new Scheduler({ now: T, seed: "1" });
    apart.register(shaky("2a"));
    expect(timesOf(joined, "a")).not.toEqual(timesOf(apart, "2a"));
  });

  it("never puts the next run before the finish", () => {
    for (const anchor of ["finish", "slot"] as const) {
      const scheduler = made(spec("a", { jitter: 100, anchor }));
      for (let index = 0; index < 200; index += 1) {
        const start = scheduler.nextRun("a");
        scheduler.markStart("a", start);
        expect(scheduler.markFinish("a", start + (index % 45)).nextRun).toBeGreaterThanOrEqual(start + (index % 45));
      }
    }
  });

  it("without a seed is drawn from one that the snapshot has", () => {
    const drawn = new Scheduler({ now: T });
    drawn.register(shaky("a"));
    const again = new Scheduler({ now: T, seed: drawn.snapshot().seed });
    again.register(shaky("a"));
    expect(timesOf(again, "a")).toEqual(timesOf(drawn, "a"));
  });
});

describe("watchdogs", () => {
  it("a heartbeat is late when there is none, or beyond the timeout; in order of registration", () => {
    const scheduler = made(spec("b", { heartbeatTimeout: 10 }), spec("a"), spec("c"));
    expect(scheduler.lateHeartbeats(T)).toEqual(["b", "a", "c"]);
    for (const name of ["a", "b"]) scheduler.recordHeartbeat(name, T);
    expect(scheduler.lateHeartbeats(T + 10)).toEqual(["c"]);
    expect(scheduler.lateHeartbeats(T + 11)).toEqual(["b", "c"]);
    expect(scheduler.lateHeartbeats(T + 200)).toEqual(["b", "c"]);
    expect(scheduler.lateHeartbeats(T + 201)).toEqual(["b", "a", "c"]);
  });

  it("over budget is beyond the budget, while running", () => {
    const scheduler = made(spec("b"), spec("a"));
    scheduler.markStart("a", T);
    scheduler.markStart("b", T);
    expect(scheduler.runningOverBudget(T + 50)).toEqual([]);
    expect(scheduler.runningOverBudget(T + 51)).toEqual(["b", "a"]);
    scheduler.markFinish("b", T + 52);
    expect(scheduler.runningOverBudget(T + 52)).toEqual(["a"]);
  });
});

describe("errors", () => {
  it("name the strategy", () => {
    const scheduler = made(spec("a"));
    const calls: Record<string, (name: string) => unknown> = {
      markStart: (name) => scheduler.markStart(name, T),
      markFinish: (name) => scheduler.markFinish(name, T),
      recordHeartbeat: (name) => scheduler.recordHeartbeat(name, T),
      nextRun: (name) => scheduler.nextRun(name),
      plannedOf: (name) => scheduler.plannedOf(name),
      pause: (name) => scheduler.pause(name),
      resume: (name) => scheduler.resume(name, T),
      runNow: (name) => scheduler.runNow(name, T),
      skipMissed: (name) => scheduler.skipMissed(name, T),
      specOf: (name) => scheduler.specOf(name),
      nextRuns: (name) => scheduler.nextRuns(name, 1),
    };
    for (const [method, call] of Object.entries(calls))
      for (const name of ["ghost", "__proto__"])
        expect(() => call(name), method).toThrow(
          expect.objectContaining({ code: "not_found", message: expect.stringContaining(name) }),
        );
    expect(() => scheduler.markFinish("a", T)).toThrow(/Strategy a is not running/);
    scheduler.markStart("a", T);
    expect(() => scheduler.markStart("a", T)).toThrow(/Strategy a is already running/);
    expect(() => scheduler.register(spec("a"))).toThrow(/A strategy named a is registered already/);
  });

  it.each<[string, unknown, Partial<Record<keyof ScheduleSpec, unknown>>]>([
    ["cadence", 0, {}],
    ["cadence", -1, {}],
    ["cadence", 1.5, {}],
    ["cadence", Number.NaN, {}],
    ["cadence", "100", {}],
    ["cadence", undefined, {}],
    ["timeBudget", 0, {}],
    ["timeBudget", Number.POSITIVE_INFINITY, {}],
    ["timeBudget", null, {}],
    ["jitter", -1, {}],
    ["jitter", 101, {}],
    ["jitter", 0.5, {}],
    ["heartbeatTimeout", 0, {}],
    ["heartbeatTimeout", 2 ** 53, {}],
    ["anchor", "start", {}],
    ["name", "", {}],
  ])("a spec with %s %s is a RangeError that names both", (field, value) => {
    const scheduler = made();
    const call = () => scheduler.register({ ...spec("a"), [field]: value });
    expect(call).toThrow(RangeError);
    expect(call).toThrow(new RegExp(`${field === "name" ? "name" : `a: ${field}`} is "?${String(value)}"?,`));
    expect(scheduler.names()).toEqual([]);
  });

  it("limits are let in: jitter of the whole cadence, everything at 1", () => {
    const least = { cadence: 1, timeBudget: 1, jitter: 1, heartbeatTimeout: 1 };
    expect(made(spec("a", least)).specOf("a")).toEqual({ name: "a", ...least, anchor: "finish" });
    const absent = { jitter: null, heartbeatTimeout: null, anchor: null };
    expect(made(spec("a", absent)).specOf("a")).toMatchObject({ jitter: 0, heartbeatTimeout: 200, anchor: "finish" });
  });

  it("a moment that is no whole number changes nothing", () => {
    const scheduler = made(spec("a"), spec("b"));
    scheduler.markStart("b", T);
    const before = scheduler.snapshot();
    for (const now of [Number.NaN, 1.5, 2 ** 53, Number.POSITIVE_INFINITY]) {
      expect(() => new Scheduler({ now })).toThrow(RangeError);
      expect(() => scheduler.due(now)).toThrow(RangeError);
      expect(() => scheduler.markStart("a", now)).toThrow(RangeError);
      expect(() => scheduler.markFinish("b", now)).toThrow(RangeError);
      expect(() => scheduler.recordHeartbeat("a", now)).toThrow(RangeError);
      expect(() => scheduler.register(spec("c"), { startAt: now })).toThrow(RangeError);
    }
    expect(scheduler.snapshot()).toEqual(before);
  });
});

describe("pause, resume, run now, missed slots", () => {
  it("a run that became due during the pause is due now, once, and no slot counts as skipped", () => {
    for (const anchor of ["finish", "slot"] as const) {
      const scheduler = made(spec("a", { anchor }));
      scheduler.pause("a");
      expect(scheduler.nextWake()).toBeUndefined();
      scheduler.resume("a", T + 350);
      expect(scheduler.due(T + 350)).toEqual(["a"]);
      const next = run(scheduler, "a", 350, 350).nextRun;
      expect(next).toBe(anchor === "slot" ? 400 : 450);
      expect(scheduler.stats()["a"]).toMatchObject({ executions: 1, skips: 0, paused: false });
    }
  });

  it("a resume before the next run leaves it where it was, and one without a pause does nothing", () => {
    const scheduler = made();
    scheduler.register(spec("a"), { startAt: T + 80 });
    scheduler.pause("a");
    scheduler.resume("a", T + 20);
    expect(scheduler.nextWake()).toBe(T + 80);
    scheduler.resume("a", T + 900);
    expect(scheduler.nextRun("a")).toBe(T + 80);
  });

  it("a run under way may finish during the pause", () => {
    const scheduler = made(spec("a"));
    scheduler.markStart("a", T);
    scheduler.pause("a");
    scheduler.markFinish("a", T + 10);
    expect(scheduler.due(T + 1_000)).toEqual([]);
    scheduler.resume("a", T + 20);
    expect(scheduler.nextWake()).toBe(T + 110);
  });

  it("runNow brings the next run to now, and on a grid leaves the grid where it is", () => {
    const scheduler = made();
    scheduler.register(spec("a", { anchor: "slot" }), { startAt: T + 80 });
    scheduler.runNow("a", T + 30);
    expect(scheduler.due(T + 30)).toEqual(["a"]);
    expect(run(scheduler, "a", 30, 40).nextRun).toBe(80);
  });

  it("skipMissed counts whole cadences and leaves the strategy due once", () => {
    const scheduler = made(spec("a"));
    expect(scheduler.skipMissed("a", T + 99)).toMatchObject({ slots: 0 });
    expect(scheduler.skipMissed("a", T + 399)).toEqual({ slots: 3, reason: "misfire", nextRun: T + 300 });
    expect(scheduler.stats()["a"]).toMatchObject({ skips: 3, executions: 0 });
    scheduler.pause("a");
    expect(scheduler.skipMissed("a", T + 9_999)).toMatchObject({ slots: 0 });
  });
});

describe("deferTo", () => {
  it("moves a run to the opening, counts the slots until then, and costs no skip", () => {
    const scheduler = made(spec("a"));
    const hours = { opens: T + 950, closes: T + 2_000 };
    expect(scheduler.deferTo("a", hours)).toEqual({ slots: 10, reason: "closed", nextRun: T + 950 });
    expect(scheduler.due(T + 949)).toEqual([]);
    expect(scheduler.due(T + 950)).toEqual(["a"]);
    expect(scheduler.deferTo("a", hours)).toMatchObject({ slots: 0, nextRun: T + 950 });
    expect(scheduler.stats()["a"]).toMatchObject({ skips: 0, executions: 0 });
    expect(run(scheduler, "a", 950, 960).nextRun).toBe(1_060);
  });

  it("leaves a grid where it is", () => {
    const scheduler = made(spec("a", { anchor: "slot" }));
    scheduler.deferTo("a", { opens: T + 950, closes: T + 2_000 });
    expect(run(scheduler, "a", 950, 960).nextRun).toBe(1_000);
  });

  it("keeps the jitter that was drawn, after the opening and never past the closing", () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const [wide, narrow] = [0, 1].map(() => new Scheduler({ now: T, seed }));
      for (const scheduler of [wide, narrow]) scheduler?.register(spec("a", { jitter: 40 }), { startAt: T + 100 });
      const jitter = (wide?.nextRun("a") ?? 0) - T - 100;
      const moved = wide?.deferTo("a", { opens: T + 1_000, closes: T + 2_000 }).nextRun;
      expect(moved).toBe(T + 1_000 + Math.max(0, jitter));
      const short = narrow?.deferTo("a", { opens: T + 1_000, closes: T + 1_005 }).nextRun ?? 0;
      expect(short).toBe(jitter >= 5 ? T + 1_000 : moved);
      expect(wide?.snapshot().strategies[0]?.stream).toEqual(narrow?.snapshot().strategies[0]?.stream);
    }
  });

  it("is what nextRuns gives when it has the hours", () => {
    const hoursAt = (at: number) => {
      const opens = T + Math.floor((at - T) / 1_000) * 1_000 + 500;
      return at < opens + 250 ? { opens, closes: opens + 250 } : { opens: opens + 1_000, closes: opens + 1_250 };
    };
    const scheduler = made(spec("a", { jitter: 7 }), spec("g", { jitter: 7, anchor: "slot" }));
    const result = ["a", "g"].map((name) => scheduler.nextRuns(name, 12, hoursAt).map((one) => one.at));
    const seen = ["a", "g"].map((name) => {
      const starts: number[] = [];
      while (starts.length < 12) {
        const due = scheduler.nextRun(name);
        scheduler.deferTo(name, hoursAt(due));
        const at = scheduler.nextRun(name);
        starts.push(at);
        run(scheduler, name, at - T, at - T);
      }
      return starts;
    });
    expect(result).toEqual(seen);
    for (const at of result.flat()) expect(hoursAt(at).opens).toBeLessThanOrEqual(at);
  });
});

describe("nextWake, nextRuns, snapshot", () => {
  it("nextWake is the earliest among idle, unpaused strategies", () => {
    const scheduler = made();
    expect(scheduler.nextWake()).toBeUndefined();
    for (const [index, name] of ["a", "b", "c"].entries())
      scheduler.register(spec(name), { startAt: T + 10 * (index + 1) });
    scheduler.pause("a");
    scheduler.markStart("b", T + 20);
    expect(scheduler.nextWake()).toBe(T + 30);
  });

  it("nextRuns gives at most its limit, with the range of the jitter", () => {
    const scheduler = made(spec("a", { jitter: 10, anchor: "slot" }));
    const runs = scheduler.nextRuns("a", PLANNED_RUNS_MAX + 5);
    expect(runs).toHaveLength(PLANNED_RUNS_MAX);
    for (const [index, { planned, earliest, latest }] of runs.entries()) {
      if (index === 0) continue;
      expect({ planned, earliest, latest }).toEqual({
        planned: T + 100 * index,
        earliest: T + 100 * index - 10,
        latest: T + 100 * index + 10,
      });
    }
    expect(scheduler.nextRuns("a", 0)).toEqual([]);
  });

  it("refuses a snapshot that cannot be", () => {
    const good = made(spec("a", { jitter: 5 })).snapshot();
    const [a] = good.strategies;
    expect(() => Scheduler.restore({ ...good, strategies: [a!, a!] })).toThrow(
      expect.objectContaining({ code: "snapshot_invalid" }),
    );
    for (const broken of [
      { nextRun: 0.5 },
      { planned: Number.NaN },
      { skips: -0.5 },
      { spec: { ...a!.spec, cadence: 0 } },
      { stream: { ...a!.stream, s1: Number.NaN } },
    ])
      expect(() => Scheduler.restore({ ...good, strategies: [{ ...a!, ...broken } as never] })).toThrow(RangeError);
  });
});
