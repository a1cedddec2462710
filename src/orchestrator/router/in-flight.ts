/**
 * What the router holds of an order in flight and of a strategy's rate window.
 *
 * 1. The sum of an order's fills is exact.
 */
import type { Decimal } from "../../shared/decimal.ts";
import type { OrderId } from "../../shared/ids.ts";
import type { RateWindow } from "./rate-counter.ts";
import type { InflightOrder, PendingOrder } from "./router-types.ts";

export interface WorkingOrder extends InflightOrder {
  readonly orderId: OrderId;
  readonly key: string;
  /** Where its key stood when it was accepted. */
  readonly row: number;
  /** The exact sum of its fills, null before the first. */
  filled: Decimal | null;
}

/** A strategy's rate window, and the number of its name. */
export interface StrategySlot {
  readonly rates: RateWindow;
  readonly number: number;
}

/** The order as a caller sees it. */
export const pendingOf = ({ key: _key, row: _row, filled, ...order }: WorkingOrder): PendingOrder => ({
  ...order,
  filledQty: filled === null ? 0 : filled.toNumber(),
});
