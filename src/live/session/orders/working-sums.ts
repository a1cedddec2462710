/**
 * What works, added up for the guards: by symbol, and by owner and symbol.
 *
 * 1. It counts orders that can make a position larger: no bracket's child and no reduce-only order, but those that a check puts beside
 *    them. An order that a check leaves out is not counted.
 * 2. Only orders that have moved are added up again, so a check costs the same beside one order and beside ten thousand. Sums are
 *    exact; where an amount has too many digits for that, which an exchange rate can give it, its sum is made from all of its orders
 *    in order of acceptance, so that a session and its repetition agree to the last digit.
 */
import { type Decimal, decimal } from "../../../shared/decimal.ts";
import type { Books } from "../../books/index.ts";
import { NOTHING_WORKS, type WorkingOrders } from "../../risk/index.ts";
import type { OpenOrders } from "../state/open-orders.ts";
import type { WorkingOrder } from "../state/working-orders.ts";

interface OpenPart {
  readonly open: Decimal;
  readonly value: Decimal;
}

/** Characters of an amount, and of a sum, up to which adding and taking away is exact: both have fewer than forty digits. */
const AMOUNT_LENGTH = 34;
const SUM_LENGTH = 38;

/** One sum with the orders that are in it. */
class Sum {
  readonly parts = new Map<WorkingOrder, OpenPart>();
  #inexact = 0;
  #sum: WorkingOrders | null = NOTHING_WORKS;

  get sum(): WorkingOrders {
    this.#sum ??= sumOf([...this.parts.values()]);
    return this.#sum;
  }

  put(order: WorkingOrder, part: OpenPart | null): void {
    const before = this.parts.get(order);
    if (before !== undefined) {
      this.#inexact -= isExact(before) ? 0 : 1;
      this.#add(before, -1);
    }
    if (part === null) {
      this.parts.delete(order);
      return;
    }
    this.parts.set(order, part);
    this.#inexact += isExact(part) ? 0 : 1;
    this.#add(part, 1);
  }

  #add(part: OpenPart, sign: 1 | -1): void {
    if (this.#inexact > 0 || !isExact(part)) this.#sum = null;
    if (this.#sum === null) return;
    const next = plus(this.#sum, part, sign);
    const { buys, sells, buyValue, sellValue } = next;
    const within = buys.isWithin(SUM_LENGTH) && sells.isWithin(SUM_LENGTH);
    this.#sum = within && buyValue.isWithin(SUM_LENGTH) && sellValue.isWithin(SUM_LENGTH) ? next : null;
  }

  /** The sum without one order and with others. */
  with(without: WorkingOrder | undefined, others: readonly OpenPart[]): WorkingOrders {
    const out = without === undefined ? undefined : this.parts.get(without);
    if (out === undefined && others.length === 0) return this.sum;
    return sumOf([...[...this.parts].flatMap(([order, part]) => (order === without ? [] : [part])), ...others]);
  }
}

const isExact = ({ open, value }: OpenPart): boolean => open.isWithin(AMOUNT_LENGTH) && value.isWithin(AMOUNT_LENGTH);

function plus(
  { buys, sells, buyValue, sellValue }: WorkingOrders,
  { open, value }: OpenPart,
  sign: 1 | -1,
): WorkingOrders {
  const [quantity, worth] = sign === 1 ? [open, value] : [open.negated(), value.negated()];
  return open.isNegative()
    ? { buys, buyValue, sells: sells.plus(quantity), sellValue: sellValue.plus(worth) }
    : { sells, sellValue, buys: buys.plus(quantity), buyValue: buyValue.plus(worth) };
}

const sumOf = (parts: readonly OpenPart[]): WorkingOrders =>
  parts.reduce((sum: WorkingOrders, part) => plus(sum, part, 1), NOTHING_WORKS);

const isCounted = (order: WorkingOrder): boolean => order.reduceOnly !== true && order.parent === undefined;

export class WorkingSums {
  readonly #open: OpenOrders;
  readonly #books: Books;
  readonly #bySymbol = new Map<string, Sum>();
  readonly #byOwner = new Map<string, Sum>();
  /** The rates at which the parts were valued. */
  #rateMoves = 0;

  constructor(open: OpenOrders, books: Books) {
    this.#open = open;
    this.#books = books;
  }

  bySymbol(): ReadonlyMap<string, WorkingOrders> {
    this.#catchUp();
    const sums = new Map<string, WorkingOrders>();
    const hidden = this.#hidden();
    const { tentative } = this.#open;
    if (hidden === undefined && tentative.length === 0) {
      for (const [symbol, { sum }] of this.#bySymbol) sums.set(symbol, sum);
      return sums;
    }
    for (const symbol of new Set([...this.#bySymbol.keys(), ...tentative.map((order) => order.symbol)]))
      sums.set(
        symbol,
        this.#of(
          this.#bySymbol,
          symbol,
          hidden,
          tentative.filter((order) => order.symbol === symbol),
        ),
      );
    return sums;
  }

  ofOwner(owner: string, symbol: string): WorkingOrders {
    this.#catchUp();
    const beside = this.#open.tentative.filter((order) => order.strategy === owner && order.symbol === symbol);
    return this.#of(this.#byOwner, keyOf(owner, symbol), this.#hidden(), beside);
  }

  #of(
    sums: ReadonlyMap<string, Sum>,
    key: string,
    hidden: WorkingOrder | undefined,
    beside: readonly WorkingOrder[],
  ): WorkingOrders {
    return (sums.get(key) ?? EMPTY).with(
      hidden,
      beside.map((order) => this.#partOf(order)),
    );
  }

  #hidden(): WorkingOrder | undefined {
    return this.#open.hidden === null ? undefined : this.#open.working.get(this.#open.hidden);
  }

  /** Adds up what has moved since; everything where a rate did. */
  #catchUp(): void {
    const { index } = this.#open;
    const { rateMoves } = this.#books;
    if (rateMoves !== this.#rateMoves) {
      this.#rateMoves = rateMoves;
      this.#bySymbol.clear();
      this.#byOwner.clear();
      for (const order of this.#open.working.values()) this.#put(order);
    } else for (const order of index.moved) this.#put(order);
    index.addedUp();
  }

  #put(order: WorkingOrder): void {
    if (!isCounted(order)) return;
    const works = this.#open.working.get(order.orderId) === order;
    const part = works ? this.#partOf(order) : null;
    place(this.#bySymbol, order.symbol, order, part);
    place(this.#byOwner, keyOf(order.strategy, order.symbol), order, part);
  }

  #partOf({ symbol, ordered, filled, price }: WorkingOrder): OpenPart {
    const open = ordered.minus(filled);
    return { open, value: this.#books.notional(symbol, open, decimal(price)) };
  }
}

const EMPTY = new Sum();

const keyOf = (owner: string, symbol: string): string => `${owner}\n${symbol}`;

function place(sums: Map<string, Sum>, key: string, order: WorkingOrder, part: OpenPart | null): void {
  const sum = sums.get(key) ?? new Sum();
  sum.put(order, part);
  if (sum.parts.size === 0) sums.delete(key);
  else sums.set(key, sum);
}
