/**
 * At which price and in which size the paper venue fills an order.
 *
 * 1. A market order fills at the mark, moved against it by the slippage; a limit order once the mark is at or through its
 *    limit, never worse than the limit. Prices are rounded half to even to the symbol's precision.
 * 2. Sizes are cut to the lot toward zero, so the smallest size is told in whole lots.
 *
 * Source: the session rules, "Fills, as in Logos".
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

/** The fill's price, or null while the mark has not reached the limit. */
export function fillPrice(
  order: { readonly buys: boolean; readonly limitPrice: Decimal | null },
  mark: Decimal,
  config: PaperBrokerConfig,
  meta: SymbolMeta,
): Decimal | null {
  const { buys, limitPrice } = order;
  if (limitPrice !== null && (buys ? mark.gt(limitPrice) : mark.lt(limitPrice))) return null;
  const moved = mark.times(decimal(1).plus(decimal(buys ? config.slippageBps : -config.slippageBps).div(BPS)));
  const price = roundHalfEven(moved, meta.pricePrecision);
  if (limitPrice === null) return price;
  return buys ? Decimal.min(price, limitPrice) : Decimal.max(price, limitPrice);
}

/** How much of what remains a mark fills, as a size; zero when its volume gives nothing. */
export function fillSize(remaining: Decimal, volume: number, config: PaperBrokerConfig, meta: SymbolMeta): Decimal {
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
