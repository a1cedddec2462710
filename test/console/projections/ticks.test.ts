/**
 * The ticks that the views receive: complete counts, the newest rows of each class, live and after the end, and an end that says why.
 */
import { describe, expect, it } from "vitest";
import { TicksProjection } from "../../../src/console/projections/ticks.ts";
import { TICK_CLASSES } from "../../../src/shared/ticks.ts";
import type { Moment } from "../../../src/shared/time.ts";
import { STREAMS } from "../../../src/shared/contract/views.ts";
import type { JournalEntry } from "../../../src/store/journal/entries.ts";
import { deskOf } from "../../live/session/desks.ts";
import { create, finish, journalOf, minutes } from "../../live/session/stage.ts";

async function journal(length = minutes(20)): Promise<JournalEntry[]> {
  const base = deskOf();
  const desk = { ...base, runtime: { ...base.runtime, slowShare: 0.2, slowFactor: 60 } };
  const session = await create(desk, { length });
  await finish(session);
  return journalOf(session.folder);
}

function viewOf(entries: readonly JournalEntry[], limit?: number) {
  const ticks = new TicksProjection(limit);
  for (const entry of entries) ticks.apply(entry);
  return ticks.value({ now: entries.at(-1)?.at as Moment });
}

const totals = (view: ReturnType<typeof viewOf>): number[] =>
  TICK_CLASSES.map((_, index) => Object.values(view.counts).reduce((sum, counts) => sum + (counts[index] ?? 0), 0));

describe("the stream of ticks", () => {
  it("counts every tick and lists the newest of each class, as its schema says", async () => {
    const entries = await journal();
    const whole = viewOf(entries, Infinity);
    expect(() => STREAMS.ticks.parse(whole)).not.toThrow();
    const counted = totals(whole);
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(Object.keys(whole.rows).length);
    expect(counted[TICK_CLASSES.indexOf("overrun")]).toBeGreaterThan(5);
    const few = viewOf(entries, 4);
    expect(totals(few)).toEqual(counted);
    for (const kind of TICK_CLASSES) {
      const own = Object.values(few.rows).filter((row) => row.class === kind);
      expect(own).toHaveLength(Math.min(4, counted[TICK_CLASSES.indexOf(kind)] as number));
    }
  });

  it("lists a run as it begins and changes its row when it ends; what does not change stays the same object", async () => {
    const entries = await journal();
    const ticks = new TicksProjection();
    let before = ticks.value({ now: entries[0]?.at as Moment });
    for (const entry of entries) {
      ticks.apply(entry);
      if (entry.kind !== "run_started" && entry.kind !== "run_finished") continue;
      const after = ticks.value({ now: entry.at });
      const key = `${entry.strategy}#${entry.run}`;
      const row = after.rows[key];
      if (entry.kind === "run_started") expect(row).toMatchObject({ started: entry.at, finished: null, outcome: null });
      else expect(row).toMatchObject({ finished: entry.started + entry.runtime, outcome: entry.outcome });
      const other = Object.keys(before.rows).find((name) => name !== key);
      if (other !== undefined && after.rows[other] !== undefined) expect(after.rows[other]).toBe(before.rows[other]);
      expect(ticks.value({ now: entry.at })).toBe(after);
      before = after;
    }
  });

  it("ends with a reason where the journal was changed, and says nothing of one without a desk", async () => {
    const entries = await journal(minutes(3));
    const changed = entries.map((entry) =>
      entry.kind === "run_finished" && entry.run === 2 ? { ...entry, nextRun: (entry.nextRun + 9) as Moment } : entry,
    );
    const view = viewOf(changed);
    expect(view.problem).toMatch(/^Entry \d+ of the journal says/);
    expect(Object.keys(view.rows).length).toBeGreaterThan(0);
    expect(viewOf(entries.slice(1))).toEqual({ problem: null, counts: {}, rows: {} });
  });
});
