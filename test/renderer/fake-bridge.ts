/**
 * A bridge without a host: plausible projections of every stream, for looking at the views and for their tests.
 *
 * Its fault model: none by itself; `drop()` closes the connection, `event` sends what a test wants. Numbers come from a seed.
 */
import type {
  Bridge,
  ClientMessage,
  HostMessage,
  StreamName,
  StreamValue,
  Why,
} from "../../src/shared/contract/contract.ts";
import { diff } from "../../src/shared/contract/patch.ts";
import type { JsonObject } from "../../src/shared/contract/patch.ts";

export type Streams = { -readonly [Name in StreamName]: StreamValue<Name> };
export type Scenario = "first" | "running" | "halted" | "paused" | "stopped";

const START = Date.UTC(2026, 10, 23, 14, 30) * 1_000;
const NOW = START + 22 * 60e6 + 8.3e6;

/** A small seeded generator; good enough for pictures. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 4_294_967_296;
  };
}

const SYMBOLS = ["AAPL", "MSFT", "NVDA", "TSLA", "KO", "PEP", "EURUSD", "BTC-USD", "ETH-USD", "XOM", "CVX", "SPY"];
const KINDS = ["meanrev", "momo", "pairs", "carry"];
const NAMES = Array.from(
  { length: 24 },
  (_, index) =>
    `${KINDS[index % 4]}_${(SYMBOLS[(index * 5) % 12] ?? "").toLowerCase().replace("-", "_")}_${index < 12 ? "a" : "b"}`,
);
const PRICES: Record<string, number> = { AAPL: 187.22, MSFT: 411.3, NVDA: 921.4, "BTC-USD": 61_837.63, EURUSD: 1.0842 };

const record = <T>(rows: readonly T[], key: (row: T) => string): Record<string, T> =>
  Object.fromEntries(rows.map((row) => [key(row), row]));
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

function desk(next: () => number): StreamValue<"desk"> {
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

function schedule(next: () => number): StreamValue<"schedule"> {
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

const orderId = (number: number): string => `ROUTER-${String(number).padStart(8, "0")}`;

/** The terms of a plain market order. */
const MARKET_TERMS = {
  type: "market" as const,
  limitPrice: null,
  stopPrice: null,
  trail: null,
  timeInForce: "gtc" as const,
  expiresAt: null,
  postOnly: false,
  reduceOnly: false,
  parentId: null,
};

function router(next: () => number): StreamValue<"router"> {
  const inflight = Array.from({ length: 7 }, (_, index) => {
    const symbol = SYMBOLS[index] ?? "AAPL";
    return {
      orderId: orderId(1_205 + index),
      strategy: NAMES[index] ?? "",
      symbol,
      quantity: index % 2 === 0 ? 40 : -12,
      filled: index === 2 ? 20 : 0,
      price: PRICES[symbol] ?? 61.05,
      ...MARKET_TERMS,
      clientOrderId: `${index + 1}.1`,
      state:
        (["accepted", "pending_cancel", "partially_filled", "pending_new"] as const)[Math.min(index, 3)] ?? "accepted",
      inDoubt: index === 1,
      at: NOW - (1.8e6 - index * 0.22e6),
      pricePrecision: 2,
      quantityPrecision: 0,
    };
  });
  return {
    now: NOW,
    inflight: record(inflight, (row) => row.orderId),
    queued: {},
    inflightCount: 7,
    maxInflight: 256,
    oldestAt: NOW - 1.8e6,
    windows: record(
      NAMES.map((strategy, index) => ({
        strategy,
        used: Math.max(0, 5 - index),
        limit: 5,
        freeAt: index === 0 ? NOW + 611_000 : null,
        rejected: index < 2 ? Math.floor(next() * 12) : 0,
        pace: "queue" as const,
        queued: 0,
        queuedUntil: null,
      })),
      (row) => row.strategy,
    ),
    rateLimitPerSec: 5,
    nextOrderId: orderId(1_212),
    accepted: 1_211,
    refused: 0,
    rejected: 18,
    replays: 46,
    conflicts: 0,
    keys: 1_275,
    halted: false,
    snapshotAt: NOW - 12e6,
    snapshotEveryS: 30,
    journalPosition: 48_112,
  };
}

