/**
 * At which price and in which size the paper venue fills an order.
 *
 * 1. At the market an order fills at the price there, moved against it by the slippage. By marks a limit order's fill is moved, too, and
 *    never worse than its limit; by bars it is at the limit that the path reached, or at the price of the path where that is through it
 *    already.
 * 2. Prices are rounded half to even to the symbol's precision, and by bars lie within the bar's low and high.
 * 3. Sizes are cut to the lot toward zero, so a smallest size is stated in whole lots.
 *
 * Source: the session rules, "Fills, as in Logos"; the order rules, "How the paper venue fills".
 */
import { Decimal, decimal, plain, roundDownToStep, roundHalfEven, ZERO } from "../../shared/decimal.ts";
import type { PaperBrokerConfig } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import type { RefusalFigures } from "../../shared/ports.ts";

const BPS = 10_000;

/** An order's limit in the symbol's precision, rounded so that it is never worse than what was asked. */
export function limitOf(limitPrice: string, quantity: Decimal, meta: SymbolMeta): Decimal {
  const rounding = quantity.isNegative() ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR;
  return decimal(limitPrice).toDecimalPlaces(meta.pricePrecision, rounding);
}

/** A stop's trigger in the symbol's precision, rounded away from the price, so that it triggers no earlier than was asked. */
export function stopOf(stopPrice: string, quantity: Decimal, meta: SymbolMeta): Decimal {
  const rounding = quantity.isNegative() ? Decimal.ROUND_FLOOR : Decimal.ROUND_CEIL;
  return decimal(stopPrice).toDecimalPlaces(meta.pricePrecision, rounding);
}

/** The smallest step of the symbol's price. */
export const tickOf = (meta: SymbolMeta): Decimal => decimal(10).pow(-meta.pricePrecision);

/** Where a bar's prices end. */
export interface PriceRange {
  readonly low: Decimal;
  readonly high: Decimal;
}

const within = (price: Decimal, range: PriceRange | null): Decimal =>
  range === null ? price : Decimal.max(range.low, Decimal.min(range.high, price));

/** The price of a fill at the market; `range` is the bar's, or null by marks. */
export function marketPrice(
  isBuy: boolean,
  price: Decimal,
  config: Pick<PaperBrokerConfig, "slippageBps">,
  meta: SymbolMeta,
  range: PriceRange | null,
): Decimal {
  const moved = price.times(decimal(1).plus(decimal(isBuy ? config.slippageBps : -config.slippageBps).div(BPS)));
  return within(roundHalfEven(moved, meta.pricePrecision), range);
}

/** The price of a limit order's fill where the price is at or through its limit. */
export function limitPrice(
  isBuy: boolean,
  limit: Decimal,
  price: Decimal,
  config: Pick<PaperBrokerConfig, "slippageBps">,
  meta: SymbolMeta,
  range: PriceRange | null,
): Decimal {
  const asTaken = marketPrice(isBuy, price, range === null ? config : { slippageBps: 0 }, meta, range);
  return isBuy ? Decimal.min(asTaken, limit) : Decimal.max(asTaken, limit);
}

/** How much of what remains a mark or a bar fills, as a size; zero when its volume gives nothing. */
export function fillSize(
  remaining: Decimal,
  volume: number,
  config: Pick<PaperBrokerConfig, "partialFillShare">,
  meta: SymbolMeta,
): Decimal {
  if (config.partialFillShare === null) return remaining;
  const available = roundDownToStep(decimal(volume).times(config.partialFillShare), decimal(meta.lotSize));
  return available.lt(remaining) ? Decimal.max(ZERO, available) : remaining;
}

/** |price × quantity| × fee in basis points. */
export function feeOf(price: Decimal, quantity: Decimal, config: PaperBrokerConfig): Decimal {
  return price.times(quantity).abs().times(config.feeBps).div(BPS);
}

/** Why the venue refuses an order: a code, and the figures behind it where there are any. */
export interface Refusal {
  readonly reason: string;
  readonly figures?: RefusalFigures;
}

/** A size in whole lots that is not below another. */
function roundUpToLot(size: Decimal, meta: SymbolMeta): Decimal {
  const lot = decimal(meta.lotSize);
  return size.div(lot).ceil().times(lot);
}

/**
 * Why an order is below what the venue takes, or null. `asked` is its size before it was cut to the lot; `reference` its limit, else
 * the mark, else null when there is none.
 */
export function minimumRefusal(
  quantity: Decimal,
  asked: Decimal,
  reference: Decimal | null,
  meta: SymbolMeta,
): Refusal | null {
  const size = quantity.abs();
  const smallest = Decimal.max(roundUpToLot(decimal(meta.minQuantity), meta), meta.lotSize);
  const worth = reference === null ? null : size.times(reference);
  const tooSmall = size.lt(smallest);
  if (!tooSmall && (worth === null || worth.gte(meta.minNotional))) return null;
  const worthy = reference?.isPositive() === true ? roundUpToLot(decimal(meta.minNotional).div(reference), meta) : ZERO;
  const from = plain(Decimal.max(smallest, worthy));
  const figures: RefusalFigures =
    tooSmall || worth === null
      ? { measure: "quantity", value: plain(asked.abs()), limit: plain(smallest), from }
      : { measure: "notional", value: plain(worth), limit: plain(decimal(meta.minNotional)), from };
  return { reason: "min_requirements", figures };
}
