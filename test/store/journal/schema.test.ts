/** Databases that hold what the program did not make: each is refused by name before anything runs, and nothing in it is changed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { openVenue } from "../../../src/live/broker/venue-reading.ts";
import { VenueStore } from "../../../src/live/broker/venue-store.ts";
import { openJournal, readJournal } from "../../../src/store/index.ts";
import type { Moment } from "../../../src/shared/time.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "schema-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const KINDS = {
  "journal.db": {
    make: (path: string) => {
      const journal = openJournal(path);
      journal.append({ kind: "session", event: "noted", wall: "", text: "one", detail: {} }, 1 as Moment);
      journal.commit();
      journal.close();
    },
    open: (path: string) => openJournal(path).close(),
    read: (path: string) => readJournal(path).close(),
    table: "entries",
  },
  "broker.db": {
    make: (path: string) => new VenueStore(path).close(),
    open: (path: string) => new VenueStore(path).close(),
    read: (path: string) => openVenue(path, null)?.close(),
    table: "orders",
  },
} as const;

const STRANGE: readonly (readonly [what: string, sql: (table: string) => string, says: RegExp])[] = [
  [
    "a trigger that drops what is written",
    (table) => `CREATE TRIGGER quiet BEFORE INSERT ON ${table} BEGIN SELECT RAISE(IGNORE); END`,
    /a trigger named "quiet" that Logos did not make/,
  ],
  ["a table", () => "CREATE TABLE more (a)", /a table named "more"/],
  ["a view", (table) => `CREATE VIEW look AS SELECT * FROM ${table}`, /a view named "look"/],
  ["an index over an expression", (table) => `CREATE INDEX odd ON ${table} (abs(1))`, /an? index named "odd"/],
  [
    "a column of a table of ours",
    (table) => `ALTER TABLE ${table} ADD COLUMN more TEXT`,
    /a table named "(?:entries|orders)"/,
  ],
  [
    "a name with control characters",
    (table) => `CREATE TRIGGER "a\u001b[2Jb" BEFORE INSERT ON ${table} BEGIN SELECT 1; END`,
    /named "a \[2Jb"/,
  ],
];

describe.each(Object.entries(KINDS))("%s", (name, { make, open, read, table }) => {
  it("opens as the program made it, again and again", () => {
    const path = join(folder(), name);
    make(path);
    open(path);
    read(path);
    open(path);
  });

  it.each(STRANGE)("with %s is refused for writing and for reading", (_what, sql, says) => {
    const path = join(folder(), name);
    make(path);
    const database = new Database(path);
    database.exec(sql(table));
    database.pragma("journal_mode = DELETE");
    database.close();
    const before = readFileSync(path);
    for (const look of [open, read])
      expect(() => look(path)).toThrow(
        expect.objectContaining({ code: "journal_damaged", message: expect.stringMatching(says) }),
      );
    const database2 = new Database(path);
    expect(database2.prepare("SELECT count(*) FROM sqlite_schema").pluck().get()).toBeGreaterThan(0);
    database2.pragma("journal_mode = DELETE");
    database2.close();
    // The log's mode is a number in the file's head; nothing else may differ.
    expect(readFileSync(path).subarray(100).equals(before.subarray(100))).toBe(true);
  });
});

it("takes a venue's database of the oldest schema, and brings it up to date", () => {
  const path = join(folder(), "broker.db");
  const database = new Database(path);
  database.exec(`
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
  ) STRICT;`);
  database.close();
  for (let time = 0; time < 2; time += 1) new VenueStore(path).close();
  const venue = openVenue(path, null);
  expect(venue?.fillCount()).toBe(0);
  venue?.close();
});
