/**
 * The way of the price through a bar, and where on it an order acts.
 *
 * 1. A bar goes from its open to the extreme that is nearer, to the other extreme, to its close; at equal distance low first. Between two
 *    of these points it passes every price.
 * 2. A trailing stop follows what is favorable and triggers on what is not, so one move never does both.
 */
import { decimal, Decimal, roundToStep } from "../../shared/decimal.ts";
import type { Bar } from "../../shared/market.ts";
import type { Trail } from "../../shared/orders.ts";
import { buys, waitsForTrigger, type VenueOrder } from "./venue-order.ts";

const PRICES = ["open", "high", "low", "close"] as const;

/** The points of a bar's path: open, nearer extreme, other extreme, close. */
export function pathOf(
  bar: Pick<Bar, "open" | "high" | "low" | "close" | "exact">,
): readonly [Decimal, Decimal, Decimal, Decimal] {
  const [open, high, low, close] = PRICES.map((name) => decimal(bar.exact?.[name] ?? bar[name])) as [
    Decimal,
    Decimal,
    Decimal,
    Decimal,
  ];
  const lowFirst = open.minus(low).lte(high.minus(open));
  return lowFirst ? [open, low, high, close] : [open, high, low, close];
}

/** The first price of a move that is at or beyond `level`: upward for `rising` levels, downward for the others. */
function firstBeyond(level: Decimal, rising: boolean, from: Decimal, to: Decimal): Decimal | null {
  if (rising ? from.gte(level) : from.lte(level)) return from;
  return (rising ? to.gte(level) : to.lte(level)) ? level : null;
}

/**
 * The price at which a move reaches an order, or null where it does not: the trigger of a stop, the limit of a limit order, at once for
 * an order at the market. `beyond` is how far through its limit the price has to go.
 */
export function touchOf(order: VenueOrder, from: Decimal, to: Decimal, beyond: Decimal): Decimal | null {
  const { limitPrice, stopPrice } = order;
  if (waitsForTrigger(order)) return stopPrice === null ? null : firstBeyond(stopPrice, buys(order), from, to);
  if (limitPrice === null) return from;
  const level = buys(order) ? limitPrice.minus(beyond) : limitPrice.plus(beyond);
  return firstBeyond(level, !buys(order), from, to);
}

/** Where a trailing stop triggers after the price was at `price`: never farther from it than before. Rounded away from the price. */
export function trailedStop(
  order: Pick<VenueOrder, "quantity" | "stopPrice">,
  trail: Trail<string>,
  price: Decimal,
  tick: Decimal,
): Decimal {
  const distance = "amount" in trail ? decimal(trail.amount) : price.abs().times(trail.percent).div(100);
  const up = buys(order);
  const exact = up ? price.plus(distance) : price.minus(distance);
  const stop = roundToStep(exact, tick, up ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR);
  if (order.stopPrice === null) return stop;
  return up ? Decimal.min(order.stopPrice, stop) : Decimal.max(order.stopPrice, stop);
}
