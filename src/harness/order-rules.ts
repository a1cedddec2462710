/**
 * The rules between a journal's orders, sends, answers and fills, checked entry by entry.
 *
 * 1. It knows entries alone: nothing is decided again and nothing is read from a venue.
 * 2. The first fault stays; what comes after it is not looked at.
 */
import { sequenceOf } from "../orchestrator/index.ts";
import { executionKeyOf } from "../shared/ids.ts";
import type { JournalEntry } from "../store/index.ts";

/** What a check found: the entry, null where it has none, and what is wrong. */
export interface Found {
  readonly seq: number | null;
  readonly text: string;
}

/** What is known of an order, added up: it was accepted, was sent, sells; of one in a restored snapshot no side is known. */
const ACCEPTED = 1;
const SENT = 2;
const SELLS = 4;
const ANY_SIDE = 8;

/** The rules between orders, sends, answers and fills, entry by entry. */
export class OrderRules {
  orders = 0;
  fills = 0;
  fault: Found | null = null;
  /** By running number: a session may have a million of them, and their numbers have hardly a gap. */
  readonly #orders: (number | undefined)[] = [];
  /** The first fill of each order, by its number, and any further ones. */
  readonly #firstFills: (string | undefined)[] = [];
  readonly #laterFills = new Set<string>();
  #highest = 0;

  /** True once a fault is found. */
  take(entry: JournalEntry): boolean {
    const text = this.#look(entry);
    if (text !== null) this.fault = { seq: entry.seq, text };
    return this.fault !== null;
  }

  #look(entry: JournalEntry): string | null {
    switch (entry.kind) {
      case "order":
        return entry.accepted && !entry.replay && entry.orderId !== null
          ? this.#accept(entry.orderId, entry.quantity)
          : null;
      case "send": {
        const number = sequenceOf(entry.orderId) ?? 0;
        const order = this.#orders[number];
        if (order === undefined) return `${entry.orderId} is sent and was never accepted`;
        if ((order & SENT) > 0) return `${entry.orderId} is sent twice`;
        this.#orders[number] = order | SENT;
        return null;
      }
      case "ack":
        return this.#wasSent(entry.orderId) === null ? `${entry.orderId} is answered and was never sent` : null;
      case "fill":
        return this.#fill(entry);
      case "restore":
        for (const id of Object.keys(entry.state["inflight"] ?? {}))
          this.#orders[sequenceOf(id) ?? 0] = ACCEPTED | SENT | ANY_SIDE;
        this.#highest = Math.max(this.#highest, entry.nextSequence - 1);
        return null;
      default:
        return null;
    }
  }

  #accept(id: string, quantity: number): string | null {
    const number = sequenceOf(id) ?? 0;
    if (this.#orders[number] !== undefined) return `${id} is accepted twice`;
    if (number !== this.#highest + 1) return `${id} follows number ${this.#highest}; a number is missing or used again`;
    this.#highest = number;
    this.#orders[number] = ACCEPTED | (quantity < 0 ? SELLS : 0);
    this.orders += 1;
    return null;
  }

  /** An order that was sent, or null. */
  #wasSent(id: string | null): { readonly number: number; readonly order: number } | null {
    const number = id === null ? 0 : (sequenceOf(id) ?? 0);
    const order = this.#orders[number] ?? 0;
    return (order & SENT) === 0 ? null : { number, order };
  }

  #fill(entry: Extract<JournalEntry, { kind: "fill" }>): string | null {
    if (entry.verdict !== "booked") return null;
    const { fillId, orderId, quantity } = entry;
    const sent = this.#wasSent(orderId);
    if (sent === null) return `fill ${fillId} is booked to an order that was never sent`;
    const { number, order } = sent;
    const first = this.#firstFills[number];
    const later = first === undefined ? null : executionKeyOf(orderId, fillId);
    if (first === fillId || (later !== null && this.#laterFills.has(later))) return `fill ${fillId} is booked twice`;
    if (later === null) this.#firstFills[number] = fillId;
    else this.#laterFills.add(later);
    this.fills += 1;
    if (quantity.startsWith("-") !== (order & SELLS) > 0 && (order & ANY_SIDE) === 0)
      return `fill ${fillId} goes the other way than its order`;
    return null;
  }
}
