/** `logos run --bars` on real recordings: LEAN's minutes in full and an hour of its seconds, and a day of perpetual candles. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dataFolder, missingData } from "../material.ts";
import { folder, jsonOf, logos } from "./terminal.ts";
import { parseMoment } from "../../src/shared/time.ts";

const filesOf = (source: string, pattern: RegExp): string[] =>
  dataFolder === null
    ? []
    : readdirSync(join(dataFolder, source))
        .filter((name) => pattern.test(name))
        .map((name) => join(dataFolder as string, source, name));

interface Summary {
  readonly runs: number;
  readonly orders: number;
  readonly fills: number;
  readonly workingOrders: number;
  readonly halted: boolean;
  readonly cause: string;
  readonly startedAt: string;
  readonly stoppedAt: string;
  readonly equityEnd: string;
  readonly folder: string;
}

async function run(args: readonly string[]): Promise<{ readonly summary: Summary; readonly err: string }> {
  const at = folder();
  const said = await logos(["run", "--json", ...args], { at });
  expect(said.code).toBe(0);
  const summary = jsonOf(said) as unknown as Summary;
  expect(summary).toMatchObject({ halted: false, cause: "finished" });
  expect(summary.fills + summary.workingOrders).toBeGreaterThanOrEqual(summary.orders);
  const lines = readFileSync(join(summary.folder, "fills.csv"), "utf8").trimEnd().split("\n");
  expect(lines.length).toBe(summary.fills + 1);
  expect((await logos(["verify"], { at })).code).toBe(0);
  return { summary, err: said.err };
}

const lengthOf = ({ startedAt, stoppedAt }: { readonly startedAt: string; readonly stoppedAt: string }): number =>
  (parseMoment(stoppedAt) ?? 0) - (parseMoment(startedAt) ?? 0);

describe.skipIf(dataFolder === null)(`real recordings (skipped where ${missingData})`, () => {
  it("LEAN's minutes, two symbols over two days, in full", async () => {
    const { summary, err } = await run(["--bars", ...filesOf("lean", /_minute_.*\.zip$/)]);
    expect(err).toContain("7 strategies, seed 1, paper account.");
    expect(summary).toMatchObject({ startedAt: "2018-04-04T00:01:00+00:00", stoppedAt: "2018-04-06T00:00:00+00:00" });
    // Runs on recorded data take no time: each of the seven strategies runs in each of 2,880 minutes.
    expect(summary.runs).toBe(20_160);
    expect(summary.orders).toBeGreaterThan(1_000);
  });

  it("LEAN's seconds, for an hour", async () => {
    const { summary, err } = await run(["--for", "1h", "--bars", ...filesOf("lean", /_second_.*\.zip$/)]);
    expect(err).toContain("logos: The files hold one symbol, so pairs, which trades two, does not run.\n");
    expect(lengthOf(summary)).toBe(3_600_000_000);
    expect(summary.runs).toBeGreaterThan(10_000);
  });

  it("three-minute candles of a perpetual, for a day", async () => {
    const { summary } = await run(["--for", "1d", "--bars", ...filesOf("hummingbot", /\.csv$/)]);
    expect(lengthOf(summary)).toBe(86_400_000_000);
    expect(summary.runs).toBe(3 * 481);
    expect(summary.orders).toBeGreaterThan(100);
  });
});
