/**
 * The paper venue's own disk: orders and fills in a database of their own, which outlives the console as a venue does.
 *
 * 1. Every change is one transaction, durable before the venue answers; or, while it is deferred, one of many in the transaction
 *    that `settle` commits. What waits is seen by every read.
 * 2. A venue id is one order, for ever: the database itself refuses a second.
 * 3. Cursors of fills are gapless from 1.
 * 4. A database of an older schema is brought up to date when it is opened, in one transaction; one of a newer schema is refused.
 * 5. A trigger, view or table that is not ours is refused when the database is opened.
 * 6. The account's row is what the fills up to its cursor add up to, so that a venue of many fills opens fast; without it, or with
 *    one of fills that are not there, all of them are added up.
 * 7. Settled transactions are numbered from 1. `changes` is the next one as a text; `redo` carries that text out where it is
 *    the next one, and does nothing where it is there already.
 */
import { CodedError } from "../../shared/errors.ts";
import {
  assertDurable,
  assertOwnSchema,
  databaseError,
  openForWriting,
  type Database,
  type Statement,
} from "../../store/index.ts";
import type { BrokerFill, VenueChanges, VenueDisk } from "../../shared/ports.ts";
import type { Moment } from "../../shared/time.ts";
import type { Refusal } from "./fill-rules.ts";
import { rowOf, type VenueOrder, type VenueRow } from "./venue-order.ts";

export interface VenueFill {
  readonly cursor: number;
  readonly fillId: string;
  readonly venueId: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly at: number;
}

/** A fill as the venue reports it. */
export function brokerFillOf(fill: VenueFill): BrokerFill {
  return { ...fill, at: fill.at as Moment };
}

/** The account after a fill. Amounts are exact decimals. */
export interface VenueAccount {
  readonly cursor: number;
  readonly cash: string;
  readonly positions: readonly (readonly [symbol: string, quantity: string])[];
  /** Cash in other currencies than the account's; absent where there is none. */
  readonly foreign?: readonly (readonly [currency: string, cash: string])[];
  /** How many corporate actions are in it; absent: none. */
  readonly actions?: number;
  /** By owner and symbol, in one key; absent in an account from before orders had owners. */
  readonly owned?: readonly (readonly [key: string, quantity: string])[];
}

/** The schema that this program writes. */
const VENUE_SCHEMA = 1;

/** Schema 0: market and limit orders, without a version of its own. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS account (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    cursor INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS settled (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY,
    venueId TEXT NOT NULL UNIQUE,
    symbol TEXT NOT NULL,
    quantity TEXT NOT NULL,
    limitPrice TEXT,
    status TEXT NOT NULL,
    filled TEXT NOT NULL,
    placedAt INTEGER NOT NULL,
    refusal TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS open_orders ON orders (status, number);
  CREATE TABLE IF NOT EXISTS fills (
    cursor INTEGER PRIMARY KEY,
    fillId TEXT NOT NULL,
    venueId TEXT NOT NULL,
    symbol TEXT NOT NULL,
    quantity TEXT NOT NULL,
    price TEXT NOT NULL,
    fee TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
`;

/**
 * Schema 1: types, brackets, OCO groups and trailing stops. The market has been applied to an order of schema 0 up to its last fill or,
 * without one, up to its placement.
 */
const ORDER_TYPES_ADDED = `
  ALTER TABLE orders ADD COLUMN stopPrice TEXT;
  ALTER TABLE orders ADD COLUMN parentId TEXT;
  ALTER TABLE orders ADD COLUMN terms TEXT;
  ALTER TABLE orders ADD COLUMN state TEXT NOT NULL DEFAULT 'working';
  ALTER TABLE orders ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE orders ADD COLUMN reason TEXT;
  CREATE INDEX brackets ON orders (parentId) WHERE parentId IS NOT NULL;
  UPDATE orders SET since = coalesce((SELECT max(at) FROM fills WHERE fills.venueId = orders.venueId), placedAt)
    WHERE status = 'open';
`;

export const SCHEMA_STEPS = [TABLES, ORDER_TYPES_ADDED];

function migrate(database: Database, path: string): void {
  const version = Number(database.pragma("user_version", { simple: true }));
  if (version > VENUE_SCHEMA)
    throw new CodedError(
      "schema_newer",
      `${path} was written by a newer version of Logos Console (schema ${version}; this one knows ${VENUE_SCHEMA}). ` +
        "Open the session with that version.",
      { path, schema: version },
    );
  assertOwnSchema(database, path, SCHEMA_STEPS);
  database.exec("BEGIN IMMEDIATE");
  database.exec(TABLES);
  if (version < 1) database.exec(ORDER_TYPES_ADDED);
  database.pragma(`user_version = ${VENUE_SCHEMA}`);
  database.exec("COMMIT");
}

/** A refusal as it lies in its column: the bare reason, or all of it as JSON where it has figures. */
export function refusalColumn(refusal: Refusal): string {
  return refusal.figures === undefined ? refusal.reason : JSON.stringify(refusal);
}

