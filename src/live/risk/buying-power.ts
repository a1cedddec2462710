/**
 * Buying power, the first guard: no order buys with money that the account does not have.
 *
 * 1. A margin account may hold up to a multiple of its equity, longs and shorts together. A cash account may spend its cash and sell
 *    what it holds.
 * 2. It is the account's, with all working orders of all owners; an order that only makes the account's position smaller passes.
 */
import { Decimal, decimal, ZERO } from "../../shared/decimal.ts";
import type { Exposure } from "./exposure.ts";
import { reading, type Guard, type Reading } from "./reading.ts";
import { reducesAccount, sizeWithin, type GuardOrder } from "./guard-order.ts";

const CODE = "insufficient_funds";

/** What open buys of all symbols will cost. */
export function openCost(exposure: Exposure): Decimal {
  let cost = ZERO;
  for (const symbol of exposure.workedSymbols()) cost = cost.plus(exposure.working(symbol).buyValue);
  return cost;
}

function cashBuy(order: GuardOrder, exposure: Exposure, cash: Decimal): Reading {
  const open = openCost(exposure);
  const cost = open.plus(order.value);
  const passed = reducesAccount(order) || cost.lte(cash);
  const largest = passed ? null : sizeWithin(order, cash.minus(open), order.accountRoom);
  return reading(CODE, cost, cash, passed, "With the orders that work, it costs more than the account's cash.", {
    largest,
  });
}

function cashSell(order: GuardOrder, exposure: Exposure): Reading {
  const sold = exposure.working(order.symbol).sells.plus(order.quantity).abs();
  const held = Decimal.max(ZERO, exposure.held(order.symbol));
  const detail = "A cash account sells what it holds: with the orders that work, this is more.";
  return reading(CODE, sold, held, sold.lte(held), detail, { largest: order.accountRoom });
}

export const buyingPower: Guard = (order, _limits, { books, power }, { exposure }) => {
  if (power === null) return null;
  if (power.account === "cash")
    return order.quantity.isNegative() ? cashSell(order, exposure) : cashBuy(order, exposure, books.cash);
  const value = exposure.grossWith(order);
  const limit = Decimal.max(ZERO, books.equity.times(decimal(power.leverage)));
  const passed = reducesAccount(order) || value.lte(limit);
  const largest = passed ? null : exposure.largestWithin(order, limit.minus(exposure.grossBeside(order.symbol)));
  const detail = `With the orders that work, exposure would be more than ${power.leverage} times equity.`;
  return reading(CODE, value, limit, passed, detail, { largest });
};
