/**
 * What the frame and the Desk show: the program, the open session, its account and its tiles.
 *
 * 1. Everything here is about the session as a whole; what is about one run or one order is in its own file.
 */
import * as z from "zod/mini";
import {
  at,
  maybeAt,
  amount,
  maybeAmount,
  maybeText,
  count,
  SessionStateSchema,
  SpeedSchema,
  ErrorSchema,
  HaltReasonSchema,
  HaltedScopeSchema,
  StrategyStateSchema,
} from "./parts.ts";
import { FlattenSchema } from "./positions.ts";

/** Stream `app`: what is there, whether or not a session runs. */
export const AppViewSchema = z.object({
  host: z.enum(["electron", "loopback"]),
  version: z.string(),
  platform: z.string(),
  workspace: z.string(),
  desk: z.object({
    name: z.string(),
    source: z.string(),
    /** Its place in the workspace, as `desk.yaml` or `desks/night.yaml`; or `demo`, `busy`. */
    file: z.string(),
    strategies: count,
    symbols: count,
    /** The desk file's error, when it does not load; then nothing can be started. */
    error: z.nullable(ErrorSchema),
    speed: SpeedSchema,
    clock: z.enum(["system", "virtual"]),
    seed: z.string(),
    market: z.string(),
  }),
  /** The newest session of the workspace that is not open, for "continue". */
  latest: z.nullable(
    z.object({
      id: z.string(),
      state: z.string(),
      stopped: maybeText,
      openDrift: count,
      /** Of an interrupted session: quantities by symbol, as decimal text. */
      positions: z.record(z.string(), amount),
    }),
  ),
  recentSnapshots: z.array(z.object({ path: z.string(), name: z.string(), at })),
  /** True where the host can show a native file dialog. */
  nativeDialogs: z.boolean(),
});

export const MarkSchema = z.object({ at, kind: z.enum(["halt", "resume", "limit", "note"]), text: z.string() });

/** Stream `session`: the frame's own numbers. Null while no session is open. */
export const SessionViewSchema = z.object({
  session: z.nullable(
    z.object({
      id: z.string(),
      folder: z.string(),
      desk: z.string(),
      /** A light run: it keeps no journal. */
      light: z.boolean(),
      state: SessionStateSchema,
      /** Held by an operator; true beside a halt, too. */
      paused: z.boolean(),
      /** A halt or stop that was asked for and is not confirmed yet. */
      pending: z.nullable(z.enum(["halt", "stop", "pause", "resume"])),
      clock: z.enum(["system", "virtual"]),
      speed: SpeedSchema,
      now: at,
      startedAt: at,
      endsAt: maybeAt,
      seed: z.string(),
      strategies: count,
      symbols: count,
      /** The names of the symbols that the desk trades, in their order. */
      symbolNames: z.array(z.string()),
      /** Flattens and closes under way, and the newest of those that left something open; by id. */
      flattens: z.record(z.string(), FlattenSchema),
      haltReasons: z.array(HaltReasonSchema),
      /** Strategies and groups that are halted by themselves, the earliest first. */
      haltedScopes: z.array(HaltedScopeSchema),
      /** The names of each group's strategies, as the desk has them. */
      groups: z.record(z.string(), z.array(z.string())),
      failure: z.nullable(ErrorSchema),
      /** How far the journal of a long session has been read for the views; null once they are whole. */
      reading: z.nullable(z.object({ entries: count, of: count })),
      /** What charts mark, by journal number; the newest 200. */
      marks: z.record(z.string(), MarkSchema),
      /** Drawdown: a share of the peak, at most 0. */
      account: z.object({ currency: z.string(), equity: amount, pnl: amount, drawdown: z.number() }),
      feed: z.object({ lastAt: maybeAt, ageMs: z.nullable(z.number()), stale: z.boolean(), ended: z.boolean() }),
      journal: z.object({ position: count, committed: count, ageMs: z.nullable(z.number()) }),
      snapshot: z.object({ at: maybeAt, ageS: z.nullable(z.number()), everyS: z.number() }),
      counts: z.object({
        schedule: count,
        inflight: count,
        /** Positions by owner and symbol that are not flat. */
        positions: count,
        rejections: count,
        orders: count,
        fills: count,
        driftOpen: count,
        late: count,
        quarantined: count,
      }),
      summary: z.nullable(
        z.object({ equityStart: amount, equityEnd: amount, pnl: amount, runs: count, orders: count, fills: count }),
      ),
    }),
  ),
});

export const TileSchema = z.object({
  value: z.nullable(z.number()),
  limit: z.number(),
  /** Samples that the value stands on. */
  n: count,
  windowText: z.string(),
  detail: z.string(),
  updatedAt: maybeAt,
  state: z.enum(["ok", "warning", "critical", "unknown"]),
  /** The newest 60 values, oldest first. */
  spark: z.array(z.number()),
});

/** Stream `desk`. Equity: the newest 2,000 points, keyed by their number. */
export const DeskViewSchema = z.object({
  tiles: z.object({ latency: TileSchema, skipRate: TileSchema, queueDepth: TileSchema, errors: TileSchema }),
  account: z.object({
    currency: z.string(),
    equity: maybeAmount,
    equityStart: maybeAmount,
    startAt: maybeAt,
    cash: maybeAmount,
    pnl: maybeAmount,
    realized: maybeAmount,
    unrealized: maybeAmount,
    fees: maybeAmount,
    drawdown: z.nullable(z.number()),
    drawdownMax: z.nullable(z.number()),
    gross: maybeAmount,
    net: maybeAmount,
  }),
  /** [moment, equity, drawdown as a share ≤ 0] */
  equity: z.record(z.string(), z.tuple([at, z.number(), z.number()])),
  strategies: z.record(
    z.string(),
    z.object({
      name: z.string(),
      state: StrategyStateSchema,
      /** Whether its newest finished run failed. */
      failing: z.boolean(),
      pnl: maybeAmount,
      realized: maybeAmount,
      fills: count,
      orders: count,
      rejections: count,
      skips: count,
      lastSignal: maybeText,
    }),
  ),
  /** Owners of positions that are no strategies, as `unattributed`: with the strategies' their profits add up to the account's. */
  otherOwners: z.record(z.string(), z.object({ name: z.string(), pnl: amount, realized: amount })),
  exposure: z.record(
    z.string(),
    z.object({
      symbol: z.string(),
      assetClass: z.string(),
      position: amount,
      mark: z.nullable(z.number()),
      value: maybeAmount,
      share: z.nullable(z.number()),
      pricePrecision: count,
      quantityPrecision: count,
    }),
  ),
  /** Each guard with its limit, value and what is left before it bites. */
  headroom: z.record(
    z.string(),
    z.object({ guard: z.string(), scope: z.string(), value: amount, limit: amount, used: z.nullable(z.number()) }),
  ),
});
