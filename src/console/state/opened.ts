/**
 * The open session as the views see it: the live session, its projections, and one snapshot for all of them.
 *
 * 1. The journal is read once when the session is opened, some entries at a time, so that a long one delays nothing else; from then
 *    on each commit brings the new entries.
 * 2. A probe is made at most once in `PROBE_MS`, whatever the number of streams and readers.
 * 3. An ended session has closed its journal; what is asked of its past is read from the file, as anybody may read it.
 * 4. A light run has no such file: its newest entries are kept here, and its past is asked of them.
 */
import { nodeTurn } from "../../live/clock/index.ts";
import type { LiveSession, SessionProbe } from "../../live/session/index.ts";
import type { OpenSession } from "../../shared/contract/views.ts";
import { readJournal, sessionFilesAt } from "../../store/index.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import type { AlertBook } from "../alerts/book.ts";
import { SessionWatch } from "../alerts/watch.ts";
import { KeptEntries } from "../archive/kept.ts";
import { LightArchive } from "../archive/light.ts";
import type { SessionArchive } from "../archive/requests.ts";
import { ArchiveThread } from "../archive/thread.ts";
import { upTo, type EntrySource } from "./scan.ts";
import { SessionViews } from "../projections/session-views.ts";

/** Real milliseconds for which a snapshot is used. */
export const PROBE_MS = 45;

/** Entries that are read in one go. */
const SLICE_ENTRIES = 2_000;

function slice(live: LiveSession, from: number): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const entry of live.entries(from)) {
    entries.push(entry);
    if (entries.length >= SLICE_ENTRIES) break;
  }
  return entries;
}

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
  readonly #monotonicMs: () => number;
  readonly #watch: SessionWatch;
  #forget: () => void = () => undefined;
  #probe: SessionProbe;
  #probedMs: number;
  #position = -1;

  /** Reads what the journal holds of a session that has not been started. */
  static async of(live: LiveSession, monotonicMs: () => number, alerts: AlertBook): Promise<OpenedSession> {
    const opened = new OpenedSession(live, monotonicMs, alerts);
    const { views } = opened;
    for (let entries = slice(live, 1); entries.length > 0; entries = slice(live, views.position + 1)) {
      opened.#apply(entries, false);
      await nodeTurn();
    }
    opened.#follow();
    return opened;
  }

  private constructor(live: LiveSession, monotonicMs: () => number, alerts: AlertBook) {
    this.live = live;
    this.#monotonicMs = monotonicMs;
    this.views = new SessionViews(live.desk, live.folder, !live.light && isCompacted(live.folder));
    this.#watch = new SessionWatch(alerts, live.id);
    this.kept = live.light ? new KeptEntries() : null;
    this.archive =
      this.kept === null
        ? new ArchiveThread({ folder: live.folder, desk: live.desk }, () => this.views.position)
        : new LightArchive(this.kept, live.desk);
    this.#probe = live.probe();
    this.#probedMs = monotonicMs();
  }

  /** Goes from what was read to what comes. */
  #follow(): void {
    // What was committed since the last slice.
    this.#apply([...this.live.entries(this.views.position + 1)], false);
    this.#forget = this.live.subscribe((entries) => this.#apply(entries, true));
    this.#probe = this.live.probe();
    this.#watch.ready(this.#probe.now);
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
    this.#watch.observe(this.#probe, this.views.tiles(this.#probe));
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
    return upTo((from) => this.entries(from), this.views.position);
  }

  close(): void {
    this.archive.close();
    this.kept?.close();
    this.#forget();
  }
}
