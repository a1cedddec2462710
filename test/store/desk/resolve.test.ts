/** Desk files that are read, and where each value came from. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, MINUTE, SECOND } from "../../../src/shared/time.ts";
import {
  describeConfig,
  environmentName,
  flagName,
  SETTING_NAMES,
  SETTINGS,
  settingOf,
  type SettingName,
} from "../../../src/store/desk/index.ts";
import { readValue } from "../../../src/store/desk/text/values.ts";
import { builtIns, failure, FULL, read, small } from "./desks.ts";

const rowOf = (text: string, name: string, more = {}) => read(text, more).origins.find((row) => row.name === name);

describe("a desk file with every key", () => {
  const { desk, origins, notes } = read(FULL);

  it("lands in the desk, value by value", () => {
    expect(desk).toMatchObject({
      name: "full",
      source: "desk.yaml",
      seed: "42",
      dollarPerTrade: 5000.5,
      broker: { currency: "EUR", cash: "1000000.1", slippageBps: 1.5, latency: 250_000, partialFillShare: 0.5 },
      clock: { kind: "virtual", start: Date.UTC(2026, 0, 5, 14, 30) * 1_000, speed: "max" },
      orchestrator: {
        rateLimitPerSec: 7,
        maxInflight: 99,
        snapshotInterval: 20 * SECOND,
        metricsInterval: 2_500_000,
        metricsWindow: 150,
        equityInterval: 10 * SECOND,
        deadlineFactor: 4,
        quarantineAfter: 2,
        journalKeep: 7 * DAY,
      },
      slo: { latencyP95Ms: 2000, skipRate: 0.1, queueDepth: 64, errors: 1 },
      runtime: { median: 50_000, sigma: 0.7, slowShare: 0.02, slowFactor: 12 },
    });
    expect(desk.broker.faults).toEqual({
      reject: 0.01,
      dropAck: 0.02,
      duplicateFill: 0.03,
      delayFill: 0.04,
      unknownFill: 0.05,
    });
    expect(desk.limits).toEqual({
      maxNotional: "20000",
      maxPosition: "500",
      maxPositionBySymbol: { AAA: "100" },
      portfolioGrossCap: 2,
      perAssetCap: 0.5,
      assetClassCaps: { equity: 0.9, crypto: 0.1 },
      perTradeRiskCap: 0.05,
      portfolioDrawdownCap: 0.1,
      cooldown: 10 * MINUTE,
      dailyPortfolioLossCap: "10000",
      strategyDailyLossCap: "2000",
      turnoverWarn: 5,
      turnoverBlock: 10,
      capacityWarn: 0.05,
      capacityLimit: 0.1,
      capacityBars: 15,
      sessionDrawdownLimit: 0.2,
      rejectLimit: 50,
      rejectWindow: 2 * MINUTE,
      dataStale: 90 * SECOND,
    });
  });

  it("reads symbols and strategies, and fills in what they leave open", () => {
    expect(desk.feed).toMatchObject({ kind: "synthetic", barInterval: 30 * SECOND, markInterval: 1_500_000 });
    const symbols = desk.feed.kind === "synthetic" ? desk.feed.symbols : [];
    expect(symbols[0]).toMatchObject({ symbol: "AAA", lotSize: "0.1", minQuantity: "0.2", quantityPrecision: 1 });
    expect(symbols[1]).toEqual({
      symbol: "BBB",
      assetClass: "crypto",
      currency: "EUR",
      pricePrecision: 2,
      quantityPrecision: 0,
      lotSize: "1",
      minQuantity: "1",
      minNotional: "0",
      startPrice: 10,
      volatility: 0.3,
      drift: 0,
      volume: 10_000,
    });
    expect(desk.strategies[0]).toEqual({
      name: "mo",
      module: "momentum",
      symbols: ["AAA", "BBB"],
      cadence: 30 * SECOND,
      timeBudget: 2 * SECOND,
      jitter: 3 * SECOND,
      heartbeatTimeout: 2 * MINUTE,
      anchor: "slot",
      params: { fast: 10, slow: 30, exposure_cap: 1 },
      group: "trend",
    });
    expect(desk.strategies[1]).toMatchObject({
      module: "sub/mine.mjs",
      timeBudget: 2 * SECOND,
      jitter: 0,
      heartbeatTimeout: 4 * SECOND,
      anchor: "finish",
      params: { level: 3 },
      group: "default",
    });
  });

  it("says of every value where it stands", () => {
    expect(notes).toEqual([]);
    const lines = FULL.split("\n");
    for (const row of origins.filter((one) => one.from === "file" && !/\[|symbols$/.test(one.name))) {
      const [, line, column] = /^desk\.yaml:(\d+):(\d+)$/.exec(row.where) ?? [];
      const rest = (lines[Number(line) - 1] ?? "").slice(Number(column) - 1);
      expect(rest, row.name).not.toBe("");
      expect((lines[Number(line) - 1] ?? "").slice(0, Number(column) - 1), row.name).toMatch(/: $/);
    }
    expect(origins.find((row) => row.name === "strategies.mo.params.fast")).toMatchObject({
      value: "10",
      from: "file",
    });
    expect(origins.find((row) => row.name === "strategies.mo.params.exposure_cap")).toMatchObject({ from: "default" });
    expect(origins.find((row) => row.name === "feed.symbols.BBB.volatility")).toMatchObject({
      value: "0.3",
      from: "default",
    });
  });
});

describe("the table of settings", () => {
  it("has one name and one place for each, and defaults that keep their own rules", () => {
    expect(new Set(SETTING_NAMES.map((name) => settingOf(name).at)).size).toBe(SETTING_NAMES.length);
    for (const name of SETTING_NAMES) {
      const { kind, fallback, means } = settingOf(name);
      expect(readValue(kind, kind.write(fallback)), name).toEqual({ value: fallback });
      expect(means, name).not.toBe("");
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    }
    expect(SETTINGS.orchestrator_snapshot_interval_s.fallback).toBe(30 * SECOND);
    expect(environmentName("orchestrator_snapshot_interval_s")).toBe("LOGOS_ORCHESTRATOR_SNAPSHOT_INTERVAL_S");
    expect(flagName("dollar_per_trade")).toBe("--dollar-per-trade");
  });

  it("has a row for each that holds", () => {
    const names = describeConfig({ text: small(), fileName: "desk.yaml", builtIns }).map((row) => row.name);
    const replayOnly = SETTING_NAMES.filter((name) => settingOf(name).only?.kind === "replay");
    for (const name of SETTING_NAMES) expect(names.includes(name), name).toBe(!replayOnly.includes(name));
  });
});

describe("precedence", () => {
  const samples: readonly (readonly [SettingName, string, string, string])[] = [
    ["seed", "f", "e", "g"],
    ["max_inflight", "3", "4", "5"],
    ["dollar_per_trade", "3", "4.5", "1e3"],
    ["orchestrator_snapshot_interval_s", "3", "4", "5"],
  ];

  it("is flag, environment, file, default, for any mix of them", () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.boolean(), fc.boolean(), fc.boolean(), (sample, flag, env, file) => {
        const [name, inFile, inEnv, inFlag] = sample;
        const row = rowOf(small("", file ? `${name}: ${inFile}\n` : ""), name, {
          env: env ? { [environmentName(name)]: inEnv } : {},
          flags: flag ? { [name]: inFlag } : {},
        });
        const wanted = flag
          ? { from: "flag", value: String(Number(inFlag) || inFlag), where: flagName(name) }
          : env
            ? { from: "environment", value: inEnv, where: environmentName(name) }
            : file
              ? { from: "file", value: inFile, where: `desk.yaml:4:${name.length + 3}` }
              : { from: "default", where: "built in" };
        expect(row).toMatchObject(wanted);
      }),
    );
  });

  it("takes an empty variable as none, and reports a variable that is nearly a setting's", () => {
    const { desk, notes } = read(small(), {
      env: { LOGOS_SEED: "", LOGOS_MAX_INFLIGTH: "3", LOGOS_CONSOLE_DATA: "x" },
    });
    expect(desk.seed).toBe("1");
    expect(notes).toEqual(["LOGOS_MAX_INFLIGTH is ignored: it is no setting; did you mean LOGOS_MAX_INFLIGHT?"]);
  });

  it("refuses what breaks a rule outside the file, naming where", () => {
    expect(failure(small(), { flags: { speed: 7 } }).toShape()).toEqual({
      code: "usage",
      message: '--speed is "7"; write 1, 10, 60 or max.',
      detail: { where: "--speed", value: "7", rule: "write 1, 10, 60 or max", nearest: null },
    });
    const bad = failure(small(), { env: { LOGOS_MAX_INFLIGHT: "0.5" } });
    expect(bad.code).toBe("invalid_input");
    expect(bad.message).toBe('LOGOS_MAX_INFLIGHT is "0.5"; write a whole number from 1 to 1000000.');
    expect(failure(small("", "clock: { kind: system }\n"), { flags: { speed: 10 } }).message).toBe(
      '--speed is "10"; it belongs to the virtual clock, and this one is system.',
    );
  });

  it("lets the clock be replaced from outside, and then leaves the file's speed idle", () => {
    const { desk, origins } = read(small("", "clock: { speed: 10, kind: virtual }\n"), {
      env: { LOGOS_CLOCK: "system" },
    });
    expect(desk.clock).toEqual({ kind: "system" });
    expect(origins.some((row) => row.name === "speed")).toBe(false);
  });
});

describe("a replay feed", () => {
  const text = `feed:
  kind: replay
  files: [a.csv, b.zip]
  timeZone: America/New_York
  symbols:
    - symbol: AAPL
      assetClass: equity
      lotSize: 10
strategies:
  - { name: one, module: carry, symbols: [AAPL], cadence: 1m }
`;

  it("names files, zone and what is known of symbols", () => {
    const { desk } = read(text, { resolveFile: (name) => `/data/${name}` });
    expect(desk.feed).toMatchObject({
      kind: "replay",
      files: ["/data/a.csv", "/data/b.zip"],
      timeZone: "America/New_York",
      symbol: null,
      dateFormat: null,
    });
    expect(desk.feed.kind === "replay" ? desk.feed.symbols["AAPL"] : null).toMatchObject({
      lotSize: "10",
      minQuantity: "10",
    });
  });

  it("gives way to files that a command names", () => {
    const meta = {
      symbol: "AAA",
      assetClass: "equity",
      currency: "USD",
      pricePrecision: 2,
      quantityPrecision: 0,
      lotSize: "1",
      minQuantity: "1",
      minNotional: "0",
    };
    const { desk, origins } = read(small(), { bars: { files: ["x.csv"], symbols: [meta] } });
    expect(desk.feed).toMatchObject({ kind: "replay", files: ["x.csv"], symbols: { AAA: meta } });
    expect(origins.find((row) => row.name === "feed")).toMatchObject({ value: "replay", where: "--bars" });
    expect(failure(small(), { bars: { files: ["x.csv"], symbols: [{ ...meta, symbol: "AAB" }] } }).message).toBe(
      'desk.yaml:7:15: strategies[0].symbols[0] is "AAA"; the feed has no such symbol; did you mean AAB?',
    );
  });
});
