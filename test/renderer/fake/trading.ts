/** Fake projections of orders: the router, the blotter, the rejections. */
import type { StreamValue } from "../../../src/shared/contract/contract.ts";
import { NAMES, NOW, orderId, PRICES, record, SYMBOLS } from "./desk-facts.ts";

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

export function router(next: () => number): StreamValue<"router"> {
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

export function rejections(): StreamValue<"rejections"> {
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

export function orders(next: () => number): StreamValue<"orders"> {
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
