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

/** What open buys and open sells of a symbol may yet add: signed quantities, and the same at the orders' own prices. */
export interface WorkingOrders {
  readonly buys: Decimal;
  readonly sells: Decimal;
  readonly buyValue: Decimal;
  readonly sellValue: Decimal;
}

export const NOTHING_WORKS: WorkingOrders = { buys: ZERO, sells: ZERO, buyValue: ZERO, sellValue: ZERO };

/** An order that is asked about: its signed quantity, and its value as a size. */
interface Asked {
  readonly symbol: string;
  readonly quantity: Decimal;
  readonly notional: Decimal;
}

export class Exposure {
  readonly #books: Books;
  readonly #working: ReadonlyMap<string, WorkingOrders>;

  constructor(books: Books, working: ReadonlyMap<string, WorkingOrders>) {
    this.#books = books;
    this.#working = working;
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

  /** The value, as a size, with everything on this order's side and the order itself. */
  valueWith({ symbol, quantity, notional }: Asked): Decimal {
    const { buyValue, sellValue } = this.working(symbol);
    const held = this.#books.value(symbol);
    return (quantity.isNegative() ? held.plus(sellValue).minus(notional) : held.plus(buyValue).plus(notional)).abs();
  }

  /** The values of all assets for which `counts` holds, with this order's own as it would be. */
  grossWith(order: Asked, counts: (symbol: string) => boolean): Decimal {
    let sum = counts(order.symbol) ? this.valueWith(order) : ZERO;
    for (const symbol of this.symbols())
      if (symbol !== order.symbol && counts(symbol)) sum = sum.plus(this.value(symbol));
    return sum;
  }
}
