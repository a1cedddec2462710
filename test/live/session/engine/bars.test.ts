/** `cadence: bar`: one run for each closed bar, whatever runs take, and the same after a kill. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BAR_CADENCE, type Desk, type StrategyConfig } from "../../../../src/shared/desk.ts";
import { MINUTE, SECOND, type Duration } from "../../../../src/shared/time.ts";
import { deskOf, strategyOf } from "../desks.ts";
import { crashCopy, create, entriesOf, finish, journalOf, reopen } from "../stage.ts";

const MINUTES = 40;

const onBars = (name: string, symbols: readonly string[], more: Partial<StrategyConfig> = {}): StrategyConfig =>
  strategyOf(name, "momentum", [...symbols], {
    cadence: BAR_CADENCE,
    runsAt: "bar",
    jitter: 0 as Duration,
    timeBudget: (10 * MINUTE) as Duration,
    ...more,
  });

/** A synthetic market whose bars close each minute, with run times around a median. */
function deskWith(strategies: readonly StrategyConfig[], median: number, seed = "5"): Desk {
  const base = deskOf();
  const feed = { ...base.feed, barInterval: MINUTE, markInterval: (20 * SECOND) as Duration } as Desk["feed"];
  const runtime = { median: median as Duration, sigma: median === 0 ? 0 : 0.6, slowShare: 0.05, slowFactor: 4 };
  return { ...base, seed, feed, runtime, strategies };
}

async function runsOf(desk: Desk): Promise<Map<string, { readonly due: number; readonly at: number }[]>> {
  const session = await create(desk, { length: (MINUTES * MINUTE) as Duration });
  expect(await finish(session)).toMatchObject({ failure: null });
  const runs = new Map<string, { due: number; at: number }[]>();
  for (const { strategy, due, at } of entriesOf(journalOf(session.folder), "run_started"))
    runs.set(strategy, [...(runs.get(strategy) ?? []), { due, at }]);
  return runs;
}

describe("a strategy that runs on closed bars", () => {
  it("runs once for each bar, in their order, never before its close, whatever its runs take", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1_000, 30 * SECOND, 90 * SECOND), fc.nat(1_000), async (median, seed) => {
        const strategies = [onBars("one", ["AAA"]), onBars("both", ["AAA", "BBB"])];
        const runs = await runsOf(deskWith(strategies, median, String(seed)));
        for (const name of ["one", "both"]) {
          const recorded = runs.get(name) ?? [];
          const first = recorded[0]?.due ?? 0;
          // The naive list: a bar closes each minute.
          expect(recorded.map(({ due }) => due)).toEqual(recorded.map((_, index) => first + index * MINUTE));
          // Slow runs are late and drop no bar; those that the end leaves are the last ones.
          expect(recorded.length).toBeGreaterThanOrEqual(median > 10 * SECOND ? 5 : MINUTES);
          expect(recorded.length).toBeLessThanOrEqual(MINUTES + 1);
          for (const { due, at } of recorded) expect(at).toBeGreaterThanOrEqual(due);
          if (median === 0) for (const { due, at } of recorded) expect(at).toBe(due);
        }
      }),
      { seed: 20261127, numRuns: 8 },
    );
  });

  it("resumes after a kill as if nothing had happened, with late runs and passed bars", async () => {
    const closed = {
      timeZone: "UTC",
      days: ["sun"],
      open: "00:00",
      close: "01:00",
      holidays: [],
      halfDays: [],
      halfClose: null,
    } as const;
    const strategies = [onBars("one", ["AAA"]), onBars("never", ["BBB"], { sessions: closed })];
    const desk = deskWith(strategies, 70 * SECOND);
    const whole = await create(desk, { length: (MINUTES * MINUTE) as Duration, ports: { groupCommits: false } });
    const copies: ReturnType<typeof crashCopy>[] = [];
    let commits = 0;
    whole.subscribe((entries) => {
      if (entries.some((entry) => entry.kind === "send")) return;
      commits += 1;
      if (commits % 9 === 0) copies.push(crashCopy(whole.folder));
    });
    await finish(whole);
    const recorded = (folder: string): unknown[] =>
      journalOf(folder)
        .filter((entry) => ["run_started", "run_finished", "missed", "order"].includes(entry.kind))
        .map(({ seq: _seq, ...entry }) => entry);
    const missed = entriesOf(journalOf(whole.folder), "missed");
    expect(new Set(missed.map(({ strategy, reason }) => `${strategy} ${reason}`))).toEqual(new Set(["never closed"]));
    expect(missed.length).toBeGreaterThanOrEqual(MINUTES);
    expect(copies.length).toBeGreaterThan(3);
    for (const copy of copies.slice(0, 8)) {
      const again = await reopen(copy, whole.id);
      await finish(again);
      expect(recorded(again.folder)).toEqual(recorded(whole.folder));
    }
  });

  it("passes over bars that close while it is paused, and runs on the next one after that", async () => {
    const session = await create(deskWith([onBars("one", ["AAA"]), onBars("other", ["AAA"])], 0), {
      length: (MINUTES * MINUTE) as Duration,
    });
    session.pauseStrategy("one", "Ada");
    await finish(session);
    const missed = entriesOf(journalOf(session.folder), "missed");
    expect(missed.every(({ reason, slots }) => reason === "paused" && slots === 1)).toBe(true);
    expect(missed.length).toBe(entriesOf(journalOf(session.folder), "run_started").length);
    expect(session.probe().strategies.find(({ name }) => name === "one")).toMatchObject({ skips: 0, nextRun: null });
  });
});
