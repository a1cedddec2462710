/**
 * What the views are told: one projection for each stream, as schemas that both sides of the bridge share.
 *
 * 1. A projection is plain JSON. Moments are integers of microseconds; amounts are exact decimal strings; rates are shares of one.
 * 2. A table is a record keyed by its row's id, so that a change sends the rows that changed and no others.
 * 3. Every table has a limit, written beside it; what is older stays in the journal and in the session's files.
 * 4. Absent is null, never 0 and never an empty text.
 */
import * as z from "zod/mini";

const at = z.number();
const maybeAt = z.nullable(z.number());
const amount = z.string();
const maybeAmount = z.nullable(z.string());
const maybeText = z.nullable(z.string());
const count = z.number();

export const SessionStateSchema = z.enum([
  "ready",
  "recovering",
  "running",
  "paused",
  "halted",
  "stopping",
  "stopped",
  "failed",
]);
export const SpeedSchema = z.union([z.literal(1), z.literal(10), z.literal(60), z.literal("max")]);

export const ErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  detail: z.optional(z.record(z.string(), z.unknown())),
});

export const HaltReasonSchema = z.object({
  source: z.enum(["operator", "kill_switch", "breaker", "drift", "fault"]),
  code: z.string(),
  message: z.string(),
  at,
  value: maybeText,
  limit: maybeText,
  operator: maybeText,
  note: maybeText,
});

export const AlertSchema = z.object({
  id: z.string(),
  severity: z.enum(["warning", "critical"]),
  text: z.string(),
  at,
  /** Which view shows more: a view's name. */
  view: z.string(),
  acknowledged: z.nullable(z.object({ operator: z.string(), at })),
});

