/** Fake projections of what strategies do: the desk, the schedule, the metrics. */
import type { StreamValue } from "../../../src/shared/contract/contract.ts";
import { KINDS, NAMES, NOW, PRICES, record, START, SYMBOLS } from "./desk-facts.ts";

const stateOf = (index: number) =>
  index === 5
    ? "quarantined"
    : index === 8
      ? "paused"
      : index === 3
        ? "over_budget"
        : index % 7 === 6
          ? "in_flight"
          : "waiting";

export function desk(next: () => number): StreamValue<"desk"> {
  let level = 100_000;
  let peak = level;
  const points = Array.from({ length: 260 }, (_, index) => {
    level += (next() - 0.455) * 22;
    peak = Math.max(peak, level);
    return [START + index * 5e6, level, level / peak - 1] as [number, number, number];
  });
  const spark = (low: number, span: number): number[] => Array.from({ length: 60 }, () => low + next() * span);
  const tile = { n: 512, windowText: "last 512 runs", updatedAt: NOW - 300_000 };
  return {
    tiles: {
      latency: {
        ...tile,
        value: 41.2,
        limit: 250,
        detail: "p50 18.1 ms · max 112 ms",
        state: "ok",
        spark: spark(30, 20),
      },
      skipRate: { ...tile, value: 0.0042, limit: 0.05, detail: "9 of 2143", state: "ok", spark: spark(0.001, 0.006) },
      queueDepth: {
        ...tile,
        value: 7,
        limit: 64,
        detail: "max 19",
        windowText: "now",
        state: "ok",
        spark: spark(2, 12),
      },
      errors: {
        ...tile,
        value: 18,
        limit: 20,
        detail: "rate_limited 14 · max_notional 4",
        windowText: "last 5 min",
        state: "warning",
        spark: spark(8, 10),
      },
    },
    account: {
      currency: "USD",
      equity: level.toFixed(2),
      equityStart: "100000",
      startAt: START,
      cash: "48210.12",
      pnl: (level - 100_000).toFixed(2),
      realized: "301.20",
      unrealized: "111.66",
      fees: "48.12",
      drawdown: -0.0021,
      drawdownMax: -0.0062,
      gross: "84210.55",
      net: "-1210.4",
    },
    equity: record(points, (point) => String((point[0] - START) / 5e6)),
    strategies: record(
      NAMES.map((name, index) => ({
        name,
        state: stateOf(index),
        failing: false,
        pnl: index === 11 ? "0" : ((next() - 0.45) * 240).toFixed(2),
        realized: "0",
        fills: Math.floor(next() * 70),
        orders: Math.floor(next() * 90),
        rejections: Math.floor(next() * 3),
        skips: Math.floor(next() * 2.4),
        lastSignal: "z 2.1",
      })),
      (row) => row.name,
    ) as StreamValue<"desk">["strategies"],
    otherOwners: {},
    exposure: record(
      SYMBOLS.map((symbol) => {
        const mark = PRICES[symbol] ?? 50 + next() * 100;
        const position = Math.round((next() - 0.5) * 90);
        return {
          symbol,
          assetClass: "equity",
          position: String(position),
          mark,
          value: (position * mark).toFixed(2),
          share: (position * mark) / 100_000,
          pricePrecision: symbol === "EURUSD" ? 5 : 2,
          quantityPrecision: symbol.includes("USD") ? 4 : 0,
        };
      }),
      (row) => row.symbol,
    ),
    headroom: record(
      [
        { guard: "max_notional", scope: "order", value: "8120.00", limit: "10000", used: 0.812 },
        { guard: "portfolio_gross_cap", scope: "portfolio", value: "0.84", limit: "2", used: 0.42 },
        { guard: "per_asset_cap", scope: "BTC-USD", value: "0.21", limit: "0.2", used: 1.05 },
        { guard: "turnover_block", scope: "day", value: "3.1", limit: "20", used: 0.155 },
      ],
      (row) => `${row.guard}:${row.scope}`,
    ),
  };
}

