/**
 * Puts checked values in their places in a desk.
 *
 * 1. Every setting of the table has one place; a field without a setting does not compile.
 */
import type { ClockConfig, Desk, FeedConfig, StrategyConfig } from "../../shared/desk.ts";
import type { SettingValues } from "./sections/settings.ts";

export interface Parts {
  readonly values: SettingValues;
  readonly source: string;
  readonly feed: FeedConfig;
  readonly instruments: NonNullable<Desk["instruments"]>;
  readonly fx: NonNullable<Desk["fx"]>;
  readonly strategies: readonly StrategyConfig[];
  readonly maxPositionBySymbol: Readonly<Record<string, string>>;
  readonly assetClassCaps: Readonly<Record<string, number>>;
}

function clockOf(values: SettingValues): ClockConfig {
  return values.clock === "system"
    ? { kind: "system" }
    : { kind: "virtual", start: values.clock_start, speed: values.speed };
}

function limitsOf({ values, maxPositionBySymbol, assetClassCaps }: Parts): Desk["limits"] {
  return {
    maxNotional: values.max_notional,
    maxPosition: values.max_position,
    maxPositionBySymbol,
    portfolioGrossCap: values.portfolio_gross_cap,
    perAssetCap: values.per_asset_cap,
    assetClassCaps,
    perTradeRiskCap: values.per_trade_risk_cap,
    portfolioDrawdownCap: values.portfolio_drawdown_cap,
    cooldown: values.cooldown,
    dailyPortfolioLossCap: values.daily_portfolio_loss_cap,
    strategyDailyLossCap: values.strategy_daily_loss_cap,
    turnoverWarn: values.turnover_warn,
    turnoverBlock: values.turnover_block,
    capacityWarn: values.capacity_warn,
    capacityLimit: values.capacity_limit,
    capacityBars: values.capacity_bars,
    sessionDrawdownLimit: values.session_drawdown_limit,
    rejectLimit: values.reject_limit,
    rejectWindow: values.reject_window,
    dataStale: values.data_stale,
  };
}

/** A margin account without a leverage has no limit of what it buys; so had every account before there was one. */
function accountOf({ account, leverage }: SettingValues): Pick<Desk["broker"], "account" | "leverage"> {
  if (account === "cash") return { account };
  return leverage === null ? {} : { account, leverage };
}

/** To refuse is what an absent field means, so that a desk from before there was a choice is the same desk. */
function paceOf({ pace, queue_for: queueFor }: SettingValues): Pick<Desk["orchestrator"], "pace" | "queueFor"> {
  return { ...(pace === "queue" ? { pace } : {}), ...(queueFor === null ? {} : { queueFor }) };
}

/** Marks and touch are what an absent field means, so that a desk from before there was a choice is the same desk. */
function brokerOf(values: SettingValues, feed: Desk["feed"]): Desk["broker"] {
  const fillModel = values.fill_model === "auto" && feed.kind === "replay" ? "bars" : values.fill_model;
  return {
    kind: values.broker,
    ...(fillModel === "bars" ? { fillModel } : {}),
    ...(values.limit_touch === "through" ? { limitTouch: values.limit_touch } : {}),
    currency: values.currency,
    cash: values.cash,
    ...accountOf(values),
    slippageBps: values.slippage_bps,
    feeBps: values.fee_bps,
    latency: values.latency,
    partialFillShare: values.partial_fill_share,
    faults: {
      reject: values.fault_reject,
      dropAck: values.fault_drop_ack,
      duplicateFill: values.fault_duplicate_fill,
      delayFill: values.fault_delay_fill,
      unknownFill: values.fault_unknown_fill,
    },
  };
}

/** The desk of these parts. */
export function assemble(parts: Parts): Desk {
  const { values } = parts;
  return {
    name: values.name,
    source: parts.source,
    seed: values.seed,
    broker: brokerOf(values, parts.feed),
    feed: parts.feed,
    clock: clockOf(values),
    orchestrator: {
      rateLimitPerSec: values.rate_limit_per_sec,
      maxInflight: values.max_inflight,
      ...paceOf(values),
      snapshotInterval: values.orchestrator_snapshot_interval_s,
      metricsInterval: values.orchestrator_metrics_interval_s,
      metricsWindow: values.orchestrator_metrics_window,
      equityInterval: values.orchestrator_equity_interval_s,
      deadlineFactor: values.orchestrator_deadline_factor,
      quarantineAfter: values.orchestrator_quarantine_after,
      ...(values.orchestrator_journal_keep === null ? {} : { journalKeep: values.orchestrator_journal_keep }),
    },
    slo: {
      latencyP95Ms: values.slo_latency_p95_ms,
      skipRate: values.slo_skip_rate,
      queueDepth: values.slo_queue_depth,
      errors: values.slo_errors,
    },
    limits: limitsOf(parts),
    runtime: {
      median: values.runtime_median,
      sigma: values.runtime_sigma,
      slowShare: values.runtime_slow_share,
      slowFactor: values.runtime_slow_factor,
    },
    dollarPerTrade: values.dollar_per_trade,
    ...(values.day_ends === "00:00 UTC" ? {} : { dayEnds: values.day_ends }),
    strategies: parts.strategies,
    ...(Object.keys(parts.instruments).length === 0 ? {} : { instruments: parts.instruments }),
    ...(Object.keys(parts.fx).length === 0 ? {} : { fx: parts.fx }),
  };
}
