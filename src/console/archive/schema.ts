/**
 * The archive's tables: every order, fill and rejection of a session in columns that are searched and sorted by, and where the
 * journal has what belongs to them.
 *
 * 1. The archive is a cache of the journal: it may be deleted at any time, and one of another version is made again.
 * 2. Texts that repeat are kept once, in `names`, under the column's name; a column holds their numbers.
 * 3. What a row shows is kept beside its columns, so that a scan reads no more than it compares.
 */
import type { OrderState } from "../../shared/order-state.ts";
import type { Database } from "../../store/index.ts";

/** The views' own state, beside the archive's tables (`saved-views.ts`). */
const SAVED_VIEWS_TABLE = `
  CREATE TABLE IF NOT EXISTS views (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    key TEXT NOT NULL, position INTEGER NOT NULL, hash TEXT NOT NULL, state BLOB NOT NULL, digest TEXT NOT NULL
  );`;

/** A change of a table or of what a row holds makes it another version. */
export const ARCHIVE_VERSION = 3;

/** In the order in which lists are sorted by them: what needs a look first. */
export const STATES: readonly OrderState[] = [
  "rejected",
  "queued",
  "pending_new",
  "pending_cancel",
  "pending_replace",
  "accepted",
  "partially_filled",
  "expired",
  "canceled",
  "filled",
];
export const ORDER_TYPES = ["limit", "market", "stop", "stop_limit", "trailing_stop"] as const;
export const VERDICTS = ["quarantined", "duplicate", "booked"] as const;

export type ArchiveTable = "orders" | "fills" | "rejections";
/** A column's texts: kept in `names`, or a fixed list whose order they are sorted in. */
export type Codes = "names" | readonly string[] | null;

/** The columns that rows are sorted and filtered by, by the name that the views give them. `null`: a number. */
export const COLUMNS: Readonly<Record<ArchiveTable, Readonly<Record<string, Codes>>>> = {
  orders: {
    strategy: "names",
    symbol: "names",
    because: "names",
    state: STATES,
    type: ORDER_TYPES,
    quantity: null,
    price: null,
    filled: null,
    average: null,
    fees: null,
    realized: null,
  },
  fills: {
    strategy: "names",
    symbol: "names",
    verdict: VERDICTS,
    quantity: null,
    price: null,
    fee: null,
    realized: null,
  },
  rejections: {
    cause: "names",
    strategy: "names",
    symbol: "names",
    because: "names",
    quantity: null,
    value: null,
    limit: null,
    free: null,
    bar: null,
  },
};

/** The column that holds an id which is searched for as a text. */
export const ID_COLUMN: Readonly<Record<ArchiveTable, string>> = {
  orders: "id",
  fills: "order_id",
  rejections: "client_id",
};

/**
 * What a list is sorted by besides `COLUMNS`, and the database's column of it; `seq` is the order of the journal. Orders and rejections
 * happen in that order; a fill is reported some time after its moment, and in another order than its order was placed.
 */
export const SORTED_BY: Readonly<Record<ArchiveTable, Readonly<Record<string, "seq" | "at" | "order_id">>>> = {
  orders: { seq: "seq", at: "seq" },
  fills: { seq: "seq", at: "at", order: "order_id" },
  rejections: { seq: "seq", at: "seq" },
};

const table = (name: ArchiveTable, ids: string): string => `
  CREATE TABLE IF NOT EXISTS ${name} (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, ${ids},
    ${Object.entries(COLUMNS[name])
      .map(([column, codes]) => `"${column}" ${codes === null ? "REAL" : "INTEGER"}`)
      .join(", ")}
  );
  CREATE TABLE IF NOT EXISTS ${name}_rows (seq INTEGER PRIMARY KEY, text TEXT NOT NULL);`;

const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS names (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (kind, text));
  ${table("orders", "id TEXT NOT NULL, awaited INTEGER NOT NULL")}
  ${table("fills", "fill_id TEXT, order_id TEXT")}
  ${table("rejections", "client_id TEXT")}
  CREATE TABLE IF NOT EXISTS links (seq INTEGER PRIMARY KEY, order_seq INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS runs (
    strategy INTEGER NOT NULL, run INTEGER NOT NULL, started INTEGER, finished INTEGER, PRIMARY KEY (strategy, run)
  ) WITHOUT ROWID;`;

const indexesOf = (name: ArchiveTable): string[] =>
  ["at", ...Object.keys(COLUMNS[name])].map(
    (column) => `CREATE INDEX IF NOT EXISTS ${name}_by_${column} ON ${name} ("${column}")`,
  );

/** What the tables are asked by; a long first reading is faster without them, so they are made after it. */
const INDEXES: readonly string[] = [
  "CREATE INDEX IF NOT EXISTS links_by_order ON links (order_seq)",
  "CREATE INDEX IF NOT EXISTS fills_by_order ON fills (order_id)",
  "CREATE INDEX IF NOT EXISTS rejections_by_group ON rejections (cause, strategy, symbol, at)",
  ...indexesOf("orders"),
  ...indexesOf("fills"),
  ...indexesOf("rejections"),
];

/** The tables, with the one index that writing needs. */
export function makeTables(database: Database): void {
  database.exec(TABLES);
  database.exec(SAVED_VIEWS_TABLE);
  database.exec("CREATE UNIQUE INDEX IF NOT EXISTS orders_by_id ON orders (id)");
}

/** The indexes that are not there yet. */
export function missingIndexes(database: Database): string[] {
  const there = database.prepare("SELECT name FROM sqlite_master WHERE type = 'index'").pluck().all() as string[];
  return INDEXES.filter((index) => !there.some((name) => index.includes(` ${name} ON `)));
}
