/**
 * What the streams of a session show while no session is open.
 *
 * 1. Each value fits its stream's schema and is always the same object, so that nothing is sent twice.
 * 2. Absent is null; nothing here is a made-up zero but counts of what is not there.
 */
import type { StreamValue, Tile } from "../../shared/contract/views.ts";
import type { SessionStream } from "./session-views.ts";

const tile: Tile = {
  value: null,
  limit: 0,
  n: 0,
  windowText: "",
  detail: "",
  updatedAt: null,
  state: "unknown",
  spark: [],
};

export const EMPTY: { readonly [Name in SessionStream]: StreamValue<Name> } = {
  desk: {
    tiles: { latency: tile, skipRate: tile, queueDepth: tile, errors: tile },
    account: {
      currency: "",
      equity: null,
      equityStart: null,
      startAt: null,
      cash: null,
      pnl: null,
      realized: null,
      unrealized: null,
      fees: null,
      drawdown: null,
      drawdownMax: null,
      gross: null,
      net: null,
    },
    equity: {},
    strategies: {},
    otherOwners: {},
    exposure: {},
    headroom: {},
  },
  schedule: { now: 0, rows: {}, runs: {}, skipped: {}, next: {} },
  ticks: { problem: null, counts: {}, rows: {} },
  router: {
    now: 0,
    inflight: {},
    queued: {},
    inflightCount: 0,
    maxInflight: 0,
    oldestAt: null,
    windows: {},
    rateLimitPerSec: 0,
    nextOrderId: "",
    accepted: 0,
    refused: 0,
    rejected: 0,
    replays: 0,
    conflicts: 0,
    keys: 0,
    halted: false,
    snapshotAt: null,
    snapshotEveryS: 0,
    journalPosition: 0,
  },
  positions: { now: 0, currency: "", rows: {}, symbols: {} },
  rejections: { now: 0, total: 0, groups: {}, rows: {} },
  metrics: { now: 0, window: 0, n: 0, everyS: 0, latest: null, errors: {}, samples: {} },
  orders: { now: 0, orderCount: 0, fillCount: 0, fillReports: 0, orders: {}, fills: {} },
  drift: { now: 0, halted: false, haltReasons: [], open: 0, items: {}, resumes: [], positions: {}, strategies: [] },
  log: { lines: {} },
};
