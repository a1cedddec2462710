/**
 * An order as the guards see it.
 *
 * 1. Quantity and value are signed; sizes are not.
 */
import { Decimal } from "../../shared/decimal.ts";
import type { Moment } from "../../shared/time.ts";

/** One order as the guards see it. */
export interface GuardOrder {
  readonly strategy: string;
  readonly symbol: string;
  /** Signed. */
  readonly quantity: Decimal;
  /** Signed: quantity × price, in the account's currency. */
  readonly value: Decimal;
  /** The value's size. */
  readonly notional: Decimal;
  /** The largest size on the order's side that only makes the owner's position smaller, and the account's; zero for none. */
  readonly ownerRoom: Decimal;
  readonly accountRoom: Decimal;
  readonly now: Moment;
}

/** Whether an order, with what works, only makes its owner's position smaller. */
export const reducesOwner = (order: GuardOrder): boolean => order.quantity.abs().lte(order.ownerRoom);

/** Whether an order, with what works, only makes the account's position smaller. */
export const reducesAccount = (order: GuardOrder): boolean => order.quantity.abs().lte(order.accountRoom);

/** The largest size whose value, on the order's side, stays within `room`; or the size that reduces, where that is larger. */
export function sizeWithin(
  order: Pick<GuardOrder, "quantity" | "notional">,
  room: Decimal,
  reduces: Decimal,
): Decimal | null {
  if (order.notional.isZero()) return null;
  return Decimal.max(reduces, room.times(order.quantity.abs()).div(order.notional));
}
