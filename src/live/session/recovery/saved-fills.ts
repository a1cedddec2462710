/**
 * Executions as a checkpoint keeps them: columns of numbers and texts, which a start reads many times faster than a row each.
 *
 * 1. A row gives again what it was made of, to the letter. An amount is a number where its text is that number's, else its text.
 * 2. Orders of ours are kept by their running number, other ones by their id.
 */
import { orderIdOf, sequenceOf } from "../../../orchestrator/index.ts";
import type { FillEntry } from "../../../store/index.ts";

/**
 * An execution as it comes, and as a checkpoint of an older version has it; a stranger's has a venue id and no order. `again`: the books
 * knew it already.
 */
export type FillRow = readonly [
  orderId: string | null,
  venueId: string | null,
  fillId: string,
  quantity: string,
  price: string,
  again: 0 | 1,
];

type Amount = number | string;

export interface FillColumns {
  /** The running number of an order of ours; 0 for another's. */
  readonly sequence: readonly number[];
  readonly fillId: readonly string[];
  readonly quantity: readonly Amount[];
  readonly price: readonly Amount[];
  /** Of rows without a running number: the order's id, or null and the venue's. */
  readonly others: Readonly<Record<string, readonly [orderId: string | null, venueId: string | null]>>;
  /** Rows of executions that the books knew already. */
  readonly again: readonly number[];
}

const amountOf = (text: string): Amount => (String(Number(text)) === text ? Number(text) : text);

export const rowOf = ({ orderId, venueId, fillId, quantity, price, verdict }: FillEntry): FillRow => [
  orderId,
  orderId === null ? venueId : null,
  fillId,
  quantity,
  price,
  verdict === "duplicate" ? 1 : 0,
];

/** What a router remembers of the executions: each with its order's number, or the id of an order that has none. */
export function eachExecution(
  columns: FillColumns,
  take: (
    order: string | number,
    fill: { readonly fillId: string; readonly quantity: number; readonly price: number },
  ) => void,
): void {
  const { sequence, fillId, quantity, price, others } = columns;
  for (let row = 0; row < fillId.length; row++) {
    const number = sequence[row] as number;
    const [orderId, venueId] = number > 0 ? NONE : (others[row] ?? NONE);
    const fill = { fillId: fillId[row] as string, quantity: Number(quantity[row]), price: Number(price[row]) };
    take(number > 0 ? number : (orderId ?? venueId ?? ""), fill);
  }
}

const NONE = [null, null] as const;

/** How many executions the books took in. */
export const newIn = ({ fillId, again }: FillColumns): number => fillId.length - again.length;

/** The executions that the books took in, less the first `skipped` of them. */
export function* seenIn(columns: FillColumns, skipped: number): Generator<Seen> {
  const { sequence, fillId, quantity, price, others } = columns;
  const again = new Set(columns.again);
  let left = skipped;
  for (let row = 0; row < fillId.length; row++) {
    if (again.has(row) || left-- > 0) continue;
    const number = sequence[row] as number;
    const orderId = number > 0 ? orderIdOf(number) : (others[row]?.[0] ?? null);
    const [amount, paid] = [String(quantity[row]), String(price[row])];
    yield { fillId: fillId[row] as string, orderId, quantity: amount, price: paid };
  }
}

interface Seen {
  readonly fillId: string;
  readonly orderId: string | null;
  readonly quantity: string;
  readonly price: string;
}

/** Rows as columns. */
export function columnsOfRows(rows: readonly FillRow[]): FillColumns {
  const sequence = rows.map(([orderId]) => (orderId === null ? 0 : (sequenceOf(orderId) ?? 0)));
  const strange = rows.flatMap(([orderId, venueId], row) =>
    sequence[row] === 0 ? [[row, [orderId, venueId]] as const] : [],
  );
  return {
    sequence,
    fillId: rows.map(([, , fillId]) => fillId),
    quantity: rows.map(([, , , quantity]) => amountOf(quantity)),
    price: rows.map(([, , , , price]) => amountOf(price)),
    others: Object.fromEntries(strange),
    again: rows.flatMap(([, , , , , again], row) => (again === 1 ? [row] : [])),
  };
}
