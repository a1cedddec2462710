/** Fake projections of the session as a whole: its state, its alerts, its drift and log, the sessions of the workspace, the host. */
import type { StreamValue } from "../../../src/shared/contract/contract.ts";
import { NAMES, NOW, record, START, SYMBOLS } from "./desk-facts.ts";

export type Scenario = "first" | "running" | "halted" | "paused" | "stopped";

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

export function drift(halted: boolean): StreamValue<"drift"> {
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
    note: "reported twice by the venue",
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

export function log(): StreamValue<"log"> {
  const lines = Array.from({ length: 120 }, (_, index) => ({
    seq: 47_000 + index * 9,
    at: NOW - (120 - index) * 7e6,
    level: index % 17 === 3 ? ("warning" as const) : index === 40 ? ("critical" as const) : ("info" as const),
    subject: index % 3 === 0 ? "session" : (NAMES[index % 24] ?? ""),
    text:
      index % 17 === 3 ? "Run 41 took 6.2 s of 5 s: overrun." : "The broker reported a fill again; it was booked once.",
  }));
  return { lines: record(lines, (line) => String(line.seq)) };
}

export function sessions(next: () => number): StreamValue<"sessions"> {
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

export function session(scenario: Scenario): StreamValue<"session"> {
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

export function alerts(scenario: Scenario): StreamValue<"alerts"> {
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

export function app(scenario: Scenario): StreamValue<"app"> {
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
