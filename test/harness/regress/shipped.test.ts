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
    const told = (JSON.parse(snapshot) as { script: readonly { readonly outcome: string }[] }).script;
    expect(told).toHaveLength(script.length);
    expect(told.every((one) => one.outcome === "done")).toBe(true);
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

  it("trending markets pay whoever goes along, and the quiet one trades least", () => {
    const ordersOf = (name: string): number => eventsOf(name).filter((event) => event.kind === "order").length;
    expect(ordersOf("quiet")).toBeLessThan(ordersOf("trending-up"));
    expect(ordersOf("quiet")).toBeLessThan(ordersOf("range-bound"));
  });
});
