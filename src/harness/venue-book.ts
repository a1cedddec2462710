/**
 * The venue's own database beside the journal: the first of the journal's fills, or of its orders that have ended, that the venue has
 * otherwise or not at all.
 *
 * 1. Entries are compared as they come. Where splits count in other units, orders are not compared.
 */
import { openVenueOrders, readVenueFills, type VenueOrders } from "../live/broker/venue-reading.ts";
import type { VenueFill } from "../live/broker/venue-store.ts";
import { readSessionHeader } from "../live/session/recovery/assemble.ts";
import { endedFault, EndedOrders, type EndedOrder } from "../live/session/recovery/ended-orders.ts";
import { venueFault } from "../live/session/recovery/venue-check.ts";
import type { JournalEntry, JournalReader, SessionFiles } from "../store/index.ts";

type Found = { readonly seq: number | null; readonly text: string };

export class VenueBook {
  fault: Found | null = null;
  /** Orders that were compared. */
  orders = 0;
  readonly #fills: readonly VenueFill[] | null = null;
  readonly #rows: VenueOrders | null = null;
  #ended = this.#follow();
  /** The largest cursor of a journaled fill, and how many there are. */
  #newest = 0;
  #journaled = 0;

  constructor(files: SessionFiles, journal: JournalReader) {
    try {
      this.#fills = readVenueFills(files.broker, journal.venueChanges());
      if (this.#fills !== null && !hasSplits(files, journal))
        this.#rows = openVenueOrders(files.broker, journal.venueChanges());
    } catch (error) {
      this.fault = { seq: null, text: error instanceof Error ? error.message : String(error) };
    }
  }

  get count(): number {
    return this.#fills?.length ?? 0;
  }

  /** Compares an entry, as long as no other one was at fault. */
  take(entry: JournalEntry): void {
    if (this.fault !== null || this.#fills === null) return;
    if (entry.kind === "fill") {
      this.fault = venueFault([entry], this);
      this.#newest = Math.max(this.#newest, entry.cursor);
      this.#journaled += 1;
    }
    if (this.#rows !== null) this.#ended.take(entry);
  }

  /** All entries come once more, from the first one on. */
  again(): void {
    this.#ended = this.#follow();
    this.orders = 0;
    this.#journaled = 0;
  }

  /** Compares what is left, and closes the database. */
  end(): void {
    const late = this.#late();
    for (const order of this.#ended.ended()) this.#compare(order, late.has(order.venueId));
    this.#rows?.close();
  }

  /** The fill with a cursor: they lie in order, mostly without a gap. */
  get(cursor: number): VenueFill | undefined {
    const fills = this.#fills ?? [];
    let [low, high] = [0, fills.length - 1];
    const guess = fills[cursor - (fills[0]?.cursor ?? 0)];
    if (guess?.cursor === cursor) return guess;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const fill = fills[middle] as VenueFill;
      if (fill.cursor === cursor) return fill;
      if (fill.cursor < cursor) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  #follow(): EndedOrders {
    return new EndedOrders((order) => this.#compare(order, false));
  }

  /** Orders of fills that the venue has and the journal, maybe, lacks. */
  #late(): ReadonlySet<string> {
    const fills = this.#fills ?? [];
    // With a gap among the journaled ones, which of them are missing is not known without keeping all of them.
    const whole = this.#journaled === fills.filter(({ cursor }) => cursor <= this.#newest).length;
    return new Set((whole ? fills.filter(({ cursor }) => cursor > this.#newest) : fills).map(({ venueId }) => venueId));
  }

  #compare(order: EndedOrder, late: boolean): void {
    if (this.fault !== null || this.#rows === null) return;
    this.orders += 1;
    const text = endedFault(order, this.#rows.get(order.venueId), late);
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
