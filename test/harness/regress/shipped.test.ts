/**
 * The shipped fixtures: equal to their baselines, each with the character that its name promises.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadBaseline, loadFixture, findFixtures, type RunEvent } from "../../../src/harness/regress/index.ts";
import { barsOf, FIXTURES_FOLDER, MARKETS } from "./bars.ts";
import { regress } from "./stage.ts";

const NAMES = Object.keys(MARKETS).toSorted();

function eventsOf(name: string): RunEvent[] {
  const baseline = loadBaseline({ name, folder: join(FIXTURES_FOLDER, name) });
  return [...(baseline?.events() ?? [])].flatMap((block) =>
    block
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent),
  );
}

const counted = (events: readonly RunEvent[], key: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const event of events) counts[String(event[key])] = (counts[String(event[key])] ?? 0) + 1;
  return counts;
};

describe("the shipped fixtures", () => {
  it("are those that have a market", () => {
    expect(findFixtures([FIXTURES_FOLDER]).map((one) => one.name)).toEqual(NAMES);
  });

  it.each(NAMES)("%s has the bars that its generator makes", (name) => {
    expect(readFileSync(join(FIXTURES_FOLDER, name, "bars.csv"), "utf8")).toBe(barsOf(name));
  });

  it.each(NAMES)("%s is equal to its baseline", async (name) => {
    const { verdict, difference, artifacts, changedInputs, events, orders } = await regress(
      join(FIXTURES_FOLDER, name),
    );
    expect({ difference, artifacts, changedInputs }).toEqual({ difference: null, artifacts: [], changedInputs: [] });
    expect(verdict).toBe("equal");
    expect(events).toBeGreaterThan(3_000);
    expect(orders).toBeGreaterThan(20);
  });

  it("busy runs into the rate windows, the in-flight limit and partial fills", () => {
    const events = eventsOf("busy");
    const reasons = counted(
      events.filter((event) => event.kind === "order"),
      "reason",
    );
    expect(reasons["rate_limited"]).toBeGreaterThan(10);
    expect(reasons["inflight_limit"]).toBeGreaterThan(50);
    expect(reasons["max_position_exceeded"]).toBeGreaterThan(50);
    expect(events.some((event) => event.kind === "fill" && event["status"] === "partially_filled")).toBe(true);
  });

  it("faulty has refusals, doubt, duplicates, a stray fill, its review, halts and resumes, a kill and a restart", async () => {
    const events = eventsOf("faulty");
    const outcomes = counted(
      events.filter((event) => event.kind === "ack").map((event) => event["outcome"] as RunEvent),
      "outcome",
    );
    expect(outcomes["refused"]).toBeGreaterThan(3);
    expect(outcomes["unknown"]).toBeGreaterThan(3);
    const verdicts = counted(
      events.filter((event) => event.kind === "fill"),
      "verdict",
    );
    expect(verdicts["duplicate"]).toBeGreaterThan(3);
    expect(verdicts["quarantined"]).toBe(1);
    const kinds = counted(events, "kind");
    expect(kinds).toMatchObject({ drift: 1, review: 1, halt: 2, resume: 2 });
    const { script } = await loadFixture(join(FIXTURES_FOLDER, "faulty"));
    expect(script.map((action) => action.do)).toEqual(expect.arrayContaining(["kill", "restart"]));
    const snapshot = readFileSync(join(FIXTURES_FOLDER, "faulty", "baseline", "snapshot.json"), "utf8");
    const executed = (JSON.parse(snapshot) as { script: readonly { readonly outcome: string }[] }).script;
    expect(executed).toHaveLength(script.length);
    expect(executed.every((one) => one.outcome === "done")).toBe(true);
  });

  it("quoting cancels and replaces, fills in parts, and is flat at its end", () => {
    const events = eventsOf("quoting");
    const kinds = counted(events, "kind");
    expect(kinds["cancel"]).toBeGreaterThan(100);
    expect(kinds["replace"]).toBeGreaterThan(50);
    expect(events.some((event) => event.kind === "fill" && event["status"] === "partially_filled")).toBe(true);
    const ended = events.filter((event) => event.kind === "flatten" && event["event"] === "ended");
    expect(ended.map((event) => event["left"])).toEqual([[], []]);
  });

  it("brackets end by stops, trailing stops and targets, and one child ends the other", () => {
    const events = eventsOf("brackets");
    const types = counted(
      events.filter((event) => event.kind === "order"),
      "type",
    );
    expect(types["stop"]).toBeGreaterThan(50);
    expect(types["trailing_stop"]).toBeGreaterThan(50);
    const ends = counted(
      events.filter((event) => event.kind === "closed"),
      "reason",
    );
    expect(ends["bracket"]).toBeGreaterThan(100);
  });

  it("gaps fill limits better than asked and stops worse, at the open, in parts, and one stop ends the other", () => {
    const events = eventsOf("gaps");
    const orders = new Map(
      events.flatMap((event) => (event.kind === "order" ? [[String(event["orderId"]), event] as const] : [])),
    );
    const opens = new Map(
      barsOf("gaps")
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.split(","))
        .map(([at, symbol, open]) => [`${Date.parse(at as string) + 60_000} ${symbol ?? ""}`, Number(open)]),
    );
    const counts = { limits: 0, stops: 0, stopLimits: 0 };
    for (const event of events) {
      if (event.kind !== "fill") continue;
      const order = orders.get(String(event["orderId"]));
      const { type, limitPrice, stopPrice, quantity } = order as RunEvent;
      const side = Math.sign(Number(quantity));
      const open = opens.get(`${Number(event["filledAt"]) / 1_000} ${String(event["symbol"])}`) as number;
      const beyond = (price: unknown): boolean => price !== undefined && side * (open - Number(price)) > 0.02;
      if (
        type === undefined &&
        limitPrice !== null &&
        limitPrice !== undefined &&
        side * (Number(limitPrice) - open) > 0.02
      ) {
        expect(event["price"]).toBe(String(open));
        counts.limits += 1;
      }
      if (type === "stop" && beyond(stopPrice)) {
        expect(side * (Number(event["price"]) - open)).toBeGreaterThanOrEqual(0);
        counts.stops += 1;
      }
      if (type === "stop_limit") counts.stopLimits += 1;
    }
    expect(counts.limits).toBeGreaterThan(10);
    expect(counts.stops).toBeGreaterThan(5);
    expect(counts.stopLimits).toBeGreaterThan(3);
    expect(events.filter((event) => event["status"] === "partially_filled").length).toBeGreaterThan(20);
    const ends = counted(
      events.filter((event) => event.kind === "closed"),
      "reason",
    );
    expect(ends["oco"]).toBeGreaterThan(20);
    expect(ends["expired"]).toBeGreaterThan(5);
  });

  it("flatten closes a position, a symbol, groups and everything, over kills, and leaves nothing behind", () => {
    const events = eventsOf("flatten");
    const flattens = events.filter((event) => event.kind === "flatten");
    const ended = flattens.filter((event) => event["event"] === "ended");
    expect(ended).toHaveLength(flattens.length / 2);
    expect(ended.every((event) => (event["left"] as readonly unknown[]).length === 0)).toBe(true);
    expect(ended.reduce((sum, event) => sum + Number(event["closed"]), 0)).toBeGreaterThan(15);
    expect(new Set(flattens.map((event) => (event["scope"] as { readonly kind: string }).kind))).toEqual(
      new Set(["symbol", "group", "strategy", "all"]),
    );
    const closing = events.filter((event) => event.kind === "order" && event["flatten"] !== undefined);
    expect(closing.every((event) => event["accepted"] === true)).toBe(true);
    expect(counted(events, "kind")["cancel"]).toBeGreaterThan(30);
  });

  it("trending markets pay those who follow the trend, and the quiet one trades least", () => {
    const ordersOf = (name: string): number => eventsOf(name).filter((event) => event.kind === "order").length;
    expect(ordersOf("quiet")).toBeLessThan(ordersOf("trending-up"));
    expect(ordersOf("quiet")).toBeLessThan(ordersOf("range-bound"));
  });
});