export function refusalOf(text: string): Refusal {
  return text.startsWith("{") ? (JSON.parse(text) as Refusal) : { reason: text };
}

export const settledIn = (database: Database): number =>
  Number(database.prepare("SELECT coalesce(max(number), 0) FROM settled").pluck().get());

const greatestIdIn = (database: Database): string =>
  String(database.prepare("SELECT coalesce(max(venueId), '') FROM orders").pluck().get());

/** A venue of an older version has never settled anything. */
export const tableMissing = (database: Database): boolean =>
  database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'settled'").get() === undefined;

/** What the text of a venue's changes holds. */
export interface ChangedRows {
  readonly orders: readonly VenueRow[];
  readonly fills: readonly VenueFill[];
  readonly account: VenueAccount | null;
}

/** An order's columns in their order. */
function orderCells(row: VenueRow): unknown[] {
  const { number, venueId, symbol, quantity, limitPrice, status, filled, placedAt, refusal } = row;
  const { stopPrice, parentId, terms, state, since, reason } = row;
  const own = [number, venueId, symbol, quantity, limitPrice, status, filled, placedAt, refusal];
  return [...own, stopPrice, parentId, terms, state, since, reason];
}

const fillCells = ({ cursor, fillId, venueId, symbol, quantity, price, fee, at }: VenueFill): unknown[] => [
  cursor,
  fillId,
  venueId,
  symbol,
  quantity,
  price,
  fee,
  at,
];

/** Changes that wait for `settle`. */
class Waiting {
  /** By number; an order is written as it is when that happens. */
  readonly orders = new Map<number, VenueOrder>();
  readonly byVenueId = new Map<string, VenueOrder>();
  fills: VenueFill[] = [];
  account: VenueAccount | null = null;

  get empty(): boolean {
    return this.orders.size === 0 && this.fills.length === 0;
  }

  add(orders: Iterable<VenueOrder>, fills: readonly VenueFill[], account: VenueAccount | null): void {
    for (const order of orders) {
      this.orders.set(order.number, order);
      this.byVenueId.set(order.venueId, order);
    }
    for (const fill of fills) this.fills.push(fill);
    this.account = account ?? this.account;
  }

  rows(): ChangedRows {
    return { orders: [...this.orders.values()].map(rowOf), fills: this.fills, account: this.account };
  }
}

/** What the venue asks of its store, whether that lies on a disk or not. */
export type VenueRows = VenueDisk &
  Pick<
    VenueStore,
    | "write"
    | "order"
    | "openOrders"
    | "bracket"
    | "account"
    | "fillsAfter"
    | "ownedFillsAfter"
    | "lastOrderNumber"
    | "close"
  >;

