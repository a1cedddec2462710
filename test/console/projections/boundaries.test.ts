/**
 * Single cases of the views: an order that ended stays ended, a group keeps its worst severity, a window its exact length.
 */
import { describe, expect, it } from "vitest";
import { MetricsProjection } from "../../../src/console/projections/metrics.ts";
import { OrdersProjection } from "../../../src/console/projections/orders.ts";
import { Precisions } from "../../../src/console/projections/precision.ts";
import { CAUSES_MAX, RejectionsProjection } from "../../../src/console/projections/rejections.ts";
import { ErrorWindow, tilesOf } from "../../../src/console/projections/tiles.ts";
import { orderId } from "../../../src/shared/ids.ts";
import { moment, SECOND } from "../../../src/shared/time.ts";
import type { EntryBody } from "../../../src/store/index.ts";
import { order } from "../../store/journal/entries.ts";
import { entriesOf, START } from "../sim/journal.ts";
import { DESK, probe } from "../sim/probe.ts";

const ID = orderId("ROUTER-00000001");
const venueId = "session-ROUTER-00000001";
const refusedByBroker: EntryBody = {
  kind: "ack",
  orderId: ID,
  venueId,
  outcome: { outcome: "refused", reason: "min_requirements" },
};
const closed = (status: "canceled" | "expired"): EntryBody => ({
  kind: "closed",
  orderId: ID,
  venueId,
  status,
  reason: "asked for",
});
const refusedByGuard = (cause: string, number: number): EntryBody =>
  order(number, { accepted: false, orderId: null, reason: cause });

describe("an order that the broker refused", () => {
  it("stays refused when a cancel of it is reported afterwards", () => {
    const orders = new OrdersProjection(new Precisions(DESK));
    for (const entry of entriesOf([order(1), refusedByBroker, closed("canceled")])) orders.apply(entry);
    expect(orders.orders.value()[ID]).toMatchObject({ state: "rejected", updatedAt: START + SECOND });
  });
});

describe("an order that was canceled", () => {
  it.each(["canceled", "expired"] as const)(
    "is no rejection when a refusal of it is reported after it %s",
    (status) => {
      const rejections = new RejectionsProjection();
      const results = entriesOf([order(1), closed(status), refusedByBroker]).map((entry) => rejections.apply(entry));
      expect(results).toEqual([null, null, null]);
      expect(rejections.value(START)).toMatchObject({ total: 0, groups: {}, rows: {} });
    },
  );
});

describe("the group of all causes beyond the limit", () => {
  it("stays critical when a warning joins it", () => {
    const rejections = new RejectionsProjection();
    const named = Array.from({ length: CAUSES_MAX }, (_, number) => refusedByGuard(`cause_${number}`, number + 1));
    const beyond = [refusedByGuard("one_more", 201), refusedByGuard("rate_limited", 202)];
    for (const entry of entriesOf([...named, ...beyond])) rejections.apply(entry);
    const { groups } = rejections.value(START);
    expect(Object.keys(groups)).toHaveLength(CAUSES_MAX + 1);
    expect(groups["other"]).toMatchObject({ severity: "critical", count: 2 });
  });
});

describe("the error window", () => {
  const failed: EntryBody = refusedByGuard("invalid_order", 1);

  it.each([
    [299, 1],
    [300, 0],
  ])("%i seconds after its second, counts %i errors, read or applied", (seconds, count) => {
    const window = new ErrorWindow();
    const [entry] = entriesOf([failed]);
    if (entry === undefined) throw new Error("There is one entry.");
    window.apply(entry, "invalid_order");
    const later = moment(START + seconds * SECOND);
    expect([window.at(later).errors, window.at(later).samples]).toEqual([count, count]);
    // The spark counts at the moment of a line of metrics, without a reader.
    window.apply({ kind: "metrics", line: {}, seq: 2, at: later }, null);
    expect(window.at(later).spark).toEqual([count]);
  });
});

describe("the tile of the queue", () => {
  it("is as bad as the deepest moment of the window, and shows the present depth", () => {
    const metrics = new MetricsProjection(DESK, 10);
    const line = { ticks: 4, avg_latency_s: 0, p50_latency_s: 0, p95_latency_s: 0, p99_latency_s: 0, max_latency_s: 0 };
    const more = { skip_rate: 0, queue_depth_max: DESK.slo.queueDepth + 1, error_counts: {} };
    for (const entry of entriesOf([{ kind: "metrics", line: { ...line, ...more } }])) metrics.apply(entry, null);
    const { queueDepth } = tilesOf(probe(), DESK, metrics, new ErrorWindow());
    expect(queueDepth).toMatchObject({ value: 0, state: "critical", detail: `max ${DESK.slo.queueDepth + 1}` });
  });
});
