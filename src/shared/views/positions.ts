/**
 * What Positions, the frame and the halt banner show of positions and of the flattens that get out of them.
 *
 * 1. A position is known by its owner and its symbol; an owner is a strategy, `manual` or `unattributed`.
 * 2. Amounts are in the account's currency; profit of the day and totals are after fees.
 */
import * as z from "zod/mini";
import { amount, at, count, maybeAmount, maybeText } from "./parts.ts";

const figures = {
  symbol: z.string(),
  quantity: amount,
  /** Null while flat, and for a symbol whose owners hold both sides. */
  averagePrice: maybeAmount,
  mark: z.nullable(z.number()),
  /** Before fees; null before the first mark. */
  unrealized: maybeAmount,
  realized: amount,
  fees: amount,
  /** Null where it is not known: an owner that held several symbols overnight. */
  dayProfit: maybeAmount,
  pricePrecision: count,
  quantityPrecision: count,
};

/** Stream `positions`: every position that was held in the session, flat ones included, at most 5,000. */
export const PositionsViewSchema = z.object({
  now: at,
  currency: z.string(),
  /** By owner and symbol, keyed \`owner/symbol\`. */
  rows: z.record(z.string(), z.object({ owner: z.string(), ...figures })),
  /** By symbol, over all owners. */
  symbols: z.record(z.string(), z.object({ owners: count, ...figures })),
});

/** A flatten or a close: under way, or the newest that ended and left something open. */
export const FlattenSchema = z.object({
  flatten: z.string(),
  scope: z.object({ kind: z.enum(["all", "strategy", "group", "symbol"]), name: z.string() }),
  owner: maybeText,
  /** False where only positions are closed and nothing is halted. */
  shutsGate: z.boolean(),
  operator: z.string(),
  at,
  ended: z.boolean(),
  closed: count,
  sent: count,
  /** Positions of its scope that are still open. */
  open: count,
  /** Orders of its scope that still work. */
  working: count,
  /** What it could not close, and why; once it has ended. */
  left: z.array(z.object({ owner: z.string(), symbol: z.string(), quantity: amount, reason: z.string() })),
});