export function schedule(next: () => number): StreamValue<"schedule"> {
  const rows: StreamValue<"schedule">["rows"] = {};
  const runs: StreamValue<"schedule">["runs"] = {};
  const skipped: StreamValue<"schedule">["skipped"] = {};
  const coming: StreamValue<"schedule">["next"] = {};
  for (const [index, name] of NAMES.entries()) {
    const phase = next() * 15e6;
    const dead = index === 5 || index === 8;
    for (let run = 0; run < 60; run += 1) {
      const planned = NOW - 60 * 15e6 + run * 15e6 + phase;
      if (planned > NOW - 500_000 || (dead && run > 57)) continue;
      const over = index === 3 && run % 3 === 0;
      const length = over ? 5e6 + next() * 2e6 : 1e6 + next() * 2.4e6;
      if (index === 3 && run % 3 === 1) {
        skipped[`${name}@${planned}`] = { strategy: name, at: planned, reason: "overrun" };
        continue;
      }
      const started = planned + (next() - 0.5) * 3e6;
      const finished = started + length > NOW ? null : started + length;
      const outcome = finished === null ? null : over ? "overrun" : "ok";
      runs[`${name}#${run}`] = {
        strategy: name,
        planned,
        due: started,
        started,
        finished,
        outcome,
        orders: run % 4 === 0 ? 1 : 0,
        message: null,
      };
    }
    coming[name] = dead
      ? []
      : [1, 2, 3].map((slot) => {
          const planned = NOW + ((phase + slot * 15e6) % 46e6);
          return [planned + next() * 2e6, planned, 3e6];
        });
    rows[name] = {
      name,
      module: `strategies/${KINDS[index % 4]}.ts`,
      group: KINDS[index % 4] ?? "default",
      haltedBy: null,
      symbols: [SYMBOLS[(index * 5) % 12] ?? "AAPL"],
      state: stateOf(index),
      reason: index === 5 ? "three runs in a row passed their deadline" : null,
      reasonAt: index === 5 ? NOW - 90e6 : null,
      cadence: 15e6,
      budget: 5e6,
      jitter: 3e6,
      anchor: "finish",
      heartbeatTimeout: 60e6,
      nextRun: dead ? null : (coming[name]?.[0]?.[0] ?? null),
      lastRun: NOW - next() * 15e6,
      runningSince: null,
      lastRuntime: index === 3 ? 6.2e6 : 1e6 + next() * 3e6,
      averageRuntime: 2e6,
      executions: 60 + index,
      overruns: index === 3 ? 2 : 0,
      skips: index === 3 ? 2 : 0,
      failures: index === 5 ? 3 : 0,
      lastHeartbeat: NOW - (index === 3 ? 71.4e6 : next() * 18e6),
      heartbeatLate: index === 3,
      failing: false,
    };
  }
  return { now: NOW, rows, runs, skipped, next: coming };
}

export function metrics(next: () => number): StreamValue<"metrics"> {
  const samples = Array.from({ length: 130 }, (_, index) => {
    const p50 = 16 + next() * 6;
    const [runs, orders, fills] = [16 + Math.floor(next() * 3), Math.floor(next() * 12), Math.floor(next() * 10)];
    return [
      START + index * 10e6,
      p50,
      p50 + 15 + next() * 12,
      p50 + 40 + next() * 60,
      next() < 0.8 ? 0.002 : 0.008,
      Math.floor(next() * 14),
      next() < 0.85 ? 0 : 2,
      runs,
      orders,
      fills,
      runs,
      orders,
      fills,
    ] as StreamValue<"metrics">["samples"][string];
  });
  return {
    now: NOW,
    window: 512,
    n: 512,
    everyS: 10,
    latest: {
      at: NOW - 300_000,
      p50Ms: 18.1,
      p95Ms: 41.2,
      p99Ms: 87.9,
      maxMs: 112.4,
      averageMs: 20.3,
      skipRate: 0.0042,
      queueDepthMax: 19,
    },
    errors: { rate_limited: 14, max_notional_exceeded: 4 },
    samples: record(samples, (sample) => String((sample[0] - START) / 10e6)),
  };
}
