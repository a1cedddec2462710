/** The smoke: equal for equal seeds, its model's balances, its verdicts and its files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runSmoke, SMOKE_DEFAULTS, type SmokeOptions } from "../../src/harness/smoke.ts";
import { MINUTE, parseMoment, SECOND, type Duration } from "../../src/shared/time.ts";
import { folder, jsonOf, logos, tree } from "../cli/terminal.ts";

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const options: fc.Arbitrary<SmokeOptions> = fc
  .record({
    strategies: fc.integer({ min: 1, max: 30 }),
    cadenceS: fc.integer({ min: 4, max: 60 }),
    cadences: fc.integer({ min: 1, max: 8 }),
    budgetShare: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    jitterShare: fc.double({ min: 0, max: 0.4, noNaN: true }),
    seed: fc.string({ maxLength: 12 }),
    overrunShare: fc.constantFrom(0, 0.01, 0.5, 1),
    replayShare: fc.constantFrom(0, 0.05, 1),
    unknownFillShare: fc.constantFrom(0, 0, 0, 0.2, 1),
  })
  .map(({ strategies, cadenceS, cadences, budgetShare, jitterShare, seed, ...shares }) => ({
    ...SMOKE_DEFAULTS,
    strategies,
    seed,
    cadence: (cadenceS * SECOND) as Duration,
    duration: (cadenceS * cadences * SECOND) as Duration,
    timeBudget: Math.round(cadenceS * budgetShare * SECOND) as Duration,
    jitter: Math.round(cadenceS * jitterShare * SECOND) as Duration,
    ...shares,
  }));

describe("the model", () => {
  it("balances: every run asks for one order, every accepted order is filled whole, a replay is neither", () => {
    fc.assert(
      fc.property(options, (given) => {
        const { lines, summary } = runSmoke(given);
        expect(summary.orders_accepted + sum(summary.orders_rejected)).toBe(summary.runs);
        expect(summary.replays).toBeLessThanOrEqual(summary.runs);
        if (given.replayShare === 0) expect(summary.replays).toBe(0);
        if (given.replayShare === 1) expect(summary.replays).toBe(summary.runs);
        expect(summary.remaining_inflight).toBe(0);
        const { runs: executions, skips, overruns, strategies, unknown_fills } = summary;
        expect(summary.scheduler).toMatchObject({ strategies, executions, skips, overruns });
        expect(Math.abs(summary.scheduler.skip_rate - (executions === 0 ? 0 : skips / executions))).toBeLessThan(
          5.01e-7,
        );
        const rejection_counts = summary.orders_rejected;
        expect(summary.router).toEqual({
          halted: unknown_fills > 0,
          pending_orders: 0,
          rejection_counts,
          unknown_fills,
        });
        expect(summary.fills).toBe(summary.orders_accepted);
        if (given.unknownFillShare === 0) expect([summary.unknown_fills, summary.orders_rejected]).toEqual([0, {}]);
        if (given.overrunShare === 0) expect([summary.overruns, summary.skips]).toEqual([0, 0]);
        if (given.overrunShare === 1) expect(summary.overruns).toBe(summary.runs);
        // A strategy waits for more than half its cadence between two runs.
        expect(summary.runs).toBeLessThanOrEqual(given.strategies * (2 * (given.duration / given.cadence) + 2));
        expect(lines.length).toBe(Math.floor(given.duration / (5 * SECOND)));
      }),
      { numRuns: 150 },
    );
  });

  it("writes lines in their time's order, each of one JSON object, the newest last", () => {
    fc.assert(
      fc.property(options, (given) => {
        const { lines, summary } = runSmoke(given);
        const times = [...lines, JSON.stringify(summary.metrics)].map((line) => {
          const { timestamp, ticks } = JSON.parse(line) as { timestamp: string; ticks: number };
          expect(ticks).toBeLessThanOrEqual(200);
          return parseMoment(timestamp) as number;
        });
        for (const [index, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(times[index - 1] ?? time);
      }),
      { numRuns: 50 },
    );
  });

  it("judges by what it counted: unknown fills before limits, and each limit by its own row", () => {
    fc.assert(
      fc.property(options, (given) => {
        const { summary } = runSmoke(given);
        for (const { value, limit, kept } of summary.slo) expect(kept).toBe(value <= limit);
        const kept = summary.slo.every((row) => row.kept);
        const limits = kept ? "passed" : "slo_broken";
        expect(summary.verdict).toBe(summary.unknown_fills > 0 ? "unknown_fills" : limits);
        const row = (name: string): number | undefined => summary.slo.find((one) => one.name === name)?.value;
        expect(row("errors")).toBe(sum(summary.orders_rejected));
        expect(row("queue_depth_max")).toBeGreaterThanOrEqual(Number(summary.metrics["queue_depth_max"]));
        // It is given to six places; a value halfway between two of them is half of the last place away.
        const skips = summary.runs === 0 ? 0 : summary.overruns / summary.runs;
        expect(Math.abs((row("skip_rate") ?? Number.NaN) - skips)).toBeLessThan(5.01e-7);
      }),
      { numRuns: 100 },
    );
  });

  it("is the same, byte for byte, for the same options, and another for another seed", () => {
    fc.assert(
      fc.property(options, (given) => {
        expect(JSON.stringify(runSmoke(given))).toBe(JSON.stringify(runSmoke({ ...given })));
      }),
      { numRuns: 30 },
    );
    const seeded = (seed: string): string => runSmoke({ ...SMOKE_DEFAULTS, seed }).lines.join("\n");
    expect(seeded("1")).not.toBe(seeded("2"));
  });

  it("a fill without an order shuts the gate: nothing is accepted after it", () => {
    const { summary } = runSmoke({ ...SMOKE_DEFAULTS, unknownFillShare: 1 });
    expect(summary).toMatchObject({ unknown_fills: 1, verdict: "unknown_fills" });
    expect(summary.orders_rejected["router_halted"]).toBe(summary.runs - summary.orders_accepted);
  });

  it("runs 2,000 strategies for 15 minutes", () => {
    const { lines, summary } = runSmoke({ ...SMOKE_DEFAULTS, strategies: 2_000, duration: (15 * MINUTE) as Duration });
    expect(summary).toMatchObject({ verdict: "passed", unknown_fills: 0, remaining_inflight: 0 });
    // Forty-five slots each, less what overruns and the cohort's stagger take.
    expect(summary.runs).toBeGreaterThan(84_000);
    expect(summary.runs).toBeLessThanOrEqual(93_000);
    expect(lines.length).toBe(180);
  });
});

describe("`logos smoke`", () => {
  const at = folder();
  const say = async (line: string): ReturnType<typeof logos> => logos(line.split(" "), { at });

  it("writes its files into the folder given, the same for the same seed but for the history, and 0 when every limit is kept", async () => {
    const people = await say("smoke --seed 7 --output-dir one");
    expect(people).toMatchObject({ code: 0, err: "" });
    expect(people.out).toMatch(/^50 strategies, 15 minutes, seed 7: [\d,]+ runs, /);
    expect(people.out.match(/ kept$/gm)).toHaveLength(4);
    const programs = await say("smoke --seed 7 --output-dir two --json");
    const printed = jsonOf(programs);
    expect(tree(join(at, "one")).map((line) => line.split(" ")[0])).toEqual([
      "history.jsonl",
      "logs/",
      "logs/metrics.jsonl",
      "summary.json",
    ]);
    const steady = (name: string): string[] => tree(join(at, name)).filter((line) => !line.startsWith("history"));
    expect(steady("two")).toEqual(steady("one"));
    const summary: unknown = JSON.parse(readFileSync(join(at, "one", "summary.json"), "utf8"));
    expect(printed).toMatchObject(summary as object);
    expect(printed["files"]).toEqual({
      metrics: join(at, "two", "logs", "metrics.jsonl"),
      summary: join(at, "two", "summary.json"),
      history: join(at, "two", "history.jsonl"),
    });
    const lines = readFileSync(join(at, "one", "logs", "metrics.jsonl"), "utf8").split("\n");
    expect([lines.length, lines.at(-1)]).toEqual([181, ""]);
  });

  it("writes below runs/ when no folder is given, and to no workspace", async () => {
    const own = folder();
    expect((await logos(["smoke", "--strategies", "2", "--duration-min", "1"], { at: own })).code).toBe(0);
    expect(
      tree(own)
        .filter((line) => !line.endsWith("/"))
        .map((line) => line.split(" ")[0]),
    ).toEqual(
      ["history.jsonl", "logs/metrics.jsonl", "summary.json"].map((name) => `runs/orchestrator/_ci/smoke/${name}`),
    );
  });

  it.each([
    ["--slo-latency-p95-sec 0.001", 1, "p95_latency_s"],
    ["--slo-skip-rate 0", 1, "skip_rate"],
    ["--slo-queue-depth 0", 1, "queue_depth_max"],
    ["--unknown-fill-share 1 --slo-errors 1000000", 2, null],
    ["--unknown-fill-share 1", 2, "errors"],
  ])("with %s ends with %i", async (flags, code, broken) => {
    const said = await say(`smoke ${flags}`);
    expect(said).toMatchObject({ code, err: "" });
    const rows = said.out.split("\n").filter((line) => line.endsWith("BROKEN"));
    expect(rows.map((line) => line.split(" ")[0])).toEqual(broken === null ? [] : [broken]);
  });
});
