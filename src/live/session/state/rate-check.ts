/**
 * Whether an order's currency can be valued: before its rate is known, or long after it was, its value is not known either.
 *
 * 1. An order whose currency has no rate yet is refused; nothing is valued at a guess.
 * 2. A rate that no mark has renewed for `RATE_AGE_MAX` is stale; an order that only reduces the account's position passes all the same.
 */
import { DAY, formatDuration, type Duration, type Moment } from "../../../shared/time.ts";
import type { Core } from "./parts.ts";

/** The refusal of an order in a currency that has no rate yet; the router never sees it. */
export const NO_RATE = "no_rate";
/** The refusal of an order in a currency whose rate is old. */
export const STALE_RATE = "stale_rate";

/** Longer than any weekend with holidays around it. */
const RATE_AGE_MAX = (7 * DAY) as Duration;

/** Why an order cannot be valued now, or null. */
export function rateRefusal(
  core: Core,
  symbol: string,
  quantity: number,
  now: Moment,
): { readonly reason: string; readonly detail: string } | null {
  const currency = core.symbols.get(symbol)?.currency;
  if (core.desk.fx === undefined || currency === undefined) return null;
  const source = core.books.rateSymbol(currency);
  if (core.books.rate(currency) === null) {
    const waits = source === null ? "no rate" : `no price of ${source} above zero yet`;
    return {
      reason: NO_RATE,
      detail: `${symbol} is priced in ${currency}, for which there is ${waits}, so the order's value is not known.`,
    };
  }
  const mark = source === null ? null : core.market.mark(source);
  if (source === null || mark === null || now - mark.at <= RATE_AGE_MAX) return null;
  const held = core.books.positions().get(symbol);
  const reduces = held !== undefined && held.isNegative() !== quantity < 0 && held.abs().gte(Math.abs(quantity));
  if (reduces) return null;
  const age = formatDuration((now - mark.at) as Duration);
  return { reason: STALE_RATE, detail: `The rate of ${currency} is the price of ${source}, which is ${age} old.` };
}
