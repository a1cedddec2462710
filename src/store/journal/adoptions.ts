/**
 * What the adoption of a drift item booked, as its entries say it.
 *
 * 1. An adoption that corrects an execution names its bookings itself; any other booked the item's own quantity at its price.
 * 2. A review without a realized profit booked nothing.
 */
import type { DriftEntry, FillEntry, ReviewEntry } from "./entries.ts";

export type Booking = Pick<FillEntry, "symbol" | "quantity" | "price" | "fee">;

/** The bookings of a review, in their order; `evidence` is that of its drift item. */
export function bookingsOf(
  { booked, realized }: Pick<ReviewEntry, "booked" | "realized">,
  evidence: DriftEntry["evidence"] | undefined,
): readonly Booking[] {
  if (realized === null) return [];
  if (booked !== undefined) return booked;
  const { symbol, quantity, price, fee } = evidence ?? {};
  if (typeof symbol !== "string" || quantity === null || quantity === undefined) return [];
  return [{ symbol, quantity: String(quantity), price: String(price ?? "0"), fee: String(fee ?? "0") }];
}
