/**
 * The table of settings: every single value of a desk that stands outside its strategies and symbols.
 *
 * 1. A setting has one name. In a desk file it stands at `at`, in the environment at `LOGOS_` and its name in capitals, and a
 *    flag of the same name goes before both; a setting that is not given has its default.
 * 2. Names that Logos has are kept as they are, with their units; ours in a file are camelCase.
 * 3. `none` takes a limit away, and only `none` does.
 * 4. A row also says where its value is in a resolved desk. Desks are assembled, written and read back by that alone (`../desk-values.ts`).
 * 5. The rows of a section have the order of its fields in a desk: the digest of a session is made of that text.
 */
import { BROKER_KINDS } from "../../../shared/desk.ts";
import { DAY, duration, HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND } from "../../../shared/time.ts";
import type { Duration } from "../../../shared/time.ts";
import { amount, choice, currencyCode, moment, number, orNone, seconds, share, span } from "../text/values.ts";
import { speed, symbolName, text, timeInZone, timeZone, whole, type Kind } from "../text/values.ts";

export interface Setting<T> {
  /** Its place in a desk file: sections and key, with dots. */
  readonly at: string;
  readonly kind: Kind<T>;
  readonly fallback: T;
  readonly means: string;
  /** Whether the environment and flags may say it. */
  readonly outside: boolean;
  /** The one kind of feed, clock or broker that it belongs to. */
  readonly only: Only | null;
  /** Its place in a resolved desk: `orchestrator.rateLimitPerSec`. */
  readonly field: string;
  /** What a desk means that lacks the field, as older desks do; absent where every desk has the field. */
  readonly absent?: T | undefined;
}

interface Only {
  readonly section: "feed" | "clock" | "broker";
  readonly kind: string;
}

type More<T = never> = Partial<Pick<Setting<T>, "outside" | "only" | "field" | "absent">>;

/** The other spelling of a name: `limits.max_notional` is `limits.maxNotional`. */
const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());

function row<T>(
  at: string,
  kind: Kind<T>,
  fallback: NoInfer<T>,
  means: string,
  more: More<NoInfer<T>> = {},
): Setting<T> {
  return { at, kind, fallback, means, outside: true, only: null, field: camelCase(at), ...more };
}

const synthetic: More = { only: { section: "feed", kind: "synthetic" } };
const replay: More = { only: { section: "feed", kind: "replay" } };
const virtual: More = { only: { section: "clock", kind: "virtual" } };

const money = orNone(amount({ zero: false }));
const multiple = orNone(number({ above: 0, max: 10_000 }));
const part = orNone(number({ above: 0, max: 1 }));
const none = 0 as Duration;

const GENERAL = {
  name: row("name", text(80), "desk", "the desk's name", { outside: false }),
  seed: row("seed", text(100), "1", "the seed of the market, of jitter, of run times and of injected faults"),
  dollar_per_trade: row("dollar_per_trade", number({ above: 0, max: 1e12 }), 10_000, "the value of a whole signal"),
  day_ends: row(
    "dayEnds",
    timeInZone,
    "00:00 UTC",
    "where the account's day ends, for daily limits, daily results and orders of a day: a local time and its zone",
    { absent: "00:00 UTC" },
  ),
  rate_limit_per_sec: row("rate_limit_per_sec", whole(1, 100_000), 5, "orders that one strategy may send in a second", {
    field: "orchestrator.rateLimitPerSec",
  }),
  max_inflight: row("max_inflight", whole(1, 1_000_000), 256, "orders that may be in flight at once", {
    field: "orchestrator.maxInflight",
  }),
  pace: row(
    "pace",
    choice(["queue", "refuse"]),
    "queue",
    "what becomes of an order whose rate window is full: it waits in its strategy's queue, or the router refuses it",
    { field: "orchestrator.pace", absent: "refuse" },
  ),
  queue_for: row(
    "queueFor",
    orNone(span(MILLISECOND)),
    null,
    "how long an order may wait in the queue; none: its strategy's cadence, at most a minute",
    { field: "orchestrator.queueFor", absent: null },
  ),
  orchestrator_snapshot_interval_s: row(
    "orchestrator_snapshot_interval_s",
    seconds(1, 86_400),
    duration(30 * SECOND),
    "from one router_state.json to the next",
    { field: "orchestrator.snapshotInterval" },
  ),
  orchestrator_metrics_interval_s: row(
    "orchestrator_metrics_interval_s",
    seconds(0.1, 86_400),
    duration(5 * SECOND),
    "from one line of orchestrator_metrics.jsonl to the next",
    { field: "orchestrator.metricsInterval" },
  ),
  orchestrator_metrics_window: row(
    "orchestrator_metrics_window",
    whole(1, 100_000),
    200,
    "runs that percentiles and rates look at",
    { field: "orchestrator.metricsWindow" },
  ),
  orchestrator_equity_interval_s: row(
    "orchestrator_equity_interval_s",
    seconds(0.1, 86_400),
    duration(5 * SECOND),
    "from one point of the equity curve to the next",
    { field: "orchestrator.equityInterval" },
  ),
  orchestrator_deadline_factor: row(
    "orchestrator_deadline_factor",
    number({ min: 1, max: 1_000 }),
    3,
    "the hard deadline of a run, as a multiple of its time budget",
    { field: "orchestrator.deadlineFactor" },
  ),
  orchestrator_quarantine_after: row(
    "orchestrator_quarantine_after",
    whole(1, 1_000),
    3,
    "runs in a row past the deadline before a strategy is paused",
    { field: "orchestrator.quarantineAfter" },
  ),
  orchestrator_journal_keep: row(
    "orchestrator_journal_keep",
    orNone(span(HOUR, (3_650 * DAY) as Duration)),
    null,
    "how long journal and files keep runs, equity and metrics; orders, fills and what operators did stay for ever",
    { field: "orchestrator.journalKeep", absent: null },
  ),
};

