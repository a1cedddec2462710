/**
 * A session's archive: opened beside its journal, brought up to date, and asked.
 *
 * 1. What the archive holds is what the journal holds up to a position; one that does not fit its journal is thrown away and made again.
 * 2. Reading the journal goes in batches, so that questions are answered in between.
 * 3. Where the folder cannot be written, and for a light run, which has no journal there, the archive is kept in memory.
 */
import { existsSync, rmSync } from "node:fs";
import type { Desk } from "../../shared/desk.ts";
import { openCache, readJournal, sessionFilesAt, type Database } from "../../store/index.ts";
import { isOfNoOrder, runOfNoOrder, type JournalEntry } from "../../store/journal/entries.ts";
import { Precisions, type Precision } from "../projections/precision.ts";
import { severityOf } from "../projections/rejections.ts";
import type { ArchivePage, ArchiveRow, RejectionGroup, RejectionGroups, Subject } from "./requests.ts";
import { ArchiveQueries, type ArchiveFilter, type ArchiveQuery } from "./query.ts";
import { fillIn, orderIn, rejectionIn } from "./rows.ts";
import { ViewsSaver } from "./saved-views.ts";
import { ARCHIVE_VERSION, makeTables, missingIndexes, type ArchiveTable } from "./schema.ts";
import { ArchiveWriter } from "./writer.ts";

/** Entries of one batch, which is one transaction. */
export const BATCH_ENTRIES = 1_000;
/** An archive that is behind by less has its indexes while it reads. */
const INDEXED_AT_ONCE_MAX = 50_000;
/** Parts of a group's spark. */
export const SPARK_PARTS = 24;
const GROUPS_MAX = 500;

type Journal = ReturnType<typeof readJournal>;
/** What the archive reads: a session's journal, or the entries that are kept of a light run. */
type Entries = Pick<Journal, "position" | "read" | "entriesAt" | "seqsOf" | "hashAt" | "close">;

interface ArchiveOptions {
  readonly sortedMax?: number;
  readonly views?: (database: Database, journal: Entries) => ViewsSaver;
}

export class Archive {
  readonly #journal: Entries;
  readonly #database: Database;
  readonly #precisions: Precisions;
  readonly #writer: ArchiveWriter;
  readonly #queries: ArchiveQueries;
  /** The views' own reading of the journal; null where the session is not opened again. */
  readonly #views: ViewsSaver | null;
  #position: number;
  #learned: string;
  #indexes: string[];

