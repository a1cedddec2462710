/** The desks that come with the program, and those that it makes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CodedError } from "../../../src/shared/errors.ts";
import type { SymbolMeta } from "../../../src/shared/market.ts";
import { MINUTE, SECOND } from "../../../src/shared/time.ts";
import {
  barsDesk,
  demoDesk,
  loadDesk,
  resolveBarsDesk,
  resourcesFolder,
  scaledDesk,
} from "../../../src/store/desk/index.ts";
import { builtIns, small } from "./desks.ts";

const meta = (symbol: string): SymbolMeta => ({
  symbol,
  assetClass: "equity",
  currency: "USD",
  pricePrecision: 2,
  quantityPrecision: 0,
  lotSize: "1",
  minQuantity: "1",
  minNotional: "0",
});

describe("the demo desk", () => {
  const { desk, origins, notes } = demoDesk({ builtIns });

  it("has 12 symbols of several classes, and 24 strategies of all four kinds", () => {
    expect(desk).toMatchObject({ name: "demo", source: "demo", clock: { kind: "virtual", speed: 10, start: null } });
    const symbols = desk.feed.kind === "synthetic" ? desk.feed.symbols : [];
    expect(symbols).toHaveLength(12);
    expect(new Set(symbols.map((one) => one.assetClass))).toEqual(new Set(["equity", "etf", "crypto", "fx"]));
    expect(new Set(symbols.map((one) => one.lotSize)).size).toBeGreaterThan(3);
    expect(desk.strategies).toHaveLength(24);
    expect(new Set(desk.strategies.map((one) => one.module))).toEqual(new Set(Object.keys(builtIns)));
    expect(new Set(desk.strategies.map((one) => one.group)).size).toBeGreaterThan(3);
    expect(Math.min(...desk.strategies.map((one) => one.cadence))).toBe(5 * SECOND);
    expect(Math.max(...desk.strategies.map((one) => one.cadence))).toBe(60 * SECOND);
    const traded = new Set(desk.strategies.flatMap((one) => one.symbols));
    expect([...traded].toSorted()).toEqual(symbols.map((one) => one.symbol).toSorted());
  });

  it("can trade: a whole signal is above each symbol's minimums and within each order's limit", () => {
    for (const one of desk.feed.kind === "synthetic" ? desk.feed.symbols : []) {
      const lots = Math.floor(desk.dollarPerTrade / one.startPrice / Number(one.lotSize));
      const quantity = lots * Number(one.lotSize);
      expect(quantity, one.symbol).toBeGreaterThanOrEqual(Number(one.minQuantity));
      expect(quantity * one.startPrice, one.symbol).toBeGreaterThanOrEqual(Number(one.minNotional));
      expect(quantity * one.startPrice, one.symbol).toBeLessThan(Number(desk.limits.maxNotional));
      const share = quantity / (one.volume * desk.limits.capacityBars);
      expect(share, one.symbol).toBeLessThan(desk.limits.capacityWarn ?? 0);
    }
  });

  it("has history for every window", () => {
    const bars = desk.feed.kind === "synthetic" ? desk.feed.warmupBars : 0;
    for (const one of desk.strategies) {
      const needed = builtIns[one.module]?.barsNeeded?.(one.params) ?? 0;
      expect(needed, one.name).toBeGreaterThan(0);
      expect(bars, one.name).toBeGreaterThanOrEqual(needed);
    }
  });

  it("takes flags and the environment, and says where each value is", () => {
    expect(notes).toEqual([]);
    expect(origins.find((row) => row.name === "speed")).toMatchObject({ value: "10", from: "file" });
    expect(origins.find((row) => row.name === "speed")?.where).toMatch(/^resources\/demo\/desk\.yaml:\d+:\d+$/);
    const other = demoDesk({ builtIns, flags: { seed: "7", speed: "max" }, env: { LOGOS_CASH: "5000.50" } }).desk;
    expect(other).toMatchObject({ seed: "7", clock: { speed: "max" }, broker: { cash: "5000.5" } });
  });

  it("has a busy sister: the same market and strategies, tight limits, a venue that misbehaves", () => {
    const busy = demoDesk({ builtIns, variant: "busy" }).desk;
    expect(busy.feed).toEqual(desk.feed);
    expect(busy.strategies.map((one) => [one.name, one.module, one.symbols, one.params])).toEqual(
      desk.strategies.map((one) => [one.name, one.module, one.symbols, one.params]),
    );
    expect(busy.orchestrator.rateLimitPerSec).toBe(1);
    expect(busy.orchestrator.maxInflight).toBeLessThan(10);
    expect(busy.broker.faults.unknownFill).toBeGreaterThan(0);
    expect(busy.limits.rejectLimit).toBeNull();
  });
});

describe("the resources folder", () => {
  it("is found from the source, or is the one that is named", () => {
    expect(resourcesFolder()).toMatch(/resources$/);
    const folder = mkdtempSync(join(tmpdir(), "logos-desk-"));
    try {
      mkdirSync(join(folder, "demo"));
      writeFileSync(join(folder, "demo", "desk.yaml"), small());
      expect(demoDesk({ builtIns, resources: folder }).desk.strategies).toHaveLength(1);
      expect(() => demoDesk({ builtIns, resources: folder, variant: "busy" })).toThrow(CodedError);
      expect(loadDesk(join(folder, "demo", "desk.yaml"), { builtIns }).desk.source).toBe(
        join(folder, "demo", "desk.yaml"),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the desk for files without one", () => {
  it("runs the four built-in strategies on each symbol, pairs on neighbours", () => {
    const desk = barsDesk({
      builtIns,
      files: ["a.csv"],
      symbols: ["AAA", "BBB", "C/C"].map(meta),
      barInterval: MINUTE,
    });
    expect(desk).toMatchObject({ name: "bars", source: "bars", feed: { kind: "replay", files: ["a.csv"] } });
    expect(desk.strategies.map((one) => `${one.name}: ${one.symbols.join("+")}`)).toEqual([
      "mean_reversion-AAA: AAA",
      "momentum-AAA: AAA",
      "carry-AAA: AAA",
      "pairs-AAA-BBB: AAA+BBB",
      "mean_reversion-BBB: BBB",
      "momentum-BBB: BBB",
      "carry-BBB: BBB",
      "pairs-BBB-C-C: BBB+C/C",
      "mean_reversion-C-C: C/C",
      "momentum-C-C: C/C",
      "carry-C-C: C/C",
    ]);
    expect(desk.strategies.every((one) => one.cadence === MINUTE && one.anchor === "slot")).toBe(true);
    expect(desk.feed.kind === "replay" ? desk.feed.symbols["C/C"] : null).toEqual(meta("C/C"));
  });

  it("skips pairs for one symbol, keeps names apart, and takes flags", () => {
    const one = resolveBarsDesk({
      builtIns,
      files: ["a.csv"],
      symbols: [meta("AAA")],
      barInterval: SECOND,
      flags: { speed: 60 },
    });
    expect(one.desk.strategies.map((strategy) => strategy.module)).toEqual(["mean_reversion", "momentum", "carry"]);
    expect(one.desk.strategies[0]).toMatchObject({ cadence: SECOND, timeBudget: SECOND });
    expect(one.desk.clock).toMatchObject({ speed: 60 });
    expect(one.origins.some((row) => row.from === "file")).toBe(false);
    const twins = barsDesk({ builtIns, files: ["a.csv"], symbols: ["A/B", "A:B"].map(meta) });
    expect(new Set(twins.strategies.map((strategy) => strategy.name)).size).toBe(7);
  });

  it("refuses more symbols than it can run, and none", () => {
    const many = Array.from({ length: 1_251 }, (_, index) => meta(`S${index}`));
    expect(() => barsDesk({ builtIns, files: ["a.csv"], symbols: many })).toThrow(
      /1251 symbols; without a desk file at most 1250/,
    );
    expect(() => barsDesk({ builtIns, files: ["a.csv"], symbols: [] })).toThrow(CodedError);
  });
});

describe("a desk of any size", () => {
  it("has as many strategies and symbols as were asked for, and is the same each time", () => {
    const options = { builtIns, strategies: 200, symbols: 50 };
    const desk = scaledDesk(options);
    expect(desk.strategies).toHaveLength(200);
    expect(new Set(desk.strategies.map((one) => one.name)).size).toBe(200);
    expect(desk.feed.kind === "synthetic" ? desk.feed.symbols : []).toHaveLength(50);
    expect(new Set(desk.strategies.flatMap((one) => one.symbols)).size).toBe(50);
    expect(scaledDesk(options)).toEqual(desk);
    expect(
      scaledDesk({ ...options, strategies: 8, symbols: 1, cadence: SECOND }).strategies.map((one) => one.module),
    ).not.toContain("pairs");
  });
});
