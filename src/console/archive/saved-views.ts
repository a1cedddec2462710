/**
 * What the views have learned of a long session, saved in its archive: a session that is opened again continues from there.
 *
 * 1. The journal is the truth. A saved state is used only where its digest covers all of it, this program wrote it for this desk, and
 *    the journal has the entry behind which it stands, with the same hash. Anything else is as nothing: the views are made from the
 *    first entry. So a damaged, foreign or older state, and one that is ahead of a journal from a copy, shows nothing.
 * 2. It is saved behind the journal, by the archive's thread; what came after it is read from the journal. Where it cannot be written,
 *    more is read at the next opening, and nothing is lost.
 * 3. A change of what a projection keeps, or of what it makes of an entry, makes it another `VIEWS_VERSION`: a digest of what the
 *    projections keep of the journals of a test, which fails until the digest here is theirs.
 */
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import type { Desk } from "../../shared/desk.ts";
import { openForReading, readJournal, sessionFilesAt, type Database } from "../../store/index.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import type { Occurrence } from "../alerts/book.ts";
import { CausesLeft } from "../alerts/watch.ts";
import { SessionViews, type SessionViewsState } from "../projections/session-views.ts";

/** The test that compares it names the new one. */
export const VIEWS_VERSION = "8546c4451a300ff8";
/** Entries from one saved state to the next; an opening reads about as many from the journal. */
const SAVED_ENTRIES = 20_000;
/** A first reading of a long journal saves after this share of what is still to be read. */
const SAVED_SHARE = 0.1;

/** Whose views they are: the program's version and the session's desk. */
export interface ViewsOwner {
  readonly folder: string;
  readonly desk: Desk;
  readonly version: string;
  /** Whether the journal has dropped runs. */
  readonly compacted: boolean;
}

/** The views behind one entry, and the causes of alerts that stood there. */
export interface SavedViews {
  readonly views: SessionViewsState;
  readonly left: readonly Occurrence[];
}

interface Row {
  readonly key: string;
  readonly position: number;
  readonly hash: string;
  readonly state: Uint8Array;
  readonly digest: string;
}

type Chain = Pick<ReturnType<typeof readJournal>, "hashAt">;

const keyOf = ({ desk, version }: ViewsOwner): string =>
  `${VIEWS_VERSION} ${version} ${process.versions.v8} ${hash("sha256", JSON.stringify(desk), "hex")}`;

const digestOf = ({ key, position, hash: chain, state }: Omit<Row, "digest">): string =>
  hash("sha256", `${key}\n${position}\n${chain}\n${hash("sha256", state, "hex")}`, "hex");

/** The state that a database holds, where it is this owner's and of this journal; else null. */
function fitting(database: Database, journal: Chain, owner: ViewsOwner): SavedViews | null {
  const table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'views'";
  if (database.prepare(table).get() === undefined) return null;
  const row = database.prepare("SELECT key, position, hash, state, digest FROM views").get() as Row | undefined;
  if (row === undefined || row.key !== keyOf(owner) || row.digest !== digestOf(row)) return null;
  if (journal.hashAt(row.position) !== row.hash) return null;
  return deserialize(row.state) as SavedViews;
}

/** The newest saved views of a session; null where there are none that can be used. */
export function readSavedViews(owner: ViewsOwner): SavedViews | null {
  const { archive, journal: path } = sessionFilesAt(owner.folder);
  if (!existsSync(archive)) return null;
  try {
    const journal = readJournal(path);
    try {
      const database = openForReading(archive);
      try {
        return fitting(database, journal, owner);
      } finally {
        database.close();
      }
    } finally {
      journal.close();
    }
  } catch {
    // Whatever is wrong with it, the journal has everything.
    return null;
  }
}

/** A session's views, from where saved ones end. Throws for a state that is none of this version. */
export function viewsFrom(saved: SavedViews | null, { desk, folder, compacted }: ViewsOwner): SessionViews {
  const views = new SessionViews(desk, folder, compacted);
  if (saved !== null) views.restore(saved.views);
  return views;
}

/** Follows the journal with views of its own, and saves them. */
export class ViewsSaver {
  readonly #owner: ViewsOwner;
  readonly #database: Database;
  readonly #journal: Chain;
  readonly #views: SessionViews;
  readonly #left = new CausesLeft();
  readonly #every: number;
  #saved: number;

  /** `every`: entries from one saved state to the next. */
  constructor(owner: ViewsOwner, database: Database, journal: Chain, every: number = SAVED_ENTRIES) {
    this.#every = every;
    this.#owner = owner;
    this.#database = database;
    this.#journal = journal;
    this.#views = this.#restored();
    this.#saved = this.#views.position;
  }

  get position(): number {
    return this.#views.position;
  }

  /** Takes in entries that follow `position`; `end` is the journal's newest. */
  apply(entries: readonly JournalEntry[], end: number): void {
    this.#views.apply(entries);
    for (const entry of entries) this.#left.apply(entry);
    const since = this.position - this.#saved;
    if (since >= Math.max(this.#every, (end - this.position) * SAVED_SHARE)) this.#save();
  }

  #restored(): SessionViews {
    try {
      const saved = fitting(this.#database, this.#journal, this.#owner);
      this.#left.restore(saved?.left ?? []);
      return viewsFrom(saved, this.#owner);
    } catch {
      return viewsFrom(null, this.#owner);
    }
  }

  #save(): void {
    // One that cannot be written is tried again after as many entries: the archive itself says what is wrong with the disk.
    this.#saved = this.position;
    const chain = this.#journal.hashAt(this.position);
    if (chain === null) return;
    const state = serialize({ views: this.#views.state(), left: this.#left.state() } satisfies SavedViews);
    const row = { key: keyOf(this.#owner), position: this.position, hash: chain, state };
    try {
      this.#database
        .prepare("INSERT OR REPLACE INTO views (only, key, position, hash, state, digest) VALUES (1, ?, ?, ?, ?, ?)")
        .run(row.key, row.position, row.hash, row.state, digestOf(row));
    } catch {
      // Invariant 2.
    }
  }
}
