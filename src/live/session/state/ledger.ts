/**
 * The session's pen: entries go into the journal through here, and nowhere else.
 *
 * 1. An entry is counted (`ReadModel`) when it is added, and passed to listeners only after the commit that holds it.
 * 2. A commit that throws leaves the ledger broken for good: every later `add` and `commit` throws the same error, so
 *    nothing can be sent on the strength of an entry that may not be on disk.
 * 3. Past `PENDING_MAX` entries that are not committed, or as many as the journal says, `crowded` says so and the loop commits at the
 *    end of its pass.
 * 4. Entries' times never go back.
 * 5. A halt is reported only after the router's file shows it, too.
 * 6. While commits are grouped, `due` says when the loop has to commit at the end of a pass; a commit made before is as good. In either
 *    way the order is: the journal, with what the venue has yet to write; then the venue; then files and listeners.
 */
import { CodedError } from "../../../shared/errors.ts";
import type { VenueChanges, VenueDisk } from "../../../shared/ports.ts";
import type { Moment } from "../../../shared/time.ts";
import type { CheckpointTexts } from "../../../store/index.ts";
import type { EntryBody, EntryKind, JournalEntry } from "../../../store/journal/entries.ts";
import type { ReadModel } from "./read-model.ts";

/** What the ledger needs of a journal: the next number, an addition, and one durable transaction. */
export interface JournalPort {
  /** The last entry's number, committed or not; 0 for an empty journal. */
  readonly position: number;
  /** How many entries may wait for a commit, where that is not `PENDING_MAX`. */
  readonly pendingMax?: number;
  append(body: EntryBody, at: Moment): JournalEntry;
  /** Makes everything appended durable in one transaction, and what a venue has yet to write. Throws when that may not have happened. */
  commit(venue?: VenueChanges | null): void;
  read(from?: number, kinds?: readonly EntryKind[]): Iterable<JournalEntry>;
  /** Saves a checkpoint behind the last committed entry, durably. Throws when that may not have happened. */
  saveCheckpoint(texts: CheckpointTexts): void;
  /** Removes what a start does not need, of moments before `before`; answers how many entries it looked at. Throws as `commit` does. */
  compact(before: Moment, rowsMax: number): number;
  close(): void;
}

export const PENDING_MAX = 4_096;
/** Real milliseconds after which a group of passes is committed. */
export const GROUP_MS = 200;

/**
 * Entries that may wait for the next commit, because a restart finds them again: runs are repeated from their moments, figures
 * are made again, and what the venue answered or filled is asked of the venue. A refused order changes nothing outside.
 */
const RIDES_ALONG: ReadonlySet<EntryKind> = new Set([
  "run_started",
  "run_finished",
  "order",
  "ack",
  "fill",
  "closed",
  "updated",
  "cancel",
  "replace",
  "equity",
  "metrics",
]);

export type EntryListener = (entries: readonly JournalEntry[]) => void;

export class Ledger {
  readonly #journal: JournalPort;
  readonly #model: ReadModel;
  readonly #project: EntryListener;
  readonly #pendingMax: number;
  /** The venue's disk that follows the journal while commits are grouped; else null. */
  #venue: VenueDisk | null = null;
  #groupSinceMs = 0;
  readonly #listeners = new Set<EntryListener>();
  readonly #monotonicMs: () => number;
  #pending: JournalEntry[] = [];
  /** Committed and not yet passed to listeners. */
  readonly #undelivered: (readonly JournalEntry[])[] = [];
  #telling = false;
  #consequential = false;
  #halting = false;
  #secure: () => () => void = () => () => undefined;
  #snapshots = 0;
  #committed: number;
  #committedMs: number | null = null;
  #broken: CodedError | null = null;

  /** `project` writes the session's files from committed entries; what it throws breaks the ledger as a commit does. */
  constructor(options: {
    readonly journal: JournalPort;
    readonly model: ReadModel;
    readonly project: EntryListener;
    readonly monotonicMs: () => number;
    /** How many of the journal's entries are snapshots. */
    readonly snapshots?: number;
  }) {
    this.#pendingMax = options.journal.pendingMax ?? PENDING_MAX;
    this.#journal = options.journal;
    this.#model = options.model;
    this.#project = options.project;
    this.#monotonicMs = options.monotonicMs;
    this.#committed = options.journal.position;
    this.#snapshots = options.snapshots ?? 0;
  }

  get position(): number {
    return this.#journal.position;
  }

  /**
   * How many entries there are besides snapshots: the same for every equal run, however often its router's
   * file was written on the way.
   */
  get decisions(): number {
    return this.#journal.position - this.#snapshots;
  }

  /** How many entries are snapshots. */
  get snapshots(): number {
    return this.#snapshots;
  }

  get committed(): number {
    return this.#committed;
  }