const BROKER = {
  broker: row("broker.kind", choice(BROKER_KINDS), "paper", "the venue", { outside: false }),
  fill_model: row(
    "broker.fillModel",
    choice(["auto", "bars", "marks"]),
    "auto",
    "what orders fill against: the path of each bar, or marks alone; auto: bars where bars are replayed, else marks",
    { absent: "marks" },
  ),
  limit_touch: row(
    "broker.limitTouch",
    choice(["touch", "through"]),
    "touch",
    "by bars, whether a limit order fills when the price touches its limit or only a tick through it",
    { absent: "touch" },
  ),
  currency: row("broker.currency", currencyCode, "USD", "the account's currency"),
  cash: row("broker.cash", amount({ zero: false }), "1000000", "the account's cash at the very start"),
  account: row(
    "broker.account",
    choice(["margin", "cash"]),
    "margin",
    "what orders are paid with: a margin account holds up to leverage × equity, a cash account spends its cash and never sells short",
    { absent: "margin" },
  ),
  leverage: row(
    "broker.leverage",
    multiple,
    4,
    "the most that a margin account may hold, longs and shorts together, as a multiple of its equity; none: no such limit",
    { absent: null },
  ),
  slippage_bps: row("broker.slippage_bps", number({ min: 0, max: 1_000 }), 1, "how far a market order moves the price"),
  fee_bps: row("broker.fee_bps", number({ min: 0, max: 1_000 }), 0.5, "the fee, a share of a fill's value"),
  latency: row("broker.latency", span(none, HOUR), none, "from a mark to the report of the fill"),
  partial_fill_share: row(
    "broker.partialFillShare",
    part,
    null,
    "the largest share of a mark's or a bar's volume that one fill takes",
  ),
  fault_reject: row("broker.faults.reject", share, 0, "orders that are refused for no reason, a share of one"),
  fault_drop_ack: row("broker.faults.dropAck", share, 0, "orders whose acknowledgement is lost"),
  fault_duplicate_fill: row("broker.faults.duplicateFill", share, 0, "fills that are reported twice"),
  fault_delay_fill: row("broker.faults.delayFill", share, 0, "fills that are reported late"),
  fault_unknown_fill: row(
    "broker.faults.unknownFill",
    share,
    0,
    "fills with a stray one of no known order beside them",
  ),
};

const FEED = {
  feed: row("feed.kind", choice(["synthetic", "replay"]), "synthetic", "where the market comes from", {
    outside: false,
  }),
  bar_interval: row("feed.barInterval", span(SECOND, DAY), MINUTE, "the length of a bar", synthetic),
  mark_interval: row(
    "feed.markInterval",
    span(MILLISECOND, DAY),
    duration(5 * SECOND),
    "from one price to the next within a bar; bars must hold a whole number of them",
    synthetic,
  ),
  warmup_bars: row("feed.warmupBars", whole(0, 5_000), 120, "bars of history before the first moment", synthetic),
  feed_symbol: row("feed.symbol", orNone(symbolName), null, "the symbol of files without a symbol column", replay),
  time_zone: row(
    "feed.timeZone",
    timeZone,
    "UTC",
    "the zone of times that name none; written, it goes before the zone that a layout is known for",
    replay,
  ),
  date_format: row("feed.dateFormat", orNone(text(40)), null, "how to read dates that could be read two ways", replay),
  resample: row("feed.resample", orNone(span(MILLISECOND)), null, "bars are folded into longer ones of this length", {
    ...replay,
    absent: null,
  }),
  adjusted: row(
    "feed.adjusted",
    choice(["true", "false"]),
    "false",
    "prices of the files are adjusted for splits and dividends: none is applied",
    { ...replay, absent: "false" },
  ),
};

const CLOCK = {
  clock: row("clock.kind", choice(["virtual", "system"]), "virtual", "what moves the session's time"),
  clock_start: row(
    "clock.start",
    orNone(moment),
    null,
    "the session's first moment; none: the feed's first bar, or a Monday of the synthetic market. Bars before it are history",
    virtual,
  ),
  speed: row("clock.speed", speed, 1, "session seconds in a real one", virtual),
};

