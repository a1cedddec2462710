/** The guards by the names that a trader knows, and their readings with as many places as an eye needs. */
import { formatNumber, words } from "./format.ts";

const NAMES: Readonly<Record<string, string>> = {
  insufficient_funds: "Buying power",
  max_notional_exceeded: "Order size",
  per_trade_risk_cap: "Risk per trade",
  per_asset_cap: "Exposure per symbol",
  asset_class_cap: "Exposure per class",
  portfolio_gross_cap: "Gross exposure",
  portfolio_drawdown_cap: "Drawdown",
  daily_portfolio_loss_cap: "Daily loss, account",
  strategy_daily_loss_cap: "Daily loss, strategy",
  turnover_block: "Turnover",
  capacity_limit: "Capacity",
};

export const guardName = (guard: string): string => NAMES[guard] ?? words(guard);

/** A reading: money with two places, a share with six. */
export function formatReading(value: string): string {
  const size = Math.abs(Number(value));
  if (!Number.isFinite(size)) return value;
  return formatNumber(trimmed(size >= 10 ? 2 : size >= 1 ? 4 : 6, value));
}

const trimmed = (places: number, value: string): string => String(Number(Number(value).toFixed(places)));