function rejections(): StreamValue<"rejections"> {
  const rows = Array.from({ length: 18 }, (_, index) => {
    const rate = index % 4 !== 2;
    return {
      seq: 40_000 + index,
      at: NOW - (18 - index) * 11.3e6,
      cause: rate ? "rate_limited" : "max_notional_exceeded",
      severity: rate ? ("warning" as const) : ("critical" as const),
      strategy: NAMES[index] ?? "",
      symbol: SYMBOLS[index % 12] ?? "",
      clientOrderId: `${NAMES[index]}-${String(41 + index).padStart(6, "0")}`,
      quantity: 40,
      price: 187.22,
      value: rate ? "5" : "12480.00",
      limit: rate ? "5" : "10000.00",
      freeAt: rate ? NOW - (18 - index) * 11.3e6 + 600_000 : null,
      from: null,
      largest: null,
      detail: null,
      because: "the newest bar crossed z 2.0, five symbols at once",
      bar: NOW - 60e6,
    };
  });
  const group = (cause: string, severity: "warning" | "critical") => {
    const found = rows.filter((row) => row.cause === cause);
    return { cause, severity, count: found.length, firstAt: found[0]?.at ?? NOW, lastAt: found.at(-1)?.at ?? NOW };
  };
  return {
    now: NOW,
    total: 18,
    groups: record([group("rate_limited", "warning"), group("max_notional_exceeded", "critical")], (row) => row.cause),
    rows: record(rows, (row) => String(row.seq)),
  };
}