/** Stream `app`: what is there, whether or not a session runs. Alerts: the newest 200. */
export const AppViewSchema = z.object({
  host: z.enum(["electron", "loopback"]),
  version: z.string(),
  platform: z.string(),
  workspace: z.string(),
  desk: z.object({
    name: z.string(),
    source: z.string(),
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
  latest: z.nullable(z.object({ id: z.string(), state: z.string(), stopped: maybeText, openDrift: count })),
  recentSnapshots: z.array(z.object({ path: z.string(), name: z.string(), at })),
  /** True where the host can show a native file dialog. */
  nativeDialogs: z.boolean(),
});

/** Stream `session`: the frame's own numbers. Null while no session is open. */
export const SessionViewSchema = z.object({
  session: z.nullable(
    z.object({
      id: z.string(),
      folder: z.string(),
      desk: z.string(),
      state: SessionStateSchema,
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
      haltReasons: z.array(HaltReasonSchema),
      failure: z.nullable(ErrorSchema),
      feed: z.object({ lastAt: maybeAt, ageMs: z.nullable(z.number()), stale: z.boolean(), ended: z.boolean() }),
      journal: z.object({ position: count, committed: count, ageMs: z.nullable(z.number()) }),
      snapshot: z.object({ at: maybeAt, ageS: z.nullable(z.number()), everyS: z.number() }),
      counts: z.object({
        schedule: count,
        inflight: count,
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
  /** Alerts stay until somebody acknowledges them. The newest 200. */
  alerts: z.record(z.string(), AlertSchema),
});

const tileSchema = z.object({
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

export const StrategyStateSchema = z.enum([
  "waiting",
  "running",
  "in_flight",
  "over_budget",
  "late",
  "paused",
  "quarantined",
  "not_loaded",
]);

/** Stream `desk`. Equity: the newest 2,000 points, keyed by their number. */
export const DeskViewSchema = z.object({
  tiles: z.object({ latency: tileSchema, skipRate: tileSchema, queueDepth: tileSchema, errors: tileSchema }),
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
      pnl: maybeAmount,
      realized: maybeAmount,
      fills: count,
      orders: count,
      rejections: count,
      skips: count,
      lastSignal: maybeText,
    }),
  ),
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

/** Stream `schedule`. Runs: the newest 3,000 of all strategies and no older than 30 minutes of session time. */
export const ScheduleViewSchema = z.object({
  now: at,
  rows: z.record(
    z.string(),
    z.object({
      name: z.string(),
      module: z.string(),
      symbols: z.array(z.string()),
      state: StrategyStateSchema,
      reason: maybeText,
      cadence: z.number(),
      budget: z.number(),
      jitter: z.number(),
      anchor: z.enum(["finish", "slot"]),
      heartbeatTimeout: z.number(),
      nextRun: maybeAt,
      lastRun: maybeAt,
      runningSince: maybeAt,
      lastRuntime: z.nullable(z.number()),
      averageRuntime: z.nullable(z.number()),
      executions: count,
      overruns: count,
      skips: count,
      failures: count,
      lastHeartbeat: maybeAt,
      heartbeatLate: z.boolean(),
    }),
  ),
  /** Keyed by `strategy#run`. `finished` null while it runs. */
  runs: z.record(
    z.string(),
    z.object({
      strategy: z.string(),
      planned: at,
      due: at,
      started: at,
      finished: maybeAt,
      outcome: z.nullable(z.enum(["ok", "overrun", "threw", "timed_out", "bad_result"])),
      orders: count,
      message: maybeText,
    }),
  ),
  /** Slots passed over. Keyed by `strategy@moment`. */
  skipped: z.record(z.string(), z.object({ strategy: z.string(), at, reason: z.string() })),
  /** The exact next runs of each strategy: [moment, planned, jitter]. At most three each. */
  next: z.record(z.string(), z.array(z.tuple([at, at, z.number()]))),
});

export const OrderStateSchema = z.enum([
  "requested",
  "accepted",
  "unknown",
  "partially_filled",
  "filled",
  "canceled",
  "rejected",
  "expired",
  "refused",
  "not_placed",
]);

/** Stream `router`. In flight: at most 2,000 rows, oldest first. */
export const RouterViewSchema = z.object({
  now: at,
  inflight: z.record(
    z.string(),
    z.object({
      orderId: z.string(),
      strategy: z.string(),
      symbol: z.string(),
      quantity: z.number(),
      filled: z.number(),
      price: z.number(),
      limitPrice: z.nullable(z.number()),
      state: OrderStateSchema,
      at,
      pricePrecision: count,
      quantityPrecision: count,
    }),
  ),
  inflightCount: count,
  maxInflight: count,
  oldestAt: maybeAt,
  windows: z.record(
    z.string(),
    z.object({ strategy: z.string(), used: count, limit: count, freeAt: maybeAt, rejected: count }),
  ),
  rateLimitPerSec: count,
  nextOrderId: z.string(),
  accepted: count,
  rejected: count,
  replays: count,
  conflicts: count,
  keys: count,
  halted: z.boolean(),
  snapshotAt: maybeAt,
  snapshotEveryS: z.number(),
  journalPosition: count,
});

/** Stream `rejections`. Rows: the newest 2,000; the groups count them all. */
export const RejectionsViewSchema = z.object({
  now: at,
  total: count,
  groups: z.record(
    z.string(),
    z.object({ cause: z.string(), severity: z.enum(["warning", "critical"]), count, firstAt: at, lastAt: at }),
  ),
  rows: z.record(
    z.string(),
    z.object({
      seq: count,
      at,
      cause: z.string(),
      severity: z.enum(["warning", "critical"]),
      strategy: z.string(),
      symbol: z.string(),
      clientOrderId: z.string(),
      quantity: z.number(),
      price: z.number(),
      value: maybeText,
      limit: maybeText,
      freeAt: maybeAt,
      detail: maybeText,
      because: z.string(),
      bar: maybeAt,
    }),
  ),
});

/** Stream `metrics`. Samples: the newest 1,440, keyed by their number. */
export const MetricsViewSchema = z.object({
  now: at,
  window: count,
  n: count,
  everyS: z.number(),
  latest: z.nullable(
    z.object({
      at,
      p50Ms: z.number(),
      p95Ms: z.number(),
      p99Ms: z.number(),
      maxMs: z.number(),
      averageMs: z.number(),
      skipRate: z.number(),
      queueDepthMax: z.number(),
    }),
  ),
  errors: z.record(z.string(), count),
  /** [moment, p50 ms, p95 ms, p99 ms, skip rate, queue depth, errors in the interval, runs in the interval, orders in the interval, fills in the interval] */
  samples: z.record(
    z.string(),
    z.tuple([
      at,
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
    ]),
  ),
});

export const OrderRowSchema = z.object({
  seq: count,
  orderId: z.string(),
  clientOrderId: z.string(),
  at,
  strategy: z.string(),
  symbol: z.string(),
  quantity: z.number(),
  filled: amount,
  price: z.number(),
  limitPrice: z.nullable(z.number()),
  averagePrice: maybeAmount,
  fees: maybeAmount,
  realized: maybeAmount,
  state: OrderStateSchema,
  updatedAt: at,
  because: z.string(),
  pricePrecision: count,
  quantityPrecision: count,
});

export const FillRowSchema = z.object({
  seq: count,
  fillId: z.string(),
  orderId: maybeText,
  venueId: z.string(),
  at,
  strategy: maybeText,
  symbol: z.string(),
  quantity: amount,
  price: amount,
  fee: amount,
  realized: maybeAmount,
  verdict: z.enum(["booked", "duplicate", "quarantined"]),
  pricePrecision: count,
  quantityPrecision: count,
});

/** Stream `orders`: accepted orders and fills; the newest 2,000 of each, and how many there are in all. */
export const OrdersViewSchema = z.object({
  now: at,
  orderCount: count,
  fillCount: count,
  orders: z.record(z.string(), OrderRowSchema),
  fills: z.record(z.string(), FillRowSchema),
});

export const DriftItemSchema = z.object({
  id: z.string(),
  kind: z.string(),
  at,
  text: z.string(),
  orderId: maybeText,
  /** What we have and what the broker has, side by side, where the item has two sides. */
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  ours: maybeText,
  theirs: maybeText,
  review: z.nullable(
    z.object({
      action: z.enum(["adopt", "dismiss"]),
      strategy: maybeText,
      operator: z.string(),
      note: z.string(),
      at,
    }),
  ),
});

/** Stream `drift`. Items: at most 1,000. */
export const DriftViewSchema = z.object({
  now: at,
  halted: z.boolean(),
  haltReasons: z.array(HaltReasonSchema),
  open: count,
  items: z.record(z.string(), DriftItemSchema),
  /** Who resumed, when and why. The newest 100. */
  resumes: z.array(z.object({ at, operator: z.string(), note: z.string() })),
  positions: z.record(
    z.string(),
    z.object({ symbol: z.string(), ours: amount, broker: maybeAmount, differs: z.boolean() }),
  ),
  strategies: z.array(z.string()),
});

/** Stream `log`: what happened, in words; the newest 1,000 lines. */
export const LogViewSchema = z.object({
  lines: z.record(
    z.string(),
    z.object({ seq: count, at, level: z.enum(["info", "warning", "critical"]), subject: z.string(), text: z.string() }),
  ),
});

export const SessionListingSchema = z.object({
  id: z.string(),
  desk: z.string(),
  state: z.string(),
  /** True when this console or another process has it open. */
  open: z.boolean(),
  seed: maybeText,
  source: maybeText,
  created: maybeText,
  stopped: maybeText,
  startedAt: maybeAt,
  lastAt: maybeAt,
  runs: z.nullable(count),
  orders: z.nullable(count),
  fills: z.nullable(count),
  rejections: z.nullable(count),
  equityStart: maybeAmount,
  equityEnd: maybeAmount,
  pnl: maybeAmount,
  maxDrawdown: z.nullable(z.number()),
  openDrift: count,
  halts: z.nullable(count),
  haltReason: maybeText,
  /** Why it cannot be read, when it cannot. */
  problem: maybeText,
  bytes: z.nullable(count),
});

/** Stream `sessions`: the sessions of the workspace, the newest 500. */
export const SessionsViewSchema = z.object({
  sessions: z.record(z.string(), SessionListingSchema),
  total: count,
});

export const STREAMS = {
  app: AppViewSchema,
  session: SessionViewSchema,
  desk: DeskViewSchema,
  schedule: ScheduleViewSchema,
  router: RouterViewSchema,
  rejections: RejectionsViewSchema,
  metrics: MetricsViewSchema,
  orders: OrdersViewSchema,
  drift: DriftViewSchema,
  log: LogViewSchema,
  sessions: SessionsViewSchema,
} as const;

export type StreamName = keyof typeof STREAMS;
export type StreamValue<Name extends StreamName> = z.infer<(typeof STREAMS)[Name]>;

export type AppView = z.infer<typeof AppViewSchema>;
export type SessionView = z.infer<typeof SessionViewSchema>;
export type OpenSession = NonNullable<SessionView["session"]>;
export type DeskView = z.infer<typeof DeskViewSchema>;
export type Tile = z.infer<typeof tileSchema>;
export type ScheduleView = z.infer<typeof ScheduleViewSchema>;
export type RouterView = z.infer<typeof RouterViewSchema>;
export type RejectionsView = z.infer<typeof RejectionsViewSchema>;
export type MetricsView = z.infer<typeof MetricsViewSchema>;
export type OrdersView = z.infer<typeof OrdersViewSchema>;
export type OrderRow = z.infer<typeof OrderRowSchema>;
export type FillRow = z.infer<typeof FillRowSchema>;
export type DriftView = z.infer<typeof DriftViewSchema>;
export type DriftItem = z.infer<typeof DriftItemSchema>;
export type LogView = z.infer<typeof LogViewSchema>;
export type SessionsView = z.infer<typeof SessionsViewSchema>;
export type SessionListing = z.infer<typeof SessionListingSchema>;
export type HaltReason = z.infer<typeof HaltReasonSchema>;
export type Alert = z.infer<typeof AlertSchema>;
export type StrategyState = z.infer<typeof StrategyStateSchema>;
export type OrderState = z.infer<typeof OrderStateSchema>;
export type SessionStateName = z.infer<typeof SessionStateSchema>;
