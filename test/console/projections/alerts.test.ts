/**
 * Alerts stay until somebody acknowledges them, one for a cause, and never more than their limit.
 */
import { describe, expect, it } from "vitest";
import { Alerts, ALERTS_MAX } from "../../../src/console/projections/alerts.ts";
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
const texts = (alerts: Alerts): string[] => Object.values(alerts.value()).map((alert) => alert.text);

describe("an alert", () => {
  it("stays through the resume until it is acknowledged, and says by whom", () => {
    const alerts = new Alerts();
    for (const entry of entriesOf([halt("data_stale"), { kind: "resume", operator: "o", note: "n" }]))
      alerts.apply(entry, true);
    expect(texts(alerts)).toEqual(["Halted: because of data_stale"]);
    const [id = ""] = Object.keys(alerts.value());
    expect(alerts.acknowledge(id, "desk-1", START)).toBe(true);
    expect(alerts.value()[id]?.acknowledged).toEqual({ operator: "desk-1", at: START });
    expect(alerts.acknowledge(id, "desk-2", START)).toBe(false);
    expect(alerts.acknowledge("alert-99", "desk-2", START)).toBe(false);
  });

  it("stands for its cause once while it waits, and again after it was acknowledged", () => {
    const alerts = new Alerts();
    for (const entry of entriesOf([halt("a"), halt("a"), halt("b")])) alerts.apply(entry, true);
    expect(texts(alerts)).toHaveLength(2);
    alerts.acknowledge("alert-1", "o", START);
    for (const entry of entriesOf([halt("a")])) alerts.apply(entry, true);
    expect(texts(alerts)).toHaveLength(3);
  });

  it("of an earlier run that was settled is none any more", () => {
    const alerts = new Alerts();
    const history: EntryBody[] = [
      halt("a"),
      { kind: "drift", item: "DRIFT-1", drift: "unknown_fill", orderId: null, text: "A fill.", evidence: {} },
      { kind: "strategy", strategy: "alpha", event: "quarantined", reason: "slow", operator: null },
      { kind: "review", item: "DRIFT-1", action: "dismiss", strategy: null, operator: "o", note: "n", realized: null },
      { kind: "resume", operator: "o", note: "n" },
      { kind: "strategy", strategy: "alpha", event: "resumed", reason: "ok", operator: "o" },
      { kind: "strategy", strategy: "beta", event: "quarantined", reason: "slow", operator: null },
    ];
    for (const entry of entriesOf(history)) alerts.apply(entry, false);
    expect(texts(alerts)).toEqual(["beta is quarantined: slow"]);
  });

  it("for what lasts is raised once, and again when it comes back", () => {
    const alerts = new Alerts();
    const stale = probe({ feed: { lastAt: START, age: null, stale: true, ended: false, sources: [] } });
    for (let round = 0; round < 3; round += 1) alerts.observe(stale);
    expect(texts(alerts)).toHaveLength(1);
    alerts.acknowledge("alert-1", "o", START);
    alerts.observe(stale);
    expect(texts(alerts)).toHaveLength(1);
    alerts.observe(probe());
    alerts.observe(stale);
    expect(texts(alerts)).toHaveLength(2);
  });

  it("is raised for a late strategy, but not before its first run or while it is paused", () => {
    const alerts = new Alerts();
    alerts.observe(
      probe({
        strategies: [
          strategyProbe("alpha", { state: "late", executions: 0 }),
          strategyProbe("beta", { state: "paused" }),
        ],
      }),
    );
    expect(texts(alerts)).toEqual([]);
    alerts.observe(probe({ strategies: [strategyProbe("alpha", { state: "late" })] }));
    expect(texts(alerts)).toEqual(["alpha is late: no heartbeat in time."]);
  });

  it("makes room by its limit: acknowledged ones go first, then the oldest", () => {
    const alerts = new Alerts();
    const raise = (index: number): void => alerts.raise(`cause-${index}`, "warning", `text ${index}`, START, "log");
    for (let index = 0; index < ALERTS_MAX; index += 1) raise(index);
    alerts.acknowledge("alert-5", "o", START);
    raise(ALERTS_MAX);
    expect(alerts.has("alert-5")).toBe(false);
    raise(ALERTS_MAX + 1);
    expect(alerts.has("alert-1")).toBe(false);
    expect(Object.keys(alerts.value())).toHaveLength(ALERTS_MAX);
  });
});
