/**
 * The venue's own database beside the journal: the first of the journal's fills, or of its orders that have ended, that the venue has
 * otherwise or not at all.
 *
 * 1. Entries are compared as they come. Where splits count in other units, orders are not compared.
 * 2. A database that cannot be read is a fault like any other.
 */
import { openVenue, type VenueReading } from "../live/broker/venue-reading.ts";
import { readSessionHeader } from "../live/session/recovery/assemble.ts";
import { endedFault, EndedOrders, type EndedOrder } from "../live/session/recovery/ended-orders.ts";
import { venueFault } from "../live/session/recovery/venue-check.ts";
import type { JournalEntry, JournalReader, SessionFiles } from "../store/index.ts";
import type { Found } from "./order-rules.ts";

export class VenueBook {
  fault: Found | null = null;
  /** Orders that were compared. */
  orders = 0;
  /** Fills that the venue has. */
  count = 0;
  readonly #venue: VenueReading | null = null;
  readonly #withOrders: boolean;
  #ended = this.#follow();
  readonly #fills = { get: (cursor: number) => this.#venue?.fill(cursor) };
  /** The largest cursor of a journaled fill, and how many there are. */
  #newest = 0;
  #journaled = 0;

  constructor(files: SessionFiles, journal: JournalReader) {
    this.#withOrders = !hasSplits(files, journal);
    try {
      this.#venue = openVenue(files.broker, journal.venueChanges());
      this.count = this.#venue?.fillCount() ?? 0;
    } catch (error) {
      this.#unreadable(error);
    }
  }

  /** Compares an entry, as long as no other one was at fault. */
  take(entry: JournalEntry): void {
    if (this.fault !== null || this.#venue === null) return;
    try {
      if (entry.kind === "fill") {
        this.fault = venueFault([entry], this.#fills);
        this.#newest = Math.max(this.#newest, entry.cursor);
        this.#journaled += 1;
      }
      if (this.#withOrders) this.#ended.take(entry);
    } catch (error) {
      this.#unreadable(error);
    }
  }

  /** All entries come once more, from the first one on. */
  again(): void {
    this.#ended = this.#follow();
    this.orders = 0;
    this.#journaled = 0;
  }

  /** Compares what is left, and closes the database. */
  end(): void {
    try {
      const ended = this.fault === null ? this.#ended.ended() : [];
      const late = ended.length === 0 ? new Set<string>() : this.#late();
      for (const order of ended) this.#compare(order, late.has(order.venueId));
    } catch (error) {
      this.#unreadable(error);
    }
    this.#venue?.close();
  }

  #unreadable(error: unknown): void {
    this.fault ??= { seq: null, text: error instanceof Error ? error.message : String(error) };
  }

  #follow(): EndedOrders {
    return new EndedOrders((order) => this.#compare(order, false));
  }

  /** Orders of fills that the venue has and the journal, maybe, lacks. */
  #late(): ReadonlySet<string> {
    const venue = this.#venue as VenueReading;
    // With a gap among the journaled ones, which of them are missing is not known without keeping all of them.
    const whole = this.#journaled === venue.fillCount(this.#newest);
    return new Set(venue.ordersOfFills(whole ? this.#newest : 0));
  }

  #compare(order: EndedOrder, late: boolean): void {
    if (this.fault !== null || this.#venue === null) return;
    this.orders += 1;
    const text = endedFault(order, this.#venue.order(order.venueId), late);
    if (text !== null) this.fault = { seq: order.seq, text };
  }
}

/** Whether the session's desk has splits; a session that does not say is not compared either. */
function hasSplits(files: SessionFiles, journal: JournalReader): boolean {
  try {
    return (readSessionHeader(journal, files).desk.actions ?? []).length > 0;
  } catch {
    return true;
  }
}
