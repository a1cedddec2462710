/**
 * What of a session becomes an alert, when it is over, and what an earlier run leaves.
 */
import { describe, expect, it } from "vitest";
import { AlertBook } from "../../../src/console/alerts/book.ts";
import { diskTrouble } from "../../../src/console/state/machine.ts";
import { SessionWatch } from "../../../src/console/alerts/watch.ts";
import { EMPTY } from "../../../src/console/projections/empty.ts";
import type { Alert, DeskView } from "../../../src/shared/contract/views.ts";
import type { EntryBody } from "../../../src/store/journal/entries.ts";
import { entriesOf, START } from "../sim/journal.ts";
import { probe, strategyProbe } from "../sim/probe.ts";

const halt = (code: string): EntryBody => ({
  kind: "halt",
  source: "breaker",
  code,
  message: `because of ${code}`,
  value: null,
  limit: null,
  operator: null,
  note: null,
});
const DRIFT: EntryBody = {
  kind: "drift",
  item: "DRIFT-1",
  drift: "unknown_fill",
  orderId: null,
  text: "A fill.",
  evidence: {},
};
const { tiles } = EMPTY.desk;

function watching(earlier: readonly Alert[] = []): { readonly book: AlertBook; readonly watch: SessionWatch } {
  const book = new AlertBook({ earlier, keep: () => undefined, wallMs: () => 1 });
  return { book, watch: new SessionWatch(book, "s") };
}
const texts = (book: AlertBook): string[] =>
  Object.values(book.view().rows).map(({ text, endedAt }) => (endedAt === null ? text : `${text} (over)`));
const feed = { lastAt: START, age: null, stale: true, ended: false, sources: [] };

describe("the journal's alerts", () => {
  it("are over with the resume, the review and the end of the quarantine", () => {
    const { book, watch } = watching();
    const entries = entriesOf([
      halt("a"),
      DRIFT,
      { kind: "strategy", strategy: "alpha", event: "quarantined", reason: "slow", operator: null },
      { kind: "review", item: "DRIFT-1", action: "dismiss", strategy: null, operator: "o", note: "n", realized: null },
      { kind: "resume", operator: "o", note: "n" },
      { kind: "strategy", strategy: "alpha", event: "resumed", reason: "ok", operator: "o" },
    ]);
    for (const entry of entries.slice(0, 3)) watch.apply(entry, true);
    expect(texts(book)).toEqual(["Halted: because of a", "A fill.", "alpha is quarantined: slow"]);
    for (const entry of entries.slice(3)) watch.apply(entry, true);
    expect(texts(book).every((text) => text.endsWith("(over)"))).toBe(true);
    expect(book.view()).toMatchObject({ critical: 0, waiting: 3 });
  });

  it("of an earlier run keep their acknowledgement, and are over where the run resolved them", () => {
    const first = watching();
    for (const entry of entriesOf([halt("a"), halt("b")])) first.watch.apply(entry, true);
    first.book.acknowledge("alert-1", "desk-1");
    const second = watching(Object.values(first.book.view().rows));
    for (const entry of entriesOf([halt("b"), { kind: "resume", operator: "o", note: "n" }, halt("a"), DRIFT]))
      second.watch.apply(entry, false);
    second.watch.ready(START);
    expect(texts(second.book)).toEqual(["Halted: because of a", "Halted: because of b (over)", "A fill."]);
    expect(second.book.view().rows["alert-1"]?.acknowledged?.operator).toBe("desk-1");
  });
});

describe("the probe's alerts", () => {
  it("are raised once while their cause holds, are over after it, and come again with it", () => {
    const { book, watch } = watching();
    for (let round = 0; round < 3; round += 1) watch.observe(probe({ feed }), tiles);
    expect(texts(book)).toEqual(["The feed is stale: no data within its limit."]);
    book.acknowledge("alert-1", "o");
    watch.observe(probe({ feed }), tiles);
    expect(book.view().total).toBe(1);
    watch.observe(probe(), tiles);
    expect(book.view().rows["alert-1"]?.endedAt).not.toBeNull();
    watch.observe(probe({ feed }), tiles);
    expect(book.view()).toMatchObject({ total: 2, warning: 1 });
    watch.observe(probe({ feed, state: "stopped" }), tiles);
    expect(book.view().warning).toBe(0);
  });

  it("are raised for a late strategy, but not before its first run or while it is paused", () => {
    const { book, watch } = watching();
    const strategies = [
      strategyProbe("alpha", { state: "late", executions: 0 }),
      strategyProbe("beta", { state: "paused" }),
    ];
    watch.observe(probe({ strategies }), tiles);
    expect(texts(book)).toEqual([]);
    watch.observe(probe({ strategies: [strategyProbe("alpha", { state: "late" })] }), tiles);
    expect(texts(book)).toEqual(["alpha is late: no heartbeat within its timeout."]);
  });

  it("are raised once for a level that moves about its limit, until it is well again", () => {
    const { book, watch } = watching();
    const at = (state: "ok" | "warning" | "critical"): DeskView["tiles"] => ({
      ...tiles,
      latency: { ...tiles.latency, limit: 500, n: 30, value: 600, state },
    });
    for (const state of ["critical", "warning", "critical"] as const) watch.observe(probe(), at(state));
    expect(texts(book)).toEqual(["p95 tick latency: over the limit of 500 ms."]);
    watch.observe(probe(), at("ok"));
    expect(book.view()).toMatchObject({ total: 1, warning: 0 });
  });
});

describe("a disk", () => {
  it("is nearly full below a gigabyte, or a small share of a small one", () => {
    const room = (freeBytes: number, totalBytes: number) => diskTrouble({ freeBytes, totalBytes })?.severity ?? null;
    expect(room(2e9, 100e9)).toBeNull();
    expect(room(0.9e9, 100e9)).toBe("warning");
    expect(room(0.1e9, 100e9)).toBe("critical");
    expect(room(0.5e9, 1e9)).toBeNull();
    expect(room(0.02e9, 1e9)).toBe("warning");
    expect(diskTrouble({ freeBytes: 0.1e9, totalBytes: 100e9 })?.text).toContain("100 MB left");
  });
});
