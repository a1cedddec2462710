/**
 * The executions that were seen, by order.
 *
 * 1. A fill id means one execution of one order: the same id with another quantity or price is a conflict.
 * 2. What an order's executions were is remembered after it has settled, so that a fill told twice is known as such.
 */

/** One execution as it was first told. */
export interface SeenFill {
  readonly fillId: string;
  readonly quantity: number;
  readonly price: number | null;
}

/** Few orders have more executions than this; those that do get an index. */
const SCANNED_MAX = 16;

interface OrderFills {
  readonly list: SeenFill[];
  index: Map<string, SeenFill> | null;
}

export class SeenFills {
  readonly #orders = new Map<string, OrderFills>();

  find(orderId: string, fillId: string): SeenFill | undefined {
    const fills = this.#orders.get(orderId);
    if (fills === undefined) return undefined;
    if (fills.index !== null) return fills.index.get(fillId);
    return fills.list.find((fill) => fill.fillId === fillId);
  }

  /** Remembers an execution whose id is new to its order. */
  add(orderId: string, fill: SeenFill): void {
    let fills = this.#orders.get(orderId);
    if (fills === undefined) {
      fills = { list: [], index: null };
      this.#orders.set(orderId, fills);
    }
    fills.list.push(fill);
    if (fills.index !== null) fills.index.set(fill.fillId, fill);
    else if (fills.list.length > SCANNED_MAX) fills.index = new Map(fills.list.map((one) => [one.fillId, one]));
  }

  forget(orderId: string): void {
    this.#orders.delete(orderId);
  }

  /** Every order with its executions, in the order in which they were told. */
  *entries(): Generator<[string, SeenFill[]]> {
    for (const [orderId, fills] of this.#orders) yield [orderId, fills.list.slice()];
  }
}