export class VenueStore implements VenueDisk {
  readonly #path: string;
  readonly #database: Database;
  readonly #putOrder: Statement;
  readonly #putFill: Statement;
  readonly #putAccount: Statement;
  readonly #getOrder: Statement;
  readonly #fillsAfter: Statement;
  readonly #putSettled: Statement;
  #asserted = false;
  #deferred = false;
  /** The last venue id in the order of texts. */
  #greatestId: string;
  /** The newest transaction that was settled. */
  #settled: number;
  #waiting = new Waiting();
  /** What `changes` answered last. */
  #next: ChangedRows | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#database = openForWriting(path);
    try {
      migrate(this.#database, path);
      this.#putOrder = this.#database.prepare(
        `INSERT INTO orders (number, venueId, symbol, quantity, limitPrice, status, filled, placedAt, refusal,
                             stopPrice, parentId, terms, state, since, reason)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (number) DO UPDATE SET quantity = excluded.quantity, limitPrice = excluded.limitPrice,
           status = excluded.status, filled = excluded.filled, stopPrice = excluded.stopPrice, state = excluded.state,
           since = excluded.since, reason = excluded.reason`,
      );
      this.#putFill = this.#database.prepare("INSERT OR REPLACE INTO fills VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
      this.#putAccount = this.#database.prepare("INSERT OR REPLACE INTO account VALUES (1, ?, ?)");
      this.#putSettled = this.#database.prepare("INSERT OR REPLACE INTO settled VALUES (1, ?)");
      this.#settled = settledIn(this.#database);
      this.#greatestId = greatestIdIn(this.#database);
      this.#getOrder = this.#database.prepare("SELECT * FROM orders WHERE venueId = ?");
      this.#fillsAfter = this.#database.prepare("SELECT * FROM fills WHERE cursor > ? ORDER BY cursor");
    } catch (error) {
      this.#database.close();
      throw error instanceof CodedError ? error : databaseError("Opening", path, error);
    }
  }

  /** Writes orders and fills: in one durable transaction, or for the next `settle`. Throws `io`; then neither is there. */
  write(orders: Iterable<VenueOrder>, fills: readonly VenueFill[], account: VenueAccount | null = null): void {
    const changed = [...orders];
    for (const { venueId } of changed) if (venueId > this.#greatestId) this.#greatestId = venueId;
    if (this.#deferred) return this.#waiting.add(changed, fills, account);
    const rows = { orders: changed.map(rowOf), fills, account };
    if (rows.orders.length > 0 || fills.length > 0) this.#commit(rows, null);
  }

  defer(deferred: boolean): void {
    if (!this.#waiting.empty) throw new Error("The venue's changes are settled before its disk follows or leads.");
    this.#deferred = deferred;
  }

  changes(): VenueChanges | null {
    if (this.#waiting.empty) return null;
    this.#next = this.#waiting.rows();
    return { number: this.#settled + 1, text: JSON.stringify(this.#next) };
  }

  settle(): void {
    if (this.#next === null) return;
    const rows = this.#next;
    this.#next = null;
    this.#commit(rows, this.#settled + 1);
    this.#waiting = new Waiting();
  }

  redo({ number, text }: VenueChanges): void {
    if (number !== this.#settled + 1) return;
    this.#commit(JSON.parse(text) as ChangedRows, number);
    this.#greatestId = greatestIdIn(this.#database);
  }

  #commit({ orders, fills, account }: ChangedRows, number: number | null): void {
    try {
      if (!this.#database.inTransaction) this.#database.exec("BEGIN IMMEDIATE");
      this.#put(orders, fills);
      if (account !== null) this.#putAccount.run(account.cursor, JSON.stringify(account));
      if (number !== null) this.#putSettled.run(number);
      this.#database.exec("COMMIT");
      this.#settled = number ?? this.#settled;
      if (!this.#asserted) assertDurable(this.#database, this.#path);
      this.#asserted = true;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw databaseError("Writing to the paper venue", this.#path, error);
    }
  }

  #put(orders: readonly VenueRow[], fills: readonly VenueFill[]): void {
    for (const order of orders) this.#putOrder.run(...orderCells(order));
    for (const fill of fills) this.#putFill.run(...fillCells(fill));
  }

  /** Puts what waits into the transaction that `settle` commits, so that a query sees it. */
  #show(): void {
    if (this.#waiting.empty) return;
    if (!this.#database.inTransaction) this.#database.exec("BEGIN IMMEDIATE");
    const { orders, fills } = this.#waiting.rows();
    this.#put(orders, fills);
  }

  order(venueId: string): VenueRow | null {
    // A session numbers its orders upward, so a new one is behind all that were written: there is nothing to look for.
    if (venueId > this.#greatestId) return null;
    const waiting = this.#waiting.byVenueId.get(venueId);
    if (waiting !== undefined) return rowOf(waiting);
    return this.#read(() => (this.#getOrder.get(venueId) as VenueRow | undefined) ?? null, false);
  }

  openOrders(): VenueRow[] {
    const sql = "SELECT * FROM orders WHERE status = 'open' ORDER BY number";
    return this.#read(() => this.#database.prepare(sql).all() as VenueRow[]);
  }

  /** All orders of a bracket: the parent and its children, in the order in which they were placed. */
  bracket(parentId: string): VenueRow[] {
    const sql = "SELECT * FROM orders WHERE venueId = ? OR parentId = ? ORDER BY number";
    return this.#read(() => this.#database.prepare(sql).all(parentId, parentId) as VenueRow[]);
  }

  /** The account as it was last written, or null. */
  account(): VenueAccount | null {
    return this.#read(() => {
      const row = this.#database
        .prepare("SELECT state FROM account WHERE cursor <= (SELECT coalesce(max(cursor), 0) FROM fills)")
        .get() as { readonly state: string } | undefined;
      return row === undefined ? null : (JSON.parse(row.state) as VenueAccount);
    });
  }

  fillsAfter(cursor: number): VenueFill[] {
    return this.#read(() => this.#fillsAfter.all(cursor) as VenueFill[]);
  }

  /** Fills after a cursor with the owners of their orders, where they have one. */
  ownedFillsAfter(cursor: number): { readonly fill: VenueFill; readonly owner: string | undefined }[] {
    const sql = `SELECT fills.*, json_extract(orders.terms, '$.owner') AS owner
      FROM fills LEFT JOIN orders ON orders.venueId = fills.venueId WHERE cursor > ? ORDER BY cursor`;
    const rows = this.#read(() => this.#database.prepare(sql).all(cursor) as (VenueFill & { owner: string | null })[]);
    return rows.map(({ owner, ...fill }) => ({ fill, owner: owner ?? undefined }));
  }

  lastOrderNumber(): number {
    return this.#read(() =>
      Number(this.#database.prepare("SELECT coalesce(max(number), 0) FROM orders").pluck().get()),
    );
  }

  close(): void {
    this.#database.close();
  }

  /** `all`: the question is about more than what waits can be looked through for. */
  #read<T>(read: () => T, all = true): T {
    try {
      if (all) this.#show();
      return read();
    } catch (error) {
      throw databaseError("Reading the paper venue", this.#path, error);
    }
  }
}
