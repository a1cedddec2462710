/**
 * Rows of the archive as texts: the values in a fixed order, without their names.
 *
 * 1. A text becomes the row that it was made from; the decimal places of its symbol are put in when it is read.
 */
import { decimal, plain } from "../../shared/decimal.ts";
import type { FillRow, OrderRow } from "../../shared/contract/views.ts";
import type { FillSums } from "../projections/orders.ts";
import type { Precisions } from "../projections/precision.ts";
import type { RejectionRow } from "../projections/rejections.ts";

const ORDER_KEYS = [
  "seq",
  "orderId",
  "clientOrderId",
  "at",
  "strategy",
  "symbol",
  "quantity",
  "filled",
  "price",
  "type",
  "limitPrice",
  "stopPrice",
  "trail",
  "timeInForce",
  "expiresAt",
  "postOnly",
  "reduceOnly",
  "parentId",
  "averagePrice",
  "fees",
  "realized",
  "state",
  "reason",
  "updatedAt",
  "because",
] as const satisfies readonly (keyof OrderRow)[];

const FILL_KEYS = [
  "seq",
  "fillId",
  "orderId",
  "venueId",
  "at",
  "strategy",
  "symbol",
  "quantity",
  "price",
  "fee",
  "realized",
  "verdict",
] as const satisfies readonly (keyof FillRow)[];

const REJECTION_KEYS = [
  "seq",
  "at",
  "cause",
  "severity",
  "strategy",
  "symbol",
  "clientOrderId",
  "quantity",
  "price",
  "value",
  "limit",
  "freeAt",
  "from",
  "largest",
  "detail",
  "because",
  "bar",
] as const satisfies readonly (keyof RejectionRow)[];

function packed<Row>(keys: readonly (keyof Row)[]): (row: Row) => unknown[] {
  return (row) => keys.map((key) => row[key]);
}

function unpacked<Row>(keys: readonly (keyof Row)[]): (values: readonly unknown[]) => Row {
  return (values) => Object.fromEntries(keys.map((key, index) => [key, values[index]])) as Row;
}

const orderValues = packed<OrderRow>(ORDER_KEYS);
const orderOf = unpacked<OrderRow>(ORDER_KEYS);
const fillValues = packed<FillRow>(FILL_KEYS);
const fillOf = unpacked<FillRow>(FILL_KEYS);
const rejectionValues = packed<RejectionRow>(REJECTION_KEYS);
const rejectionOf = unpacked<RejectionRow>(REJECTION_KEYS);

/** An order with the sums that its average is made of. */
export function orderText(row: OrderRow, sums: FillSums | null): string {
  const { quantity, notional, fees, realized } = sums ?? {};
  const kept = sums === null ? [] : [quantity, notional, fees, realized].map((amount) => plain(decimal(amount ?? 0)));
  return JSON.stringify([...orderValues(row), ...kept]);
}

export function orderIn(
  text: string,
  precisions: Precisions,
): { readonly row: OrderRow; readonly sums: FillSums | null } {
  const values = JSON.parse(text) as unknown[];
  const row = orderOf(values);
  const [quantity, notional, fees, realized] = values.slice(ORDER_KEYS.length).map((amount) => decimal(String(amount)));
  const some = quantity !== undefined && notional !== undefined && fees !== undefined && realized !== undefined;
  return {
    row: { ...row, ...precisions.of(row.symbol) },
    sums: some ? { quantity, notional, fees, realized } : null,
  };
}

export const fillText = (row: FillRow): string => JSON.stringify(fillValues(row));

export function fillIn(text: string, precisions: Precisions): FillRow {
  const row = fillOf(JSON.parse(text) as unknown[]);
  return { ...row, ...precisions.of(row.symbol) };
}

export const rejectionText = (row: RejectionRow): string => JSON.stringify(rejectionValues(row));

export const rejectionIn = (text: string): RejectionRow => rejectionOf(JSON.parse(text) as unknown[]);
