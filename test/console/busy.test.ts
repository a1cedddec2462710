/**
 * The busy demo shows within five minutes of session time what the first screen promises of it.
 */
import { describe, expect, it } from "vitest";
import { REASONS } from "../../src/shared/glossary.ts";
import { place, readerOf } from "./sim/hosts.ts";

describe("the busy demo", () => {
  it("shows rate limits, refusals, a partial fill, a quarantine and a drift within five minutes", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    reader.subscribe("session", "rejections", "orders", "schedule", "drift", "alerts");
    await reader.call("session.start", { desk: "busy", speed: "max", forSeconds: 300 });
    await reader.state("stopped");
    const { counts } = await reader.state("stopped");
    const { groups } = await reader.until("rejections", (view) => view.total === counts.rejections);
    const causes = Object.keys(groups);
    expect(causes).toContain("rate_limited");
    expect(
      causes.filter((cause) => REASONS[cause]?.unit === "of equity" || cause === "max_position_exceeded"),
    ).not.toEqual([]);
    const { fills } = await reader.until("orders", (view) => view.fillCount === counts.fills);
    const orders = Object.values(fills).map(({ orderId }) => orderId);
    expect(orders.some((id, index) => orders.indexOf(id) !== index)).toBe(true);
    const { rows } = await reader.until("schedule");
    expect(Object.values(rows).filter(({ reason }) => reason?.includes("deadline") === true)).not.toEqual([]);
    expect(counts.driftOpen).toBeGreaterThan(0);
    const seen = await reader.until("alerts", (view) => view.total >= 3);
    const texts = Object.values(seen.rows).map(({ text }) => text);
    for (const word of ["Halted", "ca-fx is quarantined"])
      expect(
        texts.some((text) => text.startsWith(word)),
        word,
      ).toBe(true);
  });
});
