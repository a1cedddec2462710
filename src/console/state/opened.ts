/**
 * The open session as the views see it: the live session, its projections, and one snapshot for all of them.
 *
 * 1. The journal is read once when the session is opened, from where saved views end, some entries at a time, so that a long one
 *    delays nothing else; from then on each commit brings the new entries. A long one is still being read when the session is open and
 *    runs: until then its projections are not shown, and what is counted comes from the session itself.
 * 2. A probe is made at most once in `PROBE_MS`, whatever the number of streams and readers.
 * 3. An ended session has closed its journal; what is asked of its past is read from its file, which all may read.
 * 4. A light run has no such file: its newest entries are kept here, and its past is asked of them.
 */
import { nodeTurn } from "../../live/clock/index.ts";
import type { LiveSession, SessionProbe } from "../../live/session/index.ts";
import type { OpenSession } from "../../shared/contract/views.ts";
import { shapeOf } from "../../shared/errors.ts";
import { readJournal, sessionFilesAt } from "../../store/index.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import type { AlertBook } from "../alerts/book.ts";
import { SessionWatch } from "../alerts/watch.ts";
import { KeptEntries } from "../archive/kept.ts";
import { LightArchive } from "../archive/light.ts";
import type { SessionArchive } from "../archive/requests.ts";
import { ArchiveThread } from "../archive/thread.ts";
import { upTo, type EntrySource } from "./scan.ts";
import { readSavedViews, viewsFrom, type SavedViews, type ViewsOwner } from "../archive/saved-views.ts";
import type { SessionViews } from "../projections/session-views.ts";

/** Real milliseconds for which a snapshot is used. */
export const PROBE_MS = 45;

/** Entries that are read in one go. */
const SLICE_ENTRIES = 2_000;
/** Entries that are read before a session is open; the rest of a longer one is read while it runs. */
const READ_AT_ONCE = 40_000;

/** Whether a session's journal has dropped runs. */
export function isCompacted(folder: string): boolean {
  const journal = readJournal(sessionFilesAt(folder).journal);
  try {
    return journal.compaction().dropped > 0;
  } finally {
    journal.close();
  }
}

export class OpenedSession {
  readonly live: LiveSession;
  readonly views: SessionViews;
  /** What was asked for and is not confirmed yet. */
  pending: OpenSession["pending"] = null;
  /** Every order, fill and rejection of the session, to be asked. */
  readonly archive: SessionArchive;
  /** The newest entries of a light run; null for a session with a journal. */
  readonly kept: KeptEntries | null;
  /** Resolves once the views hold all that was committed. */
  whole: Promise<void> = Promise.resolve();
  readonly #monotonicMs: () => number;
  readonly #watch: SessionWatch;
  #forget: () => void = () => undefined;
  #probe: SessionProbe;
  #probedMs: number;
  #position = -1;
  #whole = false;
  #closed = false;

  /**
   * Opens a session that has not been started. Resolves once its journal is read, or `atOnce` entries of it; `whole` says when all is.
   */
  static async of(
    live: LiveSession,
    monotonicMs: () => number,
    alerts: AlertBook,
    { atOnce = READ_AT_ONCE, version = "development" }: { readonly atOnce?: number; readonly version?: string } = {},
  ): Promise<OpenedSession> {
    const opened = new OpenedSession(live, monotonicMs, alerts, version);
    const end = opened.views.position + atOnce;
    await opened.#read(() => opened.views.position < end);
    if (!opened.#whole) opened.whole = opened.#readOn(alerts);
    return opened;
  }

  private constructor(live: LiveSession, monotonicMs: () => number, alerts: AlertBook, version: string) {
    this.live = live;
    this.#monotonicMs = monotonicMs;
    const { folder, desk, light } = live;
    const owner = { folder, desk, version, compacted: !light && isCompacted(folder) };
    this.#watch = new SessionWatch(alerts, live.id);
    this.views = this.#resumed(owner, light ? null : readSavedViews(owner));
    this.kept = light ? new KeptEntries() : null;
    this.archive =
      this.kept === null ? new ArchiveThread(owner, () => this.#end) : new LightArchive(this.kept, live.desk);
    this.#probe = live.probe();
    this.#probedMs = monotonicMs();
  }

  /** The views as they were saved, or empty ones: then everything is read. */
  #resumed(owner: ViewsOwner, saved: SavedViews | null): SessionViews {
    try {
      const views = viewsFrom(saved, owner);
      this.#watch.restore(saved?.left ?? []);
      return views;
    } catch {
      return viewsFrom(null, owner);
    }
  }

  /** Reads on while `more` answers true; at the journal's end it goes over to what comes. */
  async #read(more: () => boolean): Promise<void> {
    while (more()) {
      const entries = this.#slice();
      if (entries.length < SLICE_ENTRIES) return this.#follow(entries);
      this.#apply(entries, false);
      await nodeTurn();
    }
  }

