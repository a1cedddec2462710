/**
 * A venue's database read row by row, in any order, against lookups of each row; with what a journal holds for it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openVenue } from "../../../src/live/broker/venue-reading.ts";
import { VenueStore } from "../../../src/live/broker/venue-store.ts";
import { createStream } from "../../../src/orchestrator/index.ts";

/** More than a page of rows, with gaps among their numbers. */
const ROWS = 5_000;
const numberOf = (row: number): number => 3 * row + (row % 3);
const idOf = (row: number): string => `V-${numberOf(row)}`;

let folder = "";
const path = (): string => join(folder, "broker.db");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "logos-venue-"));
  new VenueStore(path()).close();
  const database = new Database(path());
  const order = database.prepare(
    "INSERT INTO orders (number, venueId, symbol, quantity, status, filled, placedAt) VALUES (?, ?, 'AAA', ?, 'filled', ?, 1)",
  );
  const fill = database.prepare(
    "INSERT INTO fills (cursor, fillId, venueId, symbol, quantity, price, fee, at) VALUES (?, ?, ?, 'AAA', ?, '10', '0', 1)",
  );
  database.transaction(() => {
    for (let row = 1; row <= ROWS; row += 1) {
      order.run(numberOf(row), idOf(row), String(row), String(row));
      fill.run(numberOf(row), `F-${row}`, idOf(row), String(row));
    }
  })();
  database.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(["in order", "backwards", "in any order", "nearly in order, and some twice"])("gives each row, %s", (how) => {
  const stream = createStream(5, how);
  const rows = Array.from({ length: ROWS }, (_, index) => index + 1);
  if (how === "backwards") rows.reverse();
  if (how === "in any order") rows.sort(() => stream.next() - 0.5);
  if (how.startsWith("nearly"))
    for (let at = 0; at + 40 < rows.length; at += 7) rows[at] = rows[at + Math.floor(40 * stream.next())] as number;
  const venue = openVenue(path(), null);
  expect(venue).not.toBeNull();
  for (const row of rows) {
    expect(venue?.order(idOf(row))?.quantity).toBe(String(row));
    expect(venue?.fill(numberOf(row))).toMatchObject({ fillId: `F-${row}`, venueId: idOf(row), quantity: String(row) });
  }
  expect(venue?.order("V-0")).toBeNull();
  expect(venue?.fill(1)).toBeUndefined();
  venue?.close();
});

it("counts fills up to a cursor and names the orders of those behind it, also of what a journal holds for the venue", () => {
  const newest = numberOf(ROWS);
  const order = { venueId: "V-waits", symbol: "AAA", quantity: "7", filled: "7", limitPrice: null, status: "filled" };
  const fill = { cursor: newest + 1, fillId: "F-waits", venueId: "V-waits", symbol: "AAA", quantity: "7" };
  const text = JSON.stringify({ orders: [order, { ...order, venueId: idOf(4) }], fills: [fill], account: null });
  const venue = openVenue(path(), { number: 1, text });
  expect(venue?.fillCount()).toBe(ROWS + 1);
  expect(venue?.fillCount(newest)).toBe(ROWS);
  expect(venue?.fillCount(numberOf(10))).toBe(10);
  expect(venue?.ordersOfFills(numberOf(ROWS - 2))).toEqual([idOf(ROWS - 1), idOf(ROWS), "V-waits"]);
  expect(venue?.order("V-waits")).toMatchObject({ quantity: "7" });
  expect(venue?.order(idOf(4))).toMatchObject({ quantity: "7" });
  expect(venue?.order(idOf(5))).toMatchObject({ quantity: "5" });
  expect(venue?.fill(newest + 1)).toMatchObject({ fillId: "F-waits" });
  venue?.close();
});
