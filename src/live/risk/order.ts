/**
 * An order as the guards see it: its value, and how much of it only makes a position smaller.
 *
 * 1. What works on the order's side counts: two orders that each close a position would together turn it.
 * 2. A position is asked of its owner for the owner's orders and limits, and of the account for the account's limits. An owner is a
 *    strategy, `manual` or `unattributed`.
 */
import { Decimal, decimal, ZERO } from "../../shared/decimal.ts";
import type { Moment } from "../../shared/time.ts";
import type { OrderQuestion } from "./port.ts";
import type { Exposure, WorkingOrders } from "./exposure.ts";
import type { GuardOrder } from "./guard-order.ts";
import type { RiskView } from "./reading.ts";

/** How much a sell (or a buy) may close of a position when what works on its side comes first. */
function roomOf(held: Decimal, sells: boolean, works: () => WorkingOrders): Decimal {
  if (held.isZero() || held.isNegative() === sells) return ZERO;
  const working = works();
  return Decimal.max(ZERO, held.abs().minus((sells ? working.sells : working.buys).abs()));
}

export function guardOrder(question: OrderQuestion, view: RiskView, exposure: Exposure, now: Moment): GuardOrder {
  const { strategy, symbol } = question;
  const quantity = decimal(question.quantity);
  const sells = quantity.isNegative();
  const value = view.notional(symbol, quantity, decimal(question.price));
  const held = view.books.position(strategy, symbol);
  return {
    strategy,
    symbol,
    quantity,
    value,
    notional: value.abs(),
    ownerRoom: roomOf(held, sells, () => view.workingOf(strategy, symbol)),
    accountRoom: roomOf(exposure.held(symbol), sells, () => exposure.working(symbol)),
    now,
  };
}
