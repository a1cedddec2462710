/**
 * A paper venue's database as another reads it, beside the venue or without one: its fills and its orders.
 *
 * 1. Nothing is written. What the journal holds for the venue, and the venue has not settled yet, counts as the venue's.
 * 2. A database that is not ours is refused: a trigger, view or table of others.
 * 3. Rows that are asked for in their own order cost a share of a page each; a lookup costs five times as much.
 */
import { existsSync } from "node:fs";
import { assertOwnSchema, databaseError, openForReading, type Database } from "../../store/index.ts";
import type { BrokerOrder, VenueChanges } from "../../shared/ports.ts";
import { SCHEMA_STEPS, settledIn, tableMissing, type ChangedRows, type VenueFill } from "./venue-store.ts";

/** What the journal holds for a venue and the venue does not have; null where there is nothing. */
function unsettled(database: Database, waiting: VenueChanges | null): ChangedRows | null {
  if (waiting === null || tableMissing(database) || waiting.number !== settledIn(database) + 1) return null;
  return JSON.parse(waiting.text) as ChangedRows;
}

/** What of an order is read. */
type VenueRecord = Pick<BrokerOrder, "venueId" | "symbol" | "quantity" | "filled" | "limitPrice" | "status">;

type NumberedRecord = VenueRecord & { readonly number: number };

/** Rows of a page, and rows that may lie read and not asked for. */
const PAGE_ROWS = 2_000;
const AHEAD_MAX = 50_000;

/**
 * Rows of a table that are asked for one by one, mostly in the table's own order: they are read in pages, and each is given out once.
 * What is asked for out of that order, or again, is looked up.
 */
class Sweep<Key, Row extends object> {
  readonly #page: (after: number) => readonly Row[];
  readonly #one: (key: Key) => Row | undefined;
  readonly #keyOf: (row: Row) => Key;
  readonly #placeOf: (row: Row) => number;
  readonly #ahead = new Map<Key, Row>();
  #last = Number.MIN_SAFE_INTEGER;
  #ended = false;

  constructor(
    page: (after: number) => readonly Row[],
    one: (key: Key) => Row | undefined,
    keyOf: (row: Row) => Key,
    placeOf: (row: Row) => number,
  ) {
    this.#page = page;
    this.#one = one;
    this.#keyOf = keyOf;
    this.#placeOf = placeOf;
  }

  get(key: Key): Row | undefined {
    if (!this.#ended && !this.#ahead.has(key)) this.#read();
    const row = this.#ahead.get(key);
    if (row === undefined) return this.#one(key);
    this.#ahead.delete(key);
    return row;
  }

  #read(): void {
    const rows = this.#page(this.#last);
    this.#ended = rows.length < PAGE_ROWS;
    for (const row of rows) {
      this.#last = this.#placeOf(row);
      this.#ahead.set(this.#keyOf(row), row);
    }
    for (const key of this.#ahead.keys()) {
      if (this.#ahead.size <= AHEAD_MAX) return;
      this.#ahead.delete(key);
    }
  }
}

/**
 * A venue's database with what the journal holds for it, as of one moment. Its methods throw `io`, or `journal_damaged` for a database that
 * cannot be trusted.
 */
export class VenueReading {
  readonly #path: string;
  readonly #database: Database;
  readonly #waitingFills: ReadonlyMap<number, VenueFill>;
  readonly #waitingOrders: ReadonlyMap<string, VenueRecord>;
  readonly #fills: Sweep<number, VenueFill>;
  readonly #orders: Sweep<string, NumberedRecord>;

  constructor(path: string, waiting: VenueChanges | null) {
    this.#path = path;
    this.#database = openForReading(path);
    try {
      this.#database.exec("BEGIN");
      assertOwnSchema(this.#database, path, SCHEMA_STEPS);
      const rows = unsettled(this.#database, waiting);
      this.#waitingFills = new Map((rows?.fills ?? []).map((fill) => [fill.cursor, fill]));
      this.#waitingOrders = new Map((rows?.orders ?? []).map((row) => [row.venueId, row]));
      this.#fills = this.#sweep<number, VenueFill>("fills", "cursor", "cursor", "*");
      this.#orders = this.#sweep<string, NumberedRecord>(
        "orders",
        "number",
        "venueId",
        "number, venueId, symbol, quantity, filled, limitPrice, status",
      );
    } catch (error) {
      this.#database.close();
      throw databaseError("Reading the paper venue", path, error);
    }
  }

  #sweep<Key, Row extends object>(
    table: string,
    place: keyof Row & string,
    key: keyof Row & string,
    columns: string,
  ): Sweep<Key, Row> {
    const page = this.#database.prepare(
      `SELECT ${columns} FROM ${table} WHERE ${place} > ? ORDER BY ${place} LIMIT ${PAGE_ROWS}`,
    );
    const one = this.#database.prepare(`SELECT ${columns} FROM ${table} WHERE ${key} = ?`);
    return new Sweep<Key, Row>(
      (after) => page.all(after) as Row[],
      (wanted) => one.get(wanted) as Row | undefined,
      (row) => row[key] as Key,
      (row) => row[place] as number,
    );
  }

  #read<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw databaseError("Reading the paper venue", this.#path, error);
    }
  }

  /** The fill with a cursor. */
  fill(cursor: number): VenueFill | undefined {
    return this.#read(() => this.#fills.get(cursor)) ?? this.#waitingFills.get(cursor);
  }

  /** An order; null where the venue does not have it. */
  order(venueId: string): VenueRecord | null {
    return this.#waitingOrders.get(venueId) ?? this.#read(() => this.#orders.get(venueId)) ?? null;
  }

  /** How many fills there are, up to a cursor. */
  fillCount(upTo = Number.MAX_SAFE_INTEGER): number {
    const count = "SELECT count(*) FROM fills WHERE cursor <= ?";
    const waiting = [...this.#waitingFills.keys()].filter((cursor) => cursor <= upTo).length;
    return this.#read(() => Number(this.#database.prepare(count).pluck().get(upTo))) + waiting;
  }

  /** The orders of the fills behind a cursor, by the venue's ids. */
  ordersOfFills(after: number): string[] {
    const ids = "SELECT venueId FROM fills WHERE cursor > ?";
    const found = this.#read(() => this.#database.prepare(ids).pluck().all(after) as string[]);
    for (const { cursor, venueId } of this.#waitingFills.values()) if (cursor > after) found.push(venueId);
    return found;
  }

  close(): void {
    this.#database.close();
  }
}

/** A venue's database as of now; null where there is none. Throws as its methods do. */
export function openVenue(path: string, waiting: VenueChanges | null): VenueReading | null {
  return existsSync(path) ? new VenueReading(path, waiting) : null;
}