const LIMITS = {
  max_notional: row("limits.max_notional", money, null, "one order's value"),
  max_position: row("limits.max_position", money, null, "units of a symbol that has no limit of its own"),
  portfolio_gross_cap: row("limits.portfolio_gross_cap", multiple, null, "gross exposure, a multiple of equity"),
  per_asset_cap: row("limits.per_asset_cap", multiple, null, "one asset's exposure, a multiple of equity"),
  per_trade_risk_cap: row("limits.per_trade_risk_cap", multiple, null, "one order's value, a multiple of equity"),
  portfolio_drawdown_cap: row(
    "limits.portfolio_drawdown_cap",
    part,
    null,
    "fall of equity from its peak at which new orders wait for the cooldown",
  ),
  cooldown: row("limits.cooldown", span(MICROSECOND), duration(15 * MINUTE), "how long new orders wait then"),
  daily_portfolio_loss_cap: row("limits.daily_portfolio_loss_cap", money, null, "the account's loss in a day"),
  strategy_daily_loss_cap: row("limits.strategy_daily_loss_cap", money, null, "one strategy's loss in a day"),
  turnover_warn: row("limits.turnover_warn", multiple, null, "a day's traded value that warns, a multiple of equity"),
  turnover_block: row("limits.turnover_block", multiple, null, "a day's traded value that blocks"),
  capacity_warn: row("limits.capacity_warn", part, null, "an order's share of recent volume that warns"),
  capacity_limit: row("limits.capacity_limit", part, null, "an order's share of recent volume that blocks"),
  capacity_bars: row("limits.capacity_bars", whole(1, 5_000), 20, "bars that count as recent"),
  session_drawdown_limit: row("limits.session_drawdown_limit", part, null, "fall of equity that halts the session"),
  reject_limit: row("limits.reject_limit", orNone(whole(1, 1_000_000)), null, "rejections that halt the session"),
  reject_window: row("limits.reject_window", span(SECOND), MINUTE, "the time within which they count"),
  data_stale: row("limits.data_stale", orNone(span(MILLISECOND)), null, "silence of the feed that halts the session"),
};

const SLO = {
  slo_latency_p95_ms: row("slo.latencyP95Ms", number({ above: 0, max: 1e9 }), 5_000, "95th percentile of run times"),
  slo_skip_rate: row("slo.skipRate", share, 0.05, "skipped runs, a share of one"),
  slo_queue_depth: row("slo.queueDepth", whole(1, 1_000_000), 256, "orders in flight"),
  slo_errors: row("slo.errors", whole(0, 1_000_000), 0, "errors in five minutes"),
};

const RUNTIME = {
  runtime_median: row(
    "runtime.median",
    span(none, HOUR),
    duration(40 * MILLISECOND),
    "simulated run times on a virtual clock: half of all runs are shorter; recorded data has none unless the desk asks for them",
  ),
  runtime_sigma: row("runtime.sigma", number({ min: 0, max: 5 }), 0.5, "spread of their logarithm"),
  runtime_slow_share: row("runtime.slowShare", share, 0.01, "runs that are slow, a share of one"),
  runtime_slow_factor: row("runtime.slowFactor", number({ min: 1, max: 100_000 }), 20, "how much longer those take"),
};

export const SETTINGS = { ...GENERAL, ...BROKER, ...FEED, ...CLOCK, ...LIMITS, ...SLO, ...RUNTIME };

export type SettingName = keyof typeof SETTINGS;
export type SettingValues = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never;
};

export const SETTING_NAMES: readonly SettingName[] = Object.keys(SETTINGS) as SettingName[];

export function settingOf(name: SettingName): Setting<unknown> {
  return SETTINGS[name];
}

/** The setting's name in the environment. */
export function environmentName(name: SettingName): string {
  return `LOGOS_${name.toUpperCase()}`;
}

/** The setting's name on the command line. */
export function flagName(name: SettingName): string {
  return `--${name.replaceAll("_", "-")}`;
}

/** What a section holds besides settings. */
const OTHER_KEYS: Readonly<Record<string, readonly string[]>> = {
  "": ["instruments", "fx", "strategies"],
  feed: ["symbols", "files"],
  limits: ["max_position_by_symbol", "asset_class_caps"],
};

const byPlace = new Map(SETTING_NAMES.map((name) => [settingOf(name).at, name]));

/** The setting at a place of a desk file. */
export function settingAt(at: string): SettingName | undefined {
  return byPlace.get(at);
}

/** Every key that may be in a section, in the table's order; empty for what is no section. `""` is the file itself. */
export function keysOf(section: string): string[] {
  const before = section === "" ? "" : `${section}.`;
  const keys = SETTING_NAMES.map((name) => settingOf(name).at)
    .filter((at) => at.startsWith(before))
    .map((at) => at.slice(before.length).split(".")[0] as string);
  return keys.length === 0 ? [] : [...new Set([...keys, ...(OTHER_KEYS[section] ?? [])])];
}

/** Where a key belongs that was written in a section which lacks it: the whole place, or null. */
export function placeOfKey(key: string): string | null {
  return (
    SETTING_NAMES.map((name) => settingOf(name).at).find((at) => at.split(".").at(-1) === key && at !== key) ?? null
  );
}
