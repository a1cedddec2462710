/**
 * The guards that an order passes before the router, in their order.
 *
 * 1. The order is fixed: it is the order of `GUARDS`, and the first guard that says no answers.
 * 2. Every guard with a limit gives a reading, also behind the one that refused, so that a trader sees all of them.
 * 3. An order that, with what works, only makes the account's position in its symbol smaller passes everything but
 *    `max_notional_exceeded`, `turnover_block` and `capacity_limit`: getting out is never forbidden because one is in too deep.
 * 4. Values and limits are exact; they are rounded to eight decimals only where they are written.
 */
import { Decimal, decimal, plain, ZERO } from "../../shared/decimal.ts";
import type { RiskLimits } from "../../shared/desk.ts";
import type { Moment } from "../../shared/time.ts";
import type { GuardReading } from "../../store/journal/entries.ts";
import type { Books } from "../books/index.ts";
import type { Exposure, WorkingOrders } from "./exposure.ts";

/** What the guards look at, asked anew for each order. */
export interface RiskView {
  readonly books: Books;
  assetClassOf(symbol: string): string;
  /** The signed value of a quantity at a price, in the account's currency. */
  notional(symbol: string, quantity: Decimal, price: Decimal): Decimal;
  /** By symbol, what works in it. */
  working(): ReadonlyMap<string, WorkingOrders>;
  /** Volume of the newest bars of a symbol; 0 before the first. */
  recentVolume(symbol: string, bars: number): number;
}

/** One order as the guards see it. */
export interface GuardOrder {
  readonly strategy: string;
  readonly symbol: string;
  readonly quantity: Decimal;
  readonly notional: Decimal;
  readonly reduces: boolean;
  readonly now: Moment;
}

/** The engine's own numbers, and what the account holds and could come to hold. */
export interface RiskState {
  readonly exposure: Exposure;
  readonly turnover: Decimal;
  readonly cooldownUntil: Moment | null;
}

export interface Reading {
  readonly code: string;
  readonly value: Decimal;
  readonly limit: Decimal;
  readonly passed: boolean;
  readonly warning: boolean;
  /** When time alone helps: the earliest moment at which a new order could pass. */
  readonly freeAt: Moment | null;
  readonly detail: string;
}

type Guard = (order: GuardOrder, limits: RiskLimits, view: RiskView, state: RiskState) => Reading | null;

function reading(
  code: string,
  value: Decimal,
  limit: Decimal,
  passed: boolean,
  detail: string,
  more: { readonly freeAt?: Moment; readonly warning?: boolean } = {},
): Reading {
  return { code, value, limit, passed, warning: more.warning ?? false, freeAt: more.freeAt ?? null, detail };
}

const share = (part: Decimal, whole: Decimal): Decimal => (whole.gt(ZERO) ? part.div(whole) : new Decimal(1e9));

const maxNotional: Guard = (order, limits) => {
  if (limits.maxNotional === null) return null;
  const limit = decimal(limits.maxNotional);
  return reading(
    "max_notional_exceeded",
    order.notional,
    limit,
    order.notional.lte(limit),
    "The order's value is above the limit of one order.",
  );
};

/** A symbol's limit of its position: its own, else the default; null where there is none. */
export function positionLimitOf(
  limits: Pick<RiskLimits, "maxPosition" | "maxPositionBySymbol">,
  symbol: string,
): string | null {
  const own = Object.hasOwn(limits.maxPositionBySymbol, symbol) ? limits.maxPositionBySymbol[symbol] : undefined;
  return own ?? limits.maxPosition;
}

const maxPosition: Guard = (order, limits, _view, { exposure }) => {
  const text = positionLimitOf(limits, order.symbol);
  if (text === null) return null;
  const limit = decimal(text);
  const value = exposure.quantityWith(order);
  return reading(
    "max_position_exceeded",
    value,
    limit,
    order.reduces || value.lte(limit),
    "With what already works, the position could go past its limit.",
  );
};