  get broken(): CodedError | null {
    return this.#broken;
  }

  /** True while something waits that a caller must not see before it is on disk. */
  get consequential(): boolean {
    return this.#consequential;
  }

  /** True when so much waits that it should be committed, whatever it is. */
  get crowded(): boolean {
    return this.#pending.length >= this.#pendingMax;
  }

  /** Whether passes share commits. */
  get grouped(): boolean {
    return this.#venue !== null;
  }

  /** While commits are grouped: whether the pass that ends commits. */
  get due(): boolean {
    return this.crowded || this.#halting || this.#monotonicMs() - this.#groupSinceMs >= GROUP_MS;
  }

  /** Commits, and has passes share commits from here on, with the venue's disk that follows; null: each has its own again. */
  group(venue: VenueDisk | null): void {
    if (venue === this.#venue) return;
    this.commit();
    this.#venue?.defer(false);
    venue?.defer(true);
    this.#venue = venue;
  }

  /** Commits what waits where commits are grouped. A failure breaks the ledger, and the loop ends with it. */
  settle(): void {
    if (!this.grouped || this.#broken !== null) return;
    try {
      this.commit();
    } catch {
      // The error is kept, and whatever comes next meets it.
    }
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** Real milliseconds since the last commit; null before the first. */
  get commitAgeMs(): number | null {
    return this.#committedMs === null ? null : this.#monotonicMs() - this.#committedMs;
  }

  add(body: EntryBody, at: Moment): JournalEntry {
    this.#check();
    const last = this.#model.lastAt;
    const entry = this.#journal.append(body, last !== null && at < last ? last : at);
    this.#model.apply(entry);
    this.#pending.push(entry);
    if (body.kind === "snapshot") this.#snapshots += 1;
    if (body.kind === "halt") this.#halting = true;
    if (!RIDES_ALONG.has(body.kind)) this.#consequential = true;
    return entry;
  }

  /** Makes everything added durable, projects it into the session's files, and notifies the listeners. */
  commit(): void {
    this.#check();
    const changes = this.#venue?.changes() ?? null;
    this.#groupSinceMs = this.#monotonicMs();
    if (this.#pending.length === 0 && changes === null) return;
    const entries = this.#pending;
    try {
      const secured = this.#halting ? this.#secure() : null;
      this.#halting = false;
      this.#journal.commit(changes);
      if (changes !== null) this.#venue?.settle();
      this.#committed = this.#journal.position;
      this.#committedMs = this.#monotonicMs();
      this.#pending = [];
      this.#consequential = false;
      this.#project(entries);
      secured?.();
    } catch (error) {
      throw this.#break(error);
    }
    if (entries.length === 0) return;
    this.#undelivered.push(entries);
    this.#tell();
  }

  /** A listener may itself cause a commit: every listener still gets everything in order. */
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    for (let entries = this.#undelivered.shift(); entries !== undefined; entries = this.#undelivered.shift())
      for (const listener of this.#listeners) {
        try {
          listener(entries);
        } catch {
          this.#listeners.delete(listener);
        }
      }
    this.#telling = false;
  }

  /**
   * What a commit that holds a halt does besides: `secure` adds the router's snapshot to it, and what that returns writes the
   * file before any listener is notified.
   */
  secureHalts(secure: () => () => void): void {
    this.#secure = secure;
  }

  subscribe(listener: EntryListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Saves a checkpoint; everything must be committed. A failure breaks the ledger as a commit's does. */
  saveCheckpoint(texts: CheckpointTexts): void {
    this.#check();
    try {
      this.#journal.saveCheckpoint(texts);
    } catch (error) {
      throw this.#break(error);
    }
  }

  /** Compacts the journal by a step. A failure breaks the ledger as a commit's does. */
  compact(before: Moment, rowsMax: number): number {
    this.#check();
    try {
      return this.#journal.compact(before, rowsMax);
    } catch (error) {
      throw this.#break(error);
    }
  }

  /** Committed entries from a number on; of some kinds only, when asked. */
  *entries(from = 1, kinds?: readonly EntryKind[]): Iterable<JournalEntry> {
    const end = this.#committed;
    for (const entry of this.#journal.read(from, kinds)) {
      if (entry.seq > end) return;
      yield entry;
    }
  }

  #check(): void {
    if (this.#broken !== null) throw this.#broken;
  }

  #break(error: unknown): CodedError {
    const reason = error instanceof Error ? error.message : String(error);
    this.#broken =
      error instanceof CodedError
        ? error
        : new CodedError(
            "io",
            `The journal could not be written, so the session stopped before anything was sent: ${reason}. ` +
              "Make room or make the folder writable, then open the session again: it resumes from what is on disk.",
            { entries: this.#pending.length, committed: this.#committed },
            { cause: error },
          );
    return this.#broken;
  }
}
