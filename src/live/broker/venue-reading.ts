/**
 * A paper venue's database as another reads it, beside the venue or without one: its fills and its orders.
 *
 * 1. Nothing is written. What the journal holds for the venue, and the venue has not settled yet, counts as the venue's.
 * 2. A database that is not ours is refused: a trigger, view or table of others.
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

/**
 * The fills that a venue's database holds, by cursor, and those that the journal holds for it; null where there is no database.
 * Throws `io`, or `journal_damaged` for a database that cannot be trusted.
 */
export function readVenueFills(path: string, waiting: VenueChanges | null = null): VenueFill[] | null {
  if (!existsSync(path)) return null;
  const database = openForReading(path);
  try {
    assertOwnSchema(database, path, SCHEMA_STEPS);
    const fills = database.prepare("SELECT * FROM fills ORDER BY cursor").all() as VenueFill[];
    return [...fills, ...(unsettled(database, waiting)?.fills ?? [])];
  } catch (error) {
    throw databaseError("Reading the paper venue", path, error);
  } finally {
    database.close();
  }
}

/** What of an order is read. */
type VenueRecord = Pick<BrokerOrder, "venueId" | "symbol" | "quantity" | "filled" | "limitPrice" | "status">;

/** Reads orders of a venue one by one. */
export interface VenueOrders {
  /** Null where the venue does not have it. */
  get(venueId: string): VenueRecord | null;
  close(): void;
}

/** Opens the orders of a venue's database, with those that the journal holds for it. Throws as `readVenueFills` does. */
export function openVenueOrders(path: string, waiting: VenueChanges | null): VenueOrders {
  const database = openForReading(path);
  try {
    assertOwnSchema(database, path, SCHEMA_STEPS);
    const changed = new Map((unsettled(database, waiting)?.orders ?? []).map((row) => [row.venueId, row]));
    const one = database.prepare(
      "SELECT venueId, symbol, quantity, filled, limitPrice, status FROM orders WHERE venueId = ?",
    );
    return {
      get: (venueId) => changed.get(venueId) ?? (one.get(venueId) as VenueRecord | undefined) ?? null,
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw databaseError("Reading the paper venue", path, error);
  }
}
