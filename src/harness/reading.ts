/**
 * One pass over a journal's entries beside their repetition: the chain, what they say of orders and fills, and what the venue has of both.
 *
 * 1. Nothing is decided again here, so the pass needs no parts of a session and can be made in a thread of its own.
 * 2. Where the chain is broken, or a compaction dropped entries, orders and fills are read from all entries that can be read.
 * 3. Findings are plain data.
 */
import { ORDER_KINDS } from "../live/session/recovery/ended-orders.ts";
import type { ErrorShape } from "../shared/errors.ts";
import {
  nodeFileSystem,
  type HeldPlace,
  type JournalFault,
  type JournalReader,
  type SessionFiles,
} from "../store/index.ts";
import { OrderRules, type Found } from "./order-rules.ts";
import { VenueBook } from "./venue-book.ts";

export interface Findings {
  /** The chain's fault. */
  readonly broken: JournalFault | null;
  readonly orders: number;
  readonly fills: number;
  /** What is wrong between orders, sends, answers and fills; or why an entry that holds could not be read. */
  readonly orderFault: Found | null;
  /** Null where there is no `broker.db`. */
  readonly venue: { readonly fills: number; readonly orders: number; readonly fault: Found | null } | null;
}

/** A reading in a thread. */
export interface ReadingJob {
  readonly files: SessionFiles;
  /** What the caller holds of the journal. */
  readonly place: HeldPlace;
}

/** What a thread that reads says. */
export interface ReadingAnswer {
  readonly share?: number;
  readonly findings?: Findings;
  readonly error?: ErrorShape;
}

const faultOf = (error: unknown): Found => ({
  seq: null,
  text: error instanceof Error ? error.message : String(error),
});

/** What went wrong with some work, or null. */
export function attempt(work: () => void): Found | null {
  try {
    work();
    return null;
  } catch (error) {
    return faultOf(error);
  }
}

/** Reads a journal that is held. `onProgress` takes a share of one. Throws `io` for one that cannot be read. */
export function findingsOf(
  files: SessionFiles,
  journal: JournalReader,
  onProgress: (share: number) => void = () => undefined,
): Findings {
  const compacted = journal.compaction().seq > 0;
  const reading = new Reading(files, journal);
  const end = Math.max(1, journal.position);
  const passes = compacted ? 2 : 1;
  reading.chain((seq) => onProgress(seq / end / passes));
  if (reading.broken !== null || compacted)
    reading.again((seq) => onProgress(Math.max(0, passes - 1 + seq / end) / passes));
  return reading.findings();
}

class Reading {
  broken: JournalFault | null = null;
  readonly #files: SessionFiles;
  readonly #journal: JournalReader;
  readonly #venue: VenueBook;
  #rules = new OrderRules();
  /** Why an entry that holds could not be read. */
  #readable: Found | null = null;

  constructor(files: SessionFiles, journal: JournalReader) {
    this.#files = files;
    this.#journal = journal;
    this.#venue = new VenueBook(files, journal);
  }

  chain(onEntry: (seq: number) => void): void {
    const all = this.#journal.verified();
    for (let next = all.next(); ; next = all.next()) {
      if (next.done === true) {
        this.broken = next.value;
        return;
      }
      onEntry(next.value.seq);
      if (this.#readable !== null) continue;
      try {
        const entry = next.value.read();
        if (this.#rules.fault === null) this.#rules.take(entry);
        this.#venue.take(entry);
      } catch (error) {
        this.#readable = faultOf(error);
      }
    }
  }

  /** Everything but the chain again, from all entries that can be read. */
  again(onEntry: (seq: number) => void): void {
    const rules = (this.#rules = new OrderRules());
    this.#readable = attempt(() => {
      for (const entry of this.#journal.read(1)) {
        if (rules.take(entry)) break;
        onEntry(entry.seq);
      }
    });
    const venue = this.#venue;
    venue.again();
    venue.fault ??= attempt(() => {
      for (const entry of this.#journal.read(1, ORDER_KINDS)) venue.take(entry);
    });
  }

  findings(): Findings {
    const there = nodeFileSystem.exists(this.#files.broker);
    this.#venue.end();
    const { orders, fills, fault } = this.#rules;
    const { count, orders: compared, fault: atVenue } = this.#venue;
    return {
      broken: this.broken,
      orders,
      fills,
      orderFault: this.#readable ?? fault,
      venue: there ? { fills: count, orders: compared, fault: atVenue } : null,
    };
  }
}
