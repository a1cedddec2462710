/**
 * What the adoption of a drift item books.
 *
 * 1. An execution that the venue reports again with other figures is corrected: what was booked of it is taken back, and what the venue
 *    says now is booked in its place. The review's entry names these bookings, so a recovery repeats them as they are.
 * 2. Any other item books its own quantity at its price, once.
 * 3. A review of a version that named no bookings books what that version did.
 */
import { decimal, plain, ZERO } from "../../../shared/decimal.ts";
import type { DriftKind } from "../../../shared/drift.ts";
import { CodedError } from "../../../shared/errors.ts";
import { executionKeyOf } from "../../../shared/ids.ts";
import { parseMoment } from "../../../shared/time.ts";
import type { Moment } from "../../../shared/time.ts";
import type { Booking } from "../../../store/journal/adoptions.ts";
import { isBooked, type ReviewEntry } from "../../../store/journal/entries.ts";
import type { DriftProbe } from "./api.ts";
import { bookedFill } from "./effects.ts";
import type { Core } from "./parts.ts";
import { UNATTRIBUTED } from "./read-model.ts";

/** Drift whose adoption books the fill that it is about. */
export const BOOKS_ON_ADOPTION: ReadonlySet<DriftKind> = new Set([
  "unknown_fill",
  "conflicting_fill",
  "position_mismatch",
]);

/** The bookings that make an execution what the venue says of it now, and whose it was. */
export interface Correction {
  readonly owner: string | null;
  readonly bookings: readonly Booking[];
}

/** An item's own figures; null where it names no amounts. */
function figuresOf({ drift, evidence }: DriftProbe): Booking | null {
  const { symbol, quantity, price, fee } = evidence;
  if (!BOOKS_ON_ADOPTION.has(drift) || typeof symbol !== "string" || symbol === "") return null;
  if (quantity === null || quantity === undefined || price === null || price === undefined) return null;
  return { symbol, quantity: plain(decimal(quantity)), price: String(price), fee: String(fee ?? "0") };
}

/** How an adoption corrects the execution that an item is about; null where it is about none that was booked before. */
export function correctionOf(core: Core, item: DriftProbe): Correction | null {
  const { fillId } = item.evidence;
  const now = figuresOf(item);
  if (item.drift !== "conflicting_fill" || now === null || typeof fillId !== "string") return null;
  let before: Booking | null = null;
  let owner: string | null = null;
  for (const entry of core.ledger.entries(1, ["fill"])) {
    if (entry.kind !== "fill" || !isBooked(entry) || entry.fillId !== fillId || entry.orderId !== item.orderId)
      continue;
    const { symbol, quantity, price, fee, strategy } = entry;
    before = { symbol, quantity, price, fee };
    owner = strategy;
  }
  if (before === null) return null;
  // The same execution may have been corrected before; the newest adoption holds.
  for (const other of core.model.drift.values())
    if (other.review?.action === "adopt" && other.orderId === item.orderId && other.evidence["fillId"] === fillId)
      before = figuresOf(other) ?? before;
  return { owner, bookings: differenceOf(before, now) };
}

/** One booking where only the quantity differs; else the old figures are taken back and the new ones booked. */
function differenceOf(before: Booking, now: Booking): Booking[] {
  const fee = plain(decimal(now.fee).minus(before.fee));
  const quantity = plain(decimal(now.quantity).minus(before.quantity));
  if (decimal(before.price).equals(now.price) && before.symbol === now.symbol)
    return quantity === "0" && fee === "0" ? [] : [{ ...now, quantity, fee }];
  const back = {
    ...before,
    quantity: plain(decimal(before.quantity).negated()),
    fee: plain(decimal(before.fee).negated()),
  };
  return [back, now].filter((booking) => booking.quantity !== "0" || booking.fee !== "0");
}

/** What an adoption without a correction books, or null. */
function ownFigures(core: Core, item: DriftProbe): Booking | null {
  const now = figuresOf(item);
  const { fillId } = item.evidence;
  if (now === null || item.drift !== "conflicting_fill" || typeof fillId !== "string") return nonZero(now);
  const { seenFills } = core.model;
  const seen = seenFills.get(executionKeyOf(item.orderId, fillId)) ?? seenFills.get(fillId);
  return nonZero({ ...now, quantity: plain(decimal(now.quantity).minus(seen?.quantity ?? ZERO)) });
}

const nonZero = (booking: Booking | null): Booking | null =>
  booking === null || booking.quantity === "0" ? null : booking;

/** Applies a review to router and books; answers the profit that an adoption realized, as plain text. */
export function reviewed(core: Core, review: Omit<ReviewEntry, "kind" | "realized">, at: Moment): string | null {
  const { item: id, action, strategy, operator, note, booked } = review;
  const item = core.model.drift.get(id);
  if (item === undefined)
    throw new CodedError("not_found", `There is no drift item ${id}; the drift review lists those there are.`);
  core.router.review(id, { action, operator, note, strategy }, at);
  if (action !== "adopt") return null;
  const own = booked === undefined ? ownFigures(core, item) : null;
  const bookings = booked ?? (own === null ? [] : [own]);
  if (bookings.length === 0) return null;
  const owner = strategy ?? UNATTRIBUTED;
  const filledAt = filledAtOf(item, at);
  let realized = ZERO;
  for (const booking of bookings) realized = realized.plus(bookedFill(core, { filledAt, ...booking }, owner, at));
  return plain(realized);
}

/** When the fill of an item happened, where its evidence says; else now. */
function filledAtOf(item: DriftProbe, now: Moment): Moment {
  const text = item.evidence["filled"];
  return (typeof text === "string" ? parseMoment(text) : null) ?? now;
}