function metrics(next: () => number): StreamValue<"metrics"> {
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

function orders(next: () => number): StreamValue<"orders"> {
  const states = [
    "filled",
    "filled",
    "filled",
    "partially_filled",
    "filled",
    "canceled",
    "accepted",
    "filled",
    "rejected",
    "expired",
  ] as const;
  const rows = Array.from({ length: 300 }, (_, index) => {
    const symbol = SYMBOLS[index % 12] ?? "AAPL";
    const price = PRICES[symbol] ?? 61.05;
    const quantity = (index % 2 === 0 ? 1 : -1) * (1 + Math.floor(next() * 80));
    const state = states[index % 10] ?? "filled";
    return {
      seq: 30_000 + index * 5,
      orderId: orderId(900 + index),
      clientOrderId: `${NAMES[index % 24]}-${index}`,
      at: NOW - (300 - index) * 4.1e6,
      strategy: NAMES[index % 24] ?? "",
      symbol,
      quantity,
      filled: state === "filled" ? String(quantity) : "0",
      price,
      ...MARKET_TERMS,
      type: index % 3 === 0 ? ("limit" as const) : ("market" as const),
      limitPrice: index % 3 === 0 ? price : null,
      reason: state,
      averagePrice: state === "filled" ? (price * 1.0001).toFixed(4) : null,
      fees: state === "filled" ? "0.38" : null,
      realized: state === "filled" ? ((next() - 0.48) * 30).toFixed(2) : null,
      state,
      updatedAt: NOW - (300 - index) * 4.1e6 + 340_000,
      because: `z ${(2 + next()).toFixed(2)} of the last 40 bars`,
      pricePrecision: symbol === "EURUSD" ? 5 : 2,
      quantityPrecision: 0,
    };
  });
  const fills = rows
    .filter((row) => row.state === "filled")
    .map((row, index) => ({
      seq: row.seq + 3,
      fillId: `FILL-${String(index).padStart(6, "0")}`,
      orderId: row.orderId,
      venueId: `2026-11-23_1430_demo-${row.orderId}`,
      at: row.updatedAt,
      strategy: row.strategy,
      symbol: row.symbol,
      quantity: row.filled,
      price: row.averagePrice ?? "0",
      fee: "0.38",
      realized: row.realized,
      verdict: index % 40 === 7 ? ("duplicate" as const) : ("booked" as const),
      pricePrecision: row.pricePrecision,
      quantityPrecision: 0,
    }));
  return {
    now: NOW,
    orderCount: 1_204,
    fillCount: 1_133,
    fillReports: 1_133,
    orders: record(rows, (row) => row.orderId),
    fills: record(fills, (row) => String(row.seq)),
  };
}

const REASON = {
  source: "drift" as const,
  code: "unknown_fill",
  message: "a fill arrived for an order that the session does not know",
  at: NOW - 28e6,
  value: null,
  limit: null,
  operator: null,
  note: null,
};

function drift(halted: boolean): StreamValue<"drift"> {
  const item = {
    id: "DRIFT-00000001",
    kind: "unknown_fill",
    at: NOW - 28e6,
    text: "The broker reports a fill of 2 AAPL at 187.22 that no order of this session explains.",
    orderId: null,
    evidence: { fillId: "VENUE-9001", symbol: "AAPL", quantity: "2", price: "187.22" },
    ours: "no such order",
    theirs: "2 AAPL @ 187.22",
    review: null,
  };
  const settled = {
    action: "dismiss" as const,
    strategy: null,
    operator: "desk-1",
    note: "told twice by the venue",
    at: NOW - 300e6,
  };
  return {
    now: NOW,
    halted,
    haltReasons: halted ? [REASON] : [],
    open: halted ? 1 : 0,
    items: record(
      [
        ...(halted ? [item] : []),
        { ...item, id: "DRIFT-00000000", kind: "overfill", at: NOW - 400e6, review: settled },
      ],
      (row) => row.id,
    ),
    resumes: [{ at: NOW - 290e6, operator: "desk-1", note: "venue confirmed by phone" }],
    positions: record(
      SYMBOLS.map((symbol, index) => ({
        symbol,
        ours: String(index * 3 - 12),
        broker: index === 0 && halted ? "-10" : null,
        differs: index === 0 && halted,
      })),
      (row) => row.symbol,
    ),
    strategies: NAMES,
  };
}

function log(): StreamValue<"log"> {
  const lines = Array.from({ length: 120 }, (_, index) => ({
    seq: 47_000 + index * 9,
    at: NOW - (120 - index) * 7e6,
    level: index % 17 === 3 ? ("warning" as const) : index === 40 ? ("critical" as const) : ("info" as const),
    subject: index % 3 === 0 ? "session" : (NAMES[index % 24] ?? ""),
    text: index % 17 === 3 ? "Run 41 took 6.2 s of 5 s: overrun." : "The broker told a fill again; it was booked once.",
  }));
  return { lines: record(lines, (line) => String(line.seq)) };
}

function sessions(next: () => number): StreamValue<"sessions"> {
  const rows = Array.from({ length: 14 }, (_, index) => ({
    id: `2026-11-${String(23 - index).padStart(2, "0")}_1430_demo_desk`,
    desk: "demo desk",
    state: index === 0 ? "running" : index === 4 ? "halted" : "stopped",
    open: index === 0,
    light: false,
    seed: String(9_402 + index),
    source: "demo",
    created: null,
    stopped: index === 0 ? null : "operator",
    startedAt: START - index * 86_400e6,
    lastAt: START - index * 86_400e6 + 3_600e6,
    runs: 2_143,
    orders: 1_204 - index * 30,
    fills: 1_133 - index * 31,
    rejections: 18 + index,
    equityStart: "100000",
    equityEnd: (100_000 + (next() - 0.4) * 900).toFixed(2),
    pnl: ((next() - 0.4) * 900).toFixed(2),
    maxDrawdown: -next() * 0.01,
    openDrift: index === 4 ? 1 : 0,
    halts: index === 4 ? 1 : 0,
    haltReason: index === 4 ? "unknown_fill" : null,
    problem: index === 9 ? "The journal was written by a newer version of the program." : null,
    bytes: 18_200_000 - index * 400_000,
  }));
  return { sessions: record(rows, (row) => row.id), total: 14 };
}

function session(scenario: Scenario): StreamValue<"session"> {
  if (scenario === "first") return { session: null };
  const halted = scenario === "halted";
  return {
    session: {
      id: "2026-11-23_1430_demo_desk",
      folder: "/home/desk/workspace/sessions/2026-11-23_1430_demo_desk",
      desk: "demo desk",
      light: false,
      state: scenario,
      paused: scenario === "paused",
      pending: null,
      haltedScopes: [],
      groups: {},
      symbolNames: SYMBOLS,
      flattens: {},
      account: { currency: "USD", equity: "100412.86", pnl: "412.86", drawdown: -0.0021 },
      reading: null,
      clock: "virtual",
      speed: 10,
      now: NOW,
      startedAt: START,
      endsAt: null,
      seed: "9402",
      strategies: 24,
      symbols: 12,
      haltReasons: halted ? [REASON] : [],
      failure: null,
      marks: {},
      feed: { lastAt: NOW - 200_000, ageMs: 200, stale: false, ended: false },
      journal: { position: 48_112, committed: 48_112, ageMs: 12 },
      snapshot: { at: NOW - 12e6, ageS: 12, everyS: 30 },
      counts: {
        schedule: 24,
        inflight: 7,
        positions: 5,
        rejections: 18,
        orders: 1_204,
        fills: 1_133,
        driftOpen: halted ? 1 : 0,
        late: 1,
        quarantined: 1,
      },
      summary:
        scenario === "stopped"
          ? { equityStart: "100000", equityEnd: "100412.86", pnl: "412.86", runs: 2_143, orders: 1_204, fills: 1_133 }
          : null,
    },
  };
}

function alerts(scenario: Scenario): StreamValue<"alerts"> {
  if (scenario === "first") return { critical: 0, warning: 0, waiting: 0, total: 0, worst: null, rows: {} };
  const late = {
    id: "alert-1",
    cause: `late:${NAMES[3]}`,
    session: "2026-11-23_1430_demo_desk",
    severity: "warning" as const,
    text: `${NAMES[3]} is late: no heartbeat within its timeout.`,
    at: NOW - 40e6,
    endedAt: null,
    raisedAt: NOW - 40e6,
    times: 1,
    view: "schedule",
    target: NAMES[3] ?? null,
    owner: null,
    acknowledged: null,
  };
  return { critical: 0, warning: 1, waiting: 1, total: 1, worst: late, rows: { [late.id]: late } };
}

function app(scenario: Scenario): StreamValue<"app"> {
  return {
    host: "loopback",
    version: "0.1.0",
    platform: "linux",
    workspace: "/home/desk/workspace",
    desk: {
      name: "demo desk",
      source: "demo",
      file: "demo",
      strategies: 24,
      symbols: 12,
      error: null,
      speed: 10,
      clock: "virtual",
      seed: "9402",
      market: "synthetic",
    },
    latest:
      scenario === "first"
        ? { id: "2026-11-22_1430_demo_desk", state: "stopped", stopped: "operator", openDrift: 0, positions: {} }
        : null,
    recentSnapshots: [{ path: "/home/desk/router_state.json", name: "router_state.json", at: NOW - 86_400e6 }],
    nativeDialogs: false,
  };
}

/** Every stream's value of a scenario. */
export function scene(scenario: Scenario): Streams {
  const next = random(9_402);
  return {
    app: app(scenario),
    session: session(scenario),
    alerts: alerts(scenario),
    desk: desk(next),
    schedule: schedule(next),
    ticks: { problem: null, counts: {}, rows: {} },
    router: router(next),
    positions: { now: NOW, currency: "USD", rows: {}, symbols: {} },
    rejections: rejections(),
    metrics: metrics(next),
    orders: orders(next),
    drift: drift(scenario === "halted"),
    log: log(),
    sessions: sessions(next),
  };
}

/** A few seconds later: what moves in a running session moves. */
export function advance(streams: Streams, by: number): Streams {
  const open = streams.session.session;
  if (open === null || open.state !== "running") return streams;
  const now = open.now + by;
  return {
    ...streams,
    session: { ...streams.session, session: { ...open, now } },
    schedule: { ...streams.schedule, now },
    router: { ...streams.router, now },
  };
}

const at = NOW - 8e6;
export const WHY: Why = {
  id: orderId(1_199),
  title: `${orderId(1_199)} · +40 AAPL`,
  steps: [
    {
      step: "tick",
      at,
      seq: 48_001,
      title: "Tick",
      text: "Run 41 of meanrev_aapl_a started, 1200ms from its slot.",
      state: "ok",
      values: [{ name: "planned", value: "2026-11-23T14:52:00+00:00" }],
    },
    {
      step: "signal",
      at,
      seq: 48_002,
      title: "Signal",
      text: "z 2.31 of the last 40 bars is above 2.0.",
      state: "ok",
      values: [
        { name: "z", value: "2.31" },
        { name: "mean", value: "186.91" },
      ],
    },
    {
      step: "risk",
      at,
      seq: 48_002,
      title: "Risk",
      text: "6 guards passed. 1 of them warns.",
      state: "warning",
      values: [
        { name: "max_notional_exceeded", value: "7488.80", kind: "reading", limit: "10000" },
        { name: "capacity_warn", value: "0.021", kind: "reading", limit: "0.02", note: "warning" },
      ],
    },
    {
      step: "router",
      at,
      seq: 48_002,
      title: "Router",
      text: `Accepted as ${orderId(1_199)}.`,
      state: "ok",
      values: [],
    },
    {
      step: "journal",
      at,
      seq: 48_003,
      title: "Journal",
      text: "The decision was on disk before anything was sent.",
      state: "ok",
      values: [],
    },
    {
      step: "broker",
      at: at + 40_000,
      seq: 48_009,
      title: "Broker",
      text: "The broker accepted the order.",
      state: "ok",
      values: [],
    },
    {
      step: "fill",
      at: at + 380_000,
      seq: 48_015,
      title: "Fill",
      text: "40 at 187.2213.",
      state: "ok",
      values: [{ name: "fee", value: "0.38" }],
    },
    {
      step: "book",
      at: null,
      seq: null,
      title: "Book",
      text: "Booked with the next pass.",
      state: "waiting",
      values: [],
    },
  ],
};

const PREVIEW = {
  token: "preview-1",
  name: "router_state.json",
  bytes: 48_120,
  sha256: "9f2c41d0a7b35e61".repeat(4),
  target: null,
  snapshot: {
    rateLimitPerSec: 5,
    maxInflight: 128,
    nextSequence: 1_212,
    halted: false,
    inflight: 2,
    keys: 1_275,
    session: "2026-11-22_1430_demo_desk",
    journalPosition: 48_100,
    newestAt: NOW - 86_400e6,
  },
  current: { rateLimitPerSec: 5, maxInflight: 256, nextSequence: 1, halted: false, inflight: 0, keys: 0 },
  differences: ["The next order would be number 1,212 instead of 1.", "At most 128 orders in flight instead of 256."],
  warnings: ["Two orders are in flight in the snapshot; they are asked about at the broker before anything is sent."],
  orders: [
    {
      orderId: orderId(1_210),
      strategy: NAMES[0] ?? "",
      symbol: "AAPL",
      quantity: 40,
      price: 187.22,
      at: NOW - 86_400e6,
    },
    {
      orderId: orderId(1_211),
      strategy: NAMES[1] ?? "",
      symbol: "KO",
      quantity: -12,
      price: 61.05,
      at: NOW - 86_400e6,
    },
  ],
  limitsDiffer: true,
};

/** What the fake answers to a call. */
export function answer(procedure: string, input: Record<string, unknown>, streams: Streams): unknown {
  if (procedure === "order.why") return { ...WHY, id: input["id"] };
  if (procedure === "restore.preview") return PREVIEW;
  if (procedure === "export.rows") return { name: `${String(input["what"])}.csv`, text: "a,b\r\n", rows: 1 };
  if (procedure === "settings.read") return { settings: {} };
  if (procedure === "restore.apply")
    return { id: "restored", nextSequence: 1_212, messages: ["The next order is number 1,212."] };
  if (procedure === "sessions.summary")
    return {
      markdown: "# Session\n\nA quiet day.\n\n| what | value |\n| --- | --- |\n| runs | 2143 |\n| orders | 1204 |\n",
    };
  if (procedure === "orders.page") return { orders: [], fills: [], more: false };
  if (procedure === "data.list") return { folder: "/data", files: [], more: 0, trash: true };
  if (procedure === "sessions.compare") {
    const [a, b] = [streams.sessions.sessions[String(input["a"])], streams.sessions.sessions[String(input["b"])]];
    const curve = (slope: number) =>
      Array.from({ length: 60 }, (_, index) => [index / 59, 100_000 + index * slope + Math.sin(index / 4) * 40]);
    return {
      a,
      b,
      rows: [
        { what: "seed", a: a?.seed ?? "", b: b?.seed ?? "", same: false },
        { what: "runs", a: "2143", b: "2143", same: true },
        { what: "orders", a: String(a?.orders), b: String(b?.orders), same: false },
      ],
      equityA: curve(8),
      equityB: curve(-3),
    };
  }
  return { id: "2026-11-23_1430_demo_desk" };
}

export interface FakeBridge extends Bridge {
  /** Changes what the host holds and tells each reader. */
  change(next: Partial<Streams>): void;
  streams(): Streams;
  readonly sent: readonly ClientMessage[];
  /** Loses the connection. */
  drop(): void;
  /** Sends any message, as it is. */
  emit(message: HostMessage): void;
}

/** A host in memory. Changes go out when a reader has applied the version before, as the real one does. */
export function createFakeBridge(scenario: Scenario, wait: (run: () => void) => void = queueMicrotask): FakeBridge {
  let streams = scene(scenario);
  const sent: ClientMessage[] = [];
  const listeners = new Set<(message: HostMessage) => void>();
  const closings = new Set<() => void>();
  const readers = new Map<StreamName, { version: number; value: JsonObject; applied: boolean }>();
  const emit = (message: HostMessage): void => {
    for (const listener of listeners) listener(message);
  };
  const tell = (stream: StreamName): void => {
    const reader = readers.get(stream);
    const value = streams[stream] as unknown as JsonObject;
    if (reader === undefined || !reader.applied) return;
    const patch = diff(reader.value, value);
    reader.value = value;
    if (patch === null) return;
    reader.version += 1;
    reader.applied = false;
    emit({ kind: "event", stream, event: { type: "change", version: reader.version, patch } });
  };
  const receive = (message: ClientMessage): void => {
    if (message.kind === "call") {
      const output = answer(message.procedure, message.input as Record<string, unknown>, streams);
      return emit({ kind: "result", id: message.id, ok: true, output });
    }
    const stream = message.stream as StreamName;
    if (message.kind === "unsubscribe") readers.delete(stream);
    else if (message.kind === "applied") {
      const reader = readers.get(stream);
      if (reader !== undefined && reader.version === message.version) reader.applied = true;
    } else {
      const version = (readers.get(stream)?.version ?? 0) + 1;
      const value = streams[stream] as unknown as JsonObject;
      readers.set(stream, { version, value, applied: false });
      emit({ kind: "event", stream, event: { type: "whole", version, value } });
    }
  };
  return {
    host: "electron",
    send: (message) => {
      sent.push(message);
      wait(() => receive(message));
    },
    receive: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    closed: (listener) => {
      closings.add(listener);
      return () => closings.delete(listener);
    },
    change: (next) => {
      streams = { ...streams, ...next };
      for (const stream of readers.keys()) tell(stream);
    },
    streams: () => streams,
    sent,
    drop: () => {
      readers.clear();
      for (const listener of closings) listener();
    },
    emit,
  };
}
