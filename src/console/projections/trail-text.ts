/**
 * A trailing stop's distance as a view writes it.
 *
 * 1. `0.5` is in units of price, `1 %` in percent of it.
 */
import type { Trail } from "../../shared/orders.ts";

export const trailText = (trail: Trail | undefined): string | null => {
  if (trail === undefined) return null;
  return "amount" in trail ? String(trail.amount) : `${trail.percent} %`;
};
