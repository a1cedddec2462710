/**
 * The guards that an order passes before the router, in their order.
 *
 * 1. The order is fixed: it is the order of `GUARDS`, and the first guard that refuses answers.
 * 2. Every guard with a limit gives a reading, also after the one that refused, so that a trader sees all of them.
 * 3. An order that, with what works, only makes a position smaller passes everything but `turnover_block` and `capacity_limit`. For
 *    limits of an order or a strategy that is the owner's position, for limits of the account the account's. So an order that closes
 *    its owner's position and makes the account's larger meets the account's limits with the difference that it makes there.
 * 4. The moment and the size of a reading are true: the same order passes this guard then, or at that size, if nothing else changes.
 */
import { Decimal, decimal, ZERO } from "../../shared/decimal.ts";
import type { RiskLimits } from "../../shared/desk.ts";
import { later, type Moment } from "../../shared/time.ts";
import { buyingPower } from "./buying-power.ts";
import { reading, share } from "./reading.ts";
import { reducesAccount, reducesOwner, sizeWithin } from "./guard-order.ts";
import type { Guard, Reading } from "./reading.ts";

const maxNotional: Guard = (order, limits) => {
  if (limits.maxNotional === null) return null;
  const limit = decimal(limits.maxNotional);
  return reading(
    "max_notional_exceeded",
    order.notional,
    limit,
    reducesOwner(order) || order.notional.lte(limit),
    "The order's value is above the limit of one order.",
    { largest: sizeWithin(order, limit, order.ownerRoom) },
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
    reducesAccount(order) || value.lte(limit),
    "With what already works, the position could go past its limit.",
    { largest: exposure.largestQuantity(order, limit) },
  );
};

const perTrade: Guard = (order, limits, view) => {
  if (limits.perTradeRiskCap === null) return null;
  const { equity } = view.books;
  const limit = decimal(limits.perTradeRiskCap);
  const value = share(order.notional, equity);
  return reading(
    "per_trade_risk_cap",
    value,
    limit,
    reducesOwner(order) || value.lte(limit),
    "One order takes too large a share of equity.",
    { largest: sizeWithin(order, limit.times(equity), order.ownerRoom) },
  );
};

const perAsset: Guard = (order, limits, view, { exposure }) => {
  if (limits.perAssetCap === null) return null;
  const { equity } = view.books;
  const limit = decimal(limits.perAssetCap);
  const value = share(exposure.valueWith(order), equity);
  return reading(
    "per_asset_cap",
    value,
    limit,
    reducesAccount(order) || value.lte(limit),
    "One asset would take too large a share of equity.",
    { largest: exposure.largestWithin(order, limit.times(equity)) },
  );
};

const assetClass: Guard = (order, limits, view, { exposure }) => {
  const name = view.assetClassOf(order.symbol);
  const cap = Object.hasOwn(limits.assetClassCaps, name) ? limits.assetClassCaps[name] : undefined;
  if (cap === undefined) return null;
  const { equity } = view.books;
  const beside = exposure.sumBeside(order.symbol, (symbol) => view.assetClassOf(symbol) === name);
  const value = share(beside.plus(exposure.valueWith(order)), equity);
  const limit = decimal(cap);
  return reading(
    "asset_class_cap",
    value,
    limit,
    reducesAccount(order) || value.lte(limit),
    `The class ${name} would take too large a share of equity.`,
    { largest: exposure.largestWithin(order, limit.times(equity).minus(beside)) },
  );
};

const grossCap: Guard = (order, limits, view, { exposure }) => {
  if (limits.portfolioGrossCap === null) return null;
  const { equity } = view.books;
  const limit = decimal(limits.portfolioGrossCap);
  const value = share(exposure.grossWith(order), equity);
  return reading(
    "portfolio_gross_cap",
    value,
    limit,
    reducesAccount(order) || value.lte(limit),
    "Gross exposure would go past its multiple of equity.",
    { largest: exposure.largestWithin(order, limit.times(equity).minus(exposure.grossBeside(order.symbol))) },
  );
};

/** What lifts the lock of the drawdown cap: its time, or an operator. */
const LIFTED =
  "New orders wait for the end of the cooldown; an operator who halts and resumes the session ends it at once.";

const drawdownCap: Guard = (order, limits, view, { cooldownUntil }) => {
  if (limits.portfolioDrawdownCap === null) return null;
  const value = view.books.capDrawdown(order.now);
  const limit = decimal(limits.portfolioDrawdownCap);
  const reduces = reducesAccount(order);
  const largest = order.accountRoom;
  if (cooldownUntil !== null && order.now < cooldownUntil)
    return reading("cooldown_active", value, limit, reduces, `The drawdown cap was reached. ${LIFTED}`, {
      freeAt: cooldownUntil,
      largest,
    });
  return reading(
    "portfolio_drawdown_cap",
    value,
    limit,
    reduces || value.lt(limit),
    `Equity fell too far from its peak. ${LIFTED}`,
    // The refusal itself begins the cooldown, and the peak begins again at its end.
    { freeAt: later(order.now, limits.cooldown), largest },
  );
};

function lossGuard(
  code: string,
  profit: Decimal,
  limitText: string,
  freeAt: Moment,
  room: { readonly reduces: boolean; readonly largest: Decimal },
  detail: string,
): Reading {
  const limit = decimal(limitText);
  const value = Decimal.max(ZERO, profit.negated());
  const { reduces, largest } = room;
  return reading(code, value, limit, reduces || value.lt(limit), detail, { freeAt, largest });
}

const dailyLoss: Guard = (order, limits, view) =>
  limits.dailyPortfolioLossCap === null
    ? null
    : lossGuard(
        "daily_portfolio_loss_cap",
        view.books.dayProfit(order.now),
        limits.dailyPortfolioLossCap,
        view.books.days.endOf(order.now),
        { reduces: reducesAccount(order), largest: order.accountRoom },
        "The account lost its limit for the day.",
      );

const strategyLoss: Guard = (order, limits, view) =>
  limits.strategyDailyLossCap === null
    ? null
    : lossGuard(
        "strategy_daily_loss_cap",
        view.books.dayProfitOf(order.strategy, order.now),
        limits.strategyDailyLossCap,
        view.books.days.endOf(order.now),
        { reduces: reducesOwner(order), largest: order.ownerRoom },
        "The strategy lost its limit for the day.",
      );

const turnover: Guard = (order, limits, view, { traded, exposure }) => {
  const { turnoverBlock, turnoverWarn } = limits;
  if (turnoverBlock === null && turnoverWarn === null) return null;
  const { equity } = view.books;
  const works = exposure.workingValue();
  const before = traded.plus(works);
  const value = share(before.plus(order.notional), equity);
  if (turnoverBlock !== null && value.gt(turnoverBlock)) {
    const limit = decimal(turnoverBlock);
    // Tomorrow nothing is traded yet, and what works today still does.
    const tomorrow = share(works.plus(order.notional), equity).lte(limit);
    return reading("turnover_block", value, limit, false, "The day's turnover is used up.", {
      freeAt: tomorrow ? view.books.days.endOf(order.now) : null,
      largest: sizeWithin(order, limit.times(equity).minus(before), ZERO),
    });
  }
  if (turnoverWarn !== null && value.gt(turnoverWarn))
    return reading("turnover_warn", value, decimal(turnoverWarn), true, "The day's turnover is high.", {
      warning: true,
    });
  return reading("turnover_block", value, decimal(turnoverBlock ?? turnoverWarn ?? 0), true, "");
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
      { largest: decimal(limits.capacityLimit).times(volume) },
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
  buyingPower,
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
