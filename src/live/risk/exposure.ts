/**
 * What the account holds, and what it could come to hold once everything that works is filled.
 *
 * 1. Working orders count on their own side, with what of them is still open, at their own prices: orders of one pass
 *    cannot each keep to a limit and together break it.
 * 2. Of an asset with orders on both sides the side counts that leads to the larger size.
 * 3. It is a view for one question, and is not kept.
 */
import { Decimal, ZERO } from "../../shared/decimal.ts";
import type { Books } from "../books/index.ts";
import { sizeWithin, type GuardOrder } from "./guard-order.ts";

/** What open buys and open sells of a symbol may yet add: signed quantities, and the same at the orders' own prices. */
export interface WorkingOrders {
  readonly buys: Decimal;
  readonly sells: Decimal;
  readonly buyValue: Decimal;
  readonly sellValue: Decimal;
}

export const NOTHING_WORKS: WorkingOrders = { buys: ZERO, sells: ZERO, buyValue: ZERO, sellValue: ZERO };

/** An order that is asked about; quantity and value are signed. */
type Asked = Pick<GuardOrder, "symbol" | "quantity" | "value" | "notional" | "accountRoom">;

export class Exposure {
  readonly #books: Books;
  readonly #working: ReadonlyMap<string, WorkingOrders>;
  #gross: Decimal | null = null;

  constructor(books: Books, working: ReadonlyMap<string, WorkingOrders>) {
    this.#books = books;
    this.#working = working;
  }

  /** Every symbol that something works in. */
  workedSymbols(): Iterable<string> {
    return this.#working.keys();
  }

  /** Every symbol that is held or worked in. */
  symbols(): ReadonlySet<string> {
    return new Set([...this.#books.positions().keys(), ...this.#working.keys()]);
  }

  working(symbol: string): WorkingOrders {
    return this.#working.get(symbol) ?? NOTHING_WORKS;
  }

  held(symbol: string): Decimal {
    return this.#books.quantity(symbol);
  }

  /** The largest position, as a size, that what works could lead to. */
  quantity(symbol: string): Decimal {
    const { buys, sells } = this.working(symbol);
    const held = this.held(symbol);
    return Decimal.max(held.plus(buys).abs(), held.plus(sells).abs());
  }

  /** The largest value, as a size, that what works could lead to. */
  value(symbol: string): Decimal {
    const { buyValue, sellValue } = this.working(symbol);
    const held = this.#books.value(symbol);
    return Decimal.max(held.plus(buyValue).abs(), held.plus(sellValue).abs());
  }

  /** The position, as a size, with everything on this order's side and the order itself. */
  quantityWith({ symbol, quantity }: Asked): Decimal {
    const { buys, sells } = this.working(symbol);
    return this.held(symbol)
      .plus(quantity.isNegative() ? sells : buys)
      .plus(quantity)
      .abs();
  }

  /** The largest size on the order's side that leaves the position within a limit, or only reduces it. */
  largestQuantity({ symbol, quantity, accountRoom }: Asked, limit: Decimal): Decimal {
    const { buys, sells } = this.working(symbol);
    const held = this.held(symbol);
    const room = quantity.isNegative() ? limit.plus(held.plus(sells)) : limit.minus(held.plus(buys));
    return Decimal.max(accountRoom, room);
  }

  /** The value of everything that works, both sides as sizes. */
  workingValue(): Decimal {
    let sum = ZERO;
    for (const { buyValue, sellValue } of this.#working.values()) sum = sum.plus(buyValue.abs()).plus(sellValue.abs());
    return sum;
  }

  /** The value, as a size, with everything on this order's side and the order itself. */
  valueWith(order: Asked): Decimal {
    return this.#valueBefore(order).plus(order.value).abs();
  }

  /** The signed value with everything on this order's side, and without the order. */
  #valueBefore({ symbol, quantity }: Pick<Asked, "symbol" | "quantity">): Decimal {
    const { buyValue, sellValue } = this.working(symbol);
    return this.#books.value(symbol).plus(quantity.isNegative() ? sellValue : buyValue);
  }

  /** The values of all other assets for which `counts` holds. */
  sumBeside(symbol: string, counts: (symbol: string) => boolean): Decimal {
    let sum = ZERO;
    for (const other of this.symbols()) if (other !== symbol && counts(other)) sum = sum.plus(this.value(other));
    return sum;
  }

  /** Gross exposure with everything that works. */
  gross(): Decimal {
    if (this.#gross !== null) return this.#gross;
    // Only where something works can it differ from what the books hold.
    let gross = this.#books.gross;
    for (const symbol of this.#working.keys())
      gross = gross.minus(this.#books.value(symbol).abs()).plus(this.value(symbol));
    this.#gross = gross;
    return gross;
  }

  /** Gross exposure of all assets but one. */
  grossBeside(symbol: string): Decimal {
    return this.gross().minus(this.value(symbol));
  }

  /** Gross exposure, with this order's asset as it would be. */
  grossWith(order: Asked): Decimal {
    return this.grossBeside(order.symbol).plus(this.valueWith(order));
  }

  /** The largest size on the order's side that leaves the asset's value within `room`, or only reduces; null where it is not known. */
  largestWithin(order: Asked, room: Decimal): Decimal | null {
    const before = this.#valueBefore(order);
    return sizeWithin(order, order.value.isNegative() ? room.plus(before) : room.minus(before), order.accountRoom);
  }
}
