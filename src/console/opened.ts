/**
 * The open session as the views see it: the live session, its projections, and one picture for all of them.
 *
 * 1. The journal is read once when the session is opened; from then on each commit brings the new entries.
 * 2. A probe is made at most once in `PROBE_MS`, whatever the number of streams and readers.
 * 3. An ended session has let its journal go; what is asked of its past is read from the file, as anybody may read it.
 */
import type { LiveSession, SessionProbe } from "../live/session/index.ts";
import type { OpenSession } from "../shared/views.ts";
import { readJournal, sessionFilesAt } from "../store/index.ts";
import type { JournalEntry } from "../store/journal/entries.ts";
import { SessionViews } from "./projections/session-views.ts";

/** Real milliseconds for which a picture serves. */
export const PROBE_MS = 45;

export class OpenedSession {
  readonly live: LiveSession;
  readonly views: SessionViews;
  /** What was asked for and is not confirmed yet. */
  pending: OpenSession["pending"] = null;
  readonly #monotonicMs: () => number;
  readonly #forget: () => void;
  #probe: SessionProbe;
  #probedMs: number;
  #position = -1;

  constructor(live: LiveSession, monotonicMs: () => number) {
    this.live = live;
    this.#monotonicMs = monotonicMs;
    this.views = new SessionViews(live.desk, live.folder);
    this.views.apply(live.entries(), false);
    this.#forget = live.subscribe((entries) => this.views.apply(entries, true));
    this.#probe = live.probe();
    this.#probedMs = monotonicMs();
  }

  /** True while it has neither stopped nor failed. */
  get alive(): boolean {
    return this.live.state !== "stopped" && this.live.state !== "failed";
  }

  /** The session's picture, at most `PROBE_MS` old; a change of state is seen at once. */
  probe(): SessionProbe {
    const nowMs = this.#monotonicMs();
    const same = this.#probe.state === this.live.state && this.#position === this.views.position;
    const ended = same && !this.alive;
    if (ended || (nowMs - this.#probedMs < PROBE_MS && this.#probe.state === this.live.state)) return this.#probe;
    this.#probe = this.live.probe();
    this.#probedMs = nowMs;
    this.#position = this.views.position;
    this.views.alerts.observe(this.#probe);
    return this.#probe;
  }

  /** Everything that is committed, from an entry's number on, whether or not the session has ended. */
  *entries(from = 1): Iterable<JournalEntry> {
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

  close(): void {
    this.#forget();
  }
}
