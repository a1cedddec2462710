/**
 * The paper venue without a disk, for a run that leaves nothing to resume from: the same rows in memory.
 *
 * 1. It answers as the venue's database does: what was written is what a read gives.
 * 2. Nothing of it is durable, so nothing waits for a disk.
 */
import { rowOf, type VenueOrder, type VenueRow } from "./venue-order.ts";
import type { VenueAccount, VenueFill, VenueRows } from "./venue-store.ts";

/** The path that asks for it in place of a database. */
export const NO_VENUE_FILE = ":memory:";

export class MemoryVenue implements VenueRows {
  /** As they were written; their rows are made when they are read, which happens to few. */
  readonly #orders = new Map<string, VenueOrder>();
  readonly #open = new Set<string>();
  /** A bracket's parent → its children, in the order in which they were placed. */
  readonly #children = new Map<string, string[]>();
  readonly #fills: VenueFill[] = [];
  #account: VenueAccount | null = null;
  #lastNumber = 0;

  write(changed: Iterable<VenueOrder>, fills: readonly VenueFill[], account: VenueAccount | null = null): void {
    let written = fills.length > 0;
    for (const order of changed) {
      written = true;
      if (order.parentId !== null && !this.#orders.has(order.venueId)) this.#adopt(order.parentId, order.venueId);
      this.#orders.set(order.venueId, { ...order });
      if (order.status === "open") this.#open.add(order.venueId);
      else this.#open.delete(order.venueId);
      this.#lastNumber = Math.max(this.#lastNumber, order.number);
    }
    if (!written) return;
    for (const fill of fills) this.#fills.push(fill);
    this.#account = account ?? this.#account;
  }

  order(venueId: string): VenueRow | null {
    const order = this.#orders.get(venueId);
    return order === undefined ? null : rowOf(order);
  }

  openOrders(): VenueRow[] {
    return this.#rows(this.#open);
  }

  bracket(parentId: string): VenueRow[] {
    return this.#rows([parentId, ...(this.#children.get(parentId) ?? [])]);
  }

  account(): VenueAccount | null {
    return this.#account;
  }

  fillsAfter(cursor: number): VenueFill[] {
    return this.#fills.slice(cursor);
  }

  ownedFillsAfter(cursor: number): { readonly fill: VenueFill; readonly owner: string | undefined }[] {
    const ownerOf = ({ venueId }: VenueFill): string | undefined => this.#orders.get(venueId)?.terms.owner;
    return this.#fills.slice(cursor).map((fill) => ({ fill, owner: ownerOf(fill) }));
  }

  lastOrderNumber(): number {
    return this.#lastNumber;
  }

  defer(): void {
    // What is in memory has nothing to wait for.
  }

  changes(): null {
    return null;
  }

  settle(): void {
    // Nothing waits.
  }

  redo(): void {
    throw new Error("A venue in memory has no changes to carry out again.");
  }

  close(): void {
    this.#orders.clear();
    this.#open.clear();
    this.#children.clear();
    this.#fills.length = 0;
  }

  #rows(venueIds: Iterable<string>): VenueRow[] {
    const orders = [...venueIds].flatMap((venueId) => this.#orders.get(venueId) ?? []);
    return orders.toSorted((a, b) => a.number - b.number).map(rowOf);
  }

  #adopt(parentId: string, venueId: string): void {
    const children = this.#children.get(parentId);
    if (children === undefined) this.#children.set(parentId, [venueId]);
    else children.push(venueId);
  }
}