const perTrade: Guard = (order, limits, view) => {
  if (limits.perTradeRiskCap === null) return null;
  const limit = decimal(limits.perTradeRiskCap);
  const value = share(order.notional, view.books.equity);
  return reading(
    "per_trade_risk_cap",
    value,
    limit,
    order.reduces || value.lte(limit),
    "One order takes too large a share of equity.",
  );
};

const perAsset: Guard = (order, limits, view, { exposure }) => {
  if (limits.perAssetCap === null) return null;
  const limit = decimal(limits.perAssetCap);
  const value = share(exposure.valueWith(order), view.books.equity);
  return reading(
    "per_asset_cap",
    value,
    limit,
    order.reduces || value.lte(limit),
    "One asset would take too large a share of equity.",
  );
};

const assetClass: Guard = (order, limits, view, { exposure }) => {
  const name = view.assetClassOf(order.symbol);
  const cap = Object.hasOwn(limits.assetClassCaps, name) ? limits.assetClassCaps[name] : undefined;
  if (cap === undefined) return null;
  const value = share(
    exposure.grossWith(order, (symbol) => view.assetClassOf(symbol) === name),
    view.books.equity,
  );
  const limit = decimal(cap);
  return reading(
    "asset_class_cap",
    value,
    limit,
    order.reduces || value.lte(limit),
    `The class ${name} would take too large a share of equity.`,
  );
};

const grossCap: Guard = (order, limits, view, { exposure }) => {
  if (limits.portfolioGrossCap === null) return null;
  const limit = decimal(limits.portfolioGrossCap);
  const value = share(
    exposure.grossWith(order, () => true),
    view.books.equity,
  );
  return reading(
    "portfolio_gross_cap",
    value,
    limit,
    order.reduces || value.lte(limit),
    "Gross exposure would go past its multiple of equity.",
  );
};

const drawdownCap: Guard = (order, limits, view, state) => {
  if (limits.portfolioDrawdownCap === null) return null;
  const value = decimal(-view.books.drawdown);
  const limit = decimal(limits.portfolioDrawdownCap);
  if (state.cooldownUntil !== null && order.now < state.cooldownUntil)
    return reading("cooldown_active", value, limit, order.reduces, "New orders wait after the drawdown cap.", {
      freeAt: state.cooldownUntil,
    });
  return reading(
    "portfolio_drawdown_cap",
    value,
    limit,
    order.reduces || value.lt(limit),
    "Equity fell too far from its peak.",
    {
      freeAt: (order.now + limits.cooldown) as Moment,
    },
  );
};

function lossGuard(
  code: string,
  profit: Decimal,
  limitText: string,
  order: GuardOrder,
  view: RiskView,
  detail: string,
): Reading {
  const limit = decimal(limitText);
  const value = Decimal.max(ZERO, profit.negated());
  return reading(code, value, limit, order.reduces || value.lt(limit), detail, {
    freeAt: view.books.days.endOf(order.now),
  });
}

const dailyLoss: Guard = (order, limits, view) =>
  limits.dailyPortfolioLossCap === null
    ? null
    : lossGuard(
        "daily_portfolio_loss_cap",
        view.books.dayProfit,
        limits.dailyPortfolioLossCap,
        order,
        view,
        "The account lost its limit for the day.",
      );

const strategyLoss: Guard = (order, limits, view) =>
  limits.strategyDailyLossCap === null
    ? null
    : lossGuard(
        "strategy_daily_loss_cap",
        view.books.dayProfitOf(order.strategy),
        limits.strategyDailyLossCap,
        order,
        view,
        "The strategy lost its limit for the day.",
      );

