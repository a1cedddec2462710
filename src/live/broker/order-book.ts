/**
 * The paper venue's open orders and how they hang together: brackets by parent, OCO groups by owner and name.
 *
 * 1. Orders of a symbol come in the order in which they were placed.
 * 2. A child of a bracket works for what its parent has filled and neither it nor its siblings have.
 * 3. A bracket is kept whole until the last of it has ended, because the parent's and the siblings' fills size what is open.
 */
import { Decimal, ZERO } from "../../shared/decimal.ts";
import type { VenueOrder } from "./venue-order.ts";

const groupOf = ({ terms }: VenueOrder): string | null =>
  terms.ocoGroup === undefined ? null : `${terms.owner ?? ""}\n${terms.ocoGroup}`;

export class OrderBook {
  readonly #bySymbol = new Map<string, Map<number, VenueOrder>>();
  /** Open orders, and what has ended of brackets that are not over. */
  readonly #byId = new Map<string, VenueOrder>();
  readonly #children = new Map<string, VenueOrder[]>();
  readonly #groups = new Map<string, Set<VenueOrder>>();
  /** The earliest end of an open order; null where none ends by time, undefined while it is not known. */
  #nextExpiry: number | null | undefined = null;

  /** Adds an order; an ended one only as part of a bracket that is not over. */
  add(order: VenueOrder): void {
    this.#byId.set(order.venueId, order);
    if (order.parentId !== null) {
      const siblings = this.#children.get(order.parentId);
      if (siblings === undefined) this.#children.set(order.parentId, [order]);
      else siblings.push(order);
    }
    if (order.status !== "open") return;
    const orders = this.#bySymbol.get(order.symbol);
    if (orders === undefined) this.#bySymbol.set(order.symbol, new Map([[order.number, order]]));
    else orders.set(order.number, order);
    const group = groupOf(order);
    if (group !== null) this.#groups.set(group, (this.#groups.get(group) ?? new Set()).add(order));
    const { expiresAt } = order.terms;
    if (expiresAt !== undefined && this.#nextExpiry !== undefined)
      this.#nextExpiry = Math.min(expiresAt, this.#nextExpiry ?? expiresAt);
  }

  /** Removes an order that has ended, and its bracket once all of it has. */
  remove(order: VenueOrder): void {
    this.#bySymbol.get(order.symbol)?.delete(order.number);
    const name = groupOf(order);
    const group = name === null ? undefined : this.#groups.get(name);
    group?.delete(order);
    if (name !== null && group?.size === 0) this.#groups.delete(name);
    if (order.terms.expiresAt === this.#nextExpiry) this.#nextExpiry = undefined;
    const parent = this.parentOf(order) ?? order;
    const bracket = [parent, ...this.childrenOf(parent)];
    if (bracket.some((one) => one.status === "open")) return;
    for (const one of bracket) this.#byId.delete(one.venueId);
    this.#children.delete(parent.venueId);
  }

  get(venueId: string): VenueOrder | undefined {
    return this.#byId.get(venueId);
  }

  openOf(symbol: string): VenueOrder[] {
    return [...this.each(symbol)];
  }

  /** `openOf`, one by one; nothing may be added or removed meanwhile. */
  each(symbol: string): Iterable<VenueOrder> {
    return this.#bySymbol.get(symbol)?.values() ?? [];
  }

  parentOf(order: VenueOrder): VenueOrder | undefined {
    return order.parentId === null ? undefined : this.#byId.get(order.parentId);
  }

  childrenOf(order: VenueOrder): readonly VenueOrder[] {
    return this.#children.get(order.venueId) ?? [];
  }

  siblingsOf(order: VenueOrder): readonly VenueOrder[] {
    const all = order.parentId === null ? [] : (this.#children.get(order.parentId) ?? []);
    return all.filter((one) => one !== order);
  }

  /** The other open orders of its OCO group. */
  groupedWith(order: VenueOrder): readonly VenueOrder[] {
    const name = groupOf(order);
    return name === null ? [] : [...(this.#groups.get(name) ?? [])].filter((one) => one !== order);
  }

  /** How much an order may still fill now, as a size. A child whose parent has filled nothing has nothing to fill. */
  remaining(order: VenueOrder): Decimal {
    const own = order.quantity.minus(order.filled).abs();
    if (order.parentId === null) return own;
    let covered = this.parentOf(order)?.filled.abs() ?? ZERO;
    for (const one of [order, ...this.siblingsOf(order)]) covered = covered.minus(one.filled.abs());
    return Decimal.max(ZERO, Decimal.min(own, covered));
  }

  /** The earliest last moment of an open order, or null. */
  nextExpiry(): number | null {
    if (this.#nextExpiry !== undefined) return this.#nextExpiry;
    let next: number | null = null;
    for (const { terms } of this.#open())
      if (terms.expiresAt !== undefined) next = Math.min(terms.expiresAt, next ?? terms.expiresAt);
    this.#nextExpiry = next;
    return next;
  }

  /** Open orders whose last moment is before `at`, in the order in which they were placed. */
  expiredBefore(at: number): VenueOrder[] {
    const next = this.nextExpiry();
    if (next === null || next >= at) return [];
    const expired = [...this.#open()].filter(({ terms }) => terms.expiresAt !== undefined && terms.expiresAt < at);
    return expired.toSorted((one, other) => one.number - other.number);
  }

  *#open(): Iterable<VenueOrder> {
    for (const orders of this.#bySymbol.values()) yield* orders.values();
  }
}