  /**
   * `of`: a session's folder, or entries in memory. `views`: makes what follows the journal for them, too. Throws a coded error when the
   * journal cannot be read.
   */
  constructor(of: string | Entries, desk: Pick<Desk, "feed">, options: ArchiveOptions = {}) {
    const { journal, database } = opened(of);
    this.#journal = journal;
    try {
      this.#database = database();
      const meta = metaOf(this.#database);
      this.#precisions = new Precisions(desk);
      this.#learned = meta["learned"] ?? "[]";
      this.#precisions.learn(JSON.parse(this.#learned) as [string, Precision][]);
      this.#position = Number(meta["position"] ?? 0);
      this.#indexes = missingIndexes(this.#database);
      if (this.#journal.position - this.#position < INDEXED_AT_ONCE_MAX) while (this.#makeIndex()) continue;
      const counts = JSON.parse(meta["counts"] ?? '{"orders":0,"fills":0,"rejections":0}') as Record<
        ArchiveTable,
        number
      >;
      const entryAt = (seq: number): JournalEntry | null => [...this.#journal.entriesAt([seq])][0] ?? null;
      this.#writer = new ArchiveWriter({ database: this.#database, precisions: this.#precisions, entryAt }, counts);
      this.#queries = new ArchiveQueries(this.#database, options.sortedMax);
      this.#views = options.views?.(this.#database, this.#journal) ?? null;
    } catch (error) {
      this.#journal.close();
      throw error;
    }
  }

  /** The number of the newest entry that it holds. */
  get position(): number {
    return this.#position;
  }

  /** The newest entry of the journal. */
  get end(): number {
    return this.#journal.position;
  }

  get counts(): Readonly<Record<ArchiveTable, number>> {
    return this.#writer.counts;
  }

  /** True when everything is read and every index is there. */
  get whole(): boolean {
    return this.#indexes.length === 0 && this.#position >= this.end;
  }

  /** Reads the next batch, or makes the next index. False when there was nothing to do. */
  follow(max: number = BATCH_ENTRIES): boolean {
    if (this.#catchUp(max)) return true;
    const entries = this.#next(this.#position, max);
    const last = entries.at(-1);
    if (last === undefined) return this.#makeIndex();
    this.#writer.apply(entries, () => ({
      version: String(ARCHIVE_VERSION),
      position: String(last.seq),
      hash: this.#journal.hashAt(last.seq) ?? "",
      counts: JSON.stringify(this.#writer.counts),
      learned: (this.#learned = JSON.stringify(this.#precisions.learned())),
    }));
    this.#position = last.seq;
    this.#queries.changed(String(last.seq));
    this.#views?.apply(entries, this.end);
    return true;
  }

  #next(behind: number, max: number): JournalEntry[] {
    const entries: JournalEntry[] = [];
    for (const entry of this.#journal.read(behind + 1)) {
      entries.push(entry);
      if (entries.length >= max) break;
    }
    return entries;
  }

  /** Shows the views what the archive has and they have not; false where that is nothing. */
  #catchUp(max: number): boolean {
    const missing = this.#views === null ? 0 : this.#position - this.#views.position;
    if (missing <= 0) return false;
    const entries = this.#next(this.#position - missing, Math.min(max, missing));
    this.#views?.apply(entries, this.end);
    return entries.length > 0;
  }

  page(query: ArchiveQuery): ArchivePage {
    const { seqs, total, next } = this.#queries.page(query);
    return { rows: this.rowsAt(query.table, seqs), total, next };
  }

  facets(filter: ArchiveFilter, columns: readonly string[]): Record<string, { name: string; count: number }[]> {
    return Object.fromEntries(columns.map((column) => [column, this.#queries.facets(filter, column)]));
  }

  count(filter: ArchiveFilter): number {
    return this.#queries.count(filter);
  }

  /** Every match, oldest first, some rows at a time. */
  *all(filter: ArchiveFilter): Generator<readonly ArchiveRow[]> {
    for (const seqs of this.#queries.all(filter, false)) yield this.rowsAt(filter.table, seqs);
  }

  rowsAt(table: ArchiveTable, seqs: readonly number[]): ArchiveRow[] {
    const select = this.#database.prepare(`SELECT text FROM ${table}_rows WHERE seq = ?`).pluck();
    return seqs.map((seq) => {
      const text = select.get(seq) as string;
      if (table === "orders") return orderIn(text, this.#precisions).row;
      return table === "fills" ? fillIn(text, this.#precisions) : rejectionIn(text);
    });
  }

  /**
   * The entries that belong to an order, a refusal, a request or a drift item, in order: its run, itself, what became of it, and where it
   * drifted the reviews, halts and resumes of the session. Null where the session has no such thing.
   */
  entriesOf(subject: Subject): JournalEntry[] | null {
    if (subject.kind === "drift") return this.#entriesOfDrift(subject.item);
    const found =
      subject.kind === "order"
        ? this.#number("SELECT seq FROM orders WHERE id = ?", subject.orderId)
        : (this.#number("SELECT order_seq FROM links WHERE seq = ?", subject.seq) ?? subject.seq);
    return found === null ? null : this.#entriesAround(found, subject.kind === "entry" ? [subject.seq] : []);
  }

  #entriesOfDrift(item: string): JournalEntry[] | null {
    const seqs = this.#journal.seqsOf("drift");
    const drifts = [...this.#journal.entriesAt(seqs)].filter((entry) => entry.kind === "drift" && entry.item === item);
    const [first] = drifts;
    if (first?.kind !== "drift") return null;
    const order = first.orderId === null ? null : this.#number("SELECT seq FROM orders WHERE id = ?", first.orderId);
    const own = drifts.map(({ seq }) => seq);
    return order === null ? this.#inOrder([...own, ...this.#reviews()]) : this.#entriesAround(order, own);
  }

  /** The entries around the one that placed or refused an order, or asked for a change of none. */
  #entriesAround(seq: number, others: readonly number[]): JournalEntry[] | null {
    const [entry] = this.#journal.entriesAt([seq]);
    if (entry === undefined) return null;
    const seqs = new Set([seq, ...others]);
    if (entry.kind === "order" || isOfNoOrder(entry)) {
      const run = this.#database
        .prepare(
          "SELECT started, finished FROM runs WHERE strategy = (SELECT id FROM names WHERE kind = 'strategy' AND text = ?) AND run = ?",
        )
        .get(entry.strategy, entry.kind === "order" ? entry.run : runOfNoOrder(entry)) as
        | { started: number | null; finished: number | null }
        | undefined;
      for (const one of [run?.started, run?.finished]) if (typeof one === "number") seqs.add(one);
    }
    const links = this.#database.prepare("SELECT seq FROM links WHERE order_seq = ?").pluck().all(seq) as number[];
    for (const link of links) seqs.add(link);
    const entries = this.#inOrder(seqs);
    return entries.some(({ kind }) => kind === "drift") ? this.#inOrder([...seqs, ...this.#reviews()]) : entries;
  }

  #makeIndex(): boolean {
    const index = this.#indexes.shift();
    if (index !== undefined) this.#database.exec(index);
    return index !== undefined;
  }

  #reviews(): number[] {
    return (["review", "halt", "resume"] as const).flatMap((kind) => this.#journal.seqsOf(kind));
  }

  #inOrder(seqs: Iterable<number>): JournalEntry[] {
    return [...this.#journal.entriesAt([...new Set(seqs)].toSorted((a, b) => a - b))];
  }

  #number(sql: string, value: string | number): number | null {
    const found = this.#database.prepare(sql).pluck().get(value);
    return typeof found === "number" ? found : null;
  }

  groups(): RejectionGroups {
    const span = this.#database.prepare("SELECT min(at) AS first, max(at) AS last FROM rejections").get() as {
      first: number | null;
      last: number | null;
    };
    const from = span.first ?? 0;
    const width = Math.max(1, ((span.last ?? 0) - from + 1) / SPARK_PARTS);
    const parts = this.#database
      .prepare(
        `SELECT c.text AS cause, s.text AS strategy, y.text AS symbol, p.part, p.count, p.first, p.last
         FROM (SELECT cause, strategy, symbol, CAST((at - ?) / ? AS INTEGER) AS part,
                 count(*) AS count, min(at) AS first, max(at) AS last
               FROM rejections GROUP BY 1, 2, 3, 4) AS p
         JOIN names AS c ON c.id = p.cause JOIN names AS s ON s.id = p.strategy JOIN names AS y ON y.id = p.symbol`,
      )
      .all(from, width) as (Omit<RejectionGroup, "severity" | "spark" | "firstAt" | "lastAt"> & {
      part: number;
      first: number;
      last: number;
    })[];
    const groups = new Map<string, RejectionGroup & { spark: number[] }>();
    for (const { cause, strategy, symbol, part, count, first, last } of parts) {
      const key = JSON.stringify([cause, strategy, symbol]);
      const known = groups.get(key);
      const spark = known?.spark ?? Array.from({ length: SPARK_PARTS }, () => 0);
      spark[Math.min(part, SPARK_PARTS - 1)] = (spark[Math.min(part, SPARK_PARTS - 1)] ?? 0) + count;
      groups.set(key, {
        cause,
        strategy,
        symbol,
        severity: severityOf(cause),
        count: (known?.count ?? 0) + count,
        firstAt: Math.min(known?.firstAt ?? first, first),
        lastAt: Math.max(known?.lastAt ?? last, last),
        spark,
      });
    }
    const ordered = [...groups.values()].toSorted((a, b) => b.count - a.count || b.lastAt - a.lastAt);
    return { groups: ordered.slice(0, GROUPS_MAX), total: ordered.length };
  }

  close(): void {
    try {
      this.#database.close();
    } finally {
      this.#journal.close();
    }
  }
}

function metaOf(database: Database): Record<string, string> {
  const rows = database.prepare("SELECT key, value FROM meta").raw().all() as [string, string][];
  return Object.fromEntries(rows);
}

/** Whether an archive is of this version and of this journal. */
function fits(database: Database, journal: Journal): boolean {
  const { version, position, hash } = metaOf(database);
  if (version === undefined) return true;
  if (version !== String(ARCHIVE_VERSION)) return false;
  const seq = Number(position);
  // A compaction may have removed the entry itself; what was archived stays true.
  const there = journal.hashAt(seq);
  return seq <= journal.position && (there === null ? journal.compaction().seq >= seq : there === hash);
}

function remove(path: string): void {
  for (const one of [path, `${path}-wal`, `${path}-shm`]) rmSync(one, { force: true });
}

/** What is read, and how to open the database that goes with it. */
function opened(of: string | Entries): { readonly journal: Entries; readonly database: () => Database } {
  if (typeof of !== "string") return { journal: of, database: inMemory };
  const files = sessionFilesAt(of);
  const journal = readJournal(files.journal);
  return { journal, database: () => openFitting(files.archive, journal) };
}

function inMemory(): Database {
  const database = openCache(":memory:");
  makeTables(database);
  return database;
}

/** The archive's database, empty where there is none that fits the journal. */
function openFitting(path: string, journal: Journal): Database {
  for (const attempt of [1, 2]) {
    let database: Database | null = null;
    try {
      database = openCache(path);
      makeTables(database);
      if (fits(database, journal)) return database;
    } catch {
      // One that cannot be read is made again, and where it cannot be written it is kept in memory.
    }
    database?.close();
    if (attempt === 1 && existsSync(path))
      try {
        remove(path);
      } catch {
        break;
      }
  }
  return inMemory();
}
