/**
 * A resolved desk as the text of a desk file that reads as the same desk.
 *
 * 1. Every setting is written, the defaults too: a fixture does not change when a default does.
 * 2. What is written goes through the settings' own kinds, and the reader's rules judge it like a person's.
 */
import { stringify } from "yaml";
import type { Desk, MarketHours } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import { formatDuration } from "../../shared/time.ts";
import { SETTING_NAMES, settingOf, type SettingValues } from "../../store/index.ts";

type Tree = { [key: string]: Tree | Plain };
/** A scalar, and whether it stands without quotes. */
interface Plain {
  readonly text: string;
  readonly bare: boolean;
}

function feedValues({ feed }: Desk): Partial<SettingValues> {
  if (feed.kind === "synthetic") {
    const { barInterval, markInterval, warmupBars } = feed;
    return { feed: "synthetic", bar_interval: barInterval, mark_interval: markInterval, warmup_bars: warmupBars };
  }
  return {
    feed: "replay",
    feed_symbol: feed.symbol,
    // A UTC that was not written stays unwritten: written, it would override a layout's own zone.
    ...(feed.timeZone === "UTC" && feed.timeZoneWritten !== true ? {} : { time_zone: feed.timeZone }),
    date_format: feed.dateFormat,
    resample: feed.resample ?? null,
    adjusted: feed.adjusted === true ? "true" : "false",
  };
}

function limitValues({ limits }: Desk): Partial<SettingValues> {
  return {
    max_notional: limits.maxNotional,
    max_position: limits.maxPosition,
    portfolio_gross_cap: limits.portfolioGrossCap,
    per_asset_cap: limits.perAssetCap,
    per_trade_risk_cap: limits.perTradeRiskCap,
    portfolio_drawdown_cap: limits.portfolioDrawdownCap,
    cooldown: limits.cooldown,
    daily_portfolio_loss_cap: limits.dailyPortfolioLossCap,
    strategy_daily_loss_cap: limits.strategyDailyLossCap,
    turnover_warn: limits.turnoverWarn,
    turnover_block: limits.turnoverBlock,
    capacity_warn: limits.capacityWarn,
    capacity_limit: limits.capacityLimit,
    capacity_bars: limits.capacityBars,
    session_drawdown_limit: limits.sessionDrawdownLimit,
    reject_limit: limits.rejectLimit,
    reject_window: limits.rejectWindow,
    data_stale: limits.dataStale,
  };
}

function brokerValues({ broker }: Desk): Partial<SettingValues> {
  return {
    broker: broker.kind,
    currency: broker.currency,
    cash: broker.cash,
    account: broker.account ?? "margin",
    ...(broker.account === "cash" ? {} : { leverage: broker.leverage ?? null }),
    slippage_bps: broker.slippageBps,
    fee_bps: broker.feeBps,
    latency: broker.latency,
    partial_fill_share: broker.partialFillShare,
    fill_model: broker.fillModel ?? "marks",
    limit_touch: broker.limitTouch ?? "touch",
    fault_reject: broker.faults.reject,
    fault_drop_ack: broker.faults.dropAck,
    fault_duplicate_fill: broker.faults.duplicateFill,
    fault_delay_fill: broker.faults.delayFill,
    fault_unknown_fill: broker.faults.unknownFill,
  };
}

function valuesOf(desk: Desk): Partial<SettingValues> {
  const { clock, orchestrator, slo, runtime } = desk;
  return {
    name: desk.name,
    seed: desk.seed,
    dollar_per_trade: desk.dollarPerTrade,
    day_ends: desk.dayEnds ?? "00:00 UTC",
    rate_limit_per_sec: orchestrator.rateLimitPerSec,
    max_inflight: orchestrator.maxInflight,
    pace: orchestrator.pace ?? "refuse",
    queue_for: orchestrator.queueFor ?? null,
    orchestrator_snapshot_interval_s: orchestrator.snapshotInterval,
    orchestrator_metrics_interval_s: orchestrator.metricsInterval,
    orchestrator_metrics_window: orchestrator.metricsWindow,
    orchestrator_equity_interval_s: orchestrator.equityInterval,
    orchestrator_deadline_factor: orchestrator.deadlineFactor,
    orchestrator_quarantine_after: orchestrator.quarantineAfter,
    ...(orchestrator.journalKeep === undefined ? {} : { orchestrator_journal_keep: orchestrator.journalKeep }),
    ...brokerValues(desk),
    ...feedValues(desk),
    clock: clock.kind,
    ...(clock.kind === "virtual" ? { clock_start: clock.start, speed: clock.speed } : {}),
    ...limitValues(desk),
    slo_latency_p95_ms: slo.latencyP95Ms,
    slo_skip_rate: slo.skipRate,
    slo_queue_depth: slo.queueDepth,
    slo_errors: slo.errors,
    runtime_median: runtime.median,
    runtime_sigma: runtime.sigma,
    runtime_slow_share: runtime.slowShare,
    runtime_slow_factor: runtime.slowFactor,
  };
}