const turnover: Guard = (order, limits, view, state) => {
  const value = share(state.turnover.plus(order.notional), view.books.equity);
  const freeAt = view.books.days.endOf(order.now);
  if (limits.turnoverBlock !== null && value.gt(limits.turnoverBlock))
    return reading("turnover_block", value, decimal(limits.turnoverBlock), false, "The day's turnover is used up.", {
      freeAt,
    });
  if (limits.turnoverWarn !== null && value.gt(limits.turnoverWarn))
    return reading("turnover_warn", value, decimal(limits.turnoverWarn), true, "The day's turnover is high.", {
      warning: true,
    });
  const limit = limits.turnoverBlock ?? limits.turnoverWarn;
  return limit === null ? null : reading("turnover_block", value, decimal(limit), true, "");
};

const capacity: Guard = (order, limits, view) => {
  if (limits.capacityLimit === null && limits.capacityWarn === null) return null;
  const volume = view.recentVolume(order.symbol, limits.capacityBars);
  // Without a volume there is no share to speak of; a feed of marks alone has none.
  if (volume <= 0) return null;
  const value = order.quantity.abs().div(volume);
  if (limits.capacityLimit !== null && value.gt(limits.capacityLimit))
    return reading(
      "capacity_limit",
      value,
      decimal(limits.capacityLimit),
      false,
      "The order is too large for the symbol's recent volume.",
    );
  if (limits.capacityWarn !== null && value.gt(limits.capacityWarn))
    return reading(
      "capacity_warn",
      value,
      decimal(limits.capacityWarn),
      true,
      "The order is large for the symbol's recent volume.",
      {
        warning: true,
      },
    );
  return reading("capacity_limit", value, decimal(limits.capacityLimit ?? limits.capacityWarn ?? 0), true, "");
};

/** The guards in the order in which they answer. */
export const GUARDS: readonly Guard[] = [
  maxNotional,
  maxPosition,
  perTrade,
  perAsset,
  assetClass,
  grossCap,
  drawdownCap,
  dailyLoss,
  strategyLoss,
  turnover,
  capacity,
];

/** Every code that a guard or a breaker can say, with what it means. The documentation's table is made from it. */
export const RISK_CODES: Readonly<Record<string, string>> = {
  max_notional_exceeded: "one order's value above `max_notional`",
  max_position_exceeded: "the position, with what works, above `max_position` (the symbol's own first)",
  per_trade_risk_cap: "one order's share of equity above `per_trade_risk_cap`",
  per_asset_cap: "one asset's share of equity above `per_asset_cap`",
  asset_class_cap: "one class's share of equity above its cap",
  portfolio_gross_cap: "gross exposure above its multiple of equity",
  portfolio_drawdown_cap: "equity fell from its peak by `portfolio_drawdown_cap`; a cooldown begins",
  cooldown_active: "the cooldown after the drawdown cap still runs",
  daily_portfolio_loss_cap: "the account lost its limit for the day (UTC)",
  strategy_daily_loss_cap: "the strategy lost its limit for the day (UTC)",
  turnover_block: "the day's traded value above its multiple of equity",
  turnover_warn: "a warning: the day's turnover is high; the order passes",
  capacity_limit: "the order's share of the symbol's recent volume above its limit",
  capacity_warn: "a warning: the order is large for the symbol's volume; it passes",
  kill_switch_triggered: "the kill switch: a file, a button, a key, a command; halts the session",
  strategy_halted: "the kill switch of the strategy: a file, a button, a key, a command; before all guards",
  group_halted: "the kill switch of the strategy's group; before all guards",
  session_drawdown_limit: "the session's drawdown since the last resume; halts the session",
  reject_limit_reached: "too many rejections within the window; halts the session",
  data_stale: "the feed said nothing for too long; halts the session",
};

/** A value as it is written: to eight decimals. */
export function written(value: Decimal): string {
  return plain(value.toDecimalPlaces(8));
}

export function journaled(item: Reading): GuardReading {
  return {
    guard: item.code,
    value: written(item.value),
    limit: written(item.limit),
    passed: item.passed,
    warning: item.warning,
  };
}
