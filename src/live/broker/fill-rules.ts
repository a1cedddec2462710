/**
 * At which price and in which size the paper venue fills an order.
 *
 * 1. At the market an order fills at the price there, moved against it by half the spread of the bar or mark, where that is known, and
 *    then by the slippage. By marks a limit order's fill is moved by the slippage alone, and never worse than its limit; by bars it is at
 *    the limit that the path reached, or at the price of the path where that is through it already.
 * 2. Prices are rounded half to even to the symbol's tick, never to zero, and by bars lie within the bar's low and high, moved by half
 *    the spread as the order's price is; at a bar of one price the slippage is kept.
 * 3. Sizes are cut to the lot toward zero, so a smallest size is stated in whole lots.
 *
 * Source: the session rules, "Fills, as in Logos"; the order rules, "How the paper venue fills".
 */
import { Decimal, decimal, plain, roundDownToStep, roundToStep, ZERO } from "../../shared/decimal.ts";
import type { BrokerConfig } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import type { RefusalFigures } from "../../shared/ports.ts";
import { termsOf } from "../instruments/index.ts";

const BPS = 10_000;

/** An order's limit in whole ticks, rounded so that it is never worse than what was asked. */
export function limitOf(limitPrice: string, quantity: Decimal, meta: SymbolMeta): Decimal {
  const rounding = quantity.isNegative() ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR;
  return roundToStep(decimal(limitPrice), termsOf(meta).tick, rounding);
}

/** A stop's trigger in whole ticks, rounded away from the price, so that it triggers no earlier than was asked. */
export function stopOf(stopPrice: string, quantity: Decimal, meta: SymbolMeta): Decimal {
  const rounding = quantity.isNegative() ? Decimal.ROUND_FLOOR : Decimal.ROUND_CEIL;
  return roundToStep(decimal(stopPrice), termsOf(meta).tick, rounding);
}

/** The smallest step of the symbol's price. */
export const tickOf = (meta: SymbolMeta): Decimal => termsOf(meta).tick;

/** A price in whole ticks; one that is not zero never becomes zero. */
function onTick(price: Decimal, tick: Decimal): Decimal {
  const rounded = roundToStep(price, tick);
  return rounded.isZero() && !price.isZero() ? (price.isNegative() ? tick.negated() : tick) : rounded;
}

/** Where a bar's prices end. */
export interface PriceRange {
  readonly low: Decimal;
  readonly high: Decimal;
}

/** Keeps a price within the bar. A bar of one price says nothing of a range, and would take the slippage away without a word. */
const within = (price: Decimal, range: PriceRange | null): Decimal =>
  range === null || range.low.equals(range.high) ? price : Decimal.max(range.low, Decimal.min(range.high, price));

/** The bid or the ask of a middle, and the range in which the bid or the ask of a bar is. */
function sideOf(
  isBuy: boolean,
  price: Decimal,
  range: PriceRange | null,
  spread: Decimal,
): { readonly price: Decimal; readonly range: PriceRange | null } {
  const half = isBuy ? spread.div(2) : spread.div(2).negated();
  return {
    price: price.plus(half),
    range: range === null ? null : { low: range.low.plus(half), high: range.high.plus(half) },
  };
}

/** The price of a fill at the market; `range` is the bar's, or null by marks, and `spread` zero where it is not known. */
export function marketPrice(
  isBuy: boolean,
  middle: Decimal,
  config: Pick<BrokerConfig, "slippageBps">,
  meta: SymbolMeta,
  middles: PriceRange | null,
  spread: Decimal = ZERO,
): Decimal {
  if (!spread.isZero()) {
    const side = sideOf(isBuy, middle, middles, spread);
    const found = marketPrice(isBuy, side.price, config, meta, side.range);
    // The spread of a bar's last quote may be wider than an earlier price of the bar is high.
    return middle.gt(ZERO) && found.lte(ZERO) ? tickOf(meta) : found;
  }
  const [price, range] = [middle, middles];
  // Against the order by a share of the price's size: at a negative price, too, a buyer pays more.
  const slip = price.abs().times(decimal(config.slippageBps).div(BPS));
  return within(onTick(isBuy ? price.plus(slip) : price.minus(slip), tickOf(meta)), range);
}

/** The price of a limit order's fill where the price is at or through its limit. */
export function limitPrice(
  isBuy: boolean,
  limit: Decimal,
  price: Decimal,
  config: Pick<BrokerConfig, "slippageBps">,
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
  config: Pick<BrokerConfig, "partialFillShare">,
  meta: SymbolMeta,
): Decimal {
  if (config.partialFillShare === null) return remaining;
  const available = roundDownToStep(decimal(volume).times(config.partialFillShare), decimal(meta.lotSize));
  return available.lt(remaining) ? Decimal.max(ZERO, available) : remaining;
}

/** What a quantity at a price is worth, in the symbol's currency. */
export function worthOf(price: Decimal, quantity: Decimal, meta: SymbolMeta | undefined): Decimal {
  const worth = price.times(quantity);
  return meta?.multiplier === undefined ? worth : worth.times(termsOf(meta).multiplier);
}

/** |price × quantity × multiplier| × fee in basis points, the instrument's own fee before the broker's. In the symbol's currency. */
export function feeOf(price: Decimal, quantity: Decimal, config: BrokerConfig, meta: SymbolMeta | undefined): Decimal {
  return worthOf(price, quantity, meta)
    .abs()
    .times(meta?.feeBps ?? config.feeBps)
    .div(BPS);
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
  const worth = reference === null ? null : worthOf(reference, size, meta).abs();
  const tooSmall = size.lt(smallest);
  if (!tooSmall && (worth === null || worth.gte(meta.minNotional))) return null;
  const each = reference === null ? ZERO : worthOf(reference, decimal(1), meta).abs();
  const worthy = each.isZero() ? ZERO : roundUpToLot(decimal(meta.minNotional).div(each), meta);
  const from = plain(Decimal.max(smallest, worthy));
  const figures: RefusalFigures =
    tooSmall || worth === null
      ? { measure: "quantity", value: plain(asked.abs()), limit: plain(smallest), from }
      : { measure: "notional", value: plain(worth), limit: plain(decimal(meta.minNotional)), from };
  return { reason: "min_requirements", figures };
}