function put(tree: Tree, at: string, value: Plain): void {
  const keys = at.split(".");
  const last = keys.pop() as string;
  let place = tree;
  for (const key of keys) place = (place[key] ??= {}) as Tree;
  place[last] = value;
}

const isPlain = (value: Tree | Plain): value is Plain => typeof value["text"] === "string";

function write(tree: Tree, indent: string): string {
  return Object.entries(tree)
    .map(([key, value]) =>
      isPlain(value)
        ? `${indent}${key}: ${value.bare ? value.text : JSON.stringify(value.text)}\n`
        : `${indent}${key}:\n${write(value, `${indent}  `)}`,
    )
    .join("");
}

const indented = (value: unknown, indent: string): string =>
  stringify(value, {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
  })
    .trimEnd()
    .split("\n")
    .map((line) => `${indent}${line}\n`)
    .join("");

/** Own hours as a file says them: spans stand for `open` and `close`, and a day without spans is `closed`. */
function hoursText(sessions: MarketHours): unknown {
  if (typeof sessions === "string") return sessions;
  const { open, close, hours, special, ...rest } = sessions;
  const days = Object.entries(special ?? {}).map(([day, spans]) => [day, spans.length === 0 ? "closed" : spans]);
  return {
    ...rest,
    ...(hours === undefined ? { open, close } : { hours }),
    ...(special === undefined ? {} : { special: Object.fromEntries(days) as unknown }),
  };
}

function strategiesOf(desk: Desk): unknown[] {
  return desk.strategies.map(
    ({ cadence, timeBudget, jitter, heartbeatTimeout, symbols, params, sessions, runsAt, queueFor, ...rest }) => ({
      ...rest,
      ...(queueFor === undefined ? {} : { queueFor: formatDuration(queueFor) }),
      ...(sessions === undefined ? {} : { sessions: hoursText(sessions) }),
      symbols,
      cadence: runsAt === "bar" ? "bar" : formatDuration(cadence),
      timeBudget: formatDuration(timeBudget),
      jitter: formatDuration(jitter),
      heartbeatTimeout: formatDuration(heartbeatTimeout),
      ...(Object.keys(params).length === 0 ? {} : { params }),
    }),
  );
}

/** An instrument as a file says it: where its fields came from is no field of it. */
function writtenMeta({ origins: _origins, ...meta }: SymbolMeta): Omit<SymbolMeta, "origins"> {
  return meta;
}

/** The text of a desk file; `files` takes the place of the feed's own where it is a replay. */
export function deskText(desk: Desk, files: readonly string[]): string {
  const tree: Tree = {};
  const values = valuesOf(desk);
  for (const name of SETTING_NAMES) {
    const value = values[name];
    if (value === undefined) continue;
    const { at, kind } = settingOf(name);
    const text = kind.write(value);
    put(tree, at, { text, bare: kind.bare || text === "none" });
  }
  const { feed, limits } = desk;
  const feedText =
    feed.kind === "synthetic"
      ? `  symbols:\n${indented(feed.symbols, "    ")}`
      : `  files:\n${indented(files, "    ")}` +
        (Object.keys(feed.symbols).length === 0
          ? ""
          : `  symbols:\n${indented(Object.values(feed.symbols).map(writtenMeta), "    ")}`);
  const fx = desk.fx === undefined ? "" : `fx:\n${indented(desk.fx, "  ")}`;
  const maps: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ["max_position_by_symbol", limits.maxPositionBySymbol],
    ["asset_class_caps", limits.assetClassCaps],
  ];
  const limitText = maps
    .filter(([, map]) => Object.keys(map).length > 0)
    .map(([name, map]) => `  ${name}:\n${indented(map, "    ")}`)
    .join("");
  return write(tree, "")
    .replace(/^feed:\n/m, `feed:\n${feedText}`)
    .replace(/^limits:\n/m, `limits:\n${limitText}`)
    .concat(fx, `strategies:\n${indented(strategiesOf(desk), "  ")}`);
}
