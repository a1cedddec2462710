/** A desk file with every key in it, and ways to make others of it. */
import { expect } from "vitest";
import { builtInStrategies } from "../../../src/live/strategies/built-in.ts";
import { CodedError } from "../../../src/shared/errors.ts";
import { resolveDesk, type DeskSources, type ResolvedDesk } from "../../../src/store/desk/index.ts";

export const builtIns = builtInStrategies;

export const FULL = `name: full
seed: 42
dollar_per_trade: 5000.5
rate_limit_per_sec: 7
max_inflight: 99
orchestrator_snapshot_interval_s: 20
orchestrator_metrics_interval_s: 2.5
orchestrator_metrics_window: 150
orchestrator_equity_interval_s: 10
orchestrator_deadline_factor: 4
orchestrator_quarantine_after: 2
orchestrator_journal_keep: 7d
broker:
  kind: paper
  currency: EUR
  cash: 1000000.10
  slippage_bps: 1.5
  fee_bps: 0.25
  latency: 250ms
  partialFillShare: 0.5
  faults:
    reject: 0.01
    dropAck: 0.02
    duplicateFill: 0.03
    delayFill: 0.04
    unknownFill: 0.05
feed:
  kind: synthetic
  barInterval: 30s
  markInterval: 1.5s
  warmupBars: 60
  symbols:
    - symbol: AAA
      assetClass: equity
      currency: EUR
      pricePrecision: 3
      quantityPrecision: 1
      lotSize: 0.10
      minQuantity: 0.2
      minNotional: 5
      startPrice: 100
      volatility: 0.2
      drift: 0.05
      volume: 1000
    - symbol: BBB
      assetClass: crypto
      startPrice: 10
clock:
  kind: virtual
  start: 2026-01-05T14:30:00Z
  speed: max
limits:
  max_notional: 20000
  max_position: 500
  max_position_by_symbol:
    AAA: 100
  portfolio_gross_cap: 2
  per_asset_cap: 0.5
  asset_class_caps:
    equity: 0.9
    crypto: 0.1
  per_trade_risk_cap: 0.05
  portfolio_drawdown_cap: 0.1
  cooldown: 10m
  daily_portfolio_loss_cap: 10000
  strategy_daily_loss_cap: 2000
  turnover_warn: 5
  turnover_block: 10
  capacity_warn: 0.05
  capacity_limit: 0.1
  capacity_bars: 15
  session_drawdown_limit: 0.2
  reject_limit: 50
  reject_window: 2m
  data_stale: 90s
slo:
  latencyP95Ms: 2000
  skipRate: 0.1
  queueDepth: 64
  errors: 1
runtime:
  median: 50ms
  sigma: 0.7
  slowShare: 0.02
  slowFactor: 12
strategies:
  - name: mo
    module: momentum
    symbols: [AAA, BBB]
    cadence: 30s
    timeBudget: 2s
    jitter: 3s
    heartbeatTimeout: 2m
    anchor: slot
    params:
      fast: 10
      slow: 30
    group: trend
  - name: mine
    module: sub/mine.mjs
    symbols: [BBB]
    cadence: 2s
    params:
      level: 3
`;

/** The smallest desk, with more lines below it. */
export const small = (strategies = "", more = ""): string => `feed:
  kind: synthetic
  symbols: [{ symbol: AAA, assetClass: equity, startPrice: 100 }, { symbol: BBB, assetClass: fx, startPrice: 1 }]
${more}strategies:
  - name: one
    module: carry
    symbols: [AAA]
    cadence: 30s
${strategies}`;

export function read(text: string, more: Partial<DeskSources> = {}): ResolvedDesk {
  return resolveDesk({ text, fileName: "desk.yaml", builtIns, ...more });
}

/** The error of a reading that must fail. */
export function failure(text: string, more: Partial<DeskSources> = {}): CodedError {
  try {
    read(text, more);
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    return error as CodedError;
  }
  throw new Error("The desk was read, and should have been refused.");
}
