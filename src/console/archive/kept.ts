/**
 * The newest entries of a light run, which has no journal on disk: what the console can still be asked about its past.
 *
 * 1. Entries are in order, without a hole from `first` to `position`.
 * 2. Memory is bounded: the oldest entries are dropped, some thousand at a time.
 */
import type { EntryKind, JournalEntry } from "../../store/journal/entries.ts";

/** The newest entries that are always kept; at times twice as many. */
export const KEPT_MAX = 20_000;

export class KeptEntries {
  readonly #max: number;
  #entries: JournalEntry[] = [];

  constructor(max: number = KEPT_MAX) {
    this.#max = max;
  }

  /** The number of the oldest entry that is kept; 1 before there is any. */
  get first(): number {
    return this.#entries[0]?.seq ?? 1;
  }

  /** The number of the newest entry; 0 before there is any. */
  get position(): number {
    return this.#entries.at(-1)?.seq ?? 0;
  }

  /** Whether every entry of the run is still there. */
  get whole(): boolean {
    return this.first === 1;
  }

  add(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) if (entry.seq > this.position) this.#entries.push(entry);
    if (this.#entries.length >= 2 * this.#max) this.#entries = this.#entries.slice(-this.#max);
  }

  *read(from = 1): Iterable<JournalEntry> {
    // What is dropped during a read stays readable for that reader.
    const entries = this.#entries;
    for (let index = Math.max(0, from - this.first); index < entries.length; index += 1) {
      const entry = entries[index];
      if (entry !== undefined) yield entry;
    }
  }

  *entriesAt(seqs: Iterable<number>): Iterable<JournalEntry> {
    for (const seq of seqs) {
      const entry = this.#entries[seq - this.first];
      if (entry !== undefined) yield entry;
    }
  }

  seqsOf(kind: EntryKind): number[] {
    return this.#entries.filter((entry) => entry.kind === kind).map(({ seq }) => seq);
  }

  /** No entry is chained: nothing is on disk that it could be checked against. */
  hashAt(): null {
    return null;
  }

  close(): void {
    this.#entries = [];
  }
}
