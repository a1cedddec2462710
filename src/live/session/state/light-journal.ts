/**
 * The journal of a light run: in memory, and only what the run itself looks back at.
 *
 * 1. Entries are numbered as in a journal on disk, so that everything that is decided is decided alike.
 * 2. It keeps what the report at the end needs, and the newest entries for commands and views; the rest is gone.
 * 3. Nothing of it is durable: a commit ends a pass and no more.
 */
import type { Moment } from "../../../shared/time.ts";
import { REPORTED_KINDS } from "../../../store/index.ts";
import { placed, type EntryBody, type EntryKind, type JournalEntry } from "../../../store/journal/entries.ts";
import type { JournalPort } from "./ledger.ts";

/** The newest entries that are kept, whatever they are; at times twice as many. */
const RECENT_MAX = 512;

const REPORTED: ReadonlySet<EntryKind> = new Set(REPORTED_KINDS);

export class LightJournal implements JournalPort {
  /** A commit costs nothing here, and what waits for less long costs less memory. */
  readonly pendingMax = 512;
  #reported: JournalEntry[] = [];
  #recent: JournalEntry[] = [];
  #position = 0;

  get position(): number {
    return this.#position;
  }

  append(body: EntryBody, at: Moment): JournalEntry {
    this.#position += 1;
    const entry = placed(body, this.#position, at);
    this.#recent.push(entry);
    if (this.#recent.length >= 2 * RECENT_MAX) this.#forget();
    return entry;
  }

  commit(): void {
    // There is no disk to wait for.
  }

  *read(from = 1, kinds?: readonly EntryKind[]): Iterable<JournalEntry> {
    for (const entry of [...this.#reported, ...this.#recent])
      if (entry.seq >= from && (kinds === undefined || kinds.includes(entry.kind))) yield entry;
  }

  count(kind: EntryKind, from = 1): number {
    return [...this.read(from, [kind])].length;
  }

  saveCheckpoint(): void {
    throw new Error("A light run has no checkpoints.");
  }

  compact(): number {
    return 0;
  }

  close(): void {
    this.#reported = [];
    this.#recent = [];
  }

  #forget(): void {
    const old = this.#recent.slice(0, -RECENT_MAX);
    this.#reported.push(...old.filter(({ kind }) => REPORTED.has(kind)));
    this.#recent = this.#recent.slice(-RECENT_MAX);
  }
}
