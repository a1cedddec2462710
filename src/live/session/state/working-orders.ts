/**
 * An order in flight or at the venue, as the journal's entries add it up; and the working orders by what a pass asks about them, so that
 * an answer costs what it finds and not what works.
 *
 * 1. Quantities are signed and exact where books and venue are concerned.
 * 2. The code that adds, changes or ends an order files it in the index in the same step. Lists are in order of acceptance.
 */
import type { Decimal } from "../../../shared/decimal.ts";
import type { OrderState } from "../../../shared/order-state.ts";
import type { OrderChange } from "../../../shared/ports.ts";
import type { Moment } from "../../../shared/time.ts";
import type { EntryTerms } from "../../../store/journal/entries.ts";

export interface WorkingOrder extends EntryTerms {
  readonly orderId: string;
  venueId: string;
  readonly clientOrderId: string;
  readonly strategy: string;
  readonly symbol: string;
  quantity: number;
  /** What the venue took, once it has said so: it rounds to its lots. */
  ordered: Decimal;
  /**
   * Of a bracket's child the quantity that the venue took in all. `ordered` is what its parent's fills let it reach so far, and more may
   * come: it is filled only once it has filled all of this.
   */
  taken?: string;
  filled: Decimal;
  price: number;
  limitPrice: number | null;
  stopPrice?: number;
  /** The order whose bracket it is part of. */
  readonly parent?: string;
  readonly role?: "stop" | "target";
  readonly oco?: string;
  readonly flatten?: string;
  state: OrderState;
  readonly at: Moment;
  /** True once the broker is known to have the order. */
  confirmed: boolean;
  /** True while the outcome of its newest request is not known. */
  inDoubt: boolean;
  /** The cancel or the replace that the venue has not answered, or that it accepted and has yet to carry out. */
  request: { readonly kind: "cancel" | "replace"; readonly change: OrderChange | null } | null;
  /** The venue has carried out a replace of it. */
  replaced?: true;
  /** A replace that the venue had not answered when the order's cancel was sent: it counts again where the cancel is refused. */
  undecided?: OrderChange;
  /** A cancel was asked for while its placement was in doubt: it is sent as soon as the venue has the order. */
  cancelWanted: boolean;
}

export class OrderIndex {
  /** Orders that joined, changed or ended since the working orders were added up last. One that joined and ended since is not in it. */
  readonly moved = new Set<WorkingOrder>();
  /** Those of them that are in no sum. */
  readonly #joined = new Set<WorkingOrder>();
  readonly #doubtful = new Set<WorkingOrder>();
  readonly #wanted = new Set<WorkingOrder>();
  readonly #byStrategy = new Map<string, Map<string, WorkingOrder>>();

  /** Orders with a request whose outcome is not known. */
  doubtful(): WorkingOrder[] {
    return inOrder(this.#doubtful);
  }

  /** Whether any order is in doubt. */
  get doubts(): boolean {
    return this.#doubtful.size > 0;
  }

  /** Orders whose cancel was asked for before the venue was known to have them. */
  wanted(): WorkingOrder[] {
    return inOrder(this.#wanted);
  }

  /** A strategy's working orders by id. */
  ofStrategy(strategy: string): ReadonlyMap<string, WorkingOrder> {
    return this.#byStrategy.get(strategy) ?? NO_ORDERS;
  }

  /** Strategies that have working orders. */
  strategies(): Iterable<string> {
    return this.#byStrategy.keys();
  }

  add(order: WorkingOrder): void {
    const own = this.#byStrategy.get(order.strategy) ?? new Map<string, WorkingOrder>();
    this.#byStrategy.set(order.strategy, own.set(order.orderId, order));
    this.#joined.add(order);
    this.file(order);
  }

  /** What has moved is in the sums. */
  addedUp(): void {
    this.moved.clear();
    this.#joined.clear();
  }

  /** Files an order behind a change of it. */
  file(order: WorkingOrder): void {
    this.moved.add(order);
    put(this.#doubtful, order, order.inDoubt);
    put(this.#wanted, order, order.cancelWanted);
  }

  leave(order: WorkingOrder): void {
    // A repetition adds nothing up: it would keep every order of the session.
    if (this.#joined.delete(order)) this.moved.delete(order);
    else this.moved.add(order);
    this.#doubtful.delete(order);
    this.#wanted.delete(order);
    const own = this.#byStrategy.get(order.strategy);
    own?.delete(order.orderId);
    if (own?.size === 0) this.#byStrategy.delete(order.strategy);
  }
}

const NO_ORDERS: ReadonlyMap<string, WorkingOrder> = new Map();

function put<T>(set: Set<T>, item: T, belongs: boolean): void {
  if (belongs) set.add(item);
  else set.delete(item);
}

/** In order of acceptance: the router's numbers grow, and longer ones come later. */
function inOrder(orders: ReadonlySet<WorkingOrder>): WorkingOrder[] {
  // They are asked for in every pass, and mostly there are none.
  if (orders.size === 0) return [];
  return [...orders].toSorted(
    (a, b) => a.orderId.length - b.orderId.length || (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0),
  );
}
