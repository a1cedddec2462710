/**
 * The paper venue's own disk: orders and fills in a database of their own, which outlives the console as a venue does.
 *
 * 1. Every change is one transaction, durable before the venue answers.
 * 2. A venue id is one order, for ever: the database itself refuses a second.
 * 3. Cursors of fills are gapless from 1.
 * 4. The account's row is what the fills up to its cursor add up to, so that a venue of many fills opens fast; without it, or with
 *    one of fills that are not there, all of them are added up.
 */
import { assertDurable, databaseError, openForWriting, type Database, type Statement } from "../../store/index.ts";
import type { Refusal } from "./fill-rules.ts";

export type VenueStatus = "open" | "filled" | "canceled" | "rejected" | "expired";

export interface VenueOrder {
  readonly number: number;
  readonly venueId: string;
  readonly symbol: string;
  /** Signed, exact. */
  quantity: string;
  limitPrice: string | null;
  status: VenueStatus;
  filled: string;
  readonly placedAt: number;
  /** Why it was refused, as `refusalColumn` writes it; null for an order that was taken. */
  readonly refusal: string | null;
}

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

/** The account as it stands behind a fill. Amounts are exact decimals. */
export interface VenueAccount {
  readonly cursor: number;
  readonly cash: string;
  readonly positions: readonly (readonly [symbol: string, quantity: string])[];
  /** When orders that rest with a part filled were last filled, in microseconds. */
  readonly filledUntil: readonly (readonly [venueId: string, at: number])[];
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS account (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    cursor INTEGER NOT NULL,
    state TEXT NOT NULL
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

/** A refusal as it lies in its column: the bare reason, or all of it as JSON where it has figures. */
export function refusalColumn(refusal: Refusal): string {
  return refusal.figures === undefined ? refusal.reason : JSON.stringify(refusal);
}

export function refusalOf(text: string): Refusal {
  return text.startsWith("{") ? (JSON.parse(text) as Refusal) : { reason: text };
}

export class VenueStore {
  readonly #path: string;
  readonly #database: Database;
  readonly #putOrder: Statement;
  readonly #putFill: Statement;
  readonly #putAccount: Statement;
  readonly #getOrder: Statement;
  readonly #fillsAfter: Statement;
  #asserted = false;

  constructor(path: string) {
    this.#path = path;
    this.#database = openForWriting(path);
    try {
      this.#database.exec(TABLES);
      this.#putOrder = this.#database.prepare(
        `INSERT INTO orders VALUES (:number, :venueId, :symbol, :quantity, :limitPrice, :status, :filled, :placedAt, :refusal)
         ON CONFLICT (number) DO UPDATE SET quantity = :quantity, limitPrice = :limitPrice, status = :status, filled = :filled`,
      );
      this.#putFill = this.#database.prepare(
        "INSERT INTO fills VALUES (:cursor, :fillId, :venueId, :symbol, :quantity, :price, :fee, :at)",
      );
      this.#putAccount = this.#database.prepare("INSERT OR REPLACE INTO account VALUES (1, ?, ?)");
      this.#getOrder = this.#database.prepare("SELECT * FROM orders WHERE venueId = ?");
      this.#fillsAfter = this.#database.prepare("SELECT * FROM fills WHERE cursor > ? ORDER BY cursor");
    } catch (error) {
      this.#database.close();
      throw databaseError("Opening", path, error);
    }
  }

  /** Writes orders and fills in one durable transaction. Throws `io`; then neither is there. */
  write(orders: readonly VenueOrder[], fills: readonly VenueFill[], account: VenueAccount | null = null): void {
    if (orders.length === 0 && fills.length === 0) return;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      for (const order of orders) this.#putOrder.run(order);
      for (const fill of fills) this.#putFill.run(fill);
      if (account !== null) this.#putAccount.run(account.cursor, JSON.stringify(account));
      this.#database.exec("COMMIT");
      if (!this.#asserted) assertDurable(this.#database, this.#path);
      this.#asserted = true;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw databaseError("Writing to the paper venue", this.#path, error);
    }
  }

  order(venueId: string): VenueOrder | null {
    return this.#read(() => (this.#getOrder.get(venueId) as VenueOrder | undefined) ?? null);
  }

  openOrders(): VenueOrder[] {
    const sql = "SELECT * FROM orders WHERE status = 'open' ORDER BY number";
    return this.#read(() => this.#database.prepare(sql).all() as VenueOrder[]);
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

  lastOrderNumber(): number {
    return (
      (this.#database.prepare("SELECT max(number) AS last FROM orders").get() as { last: number | null }).last ?? 0
    );
  }

  close(): void {
    this.#database.close();
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw databaseError("Reading the paper venue", this.#path, error);
    }
  }
}
