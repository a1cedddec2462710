/** `logos instruments`, and what `logos import` and `logos run` say of instruments, rates and jumps. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitOf } from "../../src/cli/common/exits.ts";
import { folder, jsonOf, logos } from "./terminal.ts";

const csv = (...closes: readonly string[]): string =>
  [
    "time,open,high,low,close,volume",
    ...closes.map((close, day) => `2024-03-${String(day + 4).padStart(2, "0")},${close},${close},${close},${close},5`),
    "",
  ].join("\n");

const DESK = [
  "broker: { currency: USD, cash: 100000 }",
  "instruments:",
  "  - { symbol: ES, multiplier: 25 }",
  "feed: { kind: replay, files: [data/ES.csv, data/ACME.csv] }",
  "strategies:",
  "  - { name: one, module: momentum, symbols: [ES], cadence: 1d }",
  "",
].join("\n");

function workspace(acme: readonly string[] = ["10.01", "10.02"]): string {
  const at = folder();
  mkdirSync(join(at, "data"));
  writeFileSync(join(at, "data", "ES.csv"), csv("5000.25", "5001"));
  writeFileSync(join(at, "data", "ACME.csv"), csv(...acme));
  writeFileSync(join(at, "desk.yaml"), DESK);
  return at;
}

describe("logos instruments", () => {
  it("lists each field with where it came from, of all symbols or of those that are named", async () => {
    const at = workspace();
    writeFileSync(join(at, "instruments.yaml"), "ES: { feeBps: 2 }\n");
    const rows = jsonOf(await logos(["instruments", "--workspace", at, "--json"], { at })) as unknown as Record<
      string,
      string
    >[];
    const fromOf = (symbol: string, field: string): unknown => {
      const row = rows.find((one) => one["symbol"] === symbol && one["field"] === field);
      return [row?.["value"], row?.["from"]];
    };
    expect(fromOf("ES", "multiplier")).toEqual(["25", "desk"]);
    expect(fromOf("ES", "feeBps")).toEqual(["2", "workspace"]);
    expect(fromOf("ES", "tickSize")).toEqual(["0.25", "built_in"]);
    expect(fromOf("ACME", "currency")).toEqual(["USD", "guess"]);
    const { out } = await logos(["instruments", "ACME", join(at, "desk.yaml"), "--workspace", at], { at });
    expect(out).toContain("guessed");
    expect(out).not.toContain("ES ");
    const unknown = await logos(["instruments", "NONE", "--workspace", at], { at });
    expect(unknown.code).toBe(exitOf("not_found"));
    expect(unknown.err).toContain("ACME, ES");
  });
});

describe("logos import", () => {
  it("names what each symbol would be, and the rate that the workspace's desk lacks", async () => {
    const at = workspace();
    writeFileSync(join(at, "USDJPY.csv"), csv("150.123", "150.456"));
    const command = ["import", join(at, "USDJPY.csv"), "--preview", "--workspace", at];
    const { out, err } = await logos(command, { at });
    expect(out).toContain("USDJPY: assetClass fx, currency JPY, tickSize 0.001, multiplier 1 (guessed)");
    expect(err).toContain("Write fx: { JPY: 1/USDJPY }");
  });
});

describe("logos run", () => {
  it("says once of each symbol that its price jumps and no split is named", async () => {
    const at = workspace(["100.01", "25.01", "24.99", "6.01"]);
    const { err } = await logos(["run", "--workspace", at], { at });
    expect(err.match(/ACME goes from 100\.01 to 25\.01/g)).toHaveLength(1);
  });
});