  async #readOn(alerts: AlertBook): Promise<void> {
    try {
      await this.#read(() => !this.#closed);
    } catch (error) {
      const text = `The rest of the journal could not be read: ${shapeOf(error).message}. Stop the session and verify it.`;
      alerts.raise(this.live.id, {
        cause: "reading",
        severity: "critical",
        text,
        at: this.live.probe().now,
        view: "log",
      });
    }
  }

  #slice(): JournalEntry[] {
    const entries: JournalEntry[] = [];
    const from = this.views.position + 1;
    for (const entry of this.alive ? this.live.entries(from) : this.entries(from)) {
      entries.push(entry);
      if (entries.length >= SLICE_ENTRIES) break;
    }
    return entries;
  }

  /** Goes from what was read to what comes; nothing is committed between the two. */
  #follow(last: readonly JournalEntry[]): void {
    this.#apply(last, false);
    this.#whole = true;
    if (this.alive) this.#forget = this.live.subscribe((entries) => this.#apply(entries, true));
    this.#probe = this.live.probe();
    this.#watch.ready(this.#probe.now);
  }

  /** How far a long journal has been read; null once all of it is. */
  get reading(): OpenSession["reading"] {
    return this.#whole ? null : { entries: this.views.position, of: this.#end };
  }

  /** The newest entry that is committed. */
  get #end(): number {
    return this.#whole ? this.views.position : this.probe().journal.committed;
  }

  /** The frame's numbers at the session's snapshot. */
  session(): OpenSession {
    const probe = this.probe();
    const view = this.views.session(probe, this.pending);
    const { reading } = this;
    if (reading === null) return view;
    const { orders, fills, rejections } = probe.counts;
    const summary = view.summary === null ? null : { ...view.summary, orders, fills };
    return { ...view, reading, summary, counts: { ...view.counts, orders, fills, rejections } };
  }

  #apply(entries: readonly JournalEntry[], live: boolean): void {
    const from = this.views.position;
    this.views.apply(entries);
    this.kept?.add(entries);
    for (const entry of entries) if (entry.seq > from) this.#watch.apply(entry, live);
    this.archive.grown();
  }

  /** True while it has neither stopped nor failed. */
  get alive(): boolean {
    return this.live.state !== "stopped" && this.live.state !== "failed";
  }

  /** The session's snapshot, at most `PROBE_MS` old; a change of state is seen at once. */
  probe(): SessionProbe {
    const nowMs = this.#monotonicMs();
    const same = this.#probe.state === this.live.state && this.#position === this.views.position;
    const ended = same && !this.alive;
    if (ended || (nowMs - this.#probedMs < PROBE_MS && this.#probe.state === this.live.state)) return this.#probe;
    this.#probe = this.live.probe();
    this.#probedMs = nowMs;
    this.#position = this.views.position;
    // Tiles of the session's past would raise its alerts of then.
    if (this.#whole) this.#watch.observe(this.#probe, this.views.tiles(this.#probe));
    return this.#probe;
  }

  /** Everything that is committed, and of a light run what is kept, from an entry's number on, whether or not the session has ended. */
  *entries(from = 1): Iterable<JournalEntry> {
    if (this.kept !== null) {
      yield* this.kept.read(from);
      return;
    }
    if (this.alive) {
      yield* this.live.entries(from);
      return;
    }
    const journal = readJournal(sessionFilesAt(this.live.folder).journal);
    try {
      yield* journal.read(from);
    } finally {
      journal.close();
    }
  }

  /** Everything that is committed by now, and of a light run what is kept. */
  past(): EntrySource {
    return upTo((from) => this.entries(from), this.#end);
  }

  close(): void {
    this.#closed = true;
    this.archive.close();
    this.kept?.close();
    this.#forget();
  }
}
